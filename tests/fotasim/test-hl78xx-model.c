/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Dialogues with the simulated HL78xx: those of the vendor's FOTA note, retyped, and the power
 * cuts, deferrals and choices that it describes in words. The dialogues stand here as the note
 * prints them, so that the model is held to the document and not to what fotad happens to do. */

#include "fotasim/sim-bench.h"

#include "test.h"

#define CONNECT "> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n"
#define REFUSED "< +CME ERROR: 3\n"
#define PROGRESS                                                                       \
        "< +WDSI: 18\n< +WDSI: 18,2\n< +WDSI: 18,10\n< +WDSI: 18,13\n< +WDSI: 18,21\n" \
        "< +WDSI: 18,76\n< +WDSI: 18,80\n< +WDSI: 18,82\n< +WDSI: 18,100\n"
#define TO "THL7800.1.6.3.0.99.20180803"
#define BOTH_AGREEMENTS "> AT+WDSC=1,1\n< OK\n> AT+WDSC=2,1\n< OK\n"

static void bench_with_package(SimBench *bench, uint64_t bytes, SimResult result) {
        sim_bench_init(bench);
        bench->scenario.packages[0] =
                (SimPlannedPackage) { .bytes = bytes, .to = TO, .result = result };
        bench->scenario.n_packages = 1;
}

/* Until the first request to install is on the line. */
static void play_until_install_request(SimBench *bench) {
        sim_bench_play(bench, "< +WDSI: 0\n" BOTH_AGREEMENTS CONNECT
                              "< +WDSI: 9,1464\n< +WDSI: 2\n> AT+WDSR=3\n< OK\n" PROGRESS
                              "< +WDSI: 12\n< +WDSI: 10\n< +WDSI: 3\n");
}

TEST(first_connection_bootstraps_as_in_7_5_2) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.device_context = 0;
        bench.scenario.indications = 1;
        bench.scenario.credentials = SIM_CREDENTIALS_MISSING;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "wait 10s\n"
                       "> ATI8\n< HL7800.1.6.3\n< OK\n"
                       "> AT+CGDCONT?\n< +CGDCONT: 1,\"IP\",,,0,0,0,0,0,,0,,,,\n< OK\n"
                       "> AT+WDSS=2,1\n< OK\n< +WDSI: 0\n"
                       "> AT+WDSS?\n< +WDSS: 1,0\n< +WDSS: 2,1\n< OK\n"
                       "> AT+WDSI=?\n< +WDSI: (0-4479)\n< OK\n"
                       "> AT+WDSI=4479\n< OK\n"
                       "> AT+WDSC?\n< +WDSC: 0,0\n< +WDSC: 1,0\n< +WDSC: 2,0\n< +WDSC: 3,0\n"
                       "< +WDSC: 4,15,60,240,480,1440,2880,0,0\n< +WDSC: 5,1\n< +WDSC: 6,1\n< OK\n"
                       "> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,0\n"
                       "< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n"
                       "> AT+WDSS=1,0\n< OK\n< +WDSI: 8\nquiet 1d\n"
                       "cut\n< +WDSI: 0\n" CONNECT); /* bootstrapped once is enough */
        sim_bench_done(&bench);
}

TEST(update_without_agreements_as_in_9_5) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        bench.scenario.install_event = false;
        (void) TEXT_COPY(bench.scenario.sim_pin, "1234");
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n> AT+CPIN=\"1234\"\n< OK\n< +WDSI: 0\n"
                               "> AT+CGMR\n< BHL7800.1.6.3.0.20180803\n< OK\n" CONNECT
                               "< +WDSI: 9,1464\n" PROGRESS "< +WDSI: 12\n< +WDSI: 10\n"
                               "< +WDSI: 16\n> AT+CPIN?\n< +CPIN: SIM PIN\n< OK\nquiet 1h\n"
                               "> AT+CPIN=\"1234\"\n< OK\n< +WDSI: 0\n"
                               "< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n< +WDSI: 8\n"
                               "> AT+CGMR\n< " TO "\n< OK\nquiet 1d\n");
        CHECK_INT(sim_bench_facts(&bench).installs, 1);
        CHECK_INT(sim_bench_facts(&bench).grants, 0);
        sim_bench_done(&bench);
}

TEST(update_with_agreements_as_in_9_5) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        bench.scenario.ok_after_install_grant = false;
        bench.scenario.install_event = false;
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench, "> AT+WDSR=4\n< +WDSI: 16\n< +WDSI: 0\n"
                               "< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n< +WDSI: 8\nquiet 1d\n");
        CHECK_STR(sim_bench_facts(&bench).firmware, TO);
        CHECK_INT(sim_bench_facts(&bench).grants, 1);
        sim_bench_done(&bench);
}

TEST(while_flashing_the_port_is_deaf) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench, "> AT+WDSR=4\n< OK\n< +WDSI: 14\nwait 1s\n");
        CHECK(sim_bench_facts(&bench).flashing);
        sim_bench_play(&bench, "> AT\n> AT+WDSR=4\nquiet 115s\n");
        CHECK(sim_bench_facts(&bench).flashing);
        sim_bench_play(&bench, "< +WDSI: 16\n> AT+WDSR=4\n" REFUSED);
        CHECK_INT(sim_bench_facts(&bench).bytes_while_flashing, 13);
        CHECK_INT(sim_bench_facts(&bench).grants, 1);
        CHECK_INT(sim_bench_facts(&bench).grants_seen, 3);
        sim_bench_done(&bench);
}

