/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotad.yaml(5), POLICIES, read once more, from the manual only and in the dullest way that there
 * is: windows are looked up quarter by quarter with the C library's local time, versions in a table
 * that a person wrote, and what people said is what they said. No code of policy/ is used, so that
 * neither can hide the other's mistake. */

#include <openssl/sha.h>
#include <stdio.h>
#include <time.h>

#include "weather/run.h"

#define QUARTER (15 * USEC_PER_MINUTE)
#define YES_GRACE USEC_PER_DAY
/* A clock that is set by less than a minute is not seen. */
#define CLOCK_SLACK USEC_PER_MINUTE
#define RADIO_HOLD_MAX (30 * USEC_PER_SEC)
#define RADIO_READ_MAX (10 * USEC_PER_SEC)
#define PROOF_MAX (5 * USEC_PER_MINUTE)
/* From a reading, or a proof that was good, to the yes on a slow line. */
#define LINE_SLACK (4 * USEC_PER_SEC)

/* windows */

static unsigned minutes_long(const Window *window) {
        return window->end_min > window->start_min ?
                       (unsigned) (window->end_min - window->start_min) :
                       1440U + window->end_min - window->start_min;
}

/* Monday is 0. */
static bool begins_on(const Window *window, unsigned weekday) {
        return window->weekdays & (1U << weekday);
}

/* "A window begins at its start and ends just before its end", "belongs to the day on which it
 * starts", "only the wall clock decides" */
static bool is_inside(const Window *window, unsigned weekday, unsigned minute) {
        const unsigned length = minutes_long(window), yesterday = (weekday + 6) % 7;

        return (begins_on(window, weekday) && minute >= window->start_min &&
                minute - window->start_min < length) ||
               (begins_on(window, yesterday) && minute + 1440 - window->start_min < length);
}

/* The C library's local time is slow, and all that opens or closes does so at a quarter. */
static const QuarterOfWeek *quarter_of(Watch *watch, usec_t realtime) {
        const time_t seconds = (time_t) (realtime / QUARTER * (QUARTER / USEC_PER_SEC));
        QuarterOfWeek *quarter = watch->quarters + realtime / QUARTER % WATCH_QUARTERS;
        struct tm tm;

        if (quarter->is_read && quarter->at == realtime / QUARTER)
                return quarter;
        (void) localtime_r(&seconds, &tm);
        *quarter = (QuarterOfWeek) {
                .is_read = true,
                .at = realtime / QUARTER,
                .weekday = (unsigned) (tm.tm_wday + 6) % 7,
                .minute = (unsigned) (tm.tm_hour * 60 + tm.tm_min),
        };
        return quarter;
}

static bool is_open_at(Watch *watch, const ActionPolicy *policy, usec_t realtime) {
        const QuarterOfWeek *quarter = quarter_of(watch, realtime);

        for (size_t i = 0; i < policy->n_windows; i++)
                if (is_inside(policy->windows + i, quarter->weekday, quarter->minute))
                        return true;
        return policy->n_windows == 0;
}

bool rules_are_open(Watch *watch, const ActionPolicy *policy, usec_t realtime, usec_t fits) {
        const usec_t end = realtime + fits;

        for (usec_t at = realtime; at < end || at == realtime; at = (at / QUARTER + 1) * QUARTER)
                if (!is_open_at(watch, policy, at))
                        return false;
        return true;
}

/* "later than the build of fotad and not earlier than the newest entry of the history", or as NTP
 * set it */
bool rules_clock_is_trusted(const Watch *watch) {
        const World *world = watch->world;
        const TrustedTime trusted = world->settings.gateway.trusted_time;

        if (trusted == TRUSTED_TIME_SYNCHRONIZED)
                return watch->synchronized;
        return trusted == TRUSTED_TIME_NONE ||
               (world->now.realtime > world->build_time && world->now.realtime >= watch->newest);
}

/* versions */

static bool names(const char *pattern, const char *version) {
        for (size_t i = 0; i < plan_n_patterns; i++)
                for (size_t k = 0; k < PLAN_VERSIONS; k++)
                        if (streq(plan_patterns[i].text, pattern) &&
                            streq(plan_versions[k], version))
                                return plan_patterns[i].names[k];
        return false;
}

