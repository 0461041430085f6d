/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* policy_judge(): each rule, their precedence, what is held and what is deferred for how long, and
 * that next_change is the moment at which the answer really changes. */

#include "policy/policy-bench.h"
#include "test.h"

TEST(policy_defaults) {
        Policy p;

        policy_init_default(&p);
        CHECK_INT(p.actions[ACTION_CONNECT].decision, DECISION_ACCEPT);
        for (int i = ACTION_DOWNLOAD; i < _ACTION_MAX; i++)
                CHECK_INT(p.actions[i].decision, DECISION_ASK);
        CHECK_INT(p.actions[ACTION_INSTALL].fits, FITS_DEFAULT);
        CHECK_INT(p.actions[ACTION_INSTALL].n_windows, 0);
}

TEST(policy_words) {
        for (int i = 0; i < _RULE_MAX; i++)
                CHECK_INT(rule_from_string(rule_to_string((Rule) i)), i);
        CHECK_INT(decision_from_string("ask"), DECISION_ASK);
        CHECK_INT(decision_from_string("allow"), -EINVAL);
}

TEST(policy_accepts_when_all_is_well) {
        for (int action = 0; action < _ACTION_MAX; action++) {
                Question q = question((Action) action);

                check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
                CHECK(judge(&q).next_change == USEC_INFINITY);
        }
}

TEST(policy_storage_holds_every_action) {
        for (int action = 0; action < _ACTION_MAX; action++) {
                Question q = question((Action) action);

                q.storage_ok = false;
                check_verdict(&q, VERDICT_HOLD, RULE_STORAGE, 0);
        }
}

TEST(policy_barrier_concurrent_and_keep_online_concern_install_and_reboot_only) {
        for (int action = 0; action < _ACTION_MAX; action++) {
                bool down = action == ACTION_INSTALL || action == ACTION_REBOOT;
                Question q = question((Action) action);

                q.barrier_open = false;
                check_verdict(&q, down ? VERDICT_HOLD : VERDICT_ACCEPT,
                              down ? RULE_BARRIER : RULE_DECISION, 0);
                q = question((Action) action);
                q.installs_running = 1;
                check_verdict(&q, down ? VERDICT_HOLD : VERDICT_ACCEPT,
                              down ? RULE_CONCURRENT : RULE_DECISION, 0);
                q = question((Action) action);
                q.keep_online = 4;
                check_verdict(&q, down ? VERDICT_HOLD : VERDICT_ACCEPT,
                              down ? RULE_KEEP_ONLINE : RULE_DECISION, 0);
        }
}

TEST(policy_barrier_opens_by_itself) {
        Question q = question(ACTION_INSTALL);

        q.barrier_open = false;
        q.barrier_until = q.now.realtime + 15 * USEC_PER_MINUTE;
        CHECK_INT(judge(&q).next_change, q.barrier_until);
        CHECK_STR(judge(&q).findings[RULE_BARRIER].text,
                  "waiting until every module has been looked at after the start, at the latest "
                  "Fri 2026-11-27 12:15");
        q.barrier_until = q.now.realtime; /* passed, yet still shut: only an event helps */
        CHECK(judge(&q).next_change == USEC_INFINITY);
}