TEST(power_cut_while_flashing_goes_on_by_itself) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench, "> AT+WDSR=4\n< OK\n"); /* the OK is a promise, even before 14 */
        sim_bench_play(&bench, "cut\n> AT\nquiet 100s\ncut\nquiet 100s\n< +WDSI: 16\n< +WDSI: 0\n");
        CHECK_STR(sim_bench_facts(&bench).firmware, TO);
        CHECK_INT(sim_bench_facts(&bench).grants, 1);
        sim_bench_done(&bench);
}

TEST(power_cut_after_flashing_keeps_the_result) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench, "> AT+WDSR=4\n< OK\n< +WDSI: 14\nwait 122s\n");
        CHECK(!sim_bench_facts(&bench).flashing);
        sim_bench_play(&bench, "cut\n< +WDSI: 16\n< +WDSI: 0\n"
                               "< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n< +WDSI: 8\n");
        sim_bench_done(&bench);
}

TEST(power_cut_while_downloading_asks_again_for_what_is_missing) {
        SimBench bench;

        bench_with_package(&bench, 100000, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n" BOTH_AGREEMENTS CONNECT
                               "< +WDSI: 9,100000\n< +WDSI: 2\n> AT+WDSR=3\n< OK\n"
                               "< +WDSI: 18\n< +WDSI: 18,2\n< +WDSI: 18,10\n< +WDSI: 18,13\n"
                               "cut\n< +WDSI: 0\n< +WDSI: 9,87000\n< +WDSI: 2\n"
                               "> AT+WDSS=1,1\n< +CME ERROR: 650\n"
                               "> AT+WDSR=3\n< OK\n< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n"
                               "< +WDSI: 18,21\n< +WDSI: 18,76\n");
        sim_bench_done(&bench);
}

TEST(small_packages_restart_from_zero) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+WDSC=2,1\n< OK\n" CONNECT
                               "< +WDSI: 9,1464\n< +WDSI: 18\n< +WDSI: 18,2\n< +WDSI: 18,10\n"
                               "> AT+WDSS=1,0\n< OK\n< +WDSI: 8\nquiet 1h\n" CONNECT PROGRESS
                               "< +WDSI: 12\n");
        sim_bench_done(&bench);
}

TEST(suspended_download_resumes_silently_without_agreement) {
        SimBench bench;

        bench_with_package(&bench, 1000000, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n" CONNECT
                               "< +WDSI: 9,1000000\n< +WDSI: 18\n< +WDSI: 18,2\n< +WDSI: 18,10\n"
                               "> AT+WDSS=1,0\n< OK\n< +WDSI: 8\nquiet 1h\n" CONNECT
                               "< +WDSI: 18,13\n< +WDSI: 18,21\n");
        sim_bench_done(&bench);
}

TEST(suspended_download_asks_again_with_agreement) {
        SimBench bench;

        bench_with_package(&bench, 1000000, SIM_RESULT_OK);
        bench.scenario.progress[0] = 50;
        bench.scenario.n_progress = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< +WDSI: 0\n> AT+WDSC=1,1\n< OK\n" CONNECT
                       "< +WDSI: 9,1000000\n< +WDSI: 2\n> AT+WDSR=3\n< OK\n"
                       "< +WDSI: 18\n< +WDSI: 18,50\n"
                       "> AT+WDSS=1,0\n< OK\n< +WDSI: 8\n" CONNECT "< +WDSI: 9,499000\n< +WDSI: 2\n"
                       "> AT+WDSR=2,60\n< OK\nquiet 59min\n< +WDSI: 2\n");
        sim_bench_done(&bench);
}

/* A host that says yes to everything and knows nothing but the last lines. */
static void host_react(SimBench *bench, size_t *read) {
        static const struct {
                const char *event, *command;
        } reactions[] = {
                { "+WDSI: 0\r", "AT+WDSS=1,1\r" },
                { "+WDSI: 2\r", "AT+WDSR=3\r" },
                { "+WDSI: 3\r", "AT+WDSR=4\r" },
        };

        for (size_t i = 0; i < ELEMENTSOF(reactions); i++)
                if (memmem(bench->output + *read, bench->n_output - *read, reactions[i].event,
                           strlen(reactions[i].event)))
                        sim_feed(bench->module, bench->now, reactions[i].command,
                                 strlen(reactions[i].command));
        *read = bench->n_output;
}

static void step(SimBench *bench) {
        bench->now = MAX_OF(bench->now, sim_deadline(bench->module));
        sim_tick(bench->module, bench->now);
}

/* Returns the number of steps that the update took. */
static unsigned play_with_a_power_cut_at(unsigned cut_at) {
        SimBench bench;
        size_t read = 0;
        unsigned n = 0;

        bench_with_package(&bench, 165000, SIM_RESULT_OK);
        bench.scenario.agreements.download = bench.scenario.agreements.install = true;
        sim_bench_start(&bench);
        while (n < 1000 && sim_bench_facts(&bench).installs == 0) {
                if (n++ == cut_at)
                        sim_bench_play(&bench, "cut\n");
                step(&bench);
                host_react(&bench, &read);
        }
        if (!streq(sim_bench_facts(&bench).firmware, TO) || sim_bench_facts(&bench).grants != 1 ||
            sim_bench_facts(&bench).installs != 1)
                test_fail(__FILE__, __LINE__, "power cut at step %u", cut_at);
        sim_bench_done(&bench);
        return n;
}

TEST(power_cut_at_every_step_still_updates_once) {
        unsigned steps = play_with_a_power_cut_at(UINT32_MAX);

        CHECK(steps > 20 && steps < 1000);
        for (unsigned i = 0; i < steps; i++)
                (void) play_with_a_power_cut_at(i);
}

TEST(unanswered_requests_repeat_every_30_min) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench, "quiet 29min\nwait 1min\n< +WDSI: 3\nempty\nquiet 29min\nwait 1min\n"
                               "< +WDSI: 3\nempty\n> AT+WDSR=4\n< OK\n< +WDSI: 14\n");
        sim_bench_done(&bench);
}

