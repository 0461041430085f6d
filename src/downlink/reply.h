/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the endpoint answers: status, type and exact body (tunnel specification, 7.1.5, 7.1.6). */

#include "actility/downlink.h"
#include "downlink/request.h"

typedef struct Reply {
        unsigned status;
        const char *type; /* NULL: no body */
        char body[256];
        bool close; /* the connection, with it */
} Reply;

/* To a frame; api is v1 or v2. */
void reply_to_frame(RequestApi api, const DownlinkFault *fault, Reply *ret);
/* To what is no frame: 400, 404, 405, 413, 414. */
void reply_to_other(unsigned status, Reply *ret);
