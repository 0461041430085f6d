/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The configuration: what is read, and every complaint with its exact place. Files with secrets are
 * written below $TMPDIR. */

#include <stdio.h>
#include <sys/stat.h>

#include "config/config-bench.h"
#include "config/schema.h"
#include "test.h"

#define MODULE "modules:\n  m0:\n    family: hl78xx\n    device: /dev/ttyUSB0\n"
/* One line more for the module, line 5; the error belongs to its value. */
static void check_module_line(const char *line, const char *expected) {
        char yaml[1024], whole[1024];

        (void) snprintf(yaml, sizeof yaml, MODULE "    %s\n", line);
        (void) snprintf(whole, sizeof whole, "f.yaml:5:%s\n", expected);
        check_messages(yaml, whole);
}

TEST(config_defaults) {
        _cleanup_(settings_freep) Settings *s = NULL;

        (void) unsetenv("STATE_DIRECTORY");
        s = parse(MODULE);
        CHECK(s);
        CHECK_STR(messages, "");
        CHECK_STR(s->control.socket, "/run/fotad/control.sock");
        CHECK_STR(s->control.group, "fotad");
        CHECK_STR(s->state_directory, "/var/lib/fotad");
        CHECK_INT(s->gateway.concurrent_installs, 1);
        CHECK_INT(s->gateway.keep_online, 0);
        CHECK_STR(s->gateway.timezone, "");
        CHECK_INT(s->gateway.trusted_time, TRUSTED_TIME_PLAUSIBLE);
        CHECK(!s->uplink.enabled);
        CHECK_INT(s->uplink.events, EVENT_CLASS_FOTA | EVENT_CLASS_ALERTS | EVENT_CLASS_STATUS);
        CHECK_INT(s->uplink.reports, REPORT_KINDS_ALL);
        CHECK_INT(s->uplink.status_interval, USEC_PER_DAY);
        CHECK_STR(s->uplink.proxy, "");
        CHECK(!s->gateway.location.set);
        CHECK_INT(s->uplink.spool_max_reports, 100000);
        CHECK_INT(s->uplink.spool_max_age, 30 * USEC_PER_DAY);
        CHECK_INT(s->history_keep, 400 * USEC_PER_DAY);
        CHECK_INT(s->n_modules, 1);
        CHECK_STR(s->modules[0].name, "m0");
        CHECK(s->modules[0].family == family_find("hl78xx"));
        CHECK_INT(s->modules[0].baud_rate, 115200);
        CHECK(!s->modules[0].rts_cts);
        CHECK_INT(s->modules[0].family_settings.pdp_context, 1);
        CHECK_INT(s->modules[0].session_mode, SESSION_ON_DEMAND);
        CHECK_INT(s->modules[0].session_idle, 10 * USEC_PER_MINUTE);
        CHECK_INT(s->modules[0].session_renew, 0);
        CHECK_INT(s->modules[0].family_settings.poll_minutes, 0);
        CHECK_INT(s->modules[0].family_settings.n_retry_timers, 0);
        CHECK_INT(s->modules[0].family_settings.xmodem_pad, 0x1A);
        CHECK_INT(s->n_packages, 0);
        CHECK_STR(s->modules[0].policy.name, "");
        CHECK_INT(s->modules[0].policy.actions[ACTION_INSTALL].decision, DECISION_ASK);
        CHECK_STR(s->modules[0].dev_eui, "");
        CHECK(!s->modules[0].class_a && !s->modules[0].no_downlink);
}

TEST(config_state_directory_comes_from_the_service_manager) {
        _cleanup_(settings_freep) Settings *s = NULL, *own = NULL;

        CHECK_INT(setenv("STATE_DIRECTORY", "/var/lib/private/fotad:/other", 1), 0);
        s = parse(MODULE);
        own = parse("state_directory: /srv/fotad\n" MODULE);
        (void) unsetenv("STATE_DIRECTORY");
        CHECK_STR(s->state_directory, "/var/lib/private/fotad");
        CHECK_STR(own->state_directory, "/srv/fotad");
}

