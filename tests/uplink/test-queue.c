/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The queue under a simulated clock: order, what answers mean, backoff, caps. */

#include <stdio.h>

#include "test.h"
#include "uplink/uplink.h"

#define OUTBOX_MAX 4096
#define STEPS_MAX 1024

/* An outbox in memory; settled rows leave at once. */
typedef struct World {
        Queue *queue;
        Settings settings;
        Clock now;
        uint64_t last_id;
        size_t n_rows;
        ReportRow rows[OUTBOX_MAX];
        unsigned settled[3]; /* by Settlement */
        unsigned lost, restored, overflows, counts;
        int64_t dropped;
        unsigned refused, set_aside;
        char why[160], overflow_module[MODULE_NAME_MAX], refused_why[160], set_aside_why[192];
        bool keep_settled; /* the commit has not come yet */
        bool no_room;      /* ... and what it is to write is full */
} World;

static int host_next(void *userdata, const char *module, ReportKind kind, uint64_t after,
                     ReportRow *ret) {
        World *world = userdata;

        for (size_t i = 0; i < world->n_rows; i++)
                if (streq(world->rows[i].module, module) && world->rows[i].kind == kind &&
                    world->rows[i].id > after) {
                        *ret = world->rows[i];
                        return 0;
                }
        return -ENOENT;
}

static int host_spare(void *userdata, ReportWorth worth, uint64_t after, ReportRow *ret) {
        const World *world = userdata;

        for (size_t i = 0; i < world->n_rows; i++)
                if (world->rows[i].worth == worth && world->rows[i].id > after) {
                        *ret = world->rows[i];
                        return 0;
                }
        return -ENOENT;
}

static bool host_room(void *userdata) {
        return !((World *) userdata)->no_room;
}

static void host_settle(void *userdata, uint64_t id, Settlement settlement) {
        World *world = userdata;
        size_t i = 0;

        world->settled[settlement]++;
        while (i < world->n_rows && world->rows[i].id != id)
                i++;
        if (i == world->n_rows)
                test_fail(__FILE__, __LINE__, "settled twice: %llu", (unsigned long long) id);
        else if (!world->keep_settled) {
                memmove(&world->rows[i], &world->rows[i + 1],
                        (world->n_rows - i - 1) * sizeof world->rows[0]);
                world->n_rows--;
        }
}

static uint64_t host_waiting(void *userdata) {
        World *world = userdata;

        world->counts++;
        return world->n_rows;
}

static void host_event(void *userdata, const char *module, EventKind event, const char *text,
                       int64_t number) {
        World *world = userdata;

        world->lost += event == EVENT_UPLINK_LOST;
        world->restored += event == EVENT_UPLINK_RESTORED;
        if (event == EVENT_UPLINK_LOST)
                (void) TEXT_COPY(world->why, text);
        if (event == EVENT_REPORT_REFUSED) {
                world->refused++;
                (void) TEXT_COPY(world->refused_why, text);
        }
        if (event == EVENT_REPORTS_SET_ASIDE) {
                world->set_aside++;
                (void) TEXT_COPY(world->set_aside_why, text);
        }
        if (event == EVENT_SPOOL_OVERFLOW) {
                world->overflows++;
                world->dropped += number;
                (void) TEXT_COPY(world->overflow_module, module);
        }
}

static const QueueHost host = { host_next,    host_room,  host_settle,
                                host_waiting, host_spare, host_event };

static World *world_free(World *world) {
        if (world)
                (void) queue_free(world->queue);
        free(world);
        return NULL;
}
DEFINE_CLEANUP(World *, world_free)

static World *world_new(size_t n_modules, uint64_t max_reports, usec_t max_age) {
        World *world = calloc(1, sizeof *world);

        if (!world)
                abort();
        world->now = (Clock) { .realtime = 1600000000 * USEC_PER_SEC, .boottime = USEC_PER_DAY };
        world->settings.n_modules = n_modules;
        world->settings.uplink.reports = REPORT_KINDS_ALL;
        world->settings.uplink.spool_max_reports = max_reports;
        world->settings.uplink.spool_max_age = max_age;
        for (size_t i = 0; i < n_modules; i++)
                (void) snprintf(world->settings.modules[i].name, MODULE_NAME_MAX, "m%zu", i);
        if (queue_new(&world->settings, &world->now, 0, &world->queue) < 0)
                abort();
        return world;
}

