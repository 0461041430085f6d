/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Modules and jobs as JSON.
 *
 * Owns nothing. Unknown values are null, never "" or 0; times are ISO 8601 with the local offset.
 */

#include "fotactl/documents.h"

#include "fotactl/output.h"

Json *document_begin(Document *document) {
        text_init(&document->text, document->data, sizeof(document->data));
        json_init(&document->json, &document->text);
        return &document->json;
}

void document_end(Document *document, const char *after) {
        if (document->text.truncated) {
                complain("one answer is too large to be printed");
                (void) fputs("null", stdout);
        } else
                (void) fputs(document->data, stdout);
        (void) fputs(after, stdout);
}

void json_field_time(Json *json, const char *key, usec_t realtime) {
        char iso[ISO_TEXT_MAX];

        json_field_string(json, key, iso_text(iso, realtime));
}

void json_field_known(Json *json, const char *key, uint64_t number) {
        if (number > 0)
                json_field_number(json, key, (int64_t) number);
        else
                json_field_null(json, key);
}

static void json_pending(Json *json, const PendingInfo *pending) {
        json_object_begin(json);
        json_field_string(json, "action", pending->action);
        json_field_time(json, "since", pending->since);
        json_field_time(json, "asked", pending->asked);
        json_field_time(json, "deferred_until", pending->deferred_until);
        json_field_bool(json, "held", pending->held);
        json_field_string(json, "because", pending->because);
        json_field_string(json, "text", pending->text);
        json_field_known(json, "bytes", pending->bytes);
        json_object_end(json);
}

void json_consent(Json *json, const ConsentInfo *consent) {
        json_key(json, "consent");
        if (!consent->action[0]) {
                json_null(json);
                return;
        }
        json_object_begin(json);
        json_field_string(json, "action", consent->action);
        json_field_string(json, "by", consent->by);
        json_field_time(json, "until", consent->until);
        json_field_bool(json, "now", consent->now);
        json_field_known(json, "bytes", consent->bytes);
        json_field_string(json, "firmware", consent->firmware);
        json_field_bool(json, "counts", consent->counts);
        json_object_end(json);
}

void json_job(Json *json, const JobInfo *job) {
        if (job->id == 0) {
                json_null(json);
                return;
        }
        json_object_begin(json);
        json_field_number(json, "id", (int64_t) job->id);
        json_field_string(json, "module", job->module);
        json_field_time(json, "since", job->since);
        json_field_time(json, "finished", job->finished);
        json_field_string(json, "from", job->from);
        json_field_string(json, "to", job->to);
        json_field_string(json, "source", job->source);
        json_field_string(json, "by", job->by);
        json_field_string(json, "outcome", job->outcome);
        json_field_string(json, "reason", job->reason);
        json_field_known(json, "package_bytes", job->package_bytes);
        json_object_end(json);
}

static void json_identity(Json *json, const ModuleInfo *module) {
        json_field_string(json, "name", module->name);
        json_field_string(json, "family", module->family);
        json_field_string(json, "device", module->device);
        json_field_string(json, "policy", module->policy);
        json_field_string(json, "policy_version", module->policy_version);
        json_field_string(json, "model", module->model);
        json_field_string(json, "imei", module->imei);
        json_field_string(json, "iccid", module->iccid);
        json_field_string(json, "imsi", module->imsi);
        json_field_string(json, "firmware", module->firmware);
        json_field_string(json, "serial_number", module->serial_number);
        json_field_string(json, "dev_eui", module->dev_eui);
}

/* What is known only while the module can be asked. */
static void json_line(Json *json, const ModuleInfo *module) {
        json_key(json, "signal_dbm");
        if (module->has_signal)
                json_number(json, module->signal_dbm);
        else
                json_null(json);
        json_field_string(json, "session",
                          !module->reconciled || !module->has_sessions ? NULL :
                          module->session_open                         ? "open" :
                                                                         "closed");
        json_field_bool(json, "port_open", module->port_open);
        json_field_string(json, "port_holder", module->port_holder);
        json_field_bool(json, "reconciled", module->reconciled);
}

static void json_timers(Json *json, const ModuleInfo *module) {
        json_field_known(json, "poll_minutes", module->poll_minutes);
        json_key(json, "retry_timers");
        if (module->n_retry_timers == 0) {
                json_null(json);
                return;
        }
        json_array_begin(json);
        for (size_t i = 0; i < module->n_retry_timers; i++)
                json_number(json, module->retry_timers[i]);
        json_array_end(json);
}

/* How far the running download is, and where it leads. */
static void json_progress(Json *json, const ModuleInfo *module) {
        bool known = module_has_progress(module);

        json_key(json, "progress");
        if (known)
                json_number(json, module->progress);
        else
                json_null(json);
        json_field_known(json, "package_bytes", module->package_bytes);
        json_key(json, "remaining_bytes");
        if (known)
                json_number(json, (int64_t) module->remaining_bytes);
        else
                json_null(json);
        json_field_string(json, "target", module->job.id > 0 ? module->hop_to : NULL);
        json_field_string(json, "chain_to", module->chain_to);
}

static void json_registration(Json *json, const ModuleInfo *module) {
        const char *registration = module->registration;

        if (!registration[0] || streq(registration, "unknown"))
                json_field_null(json, "registered");
        else
                json_field_bool(json, "registered", streq(registration, "done"));
        json_field_string(json, "registration", registration);
        json_field_time(json, "registration_since", module->registration_since);
}

void json_module(Json *json, const ModuleInfo *module) {
        json_object_begin(json);
        json_identity(json, module);
        json_field_string(json, "state", module->state);
        json_field_time(json, "state_since", module->state_since);
        json_field_string(json, "blocked", module->blocked);
        json_field_string(json, "next", module->next);
        json_line(json, module);
        json_progress(json, module);
        json_timers(json, module);
        json_key(json, "pending");
        json_array_begin(json);
        for (size_t i = 0; i < module->n_pending; i++)
                json_pending(json, &module->pending[i]);
        json_array_end(json);
        json_consent(json, &module->consent);
        json_key(json, "job");
        json_job(json, &module->job);
        json_key(json, "last_job");
        json_job(json, &module->last_job);
        json_registration(json, module);
        json_field_string(json, "missing", module->missing);
        json_field_time(json, "settings_saved", module->snapshot_taken);
        json_key(json, "inhibitors");
        json_inhibitors(json, &module->inhibitors);
        json_field_bool(json, "suspended", module->suspended);
        json_object_end(json);
}
