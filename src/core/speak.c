/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Between a module's lifecycle and its family: facts in, verbs out. A verb is queued where a row
 * asks for it and leaves in the act phase of the turn, after the commit; one at a time. An order
 * that can't be taken back writes its intent when it is queued and is dropped, not delayed, when
 * storage fails. */

#include <stdio.h>

#include "base/log.h"
#include "core/turn.h"

#define UNKNOWN_INTERVAL USEC_PER_MINUTE

bool module_is_quiet(const Module *module) {
        return !module->verb_runs && module->n_queued == 0 && chat_is_idle(module->chat);
}

static void act_intend(Module *module, Verb verb, const VerbArgs *args) {
        Gateway *gateway = module->gateway;

        module->record.act = (Act) {
                .sequence = ++gateway->last_act,
                .verb = verb,
                .action = args->action,
                .state = ACT_INTENDED,
                .realtime = gateway->now.realtime,
                .boottime = MAX_OF(gateway->now.boottime, (usec_t) 1),
        };
        (void) TEXT_COPY(module->record.boot_id, gateway->boot_id);
        module_mark(module);
}

VerbArgs module_start_args(const Module *module) {
        const ActionPolicy *connect = module->settings->policy.actions + ACTION_CONNECT;

        return (VerbArgs) {
                .ask_connect = connect->decision != DECISION_ACCEPT || connect->n_windows > 0,
                /* its time may be over, its update not */
                .only_look = module->record.unattended && !module->heard_installed &&
                             !module->heard_failed,
                .known_firmware = module->record.firmware,
                .known_imei = module->record.imei,
        };
}

bool module_says(const Module *module, Verb verb) {
        for (size_t i = 0; i < module->n_queued; i++)
                if (module->queue[i].verb == verb)
                        return true;
        return false;
}

void module_say(Module *module, Verb verb, const VerbArgs *args) {
        if (module_says(module, verb) || module->n_queued >= VERB_QUEUE_MAX)
                return; /* asked for already */
        module->queue[module->n_queued++] = (QueuedVerb) { .verb = verb, .args = *args };
        if (verb_needs_intent(verb))
                act_intend(module, verb, args);
}

static bool may_leave(const Module *module, Verb verb) {
        if (module->record.state == STATE_INSTALLING && !verb_is_grant(verb))
                return false; /* nothing touches a module that installs */
        if (is_deaf(module) && !verb_is_grant(verb))
                return false;
        if (verb_is_grant(verb) &&
            (module->record.act.verb != verb || module->record.act.state != ACT_INTENDED))
                return false; /* what was granted is over */
        return module->gateway->storage_ok || !verb_needs_intent(verb);
}

/* Is the intent of this order on disk? What overwrote it meanwhile gives way, one commit later. */
static bool is_intended(Module *module, const QueuedVerb *order) {
        const Act *act = &module->record.act;

        if (!verb_needs_intent(order->verb))
                return true;
        if (act->verb != order->verb || act->state != ACT_INTENDED)
                act_intend(module, order->verb, &order->args);
        return !module->dirty;
}

/* What was noted of an order that never left is not true. */
static void order_unsaid(Module *module, Verb verb) {
        if (verb == VERB_CONTEXT)
                module->context_tried = false;
        if (verb == VERB_UNLOCK)
                pin_unsaid(module);
}

void module_clear_queue(Module *module) {
        for (size_t i = 0; i < module->n_queued; i++)
                order_unsaid(module, module->queue[i].verb);
        module->n_queued = 0;
}

void module_speak(Module *module) {
        while (module->port_open && !module->verb_runs && module->n_queued > 0 &&
               chat_is_idle(module->chat)) {
                const QueuedVerb next = module->queue[0];
                const bool leaves = may_leave(module, next.verb);

                if (leaves && !is_intended(module, &next))
                        return;
                module->n_queued--;
                memmove(module->queue, module->queue + 1,
                        module->n_queued * sizeof(module->queue[0]));
                if (!leaves) {
                        order_unsaid(module, next.verb);
                        continue;
                }
                module->verb = next.verb;
                module->verb_runs = true;
                module->family->now = *module_now(module);
                if (module->settings->family->start(module->family, next.verb, &next.args) < 0)
                        module->verb_runs = false;
        }
}

void module_hush(Module *module) {
        if (module->verb_runs && module->verb == VERB_ACCEPT)
                module_clear_queue(module); /* its answer is all that is still to come */
        else if (module->verb_runs || module->n_queued > 0)
                module_forget_verbs(module);
}

void module_forget_verbs(Module *module) {
        module->settings->family->abandon(module->family);
        module->verb_runs = module->question = false;
        module->n_kept = module->n_early = 0;
        module_clear_queue(module);
        module_command_end(module, false);
        module_settings_forget(module);
        chat_cancel(module->chat);
}

/* the ends of verbs */

