/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A lock file that another program left for a port, or anybody who may write there.
 *
 * Whatever stands in it, a port is taken in one of three ways: the file is ours afterwards, or it
 * names somebody who lives and is as it was, or it can't be understood and is as it was. */

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "at/port-internal.h"

#define INPUT_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char folder[64], path[96];

static void clean_up(void) {
        (void) unlink(path);
        (void) rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc _unused_, char ***argv _unused_) {
        (void) snprintf(folder, sizeof folder, "/tmp/fotad-fuzz-lock-%ld", (long) getpid());
        (void) snprintf(path, sizeof path, "%s/LCK..ttyUSB0", folder);
        if (mkdir(folder, 0700) < 0 || atexit(clean_up) != 0)
                abort();
        return 0;
}

static void write_file(const uint8_t *data, size_t size) {
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        if (fd < 0 || write(fd, data, size) != (ssize_t) size)
                abort();
}

static bool is_as_it_was(const uint8_t *data, size_t size) {
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        uint8_t found[INPUT_MAX + 1];
        const ssize_t n = fd < 0 ? -1 : read(fd, found, sizeof found);

        return n == (ssize_t) size && (size == 0 || memcmp(found, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        char taken[PORT_PATH_MAX];

        size = MIN_OF(size, (size_t) INPUT_MAX);
        write_file(data, size);
        assert(port_lock_file_pid(folder, "/dev/ttyUSB0") >= 0);
        const int r = port_lock_file_take(folder, "/dev/ttyUSB0", taken);
        assert(r == 0 || r == -EBUSY);
        if (r < 0 || taken[0] == '\0') {
                assert(is_as_it_was(data, size));
                return 0;
        }
        assert(streq(taken, path) && port_lock_file_pid(folder, "/dev/ttyUSB0") == getpid());
        port_lock_file_drop(taken);
        assert(access(path, F_OK) < 0);
        return 0;
}
