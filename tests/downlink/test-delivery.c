/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What becomes of frames that were accepted: each is carried out once or dropped, and told of once,
 * whatever is replayed and wherever fotad dies. */

#include "downlink/frames-bench.h"
#include "test.h"

#define EUI "DevEUI=" BENCH_EUI
#define DEFER_INSTALL "&FPort=20&Payload=010403010206015A"
#define CORRELATION "4434704901C7450b"

static World *world;

static void setup(bool class_a) {
        world_free(world);
        world = frames_bench_new(class_a);
        frames_bench_start(world);
}

static void teardown(void) {
        world = world_free(world);
}

static void check_sent(size_t from_end, bool delivered, unsigned cause1, unsigned cause2,
                       unsigned slot) {
        const SentReport sent = frames_bench_sent(world, from_end);

        CHECK_INT(sent.fport, 20);
        CHECK_INT(sent.delivered, delivered);
        CHECK_INT(sent.cause1, cause1);
        CHECK_INT(sent.cause2, cause2);
        CHECK_INT(sent.transmission_slot, slot);
}

/* Its state, and a report that opens the windows of class A. */
static void make_uplink(void) {
        gateway_turn(world->gateway, &world->now);
        gateway_note(world->gateway, "modem0", EVENT_POLICY_WAITING, NULL, NULL, 0);
        world_settle(world);
}

static void lose_port(bool absent) {
        world->modules[0].port_absent = absent;
        world_settle(world);
}

/* class C */

TEST(delivery_of_class_c_is_at_once_and_told) {
        setup(false);
        CHECK_INT(world_downlink(world, EUI DEFER_INSTALL "&CorrelationID=" CORRELATION),
                  DOWNLINK_FINE);
        CHECK_INT(frames_bench_count_sent(world), 0);
        world_settle(world);
        CHECK_INT(frames_bench_count_sent(world), 1);
        check_sent(0, true, 0, 0, 2);
        CHECK_STR(frames_bench_sent(world, 0).correlation_id, CORRELATION);
        CHECK_STR(world_view(world, 0).record->deferrals[ACTION_INSTALL].by, "AS " WORLD_AS_ID);
        CHECK_INT(world_view(world, 0).record->deferrals[ACTION_INSTALL].until -
                          world->now.realtime,
                  90 * USEC_PER_MINUTE);
        const ReportRow answer = frames_bench_answer(world, 0);
        CHECK_INT(answer.fport, ANSWER_FPORT);
        CHECK_INT(answer.payload[0], COMMAND_DEFER);
        CHECK_INT(answer.payload[1], COMMAND_DONE);
        CHECK(!answer.ack);
        CHECK_STR(answer.dev_eui, BENCH_EUI);
        teardown();
}

TEST(delivery_gives_the_order_that_a_person_would_give) {
        setup(false);
        CHECK_INT(frames_bench_send(world, COMMAND_UPDATE), DOWNLINK_FINE);
        world_settle(world);
        const ModuleView view = world_view(world, 0);
        CHECK(view.job.id != 0);
        CHECK_STR(view.job.by, "AS " WORLD_AS_ID);
        CHECK_INT(view.job.source, JOB_SOURCE_PERSON);
        CHECK_INT(frames_bench_send(world, COMMAND_CANCEL), DOWNLINK_FINE);
        world_settle(world);
        CHECK_INT(world_view(world, 0).job.id, 0);
        CHECK_INT(world_view(world, 0).last_job.reason, REASON_CANCELLED);
        check_sent(0, true, 0, 0, 2);
        /* refused in the words of the bus: the frame was delivered all the same */
        CHECK_INT(frames_bench_send(world, COMMAND_RESUME), DOWNLINK_FINE);
        world_settle(world);
        CHECK_INT(frames_bench_answer(world, 0).payload[1], COMMAND_REFUSED);
        CHECK_STR(frames_bench_answer(world, 0).extra, "modem0 is not suspended");
        check_sent(0, true, 0, 0, 2);
        teardown();
}

