/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl inhibit: runs a command while actions are held back.
 *
 * Owns the lease, a descriptor that it does not hand on to the command: what the command leaves
 * running in the background must not hold updates back for ever. The command's exit status becomes
 * fotactl's. When fotad goes without a service manager that keeps descriptors, the lease's other
 * end goes with it, the descriptor reports an error, and the lease is taken again. */

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "fotactl/module.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

#include <fcntl.h>

#include "base/text.h"

#define RETRY_INTERVAL USEC_PER_SEC
#define RETRY_TIMEOUT (5 * USEC_PER_SEC) /* meanwhile the command's end is not seen */
#define STATUS_SIGNAL 128
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NO_COMMAND 127

typedef struct Guard {
        Client *client;
        const char *what, *who, *why, *module;
        usec_t ends;     /* boottime, USEC_INFINITY: with the command */
        int lease;       /* -EBADF: lost */
        usec_t retry_at; /* boottime */
        char told[256];  /* why it could not be taken again */
        int signals;
        pid_t child;
} Guard;

static const int passed_on[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2 };

/* the lease */

static uint64_t span_left(const Guard *guard) {
        return guard->ends == USEC_INFINITY ?
                       0 :
                       MAX_OF(usec_sub(guard->ends, clock_now().boottime), (usec_t) 1);
}

static int lease_call(Guard *guard, sd_bus_error *error) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int r, fd;

        r = sd_bus_call_method(guard->client->bus, NULL, FOTAD_PATH_MANAGER,
                               FOTAD_INTERFACE_MANAGER, "Inhibit", error, &reply, "sssst",
                               guard->what, guard->who, guard->why, guard->module,
                               span_left(guard));
        if (r >= 0)
                r = sd_bus_message_read(reply, "h", &fd);
        if (r < 0)
                return r;
        guard->lease = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        return guard->lease < 0 ? -errno : 0;
}

/* What runs already can not be held back any more. */
static void warn_of_running(Client *client, const Guard *guard) {
        _cleanup_modules_ ModuleList list = {};

        if (module_list_get(client, guard->module[0] ? guard->module : NULL, &list) != STATUS_DONE)
                return;
        for (size_t i = 0; i < list.n; i++) {
                const ModuleInfo *module = &list.modules[i];

                if (streq(module->state, "installing") || streq(module->state, "restarting") ||
                    streq(module->state, "downloading"))
                        complain("%s is %s already; that goes on", module->name, module->state);
        }
}

static Status lease_take(Guard *guard) {
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        Status status;
        int r;

        status = client_open(guard->client);
        if (status != STATUS_DONE)
                return status;
        r = lease_call(guard, &error);
        if (r < 0)
                return call_explain(guard->client, &error, r);
        warn_of_running(guard->client, guard);
        client_disconnect(guard->client);
        return STATUS_DONE;
}

static void tell(Guard *guard, const char *text) {
        if (!streq(guard->told, text))
                complain("the inhibitor can not be taken again: %s", text);
        (void) TEXT_COPY(guard->told, text);
}

static void lease_retry(Guard *guard) {
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        int r = client_connect(guard->client);

        if (r >= 0)
                r = sd_bus_set_method_call_timeout(guard->client->bus, RETRY_TIMEOUT);
        if (r >= 0)
                r = lease_call(guard, &error);
        client_disconnect(guard->client);
        if (r < 0) {
                tell(guard, error.message ? error.message : strerror(-r));
                guard->retry_at = usec_add(clock_now().boottime, RETRY_INTERVAL);
                return;
        }
        guard->told[0] = '\0';
        complain("the inhibitor is taken again");
}

static bool is_over(const Guard *guard) {
        return clock_now().boottime >= guard->ends;
}

/* The other end of the pipe is closed. */
static void lease_lost(Guard *guard) {
        guard->lease = fd_close(guard->lease);
        if (usec_add(clock_now().boottime, USEC_PER_SEC) >= guard->ends) {
                complain("the inhibitor's time is over; the command goes on without it");
                guard->ends = 0;
                return;
        }
        complain("fotad let the inhibitor go; trying to take it again");
        guard->retry_at = 0;
}

/* the command */

static int signals_block(sigset_t *ret_before) {
        sigset_t set;

        (void) sigemptyset(&set);
        (void) sigaddset(&set, SIGCHLD);
        for (size_t i = 0; i < ELEMENTSOF(passed_on); i++)
                (void) sigaddset(&set, passed_on[i]);
        if (sigprocmask(SIG_BLOCK, &set, ret_before) < 0)
                return -errno;
        const int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        return fd < 0 ? -errno : fd;
}

