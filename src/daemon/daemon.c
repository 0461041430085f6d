/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The loop of fotad: one thread, one sd-event. Every input begins a turn with the time; a post
 * source settles it, so that all inputs of one wake-up share one commit. One timer carries every
 * deadline of the gateway and the outbox. A database that can't be opened at start does not stop
 * fotad: the modules are armed and held meanwhile, and when it opens the daemon starts over with
 * what it holds. */

#include <signal.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>

#include "base/log.h"
#include "config.h"
#include "daemon/daemon.h"

#define PRUNE_ROWS 100 /* deleted at a time; ... */
#define PRUNE_PAUSE USEC_PER_SEC
/* Stopping waits so long for a push, and then for the module to let go of it; together less than
 * TimeoutStopSec= of the unit. */
#define PUSH_WAIT_MAX USEC_PER_MINUTE
#define CANCEL_MAX (20 * USEC_PER_SEC)
#define TIMER_ACCURACY (10 * USEC_PER_MSEC)

/* inputs: every one begins a turn */

Clock daemon_begin_turn(Daemon *daemon) {
        const Clock now = clock_now();

        gateway_turn(daemon->gateway, &now);
        return now;
}

static void on_port_open(void *userdata, size_t index) {
        Daemon *daemon = userdata;

        daemon_begin_turn(daemon);
        lines_port_opened(daemon->lines, index);
        gateway_port_opened(daemon->gateway, index);
}

static void on_port_bytes(void *userdata, size_t index, const char *bytes, size_t n) {
        Daemon *daemon = userdata;

        daemon_begin_turn(daemon);
        gateway_feed(daemon->gateway, index, bytes, n);
}

static void on_port_lost(void *userdata, size_t index) {
        Daemon *daemon = userdata;

        daemon_begin_turn(daemon);
        gateway_port_lost(daemon->gateway, index);
}

static void on_port_refused(void *userdata, size_t index, int error, const char *holder) {
        Daemon *daemon = userdata;

        daemon_begin_turn(daemon);
        gateway_port_refused(daemon->gateway, index, error, holder);
}

static const PortsHandlers ports_handlers = {
        .on_open = on_port_open,
        .on_bytes = on_port_bytes,
        .on_lost = on_port_lost,
        .on_refused = on_port_refused,
};

static bool line_watched(void *userdata, size_t index) {
        const Daemon *daemon = userdata;

        return index < gateway_n_modules(daemon->gateway) &&
               gateway_watches_lines(daemon->gateway, index);
}

static int line_read(void *userdata, size_t index) {
        return ports_dcd(((Daemon *) userdata)->ports, index);
}

static void on_line_toggled(void *userdata, size_t index) {
        Daemon *daemon = userdata;

        daemon_begin_turn(daemon);
        gateway_line_toggled(daemon->gateway, index);
}

static const LinesHost lines_host = {
        .interval = LINES_INTERVAL,
        .watched = line_watched,
        .read = line_read,
        .toggled = on_line_toggled,
};

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata) {
        daemon_begin_turn(userdata);
        return 0; /* the post source settles */
}

/* the end of the turn */

/* A few rows at a time, and after all that a turn has to do: nothing waits for it. Not soon after
 * the start, when the clock may still be set. */
static void prune(Daemon *daemon, const Clock *now) {
        const Prune prune = {
                .before = usec_sub(now->realtime, daemon->settings->history_keep),
                .now = now->realtime,
                .rows = PRUNE_ROWS,
                .events_max = STORE_EVENTS_MAX,
        };
        int r;

        if (!daemon->store || now->boottime < daemon->prune_at)
                return;
        daemon->prune_at = usec_add(now->boottime, USEC_PER_HOUR);
        if (!gateway_storage_ok(daemon->gateway) || !gateway_reports_allowed(daemon->gateway))
                return;
        r = store_prune(daemon->store, &prune);
        if (r < 0)
                log_debug("Old history could not be deleted: %s", strerror(-r));
        else if (r >= PRUNE_ROWS)
                daemon->prune_at = usec_add(now->boottime, PRUNE_PAUSE);
}

