/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The Telit family: what its indications mean, what it needs and sets, which firmware can do which
 * protocol, how it registers, and which commands a person may not send. "Note" is Telit's Premium
 * FOTA note, 80000NT10013a. */

#include "families/family-bench.h"
#include "families/telit.h"
#include "test.h"

static Bench *telit(Bench *memory, const Answer *answers) {
        Bench *bench = bench_init_family(memory, "telit", answers);

        bench->settings.baud_rate = 115200;
        bench->settings.telit.fix_prerequisites = true;
        return bench;
}

/* indications */

typedef struct Line {
        const char *text;
        FactKind kind;
        int64_t number;
        Reason reason;
} Line;

static void check_lines(const Line *lines, size_t n) {
        for (size_t i = 0; i < n; i++) {
                _cleanup_(bench_done) Bench memory;
                Bench *bench = telit(&memory, NULL);

                CHECK(bench->family->is_urc(bench->module, lines[i].text) ||
                      lines[i].kind == FACT_NONE);
                bench_send(bench, lines[i].text);
                CHECK_INT(bench->facts[0].kind, lines[i].kind);
                CHECK_INT(bench->facts[0].number, lines[i].number);
                CHECK_INT(bench->facts[0].reason, lines[i].reason);
                const size_t more = lines[i].kind == FACT_STORED;
                CHECK_INT(bench->n_facts, (lines[i].kind != FACT_NONE) + more);
                if (more)
                        CHECK_INT(bench->facts[1].kind, FACT_INSTALLING);
        }
}

TEST(telit_knows_the_strings_of_the_note) {
        static const Line lines[] = {
                { "#OTAEV: Registered", FACT_REGISTERED, 0, 0 },
                { "#OTAEV: Provisioned", FACT_PROVISIONED, 0, 0 },
                { "#OTAEV: Notified", FACT_NOTIFIED, 0, 0 },
                { "#OTAEV: Do you want to upgrade the firmware?", FACT_ASKED, ACTION_INSTALL, 0 },
                { "#OTAEV: Automatic Fw Upgrade Requested", FACT_AUTOMATIC, 0, 0 },
                { "#OTAEV: User Answer Timeout", FACT_ASK_OVER, 0, 0 },
                { "#OTAEV: Start Fw Download", FACT_DOWNLOAD_STARTED, 0, 0 },
                { "#OTAEV: Fw Download Complete", FACT_STORED, 0, 0 },
                { "#OTAEV: Module Upgraded To New FW", FACT_INSTALLED, 0, 0 },
                { "#OTAEV: Server notified about successfull FW Upgrade", FACT_RESULT_TOLD, 0, 0 },
                { "#OTAEV: OTA FW Upgrade Failed", FACT_UPDATE_FAILED, 0, 0 },
        };

        check_lines(lines, ELEMENTSOF(lines));
}

TEST(telit_knows_its_dialects) {
        static const Line lines[] = {
                { "#OTAEV:Registered", FACT_REGISTERED, 0, 0 },
                { "#otaev:   REGISTERED  ", FACT_REGISTERED, 0, 0 },
                { "#OTAEV: DO YOU WANT TO UPGRADE THE FIRMWARE?", FACT_ASKED, ACTION_INSTALL, 0 },
                { "#OTAEV: Start FW Download", FACT_DOWNLOAD_STARTED, 0, 0 },
                { "#OTAEV: FW Download Complete", FACT_STORED, 0, 0 },
                { "#OTAEV: Module Upgraded To New Fw", FACT_INSTALLED, 0, 0 },
                { "#OTAEV: Server notified about successful FW Upgrade", FACT_RESULT_TOLD, 0, 0 },
                { "#OTAEV: \"DOWNLOAD FAILED\"", FACT_UPDATE_FAILED, 0, REASON_TRANSFER_ERROR },
                { "#OTAEV: \"INTEGRITY CHECK PASS\"", FACT_CERTIFIED, 0, 0 },
                { "#OTAEV: \"INTEGRITY CHECK FAIL\",10", FACT_UPDATE_FAILED, 0,
                  REASON_PACKAGE_CORRUPT },
                { "#OTAEV: \"INTEGRITY CHECK FAIL\" , 21", FACT_UPDATE_FAILED, 0,
                  REASON_PACKAGE_CORRUPT },
                { "#QSS: 1", FACT_SIM_EVENT, 0, 0 },
                { "#QSS:0", FACT_SIM_EVENT, 0, 0 },
        };

        check_lines(lines, ELEMENTSOF(lines));
}

