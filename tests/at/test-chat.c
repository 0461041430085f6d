/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The AT dialogue.
 *
 * Protects what an update hangs on: a result is never given to the wrong command, no URC is lost or
 * taken for a reply, and a handler may start, cancel and lend. A bench writes down all that chat
 * does, in order: write(...) urc(...) OK[...] ERROR[...] and so on; the tests compare that text. */

#include "at/chat.h"

#include "base/text.h"
#include "test.h"

typedef struct Bench {
        Chat *chat;
        Transcript *transcript;
        Clock now;
        char data[8192];
        Text log;
        ChatCommand next; /* the handler starts it */
        bool cancels;     /* on_urc calls chat_cancel() */
        bool lends;       /* the handler lends the line */
} Bench;

static void bench_write(void *userdata, const char *bytes, size_t n) {
        Bench *bench = userdata;
        bool line = n > 0 && bytes[n - 1] == '\r';

        text_printf(&bench->log, "write(%.*s%s) ", (int) (line ? n - 1 : n), bytes,
                    line ? "" : "*");
}

static void bench_on_urc(void *userdata, const char *line) {
        Bench *bench = userdata;

        text_printf(&bench->log, "urc(%s) ", line);
        if (bench->cancels)
                chat_cancel(bench->chat);
}

static bool bench_is_urc(void *userdata _unused_, const char *line) {
        return strncmp(line, "+WDSI: ", 7) == 0;
}

static void bench_on_dropped(void *userdata, size_t length) {
        Bench *bench = userdata;

        text_printf(&bench->log, "dropped(%zu) ", length);
}

static const ChatHost bench_host = {
        .write = bench_write,
        .on_urc = bench_on_urc,
        .is_urc = bench_is_urc,
        .on_dropped = bench_on_dropped,
};

static void bench_on_byte(void *userdata, const Clock *now _unused_, char byte) {
        Bench *bench = userdata;

        text_printf(&bench->log, "%c", byte);
        if (byte == '\x06')
                chat_give_back(bench->chat);
}

static usec_t bench_loan_deadline(const void *userdata _unused_) {
        return 42 * USEC_PER_DAY;
}

static void bench_loan_tick(void *userdata, const Clock *now _unused_) {
        Bench *bench = userdata;

        text_add(&bench->log, "tick ");
}

static void bench_loan_cancelled(void *userdata) {
        Bench *bench = userdata;

        text_add(&bench->log, "loan cancelled ");
}

static const ChatLoan bench_loan = {
        .on_byte = bench_on_byte,
        .deadline = bench_loan_deadline,
        .tick = bench_loan_tick,
        .on_cancelled = bench_loan_cancelled,
};

static void on_reply(void *userdata, const ChatReply *reply) {
        static const char *const names[] = {
                [CHAT_OK] = "OK",
                [CHAT_ERROR] = "ERROR",
                [CHAT_TIMEOUT] = "TIMEOUT",
                [CHAT_PROMPT] = "PROMPT",
                [CHAT_ACCEPTED] = "ACCEPTED",
                [CHAT_CANCELLED] = "CANCELLED",
        };
        Bench *bench = userdata;
        ChatCommand next = bench->next;

        text_add(&bench->log, names[reply->outcome]);
        if (reply->code >= 0)
                text_printf(&bench->log, " %d", reply->code);
        text_add_char(&bench->log, '[');
        for (size_t i = 0; i < reply->n_lines; i++)
                text_printf(&bench->log, "%s%s", i > 0 ? "|" : "", reply->lines[i]);
        text_add(&bench->log, reply->more ? "...] " : "] ");
        if (bench->lends) {
                bench->lends = false;
                CHECK_INT(chat_lend(bench->chat, &bench_loan, bench), 0);
        }
        if (!next.text)
                return;
        bench->next = (ChatCommand) {};
        CHECK_INT(chat_start(bench->chat, &bench->now, &next, on_reply, bench), 0);
}

static void bench_feed(Bench *bench, const char *bytes) {
        chat_feed(bench->chat, &bench->now, bytes, strlen(bytes));
}

static void bench_start(Bench *bench, const ChatCommand *command) {
        CHECK_INT(chat_start(bench->chat, &bench->now, command, on_reply, bench), 0);
}

