/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pushing a file over an AT line.
 *
 * Protects that a push always comes to one end, with the line given back, and to the right one:
 * the module's result code counts, an invitation is never a letter of some text, and no URC is lost
 * around the transfer. A bench writes down what push does, in order; blocks are shown as B1, B2,
 * EOT and CAN*8. */

#include "at/push.h"

#include "base/text.h"
#include "test.h"

typedef struct Bench {
        Chat *chat;
        Transcript *transcript;
        Push push;
        Clock now;
        char data[16384];
        Text log;
        unsigned done;
        bool again;             /* on_done starts another push */
        const char *cancels_on; /* on_line cancels at this line */
        const char *loses_on;   /* the port is lost at this line */
} Bench;

static void bench_write(void *userdata, const char *bytes, size_t n) {
        Bench *bench = userdata;

        if (n > 128 && (bytes[0] == XMODEM_STX || bytes[0] == XMODEM_SOH))
                text_printf(&bench->log, "B%d ", (uint8_t) bytes[1]);
        else if (n == 1 && bytes[0] == XMODEM_EOT)
                text_add(&bench->log, "EOT ");
        else if (bytes[0] == XMODEM_CAN)
                text_printf(&bench->log, "CAN*%zu ", n);
        else
                text_printf(&bench->log, "write(%.*s) ", (int) (n - 1), bytes);
}

static void bench_on_urc(void *userdata, const char *line) {
        Bench *bench = userdata;

        text_printf(&bench->log, "urc(%s) ", line);
}

static bool bench_is_urc(void *userdata _unused_, const char *line) {
        return strncmp(line, "+WDSI: ", 7) == 0;
}

static void bench_on_dropped(void *userdata _unused_, size_t length _unused_) {
}

static const ChatHost chat_host = {
        .write = bench_write,
        .on_urc = bench_on_urc,
        .is_urc = bench_is_urc,
        .on_dropped = bench_on_dropped,
};

static int bench_read(void *userdata _unused_, uint64_t offset _unused_, void *to, size_t n) {
        memset(to, 'd', n);
        return 0;
}

static int bench_read_fails(void *userdata _unused_, uint64_t offset, void *to, size_t n) {
        memset(to, 'd', n);
        return offset > 0 ? -EIO : 0;
}

static void bench_on_progress(void *userdata, uint64_t bytes) {
        Bench *bench = userdata;

        text_printf(&bench->log, "%llu ", (unsigned long long) bytes);
}

static void bench_on_line(void *userdata, const char *line) {
        Bench *bench = userdata;

        text_printf(&bench->log, "line(%s) ", line);
        if (bench->cancels_on && streq(line, bench->cancels_on))
                push_cancel(&bench->push, &bench->now);
        if (bench->loses_on && streq(line, bench->loses_on))
                chat_cancel(bench->chat);
}

static void bench_push(Bench *bench, uint64_t size);

static void bench_on_done(void *userdata, PushOutcome outcome, int code) {
        static const char *const names[] = {
                [PUSH_DONE] = "DONE",           [PUSH_REFUSED] = "REFUSED",
                [PUSH_FAILED] = "FAILED",       [PUSH_UNANSWERED] = "UNANSWERED",
                [PUSH_CANCELLED] = "CANCELLED", [PUSH_LOST] = "LOST",
        };
        Bench *bench = userdata;

        bench->done++;
        text_add(&bench->log, names[outcome]);
        if (code >= 0)
                text_printf(&bench->log, " %d", code);
        text_add_char(&bench->log, ' ');
        CHECK(!chat_is_lent(bench->chat));
        CHECK(!push_runs(&bench->push));
        CHECK(chat_is_idle(bench->chat));
        if (bench->again) {
                bench->again = false;
                bench_push(bench, 100);
        }
}

static const PushHost push_host = {
        .on_progress = bench_on_progress,
        .on_line = bench_on_line,
        .on_done = bench_on_done,
};

static void bench_push_file(Bench *bench, const XmodemFile *file) {
        const PushSettings settings = {
                .command = "AT+WDSD=1464",
                .xmodem = {
                        .block = 1024,
                        .pad = 0x1A,
                        .start_limit = 330 * USEC_PER_SEC,
                },
                .final_limit = 60 * USEC_PER_SEC,
        };

        CHECK_INT(push_start(&bench->push, bench->chat, &bench->now, &settings, file, &push_host,
                             bench),
                  0);
}

