/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Is the radio good enough for an update?
 *
 * Pure. One reading is no proof: signals flicker, and a module at the edge of two networks goes to
 * and fro. All readings of the last RADIO_HOLD must be good, and lie close enough together. Whoever
 * drives this takes them only while nothing else is missing. */

#include "base/text.h"
#include "policy/finding.h"

static bool has_requirement(const ActionPolicy *policy) {
        return policy->min_rssi_dbm != 0 || policy->no_roaming;
}

static bool is_good(const ActionPolicy *policy, const RadioReading *reading) {
        if (policy->min_rssi_dbm != 0 &&
            (!reading->has_signal || reading->signal_dbm < policy->min_rssi_dbm))
                return false;
        return !policy->no_roaming || reading->home;
}

/* The newest, unless it is too old to say anything of now; a bad one stands until the next. */
static const RadioReading *reading_now(const Question *question) {
        const RadioReading *newest =
                question->n_readings > 0 ? &question->readings[question->n_readings - 1] : NULL;

        usec_t limit = newest && is_good(question_policy(question), newest) ?
                               RADIO_GAP :
                               RADIO_LOOK + RADIO_GAP;

        return newest && usec_sub(question->now.boottime, newest->boottime) <= limit ? newest :
                                                                                       NULL;
}

usec_t radio_known_until(const Question *question) {
        const RadioReading *now = reading_now(question);

        if (!has_requirement(question_policy(question)) || question->no_package || !now)
                return USEC_INFINITY;
        return usec_add(question->now.realtime,
                        usec_sub(now->boottime + RADIO_GAP + 1, question->now.boottime));
}

/* For how long all readings up to the newest were good; 0 also when only that one is. */
static usec_t good_for(const Question *question) {
        const RadioReading *readings = question->readings;
        size_t first = question->n_readings - 1;

        while (first > 0 && is_good(question_policy(question), &readings[first - 1]) &&
               readings[first].boottime - readings[first - 1].boottime <= RADIO_GAP)
                first--;
        return readings[question->n_readings - 1].boottime - readings[first].boottime;
}

static void say_reading(const ActionPolicy *policy, const RadioReading *reading, Text *text) {
        if (policy->min_rssi_dbm != 0 && reading->has_signal)
                text_printf(text, "signal %d dBm (min_rssi_dbm: %d)", reading->signal_dbm,
                            policy->min_rssi_dbm);
        else if (policy->min_rssi_dbm != 0)
                text_printf(text, "no signal (min_rssi_dbm: %d)", policy->min_rssi_dbm);
        if (policy->min_rssi_dbm != 0 && policy->no_roaming)
                text_add(text, ", ");
        if (policy->no_roaming)
                text_add(text, reading->home    ? "in the home network" :
                               reading->roaming ? "roaming" :
                                                  "not in a network");
}

void judge_require(const Question *question, Finding *finding) {
        const ActionPolicy *policy = question_policy(question);
        const RadioReading *now = reading_now(question);
        char so_far[SPAN_TEXT_MAX], hold[SPAN_TEXT_MAX];
        usec_t span;
        Text text;

        finding->applies = has_requirement(policy) && !question->no_package;
        finding->next_change = USEC_INFINITY;
        if (!finding->applies) {
                finding_say(finding, "no requirements");
                return;
        }
        if (!now) {
                finding_say(finding, "not known: the radio is read when nothing else is missing");
                return;
        }
        text_init(&text, finding->text, sizeof finding->text);
        say_reading(policy, now, &text);
        if (!is_good(policy, now))
                return;
        span = good_for(question);
        finding->passes = span >= RADIO_HOLD;
        if (finding->passes)
                return;
        finding->next_change =
                usec_add(question->now.realtime,
                         usec_sub(now->boottime + (RADIO_HOLD - span), question->now.boottime) + 1);
        text_printf(&text, ": for %s of %s", span_format(so_far, span),
                    span_format(hold, RADIO_HOLD));
}
