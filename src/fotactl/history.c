/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl history: the jobs, or with --events everything that happened, oldest first.
 *
 * Owns nothing. Firmware names differ at their end, so these columns lose their front when the
 * terminal is narrow. */

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

// clang-format off
static const Column job_columns[] = {
        { .title = "JOB",     .right = true },
        { .title = "MODULE",  .min = 8,  .rank = 3 },
        { .title = "STARTED" },
        { .title = "FROM",    .min = 9,  .rank = 1, .tail = true },
        { .title = "TO",      .min = 9,  .rank = 1, .tail = true },
        { .title = "OUTCOME" },
        { .title = "REASON",  .min = 10, .rank = 2 },
        { .title = "TOOK",    .right = true },
};

static const Column event_columns[] = {
        { .title = "TIME" },
        { .title = "MODULE",  .min = 8,  .rank = 2 },
        { .title = "EVENT",   .min = 12, .rank = 3 },
        { .title = "DETAILS", .min = 8,  .rank = 1 },
};
// clang-format on

static const char *text_or_dash(const char *text) {
        return text[0] ? text : "-";
}

static void add_job(Table *table, const JobInfo *job) {
        char id[24], started[DATE_MINUTES_MAX], took[SPAN_TEXT_MAX] = "-";
        bool runs = job->finished == 0;

        (void) snprintf(id, sizeof(id), "%" PRIu64, job->id);
        if (!runs)
                (void) span_text(took, usec_sub(job->finished, job->since));
        table_add(table, id, STYLE_PLAIN);
        table_add(table, job->module, STYLE_PLAIN);
        table_add(table, date_text(started, sizeof(started), job->since), STYLE_PLAIN);
        table_add(table, text_or_dash(job->from), STYLE_PLAIN);
        table_add(table, text_or_dash(job->to), STYLE_PLAIN);
        table_add(table, runs ? "running" : text_or_dash(job->outcome),
                  style_of_outcome(job->outcome));
        table_add(table, streq(job->reason, job->outcome) ? "-" : text_or_dash(job->reason),
                  STYLE_PLAIN);
        table_add(table, took, STYLE_PLAIN);
}

static Status jobs_print(const Client *client, sd_bus_message *reply) {
        _cleanup_(table_done)
                Table table = { .columns = job_columns, .n_columns = ELEMENTSOF(job_columns) };
        Document document;
        int r;

        (void) fputs(client->json ? "[" : "", stdout);
        for (bool first = true; (r = sd_bus_message_at_end(reply, false)) == 0; first = false) {
                JobInfo job = {};

                r = job_read(reply, &job);
                if (r < 0)
                        return answer_is_odd(r);
                if (!client->json) {
                        add_job(&table, &job);
                        continue;
                }
                (void) fputs(first ? "" : ",\n", stdout);
                json_job(document_begin(&document), &job);
                document_end(&document, "");
        }
        if (r < 0)
                return answer_is_odd(r);
        if (client->json)
                (void) puts("]");
        else if (table.n_rows > 0)
                table_print(&table, client->legend);
        else if (client->legend)
                (void) puts(client->since || client->until ? "No jobs in that time." :
                                                             "No jobs yet.");
        return STATUS_DONE;
}

static void add_event(Table *table, const EventInfo *event) {
        char time[DATE_SECONDS_MAX], details[2048];

        table_add(table, date_text(time, sizeof(time), event->realtime), STYLE_PLAIN);
        table_add(table, text_or_dash(event->module), STYLE_PLAIN);
        table_add(table, event->event, STYLE_PLAIN);
        table_add(table, event_details_text(event, details, sizeof(details)), STYLE_PLAIN);
}

static Status events_print(const Client *client, sd_bus_message *reply) {
        _cleanup_(table_done)
                Table table = { .columns = event_columns, .n_columns = ELEMENTSOF(event_columns) };
        Document document;
        EventInfo event;
        int r;

        (void) fputs(client->json ? "[" : "", stdout);
        for (bool first = true; (r = stored_event_read(reply, &event)) > 0; first = false) {
                if (!client->json) {
                        add_event(&table, &event);
                        continue;
                }
                (void) fputs(first ? "" : ",\n", stdout);
                json_event(document_begin(&document), &event);
                document_end(&document, "");
        }
        if (r < 0)
                return answer_is_odd(r);
        if (client->json)
                (void) puts("]");
        else if (table.n_rows > 0)
                table_print(&table, client->legend);
        else if (client->legend)
                (void) puts(client->since || client->until ? "No events in that time." :
                                                             "No events yet.");
        return STATUS_DONE;
}

static Status times_read(const Client *client, usec_t *ret_since, usec_t *ret_until) {
        Status status = STATUS_DONE;

        if (client->since)
                status = moment_option("--since", client->since, MOMENT_BACK, ret_since);
        if (status == STATUS_DONE && client->until)
                status = moment_option("--until", client->until, MOMENT_BACK, ret_until);
        if (status == STATUS_DONE && client->until && *ret_until < *ret_since) {
                complain("--until lies before --since");
                return STATUS_USAGE;
        }
        return status;
}

Status verb_history(Client *client, int n, char *words[]) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *module = n > 0 ? words[0] : "";
        usec_t since = 0, until = 0;
        Status status;
        int r;

        status = times_read(client, &since, &until);
        if (status != STATUS_DONE)
                return status;
        if (since == 0 && until == 0)
                status = call_manager(client, client->events ? "GetEvents" : "GetJobs", &reply,
                                      "su", module, 0);
        else
                status =
                        call_manager(client, client->events ? "GetEventsBetween" : "GetJobsBetween",
                                     &reply, "sttu", module, since, until, 0);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_message_enter_container(reply, 'a', client->events ? "(ttsssts)" : "a{sv}");
        if (r < 0)
                return answer_is_odd(r);
        pager_open(client);
        return client->events ? events_print(client, reply) : jobs_print(client, reply);
}
