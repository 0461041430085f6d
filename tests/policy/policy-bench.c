/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The question that may go, and what holds for every verdict. */

#include <assert.h>

#include "policy/policy-bench.h"
#include "test.h"

usec_t at(const char *text) {
        usec_t t = 0;

        assert(iso_parse(text, &t) == 0);
        return t;
}

Policy policy;
ZoneOffsets zone;

Question question(Action action) {
        policy_init_default(&policy);
        policy.actions[action].decision = DECISION_ACCEPT;
        zone = (ZoneOffsets) {};
        return (Question) {
                .action = action,
                .policy = &policy,
                .zone = &zone,
                .now = { .realtime = at("2026-11-27T12:00:00Z"), .boottime = USEC_PER_HOUR },
                .clock_trusted = true,
                .storage_ok = true,
                .barrier_open = true,
                .barrier_until = USEC_INFINITY,
                .concurrent_installs = 1,
                .modules_usable = 3,
                .size_known = true,
                .package_bytes = 1464,
                .firmware = "HL7800.4.4.14.0",
        };
}

void add_window(Action action, const char *text) {
        ActionPolicy *p = &policy.actions[action];

        CHECK_INT(window_parse(text, &p->windows[p->n_windows++]), 0);
}

Consent consent(void) {
        return (Consent) { .given = true,
                           .until = USEC_INFINITY,
                           .by = "root (uid 0)",
                           .bytes = 1464,
                           .firmware = "HL7800.4.4.14.0" };
}

static void check_sanity(const Question *q, Verdict v) {
        for (size_t i = 0; i < _RULE_MAX; i++) {
                const Finding *f = &v.findings[i];

                CHECK_INT(f->rule, i);
                CHECK(f->text[0] != '\0');
                CHECK(!f->passes || f->next_change == 0);
                CHECK(f->passes || f->next_change > q->now.realtime);
                CHECK(f->applies || f->passes);
        }
        CHECK((v.kind == VERDICT_DEFER) == (v.minutes > 0));
        CHECK(v.minutes <= DEFER_MAX_MINUTES);
        CHECK(v.kind == VERDICT_ACCEPT || !v.findings[v.because].passes);
        CHECK(v.next_change > q->now.realtime);
}

Verdict judge(const Question *q) {
        Verdict v;

        policy_judge(q, &v);
        check_sanity(q, v);
        return v;
}

void check_verdict(const Question *q, VerdictKind kind, Rule because, unsigned minutes) {
        Verdict v = judge(q);

        CHECK_STR(verdict_kind_to_string(v.kind), verdict_kind_to_string(kind));
        CHECK_STR(rule_to_string(v.because), rule_to_string(because));
        CHECK_INT(v.minutes, minutes);
}