static void bench_run(Bench *bench, const char *text) {
        bench_start(bench, &(ChatCommand) { .text = text });
}

static void bench_pass(Bench *bench, usec_t usec) {
        bench->now.boottime += usec;
        bench->now.realtime += usec;
        chat_tick(bench->chat, &bench->now);
}

/* What happened since the last call. */
static const char *bench_seen(Bench *bench) {
        static char seen[sizeof bench->data];

        (void) TEXT_COPY(seen, bench->data);
        text_init(&bench->log, bench->data, sizeof bench->data);
        return seen;
}

static void bench_init(Bench *bench) {
        *bench = (Bench) { .now = { 1000 * USEC_PER_DAY, 50 * USEC_PER_SEC } };
        text_init(&bench->log, bench->data, sizeof bench->data);
        bench->transcript = transcript_new();
        bench->chat = chat_new(&bench_host, bench, bench->transcript);
}

/* A chat that trusts its line. */
static void bench_init_synced(Bench *bench) {
        bench_init(bench);
        bench_run(bench, "ATE1");
        bench_feed(bench, "\r\nOK\r\n");
        bench_pass(bench, 1500 * USEC_PER_MSEC);
        bench_feed(bench, "\r\nOK\r\n");
        (void) bench_seen(bench);
}

static void bench_done(Bench *bench) {
        chat_free(bench->chat);
        transcript_free(bench->transcript);
}
#define BENCH(name) _cleanup_(bench_done) Bench name

/* Starts `command` and feeds the bytes in two pieces. */
static void check_split(const ChatCommand *command, const char *bytes, size_t split,
                        const char *expected) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_start(&bench, command);
        (void) bench_seen(&bench);
        chat_feed(bench.chat, &bench.now, bytes, split);
        chat_feed(bench.chat, &bench.now, bytes + split, strlen(bytes) - split);
        CHECK_STR(bench_seen(&bench), expected);
}

static void check_dialogue(const ChatCommand *command, const char *bytes, const char *expected) {
        for (size_t split = 0; split <= strlen(bytes) && !test_state.failed; split++)
                check_split(command, bytes, split, expected);
}

TEST(reply_with_urcs_in_between_at_every_split) {
        static const ChatCommand command = { .text = "AT+WDSC?", .prefix = "+WDSC:" };

        check_dialogue(
                &command,
                "\r\n+WDSI: 8\r\nAT+WDSC?\r\r\n+WDSC: 0,0\r\n+WDSC: 1,1\r\n\r\n+WDSI: 2\r\n+CEREG: "
                "5\r\n"
                "+WDSC: 5,1\r\n\r\nOK\r\n\r\n+WDSI: 4\r\n",
                "urc(+WDSI: 8) urc(+WDSI: 2) urc(+CEREG: 5) OK[+WDSC: 0,0|+WDSC: 1,1|+WDSC: 5,1] "
                "urc(+WDSI: 4) ");
}

TEST(reply_without_echo_at_every_split) {
        static const ChatCommand command = { .text = "AT+CGMR" };

        check_dialogue(&command, "\r\nBHL7800.1.6.3.0.20180803\r\n\r\nOK\r\n",
                       "OK[BHL7800.1.6.3.0.20180803] ");
}

TEST(errors_and_their_codes_at_every_split) {
        static const ChatCommand command = { .text = "AT+WDSS=1,1" };

        check_dialogue(&command, "AT+WDSS=1,1\r\r\n+CME ERROR: 650\r\n", "ERROR 650[] ");
        check_dialogue(&command, "\r\n+CME ERROR: SIM PIN required\r\n", "ERROR[] ");
        check_dialogue(&command, "\r\n+CME ERROR:3\r\n", "ERROR 3[] ");
        check_dialogue(&command, "\r\n+CME ERROR: 99999999999\r\n", "ERROR[] ");
        check_dialogue(&command, "\r\n+CMS ERROR: 500\r\n", "ERROR 500[] ");
        check_dialogue(&command, "\r\nERROR\r\n", "ERROR[] ");
        check_dialogue(&command, "\r\nNO CARRIER\r\n", "ERROR[] ");
        check_dialogue(&command, "\r\nBUSY\r\nOKAY\r\nOK\r\n", "OK[BUSY|OKAY] ");
}

