/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The store on a disk that loses what was not synced, tears it, is full or breaks: what was
 * committed is there again, and of the commit that was cut all or nothing. */

#include <stdio.h>
#include <sys/stat.h>

#include "sim/platter.h"
#include "store/store.h"
#include "test.h"
#include "weather/chance.h"

#define LIVES 3
#define OPERATIONS_MAX 4000
#define NOW ((usec_t) 1795860000 * USEC_PER_SEC)

static char path[300];
static Platter *platter;
static Store *store;
static uint64_t chance;
static ModuleRecord record;
static Batch batch;

static uint64_t seeds(void) {
        return getenv("FOTAD_TEST_SLOW") ? 60 : 30;
}

static void begin(uint64_t seed) {
        const char *temporary = getenv("TMPDIR");

        (void) snprintf(path, sizeof(path), "%s/fotad-power-%ld.db", temporary ? temporary : "/tmp",
                        (long) getpid());
        platter = platter_new(seed);
        chance = seed;
}

static void finish(void) {
        store = store_free(store);
        platter = platter_free(platter);
        (void) unlink(path); /* nothing is in it */
}

/* A row of each kind, all with one number. */
static void make_batch(uint64_t number) {
        memset(&batch, 0, sizeof(batch));
        batch.n_events = batch.n_reports = batch.n_modules = 1;
        batch.events[0] = (EventRow) { .sequence = number,
                                       .realtime = NOW + number,
                                       .event = EVENT_SESSION_OPENED,
                                       .module = "modem0" };
        batch.reports[0] = (ReportRow) { .id = number,
                                         .module = "modem0",
                                         .dev_eui = "0354123456789012",
                                         .created = NOW + number,
                                         .fport = 1,
                                         .n_payload = 1 };
        record = (ModuleRecord) { .name = "modem0", .act = { .sequence = number } };
        batch.modules[0] = &record;
}

static int count(void *userdata, const StoredEvent *row) {
        uint64_t *n = userdata;

        *n += row->sequence == *n + 1; /* none is missing */
        return 0;
}

/* What is there, and whether it is whole. */
static void look(uint64_t *ret) {
        const HistoryQuery query = { 0 };
        StoreCounters counters;
        ModuleRecord found = { 0 };
        ReportRow report;
        uint64_t events = 0;

        CHECK_INT(store_counters(store, &counters), 0);
        CHECK_INT(counters.bad_rows, 0);
        CHECK_INT(store_each_event(store, &query, count, &events), 0);
        CHECK_INT(events, counters.last_event);
        CHECK_INT(counters.last_report, events);
        *ret = events;
        if (events == 0)
                return;
        CHECK_INT(store_load_module(store, "modem0", &found), 0);
        CHECK_INT(found.act.sequence, events);
        CHECK_INT(store_next_report(store, "modem0", batch.reports[0].kind, events - 1, &report),
                  0);
        CHECK_INT(report.id, events);
}

/* At least what was promised, at most what was begun. */
static void open_again(uint64_t from, uint64_t to, uint64_t *ret) {
        char why[256] = "";

        *ret = 0;
        CHECK_INT(store_open(path, &store, why, sizeof(why)), 0);
        CHECK_STR(why, "");
        look(ret);
        CHECK(*ret >= from && *ret <= to);
}

/* Commits until the end comes; the last number that was promised. */
static void live(uint64_t *number) {
        for (;;) {
                make_batch(*number + 1);
                const int r = store_commit(store, &batch);

                if (platter_ended(platter, NULL))
                        return;
                CHECK_INT(r, 0);
                ++*number;
        }
}

static void play(uint64_t seed, bool power) {
        uint64_t number = 0, most = 0;

        begin(seed);
        for (unsigned life = 0; life < LIVES && !test_state.failed; life++) {
                open_again(number, most, &number);
                if (test_state.failed)
                        return;
                platter_end_at(platter, 1 + chance_below(&chance, OPERATIONS_MAX), power);
                live(&number);
                most = number + 1;
                store = store_free(store);
                platter_kill(platter);
        }
        open_again(number, most, &number);
}

TEST(power_cut_at_any_moment) {
        uint64_t lost = 0;

        for (uint64_t seed = 1; seed <= seeds() && !test_state.failed; seed++) {
                play(seed, true);
                lost += platter_lost(platter);
                finish();
        }
        CHECK(lost > 300); /* it was a test */
        printf("  %llu sectors were lost\n", (unsigned long long) lost);
}

/* What these tests look for is seen when it is there. */
TEST(disk_that_lies) {
        unsigned seen = 0;

        for (uint64_t seed = 1; seed <= 20; seed++) {
                uint64_t number = 0;
                StoreCounters counters = { 0 };

                begin(seed);
                open_again(0, 0, &number);
                platter_fault(platter, PLATTER_LIES);
                platter_end_at(platter, 1 + chance_below(&chance, OPERATIONS_MAX), true);
                live(&number);
                store = store_free(store);
                platter_kill(platter);
                seen += store_open(path, &store, NULL, 0) < 0 ||
                        store_counters(store, &counters) < 0 || counters.last_event < number;
                finish();
        }
        CHECK(seen > 10);
}