TEST(delivery_of_what_is_no_command_is_answered) {
        setup(false);
        CHECK_INT(frames_bench_send(world, 0x77), DOWNLINK_FINE);
        world_settle(world);
        CHECK_INT(frames_bench_answer(world, 0).payload[0], 0x77);
        CHECK_INT(frames_bench_answer(world, 0).payload[1], COMMAND_UNKNOWN);
        CHECK_INT(world_downlink(world, EUI "&FPort=20&Payload=010403"), DOWNLINK_FINE);
        world_settle(world);
        CHECK_INT(frames_bench_answer(world, 0).payload[1], COMMAND_MALFORMED);
        CHECK_STR(frames_bench_answer(world, 0).extra, "the last field is cut off");
        CHECK_INT(world_downlink(world, EUI "&FPort=20&Payload=01"), DOWNLINK_FINE);
        world_settle(world);
        CHECK_INT(frames_bench_answer(world, 0).payload[0], 0);
        CHECK_INT(frames_bench_count_sent(world), 3);
        teardown();
}

TEST(delivery_of_class_c_is_tried_again_for_a_minute) {
        setup(false);
        /* the port goes away between the answer and the turn that would carry it out */
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        lose_port(true);
        (void) world_run(world, 59 * USEC_PER_SEC, NULL);
        CHECK_INT(frames_bench_count_sent(world), 0);
        lose_port(false);
        check_sent(0, true, 0, 0, 2);
        CHECK(world_view(world, 0).record->wanted_session);
        CHECK_INT(frames_bench_send(world, COMMAND_DISCONNECT), DOWNLINK_FINE);
        lose_port(true);
        CHECK_INT(frames_bench_send(world, COMMAND_STATUS), DOWNLINK_NO_BASE_STATION);
        (void) world_run(world, 61 * USEC_PER_SEC, NULL);
        CHECK_INT(frames_bench_count_sent(world), 2);
        check_sent(0, false, 0, 0xe0, 0);
        teardown();
}

TEST(delivery_without_need_of_the_port_waits_for_nothing) {
        setup(false);
        CHECK_INT(frames_bench_send(world, COMMAND_STATUS), DOWNLINK_FINE);
        lose_port(true);
        check_sent(0, true, 0, 0, 2);
        teardown();
}

static void hold_port(void) {
        lose_port(true);
        gateway_turn(world->gateway, &world->now);
        gateway_port_refused(world->gateway, 0, -EBUSY, "ModemManager");
        world_settle(world);
        CHECK_INT(world_state(world, 0), STATE_BLOCKED);
}

TEST(delivery_past_a_held_port_is_told_when_flushed_or_over) {
        setup(false);
        hold_port();
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        CHECK_INT(world_downlink(world, EUI "&FlushDownlinkQueue=1"), DOWNLINK_FINE);
        check_sent(0, false, 0, 0xa3, 0);
        CHECK_INT(world_downlink(world, EUI "&FPort=20&Payload=0101&ValidityTime=10"),
                  DOWNLINK_FINE);
        (void) world_run(world, 9 * USEC_PER_SEC, NULL);
        CHECK_INT(frames_bench_count_sent(world), 1);
        (void) world_run(world, 2 * USEC_PER_SEC, NULL);
        CHECK_INT(frames_bench_count_sent(world), 2);
        check_sent(0, false, 0, 0xe0, 0);
        teardown();
}

/* class A */

