/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an update needs of a Telit module (note, 2.1.1, 2.1.2, 3.1, 4.1): its indications on, GPRS
 * attach by itself, a class that fits the bearer, a fixed rate, a network, and a firmware that can
 * do the protocol. Read at every start; what is not so is set where the configuration lets fotad,
 * and told. */

#include <ctype.h>
#include <stdio.h>

#include "base/log.h"
#include "families/telit.h"

static bool may_fix(const FamilyModule *module, const VerbArgs *args) {
        return telit_settings(module)->fix_prerequisites && !args->only_look;
}

static void note_need(FamilyModule *module, TelitNeed need, bool met, const char *was) {
        Telit *telit = telit_of(module);

        telit->met[need] = met;
        (void) TEXT_COPY(telit->was[need], was);
}

/* #OTASUAN: (0,1),(0-2),(0,1) */
static Reason hear_responses(FamilyModule *module, const ChatReply *reply) {
        const char *data = reply_line(reply, "#OTASUAN:");
        const size_t n = strcspn(data, ")");
        char first[32];

        telit_of(module)->has_fota = reply->outcome == CHAT_OK;
        (void) snprintf(first, sizeof(first), "%.*s", (int) MIN_OF(n, sizeof(first) - 1), data);
        module->findings.can_defer = strchr(first, '2') != NULL;
        return REASON_NONE;
}

/* #OTASUAN: ,<mode>,<bfr> */
static Reason hear_indications(FamilyModule *module, const ChatReply *reply) {
        const char *data = reply_line(reply, "#OTASUAN:");
        char was[16];

        data += strcspn(data, ",");
        data += *data == ',';
        (void) snprintf(was, sizeof(was), "%.15s", data);
        const int64_t mode = field_number(&data), flush = field_number(&data);
        note_need(module, NEED_INDICATIONS, mode == 2 && flush == 1, was);
        return REASON_NONE;
}
static bool phrase_indications(FamilyModule *module, const VerbArgs *args, Text *to) {
        const Telit *telit = telit_of(module);

        text_add(to, "AT#OTASUAN=,2,1");
        return telit->has_fota && !telit->met[NEED_INDICATIONS] && may_fix(module, args);
}

static Reason hear_set(FamilyModule *module, const ChatReply *reply, TelitNeed need) {
        telit_of(module)->met[need] = reply->outcome == CHAT_OK;
        return REASON_NONE;
}
static Reason hear_indications_set(FamilyModule *module, const ChatReply *reply) {
        return hear_set(module, reply, NEED_INDICATIONS);
}

/* #GAUTOATT: 1; nothing to a CSD bearer, and nothing that is known of a module that has no such
 * command */
static Reason hear_attach(FamilyModule *module, const ChatReply *reply) {
        const char *data = reply_line(reply, "#GAUTOATT:");

        note_need(module, NEED_ATTACH,
                  !*data || *data == '1' || telit_settings(module)->bearer == TELIT_CSD, data);
        return REASON_NONE;
}
static bool phrase_attach(FamilyModule *module, const VerbArgs *args, Text *to) {
        text_add(to, "AT#GAUTOATT=1");
        return !telit_of(module)->met[NEED_ATTACH] && may_fix(module, args);
}
static Reason hear_attach_set(FamilyModule *module, const ChatReply *reply) {
        return hear_set(module, reply, NEED_ATTACH);
}

/* +CGCLASS: "B"; inhibited while the module downloads (note, 2.1.2), and nobody says that reading
 * it is not: what was never read then is taken to be in order. */
static bool phrase_class_read(FamilyModule *module, const VerbArgs *args, Text *to) {
        Telit *telit = telit_of(module);

        telit->met[NEED_CLASS] |= args->only_look;
        text_add(to, "AT+CGCLASS?");
        return !args->only_look;
}
static Reason hear_class(FamilyModule *module, const ChatReply *reply) {
        const char *data = reply_line(reply, "+CGCLASS:");
        char class[8] = "";

        field_text(&data, class, sizeof(class));
        note_need(module, NEED_CLASS,
                  !streq(class, telit_settings(module)->bearer == TELIT_CSD ? "CG" : "CC"), class);
        return REASON_NONE;
}
static bool phrase_class(FamilyModule *module, const VerbArgs *args, Text *to) {
        text_add(to, "AT+CGCLASS=\"B\"");
        return !telit_of(module)->met[NEED_CLASS] && may_fix(module, args);
}
static Reason hear_class_set(FamilyModule *module, const ChatReply *reply) {
        return hear_set(module, reply, NEED_CLASS);
}