static void bench_push(Bench *bench, uint64_t size) {
        bench_push_file(bench, &(XmodemFile) { .size = size, .read = bench_read });
}

static void bench_init(Bench *bench) {
        *bench = (Bench) { .now = { 1, USEC_PER_DAY } };
        text_init(&bench->log, bench->data, sizeof bench->data);
        bench->transcript = transcript_new();
        bench->chat = chat_new(&chat_host, bench, bench->transcript);
}

static void bench_open(Bench *bench) {
        bench_init(bench);
        bench_push(bench, 1464);
}

static void bench_close(Bench *bench) {
        bench->chat = chat_free(bench->chat);
        bench->transcript = transcript_free(bench->transcript);
}

/* '_' in `bytes` lets 20 ms go by, ' ' is not fed. */
static void bench_feed(Bench *bench, const char *bytes) {
        for (; *bytes != '\0'; bytes++) {
                if (*bytes == '_')
                        bench->now.boottime += 20 * USEC_PER_MSEC;
                if (*bytes == '_' && chat_deadline(bench->chat) <= bench->now.boottime)
                        chat_tick(bench->chat, &bench->now);
                if (*bytes != '_')
                        chat_feed(bench->chat, &bench->now, bytes, 1);
        }
}

/* Time goes by with every timer on the way. */
static void bench_wait(Bench *bench, usec_t span) {
        const usec_t end = bench->now.boottime + span;

        while (chat_deadline(bench->chat) <= end) {
                bench->now.boottime = MAX_OF(bench->now.boottime, chat_deadline(bench->chat));
                chat_tick(bench->chat, &bench->now);
        }
        bench->now.boottime = end;
}

/* What happened since the last call. */
static const char *bench_log(Bench *bench) {
        static char seen[16384];

        (void) TEXT_COPY(seen, bench->log.data);
        text_init(&bench->log, bench->data, sizeof bench->data);
        if (seen[0] != '\0')
                seen[strlen(seen) - 1] = '\0';
        return seen;
}

#define COMMAND "AT+WDSD=1464"
#define ECHO COMMAND "\r"
#define NAK "\x15"
#define ACK "_\x06"
#define CANCAN "\x18\x18"
#define OK "\r\nOK\r\n"

/* Feeds, lets `wait` go by, and compares; every push has ended by then but for `open` ones. */
static void check_dialogue(const char *bytes, usec_t wait, const char *expected, unsigned ends) {
        Bench bench;

        bench_open(&bench);
        bench_feed(&bench, bytes);
        bench_wait(&bench, wait);
        CHECK_STR(bench_log(&bench), expected);
        CHECK_INT(bench.done, ends);
        CHECK_INT(push_runs(&bench.push), ends == 0);
        bench_close(&bench);
}

#define SENT "write(" COMMAND ") "

/* a good push */

TEST(a_file_is_pushed) {
        check_dialogue(ECHO NAK ACK ACK ACK OK, 0, SENT "B1 B2 1024 EOT 1464 DONE", 1);
        check_dialogue(NAK ACK ACK ACK OK, 0, SENT "B1 B2 1024 EOT 1464 DONE", 1);
        check_dialogue(COMMAND NAK ACK ACK ACK OK, 0, SENT "B1 B2 1024 EOT 1464 DONE", 1);
        check_dialogue(ECHO "\n" NAK ACK ACK ACK OK "\r\n+WDSI: 3\r\n", 0,
                       SENT "B1 B2 1024 EOT 1464 DONE urc(+WDSI: 3)", 1);
}

TEST(the_ok_counts_more_than_the_reply_to_eot) {
        check_dialogue(NAK ACK ACK OK, 0, SENT "B1 B2 1024 EOT 1464 DONE", 1);
        check_dialogue(NAK ACK ACK "_\r\nOK\r\n", 0, SENT "B1 B2 1024 EOT 1464 DONE", 1);
        check_dialogue(NAK ACK ACK "\x06\x06" OK, 0, SENT "B1 B2 1024 EOT 1464 DONE", 1);
        /* late, and after EOT was repeated in vain */
        Bench bench;

        bench_open(&bench);
        bench_feed(&bench, NAK ACK ACK);
        bench_wait(&bench, 30 * USEC_PER_SEC);
        CHECK_INT(bench.push.xmodem.outcome, XMODEM_UNCONFIRMED);
        bench_feed(&bench, OK);
        CHECK_STR(bench_log(&bench), SENT "B1 B2 1024 EOT 1464 EOT EOT EOT DONE");
        bench_close(&bench);
}

