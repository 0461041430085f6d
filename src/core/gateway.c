/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The turn of the loop: read -> decide -> one commit -> act -> publish, over all modules. It owns
 * the modules and the batch of unsaved rows. When a commit fails, this turn's decisions are undone
 * and their rows taken back, evidence stays; from then on nothing that needs an intent is done
 * until the store has recovered. */

#include <stdio.h>

#include "core/turn.h"

/* life */

Gateway *gateway_free(Gateway *gateway) {
        if (!gateway)
                return NULL;
        for (size_t i = 0; i < gateway->n_modules; i++)
                module_free(gateway->modules[i]);
        free(gateway);
        return NULL;
}

/* A new module with what the store knows of it. */
static int module_load(Gateway *gateway, size_t index, const ModuleSettings *settings,
                       Module **ret) {
        ModuleRecord record = { 0 };
        JobRow job = { 0 }, last_job = { 0 };
        const int r = module_new(gateway, index, settings, ret);

        if (r < 0)
                return r;
        if (gateway->load &&
            gateway->load(gateway->userdata, settings->name, &record, &job, &last_job))
                module_adopt(*ret, &record, &job, &last_job);
        return 0;
}

static int gateway_load(Gateway *gateway, const GatewayStart *start) {
        for (size_t i = 0; i < start->settings->n_modules; i++) {
                const int r =
                        module_load(gateway, i, start->settings->modules + i, gateway->modules + i);

                if (r < 0)
                        return r;
                gateway->n_modules++;
        }
        if (start->each_install)
                (void) !start->each_install(gateway->userdata, gateway_recall_gone, gateway);
        gateway_recall_path(gateway);
        gateway_settle_imeis(gateway);
        return 0;
}

static void storage_failed(Gateway *gateway, const char *why);
static void storage_restored(Gateway *gateway, uint64_t lost);

/* The gateway before has told the failure, but could not write it down. */
static void storage_came_back(Gateway *gateway, const GatewayStart *start) {
        EventRow *row = gateway_row(gateway, "", EVENT_STORAGE_FAILED);

        row->realtime = start->failed_since;
        row->told = true;
        gateway_row_detail(
                row, &(const DetailArg) { .key = "because", .text_value = start->storage_error });
        storage_restored(gateway, start->lost_events);
}

int gateway_new(const GatewayStart *start, const GatewayHost *host, void *userdata, Gateway **ret) {
        _cleanup_(gateway_freep) Gateway *gateway = calloc(1, sizeof(*gateway));

        if (!gateway)
                return -ENOMEM;
        gateway->settings = start->settings;
        gateway->host = host;
        gateway->load = start->load;
        gateway->userdata = userdata;
        (void) TEXT_COPY(gateway->boot_id, start->boot_id);
        gateway->build_time = start->build_time;
        gateway->newest_row = start->newest_row;
        gateway->start_boottime = start->now.boottime;
        gateway->last_event = start->last_event;
        gateway->last_job = start->last_job;
        gateway->last_report = start->last_report;
        gateway->last_act = start->last_act;
        gateway->storage_ok = true;
        gateway->recover_at = USEC_INFINITY;
        gateway_turn(gateway, &start->now);

        const int r = gateway_load(gateway, start);
        if (r < 0)
                return r;
        leases_load(gateway, start->inhibitors, start->n_inhibitors);
        gateway->past_unknown = !start->storage_ok;
        if (!start->storage_ok)
                storage_failed(gateway, start->storage_error);
        else if (start->failed_since > 0)
                storage_came_back(gateway, start);
        *ret = TAKE_PTR(gateway);
        return 0;
}

/* facts about all modules */

bool gateway_clock_trusted(const Gateway *gateway) {
        switch (gateway->settings->gateway.trusted_time) {
        case TRUSTED_TIME_PLAUSIBLE:
                return gateway->now.realtime > gateway->build_time &&
                       gateway->now.realtime >= gateway->newest_row;
        case TRUSTED_TIME_SYNCHRONIZED:
                return gateway->synchronized;
        case TRUSTED_TIME_NONE:
        case _TRUSTED_TIME_MAX:
                break;
        }
        return true;
}

