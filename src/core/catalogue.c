/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ways through the catalogue, by breadth-first search.
 *
 * Pure, and works on its stack. Each version but the first is known by the package that reaches it
 * first. They are looked at in the order in which they were found, and the packages from each in
 * the order of the catalogue: so the first way found is one of the shortest, and the one of earlier
 * entries among these. */

#include "core/catalogue.h"

#include "base/version.h"

typedef struct Step {
        const PackageSettings *package; /* NULL: the start */
        const char *version;            /* that it leads to */
        size_t before;                  /* index of the step that it goes on from */
        unsigned hops;
} Step;

typedef struct Search {
        const Policy *policy; /* NULL: every version is allowed */
        size_t n;
        Step steps[1 + PACKAGES_MAX];
} Search;

static bool search_has(const Search *search, const char *version) {
        for (size_t i = 0; i < search->n; i++)
                if (version_equal(search->steps[i].version, version))
                        return true;
        return false;
}

static bool leads_from(const PackageSettings *package, const char *family, const char *from) {
        return streq(package->family, family) && version_equal(package->from, from);
}

const PackageSettings *catalogue_find(const Settings *settings, const char *family,
                                      const char *from, const char *to) {
        for (size_t i = 0; i < settings->n_packages; i++) {
                const PackageSettings *package = &settings->packages[i];

                if (leads_from(package, family, from) && version_equal(package->to, to))
                        return package;
        }
        return NULL;
}

static bool is_allowed(const Search *search, const PackageSettings *package) {
        const Policy *policy = search->policy;

        return !policy || (!version_rules_refuse(&policy->from, package->from) &&
                           !version_rules_refuse(&policy->to, package->to));
}

/* All versions that can be reached, the nearest first. */
static void search_run(Search *search, const Settings *settings, const char *family,
                       const char *from) {
        search->n = 1;
        search->steps[0] = (Step) { .version = from };
        for (size_t at = 0; at < search->n; at++)
                for (size_t i = 0; i < settings->n_packages; i++) {
                        const PackageSettings *package = &settings->packages[i];

                        if (leads_from(package, family, search->steps[at].version) &&
                            is_allowed(search, package) && !search_has(search, package->to))
                                search->steps[search->n++] =
                                        (Step) { .package = package,
                                                 .version = package->to,
                                                 .before = at,
                                                 .hops = search->steps[at].hops + 1 };
                }
}

/* The step that leads to `to`, NULL when none does. The start is newer than what is not. */
static const Step *search_goal(const Search *search, const char *to) {
        const Step *newest = &search->steps[0];

        for (size_t i = 0; i < search->n; i++) {
                const Step *step = &search->steps[i];

                if (to[0] != '\0' && version_equal(step->version, to))
                        return step;
                if (version_compare(step->version, newest->version) > 0)
                        newest = step;
        }
        return to[0] == '\0' ? newest : NULL;
}

int catalogue_plan(const Settings *settings, const char *family, const char *from, const char *to,
                   const Policy *policy, const PackageSettings *ret[static HOPS_MAX]) {
        Search search = { .policy = policy };
        const Step *goal;
        unsigned hops;

        search_run(&search, settings, family, from);
        goal = search_goal(&search, to);
        if (!goal)
                return -ENOENT;
        if (goal->hops > HOPS_MAX)
                return -E2BIG;
        hops = goal->hops;
        for (unsigned i = hops; i > 0; i--) {
                ret[i - 1] = goal->package;
                goal = &search.steps[goal->before];
        }
        return (int) hops;
}
