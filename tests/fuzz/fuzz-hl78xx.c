/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever a module sends, with the verbs of the HL78xx family running.
 *
 * The input is a script: a byte says what happens, a second one how many of the following bytes are
 * fed. A verb that was started ends exactly once, or never when it is abandoned, and what is found
 * out about the module is text that ends. */

#include <assert.h>
#include <fotad/family.h>

#define FILE_SIZE 2500

typedef struct Bench {
        const Family *family;
        char file[FILE_SIZE];
        XmodemFile source;
        FamilySettings settings;
        FamilyModule *module;
        Chat *chat;
        Clock now;
        unsigned running; /* verbs started and not ended */
        size_t n_written;
} Bench;

static void on_fact(void *userdata, const Fact *fact) {
        Bench *bench = userdata;

        assert(fact->kind > FACT_NONE && fact->kind < _FACT_MAX);
        assert(fact->reason >= REASON_NONE && fact->reason < _REASON_MAX);
        if (fact->kind == FACT_ASKED)
                assert(fact->number >= 0 && fact->number < _ACTION_MAX);
        if (fact->kind == FACT_PROGRESS)
                assert(fact->number >= 0 && fact->number <= 100);
        if (fact->kind == FACT_PACKAGE_OFFERED)
                assert(fact->number >= -1);
        if (fact->kind == FACT_VERB_FAILED)
                assert(fact->reason != REASON_NONE);
        if (fact->kind == FACT_VERB_DONE || fact->kind == FACT_VERB_FAILED) {
                assert(bench->running == 1);
                bench->running--;
        }
}

static void on_command_line(void *userdata, const char *line) {
        assert(((Bench *) userdata)->running == 1 && strlen(line) <= READER_LINE_MAX);
}

static void on_write(void *userdata, const char *bytes, size_t n) {
        Bench *bench = userdata;

        bench->n_written += n;
        if (chat_is_lent(bench->chat)) {
                assert(n > 0 && n <= XMODEM_FRAME_MAX);
                return;
        }
        assert(n > 0 && n <= CHAT_COMMAND_MAX + 1);
        if (bytes[0] == XMODEM_CAN)
                return; /* to a module that waits for a file */
        assert(n == 1 || (bytes[0] == 'A' && bytes[1] == 'T' && bytes[n - 1] == '\r'));
        assert(!memchr(bytes, '\r', n - 1) || n == 1);
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

static int read_file(void *userdata, uint64_t offset, void *to, size_t n) {
        const Bench *bench = userdata;

        assert(n <= FILE_SIZE && offset <= FILE_SIZE - n);
        memcpy(to, bench->file + offset, n);
        return 0;
}

static const FamilyHost family_host = { .raise = on_fact, .on_command_line = on_command_line };
static const ChatHost chat_host = {
        .write = on_write,
        .on_urc = on_urc,
        .is_urc = is_urc,
        .on_dropped = on_dropped,
};

static void start(Bench *bench, uint8_t what) {
        const VerbArgs args = {
                .action = (Action) (what % _ACTION_MAX),
                .minutes = 1 + what,
                .pin = "1234",
                .command = "AT+COPS?",
                .file = &bench->source,
                .baud_rate = what & 2 ? 115200 : 0,
                .ask_connect = what & 1,
        };

        bench->module->now = bench->now;
        /* A verb may end before start() returns only when it says nothing; none does. */
        bench->running++;
        if (bench->family->start(bench->module, (Verb) (what % _VERB_MAX), &args) < 0)
                bench->running--;
}

static void pass(Bench *bench, usec_t span) {
        bench->now.boottime += span;
        bench->module->now = bench->now;
        chat_tick(bench->chat, &bench->now);
}

static void abandon(Bench *bench) {
        bench->family->abandon(bench->module);
        bench->running = 0;
        chat_cancel(bench->chat);
}

static void act(Bench *bench, uint8_t what) {
        switch (what >> 5) {
        case 0:
                if (what & 1)
                        bench->family->cancel_push(bench->module);
                break;
        case 1:
        case 2:
                start(bench, what & 31);
                break;
        case 3:
        case 4:
                pass(bench, 100 * USEC_PER_MSEC);
                break;
        case 5:
                pass(bench, 60 * USEC_PER_SEC);
                break;
        case 6:
                chat_distrust(bench->chat);
                break;
        case 7:
                abandon(bench);
                break;
        }
}

static void check_findings(const Findings *findings) {
        assert(memchr(findings->drift, '\0', sizeof(findings->drift)));
        assert(findings->n_retry_timers <= RETRY_TIMERS_MAX);
        for (size_t i = 0; i < findings->n_retry_timers; i++)
                assert(findings->retry_timers[i] > 0);
        assert(memchr(findings->manufacturer, '\0', sizeof(findings->manufacturer)));
        assert(memchr(findings->model, '\0', sizeof(findings->model)));
        assert(memchr(findings->firmware, '\0', sizeof(findings->firmware)));
        assert(memchr(findings->imei, '\0', sizeof(findings->imei)));
        assert(memchr(findings->iccid, '\0', sizeof(findings->iccid)));
        assert(memchr(findings->imsi, '\0', sizeof(findings->imsi)));
        assert(memchr(findings->serial_number, '\0', sizeof(findings->serial_number)));
        assert(strspn(findings->imei, "0123456789") == strlen(findings->imei));
        assert(!findings->has_signal ||
               (findings->signal_dbm >= -113 && findings->signal_dbm <= -51));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Bench bench = {
                .family = family_find("hl78xx"),
                .source = { .size = FILE_SIZE, .read = read_file },
                .settings = { .apn = "iot.example.com", .pdp_context = 1, .xmodem_pad = 0x1A },
                .now = { 1, 1 },
        };

        bench.source.userdata = &bench;
        if (size & 1) /* polling and retry timers of the settings */
                bench.settings.poll_minutes = 60, bench.settings.n_retry_timers = 2,
                bench.settings.retry_timers[0] = 5, bench.settings.retry_timers[1] = 30;

        bench.chat = chat_new(&chat_host, &bench, NULL);
        bench.module = calloc(1, bench.family->size);
        assert(bench.chat && bench.module);
        bench.module->family = bench.family;
        bench.module->host = &family_host;
        bench.module->userdata = &bench;
        bench.module->chat = bench.chat;
        bench.module->settings = &bench.settings;
        while (size >= 2) {
                const size_t n = MIN_OF((size_t) data[1], size - 2);

                act(&bench, data[0]);
                bench.module->now = bench.now;
                chat_feed(bench.chat, &bench.now, (const char *) data + 2, n);
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
