/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Does the update server know this module with this SIM? fotad registers a pair of the two once. A
 * SIM that went from one module to another and back leaves the server with a wrong pair that the
 * module does not see (Telit, Premium FOTA note, chapter 6): the SIMs are remembered across the
 * whole gateway, and updates wait until the server has answered. Registering over TCP ends all
 * calls and contexts, so it passes the policy of an install, and is never repeated by itself. */

#include <stdio.h>

#include "core/turn.h"

#define ANSWER_MAX (10 * USEC_PER_MINUTE)

static const char *const registration_states[] = {
        [REGISTRATION_UNKNOWN] = "unknown", [REGISTRATION_DOUBTFUL] = "doubtful",
        [REGISTRATION_ASKED] = "asked",     [REGISTRATION_DONE] = "done",
        [REGISTRATION_FAILED] = "failed",
};
DEFINE_STRING_TABLE(registration_state, RegistrationState, registration_states)

static void set_state(Module *m, RegistrationState state) {
        m->record.registration.state = state;
        m->record.registration.since = module_now(m)->realtime;
        module_mark(m);
}

static bool is_for(const Registration *registration, const ModuleRecord *record) {
        return streq(registration->imei, record->imei) && streq(registration->imsi, record->imsi);
}

static bool is_never_asked(const Registration *registration) {
        return !registration->wanted && (registration->state == REGISTRATION_UNKNOWN ||
                                         registration->state == REGISTRATION_DOUBTFUL);
}

static bool registers(const Module *m) {
        return module_can(m, VERB_REGISTER);
}

static void take_pair(Module *m) {
        (void) TEXT_COPY(m->record.registration.imei, m->record.imei);
        (void) TEXT_COPY(m->record.registration.imsi, m->record.imsi);
}

/* Wanted for the pair of now, once. */
static void want(Module *m, bool doubtful) {
        Registration *registration = &m->record.registration;

        registration->doubtful |= doubtful;
        registration->wanted = m->family->findings.can_register;
        registration->forced = false;
        take_pair(m);
        set_state(m, registration->doubtful ? REGISTRATION_DOUBTFUL : REGISTRATION_UNKNOWN);
}

void module_force_registration(Module *module) {
        module->record.registration.wanted = module->record.registration.forced = true;
        take_pair(module);
        module_mark(module);
}

/* who has which SIM */

static void mark_doubtful(Module *m) {
        if (registers(m) && m->record.imsi[0])
                want(m, true);
}

static void note_swap(Module *m, const char *with) {
        RECORD(m, EVENT_SIM_SWAPPED, D_TEXT("with", with), D_TEXT("iccid", m->record.iccid));
        mark_doubtful(m);
}

static bool has_sim(const Module *other, const Module *m) {
        return other && streq(other->record.iccid, m->record.iccid);
}

/* This SIM was in another module before: that one has lost it, and learns of it when it comes back.
 * False: no other module had it last. */
static bool look_for_sim(Module *m) {
        const Gateway *gateway = m->gateway;
        bool found = false;

        for (size_t i = 0; i < gateway->n_modules; i++) {
                Module *other = gateway->modules[i];

                if (other == m || !has_sim(other, m) ||
                    streq(other->record.sim_seen_in, m->settings->name))
                        continue;
                (void) TEXT_COPY(other->record.sim_seen_in, m->settings->name);
                other->record.registration.doubtful |= registers(other);
                if (registers(other))
                        set_state(other, REGISTRATION_DOUBTFUL);
                module_mark(other);
                note_swap(m, other->settings->name);
                found = true;
        }
        return found;
}

void module_note_sim(Module *module, bool changed) {
        char with[MODULE_NAME_MAX];

        if (!module->record.iccid[0] || module->family->findings.sim != SIM_READY)
                return;
        (void) TEXT_COPY(with, module->record.sim_seen_in);
        module->record.sim_seen_in[0] = '\0';
        const bool found = look_for_sim(module);
        const Module *other = gateway_find(module->gateway, with);
        /* the module itself can not tell that it was away */
        if (!found && with[0] && !changed && !has_sim(other, module))
                note_swap(module, with);
}

void module_check_registration(Module *module) {
        const Registration *registration = &module->record.registration;

        if (!registers(module) || !module->record.imsi[0] ||
            module->family->findings.sim != SIM_READY)
                return;
        if (registration->state == REGISTRATION_DONE && !registration->imsi[0])
                take_pair(module); /* the server's word came before the module said who it is */
        if (!is_for(registration, &module->record))
                want(module, registration->state != REGISTRATION_UNKNOWN);
        else if (is_never_asked(registration)) /* there was no server to ask */
                want(module, false);
}

