/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One field of a struct and one column of a table, as data. The same rows make the CREATE, the
 * UPSERT and the SELECT, fill a statement from a struct and a struct from a row. A new field is one
 * more row here with the schema version that brings it. */

#include <sqlite3.h>

#include "base/text.h"

typedef enum FieldType {
        FIELD_TEXT,    /* char[size], without control characters */
        FIELD_NUMBER,  /* bool, enum, unsigned, uint32_t, uint64_t: 0..max */
        FIELD_TIME,    /* usec_t; USEC_INFINITY is stored as -1 */
        FIELD_SIGNED,  /* int, -max..max */
        FIELD_BYTES,   /* uint8_t[size] with a size_t beside it */
        FIELD_DETAILS, /* the details of an EventRow, as one JSON object; not read back into a
                          struct */
} FieldType;

typedef struct Field {
        const char *column;
        FieldType type;
        int since; /* schema version that brought it */
        size_t offset, size;
        uint64_t max;         /* NUMBER, SIGNED: largest value that makes sense */
        size_t length_offset; /* BYTES: where its size_t is */
} Field;

/* The first field is the primary key. */
typedef struct Table {
        const char *name;
        const Field *fields;
        size_t n_fields;
        bool keeps; /* a row that is there already stays as it is; else it is replaced */
} Table;

#define FIELD_AT(Struct, member) \
        .offset = offsetof(Struct, member), .size = sizeof(((Struct *) NULL)->member)
#define TEXT_FIELD_SINCE(version, Struct, name, member) \
        { .column = name, .type = FIELD_TEXT, .since = (version), FIELD_AT(Struct, member) }
#define TEXT_FIELD(Struct, name, member) TEXT_FIELD_SINCE(1, Struct, name, member)
#define NUMBER_FIELD_SINCE(version, Struct, name, member, limit)          \
        {                                                                 \
                .column = name, .type = FIELD_NUMBER, .since = (version), \
                FIELD_AT(Struct, member), .max = (limit)                  \
        }
#define NUMBER_FIELD(Struct, name, member, limit) NUMBER_FIELD_SINCE(1, Struct, name, member, limit)
#define TIME_FIELD_SINCE(version, Struct, name, member) \
        { .column = name, .type = FIELD_TIME, .since = (version), FIELD_AT(Struct, member) }
#define TIME_FIELD(Struct, name, member) TIME_FIELD_SINCE(1, Struct, name, member)
#define NUMBER_MAX ((uint64_t) INT64_MAX)

/* phrases: the statement for a fresh table, for the columns of one version, for storing a row; "a,
 * b, c" */
void table_phrase_create(const Table *table, int version, Text *to);
void table_phrase_columns(const Table *table, Text *to);
void table_phrase_put(const Table *table, Text *to);
void field_phrase_column(const Field *field, Text *to);

/* Binds the row to a statement made by table_phrase_put(). What could not be read back is made so:
 * control characters become '?', numbers stop at their limit. `row` must live until the statement
 * was reset. SQLite's result code. */
_must_use_ int table_bind(const Table *table, sqlite3_stmt *statement, const void *row);
/* Reads a row of table_phrase_columns(); false when a value makes no sense, then *ret is half
 * filled. */
_must_use_ bool table_load(const Table *table, sqlite3_stmt *statement, void *ret);
