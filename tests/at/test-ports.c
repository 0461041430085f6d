/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ports and the waiting for their devices, with real pseudo-terminals behind symlinks in a folder
 * of its own, as the simulator makes them.
 *
 * Protects: a device that appears, vanishes and returns is seen each time and told once; nobody's
 * port is taken, and its holder is named; a slow reader never blocks the loop; and nothing wakes up
 * meanwhile. */

#include "at/ports.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>

#include "at/settle.h"
#include "base/text.h"
#include "base/time.h"
#include "test.h"

typedef struct Bench {
        sd_event *event;
        Ports *ports;
        char folder[64];
        char path[128]; /* the symlink */
        int master, slave;
        int others;
        char data[65536];
        Text log;
        bool removes; /* on_bytes removes the port */
        bool quiet;   /* on_bytes counts only */
        size_t n_bytes;
} Bench;

static const PortSettings settings = { .baud_rate = 115200 };

static void on_open(void *userdata, size_t index) {
        text_printf(&((Bench *) userdata)->log, "open%zu ", index);
}

static void on_bytes(void *userdata, size_t index, const char *bytes, size_t n) {
        Bench *bench = userdata;

        bench->n_bytes += n;
        if (!bench->quiet)
                text_printf(&bench->log, "bytes%zu(%.*s) ", index, (int) n, bytes);
        if (bench->removes)
                ports_remove(bench->ports, index);
}

static void on_lost(void *userdata, size_t index) {
        text_printf(&((Bench *) userdata)->log, "lost%zu ", index);
}

static void on_refused(void *userdata, size_t index, int error, const char *holder) {
        text_printf(&((Bench *) userdata)->log, "refused%zu(%s%s%s) ", index,
                    strerrorname_np(-error), holder ? " " : "", holder ? holder : "");
}

static const PortsHandlers handlers = { on_open, on_bytes, on_lost, on_refused };

/* A new pseudo-terminal; `link` leads to it. */
static void bench_plug(Bench *bench) {
        char name[64];

        if (openpty(&bench->master, &bench->slave, name, NULL, NULL) < 0)
                abort();
        (void) fcntl(bench->master, F_SETFL, O_NONBLOCK);
        (void) close(bench->slave);
        if (symlink(name, bench->path) < 0)
                abort();
}

static void bench_unplug(Bench *bench) {
        (void) unlink(bench->path);
        bench->master = fd_close(bench->master);
}

static void bench_init(Bench *bench) {
        const char *tmp = getenv("TMPDIR");

        memset(bench, 0, sizeof *bench);
        bench->master = -EBADF;
        text_init(&bench->log, bench->data, sizeof bench->data);
        (void) snprintf(bench->folder, sizeof bench->folder, "%s/ports-XXXXXX", tmp ? tmp : "/tmp");
        if (!mkdtemp(bench->folder) || sd_event_new(&bench->event) < 0 ||
            ports_new(bench->event, &handlers, bench, &bench->ports) < 0)
                abort();
        (void) snprintf(bench->path, sizeof bench->path, "%s/m1", bench->folder);
        bench->others = settle_watch();
}

static void bench_done(Bench *bench) {
        char command[128];

        ports_free(bench->ports);
        sd_event_unref(bench->event);
        (void) fd_close(bench->master);
        (void) fd_close(bench->others);
        (void) snprintf(command, sizeof command, "rm -rf '%s'", bench->folder);
        if (system(command) != 0)
                abort();
}
#define BENCH(name) _cleanup_(bench_done) Bench name

static unsigned bench_settle(Bench *bench, usec_t quiet) {
        return settle(bench->event, bench->others, quiet);
}

/* What happened, once all is quiet for 50 ms. */
static const char *bench_seen(Bench *bench) {
        static char seen[sizeof bench->data];

        (void) bench_settle(bench, 50 * USEC_PER_MSEC);
        (void) TEXT_COPY(seen, bench->data);
        text_init(&bench->log, bench->data, sizeof bench->data);
        return seen;
}