static void world_add_row(World *world, const char *module, ReportKind kind, ReportWorth worth) {
        ReportRow *row = &world->rows[world->n_rows++];

        *row = (ReportRow) {
                .id = ++world->last_id,
                .kind = kind,
                .worth = worth,
                .fcnt_up = (uint32_t) world->last_id,
                .created = world->now.realtime,
        };
        (void) TEXT_COPY(row->module, module);
        queue_wake(world->queue, module);
}

static void world_add(World *world, const char *module) {
        world_add_row(world, module, REPORT_UPLINK, WORTH_EVENT);
}

static void world_wait(World *world, usec_t span) {
        world->now.realtime += span;
        world->now.boottime += span;
}

static bool world_take(World *world, ReportRow *ret, bool *ret_late) {
        return queue_take(world->queue, &world->now, &host, world, ret, ret_late);
}

static void world_answer(World *world, const ReportRow *report, int status) {
        world_wait(world, 10 * USEC_PER_MSEC);
        queue_answered(world->queue, &world->now, &host, world, report,
                       &(const ReportAnswer) { .status = status, .error = "could not connect" });
}

/* Takes and answers what is due now with one status; how many. */
static unsigned world_serve(World *world, int status) {
        ReportRow report;
        bool late;
        unsigned n = 0;

        for (; n < STEPS_MAX && world_take(world, &report, &late); n++)
                world_answer(world, &report, status);
        return n;
}

static usec_t world_delay(const World *world) {
        return usec_sub(queue_deadline(world->queue), world->now.boottime);
}

static bool is_lost(const World *world) {
        UplinkStatus status = { 0 };

        queue_status(world->queue, &status);
        return status.lost;
}

TEST(one_at_a_time_and_in_order) {
        _cleanup_(world_freep) World *world = world_new(2, 0, 0);
        ReportRow a, b, none;
        bool late;

        for (unsigned i = 0; i < 3; i++) {
                world_add(world, "m0");
                world_add(world, "m1");
        }
        CHECK(world_take(world, &a, &late) && world_take(world, &b, &late));
        CHECK(!world_take(world, &none, &late));
        CHECK_STR(a.module, "m0");
        CHECK_INT(a.id, 1);
        CHECK_STR(b.module, "m1");
        CHECK_INT(b.id, 2);
        CHECK(!late);
        CHECK(queue_deadline(world->queue) == USEC_INFINITY);
        world_answer(world, &b, 204);
        CHECK(world_take(world, &b, &late));
        CHECK_INT(b.id, 4);
        world_answer(world, &a, 200);
        world_answer(world, &b, 200);
        CHECK_INT(world_serve(world, 202), 3);
        CHECK_INT(world->settled[SETTLEMENT_ACCEPTED], 6);
        CHECK_INT(world->lost, 0);
}

TEST(a_settled_report_is_not_sent_again_before_its_commit) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);

        world->keep_settled = true;
        for (unsigned i = 0; i < 3; i++)
                world_add(world, "m0");
        CHECK_INT(world_serve(world, 200), 3);
        CHECK_INT(world_serve(world, 200), 0);
        queue_wake(world->queue, "m0");
        CHECK_INT(world_serve(world, 200), 0);
}

/* Hours without a disk: that the server took a report could not be noted, so that it gets none. */
TEST(what_could_not_be_noted_is_not_sent) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);

        world_add(world, "m0");
        world_add(world, "m0");
        world->no_room = true;
        CHECK_INT(world_serve(world, 200), 0);
        CHECK(queue_deadline(world->queue) > world->now.boottime);
        world->no_room = false;
        CHECK_INT(world_serve(world, 200), 0);
        world->now.boottime += 2 * USEC_PER_MINUTE;
        CHECK_INT(world_serve(world, 200), 2);
        CHECK_INT(world->n_rows, 0);
}

