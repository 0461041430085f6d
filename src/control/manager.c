/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The manager object, /org/fotad1: what concerns the daemon and not one module.
 *
 * Owns nothing. History is read from the database while the call is handled, so its rows are capped
 * (CONTROL_HISTORY_MAX) and the bus runs at a lower priority than the modules. Signatures are at
 * the vtable, at the bottom; what may grow is a dictionary. */

#include "control/connection.h"

#include <stdio.h>

#include "base/log.h"
#include "config.h"

#define RELOAD_WHY_MAX 4096

static int method_subscribe(sd_bus_message *message, void *userdata, sd_bus_error *error _unused_) {
        Connection *connection = userdata;

        connection->subscribed = true;
        return sd_bus_reply_method_return(message, NULL);
}

static int method_unsubscribe(sd_bus_message *message, void *userdata,
                              sd_bus_error *error _unused_) {
        Connection *connection = userdata;

        connection->subscribed = false;
        return sd_bus_reply_method_return(message, NULL);
}

static int append_module_path(sd_bus_message *reply, const void *gateway, size_t i) {
        const Module *module = gateway_module(gateway, i);
        _cleanup_free_ char *path = NULL;
        int r;

        r = module_path(module_name(module), &path);
        if (r < 0)
                return r;
        return sd_bus_message_append(reply, "(so)", module_name(module), path);
}

static int method_list_modules(sd_bus_message *message, void *userdata,
                               sd_bus_error *error _unused_) {
        const Gateway *gateway = ((Connection *) userdata)->control->gateway;

        return reply_array(message, "(so)", append_module_path, gateway,
                           gateway_n_modules(gateway));
}

static int method_reload(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Connection *connection = userdata;
        Control *control = connection->control;
        char why[RELOAD_WHY_MAX] = "";
        int r;

        r = control_authorise(connection, error);
        if (r < 0)
                return r;
        log_notice("%s asks for a reload", connection_who(connection));
        (void) control_turn(control);
        r = control->host->reload(control->userdata, why, sizeof(why));
        if (r < 0)
                return sd_bus_error_set(error, FOTAD_ERROR_FAILED, why[0] ? why : strerror(-r));
        return sd_bus_reply_method_return(message, NULL);
}

/* logging */

static const char *log_level_name(void) {
        static const char *const names[] = { "error", "warning", "notice", "info", "debug" };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (log_level_from_string(names[i]) == log_level())
                        return names[i];
        return "";
}

static void manager_emit(Control *control, const char *property) {
        for (size_t i = 0; i < control->n_connections; i++) {
                Connection *connection = control->connections[i];

                if (!connection->subscribed && !connection->matching)
                        continue;
                (void) sd_bus_emit_properties_changed(connection->bus, FOTAD_PATH_MANAGER,
                                                      FOTAD_INTERFACE_MANAGER, property, NULL);
                connection_check_queue(connection);
        }
}

void manager_emit_storage(Control *control) {
        control->shown_storage_ok = gateway_storage_ok(control->gateway);
        manager_emit(control, "StorageOk");
}

void manager_emit_inhibitors(Control *control) {
        control->shown_n_inhibitors = gateway_n_inhibitors(control->gateway);
        manager_emit(control, "NInhibitors");
}

static int method_set_log_level(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Connection *connection = userdata;
        const char *name;
        int r, level;

        r = control_authorise(connection, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        level = log_level_from_string(name);
        if (level < 0)
                return sd_bus_error_setf(
                        error, FOTAD_ERROR_INVALID,
                        "log level '%s' is none of error, warning, notice, info, debug", name);
        log_notice("%s sets the log level to %s", connection_who(connection), name);
        log_set_level(level);
        manager_emit(connection->control, "LogLevel");
        return sd_bus_reply_method_return(message, NULL);
}

/* history */

typedef struct History {
        sd_bus_message *reply;
        size_t n_rows;
        int error;
} History;

static int on_job(void *userdata, const JobRow *row) {
        History *history = userdata;

        history->error = append_job(history->reply, row);
        history->n_rows++;
        return history->error < 0;
}

static int history_append_event(sd_bus_message *reply, const StoredEvent *row) {
        const char *const texts[] = { row->module, row->event, row->state };
        int r;

        r = sd_bus_message_open_container(reply, 'r', "ttsssts");
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "tt", row->sequence, row->realtime);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                r = append_text(reply, texts[i] ? texts[i] : "");
                if (r < 0)
                        return r;
        }
        r = sd_bus_message_append_basic(reply, 't', &row->job);
        if (r < 0)
                return r;
        r = append_text(reply, row->details_json ? row->details_json : "{}");
        if (r < 0)
                return r;
        return sd_bus_message_close_container(reply);
}

