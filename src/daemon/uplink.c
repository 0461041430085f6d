/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The outbox's way out: the queue decides, the sender sends, the store holds the rows, and what
 * leaves it goes through the gateway's next commit. */

#include <stdio.h>

#include "base/log.h"
#include "daemon/daemon.h"

#define CLOCK_CHECK USEC_PER_MINUTE

static int next_report(void *userdata, const char *module, ReportKind kind, uint64_t after,
                       ReportRow *ret) {
        Daemon *daemon = userdata;

        return daemon->store ? store_next_report(daemon->store, module, kind, after, ret) : -ENOENT;
}

static int spare_report(void *userdata, ReportWorth worth, uint64_t after, ReportRow *ret) {
        Daemon *daemon = userdata;

        return daemon->store ? store_spare_report(daemon->store, worth, after, ret) : -ENOENT;
}

static bool room(void *userdata) {
        Daemon *daemon = userdata;

        return gateway_can_settle(daemon->gateway);
}

static void settle(void *userdata, uint64_t id, Settlement settlement) {
        Daemon *daemon = userdata;

        gateway_report_settled(daemon->gateway, id, settlement);
}

static uint64_t waiting(void *userdata) {
        Daemon *daemon = userdata;
        Spool spool = { 0 };

        if (daemon->store && store_spool(daemon->store, &spool) < 0)
                return 0;
        return spool.waiting;
}

static void on_event(void *userdata, const char *module, EventKind event, const char *text,
                     int64_t number) {
        Daemon *daemon = userdata;

        gateway_note(daemon->gateway, module, event,
                     text   ? "because" :
                     number ? "dropped" :
                              NULL,
                     text, number);
}

static const QueueHost queue_host = {
        .next = next_report,
        .room = room,
        .settle = settle,
        .waiting = waiting,
        .spare = spare_report,
        .event = on_event,
};

static bool on_take(void *userdata, ReportRow *ret, bool *ret_late) {
        Daemon *daemon = userdata;
        const Clock now = daemon_begin_turn(daemon);

        if (!gateway_reports_allowed(daemon->gateway)) {
                queue_trim(daemon->queue, &now, &queue_host, daemon);
                return false;
        }
        return queue_take(daemon->queue, &now, &queue_host, daemon, ret, ret_late);
}

/* What only tries the other path and does not arrive says nothing about the server: it goes the
 * usual way then. */
static void proof_answered(Daemon *daemon, const Clock *now, const ReportRow *report,
                           const ReportAnswer *answer) {
        const PathProof proof = daemon->proof;
        const bool delivered = answer->status >= 200 && answer->status < 300;
        char why[32];

        daemon->proof = (PathProof) { 0 };
        (void) snprintf(why, sizeof(why), "HTTP status %d", answer->status);
        if (answer->status == 0)
                queue_returned(daemon->queue, report);
        else
                queue_answered(daemon->queue, now, &queue_host, daemon, report, answer);
        gateway_path_answered(daemon->gateway, proof.interface, delivered,
                              answer->status == 0 ? answer->error : why);
}

static void on_answered(void *userdata, const ReportRow *report, const ReportAnswer *answer) {
        Daemon *daemon = userdata;
        const Clock now = daemon_begin_turn(daemon);

        if (daemon->proof.report == report->id)
                proof_answered(daemon, &now, report, answer);
        else
                queue_answered(daemon->queue, &now, &queue_host, daemon, report, answer);
}

static const char *on_route(void *userdata, const ReportRow *report) {
        Daemon *daemon = userdata;
        PathProof *proof = &daemon->proof;

        if (proof->report == 0 && streq(report->module, proof->module)) {
                proof->report = report->id;
                return proof->interface;
        }
        return gateway_other_path(daemon->gateway);
}

static const SenderHandlers sender_handlers = {
        .take = on_take,
        .answered = on_answered,
        .route = on_route,
};

/* What waits of modules that are not configured any more goes too. */
static void wake_strays(Daemon *daemon) {
        ReportRow report = { 0 };

        while (daemon->store && store_next_reporter(daemon->store, report.module, &report) >= 0)
                queue_wake(daemon->queue, report.module);
}

int daemon_uplink_start(Daemon *daemon) {
        const Clock now = clock_now();
        usec_t lost_since = 0;
        int r;

        if (!daemon->settings->uplink.enabled)
                return 0;
        if (daemon->store && store_uplink_lost(daemon->store, &lost_since) < 0)
                lost_since = 0;
        r = queue_new(daemon->settings, &now, lost_since, &daemon->queue);
        if (r < 0)
                return log_error_errno(r, "Out of memory for the uplink");
        r = sender_new(daemon->event, &daemon->settings->uplink, &sender_handlers, daemon,
                       &daemon->sender);
        if (r < 0) {
                daemon_uplink_stop(daemon);
                return log_error_errno(r, "The uplink could not be started: %m");
        }
        wake_strays(daemon);
        return 0;
}

void daemon_uplink_stop(Daemon *daemon) {
        daemon->sender = sender_free(daemon->sender);
        daemon->queue = queue_free(daemon->queue);
        daemon->proof = (PathProof) { 0 };
}

/* While the clock is not trusted nothing may be sent: looked at again from time to time, because
 * nobody tells when it is set. */
usec_t daemon_uplink_deadline(const Daemon *daemon) {
        if (!daemon->queue)
                return USEC_INFINITY;
        if (gateway_reports_allowed(daemon->gateway))
                return queue_deadline(daemon->queue);
        return clock_now().boottime + CLOCK_CHECK;
}

/* Another way is tried at once, whatever the last one came to. */
static void look_at_path(Daemon *daemon) {
        const bool other = gateway_other_path(daemon->gateway)[0] != '\0';

        if (other != daemon->on_other_path)
                queue_flush(daemon->queue);
        daemon->on_other_path = other;
}

void daemon_uplink_kick(Daemon *daemon) {
        if (!daemon->sender)
                return;
        look_at_path(daemon);
        sender_kick(daemon->sender);
}

void daemon_prove_path(void *userdata, const Module *module, const char *interface) {
        Daemon *daemon = userdata;

        if (!daemon->queue) {
                gateway_path_answered(daemon->gateway, interface, false, "there is no uplink");
                return;
        }
        daemon->proof = (PathProof) { 0 };
        (void) TEXT_COPY(daemon->proof.module, module_name(module));
        (void) TEXT_COPY(daemon->proof.interface, interface);
        queue_flush(daemon->queue);
}

bool daemon_uplink_status(void *userdata, UplinkStatus *ret) {
        Daemon *daemon = userdata;

        if (!daemon->queue)
                return false;
        *ret = (UplinkStatus) { 0 };
        queue_status(daemon->queue, ret);
        if (!daemon->store || store_spool(daemon->store, &ret->spool) < 0 ||
            store_spool_kinds(daemon->store, &ret->spool) < 0)
                ret->spool = (Spool) { .unknown = true };
        return true;
}

void daemon_uplink_flush(void *userdata) {
        Daemon *daemon = userdata;

        if (!daemon->queue)
                return;
        queue_flush(daemon->queue);
        daemon_uplink_kick(daemon);
}
