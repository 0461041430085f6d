/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The wall clock: who sets it, who moves it to another time zone, and who says that it is right
 * (gateway.trusted_time: synchronized). The gateway never asks for it; it is told. */

#include <sys/inotify.h>
#include <sys/timerfd.h>

#include "base/log.h"
#include "daemon/daemon.h"

/* Windows go by the wall clock, timers by boot time: when somebody sets the clock, everything is
 * judged anew. The timer never fires, it is only cancelled (timerfd_create(2),
 * TFD_TIMER_CANCEL_ON_SET). */
static int arm_clock_watch(int fd) {
        const struct itimerspec far = { .it_value.tv_sec = INT32_MAX };

        return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL) < 0 ?
                       -errno :
                       0;
}

static int on_clock_set(sd_event_source *source _unused_, int fd, uint32_t events _unused_,
                        void *userdata) {
        Daemon *daemon = userdata;
        uint64_t count;

        if (read(fd, &count, sizeof(count)) < 0 && errno != ECANCELED && errno != EAGAIN)
                return -errno;
        log_debug("The clock was set");
        daemon->prune_at = usec_add(clock_now().boottime, USEC_PER_HOUR); /* it may be set again */
        daemon_begin_turn(daemon);
        if (daemon->timedate)
                timedate_clock_set(daemon->timedate);
        return arm_clock_watch(fd);
}

static int watch_set(Daemon *daemon) {
        int r;

        daemon->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
        if (daemon->clock_fd < 0)
                return -errno;
        r = arm_clock_watch(daemon->clock_fd);
        if (r < 0)
                return r;
        r = sd_event_add_io(daemon->event, &daemon->clock, daemon->clock_fd, EPOLLIN, on_clock_set,
                            daemon);
        return r < 0 ? r : sd_event_source_set_description(daemon->clock, "clock set");
}

/* ... and so it is when the gateway gets another time zone: a link that is put in the place of the
 * one before (timedatectl set-timezone). */
static int on_etc_changed(sd_event_source *source _unused_, const struct inotify_event *event,
                          void *userdata) {
        Daemon *daemon = userdata;

        if (event->len == 0 || !streq(event->name, "localtime"))
                return 0;
        log_info("The system's time zone has changed");
        gateway_zone_changed(daemon->gateway);
        daemon_begin_turn(daemon);
        return 0;
}

static void watch_zone(Daemon *daemon) {
        const int r = sd_event_add_inotify(daemon->event, &daemon->zone, "/etc",
                                           IN_CREATE | IN_MOVED_TO, on_etc_changed, daemon);

        if (r < 0)
                log_error_errno(r, "/etc/localtime can't be watched: %m");
}

int daemon_clock_watch(Daemon *daemon) {
        const int r = watch_set(daemon);

        if (r >= 0)
                watch_zone(daemon);
        return r;
}

static void on_answer(void *userdata, bool synchronized, const char *why) {
        Daemon *daemon = userdata;

        daemon_begin_turn(daemon);
        gateway_clock_synchronized(daemon->gateway, synchronized, why);
        log_debug("The clock is %s%s",
                  synchronized ? "synchronized" : "not trusted: ", synchronized ? "" : why);
}

int daemon_clock_start(Daemon *daemon) {
        if (daemon->settings->gateway.trusted_time != TRUSTED_TIME_SYNCHRONIZED) {
                daemon->timedate = timedate_free(daemon->timedate);
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
        daemon->zone = sd_event_source_disable_unref(daemon->zone);
        daemon->clock = sd_event_source_disable_unref(daemon->clock);
        daemon->clock_fd = fd_close(daemon->clock_fd);
}
