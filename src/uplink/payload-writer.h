/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The bytes of a report, field by field: what events and answers have in common. */

#include "core/payload.h"
#include "uplink/uplink.h"

typedef struct PayloadWriter {
        uint8_t *bytes;
        size_t n;
        uint32_t tags; /* written so far */
        bool cut;
} PayloadWriter;

/* borrows `bytes` */
void writer_init(PayloadWriter *writer, uint8_t bytes[static REPORT_PAYLOAD_MAX]);
/* Big-endian, as few bytes as it takes, at least one. */
void writer_add_number(PayloadWriter *writer, Tag tag, uint64_t number);
/* One byte, two's complement: what is out of its range becomes the end of it. */
void writer_add_signal(PayloadWriter *writer, int dbm);
/* Printable ASCII; what is none becomes '?'. Cut to what fits; an empty one is left out. */
void writer_add_text(PayloadWriter *writer, Tag tag, const char *text);
/* A text that is only wanted when nothing said it before. */
void writer_add_known(PayloadWriter *writer, Tag tag, const char *text);
void writer_add_inventory(PayloadWriter *writer, const ModuleRecord *record);
/* The header. kind: of the event, or the opcode; record: for the flags as they are at
 * `realtime`, NULL none. Returns the size of the payload. */
size_t writer_finish(PayloadWriter *writer, uint8_t kind, State state, const ModuleRecord *record,
                     usec_t realtime);
