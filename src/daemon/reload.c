/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A new configuration while fotad runs. All or nothing: on any error the running one stays. A
 * module keeps its port when name, family, device and line settings are the same and it stands at
 * the same place; every other port is closed and opened anew. */

#include "base/log.h"
#include "daemon/daemon.h"

void daemon_config_message(void *userdata, bool is_error, const char *message) {
        log_full(is_error ? LOG_ERR : LOG_WARNING, NULL, "%s", message);
        if (userdata && is_error) {
                text_add(userdata, message);
                text_add(userdata, "\n");
        }
}

void daemon_use_timezone(const Settings *settings) {
        static char system_zone[64];
        static bool known, was_set;
        const char *zone = getenv("TZ");

        if (!known) {
                known = true;
                was_set = zone && TEXT_COPY(system_zone, zone);
        }
        if (settings->gateway.timezone[0])
                (void) setenv("TZ", settings->gateway.timezone, 1);
        else if (was_set)
                (void) setenv("TZ", system_zone, 1);
        else
                (void) unsetenv("TZ");
}

static bool keeps_port(const ModuleSettings *before, const ModuleSettings *after) {
        return streq(before->name, after->name) && before->family == after->family &&
               streq(before->device, after->device) && before->baud_rate == after->baud_rate &&
               before->rts_cts == after->rts_cts;
}

static bool module_keeps_port(const Settings *before, const Settings *after, size_t i) {
        return i < before->n_modules && i < after->n_modules &&
               keeps_port(before->modules + i, after->modules + i);
}

static void warn_of_restart(const Settings *before, const Settings *after) {
        if (!streq(before->control.socket, after->control.socket))
                log_warning("control.socket changed: it takes effect with a restart of fotad");
        if (!streq(before->state_directory, after->state_directory))
                log_warning("state_directory changed: it takes effect with a restart of fotad");
}

static void open_ports(Daemon *daemon, const Settings *before) {
        for (size_t i = 0; i < daemon->settings->n_modules; i++) {
                const ModuleSettings *module = daemon->settings->modules + i;
                const PortSettings port = { .baud_rate = module->baud_rate,
                                            .rts_cts = module->rts_cts };

                if (module_keeps_port(before, daemon->settings, i))
                        continue;
                const int r = ports_add(daemon->ports, i, module->device, &port);
                if (r < 0)
                        (void) log_error_errno(r, "%s: the port can't be watched: %m",
                                               module->name);
        }
}

static int reload_settings(Daemon *daemon, Settings *settings) {
        const Settings *before = daemon->settings;

        for (size_t i = 0; i < before->n_modules; i++)
                if (!module_keeps_port(before, settings, i)) {
                        gateway_port_lost(daemon->gateway, i);
                        ports_remove(daemon->ports, i);
                }
        daemon_use_timezone(settings);
        const int r = gateway_reload(daemon->gateway, settings);
        if (r < 0)
                return r;
        daemon_uplink_stop(daemon);
        daemon->settings = settings;
        open_ports(daemon, before);
        const int clock = daemon_clock_start(daemon);
        const int uplink = daemon_uplink_start(daemon);
        const int frames = daemon_frames_reload(daemon);
        return clock < 0 ? clock : uplink < 0 ? uplink : frames;
}

/* What is known of a module that comes must be read, or it would be taken for one that is new. A
 * database that was never open is read when it opens. */
static int check_known(const Daemon *daemon, const Settings *settings, Text *why) {
        for (size_t i = 0; daemon->store && i < settings->n_modules; i++) {
                const ModuleSettings *module = settings->modules + i;
                ModuleRecord record;
                JobRow job, last_job;
                int r;

                if (gateway_find(daemon->gateway, module->name))
                        continue;
                r = store_load_history(daemon->store, module->name, &record, &job, &last_job);
                if (r < 0 && r != -ENOENT) {
                        text_printf(why,
                                    "What the database holds of %s can not be read; reload again "
                                    "when storage is restored",
                                    module->name);
                        return r;
                }
        }
        return 0;
}

static int check_modules(const Daemon *daemon, const Settings *settings, Text *why) {
        const Module *module = gateway_reload_hindrance(daemon->gateway, settings);

        if (module) {
                text_printf(why,
                            "%s installs: take it out, rename it or change its family when that "
                            "has ended",
                            module_name(module));
                return -EBUSY;
        }
        return check_known(daemon, settings, why);
}

int daemon_reload(void *userdata, char *why, size_t size) {
        Daemon *daemon = userdata;
        _cleanup_(settings_freep) Settings *settings = NULL;
        Settings *before = daemon->settings;
        Text text;

        text_init(&text, why, size);
        int r = config_load(daemon->config_path, daemon_config_message, &text, &settings);
        if (r < 0) {
                if (text.length == 0)
                        text_printf(&text, "%s: %s", daemon->config_path, strerror(-r));
                log_warning("The new configuration has errors; the running one stays in force");
                return -EINVAL;
        }
        daemon_begin_turn(daemon);
        r = check_modules(daemon, settings, &text);
        if (r < 0) {
                log_error("%s", why);
                log_warning("The running configuration stays in force");
                return -EINVAL;
        }
        r = daemon_downlink_prepare(daemon, settings, &text);
        if (r < 0) {
                log_error("%s", why);
                log_warning("The downlink endpoint could not be changed; the running configuration "
                            "and certificate stay in force");
                return -EINVAL;
        }
        warn_of_restart(before, settings);
        r = reload_settings(daemon, settings);
        if (daemon->settings == settings) {
                TAKE_PTR(settings);
                settings_free(before);
                daemon_downlink_take(daemon);
        } else
                daemon_downlink_forget(daemon);
        if (r < 0) {
                text_printf(&text, "%s", strerror(-r));
                return r;
        }
        control_modules_reloaded(daemon->control);
        log_info("Configuration reloaded");
        return 0;
}
