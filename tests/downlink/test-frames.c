/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Requests of an application server: every answer that they can get, in the order in which the
 * checks are made, and what becomes of the counters, the queue and the token bucket. */

#include "downlink/frames-bench.h"
#include "test.h"

#define FINE "&FPort=20&Payload=010A"
#define EUI "DevEUI=" BENCH_EUI
#define OTHER_IMEI "354123456789025"

static World *world;

static void setup(bool class_a) {
        world_free(world);
        world = frames_bench_new(class_a);
        frames_bench_start(world);
}

static void teardown(void) {
        world = world_free(world);
}

/* A query that is not signed here. */
static DownlinkFault raw_request(const char *raw) {
        DownlinkFault fault;

        gateway_turn(world->gateway, &world->now);
        frames_query(world->frames, raw, &fault);
        return fault;
}

/* the sender */

#define TIME_NOW "2026-11-23T00:00:30Z"
static const struct {
        const char *raw;
        DownlinkCode code;
} strangers[] = {
        { "", DOWNLINK_NO_AS_ID },
        { EUI FINE, DOWNLINK_NO_AS_ID },
        { EUI FINE "&AS_ID=", DOWNLINK_NO_AS_ID },
        { EUI FINE "&AS_ID=x", DOWNLINK_NO_TIME },
        { EUI FINE "&AS_ID=x&Time=" TIME_NOW, DOWNLINK_NO_TIME },
        { EUI FINE "&AS_ID=x&Token=00", DOWNLINK_NO_TIME },
        { EUI FINE "&AS_ID=x&Time=yesterday&Token=00", DOWNLINK_MALFORMED_TIME },
        /* too far from the clock, before anybody looks at the Token */
        { EUI FINE "&AS_ID=x&Time=2026-11-22T23:00:00Z&Token=00", DOWNLINK_BAD_TIME },
        { EUI FINE "&AS_ID=x&Time=2026-11-23T01:00:00Z&Token=00", DOWNLINK_BAD_TIME },
        { EUI FINE "&AS_ID=x&Time=" TIME_NOW "&Token=00", DOWNLINK_UNREADABLE_TOKEN },
        { EUI FINE "&AS_ID=x&Time=" TIME_NOW
                   "&Token=0000000000000000000000000000000000000000000000000000000000000000",
          DOWNLINK_BAD_TOKEN },
        { EUI FINE "&AS_ID=%zz", DOWNLINK_UNREADABLE_TOKEN },
};

TEST(frames_tell_a_stranger_of_as_id_time_and_token_alone) {
        setup(false);
        for (size_t i = 0; i < ELEMENTSOF(strangers); i++)
                CHECK_INT(raw_request(strangers[i].raw).code, strangers[i].code);
        world_settle(world);
        CHECK_INT(frames_bench_count_sent(world), 0);
        teardown();
}

TEST(frames_take_the_tokens_of_the_specification) {
        /* 7.3.2, and the sample of 7.1.2 with the key that the specification had before */
        static const char *const vectors[][2] = {
                { "46ab678cd45df4a4e4b375eacd096acc",
                  "63a4ec6532937c9bcba109a75f731d6dc192c9df662dee56757634a8a6dc3f4c" },
                { "46ab678cd45df4a4e4b375Eacd096acc",
                  "ea8f31d2299cbece8e180a3012766c4df15fe3cf2e142d9fdf4035b5894ec886" },
        };

        setup(false);
        CHECK_INT(iso_parse("2016-01-11T14:28:00+02:00", &world->now.realtime), 0);
        world->settings.gateway.trusted_time = TRUSTED_TIME_NONE;
        for (size_t i = 0; i < ELEMENTSOF(vectors); i++) {
                char raw[512];

                (void) snprintf(raw, sizeof raw,
                                "DevEUI=000000000F1D8693&FPort=1&Payload=00&AS_ID=app1.sample.com&"
                                "Time=2016-01-11T14%%3A28%%3A00.333%%2B02%%3A00&Token=%s",
                                vectors[i][1]);
                CHECK_INT(raw_request(raw).code, i == 0 ? DOWNLINK_BAD_FPORT : DOWNLINK_BAD_TOKEN);
                (void) TEXT_COPY(world->settings.uplink.key, vectors[i][0]);
                CHECK_INT(raw_request(raw).code, DOWNLINK_BAD_FPORT);
        }
        teardown();
}

