/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Modules that go from port to port of a gateway, copies among them, in simulated time: at any
 * moment a DevEUI is one module's, and it has each FCntUp once. */

#include <sqlite3.h>
#include <stdio.h>

#include "sim/world.h"
#include "test.h"

#define PORTS 3
#define RUNS 60
#define STEPS 40

static SimScenario scenarios[PORTS + 1]; /* the last is a copy of the first */
static uint64_t chance;

static unsigned below(unsigned n) {
        chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
        return (unsigned) (chance >> 33) % n;
}

static World *gateway_of(uint64_t seed) {
        World *world = world_new(PORTS);

        chance = seed;
        world_use_downlink(world);
        world->settings.uplink.events = EVENT_CLASS_FOTA | EVENT_CLASS_ALERTS | EVENT_CLASS_STATUS;
        world->settings.uplink.reports = REPORT_KINDS_ALL;
        world->settings.uplink.status_interval = USEC_PER_HOUR;
        for (size_t i = 0; i <= PORTS; i++) {
                sim_scenario_init(&scenarios[i]);
                (void) snprintf(scenarios[i].imei, sizeof scenarios[i].imei, "35412345678901%zu",
                                i % PORTS);
        }
        for (size_t i = 0; i < PORTS; i++)
                world_attach(world, i, &scenarios[i], i + 1);
        world->modules[PORTS - 1].unplugged = below(2) == 0;
        if (below(3) == 0)
                (void) TEXT_COPY(world->settings.modules[1].imei, scenarios[0].imei);
        return world;
}

static unsigned owners(const World *world, const char *imei) {
        char dev_eui[DEV_EUI_MAX];
        unsigned n = 0;

        (void) snprintf(dev_eui, sizeof dev_eui, "0%s", imei);
        for (size_t i = 0; i < PORTS; i++)
                n += streq(gateway_dev_eui(gateway_module(world->gateway, i)), dev_eui);
        return n;
}

static void step(World *world) {
        const unsigned port = below(PORTS);

        switch (below(5)) {
        case 0:
                world->modules[port].unplugged = !world->modules[port].unplugged;
                break;
        case 1:
                world_kill(world);
                world_start(world);
                break;
        case 2:
                (void) world_run(world, below(30) * USEC_PER_MINUTE, NULL);
                break;
        default: /* another one in its place */
                world->modules[port].unplugged = true;
                (void) world_run(world, below(2) * USEC_PER_MINUTE + USEC_PER_SEC, NULL);
                world_attach(world, port, &scenarios[below(PORTS + 1)], chance);
                world->modules[port].unplugged = false;
        }
        (void) world_run(world, 20 * USEC_PER_SEC, NULL);
}

static unsigned repeats(const World *world) {
        uint32_t next[PORTS] = { 0 };
        unsigned n = 0;

        for (size_t i = 0; i < world->n_reports; i++) {
                const ReportRow *report = &world->reports[i];
                const size_t who = (size_t) (report->dev_eui[DEV_EUI_MAX - 2] - '0');

                if (report->kind != REPORT_UPLINK)
                        continue;
                n += report->fcnt_up < next[who];
                next[who] = report->fcnt_up + 1;
        }
        return n;
}

TEST(a_dev_eui_is_one_modules_and_has_each_fcnt_up_once) {
        for (uint64_t seed = 1; seed <= RUNS; seed++) {
                _cleanup_(world_freep) World *world = gateway_of(seed);

                world_start(world);
                for (unsigned i = 0; i < STEPS; i++) {
                        step(world);
                        for (size_t k = 0; k < PORTS; k++)
                                CHECK(owners(world, scenarios[k].imei) <= 1);
                }
                CHECK(world->n_reports > STEPS / 4);
                CHECK(world->n_reports < WORLD_EVENTS_MAX);
                CHECK_INT(repeats(world), 0);
        }
}

