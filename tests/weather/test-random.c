/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Weeks of a gateway, drawn by chance and played in milliseconds; watch.h lists what must hold.
 *
 *   test-random                        every seed that ever failed, and a minute of fresh ones
 *   test-random --runs N [--jobs N]    so many fresh ones; --seed S: from S on
 *   test-random --seed S [--only I,..] that one, with what happens; of its happenings only these
 */

#include <stdio.h>
#include <time.h>

#include "weather/run.h"

int main(int argc, char *argv[]) {
        static Plan plan;
        RunResult result;
        uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
        uint64_t to = argc > 2 ? strtoull(argv[2], NULL, 10) : from + 1;
        uint64_t checks[_LAW_MAX] = { 0 };
        usec_t total = 0;
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        for (uint64_t seed = from; seed < to; seed++) {
                plan_make(&plan, seed);
                run_plan(&plan, argc == 2, &result);
                total += result.module_time;
                for (size_t i = 0; i < _LAW_MAX; i++)
                        checks[i] += result.checks[i];
                if (result.broken)
                        printf("seed %llu: %s: %s\n", (unsigned long long) seed,
                               law_to_string(result.law), result.what);
        }
        clock_gettime(CLOCK_MONOTONIC, &b);
        double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
        printf("%.1f module-years, %.2f s\n", (double) total / (365.0 * USEC_PER_DAY), s);
        for (size_t i = 0; i < _LAW_MAX; i++)
                printf("  %s %llu\n", law_to_string((Law) i), (unsigned long long) checks[i]);
        return 0;
}
