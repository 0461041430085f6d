/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The decide phase of a turn: a module's open request and its wish for a session go to policy, and
 * at most one order that can't be taken back is chosen for each module. Its intent is written into
 * this turn's commit; it leaves right after it, so the instant of the verdict is the instant of the
 * grant. A commit that fails undoes all of it. A module is only decided on while its line is quiet.
 */

#include <stdio.h>

#include "core/turn.h"
#include "policy/forecast.h"

/* Two tries to open or close a session lie so far apart. */
#define SESSION_GRACE USEC_PER_MINUTE
/* After its port or a boot was seen a module has said long before that it is ready. */
#define READY_MAX (2 * USEC_PER_MINUTE)

/* What is wanted is that the update goes on, or that there always is a session. */
static bool needs_session(const Module *module) {
        return (module->record.job && !job_source_is_pushed(module->job.source)) ||
               module->settings->session_mode == SESSION_ALWAYS;
}

/* A module that was stopped in a download would go on with it: not before a cancel's day is over.
 */
usec_t module_session_put_off(const Module *module) {
        const usec_t until = module->record.put_off[ACTION_DOWNLOAD].until;

        return needs_session(module) && !module->record.wanted_session &&
                               until > module_now(module)->realtime ?
                       until :
                       0;
}

bool module_wants_session(const Module *module) {
        if (module->record.suspended || module->disconnect_wanted || module->record.push_wanted ||
            !module_can(module, VERB_CONNECT))
                return false;
        return module->record.wanted_session ||
               (needs_session(module) && !module_session_put_off(module));
}

static usec_t boottime_of(const Module *module, usec_t realtime) {
        const Clock *now = module_now(module);

        if (realtime == USEC_INFINITY || realtime == 0)
                return USEC_INFINITY;
        return usec_add(now->boottime, MAX_OF(usec_sub(realtime, now->realtime), USEC_PER_SEC));
}

/* A request, a session and a registration may each wait for a moment of their own. */
static void look_again(Module *module, usec_t realtime) {
        module->decide_at = MIN_OF(module->decide_at, boottime_of(module, realtime));
}

/* From here on this turn holds something that a failed commit must undo. */
static void decide_begin(Module *module) {
        module->decided = true;
}

static const char *decided_by(const Question *question) {
        const char *by = question->consent.by;

        return by[0] && consent_is_valid(&question->consent, question) ? by : "policy";
}

static Trigger trigger_of_grant(Action action) {
        return action == ACTION_DOWNLOAD ? ON_GRANTED_DOWNLOAD :
               action == ACTION_INSTALL  ? ON_GRANTED_INSTALL :
                                           _TRIGGER_MAX;
}

/* "Ready" came before fotad did: a module that is on the network so long after its last sign of a
 * boot is. */
static bool is_long_up(const Module *module) {
        const Findings *found = &module->family->findings;

        return module_now(module)->boottime > module->port_since + READY_MAX &&
               found->sim == SIM_READY && found->registered == TRISTATE_YES;
}

void module_prepare_install(Module *module) {
        (void) TEXT_COPY(module->record.version_before, module->record.firmware);
        module->heard_installed = module->heard_failed = module->heard_installing = false;
        module->watchdog_over = module->waited_for_verdict = module->grant_uncertain = false;
        module->watchdog_at =
                usec_add(module_now(module)->boottime, state_infos[STATE_INSTALLING].timeout);
        module->ready |= is_long_up(module);
}

static void record_grant(Module *module, const Question *question, const Verdict *verdict) {
        char consent[CONSENT_TEXT_MAX];
        const bool used = consent_is_valid(&question->consent, question);

        RECORD_DECISION(
                module, EVENT_AGREEMENT_ACCEPTED, verdict,
                D_TEXT("action", action_to_string(question->action)),
                D_TEXT("by", decided_by(question)), D_BYTES(module->record.package_bytes),
                D_TEXT("consent", used ? consent_describe(&question->consent, consent) : ""));
}

