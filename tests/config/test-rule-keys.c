/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The keys of policies that name versions, deadlines and the radio: their complaints. */

#include "config/config-bench.h"
#include "config/schema.h"
#include "test.h"

#define MODULE "modules:\n  m0:\n    family: hl78xx\n    device: /dev/ttyUSB0\n"
#define PACKAGES                                                                                  \
        "packages: [{family: hl78xx, from: 4.4, to: 4.5, file: " TEST_FILE(                       \
                "README.md") ", sha256: "                                                         \
                             "0000000000000000000000000000000000000000000000000000000000000000}]" \
                             "\n"

TEST(rule_keys_of_versions) {
        check_messages(MODULE "policies: {p: {from: {allow: [], deny: ['>=4.4.*', '', [4.4]]}}}\n",
                       "f.yaml:5:30: policies.p.from.allow: names no version; leave it out if "
                       "every version will do\n"
                       "f.yaml:5:41: policies.p.from.deny: '>=4.4.*' names no versions as "
                       "\"HL7800.4.5.*\" or \">=4.4 <4.6\" do\n"
                       "f.yaml:5:52: policies.p.from.deny: '' names no versions as "
                       "\"HL7800.4.5.*\" or \">=4.4 <4.6\" do\n"
                       "f.yaml:5:56: policies.p.from.deny: '...' names no versions as "
                       "\"HL7800.4.5.*\" or \">=4.4 <4.6\" do\n");
        check_messages(MODULE "policies: {p: {from: {alow: [4.4]}}}\n",
                       "f.yaml:5:23: policies.p.from.alow: unknown key, did you mean 'allow'?\n");
        check_messages(MODULE "policies: {p: {from: [4.4]}}\n",
                       "f.yaml:5:22: policies.p.from: wants keys: allow, deny\n");
        check_messages(MODULE "policies: {p: {from: {deny: [1, 2, 3, 4, 5, 6, 7, 8, 9]}}}\n",
                       "f.yaml:5:54: policies.p.from.deny: too many versions, at most 8\n");
}

TEST(rule_keys_to_without_packages_warns) {
        static const char *const text =
                "warning: f.yaml:5:20: policies.p.to: no module tells to which version an update "
                "over the air leads, and there are no 'packages': holds nothing back\n";

        check_messages(MODULE "policies: {p: {to: {deny: ['4.6.*']}}}\n", text);
        check_messages(MODULE "policies: {p: {to: {allow: ['4.6.*']}}}\n", text);
        check_messages(MODULE "policies: {p: {to: {deny: []}}}\n", "");
        check_messages(MODULE PACKAGES "policies: {p: {to: {deny: ['4.6.*']}}}\n", "");
}

TEST(rule_keys_of_no_window) {
        check_messages(MODULE "policies: {p: {install: {windows: []}, reboot: {windows: []}}}\n",
                       "f.yaml:5:35: policies.p.install.windows: names no window; leave it out for "
                       "always, 'decision: defer' is never\n");
}

TEST(rule_keys_of_deadlines) {
        check_messages(MODULE "policies: {p: {install: {deadline: 30s, on_deadline: refuse}}}\n",
                       "f.yaml:5:36: policies.p.install.deadline: '30s' is out of range, 1min to "
                       "3650d\n"
                       "f.yaml:5:54: policies.p.install.on_deadline: 'refuse' is not known\n");
        check_messages(MODULE "policies: {p: {install: {on_deadline: force}}}\n",
                       "f.yaml:5:39: policies.p.install.on_deadline: wants 'deadline' too\n");
        check_messages(MODULE "policies: {p: {uninstall: {deadline: 14d}}}\n",
                       "f.yaml:5:38: policies.p.uninstall.deadline: an uninstall is never accepted "
                       "without a person\n");
        check_messages(MODULE "policies: {p: {connect: {deadline: 1h, on_deadline: ask}}}\n", "");
}

TEST(rule_keys_of_the_radio) {
        check_messages(MODULE "policies: {p: {install: {require: {min_rssi_dbm: 105, roaming: "
                              "never}}}}\n",
                       "f.yaml:5:50: policies.p.install.require.min_rssi_dbm: '105' is not a "
                       "signal in dBm from -113 to -51\n"
                       "f.yaml:5:64: policies.p.install.require.roaming: 'never' is neither true "
                       "nor false\n");
        check_messages(MODULE "policies: {p: {install: {require: {min_rssi_dbm: -114}}}}\n",
                       "f.yaml:5:50: policies.p.install.require.min_rssi_dbm: '-114' is not a "
                       "signal in dBm from -113 to -51\n");
        check_messages(MODULE "policies: {p: {connect: {require: {roaming: false}}}}\n",
                       "f.yaml:5:35: policies.p.connect.require: means something for download and "
                       "install only\n");
        check_messages(MODULE "policies: {p: {download: {require: {roaming: true, min_rssi_dbm: "
                              "-113}}}}\n",
                       "");
}

