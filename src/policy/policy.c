/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* May this module do this now?
 *
 * Pure: the question holds all there is to know, the verdict all that follows. Every rule is judged
 * and says so in its finding, also when an earlier one has decided already: `fotactl explain` shows
 * the whole list. A rule that fails says when it may next pass; what is done until then (wait
 * silently, or send the module away for a while) follows from that in one place,
 * verdict_kind_for(). */

#include <assert.h>

#include "policy/finding.h"
#include "policy/window.h"

static const char *const decisions[] = {
        [DECISION_ACCEPT] = "accept",
        [DECISION_ASK] = "ask",
        [DECISION_DEFER] = "defer",
};
DEFINE_STRING_TABLE(decision, Decision, decisions)

static const char *const on_deadlines[] = {
        [DEADLINE_ACCEPT] = "accept",
        [DEADLINE_FORCE] = "force",
        [DEADLINE_ASK] = "ask",
};
DEFINE_STRING_TABLE(on_deadline, OnDeadline, on_deadlines)

static const char *const rules[] = {
        [RULE_MODULE] = "module",           [RULE_STORAGE] = "storage",
        [RULE_BARRIER] = "barrier",         [RULE_PREREQUISITE] = "prerequisite",
        [RULE_CONCURRENT] = "concurrent",   [RULE_SOAK] = "soak",
        [RULE_KEEP_ONLINE] = "keep-online", [RULE_UPLINK_PATH] = "uplink-path",
        [RULE_INHIBITOR] = "inhibitor",     [RULE_DEFERRAL] = "deferral",
        [RULE_VERSION] = "version",         [RULE_SIZE] = "size",
        [RULE_DEADLINE] = "deadline",       [RULE_CLOCK] = "clock",
        [RULE_WINDOW] = "window",           [RULE_DECISION] = "decision",
        [RULE_REQUIRE] = "require",
};
DEFINE_STRING_TABLE(rule, Rule, rules)

static const char *const verdict_kinds[] = {
        [VERDICT_ACCEPT] = "accept",
        [VERDICT_HOLD] = "hold",
        [VERDICT_DEFER] = "defer",
};
DEFINE_STRING_TABLE(verdict_kind, VerdictKind, verdict_kinds)

void policy_init_default(Policy *policy) {
        *policy = (Policy) { .name = "" };
        for (size_t i = 0; i < _ACTION_MAX; i++)
                policy->actions[i] =
                        (ActionPolicy) { .decision = DECISION_ASK, .defer = DEFER_DEFAULT };
        policy->actions[ACTION_CONNECT].decision = DECISION_ACCEPT;
        policy->actions[ACTION_INSTALL].fits = FITS_DEFAULT;
}

/* What was shown to the person may have been unknown then, or be unknown now; only a difference
 * that is seen ends the consent. */
bool consent_is_valid(const Consent *consent, const Question *question) {
        if (!consent->given || question->now.realtime >= consent->until)
                return false;
        if (consent->bytes > 0 && question->size_known && consent->bytes != question->package_bytes)
                return false;
        return consent->firmware[0] == '\0' || question->firmware[0] == '\0' ||
               streq(consent->firmware, question->firmware);
}

/* The first that does not pass decides. */
static const Finding *finding_decisive(const Finding findings[static _RULE_MAX]) {
        for (size_t i = 0; i < _RULE_MAX; i++)
                if (!findings[i].passes)
                        return &findings[i];
        return NULL;
}

