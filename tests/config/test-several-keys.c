/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The keys of gateways with several modules, and of jitter: what they become and their complaints.
 */

#include <stdio.h>

#include "config/config-bench.h"
#include "test.h"

#define MODULE "modules:\n  m0:\n    family: hl78xx\n    device: /dev/ttyUSB0\n"
#define UPLINK \
        "uplink: {url: 'https://as.example.com/t', as_id: a, key_file: as.key, customer_id: '1'"

TEST(gateway_keys_of_several_modules) {
        _cleanup_(settings_freep) Settings *s = NULL;
        int r;

        fresh_directory();
        write_file("as.key", "01c2e3b45a69788f1f2e3d4c5b6a7d9e", 0600);
        write_file("fotad.yaml",
                   MODULE "gateway: {soak: 30min, uplink_module: m0, other_path: {interface: "
                          "eth0.100}, trusted_time: synchronized}\n" UPLINK "}\n",
                   0644);
        s = load("fotad.yaml", &r);
        CHECK(s);
        CHECK_INT(s->gateway.soak, 30 * USEC_PER_MINUTE);
        CHECK_STR(s->gateway.uplink_module, "m0");
        CHECK_STR(s->gateway.other_interface, "eth0.100");
        CHECK_INT(s->gateway.trusted_time, TRUSTED_TIME_SYNCHRONIZED);
        remove_directory();
}

TEST(gateway_uplink_module_is_one_of_the_modules) {
        check_messages(MODULE "gateway: {uplink_module: m1}\n",
                       "f.yaml:5:26: gateway.uplink_module: no module 'm1'\n");
        check_messages("modules:\n  modem0: {family: hl78xx, device: /dev/a}\n"
                       "gateway: {uplink_module: modm0}\n",
                       "f.yaml:3:26: gateway.uplink_module: no module 'modm0', did you mean "
                       "'modem0'?\n");
        check_messages(MODULE "gateway: {uplink_module: m0, soak: 0}\n", "");
        check_messages(MODULE "gateway: {soak: soon}\n",
                       "f.yaml:5:17: gateway.soak: 'soon' is not a span of time such as 30min, 1h "
                       "30min or 14d\n");
}

TEST(gateway_other_path_wants_a_module_a_name_and_reports) {
        check_messages(MODULE "gateway: {other_path: {interface: eth0}}\n",
                       "f.yaml:5:11: gateway.other_path: wants 'uplink_module' too: the module "
                       "whose install it stands in for\n"
                       "f.yaml:5:11: gateway.other_path: wants an 'uplink': only a report that "
                       "gets through proves it\n");
        check_messages(MODULE "gateway: {uplink_module: m0, other_path: {}}\n",
                       "f.yaml:5:30: gateway.other_path: 'interface' is missing\n"
                       "f.yaml:5:30: gateway.other_path: wants an 'uplink': only a report that "
                       "gets through proves it\n");
        check_messages(MODULE "gateway: {uplink_module: m0, other_path: eth0}\n",
                       "f.yaml:5:42: gateway.other_path: wants keys: interface\n"
                       "f.yaml:5:30: gateway.other_path: 'interface' is missing\n"
                       "f.yaml:5:30: gateway.other_path: wants an 'uplink': only a report that "
                       "gets through proves it\n");
        fresh_directory();
        write_file("as.key", "01c2e3b45a69788f1f2e3d4c5b6a7d9e", 0600);
        write_file("fotad.yaml",
                   MODULE "gateway: {uplink_module: m0, other_path: {interface: eth0}}\n" UPLINK
                          ", events: []}\n",
                   0644);
        check_load(-EINVAL, "fotad.yaml:5:30: gateway.other_path: wants 'uplink.events': only a "
                            "report that gets through proves it\n");
        remove_directory();
}

static void check_interface(const char *name, const char *expected) {
        char yaml[512];

        (void) snprintf(yaml, sizeof yaml,
                        MODULE "gateway: {uplink_module: m0, other_path: {interface: %s}}\n", name);
        check_messages(yaml, expected);
}

#define NO_UPLINK                                                                              \
        "f.yaml:5:30: gateway.other_path: wants an 'uplink': only a report that gets through " \
        "proves it\n"

TEST(gateway_other_path_is_the_name_of_an_interface) {
        check_interface("wwan0", NO_UPLINK);
        check_interface("lo", "f.yaml:5:54: gateway.other_path.interface: 'lo' leads nowhere: it "
                              "is this gateway itself\n" NO_UPLINK);
        check_interface("'eth0/1'", "f.yaml:5:54: gateway.other_path.interface: 'eth0/1' is not "
                                    "the name of a network interface such as eth0\n" NO_UPLINK);
        check_interface("a-name-too-long0", "f.yaml:5:54: gateway.other_path.interface: "
                                            "'a-name-too-long0' is not the name of a network "
                                            "interface such as eth0\n" NO_UPLINK);
}

TEST(jitter_must_leave_what_fits) {
        check_messages(MODULE "policies: {p: {install: {windows: ['02:00-04:00'], jitter: 1h "
                              "45min}}}\n",
                       "");
        check_messages(MODULE "policies: {p: {install: {windows: ['02:00-04:00', '05:00-09:00'], "
                              "jitter: 1h 46min}}}\n",
                       "f.yaml:5:36: policies.p.install.windows: 02:00-04:00 has no room for "
                       "jitter: 1h 46min and fits: 15min\n");
        check_messages(MODULE "policies: {p: {install: {windows: ['23:00-24:00', '00:00-01:00'], "
                              "jitter: 1h 45min}}}\n",
                       ""); /* they open once */
        check_messages(MODULE "policies: {p: {download: {windows: ['02:00-03:00'], jitter: 1h}}}\n",
                       "f.yaml:5:37: policies.p.download.windows: 02:00-03:00 has no room for "
                       "jitter: 1h\n");
        check_messages(MODULE "policies: {p: {download: {windows: ['02:00-03:00'], jitter: "
                              "59min}}}\n",
                       "");
        check_messages(MODULE "policies: {p: {install: {windows: ['02:00-02:10'], jitter: 1h}}}\n",
                       "f.yaml:5:36: policies.p.install.windows: 02:00-02:10 is shorter than an "
                       "install needs (fits: 15min)\n");
}

TEST(jitter_must_leave_what_fits_on_every_day) {
        check_messages(MODULE "policies: {p: {download: {windows: ['Mon 02:00-04:00', "
                              "'02:00-02:30'], jitter: 1h}}}\n",
                       "f.yaml:5:56: policies.p.download.windows: 02:00-02:30 has no room for "
                       "jitter: 1h\n");
}

TEST(jitter_wants_windows) {
        check_messages(MODULE "policies: {p: {install: {jitter: 5min}}}\n",
                       "f.yaml:5:34: policies.p.install.jitter: wants 'windows' too: it spreads "
                       "their beginning\n");
        check_messages(MODULE "policies: {p: {install: {windows: ['02:00-04:00'], jitter: 2d}}}\n",
                       "f.yaml:5:60: policies.p.install.jitter: '2d' is out of range, 0 to 1d\n");
        /* a reboot has the windows of the install */
        check_messages(MODULE "policies: {p: {install: {windows: ['02:00-04:00']}, reboot: "
                              "{jitter: 3h}}}\n",
                       "f.yaml:5:70: policies.p.reboot.jitter: 02:00-04:00 has no room for "
                       "jitter: 3h\n");
}

TEST_MAIN()
