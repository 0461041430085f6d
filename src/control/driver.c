/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bus driver's calls, as far as a client that was made for a message bus needs them to talk to
 * a single peer.
 *
 * Owns nothing. Handled in the filter and not as an object, so that trees and introspection show
 * fotad's objects only. There is one name, org.fotad1, and one client; matches are not kept, since
 * only what somebody asked for with Subscribe() or any AddMatch() is sent at all. */

#include "control/connection.h"

#define DRIVER_NAME "org.freedesktop.DBus"

typedef int (*DriverMethod)(Connection *connection, sd_bus_message *message);

static int driver_hello(Connection *connection, sd_bus_message *message) {
        return sd_bus_reply_method_return(message, "s", connection->unique_name);
}

static int driver_add_match(Connection *connection, sd_bus_message *message) {
        connection->matching = true;
        return sd_bus_reply_method_return(message, NULL);
}

static int driver_remove_match(Connection *connection _unused_, sd_bus_message *message) {
        return sd_bus_reply_method_return(message, NULL);
}

/* `busctl monitor` calls this, waits until it has lost its name, and reads on. */
static int driver_become_monitor(Connection *connection, sd_bus_message *message) {
        int r;

        r = sd_bus_reply_method_return(message, NULL);
        if (r < 0)
                return r;
        connection->subscribed = true;
        return sd_bus_emit_signal(connection->bus, "/org/freedesktop/DBus", DRIVER_NAME, "NameLost",
                                  "s", connection->unique_name);
}

static int driver_get_name_owner(Connection *connection, sd_bus_message *message) {
        const char *name;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        if (streq(name, DRIVER_NAME) || streq(name, FOTAD_BUS_NAME) ||
            streq(name, connection->unique_name))
                return sd_bus_reply_method_return(message, "s", name);
        return sd_bus_reply_method_errorf(message, SD_BUS_ERROR_NAME_HAS_NO_OWNER, "%s is not here",
                                          name);
}

static int driver_name_has_owner(Connection *connection, sd_bus_message *message) {
        const char *name;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        return sd_bus_reply_method_return(message, "b",
                                          (int) (streq(name, DRIVER_NAME) ||
                                                 streq(name, FOTAD_BUS_NAME) ||
                                                 streq(name, connection->unique_name)));
}

static int driver_list_names(Connection *connection, sd_bus_message *message) {
        return sd_bus_reply_method_return(message, "as", 3, DRIVER_NAME, FOTAD_BUS_NAME,
                                          connection->unique_name);
}

static int driver_list_activatable_names(Connection *connection _unused_, sd_bus_message *message) {
        return sd_bus_reply_method_return(message, "as", 0);
}

static int driver_get_id(Connection *connection, sd_bus_message *message) {
        char id[SD_ID128_STRING_MAX];

        return sd_bus_reply_method_return(message, "s",
                                          sd_id128_to_string(connection->control->id, id));
}

// clang-format off
static const struct {
        const char *interface, *member, *signature;
        DriverMethod run;
} methods[] = {
        { DRIVER_NAME,               "Hello",                "",     driver_hello                  },
        { DRIVER_NAME,               "AddMatch",             "s",    driver_add_match              },
        { DRIVER_NAME,               "RemoveMatch",          "s",    driver_remove_match           },
        { DRIVER_NAME,               "GetNameOwner",         "s",    driver_get_name_owner         },
        { DRIVER_NAME,               "NameHasOwner",         "s",    driver_name_has_owner         },
        { DRIVER_NAME,               "ListNames",            "",     driver_list_names             },
        { DRIVER_NAME,               "ListActivatableNames", "",     driver_list_activatable_names },
        { DRIVER_NAME,               "GetId",                "",     driver_get_id                 },
        { DRIVER_NAME ".Monitoring", "BecomeMonitor",        "asu",  driver_become_monitor         },
};
// clang-format on

int driver_handle(Connection *connection, sd_bus_message *message) {
        for (size_t i = 0; i < ELEMENTSOF(methods); i++) {
                int r;

                if (!sd_bus_message_is_method_call(message, methods[i].interface,
                                                   methods[i].member))
                        continue;
                if (!sd_bus_message_has_signature(message, methods[i].signature))
                        return sd_bus_reply_method_errorf(message, FOTAD_ERROR_INVALID,
                                                          "%s wants '%s'", methods[i].member,
                                                          methods[i].signature);
                r = methods[i].run(connection, message);
                return r < 0 ? r : 1;
        }
        return 0;
}
