/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an application server hears, in simulated time: real gateway, modules, store and queue, and
 * a server that goes away for hours while fotad is killed. What must hold: nothing lost, nothing
 * out of order, every FCntUp once, and each kind of report at its moment. */

#include <stdio.h>

#include "sim/telit.h"
#include "test.h"
#include "uplink/uplink.h"

#define FROM "BHL7800.1.6.3.0.20180803"
#define TO "THL7800.1.6.3.0.99.20180803"
#define MODULES 2
#define SEEN_MAX 4096
#define TOLD_MAX 2048
#define SLICE (5 * USEC_PER_SEC)

/* What the server holds of one module. */
typedef struct Device {
        unsigned n_uplinks; /* FCntUp 0.. without a hole so far */
        uint64_t ids[SEEN_MAX];
        unsigned duplicates, n_late;
        char told[TOLD_MAX]; /* what the other kinds said, a line each */
        uint64_t last_told[_REPORT_KIND_MAX];
} Device;

typedef struct Bench {
        World *world;
        Queue *queue;
        bool away;
        unsigned kill_after; /* answers that fotad still hears; 0: it lives */
        uint64_t random;
        Device devices[MODULES];
        unsigned faults;
} Bench;

/* fotad's hands, as daemon/uplink.c has them */

static int on_next(void *userdata, const char *module, ReportKind kind, uint64_t after,
                   ReportRow *ret) {
        const Bench *bench = userdata;

        return store_next_report(bench->world->store, module, kind, after, ret);
}

static int on_spare(void *userdata, ReportWorth worth, uint64_t after, ReportRow *ret) {
        const Bench *bench = userdata;

        return store_spare_report(bench->world->store, worth, after, ret);
}

static void on_settle(void *userdata, uint64_t id, Settlement settlement) {
        const Bench *bench = userdata;

        gateway_report_settled(bench->world->gateway, id, settlement);
}

static uint64_t on_waiting(void *userdata) {
        const Bench *bench = userdata;
        Spool spool = { 0 };

        return store_spool(bench->world->store, &spool) < 0 ? 0 : spool.waiting;
}

static void on_event(void *userdata, const char *module, EventKind event, const char *text,
                     int64_t number) {
        const Bench *bench = userdata;

        gateway_note(bench->world->gateway, module, event, text ? "because" : NULL, text, number);
}

static const QueueHost host = { on_next, NULL, on_settle, on_waiting, on_spare, on_event };

/* the server */

static void fault(Bench *bench, const ReportRow *report, const char *what) {
        fprintf(stderr, "report %llu of %s (%s, FCntUp %u): %s\n", (unsigned long long) report->id,
                report->module, report_kind_to_string(report->kind), report->fcnt_up, what);
        bench->faults++;
}

static void hear_uplink(Bench *bench, Device *device, const ReportRow *report, bool late) {
        if (report->fcnt_up < device->n_uplinks) {
                if (device->ids[report->fcnt_up] != report->id)
                        fault(bench, report, "one FCntUp, two reports");
                device->duplicates++;
                return;
        }
        if (report->fcnt_up > device->n_uplinks)
                fault(bench, report, "one was lost, or comes later");
        device->ids[device->n_uplinks++ % SEEN_MAX] = report->id;
        device->n_late += late;
}

static void hear(Bench *bench, const ReportRow *report, bool late) {
        Device *device = &bench->devices[report->module[strlen("modem")] - '0'];
        const size_t length = strlen(device->told);

        if (report->kind == REPORT_UPLINK) {
                hear_uplink(bench, device, report, late);
                return;
        }
        if (report->id <= device->last_told[report->kind]) {
                device->duplicates++;
                return;
        }
        device->last_told[report->kind] = report->id;
        (void) snprintf(device->told + length, sizeof device->told - length, "%s\n", report->extra);
}

/* life */

static void bench_start(Bench *bench) {
        World *world = bench->world;
        usec_t lost_since = 0;

        world_start(world);
        CHECK_INT(store_uplink_lost(world->store, &lost_since), 0);
        CHECK_INT(queue_new(&world->settings, &world->now, lost_since, &bench->queue), 0);
}

