/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See run.h. Time goes from one wake to the next: of fotad and its modules (that is the world's
 * loop), of lines, the server, people and the watch. */

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "weather/chance.h"
#include "weather/run.h"

/* When all is well again, so long is left for things to settle. */
#define CALM_SPAN (8 * USEC_PER_DAY)
/* Turns without time between them. */
#define TURNS_MAX 10000
/* The daemon asks each minute; nothing that counts here hangs on that. */
#define TIMEDATE_INTERVAL (6 * USEC_PER_HOUR)
#define ATTENTION (2 * USEC_PER_MINUTE)

usec_t run_now(const Run *run) {
        return world_module_time(run->world);
}

/* what happened */

static void hash(Run *run, const void *bytes, size_t n) {
        const uint8_t *at = bytes;

        for (size_t i = 0; i < n; i++)
                run->trace = (run->trace ^ at[i]) * 0x100000001b3U;
}

void run_say(Run *run, const char *format, ...) {
        char text[RUN_LOG_LINE - 40];
        va_list args;

        if (!run->tells)
                return;
        va_start(args, format);
        (void) vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        for (char *c = text; *c; c++)
                if (*c == '\r' || *c == '\n')
                        *c = '|';
        (void) snprintf(run->log[run->n_log++ % RUN_LOG_MAX], RUN_LOG_LINE, "%12.3f s  %s",
                        (double) (run_now(run) - run->begin) / USEC_PER_SEC, text);
}

static void say_bytes(Run *run, size_t module, char direction, const char *bytes, size_t n) {
        hash(run, &run->world->now, sizeof(run->world->now));
        hash(run, &module, sizeof(module));
        hash(run, bytes, n);
        if (run->tells)
                run_say(run, "modem%zu %c %.*s", module, direction, (int) n, bytes);
}

/* what the world tells */

static bool from_module(void *userdata, size_t module, const char *bytes, size_t n) {
        Run *run = userdata;

        say_bytes(run, module, '<', bytes, n);
        watch_said(&run->watch, module, bytes, n);
        line_from_module(run->lines + module, bytes, n);
        return true;
}

static bool to_module(void *userdata, size_t module, const char *bytes, size_t n) {
        Run *run = userdata;

        say_bytes(run, module, '>', bytes, n);
        watch_sent(&run->watch, module, bytes, n);
        if (line_to_module(run->lines + module, bytes, n))
                return true;
        sim_feed(run->world->modules[module].sim, run_now(run), bytes, n);
        watch_arrived(&run->watch, module, bytes, n);
        if (run->kill_after_yes && run->watch.modules[module].given == ACTION_INSTALL) {
                run->world->crash_at = run->world->step + run->kill_after_yes;
                run->kill_after_yes = 0;
        }
        return true;
}

static void committed(void *userdata, const Batch *batch) {
        Run *run = userdata;

        run->unsure = false;
        watch_committed(&run->watch, batch);
        if (run->world->platter)
                (void) run->disk.access.commit(&run->disk, batch);
        if (batch->n_reports > 0)
                server_wake(&run->server);
}

static void doubted(void *userdata, const Batch *batch) {
        Run *run = userdata;

        if (run->world->crashed)
                power_doubt(run, batch);
        else
                run->unsure = true;
}

static void recovered(void *userdata) {
        power_recovered(userdata);
}

static void published(void *userdata, const EventRow *row) {
        Run *run = userdata;
        char details[128] = "";
        Text text;

        hash(run, &row->sequence, sizeof(row->sequence));
        hash(run, &row->event, sizeof(row->event));
        watch_published(&run->watch, row);
        if (!run->tells)
                return;
        text_init(&text, details, sizeof(details));
        for (size_t i = 0; i < row->n_details; i++)
                if (row->details[i].is_number)
                        text_printf(&text, " %s=%lld", row->details[i].key,
                                    (long long) row->details[i].number);
                else
                        text_printf(&text, " %s=%s", row->details[i].key, row->details[i].text);
        run_say(run, "%s %s: %s%s", row->module, state_to_string(row->state),
                event_kind_to_string(row->event), details);
}

static void turned(void *userdata) {
        Run *run = userdata;

        watch_turned(&run->watch);
}

/* inputs */

void run_turn_begin(Run *run) {
        run->watch.inputs++;
        gateway_turn(run->world->gateway, &run->world->now);
}

void run_turn_end(Run *run) {
        gateway_settle(run->world->gateway);
        if (!run->world->crashed)
                watch_turned(&run->watch);
}

