/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* version_compare(): the order of real versions, and that it is a total one on anything. */

#include "base/version.h"
#include "test.h"

static int sign(int value) {
        return (value > 0) - (value < 0);
}

static void check_order(const char *lower, const char *higher) {
        CHECK_INT(sign(version_compare(lower, higher)), -1);
        CHECK_INT(sign(version_compare(higher, lower)), 1);
        CHECK(!version_equal(lower, higher));
}

static void check_equal(const char *a, const char *b) {
        CHECK_INT(version_compare(a, b), 0);
        CHECK_INT(version_compare(b, a), 0);
        CHECK(version_equal(a, b));
}

TEST(version_components_of_digits_compare_as_numbers) {
        check_order("HL7800.4.4.14.0", "HL7800.4.5.4.0");
        check_order("HL7800.4.6.9.4", "HL7800.4.6.10.0");
        check_order("HL7800.1.6.3.0.20180803", "HL7800.1.6.3.0.20190101");
        check_order("HL7800.4.9", "HL7800.10.1");
        check_equal("HL7800.04.6", "HL7800.4.006");
        check_equal("HL7800.0", "HL7800.000");
        check_order("10.00.xx4", "10.01.xx4");
}

TEST(version_numbers_are_never_too_long) {
        check_order("1.18446744073709551615", "1.18446744073709551616");
        check_order("1.99999999999999999999", "1.100000000000000000000");
        check_order("1.9", "1.0000000000000000000000000000010");
        check_equal("1.00000000000000000000000000000000", "1.0");
}

TEST(version_text_compares_without_case) {
        check_equal("hl7800.4.XX4", "HL7800.4.xx4");
        check_order("10.00.xx2", "10.00.XX4");
        check_order("HL7800.4", "HL7802.3");
        check_order("1.rc", "1.rc1");
        check_order("1.z", "1.\xff");
}

TEST(version_numbers_are_below_text_and_nothing_is_below_both) {
        check_order("1.99", "1.a");
        check_order("1.99", "1.9a");
        check_order("1..5", "1.0.5");
        check_order("1.", "1.0");
        check_order("1", "1.");
        check_order("", ".");
        check_order("", "0");
}

TEST(version_letter_of_the_build_is_not_looked_at) {
        check_equal("BHL7800.1.6.3.0.20180803", "HL7800.1.6.3.0.20180803");
        check_equal("THL7800.1.6", "bhl7800.1.6");
        check_order("BHL7800.4.4", "HL7800.4.5");
        /* no model behind it */
        check_order("1.2", "T1.2");
        check_order("B", "T");
        check_order("B.1", "T.1");
        /* one letter only */
        check_order("HL7800", "BTHL7800");
}

TEST(version_that_ends_first_is_lower) {
        check_order("HL7800.4.6", "HL7800.4.6.0");
        check_order("HL7800", "HL7800.0");
        check_order("", "HL7800");
        check_equal("", "");
}

#define WORDS 160
#define WORD_MAX 12

/* The same words in every run, of few bytes, so that beginnings, digits and dots often agree. */
static void make_words(char words[WORDS][WORD_MAX]) {
        static const char bytes[] = "0019.....aAbBtTx\x01\x7f\x80\xff";
        uint32_t state = 1;

        for (size_t i = 0; i < WORDS; i++)
                for (size_t k = 0; k < WORD_MAX; k++) {
                        state = state * 1664525u + 1013904223u;
                        words[i][k] =
                                k < i % WORD_MAX ? bytes[(state >> 16) % (sizeof bytes - 1)] : '\0';
                }
}

static void check_triple(const char *a, const char *b, const char *c) {
        if (version_compare(a, b) <= 0 && version_compare(b, c) <= 0) {
                CHECK(version_compare(a, c) <= 0);
                if (version_equal(a, c))
                        CHECK(version_equal(a, b) && version_equal(b, c));
        }
}

TEST(version_order_is_total_on_any_bytes) {
        static char words[WORDS][WORD_MAX];

        make_words(words);
        for (size_t i = 0; i < WORDS; i++)
                for (size_t k = 0; k < WORDS; k++) {
                        CHECK_INT(sign(version_compare(words[i], words[k])),
                                  -sign(version_compare(words[k], words[i])));
                        CHECK(i != k || version_equal(words[i], words[k]));
                        for (size_t m = 0; m < WORDS && !test_state.failed; m++)
                                check_triple(words[i], words[k], words[m]);
                }
}

TEST_MAIN()
