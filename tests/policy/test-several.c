/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rules of modules that share a gateway, and the jitter that keeps gateways apart. */

#include <stdio.h>

#include "policy/policy-bench.h"
#include "policy/window.h"
#include "test.h"

static const char *text_of(const Question *q, Rule rule) {
        static Verdict v;

        v = judge(q);
        return v.findings[rule].text;
}

/* soak */

TEST(soak_of_a_success_ends_by_itself) {
        Question q = question(ACTION_INSTALL);

        q.soak = (Soak) { .span = USEC_PER_HOUR, .until = q.now.realtime + 20 * USEC_PER_MINUTE };
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        (void) TEXT_COPY(q.soak.succeeded, "modem1");
        check_verdict(&q, VERDICT_HOLD, RULE_SOAK, 0);
        CHECK(judge(&q).next_change == q.soak.until);
        CHECK_STR(text_of(&q, RULE_SOAK), "modem1 of the same family succeeded less than 1h ago: "
                                          "from Fri 2026-11-27 12:20 on");
        q.soak.until = q.now.realtime + 10 * USEC_PER_HOUR; /* certain, and long: not held */
        check_verdict(&q, VERDICT_DEFER, RULE_SOAK, 30);
        q.consent = consent();
        q.consent.now = true; /* a person overrides windows, not this */
        CHECK_INT(judge(&q).because, RULE_SOAK);
}

TEST(soak_of_a_failure_ends_with_a_later_consent_only) {
        Question q = question(ACTION_INSTALL);

        q.soak = (Soak) { .span = USEC_PER_HOUR,
                          .reason = REASON_INSTALL_TIMEOUT,
                          .failed_at = at("2026-11-27T02:31:00Z"),
                          .failed_row = 100 };
        (void) TEXT_COPY(q.soak.failed, "modem1");
        check_verdict(&q, VERDICT_HOLD, RULE_SOAK, 0);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        CHECK_STR(text_of(&q, RULE_SOAK),
                  "the install of modem1 failed Fri 2026-11-27 02:31 (install-timeout): its family "
                  "waits, 'fotactl accept' lets this one go");
        q.consent = consent();
        q.consent.row = 99;
        check_verdict(&q, VERDICT_HOLD, RULE_SOAK, 0);
        q.consent.row = 100;
        q.consent.until = q.now.realtime + USEC_PER_HOUR;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK(judge(&q).next_change == q.consent.until);
        q.consent.firmware[0] = 'X'; /* it was for another version */
        check_verdict(&q, VERDICT_HOLD, RULE_SOAK, 0);
        q.consent = (Consent) { 0 };
        policy.actions[ACTION_INSTALL].deadline = USEC_PER_HOUR;
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_FORCE;
        q.asked = true;
        q.waited = USEC_PER_DAY;
        CHECK_INT(judge(&q).because, RULE_SOAK); /* no deadline is a person */
}

