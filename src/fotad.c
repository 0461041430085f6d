/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotad, the daemon that manages the firmware updates of cellular modules: options and nothing
 * else. What it does is in daemon/. */

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "base/log.h"
#include "config.h"
#include "core/lifecycle.h"
#include "daemon/daemon.h"
#include "downlink/credentials.h"

typedef struct Options {
        const char *config;
        bool check;
        bool print_lifecycle;
} Options;

static int help(void) {
        printf("fotad [OPTIONS...]\n\n"
               "Manages the firmware updates of the cellular modules of this gateway.\n\n"
               "  -h --help            Show this help\n"
               "     --version         Show the version\n"
               "     --config FILE     Read FILE instead of " CONFIG_PATH_DEFAULT ",\n"
               "                       then conf.d/*.yaml beside it\n"
               "     --check           Check the configuration and exit: 0 good, 1 not\n"
               "     --log-level LEVEL error, warning, notice, info (default) or debug\n\n"
               "See fotad(8), fotad.yaml(5) and fotactl(1).\n");
        return 0;
}

enum { OPTION_VERSION = 256, OPTION_CONFIG, OPTION_CHECK, OPTION_LOG_LEVEL, OPTION_LIFECYCLE };

static const struct option long_options[] = {
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, OPTION_VERSION },
        { "config", required_argument, NULL, OPTION_CONFIG },
        { "check", no_argument, NULL, OPTION_CHECK },
        { "log-level", required_argument, NULL, OPTION_LOG_LEVEL },
        { "print-lifecycle", no_argument, NULL, OPTION_LIFECYCLE },
        { NULL, 0, NULL, 0 },
};

/* 1: go on, 0: done, negative: usage */
static int parse_options(int argc, char **argv, Options *ret) {
        int c;

        while ((c = getopt_long(argc, argv, "h", long_options, NULL)) >= 0)
                switch (c) {
                case 'h':
                        return help();
                case OPTION_VERSION:
                        printf("fotad %s\n", FOTAD_VERSION);
                        return 0;
                case OPTION_CONFIG:
                        ret->config = optarg;
                        break;
                case OPTION_CHECK:
                        ret->check = true;
                        break;
                case OPTION_LIFECYCLE:
                        ret->print_lifecycle = true;
                        break;
                case OPTION_LOG_LEVEL: {
                        const int level = log_level_from_string(optarg);
                        if (level < 0) {
                                fprintf(stderr,
                                        "fotad: '%s' is no log level; try error, warning, notice, "
                                        "info or debug\n",
                                        optarg);
                                return -EINVAL;
                        }
                        log_set_level(level);
                        break;
                }
                default:
                        fprintf(stderr, "Try 'fotad --help'.\n");
                        return -EINVAL;
                }
        if (optind < argc) {
                fprintf(stderr, "fotad: '%s': takes no arguments; try 'fotad --help'\n",
                        argv[optind]);
                return -EINVAL;
        }
        return 1;
}

static void print_message(void *userdata _unused_, bool is_error, const char *message) {
        fprintf(stderr, "%s%s\n", is_error ? "" : "warning: ", message);
}

static int load(const Options *options, Settings **ret) {
        const int r = config_load(
                options->config, options->check ? print_message : daemon_config_message, NULL, ret);

        if (r == -ENOENT)
                fprintf(stderr,
                        "fotad: %s: no such file; a sample is installed as " CONFIG_PATH_DEFAULT
                        "\n",
                        options->config);
        else if (r < 0 && r != -EINVAL)
                fprintf(stderr, "fotad: %s: %s\n", options->config, strerror(-r));
        return r;
}

/* A reload refuses a bad certificate; whoever checks wants to know before. */
static int check(const Options *options, const Settings *settings) {
        const DownlinkSettings *downlink = &settings->downlink;
        Credentials credentials = {};
        char why[2 * PATH_MAX];

        if (credentials_load(downlink->certificate_file, downlink->private_key_file, &credentials,
                             why, sizeof(why)) < 0) {
                fprintf(stderr, "%s: downlink: %s\n", options->config, why);
                return 1;
        }
        credentials_done(&credentials);
        printf("%s: good; modules: %zu\n", options->config, settings->n_modules);
        return 0;
}

static int print_lifecycle(void) {
        static char buffer[64 * 1024];
        Text text;

        text_init(&text, buffer, sizeof(buffer));
        if (!lifecycle_print_dot(&text))
                return 1;
        return fputs(buffer, stdout) < 0;
}

/* PINs and keys are in memory, in libraries too: no core dump, whatever the limits say and the
 * kernel's core_pattern does, and no look at it by others of the same user. A debugger that starts
 * fotad, or that root attaches, sees all. */
static void forbid_dumps(void) {
        if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
                log_warning("A crash may write secrets to a core dump: %m");
}

static void set_up_process(void) {
        sigset_t mask;

        (void) umask(0077);
        (void) signal(SIGPIPE, SIG_IGN);
        (void) sigemptyset(&mask);
        (void) sigaddset(&mask, SIGTERM);
        (void) sigaddset(&mask, SIGINT);
        (void) sigaddset(&mask, SIGHUP);
        (void) sigprocmask(SIG_BLOCK, &mask, NULL);
}

int main(int argc, char **argv) {
        Options options = { .config = CONFIG_PATH_DEFAULT };
        _cleanup_(settings_freep) Settings *settings = NULL;

        log_open();
        forbid_dumps();
        const int r = parse_options(argc, argv, &options);
        if (r <= 0)
                return r < 0 ? 2 : 0;
        if (options.print_lifecycle)
                return print_lifecycle();
        if (load(&options, &settings) < 0)
                return options.check ? 1 : EX_CONFIG; /* the unit does not try again */
        if (options.check)
                return check(&options, settings);
        set_up_process();
        return daemon_run(options.config, TAKE_PTR(settings)) < 0;
}
