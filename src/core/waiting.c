/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What policy must know of a request that waits: since when, and how the radio was meanwhile.
 *
 * Boot time counts a wait without fail, but ends with the boot of the gateway; from then on the
 * wall clock has to tell, if it could be trusted when the request was made. A clock that is set
 * ahead while a request waits takes the moment of the request along: no deadline is over because
 * of it. Of a request that no trusted clock ever saw, only the time since the last boot counts. */

#include "core/turn.h"

/* So far off is the moment of a request before it is written anew. */
#define REDATE_MIN USEC_PER_MINUTE
/* Who took no early answer asks again so long after the delay at the latest. */
#define ASKED_AGAIN_MAX (35 * USEC_PER_MINUTE)

void module_date_request(Module *module) {
        const Clock *now = module_now(module);
        Request *request = &module->record.request;

        request->first_realtime = now->realtime;
        request->first_boottime = MAX_OF(now->boottime, (usec_t) 1);
        request->first_dated = gateway_clock_trusted(module->gateway);
}

void module_open_request(Module *module, Action action, uint64_t bytes, bool again) {
        const Clock *now = module_now(module);
        Request *request = &module->record.request;

        *request = (Request) {
                .open = true,
                .action = action,
                .asked_realtime = now->realtime,
                .asked_boottime = now->boottime,
                .first_realtime = request->first_realtime,
                .first_boottime = request->first_boottime,
                .first_dated = request->first_dated,
                .bytes = bytes,
                .restart_count = module->record.restart_count,
        };
        if (!again)
                module_date_request(module);
}

void module_recall_request(Module *module, bool booted) {
        Request *request = &module->record.request;

        if (booted)
                request->first_boottime = request->first_dated ? 0 : 1;
}

usec_t module_request_end(const Module *module) {
        const ModuleRecord *record = &module->record;

        if (!is_request_open(module) || is_asked_for_package(module) ||
            record->answer.kind != ANSWER_REFUSED)
                return USEC_INFINITY;
        return usec_add(record->answer.until_boottime, ASKED_AGAIN_MAX);
}

void module_tick_request(Module *module) {
        const Clock *now = module_now(module);
        Request *request = &module->record.request;
        usec_t first;

        if (module_request_end(module) <= now->boottime)
                close_lesser_request(module);
        if (request->first_realtime == 0 || request->first_boottime == 0 ||
            !gateway_clock_trusted(module->gateway))
                return;
        first = usec_sub(now->realtime, usec_sub(now->boottime, request->first_boottime));
        if (request->first_dated && first < usec_add(request->first_realtime, REDATE_MIN))
                return; /* also when it was set back: rows were written by the later time */
        request->first_realtime = first;
        request->first_dated = true;
        module_mark(module);
}

/* While nobody knows what time it is, only what has passed since fotad started is sure: rows that
 * are newer than the request may have been written by a clock that was ahead. */
usec_t module_request_waited(const Module *module) {
        const Request *request = &module->record.request;
        const Clock *now = module_now(module);

        if (request->first_boottime > 0)
                return usec_sub(now->boottime, request->first_boottime);
        if (!gateway_clock_trusted(module->gateway))
                return usec_sub(now->boottime, module->gateway->start_boottime);
        return usec_sub(now->realtime, request->first_realtime);
}

/* the radio */

void module_note_radio(Module *module) {
        const Findings *found = &module->family->findings;

        module->online_asked = 0;
        if (module->n_readings >= RADIO_READINGS_MAX)
                memmove(module->readings, module->readings + 1,
                        --module->n_readings * sizeof(module->readings[0]));
        module->readings[module->n_readings++] = (RadioReading) {
                .boottime = module_now(module)->boottime,
                .has_signal = found->has_signal,
                .signal_dbm = found->signal_dbm,
                .home = found->registered == TRISTATE_YES && found->roaming == TRISTATE_NO,
                .roaming = found->roaming == TRISTATE_YES,
        };
}

usec_t module_radio_interval(const Module *module) {
        const bool read = module->n_readings > 0 &&
                          module_now(module)->boottime <
                                  module->readings[module->n_readings - 1].boottime + RADIO_LOOK;

        /* no end in sight, and yet it was read lately: it was bad */
        return read && module->verdict.next_change == USEC_INFINITY ? RADIO_LOOK : RADIO_INTERVAL;
}
