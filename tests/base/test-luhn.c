/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The check digit of IMEI and ICCID: 490154203237518 is the usual example of an IMEI. */

#include "base/luhn.h"

#include "test.h"

TEST(check_digit_holds) {
        CHECK(luhn_holds("490154203237518"));
        CHECK(luhn_holds("89330123456789012342"));
        CHECK(!luhn_holds(""));
        CHECK(!luhn_holds("0"));
        CHECK(!luhn_holds("49015420323751F"));
}

TEST(every_single_wrong_digit_is_seen) {
        char digits[] = "490154203237518";

        for (size_t i = 0; digits[i]; i++) {
                const char right = digits[i];

                for (char c = '0'; c <= '9'; c++) {
                        digits[i] = c;
                        CHECK_INT(luhn_holds(digits), c == right);
                }
                digits[i] = right;
        }
}

TEST_MAIN()
