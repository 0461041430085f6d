/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Query strings, times and tokens of the tunnel. */

#include "actility/query.h"

#include <cjson/cJSON.h>

#include "actility/files.h"
#include "base/time.h"
#include "test.h"

static const char *string_of(const cJSON *vector, const char *name) {
        return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(vector, name));
}

TEST(published_tokens_reproduce) {
        char text[GOLDEN_MAX], token[QUERY_TOKEN_MAX];
        cJSON *vectors = cJSON_Parse(golden_read("tokens.json", text));
        const cJSON *vector;

        CHECK_INT(cJSON_GetArraySize(vectors), 6);
        cJSON_ArrayForEach(vector, vectors) {
                CHECK_INT(query_token(string_of(vector, "elements"), string_of(vector, "query"),
                                      string_of(vector, "key"), token),
                          0);
                CHECK_STR(token, string_of(vector, "token"));
        }
        cJSON_Delete(vectors);
}

/* chapter 5 */

TEST(times_of_the_specification_are_understood) {
        static const struct {
                const char *text;
                usec_t msec;
        } cases[] = {
                { "2016-08-01T09:06:06.0+02:00", UINT64_C(1470035166000) },
                { "2016-11-28T09:06:06.0-04:00", UINT64_C(1480338366000) },
                { "2016-11-28T09:06:06.05-04:00", UINT64_C(1480338366050) },
                { "2016-11-28T09:06:06.999-04:00", UINT64_C(1480338366999) },
                /* what application servers send besides */
                { "2016-11-28T09:06:06", UINT64_C(1480323966000) },
                { "2016-11-28T09:06:06Z", UINT64_C(1480323966000) },
                { "2016-11-28T09:06:06.391936+0000", UINT64_C(1480323966391) },
                { "2016-11-28T09:06:06+14:00", UINT64_C(1480273566000) },
        };
        usec_t usec;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                CHECK_INT(iso_parse(cases[i].text, &usec), 0);
                CHECK_INT(usec / USEC_PER_MSEC, cases[i].msec);
        }
}

TEST(times_are_written_as_chapter_5_wants_them) {
        char text[ISO_TEXT_MAX];

        CHECK_STR(iso_format(text, UINT64_C(1470035166000) * USEC_PER_MSEC, 7200),
                  "2016-08-01T09:06:06.000+02:00");
        CHECK_STR(iso_format(text, UINT64_C(1480338366050) * USEC_PER_MSEC, -4 * 3600),
                  "2016-11-28T09:06:06.050-04:00");
        CHECK_STR(iso_format(text, UINT64_C(1480338366050) * USEC_PER_MSEC, -(9 * 60 + 30) * 60),
                  "2016-11-28T03:36:06.050-09:30");
        CHECK_STR(iso_format(text, 0, 0), "1970-01-01T00:00:00.000+00:00");
}

TEST(any_moment_at_any_offset_reads_back) {
        uint64_t seed = 88172645463325252;
        char text[ISO_TEXT_MAX];
        usec_t usec, again;

        for (unsigned i = 0; i < 20000; i++) {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                /* 1970 to 9999, whole milliseconds; offsets of whole minutes below a day */
                usec = (seed % UINT64_C(253370000000000)) * USEC_PER_MSEC;
                CHECK_INT(
                        iso_parse(iso_format(text, usec, ((int) (seed >> 40) % 1440) * 60), &again),
                        0);
                CHECK_INT(again, usec);
                CHECK_INT(strlen(text), strlen("2016-01-11T14:11:11.333+02:00"));
        }
}

/* decoding */

static void check_decoded(const char *encoded, int r, const char *decoded) {
        char data[256];
        Text text;

        text_init(&text, data, sizeof data);
        CHECK_INT(query_decode(encoded, &text), r);
        if (r == 0)
                CHECK_STR(data, decoded);
}

TEST(a_plus_stays_a_plus) {
        check_decoded("Time=2016-01-11T14%3A28:00.333+02%3a00", 0,
                      "Time=2016-01-11T14:28:00.333+02:00");
        check_decoded("a+b%2Bc%20d", 0, "a+b+c d");
        check_decoded("", 0, "");
        check_decoded("%C3%a9", 0, "\xc3\xa9");
        check_decoded("a%2525", 0, "a%25"); /* once, not twice */
}

TEST(decoding_is_strict) {
        static const char *const wrong[] = { "%",    "a%4",   "%4g", "%g4",  "%%41", "% 41",
                                             "%+41", "%-1",   "%00", "a%0d", "%7F",  "a\nb",
                                             "\x01", "%0x41", "a%",  "a%2" };

        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                check_decoded(wrong[i], -EBADMSG, NULL);
}

TEST(what_is_decoded_too_long_is_an_error) {
        char data[4];
        Text text;

        text_init(&text, data, sizeof data);
        CHECK_INT(query_decode("%41%42%43", &text), 0);
        CHECK_STR(data, "ABC");
        text_init(&text, data, sizeof data);
        CHECK_INT(query_decode("ABCD", &text), -EMSGSIZE);
}

static void check_next(const char **at, const char *name, const char *value) {
        char text[64];
        QueryParameter parameter;

        CHECK(query_next(at, &parameter));
        (void) snprintf(text, sizeof text, "%.*s", (int) parameter.name_length, parameter.name);
        CHECK_STR(text, name);
        CHECK(query_is(&parameter, name));
        (void) snprintf(text, sizeof text, "%.*s", (int) parameter.value_length, parameter.value);
        CHECK_STR(text, value);
}

TEST(parameters_follow_each_other) {
        const char *at = "&&a=1&b&c=&=d&e==f=&g=h&";
        QueryParameter parameter;

        check_next(&at, "a", "1");
        check_next(&at, "b", "");
        check_next(&at, "c", "");
        check_next(&at, "", "d");
        check_next(&at, "e", "=f=");
        check_next(&at, "g", "h");
        CHECK(!query_next(&at, &parameter));
        CHECK_STR(at, "");
}

/* Values of any bytes that a query may hold: what is built is what is read. */
TEST(built_queries_read_back) {
        uint64_t seed = 1;

        for (unsigned round = 0; round < 2000; round++) {
                char values[3][16], data[QUERY_TEXT_MAX], decoded[QUERY_TEXT_MAX];
                static const char *const names[] = { "AS_ID", "Time", "x" };
                const char *at = decoded;
                QueryBuilder builder;
                Text text;

                query_begin(&builder);
                for (size_t i = 0; i < 3; i++) {
                        size_t n = 0;

                        for (; n < seed % 16; n++) {
                                seed = seed * 6364136223846793005u + 1442695040888963407u;
                                values[i][n] = (char) (0x20 + (seed >> 33) % 0x5f);
                                if (values[i][n] == '&' || n == 15)
                                        break;
                        }
                        values[i][n] = '\0';
                        seed++;
                        query_add(&builder, names[i], values[i]);
                }
                text_init(&text, data, sizeof data);
                CHECK_INT(query_sign(&builder, "", "00112233445566778899aabbccddeeff", &text), 0);
                CHECK_INT(strcspn(data, " +:\"<>#"), text.length);
                text_init(&text, decoded, sizeof decoded);
                CHECK_INT(query_decode(data, &text), 0);
                for (size_t i = 0; i < 3; i++)
                        check_next(&at, names[i], values[i]);
                CHECK(strncmp(at, "&Token=", 7) == 0);
                CHECK_INT(strlen(at), 7 + 64);
        }
}

TEST_MAIN()
