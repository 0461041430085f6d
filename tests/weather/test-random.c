/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Weeks of a gateway, drawn by chance and played in milliseconds; watch.h lists what must hold.
 *
 *   test-random                        the seeds that failed once, and, when slow tests run, a
 *                                      minute of fresh ones (from $FOTAD_TEST_SEED on, if set)
 *   test-random --runs N [--jobs N] [--seed S] [--years]
 *                                      so many, from seed S on or fresh ones; how many module-years
 *                                      --years: each a whole year
 *   test-random --seed S [--modules N] [--only I,I,...]
 *                                      that one, with what happens: all of it, or only these
 *   ... --loses                        all on SQLite and a disk that loses what was not synced, not
 *                                      only three of two hundred
 *
 * A seed that fails is told as short as it can be. */

#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "test.h"
#include "weather/run.h"
#include "weather/shrink.h"

#define FRESH_SEC 60
#define JOBS_MAX 64
#define YEAR (365.0 * USEC_PER_DAY)

/* What broke once, and was mended. A story tells of each for good: when what is drawn changes, the
 * same seeds may make other weeks. Those below were found before gateway.uplink_module and
 * `synchronized` were drawn, which six in ten have in one of their configurations now. */
typedef struct FailedSeed {
        uint64_t seed;
        const char *found;
} FailedSeed;

