/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Who is connected to the endpoint, and for how long each may be at what it does. No socket is
 * touched here, and the time is always given. */

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/time.h"
#include "downlink/reply.h"

#define PEERS_MAX 64
/* One stands in the door: another gives way, or no more come. */
#define PEERS_ROOM (PEERS_MAX + 1)
#define PEERS_OF_NETWORK_MAX 16 /* one IPv4 address, or one IPv6 /64; loopback is not counted */

/* A byte a second keeps a connection as busy as an honest one, so none of these begins again with a
 * byte. */
typedef struct PeerTimes {
        usec_t head;    /* from the connection, or the first line of a later request, to the end of
                           the header; the TLS handshake included */
        usec_t request; /* ... to the end of its answer */
        usec_t idle;    /* between two requests */
        usec_t trusted_idle; /* ... when the last one had a good Token */
} PeerTimes;

/* Application servers keep their connection for half an hour. */
#define PEER_TIMES                                   \
        ((PeerTimes) { .head = 10 * USEC_PER_SEC,    \
                       .request = 15 * USEC_PER_SEC, \
                       .idle = 10 * USEC_PER_SEC,    \
                       .trusted_idle = 1900 * USEC_PER_SEC })

typedef enum PeerStage {
        PEER_NONE,
        PEER_HEAD,
        PEER_BODY,
        PEER_IDLE,
} PeerStage;

typedef struct Peer {
        PeerStage stage;
        int fd; /* borrowed */
        struct in6_addr network;
        bool trusted;
        bool spoke;             /* anything at all */
        usec_t begun, deadline; /* boot time */

        /* the request */
        char *target; /* as it came */
        RequestFraming framing;
        uint64_t body_bytes; /* so far */
} Peer;

typedef struct Peers {
        PeerTimes times;
        size_t n;
        Peer peers[PEERS_ROOM];
} Peers;

/* Has this address room for one more? */
bool peers_admit(const Peers *peers, const struct sockaddr *address);
/* NULL: there is no room at all. */
Peer *peers_add(Peers *peers, int fd, const struct sockaddr *address, usec_t now);
void peers_remove(Peers *peers, Peer *peer);
usec_t peers_deadline(const Peers *peers);
/* A peer whose time is over, once; NULL: none. */
Peer *peers_expire(Peers *peers, usec_t now);

/* Who gives way when there are more than PEERS_MAX: nobody whose last request had a good Token, and
 * not the newcomer. NULL: nobody. */
const Peer *peers_weakest(const Peers *peers, const Peer *newcomer);

void peer_line_came(const Peers *peers, Peer *peer, usec_t now); /* of a request */
void peer_head_came(const Peers *peers, Peer *peer);
void peer_request_ended(const Peers *peers, Peer *peer, usec_t now);
