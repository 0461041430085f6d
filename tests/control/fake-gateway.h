/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A gateway that does what a test tells it to, in place of the real one: control/ is tested against
 * every state at will, without modules. Included by one .c file of a program, whose definitions win
 * over those of the library. All strings and verdicts are real: those of the library's policy and
 * vocabulary. */

#include <stdio.h>

#include "core/plan.h"

struct Module {
        Gateway *gateway;
        size_t index;
        ModuleRecord record;
        ModuleView view; /* what does not follow from record and settings */
        char next[NEXT_MAX];
        Soak soak;
        unsigned installs_running; /* of others */
        usec_t refused_until; /* realtime: it takes no answer until it asks again; 0: it does */
};

struct Gateway {
        const Settings *settings;
        bool storage_ok, past_unknown;
        Clock now;
        ZoneOffsets zone;
        size_t n_modules;
        Module modules[MODULES_MAX];

        /* what was asked of it */
        Order order;
        char order_who[WHO_MAX], order_to[FIRMWARE_MAX];
        unsigned n_orders, n_notes, n_forgotten;
        char note_text[128];
        int64_t note_number;
        /* what it answers */
        char refuses[WHY_MAX];
        int inhibit_error; /* with `refuses` */
        bool commit_fails;
        uint64_t next_job;
        CommandHandler command_handler;
        void *command_userdata;
        char command[128];
        SettingsHandler settings_handler;
        void *settings_userdata;
        SettingsOrder settings_order;
        size_t n_inhibitors;
        InhibitorRow inhibitors[INHIBITORS_MAX];
        /* false: refused */
        bool (*on_order)(Gateway *gateway, Module *module, const Order *order,
                         char why[static WHY_MAX]);
        bool (*on_command)(Gateway *gateway, const char *command, char why[static WHY_MAX]);
        bool (*on_settings)(Gateway *gateway, Module *module, SettingsOrder order,
                            char why[static WHY_MAX]);
};

void gateway_turn(Gateway *gateway, const Clock *now) {
        gateway->now = *now;
}

void gateway_note(Gateway *gateway, const char *module, EventKind event, const char *key,
                  const char *text, int64_t number) {
        (void) module;
        (void) event;
        (void) key;
        gateway->n_notes++;
        (void) TEXT_COPY(gateway->note_text, text);
        gateway->note_number = number;
}

OrderResult gateway_order(Gateway *gateway, Module *module, const Order *order, uint64_t *ret_job,
                          char why[static WHY_MAX]) {
        gateway->n_orders++;
        gateway->order = *order;
        (void) TEXT_COPY(gateway->order_who, order->who);
        (void) TEXT_COPY(gateway->order_to, order->to ? order->to : "-");
        if (gateway->refuses[0]) {
                (void) text_copy(why, WHY_MAX, gateway->refuses);
                return ORDER_REFUSED;
        }
        if (order->kind == ORDER_UPDATE && ret_job)
                *ret_job = gateway->next_job;
        if (gateway->on_order && !gateway->on_order(gateway, module, order, why))
                return ORDER_REFUSED;
        return ORDER_DONE;
}

bool gateway_commit(Gateway *gateway) {
        return !gateway->commit_fails;
}

int gateway_plan(const Gateway *gateway, const Module *module, const char *to,
                 const PackageSettings *ret[static HOPS_MAX], char why[static WHY_MAX]) {
        int n = catalogue_plan(gateway->settings, "hl78xx", module->record.firmware, to ? to : "",
                               NULL, ret);

        if (n >= 0)
                return n;
        (void) snprintf(why, WHY_MAX, "no packages lead from %s to %s", module->record.firmware,
                        to ? to : "a newer version");
        return -ENOENT;
}

OrderResult gateway_command(Gateway *gateway, Module *module, const char *command,
                            CommandHandler handler, void *userdata, char why[static WHY_MAX]) {
        (void) module;
        if (gateway->refuses[0]) {
                (void) text_copy(why, WHY_MAX, gateway->refuses);
                return ORDER_REFUSED;
        }
        if (gateway->on_command && !gateway->on_command(gateway, command, why))
                return ORDER_REFUSED;
        gateway->command_handler = handler;
        gateway->command_userdata = userdata;
        (void) TEXT_COPY(gateway->command, command);
        return ORDER_DONE;
}

