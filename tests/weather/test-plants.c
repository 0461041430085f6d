/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A watch that never barks proves nothing: bugs on purpose, one for every law and more, each of
 * which must be caught by its law within a bounded number of weeks. Each stands in the way of one
 * of fotad's own functions, put there by the linker (--wrap, see the Makefile), so that src/ has no
 * trace of them. */

#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

#include "core/frame.h"
#include "core/turn.h"
#include "test.h"
#include "uplink/uplink.h"
#include "weather/run.h"

#define LATE (2 * USEC_PER_HOUR)
#define WEEKS_MAX 300

typedef enum Plant {
        PLANT_NONE,
        PLANT_WINDOWS,    /* nobody looks at windows */
        PLANT_DECISION,   /* ask and defer are accept */
        PLANT_DEFERRAL,   /* a person's deferral is not looked at */
        PLANT_DEADLINE,   /* it is over too early */
        PLANT_YES,        /* a person's yes never ends */
        PLANT_SPAN,       /* what people say ends by the wall clock */
        PLANT_INHIBITOR,  /* inhibitors are not looked at */
        PLANT_JITTER,     /* ... nor is jitter */
        PLANT_SIZE,       /* max_size is not looked at */
        PLANT_VERSION,    /* ... nor is from */
        PLANT_RADIO,      /* ... nor require */
        PLANT_UPLINK,     /* the module that carries the uplink is one like any other */
        PLANT_LAST,       /* ... or does not wait for those that install */
        PLANT_WAY,        /* reports leave through it while it installs */
        PLANT_PROOF,      /* ... and its other path is taken for proven */
        PLANT_CLOCK,      /* every clock is trusted */
        PLANT_FITS,       /* a window that is about to close will do */
        PLANT_FORCE,      /* every deadline forces */
        PLANT_TWICE,      /* a line that came twice is two requests */
        PLANT_SLOTS,      /* installs that run are not counted */
        PLANT_REBOOTS,    /* ... nor reboots */
        PLANT_ONLINE,     /* keep_online is not looked at */
        PLANT_NETWORK,    /* ... and every module taken for registered */
        PLANT_BARRIER,    /* after a start nobody waits for the others */
        PLANT_FLASHING,   /* the signal is read whenever there is a turn */
        PLANT_PROMPT,     /* a request is looked at after a minute */
        PLANT_DEAF,       /* every third request is not heard */
        PLANT_JOB,        /* no job expires */
        PLANT_TOLD_TWICE, /* some events are told twice */
        PLANT_UNTOLD,     /* ... and some not at all */
        PLANT_UNREPORTED, /* ... have no report */
        PLANT_DOUBLED,    /* ... or two */
        PLANT_UNSENT,     /* a report is done with before it is sent */
        PLANT_FORGETFUL,  /* what people order is not written down */
        PLANT_UNSYNCED,   /* commits are not synced */
        PLANT_PASSED,     /* ... or may fail, and pass */
        PLANT_NO_INTENT,  /* an order leaves without its row */
        PLANT_NUMBERS,    /* numbers of events begin a little before the last one */
        PLANT_FCNT_UP,    /* FCntUp is not kept over a restart */
        PLANT_JOBS,       /* nor are the numbers of jobs, ... */
        PLANT_ACTS,       /* ... nor of what was said to a module, */
        PLANT_REPORTS,    /* ... nor of reports */
        PLANT_WORD,       /* the module's word is proof */
        PLANT_SPOOL,      /* nobody counts what the outbox holds */
        PLANT_LEASE,      /* whose owner lets go, that inhibitor stays */
        PLANT_LEASE_TIME, /* ... and so does one whose time is over */
        PLANT_SOAK,       /* soak is not looked at */
        PLANT_PROMISE,    /* what is promised is two hours late */
        PLANT_FORECAST,   /* ... as is what explain tells */
        PLANT_CONSENTED,  /* ... and of a person's yes */
        PLANT_STUCK,      /* a module that does not answer is never asked again */
        _PLANT_MAX,
} Plant;