/* Something was heard about an act: it did leave. */
static void act_was_sent(Module *module, Verb verb) {
        if (!verb_needs_intent(verb) || module->record.act.state != ACT_INTENDED)
                return;
        module->record.act.state = ACT_SENT;
        module_mark(module);
}

static void question_ended(Module *module, bool pending) {
        const bool question = module->question;

        module->question = false;
        if (question && module->question_moot &&
            (!pending || module->record.request.action != module->question_action))
                return; /* that is about what was before */
        if (question)
                module_raise(module, pending ? ON_QUESTION_YES : ON_QUESTION_NO);
        else if (!pending)
                module_raise(module, ON_ACCEPT_FAILED);
}

/* What a person sent may have changed a setting. */
static void person_done(Module *module) {
        const char *text = module->command.text;

        module->save_wanted |= text[0] && text[strlen(text) - 1] != '?';
        module_command_end(module, true);
}

static void verb_done(Module *module, Verb verb) {
        static const struct {
                bool raises;
                Trigger trigger;
        } done[_VERB_MAX] = {
                [VERB_START] = { true, ON_STARTED },
                [VERB_UNLOCK] = { true, ON_UNLOCKED },
                [VERB_CONTEXT] = { true, ON_CONTEXT_SET },
                [VERB_ARM] = { true, ON_ARMED },
                [VERB_PUSH] = { true, ON_PUSHED },
                [VERB_REGISTER] = { true, ON_REGISTER_SAID },
        };

        if (verb_is_grant(verb))
                module->grant_taken = true;
        else if (verb == VERB_DEFER)
                question_ended(module, true);
        else if (verb == VERB_COMMAND)
                person_done(module);
        else if (verb == VERB_SAVE || verb == VERB_RESTORE)
                module_settings_end(module, verb, true);
        else if (done[verb].raises)
                module_raise(module, done[verb].trigger);
}

static void verb_failed(Module *module, Verb verb, Reason reason) {
        static const struct {
                bool raises;
                Trigger trigger;
        } failed[_VERB_MAX] = {
                [VERB_START] = { true, ON_START_FAILED },
                [VERB_UNLOCK] = { true, ON_UNLOCK_FAILED },
                [VERB_CONTEXT] = { true, ON_CONTEXT_FAILED },
                [VERB_CONNECT] = { true, ON_CONNECT_FAILED },
                [VERB_PUSH] = { true, ON_PUSH_FAILED },
                [VERB_REGISTER] = { true, ON_REGISTER_FAILED },
        };

        if (verb == VERB_DEFER && reason == REASON_NO_RESPONSE)
                module->question = false; /* neither yes nor no: the state's timeout looks again */
        else if (verb == VERB_DEFER)
                question_ended(module, false);
        else if (verb == VERB_COMMAND)
                module_command_end(module, false);
        else if (verb == VERB_SAVE || verb == VERB_RESTORE)
                module_settings_end(module, verb, false);
        else if (verb == VERB_UPDATE && reason != REASON_NO_RESPONSE)
                module_raise(module, ON_UPDATE_REFUSED);
        else if (verb == VERB_ACCEPT && reason != REASON_NO_RESPONSE)
                module_raise(module, ON_ACCEPT_FAILED); /* silence after an accept is no refusal:
                                                           evidence decides */
        else if (failed[verb].raises)
                module_raise(module, failed[verb].trigger);
}

static void verb_ended(Module *module, const Fact *fact) {
        const Verb verb = (Verb) fact->number;

        module->verb_runs = false;
        act_was_sent(module, verb);
        if (fact->kind == FACT_VERB_DONE) {
                module->resync_at = 0;
                if (verb == VERB_START || verb == VERB_SIGNAL)
                        module_note_radio(module);
                verb_done(module, verb);
        } else {
                verb_failed(module, verb, fact->reason);
        }
        module->changed = true;
}

/* indications */

static Trigger trigger_of_ask(Action action) {
        switch (action) {
        case ACTION_CONNECT:
                return ON_ASKED_CONNECT;
        case ACTION_DOWNLOAD:
                return ON_ASKED_DOWNLOAD;
        case ACTION_INSTALL:
                return ON_ASKED_INSTALL;
        case ACTION_REBOOT:
        case ACTION_UNINSTALL:
        case _ACTION_MAX:
                return ON_ASKED_OTHER;
        }
        return ON_ASKED_OTHER;
}

