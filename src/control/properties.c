/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the bus shows of a module.
 *
 * Owns nothing. The gateway says only that something changed; what changed is found here by
 * comparing two filled structs member by member, so a property can not be forgotten in a
 * PropertiesChanged: a new member needs one row in `members`, and the test compares that table with
 * the vtable. Rows are copied text by text and never by assignment, because the bytes behind a NUL
 * are not ours to compare. */

#include "control/properties.h"

#include "control/connection.h"

#define MEMBER(property, member)                                    \
        {                                                           \
                property, offsetof(ModuleProperties, member),       \
                        sizeof(((ModuleProperties *) NULL)->member) \
        }

// clang-format off
static const struct {
        const char *name;
        size_t offset, size;
} members[] = {
        MEMBER("PolicyVersion",     policy_version),
        MEMBER("State",             state),
        MEMBER("StateSince",        state_since),
        MEMBER("Blocked",           blocked),
        MEMBER("Model",             model),
        MEMBER("Imei",              imei),
        MEMBER("Iccid",             iccid),
        MEMBER("Imsi",              imsi),
        MEMBER("Firmware",          firmware),
        MEMBER("SerialNumber",      serial_number),
        MEMBER("DevEui",            dev_eui),
        MEMBER("PortHolder",        port_holder),
        MEMBER("Next",              next),
        MEMBER("HasSignal",         has_signal),
        MEMBER("SignalDbm",         signal_dbm),
        MEMBER("SessionOpen",       session_open),
        MEMBER("PortOpen",          port_open),
        MEMBER("Reconciled",        reconciled),
        MEMBER("Suspended",         suspended),
        MEMBER("Progress",          progress),
        MEMBER("PackageBytes",      package_bytes),
        MEMBER("RemainingBytes",    remaining_bytes),
        MEMBER("HopTo",             hop_to),
        MEMBER("ChainTo",           chain_to),
        MEMBER("PollMinutes",       poll_minutes),
        MEMBER("RetryTimers",       retry_timers),
        MEMBER("Missing",           missing),
        MEMBER("Registration",      registration),
        MEMBER("RegistrationSince", registration_since),
        MEMBER("SnapshotTaken",     snapshot_taken),
        MEMBER("SnapshotCount",     snapshot_count),
        MEMBER("RestoreDue",        restore_due),
        MEMBER("SnapshotIncomplete", snapshot_incomplete),
        MEMBER("HasSessions",       has_sessions),
        MEMBER("LineToggled",       line_toggled),
        MEMBER("Pending",           pending),
        MEMBER("Consent",           consent),
        MEMBER("Inhibitors",        inhibitors),
        MEMBER("Job",               job),
        MEMBER("LastJob",           last_job),
};
// clang-format on
_Static_assert(ELEMENTSOF(members) < MODULE_PROPERTIES_MAX, "room for all names and the NULL");

static const char *text_or_empty(const char *text) {
        return text ? text : "";
}

static void job_fill(const JobRow *job, JobRow *ret) {
        if (job->id == 0)
                return;
        ret->id = job->id;
        (void) TEXT_COPY(ret->module, job->module);
        ret->source = job->source;
        (void) TEXT_COPY(ret->by, job->by);
        (void) TEXT_COPY(ret->from, job->from);
        (void) TEXT_COPY(ret->to, job->to);
        ret->since = job->since;
        ret->finished = job->finished;
        ret->outcome = job->outcome;
        ret->reason = job->reason;
        ret->package_bytes = job->package_bytes;
}

static void identity_fill(const ModuleView *view, ModuleProperties *ret) {
        const ModuleRecord *record = view->record;

        (void) TEXT_COPY(ret->name, record->name);
        (void) TEXT_COPY(ret->policy_version, text_or_empty(view->policy_version));
        (void) TEXT_COPY(ret->model, record->model);
        (void) TEXT_COPY(ret->imei, record->imei);
        (void) TEXT_COPY(ret->iccid, record->iccid);
        (void) TEXT_COPY(ret->imsi, record->imsi);
        (void) TEXT_COPY(ret->firmware, record->firmware);
        (void) TEXT_COPY(ret->serial_number, record->serial_number);
        (void) TEXT_COPY(ret->dev_eui, text_or_empty(view->dev_eui));
        (void) TEXT_COPY(ret->port_holder, text_or_empty(view->port_holder));
}

