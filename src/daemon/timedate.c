/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Asks systemd-timedated whether NTP has set the clock.
 *
 * Owns a connection to the system bus, at most one question on its way, and the timer of the next
 * one. timedated does not tell when NTPSynchronized changes (its property has no change signal), so
 * it is asked from time to time until it is true; a signal that comes all the same is a reason to
 * ask at once. Once true it stays: the kernel takes its word back hours after the last contact with
 * a server, when the clock is still right to the second. Only when the clock is set after that,
 * does a "no" count again. adjtimex(2) would know too, but is forbidden to a service with
 * ProtectClock=. */

#include "daemon/timedate.h"

#include <stdio.h>
#include <systemd/sd-bus.h>

#define TIMEDATE_NAME "org.freedesktop.timedate1"
#define TIMEDATE_PATH "/org/freedesktop/timedate1"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define WHY_MAX 128

struct Timedate {
        sd_event *event;
        sd_event_source *timer;
        usec_t interval;
        TimedateHandler handler;
        void *userdata;
        sd_bus *bus;          /* NULL: not connected */
        sd_bus_slot *changes; /* PropertiesChanged */
        sd_bus_slot *call;    /* the question on its way, NULL none */
        bool again;           /* it is to be asked once more when that one is answered */
        bool synchronized;
        bool set; /* the clock was, since */
};

static void ask(Timedate *timedate);

static void disconnect(Timedate *timedate) {
        timedate->call = sd_bus_slot_unref(timedate->call);
        timedate->changes = sd_bus_slot_unref(timedate->changes);
        timedate->bus = sd_bus_close_unref(timedate->bus);
}

/* The next question, unless there is nothing left to ask. */
static void wait_for_next(Timedate *timedate) {
        const int r =
                timedate->synchronized ?
                        sd_event_source_set_enabled(timedate->timer, SD_EVENT_OFF) :
                        sd_event_source_set_time_relative(timedate->timer, timedate->interval);

        if (r >= 0 && !timedate->synchronized)
                (void) sd_event_source_set_enabled(timedate->timer, SD_EVENT_ONESHOT);
}

static void answered(Timedate *timedate, bool synchronized, const char *why) {
        timedate->synchronized = synchronized || (timedate->synchronized && !timedate->set);
        timedate->set &= !synchronized || timedate->again; /* this answer may be of before */
        wait_for_next(timedate);
        timedate->handler(timedate->userdata, timedate->synchronized, why);
}

/* `error` is negative, or `text` says more. */
static void unanswered(Timedate *timedate, int error, const char *text) {
        char why[WHY_MAX];

        (void) snprintf(why, sizeof why,
                        "systemd-timedated can't be asked: %.40s; 'trusted_time: plausible' does "
                        "without",
                        text ? text : strerror(-error));
        answered(timedate, false, why);
}

static int on_answer(sd_bus_message *message, void *userdata, sd_bus_error *error _unused_) {
        Timedate *timedate = userdata;
        const sd_bus_error *failed = sd_bus_message_get_error(message);
        int synchronized, r;

        timedate->call = sd_bus_slot_unref(timedate->call);
        if (failed) {
                unanswered(timedate, -EIO, failed->message ? failed->message : failed->name);
        } else {
                r = sd_bus_message_read(message, "v", "b", &synchronized);
                if (r < 0)
                        unanswered(timedate, r, NULL);
                else
                        answered(timedate, synchronized != 0,
                                 "NTP has not set it: see 'timedatectl timesync-status'");
        }
        if (timedate->again)
                ask(timedate);
        return 0;
}

static int on_changes(sd_bus_message *message _unused_, void *userdata,
                      sd_bus_error *error _unused_) {
        ask(userdata);
        return 0;
}

/* The signal's own words are not taken: asking again says the same, and says it for sure. */
static int connect_bus(Timedate *timedate) {
        int r;

        if (timedate->bus && sd_bus_is_open(timedate->bus) > 0)
                return 0;
        disconnect(timedate);
        r = sd_bus_open_system(&timedate->bus);
        if (r < 0)
                return r;
        r = sd_bus_attach_event(timedate->bus, timedate->event, SD_EVENT_PRIORITY_NORMAL);
        if (r < 0)
                return r;
        return sd_bus_match_signal_async(timedate->bus, &timedate->changes, TIMEDATE_NAME,
                                         TIMEDATE_PATH, PROPERTIES, "PropertiesChanged", on_changes,
                                         NULL, timedate);
}

static void ask(Timedate *timedate) {
        int r;

        timedate->again = timedate->call != NULL;
        if (timedate->call)
                return;
        r = connect_bus(timedate);
        if (r >= 0)
                r = sd_bus_call_method_async(timedate->bus, &timedate->call, TIMEDATE_NAME,
                                             TIMEDATE_PATH, PROPERTIES, "Get", on_answer, timedate,
                                             "ss", TIMEDATE_NAME, "NTPSynchronized");
        if (r >= 0)
                return;
        disconnect(timedate);
        unanswered(timedate, r, NULL);
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata) {
        ask(userdata);
        return 0;
}

void timedate_clock_set(Timedate *timedate) {
        timedate->set = true;
        ask(timedate);
}

int timedate_new(sd_event *event, usec_t interval, TimedateHandler handler, void *userdata,
                 Timedate **ret) {
        _cleanup_(timedate_freep) Timedate *timedate = calloc(1, sizeof *timedate);
        int r;

        if (!timedate)
                return -ENOMEM;
        timedate->event = sd_event_ref(event);
        timedate->interval = interval;
        timedate->handler = handler;
        timedate->userdata = userdata;
        r = sd_event_add_time_relative(event, &timedate->timer, CLOCK_BOOTTIME, 0, USEC_PER_SEC,
                                       on_timer, timedate);
        if (r >= 0)
                r = sd_event_source_set_description(timedate->timer, "timedate");
        if (r < 0)
                return r;
        *ret = TAKE_PTR(timedate);
        return 0;
}

Timedate *timedate_free(Timedate *timedate) {
        if (!timedate)
                return NULL;
        disconnect(timedate);
        timedate->timer = sd_event_source_disable_unref(timedate->timer);
        timedate->event = sd_event_unref(timedate->event);
        free(timedate);
        return NULL;
}