OrderResult gateway_settings_order(Gateway *gateway, Module *module, SettingsOrder order,
                                   const char *who, SettingsHandler handler, void *userdata,
                                   char why[static WHY_MAX]) {
        if (gateway->refuses[0]) {
                (void) text_copy(why, WHY_MAX, gateway->refuses);
                return ORDER_REFUSED;
        }
        gateway->settings_handler = handler;
        gateway->settings_userdata = userdata;
        gateway->settings_order = order;
        (void) TEXT_COPY(gateway->order_who, who);
        if (gateway->on_settings && !gateway->on_settings(gateway, module, order, why)) {
                gateway->settings_handler = NULL;
                return ORDER_REFUSED;
        }
        return ORDER_DONE;
}

/* Answers the settings order that waits; `rows` NULL: it failed with `why`. */
static inline void fake_settings_answer(Gateway *gateway, const char *why, const SettingRow *rows,
                                        size_t n_rows) {
        SettingsHandler handler = gateway->settings_handler;

        gateway->settings_handler = NULL;
        if (handler)
                handler(gateway->settings_userdata, rows != NULL, why, rows, n_rows);
}

void gateway_command_forget(Gateway *gateway, void *userdata) {
        if (gateway->command_userdata == userdata) {
                gateway->command_handler = NULL;
                gateway->command_userdata = NULL;
        } else if (gateway->settings_userdata == userdata) {
                gateway->settings_handler = NULL;
                gateway->settings_userdata = NULL;
        } else
                return;
        gateway->n_forgotten++;
}

size_t gateway_n_modules(const Gateway *gateway) {
        return gateway->n_modules;
}

Module *gateway_module(const Gateway *gateway, size_t index) {
        return (Module *) &gateway->modules[index];
}

Module *gateway_find(const Gateway *gateway, const char *name) {
        for (size_t i = 0; i < gateway->n_modules; i++)
                if (streq(gateway->modules[i].record.name, name))
                        return (Module *) &gateway->modules[i];
        return NULL;
}

int gateway_inhibit(Gateway *gateway, const InhibitorRow *row, uint64_t *ret_id,
                    char why[static WHY_MAX]) {
        InhibitorRow *new = &gateway->inhibitors[gateway->n_inhibitors];

        if (gateway->refuses[0]) {
                (void) text_copy(why, WHY_MAX, gateway->refuses);
                return gateway->inhibit_error;
        }
        *new = *row;
        new->id = *ret_id = ++gateway->n_inhibitors;
        new->since = gateway->now.realtime;
        new->until = row->span > 0 ? usec_add(new->since, row->span) : USEC_INFINITY;
        return 0;
}

void gateway_uninhibit(Gateway *gateway, uint64_t id, const char *because) {
        (void) because;
        if (id == gateway->n_inhibitors)
                gateway->n_inhibitors--;
}

int gateway_break_inhibitor(Gateway *gateway, uint64_t id, const char *by,
                            char why[static WHY_MAX]) {
        if (id != gateway->n_inhibitors) {
                (void) snprintf(why, WHY_MAX, "%s knows no inhibitor %llu", by,
                                (unsigned long long) id);
                return -ENOENT;
        }
        gateway->n_inhibitors--;
        return 0;
}

size_t gateway_n_inhibitors(const Gateway *gateway) {
        return gateway->n_inhibitors;
}

const InhibitorRow *gateway_inhibitor(const Gateway *gateway, size_t i) {
        return &gateway->inhibitors[i];
}

const Settings *gateway_settings(const Gateway *gateway) {
        return gateway->settings;
}

bool gateway_storage_ok(const Gateway *gateway) {
        return gateway->storage_ok;
}

bool gateway_knows_past(const Gateway *gateway) {
        return !gateway->past_unknown;
}

