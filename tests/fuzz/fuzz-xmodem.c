/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever a module says while a file is pushed to it.
 *
 * The first byte chooses the settings. Then a byte says what happens, a second one how many of the
 * following bytes are fed. Looks for crashes, and for what must hold: the end is told once and with
 * the line given back, nothing is written after it, blocks are whole and in order, and what is
 * written is bounded by what was heard and how much time went by. */

#include "at/push.h"

#include <assert.h>

#define FILE_SIZE 5000

typedef struct Bench {
        Chat *chat;
        Push push;
        Clock now;
        bool started, done;
        bool again;            /* on_done pushes once more */
        bool fails;            /* the file can't be read */
        bool cancels;          /* on_line cancels */
        bool loses;            /* on_line loses the port */
        unsigned block;        /* number of the last block, from 0 */
        unsigned writes;       /* of this push */
        unsigned bytes, ticks; /* that may have caused them */
        uint64_t told;
} Bench;

static void start(Bench *bench);

static void check_block(Bench *bench, const uint8_t *frame, size_t n) {
        const size_t block = frame[0] == XMODEM_STX ? 1024 : 128;
        const uint64_t blocks = (FILE_SIZE + block - 1) / block;
        const Xmodem *xmodem = &bench->push.xmodem;

        assert(block == xmodem->settings.block && n == 3 + block + 1 + xmodem->crc);
        assert(frame[1] + frame[2] == 255);
        assert(frame[1] == bench->block || frame[1] == bench->block + 1 ||
               (frame[1] + 1u == bench->block && bench->block == blocks));
        assert(frame[1] >= 1 && frame[1] <= blocks);
        bench->block = frame[1];
}

static void on_write(void *userdata, const char *bytes, size_t n) {
        Bench *bench = userdata;

        assert(n > 0);
        if (!chat_is_lent(bench->chat)) { /* AT of a re-sync never comes: no command is started */
                assert(false);
                return;
        }
        bench->writes++;
        assert(bench->writes <= 2 + bench->bytes + bench->ticks);
        if (n > 128)
                check_block(bench, (const uint8_t *) bytes, n);
}

static void on_urc(void *userdata _unused_, const char *line) {
        assert(line[0] != '\0');
}

static bool is_urc(void *userdata _unused_, const char *line) {
        return line[0] == '+';
}

static void on_dropped(void *userdata _unused_, size_t length) {
        assert(length > READER_LINE_MAX);
}

static const ChatHost chat_host = {
        .write = on_write,
        .on_urc = on_urc,
        .is_urc = is_urc,
        .on_dropped = on_dropped,
};

static void on_progress(void *userdata, uint64_t bytes) {
        Bench *bench = userdata;

        assert(!bench->done && bytes > bench->told && bytes <= FILE_SIZE);
        bench->told = bytes;
}

static void on_line(void *userdata, const char *line) {
        Bench *bench = userdata;

        assert(!bench->done && push_runs(&bench->push));
        assert(line[0] != '\0' && !strpbrk(line, "\r\n\x06\x15\x18"));
        if (bench->cancels)
                push_cancel(&bench->push, &bench->now);
        if (bench->loses)
                chat_cancel(bench->chat);
}

static void on_done(void *userdata, PushOutcome outcome, int code) {
        Bench *bench = userdata;

        assert(bench->started && !bench->done);
        assert(!push_runs(&bench->push) && !chat_is_lent(bench->chat));
        assert(outcome == PUSH_REFUSED || code == -1);
        assert(outcome != PUSH_DONE || bench->push.xmodem.acknowledged == FILE_SIZE);
        bench->done = true;
        if (bench->again) {
                bench->again = false;
                start(bench);
        }
}

static const PushHost push_host = {
        .on_progress = on_progress,
        .on_line = on_line,
        .on_done = on_done,
};

static int read_file(void *userdata, uint64_t offset, void *to, size_t n) {
        const Bench *bench = userdata;

        assert(n > 0 && offset + n <= FILE_SIZE);
        memset(to, 0, n);
        return bench->fails ? -EIO : 0;
}

static void start(Bench *bench) {
        static unsigned rates[] = { 0, 9600, 115200, 3000000 };
        const unsigned what = bench->ticks; /* anything that changes */
        const PushSettings settings = {
                .command = "AT+WDSD=5000",
                .xmodem = {
                        .block = what & 1 ? 128 : 1024,
                        .pad = 0x1A,
                        .baud_rate = rates[(what >> 1) & 3],
                        .start_limit = USEC_PER_MINUTE,
                },
                .final_limit = USEC_PER_MINUTE,
        };
        const XmodemFile file = { .size = FILE_SIZE, .read = read_file, .userdata = bench };

        bench->started = true;
        bench->done = false;
        bench->block = bench->writes = 0;
        bench->told = 0;
        if (push_start(&bench->push, bench->chat, &bench->now, &settings, &file, &push_host,
                       bench) < 0)
                abort();
}

static void act(Bench *bench, uint8_t what) {
        static const usec_t spans[] = { 0, USEC_PER_MSEC, 100 * USEC_PER_MSEC, USEC_PER_SEC };

        bench->ticks++;
        bench->cancels = what & 0x20;
        bench->loses = what & 0x40;
        bench->fails = what & 0x80;
        switch (what & 7) {
        case 4: /* the next timer */
                if (chat_deadline(bench->chat) != USEC_INFINITY)
                        bench->now.boottime =
                                MAX_OF(bench->now.boottime, chat_deadline(bench->chat));
                break;
        case 5:
                push_cancel(&bench->push, &bench->now);
                break;
        case 6:
                chat_cancel(bench->chat);
                break;
        case 7:
                if (!push_runs(&bench->push))
                        start(bench);
                break;
        default:
                bench->now.boottime += spans[what & 3];
                break;
        }
        if (chat_deadline(bench->chat) <= bench->now.boottime)
                chat_tick(bench->chat, &bench->now);
}

/* Left alone it comes to an end, and soon. */
static void run_down(Bench *bench) {
        const usec_t begun = bench->now.boottime;

        bench->again = bench->cancels = bench->loses = false;
        for (unsigned i = 0; push_runs(&bench->push); i++) {
                assert(i < 100 && chat_deadline(bench->chat) != USEC_INFINITY);
                bench->now.boottime = MAX_OF(bench->now.boottime, chat_deadline(bench->chat));
                bench->ticks++;
                chat_tick(bench->chat, &bench->now);
        }
        assert(bench->done && bench->now.boottime - begun < 5 * USEC_PER_MINUTE);
        assert(chat_is_idle(bench->chat) && chat_deadline(bench->chat) == USEC_INFINITY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Bench bench = { .now = { 1, 1 } };
        Transcript *transcript = transcript_new();

        if (size > 0) {
                bench.ticks = *data & 7;
                bench.again = *data & 8;
                data++;
                size--;
        }
        bench.chat = chat_new(&chat_host, &bench, transcript);
        start(&bench);
        while (size >= 2) {
                const size_t n = MIN_OF((size_t) data[1], size - 2);

                act(&bench, data[0]);
                bench.bytes += (unsigned) n;
                chat_feed(bench.chat, &bench.now, (const char *) data + 2, n);
                data += 2 + n;
                size -= 2 + n;
        }
        run_down(&bench);
        chat_free(bench.chat);
        transcript_free(transcript);
        return 0;
}
