/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Downlink queries: those of application servers in use, and everything that can be wrong. */

#include "actility/downlink.h"

#include <stdio.h>

#include "test.h"

#define KEY "46ab678cd45df4a4e4b375eacd096acc"
#define TOKEN "63a4ec6532937c9bcba109a75f731d6dc192c9df662dee56757634a8a6dc3f4c"
#define QUERY "DevEUI=000000000F1D8693&FPort=1&Payload=00"
#define SENDER "&AS_ID=app1.sample.com&Time=2016-01-11T14%3A28%3A00.333%2B02%3A00"
#define NOON (UINT64_C(1452515280333) * USEC_PER_MSEC)

static DownlinkQuery query;

TEST(the_query_of_the_specification) {
        DownlinkFault fault;

        downlink_parse(QUERY SENDER "&CorrelationID=4434704901C7450B&Token=" TOKEN, &query);
        CHECK_INT(query.sender.code, DOWNLINK_FINE);
        CHECK_INT(query.frame.code, DOWNLINK_FINE);
        CHECK_STR(query.dev_eui, "000000000F1D8693");
        CHECK(query.has_fport);
        CHECK_INT(query.fport, 1);
        CHECK_INT(query.n_payload, 1);
        CHECK_INT(query.payload[0], 0);
        CHECK(!query.confirmed && !query.flush && !query.has_fcnt_dn);
        CHECK_INT(query.validity, VALIDITY_NONE);
        CHECK_STR(query.as_id, "app1.sample.com");
        CHECK_INT(query.time, NOON);
        CHECK_STR(query.token, TOKEN);
        CHECK_STR(query.correlation_id, "4434704901C7450B");
        CHECK_STR(query.signed_text, QUERY "&AS_ID=app1.sample.com"
                                           "&Time=2016-01-11T14:28:00.333+02:00"
                                           "&CorrelationID=4434704901C7450B");
        /* the specification's token does not cover its CorrelationID, 7.1.4 */
        CHECK_INT(downlink_verify(&query, KEY, &fault), 0);
        CHECK_INT(fault.code, DOWNLINK_BAD_TOKEN);
        downlink_parse(QUERY SENDER "&Token=" TOKEN, &query);
        CHECK_INT(downlink_verify(&query, KEY, &fault), 0);
        CHECK_INT(fault.code, DOWNLINK_FINE);
}

/* How senders in use spell Time, where they put the Token, and what else they add. */
static const struct {
        const char *query;
        usec_t msec;
} in_use[] = {
        { QUERY "&AS_ID=a&Time=2026-11-20T17%3A41%3A49%2B00%3A00", UINT64_C(1795196509000) },
        { "DevEUI=000000000F1D8693&FPort=1&Payload=00&Confirmed=0&FlushDownlinkQueue=0"
          "&ValidityTime=3600&AS_ID=a&Time=2026-11-20T17%3A41%3A49.391936%2B00%3A00"
          "&CorrelationID=4434704901c7450b",
          UINT64_C(1795196509391) },
        { QUERY "&AS_ID=a&Confirmed=0&FlushDownlinkQueue=0&Time=2026-11-20T17:41:49",
          UINT64_C(1795196509000) },
        { QUERY "&FCntDn=12&AS_ID=a&Time=2026-11-20T18:41:49.007+01:00", UINT64_C(1795196509007) },
        { QUERY "&AS_ID=a&Time=2026-11-20T17:41:49.123Z&unknown=x+y", UINT64_C(1795196509123) },
};

TEST(senders_in_use_are_understood) {
        for (size_t i = 0; i < ELEMENTSOF(in_use); i++) {
                char text[512];

                (void) snprintf(text, sizeof text, "%s&Token=" TOKEN, in_use[i].query);
                downlink_parse(text, &query);
                CHECK_INT(query.sender.code, DOWNLINK_FINE);
                CHECK_INT(query.frame.code, DOWNLINK_FINE);
                CHECK_INT(query.time / USEC_PER_MSEC, in_use[i].msec);
        }
        CHECK(strstr(query.signed_text, "&unknown=x+y"));
        downlink_parse(in_use[3].query, &query);
        CHECK(query.has_fcnt_dn);
        CHECK_INT(query.fcnt_dn, 12);
}

