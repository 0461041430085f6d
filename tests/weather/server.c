/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assert.h>

#include "weather/run.h"

#define ANSWER_SPAN (200 * USEC_PER_MSEC)
#define CLOCK_CHECK USEC_PER_HOUR
/* So many may be over it for a moment: what came in the turn that counted them, which is a whole
 * batch when the disk can be written again. */
#define CAP_SLACK 8
#define SLOW_SPAN (20 * USEC_PER_SEC)

/* the queue's host: the outbox on disk, and fotad */

static int next(void *userdata, const char *module, ReportKind kind, uint64_t after,
                ReportRow *ret) {
        const Server *server = userdata;

        return disk_next_report(server->run->world, &server->run->disk, module, kind, after, ret);
}

static int spare(void *userdata, ReportWorth worth, uint64_t after, ReportRow *ret) {
        const Server *server = userdata;

        return disk_spare_report(server->run->world, &server->run->disk, worth, after, ret);
}

static bool room(void *userdata) {
        const Server *server = userdata;

        return gateway_can_settle(server->run->world->gateway);
}

static void settle(void *userdata, uint64_t id, Settlement settlement) {
        Server *server = userdata;

        (void) watch_check(&server->run->watch, LAW_ONCE,
                           settlement != SETTLEMENT_ACCEPTED || id == server->accepted,
                           "report %llu is taken for accepted, and was not sent",
                           (unsigned long long) id);
        gateway_report_settled(server->run->world->gateway, id, settlement);
}

static uint64_t waiting(void *userdata) {
        const Server *server = userdata;

        return disk_waiting(server->run->world, &server->run->disk);
}

static void tell(void *userdata, const char *module, EventKind event, const char *text,
                 int64_t number) {
        gateway_note(((Server *) userdata)->run->world->gateway, module, event,
                     text ? "because" : "dropped", text, number);
}

static const QueueHost queue_host = { .next = next,
                                      .room = room,
                                      .settle = settle,
                                      .waiting = waiting,
                                      .spare = spare,
                                      .event = tell };

/* what the server does */

static size_t module_of(const ReportRow *report) {
        return (size_t) (report->module[strlen("modem")] - '0');
}

static int receive(Server *server) {
        const size_t module = module_of(&server->report);
        const uint32_t fcnt_up = server->report.fcnt_up;
        uint64_t *last = &server->last_id[module][server->report.kind];

        if (server->refusing)
                return server->n_received % 3 == 0 ? 400 : 503;
        server->n_received++;
        server->run->watch.deeds.reports++;
        (void) watch_check(&server->run->watch, LAW_ONCE, server->report.id > *last,
                           "report %llu of modem%zu arrives again, or behind report %llu",
                           (unsigned long long) server->report.id, module,
                           (unsigned long long) *last);
        *last = server->accepted = server->report.id;
        if (server->report.kind != REPORT_UPLINK)
                return 200; /* in a line of its own, and without a number of its own */
        (void) watch_check(&server->run->watch, LAW_CAP,
                           !server->any[module] || fcnt_up >= server->last_fcnt_up[module],
                           "report %u of modem%zu arrives behind report %u", fcnt_up, module,
                           server->last_fcnt_up[module]);
        server->any[module] = true;
        server->last_fcnt_up[module] = fcnt_up;
        return 200;
}

static void answer_report(Server *server) {
        Run *run = server->run;
        const bool away = server->away > 0;
        const ReportAnswer answer = { .status = away ? 0 : receive(server),
                                      .error = away ? "no route" : "" };

        server->in_flight = false;
        server->kicked = true;
        server->answer_at = USEC_INFINITY;
        gateway_turn(run->world->gateway, &run->world->now); /* nothing that a verdict hangs on */
        queue_answered(server->queue, &run->world->now, &queue_host, server, &server->report,
                       &answer);
        run_turn_end(run);
}

/* What is over the cap was dropped just now, but for what is on its way. After a restart with a
 * smaller cap there may be many too many: they go by and by, and never grow more. */
static void check_cap(Server *server) {
        const uint64_t n = disk_waiting(server->run->world, &server->run->disk),
                       before = server->waited;
        const Watch *watch = &server->run->watch;
        const bool batched =
                watch->unwritable && run_now(server->run) < watch->unwritable + USEC_PER_HOUR;
        const size_t slack = batched ? BATCH_REPORTS_MAX : CAP_SLACK;

        server->waited = n;
        (void) watch_check(&server->run->watch, LAW_CAP,
                           server->in_flight || /* its module's wait behind it */
                                   n <= server->run->plan->spool_max_reports + slack || n <= before,
                           "%llu reports wait, the cap is %llu", (unsigned long long) n,
                           (unsigned long long) server->run->plan->spool_max_reports);
}

static void take(Server *server) {
        Run *run = server->run;
        bool late;

        server->kicked = false;
        gateway_turn(run->world->gateway, &run->world->now); /* nothing that a verdict hangs on */
        const bool allowed = gateway_reports_allowed(run->world->gateway);
        server->allowed_at =
                allowed ? USEC_INFINITY : usec_add(run->world->now.boottime, CLOCK_CHECK);
        if (allowed)
                server->in_flight = queue_take(server->queue, &run->world->now, &queue_host, server,
                                               &server->report, &late);
        else
                queue_trim(server->queue, &run->world->now, &queue_host, server);
        run_turn_end(run);
        if (server->in_flight)
                server->answer_at = run->world->now.boottime +
                                    (server->slow || server->away ? SLOW_SPAN : ANSWER_SPAN);
        check_cap(server);
}

/* life */

void server_init(Server *server, Run *run) {
        *server = (Server) { .run = run, .answer_at = USEC_INFINITY, .allowed_at = USEC_INFINITY };
}

void server_start(Server *server) {
        assert(!server->queue);
        assert(queue_new(&server->run->world->settings, &server->run->world->now, 0,
                         &server->queue) == 0);
        /* what was not settled on disk comes again */
        memset(server->any, 0, sizeof(server->any));
        memset(server->last_id, 0, sizeof(server->last_id));
        server->waited = UINT64_MAX;
        server_wake(server);
}

void server_stop(Server *server) {
        server->queue = queue_free(server->queue);
        server->in_flight = false;
        server->answer_at = server->allowed_at = USEC_INFINITY;
}

void server_wake(Server *server) {
        server->kicked = server->queue != NULL;
        server->run->woken = true;
        for (size_t i = 0; server->queue && i < server->run->plan->n_modules; i++)
                queue_wake(server->queue, server->run->world->settings.modules[i].name);
}

usec_t server_due(const Server *server) {
        if (!server->queue || !server->run->world->gateway)
                return USEC_INFINITY;
        if (server->in_flight)
                return server->answer_at;
        if (server->kicked)
                return 0;
        return server->allowed_at < USEC_INFINITY ? server->allowed_at :
                                                    queue_deadline(server->queue);
}

void server_tick(Server *server) {
        const Run *run = server->run;

        if (!server->queue || !run->world->gateway)
                return;
        if (server->in_flight && server->answer_at <= run->world->now.boottime)
                answer_report(server);
        if (!server->in_flight && !run->world->crashed &&
            server_due(server) <= run->world->now.boottime)
                take(server);
}
