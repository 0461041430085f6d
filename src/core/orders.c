/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Orders of people and of servers: each is judged against the module's state, recorded with who
 * asked, and then left to the decide phase of the same turn, so that an order never goes around
 * policy. */

#include <stdarg.h>
#include <stdio.h>

#include "core/frame.h"
#include "core/turn.h"

static const char *const order_kinds[] = {
        [ORDER_CONNECT] = "connect",   [ORDER_DISCONNECT] = "disconnect",
        [ORDER_ACCEPT] = "accept",     [ORDER_DEFER] = "defer",
        [ORDER_UPDATE] = "update",     [ORDER_CANCEL] = "cancel",
        [ORDER_SUSPEND] = "suspend",   [ORDER_RESUME] = "resume",
        [ORDER_REGISTER] = "register",
};
DEFINE_STRING_TABLE(order_kind, OrderKind, order_kinds)

_printf_(2, 3) static OrderResult refuse(char why[static WHY_MAX], const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void) vsnprintf(why, WHY_MAX, format, args);
        va_end(args);
        return ORDER_REFUSED;
}

static bool is_reachable(const Module *module, char why[static WHY_MAX]) {
        const State state = module->record.state;

        if (!module->gateway->storage_ok) {
                (void) refuse(why, "fotad can not write its database, so it starts nothing; see "
                                   "'fotactl status'");
                return false;
        }
        if (state == STATE_ABSENT)
                (void) refuse(why, "%s is absent: %s is not there", module->settings->name,
                              module->settings->device);
        else if (state == STATE_BLOCKED && module->port_holder[0])
                (void) refuse(why, "%s is blocked: its port is held by %s", module->settings->name,
                              module->port_holder);
        else if (state == STATE_BLOCKED)
                (void) refuse(why, "%s is blocked: see 'fotactl status %s'", module->settings->name,
                              module->settings->name);
        else if (module_installs(module))
                (void) refuse(why, "%s %s now; nothing may be sent to it until that is over",
                              module->settings->name,
                              state_infos[state].installs ? "installs firmware" : "updates itself");
        else
                return true;
        return false;
}

static OrderResult refuse_while_asked(const Module *module, char why[static WHY_MAX]) {
        return refuse(why, "%s: %s waits for an answer to '%s' first: see 'fotactl explain %s'",
                      reason_to_string(REASON_AGREEMENT_PENDING), module->settings->name,
                      action_to_string(module->record.request.action), module->settings->name);
}

static OrderResult refuse_session(const Module *module, char why[static WHY_MAX]) {
        return refuse(why, "modules of family %s have no session that fotad opens or closes",
                      module->settings->family->name);
}

static OrderResult order_connect(Module *module, const Order *order _unused_,
                                 char why[static WHY_MAX]) {
        if (!module_can(module, VERB_CONNECT))
                return refuse_session(module, why);
        if (!is_reachable(module, why))
                return ORDER_REFUSED;
        if (is_asked_for_package(module))
                return refuse_while_asked(module, why);
        if (module->record.push_wanted)
                return refuse(why, "a package is to go over %s's port: connect after that",
                              module->settings->name);
        if (module->record.suspended && module->record.job)
                return refuse(why,
                              "%s's update is suspended, and a session would go on with it: go on "
                              "with 'fotactl resume %s'",
                              module->settings->name, module->settings->name);
        module->record.wanted_session = true;
        module->record.suspended = module->disconnect_wanted = false;
        module->connect_at = module->connect_failures = 0;
        module->session_needed = module_now(module)->boottime;
        module_mark(module);
        return ORDER_DONE;
}

static OrderResult order_disconnect(Module *module, const Order *order _unused_,
                                    char why[static WHY_MAX]) {
        if (!module_can(module, VERB_DISCONNECT))
                return refuse_session(module, why);
        if (!is_reachable(module, why))
                return ORDER_REFUSED;
        module->record.wanted_session = false;
        module->record.suspended |= module->record.state == STATE_DOWNLOADING ||
                                    module->settings->session_mode == SESSION_ALWAYS;
        module->disconnect_wanted = true;
        module->connect_at = 0;
        module_mark(module);
        return ORDER_DONE;
}

