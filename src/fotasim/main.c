/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotasim: simulated cellular modules on pseudo-terminals, and with `fotasim as` a small
 * application server (`fotasim downlink` sends its commands), with `fotasim package` a maker of
 * files to push. One process, one poll loop. Stopping it is a power cut of its modules: with
 * --state they are found as they were left. */

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>

#include "base/time.h"
#include "config.h"
#include "fotasim/as-downlink.h"
#include "fotasim/as.h"
#include "fotasim/front.h"
#include "fotasim/identity.h"
#include "fotasim/package.h"
#include "fotasim/replay-port.h"
#include "fotasim/story.h"

#define MODULES_MAX 256
#define ERRORS_MAX_BYTES 8192
#define EXIT_USAGE 2

typedef struct Arguments {
        const char *family, *link, *name, *scenario, *state, *log, *replay;
        unsigned long count;
        bool numbered; /* --count was given: PATH-0, PATH-1, ... */
        uint64_t seed;
        double speed;
        bool verbose;
} Arguments;

static void usage(FILE *to) {
        fputs("Usage: fotasim --family FAMILY --link PATH [OPTION...]\n"
              "       fotasim --replay TRANSCRIPT --link PATH [OPTION...]\n"
              "       fotasim story [TRANSCRIPT|-]\n"
              "       fotasim as --listen ADDRESS --key-file FILE [OPTION...]\n"
              "       fotasim downlink --url URL --key-file FILE --as-id ID --dev-eui EUI "
              "[OPTION...]\n"
              "       fotasim package --from VERSION --to VERSION --bytes N\n"
              "Simulates cellular modules on pseudo-terminals. Prints `ready PATH` for each.\n\n"
              "  --family FAMILY    hl78xx or telit; not needed when the scenario names it\n"
              "  --replay FILE      plays back what fotactl transcript printed; - is stdin\n"
              "  --link PATH        symlink to the port\n"
              "  --count N          N modules: PATH-0, PATH-1, ...; --state and --log likewise\n"
              "  --name NAME        name in messages\n"
              "  --scenario FILE    what the module is, what its server offers, what goes wrong\n"
              "  --state FILE       its memory: with it, restarting fotasim is a power cut\n"
              "  --log FILE         its dialogue, a line each: > to the module, < from it\n"
              "  --seed N           randomness, and the identity where the scenario names none\n"
              "  --speed X          X seconds of the module in a real one\n"
              "  --verbose          show the dialogue on stderr\n"
              "  --help, --version\n\n"
              "SIGUSR1 takes the power away from all modules and gives it back; with SIGUSR2 what\n"
              "their scenario plans next comes at once; SIGRTMIN unplugs their ports, and plugs "
              "them\n"
              "in again at the next.\n",
              to);
}

static int usage_error(const char *what) {
        fprintf(stderr, "fotasim: %s; see fotasim --help\n", what);
        return -EINVAL;
}

static int number_parse(const char *text, uint64_t *ret) {
        char *end;

        errno = 0;
        *ret = strtoull(text, &end, 10);
        return *text < '0' || *text > '9' || *end || errno != 0 ? -EINVAL : 0;
}

static int count_parse(Arguments *arguments, const char *text) {
        uint64_t count;

        if (number_parse(text, &count) < 0 || count < 1 || count > MODULES_MAX)
                return usage_error("--count is a number from 1 to 256");
        arguments->count = count;
        arguments->numbered = true;
        return 0;
}

static int speed_parse(Arguments *arguments, const char *text) {
        char *end;

        arguments->speed = strtod(text, &end);
        if (end == text || *end || !(arguments->speed >= 0.001 && arguments->speed <= 100000))
                return usage_error("--speed is a number from 0.001 to 100000");
        return 0;
}

enum {
        OPTION_FAMILY = 'a',
        OPTION_LINK,
        OPTION_NAME,
        OPTION_SEED,
        OPTION_SPEED,
        OPTION_SCENARIO,
        OPTION_STATE,
        OPTION_COUNT,
        OPTION_LOG,
        OPTION_REPLAY,
        OPTION_VERBOSE,
        OPTION_HELP,
        OPTION_VERSION
};

/* clang-format off */
static const struct option options[] = {
        { "family",   required_argument, NULL, OPTION_FAMILY },
        { "link",     required_argument, NULL, OPTION_LINK },
        { "name",     required_argument, NULL, OPTION_NAME },
        { "seed",     required_argument, NULL, OPTION_SEED },
        { "speed",    required_argument, NULL, OPTION_SPEED },
        { "scenario", required_argument, NULL, OPTION_SCENARIO },
        { "state",    required_argument, NULL, OPTION_STATE },
        { "count",    required_argument, NULL, OPTION_COUNT },
        { "log",      required_argument, NULL, OPTION_LOG },
        { "replay",   required_argument, NULL, OPTION_REPLAY },
        { "verbose",  no_argument,       NULL, OPTION_VERBOSE },
        { "help",     no_argument,       NULL, OPTION_HELP },
        { "version",  no_argument,       NULL, OPTION_VERSION },
        {},
};
/* clang-format on */

