/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One simulated module behind a pseudo-terminal, with its memory in a file and its dialogue in
 * another. */

#include "base/time.h"
#include "fotasim/scenario.h"

typedef struct FrontOptions {
        const char *link;  /* where its port shall be */
        const char *name;  /* for stderr */
        const char *state; /* file of its memory; NULL: forgotten at exit */
        const char *log;   /* file of its dialogue; NULL: none */
        const SimScenario *scenario;
        uint64_t seed;
        double speed; /* seconds of the module in a real one */
        bool verbose;
} FrontOptions;

typedef struct Front Front;

/* takes nothing, copies everything; `now` is real boot time, here and below. Returns new, powered
 * on. */
_must_use_ int front_new(Front **ret, const FrontOptions *options, usec_t now);
Front *front_free(Front *front);
DEFINE_CLEANUP(Front *, front_free)

int front_fd(const Front *front); /* to be polled for input; -EBADF while nobody is there */
usec_t front_wait(const Front *front, usec_t now); /* until front_run() has something to do */
void front_run(Front *front, usec_t now);
void front_power_cycle(Front *front, usec_t now);
/* The plug of its port is pulled, and at the next call put in again; the module runs on. */
void front_plug(Front *front, usec_t now);
void front_plan_hurry(Front *front, usec_t now); /* what the scenario plans next comes now */