TEST(telit_leaves_other_lines_alone) {
        static const Line lines[] = {
                /* OMA-DM's numbers, and what only begins like a known string */
                { "#OTAEV: #929: 200", FACT_UNKNOWN, 0, 0 },
                { "#OTAEV: #DREL", FACT_UNKNOWN, 0, 0 },
                { "#OTAEV: Not Registered", FACT_UNKNOWN, 0, 0 },
                { "#OTAEV: Registered, perhaps", FACT_UNKNOWN, 0, 0 },
                { "#OTAEV: OTA FW Upgrade Failed,1", FACT_UNKNOWN, 0, 0 },
                { "#OTAEV:", FACT_UNKNOWN, 0, 0 },
                /* answers a question, or is none of ours */
                { "#QSS: 2,1", FACT_NONE, 0, 0 },
                { "#OTAEVX: Registered", FACT_NONE, 0, 0 },
                { "+CREG: 1", FACT_NONE, 0, 0 },
                { "Registered", FACT_NONE, 0, 0 },
        };

        check_lines(lines, ELEMENTSOF(lines));
}

/* #OTASUAN and what else an update needs */

#define SYNCED                                                                                  \
        { "AT#OTASUAN=?", "#OTASUAN: (0,1),(0-2),(0,1)|OK" },                                   \
                { "AT#GAUTOATT?", "#GAUTOATT: 1|OK" }, { "AT+CGCLASS?", "+CGCLASS: \"B\"|OK" }, \
                { "AT+IPR?", "+IPR: 115200|OK" }, {                                             \
                "AT+CREG?", "+CREG: 0,1|OK"                                                     \
        }

TEST(telit_reads_otasuan_however_it_is_written) {
        static const struct {
                const char *answer;
                bool set; /* AT#OTASUAN=,2,1 follows */
                const char *drift;
        } rows[] = {
                { "#OTASUAN: ,2,1|OK", false, "" },
                { "#OTASUAN:,2,1|OK", false, "" },
                { "#OTASUAN: , 2, 1|OK", false, "" },
                { "#OTASUAN: 0,2,1|OK", false, "" },
                { "#OTASUAN: ,2,0|OK", true, "#OTASUAN=,2,0" },
                { "#OTASUAN: ,1,1|OK", true, "#OTASUAN=,1,1" },
                { "#OTASUAN: ,0,0|OK", true, "#OTASUAN=,0,0" },
                { "#OTASUAN: ,2|OK", true, "#OTASUAN=,2" },
                { "#OTASUAN:|OK", true, "" },
                { "OK", true, "" },
                { "ERROR", true, "" },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(bench_done) Bench memory;
                const Answer answers[] = { SYNCED, { "AT#OTASUAN?", rows[i].answer }, { 0 } };
                Bench *bench = telit(&memory, answers);

                CHECK_INT(bench_say(bench, VERB_ARM, (VerbArgs) { 0 }), 0);
                CHECK(bench_ended(bench, VERB_ARM, REASON_NONE));
                CHECK_INT(strstr(bench->wire, "AT#OTASUAN=,2,1\n") != NULL, rows[i].set);
                CHECK_STR(bench->module->findings.drift, rows[i].drift);
                CHECK(bench->module->findings.armed);
        }
}

