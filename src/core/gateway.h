/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The daemon's mind without its hands: all modules, their lifecycle, and who may go when. Sans-I/O:
 * bytes, time and orders come in as calls, everything that must happen goes out through
 * GatewayHost. One turn of the loop is
 *
 *     gateway_turn(now) .. any number of inputs .. gateway_settle()
 *
 * and gateway_settle() does: decide -> one commit -> act -> publish. fotad.c drives it with
 * sd-event, tests/sim with a simulated clock. */

#include "core/catalogue.h"
#include "core/record.h"
#include "policy/forecast.h"

typedef struct Gateway Gateway;
typedef struct Module Module;

typedef struct GatewayHost {
        /* All or nothing on disk. Negative errno: storage failed; called again with more rows after
         * recover() returned 0. */
        int (*commit)(void *userdata, const Batch *batch);
        int (*recover)(void *userdata);
        void (*write)(void *userdata, size_t module, const char *bytes, size_t n);
        /* A journal row that is durable (storage-failed itself is the exception). */
        void (*publish)(void *userdata, const EventRow *row);
        /* Something that gateway_view() shows has changed. */
        void (*changed)(void *userdata, const Module *module);
        /* Turns an event into a report; false: not reported. NULL: nothing is ever reported. */
        bool (*report)(void *userdata, const EventRow *row, const Module *module, ReportRow *ret);
        /* The package that the module's job pushes. Opens one of the catalogue (a file was put
         * there before its ORDER_UPDATE): 0 with its size once its SHA-256 is right; negative errno
         * with the reason for people. `package` NULL: is there one already? -ENOENT: none. */
        int (*package_open)(void *userdata, const char *module, const PackageSettings *package,
                            uint64_t *ret_bytes, char *why, size_t why_size);
        int (*package_read)(void *userdata, const char *module, uint64_t offset, void *to,
                            size_t n);
        void (*package_close)(void *userdata, const char *module);
        /* New reports of this module, configured or gone, are on disk. */
        void (*reports_ready)(void *userdata, const char *module);
        /* The next report of this module is to go through that network interface, once: it proves
         * the way. Answered by gateway_path_answered(). NULL: there is no way out at all. */
        void (*prove_path)(void *userdata, const Module *module, const char *interface);
        /* An INHIBITOR_DESCRIPTOR is over: let its descriptor go. May be NULL. */
        void (*inhibitor_ended)(void *userdata, uint64_t id);
} GatewayHost;

typedef struct GatewayStart {
        const Settings *settings; /* borrowed until gateway_free() or gateway_reload() */
        Clock now;
        char boot_id[BOOT_ID_MAX];
        uint64_t last_event, last_job, last_report, last_act; /* from the store */
        usec_t newest_row;                                    /* realtime */
        usec_t build_time; /* realtime of the build: a clock before it is not trusted */
        bool storage_ok;
        char storage_error[160]; /* why not */
        /* The gateway before had no database, for that reason: since then (realtime, 0: it had),
         * and so many events end with it. */
        usec_t failed_since;
        uint64_t lost_events;
        /* Loads what is known of a module, its running job and its last one; false: new module
         * (job.id 0: none). */
        bool (*load)(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                     JobRow *ret_last_job);
        /* Every module that ever installed, also those that are not configured any more; may be
         * NULL. */
        int (*each_install)(void *userdata, ModuleHandler handler, void *handler_userdata);
        const InhibitorRow *inhibitors; /* as stored; borrowed by gateway_new() */
        size_t n_inhibitors;
} GatewayStart;

/* -ENOMEM; host is borrowed for good */
_must_use_ int gateway_new(const GatewayStart *start, const GatewayHost *host, void *userdata,
                           Gateway **ret);
Gateway *gateway_free(Gateway *gateway);
DEFINE_CLEANUP(Gateway *, gateway_free)

/* the turn */

void gateway_turn(Gateway *gateway, const Clock *now);
/* The system's time zone is another one: the next turn sees it, be it in the same second. */
void gateway_zone_changed(Gateway *gateway);
/* Commits what waits, without deciding; false when storage failed. */
bool gateway_commit(Gateway *gateway);
void gateway_settle(Gateway *gateway);
/* Boot time of the next turn that must happen even if nothing comes in; USEC_INFINITY: none. */
usec_t gateway_deadline(const Gateway *gateway);

/* inputs from the ports; `index` is the module's in settings */

void gateway_port_opened(Gateway *gateway, size_t index);
void gateway_port_lost(Gateway *gateway, size_t index);
void gateway_port_refused(Gateway *gateway, size_t index, int error, const char *holder);
void gateway_feed(Gateway *gateway, size_t index, const char *bytes, size_t n);

/* inputs from the uplink */

void gateway_report_settled(Gateway *gateway, uint64_t id, Settlement settlement);
/* Can what is on its way, and one more, be settled? Commits first, if it must. */
bool gateway_can_settle(Gateway *gateway);
/* What came of GatewayHost.prove_path(): the report was delivered, or why not. */
void gateway_path_answered(Gateway *gateway, const char *interface, bool delivered,
                           const char *why);
