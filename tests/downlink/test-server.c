/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The endpoint over real sockets: what well-behaved peers get, and what the others do not. */

#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "downlink/server-bench.h"
#include "test.h"

#define HOST "Host: gw\r\n"
#define POST(target) "POST " target " HTTP/1.1\r\n" HOST
#define ASK POST(V2 "?a") "\r\n"

static void bench_stopp(Bench *bench) {
        bench_stop(bench);
}

/* Short ones, so that what must end ends soon; what must not has seconds. */
static const PeerTimes short_times = { .head = 300 * USEC_PER_MSEC,
                                       .request = 500 * USEC_PER_MSEC,
                                       .idle = 300 * USEC_PER_MSEC,
                                       .trusted_idle = 600 * USEC_PER_SEC };

/* Who waits for a time limit waits for longer than any machine is busy. */
static const PeerTimes long_times = { .head = 60 * USEC_PER_SEC,
                                      .request = 60 * USEC_PER_SEC,
                                      .idle = 60 * USEC_PER_SEC,
                                      .trusted_idle = 600 * USEC_PER_SEC };

static bool status_is(const Bench *bench, unsigned status) {
        unsigned got = 0;

        if (sscanf(bench->said, "HTTP/1.1 %u ", &got) == 1 && got == status)
                return true;
        fprintf(stderr, "status %u expected: %s\n", status, bench->said);
        return false;
}

static const char *body_of(const Bench *bench) {
        const char *end = strstr(bench->said, "\r\n\r\n");

        return end ? end + 4 : "(no body)";
}

static bool has_header(const Bench *bench, const char *line) {
        const char *at = strcasestr(bench->said, line), *end = strstr(bench->said, "\r\n\r\n");

        return at && end && at < end;
}

/* what is asked, and answered */

TEST(server_frames_are_accepted) {
        _cleanup_(bench_stopp) Bench bench = {};

        bench_start(&bench, NULL, NULL);
        (void) client_ask(&bench, POST(V1 "?DevEUI=1") "\r\n");
        CHECK(status_is(&bench, 200));
        CHECK(has_header(&bench, "Content-Type: text/html\r\n"));
        CHECK_STR(body_of(&bench), "<html><body>Request queued by LRC</body></html>");
        (void) client_ask(&bench, POST(V2 "?DevEUI=2") "\r\n");
        CHECK(status_is(&bench, 202));
        CHECK(has_header(&bench, "Content-Length: 0\r\n"));
        CHECK(!has_header(&bench, "Content-Type:"));
        CHECK_STR(body_of(&bench), "");
        CHECK_INT(bench.n_queries, 2);
        CHECK_STR(bench.query, "DevEUI=2");
}

TEST(server_every_code_comes_through) {
        _cleanup_(bench_stopp) Bench bench = {};

        bench_start(&bench, NULL, NULL);
        for (size_t i = 0; i < downlink_n_answers; i++) {
                const DownlinkAnswer *answer = downlink_answers + i;
                Reply reply;

                bench.fault = (DownlinkFault) { .code = answer->code };
                (void) client_ask(&bench, POST(V1 "?a") "\r\n");
                reply_to_frame(REQUEST_V1, &bench.fault, &reply);
                CHECK(status_is(&bench, answer->code == 115 ? 404 : 350));
                CHECK_STR(body_of(&bench), reply.body);
                CHECK(has_header(&bench, "Content-Type: text/html\r\n"));
                (void) client_ask(&bench, POST(V2 "?a") "\r\n");
                reply_to_frame(REQUEST_V2, &bench.fault, &reply);
                CHECK(status_is(&bench, 409));
                CHECK_STR(body_of(&bench), reply.body);
                CHECK(has_header(&bench, "Content-Type: application/json\r\n"));
        }
}

/* The library decodes the target for its users, plus signs to blanks; the Token is of the raw one.
 */
TEST(server_query_arrives_as_it_was_sent) {
        _cleanup_(bench_stopp) Bench bench = {};

        bench_start(&bench, NULL, NULL);
        (void) client_ask(&bench,
                          POST(V2 "?Time=2016-01-11T14%3A28%3a00.333+02:00&a=%2B%25&&b=?/") "\r\n");
        CHECK(status_is(&bench, 202));
        CHECK_STR(bench.query, "Time=2016-01-11T14%3A28%3a00.333+02:00&a=%2B%25&&b=?/");
}

