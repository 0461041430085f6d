/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* logind's locks while a module flashes: the system bus is a socket of this test's own, behind
 * which it is both the bus driver and a logind that does as it is told. */

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>

#include "base/log.h"
#include "base/time.h"
#include "daemon/power.h"
#include "test.h"

#define LOCKS_MAX 8

typedef struct Logind {
        sd_event *event;
        int listener;
        struct sockaddr_un address;
        sd_event_source *source;
        sd_bus *bus;
        char path[64];
        bool refuses_block, refuses_all, is_silent;
        size_t n_locks;
        char locks[LOCKS_MAX][64]; /* "shutdown block", as asked for */
        char why[128];
        int held[LOCKS_MAX]; /* the end of the pipe that hangs up with the lock, -EBADF: refused */
        Power *power;
} Logind;

static int answer_lock(Logind *logind, sd_bus_message *call) {
        const char *what, *who, *why, *mode;
        int fds[2], r;

        if (sd_bus_message_read(call, "ssss", &what, &who, &why, &mode) < 0 ||
            logind->n_locks == LOCKS_MAX)
                return -EINVAL;
        (void) snprintf(logind->locks[logind->n_locks], 64, "%s %s %s", who, what, mode);
        (void) TEXT_COPY(logind->why, why);
        logind->held[logind->n_locks++] = -EBADF;
        if (logind->is_silent)
                return 1;
        if (logind->refuses_all || (logind->refuses_block && streq(mode, "block")))
                return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED,
                                                  "Access denied");
        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        logind->held[logind->n_locks - 1] = fds[0];
        r = sd_bus_reply_method_return(call, "h", fds[1]);
        (void) close(fds[1]);
        return r < 0 ? r : 1;
}

static int on_call(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        (void) error;
        if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "Hello"))
                return sd_bus_reply_method_return(message, "s", ":1.7");
        if (sd_bus_message_is_method_call(message, "org.freedesktop.login1.Manager", "Inhibit"))
                return answer_lock(userdata, message);
        return 0;
}

static int on_connecting(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Logind *logind = userdata;
        const int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        (void) source;
        (void) events;
        logind->bus = sd_bus_close_unref(logind->bus);
        if (sd_bus_new(&logind->bus) < 0 || sd_bus_set_fd(logind->bus, peer, peer) < 0 ||
            sd_bus_set_server(logind->bus, true, (sd_id128_t) { .qwords = { 1, 2 } }) < 0 ||
            sd_bus_negotiate_fds(logind->bus, true) < 0 ||
            sd_bus_add_filter(logind->bus, NULL, on_call, logind) < 0 ||
            sd_bus_start(logind->bus) < 0)
                return -EIO;
        return sd_bus_attach_event(logind->bus, logind->event, SD_EVENT_PRIORITY_NORMAL);
}

static void logind_start(Logind *logind) {
        char address[128];

        *logind = (Logind) { .address = { .sun_family = AF_UNIX } };
        (void) TEXT_COPY(logind->path, "/tmp/fotad-power.XXXXXX");
        CHECK(mkdtemp(logind->path));
        (void) snprintf(logind->address.sun_path, sizeof(logind->address.sun_path), "%s/bus",
                        logind->path);
        (void) snprintf(address, sizeof(address), "unix:path=%s", logind->address.sun_path);
        (void) setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
        CHECK_INT(sd_event_new(&logind->event), 0);
        logind->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(bind(logind->listener, (struct sockaddr *) &logind->address,
                   sizeof(logind->address)) == 0);
        CHECK(listen(logind->listener, 4) == 0);
        CHECK(sd_event_add_io(logind->event, &logind->source, logind->listener, EPOLLIN,
                              on_connecting, logind) >= 0);
        CHECK_INT(power_new(logind->event, &logind->power), 0);
}

static void logind_stop(Logind *logind) {
        logind->power = power_free(logind->power);
        logind->source = sd_event_source_disable_unref(logind->source);
        logind->bus = sd_bus_close_unref(logind->bus);
        logind->event = sd_event_unref(logind->event);
        for (size_t i = 0; i < logind->n_locks; i++)
                logind->held[i] = fd_close(logind->held[i]);
        logind->listener = fd_close(logind->listener);
        (void) unlink(logind->address.sun_path);
        (void) rmdir(logind->path);
}
#define _cleanup_logind_ _cleanup_(logind_stop)

/* Until so many locks were asked for and nothing happens any more. */
static void logind_serve(Logind *logind, size_t n_locks) {
        for (unsigned i = 0; i < 200 && logind->n_locks < n_locks; i++)
                (void) sd_event_run(logind->event, 50 * USEC_PER_MSEC);
        while (sd_event_run(logind->event, 50 * USEC_PER_MSEC) > 0)
                ;
        CHECK_INT(logind->n_locks, n_locks);
}

static bool is_held(const Logind *logind, size_t i) {
        struct pollfd fd = { .fd = logind->held[i] };

        return logind->held[i] >= 0 && poll(&fd, 1, 0) == 0;
}

TEST(shutdown_and_sleep_are_blocked_while_a_module_flashes) {
        _cleanup_logind_ Logind logind;

        logind_start(&logind);
        power_update(logind.power, "", 2);
        power_update(logind.power, "modem0", 2);
        logind_serve(&logind, 2);
        CHECK_STR(logind.locks[0], "fotad shutdown block");
        CHECK_STR(logind.locks[1], "fotad sleep block");
        CHECK_STR(logind.why, "firmware is being installed on modem0");
        CHECK(is_held(&logind, 0) && is_held(&logind, 1));
        power_update(logind.power, "modem0, modem1", 2); /* the same locks do */
        logind_serve(&logind, 2);
        power_update(logind.power, "", 2);
        CHECK(!is_held(&logind, 0) && !is_held(&logind, 1));
        power_update(logind.power, "modem1", 2);
        logind_serve(&logind, 4);
        CHECK(is_held(&logind, 2) && is_held(&logind, 3));
}

TEST(who_may_not_block_delays) {
        _cleanup_logind_ Logind logind;

        logind_start(&logind);
        logind.refuses_block = true;
        power_update(logind.power, "modem0", 1);
        logind_serve(&logind, 4);
        CHECK_STR(logind.locks[2], "fotad shutdown delay");
        CHECK_STR(logind.locks[3], "fotad sleep delay");
        CHECK(is_held(&logind, 2) && is_held(&logind, 3));
        power_update(logind.power, "", 1);
        CHECK(!is_held(&logind, 2) && !is_held(&logind, 3));
}

TEST(no_lock_at_all_hurts_nobody) {
        _cleanup_logind_ Logind logind;

        logind_start(&logind);
        log_set_level(LOG_ERR);
        logind.refuses_all = true;
        power_update(logind.power, "modem0", 1);
        logind_serve(&logind, 4);
        power_update(logind.power, "", 1);
        logind.is_silent = true; /* and none waits for an answer */
        power_update(logind.power, "modem0", 1);
        logind_serve(&logind, 6);
        power_update(logind.power, "", 1);
        (void) setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
        power_update(logind.power, "modem0", 1);
        logind_serve(&logind, 6);
        power_update(logind.power, "", 1);
}

/* fotad ends: its locks go with it, at once. */
TEST(stopping_drops_the_locks) {
        _cleanup_logind_ Logind logind;

        logind_start(&logind);
        power_update(logind.power, "modem0", 1);
        logind_serve(&logind, 2);
        logind.power = power_free(logind.power);
        CHECK(!is_held(&logind, 0) && !is_held(&logind, 1));
}

TEST_MAIN()
