/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* VERB_PUSH of HL78xx against a module that takes files: what is said and sent, which failures get
 * a second try with small blocks, and what becomes of the facts. */

#include "families/family-bench.h"
#include "test.h"

#define FILE_SIZE 10000
#define FRAME_HEAD 3
#define HEAD "AT+WDSD=?\nAT+WDSC=2,1\n"
#define PUSH "AT+WDSD=10000\n"
#define AGAIN "AT+WDSD=?\n" PUSH

typedef enum Fault {
        FAULT_NONE,
        FAULT_REFUSE, /* NAK for every block */
        FAULT_CANCEL, /* CAN CAN, then ERROR */
        FAULT_SILENCE,
} Fault;

/* How the module takes one try. */
typedef struct Try {
        const char *instead; /* lines instead of the invitation */
        const char *before;  /* lines in front of it */
        Fault fault;
        unsigned fault_at; /* block, from 1 */
        bool no_ack;       /* for EOT */
        const char *after; /* lines behind EOT, joined with |; "" none */
} Try;

static const Try good = { .after = "OK|+WDSI: 3" };

typedef struct Receiver {
        Bench bench; /* first */
        const Try *tries;
        unsigned n_tries;
        bool receives;
        unsigned act_at;
        void (*act)(struct Receiver *receiver);
        unsigned n_blocks;
        size_t block; /* bytes, of this try */
        size_t n_received;
        size_t n_cans;
        char received[FILE_SIZE + 1024];
        char file[FILE_SIZE];
        uint64_t unreadable_from;
        XmodemFile source;
} Receiver;

static int read_file(void *userdata, uint64_t offset, void *to, size_t n) {
        const Receiver *receiver = userdata;

        if (offset + n > FILE_SIZE)
                abort();
        if (offset + n > receiver->unreadable_from)
                return -EIO;
        memcpy(to, receiver->file + offset, n);
        return 0;
}

static void receiver_say(Receiver *receiver, char byte) {
        chat_feed(receiver->bench.chat, &receiver->bench.now, &byte, 1);
}

static void receiver_begin(Receiver *receiver) {
        const Try *try = &receiver->tries[receiver->n_tries++];

        receiver->n_blocks = 0;
        receiver->n_received = 0;
        if (try->instead) {
                bench_send_all(&receiver->bench, try->instead);
                return;
        }
        if (try->before)
                bench_send_all(&receiver->bench, try->before);
        receiver->receives = true;
        receiver_say(receiver, XMODEM_NAK);
}

static void receiver_fail(Receiver *receiver, Fault fault) {
        switch (fault) {
        case FAULT_NONE:
        case FAULT_SILENCE:
                break;
        case FAULT_REFUSE:
                receiver_say(receiver, XMODEM_NAK);
                break;
        case FAULT_CANCEL:
                receiver->receives = false;
                receiver_say(receiver, XMODEM_CAN);
                receiver_say(receiver, XMODEM_CAN);
                bench_send(&receiver->bench, "ERROR");
                break;
        }
}

static void receiver_take_block(Receiver *receiver, const char *data) {
        const Try *try = &receiver->tries[receiver->n_tries - 1];

        receiver->n_blocks++;
        if (receiver->act && receiver->n_blocks == receiver->act_at) {
                receiver->act(receiver);
                return;
        }
        if (try->fault != FAULT_NONE && receiver->n_blocks >= try->fault_at) {
                receiver_fail(receiver, try->fault);
                return;
        }
        if (receiver->n_received + receiver->block > sizeof(receiver->received))
                abort();
        memcpy(receiver->received + receiver->n_received, data, receiver->block);
        receiver->n_received += receiver->block;
        receiver_say(receiver, XMODEM_ACK);
}

static void receiver_end(Receiver *receiver) {
        const Try *try = &receiver->tries[receiver->n_tries - 1];

        receiver->receives = false;
        if (!try->no_ack)
                receiver_say(receiver, XMODEM_ACK);
        bench_send_all(&receiver->bench, try->after);
}

static bool receiver_take_frame(Receiver *receiver) {
        Bench *bench = &receiver->bench;
        char frame[XMODEM_FRAME_MAX];
        const size_t block = bench->out[0] == XMODEM_STX ? 1024 : 128;
        const size_t n = FRAME_HEAD + block + 1; /* one byte of sum */

        if (bench->n_out < n)
                return false;
        memcpy(frame, bench->out, n);
        bench_drop(bench, n);
        receiver->block = block;
        receiver_take_block(receiver, frame + FRAME_HEAD);
        return true;
}

