/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lock files.
 *
 * Protects that a living holder is respected, and that nothing a killed process left behind keeps a
 * port from us for ever. */

#include <errno.h>
#include <stdio.h>

#include "at/port-internal.h"
#include "test.h"

#define DEVICE "/dev/ttyUSB7"

static char folder[128], path[256];

static void setup(const char *content) {
        const char *tmp = getenv("TMPDIR");
        FILE *file;

        (void) snprintf(folder, sizeof folder, "%s/lock-XXXXXX", tmp ? tmp : "/tmp");
        CHECK(mkdtemp(folder));
        (void) snprintf(path, sizeof path, "%s/LCK..ttyUSB7", folder);
        if (!content)
                return;
        file = fopen(path, "w");
        CHECK(file);
        (void) fputs(content, file);
        (void) fclose(file);
}

static void cleanup(void) {
        (void) unlink(path);
        (void) rmdir(folder);
}

static const char *holder_line(long pid, const char *program) {
        static char line[80];

        (void) snprintf(line, sizeof line, "%10ld %s\n", pid, program);
        return line;
}

TEST(a_free_port_gets_a_file_that_names_us) {
        char taken[PORT_PATH_MAX];

        NOT_IN_VALGRIND("the program of this process is valgrind");
        setup(NULL);
        CHECK_INT(port_lock_file_take(folder, DEVICE, taken), 0);
        CHECK_STR(taken, path);
        CHECK_INT(port_lock_file_pid(folder, DEVICE), getpid());
        port_lock_file_drop(taken);
        CHECK_INT(port_lock_file_pid(folder, DEVICE), 0);
        port_lock_file_drop("");
        cleanup();
}

TEST(a_living_holder_is_respected) {
        char taken[PORT_PATH_MAX] = "untouched";

        setup(holder_line(getppid(), ""));
        CHECK_INT(port_lock_file_take(folder, DEVICE, taken), -EBUSY);
        CHECK_STR(taken, "untouched");
        CHECK_INT(port_lock_file_pid(folder, DEVICE), getppid());
        cleanup();
}

TEST(a_dead_holder_gives_way) {
        char taken[PORT_PATH_MAX];

        NOT_IN_VALGRIND("the program of this process is valgrind");
        setup(holder_line(0x3fffffff, "minicom root"));
        CHECK_INT(port_lock_file_pid(folder, DEVICE), 0);
        CHECK_INT(port_lock_file_take(folder, DEVICE, taken), 0);
        CHECK_INT(port_lock_file_pid(folder, DEVICE), getpid());
        cleanup();
}

TEST(our_own_old_file_gives_way_when_its_number_is_somebody_elses) {
        char taken[PORT_PATH_MAX];

        setup(holder_line(1, program_invocation_short_name));
        CHECK_INT(port_lock_file_take(folder, DEVICE, taken), 0);
        CHECK_STR(taken, path);
        cleanup();
}

TEST(a_file_that_nobody_understands_is_left_alone) {
        char taken[PORT_PATH_MAX];

        setup("what?");
        CHECK_INT(port_lock_file_take(folder, DEVICE, taken), 0);
        CHECK_STR(taken, "");
        CHECK_INT(access(path, F_OK), 0);
        cleanup();
}

TEST(no_folder_is_no_obstacle) {
        char taken[PORT_PATH_MAX];

        CHECK_INT(port_lock_file_take("/nowhere", DEVICE, taken), 0);
        CHECK_STR(taken, "");
}

TEST_MAIN()
