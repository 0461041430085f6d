/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every file of tests/stories is one test. */

#include <glob.h>
#include <stdio.h>

#include "sim/story.h"
#include "test.h"

int main(int argc, char *argv[]) {
        char why[STORY_WHY_MAX];
        glob_t files;
        int failures = 0;

        if (glob(TEST_FILE("tests/stories/*.story"), 0, NULL, &files) != 0) {
                printf("not ok stories: none found\n");
                return 1;
        }
        for (size_t i = 0; i < files.gl_pathc; i++) {
                const char *name = strrchr(files.gl_pathv[i], '/') + 1;
                if (argc > 1 && !strstr(name, argv[1]))
                        continue;
                const bool good = story_play(files.gl_pathv[i], why);
                if (!good)
                        printf("%s\n", why);
                printf("%s story %s\n", good ? "ok" : "not ok", name);
                failures += !good;
        }
        globfree(&files);
        return failures > 0;
}
