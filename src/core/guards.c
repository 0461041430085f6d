/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The questions that lifecycle rows ask. They look and change nothing. */

#include <stdio.h>

#include "core/turn.h"

/* An unanswered request is asked again every 30 minutes; so much later than the last time it is no
 * duplicate. */
#define DUPLICATE_MAX (25 * USEC_PER_MINUTE)
/* Times that a state's timeout may pass with no progress before the job is given up. */
#define REPEAT_MAX (35 * USEC_PER_MINUTE)
#define STALLS_MAX 18
#define STALLS_SUSPENDED_MAX (7U * 24 * 4)
#define START_FAILURES_MAX 5
/* Looks that an offer has which nobody asks about: more than an hour, in which it is asked twice.
 */
#define OFFER_STALLS_MAX 2
/* An install takes minutes (note, 9.4). */
#define INSTALL_MIN (30 * USEC_PER_SEC)
/* A success may be told so much later still, when no other install was agreed to. */
#define SUCCESS_LATER_MAX (5 * USEC_PER_MINUTE)
/* Who has taken a yes to an install, and did not boot since, asks for nothing so soon. */
#define TAKEN_MIN USEC_PER_MINUTE

static const Findings *found(const Module *m) {
        return &m->family->findings;
}

/* It stands where another one was. */
bool is_other_module(const Module *m) {
        return m->record.imei[0] && found(m)->imei[0] && !streq(m->record.imei, found(m)->imei);
}

/* Another module than the configured one, one with the IMEI of another module of the gateway, or,
 * while a proof is due, another than the one that installs. */
bool is_wrong_module(const Module *m) {
        const char *imei = found(m)->imei;

        if (!imei[0])
                return false;
        if (m->settings->imei[0] && !streq(m->settings->imei, imei))
                return true;
        return module_namesake(m) || (module_installs(m) && is_other_module(m));
}

/* The PIN is for the module of the configuration; a device that does not say who it is has no part
 * in it. */
bool is_imei_doubtful(const Module *m) {
        return m->settings->imei[0] && !streq(m->settings->imei, found(m)->imei);
}

bool is_pin_usable(const Module *m) {
        return found(m)->sim == SIM_PIN_WANTED && m->settings->sim_pin[0] &&
               m->gateway->storage_ok && !is_imei_doubtful(m) && !pin_is_tried(m);
}

/* It was looked at once more before the PIN could be entered. */
bool is_unlocking(const Module *m) {
        return found(m)->sim == SIM_PIN_WANTED && module_says(m, VERB_UNLOCK);
}

bool is_sim_locked(const Module *m) {
        return found(m)->sim == SIM_PIN_WANTED || found(m)->sim == SIM_BLOCKED ||
               found(m)->sim == SIM_MISSING;
}

bool is_context_wanted(const Module *m) {
        return found(m)->context_differs == TRISTATE_YES && !m->context_tried &&
               m->gateway->storage_ok;
}

bool is_package_stored(const Module *m) {
        return found(m)->package_stored == TRISTATE_YES;
}

bool is_package_waiting(const Module *m) {
        return found(m)->package_waiting == TRISTATE_YES;
}

static bool is_asked(const Module *m, Action action) {
        return record_waits(&m->record) && m->record.request.action == action;
}

/* Asked for within the time in which the module repeats itself: its word counts for more than its
 * status. */
static bool is_request_fresh(const Module *m) {
        return m->record.request.own ||
               module_now(m)->boottime < m->record.request.asked_boottime + REPEAT_MAX;
}

bool is_request_install(const Module *m) {
        return is_asked(m, ACTION_INSTALL) &&
               (is_request_fresh(m) || found(m)->package_stored == TRISTATE_YES);
}

bool is_request_download(const Module *m) {
        return is_asked(m, ACTION_DOWNLOAD) &&
               (is_request_fresh(m) || found(m)->package_waiting == TRISTATE_YES);
}

bool is_session_open(const Module *m) {
        return m->session_open;
}

/* ... or it does not tell, and nothing was heard of its end. */
bool is_session_found_open(const Module *m) {
        return found(m)->session_open == TRISTATE_YES ||
               (found(m)->session_open == TRISTATE_UNKNOWN && m->session_open);
}

bool is_session_found_closed(const Module *m) {
        return found(m)->session_open == TRISTATE_NO;
}

bool is_session_closed(const Module *m) {
        return !m->session_open;
}

/* The last thing that can't be taken back was a yes to this. */
static bool is_granted_for(const Module *m, Action action) {
        return verb_is_grant(m->record.act.verb) && m->record.act.state != ACT_NONE &&
               m->record.act.action == action;
}

/* ... was the answer to this request. */
static bool is_granted(const Module *m) {
        return is_granted_for(m, m->record.request.action);
}

/* Less than `span` ago. */
static bool is_granted_within(const Module *m, usec_t span) {
        return is_granted(m) && module_act_age(m) < span;
}

/* Neither its OK nor any other sign of it was heard. */
bool is_grant_unheard(const Module *m) {
        return is_granted(m) && !m->grant_taken && !m->heard_installing;
}

