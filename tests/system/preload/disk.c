/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A disk that fails, to be preloaded into fotad: stands in front of what SQLite calls. The file
 * $DISK_FAULT says how it fails now: "eio" writes and syncs fail, "lying" syncs do nothing and say
 * that they did, nothing or no such file: it works. $DISK_FAULT.struck is made when one did.
 * Whatever of $DISK_FOLDER was synced is copied to $DISK_SYNCED: after a power cut that is all
 * there is. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "fault.h"

static bool strikes(const char *fault) {
        char text[24];

        if (!fault_read("DISK_FAULT", text) || strncmp(text, fault, strlen(fault)) != 0)
                return false;
        fault_felt("DISK_FAULT");
        return true;
}

/* The name of the file in the folder, NULL: it is elsewhere. */
static const char *name_of(int fd, char path[static PATH_MAX]) {
        const char *folder = getenv("DISK_FOLDER");
        char link[64];
        ssize_t n;

        (void) snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        n = readlink(link, path, PATH_MAX - 1);
        if (n < 0 || !folder)
                return NULL;
        path[n] = '\0';
        n = (ssize_t) strlen(folder);
        return strncmp(path, folder, (size_t) n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

/* All or nothing, as a journalling file system renames. */
static void keep(int fd, const char *name) {
        char part[PATH_MAX], whole[PATH_MAX], bytes[65536];
        const char *folder = getenv("DISK_SYNCED");
        off_t at = 0;
        ssize_t n;
        int to;

        if (!folder)
                return;
        (void) snprintf(whole, sizeof(whole), "%s/%s", folder, name);
        (void) snprintf(part, sizeof(part), "%s/.part", folder);
        to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (to < 0)
                abort();
        while ((n = pread(fd, bytes, sizeof(bytes), at)) > 0) {
                if (write(to, bytes, (size_t) n) != n)
                        abort();
                at += n;
        }
        close(to);
        if (rename(part, whole) < 0)
                abort();
}

static int sync_as(const char *name, int fd) {
        int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
        char path[PATH_MAX];
        const char *file = name_of(fd, path);
        struct stat st;
        int r;

        if (!file || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return real(fd);
        if (strikes("eio")) {
                errno = EIO;
                return -1;
        }
        if (strikes("lying"))
                return 0;
        r = real(fd);
        if (r == 0)
                keep(fd, file);
        return r;
}

int fsync(int fd) {
        return sync_as("fsync", fd);
}

int fdatasync(int fd) {
        return sync_as("fdatasync", fd);
}

static ssize_t write_as(const char *name, int fd, const void *bytes, size_t n, off_t at) {
        ssize_t (*real)(int, const void *, size_t, off_t) =
                (ssize_t(*)(int, const void *, size_t, off_t)) dlsym(RTLD_NEXT, name);
        char path[PATH_MAX];

        if (name_of(fd, path) && strikes("eio")) {
                errno = EIO;
                return -1;
        }
        return real(fd, bytes, n, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) {
        return write_as("pwrite", fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at) {
        return write_as("pwrite64", fd, bytes, n, at);
}