TEST(server_other_requests_are_told_so) {
        static const struct {
                const char *request;
                unsigned status;
        } rows[] = {
                { POST("/") "\r\n", 404 },
                { POST(V1 "/x?a") "\r\n", 404 },
                { "GET / HTTP/1.1\r\n" HOST "\r\n", 404 },
                { "GET " V1 "?a HTTP/1.1\r\n" HOST "\r\n", 405 },
                { "PUT " V2 "?a HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405 },
                { "DELETE " V2 "?a HTTP/1.1\r\n" HOST "\r\n", 405 },
                { "OPTIONS " V2 " HTTP/1.1\r\n" HOST "\r\n", 405 },
                { "POST " V2 "?a HTTP/1.1\r\n\r\n", 400 },                 /* no Host */
                { "POST " V2 "?a=\r} HTTP/1.1\r\nHost: gw\r\n\r\n", 400 }, /* a CR alone */
        };
        _cleanup_(bench_stopp) Bench bench = {};

        bench_start(&bench, NULL, NULL);
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                (void) client_ask(&bench, rows[i].request);
                CHECK(status_is(&bench, rows[i].status));
                CHECK_INT(has_header(&bench, "Allow: POST\r\n"), rows[i].status == 405);
        }
        CHECK_INT(bench.n_queries, 0);
}

TEST(server_head_has_no_body) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int fd = -EBADF;

        bench_start(&bench, NULL, NULL);
        fd = client_connect(&bench);
        client_send(fd, "HEAD " V2 "?a HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
        CHECK(client_wait_for_close(&bench, fd) < BENCH_PATIENCE);
        CHECK(status_is(&bench, 405));
        CHECK_STR(body_of(&bench), "");
}

TEST(server_http_1_0_is_served) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int fd = -EBADF;

        bench_start(&bench, NULL, NULL);
        fd = client_connect(&bench);
        client_send(fd, "POST " V1 "?a HTTP/1.0\r\n\r\n");
        CHECK(client_wait_for_close(&bench, fd) < BENCH_PATIENCE);
        CHECK_INT(bench.n_queries, 1);
        CHECK(strstr(bench.said, " 200 "));
}

/* bodies */

TEST(server_bodies_are_ignored) {
        static const char *const requests[] = {
                POST(V2 "?a") "Content-Length: 3\r\nContent-Type: "
                              "application/x-www-form-urlencoded\r\n\r\na=1",
                POST(V2 "?a") "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                POST(V2 "?a") "Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n",
                POST(V2 "?a") "Content-Length: 0\r\n\r\n",
                ASK,
        };
        _cleanup_(bench_stopp) Bench bench = {};

        bench_start(&bench, NULL, NULL);
        for (size_t i = 0; i < ELEMENTSOF(requests); i++) {
                (void) client_ask(&bench, requests[i]);
                CHECK(status_is(&bench, 202));
                CHECK_STR(bench.query, "a");
        }
        CHECK_INT(bench.n_queries, ELEMENTSOF(requests));
}

static void check_body(Bench *bench, size_t bytes, bool chunked, unsigned status) {
        _cleanup_free_ char *body = calloc(1, bytes + 1);
        _cleanup_close_ int fd = client_connect(bench);
        char head[256];

        memset(body, 'x', bytes);
        (void) snprintf(head, sizeof head,
                        chunked ? POST(V2 "?a") "Transfer-Encoding: chunked\r\n\r\n%zx\r\n" :
                                  POST(V2 "?a") "Content-Length: %zu\r\n\r\n",
                        bytes);
        client_send(fd, head);
        client_send(fd, body);
        if (chunked)
                client_send(fd, "\r\n0\r\n\r\n");
        (void) client_receive(bench, fd, 1, NULL);
        CHECK(status_is(bench, status));
}

TEST(server_long_bodies_are_refused) {
        _cleanup_(bench_stopp) Bench bench = {};

        bench_start(&bench, NULL, NULL);
        check_body(&bench, 4096, false, 202);
        check_body(&bench, 4096, true, 202);
        CHECK_INT(bench.n_queries, 2);
        check_body(&bench, 4097, false, 413);
        CHECK(has_header(&bench, "Connection: close\r\n"));
        check_body(&bench, 4097, true, 413);
        CHECK_INT(bench.n_queries, 2);
        (void) client_ask(&bench, POST(V2 "?a") "Content-Length: 99999999999\r\n\r\n");
        CHECK(status_is(&bench, 413));
}

