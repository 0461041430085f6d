/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every file of tests/stories is one test; another file can be named. */

#include <glob.h>
#include <stdio.h>

#include "sim/story.h"
#include "test.h"

static int play(const char *path) {
        char why[STORY_WHY_MAX];
        const bool good = story_play(path, why);

        if (!good)
                printf("%s\n", why);
        printf("%s story %s\n", good ? "ok" : "not ok", strrchr(path, '/') + 1);
        return !good;
}

/* test-stories [PART OF A NAME | FOLDER/FILE] */
int main(int argc, char *argv[]) {
        glob_t files;
        int failures = 0;

        if (argc > 1 && strchr(argv[1], '/'))
                return play(argv[1]);
        if (glob(TEST_FILE("tests/stories/*.story"), 0, NULL, &files) != 0) {
                printf("not ok stories: none found\n");
                return 1;
        }
        for (size_t i = 0; i < files.gl_pathc; i++)
                if (argc < 2 || strstr(strrchr(files.gl_pathv[i], '/'), argv[1]))
                        failures += play(files.gl_pathv[i]);
        globfree(&files);
        return failures > 0;
}
