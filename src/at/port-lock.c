/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who holds a port: UUCP lock files, and the process behind a lock or an open descriptor.
 *
 * Owns the lock file that it makes. The lock that counts is the flock of port.c; the file is for
 * programs that know only files (minicom, picocom, pppd). What surprises: a file outlives the
 * process that was killed, and its number may belong to somebody else by then, so the name of the
 * program written next to it has to fit as well. And anybody may put something there: no file is
 * waited for, and one counts only of who may open the port. Otherwise /proc is read, no descriptor
 * of others is touched. */

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "at/port-internal.h"
#include "base/text.h"

#define PROCESS_NAME_MAX 32
#define LOCK_FILE_MAX 128 /* bytes that are read of one */
#define USER_GROUPS_MAX 1024
#define USER_ENTRY_MAX (16 * 1024)

static void fclosep(FILE **file) {
        if (*file)
                (void) fclose(*file);
}

static void closedirp(DIR **folder) {
        if (*folder)
                (void) closedir(*folder);
}

bool process_name(pid_t pid, char *ret, size_t size) {
        _cleanup_(fclosep) FILE *file = NULL;
        char path[48], name[PROCESS_NAME_MAX];

        (void) snprintf(path, sizeof path, "/proc/%ld/comm", (long) pid);
        file = fopen(path, "re");
        if (!file || !fgets(name, sizeof name, file))
                return false;
        name[strcspn(name, "\n")] = '\0';
        (void) text_copy(ret, size, name);
        return true;
}

/* lock files */

static void lock_file_path(const char *folder, const char *device, char ret[static PORT_PATH_MAX]) {
        const char *slash = strrchr(device, '/');
        Text path;

        text_init(&path, ret, PORT_PATH_MAX);
        text_printf(&path, "%s/LCK..%s", folder, slash ? slash + 1 : device);
}

static bool user_in_group(uid_t uid, gid_t group) {
        gid_t groups[USER_GROUPS_MAX];
        char buffer[USER_ENTRY_MAX];
        struct passwd entry, *found = NULL;
        int n = USER_GROUPS_MAX;

        if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) != 0 || !found ||
            getgrouplist(found->pw_name, found->pw_gid, groups, &n) < 0)
                return false;
        for (int i = 0; i < n; i++)
                if (groups[i] == group)
                        return true;
        return false;
}

/* By mode and group; an access control list is not looked at. */
static bool user_may_open(uid_t uid, const char *device) {
        bool group_may, others_may;
        struct stat st;

        if (stat(device, &st) < 0)
                return false;
        if (uid == st.st_uid)
                return (st.st_mode & 0600) == 0600;
        group_may = (st.st_mode & 0060) == 0060;
        others_may = (st.st_mode & 0006) == 0006;
        if (group_may == others_may) /* databases may be far away */
                return group_may;
        return user_in_group(uid, st.st_gid) ? group_may : others_may;
}

/* The folder is everybody's: only of these a file may keep us from the port. */
static bool lock_file_counts(uid_t owner, const char *device) {
        return owner == 0 || owner == geteuid() || user_may_open(owner, device);
}

/* What stands in a lock file, and whose it is. Neither a FIFO nor a lease holds us up. */
static int lock_file_load(const char *path, char ret[static LOCK_FILE_MAX], uid_t *ret_owner) {
        _cleanup_close_ int fd =
                open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
        struct stat st;
        ssize_t n;

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        n = read(fd, ret, LOCK_FILE_MAX - 1);
        if (n < 0)
                return -errno;
        ret[n] = '\0';
        *ret_owner = st.st_uid;
        return 0;
}

/* The living process that the file names, 0 when it names none, -1 when the file can't be
 * understood or does not count. */
static pid_t lock_file_read(const char *path, const char *device) {
        char content[LOCK_FILE_MAX], program[PROCESS_NAME_MAX] = "", name[PROCESS_NAME_MAX];
        uid_t owner = (uid_t) -1;
        long pid;
        int r;

        r = lock_file_load(path, content, &owner);
        if (r < 0)
                return r == -ENOENT ? 0 : -1;
        if (sscanf(content, "%ld %31s", &pid, program) < 1 || pid <= 0 || pid > INT_MAX)
                return -1;
        if (kill((pid_t) pid, 0) < 0 && errno == ESRCH)
                return 0;
        /* only our own files carry the name as the kernel has it */
        if (streq(program, program_invocation_short_name) &&
            process_name((pid_t) pid, name, sizeof name) && !streq(name, program))
                return 0;
        return lock_file_counts(owner, device) ? (pid_t) pid : -1;
}