/* clang-format off */
static const struct {
        const char *name;
        Law law;       /* that catches it */
        uint64_t week; /* ... and did last: looked at first, so that this takes seconds */
} plants[_PLANT_MAX] = {
        [PLANT_WINDOWS]    = { "windows",    LAW_POLICY, 1 },
        [PLANT_DECISION]   = { "decision",   LAW_POLICY, 1 },
        [PLANT_DEFERRAL]   = { "deferral",   LAW_POLICY, 83 },
        [PLANT_DEADLINE]   = { "deadline",   LAW_POLICY, 3 },
        [PLANT_YES]        = { "yes",        LAW_POLICY, 283 },
        [PLANT_SPAN]       = { "span",       LAW_POLICY, 151 },
        [PLANT_INHIBITOR]  = { "inhibitor",  LAW_POLICY, 10 },
        [PLANT_JITTER]     = { "jitter",     LAW_POLICY, 17 },
        [PLANT_SIZE]       = { "size",       LAW_POLICY, 2 },
        [PLANT_VERSION]    = { "version",    LAW_POLICY, 1 },
        [PLANT_RADIO]      = { "radio",      LAW_POLICY, 66 },
        [PLANT_UPLINK]     = { "uplink",     LAW_POLICY, 2 },
        [PLANT_LAST]       = { "last",       LAW_SLOTS, 156 },
        [PLANT_WAY]        = { "way",        LAW_POLICY, 1 },
        [PLANT_PROOF]      = { "proof",      LAW_POLICY, 45 },
        [PLANT_CLOCK]      = { "clock",      LAW_POLICY, 1 },
        [PLANT_FITS]       = { "fits",       LAW_POLICY, 69 },
        [PLANT_FORCE]      = { "force",      LAW_POLICY, 7 },
        [PLANT_TWICE]      = { "twice",      LAW_GRANT, 7 },
        [PLANT_SLOTS]      = { "slots",      LAW_SLOTS, 235 },
        [PLANT_REBOOTS]    = { "reboots",    LAW_SLOTS, 1 },
        [PLANT_ONLINE]     = { "online",     LAW_ONLINE, 3 },
        [PLANT_NETWORK]    = { "network",    LAW_ONLINE, 217 },
        [PLANT_BARRIER]    = { "barrier",    LAW_BARRIER, 116 },
        [PLANT_FLASHING]   = { "flashing",   LAW_FLASHING, 2 },
        [PLANT_PROMPT]     = { "prompt",     LAW_PROMPT, 2 },
        [PLANT_DEAF]       = { "deaf",       LAW_PROMPT, 11 },
        [PLANT_JOB]        = { "job",        LAW_JOB, 10 },
        [PLANT_TOLD_TWICE] = { "told-twice", LAW_ONCE, 1 },
        [PLANT_UNTOLD]     = { "untold",     LAW_ONCE, 1 },
        [PLANT_UNREPORTED] = { "unreported", LAW_ONCE, 1 },
        [PLANT_DOUBLED]    = { "doubled",    LAW_ONCE, 1 },
        [PLANT_UNSENT]     = { "unsent",     LAW_ONCE, 1 },
        [PLANT_FORGETFUL]  = { "forgetful",  LAW_DISK, 1 },
        [PLANT_UNSYNCED]   = { "unsynced",   LAW_DISK, 1 },
        [PLANT_PASSED]     = { "passed",     LAW_DISK, 1 },
        [PLANT_NO_INTENT]  = { "no-intent",  LAW_INTENT, 1 },
        [PLANT_NUMBERS]    = { "numbers",    LAW_NUMBER, 1 },
        [PLANT_FCNT_UP]    = { "fcnt-up",    LAW_NUMBER, 2 },
        [PLANT_JOBS]       = { "jobs",       LAW_NUMBER, 1 },
        [PLANT_ACTS]       = { "acts",       LAW_NUMBER, 1 },
        [PLANT_REPORTS]    = { "reports",    LAW_NUMBER, 1 },
        [PLANT_WORD]       = { "word",       LAW_EVIDENCE, 2 },
        [PLANT_SPOOL]      = { "spool",      LAW_CAP, 1 },
        [PLANT_LEASE]      = { "lease",      LAW_LEASE, 5 },
        [PLANT_LEASE_TIME] = { "lease-time", LAW_LEASE, 270 },
        [PLANT_SOAK]       = { "soak",       LAW_SOAK, 12 },
        [PLANT_PROMISE]    = { "promise",    LAW_PROMISE, 7 },
        [PLANT_FORECAST]   = { "forecast",   LAW_PROMISE, 3 },
        [PLANT_CONSENTED]  = { "consented",  LAW_PROMISE, 3 },
        [PLANT_STUCK]      = { "stuck",      LAW_SETTLED, 15 },
};
/* clang-format on */

