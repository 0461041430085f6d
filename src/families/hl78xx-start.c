/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* VERB_START of HL78xx: identify the module, arm its agreements and indications (hl78xx-guard.c),
 * read what is true. Idempotent: it may run at any time when no install runs. */

#include <ctype.h>

#include "families/hl78xx.h"

#define CONTEXTS_MAX 16

/* Nothing is known of the module yet, not even what its firmware can do. */
static Reason begin(FamilyModule *module, const ChatReply *reply _unused_) {
        hl78xx_of(module)->mask = 0;
        identify_begin(module);
        return REASON_NONE;
}

static Reason hear_serial_number(FamilyModule *module, const ChatReply *reply) {
        reply_field(module->findings.serial_number, sizeof(module->findings.serial_number), reply,
                    "+KGSN:");
        return REASON_NONE;
}
static Reason hear_iccid(FamilyModule *module, const ChatReply *reply) {
        reply_field(module->findings.iccid, sizeof(module->findings.iccid), reply, "+CCID:");
        return REASON_NONE;
}

/* what is true */

/* +CGDCONT: 1,"IP","apn",... */
Reason hl78xx_hear_contexts(FamilyModule *module, const ChatReply *reply) {
        Hl78xx *hl = hl78xx_of(module);

        hl->has_context = hl->apn_matches = false;
        (void) TEXT_COPY(hl->pdp_type, "IP");
        for (size_t i = 0; i < reply->n_lines && i < CONTEXTS_MAX; i++) {
                const char *data = line_after(reply->lines[i], "+CGDCONT:");
                char apn[APN_MAX];

                if (!data || field_number(&data) != (int64_t) module->settings->pdp_context)
                        continue;
                field_text(&data, hl->pdp_type, sizeof(hl->pdp_type));
                field_text(&data, apn, sizeof(apn));
                hl->has_context = true;
                hl->apn_matches = strcasecmp(apn, module->settings->apn) == 0;
        }
        return REASON_NONE;
}

Reason hl78xx_hear_session(FamilyModule *module, const ChatReply *reply) {
        Hl78xx *hl = hl78xx_of(module);

        module->findings.session_open = TRISTATE_UNKNOWN;
        hl->cid = reply->n_lines > 0 ? 0 : -1; /* no line for it: none chosen */
        for (size_t i = 0; i < reply->n_lines; i++) {
                const char *data = line_after(reply->lines[i], "+WDSS:");
                const int64_t mode = data ? field_number(&data) : -1;
                if (mode == 1)
                        module->findings.session_open =
                                field_number(&data) == 1 ? TRISTATE_YES : TRISTATE_NO;
                else if (mode == 2) {
                        const int64_t cid = field_number(&data); /* a macro would read twice */
                        hl->cid = (int) MAX_OF(cid, 0);
                }
        }
        return REASON_NONE;
}

/* The context is to be written when the configuration names an APN that the module has not, or no
 * context is chosen for the session though one is there. */
static Reason conclude_context(FamilyModule *module, const ChatReply *reply _unused_) {
        const Hl78xx *hl = hl78xx_of(module);
        const bool wants_apn = module->settings->apn[0] != '\0';
        const bool chosen = hl->cid == (int) module->settings->pdp_context;
        bool differs;

        if (wants_apn)
                differs = !hl->has_context || !hl->apn_matches || !chosen;
        else
                differs = hl->cid == 0 && hl->has_context;
        module->findings.context_differs = differs ? TRISTATE_YES : TRISTATE_NO;
        return REASON_NONE;
}

/* +WDSG: 1,<n>: 2 the server has a package, 3 a package waits for its install (AT guide; seen on
 * HL78xx in the field) */
Reason hl78xx_hear_general(FamilyModule *module, const ChatReply *reply) {
        module->findings.package_waiting = module->findings.package_stored = TRISTATE_UNKNOWN;
        for (size_t i = 0; i < reply->n_lines; i++) {
                const char *data = line_after(reply->lines[i], "+WDSG:");
                if (!data || field_number(&data) != 1)
                        continue;
                const int64_t session = field_number(&data);
                module->findings.package_waiting = session == 2 ? TRISTATE_YES : TRISTATE_NO;
                module->findings.package_stored = session == 3 ? TRISTATE_YES : TRISTATE_NO;
        }
        return REASON_NONE;
}

Reason hl78xx_hear_registration(FamilyModule *module, const ChatReply *reply) {
        identify_hear_registration(module, reply, "+CEREG:");
        return REASON_NONE;
}

const Step hl78xx_script_start[] = {
        /* clang-format off */
        { .hear = begin },
        { .say = "ATE0",         .optional = true },
        { .say = "AT+CMEE=1",    .optional = true },
        { .script = identify_script },
        { .say = "AT+KGSN=3",    .hear = hear_serial_number, .prefix = "+KGSN:" },
        { .say = "AT+CPIN?",     .hear = identify_hear_pin,         .prefix = "+CPIN:", .informs = true },
        { .say = "AT+CCID",      .hear = hear_iccid,         .prefix = "+CCID:" },
        { .phrase = identify_phrase_imsi, .hear = identify_hear_imsi, .informs = true },
        { .script = hl78xx_script_guard },
        { .say = "AT+CGDCONT?",  .hear = hl78xx_hear_contexts,      .prefix = "+CGDCONT:" },
        { .say = "AT+WDSS?",     .hear = hl78xx_hear_session,       .prefix = "+WDSS:" },
        { .hear = conclude_context },
        { .say = "AT+WDSG",      .hear = hl78xx_hear_general,       .prefix = "+WDSG:", .informs = true },
        { .say = "AT+CEREG?",    .hear = hl78xx_hear_registration,  .prefix = "+CEREG:", .informs = true },
        { .say = "AT+CSQ",       .hear = identify_hear_signal,       .prefix = "+CSQ:", .informs = true },
        STEP_END,
        /* clang-format on */
};
