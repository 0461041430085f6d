/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A person's yes: what it is for. It is given to what was shown; what was not known then is bound
 * as soon as the module tells it, so that a package that takes its place needs a new yes. */

#include "core/turn.h"

char *consent_describe(const Consent *consent, char to[static CONSENT_TEXT_MAX]) {
        char until[ISO_TEXT_MAX];
        Text text;

        text_init(&text, to, CONSENT_TEXT_MAX);
        if (!consent->given)
                return to;
        if (consent->bytes > 0)
                text_printf(&text, "%llu B", (unsigned long long) consent->bytes);
        else
                text_add(&text, "unknown size");
        text_printf(&text, " over %s",
                    consent->firmware[0] ? consent->firmware : "unknown firmware");
        if (consent->until != USEC_INFINITY)
                text_printf(&text, ", until %s",
                            iso_format(until, consent->until, utc_offset_at(consent->until)));
        if (consent->now)
                text_add(&text, ", windows or not");
        return to;
}

void module_bind_consent(Module *module) {
        Consent *consent = &module->record.consent;

        if (!consent->given)
                return;
        if (consent->bytes == 0 && module->record.consent_action != ACTION_CONNECT)
                consent->bytes = module->record.package_bytes;
        if (!consent->firmware[0])
                (void) TEXT_COPY(consent->firmware, module->record.firmware);
}
