/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rules that look at more than the gateway: versions, deadlines, the radio. */

#include <stdio.h>

#include "policy/policy-bench.h"
#include "test.h"

/* versions */

static void allow(VersionRules *rules, const char *pattern) {
        TEXT_COPY(rules->allow.patterns[rules->allow.n++], pattern);
}

static void deny(VersionRules *rules, const char *pattern) {
        TEXT_COPY(rules->deny.patterns[rules->deny.n++], pattern);
}

TEST(rules_from_judges_what_the_module_runs) {
        Question q = question(ACTION_INSTALL);

        allow(&policy.from, ">=4.4 <4.6");
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_STR(judge(&q).findings[RULE_VERSION].text, "from HL7800.4.4.14.0 is allowed");
        TEXT_COPY(q.firmware, "BHL7800.4.6.9.4");
        check_verdict(&q, VERDICT_DEFER, RULE_VERSION, 30);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        CHECK_STR(judge(&q).findings[RULE_VERSION].text, "'from' does not allow BHL7800.4.6.9.4");
        TEXT_COPY(q.firmware, "");
        check_verdict(&q, VERDICT_HOLD, RULE_VERSION, 0);
}

TEST(rules_deny_wins_and_no_allow_allows_all) {
        Question q = question(ACTION_DOWNLOAD);

        allow(&policy.from, "*");
        deny(&policy.from, "HL7800.4.4.*");
        check_verdict(&q, VERDICT_DEFER, RULE_VERSION, 30);
        CHECK_STR(judge(&q).findings[RULE_VERSION].text,
                  "'from' denies HL7800.4.4.14.0: 'HL7800.4.4.*'");
        policy.from.allow.n = 0;
        check_verdict(&q, VERDICT_DEFER, RULE_VERSION, 30);
        TEXT_COPY(q.firmware, "HL7800.4.5.4.0");
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(rules_to_judges_a_target_that_is_known) {
        Question q = question(ACTION_INSTALL);

        deny(&policy.to, "4.6.8.*");
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK(!judge(&q).findings[RULE_VERSION].applies);
        CHECK_STR(judge(&q).findings[RULE_VERSION].text, "nobody tells to which version it leads");
        TEXT_COPY(q.target, "HL7800.4.6.8.0");
        check_verdict(&q, VERDICT_DEFER, RULE_VERSION, 30);
        CHECK_STR(judge(&q).findings[RULE_VERSION].text, "'to' denies HL7800.4.6.8.0: '4.6.8.*'");
        TEXT_COPY(q.target, "HL7800.4.6.9.4");
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        allow(&policy.from, "4.4.*");
        CHECK_STR(judge(&q).findings[RULE_VERSION].text,
                  "from HL7800.4.4.14.0 to HL7800.4.6.9.4 is allowed");
}

TEST(rules_versions_concern_download_and_install_only) {
        for (int action = 0; action < _ACTION_MAX; action++) {
                bool package = action == ACTION_DOWNLOAD || action == ACTION_INSTALL;
                Question q = question((Action) action);

                deny(&policy.from, "*");
                check_verdict(&q, package ? VERDICT_DEFER : VERDICT_ACCEPT,
                              package ? RULE_VERSION : RULE_DECISION, package ? 30 : 0);
        }
}

/* A person can't say yes around it, and neither can a deadline. */
TEST(rules_versions_bow_to_nobody) {
        Question q = question(ACTION_INSTALL);

        deny(&policy.from, "4.4.*");
        policy.actions[ACTION_INSTALL].deadline = USEC_PER_DAY;
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_FORCE;
        q.asked = true;
        q.waited = USEC_PER_DAY;
        q.consent = consent();
        q.consent.now = true;
        check_verdict(&q, VERDICT_DEFER, RULE_VERSION, 30);
}

/* deadlines */

static Question asked(Action action, OnDeadline on_deadline, usec_t deadline, usec_t waited) {
        Question q = question(action);

        policy.actions[action].decision = DECISION_ASK;
        policy.actions[action].deadline = deadline;
        policy.actions[action].on_deadline = on_deadline;
        q.asked = true;
        q.waited = waited;
        return q;
}

TEST(rules_deadline_accepts_in_place_of_a_person) {
        Question q = asked(ACTION_INSTALL, DEADLINE_ACCEPT, 14 * USEC_PER_DAY, 13 * USEC_PER_DAY);

        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        CHECK_INT(judge(&q).next_change, at("2026-11-28T12:00:00Z"));
        CHECK_STR(judge(&q).findings[RULE_DEADLINE].text,
                  "Sat 2026-11-28 12:00, 14d after it was first asked for; then: accepted");
        q.waited = 14 * USEC_PER_DAY - 1;
        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        q.waited++;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_STR(judge(&q).findings[RULE_DEADLINE].text,
                  "over, 14d after it was first asked for: accepted");
        CHECK_STR(judge(&q).findings[RULE_DECISION].text, "ask: accepted, the deadline is over");
        CHECK(judge(&q).next_change == USEC_INFINITY);
}

TEST(rules_deadline_accepts_inside_windows_only_and_force_at_any_time) {
        Question q = asked(ACTION_INSTALL, DEADLINE_ACCEPT, USEC_PER_DAY, USEC_PER_DAY);

        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        CHECK_STR(judge(&q).findings[RULE_DEADLINE].text,
                  "over, 1d after it was first asked for: accepted inside a window");
        q.clock_trusted = false;
        check_verdict(&q, VERDICT_HOLD, RULE_CLOCK, 0);
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_FORCE;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_STR(judge(&q).findings[RULE_WINDOW].text,
                  "windows do not matter: the deadline is over");
        q.installs_running = 1; /* and nothing else gives way */
        check_verdict(&q, VERDICT_HOLD, RULE_CONCURRENT, 0);
        q.installs_running = 0;
        q.deferred_until = q.now.realtime + USEC_PER_HOUR;
        check_verdict(&q, VERDICT_DEFER, RULE_DEFERRAL, 30);
}

TEST(rules_deadline_that_forces_ends_the_wait_for_a_window) {
        Question q = asked(ACTION_DOWNLOAD, DEADLINE_FORCE, USEC_PER_DAY,
                           USEC_PER_DAY - 20 * USEC_PER_MINUTE);

        add_window(ACTION_DOWNLOAD, "Sun 02:00-04:00");
        check_verdict(&q, VERDICT_HOLD, RULE_WINDOW, 0); /* soon */
        CHECK_INT(judge(&q).next_change, q.now.realtime + 20 * USEC_PER_MINUTE);
        CHECK_STR(
                judge(&q).findings[RULE_WINDOW].text,
                "window Sun 02:00-04:00: closed, opens Sun 2026-11-29 02:00; the deadline is over "
                "Fri 2026-11-27 12:20");
        q.waited = USEC_PER_DAY - 45 * USEC_PER_MINUTE;
        policy.actions[ACTION_DOWNLOAD].defer = USEC_PER_DAY;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 45);
        policy.actions[ACTION_DOWNLOAD].on_deadline = DEADLINE_ACCEPT; /* the window decides */
        CHECK_INT(judge(&q).next_change, at("2026-11-29T02:00:00Z"));
}

