/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A journal row as the bytes of a report: layout version 1, written down in fotad-payload(7).
 *
 * Owns nothing. Four bytes of header, then fields of tag, length, value; a decoder skips the tags
 * that it does not know. Numbers come first, so that only texts are cut when the 222 bytes do not
 * suffice, and a flag says that they were. Tags and the numbers of vocabulary.h are the wire:
 * append, never renumber. Progress is not thinned out here: the journal has a row in ten percent.
 */

#include "uplink/uplink.h"

#define LAYOUT_VERSION 1
#define HEADER_BYTES 4
#define FIELD_TEXT_MAX 64 /* bytes of one text */

enum {
        FLAG_AGREEMENT_OPEN = 1 << 0, /* the module waits for an answer */
        FLAG_SUSPENDED = 1 << 1,      /* by a person */
        FLAG_DEFERRED = 1 << 2,       /* by a person */
        FLAG_CONSENT = 1 << 3,        /* a person agreed to what is asked */
        FLAG_CUT = 1 << 7,            /* something did not fit */
};

typedef enum Tag {
        TAG_JOB = 1,
        TAG_REASON = 2,
        TAG_ACTION = 3,
        TAG_PERCENT = 4,
        TAG_BYTES = 5,
        TAG_MINUTES = 6,
        TAG_COUNT = 7,
        TAG_SIGNAL = 8, /* dBm, one byte, two's complement */
        TAG_MODULE = 16,
        TAG_FIRMWARE = 17,
        TAG_FROM = 18,
        TAG_TO = 19,
        TAG_BY = 20,
        TAG_BECAUSE = 21,
        TAG_KIND = 22,
        TAG_HOLDER = 23,
        TAG_MODEL = 24,
        TAG_IMEI = 25,
        TAG_ICCID = 26,
        TAG_SERIAL_NUMBER = 27,
        TAG_OTHER = 31, /* "key=value" of a detail that has no tag; may come more than once */
} Tag;

typedef enum FieldKind { FIELD_NUMBER, FIELD_TEXT, FIELD_ACTION, FIELD_REASON } FieldKind;

/* clang-format off */
static const struct {
        const char *key;
        Tag tag;
        FieldKind kind;
} detail_fields[] = {
        { "reason",        TAG_REASON,        FIELD_REASON },
        { "action",        TAG_ACTION,        FIELD_ACTION },
        { "percent",       TAG_PERCENT,       FIELD_NUMBER },
        { "bytes",         TAG_BYTES,         FIELD_NUMBER },
        { "minutes",       TAG_MINUTES,       FIELD_NUMBER },
        { "count",         TAG_COUNT,         FIELD_NUMBER },
        { "dropped",       TAG_COUNT,         FIELD_NUMBER },
        { "firmware",      TAG_FIRMWARE,      FIELD_TEXT },
        { "from",          TAG_FROM,          FIELD_TEXT },
        { "to",            TAG_TO,            FIELD_TEXT },
        { "by",            TAG_BY,            FIELD_TEXT },
        { "because",       TAG_BECAUSE,       FIELD_TEXT },
        { "kind",          TAG_KIND,          FIELD_TEXT },
        { "holder",        TAG_HOLDER,        FIELD_TEXT },
        { "model",         TAG_MODEL,         FIELD_TEXT },
        { "imei",          TAG_IMEI,          FIELD_TEXT },
        { "iccid",         TAG_ICCID,         FIELD_TEXT },
        { "serial_number", TAG_SERIAL_NUMBER, FIELD_TEXT },
};

#define FOTA EVENT_CLASS_FOTA
#define ALERTS EVENT_CLASS_ALERTS
#define STATUS EVENT_CLASS_STATUS

/* classes: reported when one of them is configured. A row left out is never reported: what a neighbour
 * on the gateway can cause at will (lines of noise, slow clients) must not fill the spool. */