static void bench_kill(Bench *bench) {
        bench->queue = queue_free(bench->queue);
        world_kill(bench->world);
}

static void bench_restart(Bench *bench) {
        bench_kill(bench);
        bench_start(bench);
}

/* Sends what may be sent now. false: fotad was killed, with what the server took not noted. */
static bool bench_serve(Bench *bench) {
        const ReportAnswer accepted = { .status = 200 }, nothing = { .error = "no route" };
        World *world = bench->world;
        ReportRow report;
        bool late;

        for (size_t i = 0; i < world->settings.n_modules; i++)
                queue_wake(bench->queue, world->settings.modules[i].name);
        gateway_turn(world->gateway, &world->now);
        while (queue_take(bench->queue, &world->now, &host, bench, &report, &late)) {
                if (!bench->away)
                        hear(bench, &report, late);
                if (!bench->away && bench->kill_after > 0 && --bench->kill_after == 0)
                        return false;
                queue_answered(bench->queue, &world->now, &host, bench, &report,
                               bench->away ? &nothing : &accepted);
        }
        gateway_settle(world->gateway);
        return true;
}

static void bench_run(Bench *bench, usec_t span) {
        for (usec_t passed = 0; passed < span; passed += SLICE) {
                (void) world_run(bench->world, SLICE, NULL);
                if (!bench_serve(bench))
                        bench_restart(bench);
        }
}

static void settings_init(Settings *settings) {
        settings->uplink = (UplinkSettings) {
                .enabled = true,
                .events = EVENT_CLASS_FOTA | EVENT_CLASS_ALERTS | EVENT_CLASS_STATUS,
                .reports = REPORT_KINDS_ALL,
                .status_interval = USEC_PER_DAY,
                .spool_max_reports = 100000,
        };
}

static void bench_init(Bench *bench, size_t n_modules) {
        static const char *const imeis[MODULES] = { "354123456789012", "354123456789020" };
        static SimScenario scenarios[MODULES]; /* borrowed */
        World *world = world_new(n_modules);

        *bench = (Bench) { .world = world, .random = 1 };
        settings_init(&world->settings);
        for (size_t i = 0; i < n_modules; i++) {
                SimScenario *scenario = &scenarios[i];

                sim_scenario_init(scenario);
                (void) TEXT_COPY(scenario->firmware, FROM);
                (void) TEXT_COPY(scenario->imei, imeis[i]);
                scenario->n_packages = 1;
                scenario->packages[0] =
                        (SimPlannedPackage) { .bytes = 1464, .to = TO, .result = SIM_RESULT_OK };
                world_attach(world, i, scenario, i + 1);
                world->settings.modules[i].policy.actions[ACTION_DOWNLOAD].decision =
                        DECISION_ACCEPT;
                world->settings.modules[i].policy.actions[ACTION_INSTALL].decision =
                        DECISION_ACCEPT;
        }
        bench_start(bench);
}

static void bench_done(Bench *bench) {
        bench->queue = queue_free(bench->queue);
        bench->world = world_free(bench->world);
}

static bool bench_order(Bench *bench, size_t module, OrderKind kind) {
        const Order what = { .kind = kind, .who = "test (uid 0)" };
        Gateway *gateway = bench->world->gateway;
        char why[WHY_MAX];

        gateway_turn(gateway, &bench->world->now);
        return gateway_order(gateway, gateway_module(gateway, module), &what, NULL, why) ==
               ORDER_DONE;
}

static unsigned random_below(Bench *bench, unsigned n) {
        bench->random = bench->random * UINT64_C(6364136223846793005) + 1442695040888963407;
        return (unsigned) (bench->random >> 33) % n;
}

static uint64_t spooled(const Bench *bench) {
        return on_waiting((void *) bench);
}

static void check_complete(const Bench *bench) {
        CHECK_INT(bench->faults, 0);
        CHECK_INT(spooled(bench), 0);
        for (size_t i = 0; i < bench->world->settings.n_modules; i++)
                CHECK_INT(bench->devices[i].n_uplinks, world_view(bench->world, i).record->fcnt_up);
}