TEST(server_endless_body_is_cut_off) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int fd = -EBADF;
        char chunk[1100];
        bool open = true;

        bench_start(&bench, NULL, NULL);
        fd = client_connect(&bench);
        (void) snprintf(chunk, sizeof chunk, "400\r\n%01024d\r\n", 0);
        client_send(fd, POST(V2 "?a") "Transfer-Encoding: chunked\r\n\r\n");
        for (unsigned i = 0; i < 10000 && open; i++) {
                const ssize_t n = send(fd, chunk, strlen(chunk), MSG_NOSIGNAL | MSG_DONTWAIT);

                open = n >= 0 || errno == EAGAIN;
                while (bench_turn(&bench, 0))
                        ;
        }
        CHECK(!open);
        CHECK_INT(bench.n_queries, 0);
}

/* heads */

TEST(server_ambiguous_requests_are_refused) {
        static const char *const requests[] = {
                POST(V2 "?a") "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
                POST(V2 "?a") "Content-Length: 4\r\nContent-Length: 0\r\n\r\nabcd",
                POST(V2 "?a") "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                POST(V2 "?a") "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                POST(V2 "?a") "Transfer-Encoding: gzip\r\n\r\n",
                POST(V2
                     "?a") "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                           "\r\n",
                POST(V2 "?a") HOST "\r\n",
                POST(V2 "?a") "Content-Length : 5\r\n\r\nabcde",
                POST(V2 "?a") "Content-Length: 1x\r\n\r\na",
                POST(V2 "?a") "Content-Length: -1\r\n\r\na",
        };
        _cleanup_(bench_stopp) Bench bench = {};

        bench_start(&bench, NULL, NULL);
        for (size_t i = 0; i < ELEMENTSOF(requests); i++) {
                _cleanup_close_ int fd = client_connect(&bench);

                client_send(fd, requests[i]);
                client_send(fd, ASK); /* what would be smuggled */
                CHECK(client_wait_for_close(&bench, fd) < BENCH_PATIENCE);
                CHECK(status_is(&bench, 400));
                CHECK(!strstr(bench.said, "HTTP/1.1 202"));
        }
        CHECK_INT(bench.n_queries, 0);
}

static void ask_with_target(Bench *bench, size_t length) {
        static char request[70000];
        int n = snprintf(request, sizeof request, "POST " V2 "?");

        memset(request + n, 'q', length - strlen(V2 "?"));
        (void) strcpy(request + n + length - strlen(V2 "?"), " HTTP/1.1\r\n" HOST "\r\n");
        (void) client_ask(bench, request);
}

TEST(server_long_targets_are_refused) {
        _cleanup_(bench_stopp) Bench bench = {};

        bench_start(&bench, NULL, NULL);
        ask_with_target(&bench, REQUEST_TARGET_MAX);
        CHECK(status_is(&bench, 202));
        CHECK_INT(strlen(bench.query), REQUEST_TARGET_MAX - strlen(V2 "?"));
        ask_with_target(&bench, REQUEST_TARGET_MAX + 1);
        CHECK(status_is(&bench, 414));
        ask_with_target(&bench, 60000); /* more than the library keeps */
        CHECK(status_is(&bench, 414));
        CHECK_INT(bench.n_queries, 1);
}

TEST(server_garbage_is_no_request) {
        static const char *const texts[] = {
                "\x16\x03\x01\x02\x05\x01\r\n\r\n",
                "\r\n\r\n\r\n",
                "POST\r\n\r\n",
                " \r\n\r\n",
                "POST " V2 "?a HTTP/9.9\r\n" HOST "\r\n",
                "POST " V2 "?a\r\n\r\n",
        };
        _cleanup_(bench_stopp) Bench bench = {};

        bench_start(&bench, NULL, &short_times);
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                _cleanup_close_ int fd = client_connect(&bench);

                client_send(fd, texts[i]);
                CHECK(client_wait_for_close(&bench, fd) < BENCH_PATIENCE);
        }
        CHECK_INT(bench.n_queries, 0);
        CHECK_INT(downlink_server_n_peers(bench.server), 0);
}