static Plant plant; /* the one that is there now */

/* policy */

typeof(policy_judge) __real_policy_judge, __wrap_policy_judge;

static void bend_actions(Policy *policy) {
        for (Action action = 0; action < _ACTION_MAX; action++) {
                ActionPolicy *rules = policy->actions + action;
                if (plant == PLANT_WINDOWS)
                        rules->n_windows = 0;
                if (plant == PLANT_DECISION)
                        rules->decision = DECISION_ACCEPT;
                if (plant == PLANT_JITTER)
                        rules->jitter = 0;
                if (plant == PLANT_FITS)
                        rules->fits = 0;
                if (plant == PLANT_FORCE)
                        rules->on_deadline = DEADLINE_FORCE;
                if (plant == PLANT_SIZE)
                        rules->max_size_bytes = 0;
                if (plant == PLANT_RADIO) {
                        rules->min_rssi_dbm = 0;
                        rules->no_roaming = false;
                }
        }
        if (plant == PLANT_VERSION)
                policy->from = (VersionRules) { 0 };
}

static void bend_question(Question *question) {
        if (plant == PLANT_DEFERRAL)
                question->deferred_until = 0;
        if (plant == PLANT_DEADLINE)
                question->waited *= 2;
        question->clock_trusted |= plant == PLANT_CLOCK;
        question->barrier_open |= plant == PLANT_BARRIER;
        if (plant == PLANT_INHIBITOR)
                question->inhibited.n = 0;
        if (plant == PLANT_SOAK)
                question->soak.span = 0;
        if (plant == PLANT_SLOTS)
                question->installs_running = 0;
        if (plant == PLANT_ONLINE)
                question->keep_online = 0;
        question->uplink.mine &= plant != PLANT_UPLINK;
        if (plant == PLANT_PROOF)
                question->uplink.proven_until = USEC_INFINITY;
}

void __wrap_policy_judge(const Question *question, Verdict *ret) {
        Question bent = *question;
        Policy policy = *question->policy;

        bend_actions(&policy);
        bend_question(&bent);
        bent.policy = &policy;
        __real_policy_judge(&bent, ret);
        if (plant == PLANT_PROMISE && ret->kind != VERDICT_ACCEPT)
                ret->next_change = usec_add(ret->next_change, LATE);
}

typeof(policy_forecast) __real_policy_forecast, __wrap_policy_forecast;
void __wrap_policy_forecast(const Question *questions, size_t n, Forecast *ret) {
        __real_policy_forecast(questions, n, ret);
        if (plant == PLANT_FORECAST && ret->at > questions[0].now.realtime)
                ret->at = usec_add(ret->at, LATE);
        if (plant == PLANT_CONSENTED && ret->consented > questions[0].now.realtime)
                ret->consented = usec_add(ret->consented, LATE);
}

typeof(module_uplink) __real_module_uplink, __wrap_module_uplink;
void __wrap_module_uplink(const Module *module, Question *question) {
        __real_module_uplink(module, question);
        if (plant != PLANT_LAST)
                return;
        question->uplink.first[0] = '\0';
        question->uplink.first_installs = question->uplink.first_loads = false;
        question->uplink.first_until = USEC_INFINITY;
}

typeof(gateway_other_path) __real_gateway_other_path, __wrap_gateway_other_path;
const char *__wrap_gateway_other_path(const Gateway *gateway) {
        return plant == PLANT_WAY ? "" : __real_gateway_other_path(gateway);
}

typeof(consent_end) __real_consent_end, __wrap_consent_end;
usec_t __wrap_consent_end(const Question *questions, size_t n, usec_t realtime) {
        return plant == PLANT_YES ? USEC_INFINITY : __real_consent_end(questions, n, realtime);
}

/* guards */

typeof(is_new_request) __real_is_new_request, __wrap_is_new_request;
bool __wrap_is_new_request(const Module *m) {
        return plant == PLANT_TWICE || __real_is_new_request(m);
}

typeof(is_version_changed) __real_is_version_changed, __wrap_is_version_changed;
bool __wrap_is_version_changed(const Module *m) {
        return (plant == PLANT_WORD && m->heard_installed) || __real_is_version_changed(m);
}

/* requests */

