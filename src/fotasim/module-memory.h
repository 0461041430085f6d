/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a simulated module keeps without power: the payload of SimMemory. What all families have
 * stands here, the rest is the family's own. */

#include "fotasim/hl78xx-memory.h"
#include "fotasim/telit-memory.h"

typedef struct Memory {
        uint32_t magic, size; /* a memory of another build is refused */
        SimFamily family;
        char firmware[SIM_TEXT_MAX];
        SimContext contexts[SIM_CONTEXT_MAX];
        uint32_t n_contexts;
        char iccid[SIM_TEXT_MAX], imsi[SIM_TEXT_MAX]; /* of the SIM that is in, or was last */
        char sim_pin[16];
        uint32_t pin_tries, puk_tries;                              /* left */
        uint32_t packages_planned, requests_planned, lines_planned; /* bits: the scenario's plans
                                                                       that were carried out */
        uint32_t fault_hits[SIM_FAULT_MAX];
        uint32_t grants, grants_seen, bytes_while_flashing, installs, reboots;
        union {
                Hl78xxMemory hl78xx;
                TelitMemory telit;
        };
} Memory;

_Static_assert(sizeof(Memory) <= SIM_MEMORY_MAX, "the memory does not fit into SimMemory");