TEST(frames_are_refused_while_the_clock_is_not_trusted) {
        char request[BENCH_TEXT_MAX];

        setup(false);
        const usec_t realtime = world->now.realtime;
        (void) frames_bench_request(request, world, EUI FINE);
        world_kill(world);
        world->now.realtime = USEC_PER_DAY; /* 1970, and the newest row is of later */
        frames_bench_start(world);
        CHECK_INT(frames_bench_send(world, COMMAND_STATUS), DOWNLINK_BAD_TIME);
        CHECK_INT(world_request(world, request).code, DOWNLINK_BAD_TIME);
        /* nobody may repeat it once the clock is right: its sender was told no */
        world->now.realtime = realtime;
        CHECK_INT(world_request(world, request).code, DOWNLINK_BAD_TIME);
        CHECK_INT(frames_bench_send(world, COMMAND_STATUS), DOWNLINK_FINE);
        teardown();
}

TEST(frames_of_the_future_do_not_become_good_with_time) {
        char request[BENCH_TEXT_MAX];

        setup(false);
        world->now.realtime += USEC_PER_HOUR;
        (void) frames_bench_request(request, world, EUI FINE);
        world->now.realtime -= USEC_PER_HOUR;
        CHECK_INT(world_request(world, request).code, DOWNLINK_BAD_TIME);
        (void) world_run(world, USEC_PER_HOUR, NULL);
        CHECK_INT(world_request(world, request).code, DOWNLINK_BAD_TIME);
        world_kill(world);
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(world_request(world, request).code, DOWNLINK_BAD_TIME);
        teardown();
}

/* Somebody kept them back, and the server gave up on them: the first comes just in time. */
TEST(frames_that_were_held_up_are_refused) {
        char early[BENCH_TEXT_MAX], late[BENCH_TEXT_MAX];

        setup(false);
        const usec_t deviation = world->settings.downlink.max_deviation;
        CHECK(deviation >= USEC_PER_MINUTE);
        (void) frames_bench_request(early, world, EUI FINE);
        (void) frames_bench_request(late, world, EUI FINE);
        (void) world_run(world, deviation - USEC_PER_SEC, NULL);
        CHECK_INT(world_request(world, early).code, DOWNLINK_FINE);
        (void) world_run(world, 2 * USEC_PER_SEC, NULL);
        CHECK_INT(world_request(world, late).code, DOWNLINK_BAD_TIME);
        world_kill(world);
        world_start(world);
        CHECK_INT(world_request(world, late).code, DOWNLINK_BAD_TIME);
        teardown();
}

/* the frame */

#define BYTES_16 "00000000000000000000000000000000"
#define BYTES_64 BYTES_16 BYTES_16 BYTES_16 BYTES_16
#define BYTES_222 BYTES_64 BYTES_64 BYTES_64 BYTES_16 "0000000000000000000000000000"

static const struct {
        const char *query;
        DownlinkCode code;
        const char *parameter;
} frames[] = {
        { "FPort=20&Payload=010A", DOWNLINK_BAD_DEV_EUI, "DevEUI" },
        { "DevEUI=000000000F1D869Z" FINE, DOWNLINK_BAD_DEV_EUI, "DevEUI" },
        { "DevEUI=000000000F1D8699" FINE, DOWNLINK_BAD_DEV_EUI, "DevEUI" },
        { "DevEUI=000000000F1D8699&FPort=1&Payload=0", DOWNLINK_BAD_DEV_EUI, "DevEUI" },
        { EUI "&FPort=0&Payload=010A", DOWNLINK_BAD_FPORT, "FPort" },
        { EUI "&FPort=225&Payload=010A", DOWNLINK_BAD_FPORT, "FPort" },
        { EUI "&FPort=19&Payload=010A", DOWNLINK_BAD_FPORT, "FPort" },
        { EUI "&Payload=010A", DOWNLINK_BAD_FPORT, "FPort" },
        { EUI FINE "&ValidityTime=soon", DOWNLINK_BAD_VALIDITY, "ValidityTime" },
        { EUI FINE "&ValidityTime=0", DOWNLINK_BAD_VALIDITY, "ValidityTime" },
        { EUI FINE "&ValidityTime=2026-11-22T23:59:59Z", DOWNLINK_BAD_VALIDITY, "ValidityTime" },
        { EUI "&FPort=20&Payload=010", DOWNLINK_BAD_PAYLOAD, "Payload" },
        { EUI "&FPort=20&Payload=01zz", DOWNLINK_BAD_PAYLOAD, "Payload" },
        { EUI "&FPort=20&Payload=" BYTES_222 "00", DOWNLINK_PAYLOAD_TOO_LONG, "Payload" },
        { EUI FINE "&CorrelationID=4434704901C7450", DOWNLINK_BAD_CORRELATION_ID, "CorrelationID" },
        { EUI "&FPort=20", DOWNLINK_NO_PAYLOAD, "Payload" },
        { EUI "&FPort=20&FlushDownlinkQueue=0", DOWNLINK_NO_PAYLOAD, "Payload" },
        { EUI FINE "&Confirmed=2", DOWNLINK_NOT_CONFIRMABLE, "Confirmed" },
        /* leniency: a counter is neither needed nor believed */
        { EUI FINE "&FCntDn=4000000000", DOWNLINK_FINE, "" },
        { EUI FINE "&Colour=blue", DOWNLINK_FINE, "" },
        { "DevEUI=000000000f1d8693" FINE, DOWNLINK_FINE, "" },
        { EUI "&FPort=20&Payload=" BYTES_222, DOWNLINK_FINE, "" },
};

