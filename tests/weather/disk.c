/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assert.h>

#include "weather/disk.h"

static void raise_to(uint64_t *number, uint64_t at_least) {
        *number = MAX_OF(*number, at_least);
}

static DiskModule *find(Disk *disk, const char *name) {
        const size_t index = (size_t) (name[strlen("modem")] - '0');

        assert(index < PLAN_MODULES_MAX);
        return disk->modules + index;
}

static void put_jobs(Disk *disk, const Batch *batch) {
        for (size_t i = 0; i < batch->n_jobs; i++) {
                const JobRow *job = batch->jobs + i;
                DiskModule *module = find(disk, job->module);

                if (job->finished == 0)
                        module->job = *job;
                else if (job->id >= module->last_job.id)
                        module->last_job = *job;
                raise_to(&disk->counters.last_job, job->id);
                raise_to(&disk->counters.newest, MAX_OF(job->since, job->finished));
        }
}

static void put_modules(Disk *disk, const Batch *batch) {
        for (size_t i = 0; i < batch->n_modules; i++) {
                DiskModule *module = find(disk, batch->modules[i]->name);

                module->known = true;
                module->record = *batch->modules[i];
                raise_to(&disk->counters.last_act, module->record.act.sequence);
                raise_to(&disk->counters.newest, module->record.state_since);
        }
}

static void put_events(Disk *disk, const Batch *batch) {
        for (size_t i = 0; i < batch->n_events; i++) {
                raise_to(&disk->counters.last_event, batch->events[i].sequence);
                raise_to(&disk->counters.newest, batch->events[i].realtime);
        }
}

static bool has_report(const Disk *disk, uint64_t id) {
        for (size_t i = disk->n_reports; i > 0; i--)
                if (disk->reports[i - 1].id == id)
                        return true;
        return false;
}

static void put_inhibitors(Disk *disk, const Batch *batch) {
        if (!batch->inhibitors_changed)
                return;
        disk->n_inhibitors = batch->n_inhibitors;
        for (size_t i = 0; i < batch->n_inhibitors; i++)
                disk->inhibitors[i] = *batch->inhibitors[i];
}

static void put_reports(Disk *disk, const Batch *batch) {
        for (size_t i = 0; i < batch->n_reports; i++) {
                if (has_report(disk, batch->reports[i].id))
                        continue;
                assert(disk->n_reports < DISK_REPORTS_MAX);
                disk->reports[disk->n_reports++] = batch->reports[i];
                raise_to(&disk->counters.last_report, batch->reports[i].id);
                raise_to(&disk->counters.newest, batch->reports[i].created);
        }
}

static void settle(Disk *disk, uint64_t id) {
        for (size_t i = 0; i < disk->n_reports; i++)
                if (disk->reports[i].id == id) {
                        memmove(disk->reports + i, disk->reports + i + 1,
                                (--disk->n_reports - i) * sizeof(disk->reports[0]));
                        return;
                }
}

static int commit(void *userdata, const Batch *batch) {
        Disk *disk = userdata;

        put_jobs(disk, batch);
        put_modules(disk, batch);
        put_events(disk, batch);
        put_inhibitors(disk, batch);
        put_reports(disk, batch);
        for (size_t i = 0; i < batch->n_settled; i++)
                settle(disk, batch->settled[i].id);
        return 0;
}

static bool load(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                 JobRow *ret_last_job) {
        const DiskModule *module = find(userdata, name);

        if (!module->known)
                return false;
        *ret = module->record;
        *ret_job = module->record.job && module->job.id == module->record.job ? module->job :
                                                                                (JobRow) { 0 };
        *ret_last_job = module->last_job;
        return true;
}

static void counters(void *userdata, StoreCounters *ret) {
        *ret = ((const Disk *) userdata)->counters;
}

static size_t inhibitors(void *userdata, InhibitorRow ret[static INHIBITORS_MAX]) {
        const Disk *disk = userdata;

        memcpy(ret, disk->inhibitors, disk->n_inhibitors * sizeof(ret[0]));
        return disk->n_inhibitors;
}

void disk_init(Disk *disk) {
        *disk = (Disk) { .access = { .commit = commit,
                                     .load = load,
                                     .counters = counters,
                                     .inhibitors = inhibitors } };
        disk->access.userdata = disk;
}

/* on whichever disk */

bool disk_module(const World *world, const Disk *disk, size_t index, DiskModule *ret) {
        if (world->disk) {
                *ret = disk->modules[index];
                return ret->known;
        }
        *ret = (DiskModule) { 0 };
        return store_load_history(world->store, world->settings.modules[index].name, &ret->record,
                                  &ret->job, &ret->last_job) == 0;
}

int disk_next_report(const World *world, const Disk *disk, const char *module, ReportKind kind,
                     uint64_t after, ReportRow *ret) {
        if (!world->disk)
                return store_next_report(world->store, module, kind, after, ret);
        for (size_t i = 0; i < disk->n_reports; i++)
                if (disk->reports[i].id > after && disk->reports[i].kind == kind &&
                    streq(disk->reports[i].module, module)) {
                        *ret = disk->reports[i];
                        return 0;
                }
        return -ENOENT;
}

int disk_spare_report(const World *world, const Disk *disk, ReportWorth worth, uint64_t after,
                      ReportRow *ret) {
        if (!world->disk)
                return store_spare_report(world->store, worth, after, ret);
        for (size_t i = 0; i < disk->n_reports; i++)
                if (disk->reports[i].id > after && disk->reports[i].worth == worth) {
                        *ret = disk->reports[i];
                        return 0;
                }
        return -ENOENT;
}

uint64_t disk_waiting(const World *world, const Disk *disk) {
        Spool spool = { 0 };

        if (world->disk)
                return disk->n_reports;
        return store_spool(world->store, &spool) == 0 ? spool.waiting : 0;
}