static void grant(Module *module, const Question *question, const Verdict *verdict) {
        const Action action = module->record.request.action;
        const VerbArgs args = { .action = action };
        const Trigger trigger = trigger_of_grant(action);

        decide_begin(module);
        if (module_reissues(module)) {
                module_reissue(module, decided_by(question), verdict);
                return;
        }
        /* it moves again, however long it has waited for this */
        module->job_until = usec_add(module_now(module)->boottime, JOB_MAX);
        /* the end of a deferral stays: if the module refuses an early answer, it says when it asks
         * again */
        module->record.answer.kind = ANSWER_ACCEPTED;
        module->grant_uncertain = false;
        module->grant_taken = module->asked_since_grant = module->booted_since_grant = false;
        module->other_since_grant = module->heard_installing = false;
        module->ready |= is_long_up(module); /* its next "ready" is a restart, and takes the yes */
        if (action == ACTION_INSTALL)
                module_prepare_install(module);
        if (action == ACTION_REBOOT)
                module->reboot_granted = module_now(module)->boottime;
        module_say(module, is_own_request(module) ? VERB_UPDATE : VERB_ACCEPT, &args);
        if (trigger != _TRIGGER_MAX)
                module_raise(module, trigger);
        record_grant(module, question, verdict);
        if (trigger == _TRIGGER_MAX)
                module->record.consent = (Consent) { 0 }; /* good for one request */
        if (action == ACTION_DOWNLOAD && !module->session_open) {
                module->record.wanted_session = true; /* the answer alone may not be enough: a
                                                         session follows when nothing does */
                module->connect_at = usec_add(module_now(module)->boottime, SESSION_GRACE / 2);
        }
}

static void defer(Module *module, const Verdict *verdict) {
        const Action action = module->record.request.action;
        const VerbArgs args = { .action = action, .minutes = verdict->minutes };
        const usec_t span = verdict->minutes * USEC_PER_MINUTE;
        const Clock *now = module_now(module);

        if (module->record.answer.kind == ANSWER_DEFERRED)
                return; /* it asks again by itself */
        decide_begin(module);
        module->record.answer = (Answer) {
                .kind = ANSWER_DEFERRED,
                .minutes = verdict->minutes,
                .until_realtime = now->realtime + span,
                .until_boottime = now->boottime + span,
        };
        module_say(module, VERB_DEFER, &args);
        RECORD_DECISION(module, EVENT_AGREEMENT_DEFERRED, verdict,
                        D_TEXT("action", action_to_string(action)),
                        D_NUMBER("minutes", verdict->minutes));
}

/* Says once why nothing happens; again only when the reason changes. */
static void tell_waiting(Module *module, const Verdict *verdict) {
        const bool same = module->judged && module->verdict.because == verdict->because &&
                          module->verdict.kind == verdict->kind;
        char until[ISO_TEXT_MAX] = "";

        if (same)
                return;
        if (verdict->next_change != USEC_INFINITY)
                (void) iso_format(until, verdict->next_change, utc_offset_at(verdict->next_change));
        RECORD_DECISION(module, EVENT_POLICY_WAITING, verdict,
                        D_TEXT("action", action_to_string(module->record.request.action)),
                        D_TEXT("until", until));
}

bool module_request_is_due(const Module *module) {
        const ModuleRecord *record = &module->record;

        if (!record_waits(record) || record->answer.kind == ANSWER_REFUSED)
                return false;
        if (record->request.own && module->start_failures > 0)
                return false; /* what an update needs of it was not read to the end */
        if (record->request.action == ACTION_DOWNLOAD)
                return record->state == STATE_DOWNLOAD_PENDING;
        if (record->request.action == ACTION_INSTALL)
                return record->state == STATE_INSTALL_PENDING;
        return true;
}

/* A moment that was made of both clocks may be one second and then the next, and its text with it:
 * nothing has changed then. */
static bool is_same_verdict(const Verdict *a, const Verdict *b) {
        const usec_t earlier = MIN_OF(a->next_change, b->next_change),
                     later = MAX_OF(a->next_change, b->next_change);

        if (a->kind != b->kind || a->because != b->because)
                return false;
        if (earlier == later)
                return streq(a->findings[a->because].text, b->findings[b->because].text);
        return later - earlier <= USEC_PER_SEC;
}