static void end_deferrals(ModuleRecord *record, Action action) {
        record->deferrals[action] = record->put_off[action] = (Deferral) { 0 };
}

/* Is a yes to what was shown one to what is asked for now? */
static OrderResult check_yes(const Module *module, Action action, const Shown *shown,
                             char why[static WHY_MAX]) {
        const ModuleRecord *record = &module->record;
        const char *name = module->settings->name, *other = module_differs(module, shown);

        if (!is_request_open(module) || record->request.action != action)
                return refuse(why,
                              "%s asks for no %s now: a yes is for a request that can be shown",
                              name, action_to_string(action));
        if (!shown->asked || shown->action != action)
                return refuse(why, "%s asked for no %s when this yes arrived; say it again", name,
                              action_to_string(action));
        if (other)
                return refuse(why,
                              "%s: the %s is another one than when this yes arrived; say it again "
                              "if that is meant",
                              name, other);
        return ORDER_DONE;
}

/* Nobody asks for it, and a deferral stands: a person takes that back, and agrees to nothing. */
static bool is_deferred_only(const Module *module, const Order *order) {
        const ModuleRecord *record = &module->record;

        return !order->shown &&
               (!is_request_open(module) || record->request.action != order->action) &&
               record_deferral(record, order->action)->until > module_now(module)->realtime;
}

static OrderResult order_accept(Module *module, const Order *order, char why[static WHY_MAX]) {
        ModuleRecord *record = &module->record;
        Shown shown;

        if (is_deferred_only(module, order)) {
                end_deferrals(record, order->action);
                module->judged = false;
                module_mark(module);
                return ORDER_DONE;
        }
        gateway_show(module, &shown);
        if (order->shown)
                shown = *order->shown;
        if (check_yes(module, order->action, &shown, why) != ORDER_DONE)
                return ORDER_REFUSED;
        record->consent_action = order->action;
        record->consent = (Consent) { .given = true,
                                      .now = order->now,
                                      .until = USEC_INFINITY,
                                      .bytes = shown.bytes,
                                      .row = module->gateway->last_event };
        (void) TEXT_COPY(record->consent.by, order->who);
        (void) TEXT_COPY(record->consent.firmware, shown.firmware);
        module_bind_consent(module);
        module_date_consent(module);
        end_deferrals(record, order->action);
        if (is_one_question(module))
                end_deferrals(record, ACTION_DOWNLOAD); /* a yes to the install is one to both */
        module->judged = false;
        return ORDER_DONE;
}

void module_put_off_no_more(Module *module) {
        memset(module->record.put_off, 0, sizeof module->record.put_off);
        module->cancelled_by[0] = '\0';
}

/* What runs is not put off. */
static OrderResult check_defer(const Module *module, Action action, char why[static WHY_MAX]) {
        const char *name = module->settings->name;
        const State state = module->record.state;

        if (module_installs(module) && action == ACTION_INSTALL)
                return refuse(why, "%s installs already; that can not be stopped", name);
        if (action != ACTION_DOWNLOAD || (state != STATE_DOWNLOADING && state != STATE_VERIFYING))
                return ORDER_DONE;
        if (module_installs(module))
                return refuse(why, "%s updates itself already; that can not be stopped", name);
        if (module->record.push_wanted)
                return refuse(why,
                              "%s gets its package over the port now; give it up with 'fotactl "
                              "cancel %s'",
                              name, name);
        if (state == STATE_VERIFYING)
                return refuse(why,
                              "%s has its download already; put the install off with 'fotactl "
                              "defer %s install'",
                              name, name);
        return refuse(why, "%s downloads already; stop it with 'fotactl suspend %s'", name, name);
}

