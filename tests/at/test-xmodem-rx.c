/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The XMODEM sender against a receiver that others wrote: rx of lrzsz.
 *
 * Protects that both mean the same by XMODEM, on a line with a speed and with faults. A fault costs
 * rx a second of listening and more, so many lines run at the same time. */

#include "at/xmodem.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "relay.h"
#include "test.h"

#define FILE_MAX (8 * 1024 * 1024)

typedef struct Case {
        const char *name;
        uint64_t size;
        size_t block;
        bool sum;
        unsigned believed_rate; /* 0: that of the line */
        RelaySettings line;
} Case;

typedef struct Transfer {
        const Case *what;
        Xmodem xmodem;
        char folder[96];
} Transfer;

static bool have_rx(void) {
        return system("command -v rx >/dev/null") == 0;
}

static char content(uint64_t offset) {
        return (char) ((offset * 2654435761u) >> 13);
}

static int read_content(void *userdata _unused_, uint64_t offset, void *to, size_t n) {
        for (size_t i = 0; i < n; i++)
                ((char *) to)[i] = content(offset + i);
        return 0;
}

static void transfer_path(const Transfer *transfer, char *to, size_t size) {
        (void) snprintf(to, size, "%s/file", transfer->folder);
}

static void transfer_start(Transfer *transfer, Relay *relay, const Case *what) {
        static const char *const crc[] = { "rx", "-q", "-c", "file", NULL };
        static const char *const sum[] = { "rx", "-q", "file", NULL };
        const char *tmp = getenv("TMPDIR");
        const XmodemFile file = { .size = what->size, .read = read_content };
        RelaySettings line = what->line;
        XmodemSettings settings = {
                .block = what->block,
                .pad = 0x1A,
                .baud_rate = what->believed_rate,
                .start_limit = 30 * USEC_PER_SEC,
        };
        Clock now;

        transfer->what = what;
        (void) snprintf(transfer->folder, sizeof transfer->folder, "%s/rx.XXXXXX",
                        tmp ? tmp : "/tmp");
        CHECK(mkdtemp(transfer->folder));
        line.program = what->sum ? sum : crc;
        line.folder = transfer->folder;
        if (line.baud_rate == 0)
                line.baud_rate = 921600;
        if (settings.baud_rate == 0)
                settings.baud_rate = line.baud_rate;
        CHECK_INT(relay_start(relay, &line, &transfer->xmodem), 0);
        now = relay_now(relay);
        xmodem_start(&transfer->xmodem, &now, &settings, &file, relay_write, relay);
}

/* The file, then padding up to a whole block and no further; NULL or what is wrong. */
static const char *file_wrong(const Transfer *transfer) {
        static char got[FILE_MAX + XMODEM_BLOCK_MAX];
        const Case *what = transfer->what;
        const uint64_t whole = (what->size + what->block - 1) / what->block * what->block;
        char path[128];
        FILE *file;
        size_t n;

        transfer_path(transfer, path, sizeof path);
        file = fopen(path, "re");
        if (!file)
                return "no file";
        n = fread(got, 1, sizeof got, file);
        (void) fclose(file);
        if (n != whole)
                return "another size";
        for (uint64_t i = 0; i < whole; i++)
                if (got[i] != (i < what->size ? content(i) : 0x1A))
                        return i < what->size ? "another content" : "another padding";
        return NULL;
}

static const char *transfer_wrong(const Transfer *transfer, const Relay *relay) {
        const XmodemOutcome outcome = transfer->xmodem.outcome;

        if (transfer->xmodem.state != XMODEM_OVER)
                return "the sender is not over";
        /* rx restores its terminal on leaving, and may flush its last ACK away so */
        if (outcome != XMODEM_DONE && outcome != XMODEM_UNCONFIRMED)
                return "the sender has failed";
        if (relay->pid != 0)
                return "rx runs";
        if (!WIFEXITED(relay->status) || WEXITSTATUS(relay->status) != 0)
                return "rx has failed";
        return file_wrong(transfer);
}

static void transfer_done(Transfer *transfer, Relay *relay) {
        char path[128];

        relay_done(relay);
        transfer_path(transfer, path, sizeof path);
        (void) unlink(path);
        (void) rmdir(transfer->folder);
}

static void run_cases(const Case *cases, size_t n, usec_t limit) {
        static Transfer transfers[32];
        static Relay relays[32];

        for (size_t i = 0; i < n; i++) {
                transfer_start(&transfers[i], &relays[i], &cases[i]);
                if (test_state.failed)
                        return;
        }
        (void) relay_run(relays, n, limit);
        for (size_t i = 0; i < n; i++) {
                const char *wrong = transfer_wrong(&transfers[i], &relays[i]);
                const Xmodem *xmodem = &transfers[i].xmodem;

                if (getenv("VERBOSE"))
                        printf("# %s: outcome %d, %u blocks, %u again, %u broken\n", cases[i].name,
                               (int) xmodem->outcome, xmodem->blocks, xmodem->resends,
                               relays[i].broken);
                if (wrong)
                        test_fail(__FILE__, __LINE__, "%s: %s", cases[i].name, wrong);
                if (relays[i].broken > 0 && xmodem->resends == 0)
                        test_fail(__FILE__, __LINE__, "%s: nothing was repaired", cases[i].name);
                transfer_done(&transfers[i], &relays[i]);
        }
}

