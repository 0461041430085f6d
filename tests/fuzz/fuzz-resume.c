/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotad started with rows that are each as the store lets them through, and make no sense together.
 *
 * The input begins with values for the columns of one module's row, its jobs, two inhibitors and
 * two downlink frames, taken from the store's own schema. Then comes a script of what the module
 * says, people order, and how time passes. Whatever was on disk, this holds:
 *   - the loop comes to rest, and a turn writes a few commands at most;
 *   - what is shown is text that ends, and everything can be asked for;
 *   - what is stored again is in range, and text that ends. */

#include <assert.h>
#include <stdio.h>

#include "downlink/frames.h"
#include "fuzz/input.h"
#include "store/schema.h"

#define REALTIME (1795392000ULL * USEC_PER_SEC)
#define BOOT_ID "00000000-0000-0000-0000-000000000001"
#define ROWS 2 /* inhibitors, and frames */
#define TURN_BYTES_MAX 2048
#define TURNS_MAX 64 /* at one instant */
#define VALUES_MAX 64

typedef struct Bench {
        Settings settings;
        ModuleRecord record;
        JobRow job, last_job;
        InhibitorRow inhibitors[ROWS];
        FrameRow frame_rows[ROWS];

        Gateway *gateway;
        Frames *frames;
        Clock now;
        bool disk_fails;
        size_t n_turn;
        char out[1024]; /* commands that wait for an answer */
        size_t n_out;
} Bench;

static uint64_t take_long(Input *input) {
        uint64_t value = 0;

        for (unsigned i = 0; i < sizeof value; i++)
                value = value << 8 | take(input);
        return value;
}

/* rows */

static void number_put(void *row, const Field *field, uint64_t value) {
        char *at = (char *) row + field->offset;
        uint32_t word = (uint32_t) value;
        uint8_t byte = (uint8_t) value;

        if (field->size == sizeof value)
                memcpy(at, &value, sizeof value);
        else if (field->size == sizeof word)
                memcpy(at, &word, sizeof word);
        else
                memcpy(at, &byte, sizeof byte);
}

static uint64_t number_get(const void *row, const Field *field) {
        const char *at = (const char *) row + field->offset;
        uint64_t value = 0;

        memcpy(&value, at, MIN_OF(field->size, sizeof value)); /* little endian, as all that we run
                                                                  on */
        return value;
}

/* Values near those that something depends on are more of a test than most of the others. */
static uint64_t number_take(Input *input, const Field *field) {
        const uint64_t max = field->type == FIELD_TIME ? NUMBER_MAX : field->max;
        const uint8_t what = take(input);

        switch (what >> 5) {
        case 0:
                return MIN_OF((uint64_t) what & 31, max);
        case 1:
                return max - MIN_OF((uint64_t) what & 31, max);
        case 2: /* an hour ago, and so on */
                return MIN_OF(REALTIME - (what & 31) * USEC_PER_HOUR, max);
        case 3:
                return MIN_OF(REALTIME + (what & 31) * USEC_PER_HOUR, max);
        case 4: /* of this boot */
                return MIN_OF((what & 31) * USEC_PER_HOUR, max);
        case 5:
                return field->type == FIELD_TIME ? USEC_INFINITY : max;
        default:
                return max < UINT64_MAX ? take_long(input) % (max + 1) : take_long(input);
        }
}

static void text_take(Input *input, char *to, size_t size) {
        size_t n = take(input);

        n = MIN_OF(n, MIN_OF(size - 1, input->size));
        for (size_t i = 0; i < n; i++) {
                const char c = (char) take(input);
                to[i] = (unsigned char) c < 0x20 || c == 0x7f ? '?' : c;
        }
        memset(to + n, 0, size - n);
}

static void value_take(Input *input, const Table *table, void *row) {
        const Field *field = &table->fields[take(input) % table->n_fields];
        char *at = (char *) row + field->offset;
        size_t n;

        switch (field->type) {
        case FIELD_TEXT:
                text_take(input, at, field->size);
                break;
        case FIELD_NUMBER:
        case FIELD_TIME:
                number_put(row, field, number_take(input, field));
                break;
        case FIELD_SIGNED:
        case FIELD_DETAILS: /* of reports and events, which nothing starts with */
                abort();
        case FIELD_BYTES:
                n = take(input);
                n = MIN_OF(n, MIN_OF(field->size, input->size));
                memcpy(at, input->data, n);
                memcpy((char *) row + field->length_offset, &n, sizeof n);
                input->data += n;
                input->size -= n;
                break;
        }
}

