/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What fotad shows of modules and jobs, read from the bus into plain structs. Strings are never
 * NULL ("" unknown) and live as long as the message that they came in; times are realtime in
 * microseconds, 0 unknown. */

#include <fotad/vocabulary.h>

#include "fotactl/client.h"
#include "fotactl/inhibitors.h"

typedef struct JobInfo {
        uint64_t id, since, finished, package_bytes;
        const char *module, *source, *by, *from, *to, *outcome, *reason;
} JobInfo;

typedef struct PendingInfo {
        const char *action, *because, *text;
        uint64_t since, asked, deferred_until, bytes;
        int held;
} PendingInfo;

typedef struct ConsentInfo {
        const char *action, *by, *firmware;
        uint64_t until, bytes;
        int now, counts;
} ConsentInfo;

#define PENDING_MAX 8
#define RETRY_TIMERS_SHOWN_MAX 8
typedef struct ModuleInfo {
        const char *name, *family, *device, *policy, *policy_version, *state, *blocked, *next,
                *model, *imei, *iccid, *imsi, *firmware;
        const char *hop_to, *chain_to; /* of the running job, of those after it */
        const char *serial_number, *dev_eui, *port_holder;
        uint64_t state_since, package_bytes, remaining_bytes;
        int has_signal, session_open, port_open, reconciled, suspended;
        int32_t signal_dbm;
        uint32_t progress;
        uint32_t poll_minutes; /* 0 unknown or never */
        size_t n_retry_timers;
        uint32_t retry_timers[RETRY_TIMERS_SHOWN_MAX]; /* minutes */
        const char *missing;      /* prerequisites of an update, for people; "" none */
        const char *registration; /* "": it has none */
        uint64_t registration_since, snapshot_taken;
        uint32_t snapshot_count;
        int restore_due, snapshot_incomplete, has_sessions;
        uint64_t line_toggled; /* realtime */
        JobInfo job, last_job; /* id 0: none */
        ConsentInfo consent;   /* action "": none */
        size_t n_pending;
        PendingInfo pending[PENDING_MAX];
        InhibitorList inhibitors;
} ModuleInfo;

/* An a{sv} at the read position, as members of a struct; unknown keys and types are skipped. */
typedef struct Member {
        const char *key;
        char type; /* 's', 't', 'u', 'i', 'b', or 0: `read` does it */
        size_t offset;
        int (*read)(sd_bus_message *message, void *to);
} Member;
_must_use_ int dictionary_read(sd_bus_message *message, const Member *members, size_t n_members,
                               void *to);

_must_use_ int job_read(sd_bus_message *message, void *to);

typedef struct ModuleList {
        sd_bus_message *reply;
        size_t n;
        ModuleInfo *modules;
} ModuleList;
/* All modules, or the one called `module`; by name. */
Status module_list_get(Client *client, const char *module, ModuleList *ret);
void module_list_done(ModuleList *list);
#define _cleanup_modules_ _cleanup_(module_list_done)

/* Why it ended as it did, REASON_NONE when there is nothing to say. */
Reason job_reason(const JobInfo *job);

/* Does it wait for an answer to that? */
bool module_asks(const ModuleInfo *module, const char *action);
/* Is there a percentage worth showing? */
bool module_has_progress(const ModuleInfo *module);
