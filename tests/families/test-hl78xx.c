/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The HL78xx family through its contract: lines in and facts out, verbs in and bytes out. The
 * module is a table of answers; a command that is not in it gets OK. */

#include "families/family-bench.h"
#include "test.h"

/* indications */

static const struct {
        const char *line;
        HeardFact fact; /* FACT_NONE: none */
} indications[] = {
        // clang-format off
        { "+WDSI: 0",           { FACT_READY,            0, 0 } },
        { "+WDSI: 1",           { FACT_ASKED,            ACTION_CONNECT, 0 } },
        { "+WDSI: 2",           { FACT_ASKED,            ACTION_DOWNLOAD, 0 } },
        { "+WDSI: 3",           { FACT_ASKED,            ACTION_INSTALL, 0 } },
        { "+WDSI:3",            { FACT_ASKED,            ACTION_INSTALL, 0 } },
        { "+WDSI:   3",         { FACT_ASKED,            ACTION_INSTALL, 0 } },
        { "+wdsi: 3",           { FACT_ASKED,            ACTION_INSTALL, 0 } },
        { "+WDSI: 4",           { FACT_AUTHENTICATING,   0, 0 } },
        { "+WDSI: 5",           { FACT_AUTH_FAILED,      0, 0 } },
        { "+WDSI: 5,1",         { FACT_AUTH_FAILED,      0, 0 } },
        { "+WDSI: 6",           { FACT_AUTHENTICATED,    0, 0 } },
        { "+WDSI: 7",           { FACT_SESSION_REFUSED,  0, 0 } },
        { "+WDSI: 8",           { FACT_SESSION_CLOSED,   0, 0 } },
        { "+WDSI: 8,1",         { FACT_SESSION_CLOSED,   0, 0 } },
        { "+WDSI: 9,1464",      { FACT_PACKAGE_OFFERED,  1464, 0 } },
        { "+WDSI: 9, 1464",     { FACT_PACKAGE_OFFERED,  1464, 0 } },
        { "+WDSI: 9,",          { FACT_PACKAGE_OFFERED,  -1, 0 } },
        { "+WDSI: 9",           { FACT_PACKAGE_OFFERED,  -1, 0 } },
        { "+WDSI: 10",          { FACT_STORED,           0, 0 } },
        { "+WDSI: 11,0",        { FACT_DOWNLOAD_FAILED,  REASON_OUT_OF_MEMORY, REASON_OUT_OF_MEMORY } },
        { "+WDSI: 11,1",        { FACT_DOWNLOAD_FAILED,  REASON_TRANSFER_ERROR, REASON_TRANSFER_ERROR } },
        { "+WDSI: 11, 2",       { FACT_DOWNLOAD_FAILED,  REASON_PACKAGE_CORRUPT, REASON_PACKAGE_CORRUPT } },
        { "+WDSI: 11,2",        { FACT_DOWNLOAD_FAILED,  REASON_PACKAGE_CORRUPT, REASON_PACKAGE_CORRUPT } },
        { "+WDSI: 11",          { FACT_DOWNLOAD_FAILED,  REASON_TRANSFER_ERROR, REASON_TRANSFER_ERROR } },
        { "+WDSI: 11,",         { FACT_DOWNLOAD_FAILED,  REASON_TRANSFER_ERROR, REASON_TRANSFER_ERROR } },
        { "+WDSI:11, \"0\"",    { FACT_DOWNLOAD_FAILED,  REASON_OUT_OF_MEMORY, REASON_OUT_OF_MEMORY } },
        { "+WDSI: 11,7",        { FACT_DOWNLOAD_FAILED,  REASON_TRANSFER_ERROR, REASON_TRANSFER_ERROR } },
        { "+WDSI: 12",          { FACT_CERTIFIED,        0, 0 } },
        { "+WDSI: 13",          { FACT_NOT_CERTIFIED,    0, 0 } },
        { "+WDSI: 14",          { FACT_INSTALLING,       0, 0 } },
        { "+WDSI: 15",          { FACT_INSTALL_FAILED,   0, 0 } },
        { "+WDSI: 15,3",        { FACT_INSTALL_FAILED,   0, 0 } },
        { "+WDSI: 16",          { FACT_INSTALLED,        0, 0 } },
        { "+WDSI: 18",          { FACT_DOWNLOAD_STARTED, 0, 0 } },
        { "+WDSI: 18,",         { FACT_DOWNLOAD_STARTED, 0, 0 } },
        { "+WDSI: 18,\"5\"",    { FACT_PROGRESS,         5, 0 } },
        { "+WDSI:18,5%",        { FACT_PROGRESS,         5, 0 } },
        { "+WDSI: 18,5",        { FACT_PROGRESS,         5, 0 } },
        { "+WDSI: 18, 5",       { FACT_PROGRESS,         5, 0 } },
        { "+WDSI: 18,\"98%\"",  { FACT_PROGRESS,         98, 0 } },
        { "+WDSI: 18,0",        { FACT_PROGRESS,         0, 0 } },
        { "+WDSI: 18,100",      { FACT_PROGRESS,         100, 0 } },
        { "+WDSI: 18,65,8192",  { FACT_PROGRESS,         65, 0 } },
        { "+WDSI: 18,4711",     { FACT_PROGRESS,         100, 0 } },
        { "+WDSI: 23,0",        { FACT_SESSION_OPENED,   0, 0 } },
        { "+WDSI: 23,1",        { FACT_SESSION_OPENED,   1, 0 } },
        { "+WDSI: 23, 1",       { FACT_SESSION_OPENED,   1, 0 } },
        { "+WDSI: 23",          { FACT_SESSION_OPENED,   1, 0 } },
        { "+WDSI: 24",          { FACT_ASKED,            ACTION_REBOOT, 0 } },
        { "+WDSI: 25",          { FACT_ASKED,            ACTION_UNINSTALL, 0 } },
        { "+WDSI: 17",          { FACT_UNKNOWN,          0, 0 } },
        { "+WDSI: 21,10",       { FACT_UNKNOWN,          0, 0 } },
        { "+WDSI: 99",          { FACT_UNKNOWN,          0, 0 } },
        { "+WDSI: 300",         { FACT_UNKNOWN,          0, 0 } },
        { "+WDSI: 4294967299",  { FACT_UNKNOWN,          0, 0 } },
        { "+WDSI: 99999999999999999999999999", { FACT_UNKNOWN, 0, 0 } },
        { "+KSUP: 0",           { FACT_BOOTED,           0, 0 } },
        { "+KSUP: 1",           { FACT_BOOTED,           0, 0 } },
        { "+WDSI:",             { FACT_NONE,             0, 0 } },
        { "+WDSI: ",            { FACT_NONE,             0, 0 } },
        { "+WDSI: -3",          { FACT_NONE,             0, 0 } },
        { "+WDSI: (0-4479)",    { FACT_NONE,             0, 0 } },
        { "+WDSIX: 3",          { FACT_NONE,             0, 0 } },
        { " +WDSI: 3 is what it would say", { FACT_NONE, 0, 0 } },
        { "+PBREADY",           { FACT_NONE,             0, 0 } },
        { "+CEREG: 1",          { FACT_NONE,             0, 0 } },
        { "RING",               { FACT_NONE,             0, 0 } },
        { "swu_DwlInstallInnerPackage Invalid u32_UpckType :0x5", { FACT_NONE, 0, 0 } },
        // clang-format on
};