TEST(deferral_asks_again_when_it_is_over) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench, "> AT+WDSR=5,90\n< OK\nquiet 89min\nwait 1min\n< +WDSI: 3\n"
                               "> AT+WDSR=5\n< OK\nquiet 29min\nwait 1min\n< +WDSI: 3\nempty\n"
                               "> AT+WDSR=5,600\n< OK\ncut\n< +WDSI: 3\n< +WDSI: 0\n");
        sim_bench_done(&bench);
}

TEST(early_answer_is_accepted_or_an_error) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench, "> AT+WDSR=5,90\n< OK\nwait 1min\n> AT+WDSR=4\n< OK\n< +WDSI: 14\n");
        sim_bench_done(&bench);

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        bench.scenario.early_answer = SIM_ANSWER_ERROR;
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench,
                       "> AT+WDSR=5,90\n< OK\nwait 1min\n> AT+WDSR=4\n" REFUSED
                       "> AT+WDSR=5,10\n" REFUSED "< +WDSI: 3\n> AT+WDSR=4\n< OK\n< +WDSI: 14\n");
        CHECK_INT(sim_bench_facts(&bench).grants, 1);
        CHECK_INT(sim_bench_facts(&bench).grants_seen, 2);
        sim_bench_done(&bench);
}

TEST(answers_have_their_timer_rules) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench,
                       "> AT+WDSR=?\n< +WDSR: (0-9),(0-1440)\n< OK\n"
                       "> AT+WDSR=5,0\n" REFUSED "> AT+WDSR=5,1441\n" REFUSED
                       "> AT+WDSR=4,1\n" REFUSED "> AT+WDSR=3\n" REFUSED "> AT+WDSR=1\n" REFUSED
                       "> AT+WDSR=10\n" REFUSED "> AT+WDSR?\n" REFUSED "> AT+WDSR=5,1440\n< OK\n");
        sim_bench_done(&bench);
}

TEST(factory_settings_drop_agreements_and_a_deferral) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        bench.scenario.early_answer = SIM_ANSWER_ERROR;
        sim_bench_start(&bench);
        play_until_install_request(&bench);
        sim_bench_play(&bench,
                       "> AT+WDSR=5,600\n< OK\n> AT&F\n< OK\n"
                       "> AT+WDSC?\n< +WDSC: 0,0\n< +WDSC: 1,0\n< +WDSC: 2,0\n< +WDSC: 3,0\n"
                       "< +WDSC: 4,15,60,240,480,1440,2880,0,0\n< +WDSC: 5,1\n< +WDSC: 6,1\n< OK\n"
                       "quiet 29min\n< +WDSI: 3\n> AT+WDSR=5,600\n< OK\n> AT+WDSR=4\n" REFUSED
                       "> AT&F\n< OK\n> AT+WDSR=4\n< OK\n< +WDSI: 14\n");
        sim_bench_done(&bench);
}

TEST(power_off_suspends_a_download_and_power_on_asks_again) {
        SimBench bench;

        bench_with_package(&bench, 100000, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+WDSC=1,1\n< OK\n" CONNECT
                               "< +WDSI: 9,100000\n< +WDSI: 2\n> AT+WDSR=3\n< OK\n"
                               "< +WDSI: 18\n< +WDSI: 18,2\n< +WDSI: 18,10\n< +WDSI: 18,13\n"
                               "> AT+CFUN=0\n< OK\n< +WDSI: 8\nquiet 1h\n> AT+CFUN?\n< +CFUN: 0\n"
                               "< OK\n> AT+CFUN=1\n< OK\n< +WDSI: 0\n< +WDSI: 9,86900\n"
                               "< +WDSI: 2\n> AT+WDSR=3\n< OK\n< +WDSI: 4\n< +WDSI: 6\n"
                               "< +WDSI: 23,1\n< +WDSI: 18,21\n");
        sim_bench_done(&bench);
}

TEST(short_loss_of_the_network_is_not_noticed) {
        SimBench bench;

        bench_with_package(&bench, 100000, SIM_RESULT_OK);
        bench.scenario.faults[0] = (SimFault) {
                "18,10", 1, 1, SIM_FAULT_NETWORK_LOSS, 0, 2 * USEC_PER_MINUTE,
        };
        bench.scenario.n_faults = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< +WDSI: 0\n> AT+WDSC=1,1\n< OK\n" CONNECT
                       "< +WDSI: 9,100000\n< +WDSI: 2\n> AT+WDSR=3\n< OK\n"
                       "< +WDSI: 18\n< +WDSI: 18,2\n< +WDSI: 18,10\n"
                       "> AT+CEREG?\n< +CEREG: 0,2\n< OK\nquiet 119s\n"
                       "< +WDSI: 18,13\n> AT+CEREG?\n< +CEREG: 0,1\n< OK\n< +WDSI: 18,21\n");
        sim_bench_done(&bench);
}

static void play_long_loss_of_the_network(bool agreement, const char *script) {
        SimBench bench;

        bench_with_package(&bench, 100000, SIM_RESULT_OK);
        bench.scenario.agreements.download = agreement;
        bench.scenario.faults[0] = (SimFault) {
                "18,10", 1, 1, SIM_FAULT_NETWORK_LOSS, 0, 10 * USEC_PER_MINUTE,
        };
        bench.scenario.n_faults = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n" CONNECT "< +WDSI: 9,100000\n");
        if (agreement)
                sim_bench_play(&bench, "< +WDSI: 2\n> AT+WDSR=3\n< OK\n");
        sim_bench_play(&bench, "< +WDSI: 18\n< +WDSI: 18,2\n< +WDSI: 18,10\nquiet 119s\n"
                               "wait 1s\n< +WDSI: 8\nempty\n> AT+WDSS=1,1\n< +CME ERROR: 148\n"
                               "quiet 7min\n");
        sim_bench_play(&bench, script);
        sim_bench_done(&bench);
}