#define SIZE(n, b) .size = (n), .block = (b)
#define FRAME(n, b, f) \
        { .at = (n), .byte = (b), .fate = (f) }
#define REPLY(n, f) \
        { .at = (n), .ack = true, .fate = (f) }

/* clang-format off */
static const Case cases[] = {
        { "crc", SIZE(65536 + 77, 1024) },
        { "sum", SIZE(65536 + 77, 1024), .sum = true },
        { "crc of whole blocks", SIZE(65536, 1024) },
        { "small blocks", SIZE(300 * 128 + 1, 128) },
        { "small blocks, sum", SIZE(300 * 128 + 1, 128), .sum = true },
        { "numbers wrap", SIZE(270 * 1024, 1024), .line.baud_rate = 3000000 },
        { "one byte", SIZE(1, 1024) },
        { "a slow line", SIZE(6000, 1024), .line.baud_rate = 115200 },
        { "faster than its baud rate", SIZE(65536, 1024), .believed_rate = 9600 },
        { "slower than its baud rate", SIZE(65536, 1024), .believed_rate = 3000000 },

        { "a data byte broken", SIZE(20000, 1024),
          .line.faults = { FRAME(5, 500, RELAY_CORRUPT) } },
        { "a data byte broken, sum", SIZE(20000, 1024), .sum = true,
          .line.faults = { FRAME(5, 500, RELAY_CORRUPT) } },
        { "in a small block", SIZE(20000, 128), .line.faults = { FRAME(5, 100, RELAY_CORRUPT) } },
        { "a check byte broken", SIZE(20000, 1024),
          .line.faults = { FRAME(5, 1027, RELAY_CORRUPT) } },
        { "in the first block", SIZE(20000, 1024),
          .line.faults = { FRAME(1, 500, RELAY_CORRUPT) } },
        { "in the last block", SIZE(20000, 1024),
          .line.faults = { FRAME(20, 500, RELAY_CORRUPT) } },
        { "a byte lost", SIZE(20000, 1024), .line.faults = { FRAME(5, 500, RELAY_DROP) } },
        { "a byte doubled", SIZE(20000, 1024), .line.faults = { FRAME(5, 500, RELAY_DOUBLE) } },
        { "twice in a row", SIZE(20000, 1024),
          .line.faults = { FRAME(5, 500, RELAY_CORRUPT), FRAME(6, 9, RELAY_CORRUPT) } },

        { "an ACK late", SIZE(20000, 1024), .line.faults = { REPLY(5, RELAY_DELAY) } },
        { "an ACK lost", SIZE(20000, 1024), .line.faults = { REPLY(5, RELAY_DROP) } },
        { "an ACK broken", SIZE(20000, 1024), .line.faults = { REPLY(5, RELAY_CORRUPT) } },
        { "an ACK doubled", SIZE(20000, 1024), .line.faults = { REPLY(5, RELAY_DOUBLE) } },
        { "an ACK doubled, sum", SIZE(20000, 1024), .sum = true,
          .line.faults = { REPLY(5, RELAY_DOUBLE) } },
        { "five ACKs doubled", SIZE(20000, 1024),
          .line.faults = { REPLY(1, RELAY_DOUBLE), REPLY(2, RELAY_DOUBLE), REPLY(3, RELAY_DOUBLE),
                           REPLY(19, RELAY_DOUBLE), REPLY(20, RELAY_DOUBLE) } },
        { "the final ACK lost", SIZE(20000, 1024), .line.faults = { REPLY(21, RELAY_DROP) } },
        { "EOT lost", SIZE(20000, 1024), .line.faults = { FRAME(21, 0, RELAY_DROP) } },

        { "1 MiB, 1% of the blocks broken", SIZE(1024 * 1024, 1024),
          .line = { .baud_rate = 3000000, .one_in = 100, .seed = 1 } },
        { "8 MiB, 1% of the blocks broken", SIZE(8 * 1024 * 1024, 1024),
          .line = { .baud_rate = 100000000, .one_in = 100, .seed = 2 } }, /* the last, see below */
};
/* clang-format on */

#define QUICK_CASES (ELEMENTSOF(cases) - 1)

TEST(rx_gets_every_file_over_every_line) {
        if (!have_rx())
                SKIP("rx is not installed (Debian package lrzsz)");
        run_cases(cases, QUICK_CASES, 60 * USEC_PER_SEC);
}

/* A broken block costs rx a second. */
TEST(rx_gets_8_mib_with_1_percent_of_the_blocks_broken) {
        SLOW_ONLY("a minute and a half");
        if (!have_rx())
                SKIP("rx is not installed (Debian package lrzsz)");
        run_cases(cases + QUICK_CASES, 1, 105 * USEC_PER_SEC);
}

TEST_MAIN()
