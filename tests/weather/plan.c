/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See plan.h. What is drawn is meant to be what a field has: mostly usual, now and then at the edge
 * of what the documents leave open. */

#include <stdio.h>

#include "weather/chance.h"
#include "weather/happening.h"

/* Days whose weeks have something: an ordinary week, clocks set back and forward in Europe, in the
 * United States, and on Lord Howe Island by half an hour, and a new year. */
static const usec_t starts_sec[] = {
        1795392000, /* Mon 2026-11-23 */
        1792886400, /* Sun 2026-10-25, Europe goes back at 01:00 UTC */
        1806105600, /* Fri 2027-03-26, Europe goes forward on Sunday */
        1793318400, /* Fri 2026-10-30, the United States go back on Sunday */
        1804896000, /* Fri 2027-03-12, they go forward on Sunday */
        1790899200, /* Fri 2026-10-02, Lord Howe goes forward on Sunday */
        1798416000, /* Mon 2026-12-28 */
};

static const char *const timezones[] = {
        "UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
};

const char *const plan_versions[PLAN_VERSIONS] = {
        "BHL7800.4.3.9.0", "HL7800.4.4.14.0", "HL7800.4.5.4.0", "HL7800.4.6.9.4",
        "10.00.144",       "10.00.154",       "10.00.164",
};

/* modules */

static usec_t pick_span(uint64_t *chance, const usec_t *spans, size_t n) {
        return spans[chance_below(chance, (unsigned) n)];
}

static void make_timings(SimScenario *scenario, uint64_t *chance) {
        static const usec_t installs[] = { 30 * USEC_PER_SEC, 2 * USEC_PER_MINUTE,
                                           5 * USEC_PER_MINUTE, 9 * USEC_PER_MINUTE };
        static const usec_t downloads[] = { 20 * USEC_PER_SEC, 3 * USEC_PER_MINUTE,
                                            8 * USEC_PER_MINUTE };
        static const usec_t reissues[] = { 20 * USEC_PER_MINUTE, 3 * USEC_PER_HOUR, USEC_INFINITY };
        SimTimings *timings = &scenario->timings;

        timings->install = pick_span(chance, installs, ELEMENTSOF(installs));
        timings->download = pick_span(chance, downloads, ELEMENTSOF(downloads));
        timings->reissue = pick_span(chance, reissues, ELEMENTSOF(reissues));
        timings->verify = chance_span(chance, 2 * USEC_PER_SEC, 90 * USEC_PER_SEC);
        timings->boot = chance_span(chance, 3 * USEC_PER_SEC, 20 * USEC_PER_SEC);
        timings->answer = chance_span(chance, USEC_PER_MSEC, 300 * USEC_PER_MSEC);
}

/* Where the documents leave it open. */
static void make_dialect(SimScenario *scenario, uint64_t *chance) {
        scenario->early_answer = chance_percent(chance, 50) ? SIM_ANSWER_ACCEPT : SIM_ANSWER_ERROR;
        scenario->late_grant =
                chance_percent(chance, 50) ? SIM_LATE_GRANT_CONNECT : SIM_LATE_GRANT_WAIT;
        scenario->ok_after_install_grant = chance_percent(chance, 70);
        scenario->install_event = chance_percent(chance, 70);
        scenario->certified_after_grant = chance_percent(chance, 20);
        scenario->reports_result = chance_percent(chance, 70);
        scenario->offer_order =
                chance_percent(chance, 70) ? SIM_ORDER_SIZE_FIRST : SIM_ORDER_REQUEST_FIRST;
        scenario->store_order =
                chance_percent(chance, 50) ? SIM_ORDER_CERTIFIED_FIRST : SIM_ORDER_STORED_FIRST;
        scenario->boot_order =
                chance_percent(chance, 50) ? SIM_ORDER_RESULT_FIRST : SIM_ORDER_READY_FIRST;
        scenario->progress_style = (SimProgressStyle) chance_below(chance, 3);
        scenario->port = chance_percent(chance, 30) ? SIM_PORT_USB : SIM_PORT_UART;
        scenario->boot_junk = chance_percent(chance, 20);
        scenario->wdsg = chance_percent(chance, 80);
        scenario->telit.delay = chance_percent(chance, 20);
        scenario->telit.otaev_style = (SimOtaevStyle) chance_below(chance, 3);
        scenario->telit.autobaud_loss = chance_percent(chance, 20);
}

static void make_requests(SimScenario *scenario, uint64_t *chance, usec_t span) {
        if (!chance_percent(chance, 10))
                return;
        scenario->n_requests = 1;
        scenario->requests[0] = (SimPlannedRequest) {
                .at = chance_span(chance, USEC_PER_HOUR, span),
                .action = chance_percent(chance, 70) ? SIM_ACTION_REBOOT : SIM_ACTION_UNINSTALL,
        };
}

