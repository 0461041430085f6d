/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where a server listens, as a text and back. */

#include "base/address.h"
#include "test.h"

static void check_round(const char *text, bool local) {
        char again[ADDRESS_TEXT_MAX];
        Address address;

        CHECK_INT(address_from_string(text, &address), 0);
        CHECK_STR(address_to_string(again, &address), text);
        CHECK_INT(address_is_local(&address), local);
}

TEST(addresses_are_read_and_written) {
        check_round("127.0.0.1:8080", true);
        check_round("127.9.8.7:1", true);
        check_round("0.0.0.0:65535", false);
        check_round("192.0.2.1:443", false);
        check_round("[::1]:8443", true);
        check_round("[::]:8443", false);
        check_round("[2001:db8::1]:8443", false);
        check_round("[::ffff:127.0.0.1]:8443", true);
        check_round("[::ffff:192.0.2.1]:8443", false);
        check_round("unix:/run/fotad/downlink.sock", true);
}

TEST(what_is_no_address_is_refused) {
        static const char *const texts[] = {
                "",
                ":",
                ":8080",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:0",
                "1.2.3.4:65536",
                "1.2.3.4:080808",
                "1.2.3.4:+1",
                "1.2.3.4:1 ",
                "localhost:80",
                "::1:80",
                "[::1]",
                "[::1:80",
                "[]:80",
                "[::1]80",
                "[:80",
                "*:80",
                "unix:",
                "unix:relative",
                "unix:@abstract",
                "/run/x",
        };
        Address address;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                if (address_from_string(texts[i], &address) != -EINVAL)
                        CHECK_STR(texts[i], "should be no address");
}

TEST(path_that_is_too_long_is_refused) {
        char text[256] = "unix:/";
        Address address;

        memset(text + 6, 'x', 107 - 1);
        CHECK_INT(address_from_string(text, &address), 0);
        memset(text + 6, 'x', 108 - 1);
        CHECK_INT(address_from_string(text, &address), -ENAMETOOLONG);
}

TEST_MAIN()