/* connections */

TEST(server_pipelined_requests_are_all_answered) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int fd = -EBADF;
        char requests[8192] = "";

        bench_start(&bench, NULL, NULL);
        for (unsigned i = 0; i < 20; i++)
                (void) strcat(requests, ASK);
        fd = client_connect(&bench);
        client_send(fd, requests);
        CHECK_INT(client_receive(&bench, fd, 20, NULL), 20);
        CHECK_INT(bench.n_queries, 20);
}

TEST(server_request_may_come_byte_by_byte) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int fd = -EBADF;

        bench_start(&bench, NULL, NULL);
        fd = client_connect(&bench);
        for (const char *c = ASK; *c != '\0'; c++) {
                client_send(fd, (const char[]) { *c, '\0' });
                while (bench_turn(&bench, 0))
                        ;
        }
        CHECK_INT(client_receive(&bench, fd, 1, NULL), 1);
        CHECK(status_is(&bench, 202));
}

/* The library's epoll is edge-triggered and its timeout a span: either misread, the loop spins or
 * hangs. */
TEST(server_idle_connections_cost_nothing) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int fd = -EBADF, silent = -EBADF;
        const usec_t second = USEC_PER_SEC;
        unsigned wakeups = 0;

        bench_start(&bench, NULL, NULL);
        fd = client_connect(&bench);
        silent = client_connect(&bench);
        client_send(fd, ASK);
        CHECK_INT(client_receive(&bench, fd, 1, NULL), 1);
        while (bench_turn(&bench, 100 * USEC_PER_MSEC)) /* what the first answer left behind */
                ;
        for (const usec_t end = clock_now().boottime + second; clock_now().boottime < end;)
                wakeups += bench_turn(&bench, usec_sub(end, clock_now().boottime));
        CHECK_INT(wakeups, 0);
        client_send(fd, ASK);
        CHECK_INT(client_receive(&bench, fd, 1, NULL), 1);
}

/* Where all have shown a good Token. */
TEST(server_full_house_waits_at_the_door) {
        _cleanup_(bench_stopp) Bench bench = {};
        int fds[PEERS_ROOM];
        _cleanup_close_ int late = -EBADF;

        bench_start(&bench, NULL, NULL);
        for (size_t i = 0; i < PEERS_ROOM; i++) {
                fds[i] = client_connect(&bench);
                client_send(fds[i], ASK);
                CHECK_INT(client_receive(&bench, fds[i], 1, NULL), 1);
        }
        CHECK_INT(downlink_server_n_peers(bench.server), PEERS_ROOM);
        late = client_connect(&bench);
        client_send(late, ASK);
        for (unsigned i = 0; i < 20; i++)
                (void) bench_turn(&bench, USEC_PER_MSEC);
        CHECK_INT(recv(late, bench.said, 1, MSG_DONTWAIT), -1);
        CHECK_INT(bench.n_queries, PEERS_ROOM);
        client_send(fds[63], ASK); /* those inside are served */
        CHECK_INT(client_receive(&bench, fds[63], 1, NULL), 1);
        for (size_t i = 0; i < PEERS_ROOM; i++)
                (void) fd_close(fds[i]);
        CHECK_INT(client_receive(&bench, late, 1, NULL), 1);
        CHECK(status_is(&bench, 202));
}

/* time */

/* A byte each turn, for as long as it is taken. Returns after how long it was not any more. */
static usec_t trickle(Bench *bench, int fd, const char *text) {
        const usec_t begin = clock_now().boottime;
        usec_t now = begin, next = begin;
        char byte;

        for (size_t i = 0; now - begin < BENCH_PATIENCE; now = clock_now().boottime) {
                (void) bench_turn(bench, 5 * USEC_PER_MSEC);
                if (recv(fd, &byte, 1, MSG_DONTWAIT) == 0 ||
                    (now >= next && send(fd, text + i, 1, MSG_NOSIGNAL) < 0))
                        return now - begin;
                if (now >= next) {
                        i += text[i + 1] != '\0';
                        next = now + 20 * USEC_PER_MSEC;
                }
        }
        return USEC_INFINITY;
}

