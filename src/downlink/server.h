/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The HTTP(S) server of the downlink endpoint (tunnel specification, 7.1): libmicrohttpd in the
 * daemon's loop, without a thread. */

#include <systemd/sd-event.h>

#include "actility/downlink.h"
#include "downlink/credentials.h"
#include "downlink/peer.h"

#define SERVER_BODY_MAX 4096 /* bytes that are taken and not looked at */

typedef struct DownlinkHandlers {
        /* One request's raw query (between '?' and the fragment, still encoded). Fills *ret:
         * DOWNLINK_FINE means accepted and durable. Any code but 105 to 111 says that the Token was
         * good: the connection may stay. */
        void (*query)(void *userdata, const char *raw, DownlinkFault *ret);
} DownlinkHandlers;

typedef struct DownlinkServer DownlinkServer;

typedef struct DownlinkServerSettings {
        int fd;                         /* listens; borrowed */
        const Credentials *credentials; /* borrowed, and copied */
        PeerTimes times;
} DownlinkServerSettings;

/* Borrows event, handlers and userdata; returns new. -EKEYREJECTED: certificate and key can not be
 * used; `why` says what is wrong. */
_must_use_ int downlink_server_new(sd_event *event, const DownlinkServerSettings *settings,
                                   const DownlinkHandlers *handlers, void *userdata,
                                   DownlinkServer **ret, char *why, size_t size);
/* Takes no more connections; those that there are get one more answer and then end. */
void downlink_server_retire(DownlinkServer *server);
size_t downlink_server_n_peers(const DownlinkServer *server);
DownlinkServer *downlink_server_free(DownlinkServer *server);
DEFINE_CLEANUP(DownlinkServer *, downlink_server_free)