static OrderResult order_defer(Module *module, const Order *order, char why[static WHY_MAX]) {
        ModuleRecord *record = &module->record;

        if (check_defer(module, order->action, why) != ORDER_DONE)
                return ORDER_REFUSED;
        /* what a cancel put off is put off all the same: the later end counts */
        module_defer(module, order->action, order->span ? order->span : DEFER_DEFAULT, order->who);
        if (record->consent_action == order->action)
                record->consent = (Consent) { 0 };
        module->judged = false;
        return ORDER_DONE;
}

/* May a package of ours go to the module now? */
static OrderResult check_push(const Module *module, char why[static WHY_MAX]) {
        const State state = module->record.state;

        if (!module_can(module, VERB_PUSH))
                return refuse(why, "modules of family %s take no file over their port",
                              module->settings->family->name);
        if (module->record.job)
                return refuse(why,
                              "%s has an update already, job %llu: wait for its end or give it up "
                              "with 'fotactl cancel %s'",
                              module->settings->name, (unsigned long long) module->record.job,
                              module->settings->name);
        if (!is_reachable(module, why))
                return ORDER_REFUSED;
        if (is_asked_for_package(module))
                return refuse_while_asked(module, why);
        if (version_rules_refuse(&module->settings->policy.from, module->record.firmware))
                return refuse(why, "policy '%s' allows no update from %s: see its 'from'",
                              module->settings->policy.name, module->record.firmware);
        if (state != STATE_IDLE && state != STATE_CONNECTED && state != STATE_CONNECTING)
                return refuse(why, "%s is %s: try again when it is idle", module->settings->name,
                              state_to_string(state));
        return ORDER_DONE;
}

static OrderResult order_file(Module *module, const Order *order, char why[static WHY_MAX]) {
        if (check_push(module, why) != ORDER_DONE)
                return ORDER_REFUSED;
        if (module_push_file(module, order->who) < 0)
                return refuse(why, "there is no file to send to %s", module->settings->name);
        return ORDER_DONE;
}

static OrderResult order_package(Module *module, const Order *order, char why[static WHY_MAX]) {
        const PackageSettings *hops[HOPS_MAX];
        int n;

        if (check_push(module, why) != ORDER_DONE)
                return ORDER_REFUSED;
        n = gateway_plan(module->gateway, module, order->to, hops, why);
        if (n < 0 || module_hop(module, hops[0], hops[n - 1]->to, order->who, why) < 0)
                return ORDER_REFUSED;
        return ORDER_DONE;
}

/* With what it asks about, also when that was given up just now: no session is needed for it. */
static void go_on(Module *module, const Order *order) {
        module->target = module->record.state;
        module_job_begin(module, JOB_SOURCE_PERSON, order->who);
        module_put_off_no_more(module);
        module->judged = false;
        module_mark(module);
}

/* May an update begin, or go on? */
static OrderResult check_update(Module *module, const Order *order, char why[static WHY_MAX]) {
        if (module->record.job)
                return ORDER_DONE;
        if (is_asked_for_package(module))
                return is_reachable(module, why) ? ORDER_DONE : ORDER_REFUSED;
        return order_connect(module, order, why);
}

/* The question is put to policy here: a module of this kind asks none when fotad starts it. */
static OrderResult order_unattended(Module *module, const Order *order, char why[static WHY_MAX]) {
        if (!is_reachable(module, why))
                return ORDER_REFUSED;
        if (is_request_open(module)) { /* it is asked already */
                go_on(module, order);
                return ORDER_DONE;
        }
        if (module->record.state != STATE_IDLE)
                return refuse(why, "%s is %s: try again when it is idle", module->settings->name,
                              state_to_string(module->record.state));
        module->target = STATE_INSTALL_PENDING;
        module_job_begin(module, JOB_SOURCE_PERSON, order->who);
        module_put_off_no_more(module);
        module_raise(module, ON_UPDATE_ORDERED);
        return ORDER_DONE;
}

