/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Where a server listens: "[::]:8443", "127.0.0.1:8080", "unix:/run/fotad/downlink.sock". Numbers
 * only: a name would have to be looked up, and may lead elsewhere tomorrow. */

#include <sys/socket.h>
#include <sys/un.h>

#include "base/macro.h"

typedef struct Address {
        struct sockaddr_storage storage;
        socklen_t size;
} Address;

/* -EINVAL when it is none, -ENAMETOOLONG for a path that is too long for a socket. */
_must_use_ int address_from_string(const char *text, Address *ret);
/* Can only this machine reach it: a unix socket or a loopback address? */
bool address_is_local(const Address *address);
/* The same texts; returns `to`. */
#define ADDRESS_TEXT_MAX 128
char *address_to_string(char to[static ADDRESS_TEXT_MAX], const Address *address);
/* Takes away the socket that an earlier server left at the path of a unix address. -EADDRINUSE when
 * somebody listens there, -EEXIST when it is no socket. */
_must_use_ int address_remove_leftover(const struct sockaddr_un *address);
