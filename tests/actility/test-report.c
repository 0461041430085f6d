/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reports and their queries: golden files, other people's parsers, and verifiers that share nothing
 * with the codec. */

#include "actility/report.h"

#include <locale.h>

#include "actility/files.h"
#include "actility/query.h"
#include "actility/samples.h"
#include "actility/verifier.h"
#include "fotasim/as-report.h"
#include "test.h"

#define KEY "46ab678cd45df4a4e4b375eacd096acc"
#define KEY_OF_2016 "46ab678cd45df4a4e4b375Eacd096acc" /* the capital is in the older examples */

static const Encoding encodings[] = { ENCODING_JSON, ENCODING_JSON_UNTYPED, ENCODING_XML };

static ReportSignature signature_with(const char *key) {
        return (ReportSignature) {
                .profile = "UPHTTP_LAB_LORA",
                .as_id = "app1.sample.com",
                .key = key,
                .now = SAMPLE_TIME,
                .utc_offset_sec = SAMPLE_OFFSET_SEC,
        };
}

TEST(reports_are_as_their_golden_files) {
        char name[64], golden[GOLDEN_MAX], data[REPORT_TEXT_MAX];
        Text text;

        for (size_t i = 0; i < n_samples; i++)
                for (size_t k = 0; k < ELEMENTSOF(encodings); k++) {
                        text_init(&text, data, sizeof data);
                        CHECK_INT(document_write(&samples[i].document, encodings[k], &text), 0);
                        text_add_char(&text, '\n');
                        (void) snprintf(name, sizeof name, "%s%s", samples[i].name,
                                        encoding_suffix(encodings[k]));
                        CHECK_STR(data, golden_read(name, golden));
                }
}

/* Writes the document in the three encodings below TMPDIR and has them read. */
static void check_with_other_parsers(const Document *document, bool full) {
        const char *folder = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
        char path[512], data[REPORT_TEXT_MAX];
        Text text;

        for (size_t k = 0; k < ELEMENTSOF(encodings); k++) {
                text_init(&text, data, sizeof data);
                CHECK_INT(document_write(document, encodings[k], &text), 0);
                (void) snprintf(path, sizeof path, "%s/report%s", folder,
                                encoding_suffix(encodings[k]));
                CHECK(file_write(path, data));
        }
        CHECK(run(
                "python3 " TEST_FILE("tests/actility/check-encodings.py") " %s %s/report.json"
                                                                          " %s/report.untyped.json "
                                                                          "%s/report.xml",
                full ? "--full" : "", folder, folder, folder));
        if (run("command -v jq >/dev/null"))
                CHECK(run("jq -e . %s/report.json %s/report.untyped.json >/dev/null", folder,
                          folder));
        if (run("command -v xmllint >/dev/null"))
                CHECK(run("xmllint --noout --nonet %s/report.xml", folder));
}

TEST(other_parsers_read_the_same_in_all_encodings) {
        if (!run("command -v python3 >/dev/null"))
                SKIP("no python3");
        for (size_t i = 0; i < n_samples; i++) {
                const Document *document = &samples[i].document;
                bool full = document->dev_addr != NULL &&
                            (document->kind != DOCUMENT_NOTIFICATION ||
                             document->notification.type == NOTIFICATION_DEVICE_STATUS);

                check_with_other_parsers(document, full);
        }
}

/* Every byte but NUL, in the pieces that fit nowhere else, and what each encoding finds special. */
TEST(awkward_strings_stay_valid_everywhere) {
        static const char *const awkward[] = {
                "\"\\/\b\f\n\r\t</Lrrid>]]>&amp;&#0;<![CDATA[x]]><!-- -->",
                "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\xa1 \xef\xbf\xbe \xef\xbf\xbf",
                "\xed\xa0\x80 \xc0\x80",
                "\xf4\x90\x80\x80 \xff \xe2\x82",
                "  spaces  ",
        };
        char all[256];
        CustomerData customer = { .product = all, .version = "\"'<&" };
        Document document = sample_uplink();

        if (!run("command -v python3 >/dev/null"))
                SKIP("no python3");
        for (int c = 1; c < 256; c++)
                all[c - 1] = (char) c;
        all[255] = '\0';
        for (size_t i = 0; i < ELEMENTSOF(awkward); i++) {
                document.uplink.lrr_id = awkward[i];
                document.lrc_id = all;
                document.customer_data = &customer;
                check_with_other_parsers(&document, false);
        }
}

