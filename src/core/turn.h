/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The gateway's inside, private to core/. */

#include "core/module.h"

#define STORAGE_RETRY_MIN (5 * USEC_PER_SEC)
#define STORAGE_RETRY_MAX (5 * USEC_PER_MINUTE)

/* The other way out, while the module that carries the reports installs. Boot times. */
typedef struct OtherPath {
        bool due, asked; /* of the host, and no answer yet */
        usec_t asked_at;
        usec_t proven_at; /* 0: never */
        usec_t retry_at;
        unsigned failures;
        char problem[96]; /* why the last report did not arrive, "" */
        bool in_use;      /* it installs, or is not back since */
} OtherPath;

/* A module that is not configured any more. */
typedef struct GoneModule {
        char name[MODULE_NAME_MAX];
        LastInstall install;
} GoneModule;

struct Gateway {
        const Settings *settings;
        const GatewayHost *host;
        void *userdata;
        bool (*load)(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                     JobRow *ret_last_job);
        Clock now;
        char boot_id[BOOT_ID_MAX];
        usec_t build_time, newest_row; /* realtime */
        usec_t start_boottime;
        uint64_t last_event, last_job, last_report, last_act;

        size_t n_modules;
        Module *modules[MODULES_MAX];

        size_t n_gone;
        GoneModule gone[MODULES_MAX];
        OtherPath path;
        bool synchronized; /* trusted_time: synchronized */
        char clock_problem[96];

        bool storage_ok;
        bool past_unknown; /* since the start */
        bool settling;
        usec_t recover_at; /* boottime */
        usec_t recover_delay;

        ZoneOffsets zone;
        usec_t zone_until;    /* realtime until which `zone` was computed */
        usec_t zone_compared; /* realtime at which it was last compared with the system's; 0: it may
                                 be another */
        Leases leases;
        Batch batch;
};

bool gateway_clock_trusted(const Gateway *gateway);
const char *gateway_clock_problem(const Gateway *gateway); /* why it is not */
/* Realtime from which it is by itself; USEC_INFINITY: somebody must set it. */
usec_t gateway_clock_trusted_from(const Gateway *gateway);
void gateway_append(Gateway *gateway, Module *module, const EventRow *row);
EventRow *gateway_row(Gateway *gateway, const char *module, EventKind event);
ReportRow *gateway_report_row(Gateway *gateway); /* to be filled */
void gateway_row_detail(EventRow *row, const DetailArg *detail);

/* slots.c: how many modules are down, or may be */
usec_t gateway_realtime_of(const Gateway *gateway, usec_t boottime);
/* How many but `except` install, or reboot by our leave. */
unsigned gateway_down(const Gateway *gateway, const Module *except, const Module **ret_first);
/* How many but `except` are usable; `ret_from`: realtime from which `wanted` of them will be, 0:
 * nobody knows. */
unsigned gateway_usable(const Gateway *gateway, const Module *except, unsigned wanted,
                        usec_t *ret_from);
unsigned gateway_heard(const Gateway *gateway, const Module *except); /* usable, and just heard */
bool gateway_barrier_open(const Gateway *gateway, usec_t *ret_until);

/* soak.c */
void gateway_note_gone(Gateway *gateway, const char *name, const LastInstall *install);
int gateway_recall_gone(void *gateway, const ModuleRecord *record);

/* identity.c */
void gateway_settle_imeis(Gateway *gateway);  /* the modules or their settings are other ones */
void gateway_level_fcnt_up(Gateway *gateway); /* an IMEI has left its port */

/* path.c */
void gateway_recall_path(Gateway *gateway);
void gateway_reload_path(Gateway *gateway, const GatewaySettings *before);
void gateway_tick_path(Gateway *gateway);
usec_t gateway_path_deadline(const Gateway *gateway);
void gateway_tell_path(Gateway *gateway); /* after the commit: asks the host */
/* inhibitor.c */
void leases_load(Gateway *gateway, const InhibitorRow *rows, size_t n);
void leases_tick(Gateway *gateway);
usec_t leases_deadline(const Gateway *gateway); /* boottime */
void leases_fill(const Gateway *gateway, const char *module, Action action, Inhibited *ret);

/* zone.c */
void zone_compute(ZoneOffsets *zone, usec_t realtime, usec_t *ret_until);
