/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The rules one by one: each looks at the question and writes its finding. Private to policy/. */

#include "policy/window.h"

void finding_fill(const Question *question, Rule rule, bool wordless, Finding *ret);
static inline void findings_fill(const Question *question, bool wordless,
                                 Finding ret[static _RULE_MAX]) {
        for (Rule rule = 0; rule < _RULE_MAX; rule++)
                finding_fill(question, rule, wordless, &ret[rule]);
}

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
/* Did a person say yes to what is asked now? */
static inline bool question_is_consented(const Question *question) {
        return consent_is_valid(&question->consent, question);
}
void finding_print(Finding *finding, const char *format, ...) _printf_(2, 3);
/* Its arguments are not even evaluated when the text is not wanted. */
#define finding_say(finding, ...) \
        ((finding)->wordless ? (void) 0 : finding_print(finding, __VA_ARGS__))
static inline bool question_takes_module_down(const Question *question) {
        return question->action == ACTION_INSTALL || question->action == ACTION_REBOOT;
}
#define WHEN_TEXT_MAX 40
/* "Sat 2026-11-28 02:00" in local time */
char *when_format(char to[static WHEN_TEXT_MAX], const ZoneOffsets *zone, usec_t realtime);
/* ... of something that may come before: the first whole minute that is not too early. */
char *when_format_latest(char to[static WHEN_TEXT_MAX], const ZoneOffsets *zone, usec_t realtime);
#define MORE_TEXT_MAX 24
/* " and 2 more" behind the first of 3; "" when it is the only one */
char *more_format(char to[static MORE_TEXT_MAX], unsigned n);

/* several.c: the modules that share a gateway */
bool question_wants_person(const Question *question); /* whatever `decision` says */
/* ... because of this rule, which does not pass: nothing but a yes helps. */
bool question_wants_yes(const Question *question, Rule rule);
bool question_wants_path(const Question *question); /* another one for the reports */
/* A clock that runs behind gets there, should nobody set it before. */
usec_t question_trusted_from(const Question *question);
void judge_concurrent(const Question *question, Finding *finding);
void judge_soak(const Question *question, Finding *finding);
void judge_keep_online(const Question *question, Finding *finding);
void judge_uplink_path(const Question *question, Finding *finding);

/* deadline.c */
bool deadline_accepts(const Question *question); /* it is over, and that is a yes */
bool deadline_forces(const Question *question);  /* ... at any time */
/* Realtime at which it makes this rule pass, or RULE_DEADLINE fail; USEC_INFINITY: never. */
usec_t deadline_changes(const Question *question, Rule rule);
void judge_deadline(const Question *question, Finding *finding);

/* versions.c, radio.c */
void judge_version(const Question *question, Finding *finding);
void judge_require(const Question *question, Finding *finding);
/* Realtime from which what was good says nothing any more, USEC_INFINITY: nothing is required. */
usec_t radio_known_until(const Question *question);