TEST(delivery_of_class_a_waits_for_an_uplink_and_goes_one_by_one) {
        setup(true);
        CHECK_INT(frames_bench_send(world, COMMAND_UPDATE), DOWNLINK_FINE);
        CHECK_INT(world_downlink(world, EUI "&FPort=20&Payload=010C&Confirmed=1"), DOWNLINK_FINE);
        (void) world_run(world, USEC_PER_HOUR, NULL);
        CHECK_INT(frames_bench_count_sent(world), 0);
        make_uplink();
        /* the answer to the first is an uplink too */
        CHECK_INT(frames_bench_count_sent(world), 2);
        check_sent(1, true, 0, 0, 1);
        check_sent(0, true, 0, 0, 1);
        CHECK(world_view(world, 0).job.id != 0);
        CHECK_INT(frames_bench_sent(world, 1).fcnt_dn, 0);
        CHECK_INT(frames_bench_sent(world, 0).fcnt_dn, 1);
        /* nothing to say, and acknowledged */
        const ReportRow answer = frames_bench_answer(world, 0);
        CHECK(answer.ack);
        CHECK_INT(answer.fport, 0);
        CHECK_INT(answer.n_payload, 0);
        teardown();
}

TEST(delivery_of_class_a_has_two_windows) {
        setup(true);
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        CHECK_INT(frames_bench_send(world, COMMAND_DISCONNECT), DOWNLINK_FINE);
        lose_port(true); /* which is reported */
        CHECK_INT(frames_bench_count_sent(world), 0);
        (void) world_run(world, USEC_PER_SEC, NULL);
        CHECK_INT(frames_bench_count_sent(world), 1);
        check_sent(0, false, 0xa0, 0xa0, 0);
        CHECK_INT(frames_waiting(world->frames, "modem0"), 1);
        make_uplink();
        (void) world_run(world, USEC_PER_SEC / 2, NULL);
        CHECK_INT(frames_bench_count_sent(world), 1);
        world->modules[0].port_absent = false;
        (void) world_run(world, USEC_PER_SEC, NULL);
        CHECK_INT(frames_bench_count_sent(world), 2);
        CHECK(frames_bench_sent(world, 0).delivered);
        teardown();
}

TEST(delivery_in_the_second_window_tells_of_the_first) {
        setup(true);
        hold_port();
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        make_uplink();
        CHECK_INT(frames_bench_count_sent(world), 0);
        world->silent = true; /* the port that opens is not reported */
        world->modules[0].port_absent = false;
        (void) world_run(world, USEC_PER_SEC, NULL);
        CHECK_INT(frames_bench_count_sent(world), 1);
        check_sent(0, true, 0xa3, 0, 2);
        teardown();
}

TEST(delivery_in_a_window_of_long_ago_never_happens) {
        setup(true);
        hold_port();
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        make_uplink();
        CHECK_INT(world_downlink(world, EUI "&FlushDownlinkQueue=1"), DOWNLINK_FINE);
        world->modules[0].port_absent = false;
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(frames_bench_send(world, COMMAND_UPDATE), DOWNLINK_FINE);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(frames_bench_count_jobs(world), 0);
        CHECK_INT(frames_waiting(world->frames, "modem0"), 1);
        teardown();
}

TEST(delivery_of_class_a_may_be_over_before_an_uplink) {
        setup(true);
        CHECK_INT(world_downlink(world, EUI "&FPort=20&Payload=0101&ValidityTime=3600"),
                  DOWNLINK_FINE);
        CHECK_INT(world_downlink(world, EUI "&FPort=20&Payload=0102&ValidityTime=2026-11-23T00:30:"
                                            "00Z"),
                  DOWNLINK_FINE);
        world_kill(world);
        (void) world_run(world, 40 * USEC_PER_MINUTE, NULL);
        world->settings.modules[0].class_a = false; /* it was accepted as class A */
        world->modules[0].port_absent = true;
        world_start(world);
        world_settle(world);
        CHECK_INT(frames_bench_count_sent(world), 1);
        CHECK_INT(frames_bench_sent(world, 0).fcnt_dn, 1);
        check_sent(0, false, 0xb0, 0xb0, 0);
        (void) world_run(world, USEC_PER_HOUR, NULL);
        CHECK_INT(frames_bench_count_sent(world), 2);
        check_sent(0, false, 0xb0, 0xb0, 0);
        teardown();
}

