/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Documents, queries and tokens of the tunnel, against the published tokens and an independent
 * verifier. */

#include "actility/tunnel.h"

#include <locale.h>

#include "actility/verifier.h"
#include "test.h"

#define KEY "46ab678cd45df4a4e4b375eacd096acc"
#define KEY_OF_2016 "46ab678cd45df4a4e4b375Eacd096acc" /* the capital is in the older examples */
#define NOON (UINT64_C(1452514271333) * USEC_PER_MSEC) /* 2016-01-11T14:11:11.333+02:00 */

/* Every token that the specification publishes. */
static const struct {
        const char *name, *key, *elements, *query, *token;
} vectors[] = {
        { "uplink, 6.5.2", KEY_OF_2016, "100000507000000000F1D8693270110027bd00",
          "LrnDevEui=000000000F1D8693&LrnFPort=2&LrnInfos=UPHTTP_LAB_LORA&AS_ID=app1.sample.com"
          "&Time=2016-01-11T14:11:11.333+02:00",
          "fd0b0b00464aa798a59282d64eaa70813e33bff87682880db49638569d096aad" },
        { "downlink sent, 6.5.2", KEY_OF_2016, "100000507000000000F1D8693222",
          "LrnDevEui=000000000F1D8693&LrnFPort=2&LrnInfos=UPHTTP_LAB_LORA&AS_ID=app1.sample.com"
          "&Time=2016-01-11T14:22:22.333+02:00",
          "c85e44b8c386053962fd22be4b9728d770b4c767952f1a6a741120be300776e7" },
        { "location, 6.5.2", KEY, "100000507000000000f1d8693",
          "LrnDevEui=000000000f1d8693&LrnInfos=UPHTTP_LAB_LORA&AS_ID=app1.sample.com"
          "&Time=2016-01-11T14:22:22.333+02:00",
          "76905fbe56c6221361a65ffd979f615309c9272679d3150c07c0739969b6395e" },
        { "notification, 6.5.2", KEY, "100000507000000000F1D8693",
          "LrnDevEui=000000000F1D8693&LrnInfos=UPHTTP_LAB_LORA&AS_ID=app1.sample.com"
          "&Time=2019-01-15T11:31:19.588+02:00",
          "1f3b419c491e4f302814b98d007b1b97873aec1c42ff03a32a02a1f1a9b7e792" },
        { "downlink, 7.3.2", KEY, "",
          "DevEUI=000000000F1D8693&FPort=1&Payload=00&AS_ID=app1.sample.com"
          "&Time=2016-01-11T14:28:00.333+02:00",
          "63a4ec6532937c9bcba109a75f731d6dc192c9df662dee56757634a8a6dc3f4c" },
        { "downlink with curl, 7.1.2", KEY_OF_2016, "",
          "DevEUI=000000000F1D8693&FPort=1&Payload=00&AS_ID=app1.sample.com"
          "&Time=2016-01-11T14:28:00.333+02:00",
          "ea8f31d2299cbece8e180a3012766c4df15fe3cf2e142d9fdf4035b5894ec886" },
};

TEST(published_tokens_reproduce) {
        char token[TUNNEL_TOKEN_MAX];

        for (size_t i = 0; i < ELEMENTSOF(vectors); i++) {
                CHECK_INT(
                        tunnel_token(vectors[i].elements, vectors[i].query, vectors[i].key, token),
                        0);
                CHECK_STR(token, vectors[i].token);
        }
}

static const uint8_t payload[] = { 0x00, 0x27, 0xbd, 0x00 };

static UplinkDocument document_of_spec(void) {
        return (UplinkDocument) {
                .time = NOON,
                .utc_offset_sec = 7200,
                .dev_eui = "000000000F1D8693",
                .has_fport = true,
                .fport = 2,
                .fcnt_up = 7011,
                .payload = payload,
                .n_payload = sizeof payload,
                .lrc_id = "00000065",
                .lrr_id = "08040059",
                .customer_id = "100000507",
                .has_rssi = true,
                .rssi_dbm = -60,
        };
}

static UplinkQuery query_with_key(const char *key) {
        return (UplinkQuery) {
                .profile = "UPHTTP_LAB_LORA",
                .as_id = "app1.sample.com",
                .key = key,
                .now = NOON,
                .utc_offset_sec = 7200,
        };
}

TEST(query_of_the_specification_byte_for_byte) {
        UplinkDocument document = document_of_spec();
        UplinkQuery query = query_with_key(KEY_OF_2016);
        char data[TUNNEL_QUERY_MAX];
        Text text;

        text_init(&text, data, sizeof data);
        CHECK_INT(uplink_query(&document, &query, &text), 0);
        CHECK_STR(data, "LrnDevEui=000000000F1D8693&LrnFPort=2&LrnInfos=UPHTTP_LAB_LORA"
                        "&AS_ID=app1.sample.com&Time=2016-01-11T14%3A11%3A11.333%2B02%3A00"
                        "&Token=fd0b0b00464aa798a59282d64eaa70813e33bff87682880db49638569d096aad");
}

