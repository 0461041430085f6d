/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IMEI, ICCID, IMSI and serial number of simulated modules. IMEI and ICCID end in a Luhn check
 * digit, which is computed anew. An identity that does not end in digits is left alone. */

#include "fotasim/identity.h"

#include <ctype.h>

#define DIGITS_MAX 6 /* that are counted up: the rest says who made it */

/* Adds to the last digits of text[0..n). */
static void count_up(char *text, size_t n, uint64_t by) {
        for (size_t i = 0; i < DIGITS_MAX && n > 0 && isdigit((unsigned char) text[n - 1]);
             i++, n--) {
                by += (uint64_t) (text[n - 1] - '0');
                text[n - 1] = (char) ('0' + by % 10);
                by /= 10;
        }
}

static char luhn_digit(const char *text, size_t n) {
        unsigned sum = 0;

        for (size_t i = 0; i < n; i++) {
                unsigned digit = (unsigned) (text[n - 1 - i] - '0') * (i % 2 == 0 ? 2 : 1);

                sum += digit / 10 + digit % 10;
        }
        return (char) ('0' + (10 - sum % 10) % 10);
}

static void vary_checked(char *text, uint64_t by) {
        size_t n = strlen(text);

        if (by == 0 || n < 2 || strspn(text, "0123456789") != n)
                return;
        count_up(text, n - 1, by);
        text[n - 1] = luhn_digit(text, n - 1);
}

static uint64_t variation(const char *value, const char *by_default, uint64_t seed, unsigned i) {
        return (streq(value, by_default) ? seed % 1000000 : 0) + i;
}

void identity_vary(SimScenario *scenario, uint64_t seed, unsigned i) {
        SimScenario defaults;

        sim_scenario_init_family(&defaults, scenario->family);
        vary_checked(scenario->imei, variation(scenario->imei, defaults.imei, seed, i));
        vary_checked(scenario->iccid, variation(scenario->iccid, defaults.iccid, seed, i));
        count_up(scenario->imsi, strlen(scenario->imsi),
                 variation(scenario->imsi, defaults.imsi, seed, i));
        count_up(scenario->serial_number, strlen(scenario->serial_number),
                 variation(scenario->serial_number, defaults.serial_number, seed, i));
}