static const FailedSeed failed_seeds[] = {
        { 100264, "an install that ended while the disk was full ended later for the watch" },
        { 101687, "... and took along the size of the next package" },
        { 102615, "a doubled request that came when all was over was a yes too many" },
        { 103712, "... and one that came half a minute late" },
        { 112418, "a job told of a version that had gone before its first word" },
        { 1003287, "a question for a session was answered when that had come and gone" },
        { 1004553, "a new order ended a person's deferral, and not only that of the cancel" },
        { 1011796, "a window that opened before 1970" },
        { 1016710, "a doubled failure of the job before" },
        { 1018592, "the module asked anew before the last install was proved" },
        { 1020113, "two updates while the disk was full" },
        { 1024139, "a question for a session was taken for a restart, and left without an answer" },
        { 1037049, "a clock that jumped between the sizes of two packages" },
        { 1039654, "a question came late, when its answer was on the way" },
        { 1045688, "a size that was told while the disk was full, and lost with the power" },
        { 1054297, "a test run of a Telit module was down until the watch saw it restart" },
        { 1056114, "reports of hours without a disk, and of the turn that ended them" },
        { 1059849, "a job that ended, and another that began, while the disk was full" },
        { 1064625, "a deferral of the moment in which the disk failed" },
        { 3000845, "the size of the package before was taken for that of the next" },
        { 3015276, "an answered question for a session had waited since" },
        { 3020286, "a question that came late was granted after the install" },
        { 1065473, "a person's answer that came last of all" },
        { 5005776, "the last step of a registration, when the disk was full" },
        { 5017204, "the size of a file was taken for that of the server's package" },
        { 5019128, "a deadline was inherited by the next package" },
        { 5020277, "a module that froze without a network held back the others" },
        { 5021243, "the next package, offered after the clock had been set back" },
        { 5022142, "the reports of hours without a disk, a while after it was back" },
        { 5031924, "the next package, offered while the disk was full" },
        { 5035160, "a session that was about to open was taken for the restart after an install" },
        { 5039090, "the end came while it looked for packages" },
        { 5048590, "a quarter of an hour that was never looked up" },
        { 6001643, "a package that failed, which was heard when the next was granted" },
        { 6011440, "a question of before the new version was read" },
        { 7105378, "a question that came twice while its session closed" },
        { 7200294, "a clock that is right again brings a deadline nearer" },
        { 7202735, "a question that waits for the proof of an install" },
        { 7302370, "a deadline was promised while the clock was to be set" },
        { 7302605, "the next package is asked for in silence" },
        { 7304371, "a deferral that was lost with the power of a full disk" },
        { 7304688, "soak by a clock that had jumped before the gateway was booted" },
        { 7400585, "a deadline that forces a session for a result past an inhibitor" },
        { 7402424, "the sizes of two packages came in the wrong order" },
        { 7404179, "a session was opened just before a reboot" },
        { 103871503865835, "a job that ended while the disk was full, and the next" },
        { 103871503866758, "a deadline was promised by boot time while the clock was to be set" },
        { 11007269, "fotad was down when an update ended, and the next was asked for" },
        { 11008464, "... and died with the news that it had failed" },
        { 11014476, "a module that did not answer after its install was granted the next by its "
                    "old version" },
        { 11017674, "an update ended unheard, and the next was asked for" },
        { 12008113, "a download that somebody suspended, and nobody resumed before its job ended" },
        { 12012401, "a module that was given up is no reason to wait for the others" },
        { 13003914, "fotad asked itself again after an update that ended unheard" },
        { 15040320, "a disk that was full for less than a turn" },
        { 15047488,
          "another package was offered, and nobody had heard that the one before failed" },
        { 215064871280061, "an offer and its question came twice, when some of it had arrived" },
        { 18748612054671, "a module that took no yes to its reboot now did not go down" },
        { 18018122, "the clock was set while a module flashed, and then the power went" },
        { 5056186, "a size that was told while the disk was full, and lost with the power" },
        { 20049420, "a size that was lost in a kill, and a yes to a package of unknown size" },
        { 20064272, "a module that stopped answering while its request was deferred" },
        { 20066628, "... another" },
        { 20075458, "a yes without windows, and one with them that was lost in a kill" },
        { 21000543, "the deadline of an install that the server was told to ask for again" },
        { 21000766, "a session that reports an install of which nobody knew when it was foretold" },
        { 31002188, "reports that waited for a clock, and nobody looked at it" },
        { 31000155, "a Telit module whose download nobody heard, to the second" },
        { 31000004, "an HL78xx that lost its power and went on by itself" },
        { 1396, "reports that waited for a clock when all was over" },
        { 23005548, "reports that nobody could note as done with stayed for ever" },
        { 25000005, "... and one that was on its way then was sent twice" },
        { 24000768, "a session that was found open was closed for the idle hours before" },
        { 19003574, "a download that was granted when the calm was nearly over" },
        { 40025090, "a repeat that was heard when the yes had been taken began no deadline" },
        { 40046445, "a request that was none handed its deadline on to the next package" },
        { 40047924, "a question that came behind the OK to its yes was answered once more" },
        { 40069342, "an install that was over held nobody up, although its module was silent" },
        { 40057116, "the success of the install before ended the one that had just begun" },
        { 50000599, "a clock that was set back made old questions new ones for the watch" },
        { 50001915, "a yes of while nobody knew the time was foretold to have run out" },
        { 50013724, "a barrier that was counted from the answer to the yes, and not from the yes" },
        { 90041786, "a yes of before the last boot, by its boot time of then" },
        { 90067913, "... another" },
        { 90060019, "a clock that was set before a boot, which a deadline counted by behind it" },
        { 8756142217566,
          "a success of before the clock was set, and a disk that was full till later" },
        { 110044289,
          "an update that ended before the clock was set, and a disk that was full till later" },
        { 150005523, "a question that came twice, behind a boot that came twice" },
        { 4613481494515391838,
          "the rest of a package whose update had failed, and not its whole size" },
        { 221855441680724, "a clock that was trusted by itself ended a soak early" },
        { 1795463867001637, "an order to update is a yes to the session that the module asks for" },
        { 150000959, "what was foretold by one who could write nothing, and was killed" },
        { 95000071, "a module that answered again, at no moment that was foretold" },
        { 90090107, "a test run of a Telit module that lost the network before it could tell" },
        { 50075012, "a question that was heard before its offer was taken for a doubled one" },
        { 50097028, "a size that came behind its yes made a doubled line a new question" },
        { 50036887, "what was foretold of an update was held against the next" },
        { 50023686, "a question that came late outlived the failure of its install" },
        { PLAN_YEARS + 1795444727003469,
          "a module that was down and back before the watch looked" },
};

/* ... with --loses */
static const FailedSeed failed_seeds_that_lose[] = {
        { 1337, "a commit that failed was on a broken disk, and then no more" },
        { 22001283, "a deadline over a server that asks again, on a disk that fails" },
        { 41000720, "a job whose beginning was never committed, and found when fotad started" },
        { 41001185, "what happened on a disk that failed, found an hour later" },
};

typedef struct Sum {
        uint64_t runs, broken, lost;
        Deeds deeds;
        usec_t module_time;
        uint64_t checks[_LAW_MAX];
} Sum;

static Plan plan;

static bool all_lose;