TEST(rules_deadline_that_asks_takes_the_yes_of_policy_back) {
        Question q = asked(ACTION_INSTALL, DEADLINE_ASK, USEC_PER_DAY, USEC_PER_HOUR);

        policy.actions[ACTION_INSTALL].decision = DECISION_ACCEPT;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_INT(judge(&q).next_change, q.now.realtime + 23 * USEC_PER_HOUR);
        q.waited = USEC_PER_DAY;
        check_verdict(&q, VERDICT_HOLD, RULE_DEADLINE, 0);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        CHECK_STR(judge(&q).findings[RULE_DEADLINE].text,
                  "over, 1d after it was first asked for: only a person can accept it");
        q.consent = consent();
        q.consent.until = q.now.realtime + USEC_PER_HOUR;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_INT(judge(&q).next_change, q.consent.until);
        add_window(ACTION_INSTALL, "Sat 02:00-04:00"); /* a person is asked before it opens ... */
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        q.consent.given = false;
        check_verdict(&q, VERDICT_HOLD, RULE_DEADLINE, 0); /* ... and the yes waits for it */
}

TEST(rules_deadline_counts_from_the_first_request_only) {
        Question q = asked(ACTION_INSTALL, DEADLINE_FORCE, USEC_PER_DAY, 2 * USEC_PER_DAY);

        q.asked = false;
        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        CHECK_STR(judge(&q).findings[RULE_DEADLINE].text,
                  "1d after it is first asked for; then: accepted, windows and inhibitors or not");
}

