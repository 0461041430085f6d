/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One database file, opened safely.
 *
 * Owns the connection and every statement; all are prepared at once and kept, so that neither a
 * commit nor a query allocates for SQL. Nothing is written before the file was recognised as ours
 * and of a version that we know, and a file that is corrupt is never deleted, replaced or
 * "repaired": it is evidence, and a person decides. Views and triggers are off: a file from
 * elsewhere must not run SQL of its own. */

#include "store/database.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#define SQL_MAX 8192
#define BUSY_TIMEOUT_MSEC                                                                        \
        250 /* somebody makes a backup with sqlite3(1); the loop must not stand still for longer \
             */

/* The first row, in the order of writing, whose time lies between ?1 and ?2. The + keeps SQLite
 * from an index over times, in which it would have to look through all rows that are kept. */
#define FIRST_KEPT(number, time, table)                         \
        "ifnull((SELECT " number " FROM " table " WHERE +" time \
        " BETWEEN ?1 AND ?2 ORDER BY " number " LIMIT 1), 9223372036854775807)"
/* Those that run, and what each module did last. */
#define KEPT_JOBS                                                                      \
        "SELECT id FROM jobs WHERE finished = 0 UNION SELECT max(id) FROM jobs WHERE " \
        "finished > 0 GROUP BY module UNION SELECT job FROM modules WHERE job > 0"

// clang-format off
static const char *const statements[_STATEMENT_MAX] = {
        [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
        [STATEMENT_COMMIT] = "COMMIT",
        [STATEMENT_ROLLBACK] = "ROLLBACK",
        [STATEMENT_OLDEST_REPORT] = "SELECT created FROM reports ORDER BY id LIMIT 1",
        [STATEMENT_COUNT_REPORTS] = "SELECT kind, count(*) FROM reports GROUP BY module, "
                                    "kind",
        [STATEMENT_UPLINK_CHANGE] = "SELECT event, realtime FROM events WHERE event IN (32, 33) "
                                    "ORDER BY sequence DESC LIMIT 1",
        [STATEMENT_DELETE_REPORT] = "DELETE FROM reports WHERE id = ?1",
        [STATEMENT_DELETE_FRAME] = "DELETE FROM frames WHERE id = ?1",
        [STATEMENT_PRUNE_EVENTS] = "DELETE FROM events WHERE sequence IN (SELECT sequence FROM "
                                   "events WHERE (sequence < " FIRST_KEPT("sequence", "realtime",
                                                                          "events")
                                   " OR sequence <= ?4) AND job NOT IN (" KEPT_JOBS
                                   ") ORDER BY sequence LIMIT ?3)",
        [STATEMENT_PRUNE_JOBS] = "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE id < "
                                 FIRST_KEPT("id", "finished", "jobs")
                                 " AND id NOT IN (" KEPT_JOBS ") ORDER BY id LIMIT ?3)",
        [STATEMENT_CLEAR_INHIBITORS] = "DELETE FROM inhibitors",
};
// clang-format on

/* Between ?3 and ?4; the newest are looked for by their numbers, not by an index over times. */
#define EVENTS_BETWEEN "+realtime BETWEEN ?3 AND ?4"
#define JOBS_BETWEEN "since <= ?4 AND (finished = 0 OR finished >= ?3)"

/* SELECT <columns of table> FROM <from>. The newest rows, oldest first, take a SELECT around it. */
static const struct {
        TableId table;
        const char *from, *newest;
} queries[_STATEMENT_MAX] = {
        [STATEMENT_MODULE] = { .table = TABLE_MODULES, .from = "modules WHERE name = ?1" },
        [STATEMENT_MODULES] = { .table = TABLE_MODULES, .from = "modules ORDER BY name" },
        [STATEMENT_INSTALLS] = { .table = TABLE_MODULES,
                                 .from = "modules WHERE install_row > 0 ORDER BY install_row DESC "
                                         "LIMIT 64" },
        [STATEMENT_JOB] = { .table = TABLE_JOBS, .from = "jobs WHERE id = ?1" },
        [STATEMENT_TOTALS] = { .table = TABLE_TOTALS, .from = "totals WHERE id = 1" },
        [STATEMENT_JOBS_ALL] = { .table = TABLE_JOBS, .newest = "jobs WHERE " JOBS_BETWEEN },
        [STATEMENT_JOBS_OF_MODULE] = { .table = TABLE_JOBS,
                                       .newest = "jobs WHERE module = ?1 AND " JOBS_BETWEEN },
        [STATEMENT_EVENTS_ALL] = { .table = TABLE_EVENTS,
                                   .newest = "events WHERE " EVENTS_BETWEEN },
        [STATEMENT_EVENTS_OF_MODULE] = { .table = TABLE_EVENTS,
                                         .newest = "events WHERE module = ?1 AND " EVENTS_BETWEEN },
        [STATEMENT_NEXT_REPORT] = { .table = TABLE_REPORTS,
                                    .from = "reports WHERE module = ?1 AND id > ?2 AND kind = ?3 "
                                            "ORDER BY id" },
        [STATEMENT_NEXT_REPORTER] = { .table = TABLE_REPORTS,
                                      .from = "reports WHERE module > ?1 ORDER BY module" },
        [STATEMENT_SPARE_REPORT] = { .table = TABLE_REPORTS,
                                     .from = "reports WHERE worth = ?1 AND id > ?2 ORDER BY id" },
        [STATEMENT_FRAMES] = { .table = TABLE_FRAMES, .from = "frames ORDER BY id" },
        [STATEMENT_INHIBITORS] = { .table = TABLE_INHIBITORS, .from = "inhibitors ORDER BY id" },
};

static void say(char *why, size_t why_size, const char *format, ...) _printf_(3, 4);
static void say(char *why, size_t why_size, const char *format, ...) {
        va_list arguments;

        if (!why || why_size == 0)
                return;
        va_start(arguments, format);
        (void) vsnprintf(why, why_size, format, arguments);
        va_end(arguments);
}

/* What the system said, when SQLite kept it; `fallback` else. */
static int system_errno(const Database *database, int fallback) {
        int error = database->handle ? sqlite3_system_errno(database->handle) : 0;

        return error > 0 ? -error : fallback;
}

int database_errno(const Database *database, int rc) {
        switch (rc & 0xff) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE:
                return 0;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return -EBADMSG;
        case SQLITE_FULL:
                return -ENOSPC;
        case SQLITE_NOMEM:
                return -ENOMEM;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return -EBUSY;
        case SQLITE_PERM:
        case SQLITE_AUTH:
                return -EACCES;
        case SQLITE_READONLY:
                return -EROFS;
        case SQLITE_CONSTRAINT:
                return -EEXIST;
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
                assert(false);
                return -EINVAL;
        default:
                return system_errno(database, -EIO);
        }
}

