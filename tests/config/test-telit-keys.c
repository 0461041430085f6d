/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The keys of Telit modules: what is read, what belongs to which protocol, and that nothing gets
 * through that would be another AT command. */

#include <stdio.h>
#include <sys/stat.h>

#include "config/config-bench.h"
#include "test.h"

#define MODULE "modules:\n  m0:\n    family: telit\n    device: /dev/ttyUSB0\n"
#define LINE_5 "f.yaml:5:"

/* One line more for the module, line 5. */
static void check_module_line(const char *line, const char *expected) {
        char yaml[1024], whole[1024];

        (void) snprintf(yaml, sizeof yaml, MODULE "    %s\n", line);
        (void) snprintf(whole, sizeof whole, "%s%s%s", expected[0] != '\0' ? LINE_5 : "", expected,
                        expected[0] != '\0' ? "\n" : "");
        check_messages(yaml, whole);
}

/* `telit: {KEY: VALUE}`; the value stands in column 15 + the length of the key. */
static void check_value(const char *key, const char *value, const char *expected) {
        char line[512], whole[512] = "";

        (void) snprintf(line, sizeof line, "telit: {%s: %s}", key, value);
        if (expected[0] != '\0')
                (void) snprintf(whole, sizeof whole, "%zu: modules.m0.telit.%s: %s",
                                strlen(key) + 15, key, expected);
        check_module_line(line, whole);
}

static const FamilySettings *settings_of(const Settings *settings) {
        return &settings->modules[0].family_settings;
}

TEST(telit_defaults) {
        _cleanup_(settings_freep) Settings *s = parse(MODULE);
        const FamilySettings *f;

        CHECK_STR(messages, "");
        CHECK(s->modules[0].family == family_find("telit"));
        f = settings_of(s);
        CHECK_INT(f->telit.protocol, TELIT_SMS);
        CHECK_INT(f->telit.bearer, TELIT_GPRS);
        CHECK_STR(f->telit.server_number, "");
        CHECK_STR(f->telit.server_address, "");
        CHECK_INT(f->telit.server_port, 0);
        CHECK_STR(f->telit.own_number, "");
        CHECK_STR(f->telit.apn_user, "");
        CHECK_STR(f->telit.apn_password, "");
        CHECK(f->telit.fix_prerequisites);
        CHECK_INT(f->answer_window, 60 * USEC_PER_SEC);
        CHECK_INT(f->n_keep_settings, 0);
        CHECK_INT(f->baud_rate, 115200);
}

TEST(telit_keys_of_sms_are_read) {
        _cleanup_(settings_freep) Settings *s =
                parse("modules:\n  m0:\n"
                      "    telit: {protocol: sms, server_number: \"+441632960123\", own_number: "
                      "\"01632960456\",\n"
                      "            bearer: csd, answer_window: 5min, fix_prerequisites: false,\n"
                      "            keep_settings: [\"+clip\", \"#SLED\", \"&c\", x, S0, s12, "
                      "\"#OTASUAN\", \"#OTASETRI\"]}\n"
                      "    baud_rate: 9600\n    device: /dev/a\n    family: telit\n");
        const FamilySettings *f;

        CHECK_STR(messages, "");
        f = settings_of(s);
        CHECK_INT(f->telit.protocol, TELIT_SMS);
        CHECK_STR(f->telit.server_number, "+441632960123");
        CHECK_STR(f->telit.own_number, "01632960456");
        CHECK_INT(f->telit.bearer, TELIT_CSD);
        CHECK_INT(f->answer_window, 5 * USEC_PER_MINUTE);
        CHECK(!f->telit.fix_prerequisites);
        CHECK_INT(f->baud_rate, 9600);
        CHECK_INT(f->n_keep_settings, 8);
        CHECK_STR(f->keep_settings[0], "+CLIP");
        CHECK_STR(f->keep_settings[1], "#SLED");
        CHECK_STR(f->keep_settings[2], "&C");
        CHECK_STR(f->keep_settings[3], "X");
        CHECK_STR(f->keep_settings[4], "S0");
        CHECK_STR(f->keep_settings[5], "S12");
        CHECK_STR(f->keep_settings[6], "#OTASUAN");
        CHECK_STR(f->keep_settings[7], "#OTASETRI");
}