static void await_answer(Module *m) {
        m->register_until = usec_add(module_now(m)->boottime, ANSWER_MAX);
}

bool module_registers(const Module *module) {
        return module->record.registration.state == REGISTRATION_ASKED &&
               module->register_until != USEC_INFINITY && module->family->findings.register_cuts;
}

void module_recall_registration(Module *module) {
        if (module->record.registration.state == REGISTRATION_ASKED)
                await_answer(module);
}

/* Asked from the intent on: the answer may be faster than the module's OK, or be missed. */
void module_ask_registration(Module *module) {
        module->record.registration.wanted = false;
        await_answer(module);
        set_state(module, REGISTRATION_ASKED);
        module_say(module, VERB_REGISTER, &(VerbArgs) { 0 });
}

/* lifecycle rows */

void note_register_said(Module *m) {
        module_recall_registration(m); /* from here on */
}

void note_registered(Module *m) {
        Registration *registration = &m->record.registration;

        registration->wanted = registration->forced = registration->doubtful = false;
        take_pair(m);
        m->register_until = USEC_INFINITY;
        m->registers_again = m->judged = false;
        set_state(m, REGISTRATION_DONE);
        RECORD(m, EVENT_REGISTERED, D_TEXT("imei", registration->imei),
               D_TEXT("imsi", registration->imsi));
}

void note_register_failed(Module *m) {
        m->register_until = USEC_INFINITY;
        set_state(m, REGISTRATION_FAILED);
        RECORD(m, EVENT_MODULE_BLOCKED,
               D_TEXT("reason", reason_to_string(REASON_REGISTRATION_FAILED)),
               D_TEXT("because", "the update server has not confirmed the registration: ask its "
                                 "administrator, then 'fotactl register'"));
}

/* for policy */

void module_registration_missing(const Module *module, char ret[static MISSING_MAX]) {
        const Findings *found = &module->family->findings;

        if (module->record.registration.state == REGISTRATION_ASKED)
                (void) text_copy(ret, MISSING_MAX,
                                 "the update server has not answered the registration yet");
        if (!module->record.registration.doubtful)
                return;
        (void) snprintf(ret, MISSING_MAX,
                        "the SIM was moved: ask the update service's administrator for a forced "
                        "registration of IMEI %s%s%s",
                        module->record.imei, found->number[0] ? ", number " : "", found->number);
}

/* deciding */

static bool is_time(const Module *module) {
        const Findings *found = &module->family->findings;

        return module->record.registration.wanted && module_is_calm(module) &&
               found->sim == SIM_READY && found->registered == TRISTATE_YES &&
               found->can_register && module->gateway->storage_ok;
}

/* What it has of an install: calls and contexts end, so it takes a place among those that are down.
 * It changes no firmware, so that it neither proves itself nor soaks, and goes in any order. */
static void registration_question(const Module *module, Question *ret) {
        module_question(module, ACTION_INSTALL, ret);
        ret->missing[0] = '\0'; /* the registration is what is missing */
        ret->hindrance.text[0] = '\0';
        ret->no_package = true;
        ret->asked = false; /* nor has anybody waited for it */
        ret->soak.span = 0;
        ret->uplink.first[0] = '\0';
        if (module->record.registration.forced) {
                ret->consent = (Consent) {
                        .given = true, .now = true, .until = USEC_INFINITY, .by = "an order"
                };
                ret->deferred_until = 0; /* the update was put off */
        }
}

void module_judge_registration(const Module *module, Verdict *ret) {
        Question question;

        *ret = (Verdict) { .kind = VERDICT_HOLD, .next_change = USEC_INFINITY };
        if (!is_time(module))
                return;
        ret->kind = VERDICT_ACCEPT;
        ret->because = RULE_MODULE;
        (void) TEXT_COPY(ret->findings[RULE_MODULE].text, "a registration that cuts nothing off");
        if (!module->family->findings.register_cuts)
                return;
        registration_question(module, &question);
        policy_judge(&question, ret);
}

/* Nobody knows whether the order ever left: the port was lost, or fotad went down. */
static bool is_unproven(const Module *m) {
        return m->record.act.verb == VERB_REGISTER && m->record.act.state == ACT_INTENDED;
}

void module_tick_registration(Module *module) {
        Registration *registration = &module->record.registration;

        if (module->register_until > module_now(module)->boottime)
                return;
        module->register_until = USEC_INFINITY;
        if (registration->state != REGISTRATION_ASKED)
                return;
        if (module->registers_again || !is_unproven(module))
                return note_register_failed(module);
        module->registers_again = registration->wanted = true; /* once */
        set_state(module, registration->doubtful ? REGISTRATION_DOUBTFUL : REGISTRATION_UNKNOWN);
}
