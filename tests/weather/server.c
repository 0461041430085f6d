/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assert.h>

#include "weather/chance.h"
#include "weather/run.h"

#define ANSWER_SPAN (200 * USEC_PER_MSEC)
#define CLOCK_CHECK USEC_PER_HOUR
/* So many may be over it for a moment: what came in the turn that counted them, which is a whole
 * batch when the disk can be written again. */
#define CAP_SLACK 8
#define OTHER_SPAN (3 * USEC_PER_HOUR)
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

/* gateway.uplink_module, gateway.other_path */

static bool is_uplink_down(const Server *server) {
        const Watch *watch = &server->run->watch;

        for (size_t i = 0; i < server->run->plan->n_modules; i++)
                if (rules_carries_uplink(watch, i))
                        return watch->modules[i].down;
        return false;
}

/* The other path leads nowhere for hours now and then. */
static bool is_other_away(const Server *server) {
        const Run *run = server->run;
        const usec_t age = run_now(run) - run->begin;
        uint64_t chance = run->plan->seed ^ (age / OTHER_SPAN << 8);

        return age < run->plan->span && chance_percent(&chance, 30);
}

/* The usual one leads through a module, when one carries the uplink. */
static bool is_away(const Server *server) {
        return server->on_other ? is_other_away(server) :
                                  is_uplink_down(server) || server->away > 0;
}

/* As the daemon's uplink does it. */
static bool takes_other(Server *server) {
        const World *world = server->run->world;

        if (server->proof_wanted[0] && !server->proof &&
            rules_carries_uplink(&server->run->watch, module_of(&server->report))) {
                server->proof = server->report.id;
                return true;
        }
        return gateway_other_path(world->gateway)[0] != '\0';
}

static void answer_proof(Server *server, const ReportAnswer *answer) {
        Run *run = server->run;
        char interface[sizeof(server->proof_wanted)];
        const bool delivered = answer->status >= 200 && answer->status < 300;

        run_turn_begin(run);
        (void) TEXT_COPY(interface, server->proof_wanted);
        server->proof_wanted[0] = '\0';
        server->proof = 0;
        if (answer->status == 0)
                queue_returned(server->queue, &server->report);
        else
                queue_answered(server->queue, &run->world->now, &queue_host, server,
                               &server->report, answer);
        run->watch.path_proven = delivered ? run_now(run) : 0;
        run_say(run, "the other path: %d", answer->status);
        gateway_path_answered(run->world->gateway, interface, delivered,
                              answer->status == 0 ? answer->error : "HTTP status");
}

/* A proof is wanted, or all reports take another way now. */
static void look_at_path(Server *server) {
        World *world = server->run->world;
        const bool other = gateway_other_path(world->gateway)[0] != '\0';

        if (world->proof[0]) {
                (void) TEXT_COPY(server->proof_wanted, world->proof);
                server->proof = 0;
                world->proof[0] = '\0';
        } else if (other == server->other_wanted) {
                return;
        }
        server->other_wanted = other;
        queue_flush(server->queue);
        server->kicked = true;
}

static void answer_report(Server *server) {
        Run *run = server->run;
        const bool away = is_away(server), proves = server->proof == server->report.id;
        const ReportAnswer answer = { .status = away ? 0 : receive(server),
                                      .error = away ? "no route" : "" };

        server->in_flight = false;
        server->kicked = true;
        server->answer_at = USEC_INFINITY;
        if (proves) {
                answer_proof(server, &answer);
        } else {
                gateway_turn(run->world->gateway, &run->world->now); /* no verdict hangs on it */
                queue_answered(server->queue, &run->world->now, &queue_host, server,
                               &server->report, &answer);
        }
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

/* "From the grant until the module is on the network again, all reports go through that interface"
 */
static void check_way(const Server *server) {
        const GatewaySettings *settings = &server->run->world->settings.gateway;

        (void) watch_check(&server->run->watch, LAW_POLICY,
                           !server->in_flight || server->on_other ||
                                   !settings->other_interface[0] || !is_uplink_down(server),
                           "report %llu leaves through %s, which installs",
                           (unsigned long long) server->report.id, settings->uplink_module);
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
        server->on_other = server->in_flight && takes_other(server);
        check_way(server);
        run_turn_end(run);
        if (server->in_flight)
                server->answer_at = run->world->now.boottime +
                                    (server->slow || is_away(server) ? SLOW_SPAN : ANSWER_SPAN);
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
        server->in_flight = server->other_wanted = false;
        server->proof_wanted[0] = '\0';
        server->proof = 0;
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
        look_at_path(server); /* that turn may have asked for a proof */
        if (!server->in_flight && !run->world->crashed &&
            server_due(server) <= run->world->now.boottime)
                take(server);
}
