/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The whole daemon in one process: the real gateway, policy, family and store, a simulated clock,
 * and modules that are either the simulator's models or a story's lines. Everything that fotad.c
 * does with sd-event, the world does with a loop that jumps from deadline to deadline. */

#include "core/gateway.h"
#include "downlink/frames.h"
#include "fotasim/model.h"
#include "fotasim/package-file.h"
#include "sim/platter.h"
#include "store/store.h"

#define WORLD_MODULES_MAX 8
#define WORLD_EVENTS_MAX 4096
#define WORLD_BYTES_MAX 65536

typedef struct World World;

typedef struct WorldModule {
        World *world;
        size_t index;
        SimModule *sim; /* NULL: a story answers */
        SimMemory memory;
        bool has_package; /* the host has a package for it, which goes with fotad */
        SimPackageFile package;
        bool takes_blocks; /* a story's module receives a file: bytes are no lines */
        bool port_open;
        bool port_absent; /* its tty is away (a reboot over USB) */
        bool unplugged;   /* and so it is when somebody pulls its plug */
        char to_fotad[WORLD_BYTES_MAX];
        size_t n_to_fotad;
        char to_module[WORLD_BYTES_MAX];
        size_t n_to_module;
        char wire[256 * 1024]; /* every line that fotad sent, one a line */
        size_t n_wire;
} WorldModule;

/* What stands on the line between a simulated module and fotad, and sees the disk; see fault.h. */
typedef struct WorldTap {
        /* Every write of the module, heard by somebody or not; true: fotad does not hear it. */
        bool (*from_module)(void *userdata, size_t module, const char *bytes, size_t n);
        /* true: the module does not hear it */
        bool (*to_module)(void *userdata, size_t module, const char *bytes, size_t n);
        void (*committed)(void *userdata, const Batch *batch); /* it is on disk */
        void (*doubted)(void *userdata, const Batch *batch);   /* it may be: it failed */
        void (*recovered)(void *userdata);                     /* the store was opened again */
        void (*published)(void *userdata, const EventRow *row);
        void (*turned)(void *userdata); /* fotad's turn is over */
        void *userdata;
} WorldTap;

/* A disk in place of the real store: the same rows, without SQLite. */
typedef struct WorldDisk {
        int (*commit)(void *userdata, const Batch *batch);
        bool (*load)(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                     JobRow *ret_last_job);
        void (*counters)(void *userdata, StoreCounters *ret);
        size_t (*inhibitors)(void *userdata, InhibitorRow ret[static INHIBITORS_MAX]);
        void *userdata;
} WorldDisk;

typedef struct WorldEvent {
        EventKind kind;
        char module[MODULE_NAME_MAX];
        State state;
        usec_t realtime;
        char details[768]; /* " key=value key=value" */
} WorldEvent;

/* A descriptor that is an inhibitor, in the hands of its owner. */
typedef struct WorldLease {
        uint64_t id;
        char who[INHIBITOR_WHO_MAX];
} WorldLease;

struct World {
        Clock now;
        char boot_id[BOOT_ID_MAX];
        usec_t booted_before; /* the modules' time before the gateway's last boot */
        Settings settings;
        Gateway *gateway; /* NULL: fotad is down */
        Store *store;
        Frames *frames;        /* NULL: settings.downlink is not enabled */
        const WorldDisk *disk; /* NULL: the real store; before world_start() */
        Platter *platter;      /* of the real store; NULL: this machine's disk */
        char directory[64], path[96];
        usec_t build_time; /* realtime of fotad's build */
        WorldModule modules[WORLD_MODULES_MAX];
        WorldEvent events[WORLD_EVENTS_MAX]; /* published, in order, across restarts of fotad */
        size_t n_events;
        ReportRow reports[WORLD_EVENTS_MAX]; /* on disk, in order, across restarts of fotad */
        size_t n_reports;
        unsigned n_requests;                 /* of the application server */
        uint64_t n_changes;                  /* calls of GatewayHost.changed */
        unsigned n_ready[WORLD_MODULES_MAX]; /* ... of reports_ready, by the N of "modemN" */
        unsigned n_stray_reads;              /* of a package that was closed */
        unsigned n_proofs;                   /* of the other path, asked for */
        char proof[16]; /* the interface that one was asked for and not answered, "" none */
        const char *proof_problem; /* what is answered; NULL: delivered */
        bool proof_silent;         /* nothing is */

