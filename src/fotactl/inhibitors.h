/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Inhibitors as the bus shows them. */

#include "base/json.h"
#include "fotactl/client.h"

typedef struct InhibitorInfo {
        uint64_t id, since, until; /* until 0: no end */
        const char *what, *module, *who, *why, *by, *source, *unit;
        uint32_t uid, pid;
        int held;
} InhibitorInfo;

#define INHIBITORS_SHOWN_MAX 64
typedef struct InhibitorList {
        size_t n;
        InhibitorInfo inhibitors[INHIBITORS_SHOWN_MAX];
} InhibitorList;

/* aa{sv}; `to` is an InhibitorList, whose strings live as long as the message. */
_must_use_ int inhibitors_read(sd_bus_message *message, void *to);
void json_inhibitors(Json *json, const InhibitorList *list);
/* As a field of `status`. */
void show_inhibitors(const InhibitorList *list);