TEST(long_loss_of_the_network_closes_the_session) {
        play_long_loss_of_the_network(true, "< +WDSI: 9,90000\n< +WDSI: 2\n> AT+WDSR=3\n< OK\n"
                                            "< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n< +WDSI: "
                                            "18,13\n");
        play_long_loss_of_the_network(false, "< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n< +WDSI: "
                                             "18,13\n");
}

/* Event 9 is at its time again, and nobody asked in between. */
TEST(session_that_connects_survives_a_short_loss) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        bench.scenario.faults[0] =
                (SimFault) { "4", 1, 1, SIM_FAULT_NETWORK_LOSS, 0, USEC_PER_MINUTE };
        bench.scenario.faults[1] =
                (SimFault) { "23", 1, 1, SIM_FAULT_NETWORK_LOSS, 0, USEC_PER_MINUTE };
        bench.scenario.n_faults = 2;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+WDSS=1,1\n< OK\n< +WDSI: 4\nquiet 1min\n"
                               "< +WDSI: 6\n< +WDSI: 23,1\nquiet 1min\n< +WDSI: 9,1464\n");
        sim_bench_done(&bench);
}

TEST(session_closes_while_a_request_waits) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        bench.scenario.late_grant = SIM_LATE_GRANT_WAIT;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< +WDSI: 0\n" BOTH_AGREEMENTS CONNECT "< +WDSI: 9,1464\n< +WDSI: 2\n"
                       "> AT+WDSS=1,0\n< OK\n< +WDSI: 8\n"
                       "> AT+WDSG\n< +WDSG: 0,3\n< +WDSG: 1,2\n< OK\n"
                       "> AT+WDSS=1,1\n< +CME ERROR: 650\n< +WDSI: 2\n"
                       "> AT+WDSR=3\n< OK\nquiet 1h\n" CONNECT PROGRESS
                       "< +WDSI: 12\n< +WDSI: 10\n< +WDSI: 3\n"
                       "> AT+WDSG\n< +WDSG: 0,3\n< +WDSG: 1,3\n< OK\n");
        sim_bench_done(&bench);
}

TEST(connect_agreement_asks_before_the_result_is_reported) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< +WDSI: 0\n> AT+WDSC=0,1\n< OK\n" CONNECT "< +WDSI: 9,1464\n" PROGRESS
                       "< +WDSI: 12\n< +WDSI: 10\n< +WDSI: 14\n< +WDSI: 16\n< +WDSI: 0\n"
                       "< +WDSI: 1\n> AT+WDSR=0,5\n< OK\nquiet 4min\n< +WDSI: 1\n"
                       "> AT+WDSR=1\n< OK\n< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n< +WDSI: 8\n"
                       "quiet 1d\n");
        sim_bench_done(&bench);
}

TEST(polled_sessions_close_when_idle) {
        SimBench bench;

        sim_bench_init(&bench);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+WDSC=3,120\n< OK\nquiet 119min\n"
                               "< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\nquiet 19s\n< +WDSI: 8\n"
                               "quiet 119min\n< +WDSI: 4\n");
        sim_bench_done(&bench);
}

TEST(refused_session_is_tried_again_along_the_retry_timers) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.refused_sessions = 2;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< +WDSI: 0\n> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n< +WDSI: 7\nquiet 14min\n"
                       "< +WDSI: 4\n< +WDSI: 7\nquiet 59min\n"
                       "< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\nquiet 1d\n");
        sim_bench_done(&bench);
}

TEST(unused_retry_timers_are_skipped_and_the_last_one_is_the_end) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.refused_sessions = 4;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+WDSC=4,0,5,0,7\n< OK\n"
                               "> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n< +WDSI: 7\nempty\n"
                               "> AT+WDSC=4,1\n< OK\n" /* for the next failure */
                               "quiet 4min\n< +WDSI: 4\n< +WDSI: 7\nquiet 6min\n"
                               "< +WDSI: 4\n< +WDSI: 7\nquiet 1d\n"
                               "> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n< +WDSI: 7\nquiet 1min\n"
                               "< +WDSI: 4\n< +WDSI: 6\n");
        sim_bench_done(&bench);
}

TEST(expired_credentials_fail_five_times_then_bootstrap) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.credentials = SIM_CREDENTIALS_EXPIRED;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< +WDSI: 0\n> AT+WDSS=1,1\n< OK\n"
                       "< +WDSI: 4\n< +WDSI: 5\n< +WDSI: 4\n< +WDSI: 5\n< +WDSI: 4\n< +WDSI: 5\n"
                       "< +WDSI: 4\n< +WDSI: 5\n< +WDSI: 4\n< +WDSI: 5\n"
                       "< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,0\n< +WDSI: 4\n< +WDSI: 6\n"
                       "< +WDSI: 23,1\n");
        sim_bench_done(&bench);
}

TEST(connection_errors_of_chapter_12) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.device_context = 0;
        (void) TEXT_COPY(bench.scenario.radio.apn, "iot.example.com");
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "wait 10s\n> AT+WDSS=1,1\n< +CME ERROR: 650\n"
                       "> AT+WDSS=2,2\n< OK\n> AT+WDSS=1,1\n< +CME ERROR: 650\n"
                       "> AT+CGDCONT=2,\"IP\",\"wrong\"\n< OK\n< +WDSI: 0\n"
                       "> AT+WDSS=1,1\n< +CME ERROR: 133\n"
                       "> AT+CGDCONT=2,\"IP\",\"iot.example.com\"\n< OK\n"
                       "> AT+CFUN=0\n< OK\n> AT+WDSS=1,1\n< +CME ERROR: 148\n"
                       "> AT+CFUN=1\n< OK\n< +WDSI: 0\n" CONNECT "> AT+WDSS=1,1\n< OK\nquiet 1d\n");
        sim_bench_done(&bench);
}

