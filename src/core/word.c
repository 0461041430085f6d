/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How long a person's word holds: a deferral, what a cancel put off, a yes; and since when a module
 * installs.
 *
 * Rows say it by the wall clock, which people read. While fotad runs boot time counts what was said
 * as a span, so that a clock that is set takes its end along, as it does with inhibitors. The end
 * of a yes that belongs to a window stays where it is; but while nobody knows what time it is
 * windows are closed, so that one of then is dated anew once the clock can be trusted. What was
 * said before fotad started is left to the wall clock, which counts a boot of the gateway too. */

#include "core/turn.h"

/* So far off is an end before it is written anew. */
#define REDATE_MIN USEC_PER_MINUTE

static void deferral_set(const Module *m, usec_t span, const char *by, Deferral *deferral,
                         usec_t *end) {
        deferral->until = usec_add(module_now(m)->realtime, span);
        (void) TEXT_COPY(deferral->by, by);
        *end = usec_add(module_now(m)->boottime, span);
}

void module_defer(Module *module, Action action, usec_t span, const char *by) {
        deferral_set(module, span, by, &module->record.deferrals[action],
                     &module->word.deferrals[action]);
        module_mark(module);
}

void module_put_off(Module *module, Action action, usec_t span, const char *by) {
        deferral_set(module, span, by, &module->record.put_off[action],
                     &module->word.put_off[action]);
        module_mark(module);
}

static usec_t end_of_yes(const Module *m) {
        Question questions[FORECAST_QUESTIONS_MAX];
        const size_t n = module_questions(m, m->record.consent_action, questions);

        return consent_end(questions, n, module_now(m)->realtime);
}

/* With "now" no window is waited for. */
void module_date_consent(Module *module) {
        Consent *consent = &module->record.consent;
        const Clock *now = module_now(module);
        const usec_t without_window = usec_add(now->realtime, CONSENT_GRACE);

        consent->until = consent->now ? without_window : end_of_yes(module);
        module->word.consent = usec_add(now->boottime, usec_sub(consent->until, now->realtime));
        module->word.by_window = consent->until != without_window;
        module->word.undated = module->word.by_window && !gateway_clock_trusted(module->gateway);
        module_mark(module);
}

/* A moment of this boot of the gateway, past or to come, and the same in its row. */
static void redate(Module *m, usec_t *realtime, usec_t boottime) {
        const Clock *now = module_now(m);
        const usec_t right = usec_sub(usec_add(now->realtime, boottime), now->boottime);

        if (*realtime == 0 || *realtime == USEC_INFINITY || boottime == 0 ||
            MAX_OF(right, *realtime) - MIN_OF(right, *realtime) < REDATE_MIN)
                return;
        *realtime = right;
        module_mark(m);
}

static void redate_consent(Module *m) {
        Consent *consent = &m->record.consent;
        WordEnds *word = &m->word;

        if (!consent->given)
                return;
        if (!word->by_window)
                redate(m, &consent->until, word->consent);
        if (!word->undated || !gateway_clock_trusted(m->gateway))
                return;
        word->undated = false;
        if (word->consent <= module_now(m)->boottime)
                return;
        consent->until = end_of_yes(m);
        module_mark(m);
}

/* After the next boot only the wall clock tells how long a module may go on flashing. */
static void redate_install(Module *m) {
        ModuleRecord *record = &m->record;

        if (!module_installs(m) && !record->unattended)
                return;
        redate(m, &record->state_since, record->state_boottime);
        if (!module_act_is_old(m) && record->act.state != ACT_NONE)
                redate(m, &record->act.realtime, record->act.boottime);
}

void module_tick_word(Module *module) {
        for (Action action = 0; action < _ACTION_MAX; action++) {
                redate(module, &module->record.deferrals[action].until,
                       module->word.deferrals[action]);
                redate(module, &module->record.put_off[action].until, module->word.put_off[action]);
        }
        redate_consent(module);
        redate_install(module);
}