TEST(hl78xx_indications_become_facts) {
        for (size_t i = 0; i < ELEMENTSOF(indications); i++) {
                _cleanup_(bench_done) Bench memory;

                Bench *bench = bench_init(&memory, NULL);
                bench_send(bench, indications[i].line);
                const HeardFact heard = bench_last(bench);
                if (bench->n_facts != (indications[i].fact.kind != FACT_NONE) ||
                    heard.kind != indications[i].fact.kind ||
                    heard.number != indications[i].fact.number ||
                    heard.reason != indications[i].fact.reason)
                        test_fail(__FILE__, __LINE__, "'%s' became %zu facts, %s %lld",
                                  indications[i].line, bench->n_facts,
                                  fact_kind_to_string(heard.kind), (long long) heard.number);
        }
}

TEST(hl78xx_indication_is_known_in_the_middle_of_a_reply) {
        static const struct {
                const char *line;
                bool is_urc;
        } rows[] = {
                { "+WDSI: 18, 5", true },
                { "+WDSI:3", true },
                { "+WDSI: 99", true },
                { "+KSUP: 0", true },
                { "+WDSI: (0-4479)", false },
                { "+WDSI: (0-127,256-383,4096-4223,4352-4479)", false },
                { "+WDSC: 0,1", false },
                { "OK", false },
                { "354123456789017", false },
        };
        _cleanup_(bench_done) Bench memory;

        Bench *bench = bench_init(&memory, NULL);
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if (bench->family->is_urc(bench->module, rows[i].line) != rows[i].is_urc)
                        test_fail(__FILE__, __LINE__, "'%s'", rows[i].line);
}

/* VERB_START */

