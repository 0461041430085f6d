/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The settings of a module that an update loses: shown, saved, compared, restored.
 *
 * Owns nothing. What was saved is there for everybody to see, the core hides secrets; whatever
 * reads or writes the module is for those who may change things. */

#include "control/connection.h"

#include "base/log.h"

static int append_row(sd_bus_message *reply, const void *rows, size_t i) {
        const SettingRow *row = (const SettingRow *) rows + i;
        const char *const texts[] = { row->name, row->saved, row->now, row->fate };

        return append_texts(reply, texts, ELEMENTSOF(texts));
}

static void on_settings_done(void *userdata, bool ok, const char *why, const SettingRow *rows,
                             size_t n_rows) {
        PendingCall *pending = userdata;

        pending_call_answered(
                pending,
                ok ? reply_array(pending->call, "(ssss)", append_row, rows, n_rows) :
                     sd_bus_reply_method_errorf(pending->call, FOTAD_ERROR_FAILED, "%s", why));
}

static int read_operation(sd_bus_message *message, SettingsOrder *ret, sd_bus_error *error) {
        const char *name;
        int r, operation;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        operation = settings_order_from_string(name);
        if (operation < 0)
                return sd_bus_error_setf(error, FOTAD_ERROR_INVALID,
                                         "operation '%s' is none of show, save, diff, restore",
                                         name);
        *ret = (SettingsOrder) operation;
        return 0;
}

int method_settings(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        ModuleObject *object = userdata;
        Connection *connection = object->connection;
        Control *control = connection->control;
        const char *who = connection_who(connection);
        char why[WHY_MAX] = "";
        PendingCall *pending;
        SettingsOrder operation = SETTINGS_SHOW;
        int r;

        r = read_operation(message, &operation, error);
        if (r < 0)
                return r;
        r = operation == SETTINGS_SHOW ? 0 : control_authorise(connection, error);
        if (r < 0)
                return r;
        pending = pending_call_new(connection, message, error);
        if (!pending)
                return -ENOBUFS;
        (void) control_turn(control);
        if (gateway_settings_order(control->gateway, object->module, operation, who,
                                   on_settings_done, pending, why) != ORDER_DONE) {
                (void) pending_call_free(pending);
                return sd_bus_error_set(error, FOTAD_ERROR_REFUSED, why);
        }
        if (operation != SETTINGS_SHOW)
                log_full(LOG_INFO, &(LogFields) { .module = module_name(object->module) },
                         "settings %s: asked for by %s", settings_order_to_string(operation), who);
        return 1;
}