TEST(junk_around_a_reply_at_every_split) {
        static const ChatCommand command = { .text = "AT+CGMR" };

        check_dialogue(&command,
                       "\x15\x80\x81"
                       "AT+CGMR\r\x06\r\n\x06OK\r\n",
                       "OK[] ");
}

TEST(nul_runs_around_a_reply) {
        static const char bytes[] = "\0\0\0AT+CGMR\r\0\0\r\n1.6\0.3\r\n\0\0\r\nO\0K\r\n\0";
        BENCH(bench);

        bench_init_synced(&bench);
        bench_run(&bench, "AT+CGMR");
        chat_feed(bench.chat, &bench.now, bytes, sizeof bytes - 1);
        CHECK_STR(bench_seen(&bench), "write(AT+CGMR) OK[1.6.3] ");
}

TEST(a_urc_inside_the_echo_splits_it) {
        static const ChatCommand command = { .text = "AT+WDSC?" };

        check_dialogue(&command, "AT+WD\r\n+WDSI: 3\r\nSC?\r\r\n+WDSC: 0,0\r\nOK\r\n",
                       "urc(+WDSI: 3) OK[+WDSC: 0,0] ");
}

TEST(echo_is_no_reply_even_twice) {
        static const ChatCommand command = { .text = "ATI3" };

        check_dialogue(&command, "ATI3\rATI3\r\r\nHL7800\r\nOK\r\n", "OK[HL7800] ");
}

TEST(lines_without_a_command_are_urcs) {
        BENCH(bench);

        bench_init(&bench);
        bench_feed(&bench, "\r\n+KSUP: 0\r\n\r\nOK\r\n> \r\nswu_Dwl bad :0x5\r\n");
        CHECK_STR(bench_seen(&bench), "urc(+KSUP: 0) urc(OK) urc(swu_Dwl bad :0x5) ");
}

TEST(a_fresh_chat_syncs_first) {
        BENCH(bench);

        bench_init(&bench);
        bench_run(&bench, "AT+CGMI");
        CHECK_STR(bench_seen(&bench), "write(AT) ");
        bench_feed(&bench, "+CG\r\nAT\r\r\nERROR\r\n");
        bench_pass(&bench, 999 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "urc(+CG) ");
        bench_pass(&bench, USEC_PER_MSEC);
        bench_feed(&bench, "AT\r\r\nOK\r\n+WDSI: 4\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT) urc(+WDSI: 4) ");
        bench_pass(&bench, 99 * USEC_PER_MSEC);
        bench_feed(&bench, "\r\nOK\r\n"); /* a late one: quiet begins anew */
        bench_pass(&bench, 99 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "");
        bench_pass(&bench, USEC_PER_MSEC);
        bench_feed(&bench, "\r\nSierra Wireless\r\n\r\nOK\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT+CGMI) OK[Sierra Wireless] ");
        CHECK(chat_deadline(bench.chat) == USEC_INFINITY);
        bench_run(&bench, "AT+CGMM");
        CHECK_STR(bench_seen(&bench), "write(AT+CGMM) ");
}

/* Latency above the second after which "AT" is said again: each answer comes as late as the one
 * before it. */
TEST(a_slow_line_does_not_shift_replies) {
        BENCH(bench);

        bench_init(&bench);
        bench_run(&bench, "AT+CGMR");
        bench_pass(&bench, USEC_PER_SEC);
        CHECK_STR(bench_seen(&bench), "write(AT) write(AT) ");
        bench_pass(&bench, 200 * USEC_PER_MSEC);
        bench_feed(&bench, "\r\nOK\r\n"); /* of the first one */
        bench_pass(&bench, USEC_PER_SEC);
        CHECK_STR(bench_seen(&bench), "");
        bench_feed(&bench, "\r\nOK\r\n"); /* of the second */
        bench_pass(&bench, 1500 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "write(AT+CGMR) ");
        bench_feed(&bench, "\r\n10.00.144\r\n\r\nOK\r\n");
        CHECK_STR(bench_seen(&bench), "OK[10.00.144] ");
}