TEST(rules_deadline_names_no_day_that_nobody_knows) {
        Question q = asked(ACTION_INSTALL, DEADLINE_ACCEPT, USEC_PER_DAY, USEC_PER_HOUR);

        q.clock_trusted = false;
        CHECK_STR(judge(&q).findings[RULE_DEADLINE].text,
                  "in 23h, 1d after it was first asked for; then: accepted");
        q.waited = USEC_PER_DAY;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(rules_no_deadline_uninstalls_and_none_delays_a_result) {
        Question q = asked(ACTION_UNINSTALL, DEADLINE_FORCE, USEC_PER_DAY, USEC_PER_DAY);

        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        q = asked(ACTION_CONNECT, DEADLINE_ASK, USEC_PER_DAY, USEC_PER_DAY);
        check_verdict(&q, VERDICT_HOLD, RULE_DEADLINE, 0);
        q.reports_result = true;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

/* Time passes for a request of a fortnight, with windows, a decision and a deadline of each kind:
 * the verdict never becomes another before its next_change, and a deferral never reaches past it.
 */
static void walk(Question q, const char *what) {
        const usec_t begin = q.now.realtime;
        Verdict v = { .next_change = 0 };

        for (usec_t passed = 0; passed < 14 * USEC_PER_DAY; passed += 7 * USEC_PER_MINUTE) {
                Verdict before = v;

                q.now.realtime = begin + passed;
                q.now.boottime = USEC_PER_HOUR + passed;
                q.waited = passed;
                v = judge(&q);
                if (passed > 0 && q.now.realtime < before.next_change &&
                    (v.kind == VERDICT_ACCEPT) != (before.kind == VERDICT_ACCEPT))
                        CHECK_STR(what, "accepted, or no longer, before its next_change");
                if (v.kind == VERDICT_DEFER && v.minutes > 1)
                        CHECK(v.minutes * USEC_PER_MINUTE <= v.next_change - q.now.realtime);
        }
}

TEST(rules_next_change_is_never_later_than_the_change) {
        for (int decision = 0; decision < _DECISION_MAX; decision++)
                for (int on = 0; on < _ON_DEADLINE_MAX; on++)
                        for (int windows = 0; windows < 2; windows++)
                                for (int yes = 0; yes < 3; yes++) {
                                        Question q = asked(ACTION_INSTALL, (OnDeadline) on,
                                                           5 * USEC_PER_DAY, 0);
                                        char what[64];

                                        policy.actions[ACTION_INSTALL].decision =
                                                (Decision) decision;
                                        if (windows)
                                                add_window(ACTION_INSTALL, "Sat,Tue 02:00-04:00");
                                        if (yes)
                                                q.consent = consent();
                                        q.consent.until = q.now.realtime + 6 * USEC_PER_DAY;
                                        q.consent.now = yes == 2;
                                        (void) snprintf(what, sizeof what, "%s %s %d %d",
                                                        decision_to_string((Decision) decision),
                                                        on_deadline_to_string((OnDeadline) on),
                                                        windows, yes);
                                        walk(q, what);
                                }
}

/* An earlier rule wins, whatever the later ones say: of any mixture of facts, the first rule that
 * does not pass is the reason. */
TEST(rules_the_first_that_does_not_pass_decides) {
        for (unsigned facts = 0; facts < 1u << 10; facts++) {
                Question q = question(ACTION_INSTALL);
                ActionPolicy *p = &policy.actions[ACTION_INSTALL];
                Rule first = RULE_DECISION;
                Verdict v;

                q.storage_ok = !(facts & 1);
                q.installs_running = (facts & 2) ? 1 : 0;
                q.deferred_until = (facts & 4) ? USEC_INFINITY : 0;
                if (facts & 8)
                        deny(&policy.from, "4.4.*");
                p->max_size_bytes = (facts & 16) ? 1 : 0;
                p->deadline = (facts & 32) ? USEC_PER_HOUR : 0;
                p->on_deadline = (OnDeadline) (facts % _ON_DEADLINE_MAX);
                q.asked = (facts & 64) != 0;
                q.waited = (facts & 128) ? USEC_PER_HOUR : 0;
                if (facts & 256)
                        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
                p->no_roaming = (facts & 512) != 0;
                v = judge(&q);
                for (int rule = _RULE_MAX - 1; rule >= 0; rule--)
                        if (!v.findings[rule].passes)
                                first = (Rule) rule;
                CHECK_INT(v.because, first);
                CHECK_INT(v.kind == VERDICT_ACCEPT, v.findings[first].passes);
        }
}

/* the radio */

static void read_radio(Question *q, usec_t ago, int dbm, bool home) {
        q->readings[q->n_readings++] = (RadioReading) { .boottime = q->now.boottime - ago,
                                                        .has_signal = dbm != 0,
                                                        .signal_dbm = dbm,
                                                        .home = home,
                                                        .roaming = !home };
}

TEST(rules_signal_must_be_good_for_half_a_minute) {
        Question q = question(ACTION_DOWNLOAD);

        policy.actions[ACTION_DOWNLOAD].min_rssi_dbm = -105;
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        read_radio(&q, 20 * USEC_PER_SEC, -105, true);
        read_radio(&q, 10 * USEC_PER_SEC, -90, true);
        read_radio(&q, 0, -93, true);
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
        CHECK_STR(judge(&q).findings[RULE_REQUIRE].text,
                  "signal -93 dBm (min_rssi_dbm: -105): for 20s of 30s");
        CHECK_INT(judge(&q).next_change, q.now.realtime + 10 * USEC_PER_SEC + 1);
        q.now.boottime += 10 * USEC_PER_SEC;
        read_radio(&q, 0, -104, true);
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_STR(judge(&q).findings[RULE_REQUIRE].text, "signal -104 dBm (min_rssi_dbm: -105)");
}

TEST(rules_one_bad_reading_begins_anew) {
        Question q = question(ACTION_DOWNLOAD);

        policy.actions[ACTION_DOWNLOAD].min_rssi_dbm = -105;
        read_radio(&q, 40 * USEC_PER_SEC, -93, true);
        read_radio(&q, 30 * USEC_PER_SEC, -106, true);
        read_radio(&q, 20 * USEC_PER_SEC, -93, true);
        read_radio(&q, 0, -93, true);
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
        CHECK(strstr(judge(&q).findings[RULE_REQUIRE].text, "for 20s of 30s"));
        q.readings[1].signal_dbm = -105;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        q.readings[1].has_signal = false;
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
        q.readings[3].has_signal = false;
        CHECK_STR(judge(&q).findings[RULE_REQUIRE].text, "no signal (min_rssi_dbm: -105)");
        CHECK(judge(&q).next_change == USEC_INFINITY);
}

TEST(rules_readings_far_apart_or_long_ago_prove_nothing) {
        Question q = question(ACTION_DOWNLOAD);

        policy.actions[ACTION_DOWNLOAD].min_rssi_dbm = -105;
        read_radio(&q, 5 * USEC_PER_MINUTE, -93, true);
        read_radio(&q, RADIO_GAP, -93, true);
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
        CHECK(strstr(judge(&q).findings[RULE_REQUIRE].text, "for 0 of 30s"));
        q.now.boottime++;
        CHECK_STR(judge(&q).findings[RULE_REQUIRE].text,
                  "not known: the radio is read when nothing else is missing");
}

TEST(rules_what_is_known_of_the_radio_runs_out) {
        Question q = question(ACTION_DOWNLOAD);

        policy.actions[ACTION_DOWNLOAD].min_rssi_dbm = -105;
        read_radio(&q, 40 * USEC_PER_SEC, -93, true);
        read_radio(&q, 20 * USEC_PER_SEC, -93, true);
        read_radio(&q, 5 * USEC_PER_SEC, -93, true);
        const Verdict v = judge(&q);
        CHECK_INT(v.kind, VERDICT_ACCEPT);
        CHECK(v.next_change > q.now.realtime && v.next_change <= q.now.realtime + RADIO_GAP + 1);
        q.now.boottime += v.next_change - 1 - q.now.realtime;
        q.now.realtime = v.next_change - 1;
        CHECK_INT(judge(&q).kind, VERDICT_ACCEPT);
        q.now.boottime++;
        q.now.realtime++;
        CHECK_INT(judge(&q).because, RULE_REQUIRE);
}

TEST(rules_roaming) {
        Question q = question(ACTION_INSTALL);

        read_radio(&q, 2 * RADIO_INTERVAL, -60, false);
        read_radio(&q, 0, 0, false);
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        policy.actions[ACTION_INSTALL].no_roaming = true;
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
        CHECK_STR(judge(&q).findings[RULE_REQUIRE].text, "roaming");
        q.readings[1].roaming = false; /* nor at home: the module does not know */
        CHECK_STR(judge(&q).findings[RULE_REQUIRE].text, "not in a network");
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
        q.readings[0].home = q.readings[1].home = true;
        q.readings[0].boottime -= 5 * USEC_PER_SEC;
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
        q.readings[1].boottime -= 5 * USEC_PER_SEC;
        q.now.boottime += 5 * USEC_PER_SEC;
        read_radio(&q, 0, 0, true);
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0); /* no signal is asked for */
}

/* The module is only bothered when nothing else is missing. */
TEST(rules_radio_comes_last) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].min_rssi_dbm = -105;
        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        q.consent = consent();
        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        q.consent.now = true;
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
}

