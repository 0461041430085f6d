/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Between structs and rows.
 *
 * Owns nothing. A database file is outside bytes: whatever type, length or value a row may hold,
 * reading it ends in a sound struct or in "no". Writing never stores what reading would refuse: a
 * module that puts a control character into its version must not make its own record unreadable. */

#include "store/field.h"

#include <assert.h>

#include "base/json.h"
#include "core/record.h"

/* 8 details of 160 bytes, each byte escaped to 6 at worst, and their keys */
#define DETAILS_JSON_MAX 10240

static const char *field_sql_type(const Field *field) {
        switch (field->type) {
        case FIELD_TEXT:
        case FIELD_DETAILS:
                return "TEXT";
        case FIELD_NUMBER:
        case FIELD_TIME:
        case FIELD_SIGNED:
                return "INTEGER";
        case FIELD_BYTES:
                return "BLOB";
        }
        assert(false);
        return "";
}

void field_phrase_column(const Field *field, Text *to) {
        const char *type = field_sql_type(field);

        text_printf(to, "%s %s NOT NULL DEFAULT %s", field->column, type,
                    streq(type, "INTEGER") ? "0" : "''");
}

void table_phrase_create(const Table *table, int version, Text *to) {
        text_printf(to, "CREATE TABLE %s (%s %s PRIMARY KEY NOT NULL", table->name,
                    table->fields[0].column, field_sql_type(&table->fields[0]));
        for (size_t i = 1; i < table->n_fields; i++)
                if (table->fields[i].since <= version) {
                        text_add(to, ", ");
                        field_phrase_column(&table->fields[i], to);
                }
        text_add(to, ")");
}

void table_phrase_columns(const Table *table, Text *to) {
        for (size_t i = 0; i < table->n_fields; i++)
                text_printf(to, "%s%s", i > 0 ? ", " : "", table->fields[i].column);
}

void table_phrase_put(const Table *table, Text *to) {
        text_printf(to, "INSERT INTO %s (", table->name);
        table_phrase_columns(table, to);
        text_add(to, ") VALUES (");
        for (size_t i = 0; i < table->n_fields; i++)
                text_add(to, i > 0 ? ", ?" : "?");
        text_printf(to, ") ON CONFLICT (%s) DO ", table->fields[0].column);
        if (table->keeps) {
                text_add(to, "NOTHING");
                return;
        }
        text_add(to, "UPDATE SET ");
        for (size_t i = 1; i < table->n_fields; i++)
                text_printf(to, "%s%s = excluded.%s", i > 1 ? ", " : "", table->fields[i].column,
                            table->fields[i].column);
}

static int bind_text(sqlite3_stmt *statement, int index, const char *text, size_t size) {
        char clean[1024];
        size_t n = strnlen(text, size - 1);

        if (!text_has_control(text, n))
                return sqlite3_bind_text(statement, index, text, (int) n, SQLITE_STATIC);
        assert(n < sizeof clean);
        for (size_t i = 0; i < n; i++)
                clean[i] = char_is_control(text[i]) ? '?' : text[i];
        return sqlite3_bind_text(statement, index, clean, (int) n, SQLITE_TRANSIENT);
}

static uint64_t number_get(const void *at, size_t size) {
        if (size == sizeof(bool))
                return *(const bool *) at;
        if (size == sizeof(uint32_t))
                return *(const uint32_t *) at;
        assert(size == sizeof(uint64_t));
        return *(const uint64_t *) at;
}

static void number_set(void *at, size_t size, uint64_t value) {
        if (size == sizeof(bool))
                *(bool *) at = value != 0;
        else if (size == sizeof(uint32_t))
                *(uint32_t *) at = (uint32_t) value;
        else
                *(uint64_t *) at = value;
}

static int bind_details(sqlite3_stmt *statement, int index, const EventRow *row) {
        char buffer[DETAILS_JSON_MAX];
        Text text;
        Json json;

        text_init(&text, buffer, sizeof buffer);
        json_init(&json, &text);
        json_object_begin(&json);
        for (size_t i = 0; i < MIN_OF(row->n_details, (size_t) DETAILS_MAX); i++) {
                const Detail *detail = &row->details[i];

                if (detail->is_number)
                        json_field_number(&json, detail->key, detail->number);
                else
                        json_field_string(&json, detail->key, detail->text);
        }
        json_object_end(&json);
        assert(!text.truncated);
        return sqlite3_bind_text(statement, index, buffer, (int) text.length, SQLITE_TRANSIENT);
}

