/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Layout version 1 of payloads: a decoder written from fotad-payload(7) reads back what payload.c
 * writes, and the page's tables and examples are those of the code. */

#include <stdio.h>

#include "test.h"
#include "uplink/page.h"
#include "uplink/uplink.h"

#define ALL_CLASSES (EVENT_CLASS_FOTA | EVENT_CLASS_ALERTS | EVENT_CLASS_STATUS)

/* the decoder */

#define TAGS 32

typedef struct Decoded {
        unsigned version, event, state, flags;
        bool is_there[TAGS];
        uint64_t numbers[TAGS]; /* tags 1 to 15 */
        char texts[TAGS][REPORT_PAYLOAD_MAX];
        char others[REPORT_PAYLOAD_MAX]; /* tag 31, one after the other with ';' */
} Decoded;

static void decode_field(Decoded *d, unsigned tag, const uint8_t *value, size_t length) {
        d->is_there[tag] = true;
        for (size_t i = 0; i < length; i++)
                d->numbers[tag] = d->numbers[tag] * 256 + value[i];
        (void) snprintf(d->texts[tag], sizeof d->texts[tag], "%.*s", (int) length,
                        (const char *) value);
        if (tag == 31) {
                size_t n = strlen(d->others);

                (void) snprintf(d->others + n, sizeof d->others - n, "%.64s;", d->texts[tag]);
        }
}

static bool decode(const ReportRow *report, Decoded *d) {
        const uint8_t *p = report->payload, *end = p + report->n_payload;

        memset(d, 0, sizeof *d);
        if (report->n_payload < 4 || report->n_payload > 222)
                return false;
        d->version = *p++;
        d->event = *p++;
        d->state = *p++;
        d->flags = *p++;
        while (p < end) {
                unsigned tag = p[0];

                if (end - p < 2 || end - p - 2 < p[1] || tag == 0 || tag >= TAGS)
                        return false;
                decode_field(d, tag, p + 2, p[1]);
                p += 2 + p[1];
        }
        return true;
}

/* what is reported */

static const UplinkSettings all = {
        .enabled = true,
        .events = ALL_CLASSES,
        .reports = REPORT_KINDS_ALL,
};

static Detail detail_text(const char *key, const char *text) {
        Detail detail = { .key = key };

        (void) TEXT_COPY(detail.text, text);
        return detail;
}

static Detail detail_number(const char *key, int64_t number) {
        return (Detail) { .key = key, .is_number = true, .number = number };
}

static EventRow event_of(EventKind kind, State state) {
        return (EventRow) { .realtime = 1600000000 * USEC_PER_SEC,
                            .module = "modem0",
                            .event = kind,
                            .state = state };
}

static void event_add(EventRow *event, Detail detail) {
        event->details[event->n_details++] = detail;
}

static ModuleRecord record_of(void) {
        return (ModuleRecord) {
                .name = "modem0",
                .model = "HL7800",
                .firmware = "HL7800.4.4.14.0",
                .imei = "354123456789012",
                .iccid = "8933150319051234567",
                .serial_number = "XF91234567",
        };
}

/* Reports with everything enabled and decodes. */
static bool report_and_decode(const EventRow *event, const ModuleRecord *record, ReportRow *report,
                              Decoded *d) {
        const ReportSubject subject = {
                .record = record,
                .dev_eui = "0354123456789012",
                .has_signal = true,
                .signal_dbm = -97,
        };

        return report_from_event(&all, event, &subject, report) && decode(report, d);
}

static bool is_local(EventKind kind) {
        return kind == EVENT_NONE || kind == EVENT_COMMAND_BLOCKED || kind == EVENT_LINE_DROPPED ||
               kind == EVENT_CLIENT_TOO_SLOW || kind == EVENT_ORDERED ||
               kind == EVENT_REPORT_REFUSED || kind == EVENT_REPORTS_SET_ASIDE ||
               kind == EVENT_SESSION_GRANTED || kind == EVENT_REGISTRATION_GRANTED;
}