#define LONG_LINE                                                                                  \
        "X-A: "                                                                                    \
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"  \
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
        "xxxxxx"

static void check_cut(usec_t took, usec_t limit) {
        CHECK(took >= limit * 8 / 10);
        CHECK(took < BENCH_PATIENCE / 2); /* the machine may be slow */
}

TEST(server_slow_heads_are_cut_off) {
        _cleanup_(bench_stopp) Bench bench = {};
        int fd;

        bench_start(&bench, NULL, &short_times);
        fd = client_connect(&bench); /* says nothing */
        check_cut(client_wait_for_close(&bench, fd), short_times.head);
        fd = (fd_close(fd), client_connect(&bench));
        check_cut(trickle(&bench, fd, "POST " V2 "?" LONG_LINE), short_times.head);
        fd = (fd_close(fd), client_connect(&bench));
        check_cut(trickle(&bench, fd, ("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n")),
                  short_times.head);
        fd = (fd_close(fd), client_connect(&bench));
        client_send(fd, POST(V2 "?a"));
        check_cut(trickle(&bench, fd, LONG_LINE), short_times.head);
        (void) fd_close(fd);
        CHECK_INT(bench.n_queries, 0);
        CHECK_INT(downlink_server_n_peers(bench.server), 0);
}

TEST(server_slow_bodies_are_cut_off) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int fd = -EBADF;

        bench_start(&bench, NULL, &short_times);
        fd = client_connect(&bench);
        client_send(fd, POST(V2 "?a") "Content-Length: 1000\r\n\r\n");
        check_cut(trickle(&bench, fd, LONG_LINE), short_times.request);
        CHECK_INT(bench.n_queries, 0);
}

/* An anonymous peer holds no place for long; one that has shown a good Token may stay. */
TEST(server_idle_connections_end_unless_they_are_trusted) {
        static const DownlinkCode bad[] = { 105, 106, 107, 108, 109, 110, 111 };
        static const DownlinkCode good[] = { 0, 100, 104, 114, 121 };
        _cleanup_(bench_stopp) Bench bench = {};
        int fds[ELEMENTSOF(good)];

        bench_start(&bench, NULL, &short_times);
        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                bench.fault.code = good[i];
                fds[i] = client_connect(&bench);
                client_send(fds[i], ASK);
                CHECK_INT(client_receive(&bench, fds[i], 1, NULL), 1);
        }
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                _cleanup_close_ int fd = client_connect(&bench);

                bench.fault.code = bad[i];
                client_send(fd, ASK);
                CHECK_INT(client_receive(&bench, fd, 1, NULL), 1);
                check_cut(client_wait_for_close(&bench, fd), short_times.idle);
        }
        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                client_send(fds[i], ASK);
                CHECK_INT(client_receive(&bench, fds[i], 1, NULL), 1);
        }
        /* Whoever had a good Token and asks for something else has none any more. */
        client_send(fds[0], "GET / HTTP/1.1\r\n" HOST "\r\n");
        CHECK_INT(client_receive(&bench, fds[0], 1, NULL), 1);
        check_cut(client_wait_for_close(&bench, fds[0]), short_times.idle);
        for (size_t i = 0; i < ELEMENTSOF(good); i++)
                (void) fd_close(fds[i]);
}

TEST(server_slow_head_of_a_kept_connection_is_cut_off) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int fd = -EBADF;

        bench_start(&bench, NULL, &short_times);
        fd = client_connect(&bench);
        client_send(fd, ASK);
        CHECK_INT(client_receive(&bench, fd, 1, NULL), 1);
        client_send(fd, POST(V2 "?a"));
        check_cut(trickle(&bench, fd, LONG_LINE), short_times.head);
        CHECK_INT(bench.n_queries, 1);
}

