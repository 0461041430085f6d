/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What must hold at every step of every run, whatever happens. The watch knows what really is:
 * the bytes on the line, the module's own memory, the rows on disk, what people said and when; and
 * it has its own reading of fotad.yaml(5) (rules.c), which shares no code with policy/.
 *
 *   policy    no yes leaves outside policy at that instant: its windows, decision, consent,
 *             deferral, deadline, sizes, versions, radio, trusted clock, proof of the other path
 *   grant     at most one yes a request
 *   slots     never more than concurrent_installs modules down by fotad's yes, and the one that
 *             carries the uplink not while another installs
 *   online    ... nor fewer than keep_online others left that are on the network
 *   barrier   no module goes down while it is not known whether another still installs
 *   flashing  no byte to a module that flashes by fotad's yes; where the line lost or delayed what
 *             it told, none in `installing`, and none to a Telit module for ten minutes
 *   prompt    a request that was heard is decided, held or deferred within 45 seconds, and not
 *             forgotten
 *   job       every job ends, JOB_MAX after the last yes unless it waits for a person or installs
 *   once      every event is told once, in order, and only when it is on disk; it gets there with
 *             its report, one for each, in the same order; every report arrives once between two
 *             starts of fotad, in order, and only then it is done with
 *   disk      what fotad has decided and promised is on disk when its turn is over
 *   intent    what can't be taken back leaves only with its intent on disk
 *   number    no number of an event, job, act or report is given twice
 *   evidence  a job that succeeded has changed the version that the module runs
 *   cap       batches and the outbox stay within their caps
 *   lease     no inhibitor outlives its owner or its time
 *   soak      after a success the next of the family waits, after a failure for a person
 *   promise   a verdict that changes by itself changes no earlier than was promised, and no yes
 *             comes before the moment that `explain` told, with a person's yes or without
 *   settled   when nothing goes wrong any more, modules come to rest, what is shown is true, and
 *             no report waits
 */

#include "sim/world.h"
#include "weather/disk.h"

typedef enum Law {
        LAW_POLICY,
        LAW_GRANT,
        LAW_SLOTS,
        LAW_ONLINE,
        LAW_BARRIER,
        LAW_FLASHING,
        LAW_PROMPT,
        LAW_JOB,
        LAW_ONCE,
        LAW_DISK,
        LAW_INTENT,
        LAW_NUMBER,
        LAW_EVIDENCE,
        LAW_CAP,
        LAW_LEASE,
        LAW_SOAK,
        LAW_PROMISE,
        LAW_SETTLED,
        _LAW_MAX,
} Law;
DECLARE_STRING_TABLE(law, Law);

#define WATCH_WHAT_MAX 512
#define WATCH_ROWS 64
/* What tells one report from another. */
typedef struct ReportMark {
        uint64_t id;
        size_t module;
        ReportKind kind;
        uint32_t fcnt_up;
        usec_t created; /* realtime */
        uint8_t event;
} ReportMark;
#define PROMPT_MAX (45 * USEC_PER_SEC)

/* A person's word about one action of one module. Ends are realtime, as somebody reads them who
 * counted the time since then. */
typedef struct Word {
        usec_t said; /* module time */
        bool yes, now;
        usec_t until; /* of a yes */
        bool by_span; /* ... which no window ends */
        bool undated; /* ... which one does, and nobody knew the time */
        uint64_t bytes;
        char firmware[FIRMWARE_MAX];
        usec_t no_until;             /* 0: nobody deferred it */
        usec_t until_most, no_least; /* before or after the clock was set */
        uint64_t row;                /* of the journal, the newest when it was said */
} Word;

/* An inhibitor, as its owner knows it; one for each happening that is one. */
typedef struct Hold {
        bool taken;   /* fotad said yes */
        bool certain; /* ... and its owner is there, so that it has to hold back */
        bool server;  /* an application server's */
        int module;   /* -1: all */
        unsigned actions;
        usec_t since;          /* realtime */
        usec_t until;          /* module time; USEC_INFINITY: no end */
        usec_t gone;           /* module time at which its owner went, USEC_INFINITY: it is there */
        unsigned boots, jumps; /* of the gateway and its clock before */
} Hold;

/* How the last install of a module went. */
typedef struct Install {
        uint64_t row; /* of the journal; 0 none yet */
        bool succeeded;
        usec_t at; /* module time */
        unsigned boots, jumps;
} Install;

#define RAN_MAX 4
#define ASKS_MAX 16

typedef struct Asked {
        usec_t at; /* module time */
        usec_t realtime;
        unsigned boots;
} Asked;

