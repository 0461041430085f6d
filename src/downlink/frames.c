/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Requests: checked, answered, remembered, queued.
 *
 * Owns the frames that wait and what was answered before. A request that is accepted is on disk
 * before frames_query() returns. One that was refused although its Token is good is remembered too,
 * with the next commit: its sender was told no, so nobody who overheard it may send it again when
 * the answer would be yes. What has no good Token leaves no trace. */

#include "downlink/frames-internal.h"

#include <assert.h>

#include "base/log.h"

#define AHEAD_MAX USEC_PER_DAY /* requests of a later time are not remembered */
#define REFUSAL_COST USEC_PER_SEC
#define REFUSAL_BURST (60 * REFUSAL_COST)

static const DownlinkFault not_stored = { .code = DOWNLINK_NO_BASE_STATION,
                                          .parameter = "",
                                          .why = "fotad can not write its database" };

/* life */

Lane *frames_lane(Frames *frames, const char *module) {
        for (size_t i = 0; i < frames->n_lanes; i++)
                if (streq(frames->lanes[i].module, module))
                        return &frames->lanes[i];
        return NULL;
}

static Lane lane_of(const Frames *frames, const Module *module) {
        const DownlinkSettings *settings = &gateway_settings(frames->gateway)->downlink;
        Lane lane = { .credit = lane_cost(settings) * MAX_OF(settings->rate_burst, 1U),
                      .credit_at = gateway_now(frames->gateway)->boottime,
                      .fcnt_up = gateway_record(module)->fcnt_up };

        (void) TEXT_COPY(lane.module, module_name(module));
        return lane;
}

/* While there is no downlink nobody looks at uplinks: no module has a lane. */
void frames_reload(Frames *frames) {
        const bool enabled = gateway_settings(frames->gateway)->downlink.enabled;
        const size_t n = enabled ? gateway_n_modules(frames->gateway) : 0;
        Lane lanes[MODULES_MAX];

        for (size_t i = 0; i < n; i++) {
                const Module *module = gateway_module(frames->gateway, i);
                const Lane *old = frames_lane(frames, module_name(module));

                lanes[i] = old ? *old : lane_of(frames, module);
        }
        memcpy(frames->lanes, lanes, n * sizeof lanes[0]);
        frames->n_lanes = n;
}

int frames_new(Gateway *gateway, const FramesHost *host, void *userdata, Frames **ret) {
        _cleanup_(frames_freep) Frames *frames = calloc(1, sizeof *frames);
        int r;

        if (!frames)
                return -ENOMEM;
        frames->gateway = gateway;
        frames->host = host;
        frames->userdata = userdata;
        frames->refusal_credit = REFUSAL_BURST;
        frames->refusal_credit_at = gateway_now(gateway)->boottime;
        r = replay_new(&frames->replay);
        if (r < 0)
                return r;
        frames_reload(frames);
        *ret = TAKE_PTR(frames);
        return 0;
}

Frames *frames_free(Frames *frames) {
        if (!frames)
                return NULL;
        replay_free(frames->replay);
        free(frames->waiting);
        free(frames);
        return NULL;
}

size_t frames_waiting(const Frames *frames, const char *module) {
        size_t n = 0;

        for (size_t i = 0; i < frames->n_waiting; i++)
                n += streq(frames->waiting[i].row.module, module);
        return n;
}

static int waiting_make_room(Frames *frames) {
        const size_t size = frames->size + 8;
        WaitingFrame *more;

        if (frames->n_waiting < frames->size)
                return 0;
        more = reallocarray(frames->waiting, size, sizeof *more);
        if (!more)
                return -ENOMEM;
        frames->waiting = more;
        frames->size = size;
        return 0;
}

static Answered answered_of(const FrameRow *row) {
        Answered answered = { .id = row->id,
                              .time = row->time,
                              .code = row->code,
                              .expected = row->code ? row->fcnt_dn : 0,
                              .waits = row->state == FRAME_WAITING };

        (void) TEXT_COPY(answered.token, row->token);
        return answered;
}

