/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is going to happen: the earliest moment of one verdict, the plan for all modules, and the
 * policies behind them.
 *
 * Owns nothing and changes nothing, so nobody is turned away. The rows of a plan are many: they are
 * on the heap for the time of the call. Signatures are at the vtables of object.c and manager.c. */

#include "control/connection.h"
#include "core/plan.h"

/* Of a moment that somebody asks about; 0: now. */
static int read_moment(sd_bus_message *message, usec_t now, usec_t *ret, sd_bus_error *error) {
        int r;

        r = sd_bus_message_read(message, "t", ret);
        if (r < 0)
                return r;
        if (*ret == 0)
                return 0;
        if (*ret < now)
                return sd_bus_error_set(error, FOTAD_ERROR_INVALID,
                                        "that moment is past: ask for one that is to come");
        if (*ret > usec_add(now, FORECAST_SPAN))
                return sd_bus_error_set(error, FOTAD_ERROR_INVALID,
                                        "that moment is more than 400 days ahead");
        return 0;
}

static int append_need(sd_bus_message *reply, Rule rule, const Need *need) {
        int r;

        r = sd_bus_message_open_container(reply, 'r', "sst");
        if (r < 0)
                return r;
        r = append_text(reply, rule_to_string(rule));
        if (r < 0)
                return r;
        r = append_text(reply, need->event); /* it has the words of others */
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "t", need->latest);
        if (r < 0)
                return r;
        return sd_bus_message_close_container(reply);
}

/* "a(sst)": rule, what has to happen, by when it does at the latest */
static int append_needs(sd_bus_message *reply, const ModuleObject *object, Action action,
                        RuleSet needs) {
        const Gateway *gateway = object->connection->control->gateway;
        Need need;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "(sst)");
        if (r < 0)
                return r;
        for (int i = 0; i < _RULE_MAX; i++) {
                if (!rule_set_has(needs, (Rule) i))
                        continue;
                gateway_need(gateway, object->module, action, (Rule) i, &need);
                r = append_need(reply, (Rule) i, &need);
                if (r < 0)
                        return r;
        }
        return sd_bus_message_close_container(reply);
}

static int append_outlook(sd_bus_message *reply, const ModuleObject *object, Action action,
                          usec_t at, const Forecast *forecast) {
        ModuleView view;
        int r;

        gateway_view(object->connection->control->gateway, object->module, &view);
        const Field fields[] = {
                { "at", 't', .number = (int64_t) at },
                { "earliest", 't', .number = (int64_t) forecast->at },
                { "consented", 't', .number = (int64_t) forecast->consented },
                { "policy", 's', .text = view.settings->policy.name },
                { "policy_version", 's', .text = view.policy_version },
        };

        r = append_needs(reply, object, action, forecast->needs);
        if (r < 0)
                return r;
        r = append_needs(reply, object, action, forecast->consented_needs);
        if (r < 0)
                return r;
        return append_dictionary(reply, fields, ELEMENTSOF(fields));
}

int method_explain_at(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        ModuleObject *object = userdata;
        Control *control = object->connection->control;
        Verdict verdict = {};
        Forecast forecast;
        Action action = ACTION_INSTALL;
        usec_t at;
        int r;

        r = read_explained_action(message, object, &action, error);
        if (r < 0)
                return r;
        const usec_t now = control_turn(control).realtime;
        r = read_moment(message, now, &at, error);
        if (r < 0)
                return r;
        gateway_judge_at(control->gateway, object->module, action, at, &verdict);
        gateway_forecast(control->gateway, object->module, action, &forecast);
        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;
        r = append_verdict(reply, action, &verdict);
        if (r < 0)
                return r;
        r = append_outlook(reply, object, action, MAX_OF(at, now), &forecast);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

static int append_plan_row(sd_bus_message *reply, const void *plan, size_t i) {
        const PlanRow *row = &((const Plan *) plan)->rows[i];
        int r;

        r = sd_bus_message_open_container(reply, 'r', "tsssbss");
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "tsssb", row->at, module_name(row->module),
                                  plan_kind_to_string(row->kind), row->action, (int) row->sure);
        if (r < 0)
                return r;
        r = append_text(reply, row->text);
        if (r < 0)
                return r;
        r = append_text(reply, row->depends);
        if (r < 0)
                return r;
        return sd_bus_message_close_container(reply);
}

int method_plan(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Control *control = ((Connection *) userdata)->control;
        const usec_t now = control_turn(control).realtime;
        _cleanup_free_ Plan *plan = NULL;
        usec_t at;
        int r;

        r = read_moment(message, now, &at, error);
        if (r < 0)
                return r;
        plan = malloc(sizeof(*plan));
        if (!plan)
                return -ENOMEM;
        if (at > 0)
                gateway_verdicts(control->gateway, at, plan);
        else
                gateway_outlook(control->gateway, plan);
        return reply_array(message, "(tsssbss)", append_plan_row, plan, plan->n);
}

static bool is_told(char (*told)[POLICY_VERSION_MAX], size_t n, const char *version) {
        for (size_t i = 0; i < n; i++)
                if (streq(told[i], version))
                        return true;
        return false;
}

static int append_policy(sd_bus_message *reply, const Policy *policy, const char *version) {
        char rules[POLICY_TEXT_MAX];
        Text text;

        text_init(&text, rules, sizeof(rules));
        policy_write(policy, &text);
        return append_texts(reply, (const char *const[]) { version, policy->name, rules }, 3);
}

int property_get_policies(sd_bus *bus _unused_, const char *path _unused_,
                          const char *interface _unused_, const char *property _unused_,
                          sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        const Gateway *gateway = ((Connection *) userdata)->control->gateway;
        char told[MODULES_MAX][POLICY_VERSION_MAX];
        size_t n = 0;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "(sss)");
        if (r < 0)
                return r;
        for (size_t i = 0; i < gateway_n_modules(gateway); i++) {
                ModuleView view;

                gateway_view(gateway, gateway_module(gateway, i), &view);
                if (is_told(told, n, view.policy_version))
                        continue;
                (void) TEXT_COPY(told[n], view.policy_version);
                n++;
                r = append_policy(reply, &view.settings->policy, view.policy_version);
                if (r < 0)
                        return r;
        }
        return sd_bus_message_close_container(reply);
}
