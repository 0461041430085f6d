/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Telit: telling the update server of a module and its SIM (note, 2.2.1, 3.2.1, 4.2.1), and the
 * start of an update from here (note, 4.2.2). Over TCP both end all calls and contexts. The command
 * that stores the bearer is spelled two ways, and how it codes the bearer is not written down:
 * its test form is asked. */

#include "families/telit.h"

static bool is_over_tcp(const FamilyModule *module) {
        return telit_settings(module)->protocol != TELIT_SMS;
}

/* VERB_REGISTER by SMS */

static bool phrase_sms(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_printf(to, "AT#OTASNAP=\"%s\"", telit_settings(module)->server_number);
        return !is_over_tcp(module);
}
static Reason hear_register(FamilyModule *module _unused_, const ChatReply *reply) {
        return reply->outcome == CHAT_ERROR ? REASON_REGISTRATION_FAILED : REASON_NONE;
}

/* the bearer */

static bool has_bearer(const FamilyModule *module) {
        return is_over_tcp(module) && module->settings->apn[0] != '\0';
}

static bool phrase_probe(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        telit_of(module)->other_spelling = false;
        text_add(to, "AT#OTASNAIPCFG=?");
        return has_bearer(module);
}
static void note_words(FamilyModule *module, const ChatReply *reply, const char *prefix) {
        telit_of(module)->bearer_words = strcasestr(reply_line(reply, prefix), "GPRS") != NULL;
}
static Reason hear_probe(FamilyModule *module, const ChatReply *reply) {
        telit_of(module)->other_spelling = reply->outcome == CHAT_ERROR;
        note_words(module, reply, "#OTASNAIPCFG:");
        return REASON_NONE;
}
static bool phrase_other_probe(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_add(to, "AT#OTASNAPIPCFG=?");
        return has_bearer(module) && telit_of(module)->other_spelling;
}
static Reason hear_other_probe(FamilyModule *module, const ChatReply *reply) {
        /* neither has a test form: the note's spelling */
        telit_of(module)->other_spelling = reply->outcome != CHAT_ERROR;
        note_words(module, reply, "#OTASNAPIPCFG:");
        return REASON_NONE;
}

static bool phrase_bearer(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        const TelitSettings *settings = telit_settings(module);
        const Telit *telit = telit_of(module);
        const bool csd = settings->bearer == TELIT_CSD;

        text_printf(to, "AT#%s=", telit->other_spelling ? "OTASNAPIPCFG" : "OTASNAIPCFG");
        if (telit->bearer_words)
                text_printf(to, "\"%s\"", csd ? "CSD" : "GPRS");
        else
                text_printf(to, "%d", csd ? 1 : 0);
        text_printf(to, ",\"%s\"", module->settings->apn);
        if (settings->apn_user[0] || settings->apn_password[0])
                text_printf(to, ",\"%s\",\"%s\"", settings->apn_user, settings->apn_password);
        return has_bearer(module);
}

/* VERB_REGISTER over TCP */

static bool phrase_tcp(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        const TelitSettings *settings = telit_settings(module);

        text_printf(to, "AT#OTASNAIP=%u,\"%s\"", settings->server_port, settings->server_address);
        if (settings->own_number[0])
                text_printf(to, ",\"%s\"", settings->own_number);
        return is_over_tcp(module);
}

const Step telit_script_register[] = {
        /* clang-format off */
        { .phrase = phrase_sms,         .hear = hear_register, .timeout = 60 * USEC_PER_SEC },
        { .phrase = phrase_probe,       .hear = hear_probe,       .prefix = "#OTASNAIPCFG:" },
        { .phrase = phrase_other_probe, .hear = hear_other_probe, .prefix = "#OTASNAPIPCFG:" },
        { .phrase = phrase_bearer,      .hear = hear_register, .secret = true },
        { .phrase = phrase_tcp,         .hear = hear_register, .timeout = 60 * USEC_PER_SEC },
        STEP_END,
        /* clang-format on */
};

/* VERB_UPDATE */

static bool phrase_server(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        const TelitSettings *settings = telit_settings(module);

        text_printf(to, "AT#OTAIPCFG=%u,\"%s\"", settings->server_port, settings->server_address);
        return settings->server_address[0] != '\0';
}
/* Not needed when #OTASNAIP has stored it. */
static Reason hear_server(FamilyModule *module _unused_, const ChatReply *reply _unused_) {
        return REASON_NONE;
}
static bool is_acceptance(const char *line) {
        const char *data = line_after(line, "#OTAEV:");

        return data && strncasecmp(data, "Start Fw Download", strlen("Start Fw Download")) == 0;
}
static Reason hear_update(FamilyModule *module _unused_, const ChatReply *reply) {
        return reply->outcome == CHAT_ERROR ? REASON_ACTIVATION_FAILED : REASON_NONE;
}

const Step telit_script_update[] = {
        /* clang-format off */
        { .phrase = phrase_server, .hear = hear_server, .hears_silence = true },
        { .say = "AT#OTAIPUPD",    .hear = hear_update, .accepts = is_acceptance, .timeout = 60 * USEC_PER_SEC },
        STEP_END,
        /* clang-format on */
};