        size_t n_leases;
        WorldLease leases[INHIBITORS_MAX];
        bool keeps_descriptors; /* the service manager does, while fotad restarts */

        /* faults */
        uint64_t package_bytes; /* of each package of the catalogue */
        bool packages_damaged;  /* no package of the catalogue has its SHA-256 */
        bool disk_full;         /* or broken */
        bool silent;            /* nothing that happens is reported */
        bool disk_doubtful;     /* ... and every other one has reached the disk all the same */
        uint64_t crash_at; /* fotad dies at this step: before or after a commit, before a byte is
                              written; 0 never */
        uint64_t step;
        bool crashed;
        bool stays_down; /* world_run() returns when fotad has crashed, and does not start it */

        WorldTap tap; /* its functions may be NULL */

        /* a story's module side: a complete line that fotad sent; NULL with a simulated module */
        void (*on_line)(void *userdata, size_t module, const char *line);
        void *userdata;
};

World *world_new(size_t n_modules); /* modules "modem0".. of family hl78xx with default policy, no
                                       simulator attached; aborts on failure */
World *world_free(World *world);
DEFINE_CLEANUP(World *, world_free)

void world_attach(World *world, size_t module, const SimScenario *scenario,
                  uint64_t seed);             /* powers
                                                 it on
                                               */
usec_t world_module_time(const World *world); /* what simulated modules take for `now` */
bool world_unwritable(const World *world);    /* no commit passes; a platter lets some */
/* Before world_start(): the module is one of Telit's, with all that its protocol needs, and policy
 * says yes to everything. */
void world_use_telit(World *world, size_t module, TelitProtocol protocol);
/* Before world_start(): an application server may send downlink frames. */
#define WORLD_AS_ID "app1.sample.com"
#define WORLD_AS_KEY "46ab678cd45df4a4e4b375eacd096acc"
void world_use_downlink(World *world);
/* Its request: `query` is decoded, and without AS_ID, Time and Token. Time is now and a little,
 * another one each time. The code of the answer. */
DownlinkCode world_downlink(World *world, const char *query);
/* ... which is signed here, and nothing is added. */
DownlinkFault world_request(World *world, const char *signed_text);
void world_start(World *world);  /* starts fotad with what the store holds; ports open at once */
void world_kill(World *world);   /* kill -9 */
void world_reboot(World *world); /* ... and the gateway booted anew, a minute later; the modules
                                    keep their power. Then world_start(). */
void world_restart_modules(World *world); /* after world_kill(): the ports are there again */

/* Lets `span` pass, or less when `until` (may be NULL) becomes true; returns whether it did. A
 * fotad that crashed is started again a second later. */
bool world_run(World *world, usec_t span, bool (*until)(World *world));
/* A file for ORDER_UPDATE with UPDATE_FROM_FILE, as a person hands it over. */
void world_give_package(World *world, size_t module, const char *from, const char *to,
                        uint64_t bytes);
/* A hop of the catalogue, before world_start(). */
void world_add_hop(World *world, const char *from, const char *to);
/* Takes an inhibitor as the bus does; 0 or the error, with the reason. */
int world_inhibit(World *world, const InhibitorRow *row, char why[static WHY_MAX]);
/* Its owner closes the descriptor, also while fotad is down; false: it holds none. */
bool world_release(World *world, const char *who);
/* Bytes for fotad, as if the module had written them. */
void world_say(World *world, size_t module, const char *bytes, size_t n);
/* Lines from a story's module. */
void world_send(World *world, size_t module, const char *line);
/* All that can happen now, without time passing. */
void world_settle(World *world);

State world_state(const World *world, size_t module);
ModuleView world_view(const World *world, size_t module);
/* Good until it is called again. */
const char *world_next(const World *world, size_t module);
unsigned world_count_wire(const World *world, size_t module, const char *line);
unsigned world_count_events(const World *world, EventKind kind);
/* The events and the dialogue since fotad started, for a person who looks for a fault. */
void world_print(const World *world, size_t module);
