/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl, the command line of fotad: options, the table of verbs, and the way to them.
 *
 * Owns the Client. Verbs that the interface promises for later are known by name, so that they say
 * so instead of looking like a typing error. */

#include <getopt.h>
#include <limits.h>
#include <signal.h>

#include "base/text.h"
#include "config.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

typedef struct VerbRow {
        const char *name;
        int least, most; /* words behind it */
        bool module;     /* the first of them names a module */
        Status (*run)(Client *client, int n, char *words[]);
        const char *usage, *help;
} VerbRow;

// clang-format off
static const VerbRow verbs[] = {
        { "list",       0, 0, false, verb_list,       "",                       "One row a module (the default)" },
        { "status",     0, 1, true,  verb_status,     "[MODULE]",               "All that is known, and what happened last" },
        { "explain",    1, 2, true,  verb_explain,    "MODULE [ACTION]",        "Why it may or may not happen now" },
        { "plan",       0, 0, false, verb_plan,       "[--at TIME]",            "What is going to happen, for all modules" },
        { "watch",      0, 1, true,  verb_watch,      "[MODULE]",               "What happens, as it happens" },
        { "history",    0, 1, true,  verb_history,    "[MODULE] [--events]",    "Jobs, or everything that happened" },
        { "connect",    1, 1, true,  verb_connect,    "MODULE",                 "Open a session with the update server" },
        { "disconnect", 1, 1, true,  verb_disconnect, "MODULE",                 "Close it" },
        { "accept",     2, 3, true,  verb_accept,     "MODULE ACTION [--now]",  "Consent; --now: outside windows too" },
        { "defer",      2, 3, true,  verb_defer,      "MODULE ACTION [SPAN]",   "Put off" },
        { "update",     1, 1, true,  verb_update,     "MODULE [--wait]",        "Start an update; see --file, --package" },
        { "suspend",    1, 1, true,  verb_suspend,    "MODULE",                 "Stop the download for a while" },
        { "resume",     1, 1, true,  verb_resume,     "MODULE",                 "Go on with it" },
        { "cancel",     1, 1, true,  verb_cancel,     "MODULE",                 "Give up the running job" },
        { "inhibit",    1, INT_MAX, false, verb_inhibit, "--why TEXT -- COMMAND", "Hold updates back while a command runs" },
        { "uninhibit",  1, 1, false, verb_uninhibit,  "ID",                     "End what a server, or who is gone, holds back" },
        { "inhibitors", 0, 0, false, verb_inhibitors, "",                       "Who holds what back" },
        { "register",   1, 1, true,  verb_register,   "MODULE",                 "Register it with the update server" },
        { "settings",   1, 2, true,  verb_settings,   "MODULE [OPERATION]",     "Show, save, diff, restore what updates lose" },
        { "command",    2, 2, true,  verb_command,    "MODULE 'AT+CSQ'",        "Send an AT command when it is harmless" },
        { "transcript", 1, 1, true,  verb_transcript, "MODULE [--follow]",      "The AT dialogue" },
        { "uplink",     0, 1, false, verb_uplink,     "[status|flush]",         "Reports to the application server" },
        { "reload",     0, 0, false, verb_reload,     "",                       "Read the configuration again" },
        { "log-level",  0, 1, false, verb_log_level,  "[LEVEL]",                "error, warning, notice, info or debug" },
        { "version",    0, 0, false, verb_version,    "",                       "Of fotactl and fotad" },
        { "help",       0, 0, false, NULL,            "",                       "This text" },
};
// clang-format on

static const char *const later[] = { "discover", NULL };

enum {
        OPTION_SOCKET = 256,
        OPTION_SYSTEM,
        OPTION_JSON,
        OPTION_NO_LEGEND,
        OPTION_NO_PAGER,
        OPTION_WAIT,
        OPTION_NOW,
        OPTION_EVENTS,
        OPTION_FOLLOW,
        OPTION_AT,
        OPTION_SINCE,
        OPTION_UNTIL,
        OPTION_FILE,
        OPTION_PACKAGE,
        OPTION_TO,
        OPTION_WHAT,
        OPTION_MODULE,
        OPTION_WHO,
        OPTION_WHY,
        OPTION_FOR,
        OPTION_VERSION,
};

