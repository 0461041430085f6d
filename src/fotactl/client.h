/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One run of fotactl: what was asked for on the command line, and the connection to fotad. */

#include <inttypes.h>

#include <fotad/dbus.h>
#include <systemd/sd-bus.h>

#include "base/time.h"

/* Exit statuses: a promise to scripts, fotactl(1). */
typedef enum Status {
        STATUS_DONE = 0,
        STATUS_FAILED = 1,
        STATUS_USAGE = 2,
        STATUS_UNREACHABLE = 3,
        STATUS_NOT_FOUND = 4,
        STATUS_NOT_PERMITTED = 5,
        STATUS_REFUSED = 6,
        STATUS_UPDATE_FAILED = 7,
} Status;

typedef struct Client {
        const char *socket; /* borrowed */
        bool json;
        bool legend;
        bool pager;
        bool quiet;
        bool wait;                 /* update */
        bool now;                  /* accept */
        bool events;               /* history */
        bool follow;               /* transcript */
        const char *at;            /* explain, plan: a moment, NULL now */
        const char *since, *until; /* history: moments, NULL none */
        const char *file;          /* update: to be pushed, NULL none */
        bool package;              /* update: from the catalogue */
        const char *to;            /* update: the version at the end, NULL the newest */
        const char *what;          /* these: inhibit */
        const char *who;
        const char *why;
        const char *scope; /* the module, NULL all */
        const char *span;
        bool separated;     /* '--' stood before the verb's words */
        const char *module; /* that the command line names, NULL: none */
        sd_bus *bus;        /* NULL: not connected yet */
} Client;

/* What talks with the module may take its time; everything else is answered at once. */
#define CLIENT_COMMAND_TIMEOUT (180 * USEC_PER_SEC)
/* A daemon that restarts is waited for so long by what goes on for a while. */
#define CLIENT_RECONNECT_MAX (10 * USEC_PER_SEC)

/* "fotactl: ..." on stderr; control characters are not printed. */
void complain(const char *format, ...) _printf_(1, 2);

/* Negative errno; says nothing. */
_must_use_ int client_connect(Client *client);
void client_disconnect(Client *client);
/* Connects and says on stderr why it can't. */
Status client_open(Client *client);
/* Tries again for CLIENT_RECONNECT_MAX. */
Status client_reopen(Client *client);
/* Did the connection break, rather than the call fail? */
bool error_is_disconnect(int error);

/* Calls a method and says on stderr why it failed. ret_reply may be NULL. */
Status call_manager(Client *client, const char *member, sd_bus_message **ret_reply,
                    const char *types, ...);
Status call_module(Client *client, const char *module, const char *member,
                   sd_bus_message **ret_reply, const char *types, ...);
/* All properties: a{sv} */
Status module_get_all(Client *client, const char *module, sd_bus_message **ret_reply);
Status manager_get_text(Client *client, const char *property, sd_bus_message **ret_reply,
                        const char **ret);
/* May a file be passed to fotad? Says why not. */
Status client_passes_files(Client *client);
/* Explains a failed call. */
Status call_explain(Client *client, const sd_bus_error *error, int r);
/* An answer that does not make sense: says so. */
Status answer_is_odd(int r);