const char *gateway_clock_problem(const Gateway *gateway) {
        if (gateway->settings->gateway.trusted_time == TRUSTED_TIME_PLAUSIBLE)
                return gateway->now.realtime <= gateway->build_time ?
                               "it stands before fotad was built: set it" :
                               "it stands before the last thing in the history: set it";
        return gateway->clock_problem[0] != '\0' ? gateway->clock_problem :
                                                   "systemd-timedated has not answered yet";
}

/* One that is further behind will rather be set than get there. */
#define CLOCK_BEHIND_MAX USEC_PER_DAY

usec_t gateway_clock_trusted_from(const Gateway *gateway) {
        const usec_t from = MAX_OF(gateway->build_time + 1, gateway->newest_row);

        return gateway->settings->gateway.trusted_time == TRUSTED_TIME_PLAUSIBLE &&
                               usec_sub(from, gateway->now.realtime) <= CLOCK_BEHIND_MAX ?
                       from :
                       USEC_INFINITY;
}

void gateway_clock_synchronized(Gateway *gateway, bool synchronized, const char *why) {
        const bool trusted = gateway_clock_trusted(gateway);

        gateway->synchronized = synchronized;
        (void) TEXT_COPY(gateway->clock_problem, synchronized ? "" : why);
        for (size_t i = 0; i < gateway->n_modules; i++)
                gateway->modules[i]->changed |= trusted != gateway_clock_trusted(gateway);
}

/* storage */

static void note_storage(Gateway *gateway, EventKind event, const char *why) {
        EventRow *row = gateway_row(gateway, "", event);

        gateway_row_detail(row, &(const DetailArg) { .key = "because", .text_value = why });
        gateway->host->publish(gateway->userdata, row);
        row->told = true;
}

static void storage_failed(Gateway *gateway, const char *why) {
        gateway->storage_ok = false;
        gateway->recover_delay = STORAGE_RETRY_MIN;
        gateway->recover_at = usec_add(gateway->now.boottime, gateway->recover_delay);
        note_storage(gateway, EVENT_STORAGE_FAILED, why);
        for (size_t i = 0; i < gateway->n_modules; i++)
                gateway->modules[i]->changed = true;
}

static void batch_list_modules(Gateway *gateway) {
        gateway->batch.n_modules = 0;
        for (size_t i = 0; i < gateway->n_modules; i++)
                if (gateway->modules[i]->dirty)
                        gateway->batch.modules[gateway->batch.n_modules++] =
                                &gateway->modules[i]->record;
}

static void batch_list_inhibitors(Gateway *gateway) {
        Batch *batch = &gateway->batch;

        batch->inhibitors_changed = gateway->leases.changed;
        batch->n_inhibitors = 0;
        for (size_t i = 0; i < gateway->leases.n && batch->inhibitors_changed; i++)
                batch->inhibitors[batch->n_inhibitors++] = &gateway->leases.leases[i].row;
}

static bool batch_is_empty(const Batch *batch) {
        return batch->n_events + batch->n_reports + batch->n_settled + batch->n_jobs +
                               batch->n_modules + batch->n_frames + batch->n_frames_gone ==
                       0 &&
               !batch->inhibitors_changed;
}

static bool is_first_of_module(const Batch *batch, size_t i) {
        for (size_t k = 0; k < i; k++)
                if (streq(batch->reports[k].module, batch->reports[i].module))
                        return false;
        return true;
}

