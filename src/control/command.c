/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A person's AT command: the one method that is answered later.
 *
 * Owns a reference to the waiting call, in a slot of its connection. The slot's address is the
 * gateway's userdata for the handler, so a slot is given back only by the handler or after
 * gateway_command_forget(). The command may hold a secret: the log gets it redacted. */

#include "control/connection.h"

#include "base/log.h"

static int reply_lines(sd_bus_message *call, const char *const *lines, size_t n_lines) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int r;

        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', "s");
        if (r < 0)
                return r;
        for (size_t i = 0; i < n_lines; i++) {
                r = append_text(reply, lines[i]);
                if (r < 0)
                        return r;
        }
        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

static void on_command_done(void *userdata, bool ok, const char *const *lines, size_t n_lines) {
        PendingCommand *pending = userdata;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = TAKE_PTR(pending->call);
        int r;

        if (ok)
                r = reply_lines(call, lines, n_lines);
        else
                r = sd_bus_reply_method_errorf(call, FOTAD_ERROR_FAILED, "%s",
                                               n_lines > 0 ? lines[0] :
                                                             "the module did not answer");
        if (r < 0)
                log_debug("The answer to a command was not sent: %s", strerror(-r));
        connection_check_queue(pending->connection);
}

static PendingCommand *pending_command_free_slot(Connection *connection) {
        for (size_t i = 0; i < CONTROL_COMMANDS_MAX; i++)
                if (!connection->commands[i].call)
                        return &connection->commands[i];
        return NULL;
}

int method_command(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        ModuleObject *object = userdata;
        Connection *connection = object->connection;
        Control *control = connection->control;
        char why[WHY_MAX] = "", redacted[TRANSCRIPT_LINE_MAX];
        PendingCommand *pending;
        const char *command;
        int r;

        r = control_authorise(connection, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "s", &command);
        if (r < 0)
                return r;
        pending = pending_command_free_slot(connection);
        if (!pending)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "too many commands wait for an answer");
        (void) control_turn(control);
        *pending = (PendingCommand) { connection, sd_bus_message_ref(message) };
        if (gateway_command(control->gateway, object->module, command, on_command_done, pending,
                            why) != ORDER_DONE) {
                pending->call = sd_bus_message_unref(pending->call);
                return sd_bus_error_set(error, FOTAD_ERROR_REFUSED, why);
        }
        transcript_redact(redacted, sizeof(redacted), command);
        log_full(LOG_NOTICE, &(LogFields) { .module = module_name(object->module) },
                 "%s sends the command %s", connection_who(connection), redacted);
        return 1;
}

void connection_forget_commands(Connection *connection) {
        for (size_t i = 0; i < CONTROL_COMMANDS_MAX; i++)
                if (connection->commands[i].call) {
                        gateway_command_forget(connection->control->gateway,
                                               &connection->commands[i]);
                        connection->commands[i].call =
                                sd_bus_message_unref(connection->commands[i].call);
                }
}
