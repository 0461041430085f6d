/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Golden files and other people's parsers. */

#include "actility/files.h"

#include <stdio.h>

#include "test.h"

const char *encoding_suffix(Encoding encoding) {
        static const char *const suffixes[] = {
                [ENCODING_JSON] = ".json",
                [ENCODING_JSON_UNTYPED] = ".untyped.json",
                [ENCODING_XML] = ".xml",
        };

        return suffixes[encoding];
}

const char *golden_read(const char *name, char ret[static GOLDEN_MAX]) {
        char path[512];
        size_t n = 0;
        FILE *file;

        (void) snprintf(path, sizeof path, TEST_FILE("tests/data/actility/%s"), name);
        file = fopen(path, "re");
        if (file) {
                n = fread(ret, 1, GOLDEN_MAX - 1, file);
                (void) fclose(file);
        }
        ret[n] = '\0';
        return ret;
}

bool file_write(const char *path, const char *text) {
        FILE *file = fopen(path, "we");

        if (!file)
                return false;
        if (fputs(text, file) < 0) {
                (void) fclose(file);
                return false;
        }
        return fclose(file) == 0;
}

bool run(const char *format, ...) {
        char command[4096];
        va_list arguments;

        va_start(arguments, format);
        (void) vsnprintf(command, sizeof command, format, arguments);
        va_end(arguments);
        return system(command) == 0;
}