#define IDENTITY                                                                                   \
        { "AT+CGMI", "Sierra Wireless|OK" }, { "AT+CGMM", "HL7800|OK" },                           \
                { "AT+CGMR", "BHL7800.1.6.3.0.20180803|OK" }, { "AT+CGSN", "354123456789017|OK" }, \
                { "AT+KGSN=3", "+KGSN: VU8102|OK" }, { "AT+CPIN?", "+CPIN: READY|OK" },            \
                { "AT+CCID", "+CCID: 8933012345|OK" }, { "AT+CIMI", "208011234567890|OK" },        \
                { "AT+CEREG?", "+CEREG: 0,5|OK" }, {                                               \
                "AT+CSQ", "+CSQ: 20,99|OK"                                                         \
        }

static const Answer armed_module[] = {
        IDENTITY,
        { "AT+WDSI=?", "+WDSI: (0-4479)|OK" },
        { "AT+WDSI?", "+WDSI: 4479|OK" },
        { "AT+WDSC?", "+WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|+WDSC: 4,15,60,240,480,1440,"
                      "2880,0,0|+WDSC: 5,1|+WDSC: 6,1|OK" },
        { "AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"iot\",,0,0|OK" },
        { "AT+WDSS?", "+WDSS: 1,0|+WDSS: 2,1|OK" },
        { "AT+WDSG", "+WDSG: 0,3|+WDSG: 1,3|OK" },
        { NULL, NULL },
};

static const Answer fresh_module[] = {
        IDENTITY,
        { "AT+WDSI=?", "+WDSI: (0-127,256-383,4096-4223,4352-4479)|OK" },
        { "AT+WDSC?", "+WDSC: 0,0|+WDSC: 1,0|+WDSC: 2,0|OK" },
        { "AT+CGDCONT?", "+CGDCONT: 1,\"IPV4V6\",\"old.apn\"|OK" },
        { "AT+WDSS?", "+WDSS: 1,0|OK" },
        { "AT+WDSG", "ERROR" },
        { NULL, NULL },
};

#define START_HEAD                                                                            \
        "ATE0\nAT+CMEE=1\nAT+CGMI\nAT+CGMM\nAT+CGMR\nAT+CGSN\nAT+KGSN=3\nAT+CPIN?\nAT+CCID\n" \
        "AT+CIMI\nAT+WDSI=?\n"
#define START_TAIL "AT+CGDCONT?\nAT+WDSS?\nAT+WDSG\nAT+CEREG?\nAT+CSQ\n"

TEST(hl78xx_start_says_exactly_this_to_an_armed_module) {
        _cleanup_(bench_done) Bench memory;

        Bench *bench = bench_init(&memory, armed_module);
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
        CHECK(bench_ended(bench, VERB_START, REASON_NONE));
        CHECK_INT(bench->n_facts, 1);
        CHECK_STR(bench->wire, START_HEAD "AT+WDSI?\nAT+WDSC?\n" START_TAIL);

        const Findings *findings = &bench->module->findings;
        CHECK_STR(findings->manufacturer, "Sierra Wireless");
        CHECK_STR(findings->model, "HL7800");
        CHECK_STR(findings->firmware, "BHL7800.1.6.3.0.20180803");
        CHECK_STR(findings->imei, "354123456789017");
        CHECK_STR(findings->serial_number, "VU8102");
        CHECK_STR(findings->iccid, "8933012345");
        CHECK_STR(findings->imsi, "208011234567890");
        CHECK_INT(findings->sim, SIM_READY);
        CHECK(findings->armed);
        CHECK_STR(findings->drift, "");
        CHECK_INT(findings->session_open, TRISTATE_NO);
        CHECK_INT(findings->context_differs, TRISTATE_NO);
        CHECK_INT(findings->package_stored, TRISTATE_YES);
        CHECK_INT(findings->package_waiting, TRISTATE_NO);
        CHECK_INT(findings->registered, TRISTATE_YES);
        CHECK_INT(findings->roaming, TRISTATE_YES);
        CHECK(findings->has_signal);
        CHECK_INT(findings->signal_dbm, -73);
}

