/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fate of the frames that wait.
 *
 * A frame of class C is carried out at once, and for a minute it is tried again when the module's
 * port is not there. One of class A waits for the module's next uplink, which opens two windows: in
 * that turn, and a second later. One frame a module and turn, in the order of their arrival. The
 * row that says "carried out" is in the batch before the order is given, and what the order changes
 * and the reports follow into the same commit: after a crash the frame is either still waiting and
 * nothing was done, or it is done. */

#include "downlink/frames-internal.h"

#include "actility/document.h"
#include "base/log.h"
#include "core/sent.h"

#define CLASS_C_MAX USEC_PER_MINUTE /* 7, Class C: tried again up to 60 s */
#define SECOND_WINDOW USEC_PER_SEC  /* LoRaWAN: RX2 opens a second after RX1 */
#define CLOCK_CHECK USEC_PER_MINUTE

static bool is_enabled(const Frames *frames) {
        return gateway_settings(frames->gateway)->downlink.enabled;
}

/* Does anything go at all? A frame is not carried out when that can't be stored, nor on the word of
 * a clock that is not trusted. */
static bool frames_go(const Frames *frames) {
        return is_enabled(frames) && gateway_storage_ok(frames->gateway) &&
               gateway_reports_allowed(frames->gateway);
}

/* Why nothing can be said to the module now, DELIVERY_DONE: it can. */
static DeliveryCause hindrance(const ModuleView *view) {
        if (view->port_open)
                return DELIVERY_DONE;
        return view->record->state == STATE_BLOCKED ? DELIVERY_RADIO_BUSY : DELIVERY_RADIO_STOPPED;
}

static DeliveryCause frame_hindrance(const FrameRow *row, const ModuleView *view) {
        ServerCommand command;
        const char *why;

        if (command_decode(row->payload, row->n_payload, &command, &why) != COMMAND_DONE ||
            !command_needs_port(command.kind))
                return DELIVERY_DONE;
        return hindrance(view);
}

/* reports */

static ReportRow report_begin(const Frames *frames, const Module *module) {
        ReportRow report = { .created = gateway_now(frames->gateway)->realtime };
        ModuleView view;

        gateway_view(frames->gateway, module, &view);
        report.has_signal = view.has_signal;
        report.signal_dbm = view.signal_dbm;
        (void) TEXT_COPY(report.module, module_name(module));
        (void) TEXT_COPY(report.dev_eui, gateway_dev_eui(module));
        return report;
}

typedef struct Fate {
        FrameState state;
        unsigned slot; /* 0: it was not delivered */
        DeliveryCause first, second;
} Fate;

static void report_sent(const Frames *frames, Module *module, const FrameRow *row,
                        const Fate *fate) {
        SentReport sent = { .fport = row->fport,
                            .fcnt_dn = row->fcnt_dn,
                            .delivered = fate->slot != 0,
                            .cause1 = fate->first,
                            .cause2 = fate->second,
                            .transmission_slot = fate->slot };
        ReportRow report = report_begin(frames, module);

        report.kind = REPORT_DOWNLINK_SENT;
        report.fport = row->fport;
        (void) TEXT_COPY(sent.correlation_id, row->correlation_id);
        sent_to_text(&sent, report.extra);
        gateway_add_report(frames->gateway, module, &report);
}

/* A confirmed frame is acknowledged by the next uplink, even if that has nothing else to say. */
static void report_answer(const Frames *frames, Module *module, const FrameRow *row,
                          const CommandAnswer *answer) {
        ReportRow report = report_begin(frames, module);

        if (!frames->host->answer(frames->userdata, module, answer, &report) && !row->confirmed)
                return;
        report.kind = REPORT_UPLINK;
        report.ack = row->confirmed;
        gateway_add_report(frames->gateway, module, &report);
}

/* the end of a frame */

static void frame_forget(Frames *frames, size_t i) {
        replay_release(frames->replay, frames->waiting[i].row.id);
        memmove(frames->waiting + i, frames->waiting + i + 1,
                (--frames->n_waiting - i) * sizeof frames->waiting[0]);
}

/* Into the batch, where gateway_reserve() has made room. */
static void frame_settle(Frames *frames, FrameRow *row, FrameState state) {
        row->state = state;
        row->n_payload = 0;
        (void) !gateway_put_frame(frames->gateway, row);
}

/* false: it can't be stored now. */
static bool frame_drop(Frames *frames, size_t i, DeliveryCause first, DeliveryCause second) {
        const Fate fate = { .state = FRAME_DROPPED, .first = first, .second = second };
        FrameRow row = frames->waiting[i].row;
        Module *module = gateway_find(frames->gateway, row.module);

        if (!gateway_reserve(frames->gateway))
                return false;
        frame_settle(frames, &row, fate.state);
        if (module)
                report_sent(frames, module, &row, &fate);
        log_full(LOG_INFO, &(LogFields) { .module = row.module },
                 "downlink frame %u of AS %s is dropped: cause %02X", row.fcnt_dn, row.as_id,
                 (unsigned) second);
        frame_forget(frames, i);
        return true;
}