TEST(config_every_key_is_read) {
        _cleanup_(settings_freep) Settings *s = NULL;
        const ModuleSettings *m;

        fresh_directory();
        write_file("as.key", "01C2E3B4-5A69788F-1F2E3D4C-5B6A7D9E\n", 0640);
        write_file("pin", "1234\r\n", 0600);
        write_file("ca.pem", "x", 0644);
        write_file("gw.pem", "x", 0644);
        write_file("gw.key", "x", 0600);
        write_file("a.ua", "x", 0600);
        write_file(
                "fotad.yaml",
                "control: {socket: /tmp/c.sock, group: dialout}\n"
                "state_directory: /tmp/state\n"
                "gateway: {concurrent_installs: 2, keep_online: 1, timezone: UTC, trusted_time: "
                "none}\n"
                "modules:\n"
                "  modem0:\n"
                "    {family: hl78xx, device: /dev/a, baud_rate: 921600, flow_control: rts-cts, "
                "imei: \"490154203237518\",\n"
                "     apn: iot.example.com, pdp_context: 2, sim_pin_file: pin, session: {mode: "
                "on-demand, idle: 1h 30min,\n"
                "     retry_timers: [15min, 1h]}, xmodem: {pad_byte: 0xff},\n"
                "     policy: nightly, dev_eui: 000000000f1d8693, class: A, downlink: false}\n"
                "  Modem_1-b: {family: hl78xx, device: /dev/b, session: {mode: always, renew: "
                "25min}}\n"
                "  modem2: {family: hl78xx, device: /dev/c, session: {mode: poll, interval: "
                "1d}}\n"
                "packages:\n"
                "  - {family: hl78xx, from: HL7800.4.4.14.0, to: HL7800.4.5.4.0, file: a.ua,\n"
                "     sha256: "
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAbbbbbbbbbbbbbbbbbbbbbbbbbb012345}\n"
                "policies:\n"
                "  nightly:\n"
                "    from: {allow: [\">=4.4 <4.7\"], deny: [HL7800.4.5.*, 4.6.8.0]}\n"
                "    to: {deny: [HL7800.4.6.8.*]}\n"
                "    connect: {decision: accept}\n"
                "    download: {decision: accept, windows: [\"Mon..Sun 01:00-05:00\"], "
                "max_size: 2M, defer: 30min,\n"
                "               require: {min_rssi_dbm: -105, roaming: false}}\n"
                "    install: {decision: ask, windows: [\"Sat,Sun 02:00-04:00\", 22:00-23:00], "
                "defer: 1h, fits: 20min,\n"
                "              deadline: 14d, on_deadline: force}\n"
                "    uninstall: {decision: defer}\n"
                "uplink:\n"
                "  {url: \"https://as.example.com/tunnel\", as_id: app1.sample.com, key_file: "
                "as.key, customer_id: \"100000507\",\n"
                "   profile: UPHTTP_LAB_LORA, lrc_id: \"00000065\", lrr_id: \"08040059\", "
                "format: xml, ca_file: ca.pem,\n"
                "   certificate_file: gw.pem, private_key_file: gw.key, events: [fota, alerts],\n"
                "   status_interval: 12h, reports: [uplink, notification], proxy: environment,\n"
                "   spool: {max_reports: 1000, max_age: 7d}}\n",
                0644);
        int r;
        s = load("fotad.yaml", &r);
        CHECK_STR(messages, "");
        CHECK(s);
        CHECK_STR(s->control.socket, "/tmp/c.sock");
        CHECK_STR(s->control.group, "dialout");
        CHECK_STR(s->state_directory, "/tmp/state");
        CHECK_INT(s->gateway.concurrent_installs, 2);
        CHECK_INT(s->gateway.keep_online, 1);
        CHECK_STR(s->gateway.timezone, "UTC");
        CHECK_INT(s->gateway.trusted_time, TRUSTED_TIME_NONE);
        CHECK_INT(s->n_modules, 3);
        m = &s->modules[0];
        CHECK_STR(m->device, "/dev/a");
        CHECK_INT(m->baud_rate, 921600);
        CHECK(m->rts_cts);
        CHECK_STR(m->imei, "490154203237518");
        CHECK_STR(m->family_settings.apn, "iot.example.com");
        CHECK_INT(m->family_settings.pdp_context, 2);
        CHECK_STR(m->sim_pin, "1234");
        CHECK_INT(m->session_idle, 90 * USEC_PER_MINUTE);
        CHECK_INT(m->family_settings.n_retry_timers, 2);
        CHECK_INT(m->family_settings.retry_timers[0], 15);
        CHECK_INT(m->family_settings.retry_timers[1], 60);
        CHECK_INT(m->family_settings.xmodem_pad, 0xff);
        CHECK_STR(m->dev_eui, "000000000F1D8693");
        CHECK(m->class_a && m->no_downlink);
        CHECK_STR(m->policy.name, "nightly");
        CHECK_INT(m->policy.actions[ACTION_DOWNLOAD].max_size_bytes, 2 * 1024 * 1024);
        CHECK_INT(m->policy.actions[ACTION_INSTALL].decision, DECISION_ASK);
        CHECK_INT(m->policy.actions[ACTION_INSTALL].n_windows, 2);
        CHECK_INT(m->policy.actions[ACTION_INSTALL].windows[0].weekdays, 0x60);
        CHECK_INT(m->policy.actions[ACTION_INSTALL].windows[1].start_min, 22 * 60);
        CHECK_INT(m->policy.actions[ACTION_INSTALL].defer, USEC_PER_HOUR);
        CHECK_INT(m->policy.actions[ACTION_INSTALL].fits, 20 * USEC_PER_MINUTE);
        CHECK_INT(m->policy.actions[ACTION_INSTALL].deadline, 14 * USEC_PER_DAY);
        CHECK_INT(m->policy.actions[ACTION_INSTALL].on_deadline, DEADLINE_FORCE);
        CHECK_INT(m->policy.actions[ACTION_UNINSTALL].decision, DECISION_DEFER);
        CHECK_INT(m->policy.actions[ACTION_DOWNLOAD].min_rssi_dbm, -105);
        CHECK(m->policy.actions[ACTION_DOWNLOAD].no_roaming);
        CHECK(!m->policy.actions[ACTION_INSTALL].no_roaming);
        CHECK_INT(m->policy.from.allow.n, 1);
        CHECK_STR(m->policy.from.allow.patterns[0], ">=4.4 <4.7");
        CHECK_INT(m->policy.from.deny.n, 2);
        CHECK_STR(m->policy.from.deny.patterns[1], "4.6.8.0");
        CHECK_INT(m->policy.to.allow.n, 0);
        CHECK_STR(m->policy.to.deny.patterns[0], "HL7800.4.6.8.*");
        CHECK_STR(s->modules[1].name, "Modem_1-b");
        CHECK_INT(s->modules[1].session_mode, SESSION_ALWAYS);
        CHECK_INT(s->modules[1].session_renew, 25 * USEC_PER_MINUTE);
        CHECK_INT(s->modules[2].session_mode, SESSION_POLL);
        CHECK_INT(s->modules[2].family_settings.poll_minutes, 1440);
        CHECK_INT(s->n_packages, 1);
        CHECK_STR(s->packages[0].family, "hl78xx");
        CHECK_STR(s->packages[0].from, "HL7800.4.4.14.0");
        CHECK_STR(s->packages[0].to, "HL7800.4.5.4.0");
        CHECK(s->packages[0].file[0] == '/' && strstr(s->packages[0].file, "/a.ua"));
        CHECK_STR(s->packages[0].sha256,
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbb012345");
        CHECK(s->uplink.enabled);
        CHECK_STR(s->uplink.url, "https://as.example.com/tunnel");
        CHECK_STR(s->uplink.as_id, "app1.sample.com");
        CHECK_STR(s->uplink.key, "01c2e3b45a69788f1f2e3d4c5b6a7d9e");
        CHECK_STR(s->uplink.customer_id, "100000507");
        CHECK_STR(s->uplink.profile, "UPHTTP_LAB_LORA");
        CHECK_STR(s->uplink.lrc_id, "00000065");
        CHECK_STR(s->uplink.lrr_id, "08040059");
        CHECK_INT(s->uplink.format, UPLINK_FORMAT_XML);
        CHECK_INT(s->uplink.events, EVENT_CLASS_FOTA | EVENT_CLASS_ALERTS);
        CHECK_INT(s->uplink.status_interval, 12 * USEC_PER_HOUR);
        CHECK_INT(s->uplink.reports, 1U << REPORT_UPLINK | 1U << REPORT_NOTIFICATION);
        CHECK_STR(s->uplink.proxy, "environment");
        CHECK_INT(s->uplink.spool_max_reports, 1000);
        CHECK_INT(s->uplink.spool_max_age, 7 * USEC_PER_DAY);
        CHECK(strstr(s->uplink.ca_file, "/ca.pem") && s->uplink.ca_file[0] == '/');
        CHECK(strstr(s->uplink.private_key_file, "/gw.key"));
        remove_directory();
}

TEST(config_location_is_whole_and_on_earth) {
        _cleanup_(settings_freep) Settings *s =
                parse("gateway: {location: {latitude: 48.874931, longitude: -2.3336739}}\n");

        CHECK(s);
        CHECK(s->gateway.location.set && !s->gateway.location.has_altitude);
        CHECK_INT(s->gateway.location.latitude, 48874931);
        CHECK_INT(s->gateway.location.longitude, -2333673);
        CHECK_INT(s->uplink.location.latitude, 48874931);
        check_messages(MODULE "gateway: {location: {latitude: 90.000001, longitude: 180}}\n",
                       "f.yaml:5:32: gateway.location.latitude: '90.000001' is not a number from "
                       "-90 to 90 such as 48.874931\n");
        check_messages(MODULE "gateway: {location: {latitude: 48N, longitude: 1e2}}\n",
                       "f.yaml:5:32: gateway.location.latitude: '48N' is not a number from -90 to "
                       "90 such as 48.874931\n"
                       "f.yaml:5:48: gateway.location.longitude: '1e2' is not a number from -180 "
                       "to 180 such as 48.874931\n");
        check_messages(MODULE "gateway: {location: {altitude: 50}}\n",
                       "f.yaml:5:11: gateway.location: 'latitude' is missing\n"
                       "f.yaml:5:11: gateway.location: 'longitude' is missing\n");
}

TEST(config_reboot_follows_install_in_what_it_does_not_set) {
        _cleanup_(settings_freep) Settings *s =
                parse("policies:\n"
                      "  a:\n    reboot: {decision: accept, on_deadline: ask}\n    install: "
                      "{decision: defer, "
                      "windows: [01:00-02:00], max_size: 1M, deadline: 1d, require: {roaming: "
                      "false, min_rssi_dbm: -99}}\n"
                      "  b:\n    install: {decision: accept}\n"
                      "  c: {}\n"
                      "  d:\n"
                      "modules:\n"
                      "  a: {family: hl78xx, device: /dev/a, policy: a}\n"
                      "  b: {family: hl78xx, device: /dev/b, policy: b}\n"
                      "  c: {family: hl78xx, device: /dev/c, policy: c}\n"
                      "  d: {family: hl78xx, device: /dev/d, policy: d}\n");
        const ActionPolicy *reboot;

        CHECK_STR(messages, "");
        reboot = &s->modules[0].policy.actions[ACTION_REBOOT];
        CHECK_INT(reboot->decision, DECISION_ACCEPT);
        CHECK_INT(reboot->n_windows, 1);
        CHECK_INT(reboot->max_size_bytes, 0);
        CHECK_INT(reboot->deadline, USEC_PER_DAY);
        CHECK_INT(reboot->on_deadline, DEADLINE_ASK);
        CHECK(!reboot->no_roaming && reboot->min_rssi_dbm == 0);
        CHECK_INT(s->modules[1].policy.actions[ACTION_REBOOT].decision, DECISION_ACCEPT);
        for (int i = 2; i < 4; i++) {
                CHECK_INT(s->modules[i].policy.actions[ACTION_CONNECT].decision, DECISION_ACCEPT);
                CHECK_INT(s->modules[i].policy.actions[ACTION_REBOOT].decision, DECISION_ASK);
        }
}

