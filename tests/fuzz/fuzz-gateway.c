/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The whole gateway with one module on which nothing can be relied: an HL78xx, or a Telit.
 *
 * The first byte says which. Then comes a script: what the module says (lines, indications, answers
 * good and bad, silence), how time passes, what people order, when the disk fails and when fotad is
 * killed and started with what was committed. Whatever comes, this holds:
 *   - an install is granted at most once for each time that the module asked, or said that it still
 *     waits when it was asked;
 *   - what can't be taken back leaves after the commit that holds its intent;
 *   - after a grant nothing is sent until the module said something or the watchdog went off;
 *   - a policy that never accepts grants nothing that no person accepted;
 *   - no install is granted to a version that the policy does not allow;
 *   - a Telit module whose update goes on by itself gets no command that is inhibited then, and
 * none at all when its line is frozen;
 *   - a turn writes a few commands at most. */

#include <assert.h>
#include <stdio.h>

#include "core/gateway.h"

#define TURN_BYTES_MAX 2048

typedef struct Bench {
        Settings settings;
        Gateway *gateway;
        Clock now;
        bool port_open, disk_fails;

        /* the disk */
        bool has_record;
        ModuleRecord record;
        JobRow job, last_job;
        uint64_t last_event, last_job_id, last_report;

        /* the module's side */
        Reader reader; /* sees the lines that the gateway sees */
        char out[65536];
        size_t n_out;
        size_t n_turn;
        unsigned asked, waits, grants; /* installs */
        unsigned wanted, starts;       /* Telit: updates that fotad may start, and did */
        bool granted_last; /* the last thing written was a grant, and nothing came since */
        usec_t granted_at;
        bool accepted_by_person;
} Bench;

/* the disk */

static void save_job(Bench *bench, const JobRow *job) {
        if (job->finished)
                bench->last_job = *job;
        else
                bench->job = *job;
        if (job->finished && bench->job.id == job->id)
                bench->job = (JobRow) { 0 };
        bench->last_job_id = MAX_OF(bench->last_job_id, job->id);
}

static int on_commit(void *userdata, const Batch *batch) {
        Bench *bench = userdata;

        if (bench->disk_fails)
                return -EIO;
        for (size_t i = 0; i < batch->n_modules; i++) {
                bench->record = *batch->modules[i];
                bench->has_record = true;
        }
        for (size_t i = 0; i < batch->n_jobs; i++)
                save_job(bench, batch->jobs + i);
        for (size_t i = 0; i < batch->n_events; i++) {
                assert(batch->events[i].sequence > bench->last_event);
                bench->last_event = batch->events[i].sequence;
        }
        for (size_t i = 0; i < batch->n_reports; i++) {
                assert(batch->reports[i].id > bench->last_report);
                bench->last_report = batch->reports[i].id;
        }
        return 0;
}

static int on_recover(void *userdata) {
        return ((Bench *) userdata)->disk_fails ? -EIO : 0;
}

static bool on_load(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                    JobRow *ret_last_job) {
        const Bench *bench = userdata;

        (void) name;
        if (!bench->has_record)
                return false;
        *ret = bench->record;
        *ret_job = bench->job;
        *ret_last_job = bench->last_job;
        return true;
}

/* the line */

static State state_of(const Bench *bench) {
        ModuleView view;

        gateway_view(bench->gateway, gateway_module(bench->gateway, 0), &view);
        return view.record->state;
}

static bool starts_with(const char *bytes, size_t n, const char *prefix) {
        return n >= strlen(prefix) && memcmp(bytes, prefix, strlen(prefix)) == 0;
}

static void check_intent(const Bench *bench, Verb verb) {
        assert(bench->has_record && bench->record.act.verb == verb &&
               bench->record.act.state == ACT_INTENDED);
}

