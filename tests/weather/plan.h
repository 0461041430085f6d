/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* All of a run that one seed decides beforehand: what stands on the gateway, how it is configured,
 * and what will happen when. A run with some of the happenings left out is the same run otherwise.
 */

#include "core/settings.h"
#include "fotasim/scenario.h"

#define PLAN_MODULES_MAX 6
#define PLAN_CONFIGS 2 /* reloads go to and fro between them */
#define PLAN_HAPPENINGS_MAX 256

/* Every version that a module runs in these runs: those of HL78xx modules, then Telit's. */
#define PLAN_VERSIONS 7
#define PLAN_VERSIONS_HL78XX 4
extern const char *const plan_versions[PLAN_VERSIONS];
/* Patterns for `from`, and by fotad.yaml(5) which versions they name. */
typedef struct PlanPattern {
        const char *text;
        bool names[PLAN_VERSIONS];
} PlanPattern;
extern const PlanPattern plan_patterns[];
extern const size_t plan_n_patterns;

typedef struct PlanModule {
        bool telit;
        TelitProtocol protocol;
        SimScenario scenario;
        SessionMode session_mode;
        usec_t session_renew;
        unsigned poll_minutes;
} PlanModule;

typedef struct PlanConfig {
        GatewaySettings gateway;
        Policy policies[PLAN_MODULES_MAX];
} PlanConfig;

typedef struct Happening {
        usec_t at; /* after the start */
        usec_t span;
        unsigned kind; /* of the table in happening.c */
        unsigned module;
        uint64_t seed; /* of what is left to chance in it */
        bool left_out;
} Happening;

typedef struct Plan {
        uint64_t seed;
        usec_t span;
        usec_t realtime;     /* true wall clock at the start */
        usec_t clock_behind; /* what the gateway's is behind at first */
        usec_t build_time;
        bool real_store;        /* SQLite, and not the simulated disk */
        bool loses;             /* ... on a disk that loses with the power what was not synced */
        bool keeps_descriptors; /* the service manager does, while fotad restarts */
        bool calm;              /* in the end nothing goes wrong any more, and what runs must end */
        uint64_t spool_max_reports;
        usec_t telit_look; /* a Telit module is looked at so often; 0: as in the field */
        usec_t visits;     /* so often somebody comes by; 0: nobody does */
        size_t n_modules;
        PlanModule modules[PLAN_MODULES_MAX];
        PlanConfig configs[PLAN_CONFIGS];
        size_t n_happenings;
        Happening happenings[PLAN_HAPPENINGS_MAX]; /* by `at` */
} Plan;

/* Seeds from here on make a whole year of a gateway on which less happens; others mostly a week. */
#define PLAN_YEARS (UINT64_C(1) << 62)
void plan_make(Plan *plan, uint64_t seed);
/* One configuration as fotad gets it; `settings` has the modules already. */
void plan_configure(const Plan *plan, size_t config, Settings *settings);
void plan_print(const Plan *plan);

/* The network interface that gateway.other_path names, where it does. */
#define PLAN_OTHER_PATH "eth0"

/* plan-policy.c */
void plan_make_config(const Plan *plan, PlanConfig *config, uint64_t seed);
void plan_print_config(const Plan *plan, const PlanConfig *config);