static void set_record(const World *world, const char *name, unsigned fcnt_up) {
        char text[256];
        sqlite3 *db;

        CHECK_INT(sqlite3_open(world->path, &db), SQLITE_OK);
        (void) snprintf(text, sizeof text,
                        "INSERT OR IGNORE INTO modules (name) VALUES ('%s'); UPDATE modules SET "
                        "imei = '%s', imei_seen_in = '', fcnt_up = %u WHERE name = '%s'",
                        name, scenarios[0].imei, fcnt_up, name);
        CHECK_INT(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
        CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

/* Before version 8 a module that was moved left its IMEI behind: the counter that went on tells
 * where it is. */
TEST(database_with_an_imei_twice_is_of_the_one_that_went_on) {
        _cleanup_(world_freep) World *world = gateway_of(1);

        world->settings.modules[1].imei[0] = '\0';
        world_attach(world, 1, &scenarios[PORTS], 2);
        world->modules[0].unplugged = true;
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        world_kill(world);
        set_record(world, world->settings.modules[0].name, 300);
        set_record(world, world->settings.modules[1].name, 500);
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK_INT(world_state(world, 1), STATE_IDLE);
        CHECK_INT(owners(world, scenarios[0].imei), 1);
        CHECK(world_view(world, 1).record->fcnt_up >= 500);
        CHECK(world_view(world, 0).record->fcnt_up >= 500);
}

/* Wherever it went, and whoever has its old place: after an hour all that are there work. */
TEST(nobody_is_locked_out_who_has_an_imei_of_his_own) {
        for (uint64_t seed = 1; seed <= RUNS; seed++) {
                _cleanup_(world_freep) World *world = gateway_of(seed);

                world->settings.modules[1].imei[0] = '\0';
                world_start(world);
                for (unsigned i = 0; i < STEPS / 4; i++)
                        step(world);
                for (size_t i = 0; i < PORTS; i++)
                        world_attach(world, i, &scenarios[(i + seed) % PORTS], i + 1);
                for (size_t i = 0; i < PORTS; i++)
                        world->modules[i].unplugged = true;
                (void) world_run(world, USEC_PER_MINUTE, NULL);
                for (size_t i = 0; i < PORTS; i++)
                        world->modules[i].unplugged = false;
                (void) world_run(world, USEC_PER_HOUR, NULL);
                for (size_t i = 0; i < PORTS; i++) {
                        CHECK_INT(world_state(world, i), STATE_IDLE);
                        CHECK_INT(owners(world, scenarios[i].imei), 1);
                }
        }
}

static bool waits_for_a_person(World *world) {
        return world_state(world, 0) == STATE_DOWNLOAD_PENDING;
}

/* The ports stay open, as those of a UART do: nothing tells that the module went but its IMEI on
 * another port. */
TEST(module_that_waits_is_found_on_another_port) {
        _cleanup_(world_freep) World *world = gateway_of(1);
        SimScenario asks = scenarios[0], mute = scenarios[PORTS - 1];

        asks.n_packages = 1;
        asks.packages[0] = (SimPlannedPackage) { .bytes = 1464, .to = "HL7800.4.4.14.0" };
        mute.timings.boot = USEC_PER_DAY;
        world_attach(world, 0, &asks, 1);
        world->settings.modules[0].session_mode = SESSION_ALWAYS;
        world->settings.modules[0].policy.actions[ACTION_DOWNLOAD].decision = DECISION_ASK;
        world->settings.modules[1].imei[0] = '\0';
        world->modules[1].unplugged = world->modules[PORTS - 1].unplugged = true;
        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, waits_for_a_person));
        world_attach(world, 0, &mute, 2);
        world_attach(world, 1, &scenarios[0], 1);
        world->modules[1].unplugged = false;
        (void) world_run(world, 25 * USEC_PER_MINUTE, NULL);
        CHECK_INT(world_state(world, 1), STATE_IDLE);
        CHECK_INT(owners(world, scenarios[0].imei), 1);
}

TEST_MAIN()
