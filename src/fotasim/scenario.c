/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The keys of a scenario. The tables below are the one list of what a scenario file may hold;
 * scenario-yaml.c walks a document along them. */

#include "fotasim/scenario.h"

#include "fotasim/file.h"
#include "fotasim/scenario-yaml.h"

#define SPAN_MAX (30 * USEC_PER_DAY)
#define FILE_MAX_BYTES ((size_t) 256 * 1024)

static const char *const family_names[] = { "hl78xx", "telit", NULL };
static const char *const credentials_names[] = { "present", "missing", "expired", NULL };
static const char *const wdsi_range_names[] = { "single", "multi", NULL };
static const char *const wdsi_read_names[] = { "line", "empty", NULL };
static const char *const wdsd_names[] = { "present", "absent", NULL };
static const char *const start_names[] = { "nak", "crc", NULL };
static const char *const ending_names[] = { "error", "cme", NULL };
static const char *const early_answer_names[] = { "accept", "error", NULL };
static const char *const late_grant_names[] = { "connect", "wait", NULL };
static const char *const offer_order_names[] = { "size-first", "request-first", NULL };
static const char *const store_order_names[] = { "certified-first", "stored-first", NULL };
static const char *const boot_order_names[] = { "result-first", "ready-first", NULL };
static const char *const progress_style_names[] = { "plain", "blank", "quoted", NULL };
static const char *const port_names[] = { "uart", "usb", NULL };
static const char *const action_names[] = { "reboot", "uninstall", "query", "register", NULL };
static const char *const offered_names[] = { "from start", NULL };
static const char *const result_names[] = {
        "ok",    "mismatch",      "wrong-version", "corrupt", "no-memory", "http", "not-certified",
        "stuck", "no-connection", "test",          NULL,
};

static const char *const protocol_names[] = { "sms", "combined", "tcp", NULL };
static const char *const spelling_names[] = { "otasnaipcfg", "otasnapipcfg", NULL };
static const char *const bearer_names[] = { "numbers", "words", NULL };
static const char *const otaev_style_names[] = { "note", "upper", "successful", NULL };

/* The fault verbs that stand alone, and those that take a number or a span, by SimFaultKind. */
static const struct {
        const char *name;
        bool takes_code, takes_span;
} fault_verbs[] = {
        [SIM_FAULT_LOSE] = { .name = "lose" },
        [SIM_FAULT_LOSE_REPLY] = { .name = "lose-reply" },
        [SIM_FAULT_DOUBLE] = { .name = "double" },
        [SIM_FAULT_DELAY] = { .name = "delay", .takes_span = true },
        [SIM_FAULT_SPLIT] = { .name = "split" },
        [SIM_FAULT_INSIDE_REPLY] = { .name = "inside-reply" },
        [SIM_FAULT_JUNK] = { .name = "junk" },
        [SIM_FAULT_CME] = { .name = "cme", .takes_code = true },
        [SIM_FAULT_ERROR] = { .name = "error" },
        [SIM_FAULT_SILENCE] = { .name = "silence", .takes_span = true },
        [SIM_FAULT_RESET] = { .name = "reset" },
        [SIM_FAULT_SESSION_LOSS] = { .name = "session-loss" },
        [SIM_FAULT_NETWORK_LOSS] = { .name = "network-loss", .takes_span = true },
        [SIM_FAULT_NAT_LOSS] = { .name = "nat-loss" },
};

static int fault_argument_parse(SimFault *fault, const char *argument) {
        char *end;

        if (fault_verbs[fault->kind].takes_span)
                return span_parse(argument, &fault->span);
        if (!fault_verbs[fault->kind].takes_code)
                return *argument ? -EINVAL : 0;
        fault->code = (unsigned) strtoul(argument, &end, 10);
        return *argument < '0' || *argument > '9' || *end || fault->code > 9999 ? -EINVAL : 0;
}

/* "lose", "delay 5s", "cme 650", "silence 30s" */
static int fault_do_parse(const char *text, void *item) {
        SimFault *fault = item;
        size_t n = strcspn(text, " ");

        for (size_t i = 1; i < ELEMENTSOF(fault_verbs); i++)
                if (strlen(fault_verbs[i].name) == n &&
                    strncmp(fault_verbs[i].name, text, n) == 0) {
                        fault->kind = (SimFaultKind) i;
                        return fault_argument_parse(fault, text + n + strspn(text + n, " "));
                }
        return -EINVAL;
}

