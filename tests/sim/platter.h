/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A disk for the real store: SQLite's files in memory, behind a cache such as a kernel has. What
 * was written and never synced is at the mercy of chance when the power goes: all of it is lost, or
 * stays, or each sector by itself, in no order. A sync that failed has made its sectors clean all
 * the same, and no later one writes them. */

#include "base/macro.h"

typedef enum PlatterFault {
        PLATTER_GOOD,
        PLATTER_FULL,   /* no write has room */
        PLATTER_LIES,   /* syncs do nothing, and pass */
        PLATTER_BROKEN, /* writes pass, three syncs of four fail */
} PlatterFault;

typedef struct Platter Platter;

/* SQLite's file system until it is freed; one at a time. */
Platter *platter_new(uint64_t seed);
Platter *platter_free(Platter *platter);
DEFINE_CLEANUP(Platter *, platter_free)

void platter_fault(Platter *platter, PlatterFault fault);
/* Who has files open dies: they take nothing more, and what he wrote is in the cache. */
void platter_kill(Platter *platter);
/* ... and the cache is lost. */
void platter_cut(Platter *platter);
/* One of both happens by itself at the `n`th write or sync from now on. */
void platter_end_at(Platter *platter, uint64_t n, bool power);
/* It did, and nothing can be opened before one of both is called; `ret_power` (may be NULL): the
 * power went. */
bool platter_ended(const Platter *platter, bool *ret_power);
/* Sectors that were lost with the power so far. */
uint64_t platter_lost(const Platter *platter);
