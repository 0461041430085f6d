/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One peer: its own little bus, who it is, and what it may do.
 *
 * Owns the sd_bus and the peer's waiting calls. Credentials are the socket's (SO_PEERCRED,
 * SO_PEERGROUPS), never sd_bus_query_sender_creds(): a peer may write any sender into its messages,
 * and sd-bus would then ask the peer who that is and wait for the answer. For the same reason
 * nothing here flushes, not even on exit: whoever does not read must not stop the loop. */

#include "control/connection.h"

#include <pwd.h>
#include <stdio.h>

#include "base/log.h"

#define GROUPS_MAX 65536 /* NGROUPS_MAX of Linux */

void connection_end(Connection *connection, ConnectionEnd end) {
        if (connection->end != CONNECTION_STAYS)
                return;
        connection->end = end;
        control_wake(connection->control);
}

static uint64_t connection_unread(const Connection *connection) {
        uint64_t n = 0;

        return sd_bus_get_n_queued_write(connection->bus, &n) < 0 ? 0 : n;
}

/* Who has rights answers for each of his programs; a stranger for all of them. */
static uint64_t user_unread(const Connection *connection) {
        const Control *control = connection->control;
        uint64_t n = 0;

        if (!connection->gate)
                return connection_unread(connection);
        for (size_t i = 0; i < control->n_connections; i++)
                if (control->connections[i]->gate &&
                    control->connections[i]->peer.uid == connection->peer.uid)
                        n += connection_unread(control->connections[i]);
        return n;
}

void connection_check_queue(Connection *connection) {
        if (connection_unread(connection) > 0 && user_unread(connection) > CONTROL_QUEUE_MAX)
                connection_end(connection, CONNECTION_NOT_READING);
}

const char *connection_who(Connection *connection) {
        struct passwd entry, *found = NULL;
        char buffer[16 * 1024], name[WHO_MAX - 20];
        unsigned uid = connection->peer.uid;

        if (connection->who[0])
                return connection->who;
        if (getpwuid_r(connection->peer.uid, &entry, buffer, sizeof(buffer), &found) != 0 || !found)
                (void) snprintf(connection->who, sizeof(connection->who), "uid %u", uid);
        else {
                (void) TEXT_COPY(name, found->pw_name);
                (void) snprintf(connection->who, sizeof(connection->who), "%s (uid %u)", name, uid);
        }
        return connection->who;
}

static bool peer_in_group(int fd, gid_t group) {
        _cleanup_free_ gid_t *groups = NULL;
        socklen_t size = 0;

        if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) >= 0)
                return false; /* no groups at all */
        if (errno != ERANGE || size > GROUPS_MAX * sizeof(gid_t))
                return false;
        groups = malloc(size);
        if (!groups || getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
                return false;
        for (size_t i = 0; i < size / sizeof(gid_t); i++)
                if (groups[i] == group)
                        return true;
        return false;
}

bool control_peer_has_rights(const Control *control, int fd, const struct ucred *peer) {
        if (peer->uid == 0 || peer->uid == geteuid())
                return true;
        return control->has_group &&
               (peer->gid == control->group || peer_in_group(fd, control->group));
}

int control_authorise(Connection *connection, sd_bus_error *error) {
        const Control *control = connection->control;

        if (control_peer_has_rights(control, connection->fd, &connection->peer))
                return 0;
        log_debug("%s is not permitted to change things", connection_who(connection));
        if (control->has_group)
                return sd_bus_error_setf(
                        error, FOTAD_ERROR_NOT_PERMITTED,
                        "only root, fotad's own user and members of group '%s' may do this",
                        gateway_settings(control->gateway)->control.group);
        return sd_bus_error_set(error, FOTAD_ERROR_NOT_PERMITTED,
                                "only root and fotad's own user may do this");
}

static bool answer_may_be_large(sd_bus_message *message) {
        static const char *const members[] = { "GetManagedObjects",
                                               "GetJobs",
                                               "GetEvents",
                                               "Settings",
                                               "GetTranscript",
                                               "Plan",
                                               "GetJobsBetween",
                                               "GetEventsBetween",
                                               "ListInhibitors",
                                               "Introspect",
                                               "Get",
                                               "GetAll",
                                               "Explain",
                                               "ExplainAt" };
        const char *member = sd_bus_message_get_member(message);

        for (size_t i = 0; member && i < ELEMENTSOF(members); i++)
                if (streq(member, members[i]))
                        return true;
        return false;
}

/* Of a stranger each call counts as large: an error may say again what he said, which was up to
 * GATE_MESSAGE_MAX. */
static bool must_read_first(const Connection *connection, sd_bus_message *message) {
        if (!sd_bus_message_is_method_call(message, NULL, NULL) ||
            user_unread(connection) <= CONTROL_LARGE_UNREAD_MAX)
                return false;
        return connection->gate || answer_may_be_large(message);
}

static int refuse_for_now(sd_bus_message *message) {
        const int r = sd_bus_reply_method_errorf(message, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                                 "read what was answered before");

        return r < 0 ? r : 1; /* 0: no answer was wanted */
}