/* Answers that nobody reads: the server does not keep them for ever. */
TEST(server_peer_that_does_not_read_is_cut_off) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int fd = -EBADF;
        const usec_t begin = clock_now().boottime;
        const int small = 4096;

        bench_start(&bench, NULL, &short_times);
        CHECK_INT(setsockopt(bench.endpoint.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
        CHECK_INT(setsockopt(bench.endpoint.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
        fd = client_connect(&bench);
        CHECK_INT(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
        while (clock_now().boottime - begin < BENCH_PATIENCE) {
                if (send(fd, ASK, strlen(ASK), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN)
                        break;
                (void) bench_turn(&bench, USEC_PER_MSEC);
        }
        CHECK(clock_now().boottime - begin < BENCH_PATIENCE);
        CHECK_INT(downlink_server_n_peers(bench.server), 0);
}

/* As many requests as the server takes, on all connections, and never a look at the answers but to
 * throw them away. */
static void flood(const Bench *bench) {
        struct pollfd fds[PEERS_MAX];
        char requests[64 * sizeof ASK] = "", answers[65536];

        for (unsigned i = 0; i < 64; i++)
                (void) strcat(requests, ASK);
        for (size_t i = 0; i < PEERS_MAX; i++)
                fds[i] =
                        (struct pollfd) { .fd = client_connect(bench), .events = POLLIN | POLLOUT };
        while (poll(fds, PEERS_MAX, -1) > 0)
                for (size_t i = 0; i < PEERS_MAX; i++) {
                        while (recv(fds[i].fd, answers, sizeof answers, MSG_DONTWAIT) > 0)
                                ;
                        (void) !send(fds[i].fd, requests, strlen(requests),
                                     MSG_DONTWAIT | MSG_NOSIGNAL);
                }
}

static int on_tick(sd_event_source *source, uint64_t usec _unused_, void *userdata) {
        ++*(unsigned *) userdata;
        return sd_event_source_set_time_relative(source, 5 * USEC_PER_MSEC) < 0 ?
                       -EIO :
                       sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static pid_t child_that(void (*does)(const Bench *bench), const Bench *bench) {
        const pid_t pid = fork();

        if (pid == 0) {
                (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
                does(bench);
                _exit(EXIT_SUCCESS);
        }
        return pid;
}

static void child_end(pid_t pid) {
        (void) kill(pid, SIGKILL);
        (void) waitpid(pid, NULL, 0);
}

/* What is behind the endpoint in line, as the bus is. */
static void tick_start(const Bench *bench, unsigned *ticks, sd_event_source **ret) {
        CHECK(sd_event_add_time_relative(bench->event, ret, CLOCK_BOOTTIME, 0, 1, on_tick, ticks) >=
              0);
        CHECK(sd_event_source_set_priority(*ret, SD_EVENT_PRIORITY_NORMAL + 10) >= 0);
}

/* The bus must have its turn all the same. */
TEST(server_flood_leaves_room_for_others) {
        _cleanup_(bench_stopp) Bench bench = {};
        sd_event_source *tick = NULL;
        unsigned ticks = 0;
        usec_t end;
        pid_t pid;

        bench_start(&bench, NULL, NULL);
        tick_start(&bench, &ticks, &tick);
        pid = child_that(flood, &bench);
        for (end = clock_now().boottime + BENCH_PATIENCE;
             bench.n_queries < 1000 && clock_now().boottime < end;)
                (void) bench_turn(&bench, USEC_PER_MSEC);
        ticks = 0;
        for (end = clock_now().boottime + BENCH_PATIENCE; ticks < 10 && clock_now().boottime < end;)
                (void) bench_turn(&bench, USEC_PER_MSEC);
        child_end(pid);
        tick = sd_event_source_disable_unref(tick);
        CHECK(bench.n_queries > 1000);
        CHECK(ticks >= 10);
}

#define CROWD 160

/* Comes and says nothing, and again when it is shut down. */
static void crowd(const Bench *bench) {
        struct pollfd fds[CROWD];

        for (size_t i = 0; i < CROWD; i++)
                fds[i] = (struct pollfd) { .fd = client_connect(bench), .events = POLLIN };
        while (poll(fds, CROWD, -1) > 0)
                for (size_t i = 0; i < CROWD; i++)
                        if (fds[i].revents != 0) {
                                (void) fd_close(fds[i].fd);
                                fds[i].fd = client_connect(bench);
                        }
}

/* Of our own machine, where no limit of an address holds it. */
TEST(server_silent_crowd_gives_way) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int kept = -EBADF;
        sd_event_source *tick = NULL;
        unsigned ticks = 0;
        usec_t begin;
        pid_t pid;

        bench_start(&bench, NULL, &long_times);
        tick_start(&bench, &ticks, &tick);
        kept = client_connect(&bench);
        client_send(kept, ASK);
        CHECK_INT(client_receive(&bench, kept, 1, NULL), 1);
        pid = child_that(crowd, &bench);
        begin = clock_now().boottime;
        while (downlink_server_n_peers(bench.server) < PEERS_MAX &&
               clock_now().boottime - begin < BENCH_PATIENCE)
                (void) bench_turn(&bench, USEC_PER_MSEC);
        begin = clock_now().boottime;
        ticks = 0;
        for (unsigned i = 0; i < 20; i++) {
                (void) client_ask(&bench, ASK);
                CHECK(status_is(&bench, 202));
        }
        CHECK(clock_now().boottime - begin < bench.times.head / 2);
        while (ticks < 10 && clock_now().boottime - begin < BENCH_PATIENCE)
                (void) bench_turn(&bench, USEC_PER_MSEC);
        CHECK(ticks >= 10);
        child_end(pid);
        tick = sd_event_source_disable_unref(tick);
        client_send(kept, ASK);
        CHECK_INT(client_receive(&bench, kept, 1, NULL), 1);
        CHECK_INT(bench.n_queries, 22);
}

/* one server after the other */

TEST(server_successor_takes_over_without_a_gap) {
        _cleanup_(bench_stopp) Bench bench = {};
        _cleanup_close_ int idle = -EBADF, busy = -EBADF, fresh = -EBADF;
        DownlinkServer *before, *after;
        char why[256];

        bench_start(&bench, NULL, NULL);
        idle = client_connect(&bench);
        busy = client_connect(&bench);
        client_send(idle, ASK);
        CHECK_INT(client_receive(&bench, idle, 1, NULL), 1);
        client_send(busy, POST(V2 "?half"));
        while (bench_turn(&bench, 0))
                ;
        before = bench.server;
        CHECK_INT(bench_serve(&bench, NULL, &after, why, sizeof why), 0);
        downlink_server_retire(before);
        bench.server = after;
        fresh = client_connect(&bench);
        client_send(fresh, ASK);
        CHECK_INT(client_receive(&bench, fresh, 1, NULL), 1);
        CHECK(!has_header(&bench, "Connection: close"));
        CHECK_INT(downlink_server_n_peers(before), 2);
        CHECK_INT(downlink_server_n_peers(after), 1);
        client_send(busy, "\r\n");
        CHECK(client_wait_for_close(&bench, busy) < BENCH_PATIENCE);
        CHECK(status_is(&bench, 202));
        CHECK(has_header(&bench, "Connection: close\r\n"));
        CHECK_STR(bench.query, "half");
        client_send(idle, ASK);
        CHECK(client_wait_for_close(&bench, idle) < BENCH_PATIENCE);
        CHECK(status_is(&bench, 202));
        CHECK_INT(downlink_server_n_peers(before), 0);
        before = downlink_server_free(before);
        client_send(fresh, ASK);
        CHECK_INT(client_receive(&bench, fresh, 1, NULL), 1);
}

static unsigned descriptors(void) {
        DIR *folder = opendir("/proc/self/fd");
        unsigned n = 0;

        while (folder && readdir(folder))
                n++;
        (void) closedir(folder);
        return n;
}

TEST(server_leaves_no_descriptors_behind) {
        const Credentials garbage = { .certificate = (char[]) { "x" },
                                      .private_key = (char[]) { "y" } };
        static Bench bench;
        DownlinkServer *server = NULL;
        const unsigned before = descriptors();
        char why[256];
        int fd;

        bench_start(&bench, NULL, NULL);
        fd = client_connect(&bench);
        (void) client_ask(&bench, ASK);
        for (unsigned i = 0; i < 3; i++) {
                CHECK_INT(bench_serve(&bench, &garbage, &server, why, sizeof why), -EKEYREJECTED);
                CHECK(why[0] != '\0');
                CHECK_INT(bench_serve(&bench, NULL, &server, why, sizeof why), 0);
                downlink_server_retire(server);
                downlink_server_retire(server);
                server = downlink_server_free(server);
        }
        CHECK(!downlink_server_free(NULL));
        (void) client_ask(&bench, ASK); /* the socket still listens */
        CHECK(status_is(&bench, 202));
        (void) fd_close(fd);
        bench_stop(&bench);
        CHECK_INT(descriptors(), before);
}

/* unix sockets */

TEST(server_unix_socket_is_for_user_and_group) {
        _cleanup_(bench_stopp) Bench bench = {};
        char path[128], why[256];
        Endpoint second;
        Address address;
        struct stat st;

        (void) snprintf(path, sizeof path, "unix:%s/fotad-test-%d.sock",
                        getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int) getpid());
        CHECK_INT(address_from_string(path, &address), 0);
        bench = (Bench) { .endpoint = ENDPOINT_NONE, .times = PEER_TIMES };
        CHECK(sd_event_new(&bench.event) >= 0);
        CHECK_INT(endpoint_open(&address, &bench.endpoint), 0);
        CHECK_INT(stat(path + 5, &st), 0);
        CHECK_INT(st.st_mode & 07777, 0660);
        CHECK_INT(endpoint_open(&address, &second), -EADDRINUSE);
        CHECK_INT(bench_serve(&bench, NULL, &bench.server, why, sizeof why), 0);
        (void) client_ask(&bench, ASK);
        CHECK(status_is(&bench, 202));
        bench.server = downlink_server_free(bench.server);
        bench.endpoint.is_path = false; /* a crash */
        endpoint_close(&bench.endpoint);
        CHECK_INT(stat(path + 5, &st), 0);
        CHECK_INT(endpoint_open(&address, &bench.endpoint), 0);
        endpoint_close(&bench.endpoint);
        CHECK(stat(path + 5, &st) < 0);
}

TEST(server_only_listening_sockets_are_taken_over) {
        Endpoint endpoint;

        CHECK_INT(endpoint_take(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), &endpoint),
                  -ENOTSOCK);
        CHECK_INT(endpoint_take(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), &endpoint),
                  -ENOTSOCK);
        CHECK_INT(endpoint_take(open("/dev/null", O_RDONLY | O_CLOEXEC), &endpoint), -ENOTSOCK);
}

/* networks */

static bool interface_set(unsigned long what, struct ifreq *request) {
        _cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        return fd >= 0 && ioctl(fd, what, request) == 0;
}

static bool network_with(const char *address) {
        struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
        struct ifreq alias = { .ifr_name = "lo:1" };
        struct sockaddr_in *to = (struct sockaddr_in *) &alias.ifr_addr;
        Address parsed;

        if (unshare(CLONE_NEWNET) < 0 || !interface_set(SIOCSIFFLAGS, &up) ||
            address_from_string(address, &parsed) < 0)
                return false;
        memcpy(to, &parsed.storage, sizeof *to);
        return interface_set(SIOCSIFADDR, &alias);
}

/* Seventeen connections of one address that is not our own machine's. */
static bool seventeenth_is_turned_away(void) {
        static Bench bench;
        int fds[PEERS_OF_NETWORK_MAX];
        char why[256];
        Address address;

        bench = (Bench) { .endpoint = ENDPOINT_NONE, .times = PEER_TIMES };
        if (sd_event_new(&bench.event) < 0 || address_from_string("192.0.2.1:8080", &address) < 0 ||
            endpoint_open(&address, &bench.endpoint) < 0 ||
            bench_serve(&bench, NULL, &bench.server, why, sizeof why) < 0)
                return false;
        for (size_t i = 0; i < ELEMENTSOF(fds); i++) {
                fds[i] = client_connect(&bench);
                client_send(fds[i], ASK);
                if (client_receive(&bench, fds[i], 1, NULL) != 1)
                        return false;
        }
        if (client_ask(&bench, ASK)[0] != '\0')
                return false;
        (void) fd_close(fds[0]);
        while (bench_turn(&bench, 0))
                ;
        return client_ask(&bench, ASK)[0] != '\0';
}

static int in_a_network_of_its_own(void) {
        if (!network_with("192.0.2.1:1"))
                return 77; /* this machine does not let us */
        return seventeenth_is_turned_away() ? 0 : 1;
}

TEST(server_address_has_its_share_of_connections) {
        int status;
        const pid_t pid = fork();

        if (pid == 0)
                _exit(in_a_network_of_its_own());
        CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
        if (WEXITSTATUS(status) == 77)
                SKIP("needs root and network namespaces");
        CHECK_INT(WEXITSTATUS(status), 0);
}

TEST_MAIN()
