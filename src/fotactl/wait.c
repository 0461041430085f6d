/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl update --wait: follows an update to its end, or all updates of a way through the
 * catalogue.
 *
 * Owns nothing. A job is over when fotad says so in its job table, not when some event looks like
 * an end; that also finds jobs which ended while fotad was away. Each further update of a way is a
 * job of its own, which fotad creates in the turn that ends the one before: the next higher number
 * of the module. */

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/update.h"
#include "fotactl/watch.h"

#include <fotad/vocabulary.h>

#define JOBS_LOOKED_AT 100

typedef struct Wait {
        const Update *update;
        uint64_t job; /* followed now, or ended last */
        size_t hop;   /* 1.. */
        bool between; /* the next one is not there yet */
} Wait;

static bool is_chain(const Wait *wait) {
        return wait->update->n_hops > 1;
}

static bool is_last_hop(const Wait *wait, const JobInfo *job) {
        const Update *update = wait->update;

        return wait->hop >= update->n_hops || streq(job->to, update->to[update->n_hops - 1]);
}

/* "2 of 3" */
static const char *hop_text(const Wait *wait, char to[static 32]) {
        (void) snprintf(to, 32, "%zu of %zu", wait->hop, MAX_OF(wait->hop, wait->update->n_hops));
        return to;
}

static void show_success(const Watch *watch, const JobInfo *job) {
        const Wait *wait = watch->userdata;
        char took[SPAN_TEXT_MAX], hop[32];

        if (watch->client->json || watch->client->quiet)
                return;
        (void) printf("%s: updated from %s to %s in %s", watch->module,
                      job->from[0] ? job->from : "unknown", job->to[0] ? job->to : "unknown",
                      span_text(took, usec_sub(job->finished, job->since)));
        if (is_chain(wait))
                (void) printf(" (%s)", hop_text(wait, hop));
        (void) puts(".");
        (void) output_flush();
}

static void show_failure(const Watch *watch, const JobInfo *job) {
        const Wait *wait = watch->userdata;
        const Reason reason = job_reason(job);
        char hop[32];

        if (reason == REASON_TEST_RUN) {
                complain("%s: test-run: the server tried its protocol, nothing was installed",
                         watch->module);
                return;
        }
        complain("%s: the update %s%s%s%s%s", watch->module,
                 is_chain(wait) ? hop_text(wait, hop) : "", is_chain(wait) ? " " : "",
                 streq(job->outcome, "superseded") ? "was superseded by another one" : "failed",
                 job->reason[0] ? ": " : "", job->reason);
        if (reason_advice(reason)[0])
                (void) fprintf(stderr, "%s\n", reason_advice(reason));
}

static void job_end(Watch *watch, const JobInfo *job) {
        bool succeeded = streq(job->outcome, "succeeded");
        Wait *wait = watch->userdata;
        Document document;

        watch_erase(watch);
        if (watch->client->json) {
                json_job(document_begin(&document), job);
                document_end(&document, "\n");
                (void) output_flush();
        }
        if (succeeded)
                show_success(watch, job);
        else
                show_failure(watch, job);
        wait->between = succeeded && !is_last_hop(wait, job);
        watch->over = !wait->between;
        watch->result = succeeded ? STATUS_DONE : STATUS_UPDATE_FAILED;
}

/* The first job of the module from number `least` on; id 0: none. Borrowed from *ret_reply. */
static Status job_find(Watch *watch, uint64_t least, sd_bus_message **ret_reply, JobInfo *ret) {
        JobInfo found = {};
        Status status;
        int r;

        status = call_manager(watch->client, "GetJobs", ret_reply, "su", watch->module,
                              JOBS_LOOKED_AT);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_message_enter_container(*ret_reply, 'a', "a{sv}");
        while (r >= 0 && (r = sd_bus_message_at_end(*ret_reply, false)) == 0) {
                JobInfo job = {};

                r = job_read(*ret_reply, &job);
                if (r >= 0 && job.id >= least && (found.id == 0 || job.id < found.id))
                        found = job;
        }
        if (r < 0)
                return answer_is_odd(r);
        *ret = found;
        return STATUS_DONE;
}

/* A job that is neither the running nor the last one of its module. */
static Status job_look_up(Watch *watch) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const Wait *wait = watch->userdata;
        Status status;
        JobInfo job = {};

        status = job_find(watch, wait->job, &reply, &job);
        if (status != STATUS_DONE)
                return status;
        if (job.id != wait->job) {
                complain("%s: job %" PRIu64 " is not known any more", watch->module, wait->job);
                return STATUS_NOT_FOUND;
        }
        if (job.finished > 0)
                job_end(watch, &job);
        return STATUS_DONE;
}

static void chain_broke(Watch *watch) {
        const Update *update = ((const Wait *) watch->userdata)->update;

        watch_erase(watch);
        complain("%s: the updates ended before %s was reached; see 'fotactl history %s --events'",
                 watch->module, update->to[update->n_hops - 1], watch->module);
        watch->over = true;
        watch->result = STATUS_UPDATE_FAILED;
}

/* The job behind the one that ended. While fotad still means to go on, it will come. */
static Status next_find(Watch *watch, const ModuleInfo *module) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Wait *wait = watch->userdata;
        Status status;
        JobInfo next = {};

        status = job_find(watch, wait->job + 1, &reply, &next);
        if (status != STATUS_DONE)
                return status;
        if (next.id > 0 ? !streq(next.source, "catalogue") :
                          module->job.id <= wait->job && !module->chain_to[0])
                chain_broke(watch);
        if (next.id == 0 || watch->over)
                return STATUS_DONE;
        wait->job = next.id;
        wait->hop++;
        wait->between = false;
        (void) hop_text(wait, watch->mark);
        return STATUS_DONE;
}

/* Several jobs may have ended since the last look. */
static Status wait_check(Watch *watch, const ModuleInfo *module) {
        Wait *wait = watch->userdata;
        Status status = STATUS_DONE;
        size_t n;

        do {
                n = 2 * wait->hop + wait->between;
                if (wait->between)
                        status = next_find(watch, module);
                else if (module->last_job.id == wait->job)
                        job_end(watch, &module->last_job);
                else if (module->job.id != wait->job)
                        status = job_look_up(watch);
        } while (status == STATUS_DONE && !watch->over && 2 * wait->hop + wait->between != n);
        return status;
}

/* Subscribes first, so that no event of the job is missed. */
Status update_wait(Update *update) {
        Client *client = update->client;
        bool shown = !client->quiet && !client->json;
        Wait wait = { .update = update, .hop = 1 };
        Watch watch = {
                .client = client,
                .module = update->module,
                .bars = shown && output_is_terminal(),
                .silent = !shown,
                .check = wait_check,
                .userdata = &wait,
        };
        Status status;

        if (is_chain(&wait))
                (void) hop_text(&wait, watch.mark);
        status = watch_subscribe(&watch);
        if (status == STATUS_DONE)
                status = update_start(update, &wait.job);
        return status == STATUS_DONE ? watch_run(&watch) : status;
}