/* No install is over so soon: a boot that is told now began before the grant. */
bool is_boot_of_before(const Module *m) {
        return is_granted_within(m, INSTALL_MIN) && !m->heard_installing;
}

/* It asked again, and now tells of a boot that began before the grant: that one fell into it. */
bool is_grant_lost(const Module *m) {
        return is_boot_of_before(m) && m->asked_since_grant && is_grant_unheard(m);
}

/* A request that was granted is asked again: is it another one? Only a restart of the module, or
 * more time than its own repetition takes, says so; else the line came twice. */
bool is_new_request(const Module *m) {
        const Request *request = &m->record.request;

        if (is_granted_for(m, (Action) m->fact.number) && module_act_age(m) < CROSSING_MAX)
                return false; /* it crossed our answer on the line */
        if (m->record.answer.kind != ANSWER_ACCEPTED || !request->open ||
            request->action != (Action) m->fact.number)
                return true;
        if (m->other_since_grant && request->action == ACTION_DOWNLOAD)
                return true; /* how the one before ended was not heard */
        if (is_grant_unheard(m) && m->booted_since_grant)
                return true; /* the answer fell into a restart: who has it does not ask */
        if (m->grant_uncertain && !m->heard_installing)
                return true; /* fotad went down meanwhile: this is no doubled line, the grant may
                                never have left */
        if (request->action == ACTION_INSTALL && m->grant_taken && !m->booted_since_grant &&
            module_act_age(m) < TAKEN_MIN)
                return false;
        if (m->heard_installing)
                return request->restart_count != m->record.restart_count;
        return request->restart_count != m->record.restart_count ||
               module_now(m)->boottime >= request->asked_boottime + DUPLICATE_MAX ||
               module_now(m)->boottime < request->asked_boottime; /* the gateway restarted */
}

bool is_version_changed(const Module *m) {
        return found(m)->firmware[0] && m->record.version_before[0] &&
               !streq(found(m)->firmware, m->record.version_before);
}

/* "Is a request pending?" can be asked without harm. */
static bool can_ask(const Module *m) {
        return m->settings->family->repeat_interval > 0;
}

/* What it asked so soon after the yes was on its way before: no install is over so soon. */
bool is_asked_with_grant(const Module *m) {
        const usec_t last = module_act_is_old(m) ? m->gateway->start_boottime :
                                                   usec_add(m->record.act.boottime, INSTALL_MIN);

        return is_asked(m, ACTION_INSTALL) && !m->record.request.own &&
               verb_is_grant(m->record.act.verb) && m->record.act.action == ACTION_INSTALL &&
               m->record.request.asked_boottime <= last;
}

/* ... and it runs another version since then. */
bool is_request_answered(const Module *m) {
        return is_asked_with_grant(m) && is_version_changed(m);
}

/* The version told of the last success before the module did: that is what it tells now. */
bool is_success_of_before(const Module *m) {
        return module_now(m)->boottime < m->success_until && !m->heard_installing;
}

/* ... even later, and nothing that could be told of was agreed to since. */
bool is_success_told_late(const Module *m) {
        return m->success_until > 0 && !m->record.unattended && !m->heard_installing &&
               !is_granted_for(m, ACTION_INSTALL) &&
               module_now(m)->boottime < usec_add(m->success_until, SUCCESS_LATER_MAX);
}

/* The watchdog is over, the firmware is the old one, and nobody knows whether the grant ever left
 * (see module_adopt()). */
bool is_grant_doubtful(const Module *m) {
        return can_ask(m) && (m->grant_uncertain || is_grant_unheard(m)) && m->watchdog_over &&
               !m->heard_installing && !is_version_changed(m);
}

/* It was granted a download and has not said that it heard, nor does its status tell. */
bool is_download_doubtful(const Module *m) {
        return can_ask(m) && (m->grant_uncertain || is_grant_unheard(m)) && is_granted(m) &&
               found(m)->package_waiting != TRISTATE_NO;
}

/* What was taken for a doubled line was the question for this package: the one before is over. */
bool is_asked_for_other(const Module *m) {
        return can_ask(m) && m->asked_since_grant && is_granted_for(m, ACTION_DOWNLOAD) &&
               m->fact.number > 0 && (uint64_t) m->fact.number > m->record.package_bytes;
}

bool is_verdict_known(const Module *m) {
        return is_version_changed(m) || m->heard_installed || m->heard_failed || m->watchdog_over ||
               m->waited_for_verdict || m->record.told;
}

/* Even a module that flashes had its time. */
static bool is_watchdog_over(const Module *m) {
        return module_now(m)->boottime >= m->watchdog_at;
}

/* It vanished while it installed and did not come back. */
bool is_lost(const Module *m) {
        return !m->port_open && is_watchdog_over(m);
}

/* The module is silent, or what it asked for is gone. */
bool is_given_up(const Module *m) {
        if (m->record.state == STATE_CONFIRMING)
                return m->start_failures >= START_FAILURES_MAX && is_watchdog_over(m);
        if (m->record.state == STATE_INSTALL_PENDING)
                return found(m)->package_stored == TRISTATE_NO;
        return found(m)->package_waiting == TRISTATE_NO && found(m)->session_open == TRISTATE_NO &&
               m->stalls > 0;
}