TEST(every_parameter_is_read) {
        downlink_parse("DevEUI=00000000ABCDEF01&FPort=224&Payload=00fF7e&Confirmed=1"
                       "&FlushDownlinkQueue=1&ValidityTime=2016-01-11T14:28:00Z" SENDER
                       "&FCntDn=4294967295&CorrelationID=abcdefABCDEF0123&Token=" TOKEN,
                       &query);
        CHECK_INT(query.sender.code, DOWNLINK_FINE);
        CHECK_INT(query.frame.code, DOWNLINK_FINE);
        CHECK_STR(query.dev_eui, "00000000ABCDEF01");
        CHECK_INT(query.fport, 224);
        CHECK_INT(query.n_payload, 3);
        CHECK(memcmp(query.payload, "\x00\xff\x7e", 3) == 0);
        CHECK(query.confirmed && query.flush);
        CHECK_INT(query.validity, VALIDITY_UNTIL);
        CHECK_INT(query.validity_usec, UINT64_C(1452522480) * USEC_PER_SEC);
        CHECK_INT(query.fcnt_dn, UINT32_MAX);
        CHECK_STR(query.correlation_id, "abcdefABCDEF0123");
        downlink_parse("DevEUI=00000000abcdef01&FlushDownlinkQueue=1&ValidityTime=90" SENDER,
                       &query);
        CHECK_INT(query.frame.code, DOWNLINK_FINE);
        CHECK_STR(query.dev_eui, "00000000ABCDEF01");
        CHECK(!query.has_fport);
        CHECK_INT(query.validity, VALIDITY_FOR);
        CHECK_INT(query.validity_usec, 90 * USEC_PER_SEC);
}

/* sender, then frame; "" parameter: fine */
typedef struct Case {
        const char *query;
        DownlinkCode code;
        const char *parameter, *why;
} Case;

#define END SENDER "&Token=" TOKEN

static const Case sender_cases[] = {
        { "", 105, "AS_ID", "is missing" },
        { QUERY "&AS_ID=&Time=x&Token=" TOKEN, 105, "AS_ID", "is missing" },
        { QUERY "&AS_ID&Time=x&Token=" TOKEN, 105, "AS_ID", "is missing" },
        { QUERY "&as_id=a&Time=x&Token=" TOKEN, 105, "AS_ID", "is missing" },
        { QUERY "&AS_ID=a&Token=" TOKEN, 106, "Time", "is missing" },
        { QUERY SENDER, 106, "Token", "is missing" },
        { QUERY SENDER "&token=" TOKEN, 106, "Token", "is missing" },
        { QUERY SENDER "&Token", 106, "Token", "is missing" },
        { QUERY "&AS_ID=a&Time=&Token=x", 109, "Time", "is not YYYY-MM-DDThh:mm:ss.s+hh:mm" },
        { QUERY "&AS_ID=a&Time=2016-13-01T00:00:00Z&Token=x", 109, "Time",
          "is not YYYY-MM-DDThh:mm:ss.s+hh:mm" },
        { QUERY "&AS_ID=a&Time=2016-01-11T14:28:00.333%2002:00&Token=x", 109, "Time",
          "is not YYYY-MM-DDThh:mm:ss.s+hh:mm" }, /* a plus that became a space */
        { QUERY SENDER "&Time=2016-01-11T14:28:00Z&Token=x", 109, "Time", "comes more than once" },
        { QUERY END "&Token=" TOKEN, 108, "Token", "comes more than once" },
        { QUERY END "%2", 108, "", "a % without two hexadecimal digits, or a control character" },
        { QUERY END "&x=%00", 108, "",
          "a % without two hexadecimal digits, or a control character" },
};