pid_t port_lock_file_pid(const char *folder, const char *device) {
        char path[PORT_PATH_MAX];
        pid_t pid;

        lock_file_path(folder, device, path);
        pid = lock_file_read(path, device);
        return MAX_OF(pid, 0);
}

static int lock_file_make(const char *path) {
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

        if (fd < 0)
                return -errno;
        (void) dprintf(fd, "%10ld %s\n", (long) getpid(), program_invocation_short_name);
        (void) fd_close(fd);
        return 0;
}

int port_lock_file_take(const char *folder, const char *device,
                        char ret_path[static PORT_PATH_MAX]) {
        char path[PORT_PATH_MAX];
        pid_t holder;
        int r;

        lock_file_path(folder, device, path);
        r = lock_file_make(path);
        if (r == -EEXIST) {
                holder = lock_file_read(path, device);
                if (holder > 0 && holder != getpid())
                        return -EBUSY;
                if (holder == 0 && unlink(path) == 0)
                        r = lock_file_make(path);
        }
        (void) text_copy(ret_path, PORT_PATH_MAX, r < 0 ? "" : path);
        return 0;
}

void port_lock_file_drop(const char *path) {
        if (path[0] != '\0')
                (void) unlink(path);
}

/* holders */

/* A lock outlives who took it while a child has the descriptor. */
static bool is_alive(pid_t pid) {
        return kill(pid, 0) == 0 || errno == EPERM;
}

/* "12: FLOCK  ADVISORY  WRITE 812 00:05:1234 0 EOF" */
static pid_t holder_by_lock(const struct stat *device) {
        _cleanup_(fclosep) FILE *file = fopen("/proc/locks", "re");
        char line[256];

        while (file && fgets(line, sizeof line, file)) {
                unsigned device_major, device_minor;
                unsigned long inode;
                long pid;

                if (sscanf(line, "%*d: %*s %*s %*s %ld %x:%x:%lu", &pid, &device_major,
                           &device_minor, &inode) != 4)
                        continue;
                if (pid > 0 && pid != getpid() && is_alive((pid_t) pid) &&
                    inode == device->st_ino && device_major == major(device->st_dev) &&
                    device_minor == minor(device->st_dev))
                        return (pid_t) pid;
        }
        return 0;
}

/* readlink() and no stat(): a file of theirs on a network that is gone would hold us up */
static bool process_has_open(const char *pid, const char *device) {
        _cleanup_(closedirp) DIR *folder = NULL;
        char path[NAME_MAX + 16], target[PATH_MAX];
        struct dirent *entry;

        (void) snprintf(path, sizeof path, "/proc/%s/fd", pid);
        folder = opendir(path);
        while (folder && (entry = readdir(folder))) {
                ssize_t n = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);

                if (n <= 0)
                        continue;
                target[n] = '\0';
                if (streq(target, device))
                        return true;
        }
        return false;
}

static pid_t holder_by_descriptor(const char *device) {
        _cleanup_(closedirp) DIR *proc = opendir("/proc");
        struct dirent *entry;

        while (proc && (entry = readdir(proc))) {
                long pid = isdigit((unsigned char) entry->d_name[0]) ?
                                   strtol(entry->d_name, NULL, 10) :
                                   0;

                if (pid > 0 && pid != getpid() && is_alive((pid_t) pid) &&
                    process_has_open(entry->d_name, device))
                        return (pid_t) pid;
        }
        return 0;
}

bool port_holder(const char *path, char *ret, size_t size) {
        char device[PATH_MAX], name[PROCESS_NAME_MAX];
        struct stat st;
        Text text;
        pid_t pid;

        if (!realpath(path, device) || stat(device, &st) < 0)
                return false;
        pid = holder_by_lock(&st);
        if (pid == 0)
                pid = port_lock_file_pid(PORT_LOCK_FOLDER, device);
        if (pid == 0 || pid == getpid())
                pid = holder_by_descriptor(device);
        if (pid == 0)
                return false;
        text_init(&text, ret, size);
        if (process_name(pid, name, sizeof name))
                text_printf(&text, "%s (pid %ld)", name, (long) pid);
        else
                text_printf(&text, "pid %ld", (long) pid);
        return true;
}