#define TCP                                                                            \
        MODULE "    apn: iot.example.com\n    telit: {protocol: tcp, server_address: " \
               "192.0.2.10, server_port: 9090, apn_user: a b, apn_password_file: p}\n"

TEST(telit_keys_of_tcp_are_read) {
        _cleanup_(settings_freep) Settings *s = NULL;
        const FamilySettings *f;
        int r;

        fresh_directory();
        write_file("p", "s3cret; with blanks\n", 0600);
        write_file("fotad.yaml", TCP, 0644);
        s = load("fotad.yaml", &r);
        CHECK_STR(messages, "");
        f = settings_of(s);
        CHECK_INT(f->telit.protocol, TELIT_TCP);
        CHECK_STR(f->apn, "iot.example.com");
        CHECK_STR(f->telit.server_address, "192.0.2.10");
        CHECK_INT(f->telit.server_port, 9090);
        CHECK_STR(f->telit.apn_user, "a b");
        CHECK_STR(f->telit.apn_password, "s3cret; with blanks");
        remove_directory();
}

TEST(telit_password_must_be_private_and_fit_between_quotes) {
        static const char place[] = "fotad.yaml:6:109: modules.m0.telit.apn_password_file: ";
        static const char no_password[] = "the file does not hold a password: 1 to 63 printable "
                                          "ASCII characters without quotes\n";
        static const char too_long[] =
                "0123456789012345678901234567890123456789012345678901234567890123";
        static const char *const wrong[] = {
                "", "\n", "a\"b", "a\tb", "a\nb\n", "p\xc3\xa4ss", too_long,
        };
        char expected[512], credentials[300];

        fresh_directory();
        write_file("fotad.yaml", TCP, 0644);
        (void) snprintf(expected, sizeof expected,
                        "%sp can not be read: No such file or directory\n", place);
        check_load(-EINVAL, expected);
        write_file("p", "word", 0604);
        (void) snprintf(expected, sizeof expected, "%sp can be used by everybody: chmod o= p\n",
                        place);
        check_load(-EINVAL, expected);
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++) {
                write_file("p", wrong[i], 0600);
                (void) snprintf(expected, sizeof expected, "%s%s", place, no_password);
                check_load(-EINVAL, expected);
        }
        (void) snprintf(credentials, sizeof credentials, "%s/credentials", directory);
        CHECK_INT(mkdir(credentials, 0700), 0);
        write_file("credentials/p", "word", 0444);
        CHECK_INT(setenv("CREDENTIALS_DIRECTORY", credentials, 1), 0);
        check_load(0, "");
        (void) unsetenv("CREDENTIALS_DIRECTORY");
        remove_directory();
}

TEST(telit_words_and_numbers_have_their_complaints) {
        check_value("protocol", "tpc", "'tpc' is not known, did you mean 'tcp'?");
        check_value("protocol", "combind", "'combind' is not known, did you mean 'combined'?");
        check_value("bearer", "gsm", "'gsm' is not known");
        check_value("answer_window", "9s", "'9s' is out of range, 10s to 1h");
        check_value("answer_window", "61min", "'61min' is out of range, 10s to 1h");
        check_value("answer_window", "10s", "");
        check_value("answer_window", "1h", "");
        check_value("fix_prerequisites", "maybe", "'maybe' is neither true nor false");
        check_value("fix_prerequisites", "0", "'0' is neither true nor false");
        check_value("fix_prerequisites", "No", "");
        check_module_line("telit: {protocol: tcp, server_port: 0}",
                          "41: modules.m0.telit.server_port: '0' is not a number from 1 to 65535\n"
                          "f.yaml:5:41: modules.m0.telit.server_port: wants 'server_address' too");
        check_module_line(
                "telit: {protocol: tcp, server_address: 192.0.2.1, server_port: 65536}",
                "68: modules.m0.telit.server_port: '65536' is not a number from 1 to 65535");
        check_module_line("telit: {protocl: tcp}", "13: modules.m0.telit.protocl: unknown key, did "
                                                   "you mean 'protocol'?");
        check_module_line("telit: tcp",
                          "12: modules.m0.telit: wants keys: protocol, server_number, "
                          "server_address, server_port, bearer, own_number, apn_user, "
                          "apn_password_file, answer_window, fix_prerequisites, keep_settings");
}

