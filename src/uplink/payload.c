/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A journal row as the bytes of a report: layout version 1, written down in fotad-payload(7).
 *
 * Owns nothing. Numbers come first, so that only texts are cut when the 222 bytes do not suffice,
 * and a flag says that they were. Tags and the numbers of vocabulary.h are the wire: append, never
 * renumber. Progress is not thinned out here: the journal has a row in ten percent.
 */

#include "uplink/payload-writer.h"

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
 * on the gateway can cause at will (lines of noise, slow clients) must not fill the spool;
 * nor is that fotad begins a session or a registration: what comes of it is. */
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
        [EVENT_PATH_ASKED]          = { FPORT_STATUS,   FOTA | ALERTS | STATUS }, /* it is the proof itself */
        [EVENT_INHIBITOR_TAKEN]     = { FPORT_EVENT,    FOTA },
        [EVENT_INHIBITOR_RELEASED]  = { FPORT_EVENT,    FOTA },
        [EVENT_MODULE_STATUS]       = { FPORT_STATUS,   STATUS },
};
/* clang-format on */

static void writer_add_other(PayloadWriter *writer, const Detail *detail) {
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

static void writer_add_numbers(PayloadWriter *writer, const EventRow *event) {
        int64_t number;

        if (event->job != 0)
                writer_add_number(writer, TAG_JOB, event->job);
        for (size_t i = 0; i < event->n_details; i++)
                if (detail_is_numeric(&event->details[i], &number) && number >= 0)
                        writer_add_number(writer,
                                          detail_fields[detail_field(&event->details[i])].tag,
                                          (uint64_t) number);
}

static void writer_add_texts(PayloadWriter *writer, const EventRow *event) {
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

static size_t payload_write(const EventRow *event, const ReportSubject *subject, unsigned fport,
                            uint8_t bytes[static REPORT_PAYLOAD_MAX]) {
        const ModuleRecord *record = subject->record;
        PayloadWriter writer;

        writer_init(&writer, bytes);
        writer_add_numbers(&writer, event);
        if (subject->has_signal && fport == FPORT_STATUS)
                writer_add_signal(&writer, subject->signal_dbm);
        writer_add_text(&writer, TAG_MODULE, event->module);
        writer_add_texts(&writer, event);
        if (record && fport != FPORT_PROGRESS)
                writer_add_known(&writer, TAG_FIRMWARE, record->firmware);
        if (record && fport == FPORT_STATUS)
                writer_add_inventory(&writer, record);
        return writer_finish(&writer, (uint8_t) event->event, event->state, record,
                             event->realtime);
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