static int arm_timers(Daemon *daemon) {
        usec_t deadline = gateway_deadline(daemon->gateway);
        int r = lines_arm(daemon->lines);

        if (r < 0)
                return r;
        deadline = MIN_OF(deadline, daemon_uplink_deadline(daemon));
        deadline = MIN_OF(deadline, daemon_frames_deadline(daemon));
        deadline = MIN_OF(deadline, daemon->prune_at);
        if (daemon->stopping)
                deadline = MIN_OF(deadline, daemon->stop_at);
        if (deadline == USEC_INFINITY)
                return sd_event_source_set_enabled(daemon->timer, SD_EVENT_OFF);
        r = sd_event_source_set_time(daemon->timer, deadline);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(daemon->timer, SD_EVENT_ONESHOT);
}

/* Stopping: an install goes on without us, but a module that has half a package should not be left
 * so. */

static void stop_pushes(Daemon *daemon) {
        daemon->stop_at = usec_add(clock_now().boottime, CANCEL_MAX);
        gateway_cancel_pushes(daemon->gateway, "fotad stops");
}

static void leave(Daemon *daemon) {
        const char *flashing = power_flashing(daemon->power);

        if (flashing[0])
                log_notice("Stopping while firmware is being installed on %s: that goes on without "
                           "fotad, keep the power on; the next start looks at the result",
                           flashing);
        (void) sd_event_exit(daemon->event, 0);
}

static void look_at_stop(Daemon *daemon, const Clock *now) {
        if (!daemon->stopping)
                return;
        if (!gateway_pushes(daemon->gateway) ||
            (daemon->stopping > 1 && now->boottime >= daemon->stop_at))
                leave(daemon);
        else if (now->boottime >= daemon->stop_at) {
                daemon->stopping++;
                stop_pushes(daemon);
        }
}

static int on_stop_signal(sd_event_source *source _unused_,
                          const struct signalfd_siginfo *info _unused_, void *userdata) {
        Daemon *daemon = userdata;

        daemon_begin_turn(daemon);
        daemon->stopping++;
        if (daemon->stopping > 1)
                stop_pushes(daemon);
        else {
                daemon->stop_at = usec_add(clock_now().boottime, PUSH_WAIT_MAX);
                if (gateway_pushes(daemon->gateway))
                        log_notice("Stopping waits up to a minute for a package that goes over a "
                                   "port; "
                                   "a second signal ends it at once");
        }
        return 0; /* the post source exits */
}

/* Who flashes, for those who hold the power switch: logind, and whoever looks at the service. */
static void show_power(Daemon *daemon) {
        char buffer[256];
        Text text;

        text_init(&text, buffer, sizeof(buffer));
        for (size_t i = 0; i < gateway_n_modules(daemon->gateway); i++)
                if (gateway_installs_now(daemon->gateway, i))
                        text_printf(&text, "%s%s", text.length > 0 ? ", " : "",
                                    module_name(gateway_module(daemon->gateway, i)));
        power_update(daemon->power, buffer, gateway_n_modules(daemon->gateway));
}

static int on_post(sd_event_source *source _unused_, void *userdata) {
        Daemon *daemon = userdata;
        const Clock now = daemon_begin_turn(daemon);

        if (daemon->frames)
                frames_turn(daemon->frames);
        gateway_settle(daemon->gateway);
        daemon_uplink_kick(daemon);
        prune(daemon, &now);
        show_power(daemon);
        look_at_stop(daemon, &now);
        return arm_timers(daemon);
}

static int on_reload_signal(sd_event_source *source _unused_,
                            const struct signalfd_siginfo *info _unused_, void *userdata) {
        char why[1024];

        (void) daemon_reload(userdata, why, sizeof(why)); /* logged there */
        return 0;
}

/* the bus */

