/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Dialogues with the simulated Telit module, as the Premium FOTA note describes them in words:
 * three protocols, the time to answer, the silence, what an update forgets, and the SIM that was
 * elsewhere. */

#include "fotasim/sim-bench.h"

#include "test.h"

#define TO "10.00.154"
#define REFUSED "< +CME ERROR: 3\n"
#define ASKED "< #OTAEV: Do you want to upgrade the firmware?\n"
#define ACCEPT "> AT#OTASUAN=1\n< OK\n"
#define START "< #OTAEV: Start Fw Download\n"
#define COMPLETE "< #OTAEV: Fw Download Complete\n"
#define UPGRADED "< #OTAEV: Module Upgraded To New FW\n"
#define NOTIFIED "< #OTAEV: Server notified about successfull FW Upgrade\n"
#define FAILED "< #OTAEV: OTA FW Upgrade Failed\n"
#define REGISTERED "< #OTAEV: Registered\n"
#define SNAP "> AT#OTASNAP=\"+393351234567\"\n< OK\n" REGISTERED
#define TCP_CONFIG                            \
        "> AT#OTASNAIPCFG=0,\"m2m.sample\"\n" \
        "< OK\n"
#define TCP_SNAP TCP_CONFIG "> AT#OTASNAIP=5000,\"192.0.2.7\"\n< OK\n" REGISTERED

static void bench_init(SimBench *bench, SimProtocol protocol) {
        sim_bench_init(bench);
        sim_scenario_init_family(&bench->scenario, SIM_FAMILY_TELIT);
        bench->scenario.echo = false;
        bench->scenario.cmee = 1;
        bench->scenario.telit.protocol = protocol;
}

static void bench_with_package(SimBench *bench, SimProtocol protocol, SimResult result) {
        bench_init(bench, protocol);
        bench->scenario.packages[0] = (SimPlannedPackage) {
                .at = USEC_PER_MINUTE, .bytes = 165000, .to = TO, .result = result
        };
        bench->scenario.n_packages = 1;
}

/* A day in which nothing more may be said. */
static void rest(SimBench *bench) {
        sim_bench_play(bench, "quiet 1d\n");
        sim_bench_done(bench);
}

/* updates */

TEST(sms_update_as_in_2_2) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n" SNAP "< #OTAEV: Provisioned\n" ASKED ACCEPT START
                               "> AT+CGMR\n< 10.00.144\n< OK\n" COMPLETE
                               "quiet 519s\n" UPGRADED NOTIFIED "> AT+CGMR\n< " TO "\n< OK\n");
        CHECK_INT(sim_bench_facts(&bench).installs, 1);
        CHECK_INT(sim_bench_facts(&bench).grants, 1);
        CHECK_INT(sim_bench_facts(&bench).grants_seen, 1);
        CHECK_INT(sim_bench_facts(&bench).reboots, 1);
        rest(&bench);
}

TEST(download_validation_and_flashing_take_the_notes_times) {
        SimBench bench;
        usec_t start, complete;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT START);
        start = bench.now;
        sim_bench_play(&bench, COMPLETE);
        complete = bench.now;
        sim_bench_play(&bench, UPGRADED);
        CHECK_INT((complete - start) / USEC_PER_SEC, 90);
        CHECK_INT((bench.now - complete) / USEC_PER_SEC, 80 + 440 + 8);
        sim_bench_done(&bench);
}

TEST(combined_update_is_frozen_from_the_yes) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_COMBINED, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n" TCP_SNAP ASKED ACCEPT "> AT\nquiet 1s\n");
        CHECK(sim_bench_facts(&bench).frozen && !sim_bench_facts(&bench).flashing);
        CHECK_INT(sim_bench_facts(&bench).bytes_while_flashing, 0);
        sim_bench_play(&bench, START "> AT\n" COMPLETE "> AT\nquiet 80s\n> AT\n");
        CHECK(sim_bench_facts(&bench).flashing);
        sim_bench_play(&bench, UPGRADED NOTIFIED "> AT\n< OK\n");
        CHECK_INT(sim_bench_facts(&bench).bytes_while_flashing, 6); /* two of the four */
        rest(&bench);
}

