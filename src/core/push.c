/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Updates from packages that fotad itself has: a file that a person hands over, or the hops of the
 * catalogue. A package goes to the module over its line, with the session closed; from the module's
 * +WDSI: 3 on it is an update like any other. A chain is a row of jobs, one for each hop: the next
 * one is planned from the version that the module really runs. */

#include <stdio.h>

#include "base/log.h"
#include "base/version.h"
#include "core/turn.h"

bool is_pushing(const Module *m) {
        return m->verb_runs && m->verb == VERB_PUSH;
}

bool is_push_wanted(const Module *m) {
        return m->record.push_wanted;
}

/* fotad went down and the file with it, or the port vanished under it too often. */
bool is_push_lost(const Module *m) {
        return m->record.push_wanted && !m->push_ready;
}

static int on_read(void *userdata, uint64_t offset, void *to, size_t n) {
        const Module *module = userdata;
        const Gateway *gateway = module->gateway;

        return gateway->host->package_read(gateway->userdata, module->record.name, offset, to, n);
}

static int package_open(const Module *module, const PackageSettings *package, uint64_t *ret_bytes,
                        char why[static WHY_MAX]) {
        const Gateway *gateway = module->gateway;

        why[0] = '\0';
        if (!gateway->host->package_open)
                return -ENOENT;
        return gateway->host->package_open(gateway->userdata, module->record.name, package,
                                           ret_bytes, why, WHY_MAX);
}

static void push_ready(Module *module, uint64_t bytes) {
        module->push_ready = true;
        module->push_file = (XmodemFile) { .size = bytes, .read = on_read, .userdata = module };
}

static void push_begin(Module *module, JobSource source, const char *by, uint64_t bytes) {
        module->record.package_bytes = module->record.remaining_bytes = bytes;
        module->record.progress_percent = module->told_percent = 0;
        module->target = module->record.state;
        module_job_begin(module, source, by);
        if (!module->record.job)
                return;
        module->record.push_wanted = true;
        push_ready(module, bytes);
        module_put_off_no_more(module);
        module->push_losses = 0;
        module_mark(module);
}

int module_push_file(Module *module, const char *by) {
        char why[WHY_MAX];
        uint64_t bytes;
        const int r = package_open(module, NULL, &bytes, why);

        if (r < 0)
                return r;
        push_begin(module, JOB_SOURCE_FILE, by, bytes);
        return 0;
}

void module_push_forget(Module *module) {
        const GatewayHost *host = module->gateway->host;
        const bool had = module->record.push_wanted;

        module->record.push_wanted = module->push_ready = false;
        if (had && host->package_close)
                host->package_close(module->gateway->userdata, module->record.name);
        if (had)
                module_mark(module);
}

void module_push_recall(Module *module) {
        const PackageSettings *package =
                module->job.source == JOB_SOURCE_CATALOGUE && module->record.hop_to[0] ?
                        catalogue_find(module->gateway->settings, module->settings->family->name,
                                       module->record.firmware, module->record.hop_to) :
                        NULL;
        char why[WHY_MAX];
        uint64_t bytes;

        if (!module->record.push_wanted || !package)
                return;
        if (package_open(module, package, &bytes, why) < 0) {
                log_warning("%s: %s", module->record.name, why);
                return;
        }
        push_ready(module, bytes);
}

/* lifecycle rows */

void note_push_started(Module *m) {
        RECORD(m, EVENT_DOWNLOAD_STARTED, D_BYTES(m->record.package_bytes),
               D_TEXT("source", job_source_to_string(m->job.source)));
}

void note_pushed(Module *m) {
        module_push_forget(m);
        m->stalls = 0;
        m->record.progress_percent = 100;
        m->record.remaining_bytes = 0;
        RECORD(m, EVENT_DOWNLOAD_COMPLETED, D_BYTES(m->record.package_bytes));
}