TEST(hl78xx_start_arms_a_fresh_module_and_reads_the_ranges_of_the_mask) {
        _cleanup_(bench_done) Bench memory;

        Bench *bench = bench_init(&memory, fresh_module);
        (void) TEXT_COPY(bench->settings.apn, "iot.example.com");
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { .ask_connect = true }), 0);
        CHECK(bench_ended(bench, VERB_START, REASON_NONE));
        CHECK_STR(bench->wire, START_HEAD "AT+WDSI?\nAT+WDSI=4479\nAT+WDSC?\nAT+WDSC=1,1\nAT+WDSC="
                                          "2,1\nAT+WDSC=0,1\n" START_TAIL);
        CHECK(bench->module->findings.armed);
        CHECK_STR(bench->module->findings.drift, "download not asked, install not asked");
        CHECK_INT(bench->module->findings.context_differs, TRISTATE_YES);
        CHECK_INT(bench->module->findings.package_stored, TRISTATE_UNKNOWN);

        CHECK_INT(bench_say(bench, VERB_CONTEXT, (VerbArgs) { 0 }), 0);
        CHECK(bench_ended(bench, VERB_CONTEXT, REASON_NONE));
        CHECK_STR(bench->wire, "AT+CGDCONT=1,\"IPV4V6\",\"iot.example.com\"\nAT+WDSS=2,1\n");
}

static void check_mask(const char *range, const char *result, const char *wire) {
        _cleanup_(bench_done) Bench memory;
        const Answer answers[] = {
                { "AT+WDSI=?", range },
                { "AT+WDSI=8191", result },
                IDENTITY,
                { NULL, NULL },
        };

        Bench *bench = bench_init(&memory, answers);
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
        CHECK(bench_ended(bench, VERB_START, REASON_NONE));
        const char *mask = strstr(bench->wire, "AT+WDSI?\n");
        CHECK(mask);
        mask += strlen("AT+WDSI?\n");
        CHECK_INT(strncmp(mask, wire, strlen(wire)), 0);
}

TEST(hl78xx_mask_is_every_bit_of_the_test_answer) {
        check_mask("+WDSI: (0-4479)|OK", "OK", "AT+WDSI=4479\nAT+WDSC?\n");
        check_mask("+WDSI: (0-127,256-383,4096-4223,4352-4479)|OK", "OK",
                   "AT+WDSI=4479\nAT+WDSC?\n");
        check_mask("+WDSI: (0-8191)|OK", "OK", "AT+WDSI=8191\nAT+WDSC?\n");
        check_mask("+WDSI: (0-8191)|OK", "+CME ERROR: 3", "AT+WDSI=8191\nAT+WDSI=4479\nAT+WDSC?\n");
        check_mask("ERROR", "OK", "AT+WDSI=4479\nAT+WDSC?\n");
        check_mask("+WDSI: (0-99999999)|OK", "OK", "AT+WDSI=4479\nAT+WDSC?\n");
        check_mask("OK", "OK", "AT+WDSI=4479\nAT+WDSC?\n");
}

static void check_start_with(const Answer *answers, Reason reason) {
        _cleanup_(bench_done) Bench memory;

        Bench *bench = bench_init(&memory, answers);
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
        CHECK(bench_ended(bench, VERB_START, reason));
        if (reason == REASON_PREREQUISITE_MISSING)
                CHECK(!bench->module->findings.armed);
}

TEST(hl78xx_start_fails_when_the_module_can_not_be_made_safe) {
        check_start_with(
                (const Answer[]) { { "AT+WDSC=2,1", "+CME ERROR: 3" }, IDENTITY, { NULL, NULL } },
                REASON_PREREQUISITE_MISSING);
        check_start_with((const Answer[]) { { "AT+WDSC=1,1", "ERROR" }, IDENTITY, { NULL, NULL } },
                         REASON_PREREQUISITE_MISSING);
        check_start_with((const Answer[]) { { "AT+WDSI=4479", "ERROR" }, IDENTITY, { NULL, NULL } },
                         REASON_PREREQUISITE_MISSING);
        check_start_with((const Answer[]) { { "AT+CGMR", "ERROR" }, IDENTITY, { NULL, NULL } },
                         REASON_NO_RESPONSE);
        check_start_with((const Answer[]) { { "AT+CSQ", "" }, IDENTITY, { NULL, NULL } },
                         REASON_NO_RESPONSE);
        check_start_with((const Answer[]) { { "AT", "" }, { NULL, NULL } }, REASON_NO_RESPONSE);
        /* what only informs may be missing */
        check_start_with((const Answer[]) { { "AT+CGMI", "ERROR" },
                                            { "AT+CCID", "+CME ERROR: 13" },
                                            { "AT+CEREG?", "ERROR" },
                                            { "AT+WDSG", "+CME ERROR: 3" },
                                            { "AT+WDSC=0,0", "ERROR" },
                                            { "AT+CMEE=1", "ERROR" },
                                            IDENTITY,
                                            { NULL, NULL } },
                         REASON_NONE);
}

