/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The backend for every tty that the kernel lists: libserialport.
 *
 * Owns the sp_port and its descriptor, the second one on the device beside the one that holds the
 * lock. libserialport opens without blocking and sets the line raw, but locks nothing: port.c does
 * that, and sets TIOCEXCL only afterwards, for it would keep this second open() out. */

#include <libserialport.h>

#include "at/port-internal.h"

/* Negative errno of a libserialport call; must follow it at once. */
static int serial_error(enum sp_return result) {
        switch (result) {
        case SP_OK:
                return 0;
        case SP_ERR_ARG:
        case SP_ERR_SUPP:
                return -EINVAL;
        case SP_ERR_MEM:
                return -ENOMEM;
        case SP_ERR_FAIL:
                return sp_last_error_code() == 0 ? -ENODEV : -sp_last_error_code();
        }
        return -EINVAL;
}

static int serial_configure(struct sp_port *serial, const PortSettings *settings) {
        int r;

        r = serial_error(sp_set_baudrate(serial, (int) settings->baud_rate));
        if (r < 0)
                return r;
        r = serial_error(sp_set_bits(serial, 8));
        if (r < 0)
                return r;
        r = serial_error(sp_set_parity(serial, SP_PARITY_NONE));
        if (r < 0)
                return r;
        r = serial_error(sp_set_stopbits(serial, 1));
        if (r < 0)
                return r;
        /* raises RTS and DTR, turns XON and XOFF off; port.c turns RTS/CTS on when wanted */
        return serial_error(sp_set_flowcontrol(serial, SP_FLOWCONTROL_NONE));
}

static int serial_open(Port *port, const char *device, const PortSettings *settings) {
        struct sp_port *serial = NULL;
        int r;

        if (settings->baud_rate == 0 || settings->baud_rate > INT32_MAX)
                return -EINVAL;
        r = serial_error(sp_get_port_by_name(device, &serial));
        if (r < 0)
                return r == -EINVAL ? -ENODEV : r; /* it went away after we found it */
        port->handle = serial;
        r = serial_error(sp_open(serial, SP_MODE_READ_WRITE));
        if (r < 0)
                return r;
        r = serial_error(sp_get_port_handle(serial, &port->fd));
        if (r < 0)
                return r;
        return serial_configure(serial, settings);
}

static void serial_close(Port *port) {
        struct sp_port *serial = TAKE_PTR(port->handle);

        if (!serial)
                return;
        if (port->fd >= 0)
                (void) sp_close(serial);
        port->fd = -EBADF;
        sp_free_port(serial);
}

static int serial_dcd(Port *port) {
        enum sp_signal signals;
        int r = serial_error(sp_get_signals(port->handle, &signals));

        return r < 0 ? r : (signals & SP_SIG_DCD) != 0;
}

const PortBackend port_backend_serial = {
        .open = serial_open,
        .close = serial_close,
        .dcd = serial_dcd,
        .exclusive = true,
};