static VerdictKind verdict_kind_for(const Question *question, const Finding *finding) {
        const bool is_soon = usec_sub(finding->next_change, question->now.realtime) <= HOLD_LIMIT;

        if (finding->rule == RULE_DEFERRAL && question_is_suspended(question))
                return VERDICT_HOLD;
        switch (finding->rule) {
        case RULE_MODULE:
        case RULE_STORAGE:
        case RULE_BARRIER:
        case RULE_PREREQUISITE:
        case RULE_CONCURRENT:
        case RULE_KEEP_ONLINE:
        case RULE_UPLINK_PATH:
        case RULE_INHIBITOR: /* its owner may let go at any moment: no longer delay is certain */
        case RULE_DEADLINE:
        case RULE_CLOCK:
        case RULE_REQUIRE:
                return VERDICT_HOLD;
        case RULE_SOAK:
        case RULE_DEFERRAL:
        case RULE_WINDOW:
                if (finding->rule == RULE_SOAK && finding->next_change == USEC_INFINITY)
                        return VERDICT_HOLD; /* a person, or an install that runs */
                return is_soon ? VERDICT_HOLD : VERDICT_DEFER;
        case RULE_VERSION:
                return question->firmware[0] != '\0' ? VERDICT_DEFER : VERDICT_HOLD;
        case RULE_SIZE:
                return question->size_known ? VERDICT_DEFER : VERDICT_HOLD;
        case RULE_DECISION:
                return question_policy(question)->decision == DECISION_DEFER && !is_soon ?
                               VERDICT_DEFER :
                               VERDICT_HOLD;
        case _RULE_MAX:
                break;
        }
        assert(false);
        return VERDICT_HOLD;
}

/* As long as the policy lets us, but not past the moment at which the answer may be yes. */
static unsigned defer_minutes(const Question *question, usec_t next_change) {
        usec_t limit = question_policy(question)->defer;
        usec_t minutes;

        if (limit == 0)
                limit = DEFER_DEFAULT;
        minutes = MIN_OF(limit, usec_sub(next_change, question->now.realtime)) / USEC_PER_MINUTE;
        return (unsigned) MIN_OF(MAX_OF(minutes, (usec_t) DEFER_MIN_MINUTES),
                                 (usec_t) DEFER_MAX_MINUTES);
}

/* From some moment on only a person can accept it. */
static bool is_asked_once(const ActionPolicy *policy) {
        return policy->deadline > 0 && policy->on_deadline == DEADLINE_ASK;
}

usec_t policy_last_moment(const Question *question) {
        const WindowSet set = question_windows(question);
        usec_t last = USEC_INFINITY;

        if (set.n > 0 && !question_skips_windows(question))
                (void) window_set_next_fit(&set, question->now.realtime, set.fits, &last);
        return last;
}

/* When an accept ends by itself: the window closes, the consent that it needs, the proof of the
 * other path or what is known of the radio runs out, or from the deadline on it needs a consent. */
static usec_t accept_end(const Question *question) {
        const ActionPolicy *policy = question_policy(question);
        bool consented = question_is_consented(question);
        usec_t end = deadline_changes(question, RULE_DEADLINE);

        end = MIN_OF(end, usec_add(policy_last_moment(question), 1)); /* that one is still in time
                                                                       */
        if (consented && !question_reports_result(question) &&
            (policy->decision != DECISION_ACCEPT || question->consent.now ||
             is_asked_once(policy) || question_wants_person(question)))
                end = MIN_OF(end, question->consent.until);
        if (question_wants_path(question))
                end = MIN_OF(end, question->uplink.proven_until);
        return MIN_OF(end, radio_known_until(question));
}

void policy_judge(const Question *question, Verdict *ret) {
        const Finding *decisive;

        assert((size_t) question->action < _ACTION_MAX && question->policy && question->zone);
        ret->kind = VERDICT_ACCEPT;
        ret->action = question->action;
        ret->because = RULE_DECISION;
        ret->minutes = 0;
        findings_fill(question, question->brief, ret->findings);
        decisive = finding_decisive(ret->findings);
        if (decisive)
                ret->because = decisive->rule;
        if (question->brief)
                finding_fill(question, ret->because, false, &ret->findings[ret->because]);
        if (!decisive) {
                ret->next_change = accept_end(question);
                return;
        }
        ret->next_change = decisive->next_change;
        ret->kind = verdict_kind_for(question, decisive);
        if (ret->kind == VERDICT_DEFER)
                ret->minutes = defer_minutes(question, decisive->next_change);
}
