/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/luhn.h"

#include <ctype.h>
#include <string.h>

bool luhn_holds(const char *digits) {
        const size_t n = strlen(digits);
        int sum = 0;

        for (size_t i = 0; i < n; i++) {
                if (!isdigit((unsigned char) digits[n - 1 - i]))
                        return false;
                const int digit = (digits[n - 1 - i] - '0') * (i % 2 == 0 ? 1 : 2);

                sum += digit / 10 + digit % 10;
        }
        return n >= 2 && sum % 10 == 0;
}