static DownlinkFault request(const char *query) {
        char text[8192], time[ISO_TEXT_MAX];

        (void) snprintf(
                text, sizeof text, "%s&AS_ID=" WORLD_AS_ID "&Time=%s", query,
                iso_format(time, world->now.realtime + ++world->n_requests * USEC_PER_MSEC, 0));
        return world_request(world, text);
}

TEST(frames_are_refused_with_the_code_of_their_fault) {
        setup(false);
        for (size_t i = 0; i < ELEMENTSOF(frames); i++) {
                const DownlinkFault fault = request(frames[i].query);

                if (fault.code != frames[i].code)
                        printf("%s\n", frames[i].query);
                CHECK_INT(fault.code, frames[i].code);
                if (fault.code != DOWNLINK_FINE)
                        CHECK_STR(fault.parameter, frames[i].parameter);
                world_settle(world);
        }
        CHECK_INT(frames_bench_count_sent(world), 4);
        teardown();
}

TEST(frames_with_more_than_5000_digits_are_refused) {
        static char query[6000];

        setup(false);
        (void) snprintf(query, sizeof query, EUI "&FPort=20&Payload=%05002d", 0);
        CHECK_INT(request(query).code, DOWNLINK_BAD_PAYLOAD);
        (void) snprintf(query, sizeof query, EUI "&FPort=20&Payload=%05000d", 0);
        CHECK_INT(request(query).code, DOWNLINK_PAYLOAD_TOO_LONG);
        teardown();
}

TEST(frames_of_another_server_are_refused_though_it_has_the_key) {
        setup(false);
        const DownlinkFault fault =
                world_request(world, EUI FINE "&AS_ID=app2.sample.com&Time=" TIME_NOW);
        CHECK_INT(fault.code, DOWNLINK_BAD_AS_ID);
        /* before anything of the frame */
        CHECK_INT(world_request(world, "AS_ID=App1.sample.com&Time=" TIME_NOW).code,
                  DOWNLINK_BAD_AS_ID);
        teardown();
}

TEST(frames_confirmed_are_refused_when_that_is_off) {
        setup(false);
        world->settings.downlink.confirmed = false;
        CHECK_INT(request(EUI FINE "&Confirmed=1").code, DOWNLINK_NOT_CONFIRMABLE);
        CHECK_INT(request(EUI FINE "&Confirmed=0").code, DOWNLINK_FINE);
        teardown();
}

TEST(frames_for_a_module_without_downlink_or_absent_are_refused) {
        setup(false);
        world->settings.modules[0].no_downlink = true;
        CHECK_INT(request(EUI FINE).code, DOWNLINK_DISABLED);
        CHECK_INT(request("DevEUI=" BENCH_OTHER_EUI FINE).code, DOWNLINK_FINE);
        world->settings.modules[0].no_downlink = false;
        world->modules[0].port_absent = true;
        world_settle(world);
        CHECK_INT(request(EUI FINE).code, DOWNLINK_NO_BASE_STATION);
        /* emptying a queue needs no module */
        CHECK_INT(request(EUI "&FlushDownlinkQueue=1").code, DOWNLINK_FINE);
        teardown();
}

/* counters */