/* inhibitors */

static Question inhibited_question(Action action, usec_t until) {
        Question q = question(action);

        q.inhibited =
                (Inhibited) { .n = 1, .until = until, .who = "backup", .why = "copying logs" };
        return q;
}

/* Its owner may let go at any moment, so the module is never sent away. */
TEST(rules_an_inhibitor_holds_whatever_its_end) {
        Question q = inhibited_question(ACTION_INSTALL, USEC_INFINITY);

        check_verdict(&q, VERDICT_HOLD, RULE_INHIBITOR, 0);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        CHECK_STR(judge(&q).findings[RULE_INHIBITOR].text, "inhibited by backup: copying logs");
        q = inhibited_question(ACTION_INSTALL, at("2026-11-28T02:00:00Z"));
        q.inhibited.n = 3;
        check_verdict(&q, VERDICT_HOLD, RULE_INHIBITOR, 0);
        CHECK_INT(judge(&q).next_change, at("2026-11-28T02:00:00Z"));
        CHECK_STR(judge(&q).findings[RULE_INHIBITOR].text,
                  "inhibited until Sat 2026-11-28 02:00 by backup and 2 more: copying logs");
        q.inhibited = (Inhibited) { .n = 0 };
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK(!judge(&q).findings[RULE_INHIBITOR].applies);
        CHECK_STR(judge(&q).findings[RULE_INHIBITOR].text, "nobody holds it back");
}

