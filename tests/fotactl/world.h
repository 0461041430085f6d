/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A daemon for fotactl to talk to: the real bus server over a scripted gateway (fake-gateway.h),
 * with modules in the states that matter for what people see. Its times are fixed, so that output
 * can be compared to the letter. */

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <systemd/sd-event.h>

#include "../control/fake-gateway.h"
#include "control/control.h"

/* 2026-11-26 23:20:00 UTC, a Thursday */
#define WORLD_NOW (UINT64_C(1795735200) * USEC_PER_SEC)

typedef struct World {
        char socket[108];
        Settings settings;
        Gateway gateway;
        sd_event *event;
        Control *control;
        sd_event_source *timer;
        unsigned n_ticks;
        Transcript *transcript;
} World;

static const Family world_hl78xx = { .name = "hl78xx" };

static int world_reload(void *userdata, char *why, size_t size) {
        (void) userdata;
        (void) snprintf(why, size,
                        "/etc/fotad/fotad.yaml:7:5: modules.modem0.familly: unknown key, did you "
                        "mean 'family'?");
        return -EINVAL;
}

static int world_each_job(void *userdata, const char *module, size_t limit, JobHandler handler,
                          void *handler_userdata) {
        const JobRow rows[] = {
                { .id = 3,
                  .module = "modem1",
                  .source = JOB_SOURCE_SERVER,
                  .from = "HL7800.4.3.9.0",
                  .to = "HL7800.4.4.14.0",
                  .since = WORLD_NOW - 9 * USEC_PER_DAY,
                  .finished = WORLD_NOW - 9 * USEC_PER_DAY + 12 * USEC_PER_MINUTE,
                  .outcome = OUTCOME_SUCCEEDED },
                { .id = 11,
                  .module = "modem0",
                  .source = JOB_SOURCE_PERSON,
                  .by = "root (uid 0)",
                  .from = "HL7800.4.4.14.0",
                  .to = "HL7800.4.4.14.0",
                  .since = WORLD_NOW - USEC_PER_DAY,
                  .finished = WORLD_NOW - USEC_PER_DAY + 92 * USEC_PER_SEC,
                  .outcome = OUTCOME_FAILED,
                  .reason = REASON_PACKAGE_NOT_CERTIFIED },
                { .id = 12,
                  .module = "modem0",
                  .source = JOB_SOURCE_SERVER,
                  .from = "HL7800.4.4.14.0",
                  .since = WORLD_NOW - USEC_PER_HOUR },
        };

        (void) userdata;
        (void) limit;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if ((!module[0] || streq(module, rows[i].module)) &&
                    handler(handler_userdata, &rows[i]) != 0)
                        break;
        return 0;
}

static int world_each_event(void *userdata, const char *module, size_t limit, EventHandler handler,
                            void *handler_userdata) {
        const StoredEvent rows[] = {
                { 40, WORLD_NOW - 20 * USEC_PER_MINUTE, "modem0", "download-started", "downloading",
                  12, "{}" },
                { 41, WORLD_NOW - 10 * USEC_PER_MINUTE, "modem0", "download-progress",
                  "downloading", 12, "{\"percent\":50}" },
                { 42, WORLD_NOW - 3 * USEC_PER_MINUTE, "modem0", "agreement-deferred",
                  "install-pending", 12,
                  "{\"action\":\"install\",\"minutes\":30,\"because\":\"window \\\"x\\\", "
                  "\\u001b[31m\"}" },
        };
        size_t first = limit < ELEMENTSOF(rows) ? ELEMENTSOF(rows) - limit : 0;

        (void) userdata;
        for (size_t i = first; i < ELEMENTSOF(rows); i++)
                if ((!module[0] || streq(module, rows[i].module)) &&
                    handler(handler_userdata, &rows[i]) != 0)
                        break;
        return 0;
}

static bool world_uplink_status(void *userdata, UplinkStatus *ret) {
        (void) userdata;
        *ret = (UplinkStatus) {
                .last_status = 503,
                .last_error = "the server is busy",
                .last_realtime = WORLD_NOW - USEC_PER_MINUTE,
                .next_boottime = USEC_INFINITY,
                .lost = true,
                .spool = { .waiting = 3,
                           .accepted = 120,
                           .oldest = WORLD_NOW - 5 * USEC_PER_MINUTE },
        };
        return true;
}

static void world_uplink_flush(void *userdata) {
        (void) userdata;
}

static Clock world_now(void *userdata) {
        (void) userdata;
        return (Clock) { .realtime = WORLD_NOW, .boottime = clock_now().boottime };
}