TEST(floats_keep_their_point_in_any_locale) {
        Document document = sample_uplink();
        char data[REPORT_TEXT_MAX];
        Text text;

        if (!setlocale(LC_ALL, "de_DE.UTF-8"))
                SKIP("no locale de_DE.UTF-8");
        document.uplink.rssi.value = -112.25;
        text_init(&text, data, sizeof data);
        CHECK_INT(document_write(&document, ENCODING_JSON, &text), 0);
        (void) setlocale(LC_ALL, "C");
        CHECK(strstr(data, "\"LrrRSSI\":-112.250000,"));
}

TEST(what_is_not_known_is_left_out) {
        const Document document = {
                .kind = DOCUMENT_UPLINK,
                .time = { true, SAMPLE_TIME, 0 },
                .dev_eui = "000000000F1D8693",
                .uplink = { .lrr_id = "", .snr = { true, 0.0 / 0.0 }, .rssi = { true, 1e300 } },
        };
        char data[REPORT_TEXT_MAX];
        Text text;

        text_init(&text, data, sizeof data);
        CHECK_INT(document_write(&document, ENCODING_JSON, &text), 0);
        CHECK_STR(data, "{\"DevEUI_uplink\":{\"Time\":\"2016-01-11T12:11:11.333+00:00\","
                        "\"DevEUI\":\"000000000F1D8693\",\"FCntUp\":0,\"payload_hex\":\"\","
                        "\"Late\":0}}");
}

TEST(frequencies_have_the_decimals_they_need) {
        static const struct {
                double mhz;
                const char *text;
        } cases[] = { { 868.3, "868.3" }, { 869.525, "869.525" }, { 868, "868.0" },
                      { 0, "0.0" },       { 902.9, "902.9" },     { 100, "100.0" } };
        Document document = sample_uplink();
        char data[REPORT_TEXT_MAX], expected[64];
        Text text;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                document.uplink.frequency = (OptionalFrequency) { true, cases[i].mhz };
                text_init(&text, data, sizeof data);
                CHECK_INT(document_write(&document, ENCODING_XML, &text), 0);
                (void) snprintf(expected, sizeof expected, "<Frequency>%s</Frequency>",
                                cases[i].text);
                CHECK(strstr(data, expected));
        }
}

TEST(content_types_name_the_encoding) {
        CHECK_STR(encoding_content_type(ENCODING_JSON), "application/json");
        CHECK_STR(encoding_content_type(ENCODING_JSON_UNTYPED), "application/json");
        CHECK_STR(encoding_content_type(ENCODING_XML), "application/xml");
}

/* queries */

TEST(query_of_the_specification_byte_for_byte) {
        const Document document = sample_uplink();
        const ReportSignature signature = signature_with(KEY_OF_2016);
        char data[QUERY_TEXT_MAX];
        Text text;

        text_init(&text, data, sizeof data);
        CHECK_INT(document_query(&document, &signature, &text), 0);
        CHECK_STR(data, "LrnDevEui=000000000F1D8693&LrnFPort=2&LrnInfos=UPHTTP_LAB_LORA"
                        "&AS_ID=app1.sample.com&Time=2016-01-11T14%3A11%3A11.333%2B02%3A00"
                        "&Token=fd0b0b00464aa798a59282d64eaa70813e33bff87682880db49638569d096aad");
}

TEST(every_kind_has_the_query_of_its_chapter) {
        static const char *const names[] = {
                [DOCUMENT_UPLINK] = "LrnDevEui=000000000F1D8693&LrnFPort=2&LrnInfos=",
                [DOCUMENT_DOWNLINK_SENT] = "LrnDevEui=000000000F1D8693&LrnFPort=2&LrnInfos=",
                [DOCUMENT_LOCATION] = "LrnDevEui=000000000f1d8693&LrnInfos=",
                [DOCUMENT_NOTIFICATION] = "LrnDevEui=000000000F1D8693&LrnInfos=",
        };
        const ReportSignature signature = signature_with(KEY);
        char data[QUERY_TEXT_MAX];
        Text text;

        for (size_t i = 0; i < n_samples; i++) {
                const char *start = names[samples[i].document.kind];

                text_init(&text, data, sizeof data);
                CHECK_INT(document_query(&samples[i].document, &signature, &text), 0);
                CHECK(strncmp(data, start, strlen(start)) == 0);
        }
}

static bool round_trip(const Document *document, const ReportSignature *signature,
                       const char *key) {
        char body_data[REPORT_TEXT_MAX], query_data[QUERY_TEXT_MAX];
        Text body, text;

        text_init(&body, body_data, sizeof body_data);
        text_init(&text, query_data, sizeof query_data);
        return document_write(document, ENCODING_JSON, &body) == 0 &&
               document_query(document, signature, &text) == 0 &&
               verifier_accepts_uplink(query_data, body_data, key);
}

