/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The store: opened, written, recovered, pruned.
 *
 * Owns the database. The totals (what was numbered last, how many reports were settled) are held in
 * memory and written with each commit that changes them, because rows that they were counted from
 * get deleted. A commit may fail although its rows reached the disk; the same batch may then come
 * again after store_recover(), so storing a row twice is harmless. */

#include <assert.h>
#include <stdio.h>

#include "store/store-internal.h"

static int put_row(Store *store, TableId table, const void *row) {
        StatementId id = (StatementId) (STATEMENT_PUT + (int) table);
        int rc = table_bind(&schema_tables[table], store->database.statements[id], row);

        /* database_run() resets, so that no binding outlives the row */
        return rc == SQLITE_OK ? database_run(&store->database, id) :
                                 database_errno(&store->database, rc);
}

static void raise_to(uint64_t *value, uint64_t to) {
        if (to != USEC_INFINITY && *value < to)
                *value = to;
}

static int put_events(Store *store, const Batch *batch, Totals *totals) {
        for (size_t i = 0; i < batch->n_events; i++) {
                const EventRow *row = &batch->events[i];
                int r = put_row(store, TABLE_EVENTS, row);

                if (r < 0)
                        return r;
                raise_to(&totals->last_event, row->sequence);
                raise_to(&totals->newest, row->realtime);
        }
        return 0;
}

static int put_jobs(Store *store, const Batch *batch, Totals *totals) {
        for (size_t i = 0; i < batch->n_jobs; i++) {
                const JobRow *row = &batch->jobs[i];
                int r = put_row(store, TABLE_JOBS, row);

                if (r < 0)
                        return r;
                raise_to(&totals->last_job, row->id);
                raise_to(&totals->newest, row->since);
                raise_to(&totals->newest, row->finished);
        }
        return 0;
}

static int put_modules(Store *store, const Batch *batch, Totals *totals) {
        for (size_t i = 0; i < batch->n_modules; i++) {
                const ModuleRecord *record = batch->modules[i];
                int r = put_row(store, TABLE_MODULES, record);

                if (r < 0)
                        return r;
                raise_to(&totals->last_act, record->act.sequence);
                raise_to(&totals->newest, record->state_since);
        }
        return 0;
}

static int put_reports(Store *store, const Batch *batch, Totals *totals, uint64_t *waiting) {
        for (size_t i = 0; i < batch->n_reports; i++) {
                const ReportRow *row = &batch->reports[i];
                int r = put_row(store, TABLE_REPORTS, row);

                if (r < 0)
                        return r;
                *waiting += (uint64_t) sqlite3_changes(store->database.handle);
                raise_to(&totals->last_report, row->id);
                raise_to(&totals->newest, row->created);
        }
        return 0;
}

static int put_frames(Store *store, const Batch *batch, Totals *totals) {
        for (size_t i = 0; i < batch->n_frames; i++) {
                const FrameRow *row = &batch->frames[i];
                int r = put_row(store, TABLE_FRAMES, row);

                if (r < 0)
                        return r;
                raise_to(&totals->newest, row->accepted);
        }
        return 0;
}

static int delete_frames(Store *store, const Batch *batch) {
        sqlite3_stmt *statement = store->database.statements[STATEMENT_DELETE_FRAME];

        for (size_t i = 0; i < batch->n_frames_gone; i++) {
                int rc = sqlite3_bind_int64(statement, 1, (int64_t) batch->frames_gone[i]), r;

                r = rc == SQLITE_OK ? database_run(&store->database, STATEMENT_DELETE_FRAME) :
                                      database_errno(&store->database, rc);
                if (r < 0)
                        return r;
        }
        return 0;
}

static void totals_count(Totals *totals, Settlement settlement) {
        switch (settlement) {
        case SETTLEMENT_ACCEPTED:
                totals->accepted++;
                return;
        case SETTLEMENT_REFUSED:
                totals->refused++;
                return;
        case SETTLEMENT_DROPPED:
                totals->dropped++;
                return;
        }
}

static int settle_reports(Store *store, const Batch *batch, Totals *totals, uint64_t *waiting) {
        sqlite3_stmt *statement = store->database.statements[STATEMENT_DELETE_REPORT];

        for (size_t i = 0; i < batch->n_settled; i++) {
                int rc = sqlite3_bind_int64(statement, 1, (int64_t) batch->settled[i].id), r;

                r = rc == SQLITE_OK ? database_run(&store->database, STATEMENT_DELETE_REPORT) :
                                      database_errno(&store->database, rc);
                if (r < 0)
                        return r;
                if (sqlite3_changes(store->database.handle) == 0)
                        continue; /* settled before */
                totals_count(totals, batch->settled[i].settlement);
                *waiting -= 1;
        }
        return 0;
}