static unsigned count_text(const char *text, const char *part) {
        unsigned n = 0;

        for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
                n++;
        return n;
}

TEST(hours_of_outage_with_kills_lose_nothing_and_keep_the_order) {
        _cleanup_(bench_done) Bench bench;
        unsigned kills = 0;

        bench_init(&bench, 2);
        bench_run(&bench, 10 * USEC_PER_MINUTE);
        check_complete(&bench);
        bench.away = true;
        for (unsigned i = 0; i < 48; i++) {
                (void) bench_order(&bench, i % 2, i % 4 < 2 ? ORDER_CONNECT : ORDER_DISCONNECT);
                bench_run(&bench, (1 + random_below(&bench, 10)) * USEC_PER_MINUTE);
                if (random_below(&bench, 3) == 0) {
                        bench_restart(&bench);
                        kills++;
                }
        }
        CHECK(kills >= 8);
        CHECK(spooled(&bench) > 40);
        CHECK_INT(world_count_events(bench.world, EVENT_UPLINK_LOST), 1);
        bench.away = false;
        for (unsigned i = 0; i < 10; i++) { /* and killed while it delivers */
                bench.kill_after = 1 + random_below(&bench, 8);
                bench_run(&bench, 20 * USEC_PER_MINUTE);
        }
        bench.kill_after = 0;
        bench_run(&bench, 20 * USEC_PER_MINUTE);
        check_complete(&bench);
        CHECK(bench.devices[0].duplicates + bench.devices[1].duplicates > 0);
        CHECK(bench.devices[0].n_late + bench.devices[1].n_late > 30);
        CHECK_INT(world_count_events(bench.world, EVENT_UPLINK_LOST), 1);
        CHECK_INT(world_count_events(bench.world, EVENT_UPLINK_RESTORED), 1);
}

/* The disk failed, and its module was taken out of the configuration meanwhile. */
TEST(reports_of_a_module_that_left_are_ready_when_they_are_on_disk) {
        _cleanup_(bench_done) Bench bench;
        World *world;
        unsigned ready;

        bench_init(&bench, 2);
        world = bench.world;
        (void) world_run(world, 5 * USEC_PER_MINUTE, NULL);
        ready = world->n_ready[1];
        CHECK(ready > 0);
        world->disk_full = true;
        gateway_turn(world->gateway, &world->now);
        gateway_note(world->gateway, "modem1", EVENT_POLICY_WAITING, NULL, NULL, 0);
        world_settle(world);
        world->settings.n_modules = 1;
        CHECK_INT(gateway_reload(world->gateway, &world->settings), 0);
        world->disk_full = false;
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        CHECK_INT(world->n_ready[1], ready + 1);
}

TEST(join_and_reset_are_told) {
        _cleanup_(bench_done) Bench bench;
        const Device *device = &bench.devices[0];

        bench_init(&bench, 1);
        bench_run(&bench, 5 * USEC_PER_MINUTE);
        CHECK_STR(device->told, "join\n");
        bench_restart(&bench);
        bench_run(&bench, 5 * USEC_PER_MINUTE);
        CHECK_STR(device->told, "join\n"); /* it is known */
        CHECK(bench_order(&bench, 0, ORDER_UPDATE));
        bench_run(&bench, USEC_PER_HOUR);
        if (getenv("VERBOSE"))
                world_print(bench.world, 0);
        CHECK_INT(world_count_events(bench.world, EVENT_INSTALL_SUCCEEDED), 1);
        CHECK_STR(device->told, "join\nreset admin\n");
        sim_power(bench.world->modules[0].sim, world_module_time(bench.world), false);
        bench_run(&bench, USEC_PER_MINUTE);
        sim_power(bench.world->modules[0].sim, world_module_time(bench.world), true);
        bench_run(&bench, 10 * USEC_PER_MINUTE);
        CHECK_STR(device->told, "join\nreset admin\nreset automatic\n");
        check_complete(&bench);
}

