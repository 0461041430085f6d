/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A long outage: the real store and the real queue with a hundred thousand reports (ten thousand in
 * a quick run), delivered in order with memory flat; and the same spool under its cap. */

#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>

#include "store/store.h"
#include "test.h"
#include "uplink/uplink.h"

#define MODULES 4
#define QUICK_REPORTS 10000
#define ALL_REPORTS 100000
#define GROWTH_MAX (3 * 1024 * 1024) /* SQLite caches 2 MiB */

typedef struct Spooler {
        char directory[64], path[96];
        Store *store;
        Queue *queue;
        Settings settings;
        Clock now;
        Batch batch;
        uint64_t last_id, dropped;
        uint64_t last_of[MODULES][_REPORT_KIND_MAX]; /* that was delivered */
        uint32_t fcnt_of[MODULES], next_fcnt[MODULES];
        uint64_t n_delivered, n_disorder;
} Spooler;

static uint64_t wanted_reports(void) {
        return getenv("FOTAD_TEST_SLOW") ? ALL_REPORTS : QUICK_REPORTS;
}

static size_t resident_bytes(void) {
        FILE *f = fopen("/proc/self/statm", "r");
        unsigned long pages = 0;

        (void) malloc_trim(0);
        if (!f || fscanf(f, "%*u %lu", &pages) != 1)
                abort();
        (void) fclose(f);
        return pages * (size_t) sysconf(_SC_PAGESIZE);
}

static void commit(Spooler *spooler) {
        Batch *batch = &spooler->batch;

        if (batch->n_reports + batch->n_settled == 0)
                return;
        if (store_commit(spooler->store, batch) < 0)
                abort();
        batch->n_reports = batch->n_settled = 0;
}

/* the queue's host */

static int on_next(void *userdata, const char *module, ReportKind kind, uint64_t after,
                   ReportRow *ret) {
        return store_next_report(((Spooler *) userdata)->store, module, kind, after, ret);
}

static int on_spare(void *userdata, ReportWorth worth, uint64_t after, ReportRow *ret) {
        return store_spare_report(((Spooler *) userdata)->store, worth, after, ret);
}

static void on_settle(void *userdata, uint64_t id, Settlement settlement) {
        Spooler *spooler = userdata;
        Batch *batch = &spooler->batch;

        spooler->dropped += settlement == SETTLEMENT_DROPPED;
        batch->settled[batch->n_settled++] = (SettledRow) { id, settlement };
        if (batch->n_settled == BATCH_SETTLED_MAX)
                commit(spooler);
}

static uint64_t on_waiting(void *userdata) {
        Spool spool = { 0 };

        return store_spool(((Spooler *) userdata)->store, &spool) < 0 ? 0 : spool.waiting;
}

static void on_event(void *userdata _unused_, const char *module _unused_, EventKind event _unused_,
                     const char *text _unused_, int64_t number _unused_) {
}

static const QueueHost host = { on_next, NULL, on_settle, on_waiting, on_spare, on_event };

/* life */

static void spooler_done(Spooler **spooler) {
        char command[128];

        (void) queue_free((*spooler)->queue);
        (void) store_free((*spooler)->store);
        (void) snprintf(command, sizeof command, "rm -rf '%s'", (*spooler)->directory);
        if (system(command) != 0)
                abort();
        free(*spooler);
}

static void queue_restart(Spooler *spooler) {
        spooler->queue = queue_free(spooler->queue);
        if (queue_new(&spooler->settings, &spooler->now, 0, &spooler->queue) < 0)
                abort();
}