TEST(config_unknown_keys_have_a_place_and_a_suggestion) {
        check_messages("modules:\n  modem0:\n    familly: hl78xx\n    device: /dev/a\n",
                       "f.yaml:3:5: modules.modem0.familly: unknown key, did you mean 'family'?\n"
                       "f.yaml:2:3: modules.modem0: 'family' is missing\n");
        check_messages("contrl: {}\n" MODULE,
                       "f.yaml:1:1: contrl: unknown key, did you mean 'control'?\n");
        check_messages(MODULE "policies:\n  p:\n    instal: {}\n",
                       "f.yaml:7:5: policies.p.instal: unknown key, did you mean 'install'?\n");
        check_messages(MODULE "policies: {p: {install: {decission: ask}}}\n",
                       "f.yaml:5:26: policies.p.install.decission: unknown key, did you mean "
                       "'decision'?\n");
        check_messages(MODULE "    sessions: {}\n",
                       "f.yaml:5:5: modules.m0.sessions: unknown key, did you mean 'session'?\n");
        check_messages(MODULE "    session: {intervall: 1d}\n",
                       "f.yaml:5:15: modules.m0.session.intervall: unknown key, did you mean "
                       "'interval'?\n");
        check_messages(MODULE "    session: {retry_timer: [1h]}\n",
                       "f.yaml:5:15: modules.m0.session.retry_timer: unknown key, did you mean "
                       "'retry_timers'?\n");
        check_messages(MODULE "    xmodem: {padbyte: 0}\n",
                       "f.yaml:5:14: modules.m0.xmodem.padbyte: unknown key, did you mean "
                       "'pad_byte'?\n");
        check_messages(MODULE "package: []\n",
                       "f.yaml:5:1: package: unknown key, did you mean 'packages'?\n");
        check_messages(MODULE "    session: {mod: always}\n",
                       "f.yaml:5:15: modules.m0.session.mod: unknown key, did you mean 'mode'?\n");
        check_messages(MODULE "    zzz: 1\n    session.mode: always\n    '*': 1\n",
                       "f.yaml:5:5: modules.m0.zzz: unknown key\n"
                       "f.yaml:6:5: modules.m0.session.mode: unknown key\n"
                       "f.yaml:7:5: modules.m0.*: unknown key\n");
        check_messages(MODULE "policies: {p: {'+': {}}}\n",
                       "f.yaml:5:16: policies.p.+: unknown key\n");
}

TEST(config_keys_of_another_place_are_shown_it) {
        check_messages(MODULE "policies: {p: {install: {min_rssi_dbm: -95}}}\n",
                       "f.yaml:5:26: policies.p.install.min_rssi_dbm: unknown key, did you mean "
                       "'require.min_rssi_dbm'?\n");
        check_messages(MODULE "policies: {p: {windows: ['02:00-04:00']}}\n",
                       "f.yaml:5:16: policies.p.windows: unknown key, did you mean "
                       "'ACTION.windows'?\n");
        check_messages(MODULE "    keep_online: 1\n",
                       "f.yaml:5:5: modules.m0.keep_online: unknown key, did you mean "
                       "'gateway.keep_online'?\n");
        check_messages(MODULE "gateway: {device: /dev/a, deny: x}\n",
                       "f.yaml:5:11: gateway.device: unknown key, did you mean "
                       "'modules.NAME.device'?\n"
                       "f.yaml:5:27: gateway.deny: unknown key\n"); /* of several places */
}

TEST(config_keys_of_later_versions_are_told_apart) {
        for (size_t i = 0; i < schema_n_rows; i++) {
                const char *path = schema_rows[i].path;

                if (schema_rows[i].read || strchr(path, '.'))
                        continue;
                char yaml[256], expected[256];

                (void) snprintf(yaml, sizeof yaml, MODULE "%s: {a: 1}\n", path);
                (void) snprintf(expected, sizeof expected,
                                "f.yaml:5:1: %s: not available in this version\n", path);
                check_messages(yaml, expected);
        }
        check_messages(MODULE "control: {system_bus: true}\n",
                       "f.yaml:5:11: control.system_bus: not available in this version\n");
        check_messages(MODULE "policies: {p: {install: {require: {min_rsrp_dbm: -110}}}}\n",
                       "f.yaml:5:36: policies.p.install.require.min_rsrp_dbm: no module is asked "
                       "for its RSRP: use min_rssi_dbm\n");
}

/* Every row of the schema: a mapping where a value belongs, or a value where a list belongs, has
 * its own complaint. */
TEST(config_every_key_refuses_the_wrong_kind) {
        for (size_t i = 0; i < schema_n_rows; i++) {
                const ValueRow *row = &schema_rows[i];
                char yaml[512] = "", path[128] = "";
                unsigned depth = 0;

                if (!row->read)
                        continue;
                if (strncmp(row->path, "packages.", 9) == 0)
                        continue; /* entries of a list: config_packages_have_their_complaints */
                for (const char *p = row->path; *p != '\0';
                     p += strcspn(p, ".") + (p[strcspn(p, ".")] == '.')) {
                        const char *word = *p == '*' ? "x" : *p == '+' ? "install" : p;
                        int n = (int) (*p == '*' || *p == '+' ? strlen(word) : strcspn(p, "."));
                        size_t m = strlen(yaml), k = strlen(path);

                        (void) snprintf(yaml + m, sizeof yaml - m, "%s%*s%.*s:", depth ? "\n" : "",
                                        (int) depth * 2, "", n, word);
                        (void) snprintf(path + k, sizeof path - k, "%s%.*s", depth ? "." : "", n,
                                        word);
                        depth++;
                }
                (void) snprintf(yaml + strlen(yaml), sizeof yaml - strlen(yaml), " %s\n",
                                row->kind == NODE_SCALAR ? "{a: 1}" : "word");
                _cleanup_(settings_freep) Settings *s = parse(yaml);
                char expected[256];

                (void) snprintf(expected, sizeof expected, "%s: wants %s", path,
                                row->kind == NODE_SCALAR ? "one value" : "a list");
                if (!strstr(messages, expected))
                        CHECK_STR(messages, expected);
                CHECK(!s);
        }
}

TEST(config_all_errors_are_shown) {
        check_messages(
                "gateway:\n  keep_onlin: 1\n  concurrent_installs: many\nmodules:\n  a b: {}\n  "
                "m0:\n    device: ttyUSB0\n"
                "uplink:\n  url: ftp://x\n",
                "f.yaml:2:3: gateway.keep_onlin: unknown key, did you mean 'keep_online'?\n"
                "f.yaml:3:24: gateway.concurrent_installs: 'many' is not a number from 1 to 64\n"
                "f.yaml:5:3: modules.a b: not a name: 1 to 31 letters, digits, '_' or '-'\n"
                "f.yaml:7:13: modules.m0.device: 'ttyUSB0' is not an absolute path\n"
                "f.yaml:9:8: uplink.url: 'ftp://x' does not begin with https://\n"
                "f.yaml:6:3: modules.m0: 'family' is missing\n"
                "f.yaml:8:1: uplink: 'as_id' is missing\n"
                "f.yaml:8:1: uplink: 'key_file' is missing\n"
                "f.yaml:8:1: uplink: 'customer_id' is missing\n");
}

TEST(config_errors_are_capped_and_counted) {
        char yaml[8192] = MODULE;
        _cleanup_(settings_freep) Settings *s = NULL;

        for (int i = 0; i < 250; i++)
                (void) snprintf(yaml + strlen(yaml), sizeof yaml - strlen(yaml), "k%d: 1\n", i);
        s = parse(yaml);
        CHECK(!s);
        CHECK_INT(n_errors, CONFIG_ERRORS_MAX + 1);
        CHECK(strstr(messages, "... and 150 more errors\n"));
}

