/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A bounded string on memory that the caller owns, and string tables. Nothing here allocates. */

#include <stdarg.h>

#include "base/macro.h"

/* Always NUL-terminated. What does not fit is cut, and `truncated` says so. */
typedef struct Text {
        char *data;
        size_t size; /* of data, with the NUL */
        size_t length;
        bool truncated;
} Text;

/* borrows `data`; size at least 1 */
void text_init(Text *text, char *data, size_t size);
void text_add(Text *text, const char *string);
void text_add_bytes(Text *text, const char *bytes, size_t n);
void text_add_char(Text *text, char c);
void text_printf(Text *text, const char *format, ...) _printf_(2, 3);
/* decimal, with leading zeros up to `digits`; much cheaper than text_printf() */
void text_add_number(Text *text, uint64_t value, unsigned digits);
/* lower-case hex of n bytes */
void text_add_hex(Text *text, const uint8_t *bytes, size_t n);
int hex_digit(char c); /* 0..15, -1: it is none */
/* A decimal number that never follows the locale, e.g. "-112.250000". Not a number, infinities and
 * what has more than 18 digits can't be written: ask first. */
bool fixed_is_writable(double value, unsigned fraction_digits);
void text_add_fixed(Text *text, double value, unsigned fraction_digits);

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
/* Length of the UTF-8 sequence at p, 0 when there is none: overlong forms, surrogates and what is
 * above U+10FFFF are none. 1 for a NUL; the end of the string is never passed. */
size_t utf8_length(const char *string);

static inline bool char_is_control(char c) {
        return (unsigned char) c < 0x20 || c == 0x7f;
}
/* Without any, lines stay lines and terminals stay sane. A NUL is one too. */
bool text_has_control(const char *text, size_t n);
static inline bool text_starts_with(const char *text, const char *start) {
        return strncmp(text, start, strlen(start)) == 0;
}

/* Declares x_to_string() and x_from_string(); the table is a designated array of const char *. The
 * first returns NULL for a value outside the table, the second -EINVAL for an unknown string. */
#define DECLARE_STRING_TABLE(name, Type)          \
        const char *name##_to_string(Type value); \
        int name##_from_string(const char *string)
#define DEFINE_STRING_TABLE(name, Type, table)                                              \
        const char *name##_to_string(Type value) {                                          \
                return (size_t) value < ELEMENTSOF(table) ? (table)[(size_t) value] : NULL; \
        }                                                                                   \
        int name##_from_string(const char *string) {                                        \
                for (size_t i = 0; i < ELEMENTSOF(table); i++)                              \
                        if ((table)[i] && streq((table)[i], string))                        \
                                return (int) i;                                             \
                return -EINVAL;                                                             \
        }

/* Sizes as the configuration writes them: "1464", "512K", "2M", "1G" (powers of 1024). */
_must_use_ int size_parse(const char *string, uint64_t *ret_bytes);
/* "1464 B", "512.0 KiB", "2.1 MiB"; returns `to`. */
#define SIZE_TEXT_MAX 32
char *size_format(char to[static SIZE_TEXT_MAX], uint64_t bytes);

/* The candidate nearest to `word` for "did you mean": at most a third of it may differ; NULL when
 * none is near. `candidates` ends with NULL. Borrows from `candidates`. */
const char *text_nearest(const char *word, const char *const *candidates);