void fail_push(Module *m) {
        const bool said = m->fact.kind == FACT_VERB_FAILED && m->fact.number == VERB_PUSH;
        const Reason reason = said ? m->fact.reason : REASON_XMODEM_FAILED;
        const char *because = said               ? "" :
                              m->push_losses > 0 ? "the port vanished again and again" :
                                                   "fotad stopped before the module had the file";

        RECORD(m, EVENT_DOWNLOAD_FAILED, D_TEXT("reason", reason_to_string(reason)),
               D_TEXT("because", because));
        module_job_end(m, OUTCOME_FAILED, reason);
}

/* the catalogue */

int gateway_plan(const Gateway *gateway, const Module *module, const char *to,
                 const PackageSettings *ret[static HOPS_MAX], char why[static WHY_MAX]) {
        const char *from = module->record.firmware;
        const char *family = module->settings->family->name, *goal = to ? to : "";
        const Policy *policy = &module->settings->policy;
        const int n = catalogue_plan(gateway->settings, family, from, goal, policy, ret);

        if (n > 0)
                return n;
        if (catalogue_plan(gateway->settings, family, from, goal, NULL, ret) > 0) {
                (void) snprintf(why, WHY_MAX,
                                "policy '%s' allows no way from %s to %s: see its 'from' and 'to'",
                                policy->name, from, to ? to : "anything newer");
                return -ENOENT;
        }
        if (!from[0])
                (void) snprintf(why, WHY_MAX, "%s has not told its firmware version yet",
                                module->record.name);
        else if (n == 0 && to)
                (void) snprintf(why, WHY_MAX, "%s runs %s already", module->record.name, from);
        else if (n == -E2BIG)
                (void) snprintf(why, WHY_MAX, "more than %d packages lie between %s and %s",
                                HOPS_MAX, from, to ? to : "the newest");
        else if (to)
                (void) snprintf(why, WHY_MAX,
                                "no way from %s to %s: add the packages between them to 'packages'",
                                from, to);
        else
                (void) snprintf(why, WHY_MAX, "'packages' has nothing newer for %s", from);
        return -ENOENT;
}

int module_hop(Module *module, const PackageSettings *package, const char *chain_to, const char *by,
               char why[static WHY_MAX]) {
        uint64_t bytes;
        const int r = package_open(module, package, &bytes, why);

        if (r < 0)
                return r;
        push_begin(module, JOB_SOURCE_CATALOGUE, by, bytes);
        (void) TEXT_COPY(module->record.hop_to, package->to);
        (void) TEXT_COPY(module->record.chain_to, chain_to);
        return 0;
}

/* After a hop: the next one from where the module really is. A way that is not there any more ends
 * as a job of its own, so that nobody waits for it. */
void module_chain_on(Module *module, const char *chain_to, const char *by) {
        const PackageSettings *hops[HOPS_MAX];
        char why[WHY_MAX];

        if (!chain_to[0] || version_equal(module->record.firmware, chain_to))
                return;
        if (gateway_plan(module->gateway, module, chain_to, hops, why) > 0 &&
            module_hop(module, hops[0], chain_to, by, why) == 0)
                return;
        module_job_begin(module, JOB_SOURCE_CATALOGUE, by);
        RECORD(module, EVENT_DOWNLOAD_FAILED, D_TEXT("reason", reason_to_string(REASON_NO_PACKAGE)),
               D_TEXT("because", why));
        module_job_end(module, OUTCOME_FAILED, REASON_NO_PACKAGE);
}

/* stopping */

bool gateway_pushes(const Gateway *gateway) {
        bool pushes = false;

        for (size_t i = 0; i < gateway->n_modules; i++)
                pushes |= is_pushing(gateway->modules[i]);
        return pushes;
}

void gateway_cancel_pushes(Gateway *gateway, const char *who) {
        for (size_t i = 0; i < gateway->n_modules; i++) {
                Module *module = gateway->modules[i];

                if (!is_pushing(module))
                        continue;
                module->fact = (Fact) { .text = who };
                module_raise(module, ON_CANCELLED);
                module->fact.text = NULL;
        }
}