/* fotad was killed behind AT+CGMM, and the module takes its time over each answer. */
TEST(the_reply_to_a_process_of_before_does_not_shift_replies) {
        BENCH(bench);

        bench_init(&bench);
        bench_run(&bench, "AT+CGMR");
        CHECK_STR(bench_seen(&bench), "write(AT) ");
        bench_feed(&bench, "\r\nHL7800\r\n\r\nOK\r\n"); /* of AT+CGMM */
        bench_pass(&bench, USEC_PER_SEC);
        CHECK_STR(bench_seen(&bench), "urc(HL7800) ");
        bench_feed(&bench, "\r\nOK\r\n"); /* of AT */
        bench_pass(&bench, 100 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "write(AT+CGMR) ");
}

TEST(a_late_reply_and_the_answer_of_a_slow_AT_are_both_waited_for) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_start(&bench, &(ChatCommand) { .text = "AT+CGMM", .timeout = USEC_PER_SEC });
        bench_pass(&bench, USEC_PER_SEC);
        bench_run(&bench, "AT+CGMR");
        CHECK_STR(bench_seen(&bench), "write(AT+CGMM) TIMEOUT[] write(AT) ");
        bench_feed(&bench, "\r\nHL7800\r\n\r\nOK\r\n"); /* of AT+CGMM */
        bench_pass(&bench, 900 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "urc(HL7800) ");
        bench_feed(&bench, "\r\nOK\r\n"); /* of AT */
        bench_pass(&bench, 100 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "write(AT+CGMR) ");
}

TEST(the_reply_of_a_cancelled_command_is_waited_for) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_run(&bench, "AT+CGMM");
        chat_cancel(bench.chat);
        bench_run(&bench, "AT+CGMR");
        CHECK_STR(bench_seen(&bench), "write(AT+CGMM) CANCELLED[] write(AT) ");
        bench_feed(&bench, "\r\nHL7800\r\n\r\nOK\r\n"); /* of AT+CGMM */
        bench_pass(&bench, 900 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "urc(HL7800) ");
        bench_feed(&bench, "\r\nOK\r\n"); /* of AT */
        bench_pass(&bench, 100 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "write(AT+CGMR) ");
}

/* A module that starts has not heard the first "AT": no answer to that comes. */
TEST(answers_that_never_come_are_not_waited_for_long) {
        BENCH(bench);

        bench_init(&bench);
        bench_run(&bench, "AT+CGMR");
        bench_pass(&bench, USEC_PER_SEC);
        bench_feed(&bench, "\r\nOK\r\n");
        bench_pass(&bench, 1500 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "write(AT) write(AT) write(AT+CGMR) ");
}

TEST(a_deaf_module_never_gets_the_command) {
        BENCH(bench);

        bench_init(&bench);
        bench_run(&bench, "AT+WDSR=4");
        for (int i = 0; i < 5; i++) {
                CHECK(chat_deadline(bench.chat) == bench.now.boottime + USEC_PER_SEC);
                bench_pass(&bench, USEC_PER_SEC);
        }
        CHECK_STR(bench_seen(&bench),
                  "write(AT) write(AT) write(AT) write(AT) write(AT) TIMEOUT[] ");
        CHECK(chat_is_idle(bench.chat));
}

TEST(a_line_full_of_results_is_given_up) {
        BENCH(bench);

        bench_init(&bench);
        bench_run(&bench, "AT+CGMI");
        for (int i = 0; i < 17; i++)
                bench_feed(&bench, "OK\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT) TIMEOUT[] ");
}

TEST(late_OK_is_not_the_reply_of_the_next_command) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_start(&bench, &(ChatCommand) { .text = "AT+WDSS=1,1", .timeout = 5 * USEC_PER_SEC });
        bench_pass(&bench, 5 * USEC_PER_SEC - 1);
        CHECK_STR(bench_seen(&bench), "write(AT+WDSS=1,1) ");
        bench_pass(&bench, 1);
        bench_run(&bench, "AT+WDSR=4");
        CHECK_STR(bench_seen(&bench), "TIMEOUT[] write(AT) ");
        bench_feed(&bench, "\r\nOK\r\n\r\nOK\r\n"); /* the old one's and AT's */
        bench_pass(&bench, 100 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "write(AT+WDSR=4) ");
        bench_feed(&bench, "\r\n+CME ERROR: 3\r\n");
        CHECK_STR(bench_seen(&bench), "ERROR 3[] ");
}