TEST(frames_with_strict_counters_take_the_next_one_only_or_a_later) {
        DownlinkFault fault;

        setup(false);
        world->settings.downlink.strict_fcnt = true;
        CHECK_INT(request(EUI FINE "&FCntDn=0").code, DOWNLINK_FINE);
        world_settle(world);
        fault = request(EUI FINE "&FCntDn=0");
        CHECK_INT(fault.code, DOWNLINK_FCNT_USED);
        CHECK_INT(fault.expected, 1);
        fault = request(EUI FINE "&FCntDn=16386");
        CHECK_INT(fault.code, DOWNLINK_FCNT_TOO_FAR);
        CHECK_INT(fault.expected, 1);
        CHECK_INT(request(EUI FINE "&FCntDn=16385").code, DOWNLINK_FINE);
        world_settle(world);
        CHECK_INT(frames_bench_sent(world, 0).fcnt_dn, 16385);
        CHECK_INT(request(EUI FINE).code, DOWNLINK_FINE);
        world_settle(world);
        CHECK_INT(frames_bench_sent(world, 0).fcnt_dn, 16386);
        teardown();
}

TEST(frames_count_up_over_restarts_and_each_module_by_itself) {
        setup(false);
        for (unsigned i = 0; i < 3; i++) {
                CHECK_INT(request(EUI FINE).code, DOWNLINK_FINE);
                world_settle(world);
                CHECK_INT(frames_bench_sent(world, 0).fcnt_dn, i);
                world_kill(world);
                world_start(world);
                (void) world_run(world, USEC_PER_MINUTE, NULL);
        }
        CHECK_INT(request("DevEUI=" BENCH_OTHER_EUI FINE).code, DOWNLINK_FINE);
        world_settle(world);
        CHECK_INT(frames_bench_sent(world, 0).fcnt_dn, 0);
        CHECK_INT(frames_bench_answer(world, 0).fcnt_dn, 1); /* of the next frame */
        teardown();
}

/* rate and queue */

TEST(frames_are_limited_to_a_burst_and_a_rate) {
        setup(false);
        for (unsigned i = 0; i < 20; i++) /* these take nothing */
                CHECK_INT(request(EUI "&FPort=1&Payload=00").code, DOWNLINK_BAD_FPORT);
        for (unsigned i = 0; i < 5; i++) {
                CHECK_INT(request(EUI FINE).code, DOWNLINK_FINE);
                world_settle(world);
        }
        CHECK_INT(request(EUI FINE).code, DOWNLINK_TOO_MANY);
        CHECK_INT(request("DevEUI=" BENCH_OTHER_EUI FINE).code, DOWNLINK_FINE);
        (void) world_run(world, 6 * USEC_PER_SEC, NULL);
        CHECK_INT(request(EUI FINE).code, DOWNLINK_FINE);
        CHECK_INT(request(EUI FINE).code, DOWNLINK_TOO_MANY);
        (void) world_run(world, USEC_PER_DAY, NULL); /* no more than a burst is saved */
        for (unsigned i = 0; i < 5; i++) {
                CHECK_INT(request(EUI FINE).code, DOWNLINK_FINE);
                world_settle(world);
        }
        CHECK_INT(request(EUI FINE).code, DOWNLINK_TOO_MANY);
        teardown();
}

static usec_t flush_took(void) {
        usec_t begin;

        for (unsigned i = 0; i < 5; i++)
                (void) request(EUI FINE);
        begin = clock_now().boottime;
        (void) request(EUI "&FlushDownlinkQueue=1");
        return clock_now().boottime - begin;
}

