/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What an HTTP request asks for, and whether its head can be believed. Pure: the bytes are those of
 * the request, as they came. */

#include "base/macro.h"

#define REQUEST_TARGET_MAX 12288 /* bytes; a payload of 5000 digits fits twice */

typedef enum RequestApi { /* by its path */
                          REQUEST_OTHER,
                          REQUEST_V1,
                          REQUEST_V2,
} RequestApi;

/* Cuts `target` at its query, which *ret_query then is: "" when there is none, without a fragment
 * and otherwise as it came. The path must be spelt exactly; a target may name scheme and host
 * (RFC 9112, 3.2.2). */
RequestApi request_target(char *target, const char **ret_query);
/* No control characters: else whoever stands in between may see another request. */
bool request_target_is_clean(const char *target);

/* What the header says of where a request ends. Two readers that understand it differently, a proxy
 * and fotad, see two different sequences of requests. */
typedef struct RequestFraming {
        unsigned n_lengths, n_encodings, n_hosts;
        bool odd;       /* a name that is none, or an encoding other than chunked */
        uint64_t bytes; /* Content-Length */
} RequestFraming;

void request_field(RequestFraming *framing, const char *name, const char *value);
bool request_is_framed(const RequestFraming *framing, const char *version);