/* While nothing else is missing: who was on the network once need not be now. */
static void doubt_others(const Module *module, Verdict *verdict) {
        const Gateway *gateway = module->gateway;
        Finding *finding = &verdict->findings[RULE_KEEP_ONLINE];

        if (verdict->kind != VERDICT_ACCEPT || !finding->applies ||
            gateway_heard(gateway, module) >= gateway->settings->gateway.keep_online)
                return;
        verdict->kind = VERDICT_HOLD;
        verdict->because = RULE_KEEP_ONLINE;
        verdict->next_change = finding->next_change = USEC_INFINITY;
        finding->passes = false;
        (void) TEXT_COPY(finding->text, "asking the other modules whether they are online");
}

/* Those that were decided on before it in this turn did not know that it waits. */
static void ask_others(const Module *module) {
        const Gateway *gateway = module->gateway;

        for (size_t i = 0; i < gateway->n_modules; i++)
                if (gateway->modules[i] != module)
                        gateway->modules[i]->decide_at = gateway->now.boottime;
}

/* Keeps the verdict for those who look; a settled turn in which nothing moved must stay silent. */
static void keep_verdict(Module *module, const Verdict *verdict) {
        const bool waited = module_waits_for_others(module);

        module->changed |= !module->judged || !is_same_verdict(&module->verdict, verdict);
        module->verdict = *verdict;
        module->judged = true;
        if (module_waits_for_others(module) && !waited)
                ask_others(module);
        if (verdict->kind != VERDICT_ACCEPT)
                look_again(module, verdict->next_change);
        if (module_answer_due(module) > module_now(module)->boottime)
                module->decide_at = MIN_OF(module->decide_at, module_answer_due(module));
}

/* No; but the update is still wanted, and starts another way when policy says yes. */
static void refuse(Module *module, const Verdict *verdict) {
        const VerbArgs args = { .action = module->record.request.action };

        decide_begin(module);
        module->record.answer.kind = ANSWER_REFUSED;
        module_say(module, VERB_REFUSE, &args);
        tell_waiting(module, verdict);
        module->verdict = *verdict; /* it goes into the journal */
        module->judged = true;
        module_raise(module, ON_ASK_OVER);
}

static void answer_no(Module *module, const Verdict *verdict) {
        Verdict late = *verdict;

        if (is_own_request(module)) {
                tell_waiting(module, verdict); /* nobody waits for an answer */
                return;
        }
        if (module_can(module, VERB_REFUSE) && !module->family->findings.can_defer) {
                if (module->gateway->storage_ok)
                        refuse(module, verdict);
                return;
        }
        late.minutes = MAX_OF(late.minutes, (unsigned) DEFER_MIN_MINUTES);
        defer(module, &late);
}

static void hold(Module *module, const Verdict *verdict) {
        const usec_t due = module_answer_due(module);

        tell_waiting(module, verdict);
        if (due <= module_now(module)->boottime)
                answer_no(module, verdict);
}

static void decide_request(Module *module) {
        Question question;
        Verdict verdict;

        if (!module_request_is_due(module))
                return;
        module_question(module, module->record.request.action, &question);
        module_judge(module, module->record.request.action, &verdict);
        doubt_others(module, &verdict);
        switch (verdict.kind) {
        case VERDICT_ACCEPT:
                grant(module, &question, &verdict);
                break;
        case VERDICT_DEFER:
                answer_no(module, &verdict);
                break;
        case VERDICT_HOLD:
                hold(module, &verdict);
                break;
        }
        keep_verdict(module, &verdict);
}

static bool may_connect(const Module *module) {
        switch (module->record.state) {
        case STATE_IDLE:
        case STATE_SUSPENDED:
                return !is_asked_for_package(module);
        case STATE_DOWNLOADING:
                return true; /* granted while the session was closed, and nothing followed */
        case STATE_ABSENT:
        case STATE_STARTING:
        case STATE_BLOCKED:
        case STATE_CONNECTING:
        case STATE_CONNECTED:
        case STATE_DOWNLOAD_PENDING:
        case STATE_VERIFYING:
        case STATE_INSTALL_PENDING:
        case STATE_INSTALLING:
        case STATE_RESTARTING:
        case STATE_CONFIRMING:
        case _STATE_MAX:
                return false;
        }
        return false;
}

