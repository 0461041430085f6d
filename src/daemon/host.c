/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the gateway's mind asks of its hands: commit to the store, write to a port, publish a row to
 * the bus and the log, make a report of it. */

#include <stdio.h>

#include "base/log.h"
#include "daemon/daemon.h"

static int host_commit(void *userdata, const Batch *batch) {
        Daemon *daemon = userdata;

        return daemon->store ? store_commit(daemon->store, batch) : -EIO;
}

/* A store that opens only now holds a past that this process does not know: start over with it
 * instead of writing over it. */
static int host_recover(void *userdata) {
        Daemon *daemon = userdata;
        char why[160];
        int r;

        if (daemon->store)
                return store_recover(daemon->store, why, sizeof(why));
        _cleanup_(store_freep) Store *store = NULL;
        r = daemon_open_store(daemon, &store, why, sizeof(why));
        if (r < 0)
                return r;
        daemon->start_over = true;
        (void) sd_event_exit(daemon->event, 0);
        return -EAGAIN;
}

static void host_write(void *userdata, size_t module, const char *bytes, size_t n) {
        Daemon *daemon = userdata;
        const int r = ports_write(daemon->ports, module, bytes, n);

        if (r < 0)
                log_debug("%s: %zu bytes could not be written: %s",
                          daemon->settings->modules[module].name, n, strerror(-r));
}

/* How loud an event is, info when it has no row, and the catalogue entry of milestones. */
static const struct {
        int level;
        const char *message_id;
} voices[_EVENT_MAX] = {
        /* clang-format off */
        [EVENT_STORAGE_FAILED]      = { LOG_ERR, MESSAGE_ID_STORAGE_FAILED },
        [EVENT_INSTALL_FAILED]      = { LOG_ERR, MESSAGE_ID_INSTALL_FAILED },
        [EVENT_PORT_BUSY]           = { LOG_WARNING, MESSAGE_ID_PORT_BUSY },
        [EVENT_INSTALL_STARTED]     = { LOG_NOTICE, MESSAGE_ID_INSTALL_STARTED },
        [EVENT_INSTALL_SUCCEEDED]   = { LOG_NOTICE, MESSAGE_ID_INSTALL_SUCCEEDED },
        [EVENT_DOWNLOAD_FAILED]     = { LOG_WARNING, NULL },
        [EVENT_PACKAGE_REJECTED]    = { LOG_WARNING, NULL },
        [EVENT_SESSION_REFUSED]     = { LOG_WARNING, NULL },
        [EVENT_CONSENT_DRIFT]       = { LOG_WARNING, NULL },
        [EVENT_UNSANCTIONED_CHANGE] = { LOG_WARNING, NULL },
        [EVENT_FIRMWARE_DENIED]     = { LOG_WARNING, NULL },
        [EVENT_SIM_CHANGED]         = { LOG_WARNING, NULL },
        [EVENT_UPLINK_LOST]         = { LOG_WARNING, NULL },
        [EVENT_SPOOL_OVERFLOW]      = { LOG_WARNING, NULL },
        [EVENT_MODULE_BLOCKED]      = { LOG_WARNING, NULL },
        [EVENT_REPORT_REFUSED]      = { LOG_WARNING, NULL },
        [EVENT_REPORTS_SET_ASIDE]   = { LOG_WARNING, NULL },
        [EVENT_MODULE_STATUS]       = { LOG_DEBUG, NULL },
        [EVENT_DOWNLOAD_PROGRESS]   = { LOG_DEBUG, NULL },
        [EVENT_LINE_DROPPED]        = { LOG_DEBUG, NULL },
        /* clang-format on */
};

static int level_of_event(EventKind event) {
        return voices[event].level ? voices[event].level : LOG_INFO;
}

static const char *advice_of_event(const EventRow *row) {
        for (size_t i = 0; i < row->n_details; i++)
                if (streq(row->details[i].key, "reason")) {
                        const int reason = reason_from_string(row->details[i].text);
                        return reason > 0 ? reason_advice((Reason) reason) : "";
                }
        return "";
}

void daemon_log_event(const EventRow *row) {
        const LogFields fields = {
                .module = row->module[0] ? row->module : NULL,
                .state = row->module[0] ? state_to_string(row->state) : NULL,
                .event = event_kind_to_string(row->event),
                .job = row->job,
                .message_id = voices[row->event].message_id,
        };
        char buffer[1024];
        Text text;

        text_init(&text, buffer, sizeof(buffer));
        for (size_t i = 0; i < row->n_details; i++) {
                const Detail *detail = row->details + i;
                if (detail->is_number)
                        text_printf(&text, " %s=%lld", detail->key, (long long) detail->number);
                else if (detail->text[0])
                        text_printf(&text, " %s=%s", detail->key, detail->text);
        }
        const char *advice = advice_of_event(row);
        log_full(level_of_event(row->event), &fields, "%s%s%s%s", fields.event, buffer,
                 advice[0] ? ": " : "", advice);
}

static void host_publish(void *userdata, const EventRow *row) {
        Daemon *daemon = userdata;

        daemon_log_event(row);
        if (daemon->control)
                control_publish(daemon->control, row);
}

static void host_changed(void *userdata, const Module *module) {
        Daemon *daemon = userdata;

        if (daemon->control)
                control_changed(daemon->control, module);
}

static bool host_report(void *userdata, const EventRow *row, const Module *module, ReportRow *ret) {
        Daemon *daemon = userdata;
        ModuleView view;

        if (!daemon->settings->uplink.enabled || !daemon->gateway)
                return false;
        gateway_view(daemon->gateway, module, &view);
        const ReportSubject subject = {
                .record = view.record,
                .dev_eui = view.dev_eui,
                .has_signal = view.has_signal,
                .signal_dbm = view.signal_dbm,
        };
        return report_from_event(&daemon->settings->uplink, row, &subject, ret);
}

static void host_reports_ready(void *userdata, const char *module) {
        Daemon *daemon = userdata;

        if (daemon->queue)
                queue_wake(daemon->queue, module);
}

const GatewayHost daemon_gateway_host = {
        .commit = host_commit,
        .recover = host_recover,
        .write = host_write,
        .publish = host_publish,
        .changed = host_changed,
        .report = host_report,
        .reports_ready = host_reports_ready,
        .prove_path = daemon_prove_path,
        .inhibitor_ended = daemon_lease_drop,
        .package_open = daemon_package_open,
        .package_read = daemon_package_read,
        .package_close = daemon_package_close,
};

bool daemon_load_module(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                        JobRow *ret_last_job) {
        Daemon *daemon = userdata;

        return daemon->store &&
               store_load_history(daemon->store, name, ret, ret_job, ret_last_job) >= 0;
}

int daemon_each_install(void *userdata, ModuleHandler handler, void *handler_userdata) {
        Daemon *daemon = userdata;

        return daemon->store ? store_each_install(daemon->store, handler, handler_userdata) : -EIO;
}
