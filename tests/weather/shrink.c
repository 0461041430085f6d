/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <time.h>

#include "weather/shrink.h"

/* A long search is not worth it: what remains is short enough by then. */
#define SEARCH_MAX_SEC 40

static bool breaks(Plan *plan, Law law) {
        RunResult result;

        run_plan(plan, false, &result);
        return result.broken && result.law == law;
}

static size_t list_kept(const Plan *plan, size_t kept[static PLAN_HAPPENINGS_MAX]) {
        size_t n = 0;

        for (size_t i = 0; i < plan->n_happenings; i++)
                if (!plan->happenings[i].left_out)
                        kept[n++] = i;
        return n;
}

static void leave_out(Plan *plan, const size_t *happenings, size_t n, bool out) {
        for (size_t i = 0; i < n; i++)
                plan->happenings[happenings[i]].left_out = out;
}

/* Without so many at once, wherever that goes; true: something was left out. */
static bool leave_out_parts(Plan *plan, Law law, size_t part, time_t end) {
        size_t kept[PLAN_HAPPENINGS_MAX];
        const size_t n = list_kept(plan, kept);
        bool less = false;

        for (size_t i = 0; i < n && time(NULL) < end; i += part) {
                leave_out(plan, kept + i, MIN_OF(part, n - i), true);
                if (breaks(plan, law))
                        less = true;
                else
                        leave_out(plan, kept + i, MIN_OF(part, n - i), false);
        }
        return less;
}

static size_t modules_needed(const Plan *plan) {
        size_t n = 1;

        for (size_t i = 0; i < plan->n_happenings; i++)
                if (!plan->happenings[i].left_out)
                        n = MAX_OF(n, (size_t) plan->happenings[i].module + 1);
        return n;
}

void shrink(Plan *plan, Law law) {
        const time_t end = time(NULL) + SEARCH_MAX_SEC;
        const size_t n_modules = plan->n_modules;
        const bool calm = plan->calm;
        size_t part = MAX_OF(plan->n_happenings / 2, (size_t) 1);

        while (time(NULL) < end) {
                const bool less = leave_out_parts(plan, law, part, end);
                if (part == 1 && !less)
                        break;
                part = MAX_OF(part / 2, (size_t) 1);
        }
        plan->n_modules = modules_needed(plan);
        if (plan->n_modules < n_modules && !breaks(plan, law))
                plan->n_modules = n_modules;
        plan->calm = false;
        if (calm && !breaks(plan, law))
                plan->calm = true;
}

static void tell_command(const Plan *plan) {
        size_t kept[PLAN_HAPPENINGS_MAX];
        const size_t n = list_kept(plan, kept);

        printf("  again: build/tests/weather/test-random --seed %llu --modules %zu %s--only ",
               (unsigned long long) plan->seed, plan->n_modules, plan->loses ? "--loses " : "");
        for (size_t i = 0; i < n; i++)
                printf("%s%zu", i > 0 ? "," : "", kept[i]);
        printf("%s\n", n > 0 ? "" : "none");
}

bool shrink_tell(Plan *plan) {
        RunResult result;

        plan_print(plan);
        run_plan(plan, true, &result);
        if (result.broken)
                printf("  broken: %s: %s\n", law_to_string(result.law), result.what);
        else
                printf("  nothing is broken\n");
        tell_command(plan);
        return !result.broken;
}
