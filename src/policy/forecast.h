/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* "When may it, then?" The same question is judged again at later moments: there is one logic, that
 * of the verdict. What only an event can bring (a person's yes, another module's end) has no
 * moment; it is named, and the moment is that of all the rest. So it is with what time brings at
 * the latest, but may come before: an inhibitor that is let go. */

#include "policy/policy.h"

/* So far ahead is looked, and so many moments are judged at most. */
#define FORECAST_SPAN (400 * USEC_PER_DAY)
#define FORECAST_STEPS_MAX 64
#define FORECAST_QUESTIONS_MAX 2

/* Bits of Rule. */
typedef uint32_t RuleSet;
_Static_assert(_RULE_MAX <= 32, "a RuleSet has 32 bits");
static inline bool rule_set_has(RuleSet set, Rule rule) {
        return (set >> (unsigned) rule & 1u) != 0;
}

/* Never later than the moment at which it happens, as long as nobody gives an order, nothing is
 * configured anew and the clock runs on. Whatever may end sooner than foretold is a need. */
typedef struct Forecast {
        usec_t at;        /* realtime of the first moment at which all rules pass together but those
                             of `needs`; the question's own: now; USEC_INFINITY: not within
                             FORECAST_SPAN */
        RuleSet needs;    /* what may not pass then: an event must bring it, or may bring it before
                             its time */
        usec_t consented; /* the same, were a person to say yes now */
        RuleSet consented_needs;
} Forecast;

/* `n` questions, one or two, that must all be answered with yes: a module may ask one thing and
 * mean two. Never fails. */
void policy_forecast(const Question *questions, size_t n, Forecast *ret);
/* The same question at a later moment, if nothing happens meanwhile. The radio of later is not
 * known. */
void question_at(const Question *question, usec_t realtime, Question *ret);
#define EVENT_PERSON "a person's yes"
#define EVENT_SERVER "the update server to ask again"
/* What must happen for this rule to pass, for people: "a person's yes". Never NULL. */
const char *rule_event(Rule rule);

/* The same with names: "backup to let go (the nightly copy)". */
#define NEED_TEXT_MAX 192
typedef struct Need {
        char event[NEED_TEXT_MAX];
        usec_t latest; /* realtime at which it comes by itself; USEC_INFINITY: nobody knows */
        bool person;   /* it is a yes: `fotactl accept` helps */
} Need;
/* Of a rule among the needs of a forecast of these questions. */
void policy_need(const Question *questions, size_t n, Rule rule, Need *ret);
/* "backup to let go (the nightly copy), by Sat 2026-11-28 02:00 at the latest". Returns `to`. */
#define NEED_FORMAT_MAX (NEED_TEXT_MAX + 64)
char *need_format(char to[static NEED_FORMAT_MAX], const Need *need, const ZoneOffsets *zone);
