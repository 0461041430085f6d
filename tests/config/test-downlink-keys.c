/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The keys of `downlink`: what is read, and every complaint. */

#include <stdio.h>

#include "config/config-bench.h"
#include "test.h"

#define HEAD                                                                        \
        "modules: {m0: {family: hl78xx, device: /dev/ttyUSB0}}\n"                   \
        "uplink: {url: \"https://as.example.com/\", as_id: a, customer_id: \"1\", " \
        "key_file: as.key}\n"

static void files(void) {
        fresh_directory();
        write_file("as.key", "01c2e3b45a69788f1f2e3d4c5b6a7d9e\n", 0600);
        write_file("gw.pem", "x", 0644);
        write_file("gw.key", "x", 0640);
}

static Settings *settings_with(const char *yaml) {
        char text[2048];
        int r;

        files();
        (void) snprintf(text, sizeof text, HEAD "%s", yaml);
        write_file("fotad.yaml", text, 0644);
        return load("fotad.yaml", &r);
}

static void check_complaints(const char *yaml, const char *expected) {
        char text[2048];

        files();
        (void) snprintf(text, sizeof text, HEAD "%s", yaml);
        write_file("fotad.yaml", text, 0644);
        check_load(expected[0] ? -EINVAL : 0, expected);
        remove_directory();
}

TEST(downlink_keys_have_defaults) {
        _cleanup_(settings_freep) Settings *off = settings_with("");
        _cleanup_(settings_freep) Settings *on = settings_with("downlink: {}\n");

        CHECK(off && on);
        CHECK(!off->downlink.enabled);
        CHECK(on->downlink.enabled);
        CHECK_STR(on->downlink.listen, "");
        CHECK_STR(on->downlink.certificate_file, "");
        CHECK_INT(on->downlink.max_deviation, 5 * USEC_PER_MINUTE);
        CHECK_INT(on->downlink.queue_length, 5);
        CHECK_INT(on->downlink.rate_per_minute, 10);
        CHECK_INT(on->downlink.rate_burst, 5);
        CHECK(on->downlink.confirmed);
        CHECK(!on->downlink.strict_fcnt);
        remove_directory();
}

TEST(downlink_keys_are_read) {
        _cleanup_(settings_freep) Settings *s = settings_with(
                "downlink:\n"
                "  {listen: \"[::]:8443\", certificate_file: gw.pem, private_key_file: gw.key,\n"
                "   max_deviation: 30s, queue_length: 7, rate: {per_minute: 60, burst: 20},\n"
                "   confirmed: false, strict_fcnt: true}\n");

        CHECK_STR(messages, "");
        CHECK(s);
        CHECK_STR(s->downlink.listen, "[::]:8443");
        CHECK(strstr(s->downlink.certificate_file, "/gw.pem"));
        CHECK(strstr(s->downlink.private_key_file, "/gw.key"));
        CHECK_INT(s->downlink.max_deviation, 30 * USEC_PER_SEC);
        CHECK_INT(s->downlink.queue_length, 7);
        CHECK_INT(s->downlink.rate_per_minute, 60);
        CHECK_INT(s->downlink.rate_burst, 20);
        CHECK(!s->downlink.confirmed);
        CHECK(s->downlink.strict_fcnt);
        remove_directory();
}

TEST(downlink_keys_listen_where_only_we_are_without_tls) {
        check_complaints("downlink: {listen: \"127.0.0.1:8080\"}\n", "");
        check_complaints("downlink: {listen: \"[::1]:8080\"}\n", "");
        check_complaints("downlink: {listen: \"unix:/run/fotad/downlink.sock\"}\n", "");
        check_complaints("downlink: {listen: \"0.0.0.0:8080\"}\n",
                         "fotad.yaml:3:20: downlink.listen: '0.0.0.0:8080' can be reached by "
                         "others and wants 'certificate_file' and 'private_key_file'; without them "
                         "only loopback addresses and unix sockets\n");
        check_complaints("downlink: {listen: \"[::]:8080\", certificate_file: gw.pem, "
                         "private_key_file: gw.key}\n",
                         "");
}

TEST(downlink_keys_have_complaints) {
        static const char *const texts[] = { "8443", "gw.example.com:8443", "*:8443",
                                             "[::]", "127.0.0.1:0",         "unix:downlink.sock" };
        char yaml[256], expected[256], path[128];

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                (void) snprintf(yaml, sizeof yaml, "downlink: {listen: \"%s\"}\n", texts[i]);
                (void) snprintf(expected, sizeof expected,
                                "fotad.yaml:3:20: downlink.listen: '%s' is not an address such as "
                                "[::]:8443, 127.0.0.1:8080 or unix:/run/fotad/downlink.sock\n",
                                texts[i]);
                check_complaints(yaml, expected);
        }
        (void) snprintf(path, sizeof path, "%0120d", 0);
        (void) snprintf(yaml, sizeof yaml, "downlink: {listen: \"unix:/%s\"}\n", path);
        check_complaints(yaml, "fotad.yaml:3:20: downlink.listen: the path is too long for a "
                               "socket\n");
        check_complaints("downlink: {max_deviation: 0, queue_length: 0, rate: {per_minute: 0, "
                         "burst: x}, confirmed: perhaps}\n",
                         "fotad.yaml:3:27: downlink.max_deviation: '0' is out of range, 1s to 1d\n"
                         "fotad.yaml:3:44: downlink.queue_length: '0' is not a number from 1 to "
                         "100\n"
                         "fotad.yaml:3:66: downlink.rate.per_minute: '0' is not a number from 1 "
                         "to 6000\n"
                         "fotad.yaml:3:76: downlink.rate.burst: 'x' is not a number from 1 to "
                         "1000\n"
                         "fotad.yaml:3:91: downlink.confirmed: 'perhaps' is neither true nor "
                         "false\n");
        check_complaints("downlink: {port: 1}\n", "fotad.yaml:3:12: downlink.port: unknown key\n");
}

TEST(downlink_keys_of_tls_go_together) {
        check_complaints("downlink: {listen: \"[::1]:8443\", certificate_file: gw.pem}\n",
                         "fotad.yaml:3:52: downlink.certificate_file: wants 'private_key_file' "
                         "too\n");
        check_complaints("downlink: {listen: \"[::1]:8443\", private_key_file: gw.key}\n",
                         "fotad.yaml:3:52: downlink.private_key_file: wants 'certificate_file' "
                         "too\n");
        files();
        write_file("open.key", "x", 0644);
        write_file("fotad.yaml",
                   HEAD "downlink: {certificate_file: gw.pem, private_key_file: open.key}\n", 0644);
        check_load(-EINVAL, "fotad.yaml:3:56: downlink.private_key_file: open.key can be used by "
                            "everybody: chmod o= open.key\n");
        write_file("fotad.yaml",
                   HEAD "downlink: {certificate_file: none.pem, private_key_file: gw.key}\n", 0644);
        check_load(-EINVAL, "fotad.yaml:3:30: downlink.certificate_file: none.pem can not be "
                            "read: No such file or directory\n");
        remove_directory();
}

TEST(downlink_keys_want_the_uplink) {
        check_messages("modules: {m0: {family: hl78xx, device: /dev/ttyUSB0}}\n"
                       "downlink: {listen: \"127.0.0.1:8080\"}\n",
                       "f.yaml:2:1: downlink: wants 'uplink' too: its as_id and key_file say who "
                       "may send commands, and what became of them is a report\n");
}

TEST_MAIN()