/* Such a module tells of no restart: the other firmware does. */
TEST(an_update_that_nobody_watches_is_one_reset) {
        _cleanup_(bench_done) Bench bench = { .world = world_new(1) };
        SimScenario scenario;

        settings_init(&bench.world->settings);
        telit_scenario_init(&scenario, TELIT_SMS);
        world_use_telit(bench.world, 0, TELIT_SMS);
        telit_attach(bench.world, 0, &scenario);
        bench_start(&bench);
        bench_run(&bench, 3 * USEC_PER_HOUR);
        CHECK_INT(world_count_events(bench.world, EVENT_INSTALL_SUCCEEDED), 1);
        CHECK_STR(bench.devices[0].told, "join\nreset admin\n");
        check_complete(&bench);
}

TEST(another_sim_is_another_join) {
        _cleanup_(bench_done) Bench bench;
        ModuleRecord record;
        Batch *batch = calloc(1, sizeof *batch);

        bench_init(&bench, 1);
        bench_run(&bench, 5 * USEC_PER_MINUTE);
        record = *world_view(bench.world, 0).record;
        (void) TEXT_COPY(record.iccid, "8933100000000000001");
        batch->modules[batch->n_modules++] = &record; /* the card was another one until now */
        CHECK_INT(store_commit(bench.world->store, batch), 0);
        free(batch);
        bench_restart(&bench);
        bench_run(&bench, 5 * USEC_PER_MINUTE);
        CHECK_INT(world_count_events(bench.world, EVENT_SIM_CHANGED), 1);
        CHECK_STR(bench.devices[0].told, "join\njoin\n");
}

TEST(the_location_is_told_once_and_when_it_changes) {
        _cleanup_(bench_done) Bench bench;
        const Device *device = &bench.devices[0];
        Location *location;

        bench_init(&bench, 1);
        location = &bench.world->settings.gateway.location;
        bench_run(&bench, 5 * USEC_PER_MINUTE);
        *location = (Location) { .set = true, .latitude = 48874931, .longitude = -2333673 };
        bench_restart(&bench);
        bench_run(&bench, 5 * USEC_PER_MINUTE);
        CHECK_STR(device->told, "join\n48.874931 -2.333673\n");
        bench_restart(&bench);
        bench_run(&bench, 5 * USEC_PER_MINUTE);
        CHECK_INT(count_text(device->told, "\n"), 2);
        location->has_altitude = true;
        location->altitude = -1500000;
        CHECK_INT(gateway_reload(bench.world->gateway, &bench.world->settings), 0);
        bench_run(&bench, 5 * USEC_PER_MINUTE);
        CHECK_STR(device->told, "join\n48.874931 -2.333673\n48.874931 -2.333673 -1.500000\n");
        bench.world->settings.uplink.reports = 1U << REPORT_UPLINK; /* nobody wants to know */
        location->altitude = 0;
        bench_restart(&bench);
        bench_run(&bench, 5 * USEC_PER_MINUTE);
        CHECK_INT(count_text(device->told, "\n"), 3);
}

TEST(the_status_is_told_every_interval_whatever_restarts) {
        _cleanup_(bench_done) Bench bench;

        bench_init(&bench, 1);
        bench.world->settings.uplink.status_interval = 6 * USEC_PER_HOUR;
        bench_run(&bench, USEC_PER_HOUR);
        CHECK_INT(world_count_events(bench.world, EVENT_MODULE_STATUS), 0); /* just identified */
        for (unsigned i = 0; i < 24; i++) {
                bench_restart(&bench);
                bench_run(&bench, 2 * USEC_PER_HOUR);
        }
        CHECK_INT(world_count_events(bench.world, EVENT_MODULE_STATUS), 8);
        CHECK_STR(bench.devices[0].told, "join\n"); /* uplink frames carry it */
        check_complete(&bench);
}

TEST(without_uplink_frames_the_status_is_a_notification) {
        _cleanup_(bench_done) Bench bench;

        bench_init(&bench, 1);
        bench.world->settings.uplink.events = EVENT_CLASS_FOTA;
        bench_run(&bench, 25 * USEC_PER_HOUR);
        CHECK_INT(world_count_events(bench.world, EVENT_MODULE_STATUS), 1);
        CHECK_INT(count_text(bench.devices[0].told, "status "), 1);
}

TEST_MAIN()