static const ControlHost world_host = { world_reload,        world_each_job,     world_each_event,
                                        world_uplink_status, world_uplink_flush, world_now };

/* modem0 waits with its install for a window. */
static void world_add_modem0(World *world) {
        Module *module =
                fake_gateway_add(&world->gateway, &world->settings, "modem0", &world_hl78xx);
        ModuleRecord *record = &module->record;
        ActionPolicy *install = &world->settings.modules[0].policy.actions[ACTION_INSTALL];

        (void) TEXT_COPY(world->settings.modules[0].policy.name, "nightly");
        (void) TEXT_COPY(world->settings.modules[0].device,
                         "/dev/serial/by-id/usb-Sierra_HL7800-if02");
        install->decision = DECISION_ACCEPT;
        install->n_windows = window_parse("Sat,Sun 02:00-04:00", &install->windows[0]) >= 0;
        record->state = STATE_INSTALL_PENDING;
        record->state_since = WORLD_NOW - 3 * USEC_PER_MINUTE;
        (void) TEXT_COPY(record->model, "HL7800");
        (void) TEXT_COPY(record->firmware, "HL7800.4.4.14.0");
        (void) TEXT_COPY(record->imei, "354123456789012");
        (void) TEXT_COPY(record->iccid, "89330120012345678901");
        record->package_bytes = 2202009;
        record->progress_percent = 100;
        record->request = (Request) { .open = true,
                                      .action = ACTION_INSTALL,
                                      .first_realtime = record->state_since,
                                      .asked_realtime = record->state_since,
                                      .bytes = 2202009 };
        module->view = (ModuleView) { .dev_eui = "0354123456789012",
                                      .reconciled = true,
                                      .port_open = true,
                                      .has_signal = true,
                                      .signal_dbm = -87,
                                      .session_open = true,
                                      .held = true,
                                      .transcript = world->transcript };
        module->view.job =
                (JobRow) { .id = 12, .module = "modem0", .since = WORLD_NOW - USEC_PER_HOUR };
        (void) TEXT_COPY(module->view.job.from, "HL7800.4.4.14.0");
        (void) TEXT_COPY(module->view.next, "install window opens Sat 2026-11-28 02:00");
}

static int world_take_last_job(void *userdata, const JobRow *row) {
        JobRow *last = userdata;

        if (row->outcome != OUTCOME_NONE)
                *last = *row;
        return 0;
}

/* modem1 downloads, a-long-module-name is blocked, ghost was never seen. */
static void world_add_others(World *world) {
        Module *module =
                fake_gateway_add(&world->gateway, &world->settings, "modem1", &world_hl78xx);

        module->record.state = STATE_DOWNLOADING;
        module->record.state_since = WORLD_NOW - 20 * USEC_PER_MINUTE;
        (void) TEXT_COPY(module->record.model, "HL7812");
        (void) TEXT_COPY(module->record.firmware,
                         "BHL7812.5.5.14.0.20220216-special-build-with-long-name");
        module->record.package_bytes = 1500000;
        module->record.remaining_bytes = 855000;
        module->record.progress_percent = 43;
        module->view = (ModuleView) { .reconciled = true, .port_open = true, .dev_eui = "" };
        module->view.job = (JobRow) { .id = 13, .module = "modem1", .since = WORLD_NOW };
        module = fake_gateway_add(&world->gateway, &world->settings,
                                  "a-long-module-name-of-32-chars", &world_hl78xx);
        module->record.state = STATE_BLOCKED;
        (void) TEXT_COPY(module->record.model, "evil\033[31m");
        module->view = (ModuleView) { .blocked = REASON_WRONG_MODULE,
                                      .port_holder = "ModemManager (pid 312)" };
        module = fake_gateway_add(&world->gateway, &world->settings, "ghost", &world_hl78xx);
        module->record.state = STATE_ABSENT;
        (void) TEXT_COPY(module->view.next, "waits for /dev/ttyUSB2 to appear");
}

static void world_publish(World *world, uint64_t sequence, EventKind event, State state,
                          unsigned percent) {
        EventRow row = {
                .sequence = sequence,
                .realtime = WORLD_NOW,
                .event = event,
                .state = state,
                .job = 13,
                .n_details = percent > 0 ? 1 : 0,
                .details = { { .key = "percent", .is_number = true, .number = percent } },
        };

        (void) TEXT_COPY(row.module, "modem1");
        control_publish(world->control, &row);
}

