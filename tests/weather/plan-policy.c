/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Policies that the configuration would take, drawn by chance. All moments are multiples of a
 * quarter of an hour, which is what the watch counts in. */

#include <stdio.h>

#include "weather/chance.h"
#include "weather/plan.h"

#define QUARTER 15U /* minutes */
#define QUARTERS_OF_DAY 96U

/* clang-format off */
const PlanPattern plan_patterns[] = {
        /*                      4.3.9, 4.4.14, 4.5.4, 4.6.9 | 144,   154,   164 */
        { "HL7800.4.5.*",     { false, false,  true,  false,  false, false, false } },
        { "HL7800.4.3.*",     { true,  false,  false, false,  false, false, false } },
        { ">=4.5",            { false, false,  true,  true,   true,  true,  true  } },
        { "<4.6",             { true,  true,   true,  false,  false, false, false } },
        { ">=4.4 <4.6",       { false, true,   true,  false,  false, false, false } },
        { "BHL7800.4.3.9.0",  { true,  false,  false, false,  false, false, false } },
        { ">=10.00.150",      { false, false,  false, false,  false, true,  true  } },
        { "10.00.14*",        { false, false,  false, false,  true,  false, false } },
        { "!=10.00.154",      { true,  true,   true,  true,   true,  false, true  } },
};
/* clang-format on */
const size_t plan_n_patterns = ELEMENTSOF(plan_patterns);

static void make_window(Window *window, uint64_t *chance) {
        const unsigned start = chance_below(chance, QUARTERS_OF_DAY);
        const unsigned quarters = chance_percent(chance, 60) ? 1 + chance_below(chance, 16) :
                                                               1 + chance_below(chance, 95);
        unsigned end = (start + quarters) % QUARTERS_OF_DAY;

        if (end == 0)
                end = QUARTERS_OF_DAY;
        window->weekdays =
                (uint8_t) (chance_percent(chance, 50) ? 0x7f : 1 + chance_below(chance, 0x7f));
        window->start_min = (uint16_t) (start * QUARTER);
        window->end_min = (uint16_t) (end * QUARTER);
}

static unsigned window_minutes(const Window *window) {
        return window->end_min > window->start_min ?
                       (unsigned) (window->end_min - window->start_min) :
                       1440U + window->end_min - window->start_min;
}

static void make_windows(ActionPolicy *policy, Action action, uint64_t *chance) {
        unsigned longest = QUARTER;

        policy->n_windows = chance_percent(chance, 50) ? 0 : 1 + chance_below(chance, 3);
        for (size_t i = 0; i < policy->n_windows; i++) {
                make_window(policy->windows + i, chance);
                longest = MAX_OF(longest, window_minutes(policy->windows + i));
        }
        if (action == ACTION_INSTALL)
                policy->fits = QUARTER * chance_below(chance, 5) * USEC_PER_MINUTE;
        policy->fits = MIN_OF(policy->fits, longest * USEC_PER_MINUTE);
}

/* Only where every window has room for it. */
static void make_jitter(ActionPolicy *policy, uint64_t *chance) {
        const usec_t jitter = chance_percent(chance, 50) ? USEC_PER_HOUR : 20 * USEC_PER_MINUTE;
        const usec_t least = jitter + MAX_OF(policy->fits, USEC_PER_MINUTE);

        if (policy->n_windows == 0 || chance_percent(chance, 70))
                return;
        for (size_t i = 0; i < policy->n_windows; i++)
                if (window_minutes(policy->windows + i) * USEC_PER_MINUTE < least)
                        return;
        policy->jitter = jitter;
}

static void make_deadline(ActionPolicy *policy, uint64_t *chance) {
        static const usec_t deadlines[] = { 30 * USEC_PER_MINUTE, 6 * USEC_PER_HOUR, USEC_PER_DAY,
                                            3 * USEC_PER_DAY };

        if (chance_percent(chance, 60))
                return;
        policy->deadline = deadlines[chance_below(chance, ELEMENTSOF(deadlines))];
        policy->on_deadline = (OnDeadline) chance_below(chance, _ON_DEADLINE_MAX);
}

static void make_action(ActionPolicy *policy, Action action, uint64_t *chance) {
        const bool package = action == ACTION_DOWNLOAD || action == ACTION_INSTALL;
        const unsigned percent = chance_below(chance, 100);

        policy->decision = percent < 60 ? DECISION_ACCEPT :
                           percent < 90 ? DECISION_ASK :
                                          DECISION_DEFER;
        policy->defer = chance_percent(chance, 70) ?
                                DEFER_DEFAULT :
                                chance_span(chance, USEC_PER_MINUTE, USEC_PER_DAY);
        make_windows(policy, action, chance);
        make_jitter(policy, chance);
        make_deadline(policy, chance);
        if (package && chance_percent(chance, 20))
                policy->max_size_bytes = 20000;
        if (package && chance_percent(chance, 20))
                policy->min_rssi_dbm = -95;
        policy->no_roaming = package && chance_percent(chance, 20);
}

static void make_versions(VersionRules *from, uint64_t *chance) {
        VersionList *list = chance_percent(chance, 50) ? &from->allow : &from->deny;

        if (chance_percent(chance, 80))
                return;
        list->n = 1 + chance_below(chance, 2);
        for (size_t i = 0; i < list->n; i++)
                (void) TEXT_COPY(
                        list->patterns[i],
                        plan_patterns[chance_below(chance, (unsigned) plan_n_patterns)].text);
}