static void check_grant(Bench *bench) {
        check_intent(bench, VERB_ACCEPT);
        assert(bench->record.act.action == ACTION_INSTALL);
        assert(bench->record.state == STATE_INSTALLING);
        bench->grants++;
        assert(bench->grants <= bench->asked + bench->waits);
        assert(!version_rules_refuse(&bench->settings.modules[0].policy.from,
                                     bench->record.firmware));
        assert(bench->settings.modules[0].policy.actions[ACTION_INSTALL].decision ==
                       DECISION_ACCEPT ||
               bench->accepted_by_person);
        bench->granted_last = true;
        bench->granted_at = bench->now.boottime;
}

/* Telit */

static bool is_telit(const Bench *bench) {
        return bench->settings.modules[0].family == family_find("telit");
}

static void check_yes(Bench *bench, Verb verb) {
        const ActionPolicy *actions = bench->settings.modules[0].policy.actions;

        check_intent(bench, verb);
        assert(bench->record.act.action == ACTION_INSTALL && bench->record.unattended);
        assert((actions[ACTION_INSTALL].decision == DECISION_ACCEPT &&
                actions[ACTION_DOWNLOAD].decision == DECISION_ACCEPT) ||
               bench->accepted_by_person);
}

/* Of what is said to a module whose update goes on by itself, only what lets it do so. */
static bool begins_update(const char *bytes, size_t n) {
        return starts_with(bytes, n, "AT\r") || starts_with(bytes, n, "AT#OTAIPCFG=") ||
               starts_with(bytes, n, "AT#OTAIPUPD\r") || starts_with(bytes, n, "AT#OTASUAN=1\r");
}

static bool is_inhibited(const char *bytes, size_t n) {
        static const char *const names[] = { "AT#GPRS", "AT#SGACT",  "AT+CGATT",  "AT+CGACT",
                                             "ATD",     "AT+COPS=2", "AT+CFUN=4", "AT+CGCLASS" };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (starts_with(bytes, n, names[i]))
                        return true;
        return false;
}

static bool is_on_its_way(State state) {
        return state == STATE_CONNECTING || state == STATE_DOWNLOADING ||
               state == STATE_SUSPENDED || state == STATE_VERIFYING;
}

static void check_telit(Bench *bench, const char *bytes, size_t n) {
        const TelitProtocol protocol = bench->settings.modules[0].family_settings.telit.protocol;
        ModuleView view;

        if (!starts_with(bytes, n, "AT"))
                return; /* leaves a prompt */
        gateway_view(bench->gateway, gateway_module(bench->gateway, 0), &view);
        assert(view.record->state != STATE_INSTALLING);
        if (view.record->unattended && is_on_its_way(view.record->state)) {
                assert(protocol == TELIT_SMS || begins_update(bytes, n));
                assert(!is_inhibited(bytes, n));
        }
        if (starts_with(bytes, n, "AT#OTASUAN=1\r")) {
                check_yes(bench, VERB_ACCEPT);
                assert(++bench->grants <= bench->asked);
        } else if (starts_with(bytes, n, "AT#OTAIPUPD\r")) {
                check_yes(bench, VERB_UPDATE);
                assert(++bench->starts <= bench->wanted + bench->asked);
        } else if (starts_with(bytes, n, "AT#OTASUAN=0\r"))
                check_intent(bench, VERB_REFUSE);
        else if (starts_with(bytes, n, "AT#OTASNAP=") || starts_with(bytes, n, "AT#OTASNAIP="))
                check_intent(bench, VERB_REGISTER);
}