/* The network interface that all reports go through now, because the module that carries them
 * installs; "": as the system routes them. */
const char *gateway_other_path(const Gateway *gateway);

/* inputs from the clock */

/* For trusted_time: synchronized. `why` is for people, when it is not. */
void gateway_clock_synchronized(Gateway *gateway, bool synchronized, const char *why);

/* Journals an event that is not a module's lifecycle's (uplink-lost, spool-overflow,
 * client-too-slow, ...). */
void gateway_note(Gateway *gateway, const char *module, EventKind event, const char *key,
                  const char *text, int64_t number);

/* orders of people and servers */

typedef enum OrderKind {
        ORDER_CONNECT,
        ORDER_DISCONNECT,
        ORDER_ACCEPT,  /* consent to `action`; `now`: windows are overridden */
        ORDER_DEFER,   /* `action`, for `span` */
        ORDER_UPDATE,  /* open a session and take what the server offers; ret_job is the job */
        ORDER_CANCEL,  /* the running job is given up; what the module installs already can't be
                          stopped */
        ORDER_SUSPEND, /* a download is stopped until ORDER_RESUME */
        ORDER_RESUME,
        ORDER_REGISTER, /* with the update server, at once: the forced registration after a SIM swap
                           too */
        _ORDER_MAX,
} OrderKind;
DECLARE_STRING_TABLE(order_kind, OrderKind);

typedef enum UpdateFrom {
        UPDATE_FROM_SERVER,    /* over the air */
        UPDATE_FROM_FILE,      /* GatewayHost.package_open() has it already */
        UPDATE_FROM_CATALOGUE, /* Settings.packages */
} UpdateFrom;

typedef struct Order {
        OrderKind kind;
        Action action;
        usec_t span;
        bool now;
        const char *who;    /* "root (uid 0)" */
        const Shown *shown; /* ACCEPT: what it is a yes to, NULL what is asked for now */
        UpdateFrom from;    /* UPDATE */
        const char *to; /* UPDATE from the catalogue: the version at the end, NULL the newest that
                           can be reached */
} Order;

typedef enum OrderResult {
        ORDER_DONE,
        ORDER_REFUSED, /* by policy or state; `why` says so */
        _ORDER_RESULT_MAX,
} OrderResult;

#define WHY_MAX 256
OrderResult gateway_order(Gateway *gateway, Module *module, const Order *order, uint64_t *ret_job,
                          char why[static WHY_MAX]);

/* The versions that an update from the catalogue would go through, the first hop's `to` first;
 * `to` NULL: the newest that can be reached. The number of hops, or -ENOENT with the reason. */
_must_use_ int gateway_plan(const Gateway *gateway, const Module *module, const char *to,
                            const PackageSettings *ret[static HOPS_MAX], char why[static WHY_MAX]);

/* Does a package go over the line of some module now? Stopping fotad waits for it. */
bool gateway_pushes(const Gateway *gateway);
/* Ends all transfers; their jobs end as cancelled. */
void gateway_cancel_pushes(Gateway *gateway, const char *who);

/* A person's AT command. The handler is called once, later: ok with the lines, or not ok with the
 * reason as the only line. ORDER_REFUSED: it could harm what runs. */
typedef void (*CommandHandler)(void *userdata, bool ok, const char *const *lines, size_t n_lines);
OrderResult gateway_command(Gateway *gateway, Module *module, const char *command,
                            CommandHandler handler, void *userdata, char why[static WHY_MAX]);
/* The caller is gone: its handlers must not be called any more. */
void gateway_command_forget(Gateway *gateway, void *userdata);

/* The settings of a module that an update loses. */
typedef enum SettingsOrder {
        SETTINGS_SHOW,    /* as saved last */
        SETTINGS_SAVE,    /* read them now and keep them */
        SETTINGS_DIFF,    /* read them now and compare */
        SETTINGS_RESTORE, /* write back what differs */
        _SETTINGS_ORDER_MAX,
} SettingsOrder;
DECLARE_STRING_TABLE(settings_order, SettingsOrder);

typedef struct SettingRow {
        char name[SETTING_NAME_MAX];
        char saved[SETTING_VALUE_MAX]; /* "" not saved; a secret is "(hidden)" */
        char now[SETTING_VALUE_MAX];   /* as read; "" not read, or the module does not tell */
        const char *fate; /* "saved", "same", "different", "restored", "refused" or "new" */
} SettingRow;

/* Called once, perhaps within gateway_settings_order() (SHOW), else later; not ok: `why` says what
 * went wrong and there are no rows. */
typedef void (*SettingsHandler)(void *userdata, bool ok, const char *why, const SettingRow *rows,
                                size_t n_rows);
OrderResult gateway_settings_order(Gateway *gateway, Module *module, SettingsOrder order,
                                   const char *who, SettingsHandler handler, void *userdata,
                                   char why[static WHY_MAX]);

/* inhibitors */