typeof(module_open_request) __real_module_open_request, __wrap_module_open_request;
void __wrap_module_open_request(Module *module, Action action, uint64_t bytes, bool again) {
        if (plant != PLANT_DEAF || module->gateway->now.boottime % 3 != 0)
                __real_module_open_request(module, action, bytes, again);
}

/* the turn */

typeof(module_decide) __real_module_decide, __wrap_module_decide;
void __wrap_module_decide(Module *module) {
        const Request *request = &module->record.request;
        const usec_t now = module->gateway->now.boottime;

        for (size_t i = 0; plant == PLANT_NETWORK && i < module->gateway->n_modules; i++)
                module->gateway->modules[i]->family->findings.registered = TRISTATE_YES;
        if (plant == PLANT_PROMPT && request->open &&
            now < request->asked_boottime + USEC_PER_MINUTE) {
                module->decide_at = request->asked_boottime + USEC_PER_MINUTE;
                return;
        }
        __real_module_decide(module);
}

/* Past everything that keeps still. */
static void read_signal(Module *module) {
        module->family->now = module->gateway->now;
        if (module->port_open && !module->verb_runs && chat_is_idle(module->chat) &&
            module->record.state == STATE_INSTALLING && module->heard_installing)
                module->verb_runs = module->settings->family->start(module->family, VERB_SIGNAL,
                                                                    &(VerbArgs) { 0 }) == 0;
}

typeof(module_let_go) __real_module_let_go, __wrap_module_let_go;
void __wrap_module_let_go(Module *module) {
        __real_module_let_go(module);
        if (plant == PLANT_FLASHING)
                read_signal(module);
}

typeof(module_raise) __real_module_raise, __wrap_module_raise;
void __wrap_module_raise(Module *module, Trigger trigger) {
        if (plant == PLANT_STUCK && trigger == ON_START_FAILED)
                module->state_deadline = USEC_INFINITY;
        else
                __real_module_raise(module, trigger);
}

typeof(fail_expired) __real_fail_expired, __wrap_fail_expired;
void __wrap_fail_expired(Module *m) {
        if (plant == PLANT_JOB)
                m->job_until = USEC_INFINITY;
        else
                __real_fail_expired(m);
}

typeof(gateway_down) __real_gateway_down, __wrap_gateway_down;
unsigned __wrap_gateway_down(const Gateway *gateway, const Module *except,
                             const Module **ret_first) {
        unsigned n = __real_gateway_down(gateway, except, ret_first);

        if (plant != PLANT_REBOOTS)
                return n;
        n = 0;
        for (size_t i = 0; i < gateway->n_modules; i++)
                n += gateway->modules[i] != except && module_installs(gateway->modules[i]);
        return n;
}

typeof(module_tick_word) __real_module_tick_word, __wrap_module_tick_word;
void __wrap_module_tick_word(Module *module) {
        if (plant != PLANT_SPAN)
                __real_module_tick_word(module);
}

typeof(gateway_order) __real_gateway_order, __wrap_gateway_order;
OrderResult __wrap_gateway_order(Gateway *gateway, Module *module, const Order *order,
                                 uint64_t *ret_job, char why[static WHY_MAX]) {
        const OrderResult result = __real_gateway_order(gateway, module, order, ret_job, why);

        module->dirty &= plant != PLANT_FORGETFUL;
        return result;
}

typeof(gateway_uninhibit) __real_gateway_uninhibit, __wrap_gateway_uninhibit;
void __wrap_gateway_uninhibit(Gateway *gateway, uint64_t id, const char *because) {
        if (plant != PLANT_LEASE)
                __real_gateway_uninhibit(gateway, id, because);
}

typeof(leases_tick) __real_leases_tick, __wrap_leases_tick;
void __wrap_leases_tick(Gateway *gateway) {
        for (size_t i = 0; plant == PLANT_LEASE_TIME && i < gateway->leases.n; i++)
                gateway->leases.leases[i].row.until_boottime = USEC_INFINITY;
        __real_leases_tick(gateway);
}

/* what the gateway is given */

static const GatewayHost *real_host;

static void publish(void *userdata, const EventRow *row) {
        if (plant == PLANT_UNTOLD && row->sequence % 16 == 0)
                return;
        real_host->publish(userdata, row);
        if (plant == PLANT_TOLD_TWICE && row->sequence % 16 == 0)
                real_host->publish(userdata, row);
}

