/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever a module sends, with the verbs of the Telit family running.
 *
 * The first byte is the configuration. Then a script: a byte says what happens, a second one how
 * many of the following bytes belong to it. Whatever comes:
 *   - a verb that was started ends exactly once, or never when it is abandoned;
 *   - a START or ARM that only looks sets nothing, and asks nothing that the note inhibits while a
 *     module downloads (2.1.2);
 *   - settings are told of that were asked for, once each, and can be kept and written back;
 *   - nothing but a command goes over the line, a line at a time, and what is found out about the
 *     module is text that ends. */

#include <assert.h>
#include <ctype.h>
#include <fotad/family.h>
#include <stdio.h>

#define TOLD_MAX 64

typedef struct Bench {
        const Family *family;
        FamilySettings settings;
        FamilyModule *module;
        Chat *chat;
        Clock now;
        unsigned running; /* verbs started and not ended */
        Verb verb;
        bool only_look;
        char saved[512]; /* args.settings */
        size_t n_told;
        char told[TOLD_MAX][SETTING_NAME_MAX];
        char command[CHAT_COMMAND_MAX + 1]; /* the last one */
        bool unanswered;
} Bench;

static void check_text(const char *text, size_t size) {
        assert(memchr(text, '\0', size));
        for (; *text; text++)
                assert(!iscntrl((unsigned char) *text) || *text == '\t');
}

static void on_fact(void *userdata, const Fact *fact) {
        Bench *bench = userdata;

        assert(fact->kind > FACT_NONE && fact->kind < _FACT_MAX);
        assert(fact->reason >= REASON_NONE && fact->reason < _REASON_MAX);
        if (fact->text)
                check_text(fact->text, READER_LINE_MAX + 1);
        if (fact->kind == FACT_ASKED)
                assert(fact->number == ACTION_INSTALL);
        if (fact->kind == FACT_VERB_FAILED)
                assert(fact->reason != REASON_NONE);
        if (fact->kind == FACT_VERB_DONE || fact->kind == FACT_VERB_FAILED) {
                assert(bench->running == 1 && fact->number == (int64_t) bench->verb);
                bench->running--;
        }
}

static void on_command_line(void *userdata, const char *line) {
        const Bench *bench = userdata;

        assert(bench->running == 1 && bench->verb == VERB_COMMAND);
        check_text(line, READER_LINE_MAX + 1);
}

/* settings */

static const char *const kept[] = { "+COPS", "#ESCRPT", "+cmee", "S7" };

static bool is_asked_for(const Bench *bench, const char *name) {
        static const char *const built_in[] = {
                "+CMEE", "+CREG",    "+CGREG",    "+CMGF",    "+CNMI",     "+CSMP",
                "+CSCS", "+CGCLASS", "#GAUTOATT", "#OTASUAN", "#OTASETRI", "#SIMDET",
                "#SLED", "+CLIP",    "S0",        "&K",       "E",         "V",
        };
        char pair[SETTING_NAME_MAX + 1];

        if (bench->verb == VERB_RESTORE) {
                (void) snprintf(pair, sizeof(pair), "%s ", name);
                return strstr(bench->saved, pair);
        }
        for (size_t i = 0; i < ELEMENTSOF(built_in); i++)
                if (streq(built_in[i], name))
                        return true;
        for (size_t i = 0; i < bench->settings.n_keep_settings; i++)
                if (streq(bench->settings.keep_settings[i], name))
                        return true;
        return false;
}

static void on_setting(void *userdata, const char *name, const char *value, SettingFate fate) {
        Bench *bench = userdata;

        assert(bench->running == 1 && (bench->verb == VERB_SAVE || bench->verb == VERB_RESTORE));
        assert((fate == SETTING_READ) == (bench->verb == VERB_SAVE) && fate < _SETTING_FATE_MAX);
        assert(name[0] && is_asked_for(bench, name));
        check_text(name, SETTING_NAME_MAX);
        check_text(value, SETTING_VALUE_MAX);
        assert(!strchr(value, SETTINGS_END) && !strchr(value, '\t'));
        assert(value[0] || bench->verb == VERB_RESTORE);
        assert(bench->n_told < TOLD_MAX);
        for (size_t i = 0; i < bench->n_told && bench->verb == VERB_SAVE; i++)
                assert(!streq(bench->told[i], name));
        (void) TEXT_COPY(bench->told[bench->n_told++], name);
}

