/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* An application server's side of the tunnel's tokens, written from the specification alone. */

#include "base/macro.h"

#define VERIFIER_VALUE_MAX 256

/* The decoded value of one query parameter; false: it is not there. */
bool verifier_parameter(const char *query, const char *name, char ret[static VERIFIER_VALUE_MAX]);
/* Does the Token of this uplink report fit its query, document and key? */
bool verifier_accepts_uplink(const char *query, const char *document, const char *key);
