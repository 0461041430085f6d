/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assert.h>

#include "sim/telit.h"

#define BOOT_SPAN (20 * USEC_PER_SEC)

/* As a gateway may have them: none is what it is in the factory, but those that an update needs. */
static const struct {
        const char *set, *read;
} settings[] = {
        // clang-format off
        { "ATE0",                  NULL },
        { "AT&K0",                 NULL },
        { "ATS0=2",                "ATS0?" },
        { "AT+CMEE=2",             "AT+CMEE?" },
        { "AT+CMGF=1",             "AT+CMGF?" },
        { "AT+CNMI=2,1,0,0,0",     "AT+CNMI?" },
        { "AT+CSMP=17,168,0,0",    "AT+CSMP?" },
        { "AT+CSCS=\"8859-1\"",    "AT+CSCS?" },
        { "AT+CLIP=1",             "AT+CLIP?" },
        { "AT+CREG=2",             "AT+CREG?" },
        { "AT+CGREG=1",            "AT+CGREG?" },
        { "AT#OTASETRI=100",       "AT#OTASETRI?" },
        { "AT#SIMDET=1",           "AT#SIMDET?" },
        { "AT#SLED=4,10,20",       "AT#SLED?" },
        { "AT+IPR=115200",         "AT+IPR?" },
        { "AT#OTASUAN=,2,1",       "AT#OTASUAN?" },
        { "AT+CGCLASS=\"B\"",      "AT+CGCLASS?" },
        { "AT#GAUTOATT=1",         "AT#GAUTOATT?" },
        { NULL,                    "AT&V" },
        // clang-format on
};

void telit_scenario_init(SimScenario *scenario, TelitProtocol protocol) {
        static const SimProtocol protocols[_TELIT_PROTOCOL_MAX] = {
                [TELIT_SMS] = SIM_PROTOCOL_SMS,
                [TELIT_COMBINED] = SIM_PROTOCOL_COMBINED,
                [TELIT_TCP] = SIM_PROTOCOL_TCP,
        };

        sim_scenario_init_family(scenario, SIM_FAMILY_TELIT);
        (void) TEXT_COPY(scenario->firmware, TELIT_FROM);
        scenario->telit.protocol = protocols[protocol];
        scenario->timings.reissue = 5 * USEC_PER_MINUTE;
        scenario->n_packages = 1;
        scenario->packages[0] = (SimPlannedPackage) {
                .at = protocol == TELIT_TCP ? 0 : 2 * USEC_PER_MINUTE,
                .bytes = 165000,
                .to = TELIT_TO,
                .result = SIM_RESULT_OK,
        };
}

/* over the line, in fotad's place */

typedef struct Listener {
        size_t module;
        Text text;
} Listener;

static bool listen(void *userdata, size_t module, const char *bytes, size_t n) {
        Listener *listener = userdata;

        if (module == listener->module && !memmem(bytes, n, "#OTAEV", strlen("#OTAEV")))
                text_printf(&listener->text, "%.*s", (int) n, bytes);
        return true;
}

static void say(World *world, size_t module, const char *command) {
        SimModule *sim = world->modules[module].sim;

        sim_feed(sim, world_module_time(world), command, strlen(command));
        sim_feed(sim, world_module_time(world), "\r", 1);
        (void) world_run(world, USEC_PER_SEC, NULL);
}

void telit_attach(World *world, size_t module, const SimScenario *scenario) {
        world_attach(world, module, scenario, module + 1);
        (void) world_run(world, BOOT_SPAN, NULL);
        for (size_t i = 0; i < ELEMENTSOF(settings); i++)
                if (settings[i].set)
                        say(world, module, settings[i].set);
}

void telit_read(World *world, size_t module, char ret[static TELIT_READ_MAX]) {
        Listener listener = { .module = module };
        const WorldTap tap = world->tap;

        assert(!world->gateway);
        (void) world_run(world, USEC_PER_SEC, NULL); /* for what it still says to fotad */
        text_init(&listener.text, ret, TELIT_READ_MAX);
        world->tap = (WorldTap) { .from_module = listen, .userdata = &listener };
        for (size_t i = 0; i < ELEMENTSOF(settings); i++)
                if (settings[i].read)
                        say(world, module, settings[i].read);
        world->tap = tap;
        assert(!listener.text.truncated);
}
