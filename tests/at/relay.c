/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The serial line of the tests with a real receiver.
 *
 * Bytes down leave one after the other at the line's speed. What surprises: rx writes its ACK and
 * then flushes its input, and a sender that is quick enough has its next block flushed away. No
 * real line is that quick, so a frame waits here until the flush was seen: the master is in packet
 * mode, which tells it. */

#include "relay.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#define FLUSH_LIMIT (50 * USEC_PER_MSEC) /* a reply without a flush */

Clock relay_now(const Relay *relay) {
        Clock now = clock_now();

        now.boottime += relay->skew;
        return now;
}

/* 1000 of them are a microsecond. */
static usec_t character_time(const Relay *relay) {
        return 10 * USEC_PER_SEC * 1000 / relay->settings.baud_rate;
}

/* starting */

static void receiver_exec(const RelaySettings *settings, int slave) {
        int null = open("/dev/null", O_WRONLY);

        if (setsid() < 0 || chdir(settings->folder) < 0 || dup2(slave, STDIN_FILENO) < 0 ||
            dup2(slave, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
                _exit(126);
        (void) close(slave);
        (void) execvp(settings->program[0], (char *const *) settings->program);
        _exit(127);
}

static int open_line(int *ret_slave) {
        struct termios raw;
        int one = 1, fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

        if (fd < 0)
                return -errno;
        if (grantpt(fd) < 0 || unlockpt(fd) < 0 || ioctl(fd, TIOCPKT, &one) < 0)
                return fd_close(fd);
        *ret_slave = open(ptsname(fd), O_RDWR | O_NOCTTY);
        if (*ret_slave < 0 || tcgetattr(*ret_slave, &raw) < 0)
                return fd_close(fd);
        cfmakeraw(&raw);
        (void) tcsetattr(*ret_slave, TCSANOW, &raw);
        return fd;
}

int relay_start(Relay *relay, const RelaySettings *settings, Xmodem *xmodem) {
        _cleanup_close_ int slave = -EBADF;
        int fd = open_line(&slave);
        pid_t pid;

        if (fd < 0)
                return fd;
        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0)
                receiver_exec(settings, slave);
        *relay = (Relay) {
                .settings = *settings,
                .xmodem = xmodem,
                .fd = fd,
                .pid = pid,
        };
        return 0;
}

void relay_done(Relay *relay) {
        if (relay->pid > 0) {
                (void) kill(relay->pid, SIGKILL);
                (void) waitpid(relay->pid, &relay->status, 0);
        }
        relay->pid = 0;
        if (relay->fd > 0)
                relay->fd = fd_close(relay->fd);
}

/* faults */

static RelayFate fate_of(const Relay *relay, bool ack, unsigned at, unsigned *ret_byte) {
        for (size_t i = 0; i < RELAY_FAULTS_MAX; i++) {
                const RelayFault *fault = &relay->settings.faults[i];

                if (fault->at != at || fault->ack != ack)
                        continue;
                *ret_byte = fault->byte;
                return fault->fate;
        }
        return RELAY_PASS;
}

static unsigned random_below(Relay *relay, unsigned limit) {
        relay->settings.seed = relay->settings.seed * 1103515245u + 12345u;
        return relay->settings.seed / 65536 % limit;
}

/* Chooses one of every one_in frames. */
static bool is_chosen(Relay *relay) {
        const unsigned span = relay->settings.one_in;

        if (span == 0)
                return false;
        if (relay->frames % span == 1)
                relay->to_break = relay->frames + random_below(relay, span);
        return relay->frames == relay->to_break;
}

static void break_frame(Relay *relay, unsigned byte, RelayFate fate, size_t start) {
        char *p = relay->down + start + byte;
        const size_t rest = relay->n_down - start - byte;

        relay->broken += relay->n_down - start > 1;
        if (fate == RELAY_CORRUPT)
                *p ^= 0x20;
        if (fate == RELAY_DROP) {
                memmove(p, p + 1, rest - 1);
                relay->n_down--;
        }
        if (fate == RELAY_DOUBLE && relay->n_down < RELAY_QUEUE_MAX) {
                memmove(p + 1, p, rest);
                relay->n_down++;
        }
}

/* the line */

void relay_write(void *userdata, const char *bytes, size_t n) {
        Relay *relay = userdata;
        const size_t start = relay->n_down;
        const usec_t now = relay_now(relay).boottime * 1000;
        unsigned byte = 0;
        RelayFate fate;

        if (start + n > RELAY_QUEUE_MAX)
                abort();
        if (start == 0) /* the first byte has left after its own time */
                relay->next = MAX_OF(relay->next, now + character_time(relay));
        memcpy(relay->down + start, bytes, n);
        relay->n_down += n;
        relay->frames++;
        fate = fate_of(relay, false, relay->frames, &byte);
        if (fate != RELAY_PASS)
                break_frame(relay, byte, fate, start);
        else if (is_chosen(relay) && n > 128)
                break_frame(relay, 3 + random_below(relay, (unsigned) n - 3), RELAY_CORRUPT, start);
}

static bool may_send(const Relay *relay, usec_t now) {
        return relay->flushed || now >= relay->replied + FLUSH_LIMIT;
}

static void send_down(Relay *relay, usec_t now) {
        const usec_t one = character_time(relay);
        size_t due;
        ssize_t n;

        if (relay->n_down == 0 || now * 1000 < relay->next || !may_send(relay, now))
                return;
        relay->replied = 0; /* the rest of the frame need not wait */
        due = MIN_OF((size_t) ((now * 1000 - relay->next) / one + 1), relay->n_down);
        n = write(relay->fd, relay->down, due);
        if (n <= 0) /* the pty is full, its speed counts then */
                n = errno == EIO ? (ssize_t) due : 0;
        relay->n_down -= (size_t) n;
        memmove(relay->down, relay->down + n, relay->n_down);
        relay->next += (usec_t) n * one;
        if (relay->n_down == 0)
                relay->flushed = false;
}

static void add_up(Relay *relay, usec_t at, char byte) {
        if (relay->n_up == RELAY_UP_MAX)
                abort();
        relay->up[relay->n_up].at = at;
        relay->up[relay->n_up++].byte = byte;
}

static void take_up(Relay *relay, usec_t now, char byte) {
        const usec_t at = now + character_time(relay) / 1000;
        RelayFate fate = RELAY_PASS;
        unsigned unused;

        if (byte == XMODEM_ACK)
                fate = fate_of(relay, true, ++relay->acks, &unused);
        if (fate == RELAY_DROP)
                return;
        add_up(relay, fate == RELAY_DELAY ? at + RELAY_DELAY_USEC : at,
               fate == RELAY_CORRUPT ? (char) (byte ^ 0x40) : byte);
        if (fate == RELAY_DOUBLE)
                add_up(relay, at + character_time(relay) / 1000, byte);
}

static void read_up(Relay *relay, usec_t now) {
        char packet[64];
        ssize_t n;

        while ((n = read(relay->fd, packet, sizeof packet)) > 0) {
                if (packet[0] & TIOCPKT_FLUSHREAD)
                        relay->flushed = true;
                if (packet[0] != TIOCPKT_DATA)
                        continue;
                relay->replied = now;
                for (ssize_t i = 1; i < n; i++)
                        take_up(relay, now, packet[i]);
        }
}

static void feed_up(Relay *relay) {
        const Clock now = relay_now(relay);

        while (relay->n_up > 0 && relay->up[0].at <= now.boottime) {
                const char byte = relay->up[0].byte;

                memmove(relay->up, relay->up + 1, --relay->n_up * sizeof relay->up[0]);
                (void) xmodem_feed(relay->xmodem, &now, (uint8_t) byte);
        }
}

/* running */

static bool is_over(const Relay *relay) {
        return relay->xmodem->state == XMODEM_OVER && relay->pid == 0;
}

static usec_t relay_deadline(const Relay *relay, usec_t now) {
        usec_t deadline = now + 20 * USEC_PER_MSEC; /* to look whether the receiver has left */

        if (relay->n_up > 0)
                deadline = MIN_OF(deadline, relay->up[0].at);
        if (relay->n_down > 0)
                deadline = MIN_OF(deadline, may_send(relay, now) ? relay->next / 1000 + 1 :
                                                                   relay->replied + FLUSH_LIMIT);
        return MIN_OF(deadline, xmodem_deadline(relay->xmodem));
}

static void relay_step(Relay *relay) {
        Clock now = relay_now(relay);

        read_up(relay, now.boottime);
        feed_up(relay);
        if (relay->pid > 0 && waitpid(relay->pid, &relay->status, WNOHANG) == relay->pid)
                relay->pid = 0;
        if (relay->pid == 0 && relay->n_up == 0 && relay->xmodem->state != XMODEM_OVER)
                relay->skew += usec_sub(xmodem_deadline(relay->xmodem), now.boottime);
        now = relay_now(relay);
        xmodem_tick(relay->xmodem, &now);
        now = relay_now(relay);
        send_down(relay, now.boottime);
}

static usec_t step_all(Relay *relays, size_t n) {
        usec_t wait = USEC_INFINITY;

        for (size_t i = 0; i < n; i++) {
                usec_t now;

                if (is_over(&relays[i]))
                        continue;
                relay_step(&relays[i]);
                now = relay_now(&relays[i]).boottime;
                wait = MIN_OF(wait, usec_sub(relay_deadline(&relays[i], now), now));
        }
        return wait;
}

static bool all_over(const Relay *relays, size_t n) {
        while (n > 0 && is_over(&relays[n - 1]))
                n--;
        return n == 0;
}

bool relay_run(Relay *relays, size_t n, usec_t limit) {
        const usec_t end = clock_now().boottime + limit;
        struct pollfd polls[32];

        if (n > ELEMENTSOF(polls))
                return false;
        while (!all_over(relays, n) && clock_now().boottime < end) {
                const usec_t wait = step_all(relays, n);
                struct timespec span = {
                        .tv_sec = (time_t) (wait / USEC_PER_SEC),
                        .tv_nsec = (long) (wait % USEC_PER_SEC * 1000),
                };

                if (wait == USEC_INFINITY)
                        continue;
                for (size_t i = 0; i < n; i++) /* a hung-up pty is readable for ever */
                        polls[i] = (struct pollfd) { relays[i].pid > 0 ? relays[i].fd : -1, POLLIN,
                                                     0 };
                (void) ppoll(polls, n, &span, NULL);
        }
        return all_over(relays, n);
}