TEST(frames_sixth_is_refused_until_the_queue_is_flushed) {
        usec_t least = USEC_INFINITY;

        setup(true);
        world->settings.downlink.rate_burst = world->settings.downlink.rate_per_minute = 1000;
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        for (unsigned i = 0; i < 5; i++)
                CHECK_INT(request(EUI FINE).code, DOWNLINK_FINE);
        CHECK_INT(request(EUI FINE).code, DOWNLINK_TOO_MANY);
        CHECK_INT(frames_waiting(world->frames, "modem0"), 5);
        CHECK_INT(request("DevEUI=" BENCH_OTHER_EUI FINE).code, DOWNLINK_FINE);
        /* first the queue is emptied, then the payload takes its place */
        CHECK_INT(request(EUI FINE "&FlushDownlinkQueue=1").code, DOWNLINK_FINE);
        CHECK_INT(frames_waiting(world->frames, "modem0"), 1);
        CHECK_INT(frames_waiting(world->frames, "modem1"), 1);
        CHECK_INT(frames_bench_count_sent(world), 5);
        for (unsigned i = 0; i < 5; i++) {
                const SentReport sent = frames_bench_sent(world, 4 - i);

                CHECK_INT(sent.fcnt_dn, i);
                CHECK(!sent.delivered);
                CHECK_INT(sent.cause1, 0xb0);
                CHECK_INT(sent.cause2, 0xb0);
                CHECK_INT(sent.transmission_slot, 0);
        }
        for (unsigned i = 0; i < 5; i++)
                least = MIN_OF(least, flush_took());
        CHECK(least < 50 * USEC_PER_MSEC);
        CHECK_INT(frames_waiting(world->frames, "modem0"), 0);
        /* a flush that is refused flushes nothing */
        CHECK_INT(request(EUI FINE).code, DOWNLINK_FINE);
        CHECK_INT(request(EUI "&FPort=3&Payload=00&FlushDownlinkQueue=1").code, DOWNLINK_BAD_FPORT);
        CHECK_INT(frames_waiting(world->frames, "modem0"), 1);
        teardown();
}

/* which module */

/* The IMEI of the other one, which it took before that one had come. */
TEST(frames_go_to_the_module_that_is_configured) {
        static SimScenario copy;

        world_free(world);
        world = frames_bench_new(false);
        sim_scenario_init(&copy);
        (void) TEXT_COPY(copy.imei, OTHER_IMEI);
        world_attach(world, 0, &copy, 1);
        world->modules[1].unplugged = true;
        for (size_t i = 0; i < 2; i++)
                world->settings.modules[i].dev_eui[0] = '\0';
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(world_state(world, 0), STATE_IDLE);
        CHECK(gateway_find_dev_eui(world->gateway, "0" OTHER_IMEI) ==
              gateway_module(world->gateway, 0));
        (void) TEXT_COPY(world->settings.modules[1].imei, OTHER_IMEI);
        world_kill(world);
        world_start(world);
        world->modules[1].unplugged = false;
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(world_state(world, 0), STATE_BLOCKED);
        CHECK(gateway_find_dev_eui(world->gateway, "0" OTHER_IMEI) ==
              gateway_module(world->gateway, 1));
        CHECK_INT(request("DevEUI=0" OTHER_IMEI FINE).code, DOWNLINK_FINE);
        CHECK_STR(gateway_dev_eui(gateway_module(world->gateway, 0)), "");
        teardown();
}

/* every code */

TEST(frames_codes_are_all_tested_but_one) {
        bool seen[200] = { [DOWNLINK_BAD_AS_ID] = true, [DOWNLINK_NOT_CONFIRMABLE] = true,
                           [DOWNLINK_DISABLED] = true,  [DOWNLINK_NO_BASE_STATION] = true,
                           [DOWNLINK_FCNT_USED] = true, [DOWNLINK_FCNT_TOO_FAR] = true,
                           [DOWNLINK_TOO_MANY] = true };

        for (size_t i = 0; i < ELEMENTSOF(strangers); i++)
                seen[strangers[i].code] = true;
        for (size_t i = 0; i < ELEMENTSOF(frames); i++)
                seen[frames[i].code] = true;
        for (size_t i = 0; i < downlink_n_answers; i++)
                CHECK_INT(seen[downlink_answers[i].code],
                          downlink_answers[i].code != DOWNLINK_NOT_ENCRYPTED);
}

/* fotad(8) has the table of codes: with the texts of v1, as long as they are short. */
TEST(frames_codes_are_all_in_the_manual) {
        static char page[256 * 1024];
        FILE *file = fopen(TEST_FILE("man/fotad.8"), "re");

        CHECK(file);
        CHECK(fread(page, 1, sizeof page - 1, file) > 0);
        (void) fclose(file);
        for (size_t i = 0; i < downlink_n_answers; i++) {
                char row[64];

                (void) snprintf(row, sizeof row, ".It %u Ta %s%.24s", downlink_answers[i].code,
                                downlink_answers[i].code == DOWNLINK_NO_BASE_STATION ? "\\&" : "",
                                downlink_answers[i].v1_text);
                if (!strstr(page, row))
                        printf("%s\n", row);
                CHECK(strstr(page, row));
        }
}

TEST_MAIN()
