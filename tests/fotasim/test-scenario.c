/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Scenario files: every key is taken, every mistake is named with its place, and the files that we
 * ship are good. */

#include "fotasim/scenario.h"

#include <glob.h>

#include "test.h"

#define ERRORS_MAX_BYTES 2048

static int parse(SimScenario *scenario, const char *yaml, char errors[static ERRORS_MAX_BYTES]) {
        Text text;

        text_init(&text, errors, ERRORS_MAX_BYTES);
        sim_scenario_init(scenario);
        return sim_scenario_parse(scenario, SIM_FAMILY_HL78XX, "s.yaml", yaml, strlen(yaml), &text);
}

static void check_error(const char *yaml, const char *expected) {
        char errors[ERRORS_MAX_BYTES];
        SimScenario scenario;

        CHECK_INT(parse(&scenario, yaml, errors), -EINVAL);
        CHECK_STR(errors, expected);
        CHECK_STR(scenario.model, "HL7800"); /* untouched */
}

TEST(empty_file_is_the_defaults) {
        char errors[ERRORS_MAX_BYTES];
        SimScenario scenario, defaults;

        sim_scenario_init(&defaults);
        CHECK_INT(parse(&scenario, "", errors), 0);
        CHECK_INT(memcmp(&scenario, &defaults, sizeof(scenario)), 0);
        CHECK_INT(parse(&scenario, "# nothing\n", errors), 0);
        CHECK_INT(scenario.timings.repeat, 30 * USEC_PER_MINUTE);
        CHECK_INT(scenario.retry_min[5], 2880);
}

TEST(every_kind_of_key_is_taken) {
        char errors[ERRORS_MAX_BYTES];
        SimScenario s;

        CHECK_INT(parse(&s,
                        "imei: 123\ncredentials: expired\necho: off\nindications: 4479\n"
                        "retries: [1, 2]\nprogress: [50, 100]\nagreements: {install: yes}\n"
                        "timings: {install: 2min, download_rate: 1K}\nradio: {rssi: -101, roaming: "
                        "true}\n"
                        "contexts: [{cid: 2, apn: a.b}]\n"
                        "packages:\n- {bytes: 2M, to: A, result: stuck, at: 1min}\n- {to: B, "
                        "offered: from start}\n"
                        "requests: [{at: 5min, action: uninstall}]\n"
                        "faults:\n- {on: 18, do: delay 5s}\n- {on: AT+WDSS, nth: 2, times: 0, do: "
                        "cme 650}\n",
                        errors),
                  0);
        CHECK_STR(s.imei, "123");
        CHECK_INT(s.credentials, SIM_CREDENTIALS_EXPIRED);
        CHECK(!s.echo);
        CHECK_INT(s.retry_min[1], 2);
        CHECK_INT(s.retry_min[2], 0);
        CHECK_INT(s.n_progress, 2);
        CHECK(s.agreements.install && s.agreements.reboot && !s.agreements.download);
        CHECK_INT(s.timings.install, 2 * USEC_PER_MINUTE);
        CHECK_INT(s.timings.download_rate, 1024);
        CHECK_INT(s.radio.rssi_dbm, -101);
        CHECK_INT(s.contexts[0].cid, 2);
        CHECK_STR(s.contexts[0].type, "IP");
        CHECK_INT(s.n_packages, 2);
        CHECK_INT(s.packages[0].bytes, 2 * 1024 * 1024);
        CHECK_INT(s.packages[0].result, SIM_RESULT_STUCK);
        CHECK_INT(s.packages[1].bytes, 1464);
        CHECK_INT(s.requests[0].action, SIM_ACTION_UNINSTALL);
        CHECK_INT(s.n_faults, 2);
        CHECK_INT(s.faults[0].kind, SIM_FAULT_DELAY);
        CHECK_INT(s.faults[0].span, 5 * USEC_PER_SEC);
        CHECK_INT(s.faults[0].nth, 1);
        CHECK_INT(s.faults[1].code, 650);
        CHECK_INT(s.faults[1].times, 0);
}