/* modem1 downloads on, 20 % a tick, and its job ends: as $WORLD_OUTCOME says. */
static int world_tick(sd_event_source *source, uint64_t usec, void *userdata) {
        World *world = userdata;
        Module *module = &world->gateway.modules[1];
        const char *outcome = getenv("WORLD_OUTCOME");
        unsigned percent;

        world->n_ticks++;
        percent = MIN_OF(43 + 20 * world->n_ticks, 100U);
        module->record.progress_percent = percent;
        module->record.remaining_bytes = 1500000 - 15000 * (uint64_t) percent;
        world_publish(world, 42 + world->n_ticks, EVENT_DOWNLOAD_PROGRESS, STATE_DOWNLOADING,
                      percent);
        if (percent == 100) {
                module->view.last_job = module->view.job;
                module->view.job = (JobRow) {};
                module->view.last_job.finished = WORLD_NOW + 61 * USEC_PER_SEC;
                module->view.last_job.outcome = outcome ? OUTCOME_FAILED : OUTCOME_SUCCEEDED;
                module->view.last_job.reason =
                        outcome ? (Reason) reason_from_string(outcome) : REASON_NONE;
                (void) TEXT_COPY(module->view.last_job.from, "A.1");
                (void) TEXT_COPY(module->view.last_job.to, "A.2");
                module->record.state = STATE_IDLE;
                world_publish(world, 43 + world->n_ticks, EVENT_INSTALL_SUCCEEDED, STATE_IDLE, 0);
        }
        control_changed(world->control, module);
        if (percent == 100)
                return 0;
        (void) sd_event_source_set_time(source, usec + 200 * USEC_PER_MSEC);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static World *world_of(Gateway *gateway) {
        return (World *) ((char *) gateway - offsetof(World, gateway));
}

/* Disconnecting is refused; an update of modem1 runs. */
static bool world_on_order(Gateway *gateway, Module *module, const Order *order,
                           char why[static WHY_MAX]) {
        World *world = world_of(gateway);

        if (order->kind == ORDER_DISCONNECT)
                return !text_copy(why, WHY_MAX, "an install runs");
        if (order->kind == ORDER_UPDATE && module->index == 1)
                (void) sd_event_add_time_relative(world->event, &world->timer, CLOCK_BOOTTIME,
                                                  200 * USEC_PER_MSEC, 1000, world_tick, world);
        return true;
}

static int world_answer(sd_event_source *source, uint64_t usec, void *userdata) {
        Gateway *gateway = &((World *) userdata)->gateway;
        CommandHandler handler = gateway->command_handler;
        bool ok = streq(gateway->command, "AT+CSQ");
        const char *const line = ok ? "+CSQ: 20,99" : "+CME ERROR: 3";

        (void) source;
        (void) usec;
        gateway->command_handler = NULL;
        if (handler)
                handler(gateway->command_userdata, ok, &line, 1);
        return 0;
}

/* AT+CFUN=1 is refused, AT+CSQ answered, anything else fails. */
static bool world_on_command(Gateway *gateway, const char *command, char why[static WHY_MAX]) {
        World *world = world_of(gateway);

        if (streq(command, "AT+CFUN=1"))
                return !text_copy(why, WHY_MAX, "it would restart the module");
        return sd_event_add_time_relative(world->event, NULL, CLOCK_BOOTTIME, 50 * USEC_PER_MSEC,
                                          1000, world_answer, world) >= 0;
}

/* Serves for ever; called in a child. */
static int world_main(const char *socket) {
        static World world;
        static const char *const lines[] = { "AT+CGMR", "HL7800.4.4.14.0", "OK", "+WDSI: 3" };

        (void) TEXT_COPY(world.settings.control.socket, socket);
        (void) TEXT_COPY(world.settings.uplink.url, "https://as.example.com/tunnel");
        world.transcript = transcript_new();
        for (size_t i = 0; i < ELEMENTSOF(lines); i++)
                transcript_add(world.transcript, WORLD_NOW + i,
                               i == 0 ? DIRECTION_TO_MODULE : DIRECTION_FROM_MODULE, lines[i]);
        world_add_modem0(&world);
        world_add_others(&world);
        (void) world_each_job(NULL, "modem0", 10, world_take_last_job,
                              &world.gateway.modules[0].view.last_job);
        world.gateway.now = world_now(NULL);
        world.gateway.next_job = 13;
        world.gateway.on_order = world_on_order;
        world.gateway.on_command = world_on_command;
        if (sd_event_new(&world.event) < 0 ||
            control_new(world.event, &world.gateway, -1, &world_host, &world, &world.control) < 0)
                return EXIT_FAILURE;
        return sd_event_loop(world.event) < 0;
}