static void check_fix_prerequisites(const char *word, bool expected) {
        char yaml[256];
        _cleanup_(settings_freep) Settings *s = NULL;

        (void) snprintf(yaml, sizeof yaml, MODULE "    telit: {fix_prerequisites: %s}\n", word);
        s = parse(yaml);
        CHECK_STR(messages, "");
        CHECK_INT(settings_of(s)->telit.fix_prerequisites, expected);
}

TEST(telit_booleans_are_those_of_yaml) {
        static const char *const yes[] = { "true", "True", "yes", "on" };
        static const char *const no[] = { "false", "FALSE", "no", "off" };

        for (size_t i = 0; i < ELEMENTSOF(yes); i++) {
                check_fix_prerequisites(yes[i], true);
                check_fix_prerequisites(no[i], false);
        }
}

TEST(telit_numbers_are_phone_numbers) {
        static const char *const wrong[] = {
                "441632960123",      "+0441632960123", "+44 1632", "+44\\\"1632", "+12",
                "+1234567890123456", "+44;+CFUN=1",    "+",        "+44-1632"
        };
        char value[64], expected[256];

        check_value("server_number", "+441632960123", "");
        check_value("server_number", "+123", "");
        check_value("server_number", "+123456789012345", "");
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++) {
                (void) snprintf(value, sizeof value, "\"%s\"", wrong[i]);
                (void) snprintf(expected, sizeof expected,
                                "'%s' is not an international number such as +441632960123: '+', "
                                "the country code and all other digits",
                                i == 3 ? "+44\"1632" : wrong[i]);
                check_value("server_number", value, expected);
        }
        check_value("own_number", "+441632960123", "");
        check_value("own_number", "01632960123", "");
        check_value("own_number", "12",
                    "'12' is not a phone number: 3 to 15 digits, with or without '+'");
        check_value("own_number", "'++123'",
                    "'++123' is not a phone number: 3 to 15 digits, with or without '+'");
        check_value("own_number", "'123,1'",
                    "'123,1' is not a phone number: 3 to 15 digits, with or without '+'");
}

/* Of a server with a port, in protocol tcp. */
static void check_address(const char *address, const char *complaint) {
        char line[256], expected[512] = "";

        (void) snprintf(line, sizeof line,
                        "telit: {protocol: tcp, server_port: 1, server_address: '%s'}", address);
        if (complaint[0] != '\0')
                (void) snprintf(expected, sizeof expected,
                                "60: modules.m0.telit.server_address: '%s' is not an IP address%s",
                                address, complaint);
        check_module_line(line, expected);
}

TEST(telit_server_is_an_address_and_no_name) {
        static const char name[] =
                ": the module takes an address, no name; `getent ahosts NAME` tells it";
        static const char form[] =
                " such as 192.0.2.10 or 2001:db8::10; the port is a key of its own";

        check_address("192.0.2.10", "");
        check_address("2001:db8::10", "");
        check_address("::ffff:192.0.2.10", "");
        check_address("fota.example.com", name);
        check_address("face", name);
        check_address("localhost:9090", name);
        check_address("192.0.2", form);
        check_address("192.0.2.256", form);
        check_address("192.0.2.10:9090", form);
        check_address("[2001:db8::10]:9090", form);
        check_address("", form);
}

TEST(telit_texts_must_fit_between_quotes) {
        static const char *const wrong[] = { "'a\"b'", "\"a\\rb\"", "\"a\\x7fb\"", "\"a\\u00e4\"" };
        char line[256];

        for (size_t i = 0; i < ELEMENTSOF(wrong); i++) {
                (void) snprintf(line, sizeof line,
                                "telit: {protocol: tcp, apn_user: %s}\n    apn: a", wrong[i]);
                check_module_line(line,
                                  "38: modules.m0.telit.apn_user: may hold only printable ASCII "
                                  "without quotes: it becomes part of an AT command");
        }
        check_module_line("telit: {protocol: tcp, apn_user: ''}\n    apn: a",
                          "38: modules.m0.telit.apn_user: must be printable text");
        check_module_line("apn: 'a\"b'", "10: modules.m0.apn: 'a\"b' is not an APN: letters, "
                                         "digits, '.', '-', '_'");
}