TEST(sms_update_is_frozen_from_the_complete_download) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.echo = true;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       ASKED "> AT#OTASUAN=1\n< AT#OTASUAN=1\n< OK\n> AT\n< AT\n< OK\n" START
                             "> AT\n< AT\n< OK\n" COMPLETE "> AT\nquiet 60s\n");
        CHECK_INT(sim_bench_facts(&bench).bytes_while_flashing, 3);
        CHECK(sim_bench_facts(&bench).frozen);
        sim_bench_done(&bench);
}

TEST(tcp_update_is_begun_by_the_host) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_TCP, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#OTAIPUPD=?\n< OK\n> AT#OTAIPUPD\n" REFUSED TCP_SNAP
                               "quiet 1h\n> AT#OTAIPUPD?\n< #OTAIPUPD: 0\n< OK\n"
                               "> AT+CGACT=1,1\n< OK\n");
        CHECK_INT(sim_bench_facts(&bench).contexts_up, 2);
        sim_bench_play(&bench, "> AT#OTAIPUPD\n< OK\n> AT\n");
        CHECK_INT(sim_bench_facts(&bench).contexts_up, 0);
        CHECK(sim_bench_facts(&bench).frozen);
        sim_bench_play(&bench, START COMPLETE UPGRADED NOTIFIED);
        CHECK_INT(sim_bench_facts(&bench).grants, 1);
        CHECK_INT(sim_bench_facts(&bench).grants_seen, 2);
        CHECK_STR(sim_bench_facts(&bench).firmware, TO);
        rest(&bench);
}

TEST(tcp_update_with_nothing_to_fetch_fails) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_TCP);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n" TCP_SNAP "> AT#OTAIPUPD\n< OK\n" FAILED "> AT\n< OK\n");
        rest(&bench);
}

TEST(what_is_planned_next_can_come_now) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.packages[0].at = USEC_PER_DAY;
        bench.scenario.packages[1] = bench.scenario.packages[0];
        bench.scenario.packages[1].at = USEC_PER_DAY + USEC_PER_HOUR;
        bench.scenario.n_packages = 2;
        sim_bench_start(&bench);
        sim_plan_hurry(bench.module, bench.now); /* it starts: there is no plan yet */
        sim_bench_play(&bench, "quiet 1h\n");
        sim_plan_hurry(bench.module, bench.now);
        sim_bench_play(&bench,
                       ASKED "> AT#OTASUAN=0\n< OK\nquiet 59min\n" ASKED "> AT#OTASUAN=0\n< OK\n");
        sim_plan_hurry(bench.module, bench.now);
        rest(&bench);
}

TEST(automatic_update_asks_nobody) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_COMBINED, SIM_RESULT_OK);
        bench.scenario.packages[0].automatic = true;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< #OTAEV: Automatic Fw Upgrade Requested\n> AT\nquiet 1s\n" START COMPLETE
                               UPGRADED NOTIFIED);
        CHECK_INT(sim_bench_facts(&bench).grants, 0);
        rest(&bench);
}

TEST(offers_come_one_after_another) {
        SimBench bench;
        SimPackage package = { .bytes = 1000, .to = "10.00.164" };

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED);
        sim_offer(bench.module, bench.now, &package);
        sim_bench_play(&bench, "quiet 30s\n" ACCEPT START COMPLETE UPGRADED NOTIFIED ASKED ACCEPT
                                       START COMPLETE UPGRADED NOTIFIED);
        CHECK_STR(sim_bench_facts(&bench).firmware, "10.00.164");
        CHECK_INT(sim_bench_facts(&bench).installs, 2);
        rest(&bench);
}

/* answers */

TEST(window_to_answer_is_60_s) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED "quiet 59s\n");
        CHECK(sim_bench_facts(&bench).install_asked);
        sim_bench_play(&bench, "wait 1s\n< #OTAEV: User Answer Timeout\nempty\n"
                               "> AT#OTASUAN=1\n" REFUSED);
        CHECK(!sim_bench_facts(&bench).install_asked);
        CHECK_INT(sim_bench_facts(&bench).grants, 0);
        CHECK_INT(sim_bench_facts(&bench).grants_seen, 1);
        rest(&bench);
}

