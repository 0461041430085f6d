/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What goes wrong in the field, done to a world with one simulated module, and a watch over the
 * line and the disk for what must hold whatever goes wrong. It reads the raw bytes, so it knows
 * what the module really asked for, heard or not. */

#include "sim/world.h"

typedef enum FaultKind {
        FAULT_KILL,         /* SIGKILL of fotad, which is started again a second later */
        FAULT_POWER,        /* the module loses its power for 5 seconds */
        FAULT_PORT,         /* the tty is away for 30 seconds */
        FAULT_LOSE,         /* the next indication is not heard */
        FAULT_DOUBLE,       /* ... comes again, behind the next thing that the module says */
        FAULT_INSIDE,       /* ... comes between the lines of a reply */
        FAULT_SILENCE,      /* what the module says in 3 minutes is not heard */
        FAULT_ERROR,        /* the next command gets +CME ERROR: 3 and is not carried out */
        FAULT_CLOCK_AHEAD,  /* the wall clock jumps 400 days ahead */
        FAULT_CLOCK_BEHIND, /* ... a day back */
        FAULT_DISK,         /* no commit succeeds for 10 minutes */
        FAULT_REBOOT, /* the gateway boots anew: a minute without fotad, and boot time from 0 */
        FAULT_JUNK,   /* NUL bytes, debug text and a line without an end on the line */
        _FAULT_MAX,
} FaultKind;
DECLARE_STRING_TABLE(fault_kind, FaultKind);

#define FAULT_URC_MAX 128
#define FAULT_JOBS_MAX 8

typedef struct Fault {
        World *world;
        FaultKind kind;
        bool armed;  /* it waits for the next indication or command */
        bool struck; /* it has happened */
        bool mute;
        char held[FAULT_URC_MAX]; /* an indication, or its copy, that waits for what comes next */
        size_t n_held;
        usec_t held_at; /* boottime */

        /* the watch */
        bool asked[_ACTION_MAX];    /* by the module, since the last yes */
        unsigned grants_unasked;    /* a second yes to one request */
        unsigned downloads_granted; /* AT+WDSR=3 */
        unsigned installs_granted;  /* AT+WDSR=4, AT#OTASUAN=1 */
        unsigned pushes;            /* AT+WDSD=<bytes> */
        unsigned starts;            /* AT#OTAIPUPD */
        unsigned registrations;     /* AT#OTASNAP, AT#OTASNAIP */
        unsigned orders_while_full; /* that need an intent on disk */
        size_t n_jobs;
        JobRow jobs[FAULT_JOBS_MAX]; /* as the disk has them */
        usec_t job_ended;            /* boottime */
        uint64_t last_event;
        unsigned event_holes;
        bool any_report;
        uint32_t last_fcnt_up;
        unsigned fcnt_up_repeats;
} Fault;

/* Before world_start(). */
void fault_init(Fault *fault, World *world);
/* Strikes now, or waits for what it strikes. What takes time is begun here and ended by fault_end()
 * after fault_span(). */
void fault_begin(Fault *fault, FaultKind kind);
usec_t fault_span(FaultKind kind); /* 0: no time */
void fault_end(Fault *fault);
/* Now and then: an indication that is held arrives late when nothing else is said. */
void fault_tick(Fault *fault);