TEST(config_values_of_modules) {
        check_module_line(
                "baud_rate: 115201",
                "16: modules.m0.baud_rate: '115201' is not a usual baud rate such as 115200");
        check_module_line(
                "flow_control: rtscts",
                "19: modules.m0.flow_control: 'rtscts' is not known, did you mean 'rts-cts'?");
        check_module_line("imei: 49015420323751",
                          "11: modules.m0.imei: '49015420323751' is not an IMEI: 15 digits");
        check_module_line(
                "apn: a\"b",
                "10: modules.m0.apn: 'a\"b' is not an APN: letters, digits, '.', '-', '_'");
        check_module_line("pdp_context: 17",
                          "18: modules.m0.pdp_context: '17' is not a number from 1 to 16");
        check_module_line("pdp_context: -1",
                          "18: modules.m0.pdp_context: '-1' is not a number from 1 to 16");
        check_module_line("pdp_context: 1K",
                          "18: modules.m0.pdp_context: '1K' is not a number from 1 to 16");
        check_module_line("dev_eui: 12",
                          "14: modules.m0.dev_eui: '12' is not a DevEUI: 16 hexadecimal digits");
        check_module_line("class: B",
                          "12: modules.m0.class: 'B' is not a class that there is here: A or C");
        check_module_line("downlink: never",
                          "15: modules.m0.downlink: 'never' is neither true nor false");
        check_module_line(
                "session: {mode: allways}",
                "21: modules.m0.session.mode: 'allways' is not known, did you mean 'always'?");
        check_module_line("session: {idle: soon}", "21: modules.m0.session.idle: 'soon' is not a "
                                                   "span of time such as 30min, 1h 30min or 14d");
        check_module_line("session: {idle: 1s}",
                          "21: modules.m0.session.idle: '1s' is out of range, 10s to 3650d");
        check_module_line("session: always", "14: modules.m0.session: wants keys: mode, idle, "
                                             "renew, interval, retry_timers");
        check_module_line("session: {mode: always, renew: 59s}",
                          "36: modules.m0.session.renew: '59s' is out of range, 1min to 7d");
        check_module_line("session: {mode: poll, interval: 526000min}",
                          "37: modules.m0.session.interval: '526000min' is out of range, 1min to "
                          "365d");
        check_module_line("session: {mode: poll, interval: 90s}",
                          "37: modules.m0.session.interval: '90s' is not a whole number of minutes "
                          "such as 15min");
        check_module_line("apn:",
                          "9: modules.m0.apn: has no value; leave the key out for the default");
        check_module_line("apn: [a]", "10: modules.m0.apn: wants one value");
        check_messages(
                "modules: {m: {family: hl79xx, device: /dev/a}}\n",
                "f.yaml:1:23: modules.m.family: no family 'hl79xx', did you mean 'hl78xx'?\n");
}

static void check_retry_timers(const char *list, size_t n, unsigned first, unsigned last) {
        _cleanup_(settings_freep) Settings *s = NULL;
        const FamilySettings *settings;
        char yaml[512];

        (void) snprintf(yaml, sizeof yaml, MODULE "    session: {retry_timers: [%s]}\n", list);
        s = parse(yaml);
        CHECK_STR(messages, "");
        settings = &s->modules[0].family_settings;
        CHECK_INT(settings->n_retry_timers, n);
        CHECK_INT(settings->retry_timers[0], first);
        CHECK_INT(settings->retry_timers[n - 1], last);
}

TEST(config_retry_timers) {
        static const char path[] = "modules.m0.session.retry_timers: ";
        static const struct {
                const char *list, *column, *text;
        } wrong[] = {
                { "[]", "29", "must be 1 to 8 spans of time" },
                { "[1h,1h,1h,1h,1h,1h,1h,1h,1h]", "29", "must be 1 to 8 spans of time" },
                { "1h", "29", "wants a list, as in [a, b]" },
                { "[1h, 0]", "34", "'0' is out of range, 1min to 14d" },
                { "[20161min]", "30", "'20161min' is out of range, 0 to 14d" },
                { "[15]", "30", "'15' is not a whole number of minutes such as 15min" },
                { "[often]", "30", "'often' is not a span of time such as 30min, 1h 30min or 14d" },
                { "[[1h]]", "30", "'...' is not a span of time such as 30min, 1h 30min or 14d" },
        };

        check_retry_timers("0", 1, 0, 0);
        check_retry_timers("0, 15min", 2, 0, 15);
        check_retry_timers("14d, 1min", 2, 20160, 1);
        check_retry_timers("15min, 1h, 4h, 8h, 1d, 2d, 3d, 4d", 8, 15, 5760);
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++) {
                char line[128], expected[256];

                (void) snprintf(line, sizeof line, "session: {retry_timers: %s}", wrong[i].list);
                (void) snprintf(expected, sizeof expected, "%s: %s%s", wrong[i].column, path,
                                wrong[i].text);
                check_module_line(line, expected);
        }
}

static void check_pad_byte(const char *text, int expected) {
        _cleanup_(settings_freep) Settings *s = NULL;
        char line[128], complaint[128];

        (void) snprintf(line, sizeof line, MODULE "    xmodem: {pad_byte: %s}\n", text);
        s = parse(line);
        if (expected >= 0) {
                CHECK_STR(messages, "");
                CHECK_INT(s->modules[0].family_settings.xmodem_pad, expected);
                return;
        }
        (void) snprintf(complaint, sizeof complaint,
                        "f.yaml:5:24: modules.m0.xmodem.pad_byte: '%s' is not a byte: 0 to 255, or "
                        "0x00 to 0xFF\n",
                        text);
        CHECK_STR(messages, complaint);
        CHECK(!s);
}

TEST(config_pad_byte) {
        static const char *const wrong[] = { "256",   "-1",  "0x",
                                             "0x100", "1A",  "0x1G",
                                             "0x-1",  "26K", "0x100000000000000001" };

        check_pad_byte("0", 0);
        check_pad_byte("255", 255);
        check_pad_byte("0x1A", 0x1A);
        check_pad_byte("0xff", 255);
        check_pad_byte("0x00000000000000000000007", 7);
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                check_pad_byte(wrong[i], -1);
}

TEST(config_wrong_imei_check_digit_is_a_warning) {
        _cleanup_(settings_freep) Settings *s = parse(MODULE "    imei: 354123456789012\n");

        CHECK(s);
        CHECK_STR(messages, "warning: f.yaml:5:11: modules.m0.imei: '354123456789012' has a wrong "
                            "check digit: is there a "
                            "typing error?\n");
        CHECK_STR(s->modules[0].imei, "354123456789012");
}

TEST(config_values_of_policies) {
        check_messages(
                MODULE
                "policies:\n  p:\n    install:\n      windows: [Sat 2-4, [], '03:00-04:00']\n",
                "f.yaml:8:17: policies.p.install.windows: 'Sat 2-4' is not a window such as "
                "\"Mon..Fri 01:00-05:00\"\n"
                "f.yaml:8:26: policies.p.install.windows: '...' is not a window such as \"Mon..Fri "
                "01:00-05:00\"\n");
        check_messages(MODULE "policies: {p: {install: {windows: '03:00-04:00'}}}\n",
                       "f.yaml:5:35: policies.p.install.windows: wants a list, as in [a, b]\n");
        check_messages(MODULE
                       "policies: {p: {download: {max_size: big, defer: 25h, decision: allow}}}\n",
                       "f.yaml:5:37: policies.p.download.max_size: 'big' is not a size such as "
                       "512K or 2M\n"
                       "f.yaml:5:49: policies.p.download.defer: '25h' is out of range, 1min to 1d\n"
                       "f.yaml:5:64: policies.p.download.decision: 'allow' is not known\n");
        check_messages(MODULE "policies: {p: {download: {fits: 1min}, connect: {max_size: 1M}}}\n",
                       "f.yaml:5:60: policies.p.connect.max_size: means something for download and "
                       "install only\n"
                       "f.yaml:5:33: policies.p.download.fits: means something for install only\n");
        check_messages(MODULE "policies: {p: {uninstall: {decision: accept}}}\n",
                       "f.yaml:5:38: policies.p.uninstall.decision: an uninstall is never accepted "
                       "without a person: ask or "
                       "defer\n");
        check_messages(MODULE "policies: {p: accept}\n",
                       "f.yaml:5:15: policies.p: wants keys: connect, download, install, reboot, "
                       "uninstall, from, to\n");
        check_messages(
                MODULE "    policy: nigthly\npolicies: {nightly: {}}\n",
                "f.yaml:5:13: modules.m0.policy: no policy 'nigthly', did you mean 'nightly'?\n");
}