static void check_sim(const char *reply, SimState sim) {
        _cleanup_(bench_done) Bench memory;
        const Answer answers[] = { { "AT+CPIN?", reply }, IDENTITY, { NULL, NULL } };

        Bench *bench = bench_init(&memory, answers);
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
        CHECK_INT(bench->module->findings.sim, sim);
        CHECK_INT(!strstr(bench->wire, "AT+CIMI"), sim != SIM_READY);
}

TEST(hl78xx_start_tells_the_states_of_a_sim_apart) {
        check_sim("+CPIN: READY|OK", SIM_READY);
        check_sim("+CPIN: SIM PIN|OK", SIM_PIN_WANTED);
        check_sim("+CPIN: SIM PIN2|OK", SIM_BLOCKED);
        check_sim("+CPIN: SIM PUK|OK", SIM_BLOCKED);
        check_sim("+CME ERROR: 10", SIM_MISSING);
        check_sim("+CME ERROR: 11", SIM_PIN_WANTED);
        check_sim("+CME ERROR: 12", SIM_BLOCKED);
        check_sim("+CME ERROR: 13", SIM_BLOCKED);
        check_sim("+CME ERROR: 14", SIM_UNKNOWN);
        check_sim("ERROR", SIM_UNKNOWN);
}

TEST(hl78xx_start_is_not_confused_by_indications_between_command_and_reply) {
        static const char *const interjections[] = { "+WDSI: 18, 5", "+WDSI: 3", "+KSUP: 0" };

        for (size_t i = 0; i < ELEMENTSOF(interjections); i++) {
                _cleanup_(bench_done) Bench memory;

                Bench *bench = bench_init(&memory, armed_module);
                bench->interjection = interjections[i];
                CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
                CHECK(bench_ended(bench, VERB_START, REASON_NONE));
                CHECK_STR(bench->wire, START_HEAD "AT+WDSI?\nAT+WDSC?\n" START_TAIL);
                CHECK_STR(bench->module->findings.firmware, "BHL7800.1.6.3.0.20180803");
                CHECK_STR(bench->module->findings.imei, "354123456789017");
                CHECK(bench->n_facts > 10);
        }
}

TEST(hl78xx_context_is_written_only_when_it_differs) {
        static const struct {
                const char *apn, *contexts, *session;
                Tristate differs;
        } rows[] = {
                { "iot", "+CGDCONT: 1,\"IP\",\"iot\"|OK", "+WDSS: 2,1|OK", TRISTATE_NO },
                { "iot", "+CGDCONT: 1,\"IP\",\"IoT\"|OK", "+WDSS: 2, 1|OK", TRISTATE_NO },
                { "iot", "+CGDCONT: 1,\"IP\",\"iot\"|OK", "+WDSS: 2,2|OK", TRISTATE_YES },
                { "iot", "+CGDCONT: 1,\"IP\",\"iot\"|OK", "+WDSS: 1,0|OK", TRISTATE_YES },
                { "iot", "+CGDCONT: 2,\"IP\",\"iot\"|OK", "+WDSS: 2,1|OK", TRISTATE_YES },
                { "iot", "+CGDCONT: 1,\"IP\",\"old\"|OK", "+WDSS: 2,1|OK", TRISTATE_YES },
                { "", "+CGDCONT: 1,\"IP\",\"old\"|OK", "+WDSS: 2,1|OK", TRISTATE_NO },
                { "", "+CGDCONT: 1,\"IP\",\"old\"|OK", "+WDSS: 2,0|OK", TRISTATE_YES },
                { "", "+CGDCONT: 1,\"IP\",\"old\"|OK", "+WDSS: 1,0|OK", TRISTATE_YES },
                { "", "OK", "+WDSS: 1,0|OK", TRISTATE_NO },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(bench_done) Bench memory;
                const Answer answers[] = { { "AT+CGDCONT?", rows[i].contexts },
                                           { "AT+WDSS?", rows[i].session },
                                           IDENTITY,
                                           { NULL, NULL } };

                Bench *bench = bench_init(&memory, answers);
                (void) TEXT_COPY(bench->settings.apn, rows[i].apn);
                CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
                if (bench->module->findings.context_differs != rows[i].differs)
                        test_fail(__FILE__, __LINE__, "row %zu: %d", i,
                                  bench->module->findings.context_differs);
        }
}

TEST(hl78xx_firmware_may_carry_its_prefix) {
        _cleanup_(bench_done) Bench memory;
        const Answer answers[] = { { "AT+CGMR", "+CGMR: HL7800.4.6.9.4|OK" },
                                   IDENTITY,
                                   { NULL, NULL } };

        Bench *bench = bench_init(&memory, answers);
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
        CHECK_STR(bench->module->findings.firmware, "HL7800.4.6.9.4");
}

/* the other verbs */