static void on_write(void *userdata, size_t module, const char *bytes, size_t n) {
        Bench *bench = userdata;

        assert(module == 0 && bench->port_open);
        bench->n_turn += n;
        assert(bench->n_turn <= TURN_BYTES_MAX);
        if (is_telit(bench))
                check_telit(bench, bytes, n);
        assert(!bench->granted_last || state_of(bench) != STATE_INSTALLING ||
               bench->now.boottime >= bench->granted_at + 15 * USEC_PER_MINUTE);
        if (starts_with(bytes, n, "AT+WDSR=4\r"))
                check_grant(bench);
        else if (starts_with(bytes, n, "AT+WDSR=1\r") || starts_with(bytes, n, "AT+WDSR=3\r"))
                check_intent(bench, VERB_ACCEPT);
        else if (starts_with(bytes, n, "AT+WDSS=1,1"))
                check_intent(bench, VERB_CONNECT);
        else if (starts_with(bytes, n, "AT+WDSS=1,0"))
                check_intent(bench, VERB_DISCONNECT);
        else if (starts_with(bytes, n, "AT+CPIN="))
                check_intent(bench, VERB_UNLOCK);
        if (bench->n_out + n > sizeof(bench->out))
                bench->n_out = 0;
        memcpy(bench->out + bench->n_out, bytes, n);
        bench->n_out += n;
}

static void on_publish(void *userdata, const EventRow *row) {
        (void) userdata;
        assert(row->event > EVENT_NONE && row->event < _EVENT_MAX);
}

static void on_changed(void *userdata, const Module *module) {
        char next[NEXT_MAX];

        (void) gateway_next(((Bench *) userdata)->gateway, module, next);
        assert(memchr(next, '\0', sizeof(next)));
}

static bool on_report(void *userdata, const EventRow *row, const Module *module, ReportRow *ret) {
        (void) userdata;
        (void) TEXT_COPY(ret->module, module_name(module));
        ret->created = row->realtime;
        return true;
}

static const GatewayHost gateway_host = {
        .commit = on_commit,
        .recover = on_recover,
        .write = on_write,
        .publish = on_publish,
        .changed = on_changed,
        .report = on_report,
};

/* life */

static void configure_telit(FamilySettings *settings, uint8_t what) {
        TelitSettings *telit = &settings->telit;

        telit->protocol = (TelitProtocol) (what % _TELIT_PROTOCOL_MAX);
        settings->answer_window = what & 4 ? USEC_PER_MINUTE : 0;
        telit->fix_prerequisites = what & 8;
        telit->server_port = 9090;
        (void) TEXT_COPY(telit->server_number, what & 16 ? "+393491234567" : "");
        (void) TEXT_COPY(telit->server_address, what & 32 ? "203.0.113.5" : "");
        (void) TEXT_COPY(settings->apn, what & 64 ? "iot.example.com" : "");
}

/* Some name the versions below, and others what the module may say of itself. */
static void configure_versions(VersionRules *from, uint8_t what) {
        static const char *const patterns[] = {
                "",           "HL7800.1.6.*",
                ">=1.6.3.0",  "<2 !=1.6.3.0.99.20180803",
                "THL78??.1*", "=BHL7800.1.6.3.0.20180803",
                "<= HL7800",  ">1..2 <1.999999999999999999999.a",
        };
        const char *allow = patterns[what & 7], *deny = patterns[what >> 3 & 7];

        from->allow.n = allow[0] != '\0';
        from->deny.n = deny[0] != '\0';
        (void) TEXT_COPY(from->allow.patterns[0], allow);
        (void) TEXT_COPY(from->deny.patterns[0], deny);
}

static void configure(Bench *bench, uint8_t family, uint8_t what) {
        ModuleSettings *module = bench->settings.modules;
        static const Decision decisions[] = { DECISION_ACCEPT, DECISION_ASK, DECISION_DEFER,
                                              DECISION_ACCEPT };

        bench->settings.gateway.concurrent_installs = 1;
        bench->settings.n_modules = 1;
        (void) TEXT_COPY(module->name, "m0");
        (void) TEXT_COPY(module->device, "/dev/null");
        module->family = family_find("hl78xx");
        module->session_idle = 10 * USEC_PER_MINUTE;
        module->session_mode = what & 64 ? SESSION_ALWAYS : SESSION_ON_DEMAND;
        module->family_settings.pdp_context = 1;
        policy_init_default(&module->policy);
        module->policy.actions[ACTION_DOWNLOAD].decision = decisions[what & 3];
        module->policy.actions[ACTION_INSTALL].decision = decisions[what >> 2 & 3];
        module->policy.actions[ACTION_CONNECT].decision = decisions[what >> 4 & 3];
        if (what & 128)
                (void) TEXT_COPY(module->sim_pin, "1234");
        if (family & 128) {
                module->family = family_find("telit");
                configure_telit(&module->family_settings, family);
        } else
                configure_versions(&module->policy.from, family);
}

