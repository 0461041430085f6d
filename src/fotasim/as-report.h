/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One report of the LRC-AS tunnel interface, looked at as a careful application server would.
 * Written from the tunnel specification (6.5), without a line of fotad's own codec. */

#include <cjson/cJSON.h>

#include "base/macro.h"

#define AS_KEY_MAX 65
#define AS_DEVICES_MAX 1024
#define AS_ERROR_MAX 128

/* The last FCntUp of each device. */
typedef struct AsDevice {
        char dev_eui[17];
        double fcnt_up;
} AsDevice;

typedef struct AsServer {
        char key[AS_KEY_MAX];
        const char *as_id; /* NULL: any */
        AsDevice devices[AS_DEVICES_MAX];
        size_t n_devices;
} AsServer;

typedef struct AsReport {
        bool verified, duplicate;
        char error[AS_ERROR_MAX]; /* unless verified */
        const char *type;         /* "DevEUI_uplink", NULL: unknown */
        cJSON *document;          /* the whole body; NULL when it is no JSON or XML */
        const cJSON *element;     /* what `type` names in it */
} AsReport;

/* The key as the network's console shows it: dashes, blanks and case do not matter. -EINVAL unless
 * 32 hex digits remain. */
_must_use_ int as_key_parse(const char *text, char ret[static AS_KEY_MAX]);

typedef struct AsRequest {
        const char *query;        /* as it stood in the request, still encoded */
        const char *content_type; /* NULL: it was not said */
        const char *body;         /* JSON, untyped JSON or XML */
        size_t n;
} AsRequest;

/* Fills `ret` whatever comes; the server remembers FCntUp of what it verified. */
void as_report_check(AsServer *server, const AsRequest *request, AsReport *ret);
void as_report_done(AsReport *report);

/* returns new: the JSON line that is printed, to be freed; NULL when there is no memory */
char *as_report_format(const AsReport *report);
