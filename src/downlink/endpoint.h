/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The listening socket of the downlink endpoint. */

#include "base/address.h"

typedef struct Endpoint {
        int fd;       /* -EBADF: none */
        bool is_path; /* fotad made the unix socket and takes it away again */
        Address address;
} Endpoint;

#define ENDPOINT_NONE ((Endpoint) { .fd = -EBADF })

/* Listens on an address; a unix socket is for fotad's user and group. A path that is left over from
 * a crash is taken over, one that somebody listens on is not. */
_must_use_ int endpoint_open(const Address *address, Endpoint *ret);
/* A listening stream socket that systemd passed in: takes `fd`, on failure too. -ENOTSOCK when it
 * is something else. */
_must_use_ int endpoint_take(int fd, Endpoint *ret);
/* May run twice. */
void endpoint_close(Endpoint *endpoint);