TEST(every_kind_decodes_to_its_numbers) {
        ModuleRecord record = record_of();
        ReportRow report;
        Decoded d;

        for (EventKind kind = EVENT_NONE; kind < _EVENT_MAX; kind++)
                for (State state = STATE_ABSENT; state < _STATE_MAX; state++) {
                        EventRow event = event_of(kind, state);

                        event.job = 70000;
                        event_add(&event, detail_number("percent", 40));
                        CHECK_INT(report_and_decode(&event, &record, &report, &d), !is_local(kind));
                        if (is_local(kind))
                                continue;
                        CHECK_INT(d.version, 1);
                        CHECK_INT(d.event, kind);
                        CHECK_INT(d.state, state);
                        CHECK_INT(d.numbers[1], 70000);
                        CHECK_INT(d.numbers[4], 40);
                        CHECK_STR(d.texts[16], "modem0");
                        CHECK(report.fport >= 1 && report.fport <= 4);
                        CHECK_INT(report.created, event.realtime);
                        CHECK_INT(report.signal_dbm, -97);
                        CHECK_STR(report.dev_eui, "0354123456789012");
                        CHECK_STR(report.module, "modem0");
                }
}

TEST(every_detail_comes_back) {
        ModuleRecord record = record_of();
        EventRow event = event_of(EVENT_INSTALL_FAILED, STATE_IDLE);
        ReportRow report;
        Decoded d;

        event.job = 7;
        event_add(&event, detail_text("reason", "version-unchanged"));
        event_add(&event, detail_text("from", "HL7800.4.4.14.0"));
        event_add(&event, detail_text("to", "HL7800.4.5.4.0"));
        event_add(&event, detail_number("bytes", 1234567));
        event_add(&event, detail_text("colour", "blue"));
        event_add(&event, detail_number("attempt", -3));
        CHECK(report_and_decode(&event, &record, &report, &d));
        CHECK_INT(report.fport, 4);
        CHECK_INT(d.numbers[1], 7);
        CHECK_INT(d.numbers[2], REASON_VERSION_UNCHANGED);
        CHECK_INT(d.numbers[5], 1234567);
        CHECK_STR(d.texts[17], "HL7800.4.4.14.0");
        CHECK_STR(d.texts[18], "HL7800.4.4.14.0");
        CHECK_STR(d.texts[19], "HL7800.4.5.4.0");
        CHECK_STR(d.others, "colour=blue;attempt=-3;");
        CHECK_INT(d.flags, 0);
}

TEST(agreements_carry_action_and_delay) {
        ModuleRecord record = record_of();
        EventRow event = event_of(EVENT_AGREEMENT_DEFERRED, STATE_INSTALL_PENDING);
        ReportRow report;
        Decoded d;

        record.request.open = record.consent.given = record.suspended = true;
        record.deferrals[ACTION_CONNECT].until = USEC_INFINITY;
        event_add(&event, detail_text("action", "install"));
        event_add(&event, detail_number("minutes", 90));
        event_add(&event, detail_text("because", "window"));
        CHECK(report_and_decode(&event, &record, &report, &d));
        CHECK_INT(report.fport, 1);
        CHECK_INT(d.numbers[3], ACTION_INSTALL);
        CHECK_INT(d.numbers[6], 90);
        CHECK_STR(d.texts[21], "window");
        CHECK_INT(d.flags, 0x0f);
        CHECK(!d.is_there[1]);
        record.deferrals[ACTION_CONNECT].until = event.realtime; /* over */
        CHECK(report_and_decode(&event, &record, &report, &d));
        CHECK_INT(d.flags, 0x0b);
}

