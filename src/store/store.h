/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The database: SQLite, one connection, WAL, synchronous=FULL, one transaction a Batch. Schema
 * versioned and migrated. A stored row is outside bytes: every field is checked when it is read, a
 * row that does not make sense is left out and counted, never guessed. */

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

/* -ENOENT: no row of that name */
_must_use_ int store_load_module(Store *store, const char *name, ModuleRecord *ret);
_must_use_ int store_load_job(Store *store, uint64_t id, JobRow *ret);
/* All that a module starts with: its record, its running job and its last finished one (id 0:
 * none). -ENOENT: nothing is known of it */
_must_use_ int store_load_history(Store *store, const char *name, ModuleRecord *ret,
                                  JobRow *ret_job, JobRow *ret_last_job);

/* module: "" or NULL for all. limit 0: no limit; the newest `limit` rows, oldest first. */
_must_use_ int store_each_job(Store *store, const char *module, size_t limit, JobHandler handler,
                              void *userdata);
_must_use_ int store_each_event(Store *store, const char *module, size_t limit,
                                EventHandler handler, void *userdata);

/* The lowest report of that kind of `module` with an id above `after`; -ENOENT when it has none. */
_must_use_ int store_next_report(Store *store, const char *module, ReportKind kind, uint64_t after,
                                 ReportRow *ret);
/* The lowest report of that worth with an id above `after`; -ENOENT when there is none. */
_must_use_ int store_spare_report(Store *store, ReportWorth worth, uint64_t after, ReportRow *ret);
_must_use_ int store_spool(Store *store, Spool *ret); /* all but `by_kind` */
/* Fills ret->by_kind: goes over all reports, for people who ask. */
_must_use_ int store_spool_kinds(Store *store, Spool *ret);
/* Since when (realtime) the uplink is lost by the journal, 0: it is not. */
_must_use_ int store_uplink_lost(Store *store, usec_t *ret_since);
/* Deletes history older than `before` (realtime); rows of running jobs and unsent reports stay. At
 * most 1,000 rows a call. */
_must_use_ int store_prune(Store *store, usec_t before);

/* The path, for messages. Borrowed. */
const char *store_path(const Store *store);
