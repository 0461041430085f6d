/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* VERB_ARM of HL78xx: what it writes, what it leaves, what it says of others, and that no
 * indication is lost to the question for their level. */

#include "families/family-bench.h"
#include "test.h"

#define RANGE \
        { "AT+WDSI=?", "+WDSI: (0-4479)|OK" }
#define LEVEL \
        { "AT+WDSI?", "+WDSI: 4479|OK" }
#define READ "AT+WDSI=?\nAT+WDSI?\n"
#define TIMERS "+WDSC: 4,15,60,240,480,1440,2880,0,0"

typedef struct Row {
        const char *agreements; /* answer of AT+WDSC? */
        const char *wire;       /* behind AT+WDSC? */
        const char *drift;
} Row;

static bool bench_arm(Bench *bench) {
        return bench_say(bench, VERB_ARM, (VerbArgs) { 0 }) == 0 &&
               bench_ended(bench, VERB_ARM, REASON_NONE) && bench->module->findings.armed;
}

static void check_rows(const Row *rows, size_t n, const FamilySettings *settings) {
        for (size_t i = 0; i < n; i++) {
                _cleanup_(bench_done) Bench memory;
                const Answer answers[] = {
                        RANGE, LEVEL, { "AT+WDSC?", rows[i].agreements }, { NULL, NULL }
                };

                Bench *bench = bench_init(&memory, answers);
                bench->settings = *settings;
                CHECK(bench_arm(bench));
                CHECK_INT(strncmp(bench->wire, READ "AT+WDSC?\n", strlen(READ "AT+WDSC?\n")), 0);
                CHECK_STR(bench->wire + strlen(READ "AT+WDSC?\n"), rows[i].wire);
                CHECK_STR(bench->module->findings.drift, rows[i].drift);
        }
}

TEST(hl78xx_arm_sets_back_what_differs_and_says_it) {
        static const Row rows[] = {
                { "+WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|" TIMERS "|+WDSC: 5,1|+WDSC: 6,1|OK",
                  "", "" },
                { "+WDSC: 0,0|+WDSC: 1,0|+WDSC: 2,1|+WDSC: 3,0|" TIMERS "|OK", "AT+WDSC=1,1\n",
                  "download not asked, install asked" },
                { "+WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,0|+WDSC: 3,0|" TIMERS "|OK", "AT+WDSC=2,1\n",
                  "download asked, install not asked" },
                /* the connect agreement is set, and no drift */
                { "+WDSC: 0,1|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|OK", "AT+WDSC=0,0\n", "" },
                { "+WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,1440|OK", "AT+WDSC=3,0\n",
                  "polling every 1440 min" },
                /* what a module does not say is written when it must be right */
                { "OK", "AT+WDSC=1,1\nAT+WDSC=2,1\nAT+WDSC=0,0\n", "" },
                { "ERROR", "AT+WDSC=1,1\nAT+WDSC=2,1\nAT+WDSC=0,0\n", "" },
                { "+WDSC: 2,1|OK", "AT+WDSC=1,1\nAT+WDSC=0,0\n", "" },
                /* however it is written */
                { "+WDSC:0, 0|+WDSC:  1 ,1|+WDSC: 2, 1|+WDSC: 3, 0|+WDSC: 4, 15, 60|+WDSC: 9,7|OK",
                  "", "" },
                { "+WDSC: 0,0|+WDSC: 1,4294967297|+WDSC: 2,2|+WDSC: 3,|+WDSC: 4|OK",
                  "AT+WDSC=1,1\nAT+WDSC=2,1\n", "download not asked, install not asked" },
        };

        check_rows(rows, ELEMENTSOF(rows), &(FamilySettings) { .pdp_context = 1 });
}

TEST(hl78xx_arm_asks_for_the_connection_when_policy_does) {
        _cleanup_(bench_done) Bench memory;
        const Answer answers[] = {
                RANGE, LEVEL, { "AT+WDSC?", "+WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|OK" }, { NULL, NULL }
        };

        Bench *bench = bench_init(&memory, answers);
        CHECK_INT(bench_say(bench, VERB_ARM, (VerbArgs) { .ask_connect = true }), 0);
        CHECK_STR(bench->wire, READ "AT+WDSC?\nAT+WDSC=0,1\n");
        CHECK_STR(bench->module->findings.drift, "");
}