/* Of a pushed file: those that do not belong to a download. */
static int pushed_result_parse(const char *text, void *item) {
        static const SimResult results[] = { SIM_RESULT_OK, SIM_RESULT_MISMATCH,
                                             SIM_RESULT_WRONG_VERSION, SIM_RESULT_NOT_CERTIFIED,
                                             SIM_RESULT_STUCK };

        for (size_t i = 0; i < ELEMENTSOF(results); i++)
                if (streq(text, result_names[results[i]])) {
                        ((SimXmodem *) item)->result = results[i];
                        return 0;
                }
        return -EINVAL;
}

static void fault_init(void *item) {
        *(SimFault *) item = (SimFault) { .nth = 1, .times = 1 };
}

static void context_init(void *item) {
        *(SimContext *) item = (SimContext) { .cid = 1, .type = "IP" };
}

static void package_init(void *item) {
        *(SimPlannedPackage *) item = (SimPlannedPackage) { .bytes = 1464 };
}

static void request_init(void *item) {
        *(SimPlannedRequest *) item = (SimPlannedRequest) { 0 };
}

static void line_init(void *item) {
        *(SimPlannedLine *) item = (SimPlannedLine) { 0 };
}

static void card_init(void *item) {
        *(SimPlannedCard *) item = (SimPlannedCard) { 0 };
}

