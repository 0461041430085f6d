/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* No two simulated modules are the same, and their numbers would pass a check of their own. */

#include "fotasim/identity.h"

#include "test.h"

static unsigned luhn(const char *digits) {
        size_t n = strlen(digits);
        unsigned sum = 0;

        for (size_t i = 0; i < n; i++) {
                unsigned digit = (unsigned) (digits[n - 1 - i] - '0');

                digit *= i % 2 == 1 ? 2 : 1;
                sum += digit > 9 ? digit - 9 : digit;
        }
        return sum % 10;
}

TEST(first_module_is_the_scenario) {
        SimScenario a, b;

        sim_scenario_init(&a);
        b = a;
        identity_vary(&b, 0, 0);
        CHECK_INT(memcmp(&a, &b, sizeof(a)), 0);
        CHECK_INT(luhn(a.imei), 0);
        CHECK_INT(luhn(a.iccid), 0);
}

TEST(others_differ_and_keep_their_check_digits) {
        SimScenario first, other;

        sim_scenario_init(&first);
        for (unsigned i = 1; i < 40; i++) {
                other = first;
                identity_vary(&other, i / 20 * 1000, i);
                CHECK(!streq(other.imei, first.imei) && !streq(other.iccid, first.iccid));
                CHECK(!streq(other.imsi, first.imsi) &&
                      !streq(other.serial_number, first.serial_number));
                CHECK_INT(luhn(other.imei), 0);
                CHECK_INT(luhn(other.iccid), 0);
                CHECK_INT(strlen(other.imei), 15);
        }
}

TEST(what_the_scenario_names_does_not_follow_the_seed) {
        SimScenario scenario;

        sim_scenario_init(&scenario);
        (void) TEXT_COPY(scenario.imei, "490154203237518");
        identity_vary(&scenario, 77, 0);
        CHECK_STR(scenario.imei, "490154203237518");
        (void) TEXT_COPY(scenario.imei, "none");
        identity_vary(&scenario, 77, 3);
        CHECK_STR(scenario.imei, "none");
}

TEST_MAIN()
