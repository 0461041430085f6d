/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A Downlink Frame Sent report as text. Only what sent_to_text() could have written is read. */

#include "core/sent.h"

#include <stdio.h>

void sent_to_text(const SentReport *sent, char ret[static REPORT_EXTRA_MAX]) {
        (void) snprintf(ret, REPORT_EXTRA_MAX,
                        "fport=%u fcnt_dn=%u delivered=%u cause1=%02x cause2=%02x slot=%u "
                        "correlation=%s",
                        sent->fport, sent->fcnt_dn, sent->delivered ? 1U : 0U, sent->cause1,
                        sent->cause2, sent->transmission_slot, sent->correlation_id);
}

bool sent_from_text(const char *text, SentReport *ret) {
        SentReport sent = {};
        unsigned delivered = 0;
        char again[REPORT_EXTRA_MAX];
        const int n = sscanf(text,
                             "fport=%u fcnt_dn=%u delivered=%u cause1=%x cause2=%x slot=%u "
                             "correlation=%16s",
                             &sent.fport, &sent.fcnt_dn, &delivered, &sent.cause1, &sent.cause2,
                             &sent.transmission_slot, sent.correlation_id);

        if (n < 6 || sent.fport > 255 || sent.cause1 > 0xff || sent.cause2 > 0xff ||
            sent.transmission_slot > 3)
                return false;
        sent.delivered = delivered == 1;
        sent_to_text(&sent, again);
        if (!streq(again, text))
                return false;
        *ret = sent;
        return true;
}