TEST(telit_knows_from_the_test_form_whether_it_can_defer) {
        static const struct {
                const char *answer;
                bool can_defer, has_fota;
        } rows[] = {
                { "#OTASUAN: (0,1),(0-2),(0,1)|OK", false, true },
                { "#OTASUAN: (0-1),(0-2),(0-1)|OK", false, true },
                { "#OTASUAN: (0-2),(0-2),(0,1)|OK", true, true },
                { "#OTASUAN: (0,1,2),(0-2),(0,1)|OK", true, true },
                { "OK", false, true },
                { "ERROR", false, false },
                { "+CME ERROR: 4", false, false },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(bench_done) Bench memory;
                const Answer answers[] = { { "AT#OTASUAN=?", rows[i].answer }, SYNCED, { 0 } };
                Bench *bench = telit(&memory, answers);

                CHECK_INT(bench_say(bench, VERB_ARM, (VerbArgs) { 0 }), 0);
                CHECK_INT(bench->module->findings.can_defer, rows[i].can_defer);
                CHECK_INT(strstr(bench->module->findings.missing, "AT#OTASUAN") == NULL,
                          rows[i].has_fota);
        }
}

static const Answer nothing_met[] = {
        { "AT+CGMR", "10.00.144|OK" },
        { "AT#OTASUAN=?", "#OTASUAN: (0,1),(0-2),(0,1)|OK" },
        { "AT#OTASUAN?", "#OTASUAN: ,0,0|OK" },
        { "AT#GAUTOATT?", "#GAUTOATT: 0|OK" },
        { "AT+CGCLASS?", "+CGCLASS: \"CC\"|OK" },
        { "AT+IPR?", "+IPR: 0|OK" },
        { "AT+CREG?", "+CREG: 0,1|OK" },
        { 0 },
};

TEST(telit_sets_what_an_update_needs) {
        _cleanup_(bench_done) Bench memory;
        Bench *bench = telit(&memory, nothing_met);

        CHECK_INT(bench_say(bench, VERB_ARM, (VerbArgs) { 0 }), 0);
        CHECK_STR(bench->wire, "AT#OTASUAN=?\nAT#OTASUAN?\nAT#GAUTOATT?\nAT+CGCLASS?\nAT+IPR?\n"
                               "AT#OTASUAN=,2,1\nAT#GAUTOATT=1\nAT+CGCLASS=\"B\"\nAT+IPR=115200\n"
                               "AT+CREG?\n");
        CHECK_STR(bench->module->findings.drift, "#OTASUAN=,0,0, #GAUTOATT=0, +CGCLASS=CC, +IPR=0");
}

TEST(telit_sets_nothing_where_it_may_not) {
        _cleanup_(bench_done) Bench memory;
        Bench *bench = telit(&memory, nothing_met);

        bench->settings.telit.fix_prerequisites = false;
        CHECK_INT(bench_say(bench, VERB_ARM, (VerbArgs) { 0 }), 0);
        CHECK(!strstr(bench->wire, "=,2,1") && !strstr(bench->wire, "=1\n"));
        CHECK(!bench->module->findings.armed);
        CHECK_STR(bench->module->findings.missing,
                  "#OTASUAN=,2,1, #GAUTOATT=1, +CGCLASS=\"B\", a fixed +IPR, a SIM");
}

/* While an update runs: only reads, and not of what is inhibited then. */
TEST(telit_only_looks_while_an_update_runs) {
        static const Verb verbs[] = { VERB_START, VERB_ARM };

        for (size_t i = 0; i < ELEMENTSOF(verbs); i++) {
                _cleanup_(bench_done) Bench memory;
                Bench *bench = telit(&memory, nothing_met);

                CHECK_INT(bench_say(bench, verbs[i], (VerbArgs) { .only_look = true }), 0);
                CHECK(strstr(bench->wire, "AT#OTASUAN?\n"));
                CHECK(!strstr(bench->wire, "CGCLASS"));
                for (const char *p = bench->wire; (p = strchr(p, '=')); p++)
                        CHECK(p[1] == '?');
        }
}

