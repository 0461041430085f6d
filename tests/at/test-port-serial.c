/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A serial port with modem lines: a pseudo-terminal that passes for a tty of the kernel's list. The
 * functions below stand before those of the C library, for libserialport too: they give the
 * terminal another name, and answer for the lines that it has not.
 *
 * Protects: levels are read; and lines that are low or toggle for minutes, as those of a module
 * that flashes, neither block a write nor make a port look lost. */

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pty.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>

#include "at/ports.h"
#include "at/settle.h"
#include "base/text.h"
#include "base/time.h"
#include "test.h"

#define LINES_ALL (TIOCM_CD | TIOCM_DSR | TIOCM_CTS)

static struct {
        char terminal[64]; /* "": nothing passes for anything */
        char device[64], listed[64];
        int bits;     /* what TIOCMGET says */
        bool toggles; /* all of them, with each read */
        int error;    /* that it fails with, 0: none */
        unsigned n_reads, n_opens;
        int open_flags; /* that all had */
} fake;

/* libserialport was built against one glibc or another, and perhaps with _FORTIFY_SOURCE */

char *__realpath_chk(const char *path, char *to, size_t size);
int __open_2(const char *path, int flags);
int __lxstat(int version, const char *path, struct stat *ret);

static const char *fake_target(const char *path) {
        if (fake.terminal[0] == '\0')
                return path;
        if (streq(path, fake.device))
                return fake.terminal;
        return streq(path, fake.listed) ? "/proc/self" : path; /* a symlink, as those there are */
}

static char *fake_realpath(const char *path, char *to) {
        char *(*real)(const char *, char *) =
                (char *(*) (const char *, char *) ) dlsym(RTLD_NEXT, "realpath");

        if (!real(path, to))
                return NULL;
        if (fake.terminal[0] != '\0' && streq(to, fake.terminal))
                (void) text_copy(to, PATH_MAX, fake.device);
        return to;
}

char *realpath(const char *path, char *to) {
        return fake_realpath(path, to);
}

char *__realpath_chk(const char *path, char *to, size_t size _unused_) {
        return fake_realpath(path, to);
}

int access(const char *path, int mode) {
        return faccessat(AT_FDCWD, fake_target(path), mode, 0);
}

int stat(const char *path, struct stat *ret) {
        return fstatat(AT_FDCWD, fake_target(path), ret, 0);
}

int lstat(const char *path, struct stat *ret) {
        return fstatat(AT_FDCWD, fake_target(path), ret, AT_SYMLINK_NOFOLLOW);
}

int __lxstat(int version _unused_, const char *path, struct stat *ret) {
        return lstat(path, ret);
}

ssize_t readlink(const char *path, char *to, size_t size) {
        return readlinkat(AT_FDCWD, fake_target(path), to, size);
}

static int fake_open(const char *path, int flags, mode_t mode) {
        if (fake.terminal[0] != '\0' && streq(path, fake.device)) {
                fake.n_opens++;
                fake.open_flags &= flags;
        }
        return openat(AT_FDCWD, fake_target(path), flags, mode);
}

int open(const char *path, int flags, ...) {
        mode_t mode = 0;
        va_list arguments;

        va_start(arguments, flags);
        if (flags & O_CREAT)
                mode = va_arg(arguments, mode_t);
        va_end(arguments);
        return fake_open(path, flags, mode);
}

int __open_2(const char *path, int flags) {
        return fake_open(path, flags, 0);
}

static int fake_lines(int *ret) {
        fake.n_reads++;
        if (fake.error != 0) {
                errno = fake.error;
                return -1;
        }
        *ret = fake.bits;
        if (fake.toggles)
                fake.bits ^= LINES_ALL;
        return 0;
}

int ioctl(int fd, unsigned long request, ...) {
        va_list arguments;
        void *argument;

        va_start(arguments, request);
        argument = va_arg(arguments, void *);
        va_end(arguments);
        if (fake.terminal[0] != '\0' && request == TIOCMGET)
                return fake_lines(argument);
        if (fake.terminal[0] != '\0' && (request == TIOCMBIS || request == TIOCMBIC))
                return 0; /* DTR and RTS */
        return (int) syscall(SYS_ioctl, fd, request, argument);
}

typedef struct Bench {
        sd_event *event;
        Ports *ports;
        Port *port;
        int master, slave;
        int others;
        char terminal[64];
        char data[4096];
        Text log;
} Bench;

static const PortSettings settings = { .baud_rate = 115200 };
static const PortSettings flow = { .baud_rate = 115200, .rts_cts = true };

static void on_open(void *userdata, size_t index) {
        text_printf(&((Bench *) userdata)->log, "open%zu ", index);
}

static void on_bytes(void *userdata, size_t index, const char *bytes, size_t n) {
        text_printf(&((Bench *) userdata)->log, "bytes%zu(%.*s) ", index, (int) n, bytes);
}

