/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The settings that an update of a Telit module loses: what is read of them, what is left out, and
 * what becomes of each when it is written back. */

#include <stdio.h>

#include "families/family-bench.h"
#include "test.h"

static const char *saved(Bench *bench) {
        const bool done = bench_say(bench, VERB_SAVE, (VerbArgs) { 0 }) == 0 &&
                          bench_ended(bench, VERB_SAVE, REASON_NONE);

        return done ? bench->told : "not saved";
}

TEST(telit_saves_what_it_can_read) {
        static const Answer answers[] = {
                { "AT&V", "ACTIVE PROFILE:|E0 L1 M1 Q0 V1 X1 &C1 &D0 &K3 &S3|S00:002 S01:000|OK" },
                { "AT+CMEE?", "+CMEE: 2|OK" },
                { "AT+CREG?", "+CREG: 1,5|OK" },
                { "AT+CGREG?", "+CGREG: 2,1,\"00C3\",\"A5F1\"|OK" },
                { "AT+CMGF?", "+CMGF:1|OK" },
                { "AT+CNMI?", "+CNMI: 2,1,0,0,0|OK" },
                { "AT+CSMP?", "ERROR" },
                { "AT+CSCS?", "+CSCS: \"IRA\"|OK" },
                { "AT+CGCLASS?", "+CME ERROR: 4" },
                { "AT#OTASUAN?", "#OTASUAN: ,2,1|OK" },
                { "AT#SIMDET?", "#SIMDET: 1,1|OK" },
                { "AT+CLIP?", "+CLIP: 1,2|OK" },
                { "ATS0?", "002|OK" },
                { 0 },
        };
        _cleanup_(bench_done) Bench memory;
        Bench *bench = bench_init_family(&memory, "telit", answers);

        CHECK_STR(saved(bench), "+CMEE 2 read\n"
                                "+CREG 1 read\n"
                                "+CGREG 2 read\n"
                                "+CMGF 1 read\n"
                                "+CNMI 2,1,0,0,0 read\n"
                                "+CSCS \"IRA\" read\n"
                                "#OTASUAN ,2,1 read\n"
                                "#SIMDET 1 read\n"
                                "+CLIP 1 read\n"
                                "S0 002 read\n"
                                "&K 3 read\n"
                                "E 0 read\n"
                                "V 1 read\n");
}

/* None of them could be written back as it is. */
TEST(telit_leaves_out_odd_answers) {
        static const char *const odd[] = {
                "+CMEE: 1|+CMEE: 2|OK", /* several */
                "+CMEE:|OK",
                "OK",
                "ERROR",
                "+CME ERROR: 3",
                "+CMEX: 2|OK",         /* somebody else's */
                "+CMEE: 2;+CFUN=4|OK", /* another command behind it */
                "+CMEE: \"2|OK",       /* a quote that does not end */
                "+CMEE: a\tb|OK",
        };

        for (size_t i = 0; i < ELEMENTSOF(odd); i++) {
                _cleanup_(bench_done) Bench memory;
                const Answer answers[] = { { "AT+CMEE?", odd[i] }, { 0 } };
                Bench *bench = bench_init_family(&memory, "telit", answers);

                if (!streq(saved(bench), ""))
                        printf("  %s: %s\n", odd[i], bench->told);
                CHECK_STR(bench->told, "");
        }
}

TEST(telit_leaves_out_what_is_too_long) {
        static char line[400];
        const Answer answers[] = { { "AT+CMEE?", line }, { 0 } };

        for (unsigned extra = 0; extra < 2; extra++) {
                _cleanup_(bench_done) Bench memory;
                Bench *bench = bench_init_family(&memory, "telit", answers);

                (void) snprintf(line, sizeof(line), "+CMEE: %0*d|OK",
                                (int) (SETTING_VALUE_MAX - 1 + extra), 1);
                CHECK_INT(saved(bench)[0] != '\0', extra == 0);
        }
}

TEST(telit_saves_names_of_the_configuration_once) {
        static const Answer answers[] = {
                { "AT&V", "E1 &K0|OK" },
                { "AT+CMEE?", "+CMEE: 1|OK" },
                { "AT#ESCRPT?", "#ESCRPT: \"a;b.py\"|OK" },
                { "ATS7?", "060|OK" },
                { 0 },
        };
        _cleanup_(bench_done) Bench memory;
        Bench *bench = bench_init_family(&memory, "telit", answers);

        bench->settings.n_keep_settings = 4;
        (void) TEXT_COPY(bench->settings.keep_settings[0], "+cmee");
        (void) TEXT_COPY(bench->settings.keep_settings[1], "#ESCRPT");
        (void) TEXT_COPY(bench->settings.keep_settings[2], "S7");
        (void) TEXT_COPY(bench->settings.keep_settings[3], "#ESCRPT");
        CHECK_STR(saved(bench), "+CMEE 1 read\n&K 0 read\nE 1 read\n#ESCRPT \"a;b.py\" read\n"
                                "S7 060 read\n");
}

