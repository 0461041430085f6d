/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* fotad-payload(7), for tests that compare it with the code. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

char *page_read(void); /* new; NULL or "" when it can't be read */
/* A row of a table: the number, the name, and perhaps more. */
bool page_has_row(const char *page, unsigned number, const char *name);
/* An example: these bytes in hexadecimal and no more, spaced and broken as the page likes. */
bool page_has_bytes(const char *page, const uint8_t *bytes, size_t n);
