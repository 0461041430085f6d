/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Packages that fotad pushes. Whatever its source, the file is first copied to an unlinked file in
 * the state directory, hashed there and sent from there: what a person, or who may write to the
 * catalogue's folder, does to the original afterwards changes nothing. A copy goes with its job, or
 * with the daemon. */

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/log.h"
#include "daemon/daemon.h"

/* The largest full image known has 12.5 MB. */
#define PACKAGE_BYTES_MAX ((off_t) 64 * 1024 * 1024)
#define COPY_CHUNK (64 * 1024)

static PackageSlot *slot_find(Daemon *daemon, const char *module) {
        for (size_t i = 0; i < MODULES_MAX; i++)
                if (daemon->packages[i].module[0] && streq(daemon->packages[i].module, module))
                        return daemon->packages + i;
        return NULL;
}

static void slot_clear(PackageSlot *slot) {
        if (!slot || !slot->module[0])
                return;
        (void) fd_close(slot->fd);
        *slot = (PackageSlot) { .fd = -EBADF };
}

/* The descriptor is the slot's from now on. */
static int slot_put(Daemon *daemon, const char *module, int fd, uint64_t size) {
        slot_clear(slot_find(daemon, module));
        for (size_t i = 0; i < MODULES_MAX; i++) {
                PackageSlot *slot = daemon->packages + i;

                if (slot->module[0])
                        continue;
                *slot = (PackageSlot) { .fd = fd, .size = size };
                (void) TEXT_COPY(slot->module, module);
                return 0;
        }
        (void) fd_close(fd);
        return -ENOBUFS;
}

static int open_copy(const Daemon *daemon) {
        char path[PATH_MAX + 32];
        int fd = open(daemon->settings->state_directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

        if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
                return fd >= 0 ? fd : -errno;
        (void) snprintf(path, sizeof(path), "%s/package-XXXXXX", daemon->settings->state_directory);
        fd = mkostemp(path, O_CLOEXEC); /* a file system without O_TMPFILE */
        if (fd < 0)
                return -errno;
        (void) unlink(path);
        return fd;
}

static int write_all(int fd, const char *bytes, size_t n) {
        while (n > 0) {
                const ssize_t written = write(fd, bytes, n);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return -errno;
                bytes += written;
                n -= (size_t) written;
        }
        return 0;
}

/* Exactly `size` bytes: a file that changes its size meanwhile is refused. */
static int copy_bytes(int from, int to, off_t size) {
        static char chunk[COPY_CHUNK];
        off_t at = 0;

        for (;;) {
                const ssize_t n = pread(from, chunk, sizeof(chunk), at);
                int r;

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        return at == size ? 0 : -ESTALE;
                at += n;
                if (at > size)
                        return -ESTALE;
                r = write_all(to, chunk, (size_t) n);
                if (r < 0)
                        return r;
        }
}

static int refuse(char *why, size_t size, int error, const char *text) {
        (void) snprintf(why, size, "%s", text);
        return error;
}

/* The descriptor of a copy and its size. */
static int take_copy(const Daemon *daemon, int from, uint64_t *ret_size, char *why, size_t size) {
        _cleanup_close_ int copy = -EBADF;
        struct stat st;
        int r;

        if (fstat(from, &st) < 0 || !S_ISREG(st.st_mode))
                return refuse(why, size, -EINVAL, "the package is no regular file");
        if (st.st_size == 0)
                return refuse(why, size, -EINVAL, "the package is empty");
        if (st.st_size > PACKAGE_BYTES_MAX)
                return refuse(why, size, -EFBIG, "the package has more than 64 MiB");
        copy = open_copy(daemon);
        r = copy < 0 ? copy : copy_bytes(from, copy, st.st_size);
        if (r == -ESTALE)
                return refuse(why, size, r, "the package changed while it was read: try again");
        if (r < 0) {
                (void) snprintf(why, size, "the package can not be copied to %s: %s",
                                daemon->settings->state_directory, strerror(-r));
                return r;
        }
        *ret_size = (uint64_t) st.st_size;
        return TAKE_FD(copy);
}

int daemon_package_take(void *userdata, const char *module, int fd, char *why, size_t size) {
        Daemon *daemon = userdata;
        uint64_t bytes;
        const int copy = take_copy(daemon, fd, &bytes, why, size);

        return copy < 0 ? copy : slot_put(daemon, module, copy, bytes);
}

static bool has_sum(int fd, uint64_t bytes, const char *sha256) {
        char hash[SHA256_HEX_MAX];
        void *map = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
        bool same;

        if (map == MAP_FAILED)
                return false;
        const struct iovec part = { map, bytes };
        same = sha256_hex(&part, 1, hash) == 0 && streq(hash, sha256);
        (void) munmap(map, bytes);
        return same;
}

static int open_catalogue(Daemon *daemon, const char *module, const PackageSettings *package,
                          uint64_t *ret_bytes, char *why, size_t size) {
        _cleanup_close_ int file =
                open(package->file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        _cleanup_close_ int copy = -EBADF;
        int r;

        if (file < 0) {
                r = -errno;
                (void) snprintf(why, size, "%s: %s", package->file, strerror(-r));
                return r;
        }
        copy = take_copy(daemon, file, ret_bytes, why, size);
        if (copy < 0)
                return copy;
        if (!has_sum(copy, *ret_bytes, package->sha256)) {
                (void) snprintf(why, size,
                                "%s has another SHA-256 than 'packages' says: it is damaged or "
                                "another file",
                                package->file);
                return -EBADMSG;
        }
        return slot_put(daemon, module, TAKE_FD(copy), *ret_bytes);
}

int daemon_package_open(void *userdata, const char *module, const PackageSettings *package,
                        uint64_t *ret_bytes, char *why, size_t size) {
        Daemon *daemon = userdata;

        if (package)
                return open_catalogue(daemon, module, package, ret_bytes, why, size);
        const PackageSlot *slot = slot_find(daemon, module);
        if (!slot)
                return -ENOENT;
        *ret_bytes = slot->size;
        return 0;
}

int daemon_package_read(void *userdata, const char *module, uint64_t offset, void *to, size_t n) {
        const PackageSlot *slot = slot_find(userdata, module);
        size_t at = 0;

        while (slot && at < n) {
                const ssize_t got =
                        pread(slot->fd, (char *) to + at, n - at, (off_t) (offset + at));

                if (got < 0 && errno == EINTR)
                        continue;
                if (got <= 0)
                        return got < 0 ? -errno : -EIO;
                at += (size_t) got;
        }
        return slot ? 0 : -ENOENT;
}

void daemon_package_close(void *userdata, const char *module) {
        slot_clear(slot_find(userdata, module));
}

void daemon_packages_clear(Daemon *daemon) {
        for (size_t i = 0; i < MODULES_MAX; i++)
                slot_clear(daemon->packages + i);
}
