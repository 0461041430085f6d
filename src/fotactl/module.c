/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads modules and jobs from bus messages.
 *
 * Owns the reply that a ModuleList borrows its strings from. Tables say which property goes where;
 * what the tables do not know is skipped, so that an older fotactl works with a newer fotad and the
 * other way round. */

#include "fotactl/module.h"

#include "base/text.h"

static const Member *member_find(const Member *members, size_t n_members, const char *key) {
        for (size_t i = 0; i < n_members; i++)
                if (streq(members[i].key, key))
                        return &members[i];
        return NULL;
}

static int member_read(sd_bus_message *message, const Member *member, void *to) {
        const char *contents;
        char type;
        int r;

        r = sd_bus_message_peek_type(message, &type, &contents);
        if (r < 0)
                return r;
        if (!member ||
            (member->type != 0 && (strlen(contents) != 1 || contents[0] != member->type)))
                return sd_bus_message_skip(message, "v");
        r = sd_bus_message_enter_container(message, 'v', contents);
        if (r < 0)
                return r;
        if (member->type != 0)
                r = sd_bus_message_read_basic(message, member->type, (char *) to + member->offset);
        else
                r = member->read(message, (char *) to + member->offset);
        if (r < 0)
                return r;
        return sd_bus_message_exit_container(message);
}

