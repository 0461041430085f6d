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
        JobRow jobs[4]; /* of modem1, oldest first */
        size_t n_jobs;
} World;

#define WORLD_HOP_1 "HL7812.5.6.1.0"
#define WORLD_HOP_2 "HL7812.5.7.2.0"

static const Family world_hl78xx = { .name = "hl78xx" };
static const Family world_telit = {
        .name = "telit",
        .verbs = 1U << VERB_REGISTER | 1U << VERB_SAVE | 1U << VERB_RESTORE,
};

static int world_reload(void *userdata, char *why, size_t size) {
        (void) userdata;
        (void) snprintf(why, size,
                        "/etc/fotad/fotad.yaml:7:5: modules.modem0.familly: unknown key, did you "
                        "mean 'family'?");
        return -EINVAL;
}

static int world_each_job(void *userdata, const HistoryQuery *query, JobHandler handler,
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

        static const JobRow test_run = { .id = 9,
                                         .module = "modem2",
                                         .source = JOB_SOURCE_AUTOMATIC,
                                         .from = "10.00.004",
                                         .to = "10.00.004",
                                         .since = WORLD_NOW - 2 * USEC_PER_DAY,
                                         .finished = WORLD_NOW - 2 * USEC_PER_DAY + USEC_PER_MINUTE,
                                         .outcome = OUTCOME_TEST_RUN,
                                         .reason = REASON_TEST_RUN };
        const World *world = userdata;
        const char *module = query->module;

        if (streq(module, "modem2"))
                return handler(handler_userdata, &test_run);
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if ((!module[0] || streq(module, rows[i].module)) &&
                    rows[i].since >= query->since && handler(handler_userdata, &rows[i]) != 0)
                        return 0;
        for (size_t i = 0; world && i < world->n_jobs; i++)
                if ((!module[0] || streq(module, "modem1")) &&
                    handler(handler_userdata, &world->jobs[i]) != 0)
                        return 0;
        return 0;
}

/* $WORLD_STORAGE: "fails" while modem1 downloads, "failed" by then, or is "unreadable". */
static bool world_storage_is(const char *what) {
        const char *storage = getenv("WORLD_STORAGE");

        return storage && streq(storage, what);
}

/* Told at once, while what happened before it waits for the disk. */
#define WORLD_STORAGE_FAILED 60

static int world_each_event(void *userdata, const HistoryQuery *query, EventHandler handler,
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
                { WORLD_STORAGE_FAILED, WORLD_NOW, "", "storage-failed", NULL, 0, "{}" },
                { WORLD_STORAGE_FAILED + 1, WORLD_NOW, "", "storage-restored", NULL, 0, "{}" },
        };
        const char *module = query->module;
        size_t n = world_storage_is("failed") ? ELEMENTSOF(rows) : ELEMENTSOF(rows) - 2,
               limit = query->limit, first = limit < n ? n - limit : 0;

        (void) userdata;
        if (world_storage_is("unreadable"))
                return -EIO;
        for (size_t i = first; i < n; i++)
                if ((!module[0] || streq(module, rows[i].module)) &&
                    rows[i].realtime >= query->since &&
                    (query->until == 0 || rows[i].realtime <= query->until) &&
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
        if (world_storage_is("unreadable"))
                *ret = (UplinkStatus) { .next_boottime = USEC_INFINITY, .spool.unknown = true };
        return true;
}

static void world_uplink_flush(void *userdata) {
        (void) userdata;
}

static Clock world_now(void *userdata) {
        (void) userdata;
        return (Clock) { .realtime = WORLD_NOW, .boottime = clock_now().boottime };
}

/* Takes one package only. */
static int world_package_take(void *userdata, const char *module, int fd, char *why, size_t size) {
        char bytes[32] = "";

        (void) userdata;
        (void) module;
        if (pread(fd, bytes, sizeof(bytes) - 1, 0) > 0 && streq(bytes, "a package\n"))
                return 0;
        (void) snprintf(why, size, "the file is larger than 64.0 MiB");
        return -EFBIG;
}

static void world_package_drop(void *userdata, const char *module) {
        (void) userdata;
        (void) module;
}

/* A lease that nobody watches: it lasts as long as this world. */
static int world_inhibitor_hold(void *userdata, uint64_t id, int fd) {
        (void) userdata;
        (void) id;
        return fcntl(fd, F_GETFD) < 0 ? -errno : 0;
}