/* The clock was set ahead, and all of them are too old. */
TEST(what_can_not_be_dropped_is_dropped_later) {
        _cleanup_(world_freep) World *world = world_new(1, 2, USEC_PER_HOUR);

        for (unsigned i = 0; i < 5; i++)
                world_add(world, "m0");
        world->now.realtime += USEC_PER_DAY;
        world->no_room = true;
        CHECK_INT(world_serve(world, 200), 0);
        world->no_room = false;
        world->now.boottime += 2 * USEC_PER_MINUTE;
        CHECK_INT(world_serve(world, 200), 0);
        CHECK_INT(world->n_rows, 0);
        CHECK_INT(world->settled[SETTLEMENT_DROPPED], 5);
}

TEST(final_answers_leave_and_others_hold) {
        static const int final[] = { 400, 413, 415, 422 };
        static const int holding[] = { 100, 301, 302, 307, 350, 401, 403, 404, 405, 408,
                                       409, 421, 425, 429, 500, 501, 502, 503, 504, 599 };

        for (size_t i = 0; i < ELEMENTSOF(final); i++) {
                _cleanup_(world_freep) World *world = world_new(1, 0, 0);

                world_add(world, "m0");
                CHECK_INT(world_serve(world, final[i]), 1);
                CHECK_INT(world->settled[SETTLEMENT_REFUSED], 1);
                CHECK_INT(world->lost, 0);
        }
        for (size_t i = 0; i < ELEMENTSOF(holding); i++) {
                _cleanup_(world_freep) World *world = world_new(1, 0, 0);

                world_add(world, "m0");
                CHECK_INT(world_serve(world, holding[i]), 1);
                CHECK_INT(world->n_rows, 1);
                CHECK_INT(world->lost, 1);
                CHECK(world_delay(world) >= USEC_PER_SEC - 10 * USEC_PER_MSEC &&
                      world_delay(world) <= 2 * USEC_PER_SEC);
        }
}

TEST(backoff_doubles_to_a_quarter_of_an_hour_and_ends_with_success) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        usec_t longest = USEC_PER_SEC;

        world_add(world, "m0");
        for (unsigned i = 0; i < 20; i++) {
                CHECK_INT(world_serve(world, 0), 1);
                longest = MIN_OF(2 * longest, 15 * USEC_PER_MINUTE);
                CHECK(world_delay(world) >= longest / 2 && world_delay(world) <= longest);
                world_wait(world, world_delay(world) - 1);
                CHECK_INT(world_serve(world, 0), 0);
                world_wait(world, 1);
        }
        CHECK_INT(world->lost, 1);
        CHECK_STR(world->why, "could not connect");
        CHECK_INT(world->restored, 0);
        CHECK_INT(world_serve(world, 200), 1);
        CHECK_INT(world->restored, 1);
        world_add(world, "m0");
        CHECK_INT(world_serve(world, 0), 1);
        CHECK(world_delay(world) <= 2 * USEC_PER_SEC);
        CHECK_INT(world->lost, 2);
}

TEST(jitter_differs_between_gateways_and_repeats_in_simulation) {
        usec_t delays[3];

        for (unsigned i = 0; i < 3; i++) {
                _cleanup_(world_freep) World *world = world_new(1, 0, 0);

                world_wait(world, i == 2 ? 12345 : 0);
                world_add(world, "m0");
                CHECK_INT(world_serve(world, 0), 1);
                delays[i] = world_delay(world);
        }
        CHECK_INT(delays[0], delays[1]);
        CHECK(delays[0] != delays[2]);
}

TEST(dead_server_gets_one_probe_not_one_per_module) {
        _cleanup_(world_freep) World *world = world_new(64, 0, 0);
        char name[MODULE_NAME_MAX];
        ReportRow probe, none;
        bool late;

        for (unsigned i = 0; i < 64; i++) {
                (void) snprintf(name, sizeof name, "m%u", i);
                world_add(world, name);
        }
        for (unsigned i = 0; i < 8; i++) {
                CHECK(world_take(world, &probe, &late));
                if (i > 0)
                        CHECK(!world_take(world, &none, &late));
                world_answer(world, &probe, 0);
                CHECK(!world_take(world, &none, &late));
                world_wait(world, world_delay(world));
        }
        CHECK_INT(world->lost, 1);
        CHECK_INT(world_serve(world, 200), 64);
        CHECK_INT(world->restored, 1);
}