/* What is on disk now may be told. */
static void batch_publish(Gateway *gateway) {
        Batch *batch = &gateway->batch;

        for (size_t i = 0; i < batch->n_events; i++)
                if (!batch->events[i].told)
                        gateway->host->publish(gateway->userdata, batch->events + i);
        for (size_t i = 0; i < batch->n_reports; i++) /* also of modules that went meanwhile */
                if (gateway->host->reports_ready && is_first_of_module(batch, i))
                        gateway->host->reports_ready(gateway->userdata, batch->reports[i].module);
        batch->n_events = batch->n_reports = batch->n_settled = batch->n_jobs = batch->n_modules =
                batch->n_frames = batch->n_frames_gone = 0;
        batch->lost_events = 0;
}

/* Writes everything that waits; 0, or the negative error with the batch kept. */
static int batch_commit(Gateway *gateway) {
        batch_list_modules(gateway);
        batch_list_inhibitors(gateway);
        if (batch_is_empty(&gateway->batch))
                return 0;
        const int r = gateway->host->commit(gateway->userdata, &gateway->batch);
        if (r < 0)
                return r;
        for (size_t i = 0; i < gateway->n_modules; i++)
                gateway->modules[i]->dirty = false;
        gateway->leases.changed = false;
        return 0;
}

bool gateway_commit(Gateway *gateway) {
        const int r = batch_commit(gateway);

        if (r < 0) {
                storage_failed(gateway, strerror(-r));
                return false;
        }
        batch_publish(gateway);
        return true;
}

static void storage_restored(Gateway *gateway, uint64_t lost) {
        gateway->storage_ok = true;
        gateway->recover_at = USEC_INFINITY;
        EventRow *row = gateway_row(gateway, "", EVENT_STORAGE_RESTORED);
        gateway_row_detail(row, &(const DetailArg) { .key = "lost", .number = (int64_t) lost });
        for (size_t i = 0; i < gateway->n_modules; i++) {
                Module *module = gateway->modules[i];
                module->judged = module->context_tried = false;
                module->changed = true;
                if (module->port_open && !module_installs(module))
                        say_start(module); /* what was left out meanwhile (PIN, APN) */
        }
}

static void storage_recover(Gateway *gateway) {
        if (gateway->storage_ok || gateway->recover_at > gateway->now.boottime)
                return;
        gateway->recover_delay = MIN_OF(gateway->recover_delay * 2, STORAGE_RETRY_MAX);
        gateway->recover_at = usec_add(gateway->now.boottime, gateway->recover_delay);
        if (gateway->host->recover(gateway->userdata) == 0 && batch_commit(gateway) == 0) {
                const uint64_t lost = gateway->batch.lost_events;
                batch_publish(gateway);
                storage_restored(gateway, lost);
        }
}

/* the turn */

/* It ends, the clock was set back behind it, or somebody has moved the gateway; looked at once a
 * second, as many turns follow each other in a dialogue. */
static bool is_zone_old(Gateway *gateway) {
        const usec_t realtime = gateway->now.realtime;

        if (gateway->zone.n == 0)
                return true; /* also in the first second of 1970 */
        if (realtime / USEC_PER_SEC == gateway->zone_compared / USEC_PER_SEC)
                return false;
        gateway->zone_compared = realtime;
        return realtime >= gateway->zone_until ||
               realtime + 2 * USEC_PER_DAY < gateway->zone.entries[0].from ||
               utc_offset_at(realtime) != zone_offset_at(&gateway->zone, realtime);
}

void gateway_turn(Gateway *gateway, const Clock *now) {
        gateway->now = *now;
        if (is_zone_old(gateway))
                zone_compute(&gateway->zone, now->realtime, &gateway->zone_until);
}

void gateway_zone_changed(Gateway *gateway) {
        gateway->zone_compared = 0;
}