TEST(policy_limits_of_zero_are_no_limits) {
        Question q = question(ACTION_INSTALL);

        q.installs_running = 9;
        q.concurrent_installs = 0;
        q.modules_usable = 0;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(policy_deferral_by_a_person_is_sent_when_long_and_held_when_short) {
        Question q = question(ACTION_DOWNLOAD);

        TEXT_COPY(q.deferred_by, "anna (uid 1000)");
        q.deferred_until = q.now.realtime + 90 * USEC_PER_MINUTE;
        check_verdict(&q, VERDICT_DEFER, RULE_DEFERRAL, 30);
        CHECK_STR(judge(&q).findings[RULE_DEFERRAL].text,
                  "deferred until Fri 2026-11-27 13:30 by anna (uid 1000)");
        policy.actions[ACTION_DOWNLOAD].defer = USEC_PER_DAY;
        check_verdict(&q, VERDICT_DEFER, RULE_DEFERRAL, 90);
        q.deferred_until = q.now.realtime + 30 * USEC_PER_MINUTE;
        check_verdict(&q, VERDICT_HOLD, RULE_DEFERRAL, 0);
        CHECK_INT(judge(&q).next_change, q.deferred_until);
        q.deferred_until = q.now.realtime;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(policy_suspended_download_is_held_until_it_is_resumed) {
        Question q = question(ACTION_DOWNLOAD);
        Verdict v;

        q.suspended = true;
        check_verdict(&q, VERDICT_HOLD, RULE_DEFERRAL, 0);
        v = judge(&q);
        CHECK(v.next_change == USEC_INFINITY);
        CHECK(v.findings[RULE_DEFERRAL].applies);
        CHECK_STR(v.findings[RULE_DEFERRAL].text, "suspended by a person until 'fotactl resume'");
        /* neither a deferral beside it nor a consent changes that */
        q.deferred_until = q.now.realtime + USEC_PER_DAY;
        check_verdict(&q, VERDICT_HOLD, RULE_DEFERRAL, 0);
        q.deferred_until = q.now.realtime;
        q.consent = consent();
        q.consent.now = true;
        check_verdict(&q, VERDICT_HOLD, RULE_DEFERRAL, 0);
        q.suspended = false;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(policy_suspended_concerns_the_download_only) {
        for (int action = 0; action < _ACTION_MAX; action++) {
                Question q = question((Action) action);

                q.suspended = true;
                if (action != ACTION_DOWNLOAD)
                        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
                q.storage_ok = false; /* comes first */
                check_verdict(&q, VERDICT_HOLD, RULE_STORAGE, 0);
        }
}

TEST(policy_size) {
        Question q = question(ACTION_DOWNLOAD);

        policy.actions[ACTION_DOWNLOAD].max_size_bytes = 1464;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        q.package_bytes = 1465;
        check_verdict(&q, VERDICT_DEFER, RULE_SIZE, 30);
        CHECK_STR(judge(&q).findings[RULE_SIZE].text, "package of 1465 B, max_size is 1464 B");
        q.size_known = false;
        q.size_wait_until = q.now.realtime + 5 * USEC_PER_SEC;
        check_verdict(&q, VERDICT_HOLD, RULE_SIZE, 0);
        CHECK_INT(judge(&q).next_change, q.size_wait_until);
        q.size_wait_until = 0;
        check_verdict(&q, VERDICT_HOLD, RULE_SIZE, 0);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        CHECK_STR(judge(&q).findings[RULE_SIZE].text,
                  "the module did not tell the package's size, max_size is 1464 B");
}

TEST(policy_untrusted_clock_shuts_windows_and_nothing_else) {
        Question q = question(ACTION_INSTALL);

        q.clock_trusted = false;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        add_window(ACTION_INSTALL, "00:00-24:00");
        check_verdict(&q, VERDICT_HOLD, RULE_CLOCK, 0);
        CHECK(!judge(&q).findings[RULE_WINDOW].passes);
        q.consent = consent();
        q.consent.now = true;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(policy_window_that_opens_soon_is_waited_for) {
        Question q = question(ACTION_DOWNLOAD);

        add_window(ACTION_DOWNLOAD, "12:30-13:00");
        check_verdict(&q, VERDICT_HOLD, RULE_WINDOW, 0);
        CHECK_INT(judge(&q).next_change, at("2026-11-27T12:30:00Z"));
        q.now.realtime -= 1;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
}

TEST(policy_deferral_is_capped_and_ends_before_the_window_opens) {
        Question q = question(ACTION_DOWNLOAD);

        add_window(ACTION_DOWNLOAD, "17:00-18:00");
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        policy.actions[ACTION_DOWNLOAD].defer = 0;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        policy.actions[ACTION_DOWNLOAD].defer = 30 * USEC_PER_SEC;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 1);
        policy.actions[ACTION_DOWNLOAD].defer = USEC_INFINITY;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 300);
        q.now.realtime += 30 * USEC_PER_SEC;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 299);
        policy.actions[ACTION_DOWNLOAD].n_windows = 0;
        add_window(ACTION_DOWNLOAD, "Wed 17:00-18:00");
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, DEFER_MAX_MINUTES);
}

TEST(policy_window_texts_for_people) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "Sat,Sun 02:00-04:00");
        CHECK_STR(judge(&q).findings[RULE_WINDOW].text,
                  "window Sat,Sun 02:00-04:00: closed, opens Sat 2026-11-28 02:00");
        q.now.realtime = at("2026-11-28T02:00:00Z");
        CHECK_STR(judge(&q).findings[RULE_WINDOW].text,
                  "window Sat,Sun 02:00-04:00: open until Sat 2026-11-28 04:00");
        q.now.realtime = at("2026-11-28T03:50:00Z");
        CHECK_STR(judge(&q).findings[RULE_WINDOW].text,
                  "window Sat,Sun 02:00-04:00: open, but for less than 15min; next Sun 2026-11-29 "
                  "02:00");
        policy.actions[ACTION_INSTALL].fits = 3 * USEC_PER_HOUR;
        CHECK_STR(judge(&q).findings[RULE_WINDOW].text,
                  "window Sat,Sun 02:00-04:00: never open for as long as fits, 3h");
        add_window(ACTION_INSTALL, "Sun 03:00-05:00");
        CHECK_STR(judge(&q).findings[RULE_WINDOW].text,
                  "window Sat,Sun 02:00-04:00 and 1 more: open, but for less than 3h; next Sun "
                  "2026-11-29 02:00");
}

