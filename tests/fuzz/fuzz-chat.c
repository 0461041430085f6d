/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever a module sends, with commands running.
 *
 * The input is a script: a byte says what happens, a second one how many of the following bytes are
 * fed. Looks for crashes, and for what must hold: the handler comes exactly once a command, the
 * line is idle afterwards or busy with the next one, and lines are clean. */

#include "at/chat.h"

#include <assert.h>

typedef struct Bench {
        Chat *chat;
        Clock now;
        unsigned running; /* commands started and not ended */
        unsigned starts;  /* the handler may start so many more */
        unsigned what;    /* what on_urc does to its chat */
} Bench;

static const char *const commands[] = { "AT", "AT+WDSC?", "AT+CPIN=1234", "AT+WDSR=4" };

static void on_reply(void *userdata, const ChatReply *reply);

static bool accepts_any(const char *line) {
        return strstr(line, "14") != NULL;
}

static void start(Bench *bench) {
        ChatCommand command = {
                .text = commands[bench->starts % ELEMENTSOF(commands)],
                .prefix = bench->starts & 4 ? "+WDSC:" : NULL,
                .informs = bench->starts & 2,
                .secret = bench->starts & 8,
                .accepts = bench->starts & 16 ? accepts_any : NULL,
        };

        if (chat_start(bench->chat, &bench->now, &command, on_reply, bench) == 0)
                bench->running++;
}

static void on_lent_byte(void *userdata, const Clock *now _unused_, char byte) {
        Bench *bench = userdata;

        if (byte == 6)
                chat_give_back(bench->chat);
}

static usec_t lent_deadline(const void *userdata _unused_) {
        return USEC_INFINITY;
}

static void on_lent_tick(void *userdata _unused_, const Clock *now _unused_) {
}

static void on_lent_cancelled(void *userdata) {
        assert(!chat_is_lent(((Bench *) userdata)->chat));
}

static const ChatLoan loan = {
        .on_byte = on_lent_byte,
        .deadline = lent_deadline,
        .tick = on_lent_tick,
        .on_cancelled = on_lent_cancelled,
};

static void on_reply(void *userdata, const ChatReply *reply) {
        Bench *bench = userdata;

        assert(bench->running == 1 && chat_is_idle(bench->chat));
        bench->running--;
        assert(reply->n_lines <= CHAT_REPLY_LINES_MAX);
        for (size_t i = 0; i < reply->n_lines; i++)
                assert(reply->lines[i][0] != '\0');
        if (bench->starts == 0)
                return;
        bench->starts--;
        if (bench->what & 1)
                (void) !chat_lend(bench->chat, &loan, bench);
        start(bench);
}

static void on_write(void *userdata _unused_, const char *bytes, size_t n) {
        assert(n > 0 && n <= CHAT_COMMAND_MAX + 1 && bytes[0] != '\0');
}

static void on_urc(void *userdata, const char *line) {
        Bench *bench = userdata;

        assert(line[0] != '\0' && strlen(line) <= READER_LINE_MAX &&
               !strpbrk(line, "\r\n\x06\x15"));
        if (bench->what & 2)
                chat_cancel(bench->chat);
        if (bench->what & 4)
                chat_distrust(bench->chat);
        if (bench->what & 8)
                start(bench);
}

static bool is_urc(void *userdata _unused_, const char *line) {
        return strncmp(line, "+WDSI:", 6) == 0;
}

static void on_dropped(void *userdata _unused_, size_t length) {
        assert(length > READER_LINE_MAX);
}

static const ChatHost host = {
        .write = on_write,
        .on_urc = on_urc,
        .is_urc = is_urc,
        .on_dropped = on_dropped,
};

static void act(Bench *bench, uint8_t what) {
        bench->what = what >> 4;
        switch (what & 7) {
        case 0:
        case 1:
                break;
        case 2:
                bench->starts = what;
                start(bench);
                break;
        case 3:
                bench->now.boottime += 100 * USEC_PER_MSEC;
                chat_tick(bench->chat, &bench->now);
                break;
        case 4:
                bench->now.boottime += 10 * USEC_PER_SEC;
                chat_tick(bench->chat, &bench->now);
                break;
        case 5:
                chat_cancel(bench->chat);
                break;
        case 6:
                (void) !chat_lend(bench->chat, &loan, bench);
                break;
        case 7:
                chat_give_back(bench->chat);
                break;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Bench bench = { .now = { 1, 1 } };
        Transcript *transcript = transcript_new();

        bench.chat = chat_new(&host, &bench, transcript);
        while (size >= 2) {
                size_t n = MIN_OF((size_t) data[1], size - 2);

                act(&bench, data[0]);
                chat_feed(bench.chat, &bench.now, (const char *) data + 2, n);
                data += 2 + n;
                size -= 2 + n;
        }
        bench.starts = 0;
        bench.what = 0;
        chat_cancel(bench.chat);
        assert(bench.running == 0 && chat_is_idle(bench.chat) &&
               chat_deadline(bench.chat) == USEC_INFINITY);
        chat_free(bench.chat);
        transcript_free(transcript);
        return 0;
}
