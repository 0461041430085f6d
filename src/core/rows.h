/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the lifecycle table names: guards look, actions remember, journal and say; none of them
 * moves a module. Private to core/. */

#include "core/lifecycle.h"

/* guards.c, unattended.c */
bool is_unattended(const Module *m);
bool is_deaf(const Module *m);
bool is_flashing(const Module *m);
bool is_one_question(const Module *m);
bool is_not_seen_yet(const Module *m);
bool is_own_request(const Module *m);
bool is_asked_by_module(const Module *m);
bool is_in_time(const Module *m);
bool is_yes_lost(const Module *m);
bool is_told_of_last(const Module *m);
bool is_found_updating(const Module *m);
bool is_unattended_over(const Module *m);
bool is_asked_meanwhile(const Module *m);
bool is_update_running(const Module *m);
bool is_start_doubtful(const Module *m);
bool is_pushing(const Module *m);
bool is_boot_of_before(const Module *m);
bool is_grant_lost(const Module *m);
bool is_not_looked_at(const Module *m);
bool is_connect_over(const Module *m);
bool is_offer_doubtful(const Module *m);
bool is_offer_late(const Module *m);
bool is_push_wanted(const Module *m);
bool is_push_lost(const Module *m);
bool is_wrong_module(const Module *m);
bool is_other_module(const Module *m);
bool is_pin_usable(const Module *m);
bool is_unlocking(const Module *m);
bool is_sim_locked(const Module *m);
bool is_context_wanted(const Module *m);
bool is_package_stored(const Module *m);
bool is_package_waiting(const Module *m);
bool is_request_install(const Module *m);
bool is_request_download(const Module *m);
bool is_session_open(const Module *m);
bool is_session_found_open(const Module *m);
bool is_session_found_closed(const Module *m);
bool is_new_request(const Module *m);
bool is_grant_doubtful(const Module *m);
bool is_version_changed(const Module *m);
bool is_verdict_known(const Module *m);
bool is_given_up(const Module *m);
bool is_stalled(const Module *m);
bool is_port_open(const Module *m);
bool is_job_waiting_for_offer(const Module *m);
bool is_job_running(const Module *m);
bool is_not_ready(const Module *m);
bool is_launched(const Module *m);
bool is_port_closed(const Module *m);
bool is_lost(const Module *m);
bool is_start_idle(const Module *m);
bool is_request_stale(const Module *m);
bool is_request_open(const Module *m);
bool is_agreement_pending(const Module *m);

/* actions.c, actions-update.c, unattended.c, registration.c */
void note_unattended(Module *m);
void note_proof_due(Module *m);
void look_if_unseen(Module *m);
void note_found_updating(Module *m);
void note_automatic(Module *m);
void ask_self(Module *m);
void ask_self_again(Module *m);
void note_ask_over(Module *m);
void note_overdue(Module *m);
void note_runs_on(Module *m);
void note_goes_on(Module *m);
void fail_update(Module *m);
void note_told(Module *m);
void note_told_early(Module *m);
void note_notified(Module *m);
void note_provisioned(Module *m);
void note_register_said(Module *m);
void note_register_failed(Module *m);
void note_registered(Module *m);
void say_start(Module *m);
void say_unlock(Module *m);
void pin_unsaid(Module *m); /* it never left: it was not tried */
void say_arm(Module *m);
void note_armed(Module *m);
void note_push_started(Module *m);
void note_pushed(Module *m);
void fail_push(Module *m);
void cancel_push(Module *m);
void say_context(Module *m);
void ask_install_pending(Module *m);
void ask_download_pending(Module *m);
void note_appeared(Module *m);
void note_gone(Module *m);
void note_refused(Module *m);
void note_identified(Module *m);
void forget_module(Module *m);
void note_restarted(Module *m);
void note_session_opened(Module *m);
void note_bootstrap(Module *m);
void note_session_closed(Module *m);
void note_session_refused(Module *m);
void note_auth_failed(Module *m);
void note_connect_failed(Module *m);
void note_connect_timeout(Module *m);
void note_offered(Module *m);
void note_request(Module *m);
void note_question_yes(Module *m);
void note_download_started(Module *m);
void note_progress(Module *m);
void note_suspended(Module *m);
void note_stored(Module *m);
void note_certified(Module *m);
void note_stalled(Module *m);
void note_installing(Module *m);
void note_installed(Module *m);
void note_install_failed(Module *m);
void note_start_failed(Module *m);
void note_watchdog(Module *m);
void note_unlock_failed(Module *m);
void note_context_failed(Module *m);
void note_answer_refused(Module *m);
void fail_download(Module *m);
void fail_not_certified(Module *m);
void fail_transfer(Module *m);
void fail_no_response(Module *m);
void fail_port_lost(Module *m);
void fail_no_package(Module *m);
void fail_withdrawn(Module *m);
void fail_expired(Module *m);
void note_nothing_pending(Module *m);
void cancel_job(Module *m);
void conclude_install(Module *m);
void block_wrong_module(Module *m);
void block_sim(Module *m);
void module_disconnected(Module *module);
void tell_automatic(Module *m, const char *from); /* its server began this update by itself */
void close_request(Module *m);
void forget_grant(Module *m); /* it is answered for, or never arrived */
void note_ready(Module *m);
void note_boot_of_before(Module *m);
void note_asked_again(Module *m);
void note_grant_lost(Module *m);
void note_waited(Module *m);
void note_grant_taken(Module *m);