char *gateway_next(const Gateway *gateway _unused_, const Module *module,
                   char to[static NEXT_MAX]) {
        (void) text_copy(to, NEXT_MAX, module->next);
        return to;
}

void gateway_view(const Gateway *gateway, const Module *module, ModuleView *ret) {
        static char version[POLICY_VERSION_MAX];

        *ret = module->view;
        ret->settings = &gateway->settings->modules[module->index];
        ret->record = &module->record;
        ret->policy_version = policy_version(&ret->settings->policy, version);
        if (!ret->dev_eui)
                ret->dev_eui = "";
        ret->consent_counts = module->record.consent.given;
        if (!ret->port_holder)
                ret->port_holder = "";
}

static inline void fake_inhibited(const Gateway *gateway, const Module *module, Action action,
                                  Inhibited *ret) {
        for (size_t i = 0; i < gateway->n_inhibitors; i++) {
                const InhibitorRow *row = &gateway->inhibitors[i];

                if (!(row->actions & 1U << action) || !inhibitor_concerns(row, module->record.name))
                        continue;
                ret->n++;
                ret->until = row->until;
                (void) TEXT_COPY(ret->who, row->who);
                (void) TEXT_COPY(ret->why, row->why);
        }
}

static inline Question fake_question(const Gateway *gateway, const Module *module, Action action) {
        Question question = {
                .action = action,
                .policy = &gateway->settings->modules[module->index].policy,
                .now = gateway->now,
                .zone = &gateway->zone,
                .clock_trusted = true,
                .storage_ok = gateway->storage_ok,
                .barrier_open = true,
                .barrier_until = USEC_INFINITY,
                .concurrent_installs = 1,
                .modules_usable = (unsigned) gateway->n_modules - 1,
                .size_known = module->record.package_bytes > 0,
                .package_bytes = module->record.package_bytes,
                .consent = module->record.consent,
                .asked = module->record.request.open && module->record.request.action == action,
                .waited = gateway->now.realtime - module->record.request.first_realtime,
        };

        if (module->view.missing)
                (void) TEXT_COPY(question.missing, module->view.missing);
        if (!module->view.port_open && module->record.state == STATE_ABSENT)
                question.hindrance = (Hindrance) { .text = "its port is not there: /dev/ttyUSB2",
                                                   .event = "its port to be there",
                                                   .until = USEC_INFINITY };
        if (module->refused_until > 0)
                question.hindrance = (Hindrance) { .text = "it takes no answer until it asks again",
                                                   .event = "the module to ask again",
                                                   .until = module->refused_until };
        question.soak = module->soak;
        question.installs_running = module->installs_running;
        fake_inhibited(gateway, module, action, &question.inhibited);
        return question;
}

void gateway_judge_at(const Gateway *gateway, const Module *module, Action action, usec_t realtime,
                      Verdict *ret) {
        const Question question = fake_question(gateway, module, action);
        Question later;

        question_at(&question, realtime, &later);
        policy_judge(&later, ret);
}

void gateway_judge(const Gateway *gateway, const Module *module, Action action, Verdict *ret) {
        gateway_judge_at(gateway, module, action, 0, ret);
}

void gateway_forecast(const Gateway *gateway, const Module *module, Action action, Forecast *ret) {
        const Question question = fake_question(gateway, module, action);

        policy_forecast(&question, 1, ret);
}

void gateway_need(const Gateway *gateway, const Module *module, Action action, Rule rule,
                  Need *ret) {
        const Question question = fake_question(gateway, module, action);

        policy_need(&question, 1, rule, ret);
}

/* One row a module; the real one is tested with the whole daemon. */
void gateway_outlook(const Gateway *gateway, Plan *ret) {
        ret->n = 0;
        for (size_t i = 0; i < gateway->n_modules; i++) {
                PlanRow *row = &ret->rows[ret->n++];
                Forecast forecast;

                gateway_forecast(gateway, &gateway->modules[i], ACTION_INSTALL, &forecast);
                *row = (PlanRow) { .at = i == 1 ? 0 : forecast.at,
                                   .module = &gateway->modules[i],
                                   .kind = PLAN_WOULD,
                                   .action = "install",
                                   .sure = i == 0,
                                   .text = "install would be accepted from here on" };
                if (i > 0)
                        (void) TEXT_COPY(row->depends, "the server offering one");
        }
}

