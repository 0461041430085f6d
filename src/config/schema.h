/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Every key that there is, once. */

#include "config/value.h"

extern const ValueRow schema_rows[];
extern const size_t schema_n_rows;

#define PATTERN_MAX 64 /* of a path in the schema, with the NUL */
/* The row of exactly this pattern, NULL: none. */
const ValueRow *schema_row(const char *pattern);
/* Is there a row of this pattern or below it? */
bool schema_has(const char *pattern);
/* The words that may follow `pattern` (names of actions where + stands), without those of later
 * versions; NULL-terminated. Returns their number. */
#define SCHEMA_WORDS_MAX 32
size_t schema_words(const char *pattern, const char *ret[static SCHEMA_WORDS_MAX],
                    char (*storage)[32]);
/* Where a word of this name stands that was written below `pattern`, and is none there: the one
 * path below it, else the one path of all; NULL: nowhere, or in more places than one. */
const char *schema_home(const char *pattern, const char *word);
