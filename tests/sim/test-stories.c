/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every file of tests/stories is one test; another file can be named. All together take each row of
 * the lifecycle at least once: a row without a story is one that nobody has seen at work. */

#include <glob.h>
#include <stdio.h>

#include "core/lifecycle.h"
#include "sim/story.h"
#include "test.h"

/* what was taken */

#define ROWS_MAX 512

static bool taken[ROWS_MAX];

/* The linker puts it in the way of lifecycle_find(). */
typeof(lifecycle_find) __real_lifecycle_find, __wrap_lifecycle_find;
const Row *__wrap_lifecycle_find(State state, Trigger trigger, const Module *module) {
        const Row *row = __real_lifecycle_find(state, trigger, module);

        if (row)
                taken[row - lifecycle_rows] = true;
        return row;
}

static void print_row(const Row *row) {
        printf("  never taken:");
        for (State state = 0; state < _STATE_MAX; state++)
                if (row->in & (1U << state))
                        printf(" %s", state_to_string(state));
        printf(" on %s%s%s\n", trigger_to_string(row->on), row->when ? " when " : "",
               row->when ? row->when_name : "");
}

static int check_rows(void) {
        int missing = 0;

        for (size_t i = 0; i < lifecycle_n_rows; i++)
                if (i >= ROWS_MAX || !taken[i]) {
                        missing++;
                        print_row(lifecycle_rows + i);
                }
        printf("%s every row of the lifecycle has a story (%zu of %zu)\n",
               missing ? "not ok" : "ok", lifecycle_n_rows - (size_t) missing, lifecycle_n_rows);
        return missing > 0;
}

/* the stories */

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
        if (argc < 2)
                failures += check_rows();
        return failures > 0;
}