static void pending_fill(const Gateway *gateway, const Module *module, const ModuleView *view,
                         ModuleProperties *ret) {
        const ModuleRecord *record = view->record;
        const Request *request = &record->request;
        Verdict verdict;

        if (!record_waits(record))
                return;
        gateway_judge(gateway, module, request->action, &verdict);
        ret->pending.open = true;
        ret->pending.held = view->held;
        ret->pending.action = text_or_empty(action_to_string(request->action));
        ret->pending.since = request->first_realtime;
        ret->pending.asked = request->asked_realtime;
        ret->pending.bytes = request->bytes;
        if (record->answer.kind == ANSWER_DEFERRED)
                ret->pending.deferred_until = record->answer.until_realtime;
        else
                ret->pending.deferred_until = record_deferral(record, request->action)->until;
        ret->pending.because = text_or_empty(rule_to_string(verdict.because));
        (void) TEXT_COPY(ret->pending.text, verdict.findings[verdict.because].text);
}

static void consent_fill(const ModuleView *view, ModuleProperties *ret) {
        const ModuleRecord *record = view->record;

        if (!record->consent.given)
                return;
        ret->consent.action = action_to_string(record->consent_action);
        ret->consent.now = record->consent.now;
        ret->consent.until = record->consent.until;
        ret->consent.counts = view->consent_counts;
        ret->consent.bytes = record->consent.bytes;
        (void) TEXT_COPY(ret->consent.by, record->consent.by);
        (void) TEXT_COPY(ret->consent.firmware, record->consent.firmware);
}

/* A module tells them when it offers a package; while it downloads, the percentage is newer. */
static uint64_t remaining_bytes(const ModuleRecord *record) {
        unsigned percent = MIN_OF(record->progress_percent, 100U);

        if (record->package_bytes == 0)
                return record->remaining_bytes;
        return MIN_OF(record->remaining_bytes, record->package_bytes * (100 - percent) / 100);
}

static void timers_fill(const ModuleView *view, ModuleProperties *ret) {
        ret->poll_minutes = view->poll_minutes;
        ret->retry_timers.n = (uint32_t) MIN_OF(view->n_retry_timers, (size_t) RETRY_TIMERS_MAX);
        for (size_t i = 0; i < ret->retry_timers.n; i++)
                ret->retry_timers.minutes[i] = view->retry_timers[i];
}

/* A module that was never asked about shows something only when it could be. */
static void registration_fill(const ModuleView *view, ModuleProperties *ret) {
        const Registration *registration = &view->record->registration;
        const bool registers = family_can(view->settings->family, VERB_REGISTER);

        ret->registration = "";
        if (!registers || (registration->state == REGISTRATION_UNKNOWN && !view->can_register))
                return;
        ret->registration = text_or_empty(registration_state_to_string(registration->state));
        ret->registration_since = registration->since;
}

static void snapshot_fill(const ModuleView *view, ModuleProperties *ret) {
        const Snapshot *snapshot = &view->record->snapshot;

        if (!view->keeps_settings)
                return;
        ret->snapshot_taken = snapshot->taken;
        ret->restore_due = snapshot->restore_due;
        ret->snapshot_incomplete = snapshot->incomplete;
        for (const char *p = snapshot->settings; *p; p++)
                ret->snapshot_count += *p == SETTINGS_END;
}

/* Not shown itself: another one says that they are others. */
static uint64_t inhibitors_digest(const Gateway *gateway, const char *module) {
        uint64_t digest = 0;

        for (size_t i = 0; i < gateway_n_inhibitors(gateway); i++) {
                const InhibitorRow *row = gateway_inhibitor(gateway, i);
                const uint64_t values[] = { row->id, row->actions, row->until, row->pid,
                                            row->owner_until };

                for (size_t k = 0; k < ELEMENTSOF(values) && inhibitor_concerns(row, module); k++)
                        digest = (digest ^ values[k]) * 0x100000001b3; /* FNV-1a's prime */
        }
        return digest;
}

