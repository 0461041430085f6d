/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A real HTTP/1.1 server in processes of its own, with the bad manners that a test asks for. */

#include <sys/types.h>

#include "base/macro.h"

#define SERVER_REQUESTS_MAX 64

typedef struct ServerRequest {
        unsigned connection; /* 1.. */
        char target[2048];   /* of the request line */
        char headers[2048];
        char body[4096];
} ServerRequest;

/* Shared with the server's processes: how it is to behave, and what it saw. */
typedef struct ServerState {
        int status;           /* answered, 200 */
        unsigned delay_msec;  /* before an answer */
        unsigned close_after; /* requests of one connection, then it is closed without a word; 0
                                 never */
        bool drops;           /* every connection is closed instead of an answer */
        bool resets;          /* a connection that is closed is reset: what was not read is lost */
        int tls_max; /* highest TLS version that is offered, 0: any; before the first connection */
        unsigned break_after; /* requests of one connection, the next one is read and not answered;
                                 0 never */
        size_t answer_bytes;  /* of the body */
        unsigned connections; /* accepted (and through the TLS handshake) */
        unsigned open, open_max;
        unsigned resumed; /* TLS sessions */
        unsigned n_requests;
        ServerRequest requests[SERVER_REQUESTS_MAX];
} ServerState;

typedef struct Server {
        pid_t pid; /* also its process group */
        unsigned port;
        ServerState *state;
} Server;

typedef struct ServerTls {
        const char *certificate; /* path without suffix: .pem and .key */
        const char *client_ca; /* PATH.pem signs the clients that are let in; NULL: nobody is asked
                                */
} ServerTls;

/* Listens on 127.0.0.1. tls NULL: plain HTTP. */
_must_use_ int server_start(Server *server, const ServerTls *tls);
/* Kills the server and its connections. */
void server_stop(Server *server);
