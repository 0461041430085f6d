/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The fate of a downlink frame (tunnel specification, 6.2), as it is kept in the outbox. */

#include "base/text.h"

typedef struct SentReport {
        unsigned fport;
        uint32_t fcnt_dn;
        bool delivered;
        unsigned cause1, cause2; /* DeliveryFailedCause1 and 2, 0x00..0xff */
        unsigned transmission_slot;
        char correlation_id[17]; /* as it came, "" none */
} SentReport;

#define SENT_TEXT_MAX 96
char *sent_format(char to[static SENT_TEXT_MAX], const SentReport *sent); /* returns `to` */
/* -EINVAL: not as sent_format() writes it. */
_must_use_ int sent_parse(const char *text, SentReport *ret);