/* the line */

static bool is_inhibited(const char *command) {
        static const char *const names[] = { "#GPRS", "#SGACT",  "+CGATT",  "+CGACT",
                                             "ATD",   "+COPS=2", "+CFUN=4", "+CGCLASS" };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (strcasestr(command, names[i]))
                        return true;
        return false;
}

/* Reads, or tests, or what every START says first. */
static bool only_looks(const char *command) {
        const char *set = strchr(command, '=');

        return (!set || set[1] == '?') && !is_inhibited(command);
}

static void on_write(void *userdata, const char *bytes, size_t n) {
        Bench *bench = userdata;

        if (n == 1 || bytes[0] == XMODEM_CAN)
                return; /* leaves a prompt, or ends what looks like a receiver of files */
        assert(n >= 3 && n <= CHAT_COMMAND_MAX + 1 && bytes[n - 1] == '\r');
        (void) snprintf(bench->command, sizeof(bench->command), "%.*s", (int) n - 1, bytes);
        assert(strlen(bench->command) == n - 1 && strncmp(bench->command, "AT", 2) == 0);
        for (size_t i = 0; i < n - 1; i++)
                assert(!iscntrl((unsigned char) bytes[i]));
        bench->unanswered = true;
        if (bench->running && bench->only_look)
                assert(only_looks(bench->command));
}

static void on_urc(void *userdata, const char *line) {
        Bench *bench = userdata;

        bench->module->now = bench->now;
        bench->family->on_line(bench->module, line);
}

static bool is_urc(void *userdata, const char *line) {
        return ((Bench *) userdata)->family->is_urc(((Bench *) userdata)->module, line);
}

static void on_dropped(void *userdata _unused_, size_t length _unused_) {
}

static const FamilyHost family_host = { on_fact, on_command_line, on_setting };
static const ChatHost chat_host = { on_write, on_urc, is_urc, on_dropped };

/* acts */

static void start(Bench *bench, uint8_t what, const char *text, size_t n) {
        const Verb verb = (Verb) (what % _VERB_MAX);
        const VerbArgs args = {
                .action = (Action) (what % _ACTION_MAX),
                .minutes = 1 + what,
                .pin = "1234",
                .command = "AT+COPS?",
                .only_look = what & 32,
                .settings = bench->saved,
        };

        if (bench->running)
                return;
        (void) snprintf(bench->saved, sizeof(bench->saved), "%.*s", (int) n, text);
        bench->module->now = bench->now;
        bench->verb = verb;
        bench->only_look = args.only_look && (verb == VERB_START || verb == VERB_ARM);
        bench->n_told = 0;
        bench->running++;
        if (bench->family->start(bench->module, verb, &args) < 0)
                bench->running--;
}

static void feed(Bench *bench, const char *bytes, size_t n) {
        bench->module->now = bench->now;
        chat_feed(bench->chat, &bench->now, bytes, n);
}

static void pass(Bench *bench, usec_t span) {
        bench->now.boottime += span;
        bench->module->now = bench->now;
        chat_tick(bench->chat, &bench->now);
}

/* The reply to the last command: what it is said to be, and OK. */
static void answer(Bench *bench, const char *text, size_t n) {
        char reply[300];

        bench->unanswered = false;
        (void) snprintf(reply, sizeof(reply), "\r\n%.*s\r\n\r\nOK\r\n", (int) MIN_OF(n, 255u),
                        text);
        feed(bench, reply, strlen(reply));
        pass(bench, 100 * USEC_PER_MSEC);
}

static void answer_well(Bench *bench) {
        static const struct {
                const char *command, *reply;
        } replies[] = {
                { "AT+CGMM", "GE865-QUAD" },
                { "AT+CGMR", "10.00.144" },
                { "AT+CGSN", "351234567890127" },
                { "AT+CPIN?", "+CPIN: READY" },
                { "AT#CCID", "#CCID: 89390123456789012345" },
                { "AT+CIMI", "222011234567890" },
                { "AT#OTASUAN=?", "#OTASUAN: (0,1),(0-2),(0,1)" },
                { "AT#OTASUAN?", "#OTASUAN: ,2,1" },
                { "AT+IPR?", "+IPR: 115200" },
                { "AT+CREG?", "+CREG: 0,1" },
                { "AT&V", "E0 V1 &K3 S00:001" },
                { "ATS0?", "001" },
        };
        const char *reply = "";

        for (size_t i = 0; i < ELEMENTSOF(replies); i++)
                if (streq(replies[i].command, bench->command))
                        reply = replies[i].reply;
        answer(bench, reply, strlen(reply));
}