static void make_hl78xx(PlanModule *module, uint64_t *chance, usec_t span) {
        const unsigned version = chance_below(chance, PLAN_VERSIONS_HL78XX - 1);

        sim_scenario_init(&module->scenario);
        (void) TEXT_COPY(module->scenario.firmware, plan_versions[version]);
        if (chance_percent(chance, 25))
                module->session_mode = SESSION_ALWAYS;
        else if (chance_percent(chance, 20)) {
                module->session_mode = SESSION_POLL;
                module->poll_minutes = 60 * (1 + chance_below(chance, 24));
        }
        if (module->session_mode == SESSION_ALWAYS && chance_percent(chance, 30))
                module->session_renew = chance_span(chance, USEC_PER_HOUR, USEC_PER_DAY);
        make_requests(&module->scenario, chance, span);
}

static void make_telit(PlanModule *module, uint64_t *chance) {
        static const SimProtocol protocols[_TELIT_PROTOCOL_MAX] = {
                [TELIT_SMS] = SIM_PROTOCOL_SMS,
                [TELIT_COMBINED] = SIM_PROTOCOL_COMBINED,
                [TELIT_TCP] = SIM_PROTOCOL_TCP,
        };

        module->telit = true;
        module->protocol = (TelitProtocol) chance_below(chance, _TELIT_PROTOCOL_MAX);
        sim_scenario_init_family(&module->scenario, SIM_FAMILY_TELIT);
        (void) TEXT_COPY(module->scenario.firmware, plan_versions[PLAN_VERSIONS_HL78XX]);
        module->scenario.telit.protocol = protocols[module->protocol];
}

static void make_module(Plan *plan, size_t index, uint64_t seed) {
        PlanModule *module = plan->modules + index;
        SimScenario *scenario = &module->scenario;
        uint64_t chance = seed;

        if (chance_percent(&chance, 70))
                make_hl78xx(module, &chance, plan->span);
        else
                make_telit(module, &chance);
        make_timings(scenario, &chance);
        make_dialect(scenario, &chance);
        (void) snprintf(scenario->imei, sizeof(scenario->imei), "35412345678900%zu", index);
        (void) snprintf(scenario->iccid, sizeof(scenario->iccid), "8933012345678901234%zu", index);
        (void) snprintf(scenario->imsi, sizeof(scenario->imsi), "20801123456789%zu", index);
}

/* happenings */

static unsigned pick_kind(uint64_t *chance) {
        unsigned weight = 0;

        for (unsigned kind = 0; kind < happening_n_kinds; kind++)
                weight += happening_kinds[kind].weight;
        weight = chance_below(chance, weight);
        for (unsigned kind = 0;; kind++) {
                if (weight < happening_kinds[kind].weight)
                        return kind;
                weight -= happening_kinds[kind].weight;
        }
}

static int by_time(const void *a, const void *b) {
        const Happening *first = a, *second = b;

        return (first->at > second->at) - (first->at < second->at);
}

/* Some weeks are quiet, some are not. Half of what happens comes soon after something else, to the
 * same module, when something is going on. */
static void make_happenings(Plan *plan, uint64_t *chance) {
        const size_t most = plan->n_modules * (chance_percent(chance, 30) ? 6 : 20);
        const Happening *last = NULL;

        plan->n_happenings = MIN_OF((size_t) PLAN_HAPPENINGS_MAX, 2 + most);
        for (size_t i = 0; i < plan->n_happenings; i++) {
                Happening *happening = plan->happenings + i;
                uint64_t own = chance_next(chance);
                const bool follows = last && chance_percent(&own, 50);

                happening->kind = pick_kind(&own);
                happening->module =
                        follows ? last->module : chance_below(&own, (unsigned) plan->n_modules);
                happening->at = follows ? last->at + chance_span(&own, 0, 10 * USEC_PER_MINUTE) :
                                          chance_span(&own, 0, plan->span);
                happening->at = MIN_OF(happening->at, plan->span);
                happening->span = chance_span(&own, happening_kinds[happening->kind].span_min,
                                              happening_kinds[happening->kind].span_max);
                happening->seed = chance_next(&own);
                last = happening;
        }
        qsort(plan->happenings, plan->n_happenings, sizeof(plan->happenings[0]), by_time);
}

/* all of it */

static void make_clock(Plan *plan, uint64_t *chance) {
        plan->realtime = starts_sec[chance_below(chance, ELEMENTSOF(starts_sec))] * USEC_PER_SEC +
                         chance_span(chance, 0, USEC_PER_DAY);
        plan->build_time = plan->realtime - 30 * USEC_PER_DAY;
        if (chance_percent(chance, 10)) /* no battery: it begins in 1970 */
                plan->clock_behind = plan->realtime - chance_span(chance, 0, USEC_PER_HOUR);
}

static void let_be(Policy *policy) {
        policy->from = policy->to = (VersionRules) { 0 };
        for (Action action = 0; action < _ACTION_MAX; action++)
                policy->actions[action].max_size_bytes = 0;
}

/* What waits for months is not asked for every few minutes, and mostly it need not: somebody comes
 * by, and on most gateways no rule is there that nobody can go around. */