TEST(soak_goes_one_by_one_and_concerns_installs_only) {
        Question q = question(ACTION_INSTALL);

        q.soak.span = USEC_PER_HOUR;
        q.concurrent_installs = 8;
        q.installs_running = 1;
        (void) TEXT_COPY(q.soak.installs, "modem1");
        check_verdict(&q, VERDICT_HOLD, RULE_SOAK, 0);
        q.action = ACTION_REBOOT;
        policy.actions[ACTION_REBOOT].decision = DECISION_ACCEPT;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

/* the uplink */

TEST(uplink_module_waits_for_who_goes_first) {
        Question q = question(ACTION_INSTALL);

        q.uplink = (UplinkPath) { .mine = true, .interface = "eth0", .first_installs = true };
        q.uplink.proven_until = q.now.realtime + USEC_PER_MINUTE;
        (void) TEXT_COPY(q.uplink.first, "modem1");
        check_verdict(&q, VERDICT_HOLD, RULE_UPLINK_PATH, 0);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        CHECK_STR(text_of(&q, RULE_UPLINK_PATH),
                  "it carries the uplink and goes last: modem1 installs");
        q.uplink.first_installs = false;
        q.uplink.first_until = q.now.realtime + USEC_PER_HOUR;
        CHECK(judge(&q).next_change == q.uplink.first_until);
        q.uplink.first[0] = '\0';
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK(judge(&q).next_change == q.uplink.proven_until);
}

TEST(uplink_module_waits_for_a_clock_with_which_reports_leave) {
        Question q = question(ACTION_INSTALL);

        q.uplink = (UplinkPath) { .mine = true, .interface = "eth0" };
        q.uplink.retry = q.now.realtime + 2 * USEC_PER_MINUTE; /* of before */
        q.clock_trusted = false;
        q.clock_trusted_from = USEC_INFINITY;
        (void) TEXT_COPY(q.clock_problem, "NTP has not set it");
        check_verdict(&q, VERDICT_HOLD, RULE_UPLINK_PATH, 0);
        CHECK(judge(&q).next_change == USEC_INFINITY);
        CHECK_STR(text_of(&q, RULE_UPLINK_PATH),
                  "it carries the uplink: no report leaves while the clock is not trusted; NTP has "
                  "not set it");
        q.clock_trusted_from = q.now.realtime + USEC_PER_HOUR;
        CHECK(judge(&q).next_change == q.clock_trusted_from);
}

TEST(uplink_module_wants_proof_of_the_other_path) {
        Question q = question(ACTION_INSTALL);

        q.uplink = (UplinkPath) { .mine = true, .interface = "eth0" };
        check_verdict(&q, VERDICT_HOLD, RULE_UPLINK_PATH, 0);
        CHECK_STR(text_of(&q, RULE_UPLINK_PATH),
                  "it carries the uplink: a report must get out through eth0 first");
        (void) TEXT_COPY(q.uplink.problem, "eth0: No such device");
        q.uplink.retry = q.now.realtime + 2 * USEC_PER_MINUTE;
        CHECK(judge(&q).next_change == q.uplink.retry);
        q.consent = consent(); /* does not stand in for a path that there should be */
        CHECK_INT(judge(&q).because, RULE_UPLINK_PATH);
        q.uplink.proven_until = q.now.realtime; /* half-open */
        CHECK_INT(judge(&q).because, RULE_UPLINK_PATH);
        q.uplink.proven_until++;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(uplink_module_without_another_path_wants_a_person) {
        Question q = question(ACTION_INSTALL);

        q.uplink.mine = true;
        check_verdict(&q, VERDICT_HOLD, RULE_UPLINK_PATH, 0);
        q.consent = consent();
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        q.consent.until = q.now.realtime + USEC_PER_HOUR;
        CHECK(judge(&q).next_change == q.consent.until);
        q = question(ACTION_REBOOT);
        q.uplink.mine = true;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

/* others */

TEST(keep_online_says_when_enough_will_have_been_up) {
        Question q = question(ACTION_INSTALL);

        q.keep_online = 2;
        q.modules_usable = 1;
        CHECK(judge(&q).next_change == USEC_INFINITY);
        q.usable_from = q.now.realtime + 40 * USEC_PER_SEC;
        check_verdict(&q, VERDICT_HOLD, RULE_KEEP_ONLINE, 0);
        CHECK(judge(&q).next_change == q.usable_from);
}

TEST(who_is_down_and_online_is_told) {
        Question q = question(ACTION_INSTALL);

        q.concurrent_installs = q.installs_running = 1;
        (void) TEXT_COPY(q.down, "modem3");
        q.keep_online = 2;
        q.modules_usable = 1;
        CHECK_STR(judge(&q).findings[RULE_CONCURRENT].text,
                  "1 of 1 modules that may be down at a time: modem3");
        CHECK_STR(judge(&q).findings[RULE_KEEP_ONLINE].text, "1 other module online, 2 must be");
        q.installs_running = q.concurrent_installs = 3;
        q.modules_usable = 0;
        CHECK_STR(judge(&q).findings[RULE_CONCURRENT].text,
                  "3 of 3 modules that may be down at a time: modem3 and 2 more");
        CHECK_STR(judge(&q).findings[RULE_KEEP_ONLINE].text, "0 other modules online, 2 must be");
}

TEST(clock_says_why_it_is_not_trusted) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "10:00-14:00");
        q.clock_trusted = false;
        CHECK_STR(text_of(&q, RULE_CLOCK), "the clock is not trusted yet: windows stay closed");
        (void) TEXT_COPY(q.clock_problem, "NTP has not set it");
        CHECK_STR(text_of(&q, RULE_CLOCK),
                  "the clock is not trusted yet: windows stay closed; NTP has not set it");
}

/* jitter */

#define HALF (UINT32_C(1) << 31)

TEST(jitter_opens_later_for_one_and_says_so) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "Sat,Sun 02:00-04:00");
        policy.actions[ACTION_INSTALL].jitter = 7 * USEC_PER_MINUTE + 22 * USEC_PER_SEC;
        q.jitter_share = HALF;
        CHECK(judge(&q).next_change == at("2026-11-28T02:03:41Z"));
        CHECK_STR(text_of(&q, RULE_WINDOW), "window Sat,Sun 02:00-04:00: closed, opens Sat "
                                            "2026-11-28 02:00, for this module 02:03:41");
        q.now.realtime = at("2026-11-28T02:01:00Z");
        CHECK_STR(text_of(&q, RULE_WINDOW), "window Sat,Sun 02:00-04:00: open, for this module "
                                            "from Sat 2026-11-28 02:03:41");
        check_verdict(&q, VERDICT_HOLD, RULE_WINDOW, 0);
        q.now.realtime = at("2026-11-28T02:03:41Z");
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        CHECK(judge(&q).next_change == at("2026-11-28T03:45:00Z") + 1);
        q.now.realtime = at("2026-11-28T03:50:00Z");
        CHECK_STR(text_of(&q, RULE_WINDOW),
                  "window Sat,Sun 02:00-04:00: open, but for less than 15min; next Sun 2026-11-29 "
                  "02:00, for this module 02:03:41");
}

