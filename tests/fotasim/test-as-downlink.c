/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Downlinks as fotasim signs them: the token that the tunnel specification publishes (7.3.2), and
 * whatever is in the values, the other side reads and verifies the same. */

#include "actility/downlink.h"
#include "fotasim/as-downlink.h"
#include "test.h"

#define KEY "46ab678cd45df4a4e4b375eacd096acc"
#define TOKEN "63a4ec6532937c9bcba109a75f731d6dc192c9df662dee56757634a8a6dc3f4c"

static const AsDownlink published = {
        .dev_eui = "000000000F1D8693",
        .fport = "1",
        .payload = "00",
        .as_id = "app1.sample.com",
        .time = "2016-01-11T14:28:00.333+02:00",
};

static DownlinkQuery parsed;

/* Signs it, and reads it into `parsed` as fotad does. */
static void check_verified(const AsDownlink *frame) {
        char query[4096];
        DownlinkFault fault;
        Text text;

        text_init(&text, query, sizeof query);
        CHECK_INT(as_downlink_sign(frame, KEY, &text), 0);
        downlink_parse(query, &parsed);
        CHECK_INT(parsed.sender.code, DOWNLINK_FINE);
        CHECK_INT(downlink_verify(&parsed, KEY, &fault), 0);
        CHECK_INT(fault.code, DOWNLINK_FINE);
}

TEST(published_token) {
        char query[1024];
        Text text;

        text_init(&text, query, sizeof query);
        CHECK_INT(as_downlink_sign(&published, KEY, &text), 0);
        CHECK_STR(query, "DevEUI=000000000F1D8693&FPort=1&Payload=00&AS_ID=app1.sample.com"
                         "&Time=2016-01-11T14%3A28%3A00.333%2B02%3A00&Token=" TOKEN);
}

TEST(all_parameters_arrive) {
        AsDownlink frame = published;

        frame.fport = "20";
        frame.payload = "010403010206015a";
        frame.confirmed = frame.flush = true;
        frame.validity_time = "2016-01-11T15:00:00+02:00";
        frame.correlation_id = "0123456789ABCDEF";
        check_verified(&frame);
        CHECK_INT(parsed.frame.code, DOWNLINK_FINE);
        CHECK_STR(parsed.dev_eui, "000000000F1D8693");
        CHECK_INT(parsed.fport, 20);
        CHECK_INT(parsed.n_payload, 8);
        CHECK_INT(parsed.payload[7], 0x5a);
        CHECK(parsed.confirmed && parsed.flush);
        CHECK_INT(parsed.validity, VALIDITY_UNTIL);
        CHECK_STR(parsed.correlation_id, "0123456789ABCDEF");
        CHECK_STR(parsed.as_id, "app1.sample.com");
}

TEST(what_is_left_out_is_not_sent) {
        AsDownlink frame = published;

        frame.payload = frame.fport = NULL;
        check_verified(&frame);
        CHECK(!parsed.has_fport);
        CHECK_INT(parsed.n_payload, 0);
        CHECK(!parsed.confirmed && !parsed.flush);
        CHECK(!strstr(parsed.signed_text, "Payload"));
}

TEST(odd_values_are_sent_as_they_are) {
        AsDownlink frame = published;

        frame.as_id = "a b+c%25=e/\xc3\xa9";
        check_verified(&frame);
        CHECK_STR(parsed.as_id, "a b+c%25=e/\xc3\xa9");
        frame.dev_eui = "no EUI";
        check_verified(&frame);
        CHECK_INT(parsed.frame.code, DOWNLINK_BAD_DEV_EUI);
}

TEST(too_long_is_told) {
        static char payload[40000];
        char query[65536];
        AsDownlink frame = published;
        Text text;

        text_init(&text, query, 100);
        CHECK_INT(as_downlink_sign(&published, KEY, &text), -ENOSPC);
        memset(payload, '0', sizeof payload - 1);
        frame.payload = payload;
        text_init(&text, query, sizeof query);
        CHECK_INT(as_downlink_sign(&frame, KEY, &text), -ENOSPC);
}

TEST_MAIN()
