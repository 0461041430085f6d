/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sierra Wireless HL78xx with AirVantage: AT+WDSS, WDSC, WDSI, WDSR, WDSG. "Note" below is the
 * HL78xx FOTA application note, rev 1.1. What surprises: OK after AT+WDSR=4 may be missing (note,
 * figure 12). CGMR is the only proof. The session state of AT+WDSG is evidence, never a promise,
 * and some firmware has no such command. VERB_START is in hl78xx-start.c, VERB_ARM in
 * hl78xx-guard.c, VERB_PUSH in hl78xx-push.c. */

#include <ctype.h>
#include <stdio.h>

#include "families/command.h"
#include "families/hl78xx.h"

extern const Family family_hl78xx;

/* indications: URC -> fact (note, 7.2, table 1; 23 to 25: AT guide) */

static Reason reason_of_11(int64_t data) {
        switch (data) {
        case 0:
                return REASON_OUT_OF_MEMORY;
        case 2:
                return REASON_PACKAGE_CORRUPT;
        default:
                return REASON_TRANSFER_ERROR; /* 1, or left out */
        }
}

static Fact fact_of_progress(int64_t percent) {
        if (percent < 0)
                return (Fact) { .kind = FACT_DOWNLOAD_STARTED };
        return (Fact) { .kind = FACT_PROGRESS, .number = MIN_OF(percent, 100) };
}

static const struct {
        int event;
        Fact fact;
} simple_events[] = {
        /* clang-format off */
        {  0, { .kind = FACT_READY } },
        {  1, { .kind = FACT_ASKED, .number = ACTION_CONNECT } },
        {  2, { .kind = FACT_ASKED, .number = ACTION_DOWNLOAD } },
        {  3, { .kind = FACT_ASKED, .number = ACTION_INSTALL } },
        {  4, { .kind = FACT_AUTHENTICATING } },
        {  5, { .kind = FACT_AUTH_FAILED } },
        {  6, { .kind = FACT_AUTHENTICATED } },
        {  7, { .kind = FACT_SESSION_REFUSED } },
        {  8, { .kind = FACT_SESSION_CLOSED } },
        { 10, { .kind = FACT_STORED } },
        { 12, { .kind = FACT_CERTIFIED } },
        { 13, { .kind = FACT_NOT_CERTIFIED } },
        { 14, { .kind = FACT_INSTALLING } },
        { 15, { .kind = FACT_INSTALL_FAILED } },
        { 16, { .kind = FACT_INSTALLED } },
        { 24, { .kind = FACT_ASKED, .number = ACTION_REBOOT } },
        { 25, { .kind = FACT_ASKED, .number = ACTION_UNINSTALL } },
        /* clang-format on */
};

static Fact fact_of_event(int64_t event, int64_t data) {
        for (size_t i = 0; i < ELEMENTSOF(simple_events); i++)
                if (simple_events[i].event == event)
                        return simple_events[i].fact;
        if (event == 9)
                return (Fact) { .kind = FACT_PACKAGE_OFFERED, .number = data };
        if (event == 11)
                return (Fact) { .kind = FACT_DOWNLOAD_FAILED,
                                .number = reason_of_11(data),
                                .reason = reason_of_11(data) };
        if (event == 18)
                return fact_of_progress(data);
        if (event == 23)
                return (Fact) { .kind = FACT_SESSION_OPENED, .number = data != 0 };
        return (Fact) { .kind = FACT_UNKNOWN };
}

static bool hl78xx_is_urc(const FamilyModule *module, const char *line) {
        const char *data = line_after(line, "+WDSI:");

        if (!data)
                return line_after(line, "+KSUP:") != NULL;
        /* "(0-4479)" is the answer of AT+WDSI=? */
        return isdigit((unsigned char) *data) && !hl78xx_holds_back(module, data);
}

/* What the module says by itself is newer than what AT+WDSS? read earlier in the same dialogue. */
static void note_session(FamilyModule *module, const Fact *fact) {
        if (fact->kind == FACT_SESSION_OPENED && fact->number != 0)
                module->findings.session_open = TRISTATE_YES;
        else if (fact->kind == FACT_SESSION_CLOSED || fact->kind == FACT_SESSION_REFUSED)
                module->findings.session_open = TRISTATE_NO;
}

static void hl78xx_on_line(FamilyModule *module, const char *line) {
        const char *data = line_after(line, "+WDSI:");
        Fact fact;

        if (data && isdigit((unsigned char) *data)) {
                const int64_t event = field_number(&data);
                fact = fact_of_event(event, field_number(&data));
                fact.text = line;
                note_session(module, &fact);
        } else if (line_after(line, "+KSUP:"))
                fact = (Fact) { .kind = FACT_BOOTED, .text = line };
        else
                return; /* debug text of a reboot, +PBREADY, somebody else's indication */
        module->host->raise(module->userdata, &fact);
}

