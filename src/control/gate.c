/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Passes a stranger's bytes on to its bus, as long as no message is larger than any call is.
 *
 * Owns a duplicate of the peer's socket (the loop wants each descriptor once, and the bus writes to
 * the other) and one end of a pair of sockets, whose other end is what the bus reads. Nothing is
 * held in between: bytes are looked at in the socket, and taken out of it as far as the pair has
 * room. Of a header nothing more than 15 bytes gets through before its sizes are known, and sd-bus
 * makes no room before it has all 16. What is no greeting and no message ends here too. */

#include "control/gate.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define GATE_READ_MAX 4096
#define GATE_BUFFER_BYTES (32 * 1024) /* of the kernel, between the two */

struct Gate {
        int from, to;
        sd_event_source *in;  /* there is something to pass on */
        sd_event_source *out; /* there is room for it: enabled when there was none */
        Measure measure;
        GateHandler on_refused;
        void *userdata;
};

/* the measure */

static bool measure_greeting(Measure *measure, uint8_t c) {
        static const char begin[] = "BEGIN\r";

        if (++measure->n_spoken > GATE_GREETING_MAX)
                return false;
        if (c != '\n') {
                if (measure->n_line < sizeof(measure->line))
                        measure->line[measure->n_line++] = (char) c;
                return true;
        }
        measure->talking = measure->n_line == sizeof(begin) - 1 &&
                           memcmp(measure->line, begin, sizeof(begin) - 1) == 0;
        measure->n_line = 0;
        return true;
}

static size_t header_number(const Measure *measure, size_t at) {
        const uint8_t *p = measure->header + at;

        return measure->header[0] == 'l' ?
                       p[0] | (size_t) p[1] << 8 | (size_t) p[2] << 16 | (size_t) p[3] << 24 :
                       p[3] | (size_t) p[2] << 8 | (size_t) p[1] << 16 | (size_t) p[0] << 24;
}

/* Byte order, and the lengths of the body and of the fields, which are padded to 8. */
static bool measure_header(Measure *measure) {
        const size_t body = header_number(measure, 4), fields = header_number(measure, 12);

        measure->n_header = 0;
        if ((measure->header[0] != 'l' && measure->header[0] != 'B') || body > GATE_MESSAGE_MAX ||
            fields > GATE_MESSAGE_MAX)
                return false;
        measure->n_left = (fields + 7) / 8 * 8 + body;
        return GATE_HEADER_BYTES + measure->n_left <= GATE_MESSAGE_MAX;
}

bool measure_take(Measure *measure, const uint8_t *bytes, size_t n) {
        while (n > 0) {
                size_t step = 1;
                bool good = true;

                if (!measure->talking)
                        good = measure_greeting(measure, *bytes);
                else if (measure->n_left > 0) {
                        step = MIN_OF(n, measure->n_left);
                        measure->n_left -= step;
                } else {
                        measure->header[measure->n_header++] = *bytes;
                        if (measure->n_header == GATE_HEADER_BYTES)
                                good = measure_header(measure);
                }
                if (!good)
                        return false;
                bytes += step;
                n -= step;
        }
        return true;
}

/* the way through */

/* The bus finds the end of its input, and closes. */
static int gate_shut(Gate *gate) {
        (void) shutdown(gate->to, SHUT_WR);
        (void) sd_event_source_set_enabled(gate->in, SD_EVENT_OFF);
        return sd_event_source_set_enabled(gate->out, SD_EVENT_OFF);
}

static int gate_wait(Gate *gate, bool for_room) {
        int r = sd_event_source_set_enabled(gate->in, for_room ? SD_EVENT_OFF : SD_EVENT_ON);

        return r < 0 ? r :
                       sd_event_source_set_enabled(gate->out,
                                                   for_room ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int on_gate(sd_event_source *source _unused_, int fd _unused_, uint32_t events _unused_,
                   void *userdata) {
        Gate *gate = userdata;
        Measure ahead = gate->measure;
        uint8_t bytes[GATE_READ_MAX];
        ssize_t n = recv(gate->from, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT), passed;

        if (n < 0 && errno == EAGAIN)
                return gate_wait(gate, false);
        if (n <= 0)
                return gate_shut(gate);
        if (!measure_take(&ahead, bytes, (size_t) n)) {
                gate->on_refused(gate->userdata);
                return gate_shut(gate);
        }
        passed = send(gate->to, bytes, (size_t) n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (passed < 0 && errno == EAGAIN)
                return gate_wait(gate, true);
        if (passed < 0 || recv(gate->from, bytes, (size_t) passed, MSG_DONTWAIT) != passed ||
            !measure_take(&gate->measure, bytes, (size_t) passed))
                return gate_shut(gate);
        return gate_wait(gate, false);
}

static int source_new(sd_event *event, sd_event_source **ret, int fd, uint32_t events,
                      int64_t priority, Gate *gate) {
        int r = sd_event_add_io(event, ret, fd, events, on_gate, gate);

        if (r < 0)
                return r;
        (void) sd_event_source_set_description(*ret, "control-gate");
        return sd_event_source_set_priority(*ret, priority);
}

DEFINE_CLEANUP(Gate *, gate_free)

int gate_new(sd_event *event, int64_t priority, int fd, GateHandler on_refused, void *userdata,
             Gate **ret, int *ret_fd) {
        _cleanup_(gate_freep) Gate *gate = calloc(1, sizeof(*gate));
        const int buffer = GATE_BUFFER_BYTES;
        _cleanup_close_ int other = -EBADF;
        int pair[2], r;

        if (!gate)
                return -ENOMEM;
        gate->on_refused = on_refused;
        gate->userdata = userdata;
        gate->to = -EBADF;
        gate->from = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (gate->from < 0 ||
            socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
                return -errno;
        gate->to = pair[0];
        other = pair[1];
        if (setsockopt(gate->to, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer)) < 0)
                return -errno;
        r = source_new(event, &gate->in, gate->from, EPOLLIN, priority, gate);
        if (r >= 0)
                r = source_new(event, &gate->out, gate->to, EPOLLOUT, priority, gate);
        if (r >= 0)
                r = gate_wait(gate, false);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(gate);
        *ret_fd = TAKE_FD(other);
        return 0;
}

Gate *gate_free(Gate *gate) {
        if (!gate)
                return NULL;
        (void) sd_event_source_disable_unref(gate->in);
        (void) sd_event_source_disable_unref(gate->out);
        (void) fd_close(gate->from);
        (void) fd_close(gate->to);
        free(gate);
        return NULL;
}
