/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The uplink and its spool, as fotad tells them. */

#include "base/json.h"
#include "fotactl/module.h"

typedef struct UplinkInfo {
        sd_bus_message *reply; /* the strings are borrowed from it */
        int configured, lost;
        int unknown; /* the database can not be read: what waits, the sums, and whether not lost */
        const char *url, *last_error;
        int32_t last_status;
        uint64_t last_answer, next_try, waiting, oldest, accepted, refused, dropped;
        const char *set_aside; /* kinds between blanks; NULL: an older fotad */
        uint64_t lost_since, slow;
        uint64_t waiting_uplink, waiting_downlink_sent, waiting_location, waiting_notification;
} UplinkInfo;

Status uplink_info_get(Client *client, UplinkInfo *ret);
void uplink_info_done(UplinkInfo *info);
void json_uplink(Json *json, const UplinkInfo *info); /* null: not configured */
void show_uplink_summary(const UplinkInfo *info);