TEST(a_refusal_is_final_unless_the_server_asks_again) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED "> AT#OTASUAN=0\n< OK\n> AT#OTASUAN=1\n" REFUSED);
        CHECK_INT(sim_bench_facts(&bench).refusals, 1);
        rest(&bench);

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.timings.reissue = USEC_PER_HOUR;
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED "> AT#OTASUAN=0\n< OK\nquiet 59min\n" ASKED
                                     "< #OTAEV: User Answer Timeout\nquiet 59min\n" ASKED ACCEPT
                                             START COMPLETE UPGRADED NOTIFIED);
        CHECK_INT(sim_bench_facts(&bench).refusals, 1);
        rest(&bench);
}

TEST(refused_package_is_there_for_the_host_to_fetch) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_COMBINED, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "wait 10s\n" TCP_SNAP ASKED "> AT#OTAIPUPD\n" REFUSED
                       "> AT#OTASUAN=0\n< OK\nquiet 1h\n> AT#OTAIPUPD\n< OK\n" START COMPLETE
                               UPGRADED NOTIFIED);
        CHECK_STR(sim_bench_facts(&bench).firmware, TO);
        rest(&bench);
}

TEST(delay_repeats_the_question_without_end) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.telit.delay = true;
        bench.scenario.timings.repeat = 10 * USEC_PER_MINUTE;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "wait 10s\n> AT#OTASUAN=?\n< #OTASUAN: (0-2),(0-2),(0,1)\n< OK\n" ASKED
                       "> AT#OTASUAN=2\n< OK\nquiet 599s\n" ASKED "quiet 599s\n" ASKED
                       "> AT#OTASUAN=2\n< OK\nquiet 599s\n" ASKED ACCEPT START);
        sim_bench_done(&bench);
}

TEST(delay_is_refused_where_it_is_not_known) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "wait 10s\n> AT#OTASUAN=?\n< #OTASUAN: (0,1),(0-2),(0,1)\n< OK\n" ASKED
                       "> AT#OTASUAN=2\n" REFUSED "> AT#OTASUAN=3\n" REFUSED
                       "> AT#OTASUAN=1,\n< OK\n" START);
        sim_bench_done(&bench);
}

TEST(answers_without_a_question_are_refused) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_SMS);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#OTASUAN=1\n" REFUSED "> AT#OTASUAN=0\n" REFUSED
                               "> AT#OTASUAN\n" REFUSED "> AT#OTASUAN=,2,1\n< OK\n"
                               "> AT#OTASUAN?\n< #OTASUAN: ,2,1\n< OK\n> AT#OTASUAN=,,0\n< OK\n"
                               "> AT#OTASUAN?\n< #OTASUAN: ,2,0\n< OK\n> AT#OTASUAN=,2,2\n" REFUSED
                               "> AT#OTASUAN=,1,0,1\n" REFUSED);
        rest(&bench);
}

TEST(mode_0_holds_everything_back) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#OTASUAN=,0\n< OK\nquiet 10min\n> AT#OTASUAN=,2,1\n"
                               "< OK\n" ASKED "< #OTAEV: User Answer Timeout\n");
        rest(&bench);

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#OTASUAN=,0\n< OK\nquiet 10min\n> AT#OTASUAN=,2,0\n"
                               "< OK\n");
        rest(&bench);
}

/* what goes wrong */

static void play_result(SimResult result, const char *expected, const char *firmware) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_COMBINED, result);
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT);
        sim_bench_play(&bench, expected);
        sim_bench_play(&bench, "> AT\n< OK\n");
        CHECK_STR(sim_bench_facts(&bench).firmware, firmware);
        rest(&bench);
}

TEST(failures_end_where_they_happen) {
        play_result(SIM_RESULT_NO_CONNECTION, FAILED, "10.00.144");
        play_result(SIM_RESULT_HTTP, START "quiet 44s\n" FAILED, "10.00.144");
        play_result(SIM_RESULT_CORRUPT, START COMPLETE "quiet 79s\n" FAILED, "10.00.144");
        play_result(SIM_RESULT_MISMATCH, START COMPLETE FAILED, "10.00.144");
        play_result(SIM_RESULT_WRONG_VERSION, START COMPLETE UPGRADED NOTIFIED, "10.00.144");
}

TEST(test_run_changes_nothing) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_TEST);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#SLED=3\n< OK\n" ASKED ACCEPT START COMPLETE NOTIFIED
                               "> AT#SLED?\n< #SLED: 3\n< OK\n");
        CHECK_INT(sim_bench_facts(&bench).reboots, 0);
        CHECK_STR(sim_bench_facts(&bench).firmware, "10.00.144");
        rest(&bench);
        play_result(SIM_RESULT_TEST, START COMPLETE NOTIFIED, "10.00.144");
}