/* _TRIGGER_MAX: the fact moves nothing */
static Trigger trigger_of_fact(const Fact *fact) {
        static const Trigger simple[_FACT_MAX] = {
                [FACT_READY] = ON_READY,
                [FACT_AUTHENTICATING] = ON_AUTHENTICATING,
                [FACT_AUTH_FAILED] = ON_AUTH_FAILED,
                [FACT_AUTHENTICATED] = ON_AUTHENTICATED,
                [FACT_SESSION_REFUSED] = ON_SESSION_REFUSED,
                [FACT_SESSION_CLOSED] = ON_SESSION_CLOSED,
                [FACT_PACKAGE_OFFERED] = ON_OFFERED,
                [FACT_DOWNLOAD_STARTED] = ON_DOWNLOADING,
                [FACT_PROGRESS] = ON_PROGRESS,
                [FACT_STORED] = ON_STORED,
                [FACT_DOWNLOAD_FAILED] = ON_DOWNLOAD_FAILED,
                [FACT_CERTIFIED] = ON_CERTIFIED,
                [FACT_NOT_CERTIFIED] = ON_NOT_CERTIFIED,
                [FACT_INSTALLING] = ON_INSTALLING,
                [FACT_INSTALL_FAILED] = ON_INSTALL_FAILED,
                [FACT_INSTALLED] = ON_INSTALLED,
                [FACT_BOOTED] = ON_BOOTED,
                [FACT_ASK_OVER] = ON_ASK_OVER,
                [FACT_AUTOMATIC] = ON_AUTOMATIC,
                [FACT_UPDATE_FAILED] = ON_UPDATE_FAILED,
                [FACT_REGISTERED] = ON_REGISTERED,
                [FACT_PROVISIONED] = ON_PROVISIONED,
                [FACT_NOTIFIED] = ON_NOTIFIED,
                [FACT_RESULT_TOLD] = ON_RESULT_TOLD,
                [FACT_SIM_EVENT] = ON_SIM_EVENT,
        };

        if (fact->kind == FACT_ASKED)
                return trigger_of_ask((Action) fact->number);
        if (fact->kind == FACT_SESSION_OPENED)
                return fact->number == 0 ? ON_BOOTSTRAP : ON_SESSION_OPENED;
        if (fact->kind == FACT_NONE || fact->kind >= FACT_UNKNOWN)
                return _TRIGGER_MAX;
        return simple[fact->kind];
}

/* What the module says before and after the blocks of a package is heard when the push is over:
 * until then nothing moves it. */
static bool keep_for_later(Module *module, const Fact *fact) {
        if (!is_pushing(module))
                return false;
        if (fact->kind == FACT_DOWNLOAD_STARTED)
                module->n_early = module->n_kept;
        if (fact->kind == FACT_DOWNLOAD_STARTED || fact->kind == FACT_PROGRESS ||
            fact->kind == FACT_VERB_DONE || fact->kind == FACT_VERB_FAILED)
                return false;
        if (module->n_kept < KEPT_MAX)
                module->kept[module->n_kept++] = (Fact) { .kind = fact->kind,
                                                          .number = fact->number,
                                                          .reason = fact->reason };
        return true;
}

static bool is_about_a_package(const Fact *fact) {
        return fact->kind == FACT_ASKED ||
               (fact->kind >= FACT_PACKAGE_OFFERED && fact->kind <= FACT_INSTALLED);
}

static void hear_kept(Module *module, bool pushed) {
        Fact kept[KEPT_MAX];
        const size_t n = module->n_kept;
        /* an older package is gone when a new one came over the line */
        const size_t n_past = pushed ? module->n_early : 0;

        memcpy(kept, module->kept, n * sizeof(kept[0]));
        module->n_kept = module->n_early = 0;
        for (size_t i = 0; i < n; i++)
                if (i >= n_past || !is_about_a_package(kept + i))
                        module_hear(module, kept + i);
}

/* A module may repeat itself as fast as its line allows. */
static void log_unknown(Module *module, const char *line) {
        const usec_t now = module_now(module)->boottime;

        if (now < module->unknown_at || !line)
                return;
        module->unknown_at = usec_add(now, UNKNOWN_INTERVAL);
        log_info("%s: unknown indication: %s", module->settings->name, line);
}

void module_hear(Module *module, const Fact *fact) {
        if (keep_for_later(module, fact))
                return;
        module->fact = *fact;
        if (fact->kind == FACT_VERB_DONE || fact->kind == FACT_VERB_FAILED) {
                verb_ended(module, fact);
        } else {
                const Trigger trigger = trigger_of_fact(fact);
                if (trigger != _TRIGGER_MAX)
                        module_raise(module, trigger);
                else if (fact->kind == FACT_UNKNOWN)
                        log_unknown(module, fact->text);
        }
        module->fact.text = NULL;
        if (!is_pushing(module) && module->n_kept > 0)
                hear_kept(module, fact->kind == FACT_VERB_DONE);
}

/* a person's command */

void module_command_end(Module *module, bool ok) {
        Command *command = &module->command;
        const char *failure = "the module did not answer";

        if (command->handler) {
                if (ok)
                        command->handler(command->userdata, true,
                                         (const char *const *) command->lines, command->n_lines);
                else
                        command->handler(command->userdata, false, &failure, 1);
        }
        for (size_t i = 0; i < command->n_lines; i++)
                free(command->lines[i]);
        *command = (Command) { 0 };
}
