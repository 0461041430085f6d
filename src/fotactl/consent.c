/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A person's yes as text: `status`, `explain` and the answer of `accept` say the same of it. */

#include "fotactl/consent.h"

#include "fotactl/output.h"

const char *consent_text(const ConsentInfo *consent, char to[static CONSENT_TEXT_MAX]) {
        char size[SIZE_TEXT_MAX], until[WHEN_TEXT_MAX];
        Text text;

        text_init(&text, to, CONSENT_TEXT_MAX);
        text_printf(&text, "%s to the %s", consent->by, consent->action);
        if (consent->bytes >= 10240)
                text_printf(&text, " of %s (%" PRIu64 " B)", size_format(size, consent->bytes),
                            consent->bytes);
        else if (consent->bytes > 0)
                text_printf(&text, " of %" PRIu64 " B", consent->bytes);
        else if (streq(consent->action, "download") || streq(consent->action, "install"))
                text_add(&text, " of what the module offers next, its size is not known yet");
        if (consent->firmware[0])
                text_printf(&text, " over %s", consent->firmware);
        if (consent->now)
                text_add(&text, ", windows or not");
        if (consent->until != USEC_INFINITY)
                text_printf(&text, ", until %s", when_text(until, consent->until));
        if (!consent->counts)
                text_add(&text, "; it does not count for what is asked now");
        return to;
}