static void on_lost(void *userdata, size_t index) {
        text_printf(&((Bench *) userdata)->log, "lost%zu ", index);
}

static void on_refused(void *userdata, size_t index, int error, const char *holder _unused_) {
        text_printf(&((Bench *) userdata)->log, "refused%zu(%s) ", index, strerror(-error));
}

static const PortsHandlers handlers = { on_open, on_bytes, on_lost, on_refused };

static void bench_init(Bench *bench) {
        memset(bench, 0, sizeof *bench);
        memset(&fake, 0, sizeof fake);
        text_init(&bench->log, bench->data, sizeof bench->data);
        if (openpty(&bench->master, &bench->slave, bench->terminal, NULL, NULL) < 0 ||
            fcntl(bench->master, F_SETFL, O_NONBLOCK) < 0 || sd_event_new(&bench->event) < 0 ||
            ports_new(bench->event, &handlers, bench, &bench->ports) < 0)
                abort();
        (void) snprintf(fake.device, sizeof fake.device, "/dev/ttyLINES%ld", (long) getpid());
        (void) snprintf(fake.listed, sizeof fake.listed, "/sys/class/tty/ttyLINES%ld",
                        (long) getpid());
        bench->others = settle_watch();
        fake.open_flags = ~0;
        (void) TEXT_COPY(fake.terminal, bench->terminal);
}

static void bench_done(Bench *bench) {
        (void) port_free(bench->port);
        (void) ports_free(bench->ports);
        (void) sd_event_unref(bench->event);
        (void) fd_close(bench->master);
        (void) fd_close(bench->slave);
        (void) fd_close(bench->others);
        fake.terminal[0] = '\0';
}
#define BENCH(name) _cleanup_(bench_done) Bench name

static unsigned bench_settle(Bench *bench) {
        return settle(bench->event, bench->others, 50 * USEC_PER_MSEC);
}

static void bench_add(Bench *bench, const PortSettings *with) {
        CHECK_INT(ports_add(bench->ports, 0, bench->terminal, with), 0);
        (void) bench_settle(bench);
        CHECK_STR(bench->data, "open0 ");
        CHECK_INT(fake.n_opens, 2); /* for the lock, and by libserialport */
}

TEST(the_level_of_dcd_is_read) {
        BENCH(bench);

        bench_init(&bench);
        CHECK_INT(port_open(bench.terminal, &settings, &bench.port), 0);
        fake.n_reads = 0; /* libserialport has asked too */
        fake.bits = TIOCM_CD;
        CHECK_INT(port_dcd(bench.port), 1);
        fake.bits = LINES_ALL & ~TIOCM_CD;
        CHECK_INT(port_dcd(bench.port), 0);
        fake.bits = LINES_ALL;
        CHECK_INT(port_dcd(bench.port), 1);
        fake.bits = 0;
        CHECK_INT(port_dcd(bench.port), 0);
        CHECK_INT(fake.n_reads, 4);
}

TEST(a_pseudo_terminal_has_no_lines) {
        BENCH(bench);

        bench_init(&bench);
        fake.terminal[0] = '\0';
        CHECK_INT(port_open(bench.terminal, &settings, &bench.port), 0);
        CHECK_INT(port_dcd(bench.port), -EOPNOTSUPP);
        CHECK_INT(fake.n_reads, 0);
        CHECK_INT(fake.n_opens, 0);
}

TEST(a_driver_that_cant_tell_is_none_that_is_gone) {
        static const int errors[][2] = {
                { ENOTTY, -EOPNOTSUPP }, { EINVAL, -EOPNOTSUPP }, { ENOSYS, -EOPNOTSUPP },
                { EIO, -ENODEV },        { ENODEV, -ENODEV },     { EPROTO, -EPROTO },
        };
        BENCH(bench);

        bench_init(&bench);
        bench_add(&bench, &settings);
        for (size_t i = 0; i < ELEMENTSOF(errors); i++) {
                fake.error = errors[i][0];
                CHECK_INT(ports_dcd(bench.ports, 0), errors[i][1]);
        }
        CHECK_INT(bench_settle(&bench), 0); /* the loop finds out what is gone, not the reading */
        CHECK_INT(ports_write(bench.ports, 0, "AT\r", 3), 0);
        fake.error = 0;
        CHECK_INT(ports_dcd(bench.ports, 0), 0);
}

TEST(a_port_that_is_not_open_is_not_asked) {
        BENCH(bench);

        bench_init(&bench);
        CHECK_INT(ports_dcd(bench.ports, 0), -ENODEV);
        bench_add(&bench, &settings);
        fake.n_reads = 0;
        CHECK_INT(ports_dcd(bench.ports, 1), -ENODEV);
        ports_remove(bench.ports, 0);
        CHECK_INT(ports_dcd(bench.ports, 0), -ENODEV);
        CHECK_INT(fake.n_reads, 0);
}