static void play_failed_package(SimResult result, const char *script) {
        SimBench bench;

        bench_with_package(&bench, 1464, result);
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n" CONNECT "< +WDSI: 9,1464\n");
        sim_bench_play(&bench, script);
        CHECK_STR(sim_bench_facts(&bench).firmware, "BHL7800.1.6.3.0.20180803");
        sim_bench_done(&bench);
}

TEST(packages_fail_in_every_way) {
        play_failed_package(SIM_RESULT_NO_MEMORY, "< +WDSI: 11,0\nquiet 1d\n");
        play_failed_package(
                SIM_RESULT_HTTP,
                "< +WDSI: 18\n< +WDSI: 18,2\n< +WDSI: 18,10\n< +WDSI: 18,13\n"
                "< +WDSI: 18,21\n< +WDSI: 11,1\n> AT+WDSE\n< +WDSE: 404\n< OK\nquiet 1d\n");
        play_failed_package(SIM_RESULT_CORRUPT, PROGRESS "< +WDSI: 11,2\nquiet 1d\n");
        play_failed_package(SIM_RESULT_NOT_CERTIFIED, PROGRESS "< +WDSI: 13\nquiet 1d\n");
        play_failed_package(SIM_RESULT_MISMATCH, PROGRESS "< +WDSI: 12\n< +WDSI: 10\n< +WDSI: 14\n"
                                                          "< +WDSI: 15\n< +WDSI: 0\n< +WDSI: 4\n");
        play_failed_package(SIM_RESULT_WRONG_VERSION,
                            PROGRESS "< +WDSI: 12\n< +WDSI: 10\n< +WDSI: 14\n"
                                     "< +WDSI: 16\n< +WDSI: 0\n< +WDSI: 4\n");
        play_failed_package(SIM_RESULT_STUCK, PROGRESS "< +WDSI: 12\n< +WDSI: 10\n< +WDSI: 14\n"
                                                       "wait 1s\n> AT\nquiet 1d\n"
                                                       "cut\n> AT\nquiet 1d\n");
}

TEST(orders_and_spellings_follow_the_scenario) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        bench.scenario.offer_order = SIM_ORDER_REQUEST_FIRST;
        bench.scenario.store_order = SIM_ORDER_STORED_FIRST;
        bench.scenario.boot_order = SIM_ORDER_READY_FIRST;
        bench.scenario.progress_style = SIM_PROGRESS_QUOTED;
        bench.scenario.certified_after_grant = true;
        bench.scenario.reports_result = false;
        bench.scenario.n_progress = 2;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< +WDSI: 0\n" BOTH_AGREEMENTS CONNECT "< +WDSI: 2\n< +WDSI: 9,1464\n"
                       "> AT+WDSR=3\n< OK\n< +WDSI: 18\n< +WDSI: 18,\"2%\"\n< +WDSI: 18,\"10%\"\n"
                       "< +WDSI: 18,\"100%\"\n< +WDSI: 10\n< +WDSI: 12\n< +WDSI: 3\n"
                       "> AT+WDSR=4\n< OK\n< +WDSI: 12\n< +WDSI: 14\n"
                       "< +WDSI: 0\n< +WDSI: 16\nquiet 1d\n");
        sim_bench_done(&bench);
}

TEST(data_may_have_a_blank_before_it) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_CORRUPT);
        bench.scenario.progress_style = SIM_PROGRESS_BLANK;
        bench.scenario.n_progress = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n" CONNECT "< +WDSI: 9,1464\n< +WDSI: 18\n"
                               "< +WDSI: 18, 2\n< +WDSI: 18, 100\n< +WDSI: 11, 2\nquiet 1d\n");
        sim_bench_done(&bench);
}

TEST(indication_mask_has_two_printed_forms_and_filters) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.wdsi_range = SIM_RANGE_MULTI;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n"
                               "> AT+WDSI=?\n< +WDSI: (0-127,256-383,4096-4223,4352-4479)\n< OK\n"
                               "> AT+WDSI=8191\n" REFUSED "> AT+WDSI=128\n" REFUSED
                               "> AT+WDSI=8\n< OK\n> AT+WDSI?\n< +WDSI: 8\n< OK\n"
                               "> AT+WDSS=1,1\n< OK\n< +WDSI: 6\nquiet 1h\n"
                               "cut\nwait 10s\n> AT+WDSI?\n< +WDSI: 8\n< OK\n");
        sim_bench_done(&bench);
}

TEST(wdsc_prints_the_published_lines_and_checks_ranges) {
        SimBench bench;

        sim_bench_init(&bench);
        sim_bench_start(&bench);
        sim_bench_play(
                &bench,
                "< +WDSI: 0\n> AT+WDSC=?\n< +WDSC: (0-2,5,6),(0-1)\n< +WDSC: 3,(0-525600)\n"
                "< +WDSC: 4,(0-20160),(1-20160),(1-20160),(1-20160),(1-20160),(1-20160),(1-20160),"
                "(1-20160)\n< OK\n"
                "> AT+WDSC=2,2\n" REFUSED "> AT+WDSC=3,525601\n" REFUSED "> AT+WDSC=7,0\n" REFUSED
                "> AT+WDSC=4,20161\n" REFUSED "> AT+WDSC=1\n" REFUSED
                "> AT+WDSC=4,1,2\n< OK\n> AT+WDSC=6,0\n< OK\ncut\n< +WDSI: 0\n"
                "> AT+WDSC?\n< +WDSC: 0,0\n< +WDSC: 1,0\n< +WDSC: 2,0\n< +WDSC: 3,0\n"
                "< +WDSC: 4,1,2,0,0,0,0,0,0\n< +WDSC: 5,1\n< +WDSC: 6,0\n< OK\n");
        sim_bench_done(&bench);
}