static void decide_connect(Module *module) {
        const VerbArgs args = { .asked = is_request_open(module) &&
                                         module->record.request.action != ACTION_CONNECT };
        Question question;
        Verdict verdict;

        look_again(module, module_session_put_off(module));
        if (module->session_open || !module_wants_session(module) || !may_connect(module) ||
            module->connect_at > module_now(module)->boottime)
                return;
        if (module_reboot_deadline(module) != USEC_INFINITY)
                return; /* it would fall into the reboot */
        module_connect_question(module, &question);
        policy_judge(&question, &verdict);
        if (verdict.kind != VERDICT_ACCEPT) {
                look_again(module, verdict.next_change);
                return;
        }
        decide_begin(module);
        RECORD_DECISION(module, EVENT_SESSION_GRANTED, &verdict,
                        D_TEXT("by", decided_by(&question)));
        module->connect_at = usec_add(module_now(module)->boottime, SESSION_GRACE);
        module_say(module, VERB_CONNECT, &args);
        module_raise(module, ON_CONNECT_ORDERED);
}

/* Something came up since the renewal was due. */
static void give_up_renewal(Module *module) {
        if (module->renewing && !module_may_renew(module))
                module->renewing = module->disconnect_wanted = false;
}

/* It is closed only if policy lets it be opened again, also when that takes its time: else the old
 * session is better than none, and the renewal waits. */
static void decide_renewal(Module *module) {
        const Clock *now = module_now(module);
        Question question, later;
        Verdict verdict;

        if (!module_renewal_is_due(module))
                return;
        module_connect_question(module, &question);
        policy_judge(&question, &verdict);
        if (verdict.kind == VERDICT_ACCEPT) {
                question_at(&question, usec_add(now->realtime, SESSION_GRACE), &later);
                policy_judge(&later, &verdict);
        }
        if (verdict.kind != VERDICT_ACCEPT) {
                look_again(module, verdict.next_change);
                return;
        }
        module->session_since = now->boottime; /* not again at once when it can't be closed */
        module->renewing = module->disconnect_wanted = true;
        module->connect_at = 0;
}

static void decide_disconnect(Module *module) {
        give_up_renewal(module);
        decide_renewal(module);
        module->disconnect_said &= module->disconnect_wanted;
        if (!module->disconnect_wanted || !module->gateway->storage_ok)
                return;
        if (!module->session_open && module->record.state != STATE_CONNECTING) {
                module_disconnected(module);
                return;
        }
        if (module->connect_at > module_now(module)->boottime && module->disconnect_said) {
                module->decide_at = MIN_OF(module->decide_at, module->connect_at);
                return;
        }
        module->connect_at = usec_add(module_now(module)->boottime, SESSION_GRACE);
        module->decide_at = MIN_OF(module->decide_at, module->connect_at);
        if (module->disconnect_said) { /* was its end missed? */
                module->disconnect_said = false;
                say_start(module);
                return;
        }
        decide_begin(module);
        module->disconnect_said = true;
        module_say(module, VERB_DISCONNECT, &(VerbArgs) { 0 });
}

/* A connection was granted just now, and its first indication is on its way. */
static bool session_is_coming(Module *module) {
        const usec_t age = module_act_age(module);

        if (!module->record.request.open || module->record.act.verb != VERB_ACCEPT ||
            age >= SESSION_GRACE)
                return false;
        module->decide_at =
                MIN_OF(module->decide_at, module_now(module)->boottime + (SESSION_GRACE - age));
        return true;
}

/* What no module asks for, so that no policy is asked either. */
bool module_is_inhibited(const Module *module, Action action) {
        Inhibited inhibited;

        leases_fill(module->gateway, module->settings->name, action, &inhibited);
        return inhibited.n > 0;
}

/* A package goes over the line when nobody else does: no session, no other package, nothing to say.
 */
static void decide_push(Module *module) {
        const VerbArgs args = { .file = &module->push_file,
                                .baud_rate = module->settings->baud_rate };

        if (!module->record.push_wanted || !module->push_ready || !module->gateway->storage_ok ||
            is_asked_for_package(module) || module_is_inhibited(module, ACTION_DOWNLOAD))
                return;
        if (module->session_open) {
                module->disconnect_wanted = true;
                return;
        }
        if (module->record.state != STATE_IDLE || session_is_coming(module))
                return;
        decide_begin(module);
        module_say(module, VERB_PUSH, &args);
        module_raise(module, ON_PUSH_ORDERED);
}

