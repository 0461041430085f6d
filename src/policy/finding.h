/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The rules one by one: each looks at the question and writes its finding. Used by policy.c only.
 */

#include "policy/policy.h"

/* All of them, in order. */
void findings_fill(const Question *question, Finding ret[static _RULE_MAX]);

static inline const ActionPolicy *question_policy(const Question *question) {
        return &question->policy->actions[question->action];
}
/* The connection that reports a result never waits for windows or people. */
static inline bool question_reports_result(const Question *question) {
        return question->action == ACTION_CONNECT && question->reports_result;
}
/* A suspended download waits for nothing but a person, who may come at any time. */
static inline bool question_is_suspended(const Question *question) {
        return question->action == ACTION_DOWNLOAD && question->suspended;
}
/* Do windows not matter this time (accept --now, the report of a result)? */
bool question_skips_windows(const Question *question);
/* How much of a window must be left. */
usec_t question_fits(const Question *question);
