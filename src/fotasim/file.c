/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads a scenario, a key or a certificate whole. Works on pipes, too: it does not ask for the size
 * before it reads, so `--scenario <(...)` is fine. */

#include "fotasim/file.h"

#include <fcntl.h>

int file_read(const char *path, size_t max_bytes, char **ret, size_t *ret_n) {
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        _cleanup_free_ char *bytes = NULL;
        size_t n = 0;
        ssize_t r;

        if (fd < 0)
                return -errno;
        bytes = malloc(max_bytes + 2); /* one to see that it is too long, one for the NUL */
        if (!bytes)
                return -ENOMEM;
        while ((r = read(fd, bytes + n, max_bytes + 1 - n)) > 0)
                n += (size_t) r;
        if (r < 0)
                return -errno;
        if (n > max_bytes)
                return -EFBIG;
        bytes[n] = '\0';
        *ret = TAKE_PTR(bytes);
        if (ret_n)
                *ret_n = n;
        return 0;
}
