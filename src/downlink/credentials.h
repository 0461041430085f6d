/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The certificate of the endpoint and its private key, as PEM texts. */

#include "base/macro.h"

typedef struct Credentials {
        char *certificate, *private_key; /* NULL: plain HTTP */
} Credentials;

/* Reads both files; "" for none. `why` gets what is wrong with which file; -EKEYREJECTED: with what
 * it holds. */
_must_use_ int credentials_load(const char *certificate_file, const char *private_key_file,
                                Credentials *ret, char *why, size_t size);
bool credentials_same(const Credentials *a, const Credentials *b);
/* Wipes the key. May run twice. */
void credentials_done(Credentials *credentials);
