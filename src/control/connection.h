/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The inside of control/: the listening side, its connections, and the objects that every
 * connection shows. */

#include <inttypes.h>
#include <sys/socket.h>

#include <fotad/dbus.h>
#include <systemd/sd-bus.h>

#include "control/control.h"
#include "control/gate.h"
#include "control/properties.h"

#define CONTROL_PENDING_MAX 4 /* calls of one peer that wait for their module */
/* Answers that may be large are refused while the peer leaves more messages unread than this; of a
 * user without rights all answers, and all connections count together. */
#define CONTROL_LARGE_UNREAD_MAX 2
/* sd-bus asks for 8 MiB of kernel memory a connection, and gets them when fotad is root. */
#define CONTROL_SEND_BUFFER_BYTES (256 * 1024)
/* Modules come first: everything on the bus runs when no port, timer or commit is due. */
#define CONTROL_PRIORITY (SD_EVENT_PRIORITY_NORMAL + 10)
/* And those who may change things before those who may look. */
#define CONTROL_PRIORITY_STRANGER (CONTROL_PRIORITY + 10)
/* Connecting is between the two, as many as a flood has in a tenth of a second. */
#define CONTROL_ACCEPT_INTERVAL (100 * USEC_PER_MSEC)
#define CONTROL_ACCEPT_MAX 1000
/* Closed slow peers are noted at most so often, with a count. */
#define CONTROL_SLOW_NOTE_INTERVAL USEC_PER_MINUTE

typedef struct Connection Connection;

typedef struct PendingCall {
        Connection *connection;
        sd_bus_message *call; /* NULL: free */
} PendingCall;

/* What a path under FOTAD_PATH_MODULES stands for while one message is handled. */
typedef struct ModuleObject {
        Connection *connection;
        Module *module;
        ModuleProperties properties;
} ModuleObject;

typedef enum ConnectionEnd {
        CONNECTION_STAYS,
        CONNECTION_GONE,       /* the peer closed, never authenticated, or says too much */
        CONNECTION_NOT_READING /* more than CONTROL_QUEUE_MAX messages unread */
} ConnectionEnd;

struct Connection {
        Control *control;
        sd_bus *bus;
        int fd;     /* the peer's socket: the bus has it */
        Gate *gate; /* NULL: the peer had rights when it came */
        sd_event_source *authenticate_timer;
        struct ucred peer; /* as of connect() */
        char unique_name[24];
        char who[WHO_MAX]; /* "" until somebody asks */
        bool subscribed;   /* Subscribe(): wants Event too */
        bool matching;     /* AddMatch(): a client of an ordinary bus, wants PropertiesChanged */
        ConnectionEnd end;
        ModuleObject found;
        PendingCall pending[CONTROL_PENDING_MAX];
};

struct Control {
        sd_event *event;
        Gateway *gateway;
        const ControlHost *host;
        void *userdata;
        int fd;
        char path[PATH_MAX]; /* of our own socket, "" when it was passed in */
        bool has_group;
        gid_t group;
        sd_id128_t id;
        sd_event_source *listener, *listener_pause, *turn;
        uint64_t n_accepted;
        size_t n_connections;
        Connection *connections[CONTROL_CONNECTIONS_MAX];
        size_t n_shown; /* what the last PropertiesChanged left the world believing */
        ModuleProperties *shown;
        bool *dirty;
        bool shown_storage_ok;
        size_t shown_n_inhibitors;
        usec_t slow_noted; /* boottime */
        uint64_t n_slow;
};

/* listener.c */

_must_use_ int listener_start(Control *control, int fd);
void listener_stop(Control *control);
/* Looks up the control group; a group that does not exist is warned about. */
void listener_find_group(Control *control);

/* connection.c */

/* Takes `fd`. */
_must_use_ int connection_new(Control *control, int fd, const struct ucred *peer, Connection **ret);
Connection *connection_free(Connection *connection);
DEFINE_CLEANUP(Connection *, connection_free)
/* Closes soon, from the loop: safe while a message of this connection is handled. */
void connection_end(Connection *connection, ConnectionEnd end);
/* May who is at the other end change things? */
_must_use_ bool control_peer_has_rights(const Control *control, int fd, const struct ucred *peer);
/* Ends a connection whose peer does not read. */
void connection_check_queue(Connection *connection);
/* "root (uid 0)"; borrowed */
const char *connection_who(Connection *connection);
/* May the peer change things? 0, or negative with `error` saying who may. */
_must_use_ int control_authorise(Connection *connection, sd_bus_error *error);