TEST(opening_waits_for_no_carrier_and_dcd_hangs_nothing_up) {
        struct termios termios;
        BENCH(bench);

        bench_init(&bench);
        /* as somebody left it */
        CHECK_INT(tcgetattr(bench.slave, &termios), 0);
        termios.c_cflag |= HUPCL | CRTSCTS;
        termios.c_cflag &= ~(tcflag_t) CLOCAL;
        CHECK_INT(tcsetattr(bench.slave, TCSANOW, &termios), 0);
        bench_add(&bench, &settings);
        CHECK_INT(tcgetattr(bench.slave, &termios), 0);
        CHECK((termios.c_cflag & CLOCAL) && !(termios.c_cflag & (HUPCL | CRTSCTS)));
        CHECK((fake.open_flags & O_NONBLOCK) && (fake.open_flags & O_NOCTTY));
}

/* Runs in a child: what becomes of opening the terminal as another user; 0 when it opens. */
static int child_of_other_user(const char *terminal) {
        fake.terminal[0] = '\0';
        if (setgid(65534) < 0 || setuid(65534) < 0)
                return 255;
        return open(terminal, O_RDWR | O_NOCTTY) < 0 ? errno : 0;
}

static int open_as_other_user(const char *terminal) {
        const pid_t child = fork();
        int status;

        if (child == 0)
                _exit(child_of_other_user(terminal));
        return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(a_port_is_not_opened_by_others_though_they_may) {
        BENCH(bench);

        if (geteuid() != 0)
                SKIP("needs root to become another user");
        bench_init(&bench);
        CHECK_INT(chmod(bench.terminal, 0666), 0);
        CHECK_INT(open_as_other_user(bench.terminal), 0);
        bench_add(&bench, &settings);
        CHECK_INT(open_as_other_user(bench.terminal), EBUSY);
}

TEST(lines_that_toggle_leave_the_port_alone) {
        BENCH(bench);
        char bytes[8];
        int high = 0;

        bench_init(&bench);
        bench_add(&bench, &settings);
        fake.toggles = true;
        for (int i = 0; i < 100; i++)
                high += ports_dcd(bench.ports, 0);
        CHECK_INT(high, 50);
        CHECK_INT(bench_settle(&bench), 0);
        fake.toggles = false;
        fake.bits = 0; /* DSR, RTS of the module (CTS here) and DCD are low */
        CHECK_INT(write(bench.master, "OK", 2), 2);
        CHECK_INT(ports_write(bench.ports, 0, "AT\r", 3), 0);
        (void) bench_settle(&bench);
        CHECK_STR(bench.data, "open0 bytes0(OK) ");
        CHECK_INT(read(bench.master, bytes, sizeof bytes), 3);
}

/* What the kernel does with a port whose CTS is low: it takes what its buffer holds. */
TEST(a_module_that_holds_its_rts_low_stops_nothing) {
        BENCH(bench);
        char block[512] = "";
        size_t sent = 0;
        int r = 0;
        usec_t began;

        bench_init(&bench);
        bench_add(&bench, &flow);
        CHECK_INT(tcflow(bench.slave, TCOOFF), 0);
        while (r == 0 && sent < 1000000) {
                r = ports_write(bench.ports, 0, block, sizeof block);
                sent += r == 0 ? sizeof block : 0;
        }
        CHECK_INT(r, -ENOBUFS);
        CHECK_INT(sent, PORTS_OUT_MAX); /* none of it has left */
        CHECK_INT(bench_settle(&bench), 0);
        CHECK_INT(read(bench.master, block, sizeof block), -1);
        CHECK_INT(ports_dcd(bench.ports, 0), 0);
        CHECK_INT(write(bench.master, "OK", 2), 2);
        (void) bench_settle(&bench);
        CHECK_STR(bench.data, "open0 bytes0(OK) ");
        began = clock_now().boottime;
        ports_reopen(bench.ports, 0);
        (void) bench_settle(&bench);
        CHECK_STR(bench.data, "open0 bytes0(OK) lost0 open0 ");
        CHECK(clock_now().boottime - began < 5 * USEC_PER_SEC);
}

TEST(what_waited_for_the_line_goes_on_when_it_is_raised) {
        BENCH(bench);
        char bytes[16];

        bench_init(&bench);
        bench_add(&bench, &flow);
        CHECK_INT(tcflow(bench.slave, TCOOFF), 0);
        CHECK_INT(ports_write(bench.ports, 0, "AT+", 3), 0);
        CHECK_INT(ports_write(bench.ports, 0, "CGMR\r", 5), 0);
        CHECK_INT(bench_settle(&bench), 0);
        CHECK_INT(tcflow(bench.slave, TCOON), 0);
        (void) bench_settle(&bench);
        CHECK_INT(read(bench.master, bytes, sizeof bytes), 8);
        CHECK(memcmp(bytes, "AT+CGMR\r", 8) == 0);
}

TEST_MAIN()