/* keep_settings with one entry, in double quotes unless it has its own. */
static void check_kept(const char *entry, const char *expected) {
        char line[256], whole[512] = "";

        (void) snprintf(line, sizeof line,
                        entry[0] == '\'' ? "telit: {keep_settings: [%s]}" :
                                           "telit: {keep_settings: [\"%s\"]}",
                        entry);
        if (expected[0] != '\0')
                (void) snprintf(whole, sizeof whole, "29: modules.m0.telit.keep_settings: %s",
                                expected);
        check_module_line(line, whole);
}

static void check_no_setting(const char *entry, const char *shown) {
        char expected[256];

        (void) snprintf(expected, sizeof expected,
                        "'%s' is not the name of a setting such as \"+CLIP\", \"#SLED\", \"&K\", E "
                        "or S0, alone and without a value",
                        shown);
        check_kept(entry, expected);
}

TEST(telit_kept_settings_are_names_and_nothing_else) {
        static const char *const right[] = { "+CMEE", "#SLED", "&K",   "E",    "V",       "S0",
                                             "S255",  "+cbst", "#E2X", "+C3X", "#OTASUAN" };
        static const char *const wrong[] = {
                "",        "+",       "#",     "&",   "&K3",  "&&",  "S",        "S256",
                "S00",     "S0123",   "S-1",   "E1",  "EV",   "1",   "+1A",      "+CLIP?",
                "+CLIP=1", "+A;+B",   "+A +B", " E",  "E ",   "A|B", "+A|",      "&1",
                "AT+CLIP", "*PSRDBS", "CLIP",  "+A,", "#A_B", "+A'", "+\u00c4B",
        };

        for (size_t i = 0; i < ELEMENTSOF(right); i++)
                check_kept(right[i], "");
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                check_no_setting(wrong[i], wrong[i]);
        check_no_setting("'+A\"'", "+A\"");
        check_no_setting("+A\\t", "+A?");
        check_no_setting("+A\\r+CFUN", "+A?+CFUN");
}

TEST(telit_commands_that_act_are_not_kept) {
        check_kept("+CFUN",
                   "+CFUN can not be kept: it turns the radio off, or restarts the module");
        check_kept("+cpin",
                   "+CPIN can not be kept: it enters a PIN; sim_pin_file is there for that");
        check_kept("+CMGS", "+CMGS can not be kept: it sends a message");
        check_kept("+CMGD", "+CMGD can not be kept: it deletes messages");
        check_kept("+COPS",
                   "+COPS can not be kept: it looks for a network; an update leaves it as it is");
        check_kept("+IPR", "+IPR can not be kept: it is the speed of the port, see baud_rate");
        check_kept("D", "D can not be kept: it dials");
        check_kept("z", "Z can not be kept: it loads a profile over all settings");
        check_kept("&F", "&F can not be kept: it loads the factory's settings over all others");
        check_kept("&W", "&W can not be kept: it stores a profile");
        check_kept("#SHDN", "#SHDN can not be kept: it turns the module off");
        for (size_t i = 0; i < 6; i++) {
                static const char *const names[] = { "#OTASNAP",  "#OTASNAIP", "#OTASNAIPCFG",
                                                     "#OTAIPUPD", "#OTAIPCFG", "#OTA" };
                char expected[128];

                (void) snprintf(expected, sizeof expected,
                                "%s can not be kept: it is part of the update; of these only "
                                "#OTASUAN and #OTASETRI are settings",
                                names[i]);
                check_kept(names[i], expected);
        }
        check_kept("+CFUNX", ""); /* only #OTA stands for what begins with it */
}

