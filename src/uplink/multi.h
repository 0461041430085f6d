/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A libcurl multi handle in an sd-event loop. Embedded by its owner, at a fixed address while it is
 * in use. */

#include <curl/curl.h>
#include <systemd/sd-event.h>

#include "base/macro.h"

/* Two connections, each with two attempts at a time and the pipe of its name look-up, and as many
 * again */
#define MULTI_SOCKETS_MAX 12

typedef struct MultiSocket {
        int fd;
        sd_event_source *source; /* NULL: free */
} MultiSocket;

typedef struct Multi {
        CURLM *handle;
        sd_event *event;
        sd_event_source *timer;
        MultiSocket sockets[MULTI_SOCKETS_MAX];
        void (*on_turn)(void *userdata); /* libcurl did something: there may be messages */
        void *userdata;
} Multi;

/* -ENOMEM, or what sd-event says. multi_done() is fine after a failure and may run twice. */
_must_use_ int multi_init(Multi *multi, sd_event *event, void (*on_turn)(void *userdata),
                          void *userdata);
/* All easy handles must have been removed. */
void multi_done(Multi *multi);
/* Makes the closing of this handle's sockets known to the loop. */
_must_use_ int multi_adopt(Multi *multi, CURL *easy);
