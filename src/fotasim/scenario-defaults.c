/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The defaults of a scenario: a factory-new HL7800 of 2018, or a GE865 of 2011, as the vendors'
 * FOTA notes show them, with a SIM that asks no PIN and a server that has nothing to offer. */

#include "fotasim/scenario.h"

#define PUK_DEFAULT "12345678"
#define WDSD_MAX_BYTES 24643584

static void init_hl78xx(SimScenario *scenario) {
        /* The percentages of the trace in the HL78xx FOTA note, 9.5. */
        static const unsigned progress[] = { 2, 10, 13, 21, 76, 80, 82, 100 };
        static const unsigned retries[SIM_RETRY_MAX] = { 15, 60, 240, 480, 1440, 2880 };

        *scenario = (SimScenario) {
                .manufacturer = "Sierra Wireless",
                .model = "HL7800",
                .firmware = "BHL7800.1.6.3.0.20180803",
                .imei = "354123456789017",
                .serial_number = "VU810225160107",
                .iccid = "89330123456789012342",
                .imsi = "208011234567890",
                .sim_puk = PUK_DEFAULT,
                .contexts = { { .cid = 1, .type = "IP" } },
                .n_contexts = 1,
                .echo = true,
                .agreements = { .reboot = true, .uninstall = true },
                .wdsg = true,
                .wdsd_max = WDSD_MAX_BYTES,
                .wdsd_error = 3,
                .failed_authentications = 5,
                .wdsr_error = 3,
                .ok_after_install_grant = true,
                .install_event = true,
                .reports_result = true,
                .n_progress = ELEMENTSOF(progress),
                .timings = {
                        .boot = 8 * USEC_PER_SEC,
                        .answer = 20 * USEC_PER_MSEC,
                        .session_step = 2 * USEC_PER_SEC,
                        .session_close = 500 * USEC_PER_MSEC,
                        .download = 20 * USEC_PER_SEC,
                        .verify = 5 * USEC_PER_SEC,
                        .install_start = USEC_PER_SEC,
                        .install = 120 * USEC_PER_SEC,
                        .repeat = 30 * USEC_PER_MINUTE,
                        .answer_window = 60 * USEC_PER_SEC,
                        .reissue = USEC_INFINITY,
                        .registration = 8 * USEC_PER_SEC,
                        .polling_idle = 20 * USEC_PER_SEC,
                        .network_timeout = 2 * USEC_PER_MINUTE,
                        .nat = USEC_INFINITY,
                },
                .radio = { .rssi_dbm = -73, .registered = true, .operator_name = "Simulated" },
        };
        memcpy(scenario->progress, progress, sizeof(progress));
        memcpy(scenario->retry_min, retries, sizeof(retries));
}

/* The spans are those of the Premium FOTA note, 2.2.3.1, for 165 kB over GPRS. */
static void init_telit(SimScenario *scenario) {
        SimTimings *timings = &scenario->timings;

        scenario->family = SIM_FAMILY_TELIT;
        (void) TEXT_COPY(scenario->manufacturer, "Telit");
        (void) TEXT_COPY(scenario->model, "GE865-QUAD");
        (void) TEXT_COPY(scenario->firmware, "10.00.144");
        (void) TEXT_COPY(scenario->imei, "354678901234563");
        timings->download = 90 * USEC_PER_SEC;
        timings->verify = 80 * USEC_PER_SEC;
        timings->install = 440 * USEC_PER_SEC;
        scenario->telit = (SimTelit) {
                .provisions = true,
                .registers_again = true,
                .otasuan_mode = 2,
        };
}

void sim_scenario_init(SimScenario *scenario) {
        init_hl78xx(scenario);
}

void sim_scenario_init_family(SimScenario *scenario, SimFamily family) {
        init_hl78xx(scenario);
        if (family == SIM_FAMILY_TELIT)
                init_telit(scenario);
}
