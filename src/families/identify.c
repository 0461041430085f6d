/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who a module is, its SIM, its network and its signal: what every 3GPP module answers alike (3GPP
 * TS 27.007), and what the verbs of several families share. */

#include <ctype.h>

#include "families/identify.h"

void identify_begin(FamilyModule *module) {
        module->findings = (Findings) {
                .session_open = TRISTATE_UNKNOWN,
                .context_differs = TRISTATE_UNKNOWN,
                .package_waiting = TRISTATE_UNKNOWN,
                .package_stored = TRISTATE_UNKNOWN,
                .registered = TRISTATE_UNKNOWN,
                .roaming = TRISTATE_UNKNOWN,
                .update_running = TRISTATE_UNKNOWN,
        };
}

/* "+CGMR: x" as some firmware answers, or the bare text */
static const char *bare_line(const ChatReply *reply, const char *prefix) {
        const char *line = reply_line(reply, prefix);

        return *line ? line : reply_line(reply, NULL);
}

static void hear_text(char *ret, size_t size, const ChatReply *reply, const char *prefix) {
        const char *line = bare_line(reply, prefix);

        if (reply->outcome == CHAT_OK && *line)
                field_text(&line, ret, size);
}

static Reason hear_manufacturer(FamilyModule *module, const ChatReply *reply) {
        hear_text(module->findings.manufacturer, sizeof(module->findings.manufacturer), reply,
                  "+CGMI:");
        return REASON_NONE;
}
static Reason hear_model(FamilyModule *module, const ChatReply *reply) {
        hear_text(module->findings.model, sizeof(module->findings.model), reply, "+CGMM:");
        return REASON_NONE;
}
static Reason hear_firmware(FamilyModule *module, const ChatReply *reply) {
        hear_text(module->findings.firmware, sizeof(module->findings.firmware), reply, "+CGMR:");
        return module->findings.firmware[0] ? REASON_NONE : REASON_NO_RESPONSE;
}

static void read_imei(const ChatReply *reply, char ret[static IMEI_MAX]) {
        const char *line = bare_line(reply, "+CGSN:");

        line += strcspn(line, "0123456789");
        field_text(&line, ret, IMEI_MAX);
        if (reply->outcome != CHAT_OK || strspn(ret, "0123456789") != strlen(ret) ||
            strlen(ret) < 14)
                ret[0] = '\0';
}
static Reason hear_imei(FamilyModule *module, const ChatReply *reply) {
        read_imei(reply, module->findings.imei);
        return REASON_NONE;
}

/* A version or an IMEI that is not the known one proves an install, or costs a module its job: a
 * digit that flipped on the line, or a line that is none of the reply, must not do that. Who tells
 * something else when asked again has not answered. */
static bool is_news(const char *told, const char *known) {
        return known && told[0] && !streq(told, known);
}
static bool phrase_firmware_again(FamilyModule *module, const VerbArgs *args, Text *to) {
        text_add(to, "AT+CGMR");
        return is_news(module->findings.firmware, args->known_firmware);
}
static Reason hear_firmware_again(FamilyModule *module, const ChatReply *reply) {
        char firmware[FIRMWARE_MAX] = "";

        hear_text(firmware, sizeof(firmware), reply, "+CGMR:");
        return streq(firmware, module->findings.firmware) ? REASON_NONE : REASON_NO_RESPONSE;
}
static bool phrase_imei_again(FamilyModule *module, const VerbArgs *args, Text *to) {
        text_add(to, "AT+CGSN");
        return is_news(module->findings.imei, args->known_imei);
}
static Reason hear_imei_again(FamilyModule *module, const ChatReply *reply) {
        char imei[IMEI_MAX];

        read_imei(reply, imei);
        return streq(imei, module->findings.imei) ? REASON_NONE : REASON_NO_RESPONSE;
}

Reason identify_hear_imsi(FamilyModule *module, const ChatReply *reply) {
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

Reason identify_hear_pin(FamilyModule *module, const ChatReply *reply) {
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

bool identify_phrase_imsi(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_add(to, "AT+CIMI");
        return module->findings.sim == SIM_READY;
}

const Step identify_script[] = {
        { .say = "AT+CGMI", .hear = hear_manufacturer, .informs = true },
        { .say = "AT+CGMM", .hear = hear_model, .informs = true },
        { .say = "AT+CGMR", .hear = hear_firmware, .informs = true },
        { .phrase = phrase_firmware_again, .hear = hear_firmware_again, .informs = true },
        { .say = "AT+CGSN", .hear = hear_imei, .informs = true },
        { .phrase = phrase_imei_again, .hear = hear_imei_again, .informs = true },
        STEP_END,
};

/* <n>,<stat>: 1 home, 5 roaming (3GPP TS 27.007, 7.2 and 10.1.22) */
void identify_hear_registration(FamilyModule *module, const ChatReply *reply, const char *prefix) {
        const char *data = reply_line(reply, prefix);

        (void) field_number(&data);
        const int64_t state = *data ? field_number(&data) : -1;
        module->findings.registered = state < 0                ? TRISTATE_UNKNOWN :
                                      state == 1 || state == 5 ? TRISTATE_YES :
                                                                 TRISTATE_NO;
        module->findings.roaming = state == 5 ? TRISTATE_YES :
                                   state == 1 ? TRISTATE_NO :
                                                TRISTATE_UNKNOWN;
}

/* +CSQ: <rssi>,<ber>: -113 dBm + 2 a step, 99 unknown (3GPP TS 27.007, 8.5) */
Reason identify_hear_signal(FamilyModule *module, const ChatReply *reply) {
        const char *data = reply_line(reply, "+CSQ:");
        const int64_t step = *data ? field_number(&data) : -1;

        module->findings.has_signal = step >= 0 && step <= 31;
        module->findings.signal_dbm = -113 + 2 * (int) step;
        return REASON_NONE;
}

/* VERB_UNLOCK */

static bool phrase_pin(FamilyModule *module _unused_, const VerbArgs *args, Text *to) {
        text_printf(to, "AT+CPIN=\"%s\"", args->pin ? args->pin : "");
        return args->pin != NULL;
}
static Reason hear_unlocked(FamilyModule *module _unused_, const ChatReply *reply) {
        return reply->outcome == CHAT_OK ? REASON_NONE : REASON_PREREQUISITE_MISSING;
}
const Step identify_script_unlock[] = {
        { .phrase = phrase_pin,
          .hear = hear_unlocked,
          .secret = true,
          .timeout = 30 * USEC_PER_SEC },
        STEP_END,
};