int dictionary_read(sd_bus_message *message, const Member *members, size_t n_members, void *to) {
        const char *key;
        int r;

        for (size_t i = 0; i < n_members; i++)
                if (members[i].type == 's')
                        *(const char **) ((char *) to + members[i].offset) = "";
        r = sd_bus_message_enter_container(message, 'a', "{sv}");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                r = sd_bus_message_read_basic(message, 's', &key);
                if (r < 0)
                        return r;
                r = member_read(message, member_find(members, n_members, key), to);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

// clang-format off
static const Member job_members[] = {
        { "id",             't', offsetof(JobInfo, id), NULL },
        { "module",         's', offsetof(JobInfo, module), NULL },
        { "source",         's', offsetof(JobInfo, source), NULL },
        { "by",             's', offsetof(JobInfo, by), NULL },
        { "from",           's', offsetof(JobInfo, from), NULL },
        { "to",             's', offsetof(JobInfo, to), NULL },
        { "since",          't', offsetof(JobInfo, since), NULL },
        { "finished",       't', offsetof(JobInfo, finished), NULL },
        { "outcome",        's', offsetof(JobInfo, outcome), NULL },
        { "reason",         's', offsetof(JobInfo, reason), NULL },
        { "package_bytes",  't', offsetof(JobInfo, package_bytes), NULL },
};

static const Member pending_members[] = {
        { "action",         's', offsetof(PendingInfo, action), NULL },
        { "since",          't', offsetof(PendingInfo, since), NULL },
        { "asked",          't', offsetof(PendingInfo, asked), NULL },
        { "deferred_until", 't', offsetof(PendingInfo, deferred_until), NULL },
        { "bytes",          't', offsetof(PendingInfo, bytes), NULL },
        { "held",           'b', offsetof(PendingInfo, held), NULL },
        { "because",        's', offsetof(PendingInfo, because), NULL },
        { "text",           's', offsetof(PendingInfo, text), NULL },
};

static const Member consent_members[] = {
        { "action",         's', offsetof(ConsentInfo, action), NULL },
        { "by",             's', offsetof(ConsentInfo, by), NULL },
        { "until",          't', offsetof(ConsentInfo, until), NULL },
        { "now",            'b', offsetof(ConsentInfo, now), NULL },
        { "bytes",          't', offsetof(ConsentInfo, bytes), NULL },
        { "firmware",       's', offsetof(ConsentInfo, firmware), NULL },
        { "counts",         'b', offsetof(ConsentInfo, counts), NULL },
};
// clang-format on

int job_read(sd_bus_message *message, void *to) {
        return dictionary_read(message, job_members, ELEMENTSOF(job_members), to);
}

static int consent_read(sd_bus_message *message, void *to) {
        return dictionary_read(message, consent_members, ELEMENTSOF(consent_members), to);
}

/* `to` is the whole ModuleInfo. */
static int pending_read(sd_bus_message *message, void *to) {
        ModuleInfo *module = to;
        int r;

        r = sd_bus_message_enter_container(message, 'a', "a{sv}");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_at_end(message, false)) == 0) {
                PendingInfo pending = {};

                r = dictionary_read(message, pending_members, ELEMENTSOF(pending_members),
                                    &pending);
                if (r < 0)
                        return r;
                if (module->n_pending < PENDING_MAX)
                        module->pending[module->n_pending++] = pending;
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* `to` is the whole ModuleInfo. */
static int retry_timers_read(sd_bus_message *message, void *to) {
        ModuleInfo *module = to;
        const void *minutes;
        size_t size;
        int r;

        r = sd_bus_message_read_array(message, 'u', &minutes, &size);
        if (r <= 0)
                return r;
        module->n_retry_timers = MIN_OF(size / sizeof(uint32_t), (size_t) RETRY_TIMERS_SHOWN_MAX);
        memcpy(module->retry_timers, minutes, module->n_retry_timers * sizeof(uint32_t));
        return 0;
}

// clang-format off
static const Member module_members[] = {
        { "Name",              's', offsetof(ModuleInfo, name), NULL },
        { "Family",            's', offsetof(ModuleInfo, family), NULL },
        { "Device",            's', offsetof(ModuleInfo, device), NULL },
        { "Policy",            's', offsetof(ModuleInfo, policy), NULL },
        { "PolicyVersion",     's', offsetof(ModuleInfo, policy_version), NULL },
        { "State",             's', offsetof(ModuleInfo, state), NULL },
        { "StateSince",        't', offsetof(ModuleInfo, state_since), NULL },
        { "Blocked",           's', offsetof(ModuleInfo, blocked), NULL },
        { "Next",              's', offsetof(ModuleInfo, next), NULL },
        { "Model",             's', offsetof(ModuleInfo, model), NULL },
        { "Imei",              's', offsetof(ModuleInfo, imei), NULL },
        { "Iccid",             's', offsetof(ModuleInfo, iccid), NULL },
        { "Imsi",              's', offsetof(ModuleInfo, imsi), NULL },
        { "Firmware",          's', offsetof(ModuleInfo, firmware), NULL },
        { "SerialNumber",      's', offsetof(ModuleInfo, serial_number), NULL },
        { "DevEui",            's', offsetof(ModuleInfo, dev_eui), NULL },
        { "HasSignal",         'b', offsetof(ModuleInfo, has_signal), NULL },
        { "SignalDbm",         'i', offsetof(ModuleInfo, signal_dbm), NULL },
        { "SessionOpen",       'b', offsetof(ModuleInfo, session_open), NULL },
        { "PortOpen",          'b', offsetof(ModuleInfo, port_open), NULL },
        { "PortHolder",        's', offsetof(ModuleInfo, port_holder), NULL },
        { "Reconciled",        'b', offsetof(ModuleInfo, reconciled), NULL },
        { "Suspended",         'b', offsetof(ModuleInfo, suspended), NULL },
        { "Progress",          'u', offsetof(ModuleInfo, progress), NULL },
        { "PackageBytes",      't', offsetof(ModuleInfo, package_bytes), NULL },
        { "RemainingBytes",    't', offsetof(ModuleInfo, remaining_bytes), NULL },
        { "HopTo",             's', offsetof(ModuleInfo, hop_to), NULL },
        { "ChainTo",           's', offsetof(ModuleInfo, chain_to), NULL },
        { "PollMinutes",       'u', offsetof(ModuleInfo, poll_minutes), NULL },
        { "RetryTimers",       0,   0, retry_timers_read },
        { "Missing",           's', offsetof(ModuleInfo, missing), NULL },
        { "Registration",      's', offsetof(ModuleInfo, registration), NULL },
        { "RegistrationSince", 't', offsetof(ModuleInfo, registration_since), NULL },
        { "SnapshotTaken",     't', offsetof(ModuleInfo, snapshot_taken), NULL },
        { "SnapshotCount",     'u', offsetof(ModuleInfo, snapshot_count), NULL },
        { "RestoreDue",        'b', offsetof(ModuleInfo, restore_due), NULL },
        { "SnapshotIncomplete", 'b', offsetof(ModuleInfo, snapshot_incomplete), NULL },
        { "HasSessions",       'b', offsetof(ModuleInfo, has_sessions), NULL },
        { "LineToggled",       't', offsetof(ModuleInfo, line_toggled), NULL },
        { "Job",               0,   offsetof(ModuleInfo, job), job_read },
        { "LastJob",           0,   offsetof(ModuleInfo, last_job), job_read },
        { "Consent",           0,   offsetof(ModuleInfo, consent), consent_read },
        { "Pending",           0,   0, pending_read },
        { "Inhibitors",        0,   offsetof(ModuleInfo, inhibitors), inhibitors_read },
};
// clang-format on

static int module_read(sd_bus_message *message, ModuleInfo *ret) {
        static const JobInfo no_job = { .module = "",
                                        .source = "",
                                        .by = "",
                                        .from = "",
                                        .to = "",
                                        .outcome = "",
                                        .reason = "" };

        *ret = (ModuleInfo) { .job = no_job,
                              .last_job = no_job,
                              .consent = { .action = "", .by = "", .firmware = "" } };
        return dictionary_read(message, module_members, ELEMENTSOF(module_members), ret);
}

static int module_list_add(ModuleList *list, sd_bus_message *message) {
        ModuleInfo *modules = reallocarray(list->modules, list->n + 1, sizeof(*modules));
        int r;

        if (!modules)
                return -ENOMEM;
        list->modules = modules;
        r = module_read(message, &modules[list->n]);
        if (r >= 0)
                list->n++;
        return r;
}

/* One object of GetManagedObjects: a{sa{sv}} */
static int object_read(sd_bus_message *message, ModuleList *list) {
        const char *interface;
        int r;

        r = sd_bus_message_enter_container(message, 'a', "{sa{sv}}");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(message, 'e', "sa{sv}")) > 0) {
                r = sd_bus_message_read_basic(message, 's', &interface);
                if (r < 0)
                        return r;
                if (streq(interface, FOTAD_INTERFACE_MODULE))
                        r = module_list_add(list, message);
                else
                        r = sd_bus_message_skip(message, "a{sv}");
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int objects_read(sd_bus_message *message, ModuleList *list) {
        int r;

        r = sd_bus_message_enter_container(message, 'a', "{oa{sa{sv}}}");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(message, 'e', "oa{sa{sv}}")) > 0) {
                r = sd_bus_message_skip(message, "o");
                if (r < 0)
                        return r;
                r = object_read(message, list);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return r;
        }
        return r;
}