TEST(an_ack_or_nul_in_front_of_the_ok_is_no_part_of_it) {
        check_dialogue(NAK ACK ACK "_\x06OK\r\n", 0, SENT "B1 B2 1024 EOT 1464 DONE", 1);
        Bench bench;

        bench_open(&bench);
        bench_feed(&bench, NAK ACK ACK);
        chat_feed(bench.chat, &bench.now, "\x06\0\r\n\0OK\r\n", 9);
        CHECK_STR(bench_log(&bench), SENT "B1 B2 1024 EOT 1464 DONE");
        bench_close(&bench);
}

TEST(lines_around_the_transfer_are_heard) {
        check_dialogue(ECHO "\r\n+CEREG: 5\r\n" NAK ACK ACK ACK "\r\n+WDSI: 3\r\n" OK
                            "\r\n+WDSI: 12\r\n",
                       0,
                       SENT "line(+CEREG: 5) B1 B2 1024 EOT 1464 line(+WDSI: 3) DONE "
                            "urc(+WDSI: 12)",
                       1);
        /* between blocks there is no text */
        check_dialogue(NAK ACK "\r\nERROR\r\n" ACK ACK OK, 0, SENT "B1 B2 1024 EOT 1464 DONE", 1);
}

TEST(a_nak_in_front_of_eot_s_ack) {
        check_dialogue(NAK ACK ACK "_________________" NAK ACK OK, 0,
                       SENT "B1 B2 1024 EOT 1464 EOT DONE", 1);
}

/* Whatever the reads of the port cut, the same happens. */
TEST(every_split_gives_the_same) {
        static const char dialogue[] = COMMAND "\r\r\n+CREG: 1\r\n\x15";
        static const char after[] = "\x06\r\n+WDSI: 3\r\n\r\nOK\r\n\r\n+WDSI: 12\r\n";
        static const char expected[] = SENT "line(+CREG: 1) B1 B2 1024 EOT 1464 line(+WDSI: 3) "
                                            "DONE urc(+WDSI: 12)";

        for (size_t a = 0; a < sizeof dialogue; a++)
                for (size_t b = 0; b < sizeof after; b++) {
                        Bench bench;

                        bench_open(&bench);
                        chat_feed(bench.chat, &bench.now, dialogue, a);
                        bench.now.boottime += USEC_PER_MSEC;
                        chat_feed(bench.chat, &bench.now, dialogue + a, sizeof dialogue - 1 - a);
                        bench_feed(&bench, ACK ACK "_");
                        chat_feed(bench.chat, &bench.now, after, b);
                        bench.now.boottime += USEC_PER_MSEC;
                        chat_feed(bench.chat, &bench.now, after + b, sizeof after - 1 - b);
                        CHECK_STR(bench_log(&bench), expected);
                        bench_close(&bench);
                }
}

/* the invitation */

TEST(a_c_invites_when_it_stands_alone) {
        check_dialogue("C"
                       "______" ACK ACK ACK OK,
                       0, SENT "B1 B2 1024 EOT 1464 DONE", 1);
        check_dialogue(ECHO "C"
                            "______" ACK,
                       0, SENT "B1 B2 1024", 0);
        check_dialogue(COMMAND "C"
                               "______" ACK,
                       0, SENT "B1 B2 1024", 0);
        check_dialogue(ECHO "\nCCC"
                            "______" ACK,
                       0, SENT "B1 B2 1024", 0);
        check_dialogue("C"
                       "____",
                       0, "write(" COMMAND ")", 0);
}