TEST(telit_saves_nothing_of_a_module_that_is_silent) {
        static const Answer answers[] = { { "AT&V", "" }, { "AT", "" }, { 0 } };
        _cleanup_(bench_done) Bench memory;
        Bench *bench = bench_init_family(&memory, "telit", answers);

        CHECK_INT(bench_say(bench, VERB_SAVE, (VerbArgs) { 0 }), 0);
        CHECK(bench_ended(bench, VERB_SAVE, REASON_NO_RESPONSE));
        CHECK_STR(bench->told, "");
}

/* writing back */

static const char *restored(Bench *bench, const char *settings) {
        const bool done =
                bench_say(bench, VERB_RESTORE, (VerbArgs) { .settings = settings }) == 0 &&
                bench_ended(bench, VERB_RESTORE, REASON_NONE);

        return done ? bench->told : "not restored";
}

TEST(telit_writes_back_what_differs) {
        static const Answer answers[] = {
                { "AT&V", "E1 V1 &K3|OK" },
                { "AT+CMEE?", "+CMEE: 0|OK" },
                { "AT+CSCS?", "+CSCS: \"IRA\"|OK" },
                { "AT+CNMI=2,1", "ERROR" },
                { "AT+CNMI?", "+CNMI: 0,0|OK" },
                { "ATS0?", "002|OK" },
                { "AT&K0", "ERROR" },
                { 0 },
        };
        _cleanup_(bench_done) Bench memory;
        Bench *bench = bench_init_family(&memory, "telit", answers);

        /* the answers never change: what is taken is read differently still */
        CHECK_STR(restored(bench, "+CMEE 2|+CSCS \"IRA\"|+CNMI 2,1|S0 002|&K 0|E 0|V 1|"),
                  "+CMEE 0 different\n"
                  "+CSCS \"IRA\" same\n"
                  "+CNMI 0,0 refused\n"
                  "S0 002 same\n"
                  "&K 3 refused\n"
                  "E 1 different\n"
                  "V 1 same\n");
        CHECK_STR(bench->wire, "AT&V\n"
                               "AT+CMEE?\nAT+CMEE=2\nAT+CMEE?\n"
                               "AT+CSCS?\n"
                               "AT+CNMI?\nAT+CNMI=2,1\n"
                               "ATS0?\n"
                               "AT&K0\n"
                               "ATE0\nAT&V\n");
}

/* A module that takes what it is given. */
static Answer taking[] = {
        { "AT+CMEE?", "+CMEE: 0|OK" }, { "ATS0?", "000|OK" }, { "AT&V", "&K3|OK" }, { 0 }
};
static bool take(Bench *bench) {
        static const Answer taken[] = { { "AT+CMEE=2", "+CMEE: 2|OK" },
                                        { "ATS0=001", "001|OK" },
                                        { "AT&K0", "&K0|OK" } };

        for (size_t i = 0; i < ELEMENTSOF(taken); i++)
                if (bench->n_out > strlen(taken[i].command) &&
                    memcmp(bench->out, taken[i].command, strlen(taken[i].command)) == 0)
                        taking[i].reply = taken[i].reply;
        return false;
}

TEST(telit_tells_what_came_back) {
        _cleanup_(bench_done) Bench memory;
        Bench *bench = bench_init_family(&memory, "telit", taking);

        bench->take = take;
        CHECK_STR(restored(bench, "+CMEE 2|S0 001|&K 0|"),
                  "+CMEE 2 restored\nS0 001 restored\n&K 0 restored\n");
        /* once more: nothing is left to do */
        CHECK_STR(restored(bench, "+CMEE 2|S0 001|&K 0|"),
                  "+CMEE 2 same\nS0 001 same\n&K 0 same\n");
        CHECK(!strchr(bench->wire, '='));
}

TEST(telit_passes_over_what_no_command_can_hold) {
        static const struct {
                const char *settings, *told;
        } rows[] = {
                { "", "" },
                { "|||", "" },
                { "junk|+CMEE 0|", "+CMEE 0 same\n" },
                { "+CMEE 0", "+CMEE 0 same\n" },
                { "A-NAME-THAT-IS-MUCH-TOO-LONG-FOR-IT 1|+CMEE 0|", "+CMEE 0 same\n" },
                { "+CSCS a\rb|+CMEE 0|", "+CMEE 0 same\n" },
                { "+CSCS 1;D0123|+CMEE 0|", "+CMEE 0 same\n" },
                { "+CSCS |+CMEE 0|", "+CMEE 0 same\n" },
        };
        static const Answer answers[] = { { "AT+CMEE?", "+CMEE: 0|OK" }, { 0 } };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(bench_done) Bench memory;
                Bench *bench = bench_init_family(&memory, "telit", answers);

                CHECK_STR(restored(bench, rows[i].settings), rows[i].told);
        }
}

TEST_MAIN()