static bool receiver_take(Bench *bench) {
        static const char command[] = "AT+WDSD=1";
        Receiver *receiver = (Receiver *) bench;

        if (bench->n_out == 0)
                return false;
        if (bench->out[0] == XMODEM_CAN) {
                receiver->n_cans++;
                receiver->receives = false;
                bench_drop(bench, 1);
                return true;
        }
        if (bench->out[0] == XMODEM_EOT) {
                bench_drop(bench, 1);
                if (receiver->receives)
                        receiver_end(receiver);
                return true;
        }
        if (bench->out[0] == XMODEM_SOH || bench->out[0] == XMODEM_STX)
                return receiver_take_frame(receiver);
        if (bench->n_out < strlen(command) || memcmp(bench->out, command, strlen(command)) != 0)
                return false;
        bench_drop(bench, strlen(PUSH)); /* the CR is as long as the newline */
        bench_note(bench, "AT+WDSD=10000");
        receiver_begin(receiver);
        return true;
}

static Bench *receiver_init(Receiver *receiver, const Try *tries) {
        static const Answer answers[] = { { "AT+WDSD=?", "+WDSD: (1-24643584)|OK" },
                                          { NULL, NULL } };

        *receiver = (Receiver) {
                .tries = tries,
                .unreadable_from = UINT64_MAX,
                .source = { .size = FILE_SIZE, .read = read_file },
        };
        for (size_t i = 0; i < FILE_SIZE; i++)
                receiver->file[i] = (char) (i * 7 + (i >> 8));
        receiver->source.userdata = receiver;
        (void) bench_init(&receiver->bench, answers);
        receiver->bench.take = receiver_take;
        receiver->bench.settings.xmodem_pad = 0x1A;
        return &receiver->bench;
}

static void receiver_done(Receiver *receiver) {
        bench_done(&receiver->bench);
}

static int receiver_push(Receiver *receiver) {
        return bench_say(&receiver->bench, VERB_PUSH, (VerbArgs) { .file = &receiver->source });
}

/* The file, padded to whole blocks. */
static bool receiver_has_file(const Receiver *receiver, size_t block) {
        const size_t whole = (FILE_SIZE + block - 1) / block * block;

        if (receiver->block != block || receiver->n_received != whole)
                return false;
        for (size_t i = FILE_SIZE; i < whole; i++)
                if (receiver->received[i] != receiver->bench.settings.xmodem_pad)
                        return false;
        return memcmp(receiver->received, receiver->file, FILE_SIZE) == 0;
}

TEST(hl78xx_push_sends_the_file_and_tells_its_progress) {
        _cleanup_(receiver_done) Receiver receiver;
        int64_t percent = 0;
        size_t n = 0;

        Bench *bench = receiver_init(&receiver, &good);
        bench->settings.xmodem_pad = 0x55;
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK_STR(bench->wire, HEAD PUSH);
        CHECK(receiver_has_file(&receiver, 1024));
        CHECK_INT(bench_count(bench, FACT_VERB_DONE), 1);
        CHECK_INT(bench_count(bench, FACT_VERB_FAILED), 0);
        CHECK_INT(bench_count(bench, FACT_DOWNLOAD_STARTED), 1);
        CHECK_INT(bench->facts[0].kind, FACT_DOWNLOAD_STARTED);
        for (size_t i = 0; i < bench->n_facts; i++)
                if (bench->facts[i].kind == FACT_PROGRESS) {
                        CHECK(bench->facts[i].number > percent);
                        percent = bench->facts[i].number;
                        n++;
                }
        CHECK_INT(percent, 100);
        CHECK_INT(n, 10);
        /* event 3 comes when the line is one for lines again */
        CHECK_INT(bench_last(bench).kind, FACT_ASKED);
        CHECK_INT(bench_last(bench).number, ACTION_INSTALL);
        CHECK(!chat_is_lent(bench->chat) && !chat_is_synced(bench->chat));
}

static void check_push(const Try *tries, const char *wire, Reason reason) {
        _cleanup_(receiver_done) Receiver receiver;

        Bench *bench = receiver_init(&receiver, tries);
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK_STR(bench->wire, wire);
        CHECK_INT(bench_count(bench, FACT_VERB_DONE) + bench_count(bench, FACT_VERB_FAILED), 1);
        CHECK(bench_count(bench, FACT_DOWNLOAD_STARTED) <= 1);
        for (size_t i = 0; i < bench->n_facts; i++)
                if (bench->facts[i].kind == FACT_VERB_DONE ||
                    bench->facts[i].kind == FACT_VERB_FAILED) {
                        CHECK_INT(bench->facts[i].number, VERB_PUSH);
                        CHECK_STR(reason_to_string(bench->facts[i].reason),
                                  reason_to_string(reason));
                }
        if (reason == REASON_NONE)
                CHECK(receiver_has_file(&receiver, receiver.n_tries == 1 ? 1024 : 128));
        CHECK(chat_is_idle(bench->chat));
}