static void start(Bench *bench) {
        const GatewayStart start = {
                .settings = &bench->settings,
                .now = bench->now,
                .boot_id = "00000000-0000-0000-0000-000000000001",
                .last_event = bench->last_event,
                .last_job = bench->last_job_id,
                .last_report = bench->last_report,
                .last_act = bench->record.act.sequence,
                .load = on_load,
                .storage_ok = !bench->disk_fails,
        };

        assert(gateway_new(&start, &gateway_host, bench, &bench->gateway) == 0);
}

static void turn_port(Bench *bench, bool open) {
        if (bench->port_open == open)
                return;
        bench->port_open = open;
        bench->n_out = 0;
        reader_reset(&bench->reader);
        if (open)
                gateway_port_opened(bench->gateway, 0);
        else
                gateway_port_lost(bench->gateway, 0);
}

static void crash(Bench *bench) {
        bench->wanted++; /* a start whose intent was on disk may never have left */
        bench->gateway = gateway_free(bench->gateway);
        bench->port_open = false;
        bench->now.boottime += USEC_PER_SEC;
        bench->now.realtime += USEC_PER_SEC;
        start(bench);
        gateway_turn(bench->gateway, &bench->now);
        turn_port(bench, true);
}

/* what the module says */

static void count_request(Bench *bench, const char *line) {
        const char *found = strcasestr(line, "+WDSI:");

        bench->asked += is_telit(bench) && strcasestr(line, "Do you want to upgrade");
        if (found && strtol(found + strspn(found + 6, " \t\"") + 6, NULL, 10) == 3)
                bench->asked++;
}

static void feed(Bench *bench, const char *bytes, size_t n) {
        Token token;

        if (!bench->port_open)
                return;
        if (n > 0)
                bench->granted_last = false;
        for (size_t i = 0; i < n;) {
                i += reader_feed(&bench->reader, bytes + i, n - i, &token);
                if (token.kind == TOKEN_LINE)
                        count_request(bench, token.line);
        }
        gateway_feed(bench->gateway, 0, bytes, n);
}

static void say(Bench *bench, const char *line) {
        char framed[256];

        (void) snprintf(framed, sizeof(framed), "\r\n%s\r\n", line);
        feed(bench, framed, strlen(framed));
}

static void indicate_telit(Bench *bench, uint8_t what) {
        static const char *const lines[] = {
                "#OTAEV: Do you want to upgrade the firmware?",
                "#OTAEV: Automatic Fw Upgrade Requested",
                "#OTAEV: User Answer Timeout",
                "#OTAEV: Start Fw Download",
                "#OTAEV: Fw Download Complete",
                "#OTAEV: Module Upgraded To New FW",
                "#OTAEV: Server notified about successfull FW Upgrade",
                "#OTAEV: OTA FW Upgrade Failed",
                "#OTAEV: Registered",
                "#OTAEV: Provisioned",
                "#OTAEV: Notified",
                "#OTAEV: \"INTEGRITY CHECK FAIL\",10",
                "#OTAEV: \"DOWNLOAD FAILED\"",
                "#OTAEV: #929: 200",
                "#QSS: 0",
                "#QSS: 1",
        };

        say(bench, lines[what & 15]);
}

static void indicate(Bench *bench, uint8_t what) {
        static const char *const data[] = {
                "", ",0", ",1", ",2", ",1464", ", 5", ",\"98%\"", ",x"
        };
        char line[64];

        if (is_telit(bench))
                return indicate_telit(bench, what);
        (void) snprintf(line, sizeof(line), "+WDSI: %d%s", what & 31, data[what >> 5]);
        say(bench, line);
}