static void decide_all(Gateway *gateway) {
        const size_t n_events = gateway->batch.n_events, n_reports = gateway->batch.n_reports;

        gateway->settling = true;
        for (size_t i = 0; i < gateway->n_modules; i++)
                module_decide(gateway->modules[i]);
        if (gateway->storage_ok) {
                const int r = batch_commit(gateway);
                if (r < 0) {
                        /* their numbers are not given again: the commit may have reached the
                         * disk */
                        gateway->batch.lost_events += gateway->batch.n_events - n_events;
                        gateway->batch.n_events = n_events;
                        gateway->batch.n_reports = n_reports;
                        for (size_t i = 0; i < gateway->n_modules; i++)
                                module_undo(gateway->modules[i]);
                        storage_failed(gateway, strerror(-r));
                } else
                        batch_publish(gateway);
        }
        gateway->settling = false;
}

void gateway_settle(Gateway *gateway) {
        leases_tick(gateway);
        for (size_t i = 0; i < gateway->n_modules; i++)
                module_tick(gateway->modules[i]);
        storage_recover(gateway);
        gateway_tick_path(gateway);
        decide_all(gateway);
        gateway_tell_path(gateway);
        for (size_t i = 0; i < gateway->n_modules; i++)
                module_let_go(gateway->modules[i]);
        for (size_t i = 0; i < gateway->n_modules; i++) {
                Module *module = gateway->modules[i];
                if (!module->changed)
                        continue;
                module->changed = false;
                gateway->host->changed(gateway->userdata, module);
        }
}

static bool module_waits_for_turn(const Module *module) {
        return module->port_open && module->n_queued > 0 && !module->verb_runs &&
               chat_is_idle(module->chat);
}

usec_t gateway_deadline(const Gateway *gateway) {
        usec_t deadline = MIN_OF(gateway->recover_at, gateway_path_deadline(gateway));

        deadline = MIN_OF(deadline, leases_deadline(gateway));

        for (size_t i = 0; i < gateway->n_modules; i++) {
                if (module_waits_for_turn(gateway->modules[i]))
                        return 0;
                deadline = MIN_OF(deadline, module_deadline(gateway->modules[i]));
        }
        if (gateway->storage_ok && gateway->batch.n_events + gateway->batch.n_reports +
                                                   gateway->batch.n_settled +
                                                   gateway->batch.n_jobs + gateway->batch.n_frames +
                                                   gateway->batch.n_frames_gone >
                                           0)
                return 0;
        return deadline;
}

/* inputs */

void gateway_port_opened(Gateway *gateway, size_t index) {
        Module *module = gateway->modules[index];

        chat_cancel(module->chat);
        module_raise(module, ON_PORT_OPENED);
}

void gateway_port_lost(Gateway *gateway, size_t index) {
        Module *module = gateway->modules[index];

        if (!module->port_open)
                return;
        module_forget_verbs(module);
        module_raise(module, ON_PORT_LOST);
        module->port_open = false;
}

void gateway_port_refused(Gateway *gateway, size_t index, int error, const char *holder) {
        Module *module = gateway->modules[index];

        (void) TEXT_COPY(module->port_holder, holder          ? holder :
                                              error == -EBUSY ? "another process" :
                                                                "");
        (void) TEXT_COPY(module->port_problem, error == -EBUSY ? "" : strerror(-error));
        module_raise(module, ON_PORT_REFUSED);
}

void gateway_feed(Gateway *gateway, size_t index, const char *bytes, size_t n) {
        Module *module = gateway->modules[index];

        module->family->now = gateway->now;
        chat_feed(module->chat, &gateway->now, bytes, n);
}

/* More than are ever on their way at once */
#define SETTLED_RESERVE 16

static bool has_room_to_settle(Gateway *gateway, size_t reserve) {
        return gateway->batch.n_settled + reserve < BATCH_SETTLED_MAX ||
               (gateway->storage_ok && !gateway->settling && gateway_commit(gateway));
}

bool gateway_can_settle(Gateway *gateway) {
        return has_room_to_settle(gateway, SETTLED_RESERVE);
}

