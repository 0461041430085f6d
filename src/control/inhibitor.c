/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Inhibitors on the bus: taken, listed, shown with their modules.
 *
 * Owns nothing. A lease is a pipe: the peer gets the end to write to, the daemon keeps the other
 * one and sees when nobody holds the peer's any more. Who the owner is comes from the socket's
 * credentials; what it says of itself is shown as its own words. */

#include "control/connection.h"

#include <fcntl.h>
#include <systemd/sd-login.h>

static void owner_fill(Connection *connection, InhibitorRow *ret) {
        _cleanup_free_ char *unit = NULL;

        ret->source = INHIBITOR_DESCRIPTOR;
        ret->uid = connection->peer.uid;
        ret->pid = (uint32_t) MAX_OF(connection->peer.pid, 0);
        (void) TEXT_COPY(ret->by, connection_who(connection));
        if (connection->peer.pid > 0 && sd_pid_get_unit(connection->peer.pid, &unit) >= 0)
                (void) TEXT_COPY(ret->unit, unit);
}

static int row_read(sd_bus_message *message, InhibitorRow *ret, sd_bus_error *error) {
        const char *what, *who, *why, *module, *bad;
        int r;

        r = sd_bus_message_read(message, "sssst", &what, &who, &why, &module, &ret->span);
        if (r < 0)
                return r;
        if (actions_parse(what, &ret->actions, &bad) < 0)
                return sd_bus_error_setf(error, FOTAD_ERROR_INVALID,
                                         "'%.*s' is none of connect, download, install, reboot, "
                                         "uninstall",
                                         (int) MIN_OF(strcspn(bad, ":,"), (size_t) 64), bad);
        if (!TEXT_COPY(ret->who, who) || !TEXT_COPY(ret->why, why))
                return sd_bus_error_setf(error, FOTAD_ERROR_INVALID,
                                         "who may have %d bytes and why %d at most",
                                         INHIBITOR_WHO_MAX - 1, INHIBITOR_WHY_MAX - 1);
        if (!TEXT_COPY(ret->module, module))
                return sd_bus_error_setf(error, FOTAD_ERROR_NO_SUCH_MODULE,
                                         "there is no module '%s'", module);
        return 0;
}

static const char *error_name(int r) {
        if (r == -EINVAL)
                return FOTAD_ERROR_INVALID;
        return r == -ENOENT ? FOTAD_ERROR_NO_SUCH_MODULE : FOTAD_ERROR_REFUSED;
}

/* The lease and the end of its pipe that goes to the peer. */
static int lease_take(Control *control, const InhibitorRow *row, int *ret_fd, sd_bus_error *error) {
        _cleanup_close_ int keep = -EBADF, give = -EBADF;
        char why[WHY_MAX] = "";
        uint64_t id;
        int fds[2], r;

        if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
                return sd_bus_error_set_errno(error, errno);
        keep = fds[0];
        give = fds[1];
        (void) control_turn(control);
        r = gateway_inhibit(control->gateway, row, &id, why);
        if (r < 0)
                return sd_bus_error_set(error, error_name(r), why);
        r = control->host->inhibitor_hold(control->userdata, id, TAKE_FD(keep));
        if (r < 0) {
                gateway_uninhibit(control->gateway, id, "its descriptor could not be watched");
                return sd_bus_error_set_errno(error, r);
        }
        *ret_fd = TAKE_FD(give);
        return 0;
}

int method_inhibit(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Connection *connection = userdata;
        _cleanup_close_ int fd = -EBADF;
        InhibitorRow row = {};
        int r;

        r = control_authorise(connection, error);
        if (r < 0)
                return r;
        r = row_read(message, &row, error);
        if (r < 0)
                return r;
        if (sd_bus_can_send(connection->bus, SD_BUS_TYPE_UNIX_FD) <= 0)
                return sd_bus_error_set(error, FOTAD_ERROR_FAILED,
                                        "this connection takes no descriptors, which an inhibitor "
                                        "is");
        owner_fill(connection, &row);
        r = lease_take(connection->control, &row, &fd, error);
        if (r < 0)
                return r;
        return sd_bus_reply_method_return(message, "h", fd);
}

int method_break_inhibitor(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Connection *connection = userdata;
        char why[WHY_MAX] = "";
        uint64_t id;
        int r;

        r = control_authorise(connection, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "t", &id);
        if (r < 0)
                return r;
        (void) control_turn(connection->control);
        r = gateway_break_inhibitor(connection->control->gateway, id, connection_who(connection),
                                    why);
        if (r < 0)
                return sd_bus_error_set(error, FOTAD_ERROR_REFUSED, why);
        return sd_bus_reply_method_return(message, "");
}

static int append_inhibitor(sd_bus_message *reply, const Gateway *gateway, size_t i) {
        const InhibitorRow *row = gateway_inhibitor(gateway, i);
        char what[ACTIONS_TEXT_MAX];
        const Field fields[] = {
                { "id", 't', .number = (int64_t) row->id },
                { "what", 's', .text = actions_format(what, row->actions) },
                { "module", 's', .text = row->module },
                { "who", 's', .text = row->who },
                { "why", 's', .text = row->why },
                { "by", 's', .text = row->by },
                { "source", 's', .text = inhibitor_source_to_string(row->source) },
                { "uid", 'u', .number = row->uid },
                { "pid", 'u', .number = row->pid },
                { "unit", 's', .text = row->unit },
                { "since", 't', .number = (int64_t) row->since },
                { "until", 't', .number = row->until == USEC_INFINITY ? 0 : (int64_t) row->until },
                { "held", 'b', .number = row->owner_until == 0 },
        };

        return append_dictionary(reply, fields, ELEMENTSOF(fields));
}

static int append_listed(sd_bus_message *reply, const void *gateway, size_t i) {
        return append_inhibitor(reply, gateway, i);
}

int method_list_inhibitors(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const Gateway *gateway = ((Connection *) userdata)->control->gateway;

        if (!gateway_knows_past(gateway))
                return sd_bus_error_set(
                        error, FOTAD_ERROR_FAILED,
                        "the inhibitors are not known: the database can not be read");
        return reply_array(message, "a{sv}", append_listed, gateway, gateway_n_inhibitors(gateway));
}

int property_get_inhibitors(sd_bus *bus _unused_, const char *path _unused_,
                            const char *interface _unused_, const char *property _unused_,
                            sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        const ModuleObject *object = userdata;
        const Gateway *gateway = object->connection->control->gateway;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (size_t i = 0; i < gateway_n_inhibitors(gateway) && r >= 0; i++)
                if (inhibitor_concerns(gateway_inhibitor(gateway, i), module_name(object->module)))
                        r = append_inhibitor(reply, gateway, i);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int property_get_n_inhibitors(sd_bus *bus _unused_, const char *path _unused_,
                              const char *interface _unused_, const char *property _unused_,
                              sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_) {
        const Connection *connection = userdata;
        const uint32_t n = (uint32_t) gateway_n_inhibitors(connection->control->gateway);

        return sd_bus_message_append_basic(reply, 'u', &n);
}
