/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The endpoint's server in the loop of the test, and clients with sockets that speak byte by byte.
 */

#include <openssl/ssl.h>

#include "base/address.h"
#include "downlink/endpoint.h"
#include "downlink/server.h"

#define V1 "/thingpark/lrc/rest/downlink"
#define V2 "/thingpark/lrc/rest/v2/downlink"
#define BENCH_PATIENCE (20 * USEC_PER_SEC) /* of everything that must happen */

typedef struct Bench {
        sd_event *event;
        Endpoint endpoint;
        DownlinkServer *server;
        PeerTimes times;
        DownlinkFault fault; /* the answer */
        unsigned n_queries;
        char query[REQUEST_TARGET_MAX + 1]; /* the last one */
        char said[65536];                   /* by the server, what a client read last */
} Bench;

/* On a loopback address, any port. credentials NULL: plain. */
void bench_start(Bench *bench, const Credentials *credentials, const PeerTimes *times);
_must_use_ int bench_serve(Bench *bench, const Credentials *credentials, DownlinkServer **ret,
                           char *why, size_t size);
void bench_stop(Bench *bench);
/* One run of the loop, waiting at most so long; true: something happened. */
bool bench_turn(Bench *bench, usec_t wait);

/* A client; -errno. */
int client_connect(const Bench *bench);
void client_send(int fd, const char *text);
/* Bytes until `n` answers are there or the server closes: in bench->said. Returns the number of
 * answers; *ret_closed, when asked for, tells whether the server closed. */
unsigned client_receive(Bench *bench, int fd, unsigned n, bool *ret_closed);
/* One request, one answer, on a connection of its own. */
const char *client_ask(Bench *bench, const char *request);
/* Until the server closes; how long that took. USEC_INFINITY: it did not. */
usec_t client_wait_for_close(Bench *bench, int fd);
