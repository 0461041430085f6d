/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One plan, played: the whole daemon in one process, its modules, its disk and its server, and the
 * watch over all of it. */

#include "weather/disk.h"
#include "weather/happening.h"
#include "weather/line.h"
#include "weather/server.h"
#include "weather/watch.h"

#define RUN_LOG_MAX 100000
#define RUN_LOG_SHOWN 400 /* of these, unless $VERBOSE is set */
#define RUN_LOG_LINE 200

typedef struct RunModule {
        unsigned power_off, unplugged; /* how many happenings make it so */
        unsigned attended;             /* a person says yes to all that is asked */
        usec_t answer_at; /* module time at which he does; USEC_INFINITY: nothing asks */
        SimRadio radio;   /* as it is in good weather */
        unsigned bad_radio;
} RunModule;

/* A commit in which fotad died. */
typedef struct Doubt {
        bool any;
        Batch batch;
        ModuleRecord modules[PLAN_MODULES_MAX];
        InhibitorRow inhibitors[INHIBITORS_MAX];
} Doubt;

struct Run {
        Plan *plan;
        World *world;
        Disk disk; /* in place of the store, or beside it, to compare with */
        Doubt doubt;
        bool unsure;  /* some of a commit that did not pass may be read, and may be lost again */
        Family telit; /* looked at less often, perhaps */
        Watch watch;
        Server server;
        Line lines[PLAN_MODULES_MAX];
        RunModule modules[PLAN_MODULES_MAX];
        size_t config;
        Settings reloaded[PLAN_CONFIGS]; /* what a fotad got that was not started with it */
        unsigned down;                   /* happenings that keep fotad down */
        uint64_t kill_after_yes;         /* so many steps after the next yes to an install; 0 not */
        unsigned disk_faults;            /* ... the disk full or broken */
        int64_t clock_off;               /* the gateway's wall clock minus the true one */
        bool clock_was_set;              /* since timedated said that it is synchronized */
        usec_t timedate_at; /* module time at which timedated is asked; USEC_INFINITY: it is not */
        usec_t begin;       /* module time */
        usec_t visit_at;    /* module time */
        uint64_t trace;     /* hash of all bytes and events */
        bool woken;         /* somebody wants to be waked, perhaps earlier than was known */
        bool tells;         /* keeps the last lines of what happened */
        size_t n_log;
        char (*log)[RUN_LOG_LINE];
};

typedef struct RunResult {
        bool broken;
        Law law;
        uint64_t trace;
        uint64_t checks[_LAW_MAX];
        Deeds deeds;
        usec_t module_time; /* simulated, of all modules */
        uint64_t lost;      /* sectors, with the power */
        char what[WATCH_WHAT_MAX];
} RunResult;

/* tells: and prints what led to it */
void run_plan(Plan *plan, bool tells, RunResult *ret);

usec_t run_now(const Run *run); /* module time */
void run_say(Run *run, const char *format, ...) _printf_(2, 3);
/* An input of fotad between its turns. */
void run_turn_begin(Run *run);
void run_turn_end(Run *run);
/* power.c: the real store on a disk that loses what was not synced. */
void power_doubt(Run *run, const Batch *batch);
/* The store was opened again. */
void power_recovered(Run *run);
/* Before fotad starts: modules, jobs, numbers and the count of reports are as they were committed,
 * and what it died in is there as a whole or not at all. */
void power_look(Run *run, bool booted);
void run_start_fotad(Run *run, bool booted);
void run_stop_fotad(Run *run);
/* The wall clock of the gateway: how far it is off the true one. */
void run_set_clock(Run *run, int64_t off);
/* Nothing is known of the clock until timedated answers. */
void run_ask_timedate(Run *run);
bool run_order(Run *run, size_t module, const Order *order);