int database_run(Database *database, StatementId id) {
        _cleanup_reset_ sqlite3_stmt *statement = database->statements[id];

        return database_errno(database, sqlite3_step(statement));
}

/* SQLite would create it readable for everyone; its -wal and -shm files take the mode of the
 * database. An existing file is not opened here: closing a descriptor of ours would drop SQLite's
 * locks on it. */
static int file_prepare(const char *path) {
        _cleanup_close_ int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
        struct stat st;

        if (fd >= 0)
                return 0;
        if (errno != EEXIST)
                return -errno;
        if (stat(path, &st) < 0)
                return -errno;
        /* SQLite would silently open it for reading only, and forget why */
        if (access(path, R_OK | W_OK) < 0)
                return -errno;
        if ((st.st_mode & 0077) != 0 && chmod(path, 0600) < 0)
                return -errno;
        return 0;
}

/* One whole number; SQLite's result code. */
static int query_number(Database *database, const char *sql, int64_t *ret) {
        sqlite3_stmt *statement = NULL;
        int rc = sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL);

        if (rc == SQLITE_OK)
                rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW)
                *ret = sqlite3_column_int64(statement, 0);
        (void) sqlite3_finalize(statement);
        return rc == SQLITE_ROW ? SQLITE_OK : rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
}

typedef struct Identity {
        int64_t application_id, version, n_objects;
} Identity;

static int identity_read(Database *database, Identity *ret) {
        int rc = query_number(database, "PRAGMA application_id", &ret->application_id);

        if (rc == SQLITE_OK)
                rc = query_number(database, "PRAGMA user_version", &ret->version);
        if (rc == SQLITE_OK)
                rc = query_number(database, "SELECT count(*) FROM sqlite_schema", &ret->n_objects);
        return rc;
}