int frames_adopt(Frames *frames, const FrameRow *row) {
        const Answered answered = answered_of(row);
        uint64_t gone;
        int r;

        frames->last_id = MAX_OF(frames->last_id, row->id);
        r = replay_add(frames->replay, &answered, &gone);
        if (r >= 0 && gone)
                gateway_drop_frame(frames->gateway, gone);
        if (r >= 0 && row->state == FRAME_WAITING) {
                r = waiting_make_room(frames);
                if (r >= 0)
                        frames->waiting[frames->n_waiting++] = (WaitingFrame) { .row = *row };
        }
        return r;
}

/* answers */

/* Hex digits of a Token may come in either case; it is one request all the same. */
static void token_copy(char to[static FRAME_TOKEN_MAX], const char *token) {
        size_t i = 0;

        for (; token[i] != '\0' && i + 1 < FRAME_TOKEN_MAX; i++)
                to[i] = token[i] >= 'A' && token[i] <= 'F' ? (char) (token[i] - 'A' + 'a') :
                                                             token[i];
        to[i] = '\0';
}

static FrameRow row_begin(Frames *frames, const DownlinkQuery *query, const Module *module) {
        FrameRow row = { .id = ++frames->last_id, .time = query->time };

        token_copy(row.token, query->token);
        (void) TEXT_COPY(row.as_id, query->as_id);
        if (module)
                (void) TEXT_COPY(row.module, module_name(module));
        return row;
}

/* A server that asks in a loop must not wear the disk out: after a burst one refusal a second goes
 * there, the others are remembered until fotad ends. */
static bool refusal_goes_to_disk(Frames *frames) {
        const usec_t now = gateway_now(frames->gateway)->boottime;
        const usec_t gained = usec_sub(now, frames->refusal_credit_at);

        frames->refusal_credit = MIN_OF(usec_add(frames->refusal_credit, gained), REFUSAL_BURST);
        frames->refusal_credit_at = now;
        if (frames->refusal_credit < REFUSAL_COST)
                return false;
        frames->refusal_credit -= REFUSAL_COST;
        return true;
}

/* The row of a refusal goes with the turn's commit: nothing waits for it. */
static void remember_refusal(Frames *frames, FrameRow *row, const DownlinkFault *fault,
                             bool on_disk) {
        Answered answered;
        uint64_t gone;

        row->state = FRAME_REFUSED;
        row->code = fault->code;
        row->fcnt_dn = fault->expected;
        answered = answered_of(row);
        if (replay_add(frames->replay, &answered, &gone) < 0)
                return;
        if (!on_disk || !refusal_goes_to_disk(frames) || !gateway_reserve(frames->gateway))
                return;
        (void) !gateway_put_frame(frames->gateway, row);
        if (gone)
                gateway_drop_frame(frames->gateway, gone);
}

static usec_t valid_until(const DownlinkQuery *query, usec_t now) {
        switch (query->validity) {
        case VALIDITY_NONE:
                break;
        case VALIDITY_UNTIL:
                return query->validity_usec;
        case VALIDITY_FOR:
                return usec_add(now, query->validity_usec);
        }
        return 0;
}

static void row_fill(Frames *frames, const DownlinkQuery *query, Module *module, FrameRow *row) {
        const Settings *settings = gateway_settings(frames->gateway);
        const Clock *now = gateway_now(frames->gateway);
        ModuleView view;

        gateway_view(frames->gateway, module, &view);
        row->accepted = now->realtime;
        row->accepted_boottime = now->boottime;
        (void) TEXT_COPY(row->boot_id, gateway_boot_id(frames->gateway));
        row->state = query->n_payload > 0 ? FRAME_WAITING : FRAME_FLUSH;
        if (row->state == FRAME_FLUSH)
                return;
        row->valid_until = valid_until(query, now->realtime);
        row->class_a = view.settings->class_a;
        row->confirmed = query->confirmed;
        row->fport = query->fport;
        row->fcnt_dn = settings->downlink.strict_fcnt && query->has_fcnt_dn ? query->fcnt_dn :
                                                                              view.record->fcnt_dn;
        gateway_use_fcnt_dn(frames->gateway, module, row->fcnt_dn);
        (void) TEXT_COPY(row->correlation_id, query->correlation_id);
        gateway_show(module, &row->shown);
        row->n_payload = query->n_payload;
        memcpy(row->payload, query->payload, query->n_payload);
}