/* 0: nothing to do but exit well */
static int option_take(Arguments *arguments, int option) {
        switch (option) {
        case OPTION_FAMILY:
                arguments->family = optarg;
                return 1;
        case OPTION_LINK:
                arguments->link = optarg;
                return 1;
        case OPTION_NAME:
                arguments->name = optarg;
                return 1;
        case OPTION_SEED:
                return number_parse(optarg, &arguments->seed) < 0 ?
                               usage_error("--seed is a number") :
                               1;
        case OPTION_SPEED:
                return speed_parse(arguments, optarg) < 0 ? -EINVAL : 1;
        case OPTION_SCENARIO:
                arguments->scenario = optarg;
                return 1;
        case OPTION_STATE:
                arguments->state = optarg;
                return 1;
        case OPTION_COUNT:
                return count_parse(arguments, optarg) < 0 ? -EINVAL : 1;
        case OPTION_LOG:
                arguments->log = optarg;
                return 1;
        case OPTION_REPLAY:
                arguments->replay = optarg;
                return 1;
        case OPTION_VERBOSE:
                arguments->verbose = true;
                return 1;
        case OPTION_HELP:
                usage(stdout);
                return 0;
        case OPTION_VERSION:
                puts("fotasim " FOTAD_VERSION);
                return 0;
        default:
                return usage_error("bad usage");
        }
}

/* A scenario may name it, too. */
static int family_check(const Arguments *arguments) {
        SimFamily family;

        if (!arguments->family && !arguments->scenario)
                return usage_error("--family is needed");
        if (arguments->family && sim_family_parse(arguments->family, &family) < 0)
                return usage_error("unknown family, hl78xx and telit are simulated");
        return 1;
}

static int arguments_check(const Arguments *arguments) {
        if (!arguments->replay && family_check(arguments) < 0)
                return -EINVAL;
        if (arguments->replay &&
            (arguments->family || arguments->scenario || arguments->state || arguments->numbered))
                return usage_error("--replay goes with --link, --name, --log, --speed, --verbose");
        return 1;
}

static int arguments_parse(Arguments *arguments, int argc, char *argv[]) {
        int option, r;

        *arguments = (Arguments) { .count = 1, .speed = 1 };
        while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
                r = option_take(arguments, option);
                if (r <= 0)
                        return r;
        }
        if (optind < argc)
                return usage_error("an argument too many");
        r = arguments_check(arguments);
        if (r < 0)
                return r;
        if (!arguments->link) {
                (void) usage_error("--link is needed");
                return -EINVAL;
        }
        return 1;
}

static int scenario_load(const Arguments *arguments, SimScenario *scenario) {
        char bytes[ERRORS_MAX_BYTES];
        SimFamily family = SIM_FAMILY_HL78XX;
        Text errors;
        int r;

        if (arguments->family)
                (void) !sim_family_parse(arguments->family, &family); /* checked before */
        sim_scenario_init_family(scenario, family);
        if (!arguments->scenario)
                return 0;
        text_init(&errors, bytes, sizeof(bytes));
        r = sim_scenario_load(scenario, family, arguments->scenario, &errors);
        if (r < 0)
                fputs(bytes, stderr);
        else if (arguments->family && scenario->family != family) {
                fprintf(stderr, "%s: family: is not that of --family\n", arguments->scenario);
                r = -EINVAL;
        }
        return r;
}

/* PATH, or PATH-i; NULL stays NULL */
static int numbered(const Arguments *arguments, const char *path, unsigned i, char **ret) {
        *ret = NULL;
        if (!path)
                return 0;
        if ((arguments->numbered ? asprintf(ret, "%s-%u", path, i) : asprintf(ret, "%s", path)) >=
            0)
                return 0;
        *ret = NULL;
        return -ENOMEM;
}