static void make(uint64_t seed) {
        plan_make(&plan, seed);
        plan.real_store |= all_lose;
        plan.loses |= all_lose;
}

static void tell_broken(uint64_t seed, Law law) {
        make(seed);
        shrink(&plan, law);
        (void) shrink_tell(&plan);
        (void) fflush(stdout);
}

static void add_deeds(Deeds *sum, const Deeds *part) {
        sum->grants += part->grants;
        sum->installs += part->installs;
        sum->reports += part->reports;
}

static bool play(uint64_t seed, Sum *sum) {
        RunResult result;

        make(seed);
        run_plan(&plan, false, &result);
        sum->runs++;
        sum->broken += result.broken;
        sum->lost += result.lost;
        sum->module_time += result.module_time;
        add_deeds(&sum->deeds, &result.deeds);
        for (Law law = 0; law < _LAW_MAX; law++)
                sum->checks[law] += result.checks[law];
        if (result.broken) {
                printf("seed %llu: %s: %s\n", (unsigned long long) seed, law_to_string(result.law),
                       result.what);
                tell_broken(seed, result.law);
        }
        return !result.broken;
}

static uint64_t fresh_seed(void) {
        const char *given = getenv("FOTAD_TEST_SEED");

        return given ? strtoull(given, NULL, 0) % PLAN_YEARS : (uint64_t) time(NULL) * 1000000;
}

/* tests */

TEST(seeds_that_failed_once) {
        Sum sum = { 0 };

        for (size_t i = 0; i < ELEMENTSOF(failed_seeds); i++)
                (void) play(failed_seeds[i].seed, &sum);
        all_lose = true;
        for (size_t i = 0; i < ELEMENTSOF(failed_seeds_that_lose); i++)
                (void) play(failed_seeds_that_lose[i].seed, &sum);
        all_lose = false;
        CHECK_INT(sum.broken, 0);
}

static void play_twice(uint64_t seed, bool real_store, bool *ret_same) {
        RunResult first, second;

        plan_make(&plan, seed);
        plan.real_store = false;
        run_plan(&plan, false, &first);
        plan_make(&plan, seed);
        plan.real_store = real_store;
        plan.loses = false;
        run_plan(&plan, false, &second);
        *ret_same = first.trace == second.trace && !first.broken && !second.broken;
}

TEST(a_seed_is_the_same_run_every_time) {
        RunResult result;
        bool same;

        for (uint64_t seed = 1; seed <= 8; seed++) {
                play_twice(seed, false, &same);
                CHECK(same);
        }
        plan_make(&plan, 1);
        run_plan(&plan, false, &result);
        const uint64_t trace = result.trace;
        plan_make(&plan, 2);
        run_plan(&plan, false, &result);
        CHECK(result.trace != trace);
}

TEST(the_simulated_disk_is_like_the_store) {
        bool same;

        for (uint64_t seed = 11; seed <= 16; seed++) {
                play_twice(seed, true, &same);
                CHECK(same);
        }
}

/* A change that moves none of them is likely to be right, and they are the same everywhere. */
TEST(the_first_weeks) {
        Sum sum = { 0 };

        for (uint64_t seed = 1; seed <= 100; seed++)
                (void) play(seed, &sum);
        CHECK_INT(sum.broken, 0);
        CHECK(sum.deeds.grants > sum.runs);
        CHECK(sum.deeds.installs > sum.runs / 2);
        CHECK(sum.deeds.reports > sum.runs);
}

TEST(weeks_on_a_disk_that_loses) {
        Sum sum = { 0 };

        all_lose = true;
        for (uint64_t seed = 1; seed <= 30; seed++)
                (void) play(seed, &sum);
        all_lose = false;
        CHECK_INT(sum.broken, 0);
        CHECK(sum.lost > 0); /* it was a test */
}

TEST(fresh_seeds) {
        const time_t end = time(NULL) + FRESH_SEC;
        Sum sum = { 0 };

        SLOW_ONLY("a minute");

        for (uint64_t seed = fresh_seed(); time(NULL) < end && sum.broken == 0; seed++)
                (void) play(seed, &sum);
        printf("  %llu weeks, %.1f module-years\n", (unsigned long long) sum.runs,
               (double) sum.module_time / YEAR);
        CHECK_INT(sum.broken, 0);
        for (Law law = 0; law < _LAW_MAX; law++)
                CHECK(sum.checks[law] > 0);
}

/* by hand */

