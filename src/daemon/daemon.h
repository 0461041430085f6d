/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The hands of the daemon: everything that sd-event, the store, the ports, the bus and the uplink
 * have to do with each other. It decides nothing; see core/gateway.h for what does. */

#include "config/config.h"
#include "control/control.h"
#include "core/gateway.h"
#include "at/ports.h"
#include "daemon/lines.h"
#include "daemon/power.h"
#include "daemon/timedate.h"
#include "downlink/frames.h"
#include "store/store.h"
#include "uplink/uplink.h"

/* A package that is, or will be, pushed to a module: an unlinked copy of its own. */
typedef struct PackageSlot {
        char module[MODULE_NAME_MAX]; /* "" free */
        int fd;
        uint64_t size; /* bytes */
} PackageSlot;

/* A report that is to show that another network interface leads out. */
typedef struct PathProof {
        char module[MODULE_NAME_MAX]; /* its next report, "" none is wanted */
        char interface[INTERFACE_NAME_MAX];
        uint64_t report; /* on its way there, 0 none */
} PathProof;
typedef struct Downlink Downlink;
/* The read end of an inhibitor's pipe. */
typedef struct LeaseFd {
        uint64_t id;
        int fd;
        sd_event_source *source; /* NULL: not watched, its lease is not known yet */
} LeaseFd;

typedef struct Daemon {
        const char *config_path; /* borrowed */
        sd_event *event;
        sd_event_source *timer, *post, *clock, *zone;
        int clock_fd;
        Settings *settings;
        Store *store; /* NULL: it could not be opened; tried again from time to time */
        Gateway *gateway;
        Ports *ports;
        Lines *lines;
        Timedate *timedate; /* with trusted_time: synchronized */
        Control *control;
        Queue *queue;   /* NULL without uplink */
        Sender *sender; /* NULL without uplink */
        PathProof proof;
        bool on_other_path; /* reports go that way now */
        int lock_fd;
        int listen_fd;   /* of socket activation, -EBADF: none */
        int downlink_fd; /* the same, for the downlink endpoint */
        Downlink *downlink;
        Frames *frames;  /* NULL: there was no downlink yet */
        usec_t prune_at; /* boot time of the next prune */
        bool start_over;
        unsigned stopping; /* signals so far: one waits for pushes, two end them */
        usec_t stop_at;    /* boot time, with `stopping` */
        PackageSlot packages[MODULES_MAX];
        Power *power;
        size_t n_leases;
        LeaseFd leases[INHIBITORS_MAX];
        char storage_error[160]; /* why it could not be opened last */
        usec_t failed_since;     /* realtime; 0: the last start had a store */
        uint64_t lost_events;    /* since then, of gateways that are gone */
} Daemon;

/* Runs until SIGTERM or SIGINT; 0, or a negative errno that was logged. Takes `settings`. */
_must_use_ int daemon_run(const char *config_path, Settings *settings);

/* Every input begins one; its time. */
Clock daemon_begin_turn(Daemon *daemon);
_must_use_ int daemon_open_store(const Daemon *daemon, Store **ret, char *why, size_t why_size);

/* host.c: what the gateway calls, userdata is the Daemon */
extern const GatewayHost daemon_gateway_host;
bool daemon_load_module(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                        JobRow *ret_last_job);
int daemon_each_install(void *userdata, ModuleHandler handler, void *handler_userdata);
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
void daemon_prove_path(void *userdata, const Module *module, const char *interface);

/* clock.c: the wall clock, and who says that it is right */
_must_use_ int daemon_clock_watch(Daemon *daemon); /* somebody sets it, or its zone */
int daemon_clock_start(Daemon *daemon);            /* who says so, as it is configured now */
void daemon_clock_stop(Daemon *daemon);

/* downlink.c: the endpoint of the application server's commands */
_must_use_ int daemon_downlink_start(Daemon *daemon);
void daemon_downlink_stop(Daemon *daemon);
/* What a reload needs is opened first, then taken or forgotten. Negative: it can't be, told in
 * `why`, and the endpoint stays as it is. */
_must_use_ int daemon_downlink_prepare(Daemon *daemon, const Settings *settings, Text *why);
void daemon_downlink_take(Daemon *daemon); /* daemon->settings are the new ones */
void daemon_downlink_forget(Daemon *daemon);

/* frames.c: what they ask for */
_must_use_ int daemon_frames_start(Daemon *daemon);
void daemon_frames_stop(Daemon *daemon);
_must_use_ int daemon_frames_reload(Daemon *daemon); /* after gateway_reload() */
usec_t daemon_frames_deadline(const Daemon *daemon); /* boot time */

/* leases.c: the descriptors of inhibitors */
/* Takes `fd`, the end of the pipe that hangs up with the lease. */
_must_use_ int daemon_lease_hold(void *userdata, uint64_t id, int fd);
void daemon_lease_drop(void *userdata, uint64_t id); /* the lease is over */
/* A descriptor that systemd kept; false: it is of another kind, and not taken. */
bool daemon_lease_passed(Daemon *daemon, const char *name, int fd);
void daemon_leases_start(Daemon *daemon); /* with a new gateway */
void daemon_leases_stop(Daemon *daemon);
void daemon_leases_clear(Daemon *daemon);

/* reload.c */
void daemon_use_timezone(const Settings *settings); /* windows and log lines are in gateway.timezone
                                                     */
int daemon_reload(void *userdata, char *why, size_t size);
/* Logs configuration messages; userdata: NULL, or a Text that gets the errors too. */
void daemon_config_message(void *userdata, bool is_error, const char *message);