TEST(identity_and_radio) {
        SimBench bench;

        sim_bench_init(&bench);
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< +WDSI: 0\n> AT\n< OK\n> ati3\n< BHL7800.1.6.3.0.20180803\n< OK\n"
                       "> AT+CGMI\n< Sierra Wireless\n< OK\n> AT+CGMM\n< HL7800\n< OK\n"
                       "> AT+CGSN\n< 354123456789017\n< OK\n"
                       "> AT + KGSN = 3\n< +KGSN: VU810225160107\n< OK\n"
                       "> AT+CIMI\n< 208011234567890\n< OK\n"
                       "> AT+CCID\n< +CCID: 89330123456789012342\n< OK\n"
                       "> AT+CPIN?\n< +CPIN: READY\n< OK\n> AT+CSQ\n< +CSQ: 20,99\n< OK\n"
                       "> AT+CEREG?\n< +CEREG: 0,1\n< OK\n> AT+CREG?\n< +CREG: 0,1\n< OK\n"
                       "> AT+COPS?\n< +COPS: 0,0,\"Simulated\",7\n< OK\n"
                       "> AT+NOSUCH\n< +CME ERROR: 4\n"
                       "> AT+CMEE=0\n< OK\n> AT+NOSUCH\n< ERROR\n"
                       "> AT+CMEE=2\n< OK\n> AT+WDSI=9999\n< +CME ERROR: operation not allowed\n"
                       "> AT+WDSD=?\n< +WDSD: (1-24643584)\n< OK\n");
        sim_bench_done(&bench);
}

TEST(three_wrong_pins_need_the_puk) {
        SimBench bench;

        sim_bench_init(&bench);
        (void) TEXT_COPY(bench.scenario.sim_pin, "1234");
        bench.scenario.ksrep = true;
        sim_bench_start(&bench);
        sim_bench_play(
                &bench,
                "< +KSUP: 1\n> AT+CIMI\n< +CME ERROR: 11\n> AT+CPIN=\"1\"\n< +CME ERROR: 16\n"
                "> AT+CPIN=\"2\"\n< +CME ERROR: 16\ncut\nwait 10s\n< +KSUP: 1\n"
                "> AT+CPIN=3\n< +CME ERROR: 16\n> AT+CPIN?\n< +CPIN: SIM PUK\n< OK\n"
                "> AT+CPIN=\"1234\"\n< +CME ERROR: 12\n"
                "> AT+CPIN=\"12345678\",\"4321\"\n< OK\n< +WDSI: 0\n> AT+CPIN=\"4321\"\n" REFUSED
                "cut\n< +KSUP: 1\n> AT+CPIN=\"4321\"\n< OK\n< +WDSI: 0\n");
        sim_bench_done(&bench);
}

TEST(server_orders_have_agreements_of_their_own) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.requests[0] = (SimPlannedRequest) { .at = USEC_PER_MINUTE };
        bench.scenario.requests[1] =
                (SimPlannedRequest) { 2 * USEC_PER_MINUTE, SIM_ACTION_UNINSTALL };
        bench.scenario.n_requests = 2;
        sim_bench_start(&bench);
        sim_bench_play(&bench,
                       "< +WDSI: 0\n< +WDSI: 24\n> AT+WDSR=7,5\n< OK\n< +WDSI: 25\n"
                       "> AT+WDSR=8\n< OK\n< +WDSI: 24\n> AT+WDSR=6\n< OK\n< +WDSI: 0\nquiet 1d\n");
        CHECK_INT(sim_bench_facts(&bench).reboots, 1);
        sim_bench_done(&bench);
}

TEST(echo_framing_and_typing_ahead) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.echo = true;
        bench.scenario.indications = 0;
        sim_bench_start(&bench);
        sim_bench_wait(&bench, 10 * USEC_PER_SEC);
        sim_feed(bench.module, bench.now, "AT+WDSS?\rATE0\r\n\r\nAT+CGMM\r\n", 26);
        sim_bench_wait(&bench, USEC_PER_SEC);
        bench.output[bench.n_output] = '\0';
        CHECK_STR(bench.output, "AT+WDSS?\r\r\n+WDSS: 1,0\r\n+WDSS: 2,1\r\n\r\nOK\r\n"
                                "ATE0\r\r\nOK\r\n"
                                "\r\nHL7800\r\n\r\nOK\r\n");
        sim_bench_done(&bench);
}

TEST(input_may_come_in_any_pieces) {
        static const char typed[] = "AT+CGMM\r\nAT+CGSN\r";

        for (size_t cut = 0; cut < sizeof(typed); cut++) {
                SimBench bench;

                sim_bench_init(&bench);
                sim_bench_start(&bench);
                sim_bench_play(&bench, "< +WDSI: 0\n");
                sim_feed(bench.module, bench.now, typed, cut);
                sim_feed(bench.module, bench.now, typed + cut, strlen(typed + cut));
                sim_bench_play(&bench, "< HL7800\n< OK\n< 354123456789017\n< OK\nquiet 1h\n");
                sim_bench_done(&bench);
        }
}