TEST(policy_texts_show_local_time) {
        Question q = question(ACTION_INSTALL);

        zone = (ZoneOffsets) { .n = 1, .entries = { { 0, 3600 } } };
        add_window(ACTION_INSTALL, "Sat 00:30-04:00");
        CHECK_STR(judge(&q).findings[RULE_WINDOW].text,
                  "window Sat 00:30-04:00: closed, opens Sat 2026-11-28 00:30");
        CHECK_INT(judge(&q).next_change, at("2026-11-27T23:30:00Z"));
}

TEST(policy_install_needs_what_fits_of_its_window) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "11:00-12:15");
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_INT(judge(&q).next_change, q.now.realtime + 1); /* exactly 15 minutes are left */
        q.now.realtime += 1;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        CHECK_INT(judge(&q).next_change, at("2026-11-28T11:00:00Z"));
        policy.actions[ACTION_INSTALL].fits = 2 * USEC_PER_HOUR;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        CHECK(judge(&q).next_change == USEC_INFINITY);
}

TEST(policy_other_actions_need_nothing_left_of_their_window) {
        Question q = question(ACTION_DOWNLOAD);

        policy.actions[ACTION_DOWNLOAD].fits = USEC_PER_DAY;
        add_window(ACTION_DOWNLOAD, "11:00-12:01");
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_INT(judge(&q).next_change, at("2026-11-27T12:01:00Z"));
}

TEST(policy_ask_is_held_until_a_person_consents) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        CHECK_STR(judge(&q).findings[RULE_DECISION].text, "ask: waiting for a person");
        q.consent = consent();
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_STR(judge(&q).findings[RULE_DECISION].text, "ask: accepted by root (uid 0)");
        q.consent.until = q.now.realtime + USEC_PER_HOUR;
        CHECK_INT(judge(&q).next_change, q.consent.until);
        q.now.realtime = q.consent.until;
        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        CHECK_STR(judge(&q).findings[RULE_DECISION].text,
                  "ask: waiting for a person; the consent has run out");
}

TEST(policy_consent_is_for_one_package_and_one_version) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        q.consent = consent();
        q.package_bytes++;
        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        CHECK_STR(judge(&q).findings[RULE_DECISION].text,
                  "ask: waiting for a person; the consent was for another package or version");
        q.size_known = false; /* nothing is seen to have changed */
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        TEXT_COPY(q.firmware, "HL7800.4.5.4.0");
        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        TEXT_COPY(q.firmware, "");
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(policy_defer_is_deferred_until_a_person_consents) {
        Question q = question(ACTION_DOWNLOAD);

        policy.actions[ACTION_DOWNLOAD] =
                (ActionPolicy) { .decision = DECISION_DEFER, .defer = 2 * USEC_PER_HOUR };
        check_verdict(&q, VERDICT_DEFER, RULE_DECISION, 120);
        q.consent = consent();
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(policy_consent_waits_for_the_window_unless_it_says_now) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        q.consent = consent();
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        q.consent.now = true;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK_STR(judge(&q).findings[RULE_WINDOW].text,
                  "windows do not matter: root (uid 0) said now");
        q.consent.bytes = 1;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        q.consent = consent();
        q.consent.now = true;
        q.installs_running = 1; /* limits still hold */
        check_verdict(&q, VERDICT_HOLD, RULE_CONCURRENT, 0);
}

TEST(policy_connection_that_reports_a_result_is_accepted) {
        Question q = question(ACTION_CONNECT);

        policy.actions[ACTION_CONNECT].decision = DECISION_DEFER;
        add_window(ACTION_CONNECT, "Sat 02:00-04:00");
        q.clock_trusted = false;
        q.reports_result = true;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        q.storage_ok = false;
        check_verdict(&q, VERDICT_HOLD, RULE_STORAGE, 0);
        q = question(ACTION_INSTALL);
        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        q.reports_result = true; /* says nothing about an install */
        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
}