static int on_event(void *userdata, const StoredEvent *row) {
        History *history = userdata;

        history->error = history_append_event(history->reply, row);
        history->n_rows++;
        return history->error < 0;
}

static int history_read(Connection *connection, History *history, const HistoryQuery *query,
                        bool events) {
        const ControlHost *host = connection->control->host;
        void *userdata = connection->control->userdata;
        HistoryQuery capped = *query;

        if (capped.limit == 0 || capped.limit > CONTROL_HISTORY_MAX)
                capped.limit = CONTROL_HISTORY_MAX;
        if (events)
                return host->each_event(userdata, &capped, on_event, history);
        return host->each_job(userdata, &capped, on_job, history);
}

/* A module that was taken out of the configuration keeps its history. */
static int history_check_module(Connection *connection, const History *history,
                                const HistoryQuery *query, sd_bus_error *error) {
        const char *module = query->module;

        if (!module[0] || history->n_rows > 0 || gateway_find(connection->control->gateway, module))
                return 0;
        return sd_bus_error_setf(error, FOTAD_ERROR_NO_SUCH_MODULE, "there is no module '%s'",
                                 module);
}

static int history_read_query(sd_bus_message *message, bool between, HistoryQuery *ret,
                              sd_bus_error *error) {
        uint32_t limit;
        int r;

        r = sd_bus_message_read(message, "s", &ret->module);
        if (r >= 0 && between)
                r = sd_bus_message_read(message, "tt", &ret->since, &ret->until);
        if (r >= 0)
                r = sd_bus_message_read(message, "u", &limit);
        if (r < 0)
                return r;
        ret->limit = limit;
        if (ret->until > 0 && ret->until < ret->since)
                return sd_bus_error_set(error, FOTAD_ERROR_INVALID,
                                        "the end of that time lies before its beginning");
        return 0;
}

static int reply_history(sd_bus_message *message, Connection *connection, bool events, bool between,
                         sd_bus_error *error) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        HistoryQuery query = {};
        History history = {};
        int r;

        r = history_read_query(message, between, &query, error);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', events ? "(ttsssts)" : "a{sv}");
        if (r < 0)
                return r;
        history.reply = reply;
        r = history_read(connection, &history, &query, events);
        if (r < 0)
                return sd_bus_error_setf(error, FOTAD_ERROR_FAILED,
                                         "the history can not be read: %s", strerror(-r));
        if (history.error < 0)
                return history.error;
        r = history_check_module(connection, &history, &query, error);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

static int method_get_jobs(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return reply_history(message, userdata, false, false, error);
}

static int method_get_jobs_between(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return reply_history(message, userdata, false, true, error);
}

static int method_get_events_between(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return reply_history(message, userdata, true, true, error);
}

static int method_get_events(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return reply_history(message, userdata, true, false, error);
}

/* uplink */

/* Boot time is of no use to others; USEC_INFINITY and 0 become 0: none. */
static usec_t realtime_of(const Clock *now, usec_t boottime) {
        if (boottime == USEC_INFINITY || boottime == 0)
                return 0;
        return usec_add(now->realtime, usec_sub(boottime, now->boottime));
}

/* The words of a set of kinds, between blanks. */
static const char *kinds_text(unsigned kinds, char *to, size_t size) {
        Text text;

        text_init(&text, to, size);
        for (int i = 0; i < _REPORT_KIND_MAX; i++) {
                if ((kinds & (1U << i)) == 0)
                        continue;
                text_add(&text, text.length > 0 ? " " : "");
                text_add(&text, report_kind_to_string((ReportKind) i));
        }
        return to;
}