TEST(usb_port_vanishes_with_a_reboot) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.port = SIM_PORT_USB;
        bench.scenario.boot_junk = true;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "wait 10s\n");
        CHECK(bench.port_present);
        sim_bench_play(&bench,
                       "< swu_DwlInstallInnerPackage Invalid u32_UpckType :0x5\n< +WDSI: 0\n"
                       "> AT+CFUN=1,1\n< OK\nwait 1s\n");
        CHECK(!bench.port_present);
        sim_bench_play(&bench, "wait 4s\n");
        CHECK(bench.port_present);
        CHECK_INT(bench.port_changes, 3);
        sim_bench_done(&bench);
}

TEST(released_nat_keeps_the_server_out) {
        SimBench bench;
        SimPackage package = { .bytes = 1464, .to = TO };

        sim_bench_init(&bench);
        bench.scenario.timings.nat = 5 * USEC_PER_MINUTE;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n" CONNECT "quiet 10min\n");
        sim_offer(bench.module, bench.now, &package);
        sim_bench_play(&bench,
                       "quiet 1d\n> AT+WDSS=1,0\n< OK\n< +WDSI: 8\n" CONNECT "< +WDSI: 9,1464\n");
        sim_bench_done(&bench);
}

TEST(retries_without_network_wait_for_the_next_timer) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.faults[0] =
                (SimFault) { "23", 1, 1, SIM_FAULT_NETWORK_LOSS, 0, 20 * USEC_PER_MINUTE };
        bench.scenario.n_faults = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n" CONNECT "< +WDSI: 8\nquiet 74min\n< +WDSI: 4\n");
        sim_bench_done(&bench);
}

/* The grant is not forgotten, and not asked for again. */
TEST(grant_survives_a_short_loss_of_the_network) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        bench.scenario.faults[0] =
                (SimFault) { "AT+WDSR=3", 1, 1, SIM_FAULT_NETWORK_LOSS, 0, USEC_PER_MINUTE };
        bench.scenario.n_faults = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+WDSC=1,1\n< OK\n" CONNECT
                               "< +WDSI: 9,1464\n< +WDSI: 2\n> AT+WDSR=3\n< OK\nquiet 1min\n"
                               "< +WDSI: 18\n< +WDSI: 18,2\n");
        sim_bench_done(&bench);
}

TEST(released_nat_is_mended_by_another_session) {
        SimPackage package = { .bytes = 1464, .to = TO };
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.faults[0] = (SimFault) { "23", 1, 1, SIM_FAULT_NAT_LOSS, 0, 0 };
        bench.scenario.n_faults = 1;
        sim_bench_start(&bench);
        sim_offer(bench.module, bench.now, &package);
        sim_bench_play(&bench, "< +WDSI: 0\n" CONNECT "quiet 1h\n> AT+WDSS?\n< +WDSS: 1,1\n"
                               "< +WDSS: 2,1\n< OK\n");
        sim_offer(bench.module, bench.now, &package);
        sim_bench_play(&bench, "quiet 1d\n> AT+WDSS=1,1\n< OK\nquiet 1d\n"
                               "> AT+WDSS=1,0\n< OK\n< +WDSI: 8\n" CONNECT "< +WDSI: 9,1464\n");
        sim_bench_done(&bench);
}

TEST(unknown_events_come_from_the_scenario) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.lines[0] = (SimPlannedLine) { 2 * USEC_PER_MINUTE, "+WDSI: 77,3" };
        bench.scenario.lines[1] = (SimPlannedLine) { USEC_PER_MINUTE, "+WDSI: 26" };
        bench.scenario.n_lines = 2;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n< +WDSI: 26\ncut\n< +WDSI: 0\n< +WDSI: 77,3\n"
                               "cut\n< +WDSI: 0\nquiet 1d\n");
        sim_bench_done(&bench);
}

TEST(mask_may_print_no_line_until_it_was_set) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.wdsi_read = SIM_READ_EMPTY;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+WDSI?\n< OK\n> AT+WDSI=0\n< OK\n"
                               "> AT+WDSI?\n< +WDSI: 0\n< OK\ncut\nwait 10s\n> AT+WDSI?\n"
                               "< +WDSI: 0\n< OK\n");
        sim_bench_done(&bench);
}

TEST(status_is_not_known_everywhere) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.wdsg = false;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+WDSG\n< +CME ERROR: 4\n");
        sim_bench_done(&bench);
}

TEST(start_is_told_only_when_asked_for) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.scenario.boot_order = SIM_ORDER_READY_FIRST;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+KSREP?\n< +KSREP: 0,0\n< OK\n> AT+KSREP=1\n< OK\n"
                               "cut\n< +KSUP: 0\n< +WDSI: 0\n");
        sim_bench_done(&bench);
}

TEST(two_packages_come_one_after_the_other) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_CORRUPT);
        bench.scenario.packages[1] = (SimPlannedPackage) { .bytes = 2000, .to = TO };
        bench.scenario.n_packages = 2;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n" CONNECT "< +WDSI: 9,1464\n" PROGRESS "< +WDSI: 11,2\n"
                               "< +WDSI: 9,2000\n" PROGRESS
                               "< +WDSI: 12\n< +WDSI: 10\n< +WDSI: 14\n< +WDSI: 16\n");
        sim_bench_done(&bench);
}

/* faults */

static void play_fault(SimFault fault, const char *script) {
        SimBench bench;

        bench_with_package(&bench, 1464, SIM_RESULT_OK);
        fault.nth = fault.nth > 0 ? fault.nth : 1;
        fault.times = 1;
        bench.scenario.faults[0] = fault;
        bench.scenario.n_faults = 1;
        bench.scenario.n_progress = 0;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+WDSC=2,1\n< OK\n");
        sim_bench_play(&bench, script);
        sim_bench_done(&bench);
}