static OrderResult order_update(Module *module, const Order *order, char why[static WHY_MAX]) {
        if (order->from == UPDATE_FROM_FILE)
                return order_file(module, order, why);
        if (order->from == UPDATE_FROM_CATALOGUE)
                return order_package(module, order, why);
        if (is_one_question(module))
                return order_unattended(module, order, why);
        if (check_update(module, order, why) != ORDER_DONE)
                return ORDER_REFUSED;
        go_on(module, order);
        module->record.suspended = module->disconnect_wanted = false;
        if (!module->session_open && !is_asked_for_package(module)) {
                module->record.wanted_session = true;
                module->connect_at = 0;
        }
        if (module->record.state == STATE_CONNECTED) {
                module->offered_since_session = false;
                module->stalls = 0; /* the time without an offer counts from now */
                module_enter(module, STATE_CONNECTED);
        }
        module_mark(module);
        return ORDER_DONE;
}

static bool is_transfer(State state) {
        return state == STATE_CONNECTING || state == STATE_CONNECTED ||
               state == STATE_DOWNLOAD_PENDING || state == STATE_DOWNLOADING ||
               state == STATE_SUSPENDED;
}

static OrderResult order_suspend(Module *module, const Order *order _unused_,
                                 char why[static WHY_MAX]) {
        const char *name = module->settings->name;
        const State state = module->record.state;

        if (module->record.push_wanted)
                return refuse(
                        why,
                        "a file that goes over the port can not be suspended; give it up with "
                        "'fotactl cancel %s'",
                        name);
        if (!module_can(module, VERB_DISCONNECT))
                return refuse(why, "modules of family %s can not suspend a download",
                              module->settings->family->name);
        if (!is_reachable(module, why))
                return ORDER_REFUSED;
        if (!module->record.job || !is_transfer(state))
                return refuse(why, "%s downloads nothing now", name);
        module->record.suspended = true;
        module->record.wanted_session = false;
        module->disconnect_wanted = module->session_open || state == STATE_CONNECTING;
        module->connect_at = 0;
        module->judged = false;
        module_mark(module);
        return ORDER_DONE;
}

static OrderResult order_resume(Module *module, const Order *order _unused_,
                                char why[static WHY_MAX]) {
        if (!module->record.suspended)
                return refuse(why, "%s is not suspended", module->settings->name);
        if (!is_reachable(module, why))
                return ORDER_REFUSED;
        module->record.suspended = module->disconnect_wanted = false;
        module->record.wanted_session = !module->session_open;
        module->connect_at = module->connect_failures = 0;
        module_put_off_no_more(module);
        module->judged = false;
        module_mark(module);
        return ORDER_DONE;
}

static OrderResult order_cancel(Module *module, const Order *order, char why[static WHY_MAX]) {
        if (!module->record.job)
                return refuse(why, "%s has no update to cancel", module->settings->name);
        if (module_installs(module))
                return refuse(why, "%s installs already; that can not be stopped",
                              module->settings->name);
        module->fact = (Fact) { .text = order->who };
        module_raise(module, ON_CANCELLED);
        module->fact.text = NULL;
        return ORDER_DONE;
}

static OrderResult order_register(Module *module, const Order *order _unused_,
                                  char why[static WHY_MAX]) {
        if (!module_can(module, VERB_REGISTER))
                return refuse(why, "modules of family %s have no registration of their own",
                              module->settings->family->name);
        if (!is_reachable(module, why))
                return ORDER_REFUSED;
        if (module->family->findings.sim == SIM_UNKNOWN)
                return refuse(why, "%s has not told of its SIM yet: try again",
                              module->settings->name);
        if (!module->family->findings.can_register)
                return refuse(
                        why, "the configuration does not say with which server: see fotad.yaml(5)");
        if (module->family->findings.sim != SIM_READY || !module->record.imsi[0])
                return refuse(why, "%s has no SIM that it can read", module->settings->name);
        module_force_registration(module);
        return ORDER_DONE;
}

