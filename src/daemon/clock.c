/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* gateway.trusted_time: synchronized. The gateway never asks for it; it is told. */

#include "base/log.h"
#include "daemon/daemon.h"

static void on_answer(void *userdata, bool synchronized, const char *why) {
        Daemon *daemon = userdata;
        const Clock now = clock_now();

        gateway_turn(daemon->gateway, &now);
        gateway_clock_synchronized(daemon->gateway, synchronized, why);
        log_debug("The clock is %s%s",
                  synchronized ? "synchronized" : "not trusted: ", synchronized ? "" : why);
}

int daemon_clock_start(Daemon *daemon) {
        if (daemon->settings->gateway.trusted_time != TRUSTED_TIME_SYNCHRONIZED) {
                daemon_clock_stop(daemon);
                return 0;
        }
        if (daemon->timedate)
                return 0;
        const int r = timedate_new(daemon->event, TIMEDATE_INTERVAL, on_answer, daemon,
                                   &daemon->timedate);
        return r < 0 ? log_error_errno(r, "systemd-timedated can't be asked: %m") : 0;
}

void daemon_clock_stop(Daemon *daemon) {
        daemon->timedate = timedate_free(daemon->timedate);
}

void daemon_clock_set(Daemon *daemon) {
        if (daemon->timedate)
                timedate_clock_set(daemon->timedate);
}