TEST(stuck_package_flashes_for_ever) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_STUCK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT START COMPLETE "quiet 1d\n");
        CHECK(sim_bench_facts(&bench).flashing);
        sim_bench_done(&bench);
}

TEST(without_automatic_attach_no_download_starts) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#GAUTOATT=0\n< OK\n" ASKED ACCEPT FAILED);
        rest(&bench);

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT+CGCLASS=\"CC\"\n< OK\n" ASKED ACCEPT FAILED);
        rest(&bench);
}

TEST(commands_that_disturb_a_download_are_errors_and_counted) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT
                       "> AT+CGATT?\n< +CGATT: 1\n< OK\n" START
                       "> AT#SGACT=1,1\n< ERROR\n> AT+CGATT=0\n< ERROR\n"
                       "> AT+CGACT?\n< ERROR\n> ATD*99#\n< ERROR\n> AT+COPS=2\n< ERROR\n"
                       "> AT+CFUN=4\n< ERROR\n> AT+CGCLASS?\n< ERROR\n> AT#GPRS=1\n< ERROR\n"
                       "> AT+COPS?\n< +COPS: 0,0,\"Simulated\"\n< OK\n" COMPLETE);
        CHECK_INT(sim_bench_facts(&bench).inhibited, 8);
        sim_bench_done(&bench);
}

TEST(power_cut_until_flashing_loses_the_update) {
        static const char *const until[] = { ASKED ACCEPT, ASKED ACCEPT START "wait 30s\n",
                                             ASKED ACCEPT START COMPLETE "wait 79s\n" };

        for (size_t i = 0; i < ELEMENTSOF(until); i++) {
                SimBench bench;

                bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
                sim_bench_start(&bench);
                sim_bench_play(&bench, until[i]);
                sim_bench_play(&bench, "cut\n" FAILED "> AT+CGMR\n< 10.00.144\n< OK\n");
                rest(&bench);
        }
}

TEST(power_cut_in_flashing_goes_on_by_itself) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT START COMPLETE
                       "wait 81s\ncut\n> AT\nquiet 400s\ncut\nquiet 400s\n" UPGRADED NOTIFIED);
        CHECK_STR(sim_bench_facts(&bench).firmware, TO);
        CHECK_INT(sim_bench_facts(&bench).installs, 1);
        rest(&bench);
}

TEST(power_cut_after_the_reboot_still_reports) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT START COMPLETE UPGRADED "cut\n" NOTIFIED);
        rest(&bench);
}

TEST(network_or_connection_lost_in_a_download_is_a_failure) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_COMBINED, SIM_RESULT_OK);
        bench.scenario.faults[0] = (SimFault) { .on = "Start Fw Download",
                                                .nth = 1,
                                                .times = 1,
                                                .kind = SIM_FAULT_NETWORK_LOSS,
                                                .span = USEC_PER_MINUTE };
        bench.scenario.n_faults = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       ASKED ACCEPT START FAILED "> AT+CREG?\n< +CREG: 0,2\n< OK\n"
                                                 "wait 1min\n> AT+CREG?\n< +CREG: 0,1\n< OK\n");
        rest(&bench);

        bench_with_package(&bench, SIM_PROTOCOL_COMBINED, SIM_RESULT_OK);
        bench.scenario.faults[0] = (SimFault) { .on = "#OTAEV: Start Fw Download",
                                                .nth = 1,
                                                .times = 1,
                                                .kind = SIM_FAULT_SESSION_LOSS };
        bench.scenario.n_faults = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT START FAILED "> AT\n< OK\n");
        rest(&bench);
}

TEST(faults_strike_at_events_and_commands) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.faults[0] = (SimFault) { .on = "do you want to upgrade the firmware?",
                                                .nth = 1,
                                                .kind = SIM_FAULT_DOUBLE };
        bench.scenario.faults[1] = (SimFault) {
                .on = "AT#OTASUAN=1", .nth = 1, .times = 1, .kind = SIM_FAULT_CME, .code = 100
        };
        bench.scenario.faults[2] =
                (SimFault) { .on = "Fw Download Complete", .nth = 1, .kind = SIM_FAULT_LOSE };
        bench.scenario.n_faults = 3;
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ASKED
                       "> AT#OTASUAN=1\n< +CME ERROR: 100\n" ACCEPT START UPGRADED NOTIFIED);
        CHECK_INT(sim_bench_facts(&bench).grants, 1);
        CHECK_INT(sim_bench_facts(&bench).grants_seen, 2);
        rest(&bench);
}

