/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Telit Premium FOTA: #OTAEV, #OTASUAN, #OTASNAP, #OTASNAIP, #OTAIPUPD. "Note" below is Telit's
 * Premium FOTA Management Application Note, 80000NT10013a rev. 10. What surprises: one question is
 * for download and install, and after the yes the module goes on by itself; nothing marks the start
 * of flashing, so from "Fw Download Complete" on it is left alone (about 80 s and 440 s, note
 * 2.2.3.1); nothing tells of a restart but "Module Upgraded To New FW". What an update needs of the
 * module is in telit-guard.c, registration and the start from here in telit-register.c, the
 * settings that an update loses in telit-settings.c. */

#include <ctype.h>

#include "families/command.h"
#include "families/telit.h"

extern const Family family_telit;

/* Nothing tells of a restart or of another SIM. */
#define LOOK_INTERVAL (15 * USEC_PER_MINUTE)

/* indications. The words are compared without their case: "Fw" and "FW" mix from string to string
 * and from family to family. What is in quotes is said by later families (LE910Cx, xE910G1); their
 * numbers ("#OTAEV: #929: 200", OMA-DM) are another protocol and stay unknown. */

static const struct {
        const char *text;
        Fact fact;
} events[] = {
        /* clang-format off */
        { "Registered",                                   { .kind = FACT_REGISTERED } },
        { "Provisioned",                                  { .kind = FACT_PROVISIONED } },
        { "Notified",                                     { .kind = FACT_NOTIFIED } },
        { "Do you want to upgrade the firmware?",         { .kind = FACT_ASKED, .number = ACTION_INSTALL } },
        { "Automatic Fw Upgrade Requested",               { .kind = FACT_AUTOMATIC } },
        { "User Answer Timeout",                          { .kind = FACT_ASK_OVER } },
        { "Start Fw Download",                            { .kind = FACT_DOWNLOAD_STARTED } },
        { "Fw Download Complete",                         { .kind = FACT_STORED } },
        { "Module Upgraded To New FW",                    { .kind = FACT_INSTALLED } },
        { "Server notified about successfull FW Upgrade", { .kind = FACT_RESULT_TOLD } }, /* sic */
        { "Server notified about successful FW Upgrade",  { .kind = FACT_RESULT_TOLD } },
        { "OTA FW Upgrade Failed",                        { .kind = FACT_UPDATE_FAILED } },
        { "\"DOWNLOAD FAILED\"",                          { .kind = FACT_UPDATE_FAILED, .reason = REASON_TRANSFER_ERROR } },
        { "\"INTEGRITY CHECK PASS\"",                     { .kind = FACT_CERTIFIED } },
        { "\"INTEGRITY CHECK FAIL\"",                     { .kind = FACT_UPDATE_FAILED, .reason = REASON_PACKAGE_CORRUPT } },
        /* clang-format on */
};

/* Is it that text, perhaps with blanks or a number ("INTEGRITY CHECK FAIL",10) behind it? */
static bool is_event(const char *line, const char *text) {
        const size_t n = strlen(text);

        if (strncasecmp(line, text, n) != 0)
                return false;
        line += n;
        line += strspn(line, " \t");
        return *line == '\0' || (text[0] == '"' && *line == ',');
}

static Fact fact_of_event(const char *line) {
        for (size_t i = 0; i < ELEMENTSOF(events); i++)
                if (is_event(line, events[i].text))
                        return events[i].fact;
        return (Fact) { .kind = FACT_UNKNOWN };
}

/* "#QSS: 1" tells of a SIM, "#QSS: 2,1" answers a question. */
static bool is_sim_event(const char *line) {
        const char *data = line_after(line, "#QSS:");

        return data && isdigit((unsigned char) *data) && !strchr(data, ',');
}

static bool telit_is_urc(const FamilyModule *module _unused_, const char *line) {
        return line_after(line, "#OTAEV:") || is_sim_event(line);
}

static void telit_on_line(FamilyModule *module, const char *line) {
        const char *data = line_after(line, "#OTAEV:");
        Fact fact = { .kind = FACT_SIM_EVENT };

        if (data)
                fact = fact_of_event(data);
        else if (!is_sim_event(line))
                return; /* somebody else's indication, debug text of a restart */
        fact.text = line;
        module->host->raise(module->userdata, &fact);
        if (fact.kind == FACT_STORED) { /* nothing else tells when it begins to flash */
                fact.kind = FACT_INSTALLING;
                module->host->raise(module->userdata, &fact);
        }
}

/* VERB_START, VERB_ARM, VERB_SIGNAL */

static Reason begin(FamilyModule *module, const ChatReply *reply _unused_) {
        identify_begin(module);
        return REASON_NONE;
}

