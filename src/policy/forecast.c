/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The earliest moment of all rules together.
 *
 * Pure. A rule that does not pass names the first moment at which it may; until the last of these
 * moments at least one of them still fails, so that is the next moment to judge, by the same
 * findings as policy_judge(). A rule that names none waits for an event, is put aside and
 * remembered; so is one whose moment is only the latest, as nothing may come sooner than promised.
 */

#include "policy/forecast.h"

#include <assert.h>
#include <stdio.h>

#include "base/text.h"
#include "policy/finding.h"

#define BIT(rule) ((RuleSet) 1 << (rule))
/* Somebody lets go, or something is known, at any time. */
static const RuleSet may_end_sooner = BIT(RULE_MODULE) | BIT(RULE_BARRIER) | BIT(RULE_UPLINK_PATH) |
                                      BIT(RULE_INHIBITOR) | BIT(RULE_SIZE);
/* ... and their moment is that of their end. */
static const RuleSet ends_by_itself = BIT(RULE_MODULE) | BIT(RULE_BARRIER) | BIT(RULE_INHIBITOR);
/* The session that reports an install waits for none of these; when one ends, nobody knows. */
static const RuleSet ends_with_install =
        BIT(RULE_DEADLINE) | BIT(RULE_CLOCK) | BIT(RULE_WINDOW) | BIT(RULE_DECISION);

const char *rule_event(Rule rule) {
        static const char *const events[_RULE_MAX] = {
                [RULE_MODULE] = "the module to be there and answer",
                [RULE_STORAGE] = "the database to be writable again",
                [RULE_BARRIER] = "every module to be looked at after the start",
                [RULE_PREREQUISITE] = "what the module lacks for an update",
                [RULE_CONCURRENT] = "a running install, reboot or registration to end",
                [RULE_KEEP_ONLINE] = "enough other modules online",
                [RULE_SOAK] = "another module's install to prove itself",
                [RULE_UPLINK_PATH] = "the other modules first, and a report through another path",
                [RULE_INHIBITOR] = "an inhibitor to be released",
                [RULE_DEFERRAL] = "a person to end the deferral, or to resume the download",
                [RULE_VERSION] = "another firmware, or another policy",
                [RULE_SIZE] = "a package within max_size",
                [RULE_DEADLINE] = EVENT_PERSON,
                [RULE_CLOCK] = "a clock that can be trusted",
                [RULE_WINDOW] = "a window that is long enough",
                [RULE_DECISION] = EVENT_PERSON,
                [RULE_REQUIRE] = "a radio that is good enough",
        };

        return (size_t) rule < _RULE_MAX && events[rule] ? events[rule] : "something to happen";
}

/* Ahead of the question, and over by then; what is past and yet was not done takes an event. */
static bool comes_by_itself(const Question *question, usec_t moment, usec_t realtime) {
        return moment > question->now.realtime && moment <= realtime;
}

static void clock_at(Question *ret, const Question *question, usec_t realtime) {
        if (question->clock_trusted ||
            !comes_by_itself(question, question->clock_trusted_from, realtime))
                return;
        ret->clock_trusted = true;
        if (question->waited_since > 0)
                ret->waited = MAX_OF(ret->waited, usec_sub(realtime, question->waited_since));
        if (question->consent_undated > question->clock_trusted_from)
                ret->consent.until = USEC_INFINITY;
}

/* What other modules and people hold back ends by itself too; but who goes first goes then. */
static void several_at(Question *ret, const Question *question, usec_t realtime) {
        if (comes_by_itself(question, question->usable_from, realtime))
                ret->modules_usable = MAX_OF(ret->modules_usable, ret->keep_online);
        if (comes_by_itself(question, question->soak.until, realtime))
                ret->soak.succeeded[0] = '\0';
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
        if (comes_by_itself(question, question->hindrance.until, realtime))
                ret->hindrance.text[0] = '\0';
        ret->barrier_open |= comes_by_itself(question, question->barrier_until, realtime);
        clock_at(ret, question, realtime);
        ret->n_readings = 0;
        several_at(ret, question, realtime);
}