TEST(config_windows_must_last_for_an_install) {
        check_messages(MODULE "policies:\n  p:\n    install:\n      windows: [Sat 02:00-02:10, Sun "
                              "02:00-04:00]\n",
                       "f.yaml:8:17: policies.p.install.windows: Sat 02:00-02:10 is shorter than "
                       "an install needs (fits: "
                       "15min)\n");
        check_messages(MODULE
                       "policies: {p: {install: {windows: [Sat 23:50-24:00, Sun 00:00-00:10]}}}\n",
                       "");
        check_messages(MODULE "policies: {p: {install: {windows: [02:00-02:10], fits: 5min}}}\n",
                       "");
        /* what another one makes longer on Monday is too short on the other days */
        check_messages(MODULE "policies: {p: {install: {windows: ['Mon 03:00-05:00', "
                              "'03:00-03:05']}}}\n",
                       "f.yaml:5:55: policies.p.install.windows: 03:00-03:05 is shorter than an "
                       "install needs (fits: 15min)\n");
        check_messages(MODULE "policies: {p: {install: {windows: ['Mon 03:05-05:00', "
                              "'Tue..Sun 03:05-03:20', '03:00-03:05']}}}\n",
                       "");
        check_messages(MODULE "policies: {p: {download: {windows: [02:00-02:10]}}}\n", "");
        check_messages(MODULE
                       "policies: {p: {install: {windows: ['Mon,Sun 00:00-24:00'], fits: 24h}}}\n",
                       "");
}

TEST(config_contradictions) {
        check_module_line("session: {mode: always, idle: 5min}",
                          "35: modules.m0.session.idle: belongs to mode on-demand, not to always");
        check_module_line("session: {mode: poll, interval: 1d, idle: 5min}",
                          "47: modules.m0.session.idle: belongs to mode on-demand, not to poll");
        check_module_line("session: {renew: 5min}",
                          "22: modules.m0.session.renew: belongs to mode always, not to on-demand");
        check_module_line("session: {mode: always, interval: 5min}",
                          "39: modules.m0.session.interval: belongs to mode poll, not to always");
        check_module_line("session: {mode: poll}",
                          "21: modules.m0.session: 'interval' is missing: mode poll wants it");
        check_module_line("session: {mode: pol, interval: 1d}",
                          "21: modules.m0.session.mode: 'pol' is not known, did you mean 'poll'?");
        check_messages(MODULE "gateway: {keep_online: 1}\n",
                       "f.yaml:5:24: gateway.keep_online: 1 of 1 modules can not stay online while "
                       "one installs\n");
        check_messages(MODULE "  m1: {family: hl78xx, device: /dev/ttyUSB0}\n",
                       "f.yaml:5:32: modules.m1.device: is also the device of m0\n");
        check_messages(MODULE "    imei: 490154203237518\n  m1: {family: hl78xx, device: /dev/b, "
                              "imei: 490154203237518}\n",
                       "f.yaml:6:46: modules.m1.imei: is also the IMEI of m0\n");
        check_messages(MODULE "    imei: 490154203237518\n  m1: {family: hl78xx, device: /dev/b, "
                              "dev_eui: 0490154203237518}\n",
                       "f.yaml:6:49: modules.m1.dev_eui: is also the DevEUI of m0\n");
}

#define SHA256 "sha256: AbCdEf0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
#define ENTRY(rest) "  - {file: /dev/null/a, " SHA256 ", " rest "}\n"
/* The list stands in line 6 and on; the file of its entries can not be read. */
static void check_packages(const char *entries, const char *expected) {
        char yaml[2048], *from, *to;
        _cleanup_(settings_freep) Settings *s = NULL;

        (void) snprintf(yaml, sizeof yaml, MODULE "packages:\n%s", entries);
        s = parse(yaml);
        CHECK((s != NULL) == (n_errors == 0));
        for (to = from = messages; *from != '\0';) {
                size_t n = strcspn(from, "\n") + 1;

                if (strncmp(from, "warning: ", 9) != 0) {
                        memmove(to, from, n);
                        to += n;
                }
                from += n;
        }
        *to = '\0';
        CHECK_STR(messages, expected);
}

TEST(config_packages_have_their_complaints) {
        check_packages(ENTRY("family: hl78xx, from: '1', to: '2'")
                               ENTRY("family: hl78xx, from: '2', to: '1'"),
                       "");
        check_packages("", "");
        check_packages("  []\n", "");
        check_packages("  word\n", "f.yaml:6:3: packages: wants a list of packages\n");
        check_packages("  a: {family: hl78xx}\n",
                       "f.yaml:6:3: packages: wants a list of packages\n");
        check_packages("  - a.ua\n  -\n  - []\n",
                       "f.yaml:6:5: packages[0]: wants keys: family, from, to, file, sha256\n"
                       "f.yaml:7:4: packages[1]: wants keys: family, from, to, file, sha256\n"
                       "f.yaml:8:5: packages[2]: wants keys: family, from, to, file, sha256\n");
        check_packages("  - {}\n", "f.yaml:6:5: packages[0]: 'family' is missing\n"
                                   "f.yaml:6:5: packages[0]: 'from' is missing\n"
                                   "f.yaml:6:5: packages[0]: 'to' is missing\n"
                                   "f.yaml:6:5: packages[0]: 'file' is missing\n"
                                   "f.yaml:6:5: packages[0]: 'sha256' is missing\n");
        check_packages(
                "  - family: hl79xx\n    from: a\n    to: [b]\n    file: ''\n    sha256: abc\n"
                "    sha: 1\n",
                "f.yaml:6:13: packages[0].family: no family 'hl79xx', did you mean 'hl78xx'?\n"
                "f.yaml:8:9: packages[0].to: wants one value\n"
                "f.yaml:9:11: packages[0].file: is not the name of a file\n"
                "f.yaml:10:13: packages[0].sha256: 'abc' is not a SHA-256: 64 hexadecimal digits\n"
                "f.yaml:11:5: packages[0].sha: unknown key\n");
        check_packages(ENTRY("family: hl78xx, from: '1', to: '2', sha265: a, form: 1"),
                       "f.yaml:6:135: packages[0].sha265: unknown key, did you mean 'sha256'?\n"
                       "f.yaml:6:146: packages[0].form: unknown key, did you mean 'from'?\n");
        check_packages(
                "  - {family: hl78xx, from: a, to: b, file: /a, sha256: "
                "gbcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789}\n",
                "f.yaml:6:56: packages[0].sha256: "
                "'gbcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789' is not a "
                "SHA-256: 64 hexadecimal digits\n");
}

TEST(config_packages_that_contradict) {
        check_packages(ENTRY("family: hl78xx, from: HL7800.4.5, to: BHL7800.4.05"),
                       "f.yaml:6:5: packages[0]: leads from 'HL7800.4.5' to the same version\n");
        check_packages(ENTRY("family: hl78xx, from: '1', to: '2'")
                               ENTRY("family: hl78xx, from: '1', to: '3'")
                                       ENTRY("family: hl78xx, from: '01', to: '2'"),
                       "f.yaml:8:5: packages[2]: leads between the same versions as packages[0]\n");
}

