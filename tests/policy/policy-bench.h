/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Questions to policy and their verdicts; what holds for every verdict is checked each time. */

#include "policy/policy.h"

extern Policy policy; /* of the last question() */
extern ZoneOffsets zone;

usec_t at(const char *iso);
/* All is well, policy says accept, on a Friday in November, in UTC. */
Question question(Action action);
void add_window(Action action, const char *text);
Consent consent(void);
Verdict judge(const Question *q);
void check_verdict(const Question *q, VerdictKind kind, Rule because, unsigned minutes);