static int each_job(void *userdata, const HistoryQuery *query, JobHandler handler,
                    void *handler_userdata) {
        Daemon *daemon = userdata;

        return daemon->store ? store_each_job(daemon->store, query, handler, handler_userdata) :
                               -EIO;
}

static int each_event(void *userdata, const HistoryQuery *query, EventHandler handler,
                      void *handler_userdata) {
        Daemon *daemon = userdata;

        return daemon->store ? store_each_event(daemon->store, query, handler, handler_userdata) :
                               -EIO;
}

static Clock control_now(void *userdata) {
        return daemon_begin_turn(userdata);
}

static const ControlHost control_host = {
        .reload = daemon_reload,
        .each_job = each_job,
        .each_event = each_event,
        .uplink_status = daemon_uplink_status,
        .uplink_flush = daemon_uplink_flush,
        .now = control_now,
        .package_take = daemon_package_take,
        .package_drop = daemon_package_close,
        .inhibitor_hold = daemon_lease_hold,
};

/* start */

/* Two daemons on one state directory would both answer the modules. */
static int lock_state(Daemon *daemon) {
        char path[PATH_MAX + 16];

        if (mkdir(daemon->settings->state_directory, 0700) < 0 && errno != EEXIST)
                return log_error_errno(errno, "%s: the state directory can't be made: %m",
                                       daemon->settings->state_directory);
        (void) snprintf(path, sizeof(path), "%s/lock", daemon->settings->state_directory);
        daemon->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (daemon->lock_fd < 0) {
                log_warning("%s: can't be locked: %s", path, strerror(errno)); /* the store will say
                                                                                  more */
                return 0;
        }
        if (flock(daemon->lock_fd, LOCK_EX | LOCK_NB) < 0)
                return log_error_errno(errno, "%s: another fotad uses this state directory",
                                       daemon->settings->state_directory);
        return 0;
}

int daemon_open_store(const Daemon *daemon, Store **ret, char *why, size_t why_size) {
        char path[PATH_MAX + 16];

        (void) snprintf(path, sizeof(path), "%s/fotad.db", daemon->settings->state_directory);
        return store_open(path, ret, why, why_size);
}

static void boot_id(char to[static BOOT_ID_MAX]) {
        sd_id128_t id;

        to[0] = '\0';
        if (sd_id128_get_boot(&id) >= 0)
                (void) sd_id128_to_uuid_string(id, to);
}

/* Rows that can not be read hold nothing back, so the store is then not used at all. */
static size_t load_inhibitors(Daemon *daemon, InhibitorRow ret[static INHIBITORS_MAX]) {
        const int n = daemon->store ? store_load_inhibitors(daemon->store, ret, INHIBITORS_MAX) : 0;

        if (n >= 0)
                return (size_t) n;
        (void) TEXT_COPY(daemon->storage_error, "the inhibitors can't be read");
        daemon->store = store_free(daemon->store);
        return 0;
}

static int start_gateway(Daemon *daemon) {
        InhibitorRow inhibitors[INHIBITORS_MAX];
        StoreCounters counters = { 0 };
        GatewayStart start = {
                .settings = daemon->settings,
                .now = clock_now(),
                .build_time = FOTAD_BUILD_EPOCH * USEC_PER_SEC,
                .load = daemon_load_module,
                .each_install = daemon_each_install,
        };

        boot_id(start.boot_id);
        if (daemon->store && store_counters(daemon->store, &counters) < 0) {
                (void) TEXT_COPY(daemon->storage_error, "the database can't be read");
                daemon->store = store_free(daemon->store);
        }
        start.inhibitors = inhibitors;
        start.n_inhibitors = load_inhibitors(daemon, inhibitors);
        start.last_event = counters.last_event;
        start.last_job = counters.last_job;
        start.last_report = counters.last_report;
        start.last_act = counters.last_act;
        start.newest_row = counters.newest;
        start.storage_ok = daemon->store != NULL;
        (void) TEXT_COPY(start.storage_error, daemon->storage_error);
        if (!daemon->store && daemon->failed_since == 0)
                daemon->failed_since = start.now.realtime;
        start.failed_since = daemon->failed_since;
        start.lost_events = daemon->lost_events;
        const int r = gateway_new(&start, &daemon_gateway_host, daemon, &daemon->gateway);
        if (r < 0)
                return log_error_errno(r, "Out of memory");
        if (daemon->store)
                daemon->failed_since = daemon->lost_events = 0;
        daemon_leases_start(daemon);
        return 0;
}