TEST(status_carries_the_inventory) {
        ModuleRecord record = record_of();
        EventRow event = event_of(EVENT_MODULE_IDENTIFIED, STATE_STARTING);
        ReportRow report;
        Decoded d;

        event_add(&event, detail_text("firmware", "HL7800.4.5.4.0"));
        CHECK(report_and_decode(&event, &record, &report, &d));
        CHECK_INT(report.fport, 3);
        CHECK_INT((int8_t) d.numbers[8], -97);
        CHECK_STR(d.texts[17], "HL7800.4.5.4.0"); /* the event knows better than the record */
        CHECK_STR(d.texts[24], "HL7800");
        CHECK_STR(d.texts[25], "354123456789012");
        CHECK_STR(d.texts[26], "8933150319051234567");
        CHECK_STR(d.texts[27], "XF91234567");
}

TEST(numbers_are_as_short_as_they_can_be) {
        static const uint64_t values[] = { 0, 1, 255, 256, 65535, 65536, UINT32_MAX, INT64_MAX };
        static const uint8_t lengths[] = { 1, 1, 1, 2, 2, 3, 4, 8 };
        EventRow event = event_of(EVENT_PACKAGE_OFFERED, STATE_CONNECTED);
        ReportRow report;
        Decoded d;

        for (size_t i = 0; i < ELEMENTSOF(values); i++) {
                event.n_details = 0;
                event_add(&event, detail_number("bytes", (int64_t) values[i]));
                CHECK(report_and_decode(&event, NULL, &report, &d));
                CHECK_INT(report.payload[4], 5);
                CHECK_INT(report.payload[5], lengths[i]);
                CHECK_INT(d.numbers[5], values[i]);
        }
}

TEST(unknown_numbers_are_left_out) {
        EventRow event = event_of(EVENT_PACKAGE_OFFERED, STATE_CONNECTED);
        ReportRow report;
        Decoded d;

        event_add(&event, detail_number("bytes", -1));
        CHECK(report_and_decode(&event, NULL, &report, &d));
        CHECK(!d.is_there[5] && !d.is_there[31]);
}

TEST(what_does_not_fit_is_cut_and_marked) {
        static const char *const keys[] = { "from", "to", "by", "because", "holder", "kind" };
        ModuleRecord record = record_of();
        EventRow event = event_of(EVENT_PORT_BUSY, STATE_BLOCKED);
        char longest[DETAIL_TEXT_MAX];
        ReportRow report;
        Decoded d;

        memset(longest, 'x', sizeof longest - 1);
        longest[sizeof longest - 1] = '\0';
        event.job = UINT64_MAX;
        for (size_t i = 0; i < ELEMENTSOF(keys); i++) {
                event_add(&event, detail_text(keys[i], longest));
                CHECK(report_and_decode(&event, &record, &report, &d));
                CHECK_INT(d.flags & 0x80, 0x80);
                CHECK_INT(strlen(d.texts[18]), 64);
        }
        CHECK(report.n_payload >= 220 && report.n_payload <= 222);
        CHECK_STR(d.texts[16], "modem0");
        CHECK(d.numbers[1] == UINT64_MAX);
}

TEST(texts_are_printable_ascii) {
        EventRow event = event_of(EVENT_PORT_BUSY, STATE_BLOCKED);
        ReportRow report;
        Decoded d;

        event_add(&event, detail_text("holder", "caf\xc3\xa9\n\x7f"));
        CHECK(report_and_decode(&event, NULL, &report, &d));
        CHECK_STR(d.texts[23], "caf????");
}

TEST(progress_is_small) {
        ModuleRecord record = record_of();
        EventRow event = event_of(EVENT_DOWNLOAD_PROGRESS, STATE_DOWNLOADING);
        ReportRow report;
        Decoded d;

        event.job = 7;
        event_add(&event, detail_number("percent", 76));
        event_add(&event, detail_number("bytes", 1464000));
        CHECK(report_and_decode(&event, &record, &report, &d));
        CHECK_INT(report.fport, 2);
        CHECK_INT(d.numbers[4], 76);
        CHECK(report.n_payload <= 24);
}

