/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The bus on the control socket: sd-bus peer-to-peer, every connection its own little bus with
 * Hello, so that busctl works too. Reading is for everyone, changing for uid 0, the daemon's uid
 * and the control group. */

#include <systemd/sd-event.h>

#include "core/gateway.h"

#define CONTROL_CONNECTIONS_MAX 64
#define CONTROL_CONNECTIONS_UID_MAX 16
#define CONTROL_CONNECTIONS_RESERVED 16 /* of all, for those who may change things */
#define CONTROL_QUEUE_MAX 1024 /* messages that a peer, or a user without rights, leaves unread */
#define CONTROL_AUTHENTICATE_MAX (10 * USEC_PER_SEC)
#define CONTROL_HISTORY_MAX 10000 /* rows of one answer */

typedef struct Control Control;

/* What the daemon does for the bus beside the gateway. */
typedef struct ControlHost {
        /* Reloads the configuration; 0, or -EINVAL with the errors as text. */
        int (*reload)(void *userdata, char *why, size_t size);
        /* History; negative errno when the database can't be read */
        int (*each_job)(void *userdata, const HistoryQuery *query, JobHandler handler,
                        void *handler_userdata);
        int (*each_event)(void *userdata, const HistoryQuery *query, EventHandler handler,
                          void *handler_userdata);
        /* false: no uplink configured */
        bool (*uplink_status)(void *userdata, UplinkStatus *ret);
        void (*uplink_flush)(void *userdata);
        /* A method was carried out: the turn must be settled soon (the loop does it anyway). */
        Clock (*now)(void *userdata);
        /* Copies the file of a module's ORDER_UPDATE with UPDATE_FROM_FILE to a place of the
         * daemon's own, for GatewayHost.package_open(); `fd` stays the caller's. 0, or negative
         * errno with the reason for people (no regular file, empty, too big, unreadable, disk
         * full). */
        int (*package_take)(void *userdata, const char *module, int fd, char *why, size_t size);
        /* The order was refused: forget the copy. */
        void (*package_drop)(void *userdata, const char *module);
        /* Takes `fd`, which hangs up when the owner of this inhibitor lets go: then, or when
         * GatewayHost.inhibitor_ended() says so, the lease is over. Negative errno. */
        int (*inhibitor_hold)(void *userdata, uint64_t id, int fd);
} ControlHost;

/* Listens on settings->control.socket (mode 0666), or on `fd` from socket activation when >= 0
 * (taken). */
_must_use_ int control_new(sd_event *event, Gateway *gateway, int fd, const ControlHost *host,
                           void *userdata, Control **ret);
Control *control_free(Control *control);
DEFINE_CLEANUP(Control *, control_free)

/* The Event signal, to those who called Subscribe(). */
void control_publish(Control *control, const EventRow *row);
/* PropertiesChanged, coalesced until the end of the turn. */
void control_changed(Control *control, const Module *module);
/* Modules came or went with a reload: InterfacesAdded, InterfacesRemoved. */
void control_modules_reloaded(Control *control);