typedef struct WatchModule {
        bool asked[_ACTION_MAX];   /* the module did, heard or not, since the last yes arrived */
        usec_t first[_ACTION_MAX]; /* module time at which it was first asked; 0: it is not */
        usec_t taken_first[_ACTION_MAX], taken_at[_ACTION_MAX]; /* of the one before, module times
                                                                 */
        usec_t again[_ACTION_MAX]; /* ... or first after fotad had given it up */
        usec_t first_realtime[_ACTION_MAX];
        unsigned first_boot[_ACTION_MAX];
        Asked asks[_ACTION_MAX][ASKS_MAX]; /* the last ones */
        size_t n_asks[_ACTION_MAX];
        Word words[_ACTION_MAX], words_before[_ACTION_MAX]; /* the last order */
        int given;            /* action of the yes that is on its way through the module; -1 none */
        uint64_t given_job;   /* the job that the last yes was for */
        bool suspended;       /* by a person */
        bool session_wanted;  /* by a person */
        bool result_due;      /* an install ended */
        usec_t told_realtime; /* of the size */
        usec_t told_at;       /* module time */
        uint64_t told_of;     /* ... of all of that package */
        bool told_ended;      /* ... and the update that it was told to has ended */
        bool told_lost;       /* ... and fotad does not know */
        uint64_t told_bytes;  /* of the package, as the module said last; 0: it did not */
        bool awaited;         /* a request was heard, and nothing became of it yet */
        usec_t heard;         /* module time */
        Action heard_action;
        bool down;            /* by fotad's yes: until it is up again */
        usec_t down_since;    /* module time */
        unsigned reboots;     /* then */
        unsigned all_reboots; /* as last looked at */
        usec_t rebooting;     /* module time of the yes to one; 0: it is over */
        unsigned grants;      /* taken, as last looked at */
        usec_t flashed;       /* module time at which it began to flash after that; 0: it did not */
        int question;         /* action of fotad's own harmless question on the line; -1 none */
        bool absent;
        usec_t absent_since;
        usec_t unregistered;         /* module time since when; 0: it was on the network */
        SimRadio radio_before;       /* its last change */
        usec_t radio_since;          /* module time of that */
        bool reads;                  /* fotad asked for its version just now ... */
        bool read_since_start;       /* ... and has read it since it started */
        usec_t granted;              /* module time of the last yes to an install; 0 never */
        usec_t booted_late;          /* ... of the last word of a boot that came late; 0: none */
        uint64_t job;                /* runs, as on disk */
        uint64_t newest_job;         /* ... or ran last */
        Act act;                     /* the last one on disk */
        usec_t job_since;            /* module time */
        unsigned job_jumps;          /* of its clock before */
        char firmware[FIRMWARE_MAX]; /* that it runs */
        usec_t changed;              /* module time, since when */
        Install install;
        struct {
                char firmware[FIRMWARE_MAX];
                usec_t until; /* realtime */
        } ran[RAN_MAX];       /* that it ran before, the last ones */
        unsigned n_ran;
        bool identified; /* its DevEUI is known, on disk */
        bool any_report;
        uint32_t fcnt_up;
} WatchModule;

/* Laws hold where nothing is done, too. */
typedef struct Deeds {
        uint64_t grants, installs, reports; /* agreements and successes in the history; accepted */
} Deeds;

typedef struct Promise {
        bool made;
        Action action;
        VerdictKind kind;
        Rule because;
        usec_t until; /* realtime */
        uint64_t inputs;
        uint64_t looked;  /* inputs, when it was looked at last */
        usec_t looked_at; /* ... and module time */
        usec_t look_at;   /* module time at which the watch looks again; USEC_INFINITY never */
} Promise;

/* The latest moment that `explain` told since a person did anything that it depends on. */
typedef struct Foretold {
        usec_t at;                 /* realtime; 0: none */
        usec_t told_at, looked_at; /* module times */
        RuleSet needs;
        uint64_t job; /* that ran, 0 none */
} Foretold;

/* What the wall shows in a quarter of an hour. */
typedef struct QuarterOfWeek {
        bool is_read;
        usec_t at;        /* realtime in quarters */
        unsigned weekday; /* Monday is 0 */
        unsigned minute;
} QuarterOfWeek;
#define WATCH_QUARTERS 1024