/* replays */

/* The same request, spelt otherwise: the Token first and in capitals, %3a for a colon. */
static void spell_otherwise(const char *text, Text *to) {
        char token[QUERY_TOKEN_MAX];

        CHECK_INT(query_token("", text, WORLD_AS_KEY, token), 0);
        text_add(to, "Token=");
        for (const char *c = token; *c != '\0'; c++)
                text_add_char(to, (char) (*c >= 'a' ? *c - 'a' + 'A' : *c));
        text_add(to, "&");
        for (const char *c = text; *c != '\0'; c++)
                if (*c == ':')
                        text_add(to, "%3a");
                else
                        text_add_char(to, *c);
}

TEST(delivery_happens_once_however_often_a_request_comes) {
        char request[BENCH_TEXT_MAX], data[512];
        DownlinkFault fault;
        Text again;

        setup(false);
        (void) frames_bench_request(request, world, EUI "&FPort=20&Payload=0105");
        CHECK_INT(world_request(world, request).code, DOWNLINK_FINE);
        CHECK_INT(world_request(world, request).code, DOWNLINK_FINE);
        world_settle(world);
        CHECK_INT(frames_bench_count_jobs(world), 1);
        CHECK_INT(frames_bench_send(world, COMMAND_CANCEL), DOWNLINK_FINE);
        world_settle(world);
        /* also spelt otherwise, and after a restart */
        gateway_turn(world->gateway, &world->now);
        text_init(&again, data, sizeof data);
        spell_otherwise(request, &again);
        frames_query(world->frames, data, &fault);
        CHECK_INT(fault.code, DOWNLINK_FINE);
        world_kill(world);
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(world_request(world, request).code, DOWNLINK_FINE);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(frames_bench_count_jobs(world), 1);
        CHECK_INT(frames_bench_count_sent(world), 2);
        (void) world_run(world, 5 * USEC_PER_MINUTE, NULL);
        CHECK_INT(world_request(world, request).code, DOWNLINK_BAD_TIME);
        teardown();
}

TEST(delivery_does_not_follow_a_refusal_that_is_replayed) {
        char request[BENCH_TEXT_MAX];

        setup(false);
        (void) frames_bench_request(request, world, EUI "&FPort=20&Payload=0105");
        lose_port(true);
        CHECK_INT(world_request(world, request).code, DOWNLINK_NO_BASE_STATION);
        lose_port(false);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(world_request(world, request).code, DOWNLINK_NO_BASE_STATION);
        world_kill(world);
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(world_request(world, request).code, DOWNLINK_NO_BASE_STATION);
        CHECK_INT(frames_bench_count_jobs(world), 0);
        teardown();
}

/* a yes is for what was shown */

static void hear(const char *const lines[2], bool restart) {
        for (size_t i = 0; i < 2 && lines[i]; i++) {
                world_send(world, 0, lines[i]);
                world_settle(world);
                if (!restart)
                        continue;
                world_kill(world);
                world_start(world);
                (void) world_run(world, USEC_PER_MINUTE, NULL);
        }
}

/* Of class A, so that it waits; nothing of what happens meanwhile is reported. */
static void say_yes_between(const char *const before[2], const char *const after[2], bool restart) {
        setup(true);
        hear(before, false);
        CHECK_INT(world_downlink(world, EUI "&FPort=20&Payload=0103030101"), DOWNLINK_FINE);
        world->silent = true;
        hear(after, restart);
        world->silent = false;
        CHECK_INT(frames_bench_count_sent(world), 0);
        make_uplink();
        CHECK_INT(frames_bench_count_sent(world), 1);
}

#define ANOTHER(what)                                                                              \
        "modem0: the " what " is another one than when this yes arrived; say it again if that is " \
        "meant"

