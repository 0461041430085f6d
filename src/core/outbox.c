/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which reports a fact leads to: an uplink frame (its bytes are the host's to make), and what has a
 * document of its own: notifications, the gateway's place, the regular status. Owns nothing; the
 * rows go into the turn's batch, so that a fact and its reports are on disk together or not at all.
 */

#include "core/frame.h"
#include "core/notice.h"
#include "core/turn.h"

/* A module tells the end of an install before it tells that it restarted for it. */
#define RESTART_MAX (5 * USEC_PER_MINUTE)
#define CLOCK_CHECK USEC_PER_MINUTE

static const UplinkSettings *uplink_of(const Module *m) {
        return &m->gateway->settings->uplink;
}

static bool is_reported(const Module *m, ReportKind kind) {
        return uplink_of(m)->enabled && m->dev_eui[0] &&
               (uplink_of(m)->reports & (1U << kind)) != 0;
}

/* All but what the kind says. */
static ReportRow row_of(const Module *m, ReportKind kind, ReportWorth worth) {
        ReportRow row = {
                .kind = kind,
                .worth = worth,
                .created = module_now(m)->realtime,
        };

        (void) TEXT_COPY(row.module, m->settings->name);
        (void) TEXT_COPY(row.dev_eui, m->dev_eui);
        return row;
}

/* notifications */

static void notify(Module *m, const Notice *notice, ReportWorth worth) {
        char text[NOTICE_TEXT_MAX];
        ReportRow row;

        if (!is_reported(m, REPORT_NOTIFICATION))
                return;
        row = row_of(m, REPORT_NOTIFICATION, worth);
        (void) TEXT_COPY(row.extra, notice_format(text, notice));
        gateway_add_report(m->gateway, m, &row);
}

/* Another module with another SIM is one join, not two. */
static void notify_join(Module *m) {
        const usec_t now = module_now(m)->boottime;

        if (m->joined_at == now)
                return;
        m->joined_at = now;
        m->record.fcnt_dn = 0; /* it begins anew */
        notify(m, &(const Notice) { .type = NOTICE_JOIN }, WORTH_EVENT);
}

static void notify_reset(Module *m, bool by_admin) {
        m->record.fcnt_dn = 0;
        notify(m, &(const Notice) { .type = NOTICE_RESET, .by_admin = by_admin }, WORTH_EVENT);
}

/* Only when no uplink frame carries it (6.4.1). */
static void notify_status(Module *m) {
        const UplinkSettings *settings = uplink_of(m);
        ModuleView view;

        if ((settings->events & EVENT_CLASS_STATUS) != 0 && is_reported(m, REPORT_UPLINK))
                return;
        gateway_view(m->gateway, m, &view);
        if (view.has_signal)
                notify(m,
                       &(const Notice) { .type = NOTICE_DEVICE_STATUS,
                                         .margin_db = signal_margin(view.signal_dbm) },
                       WORTH_STATUS);
}

static bool is_recent(const Module *m, usec_t boottime) {
        return boottime > 0 && usec_sub(module_now(m)->boottime, boottime) < RESTART_MAX;
}

const char *module_restart_cause(const Module *module) {
        const Act *act = &module->record.act;

        if (is_recent(module, module->install_over_at))
                return "the install was accepted";
        if (!verb_is_grant(act->verb) || act->state == ACT_NONE)
                return "";
        if (act->action == ACTION_REBOOT || act->action == ACTION_UNINSTALL)
                return "it was accepted";
        return act->action == ACTION_INSTALL && module_installs(module) &&
                               module->job.source != JOB_SOURCE_AUTOMATIC ?
                       "the install was accepted" :
                       "";
}

/* The other firmware proves that it restarted, whether that is told or not. */
static void note_install_over(Module *m, bool other_firmware) {
        const usec_t now = module_now(m)->boottime;
        const bool accepted = m->job.source != JOB_SOURCE_AUTOMATIC;

        m->install_over_at = accepted && m->restart_due ? now : 0;
        if (other_firmware && m->restart_due) {
                m->reset_told_at = now;
                notify_reset(m, accepted);
        }
        m->restart_due = false;
}

static bool has_detail(const EventRow *row, const char *key) {
        for (size_t i = 0; i < row->n_details; i++)
                if (streq(row->details[i].key, key))
                        return true;
        return false;
}

static void notify_of(Module *m, const EventRow *row) {
        switch ((int) row->event) {
        case EVENT_MODULE_IDENTIFIED:
                m->record.location_told[0] = '\0'; /* of another DevEUI */
                m->location_checked = false;
                m->record.status_told = row->realtime;
                notify_join(m);
                return;
        case EVENT_SIM_CHANGED:
                notify_join(m);
                return;
        case EVENT_INSTALL_STARTED:
                m->restart_due = true;
                return;
        case EVENT_MODULE_RESTARTED:
                m->restart_due = false;
                if (!is_recent(m, m->reset_told_at))
                        notify_reset(m, has_detail(row, "because"));
                m->reset_told_at = m->install_over_at = 0;
                return;
        case EVENT_INSTALL_SUCCEEDED:
        case EVENT_INSTALL_FAILED:
                note_install_over(m, row->event == EVENT_INSTALL_SUCCEEDED);
                return;
        case EVENT_MODULE_STATUS:
                notify_status(m);
                return;
        default:
                return;
        }
}

void module_report(Module *module, const EventRow *row) {
        const GatewayHost *host = module->gateway->host;
        ReportRow report = { 0 };

        if (!host->report)
                return;
        if (host->report(module->gateway->userdata, row, module, &report))
                gateway_add_report(module->gateway, module, &report);
        notify_of(module, row);
}

/* what is due by itself */

static bool is_status_wanted(const Module *m) {
        return m->gateway->host->report && uplink_of(m)->status_interval > 0 &&
               (is_reported(m, REPORT_UPLINK) || is_reported(m, REPORT_NOTIFICATION));
}

/* The wall clock, because it must count over restarts; never longer than the interval. */
static usec_t status_left(const Module *m) {
        const usec_t interval = uplink_of(m)->status_interval;
        const usec_t due = usec_add(m->record.status_told, interval);

        return MIN_OF(usec_sub(due, module_now(m)->realtime), interval);
}

usec_t module_report_deadline(const Module *module) {
        const usec_t now = module_now(module)->boottime;

        if (!is_status_wanted(module))
                return USEC_INFINITY;
        /* a report says when: nothing is told before the clock can be trusted */
        if (!gateway_clock_trusted(module->gateway))
                return usec_add(now, CLOCK_CHECK);
        return usec_add(now, status_left(module));
}

static void tell_status(Module *m) {
        const usec_t now = module_now(m)->realtime;

        if (!is_status_wanted(m))
                return;
        if (m->record.status_told > now) { /* the clock was set back */
                m->record.status_told = now;
                module_mark(m);
        }
        if (status_left(m) > 0)
                return;
        m->record.status_told = now;
        m->target = m->record.state;
        RECORD_PLAIN(m, EVENT_MODULE_STATUS);
}

static void tell_location(Module *m) {
        const Location *location = &m->gateway->settings->gateway.location;
        char text[LOCATION_TEXT_MAX];
        ReportRow row;

        if (m->location_checked || !is_reported(m, REPORT_LOCATION))
                return;
        m->location_checked = true;
        if (streq(location_format(text, location), m->record.location_told))
                return;
        (void) TEXT_COPY(m->record.location_told, text);
        module_mark(m);
        if (!location->set)
                return;
        row = row_of(m, REPORT_LOCATION, WORTH_EVENT);
        (void) TEXT_COPY(row.extra, text);
        gateway_add_report(m->gateway, m, &row);
}

void module_tick_report(Module *module) {
        if (!module->gateway->host->report || !gateway_clock_trusted(module->gateway))
                return;
        tell_status(module);
        tell_location(module);
}