static Reason hear_iccid(FamilyModule *module, const ChatReply *reply) {
        reply_field(module->findings.iccid, sizeof(module->findings.iccid), reply, "#CCID:");
        return REASON_NONE;
}
static bool phrase_other_iccid(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_add(to, "AT+CCID");
        return module->findings.iccid[0] == '\0';
}
static Reason hear_other_iccid(FamilyModule *module, const ChatReply *reply) {
        reply_field(module->findings.iccid, sizeof(module->findings.iccid), reply, "+CCID:");
        return REASON_NONE;
}
/* +CGDCONT: 1,"IP","apn",... */
static Reason hear_contexts(FamilyModule *module, const ChatReply *reply) {
        Telit *telit = telit_of(module);

        telit->context_matches = module->settings->apn[0] == '\0' || reply->outcome != CHAT_OK;
        (void) TEXT_COPY(telit->pdp_type, "IP");
        for (size_t i = 0; i < reply->n_lines; i++) {
                const char *data = line_after(reply->lines[i], "+CGDCONT:");
                char apn[APN_MAX];

                if (!data || field_number(&data) != (int64_t) module->settings->pdp_context)
                        continue;
                field_text(&data, telit->pdp_type, sizeof(telit->pdp_type));
                field_text(&data, apn, sizeof(apn));
                telit->context_matches |= strcasecmp(apn, module->settings->apn) == 0;
        }
        module->findings.context_differs = telit->context_matches ? TRISTATE_NO : TRISTATE_YES;
        return REASON_NONE;
}

static Reason hear_update(FamilyModule *module, const ChatReply *reply) {
        const char *data = reply_line(reply, "#OTAIPUPD:");
        const int64_t status = *data ? field_number(&data) : -1;

        module->findings.update_running =
                status < 0 ? TRISTATE_UNKNOWN : (status == 1 ? TRISTATE_YES : TRISTATE_NO);
        return REASON_NONE;
}

static Reason hear_registration(FamilyModule *module, const ChatReply *reply) {
        identify_hear_registration(module, reply, "+CREG:");
        return REASON_NONE;
}

static Reason conclude(FamilyModule *module, const ChatReply *reply _unused_) {
        telit_conclude(module);
        return REASON_NONE;
}

static Reason conclude_start(FamilyModule *module, const ChatReply *reply) {
        telit_warn_of_protocol(module);
        return conclude(module, reply);
}

static const Step script_start[] = {
        /* clang-format off */
        { .hear = begin },
        { .say = "ATQ0V1", .optional = true },
        { .script = identify_script },
        { .say = "AT+CPIN?",              .hear = identify_hear_pin, .prefix = "+CPIN:", .informs = true },
        { .say = "AT#CCID",               .hear = hear_iccid,        .prefix = "#CCID:" },
        { .phrase = phrase_other_iccid,   .hear = hear_other_iccid,  .prefix = "+CCID:" },
        { .phrase = identify_phrase_imsi, .hear = identify_hear_imsi, .informs = true },
        { .script = telit_script_guard },
        { .say = "AT+CGDCONT?",           .hear = hear_contexts,     .prefix = "+CGDCONT:" },
        { .say = "AT#OTAIPUPD?",          .hear = hear_update,       .prefix = "#OTAIPUPD:" },
        { .say = "AT+CREG?",              .hear = hear_registration, .prefix = "+CREG:", .informs = true },
        { .say = "AT+CSQ",                .hear = identify_hear_signal, .prefix = "+CSQ:", .informs = true },
        { .hear = conclude_start },
        STEP_END,
        /* clang-format on */
};

static const Step script_arm[] = {
        { .script = telit_script_guard },
        { .say = "AT+CREG?", .hear = hear_registration, .prefix = "+CREG:", .informs = true },
        { .hear = conclude },
        STEP_END,
};

static const Step script_signal[] = {
        { .say = "AT+CREG?", .hear = hear_registration, .prefix = "+CREG:", .informs = true },
        { .say = "AT+CSQ", .hear = identify_hear_signal, .prefix = "+CSQ:", .informs = true },
        { .hear = conclude },
        STEP_END,
};

/* VERB_CONTEXT */

static bool phrase_context(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_printf(to, "AT+CGDCONT=%u,\"%s\",\"%s\"", module->settings->pdp_context,
                    telit_of(module)->pdp_type, module->settings->apn);
        return true;
}
static Reason hear_context_set(FamilyModule *module _unused_, const ChatReply *reply) {
        return reply->outcome == CHAT_OK ? REASON_NONE : REASON_NO_APN;
}
static const Step script_context[] = {
        { .phrase = phrase_context, .hear = hear_context_set },
        STEP_END,
};

/* VERB_ACCEPT, VERB_REFUSE, VERB_DEFER: AT#OTASUAN=<response>, 2 on an LE910 V2 only */