TEST(failures_of_one_moment_count_once) {
        _cleanup_(world_freep) World *world = world_new(2, 0, 0);
        ReportRow a, b;
        bool late;

        world_add(world, "m0");
        world_add(world, "m1");
        CHECK(world_take(world, &a, &late) && world_take(world, &b, &late));
        world_answer(world, &a, 0);
        world_answer(world, &b, 0);
        CHECK(world_delay(world) <= 2 * USEC_PER_SEC);
}

TEST(unauthorised_module_holds_only_itself) {
        _cleanup_(world_freep) World *world = world_new(2, 0, 0);
        ReportRow report;
        bool late;

        world_add(world, "m0");
        world_add(world, "m1");
        CHECK(world_take(world, &report, &late));
        world_answer(world, &report, 401);
        CHECK_STR(world->why, "m0: HTTP status 401");
        CHECK_INT(world_serve(world, 200), 1);
        CHECK_INT(world->restored, 0); /* m0 is still held */
        CHECK(is_lost(world));
        for (unsigned i = 0; i < 5; i++) {
                world_add(world, "m1");
                CHECK_INT(world_serve(world, 200), 1);
        }
        world_wait(world, world_delay(world));
        CHECK_INT(world_serve(world, 200), 1);
        CHECK_INT(world->lost, 1);
        CHECK_INT(world->restored, 1);
        CHECK(!is_lost(world));
}

TEST(five_refusals_in_a_row_hold_instead) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);

        for (unsigned i = 0; i < 10; i++)
                world_add(world, "m0");
        CHECK_INT(world_serve(world, 400), 5);
        CHECK_INT(world->settled[SETTLEMENT_REFUSED], 4);
        CHECK_INT(world->n_rows, 6);
        CHECK_INT(world->lost, 1);
        world_wait(world, world_delay(world));
        CHECK_INT(world_serve(world, 400), 1);
        CHECK_INT(world->n_rows, 6);
        world_wait(world, world_delay(world));
        CHECK_INT(world_serve(world, 200), 6);
        CHECK_INT(world->restored, 1);
}

TEST(five_refusals_of_different_modules_hold_too) {
        _cleanup_(world_freep) World *world = world_new(8, 0, 0);
        char name[MODULE_NAME_MAX];

        for (unsigned i = 0; i < 8; i++) {
                (void) snprintf(name, sizeof name, "m%u", i);
                world_add(world, name);
        }
        CHECK_INT(world_serve(world, 415), 8);
        CHECK_INT(world->settled[SETTLEMENT_REFUSED], 4);
        CHECK_INT(world->n_rows, 4);
}

TEST(an_accepted_report_ends_the_row_of_refusals) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        ReportRow report;
        bool late;

        for (unsigned i = 0; i < 30; i++) {
                world_add(world, "m0");
                CHECK(world_take(world, &report, &late));
                world_answer(world, &report, i % 4 == 3 ? 200 : 400);
        }
        CHECK_INT(world->lost, 0);
        CHECK_INT(world->n_rows, 0);
}

TEST(late_is_what_waited_for_the_server) {
        _cleanup_(world_freep) World *world = world_new(2, 0, 0);
        ReportRow report;
        bool late;

        world_add(world, "m0");
        world_wait(world, USEC_PER_HOUR);
        CHECK(world_take(world, &report, &late));
        CHECK(!late); /* it waited for us, not for the server */
        world_answer(world, &report, 0);
        world_add(world, "m0");
        world_wait(world, USEC_PER_MINUTE);
        world_add(world, "m1");
        for (unsigned i = 0; i < 3; i++) {
                CHECK(world_take(world, &report, &late));
                CHECK(late);
                world_answer(world, &report, 200);
        }
        world_wait(world, USEC_PER_SEC);
        world_add(world, "m0");
        CHECK(world_take(world, &report, &late));
        CHECK(!late);
}

TEST(flush_tries_at_once) {
        _cleanup_(world_freep) World *world = world_new(2, 0, 0);

        world_add(world, "m0");
        for (unsigned i = 0; i < 6; i++) {
                CHECK_INT(world_serve(world, i % 2 ? 503 : 0), 1);
                CHECK_INT(world_serve(world, 200), 0);
                queue_flush(world->queue);
        }
        CHECK_INT(world_serve(world, 0), 1);
        CHECK(world_delay(world) <= 4 * USEC_PER_SEC);
        queue_flush(world->queue);
        CHECK_INT(world_serve(world, 200), 1);
}

