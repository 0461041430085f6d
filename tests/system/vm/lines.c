/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The lines of a serial port, as libserialport reads them: `lines DEVICE` prints the names of those
 * that are high. */

#include <libserialport.h>
#include <stdio.h>

static const struct {
        enum sp_signal signal;
        const char *name;
} lines[] = {
        { SP_SIG_CTS, "CTS" }, { SP_SIG_DSR, "DSR" }, { SP_SIG_DCD, "DCD" }, { SP_SIG_RI, "RI" }
};

int main(int argc, char *argv[]) {
        struct sp_port *port;
        enum sp_signal high;

        if (argc != 2)
                return 2;
        if (sp_get_port_by_name(argv[1], &port) != SP_OK ||
            sp_open(port, SP_MODE_READ_WRITE) != SP_OK || sp_get_signals(port, &high) != SP_OK) {
                fprintf(stderr, "%s: no lines\n", argv[1]);
                return 1;
        }
        for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
                if (high & lines[i].signal)
                        printf("%s ", lines[i].name);
        printf("\n");
        sp_close(port);
        sp_free_port(port);
        return 0;
}