static const struct option options[] = {
        { "socket", required_argument, NULL, OPTION_SOCKET },
        { "system", no_argument, NULL, OPTION_SYSTEM },
        { "json", no_argument, NULL, OPTION_JSON },
        { "no-legend", no_argument, NULL, OPTION_NO_LEGEND },
        { "no-pager", no_argument, NULL, OPTION_NO_PAGER },
        { "quiet", no_argument, NULL, 'q' },
        { "wait", no_argument, NULL, OPTION_WAIT },
        { "now", no_argument, NULL, OPTION_NOW },
        { "events", no_argument, NULL, OPTION_EVENTS },
        { "follow", no_argument, NULL, OPTION_FOLLOW },
        { "at", required_argument, NULL, OPTION_AT },
        { "since", required_argument, NULL, OPTION_SINCE },
        { "until", required_argument, NULL, OPTION_UNTIL },
        { "file", required_argument, NULL, OPTION_FILE },
        { "package", no_argument, NULL, OPTION_PACKAGE },
        { "to", required_argument, NULL, OPTION_TO },
        { "what", required_argument, NULL, OPTION_WHAT },
        { "module", required_argument, NULL, OPTION_MODULE },
        { "who", required_argument, NULL, OPTION_WHO },
        { "why", required_argument, NULL, OPTION_WHY },
        { "for", required_argument, NULL, OPTION_FOR },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, OPTION_VERSION },
        {},
};

static void show_help(void) {
        (void) printf("Usage: fotactl [OPTION...] [VERB] [MODULE] ...\n\n"
                      "Look at and steer firmware updates of cellular modules.\n\nVerbs:\n");
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                (void) printf("  %-10s %-21s %s\n", verbs[i].name, verbs[i].usage, verbs[i].help);
        (void) printf(
                "\nACTION is one of connect, download, install, reboot, uninstall.\n"
                "OPERATION is one of show, save, diff, restore.\n\nOptions:\n"
                "      --socket PATH      fotad's control socket ($FOTAD_SOCKET, else\n"
                "                         " FOTAD_SOCKET_DEFAULT ")\n"
                "      --json             one JSON document; watch: one object a line\n"
                "      --at TIME          explain, plan: as of then: '+3h', 'Sat 02:30'\n"
                "      --since TIME, --until TIME\n"
                "                         history: only what happened between\n"
                "      --file PATH        update: push this file to the module\n"
                "      --package          update: push packages of fotad's catalogue\n"
                "      --to VERSION       with --package: this version, not the newest\n"
                "      --wait             update: follow it to its end\n"
                "      --why TEXT         inhibit: what for\n"
                "      --who NAME         inhibit: in whose name, not the command's\n"
                "      --what ACTIONS     inhibit: these, not download,install\n"
                "      --module MODULE    inhibit: of this module, not of all\n"
                "      --for SPAN         inhibit: no longer than that\n"
                "      --no-legend        no headers and footers\n"
                "      --no-pager         no pager\n"
                "  -q, --quiet            say only what was asked for\n"
                "  -h, --help             this text\n"
                "      --version          the version of fotactl\n\n"
                "Exit status: 0 done, 1 failed, 2 usage, 3 fotad not reachable, 4 no such\n"
                "module or job, 5 not permitted, 6 refused by policy or state, 7 update failed.\n"
                "See fotactl(1).\n");
}

static Status not_yet(const char *what) {
        complain("%s is not available in this version", what);
        return STATUS_USAGE;
}

/* Where an option's argument goes; NULL: it takes none. */
static const char **option_text(Client *client, int option) {
        switch (option) {
        case OPTION_SOCKET:
                return &client->socket;
        case OPTION_FILE:
                return &client->file;
        case OPTION_TO:
                return &client->to;
        case OPTION_WHAT:
                return &client->what;
        case OPTION_MODULE:
                return &client->scope;
        case OPTION_WHO:
                return &client->who;
        case OPTION_WHY:
                return &client->why;
        case OPTION_FOR:
                return &client->span;
        case OPTION_AT:
                return &client->at;
        case OPTION_SINCE:
                return &client->since;
        case OPTION_UNTIL:
                return &client->until;
        default:
                return NULL;
        }
}

/* What an option without argument sets; NULL: nothing. */
static bool *option_flag(Client *client, int option) {
        switch (option) {
        case OPTION_PACKAGE:
                return &client->package;
        case OPTION_JSON:
                return &client->json;
        case OPTION_NO_LEGEND:
                return &client->legend;
        case OPTION_NO_PAGER:
                return &client->pager;
        case 'q':
                return &client->quiet;
        case OPTION_WAIT:
                return &client->wait;
        case OPTION_NOW:
                return &client->now;
        case OPTION_EVENTS:
                return &client->events;
        case OPTION_FOLLOW:
                return &client->follow;
        default:
                return NULL;
        }
}

/* Go on; else the exit status. */
#define PARSED_GO_ON (-1)