TEST(jitter_over_midnight_names_the_day) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "23:59-04:00");
        policy.actions[ACTION_INSTALL].jitter = 10 * USEC_PER_MINUTE;
        q.jitter_share = HALF;
        CHECK_STR(text_of(&q, RULE_WINDOW), "window 23:59-04:00: closed, opens Fri 2026-11-27 "
                                            "23:59, for this module Sat 2026-11-28 00:04:00");
}

/* Two windows that touch open once. */
TEST(jitter_is_of_the_opening_and_not_of_each_window) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "22:00-24:00");
        add_window(ACTION_INSTALL, "00:00-03:00");
        policy.actions[ACTION_INSTALL].jitter = USEC_PER_HOUR;
        q.jitter_share = HALF;
        q.now.realtime = at("2026-11-28T00:00:10Z");
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
        q.now.realtime = at("2026-11-28T22:29:59Z");
        CHECK(judge(&q).next_change == at("2026-11-28T22:30:00Z"));
}

TEST(jitter_does_not_matter_to_a_person_in_a_hurry) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        policy.actions[ACTION_INSTALL].jitter = USEC_PER_HOUR;
        q.jitter_share = HALF;
        q.now.realtime = at("2026-11-28T02:01:00Z");
        q.consent = consent();
        q.consent.now = true;
        check_verdict(&q, VERDICT_ACCEPT, RULE_DECISION, 0);
}

TEST(jitter_share_is_the_same_in_every_version) {
        CHECK_INT(jitter_share_of("0354123456789012"), 0xe66bba9e);
        CHECK_INT(jitter_share_of("modem0"), 0x76f93b58);
}

#define DEVICES 20000

/* Of many modules as many begin in each part of the jitter, and all of them in time: also in the
 * nights in which the window is an hour shorter or longer. */
TEST(jitter_is_spread_evenly_and_always_inside) {
        static const char *const nights[] = { "2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z",
                                              "2026-11-27T12:00:00Z" };
        const usec_t jitter = 100 * USEC_PER_MINUTE, fits = 15 * USEC_PER_MINUTE;
        ZoneOffsets paris = { .n = 3 };
        Window window;

        CHECK_INT(window_parse("01:30-03:30", &window), 0);
        paris.entries[0].offset_sec = 3600;
        paris.entries[1].from = at("2026-03-29T01:00:00Z");
        paris.entries[1].offset_sec = 7200;
        paris.entries[2].from = at("2026-10-25T01:00:00Z");
        paris.entries[2].offset_sec = 3600;
        for (size_t night = 0; night < ELEMENTSOF(nights); night++) {
                WindowSet set = { .windows = &window, .n = 1, .zone = &paris };
                const usec_t noon = at(nights[night]);
                const usec_t begin = window_set_next_fit(&set, noon, fits, NULL);
                const usec_t end = window_set_next_change(&set, begin);
                const usec_t room = MIN_OF(jitter, end - begin - fits);
                unsigned parts[10] = { 0 };

                set.jitter = jitter;
                set.fits = fits;
                for (unsigned i = 0; i < DEVICES; i++) {
                        char dev_eui[20];
                        usec_t opens;

                        (void) snprintf(dev_eui, sizeof dev_eui, "0%015u", 354123450 + i * 7);
                        set.share = jitter_share_of(dev_eui);
                        opens = window_set_next_fit(&set, noon, fits, NULL);
                        CHECK(opens >= begin && opens < begin + room);
                        CHECK(opens + fits <= end);
                        CHECK(window_set_is_open(&set, opens) &&
                              (opens == begin || !window_set_is_open(&set, opens - 1)));
                        CHECK(window_set_next_change(&set, noon) == opens);
                        CHECK(window_set_next_change(&set, opens) == end);
                        CHECK(window_set_start(&set, opens) == begin);
                        parts[(opens - begin) * 10 / room]++;
                }
                for (size_t i = 0; i < ELEMENTSOF(parts); i++)
                        CHECK(parts[i] > DEVICES / 10 * 9 / 10 &&
                              parts[i] < DEVICES / 10 * 11 / 10);
        }
}