/* clang-format off */
#define AT(Type, member) .offset = offsetof(Type, member), .size = sizeof(((Type *) NULL)->member)
#define OF(member) AT(SimScenario, member)
#define CHOICE(member) OF(member), .choices = member##_names
#define RANGE(least) .min = (least), .max = SPAN_MAX
#define LIST(Type, noun)                                                                      \
        OF(noun##s), .fields = noun##_fields, .item_size = sizeof(Type), .init = noun##_init, \
        .count = offsetof(SimScenario, n_##noun##s)

static const ScenarioField context_fields[] = {
        { "cid",  FIELD_UNSIGNED, AT(SimContext, cid), .min = 1, .max = SIM_CONTEXT_MAX },
        { "type", FIELD_TEXT,     AT(SimContext, type) },
        { "apn",  FIELD_TEXT,     AT(SimContext, apn) },
        {},
};

static const ScenarioField package_fields[] = {
        { "at",      FIELD_SPAN,   AT(SimPlannedPackage, at) },
        { "offered", FIELD_WORD,   .choices = offered_names },
        { "bytes",   FIELD_SIZE,   AT(SimPlannedPackage, bytes), .min = 1, .max = 1ULL << 32 },
        { "to",      FIELD_TEXT,   AT(SimPlannedPackage, to), .required = true },
        { "result",  FIELD_CHOICE, AT(SimPlannedPackage, result), .choices = result_names },
        { "automatic", FIELD_BOOL, AT(SimPlannedPackage, automatic) },
        {},
};

static const ScenarioField request_fields[] = {
        { "at",     FIELD_SPAN,   AT(SimPlannedRequest, at) },
        { "action", FIELD_CHOICE, AT(SimPlannedRequest, action), .choices = action_names },
        {},
};

static const ScenarioField line_fields[] = {
        { "at",   FIELD_SPAN, AT(SimPlannedLine, at) },
        { "text", FIELD_TEXT, AT(SimPlannedLine, text), .required = true },
        {},
};

static const ScenarioField card_fields[] = {
        { "at",        FIELD_SPAN, AT(SimPlannedCard, at) },
        { "out",       FIELD_BOOL, AT(SimPlannedCard, out) },
        { "elsewhere", FIELD_BOOL, AT(SimPlannedCard, elsewhere) },
        { "iccid",     FIELD_TEXT, AT(SimPlannedCard, iccid) },
        { "imsi",      FIELD_TEXT, AT(SimPlannedCard, imsi) },
        {},
};

#define TELIT(member, names) AT(SimTelit, member), .choices = names##_names

static const ScenarioField telit_fields[] = {
        { "protocol",        FIELD_CHOICE,   TELIT(protocol, protocol) },
        { "lost_registrations", FIELD_UNSIGNED, AT(SimTelit, lost_registrations), .max = 10000 },
        { "provisions",      FIELD_BOOL,     AT(SimTelit, provisions) },
        { "registers_again", FIELD_BOOL,     AT(SimTelit, registers_again) },
        { "delay",           FIELD_BOOL,     AT(SimTelit, delay) },
        { "otasuan_mode",    FIELD_UNSIGNED, AT(SimTelit, otasuan_mode), .max = 2 },
        { "ip_config",       FIELD_CHOICE,   TELIT(ip_config, spelling) },
        { "bearer",          FIELD_CHOICE,   TELIT(bearer, bearer) },
        { "otaipupd",        FIELD_CHOICE,   TELIT(otaipupd, wdsd) },
        { "otaev_style",     FIELD_CHOICE,   TELIT(otaev_style, otaev_style) },
        { "autobaud_loss",   FIELD_BOOL,     AT(SimTelit, autobaud_loss) },
        { "qss",             FIELD_BOOL,     AT(SimTelit, qss) },
        {},
};

#define BLOCK(member) AT(SimXmodem, member), .max = 1000000

static const ScenarioField xmodem_fields[] = {
        { "start",           FIELD_CHOICE,   AT(SimXmodem, start), .choices = start_names },
        { "nak_eot",         FIELD_BOOL,     AT(SimXmodem, nak_eot) },
        { "nak_block",       FIELD_UNSIGNED, BLOCK(nak_block) },
        { "lose_ack",        FIELD_UNSIGNED, BLOCK(lose_ack) },
        { "double_ack",      FIELD_UNSIGNED, BLOCK(double_ack) },
        { "cancel_at_block", FIELD_UNSIGNED, BLOCK(cancel_at_block) },
        { "silent_at_block", FIELD_UNSIGNED, BLOCK(silent_at_block) },
        { "reset_at_block",  FIELD_UNSIGNED, BLOCK(reset_at_block) },
        { "block_1k_fails",  FIELD_BOOL,     AT(SimXmodem, block_1k_fails) },
        { "ending",          FIELD_CHOICE,   AT(SimXmodem, ending), .choices = ending_names },
        { "lose_final_ok",   FIELD_BOOL,     AT(SimXmodem, lose_final_ok) },
        { "wdsi3_before_ok", FIELD_BOOL,     AT(SimXmodem, wdsi3_before_ok) },
        { "result",          FIELD_CUSTOM,   .parse = pushed_result_parse },
        { "times",           FIELD_UNSIGNED, AT(SimXmodem, times), .max = 10000 },
        {},
};

static const ScenarioField fault_fields[] = {
        { "on",    FIELD_TEXT,     AT(SimFault, on), .required = true },
        { "nth",   FIELD_UNSIGNED, AT(SimFault, nth), .min = 1, .max = 10000 },
        { "times", FIELD_UNSIGNED, AT(SimFault, times), .max = 10000 },
        { "do",    FIELD_CUSTOM,   .parse = fault_do_parse, .required = true },
        {},
};

static const ScenarioField agreement_fields[] = {
        { "connect",   FIELD_BOOL, AT(SimAgreements, connect) },
        { "download",  FIELD_BOOL, AT(SimAgreements, download) },
        { "install",   FIELD_BOOL, AT(SimAgreements, install) },
        { "reboot",    FIELD_BOOL, AT(SimAgreements, reboot) },
        { "uninstall", FIELD_BOOL, AT(SimAgreements, uninstall) },
        {},
};

static const ScenarioField timing_fields[] = {
        { "boot",            FIELD_SPAN, AT(SimTimings, boot), RANGE(0) },
        { "answer",          FIELD_SPAN, AT(SimTimings, answer), RANGE(0) },
        { "session_step",    FIELD_SPAN, AT(SimTimings, session_step), RANGE(USEC_PER_MSEC) },
        { "session_close",   FIELD_SPAN, AT(SimTimings, session_close), RANGE(0) },
        { "download",        FIELD_SPAN, AT(SimTimings, download), RANGE(0) },
        { "download_rate",   FIELD_SIZE, AT(SimTimings, download_rate), .max = 1ULL << 32 },
        { "verify",          FIELD_SPAN, AT(SimTimings, verify), RANGE(0) },
        { "certify",         FIELD_SPAN, AT(SimTimings, certify), RANGE(0) },
        { "install_start",   FIELD_SPAN, AT(SimTimings, install_start), RANGE(0) },
        { "install",         FIELD_SPAN, AT(SimTimings, install), RANGE(0) },
        { "repeat",          FIELD_SPAN, AT(SimTimings, repeat), RANGE(USEC_PER_SEC) },
        { "answer_window",   FIELD_SPAN, AT(SimTimings, answer_window), RANGE(USEC_PER_SEC) },
        { "reissue",         FIELD_SPAN, AT(SimTimings, reissue), .min = USEC_PER_SEC },
        { "registration",    FIELD_SPAN, AT(SimTimings, registration), RANGE(0) },
        { "polling_idle",    FIELD_SPAN, AT(SimTimings, polling_idle), RANGE(USEC_PER_SEC) },
        { "network_timeout", FIELD_SPAN, AT(SimTimings, network_timeout), RANGE(0) },
        { "nat",             FIELD_SPAN, AT(SimTimings, nat) },
        {},
};

static const ScenarioField radio_fields[] = {
        { "rssi",       FIELD_SIGNED, AT(SimRadio, rssi_dbm) },
        { "registered", FIELD_BOOL,   AT(SimRadio, registered) },
        { "roaming",    FIELD_BOOL,   AT(SimRadio, roaming) },
        { "operator",   FIELD_TEXT,   AT(SimRadio, operator_name) },
        { "apn",        FIELD_TEXT,   AT(SimRadio, apn) },
        {},
};

static const ScenarioField scenario_fields[] = {
        { "family",                 FIELD_CHOICE,   CHOICE(family) },
        { "manufacturer",           FIELD_TEXT,     OF(manufacturer) },
        { "model",                  FIELD_TEXT,     OF(model) },
        { "firmware",               FIELD_TEXT,     OF(firmware) },
        { "imei",                   FIELD_TEXT,     OF(imei) },
        { "serial_number",          FIELD_TEXT,     OF(serial_number) },
        { "iccid",                  FIELD_TEXT,     OF(iccid) },
        { "imsi",                   FIELD_TEXT,     OF(imsi) },
        { "sim_pin",                FIELD_TEXT,     OF(sim_pin) },
        { "sim_puk",                FIELD_TEXT,     OF(sim_puk) },
        { "contexts",               FIELD_LIST,     LIST(SimContext, context) },
        { "device_context",         FIELD_UNSIGNED, OF(device_context), .max = SIM_CONTEXT_MAX },
        { "echo",                   FIELD_BOOL,     OF(echo) },
        { "cmee",                   FIELD_UNSIGNED, OF(cmee), .max = 2 },
        { "ksrep",                  FIELD_BOOL,     OF(ksrep) },
        { "indications",            FIELD_UNSIGNED, OF(indications), .max = 4479 },
        { "agreements",             FIELD_SECTION,  OF(agreements), .fields = agreement_fields },
        { "polling",                FIELD_UNSIGNED, OF(polling_min), .max = SIM_POLLING_MAX_MIN },
        { "retries",                FIELD_NUMBERS,  OF(retry_min), .max = SIM_RETRY_MAX_MIN,
          .count = FIELD_NO_COUNT },
        { "wdsi_range",             FIELD_CHOICE,   CHOICE(wdsi_range) },
        { "wdsi_read",              FIELD_CHOICE,   CHOICE(wdsi_read) },
        { "wdsg",                   FIELD_BOOL,     OF(wdsg) },
        { "wdsd",                   FIELD_CHOICE,   CHOICE(wdsd) },
        { "wdsd_max",               FIELD_SIZE,     OF(wdsd_max), .min = 1, .max = UINT32_MAX },
        { "wdsd_error",             FIELD_UNSIGNED, OF(wdsd_error), .max = 9999 },
        { "xmodem",                 FIELD_SECTION,  OF(xmodem), .fields = xmodem_fields },
        { "port",                   FIELD_CHOICE,   CHOICE(port) },
        { "boot_junk",              FIELD_BOOL,     OF(boot_junk) },
        { "credentials",            FIELD_CHOICE,   CHOICE(credentials) },
        { "failed_authentications", FIELD_UNSIGNED, OF(failed_authentications), .max = 5 },
        { "refused_sessions",       FIELD_UNSIGNED, OF(refused_sessions), .max = 10000 },
        { "early_answer",           FIELD_CHOICE,   CHOICE(early_answer) },
        { "wdsr_error",             FIELD_UNSIGNED, OF(wdsr_error), .max = 9999 },
        { "late_grant",             FIELD_CHOICE,   CHOICE(late_grant) },
        { "ok_after_install_grant", FIELD_BOOL,     OF(ok_after_install_grant) },
        { "certified_after_grant",  FIELD_BOOL,     OF(certified_after_grant) },
        { "install_event",          FIELD_BOOL,     OF(install_event) },
        { "reports_result",         FIELD_BOOL,     OF(reports_result) },
        { "offer_order",            FIELD_CHOICE,   CHOICE(offer_order) },
        { "store_order",            FIELD_CHOICE,   CHOICE(store_order) },
        { "boot_order",             FIELD_CHOICE,   CHOICE(boot_order) },
        { "progress_style",         FIELD_CHOICE,   CHOICE(progress_style) },
        { "progress",               FIELD_NUMBERS,  OF(progress), .max = 100,
          .count = offsetof(SimScenario, n_progress) },
        { "timings",                FIELD_SECTION,  OF(timings), .fields = timing_fields },
        { "radio",                  FIELD_SECTION,  OF(radio), .fields = radio_fields },
        { "packages",               FIELD_LIST,     LIST(SimPlannedPackage, package) },
        { "requests",               FIELD_LIST,     LIST(SimPlannedRequest, request) },
        { "lines",                  FIELD_LIST,     LIST(SimPlannedLine, line) },
        { "telit",                  FIELD_SECTION,  OF(telit), .fields = telit_fields },
        { "cards",                  FIELD_LIST,     LIST(SimPlannedCard, card) },
        { "faults",                 FIELD_LIST,     LIST(SimFault, fault) },
        {},
};
/* clang-format on */

static const char *only_telit(const SimScenario *scenario) {
        for (size_t i = 0; i < scenario->n_packages; i++)
                if (scenario->packages[i].automatic ||
                    scenario->packages[i].result >= SIM_RESULT_NO_CONNECTION)
                        return "packages: automatic, no-connection and test are";
        for (size_t i = 0; i < scenario->n_requests; i++)
                if (scenario->requests[i].action >= SIM_ACTION_QUERY)
                        return "requests: query and register are";
        return scenario->n_cards > 0 ? "cards: is" : NULL;
}

static const char *only_hl78xx(const SimScenario *scenario) {
        for (size_t i = 0; i < scenario->n_requests; i++)
                if (scenario->requests[i].action < SIM_ACTION_QUERY)
                        return "requests: reboot and uninstall are";
        return NULL;
}

static int family_check(const SimScenario *scenario, const char *name, Text *errors) {
        bool telit = scenario->family == SIM_FAMILY_TELIT;
        const char *what = telit ? only_hl78xx(scenario) : only_telit(scenario);

        if (what)
                text_printf(errors, "%s: %s for family %s only\n", name, what,
                            telit ? "hl78xx" : "telit");
        return what ? -EINVAL : 0;
}

/* What no single key can say. */
static int scenario_check(const SimScenario *scenario, const char *name, Text *errors) {
        int r = family_check(scenario, name, errors);

        for (size_t i = 1; i < scenario->n_progress; i++)
                if (scenario->progress[i] <= scenario->progress[i - 1]) {
                        text_printf(errors, "%s: progress: the percentages must rise\n", name);
                        r = -EINVAL;
                }
        for (size_t i = 0; i < scenario->n_contexts; i++)
                for (size_t j = 0; j < i; j++)
                        if (scenario->contexts[i].cid == scenario->contexts[j].cid) {
                                text_printf(errors, "%s: contexts: cid %u appears twice\n", name,
                                            scenario->contexts[i].cid);
                                r = -EINVAL;
                        }
        return r;
}

/* All defaults depend on it, so it is looked for first; what is wrong is said by the real reading.
 */
static SimFamily family_find(SimScenario *scenario, SimFamily family, const char *yaml, size_t n) {
        char bytes[1];
        Text errors;

        text_init(&errors, bytes, sizeof(bytes));
        sim_scenario_init_family(scenario, family);
        (void) !scenario_yaml_read(scenario_fields, scenario, "", yaml, n, &errors);
        return scenario->family;
}

int sim_scenario_parse(SimScenario *ret, SimFamily family, const char *name, const char *yaml,
                       size_t n, Text *errors) {
        _cleanup_free_ SimScenario *scenario = malloc(sizeof(*scenario));
        int r;

        if (!scenario)
                return -ENOMEM;
        family = family_find(scenario, family, yaml, n);
        sim_scenario_init_family(scenario, family);
        r = scenario_yaml_read(scenario_fields, scenario, name, yaml, n, errors);
        if (r < 0)
                return r;
        r = scenario_check(scenario, name, errors);
        if (r < 0)
                return r;
        *ret = *scenario;
        return 0;
}

int sim_scenario_load(SimScenario *ret, SimFamily family, const char *path, Text *errors) {
        _cleanup_free_ char *bytes = NULL;
        size_t n;
        int r;

        r = file_read(path, FILE_MAX_BYTES, &bytes, &n);
        if (r < 0) {
                text_printf(errors, "%s: %s\n", path, strerror(-r));
                return r;
        }
        return sim_scenario_parse(ret, family, path, bytes, n, errors);
}

int sim_family_parse(const char *name, SimFamily *ret) {
        for (size_t i = 0; family_names[i]; i++)
                if (streq(family_names[i], name)) {
                        *ret = (SimFamily) i;
                        return 0;
                }
        return -EINVAL;
}
