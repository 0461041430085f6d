/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reading rows back.
 *
 * Owns nothing but the walk. A row that makes no sense is counted and left out: half an event would
 * be worse than none. What a module was granted and what holds it back is never left out: it is an
 * error. The statements are shared, so a handler must not start the same walk again. */

#include "store/store-internal.h"

/* Binds a module's name (when `name` is not NULL) and a number as ?1 and ?2. */
static int bind_name_number(Store *store, sqlite3_stmt *statement, const char *name,
                            int64_t number) {
        int rc = name ? sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC) : SQLITE_OK;

        if (rc == SQLITE_OK && sqlite3_bind_parameter_count(statement) >= 2)
                rc = sqlite3_bind_int64(statement, 2, number);
        return database_errno(&store->database, rc);
}

/* 1: a sound row is in *row; 0: no more rows */
static int next_row(Store *store, sqlite3_stmt *statement, TableId table, void *row) {
        for (;;) {
                int rc = sqlite3_step(statement);

                if (rc != SQLITE_ROW)
                        return database_errno(&store->database, rc);
                if (table_load(&schema_tables[table], statement, row))
                        return 1;
                store->bad_rows++;
        }
}

/* All rows of it, whether one was left out. */
static int verify_rows(Store *store, StatementId id, TableId table, void *row) {
        _cleanup_reset_ sqlite3_stmt *statement = store->database.statements[id];
        const uint64_t bad_rows = store->bad_rows;
        int r;

        do
                r = next_row(store, statement, table, row);
        while (r > 0);
        return r == 0 && store->bad_rows > bad_rows ? -EBADMSG : r;
}

int store_verify(Store *store) {
        InhibitorRow inhibitor = {};
        ModuleRecord record = {};
        const int r = verify_rows(store, STATEMENT_MODULES, TABLE_MODULES, &record);

        return r < 0 ? r : verify_rows(store, STATEMENT_INHIBITORS, TABLE_INHIBITORS, &inhibitor);
}

int store_load_module(Store *store, const char *name, ModuleRecord *ret) {
        _cleanup_reset_ sqlite3_stmt *statement = store->database.statements[STATEMENT_MODULE];
        const uint64_t bad_rows = store->bad_rows;
        ModuleRecord record = {};
        int r;

        if (!statement)
                return -EIO;
        r = bind_name_number(store, statement, name, 0);
        if (r >= 0)
                r = next_row(store, statement, TABLE_MODULES, &record);
        if (r == 0)
                r = store->bad_rows > bad_rows ? -EBADMSG : -ENOENT;
        if (r < 0)
                return r;
        *ret = record;
        return 0;
}

int store_each_install(Store *store, ModuleHandler handler, void *userdata) {
        _cleanup_reset_ sqlite3_stmt *statement = store->database.statements[STATEMENT_INSTALLS];
        int r = statement ? 0 : -EIO;

        while (r >= 0) {
                ModuleRecord record = {};

                r = next_row(store, statement, TABLE_MODULES, &record);
                if (r <= 0)
                        return r;
                r = handler(userdata, &record);
                if (r > 0)
                        return 0;
        }
        return r;
}