static const struct {
        uint8_t fport, classes;
} kinds[_EVENT_MAX] = {
        [EVENT_MODULE_APPEARED]     = { FPORT_STATUS,   STATUS },
        [EVENT_MODULE_GONE]         = { FPORT_STATUS,   STATUS },
        [EVENT_MODULE_IDENTIFIED]   = { FPORT_STATUS,   STATUS },
        [EVENT_MODULE_RESTARTED]    = { FPORT_STATUS,   STATUS },
        [EVENT_SESSION_OPENED]      = { FPORT_EVENT,    FOTA },
        [EVENT_SESSION_CLOSED]      = { FPORT_EVENT,    FOTA },
        [EVENT_SESSION_REFUSED]     = { FPORT_ALERT,    FOTA | ALERTS },
        [EVENT_AGREEMENT_REQUESTED] = { FPORT_EVENT,    FOTA },
        [EVENT_AGREEMENT_ACCEPTED]  = { FPORT_EVENT,    FOTA },
        [EVENT_AGREEMENT_DEFERRED]  = { FPORT_EVENT,    FOTA },
        [EVENT_PACKAGE_OFFERED]     = { FPORT_EVENT,    FOTA },
        [EVENT_DOWNLOAD_STARTED]    = { FPORT_EVENT,    FOTA },
        [EVENT_DOWNLOAD_PROGRESS]   = { FPORT_PROGRESS, FOTA },
        [EVENT_DOWNLOAD_SUSPENDED]  = { FPORT_EVENT,    FOTA },
        [EVENT_DOWNLOAD_COMPLETED]  = { FPORT_EVENT,    FOTA },
        [EVENT_DOWNLOAD_FAILED]     = { FPORT_ALERT,    FOTA | ALERTS },
        [EVENT_PACKAGE_VERIFIED]    = { FPORT_EVENT,    FOTA },
        [EVENT_PACKAGE_REJECTED]    = { FPORT_ALERT,    FOTA | ALERTS },
        [EVENT_INSTALL_STARTED]     = { FPORT_EVENT,    FOTA },
        [EVENT_INSTALL_SUCCEEDED]   = { FPORT_EVENT,    FOTA },
        [EVENT_INSTALL_FAILED]      = { FPORT_ALERT,    FOTA | ALERTS },
        [EVENT_SETTINGS_RESTORED]   = { FPORT_EVENT,    FOTA },
        [EVENT_REGISTERED]          = { FPORT_EVENT,    FOTA },
        [EVENT_NOTIFIED]            = { FPORT_EVENT,    FOTA },
        [EVENT_CONSENT_DRIFT]       = { FPORT_ALERT,    ALERTS },
        [EVENT_UNSANCTIONED_CHANGE] = { FPORT_ALERT,    ALERTS },
        [EVENT_SIM_CHANGED]         = { FPORT_ALERT,    ALERTS },
        [EVENT_SIM_SWAPPED]         = { FPORT_ALERT,    ALERTS },
        [EVENT_PORT_BUSY]           = { FPORT_ALERT,    ALERTS },
        [EVENT_POLICY_WAITING]      = { FPORT_EVENT,    FOTA },
        [EVENT_UPLINK_LOST]         = { FPORT_ALERT,    ALERTS },
        [EVENT_UPLINK_RESTORED]     = { FPORT_ALERT,    ALERTS },
        [EVENT_SPOOL_OVERFLOW]      = { FPORT_ALERT,    ALERTS },
        [EVENT_JOB_SUPERSEDED]      = { FPORT_EVENT,    FOTA },
        [EVENT_JOB_CANCELLED]       = { FPORT_EVENT,    FOTA },
        [EVENT_PROVISIONED]         = { FPORT_EVENT,    FOTA },
        [EVENT_REISSUE_WANTED]      = { FPORT_EVENT,    FOTA },
        [EVENT_STORAGE_FAILED]      = { FPORT_ALERT,    ALERTS },
        [EVENT_STORAGE_RESTORED]    = { FPORT_ALERT,    ALERTS },
        [EVENT_FIRMWARE_DENIED]     = { FPORT_ALERT,    ALERTS },
        [EVENT_JOB_CREATED]         = { FPORT_EVENT,    FOTA },
        [EVENT_MODULE_BLOCKED]      = { FPORT_ALERT,    ALERTS },
        [EVENT_MODULE_STATUS]       = { FPORT_STATUS,   STATUS },
};
/* clang-format on */

typedef struct Writer {
        uint8_t *bytes;
        size_t n;
        uint32_t tags; /* written so far */
        bool cut;
} Writer;

