/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The connection to fotad, and what its errors mean for people and scripts.
 *
 * Owns the sd_bus of the client. The socket is opened by hand and not by an address, so that paths
 * need no escaping and a failure keeps its errno: "not running" and "may not look" need different
 * advice. There is no bus driver between us, so no Hello is said and no name is given. */

#include "fotactl/client.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/text.h"
#include "fotactl/output.h"

#define MODULES_SUGGESTED_MAX 64
#define CLIENT_RETRY_INTERVAL (200 * USEC_PER_MSEC)

void complain(const char *format, ...) {
        char buffer[4096];
        va_list arguments;

        va_start(arguments, format);
        (void) vsnprintf(buffer, sizeof(buffer), format, arguments);
        va_end(arguments);
        (void) output_flush();
        (void) fputs("fotactl: ", stderr);
        print_safe(stderr, buffer);
        (void) fputc('\n', stderr);
}

static int socket_open(const char *path) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        _cleanup_close_ int fd = -EBADF;

        if (!TEXT_COPY(address.sun_path, path))
                return -ENAMETOOLONG;
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return -errno;
        if (connect(fd, (const struct sockaddr *) &address, sizeof(address)) < 0)
                return -errno;
        return TAKE_FD(fd);
}

int client_connect(Client *client) {
        _cleanup_(sd_bus_close_unrefp) sd_bus *bus = NULL;
        _cleanup_close_ int fd = -EBADF;
        int r;

        fd = socket_open(client->socket);
        if (fd < 0)
                return fd;
        r = sd_bus_new(&bus);
        if (r < 0)
                return r;
        r = sd_bus_set_fd(bus, fd, fd);
        if (r < 0)
                return r;
        (void) TAKE_FD(fd);
        r = sd_bus_start(bus);
        if (r < 0)
                return r;
        client->bus = TAKE_PTR(bus);
        return 0;
}

void client_disconnect(Client *client) {
        client->bus = sd_bus_close_unref(client->bus);
}

static Status unreachable(const Client *client, int r) {
        complain("fotad can not be reached at %s: %s", client->socket, strerror(-r));
        if (r == -ENOENT || r == -ECONNREFUSED)
                (void) fputs("Is it running? Look with 'systemctl status fotad'; another socket is "
                             "given with --socket "
                             "or $FOTAD_SOCKET.\n",
                             stderr);
        return STATUS_UNREACHABLE;
}

Status client_open(Client *client) {
        int r;

        if (client->bus)
                return STATUS_DONE;
        r = client_connect(client);
        return r < 0 ? unreachable(client, r) : STATUS_DONE;
}

/* A daemon that is about to end still takes connections, but answers none. */
static int client_try(Client *client) {
        int r;

        client_disconnect(client);
        r = client_connect(client);
        if (r < 0)
                return r;
        return sd_bus_call_method(client->bus, NULL, FOTAD_PATH_MANAGER,
                                  "org.freedesktop.DBus.Peer", "Ping", NULL, NULL, NULL);
}

Status client_reopen(Client *client) {
        Clock begin = clock_now();
        int r;

        do {
                r = client_try(client);
                if (r >= 0)
                        return STATUS_DONE;
                (void) usleep(CLIENT_RETRY_INTERVAL);
        } while (clock_now().boottime < begin.boottime + CLIENT_RECONNECT_MAX);
        return unreachable(client, r);
}

/* fotad takes descriptors only from those who may change things. */
Status client_passes_files(Client *client) {
        Status status;
        int r;

        status = client_open(client);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_can_send(client->bus, SD_BUS_TYPE_UNIX_FD);
        if (r < 0)
                return call_explain(client, NULL, r);
        if (r > 0)
                return STATUS_DONE;
        complain("not permitted: fotad takes files only from root, its own user and members of its "
                 "control group");
        return STATUS_NOT_PERMITTED;
}

bool error_is_disconnect(int error) {
        return error == -ENOTCONN || error == -ECONNRESET || error == -EPIPE ||
               error == -ECONNABORTED || error == -ESHUTDOWN;
}

/* errors */

/* The names of all modules, NULL-terminated; they live as long as *ret_reply. */
static size_t module_names(Client *client, sd_bus_message **ret_reply,
                           const char *ret[static MODULES_SUGGESTED_MAX + 1]) {
        size_t n = 0;

        ret[0] = NULL;
        if (sd_bus_call_method(client->bus, NULL, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER,
                               "ListModules", NULL, ret_reply, NULL) < 0 ||
            sd_bus_message_enter_container(*ret_reply, 'a', "(so)") < 0)
                return 0;
        while (n < MODULES_SUGGESTED_MAX &&
               sd_bus_message_read(*ret_reply, "(so)", &ret[n], NULL) > 0)
                n++;
        ret[n] = NULL;
        return n;
}