TEST(events_have_dialects) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.telit.otaev_style = SIM_OTAEV_UPPER;
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT "< #OTAEV: Start FW Download\n"
                                            "< #OTAEV: FW Download Complete\n" UPGRADED NOTIFIED);
        rest(&bench);

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.telit.otaev_style = SIM_OTAEV_SUCCESSFUL;
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT START COMPLETE UPGRADED
                       "< #OTAEV: Server notified about successful FW Upgrade\n");
        rest(&bench);
}

/* what an update forgets */

#define SETTINGS_NOT_KEPT                                                                       \
        "> AT+CREG=1\n< OK\n> AT+CGREG=1\n< OK\n> AT+CMGF=1\n< OK\n> AT+CNMI=2,1\n< OK\n"       \
        "> AT+CSMP=17,255\n< OK\n> AT+CSCS=\"GSM\"\n< OK\n> AT+CLIP=1\n< OK\n"                  \
        "> AT+CGCLASS=CG\n< OK\n> AT#SLED=3,10,20\n< OK\n> AT#SIMDET=1\n< OK\n> ATS0=2\n< OK\n" \
        "> AT#OTASETRI=500\n< OK\n> AT#OTASUAN=,1,1\n< OK\n> AT&K0\n< OK\n> AT+CMEE=2\n< OK\n"
#define SETTINGS_READ                                                                         \
        "> AT+CREG?\n< +CREG: %s,1\n< OK\n> AT+CGREG?\n< +CGREG: %s,1\n< OK\n"                \
        "> AT+CMGF?\n< +CMGF: %s\n< OK\n> AT+CNMI?\n< +CNMI: %s,0,0,0\n< OK\n"                \
        "> AT+CSMP?\n< +CSMP: 17,%s,0,0\n< OK\n> AT+CSCS?\n< +CSCS: \"%s\"\n< OK\n"           \
        "> AT+CLIP?\n< +CLIP: %s,1\n< OK\n> AT+CGCLASS?\n< +CGCLASS: \"%s\"\n< OK\n"          \
        "> AT#SLED?\n< #SLED: %s\n< OK\n> AT#SIMDET?\n< #SIMDET: %s,1\n< OK\n"                \
        "> ATS0?\n< 00%s\n< OK\n> AT#OTASETRI?\n< #OTASETRI: %s\n< OK\n"                      \
        "> AT#OTASUAN?\n< #OTASUAN: ,%s\n< OK\n> AT&V\n< ACTIVE PROFILE:\n"                   \
        "< E0 L1 M1 Q0 V1 X1 &C1 &D0 &K%s &S3 \\R1\n"                                         \
        "< S00:00%s S01:000 S02:043 S03:013 S04:010 S05:008\n< OK\n> AT+CMEE?\n< +CMEE: %s\n" \
        "< OK\n"

static void play_settings(SimBench *bench, bool changed) {
        char script[2048];

        if (changed)
                (void) snprintf(script, sizeof(script), SETTINGS_READ, "1", "1", "1", "2,1", "255",
                                "GSM", "1", "CG", "3,10,20", "1", "2", "500", "1,1", "0", "2", "2");
        else
                (void) snprintf(script, sizeof(script), SETTINGS_READ, "0", "0", "0", "0,0", "167",
                                "IRA", "0", "B", "2", "2", "0", "0", "2,0", "3", "0", "1");
        sim_bench_play(bench, script);
}