bool run_order(Run *run, size_t module, const Order *order) {
        World *world = run->world;
        char why[WHY_MAX] = "";

        if (!world->gateway || world->crashed)
                return false;
        run_turn_begin(run);
        const usec_t consented = promise_consented(&run->watch, module, order->action);
        const bool done = gateway_order(world->gateway, gateway_module(world->gateway, module),
                                        order, NULL, why) == ORDER_DONE;
        promise_forget(&run->watch, module);
        run_say(run, "a person: %s %s%s on modem%zu%s%s", order_kind_to_string(order->kind),
                action_to_string(order->action), order->now ? " now" : "", module,
                done ? "" : ", refused: ", why);
        if (done)
                watch_ordered(&run->watch, module, order);
        if (done && order->kind == ORDER_ACCEPT && !order->now)
                promise_accepted(&run->watch, module, order->action, consented);
        run_turn_end(run);
        if (world->crashed || !gateway_storage_ok(world->gateway))
                watch_unsure(&run->watch, module); /* the disk failed in that very turn */
        return done;
}

/* Of commits that failed: some of it is there, or all, or nothing. */
static void take_what_is_there(Run *run) {
        run->watch.unwritable = run_now(run);
        for (size_t i = 0; i < run->plan->n_modules; i++)
                if (run->disk.modules[i].known && run->disk.modules[i].record.job)
                        watch_found(&run->watch, &run->disk.modules[i].job);
}

void run_start_fotad(Run *run, bool booted) {
        const bool unsure = run->unsure;

        run_say(run, "fotad starts%s", booted ? ", the gateway was booted" : "");
        if (run->world->platter)
                power_look(run, booted);
        if (unsure)
                take_what_is_there(run);
        if (run->watch.broken)
                return;
        watch_started(&run->watch, booted);
        run_ask_timedate(run);
        world_start(run->world);
        server_start(&run->server);
}

void run_stop_fotad(Run *run) {
        if (!run->world->crashed)
                rows_compare(&run->watch);
        run_say(run, "fotad is killed");
        server_stop(&run->server);
        world_kill(run->world);
        run->world->crash_at = 0;
}

void run_ask_timedate(Run *run) {
        run->watch.synchronized = run->clock_was_set = false;
        run->timedate_at = run->world->settings.gateway.trusted_time == TRUSTED_TIME_SYNCHRONIZED ?
                                   run_now(run) :
                                   USEC_INFINITY;
}

/* As the daemon does it: once it said so it is believed until the clock is set. */
static void hear_timedate(Run *run) {
        const bool synchronized =
                run->clock_off == 0 || (run->watch.synchronized && !run->clock_was_set);

        run->timedate_at = synchronized ? USEC_INFINITY : run_now(run) + TIMEDATE_INTERVAL;
        run->clock_was_set &= !synchronized;
        run->watch.synchronized = synchronized;
        run_say(run, "the clock is %s", synchronized ? "synchronized" : "not synchronized");
        run_turn_begin(run);
        gateway_clock_synchronized(run->world->gateway, synchronized, "NTP has not set it");
        run_turn_end(run);
}

void run_set_clock(Run *run, int64_t off) {
        World *world = run->world;
        const int64_t from = (int64_t) world->now.realtime, step = off - run->clock_off;

        if (step == 0 || from + step < 0)
                return;
        run_say(run, "the clock jumps by %lld s", (long long) (step / (int64_t) USEC_PER_SEC));
        world->now.realtime = (usec_t) (from + step);
        watch_clock_set(&run->watch, step);
        run->clock_off = off;
        run->watch.inputs++;
        run->watch.jumps++;
        run->watch.jumped = run_now(run);
        run->watch.jump = step;
        promise_forget_all(&run->watch);
        server_wake(&run->server);
        run->clock_was_set = true;
        if (run->world->settings.gateway.trusted_time == TRUSTED_TIME_SYNCHRONIZED)
                run->timedate_at = run_now(run);
}

/* a person who attends says yes a while after something was asked */

static void attend(Run *run, size_t module) {
        RunModule *m = run->modules + module;
        Order what = { .kind = ORDER_ACCEPT, .now = m->attended > 1, .who = "somebody (uid 1000)" };

        m->answer_at = m->attended ? m->answer_at : USEC_INFINITY;
        if (!m->attended)
                return;
        const ModuleView view = world_view(run->world, module);
        what.action = view.record->request.action;
        if (!view.held) {
                m->answer_at = USEC_INFINITY;
                return;
        }
        if (m->answer_at == USEC_INFINITY)
                m->answer_at = run_now(run) + ATTENTION;
        if (m->answer_at > run_now(run))
                return;
        m->answer_at = run_now(run) + USEC_PER_HOUR;
        if (view.record->consent.given && view.record->consent_action == what.action)
                return;
        (void) run_order(run, module, &what);
}