TEST(only_what_is_configured_is_reported) {
        const ReportSubject subject = { .dev_eui = "0354123456789012" },
                            unknown = { .dev_eui = "" };
        EventRow opened = event_of(EVENT_SESSION_OPENED, STATE_CONNECTED);
        EventRow failed = event_of(EVENT_INSTALL_FAILED, STATE_IDLE);
        EventRow appeared = event_of(EVENT_MODULE_APPEARED, STATE_STARTING);
        UplinkSettings settings = all;

        settings.events = EVENT_CLASS_ALERTS;
        ReportRow report;

        CHECK(!report_from_event(&settings, &opened, &subject, &report));
        CHECK(!report_from_event(&settings, &appeared, &subject, &report));
        CHECK(report_from_event(&settings, &failed, &subject, &report));
        settings.events = EVENT_CLASS_FOTA;
        CHECK(report_from_event(&settings, &opened, &subject, &report));
        CHECK(report_from_event(&settings, &failed, &subject, &report));
        settings.events = EVENT_CLASS_STATUS;
        CHECK(report_from_event(&settings, &appeared, &subject, &report));
        CHECK(!report_from_event(&all, &opened, &unknown, &report));
        settings.enabled = false;
        CHECK(!report_from_event(&settings, &appeared, &subject, &report));
}

/* the manual page */

TEST(manual_lists_every_number) {
        _cleanup_free_ char *page = page_read();
        char name_and_fport[80];
        ReportRow report;
        Decoded d;

        CHECK(page && page[0] != '\0');
        for (EventKind kind = EVENT_NONE + 1; kind < _EVENT_MAX; kind++) {
                EventRow event = event_of(kind, STATE_IDLE);

                event_add(&event, detail_number("percent", 10));
                if (!report_and_decode(&event, NULL, &report, &d))
                        continue;
                (void) snprintf(name_and_fport, sizeof name_and_fport, "%s Ta %u",
                                event_kind_to_string(kind), report.fport);
                CHECK(page_has_row(page, kind, name_and_fport));
        }
        for (State state = STATE_ABSENT; state < _STATE_MAX; state++)
                CHECK(page_has_row(page, state, state_to_string(state)));
        for (Action action = ACTION_CONNECT; action < _ACTION_MAX; action++)
                CHECK(page_has_row(page, action, action_to_string(action)));
        for (Reason reason = REASON_NONE + 1; reason < _REASON_MAX; reason++)
                CHECK(page_has_row(page, reason, reason_to_string(reason)));
}

TEST(first_example_of_the_manual) {
        _cleanup_free_ char *page = page_read();
        EventRow event = event_of(EVENT_INSTALL_SUCCEEDED, STATE_IDLE);
        ModuleRecord record = record_of();
        ReportRow report;
        Decoded d;

        event.job = 7;
        event_add(&event, detail_text("from", "HL7800.4.4.14.0"));
        event_add(&event, detail_text("to", "HL7800.4.5.4.0"));
        (void) TEXT_COPY(record.firmware, "HL7800.4.5.4.0");
        CHECK(report_and_decode(&event, &record, &report, &d));
        CHECK(page && page_has_bytes(page, report.payload, report.n_payload));
}

TEST(second_example_of_the_manual) {
        _cleanup_free_ char *page = page_read();
        EventRow event = event_of(EVENT_DOWNLOAD_FAILED, STATE_CONNECTED);
        ModuleRecord record = record_of();
        ReportRow report;
        Decoded d;

        event.job = 300;
        event_add(&event, detail_text("reason", "transfer-error"));
        event_add(&event, detail_number("bytes", 1464));
        CHECK(report_and_decode(&event, &record, &report, &d));
        CHECK(page && page_has_bytes(page, report.payload, report.n_payload));
}

TEST_MAIN()