static int identity_check(const Identity *identity, const char *path, char *why, size_t why_size) {
        bool empty =
                identity->application_id == 0 && identity->version == 0 && identity->n_objects == 0;

        if (!empty && identity->application_id != SCHEMA_APPLICATION_ID) {
                say(why, why_size, "%s is a database of another program", path);
                return -EBADMSG;
        }
        if (identity->version > SCHEMA_VERSION) {
                say(why, why_size,
                    "%s was written by a newer fotad (schema %lld, this one knows %d): install "
                    "that version again",
                    path, (long long) identity->version, SCHEMA_VERSION);
                return -EBADMSG;
        }
        if (!empty && identity->version < 1) {
                say(why, why_size, "%s has no version: it is not complete", path);
                return -EBADMSG;
        }
        return 0;
}

static int database_configure(Database *database) {
        static const char sql[] = "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA "
                                  "journal_mode = WAL; "
                                  "PRAGMA synchronous = FULL";
        int64_t synchronous = 0;
        int rc = sqlite3_exec(database->handle, sql, NULL, NULL, NULL);

        if (rc == SQLITE_OK)
                rc = query_number(database, "PRAGMA synchronous", &synchronous);
        return rc == SQLITE_OK && synchronous != 2 ? SQLITE_ERROR : rc;
}

/* What is wrong comes as an answer, and not as an error: its last line is the finding. */
#define FINDING_MAX 72
static int quick_check(Database *database, char finding[static FINDING_MAX]) {
        sqlite3_stmt *statement = NULL;
        int rc =
                sqlite3_prepare_v2(database->handle, "PRAGMA quick_check(1)", -1, &statement, NULL);

        if (rc == SQLITE_OK)
                rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW) {
                const char *answer = (const char *) sqlite3_column_text(statement, 0);
                const char *line = answer ? strrchr(answer, '\n') : NULL;

                rc = answer && streq(answer, "ok") ? SQLITE_OK : SQLITE_CORRUPT;
                if (rc != SQLITE_OK && answer)
                        (void) text_copy(finding, FINDING_MAX, line ? line + 1 : answer);
        }
        (void) sqlite3_finalize(statement);
        return rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
}

/* The columns are those of the table, in order; behind the details comes what kind of JSON they
 * are. */
static void query_phrase(int id, Text *to) {
        const Table *table = &schema_tables[queries[id].table];

        if (queries[id].from) {
                text_add(to, "SELECT ");
                table_phrase_columns(table, to);
                text_printf(to, " FROM %s", queries[id].from);
                return;
        }
        text_add(to, "SELECT * FROM (SELECT ");
        table_phrase_columns(table, to);
        if (table == &schema_tables[TABLE_EVENTS])
                text_add(to, ", CASE WHEN json_valid(details) THEN json_type(details) ELSE '' END");
        text_printf(to, " FROM %s ORDER BY %s DESC LIMIT ?2) ORDER BY 1", queries[id].newest,
                    table->fields[0].column);
}

static void statement_phrase(int id, Text *to) {
        if (id >= STATEMENT_PUT && id < STATEMENT_PUT + _TABLE_MAX)
                table_phrase_put(&schema_tables[id - STATEMENT_PUT], to);
        else if (statements[id])
                text_add(to, statements[id]);
        else
                query_phrase(id, to);
}

static int statements_prepare(Database *database) {
        char sql[SQL_MAX];

        for (int i = 0; i < _STATEMENT_MAX; i++) {
                Text phrase;
                int rc;

                text_init(&phrase, sql, sizeof sql);
                statement_phrase(i, &phrase);
                assert(!phrase.truncated);
                rc = sqlite3_prepare_v3(database->handle, sql, (int) phrase.length + 1,
                                        SQLITE_PREPARE_PERSISTENT, &database->statements[i], NULL);
                if (rc != SQLITE_OK)
                        return rc;
        }
        return SQLITE_OK;
}

/* Everything that only reads. */
static int database_inspect(Database *database, const char *path, Identity *ret, char *why,
                            size_t why_size) {
        int rc = identity_read(database, ret);

        if (rc != SQLITE_OK)
                return database_errno(database, rc);
        return identity_check(ret, path, why, why_size);
}

/* A table or a column that is missing is a plain SQL error; but the SQL is ours, so the file is to
 * blame. */
static int schema_errno(const Database *database, int rc) {
        return rc == SQLITE_ERROR ? -EBADMSG : database_errno(database, rc);
}