static int start_ports(Daemon *daemon) {
        int r = ports_new(daemon->event, &ports_handlers, daemon, &daemon->ports);

        if (r >= 0)
                r = lines_new(daemon->event, &lines_host, daemon, &daemon->lines);
        if (r < 0)
                return log_error_errno(r, "The ports can't be watched: %m");
        for (size_t i = 0; i < daemon->settings->n_modules; i++) {
                const ModuleSettings *module = daemon->settings->modules + i;
                const PortSettings port = { .baud_rate = module->baud_rate,
                                            .rts_cts = module->rts_cts };

                r = ports_add(daemon->ports, i, module->device, &port);
                if (r < 0)
                        return log_error_errno(r, "%s: the port can't be watched: %m",
                                               module->name);
        }
        return 0;
}

static int start_sources(Daemon *daemon) {
        int r = sd_event_add_time(daemon->event, &daemon->timer, CLOCK_BOOTTIME, 0, TIMER_ACCURACY,
                                  on_timer, daemon);

        if (r >= 0)
                r = sd_event_source_set_description(daemon->timer, "deadline");
        if (r >= 0)
                r = sd_event_add_post(daemon->event, &daemon->post, on_post, daemon);
        if (r >= 0)
                r = sd_event_source_set_description(daemon->post, "settle");
        if (r >= 0)
                r = sd_event_add_signal(daemon->event, NULL, SIGTERM, on_stop_signal, daemon);
        if (r >= 0)
                r = sd_event_add_signal(daemon->event, NULL, SIGINT, on_stop_signal, daemon);
        if (r >= 0)
                r = sd_event_add_signal(daemon->event, NULL, SIGHUP, on_reload_signal, daemon);
        if (r >= 0)
                r = daemon_clock_watch(daemon);
        if (r >= 0)
                r = sd_event_set_watchdog(daemon->event, true);
        return r < 0 ? log_error_errno(r, "The event loop can't be set up: %m") : 0;
}

static int start_control(Daemon *daemon) {
        const int r = control_new(daemon->event, daemon->gateway, TAKE_FD(daemon->listen_fd),
                                  &control_host, daemon, &daemon->control);

        if (r < 0)
                return log_error_errno(r, "%s: can't listen there: %m",
                                       daemon->settings->control.socket);
        return 0;
}

static int start(Daemon *daemon) {
        char why[sizeof(daemon->storage_error)];
        int r = sd_event_default(&daemon->event);

        if (r < 0)
                return log_error_errno(r, "No event loop: %m");
        r = lock_state(daemon);
        if (r < 0)
                return r;
        r = power_new(daemon->event, &daemon->power);
        if (r < 0)
                return log_error_errno(r, "Out of memory");
        if (daemon_open_store(daemon, &daemon->store, why, sizeof(why)) < 0) {
                daemon->store = NULL;
                (void) TEXT_COPY(daemon->storage_error, why);
        }
        r = start_gateway(daemon);
        if (r >= 0)
                r = start_sources(daemon);
        if (r >= 0)
                r = daemon_clock_start(daemon);
        if (r >= 0)
                r = start_control(daemon);
        if (r >= 0)
                r = daemon_uplink_start(daemon);
        if (r >= 0)
                r = daemon_frames_start(daemon);
        if (r >= 0)
                r = daemon_downlink_start(daemon);
        if (r >= 0)
                r = start_ports(daemon);
        return r;
}

