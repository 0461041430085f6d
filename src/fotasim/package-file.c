/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Package files, made and read in pieces of any size. The bytes behind the line look random, so
 * that a block that is missing, doubled or out of place is never taken for another. */

#include "fotasim/package-file.h"

#include <stdio.h>

#define LINE_START "fotasim-package from="
#define FNV_BASIS 2166136261U
#define FNV_PRIME 16777619U
#define CHUNK_BYTES 4096

static uint32_t fnv_add(uint32_t sum, const uint8_t *bytes, size_t n) {
        for (size_t i = 0; i < n; i++)
                sum = (sum ^ bytes[i]) * FNV_PRIME;
        return sum;
}

/* The byte at this offset behind the line. */
static uint8_t body_byte(uint64_t offset) {
        uint32_t x = (uint32_t) offset * 2654435761U;

        x ^= x >> 15;
        return (uint8_t) (x * 2246822519U >> 24);
}

static bool version_good(const char *version) {
        return *version && strlen(version) < SIM_TEXT_MAX && !version[strcspn(version, " \t\r\n")];
}

static uint32_t body_sum(uint64_t bytes) {
        uint8_t chunk[CHUNK_BYTES];
        uint32_t sum = FNV_BASIS;

        for (uint64_t done = 0; done < bytes; done += sizeof(chunk)) {
                size_t n = (size_t) MIN_OF(bytes - done, (uint64_t) sizeof(chunk));

                for (size_t i = 0; i < n; i++)
                        chunk[i] = body_byte(done + i);
                sum = fnv_add(sum, chunk, n);
        }
        return sum;
}

static size_t line_print(SimPackageFile *file, uint32_t sum) {
        return (size_t) snprintf(file->line, sizeof(file->line), LINE_START "%s to=%s sum=%08x\n",
                                 file->from, file->to, sum);
}

int sim_package_init(SimPackageFile *file, const char *from, const char *to, uint64_t bytes) {
        SimPackageFile made = { .bytes = bytes };

        if (!version_good(from) || !version_good(to))
                return -EINVAL;
        (void) TEXT_COPY(made.from, from);
        (void) TEXT_COPY(made.to, to);
        made.n_line = line_print(&made, 0);
        if (bytes < made.n_line)
                return -ERANGE;
        (void) line_print(&made, body_sum(bytes - made.n_line));
        *file = made;
        return 0;
}

void sim_package_fill(const SimPackageFile *file, uint64_t offset, void *to, size_t n) {
        uint8_t *bytes = to;

        for (size_t i = 0; i < n; i++, offset++)
                bytes[i] = offset < file->n_line ? (uint8_t) file->line[offset] :
                                                   body_byte(offset - file->n_line);
}

void sim_package_reader_init(SimPackageReader *reader) {
        *reader = (SimPackageReader) { .sum = FNV_BASIS };
}

/* Of a line that is too long the end is never found. */
void sim_package_read(SimPackageReader *reader, const uint8_t *bytes, size_t n) {
        for (; n > 0 && !reader->behind_line; bytes++, n--) {
                reader->behind_line = *bytes == '\n';
                if (reader->behind_line || reader->n_line + 1 == sizeof(reader->line))
                        continue;
                reader->line[reader->n_line++] = (char) *bytes;
        }
        reader->sum = fnv_add(reader->sum, bytes, n);
}

/* "START word": the word to `to`; returns what follows it, NULL when it is another line. */
static const char *word_take(const char *line, const char *start, char *to, size_t size) {
        size_t n;

        if (!line || !text_starts_with(line, start))
                return NULL;
        line += strlen(start);
        n = strcspn(line, " ");
        if (n == 0 || n >= size)
                return NULL;
        (void) text_copy(to, n + 1, line);
        return line + n;
}

bool sim_package_good(const SimPackageReader *reader, char from[static SIM_TEXT_MAX],
                      char to[static SIM_TEXT_MAX]) {
        char sum[9], expected[9];
        const char *rest;

        rest = word_take(reader->line, LINE_START, from, SIM_TEXT_MAX);
        rest = word_take(rest, " to=", to, SIM_TEXT_MAX);
        rest = word_take(rest, " sum=", sum, sizeof(sum));
        (void) snprintf(expected, sizeof(expected), "%08x", reader->sum);
        return reader->behind_line && rest && *rest == '\0' && streq(sum, expected);
}