TEST(a_c_in_a_text_invites_nobody) {
        static const char *const texts[] = { "CONNECT", "+CME", "xC",      "CC1",
                                             "C\tD",    "AT+C", "AT+WDSDC" };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                for (size_t split = 0; split <= strlen(texts[i]); split++) {
                        Bench bench;

                        bench_open(&bench);
                        chat_feed(bench.chat, &bench.now, texts[i], split);
                        if (split != 1 && split != 2) /* a pause of a byte's length */
                                bench_wait(&bench, 50 * USEC_PER_MSEC);
                        chat_feed(bench.chat, &bench.now, texts[i] + split,
                                  strlen(texts[i]) - split);
                        bench_wait(&bench, 2 * USEC_PER_SEC);
                        CHECK_INT(bench.push.xmodem.state, XMODEM_WAITING);
                        bench_feed(&bench, "\r\n");
                        CHECK_INT(bench.push.xmodem.state, XMODEM_WAITING);
                        bench_close(&bench);
                }
}

TEST(a_nak_invites_wherever_it_stands) {
        static const char *const before[] = { "",    "A",         "AT+WDSD=14", COMMAND, ECHO, "C",
                                              "CON", "\r\n+CERE", "\x18",       "\x06",  "> " };

        for (size_t i = 0; i < ELEMENTSOF(before); i++) {
                Bench bench;

                bench_open(&bench);
                bench_feed(&bench, before[i]);
                bench_feed(&bench, NAK);
                CHECK_STR(bench_log(&bench), SENT "B1");
                CHECK(!bench.push.xmodem.crc);
                bench_close(&bench);
        }
}

TEST(nobody_invites) {
        check_dialogue(ECHO, 329 * USEC_PER_SEC, "write(" COMMAND ")", 0);
        check_dialogue(ECHO, 331 * USEC_PER_SEC, SENT "CAN*8", 0);
        check_dialogue(ECHO, 335 * USEC_PER_SEC, SENT "CAN*8 FAILED", 1);
}

/* refusals */

TEST(a_refusal_before_the_transfer) {
        check_dialogue(ECHO "\r\n+CME ERROR: 3\r\n", 0, SENT "REFUSED 3", 1);
        check_dialogue("\r\n+CME ERROR: 3\r\n", 0, SENT "REFUSED 3", 1);
        check_dialogue(ECHO "\r\n+CME ERROR: no room\r\n", 0, SENT "REFUSED", 1);
        check_dialogue(ECHO "\r\nERROR\r\n", 0, SENT "REFUSED", 1);
        check_dialogue(ECHO "\r\nNO CARRIER\r\n", 0, SENT "REFUSED", 1);
        check_dialogue(ECHO OK, 0, SENT "REFUSED", 1); /* what should it take without a transfer? */
        check_dialogue(ECHO "\r\n+CEREG: 1\r\n\r\nERROR\r\n", 0, SENT "line(+CEREG: 1) REFUSED", 1);
}

TEST(a_refusal_after_the_transfer) {
        check_dialogue(NAK ACK ACK ACK "\r\n+CME ERROR: 3\r\n", 0,
                       SENT "B1 B2 1024 EOT 1464 REFUSED 3", 1);
        check_dialogue(NAK ACK ACK "\r\nERROR\r\n", 0, SENT "B1 B2 1024 EOT 1464 REFUSED", 1);
}

TEST(no_result_code_after_the_transfer) {
        check_dialogue(NAK ACK ACK ACK "\r\n+WDSI: 3\r\n", 59 * USEC_PER_SEC,
                       SENT "B1 B2 1024 EOT 1464 line(+WDSI: 3)", 0);
        check_dialogue(NAK ACK ACK ACK, 61 * USEC_PER_SEC, SENT "B1 B2 1024 EOT 1464 UNANSWERED",
                       1);
        check_dialogue(NAK ACK ACK, 61 * USEC_PER_SEC,
                       SENT "B1 B2 1024 EOT 1464 EOT EOT EOT UNANSWERED", 1);
}

/* failures */

TEST(the_module_cancels) {
        check_dialogue(NAK ACK CANCAN "\r\n***ERROR***\r\n", 4 * USEC_PER_SEC,
                       SENT "B1 B2 1024 line(***ERROR***) FAILED", 1);
        check_dialogue(NAK ACK CANCAN "\r\n+CME ERROR: 3\r\n", 0, SENT "B1 B2 1024 FAILED", 1);
        check_dialogue(NAK ACK CANCAN, 2900 * USEC_PER_MSEC, SENT "B1 B2 1024", 0);
        check_dialogue(NAK ACK CANCAN, 3 * USEC_PER_SEC, SENT "B1 B2 1024 FAILED", 1);
        check_dialogue(ECHO CANCAN, 3 * USEC_PER_SEC, SENT "FAILED", 1);
        check_dialogue(NAK ACK ACK CANCAN "\r\nERROR\r\n", 0, SENT "B1 B2 1024 EOT 1464 FAILED", 1);
}