static void leave_out_all_but(const char *only) {
        for (size_t i = 0; i < plan.n_happenings; i++)
                plan.happenings[i].left_out = true;
        for (const char *at = only; *at; at += strcspn(at, ","), at += *at == ',') {
                const size_t i = (size_t) strtoul(at, NULL, 10);
                if (*at >= '0' && *at <= '9' && i < plan.n_happenings)
                        plan.happenings[i].left_out = false;
        }
}

static int show(uint64_t seed, const char *modules, const char *only) {
        make(seed);
        if (modules)
                plan.n_modules = (size_t) strtoul(modules, NULL, 10);
        if (only)
                leave_out_all_but(only);
        return shrink_tell(&plan) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The jobs take the next one each: a few years take as long as all others. */
static void work(uint64_t seed, uint64_t runs, atomic_uint_fast64_t *next, int to) {
        Sum sum = { 0 };

        for (uint64_t i = (*next)++; i < runs; i = (*next)++)
                (void) play(seed + i, &sum);
        (void) fflush(stdout);
        exit(write(to, &sum, sizeof(sum)) == sizeof(sum) ? 0 : 1);
}

static void print_sum(const Sum *sum, time_t began) {
        const double seconds = difftime(time(NULL), began);

        printf("%llu runs, %llu broken, %.1f module-years in %.0f s\n",
               (unsigned long long) sum->runs, (unsigned long long) sum->broken,
               (double) sum->module_time / YEAR, seconds);
        printf("  %llu agreements, %llu installs that succeeded, %llu reports accepted\n",
               (unsigned long long) sum->deeds.grants, (unsigned long long) sum->deeds.installs,
               (unsigned long long) sum->deeds.reports);
        for (Law law = 0; law < _LAW_MAX; law++)
                printf("  %-10s %llu checks\n", law_to_string(law),
                       (unsigned long long) sum->checks[law]);
}

static int play_many(uint64_t seed, uint64_t runs, unsigned n_jobs) {
        const time_t began = time(NULL);
        Sum sum = { 0 }, part;
        atomic_uint_fast64_t *next = mmap(NULL, sizeof(*next), PROT_READ | PROT_WRITE,
                                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        int pipe_of[2], status;
        unsigned crashed = 0;

        if (next == MAP_FAILED || pipe(pipe_of) < 0)
                return EXIT_FAILURE;
        printf("seeds %llu to %llu\n", (unsigned long long) seed,
               (unsigned long long) (seed + runs - 1));
        (void) fflush(stdout);
        for (unsigned job = 0; job < n_jobs; job++)
                if (fork() == 0)
                        work(seed, runs, next, pipe_of[1]);
        (void) close(pipe_of[1]);
        while (read(pipe_of[0], &part, sizeof(part)) == sizeof(part)) {
                sum.runs += part.runs;
                sum.broken += part.broken;
                sum.module_time += part.module_time;
                add_deeds(&sum.deeds, &part.deeds);
                for (Law law = 0; law < _LAW_MAX; law++)
                        sum.checks[law] += part.checks[law];
        }
        while (wait(&status) > 0)
                crashed += status != 0;
        (void) munmap(next, sizeof(*next));
        print_sum(&sum, began);
        if (crashed > 0)
                printf("%u of the jobs crashed\n", crashed);
        return sum.broken == 0 && crashed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static const char *option(int argc, char *argv[], const char *name) {
        for (int i = 1; i + 1 < argc; i++)
                if (streq(argv[i], name))
                        return argv[i + 1];
        return NULL;
}

int main(int argc, char *argv[]) {
        const char *seed_text = option(argc, argv, "--seed"), *runs = option(argc, argv, "--runs");
        const char *jobs = option(argc, argv, "--jobs");
        uint64_t seed = seed_text ? strtoull(seed_text, NULL, 10) : fresh_seed();

        for (int i = 1; i < argc; i++) {
                seed |= streq(argv[i], "--years") ? PLAN_YEARS : 0;
                all_lose |= streq(argv[i], "--loses");
        }

        if (runs)
                return play_many(seed, strtoull(runs, NULL, 10),
                                 jobs ? MIN_OF((unsigned) strtoul(jobs, NULL, 10), JOBS_MAX) : 1);
        if (seed_text)
                return show(seed, option(argc, argv, "--modules"), option(argc, argv, "--only"));
        return test_main(argc, argv);
}
