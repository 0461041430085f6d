/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* version_matches(): patterns as people write them in a policy. */

#include <stdio.h>

#include "base/version.h"
#include "test.h"

static void check(const char *pattern, const char *matches, const char * not ) {
        CHECK(version_pattern_is_valid(pattern));
        if (matches && !version_matches(matches, pattern))
                CHECK_STR(pattern, matches);
        if (not &&version_matches(not, pattern))
                CHECK_STR(pattern, not );
}

TEST(version_pattern_compares_numbers_by_component) {
        check(">=4.4.0", "HL7800.4.4.14.0", "HL7800.4.3.99.0");
        check(">=4.4.0", "HL7800.4.10.1", "HL7800.3.9");
        check("<4.6", "HL7800.4.5.4.0", "HL7800.4.6.9.4");
        check("<4.6", "HL7800.4.5.999", "HL7800.4.10");
        check("<= 4.6.9.4", "HL7800.4.6.9.4", "HL7800.4.6.10.0");
        check(">4.6.9.4", "HL7800.4.6.10.0", "HL7800.4.6.9.4");
        check("!=4.6.9.4", "HL7800.4.6.9.5", "HL7800.4.6.9.4");
        check("=10.00.144", "10.00.144", "10.00.145");
        check(">10.00.99", "10.00.144", "10.00.4");
}

TEST(version_pattern_of_several_terms_wants_them_all) {
        check(">=4.4 <4.6", "HL7800.4.5.4.0", "HL7800.4.6.9.4");
        check("  >=4.4  <4.6 ", "HL7800.4.4", "HL7800.4.3");
        check("HL7800.* !=4.5.4.0", "HL7800.4.5.5.0", "HL7800.4.5.4.0");
}

TEST(version_pattern_of_letters) {
        check("HL7800.4.5.*", "HL7800.4.5.4.0", "HL7800.4.6.4.0");
        check("4.5.*", "BHL7800.4.5.4.0", "HL7800.14.5.4.0");
        check("hl7800.*.4", "HL7800.4.6.9.4", "HL7800.4.6.9.5");
        check("4.6.?.4", "HL7800.4.6.9.4", "HL7800.4.6.10.4");
        check("*4*4*", "HL7800.4.6.9.4", "HL7800.4");
        check("*", "anything", NULL);
        check("*", "", NULL);
        check("4.[0-9]*", NULL, "4.5"); /* no other wildcards */
}

TEST(version_pattern_without_wildcards_is_a_version) {
        check("HL7800.4.05.4", "BHL7800.4.5.4", "HL7800.4.5.4.0");
        check("4.5.4.0", "HL7800.4.5.4.0", "HL7800.4.5.4");
}

TEST(version_pattern_looks_past_the_letter_of_the_build) {
        check("HL7800.1.6.*", "BHL7800.1.6.3.0.20180803", "BHL7802.1.6.3.0");
        check("BHL7800.1.6.*", "HL7800.1.6.3", NULL);
        check("BHL7800.1.6.*", "THL7800.1.6.3", NULL);
        check(">=HL7800.1.6", "BHL7800.1.6.3.0.20180803", NULL);
}

TEST(version_pattern_with_a_model_says_nothing_of_others) {
        check(">=HL7800.4.4", "HL7800.4.5", "HL7802.4.5");
        check("<HL7802.4.4", "HL7802.4.3", "HL7800.4.3");
        check("!=HL7800.4.4", "HL7800.4.5", "HL7802.4.5");
        check(">=HL7800.4.4", NULL, "10.00.144");
}

TEST(version_pattern_of_no_version) {
        check(">=4", NULL, "");
        check("4.*", NULL, "");
        check("<4", "", NULL); /* the least of all */
}

TEST(version_pattern_is_refused_when_it_says_nothing) {
        static const char *const wrong[] = { "",      "  ",      ">=",    ">= ",   ">=4.*",
                                             "=>4.4", ">=4.4 <", ">>4.4", "4.4<5", "<4.5 >" };

        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                if (version_pattern_is_valid(wrong[i]))
                        CHECK_STR(wrong[i], "refused");
        CHECK(!version_pattern_is_valid(
                "1234567890123456789012345678901234567890123456789012345678901234"));
        CHECK(version_pattern_is_valid(
                "123456789012345678901234567890123456789012345678901234567890123"));
}

/* Reads no byte behind the end and comes to one, whatever the bytes; and what does not match does
 * not begin to when one term more is wanted. */
TEST(version_pattern_takes_any_bytes) {
        static const char bytes[] = "4.*?<>=! BT7\xff";
        char version[13], pattern[13], more[32];
        unsigned state = 7;

        for (unsigned round = 0; round < 100000; round++) {
                for (size_t k = 0; k < sizeof version; k++) {
                        state = state * 1664525u + 1013904223u;
                        version[k] = bytes[(state >> 16) % sizeof bytes];
                        pattern[k] = bytes[(state >> 24) % sizeof bytes];
                }
                version[12] = pattern[12] = '\0';
                (void) snprintf(more, sizeof more, "%s *", pattern);
                if (version_pattern_is_valid(pattern) && version_matches(version, more))
                        CHECK(version_matches(version, pattern));
        }
}

TEST_MAIN()