TEST(delivery_of_a_yes_is_for_what_was_asked_when_it_arrived) {
        static const struct {
                const char *before[2], *after[2], *why;
        } cases[] = {
                { { "+WDSI: 9,1464", "+WDSI: 2" }, {}, "" },
                { { "+WDSI: 9,1464", "+WDSI: 2" }, { "+WDSI: 9,1464", "+WDSI: 2" }, "" },
                { { "+WDSI: 9,1464", "+WDSI: 2" }, { "+WDSI: 9,90000" }, ANOTHER("package") },
                { { "+WDSI: 2" }, { "+WDSI: 9,1464" }, "" },
                { { "+WDSI: 2" }, { "+WDSI: 9,1464", "+WDSI: 9,90000" }, ANOTHER("package") },
                { {},
                  { "+WDSI: 9,1464", "+WDSI: 2" },
                  "modem0 asked for no download when this yes arrived; say it again" },
                { { "+WDSI: 9,1464", "+WDSI: 2" },
                  { "+WDSI: 3" },
                  "modem0 asks for no download now: a yes is for a request that can be shown" },
        };

        for (size_t i = 0; i < 2 * ELEMENTSOF(cases) && !test_state.failed; i++) {
                say_yes_between(cases[i / 2].before, cases[i / 2].after, i % 2 == 1);
                const ReportRow answer = frames_bench_answer(world, 0);

                CHECK_STR(answer.extra, cases[i / 2].why);
                CHECK_INT(answer.payload[1], cases[i / 2].why[0] ? COMMAND_REFUSED : COMMAND_DONE);
        }
        teardown();
}

static void cancel(void) {
        const Order order = { .kind = ORDER_CANCEL, .who = "anna (uid 1000)" };
        Module *module = gateway_module(world->gateway, 0);
        char why[WHY_MAX];

        gateway_turn(world->gateway, &world->now);
        CHECK_INT(gateway_order(world->gateway, module, &order, NULL, why), ORDER_DONE);
        world_settle(world);
}

TEST(delivery_of_a_yes_is_for_the_update_that_ran_when_it_arrived) {
        static const char *const asks[2] = { "+WDSI: 9,1464", "+WDSI: 2" };

        setup(true);
        hear(asks, false);
        CHECK_INT(world_downlink(world, EUI "&FPort=20&Payload=0103030101"), DOWNLINK_FINE);
        world->silent = true;
        cancel();
        hear(asks, false);
        world->silent = false;
        make_uplink();
        CHECK_STR(frames_bench_answer(world, 0).extra, ANOTHER("update"));
        teardown();
}

static int forget_shown(void *userdata, const FrameRow *row) {
        static Batch batch;

        batch.frames[0] = *row;
        batch.frames[0].shown = (Shown) {};
        batch.n_frames = 1;
        return store_commit(userdata, &batch);
}

TEST(delivery_of_a_yes_that_an_older_fotad_took_is_for_what_is_asked) {
        say_yes_between((const char *const[2]) { NULL },
                        (const char *const[2]) { "+WDSI: 9,1464", "+WDSI: 2" }, false);
        CHECK_INT(frames_bench_answer(world, 0).payload[1], COMMAND_REFUSED);
        CHECK_INT(world_downlink(world, EUI "&FPort=20&Payload=0103030101"), DOWNLINK_FINE);
        world->silent = true;
        world_send(world, 0, "+WDSI: 9,90000");
        world_settle(world);
        CHECK_INT(store_each_frame(world->store, forget_shown, world->store), 0);
        world_kill(world);
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        world->silent = false;
        make_uplink();
        CHECK_INT(frames_bench_answer(world, 0).payload[1], COMMAND_DONE);
        teardown();
}

static int count_row(void *userdata, const FrameRow *row) {
        *(size_t *) userdata += row->state == FRAME_REFUSED;
        return 0;
}

