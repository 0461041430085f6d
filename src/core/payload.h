/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the payloads of both directions share (fotad-payload(7)): a version, and fields of tag,
 * length and value. The numbers are the wire: append, never renumber. */

#include "base/macro.h"

#define PAYLOAD_VERSION 1
#define FIELD_TEXT_MAX 64                /* bytes of one text */
#define FIELD_MINUTES_MAX 525600         /* of a command: a year */
#define FIELD_IS_TEXT(tag) ((tag) >= 16) /* below: a number, most significant byte first */

typedef enum Tag {
        TAG_JOB = 1,
        TAG_REASON = 2,
        TAG_ACTION = 3,
        TAG_PERCENT = 4,
        TAG_BYTES = 5,
        TAG_MINUTES = 6,
        TAG_COUNT = 7,
        TAG_SIGNAL = 8, /* dBm, one byte, two's complement */
        TAG_RESULT = 9, /* of a command */
        TAG_NOW = 10,   /* there with 1, or not at all; so is `catalogue` */
        TAG_CATALOGUE = 11,
        TAG_ACTIONS = 12, /* a bit for each */
        TAG_MODULE = 16,
        TAG_FIRMWARE = 17,
        TAG_FROM = 18,
        TAG_TO = 19,
        TAG_BY = 20,
        TAG_BECAUSE = 21,
        TAG_KIND = 22,
        TAG_HOLDER = 23,
        TAG_MODEL = 24,
        TAG_IMEI = 25,
        TAG_ICCID = 26,
        TAG_SERIAL_NUMBER = 27,
        TAG_WHY = 28,
        TAG_NEXT = 29,
        TAG_OTHER = 31, /* "key=value" of a detail that has no tag; may come more than once */
} Tag;
