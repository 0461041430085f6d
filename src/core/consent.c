/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A person's yes: what it is for. It is given to what was shown; what was not known then is bound
 * as soon as the module tells it, so that a package that takes its place needs a new yes. */

#include <stdio.h>

#include "core/turn.h"

char *consent_describe(const Consent *consent, char to[static CONSENT_TEXT_MAX]) {
        char size[SIZE_TEXT_MAX] = "unknown size", until[ISO_TEXT_MAX];

        to[0] = '\0';
        if (!consent->given)
                return to;
        if (consent->bytes > 0)
                (void) snprintf(size, sizeof(size), "%llu B", (unsigned long long) consent->bytes);
        (void) snprintf(to, CONSENT_TEXT_MAX, "%s over %s, until %s%s", size,
                        consent->firmware[0] ? consent->firmware : "unknown firmware",
                        consent->until == USEC_INFINITY ?
                                "it is used" :
                                iso_format(until, consent->until, utc_offset_at(consent->until)),
                        consent->now ? ", windows or not" : "");
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