static void check_verb(Verb verb, VerbArgs args, const char *wire, const Answer *answers,
                       Reason reason) {
        _cleanup_(bench_done) Bench memory;

        Bench *bench = bench_init(&memory, answers);
        CHECK_INT(bench_say(bench, verb, args), 0);
        CHECK_STR(bench->wire, wire);
        CHECK_STR(reason_to_string(bench_last(bench).reason), reason_to_string(reason));
        CHECK(bench_ended(bench, verb, reason));
        CHECK(chat_is_idle(bench->chat));
}

TEST(hl78xx_every_answer_has_its_number) {
        static const struct {
                Action action;
                const char *accept, *defer;
        } rows[] = {
                { ACTION_CONNECT, "AT+WDSR=1\n", "AT+WDSR=0,7\n" },
                { ACTION_DOWNLOAD, "AT+WDSR=3\n", "AT+WDSR=2,7\n" },
                { ACTION_INSTALL, "AT+WDSR=4\n", "AT+WDSR=5,7\n" },
                { ACTION_REBOOT, "AT+WDSR=6\n", "AT+WDSR=7,7\n" },
                { ACTION_UNINSTALL, "AT+WDSR=8\n", "AT+WDSR=9,7\n" },
        };

        CHECK_INT(ELEMENTSOF(rows), _ACTION_MAX);
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const VerbArgs args = { .action = rows[i].action, .minutes = 7 };
                check_verb(VERB_ACCEPT, args, rows[i].accept, NULL, REASON_NONE);
                check_verb(VERB_DEFER, args, rows[i].defer, NULL, REASON_NONE);
        }
        check_verb(VERB_DEFER, (VerbArgs) { .action = ACTION_INSTALL, .minutes = 1440 },
                   "AT+WDSR=5,1440\n", NULL, REASON_NONE);
}

TEST(hl78xx_refused_answer_means_that_nothing_was_pending_or_something_else_is) {
        static const char *const errors[] = { "ERROR", "+CME ERROR: 3", "+CME ERROR: 650" };

        for (size_t i = 0; i < ELEMENTSOF(errors); i++) {
                const Answer answers[] = { { "AT+WDSR=4", errors[i] },
                                           { "AT+WDSR=5,1", errors[i] },
                                           { NULL, NULL } };
                check_verb(VERB_ACCEPT, (VerbArgs) { .action = ACTION_INSTALL }, "AT+WDSR=4\n",
                           answers, REASON_AGREEMENT_PENDING);
                check_verb(VERB_DEFER, (VerbArgs) { .action = ACTION_INSTALL, .minutes = 1 },
                           "AT+WDSR=5,1\n", answers, REASON_AGREEMENT_PENDING);
        }
}

TEST(hl78xx_grant_without_OK_is_taken_when_the_module_goes_ahead) {
        static const char *const signs[] = { "+WDSI: 12", "+WDSI: 14", "+WDSI: 15",
                                             "+WDSI: 16", "+WDSI: 18", "+KSUP: 0" };

        for (size_t i = 0; i < ELEMENTSOF(signs); i++) {
                const Answer answers[] = { { "AT+WDSR=4", signs[i] }, { NULL, NULL } };
                check_verb(VERB_ACCEPT, (VerbArgs) { .action = ACTION_INSTALL }, "AT+WDSR=4\n",
                           answers, REASON_NONE);
        }
}

TEST(hl78xx_grant_with_silence_is_not_repeated) {
        const Answer silent[] = { { "AT+WDSR=4", "" }, { NULL, NULL } };
        const Answer other[] = { { "AT+WDSR=4", "+WDSI: 8" }, { NULL, NULL } };

        check_verb(VERB_ACCEPT, (VerbArgs) { .action = ACTION_INSTALL }, "AT+WDSR=4\n", silent,
                   REASON_NO_RESPONSE);
        check_verb(VERB_ACCEPT, (VerbArgs) { .action = ACTION_INSTALL }, "AT+WDSR=4\n", other,
                   REASON_NO_RESPONSE);
}

#define DIAGNOSIS "AT+WDSS=1,1\nAT+WDSG\nAT+WDSS?\nAT+CGDCONT?\n"

static void check_connect(const char *reply, const char *general, const char *session,
                          const char *contexts, const char *wire, Reason reason) {
        const Answer answers[] = {
                { "AT+WDSS=1,1", reply },    { "AT+WDSG", general }, { "AT+WDSS?", session },
                { "AT+CGDCONT?", contexts }, { NULL, NULL },
        };

        check_verb(VERB_CONNECT, (VerbArgs) { 0 }, wire, answers, reason);
}

