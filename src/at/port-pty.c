/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The backend for pseudo-terminals: plain termios on the descriptor that holds the lock.
 *
 * Owns nothing of its own. No TIOCEXCL here: the flag sits in the kernel's tty, which lives as long
 * as the other end is open. A daemon that was killed would leave it behind and, not being root,
 * never be let in again; the flock goes with the process. */

#include <termios.h>

#include "at/port-internal.h"

typedef struct BaudRate {
        unsigned baud_rate;
        speed_t speed;
} BaudRate;

// clang-format off
static const BaudRate baud_rates[] = {
        { 1200,    B1200    }, { 2400,    B2400    }, { 4800,    B4800    }, { 9600,    B9600    },
        { 19200,   B19200   }, { 38400,   B38400   }, { 57600,   B57600   }, { 115200,  B115200  },
        { 230400,  B230400  }, { 460800,  B460800  }, { 500000,  B500000  }, { 576000,  B576000  },
        { 921600,  B921600  }, { 1000000, B1000000 }, { 1152000, B1152000 }, { 1500000, B1500000 },
        { 2000000, B2000000 }, { 2500000, B2500000 }, { 3000000, B3000000 }, { 3500000, B3500000 },
        { 4000000, B4000000 },
};
// clang-format on

static int baud_rate_set(struct termios *termios, unsigned baud_rate) {
        for (size_t i = 0; i < ELEMENTSOF(baud_rates); i++)
                if (baud_rates[i].baud_rate == baud_rate)
                        return cfsetspeed(termios, baud_rates[i].speed) < 0 ? -errno : 0;
        return -EINVAL;
}

static int pty_open(Port *port, const char *device _unused_, const PortSettings *settings) {
        struct termios termios;
        int r;

        if (tcgetattr(port->lock_fd, &termios) < 0)
                return -errno;
        cfmakeraw(&termios);
        termios.c_cflag &= ~(tcflag_t) CSTOPB;
        r = baud_rate_set(&termios, settings->baud_rate);
        if (r < 0)
                return r;
        if (tcsetattr(port->lock_fd, TCSANOW, &termios) < 0)
                return -errno;
        port->fd = port->lock_fd;
        return 0;
}

static void pty_close(Port *port) {
        port->fd = -EBADF; /* port.c closes lock_fd */
}

const PortBackend port_backend_pty = {
        .open = pty_open,
        .close = pty_close,
};