TEST(hl78xx_arm_knows_the_trap_of_modes_3_and_4) {
        static const Row rows[] = {
                { "+WDSC: 0,0|+WDSC: 1,0|+WDSC: 2,0|+WDSC: 3,1|+WDSC: 4,1,0,0,0,0,0,0,0|OK",
                  "AT+WDSC=1,1\nAT+WDSC=2,1\nAT+WDSC=3,0\n",
                  "download not asked, install not asked, polling every 1 min, retry timers 1 "
                  "min" },
                { "+WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|+WDSC: 4,1|OK", "",
                  "retry timers 1 min" },
                /* any other list is the module's own affair */
                { "+WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|+WDSC: 4,2,0,0,0,0,0,0,0|OK", "",
                  "" },
                { "+WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|+WDSC: 4,0,0,0,0,0,0,0,0|OK", "",
                  "" },
        };

        check_rows(rows, ELEMENTSOF(rows), &(FamilySettings) { .pdp_context = 1 });
}

TEST(hl78xx_arm_sets_polling_and_retry_timers_of_the_settings) {
#define AGREED "+WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|"
        static const Row rows[] = {
                { AGREED "+WDSC: 3,60|+WDSC: 4,5,30,0,0,0,0,0,0|OK", "", "" },
                { AGREED "+WDSC: 3,60|+WDSC: 4,5, 30|OK", "", "" },
                { AGREED "+WDSC: 3,0|" TIMERS "|OK", "AT+WDSC=3,60\nAT+WDSC=4,5,30,0,0,0,0,0,0\n",
                  "polling off, retry timers 15 60 240 480 1440 2880 min" },
                { AGREED "+WDSC: 3,60|+WDSC: 4,0,0,0,0,0,0,0,0|OK", "AT+WDSC=4,5,30,0,0,0,0,0,0\n",
                  "no retry timers" },
                { AGREED "OK", "AT+WDSC=3,60\nAT+WDSC=4,5,30,0,0,0,0,0,0\n", "" },
        };

        check_rows(rows, ELEMENTSOF(rows),
                   &(FamilySettings) { .pdp_context = 1,
                                       .poll_minutes = 60,
                                       .n_retry_timers = 2,
                                       .retry_timers = { 5, 30 } });
}

TEST(hl78xx_arm_tells_what_the_module_does_by_itself_now) {
        _cleanup_(bench_done) Bench memory;
        const Answer answers[] = { RANGE,
                                   LEVEL,
                                   { "AT+WDSC?", AGREED "+WDSC: 3,7|" TIMERS "|OK" },
                                   { "AT+WDSC=3,0", "ERROR" },
                                   { NULL, NULL } };
        const Findings *findings;

        Bench *bench = bench_init(&memory, answers);
        findings = &bench->module->findings;
        CHECK(bench_arm(bench));
        CHECK_INT(findings->poll_minutes, 7); /* it would not be set back */
        CHECK_INT(findings->n_retry_timers, 6);
        CHECK_INT(findings->retry_timers[0], 15);
        CHECK_INT(findings->retry_timers[5], 2880);
        CHECK(findings->indications);

        bench->settings.poll_minutes = 9;
        bench->settings.n_retry_timers = 1;
        bench->settings.retry_timers[0] = 3;
        CHECK(bench_arm(bench));
        CHECK_INT(findings->poll_minutes, 9);
        CHECK_INT(findings->n_retry_timers, 1);
        CHECK_INT(findings->retry_timers[0], 3);
}

TEST(hl78xx_arm_writes_fewer_timers_where_0_is_refused) {
        _cleanup_(bench_done) Bench memory;
        Answer answers[] = { RANGE,
                             LEVEL,
                             { "AT+WDSC?", AGREED "+WDSC: 3,0|" TIMERS "|OK" },
                             { "AT+WDSC=4,5,30,0,0,0,0,0,0", "+CME ERROR: 916" },
                             { "AT+WDSC=4,5,30", "OK" },
                             { NULL, NULL } };

        Bench *bench = bench_init(&memory, answers);
        bench->settings.n_retry_timers = 2;
        bench->settings.retry_timers[0] = 5;
        bench->settings.retry_timers[1] = 30;
        CHECK(bench_arm(bench));
        CHECK_STR(bench->wire, READ "AT+WDSC?\nAT+WDSC=4,5,30,0,0,0,0,0,0\nAT+WDSC=4,5,30\n");
        CHECK_INT(bench->module->findings.n_retry_timers, 2);
        /* refused altogether: told once, and it is no failure */
        answers[4].reply = "+CME ERROR: 916";
        CHECK(bench_arm(bench));
        CHECK_INT(bench->module->findings.n_retry_timers, 6);
        CHECK_STR(bench->module->findings.drift, "retry timers 15 60 240 480 1440 2880 min");
        CHECK(bench_arm(bench));
        CHECK_STR(bench->module->findings.drift, "");
}