static int option_apply(Client *client, int option) {
        const char **text = option_text(client, option);
        bool *flag = option_flag(client, option);

        if (text)
                *text = optarg;
        if (flag)
                *flag = option != OPTION_NO_LEGEND && option != OPTION_NO_PAGER;
        if (text || flag)
                return PARSED_GO_ON;
        switch (option) {
        case OPTION_SYSTEM:
                return not_yet("--system");
        case 'h':
                show_help();
                return STATUS_DONE;
        case OPTION_VERSION:
                (void) puts("fotactl " FOTAD_VERSION);
                return STATUS_DONE;
        default:
                (void) fputs("Try 'fotactl --help'.\n", stderr);
                return STATUS_USAGE;
        }
}

/* An option that belongs to one verb, or two, only. */
static Status options_check(const Client *client, const VerbRow *verb) {
        const struct {
                bool given;
                const char *option;
                Status (*run)(Client *client, int n, char *words[]);
                Status (*other)(Client *client, int n, char *words[]);
        } rows[] = {
                { client->wait, "--wait", verb_update, NULL },
                { client->file, "--file", verb_update, NULL },
                { client->package, "--package", verb_update, NULL },
                { client->to, "--to", verb_update, NULL },
                { client->now, "--now", verb_accept, NULL },
                { client->events, "--events", verb_history, NULL },
                { client->since, "--since", verb_history, NULL },
                { client->until, "--until", verb_history, NULL },
                { client->at, "--at", verb_explain, verb_plan },
                { client->follow, "--follow", verb_transcript, NULL },
                { client->what, "--what", verb_inhibit, NULL },
                { client->scope, "--module", verb_inhibit, NULL },
                { client->who, "--who", verb_inhibit, NULL },
                { client->why, "--why", verb_inhibit, NULL },
                { client->span, "--for", verb_inhibit, NULL },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if (rows[i].given && rows[i].run != verb->run && rows[i].other != verb->run) {
                        complain("%s does not take %s", verb->name, rows[i].option);
                        return STATUS_USAGE;
                }
        if (client->file && client->package) {
                complain("--file and --package exclude each other");
                return STATUS_USAGE;
        }
        if (client->to && !client->package) {
                complain("--to is for a version of the catalogue: it needs --package");
                return STATUS_USAGE;
        }
        return STATUS_DONE;
}

static Status unknown_verb(const char *name) {
        const char *names[ELEMENTSOF(verbs) + 1] = {}, *nearest;

        for (size_t i = 0; later[i]; i++)
                if (streq(later[i], name))
                        return not_yet(name);
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                names[i] = verbs[i].name;
        nearest = text_nearest(name, names);
        if (nearest)
                complain("unknown verb '%s', did you mean '%s'?", name, nearest);
        else
                complain("unknown verb '%s', see 'fotactl help'", name);
        return STATUS_USAGE;
}

static Status verb_run(Client *client, const VerbRow *verb, int n, char *words[]) {
        Status status;

        if (!verb->run) {
                show_help();
                return STATUS_DONE;
        }
        if (n < verb->least || n > verb->most) {
                complain("usage: fotactl %s %s", verb->name, verb->usage);
                return STATUS_USAGE;
        }
        status = options_check(client, verb);
        if (status != STATUS_DONE)
                return status;
        client->module = verb->module && n > 0 ? words[0] : NULL;
        return verb->run(client, n, words);
}

static Status run(Client *client, int n, char *words[]) {
        if (n == 0)
                return verb_run(client, &verbs[0], 0, words);
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                if (streq(verbs[i].name, words[0]))
                        return verb_run(client, &verbs[i], n - 1, words + 1);
        return unknown_verb(words[0]);
}

static int options_read(Client *client, int argc, char *argv[]) {
        int option, status;

        while ((option = getopt_long(argc, argv, "hq", options, NULL)) >= 0) {
                status = option_apply(client, option);
                if (status != PARSED_GO_ON)
                        return status;
        }
        client->separated = streq(argv[optind - 1], "--");
        return PARSED_GO_ON;
}

/* What was lost was not done; but how an update ended, when that was waited for, matters more. Who
 * has closed the pager has read enough. */
static int output_end(const Client *client, int status) {
        const int r = output_flush();

        if (r == 0 || r == -EPIPE)
                return status;
        complain("the output could not be written: %s", strerror(-r));
        return status == STATUS_DONE && !client->wait ? STATUS_FAILED : status;
}

int main(int argc, char *argv[]) {
        const char *socket = getenv("FOTAD_SOCKET");
        Client client = {
                .socket = socket && socket[0] ? socket : FOTAD_SOCKET_DEFAULT,
                .legend = true,
                .pager = true,
        };
        int status;

        (void) output_is_terminal(); /* asked before a pager takes stdout's place */
        status = options_read(&client, argc, argv);
        if (status == PARSED_GO_ON)
                status = run(&client, argc - optind, argv + optind);
        client_disconnect(&client);
        status = output_end(&client, status);
        pager_close();
        return status;
}