TEST(rule_keys_of_the_clock) {
        check_messages(MODULE "gateway: {trusted_time: synchronized}\n", "");
        check_messages(MODULE "gateway: {trusted_time: synchronised}\n",
                       "f.yaml:5:25: gateway.trusted_time: 'synchronised' is not known, did you "
                       "mean 'synchronized'?\n");
        check_messages(MODULE "gateway: {trusted_time: plausibel}\n",
                       "f.yaml:5:25: gateway.trusted_time: 'plausibel' is not known, did you mean "
                       "'plausible'?\n");
        check_messages(MODULE "gateway: {trusted_time: plausible}\n", "");
}

/* The audit trail tells which rules decided by the version of the policy: every key must change it.
 */
TEST(rule_keys_are_part_of_the_policy_s_version) {
        static const struct {
                const char *key, *yaml; /* the key's end, and a value that is no default */
        } samples[] = {
                { ".decision", "{install: {decision: defer}}" },
                { ".windows", "{install: {windows: ['Sat 02:00-04:00']}}" },
                { ".max_size", "{install: {max_size: 2M}}" },
                { ".defer", "{install: {defer: 45min}}" },
                { ".jitter", "{install: {windows: [\"01:00-05:00\"], jitter: 20min}}" },
                { ".fits", "{install: {fits: 20min}}" },
                { ".min_rssi_dbm", "{install: {require: {min_rssi_dbm: -100}}}" },
                { ".roaming", "{install: {require: {roaming: false}}}" },
                { ".deadline", "{install: {deadline: 5d}}" },
                { ".on_deadline", "{install: {deadline: 5d, on_deadline: force}}" },
                { "from.allow", "{from: {allow: ['4.*']}}" },
                { "from.deny", "{from: {deny: ['4.*']}}" },
                { "to.allow", "{to: {allow: ['4.*']}}" },
                { "to.deny", "{to: {deny: ['4.*']}}" },
        };
        char yaml[1024], seen[ELEMENTSOF(samples) + 1][POLICY_VERSION_MAX];
        size_t n_rows = 0;

        for (size_t i = 0; i < schema_n_rows; i++) {
                const char *path = schema_rows[i].path;
                bool sampled = false;

                if (!text_starts_with(path, "policies.") || !schema_rows[i].read)
                        continue;
                n_rows++;
                for (size_t k = 0; k < ELEMENTSOF(samples); k++)
                        sampled |=
                                strlen(path) > strlen(samples[k].key) &&
                                streq(path + strlen(path) - strlen(samples[k].key), samples[k].key);
                if (!sampled)
                        (void) fprintf(stderr, "%s: no sample; is it in policy_write()?\n", path);
                CHECK(sampled);
        }
        CHECK_INT(n_rows, ELEMENTSOF(samples));
        for (size_t k = 0; k <= ELEMENTSOF(samples); k++) {
                _cleanup_(settings_freep) Settings *settings = NULL;

                (void) snprintf(yaml, sizeof(yaml), MODULE "    policy: p\npolicies: {p: %s}\n",
                                k < ELEMENTSOF(samples) ? samples[k].yaml : "{}");
                settings = parse(yaml);
                CHECK(settings);
                (void) policy_version(&settings->modules[0].policy, seen[k]);
                for (size_t i = 0; i < k; i++)
                        CHECK(!streq(seen[i], seen[k]));
        }
}

TEST(history_is_kept_for_a_time) {
        _cleanup_(settings_freep) Settings *settings = parse(MODULE "history: {keep: 90d}\n");

        CHECK(settings);
        CHECK_INT(settings->history_keep, 90 * USEC_PER_DAY);
        check_messages(MODULE "history: {keep: 10min}\n",
                       "f.yaml:5:17: history.keep: '10min' is out of range, 1d to 3650d\n");
        check_messages(MODULE "history: {kep: 90d}\n",
                       "f.yaml:5:11: history.kep: unknown key, did you mean 'keep'?\n");
}

TEST_MAIN()