/* +IPR: 0 is autobauding */
static Reason hear_rate(FamilyModule *module, const ChatReply *reply) {
        const char *data = reply_line(reply, "+IPR:");

        note_need(module, NEED_RATE, !*data || !streq(data, "0"), data);
        return REASON_NONE;
}
static bool phrase_rate(FamilyModule *module, const VerbArgs *args, Text *to) {
        text_printf(to, "AT+IPR=%u", module->settings->baud_rate);
        return !telit_of(module)->met[NEED_RATE] && module->settings->baud_rate > 0 &&
               may_fix(module, args);
}
static Reason hear_rate_set(FamilyModule *module, const ChatReply *reply) {
        return hear_set(module, reply, NEED_RATE);
}

/* drift: what somebody changed since it was in order, or before fotad looked first */

static void add_drift(Text *to, const char *name, const char *was) {
        if (!was[0])
                return;
        if (to->length > 0)
                text_add(to, ", ");
        text_printf(to, "%s%s", name, was);
}

static Reason conclude_guard(FamilyModule *module, const ChatReply *reply _unused_) {
        static const char *const names[_NEED_MAX] = {
                [NEED_INDICATIONS] = "#OTASUAN=,",
                [NEED_ATTACH] = "#GAUTOATT=",
                [NEED_CLASS] = "+CGCLASS=",
                [NEED_RATE] = "+IPR=",
        };
        Telit *telit = telit_of(module);
        const bool updated = telit->armed_firmware[0] &&
                             !streq(telit->armed_firmware, module->findings.firmware);
        bool all = true;
        Text drift;

        text_init(&drift, module->findings.drift, sizeof(module->findings.drift));
        for (size_t i = 0; i < _NEED_MAX; i++) {
                all &= telit->met[i];
                if (!updated) /* an update takes them all back to what they were in the factory */
                        add_drift(&drift, names[i], telit->was[i]);
        }
        module->findings.armed = module->findings.indications = telit->met[NEED_INDICATIONS];
        if (all)
                (void) TEXT_COPY(telit->armed_firmware, module->findings.firmware);
        return REASON_NONE;
}

/* What is in order is no drift. Stands behind each read. */
static Reason forget_met(FamilyModule *module, const ChatReply *reply _unused_) {
        Telit *telit = telit_of(module);

        for (size_t i = 0; i < _NEED_MAX; i++)
                if (telit->met[i])
                        telit->was[i][0] = '\0';
        return REASON_NONE;
}

const Step telit_script_guard[] = {
        /* clang-format off */
        { .say = "AT#OTASUAN=?",         .hear = hear_responses,   .prefix = "#OTASUAN:" },
        { .say = "AT#OTASUAN?",          .hear = hear_indications, .prefix = "#OTASUAN:" },
        { .say = "AT#GAUTOATT?",         .hear = hear_attach,      .prefix = "#GAUTOATT:" },
        { .phrase = phrase_class_read,   .hear = hear_class,       .prefix = "+CGCLASS:" },
        { .say = "AT+IPR?",              .hear = hear_rate,        .prefix = "+IPR:" },
        { .hear = forget_met },
        { .phrase = phrase_indications,  .hear = hear_indications_set },
        { .phrase = phrase_attach,       .hear = hear_attach_set },
        { .phrase = phrase_class,        .hear = hear_class_set },
        { .phrase = phrase_rate,         .hear = hear_rate_set },
        { .hear = conclude_guard },
        STEP_END,
        /* clang-format on */
};

/* which firmware can do which protocol (note, applicability table, chapters 3 and 4) */