TEST(rules_a_yes_does_not_skip_an_inhibitor_not_even_now) {
        for (int action = 0; action < _ACTION_MAX; action++) {
                Question q = inhibited_question((Action) action, USEC_INFINITY);

                q.consent = consent();
                check_verdict(&q, VERDICT_HOLD, RULE_INHIBITOR, 0);
                q.consent.now = true;
                check_verdict(&q, VERDICT_HOLD, RULE_INHIBITOR, 0);
        }
}

TEST(rules_only_a_deadline_that_forces_skips_an_inhibitor) {
        for (int on_deadline = 0; on_deadline < _ON_DEADLINE_MAX; on_deadline++) {
                const bool forces = on_deadline == DEADLINE_FORCE;
                Question q = inhibited_question(ACTION_INSTALL, USEC_INFINITY);

                policy.actions[ACTION_INSTALL].deadline = USEC_PER_DAY;
                policy.actions[ACTION_INSTALL].on_deadline = (OnDeadline) on_deadline;
                q.asked = true;
                q.waited = USEC_PER_DAY - USEC_PER_HOUR;
                check_verdict(&q, VERDICT_HOLD, RULE_INHIBITOR, 0);
                CHECK(judge(&q).next_change ==
                      (forces ? q.now.realtime + USEC_PER_HOUR : USEC_INFINITY));
                q.waited = USEC_PER_DAY;
                check_verdict(&q, forces ? VERDICT_ACCEPT : VERDICT_HOLD,
                              forces ? RULE_DECISION : RULE_INHIBITOR, 0);
                if (!forces)
                        continue;
                CHECK_STR(judge(&q).findings[RULE_INHIBITOR].text,
                          "inhibitors do not matter: the deadline is over");
                q.modules_usable = 0; /* it forces nothing else */
                q.keep_online = 1;
                check_verdict(&q, VERDICT_HOLD, RULE_KEEP_ONLINE, 0);
        }
}