TEST(hl78xx_refused_session_has_its_reason) {
        const char *context = "+CGDCONT: 1,\"IP\",\"\"|OK", *chosen = "+WDSS: 1,0|+WDSS: 2,1|OK";

        check_connect("OK", NULL, NULL, NULL, "AT+WDSS=1,1\n", REASON_NONE);
        check_connect("+CME ERROR: 133", NULL, NULL, NULL, "AT+WDSS=1,1\n", REASON_INVALID_APN);
        check_connect("+CME ERROR: 148", NULL, NULL, NULL, "AT+WDSS=1,1\n",
                      REASON_ACTIVATION_FAILED);
        /* no number: any cause */
        check_connect("ERROR", "+WDSG: 0,3|+WDSG: 1,2|OK", chosen, context, DIAGNOSIS,
                      REASON_AGREEMENT_PENDING);
        check_connect("ERROR", "ERROR", chosen, "OK", DIAGNOSIS, REASON_NO_APN);
        check_connect("ERROR", "ERROR", chosen, context, DIAGNOSIS, REASON_ACTIVATION_FAILED);
        /* 650: two causes */
        check_connect("+CME ERROR: 650", "+WDSG: 0,3|+WDSG: 1,2|OK", chosen, context, DIAGNOSIS,
                      REASON_AGREEMENT_PENDING);
        check_connect("+CME ERROR: 650", "+WDSG: 0,3|+WDSG: 1,3|OK", chosen, context, DIAGNOSIS,
                      REASON_AGREEMENT_PENDING);
        check_connect("+CME ERROR: 650", "+WDSG: 0,3|+WDSG: 1,0|OK", "+WDSS: 1,0|OK", context,
                      DIAGNOSIS, REASON_NO_APN);
        check_connect("+CME ERROR: 650", "ERROR", "+WDSS: 1,0|+WDSS: 2,0|OK", context, DIAGNOSIS,
                      REASON_NO_APN);
        check_connect("+CME ERROR: 650", "ERROR", chosen, "OK", DIAGNOSIS, REASON_NO_APN);
        check_connect("+CME ERROR: 650", "ERROR", chosen, context, DIAGNOSIS,
                      REASON_ACTIVATION_FAILED);
}

TEST(hl78xx_disconnect_signal_and_unlock_say_exactly_this) {
        const Answer closed[] = { { "AT+WDSS=1,0", "+CME ERROR: 3" }, { NULL, NULL } };
        const Answer wrong[] = { { "AT+CPIN=\"1234\"", "+CME ERROR: 16" }, { NULL, NULL } };

        check_verb(VERB_DISCONNECT, (VerbArgs) { 0 }, "AT+WDSS=1,0\n", NULL, REASON_NONE);
        check_verb(VERB_DISCONNECT, (VerbArgs) { 0 }, "AT+WDSS=1,0\n", closed, REASON_NONE);
        check_verb(VERB_SIGNAL, (VerbArgs) { 0 }, "AT+CEREG?\nAT+CSQ\n", NULL, REASON_NONE);
        check_verb(VERB_UNLOCK, (VerbArgs) { .pin = "1234" }, "AT+CPIN=\"1234\"\n", NULL,
                   REASON_NONE);
        check_verb(VERB_UNLOCK, (VerbArgs) { .pin = "1234" }, "AT+CPIN=\"1234\"\n", wrong,
                   REASON_PREREQUISITE_MISSING);
        check_verb(VERB_CONTEXT, (VerbArgs) { 0 }, "AT+WDSS=2,1\n", NULL, REASON_NONE);
}

TEST(hl78xx_command_of_a_person_gets_its_lines) {
        _cleanup_(bench_done) Bench memory;
        const Answer answers[] = {
                { "AT+WDSC?", "+WDSC: 0,0|+WDSI: 8|+WDSC: 1,1|OK" },
                { "AT+BAD", "+CME ERROR: 650" },
                { "AT+WORSE", "ERROR" },
                { NULL, NULL },
        };

        Bench *bench = bench_init(&memory, answers);
        CHECK_INT(bench_say(bench, VERB_COMMAND, (VerbArgs) { .command = "AT+WDSC?" }), 0);
        CHECK_STR(bench->lines, "+WDSC: 0,0\n+WDSC: 1,1\nOK\n");
        CHECK_INT(bench->facts[0].kind, FACT_SESSION_CLOSED);
        CHECK(bench_ended(bench, VERB_COMMAND, REASON_NONE));
        CHECK_INT(bench_say(bench, VERB_COMMAND, (VerbArgs) { .command = "AT+BAD" }), 0);
        CHECK_STR(bench->lines, "+CME ERROR: 650\n");
        CHECK_INT(bench_say(bench, VERB_COMMAND, (VerbArgs) { .command = "AT+WORSE" }), 0);
        CHECK_STR(bench->lines, "ERROR\n");
}

