/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One thread for both sides: a client's sockets do not block, and while it waits the loop turns. */

#include "downlink/server-bench.h"

#include <poll.h>

#include "test.h"

static void on_query(void *userdata, const char *raw, DownlinkFault *ret) {
        Bench *bench = userdata;

        bench->n_queries++;
        (void) TEXT_COPY(bench->query, raw);
        *ret = bench->fault;
}

static const DownlinkHandlers handlers = { .query = on_query };

int bench_serve(Bench *bench, const Credentials *credentials, DownlinkServer **ret, char *why,
                size_t size) {
        static const Credentials none = {};
        const DownlinkServerSettings settings = { .fd = bench->endpoint.fd,
                                                  .credentials = credentials ? credentials : &none,
                                                  .times = bench->times };

        return downlink_server_new(bench->event, &settings, &handlers, bench, ret, why, size);
}

/* Any port: address_from_string() takes none. */
static int listen_anywhere(void) {
        const struct sockaddr_in address = { .sin_family = AF_INET,
                                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && bind(fd, (const struct sockaddr *) &address, sizeof address) == 0 &&
            listen(fd, 128) == 0)
                return fd;
        return fd_close(fd);
}

void bench_start(Bench *bench, const Credentials *credentials, const PeerTimes *times) {
        char why[256];

        *bench = (Bench) { .endpoint = ENDPOINT_NONE, .times = times ? *times : PEER_TIMES };
        CHECK(sd_event_new(&bench->event) >= 0);
        CHECK_INT(endpoint_take(listen_anywhere(), &bench->endpoint), 0);
        CHECK_INT(bench_serve(bench, credentials, &bench->server, why, sizeof why), 0);
}

void bench_stop(Bench *bench) {
        bench->server = downlink_server_free(bench->server);
        endpoint_close(&bench->endpoint);
        bench->event = sd_event_unref(bench->event);
}

bool bench_turn(Bench *bench, usec_t wait) {
        return sd_event_run(bench->event, wait) > 0;
}

int client_connect(const Bench *bench) {
        const Address *address = &bench->endpoint.address;
        _cleanup_close_ int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || connect(fd, (const struct sockaddr *) &address->storage, address->size) < 0)
                return -errno;
        return TAKE_FD(fd);
}

void client_send(int fd, const char *text) {
        CHECK_INT(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Whole answers in a text. */
static unsigned answers_count(const char *text) {
        unsigned n = 0;

        for (;;) {
                const char *end = strstr(text, "\r\n\r\n"), *field;

                if (!text_starts_with(text, "HTTP/1.1 ") || !end)
                        return n;
                field = strcasestr(text, "\r\nContent-Length: ");
                const size_t length = field && field < end ? strtoul(field + 18, NULL, 10) : 0;
                if (strlen(end + 4) < length)
                        return n;
                text = end + 4 + length;
                n++;
        }
}

unsigned client_receive(Bench *bench, int fd, unsigned n, bool *ret_closed) {
        const usec_t end = clock_now().boottime + BENCH_PATIENCE;
        size_t length = 0;
        bool closed = false;

        bench->said[0] = '\0';
        while (!closed && answers_count(bench->said) < n && clock_now().boottime < end) {
                const ssize_t got = recv(fd, bench->said + length, sizeof bench->said - 1 - length,
                                         MSG_DONTWAIT);

                if (got > 0)
                        length += (size_t) got;
                bench->said[length] = '\0';
                closed = got == 0 || (got < 0 && errno != EAGAIN);
                if (got < 0 && errno == EAGAIN)
                        (void) bench_turn(bench, USEC_PER_MSEC);
        }
        if (ret_closed)
                *ret_closed = closed;
        return answers_count(bench->said);
}

const char *client_ask(Bench *bench, const char *request) {
        _cleanup_close_ int fd = client_connect(bench);

        bench->said[0] = '\0';
        if (fd < 0)
                return "";
        client_send(fd, request);
        (void) client_receive(bench, fd, 1, NULL);
        return bench->said;
}

usec_t client_wait_for_close(Bench *bench, int fd) {
        const usec_t begin = clock_now().boottime;
        bool closed;

        (void) client_receive(bench, fd, UINT32_MAX, &closed);
        return closed ? clock_now().boottime - begin : USEC_INFINITY;
}