static int by_name(const void *a, const void *b) {
        const ModuleInfo *left = a, *right = b;

        return strverscmp(left->name, right->name);
}

static Status module_list_get_all(Client *client, ModuleList *list) {
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        Status status;
        int r;

        status = client_open(client);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_call_method(client->bus, NULL, FOTAD_PATH_MANAGER,
                               "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", &error,
                               &list->reply, NULL);
        if (r < 0)
                return call_explain(client, &error, r);
        r = objects_read(list->reply, list);
        if (r < 0)
                return answer_is_odd(r);
        if (list->n > 0)
                qsort(list->modules, list->n, sizeof(*list->modules), by_name);
        return STATUS_DONE;
}

Status module_list_get(Client *client, const char *module, ModuleList *ret) {
        Status status;
        int r;

        *ret = (ModuleList) {};
        if (!module)
                return module_list_get_all(client, ret);
        status = module_get_all(client, module, &ret->reply);
        if (status != STATUS_DONE)
                return status;
        r = module_list_add(ret, ret->reply);
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}

void module_list_done(ModuleList *list) {
        list->reply = sd_bus_message_unref(list->reply);
        free(list->modules);
        *list = (ModuleList) {};
}

/* A test run is a reason in itself. */
Reason job_reason(const JobInfo *job) {
        int reason = reason_from_string(job->reason);

        if (streq(job->outcome, outcome_to_string(OUTCOME_TEST_RUN)))
                return REASON_TEST_RUN;
        return reason > 0 ? (Reason) reason : REASON_NONE;
}

bool module_asks(const ModuleInfo *module, const char *action) {
        for (size_t i = 0; i < module->n_pending; i++)
                if (streq(module->pending[i].action, action))
                        return true;
        return false;
}

bool module_has_progress(const ModuleInfo *module) {
        return module->progress > 0 || module->package_bytes > 0;
}
