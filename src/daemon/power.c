/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Locks of logind (org.freedesktop.login1.Manager.Inhibit), one against shutdown and one against
 * sleep, since one of them may be had without the other.
 *
 * Owns a connection to the system bus, for as long as a module flashes only, and the locks. All of
 * it may fail: there may be no bus, no logind, or polkit says no. A lock that blocks is asked for
 * first; users that polkit refuses it, as it does fotad's by default, may have one that delays for
 * as long as logind lets them (InhibitDelayMaxSec=). Nothing here blocks or flushes: stopping fotad
 * drops the locks, and the module goes on alone. */

#include "daemon/power.h"

#include <fcntl.h>
#include <stdio.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"

#define FLASHING_MAX 256

typedef struct PowerLock {
        Power *power;
        const char *what, *mode;
        sd_bus_slot *asked;
        int fd;
} PowerLock;

struct Power {
        sd_event *event;
        sd_bus *bus; /* NULL: nobody flashes, or there is none */
        PowerLock locks[2];
        char flashing[FLASHING_MAX];
};

static void lock_ask(PowerLock *lock, const char *mode);

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        PowerLock *lock = userdata;
        const sd_bus_error *refusal = sd_bus_message_get_error(reply);
        int fd = -EBADF;

        lock->asked = sd_bus_slot_unref(lock->asked);
        if (!refusal && sd_bus_message_read(reply, "h", &fd) >= 0)
                lock->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (lock->fd >= 0)
                log_debug("logind will %s %s while %s", lock->mode, lock->what,
                          lock->power->flashing);
        else if (streq(lock->mode, "block"))
                lock_ask(lock, "delay");
        else
                log_info("logind does not hold back %s while firmware is installed: %s", lock->what,
                         refusal && refusal->message ? refusal->message : "no lock was given");
        return 0;
}

static void lock_ask(PowerLock *lock, const char *mode) {
        char why[FLASHING_MAX + 64];
        int r;

        lock->mode = mode;
        (void) snprintf(why, sizeof(why), "firmware is being installed on %s",
                        lock->power->flashing);
        r = sd_bus_call_method_async(lock->power->bus, &lock->asked, "org.freedesktop.login1",
                                     "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
                                     "Inhibit", on_answer, lock, "ssss", lock->what, "fotad", why,
                                     mode);
        if (r < 0)
                log_debug("logind can not be asked to %s %s: %s", mode, lock->what, strerror(-r));
}

static void power_ask(Power *power) {
        int r = sd_bus_open_system(&power->bus);

        if (r >= 0)
                r = sd_bus_set_close_on_exit(power->bus, false); /* it would flush */
        if (r >= 0)
                r = sd_bus_attach_event(power->bus, power->event, SD_EVENT_PRIORITY_NORMAL);
        if (r < 0) {
                log_debug("No system bus, so no locks of logind: %s", strerror(-r));
                power->bus = sd_bus_close_unref(power->bus);
                return;
        }
        for (size_t i = 0; i < ELEMENTSOF(power->locks); i++)
                lock_ask(power->locks + i, "block");
}

static void power_let_go(Power *power) {
        for (size_t i = 0; i < ELEMENTSOF(power->locks); i++) {
                power->locks[i].asked = sd_bus_slot_unref(power->locks[i].asked);
                power->locks[i].fd = fd_close(power->locks[i].fd);
        }
        power->bus = sd_bus_close_unref(power->bus);
}

void power_update(Power *power, const char *flashing, size_t n_modules) {
        const bool before = power->flashing[0] != '\0', now = flashing[0] != '\0';

        if (streq(power->flashing, flashing))
                return;
        (void) TEXT_COPY(power->flashing, flashing);
        if (now && !before)
                power_ask(power);
        else if (before && !now)
                power_let_go(power);
        if (now)
                (void) sd_notifyf(0, "STATUS=Firmware is being installed on %s: keep the power on",
                                  flashing);
        else
                (void) sd_notifyf(0, "STATUS=Modules: %zu", n_modules);
}

const char *power_flashing(const Power *power) {
        return power->flashing;
}

int power_new(sd_event *event, Power **ret) {
        Power *power = calloc(1, sizeof(*power));

        if (!power)
                return -ENOMEM;
        *power = (Power) { .event = sd_event_ref(event),
                           .locks = { { .power = power, .what = "shutdown", .fd = -EBADF },
                                      { .power = power, .what = "sleep", .fd = -EBADF } } };
        *ret = power;
        return 0;
}

Power *power_free(Power *power) {
        if (!power)
                return NULL;
        power_let_go(power);
        (void) sd_event_unref(power->event);
        free(power);
        return NULL;
}