TEST(fault_event_lost_or_doubled_or_late) {
        play_fault((SimFault) { .on = "12", .kind = SIM_FAULT_LOSE }, CONNECT
                   "< +WDSI: 9,1464\n< +WDSI: 18\n< +WDSI: 18,100\n< +WDSI: 10\n< +WDSI: 3\n");
        play_fault((SimFault) { .on = "3", .nth = 2, .kind = SIM_FAULT_DOUBLE }, CONNECT
                   "< +WDSI: 9,1464\n< +WDSI: 18\n< +WDSI: 18,100\n< +WDSI: 12\n< +WDSI: 10\n"
                   "< +WDSI: 3\nempty\n< +WDSI: 3\n< +WDSI: 3\nempty\nquiet 29min\n");
        play_fault((SimFault) { .on = "18,100", .kind = SIM_FAULT_DELAY, .span = 6 * USEC_PER_SEC },
                   CONNECT "< +WDSI: 9,1464\n< +WDSI: 18\n< +WDSI: 12\n< +WDSI: 10\n< +WDSI: 3\n"
                           "< +WDSI: 18,100\n");
}

TEST(fault_event_split_or_inside_a_reply_or_behind_junk) {
        play_fault((SimFault) { .on = "23", .kind = SIM_FAULT_SPLIT }, CONNECT "< +WDSI: 9,1464\n");
        play_fault((SimFault) { .on = "23", .kind = SIM_FAULT_INSIDE_REPLY },
                   "> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 9,1464\n< +WDSI: 18\n"
                   "> AT+WDSS?\n< +WDSS: 1,1\n< +WDSI: 23,1\n< +WDSS: 2,1\n< OK\n");
        play_fault((SimFault) { .on = "6", .kind = SIM_FAULT_JUNK },
                   "> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n"
                   "< swu_DwlInstallInnerPackage Invalid u32_UpckType :0x5\n< +WDSI: 6\n< +WDSI: "
                   "23,1\n");
}

TEST(fault_split_reply_comes_in_pieces) {
        SimBench bench;
        unsigned writes;

        sim_bench_init(&bench);
        bench.scenario.faults[0] = (SimFault) { "AT+CGMM", 1, 1, SIM_FAULT_SPLIT, 0, 0 };
        bench.scenario.n_faults = 1;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n");
        writes = bench.writes;
        sim_bench_play(&bench, "> AT+CGMM\n< HL7800\n< OK\n");
        CHECK(bench.writes > writes + 2);
        sim_bench_done(&bench);
}

TEST(fault_command_or_its_reply_lost) {
        play_fault((SimFault) { .on = "AT+WDSS=1,1", .kind = SIM_FAULT_LOSE },
                   "> AT+WDSS=1,1\nquiet 1h\n" CONNECT);
        play_fault((SimFault) { .on = "AT+WDSS=1,1", .kind = SIM_FAULT_LOSE_REPLY },
                   "> AT+WDSS=1,1\n< +WDSI: 4\n< +WDSI: 6\n");
}

TEST(fault_command_refused) {
        play_fault((SimFault) { .on = "AT+WDSS=1,1", .kind = SIM_FAULT_CME, .code = 650 },
                   "> AT+WDSS=1,1\n< +CME ERROR: 650\nquiet 1h\n" CONNECT);
        play_fault((SimFault) { .on = "at+wdss", .kind = SIM_FAULT_ERROR },
                   "> AT+WDSS=1,1\n< ERROR\n" CONNECT);
        play_fault((SimFault) { .on = "AT+CGMM", .kind = SIM_FAULT_DELAY, .span = USEC_PER_MINUTE },
                   "> AT+CGMM\nquiet 59s\n< HL7800\n< OK\n");
}

TEST(fault_silence_reset_and_lost_session) {
        play_fault(
                (SimFault) { .on = "AT+CGMM", .kind = SIM_FAULT_SILENCE, .span = USEC_PER_MINUTE },
                "> AT+CGMM\n< HL7800\n< OK\n> AT\nquiet 60s\n> AT\n< OK\n");
        play_fault((SimFault) { .on = "AT+WDSR=4", .kind = SIM_FAULT_RESET }, CONNECT
                   "< +WDSI: 9,1464\n< +WDSI: 18\n< +WDSI: 18,100\n< +WDSI: 12\n< +WDSI: 10\n"
                   "< +WDSI: 3\n> AT+WDSR=4\n< +WDSI: 3\n< +WDSI: 0\n"
                   "> AT+WDSR=4\n< OK\n< +WDSI: 14\n");
        play_fault((SimFault) { .on = "18", .kind = SIM_FAULT_RESET },
                   CONNECT "< +WDSI: 9,1464\n< +WDSI: 18\n< +WDSI: 0\n< +WDSI: 4\n< +WDSI: 6\n"
                           "< +WDSI: 23,1\n< +WDSI: 18\n< +WDSI: 18,100\n");
        play_fault((SimFault) { .on = "9", .kind = SIM_FAULT_SESSION_LOSS },
                   CONNECT "< +WDSI: 9,1464\n< +WDSI: 8\nquiet 14min\n< +WDSI: 4\n< +WDSI: 6\n"
                           "< +WDSI: 23,1\n< +WDSI: 18\n");
}

TEST(memory_of_another_build_is_a_factory_new_module) {
        SimBench bench;

        sim_bench_init(&bench);
        bench.memory.size = 7;
        sim_bench_start(&bench);
        sim_bench_play(&bench, "< +WDSI: 0\n> AT+CGMR\n< BHL7800.1.6.3.0.20180803\n< OK\n");
        sim_bench_done(&bench);
}

TEST_MAIN()
