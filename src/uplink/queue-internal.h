/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the queue share. */

#include <assert.h>

#include "uplink/hold.h"
#include "uplink/uplink.h"

#define DROPS_PER_TAKE_MAX 256 /* keeps a turn short */
/* Modules that are not configured any more; the reports of others wait for the next start. */
#define STRAYS_MAX MODULES_MAX

/* The reports of one kind of one module */
typedef struct Line {
        char module[MODULE_NAME_MAX];
        ReportKind kind;
        bool waiting;      /* there may be reports */
        bool in_flight;    /* one is on its way: `taken` */
        unsigned era;      /* of the queue, when it left */
        unsigned refusals; /* in a row */
        uint64_t settled, taken;
        Hold hold;
} Line;

/* One kind, over all modules */
typedef struct Kind {
        bool passed;        /* the server took one in this run */
        bool others_passed; /* ... one of another kind, since the first failure */
        bool set_aside;
        unsigned failures;
        unsigned refusals; /* in a row */
        unsigned in_flight;
        usec_t probe_at; /* boottime of the next try, with `set_aside` */
        char last_error[128];
} Kind;

struct Queue {
        uint64_t max_reports;
        usec_t max_age;
        unsigned reports; /* 1 << ReportKind: those that are wanted */
        Hold hold;        /* the server does not answer */
        unsigned era; /* grows with each failure of the server: what left before tells nothing new
                       */
        unsigned refusals; /* in a row, over all lines */
        unsigned in_flight;
        usec_t full_until; /* boottime; nothing is sent or dropped, for it could not be noted */
        uint64_t random;   /* see hold_extend() */
        bool count_due;    /* the spool may be full */
        uint64_t trusted_wakes; /* so many wakes can't fill it: it need not be counted before */
        uint64_t dropped;       /* not told yet */
        char dropped_module[MODULE_NAME_MAX];
        usec_t overflow_next; /* boottime from which spool-overflow may be told */
        size_t n_gave_way;    /* of the last count; they leave with the next commit */
        uint64_t gave_way[DROPS_PER_TAKE_MAX];
        UplinkStatus status;
        Kind kinds[_REPORT_KIND_MAX];
        size_t cursor;  /* the line to look at first */
        size_t n_lines; /* those of a module stand together, in the order of the kinds */
        size_t lines_max;
        Line lines[];
};

/* What every decision of one call needs. */
typedef struct Turn {
        Queue *queue;
        const Clock *now;
        const QueueHost *host;
        void *userdata;
} Turn;

/* queue.c */
Line *queue_line(Queue *queue, const char *module, ReportKind kind); /* NULL: none */
void queue_restore(const Turn *turn);
bool queue_has_room(const Turn *turn);

/* overflow.c: the caps of the spool */
void queue_cap_number(const Turn *turn);
bool queue_gave_way(const Queue *queue, uint64_t id);
bool queue_too_old(const Queue *queue, const Clock *now, const ReportRow *report);
bool queue_wants(const Queue *queue, ReportKind kind);
void queue_drop(const Turn *turn, const ReportRow *report);
void queue_tell_overflow(const Turn *turn);

/* kinds.c: kinds of reports that a server does not know */
bool kind_may_send(const Turn *turn, ReportKind kind);
bool kind_failed(const Turn *turn, ReportKind kind); /* true: it is set aside */
void kind_passed(const Turn *turn, ReportKind kind);
void kinds_expire(Queue *queue);
unsigned kinds_set_aside(const Queue *queue); /* 1 << ReportKind */