/* Everything is wrong; rule after rule is put right, and the next one decides. */
TEST(policy_precedence_is_the_order_of_rules) {
        Question q = question(ACTION_INSTALL);
        ActionPolicy *p = &policy.actions[ACTION_INSTALL];

        p->decision = DECISION_ASK;
        p->max_size_bytes = 1;
        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        TEXT_COPY(q.hindrance.text, "it does not answer");
        q.storage_ok = q.barrier_open = q.clock_trusted = false;
        q.installs_running = 1;
        q.keep_online = 9;
        q.inhibited = (Inhibited) { .n = 1, .until = USEC_INFINITY };
        q.deferred_until = USEC_INFINITY;
        TEXT_COPY(q.missing, "missing: a SIM");
        q.soak.span = USEC_PER_HOUR;
        TEXT_COPY(q.soak.installs, "modem1");
        q.uplink.mine = true;
        TEXT_COPY(q.uplink.interface, "eth0");
        TEXT_COPY(policy.from.deny.patterns[policy.from.deny.n++], "4.4.*");
        p->deadline = USEC_PER_DAY;
        p->on_deadline = DEADLINE_ASK;
        q.asked = true;
        q.waited = USEC_PER_DAY;
        p->no_roaming = true;
        check_verdict(&q, VERDICT_HOLD, RULE_MODULE, 0);
        for (size_t i = 0; i < _RULE_MAX; i++)
                CHECK(!judge(&q).findings[i].passes);
        q.hindrance.text[0] = '\0';
        check_verdict(&q, VERDICT_HOLD, RULE_STORAGE, 0);
        q.storage_ok = true;
        check_verdict(&q, VERDICT_HOLD, RULE_BARRIER, 0);
        q.barrier_open = true;
        check_verdict(&q, VERDICT_HOLD, RULE_PREREQUISITE, 0);
        CHECK_STR(judge(&q).findings[RULE_PREREQUISITE].text, "missing: a SIM");
        q.missing[0] = '\0';
        check_verdict(&q, VERDICT_HOLD, RULE_CONCURRENT, 0);
        q.installs_running = 0;
        check_verdict(&q, VERDICT_HOLD, RULE_SOAK, 0);
        q.soak.installs[0] = '\0';
        check_verdict(&q, VERDICT_HOLD, RULE_KEEP_ONLINE, 0);
        q.keep_online = 3;
        check_verdict(&q, VERDICT_HOLD, RULE_UPLINK_PATH, 0);
        q.uplink.mine = false;
        check_verdict(&q, VERDICT_HOLD, RULE_INHIBITOR, 0);
        q.inhibited.n = 0;
        check_verdict(&q, VERDICT_DEFER, RULE_DEFERRAL, 30);
        q.deferred_until = 0;
        check_verdict(&q, VERDICT_DEFER, RULE_VERSION, 30);
        policy.from.deny.n = 0;
        check_verdict(&q, VERDICT_DEFER, RULE_SIZE, 30);
        p->max_size_bytes = 0;
        check_verdict(&q, VERDICT_HOLD, RULE_DEADLINE, 0);
        p->on_deadline = DEADLINE_ACCEPT;
        check_verdict(&q, VERDICT_HOLD, RULE_CLOCK, 0);
        q.clock_trusted = true;
        check_verdict(&q, VERDICT_DEFER, RULE_WINDOW, 30);
        q.now.realtime = at("2026-11-28T02:00:00Z");
        p->deadline = 0;
        check_verdict(&q, VERDICT_HOLD, RULE_DECISION, 0);
        p->decision = DECISION_ACCEPT;
        check_verdict(&q, VERDICT_HOLD, RULE_REQUIRE, 0);
        p->no_roaming = false;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

/* Two weeks around each clock change, minute by minute: while the verdict waits, nothing is
 * accepted before next_change, and at next_change it is; a deferral never reaches past it. */
static void walk(Question *q, usec_t begin) {
        usec_t promised = 0;

        for (usec_t t = begin; t < begin + 14 * USEC_PER_DAY; t += USEC_PER_MINUTE) {
                Verdict v;

                q->now.realtime = t;
                policy_judge(q, &v);
                if (promised != 0)
                        CHECK_INT(v.kind == VERDICT_ACCEPT, t >= promised);
                if (v.kind == VERDICT_ACCEPT) {
                        promised = 0;
                        continue;
                }
                CHECK(promised == 0 || promised == v.next_change);
                CHECK(v.next_change - t <= HOLD_LIMIT ? v.kind == VERDICT_HOLD :
                                                        v.kind == VERDICT_DEFER);
                CHECK(t + v.minutes * USEC_PER_MINUTE <= v.next_change);
                promised = v.next_change;
        }
}

TEST(policy_next_change_is_exact_over_both_clock_changes) {
        Question q = question(ACTION_INSTALL);

        zone = (ZoneOffsets) {
                .n = 3,
                .entries = { { 0, 3600 },
                             { at("2026-03-29T01:00:00Z"), 7200 },
                             { at("2026-10-25T01:00:00Z"), 3600 } },
        };
        add_window(ACTION_INSTALL, "Sun 02:20-03:10");
        add_window(ACTION_INSTALL, "Mon..Thu 22:00-04:00");
        add_window(ACTION_INSTALL, "Fri 23:50-00:00");
        add_window(ACTION_INSTALL, "Sat 00:00-00:07");
        walk(&q, at("2026-03-22T00:00:00Z"));
        walk(&q, at("2026-10-18T00:00:00Z"));
}

TEST_MAIN()
