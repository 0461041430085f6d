/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Golden files and other people's parsers. */

#include "actility/report.h"

#define GOLDEN_MAX 16384

/* ".json", ".untyped.json", ".xml" */
const char *encoding_suffix(Encoding encoding);
/* The whole file tests/data/actility/NAME; "" when it can not be read. */
const char *golden_read(const char *name, char ret[static GOLDEN_MAX]);
bool file_write(const char *path, const char *text);
/* Runs a shell command; false unless it succeeds. */
bool run(const char *format, ...) _printf_(1, 2);