static void abandon(Bench *bench) {
        bench->family->abandon(bench->module);
        bench->running = 0;
        chat_cancel(bench->chat);
}

static void act(Bench *bench, uint8_t what, const char *data, size_t n) {
        switch (what >> 6) {
        case 0:
                feed(bench, data, n);
                break;
        case 1:
                start(bench, what & 63, data, n);
                break;
        case 2:
                for (unsigned i = 0; i < (what & 31u) && bench->unanswered; i++)
                        answer_well(bench);
                answer(bench, data, n);
                break;
        case 3:
                if (what & 1)
                        pass(bench, what & 2 ? 61 * USEC_PER_SEC : 100 * USEC_PER_MSEC);
                else if (what & 2)
                        chat_distrust(bench->chat);
                else
                        abandon(bench);
                feed(bench, data, n);
                break;
        }
}

static void check_findings(const Findings *findings) {
#define CHECK_FINDING(field) check_text(findings->field, sizeof(findings->field))
        CHECK_FINDING(manufacturer);
        CHECK_FINDING(model);
        CHECK_FINDING(firmware);
        CHECK_FINDING(imei);
        CHECK_FINDING(iccid);
        CHECK_FINDING(imsi);
        CHECK_FINDING(drift);
        CHECK_FINDING(missing);
        CHECK_FINDING(number);
        assert(strspn(findings->imei, "0123456789") == strlen(findings->imei));
        assert(!findings->has_signal ||
               (findings->signal_dbm >= -113 && findings->signal_dbm <= -51));
}

static void configure(FamilySettings *settings, uint8_t what) {
        TelitSettings *telit = &settings->telit;

        *settings = (FamilySettings) { .pdp_context = 1, .baud_rate = what & 1 ? 115200 : 0 };
        telit->protocol = (TelitProtocol) ((what >> 1) % _TELIT_PROTOCOL_MAX);
        telit->bearer = what & 8 ? TELIT_CSD : TELIT_GPRS;
        telit->fix_prerequisites = what & 16;
        telit->server_port = 9090;
        (void) TEXT_COPY(telit->server_number, what & 32 ? "+393491234567" : "");
        (void) TEXT_COPY(telit->server_address, what & 32 ? "203.0.113.5" : "");
        (void) TEXT_COPY(settings->apn, what & 64 ? "iot.example.com" : "");
        (void) TEXT_COPY(telit->apn_user, what & 128 ? "user" : "");
        (void) TEXT_COPY(telit->own_number, what & 128 ? "+393330000001" : "");
        for (size_t i = 0; i < ELEMENTSOF(kept) && what & 128; i++)
                (void) TEXT_COPY(settings->keep_settings[settings->n_keep_settings++], kept[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Bench bench = { .family = family_find("telit"), .now = { 1, 1 } };

        if (size < 1)
                return 0;
        configure(&bench.settings, data[0]);
        bench.chat = chat_new(&chat_host, &bench, NULL);
        bench.module = calloc(1, bench.family->size);
        assert(bench.chat && bench.module);
        bench.module->family = bench.family;
        bench.module->host = &family_host;
        bench.module->userdata = &bench;
        bench.module->chat = bench.chat;
        bench.module->settings = &bench.settings;
        data++;
        size--;
        while (size >= 2) {
                const size_t n = MIN_OF((size_t) data[1], size - 2);

                act(&bench, data[0], (const char *) data + 2, n);
                check_findings(&bench.module->findings);
                data += 2 + n;
                size -= 2 + n;
        }
        /* With a silent module every verb ends by itself. */
        for (unsigned i = 0; i < 1000 && chat_deadline(bench.chat) != USEC_INFINITY; i++)
                pass(&bench, 61 * USEC_PER_SEC);
        assert(bench.running == 0 && chat_is_idle(bench.chat));
        free(bench.module);
        chat_free(bench.chat);
        return 0;
}
