/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The earliest moment of all rules together.
 *
 * Pure. A rule that does not pass names the first moment at which it may; until the last of these
 * moments at least one of them still fails, so that is the next moment to judge. It is judged by
 * policy_judge() like any other. A rule that names none waits for an event, is put aside and
 * remembered. */

#include "policy/forecast.h"

#include <assert.h>

const char *rule_event(Rule rule) {
        static const char *const events[_RULE_MAX] = {
                [RULE_STORAGE] = "the database to be writable again",
                [RULE_BARRIER] = "every module to be looked at after the start",
                [RULE_PREREQUISITE] = "what the module lacks for an update",
                [RULE_CONCURRENT] = "a running install to end",
                [RULE_KEEP_ONLINE] = "enough other modules online",
                [RULE_SOAK] = "another module's install to prove itself",
                [RULE_UPLINK_PATH] = "the other modules first, and a report through another path",
                [RULE_INHIBITOR] = "an inhibitor to be released",
                [RULE_DEFERRAL] = "a person to end the deferral, or to resume the download",
                [RULE_VERSION] = "another firmware, or another policy",
                [RULE_SIZE] = "a package of a size that is known and allowed",
                [RULE_DEADLINE] = "a person's yes",
                [RULE_CLOCK] = "a clock that can be trusted",
                [RULE_WINDOW] = "a window that is long enough",
                [RULE_DECISION] = "a person's yes",
                [RULE_REQUIRE] = "a radio that is good enough",
        };

        return (size_t) rule < _RULE_MAX && events[rule] ? events[rule] : "something to happen";
}

/* Ahead of the question, and over by then; what is past and yet was not done takes an event. */
static bool comes_by_itself(const Question *question, usec_t moment, usec_t realtime) {
        return moment > question->now.realtime && moment <= realtime;
}

/* What other modules and people hold back ends by itself too. */
static void several_at(Question *ret, const Question *question, usec_t realtime) {
        if (comes_by_itself(question, question->usable_from, realtime))
                ret->modules_usable = MAX_OF(ret->modules_usable, ret->keep_online);
        if (comes_by_itself(question, question->soak.until, realtime))
                ret->soak.succeeded[0] = '\0';
        if (comes_by_itself(question, question->uplink.first_until, realtime))
                ret->uplink.first[0] = '\0';
        if (comes_by_itself(question, question->inhibited.until, realtime))
                ret->inhibited.n = 0;
}

void question_at(const Question *question, usec_t realtime, Question *ret) {
        const usec_t span = usec_sub(realtime, question->now.realtime);

        *ret = *question;
        if (span == 0)
                return;
        ret->now.realtime = usec_add(question->now.realtime, span);
        ret->now.boottime = usec_add(question->now.boottime, span);
        if (question->asked)
                ret->waited = usec_add(question->waited, span);
        ret->barrier_open |= comes_by_itself(question, question->barrier_until, realtime);
        ret->clock_trusted |= comes_by_itself(question, question->clock_trusted_from, realtime);
        ret->n_readings = 0;
        several_at(ret, question, realtime);
}

/* Of one question at one moment: the last of the moments that its failing rules name, 0 none.
 * `ret_needs` gets those that name none, and those of `assumed` that fail. */
static usec_t look(const Question *question, usec_t realtime, RuleSet assumed, RuleSet *ret_needs) {
        Question later;
        Verdict verdict;
        usec_t last = 0;

        question_at(question, realtime, &later);
        policy_judge(&later, &verdict);
        for (size_t i = 0; i < _RULE_MAX; i++) {
                const Finding *finding = &verdict.findings[i];

                if (finding->passes)
                        continue;
                if (finding->next_change == USEC_INFINITY || rule_set_has(assumed, (Rule) i))
                        *ret_needs |= (RuleSet) 1 << i;
                else
                        last = MAX_OF(last, finding->next_change);
        }
        return last;
}

/* What a yes of now would be: it ends a deferral, and is for what is asked. */
static void consent_to(const Question *question, Question *ret) {
        *ret = *question;
        ret->consent = (Consent) {
                .given = true,
                .row = UINT64_MAX,
                .now = question->consent.now && consent_is_valid(&question->consent, question),
                .until = consent_end(question->policy, question->action, question->zone,
                                     question->now.realtime),
        };
        ret->deferred_until = 0;
}

static usec_t search(const Question *questions, size_t n, RuleSet assumed, RuleSet *ret_needs) {
        const usec_t now = questions[0].now.realtime, end = usec_add(now, FORECAST_SPAN);
        usec_t at = now;

        for (unsigned step = 0; step < FORECAST_STEPS_MAX && at <= end; step++) {
                usec_t next = 0;

                *ret_needs = 0;
                for (size_t i = 0; i < n; i++)
                        next = MAX_OF(next, look(&questions[i], at, assumed, ret_needs));
                if (next == 0)
                        return at;
                at = MAX_OF(next, at + 1);
        }
        *ret_needs = 0;
        return USEC_INFINITY;
}

/* What turns out to need an event may come at once, so the others are searched anew without it. */
static usec_t search_events(const Question *questions, size_t n, RuleSet *ret_needs) {
        RuleSet assumed = 0;
        usec_t at;

        do {
                assumed |= *ret_needs;
                at = search(questions, n, assumed, ret_needs);
        } while ((*ret_needs & ~assumed) != 0);
        return at;
}

void policy_forecast(const Question *questions, size_t n, Forecast *ret) {
        Question agreed[FORECAST_QUESTIONS_MAX];

        assert(n > 0 && n <= FORECAST_QUESTIONS_MAX);
        *ret = (Forecast) {};
        ret->at = search_events(questions, n, &ret->needs);
        for (size_t i = 0; i < n; i++)
                consent_to(&questions[i], &agreed[i]);
        ret->consented = search_events(agreed, n, &ret->consented_needs);
}
