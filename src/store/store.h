/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The database: SQLite, one connection, WAL, synchronous=FULL, one transaction a Batch. Schema
 * versioned and migrated. A stored row is outside bytes: every field is checked when it is read, a
 * row that does not make sense is left out and counted, never guessed; but without its rows of
 * modules and inhibitors a database is not used at all. */

#include "core/record.h"

typedef struct Store Store;

/* Opens or creates `path` (its directory must exist). Does quick_check. -EBADMSG: corrupt, or
 * written by a newer fotad (`why` says which); other negative errno: can't be opened. `why` (may be
 * NULL) gets a sentence for people. */
_must_use_ int store_open(const char *path, Store **ret, char *why, size_t why_size);
Store *store_free(Store *store);
DEFINE_CLEANUP(Store *, store_free)

/* All of the batch or nothing. Negative errno; the store stays usable for store_recover(). */
_must_use_ int store_commit(Store *store, const Batch *batch);
/* After a failed commit: close, reopen, quick_check, write and read back a probe row. */
_must_use_ int store_recover(Store *store, char *why, size_t why_size);

typedef struct StoreCounters {
        uint64_t last_event, last_job, last_report, last_act;
        usec_t newest;     /* realtime of the newest row */
        uint64_t bad_rows; /* left out while reading, since open */
} StoreCounters;
_must_use_ int store_counters(Store *store, StoreCounters *ret);

/* -ENOENT: no row of that name; -EBADMSG: one that makes no sense */
_must_use_ int store_load_module(Store *store, const char *name, ModuleRecord *ret);
_must_use_ int store_load_job(Store *store, uint64_t id, JobRow *ret);
/* All that a module starts with: its record, its running job and its last finished one (id 0:
 * none). -ENOENT: nothing is known of it */
_must_use_ int store_load_history(Store *store, const char *name, ModuleRecord *ret,
                                  JobRow *ret_job, JobRow *ret_last_job);

/* Every module that ever installed, configured or not; the 64 whose install ended last. */
_must_use_ int store_each_install(Store *store, ModuleHandler handler, void *userdata);
/* The leases that were held when it was last written, `max` at most; how many. */
_must_use_ int store_load_inhibitors(Store *store, InhibitorRow *ret, size_t max);

_must_use_ int store_each_job(Store *store, const HistoryQuery *query, JobHandler handler,
                              void *userdata);
_must_use_ int store_each_event(Store *store, const HistoryQuery *query, EventHandler handler,
                                void *userdata);

/* All downlink frames, in the order of their arrival. */
_must_use_ int store_each_frame(Store *store, FrameHandler handler, void *userdata);

/* The lowest report of that kind of `module` with an id above `after`; -ENOENT when it has none. */
_must_use_ int store_next_report(Store *store, const char *module, ReportKind kind, uint64_t after,
                                 ReportRow *ret);
/* A report of the module that is the next above `module` by name, of those that have any; -ENOENT
 * when there is none. */
_must_use_ int store_next_reporter(Store *store, const char *module, ReportRow *ret);
/* The lowest report of that worth with an id above `after`; -ENOENT when there is none. */
_must_use_ int store_spare_report(Store *store, ReportWorth worth, uint64_t after, ReportRow *ret);
_must_use_ int store_spool(Store *store, Spool *ret); /* all but `by_kind` */
/* Fills ret->by_kind: goes over all reports, for people who ask. */
_must_use_ int store_spool_kinds(Store *store, Spool *ret);
/* Since when (realtime) the uplink is lost by the journal, 0: it is not. */
_must_use_ int store_uplink_lost(Store *store, usec_t *ret_since);
/* So many events are kept, whatever their age: a module that babbles must not fill the disk. */
#define STORE_EVENTS_MAX 500000
typedef struct Prune {
        usec_t before; /* realtime; what is older goes */
        usec_t now;    /* realtime; what is later was written with a clock that was wrong */
        unsigned rows; /* at most so many */
        uint64_t events_max;
} Prune;
/* Deletes old history in the order in which it was written: the rows before the first that is to
 * be kept. Rows of running jobs, of the last job of each module, and unsent reports stay, and no
 * number is given out again. The number of rows that are gone. */
_must_use_ int store_prune(Store *store, const Prune *prune);

/* The path, for messages. Borrowed. */
const char *store_path(const Store *store);