/* Big-endian, as few bytes as it takes, at least one. */
static void writer_add_number(Writer *writer, Tag tag, uint64_t number) {
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

/* Printable ASCII; what is none becomes '?'. Cut to what fits. */
static void writer_add_text(Writer *writer, Tag tag, const char *text) {
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

/* A text that is only wanted when nothing said it before. */
static void writer_add_known(Writer *writer, Tag tag, const char *text) {
        if ((writer->tags & (UINT32_C(1) << tag)) == 0)
                writer_add_text(writer, tag, text);
}

static void writer_add_other(Writer *writer, const Detail *detail) {
        char data[FIELD_TEXT_MAX + 1];
        Text text;

        text_init(&text, data, sizeof data);
        if (detail->is_number)
                text_printf(&text, "%s=%lld", detail->key, (long long) detail->number);
        else
                text_printf(&text, "%s=%s", detail->key, detail->text);
        writer->cut = writer->cut || text.truncated;
        writer_add_text(writer, TAG_OTHER, data);
}

static int64_t detail_number(const Detail *detail, FieldKind kind) {
        if (detail->is_number)
                return detail->number;
        switch (kind) {
        case FIELD_ACTION:
                return action_from_string(detail->text);
        case FIELD_REASON:
                return reason_from_string(detail->text);
        case FIELD_NUMBER:
        case FIELD_TEXT:
                return -1;
        }
        return -1;
}

/* Index in detail_fields, or its size. */
static size_t detail_field(const Detail *detail) {
        size_t i = 0;

        while (i < ELEMENTSOF(detail_fields) && !streq(detail_fields[i].key, detail->key))
                i++;
        return i;
}

/* Does the detail go out as a number? A negative one means that it is not known. */
static bool detail_is_numeric(const Detail *detail, int64_t *ret_number) {
        size_t i = detail_field(detail);

        if (i == ELEMENTSOF(detail_fields) || detail_fields[i].kind == FIELD_TEXT)
                return false;
        *ret_number = detail_number(detail, detail_fields[i].kind);
        return detail->is_number || *ret_number >= 0;
}

static void writer_add_numbers(Writer *writer, const EventRow *event) {
        int64_t number;

        if (event->job != 0)
                writer_add_number(writer, TAG_JOB, event->job);
        for (size_t i = 0; i < event->n_details; i++)
                if (detail_is_numeric(&event->details[i], &number) && number >= 0)
                        writer_add_number(writer,
                                          detail_fields[detail_field(&event->details[i])].tag,
                                          (uint64_t) number);
}

static void writer_add_texts(Writer *writer, const EventRow *event) {
        int64_t number;

        for (size_t i = 0; i < event->n_details; i++) {
                const Detail *detail = &event->details[i];
                size_t field = detail_field(detail);

                if (detail_is_numeric(detail, &number))
                        continue;
                if (field < ELEMENTSOF(detail_fields) && !detail->is_number &&
                    detail_fields[field].kind == FIELD_TEXT)
                        writer_add_text(writer, detail_fields[field].tag, detail->text);
                else
                        writer_add_other(writer, detail);
        }
}

static void writer_add_inventory(Writer *writer, const ModuleRecord *record) {
        writer_add_known(writer, TAG_MODEL, record->model);
        writer_add_known(writer, TAG_IMEI, record->imei);
        writer_add_known(writer, TAG_ICCID, record->iccid);
        writer_add_known(writer, TAG_SERIAL_NUMBER, record->serial_number);
}

static uint8_t flags_of(const ModuleRecord *record) {
        return (uint8_t) ((record->request.open ? FLAG_AGREEMENT_OPEN : 0) |
                          (record->suspended ? FLAG_SUSPENDED : 0) |
                          (record->deferred_until != 0 ? FLAG_DEFERRED : 0) |
                          (record->consent.given ? FLAG_CONSENT : 0));
}

static size_t payload_write(const EventRow *event, const ReportSubject *subject, unsigned fport,
                            uint8_t bytes[static REPORT_PAYLOAD_MAX]) {
        const ModuleRecord *record = subject->record;
        Writer writer = { .bytes = bytes, .n = HEADER_BYTES };

        writer_add_numbers(&writer, event);
        if (subject->has_signal && fport == FPORT_STATUS)
                writer_add_number(&writer, TAG_SIGNAL, (uint8_t) (int8_t) subject->signal_dbm);
        writer_add_text(&writer, TAG_MODULE, event->module);
        writer_add_texts(&writer, event);
        if (record && fport != FPORT_PROGRESS)
                writer_add_known(&writer, TAG_FIRMWARE, record->firmware);
        if (record && fport == FPORT_STATUS)
                writer_add_inventory(&writer, record);
        bytes[0] = LAYOUT_VERSION;
        bytes[1] = (uint8_t) event->event;
        bytes[2] = (uint8_t) event->state;
        bytes[3] = (uint8_t) ((record ? flags_of(record) : 0) | (writer.cut ? FLAG_CUT : 0));
        return writer.n;
}

static ReportWorth worth_of(EventKind event, unsigned fport) {
        if (fport == FPORT_PROGRESS)
                return WORTH_PROGRESS;
        if (fport == FPORT_STATUS)
                return WORTH_STATUS;
        if (fport == FPORT_ALERT || event == EVENT_INSTALL_SUCCEEDED ||
            event == EVENT_JOB_SUPERSEDED || event == EVENT_JOB_CANCELLED)
                return WORTH_OUTCOME;
        return WORTH_EVENT;
}

bool report_from_event(const UplinkSettings *settings, const EventRow *event,
                       const ReportSubject *subject, ReportRow *ret) {
        unsigned fport = kinds[event->event].fport;

        if (!settings->enabled || (settings->reports & (1U << REPORT_UPLINK)) == 0 ||
            !subject->dev_eui || subject->dev_eui[0] == '\0' ||
            (kinds[event->event].classes & settings->events) == 0)
                return false;
        *ret = (ReportRow) {
                .kind = REPORT_UPLINK,
                .worth = worth_of(event->event, fport),
                .fport = fport,
                .created = event->realtime,
                .has_signal = subject->has_signal,
                .signal_dbm = subject->signal_dbm,
        };
        (void) TEXT_COPY(ret->module, event->module);
        (void) TEXT_COPY(ret->dev_eui, subject->dev_eui);
        ret->n_payload = payload_write(event, subject, fport, ret->payload);
        return true;
}