/* The same consent whether it is given before, in or after the module's own beginning. */
TEST(jitter_does_not_change_how_long_a_consent_lasts) {
        Question q = question(ACTION_INSTALL);
        ActionPolicy *rules = &policy.actions[ACTION_INSTALL];

        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        for (unsigned minute = 0; minute < 14 * 24 * 60; minute += 5) {
                const usec_t now = q.now.realtime + minute * USEC_PER_MINUTE;
                usec_t without, last = 0;

                rules->jitter = 0;
                q.jitter_share = UINT32_MAX;
                without = consent_end(&q, 1, now);
                rules->jitter = 100 * USEC_PER_MINUTE;
                const WindowSet set = { .windows = rules->windows,
                                        .n = 1,
                                        .zone = &zone,
                                        .jitter = rules->jitter,
                                        .share = UINT32_MAX,
                                        .fits = rules->fits };
                CHECK(window_set_next_fit(&set, now, rules->fits, &last) != USEC_INFINITY);
                CHECK(window_set_next_change(&set, last) + CONSENT_GRACE == without);
                CHECK(consent_end(&q, 1, now) == without);
        }
}

TEST(a_consent_ends_though_windows_never_close) {
        const Question q = question(ACTION_INSTALL);
        const usec_t now = q.now.realtime;

        CHECK(consent_end(&q, 1, now) == now + CONSENT_GRACE);
        add_window(ACTION_INSTALL, "17:30-12:30");
        CHECK(consent_end(&q, 1, now) != now + CONSENT_GRACE);
        add_window(ACTION_INSTALL, "08:45-22:15");
        CHECK(consent_end(&q, 1, now) == now + CONSENT_GRACE);
}

/* It is Friday: download Thu 02:00-04:00, install at any time. */
static size_t two_questions(Question ret[static 2]) {
        ret[0] = question(ACTION_INSTALL);
        ret[1] = ret[0];
        ret[1].action = ACTION_DOWNLOAD;
        add_window(ACTION_DOWNLOAD, "Thu 02:00-04:00");
        return 2;
}

TEST(a_consent_to_two_questions_lasts_until_it_could_have_been_used_for_both) {
        Question q[2];
        const size_t n = two_questions(q);
        const usec_t now = q[0].now.realtime;

        CHECK(consent_end(q, n, now) == at("2026-12-04T04:00:00Z"));
        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        add_window(ACTION_INSTALL, "Thu 03:00-06:00");
        CHECK(consent_end(q, n, now) == at("2026-12-04T04:00:00Z"));
        q[0].jitter_share = q[1].jitter_share = UINT32_MAX;
        policy.actions[ACTION_INSTALL].jitter = USEC_PER_HOUR;
        CHECK(consent_end(q, n, now) == at("2026-12-04T04:00:00Z"));
        policy.actions[ACTION_INSTALL].jitter = 2 * USEC_PER_HOUR; /* from 05:00 on */
        CHECK(consent_end(q, n, now) == now + CONSENT_GRACE);
}

TEST(a_consent_to_two_questions_that_never_come_together_ends) {
        Question q[2];
        const size_t n = two_questions(q);
        const usec_t now = q[0].now.realtime;

        add_window(ACTION_INSTALL, "Fri..Sun 00:00-24:00");
        add_window(ACTION_INSTALL, "Mon..Wed 00:00-24:00");
        CHECK(consent_end(q, n, now) == now + CONSENT_GRACE);
        add_window(ACTION_INSTALL, "Thu 01:00-02:10"); /* 15 minutes do not fit in */
        CHECK(consent_end(q, n, now) == now + CONSENT_GRACE);
        add_window(ACTION_INSTALL, "Thu 01:00-02:15");
        CHECK(consent_end(q, n, now) == at("2026-12-04T02:15:00Z"));
}

TEST_MAIN()