TEST(local_update_has_keys_of_its_own) {
        char errors[ERRORS_MAX_BYTES];
        SimScenario s;

        CHECK_INT(parse(&s,
                        "wdsd: absent\nwdsd_max: 2M\nwdsd_error: 650\nwdsi_read: empty\n"
                        "xmodem:\n  start: crc\n  nak_eot: yes\n  nak_block: 1\n  lose_ack: 2\n"
                        "  double_ack: 3\n  cancel_at_block: 4\n  silent_at_block: 5\n"
                        "  reset_at_block: 6\n  block_1k_fails: true\n  ending: cme\n"
                        "  lose_final_ok: true\n  wdsi3_before_ok: true\n  result: stuck\n"
                        "  times: 7\n",
                        errors),
                  0);
        CHECK_INT(s.wdsd, SIM_ABSENT);
        CHECK_INT(s.wdsd_max, 2 * 1024 * 1024);
        CHECK_INT(s.wdsd_error, 650);
        CHECK_INT(s.wdsi_read, SIM_READ_EMPTY);
        CHECK_INT(s.xmodem.start, SIM_XMODEM_START_CRC);
        CHECK_INT(s.xmodem.ending, SIM_XMODEM_ENDING_CME);
        CHECK_INT(s.xmodem.result, SIM_RESULT_STUCK);
        CHECK_INT(s.xmodem.nak_block, 1);
        CHECK_INT(s.xmodem.lose_ack, 2);
        CHECK_INT(s.xmodem.double_ack, 3);
        CHECK_INT(s.xmodem.cancel_at_block, 4);
        CHECK_INT(s.xmodem.silent_at_block, 5);
        CHECK_INT(s.xmodem.reset_at_block, 6);
        CHECK_INT(s.xmodem.times, 7);
        CHECK(s.xmodem.nak_eot && s.xmodem.block_1k_fails && s.xmodem.lose_final_ok);
        CHECK(s.xmodem.wdsi3_before_ok);
}

TEST(network_and_lines_have_keys) {
        char errors[ERRORS_MAX_BYTES];
        SimScenario s;

        CHECK_INT(parse(&s,
                        "timings: {network_timeout: 5min}\nlines: [{at: 1min, text: '+WDSI: 77'}]\n"
                        "faults: [{on: 18, do: network-loss 3min}, {on: 6, do: nat-loss}]\n",
                        errors),
                  0);
        CHECK_INT(s.timings.network_timeout, 5 * USEC_PER_MINUTE);
        CHECK_INT(s.n_lines, 1);
        CHECK_INT(s.lines[0].at, USEC_PER_MINUTE);
        CHECK_STR(s.lines[0].text, "+WDSI: 77");
        CHECK_INT(s.faults[0].kind, SIM_FAULT_NETWORK_LOSS);
        CHECK_INT(s.faults[0].span, 3 * USEC_PER_MINUTE);
        CHECK_INT(s.faults[1].kind, SIM_FAULT_NAT_LOSS);
}

TEST(family_decides_on_the_defaults) {
        char errors[ERRORS_MAX_BYTES];
        SimScenario s, defaults;

        sim_scenario_init_family(&defaults, SIM_FAMILY_TELIT);
        CHECK_INT(parse(&s, "family: telit\n", errors), 0);
        CHECK_INT(memcmp(&s, &defaults, sizeof(s)), 0);
        CHECK_STR(s.model, "GE865-QUAD");
        CHECK_INT(s.timings.install, 440 * USEC_PER_SEC);
        CHECK_INT(parse(&s, "timings: {boot: 1s}\nmodel: X\nfamily: telit\n", errors), 0);
        CHECK_STR(s.model, "X");
        CHECK_STR(s.manufacturer, "Telit");
        CHECK_INT(s.timings.boot, USEC_PER_SEC);
        CHECK_INT(s.timings.verify, 80 * USEC_PER_SEC);
        check_error("family: gsm\n", "s.yaml:1:9: family: expected hl78xx | telit\n");
}

