/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a notification report says (tunnel specification, 6.4), as it is kept in the outbox. */

#include "base/text.h"

typedef enum NoticeType {
        NOTICE_RESET,
        NOTICE_JOIN,
        NOTICE_DEVICE_STATUS,
        _NOTICE_TYPE_MAX,
} NoticeType;

/* The module draws its power from the gateway: as a device with an external source. */
#define BATTERY_EXTERNAL 0

typedef struct Notice {
        NoticeType type;
        bool by_admin; /* RESET: fotad or a person wanted it */
        int margin_db; /* DEVICE_STATUS: -32..31 */
} Notice;

#define NOTICE_TEXT_MAX 32
char *notice_format(char to[static NOTICE_TEXT_MAX], const Notice *notice); /* returns `to` */
/* -EINVAL: not as notice_format() writes it. */
_must_use_ int notice_parse(const char *text, Notice *ret);

/* dB above what a receiver needs (-102 dBm, 3GPP TS 45.005, 6.2), -32..31. */
int signal_margin(int signal_dbm);