TEST(hl78xx_what_fotad_set_or_told_is_no_drift_later) {
        _cleanup_(bench_done) Bench memory;
        Answer answers[] = {
                RANGE, LEVEL, { "AT+WDSC?", AGREED "+WDSC: 3,1|+WDSC: 4,1|OK" }, { NULL, NULL }
        };
        const char *drift;

        Bench *bench = bench_init(&memory, answers);
        drift = bench->module->findings.drift;
        CHECK(bench_arm(bench));
        CHECK_STR(drift, "polling every 1 min, retry timers 1 min");
        /* the list was left; the polling is somebody's again */
        CHECK(bench_arm(bench));
        CHECK_STR(drift, "polling every 1 min");
        /* other settings: what is found was set by fotad */
        answers[2].reply = AGREED "+WDSC: 3,0|+WDSC: 4,1|OK";
        bench->settings.poll_minutes = 30;
        CHECK(bench_arm(bench));
        CHECK_STR(drift, "");
        CHECK(strstr(bench->wire, "AT+WDSC=3,30\n"));
        /* an agreement is told each time */
        answers[2].reply = "+WDSC: 1,0|+WDSC: 2,1|+WDSC: 3,30|OK";
        CHECK(bench_arm(bench));
        CHECK_STR(drift, "download not asked, install asked");
        CHECK(bench_arm(bench));
        CHECK_STR(drift, "download not asked, install asked");
}

TEST(hl78xx_arm_fails_when_an_agreement_is_refused_or_the_module_is_silent) {
        static const struct {
                Answer answer;
                Reason reason;
        } rows[] = {
                { { "AT+WDSC=1,1", "ERROR" }, REASON_PREREQUISITE_MISSING },
                { { "AT+WDSC=2,1", "+CME ERROR: 3" }, REASON_PREREQUISITE_MISSING },
                { { "AT+WDSI=4479", "ERROR" }, REASON_PREREQUISITE_MISSING },
                { { "AT+WDSI?", "" }, REASON_NO_RESPONSE },
                { { "AT+WDSC?", "" }, REASON_NO_RESPONSE },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(bench_done) Bench memory;
                const Answer answers[] = { rows[i].answer, RANGE, { NULL, NULL } };

                Bench *bench = bench_init(&memory, answers);
                CHECK_INT(bench_say(bench, VERB_ARM, (VerbArgs) { 0 }), 0);
                CHECK(bench_ended(bench, VERB_ARM, rows[i].reason));
                CHECK(!bench->module->findings.armed);
        }
}

TEST(hl78xx_guard_that_ends_in_the_middle_leaves_the_next_verb_whole) {
        _cleanup_(bench_done) Bench memory;
        const Answer answers[] = { { "AT+CGMR", "1|OK" },
                                   { "AT+WDSC=1,1", "ERROR" },
                                   { NULL, NULL } };

        Bench *bench = bench_init(&memory, answers);
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
        CHECK(bench_ended(bench, VERB_START, REASON_PREREQUISITE_MISSING));
        CHECK_INT(bench_say(bench, VERB_SIGNAL, (VerbArgs) { 0 }), 0);
        CHECK_STR(bench->wire, "AT+CEREG?\nAT+CSQ\n");
        CHECK_INT(bench->n_facts, 1);
}

