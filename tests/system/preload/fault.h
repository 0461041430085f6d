/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A fault that a test makes and ends with a file: what it says now, and the sign that it was felt.
 * For libraries that are preloaded into fotad. */

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the file that this variable names says; false: there is none. */
static bool fault_read(const char *variable, char text[static 24]) {
        const char *path = getenv(variable);
        ssize_t n;
        int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

        if (fd < 0)
                return false;
        n = read(fd, text, 23);
        if (n < 0)
                abort();
        text[n] = '\0';
        close(fd);
        return true;
}

/* FILE.struck: a fault that hits nobody proves nothing. */
static void fault_felt(const char *variable) {
        char struck[PATH_MAX];
        int fd;

        (void) snprintf(struck, sizeof(struck), "%s.struck", getenv(variable));
        fd = open(struck, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
                abort();
        close(fd);
}
