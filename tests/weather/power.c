/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See run.h: the store as a fotad would find it, against what the one before it was told. */

#include <stdio.h>

#include "weather/run.h"

void power_doubt(Run *run, const Batch *batch) {
        Doubt *doubt = &run->doubt;

        doubt->any = true;
        doubt->batch = *batch;
        for (size_t i = 0; i < batch->n_modules; i++) {
                doubt->modules[i] = *batch->modules[i];
                doubt->batch.modules[i] = doubt->modules + i;
        }
        for (size_t i = 0; i < batch->n_inhibitors; i++) {
                doubt->inhibitors[i] = *batch->inhibitors[i];
                doubt->batch.inhibitors[i] = doubt->inhibitors + i;
        }
}

static bool has_inhibitors(Store *store, const Batch *batch) {
        InhibitorRow rows[INHIBITORS_MAX];
        const int n = store_load_inhibitors(store, rows, INHIBITORS_MAX);

        if (!batch->inhibitors_changed)
                return true;
        for (int i = 0; i < n && (size_t) n == batch->n_inhibitors; i++)
                if (rows[i].id != batch->inhibitors[i]->id)
                        return false;
        return (size_t) MAX_OF(n, 0) == batch->n_inhibitors;
}

static bool has_modules(Store *store, const Batch *batch) {
        ModuleRecord record;

        for (size_t i = 0; i < batch->n_modules; i++)
                if (store_load_module(store, batch->modules[i]->name, &record) < 0 ||
                    rows_difference(&record, batch->modules[i]) ||
                    record.state_since != batch->modules[i]->state_since)
                        return false;
        return true;
}

static bool has_jobs(Store *store, const Batch *batch) {
        JobRow job;

        for (size_t i = 0; i < batch->n_jobs; i++)
                if (store_load_job(store, batch->jobs[i].id, &job) < 0 ||
                    job.finished != batch->jobs[i].finished)
                        return false;
        return true;
}

static bool has_settled(Store *store, const Batch *batch, uint64_t waiting) {
        Spool spool;

        return batch->n_settled == 0 ||
               (store_spool(store, &spool) == 0 && spool.waiting != waiting);
}

/* All of it. That it is not there by halves shows when the rest is compared. */
static bool has_batch(Store *store, const Batch *batch, uint64_t waiting) {
        StoreCounters counters;

        if (store_counters(store, &counters) < 0)
                return false;
        return (batch->n_events == 0 ||
                counters.last_event >= batch->events[batch->n_events - 1].sequence) &&
               (batch->n_reports == 0 ||
                counters.last_report >= batch->reports[batch->n_reports - 1].id) &&
               has_modules(store, batch) && has_jobs(store, batch) &&
               has_inhibitors(store, batch) && has_settled(store, batch, waiting);
}

static void settle_doubt(Run *run, Store *store) {
        Doubt *doubt = &run->doubt;

        if (!doubt->any)
                return;
        doubt->any = false;
        const bool landed = has_batch(store, &doubt->batch, run->disk.n_reports);
        run_say(run, "what it died in is %son the disk", landed ? "" : "not ");
        if (landed)
                run->world->tap.committed(run, &doubt->batch);
}

static DiskModule read_module(const Run *run, Store *store, size_t index) {
        DiskModule m = { 0 };

        m.known = store_load_history(store, run->world->settings.modules[index].name, &m.record,
                                     &m.job, &m.last_job) == 0;
        return m;
}

static void take_reports(Disk *disk, Store *store, const char *module) {
        ReportRow *row = disk->reports + disk->n_reports;

        for (ReportKind kind = 0; kind < _REPORT_KIND_MAX; kind++)
                for (uint64_t after = 0; disk->n_reports < DISK_REPORTS_MAX &&
                                         store_next_report(store, module, kind, after, row) == 0;
                     after = row++->id)
                        disk->n_reports++;
}

/* What a disk that fails holds of commits that failed is left to it. */
static void take_over(Run *run, Store *store) {
        Disk *disk = &run->disk;

        disk->n_reports = 0;
        for (size_t i = 0; i < run->plan->n_modules; i++) {
                disk->modules[i] = read_module(run, store, i);
                take_reports(disk, store, run->world->settings.modules[i].name);
        }
        disk->n_inhibitors =
                (size_t) MAX_OF(store_load_inhibitors(store, disk->inhibitors, INHIBITORS_MAX), 0);
        (void) watch_check(&run->watch, LAW_DISK, store_counters(store, &disk->counters) == 0,
                           "the numbers on disk can't be read");
}

void power_recovered(Run *run) {
        if (run->unsure)
                take_over(run, run->world->store);
}

static void compare_module(Run *run, Store *store, size_t index) {
        const DiskModule *promised = run->disk.modules + index;
        const DiskModule found = read_module(run, store, index);
        const char *what = !found.known ? "row" : rows_difference(&found.record, &promised->record);

        if (!promised->known)
                return;
        (void) watch_check(&run->watch, LAW_DISK, !what,
                           "modem%zu: its %s is not on disk as it was committed", index,
                           what ? what : "");
        (void) watch_check(&run->watch, LAW_DISK,
                           found.job.id == found.record.job &&
                                   found.last_job.id == promised->last_job.id &&
                                   found.last_job.outcome == promised->last_job.outcome,
                           "modem%zu: its jobs are not on disk as they were committed", index);
}

static void compare_numbers(Run *run, Store *store) {
        const StoreCounters *promised = &run->disk.counters;
        StoreCounters found = { 0 };
        Spool spool = { 0 };

        (void) watch_check(
                &run->watch, LAW_DISK,
                store_counters(store, &found) == 0 && found.bad_rows == 0 &&
                        found.last_event == promised->last_event &&
                        found.last_job == promised->last_job &&
                        found.last_act == promised->last_act &&
                        found.last_report == promised->last_report,
                "event %llu, job %llu, act %llu and report %llu are the last on disk, "
                "and %llu, %llu, %llu and %llu were committed",
                (unsigned long long) found.last_event, (unsigned long long) found.last_job,
                (unsigned long long) found.last_act, (unsigned long long) found.last_report,
                (unsigned long long) promised->last_event, (unsigned long long) promised->last_job,
                (unsigned long long) promised->last_act,
                (unsigned long long) promised->last_report);
        (void) watch_check(&run->watch, LAW_DISK,
                           store_spool(store, &spool) == 0 && spool.waiting == run->disk.n_reports,
                           "%llu reports wait on disk, and %zu should",
                           (unsigned long long) spool.waiting, run->disk.n_reports);
}

/* After a kill, what it died in, or failed to sync, may be read from the cache, and is lost with
 * the power before the next commit. */
void power_look(Run *run, bool booted) {
        _cleanup_(store_freep) Store *store = NULL;
        char why[160] = "";
        const bool unsure = run->unsure, in_doubt = unsure || run->doubt.any;
        const int r = store_open(run->world->path, &store, why, sizeof(why));

        (void) watch_check(&run->watch, LAW_DISK, r == 0, "%s", why);
        if (r < 0)
                return;
        settle_doubt(run, store);
        if (unsure)
                take_over(run, store);
        run->unsure = in_doubt && !booted;
        for (size_t i = 0; i < run->plan->n_modules; i++)
                compare_module(run, store, i);
        compare_numbers(run, store);
}