TEST(late_OK_in_pieces_is_not_the_reply_of_the_next_command) {
        BENCH(bench);

        bench_init(&bench);
        bench_run(&bench, "AT+WDSR=4");
        bench_feed(&bench, "\r\nOK\r\n\r\nO"); /* the rest is late */
        bench_pass(&bench, 1500 * USEC_PER_MSEC);
        bench_feed(&bench, "K\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT) write(AT+WDSR=4) urc(OK) ");
        bench_feed(&bench, "\r\nERROR\r\n");
        CHECK_STR(bench_seen(&bench), "ERROR[] ");
}

TEST(double_OK_does_not_end_the_next_command) {
        static const char bytes[] = "\r\nOK\r\n\r\nOK\r\n";

        for (size_t split = 0; split < sizeof bytes; split++) {
                BENCH(bench);

                bench_init_synced(&bench);
                bench.next = (ChatCommand) { .text = "AT+WDSR=4" };
                bench_run(&bench, "AT+WDSC=1,1");
                (void) bench_seen(&bench);
                chat_feed(bench.chat, &bench.now, bytes, split);
                chat_feed(bench.chat, &bench.now, bytes + split, sizeof bytes - 1 - split);
                /* Cut exactly between the two there is no telling: nothing of the second one was
                 * here. */
                if (split >= strlen("\r\nOK\r") && split <= strlen("\r\nOK\r\n\r\n"))
                        continue;
                CHECK(!chat_is_idle(bench.chat));
                CHECK(strstr(bench.data, "write(AT+WDSR=4)") && strstr(bench.data, "urc(OK)"));
                bench_feed(&bench, "\r\nERROR\r\n");
                CHECK(strstr(bench.data, "ERROR[]"));
        }
}

static const ChatCommand asks_for_the_model = { .text = "AT+CGMM", .informs = true };

/* The second OK is heard when the next command is out already. */
TEST(a_late_double_of_an_OK_does_not_shift_replies) {
        for (unsigned doubles = 1; doubles <= 2; doubles++) {
                BENCH(bench);

                bench_init_synced(&bench);
                bench.next = asks_for_the_model;
                bench_run(&bench, "AT+CMEE=1");
                bench_feed(&bench, "\r\nOK\r\n");
                CHECK_STR(bench_seen(&bench), "write(AT+CMEE=1) OK[] write(AT+CGMM) ");
                bench_feed(&bench, "\r\nOK\r\n");
                bench_pass(&bench, 1400 * USEC_PER_MSEC);
                CHECK_STR(bench_seen(&bench), "");
                bench.next = (ChatCommand) { .text = "AT+CGMR", .informs = true };
                bench_feed(&bench, "\r\nHL7800\r\n\r\nOK\r\n");
                CHECK_STR(bench_seen(&bench), "OK[HL7800] write(AT+CGMR) ");
                bench_pass(&bench, 9 * USEC_PER_SEC); /* its own time, not what was left */
                CHECK_STR(bench_seen(&bench), "");
                bench_feed(&bench, doubles > 1 ? "\r\nOK\r\n" : "");
                bench_feed(&bench, "\r\nBHL7800.1.6.3\r\n\r\nOK\r\n");
                CHECK_STR(bench_seen(&bench), "OK[BHL7800.1.6.3] ");
        }
}

TEST(an_ERROR_behind_the_double_of_an_OK_counts) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_start(&bench, &asks_for_the_model);
        bench_feed(&bench, "\r\nOK\r\n\r\n+CME ERROR: 10\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT+CGMM) ERROR 10[] ");
        CHECK(chat_is_synced(bench.chat));
}

/* Its line was lost, or comes behind the OK: only a re-sync tells whose the next result is. */
TEST(an_OK_without_an_answer_counts_when_nothing_follows) {
        static const struct {
                const char *line, *seen;
        } cases[] = { { "", "OK[] " }, { "HL7800\r\n", "OK[HL7800] " } };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                BENCH(bench);

                bench_init_synced(&bench);
                bench_start(&bench, &asks_for_the_model);
                bench_feed(&bench, "\r\nOK\r\n");
                bench_feed(&bench, cases[i].line);
                CHECK_STR(bench_seen(&bench), "write(AT+CGMM) ");
                bench_pass(&bench, 1500 * USEC_PER_MSEC);
                CHECK_STR(bench_seen(&bench), cases[i].seen);
                CHECK(!chat_is_synced(bench.chat));
        }
}