static const Case frame_cases[] = {
        { "FPort=1&Payload=00" END, 100, "DevEUI", "is missing" },
        { "DevEUI=&FPort=1&Payload=00" END, 100, "DevEUI", "is not 16 hexadecimal digits" },
        { "DevEUI=000000000F1D869&FPort=1&Payload=00" END, 100, "DevEUI",
          "is not 16 hexadecimal digits" },
        { "DevEUI=000000000F1D869G&FPort=1&Payload=00" END, 100, "DevEUI",
          "is not 16 hexadecimal digits" },
        { "DevEUI=000000000F1D86930&FPort=1&Payload=00" END, 100, "DevEUI",
          "is not 16 hexadecimal digits" },
        { QUERY "&DevEUI=000000000F1D8693" END, 100, "DevEUI", "comes more than once" },
        { "DevEUI=000000000F1D8693&FPort=0&Payload=00" END, 104, "FPort",
          "is not a number from 1 to 224" },
        { "DevEUI=000000000F1D8693&FPort=225&Payload=00" END, 104, "FPort",
          "is not a number from 1 to 224" },
        { "DevEUI=000000000F1D8693&FPort=4294967297&Payload=00" END, 104, "FPort",
          "is not a number from 1 to 224" },
        { "DevEUI=000000000F1D8693&FPort=%2B1&Payload=00" END, 104, "FPort",
          "is not a number from 1 to 224" },
        { "DevEUI=000000000F1D8693&FPort=0x1&Payload=00" END, 104, "FPort",
          "is not a number from 1 to 224" },
        { "DevEUI=000000000F1D8693&FPort=1.0&Payload=00" END, 104, "FPort",
          "is not a number from 1 to 224" },
        { "DevEUI=000000000F1D8693&Payload=00" END, 104, "FPort", "is missing" },
        { "DevEUI=000000000F1D8693&FPort=1&Payload=0" END, 113, "Payload",
          "has an odd number of digits" },
        { "DevEUI=000000000F1D8693&FPort=1&Payload=0g" END, 113, "Payload", "is not hexadecimal" },
        { QUERY "&Confirmed=2" END, 103, "Confirmed", "is neither 0 nor 1" },
        { QUERY "&Confirmed=true" END, 103, "Confirmed", "is neither 0 nor 1" },
        { QUERY "&FlushDownlinkQueue=" END, 118, "FlushDownlinkQueue", "is neither 0 nor 1" },
        { QUERY "&ValidityTime=0" END, 112, "ValidityTime", "is over at once" },
        { QUERY "&ValidityTime=-5" END, 112, "ValidityTime",
          "is neither a time nor a number of seconds" },
        { QUERY "&ValidityTime=99999999999" END, 112, "ValidityTime",
          "is neither a time nor a number of seconds" },
        { QUERY "&ValidityTime=soon" END, 112, "ValidityTime",
          "is neither a time nor a number of seconds" },
        { QUERY "&CorrelationID=4434704901C7450" END, 117, "CorrelationID",
          "is not 16 hexadecimal digits" },
        { QUERY "&CorrelationID=" END, 117, "CorrelationID", "is not 16 hexadecimal digits" },
        { QUERY "&FCntDn=-1" END, 102, "FCntDn", "is not a number from 0 to 4294967295" },
        { QUERY "&FCntDn=4294967296" END, 102, "FCntDn", "is not a number from 0 to 4294967295" },
        { "DevEUI=000000000F1D8693&FPort=1" END, 118, "Payload",
          "is missing, and FlushDownlinkQueue is not 1" },
        { "DevEUI=000000000F1D8693&FPort=1&Payload=&FlushDownlinkQueue=0" END, 118, "Payload",
          "is missing, and FlushDownlinkQueue is not 1" },
        { QUERY "&AS_ID=b" END, 107, "AS_ID", "comes more than once" },
        /* the first of two faults */
        { "DevEUI=x&FPort=x&Payload=x" END, 100, "DevEUI", "is not 16 hexadecimal digits" },
};

static void check_fault(const DownlinkFault *fault, const Case *expected) {
        CHECK_STR(fault->parameter, expected->parameter);
        CHECK_INT(fault->code, expected->code);
        CHECK_STR(fault->why, expected->why);
        CHECK(downlink_answer(fault->code));
}

TEST(what_is_wrong_is_called_by_its_name) {
        for (size_t i = 0; i < ELEMENTSOF(sender_cases); i++) {
                downlink_parse(sender_cases[i].query, &query);
                check_fault(&query.sender, &sender_cases[i]);
        }
        for (size_t i = 0; i < ELEMENTSOF(frame_cases); i++) {
                downlink_parse(frame_cases[i].query, &query);
                CHECK_INT(query.sender.code, DOWNLINK_FINE);
                check_fault(&query.frame, &frame_cases[i]);
        }
}

/* Puts `n` digits between the start of a query and its end. */
static void parse_with_digits(const char *start, size_t n, const char *end) {
        static char text[2 * DOWNLINK_QUERY_MAX];
        Text to;

        text_init(&to, text, sizeof text);
        text_add(&to, start);
        for (; n > 0; n--)
                text_add_char(&to, 'a');
        text_add(&to, end);
        downlink_parse(text, &query);
}