/* Who wanted what: half of the audit trail; the other half is what policy made of it. */
static void record_order(Module *module, const Order *order) {
        const bool accept = order->kind == ORDER_ACCEPT, defer = order->kind == ORDER_DEFER;
        char consent[CONSENT_TEXT_MAX] = "", until[ISO_TEXT_MAX] = "";
        const ModuleRecord *record = &module->record;

        if (accept && record->consent_action == order->action)
                (void) consent_describe(&record->consent, consent);
        if (defer && record->deferrals[order->action].until != USEC_INFINITY)
                (void) iso_format(until, record->deferrals[order->action].until,
                                  utc_offset_at(record->deferrals[order->action].until));
        module->target = record->state;
        RECORD(module, EVENT_ORDERED, D_TEXT("order", order_kind_to_string(order->kind)),
               D_TEXT("action", accept || defer ? action_to_string(order->action) : ""),
               D_TEXT("by", order->who), D_TEXT("until", until), D_TEXT("consent", consent));
}

OrderResult gateway_order(Gateway *gateway, Module *module, const Order *order, uint64_t *ret_job,
                          char why[static WHY_MAX]) {
        static OrderResult (*const orders[_ORDER_MAX])(Module *, const Order *,
                                                       char[static WHY_MAX]) = {
                [ORDER_CONNECT] = order_connect,   [ORDER_DISCONNECT] = order_disconnect,
                [ORDER_ACCEPT] = order_accept,     [ORDER_DEFER] = order_defer,
                [ORDER_UPDATE] = order_update,     [ORDER_CANCEL] = order_cancel,
                [ORDER_SUSPEND] = order_suspend,   [ORDER_RESUME] = order_resume,
                [ORDER_REGISTER] = order_register,
        };

        why[0] = '\0';
        if (!gateway->storage_ok)
                return refuse(why, "fotad can not write its database, so it starts nothing and "
                                   "would forget your order; see 'fotactl status'");
        const OrderResult result = orders[order->kind](module, order, why);
        if (result == ORDER_DONE)
                record_order(module, order);
        if (result == ORDER_DONE && ret_job)
                *ret_job = module->record.job;
        return result;
}

OrderResult gateway_command(Gateway *gateway, Module *module, const char *command,
                            CommandHandler handler, void *userdata, char why[static WHY_MAX]) {
        const char *because = module->settings->family->refuses_command(
                module->family, command, module->record.state, module->record.unattended);

        (void) gateway;
        if (!module->record.unattended && !is_reachable(module, why))
                return ORDER_REFUSED; /* else the family knows what it bears */
        if (!because && is_deaf(module))
                because = "how far the module's update is was missed: fotad only listens now";
        if (is_pushing(module))
                return refuse(why, "not sent: a package goes over %s's port now",
                              module->settings->name);
        if (because) {
                char redacted[DETAIL_TEXT_MAX];

                transcript_redact(redacted, sizeof(redacted), command);
                module->target = module->record.state;
                RECORD(module, EVENT_COMMAND_BLOCKED, D_TEXT("command", redacted),
                       D_TEXT("because", because));
                return refuse(why, "not sent: %s", because);
        }
        if (module->command.handler)
                return refuse(why, "another command waits for %s's answer; try again",
                              module->settings->name);
        if (!TEXT_COPY(module->command.text, command))
                return refuse(why, "a command has at most %d characters", CHAT_COMMAND_MAX);
        module->command.handler = handler;
        module->command.userdata = userdata;
        return ORDER_DONE;
}

void gateway_command_forget(Gateway *gateway, void *userdata) {
        for (size_t i = 0; i < gateway->n_modules; i++)
                if (gateway->modules[i]->command.userdata == userdata)
                        gateway->modules[i]->command.handler = NULL;
        for (size_t i = 0; i < gateway->n_modules; i++)
                module_settings_leave(gateway->modules[i], userdata);
}