/* The module took the answer though its OK is missing. */
static bool is_acceptance(const char *line) {
        const char *data = line_after(line, "#OTAEV:");
        const FactKind kind = data ? fact_of_event(data).kind : FACT_UNKNOWN;

        return kind == FACT_DOWNLOAD_STARTED || kind == FACT_STORED;
}
static Reason hear_answer(FamilyModule *module _unused_, const ChatReply *reply) {
        return reply->outcome == CHAT_ERROR ? REASON_AGREEMENT_PENDING : REASON_NONE;
}
static const Step script_accept[] = {
        { .say = "AT#OTASUAN=1",
          .hear = hear_answer,
          .accepts = is_acceptance,
          .timeout = 30 * USEC_PER_SEC },
        STEP_END,
};
static const Step script_refuse[] = {
        { .say = "AT#OTASUAN=0", .hear = hear_answer },
        STEP_END,
};
static const Step script_defer[] = {
        { .say = "AT#OTASUAN=2", .hear = hear_answer },
        STEP_END,
};

/* What a person may not send: fotad's own commands, what ends or resets the line, and what waits
 * for data; and, while an update runs, what the note forbids (2.1.2, 3.1.2, 4.1.2). */
static const char *const fotad_owns[] = { "#OTASUAN=", "#OTASNAP", "#OTASNAIP", "#OTAIPUPD",
                                          "#OTAIPCFG", "#OTAUIDM", "+CPIN=",    NULL };
static const char *const line_breaks[] = {
        "ATD",   ";D",  "+CGDATA", "+CMUX=",  "&F",      "ATZ",    "+CFUN=", "+IPR=", "ATO",
        "#SHDN", "&K",  "+IFC=",   "+CMGS",   "+CMGW",   "ATQ1",   "ATV0",   "ATS3=", "ATS4=",
        "ATS5=", "#SD", "#SO",     "#REBOOT", "#ENHRST", "#OTAUP", "#FTP",   NULL,
};
static const char *const inhibited[] = { "#GPRS", "#SGACT",  "+CGATT",  "+CGACT",   "ATD",
                                         ";D",    "+COPS=2", "+CFUN=4", "+CGCLASS", NULL };

static bool telit_is_deaf(const FamilyModule *module) {
        return telit_settings(module)->protocol != TELIT_SMS;
}

static const char *telit_refuses_command(const FamilyModule *module, const char *command,
                                         State state, bool update_runs) {
        char squeezed[CHAT_COMMAND_MAX + 1];

        command_squeeze(squeezed, sizeof(squeezed), command);
        if (state == STATE_INSTALLING || state == STATE_RESTARTING || state == STATE_CONFIRMING)
                return "the module installs firmware; nothing may be sent to it now";
        if (update_runs && telit_is_deaf(module))
                return "the module's line is frozen until its update is over";
        if (update_runs && command_mentions(squeezed, inhibited))
                return "the module must not get this one while its update runs";
        if (strncmp(squeezed, "AT", 2) != 0)
                return "it does not start with AT";
        if (command_has(squeezed, fotad_owns))
                return "fotad itself sends this one: use fotactl register, update or accept";
        if (command_has(squeezed, line_breaks) || command_has_basic(squeezed, command_line_breaks))
                return "it would reset the module or take the line away from fotad";
        return NULL;
}

static const Step *const scripts[_VERB_MAX] = {
        [VERB_START] = script_start,
        [VERB_UNLOCK] = identify_script_unlock,
        [VERB_ARM] = script_arm,
        [VERB_SIGNAL] = script_signal,
        [VERB_ACCEPT] = script_accept,
        [VERB_CONTEXT] = script_context,
        [VERB_REFUSE] = script_refuse,
        [VERB_DEFER] = script_defer,
        [VERB_COMMAND] = command_script,
        [VERB_UPDATE] = telit_script_update,
        [VERB_REGISTER] = telit_script_register,
        [VERB_SAVE] = telit_script_save,
        [VERB_RESTORE] = telit_script_restore,
};

static int telit_start(FamilyModule *module, Verb verb, const VerbArgs *args) {
        if ((size_t) verb >= _VERB_MAX || !scripts[verb])
                return -EOPNOTSUPP;
        return dialogue_start(&telit_of(module)->context.dialogue, module, scripts[verb], verb,
                              args);
}

static void telit_abandon(FamilyModule *module) {
        dialogue_abandon(&telit_of(module)->context.dialogue);
}

#define CAN(verb) (1U << VERB_##verb)

const Family family_telit = {
        .name = "telit",
        .size = sizeof(Telit),
        .verbs = CAN(START) | CAN(UNLOCK) | CAN(CONTEXT) | CAN(ACCEPT) | CAN(REFUSE) | CAN(DEFER) |
                 CAN(SIGNAL) | CAN(ARM) | CAN(COMMAND) | CAN(UPDATE) | CAN(REGISTER) | CAN(SAVE) |
                 CAN(RESTORE),
        .actions = 1U << ACTION_INSTALL,
        .install_watchdog = 15 * USEC_PER_MINUTE,
        .one_question = true,
        .look_interval = LOOK_INTERVAL,
        .on_line = telit_on_line,
        .is_urc = telit_is_urc,
        .start = telit_start,
        .abandon = telit_abandon,
        .is_deaf = telit_is_deaf,
        .refuses_command = telit_refuses_command,
};