static void decide_settings(Module *module) {
        module_decide_settings(module);
        if (module->settings_at > module_now(module)->boottime)
                module->decide_at = MIN_OF(module->decide_at, module->settings_at);
}

static void decide_register(Module *module) {
        const bool waited = module->register_waits;
        Verdict verdict;

        module->register_waits = false;
        if (!module->record.registration.wanted)
                return;
        module_judge_registration(module, &verdict);
        doubt_others(module, &verdict);
        module->register_waits =
                verdict.kind != VERDICT_ACCEPT && verdict.because == RULE_KEEP_ONLINE;
        if (module->register_waits && !waited)
                ask_others(module);
        if (verdict.kind != VERDICT_ACCEPT) {
                look_again(module, verdict.next_change);
                return;
        }
        decide_begin(module);
        RECORD_DECISION(module, EVENT_REGISTRATION_GRANTED, &verdict,
                        D_TEXT("by", module->record.registration.forced ? "an order" : "policy"));
        module_ask_registration(module);
}

/* Nothing has proved yet what it installed, and it is up and asks for a session: not before it is
 * looked at again. */
static void put_off_connect(Module *module) {
        const ModuleRecord *record = &module->record;
        const usec_t left = usec_sub(module->state_deadline, module_now(module)->boottime);
        Verdict verdict;

        if (record->state != STATE_CONFIRMING || !record->request.open ||
            record->request.action != ACTION_CONNECT || record->answer.kind != ANSWER_NONE ||
            module->start_failures > 0 || !chat_is_synced(module->chat))
                return;
        module_judge(module, ACTION_CONNECT, &verdict);
        verdict.kind = VERDICT_DEFER;
        verdict.because = RULE_PREREQUISITE;
        verdict.minutes = (unsigned) (left / USEC_PER_MINUTE) + 1;
        (void) TEXT_COPY(verdict.findings[RULE_PREREQUISITE].text,
                         "the proof of its install first");
        defer(module, &verdict);
}

void module_decide(Module *module) {
        module->can_undo = false;
        if (module->decide_at <= module_now(module)->boottime)
                module->decide_at = USEC_INFINITY;
        module_note_awaited(module);
        if (!module->port_open || !module_is_quiet(module))
                return;
        module->undo = module->record;
        module->can_undo = true;
        if (module_installs(module)) {
                put_off_connect(module);
                return;
        }
        if (!module->reconciled)
                return;
        if (!chat_is_synced(module->chat)) {
                module_resync(module);
                return;
        }
        decide_register(module); /* before the update that needs it */
        if (module_is_quiet(module))
                decide_request(module);
        if (module_is_quiet(module))
                decide_push(module);
        if (module_is_quiet(module))
                decide_disconnect(module);
        if (module_is_quiet(module))
                decide_connect(module);
        if (module_is_quiet(module))
                decide_settings(module);
        if (module_is_quiet(module))
                module_look_at_registration(module);
        if (module_is_quiet(module))
                module_look_at_radio(module);
        module_decide_path(module);
}

void module_undo(Module *module) {
        const bool moved = module->can_undo && module->record.state != module->undo.state;
        const uint32_t fcnt_up = module->record.fcnt_up;

        if (module->can_undo)
                module->record = module->undo;
        module->record.fcnt_up = fcnt_up; /* the commit may have reached the disk: a number is never
                                             given twice */
        if (module->decided) {
                module_clear_queue(module);
                module->connect_at = 0;
                if (module->reboot_granted == module_now(module)->boottime)
                        module->reboot_granted = 0;
                module_settings_unsaid(module);
        }
        module->decided = module->judged = false;
        module->target = module->record.state;
        if (moved)
                module_enter(module, module->record.state);
        module_mark(module);
}

void module_let_go(Module *module) {
        module->decided = false;
        module_speak(module);
        if (state_infos[module->record.state].installs || is_deaf(module))
                module_command_end(module, false);
        /* a person's command comes last */
        if (module->command.handler && !module->command.sent && module_is_quiet(module)) {
                const VerbArgs args = { .command = module->command.text };
                module->command.sent = true;
                module_say(module, VERB_COMMAND, &args);
                module_speak(module);
        }
}
