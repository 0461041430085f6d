/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The last AT dialogue of a module, in memory, bounded, with secrets redacted before they are
 * stored. */

#include "base/time.h"

#define TRANSCRIPT_BYTES_MAX (64 * 1024)
#define TRANSCRIPT_LINE_MAX 1100

typedef enum Direction { DIRECTION_TO_MODULE, DIRECTION_FROM_MODULE, DIRECTION_NOTE } Direction;

typedef struct Transcript Transcript; /* a ring of whole lines; the oldest give way */

Transcript *transcript_new(void); /* returns new, NULL when out of memory; grows up to the cap */
Transcript *transcript_free(Transcript *transcript);
DEFINE_CLEANUP(Transcript *, transcript_free)

void transcript_add(Transcript *transcript, usec_t realtime, Direction direction, const char *line);

typedef struct TranscriptLine {
        uint64_t sequence; /* grows by one for each line ever added, from 1 */
        usec_t realtime;
        Direction direction;
        char text[TRANSCRIPT_LINE_MAX];
} TranscriptLine;
/* The first line with a sequence above `after` that is still held; false when there is none. */
bool transcript_next(const Transcript *transcript, uint64_t after, TranscriptLine *ret);

/* Replaces PINs, PUKs and passwords by **** (AT+CPIN, +CPIN2, +CLCK, +CPWD, +CGAUTH, +WDSS=0,
 * #OTASNAIPCFG, #OTASNAPIPCFG, #SGACT, #PASSW, #ENCSIM-like, ^SICI...); also in an echo and when
 * the line starts with garbage. `to` may be `from`. */
void transcript_redact(char *to, size_t size, const char *from);
