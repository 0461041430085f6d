/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The hands of the daemon: everything that sd-event, the store, the ports, the bus and the uplink
 * have to do with each other. It decides nothing; see core/gateway.h for what does. */

#include "config/config.h"
#include "control/control.h"
#include "core/gateway.h"
#include "at/ports.h"
#include "daemon/lines.h"
#include "store/store.h"
#include "uplink/uplink.h"

/* A package that is, or will be, pushed to a module: an unlinked copy of its own. */
typedef struct PackageSlot {
        char module[MODULE_NAME_MAX]; /* "" free */
        int fd;
        uint64_t size; /* bytes */
} PackageSlot;

typedef struct Daemon {
        const char *config_path; /* borrowed */
        sd_event *event;
        sd_event_source *timer, *post, *clock;
        int clock_fd;
        Settings *settings;
        Store *store; /* NULL: it could not be opened; tried again from time to time */
        Gateway *gateway;
        Ports *ports;
        Lines *lines;
        Control *control;
        Queue *queue;   /* NULL without uplink */
        Sender *sender; /* NULL without uplink */
        int lock_fd;
        int listen_fd;   /* of socket activation, -EBADF: none */
        usec_t prune_at; /* boot time of the next prune */
        bool start_over;
        unsigned stopping; /* signals so far: one waits for pushes, two end them */
        usec_t stop_at;    /* boot time, with `stopping` */
        PackageSlot packages[MODULES_MAX];
        char storage_error[160];
} Daemon;

/* Runs until SIGTERM or SIGINT; 0, or a negative errno that was logged. Takes `settings`. */
_must_use_ int daemon_run(const char *config_path, Settings *settings);

_must_use_ int daemon_open_store(const Daemon *daemon, Store **ret, char *why, size_t why_size);

/* host.c: what the gateway calls, userdata is the Daemon */
extern const GatewayHost daemon_gateway_host;
bool daemon_load_module(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                        JobRow *ret_last_job);
void daemon_log_event(const EventRow *row);

/* packages.c: what GatewayHost and ControlHost say of packages */
int daemon_package_take(void *userdata, const char *module, int fd, char *why, size_t size);
int daemon_package_open(void *userdata, const char *module, const PackageSettings *package,
                        uint64_t *ret_bytes, char *why, size_t size);
int daemon_package_read(void *userdata, const char *module, uint64_t offset, void *to, size_t n);
void daemon_package_close(void *userdata, const char *module);
void daemon_packages_clear(Daemon *daemon);

/* uplink.c: the outbox's way out */
_must_use_ int daemon_uplink_start(Daemon *daemon);
void daemon_uplink_stop(Daemon *daemon);
void daemon_uplink_kick(Daemon *daemon);
usec_t daemon_uplink_deadline(const Daemon *daemon); /* boot time */
bool daemon_uplink_status(void *userdata, UplinkStatus *ret);
void daemon_uplink_flush(void *userdata);

/* reload.c */
void daemon_use_timezone(const Settings *settings); /* windows and log lines are in gateway.timezone
                                                     */
int daemon_reload(void *userdata, char *why, size_t size);
/* Logs configuration messages; userdata: NULL, or a Text that gets the errors too. */
void daemon_config_message(void *userdata, bool is_error, const char *message);