TEST(update_forgets_settings_and_keeps_those_of_8_1) {
        static const char kept[] =
                "> AT+IPR?\n< +IPR: 9600\n< OK\n> AT#BND?\n< #BND: 3\n< OK\n"
                "> AT#SELINT?\n< #SELINT: 2\n< OK\n> AT#ENHSIM?\n< #ENHSIM: 1\n< OK\n"
                "> AT#SGACTCFG?\n< #SGACTCFG: 1,3,60,0\n< OK\n"
                "> AT+CGDCONT?\n< +CGDCONT: 2,\"IP\",\"a.b\",\"\",0,0\n< OK\n"
                "> AT+COPS?\n< +COPS: 1,0,\"Simulated\"\n< OK\n";
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.n_contexts = 0;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n" SETTINGS_NOT_KEPT
                               "> AT+IPR=9600\n< OK\n> AT#BND=3\n< OK\n> AT#SELINT=2\n< OK\n"
                               "> AT#ENHSIM=1\n< OK\n> AT#SGACTCFG=1,3,60,0\n< OK\n"
                               "> AT+CGDCONT=2,\"IP\",\"a.b\"\n< OK\n> AT+COPS=1\n< OK\n");
        play_settings(&bench, true);
        sim_bench_play(&bench, "cut\nwait 10s\n"); /* a power cut forgets none */
        play_settings(&bench, true);
        sim_bench_play(&bench, kept);
        sim_bench_play(&bench, ASKED ACCEPT START COMPLETE UPGRADED NOTIFIED);
        play_settings(&bench, false);
        sim_bench_play(&bench, kept);
        rest(&bench);
}

TEST(update_forgets_the_server_but_not_the_registration) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_TCP, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "wait 10s\n" TCP_SNAP "wait 1min\n"
                       "> AT#OTAIPCFG?\n< #OTAIPCFG: 5000,\"192.0.2.7\"\n< OK\n"
                       "> AT#OTAIPUPD\n< OK\n" START COMPLETE UPGRADED NOTIFIED
                       "> AT#OTAIPCFG?\n< OK\n> AT#OTAIPUPD\n" REFUSED
                       "> AT#OTAIPCFG=5001,\"192.0.2.8\"\n< OK\n> AT#OTAIPUPD\n< OK\n" FAILED);
        CHECK(sim_bench_facts(&bench).registered);
        rest(&bench);
}

TEST(first_event_after_an_update_can_be_lost_by_autobauding) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.telit.autobaud_loss = true;
        sim_bench_start(&bench);
        sim_bench_play(&bench, ASKED ACCEPT START COMPLETE NOTIFIED);
        rest(&bench);

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        bench.scenario.telit.autobaud_loss = true;
        sim_bench_start(&bench);
        sim_bench_play(
                &bench,
                "wait 10s\n> AT+IPR=115200\n< OK\n" ASKED ACCEPT START COMPLETE UPGRADED NOTIFIED);
        rest(&bench);
}

TEST(pin_is_wanted_after_the_update) {
        SimBench bench;

        bench_with_package(&bench, SIM_PROTOCOL_SMS, SIM_RESULT_OK);
        (void) TEXT_COPY(bench.scenario.sim_pin, "1234");
        sim_bench_start(&bench);
        sim_bench_play(
                &bench,
                "wait 10s\n> AT+CPIN?\n< +CPIN: SIM PIN\n< OK\n> AT+CPIN=1234\n< OK\n" ASKED ACCEPT
                        START COMPLETE UPGRADED "quiet 1h\n> AT+CPIN=1234\n< OK\n" NOTIFIED);
        rest(&bench);
}

/* registration and the SIM */

TEST(registration_that_is_not_acknowledged_is_sent_at_each_power_on) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_SMS);
        bench.scenario.telit.lost_registrations = 2;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "wait 10s\n> AT#OTASNAP=\"+393351234567\"\n< OK\nquiet 1d\ncut\nquiet "
                       "1d\ncut\n" REGISTERED "< #OTAEV: Provisioned\ncut\n");
        CHECK_INT(sim_bench_facts(&bench).registrations, 1);
        CHECK(sim_bench_facts(&bench).registered);
        rest(&bench);
}

TEST(registration_by_tcp_is_not_repeated) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_TCP);
        bench.scenario.telit.lost_registrations = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#OTASNAIP=5000,\"192.0.2.7\"\n" REFUSED TCP_CONFIG
                               "> AT#OTASNAIP=5000,\"192.0.2.7\"\n< OK\nquiet 1h\ncut\nquiet 1h\n"
                               "> AT#OTASNAIP=5000,\"192.0.2.7\",\"+391\"\n< OK\n" REGISTERED);
        rest(&bench);
}

