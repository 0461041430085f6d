/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lock files.
 *
 * Protects that a living holder is respected, and that nothing a killed process left behind, or
 * anybody who may write to the folder put there, keeps a port from us or holds us up. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "at/port-internal.h"
#include "test.h"

#define DEVICE "/dev/ttyUSB7"
#define STRANGER 65534 /* a user with an entry and no rights */
#define DIALOUT 54321  /* a group that nobody is in */

static char folder[128], path[256], device[256];
static gid_t also_in; /* one group more for everybody, 0: none */

/* stands before that of the C library */
int getgrouplist(const char *user, gid_t group, gid_t *groups, int *n) {
        int (*real)(const char *, gid_t, gid_t *, int *) =
                (int (*)(const char *, gid_t, gid_t *, int *)) dlsym(RTLD_NEXT, "getgrouplist");
        const int max = *n, r = real(user, group, groups, n);

        if (r >= 0 && also_in != 0 && *n < max)
                groups[(*n)++] = also_in;
        return r;
}

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
        (void) alarm(0);
        (void) unlink(path);
        (void) rmdir(path);
        (void) unlink(device);
        (void) rmdir(folder);
        device[0] = '\0';
        also_in = 0;
}

/* A device, and the file of a stranger that names somebody who lives. */
static void setup_of_stranger(uid_t owner, gid_t group, mode_t mode) {
        char line[32];
        int fd;

        (void) snprintf(line, sizeof line, "%10ld\n", (long) getppid());
        setup(line);
        (void) snprintf(device, sizeof device, "%s/ttyUSB7", folder);
        fd = open(device, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        CHECK(fd >= 0);
        (void) close(fd);
        CHECK_INT(chown(device, owner, group), 0);
        CHECK_INT(chmod(device, mode), 0);
        CHECK_INT(chown(path, STRANGER, STRANGER), 0);
}

static void check_holds(void) {
        char taken[PORT_PATH_MAX];

        CHECK_INT(port_lock_file_pid(folder, device), getppid());
        CHECK_INT(port_lock_file_take(folder, device, taken), -EBUSY);
}

/* It is left alone, and at once. */
static void check_is_no_lock(void) {
        char taken[PORT_PATH_MAX];
        struct stat before, after;

        (void) alarm(10);
        CHECK_INT(lstat(path, &before), 0);
        CHECK_INT(port_lock_file_pid(folder, device[0] ? device : DEVICE), 0);
        CHECK_INT(port_lock_file_take(folder, device[0] ? device : DEVICE, taken), 0);
        CHECK_STR(taken, "");
        CHECK_INT(lstat(path, &after), 0);
        CHECK_INT(before.st_ino, after.st_ino);
}

static const char *stranger_missing(void) {
        if (geteuid() != 0)
                return "only root can make the file of another user";
        return getpwuid(STRANGER) ? NULL : "there is no user 65534";
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

TEST(a_fifo_holds_nobody_up) {
        setup(NULL);
        CHECK_INT(mkfifo(path, 0666), 0);
        check_is_no_lock();
        cleanup();
}

TEST(a_lease_holds_nobody_up) {
        int fd;

        setup(holder_line(getppid(), ""));
        fd = open(path, O_RDONLY | O_CLOEXEC);
        CHECK(fd >= 0);
        (void) signal(SIGIO, SIG_IGN); /* what asks to give it back */
        if (fcntl(fd, F_SETLEASE, F_WRLCK) < 0) {
                (void) close(fd);
                cleanup();
                SKIP("this file system knows no leases");
        }
        check_is_no_lock();
        (void) close(fd);
        cleanup();
}

TEST(a_symlink_is_no_lock) {
        char target[300];
        FILE *file;

        setup(NULL);
        (void) snprintf(target, sizeof target, "%s/elsewhere", folder);
        file = fopen(target, "w");
        CHECK(file);
        (void) fputs(holder_line(getppid(), ""), file);
        (void) fclose(file);
        CHECK_INT(symlink(target, path), 0);
        check_is_no_lock();
        (void) unlink(target);
        check_is_no_lock(); /* which leads nowhere now */
        cleanup();
}

TEST(a_directory_is_no_lock) {
        setup(NULL);
        CHECK_INT(mkdir(path, 0777), 0);
        check_is_no_lock();
        cleanup();
}

TEST(a_file_of_who_may_not_open_the_device_is_no_lock) {
        static const struct {
                uid_t owner;
                gid_t group;
                mode_t mode;
        } devices[] = {
                { 0, DIALOUT, 0660 },        /* of another group */
                { 0, DIALOUT, 0664 },        /* to read */
                { 0, STRANGER, 0640 },       /* the same */
                { 0, STRANGER, 0606 },       /* all but his group */
                { STRANGER, DIALOUT, 0466 }, /* all but himself */
        };

        if (stranger_missing())
                SKIP(stranger_missing());
        for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
                setup_of_stranger(devices[i].owner, devices[i].group, devices[i].mode);
                check_is_no_lock();
                cleanup();
        }
}

TEST(a_file_of_who_may_open_the_device_is_a_lock) {
        static const struct {
                uid_t owner;
                gid_t group, also_in;
                mode_t mode;
        } devices[] = {
                { STRANGER, DIALOUT, 0, 0600 }, { 0, STRANGER, 0, 0660 }, /* his first group */
                { 0, DIALOUT, DIALOUT, 0660 },  { 0, DIALOUT, 0, 0606 },  { 0, DIALOUT, 0, 0666 },
        };

        if (stranger_missing())
                SKIP(stranger_missing());
        for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
                setup_of_stranger(devices[i].owner, devices[i].group, devices[i].mode);
                also_in = devices[i].also_in;
                check_holds();
                cleanup();
        }
}

TEST(a_file_of_a_stranger_is_no_lock_of_a_device_that_is_gone) {
        if (stranger_missing())
                SKIP(stranger_missing());
        setup_of_stranger(0, STRANGER, 0660);
        CHECK_INT(unlink(device), 0);
        check_is_no_lock();
        cleanup();
}

TEST(a_long_file_is_read_as_far_as_a_lock_goes) {
        char content[4096];

        (void) snprintf(content, sizeof content, "%10ld minicom %4000d\n", (long) getppid(), 0);
        setup(content);
        (void) snprintf(device, sizeof device, "%s", DEVICE);
        check_holds();
        device[0] = '\0';
        cleanup();
}

TEST(no_folder_is_no_obstacle) {
        char taken[PORT_PATH_MAX];

        CHECK_INT(port_lock_file_take("/nowhere", DEVICE, taken), 0);
        CHECK_STR(taken, "");
}

TEST_MAIN()