TEST(hl78xx_push_that_broke_is_tried_again_with_small_blocks) {
        static const Try broken[] = {
                { .fault = FAULT_REFUSE, .fault_at = 1 },
                { .fault = FAULT_REFUSE, .fault_at = 5 },
                { .fault = FAULT_CANCEL, .fault_at = 1 },
                { .fault = FAULT_CANCEL, .fault_at = 9 },
                { .fault = FAULT_SILENCE, .fault_at = 3 },
                { .after = "ERROR" },
                { .after = "+CME ERROR: 3" },
                { .after = "+CME ERROR: 3", .no_ack = true },
        };

        for (size_t i = 0; i < ELEMENTSOF(broken); i++) {
                check_push((const Try[]) { broken[i], good }, HEAD PUSH AGAIN, REASON_NONE);
                for (size_t j = 0; j < ELEMENTSOF(broken); j++)
                        check_push((const Try[]) { broken[i], broken[j] }, HEAD PUSH AGAIN,
                                   REASON_XMODEM_FAILED);
                check_push((const Try[]) { broken[i], { .instead = "ERROR" } }, HEAD PUSH AGAIN,
                           REASON_XMODEM_FAILED);
        }
}

TEST(hl78xx_push_that_never_began_is_not_tried_again) {
        static const Try refused[] = {
                { .instead = "+CME ERROR: 3" },
                { .instead = "ERROR" },
                { .instead = "" },
                { .instead = "OK" },
                { .instead = "+WDSI: 3|+CME ERROR: 3" },
        };

        for (size_t i = 0; i < ELEMENTSOF(refused); i++)
                check_push(&refused[i], HEAD PUSH, REASON_XMODEM_FAILED);
}

TEST(hl78xx_push_waits_for_its_invitation_longer_than_the_module_does) {
        _cleanup_(receiver_done) Receiver receiver;
        static const Try silent = { .instead = "" };

        Bench *bench = receiver_init(&receiver, &silent);
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK(bench_ended(bench, VERB_PUSH, REASON_XMODEM_FAILED));
        CHECK(bench->now.boottime > 5 * USEC_PER_MINUTE + 30 * USEC_PER_SEC);
        CHECK(bench->now.boottime < 7 * USEC_PER_MINUTE);
        CHECK(receiver.n_cans > 0);
}

TEST(hl78xx_push_without_its_result_code_counts_when_the_module_asks_to_install) {
        check_push(&(const Try) { .after = "+WDSI: 3" }, HEAD PUSH, REASON_NONE);
        check_push(&(const Try) { .after = "+WDSI: 3", .no_ack = true }, HEAD PUSH, REASON_NONE);
        check_push(&(const Try) { .after = "" }, HEAD PUSH, REASON_NO_RESPONSE);
        check_push(&(const Try) { .after = "+WDSI: 8" }, HEAD PUSH, REASON_NO_RESPONSE);
        /* it spoke of an older package */
        check_push(&(const Try) { .before = "+WDSI: 3", .after = "" }, HEAD PUSH,
                   REASON_NO_RESPONSE);
}

TEST(hl78xx_module_that_asks_has_the_package) {
        check_push((const Try[]) { { .after = "+WDSI: 3|ERROR" }, good }, HEAD PUSH, REASON_NONE);
}

TEST(hl78xx_second_try_tells_its_progress_from_the_start) {
        _cleanup_(receiver_done) Receiver receiver;
        const Try tries[] = { { .fault = FAULT_CANCEL, .fault_at = 9 }, good };
        size_t falls = 0;
        int64_t percent = 0;

        Bench *bench = receiver_init(&receiver, tries);
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK_INT(bench_count(bench, FACT_DOWNLOAD_STARTED), 1);
        CHECK_INT(bench_count(bench, FACT_VERB_DONE), 1);
        for (size_t i = 0; i < bench->n_facts; i++)
                if (bench->facts[i].kind == FACT_PROGRESS) {
                        falls += bench->facts[i].number < percent;
                        percent = bench->facts[i].number;
                }
        CHECK_INT(falls, 1);
        CHECK_INT(percent, 100);
}