TEST(hl78xx_arm_is_not_confused_by_indications_between_command_and_reply) {
        static const char *const interjections[] = { "+WDSI: 18, 5", "+WDSI: 3", "+WDSI: 9,1464",
                                                     "+KSUP: 0" };

        for (size_t i = 0; i < ELEMENTSOF(interjections); i++) {
                _cleanup_(bench_done) Bench memory;
                const Answer answers[] = { RANGE,
                                           LEVEL,
                                           { "AT+WDSC?", AGREED "+WDSC: 3,0|" TIMERS "|OK" },
                                           { NULL, NULL } };

                Bench *bench = bench_init(&memory, answers);
                bench->interjection = interjections[i];
                CHECK(bench_arm(bench));
                CHECK_STR(bench->wire, READ "AT+WDSC?\n");
                CHECK_STR(bench->module->findings.drift, "");
                CHECK_INT(bench->n_facts, 1 + 3); /* not one is lost */
        }
}

/* the level of the indications */

typedef struct LevelRow {
        const char *first, *second; /* answers of AT+WDSI?, second NULL: not asked */
        const char *drift;
        bool written, known;
        const char *facts; /* of indications, in their order */
} LevelRow;

static unsigned level_asked;
static const LevelRow *level_row;

static bool take_level(Bench *bench) {
        static const char command[] = "AT+WDSI?\r";
        const size_t n = strlen(command);

        if (bench->n_out < n || memcmp(bench->out, command, n) != 0)
                return false;
        bench_drop(bench, n);
        bench_note(bench, "AT+WDSI?");
        bench_send_all(bench, level_asked++ == 0 ? level_row->first : level_row->second);
        return true;
}

static void check_level(const LevelRow *row) {
        _cleanup_(bench_done) Bench memory;
        const Answer answers[] = { RANGE,
                                   { "AT+WDSC?", AGREED "+WDSC: 3,0|" TIMERS "|OK" },
                                   { NULL, NULL } };
        char facts[256] = "";
        Text text;

        Bench *bench = bench_init(&memory, answers);
        bench->take = take_level;
        level_asked = 0;
        level_row = row;
        CHECK(bench_arm(bench));
        CHECK_INT(level_asked, row->second ? 2 : 1);
        CHECK_STR(bench->module->findings.drift, row->drift);
        CHECK_INT(strstr(bench->wire, "AT+WDSI=4479\n") != NULL, row->written);
        CHECK_INT(bench->module->findings.indications, row->known);
        text_init(&text, facts, sizeof(facts));
        for (size_t i = 0; i + 1 < bench->n_facts; i++)
                text_printf(&text, "%s ", fact_kind_to_string(bench->facts[i].kind));
        CHECK_STR(facts, row->facts);
}

