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

static bool is_continuation(uint8_t byte) {
        return (byte & 0xc0) == 0x80;
}

/* Length of the UTF-8 sequence at p, 0 when there is none: overlong forms, surrogates and what is
 * above U+10FFFF are none. A NUL is no continuation, so the end of the string is never passed. */
static size_t utf8_length(const uint8_t *p) {
        if (p[0] < 0x80)
                return 1;
        if (p[0] >= 0xc2 && p[0] <= 0xdf)
                return is_continuation(p[1]) ? 2 : 0;
        if (p[0] >= 0xe0 && p[0] <= 0xef) {
                if (!is_continuation(p[1]) || !is_continuation(p[2]))
                        return 0;
                return (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ? 0 : 3;
        }
        if (p[0] >= 0xf0 && p[0] <= 0xf4) {
                if (!is_continuation(p[1]) || !is_continuation(p[2]) || !is_continuation(p[3]))
                        return 0;
                return (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ? 0 : 4;
        }
        return 0;
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

static void json_add_quoted(Text *text, const char *value) {
        const uint8_t *p = (const uint8_t *) value;

        text_add_char(text, '"');
        while (*p != '\0') {
                size_t n = utf8_length(p);

                if (n == 1)
                        json_add_ascii(text, *p);
                else if (n > 1)
                        text_add_bytes(text, (const char *) p, n);
                else
                        text_add(text, "\xef\xbf\xbd");
                p += n > 0 ? n : 1;
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
        uint64_t scale = 1, scaled;
        bool negative = value < 0;

        assert(fraction_digits <= 9);
        for (unsigned i = 0; i < fraction_digits; i++)
                scale *= 10;
        value = (negative ? -value : value) * (double) scale + 0.5;
        if (!(value < 1e18)) { /* not a number ends here too; JSON has no word for either */
                json_null(json);
                return;
        }
        scaled = (uint64_t) value;
        json_separate(json);
        text_printf(json->text, "%s%llu", negative && scaled > 0 ? "-" : "",
                    (unsigned long long) (scaled / scale));
        if (fraction_digits > 0)
                text_printf(json->text, ".%0*llu", (int) fraction_digits,
                            (unsigned long long) (scaled % scale));
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