TEST(a_silent_module) {
        check_dialogue(NAK ACK, 101 * USEC_PER_SEC,
                       SENT "B1 B2 1024 B2 B2 B2 B2 B2 B2 B2 B2 B2 CAN*8", 0);
        check_dialogue(NAK ACK, 104 * USEC_PER_SEC,
                       SENT "B1 B2 1024 B2 B2 B2 B2 B2 B2 B2 B2 B2 CAN*8 FAILED", 1);
}

TEST(an_unreadable_file) {
        Bench bench;

        bench_init(&bench);
        bench_push_file(&bench, &(XmodemFile) { .size = 1464, .read = bench_read_fails });
        bench_feed(&bench, NAK ACK);
        bench_wait(&bench, 3 * USEC_PER_SEC);
        CHECK_STR(bench_log(&bench), SENT "B1 CAN*8 1024 FAILED");
        CHECK_INT(bench.push.xmodem.outcome, XMODEM_UNREADABLE);
        bench_close(&bench);
}

/* cancelling */

TEST(a_receiver_that_missed_the_cans_is_told_again) {
        Bench bench;

        bench_open(&bench);
        bench_feed(&bench, NAK ACK);
        push_cancel(&bench.push, &bench.now);
        push_cancel(&bench.push, &bench.now); /* says nothing twice */
        bench_wait(&bench, 2 * USEC_PER_SEC);
        bench_feed(&bench, NAK);
        bench_wait(&bench, 2 * USEC_PER_SEC);
        bench_feed(&bench, "C");
        bench_wait(&bench, 2 * USEC_PER_SEC);
        CHECK_STR(bench_log(&bench), SENT "B1 B2 1024 CAN*8 CAN*8 CAN*8");
        bench_wait(&bench, 2 * USEC_PER_SEC);
        CHECK_STR(bench_log(&bench), "CANCELLED");
        bench_close(&bench);
}

TEST(a_module_that_never_gets_quiet) {
        Bench bench;

        bench_open(&bench);
        bench_feed(&bench, NAK);
        push_cancel(&bench.push, &bench.now);
        for (unsigned i = 0; i < 16; i++) {
                bench_feed(&bench, NAK);
                bench_wait(&bench, USEC_PER_SEC);
        }
        CHECK_STR(bench_log(&bench), SENT "B1 CAN*8 CAN*8 CAN*8 CAN*8 CAN*8 CAN*8 CANCELLED");
        CHECK_INT(bench.done, 1);
        bench_close(&bench);
}

/* `dialogue` is cut everywhere, and `act` done there: it ends once, the line is free. */
static void end_anywhere(bool lost) {
        static const char dialogue[] =
                ECHO "\r\n+CEREG: 5\r\n" NAK ACK ACK ACK "\r\n+WDSI: 3\r\n\r\nO";

        for (size_t cut = 0; cut < sizeof dialogue; cut++) {
                char before[sizeof dialogue];
                Bench bench;

                bench_open(&bench);
                (void) text_copy(before, cut + 1, dialogue);
                bench_feed(&bench, before);
                CHECK_INT(bench.done, 0);
                (void) bench_log(&bench);
                if (lost) {
                        chat_cancel(bench.chat);
                        CHECK_STR(bench_log(&bench), "LOST");
                } else {
                        push_cancel(&bench.push, &bench.now);
                        bench_wait(&bench, USEC_PER_SEC);
                        CHECK_INT(bench.done, 0);
                        bench_feed(&bench, OK);
                        CHECK(strstr(bench_log(&bench), "CANCELLED"));
                }
                bench_wait(&bench, USEC_PER_DAY);
                bench_feed(&bench, NAK "C\r\n");
                push_cancel(&bench.push, &bench.now);
                CHECK_INT(bench.done, 1);
                CHECK_STR(bench_log(&bench), "urc(C)");
                bench_close(&bench);
        }
}

TEST(it_can_be_cancelled_anywhere) {
        end_anywhere(false);
}

TEST(the_port_can_be_lost_anywhere) {
        end_anywhere(true);
}