/* All of them: there are few, and they change seldom. */
static int put_inhibitors(Store *store, const Batch *batch) {
        int r;

        if (!batch->inhibitors_changed)
                return 0;
        r = database_run(&store->database, STATEMENT_CLEAR_INHIBITORS);
        for (size_t i = 0; i < batch->n_inhibitors && r >= 0; i++)
                r = put_row(store, TABLE_INHIBITORS, batch->inhibitors[i]);
        return r;
}

static int batch_write(Store *store, const Batch *batch, Totals *totals, uint64_t *waiting) {
        int r = put_jobs(store, batch, totals);

        if (r >= 0)
                r = put_modules(store, batch, totals);
        if (r >= 0)
                r = put_events(store, batch, totals);
        if (r >= 0)
                r = put_reports(store, batch, totals, waiting);
        if (r >= 0)
                r = settle_reports(store, batch, totals, waiting);
        if (r >= 0)
                r = put_frames(store, batch, totals);
        if (r >= 0)
                r = delete_frames(store, batch);
        if (r >= 0)
                r = put_inhibitors(store, batch);
        if (r >= 0 && memcmp(totals, &store->totals, sizeof *totals) != 0)
                r = put_row(store, TABLE_TOTALS, totals);
        return r;
}

/* Commits when r >= 0, else (and when that fails) rolls back; the first error stays. */
static int transaction_end(Store *store, int r) {
        if (r >= 0) {
                r = database_run(&store->database, STATEMENT_COMMIT);
                if (r < 0)
                        database_doubt_log(&store->database);
        }
        if (r < 0 && sqlite3_get_autocommit(store->database.handle) == 0)
                (void) !database_run(&store->database, STATEMENT_ROLLBACK);
        return r;
}

/* The first since it was opened, or since one failed, makes sure of what is in the log. */
static int transaction_begin(Store *store) {
        int r = database_run(&store->database, STATEMENT_BEGIN);

        if (r < 0)
                return r;
        r = database_make_log_sure(&store->database);
        return r < 0 ? transaction_end(store, r) : 0;
}

int store_commit(Store *store, const Batch *batch) {
        Totals totals = store->totals;
        uint64_t waiting = store->waiting;
        int r;

        if (!store->database.handle)
                return -EIO;
        r = transaction_begin(store);
        if (r < 0)
                return r;
        r = transaction_end(store, batch_write(store, batch, &totals, &waiting));
        if (r < 0)
                return r;
        store->totals = totals;
        store->waiting = waiting;
        return 0;
}

/* Raises *ret to the one number of a query. */
static int query_number(Store *store, const char *sql, uint64_t *ret) {
        sqlite3_stmt *statement = NULL;
        int rc = sqlite3_prepare_v2(store->database.handle, sql, -1, &statement, NULL);

        if (rc == SQLITE_OK)
                rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW && sqlite3_column_int64(statement, 0) > 0)
                raise_to(ret, (uint64_t) sqlite3_column_int64(statement, 0));
        (void) sqlite3_finalize(statement);
        return database_errno(&store->database, rc);
}

/* A number that was given out must never be given out again, whatever happened to the row of
 * totals. */
static int totals_verify(Store *store, Totals *totals) {
        const struct {
                const char *column, *table;
                uint64_t *total;
        } checks[] = {
                { "sequence", "events", &totals->last_event },
                { "id", "jobs", &totals->last_job },
                { "id", "reports", &totals->last_report },
                { "act_sequence", "modules", &totals->last_act },
        };

        for (size_t i = 0; i < ELEMENTSOF(checks); i++) {
                char sql[128];
                int r;

                (void) snprintf(sql, sizeof sql, "SELECT max(%s) FROM %s WHERE %s <= %llu",
                                checks[i].column, checks[i].table, checks[i].column,
                                (unsigned long long) ID_MAX);
                r = query_number(store, sql, checks[i].total);
                if (r < 0)
                        return r;
        }
        return query_number(store, "SELECT max(realtime) FROM events", &totals->newest);
}

