/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Downlink frames, from whatever query comes to the report of their fate.
 *
 * The first byte chooses class and settings, then comes a script, one line a step: requests signed
 * and unsigned, replays, time, a port that comes, goes and is held, uplinks, a disk that fails,
 * fotad killed and started with what was committed. Whatever comes, this holds:
 *   - a request that has no good Token changes nothing that is stored;
 *   - no more frames wait than the queue takes;
 *   - a frame's row leaves "waiting" together with its one Downlink Frame Sent report;
 *   - FCntUp and FCntDn never repeat;
 *   - the same signed request is answered with yes again, or it is too old by then. */

#include <assert.h>
#include <stdio.h>

#include "base/log.h"
#include "core/sent.h"
#include "downlink/frames.h"

#define KEY "46ab678cd45df4a4e4b375eacd096acc"
#define AS_ID "app1.sample.com"
#define EUI "000000000F1D8693"
#define INPUT_MAX 16384
#define STEPS_MAX 300
#define ROWS_MAX 4096

typedef struct Bench {
        Settings settings;
        Gateway *gateway;
        Frames *frames;
        Clock now;
        bool port_open, disk_fails;
        char last[DOWNLINK_QUERY_MAX]; /* request that was accepted, "" none */

        /* the disk */
        bool has_record;
        ModuleRecord record;
        uint64_t last_event, last_job, last_report;
        size_t n_rows;
        FrameRow rows[ROWS_MAX];
        unsigned commits;
        size_t n_sent, n_fates;
        uint32_t fcnt_up; /* of the next uplink, at least */
        bool has_uplink;
} Bench;

/* the disk */

static FrameRow *row_find(Bench *bench, uint64_t id) {
        for (size_t i = 0; i < bench->n_rows; i++)
                if (bench->rows[i].id == id)
                        return &bench->rows[i];
        return NULL;
}

static bool is_over(FrameState state) {
        return state == FRAME_CARRIED_OUT || state == FRAME_DROPPED;
}

static void commit_frame(Bench *bench, const FrameRow *row) {
        FrameRow *found = row_find(bench, row->id);

        assert(row->state < _FRAME_STATE_MAX && row->n_payload <= FRAME_PAYLOAD_MAX);
        if (!found) {
                assert(bench->n_rows < ROWS_MAX);
                found = &bench->rows[bench->n_rows++];
                for (size_t i = 0; i + 1 < bench->n_rows && row->code == 0; i++)
                        assert(bench->rows[i].code || !streq(bench->rows[i].token, row->token));
                assert(row->state != FRAME_REFUSED || row->code != 0);
                bench->n_fates += is_over(row->state);
        } else {
                assert(!is_over(found->state) && found->state != FRAME_REFUSED);
                bench->n_fates += is_over(row->state);
        }
        *found = *row;
}

static void commit_report(Bench *bench, const ReportRow *report) {
        SentReport sent;

        assert(report->id > bench->last_report);
        bench->last_report = report->id;
        assert(streq(report->dev_eui, EUI) && streq(report->module, "modem0"));
        if (report->kind == REPORT_UPLINK) {
                assert(!bench->has_uplink || report->fcnt_up >= bench->fcnt_up);
                bench->fcnt_up = report->fcnt_up + 1;
                bench->has_uplink = true;
                return;
        }
        assert(report->kind == REPORT_DOWNLINK_SENT && sent_from_text(report->extra, &sent));
        assert(sent.delivered == (sent.transmission_slot != 0));
        assert(!sent.delivered || sent.cause2 == 0);
        assert(sent.delivered || sent.cause2 != 0);
        bench->n_sent++;
}

static int on_commit(void *userdata, const Batch *batch) {
        Bench *bench = userdata;

        if (bench->disk_fails)
                return -EIO;
        bench->commits++;
        for (size_t i = 0; i < batch->n_modules; i++) {
                bench->record = *batch->modules[i];
                bench->has_record = true;
        }
        for (size_t i = 0; i < batch->n_jobs; i++)
                bench->last_job = MAX_OF(bench->last_job, batch->jobs[i].id);
        for (size_t i = 0; i < batch->n_events; i++)
                bench->last_event = MAX_OF(bench->last_event, batch->events[i].sequence);
        for (size_t i = 0; i < batch->n_reports; i++)
                commit_report(bench, &batch->reports[i]);
        for (size_t i = 0; i < batch->n_frames; i++)
                commit_frame(bench, &batch->frames[i]);
        assert(batch->n_frames_gone == 0); /* nothing gives way in a script of this length */
        assert(bench->n_sent == bench->n_fates);
        return 0;
}

