/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Scenario files, and the simulated module that follows them.
 *
 * A text that is a scenario is played for some hours against a host that says yes to everything;
 * any text is also typed into a module. Looks for crashes, for a module that never comes to rest,
 * and for what must hold: no more grants than were seen, and a mistake is always explained.
 */

#include <assert.h>

#include "fotasim/model.h"

#define TURNS_MAX 20000

static void on_write(void *userdata, const char *bytes, size_t n) {
        (void) userdata;
        assert(n > 0 && bytes);
}

static const SimHost host = { .write = on_write };

static void type(SimModule *module, usec_t now, const char *line) {
        sim_feed(module, now, line, strlen(line));
}

static const char *line_of(SimFamily family, unsigned i) {
        static const char *const lines[][8] = {
                [SIM_FAMILY_HL78XX] = { "AT+WDSI=4479\r", "AT+WDSC=1,1\r", "AT+WDSS=2,1\r",
                                        "AT+WDSS=1,1\r", "AT+WDSR=3\r", "AT+WDSR=4\r", "AT\r",
                                        "AT+CFUN=1\r" },
                [SIM_FAMILY_TELIT] = { "AT#OTASUAN=,2,1\r", "AT#OTASNAP=\"+39123\"\r",
                                       "AT#OTASUAN=2\r", "AT#OTASUAN=1\r",
                                       "AT#OTASNAIPCFG=0,\"a\"\r", "AT#OTASNAIP=1,\"a\"\r",
                                       "AT#OTAIPUPD\r", "AT#SGACT=1,1\r" },
        };

        return lines[family][i % 8];
}

static void play(const SimScenario *scenario) {
        SimModule *module = sim_module_new(scenario, &host, NULL, NULL, 1);
        usec_t now = 0;
        SimFacts facts;

        assert(module);
        sim_power(module, now, true);
        for (unsigned turn = 0; turn < TURNS_MAX && now < 3 * USEC_PER_HOUR; turn++) {
                now = MIN_OF(sim_deadline(module), now + USEC_PER_MINUTE);
                sim_tick(module, now);
                if (turn % 8 == 0)
                        type(module, now, line_of(scenario->family, turn / 8));
        }
        sim_facts(module, &facts);
        assert(facts.grants <= facts.grants_seen && facts.installs <= facts.reboots);
        sim_module_free(module);
}

static void type_all(SimFamily family, const uint8_t *data, size_t size) {
        SimScenario scenario;
        SimModule *module;

        sim_scenario_init_family(&scenario, family);
        module = sim_module_new(&scenario, &host, NULL, NULL, 1);
        assert(module);
        sim_power(module, 0, true);
        sim_tick(module, USEC_PER_MINUTE);
        sim_feed(module, USEC_PER_MINUTE, (const char *) data, size);
        sim_tick(module, USEC_PER_HOUR);
        sim_module_free(module);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        char bytes[4096];
        SimScenario scenario;
        Text errors;

        text_init(&errors, bytes, sizeof(bytes));
        if (sim_scenario_parse(&scenario, SIM_FAMILY_HL78XX, "fuzz", (const char *) data, size,
                               &errors) == 0)
                play(&scenario);
        else
                assert(errors.length > 0);
        type_all(SIM_FAMILY_HL78XX, data, size);
        type_all(SIM_FAMILY_TELIT, data, size);
        return 0;
}
