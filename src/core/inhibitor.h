/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Inhibitors: leases that hold actions back, of one module or of all, until their owner lets go or
 * their time is over. The owner is whoever holds a descriptor, or an application server. */

#include <sys/types.h>

#include "policy/policy.h"

#include "core/settings.h"

#define INHIBITORS_MAX 64
#define INHIBITORS_OWNER_MAX 16 /* of one user, of one application server */
#define INHIBITOR_SPAN_MAX (366 * USEC_PER_DAY)
/* After a restart of fotad a lease whose descriptor is gone waits so long for its owner to come
 * again. */
#define INHIBITOR_GRACE (5 * USEC_PER_MINUTE)
#define INHIBITOR_BY_MAX 64
#define INHIBITOR_UNIT_MAX 128
#define INHIBITOR_BOOT_ID_MAX 37

typedef enum InhibitorSource {
        INHIBITOR_DESCRIPTOR, /* the lease is a descriptor: it ends when nobody holds it any more */
        INHIBITOR_SERVER, /* an application server's: it ends by its expiry, which it must have */
        _INHIBITOR_SOURCE_MAX,
} InhibitorSource;
DECLARE_STRING_TABLE(inhibitor_source, InhibitorSource);

typedef struct InhibitorRow {
        uint64_t id;                                         /* 1.., never repeats */
        unsigned actions;                                    /* bit 1 << Action */
        char module[MODULE_NAME_MAX];                        /* "" all */
        char who[INHIBITOR_WHO_MAX], why[INHIBITOR_WHY_MAX]; /* in the owner's own words */
        InhibitorSource source;
        char by[INHIBITOR_BY_MAX];     /* who that is: "root (uid 0)", "AS app1.example.com" */
        uint32_t uid, pid;             /* of a DESCRIPTOR; pid 0 unknown */
        char unit[INHIBITOR_UNIT_MAX]; /* systemd's, "" none or unknown */
        usec_t since;                  /* realtime */
        usec_t span;                   /* 0: as long as its owner wants */
        usec_t until;                  /* realtime; USEC_INFINITY: no end */
        usec_t until_boottime;         /* the same */
        usec_t until_dated; /* the same, by the latest clock that there was: how much of it a
                               reboot takes is measured by this one */
        usec_t owner_until; /* boottime until which the owner of a DESCRIPTOR may come again after a
                               restart of fotad; 0: it is there */
        char boot_id[INHIBITOR_BOOT_ID_MAX]; /* of the boot that counts it */
} InhibitorRow;

/* "download:install", or with commas. -EINVAL: one of them is no action (*ret_bad, not terminated
 * at its end), or there is none ("") */
_must_use_ int actions_parse(const char *text, unsigned *ret, const char **ret_bad);
#define ACTIONS_TEXT_MAX 64
char *actions_format(char to[static ACTIONS_TEXT_MAX], unsigned actions); /* with colons */

bool inhibitor_concerns(const InhibitorRow *row, const char *module);

/* The leases of a gateway, embedded in it and private to core/. */
typedef struct Lease {
        InhibitorRow row;
        bool by_wall_clock; /* from before the gateway's boot, of which the clock tells once it is
                               trusted how long it lasted */
} Lease;

typedef struct Leases {
        size_t n;
        bool changed; /* and not on disk yet */
        Lease leases[INHIBITORS_MAX];
} Leases;
