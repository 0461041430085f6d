/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* `fotasim downlink`: one downlink frame as an application server sends it. Written from the tunnel
 * specification (7.1, 7.3), without a line of fotad's own codec, which is checked with it. */

#include "base/text.h"

/* Values as they are sent; what is wrong with them is for the peer to say. NULL: left out. */
typedef struct AsDownlink {
        const char *dev_eui, *fport, *payload, *validity_time, *correlation_id, *as_id, *time;
        bool confirmed, flush;
} AsDownlink;

/* The query, encoded, with its Token. -ENOSPC when `ret` is too small, or there is no SHA-256. */
_must_use_ int as_downlink_sign(const AsDownlink *frame, const char *key, Text *ret);

/* Returns the exit status. */
int as_downlink_main(int argc, char *argv[]);