TEST(old_reports_are_dropped_and_told_once_an_hour) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 30 * USEC_PER_DAY);

        for (unsigned i = 0; i < 1000; i++)
                world_add(world, "m0");
        world_wait(world, 31 * USEC_PER_DAY);
        world_add(world, "m0");
        for (unsigned i = 0; i < 10 && world->n_rows > 0; i++)
                (void) world_serve(world, 200);
        CHECK_INT(world->settled[SETTLEMENT_DROPPED], 1000);
        CHECK_INT(world->settled[SETTLEMENT_ACCEPTED], 1);
        CHECK_INT(world->overflows, 1);
        CHECK_STR(world->overflow_module, "m0");
        world_wait(world, USEC_PER_HOUR);
        (void) world_serve(world, 200);
        CHECK_INT(world->overflows, 2);
        CHECK_INT(world->dropped, 1000);
}

TEST(dropping_many_goes_on_without_new_reports) {
        _cleanup_(world_freep) World *world = world_new(1, 0, USEC_PER_DAY);
        ReportRow report;
        bool late;

        for (unsigned i = 0; i < 600; i++)
                world_add(world, "m0");
        world_wait(world, 2 * USEC_PER_DAY);
        CHECK(!world_take(world, &report, &late));
        CHECK(world->n_rows > 0);
        CHECK(queue_deadline(world->queue) <= world->now.boottime);
        CHECK(!world_take(world, &report, &late));
        CHECK(!world_take(world, &report, &late));
        CHECK_INT(world->n_rows, 0);
        CHECK(queue_deadline(world->queue) == USEC_INFINITY);
}

TEST(a_full_spool_loses_its_oldest_reports) {
        _cleanup_(world_freep) World *world = world_new(2, 100, 0);
        ReportRow report;
        bool late;

        world_add(world, "m0");
        CHECK_INT(world_serve(world, 0), 1);
        for (unsigned i = 0; i < 149; i++) {
                world_add(world, i % 2 ? "m0" : "m1");
                CHECK(!world_take(world, &report, &late));
        }
        CHECK_INT(world->n_rows, 100);
        CHECK_INT(world->rows[0].id, 51);
        CHECK_INT(world->overflows, 1);
        CHECK_INT(world->settled[SETTLEMENT_DROPPED], 50);
        queue_flush(world->queue);
        CHECK_INT(world_serve(world, 200), 100);
}

TEST(the_cap_holds_while_nothing_may_be_sent) {
        _cleanup_(world_freep) World *world = world_new(1, 100, 0);

        for (unsigned i = 0; i < 1000; i++) {
                world_add(world, "m0");
                queue_trim(world->queue, &world->now, &host, world);
        }
        CHECK_INT(world->n_rows, 100);
        CHECK_INT(world->overflows, 1);
        CHECK_INT(world_serve(world, 200), 100);
}

TEST(the_least_valuable_gives_way_first_and_outcomes_last) {
        static const ReportWorth worths[] = { WORTH_OUTCOME, WORTH_STATUS, WORTH_EVENT,
                                              WORTH_PROGRESS };
        _cleanup_(world_freep) World *world = world_new(2, 8, 0);
        ReportRow probe, none;
        bool late;

        world_add_row(world, "m0", REPORT_UPLINK, WORTH_PROGRESS);
        CHECK(world_take(world, &probe, &late)); /* on its way: it stays */
        for (unsigned i = 0; i < 16; i++)
                world_add_row(world, i % 3 ? "m0" : "m1", REPORT_UPLINK, worths[i % 4]);
        CHECK_INT(world_take(world, &none, &late), true); /* of m1 */
        CHECK_INT(none.id, 2);
        CHECK_INT(world->n_rows, 8);
        for (size_t i = 0; i < world->n_rows; i++)
                CHECK(world->rows[i].id == probe.id || world->rows[i].worth <= WORTH_EVENT);
        for (unsigned i = 0; i < 8; i++)
                world_add_row(world, "m0", REPORT_UPLINK, WORTH_OUTCOME);
        CHECK_INT(world_serve(world, 200), 0); /* both lines are busy: nothing but the cap */
        world_answer(world, &probe, 200);
        world_answer(world, &none, 200);
        for (size_t i = 0; i < world->n_rows; i++)
                CHECK_INT(world->rows[i].worth, WORTH_OUTCOME);
        CHECK(world->settled[SETTLEMENT_DROPPED] > 0);
        CHECK_INT(world->overflows, 1);
}