TEST(another_implementation_accepts_the_token) {
        Document document = sample_uplink();
        ReportSignature signature = signature_with(KEY);

        CHECK(round_trip(&document, &signature, KEY));
        CHECK(!round_trip(&document, &signature, KEY_OF_2016));
        signature.utc_offset_sec = -5 * 3600;
        CHECK(round_trip(&document, &signature, KEY));
        document.uplink.fcnt_up = UINT32_MAX;
        CHECK(round_trip(&document, &signature, KEY));
}

TEST(the_application_server_verifies_every_report) {
        static AsServer server = { .key = KEY, .as_id = "app1.sample.com" };
        const ReportSignature signature = signature_with(KEY);
        char body[REPORT_TEXT_MAX], query[QUERY_TEXT_MAX];
        Text text;

        for (size_t i = 0; i < n_samples; i++)
                for (size_t k = 0; k < ELEMENTSOF(encodings); k++) {
                        AsRequest request = { query, encoding_content_type(encodings[k]), body, 0 };
                        AsReport report;

                        text_init(&text, query, sizeof query);
                        CHECK_INT(document_query(&samples[i].document, &signature, &text), 0);
                        text_init(&text, body, sizeof body);
                        CHECK_INT(document_write(&samples[i].document, encodings[k], &text), 0);
                        request.n = text.length;
                        as_report_check(&server, &request, &report);
                        CHECK_STR(report.error, "");
                        as_report_done(&report);
                }
}

TEST(no_fport_counts_as_zero_and_is_not_in_the_query) {
        Document document = sample_uplink();
        ReportSignature signature = signature_with(KEY);
        char data[QUERY_TEXT_MAX];
        Text text;

        document.uplink.fport.set = false;
        document.uplink.payload.n = 0;
        CHECK(round_trip(&document, &signature, KEY));
        text_init(&text, data, sizeof data);
        CHECK_INT(document_query(&document, &signature, &text), 0);
        CHECK(!strstr(data, "LrnFPort"));
}

TEST(awkward_ids_survive_the_url) {
        const Document document = sample_uplink();
        ReportSignature signature = signature_with(KEY);

        signature.as_id = "a b+c%41";
        signature.profile = "x&y=z#/?\xc3\xa9";
        CHECK(round_trip(&document, &signature, KEY));
}

TEST(what_is_signed_must_be_there) {
        Document document = samples[2].document;
        const ReportSignature signature = signature_with(KEY);
        char data[QUERY_TEXT_MAX];
        Text text;

        text_init(&text, data, sizeof data);
        document.downlink_sent.fcnt_dn.set = false;
        CHECK_INT(document_query(&document, &signature, &text), -EINVAL);
        document = sample_uplink();
        document.dev_eui = NULL;
        CHECK_INT(document_query(&document, &signature, &text), -EINVAL);
        CHECK_INT(text.length, 0);
}

/* Wherever the room ends, no cut document and no cut query is called a whole one. */
TEST(too_long_is_an_error_not_a_cut) {
        const ReportSignature signature = signature_with(KEY);
        char data[REPORT_TEXT_MAX];
        Text text;

        for (size_t k = 0; k < ELEMENTSOF(encodings); k++) {
                size_t length;

                text_init(&text, data, sizeof data);
                CHECK_INT(document_write(&samples[0].document, encodings[k], &text), 0);
                length = text.length;
                for (size_t size = 1; size <= length; size++) {
                        text_init(&text, data, size);
                        CHECK_INT(document_write(&samples[0].document, encodings[k], &text),
                                  -EMSGSIZE);
                }
                text_init(&text, data, length + 1);
                CHECK_INT(document_write(&samples[0].document, encodings[k], &text), 0);
        }
        text_init(&text, data, 100);
        CHECK_INT(document_query(&samples[0].document, &signature, &text), -EMSGSIZE);
}

TEST(too_long_values_are_an_error) {
        Document document = sample_uplink();
        ReportSignature signature = signature_with(KEY);
        char data[REPORT_TEXT_MAX], long_id[1200];
        const CustomerData customer = { .product = long_id };
        Text text;

        memset(long_id, 'x', sizeof long_id - 1);
        long_id[sizeof long_id - 1] = '\0';
        text_init(&text, data, sizeof data);
        document.customer_data = &customer;
        CHECK_INT(document_write(&document, ENCODING_JSON, &text), -EMSGSIZE);
        signature.as_id = long_id;
        text_init(&text, data, sizeof data);
        CHECK_INT(document_query(&document, &signature, &text), -EMSGSIZE);
}

TEST_MAIN()