static const ControlHost world_host = {
        .reload = world_reload,
        .each_job = world_each_job,
        .each_event = world_each_event,
        .uplink_status = world_uplink_status,
        .uplink_flush = world_uplink_flush,
        .now = world_now,
        .package_take = world_package_take,
        .package_drop = world_package_drop,
        .inhibitor_hold = world_inhibitor_hold,
};

/* It asked for its download, was put off, and took no early yes. */
static void world_refuse(World *world, Module *module) {
        world->settings.modules[0].policy.actions[ACTION_DOWNLOAD].decision = DECISION_ACCEPT;
        module->record.state = STATE_DOWNLOAD_PENDING;
        module->record.request.action = ACTION_DOWNLOAD;
        module->refused_until = WORLD_NOW + 30 * USEC_PER_MINUTE;
}

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
        (void) TEXT_COPY(module->next, "install window opens Sat 2026-11-28 02:00");
        if (getenv("WORLD_REFUSED"))
                world_refuse(world, module);
        if (getenv("WORLD_SOAK"))
                module->soak = (Soak) { .span = USEC_PER_HOUR,
                                        .failed = "modem1",
                                        .failed_at = WORLD_NOW - USEC_PER_DAY,
                                        .reason = REASON_WRONG_VERSION,
                                        .failed_row = 1 };
        if (getenv("WORLD_FORCE")) {
                install->decision = DECISION_ASK;
                install->deadline = 7 * USEC_PER_DAY;
                install->on_deadline = DEADLINE_FORCE;
        }
        if (getenv("WORLD_ASKS_LATER")) {
                install->deadline = 2 * USEC_PER_HOUR;
                install->on_deadline = DEADLINE_ASK;
        }
        if (getenv("WORLD_IDLE"))
                record->request.open = false;
        if (getenv("WORLD_DOWN"))
                module->installs_running = 1;
}

static int world_take_last_job(void *userdata, const JobRow *row) {
        JobRow *last = userdata;

        if (row->outcome != OUTCOME_NONE)
                *last = *row;
        return 0;
}

/* modem1 downloads, a-long-module-name is blocked, ghost was never seen. */
static void world_add_others(World *world) {
        static const unsigned timers[] = { 15, 60, 240, 480, 1440, 2880 };
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
        module->view.poll_minutes = 1440;
        module->view.n_retry_timers = ELEMENTSOF(timers);
        module->view.retry_timers = timers;
        fake_gateway_add_package(&world->settings, module->record.firmware, WORLD_HOP_1);
        fake_gateway_add_package(&world->settings, WORLD_HOP_1, WORLD_HOP_2);
        module = fake_gateway_add(&world->gateway, &world->settings,
                                  "a-long-module-name-of-32-chars", &world_hl78xx);
        module->record.state = STATE_BLOCKED;
        (void) TEXT_COPY(module->record.model, "evil\033[31m");
        module->view = (ModuleView) { .blocked = REASON_WRONG_MODULE,
                                      .port_holder = "ModemManager (pid 312)" };
        module = fake_gateway_add(&world->gateway, &world->settings, "ghost", &world_hl78xx);
        module->record.state = STATE_ABSENT;
        (void) TEXT_COPY(module->next, "waits for /dev/ttyUSB2 to appear");
}

/* The rule's longest text, to be wrapped. */
#define WORLD_MISSING                                                                        \
        "AT#GAUTOATT is 0 and AT+CGCLASS is \"CC\": the module attaches to no data service " \
        "by itself; set fix_prerequisites, or AT#GAUTOATT=1 and AT+CGCLASS=\"B\""

/* modem2 is registered, its settings are saved, and it lacks what an update needs. */
static void world_add_modem2(World *world) {
        Module *module =
                fake_gateway_add(&world->gateway, &world->settings, "modem2", &world_telit);
        ModuleRecord *record = &module->record;
        const char *state = getenv("WORLD_REGISTRATION"), *snapshot = getenv("WORLD_SNAPSHOT");

        record->state = STATE_IDLE;
        record->state_since = WORLD_NOW - USEC_PER_DAY;
        (void) TEXT_COPY(record->model, "GE865-QUAD");
        (void) TEXT_COPY(record->firmware, "10.00.004");
        (void) TEXT_COPY(record->imei, "357345678901234");
        record->registration = (Registration) {
                .state = state ? (RegistrationState) registration_state_from_string(state) :
                                 REGISTRATION_DONE,
                .since = WORLD_NOW - 3 * USEC_PER_HOUR,
        };
        record->snapshot = (Snapshot) { .taken = WORLD_NOW - 2 * USEC_PER_HOUR };
        (void) TEXT_COPY(record->snapshot.settings, "+CMEE 2|+CSCS \"GSM\"|#OTASUAN ,2,1|");
        record->snapshot.restore_due = snapshot && streq(snapshot, "due");
        if (snapshot && streq(snapshot, "none"))
                record->snapshot = (Snapshot) {};
        module->view = (ModuleView) { .reconciled = true,
                                      .port_open = true,
                                      .keeps_settings = true,
                                      .can_register = true,
                                      .missing = WORLD_MISSING };
        module->view.job = (JobRow) { .id = 10,
                                      .module = "modem2",
                                      .source = JOB_SOURCE_AUTOMATIC,
                                      .from = "10.00.004",
                                      .since = WORLD_NOW - USEC_PER_HOUR };
}