/* Of one question at one moment: the last of the moments that its failing rules name, 0 none.
 * `ret_needs` gets those that name none or may end sooner, and those of `assumed` that fail. */
static usec_t look(const Question *question, usec_t realtime, RuleSet assumed, RuleSet *ret_needs) {
        Question later;
        Finding findings[_RULE_MAX];
        usec_t last = 0;

        question_at(question, realtime, &later);
        findings_fill(&later, true, findings);
        for (size_t i = 0; i < _RULE_MAX; i++) {
                const Finding *finding = &findings[i];

                if (finding->passes)
                        continue;
                if (finding->next_change == USEC_INFINITY || rule_set_has(assumed, (Rule) i))
                        *ret_needs |= (RuleSet) 1 << i;
                else
                        last = MAX_OF(last, finding->next_change);
        }
        return last;
}

/* What a yes of now would be, until `end`: it ends a deferral, and is for what is asked. */
static void consent_to(const Question *question, usec_t end, Question *ret) {
        *ret = *question;
        ret->consent_undated = 0;
        ret->consent = (Consent) {
                .given = true,
                .row = UINT64_MAX,
                .now = question->consent.now && consent_is_valid(&question->consent, question),
                .until = end,
        };
        /* only one that ends with a window is dated anew */
        if (!question->clock_trusted && end != usec_add(question->now.realtime, CONSENT_GRACE))
                ret->consent_undated = end;
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
        const bool may_be_dated = questions[0].waited_since > 0 || questions[0].consent_undated > 0;
        RuleSet assumed = may_end_sooner;
        usec_t at;

        if (questions[0].installs_running > 0)
                assumed |= BIT(RULE_KEEP_ONLINE); /* one that did not take its yes was never away */
        if (!questions[0].clock_trusted)
                assumed |= BIT(RULE_SOAK); /* once it is, it tells how long ago that was */
        if (!questions[0].clock_trusted && questions[0].clock_trusted_from == USEC_INFINITY)
                assumed |= BIT(RULE_CLOCK) | BIT(RULE_WINDOW) | /* it may be set at any time */
                           (may_be_dated ? BIT(RULE_DECISION) : 0);
        if (questions[0].may_report)
                assumed |= ends_with_install;
        *ret_needs = 0;
        do {
                assumed |= *ret_needs;
                at = search(questions, n, assumed, ret_needs);
        } while ((*ret_needs & ~assumed) != 0);
        return at;
}

/* Nobody asks yet. Were it asked for at once, its deadline could be over before a window opens. */
static usec_t search_unasked(const Question *questions, size_t n, RuleSet *ret_needs) {
        const usec_t at = search_events(questions, n, ret_needs);
        Question asked[FORECAST_QUESTIONS_MAX];
        RuleSet needs;
        bool forces = false;
        usec_t sooner;

        for (size_t i = 0; i < n; i++) {
                asked[i] = questions[i];
                asked[i].asked = true;
                forces |= !questions[i].asked && question_policy(&asked[i])->deadline > 0 &&
                          question_policy(&asked[i])->on_deadline == DEADLINE_FORCE;
        }
        if (!forces)
                return at;
        sooner = search_events(asked, n, &needs);
        if (sooner >= at)
                return at;
        *ret_needs = needs;
        return sooner;
}

/* A yes of then is a word to the server, and what it asks after that is answered. */
static bool needs_server(const Question *question, usec_t at) {
        return question->reissued_from > 0 && at > question->reissued_from && at != USEC_INFINITY;
}

void policy_forecast(const Question *questions, size_t n, Forecast *ret) {
        Question agreed[FORECAST_QUESTIONS_MAX];

        assert(n > 0 && n <= FORECAST_QUESTIONS_MAX);
        *ret = (Forecast) {};
        ret->at = search_unasked(questions, n, &ret->needs);
        const usec_t end = consent_end(questions, n, questions[0].now.realtime);
        for (size_t i = 0; i < n; i++)
                consent_to(&questions[i], end, &agreed[i]);
        ret->consented = search_unasked(agreed, n, &ret->consented_needs);
        if (needs_server(&questions[0], ret->at))
                ret->needs |= BIT(RULE_MODULE);
        if (needs_server(&questions[0], ret->consented))
                ret->consented_needs |= BIT(RULE_MODULE);
}

