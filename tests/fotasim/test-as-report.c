/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The application server's verdicts on reports: the tokens that the tunnel specification publishes
 * (6.5.2) verify, and each thing that a report may get wrong is called by its name. */

#include "fotasim/as-report.h"

#include "base/text.h"

#include "test.h"

#define KEY "46ab678cd45df4a4e4b375eacd096acc"
#define OLD_KEY                                                                           \
        "46ab678cd45df4a4e4b375Eacd096acc" /* the examples of earlier editions: capital E \
                                            */
#define QUERY                                                                                  \
        "LrnDevEui=000000000F1D8693&LrnFPort=2&LrnInfos=UPHTTP_LAB_LORA&AS_ID=app1.sample.com" \
        "&Time=2016-01-11T14%3A11%3A11.333%2B02%3A00"
#define TOKEN "fd0b0b00464aa798a59282d64eaa70813e33bff87682880db49638569d096aad"
#define UPLINK(fcnt_up, port)                                                 \
        "{\"DevEUI_uplink\":{\"DevEUI\":\"000000000F1D8693\",\"FPort\":" port \
        ",\"FCntUp\":" fcnt_up ",\"payload_hex\":\"0027bd00\",\"CustomerID\":\"100000507\"}}"

static AsServer server;

static void server_reset(const char *key) {
        server = (AsServer) {};
        (void) TEXT_COPY(server.key, key);
}

static void report_check(const char *query, const char *content_type, const char *body,
                         AsReport *ret) {
        const AsRequest request = { query, content_type, body, strlen(body) };

        as_report_check(&server, &request, ret);
}

static void check_verdict(const char *query, const char *body, const char *error) {
        AsReport report;

        report_check(query, NULL, body, &report);
        CHECK_STR(report.error, error);
        CHECK_INT(report.verified, *error == '\0');
        as_report_done(&report);
}

TEST(published_tokens_verify) {
        server_reset(OLD_KEY);
        check_verdict(QUERY "&Token=" TOKEN, UPLINK("7011", "2"), "");
        check_verdict("LrnDevEui=000000000F1D8693&LrnFPort=2&LrnInfos=UPHTTP_LAB_LORA&AS_ID=app1."
                      "sample.com"
                      "&Time=2016-01-11T14:22:22.333+02:00"
                      "&Token=c85e44b8c386053962fd22be4b9728d770b4c767952f1a6a741120be300776e7",
                      "{\"DevEUI_downlink_Sent\":{\"DevEUI\":\"000000000F1D8693\",\"FPort\":\"2\","
                      "\"FCntDn\":\"22\",\"CustomerID\":\"100000507\"}}",
                      "");
        server_reset(KEY);
        check_verdict("LrnDevEui=000000000f1d8693&LrnInfos=UPHTTP_LAB_LORA&AS_ID=app1.sample.com"
                      "&Time=2016-01-11T14:22:22.333+02:00"
                      "&Token=76905fbe56c6221361a65ffd979f615309c9272679d3150c07c0739969b6395e",
                      "{\"DevEUI_location\":{\"DevEUI\":\"000000000F1D8693\",\"CustomerID\":"
                      "\"100000507\"}}",
                      "");
        check_verdict("LrnDevEui=000000000F1D8693&LrnInfos=UPHTTP_LAB_LORA&AS_ID=app1.sample.com"
                      "&Time=2019-01-15T11:31:19.588+02:00"
                      "&Token=1f3b419c491e4f302814b98d007b1b97873aec1c42ff03a32a02a1f1a9b7e792",
                      "{\"DevEUI_notification\":{\"DevEUI\":\"000000000F1D8693\",\"CustomerID\":"
                      "\"100000507\"}}",
                      "");
}

TEST(repeats_are_flagged_and_accepted) {
        AsReport report;

        server_reset(OLD_KEY);
        for (unsigned i = 0; i < 2; i++) {
                report_check(QUERY "&Token=" TOKEN, "application/json", UPLINK("7011", "2"),
                             &report);
                CHECK(report.verified);
                CHECK_INT(report.duplicate, i == 1);
                as_report_done(&report);
        }
}

TEST(wrong_reports_are_refused_by_name) {
        server_reset(OLD_KEY);
        server.as_id = "app1.sample.com";
        check_verdict(QUERY "&Token=" TOKEN, UPLINK("7012", "2"), "Token does not verify");
        check_verdict(QUERY "&Token=" TOKEN, UPLINK("7011", "3"),
                      "LrnFPort is not the body's FPort");
        check_verdict(QUERY, UPLINK("7011", "2"), "the query lacks Token");
        check_verdict(QUERY "&Token=" TOKEN "&Token=" TOKEN, UPLINK("7011", "2"),
                      "the query lacks Token");
        check_verdict(QUERY "&Token=" TOKEN, "{", "the body is no JSON");
        check_verdict(QUERY "&Token=" TOKEN, "{\"DevEUI_other\":{}}", "unknown kind of report");
        check_verdict(QUERY "&Token=" TOKEN, "{\"DevEUI_uplink\":{}}",
                      "LrnDevEui is not the body's DevEUI");
        check_verdict(
                QUERY "&Token=" TOKEN,
                "{\"DevEUI_uplink\":{\"DevEUI\":\"000000000F1D8693\",\"FPort\":2,\"FCntUp\":1,"
                "\"CustomerID\":\"1\"}}",
                "the body lacks payload_hex");
        server.as_id = "other";
        check_verdict(QUERY "&Token=" TOKEN, UPLINK("7011", "2"),
                      "AS_ID is not mine: app1.sample.com");
}