static int append_uplink(sd_bus_message *reply, Control *control) {
        Clock now = control->host->now(control->userdata);
        UplinkStatus status = {};
        bool configured = control->host->uplink_status(control->userdata, &status);
        const uint64_t *by_kind = status.spool.by_kind;
        char set_aside[64];
        const Field fields[] = {
                { "configured", 'b', .number = configured },
                { "url", 's', .text = gateway_settings(control->gateway)->uplink.url },
                { "lost", 'b', .number = status.lost },
                { "lost_since", 't', .number = (int64_t) status.lost_since },
                { "last_status", 'i', .number = status.last_status },
                { "last_error", 's', .text = status.last_error },
                { "last_answer", 't', .number = (int64_t) status.last_realtime },
                { "next_try", 't', .number = (int64_t) realtime_of(&now, status.next_boottime) },
                { "waiting", 't', .number = (int64_t) status.spool.waiting },
                { "oldest", 't', .number = (int64_t) status.spool.oldest },
                { "accepted", 't', .number = (int64_t) status.spool.accepted },
                { "refused", 't', .number = (int64_t) status.spool.refused },
                { "dropped", 't', .number = (int64_t) status.spool.dropped },
                { "waiting_uplink", 't', .number = (int64_t) by_kind[REPORT_UPLINK] },
                { "waiting_downlink_sent", 't', .number = (int64_t) by_kind[REPORT_DOWNLINK_SENT] },
                { "waiting_location", 't', .number = (int64_t) by_kind[REPORT_LOCATION] },
                { "waiting_notification", 't', .number = (int64_t) by_kind[REPORT_NOTIFICATION] },
                { "unknown", 'b', .number = status.spool.unknown },
                { "slow", 't', .number = (int64_t) status.slow },
                { "set_aside", 's',
                  .text = kinds_text(status.set_aside, set_aside, sizeof set_aside) },
        };

        return append_dictionary(reply, fields, configured ? ELEMENTSOF(fields) : 1);
}

static int method_get_uplink(sd_bus_message *message, void *userdata,
                             sd_bus_error *error _unused_) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Connection *connection = userdata;
        int r;

        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;
        r = append_uplink(reply, connection->control);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

static int method_flush_uplink(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Connection *connection = userdata;
        Control *control = connection->control;
        UplinkStatus status;
        int r;

        r = control_authorise(connection, error);
        if (r < 0)
                return r;
        if (!control->host->uplink_status(control->userdata, &status))
                return sd_bus_error_set(error, FOTAD_ERROR_REFUSED, "no uplink is configured");
        log_notice("%s has the uplink retried now", connection_who(connection));
        (void) control_turn(control);
        control->host->uplink_flush(control->userdata);
        return sd_bus_reply_method_return(message, NULL);
}

/* properties */

static int property_get_version(sd_bus *bus _unused_, const char *path _unused_,
                                const char *interface _unused_, const char *property _unused_,
                                sd_bus_message *reply, void *userdata _unused_,
                                sd_bus_error *error _unused_) {
        return sd_bus_message_append_basic(reply, 's', FOTAD_VERSION);
}

static int property_get_log_level(sd_bus *bus _unused_, const char *path _unused_,
                                  const char *interface _unused_, const char *property _unused_,
                                  sd_bus_message *reply, void *userdata _unused_,
                                  sd_bus_error *error _unused_) {
        return sd_bus_message_append_basic(reply, 's', log_level_name());
}

/* Windows, and the times in texts; the daemon keeps TZ as it is configured. */
static int property_get_timezone(sd_bus *bus _unused_, const char *path _unused_,
                                 const char *interface _unused_, const char *property _unused_,
                                 sd_bus_message *reply, void *userdata _unused_,
                                 sd_bus_error *error _unused_) {
        const char *zone = getenv("TZ");

        return append_text(reply, zone ? zone : "");
}

static int property_get_storage_ok(sd_bus *bus _unused_, const char *path _unused_,
                                   const char *interface _unused_, const char *property _unused_,
                                   sd_bus_message *reply, void *userdata,
                                   sd_bus_error *error _unused_) {
        Connection *connection = userdata;
        int ok = gateway_storage_ok(connection->control->gateway);

        return sd_bus_message_append_basic(reply, 'b', &ok);
}

