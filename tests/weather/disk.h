/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The rows that the store would hold, without SQLite: what was committed and nothing else, so that
 * a week takes milliseconds. A test plays the same seeds on both and compares. */

#include "sim/world.h"
#include "weather/plan.h"

#define DISK_REPORTS_MAX 4096

typedef struct DiskModule {
        bool known;
        ModuleRecord record;
        JobRow job, last_job; /* the running one and the newest that is over */
} DiskModule;

typedef struct Disk {
        DiskModule modules[PLAN_MODULES_MAX];
        StoreCounters counters;
        size_t n_inhibitors;
        InhibitorRow inhibitors[INHIBITORS_MAX];
        size_t n_reports;
        ReportRow reports[DISK_REPORTS_MAX]; /* by id */
        WorldDisk access;
} Disk;

void disk_init(Disk *disk);
/* What the world's rows are, on whichever disk; false: nothing yet. */
bool disk_module(const World *world, const Disk *disk, size_t module, DiskModule *ret);
/* The outbox, for the queue's host. */
int disk_next_report(const World *world, const Disk *disk, const char *module, ReportKind kind,
                     uint64_t after, ReportRow *ret);
int disk_spare_report(const World *world, const Disk *disk, ReportWorth worth, uint64_t after,
                      ReportRow *ret);
uint64_t disk_waiting(const World *world, const Disk *disk);
