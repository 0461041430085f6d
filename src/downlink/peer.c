/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The peers of the endpoint: their number, and their deadlines. */

#include "downlink/peer.h"

/* A peer with an IPv6 network has more addresses than there are connections. */
static struct in6_addr network_of(const struct sockaddr *address) {
        const struct sockaddr_in *four = (const struct sockaddr_in *) address;
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *) address;
        struct in6_addr network = IN6ADDR_LOOPBACK_INIT;

        if (address->sa_family == AF_INET && ntohl(four->sin_addr.s_addr) >> 24 != 127) {
                network = (struct in6_addr) { .s6_addr = { [10] = 0xff, [11] = 0xff } };
                memcpy(network.s6_addr + 12, &four->sin_addr, sizeof four->sin_addr);
        } else if (address->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
                if (six->sin6_addr.s6_addr[12] != 127)
                        network = six->sin6_addr;
        } else if (address->sa_family == AF_INET6 && !IN6_IS_ADDR_LOOPBACK(&six->sin6_addr)) {
                network = (struct in6_addr) {};
                memcpy(network.s6_addr, &six->sin6_addr, 8);
        }
        return network;
}

/* Behind a reverse proxy all peers have its address. */
static bool is_counted(const struct in6_addr *network) {
        return !IN6_IS_ADDR_LOOPBACK(network);
}

bool peers_admit(const Peers *peers, const struct sockaddr *address) {
        const struct in6_addr network = network_of(address);
        size_t n = 0;

        for (size_t i = 0; i < PEERS_ROOM; i++)
                n += peers->peers[i].stage != PEER_NONE &&
                     IN6_ARE_ADDR_EQUAL(&peers->peers[i].network, &network);
        return !is_counted(&network) || n < PEERS_OF_NETWORK_MAX;
}

Peer *peers_add(Peers *peers, int fd, const struct sockaddr *address, usec_t now) {
        for (size_t i = 0; i < PEERS_ROOM; i++) {
                Peer *peer = peers->peers + i;

                if (peer->stage != PEER_NONE)
                        continue;
                *peer = (Peer) {
                        .stage = PEER_HEAD,
                        .fd = fd,
                        .network = network_of(address),
                        .begun = now,
                        .deadline = usec_add(now, peers->times.head),
                };
                peers->n++;
                return peer;
        }
        return NULL;
}

void peers_remove(Peers *peers, Peer *peer) {
        free(peer->target);
        *peer = (Peer) { .fd = -EBADF };
        peers->n--;
}

usec_t peers_deadline(const Peers *peers) {
        usec_t deadline = USEC_INFINITY;

        for (size_t i = 0; i < PEERS_ROOM; i++)
                if (peers->peers[i].stage != PEER_NONE)
                        deadline = MIN_OF(deadline, peers->peers[i].deadline);
        return deadline;
}

Peer *peers_expire(Peers *peers, usec_t now) {
        for (size_t i = 0; i < PEERS_ROOM; i++) {
                Peer *peer = peers->peers + i;

                if (peer->stage == PEER_NONE || now < peer->deadline)
                        continue;
                peer->deadline = USEC_INFINITY;
                return peer;
        }
        return NULL;
}

static size_t n_weak_of(const Peers *peers, const struct in6_addr *network) {
        size_t n = 0;

        for (size_t i = 0; i < PEERS_ROOM; i++)
                n += peers->peers[i].stage != PEER_NONE && !peers->peers[i].trusted &&
                     IN6_ARE_ADDR_EQUAL(&peers->peers[i].network, network);
        return n;
}

/* One of a crowd first, then who said nothing, then the oldest: a crowd on loopback, however fast
 * it comes again, does not push others out of their handshakes. */
static bool is_weaker(const Peers *peers, const Peer *a, const Peer *b) {
        const size_t n_a = n_weak_of(peers, &a->network), n_b = n_weak_of(peers, &b->network);

        if (n_a != n_b)
                return n_a > n_b;
        if (a->spoke != b->spoke)
                return !a->spoke;
        return a->begun < b->begun;
}

const Peer *peers_weakest(const Peers *peers, const Peer *newcomer) {
        const Peer *weakest = NULL;

        for (size_t i = 0; i < PEERS_ROOM; i++) {
                const Peer *peer = peers->peers + i;

                if (peer->stage == PEER_NONE || peer->trusted || peer == newcomer)
                        continue;
                if (!weakest || is_weaker(peers, peer, weakest))
                        weakest = peer;
        }
        return weakest;
}

void peer_line_came(const Peers *peers, Peer *peer, usec_t now) {
        if (peer->stage != PEER_IDLE)
                return; /* the first one counts from the connection */
        peer->stage = PEER_HEAD;
        peer->begun = now;
        peer->deadline = usec_add(now, peers->times.head);
}

void peer_head_came(const Peers *peers, Peer *peer) {
        peer->stage = PEER_BODY;
        peer->deadline = usec_add(peer->begun, peers->times.request);
}

void peer_request_ended(const Peers *peers, Peer *peer, usec_t now) {
        free(peer->target);
        peer->target = NULL;
        peer->framing = (RequestFraming) {};
        peer->body_bytes = 0;
        peer->stage = PEER_IDLE;
        peer->deadline =
                usec_add(now, peer->trusted ? peers->times.trusted_idle : peers->times.idle);
}