TEST(two_OKs_without_an_answer_are_an_answer) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_start(&bench, &asks_for_the_model);
        bench_feed(&bench, "\r\nOK\r\n\r\nOK\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT+CGMM) OK[] ");
}

TEST(a_command_from_a_handler_leaves_after_the_bytes_at_hand) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench.next = (ChatCommand) { .text = "AT+CGMR" };
        bench_run(&bench, "AT+CGMM");
        bench_feed(&bench, "HL7800\r\nOK\r\n+WDSI: 1\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT+CGMM) OK[HL7800] urc(+WDSI: 1) write(AT+CGMR) ");
        bench_feed(&bench, "1.6.3\r\nOK\r\n");
        CHECK_STR(bench_seen(&bench), "OK[1.6.3] ");
}

TEST(a_handler_of_a_timeout_may_start_the_next) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench.next = (ChatCommand) { .text = "AT+CGMR" };
        bench_run(&bench, "AT+CGMM");
        bench_pass(&bench, CHAT_TIMEOUT_DEFAULT);
        CHECK_STR(bench_seen(&bench), "write(AT+CGMM) TIMEOUT[] write(AT) ");
}

static bool accepts_install(const char *line) {
        return streq(line, "+WDSI: 14") || streq(line, "RebootBanner");
}

TEST(an_expected_urc_ends_the_command_at_every_split) {
        static const ChatCommand command = { .text = "AT+WDSR=4", .accepts = accepts_install };

        check_dialogue(&command, "AT+WDSR=4\r\r\n+WDSI: 12\r\n\r\n+WDSI: 14\r\n",
                       "urc(+WDSI: 12) urc(+WDSI: 14) ACCEPTED[] ");
        check_dialogue(&command, "\r\nRebootBanner\r\n", "urc(RebootBanner) ACCEPTED[] ");
}

TEST(a_command_that_may_still_be_answered_is_followed_by_a_sync) {
        static const char *const ends[] = { "+WDSI: 14\r\n", "NO CARRIER\r\n", "\r\n> " };

        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                BENCH(bench);

                bench_init_synced(&bench);
                bench_start(&bench, &(ChatCommand) { .text = "AT+X", .accepts = accepts_install });
                bench_feed(&bench, ends[i]);
                CHECK(chat_is_idle(bench.chat));
                (void) bench_seen(&bench);
                bench_run(&bench, "AT+CGMR");
                CHECK_STR(bench_seen(&bench), "write(AT) ");
        }
}

TEST(a_urc_begun_before_the_command_does_not_accept_it) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_feed(&bench, "\r\n+WDSI: 1");
        bench_start(&bench, &(ChatCommand) { .text = "AT+WDSR=4", .accepts = accepts_install });
        bench_feed(&bench, "4\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT+WDSR=4) urc(+WDSI: 14) ");
}

TEST(a_prompt_ends_the_command_and_is_left_by_the_sync) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_run(&bench, "AT+CMGS=\"1\"");
        bench_feed(&bench, "AT+CMGS=\"1\"\r\r\n> ");
        bench_run(&bench, "AT+CGMR");
        bench_feed(&bench, "AT\r\r\n> ");
        bench_feed(&bench, "\r\nOK\r\n");
        bench_pass(&bench, 100 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench),
                  "write(AT+CMGS=\"1\") PROMPT[] write(AT) write(\x1b*) write(AT+CGMR) ");
}

TEST(cancel_ends_the_command_once) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_run(&bench, "AT+CGMR");
        bench_feed(&bench, "half a li");
        chat_cancel(bench.chat);
        chat_cancel(bench.chat);
        CHECK_STR(bench_seen(&bench), "write(AT+CGMR) CANCELLED[] ");
        bench_feed(&bench, "OK\r\n");
        CHECK_STR(bench_seen(&bench), "urc(OK) ");
        bench_run(&bench, "AT+CGMR");
        CHECK_STR(bench_seen(&bench), "write(AT) ");
}