/* VERB_SIGNAL */

static const Step script_signal[] = {
        { .say = "AT+CEREG?",
          .hear = hl78xx_hear_registration,
          .prefix = "+CEREG:",
          .informs = true },
        { .say = "AT+CSQ", .hear = identify_hear_signal, .prefix = "+CSQ:", .informs = true },
        STEP_END,
};

/* VERB_CONTEXT */

static bool phrase_apn(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        const Hl78xx *hl = hl78xx_of(module);

        text_printf(to, "AT+CGDCONT=%u,\"%s\",\"%s\"", module->settings->pdp_context,
                    hl->pdp_type[0] ? hl->pdp_type : "IP", module->settings->apn);
        return module->settings->apn[0] != '\0' && !hl->apn_matches;
}
static bool phrase_context(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_printf(to, "AT+WDSS=2,%u", module->settings->pdp_context);
        return true;
}
static Reason hear_context_set(FamilyModule *module _unused_, const ChatReply *reply) {
        return reply->outcome == CHAT_OK ? REASON_NONE : REASON_NO_APN;
}
static const Step script_context[] = {
        { .phrase = phrase_apn, .hear = hear_context_set },
        { .phrase = phrase_context, .hear = hear_context_set },
        STEP_END,
};

/* VERB_CONNECT, VERB_DISCONNECT (note, 7.1.2 and chapter 12) */

static Reason hear_connect(FamilyModule *module, const ChatReply *reply) {
        Hl78xx *hl = hl78xx_of(module);

        hl->diagnose = false;
        if (reply->outcome != CHAT_ERROR)
                return REASON_NONE;
        switch (reply->code) {
        case CME_NO_APN_OR_PENDING: /* two causes, one number: ask on */
        case -1:                    /* AT+CMEE=1 was refused: any cause */
                hl->diagnose = true;
                return REASON_NONE;
        case CME_INVALID_APN:
                return REASON_INVALID_APN;
        case CME_ACTIVATION:
        default:
                return REASON_ACTIVATION_FAILED;
        }
}

static bool phrase_diagnosis(FamilyModule *module, const char *command, Text *to) {
        text_add(to, command);
        return hl78xx_of(module)->diagnose;
}
static bool phrase_diagnose_general(FamilyModule *module, const VerbArgs *args, Text *to) {
        hl78xx_of(module)->asked = args->asked;
        return phrase_diagnosis(module, "AT+WDSG", to);
}
static bool phrase_diagnose_session(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        return phrase_diagnosis(module, "AT+WDSS?", to);
}
static bool phrase_diagnose_contexts(FamilyModule *module, const VerbArgs *args _unused_,
                                     Text *to) {
        return phrase_diagnosis(module, "AT+CGDCONT?", to);
}
static Reason conclude_diagnosis(FamilyModule *module, const ChatReply *reply _unused_) {
        const Hl78xx *hl = hl78xx_of(module);

        if (!hl->diagnose)
                return REASON_NONE;
        if (hl->asked || module->findings.package_waiting == TRISTATE_YES ||
            module->findings.package_stored == TRISTATE_YES)
                return REASON_AGREEMENT_PENDING;
        return hl->cid <= 0 || !hl->has_context ? REASON_NO_APN : REASON_ACTIVATION_FAILED;
}

static const Step script_connect[] = {
        /* clang-format off */
        { .say = "AT+WDSS=1,1",                  .hear = hear_connect, .timeout = 60 * USEC_PER_SEC },
        { .phrase = phrase_diagnose_general,  .hear = hl78xx_hear_general,  .prefix = "+WDSG:", .informs = true },
        { .phrase = phrase_diagnose_session,  .hear = hl78xx_hear_session,  .prefix = "+WDSS:" },
        { .phrase = phrase_diagnose_contexts, .hear = hl78xx_hear_contexts, .prefix = "+CGDCONT:" },
        { .hear = conclude_diagnosis },
        STEP_END,
        /* clang-format on */
};

static const Step script_disconnect[] = {
        { .say = "AT+WDSS=1,0", .optional = true, .timeout = 60 * USEC_PER_SEC },
        STEP_END,
};

/* VERB_ACCEPT, VERB_DEFER (note, 7.3, table 2; 6 to 9: AT guide) */

static const struct {
        int accept, defer;
} wdsr[_ACTION_MAX] = {
        [ACTION_CONNECT] = { .accept = 1, .defer = 0 },
        [ACTION_DOWNLOAD] = { .accept = 3, .defer = 2 },
        [ACTION_INSTALL] = { .accept = 4, .defer = 5 },
        [ACTION_REBOOT] = { .accept = 6, .defer = 7 },
        [ACTION_UNINSTALL] = { .accept = 8, .defer = 9 },
};

