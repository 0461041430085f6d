/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reports on their way to the application server. Three parts: payload.c and answer.c turn a
 * journal row or an answer into the bytes of a report (pure); queue.c decides which report goes
 * next, what an answer means and when to try again (sans-I/O); sender.c is the libcurl multi handle
 * on sd-event (thin). */

#include <systemd/sd-event.h>

#include "core/record.h"

/* payload.c: layout version 1, written down in fotad-payload(7) */

/* What a status or event report says about its module. All borrowed, may be "". */
typedef struct ReportSubject {
        const ModuleRecord *record;
        const char *dev_eui; /* "" : not known yet, nothing can be reported */
        bool has_signal;
        int signal_dbm;
} ReportSubject;
/* Fills module, dev_eui, fport, created, signal and payload (id and fcnt_up are the caller's).
 * false: this event is not reported, by `events` or at all. Every row of progress is: the core
 * journals one in ten percent at most. */
bool report_from_event(const UplinkSettings *settings, const EventRow *event,
                       const ReportSubject *subject, ReportRow *ret);

/* answer.c */

/* What a command of an application server came to; the numbers are those of fotad-payload(7). */
typedef struct AnswerSubject {
        unsigned opcode;  /* as it came, 0: there was none */
        unsigned result;  /* 0 done .. */
        uint64_t job;     /* 0: none */
        const char *why;  /* "" or NULL: nothing to say */
        bool inventory;   /* of the command `status`: all that a status report has, and `next` */
        const char *next; /* with `inventory`: what the module waits for, "" or NULL nothing */
} AnswerSubject;
/* Fills what report_from_event() fills; realtime: of the answer. `subject` has a record. Not asked
 * for by `events`: who sends a command wants its answer. false: there is no uplink or no DevEUI. */
bool report_from_answer(const UplinkSettings *settings, const AnswerSubject *answer,
                        const ReportSubject *subject, usec_t realtime, ReportRow *ret);

/* queue.c */

typedef struct Queue Queue;
/* n_modules: settings.n_modules; -ENOMEM */
_must_use_ int queue_new(const Settings *settings, Queue **ret);
Queue *queue_free(Queue *queue);
DEFINE_CLEANUP(Queue *, queue_free)

typedef struct QueueHost {
        /* The lowest report of `module` above `after`, -ENOENT: none */
        int (*next)(void *userdata, const char *module, uint64_t after, ReportRow *ret);
        /* It leaves the outbox with the next commit. */
        void (*settle)(void *userdata, uint64_t id, Settlement settlement);
        /* How many reports the outbox holds; NULL: the cap on their number is not watched. */
        uint64_t (*waiting)(void *userdata);
        /* uplink-lost (reason text) and uplink-restored (text NULL) with module "", both once;
         * spool-overflow (text NULL, number dropped) with the module of the last one, at most once
         * an hour, because it is a report too */
        void (*event)(void *userdata, const char *module, EventKind event, const char *text,
                      int64_t number);
} QueueHost;

/* New reports may be there (after a commit). */
void queue_wake(Queue *queue, const char *module);
/* The report to send now and whether it is late, or false: nothing (due). At most one of a module
 * is on its way at a time. */
bool queue_take(Queue *queue, const Clock *now, const QueueHost *host, void *userdata,
                ReportRow *ret, bool *ret_late);
/* status: HTTP status, or 0 with `error` for no answer at all. */
void queue_answered(Queue *queue, const Clock *now, const QueueHost *host, void *userdata,
                    const ReportRow *report, int status, const char *error);
/* It did not get out on a way that was only being tried: nothing is known of the server, and the
 * report goes again. */
void queue_returned(Queue *queue, const ReportRow *report);
usec_t queue_deadline(const Queue *queue); /* boot time of the next retry, USEC_INFINITY none */
void queue_flush(Queue *queue);            /* forget backoff: try now */
void queue_status(const Queue *queue, UplinkStatus *ret); /* all but `spool` */

/* sender.c */

typedef struct Sender Sender;
/* Called from the loop: wants the next report, tells an answer. */
typedef struct SenderHandlers {
        bool (*take)(void *userdata, ReportRow *ret, bool *ret_late);
        void (*answered)(void *userdata, const ReportRow *report, int status, const char *error);
        /* The network interface that this report must go through, "": as the system routes it.
         * NULL: always so. */
        const char *(*route)(void *userdata, const ReportRow *report);
} SenderHandlers;
_must_use_ int sender_new(sd_event *event, const UplinkSettings *settings,
                          const SenderHandlers *handlers, void *userdata, Sender **ret);
Sender *sender_free(Sender *sender);
DEFINE_CLEANUP(Sender *, sender_free)
/* Ask take() until it has nothing; at most two requests are on their way. */
void sender_kick(Sender *sender);
