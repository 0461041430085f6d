/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Query strings of the tunnel, both ways, and their tokens. */

#include "base/text.h"

#define QUERY_TEXT_MAX 1024
#define QUERY_TOKEN_MAX 65

/* A query in the two spellings that it needs: what is signed, and what stands in the URL (5.1.2).
 * Stays where it was begun. */
typedef struct QueryBuilder {
        Text decoded, encoded;
        char decoded_data[QUERY_TEXT_MAX], encoded_data[QUERY_TEXT_MAX];
} QueryBuilder;

void query_begin(QueryBuilder *builder);
void query_add(QueryBuilder *builder, const char *name, const char *value);
/* The encoded query with its Token. -EMSGSIZE when something did not fit. */
_must_use_ int query_sign(const QueryBuilder *builder, const char *body_elements, const char *key,
                          Text *ret);

/* lower_hex(SHA-256(body elements || query without Token || key)), 6.5.2 and 7.3.2. The key is
 * hashed as given. */
_must_use_ int query_token(const char *body_elements, const char *query, const char *key,
                           char ret[static QUERY_TOKEN_MAX]);

/* Undoes percent-encoding; `+` stays a plus. -EBADMSG: a `%` without two hex digits, or a control
 * character in either spelling; -EMSGSIZE. */
_must_use_ int query_decode(const char *encoded, Text *ret);

/* One parameter of a decoded query; borrows from it. Without `=` the value is "". */
typedef struct QueryParameter {
        const char *name, *value;
        size_t name_length, value_length;
} QueryParameter;

/* `at` walks over the decoded query; false at its end. Empty parts ("&&") are skipped. */
bool query_next(const char **at, QueryParameter *ret);
bool query_is(const QueryParameter *parameter, const char *name);