TEST(config_packages_are_limited) {
        static char yaml[32768];
        char pair[64];
        _cleanup_(settings_freep) Settings *s = NULL, *t = NULL;

        (void) snprintf(yaml, sizeof yaml, MODULE "packages:\n");
        for (int i = 0; i <= PACKAGES_MAX; i++) {
                if (i == PACKAGES_MAX) {
                        s = parse(yaml);
                        CHECK(s);
                        CHECK_INT(s->n_packages, PACKAGES_MAX);
                }
                (void) snprintf(pair, sizeof pair, "family: hl78xx, from: '%d', to: a}\n", i);
                (void) snprintf(yaml + strlen(yaml), sizeof yaml - strlen(yaml),
                                "  - {file: /dev/null, " SHA256 ", %s", pair);
        }
        t = parse(yaml);
        CHECK(!t);
        CHECK_INT(n_errors, 1);
        CHECK(strstr(messages, "f.yaml:70:5: packages: too many packages, at most 64\n"));
}

TEST(config_package_files_may_come_later) {
        _cleanup_(settings_freep) Settings *s = NULL;
        char path[300];
        int r;

        fresh_directory();
        write_file("fotad.yaml",
                   MODULE "packages:\n  - {family: hl78xx, from: a, to: b, file: p/a.ua, " SHA256
                          "}\n",
                   0644);
        check_load(0, "warning: fotad.yaml:6:44: packages[0].file: p/a.ua can not be read: No such "
                      "file or directory\n");
        (void) snprintf(path, sizeof path, "%s/p", directory);
        CHECK_INT(mkdir(path, 0755), 0);
        write_file("p/a.ua", "x", 0644);
        check_load(0, "");
        s = load("fotad.yaml", &r);
        CHECK_INT(r, 0);
        CHECK(strncmp(s->packages[0].file, "/", 1) == 0 && strstr(s->packages[0].file, "/p/a.ua"));
        CHECK_STR(s->packages[0].sha256,
                  "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789");
        CHECK_INT(unlink(s->packages[0].file), 0);
        CHECK_INT(mkdir(s->packages[0].file, 0755), 0);
        check_load(0, "warning: fotad.yaml:6:44: packages[0].file: p/a.ua is not a regular file\n");
        remove_directory();
}

TEST(config_packages_of_the_last_file_replace_all_others) {
        _cleanup_(settings_freep) Settings *s = NULL;
        char conf_d[300];
        int r;

        fresh_directory();
        (void) snprintf(conf_d, sizeof conf_d, "%s/conf.d", directory);
        CHECK_INT(mkdir(conf_d, 0755), 0);
        write_file("a.ua", "x", 0644);
        write_file("fotad.yaml",
                   MODULE "packages:\n"
                          "  - {family: hl78xx, from: a, to: b, file: a.ua, " SHA256 "}\n"
                          "  - {family: hl78xx, from: b, to: c, file: a.ua, " SHA256 "}\n",
                   0644);
        write_file("conf.d/10-a.yaml",
                   "packages:\n  - {family: hl78xx, from: d, to: e, file: a.ua, " SHA256 "}\n",
                   0644);
        s = load("fotad.yaml", &r);
        CHECK_STR(messages, "");
        CHECK_INT(s->n_packages, 1);
        CHECK_STR(s->packages[0].from, "d");
        write_file("conf.d/10-a.yaml", "packages:\n  - {family: hl78xx, from: d, file: a.ua}\n",
                   0644);
        check_load(-EINVAL, "conf.d/10-a.yaml:2:5: packages[0]: 'to' is missing\n"
                            "conf.d/10-a.yaml:2:5: packages[0]: 'sha256' is missing\n");
        remove_directory();
}

TEST(config_without_modules_warns) {
        check_messages("", "warning: f.yaml:1:1: no modules are configured\n");
        check_messages("modules:\n", "warning: f.yaml:1:9: no modules are configured\n");
        check_messages("# nothing\n", "warning: f.yaml:1:1: no modules are configured\n");
}

TEST(config_gateway_and_control) {
        check_messages(MODULE "gateway: {timezone: Europe/Pariss}\n",
                       "f.yaml:5:21: gateway.timezone: no time zone 'Europe/Pariss' in "
                       "/usr/share/zoneinfo\n");
        check_messages(MODULE "gateway: {timezone: ../../../etc/passwd}\n",
                       "f.yaml:5:21: gateway.timezone: '../../../etc/passwd' is not the name of a "
                       "time zone such as Europe/Paris\n");
        check_messages(MODULE "gateway: {timezone: /etc/localtime}\n",
                       "f.yaml:5:21: gateway.timezone: '/etc/localtime' is not the name of a time "
                       "zone such as Europe/Paris\n");
        check_messages(
                MODULE "gateway: {concurrent_installs: 0}\n",
                "f.yaml:5:32: gateway.concurrent_installs: '0' is not a number from 1 to 64\n");
        check_messages(
                MODULE
                "control: {socket: "
                "\"/tmp/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}\n",
                "f.yaml:5:19: control.socket: too long, at most 107 characters\n");
        check_messages(MODULE "state_directory: \"/a\\nb\"\n",
                       "f.yaml:5:18: state_directory: must be printable text\n");
}

/* An uplink that is whole but for one line. */
static void check_uplink(const char *line, const char *expected) {
        char yaml[2048];
        int r;
        _cleanup_(settings_freep) Settings *s = NULL;

        (void) snprintf(yaml, sizeof yaml, MODULE "uplink:\n%s%s%s%s  %s\n",
                        strncmp(line, "url", 3) == 0 ? "" : "  url: https://as.example.com/t\n",
                        strncmp(line, "as_id", 5) == 0 ? "" : "  as_id: as1\n",
                        strncmp(line, "key_file", 8) == 0 ? "" : "  key_file: as.key\n",
                        strncmp(line, "customer_id", 11) == 0 ? "" : "  customer_id: 1\n", line);
        write_file("fotad.yaml", yaml, 0644);
        s = load("fotad.yaml", &r);
        const char *text = strstr(messages, ": uplink");

        if (expected[0] == '\0')
                CHECK_STR(messages, "");
        else {
                CHECK(text && strlen(text) > 3);
                CHECK_STR(text + 2, expected);
        }
}