TEST(telit_has_keys_of_its_own) {
        char errors[ERRORS_MAX_BYTES];
        SimScenario s;

        CHECK_INT(parse(&s,
                        "family: telit\n"
                        "timings: {answer_window: 30s, reissue: 2h, registration: 1s}\n"
                        "telit:\n  protocol: combined\n  lost_registrations: 3\n  provisions: no\n"
                        "  registers_again: no\n  delay: yes\n  otasuan_mode: 1\n"
                        "  ip_config: otasnapipcfg\n  bearer: words\n  otaipupd: absent\n  "
                        "otaev_style: upper\n"
                        "  autobaud_loss: yes\n  qss: yes\n"
                        "cards: [{at: 5min, out: yes}, {at: 6min, iccid: 1, imsi: 2, elsewhere: "
                        "yes}]\n"
                        "packages: [{to: B, automatic: yes, result: test}]\n"
                        "requests: [{action: query}, {action: register}]\n",
                        errors),
                  0);
        CHECK_INT(s.timings.answer_window, 30 * USEC_PER_SEC);
        CHECK_INT(s.timings.reissue, 2 * USEC_PER_HOUR);
        CHECK_INT(s.timings.registration, USEC_PER_SEC);
        CHECK_INT(s.telit.protocol, SIM_PROTOCOL_COMBINED);
        CHECK_INT(s.telit.lost_registrations, 3);
        CHECK(!s.telit.provisions && !s.telit.registers_again && s.telit.delay);
        CHECK_INT(s.telit.otasuan_mode, 1);
        CHECK_INT(s.telit.ip_config, SIM_SPELLING_OTASNAPIPCFG);
        CHECK_INT(s.telit.bearer, SIM_BEARER_WORDS);
        CHECK_INT(s.telit.otaipupd, SIM_ABSENT);
        CHECK_INT(s.telit.otaev_style, SIM_OTAEV_UPPER);
        CHECK(s.telit.autobaud_loss && s.telit.qss);
        CHECK_INT(s.n_cards, 2);
        CHECK(s.cards[0].out && !s.cards[1].out && s.cards[1].elsewhere);
        CHECK_STR(s.cards[1].iccid, "1");
        CHECK_STR(s.cards[1].imsi, "2");
        CHECK(s.packages[0].automatic);
        CHECK_INT(s.packages[0].result, SIM_RESULT_TEST);
        CHECK_INT(s.requests[0].action, SIM_ACTION_QUERY);
        CHECK_INT(s.requests[1].action, SIM_ACTION_REGISTER);
}

TEST(what_only_telit_has_is_an_error_elsewhere) {
        check_error(
                "packages: [{to: B, automatic: yes}]\n",
                "s.yaml: packages: automatic, no-connection and test are for family telit only\n");
        check_error(
                "packages: [{to: B, result: test}]\n",
                "s.yaml: packages: automatic, no-connection and test are for family telit only\n");
        check_error("requests: [{action: query}]\n",
                    "s.yaml: requests: query and register are for family telit only\n");
        check_error("cards: [{out: yes}]\n", "s.yaml: cards: is for family telit only\n");
        check_error("family: telit\nrequests: [{action: reboot}]\n",
                    "s.yaml: requests: reboot and uninstall are for family hl78xx only\n");
}

TEST(unknown_keys_get_a_suggestion) {
        check_error("modle: x\n", "s.yaml:1:1: modle: unknown key, did you mean 'model'?\n");
        check_error("xyzzy: x\n", "s.yaml:1:1: xyzzy: unknown key\n");
        check_error("xmodem:\n  lose_acks: 2\n",
                    "s.yaml:2:3: xmodem.lose_acks: unknown key, did you mean 'lose_ack'?\n");
        check_error("packages:\n  - {byte: 5, to: A}\n",
                    "s.yaml:2:6: packages[0].byte: unknown key, did you mean 'bytes'?\n");
}

