/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What fotad is going to do, as things stand: `fotactl plan`. A prediction and no promise but for
 * what is sure; made of the same verdicts that decide. */

#include "core/gateway.h"

#define PLAN_AHEAD (14 * USEC_PER_DAY)
#define PLAN_MODULE_ROWS_MAX 20
#define PLAN_ROWS_MAX (MODULES_MAX * PLAN_MODULE_ROWS_MAX)
#define PLAN_TEXT_MAX 160
#define PLAN_DEPENDS_MAX 320
/* An install that was granted takes its slot for about so long, seen from outside. */
#define PLAN_INSTALL_SPAN (20 * USEC_PER_MINUTE)
/* So many openings of a window are told; the others are like them. */
#define PLAN_WINDOWS_MAX 3

/* In the order in which they are told when they fall into one moment. */
typedef enum PlanKind {
        PLAN_VERDICT,      /* at the moment that was asked for */
        PLAN_WINDOW_OPENS, /* ... that something waits for */
        PLAN_WINDOW_CLOSES,
        PLAN_DEFERRAL_ENDS,
        PLAN_CONSENT_ENDS,
        PLAN_DEADLINE,    /* the policy's, of a request */
        PLAN_ASKED_AGAIN, /* the module repeats itself */
        PLAN_ANSWER_DUE,  /* it waits for an answer no longer */
        PLAN_GRANT,       /* what is asked for is accepted */
        PLAN_WOULD,       /* so it would be answered, were it asked for */
        PLAN_PUSH,        /* of a package that fotad has */
        PLAN_SESSION,
        PLAN_REGISTRATION,
        PLAN_SETTINGS,
        PLAN_TIMEOUT, /* of a step that cannot be hurried */
        PLAN_JOB_ENDS,
        _PLAN_KIND_MAX
} PlanKind;
DECLARE_STRING_TABLE(plan_kind, PlanKind);

typedef struct PlanRow {
        usec_t at; /* realtime; 0: no moment can be told */
        const Module *module;
        PlanKind kind;
        const char *action; /* static, "" none */
        bool sure;          /* time alone brings it */
        char text[PLAN_TEXT_MAX];
        char depends[PLAN_DEPENDS_MAX]; /* on what, "" when it is sure */
} PlanRow;

typedef struct Plan {
        size_t n;
        PlanRow rows[PLAN_ROWS_MAX]; /* by time; those without a moment last */
} Plan;

/* The next PLAN_AHEAD, for all modules. */
void gateway_outlook(const Gateway *gateway, Plan *ret);
/* What would be the verdict then, for each module: on what it asks for, else on an install. */
void gateway_verdicts(const Gateway *gateway, usec_t realtime, Plan *ret);