TEST(cancel_from_a_urc_forgets_the_rest) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench.cancels = true;
        bench_start(&bench, &(ChatCommand) { .text = "AT+WDSR=4", .accepts = accepts_install });
        bench_feed(&bench, "\r\n+WDSI: 14\r\n+WDSI: 16\r\nOK\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT+WDSR=4) urc(+WDSI: 14) CANCELLED[] ");
        CHECK(chat_is_idle(bench.chat));
}

TEST(a_handler_of_a_cancel_may_start_the_next) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench.cancels = true;
        bench.next = (ChatCommand) { .text = "AT+CGMR" };
        bench_start(&bench, &(ChatCommand) { .text = "AT+WDSR=4", .accepts = accepts_install });
        bench_feed(&bench, "+WDSI: 14\r\nOK\r\nOK\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT+WDSR=4) urc(+WDSI: 14) CANCELLED[] write(AT) ");
}

TEST(distrust_during_a_command_and_during_the_sync) {
        BENCH(bench);

        bench_init_synced(&bench);
        bench_run(&bench, "AT+CGMR");
        chat_distrust(bench.chat);
        bench_feed(&bench, "OK\r\n");
        bench_run(&bench, "AT+CGMM");
        bench_feed(&bench, "OK\r\n");
        chat_distrust(bench.chat); /* it rebooted while the line became quiet */
        bench_pass(&bench, 100 * USEC_PER_MSEC);
        bench_feed(&bench, "OK\r\n");
        bench_pass(&bench, 100 * USEC_PER_MSEC);
        CHECK_STR(bench_seen(&bench), "write(AT+CGMR) OK[] write(AT) write(AT) write(AT+CGMM) ");
}

TEST(overlong_lines_are_told_and_the_reply_knows) {
        BENCH(bench);
        char line[1500];

        bench_init_synced(&bench);
        memset(line, 'x', sizeof line - 1);
        line[sizeof line - 1] = '\0';
        bench_run(&bench, "AT+CGMR");
        bench_feed(&bench, line);
        bench_feed(&bench, "\r\nOK\r\n");
        CHECK_STR(bench_seen(&bench), "write(AT+CGMR) dropped(1499) OK[...] ");
}

TEST(a_long_reply_is_cut_and_says_so) {
        BENCH(bench);
        char line[1000];

        bench_init_synced(&bench);
        bench_run(&bench, "AT&V");
        for (int i = 0; i < CHAT_REPLY_LINES_MAX + 1; i++)
                bench_feed(&bench, "x\r\n");
        bench_feed(&bench, "OK\r\n");
        CHECK(strstr(bench_seen(&bench), "|x...] "));
        memset(line, 'y', sizeof line - 1);
        line[sizeof line - 1] = '\0';
        bench_run(&bench, "AT&V");
        for (int i = 0; i < 5; i++) {
                bench_feed(&bench, line);
                bench_feed(&bench, "\r\n");
        }
        bench_feed(&bench, "OK\r\n");
        CHECK(strstr(bench_seen(&bench), "y...] "));
}

TEST(commands_are_checked) {
        ChatCommand command = { .text = "" };
        char text[CHAT_COMMAND_MAX + 2];
        BENCH(bench);

        bench_init_synced(&bench);
        CHECK_INT(chat_start(bench.chat, &bench.now, &command, on_reply, &bench), -EINVAL);
        command.text = "AT\r";
        CHECK_INT(chat_start(bench.chat, &bench.now, &command, on_reply, &bench), -EINVAL);
        memset(text, 'A', sizeof text - 1);
        text[sizeof text - 1] = '\0';
        command.text = text;
        CHECK_INT(chat_start(bench.chat, &bench.now, &command, on_reply, &bench), -EMSGSIZE);
        CHECK_STR(bench_seen(&bench), "");
        command.text = text + 1;
        CHECK_INT(chat_start(bench.chat, &bench.now, &command, on_reply, &bench), 0);
        CHECK_INT(chat_start(bench.chat, &bench.now, &command, on_reply, &bench), -EBUSY);
        CHECK_INT(chat_lend(bench.chat, &bench_loan, &bench), -EBUSY);
}

