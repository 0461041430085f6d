/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "downlink/frames-bench.h"

#include <assert.h>
#include <stdio.h>

#include "base/log.h"
#include "fotasim/identity.h"

static bool are_idle(World *world) {
        return world_state(world, 0) == STATE_IDLE && world_view(world, 0).reconciled &&
               world_state(world, 1) == STATE_IDLE && world_view(world, 1).reconciled;
}

World *frames_bench_new(bool class_a) {
        World *world = world_new(2);
        static SimScenario scenarios[2]; /* borrowed by the modules */

        for (unsigned i = 0; i < 2; i++) {
                world->settings.modules[i].class_a = class_a;
                (void) TEXT_COPY(world->settings.modules[i].dev_eui,
                                 i == 0 ? BENCH_EUI : BENCH_OTHER_EUI);
                sim_scenario_init(&scenarios[i]);
                identity_vary(&scenarios[i], 0, i);
                world_attach(world, i, &scenarios[i], i + 1);
        }
        world_use_downlink(world);
        return world;
}

void frames_bench_start(World *world) {
        log_set_level(LOG_ERR);
        world_start(world);
        assert(world_run(world, 5 * USEC_PER_MINUTE, are_idle));
        (void) world_run(world, 5 * USEC_PER_SEC, NULL);
}

const char *frames_bench_frame(char to[static BENCH_TEXT_MAX], unsigned opcode) {
        (void) snprintf(to, BENCH_TEXT_MAX, "DevEUI=%s&FPort=20&Payload=01%02X", BENCH_EUI, opcode);
        return to;
}

const char *frames_bench_request(char to[static BENCH_TEXT_MAX], const World *world,
                                 const char *query) {
        char time[ISO_TEXT_MAX];

        (void) snprintf(to, BENCH_TEXT_MAX, "%s&AS_ID=%s&Time=%s", query, WORLD_AS_ID,
                        iso_format(time, world->now.realtime, 3600));
        return to;
}

DownlinkCode frames_bench_send(World *world, unsigned opcode) {
        char query[BENCH_TEXT_MAX];

        return world_downlink(world, frames_bench_frame(query, opcode));
}

static bool is_sent(const ReportRow *report) {
        return report->kind == REPORT_DOWNLINK_SENT;
}

static bool is_answer(const ReportRow *report) {
        return report->kind == REPORT_UPLINK && (report->fport == ANSWER_FPORT || report->ack);
}

static size_t count(const World *world, bool (*is)(const ReportRow *)) {
        size_t n = 0;

        for (size_t i = 0; i < world->n_reports; i++)
                n += is(&world->reports[i]);
        return n;
}

static ReportRow find(const World *world, bool (*is)(const ReportRow *), size_t from_end) {
        for (size_t i = world->n_reports; i > 0; i--)
                if (is(&world->reports[i - 1]) && from_end-- == 0)
                        return world->reports[i - 1];
        return (ReportRow) {};
}

size_t frames_bench_count_sent(const World *world) {
        return count(world, is_sent);
}

size_t frames_bench_count_answers(const World *world) {
        return count(world, is_answer);
}

SentReport frames_bench_sent(const World *world, size_t from_end) {
        const ReportRow report = find(world, is_sent, from_end);
        SentReport sent = {};

        assert(report.id == 0 || sent_from_text(report.extra, &sent));
        return sent;
}

ReportRow frames_bench_answer(const World *world, size_t from_end) {
        return find(world, is_answer, from_end);
}

static int count_job(void *userdata, const JobRow *row) {
        (void) row;
        ++*(size_t *) userdata;
        return 0;
}

size_t frames_bench_count_jobs(World *world) {
        size_t n = 0;

        assert(store_each_job(world->store, &(HistoryQuery) { 0 }, count_job, &n) == 0);
        return n;
}
