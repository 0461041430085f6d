/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The looking at DCD, with a loop and no port.
 *
 * Protects: a change of level is told, and only that; a line that nobody watches, that does not
 * exist or whose driver hangs is not asked; and nothing wakes up while there is nothing to ask. */

#include "daemon/lines.h"

#include "test.h"

#define INTERVAL (30 * USEC_PER_MSEC)

typedef struct Bench {
        sd_event *event;
        Lines *lines;
        bool watched[2];
        int levels[2];
        bool alternates; /* each read finds the other level */
        usec_t takes;    /* a read */
        unsigned n_reads[2], n_toggles[2];
} Bench;

static bool watched(void *userdata, size_t index) {
        return index < 2 && ((Bench *) userdata)->watched[index];
}

static int read_level(void *userdata, size_t index) {
        Bench *bench = userdata;
        const int level = bench->levels[index];

        bench->n_reads[index]++;
        if (bench->takes > 0)
                (void) usleep((useconds_t) bench->takes);
        if (bench->alternates && level >= 0)
                bench->levels[index] = !level;
        return level;
}

static void toggled(void *userdata, size_t index) {
        ((Bench *) userdata)->n_toggles[index]++;
}

static const LinesHost host = { INTERVAL, watched, read_level, toggled };

static void bench_init(Bench *bench) {
        memset(bench, 0, sizeof *bench);
        if (sd_event_new(&bench->event) < 0 ||
            lines_new(bench->event, &host, bench, &bench->lines) < 0)
                abort();
}

static void bench_done(Bench *bench) {
        (void) lines_free(bench->lines);
        (void) sd_event_unref(bench->event);
}
#define BENCH(name) _cleanup_(bench_done) Bench name

/* Turns of the loop, for at most three intervals each; how many there were before nothing came. */
static unsigned bench_run(Bench *bench, unsigned turns) {
        unsigned n = 0;

        if (lines_arm(bench->lines) < 0)
                abort();
        while (n < turns && sd_event_run(bench->event, 3 * INTERVAL) > 0)
                n++;
        return n;
}

TEST(a_change_of_level_is_told_once) {
        BENCH(bench);

        bench_init(&bench);
        bench.watched[1] = true;
        CHECK_INT(bench_run(&bench, 2), 2);
        CHECK_INT(bench.n_toggles[1], 0); /* low and low */
        bench.levels[1] = 1;
        CHECK_INT(bench_run(&bench, 2), 2);
        CHECK_INT(bench.n_toggles[1], 1);
        bench.levels[1] = 0;
        CHECK_INT(bench_run(&bench, 1), 1);
        CHECK_INT(bench.n_toggles[1], 2);
        CHECK_INT(bench.n_reads[1], 5);
        CHECK_INT(bench.n_reads[0], 0);
}

TEST(looks_are_an_interval_apart_however_often_it_is_armed) {
        BENCH(bench);
        const usec_t began = clock_now().boottime;

        bench_init(&bench);
        bench.watched[0] = true;
        while (bench.n_reads[0] < 2) {
                CHECK_INT(lines_arm(bench.lines), 0);
                CHECK(sd_event_run(bench.event, 5 * USEC_PER_MSEC) >= 0);
                CHECK(clock_now().boottime < began + 100 * INTERVAL);
        }
        CHECK(clock_now().boottime >= began + 2 * INTERVAL);
}

TEST(nothing_wakes_up_while_no_line_is_watched) {
        BENCH(bench);

        bench_init(&bench);
        CHECK_INT(bench_run(&bench, 1), 0);
        bench.watched[0] = true;
        CHECK_INT(bench_run(&bench, 1), 1);
        bench.watched[0] = false;
        CHECK_INT(bench_run(&bench, 1), 0);
        CHECK_INT(bench.n_reads[0], 1);
}

TEST(the_level_of_another_flashing_is_forgotten) {
        BENCH(bench);

        bench_init(&bench);
        bench.watched[0] = true;
        CHECK_INT(bench_run(&bench, 1), 1);
        bench.watched[0] = false;
        CHECK_INT(lines_arm(bench.lines), 0);
        bench.levels[0] = 1;
        bench.watched[0] = true;
        CHECK_INT(bench_run(&bench, 1), 1);
        CHECK_INT(bench.n_toggles[0], 0);
}

TEST(a_port_without_lines_is_asked_again_when_it_was_opened) {
        const int errors[] = { -EOPNOTSUPP, -ENODEV };

        for (size_t i = 0; i < ELEMENTSOF(errors); i++) {
                BENCH(bench);

                bench_init(&bench);
                bench.watched[0] = true;
                bench.levels[0] = errors[i];
                CHECK_INT(bench_run(&bench, 3), 1);
                CHECK_INT(bench.n_reads[0], 1);
                bench.watched[0] = false; /* between two updates the port stays what it is */
                CHECK_INT(bench_run(&bench, 1), 0);
                bench.watched[0] = true;
                CHECK_INT(bench_run(&bench, 1), 0);
                bench.levels[0] = 1;
                lines_port_opened(bench.lines, 0);
                CHECK_INT(bench_run(&bench, 2), 2);
                CHECK_INT(bench.n_reads[0], 3);
        }
}

TEST(one_port_without_lines_leaves_the_others_alone) {
        BENCH(bench);

        bench_init(&bench);
        bench.watched[0] = bench.watched[1] = bench.alternates = true;
        bench.levels[0] = -EOPNOTSUPP;
        CHECK_INT(bench_run(&bench, 4), 4);
        CHECK_INT(bench.n_reads[0], 1);
        CHECK_INT(bench.n_toggles[1], 3);
}

TEST(a_read_that_fails_once_is_no_change) {
        BENCH(bench);

        bench_init(&bench);
        bench.watched[0] = true;
        bench.levels[0] = 1;
        CHECK_INT(bench_run(&bench, 1), 1);
        bench.levels[0] = -EPROTO;
        CHECK_INT(bench_run(&bench, 1), 1);
        bench.levels[0] = 1;
        CHECK_INT(bench_run(&bench, 1), 1);
        CHECK_INT(bench.n_toggles[0], 0);
        bench.levels[0] = 0;
        CHECK_INT(bench_run(&bench, 1), 1);
        CHECK_INT(bench.n_toggles[0], 1);
}

TEST(a_driver_that_hangs_is_asked_once) {
        BENCH(bench);

        bench_init(&bench);
        bench.watched[0] = true;
        bench.takes = 600 * USEC_PER_MSEC;
        CHECK_INT(bench_run(&bench, 2), 1);
        CHECK_INT(bench.n_reads[0], 1);
}

static bool is_high(usec_t at, usec_t period) {
        return at % period < period / 2;
}

/* "about 1 second" may be the time of a level or of both */
TEST(both_levels_are_seen_within_six_looks) {
        const usec_t step = 10 * USEC_PER_MSEC;

        for (usec_t period = 80 * step; period <= 230 * step; period += step)
                for (usec_t phase = 0; phase < period; phase += step) {
                        bool seen[2] = { false };

                        for (unsigned i = 0; i < 6; i++)
                                seen[is_high(phase + i * LINES_INTERVAL, period)] = true;
                        CHECK(seen[0] && seen[1]);
                }
}

TEST_MAIN()