#define XML(fields)                                                                               \
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DevEUI_uplink xmlns=\"http://uri.actility." \
        "com/lora\">" fields "</DevEUI_uplink>"
#define XML_FIELDS                                                                  \
        "<DevEUI>000000000F1D8693</DevEUI> <FPort>2</FPort>\n<FCntUp>7011</FCntUp>" \
        "<payload_hex>0027bd00</payload_hex><CustomerID>&#x31;00000507</CustomerID>"

TEST(xml_verifies_like_json) {
        AsReport report;

        server_reset(OLD_KEY);
        report_check(QUERY "&Token=" TOKEN, "application/xml; charset=utf-8",
                     XML(XML_FIELDS "<Lrrs><Lrr><Lrrid>a &amp; b</Lrrid></Lrr><Lrr></Lrr></Lrrs>"),
                     &report);
        CHECK_STR(report.error, "");
        CHECK_STR(
                cJSON_GetArrayItem(
                        cJSON_GetObjectItem(cJSON_GetObjectItem(report.element, "Lrrs"), "Lrr"), 0)
                        ->child->valuestring,
                "a & b");
        as_report_done(&report);
        report_check(QUERY "&Token=" TOKEN, "application/json", XML(XML_FIELDS), &report);
        CHECK_STR(report.error, "the body is not what Content-Type says: application/json");
        as_report_done(&report);
        report_check(QUERY "&Token=" TOKEN, "application/xml", UPLINK("7011", "2"), &report);
        CHECK_STR(report.error, "the body is not what Content-Type says: application/xml");
        as_report_done(&report);
}

TEST(xml_is_read_strictly) {
        static const char *const wrong[] = {
                "<",
                "<DevEUI_uplink>" XML_FIELDS "</DevEUI_uplink>",
                "<DevEUI_uplink xmlns=\"http://example.com/\">" XML_FIELDS "</DevEUI_uplink>",
                XML(XML_FIELDS) "x",
                XML(XML_FIELDS) "<a></a>",
                XML(XML_FIELDS "<FPort>2</FPort>"),
                XML(XML_FIELDS "text"),
                XML(XML_FIELDS "<a>text<b></b></a>"),
                XML(XML_FIELDS "<a>"),
                XML(XML_FIELDS "<a></b>"),
                XML(XML_FIELDS "<a b=\"c\"></a>"),
                XML(XML_FIELDS "<1></1>"),
                XML(XML_FIELDS "<a>&</a>"),
                XML(XML_FIELDS "<a>&nbsp;</a>"),
                XML(XML_FIELDS "<a>&#0;</a>"),
                XML(XML_FIELDS "<a>&#xd800;</a>"),
                XML(XML_FIELDS "<a>&#xfffe;</a>"),
                XML(XML_FIELDS "<a>&#x110000;</a>"),
                XML(XML_FIELDS "<a>&#-1;</a>"),
                XML(XML_FIELDS "<a>&#1a;</a>"),
                XML(XML_FIELDS "<a>]]></a>"),
                XML(XML_FIELDS "<a>\x01</a>"),
                XML(XML_FIELDS "<a>\xff</a>"),
                XML(XML_FIELDS "<a>\xef\xbf\xbf</a>"),
                XML(XML_FIELDS "<!-- a -->"),
                XML(XML_FIELDS "<a><![CDATA[a]]></a>"),
                XML(XML_FIELDS "<a><b><c><d></d></c></b></a>"),
                "<!DOCTYPE a>" XML(XML_FIELDS),
        };

        server_reset(OLD_KEY);
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                check_verdict(QUERY "&Token=" TOKEN, wrong[i], "the body is no XML of a report");
}

TEST(plus_in_a_query_is_a_plus) {
        server_reset(OLD_KEY);
        check_verdict("LrnDevEui=000000000F1D8693&LrnFPort=2&LrnInfos=UPHTTP_LAB_LORA&AS_ID=app1."
                      "sample.com"
                      "&Time=2016-01-11T14:11:11.333+02:00&Token=" TOKEN,
                      UPLINK("7011", "2"), "");
}

TEST(keys_are_read_as_consoles_show_them) {
        char key[AS_KEY_MAX];

        CHECK_INT(as_key_parse("46AB678C-D45DF4A4-E4B375EA-CD096ACC\n", key), 0);
        CHECK_STR(key, KEY);
        CHECK_INT(as_key_parse("46ab", key), -EINVAL);
        CHECK_INT(as_key_parse(KEY "0", key), -EINVAL);
        CHECK_INT(as_key_parse("zzab678cd45df4a4e4b375eacd096acc", key), -EINVAL);
}

TEST(printed_line_has_all_fields) {
        static const char body[] = "{\"DevEUI_notification\":{\"DevEUI\":\"000000000F1D8693\"}}";
        AsReport report;
        char *line;

        server_reset(KEY);
        report_check("", NULL, body, &report);
        line = as_report_format(&report);
        CHECK_STR(line,
                  "{\"verified\":false,\"type\":\"DevEUI_notification\",\"dev_eui\":"
                  "\"000000000F1D8693\","
                  "\"fport\":null,\"fcnt_up\":null,\"payload_hex\":null,\"duplicate\":false,"
                  "\"error\":\"the query lacks LrnDevEui\","
                  "\"document\":{\"DevEUI_notification\":{\"DevEUI\":\"000000000F1D8693\"}}}");
        cJSON_free(line);
        as_report_done(&report);
}

TEST_MAIN()