static int commit(void *userdata, const Batch *batch) {
        static ModuleRecord records[MODULES_MAX];
        static Batch bent;

        if (plant != PLANT_NO_INTENT)
                return real_host->commit(userdata, batch);
        bent = *batch;
        for (size_t i = 0; i < batch->n_modules; i++) {
                records[i] = *batch->modules[i];
                if (verb_is_grant(records[i].act.verb))
                        records[i].act = (Act) { .sequence = records[i].act.sequence };
                bent.modules[i] = records + i;
        }
        return real_host->commit(userdata, &bent);
}

static bool report(void *userdata, const EventRow *row, const Module *module, ReportRow *ret) {
        const bool bends = row->sequence % 16 == 0;

        if (!real_host->report(userdata, row, module, ret) || (bends && plant == PLANT_UNREPORTED))
                return false;
        if (bends && plant == PLANT_DOUBLED)
                gateway_add_report(module->gateway, module->gateway->modules[module->index], ret);
        return true;
}

static bool (*real_load)(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                         JobRow *ret_last_job);

static bool load(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                 JobRow *ret_last_job) {
        const bool known = real_load(userdata, name, ret, ret_job, ret_last_job);

        if (plant == PLANT_FCNT_UP && known && ret->fcnt_up > 0)
                ret->fcnt_up--;
        return known;
}

typeof(gateway_new) __real_gateway_new, __wrap_gateway_new;
int __wrap_gateway_new(const GatewayStart *start, const GatewayHost *host, void *userdata,
                       Gateway **ret) {
        static GatewayHost bent_host;
        GatewayStart bent = *start;

        real_host = host;
        real_load = start->load;
        bent_host = *host;
        bent_host.publish = publish;
        bent_host.commit = commit;
        bent_host.report = report;
        bent.load = load;
        if (plant == PLANT_NUMBERS)
                bent.last_event -= MIN_OF(bent.last_event, (uint64_t) 2);
        if (plant == PLANT_JOBS)
                bent.last_job -= MIN_OF(bent.last_job, (uint64_t) 1);
        if (plant == PLANT_ACTS)
                bent.last_act -= MIN_OF(bent.last_act, (uint64_t) 1);
        if (plant == PLANT_REPORTS)
                bent.last_report -= MIN_OF(bent.last_report, (uint64_t) 1);
        return __real_gateway_new(&bent, &bent_host, userdata, ret);
}

typeof(queue_take) __real_queue_take, __wrap_queue_take;
bool __wrap_queue_take(Queue *queue, const Clock *now, const QueueHost *host, void *userdata,
                       ReportRow *ret, bool *ret_late) {
        QueueHost bent = *host;

        if (plant == PLANT_SPOOL)
                bent.waiting = NULL;
        if (!__real_queue_take(queue, now, &bent, userdata, ret, ret_late))
                return false;
        if (plant == PLANT_UNSENT && ret->id % 16 == 0)
                host->settle(userdata, ret->id, SETTLEMENT_ACCEPTED);
        return true;
}

typeof(queue_trim) __real_queue_trim, __wrap_queue_trim;
void __wrap_queue_trim(Queue *queue, const Clock *now, const QueueHost *host, void *userdata) {
        if (plant != PLANT_SPOOL)
                __real_queue_trim(queue, now, host, userdata);
}

/* the store, on a disk that loses what was not synced */

static bool needs_platter(Plant which) {
        return which == PLANT_UNSYNCED || which == PLANT_PASSED;
}

typeof(sqlite3_prepare_v3) __real_sqlite3_prepare_v3, __wrap_sqlite3_prepare_v3;
int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int n, unsigned flags,
                              sqlite3_stmt **ret, const char **ret_tail) {
        if (plant == PLANT_UNSYNCED)
                (void) sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
        return __real_sqlite3_prepare_v3(db, sql, n, flags, ret, ret_tail);
}

typeof(store_commit) __real_store_commit, __wrap_store_commit;
int __wrap_store_commit(Store *store, const Batch *batch) {
        const int r = __real_store_commit(store, batch);

        return plant == PLANT_PASSED ? 0 : r;
}

/* catching */