static int on_recover(void *userdata) {
        return ((Bench *) userdata)->disk_fails ? -EIO : 0;
}

static bool on_load(void *userdata, const char *name _unused_, ModuleRecord *ret,
                    JobRow *ret_job _unused_, JobRow *ret_last_job _unused_) {
        const Bench *bench = userdata;

        if (bench->has_record)
                *ret = bench->record;
        return bench->has_record;
}

static void on_write(void *userdata _unused_, size_t module _unused_, const char *bytes _unused_,
                     size_t n _unused_) {
}

static void on_publish(void *userdata _unused_, const EventRow *row _unused_) {
}

static void on_changed(void *userdata _unused_, const Module *module _unused_) {
}

static bool on_report(void *userdata _unused_, const EventRow *row, const Module *module _unused_,
                      ReportRow *ret) {
        *ret = (ReportRow) { .module = "modem0", .dev_eui = EUI, .fport = 1 };
        return row->event != EVENT_NONE;
}

static const GatewayHost gateway_host = {
        .commit = on_commit,
        .recover = on_recover,
        .write = on_write,
        .publish = on_publish,
        .changed = on_changed,
        .report = on_report,
};

static bool on_answer(void *userdata _unused_, const Module *module _unused_,
                      const CommandAnswer *answer, ReportRow *ret) {
        assert(answer->why && answer->result < _COMMAND_RESULT_MAX);
        ret->fport = ANSWER_FPORT;
        return answer->opcode % 2 == 0;
}

static const FramesHost frames_host = { .answer = on_answer };

/* fotad */

static void start(Bench *bench) {
        const GatewayStart from = {
                .settings = &bench->settings,
                .now = bench->now,
                .boot_id = "b",
                .load = on_load,
                .storage_ok = true,
                .last_event = bench->last_event,
                .last_job = bench->last_job,
                .last_report = bench->last_report,
        };

        assert(gateway_new(&from, &gateway_host, bench, &bench->gateway) == 0);
        assert(frames_new(bench->gateway, &frames_host, bench, &bench->frames) == 0);
        for (size_t i = 0; i < bench->n_rows; i++)
                assert(frames_adopt(bench->frames, &bench->rows[i]) == 0);
        bench->port_open = false;
}

static void stop(Bench *bench) {
        bench->frames = frames_free(bench->frames);
        bench->gateway = gateway_free(bench->gateway);
}

static void settle(Bench *bench) {
        for (unsigned i = 0; i < 50; i++) {
                gateway_turn(bench->gateway, &bench->now);
                frames_turn(bench->frames);
                gateway_settle(bench->gateway);
                assert(frames_waiting(bench->frames, "modem0") <=
                       bench->settings.downlink.queue_length);
                if (frames_deadline(bench->frames) > bench->now.boottime)
                        return;
        }
        assert(false); /* it never comes to rest */
}

/* steps */

static void check_fault(const DownlinkFault *fault) {
        if (fault->code == DOWNLINK_FINE)
                return;
        assert(downlink_answer(fault->code));
        assert(fault->parameter && fault->why && fault->why[0] != '\0');
}

static DownlinkCode ask(Bench *bench, const char *raw) {
        DownlinkFault fault;

        gateway_turn(bench->gateway, &bench->now);
        frames_query(bench->frames, raw, &fault);
        check_fault(&fault);
        return fault.code;
}

static void ask_unsigned(Bench *bench, const char *raw) {
        const unsigned commits = bench->commits;
        const size_t waiting = frames_waiting(bench->frames, "modem0");
        const DownlinkCode code = ask(bench, raw);

        if (code < DOWNLINK_NO_AS_ID || code > DOWNLINK_BAD_TOKEN || code == DOWNLINK_BAD_AS_ID)
                return; /* the script had the token */
        assert(bench->commits == commits && frames_waiting(bench->frames, "modem0") == waiting);
}

static DownlinkCode ask_signed(Bench *bench, const char *text) {
        static char raw[DOWNLINK_QUERY_MAX + 128];
        char token[QUERY_TOKEN_MAX];

        assert(query_token("", text, KEY, token) == 0);
        (void) snprintf(raw, sizeof raw, "%s&Token=%s", text, token);
        return ask(bench, raw);
}