/* Turns until `text` was logged, for at most `patience`. */
static bool bench_wait(Bench *bench, const char *text, usec_t patience) {
        usec_t end = clock_now().boottime + patience;

        while (!strstr(bench->data, text) && clock_now().boottime < end)
                (void) sd_event_run(bench->event, 10 * USEC_PER_MSEC);
        return strstr(bench->data, text);
}

static void bench_add(Bench *bench) {
        CHECK_INT(ports_add(bench->ports, 0, bench->path, &settings), 0);
        CHECK_STR(bench->data, ""); /* not within the call */
}

TEST(bytes_go_both_ways_raw) {
        BENCH(bench);
        struct termios termios;
        char bytes[16];

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        CHECK_INT(write(bench.master, "\r\nOK\r\n", 6), 6);
        CHECK_STR(bench_seen(&bench), "bytes0(\r\nOK\r\n) ");
        CHECK_INT(ports_write(bench.ports, 0, "AT\r", 3), 0);
        CHECK_INT(read(bench.master, bytes, sizeof bytes), 3);
        CHECK(memcmp(bytes, "AT\r", 3) == 0);
        CHECK_INT(tcgetattr(bench.master, &termios), 0);
        CHECK_INT(cfgetospeed(&termios), B115200);
        CHECK(!(termios.c_lflag & (ICANON | ECHO)) && !(termios.c_cflag & CRTSCTS));
}

TEST(flow_control_is_set_and_descriptors_are_not_inherited) {
        _cleanup_(port_freep) Port *port = NULL;
        PortSettings flow = { .baud_rate = 9600, .rts_cts = true };
        struct termios termios;
        BENCH(bench);

        bench_init(&bench);
        bench_plug(&bench);
        CHECK_INT(port_open(bench.path, &flow, &port), 0);
        CHECK_INT(tcgetattr(port_fd(port), &termios), 0);
        CHECK((termios.c_cflag & CRTSCTS) && (termios.c_cflag & CLOCAL) &&
              !(termios.c_cflag & HUPCL));
        CHECK_INT(cfgetospeed(&termios), B9600);
        CHECK(fcntl(port_fd(port), F_GETFD) & FD_CLOEXEC);
        CHECK(fcntl(port_fd(port), F_GETFL) & O_NONBLOCK);
}

TEST(input_that_waited_is_flushed) {
        BENCH(bench);

        bench_init(&bench);
        bench_plug(&bench);
        CHECK_INT(write(bench.master, "old\r\n", 5), 5);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
}

TEST(a_port_appears_vanishes_and_returns) {
        BENCH(bench);

        bench_init(&bench);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "");
        bench_plug(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        for (int i = 0; i < 5; i++) {
                bench_unplug(&bench);
                CHECK_STR(bench_seen(&bench), "lost0 ");
                CHECK_INT(ports_write(bench.ports, 0, "AT\r", 3), -ENODEV);
                bench_plug(&bench);
                CHECK(bench_wait(&bench, "open0", 3 * USEC_PER_SEC));
                CHECK_STR(bench_seen(&bench), "open0 ");
        }
}

TEST(a_restart_between_two_turns_is_noticed) {
        BENCH(bench);

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        bench_unplug(&bench);
        bench_plug(&bench); /* most likely under the same number */
        CHECK(bench_wait(&bench, "open0", 3 * USEC_PER_SEC));
        CHECK_STR(bench_seen(&bench), "lost0 open0 ");
}

TEST(a_symlink_that_moves_to_another_device_is_followed) {
        BENCH(bench);
        int old;

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        old = bench.master;
        (void) unlink(bench.path);
        CHECK_STR(bench_seen(&bench), ""); /* the port still works */
        bench_plug(&bench);
        CHECK_STR(bench_seen(&bench), "lost0 open0 ");
        (void) close(old);
        CHECK_STR(bench_seen(&bench), "");
}