TEST(document_is_typed_and_complete) {
        UplinkDocument document = document_of_spec();
        char data[TUNNEL_DOCUMENT_MAX];
        Text text;

        document.late = true;
        text_init(&text, data, sizeof data);
        CHECK_INT(uplink_document_json(&document, &text), 0);
        CHECK_STR(data,
                  "{\"DevEUI_uplink\":{\"Time\":\"2016-01-11T14:11:11.333+02:00\","
                  "\"DevEUI\":\"000000000F1D8693\",\"FPort\":2,\"FCntUp\":7011,"
                  "\"payload_hex\":\"0027bd00\",\"Lrcid\":\"00000065\",\"LrrRSSI\":-60.000000,"
                  "\"DevLrrCnt\":1,\"Lrrid\":\"08040059\",\"Late\":1,"
                  "\"Lrrs\":{\"Lrr\":[{\"Lrrid\":\"08040059\",\"Chain\":0,"
                  "\"LrrRSSI\":-60.000000}]},\"CustomerID\":\"100000507\",\"ModelCfg\":\"0\"}}");
}

TEST(floats_keep_their_point_in_any_locale) {
        UplinkDocument document = document_of_spec();
        char data[TUNNEL_DOCUMENT_MAX];
        Text text;

        if (!setlocale(LC_ALL, "de_DE.UTF-8"))
                SKIP("no locale de_DE.UTF-8");
        document.rssi_dbm = -112.25;
        text_init(&text, data, sizeof data);
        CHECK_INT(uplink_document_json(&document, &text), 0);
        (void) setlocale(LC_ALL, "C");
        CHECK(strstr(data, "\"LrrRSSI\":-112.250000,"));
}

TEST(what_is_not_known_is_left_out) {
        const UplinkDocument document = { .time = NOON,
                                          .dev_eui = "000000000F1D8693",
                                          .lrr_id = "" };
        char data[TUNNEL_DOCUMENT_MAX];
        Text text;

        text_init(&text, data, sizeof data);
        CHECK_INT(uplink_document_json(&document, &text), 0);
        CHECK_STR(data, "{\"DevEUI_uplink\":{\"Time\":\"2016-01-11T12:11:11.333+00:00\","
                        "\"DevEUI\":\"000000000F1D8693\",\"FCntUp\":0,\"payload_hex\":\"\","
                        "\"DevLrrCnt\":1,\"Late\":0,\"Lrrs\":{\"Lrr\":[{\"Chain\":0}]},"
                        "\"ModelCfg\":\"0\"}}");
}

static bool round_trip(const UplinkDocument *document, const UplinkQuery *query, const char *key) {
        char body_data[TUNNEL_DOCUMENT_MAX], query_data[TUNNEL_QUERY_MAX];
        Text body, text;

        text_init(&body, body_data, sizeof body_data);
        text_init(&text, query_data, sizeof query_data);
        return uplink_document_json(document, &body) == 0 &&
               uplink_query(document, query, &text) == 0 &&
               verifier_accepts_uplink(query_data, body_data, key);
}

TEST(another_implementation_accepts_the_token) {
        UplinkDocument document = document_of_spec();
        UplinkQuery query = query_with_key(KEY);

        CHECK(round_trip(&document, &query, KEY));
        CHECK(!round_trip(&document, &query, KEY_OF_2016));
        query.utc_offset_sec = -5 * 3600;
        CHECK(round_trip(&document, &query, KEY));
        document.fcnt_up = UINT32_MAX;
        CHECK(round_trip(&document, &query, KEY));
}

TEST(no_fport_counts_as_zero_and_is_not_in_the_query) {
        UplinkDocument document = document_of_spec();
        UplinkQuery query = query_with_key(KEY);
        char data[TUNNEL_QUERY_MAX];
        Text text;

        document.has_fport = false;
        document.n_payload = 0;
        CHECK(round_trip(&document, &query, KEY));
        text_init(&text, data, sizeof data);
        CHECK_INT(uplink_query(&document, &query, &text), 0);
        CHECK(!strstr(data, "LrnFPort"));
}

TEST(awkward_ids_survive_the_url) {
        UplinkDocument document = document_of_spec();
        UplinkQuery query = query_with_key(KEY);

        query.as_id = "a b+c%41";
        query.profile = "x&y=z#/?\xc3\xa9";
        CHECK(round_trip(&document, &query, KEY));
}

TEST(too_long_is_an_error_not_a_cut) {
        UplinkDocument document = document_of_spec();
        UplinkQuery query = query_with_key(KEY);
        char data[TUNNEL_QUERY_MAX], long_id[1200];
        Text text;

        text_init(&text, data, 100);
        CHECK_INT(uplink_query(&document, &query, &text), -EMSGSIZE);
        text_init(&text, data, 100);
        CHECK_INT(uplink_document_json(&document, &text), -EMSGSIZE);
        memset(long_id, 'x', sizeof long_id - 1);
        long_id[sizeof long_id - 1] = '\0';
        query.as_id = long_id;
        text_init(&text, data, sizeof data);
        CHECK_INT(uplink_query(&document, &query, &text), -EMSGSIZE);
}

TEST_MAIN()