static void rows_take(Bench *bench, Input *input) {
        const unsigned n = take(input) % VALUES_MAX;

        for (unsigned i = 0; i < n; i++)
                switch (take(input) % 8) {
                case 0:
                        value_take(input, &schema_tables[TABLE_JOBS], &bench->job);
                        break;
                case 1:
                        value_take(input, &schema_tables[TABLE_JOBS], &bench->last_job);
                        break;
                case 2:
                        value_take(input, &schema_tables[TABLE_INHIBITORS],
                                   &bench->inhibitors[i % ROWS]);
                        break;
                case 3:
                        value_take(input, &schema_tables[TABLE_FRAMES],
                                   &bench->frame_rows[i % ROWS]);
                        break;
                default:
                        value_take(input, &schema_tables[TABLE_MODULES], &bench->record);
                        break;
                }
        (void) TEXT_COPY(bench->record.name, "m0"); /* it was looked up by it */
}

/* The store makes large numbers fit; an enum, a flag or a percentage has to by itself. */
static void row_check(TableId table, const void *row) {
        for (size_t i = 0; i < schema_tables[table].n_fields; i++) {
                const Field *field = &schema_tables[table].fields[i];

                if (field->type == FIELD_NUMBER && field->max < UINT16_MAX)
                        assert(number_get(row, field) <= field->max);
                else if (field->type == FIELD_TEXT)
                        assert(memchr((const char *) row + field->offset, '\0', field->size));
        }
}

/* the hands */

static bool on_load(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                    JobRow *ret_last_job) {
        const Bench *bench = userdata;

        if (!streq(name, bench->record.name))
                return false;
        *ret = bench->record;
        *ret_job = bench->record.job ? bench->job : (JobRow) { 0 };
        *ret_last_job = bench->last_job;
        return true;
}

static int on_each_install(void *userdata, ModuleHandler handler, void *handler_userdata) {
        ModuleRecord other = ((Bench *) userdata)->record;

        (void) TEXT_COPY(other.name, "gone");
        (void) !handler(handler_userdata, &((Bench *) userdata)->record);
        (void) !handler(handler_userdata, &other);
        return 0;
}

static int on_commit(void *userdata, const Batch *batch) {
        if (((Bench *) userdata)->disk_fails)
                return -EIO;
        for (size_t i = 0; i < batch->n_modules; i++)
                row_check(TABLE_MODULES, batch->modules[i]);
        for (size_t i = 0; i < batch->n_jobs; i++)
                row_check(TABLE_JOBS, &batch->jobs[i]);
        for (size_t i = 0; i < batch->n_reports; i++)
                row_check(TABLE_REPORTS, &batch->reports[i]);
        for (size_t i = 0; i < batch->n_inhibitors; i++)
                row_check(TABLE_INHIBITORS, batch->inhibitors[i]);
        return 0;
}

static int on_recover(void *userdata) {
        return ((Bench *) userdata)->disk_fails ? -EIO : 0;
}

static void on_write(void *userdata, size_t module, const char *bytes, size_t n) {
        Bench *bench = userdata;

        assert(module == 0 && n > 0);
        bench->n_turn += n;
        assert(bench->n_turn <= TURN_BYTES_MAX);
        if (bench->n_out + n > sizeof bench->out)
                bench->n_out = 0;
        memcpy(bench->out + bench->n_out, bytes, MIN_OF(n, sizeof bench->out));
        bench->n_out += MIN_OF(n, sizeof bench->out);
}

static void on_publish(void *userdata _unused_, const EventRow *row) {
        assert(row->event > EVENT_NONE && row->event < _EVENT_MAX);
}

static void on_changed(void *userdata _unused_, const Module *module _unused_) {
}

static bool on_report(void *userdata _unused_, const EventRow *row, const Module *module,
                      ReportRow *ret) {
        (void) TEXT_COPY(ret->module, module_name(module));
        ret->created = row->realtime;
        return true;
}

