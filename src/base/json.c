/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writes JSON into a Text.
 *
 * Owns nothing. Commas come from `first`, one flag a level; a value after json_key() gets none.
 * Strings may hold anything that a module or a server sent: bytes that are not UTF-8 become U+FFFD,
 * so that the document is always valid. Numbers never follow the locale. */

#include "base/json.h"

#include <assert.h>

void json_init(Json *json, Text *text) {
        *json = (Json) { .text = text };
}

static void json_separate(Json *json) {
        if (json->after_key) {
                json->after_key = false;
                return;
        }
        if (json->depth == 0)
                return;
        if (!json->first[json->depth - 1])
                text_add_char(json->text, ',');
        json->first[json->depth - 1] = false;
}

static void json_begin(Json *json, char bracket) {
        json_separate(json);
        assert(json->depth < JSON_DEPTH_MAX);
        json->first[json->depth++] = true;
        text_add_char(json->text, bracket);
}

static void json_end(Json *json, char bracket) {
        assert(json->depth > 0 && !json->after_key);
        json->depth--;
        text_add_char(json->text, bracket);
}

void json_object_begin(Json *json) {
        json_begin(json, '{');
}

void json_object_end(Json *json) {
        json_end(json, '}');
}

void json_array_begin(Json *json) {
        json_begin(json, '[');
}

void json_array_end(Json *json) {
        json_end(json, ']');
}

static void json_add_ascii(Text *text, uint8_t c) {
        switch (c) {
        case '"':
                text_add(text, "\\\"");
                break;
        case '\\':
                text_add(text, "\\\\");
                break;
        case '\n':
                text_add(text, "\\n");
                break;
        case '\r':
                text_add(text, "\\r");
                break;
        case '\t':
                text_add(text, "\\t");
                break;
        default:
                if (c < 0x20 || c == 0x7f)
                        text_printf(text, "\\u%04x", (unsigned) c);
                else
                        text_add_char(text, (char) c);
        }
}

/* How many bytes from `p` on stand for themselves: they are copied at once. */
static size_t json_plain_length(const char *p) {
        size_t n = 0;

        while (p[n] >= 0x20 && p[n] < 0x7f && p[n] != '"' && p[n] != '\\')
                n++;
        return n;
}

/* One character that needs care; returns how many bytes it was. */
static size_t json_add_special(Text *text, const char *value) {
        size_t n = utf8_length(value);

        if (n == 0)
                text_add(text, UTF8_REPLACEMENT);
        else if (n == 1)
                json_add_ascii(text, (uint8_t) *value);
        else
                text_add_bytes(text, value, n);
        return MAX_OF(n, (size_t) 1);
}

static void json_add_quoted(Text *text, const char *value) {
        text_add_char(text, '"');
        while (*value != '\0') {
                size_t n = json_plain_length(value);

                if (n > 0)
                        text_add_bytes(text, value, n);
                else
                        n = json_add_special(text, value);
                value += n;
        }
        text_add_char(text, '"');
}

void json_key(Json *json, const char *key) {
        assert(!json->after_key);
        json_separate(json);
        json_add_quoted(json->text, key);
        text_add_char(json->text, ':');
        json->after_key = true;
}

void json_raw(Json *json, const char *document) {
        json_separate(json);
        text_add(json->text, document);
}

void json_null(Json *json) {
        json_raw(json, "null");
}

void json_bool(Json *json, bool value) {
        json_raw(json, value ? "true" : "false");
}

void json_string(Json *json, const char *value) {
        if (!value) {
                json_null(json);
                return;
        }
        json_separate(json);
        json_add_quoted(json->text, value);
}

void json_number(Json *json, int64_t value) {
        json_separate(json);
        text_printf(json->text, "%lld", (long long) value);
}

void json_fixed(Json *json, double value, unsigned fraction_digits) {
        if (!fixed_is_writable(value, fraction_digits)) { /* JSON has no word for these */
                json_null(json);
                return;
        }
        json_separate(json);
        text_add_fixed(json->text, value, fraction_digits);
}

void json_field_string(Json *json, const char *key, const char *value) {
        json_key(json, key);
        json_string(json, value && value[0] != '\0' ? value : NULL);
}

void json_field_number(Json *json, const char *key, int64_t value) {
        json_key(json, key);
        json_number(json, value);
}

void json_field_bool(Json *json, const char *key, bool value) {
        json_key(json, key);
        json_bool(json, value);
}

void json_field_null(Json *json, const char *key) {
        json_key(json, key);
        json_null(json);
}
