/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rules, one function each.
 *
 * Pure. A function fills `applies`, `passes`, `next_change` (when it fails) and `text`, which is
 * for a person at 3 am: what was looked at, what it said, when it may change. Local times are shown
 * in the gateway's zone. */

#include "policy/finding.h"

#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "policy/window.h"

char *when_format(char to[static WHEN_TEXT_MAX], const ZoneOffsets *zone, usec_t realtime) {
        static const char weekdays[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
        time_t seconds = (time_t) (realtime / USEC_PER_SEC) + zone_offset_at(zone, realtime);
        struct tm tm = {};

        if (!gmtime_r(&seconds, &tm))
                memset(&tm, 0, sizeof tm);
        memcpy(to, weekdays[tm.tm_wday], 3); /* not %a, which follows the locale */
        if (strftime(to + 3, WHEN_TEXT_MAX - 3, " %Y-%m-%d %H:%M", &tm) == 0)
                to[3] = '\0';
        return to;
}

char *when_format_latest(char to[static WHEN_TEXT_MAX], const ZoneOffsets *zone, usec_t realtime) {
        return when_format(to, zone, usec_add(realtime, USEC_PER_MINUTE - 1));
}

char *more_format(char to[static MORE_TEXT_MAX], unsigned n) {
        to[0] = '\0';
        if (n > 1)
                (void) snprintf(to, MORE_TEXT_MAX, " and %u more", n - 1);
        return to;
}

void finding_print(Finding *finding, const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        (void) vsnprintf(finding->text, sizeof finding->text, format, arguments);
        va_end(arguments);
}

bool question_skips_windows(const Question *question) {
        return question_reports_result(question) || deadline_forces(question) ||
               (question->consent.now && question_is_consented(question));
}

usec_t question_fits(const Question *question) {
        return question->action == ACTION_INSTALL ? question_policy(question)->fits : 0;
}

static void judge_module(const Question *question, Finding *finding) {
        const Hindrance *hindrance = &question->hindrance;
        char when[WHEN_TEXT_MAX];

        finding->passes = hindrance->text[0] == '\0';
        finding->next_change =
                hindrance->until > question->now.realtime ? hindrance->until : USEC_INFINITY;
        if (finding->passes)
                finding_say(finding, "it is there and answers");
        else if (finding->next_change == USEC_INFINITY)
                finding_say(finding, "%s", hindrance->text);
        else
                finding_say(finding, "%s, %s at the latest", hindrance->text,
                            when_format_latest(when, question->zone, finding->next_change));
}

static void judge_storage(const Question *question, Finding *finding) {
        finding->passes = question->storage_ok;
        finding->next_change = USEC_INFINITY;
        finding_say(finding, question->storage_ok ? "the database takes writes" :
                                                    "the database can not be written: nothing that "
                                                    "can't be taken back is done");
}

static void judge_barrier(const Question *question, Finding *finding) {
        char when[WHEN_TEXT_MAX];

        finding->applies = question_takes_module_down(question);
        finding->passes = question->barrier_open;
        finding->next_change = USEC_INFINITY;
        if (question->barrier_open) {
                finding_say(finding, "every module has been looked at since the start");
                return;
        }
        if (question->barrier_until == USEC_INFINITY ||
            question->barrier_until <= question->now.realtime) {
                finding_say(finding,
                            "waiting until every module has been looked at after the start");
                return;
        }
        finding->next_change = question->barrier_until;
        finding_say(
                finding,
                "waiting until every module has been looked at after the start, at the latest %s",
                when_format_latest(when, question->zone, question->barrier_until));
}

static void judge_prerequisite(const Question *question, Finding *finding) {
        finding->applies = question_takes_module_down(question) && question->missing[0] != '\0';
        finding->passes = !finding->applies;
        finding->next_change = USEC_INFINITY;
        finding_say(finding, "%s",
                    question->missing[0] != '\0' ? question->missing :
                                                   "all that an update needs is there");
}

static void judge_inhibitor(const Question *question, Finding *finding) {
        const Inhibited *inhibited = &question->inhibited;
        char until[WHEN_TEXT_MAX + 8] = "", when[WHEN_TEXT_MAX], more[MORE_TEXT_MAX];

        finding->applies = inhibited->n > 0;
        finding->passes = inhibited->n == 0 || deadline_forces(question);
        finding->next_change = inhibited->until;
        if (inhibited->n == 0) {
                finding_say(finding, "nobody holds it back");
                return;
        }
        if (deadline_forces(question)) {
                finding_say(finding, "inhibitors do not matter: the deadline is over");
                return;
        }
        if (inhibited->until != USEC_INFINITY)
                (void) snprintf(until, sizeof until, " until %s",
                                when_format(when, question->zone, inhibited->until));
        finding_say(finding, "inhibited%s by %s%s: %s", until, inhibited->who,
                    more_format(more, inhibited->n), inhibited->why);
}

static void judge_deferral(const Question *question, Finding *finding) {
        char when[WHEN_TEXT_MAX];
        const char *by = question->deferred_by[0] != '\0' ? question->deferred_by : "somebody";

        if (question_is_suspended(question)) {
                finding->next_change = USEC_INFINITY;
                finding_say(finding, "suspended by a person until 'fotactl resume'");
                return;
        }
        finding->applies = question->deferred_until > 0;
        finding->passes = question->now.realtime >= question->deferred_until;
        finding->next_change = question->deferred_until;
        if (question->deferred_until == 0)
                finding_say(finding, "nobody deferred it");
        else if (question->deferred_until == USEC_INFINITY)
                finding_say(finding, "deferred by %s until somebody accepts", by);
        else
                finding_say(finding, "deferred until %s by %s",
                            when_format(when, question->zone, question->deferred_until), by);
}

static void judge_size_unknown(const Question *question, Finding *finding, const char *limit) {
        bool waiting = question->size_wait_until > question->now.realtime;

        finding->next_change = waiting ? question->size_wait_until : USEC_INFINITY;
        finding_say(finding,
                    waiting ? "waiting for the package's size, max_size is %s" :
                              "the module did not tell the package's size, max_size is %s",
                    limit);
}

static void judge_size(const Question *question, Finding *finding) {
        uint64_t max_size_bytes = question_policy(question)->max_size_bytes;
        char size[SIZE_TEXT_MAX], limit[SIZE_TEXT_MAX];
        bool sized = question->action == ACTION_DOWNLOAD || question->action == ACTION_INSTALL;

        finding->applies = sized && max_size_bytes > 0 && !question->no_package;
        if (!finding->applies) {
                finding->passes = true;
                finding_say(finding, "no max_size");
                return;
        }
        finding->passes = question->size_known && question->package_bytes <= max_size_bytes;
        finding->next_change = USEC_INFINITY;
        if (!question->size_known)
                judge_size_unknown(question, finding, size_format(limit, max_size_bytes));
        else
                finding_say(finding, "package of %s, max_size is %s",
                            size_format(size, question->package_bytes),
                            size_format(limit, max_size_bytes));
}

usec_t question_trusted_from(const Question *question) {
        return question->clock_trusted_from > question->now.realtime ?
                       question->clock_trusted_from :
                       USEC_INFINITY;
}

static void judge_clock(const Question *question, Finding *finding) {
        finding->applies =
                question_policy(question)->n_windows > 0 && !question_skips_windows(question);
        finding->passes = question->clock_trusted;
        finding->next_change = question_trusted_from(question);
        if (question->clock_trusted)
                finding_say(finding, "the clock is trusted");
        else
                finding_say(finding, "the clock is not trusted yet: windows stay closed%s%s",
                            question->clock_problem[0] != '\0' ? "; " : "",
                            question->clock_problem);
}

WindowSet question_windows(const Question *question) {
        const ActionPolicy *policy = question_policy(question);

        return (WindowSet) {
                .windows = policy->windows,
                .n = policy->n_windows,
                .zone = question->zone,
                .jitter = policy->jitter,
                .share = question->jitter_share,
                .fits = question_fits(question),
        };
}

static void window_name(char to[static FINDING_TEXT_MAX], const ActionPolicy *policy) {
        char window[WINDOW_TEXT_MAX];
        Text text;

        text_init(&text, to, FINDING_TEXT_MAX);
        text_printf(&text, "window %s", window_format(window, &policy->windows[0]));
        if (policy->n_windows > 1)
                text_printf(&text, " and %zu more", policy->n_windows - 1);
}

/* "02:03:41", after the day when that is not the one that `beside` begins with */
static void say_clock(const Question *question, usec_t at, const char *beside, Text *text) {
        char when[WHEN_TEXT_MAX];
        const usec_t seconds = at / USEC_PER_SEC + (usec_t) zone_offset_at(question->zone, at);
        const size_t day = strlen("Sat 2026-11-28 ");

        when_format(when, question->zone, at);
        text_printf(text, "%s:%02u", strncmp(when, beside, day) == 0 ? when + day : when,
                    (unsigned) (seconds % 60));
}

/* When it opens, and when for this module. */
static void say_start(const Question *question, usec_t at, Text *text) {
        const WindowSet set = question_windows(question);
        const usec_t start = window_set_start(&set, at);
        char when[WHEN_TEXT_MAX];

        text_add(text, when_format(when, question->zone, start));
        if (start == at)
                return;
        text_add(text, ", for this module ");
        say_clock(question, at, when, text);
}

/* The last part of the text: when it opens. */
static void say_opening(const Question *question, Finding *finding, const char *name) {
        const usec_t now = question->now.realtime, next = finding->next_change;
        const WindowSet set = question_windows(question);
        char span[SPAN_TEXT_MAX];
        Text text;

        span_format(span, set.fits);
        if (next == USEC_INFINITY) {
                finding_say(finding, "%s: never open for as long as fits, %s", name, span);
                return;
        }
        text_init(&text, finding->text, sizeof finding->text);
        text_add(&text, name);
        if (window_set_is_open(&set, now)) {
                text_printf(&text, ": open, but for less than %s; next ", span);
                say_start(question, next, &text);
        } else if (window_set_start(&set, next) <= now) {
                text_add(&text, ": open, for this module from ");
                say_clock(question, next, "", &text);
        } else {
                text_add(&text, ": closed, opens ");
                say_start(question, next, &text);
        }
}

static void say_end(const Question *question, Finding *finding, const char *name) {
        const WindowSet set = question_windows(question);
        const usec_t end = window_set_next_change(&set, question->now.realtime);
        char when[WHEN_TEXT_MAX];

        if (end == USEC_INFINITY)
                finding_say(finding, "%s: always open", name);
        else
                finding_say(finding, "%s: open until %s", name,
                            when_format(when, question->zone, end));
}

static void judge_window_now(const Question *question, Finding *finding) {
        const WindowSet set = question_windows(question);
        const usec_t now = question->now.realtime;
        char name[FINDING_TEXT_MAX];

        finding->next_change = window_set_next_fit(&set, now, question_fits(question), NULL);
        finding->passes = finding->next_change == now;
        if (finding->wordless)
                return;
        window_name(name, question_policy(question));
        if (finding->passes)
                say_end(question, finding, name);
        else
                say_opening(question, finding, name);
}

static void judge_window(const Question *question, Finding *finding) {
        finding->passes = true;
        if (question_policy(question)->n_windows == 0) {
                finding->applies = false;
                finding_say(finding, "no windows: always open");
        } else if (question_reports_result(question))
                finding_say(finding, "windows do not matter: this connection reports an install");
        else if (deadline_forces(question))
                finding_say(finding, "windows do not matter: the deadline is over");
        else if (question_skips_windows(question))
                finding_say(finding, "windows do not matter: %s said now", question->consent.by);
        else if (!question->clock_trusted) {
                finding->passes = false;
                finding->next_change = question_trusted_from(question);
                finding_say(finding, "closed until the clock is trusted");
        } else
                judge_window_now(question, finding);
}

/* Why a consent that was once given does not count, "" when it does or none was given. */
static const char *consent_complaint(const Question *question) {
        if (!question->consent.given || question_is_consented(question))
                return "";
        return question->now.realtime >= question->consent.until ?
                       "; the consent has run out" :
                       "; the consent was for another package or version";
}

/* A yes that was given while nobody knew the time may count again when it is known. */
static usec_t consent_returns(const Question *question) {
        return question->consent.given && !question->clock_trusted &&
                               question->consent_undated > question->clock_trusted_from ?
                       question->clock_trusted_from :
                       USEC_INFINITY;
}

static void judge_decision(const Question *question, Finding *finding) {
        Decision decision = question_policy(question)->decision;

        finding->passes = decision == DECISION_ACCEPT || question_is_consented(question) ||
                          question_reports_result(question) || deadline_accepts(question);
        finding->next_change = consent_returns(question);
        if (question_reports_result(question))
                finding_say(finding, "accepted: this connection reports an install");
        else if (decision == DECISION_ACCEPT)
                finding_say(finding, "accept");
        else if (question_is_consented(question))
                finding_say(finding, "%s: accepted by %s", decision_to_string(decision),
                            question->consent.by);
        else if (deadline_accepts(question))
                finding_say(finding, "%s: accepted, the deadline is over",
                            decision_to_string(decision));
        else if (decision == DECISION_ASK)
                finding_say(finding, "ask: waiting for a person%s", consent_complaint(question));
        else
                finding_say(finding, "defer: only a person can accept it%s",
                            consent_complaint(question));
}

// clang-format off
static void (*const judges[_RULE_MAX])(const Question *question, Finding *finding) = {
        [RULE_MODULE]      = judge_module,
        [RULE_STORAGE]     = judge_storage,
        [RULE_BARRIER]     = judge_barrier,
        [RULE_PREREQUISITE] = judge_prerequisite,
        [RULE_CONCURRENT]  = judge_concurrent,
        [RULE_SOAK]        = judge_soak,
        [RULE_KEEP_ONLINE] = judge_keep_online,
        [RULE_UPLINK_PATH] = judge_uplink_path,
        [RULE_INHIBITOR]   = judge_inhibitor,
        [RULE_DEFERRAL]    = judge_deferral,
        [RULE_VERSION]     = judge_version,
        [RULE_SIZE]        = judge_size,
        [RULE_DEADLINE]    = judge_deadline,
        [RULE_CLOCK]       = judge_clock,
        [RULE_WINDOW]      = judge_window,
        [RULE_DECISION]    = judge_decision,
        [RULE_REQUIRE]     = judge_require,
};
// clang-format on

/* The deadline comes first. */
static void say_deadline(const Question *question, usec_t deadline, Finding *finding) {
        const size_t n = strlen(finding->text);
        char when[WHEN_TEXT_MAX];

        finding->next_change = deadline;
        if (!finding->wordless && question->clock_trusted)
                (void) snprintf(finding->text + n, sizeof finding->text - n,
                                "; the deadline is over %s",
                                when_format(when, question->zone, deadline));
}

void finding_fill(const Question *question, Rule rule, bool wordless, Finding *ret) {
        const usec_t deadline = deadline_changes(question, rule);

        /* member by member: to clear its text as well takes longer than most of the judging */
        ret->rule = rule;
        ret->wordless = wordless;
        ret->applies = true;
        ret->passes = false;
        ret->next_change = 0;
        ret->text[0] = '\0';
        judges[rule](question, ret);
        ret->passes = ret->passes || !ret->applies;
        if (ret->passes)
                ret->next_change = 0;
        else if (deadline < ret->next_change)
                say_deadline(question, deadline, ret);
}
