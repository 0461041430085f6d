/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How long a request may wait.
 *
 * Pure. The question says for how long it has waited, by the clock that could be trusted; moments
 * are made of that here, so that they can be compared with windows. A deadline replaces the
 * person's answer (accept, force) or demands it (ask). Windows and inhibitors give way to the one
 * that forces, no other rule ever does. */

#include "base/text.h"
#include "policy/finding.h"

static bool has_deadline(const Question *question) {
        /* an uninstall is never accepted without a person */
        return question_policy(question)->deadline > 0 && question->action != ACTION_UNINSTALL;
}

static bool is_over(const Question *question) {
        return has_deadline(question) && question->asked &&
               question->waited >= question_policy(question)->deadline;
}

bool deadline_accepts(const Question *question) {
        return is_over(question) && question_policy(question)->on_deadline != DEADLINE_ASK;
}

bool deadline_forces(const Question *question) {
        return is_over(question) && question_policy(question)->on_deadline == DEADLINE_FORCE;
}

usec_t policy_deadline(const Question *question) {
        const usec_t deadline = question_policy(question)->deadline;

        if (!has_deadline(question) || !question->asked || is_over(question))
                return USEC_INFINITY;
        const usec_t end = usec_add(question->now.realtime, deadline - question->waited);
        if (question->clock_trusted || question->waited_since == 0)
                return end;
        return MIN_OF(end, MAX_OF(question->clock_trusted_from,
                                  usec_add(question->waited_since, deadline)));
}

usec_t deadline_changes(const Question *question, Rule rule) {
        const OnDeadline on_deadline = question_policy(question)->on_deadline;

        if (question_reports_result(question) && rule != RULE_INHIBITOR)
                return USEC_INFINITY;
        if (on_deadline == DEADLINE_ASK && question_is_consented(question))
                return USEC_INFINITY; /* what it demands is there */
        if ((rule == RULE_DECISION && on_deadline != DEADLINE_ASK) ||
            (rule == RULE_DEADLINE && on_deadline == DEADLINE_ASK) ||
            ((rule == RULE_CLOCK || rule == RULE_WINDOW) && on_deadline != DEADLINE_ACCEPT) ||
            (rule == RULE_INHIBITOR && on_deadline == DEADLINE_FORCE))
                return policy_deadline(question);
        return USEC_INFINITY;
}

static const char *consequence(const Question *question) {
        switch (question_policy(question)->on_deadline) {
        case DEADLINE_ACCEPT:
                return question_policy(question)->n_windows > 0 ? "accepted inside a window" :
                                                                  "accepted";
        case DEADLINE_FORCE:
                return "accepted, windows and inhibitors or not";
        case DEADLINE_ASK:
        case _ON_DEADLINE_MAX:
                break;
        }
        return "only a person can accept it";
}

/* "Fri 2026-12-11 12:00", or "in 3d 2h" while nobody knows what time it is. */
static void say_ahead(const Question *question, Finding *finding) {
        const usec_t at = policy_deadline(question);
        char when[WHEN_TEXT_MAX], left[SPAN_TEXT_MAX], span[SPAN_TEXT_MAX];

        if (question->clock_trusted)
                finding_say(finding, "%s, %s after it was first asked for; then: %s",
                            when_format(when, question->zone, at),
                            span_format(span, question_policy(question)->deadline),
                            consequence(question));
        else
                finding_say(finding, "in %s, %s after it was first asked for; then: %s",
                            span_format(left, usec_sub(at, question->now.realtime)),
                            span_format(span, question_policy(question)->deadline),
                            consequence(question));
}

void judge_deadline(const Question *question, Finding *finding) {
        const ActionPolicy *policy = question_policy(question);
        char span[SPAN_TEXT_MAX];

        finding->applies = has_deadline(question);
        finding->passes = true;
        finding->next_change = USEC_INFINITY;
        if (!finding->applies) {
                finding_say(finding, "no deadline");
                return;
        }
        if (!question->asked)
                finding_say(finding, "%s after it is first asked for; then: %s",
                            span_format(span, policy->deadline), consequence(question));
        else if (!is_over(question))
                say_ahead(question, finding);
        else if (policy->on_deadline == DEADLINE_ASK && question_is_consented(question))
                finding_say(finding, "over, %s after it was first asked for: accepted by %s",
                            span_format(span, policy->deadline), question->consent.by);
        else {
                finding->passes =
                        policy->on_deadline != DEADLINE_ASK || question_reports_result(question);
                finding_say(finding, "over, %s after it was first asked for: %s",
                            span_format(span, policy->deadline), consequence(question));
        }
}