static bool is_listed(const VersionList *list, const char *version) {
        for (size_t i = 0; i < list->n; i++)
                if (names(list->patterns[i], version))
                        return true;
        return false;
}

/* "What deny names is out; when allow has any, everything else that it does not name is out too."
 */
static bool is_version_out(const VersionRules *rules, const char *version) {
        return is_listed(&rules->deny, version) ||
               (rules->allow.n > 0 && !is_listed(&rules->allow, version));
}

/* people */

static const WatchModule *module_of(const Case *c) {
        return c->watch->modules + c->module;
}

static bool is_telit(const Case *c) {
        return c->watch->run->plan->modules[c->module].telit;
}

void rules_date_yes(const Case *yes) {
        Word *word = yes->watch->modules[yes->module].words + yes->action;

        if (!word->undated || !rules_clock_is_trusted(yes->watch))
                return;
        word->undated = false;
        word->until = MAX_OF(word->until, rules_yes_end(yes));
}

/* "says yes to what a module asks for now, to its size and to the version that it runs" */
static const Word *yes_of(const Case *c, const SimFacts *facts) {
        const WatchModule *m = module_of(c);
        const Word *word = m->words + c->action;

        rules_date_yes(c);
        if (!word->yes || c->watch->world->now.realtime >= word->until + CLOCK_SLACK)
                return NULL;
        if (word->bytes > 0 && m->told_bytes > 0 && word->bytes != m->told_bytes && !m->told_lost)
                return NULL;
        if (word->firmware[0] && !streq(word->firmware, facts->firmware))
                return NULL;
        return word;
}

/* "counted from the first time that it was made", "late rather than early"; "a request that was
 * given up [...] does not count", and who only wants to ask a person gets the benefit of that. */
static bool is_deadline_over(const Case *c, const ActionPolicy *policy) {
        const WatchModule *m = module_of(c);
        const Line *line = c->watch->run->lines + c->module;
        const usec_t first =
                policy->on_deadline == DEADLINE_ASK ? m->again[c->action] : m->first[c->action];
        const usec_t now = run_now(c->watch->run), realtime = c->watch->world->now.realtime;

        if (policy->deadline == 0 || c->action == ACTION_UNINSTALL || first == 0)
                return false;
        if (policy->on_deadline == DEADLINE_ASK && m->first_boot[c->action] != c->watch->boots)
                return false;
        if (now >= first + policy->deadline)
                return true;
        /* nobody heard that the one before was over, or it was heard once more */
        if (m->taken_first[c->action] &&
            MAX_OF(line->lost_at, line->late_at) >= m->taken_at[c->action] &&
            now >= m->taken_first[c->action] + policy->deadline)
                return true;
        /* over a boot of the gateway its wall clock had to count */
        return m->first_boot[c->action] != c->watch->boots &&
               usec_sub(realtime, m->first_realtime[c->action]) >= policy->deadline;
}

/* A session that a person or an accepted download wants needs no further yes. */
static bool is_wanted(const Case *c) {
        return c->action == ACTION_CONNECT && module_of(c)->session_wanted;
}

static bool reports_result(const Case *c) {
        return c->action == ACTION_CONNECT && module_of(c)->result_due;
}

/* the rules */

static const char *refuse_person(const Case *c, const ActionPolicy *policy, const Word *yes) {
        const bool over = is_deadline_over(c, policy);

        if (yes || reports_result(c) || is_wanted(c))
                return NULL;
        if (over && policy->on_deadline == DEADLINE_ASK)
                return "its deadline is over: only a person can accept it";
        if (over || policy->decision == DECISION_ACCEPT)
                return NULL;
        return policy->decision == DECISION_ASK ? "nobody said yes" : "only a person can accept it";
}

/* "The windows open later by a part of this [...] told by the first 32 bits of the SHA-256 of the
 * DevEUI"; "fits is always left of the window" */
