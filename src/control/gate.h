/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a peer without rights says, on its way to its bus: sd-bus itself makes room for messages of
 * 128 MiB. */

#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/macro.h"

#define GATE_MESSAGE_MAX ((size_t) 64 * 1024)
#define GATE_GREETING_MAX 1024 /* bytes before the first message */
#define GATE_HEADER_BYTES \
        16 /* the fixed part of a message, D-Bus Specification, "Message Format" */

/* Where in the stream one is. Zeroed is the beginning. */
typedef struct Measure {
        bool talking;    /* behind BEGIN: messages */
        size_t n_spoken; /* bytes of the greeting */
        size_t n_line;
        char line[8]; /* its line begun, as far as that matters */
        size_t n_header;
        uint8_t header[GATE_HEADER_BYTES]; /* of the message begun */
        size_t n_left;                     /* what is to come of its rest */
} Measure;

/* Goes on by these bytes; false: they begin what is too large, or no message. */
_must_use_ bool measure_take(Measure *measure, const uint8_t *bytes, size_t n);

typedef struct Gate Gate;

/* Told once, when the peer says too much; nothing is read any more then. */
typedef void (*GateHandler)(void *userdata);

/* Reads from a duplicate of `fd`; the bus reads from `ret_fd`, which is the caller's. */
_must_use_ int gate_new(sd_event *event, int64_t priority, int fd, GateHandler on_refused,
                        void *userdata, Gate **ret, int *ret_fd);
Gate *gate_free(Gate *gate);