TEST(registration_by_tcp_closes_contexts) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_TCP);
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "wait 10s\n> AT#SGACT=1,1\n< OK\n> AT#SGACT?\n< #SGACT: 1,1\n< OK\n" TCP_SNAP
                       "> AT#SGACT?\n< #SGACT: 1,0\n< OK\n");
        rest(&bench);
}

TEST(registered_module_registers_again_or_not) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_COMBINED);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n" SNAP SNAP);
        rest(&bench);

        bench_init(&bench, SIM_PROTOCOL_COMBINED);
        bench.scenario.telit.registers_again = false;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n" SNAP "> AT#OTASNAP=\"+393351234567\"\n< OK\n");
        rest(&bench);
}

/* Two cards: out at 10 min, in at 20 min. */
static void bench_with_cards(SimBench *bench, const char *imsi, bool elsewhere) {
        bench_init(bench, SIM_PROTOCOL_COMBINED);
        bench->scenario.cards[0] = (SimPlannedCard) { .at = 10 * USEC_PER_MINUTE, .out = true };
        bench->scenario.cards[1] =
                (SimPlannedCard) { .at = 20 * USEC_PER_MINUTE, .elsewhere = elsewhere };
        (void) TEXT_COPY(bench->scenario.cards[1].imsi, imsi);
        bench->scenario.n_cards = 2;
}

TEST(another_sim_registers_by_itself) {
        SimBench bench;

        bench_with_cards(&bench, "222019999999999", false);
        (void) TEXT_COPY(bench.scenario.cards[1].iccid, "89390000000000000001");
        bench.scenario.telit.qss = true;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n" SNAP "< #QSS: 0\n> AT+CPIN?\n< +CME ERROR: 10\n"
                               "> AT+CIMI\n< +CME ERROR: 10\n> AT#CCID\n< +CME ERROR: 10\n"
                               "> AT#SIMDET?\n< #SIMDET: 2,0\n< OK\n< #QSS: 1\n" REGISTERED
                               "> AT+CIMI\n< 222019999999999\n< OK\n"
                               "> AT#CCID\n< #CCID: 89390000000000000001\n< OK\n");
        CHECK_INT(sim_bench_facts(&bench).registrations, 2);
        rest(&bench);
}

TEST(module_that_never_used_the_service_does_not_register) {
        SimBench bench;

        bench_with_cards(&bench, "222019999999999", false);
        sim_bench_start(&bench);
        rest(&bench);
}

/* Chapter 6: the SIM was in another module and comes back. This one believes to be registered, but
 * the server does not reach it until its administrator forces a registration. */
TEST(sim_that_comes_back_is_believed_to_be_registered) {
        SimBench bench;

        bench_with_cards(&bench, "", true);
        bench.scenario.packages[0] =
                (SimPlannedPackage) { .at = 30 * USEC_PER_MINUTE, .bytes = 1000, .to = TO };
        bench.scenario.n_packages = 1;
        bench.scenario.requests[0] =
                (SimPlannedRequest) { .at = USEC_PER_HOUR, .action = SIM_ACTION_REGISTER };
        bench.scenario.n_requests = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n" SNAP "quiet 59min\n");
        CHECK(sim_bench_facts(&bench).registered);
        CHECK_INT(sim_bench_facts(&bench).registrations, 1);
        sim_bench_play(&bench, REGISTERED ASKED);
        sim_bench_done(&bench);
}

TEST(server_can_ask_who_it_is) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_SMS);
        bench.scenario.requests[0] =
                (SimPlannedRequest) { .at = USEC_PER_HOUR, .action = SIM_ACTION_QUERY };
        bench.scenario.n_requests = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "quiet 59min\n< #OTAEV: Notified\n");
        rest(&bench);
}

/* spellings and versions */

