/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* "When may it, then?" The same question is judged again at later moments: there is one logic, that
 * of the verdict. What only an event can bring (a person's yes, another module's end) has no
 * moment; it is named, and the moment is that of all the rest. */

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
 * configured anew and the clock runs on. */
typedef struct Forecast {
        usec_t at;        /* realtime of the first moment at which all rules pass together but those
                             of `needs`; the question's own: now; USEC_INFINITY: not within
                             FORECAST_SPAN */
        RuleSet needs;    /* what does not pass then, and only an event can bring */
        usec_t consented; /* the same, were a person to say yes now */
        RuleSet consented_needs;
} Forecast;

/* `n` questions, one or two, that must all be answered with yes: a module may ask one thing and
 * mean two. Never fails. */
void policy_forecast(const Question *questions, size_t n, Forecast *ret);
/* The same question at a later moment, if nothing happens meanwhile. The radio of later is not
 * known. */
void question_at(const Question *question, usec_t realtime, Question *ret);
/* What must happen for this rule to pass, for people: "a person's yes". Never NULL. */
const char *rule_event(Rule rule);