static int totals_load(Store *store) {
        _cleanup_reset_ sqlite3_stmt *statement = store->database.statements[STATEMENT_TOTALS];
        Totals totals = { .id = 1 };
        int rc = sqlite3_step(statement), r;

        if (rc == SQLITE_ROW && !table_load(&schema_tables[TABLE_TOTALS], statement, &totals)) {
                store->bad_rows++;
                totals = (Totals) { .id = 1 };
        }
        r = database_errno(&store->database, rc);
        if (r >= 0)
                r = totals_verify(store, &totals);
        store->waiting = 0;
        if (r >= 0)
                r = query_number(store, "SELECT count(*) FROM reports", &store->waiting);
        if (r >= 0)
                store->totals = totals;
        return r;
}

static int store_start(Store *store, char *why, size_t why_size) {
        int r = database_open(&store->database, store->path, why, why_size);

        if (r < 0)
                return r;
        r = totals_load(store);
        if (r >= 0)
                r = store_verify(store);
        if (r == -EBADMSG && why)
                (void) snprintf(why, why_size,
                                "%s is corrupt: what it holds of a module or an inhibitor makes no "
                                "sense; stop fotad and move it away, or restore a backup",
                                store->path);
        else if (r < 0 && why)
                (void) snprintf(why, why_size, "%s can not be read: %s", store->path, strerror(-r));
        if (r < 0)
                database_close(&store->database);
        return r;
}

int store_open(const char *path, Store **ret, char *why, size_t why_size) {
        _cleanup_(store_freep) Store *store = calloc(1, sizeof *store);
        int r;

        if (!store)
                return -ENOMEM;
        store->path = strdup(path);
        if (!store->path)
                return -ENOMEM;
        r = store_start(store, why, why_size);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(store);
        return 0;
}

Store *store_free(Store *store) {
        if (!store)
                return NULL;
        database_close(&store->database);
        free(store->path);
        free(store);
        return NULL;
}

/* Writes a number and reads it back. */
static int store_probe(Store *store) {
        Totals totals = store->totals;
        int r = transaction_begin(store);

        if (r < 0)
                return r;
        totals.probe++;
        r = transaction_end(store, put_row(store, TABLE_TOTALS, &totals));
        if (r >= 0)
                r = totals_load(store);
        return r >= 0 && store->totals.probe != totals.probe ? -EIO : r;
}

int store_recover(Store *store, char *why, size_t why_size) {
        int r;

        database_close(&store->database);
        r = store_start(store, why, why_size);
        if (r < 0)
                return r;
        r = store_probe(store);
        if (r < 0 && why)
                (void) snprintf(why, why_size, "%s can not be written: %s", store->path,
                                strerror(-r));
        return r;
}

int store_counters(Store *store, StoreCounters *ret) {
        *ret = (StoreCounters) {
                .last_event = store->totals.last_event,
                .last_job = store->totals.last_job,
                .last_report = store->totals.last_report,
                .last_act = store->totals.last_act,
                .newest = store->totals.newest,
                .bad_rows = store->bad_rows,
        };
        return 0;
}

static int prune_bind(sqlite3_stmt *statement, const Prune *prune, int rows, uint64_t last) {
        const int64_t numbers[] = {
                (int64_t) MIN_OF(prune->before, NUMBER_MAX),
                (int64_t) MIN_OF(prune->now, NUMBER_MAX),
                rows,
                (int64_t) (last > prune->events_max ? last - prune->events_max : 0),
        };
        int rc = SQLITE_OK;

        for (int i = 0; i < sqlite3_bind_parameter_count(statement) && rc == SQLITE_OK; i++)
                rc = sqlite3_bind_int64(statement, i + 1, numbers[i]);
        return rc;
}

static int prune_table(Store *store, StatementId id, const Prune *prune, int rows) {
        const int rc =
                prune_bind(store->database.statements[id], prune, rows, store->totals.last_event);
        const int r = rc == SQLITE_OK ? database_run(&store->database, id) :
                                        database_errno(&store->database, rc);

        return r < 0 ? r : sqlite3_changes(store->database.handle);
}

int store_prune(Store *store, const Prune *prune) {
        const int rows = (int) MIN_OF(prune->rows, (unsigned) INT32_MAX);
        int events, jobs = 0, r;

        if (!store->database.handle)
                return -EIO;
        r = transaction_begin(store);
        if (r < 0)
                return r;
        events = prune_table(store, STATEMENT_PRUNE_EVENTS, prune, rows);
        if (events >= 0)
                jobs = prune_table(store, STATEMENT_PRUNE_JOBS, prune, rows - events);
        r = transaction_end(store, MIN_OF(events, jobs));
        return r < 0 ? r : events + jobs;
}

const char *store_path(const Store *store) {
        return store->path;
}
