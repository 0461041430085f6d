/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bus on the control socket: what the daemon tells it, and when that is told to the peers.
 *
 * Owns the listener, the connections and, for each module, what was shown last. Nothing is sent
 * from within the gateway's calls except Event: changes and connections that must end are only
 * marked, and one defer source handles all of them after the turn. So a peer can never make us call
 * the gateway while it is calling us, and a connection is never freed under a message that is being
 * handled. */

#include "control/connection.h"

#include <stdio.h>

#include "base/log.h"

/* The journal row as a signal; details also carry what has no place in the signature. */
static int append_event(sd_bus_message *message, const EventRow *row) {
        Field fields[DETAILS_MAX + 2];
        const char *state = state_to_string(row->state);
        size_t n = 0;
        int r;

        if (row->module[0] && state)
                fields[n++] = (Field) { "state", 's', .text = state };
        if (row->job > 0)
                fields[n++] = (Field) { "job", 't', .number = (int64_t) row->job };
        for (size_t i = 0; i < row->n_details; i++) {
                const Detail *detail = &row->details[i];

                fields[n++] = (Field) {
                        .key = detail->key,
                        .type = detail->is_number ? 'x' : 's',
                        .text = detail->text,
                        .number = detail->number,
                };
        }
        r = sd_bus_message_append(message, "ttss", row->sequence, row->realtime, row->module,
                                  event_kind_to_string(row->event));
        if (r < 0)
                return r;
        return append_dictionary(message, fields, n);
}

static int connection_send_event(Connection *connection, const EventRow *row) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;
        int r;

        r = sd_bus_message_new_signal(connection->bus, &message, FOTAD_PATH_MANAGER,
                                      FOTAD_INTERFACE_MANAGER, "Event");
        if (r < 0)
                return r;
        r = append_event(message, row);
        if (r < 0)
                return r;
        return sd_bus_send(connection->bus, message, NULL);
}

void control_publish(Control *control, const EventRow *row) {
        for (size_t i = 0; i < control->n_connections; i++) {
                Connection *connection = control->connections[i];
                int r;

                if (!connection->subscribed || connection->end != CONNECTION_STAYS)
                        continue;
                r = connection_send_event(connection, row);
                if (r < 0)
                        log_debug("Event %" PRIu64 " was not sent to %s: %s", row->sequence,
                                  connection->unique_name, strerror(-r));
                connection_check_queue(connection);
        }
        if (row->event == EVENT_STORAGE_FAILED || row->event == EVENT_STORAGE_RESTORED ||
            row->event == EVENT_INHIBITOR_TAKEN || row->event == EVENT_INHIBITOR_RELEASED)
                control_wake(control);
}

void control_changed(Control *control, const Module *module) {
        size_t index = module_index(module);

        if (index >= control->n_shown || control->dirty[index])
                return;
        control->dirty[index] = true;
        control_wake(control);
}

Clock control_turn(Control *control) {
        Clock now = control->host->now(control->userdata);

        gateway_turn(control->gateway, &now);
        return now;
}

void control_wake(Control *control) {
        int r = sd_event_source_set_enabled(control->turn, SD_EVENT_ONESHOT);

        if (r < 0)
                log_debug("The bus can not be woken: %s", strerror(-r));
}

/* Once a minute at most: a peer that does not read can come back at once. */
static void slow_peer_note(Control *control, Connection *connection) {
        Clock now = control_turn(control);
        char who[WHO_MAX + 32];

        control->n_slow++;
        if (control->slow_noted > 0 &&
            now.boottime < control->slow_noted + CONTROL_SLOW_NOTE_INTERVAL)
                return;
        (void) snprintf(who, sizeof(who), "%s, %" PRIu64 " closed", connection_who(connection),
                        control->n_slow);
        gateway_note(control->gateway, "", EVENT_CLIENT_TOO_SLOW, "who", who,
                     (int64_t) control->n_slow);
        control->slow_noted = now.boottime;
        control->n_slow = 0;
}

static void connections_reap(Control *control) {
        for (size_t i = control->n_connections; i-- > 0;) {
                Connection *connection = control->connections[i];

                if (connection->end == CONNECTION_STAYS)
                        continue;
                control->connections[i] = control->connections[--control->n_connections];
                if (connection->end == CONNECTION_NOT_READING)
                        slow_peer_note(control, connection);
                (void) connection_free(connection);
        }
}

static int on_turn(sd_event_source *source _unused_, void *userdata) {
        Control *control = userdata;

        for (size_t i = 0; i < control->n_shown; i++)
                if (control->dirty[i]) {
                        control->dirty[i] = false;
                        module_emit_changes(control, i);
                }
        if (control->shown_storage_ok != gateway_storage_ok(control->gateway))
                manager_emit_storage(control);
        if (control->shown_n_inhibitors != gateway_n_inhibitors(control->gateway))
                manager_emit_inhibitors(control);
        connections_reap(control);
        return 0;
}

