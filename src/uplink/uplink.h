/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reports on their way to the application server. Four parts: payload.c and answer.c turn a journal
 * row or an answer into the bytes of an uplink frame and tunnel.c a stored report into its document
 * (pure); queue.c decides which report goes next, what an answer means and when to try again
 * (sans-I/O); sender.c is the libcurl multi handle on sd-event (thin). */

#include <systemd/sd-event.h>

#include "actility/document.h"
#include "core/record.h"
#include "core/sent.h"

/* payload.c: layout version 1, written down in fotad-payload(7) */

enum {
        FPORT_EVENT = 1,
        FPORT_PROGRESS = 2,
        FPORT_STATUS = 3,
        FPORT_ALERT = 4,
        FPORT_ANSWER = 5, /* to a command */
};

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

/* tunnel.c: what each field is made of, fotad-tunnel(7) */

/* Stays where it was filled: the document borrows from it, from the settings and from the row. */
typedef struct ReportDocument {
        Document document;
        Lrr lrr;
        SentReport sent;
} ReportDocument;
/* -EBADMSG: the row does not say what its kind needs. */
_must_use_ int report_document(const UplinkSettings *settings, const ReportRow *report, bool late,
                               ReportDocument *ret);

/* queue.c */

typedef struct Queue Queue;
/* n_modules: settings.n_modules; `lost_since` (realtime, 0: no): an earlier run left the uplink
 * lost. -ENOMEM */
_must_use_ int queue_new(const Settings *settings, const Clock *now, usec_t lost_since,
                         Queue **ret);
Queue *queue_free(Queue *queue);
DEFINE_CLEANUP(Queue *, queue_free)

typedef struct QueueHost {
        /* The lowest report of that kind of `module` above `after`, -ENOENT: none */
        int (*next)(void *userdata, const char *module, ReportKind kind, uint64_t after,
                    ReportRow *ret);
        /* Can some more be settled before the next commit? NULL: always. */
        bool (*room)(void *userdata);
        /* It leaves the outbox with the next commit. */
        void (*settle)(void *userdata, uint64_t id, Settlement settlement);
        /* How many reports the outbox holds; NULL: the cap on their number is not watched. */
        uint64_t (*waiting)(void *userdata);
        /* With waiting(): the lowest report of that worth above `after`, -ENOENT: none */
        int (*spare)(void *userdata, ReportWorth worth, uint64_t after, ReportRow *ret);
        /* With module "": uplink-lost (text) and uplink-restored, both once; reports-set-aside
         * (text). With a module: report-refused (text); spool-overflow (text NULL, number dropped,
         * the module of the last one), at most once an hour, because it is a report too. */
        void (*event)(void *userdata, const char *module, EventKind event, const char *text,
                      int64_t number);
} QueueHost;

/* How a request ended. */
typedef struct ReportAnswer {
        int status;        /* HTTP, or 0 with `error` for no answer at all */
        const char *error; /* may be NULL */
        usec_t took;       /* from the request to the first byte of the answer */
        bool unsendable;   /* the row makes no document: it never will */
} ReportAnswer;

/* New reports may be there (after a commit); of a module that is not configured any more too. */
void queue_wake(Queue *queue, const char *module);
/* The report to send now and whether it is late, or false: nothing (due). At most one of a module
 * and kind is on its way at a time. */
bool queue_take(Queue *queue, const Clock *now, const QueueHost *host, void *userdata,
                ReportRow *ret, bool *ret_late);
/* Instead, while nothing may be sent: the cap of the spool holds all the same. */
void queue_trim(Queue *queue, const Clock *now, const QueueHost *host, void *userdata);
void queue_answered(Queue *queue, const Clock *now, const QueueHost *host, void *userdata,
                    const ReportRow *report, const ReportAnswer *answer);
/* It did not get out on a way that was only being tried: nothing is known of the server, and the
 * report goes again. */
void queue_returned(Queue *queue, const ReportRow *report);
usec_t queue_deadline(const Queue *queue); /* boot time of the next retry, USEC_INFINITY none */
void queue_flush(Queue *queue);            /* forget backoff, and try what was set aside: now */
void queue_status(const Queue *queue, UplinkStatus *ret); /* all but `spool` */

/* sender.c */

typedef struct Sender Sender;
/* Called from the loop: wants the next report, tells an answer. */
typedef struct SenderHandlers {
        bool (*take)(void *userdata, ReportRow *ret, bool *ret_late);
        void (*answered)(void *userdata, const ReportRow *report, const ReportAnswer *answer);
        /* The network interface that this report must go through, "": as the system routes it.
         * NULL: always so. */
        const char *(*route)(void *userdata, const ReportRow *report);
} SenderHandlers;
_must_use_ int sender_new(sd_event *event, const UplinkSettings *settings,
                          const SenderHandlers *handlers, void *userdata, Sender **ret);
Sender *sender_free(Sender *sender);
DEFINE_CLEANUP(Sender *, sender_free)
/* Ask take() until it has nothing; at most two requests are on their way. To be called after each
 * turn of the loop, once all is done that follows from it: an answer may change the way of the
 * reports behind it. */
void sender_kick(Sender *sender);
