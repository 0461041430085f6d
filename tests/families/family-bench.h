/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One module of a family through its contract: lines in and facts out, verbs in and bytes out. The
 * module is a table of answers; a command that is not in it gets OK. */

#include <fotad/family.h>

#define FACTS_MAX 256
#define WIRE_MAX 4096

typedef struct Answer {
        const char *command;
        const char *reply; /* lines joined with |, "" for silence */
} Answer;

typedef struct HeardFact {
        FactKind kind;
        int64_t number;
        Reason reason;
} HeardFact;

typedef struct Bench {
        const Family *family;
        FamilySettings settings;
        FamilyModule *module;
        Chat *chat;
        Clock now;
        const Answer *answers;    /* ends with a row without command */
        const char *interjection; /* a line that comes before the reply of each command */
        /* Called before a command is looked for in `out`; true: it took some of it. May be NULL. */
        bool (*take)(struct Bench *bench);
        HeardFact facts[FACTS_MAX];
        size_t n_facts;
        char wire[WIRE_MAX]; /* commands, each followed by a newline; without the re-sync's AT */
        char out[WIRE_MAX];  /* not answered yet */
        size_t n_out;
        char lines[1024]; /* of a person's command */
        char told[2048];  /* settings: "NAME VALUE FATE", each followed by a newline */
} Bench;

Bench *bench_init(Bench *bench, const Answer *answers); /* an HL78xx */
Bench *bench_init_family(Bench *bench, const char *family, const Answer *answers);
void bench_done(Bench *bench);

/* the module speaks */
void bench_send(Bench *bench, const char *line);
void bench_send_all(Bench *bench, const char *lines); /* joined with | */
void bench_note(Bench *bench, const char *command);   /* to `wire` */
void bench_drop(Bench *bench, size_t n);              /* from the front of `out` */

/* Starts a verb, and runs until nothing more happens; what start() returned. */
int bench_say(Bench *bench, Verb verb, VerbArgs args);
void bench_run(Bench *bench);
/* The last fact; all 0 when there is none. */
HeardFact bench_last(const Bench *bench);
/* The last fact is the end of this verb. */
bool bench_ended(const Bench *bench, Verb verb, Reason reason);
size_t bench_count(const Bench *bench, FactKind kind);
