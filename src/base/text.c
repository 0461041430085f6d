/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bounded strings, sizes and the search for a word that was meant.
 *
 * Owns nothing. A Text never overflows and never fails: it is cut and says so, and whoever must not
 * use a cut text looks at `truncated` once at the end. */

#include "base/text.h"

#include <assert.h>
#include <stdio.h>

bool text_copy(char *to, size_t size, const char *from) {
        size_t n = strlen(from);
        bool fits = n < size;

        if (!fits)
                n = size - 1;
        memmove(to, from, n);
        to[n] = '\0';
        return fits;
}

void text_init(Text *text, char *data, size_t size) {
        *text = (Text) { .data = data, .size = size };
        data[0] = '\0';
}

void text_add_bytes(Text *text, const char *bytes, size_t n) {
        size_t room = text->size - text->length - 1;

        if (n > room) {
                n = room;
                text->truncated = true;
        }
        if (n > 0)
                memcpy(text->data + text->length, bytes, n);
        text->length += n;
        text->data[text->length] = '\0';
}

void text_add(Text *text, const char *string) {
        text_add_bytes(text, string, strlen(string));
}

void text_add_char(Text *text, char c) {
        text_add_bytes(text, &c, 1);
}

void text_printf(Text *text, const char *format, ...) {
        size_t room = text->size - text->length;
        va_list arguments;
        int n;

        va_start(arguments, format);
        n = vsnprintf(text->data + text->length, room, format, arguments);
        va_end(arguments);
        if (n < 0) {
                text->data[text->length] = '\0';
                text->truncated = true;
        } else if ((size_t) n >= room) {
                text->length = text->size - 1;
                text->truncated = true;
        } else
                text->length += (size_t) n;
}

/* Of 2^64 - 1; zeros are not asked for beyond it. */
#define NUMBER_DIGITS_MAX 20

void text_add_number(Text *text, uint64_t value, unsigned digits) {
        char data[NUMBER_DIGITS_MAX];
        size_t at = sizeof data;

        do {
                data[--at] = (char) ('0' + value % 10);
                value /= 10;
        } while (value > 0);
        while (sizeof data - at < MIN_OF(digits, NUMBER_DIGITS_MAX))
                data[--at] = '0';
        text_add_bytes(text, data + at, sizeof data - at);
}

void text_add_hex(Text *text, const uint8_t *bytes, size_t n) {
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < n; i++) {
                const char pair[] = { digits[bytes[i] >> 4], digits[bytes[i] & 15] };

                text_add_bytes(text, pair, sizeof pair);
        }
}

int hex_digit(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static uint64_t scale_of(unsigned fraction_digits) {
        uint64_t scale = 1;

        assert(fraction_digits <= 9);
        while (fraction_digits-- > 0)
                scale *= 10;
        return scale;
}

bool fixed_is_writable(double value, unsigned fraction_digits) {
        double scaled = value * (double) scale_of(fraction_digits);

        return scaled < 1e18 && scaled > -1e18; /* false for what is not a number */
}

void text_add_fixed(Text *text, double value, unsigned fraction_digits) {
        uint64_t scale = scale_of(fraction_digits), scaled;
        bool negative = value < 0;

        assert(fixed_is_writable(value, fraction_digits));
        scaled = (uint64_t) ((negative ? -value : value) * (double) scale + 0.5);
        if (negative && scaled > 0)
                text_add_char(text, '-');
        text_add_number(text, scaled / scale, 1);
        if (fraction_digits > 0) {
                text_add_char(text, '.');
                text_add_number(text, scaled % scale, fraction_digits);
        }
}

bool text_has_control(const char *text, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (char_is_control(text[i]))
                        return true;
        return false;
}

static bool is_continuation(uint8_t byte) {
        return (byte & 0xc0) == 0x80;
}

/* A NUL is no continuation, so the end of the string is never passed. */
size_t utf8_length(const char *string) {
        const uint8_t *p = (const uint8_t *) string;

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

static int size_unit_parse(const char *string, uint64_t *ret_factor) {
        static const char units[] = "KMGT";
        const char *unit;

        if (string[0] == '\0') {
                *ret_factor = 1;
                return 0;
        }
        unit = strchr(units, string[0]);
        if (!unit || string[1] != '\0')
                return -EINVAL;
        *ret_factor = UINT64_C(1) << (10 * (unsigned) (unit - units + 1));
        return 0;
}

int size_parse(const char *string, uint64_t *ret_bytes) {
        uint64_t value = 0, factor;
        const char *p;

        for (p = string; *p >= '0' && *p <= '9'; p++)
                if (__builtin_mul_overflow(value, 10, &value) ||
                    __builtin_add_overflow(value, (uint64_t) (*p - '0'), &value))
                        return -ERANGE;
        if (p == string || size_unit_parse(p, &factor) < 0)
                return -EINVAL;
        if (__builtin_mul_overflow(value, factor, &value))
                return -ERANGE;
        *ret_bytes = value;
        return 0;
}

/* Below 10 KiB bytes are still read at a glance, and the delta packages of the small steps are that
 * small. */
#define SIZE_BYTES_SHOWN_MAX (10 * 1024)

char *size_format(char to[static SIZE_TEXT_MAX], uint64_t bytes) {
        static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
        unsigned unit = 0;
        uint64_t whole, tenths;
        Text text;

        text_init(&text, to, SIZE_TEXT_MAX);
        if (bytes < SIZE_BYTES_SHOWN_MAX) {
                text_printf(&text, "%llu B", (unsigned long long) bytes);
                return to;
        }
        while (unit + 1 < ELEMENTSOF(units) && bytes >> (10 * (unit + 2)) > 0)
                unit++;
        whole = bytes >> (10 * (unit + 1));
        tenths = (bytes - (whole << (10 * (unit + 1)))) * 10 >> (10 * (unit + 1));
        text_printf(&text, "%llu.%llu %s", (unsigned long long) whole, (unsigned long long) tenths,
                    units[unit]);
        return to;
}

#define NEAREST_WORD_MAX 48

/* Edits from a to b: insert, delete, replace, swap of neighbours ("idel" for "idle" is one). Both
 * shorter than NEAREST_WORD_MAX. */
static size_t text_distance(const char *a, const char *b) {
        uint8_t rows[3][NEAREST_WORD_MAX];
        size_t n_a = strlen(a), n_b = strlen(b);

        for (size_t j = 0; j <= n_b; j++)
                rows[0][j] = (uint8_t) j;
        for (size_t i = 1; i <= n_a; i++) {
                const uint8_t *before = rows[(i + 1) % 3], *last = rows[(i - 1) % 3];
                uint8_t *row = rows[i % 3];

                row[0] = (uint8_t) i;
                for (size_t j = 1; j <= n_b; j++) {
                        size_t best = MIN_OF(last[j], row[j - 1]) + (size_t) 1;

                        best = MIN_OF(best, last[j - 1] + (size_t) (a[i - 1] != b[j - 1]));
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                best = MIN_OF(best, before[j - 2] + (size_t) 1);
                        row[j] = (uint8_t) best;
                }
        }
        return rows[n_a % 3][n_b];
}

const char *text_nearest(const char *word, const char *const *candidates) {
        size_t length = strlen(word), nearest = length / 3 + 1;
        const char *found = NULL;

        if (length >= NEAREST_WORD_MAX)
                return NULL;
        for (; *candidates; candidates++) {
                size_t distance;

                if (strlen(*candidates) >= NEAREST_WORD_MAX)
                        continue;
                distance = text_distance(word, *candidates);
                if (distance < nearest) {
                        nearest = distance;
                        found = *candidates;
                }
        }
        return found;
}
