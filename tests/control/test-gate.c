/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a stranger may say to its bus: how much of a stream the gate lets through, however it was
 * cut into pieces, and that nothing is lost on the way when the other side is slow. */

#include <sys/socket.h>

#include "control/gate.h"
#include "test.h"

static const char greeting[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
#define GREETING_BYTES (sizeof(greeting) - 1)
#define STREAM_MAX (2 * GATE_MESSAGE_MAX)

typedef struct Stream {
        uint8_t bytes[STREAM_MAX];
        size_t n;
} Stream;

static void stream_add(Stream *stream, const void *bytes, size_t n) {
        CHECK(n <= STREAM_MAX - stream->n);
        memcpy(stream->bytes + stream->n, bytes, n);
        stream->n += n;
}

static void put_number(uint8_t *to, bool little, uint32_t number) {
        for (size_t i = 0; i < 4; i++)
                to[i] = (uint8_t) (number >> 8 * (little ? i : 3 - i));
}

/* The fixed part of a message. */
static void stream_add_header(Stream *stream, bool little, uint32_t fields, uint32_t body) {
        uint8_t header[GATE_HEADER_BYTES] = { (uint8_t) (little ? 'l' : 'B'), 1, 0, 1 };

        put_number(header + 4, little, body);
        put_number(header + 8, little, 1);
        put_number(header + 12, little, fields);
        stream_add(stream, header, sizeof(header));
}

static void stream_add_rest(Stream *stream, size_t n) {
        CHECK(n <= STREAM_MAX - stream->n);
        memset(stream->bytes + stream->n, 'l', n); /* looks like headers */
        stream->n += n;
}

/* How many bytes are taken, in pieces of so many. */
static size_t taken(const Stream *stream, size_t piece) {
        Measure measure = {};
        size_t at = 0;

        while (at < stream->n) {
                const size_t n = MIN_OF(piece, stream->n - at);

                if (!measure_take(&measure, stream->bytes + at, n))
                        return at;
                at += n;
        }
        return at;
}

/* All of it, or all but what ends with its last byte; the same however it was cut. */
static void check_taken(const Stream *stream, bool whole) {
        static const size_t pieces[] = { 1, 2, 3, 5, 7, 15, 16, 17, 29, 30, 4096 };

        for (size_t i = 0; i < ELEMENTSOF(pieces); i++) {
                const size_t n = taken(stream, pieces[i]);

                if (whole)
                        CHECK_INT(n, stream->n);
                else
                        CHECK(n < stream->n && n + pieces[i] >= stream->n);
        }
}

TEST(gate_lets_calls_through) {
        static Stream stream;

        stream.n = 0;
        stream_add(&stream, greeting, GREETING_BYTES);
        for (int i = 0; i < 4; i++) {
                stream_add_header(&stream, i % 2 == 0, 109, 5);
                stream_add_rest(&stream, 112 + 5);
        }
        check_taken(&stream, true);
}

TEST(gate_lets_the_largest_message_through_and_no_larger_one) {
        static Stream stream;

        for (unsigned more = 0; more < 2; more++) {
                stream.n = 0;
                stream_add(&stream, greeting, GREETING_BYTES);
                stream_add_header(&stream, true, 8,
                                  GATE_MESSAGE_MAX - GATE_HEADER_BYTES - 8 + more);
                if (!more)
                        stream_add_rest(&stream, GATE_MESSAGE_MAX - GATE_HEADER_BYTES);
                check_taken(&stream, !more);
        }
}

TEST(gate_is_not_fooled_by_sums) {
        static const uint32_t sizes[][2] = {
                { UINT32_MAX, 0 },         { 0, UINT32_MAX },          { UINT32_MAX, UINT32_MAX },
                { UINT32_MAX - 6, 8 },     { 1U << 31, 1U << 31 },     { GATE_MESSAGE_MAX, 0 },
                { 0, 100U * 1024 * 1024 }, { GATE_MESSAGE_MAX - 7, 8 }
        };
        static Stream stream;

        for (size_t i = 0; i < 2 * ELEMENTSOF(sizes); i++) {
                stream.n = 0;
                stream_add(&stream, greeting, GREETING_BYTES);
                stream_add_header(&stream, i % 2 == 0, sizes[i / 2][0], sizes[i / 2][1]);
                check_taken(&stream, false);
        }
}

TEST(gate_ends_with_what_is_no_message) {
        static Stream stream;

        stream.n = 0;
        stream_add(&stream, greeting, GREETING_BYTES);
        stream_add(&stream, "GET / HTTP/1.1\r\n", GATE_HEADER_BYTES);
        check_taken(&stream, false);
}

/* Whoever never says BEGIN has no message, however his lines look. */
TEST(gate_has_an_end_for_greetings) {
        static const char *const lines[] = { "AUTH EXTERNAL 30\r\n", "BEGIN \r\n", "begin\r\n",
                                             "xBEGIN\r\n",           "BEGIN\n",    "\r" };
        static Stream stream;

        for (size_t i = 0; i < ELEMENTSOF(lines); i++) {
                stream.n = 0;
                while (stream.n <= GATE_GREETING_MAX)
                        stream_add(&stream, lines[i], strlen(lines[i]));
                CHECK_INT(taken(&stream, 1), GATE_GREETING_MAX);
        }
}

/* the way through */

static void on_refused_count(void *userdata) {
        ++*(unsigned *) userdata;
}

static void settle(sd_event *event) {
        while (sd_event_run(event, 0) > 0)
                ;
}

/* Everything comes out as it went in, over a pair that is always full. */
TEST(gate_waits_for_a_slow_bus_and_loses_nothing) {
        static Stream stream;
        static uint8_t got[STREAM_MAX];
        sd_event *event = NULL;
        unsigned n_refused = 0;
        Gate *gate = NULL;
        size_t sent = 0, n = 0;
        int pair[2], to_bus = -EBADF;

        stream.n = 0;
        stream_add(&stream, greeting, GREETING_BYTES);
        stream_add_header(&stream, true, 0, 60000);
        for (size_t i = 0; i < 60000; i++)
                stream_add(&stream, &i, 1);
        CHECK_INT(sd_event_new(&event), 0);
        CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
        CHECK_INT(gate_new(event, 0, pair[0], on_refused_count, &n_refused, &gate, &to_bus), 0);
        while (n < stream.n) {
                ssize_t r = sent < stream.n ? send(pair[1], stream.bytes + sent, stream.n - sent,
                                                   MSG_DONTWAIT | MSG_NOSIGNAL) :
                                              0;

                sent += r > 0 ? (size_t) r : 0;
                settle(event); /* comes to rest though nobody reads */
                r = recv(to_bus, got + n, 777, MSG_DONTWAIT);
                CHECK(r > 0);
                n += (size_t) r;
        }
        CHECK(memcmp(got, stream.bytes, stream.n) == 0);
        CHECK_INT(n_refused, 0);
        pair[1] = fd_close(pair[1]);
        settle(event);
        CHECK_INT(recv(to_bus, got, sizeof(got), MSG_DONTWAIT), 0);
        gate = gate_free(gate);
        (void) fd_close(to_bus);
        (void) fd_close(pair[0]);
        (void) sd_event_unref(event);
}

TEST(gate_ends_the_stream_before_a_large_message) {
        static Stream stream;
        static uint8_t got[STREAM_MAX];
        sd_event *event = NULL;
        unsigned n_refused = 0;
        Gate *gate = NULL;
        int pair[2], to_bus = -EBADF;

        stream.n = 0;
        stream_add(&stream, greeting, GREETING_BYTES);
        stream_add_header(&stream, true, 0, 100U * 1024 * 1024);
        CHECK_INT(sd_event_new(&event), 0);
        CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
        CHECK_INT(gate_new(event, 0, pair[0], on_refused_count, &n_refused, &gate, &to_bus), 0);
        for (size_t i = 0; i < stream.n; i++) {
                (void) send(pair[1], stream.bytes + i, 1, MSG_NOSIGNAL);
                settle(event);
        }
        CHECK_INT(n_refused, 1);
        CHECK_INT(recv(to_bus, got, sizeof(got), MSG_DONTWAIT), stream.n - 1);
        CHECK_INT(recv(to_bus, got, sizeof(got), MSG_DONTWAIT), 0);
        gate = gate_free(gate);
        (void) fd_close(to_bus);
        (void) fd_close(pair[0]);
        (void) fd_close(pair[1]);
        (void) sd_event_unref(event);
}

TEST_MAIN()