TEST(limits_are_exact) {
        parse_with_digits("DevEUI=000000000F1D8693&FPort=1&Payload=", 5000, END);
        CHECK_INT(query.sender.code, DOWNLINK_FINE);
        CHECK_INT(query.frame.code, DOWNLINK_FINE);
        CHECK_INT(query.n_payload, DOWNLINK_PAYLOAD_MAX);
        CHECK_INT(query.payload[DOWNLINK_PAYLOAD_MAX - 1], 0xaa);
        parse_with_digits("DevEUI=000000000F1D8693&FPort=1&Payload=", 5002, END);
        check_fault(&query.frame, &(Case) { "", 113, "Payload", "has more than 5000 digits" });
        parse_with_digits(QUERY END "&x=", DOWNLINK_QUERY_MAX, "");
        check_fault(&query.sender, &(Case) { "", 108, "", "longer than 8191 bytes" });
        parse_with_digits(QUERY "&Time=2016-01-11T14:28:00Z&Token=" TOKEN "&AS_ID=", 63, "");
        CHECK_INT(query.frame.code, DOWNLINK_FINE);
        CHECK_INT(strlen(query.as_id), 63);
        parse_with_digits(QUERY "&Time=2016-01-11T14:28:00Z&Token=" TOKEN "&AS_ID=", 64, "");
        check_fault(&query.frame, &(Case) { "", 107, "AS_ID", "is longer than 63 bytes" });
        parse_with_digits(QUERY "&AS_ID=a&Token=" TOKEN "&Time=", 200, "");
        CHECK_INT(query.sender.code, DOWNLINK_MALFORMED_TIME);
}

TEST(tokens_are_compared_whatever_their_case) {
        static const char *const unreadable[] = { "", "63a4", TOKEN "0", "g" TOKEN,
                                                  "63a4ec6532937c9bcba109a75f731d6dc192c9df662dee56"
                                                  "757634a8a6dc3f4g" };
        DownlinkFault fault;
        char text[512];

        downlink_parse(QUERY SENDER "&Token=63A4EC6532937C9BCBA109A75F731D6DC192C9DF662DEE56"
                                    "757634A8A6DC3F4C",
                       &query);
        CHECK_INT(downlink_verify(&query, KEY, &fault), 0);
        CHECK_INT(fault.code, DOWNLINK_FINE);
        for (size_t i = 0; i < ELEMENTSOF(unreadable); i++) {
                (void) snprintf(text, sizeof text, "%s%s", QUERY SENDER "&Token=", unreadable[i]);
                downlink_parse(text, &query);
                CHECK_INT(query.sender.code, DOWNLINK_FINE);
                CHECK_INT(downlink_verify(&query, KEY, &fault), 0);
                check_fault(&fault, &(Case) { "", 108, "Token", "is not 64 hexadecimal digits" });
        }
        for (size_t i = 0; i < 64; i++) {
                char token[] = TOKEN;

                token[i] = token[i] == '0' ? '1' : '0';
                (void) snprintf(text, sizeof text, "%s%s", QUERY SENDER "&Token=", token);
                downlink_parse(text, &query);
                CHECK_INT(downlink_verify(&query, KEY, &fault), 0);
                CHECK_INT(fault.code, DOWNLINK_BAD_TOKEN);
        }
}

TEST(the_token_may_stand_anywhere) {
        static const char *const places[] = {
                "Token=" TOKEN "&" QUERY SENDER,
                "DevEUI=000000000F1D8693&Token=" TOKEN "&FPort=1&Payload=00" SENDER,
                QUERY SENDER "&%54oken%3d" TOKEN,
        };
        DownlinkFault fault;

        for (size_t i = 0; i < ELEMENTSOF(places); i++) {
                downlink_parse(places[i], &query);
                CHECK_INT(downlink_verify(&query, KEY, &fault), 0);
                CHECK_INT(fault.code, DOWNLINK_FINE);
                CHECK_INT(query.frame.code, DOWNLINK_FINE);
        }
}

static uint64_t random_next(uint64_t *seed) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        return *seed >> 33;
}

/* Encodes each character or not, as it comes. */
static void encode(Text *to, const char *plain, uint64_t *seed) {
        for (; *plain != '\0'; plain++)
                if (random_next(seed) % 3 == 0)
                        text_printf(to, random_next(seed) % 2 ? "%%%02x" : "%%%02X",
                                    (unsigned) (uint8_t) *plain);
                else
                        text_add_char(to, *plain);
}