TEST(hl78xx_one_verb_runs_at_a_time_and_an_abandoned_one_is_forgotten) {
        _cleanup_(bench_done) Bench memory;
        const VerbArgs none = { 0 };

        Bench *bench = bench_init(&memory, NULL);
        CHECK_INT(bench->family->start(bench->module, VERB_SIGNAL, &none), 0);
        CHECK_INT(bench->family->start(bench->module, VERB_SIGNAL, &none), -EBUSY);
        CHECK_INT(bench->family->start(bench->module, _VERB_MAX, &none), -EOPNOTSUPP);
        bench->family->abandon(bench->module);
        chat_cancel(bench->chat);
        CHECK_INT(bench->n_facts, 0);
        bench->n_out = 0;
        CHECK_INT(bench_say(bench, VERB_SIGNAL, none), 0);
        CHECK_STR(bench->wire, "AT+CEREG?\nAT+CSQ\n");
        CHECK_INT(bench->n_facts, 1);
}

/* what a person may send */

static void check_command(const char *command, bool allowed) {
        const char *why = family_find("hl78xx")->refuses_command(NULL, command, STATE_IDLE, false);

        if (!why != allowed)
                test_fail(__FILE__, __LINE__, "'%s' is %s", command, why ? why : "allowed");
}

TEST(hl78xx_command_that_fotad_owns_is_refused_however_it_is_written) {
        static const char *const commands[] = {
                "AT+WDSR=4",     "at+wdsr=4",      "AT + WDSR = 4",     "AT\t+WDSR=4",
                "AT+WDSR",       "AT+CSQ;+WDSR=4", "AT+WDSR=?;+WDSR=4", "AT+WDSC?;+WDSC=1,0",
                "ATE0+WDSR=4",   "AT+WDSS=1,1",    "AT+WDSS=2,2",       "AT+WDSC=1,0",
                "AT+WDSI=0",     "AT+WDSD=1000",   "AT+WDSTPF=1",       "AT+CPIN=\"1234\"",
                "AT+CPIN =1234",
        };

        for (size_t i = 0; i < ELEMENTSOF(commands); i++)
                check_command(commands[i], false);
}

TEST(hl78xx_command_that_takes_the_line_away_is_refused) {
        static const char *const commands[] = {
                "AT&F",      "at & f",      "ATZ",       "ATD*99#",    "ATO",        "AT+CFUN=1,1",
                "AT+CFUN=0", "AT+IPR=9600", "AT&K3",     "AT+IFC=2,2", "AT+CPWROFF", "AT+CMUX=0",
                "AT+CGDATA", "AT+CMGS=1",   "AT+CSQ;&F", "",           "RING",       "A/",
                "+WDSR=4",
        };

        for (size_t i = 0; i < ELEMENTSOF(commands); i++)
                check_command(commands[i], false);
}

TEST(hl78xx_command_that_only_looks_is_allowed) {
        static const char *const commands[] = {
                "AT",
                "ATI",
                "ATI3",
                "AT+CSQ",
                "AT+WDSC?",
                "AT+WDSC=?",
                "AT+WDSI=?",
                "AT+WDSS?",
                "AT+WDSS=?",
                "AT+WDSG",
                "AT+WDSE",
                "AT+WDSR=?",
                "AT+WDSD=?",
                "AT+CPIN?",
                "at+cfun?",
                "AT+CFUN=?",
                "AT+COPS?",
                "AT+IPR?",
                "AT+CGDCONT?",
                "AT+KCELLMEAS=0",
                "AT+CEREG?;+CSQ",
                "AT+WDSC?;+WDSS?",
        };

        for (size_t i = 0; i < ELEMENTSOF(commands); i++)
                check_command(commands[i], true);
}

TEST(hl78xx_nothing_may_be_sent_while_firmware_is_installed) {
        const Family *family = family_find("hl78xx");

        CHECK(family->refuses_command(NULL, "AT", STATE_INSTALLING, false));
        CHECK(family->refuses_command(NULL, "AT", STATE_RESTARTING, false));
        CHECK(family->refuses_command(NULL, "AT", STATE_CONFIRMING, false));
        CHECK(!family->refuses_command(NULL, "AT", STATE_DOWNLOADING, false));
        CHECK(!family->refuses_command(NULL, "AT", STATE_INSTALL_PENDING, false));
}

TEST_MAIN()