TEST(what_gave_way_is_not_sent_before_its_commit) {
        _cleanup_(world_freep) World *world = world_new(1, 4, 0);
        ReportRow report;
        bool late;

        world->keep_settled = true;
        for (unsigned i = 0; i < 6; i++)
                world_add_row(world, "m0", REPORT_UPLINK, i < 3 ? WORTH_PROGRESS : WORTH_EVENT);
        CHECK(world_take(world, &report, &late));
        CHECK_INT(world->settled[SETTLEMENT_DROPPED], 2);
        CHECK_INT(report.id, 3);
}

TEST(kinds_do_not_wait_for_each_other) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        ReportRow uplink, notification, location, none;
        bool late;

        world_add_row(world, "m0", REPORT_UPLINK, WORTH_EVENT);
        world_add_row(world, "m0", REPORT_NOTIFICATION, WORTH_EVENT);
        world_add_row(world, "m0", REPORT_LOCATION, WORTH_EVENT);
        world_add_row(world, "m0", REPORT_NOTIFICATION, WORTH_EVENT);
        CHECK(world_take(world, &uplink, &late) && uplink.kind == REPORT_UPLINK);
        CHECK(world_take(world, &location, &late) && location.kind == REPORT_LOCATION);
        CHECK(world_take(world, &notification, &late) && notification.id == 2);
        CHECK(!world_take(world, &none, &late)); /* one of a kind at a time */
        world_answer(world, &notification, 503);
        CHECK_STR(world->why, "m0 (notification): HTTP status 503");
        world_answer(world, &uplink, 200);
        world_add_row(world, "m0", REPORT_UPLINK, WORTH_EVENT);
        CHECK(world_take(world, &uplink, &late) && uplink.id == 5);
        CHECK(!world_take(world, &none, &late)); /* the notification is held */
}

/* Serves with 404 what is a notification, with 200 the rest, as it becomes due over a day. */
static unsigned serve_uplinks_only(World *world) {
        const usec_t end = world->now.boottime + USEC_PER_DAY;
        ReportRow report;
        bool late;
        unsigned refused = 0;

        while (world->now.boottime < end) {
                while (world_take(world, &report, &late)) {
                        const bool known = report.kind == REPORT_UPLINK;

                        refused += !known;
                        world_answer(world, &report, known ? 200 : 404);
                }
                world_add(world, "m0");
                world_wait(world, 10 * USEC_PER_SEC);
        }
        return refused;
}

TEST(a_kind_that_the_server_does_not_know_is_set_aside) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        UplinkStatus status = { 0 };
        unsigned tries;

        for (unsigned i = 0; i < 3; i++)
                world_add_row(world, "m0", REPORT_NOTIFICATION, WORTH_EVENT);
        tries = serve_uplinks_only(world);
        CHECK(tries >= 5 + 20 && tries <= 5 + 25); /* then once an hour */
        CHECK_INT(world->set_aside, 1);
        CHECK_STR(world->set_aside_why, "the server takes no notification reports (m0 "
                                        "(notification): HTTP status 404)");
        queue_status(world->queue, &status);
        CHECK_INT(status.set_aside, 1U << REPORT_NOTIFICATION);
        CHECK(!status.lost);
        CHECK_INT(world->lost, 1);
        CHECK_INT(world->restored, 1);
        queue_flush(world->queue);
        CHECK(world_serve(world, 200) >= 3); /* it knows them now */
        queue_status(world->queue, &status);
        CHECK_INT(status.set_aside, 0);
        CHECK_INT(world->n_rows, 0);
}