TEST(telit_kept_settings_are_limited) {
        char names[512] = "", line[640];

        check_kept("+ABCDEFGHIJKLMNOPQRSTUV", "");
        check_kept("+ABCDEFGHIJKLMNOPQRSTUVW",
                   "'+ABCDEFGHIJKLMNOPQRSTUVW...' is too long, at most 23 characters");
        check_module_line("telit: {keep_settings: [E, V, e]}",
                          "35: modules.m0.telit.keep_settings: E stands twice");
        check_module_line(
                "telit: {keep_settings: [[E], {a: b}, ok?]}",
                "29: modules.m0.telit.keep_settings: '...' is not the name of a setting "
                "such as \"+CLIP\", \"#SLED\", \"&K\", E or S0, alone and without a value\n"
                "f.yaml:5:34: modules.m0.telit.keep_settings: '...' is not the name of a "
                "setting such as \"+CLIP\", \"#SLED\", \"&K\", E or S0, alone and without a "
                "value\n"
                "f.yaml:5:42: modules.m0.telit.keep_settings: 'ok?' is not the name of a "
                "setting such as \"+CLIP\", \"#SLED\", \"&K\", E or S0, alone and without a "
                "value");
        check_module_line("telit: {keep_settings: E}",
                          "28: modules.m0.telit.keep_settings: wants a list, as in [a, b]");
        check_module_line("telit: {keep_settings: []}", "");
        for (int i = 0; i <= KEEP_SETTINGS_MAX; i++) {
                if (i == KEEP_SETTINGS_MAX) {
                        (void) snprintf(line, sizeof line, "telit: {keep_settings: [%s]}", names);
                        check_module_line(line, "");
                }
                (void) snprintf(names + strlen(names), sizeof names - strlen(names), "S1%02d, ", i);
        }
        (void) snprintf(line, sizeof line, "telit: {keep_settings: [%s]}", names);
        check_module_line(line,
                          "173: modules.m0.telit.keep_settings: too many settings, at most 24");
}

TEST(telit_names_that_lost_their_quotes_are_told) {
        check_messages(MODULE "    telit:\n      keep_settings:\n        - #SLED\n        - &K\n"
                              "        - E\n",
                       "f.yaml:7:10: modules.m0.telit.keep_settings: an entry is empty: names with "
                       "# or & stand in quotes, as \"#SLED\"\n"
                       "f.yaml:8:11: modules.m0.telit.keep_settings: an entry is empty: names with "
                       "# or & stand in quotes, as \"#SLED\"\n");
}

TEST(telit_keys_belong_to_a_protocol) {
        check_module_line(
                "telit: {protocol: tcp, server_number: \"+441632960123\"}",
                "43: modules.m0.telit.server_number: belongs to protocol sms, not to tcp");
        check_module_line(
                "telit: {protocol: combined, server_number: \"+441632960123\"}",
                "48: modules.m0.telit.server_number: belongs to protocol sms, not to combined");
        check_module_line(
                "telit: {server_address: 192.0.2.10, server_port: 9090}",
                "29: modules.m0.telit.server_address: belongs to protocols combined and "
                "tcp, not to sms\n"
                "f.yaml:5:54: modules.m0.telit.server_port: belongs to protocols combined "
                "and tcp, not to sms");
        check_module_line("telit: {apn_user: a}",
                          "23: modules.m0.telit.apn_user: belongs to protocols combined and tcp, "
                          "not to sms");
        check_module_line("telit: {protocol: combined, server_address: '::1', server_port: 1}", "");
        check_module_line("telit: {protocol: tcp}", "");
        check_module_line("telit: {protocol: tcp, own_number: 12345, bearer: csd}", "");
        check_module_line(
                "telit: {protocol: tpc, server_number: \"+441632960123\", server_port: 1}",
                "23: modules.m0.telit.protocol: 'tpc' is not known, did you mean 'tcp'?");
}

TEST(telit_keys_that_go_together) {
        check_module_line("telit: {protocol: tcp, server_address: 192.0.2.10}",
                          "44: modules.m0.telit.server_address: wants 'server_port' too");
        check_module_line("telit: {protocol: combined, server_port: 9090}",
                          "46: modules.m0.telit.server_port: wants 'server_address' too");
        check_module_line("telit: {protocol: tcp, apn_user: a}",
                          "38: modules.m0.telit.apn_user: wants 'apn' too");
        check_module_line("telit: {protocol: tcp, apn_user: a}\n    apn: b", "");
        check_messages(MODULE
                       "    apn: b\n    telit: {protocol: tcp, apn_password_file: /dev/null}\n",
                       "f.yaml:6:47: modules.m0.telit.apn_password_file: /dev/null is not a "
                       "regular file\n"
                       "f.yaml:6:47: modules.m0.telit.apn_password_file: wants 'apn_user' too\n");
}

