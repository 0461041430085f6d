/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A simulated module, sans-I/O: bytes and module time come in as arguments, bytes go out through
 * the host. The same model runs behind a pseudo-terminal (fotasim) and inside one test process with
 * a simulated clock. It is written from the vendor's documents only and shares no code with fotad's
 * family files, so that neither can hide the other's misreading. */

#include "base/time.h"
#include "fotasim/scenario.h"

#define SIM_MEMORY_MAX 4096

/* What survives a power cut: opaque to everyone but the model; saved to --state by fotasim, kept in
 * memory by tests. */
typedef struct SimMemory {
        size_t size; /* 0: a factory-new module */
        uint8_t bytes[SIM_MEMORY_MAX];
} SimMemory;

typedef struct SimHost {
        void (*write)(void *userdata, const char *bytes, size_t n);
        void (*remember)(void *userdata, const SimMemory *memory); /* non-volatile memory changed */
        void (*note)(void *userdata, const char *text); /* what happens inside, for --verbose and
                                                           tests */
        void (*port)(void *userdata, bool present);     /* USB: the tty vanishes and returns with a
                                                           reboot; may be NULL */
} SimHost;

typedef struct SimModule SimModule;

/* scenario, host: borrowed for good; memory: copied. `boot_id` 0.. tells apart modules of one
 * process and seeds randomness. Powered off until sim_power(). */
SimModule *sim_module_new(const SimScenario *scenario, const SimHost *host, void *userdata,
                          const SimMemory *memory, uint64_t seed);
SimModule *sim_module_free(SimModule *module);
DEFINE_CLEANUP(SimModule *, sim_module_free)

/* now: module time in microseconds, any zero point, never goes back (fotasim multiplies real time
 * by --speed) */
void sim_power(SimModule *module, usec_t now, bool on); /* off at any moment is a power cut */
void sim_plan_hurry(SimModule *module, usec_t now);     /* what the scenario plans next comes now */
void sim_feed(SimModule *module, usec_t now, const char *bytes, size_t n);
usec_t sim_deadline(const SimModule *module); /* USEC_INFINITY: nothing scheduled */
void sim_tick(SimModule *module, usec_t now);

/* What the server side does: queues a package for the module, as a person would in the vendor's
 * portal. */
typedef struct SimPackage {
        uint64_t bytes;
        char to[64]; /* firmware after the update */
        SimResult result;
        bool automatic; /* Telit: nobody is asked */
} SimPackage;
void sim_offer(SimModule *module, usec_t now, const SimPackage *package);

/* For assertions. */
typedef struct SimFacts {
        char firmware[64];
        bool powered, flashing, session_open, download_asked, install_asked;
        bool receiving;         /* AT+WDSD: a transfer runs, or is invited */
        uint64_t package_bytes; /* HL78xx: of the one that is offered, on its way or stored */
        unsigned grants; /* taken since new (in memory across power cuts): AT+WDSR=4; AT#OTASUAN=1
                            and AT#OTAIPUPD */
        unsigned grants_seen; /* such lines that arrived, taken or not; while it is deaf not
                                 AT#OTAIPUPD */
        unsigned bytes_while_flashing; /* sent by the host while the module flashed, or validated */
        unsigned installs, reboots;
        unsigned connects;      /* AT+WDSS=1,1 received */
        unsigned pushes;        /* transfers that were completed */
        uint64_t pushed_bytes;  /* of all these */
        bool frozen;            /* Telit: takes no command, and does not flash yet */
        bool registered;        /* Telit: in the module's own opinion */
        unsigned registrations; /* acknowledged */
        unsigned refusals;      /* AT#OTASUAN=0 taken */
        unsigned inhibited;     /* commands that may not be sent while the module downloads */
        unsigned contexts_up;   /* bits, by cid */
} SimFacts;
void sim_facts(const SimModule *module, SimFacts *ret);
