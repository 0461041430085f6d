/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The tables of the database and the way from one version of them to the next. */

#include "core/record.h"
#include "store/field.h"

#define SCHEMA_VERSION 8
#define SCHEMA_APPLICATION_ID 0x666f7461 /* "fota": file(1) and we know our own */

/* Largest number of an event, job, report or act: JSON readers count no further, and the next one
 * never overflows. */
#define ID_MAX ((uint64_t) 1 << 53)

/* One row: what must survive the rows that it was counted from. */
typedef struct Totals {
        uint64_t id; /* always 1 */
        uint64_t last_event, last_job, last_report, last_act;
        uint64_t accepted, refused, dropped; /* reports */
        usec_t newest;
        uint64_t probe; /* store_recover() counts here whether writing works */
} Totals;

typedef enum TableId {
        TABLE_MODULES,
        TABLE_JOBS,
        TABLE_EVENTS,
        TABLE_REPORTS,
        TABLE_TOTALS,
        TABLE_FRAMES,
        TABLE_INHIBITORS,
        _TABLE_MAX
} TableId;
extern const Table schema_tables[_TABLE_MAX];

/* SQL that a version needs besides its tables and columns: indices, conversions. steps[v - 1]
 * belongs to version v. */
typedef struct Schema {
        const Table *tables;
        size_t n_tables;
        const char *const *steps;
        int version;
} Schema;
extern const Schema schema;

/* From version `from` (0: empty) to that of the schema, in one transaction. SQLite's result code;
 * on failure the transaction is left open, so that sqlite3_errmsg() still says why: roll back or
 * close. */
_must_use_ int schema_migrate(const Schema *to, sqlite3 *db, int from);