TEST(wrong_values_are_named_with_their_place) {
        check_error("echo: maybe\n", "s.yaml:1:7: echo: expected true or false\n");
        check_error("cmee: 3\n", "s.yaml:1:7: cmee: expected a number from 0 to 2\n");
        check_error("credentials: lost\n",
                    "s.yaml:1:14: credentials: expected present | missing | expired\n");
        check_error("timings: {boot: soon}\n",
                    "s.yaml:1:17: timings.boot: expected a span such as 30s or 1h 30min\n");
        check_error("timings: {repeat: 0}\n",
                    "s.yaml:1:19: timings.repeat: expected a span from 1s to 30d\n");
        check_error("radio: 5\n", "s.yaml:1:8: radio: expected keys and values\n");
        check_error("faults: 5\n", "s.yaml:1:9: faults: expected a list\n");
        check_error("model: [a]\n", "s.yaml:1:8: model: expected a single value\n");
        check_error("sim_pin: 12345678901234567\n", "s.yaml:1:10: sim_pin: is too long\n");
        check_error("faults: [{on: 1, do: explode}]\n",
                    "s.yaml:1:22: faults[0].do: is not understood\n");
        check_error("faults: [{on: 1, do: lose 3}]\n",
                    "s.yaml:1:22: faults[0].do: is not understood\n");
        check_error("xmodem: {result: corrupt}\n",
                    "s.yaml:1:18: xmodem.result: is not understood\n");
        check_error("lines: [{at: 5s}]\n", "s.yaml:1:9: lines[0].text: is missing\n");
        check_error("retries: [1,2,3,4,5,6,7,8,9]\n",
                    "s.yaml:1:10: retries: has more than 8 items\n");
        check_error("progress: [2, x]\n",
                    "s.yaml:1:15: progress: expected a number from 0 to 100\n");
}

TEST(all_mistakes_are_shown) {
        check_error("cmee: 9\necho: x\ncmee: 1\npackages: [{}]\n",
                    "s.yaml:1:7: cmee: expected a number from 0 to 2\n"
                    "s.yaml:2:7: echo: expected true or false\n"
                    "s.yaml:3:1: cmee: appears twice\n"
                    "s.yaml:4:12: packages[0].to: is missing\n");
}

TEST(contradictions_are_errors) {
        check_error("progress: [50, 20]\n", "s.yaml: progress: the percentages must rise\n");
        check_error("contexts: [{cid: 1}, {cid: 1}]\n", "s.yaml: contexts: cid 1 appears twice\n");
}

TEST(broken_yaml_is_named_with_its_place) {
        char errors[ERRORS_MAX_BYTES];
        SimScenario scenario;

        CHECK_INT(parse(&scenario, "model: [a\nb: c", errors), -EINVAL);
        CHECK(strncmp(errors, "s.yaml:2:", 9) == 0);
        CHECK_INT(parse(&scenario, "&a [*a]", errors), -EINVAL);
        CHECK_INT(parse(&scenario, "x: \xff\xfe", errors), -EINVAL);
}

TEST(missing_file_is_named) {
        char errors[ERRORS_MAX_BYTES];
        SimScenario scenario;
        Text text;

        text_init(&text, errors, sizeof(errors));
        CHECK_INT(sim_scenario_load(&scenario, SIM_FAMILY_HL78XX, "/nonexistent/s.yaml", &text),
                  -ENOENT);
        CHECK_STR(errors, "/nonexistent/s.yaml: No such file or directory\n");
}

TEST(shipped_scenarios_are_good) {
        glob_t found;

        CHECK_INT(glob(TEST_FILE("tests/data/scenarios/*.yaml"), 0, NULL, &found), 0);
        for (size_t i = 0; i < found.gl_pathc; i++) {
                char errors[ERRORS_MAX_BYTES];
                SimScenario scenario;
                Text text;

                text_init(&text, errors, sizeof(errors));
                (void) !sim_scenario_load(&scenario, SIM_FAMILY_HL78XX, found.gl_pathv[i], &text);
                CHECK_STR(errors, "");
        }
        globfree(&found);
}

TEST_MAIN()
