/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One open database file: opened, checked, migrated, its statements prepared. Knows tables, but not
 * what a commit is. */

#include "store/schema.h"

typedef enum StatementId {
        STATEMENT_BEGIN,
        STATEMENT_COMMIT,
        STATEMENT_ROLLBACK,
        STATEMENT_PUT, /* and one for each table: STATEMENT_PUT + TableId */
        STATEMENT_MODULE = STATEMENT_PUT + _TABLE_MAX,
        STATEMENT_MODULES,
        STATEMENT_INSTALLS,
        STATEMENT_JOB,
        STATEMENT_TOTALS,
        STATEMENT_JOBS_ALL,
        STATEMENT_JOBS_OF_MODULE,
        STATEMENT_EVENTS_ALL,
        STATEMENT_EVENTS_OF_MODULE,
        STATEMENT_NEXT_REPORT,
        STATEMENT_NEXT_REPORTER,
        STATEMENT_SPARE_REPORT,
        STATEMENT_OLDEST_REPORT,
        STATEMENT_COUNT_REPORTS,
        STATEMENT_UPLINK_CHANGE,
        STATEMENT_DELETE_REPORT,
        STATEMENT_FRAMES,
        STATEMENT_DELETE_FRAME,
        STATEMENT_PRUNE_EVENTS,
        STATEMENT_PRUNE_JOBS,
        STATEMENT_CLEAR_INHIBITORS,
        STATEMENT_INHIBITORS,
        _STATEMENT_MAX,
} StatementId;

typedef struct Database {
        sqlite3 *handle;
        sqlite3_stmt *statements[_STATEMENT_MAX];
        bool log_is_sure; /* all that is read from the write-ahead log is on the disk */
} Database;

/* Negative errno, then everything is closed again; `why` (may be NULL) gets a sentence for people.
 * -EBADMSG: corrupt, not ours or newer. */
_must_use_ int database_open(Database *database, const char *path, char *why, size_t why_size);
/* What is read from the write-ahead log is on the disk from here on, until a commit fails. Nobody
 * knows that after an opening. Within a transaction, so that nobody else writes. Negative errno. */
_must_use_ int database_make_log_sure(Database *database);
/* A commit failed: nothing is moved from the log to the database before it is sure again. */
void database_doubt_log(Database *database);
/* May run twice. */
void database_close(Database *database);

/* SQLite's result code as a negative errno, 0 for OK, ROW and DONE. */
_must_use_ int database_errno(const Database *database, int rc);
/* Steps a statement that gives no rows, and resets it. Negative errno. */
_must_use_ int database_run(Database *database, StatementId id);
/* Resets and forgets what was bound. */
static inline void statement_resetp(sqlite3_stmt **statement) {
        if (*statement) {
                (void) sqlite3_reset(*statement);
                (void) sqlite3_clear_bindings(*statement);
        }
}
#define _cleanup_reset_ _cleanup_(statement_resetp)