TEST(telit_modules_have_no_session_and_take_no_package) {
        static const char session[] = "5: modules.m0.session: means nothing here: a Telit module "
                                      "has no session with its server outside of an update";

        check_module_line("session: {mode: always}", session);
        check_module_line("session: {mode: poll}", session);
        check_module_line("session: {retry_timers: [1h]}", session);
        check_module_line("session:", session);
        check_module_line("xmodem: {pad_byte: 0}", "5: modules.m0.xmodem: means nothing here: a "
                                                   "Telit module takes no package over its port");
        check_module_line("pdp_context: 2", "");
        check_module_line("apn: iot.example.com", "");
}

TEST(telit_keys_are_for_telit_modules_only) {
        _cleanup_(settings_freep) Settings *s =
                parse("modules:\n  m0: {family: hl78xx, device: /dev/a, baud_rate: 9600}\n"
                      "  m1: {family: telit, device: /dev/b}\n");

        CHECK_STR(messages, "");
        CHECK_INT(s->modules[0].family_settings.answer_window, 0);
        CHECK_INT(s->modules[0].family_settings.baud_rate, 9600);
        CHECK_INT(s->modules[1].family_settings.answer_window, USEC_PER_MINUTE);
        check_messages("modules:\n  m0:\n    family: hl78xx\n    device: /dev/a\n"
                       "    telit: {protocol: tcp}\n",
                       "f.yaml:5:5: modules.m0.telit: means nothing for family hl78xx\n");
        check_messages(
                "modules:\n  m0:\n    family: telix\n    device: /dev/a\n"
                "    telit: {protocol: tcp}\n    session: {mode: always}\n",
                "f.yaml:3:13: modules.m0.family: no family 'telix', did you mean 'telit'?\n");
}

#define POLICY(rules) "    policy: p\npolicies: {p: {" rules "}}\n"
#define HELD                                                                                     \
        "warning: f.yaml:5:13: modules.m0.policy: 'p' has a max_size, and a Telit module never " \
        "tells the size of a package: its updates will be held; give it a policy without "       \
        "max_size\n"

TEST(telit_updates_that_max_size_would_hold_are_warned_of) {
        check_messages(MODULE POLICY("install: {max_size: 2M}"), HELD);
        check_messages(MODULE POLICY("download: {max_size: 2M}"), HELD);
        check_messages(MODULE POLICY("install: {decision: accept}"), "");
        check_messages(MODULE "policies: {p: {install: {max_size: 2M}}}\n", "");
        check_messages("modules: {m0: {family: hl78xx, device: /dev/a, policy: p}}\n"
                       "policies: {p: {install: {max_size: 2M}}}\n",
                       "");
}

#define WARNED "warning: f.yaml:6:13: modules.m0.policy: 'p' "
#define TELIT(keys, rules) MODULE "    telit: {" keys "}\n" POLICY(rules)

static const char too_short[] =
        WARNED "has a require, which must have been so for 30s, and after three quarters of an "
               "answer_window of 40s the answer is no: every update will be refused; give it a "
               "policy without require, or more time if its server does\n";

TEST(telit_answer_window_that_require_outlasts_is_warned_of) {
        check_messages(TELIT("answer_window: 40s", "install: {require: {min_rssi_dbm: -105}}"),
                       too_short);
        check_messages(TELIT("answer_window: 40s, protocol: combined",
                             "download: {require: {roaming: false}}"),
                       too_short);
        check_messages(TELIT("answer_window: 41s", "install: {require: {min_rssi_dbm: -105}}"), "");
        check_messages(TELIT("answer_window: 40s", "install: {require: {roaming: true}}"), "");
        check_messages(TELIT("answer_window: 40s, protocol: tcp",
                             "install: {require: {min_rssi_dbm: -105}}"),
                       ""); /* fotad starts it later by itself */
}

#define IDLE(action, other)                                                                       \
        WARNED "has a deadline for " action " that does nothing: a Telit module asks once for "   \
               "both, and " other " waits for a person without end; set its decision to accept, " \
               "or give it the deadline too\n"