TEST(uplink_frames_are_never_set_aside) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        ReportRow report;
        bool late;

        for (unsigned i = 0; i < 20; i++) {
                world_add(world, "m0");
                world_add_row(world, "m0", REPORT_NOTIFICATION, WORTH_EVENT);
                while (world_take(world, &report, &late))
                        world_answer(world, &report, report.kind == REPORT_UPLINK ? 500 : 200);
                world_wait(world, 20 * USEC_PER_MINUTE);
        }
        CHECK_INT(world->set_aside, 0);
        CHECK(is_lost(world));
        CHECK(world_serve(world, 200) >= 20);
        CHECK(!is_lost(world));
}

TEST(a_refused_report_is_told) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);

        world_add(world, "m0");
        CHECK_INT(world_serve(world, 413), 1);
        CHECK_INT(world->refused, 1);
        CHECK_STR(world->refused_why, "uplink with FCntUp 1: HTTP status 413");
}

TEST(a_row_that_makes_no_document_does_not_stay) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        ReportRow report;
        bool late;

        world_add_row(world, "m0", REPORT_LOCATION, WORTH_EVENT);
        CHECK(world_take(world, &report, &late));
        queue_answered(world->queue, &world->now, &host, world, &report,
                       &(const ReportAnswer) { .unsendable = true, .error = "Bad message" });
        CHECK_INT(world->settled[SETTLEMENT_REFUSED], 1);
        CHECK_STR(world->refused_why, "location: Bad message");
        CHECK_INT(world->lost, 0);
}

TEST(kinds_that_are_turned_off_are_dropped) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);

        world->settings.uplink.reports = 1U << REPORT_UPLINK;
        world->queue = queue_free(world->queue);
        CHECK_INT(queue_new(&world->settings, &world->now, 0, &world->queue), 0);
        world_add_row(world, "m0", REPORT_NOTIFICATION, WORTH_EVENT);
        world_add(world, "m0");
        CHECK_INT(world_serve(world, 200), 1);
        CHECK_INT(world->settled[SETTLEMENT_DROPPED], 1);
        CHECK_INT(world->n_rows, 0);
        CHECK_INT(world->overflows, 1);
}

TEST(an_uplink_that_an_earlier_run_left_lost_is_still_lost) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        const usec_t since = world->now.realtime;
        UplinkStatus status = { 0 };
        ReportRow report;
        bool late;

        world_add(world, "m0");
        world_wait(world, USEC_PER_HOUR);
        world->queue = queue_free(world->queue);
        CHECK_INT(queue_new(&world->settings, &world->now, since, &world->queue), 0);
        queue_status(world->queue, &status);
        CHECK(status.lost && status.lost_since == since);
        CHECK(world_take(world, &report, &late));
        CHECK(late);
        world_answer(world, &report, 200);
        CHECK_INT(world->lost, 0);
        CHECK_INT(world->restored, 1);
        queue_status(world->queue, &status);
        CHECK(!status.lost && status.lost_since == 0);
}

TEST(answers_over_a_tenth_of_a_second_are_counted) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        UplinkStatus status = { 0 };
        ReportRow report;
        bool late;

        for (unsigned i = 0; i < 4; i++) {
                world_add(world, "m0");
                CHECK(world_take(world, &report, &late));
                queue_answered(
                        world->queue, &world->now, &host, world, &report,
                        &(const ReportAnswer) { .status = 200, .took = i * 60 * USEC_PER_MSEC });
        }
        queue_status(world->queue, &status);
        CHECK_INT(status.slow, 2);
}

TEST(a_big_spool_is_rarely_counted) {
        _cleanup_(world_freep) World *world = world_new(1, 100000, 0);

        for (unsigned i = 0; i < 2000; i++) {
                world_add(world, "m0");
                CHECK_INT(world_serve(world, 200), 1);
        }
        CHECK(world->counts <= 7);
}