/* A job is a{sv}: id t, module s, source s (server, person, module), by s, from s, to s, since t,
 * finished t (0: runs), outcome s ("": runs), reason s, package_bytes t (0: unknown). A stored
 * event is (sequence, realtime, module, event, state, job, details as one JSON object). Rows come
 * oldest first; limit 0: as many as one answer may have. GetUplink: configured b, and when it is:
 * url s, lost b, last_status i (HTTP, 0: none), last_error s, last_answer t, next_try t, waiting t,
 * oldest t, accepted t, refused t, dropped t, lost_since t, waiting_KIND t, slow t (answers over
 * 100 ms), set_aside s (kinds, between blanks), unknown b (the database can not be read: nor is
 * what it holds known, nor a lost that is false). Inhibit(what: actions between colons, who, why,
 * module
 * "" all, usec 0 without end) -> the lease: it ends when no process holds this descriptor any more.
 * BreakInhibitor(id): an application server's, or one whose owner is gone. An inhibitor is a{sv}:
 * id t, what s, module s, who s, why s, by s (who that is), source s (descriptor, server), uid u,
 * pid u, unit s, since t, until t (0: no end), held b (false: its owner may still come again after
 * a restart). A row of Plan is (at, module, what, action, sure, text, depends); at 0: no moment can
 * be told. Plan(0): the coming days; else the verdicts of that moment. Policies: version, name and
 * text of each that is in force. Timezone: of windows and of times in texts, "" the system's. All
 * times: realtime in microseconds, 0: none. Event and PropertiesChanged are sent after Subscribe();
 * AddMatch() on the driver is enough for PropertiesChanged. */
// clang-format off
static const sd_bus_vtable manager_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Version", "s", property_get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("LogLevel", "s", property_get_log_level, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("StorageOk", "b", property_get_storage_ok, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Timezone", "s", property_get_timezone, 0, 0),
        SD_BUS_PROPERTY("Policies", "a(sss)", property_get_policies, 0, 0),
        SD_BUS_METHOD("Subscribe", NULL, NULL, method_subscribe, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Unsubscribe", NULL, NULL, method_unsubscribe, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListModules", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(so)", modules),
                                method_list_modules, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Reload", NULL, NULL, method_reload, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetLogLevel", SD_BUS_ARGS("s", level), SD_BUS_NO_RESULT,
                                method_set_log_level, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetJobs", SD_BUS_ARGS("s", module, "u", limit), SD_BUS_RESULT("aa{sv}", jobs),
                                method_get_jobs, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetEvents", SD_BUS_ARGS("s", module, "u", limit), SD_BUS_RESULT("a(ttsssts)", events),
                                method_get_events, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetJobsBetween", SD_BUS_ARGS("s", module, "t", since, "t", until, "u", limit),
                                SD_BUS_RESULT("aa{sv}", jobs),
                                method_get_jobs_between, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetEventsBetween", SD_BUS_ARGS("s", module, "t", since, "t", until, "u", limit),
                                SD_BUS_RESULT("a(ttsssts)", events),
                                method_get_events_between, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetUplink", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", status),
                                method_get_uplink, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Plan", SD_BUS_ARGS("t", at), SD_BUS_RESULT("a(tsssbss)", rows),
                                method_plan, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("FlushUplink", NULL, NULL, method_flush_uplink, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("NInhibitors", "u", property_get_n_inhibitors, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_METHOD_WITH_ARGS("Inhibit", SD_BUS_ARGS("s", what, "s", who, "s", why, "s", module, "t", usec),
                                SD_BUS_RESULT("h", lease), method_inhibit, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("BreakInhibitor", SD_BUS_ARGS("t", id), SD_BUS_NO_RESULT,
                                method_break_inhibitor, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListInhibitors", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", inhibitors),
                                method_list_inhibitors, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("Event", SD_BUS_ARGS("t", sequence, "t", realtime_usec, "s", module, "s", event,
                                                     "a{sv}", details), 0),
        SD_BUS_VTABLE_END,
};
// clang-format on

int manager_register(Connection *connection) {
        int r;

        r = sd_bus_add_object_vtable(connection->bus, NULL, FOTAD_PATH_MANAGER,
                                     FOTAD_INTERFACE_MANAGER, manager_vtable, connection);
        if (r < 0)
                return r;
        return sd_bus_add_object_manager(connection->bus, NULL, FOTAD_PATH_MANAGER);
}