int store_load_job(Store *store, uint64_t id, JobRow *ret) {
        _cleanup_reset_ sqlite3_stmt *statement = store->database.statements[STATEMENT_JOB];
        JobRow row = {};
        int r;

        if (!statement)
                return -EIO;
        r = database_errno(&store->database,
                           sqlite3_bind_int64(statement, 1, (int64_t) MIN_OF(id, NUMBER_MAX)));
        if (r >= 0)
                r = next_row(store, statement, TABLE_JOBS, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        *ret = row;
        return 0;
}

int store_load_inhibitors(Store *store, InhibitorRow *ret, size_t max) {
        _cleanup_reset_ sqlite3_stmt *statement = store->database.statements[STATEMENT_INHIBITORS];
        size_t n = 0;
        int r = 1;

        if (!statement)
                return -EIO;
        while (n < max) {
                InhibitorRow row = {};

                r = next_row(store, statement, TABLE_INHIBITORS, &row);
                if (r <= 0)
                        break;
                ret[n++] = row;
        }
        return r < 0 ? r : (int) n;
}

/* Chooses between the walk over all modules and that over one; NULL when the database is closed. */
static sqlite3_stmt *walk_statement(Store *store, const HistoryQuery *query, StatementId all,
                                    StatementId of_module) {
        return store->database.statements[query->module && query->module[0] ? of_module : all];
}

static int walk_bind(Store *store, sqlite3_stmt *statement, const HistoryQuery *query) {
        const bool all = query->limit == 0 || query->limit > INT64_MAX;
        const usec_t until = query->until ? query->until : USEC_INFINITY;
        int rc, r;

        r = bind_name_number(store, statement,
                             query->module && query->module[0] ? query->module : NULL,
                             all ? -1 : (int64_t) query->limit);
        if (r < 0)
                return r;
        rc = sqlite3_bind_int64(statement, 3, (int64_t) MIN_OF(query->since, NUMBER_MAX));
        if (rc == SQLITE_OK)
                rc = sqlite3_bind_int64(statement, 4, (int64_t) MIN_OF(until, NUMBER_MAX));
        return database_errno(&store->database, rc);
}

int store_each_job(Store *store, const HistoryQuery *query, JobHandler handler, void *userdata) {
        _cleanup_reset_ sqlite3_stmt *statement =
                walk_statement(store, query, STATEMENT_JOBS_ALL, STATEMENT_JOBS_OF_MODULE);
        int r;

        if (!statement)
                return -EIO;
        r = walk_bind(store, statement, query);
        while (r >= 0) {
                JobRow row = {};

                r = next_row(store, statement, TABLE_JOBS, &row);
                if (r <= 0)
                        return r;
                r = handler(userdata, &row);
                if (r > 0)
                        return 0;
        }
        return r;
}

/* One JSON object on one line? SQLite judged the grammar (query_phrase() in database.c). */
static const char *event_details(sqlite3_stmt *statement) {
        int column = (int) schema_tables[TABLE_EVENTS].n_fields - 1;
        const char *kind = (const char *) sqlite3_column_text(statement, column + 1);
        const char *details = (const char *) sqlite3_column_text(statement, column);
        size_t n = (size_t) sqlite3_column_bytes(statement, column);

        if (!details || !kind || !streq(kind, "object") || text_has_control(details, n))
                return NULL;
        return details;
}

/* 1: *ret is filled, as long as the statement is not stepped; 0: left out */
static int event_load(Store *store, sqlite3_stmt *statement, const EventRow *row,
                      StoredEvent *ret) {
        const char *details = event_details(statement);

        if (!details) {
                store->bad_rows++;
                return 0;
        }
        *ret = (StoredEvent) {
                .sequence = row->sequence,
                .realtime = row->realtime,
                .module = row->module,
                .event = event_kind_to_string(row->event),
                .state = row->module[0] ? state_to_string(row->state) : NULL,
                .job = row->job,
                .details_json = details,
        };
        return 1;
}

int store_each_event(Store *store, const HistoryQuery *query, EventHandler handler,
                     void *userdata) {
        _cleanup_reset_ sqlite3_stmt *statement =
                walk_statement(store, query, STATEMENT_EVENTS_ALL, STATEMENT_EVENTS_OF_MODULE);
        EventRow row = {};
        StoredEvent event;
        int r;

        if (!statement)
                return -EIO;
        r = walk_bind(store, statement, query);
        while (r >= 0) {
                r = next_row(store, statement, TABLE_EVENTS, &row);
                if (r <= 0)
                        return r;
                r = event_load(store, statement, &row, &event);
                if (r > 0)
                        r = handler(userdata, &event);
                if (r > 0)
                        return 0;
        }
        return r;
}

int store_each_frame(Store *store, FrameHandler handler, void *userdata) {
        _cleanup_reset_ sqlite3_stmt *statement = store->database.statements[STATEMENT_FRAMES];
        int r = statement ? 0 : -EIO;

        while (r >= 0) {
                FrameRow row = {};

                r = next_row(store, statement, TABLE_FRAMES, &row);
                if (r <= 0)
                        return r;
                r = handler(userdata, &row);
                if (r > 0)
                        return 0;
        }
        return r;
}

static int one_report(Store *store, sqlite3_stmt *statement, ReportRow *ret) {
        ReportRow row = {};
        const int r = next_row(store, statement, TABLE_REPORTS, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        *ret = row;
        return 0;
}

int store_next_report(Store *store, const char *module, ReportKind kind, uint64_t after,
                      ReportRow *ret) {
        _cleanup_reset_ sqlite3_stmt *statement = store->database.statements[STATEMENT_NEXT_REPORT];
        int r;

        if (!statement)
                return -EIO;
        r = bind_name_number(store, statement, module, (int64_t) MIN_OF(after, NUMBER_MAX));
        if (r >= 0)
                r = database_errno(&store->database, sqlite3_bind_int(statement, 3, (int) kind));
        return r < 0 ? r : one_report(store, statement, ret);
}

int store_next_reporter(Store *store, const char *module, ReportRow *ret) {
        _cleanup_reset_ sqlite3_stmt *statement =
                store->database.statements[STATEMENT_NEXT_REPORTER];
        int r;

        if (!statement)
                return -EIO;
        r = bind_name_number(store, statement, module, 0);
        return r < 0 ? r : one_report(store, statement, ret);
}

int store_spare_report(Store *store, ReportWorth worth, uint64_t after, ReportRow *ret) {
        _cleanup_reset_ sqlite3_stmt *statement =
                store->database.statements[STATEMENT_SPARE_REPORT];
        int rc;

        if (!statement)
                return -EIO;
        rc = sqlite3_bind_int(statement, 1, (int) worth);
        if (rc == SQLITE_OK)
                rc = sqlite3_bind_int64(statement, 2, (int64_t) MIN_OF(after, NUMBER_MAX));
        if (rc != SQLITE_OK)
                return database_errno(&store->database, rc);
        return one_report(store, statement, ret);
}

int store_spool(Store *store, Spool *ret) {
        _cleanup_reset_ sqlite3_stmt *statement =
                store->database.statements[STATEMENT_OLDEST_REPORT];
        usec_t oldest = 0;
        int rc, r;

        if (!statement)
                return -EIO;
        rc = sqlite3_step(statement);
        r = database_errno(&store->database, rc);
        if (r < 0)
                return r;
        if (rc == SQLITE_ROW)
                oldest = (usec_t) MAX_OF(sqlite3_column_int64(statement, 0), (int64_t) 0);
        *ret = (Spool) {
                .waiting = store->waiting,
                .accepted = store->totals.accepted,
                .refused = store->totals.refused,
                .dropped = store->totals.dropped,
                .oldest = oldest,
        };
        return 0;
}

int store_spool_kinds(Store *store, Spool *ret) {
        _cleanup_reset_ sqlite3_stmt *statement =
                store->database.statements[STATEMENT_COUNT_REPORTS];
        int rc;

        if (!statement)
                return -EIO;
        memset(ret->by_kind, 0, sizeof(ret->by_kind));
        while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
                const int64_t kind = sqlite3_column_int64(statement, 0);

                if (kind >= 0 && kind < _REPORT_KIND_MAX)
                        ret->by_kind[kind] += (uint64_t) sqlite3_column_int64(statement, 1);
        }
        return database_errno(&store->database, rc);
}

int store_uplink_lost(Store *store, usec_t *ret_since) {
        _cleanup_reset_ sqlite3_stmt *statement =
                store->database.statements[STATEMENT_UPLINK_CHANGE];
        usec_t since = 0;
        int rc, r;

        if (!statement)
                return -EIO;
        rc = sqlite3_step(statement);
        r = database_errno(&store->database, rc);
        if (r < 0)
                return r;
        if (rc == SQLITE_ROW && sqlite3_column_int64(statement, 0) == EVENT_UPLINK_LOST)
                since = (usec_t) MAX_OF(sqlite3_column_int64(statement, 1), (int64_t) 0);
        *ret_since = since;
        return 0;
}

static int keep_finished(void *userdata, const JobRow *row) {
        if (row->finished)
                *(JobRow *) userdata = *row;
        return 0;
}

int store_load_history(Store *store, const char *name, ModuleRecord *ret, JobRow *ret_job,
                       JobRow *ret_last_job) {
        JobRow job = {}, last_job = {};
        ModuleRecord record = {};
        int r;

        r = store_load_module(store, name, &record);
        if (r < 0)
                return r;
        if (record.job && (store_load_job(store, record.job, &job) < 0 || job.finished))
                job = (JobRow) {};
        /* the newest two: one may be running */
        r = store_each_job(store, &(HistoryQuery) { .module = name, .limit = 2 }, keep_finished,
                           &last_job);
        if (r < 0)
                return r;
        *ret = record;
        *ret_job = job;
        *ret_last_job = last_job;
        return 0;
}
