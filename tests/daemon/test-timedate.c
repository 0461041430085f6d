/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* systemd-timedated, as far as fotad asks it, on a bus of the test's own: a peer that answers as
 * the bus driver and as timedated would. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "daemon/timedate.h"
#include "test.h"

#define NAME "org.freedesktop.timedate1"
#define INTERVAL (20 * USEC_PER_MSEC)

typedef struct Bed {
        sd_event *event;
        int fd; /* listens */
        char path[64];
        sd_bus *peer; /* fotad's connection, seen from the bus */
        Timedate *timedate;

        bool synchronized; /* what timedated says */
        bool broken;       /* it says something else instead */
        unsigned n_asked;

        unsigned n_answers;
        bool answer;
        char why[160];
} Bed;

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Bed *bed = userdata;

        (void) error;
        if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "Hello"))
                return sd_bus_reply_method_return(message, "s", ":1.7");
        if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "AddMatch"))
                return sd_bus_reply_method_return(message, NULL);
        if (!sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "Get"))
                return 0;
        bed->n_asked++;
        return bed->broken ? sd_bus_reply_method_return(message, "v", "s", "perhaps") :
                             sd_bus_reply_method_return(message, "v", "b", bed->synchronized);
}

static int on_connection(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Bed *bed = userdata;
        const sd_id128_t id = SD_ID128_MAKE(1, 2, 3, 4, 5, 6, 7, 8, 9, a, b, c, d, e, f, 0);
        const int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        (void) source;
        (void) events;
        if (peer < 0 || bed->peer || sd_bus_new(&bed->peer) < 0 ||
            sd_bus_set_fd(bed->peer, peer, peer) < 0 || sd_bus_set_server(bed->peer, 1, id) < 0 ||
            sd_bus_start(bed->peer) < 0 || sd_bus_attach_event(bed->peer, bed->event, 0) < 0)
                return -EIO;
        return sd_bus_add_filter(bed->peer, NULL, on_message, bed);
}

static void on_answer(void *userdata, bool synchronized, const char *why) {
        Bed *bed = userdata;

        bed->n_answers++;
        bed->answer = synchronized;
        (void) snprintf(bed->why, sizeof bed->why, "%s", why);
}

static bool bed_init(Bed *bed, bool listens) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        char bus[96];

        *bed = (Bed) { .fd = -1 };
        (void) snprintf(bed->path, sizeof bed->path, "/tmp/fotad-timedate-%d", (int) getpid());
        (void) snprintf(address.sun_path, sizeof address.sun_path, "%s", bed->path);
        (void) snprintf(bus, sizeof bus, "unix:path=%s", bed->path);
        (void) unlink(bed->path);
        if (setenv("DBUS_SYSTEM_BUS_ADDRESS", bus, 1) < 0 || sd_event_new(&bed->event) < 0)
                return false;
        if (!listens)
                return true;
        bed->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        return bed->fd >= 0 &&
               bind(bed->fd, (const struct sockaddr *) &address, sizeof address) == 0 &&
               listen(bed->fd, 4) == 0 &&
               sd_event_add_io(bed->event, NULL, bed->fd, EPOLLIN, on_connection, bed) >= 0;
}

static void bed_done(Bed *bed) {
        bed->timedate = timedate_free(bed->timedate);
        bed->peer = sd_bus_close_unref(bed->peer);
        bed->event = sd_event_unref(bed->event);
        if (bed->fd >= 0)
                (void) close(bed->fd);
        (void) unlink(bed->path);
}

static bool bed_start(Bed *bed) {
        return timedate_new(bed->event, INTERVAL, on_answer, bed, &bed->timedate) == 0;
}

/* Until so many answers are there, or for ten seconds. */
static bool answered(Bed *bed, unsigned n) {
        const usec_t end = clock_now().boottime + 10 * USEC_PER_SEC;

        while (bed->n_answers < n && clock_now().boottime < end)
                if (sd_event_run(bed->event, 100 * USEC_PER_MSEC) < 0)
                        return false;
        return bed->n_answers >= n;
}

/* All that can happen without a further question has happened. */
static void rest(Bed *bed) {
        while (sd_event_run(bed->event, 3 * INTERVAL) > 0)
                ;
}

TEST(asks_until_the_clock_is_synchronized_and_then_rests) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, true) && bed_start(&bed) && answered(&bed, 3));
        CHECK(!bed.answer);
        CHECK_STR(bed.why, "NTP has not set it: see 'timedatectl timesync-status'");
        bed.synchronized = true;
        CHECK(answered(&bed, bed.n_answers + 1));
        while (!bed.answer && answered(&bed, bed.n_answers + 1))
                ;
        CHECK(bed.answer);
        const unsigned asked = bed.n_asked;
        rest(&bed);
        CHECK_INT(bed.n_asked, asked);
}

static int send_change(Bed *bed) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *signal = NULL;

        if (sd_bus_message_new_signal(bed->peer, &signal, "/org/freedesktop/timedate1",
                                      "org.freedesktop.DBus.Properties", "PropertiesChanged") < 0 ||
            sd_bus_message_set_sender(signal, NAME) < 0 ||
            sd_bus_message_append(signal, "sa{sv}as", NAME, 1, "NTPSynchronized", "b",
                                  bed->synchronized, 0) < 0)
                return -EIO;
        return sd_bus_send(bed->peer, signal, NULL);
}

/* A word that timedated takes back hours after the last contact with a server. */
TEST(once_synchronized_it_stays_so_until_the_clock_is_set) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, true));
        bed.synchronized = true;
        CHECK(bed_start(&bed) && answered(&bed, 1));
        CHECK(bed.answer);
        bed.synchronized = false;
        CHECK(send_change(&bed) >= 0);
        rest(&bed);
        CHECK(bed.answer);
        timedate_clock_set(bed.timedate);
        CHECK(answered(&bed, bed.n_answers + 1));
        CHECK(!bed.answer);
        bed.synchronized = true;
        while (!bed.answer && answered(&bed, bed.n_answers + 1))
                ;
        CHECK(bed.answer);
}

TEST(a_change_signal_is_followed_at_once) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, true));
        CHECK(timedate_new(bed.event, USEC_PER_HOUR, on_answer, &bed, &bed.timedate) == 0);
        CHECK(answered(&bed, 1));
        CHECK(!bed.answer);
        bed.synchronized = true;
        CHECK(send_change(&bed) >= 0);
        CHECK(answered(&bed, 2));
        CHECK(bed.answer);
}

TEST(no_bus_is_said_and_tried_again) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, false) && bed_start(&bed) && answered(&bed, 2));
        CHECK(!bed.answer);
        CHECK_STR(bed.why, "systemd-timedated can't be asked: No such file or directory; "
                           "'trusted_time: plausible' does without");
}

TEST(a_bus_that_goes_away_is_found_again) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, true) && bed_start(&bed) && answered(&bed, 1));
        bed.peer = sd_bus_close_unref(bed.peer);
        bed.synchronized = true;
        while (!bed.answer && answered(&bed, bed.n_answers + 1))
                ;
        CHECK(bed.answer);
}

TEST(an_odd_answer_is_no_trust) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, true));
        bed.broken = true;
        CHECK(bed_start(&bed) && answered(&bed, 2));
        CHECK(!bed.answer);
        CHECK(strstr(bed.why, "can't be asked"));
}

TEST_MAIN()