static bool on_answer(void *userdata _unused_, const Module *module,
                      const CommandAnswer *answer _unused_, ReportRow *ret) {
        (void) TEXT_COPY(ret->module, module_name(module));
        return true;
}

static const FramesHost frames_host = { .answer = on_answer };
static const GatewayHost gateway_host = {
        .commit = on_commit,
        .recover = on_recover,
        .write = on_write,
        .publish = on_publish,
        .changed = on_changed,
        .report = on_report,
};

/* life */

static void configure(Bench *bench, uint8_t what) {
        ModuleSettings *module = bench->settings.modules;

        bench->settings.gateway.concurrent_installs = 1;
        bench->settings.n_modules = 1;
        bench->settings.downlink = (DownlinkSettings) { .enabled = true,
                                                        .max_deviation = USEC_PER_MINUTE,
                                                        .queue_length = 5,
                                                        .rate_per_minute = 10,
                                                        .rate_burst = 5 };
        (void) TEXT_COPY(module->name, "m0");
        (void) TEXT_COPY(module->device, "/dev/null");
        module->family = family_find(what & 1 ? "telit" : "hl78xx");
        module->session_idle = 10 * USEC_PER_MINUTE;
        module->session_mode = what & 1 || !(what & 2) ? SESSION_ON_DEMAND : SESSION_ALWAYS;
        module->family_settings.pdp_context = 1;
        module->family_settings.telit.protocol = (TelitProtocol) (what >> 2 & 1);
        policy_init_default(&module->policy);
        for (Action i = 0; i < _ACTION_MAX; i++)
                module->policy.actions[i].decision =
                        what & 8 && i != ACTION_UNINSTALL ? DECISION_ACCEPT : DECISION_ASK;
}

static void rows_init(Bench *bench) {
        bench->record = (ModuleRecord) { .name = "m0",
                                         .state = STATE_INSTALLING,
                                         .job = 1,
                                         .firmware = "HL7800.4.4.14.0",
                                         .boot_id = BOOT_ID };
        bench->job = (JobRow) { .id = 1, .module = "m0" };
        for (size_t i = 0; i < ROWS; i++) {
                bench->inhibitors[i] = (InhibitorRow) { .id = i + 1,
                                                        .actions = 1U << ACTION_INSTALL,
                                                        .who = "backup",
                                                        .until = REALTIME + USEC_PER_HOUR,
                                                        .until_boottime = 2 * USEC_PER_HOUR,
                                                        .boot_id = BOOT_ID };
                bench->frame_rows[i] = (FrameRow) { .id = i + 1,
                                                    .module = "m0",
                                                    .token = "00",
                                                    .time = REALTIME - USEC_PER_MINUTE,
                                                    .state = FRAME_WAITING,
                                                    .accepted = REALTIME - USEC_PER_MINUTE,
                                                    .boot_id = BOOT_ID,
                                                    .fport = 20,
                                                    .as_id = "as",
                                                    .n_payload = 1,
                                                    .payload = { 1 } };
        }
}

static void start(Bench *bench) {
        const GatewayStart start = {
                .settings = &bench->settings,
                .now = bench->now,
                .boot_id = BOOT_ID,
                .last_event = 1,
                .last_job = 1,
                .last_report = 1,
                .last_act = bench->record.act.sequence,
                .newest_row = bench->record.state_since,
                .load = on_load,
                .each_install = on_each_install,
                .inhibitors = bench->inhibitors,
                .n_inhibitors = ROWS,
                .storage_ok = true,
        };

        assert(gateway_new(&start, &gateway_host, bench, &bench->gateway) == 0);
        assert(frames_new(bench->gateway, &frames_host, bench, &bench->frames) == 0);
        for (size_t i = 0; i < ROWS; i++)
                assert(frames_adopt(bench->frames, &bench->frame_rows[i]) == 0);
        gateway_turn(bench->gateway, &bench->now);
        gateway_port_opened(bench->gateway, 0);
}

static usec_t deadline(const Bench *bench) {
        return MIN_OF(gateway_deadline(bench->gateway), frames_deadline(bench->frames));
}