/* A signature holds for the decoded query: however it is spelt, nothing may change its meaning. */
TEST(what_signs_the_same_reads_the_same) {
        static const char *const queries[] = {
                "DevEUI=000000000F1D8693&FPort=1&Payload=00&Confirmed=1&FlushDownlinkQueue=1"
                "&ValidityTime=60&AS_ID=app1.sample.com&Time=2016-01-11T14:28:00.333+02:00"
                "&CorrelationID=4434704901C7450B&x=1&&y&Token=" TOKEN,
                "AS_ID=a&Time=2016-01-11T14:28:00Z&Token=" TOKEN "&FPort=&Payload=1&Confirmed=7",
        };
        static DownlinkQuery again;
        uint64_t seed = 7;

        for (size_t i = 0; i < ELEMENTSOF(queries); i++) {
                downlink_parse(queries[i], &query);
                for (unsigned round = 0; round < 500; round++) {
                        char text[2048];
                        Text to;

                        text_init(&to, text, sizeof text);
                        encode(&to, queries[i], &seed);
                        downlink_parse(text, &again);
                        CHECK(memcmp(&query, &again, sizeof query) == 0);
                }
        }
}

/* What any sender can build is read as it was meant. */
TEST(built_queries_read_back) {
        uint64_t seed = 42;

        for (unsigned round = 0; round < 2000; round++) {
                char eui[17], fport[8], payload[64], time[ISO_TEXT_MAX], raw[QUERY_TEXT_MAX];
                uint64_t eui_value = random_next(&seed) << 32 | random_next(&seed);
                usec_t now = random_next(&seed) * USEC_PER_SEC + 123 * USEC_PER_MSEC;
                unsigned port = 1 + (unsigned) (random_next(&seed) % 224);
                uint8_t bytes[31];
                size_t n = 1 + random_next(&seed) % sizeof bytes;
                QueryBuilder builder;
                DownlinkFault fault;
                Text text;

                (void) snprintf(eui, sizeof eui, "%016llX", (unsigned long long) eui_value);
                (void) snprintf(fport, sizeof fport, "%u", port);
                for (size_t i = 0; i < n; i++)
                        bytes[i] = (uint8_t) random_next(&seed);
                text_init(&text, payload, sizeof payload);
                text_add_hex(&text, bytes, n);
                query_begin(&builder);
                query_add(&builder, "DevEUI", eui);
                query_add(&builder, "FPort", fport);
                query_add(&builder, "Payload", payload);
                query_add(&builder, "AS_ID", "a+b c%41/=\xc3\xa9");
                query_add(&builder, "Time",
                          iso_format(time, now, (int) (random_next(&seed) % 1440) * 60));
                text_init(&text, raw, sizeof raw);
                CHECK_INT(query_sign(&builder, "", KEY, &text), 0);
                downlink_parse(raw, &query);
                CHECK_INT(query.sender.code, DOWNLINK_FINE);
                CHECK_INT(query.frame.code, DOWNLINK_FINE);
                CHECK_STR(query.dev_eui, eui);
                CHECK_INT(query.fport, port);
                CHECK_INT(query.n_payload, n);
                CHECK(memcmp(query.payload, bytes, n) == 0);
                CHECK_STR(query.as_id, "a+b c%41/=\xc3\xa9");
                CHECK_INT(query.time, now);
                CHECK_INT(downlink_verify(&query, KEY, &fault), 0);
                CHECK_INT(fault.code, DOWNLINK_FINE);
        }
}

TEST(every_code_has_its_answers) {
        static const unsigned codes[] = { 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110,
                                          111, 112, 113, 114, 115, 116, 117, 118, 119, 121 };

        CHECK_INT(downlink_n_answers, ELEMENTSOF(codes));
        for (size_t i = 0; i < ELEMENTSOF(codes); i++) {
                const DownlinkAnswer *answer = downlink_answer((DownlinkCode) codes[i]);

                CHECK(answer == &downlink_answers[i]);
                CHECK_INT(answer->code, codes[i]);
                CHECK_INT(answer->v1_status, codes[i] == 115 ? 404 : 350);
                CHECK(answer->v1_text[0] && answer->v2_message[0] && answer->cause[0]);
        }
        CHECK(!downlink_answer(DOWNLINK_FINE));
        CHECK(!downlink_answer((DownlinkCode) 120));
        CHECK_STR(downlink_answer(DOWNLINK_BAD_TOKEN)->v1_text, "Security Check. bad token");
        CHECK_STR(downlink_answer(DOWNLINK_BAD_TOKEN)->v2_message, "Security Check: Bad token");
}

TEST_MAIN()