/* Takes a lease for `span`; id, since, until and boot_id are filled here. One whose owner went with
 * a restart of fotad goes on when the same one (uid, module, who and why) comes again, and one of
 * an application server is prolonged by another for the same module and actions. -EINVAL, -ENOENT
 * (no such module), other negative errno (refused: too many, no storage), with the reason. */
_must_use_ int gateway_inhibit(Gateway *gateway, const InhibitorRow *row, uint64_t *ret_id,
                               char why[static WHY_MAX]);
/* Its owner let go, or is gone; nothing when it is over already. */
void gateway_uninhibit(Gateway *gateway, uint64_t id, const char *because);
/* All that application server `by` has on this module ("": what names none); how many. */
unsigned gateway_uninhibit_server(Gateway *gateway, const char *module, const char *by,
                                  const char *because);
/* By somebody else, `by`: an application server's, or one whose owner is gone. -ENOENT: there is
 * none; other negative errno: refused, with the reason. */
_must_use_ int gateway_break_inhibitor(Gateway *gateway, uint64_t id, const char *by,
                                       char why[static WHY_MAX]);
/* Its descriptor was kept over a restart of fotad; false: the lease is over. */
bool gateway_inhibitor_held(Gateway *gateway, uint64_t id);
size_t gateway_n_inhibitors(const Gateway *gateway);
const InhibitorRow *gateway_inhibitor(const Gateway *gateway, size_t i);

/* Line signals: while a module flashes its DCD toggles, where the port has lines. */
bool gateway_watches_lines(const Gateway *gateway, size_t index);
void gateway_line_toggled(Gateway *gateway, size_t index);

/* The first module that installs and is not in `settings`, NULL: none. With it fotad would forget
 * to be silent, and whoever came to its port would be spoken to. */
const Module *gateway_reload_hindrance(const Gateway *gateway, const Settings *settings);
/* New settings with the same or other modules; takes nothing, borrows `settings` from now on.
 * Modules are matched by name. Indices change to those of the new settings: the caller reopens
 * ports. -ENOMEM leaves the old ones in force. */
_must_use_ int gateway_reload(Gateway *gateway, const Settings *settings);

/* looking */

size_t gateway_n_modules(const Gateway *gateway);
Module *gateway_module(const Gateway *gateway, size_t index);
Module *gateway_find(const Gateway *gateway, const char *name); /* NULL: none of that name */
const Settings *gateway_settings(const Gateway *gateway);
bool gateway_storage_ok(const Gateway *gateway);
/* Events that would end with it. */
uint64_t gateway_n_unwritten(const Gateway *gateway);
/* false: it started with a database that could not be opened, and what it held is not known. */
bool gateway_knows_past(const Gateway *gateway);
/* Does it install, or may it at any moment now? */
bool gateway_installs_now(const Gateway *gateway, size_t index);
/* Reports carry the time: none is sent while the clock is not trusted. */
bool gateway_reports_allowed(const Gateway *gateway);

/* The verdict on `action` as of now, with no side effect. */
void gateway_judge(const Gateway *gateway, const Module *module, Action action, Verdict *ret);
/* ... as of a later moment, if nothing happens meanwhile. */
void gateway_judge_at(const Gateway *gateway, const Module *module, Action action, usec_t realtime,
                      Verdict *ret);
/* The earliest moment of all its rules together. */
void gateway_forecast(const Gateway *gateway, const Module *module, Action action, Forecast *ret);
/* One of the needs of that. */
void gateway_need(const Gateway *gateway, const Module *module, Action action, Rule rule,
                  Need *ret);

#define NEXT_MAX 160
typedef struct ModuleView {
        const ModuleSettings *settings;
        const ModuleRecord *record;
        const char *policy_version; /* of settings->policy, twelve hexadecimal digits */
        const char *dev_eui;        /* "" unknown yet */
        bool reconciled;            /* what is shown was checked with the module since start */
        bool has_signal;
        int signal_dbm;
        bool session_open;
        bool port_open;
        const char *port_holder; /* "" */
        Reason blocked;          /* why STATE_BLOCKED */
        bool consent_counts;     /* record->consent is for what is asked for now */
        bool held;               /* the open request is left unanswered on purpose */
        JobRow job;              /* id 0: none runs */
        JobRow last_job;         /* id 0: none yet */
        const Transcript *transcript;
        size_t n_retry_timers;        /* the module's own, 0: unknown or none */
        const unsigned *retry_timers; /* minutes */
        unsigned poll_minutes;        /* 0: unknown or never */
        const char *missing; /* prerequisites of an update that are not met, "" none or unknown */
        bool can_register;   /* the family registers, and the configuration says where */
        bool has_sessions;   /* the family opens and closes sessions */
        bool keeps_settings; /* the family saves and restores settings: record->snapshot */
        usec_t line_toggled; /* realtime of the last sign of life on the line signals, 0 none */
} ModuleView;
void gateway_view(const Gateway *gateway, const Module *module, ModuleView *ret);
/* The one thing that is waited for, for people; "" nothing. Returns `to`. */
char *gateway_next(const Gateway *gateway, const Module *module, char to[static NEXT_MAX]);
const char *module_name(const Module *module);
size_t module_index(const Module *module);
