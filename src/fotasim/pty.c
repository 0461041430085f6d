/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The master side of a pseudo-terminal with a symlink to its slave. The slave is never kept open
 * here: the kernel reports a hang-up on the master as long as nobody has it open, and that is how
 * we know. A surprise: TIOCEXCL outlives the process that set it as long as the master lives, which
 * no real serial port does. So it is lifted after each hang-up, and where that is refused (we are
 * not root) the whole pseudo-terminal is replaced. */

#include "fotasim/pty.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>

void pty_init(Pty *pty, char *link) {
        *pty = (Pty) PTY_INIT;
        pty->link = link;
}

/* Raw, not exclusive, nothing left to read: what a port is that nobody used yet. */
static int slave_reset(const Pty *pty) {
        _cleanup_close_ int slave = open(pty->slave, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        struct termios settings;

        if (slave < 0 || tcgetattr(slave, &settings) < 0)
                return -errno;
        cfmakeraw(&settings);
        settings.c_cflag |= CLOCAL | CREAD;
        (void) cfsetspeed(&settings, B115200);
        if (tcsetattr(slave, TCSANOW, &settings) < 0 || ioctl(slave, TIOCNXCL) < 0)
                return -errno;
        (void) tcflush(slave, TCIFLUSH);
        return 0;
}

static bool link_ours(const Pty *pty) {
        char target[sizeof(pty->slave)];
        ssize_t n = readlink(pty->link, target, sizeof(target));

        return n >= 0 && (size_t) n == strlen(pty->slave) &&
               memcmp(target, pty->slave, (size_t) n) == 0;
}

/* In one step: a reader of the link never finds it missing. */
static int link_replace(const Pty *pty) {
        _cleanup_free_ char *temporary = NULL;

        if (asprintf(&temporary, "%s.%d~", pty->link, (int) getpid()) < 0) {
                temporary = NULL;
                return -ENOMEM;
        }
        (void) unlink(temporary);
        if (symlink(pty->slave, temporary) < 0)
                return -errno;
        if (rename(temporary, pty->link) < 0) {
                int r = -errno;

                (void) unlink(temporary);
                return r;
        }
        return 0;
}

int pty_create(Pty *pty) {
        _cleanup_close_ int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        Pty created = { .link = pty->link };
        int r;

        if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
                return -errno;
        r = ptsname_r(master, created.slave, sizeof(created.slave));
        if (r != 0)
                return -r;
        r = slave_reset(&created); /* opened and closed once, it reports a hang-up from now on */
        if (r < 0)
                return r;
        r = link_replace(&created);
        if (r < 0)
                return r;
        pty->master = fd_close(pty->master);
        created.master = TAKE_FD(master);
        *pty = created;
        return 0;
}

void pty_remove(Pty *pty) {
        if (pty->master < 0)
                return;
        if (link_ours(pty))
                (void) unlink(pty->link);
        pty->master = fd_close(pty->master);
        pty->open = false;
}

void pty_done(Pty *pty) {
        pty_remove(pty);
}

static bool hung_up(const Pty *pty) {
        struct pollfd poll_fd = { .fd = pty->master, .events = POLLIN };

        return poll(&poll_fd, 1, 0) > 0 && poll_fd.revents & POLLHUP;
}

void pty_look(Pty *pty) {
        bool was_open = pty->open;

        if (pty->master < 0)
                return;
        pty->open = !hung_up(pty);
        if (was_open && !pty->open && slave_reset(pty) == -EBUSY && pty_create(pty) < 0)
                return; /* the old one stays, locked */
}

void pty_write(Pty *pty, const char *bytes, size_t n) {
        pty_look(pty);
        if (pty->open)
                (void) !write(pty->master, bytes, n);
}

size_t pty_read(Pty *pty, char *bytes, size_t size) {
        ssize_t n;

        if (pty->master < 0)
                return 0;
        n = read(pty->master, bytes, size);
        return n > 0 ? (size_t) n : 0;
}