TEST(config_uplink) {
        fresh_directory();
        write_file("as.key", "01c2e3b45a69788f1f2e3d4c5b6a7d9e", 0600);
        check_uplink("url: http://as.example.com/t",
                     "uplink.url: 'http://as.example.com/t' must be https: http is for loopback "
                     "addresses only\n");
        check_uplink("url: http://127.0.0.1.example.com/t",
                     "uplink.url: 'http://127.0.0.1.example.com/t' must be https: http is for "
                     "loopback addresses only\n");
        check_uplink("url: http://127.0.0.1:8080/t", "");
        check_uplink("url: http://127.9.9.9", "");
        check_uplink("url: http://localhost:1/t", "");
        check_uplink("url: 'http://[::1]:8080/t'", "");
        check_uplink(
                "url: 'http://[::2]/'",
                "uplink.url: 'http://[::2]/' must be https: http is for loopback addresses only\n");
        check_uplink("url: 'https://[::1'", "uplink.url: 'https://[::1' has no host\n");
        check_uplink("url: 'https://[nonsense]/'",
                     "uplink.url: 'https://[nonsense]/' has a wrong host\n");
        check_uplink("url: https://", "uplink.url: 'https://' has no host\n");
        check_uplink("url: https:///path", "uplink.url: 'https:///path' has no host\n");
        check_uplink("url: https://a:b/", "uplink.url: 'https://a:b/' has a wrong port\n");
        check_uplink("url: https://a:65536/", "uplink.url: 'https://a:65536/' has a wrong port\n");
        check_uplink("url: https://a:/", "uplink.url: 'https://a:/' has a wrong port\n");
        check_uplink("url: https://a/?b=c", "uplink.url: 'https://a/?b=c' may not have a query or "
                                            "fragment: fotad adds its own query\n");
        check_uplink("url: https://user:secret@a/",
                     "uplink.url: the URL may not hold a user or password\n");
        check_uplink("url: 'https://a/b c'",
                     "uplink.url: 'https://a/b c' has characters that must be percent-encoded\n");
        check_uplink("as_id: a&b",
                     "uplink.as_id: 'a&b' may hold only ASCII without &, %, + and spaces\n");
        check_uplink("profile: a b",
                     "uplink.profile: 'a b' may hold only ASCII without &, %, + and spaces\n");
        check_uplink("format: XML", "uplink.format: 'XML' is not known\n");
        check_uplink("format: json-untype",
                     "uplink.format: 'json-untype' is not known, did you mean 'json-untyped'?\n");
        check_uplink("format: json", "");
        check_uplink("format: json-untyped", "");
        check_uplink("format: xml", "");
        check_uplink("events: [fota, alarms]",
                     "uplink.events: 'alarms' is not known, did you mean 'alerts'?\n");
        check_uplink("events: []", "");
        check_uplink("status_interval: 10s",
                     "uplink.status_interval: '10s' is out of range, 1min to 3650d\n");
        check_uplink("reports: [uplink, downlink]", "uplink.reports: 'downlink' is not known\n");
        check_uplink("reports: [uplnk]",
                     "uplink.reports: 'uplnk' is not known, did you mean 'uplink'?\n");
        check_uplink("reports: []", "");
        check_uplink("proxy: environment", "");
        check_uplink("proxy: none", "");
        check_uplink("proxy: \"http://proxy.example.com:3128\"", "");
        check_uplink("proxy: \"socks5h://[::1]:1080\"", "");
        check_uplink("proxy: \"http://u:secret@proxy\"",
                     "uplink.proxy: the URL must not hold a user or a password\n");
        check_uplink("proxy: proxy:3128",
                     "uplink.proxy: 'proxy:3128' is neither none, environment, nor a URL such as "
                     "http://proxy.example.com:3128\n");
        check_uplink("spool: {max_reports: 0}",
                     "uplink.spool.max_reports: '0' is not a number from 1 to 10000000\n");
        check_uplink("certificate_file: as.key",
                     "uplink.certificate_file: wants 'private_key_file' too\n");
        check_uplink("private_key_file: as.key",
                     "uplink.private_key_file: wants 'certificate_file' too\n");
        remove_directory();
}

#define UPLINK "uplink: {url: \"https://a/\", as_id: a, customer_id: 1, key_file: as.key}\n"

TEST(config_secrets_must_be_private_small_and_sound) {
        char big[5000];

        fresh_directory();
        write_file("fotad.yaml", MODULE UPLINK, 0644);
        check_load(-EINVAL, "fotad.yaml:5:65: uplink.key_file: as.key can not be read: No such "
                            "file or directory\n");
        write_file("fotad.yaml",
                   MODULE "uplink: {url: \"https://a/\", as_id: a, customer_id: 1, key_file: "
                          "01c2e3b4-5a69788f1f2e3d4c5b6a7d9e}\n",
                   0644);
        check_load(-EINVAL, "fotad.yaml:5:65: uplink.key_file: names the file that holds the "
                            "secret, and not the secret\n");
        write_file("fotad.yaml", MODULE UPLINK, 0644);
        write_file("as.key", "01c2e3b45a69788f1f2e3d4c5b6a7d9e", 0604);
        check_load(-EINVAL, "fotad.yaml:5:65: uplink.key_file: as.key can be used by everybody: "
                            "chmod o= as.key\n");
        write_file("as.key", "01c2e3b45a69788f1f2e3d4c5b6a7d9", 0600);
        check_load(-EINVAL, "fotad.yaml:5:65: uplink.key_file: the file does not hold a key: 32 "
                            "hexadecimal digits\n");
        write_file("as.key", "01c2e3b45a69788f1f2e3d4c5b6a7d9\x10", 0600);
        check_load(-EINVAL, "fotad.yaml:5:65: uplink.key_file: the file does not hold a key: 32 "
                            "hexadecimal digits\n");
        memset(big, 'a', sizeof big);
        big[sizeof big - 1] = '\0';
        write_file("as.key", big, 0600);
        check_load(-EINVAL, "fotad.yaml:5:65: uplink.key_file: as.key is larger than 4 KiB\n");
        write_file("as.key", "00112233445566778899aabbccddeeff", 0600);
        check_load(0, "warning: fotad.yaml:5:65: uplink.key_file: the key looks made up: better "
                      "`openssl rand -hex 16`\n");
        write_file("fotad.yaml", MODULE "    sim_pin_file: pin\n", 0644);
        write_file("pin", "12345678\n", 0660);
        check_load(0, "");
        write_file("pin", "123\n", 0600);
        check_load(-EINVAL, "fotad.yaml:5:19: modules.m0.sim_pin_file: the file does not hold a "
                            "PIN: 4 to 8 digits\n");
        write_file("pin", "123456789\n", 0600);
        check_load(-EINVAL, "fotad.yaml:5:19: modules.m0.sim_pin_file: the file does not hold a "
                            "PIN: 4 to 8 digits\n");
        write_file("fotad.yaml", MODULE "    sim_pin_file: /dev/null\n", 0644);
        check_load(-EINVAL,
                   "fotad.yaml:5:19: modules.m0.sim_pin_file: /dev/null is not a regular file\n");
        remove_directory();
}

TEST(config_credentials_of_the_service_manager_are_taken_as_they_are) {
        char credentials[300];

        fresh_directory();
        (void) snprintf(credentials, sizeof credentials, "%s/credentials", directory);
        CHECK_INT(mkdir(credentials, 0700), 0);
        write_file("credentials/as.key", "01c2e3b45a69788f1f2e3d4c5b6a7d9e", 0444);
        write_file("as.key", "not this one", 0600);
        write_file("fotad.yaml", MODULE UPLINK, 0644);
        CHECK_INT(setenv("CREDENTIALS_DIRECTORY", credentials, 1), 0);
        check_load(0, "");
        (void) unsetenv("CREDENTIALS_DIRECTORY");
        check_load(-EINVAL, "fotad.yaml:5:65: uplink.key_file: the file does not hold a key: 32 "
                            "hexadecimal digits\n");
        remove_directory();
}

TEST(config_conf_d_is_merged_in_order_and_errors_name_the_right_file) {
        _cleanup_(settings_freep) Settings *s = NULL;
        char conf_d[300];
        int r;

        fresh_directory();
        (void) snprintf(conf_d, sizeof conf_d, "%s/conf.d", directory);
        CHECK_INT(mkdir(conf_d, 0755), 0);
        write_file("fotad.yaml", MODULE "gateway: {concurrent_installs: 1, timezone: UTC}\n", 0644);
        write_file("conf.d/10-a.yaml",
                   "gateway: {concurrent_installs: 2}\nmodules:\n  m1: {family: hl78xx, device: "
                   "/dev/b}\n",
                   0644);
        write_file("conf.d/20-b.yaml",
                   "gateway: {concurrent_installs: 3}\nmodules: {m0: {device: /dev/c}}\n", 0644);
        write_file("conf.d/30-empty.yaml", "modules:\n", 0644);
        write_file("conf.d/.hidden.yaml", "nonsense: 1\n", 0644);
        write_file("conf.d/README", "nonsense: 1\n", 0644);
        s = load("fotad.yaml", &r);
        CHECK_STR(messages, "");
        CHECK_INT(s->gateway.concurrent_installs, 3);
        CHECK_STR(s->gateway.timezone, "UTC");
        CHECK_INT(s->n_modules, 2);
        CHECK_STR(s->modules[0].device, "/dev/c");
        CHECK_STR(s->modules[1].device, "/dev/b");
        write_file("conf.d/20-b.yaml",
                   "gateway:\n  concurrent_installs: 0\nmodules: {m2: {device: /dev/b}}\n", 0644);
        check_load(-EINVAL, "conf.d/20-b.yaml:2:24: gateway.concurrent_installs: '0' is not a "
                            "number from 1 to 64\n"
                            "conf.d/20-b.yaml:3:11: modules.m2: 'family' is missing\n"
                            "conf.d/20-b.yaml:3:24: modules.m2.device: is also the device of m1\n");
        write_file("conf.d/20-b.yaml", "a: [\n", 0644);
        write_file("conf.d/40-c.yaml", "b: }\n", 0644);
        check_load(-EINVAL, "conf.d/20-b.yaml:2:1: did not find expected node content, while "
                            "parsing a flow node\n"
                            "conf.d/40-c.yaml:1:4: did not find expected node content, while "
                            "parsing a block node\n");
        remove_directory();
}