TEST(delivery_leaves_few_rows_of_a_server_that_asks_in_a_loop) {
        size_t rows = 0;

        setup(false);
        for (unsigned i = 0; i < 300; i++)
                CHECK_INT(world_downlink(world, EUI "&FPort=1&Payload=00"), DOWNLINK_BAD_FPORT);
        world_settle(world);
        CHECK_INT(store_each_frame(world->store, count_row, &rows), 0);
        CHECK_INT(rows, 60);
        CHECK_INT(frames_bench_send(world, COMMAND_STATUS), DOWNLINK_FINE);
        teardown();
}

TEST(delivery_without_a_key_is_never) {
        DownlinkFault fault;
        char request[BENCH_TEXT_MAX], token[QUERY_TOKEN_MAX], raw[512];

        setup(false);
        world->settings.uplink.key[0] = '\0';
        (void) frames_bench_request(request, world, EUI "&FPort=20&Payload=0105");
        CHECK_INT(query_token("", request, "", token), 0);
        (void) snprintf(raw, sizeof raw, "%s&Token=%s", request, token);
        frames_query(world->frames, raw, &fault);
        CHECK_INT(fault.code, DOWNLINK_BAD_TOKEN);
        teardown();
}

/* the disk */

TEST(delivery_of_what_could_not_be_stored_never_happens) {
        char request[BENCH_TEXT_MAX];

        setup(false);
        (void) frames_bench_request(request, world, EUI "&FPort=20&Payload=0105");
        world->disk_full = true;
        CHECK_INT(world_request(world, request).code, DOWNLINK_NO_BASE_STATION);
        CHECK_INT(frames_bench_send(world, COMMAND_STATUS), DOWNLINK_NO_BASE_STATION);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        world->disk_full = false;
        (void) world_run(world, 4 * USEC_PER_MINUTE, NULL);
        CHECK_INT(world_request(world, request).code, DOWNLINK_NO_BASE_STATION);
        world_kill(world);
        world_start(world);
        (void) world_run(world, 10 * USEC_PER_SEC, NULL);
        CHECK_INT(frames_bench_count_jobs(world), 0);
        CHECK_INT(frames_bench_count_sent(world), 0);
        CHECK_INT(frames_bench_send(world, COMMAND_STATUS), DOWNLINK_FINE);
        teardown();
}

TEST(delivery_waits_for_the_disk) {
        setup(true);
        CHECK_INT(frames_bench_send(world, COMMAND_UPDATE), DOWNLINK_FINE);
        world->disk_full = true;
        make_uplink();
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(frames_bench_count_jobs(world), 0);
        CHECK_INT(frames_bench_count_sent(world), 0);
        world->disk_full = false;
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        CHECK_INT(frames_bench_count_jobs(world), 1);
        CHECK_INT(frames_bench_count_sent(world), 1);
        teardown();
}

/* crashes */

static bool fcnt_up_repeats(void) {
        for (size_t i = 0; i < world->n_reports; i++)
                for (size_t k = 0; k < i; k++)
                        if (world->reports[i].kind == REPORT_UPLINK &&
                            world->reports[k].kind == REPORT_UPLINK &&
                            streq(world->reports[i].module, world->reports[k].module) &&
                            world->reports[i].fcnt_up == world->reports[k].fcnt_up)
                                return true;
        return false;
}