static usec_t delay_of(const Case *c, usec_t jitter, usec_t room) {
        const char *imei = c->watch->run->plan->modules[c->module].scenario.imei;
        unsigned char digest[SHA256_DIGEST_LENGTH];
        char dev_eui[24];

        (void) snprintf(dev_eui, sizeof(dev_eui), "0%s", imei);
        (void) SHA256((const unsigned char *) dev_eui, strlen(dev_eui), digest);
        const double share =
                (digest[0] * 0x1p24 + digest[1] * 0x1p16 + digest[2] * 0x1p8 + digest[3]) * 0x1p-32;
        return (usec_t) (share * (double) (MIN_OF(jitter, room) / USEC_PER_SEC)) * USEC_PER_SEC;
}

/* Where windows touch they open once. */
static bool has_opened(const Case *c, const ActionPolicy *policy, usec_t realtime, usec_t fits) {
        usec_t begin = realtime / QUARTER * QUARTER, end = begin + QUARTER;

        if (policy->jitter == 0)
                return true;
        if (realtime < USEC_PER_DAY)
                return true; /* no clock yet: it may have begun before 1970 */
        while (is_open_at(c->watch, policy, begin - QUARTER) &&
               realtime - begin < policy->jitter + USEC_PER_HOUR)
                begin -= QUARTER;
        while (is_open_at(c->watch, policy, end) && end < realtime + 9 * USEC_PER_DAY)
                end += QUARTER;
        return realtime >= begin + delay_of(c, policy->jitter, end - begin - fits);
}

static bool is_open(const Case *c, const ActionPolicy *policy, usec_t realtime, usec_t fits) {
        return rules_are_open(c->watch, policy, realtime, fits) &&
               has_opened(c, policy, realtime, fits);
}

/* "One question covers download and install" */
static size_t covered(const Case *yes, Case ret[static 2]) {
        ret[0] = ret[1] = *yes;
        ret[1].action = ACTION_DOWNLOAD;
        return is_telit(yes) && yes->action == ACTION_INSTALL ? 2 : 1;
}

static const ActionPolicy *policy_of(const Case *c) {
        return c->watch->world->settings.modules[c->module].policy.actions + c->action;
}

static bool could_be_used(const Case *cases, size_t n, usec_t realtime) {
        for (size_t i = 0; i < n; i++)
                if (!is_open(&cases[i], policy_of(&cases[i]), realtime,
                             cases[i].action == ACTION_INSTALL ? policy_of(&cases[i])->fits : 0))
                        return false;
        return true;
}

static bool are_open(const Case *cases, size_t n, usec_t realtime) {
        for (size_t i = 0; i < n; i++)
                if (!is_open_at(cases[i].watch, policy_of(&cases[i]), realtime))
                        return false;
        return true;
}

/* "24 hours after the end of the first window in which it could have been used, or without windows
 * [...] 24 hours after it was given"; a jitter ends within a quarter. */
usec_t rules_yes_end(const Case *yes) {
        const usec_t now = yes->watch->world->now.realtime, horizon = now + 9 * USEC_PER_DAY;
        usec_t at = now;
        Case cases[2];
        const size_t n = covered(yes, cases);

        while (at < horizon && !could_be_used(cases, n, at))
                at = (at / USEC_PER_MINUTE + 1) * USEC_PER_MINUTE;
        while (at < horizon && are_open(cases, n, at))
                at = (at / QUARTER + 1) * QUARTER;
        return (at < horizon ? at : now) + YES_GRACE; /* windows that never close are none */
}

static const char *refuse_window(const Case *c, const ActionPolicy *policy, const Word *yes) {
        const usec_t fits = c->action == ACTION_INSTALL ? policy->fits : 0;

        if (policy->n_windows == 0 || (yes && yes->now) || reports_result(c))
                return NULL;
        if (is_deadline_over(c, policy) && policy->on_deadline == DEADLINE_FORCE)
                return NULL;
        if (!rules_clock_is_trusted(c->watch))
                return "the clock is not trusted";
        return is_open(c, policy, c->watch->world->now.realtime, fits) ||
                               is_open(c, policy, c->decided, fits) ?
                       NULL :
                       "no window is open for as long as it fits";
}