static void check_prerequisite(const char *range, const char *agreement, const char *wire,
                               Reason reason) {
        _cleanup_(receiver_done) Receiver receiver;
        const Answer answers[] = { { "AT+WDSD=?", range },
                                   { "AT+WDSC=2,1", agreement },
                                   { NULL, NULL } };

        Bench *bench = receiver_init(&receiver, &good);
        bench->answers = answers;
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK_STR(bench->wire, wire);
        CHECK_INT(bench_count(bench, FACT_VERB_DONE), reason == REASON_NONE);
        if (reason != REASON_NONE)
                CHECK(bench_ended(bench, VERB_PUSH, reason));
}

TEST(hl78xx_push_looks_first_whether_the_module_can_take_it) {
        static const struct {
                const char *range;
                Reason reason;
        } rows[] = {
                { "+WDSD: (1-10000)|OK", REASON_NONE },
                { "+WDSD: (10000-4294967295)|OK", REASON_NONE },
                { "+WDSD:( 0 - 10000 )|OK", REASON_NONE },
                { "+WDSD: 1-24643584|OK", REASON_NONE },
                { "+WDSD: (1-9999)|OK", REASON_PACKAGE_TOO_BIG },
                { "+WDSD: (0-0)|OK", REASON_PACKAGE_TOO_BIG },
                { "+WDSD: (10001-20000)|OK", REASON_PACKAGE_TOO_BIG },
                /* no range: the module itself will say */
                { "OK", REASON_NONE },
                { "+WDSD: (5)|OK", REASON_NONE },
                { "+WDSD: (-)|OK", REASON_NONE },
                { "+WDSD: |OK", REASON_NONE },
                { "ERROR", REASON_PREREQUISITE_MISSING },
                { "+CME ERROR: 3", REASON_PREREQUISITE_MISSING },
                { "", REASON_NO_RESPONSE },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                check_prerequisite(rows[i].range, "OK",
                                   rows[i].reason == REASON_NONE ? HEAD PUSH : "AT+WDSD=?\n",
                                   rows[i].reason);
        check_prerequisite("OK", "ERROR", HEAD, REASON_PREREQUISITE_MISSING);
        check_prerequisite("OK", "", HEAD, REASON_NO_RESPONSE);
}

TEST(hl78xx_push_of_a_file_that_can_not_be_read_does_not_blame_the_package) {
        _cleanup_(receiver_done) Receiver receiver;

        Bench *bench = receiver_init(&receiver, &good);
        receiver.unreadable_from = 4096;
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK_STR(bench->wire, HEAD PUSH);
        CHECK(bench_ended(bench, VERB_PUSH, REASON_INTERNAL));
}

TEST(hl78xx_push_without_a_file_is_refused) {
        _cleanup_(receiver_done) Receiver receiver;

        Bench *bench = receiver_init(&receiver, &good);
        CHECK_INT(bench_say(bench, VERB_PUSH, (VerbArgs) { 0 }), -EINVAL);
        receiver.source.size = 0;
        CHECK_INT(receiver_push(&receiver), -EINVAL);
        CHECK_STR(bench->wire, "");
}

/* ending it */

static void cancel(Receiver *receiver) {
        receiver->bench.family->cancel_push(receiver->bench.module);
}

TEST(hl78xx_push_that_is_cancelled_tells_the_module_and_is_not_tried_again) {
        _cleanup_(receiver_done) Receiver receiver;

        Bench *bench = receiver_init(&receiver, &good);
        receiver.act = cancel;
        receiver.act_at = 4;
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK(receiver.n_cans > 0);
        CHECK(bench_ended(bench, VERB_PUSH, REASON_CANCELLED));
        CHECK_STR(bench->wire, HEAD PUSH);
        CHECK(chat_is_idle(bench->chat));
        /* nothing runs any more */
        cancel(&receiver);
        CHECK_INT(bench_say(bench, VERB_SIGNAL, (VerbArgs) { 0 }), 0);
        CHECK_STR(bench->wire, "AT+CEREG?\nAT+CSQ\n");
        CHECK_INT(bench->n_facts, 1);
}

/* The first try breaks; the cancel comes before the module was quiet. */
static void break_and_cancel(Receiver *receiver) {
        receiver_say(receiver, XMODEM_CAN);
        receiver_say(receiver, XMODEM_CAN);
        cancel(receiver);
}

TEST(hl78xx_push_that_is_cancelled_while_a_broken_try_ends_gets_no_second_one) {
        _cleanup_(receiver_done) Receiver receiver;

        Bench *bench = receiver_init(&receiver, &good);
        receiver.act = break_and_cancel;
        receiver.act_at = 2;
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK(bench_ended(bench, VERB_PUSH, REASON_CANCELLED));
        CHECK_STR(bench->wire, HEAD PUSH);
}

/* Cancels when this command comes by, before its answer. */
static const char *cancel_before;

static bool take_and_cancel(Bench *bench) {
        if (cancel_before && bench->n_out >= strlen(cancel_before) &&
            memcmp(bench->out, cancel_before, strlen(cancel_before)) == 0 &&
            ((Receiver *) bench)->n_tries == ((Receiver *) bench)->act_at) {
                cancel_before = NULL;
                cancel((Receiver *) bench);
        }
        return receiver_take(bench);
}

TEST(hl78xx_push_is_cancelled_between_its_commands_too) {
        static const struct {
                const char *before;
                unsigned n_tries;
                const char *wire;
        } rows[] = {
                { "AT+WDSD=?", 0, "AT+WDSD=?\n" },
                { "AT+WDSC=2,1", 0, HEAD },
                { "AT+WDSD=?", 1, HEAD PUSH "AT+WDSD=?\n" },
        };
        static const Try broken = { .after = "ERROR" };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(receiver_done) Receiver receiver;

                Bench *bench = receiver_init(&receiver, &broken);
                bench->take = take_and_cancel;
                cancel_before = rows[i].before;
                receiver.act_at = rows[i].n_tries;
                CHECK_INT(receiver_push(&receiver), 0);
                CHECK_STR(bench->wire, rows[i].wire);
                CHECK(bench_ended(bench, VERB_PUSH, REASON_CANCELLED));
        }
}