_Noreturn static void command_run(char *words[], const sigset_t *mask, pid_t parent) {
        int error;

        /* who kills fotactl ends the lease: the command must not run on without it unseen */
        if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
                _exit(STATUS_NOT_EXECUTABLE);
        (void) sigprocmask(SIG_SETMASK, mask, NULL);
        (void) execvp(words[0], words);
        error = errno;
        complain("%s: %s", words[0], strerror(error));
        _exit(error == ENOENT ? STATUS_NO_COMMAND : STATUS_NOT_EXECUTABLE);
}

static Status command_start(Guard *guard, char *words[]) {
        const pid_t parent = getpid();
        sigset_t mask;

        guard->signals = signals_block(&mask);
        if (guard->signals < 0) {
                complain("signals can not be watched: %s", strerror(-guard->signals));
                return STATUS_FAILED;
        }
        guard->child = fork();
        if (guard->child < 0) {
                complain("the command can not be started: %s", strerror(errno));
                return STATUS_FAILED;
        }
        if (guard->child == 0)
                command_run(words, &mask, parent);
        return STATUS_DONE;
}

/* The terminal sends its signals to the command as well. */
static void signals_pass_on(const Guard *guard) {
        struct signalfd_siginfo info;

        while (read(guard->signals, &info, sizeof(info)) == (ssize_t) sizeof(info))
                if (info.ssi_signo != SIGCHLD && info.ssi_code != SI_KERNEL)
                        (void) kill(guard->child, (int) info.ssi_signo);
}

/* true: it ended */
static bool command_ended(const Guard *guard, Status *ret) {
        int status;

        if (waitpid(guard->child, &status, WNOHANG) != guard->child)
                return false;
        if (WIFEXITED(status))
                *ret = (Status) WEXITSTATUS(status);
        else
                *ret = (Status) (STATUS_SIGNAL + WTERMSIG(status));
        return true;
}

static int wait_msec(const Guard *guard) {
        const usec_t now = clock_now().boottime;

        if (guard->lease >= 0 || is_over(guard))
                return -1;
        return (int) ((usec_sub(guard->retry_at, now) + USEC_PER_MSEC - 1) / USEC_PER_MSEC);
}

static Status command_wait(Guard *guard) {
        Status status = STATUS_FAILED;

        while (!command_ended(guard, &status)) {
                struct pollfd fds[] = { { .fd = guard->signals, .events = POLLIN },
                                        { .fd = guard->lease } };

                if (poll(fds, ELEMENTSOF(fds), wait_msec(guard)) < 0 && errno != EINTR)
                        return STATUS_FAILED;
                signals_pass_on(guard);
                if (guard->lease >= 0 && (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL)))
                        lease_lost(guard);
                else if (guard->lease < 0 && !is_over(guard) &&
                         clock_now().boottime >= guard->retry_at)
                        lease_retry(guard);
        }
        return status;
}

/* the verb */

static const char *name_of_command(const char *command) {
        const char *slash = strrchr(command, '/');

        return slash && slash[1] ? slash + 1 : command;
}

static Status options_read(Client *client, const char *command, Guard *ret) {
        usec_t span = 0;

        if (client->json) {
                complain("inhibit does not take --json: what is printed is the command's");
                return STATUS_USAGE;
        }
        if (!client->separated) {
                complain("inhibit: write '--' before the command");
                return STATUS_USAGE;
        }
        if (!client->why || !client->why[0]) {
                complain("inhibit: say with --why TEXT what for; others will read it");
                return STATUS_USAGE;
        }
        if (client->span && (span_parse(client->span, &span) < 0 || span == 0)) {
                complain("'%s' is no time span, such as 90min or 2h", client->span);
                return STATUS_USAGE;
        }
        *ret = (Guard) {
                .client = client,
                .what = client->what ? client->what : "download:install",
                .who = client->who ? client->who : name_of_command(command),
                .why = client->why,
                .module = client->scope ? client->scope : "",
                .ends = span == 0 ? USEC_INFINITY : usec_add(clock_now().boottime, span),
                .lease = -EBADF,
                .signals = -EBADF,
        };
        return STATUS_DONE;
}

Status verb_inhibit(Client *client, int n _unused_, char *words[]) {
        Guard guard;
        Status status;

        status = options_read(client, words[0], &guard);
        if (status != STATUS_DONE)
                return status;
        client->module = client->scope;
        status = lease_take(&guard);
        if (status == STATUS_DONE)
                status = command_start(&guard, words);
        if (status == STATUS_DONE)
                status = command_wait(&guard);
        (void) fd_close(guard.lease);
        (void) fd_close(guard.signals);
        return status;
}