static const char *refuse_package(const Case *c, const ActionPolicy *policy,
                                  const SimFacts *facts) {
        const Policy *all = &c->watch->world->settings.modules[c->module].policy;
        const uint64_t bytes = module_of(c)->told_bytes;

        if (c->action != ACTION_DOWNLOAD && c->action != ACTION_INSTALL)
                return NULL;
        if (is_version_out(&all->from, facts->firmware))
                return "it runs a version that is not to be updated";
        if (policy->max_size_bytes == 0 || module_of(c)->told_lost)
                return NULL;
        if (bytes == 0)
                return "its size is not known";
        if (bytes > policy->max_size_bytes)
                return "it is larger than max_size";
        return NULL;
}

static bool is_bad(const ActionPolicy *policy, const SimRadio *radio) {
        return (policy->min_rssi_dbm && radio->rssi_dbm < policy->min_rssi_dbm) ||
               (policy->no_roaming && (radio->roaming || !radio->registered));
}

/* "What require wants must have been so for 30 seconds", read "every 10 seconds while it is good".
 * What is worse lasts for two minutes at least, so that no reading falls beside it. */
static const char *refuse_radio(const Case *c, const ActionPolicy *policy) {
        const Run *run = c->watch->run;
        const WatchModule *m = module_of(c);
        const usec_t late = usec_sub(run_now(run), RADIO_READ_MAX + LINE_SLACK);
        const usec_t held = usec_sub(run_now(run), RADIO_HOLD_MAX - RADIO_READ_MAX - LINE_SLACK);

        if (is_bad(policy, &run->plan->modules[c->module].scenario.radio))
                return m->radio_since < late ? "the radio is not good enough" : NULL;
        return is_bad(policy, &m->radio_before) && m->radio_since > held ?
                       "the radio was not good for long enough" :
                       NULL;
}

bool rules_carries_uplink(const Watch *watch, size_t module) {
        const Settings *settings = &watch->world->settings;

        return streq(settings->gateway.uplink_module, settings->modules[module].name);
}

/* gateway.uplink_module: "A 2xx answer is the proof, for 5 minutes", "or a person consented where
 * there is none" */
static const char *refuse_path(const Case *c, const Word *yes) {
        const Watch *watch = c->watch;

        if (c->action != ACTION_INSTALL || !rules_carries_uplink(watch, c->module))
                return NULL;
        if (!watch->world->settings.gateway.other_interface[0])
                return yes ? NULL : "it carries the uplink, and nobody said yes";
        const usec_t since = usec_sub(watch->world->now.realtime, c->decided);
        return watch->path_proven && usec_sub(run_now(watch->run), since) <
                                             watch->path_proven + PROOF_MAX + LINE_SLACK ?
                       NULL :
                       "it carries the uplink, and no report got out another way";
}

static const char *refuse_action(const Case *c, const Word *yes, const SimFacts *facts) {
        const ActionPolicy *policy =
                c->watch->world->settings.modules[c->module].policy.actions + c->action;
        const char *why = NULL;

        if (module_of(c)->words[c->action].no_until > c->watch->world->now.realtime + CLOCK_SLACK)
                return "a person deferred it";
        if (c->action == ACTION_DOWNLOAD && module_of(c)->suspended)
                return "a person suspended it";
        if (hold_stops(c) &&
            !(is_deadline_over(c, policy) && policy->on_deadline == DEADLINE_FORCE))
                return "an inhibitor holds it back";
        why = refuse_package(c, policy, facts);
        why = why ? why : refuse_person(c, policy, yes);
        why = why ? why : refuse_window(c, policy, yes);
        why = why ? why : refuse_path(c, yes);
        return why ? why : refuse_radio(c, policy);
}

/* "One question covers download and install [...] The stricter of the two rules" */
const char *rules_refuse(const Case *c) {
        SimFacts facts;

        sim_facts(c->watch->world->modules[c->module].sim, &facts);
        const Word *yes = yes_of(c, &facts);
        const char *why = refuse_action(c, yes, &facts);

        if (why || !is_telit(c) || c->action != ACTION_INSTALL)
                return why;
        const Case download = { c->watch, c->module, ACTION_DOWNLOAD, c->decided };
        return refuse_action(&download, yes, &facts);
}
