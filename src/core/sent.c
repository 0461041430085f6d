/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* "FPORT FCNTDN DELIVERED CAUSE1 CAUSE2 SLOT CORRELATION_ID", the last one may be missing. Owns
 * nothing. */

#include "core/sent.h"

char *sent_format(char to[static SENT_TEXT_MAX], const SentReport *sent) {
        Text text;

        text_init(&text, to, SENT_TEXT_MAX);
        text_printf(&text, "%u %u %d %02x %02x %u %s", sent->fport, sent->fcnt_dn, sent->delivered,
                    sent->cause1, sent->cause2, sent->transmission_slot, sent->correlation_id);
        return to;
}

/* A number and the space behind it. */
static int take_number(const char **text, int base, unsigned long max, unsigned long *ret) {
        char *end;

        if (hex_digit(**text) < 0)
                return -EINVAL;
        *ret = strtoul(*text, &end, base);
        if (*end != ' ' || *ret > max)
                return -EINVAL;
        *text = end + 1;
        return 0;
}

int sent_parse(const char *text, SentReport *ret) {
        unsigned long fport, fcnt_dn, delivered, cause1, cause2, slot;

        if (take_number(&text, 10, 255, &fport) < 0 ||
            take_number(&text, 10, UINT32_MAX, &fcnt_dn) < 0 ||
            take_number(&text, 10, 1, &delivered) < 0 ||
            take_number(&text, 16, 0xff, &cause1) < 0 ||
            take_number(&text, 16, 0xff, &cause2) < 0 || take_number(&text, 10, 3, &slot) < 0 ||
            strlen(text) >= sizeof(ret->correlation_id))
                return -EINVAL;
        *ret = (SentReport) {
                .fport = (unsigned) fport,
                .fcnt_dn = (uint32_t) fcnt_dn,
                .delivered = delivered == 1,
                .cause1 = (unsigned) cause1,
                .cause2 = (unsigned) cause2,
                .transmission_slot = (unsigned) slot,
        };
        (void) TEXT_COPY(ret->correlation_id, text);
        return 0;
}
