/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Writes JSON into a Text: no heap, commas and escaping taken care of. Strings are UTF-8; a byte
 * that is not is written as U+FFFD. Depth is capped at JSON_DEPTH_MAX (asserted: our documents are
 * ours). Check `json.text->truncated` at the end: a truncated document must not be used. */

#include "base/text.h"

#define JSON_DEPTH_MAX 16

typedef struct Json {
        Text *text;
        unsigned depth;
        bool first[JSON_DEPTH_MAX];
        bool after_key;
} Json;

void json_init(Json *json, Text *text);

void json_object_begin(Json *json);
void json_object_end(Json *json);
void json_array_begin(Json *json);
void json_array_end(Json *json);
void json_key(Json *json, const char *key);

void json_string(Json *json, const char *value); /* null when value is NULL */
void json_number(Json *json, int64_t value);
void json_fixed(Json *json, double value, unsigned fraction_digits); /* C locale always */
void json_bool(Json *json, bool value);
void json_null(Json *json);
void json_raw(Json *json, const char *document); /* a value that is JSON already */

/* key and value in one; an empty or NULL string is written as null */
void json_field_string(Json *json, const char *key, const char *value);
void json_field_number(Json *json, const char *key, int64_t value);
void json_field_bool(Json *json, const char *key, bool value);
void json_field_null(Json *json, const char *key);