/* The server sends until it has an answer; false: fotad lived to the end. */
static bool die_at(uint64_t step, bool class_a, bool reboot) {
        char request[BENCH_TEXT_MAX];
        bool answered = false;

        setup(class_a);
        (void) frames_bench_request(request, world, EUI "&FPort=20&Payload=0105&Confirmed=1");
        world->crash_at = world->step + step;
        for (unsigned i = 0; i < 3 && !answered; i++) {
                answered = world_request(world, request).code == DOWNLINK_FINE && !world->crashed;
                if (!world->crashed && class_a)
                        make_uplink();
                if (world->crashed && reboot) {
                        world_reboot(world);
                        world_start(world);
                }
                (void) world_run(world, 10 * USEC_PER_SEC, NULL);
        }
        if (class_a)
                make_uplink();
        (void) world_run(world, 10 * USEC_PER_SEC, NULL);
        const bool died = world->step >= world->crash_at;
        if (!answered || frames_bench_count_jobs(world) != 1 ||
            frames_bench_count_sent(world) != 1 || frames_bench_count_answers(world) != 1 ||
            !frames_bench_sent(world, 0).delivered || !frames_bench_answer(world, 0).ack ||
            fcnt_up_repeats())
                test_fail(__FILE__, __LINE__,
                          "step %u%s: answered %d, %zu jobs, %zu sent reports, %zu answers",
                          (unsigned) step, class_a ? " of class A" : "", answered,
                          frames_bench_count_jobs(world), frames_bench_count_sent(world),
                          frames_bench_count_answers(world));
        return died;
}

static void die_everywhere(bool class_a, bool reboot) {
        uint64_t step = 1;

        while (die_at(step, class_a, reboot) && !test_state.failed)
                step++;
        CHECK(step > 6);
        teardown();
}

TEST(delivery_of_class_c_happens_once_wherever_fotad_dies) {
        die_everywhere(false, false);
}

TEST(delivery_of_class_a_happens_once_wherever_fotad_dies) {
        die_everywhere(true, false);
}

TEST(delivery_of_class_a_happens_once_wherever_the_gateway_dies) {
        die_everywhere(true, true);
}

/* An accepted flush, and a frame in its place, wherever fotad dies: every frame has one fate. */
TEST(delivery_of_a_flushed_queue_is_told_once_wherever_fotad_dies) {
        for (uint64_t step = 1; step < 12 && !test_state.failed; step++) {
                char request[BENCH_TEXT_MAX];
                bool answered = false;

                setup(true);
                for (unsigned i = 0; i < 3; i++)
                        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
                (void) frames_bench_request(request, world,
                                            EUI "&FPort=20&Payload=0105&FlushDownlinkQueue=1");
                world->silent = true; /* no uplink opens a window until all is settled */
                world->crash_at = world->step + step;
                for (unsigned i = 0; i < 3 && !answered; i++) {
                        answered = world_request(world, request).code == DOWNLINK_FINE &&
                                   !world->crashed;
                        (void) world_run(world, 5 * USEC_PER_SEC, NULL);
                }
                CHECK(answered);
                world->silent = false;
                make_uplink();
                (void) world_run(world, 10 * USEC_PER_SEC, NULL);
                CHECK_INT(frames_bench_count_sent(world), 4);
                for (unsigned i = 0; i < 4; i++)
                        CHECK_INT(frames_bench_sent(world, 3 - i).fcnt_dn, i);
        }
        teardown();
}

/* settings */

static void reload(Settings *settings) {
        gateway_turn(world->gateway, &world->now);
        CHECK_INT(gateway_reload(world->gateway, settings), 0);
        frames_reload(world->frames);
        world_settle(world);
}

TEST(delivery_of_what_a_replaced_server_sent_never_happens) {
        static Settings settings;

        setup(true);
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        settings = world->settings;
        (void) TEXT_COPY(settings.uplink.as_id, "app2.sample.com");
        reload(&settings);
        CHECK_INT(frames_waiting(world->frames, "modem0"), 0);
        CHECK_INT(frames_bench_count_sent(world), 1);
        check_sent(0, false, 0xb0, 0xb0, 0);
        make_uplink();
        CHECK(!world_view(world, 0).record->wanted_session);
        teardown();

        /* of class C, that waits for its port; and fotad is started anew with the other name */
        setup(false);
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        lose_port(true);
        world_kill(world);
        (void) TEXT_COPY(world->settings.uplink.as_id, "app2.sample.com");
        world_start(world);
        world_settle(world);
        CHECK_INT(frames_bench_count_sent(world), 1);
        check_sent(0, false, 0, 0xe0, 0);
        teardown();
}