TEST(status_tells_the_last_answer) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        UplinkStatus status = { .spool.waiting = 5 };

        world_add(world, "m0");
        (void) world_serve(world, 503);
        queue_status(world->queue, &status);
        CHECK_INT(status.last_status, 503);
        CHECK_STR(status.last_error, "m0: HTTP status 503");
        CHECK(status.lost && status.last_realtime == world->now.realtime);
        CHECK(status.next_boottime > world->now.boottime && status.next_boottime != USEC_INFINITY);
        CHECK_INT(status.spool.waiting, 5);
        world_wait(world, USEC_PER_MINUTE);
        (void) world_serve(world, 0);
        queue_status(world->queue, &status);
        CHECK_INT(status.last_status, 0);
        CHECK_STR(status.last_error, "could not connect");
        world_wait(world, USEC_PER_MINUTE);
        (void) world_serve(world, 200);
        queue_status(world->queue, &status);
        CHECK_STR(status.last_error, "");
        CHECK(status.next_boottime == USEC_INFINITY && !status.lost);
}

/* Another way out was tried and leads nowhere: no loss, no delay, the same report goes again. */
TEST(what_is_returned_goes_again_at_once) {
        _cleanup_(world_freep) World *world = world_new(2, 0, 0);
        ReportRow report, again;
        bool late;

        world_add(world, "m0");
        CHECK(world_take(world, &report, &late));
        queue_returned(world->queue, &report);
        queue_returned(world->queue, &report); /* twice is once */
        CHECK_INT(world->lost, 0);
        CHECK(world_take(world, &again, &late));
        CHECK_INT(again.id, report.id);
        CHECK(!late);
        world_answer(world, &again, 200);
        CHECK_INT(world->settled[SETTLEMENT_ACCEPTED], 1);
        (void) TEXT_COPY(report.module, "other");
        queue_returned(world->queue, &report);
}

/* It was taken out of the configuration, or renamed, while its reports waited. */
TEST(reports_of_a_module_that_left_go_as_any_other) {
        _cleanup_(world_freep) World *world = world_new(1, 0, USEC_PER_HOUR);
        ReportRow first, second, none;
        bool late;

        world_add(world, "gone");
        world_add(world, "gone");
        world_add(world, "m0");
        CHECK(world_take(world, &first, &late) && world_take(world, &second, &late));
        CHECK(!world_take(world, &none, &late));
        CHECK_STR(first.module, "m0");
        CHECK_STR(second.module, "gone");
        CHECK_INT(second.id, 1);
        world_answer(world, &first, 200);
        world_answer(world, &second, 503);
        CHECK(is_lost(world));
        CHECK(queue_deadline(world->queue) != USEC_INFINITY);
        world_wait(world, USEC_PER_MINUTE);
        CHECK_INT(world_serve(world, 200), 2);
        CHECK_INT(world->n_rows, 0);
        CHECK(!is_lost(world));
}

TEST(reports_of_a_module_that_left_grow_too_old) {
        _cleanup_(world_freep) World *world = world_new(1, 0, USEC_PER_HOUR);

        world_add(world, "gone");
        world_add_row(world, "gone", REPORT_NOTIFICATION, WORTH_EVENT);
        CHECK_INT(world_serve(world, 0), 1);
        world_wait(world, 2 * USEC_PER_HOUR);
        CHECK_INT(world_serve(world, 0), 0);
        CHECK_INT(world->settled[SETTLEMENT_DROPPED], 2);
        CHECK_INT(world->dropped, 2);
        CHECK_STR(world->overflow_module, "gone");
}

TEST(modules_that_left_are_bounded) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        char name[MODULE_NAME_MAX];

        for (unsigned i = 0; i <= MODULES_MAX; i++) {
                (void) snprintf(name, sizeof name, "gone%u", i);
                world_add(world, name);
                world_add(world, name);
        }
        world_add(world, "m0");
        CHECK_INT(world_serve(world, 200), 2 * MODULES_MAX + 1);
        CHECK_INT(world->n_rows, 2); /* of the last one: until the next start */
}

TEST(strangers_are_ignored) {
        _cleanup_(world_freep) World *world = world_new(1, 0, 0);
        const ReportAnswer accepted = { .status = 200 };
        ReportRow report = { .module = "other", .id = 7 };

        queue_wake(world->queue, "other");
        queue_answered(world->queue, &world->now, &host, world, &report, &accepted);
        (void) TEXT_COPY(report.module, "m0");
        queue_answered(world->queue, &world->now, &host, world, &report, &accepted);
        CHECK_INT(world->settled[SETTLEMENT_ACCEPTED], 0);
        CHECK(queue_deadline(world->queue) == USEC_INFINITY);
}

TEST_MAIN()