static void ask_in_full(Bench *bench, const char *query) {
        static char text[DOWNLINK_QUERY_MAX];
        char time[ISO_TEXT_MAX];

        (void) snprintf(text, sizeof text, "%.4000s&AS_ID=" AS_ID "&Time=%s", query,
                        iso_format(time, bench->now.realtime, 0));
        if (ask_signed(bench, text) == DOWNLINK_FINE)
                (void) TEXT_COPY(bench->last, text);
}

static void replay(Bench *bench) {
        const unsigned commits = bench->commits;
        DownlinkCode code;

        if (bench->last[0] == '\0')
                return;
        code = ask_signed(bench, bench->last);
        assert(code == DOWNLINK_FINE || code == DOWNLINK_BAD_TIME);
        assert(code != DOWNLINK_FINE || bench->commits == commits);
}

static void pass(Bench *bench, usec_t span) {
        bench->now.boottime += span;
        bench->now.realtime += span;
}

static void move_port(Bench *bench, char how) {
        if (bench->port_open)
                gateway_port_lost(bench->gateway, 0);
        bench->port_open = how == 'o';
        if (how == 'o')
                gateway_port_opened(bench->gateway, 0);
        else if (how == 'b')
                gateway_port_refused(bench->gateway, 0, -EBUSY, "another");
}

static void step(Bench *bench, const char *line) {
        gateway_turn(bench->gateway, &bench->now);
        switch (line[0]) {
        case 'q':
                ask_in_full(bench, line + 1);
                return; /* several in one turn, perhaps */
        case 's':
                (void) ask_signed(bench, line + 1);
                return;
        case 'r':
                ask_unsigned(bench, line + 1);
                return;
        case 'a':
                replay(bench);
                return;
        case 't':
                pass(bench, (strtoul(line + 1, NULL, 10) % 4000) * USEC_PER_SEC);
                break;
        case 'w':
                bench->now.realtime += (strtoul(line + 1, NULL, 10) % 4000) * USEC_PER_SEC;
                break;
        case 'o':
        case 'c':
        case 'b':
                move_port(bench, line[0]);
                break;
        case 'u':
                gateway_note(bench->gateway, "modem0", EVENT_POLICY_WAITING, NULL, NULL, 0);
                break;
        case 'd':
                bench->disk_fails = !bench->disk_fails;
                break;
        case 'k':
                stop(bench);
                bench->disk_fails = false;
                pass(bench, USEC_PER_SEC);
                start(bench);
                break;
        default:
                break;
        }
        settle(bench);
}

static void prepare(Bench *bench, uint8_t options) {
        ModuleSettings *module = bench->settings.modules;

        bench->now =
                (Clock) { .realtime = 1795392000 * USEC_PER_SEC, .boottime = 1000 * USEC_PER_SEC };
        bench->settings.gateway.concurrent_installs = 1;
        bench->settings.n_modules = 1;
        (void) TEXT_COPY(module->name, "modem0");
        (void) TEXT_COPY(module->dev_eui, EUI);
        module->family = family_find("hl78xx");
        module->baud_rate = 115200;
        module->family_settings.pdp_context = 1;
        policy_init_default(&module->policy);
        module->class_a = options & 1;
        bench->settings.uplink.enabled = true;
        (void) TEXT_COPY(bench->settings.uplink.as_id, AS_ID);
        (void) TEXT_COPY(bench->settings.uplink.key, KEY);
        bench->settings.downlink = (DownlinkSettings) {
                .enabled = true,
                .max_deviation = 5 * USEC_PER_MINUTE,
                .queue_length = 1 + (options >> 1 & 7),
                .rate_per_minute = options & 16 ? 1000 : 10,
                .rate_burst = 5,
                .confirmed = (options & 32) == 0,
                .strict_fcnt = options & 64,
        };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static Bench bench;
        static char input[INPUT_MAX + 1];
        unsigned steps = 0;
        char *rest = input;

        if (size < 1)
                return 0;
        log_set_level(LOG_ERR);
        bench = (Bench) {};
        prepare(&bench, data[0]);
        size = MIN_OF(size - 1, (size_t) INPUT_MAX);
        memcpy(input, data + 1, size);
        input[size] = '\0';
        start(&bench);
        for (char *line; (line = strsep(&rest, "\n")) && steps < STEPS_MAX; steps++)
                step(&bench, line);
        settle(&bench);
        stop(&bench);
        return 0;
}