TEST(commands_depend_on_the_firmware) {
        static const struct {
                const char *firmware, *snaip, *updated;
        } versions[] = {
                { "07.03.100", "ERROR", "ERROR" }, { "08.01.006", "ERROR", "ERROR" },
                { "10.00.142", "ERROR", "ERROR" }, { "10.00.143", "OK", "ERROR" },
                { "10.00.144", "OK", "OK" },       { "12.00.404", "OK", "OK" },
        };

        for (size_t i = 0; i < ELEMENTSOF(versions); i++) {
                SimBench bench;
                char script[256];

                bench_init(&bench, SIM_PROTOCOL_SMS);
                (void) TEXT_COPY(bench.scenario.firmware, versions[i].firmware);
                (void) snprintf(script, sizeof(script),
                                "wait 10s\n> AT#OTASNAIP=?\n< %s\n> AT#OTASNAIPCFG=0,\"a\"\n< %s\n"
                                "> AT#OTAIPUPD=?\n< %s\n> AT#OTAIPCFG=?\n< %s\n",
                                versions[i].snaip, versions[i].snaip, versions[i].updated,
                                versions[i].updated);
                sim_bench_start(&bench);
                sim_bench_play(&bench, script);
                sim_bench_done(&bench);
        }
}

TEST(the_spelling_that_it_has_not_is_an_error) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_TCP);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#OTASNAPIPCFG=?\n< ERROR\n> AT#OTASNAIPCFG=?\n< "
                               "#OTASNAIPCFG: (0,1)\n< OK\n");
        sim_bench_done(&bench);

        bench_init(&bench, SIM_PROTOCOL_TCP);
        bench.scenario.telit.ip_config = SIM_SPELLING_OTASNAPIPCFG;
        bench.scenario.telit.otaipupd = SIM_ABSENT;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#OTASNAPIPCFG=0,\"a\",\"u\",\"p\"\n< OK\n"
                               "> AT#OTASNAIPCFG=?\n< ERROR\n> AT#OTAIPUPD=?\n< ERROR\n");
        sim_bench_done(&bench);
}

TEST(bearer_is_a_number_or_a_word) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_TCP);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#OTASNAIPCFG=\"GPRS\",\"a\"\n" REFUSED
                               "> AT#OTASNAIPCFG=2,\"a\"\n" REFUSED "> AT#OTASNAIPCFG=0\n" REFUSED
                               "> AT#OTASNAIPCFG=1,\"a\"\n< OK\n");
        sim_bench_done(&bench);

        bench_init(&bench, SIM_PROTOCOL_TCP);
        bench.scenario.telit.bearer = SIM_BEARER_WORDS;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT#OTASNAIPCFG=?\n"
                               "< #OTASNAIPCFG: (\"GPRS\",\"CSD\")\n< OK\n"
                               "> AT#OTASNAIPCFG=0,\"a\"\n" REFUSED
                               "> AT#OTASNAIPCFG=\"GPRS\",\"a\",\"u\",\"p\"\n< OK\n");
        sim_bench_done(&bench);
}

TEST(identity_and_settings_have_their_commands) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_SMS);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT+CGMI\n< Telit\n< OK\n> AT+CGMM\n< GE865-QUAD\n< OK\n"
                               "> AT+CGMR\n< 10.00.144\n< OK\n> AT+CGSN\n< 354678901234563\n< OK\n"
                               "> AT#CCID\n< #CCID: 89330123456789012342\n< OK\n"
                               "> AT+CIMI\n< 208011234567890\n< OK\n> AT+CSQ\n< +CSQ: 20,99\n< OK\n"
                               "> AT+CNMI=?\n< +CNMI: (0-2),(0-3),(0-3),(0-2),(0-1)\n< OK\n"
                               "> AT+CMGF=2\n" REFUSED "> AT#OTASETRI=49\n" REFUSED
                               "> AT#OTASETRI=0\n< OK\n> AT#NONSENSE\n< ERROR\n> AT#NONSENSE?\n"
                               "< ERROR\n> AT+CFUN=4\n< OK\n> AT+CREG?\n< +CREG: 0,0\n< OK\n"
                               "> AT+CFUN?\n< +CFUN: 4\n< OK\n> AT+CFUN=1\n< OK\n");
        sim_bench_done(&bench);
}

TEST(errors_and_results_have_their_forms) {
        SimBench bench;

        bench_init(&bench, SIM_PROTOCOL_SMS);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT+CMGF=7\n" REFUSED "> AT+CMEE=2\n< OK\n"
                               "> AT+CMGF=7\n< +CME ERROR: operation not allowed\n"
                               "> AT+CMEE=0\n< OK\n> AT+CMGF=7\n< ERROR\n> ATV0\nwait 1s\n");
        CHECK(memmem(bench.output, bench.n_output, "\r\nERROR\r\n0\r", 11));
        sim_bench_done(&bench);
}

TEST_MAIN()