TEST(a_lent_line_gets_every_byte_until_it_is_given_back) {
        static const char bytes[] = "OK\r\n\x15NAK\r\n\x06\r\nOK\r\n+WDSI: 3\r\n";

        for (size_t split = 0; split < sizeof bytes; split++) {
                BENCH(bench);

                bench_init_synced(&bench);
                bench.lends = true;
                bench_run(&bench, "AT+WDSD=9");
                chat_feed(bench.chat, &bench.now, bytes, split);
                chat_feed(bench.chat, &bench.now, bytes + split, sizeof bytes - 1 - split);
                CHECK_STR(bench_seen(&bench),
                          "write(AT+WDSD=9) OK[] \n\x15NAK\r\n\x06urc(OK) urc(+WDSI: 3) ");
                CHECK(chat_is_idle(bench.chat));
                bench_run(&bench, "AT");
                CHECK_STR(bench_seen(&bench), "write(AT) ");
        }
}

TEST(a_lent_line_is_not_for_commands) {
        BENCH(bench);

        bench_init_synced(&bench);
        CHECK_INT(chat_lend(bench.chat, &bench_loan, &bench), 0);
        CHECK_INT(chat_lend(bench.chat, &bench_loan, &bench), -EBUSY);
        CHECK(!chat_is_idle(bench.chat));
        CHECK_INT(chat_start(bench.chat, &bench.now, &(ChatCommand) { .text = "AT" }, on_reply,
                             &bench),
                  -EBUSY);
        chat_lent_write(bench.chat, "\x02\x01", 2);
        CHECK_STR(bench_seen(&bench), "write(\x02\x01*) ");
        CHECK_INT(chat_deadline(bench.chat), 42 * USEC_PER_DAY);
        bench_pass(&bench, 1);
        CHECK_STR(bench_seen(&bench), "tick ");
        chat_cancel(bench.chat); /* the port was lost */
        CHECK(chat_is_idle(bench.chat));
        chat_lent_write(bench.chat, "\x02", 1);
        chat_give_back(bench.chat);
        CHECK_STR(bench_seen(&bench), "loan cancelled ");
}

/* All lines of the transcript, "> " to and "< " from the module, "# " a note. */
static const char *bench_transcript(const Bench *bench) {
        static const char marks[] = { '>', '<', '#' };
        static char data[2048];
        TranscriptLine line = { .sequence = 0 };
        Text text;

        text_init(&text, data, sizeof data);
        while (transcript_next(bench->transcript, line.sequence, &line))
                text_printf(&text, "%c %s\n", marks[line.direction], line.text);
        return data;
}

TEST(the_transcript_holds_both_sides_and_no_secret) {
        BENCH(bench);

        bench_init(&bench);
        bench_start(&bench, &(ChatCommand) { .text = "AT+FOO=\"s3cret\"", .secret = true });
        bench_feed(&bench, "AT\r\r\nOK\r\n");
        bench_pass(&bench, 1500 * USEC_PER_MSEC);
        bench_feed(&bench, "\x80T+F=\"s3cret\"\r\r\n+WDSI: 4\r\nOK\r\n");
        bench_start(&bench, &(ChatCommand) { .text = "ATXs3cret", .secret = true });
        bench_feed(&bench, "ATXs3\r\ncret\r\r\nERROR\r\n");
        bench_run(&bench, "AT+CPIN=1234");
        bench_pass(&bench, 10 * USEC_PER_SEC);
        CHECK_STR(bench_transcript(&bench),
                  "> AT\n< AT\n< OK\n> AT+FOO=****\n< AT+FOO=****\n< +WDSI: 4\n< OK\n"
                  "> AT****\n< AT****\n< AT****\n< ERROR\n"
                  "> AT+CPIN=****\n# no reply in time\n");
}

TEST(a_chat_needs_no_transcript) {
        Clock now = { 1, 1 };
        BENCH(bench);

        bench_init(&bench);
        chat_free(bench.chat);
        bench.chat = chat_new(&bench_host, &bench, NULL);
        chat_feed(bench.chat, &now, "+WDSI: 4\r\n", 10);
        CHECK_STR(bench_seen(&bench), "urc(+WDSI: 4) ");
}

TEST_MAIN()