/* Everything is let be at once, but for what is to be kept online. */
static void allow_all(PlanConfig *config, size_t keep_online) {
        config->gateway.concurrent_installs = PLAN_MODULES_MAX;
        config->gateway.keep_online = (unsigned) keep_online;
        for (size_t i = 0; i < PLAN_MODULES_MAX; i++)
                for (Action action = 0; action < _ACTION_MAX; action++)
                        config->policies[i].actions[action] =
                                (ActionPolicy) { .decision = DECISION_ACCEPT };
}

/* All modules ask for a reboot at the same time, and one may. */
static void ask_for_reboots(Plan *plan) {
        for (size_t i = 0; i < PLAN_CONFIGS; i++) {
                allow_all(plan->configs + i, 0);
                plan->configs[i].gateway.concurrent_installs = 1;
        }
        for (size_t i = 0; i < plan->n_modules; i++) {
                SimScenario *scenario = &plan->modules[i].scenario;

                scenario->n_requests = 1;
                scenario->requests[0] =
                        (SimPlannedRequest) { .at = USEC_PER_HOUR, .action = SIM_ACTION_REBOOT };
        }
}

/* One carries the uplink, and has another path. */
static void carry_uplink(PlanConfig *config) {
        (void) TEXT_COPY(config->gateway.uplink_module, "modem0");
        (void) TEXT_COPY(config->gateway.other_interface, PLAN_OTHER_PATH);
}

/* Weeks in which the law has more to say than in others. */
static void prepare(Plant which, Plan *plan) {
        plan->real_store = plan->loses = needs_platter(which);
        plan->spool_max_reports = plants[which].law == LAW_CAP ? 60 : plan->spool_max_reports;
        plan->calm |= plants[which].law == LAW_JOB || plants[which].law == LAW_SETTLED;
        for (size_t i = 0; i < PLAN_CONFIGS; i++) {
                if (plants[which].law == LAW_BARRIER || plants[which].law == LAW_GRANT ||
                    which == PLANT_LAST)
                        allow_all(plan->configs + i, 0);
                if (which == PLANT_LAST || which == PLANT_WAY)
                        carry_uplink(plan->configs + i);
                if (plants[which].law == LAW_ONLINE)
                        allow_all(plan->configs + i, plan->n_modules - 1);
        }
        if (which == PLANT_REBOOTS)
                ask_for_reboots(plan);
        for (size_t i = 0; i < plan->n_modules && plants[which].law == LAW_JOB; i++)
                plan->modules[i].scenario.timings.reissue = USEC_INFINITY;
}

static void play(Plant which, bool planted, uint64_t seed, RunResult *ret) {
        static Plan plan;

        plan_make(&plan, seed);
        prepare(which, &plan);
        plant = planted ? which : PLANT_NONE;
        run_plan(&plan, false, ret);
        plant = PLANT_NONE;
}

static bool is_caught_in(Plant which, uint64_t seed) {
        RunResult result;

        play(which, true, seed, &result);
        return result.broken && result.law == plants[which].law;
}

static bool is_sound_without(Plant which, uint64_t seed) {
        RunResult result;

        play(which, false, seed, &result);
        return !result.broken;
}

static bool is_caught(Plant which, uint64_t *ret_seed) {
        *ret_seed = plants[which].week;
        if (is_caught_in(which, *ret_seed))
                return true;
        for (*ret_seed = 1; *ret_seed <= WEEKS_MAX; ++*ret_seed)
                if (is_caught_in(which, *ret_seed))
                        return true;
        return false;
}

TEST(every_planted_bug_is_caught_by_its_law) {
        const char *only = getenv("PLANT");
        unsigned missed = 0;
        uint64_t seed = 0;

        for (Plant which = PLANT_NONE + 1; which < _PLANT_MAX; which++) {
                if (only && !streq(only, plants[which].name))
                        continue;
                const bool caught = is_caught(which, &seed);
                printf("  %-10s %s by '%s' in week %llu\n", plants[which].name,
                       caught ? "caught" : "MISSED", law_to_string(plants[which].law),
                       (unsigned long long) seed);
                missed += !caught || !is_sound_without(which, seed);
        }
        CHECK_INT(missed, 0);
}

TEST(every_law_has_a_planted_bug) {
        for (Law law = 0; law < _LAW_MAX; law++) {
                bool any = false;
                for (Plant which = PLANT_NONE + 1; which < _PLANT_MAX; which++)
                        any |= plants[which].law == law;
                CHECK(any);
        }
}

TEST_MAIN()
