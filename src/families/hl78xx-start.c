/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* VERB_START of HL78xx: identify the module, arm its agreements and indications (hl78xx-guard.c),
 * read what is true. Idempotent: it may run at any time when no install runs. */

#include <ctype.h>

#include "families/hl78xx.h"

#define CONTEXTS_MAX 16

/* Nothing is known of the module yet, not even what its firmware can do. */
static Reason begin(FamilyModule *module, const ChatReply *reply _unused_) {
        hl78xx_of(module)->mask = 0;
        module->findings = (Findings) {
                .session_open = TRISTATE_UNKNOWN,
                .context_differs = TRISTATE_UNKNOWN,
                .package_waiting = TRISTATE_UNKNOWN,
                .package_stored = TRISTATE_UNKNOWN,
                .registered = TRISTATE_UNKNOWN,
                .roaming = TRISTATE_UNKNOWN,
        };
        return REASON_NONE;
}

/* identify */

static Reason hear_manufacturer(FamilyModule *module, const ChatReply *reply) {
        reply_field(module->findings.manufacturer, sizeof(module->findings.manufacturer), reply,
                    NULL);
        return REASON_NONE;
}
static Reason hear_model(FamilyModule *module, const ChatReply *reply) {
        reply_field(module->findings.model, sizeof(module->findings.model), reply, NULL);
        return REASON_NONE;
}
/* "+CGMR: x" as some firmware answers, or the bare version */
static Reason hear_firmware(FamilyModule *module, const ChatReply *reply) {
        const char *line = reply_line(reply, NULL);

        if (reply->outcome != CHAT_OK || !*line)
                return REASON_NO_RESPONSE;
        const char *behind = line_after(line, "+CGMR:");
        line = behind ? behind : line;
        field_text(&line, module->findings.firmware, sizeof(module->findings.firmware));
        return REASON_NONE;
}
static Reason hear_imei(FamilyModule *module, const ChatReply *reply) {
        const char *line = reply_line(reply, NULL);
        char digits[IMEI_MAX];

        line += strcspn(line, "0123456789");
        field_text(&line, digits, sizeof(digits));
        if (reply->outcome == CHAT_OK && strspn(digits, "0123456789") == strlen(digits) &&
            strlen(digits) >= 14)
                (void) TEXT_COPY(module->findings.imei, digits);
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
static Reason hear_imsi(FamilyModule *module, const ChatReply *reply) {
        const char *line = reply_line(reply, NULL);

        if (isdigit((unsigned char) *line))
                reply_field(module->findings.imsi, sizeof(module->findings.imsi), reply, NULL);
        return REASON_NONE;
}

static SimState sim_of_code(int code) {
        switch (code) {
        case CME_SIM_NOT_INSERTED:
                return SIM_MISSING;
        case CME_SIM_PIN:
                return SIM_PIN_WANTED;
        case CME_SIM_PUK:
        case CME_SIM_FAILURE:
                return SIM_BLOCKED;
        default:
                return SIM_UNKNOWN; /* busy */
        }
}

static Reason hear_pin(FamilyModule *module, const ChatReply *reply) {
        const char *state = reply_line(reply, "+CPIN:");

        if (reply->outcome != CHAT_OK)
                module->findings.sim = sim_of_code(reply->code);
        else if (strncasecmp(state, "READY", 5) == 0)
                module->findings.sim = SIM_READY;
        else if (strncasecmp(state, "SIM PIN", 7) == 0 && !strchr(state, '2'))
                module->findings.sim = SIM_PIN_WANTED;
        else
                module->findings.sim = *state ? SIM_BLOCKED : SIM_UNKNOWN;
        return REASON_NONE;
}

static bool phrase_imsi(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_add(to, "AT+CIMI");
        return module->findings.sim == SIM_READY;
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

/* +CEREG: <n>,<stat>: 1 home, 5 roaming (3GPP TS 27.007, 10.1.22) */
Reason hl78xx_hear_registration(FamilyModule *module, const ChatReply *reply) {
        const char *data = reply_line(reply, "+CEREG:");

        (void) field_number(&data);
        const int64_t state = *data ? field_number(&data) : -1;
        module->findings.registered = state < 0                ? TRISTATE_UNKNOWN :
                                      state == 1 || state == 5 ? TRISTATE_YES :
                                                                 TRISTATE_NO;
        module->findings.roaming = state == 5 ? TRISTATE_YES :
                                   state == 1 ? TRISTATE_NO :
                                                TRISTATE_UNKNOWN;
        return REASON_NONE;
}

/* +CSQ: <rssi>,<ber>: -113 dBm + 2 a step, 99 unknown (3GPP TS 27.007, 8.5) */
Reason hl78xx_hear_signal(FamilyModule *module, const ChatReply *reply) {
        const char *data = reply_line(reply, "+CSQ:");
        const int64_t step = *data ? field_number(&data) : -1;

        module->findings.has_signal = step >= 0 && step <= 31;
        module->findings.signal_dbm = -113 + 2 * (int) step;
        return REASON_NONE;
}

const Step hl78xx_script_start[] = {
        /* clang-format off */
        { .hear = begin },
        { .say = "ATE0",         .optional = true },
        { .say = "AT+CMEE=1",    .optional = true },
        { .say = "AT+CGMI",      .hear = hear_manufacturer },
        { .say = "AT+CGMM",      .hear = hear_model },
        { .say = "AT+CGMR",      .hear = hear_firmware },
        { .say = "AT+CGSN",      .hear = hear_imei },
        { .say = "AT+KGSN=3",    .hear = hear_serial_number, .prefix = "+KGSN:" },
        { .say = "AT+CPIN?",     .hear = hear_pin,           .prefix = "+CPIN:" },
        { .say = "AT+CCID",      .hear = hear_iccid,         .prefix = "+CCID:" },
        { .phrase = phrase_imsi, .hear = hear_imsi },
        { .script = hl78xx_script_guard },
        { .say = "AT+CGDCONT?",  .hear = hl78xx_hear_contexts,      .prefix = "+CGDCONT:" },
        { .say = "AT+WDSS?",     .hear = hl78xx_hear_session,       .prefix = "+WDSS:" },
        { .hear = conclude_context },
        { .say = "AT+WDSG",      .hear = hl78xx_hear_general,       .prefix = "+WDSG:" },
        { .say = "AT+CEREG?",    .hear = hl78xx_hear_registration,  .prefix = "+CEREG:" },
        { .say = "AT+CSQ",       .hear = hl78xx_hear_signal,        .prefix = "+CSQ:" },
        STEP_END,
        /* clang-format on */
};