TEST(config_missing_and_odd_files) {
        Settings *s = NULL;
        int r;

        fresh_directory();
        check_load(-ENOENT, "fotad.yaml: No such file or directory\n");
        s = load("", &r);
        CHECK_INT(r, -EINVAL);
        CHECK(!s);
        CHECK(strstr(messages, "not a regular file"));
        remove_directory();
}

TEST(config_yaml_errors_have_a_place) {
        check_messages(
                "a: [1, 2\nb: 3\n",
                "f.yaml:2:2: did not find expected ',' or ']', while parsing a flow sequence\n");
        check_messages(
                "a: 'x\n",
                "f.yaml:2:1: found unexpected end of stream, while scanning a quoted scalar\n");
        check_messages("\ta: 1\n", "f.yaml:1:1: found character that cannot start any token, while "
                                   "scanning for the next token\n");
        check_messages("# ok\nab\xff\n", "f.yaml:2:3: invalid leading UTF-8 octet\n");
        check_messages("modules: {}\n---\nmodules: {}\n",
                       "f.yaml:3:1: a second document in one file\n");
        check_messages("- a\n", "f.yaml:1:1: wants keys: control, state_directory, gateway, "
                                "modules, policies, packages, history, uplink, downlink\n"
                                "warning: f.yaml:1:1: no modules are configured\n");
        check_messages("control: {? [a, b] : c}\n" MODULE, "f.yaml:1:13: a key must be a word\n");
        check_messages("control: {group: \"a\\0b\"}\n" MODULE,
                       "f.yaml:1:18: a NUL character can not stand here\n");
}

TEST(config_duplicate_keys_are_errors) {
        check_messages(MODULE "    device: /dev/b\n    family: hl78xx\n",
                       "f.yaml:5:5: 'device' is already set in line 4\n"
                       "f.yaml:6:5: 'family' is already set in line 3\n");
}

TEST(config_anchors_and_merges) {
        _cleanup_(settings_freep) Settings *s =
                parse("modules:\n"
                      "  a: &base\n    family: hl78xx\n    device: /dev/a\n    apn: first\n    "
                      "session: &s {mode: always}\n"
                      "  b:\n    <<: *base\n    device: /dev/b\n"
                      "  c: {<<: [{device: /dev/c}, *base], apn: third, session: *s}\n");

        CHECK_STR(messages, "");
        CHECK_STR(s->modules[1].device, "/dev/b");
        CHECK_STR(s->modules[1].family_settings.apn, "first");
        CHECK_INT(s->modules[1].session_mode, SESSION_ALWAYS);
        CHECK_STR(s->modules[2].device, "/dev/c");
        CHECK_STR(s->modules[2].family_settings.apn, "third");
        check_messages(MODULE "    <<: word\n", "f.yaml:5:9: '<<' merges mappings only\n");
        check_messages("modules: &m\n  m0: *m\n", "f.yaml:2:3: nested too deeply\n");
        check_messages(
                "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c "
                "[*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
                "f.yaml:1:14: too many values\n");
}

TEST(config_too_many_modules_and_policies) {
        char yaml[16384] = "modules:\n";
        _cleanup_(settings_freep) Settings *s = NULL, *t = NULL;

        for (int i = 0; i <= MODULES_MAX; i++)
                (void) snprintf(yaml + strlen(yaml), sizeof yaml - strlen(yaml),
                                "  m%d: {family: hl78xx, device: /dev/%d}\n", i, i);
        s = parse(yaml);
        CHECK(!s);
        CHECK_STR(messages, "f.yaml:66:3: modules.m64: too many modules, at most 64\n");
        (void) snprintf(yaml, sizeof yaml, MODULE "policies:\n");
        for (int i = 0; i <= POLICIES_MAX; i++)
                (void) snprintf(yaml + strlen(yaml), sizeof yaml - strlen(yaml), "  p%d: {}\n", i);
        t = parse(yaml);
        CHECK(!t);
        CHECK_STR(messages, "f.yaml:38:3: policies.p32: too many policies, at most 32\n");
}

TEST(config_sample_works_when_copied) {
        _cleanup_(settings_freep) Settings *s = NULL;

        messages[0] = '\0';
        CHECK_INT(config_load(TEST_FILE("conf/fotad.yaml"), on_message, NULL, &s), 0);
        CHECK_STR(messages, "");
        CHECK_INT(s->n_modules, 1);
        CHECK(!s->uplink.enabled);
}

/* Takes the comment mark off a line when a key stands behind it: at once, or after an even number
 * of spaces. */
static void uncomment(char *line) {
        char *mark = line + strspn(line, " ");
        size_t spaces = *mark == '#' ? strspn(mark + 1, " ") : 1;

        if (spaces % 2 == 0 && mark[1 + spaces] != '\0' && mark[1 + spaces] != '\n')
                memmove(mark, mark + 1, strlen(mark));
}

TEST(config_sample_is_right_in_what_it_comments_out) {
        static char whole[65536];
        char line[256];
        FILE *f = fopen(TEST_FILE("conf/fotad.yaml"), "r");

        if (access("/usr/share/zoneinfo/Europe/Paris", F_OK) < 0)
                SKIP("no tzdata");
        CHECK(f);
        whole[0] = '\0';
        while (fgets(line, sizeof line, f)) {
                uncomment(line);
                (void) snprintf(whole + strlen(whole), sizeof whole - strlen(whole), "%s", line);
        }
        (void) fclose(f);
        fresh_directory();
        write_file("fotad.yaml", whole, 0644);
        write_file("as.key", "01c2e3b45a69788f1f2e3d4c5b6a7d9e", 0600);
        write_file("modem0.pin", "1234", 0600);
        write_file("modem4.apn", "word", 0600);
        write_file("as-ca.pem", "x", 0644);
        write_file("gw.pem", "x", 0644);
        write_file("gw.key", "x", 0600);
        write_file("hl7800-4.5.4.0.ua", "x", 0644);
        check_load(0, "");
        CHECK(strstr(whole, "\nuplink:\n  url:") && strstr(whole, "\n      mode: on-demand"));
        CHECK(strstr(whole, "\n  modem4:\n    family: telit") &&
              strstr(whole, "\n      apn_user:"));
        CHECK(strstr(whole, "\n  modem2:\n    family:") && strstr(whole, "\npackages:\n  - fam"));
        remove_directory();
}

TEST(config_sample_documents_every_key) {
        char sample[65536];
        size_t n;
        FILE *f = fopen(TEST_FILE("conf/fotad.yaml"), "r");

        CHECK(f);
        n = fread(sample, 1, sizeof sample - 1, f);
        sample[n] = '\0';
        (void) fclose(f);
        for (size_t i = 0; i < schema_n_rows; i++) {
                const char *last = strrchr(schema_rows[i].path, '.');
                char key[64];

                if (!schema_rows[i].read)
                        continue;
                (void) snprintf(key, sizeof key, "%s:", last ? last + 1 : schema_rows[i].path);
                if (!strstr(sample, key))
                        CHECK_STR(key, "is not in the sample");
        }
}

TEST_MAIN()
