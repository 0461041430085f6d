/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Four bytes of header, then fields of tag, length, value; a decoder skips the tags that it does
 * not know. Nothing is written beyond REPORT_PAYLOAD_MAX: what does not fit is cut or left out, and
 * a flag says so. */

#include "uplink/payload-writer.h"

#define HEADER_BYTES 4

enum {
        FLAG_AGREEMENT_OPEN = 1 << 0, /* the module waits for an answer */
        FLAG_SUSPENDED = 1 << 1,      /* by a person */
        FLAG_DEFERRED = 1 << 2,       /* by a person */
        FLAG_CONSENT = 1 << 3,        /* a person agreed to what is asked */
        FLAG_CUT = 1 << 7,            /* something did not fit */
};

void writer_init(PayloadWriter *writer, uint8_t bytes[static REPORT_PAYLOAD_MAX]) {
        *writer = (PayloadWriter) { .bytes = bytes, .n = HEADER_BYTES };
}

void writer_add_number(PayloadWriter *writer, Tag tag, uint64_t number) {
        size_t length = 1;

        while (length < sizeof number && number >> (8 * length) != 0)
                length++;
        if (writer->n + 2 + length > REPORT_PAYLOAD_MAX) {
                writer->cut = true;
                return;
        }
        writer->bytes[writer->n++] = (uint8_t) tag;
        writer->bytes[writer->n++] = (uint8_t) length;
        while (length-- > 0)
                writer->bytes[writer->n++] = (uint8_t) (number >> (8 * length));
        writer->tags |= UINT32_C(1) << tag;
}

void writer_add_signal(PayloadWriter *writer, int dbm) {
        const int8_t level = (int8_t) MAX_OF(MIN_OF(dbm, INT8_MAX), INT8_MIN);

        writer_add_number(writer, TAG_SIGNAL, (uint8_t) level);
}

void writer_add_text(PayloadWriter *writer, Tag tag, const char *text) {
        size_t wanted = strlen(text), room = REPORT_PAYLOAD_MAX - writer->n;
        size_t length = MIN_OF(wanted, (size_t) FIELD_TEXT_MAX);

        if (wanted == 0)
                return;
        length = room > 2 ? MIN_OF(length, room - 2) : 0;
        writer->cut = writer->cut || length < wanted;
        if (length == 0)
                return;
        writer->bytes[writer->n++] = (uint8_t) tag;
        writer->bytes[writer->n++] = (uint8_t) length;
        for (size_t i = 0; i < length; i++)
                writer->bytes[writer->n++] =
                        text[i] >= 0x20 && text[i] < 0x7f ? (uint8_t) text[i] : (uint8_t) '?';
        writer->tags |= UINT32_C(1) << tag;
}

void writer_add_known(PayloadWriter *writer, Tag tag, const char *text) {
        if ((writer->tags & (UINT32_C(1) << tag)) == 0)
                writer_add_text(writer, tag, text);
}

void writer_add_inventory(PayloadWriter *writer, const ModuleRecord *record) {
        writer_add_known(writer, TAG_MODEL, record->model);
        writer_add_known(writer, TAG_IMEI, record->imei);
        writer_add_known(writer, TAG_ICCID, record->iccid);
        writer_add_known(writer, TAG_SERIAL_NUMBER, record->serial_number);
}

static bool is_deferred(const ModuleRecord *record, usec_t realtime) {
        for (Action action = 0; action < _ACTION_MAX; action++)
                if (record_deferral(record, action)->until > realtime)
                        return true;
        return false;
}

static uint8_t flags_of(const ModuleRecord *record, usec_t realtime) {
        return (uint8_t) ((record->request.open ? FLAG_AGREEMENT_OPEN : 0) |
                          (record->suspended ? FLAG_SUSPENDED : 0) |
                          (is_deferred(record, realtime) ? FLAG_DEFERRED : 0) |
                          (record->consent.given ? FLAG_CONSENT : 0));
}

size_t writer_finish(PayloadWriter *writer, uint8_t kind, State state, const ModuleRecord *record,
                     usec_t realtime) {
        writer->bytes[0] = PAYLOAD_VERSION;
        writer->bytes[1] = kind;
        writer->bytes[2] = (uint8_t) state;
        writer->bytes[3] = (uint8_t) ((record ? flags_of(record, realtime) : 0) |
                                      (writer->cut ? FLAG_CUT : 0));
        return writer->n;
}