typedef struct Watch {
        struct Run *run;
        World *world;
        WatchModule modules[PLAN_MODULES_MAX];
        Promise promises[PLAN_MODULES_MAX];
        Foretold foretold[PLAN_MODULES_MAX][_ACTION_MAX];
        Hold holds[PLAN_HAPPENINGS_MAX]; /* by happening */
        uint64_t inputs;                 /* grows with everything that fotad could learn */
        unsigned boots, jumps;           /* of the gateway, and of its wall clock */
        usec_t jumped;                   /* module time of the last jump, ... */
        int64_t jump;                    /* and how far */
        usec_t started;                  /* module time of fotad's last start */
        usec_t crashed;                  /* ... when it last died in a turn, with what it heard */
        usec_t newest;                   /* realtime of the newest row when it started */
        bool synchronized;               /* the clock, as fotad was told */
        usec_t path_proven; /* module time of the last proof of gateway.other_path; 0: none */
        bool writable;      /* the database, as last looked at */
        usec_t unwritable_since, unwritable; /* module times, of the last time that it was not so */
        uint64_t last_event, last_told, last_job, last_act;
        uint64_t last_report;
        ReportMark reports[WATCH_ROWS]; /* the last ones on disk, by id */
        usec_t newest_row;              /* realtime of the newest row on disk */
        EventRow rows[WATCH_ROWS];      /* the last ones on disk, by sequence */
        QuarterOfWeek quarters[WATCH_QUARTERS];
        uint64_t checks[_LAW_MAX];
        Deeds deeds;
        bool broken;
        Law law;
        usec_t broken_at; /* module time */
        char what[WATCH_WHAT_MAX];
} Watch;

void watch_init(Watch *watch, struct Run *run);
/* Counts a check; when it does not hold, the run is over. */
bool watch_check(Watch *watch, Law law, bool holds, const char *format, ...) _printf_(4, 5);

/* what happens, told by run.c */
void watch_said(Watch *watch, size_t module, const char *bytes, size_t n);  /* by the module */
void watch_heard(Watch *watch, size_t module, const char *bytes, size_t n); /* by fotad */
/* The same, but later than it was said: it can't be told from a new request. again: it was heard at
 * once too, and it can only when its matter is over. */
void watch_late(Watch *watch, size_t module, const char *bytes, size_t n, bool again);
void watch_sent(Watch *watch, size_t module, const char *bytes, size_t n);    /* by fotad */
void watch_arrived(Watch *watch, size_t module, const char *bytes, size_t n); /* after it */
/* A job that runs, of a commit that failed: fotad finds it when it starts. */
void watch_found(Watch *watch, const JobRow *job);
void watch_committed(Watch *watch, const Batch *batch);
void watch_published(Watch *watch, const EventRow *row);
void watch_started(Watch *watch, bool booted);
void watch_turned(Watch *watch);
void watch_radio(Watch *watch, size_t module); /* before it changes */
void watch_ordered(Watch *watch, size_t module, const Order *order);
void watch_clock_set(Watch *watch, int64_t step);
/* Is asked for from now on, if it was not yet; a Telit module has one question for both. */
void watch_asked(Watch *watch, size_t module, Action action);
/* Whether the last order will be remembered is not known. */
void watch_unsure(Watch *watch, size_t module);
void watch_tick(Watch *watch);
usec_t watch_due(const Watch *watch); /* module time of the next look */
void watch_end(Watch *watch);         /* of a run that became calm */

/* grants.c: a yes on the line */
void watch_grant(Watch *watch, size_t module, const char *bytes, size_t n);
void watch_taken(Watch *watch, size_t module, const SimFacts *facts);
void watch_grant_arrived(Watch *watch, size_t module, const char *bytes, size_t n);

/* lease.c: who holds actions back */
void holds_started(Watch *watch, bool booted);
void holds_look(Watch *watch);

/* rules.c: fotad.yaml(5) once more */
typedef struct Case {
        Watch *watch;
        size_t module;
        Action action;
        usec_t decided; /* realtime of the verdict, when a setting had to be written before the yes
                         */
} Case;
/* What of the policy does not let it be granted now, NULL: nothing. */
const char *rules_refuse(const Case *c);
bool rules_are_open(Watch *watch, const ActionPolicy *policy, usec_t realtime, usec_t fits);
/* When a yes given now, for such a case, ends. */
usec_t rules_yes_end(const Case *yes);
bool rules_clock_is_trusted(const Watch *watch);
/* Of a yes of before somebody knew the time, once that is known. */
void rules_date_yes(const Case *yes);

bool rules_carries_uplink(const Watch *watch, size_t module);

bool hold_stops(const Case *c); /* lease.c */

/* rows.c: what is on disk, against what was there and what fotad thinks */
void rows_compare(Watch *watch);
/* What two rows of a module differ in, of what has to be kept; NULL: in nothing. */
const char *rows_difference(const ModuleRecord *a, const ModuleRecord *b);

/* promise.c */
void promise_look(Watch *watch, size_t module);
void promise_check(Watch *watch, size_t module, Action action); /* a yes leaves */
/* "With a person's yes": when it may be, were he to say so now. */
usec_t promise_consented(const Watch *watch, size_t module, Action action);
/* ... and he did, just then; that holds until anything is forgotten. */
void promise_accepted(Watch *watch, size_t module, Action action, usec_t at);
/* An order, another configuration or a clock that is set: what was told does not count. */
void promise_forget(Watch *watch, size_t module);
void promise_forget_all(Watch *watch);