static Spooler *spooler_new(uint64_t max_reports) {
        Spooler *spooler = calloc(1, sizeof *spooler);

        if (!spooler)
                abort();
        (void) snprintf(spooler->directory, sizeof spooler->directory, "%s/fotad-spool-XXXXXX",
                        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        if (!mkdtemp(spooler->directory))
                abort();
        (void) snprintf(spooler->path, sizeof spooler->path, "%s/fotad.db", spooler->directory);
        spooler->now = (Clock) { .realtime = 1600000000 * USEC_PER_SEC, .boottime = USEC_PER_DAY };
        spooler->settings.n_modules = MODULES;
        spooler->settings.uplink.reports = REPORT_KINDS_ALL;
        spooler->settings.uplink.spool_max_reports = max_reports;
        for (unsigned i = 0; i < MODULES; i++)
                (void) snprintf(spooler->settings.modules[i].name, MODULE_NAME_MAX, "m%u", i);
        if (store_open(spooler->path, &spooler->store, NULL, 0) < 0)
                abort();
        queue_restart(spooler);
        return spooler;
}

/* One row: mostly uplink frames, of all worths. */
static void spool_one(Spooler *spooler) {
        const unsigned module = (unsigned) (spooler->last_id % MODULES);
        ReportRow *row = &spooler->batch.reports[spooler->batch.n_reports++];

        *row = (ReportRow) {
                .id = ++spooler->last_id,
                .kind = spooler->last_id % 7 == 0 ? REPORT_NOTIFICATION : REPORT_UPLINK,
                .worth = (ReportWorth) (spooler->last_id / 4 % _REPORT_WORTH_MAX),
                .fport = 1,
                .created = spooler->now.realtime,
                .n_payload = 64,
                .extra = "join",
        };
        if (row->kind == REPORT_UPLINK)
                row->fcnt_up = spooler->next_fcnt[module]++;
        (void) snprintf(row->module, sizeof row->module, "m%u", module);
        (void) TEXT_COPY(row->dev_eui, "0354123456789012");
        spooler->now.realtime += USEC_PER_SEC;
        spooler->now.boottime += USEC_PER_SEC;
}

static void answer(Spooler *spooler, const ReportRow *report, int status) {
        const ReportAnswer how = { .status = status, .error = "no route" };

        queue_answered(spooler->queue, &spooler->now, &host, spooler, report, &how);
}

/* So many more while nobody answers. */
static void spool(Spooler *spooler, uint64_t n) {
        ReportRow report;
        bool late;

        for (uint64_t i = 1; i <= n; i++) {
                spool_one(spooler);
                if (i % 100 != 0 && i != n)
                        continue;
                commit(spooler);
                for (unsigned k = 0; k < MODULES; k++)
                        queue_wake(spooler->queue, spooler->settings.modules[k].name);
                if (queue_take(spooler->queue, &spooler->now, &host, spooler, &report, &late))
                        answer(spooler, &report, 0);
                commit(spooler);
        }
}

static void deliver(Spooler *spooler, const ReportRow *report) {
        const unsigned module = (unsigned) (report->module[1] - '0');
        uint64_t *last = &spooler->last_of[module][report->kind];

        spooler->n_disorder += report->id <= *last;
        *last = report->id;
        if (report->kind == REPORT_UPLINK) {
                spooler->n_disorder += report->fcnt_up < spooler->fcnt_of[module];
                spooler->fcnt_of[module] = report->fcnt_up + 1;
        }
        spooler->n_delivered++;
        answer(spooler, report, 204);
}

/* `n` reports at most; how many it were. */
static uint64_t drain(Spooler *spooler, uint64_t n) {
        ReportRow report;
        uint64_t i = 0;
        bool late;

        queue_flush(spooler->queue);
        for (; i < n && queue_take(spooler->queue, &spooler->now, &host, spooler, &report, &late);
             i++)
                deliver(spooler, &report);
        commit(spooler);
        return i;
}

TEST(a_long_outage_is_delivered_in_order_with_memory_flat) {
        _cleanup_(spooler_done) Spooler *spooler = spooler_new(ALL_REPORTS);
        const uint64_t wanted = wanted_reports();
        size_t before, spooled, after;

        spool(spooler, 2000);
        CHECK_INT(drain(spooler, 1000), 1000);
        before = resident_bytes();
        spool(spooler, wanted - 1000);
        CHECK_INT(on_waiting(spooler), wanted);
        spooled = resident_bytes();
        queue_restart(spooler); /* kill -9 in between */
        spooler->store = store_free(spooler->store);
        CHECK_INT(store_open(spooler->path, &spooler->store, NULL, 0), 0);
        CHECK_INT(drain(spooler, wanted), wanted);
        after = resident_bytes();
        CHECK_INT(on_waiting(spooler), 0);
        CHECK_INT(spooler->n_delivered, wanted + 1000);
        CHECK_INT(spooler->n_disorder, 0);
        for (unsigned i = 0; i < MODULES; i++)
                CHECK_INT(spooler->fcnt_of[i], spooler->next_fcnt[i]);
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed, as valgrind does */
        if (!getenv("FOTAD_TEST_VALGRIND")) {
                CHECK(spooled < before + GROWTH_MAX);
                CHECK(after < before + GROWTH_MAX);
        }
#endif
        fprintf(stderr, "%llu reports: %zu KiB before, %zu spooled, %zu delivered\n",
                (unsigned long long) wanted, before / 1024, spooled / 1024, after / 1024);
}

TEST(a_spool_that_overflows_keeps_what_is_worth_most) {
        const uint64_t cap = 2000;
        _cleanup_(spooler_done) Spooler *spooler = spooler_new(cap);
        ReportRow row;

        spool(spooler, 2 * cap);
        CHECK(on_waiting(spooler) <= cap);
        CHECK_INT(on_waiting(spooler) + spooler->dropped, 2 * cap);
        CHECK_INT(store_spare_report(spooler->store, WORTH_PROGRESS, 0, &row), -ENOENT);
        CHECK_INT(store_spare_report(spooler->store, WORTH_OUTCOME, 0, &row), 0);
        CHECK(row.id <= 4); /* the first outcome is still there */
        CHECK_INT(drain(spooler, 2 * cap), 2 * cap - spooler->dropped);
        CHECK_INT(spooler->n_disorder, 0);
}

TEST_MAIN()