void gateway_report_settled(Gateway *gateway, uint64_t id, Settlement settlement) {
        Batch *batch = &gateway->batch;

        if (!has_room_to_settle(gateway, 0))
                return; /* it is sent again after the next start: at least once */
        batch->settled[batch->n_settled++] = (SettledRow) { .id = id, .settlement = settlement };
}

void gateway_note(Gateway *gateway, const char *name, EventKind event, const char *key,
                  const char *text, int64_t number) {
        Module *module = name[0] ? gateway_find(gateway, name) : NULL;
        const DetailArg detail = { .key = key, .text_value = text, .number = number };

        if (module) {
                module->target = module->record.state;
                module_record(module, event, &detail, key ? 1 : 0);
                return;
        }
        EventRow *row = gateway_row(gateway, name, event);
        if (key)
                gateway_row_detail(row, &detail);
}

/* reload */

/* One of another family is another module, whatever its name. */
static bool is_configured_as(const Module *module, const ModuleSettings *settings) {
        return streq(module->record.name, settings->name) &&
               module->family->family == settings->family;
}

static Module *take_module(Gateway *gateway, const ModuleSettings *settings) {
        for (size_t i = 0; i < gateway->n_modules; i++) {
                Module *module = gateway->modules[i];
                if (module && is_configured_as(module, settings)) {
                        gateway->modules[i] = NULL;
                        return module;
                }
        }
        return NULL;
}

static bool has_module(const Settings *settings, const Module *module) {
        for (size_t i = 0; i < settings->n_modules; i++)
                if (is_configured_as(module, settings->modules + i))
                        return true;
        return false;
}

const Module *gateway_reload_hindrance(const Gateway *gateway, const Settings *settings) {
        for (size_t i = 0; i < gateway->n_modules; i++)
                if (module_installs(gateway->modules[i]) &&
                    !has_module(settings, gateway->modules[i]))
                        return gateway->modules[i];
        return NULL;
}

int gateway_reload(Gateway *gateway, const Settings *settings) {
        Module *modules[MODULES_MAX] = { NULL };

        /* whatever can fail, first: new modules stand ready before an old one is let go */
        for (size_t i = 0; i < settings->n_modules; i++) {
                const Module *old = gateway_find(gateway, settings->modules[i].name);
                if (old && is_configured_as(old, settings->modules + i))
                        continue;
                if (module_load(gateway, i, settings->modules + i, modules + i) < 0) {
                        for (size_t k = 0; k < settings->n_modules; k++)
                                module_free(modules[k]);
                        return -ENOMEM;
                }
        }
        if (gateway->storage_ok)
                (void) gateway_commit(gateway); /* what a module that goes has to say */
        for (size_t i = 0; i < settings->n_modules; i++)
                if (!modules[i]) {
                        modules[i] = take_module(gateway, settings->modules + i);
                        module_use(modules[i], i, settings->modules + i);
                }
        for (size_t i = 0; i < gateway->n_modules; i++) {
                if (gateway->modules[i])
                        gateway_note_gone(gateway, gateway->modules[i]->record.name,
                                          &gateway->modules[i]->record.install);
                module_free(gateway->modules[i]);
        }
        memcpy(gateway->modules, modules, sizeof(modules));
        gateway->n_modules = settings->n_modules;
        const GatewaySettings before = gateway->settings->gateway;
        gateway->settings = settings;
        gateway_reload_path(gateway, &before);
        if (before.trusted_time != settings->gateway.trusted_time)
                gateway_clock_synchronized(gateway, false, ""); /* nobody told of it meanwhile */
        gateway_settle_imeis(gateway);
        zone_compute(&gateway->zone, gateway->now.realtime,
                     &gateway->zone_until); /* gateway.timezone
                                             */
        for (size_t i = 0; i < gateway->n_modules; i++)
                if (gateway->modules[i]->port_open && !module_installs(gateway->modules[i]))
                        say_start(gateway->modules[i]); /* agreements and APN may be wanted
                                                           otherwise */
        return 0;
}