/* A backup on modem1, and an application server on modem2. */
static void world_add_inhibitors(World *world) {
        world->gateway.inhibitors[0] =
                (InhibitorRow) { .id = 30,
                                 .actions = 1U << ACTION_DOWNLOAD | 1U << ACTION_INSTALL,
                                 .module = "modem1",
                                 .who = "rsync",
                                 .why = "copying the logs of the last week to the other site",
                                 .by = "root (uid 0)",
                                 .pid = 4711,
                                 .unit = "backup-of-the-logs.service",
                                 .since = WORLD_NOW - USEC_PER_HOUR,
                                 .until = WORLD_NOW + USEC_PER_HOUR };
        world->gateway.inhibitors[1] = (InhibitorRow) { .id = 31,
                                                        .actions = 1U << ACTION_CONNECT,
                                                        .module = "modem2",
                                                        .who = "app1",
                                                        .why = "tests in the field",
                                                        .source = INHIBITOR_SERVER,
                                                        .by = "AS app1.sample.com",
                                                        .since = WORLD_NOW,
                                                        .until = WORLD_NOW + USEC_PER_DAY };
        if (getenv("WORLD_IDLE"))
                world->gateway.inhibitors[1].until = USEC_INFINITY;
        world->gateway.n_inhibitors = 2;
}

static void world_publish(World *world, uint64_t sequence, EventKind event, State state,
                          unsigned percent) {
        EventRow row = {
                .sequence = sequence,
                .realtime = WORLD_NOW,
                .event = event,
                .state = state,
                .job = world->gateway.modules[1].view.job.id,
                .n_details = percent > 0 ? 1 : 0,
                .details = { { .key = "percent", .is_number = true, .number = percent } },
        };

        (void) TEXT_COPY(row.module, event == EVENT_STORAGE_FAILED ? "" : "modem1");
        control_publish(world->control, &row);
}

/* A job of modem1 that leads from a version to another. */
static void world_job_begin(World *world, JobSource source, const char *to) {
        Module *module = &world->gateway.modules[1];
        JobRow *job = &world->jobs[world->n_jobs];

        *job = (JobRow) { .id = 13 + world->n_jobs++, .source = source, .since = WORLD_NOW };
        (void) TEXT_COPY(job->module, "modem1");
        (void) TEXT_COPY(job->by, "root (uid 0)");
        (void) TEXT_COPY(job->from, module->record.firmware);
        (void) TEXT_COPY(module->record.hop_to, to);
        (void) TEXT_COPY(module->record.chain_to, streq(to, WORLD_HOP_1) ? WORLD_HOP_2 : "");
        module->view.job = *job;
        world_publish(world, 43 + world->n_ticks++, EVENT_JOB_CREATED, STATE_IDLE, 0);
        module->record.state = STATE_DOWNLOADING;
        module->record.progress_percent = 43;
}

/* As $WORLD_OUTCOME says, once $WORLD_FAILS_AT is the job. */
static void world_job_end(World *world) {
        Module *module = &world->gateway.modules[1];
        const char *outcome = getenv("WORLD_OUTCOME"), *fails_at = getenv("WORLD_FAILS_AT");
        JobRow *job = &module->view.last_job;

        *job = module->view.job;
        if (outcome && fails_at && (uint64_t) atoi(fails_at) != job->id)
                outcome = NULL;
        world->gateway.next_job++;
        job->finished = WORLD_NOW + 61 * USEC_PER_SEC;
        job->outcome = !outcome                   ? OUTCOME_SUCCEEDED :
                       streq(outcome, "test-run") ? OUTCOME_TEST_RUN :
                                                    OUTCOME_FAILED;
        job->reason = outcome ? (Reason) reason_from_string(outcome) : REASON_NONE;
        (void) TEXT_COPY(job->from, "A.1");
        (void) TEXT_COPY(job->to, module->record.hop_to[0] ? module->record.hop_to : "A.2");
        module->record.state = STATE_IDLE;
        world_publish(world, 43 + world->n_ticks++,
                      outcome ? EVENT_INSTALL_FAILED : EVENT_INSTALL_SUCCEEDED, STATE_IDLE, 0);
        module->view.job = (JobRow) {};
        if (world->n_jobs > 0)
                world->jobs[world->n_jobs - 1] = *job;
        (void) TEXT_COPY(module->record.firmware, job->to);
        if (outcome)
                module->record.chain_to[0] = '\0';
}

