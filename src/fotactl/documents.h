/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The JSON documents of --json. Their field names are promises, fotactl(1), "JSON". */

#include "base/json.h"
#include "fotactl/module.h"

/* Room for one module with all inhibitors, one job or one event. */
#define DOCUMENT_MAX (128 * 1024)

void json_module(Json *json, const ModuleInfo *module);
void json_job(Json *json, const JobInfo *job);
/* The member "consent" */
void json_consent(Json *json, const ConsentInfo *consent);
void json_field_time(Json *json, const char *key, usec_t realtime);
/* null when 0 */
void json_field_known(Json *json, const char *key, uint64_t number);

/* Prints one value and a newline: begin, fill `json`, end. */
typedef struct Document {
        Json json;
        Text text;
        char data[DOCUMENT_MAX];
} Document;
Json *document_begin(Document *document);
void document_end(Document *document, const char *after);

/* An event of the journal, live or from the history. */
#define DETAILS_SHOWN_MAX 16
typedef struct DetailInfo {
        char key[32];
        char value[512]; /* a JSON value */
} DetailInfo;
typedef struct EventInfo {
        uint64_t sequence, realtime, job;
        const char *module, *event, *state;
        size_t n_details;
        DetailInfo details[DETAILS_SHOWN_MAX];
} EventInfo;
/* A row of GetEvents: (ttsssts). > 0: read, 0: end of the array */
_must_use_ int stored_event_read(sd_bus_message *message, EventInfo *ret);
/* The Event signal: ttssa{sv} */
_must_use_ int event_signal_read(sd_bus_message *message, EventInfo *ret);
void json_event(Json *json, const EventInfo *event);
/* "percent=43 by=root (uid 0)"; returns `to` */
const char *event_details_text(const EventInfo *event, char *to, size_t size);
/* "2026-11-28T02:00:05.123+01:00 modem0 download-progress percent=43" */
void print_event_line(const EventInfo *event);