static const struct {
        const char *command, *good, *other;
} answers[] = {
        // clang-format off
        { "AT+CGMI",     "Sierra Wireless", "" },
        { "AT+CGMM",     "HL7800", "" },
        { "AT+CGMR",     "BHL7800.1.6.3.0.20180803", "THL7800.1.6.3.0.99.20180803" },
        { "AT+CGSN",     "354123456789017", "354123456789999" },
        { "AT+KGSN=3",   "+KGSN: VU1", "" },
        { "AT+CPIN?",    "+CPIN: READY", "+CPIN: SIM PIN" },
        { "AT+CCID",     "+CCID: 89330123456789012342", "+CCID: 8933" },
        { "AT+CIMI",     "208011234567890", "208019999999999" },
        { "AT+WDSI=?",   "+WDSI: (0-4479)", "+WDSI: (0-127,256-383)" },
        { "AT+WDSC?",    "+WDSC: 1,1\r\n+WDSC: 2,1", "+WDSC: 1,0\r\n+WDSC: 2,0" },
        { "AT+WDSS?",    "+WDSS: 1,0\r\n+WDSS: 2,1", "+WDSS: 1,1\r\n+WDSS: 2,1" },
        { "AT+WDSG",     "+WDSG: 1,0", "+WDSG: 1,3" },
        { "AT+CEREG?",   "+CEREG: 0,1", "+CEREG: 0,2" },
        { "AT+CSQ",      "+CSQ: 20,99", "+CSQ: 99,99" },
        /* Telit */
        { "AT#CCID",     "#CCID: 89330123456789012342", "#CCID: 8933" },
        { "AT#OTASUAN=?", "#OTASUAN: (0,1),(0-2),(0,1)", "#OTASUAN: (0-2),(0-2),(0,1)" },
        { "AT#OTASUAN?", "#OTASUAN: ,2,1", "#OTASUAN: ,0,0" },
        { "AT#GAUTOATT?", "#GAUTOATT: 1", "#GAUTOATT: 0" },
        { "AT+CGCLASS?", "+CGCLASS: \"B\"", "+CGCLASS: \"CC\"" },
        { "AT+IPR?",     "+IPR: 115200", "+IPR: 0" },
        { "AT#OTAIPUPD?", "#OTAIPUPD: 0", "#OTAIPUPD: 1" },
        { "AT+CREG?",    "+CREG: 0,1", "+CREG: 0,2" },
        { "AT&V",        "E0 V1 &K3", "E1 V1 &K0" },
        { "AT+CMEE?",    "+CMEE: 0", "+CMEE: 2" },
        // clang-format on
};

/* Takes the next command from the line; false when there is none. */
static bool take_command(Bench *bench, char *ret, size_t size) {
        const char *end = memchr(bench->out, '\r', bench->n_out);

        if (!end)
                return false;
        const size_t n = (size_t) (end - bench->out);
        (void) snprintf(ret, size, "%.*s", (int) n, bench->out);
        bench->n_out -= n + 1;
        memmove(bench->out, end + 1, bench->n_out);
        return true;
}

static void answer(Bench *bench, const char *command, bool other) {
        if (starts_with(command, strlen(command), "AT+WDSR=5,"))
                bench->waits++; /* it says so with the OK below */
        for (size_t i = 0; i < ELEMENTSOF(answers); i++)
                if (streq(answers[i].command, command) && (!other || answers[i].other[0]))
                        say(bench, other ? answers[i].other : answers[i].good);
        say(bench, "OK");
}

static void answer_all(Bench *bench, uint8_t what) {
        char command[CHAT_COMMAND_MAX + 8];

        for (unsigned i = 0; i < 40 && take_command(bench, command, sizeof(command)); i++) {
                answer(bench, command, what & 1U << (i & 7));
                bench->now.boottime += 100 * USEC_PER_MSEC; /* the line settles */
                bench->now.realtime += 100 * USEC_PER_MSEC;
                gateway_settle(bench->gateway);
                bench->n_turn = 0;
                gateway_turn(bench->gateway, &bench->now);
        }
}