static bool frame_flush(Frames *frames, size_t i, const ModuleView *view) {
        const DeliveryCause cause = hindrance(view);

        if (frames->waiting[i].row.class_a)
                return frame_drop(frames, i, DELIVERY_TOO_LATE, DELIVERY_TOO_LATE);
        return frame_drop(frames, i, DELIVERY_DONE,
                          cause == DELIVERY_DONE ? DELIVERY_EXPIRED : cause);
}

void frames_flush(Frames *frames, Module *module) {
        ModuleView view;

        gateway_view(frames->gateway, module, &view);
        for (size_t i = 0; i < frames->n_waiting;)
                if (!streq(frames->waiting[i].row.module, module_name(module)) ||
                    !frame_flush(frames, i, &view))
                        i++;
}

/* carrying out */

static void frame_obey(const Frames *frames, Module *module, const FrameRow *row,
                       const uint8_t *payload, size_t n, CommandAnswer *ret,
                       char why[static WHY_MAX]) {
        char who[WHO_MAX];
        ServerCommand command;
        Text text;

        text_init(&text, who, sizeof who);
        text_printf(&text, "AS %s", row->as_id);
        *ret = (CommandAnswer) { .opcode = n > 1 ? payload[1] : 0, .why = "" };
        ret->result = command_decode(payload, n, &command, &ret->why);
        if (ret->result != COMMAND_DONE)
                return;
        command.shown = row->shown.known ? &row->shown : NULL;
        ret->opcode = command.kind;
        command_carry_out(frames->gateway, module, &command, who, ret, why);
        log_full(LOG_INFO, &(LogFields) { .module = row->module, .job = ret->job },
                 "%s: asked for by %s%s%s", command_name(command.kind), who,
                 ret->result == COMMAND_DONE ? "" : ", refused: ", ret->why);
}

/* false: it can't be stored now. */
static bool frame_carry_out(Frames *frames, size_t i, Module *module, unsigned slot) {
        const Fate fate = { .state = FRAME_CARRIED_OUT,
                            .slot = slot,
                            .first = slot == SLOT_RX1 ? DELIVERY_DONE : frames->waiting[i].cause };
        FrameRow row = frames->waiting[i].row;
        uint8_t payload[FRAME_PAYLOAD_MAX];
        const size_t n = row.n_payload;
        char why[WHY_MAX] = "";
        CommandAnswer answer;

        if (!gateway_reserve(frames->gateway))
                return false;
        memcpy(payload, row.payload, n);
        frame_settle(frames, &row, fate.state);
        frame_obey(frames, module, &row, payload, n, &answer, why);
        report_sent(frames, module, &row, &fate);
        report_answer(frames, module, &row, &answer);
        frame_forget(frames, i);
        return true;
}

/* windows and time */

static usec_t frame_age(const Frames *frames, const FrameRow *row) {
        const Clock *now = gateway_now(frames->gateway);

        if (streq(row->boot_id, gateway_boot_id(frames->gateway)))
                return usec_sub(now->boottime, row->accepted_boottime);
        return usec_sub(now->realtime, row->accepted);
}

static void serve_class_c(Frames *frames, size_t i, Module *module, const ModuleView *view) {
        const FrameRow *row = &frames->waiting[i].row;

        if (frame_age(frames, row) >= CLASS_C_MAX)
                (void) frame_drop(frames, i, DELIVERY_DONE, DELIVERY_EXPIRED);
        else if (frame_hindrance(row, view) == DELIVERY_DONE)
                (void) frame_carry_out(frames, i, module, SLOT_RX2);
}

static void serve_class_a(Frames *frames, size_t i, Lane *lane, Module *module,
                          const ModuleView *view) {
        const usec_t now = gateway_now(frames->gateway)->boottime;
        const bool second = lane->second_window && lane->second_window <= now;
        WaitingFrame *frame = &frames->waiting[i];
        DeliveryCause cause;

        if (!lane->window && !second)
                return;
        cause = frame_hindrance(&frame->row, view);
        if (cause == DELIVERY_DONE) {
                (void) frame_carry_out(frames, i, module, lane->window ? SLOT_RX1 : SLOT_RX2);
        } else if (lane->window) {
                frame->cause = cause;
                lane->second_window = usec_add(now, SECOND_WINDOW);
                return;
        } else {
                (void) frame_drop(frames, i, frame->cause, cause);
        }
        lane->second_window = 0;
}

/* The first frame that waits for the module; n_waiting: there is none. */
static size_t first_of(const Frames *frames, const char *module) {
        size_t i = 0;

        while (i < frames->n_waiting && !streq(frames->waiting[i].row.module, module))
                i++;
        return i;
}

