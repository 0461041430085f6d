/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A person's yes: what it is for. It is given to what was shown; what was not known then is bound
 * as soon as the module tells it, so that a package that takes its place needs a new yes. One that
 * comes a long way, as a server's, is for what was shown when it arrived. */

#include "core/frame.h"
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

void gateway_show(const Module *module, Shown *ret) {
        const ModuleRecord *record = &module->record;

        *ret = (Shown) { .known = true,
                         .asked = is_request_open(module),
                         .action = record->request.action,
                         .job = record->job,
                         .bytes = record->package_bytes };
        (void) TEXT_COPY(ret->firmware, record->firmware);
}

const char *module_differs(const Module *module, const Shown *shown) {
        const ModuleRecord *record = &module->record;

        if (shown->job && shown->job != record->job)
                return "update";
        if (shown->bytes && record->package_bytes && shown->bytes != record->package_bytes)
                return "package";
        if (shown->firmware[0] && record->firmware[0] && !streq(shown->firmware, record->firmware))
                return "firmware";
        return NULL;
}

bool gateway_bind_shown(const Module *module, Shown *shown) {
        const ModuleRecord *record = &module->record;
        const bool sized =
                shown->bytes == 0 && record->package_bytes > 0 && shown->action != ACTION_CONNECT;
        const bool named = !shown->firmware[0] && record->firmware[0];

        if (!shown->asked || (!sized && !named) || module_differs(module, shown))
                return false;
        if (sized)
                shown->bytes = record->package_bytes;
        if (named)
                (void) TEXT_COPY(shown->firmware, record->firmware);
        return true;
}