/* control.c */

/* Tells the gateway what time it is before an order or a question. */
Clock control_turn(Control *control);
/* Something waits for on_turn(). */
void control_wake(Control *control);

/* driver.c */

/* The bus driver's calls, so that clients made for a message bus work. 1: answered, 0: not for the
 * driver. */
int driver_handle(Connection *connection, sd_bus_message *message);

/* manager.c, object.c: their vtables; each takes the bus of a new connection */

_must_use_ int manager_register(Connection *connection);
_must_use_ int module_register(Connection *connection);
void manager_emit_storage(Control *control);
void manager_emit_inhibitors(Control *control);
/* PropertiesChanged for what differs from `shown`, which is renewed. */
void module_emit_changes(Control *control, size_t index);
_must_use_ int module_path(const char *name, char **ret);

/* Authorises, gives the order in the peer's name and logs it. */
_must_use_ int module_order(ModuleObject *object, Order *order, uint64_t *ret_job,
                            sd_bus_error *error);

/* package.c: updates from files */

int method_update_file(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_update_package(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_plan_package(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* pending.c: calls that are answered later */

/* Keeps `call` until it is answered. NULL with `error`: too many wait. */
_must_use_ PendingCall *pending_call_new(Connection *connection, sd_bus_message *call,
                                         sd_bus_error *error);
/* Ends the wait without an answer. */
PendingCall *pending_call_free(PendingCall *pending);
/* Ends it after the answer was sent with the result `r`. */
void pending_call_answered(PendingCall *pending, int r);
/* The peer is gone. */
void connection_forget_calls(Connection *connection);

/* outlook.c: what is going to happen, and which policies say so */

int method_explain_at(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_plan(sd_bus_message *message, void *userdata, sd_bus_error *error);
int property_get_policies(sd_bus *bus, const char *path, const char *interface,
                          const char *property, sd_bus_message *reply, void *userdata,
                          sd_bus_error *error);

/* question.c, command.c, settings.c: methods of a module that are more than an order */

int method_explain(sd_bus_message *message, void *userdata, sd_bus_error *error);
/* "" stands for what the module waits for, else the install. */
_must_use_ int read_explained_action(sd_bus_message *message, const ModuleObject *object,
                                     Action *ret, sd_bus_error *error);
_must_use_ int append_verdict(sd_bus_message *reply, Action action, const Verdict *verdict);
int method_get_transcript(sd_bus_message *message, void *userdata, sd_bus_error *error);
_must_use_ int read_action(sd_bus_message *message, Action *ret, sd_bus_error *error);
int method_command(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_settings(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* inhibitor.c */

int method_inhibit(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_break_inhibitor(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_list_inhibitors(sd_bus_message *message, void *userdata, sd_bus_error *error);
int property_get_inhibitors(sd_bus *bus, const char *path, const char *interface,
                            const char *property, sd_bus_message *reply, void *userdata,
                            sd_bus_error *error); /* userdata: ModuleObject */
int property_get_n_inhibitors(sd_bus *bus, const char *path, const char *interface,
                              const char *property, sd_bus_message *reply, void *userdata,
                              sd_bus_error *error); /* userdata: Connection */

/* append.c */

/* Like sd_bus_message_append_basic('s'), with U+FFFD for what is not UTF-8: a module may send
 * anything, and the peer would drop the connection. */
_must_use_ int append_text(sd_bus_message *message, const char *text);

/* A struct of so many texts, at most 8. */
_must_use_ int append_texts(sd_bus_message *message, const char *const *texts, size_t n_texts);
/* Answers with an array of `n` elements of this type; append() adds the i-th one. */
_must_use_ int reply_array(sd_bus_message *call, const char *type,
                           int (*append)(sd_bus_message *reply, const void *userdata, size_t i),
                           const void *userdata, size_t n);

/* One member of an a{sv}. */
typedef struct Field {
        const char *key;
        char type; /* 's', 't', 'x', 'u', 'i' or 'b' */
        const char *text;
        int64_t number;
} Field;
_must_use_ int append_dictionary(sd_bus_message *message, const Field *fields, size_t n_fields);
_must_use_ int append_job(sd_bus_message *message, const JobRow *job);
