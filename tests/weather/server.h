/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The application server, and the real queue that feeds it from the outbox. */

#include "uplink/uplink.h"
#include "weather/plan.h"

struct Run;

typedef struct Server {
        struct Run *run;
        Queue *queue;            /* NULL: fotad is down */
        unsigned away, refusing; /* how many happenings make it so */
        bool slow;
        bool kicked; /* there may be something to send */
        bool in_flight;
        usec_t answer_at;  /* boottime */
        usec_t allowed_at; /* boottime of the next look whether reports may be sent */
        ReportRow report;  /* on its way */
        bool any[PLAN_MODULES_MAX];
        uint32_t last_fcnt_up[PLAN_MODULES_MAX];              /* received */
        uint64_t last_id[PLAN_MODULES_MAX][_REPORT_KIND_MAX]; /* received */
        uint64_t accepted;                                    /* the last one */
        uint64_t n_received;
        bool on_other;     /* what is on its way takes gateway.other_path, ... */
        bool other_wanted; /* ... as did what was looked at last */
        char proof_wanted[INTERFACE_NAME_MAX]; /* that the next report of the uplink module takes */
        uint64_t proof;                        /* the report that does */
        uint64_t waited;                       /* reports, when it was looked at last */
} Server;

void server_init(Server *server, struct Run *run);
void server_start(Server *server); /* with fotad */
void server_stop(Server *server);
void server_wake(Server *server); /* there may be reports */
void server_tick(Server *server);
usec_t server_due(const Server *server); /* boottime */