TEST(the_port_is_lost_while_a_cancel_runs) {
        Bench bench;

        bench_open(&bench);
        bench_feed(&bench, NAK);
        push_cancel(&bench.push, &bench.now);
        chat_cancel(bench.chat);
        bench_wait(&bench, USEC_PER_MINUTE);
        CHECK_STR(bench_log(&bench), SENT "B1 CAN*8 LOST");
        bench_close(&bench);
}

TEST(a_line_s_handler_may_cancel_or_lose_the_port) {
        Bench bench;

        bench_open(&bench);
        bench.cancels_on = "+CEREG: 0";
        bench_feed(&bench, "\r\n+CEREG: 0\r\n\r\nERROR\r\n");
        CHECK_STR(bench_log(&bench), SENT "line(+CEREG: 0) CAN*8 CANCELLED");
        bench_close(&bench);
        bench_open(&bench);
        bench.loses_on = "+CEREG: 0";
        bench_feed(&bench, "\r\n+CEREG: 0\r\n");
        CHECK_STR(bench_log(&bench), SENT "line(+CEREG: 0) LOST");
        bench_close(&bench);
}

/* with the dialogue */

TEST(the_end_may_start_the_next) {
        Bench bench;

        bench_open(&bench);
        bench.again = true;
        bench_feed(&bench, NAK ACK ACK ACK OK NAK ACK ACK OK);
        CHECK_STR(bench_log(&bench), SENT "B1 B2 1024 EOT 1464 DONE " SENT "B1 EOT 100 DONE");
        CHECK_INT(bench.done, 2);
        bench_close(&bench);
}

TEST(two_pushes_at_once_are_refused) {
        const PushSettings settings = { .command = COMMAND, .xmodem.block = 128 };
        const XmodemFile file = { .size = 1, .read = bench_read };
        Bench bench;
        Push other = {};

        bench_open(&bench);
        CHECK_INT(push_start(&other, bench.chat, &bench.now, &settings, &file, &push_host, &bench),
                  -EBUSY);
        CHECK(!push_runs(&other));
        bench_close(&bench);
}

TEST(a_command_too_long_is_refused) {
        char command[PUSH_COMMAND_MAX + 2];
        const PushSettings settings = { .command = command, .xmodem.block = 128 };
        const XmodemFile file = { .size = 1, .read = bench_read };
        Bench bench;

        bench_init(&bench);
        memset(command, 'A', sizeof command - 1);
        command[sizeof command - 1] = '\0';
        CHECK_INT(push_start(&bench.push, bench.chat, &bench.now, &settings, &file, &push_host,
                             &bench),
                  -EMSGSIZE);
        CHECK(chat_is_idle(bench.chat));
        bench_close(&bench);
}

/* Once a percent, and the last one. */
TEST(progress_is_told_once_a_percent) {
        unsigned told = 0;
        Bench bench;

        bench_init(&bench);
        bench_push(&bench, 1000 * 1024);
        bench_feed(&bench, NAK);
        for (unsigned i = 0; i < 1000; i++) {
                (void) bench_log(&bench);
                bench_feed(&bench, ACK);
                told += strpbrk(bench.log.data, " ") != strrchr(bench.log.data, ' ');
        }
        CHECK_INT(told, 100);
        CHECK_STR(bench_log(&bench), "EOT 1024000");
        bench_close(&bench);
}

TEST(the_transcript_tells_it_in_lines) {
        static const char *const expected[] = {
                "line lent to a binary protocol",
                COMMAND,
                COMMAND,
                "+CEREG: 5",
                "sent 1464 of 1464 bytes in 3 blocks, 1 again",
                "+WDSI: 3",
                "OK",
                "line given back",
        };
        TranscriptLine line = {};
        Bench bench;

        bench_open(&bench);
        bench_feed(&bench,
                   COMMAND "\r\n+CEREG: 5\r\n" NAK "_" NAK ACK ACK ACK "\r\n+WDSI: 3\r\n" OK);
        for (size_t i = 0; i < ELEMENTSOF(expected); i++) {
                CHECK(transcript_next(bench.transcript, line.sequence, &line));
                CHECK_STR(line.text, expected[i]);
        }
        CHECK(!transcript_next(bench.transcript, line.sequence, &line));
        bench_close(&bench);
}

TEST_MAIN()