TEST(telit_deadline_that_does_nothing_is_warned_of) {
        check_messages(TELIT("", "install: {decision: ask, deadline: 14d}"),
                       IDLE("install", "download"));
        check_messages(TELIT("", "download: {decision: ask, deadline: 14d}"),
                       IDLE("download", "install"));
        check_messages(TELIT("", "install: {decision: ask, deadline: 14d}, download: {decision: "
                                 "ask, deadline: 14d, on_deadline: ask}"),
                       IDLE("install", "download"));
        check_messages(TELIT("", "install: {decision: ask, deadline: 14d}, download: {decision: "
                                 "ask, deadline: 7d}"),
                       "");
        check_messages(TELIT("", "install: {decision: ask, deadline: 14d}, download: {decision: "
                                 "accept}"),
                       "");
        check_messages("modules: {m0: {family: hl78xx, device: /dev/a, policy: p}}\n"
                       "policies: {p: {install: {decision: ask, deadline: 14d}}}\n",
                       "");
}

static const char apart[] =
        WARNED "has windows of download and install that are never open at once with room for an "
               "install, and a Telit module asks once for both: its updates will be held; let "
               "them overlap\n";

static void check_both(const char *download, const char *install, const char *more, bool meet) {
        char yaml[1024];

        (void) snprintf(yaml, sizeof yaml,
                        TELIT("", "download: {windows: [\"%s\"]}, install: {windows: [\"%s\"]%s}"),
                        download, install, more);
        check_messages(yaml, meet ? "" : apart);
}

TEST(telit_windows_that_never_meet_are_warned_of) {
        check_both("01:00-05:00", "Sat,Sun 05:00-07:00", "", false);
        check_both("Mon 01:00-05:00", "Tue 01:00-05:00", "", false);
        check_both("01:00-05:00", "04:59-07:00", "", true);
        check_both("04:50-07:00", "01:00-05:00", "", false); /* ten minutes are too few */
        check_both("04:45-07:00", "01:00-05:00", "", true);
        check_both("04:50-07:00", "01:00-05:00", ", fits: 10min", true);
        check_both("Sun 23:00-24:00", "Mon 23:30-23:59\", \"Sun 22:00-02:00", "", true);
        check_both("Mon 01:00-02:00", "Sun 22:00-02:00", "", true); /* over midnight */
        check_messages(TELIT("", "install: {windows: [\"05:00-07:00\"]}"), "");
}

TEST(telit_packages_are_refused) {
        check_messages(
                MODULE "packages:\n"
                       "  - {family: telit, from: '1', to: '2', file: /dev/null/a, sha256: "
                       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}\n",
                "f.yaml:6:14: packages[0].family: a module of family telit takes no package over "
                "its port\n"
                "warning: f.yaml:6:47: packages[0].file: /dev/null/a can not be read: Not a "
                "directory\n");
}

TEST(telit_settings_are_merged_from_conf_d) {
        _cleanup_(settings_freep) Settings *s = NULL;
        char conf_d[300];
        int r;

        fresh_directory();
        (void) snprintf(conf_d, sizeof conf_d, "%s/conf.d", directory);
        CHECK_INT(mkdir(conf_d, 0755), 0);
        write_file("fotad.yaml",
                   MODULE "    telit: {protocol: tcp, server_address: 192.0.2.10, server_port: 1,\n"
                          "            keep_settings: [E, V]}\n",
                   0644);
        write_file("conf.d/10-a.yaml",
                   "modules: {m0: {telit: {server_port: 9090, keep_settings: [\"&K\"]}}}\n", 0644);
        s = load("fotad.yaml", &r);
        CHECK_STR(messages, "");
        CHECK_STR(settings_of(s)->telit.server_address, "192.0.2.10");
        CHECK_INT(settings_of(s)->telit.server_port, 9090);
        CHECK_INT(settings_of(s)->n_keep_settings, 1);
        CHECK_STR(settings_of(s)->keep_settings[0], "&K");
        write_file("conf.d/10-a.yaml", "modules: {m0: {telit: {protocol: sms}}}\n", 0644);
        check_load(-EINVAL,
                   "fotad.yaml:5:44: modules.m0.telit.server_address: belongs to protocols "
                   "combined and tcp, not to sms\n"
                   "fotad.yaml:5:69: modules.m0.telit.server_port: belongs to protocols "
                   "combined and tcp, not to sms\n");
        remove_directory();
}

TEST_MAIN()
