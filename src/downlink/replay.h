/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The signed requests that were answered, so that the same request gets the same answer and is
 * carried out once. Bounded: of the refused ones the oldest give way; the accepted ones stay as
 * long as they could be sent again, and when there is no room left for them nothing more may be
 * accepted. Sans-I/O; embedded in nothing. */

#include "core/record.h"

#define REPLAY_ACCEPTED_MAX 8192
#define REPLAY_REFUSED_MAX 2048

typedef struct Replay Replay;

typedef struct Answered {
        uint64_t id; /* of its row */
        char token[FRAME_TOKEN_MAX];
        usec_t time; /* of the request */
        unsigned code;
        uint32_t expected; /* the counter that was told with it */
        bool waits;        /* accepted, and not carried out yet: its row is needed */
} Answered;

_must_use_ int replay_new(Replay **ret);
Replay *replay_free(Replay *replay);
DEFINE_CLEANUP(Replay *, replay_free)

/* The answer that the request with this token got; NULL: it is new. Borrowed until the next change.
 */
const Answered *replay_find(const Replay *replay, const char *token);

/* Is there room, and memory, for one more that is accepted? Those of before `dead` can't be sent
 * again; *ret_gone is the row of one that gave way, 0 none. */
bool replay_make_room(Replay *replay, usec_t dead, uint64_t *ret_gone);
/* -ENOMEM; *ret_gone is the row of a refused one that gave way, 0 none. */
_must_use_ int replay_add(Replay *replay, const Answered *answered, uint64_t *ret_gone);
/* It waits no more. */
void replay_release(Replay *replay, uint64_t id);