TEST(rules_a_session_for_a_result_waits_for_an_inhibitor_until_a_deadline_forces) {
        Question q = inhibited_question(ACTION_CONNECT, USEC_INFINITY);

        policy.actions[ACTION_CONNECT].deadline = 6 * USEC_PER_HOUR;
        policy.actions[ACTION_CONNECT].on_deadline = DEADLINE_FORCE;
        q.reports_result = true;
        q.asked = true;
        q.waited = USEC_PER_HOUR;
        CHECK_INT(judge(&q).because, RULE_INHIBITOR);
        CHECK_INT(judge(&q).next_change, q.now.realtime + 5 * USEC_PER_HOUR);
        q.waited = 6 * USEC_PER_HOUR;
        CHECK_INT(judge(&q).kind, VERDICT_ACCEPT);
}

TEST(rules_an_inhibitor_stands_between_the_gateway_and_the_policy) {
        Question q = inhibited_question(ACTION_INSTALL, USEC_INFINITY);

        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        q.deferred_until = USEC_INFINITY;
        check_verdict(&q, VERDICT_HOLD, RULE_INHIBITOR, 0);
        q.installs_running = 1;
        check_verdict(&q, VERDICT_HOLD, RULE_CONCURRENT, 0);
}

/* The longest that there may be still fits, with all that it says. */
TEST(rules_an_inhibitor_says_who_and_why_in_full) {
        Question q = inhibited_question(ACTION_INSTALL, at("2026-11-28T02:00:00Z"));
        Verdict v;

        memset(q.inhibited.who, 'w', sizeof q.inhibited.who - 1);
        memset(q.inhibited.why, 'y', sizeof q.inhibited.why - 1);
        q.inhibited.n = 64;
        v = judge(&q);
        CHECK_INT(strlen(v.findings[RULE_INHIBITOR].text), 16 + 20 + 4 + 47 + 12 + 2 + 79);
        CHECK(strlen(v.findings[RULE_INHIBITOR].text) < FINDING_TEXT_MAX - 1);
}

TEST_MAIN()
