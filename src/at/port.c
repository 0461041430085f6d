/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One serial port: finding the backend, locking, reading and writing.
 *
 * Owns the descriptors and the locks; the backends own the settings. The lock comes before the
 * settings, because changing the speed of a port that somebody else uses is what the lock has to
 * prevent. What surprises: read() and write() are our own for both backends, since libserialport
 * reports a hang-up as "no data"; and close() of a port with hardware flow control may wait 30 s
 * for bytes that nobody takes, so those are thrown away first. */

#include "at/port.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include "at/port-internal.h"
#include "base/text.h"

static int port_error(int error) {
        switch (error) {
        case ENXIO:
        case EIO: /* a pseudo-terminal whose other end is closed, a ttyS without a chip */
                return -ENODEV;
        case EPERM: /* refused by the device policy of our control group */
                return -EACCES;
        case ENOTDIR:
        case ELOOP:
                return -ENOENT;
        default:
                return -error;
        }
}

static const PortBackend *port_backend_for(const char *device) {
        static const char folder[] = "/dev/";
        const char *name = device + strlen(folder);
        char known[PATH_MAX + 32];

        if (!text_starts_with(device, folder) || strchr(name, '/'))
                return &port_backend_pty;
        (void) snprintf(known, sizeof known, "/sys/class/tty/%s", name);
        return access(known, F_OK) == 0 ? &port_backend_serial : &port_backend_pty;
}

static int port_lock(Port *port, const char *device) {
        struct stat st;
        int exclusive = 0;

        /* opening is an act for some devices (a watchdog): only what can be a tty is opened */
        if (stat(device, &st) < 0)
                return port_error(errno);
        if (!S_ISCHR(st.st_mode))
                return -ENOTTY;
        port->lock_fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (port->lock_fd < 0)
                return port_error(errno);
        if (!isatty(port->lock_fd))
                return errno == EIO ? -ENODEV : -ENOTTY;
        if (flock(port->lock_fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? -EBUSY : -errno;
        if (!port->backend->exclusive)
                return 0;
        /* open() said EBUSY already, except to root */
        if (ioctl(port->lock_fd, TIOCGEXCL, &exclusive) == 0 && exclusive)
                return -EBUSY;
        return port_lock_file_take(PORT_LOCK_FOLDER, device, port->lock_file);
}

/* What libserialport 0.1.1 leaves out: it opens without close-on-exec, and CRTSCTS was still off
 * after it was asked for RTS/CTS (tried). */
static int port_prepare(Port *port) {
        struct termios termios;

        if (fcntl(port->fd, F_SETFD, FD_CLOEXEC) < 0 || tcgetattr(port->fd, &termios) < 0)
                return port_error(errno);
        termios.c_cflag &= ~(tcflag_t) (HUPCL | CRTSCTS); /* a restart of ours is no hang-up */
        termios.c_cflag |= CLOCAL | CREAD | (port->rts_cts ? CRTSCTS : 0);
        termios.c_cc[VMIN] = 1; /* 0 would make read() say 0 both for "nothing" and for "gone" */
        termios.c_cc[VTIME] = 0;
        if (tcsetattr(port->fd, TCSANOW, &termios) < 0)
                return port_error(errno);
        if (port->backend->exclusive && ioctl(port->fd, TIOCEXCL) < 0)
                return port_error(errno);
        (void) tcflush(port->fd, TCIFLUSH);
        return 0;
}

int port_open(const char *path, const PortSettings *settings, Port **ret) {
        _cleanup_(port_freep) Port *port = NULL;
        char device[PATH_MAX];
        int r;

        if (!realpath(path, device))
                return port_error(errno);
        port = calloc(1, sizeof(Port));
        if (!port)
                return -ENOMEM;
        port->fd = port->lock_fd = -EBADF;
        port->rts_cts = settings->rts_cts;
        port->backend = port_backend_for(device);
        r = port_lock(port, device);
        if (r < 0)
                return r;
        r = port->backend->open(port, device, settings);
        if (r < 0)
                return port_error(-r);
        r = port_prepare(port);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(port);
        return 0;
}

Port *port_free(Port *port) {
        if (!port)
                return NULL;
        if (port->fd >= 0 && port->rts_cts)
                (void) tcflush(port->fd, TCOFLUSH);
        if (port->fd >= 0 && port->backend->exclusive)
                (void) ioctl(port->fd, TIOCNXCL);
        port->backend->close(port);
        port_lock_file_drop(port->lock_file);
        (void) fd_close(port->lock_fd);
        free(port);
        return NULL;
}

int port_fd(const Port *port) {
        return port->fd;
}

ssize_t port_read(Port *port, char *buffer, size_t size) {
        ssize_t n = read(port->fd, buffer, size);

        if (n > 0)
                return n;
        return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -ENODEV;
}

ssize_t port_write(Port *port, const char *bytes, size_t n) {
        ssize_t written = write(port->fd, bytes, n);

        if (written >= 0)
                return written;
        return errno == EAGAIN || errno == EINTR ? 0 : -ENODEV;
}

int port_dcd(Port *port) {
        int r = port->backend->dcd ? port->backend->dcd(port) : -EOPNOTSUPP;

        switch (r) {
        case -ENOTTY: /* the driver can't tell (tty_ioctl(4), TIOCMGET) */
        case -EINVAL:
        case -ENOSYS:
                return -EOPNOTSUPP;
        default:
                return r < 0 ? port_error(-r) : r;
        }
}