void module_properties_fill(const Gateway *gateway, const Module *module, ModuleProperties *ret) {
        ModuleView view;

        memset(ret, 0, sizeof(*ret));
        gateway_view(gateway, module, &view);
        identity_fill(&view, ret);
        ret->state = text_or_empty(state_to_string(view.record->state));
        ret->state_since = view.record->state_since;
        ret->blocked = text_or_empty(reason_to_string(view.blocked));
        (void) gateway_next(gateway, module, ret->next);
        ret->has_signal = view.has_signal;
        ret->signal_dbm = view.has_signal ? view.signal_dbm : 0;
        ret->session_open = view.session_open;
        ret->has_sessions = view.has_sessions;
        ret->line_toggled = view.line_toggled;
        ret->port_open = view.port_open;
        ret->reconciled = view.reconciled;
        ret->suspended = view.record->suspended;
        ret->progress = view.record->progress_percent;
        ret->package_bytes = view.record->package_bytes;
        ret->remaining_bytes = remaining_bytes(view.record);
        (void) TEXT_COPY(ret->hop_to, view.record->hop_to);
        (void) TEXT_COPY(ret->chain_to, view.record->chain_to);
        timers_fill(&view, ret);
        (void) TEXT_COPY(ret->missing, text_or_empty(view.missing));
        registration_fill(&view, ret);
        snapshot_fill(&view, ret);
        pending_fill(gateway, module, &view, ret);
        consent_fill(&view, ret);
        ret->inhibitors = inhibitors_digest(gateway, ret->name);
        job_fill(&view.job, &ret->job);
        job_fill(&view.last_job, &ret->last_job);
}

size_t module_properties_compare(const ModuleProperties *a, const ModuleProperties *b,
                                 const char *ret[static MODULE_PROPERTIES_MAX]) {
        size_t n = 0;

        for (size_t i = 0; i < ELEMENTSOF(members); i++)
                if (memcmp((const char *) a + members[i].offset,
                           (const char *) b + members[i].offset, members[i].size) != 0)
                        ret[n++] = members[i].name;
        ret[n] = NULL;
        return n;
}

int property_get_text(sd_bus *bus _unused_, const char *path _unused_,
                      const char *interface _unused_, const char *property _unused_,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        return append_text(reply, userdata);
}

int property_get_static(sd_bus *bus _unused_, const char *path _unused_,
                        const char *interface _unused_, const char *property _unused_,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        const char **text = userdata;

        return sd_bus_message_append_basic(reply, 's', *text);
}

int property_get_pending(sd_bus *bus _unused_, const char *path _unused_,
                         const char *interface _unused_, const char *property _unused_,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        const ModuleProperties *properties = userdata;
        const Field fields[] = {
                { "action", 's', .text = properties->pending.action },
                { "since", 't', .number = (int64_t) properties->pending.since },
                { "asked", 't', .number = (int64_t) properties->pending.asked },
                { "deferred_until", 't', .number = (int64_t) properties->pending.deferred_until },
                { "bytes", 't', .number = (int64_t) properties->pending.bytes },
                { "held", 'b', .number = properties->pending.held },
                { "because", 's', .text = properties->pending.because },
                { "text", 's', .text = properties->pending.text },
        };
        int r;

        r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r < 0)
                return r;
        if (properties->pending.open) {
                r = append_dictionary(reply, fields, ELEMENTSOF(fields));
                if (r < 0)
                        return r;
        }
        return sd_bus_message_close_container(reply);
}

int property_get_consent(sd_bus *bus _unused_, const char *path _unused_,
                         const char *interface _unused_, const char *property _unused_,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        const ModuleProperties *properties = userdata;
        const Field fields[] = {
                { "action", 's', .text = properties->consent.action },
                { "by", 's', .text = properties->consent.by },
                { "until", 't', .number = (int64_t) properties->consent.until },
                { "now", 'b', .number = properties->consent.now },
                { "bytes", 't', .number = (int64_t) properties->consent.bytes },
                { "firmware", 's', .text = properties->consent.firmware },
                { "counts", 'b', .number = properties->consent.counts },
        };

        return append_dictionary(reply, fields,
                                 properties->consent.action ? ELEMENTSOF(fields) : 0);
}

int property_get_retry_timers(sd_bus *bus _unused_, const char *path _unused_,
                              const char *interface _unused_, const char *property _unused_,
                              sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        const ModuleProperties *properties = userdata;

        return sd_bus_message_append_array(reply, 'u', properties->retry_timers.minutes,
                                           properties->retry_timers.n * sizeof(uint32_t));
}

int property_get_job(sd_bus *bus _unused_, const char *path _unused_,
                     const char *interface _unused_, const char *property _unused_,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        return append_job(reply, userdata);
}