/* A session is wanted for everything, so mostly it is let be. */
static void make_policy(Policy *policy, bool telit, uint64_t *chance) {
        ActionPolicy *actions = policy->actions;

        policy_init_default(policy);
        (void) TEXT_COPY(policy->name, "drawn");
        if (chance_percent(chance, 20))
                make_action(actions + ACTION_CONNECT, ACTION_CONNECT, chance);
        make_action(actions + ACTION_DOWNLOAD, ACTION_DOWNLOAD, chance);
        make_action(actions + ACTION_INSTALL, ACTION_INSTALL, chance);
        actions[ACTION_REBOOT] = actions[ACTION_INSTALL];
        actions[ACTION_REBOOT].fits = 0;
        actions[ACTION_REBOOT].max_size_bytes = 0;
        actions[ACTION_REBOOT].min_rssi_dbm = 0;
        actions[ACTION_REBOOT].no_roaming = false;
        if (telit) /* its size is never told */
                actions[ACTION_DOWNLOAD].max_size_bytes = actions[ACTION_INSTALL].max_size_bytes =
                        0;
        make_versions(&policy->from, chance);
}

static void make_uplink(const Plan *plan, GatewaySettings *gateway, uint64_t *chance) {
        const unsigned module = chance_below(chance, (unsigned) plan->n_modules);

        if (chance_percent(chance, 75))
                return;
        (void) snprintf(gateway->uplink_module, sizeof(gateway->uplink_module), "modem%u", module);
        if (chance_percent(chance, 70))
                (void) TEXT_COPY(gateway->other_interface, PLAN_OTHER_PATH);
}

void plan_make_config(const Plan *plan, PlanConfig *config, uint64_t seed) {
        uint64_t chance = seed;

        config->gateway.concurrent_installs =
                1 + chance_below(&chance, chance_percent(&chance, 60) ? 1 : 3);
        config->gateway.keep_online =
                chance_percent(&chance, 50) ? 0 : chance_below(&chance, (unsigned) plan->n_modules);
        if (chance_percent(&chance, 25))
                config->gateway.soak = chance_span(&chance, USEC_PER_HOUR, 2 * USEC_PER_DAY);
        config->gateway.trusted_time =
                chance_percent(&chance, 85) ? TRUSTED_TIME_PLAUSIBLE : TRUSTED_TIME_NONE;
        for (size_t i = 0; i < plan->n_modules; i++)
                make_policy(config->policies + i, plan->modules[i].telit, &chance);
        make_uplink(plan, &config->gateway, &chance);
        if (chance_percent(&chance, 15))
                config->gateway.trusted_time = TRUSTED_TIME_SYNCHRONIZED;
}

static void print_action(const ActionPolicy *policy, Action action) {
        char text[WINDOW_TEXT_MAX], span[SPAN_TEXT_MAX];

        printf("    %s: %s", action_to_string(action), decision_to_string(policy->decision));
        for (size_t i = 0; i < policy->n_windows; i++)
                printf(" [%s]", window_format(text, policy->windows + i));
        if (policy->n_windows > 0 && action == ACTION_INSTALL)
                printf(" fits %s", span_format(span, policy->fits));
        if (policy->jitter)
                printf(" jitter %s", span_format(span, policy->jitter));
        if (policy->deadline)
                printf(" deadline %s %s", span_format(span, policy->deadline),
                       on_deadline_to_string(policy->on_deadline));
        if (policy->max_size_bytes)
                printf(" max_size %llu", (unsigned long long) policy->max_size_bytes);
        if (policy->min_rssi_dbm)
                printf(" min_rssi_dbm %d", policy->min_rssi_dbm);
        printf("%s\n", policy->no_roaming ? " roaming false" : "");
}

static void print_versions(const char *key, const VersionList *list) {
        for (size_t i = 0; i < list->n; i++)
                printf("    from.%s %s\n", key, list->patterns[i]);
}

void plan_print_config(const Plan *plan, const PlanConfig *config) {
        char soak[SPAN_TEXT_MAX];

        printf("  concurrent_installs %u, keep_online %u, soak %s, trusted_time %s\n",
               config->gateway.concurrent_installs, config->gateway.keep_online,
               span_format(soak, config->gateway.soak),
               trusted_time_to_string(config->gateway.trusted_time));
        if (config->gateway.uplink_module[0])
                printf("  uplink_module %s, other_path %s\n", config->gateway.uplink_module,
                       config->gateway.other_interface[0] ? config->gateway.other_interface :
                                                            "none");
        for (size_t i = 0; i < plan->n_modules; i++) {
                printf("  policy of modem%zu:\n", i);
                print_action(config->policies[i].actions + ACTION_CONNECT, ACTION_CONNECT);
                print_action(config->policies[i].actions + ACTION_DOWNLOAD, ACTION_DOWNLOAD);
                print_action(config->policies[i].actions + ACTION_INSTALL, ACTION_INSTALL);
                print_versions("allow", &config->policies[i].from.allow);
                print_versions("deny", &config->policies[i].from.deny);
        }
}