/* Memory and room for all that accepting takes: from here on only the disk can fail. */
static DownlinkFault frame_prepare(Frames *frames) {
        const Settings *settings = gateway_settings(frames->gateway);
        const usec_t now = gateway_now(frames->gateway)->realtime;
        uint64_t gone = 0;

        if (!replay_make_room(frames->replay, usec_sub(now, settings->downlink.max_deviation),
                              &gone) ||
            waiting_make_room(frames) < 0)
                return (DownlinkFault) { .code = DOWNLINK_TOO_MANY,
                                         .parameter = "",
                                         .why = "too many frames within max_deviation" };
        if (gone)
                gateway_drop_frame(frames->gateway, gone);
        return gateway_reserve(frames->gateway) ? (DownlinkFault) {} : not_stored;
}

/* It is on disk. */
static void frame_accepted(Frames *frames, const Module *module, const FrameRow *row) {
        Lane *lane = frames_lane(frames, row->module);
        const Answered answered = answered_of(row);
        uint64_t gone;

        assert(lane);                                         /* every module has one */
        (void) !replay_add(frames->replay, &answered, &gone); /* there is room */
        lane->credit -= lane_cost(&gateway_settings(frames->gateway)->downlink);
        if (row->state != FRAME_WAITING)
                return;
        if (frames_waiting(frames, row->module) == 0) { /* nobody looked at its uplinks */
                lane->fcnt_up = gateway_record(module)->fcnt_up;
                lane->second_window = 0;
        }
        frames->waiting[frames->n_waiting++] = (WaitingFrame) { .row = *row };
        log_debug("%s: downlink frame %u of AS %s waits", row->module, row->fcnt_dn, row->as_id);
}

/* What was flushed stays so even when the disk fails in the end: doing less is the safe side. */
static void frame_accept(Frames *frames, const DownlinkQuery *query, Module *module, FrameRow *row,
                         DownlinkFault *ret) {
        *ret = frame_prepare(frames);
        if (ret->code != DOWNLINK_FINE)
                return;
        if (query->flush)
                frames_flush(frames, module);
        row_fill(frames, query, module, row);
        if (gateway_put_frame(frames->gateway, row) && gateway_save(frames->gateway))
                frame_accepted(frames, module, row);
        else
                *ret = not_stored;
}

/* A commit that failed may have reached the disk all the same: there the row must not say that the
 * frame waits. */
static void frame_refuse(Frames *frames, FrameRow *row, const DownlinkFault *fault) {
        const bool was_put = row->state != FRAME_REFUSED;

        row->n_payload = 0;
        remember_refusal(frames, row, fault, true);
        if (was_put)
                (void) !gateway_put_frame(frames->gateway, row);
}

/* Its sender is told no before its Token is looked at. One that may become good later, because it
 * is of the future or the clock is wrong, is remembered when the Token is good; on disk only in the
 * first case, which nobody else can repeat at will. */
static void refuse_time(Frames *frames, const DownlinkQuery *query, const DownlinkFault *fault) {
        const bool trusted = gateway_reports_allowed(frames->gateway);
        const usec_t now = gateway_now(frames->gateway)->realtime;
        FrameRow row;

        if (trusted && (query->time < now || query->time > usec_add(now, AHEAD_MAX)))
                return;
        if (frames_check_token(frames, query).code != DOWNLINK_FINE)
                return;
        row = row_begin(frames, query, NULL);
        if (!replay_find(frames->replay, row.token))
                remember_refusal(frames, &row, fault, trusted);
}

void frames_query(Frames *frames, const char *raw, DownlinkFault *ret) {
        DownlinkQuery query;
        const Answered *before;
        Module *module;
        FrameRow row;

        downlink_parse(raw, &query);
        frames_check_sender(frames, &query, ret);
        if (ret->code == DOWNLINK_BAD_TIME)
                refuse_time(frames, &query, ret);
        if (ret->code != DOWNLINK_FINE)
                return;
        token_copy(row.token, query.token);
        before = replay_find(frames->replay, row.token);
        if (before) {
                *ret = (DownlinkFault) { .code = (DownlinkCode) before->code,
                                         .parameter = "",
                                         .why = "the same request was answered before",
                                         .expected = before->expected };
                return;
        }
        frames_check_frame(frames, &query, &module, ret);
        row = row_begin(frames, &query, module);
        if (ret->code == DOWNLINK_FINE)
                frame_accept(frames, &query, module, &row, ret);
        if (ret->code != DOWNLINK_FINE)
                frame_refuse(frames, &row, ret);
}
