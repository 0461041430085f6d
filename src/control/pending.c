/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls that are answered when the module did.
 *
 * Owns a reference to each waiting call, in a slot of its connection. The slot's address is the
 * gateway's userdata for the handler, so a slot is given back only by the handler, which may run
 * before the order has returned, or after gateway_command_forget(). */

#include "control/connection.h"

#include "base/log.h"

PendingCall *pending_call_new(Connection *connection, sd_bus_message *call, sd_bus_error *error) {
        for (size_t i = 0; i < CONTROL_PENDING_MAX; i++)
                if (!connection->pending[i].call) {
                        connection->pending[i] =
                                (PendingCall) { connection, sd_bus_message_ref(call) };
                        return &connection->pending[i];
                }
        (void) sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "too many calls wait for an answer");
        return NULL;
}

PendingCall *pending_call_free(PendingCall *pending) {
        if (pending)
                pending->call = sd_bus_message_unref(pending->call);
        return NULL;
}

void pending_call_answered(PendingCall *pending, int r) {
        Connection *connection = pending->connection;

        if (r < 0)
                log_debug("An answer that came later was not sent: %s", strerror(-r));
        (void) pending_call_free(pending);
        connection_check_queue(connection);
}

void connection_forget_calls(Connection *connection) {
        for (size_t i = 0; i < CONTROL_PENDING_MAX; i++)
                if (connection->pending[i].call) {
                        gateway_command_forget(connection->control->gateway,
                                               &connection->pending[i]);
                        (void) pending_call_free(&connection->pending[i]);
                }
}