/* The log's own bytes, written once more. */
static int log_rewrite(sqlite3_file *log) {
        uint8_t block[16384];
        sqlite3_int64 size = 0;
        int rc = log->pMethods->xFileSize(log, &size);

        for (sqlite3_int64 at = 0; at < size && rc == SQLITE_OK; at += (int) sizeof(block)) {
                const int n = (int) MIN_OF(size - at, (sqlite3_int64) sizeof(block));

                rc = log->pMethods->xRead(log, block, n, at);
                if (rc == SQLITE_OK)
                        rc = log->pMethods->xWrite(log, block, n, at);
        }
        return rc == SQLITE_OK && size > 0 ? log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) : rc;
}

/* What failed to be synced may be read back from the kernel's cache, which takes it for written
 * since then and never writes it: commits would be lost with the power that were synced behind it,
 * and a database into which it was moved would be damaged. The database needs no such care: what a
 * checkpoint failed to sync is in the log yet, and is moved again. */
static int log_make_sure(Database *database) {
        sqlite3_file *log = NULL;
        int rc;

        if (database->log_is_sure)
                return SQLITE_OK;
        rc = sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
        if (rc == SQLITE_OK && log && log->pMethods)
                rc = log_rewrite(log);
        database->log_is_sure = rc == SQLITE_OK;
        return rc;
}

int database_make_log_sure(Database *database) {
        return database_errno(database, log_make_sure(database));
}

void database_doubt_log(Database *database) {
        database->log_is_sure = false;
}

/* In a transaction of its own, so that what a migration moves is on the disk. */
static int log_make_sure_alone(Database *database) {
        int rc = sqlite3_exec(database->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);

        if (rc == SQLITE_OK)
                rc = log_make_sure(database);
        return rc == SQLITE_OK ? sqlite3_exec(database->handle, "COMMIT", NULL, NULL, NULL) : rc;
}

static int migrate(Database *database, int version) {
        int rc = log_make_sure_alone(database);

        if (rc == SQLITE_OK)
                rc = schema_migrate(&schema, database->handle, version);
        if (rc != SQLITE_OK)
                database_doubt_log(database);
        return rc;
}

static int database_settle(Database *database, int version, char finding[static FINDING_MAX]) {
        int rc = database_configure(database);

        if (rc == SQLITE_OK)
                rc = quick_check(database, finding);
        if (rc == SQLITE_OK && version < SCHEMA_VERSION)
                rc = migrate(database, version);
        if (rc == SQLITE_OK)
                rc = statements_prepare(database);
        return schema_errno(database, rc);
}

static int database_connect(Database *database, const char *path) {
        static const int off[] = { SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW,
                                   SQLITE_DBCONFIG_TRUSTED_SCHEMA };
        int rc = sqlite3_open_v2(
                path, &database->handle,
                SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

        if (rc != SQLITE_OK)
                return database_errno(database, rc);
        for (size_t i = 0; i < ELEMENTSOF(off); i++)
                (void) sqlite3_db_config(database->handle, off[i], 0, NULL);
        (void) sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        (void) sqlite3_db_config(database->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return database_errno(database, sqlite3_busy_timeout(database->handle, BUSY_TIMEOUT_MSEC));
}

static int database_try_open(Database *database, const char *path, char *why, size_t why_size) {
        char finding[FINDING_MAX] = "";
        Identity identity = {};
        int r = file_prepare(path);

        if (r >= 0)
                r = database_connect(database, path);
        if (r >= 0)
                r = database_inspect(database, path, &identity, why, why_size);
        if (r >= 0)
                r = database_settle(database, (int) identity.version, finding);
        if (r == -EBADMSG && why && why_size > 0 && why[0] == '\0')
                say(why, why_size,
                    "%s is corrupt: %s; stop fotad and move it away, or restore a backup", path,
                    finding[0]       ? finding :
                    database->handle ? sqlite3_errmsg(database->handle) :
                                       "not a database");
        return r;
}

int database_open(Database *database, const char *path, char *why, size_t why_size) {
        int r;

        say(why, why_size, "%s", "");
        *database = (Database) {};
        r = database_try_open(database, path, why, why_size);
        if (r >= 0)
                return 0;
        if (why && why_size > 0 && why[0] == '\0')
                say(why, why_size, "%s can not be used: %s", path, strerror(-r));
        database_close(database);
        return r;
}

void database_close(Database *database) {
        for (int i = 0; i < _STATEMENT_MAX; i++)
                (void) sqlite3_finalize(database->statements[i]);
        if (database->log_is_sure) /* what is in it goes into the database */
                (void) sqlite3_db_config(database->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0,
                                         NULL);
        (void) sqlite3_close(database->handle);
        *database = (Database) {};
}
