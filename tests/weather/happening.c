/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See happening.h. Whatever lasts is counted, so that two of a kind may overlap. */

#include <stdio.h>

#include "weather/chance.h"
#include "weather/run.h"

#define SEC USEC_PER_SEC
#define MINUTE USEC_PER_MINUTE
#define HOUR USEC_PER_HOUR
#define DAY USEC_PER_DAY

static SimModule *sim_of(const Run *run, const Happening *happening) {
        return run->world->modules[happening->module].sim;
}

/* the update server */

static SimResult pick_result(uint64_t *chance, bool telit) {
        static const SimResult hl78xx[] = { SIM_RESULT_MISMATCH, SIM_RESULT_WRONG_VERSION,
                                            SIM_RESULT_CORRUPT,  SIM_RESULT_NO_MEMORY,
                                            SIM_RESULT_HTTP,     SIM_RESULT_NOT_CERTIFIED };
        static const SimResult of_telit[] = { SIM_RESULT_NO_CONNECTION, SIM_RESULT_TEST,
                                              SIM_RESULT_CORRUPT, SIM_RESULT_HTTP,
                                              SIM_RESULT_WRONG_VERSION };

        if (chance_percent(chance, 70))
                return SIM_RESULT_OK;
        return telit ? of_telit[chance_below(chance, ELEMENTSOF(of_telit))] :
                       hl78xx[chance_below(chance, ELEMENTSOF(hl78xx))];
}

static void offer(Run *run, const Happening *happening) {
        const bool telit = run->plan->modules[happening->module].telit;
        const unsigned first = telit ? PLAN_VERSIONS_HL78XX : 0;
        const unsigned n = telit ? PLAN_VERSIONS - PLAN_VERSIONS_HL78XX : PLAN_VERSIONS_HL78XX;
        uint64_t chance = happening->seed;
        SimPackage package = { .bytes = 500 + chance_below(&chance, 40000) };

        (void) TEXT_COPY(package.to, plan_versions[first + chance_below(&chance, n)]);
        package.result = pick_result(&chance, telit);
        package.automatic = telit && chance_percent(&chance, 25);
        run_say(run, "modem%u is offered %s, %llu bytes%s%s", happening->module, package.to,
                (unsigned long long) package.bytes,
                package.result == SIM_RESULT_OK ? "" : ", in vain",
                package.automatic ? ", automatic" : "");
        sim_offer(sim_of(run, happening), run_now(run), &package);
}

/* The same to all, as a person would do it. */
static void campaign(Run *run, const Happening *happening) {
        Happening one = *happening;

        for (one.module = 0; one.module < run->plan->n_modules; one.module++) {
                one.seed = happening->seed + one.module;
                offer(run, &one);
        }
}

static void server_goes(Run *run, const Happening *happening _unused_) {
        run->server.away++;
}
static void server_returns(Run *run, const Happening *happening _unused_) {
        run->server.away--;
}
static void server_refuses(Run *run, const Happening *happening _unused_) {
        run->server.refusing++;
}
static void server_relents(Run *run, const Happening *happening _unused_) {
        run->server.refusing--;
}
static void server_slows(Run *run, const Happening *happening) {
        run->server.slow = happening->seed % 2;
}

/* fotad and its gateway */

static void kill_fotad(Run *run, const Happening *happening _unused_) {
        if (run->down++ == 0)
                run_stop_fotad(run);
}
static void start_fotad(Run *run, const Happening *happening _unused_) {
        if (--run->down == 0)
                run_start_fotad(run, false);
}

/* At one of its next commits or writes, whenever that is; started again a second later. On a disk
 * that loses, perhaps in the middle of a commit, and perhaps the power goes. */
static void kill_soon(Run *run, const Happening *happening) {
        const uint64_t chance = happening->seed / 12;

        if (run->world->gateway && run->world->platter && chance % 3 > 0)
                platter_end_at(run->world->platter, 1 + chance / 3 % 60, chance % 3 == 1);
        else if (run->world->gateway)
                run->world->crash_at = run->world->step + 1 + happening->seed % 12;
}

/* Soon after the next yes to an install, of any module. */
static void kill_at_install(Run *run, const Happening *happening) {
        run->kill_after_yes = 1 + happening->seed % 40;
}

static void cut_host(Run *run, const Happening *happening _unused_) {
        if (run->down)
                return;
        run_stop_fotad(run);
        world_reboot(run->world);
        run_start_fotad(run, true);
}

static void fill_disk(Run *run, const Happening *happening) {
        run->disk_faults++;
        run->world->disk_full = true;
        run->world->disk_doubtful = happening->seed % 2;
        if (run->world->platter) {
                platter_end_at(run->world->platter, 0, false);
                platter_fault(run->world->platter,
                              happening->seed % 2 ? PLATTER_BROKEN : PLATTER_FULL);
        }
}
static void free_disk(Run *run, const Happening *happening _unused_) {
        run->world->disk_full = --run->disk_faults > 0;
        if (run->world->platter && !run->world->disk_full)
                platter_fault(run->world->platter, PLATTER_GOOD);
}

static void jump_clock(Run *run, const Happening *happening) {
        uint64_t chance = happening->seed;
        const int64_t span = (int64_t) chance_span(&chance, MINUTE, 2 * DAY);

        run_set_clock(run, chance_percent(&chance, 50) ? span : -span);
}
static void set_clock_right(Run *run, const Happening *happening _unused_) {
        run_set_clock(run, 0);
}

/* modules */