TEST(hl78xx_level_of_indications_is_told_from_an_indication) {
        static const LevelRow rows[] = {
                { "+WDSI: 4479|OK", NULL, "", false, true, "" },
                { "+WDSI:4479 |OK", NULL, "", false, true, "" },
                { "+WDSI: 127|OK", NULL, "indications 127", true, true, "" },
                { "OK", NULL, "", true, false, "" },
                { "ERROR", NULL, "", true, false, "" },
                /* a script's AT+WDSI=2, and indications that were never on */
                { "+WDSI: 2|OK", "+WDSI: 2|OK", "indications 2", true, true, "" },
                { "+WDSI: 0|OK", "+WDSI: 0|OK", "indications off", true, true, "" },
                /* events among it, in front and behind */
                { "+WDSI: 3|+WDSI: 4479|OK", NULL, "", false, true, "asked " },
                { "+WDSI: 4479|+WDSI: 14|+WDSI: 16|OK", NULL, "", false, true,
                  "installing installed " },
                { "+WDSI: 3|+WDSI: 2|OK", "+WDSI: 2|OK", "indications 2", true, true, "asked " },
                { "+WDSI: 2|+WDSI: 8|OK", "+WDSI: 2|OK", "indications 2", true, true,
                  "session-closed " },
                { "+WDSI: 2|OK", "+WDSI: 6|+WDSI: 2|OK", "indications 2", true, true,
                  "authenticated " },
                { "+WDSI: 2|+WDSI: 2|OK", "+WDSI: 2|OK", "indications 2", true, true, "asked " },
                /* firmware that prints no level: all are events */
                { "+WDSI: 3|OK", "OK", "", true, false, "asked " },
                { "+WDSI: 4|+WDSI: 6|OK", "+WDSI: 8|OK", "", true, false,
                  "authenticating authenticated session-closed " },
                { "+WDSI: 3|ERROR", NULL, "", true, false, "asked " },
                { "+WDSI: 3|OK", "+WDSI: 3|ERROR", "", true, false, "asked asked " },
                /* with data it is never the level, and goes on its way at once */
                { "+WDSI: 9,1464|OK", NULL, "", true, false, "package-offered " },
                { "+WDSI: 3|+WDSI: 18,5|OK", "OK", "", true, false, "progress asked " },
                { "+WDSI: 4479|+WDSI: 18,|OK", NULL, "", false, true, "download-started " },
                /* more than there is room for */
                { "+WDSI: 1|+WDSI: 2|+WDSI: 3|+WDSI: 4|+WDSI: 5|+WDSI: 6|+WDSI: 7|+WDSI: 8|"
                  "+WDSI: 10|OK",
                  "OK", "", true, false,
                  "stored asked asked asked authenticating auth-failed authenticated "
                  "session-refused session-closed " },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                check_level(&rows[i]);
}

TEST(hl78xx_indication_in_front_of_silence_is_not_lost) {
        static const LevelRow rows[] = {
                { .first = "+WDSI: 3" },
                { .first = "+WDSI: 3|OK", .second = "+WDSI: 8" },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(bench_done) Bench memory;

                Bench *bench = bench_init(&memory, NULL);
                bench->take = take_level;
                level_asked = 0;
                level_row = &rows[i];
                CHECK_INT(bench_say(bench, VERB_ARM, (VerbArgs) { 0 }), 0);
                CHECK(bench_ended(bench, VERB_ARM, REASON_NO_RESPONSE));
                CHECK_INT(bench->n_facts, 2 + i);
                CHECK_INT(bench->facts[0].kind, FACT_ASKED);
                CHECK_INT(bench->facts[0].number, ACTION_INSTALL);
        }
}

TEST(hl78xx_line_before_the_question_for_the_level_is_an_indication) {
        _cleanup_(bench_done) Bench memory;
        const VerbArgs none = { 0 };

        Bench *bench = bench_init(&memory, (const Answer[]) { RANGE, LEVEL, { NULL, NULL } });
        CHECK(bench_arm(bench)); /* the range is known: the next one begins with the level */
        chat_distrust(bench->chat);
        bench->n_facts = 0;
        CHECK_INT(bench->family->start(bench->module, VERB_ARM, &none), 0);
        bench_send(bench, "+WDSI: 3"); /* while AT waits for its OK */
        CHECK_INT(bench->n_facts, 1);
        CHECK_INT(bench->facts[0].kind, FACT_ASKED);
        bench_run(bench);
        CHECK(bench_ended(bench, VERB_ARM, REASON_NONE));
        CHECK_INT(bench->n_facts, 2);
}

TEST(hl78xx_mask_that_the_module_took_is_no_drift) {
        _cleanup_(bench_done) Bench memory;
        Answer answers[] = { { "AT+WDSI=?", "+WDSI: (0-8191)|OK" },
                             { "AT+WDSI?", "+WDSI: 4479|OK" },
                             { "AT+WDSI=8191", "ERROR" },
                             { "AT+CGMR", "1|OK" },
                             { NULL, NULL } };
        const char *drift;

        Bench *bench = bench_init(&memory, answers);
        drift = bench->module->findings.drift;
        CHECK(bench_arm(bench));
        CHECK(strstr(bench->wire, "AT+WDSI=8191\nAT+WDSI=4479\n"));
        CHECK_STR(drift, "");
        /* the range is known, and so is what is refused, also at the next start */
        CHECK(bench_arm(bench));
        CHECK_INT(strncmp(bench->wire, "AT+WDSI?\nAT+WDSC?\n", 18), 0);
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
        CHECK(strstr(bench->wire, "AT+WDSI=?\nAT+WDSI?\nAT+WDSC?\n"));
        CHECK_STR(drift, "");
        /* an update taught it more, and another one took it back */
        answers[0].reply = "+WDSI: (0-4607)|OK";
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
        CHECK(strstr(bench->wire, "AT+WDSI=4607\nAT+WDSC?\n"));
        answers[0].reply = "+WDSI: (0-4479)|OK";
        answers[1].reply = "+WDSI: 4607|OK";
        CHECK_INT(bench_say(bench, VERB_START, (VerbArgs) { 0 }), 0);
        CHECK(strstr(bench->wire, "AT+WDSI=4479\nAT+WDSC?\n"));
        CHECK_STR(drift, "");
}

TEST_MAIN()