/* Before any object sees a message. */
static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error _unused_) {
        Connection *connection = userdata;

        if (sd_bus_message_is_signal(message, "org.freedesktop.DBus.Local", "Disconnected")) {
                connection_end(connection, CONNECTION_GONE);
                return 1;
        }
        connection_check_queue(connection);
        if (connection->end != CONNECTION_STAYS)
                return 1;
        if (must_read_first(connection, message))
                return refuse_for_now(message);
        return driver_handle(connection, message);
}

static int on_authenticate_late(sd_event_source *source _unused_, uint64_t usec _unused_,
                                void *userdata) {
        Connection *connection = userdata;

        if (sd_bus_is_ready(connection->bus) <= 0)
                connection_end(connection, CONNECTION_GONE);
        connection->authenticate_timer =
                sd_event_source_disable_unref(connection->authenticate_timer);
        return 0;
}

static int connection_limit_authentication(Connection *connection) {
        sd_event_source **timer = &connection->authenticate_timer;
        int r;

        r = sd_event_add_time_relative(connection->control->event, timer, CLOCK_BOOTTIME,
                                       CONTROL_AUTHENTICATE_MAX, USEC_PER_SEC, on_authenticate_late,
                                       connection);
        if (r < 0)
                return r;
        (void) sd_event_source_set_description(*timer, "control-authenticate");
        return sd_event_source_set_priority(*timer, CONTROL_PRIORITY);
}

static void on_gate_refused(void *userdata) {
        Connection *connection = userdata;

        log_debug("%s sends what is too large to be a call", connection_who(connection));
        connection_end(connection, CONNECTION_GONE);
}

/* The bus of a stranger reads from a gate. Behind it the socket tells sd-bus nothing of the peer,
 * so it believes what it is told: who a peer is was asked before. */
static int connection_open_gate(Connection *connection, int fd, int *ret_fd) {
        int r;

        if (control_peer_has_rights(connection->control, fd, &connection->peer)) {
                *ret_fd = fd;
                return 0;
        }
        r = sd_bus_set_anonymous(connection->bus, true);
        if (r < 0)
                return r;
        return gate_new(connection->control->event, CONTROL_PRIORITY_STRANGER, fd, on_gate_refused,
                        connection, &connection->gate, ret_fd);
}

/* Takes `fd`. Descriptors are taken from peers that may change things only: others could use up the
 * daemon's, with messages full of them that never end, or that sd-bus drops as wrong, which leaves
 * theirs open. */
static int connection_open_bus(Connection *connection, int fd) {
        _cleanup_close_ int owned = fd, input = -EBADF;
        int r, from;

        r = sd_bus_new(&connection->bus);
        if (r < 0)
                return r;
        r = connection_open_gate(connection, fd, &from);
        if (r < 0)
                return r;
        if (connection->gate)
                input = from;
        r = sd_bus_set_fd(connection->bus, from, fd);
        if (r < 0)
                return r;
        connection->fd = TAKE_FD(owned);
        (void) TAKE_FD(input);
        r = sd_bus_set_server(connection->bus, true, connection->control->id);
        if (r < 0)
                return r;
        r = sd_bus_negotiate_fds(connection->bus, !connection->gate);
        if (r < 0)
                return r;
        r = sd_bus_set_close_on_exit(connection->bus, false); /* it would flush */
        if (r < 0)
                return r;
        (void) sd_bus_set_description(connection->bus, "control-peer");
        return 0;
}

static int connection_register(Connection *connection) {
        int r;

        r = sd_bus_add_filter(connection->bus, NULL, on_message, connection);
        if (r < 0)
                return r;
        r = manager_register(connection);
        if (r < 0)
                return r;
        return module_register(connection);
}

int connection_new(Control *control, int fd, const struct ucred *peer, Connection **ret) {
        _cleanup_(connection_freep) Connection *connection = NULL;
        const int send_buffer = CONTROL_SEND_BUFFER_BYTES;
        _cleanup_close_ int owned = fd;
        int r;

        connection = calloc(1, sizeof(*connection));
        if (!connection)
                return -ENOMEM;
        connection->control = control;
        connection->peer = *peer;
        (void) snprintf(connection->unique_name, sizeof(connection->unique_name), ":1.%" PRIu64,
                        ++control->n_accepted);
        r = connection_open_bus(connection, TAKE_FD(owned));
        if (r < 0)
                return r;
        r = connection_register(connection);
        if (r < 0)
                return r;
        r = connection_limit_authentication(connection);
        if (r < 0)
                return r;
        r = sd_bus_start(connection->bus);
        if (r < 0)
                return r;
        if (setsockopt(connection->fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer)) <
            0)
                return -errno;
        r = sd_bus_attach_event(connection->bus, control->event,
                                connection->gate ? CONTROL_PRIORITY_STRANGER : CONTROL_PRIORITY);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(connection);
        return 0;
}

Connection *connection_free(Connection *connection) {
        if (!connection)
                return NULL;
        connection_forget_calls(connection);
        (void) sd_event_source_disable_unref(connection->authenticate_timer);
        connection->gate = gate_free(connection->gate);
        (void) sd_bus_close_unref(connection->bus);
        free(connection);
        return NULL;
}
