/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Answers to commands, byte by byte as fotad-payload(7) lays them out. Generated ones are decoded
 * in tests/codec. */

#include "downlink/command.h"
#include "test.h"
#include "uplink/page.h"
#include "uplink/uplink.h"

static const UplinkSettings enabled = { .enabled = true }; /* and no event is reported */

static ModuleRecord record_of(State state) {
        return (ModuleRecord) {
                .name = "modem0",
                .state = state,
                .model = "HL7800",
                .firmware = "HL7800.4.4.14.0",
                .imei = "354123456789012",
                .iccid = "8933150319051234567",
                .serial_number = "XF91234567",
        };
}

static ReportSubject subject_of(const ModuleRecord *record) {
        return (ReportSubject) {
                .record = record,
                .dev_eui = "0354123456789012",
                .has_signal = true,
                .signal_dbm = -97,
        };
}

/* A text of the payload as it is in hexadecimal, and its end. */
static void check_payload(const ReportRow *report, const char *wanted) {
        char squeezed[REPORT_PAYLOAD_MAX * 2 + 1], hex[REPORT_PAYLOAD_MAX * 2 + 1];
        size_t n = 0;
        Text text;

        for (const char *p = wanted; *p != '\0'; p++)
                if (*p != ' ')
                        squeezed[n++] = *p;
        squeezed[n] = '\0';
        text_init(&text, hex, sizeof hex);
        text_add_hex(&text, report->payload, report->n_payload);
        CHECK_STR(hex, squeezed);
}

TEST(done) {
        const ModuleRecord record = record_of(STATE_CONNECTING);
        const ReportSubject subject = subject_of(&record);
        const AnswerSubject answer = { .opcode = 5, .job = 300, .why = "" };
        ReportRow report;

        CHECK(report_from_answer(&enabled, &answer, &subject, 17, &report));
        check_payload(&report, "01 05 04 00  09 01 00  01 02 01 2c  10 06 6d 6f 64 65 6d 30");
        CHECK_INT(report.fport, ANSWER_FPORT);
        CHECK_INT(report.created, 17);
        CHECK_STR(report.module, "modem0");
        CHECK_STR(report.dev_eui, "0354123456789012");
        CHECK(report.has_signal);
        CHECK_INT(report.signal_dbm, -97);
}

TEST(refused_as_in_the_manual) {
        _cleanup_free_ char *page = page_read();
        const ModuleRecord record = record_of(STATE_IDLE);
        const ReportSubject subject = subject_of(&record);
        const AnswerSubject answer = { .opcode = COMMAND_ACCEPT,
                                       .result = COMMAND_REFUSED,
                                       .why = "modem0 asks for no install now" };
        ReportRow report;

        CHECK(report_from_answer(&enabled, &answer, &subject, 1, &report));
        CHECK(page && page_has_bytes(page, report.payload, report.n_payload));
}

TEST(no_opcode_and_nothing_to_say) {
        ModuleRecord record = record_of(STATE_ABSENT);
        const ReportSubject subject = subject_of(&record);
        const AnswerSubject answer = { .result = COMMAND_MALFORMED };
        ReportRow report;

        record.job = 7; /* of another */
        record.name[2] = '\0';
        CHECK(report_from_answer(&enabled, &answer, &subject, 1, &report));
        check_payload(&report, "01 00 00 00  09 01 03  10 02 6d 6f");
}

TEST(status_has_everything) {
        ModuleRecord record = record_of(STATE_INSTALL_PENDING);
        const ReportSubject subject = subject_of(&record);
        const AnswerSubject answer = { .opcode = COMMAND_STATUS, .inventory = true, .next = "x" };
        ReportRow report;

        record.job = 7;
        record.request = (Request) { .open = true, .action = ACTION_INSTALL };
        record.package_bytes = 1464;
        record.consent.given = true;
        CHECK(report_from_answer(&enabled, &answer, &subject, 1, &report));
        check_payload(&report, "01 0a 0a 09  09 01 00  01 01 07  03 01 02  05 02 05b8  08 01 9f"
                               "10 06 6d6f64656d30  11 0f 484c373830302e342e342e31342e30"
                               "18 06 484c37383030  19 0f 333534313233343536373839303132"
                               "1a 13 38393333313530333139303531323334353637"
                               "1b 0a 58463931323334353637  1d 01 78");
}

TEST(status_of_a_download_has_its_percentage) {
        ModuleRecord record = { .name = "m", .state = STATE_DOWNLOADING, .progress_percent = 40 };
        ReportSubject subject = subject_of(&record);
        const AnswerSubject answer = { .opcode = COMMAND_STATUS, .inventory = true };
        ReportRow report;

        subject.has_signal = false;
        CHECK(report_from_answer(&enabled, &answer, &subject, 1, &report));
        check_payload(&report, "01 0a 07 00  09 01 00  04 01 28  10 01 6d");
}

TEST(longest_status_fits_and_says_that_it_was_cut) {
        char longest[200];
        ModuleRecord record = record_of(STATE_INSTALL_PENDING);
        const ReportSubject subject = subject_of(&record);
        const AnswerSubject answer = {
                .opcode = COMMAND_STATUS, .inventory = true, .why = longest, .next = longest
        };
        ReportRow report;

        memset(longest, 'x', sizeof longest - 1);
        longest[sizeof longest - 1] = '\0';
        record.job = UINT64_MAX;
        record.package_bytes = UINT64_MAX;
        CHECK(report_from_answer(&enabled, &answer, &subject, 1, &report));
        CHECK(report.n_payload <= REPORT_PAYLOAD_MAX);
        CHECK_INT(report.payload[3] & 0x80, 0x80);
}

TEST(signal_beyond_a_byte_is_the_end_of_it) {
        ModuleRecord record = { .name = "m" };
        ReportSubject subject = subject_of(&record);
        const AnswerSubject answer = { .opcode = COMMAND_STATUS, .inventory = true };
        ReportRow report;

        subject.signal_dbm = -140;
        CHECK(report_from_answer(&enabled, &answer, &subject, 1, &report));
        check_payload(&report, "01 0a 00 00  09 01 00  08 01 80  10 01 6d");
}

TEST(no_uplink_no_answer) {
        const UplinkSettings disabled = { .enabled = false };
        const ModuleRecord record = record_of(STATE_IDLE);
        ReportSubject subject = subject_of(&record);
        const AnswerSubject answer = { .opcode = 1 };
        ReportRow report;

        CHECK(!report_from_answer(&disabled, &answer, &subject, 1, &report));
        subject.dev_eui = "";
        CHECK(!report_from_answer(&enabled, &answer, &subject, 1, &report));
        subject.dev_eui = NULL;
        CHECK(!report_from_answer(&enabled, &answer, &subject, 1, &report));
}

TEST_MAIN()