static void lose_port(Receiver *receiver) {
        Bench *bench = &receiver->bench;

        bench->family->abandon(bench->module);
        chat_cancel(bench->chat);
        bench->n_out = 0;
        bench->n_facts = 0;
        receiver->receives = false;
}

TEST(hl78xx_push_whose_port_is_lost_ends_without_a_fact) {
        _cleanup_(receiver_done) Receiver receiver;
        const Try tries[] = { good, good };

        Bench *bench = receiver_init(&receiver, tries);
        receiver.act = lose_port;
        receiver.act_at = 4;
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK_INT(bench->n_facts, 0);
        CHECK(chat_is_idle(bench->chat) && !chat_is_lent(bench->chat));
        /* the next one is whole */
        receiver.act = NULL;
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK_STR(bench->wire, HEAD PUSH);
        CHECK(receiver_has_file(&receiver, 1024));
        CHECK_INT(bench_count(bench, FACT_DOWNLOAD_STARTED), 1);
}

static void abandon(Receiver *receiver) {
        receiver->bench.family->abandon(receiver->bench.module);
        receiver->bench.n_facts = 0;
        receiver_say(receiver, XMODEM_NAK); /* the next one is taken */
}

TEST(hl78xx_push_that_was_abandoned_tells_nothing_even_when_the_line_goes_on) {
        _cleanup_(receiver_done) Receiver receiver;
        static const Try quiet = { .after = "OK" };

        Bench *bench = receiver_init(&receiver, &quiet);
        receiver.act = abandon;
        receiver.act_at = 3;
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK(receiver_has_file(&receiver, 1024));
        CHECK_INT(bench->n_facts, 0);
}

/* The chat may be told first: the push is forgotten all the same. */
static void lose_line(Receiver *receiver) {
        chat_cancel(receiver->bench.chat);
        receiver->bench.n_out = receiver->bench.n_facts = 0;
        receiver->receives = false;
}

TEST(hl78xx_push_whose_line_is_taken_away_is_forgotten) {
        _cleanup_(receiver_done) Receiver receiver;

        Bench *bench = receiver_init(&receiver, &good);
        receiver.act = lose_line;
        receiver.act_at = 1;
        CHECK_INT(receiver_push(&receiver), 0);
        CHECK_INT(bench->n_facts, 0);
        CHECK_INT(bench_say(bench, VERB_SIGNAL, (VerbArgs) { 0 }), 0);
        CHECK(bench_ended(bench, VERB_SIGNAL, REASON_NONE));
}

TEST(hl78xx_nothing_else_runs_during_a_push) {
        _cleanup_(receiver_done) Receiver receiver;
        const VerbArgs args = { .file = &receiver.source };

        Bench *bench = receiver_init(&receiver, &good);
        CHECK_INT(bench->family->start(bench->module, VERB_PUSH, &args), 0);
        CHECK_INT(bench->family->start(bench->module, VERB_PUSH, &args), -EBUSY);
        CHECK_INT(bench->family->start(bench->module, VERB_ARM, &args), -EBUSY);
        bench_run(bench);
        CHECK(receiver_has_file(&receiver, 1024));
        CHECK_INT(bench_count(bench, FACT_VERB_DONE), 1);
}

TEST_MAIN()