static void make_patient(Plan *plan, uint64_t *chance) {
        plan->telit_look = 2 * USEC_PER_DAY;
        plan->visits = chance_percent(chance, 95) ? 3 * USEC_PER_DAY : 60 * USEC_PER_DAY;
        for (size_t i = 0; i < PLAN_CONFIGS && plan->visits < 7 * USEC_PER_DAY; i++)
                for (size_t k = 0; k < plan->n_modules; k++)
                        let_be(plan->configs[i].policies + k);
        for (size_t i = 0; i < plan->n_modules; i++) {
                SimTimings *timings = &plan->modules[i].scenario.timings;

                timings->reissue = MAX_OF(timings->reissue, USEC_PER_DAY);
                for (size_t k = 0; k < PLAN_CONFIGS * _ACTION_MAX; k++)
                        plan->configs[k % PLAN_CONFIGS]
                                .policies[i]
                                .actions[k / PLAN_CONFIGS]
                                .defer = USEC_PER_DAY;
        }
}

static usec_t pick_length(uint64_t seed, uint64_t *chance) {
        if (seed >= PLAN_YEARS)
                return 365 * USEC_PER_DAY;
        return chance_percent(chance, 90) ? 7 * USEC_PER_DAY : 9 * USEC_PER_DAY;
}

void plan_make(Plan *plan, uint64_t seed) {
        uint64_t chance = chance_mix(seed + 1);

        *plan = (Plan) { .seed = seed };
        plan->span = pick_length(seed, &chance);
        plan->real_store = chance_percent(&chance, 3);
        plan->loses = plan->real_store && seed % 2;
        plan->calm = chance_percent(&chance, 20);
        plan->keeps_descriptors = chance_percent(&chance, 50);
        if (chance_percent(&chance, 95)) /* most of what is said otherwise */
                plan->telit_look = 6 * USEC_PER_HOUR;
        plan->spool_max_reports = chance_percent(&chance, 50) ? 60 : 500;
        make_clock(plan, &chance);
        plan->n_modules =
                1 + chance_below(&chance, chance_percent(&chance, 75) ? 2 : PLAN_MODULES_MAX);
        for (size_t i = 0; i < plan->n_modules; i++)
                make_module(plan, i, chance_next(&chance));
        for (size_t i = 0; i < PLAN_CONFIGS; i++) {
                const char *timezone = timezones[chance_below(&chance, ELEMENTSOF(timezones))];

                plan_make_config(plan, plan->configs + i, chance_next(&chance));
                (void) TEXT_COPY(plan->configs[i].gateway.timezone,
                                 i == 0 ? timezone : plan->configs[0].gateway.timezone);
        }
        make_happenings(plan, &chance);
        if (seed >= PLAN_YEARS)
                make_patient(plan, &chance);
}

void plan_configure(const Plan *plan, size_t config, Settings *settings) {
        settings->gateway = plan->configs[config].gateway;
        settings->uplink.enabled = true;
        settings->uplink.reports = REPORT_KINDS_ALL;
        settings->uplink.spool_max_reports = plan->spool_max_reports;
        settings->uplink.spool_max_age = 30 * USEC_PER_DAY;
        for (size_t i = 0; i < plan->n_modules; i++) {
                ModuleSettings *module = settings->modules + i;

                module->policy = plan->configs[config].policies[i];
                module->session_mode = plan->modules[i].session_mode;
                module->session_renew = plan->modules[i].session_renew;
                module->family_settings.poll_minutes = plan->modules[i].poll_minutes;
        }
}

static void print_module(const PlanModule *module, size_t index) {
        printf("  modem%zu: %s%s%s from %s\n", index, module->telit ? "telit " : "hl78xx",
               module->telit ? telit_protocol_to_string(module->protocol) : "",
               module->scenario.port == SIM_PORT_USB ? ", usb," : "", module->scenario.firmware);
}

static bool reloads(const Plan *plan) {
        for (size_t i = 0; i < plan->n_happenings; i++)
                if (!plan->happenings[i].left_out &&
                    happening_kinds[plan->happenings[i].kind].begin == person_reloads)
                        return true;
        return false;
}

void plan_print(const Plan *plan) {
        char span[SPAN_TEXT_MAX], at[ISO_TEXT_MAX];

        printf("  seed %llu: %zu modules for %s from %s, %s\n", (unsigned long long) plan->seed,
               plan->n_modules, span_format(span, plan->span), iso_format(at, plan->realtime, 0),
               plan->configs[0].gateway.timezone);
        for (size_t i = 0; i < plan->n_modules; i++)
                print_module(plan->modules + i, i);
        plan_print_config(plan, plan->configs);
        if (reloads(plan)) {
                printf("  after a reload:\n");
                plan_print_config(plan, plan->configs + 1);
        }
        for (size_t i = 0; i < plan->n_happenings; i++)
                if (!plan->happenings[i].left_out)
                        happening_print(plan->happenings + i, i);
}