static int field_bind(const Field *field, sqlite3_stmt *statement, int index, const void *row) {
        const void *at = (const char *) row + field->offset;

        switch (field->type) {
        case FIELD_TEXT:
                return bind_text(statement, index, at, field->size);
        case FIELD_NUMBER:
                return sqlite3_bind_int64(
                        statement, index,
                        (int64_t) MIN_OF(number_get(at, field->size), field->max));
        case FIELD_TIME: {
                uint64_t usec = *(const uint64_t *) at;

                return sqlite3_bind_int64(statement, index,
                                          usec > NUMBER_MAX ? -1 : (int64_t) usec);
        }
        case FIELD_SIGNED: {
                int64_t value = *(const int *) at, max = (int64_t) field->max;

                return sqlite3_bind_int64(statement, index, MAX_OF(MIN_OF(value, max), -max));
        }
        case FIELD_BYTES: {
                size_t n = *(const size_t *) ((const char *) row + field->length_offset);

                return sqlite3_bind_blob(statement, index, at, (int) MIN_OF(n, field->size),
                                         SQLITE_STATIC);
        }
        case FIELD_DETAILS:
                return bind_details(statement, index, row);
        }
        assert(false);
        return SQLITE_MISUSE;
}

int table_bind(const Table *table, sqlite3_stmt *statement, const void *row) {
        for (size_t i = 0; i < table->n_fields; i++) {
                int rc = field_bind(&table->fields[i], statement, (int) i + 1, row);

                if (rc != SQLITE_OK)
                        return rc;
        }
        return SQLITE_OK;
}

static bool load_text(sqlite3_stmt *statement, int column, char *to, size_t size) {
        const char *text = (const char *) sqlite3_column_text(statement, column);
        size_t n = (size_t) sqlite3_column_bytes(statement, column);

        if (!text || n >= size || text_has_control(text, n))
                return false;
        memcpy(to, text, n);
        to[n] = '\0';
        return true;
}

static bool load_bytes(sqlite3_stmt *statement, int column, void *to, size_t size, size_t *ret_n) {
        const void *bytes = sqlite3_column_blob(statement, column);
        size_t n = (size_t) sqlite3_column_bytes(statement, column);

        if (n > size || (n > 0 && !bytes))
                return false;
        if (n > 0)
                memcpy(to, bytes, n);
        *ret_n = n;
        return true;
}

static bool load_number(const Field *field, int64_t value, void *at) {
        if (field->type == FIELD_SIGNED) {
                if (value < -(int64_t) field->max || value > (int64_t) field->max)
                        return false;
                *(int *) at = (int) value;
                return true;
        }
        if (field->type == FIELD_TIME ? value < -1 : value < 0 || (uint64_t) value > field->max)
                return false;
        number_set(at, field->size, (uint64_t) value);
        return true;
}

static bool field_load(const Field *field, sqlite3_stmt *statement, int column, void *row) {
        void *at = (char *) row + field->offset;
        int type = sqlite3_column_type(statement, column);

        switch (field->type) {
        case FIELD_TEXT:
                return type == SQLITE_TEXT && load_text(statement, column, at, field->size);
        case FIELD_NUMBER:
        case FIELD_TIME:
        case FIELD_SIGNED:
                return type == SQLITE_INTEGER &&
                       load_number(field, sqlite3_column_int64(statement, column), at);
        case FIELD_BYTES:
                return type == SQLITE_BLOB &&
                       load_bytes(statement, column, at, field->size,
                                  (size_t *) (void *) ((char *) row + field->length_offset));
        case FIELD_DETAILS:
                return type == SQLITE_TEXT;
        }
        assert(false);
        return false;
}

bool table_load(const Table *table, sqlite3_stmt *statement, void *ret) {
        for (size_t i = 0; i < table->n_fields; i++)
                if (!field_load(&table->fields[i], statement, (int) i, ret))
                        return false;
        return true;
}