static void settle(Bench *bench) {
        unsigned n = 0;

        do {
                frames_turn(bench->frames);
                gateway_settle(bench->gateway);
                bench->n_turn = 0;
                gateway_turn(bench->gateway, &bench->now);
                assert(n++ < TURNS_MAX);
        } while (deadline(bench) <= bench->now.boottime);
}

static void look(const Bench *bench) {
        const Module *module = gateway_module(bench->gateway, 0);
        Verdict verdict;
        Forecast forecast;
        ModuleView view;
        char next[NEXT_MAX];

        gateway_view(bench->gateway, module, &view);
        assert(view.record->state < _STATE_MAX);
        assert(memchr(gateway_next(bench->gateway, module, next), '\0', sizeof next));
        for (Action action = 0; action < _ACTION_MAX; action++) {
                gateway_judge(bench->gateway, module, action, &verdict);
                gateway_judge_at(bench->gateway, module, action, REALTIME + USEC_PER_DAY, &verdict);
        }
        gateway_forecast(bench->gateway, module, ACTION_INSTALL, &forecast);
}

static void pass(Bench *bench, usec_t span) {
        bench->now.boottime += span;
        bench->now.realtime += span;
        gateway_turn(bench->gateway, &bench->now);
}

static void say(Bench *bench, const char *line) {
        char framed[96];

        (void) snprintf(framed, sizeof framed, "\r\n%s\r\n", line);
        gateway_feed(bench->gateway, 0, framed, strlen(framed));
}

static void answer(Bench *bench, uint8_t what) {
        static const char *const answers[][2] = {
                { "AT+CGMR\r", "THL7800.1.6.3.0.99.20180803" },
                { "AT+CGSN\r", "354123456789017" },
                { "AT+CPIN?\r", "+CPIN: READY" },
                { "AT+WDSG\r", "+WDSG: 1,3" },
        };

        for (size_t i = 0; i < ELEMENTSOF(answers); i++)
                if (memmem(bench->out, bench->n_out, answers[i][0], strlen(answers[i][0])) &&
                    what & 1U << i)
                        say(bench, answers[i][1]);
        bench->n_out = 0;
        say(bench, what & 128 ? "ERROR" : "OK");
}

static void order(Bench *bench, uint8_t what) {
        const Order order = { .kind = (OrderKind) (what % _ORDER_MAX),
                              .action = (Action) (what / _ORDER_MAX % _ACTION_MAX),
                              .span = USEC_PER_HOUR,
                              .who = "a person" };
        char why[WHY_MAX] = "";
        uint64_t job = 0;

        (void) gateway_order(bench->gateway, gateway_module(bench->gateway, 0), &order, &job, why);
}

static void act(Bench *bench, uint8_t op, uint8_t what) {
        static const usec_t spans[] = { 100 * USEC_PER_MSEC,  USEC_PER_SEC,
                                        61 * USEC_PER_SEC,    16 * USEC_PER_MINUTE,
                                        31 * USEC_PER_MINUTE, 2 * USEC_PER_DAY };
        char line[64];

        switch (op % 8) {
        case 0:
                order(bench, what);
                break;
        case 1:
                (void) snprintf(line, sizeof line, "+WDSI: %u", what & 31U);
                say(bench, line);
                break;
        case 2:
                bench->disk_fails = what & 1;
                break;
        case 3:
                gateway_port_lost(bench->gateway, 0);
                break;
        case 4:
                gateway_port_opened(bench->gateway, 0);
                break;
        case 5:
                pass(bench, spans[what % ELEMENTSOF(spans)]);
                break;
        default:
                answer(bench, what);
                pass(bench, 100 * USEC_PER_MSEC);
                break;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static Bench bench;
        Input input = { data, size };

        (void) setenv("TZ", "UTC", 1);
        bench = (Bench) { .now = { .realtime = REALTIME, .boottime = USEC_PER_HOUR } };
        configure(&bench, take(&input));
        rows_init(&bench);
        rows_take(&bench, &input);
        start(&bench);
        settle(&bench);
        look(&bench);
        while (input.size >= 2) {
                const uint8_t op = take(&input);

                act(&bench, op, take(&input));
                settle(&bench);
        }
        look(&bench);
        frames_free(bench.frames);
        gateway_free(bench.gateway);
        return 0;
}
