/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A person's AT command, answered when the module did.
 *
 * Owns nothing. The command may hold a secret: the log gets it redacted. */

#include "control/connection.h"

#include "base/log.h"

static int append_line(sd_bus_message *reply, const void *lines, size_t i) {
        return append_text(reply, ((const char *const *) lines)[i]);
}

static void on_command_done(void *userdata, bool ok, const char *const *lines, size_t n_lines) {
        PendingCall *pending = userdata;
        int r;

        if (ok)
                r = reply_array(pending->call, "s", append_line, lines, n_lines);
        else
                r = sd_bus_reply_method_errorf(pending->call, FOTAD_ERROR_FAILED, "%s",
                                               n_lines > 0 ? lines[0] :
                                                             "the module did not answer");
        pending_call_answered(pending, r);
}

int method_command(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        ModuleObject *object = userdata;
        Connection *connection = object->connection;
        Control *control = connection->control;
        char why[WHY_MAX] = "", redacted[TRANSCRIPT_LINE_MAX];
        PendingCall *pending;
        const char *command;
        int r;

        r = control_authorise(connection, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "s", &command);
        if (r < 0)
                return r;
        pending = pending_call_new(connection, message, error);
        if (!pending)
                return -ENOBUFS;
        (void) control_turn(control);
        if (gateway_command(control->gateway, object->module, command, on_command_done, pending,
                            why) != ORDER_DONE) {
                (void) pending_call_free(pending);
                return sd_bus_error_set(error, FOTAD_ERROR_REFUSED, why);
        }
        transcript_redact(redacted, sizeof(redacted), command);
        log_full(LOG_NOTICE, &(LogFields) { .module = module_name(object->module) },
                 "%s sends the command %s", connection_who(connection), redacted);
        return 1;
}