static int shown_fill(Control *control) {
        size_t n = gateway_n_modules(control->gateway);
        _cleanup_free_ ModuleProperties *shown = calloc(n + 1, sizeof(*shown));
        _cleanup_free_ bool *dirty = calloc(n + 1, sizeof(*dirty));

        if (!shown || !dirty)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                module_properties_fill(control->gateway, gateway_module(control->gateway, i),
                                       &shown[i]);
        free(control->shown);
        free(control->dirty);
        control->shown = TAKE_PTR(shown);
        control->dirty = TAKE_PTR(dirty);
        control->n_shown = n;
        return 0;
}

static int turn_source_new(Control *control) {
        int r;

        r = sd_event_add_defer(control->event, &control->turn, on_turn, control);
        if (r < 0)
                return r;
        r = sd_event_source_set_priority(control->turn, CONTROL_PRIORITY);
        if (r < 0)
                return r;
        (void) sd_event_source_set_description(control->turn, "control-turn");
        return sd_event_source_set_enabled(control->turn, SD_EVENT_OFF);
}

int control_new(sd_event *event, Gateway *gateway, int fd, const ControlHost *host, void *userdata,
                Control **ret) {
        _cleanup_(control_freep) Control *control = NULL;
        _cleanup_close_ int passed = fd;
        int r;

        control = calloc(1, sizeof(*control));
        if (!control)
                return -ENOMEM;
        *control = (Control) {
                .event = sd_event_ref(event),
                .gateway = gateway,
                .host = host,
                .userdata = userdata,
                .fd = -EBADF,
                .shown_storage_ok = gateway_storage_ok(gateway),
                .shown_n_inhibitors = gateway_n_inhibitors(gateway),
        };
        r = sd_id128_randomize(&control->id);
        if (r < 0)
                return r;
        r = shown_fill(control);
        if (r < 0)
                return r;
        r = turn_source_new(control);
        if (r < 0)
                return r;
        listener_find_group(control);
        r = listener_start(control, TAKE_FD(passed));
        if (r < 0)
                return r;
        *ret = TAKE_PTR(control);
        return 0;
}

Control *control_free(Control *control) {
        if (!control)
                return NULL;
        listener_stop(control);
        while (control->n_connections > 0)
                (void) connection_free(control->connections[--control->n_connections]);
        (void) sd_event_source_disable_unref(control->turn);
        (void) sd_event_unref(control->event);
        free(control->shown);
        free(control->dirty);
        free(control);
        return NULL;
}

static bool connection_wants_properties(const Connection *connection) {
        return (connection->subscribed || connection->matching) &&
               connection->end == CONNECTION_STAYS;
}

/* sd_bus_emit_object_removed() asks the object itself, which is gone by now. */
static int emit_removed(Connection *connection, const char *path) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;
        int r;

        r = sd_bus_message_new_signal(connection->bus, &message, FOTAD_PATH_MANAGER,
                                      "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved");
        if (r < 0)
                return r;
        r = sd_bus_message_append(message, "oas", path, 4, "org.freedesktop.DBus.Peer",
                                  "org.freedesktop.DBus.Introspectable",
                                  "org.freedesktop.DBus.Properties", FOTAD_INTERFACE_MODULE);
        if (r < 0)
                return r;
        return sd_bus_send(connection->bus, message, NULL);
}

typedef enum Coming { COMING_ADDED, COMING_REMOVED, COMING_SETTINGS } Coming;

static void emit_coming(Control *control, const char *name, Coming coming) {
        _cleanup_free_ char *path = NULL;
        int r = module_path(name, &path);

        for (size_t i = 0; r >= 0 && i < control->n_connections; i++) {
                Connection *connection = control->connections[i];

                if (!connection_wants_properties(connection))
                        continue;
                switch (coming) {
                case COMING_ADDED:
                        r = sd_bus_emit_object_added(connection->bus, path);
                        break;
                case COMING_REMOVED:
                        r = emit_removed(connection, path);
                        break;
                case COMING_SETTINGS:
                        r = sd_bus_emit_properties_changed(connection->bus, path,
                                                           FOTAD_INTERFACE_MODULE, "Family",
                                                           "Device", "Policy", NULL);
                        break;
                }
                connection_check_queue(connection);
        }
        if (r < 0)
                log_debug("The change of module %s was not told: %s", name, strerror(-r));
}

void control_modules_reloaded(Control *control) {
        _cleanup_free_ ModuleProperties *before = TAKE_PTR(control->shown);
        size_t n_before = control->n_shown;
        int r;

        control->n_shown = 0;
        r = shown_fill(control);
        if (r < 0)
                log_error_errno(r, "Changes of modules can not be told on the bus: %m");
        listener_find_group(control);
        for (size_t i = 0; i < n_before; i++)
                if (!gateway_find(control->gateway, before[i].name))
                        emit_coming(control, before[i].name, COMING_REMOVED);
        for (size_t i = 0; i < control->n_shown; i++) {
                const ModuleProperties *known = NULL;

                for (size_t j = 0; j < n_before && !known; j++)
                        if (streq(before[j].name, control->shown[i].name))
                                known = &before[j];
                emit_coming(control, control->shown[i].name,
                            known ? COMING_SETTINGS : COMING_ADDED);
                if (!known)
                        continue;
                memcpy(&control->shown[i], known, sizeof(*known));
                control->dirty[i] = true; /* what else changed is found after the turn */
        }
        control_wake(control);
}