/* what is needed, for people */

static void name_module(const Question *question, Need *need) {
        const char *event = question->hindrance.event;
        const bool server = question->reissued_from > 0;

        if (server && event && !streq(event, EVENT_SERVER))
                (void) snprintf(need->event, sizeof(need->event), "%s, and " EVENT_SERVER, event);
        else if (event || server)
                (void) snprintf(need->event, sizeof(need->event), "%s",
                                server ? EVENT_SERVER : event);
}

/* "the other modules first, and a report through eth0" */
static void name_path(const Question *question, Need *need) {
        const UplinkPath *uplink = &question->uplink;
        const bool first = uplink->first[0] != '\0', path = uplink->interface[0] != '\0';
        const bool agreed = !path && question_is_consented(question);

        (void) snprintf(need->event, sizeof(need->event), "%s%s%s%s",
                        first ? "the other modules first" : "", first && !agreed ? ", and " : "",
                        path   ? "a report through " :
                        agreed ? "" :
                                 EVENT_PERSON,
                        uplink->interface);
}

static void name_size(const Question *question, Need *need) {
        char limit[SIZE_TEXT_MAX];

        (void) snprintf(need->event, sizeof(need->event), "%s within max_size, %s",
                        question->size_known ? "a package" : "the package's size,",
                        size_format(limit, question_policy(question)->max_size_bytes));
}

static void name_event(const Question *question, Rule rule, Need *need) {
        const Inhibited *inhibited = &question->inhibited;
        char more[MORE_TEXT_MAX];

        need->person = question_wants_yes(question, rule);
        if (rule == RULE_MODULE)
                name_module(question, need);
        else if (rule == RULE_SIZE)
                name_size(question, need);
        else if (rule == RULE_UPLINK_PATH)
                name_path(question, need);
        else if (rule == RULE_SOAK && need->person)
                (void) TEXT_COPY(need->event, EVENT_PERSON);
        if (question->may_report && rule_set_has(ends_with_install, rule))
                (void) snprintf(need->event, sizeof(need->event), "%s, or an install to report",
                                rule_event(rule));
        if (rule != RULE_INHIBITOR)
                return;
        (void) snprintf(need->event, sizeof(need->event), "%s%s to let go (%s)", inhibited->who,
                        more_format(more, inhibited->n), inhibited->why);
}

void policy_need(const Question *questions, size_t n, Rule rule, Need *ret) {
        usec_t latest = 0;

        *ret = (Need) { .latest = USEC_INFINITY,
                        .person = question_wants_yes(&questions[0], rule) };
        (void) snprintf(ret->event, sizeof(ret->event), "%s", rule_event(rule));
        for (size_t i = 0; i < n; i++) {
                Finding finding;

                finding_fill(&questions[i], rule, true, &finding);
                if (finding.passes || finding.next_change < latest)
                        continue;
                latest = finding.next_change;
                name_event(&questions[i], rule, ret);
        }
        if (rule == RULE_MODULE && questions[0].reissued_from > 0)
                name_event(&questions[0], rule, ret);
        else if (latest > 0 && rule_set_has(ends_by_itself, rule))
                ret->latest = latest;
}

char *need_format(char to[static NEED_FORMAT_MAX], const Need *need, const ZoneOffsets *zone) {
        char when[WHEN_TEXT_MAX];

        if (need->latest == USEC_INFINITY)
                (void) snprintf(to, NEED_FORMAT_MAX, "%s", need->event);
        else
                (void) snprintf(to, NEED_FORMAT_MAX, "%s, by %s at the latest", need->event,
                                when_format_latest(when, zone, need->latest));
        return to;
}