/* Somebody comes by now and then, and says yes to all that waits. */
static void visit(Run *run) {
        const Order yes = { .kind = ORDER_ACCEPT, .now = true, .who = "visitor (uid 1001)" };

        run->visit_at = run_now(run) + run->plan->visits;
        for (size_t i = 0; i < run->plan->n_modules && !run->world->crashed; i++) {
                const ModuleView view = world_view(run->world, i);
                Order what = yes;

                what.action = view.record->request.action;
                if (view.record->request.open && view.record->answer.kind != ANSWER_ACCEPTED)
                        (void) run_order(run, i, &what);
        }
}

/* time */

static usec_t module_time(const Run *run, usec_t boottime) {
        return boottime == USEC_INFINITY ? boottime : usec_add(boottime, run->world->booted_before);
}

static usec_t next_wake(const Run *run) {
        usec_t next = MIN_OF(watch_due(&run->watch), module_time(run, server_due(&run->server)));

        for (size_t i = 0; i < run->plan->n_modules; i++) {
                next = MIN_OF(next, line_due(run->lines + i));
                if (run->world->gateway)
                        next = MIN_OF(next, run->modules[i].answer_at);
        }
        if (run->world->gateway)
                next = MIN_OF(next, MIN_OF(run->visit_at, run->timedate_at));
        return next;
}

static void tick(Run *run) {
        for (size_t i = 0; i < run->plan->n_modules; i++) {
                line_tick(run->lines + i);
                if (run->world->gateway && !run->world->crashed)
                        attend(run, i);
        }
        if (run->timedate_at <= run_now(run) && run->world->gateway && !run->world->crashed)
                hear_timedate(run);
        if (run->visit_at <= run_now(run) && run->world->gateway && !run->world->crashed)
                visit(run);
        if (!run->world->crashed)
                server_tick(&run->server);
        watch_tick(&run->watch);
}

/* The world starts a fotad that crashed by itself; here it is started with all that is about it. */
static bool stops(World *world) {
        const Run *run = world->tap.userdata;

        return run->watch.broken || world->crashed || run->woken;
}

static void rise(Run *run) {
        bool power = false;

        run->watch.crashed = run_now(run);
        power = run->world->platter && platter_ended(run->world->platter, &power) && power;
        run_stop_fotad(run);
        if (power)
                world_reboot(run->world);
        else
                (void) world_run(run->world, USEC_PER_SEC, NULL);
        if (run->down == 0)
                run_start_fotad(run, power);
}

static void advance(Run *run, usec_t until) {
        usec_t before = 0;
        unsigned turns = 0;

        while (!run->watch.broken) {
                const usec_t now = run_now(run), next = MIN_OF(until, next_wake(run));

                turns = now == before ? turns + 1 : 0;
                before = now;
                (void) watch_check(&run->watch, LAW_SETTLED, turns < TURNS_MAX,
                                   "time does not go on");
                run->woken = false;
                (void) world_run(run->world, usec_sub(next, now), stops);
                if (run->world->crashed)
                        rise(run);
                tick(run);
                if (run_now(run) >= until)
                        return;
        }
}

/* the agenda */

typedef struct Appointment {
        usec_t at;
        size_t happening;
        bool end;
} Appointment;

static int by_time(const void *a, const void *b) {
        const Appointment *first = a, *second = b;

        if (first->at != second->at)
                return first->at > second->at ? 1 : -1;
        return first->happening == second->happening ?
                       first->end - second->end :
                       (first->happening > second->happening) -
                               (first->happening < second->happening);
}

static size_t make_agenda(const Plan *plan, Appointment *agenda) {
        size_t n = 0;

        for (size_t i = 0; i < plan->n_happenings; i++) {
                const Happening *happening = plan->happenings + i;
                if (happening->left_out)
                        continue;
                agenda[n++] = (Appointment) { .at = happening->at, .happening = i };
                if (happening_kinds[happening->kind].end)
                        agenda[n++] = (Appointment) { .at = happening->at + happening->span,
                                                      .happening = i,
                                                      .end = true };
        }
        qsort(agenda, n, sizeof(agenda[0]), by_time);
        return n;
}

static void happen(Run *run, const Appointment *appointment) {
        const Happening *happening = run->plan->happenings + appointment->happening;
        const HappeningKind *kind = happening_kinds + happening->kind;

        run_say(run, "%zu: %s%s, modem%u", appointment->happening, kind->name,
                appointment->end ? " ends" : "", happening->module);
        if (appointment->end)
                kind->end(run, happening);
        else
                kind->begin(run, happening);
}

static void play(Run *run) {
        Appointment agenda[2 * PLAN_HAPPENINGS_MAX];
        const size_t n = make_agenda(run->plan, agenda);
        bool ends = false;

        for (size_t i = 0; i < n && !run->watch.broken && !ends; i++) {
                ends = !run->plan->calm && agenda[i].at > run->plan->span;
                advance(run, run->begin + (ends ? run->plan->span : agenda[i].at));
                if (!run->watch.broken && !ends)
                        happen(run, agenda + i);
        }
        if (!ends)
                advance(run, MAX_OF(run->begin + run->plan->span, run_now(run)));
}