static void answer_badly(Bench *bench, uint8_t what) {
        static const char *const errors[] = { "ERROR",
                                              "+CME ERROR: 650",
                                              "+CME ERROR: 133",
                                              "+CME ERROR: 11",
                                              "+CME ERROR: 3",
                                              "> ",
                                              "",
                                              "" };
        char command[CHAT_COMMAND_MAX + 8];

        if (take_command(bench, command, sizeof(command)) && errors[what & 7][0])
                say(bench, errors[what & 7]);
}

/* time and people */

static void pass(Bench *bench, uint8_t what) {
        static const usec_t spans[] = {
                100 * USEC_PER_MSEC, USEC_PER_SEC,         10 * USEC_PER_SEC,    61 * USEC_PER_SEC,
                6 * USEC_PER_MINUTE, 16 * USEC_PER_MINUTE, 31 * USEC_PER_MINUTE, USEC_PER_DAY,
        };
        const usec_t span = spans[what & 7];

        bench->now.boottime += span;
        bench->now.realtime += span;
}

static void order(Bench *bench, uint8_t what) {
        const Order order = {
                .kind = (OrderKind) (what % _ORDER_MAX),
                .action = (Action) (what / _ORDER_MAX % _ACTION_MAX),
                .span = USEC_PER_HOUR,
                .now = what & 128,
                .who = "a person",
        };
        char why[WHY_MAX] = "";
        uint64_t job = 0;

        if (order.kind == ORDER_ACCEPT)
                bench->accepted_by_person = true;
        bench->wanted += order.kind == ORDER_UPDATE;
        const OrderResult result =
                gateway_order(bench->gateway, gateway_module(bench->gateway, 0), &order, &job, why);
        assert(memchr(why, '\0', sizeof(why)) && (result == ORDER_DONE || why[0]));
}

static void fault(Bench *bench, uint8_t what) {
        switch (what & 7) {
        case 0:
        case 1:
                turn_port(bench, !bench->port_open);
                break;
        case 2:
                bench->disk_fails = true;
                break;
        case 3:
                bench->disk_fails = false;
                break;
        case 4:
                if (!bench->port_open)
                        gateway_port_refused(bench->gateway, 0, -EBUSY, "somebody");
                break;
        default:
                crash(bench);
                break;
        }
}

/* Returns how many of the bytes behind `what` were used. */
static size_t act(Bench *bench, uint8_t op, uint8_t what, const uint8_t *data, size_t size) {
        const size_t n = MIN_OF((size_t) what, size);

        switch (op & 7) {
        case 0:
                feed(bench, (const char *) data, n);
                return n;
        case 1:
                pass(bench, what);
                break;
        case 2:
        case 3:
                indicate(bench, what);
                break;
        case 4:
                answer_all(bench, what);
                break;
        case 5:
                answer_badly(bench, what);
                break;
        case 6:
                order(bench, what);
                break;
        case 7:
                fault(bench, what);
                break;
        }
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static Bench bench;

        if (size < 2)
                return 0;
        (void) setenv("TZ", "UTC", 1);
        bench = (Bench) {
                .now = { .realtime = 1795392000ULL * USEC_PER_SEC, .boottime = USEC_PER_HOUR },
        };
        reader_init(&bench.reader);
        configure(&bench, data[0], data[1]);
        start(&bench);
        gateway_turn(bench.gateway, &bench.now);
        turn_port(&bench, true);
        gateway_settle(bench.gateway);
        data += 2;
        size -= 2;
        while (size >= 2) {
                bench.n_turn = 0;
                gateway_turn(bench.gateway, &bench.now);
                const size_t used = act(&bench, data[0], data[1], data + 2, size - 2);
                gateway_turn(bench.gateway, &bench.now);
                gateway_settle(bench.gateway);
                data += 2 + used;
                size -= 2 + used;
        }
        bench.gateway = gateway_free(bench.gateway);
        return 0;
}