TEST(missing_folders_are_waited_for) {
        BENCH(bench);
        char inner[128];

        bench_init(&bench);
        (void) snprintf(inner, sizeof inner, "%s/by-id", bench.folder);
        (void) snprintf(bench.path, sizeof bench.path, "%s/by-id/x/m1", bench.folder);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "");
        CHECK_INT(mkdir(inner, 0755), 0);
        CHECK_STR(bench_seen(&bench), "");
        (void) snprintf(inner, sizeof inner, "%s/by-id/x", bench.folder);
        CHECK_INT(mkdir(inner, 0755), 0);
        CHECK_STR(bench_seen(&bench), "");
        bench_plug(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        bench_unplug(&bench);
        CHECK_INT(rmdir(inner), 0);
        CHECK_STR(bench_seen(&bench), "lost0 ");
        CHECK_INT(mkdir(inner, 0755), 0);
        bench_plug(&bench);
        CHECK(bench_wait(&bench, "open0", 3 * USEC_PER_SEC));
}

TEST(a_symlink_to_a_symlink_is_watched) {
        BENCH(bench);
        char first[128];

        bench_init(&bench);
        CHECK_INT(snprintf(first, sizeof first, "%s/first", bench.folder) > 0, true);
        CHECK_INT(symlink("m1", first), 0);
        CHECK_INT(ports_add(bench.ports, 0, first, &settings), 0);
        CHECK_STR(bench_seen(&bench), "");
        bench_plug(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
}

TEST(a_dead_symlink_is_not_followed_to_a_stranger) {
        BENCH(bench);
        char name[64];
        int stranger[8], slaves[8];

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        bench.master = fd_close(bench.master); /* killed: the symlink stays */
        CHECK_STR(bench_seen(&bench), "lost0 ");
        for (size_t i = 0; i < ELEMENTSOF(stranger); i++)
                CHECK_INT(openpty(&stranger[i], &slaves[i], name, NULL, NULL), 0);
        CHECK(!bench_wait(&bench, "open0", 2 * USEC_PER_SEC));
        for (size_t i = 0; i < ELEMENTSOF(stranger); i++) {
                (void) close(stranger[i]);
                (void) close(slaves[i]);
        }
        (void) unlink(bench.path);
        bench_plug(&bench);
        CHECK(bench_wait(&bench, "open0", 3 * USEC_PER_SEC));
}

/* A process that holds the port as a terminal program does; ready when this returns. */
static pid_t hold(const char *path, bool lock) {
        int ready[2];
        char byte;
        pid_t pid;

        if (pipe(ready) < 0)
                abort();
        pid = fork();
        if (pid == 0) {
                int fd = open(path, O_RDWR | O_NOCTTY);

                if (fd < 0 || (lock && flock(fd, LOCK_EX) < 0) || write(ready[1], "", 1) != 1)
                        _exit(1);
                pause();
                _exit(0);
        }
        (void) close(ready[1]);
        if (pid < 0 || read(ready[0], &byte, 1) != 1)
                abort();
        (void) close(ready[0]);
        return pid;
}

static void end(pid_t pid) {
        (void) kill(pid, SIGKILL);
        (void) waitpid(pid, NULL, 0);
}

TEST(a_held_port_names_its_holder_and_is_had_later) {
        BENCH(bench);
        char expected[128];
        pid_t pid;

        bench_init(&bench);
        NOT_IN_VALGRIND("the program of this process is valgrind");
        bench_plug(&bench);
        pid = hold(bench.path, true);
        bench_add(&bench);
        (void) snprintf(expected, sizeof expected, "refused0(EBUSY %.15s (pid %ld)) ",
                        program_invocation_short_name, (long) pid);
        CHECK_STR(bench_seen(&bench), expected);
        CHECK(!bench_wait(&bench, "refused0", 1500 * USEC_PER_MSEC)); /* told once */
        end(pid);
        CHECK(bench_wait(&bench, "open0", 4 * USEC_PER_SEC));
        CHECK_STR(bench_seen(&bench), "open0 ");
}

TEST(a_holder_is_found_by_its_descriptor) {
        BENCH(bench);
        char holder[64], expected[32];
        pid_t pid;

        bench_init(&bench);
        bench_plug(&bench);
        if (port_holder(bench.path, holder, sizeof holder))
                SKIP("a container has a terminal of the same name");
        pid = hold(bench.path, false);
        (void) snprintf(expected, sizeof expected, "(pid %ld)", (long) pid);
        CHECK(port_holder(bench.path, holder, sizeof holder));
        end(pid);
        CHECK(strstr(holder, expected));
        CHECK(!port_holder("/nowhere", holder, sizeof holder));
}

/* Opens the port as a user that is not root and waits to be killed. */
static pid_t daemon_start(const char *path, int *ret_ready) {
        int ready[2];
        pid_t pid;

        if (pipe(ready) < 0)
                abort();
        pid = fork();
        if (pid == 0) {
                Port *port = NULL;
                int r = setuid(65534) < 0 ? -errno : port_open(path, &settings, &port);

                (void) !write(ready[1], &r, sizeof r);
                pause();
                _exit(0);
        }
        (void) close(ready[1]);
        if (pid < 0 || read(ready[0], ret_ready, sizeof *ret_ready) != sizeof *ret_ready)
                abort();
        (void) close(ready[0]);
        return pid;
}

TEST(after_kill_9_the_port_opens_at_once_without_root) {
        BENCH(bench);
        char device[64] = "";
        int result;

        if (getuid() != 0)
                SKIP("needs root to become somebody else");
        bench_init(&bench);
        bench_plug(&bench);
        CHECK(readlink(bench.path, device, sizeof device - 1) > 0);
        CHECK_INT(chmod(device, 0666), 0);
        for (int i = 0; i < 3; i++) {
                pid_t pid = daemon_start(device, &result);

                end(pid);
                CHECK_INT(result, 0);
        }
}

TEST(what_is_no_port_is_refused_once) {
        BENCH(bench);
        FILE *file;

        bench_init(&bench);
        bench_add(&bench);
        file = fopen(bench.path, "w");
        CHECK(file);
        (void) fclose(file);
        CHECK_STR(bench_seen(&bench), "refused0(ENOTTY) ");
        (void) unlink(bench.path);
        bench_plug(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        CHECK_INT(ports_add(bench.ports, 1, "/dev/null", &settings), 0);
        CHECK_STR(bench_seen(&bench), "refused1(ENOTTY) ");
}

TEST(a_speed_that_there_is_not_is_refused) {
        BENCH(bench);
        const PortSettings odd = { .baud_rate = 12345 };

        bench_init(&bench);
        bench_plug(&bench);
        CHECK_INT(ports_add(bench.ports, 0, bench.path, &odd), 0);
        CHECK_STR(bench_seen(&bench), "refused0(EINVAL) ");
}

TEST(writes_never_block_and_keep_their_order) {
        BENCH(bench);
        char block[1000], bytes[4096];
        size_t sent = 0, received = 0;
        int r = 0;

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        while (sent < 1000000 && r == 0) {
                for (size_t i = 0; i < sizeof block; i++)
                        block[i] = (char) ('a' + (sent + i) % 26);
                r = ports_write(bench.ports, 0, block, sizeof block);
                sent += r == 0 ? sizeof block : 0;
        }
        CHECK_INT(r, -ENOBUFS);
        CHECK(sent > PORTS_OUT_MAX);
        CHECK(bench_settle(&bench, 50 * USEC_PER_MSEC) < 5); /* a full pipe is no reason to spin */
        while (received < sent) {
                ssize_t n = read(bench.master, bytes, sizeof bytes);

                if (n < 0) {
                        CHECK(sd_event_run(bench.event, USEC_PER_SEC) > 0);
                        continue;
                }
                for (ssize_t i = 0; i < n; i++, received++)
                        CHECK_INT(bytes[i], 'a' + (int) (received % 26));
        }
        CHECK(bench_settle(&bench, 50 * USEC_PER_MSEC) < 5);
        CHECK_INT(ports_write(bench.ports, 0, block, sizeof block), 0);
}

TEST(a_babbling_port_starves_nobody) {
        BENCH(bench);
        char block[8192];
        int babbler;

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        babbler = bench.master;
        (void) snprintf(bench.path, sizeof bench.path, "%s/m2", bench.folder);
        bench_plug(&bench);
        CHECK_INT(ports_add(bench.ports, 1, bench.path, &settings), 0);
        CHECK_STR(bench_seen(&bench), "open0 open1 ");
        memset(block, 'x', sizeof block);
        CHECK(write(babbler, block, sizeof block) > PORTS_READ_MAX - 200);
        CHECK_INT(write(bench.master, "OK", 2), 2);
        bench.quiet = true;
        CHECK(sd_event_run(bench.event, USEC_PER_SEC) > 0);
        CHECK(bench.n_bytes > 2 && bench.n_bytes <= PORTS_READ_MAX + 2);
        (void) close(babbler);
}

/* However much it says, a second has four windows; and what it says is not lost. */
TEST(a_babbling_port_has_its_share) {
        BENCH(bench);
        char block[4096];
        usec_t end;
        size_t sent = 0;

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        bench.quiet = true;
        memset(block, 'x', sizeof block);
        end = clock_now().boottime + USEC_PER_SEC;
        while (clock_now().boottime < end) {
                const ssize_t n = write(bench.master, block, sizeof block);

                sent += n > 0 ? (size_t) n : 0;
                (void) sd_event_run(bench.event, n > 0 ? 0 : USEC_PER_MSEC);
        }
        CHECK(bench.n_bytes >= PORTS_WINDOW_BYTES);
        CHECK(bench.n_bytes <= 5 * (PORTS_WINDOW_BYTES + PORTS_READ_MAX));
        for (int i = 0; i < 200 && bench.n_bytes < sent; i++)
                (void) sd_event_run(bench.event, 10 * USEC_PER_MSEC);
        CHECK_INT(bench.n_bytes, sent);
}

TEST(reopening_loses_and_opens_once) {
        BENCH(bench);

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        ports_reopen(bench.ports, 0);
        ports_reopen(bench.ports, 0);
        ports_reopen(bench.ports, 7);
        CHECK_STR(bench_seen(&bench), "lost0 open0 ");
}

TEST(a_port_may_be_removed_by_its_handler_and_added_again) {
        BENCH(bench);

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        CHECK_INT(ports_add(bench.ports, 0, bench.path, &settings), -EEXIST);
        CHECK_INT(ports_add(bench.ports, PORTS_MAX, bench.path, &settings), -EINVAL);
        CHECK_STR(bench_seen(&bench), "open0 ");
        bench.removes = true;
        CHECK_INT(write(bench.master, "x", 1), 1);
        CHECK_STR(bench_seen(&bench), "bytes0(x) ");
        CHECK_INT(ports_write(bench.ports, 0, "x", 1), -ENODEV);
        bench.removes = false;
        bench_add(&bench);
        CHECK_STR(bench_seen(&bench), "open0 ");
        ports_remove(bench.ports, 0);
        ports_remove(bench.ports, 0);
        CHECK_STR(bench_seen(&bench), "");
}

TEST(nothing_wakes_up_while_nothing_happens) {
        BENCH(bench);

        bench_init(&bench);
        bench_plug(&bench);
        bench_add(&bench);
        CHECK_INT(ports_add(bench.ports, 1, "/nowhere/at/all", &settings), 0);
        CHECK_STR(bench_seen(&bench), "open0 ");
        CHECK_INT(bench_settle(&bench, 1200 * USEC_PER_MSEC), 0);
}

TEST_MAIN()