static void cut_module(Run *run, const Happening *happening) {
        if (run->modules[happening->module].power_off++ == 0)
                sim_power(sim_of(run, happening), run_now(run), false);
        run->lines[happening->module].disturbed = run_now(run);
}
static void power_module(Run *run, const Happening *happening) {
        if (--run->modules[happening->module].power_off == 0)
                sim_power(sim_of(run, happening), run_now(run), true);
        run->lines[happening->module].disturbed = run_now(run);
}

static void unplug(Run *run, const Happening *happening) {
        run->modules[happening->module].unplugged++;
        run->world->modules[happening->module].unplugged = true;
}
static void plug_in(Run *run, const Happening *happening) {
        run->world->modules[happening->module].unplugged =
                --run->modules[happening->module].unplugged > 0;
        run->lines[happening->module].disturbed = run_now(run);
}

static void worsen_radio(Run *run, const Happening *happening) {
        SimRadio *radio = &run->plan->modules[happening->module].scenario.radio;

        watch_radio(&run->watch, happening->module);
        run->modules[happening->module].bad_radio++;
        if (happening->seed % 3 == 0)
                radio->registered = false;
        else if (happening->seed % 3 == 1)
                radio->roaming = true;
        else
                radio->rssi_dbm = -109;
}
static void better_radio(Run *run, const Happening *happening) {
        watch_radio(&run->watch, happening->module);
        if (--run->modules[happening->module].bad_radio == 0)
                run->plan->modules[happening->module].scenario.radio =
                        run->modules[happening->module].radio;
}

/* lines */

static void silence(Run *run, const Happening *happening) {
        run->lines[happening->module].weather[happening->seed % 2 ? LINE_MUTE : LINE_DEAF]++;
}
static void end_silence(Run *run, const Happening *happening) {
        run->lines[happening->module].weather[happening->seed % 2 ? LINE_MUTE : LINE_DEAF]--;
        run->lines[happening->module].disturbed = run_now(run);
}

static LineWeather line_weather(const Happening *happening) {
        return (LineWeather) (happening->seed % LINE_MUTE);
}

static void rough_line(Run *run, const Happening *happening) {
        static const char *const weathers[LINE_MUTE] = {
                [LINE_LOSES] = "loses",   [LINE_DOUBLES] = "doubles", [LINE_SPLITS] = "splits",
                [LINE_DELAYS] = "delays", [LINE_MIXES] = "mixes",     [LINE_JUNK] = "junk",
                [LINE_ERRORS] = "errors",
        };
        const LineWeather weather = line_weather(happening);

        run_say(run, "the line of modem%u: %s", happening->module, weathers[weather]);
        run->lines[happening->module].weather[weather]++;
}
static void smooth_line(Run *run, const Happening *happening) {
        run->lines[happening->module].weather[line_weather(happening)]--;
}

/* clang-format off */
const HappeningKind happening_kinds[] = {
        { "offer",            30, 0, 0,                 offer,                NULL },
        { "campaign",          6, 0, 0,                 campaign,             NULL },
        { "attend",           10, HOUR, 2 * DAY,        person_attends,       person_leaves },
        { "accept",            8, 0, 0,                 person_accepts,       NULL },
        { "defer",             4, 0, 0,                 person_defers,        NULL },
        { "update",            8, 0, 0,                 person_updates,       NULL },
        { "push",              5, 0, 0,                 person_pushes,        NULL },
        { "order",            10, 0, 0,                 person_orders,        NULL },
        { "command",           4, 0, 0,                 person_commands,      NULL },
        { "settings",          3, 0, 0,                 person_uses_settings, NULL },
        { "inhibit",           6, MINUTE, DAY,          owner_inhibits,       owner_lets_go },
        { "reload",            4, 0, 0,                 person_reloads,       NULL },
        { "server away",       4, MINUTE, 2 * DAY,      server_goes,          server_returns },
        { "server refuses",    2, MINUTE, 6 * HOUR,     server_refuses,       server_relents },
        { "server slow",       1, 0, 0,                 server_slows,         NULL },
        { "kill",              6, SEC, HOUR,            kill_fotad,           start_fotad },
        { "kill soon",         8, 0, 0,                 kill_soon,            NULL },
        { "kill at install",   6, 0, 0,                 kill_at_install,      NULL },
        { "power cut",         4, 0, 0,                 cut_host,             NULL },
        { "disk full",         4, MINUTE, 6 * HOUR,     fill_disk,            free_disk },
        { "clock jumps",       3, 0, 0,                 jump_clock,           NULL },
        { "clock set",         4, 0, 0,                 set_clock_right,      NULL },
        { "module power cut",  6, SEC, HOUR,            cut_module,           power_module },
        { "unplugged",         6, SEC, 6 * HOUR,        unplug,               plug_in },
        { "bad radio",         6, 2 * MINUTE, 6 * HOUR, worsen_radio,         better_radio },
        { "rough line",       16, MINUTE, 12 * HOUR,    rough_line,           smooth_line },
        { "silent line",       5, SEC, HOUR,            silence,              end_silence },
};
/* clang-format on */
const unsigned happening_n_kinds = ELEMENTSOF(happening_kinds);

void happening_print(const Happening *happening, size_t index) {
        const HappeningKind *kind = happening_kinds + happening->kind;
        char at[SPAN_TEXT_MAX], span[SPAN_TEXT_MAX];

        printf("  %3zu: after %-12s modem%u  %s", index, span_format(at, happening->at),
               happening->module, kind->name);
        if (kind->end)
                printf(" for %s", span_format(span, happening->span));
        printf("\n");
}