static void lane_serve(Frames *frames, Lane *lane) {
        Module *module = gateway_find(frames->gateway, lane->module);
        const size_t i = first_of(frames, lane->module);
        ModuleView view;

        if (i < frames->n_waiting && module) {
                gateway_view(frames->gateway, module, &view);
                if (frames->waiting[i].row.class_a)
                        serve_class_a(frames, i, lane, module, &view);
                else
                        serve_class_c(frames, i, module, &view);
        }
        lane->window = false;
}

static bool uplink_left(const Lane *lane, const Module *module) {
        return gateway_record(module)->fcnt_up != lane->fcnt_up;
}

static void lane_look(const Frames *frames, Lane *lane) {
        const Module *module = gateway_find(frames->gateway, lane->module);

        if (!module || !uplink_left(lane, module))
                return;
        lane->fcnt_up = gateway_record(module)->fcnt_up;
        lane->window = gateway_dev_eui(module)[0] != '\0'; /* else the counter is only brought level
                                                            */
        lane->second_window = 0;
}

/* By the configuration of now: its sender would be refused. */
static bool is_revoked(const Frames *frames, const FrameRow *row, const Module *module) {
        const Settings *settings = gateway_settings(frames->gateway);

        return !streq(row->as_id, settings->uplink.as_id) ||
               settings->modules[module_index(module)].no_downlink;
}

static bool is_over(const Frames *frames, const FrameRow *row, const Module *module) {
        return (row->valid_until && row->valid_until <= gateway_now(frames->gateway)->realtime) ||
               is_revoked(frames, row, module);
}

/* Those that are over, and those of a module that is not configured any more. */
static void frames_expire(Frames *frames) {
        for (size_t i = 0; i < frames->n_waiting;) {
                const FrameRow *row = &frames->waiting[i].row;
                const Module *module = gateway_find(frames->gateway, row->module);
                const bool over = module && is_over(frames, row, module);
                bool dropped = false;

                if (!module)
                        dropped = frame_drop(frames, i, DELIVERY_DONE, DELIVERY_RADIO_STOPPED);
                else if (over && row->class_a)
                        dropped = frame_drop(frames, i, DELIVERY_TOO_LATE, DELIVERY_TOO_LATE);
                else if (over)
                        dropped = frame_drop(frames, i, DELIVERY_DONE, DELIVERY_EXPIRED);
                if (!dropped)
                        i++;
        }
}

/* What was not known when they arrived. */
static void frames_bind(Frames *frames) {
        for (size_t i = 0; i < frames->n_waiting; i++) {
                FrameRow *row = &frames->waiting[i].row;
                const Module *module = gateway_find(frames->gateway, row->module);

                if (module && gateway_bind_shown(module, &row->shown))
                        (void) !gateway_put_frame(frames->gateway, row);
        }
}

void frames_turn(Frames *frames) {
        frames_bind(frames);
        if (frames->n_waiting == 0 || !frames_go(frames))
                return;
        frames_expire(frames);
        for (size_t i = 0; i < frames->n_lanes; i++) {
                lane_look(frames, &frames->lanes[i]);
                lane_serve(frames, &frames->lanes[i]);
        }
}

/* deadlines */

static usec_t class_c_deadline(const Frames *frames, const FrameRow *row, const Module *module) {
        ModuleView view;

        gateway_view(frames->gateway, module, &view);
        if (frame_hindrance(row, &view) == DELIVERY_DONE)
                return 0;
        return usec_add(gateway_now(frames->gateway)->boottime,
                        usec_sub(CLASS_C_MAX, frame_age(frames, row)));
}

static usec_t lane_deadline(const Frames *frames, const Lane *lane) {
        const Module *module = gateway_find(frames->gateway, lane->module);
        const size_t i = first_of(frames, lane->module);

        if (i >= frames->n_waiting || !module)
                return USEC_INFINITY;
        if (!frames->waiting[i].row.class_a)
                return class_c_deadline(frames, &frames->waiting[i].row, module);
        if (uplink_left(lane, module))
                return 0;
        return lane->second_window ? lane->second_window : USEC_INFINITY;
}

static usec_t validity_deadline(const Frames *frames) {
        const Clock *now = gateway_now(frames->gateway);
        usec_t deadline = USEC_INFINITY;

        for (size_t i = 0; i < frames->n_waiting; i++) {
                const usec_t until = frames->waiting[i].row.valid_until;

                if (until)
                        deadline = MIN_OF(deadline,
                                          usec_add(now->boottime, usec_sub(until, now->realtime)));
        }
        return deadline;
}

usec_t frames_deadline(const Frames *frames) {
        usec_t deadline;

        if (frames->n_waiting == 0 || !is_enabled(frames) || !gateway_storage_ok(frames->gateway))
                return USEC_INFINITY; /* the gateway looks after its storage itself */
        if (!gateway_reports_allowed(frames->gateway))
                return usec_add(gateway_now(frames->gateway)->boottime, CLOCK_CHECK);
        deadline = validity_deadline(frames);
        for (size_t i = 0; i < frames->n_lanes; i++)
                deadline = MIN_OF(deadline, lane_deadline(frames, &frames->lanes[i]));
        return deadline;
}
