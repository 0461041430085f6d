/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Small files read whole. */

#include "base/macro.h"

/* returns new, with a NUL behind the bytes; ret_n may be NULL. -EFBIG beyond max_bytes. */
_must_use_ int file_read(const char *path, size_t max_bytes, char **ret, size_t *ret_n);