TEST(delivery_to_a_module_that_takes_no_frames_any_more_never_happens) {
        static Settings settings;

        setup(true);
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        CHECK_INT(world_downlink(world, "DevEUI=" BENCH_OTHER_EUI "&FPort=20&Payload=0101"),
                  DOWNLINK_FINE);
        settings = world->settings;
        settings.modules[0].no_downlink = true;
        reload(&settings);
        make_uplink();
        CHECK_INT(frames_waiting(world->frames, "modem0"), 0);
        CHECK_INT(frames_waiting(world->frames, "modem1"), 1);
        CHECK_INT(frames_bench_count_sent(world), 1);
        check_sent(0, false, 0xb0, 0xb0, 0);
        CHECK(!world_view(world, 0).record->wanted_session);
        teardown();
}

/* The disk failed in the turn that carried the first one out. */
TEST(delivery_rests_without_downlink_and_happens_once) {
        static Settings settings;

        setup(true);
        CHECK_INT(frames_bench_send(world, COMMAND_UPDATE), DOWNLINK_FINE);
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        world->disk_full = true;
        make_uplink();
        CHECK_INT(frames_waiting(world->frames, "modem0"), 1);
        settings = world->settings;
        settings.downlink.enabled = false;
        settings.uplink.as_id[0] = '\0'; /* nor is there an uplink */
        reload(&settings);
        world->disk_full = false;
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        CHECK_INT(frames_bench_count_jobs(world), 1);
        CHECK_INT(frames_bench_count_sent(world), 1);
        make_uplink();
        CHECK_INT(frames_waiting(world->frames, "modem0"), 1);
        settings.downlink.enabled = true;
        (void) TEXT_COPY(settings.uplink.as_id, WORLD_AS_ID);
        reload(&settings);
        CHECK_INT(frames_waiting(world->frames, "modem0"), 1); /* that uplink is over */
        make_uplink();
        CHECK_INT(frames_waiting(world->frames, "modem0"), 0);
        CHECK_INT(frames_bench_count_jobs(world), 1);
        CHECK_INT(frames_bench_count_sent(world), 2);
        teardown();
}

/* It was looked at when the frame came. */
TEST(delivery_outlives_the_key) {
        static Settings settings;

        setup(true);
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        settings = world->settings;
        settings.uplink.key[0] = settings.uplink.key[0] == '0' ? '1' : '0';
        reload(&settings);
        make_uplink();
        check_sent(0, true, 0, 0, 1);
        CHECK(world_view(world, 0).record->wanted_session);
        teardown();
}

TEST(delivery_ends_with_the_module) {
        setup(true);
        static Settings settings;

        CHECK_INT(world_downlink(world, "DevEUI=" BENCH_OTHER_EUI "&FPort=20&Payload=0101"),
                  DOWNLINK_FINE);
        CHECK_INT(frames_bench_send(world, COMMAND_CONNECT), DOWNLINK_FINE);
        settings = world->settings;
        settings.n_modules = 1;
        gateway_turn(world->gateway, &world->now);
        CHECK_INT(gateway_reload(world->gateway, &settings), 0);
        frames_reload(world->frames);
        world->settings.n_modules = 1;
        (void) frames_deadline(world->frames);
        world_settle(world);
        frames_turn(world->frames);
        CHECK_INT(frames_waiting(world->frames, "modem1"), 0);
        CHECK_INT(frames_waiting(world->frames, "modem0"), 1);
        CHECK_INT(world_downlink(world, "DevEUI=" BENCH_OTHER_EUI "&FPort=20&Payload=0101"),
                  DOWNLINK_BAD_DEV_EUI);
        teardown();
}

TEST_MAIN()
