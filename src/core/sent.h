/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a Downlink Frame Sent report tells, and its text in ReportRow.extra (tunnel specification,
 * 6.2.3). Causes are those of actility/document.h. */

#include "core/record.h"

typedef struct SentReport {
        unsigned fport;
        uint32_t fcnt_dn;
        bool delivered;
        unsigned cause1, cause2;                    /* DeliveryCause; 0: no error there */
        unsigned transmission_slot;                 /* 1, 2; 0: not sent */
        char correlation_id[FRAME_CORRELATION_MAX]; /* "" none */
} SentReport;

void sent_to_text(const SentReport *sent, char ret[static REPORT_EXTRA_MAX]);
/* false: it is no such text */
bool sent_from_text(const char *text, SentReport *ret);
