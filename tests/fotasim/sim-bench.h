/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A simulated module on a bench: scripted dialogues against a clock that only moves when a script
 * waits. The script is a text of lines:
 *
 *   > AT+CGMR        the host sends this line, with a CR
 *   < OK             the module's next non-empty line, however long that takes (a day at most)
 *   wait 30min       time passes; the module may talk, and is read later
 *   quiet 5min       time passes and the module says nothing
 *   cut              the power fails and returns: a new module with the old memory
 *   empty            everything that was said so far was read
 */

#include "fotasim/model.h"

#define SIM_BENCH_OUTPUT_MAX 16384

typedef struct SimBench {
        SimScenario scenario; /* may be changed until sim_bench_start() */
        SimHost host;
        SimModule *module;
        SimMemory memory;
        usec_t now;
        char output[SIM_BENCH_OUTPUT_MAX];
        size_t n_output, n_read;
        unsigned writes, port_changes;
        bool port_present;
} SimBench;

void sim_bench_init(SimBench *bench); /* the default scenario without echo, all indications */
void sim_bench_start(SimBench *bench);
void sim_bench_done(SimBench *bench);
void sim_bench_wait(SimBench *bench, usec_t span);
void sim_bench_play(SimBench *bench, const char *script);
SimFacts sim_bench_facts(const SimBench *bench);