static int front_add(const Arguments *arguments, const SimScenario *scenario, unsigned i,
                     Front **ret) {
        _cleanup_free_ char *link = NULL, *name = NULL, *state = NULL, *log = NULL;
        SimScenario own = *scenario;
        FrontOptions front = { .scenario = &own,
                               .seed = arguments->seed + i,
                               .speed = arguments->speed,
                               .verbose = arguments->verbose };
        const char *base = strrchr(arguments->link, '/');
        int r;

        identity_vary(&own, arguments->seed, i);
        base = arguments->name ? arguments->name : base ? base + 1 : arguments->link;
        if (numbered(arguments, arguments->link, i, &link) < 0 ||
            numbered(arguments, base, i, &name) < 0 ||
            numbered(arguments, arguments->state, i, &state) < 0 ||
            numbered(arguments, arguments->log, i, &log) < 0)
                return -ENOMEM;
        front.link = link;
        front.name = name;
        front.state = state;
        front.log = log;
        r = front_new(ret, &front, clock_now().boottime);
        if (r < 0)
                fprintf(stderr, "fotasim: %s: %s\n", link, strerror(-r));
        return r;
}

static int signals_open(void) {
        sigset_t set;
        int fd;

        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGUSR1);
        sigaddset(&set, SIGUSR2);
        sigaddset(&set, SIGRTMIN);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return -errno;
        fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        return fd < 0 ? -errno : fd;
}

/* False: it is time to go. */
static bool signal_take(int fd, Front *const fronts[], size_t n) {
        void (*act)(Front * front, usec_t now);
        struct signalfd_siginfo info;

        if (read(fd, &info, sizeof(info)) != sizeof(info))
                return true;
        if (info.ssi_signo == SIGUSR1)
                act = front_power_cycle;
        else if (info.ssi_signo == SIGUSR2)
                act = front_plan_hurry;
        else if (info.ssi_signo == (uint32_t) SIGRTMIN)
                act = front_plug;
        else
                return false;
        for (size_t i = 0; i < n; i++)
                act(fronts[i], clock_now().boottime);
        return true;
}

static bool turn(int signals, Front *const fronts[], size_t n) {
        struct pollfd fds[MODULES_MAX + 1];
        usec_t now = clock_now().boottime, wait = USEC_INFINITY;
        struct timespec timeout;

        for (size_t i = 0; i < n; i++) {
                fds[i] = (struct pollfd) { .fd = front_fd(fronts[i]), .events = POLLIN };
                wait = MIN_OF(wait, front_wait(fronts[i], now));
        }
        fds[n] = (struct pollfd) { .fd = signals, .events = POLLIN };
        timeout.tv_sec = (time_t) (wait / USEC_PER_SEC);
        timeout.tv_nsec = (long) (wait % USEC_PER_SEC * 1000);
        if (ppoll(fds, n + 1, wait == USEC_INFINITY ? NULL : &timeout, NULL) < 0 && errno != EINTR)
                return false;
        if (fds[n].revents && !signal_take(signals, fronts, n))
                return false;
        now = clock_now().boottime;
        for (size_t i = 0; i < n; i++)
                front_run(fronts[i], now);
        return true;
}

static int modules_run(const Arguments *arguments, const SimScenario *scenario) {
        _cleanup_close_ int signals = signals_open();
        Front *fronts[MODULES_MAX];
        size_t n = 0;
        int r = signals < 0 ? signals : 0;

        while (r >= 0 && n < arguments->count) {
                r = front_add(arguments, scenario, (unsigned) n, fronts + n);
                if (r >= 0)
                        n++;
        }
        if (r >= 0)
                while (turn(signals, fronts, n))
                        ;
        while (n > 0)
                (void) front_free(fronts[--n]);
        return r;
}

static int transcript_replay(const Arguments *arguments) {
        _cleanup_close_ int signals = signals_open();
        const char *base = strrchr(arguments->link, '/');
        const ReplayOptions replay = {
                .transcript = arguments->replay,
                .link = arguments->link,
                .name = arguments->name ? arguments->name :
                        base            ? base + 1 :
                                          arguments->link,
                .log = arguments->log,
                .speed = arguments->speed,
                .verbose = arguments->verbose,
        };

        return signals < 0 ? EXIT_FAILURE : replay_run(&replay, signals);
}

int main(int argc, char *argv[]) {
        Arguments arguments;
        SimScenario scenario;
        int r;

        if (argc > 1 && streq(argv[1], "as"))
                return as_main(argc - 1, argv + 1);
        if (argc > 1 && streq(argv[1], "downlink"))
                return as_downlink_main(argc - 1, argv + 1);
        if (argc > 1 && streq(argv[1], "story"))
                return story_main(argc - 1, argv + 1);
        if (argc > 1 && streq(argv[1], "package"))
                return package_main(argc - 1, argv + 1);
        r = arguments_parse(&arguments, argc, argv);
        if (r <= 0)
                return r == 0 ? EXIT_SUCCESS : EXIT_USAGE;
        if (arguments.replay)
                return transcript_replay(&arguments);
        if (scenario_load(&arguments, &scenario) < 0)
                return EXIT_FAILURE;
        return modules_run(&arguments, &scenario) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