/* modem1 downloads on, 20 % a tick, and its job ends; the next one of a way begins. */
static int world_tick(sd_event_source *source, uint64_t usec, void *userdata) {
        World *world = userdata;
        Module *module = &world->gateway.modules[1];
        unsigned percent = MIN_OF(module->record.progress_percent + 20, 100U);

        if (world_storage_is("fails") && world->n_ticks == 0)
                world_publish(world, WORLD_STORAGE_FAILED, EVENT_STORAGE_FAILED, STATE_IDLE, 0);
        module->record.progress_percent = percent;
        module->record.remaining_bytes = 1500000 - 15000 * (uint64_t) percent;
        world_publish(world, 43 + world->n_ticks++, EVENT_DOWNLOAD_PROGRESS, STATE_DOWNLOADING,
                      percent);
        if (percent == 100)
                world_job_end(world);
        if (percent == 100 && module->record.chain_to[0])
                world_job_begin(world, JOB_SOURCE_CATALOGUE, module->record.chain_to);
        control_changed(world->control, module);
        if (module->view.job.id == 0)
                return 0;
        (void) sd_event_source_set_time(source, usec + 200 * USEC_PER_MSEC);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static World *world_of(Gateway *gateway) {
        return (World *) ((char *) gateway - offsetof(World, gateway));
}

/* Both updates of the way went well while fotad was away. */
static void world_chain_is_over(World *world) {
        Module *module = &world->gateway.modules[1];

        for (size_t i = 0; i < 2; i++) {
                world_job_begin(world, JOB_SOURCE_CATALOGUE, i == 0 ? WORLD_HOP_1 : WORLD_HOP_2);
                world_job_end(world);
        }
        module->record.chain_to[0] = module->record.hop_to[0] = '\0';
}

/* Disconnecting is refused; an update of modem1 runs, and its download can be suspended. */
static bool world_on_order(Gateway *gateway, Module *module, const Order *order,
                           char why[static WHY_MAX]) {
        World *world = world_of(gateway);

        if (order->kind == ORDER_DISCONNECT)
                return !text_copy(why, WHY_MAX, "an install runs");
        if (order->kind == ORDER_ACCEPT && module->record.request.open) {
                const Question question = {
                        .action = order->action,
                        .policy = &world->settings.modules[module->index].policy,
                        .zone = &gateway->zone,
                };
                module->record.consent_action = order->action;
                module->record.consent = (Consent) {
                        .given = true,
                        .now = order->now,
                        .until = consent_end(&question, 1, WORLD_NOW),
                        .by = "root (uid 0)",
                        .bytes = module->record.package_bytes,
                };
                (void) TEXT_COPY(module->record.consent.firmware, module->record.firmware);
        }
        if (order->kind == ORDER_SUSPEND || order->kind == ORDER_RESUME) {
                module->record.suspended = order->kind == ORDER_SUSPEND;
                module->record.state =
                        module->record.suspended ? STATE_SUSPENDED : STATE_DOWNLOADING;
                module->view.session_open = !module->record.suspended;
        }
        if ((order->kind == ORDER_CONNECT || order->kind == ORDER_RESUME) &&
            getenv("WORLD_NO_SESSION")) {
                module->record.state = STATE_IDLE;
                module->view.session_open = false;
                (void) TEXT_COPY(module->next, "a session: window 01:00-05:00: closed, opens Fri "
                                               "2026-11-27 01:00");
        }
        if (order->kind == ORDER_REGISTER) {
                if (!streq(module->record.name, "modem2"))
                        return !text_copy(
                                why, WHY_MAX,
                                "modules of family hl78xx have no registration of their own");
                module->record.registration =
                        (Registration) { .state = REGISTRATION_ASKED, .since = WORLD_NOW };
        }
        if (order->kind != ORDER_UPDATE || module->index != 1)
                return true;
        if (order->from == UPDATE_FROM_FILE)
                world_job_begin(world, JOB_SOURCE_FILE, WORLD_HOP_2);
        else if (order->from == UPDATE_FROM_CATALOGUE)
                world_job_begin(world, JOB_SOURCE_CATALOGUE, WORLD_HOP_1);
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

static int world_answer_settings(sd_event_source *source, uint64_t usec, void *userdata) {
        static const SettingRow same = { "+CMEE", "2", "2", "same" };
        static const SettingRow saved[] = {
                { "+CMEE", "2", "2", "saved" },
                { "+CSCS", "\"GSM\"", "\"GSM\"", "saved" },
                { "#OTASUAN", ",2,1", ",2,1", "new" },
        };
        static const SettingRow compared[] = {
                { "+CMEE", "2", "0", "different" },
                { "+CSCS", "\"GSM\"", "\"GSM\"", "same" },
                { "#OTASUAN", "", ",2,1", "new" },
        };
        static const SettingRow restored[] = {
                { "+CMEE", "2", "2", "restored" },
                { "+CNMI", "2,1,0,0,0,1,\"and a value that is longer than the terminal is wide\"",
                  "2,1,0,0,0,0,\"and a value that is longer than the terminal is wide\"",
                  "refused" },
                { "#OTASUAN", "(hidden)", "", "same" },
        };
        const char *snapshot = getenv("WORLD_SNAPSHOT");
        Gateway *gateway = &((World *) userdata)->gateway;

        (void) source;
        (void) usec;
        if (snapshot && streq(snapshot, "same")) {
                fake_settings_answer(gateway, "", &same, 1);
                return 0;
        }
        switch (gateway->settings_order) {
        case SETTINGS_SAVE:
                fake_settings_answer(gateway, "", saved, ELEMENTSOF(saved));
                break;
        case SETTINGS_DIFF:
                fake_settings_answer(gateway, "", compared, ELEMENTSOF(compared));
                break;
        case SETTINGS_RESTORE:
                fake_settings_answer(gateway, "", restored, ELEMENTSOF(restored));
                break;
        case SETTINGS_SHOW:
        case _SETTINGS_ORDER_MAX:
                break;
        }
        return 0;
}

/* modem2 keeps settings; what was saved is shown at once. */
static bool world_on_settings(Gateway *gateway, Module *module, SettingsOrder order,
                              char why[static WHY_MAX]) {
        static const SettingRow rows[] = {
                { "+CMEE", "2", "", "saved" },
                { "+CSCS", "\"GSM\"", "", "saved" },
                { "#OTASUAN", ",2,1", "", "saved" },
        };
        World *world = world_of(gateway);

        if (!streq(module->record.name, "modem2"))
                return !text_copy(why, WHY_MAX,
                                  "a hl78xx module keeps its settings through an update");
        if (order == SETTINGS_SHOW) {
                fake_settings_answer(gateway, "", rows,
                                     module->record.snapshot.taken > 0 ? ELEMENTSOF(rows) : 0);
                return true;
        }
        return sd_event_add_time_relative(world->event, NULL, CLOCK_BOOTTIME, 50 * USEC_PER_MSEC,
                                          1000, world_answer_settings, world) >= 0;
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
        world_add_modem2(&world);
        world_add_inhibitors(&world);
        (void) world_each_job(NULL, &(HistoryQuery) { .module = "modem0", .limit = 10 },
                              world_take_last_job, &world.gateway.modules[0].view.last_job);
        world.gateway.past_unknown = world_storage_is("unreadable");
        if (world.gateway.past_unknown)
                world.gateway.n_inhibitors = 0;
        world.gateway.now = world_now(NULL);
        world.gateway.next_job = 13;
        world.gateway.on_order = world_on_order;
        (void) world_each_job(NULL, &(HistoryQuery) { .module = "modem2", .limit = 10 },
                              world_take_last_job,
                              &gateway_find(&world.gateway, "modem2")->view.last_job);
        world.gateway.on_command = world_on_command;
        world.gateway.on_settings = world_on_settings;
        if (sd_event_new(&world.event) < 0 ||
            control_new(world.event, &world.gateway, -1, &world_host, &world, &world.control) < 0)
                return EXIT_FAILURE;
        if (getenv("WORLD_CHAIN_IS_OVER"))
                world_chain_is_over(&world);
        return sd_event_loop(world.event) < 0;
}