static bool phrase_accept(FamilyModule *module _unused_, const VerbArgs *args, Text *to) {
        text_printf(to, "AT+WDSR=%d", wdsr[args->action].accept);
        return true;
}
static bool phrase_defer(FamilyModule *module _unused_, const VerbArgs *args, Text *to) {
        text_printf(to, "AT+WDSR=%d,%u", wdsr[args->action].defer, args->minutes);
        return true;
}
/* The module took the answer though its OK is missing: verified, launched, done, or booted. */
static bool is_acceptance(const char *line) {
        const char *data = line_after(line, "+WDSI:");
        const int64_t event = data ? field_number(&data) : -1;

        return event == 12 || event == 14 || event == 15 || event == 16 || event == 18 ||
               line_after(line, "+KSUP:");
}
static Reason hear_answer(FamilyModule *module _unused_, const ChatReply *reply) {
        return reply->outcome == CHAT_ERROR ? REASON_AGREEMENT_PENDING : REASON_NONE;
}
static const Step script_accept[] = {
        { .phrase = phrase_accept,
          .hear = hear_answer,
          .accepts = is_acceptance,
          .timeout = 30 * USEC_PER_SEC },
        STEP_END,
};
static const Step script_defer[] = {
        { .phrase = phrase_defer, .hear = hear_answer },
        STEP_END,
};

/* What a person may not send: fotad's own commands, what ends or resets the line, and what waits
 * for data. */
static const char *const fotad_owns[] = { "+WDSR", "+WDSS=",  "+WDSC=", "+WDSI=",
                                          "+WDSD", "+WDSTPF", "+CPIN=", NULL };
static const char *const line_breaks[] = { "ATD",    "+CGDATA", "+CMUX",     "&F",    "ATZ",
                                           "+CFUN=", "+IPR=",   "+KSREP=",   "ATO",   "+CPWROFF",
                                           "&K",     "+IFC=",   "+KPATTERN", "+CMGS", "ATQ1",
                                           "ATV0",   "ATS3=",   "ATS4=",     "ATS5=", "+CMGW",
                                           NULL };

static const char *hl78xx_refuses_command(const FamilyModule *module _unused_, const char *command,
                                          State state, bool update_runs _unused_) {
        char squeezed[CHAT_COMMAND_MAX + 1];

        command_squeeze(squeezed, sizeof(squeezed), command);
        if (state == STATE_INSTALLING || state == STATE_RESTARTING || state == STATE_CONFIRMING)
                return "the module installs firmware; nothing may be sent to it now";
        if (strncmp(squeezed, "AT", 2) != 0)
                return "it does not start with AT";
        if (command_has(squeezed, fotad_owns))
                return "fotad itself sends this one: use fotactl connect, disconnect, accept or "
                       "defer";
        if (command_has(squeezed, line_breaks) || command_has_basic(squeezed, command_line_breaks))
                return "it would reset the module or take the line away from fotad";
        return NULL;
}

static const Step *const scripts[_VERB_MAX] = {
        [VERB_START] = hl78xx_script_start,    [VERB_UNLOCK] = identify_script_unlock,
        [VERB_CONTEXT] = script_context,       [VERB_CONNECT] = script_connect,
        [VERB_DISCONNECT] = script_disconnect, [VERB_ACCEPT] = script_accept,
        [VERB_DEFER] = script_defer,           [VERB_SIGNAL] = script_signal,
        [VERB_ARM] = hl78xx_script_guard,      [VERB_PUSH] = hl78xx_script_push,
        [VERB_COMMAND] = command_script,
};

static int hl78xx_start(FamilyModule *module, Verb verb, const VerbArgs *args) {
        if ((size_t) verb >= _VERB_MAX || !scripts[verb])
                return -EOPNOTSUPP;
        if (verb == VERB_PUSH && (!args->file || args->file->size == 0))
                return -EINVAL;
        return dialogue_start(&hl78xx_of(module)->context.dialogue, module, scripts[verb], verb,
                              args);
}

static void hl78xx_abandon(FamilyModule *module) {
        dialogue_abandon(&hl78xx_of(module)->context.dialogue);
}

const Family family_hl78xx = {
        .name = "hl78xx",
        .size = sizeof(Hl78xx),
        .verbs = (1U << (VERB_COMMAND + 1)) - 1,
        .actions = (1U << _ACTION_MAX) - 1,
        .install_watchdog = 15 * USEC_PER_MINUTE, /* note, 9.4 */
        .repeat_interval = 30 * USEC_PER_MINUTE,  /* note, 9.2 */
        .on_line = hl78xx_on_line,
        .is_urc = hl78xx_is_urc,
        .start = hl78xx_start,
        .cancel_push = hl78xx_cancel_push,
        .abandon = hl78xx_abandon,
        .refuses_command = hl78xx_refuses_command,
};