/* People are there for everything, and whatever is offered is let come to its end. */
static void calm_down(Run *run) {
        run_set_clock(run, 0);
        for (size_t i = 0; i < run->plan->n_modules; i++)
                run->modules[i].attended = 2;
        advance(run, run_now(run) + CALM_SPAN);
        if (!run->watch.broken)
                watch_end(&run->watch);
}

/* setting up */

static void use_timezone(const Plan *plan) {
        (void) setenv("TZ", plan->configs[0].gateway.timezone, 1);
        tzset();
}

static void use_telit(Run *run, size_t module) {
        ModuleSettings *settings = run->world->settings.modules + module;

        world_use_telit(run->world, module, run->plan->modules[module].protocol);
        run->telit = *settings->family;
        if (run->plan->telit_look)
                run->telit.look_interval = run->plan->telit_look;
        settings->family = &run->telit;
}

static void add_modules(Run *run) {
        const Plan *plan = run->plan;

        for (size_t i = 0; i < plan->n_modules; i++) {
                uint64_t chance = plan->seed * PLAN_MODULES_MAX + i;

                if (plan->modules[i].telit)
                        use_telit(run, i);
                line_init(run->lines + i, run, i, chance_next(&chance));
                run->modules[i] = (RunModule) { .answer_at = USEC_INFINITY,
                                                .radio = plan->modules[i].scenario.radio };
        }
        for (size_t i = 0; i + 1 < PLAN_VERSIONS_HL78XX; i++)
                world_add_hop(run->world, plan_versions[i], plan_versions[i + 1]);
        plan_configure(plan, 0, &run->world->settings);
        for (size_t i = 0; i < plan->n_modules; i++)
                world_attach(run->world, i, &plan->modules[i].scenario, plan->seed + i);
}

static void run_init(Run *run, Plan *plan, bool tells) {
        *run = (Run) { .plan = plan, .tells = tells, .trace = 0xcbf29ce484222325U };
        run->log = tells ? calloc(RUN_LOG_MAX, sizeof(*run->log)) : NULL;
        run->world = world_new(plan->n_modules);
        use_timezone(plan);
        disk_init(&run->disk);
        if (!plan->real_store)
                run->world->disk = &run->disk.access;
        else if (plan->loses)
                run->world->platter = platter_new(plan->seed);
        run->world->stays_down = run->world->proof_silent = true; /* the server answers */
        run->world->keeps_descriptors = plan->keeps_descriptors;
        run->world->build_time = plan->build_time;
        run->world->now.realtime = plan->realtime - plan->clock_behind;
        run->clock_off = -(int64_t) plan->clock_behind;
        run->world->tap = (WorldTap) {
                .from_module = from_module,
                .to_module = to_module,
                .committed = committed,
                .doubted = doubted,
                .recovered = recovered,
                .published = published,
                .turned = turned,
                .userdata = run,
        };
        run->begin = run_now(run);
        run->visit_at = run->plan->visits ? run->begin + run->plan->visits : USEC_INFINITY;
        server_init(&run->server, run);
        watch_init(&run->watch, run);
        add_modules(run);
}

static void print_log(const Run *run) {
        const size_t most = getenv("VERBOSE") ? RUN_LOG_MAX : RUN_LOG_SHOWN;
        const size_t first = run->n_log > most ? run->n_log - most : 0;

        for (size_t i = first; i < run->n_log; i++)
                printf("  %s\n", run->log[i % RUN_LOG_MAX]);
}

void run_plan(Plan *plan, bool tells, RunResult *ret) {
        Run *run = malloc(sizeof(*run));

        assert(run);
        run_init(run, plan, tells);
        run_start_fotad(run, false);
        play(run);
        if (plan->calm && !run->watch.broken)
                calm_down(run);
        *ret = (RunResult) {
                .broken = run->watch.broken,
                .law = run->watch.law,
                .trace = run->trace,
                .module_time = (run_now(run) - run->begin) * plan->n_modules,
        };
        ret->deeds = run->watch.deeds;
        memcpy(ret->checks, run->watch.checks, sizeof(ret->checks));
        (void) TEXT_COPY(ret->what, run->watch.what);
        for (size_t i = 0; i < plan->n_modules; i++)
                plan->modules[i].scenario.radio = run->modules[i].radio;
        if (tells)
                print_log(run);
        server_stop(&run->server);
        Platter *platter = run->world->platter;
        world_free(run->world);
        ret->lost = platter ? platter_lost(platter) : 0;
        platter_free(platter);
        free(run->log);
        free(run);
}