static Status no_such_module(Client *client, const char *module, const char *message) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *names[MODULES_SUGGESTED_MAX + 1], *nearest;

        if (!module || module_names(client, &reply, names) == 0) {
                complain("%s", message);
                return STATUS_NOT_FOUND;
        }
        nearest = text_nearest(module, names);
        if (nearest)
                complain("there is no module '%s', did you mean '%s'?", module, nearest);
        else {
                complain("there is no module '%s'; there is:", module);
                for (const char **name = names; *name; name++)
                        (void) fprintf(stderr, "  %s\n", *name);
        }
        return STATUS_NOT_FOUND;
}

Status call_explain(Client *client, const sd_bus_error *error, int r) {
        const char *message = error && error->message ? error->message : strerror(-r);

        if (sd_bus_error_has_name(error, FOTAD_ERROR_NO_SUCH_MODULE))
                return no_such_module(client, client->module, message);
        if (sd_bus_error_has_name(error, FOTAD_ERROR_NO_SUCH_JOB)) {
                complain("%s", message);
                return STATUS_NOT_FOUND;
        }
        if (sd_bus_error_has_name(error, FOTAD_ERROR_NOT_PERMITTED)) {
                complain("not permitted: %s", message);
                return STATUS_NOT_PERMITTED;
        }
        if (sd_bus_error_has_name(error, FOTAD_ERROR_REFUSED)) {
                complain("refused: %s", message);
                return STATUS_REFUSED;
        }
        if (sd_bus_error_has_name(error, FOTAD_ERROR_INVALID)) {
                complain("%s", message);
                return STATUS_USAGE;
        }
        if (sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_METHOD) ||
            sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_INTERFACE)) {
                complain("the fotad that runs does not know this yet; restart it after an update");
                return STATUS_FAILED;
        }
        if (error_is_disconnect(r) || sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY) ||
            r == -ETIMEDOUT) {
                complain("fotad went away or does not answer: %s", message);
                return STATUS_UNREACHABLE;
        }
        complain("%s", message);
        return STATUS_FAILED;
}

Status answer_is_odd(int r) {
        complain("fotad's answer can not be understood: %s", strerror(-r));
        return STATUS_FAILED;
}

/* calls */

static Status call_message(Client *client, sd_bus_message *call, usec_t timeout,
                           sd_bus_message **ret_reply) {
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        int r = sd_bus_call(client->bus, call, timeout, &error, ret_reply);

        return r < 0 ? call_explain(client, &error, r) : STATUS_DONE;
}

static int message_new(Client *client, const char *path, const char *interface, const char *member,
                       sd_bus_message **ret) {
        return sd_bus_message_new_method_call(client->bus, ret, NULL, path, interface, member);
}

Status call_manager(Client *client, const char *member, sd_bus_message **ret_reply,
                    const char *types, ...) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        va_list arguments;
        Status status;
        int r;

        status = client_open(client);
        if (status != STATUS_DONE)
                return status;
        r = message_new(client, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER, member, &call);
        if (r >= 0 && types) {
                va_start(arguments, types);
                r = sd_bus_message_appendv(call, types, arguments);
                va_end(arguments);
        }
        if (r < 0)
                return call_explain(client, NULL, r);
        return call_message(client, call, 0, ret_reply);
}

static int module_call_new(Client *client, const char *module, const char *interface,
                           const char *member, sd_bus_message **ret) {
        _cleanup_free_ char *path = NULL;
        int r;

        r = sd_bus_path_encode(FOTAD_PATH_MODULES, module, &path);
        if (r < 0)
                return r;
        return message_new(client, path, interface, member, ret);
}

Status call_module(Client *client, const char *module, const char *member,
                   sd_bus_message **ret_reply, const char *types, ...) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        bool talks = streq(member, "Command") || streq(member, "Settings");
        usec_t timeout = talks ? CLIENT_COMMAND_TIMEOUT : 0;
        va_list arguments;
        Status status;
        int r;

        status = client_open(client);
        if (status != STATUS_DONE)
                return status;
        r = module_call_new(client, module, FOTAD_INTERFACE_MODULE, member, &call);
        if (r >= 0 && types) {
                va_start(arguments, types);
                r = sd_bus_message_appendv(call, types, arguments);
                va_end(arguments);
        }
        if (r < 0)
                return call_explain(client, NULL, r);
        return call_message(client, call, timeout, ret_reply);
}

Status module_get_all(Client *client, const char *module, sd_bus_message **ret_reply) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        Status status;
        int r;

        status = client_open(client);
        if (status != STATUS_DONE)
                return status;
        r = module_call_new(client, module, "org.freedesktop.DBus.Properties", "GetAll", &call);
        if (r >= 0)
                r = sd_bus_message_append(call, "s", FOTAD_INTERFACE_MODULE);
        if (r < 0)
                return call_explain(client, NULL, r);
        return call_message(client, call, 0, ret_reply);
}

Status manager_get_text(Client *client, const char *property, sd_bus_message **ret_reply,
                        const char **ret) {
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        Status status;
        int r;

        status = client_open(client);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_get_property(client->bus, NULL, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER,
                                property, &error, ret_reply, "s");
        if (r < 0)
                return call_explain(client, &error, r);
        r = sd_bus_message_read(*ret_reply, "s", ret);
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}