TEST(kill_at_any_moment) {
        for (uint64_t seed = 1; seed <= seeds() && !test_state.failed; seed++) {
                play(seed, false);
                CHECK_INT(platter_lost(platter), 0);
                finish();
        }
}

/* The gateway tries the same rows again, after the store has recovered. */
static void commit_whatever_breaks(uint64_t number) {
        char why[256];

        make_batch(number);
        if (chance_below(&chance, 20) == 0)
                platter_fault(platter, chance_below(&chance, 2) ? PLATTER_FULL : PLATTER_BROKEN);
        int r = store_commit(store, &batch);
        while (r < 0) {
                if (chance_below(&chance, 3) == 0)
                        platter_fault(platter, PLATTER_GOOD);
                if (store_recover(store, why, sizeof(why)) == 0)
                        r = store_commit(store, &batch);
        }
        platter_fault(platter, PLATTER_GOOD);
}

/* fotad is killed when a commit has failed, and reads it back from the cache. */
static void be_killed_while_it_breaks(uint64_t *number) {
        make_batch(*number + 1);
        platter_fault(platter, PLATTER_BROKEN);
        const bool failed = store_commit(store, &batch) < 0;
        platter_kill(platter);
        store = store_free(store);
        if (chance_below(&chance, 2))
                platter_fault(platter, PLATTER_GOOD);
        open_again(*number + !failed, *number + 1, number);
        if (test_state.failed)
                return;
        do
                commit_whatever_breaks(++*number);
        while (chance_below(&chance, 8) > 0);
}

TEST(power_cut_after_a_kill_on_a_disk_that_broke) {
        for (uint64_t seed = 1; seed <= seeds() && !test_state.failed; seed++) {
                uint64_t number = 0;

                begin(seed);
                open_again(0, 0, &number);
                for (unsigned i = 0; i < 10 && !test_state.failed; i++) {
                        be_killed_while_it_breaks(&number);
                        platter_fault(platter, PLATTER_GOOD);
                        platter_cut(platter);
                        store = store_free(store);
                        open_again(number, number, &number);
                }
                finish();
        }
}

/* The power goes before one commit has passed: what was read back, and said to be a failure, may be
 * lost; nothing else. */
static void be_cut_while_it_breaks(uint64_t *number) {
        bool failed = false;

        platter_fault(platter, PLATTER_BROKEN);
        for (unsigned tries = 1 + chance_below(&chance, 40); tries > 0 && !failed; tries--) {
                make_batch(*number + 1);
                failed = store_commit(store, &batch) < 0;
                *number += !failed;
        }
        for (unsigned tries = chance_below(&chance, 4); failed && tries > 0; tries--)
                if (chance_below(&chance, 3) == 0) {
                        platter_kill(platter);
                        store = store_free(store);
                        (void) !store_open(path, &store, NULL, 0);
                        if (!store)
                                break;
                } else {
                        (void) !store_recover(store, NULL, 0);
                }
        if (chance_below(&chance, 2))
                platter_cut(platter);
        store = store_free(store);
        platter_cut(platter);
        platter_fault(platter, PLATTER_GOOD);
        open_again(*number, *number + failed, number);
}

TEST(power_cut_on_a_disk_that_breaks) {
        for (uint64_t seed = 1; seed <= 2 * seeds() && !test_state.failed; seed++) {
                uint64_t number = 0;

                begin(seed);
                open_again(0, 0, &number);
                for (unsigned i = 0; i < 10 && !test_state.failed; i++) {
                        for (unsigned n = chance_below(&chance, 60); n > 0; n--) {
                                make_batch(++number);
                                CHECK_INT(store_commit(store, &batch), 0);
                        }
                        be_cut_while_it_breaks(&number);
                }
                finish();
        }
}

/* What is written first is no log yet. */
TEST(power_cut_after_a_start_on_a_disk_that_breaks) {
        for (uint64_t seed = 1; seed <= 2 * seeds() && !test_state.failed; seed++) {
                uint64_t number = 0;

                begin(seed);
                platter_fault(platter, PLATTER_BROKEN);
                while (store_open(path, &store, NULL, 0) < 0)
                        if (chance_below(&chance, 8) == 0)
                                platter_fault(platter, PLATTER_GOOD);
                if (chance_below(&chance, 2))
                        platter_fault(platter, PLATTER_GOOD);
                for (unsigned n = 1 + chance_below(&chance, 4); n > 0; n--)
                        commit_whatever_breaks(++number);
                platter_cut(platter);
                store = store_free(store);
                open_again(number, number, &number);
                finish();
        }
}

TEST(power_cut_after_a_disk_that_broke) {
        for (uint64_t seed = 1; seed <= seeds() && !test_state.failed; seed++) {
                uint64_t number = 0, found;

                begin(seed);
                for (unsigned life = 0; life < LIVES && !test_state.failed; life++) {
                        open_again(number, number, &found);
                        for (uint64_t n = 1 + chance_below(&chance, 100); n > 0; n--)
                                commit_whatever_breaks(++number);
                        platter_cut(platter);
                        store = store_free(store);
                }
                open_again(number, number, &found);
                finish();
        }
}

TEST_MAIN()