/* The reverse order of start. */
static void stop(Daemon *daemon) {
        if (daemon->gateway && daemon->store && daemon->ports)
                gateway_settle(daemon->gateway);
        daemon->lines = lines_free(daemon->lines);
        daemon->ports = ports_free(daemon->ports);
        daemon_downlink_stop(daemon);
        daemon_frames_stop(daemon);
        daemon_uplink_stop(daemon);
        daemon->control = control_free(daemon->control);
        daemon_clock_stop(daemon);
        daemon->power = power_free(daemon->power);
        daemon_leases_stop(daemon);
        daemon->gateway = gateway_free(daemon->gateway);
        daemon->store = store_free(daemon->store);
        daemon->post = sd_event_source_disable_unref(daemon->post);
        daemon->timer = sd_event_source_disable_unref(daemon->timer);
        daemon_packages_clear(daemon);
        daemon->event = sd_event_unref(daemon->event);
        daemon->lock_fd = fd_close(daemon->lock_fd);
        daemon->listen_fd = fd_close(daemon->listen_fd);
}

static int run_once(Daemon *daemon) {
        int r = start(daemon);

        if (r >= 0) {
                const Clock now = daemon_begin_turn(daemon);
                gateway_settle(daemon->gateway);
                daemon->prune_at = usec_add(now.boottime, USEC_PER_HOUR);
                r = arm_timers(daemon);
        }
        if (r >= 0) {
                (void) sd_notifyf(0, "READY=1\nSTATUS=Modules: %zu", daemon->settings->n_modules);
                log_info("Started; modules: %zu", daemon->settings->n_modules);
                r = sd_event_loop(daemon->event);
                if (r < 0)
                        (void) log_error_errno(r, "The event loop failed: %m");
        }
        if (daemon->start_over) /* one of them, storage-failed, is written anew */
                daemon->lost_events += gateway_n_unwritten(daemon->gateway) - 1;
        else
                (void) sd_notify(0, "STOPPING=1");
        stop(daemon);
        return r;
}

static void names_free(char **names) {
        for (char **name = names; name && *name; name++)
                free(*name);
        free(names);
}

/* What systemd passes in, told apart by name (FileDescriptorName=): the descriptors of inhibitors,
 * the endpoint's, which is `downlink`, and any other is the control socket. More than one of a kind
 * are not served. */
static void take_passed_fds(Daemon *daemon) {
        char **names = NULL;
        const int n = sd_listen_fds_with_names(/* unset_environment= */ true, &names);

        for (int i = 0; i < n; i++) {
                const int fd = SD_LISTEN_FDS_START + i;
                int *place =
                        streq(names[i], "downlink") ? &daemon->downlink_fd : &daemon->listen_fd;

                if (daemon_lease_passed(daemon, names[i], fd))
                        continue;
                if (*place < 0)
                        *place = fd;
                else {
                        log_warning("A second socket '%s' was passed in and is not used", names[i]);
                        (void) fd_close(fd);
                }
        }
        names_free(names);
}

int daemon_run(const char *config_path, Settings *settings) {
        daemon_use_timezone(settings);
        Daemon daemon = {
                .config_path = config_path,
                .settings = settings,
                .lock_fd = -EBADF,
                .clock_fd = -EBADF,
                .listen_fd = -EBADF,
                .downlink_fd = -EBADF,
        };
        int r;

        take_passed_fds(&daemon);
        do {
                daemon.start_over = false;
                const int fd = daemon.listen_fd >= 0 ? fcntl(daemon.listen_fd, F_DUPFD_CLOEXEC, 3) :
                                                       -EBADF;
                r = run_once(&daemon);
                daemon.listen_fd = daemon.start_over ? fd : fd_close(fd);
        } while (daemon.start_over && r >= 0);
        daemon.downlink_fd = fd_close(daemon.downlink_fd);
        daemon_leases_clear(&daemon);
        settings_free(daemon.settings);
        return r;
}