bool is_stalled(const Module *m) {
        return m->stalls >=
               (m->record.state == STATE_SUSPENDED ? STALLS_SUSPENDED_MAX : STALLS_MAX);
}

bool is_port_open(const Module *m) {
        return m->port_open;
}

bool is_job_running(const Module *m) {
        return m->record.job != 0;
}

static bool is_job_for_package(const Module *m) {
        return m->record.job != 0 && !m->record.push_wanted;
}

bool is_job_waiting_for_offer(const Module *m) {
        return is_job_for_package(m) && !m->offered_since_session;
}

/* The time is over for the first time: the module is looked at before anything is concluded. */
bool is_not_looked_at(const Module *m) {
        return m->stalls == 0;
}

bool is_connect_over(const Module *m) {
        return m->stalls > 0;
}

/* Its status does not tell whether it was offered anything: it has to be asked. */
bool is_offer_doubtful(const Module *m) {
        return is_job_for_package(m) && m->stalls > 0 &&
               found(m)->package_waiting == TRISTATE_UNKNOWN;
}

/* It was offered, and since then a module that waits would have asked, or its looks have told. */
bool is_offer_gone(const Module *m) {
        return is_job_for_package(m) && m->offered_since_session && m->stalls >= OFFER_STALLS_MAX;
}

bool is_offer_late(const Module *m) {
        return is_job_waiting_for_offer(m) && m->stalls == 0;
}

/* A "ready" is then no restart, but the end of the last one (or of a PIN or an APN). */
bool is_not_ready(const Module *m) {
        return !m->ready;
}

bool is_port_closed(const Module *m) {
        return !m->port_open;
}

/* Neither runs VERB_START nor is its next try planned. */
bool is_start_idle(const Module *m) {
        return m->start_at == USEC_INFINITY && module_is_quiet(m);
}

bool is_request_open(const Module *m) {
        return record_waits(&m->record);
}

/* What a session could not go on beside: a session, a reboot and an uninstall can wait. */
bool is_asked_for_package(const Module *m) {
        return is_request_open(m) && action_needs_package(m->record.request.action);
}

/* It was put off, and the time in which it asks again after that is not over. */
static bool is_put_off(const Module *m) {
        const usec_t until = m->record.answer.until_boottime;

        return until > 0 && module_now(m)->boottime < usec_add(until, REPEAT_MAX);
}

/* It refused our yes and has not asked again since. */
static bool is_yes_refused(const Module *m) {
        return m->record.answer.kind == ANSWER_REFUSED && !is_put_off(m);
}

/* While a session runs its status may tell nothing else. */
static bool is_download_hidden(const Module *m) {
        return found(m)->package_waiting == TRISTATE_NO &&
               found(m)->package_stored != TRISTATE_YES && is_session_found_open(m) &&
               !is_put_off(m);
}

static bool is_stale(const Module *m, Action action) {
        return can_ask(m) && is_asked(m, action) && !is_request_fresh(m);
}

/* Not repeated for longer than it should, and the module's status says nothing, or what it has said
 * while it refused our yes: it has to be asked. */
bool is_install_stale(const Module *m) {
        return is_stale(m, ACTION_INSTALL) &&
               (found(m)->package_stored == TRISTATE_UNKNOWN || is_yes_refused(m));
}

bool is_download_stale(const Module *m) {
        return is_stale(m, ACTION_DOWNLOAD) && (found(m)->package_waiting == TRISTATE_UNKNOWN ||
                                                is_download_hidden(m) || is_yes_refused(m));
}

/* What it asked for went while its port was away, or something blocked it. */
bool is_withdrawn(const Module *m) {
        if (!is_asked_for_package(m) || is_request_fresh(m))
                return false;
        if (m->record.request.action == ACTION_INSTALL)
                return found(m)->package_stored == TRISTATE_NO;
        return found(m)->package_waiting == TRISTATE_NO && is_session_found_closed(m);
}

/* The module refused a session because it waits for an answer that nobody has seen it ask for:
 * START finds it. */
bool is_agreement_pending(const Module *m) {
        return m->fact.reason == REASON_AGREEMENT_PENDING;
}

/* It asked for a session before its install was granted, and repeats that: it need not have
 * restarted, and no install is over so soon. */
bool is_connect_repeated(const Module *m) {
        if (is_boot_of_before(m))
                return true;
        return is_granted(m) && !m->heard_installing && m->connect_asked &&
               m->connect_asked < m->record.act.boottime &&
               m->port_since < m->record.act.boottime &&
               module_now(m)->boottime < m->connect_asked + REPEAT_MAX;
}

/* 14 was heard: a module that connects after it has done with flashing, whatever else of its boot
 * was missed; unless that was of a session that it was about to open. */
bool is_launched(const Module *m) {
        return m->heard_installing &&
               module_now(m)->boottime >= usec_add(m->launched_at, INSTALL_MIN);
}