void gateway_verdicts(const Gateway *gateway, usec_t realtime, Plan *ret) {
        ret->n = 1;
        ret->rows[0] = (PlanRow) { .at = realtime,
                                   .module = &gateway->modules[0],
                                   .kind = PLAN_VERDICT,
                                   .action = "install",
                                   .text = "install would not be accepted",
                                   .depends = "decision: ask: waiting for a person" };
}

static const char *const fake_plan_kinds[] = {
        [PLAN_WOULD] = "would",
        [PLAN_VERDICT] = "verdict",
};
DEFINE_STRING_TABLE(plan_kind, PlanKind, fake_plan_kinds)

const char *module_name(const Module *module) {
        return module->record.name;
}

size_t module_index(const Module *module) {
        return module->index;
}

static const char *const fake_order_kinds[] = {
        [ORDER_CONNECT] = "connect",   [ORDER_DISCONNECT] = "disconnect",
        [ORDER_ACCEPT] = "accept",     [ORDER_DEFER] = "defer",
        [ORDER_UPDATE] = "update",     [ORDER_CANCEL] = "cancel",
        [ORDER_SUSPEND] = "suspend",   [ORDER_RESUME] = "resume",
        [ORDER_REGISTER] = "register",
};
DEFINE_STRING_TABLE(order_kind, OrderKind, fake_order_kinds)

static const char *const fake_job_sources[] = {
        [JOB_SOURCE_SERVER] = "server",       [JOB_SOURCE_PERSON] = "person",
        [JOB_SOURCE_MODULE] = "module",       [JOB_SOURCE_FILE] = "file",
        [JOB_SOURCE_CATALOGUE] = "catalogue", [JOB_SOURCE_AUTOMATIC] = "automatic",
};
DEFINE_STRING_TABLE(job_source, JobSource, fake_job_sources)

static const char *const fake_settings_orders[] = {
        [SETTINGS_SHOW] = "show",
        [SETTINGS_SAVE] = "save",
        [SETTINGS_DIFF] = "diff",
        [SETTINGS_RESTORE] = "restore",
};
DEFINE_STRING_TABLE(settings_order, SettingsOrder, fake_settings_orders)

static const char *const fake_registration_states[] = {
        [REGISTRATION_UNKNOWN] = "unknown", [REGISTRATION_DOUBTFUL] = "doubtful",
        [REGISTRATION_ASKED] = "asked",     [REGISTRATION_DONE] = "done",
        [REGISTRATION_FAILED] = "failed",
};
DEFINE_STRING_TABLE(registration_state, RegistrationState, fake_registration_states)

/* building one */

static inline void fake_gateway_add_package(Settings *settings, const char *from, const char *to) {
        PackageSettings *package = &settings->packages[settings->n_packages++];

        (void) TEXT_COPY(package->family, "hl78xx");
        (void) TEXT_COPY(package->from, from);
        (void) TEXT_COPY(package->to, to);
}

static inline Module *fake_gateway_add(Gateway *gateway, Settings *settings, const char *name,
                                       const Family *family) {
        size_t index = gateway->n_modules++;
        ModuleSettings *module_settings = &settings->modules[index];
        Module *module = &gateway->modules[index];

        settings->n_modules = gateway->n_modules;
        gateway->settings = settings;
        gateway->storage_ok = true;
        gateway->now = clock_now();
        gateway->zone = (ZoneOffsets) { .n = 1 };
        *module = (Module) { .gateway = gateway, .index = index };
        (void) TEXT_COPY(module_settings->name, name);
        (void) TEXT_COPY(module->record.name, name);
        (void) TEXT_COPY(module_settings->device, "/dev/ttyUSB2");
        module_settings->family = family;
        policy_init_default(&module_settings->policy);
        return module;
}