static bool has_prefix_of(const char *text, const char *const *words) {
        for (; *words; words++)
                if (strncasecmp(text, *words, strlen(*words)) == 0)
                        return true;
        return false;
}

/* "10.00.144": in the last group the last digit counts, those before it are the product's. -1:
 * another firmware. */
static int revision_of(const char *firmware, const char *major) {
        const char *group = line_after(firmware, major);
        const size_t n = group ? strspn(group, "0123456789") : 0;

        return n > 0 ? group[n - 1] - '0' : -1;
}

static bool is_older(const char *firmware, const char *major, int least) {
        const int revision = revision_of(firmware, major);

        return revision >= 0 && revision < least;
}

/* By SMS from 07.03.xx0, 08.01.xx6 and 10.00.xx2 on. */
static const char *sms_problem(const char *firmware) {
        if (is_older(firmware, "08.01.", 6))
                return "firmware 08.01.xx6";
        return is_older(firmware, "10.00.", 2) ? "firmware 10.00.xx2" : "";
}

const char *telit_protocol_problem(const char *model, const char *firmware,
                                   TelitProtocol protocol) {
        static const char *const sms_models[] = { "UC864-E", "UC864-G", "UC864-WD", NULL };
        static const char *const sms_firmwares[] = { "07.", "08.01.", NULL };

        if (protocol == TELIT_SMS)
                return sms_problem(firmware);
        if (has_prefix_of(model, sms_models))
                return "this model does protocol sms only";
        if (has_prefix_of(firmware, sms_firmwares))
                return "this firmware does protocol sms only";
        if (protocol == TELIT_TCP)
                return is_older(firmware, "10.00.", 4) ? "firmware 10.00.xx4 for protocol tcp" : "";
        return is_older(firmware, "10.00.", 3) ? "firmware 10.00.xx3 for protocol combined" : "";
}

static bool is_known(const char *firmware) {
        static const char *const known[] = { "07.03.", "08.01.", "10.00.", NULL };

        return has_prefix_of(firmware, known);
}

/* Said once of each firmware. */
void telit_warn_of_protocol(FamilyModule *module) {
        const Findings *found = &module->findings;
        Telit *telit = telit_of(module);

        if (is_known(found->firmware) || streq(telit->warned_firmware, found->firmware))
                return;
        (void) TEXT_COPY(telit->warned_firmware, found->firmware);
        log_warning("%s with firmware %s is not known here: protocol %s is tried", found->model,
                    found->firmware, telit_protocol_to_string(telit_settings(module)->protocol));
}

static void add_missing(Text *to, bool met, const char *what) {
        if (met || !what[0])
                return;
        if (to->length > 0)
                text_add(to, ", ");
        text_add(to, what);
}

void telit_conclude(FamilyModule *module) {
        const TelitSettings *settings = telit_settings(module);
        const Telit *telit = telit_of(module);
        const Findings *found = &module->findings;
        const char *problem =
                telit_protocol_problem(found->model, found->firmware, settings->protocol);
        Text text;

        text_init(&text, module->findings.missing, sizeof(module->findings.missing));
        add_missing(&text, telit->has_fota, "a firmware with AT#OTASUAN");
        add_missing(&text, problem[0] == '\0', problem);
        add_missing(&text, telit->met[NEED_INDICATIONS] || !telit->has_fota, "#OTASUAN=,2,1");
        add_missing(&text, telit->met[NEED_ATTACH], "#GAUTOATT=1");
        add_missing(&text, telit->met[NEED_CLASS], "+CGCLASS=\"B\"");
        add_missing(&text, telit->met[NEED_RATE], "a fixed +IPR");
        add_missing(&text, found->sim == SIM_READY, "a SIM");
        add_missing(&text, found->registered != TRISTATE_NO, "the network");
        module->findings.register_cuts = settings->protocol != TELIT_SMS;
        module->findings.can_update = settings->protocol == TELIT_TCP;
        (void) TEXT_COPY(module->findings.number, settings->own_number);
        module->findings.can_register = settings->protocol == TELIT_SMS ?
                                                settings->server_number[0] != '\0' :
                                                settings->server_address[0] != '\0';
}
