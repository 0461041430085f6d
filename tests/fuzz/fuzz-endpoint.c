/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever somebody sends to the downlink endpoint: the bytes of a connection, over a real socket
 * and through libmicrohttpd, and the same as an address in the configuration. */

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/un.h>

#include "base/address.h"
#include "downlink/endpoint.h"
#include "downlink/server.h"

#define INPUT_MAX 16384
#define TURNS_MAX 10000

static sd_event *event;
static DownlinkServer *server;
static Endpoint endpoint = ENDPOINT_NONE;
static bool known;

/* A query is a part of a line: without what ends one, and not longer than a target may be. */
static void on_query(void *userdata, const char *raw, DownlinkFault *ret) {
        static const DownlinkCode codes[] = { 0, 100, 101, 107, 111, 113, 115, 116, 121 };

        (void) userdata;
        assert(strlen(raw) <= REQUEST_TARGET_MAX);
        assert(!strpbrk(raw, "#\r\n"));
        *ret = (DownlinkFault) { .code = codes[strlen(raw) % ELEMENTSOF(codes)] };
        known = true;
}

static const DownlinkHandlers handlers = { .query = on_query };

static void stop(void) {
        server = downlink_server_free(server);
        endpoint_close(&endpoint);
        event = sd_event_unref(event);
}

static void start(void) {
        const Credentials none = {};
        DownlinkServerSettings settings = { .credentials = &none, .times = PEER_TIMES };
        char text[128], why[256];
        Address address;

        (void) snprintf(text, sizeof text, "unix:%s/fuzz-endpoint.%d",
                        getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int) getpid());
        assert(address_from_string(text, &address) == 0);
        assert(endpoint_open(&address, &endpoint) == 0);
        assert(sd_event_new(&event) >= 0);
        settings.fd = endpoint.fd;
        assert(downlink_server_new(event, &settings, &handlers, NULL, &server, why, sizeof why) ==
               0);
        (void) atexit(stop);
}

static size_t converse(const uint8_t *data, size_t size, char *said, size_t said_size) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        size_t n = 0, at = 0;
        ssize_t got = 1;

        assert(fd >= 0 && connect(fd, (const struct sockaddr *) &endpoint.address.storage,
                                  endpoint.address.size) == 0);
        for (unsigned i = 0; i < TURNS_MAX && got != 0; i++) {
                const ssize_t sent =
                        at < size ? send(fd, data + at, size - at, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
                at += sent > 0 ? (size_t) sent : 0;
                if (at == size || (sent < 0 && errno != EAGAIN))
                        (void) shutdown(fd, SHUT_WR);
                (void) sd_event_run(event, USEC_PER_MSEC);
                got = recv(fd, said + n, said_size - 1 - n, MSG_DONTWAIT);
                n += got > 0 ? (size_t) got : 0;
                if (got < 0 && errno != EAGAIN)
                        got = 0; /* reset: it did not want the rest */
                if (n == said_size - 1)
                        got = 0;
        }
        assert(got == 0); /* a peer that has said all is let go */
        (void) close(fd);
        while (downlink_server_n_peers(server) > 0)
                (void) sd_event_run(event, USEC_PER_MSEC);
        said[n] = '\0';
        return n;
}

static void check_address(const char *text) {
        char again[ADDRESS_TEXT_MAX];
        Address address, other;

        if (address_from_string(text, &address) < 0)
                return;
        address_to_string(again, &address);
        assert(address_from_string(again, &other) == 0);
        assert(address_is_local(&address) == address_is_local(&other));
        assert(address.size == other.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static char text[INPUT_MAX + 1], said[1024 * 1024];
        const char *query;

        if (!server)
                start();
        size = MIN_OF(size, (size_t) INPUT_MAX);
        if (size > 0)
                memcpy(text, data, size);
        text[size] = '\0';
        check_address(text);
        (void) request_target(text, &query);
        assert(query >= text && query <= text + size);
        known = false;
        const size_t n = converse(data, size, said, sizeof said);
        assert(n == 0 || strncmp(said, "HTTP/1.", 7) == 0);
        assert(!known || n > 0 || size == INPUT_MAX); /* what was asked is answered */
        return 0;
}