/* protocol, firmware and model */

TEST(telit_knows_which_firmware_can_do_what) {
        static const struct {
                const char *model, *firmware;
                TelitProtocol least; /* that it can't do; _TELIT_PROTOCOL_MAX: all can */
        } rows[] = {
                { "GE865-QUAD", "10.00.142", TELIT_COMBINED },
                { "GE865-QUAD", "10.00.152", TELIT_COMBINED },
                { "GE865-QUAD", "10.00.143", TELIT_TCP },
                { "GE865-QUAD", "10.00.003", TELIT_TCP },
                { "GE865-QUAD", "10.00.144", _TELIT_PROTOCOL_MAX },
                { "GE865-QUAD", "10.00.147", _TELIT_PROTOCOL_MAX },
                { "GE865-QUAD", "10.00.144-B001", _TELIT_PROTOCOL_MAX },
                { "GC864-QUAD", "07.03.000", TELIT_COMBINED },
                { "GC864-QUAD", "07.03.904", TELIT_COMBINED },
                { "UC864-E", "08.01.006", TELIT_COMBINED },
                { "UC864-E", "10.00.144", TELIT_COMBINED },
                { "UC864-G", "10.00.144", TELIT_COMBINED },
                { "UC864-WD", "10.00.144", TELIT_COMBINED },
                { "UC864-E-DUAL", "10.00.144", TELIT_COMBINED },
                /* nobody knows: allowed */
                { "LE910-EUG", "17.01.571", _TELIT_PROTOCOL_MAX },
                { "GE865-QUAD", "10.00.", _TELIT_PROTOCOL_MAX },
                { "", "", _TELIT_PROTOCOL_MAX },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                for (TelitProtocol protocol = 0; protocol < _TELIT_PROTOCOL_MAX; protocol++) {
                        const char *problem =
                                telit_protocol_problem(rows[i].model, rows[i].firmware, protocol);
                        if ((problem[0] != '\0') != (protocol >= rows[i].least))
                                printf("  %s %s %s: '%s'\n", rows[i].model, rows[i].firmware,
                                       telit_protocol_to_string(protocol), problem);
                        CHECK_INT(problem[0] != '\0', protocol >= rows[i].least);
                }
}

/* registration */

static void use_server(Bench *bench, TelitProtocol protocol) {
        TelitSettings *settings = &bench->settings.telit;

        settings->protocol = protocol;
        settings->server_port = 9090;
        (void) TEXT_COPY(settings->server_number, "+393491234567");
        (void) TEXT_COPY(settings->server_address, "203.0.113.5");
        (void) TEXT_COPY(bench->settings.apn, "iot.example.com");
}

TEST(telit_registers_by_sms) {
        static const struct {
                const char *answer;
                Reason reason;
        } rows[] = {
                { "OK", REASON_NONE },
                { "ERROR", REASON_REGISTRATION_FAILED },
                { "+CMS ERROR: 331", REASON_REGISTRATION_FAILED },
                { "", REASON_NO_RESPONSE },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(bench_done) Bench memory;
                const Answer answers[] = { { "AT#OTASNAP=\"+393491234567\"", rows[i].answer },
                                           { 0 } };
                Bench *bench = telit(&memory, answers);

                use_server(bench, TELIT_SMS);
                CHECK_INT(bench_say(bench, VERB_REGISTER, (VerbArgs) { 0 }), 0);
                CHECK(bench_ended(bench, VERB_REGISTER, rows[i].reason));
                CHECK_STR(bench->wire, "AT#OTASNAP=\"+393491234567\"\n");
        }
}

TEST(telit_registers_over_tcp_in_each_dialect) {
#define PROBE "AT#OTASNAIPCFG=?\n"
#define OTHER_PROBE "AT#OTASNAPIPCFG=?\n"
#define REGISTER "AT#OTASNAIP=9090,\"203.0.113.5\"\n"
        static const struct {
                const char *probe, *other_probe; /* answers */
                TelitBearer bearer;
                const char *wire;
        } rows[] = {
                { "OK", "OK", TELIT_GPRS, PROBE "AT#OTASNAIPCFG=0,\"iot.example.com\"\n" REGISTER },
                { "#OTASNAIPCFG: (0,1)|OK", "OK", TELIT_CSD,
                  PROBE "AT#OTASNAIPCFG=1,\"iot.example.com\"\n" REGISTER },
                { "#OTASNAIPCFG: (\"GPRS\",\"CSD\")|OK", "OK", TELIT_GPRS,
                  PROBE "AT#OTASNAIPCFG=\"GPRS\",\"iot.example.com\"\n" REGISTER },
                { "#OTASNAIPCFG: (\"GPRS\",\"CSD\")|OK", "OK", TELIT_CSD,
                  PROBE "AT#OTASNAIPCFG=\"CSD\",\"iot.example.com\"\n" REGISTER },
                { "ERROR", "#OTASNAPIPCFG: (0,1)|OK", TELIT_GPRS,
                  PROBE OTHER_PROBE "AT#OTASNAPIPCFG=0,\"iot.example.com\"\n" REGISTER },
                { "ERROR", "#OTASNAPIPCFG: (\"GPRS\",\"CSD\")|OK", TELIT_CSD,
                  PROBE OTHER_PROBE "AT#OTASNAPIPCFG=\"CSD\",\"iot.example.com\"\n" REGISTER },
                /* neither has a test form: the note's spelling */
                { "ERROR", "+CME ERROR: 4", TELIT_GPRS,
                  PROBE OTHER_PROBE "AT#OTASNAIPCFG=0,\"iot.example.com\"\n" REGISTER },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(bench_done) Bench memory;
                const Answer answers[] = { { "AT#OTASNAIPCFG=?", rows[i].probe },
                                           { "AT#OTASNAPIPCFG=?", rows[i].other_probe },
                                           { 0 } };
                Bench *bench = telit(&memory, answers);

                use_server(bench, TELIT_COMBINED);
                bench->settings.telit.bearer = rows[i].bearer;
                CHECK_INT(bench_say(bench, VERB_REGISTER, (VerbArgs) { 0 }), 0);
                CHECK(bench_ended(bench, VERB_REGISTER, REASON_NONE));
                CHECK_STR(bench->wire, rows[i].wire);
        }
}

TEST(telit_registers_with_user_password_and_number) {
        _cleanup_(bench_done) Bench memory;
        Bench *bench = telit(&memory, NULL);

        use_server(bench, TELIT_TCP);
        (void) TEXT_COPY(bench->settings.telit.apn_user, "user");
        (void) TEXT_COPY(bench->settings.telit.apn_password, "secret");
        (void) TEXT_COPY(bench->settings.telit.own_number, "+393330000001");
        CHECK_INT(bench_say(bench, VERB_REGISTER, (VerbArgs) { 0 }), 0);
        CHECK_STR(bench->wire, PROBE "AT#OTASNAIPCFG=0,\"iot.example.com\",\"user\",\"secret\"\n"
                                     "AT#OTASNAIP=9090,\"203.0.113.5\",\"+393330000001\"\n");
}

TEST(telit_does_not_register_on_a_bearer_that_was_refused) {
        _cleanup_(bench_done) Bench memory;
        const Answer answers[] = { { "AT#OTASNAIPCFG=0,\"iot.example.com\"", "ERROR" }, { 0 } };
        Bench *bench = telit(&memory, answers);

        use_server(bench, TELIT_TCP);
        CHECK_INT(bench_say(bench, VERB_REGISTER, (VerbArgs) { 0 }), 0);
        CHECK(bench_ended(bench, VERB_REGISTER, REASON_REGISTRATION_FAILED));
        CHECK(!strstr(bench->wire, "AT#OTASNAIP="));
}

/* a person's commands */

TEST(telit_refuses_what_an_update_does_not_bear) {
        static const char *const commands[] = {
                "AT#GPRS=0",       "at#gprs=1",     "AT # GPRS = 0",       "AT#SGACT=1,0",
                "at#sgact = 1,1",  "AT+CGATT=0",    "AT+cgatt=1",          "AT+CGACT=0,1",
                "ATD*99#",         "at d 0123",     "AT+COPS=2",           "at+cops = 2",
                "AT+CFUN=4",       "AT + CFUN = 4", "AT+CGCLASS=\"B\"",    "at+cgclass=\"cc\"",
                "AT+CSQ;+CGATT=0", "ATE0;D123;",    "AT+CREG?;#SGACT=1,0", "AT+CMEE=2;+CFUN=4",
        };
        static const char *const harmless[] = { "AT+CSQ", "AT+CREG?", "AT+COPS?", "AT+CMEE=2" };
        _cleanup_(bench_done) Bench memory;
        Bench *bench = telit(&memory, NULL);
        const Family *family = bench->family;

        for (size_t i = 0; i < ELEMENTSOF(commands); i++) {
                if (!family->refuses_command(bench->module, commands[i], STATE_DOWNLOADING, true))
                        printf("  %s\n", commands[i]);
                CHECK(family->refuses_command(bench->module, commands[i], STATE_DOWNLOADING, true));
        }
        for (size_t i = 0; i < ELEMENTSOF(harmless); i++) {
                CHECK(!family->refuses_command(bench->module, harmless[i], STATE_DOWNLOADING,
                                               true));
                CHECK(family->refuses_command(bench->module, harmless[i], STATE_INSTALLING, true));
                CHECK(family->refuses_command(bench->module, harmless[i], STATE_CONFIRMING, true));
                bench->settings.telit.protocol = TELIT_COMBINED;
                CHECK(family->refuses_command(bench->module, harmless[i], STATE_DOWNLOADING, true));
                bench->settings.telit.protocol = TELIT_SMS;
        }
}

TEST(telit_refuses_always_what_is_fotads_own) {
        static const char *const commands[] = {
                "AT#OTASUAN=1",
                "at#otasuan = ,0",
                "AT#OTASNAP=\"+39\"",
                "AT#OTASNAIP=1,\"x\"",
                "AT#OTASNAIPCFG=0,\"apn\"",
                "AT#OTAIPUPD",
                "at # otaipupd",
                "AT#OTAIPCFG=1,\"x\"",
                "AT#OTAUIDM=0",
                "AT+CPIN=\"1234\"",
                "AT+IPR=9600",
                "AT&F",
                "ATZ",
                "AT+CFUN=1",
                "AT#REBOOT",
                "AT#ENHRST=1,3",
                "AT#SHDN",
                "AT+CMGS=\"1\"",
                "AT#SD=1,0,80,\"x\"",
                "+CSQ",
                "hello",
                "",
                "AT+CSQ;#OTAIPUPD",
        };
        static const char *const harmless[] = { "AT#OTASUAN?",  "AT#OTASUAN=?", "AT#OTAIPUPD?",
                                                "AT#OTAIPCFG?", "AT+CPIN?",     "AT+IPR?",
                                                "AT+CGATT=0",   "AT#SGACT=1,1" };
        _cleanup_(bench_done) Bench memory;
        Bench *bench = telit(&memory, NULL);
        const Family *family = bench->family;

        for (size_t i = 0; i < ELEMENTSOF(commands); i++) {
                if (!family->refuses_command(bench->module, commands[i], STATE_IDLE, false))
                        printf("  %s\n", commands[i]);
                CHECK(family->refuses_command(bench->module, commands[i], STATE_IDLE, false));
        }
        for (size_t i = 0; i < ELEMENTSOF(harmless); i++)
                CHECK(!family->refuses_command(bench->module, harmless[i], STATE_IDLE, false));
}

TEST_MAIN()
