/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config/config-bench.h"

#include <stdio.h>
#include <sys/stat.h>

#include "test.h"

char messages[65536];
unsigned n_errors, n_warnings;
char directory[256];

void on_message(void *userdata, bool is_error, const char *message) {
        size_t n = strlen(messages);

        (void) userdata;
        if (is_error)
                n_errors++;
        else
                n_warnings++;
        (void) snprintf(messages + n, sizeof messages - n, "%s%s\n",
                        is_error ? "" : "warning: ", message);
}

Settings *parse(const char *yaml) {
        Settings *settings = NULL;

        messages[0] = '\0';
        n_errors = n_warnings = 0;
        if (config_parse("f.yaml", yaml, strlen(yaml), on_message, NULL, &settings) < 0 && settings)
                abort();
        return settings;
}

/* The messages, one a line. */
void check_messages(const char *yaml, const char *expected) {
        _cleanup_(settings_freep) Settings *settings = parse(yaml);

        CHECK_STR(messages, expected);
        CHECK((settings != NULL) == (n_errors == 0));
}

void fresh_directory(void) {
        const char *t = getenv("TMPDIR");

        (void) snprintf(directory, sizeof directory, "%s/fotad-config.XXXXXX", t ? t : "/tmp");
        CHECK(mkdtemp(directory));
}

void remove_directory(void) {
        char command[300];

        (void) snprintf(command, sizeof command, "rm -rf '%s'", directory);
        CHECK_INT(system(command), 0);
}

void write_file(const char *name, const char *content, mode_t mode) {
        char path[512];
        FILE *f;

        (void) snprintf(path, sizeof path, "%s/%s", directory, name);
        f = fopen(path, "w");
        CHECK(f);
        CHECK(fputs(content, f) >= 0);
        CHECK_INT(fclose(f), 0);
        CHECK_INT(chmod(path, mode), 0);
}

Settings *load(const char *name, int *ret) {
        Settings *settings = NULL;
        char path[512];

        messages[0] = '\0';
        n_errors = n_warnings = 0;
        (void) snprintf(path, sizeof path, "%s/%s", directory, name);
        *ret = config_load(path, on_message, NULL, &settings);
        return settings;
}

/* Loads fotad.yaml; messages are compared without the directory. */
void check_load(int error, const char *expected) {
        char *p, *q = messages;
        size_t n = strlen(directory) + 1;
        int r;
        _cleanup_(settings_freep) Settings *settings = load("fotad.yaml", &r);

        while ((p = strstr(q, directory))) {
                memmove(p, p + n, strlen(p + n) + 1);
                q = p;
        }
        CHECK_STR(messages, expected);
        CHECK_INT(r, error);
        CHECK((settings != NULL) == (error == 0));
}
