/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* SHA-256 over OpenSSL's EVP. */

#include <sys/uio.h>

#include "base/macro.h"

#define SHA256_BYTES 32
#define SHA256_HEX_MAX 65

/* Hash of the parts one after the other; lower-case hex. 0, or -EIO when the library fails. */
_must_use_ int sha256_hex(const struct iovec *parts, size_t n_parts,
                          char ret[static SHA256_HEX_MAX]);
/* Compares in constant time, hex digits case-insensitively. */
bool sha256_hex_equal(const char *a, const char *b);
