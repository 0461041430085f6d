/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The gateway's inside, private to core/. */

#include "core/module.h"

#define STORAGE_RETRY_MIN (5 * USEC_PER_SEC)
#define STORAGE_RETRY_MAX (5 * USEC_PER_MINUTE)

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

        bool storage_ok;
        bool settling;
        usec_t recover_at; /* boottime */
        usec_t recover_delay;

        ZoneOffsets zone;
        usec_t zone_until; /* realtime until which `zone` was computed */
        Batch batch;
};

bool gateway_clock_trusted(const Gateway *gateway);
/* Realtime from which it is by itself; USEC_INFINITY: somebody must set it. */
usec_t gateway_clock_trusted_from(const Gateway *gateway);
/* Commits what waits, without deciding; false when storage failed. */
bool gateway_commit(Gateway *gateway);
void gateway_append(Gateway *gateway, Module *module, const EventRow *row);
EventRow *gateway_row(Gateway *gateway, const char *module, EventKind event);
void gateway_row_detail(EventRow *row, const DetailArg *detail);
unsigned gateway_installs(const Gateway *gateway);
unsigned gateway_usable(const Gateway *gateway, const Module *except);
bool gateway_barrier_open(const Gateway *gateway, usec_t *ret_until);

/* zone.c */
void zone_compute(ZoneOffsets *zone, usec_t realtime, usec_t *ret_until);
