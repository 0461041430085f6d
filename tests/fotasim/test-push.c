/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The local update of the simulated HL78xx (FOTA note, 10): the dialogue around the transfer as
 * documents and vendor's tests print it, the receiver block by block, and what a scenario lets go
 * wrong. The sender is a few lines of this file, so that no mistake can be made on both sides. */

#include "fotasim/package-file.h"
#include "fotasim/sim-bench.h"

#include "test.h"

#define FROM "BHL7800.1.6.3.0.20180803"
#define TO "HL7800.4.4.14.0"
#define REFUSED "< +CME ERROR: 3\n"
#define READY "< +WDSI: 0\n"
#define ACK 0x06
#define NAK 0x15
#define CAN 0x18
#define NOTHING (-1)

typedef struct Sender {
        SimBench bench;
        SimPackageFile file;
        size_t block; /* bytes */
        bool crc;
} Sender;

static void sender_init(Sender *sender, uint64_t bytes) {
        sim_bench_init(&sender->bench);
        CHECK_INT(sim_package_init(&sender->file, FROM, TO, bytes), 0);
        sender->block = 1024;
        sender->crc = false;
}

static void sender_start(Sender *sender) {
        sim_bench_start(&sender->bench);
        sim_bench_play(&sender->bench, READY);
}

static void sender_done(Sender *sender) {
        sim_bench_done(&sender->bench);
}

/* The module's next byte, for which `span` is enough. */
static int byte_within(SimBench *bench, usec_t span) {
        usec_t limit = bench->now + span;

        while (bench->n_read == bench->n_output && sim_deadline(bench->module) <= limit) {
                bench->now = MAX_OF(bench->now, sim_deadline(bench->module));
                sim_tick(bench->module, bench->now);
        }
        if (bench->n_read < bench->n_output)
                return (uint8_t) bench->output[bench->n_read++];
        bench->now = limit;
        sim_tick(bench->module, limit);
        return NOTHING;
}

static int byte_now(Sender *sender) {
        return byte_within(&sender->bench, 0);
}

static void feed(Sender *sender, const void *bytes, size_t n) {
        sim_feed(sender->bench.module, sender->bench.now, bytes, n);
}

static void feed_byte(Sender *sender, uint8_t byte) {
        feed(sender, &byte, 1);
}

static size_t check_put(const Sender *sender, uint8_t *at, const uint8_t *data) {
        unsigned sum = 0, crc = 0;

        for (size_t i = 0; i < sender->block; i++) {
                sum += data[i];
                for (unsigned bit = 0; bit < 8; bit++) {
                        bool carry = (crc >> 15 ^ data[i] >> (7 - bit)) & 1;

                        crc = (crc << 1 & 0xffff) ^ (carry ? 0x1021 : 0);
                }
        }
        at[0] = (uint8_t) (sender->crc ? crc >> 8 : sum);
        at[1] = (uint8_t) crc;
        return sender->crc ? 2 : 1;
}

/* The frame of block 1, 2, ...; returns its size. */
static size_t frame_make(const Sender *sender, unsigned block, uint8_t frame[static 1029]) {
        uint64_t offset = (uint64_t) (block - 1) * sender->block;
        uint64_t rest = sender->file.bytes > offset ? sender->file.bytes - offset : 0;

        frame[0] = sender->block == 1024 ? 2 : 1;
        frame[1] = (uint8_t) block;
        frame[2] = (uint8_t) (255 - frame[1]);
        memset(frame + 3, 0x1a, sender->block);
        sim_package_fill(&sender->file, offset, frame + 3,
                         (size_t) MIN_OF(rest, (uint64_t) sender->block));
        return 3 + sender->block + check_put(sender, frame + 3 + sender->block, frame + 3);
}

/* Returns the answer that comes at once. */
static int block_send(Sender *sender, unsigned block) {
        uint8_t frame[1029];

        feed(sender, frame, frame_make(sender, block, frame));
        return byte_now(sender);
}

static unsigned block_last(const Sender *sender) {
        return (unsigned) ((sender->file.bytes + sender->block - 1) / sender->block);
}

static void command(Sender *sender) {
        char line[64];

        (void) snprintf(line, sizeof(line), "> AT+WDSD=%u\n", (unsigned) sender->file.bytes);
        sim_bench_play(&sender->bench, line);
        CHECK_INT(byte_within(&sender->bench, USEC_PER_SEC), sender->crc ? 'C' : NAK);
}

static void blocks_send(Sender *sender, unsigned first, unsigned last) {
        for (unsigned i = first; i <= last && !test_state.failed; i++)
                CHECK_INT(block_send(sender, i), ACK);
}

static int eot_send(Sender *sender) {
        feed_byte(sender, 4);
        return byte_now(sender);
}

/* All but the dialogue that follows. */
static void file_send(Sender *sender) {
        command(sender);
        blocks_send(sender, 1, block_last(sender));
        CHECK_INT(eot_send(sender), ACK);
}

static void check_version(const Sender *sender, const char *version) {
        CHECK_STR(sim_bench_facts(&sender->bench).firmware, version);
}

#define INSTALL "> AT+WDSR=4\n< OK\n"

TEST(local_update_as_in_chapter_10) {
        Sender sender;

        sender_init(&sender, 5000);
        sender_start(&sender);
        file_send(&sender);
        CHECK_INT(sim_bench_facts(&sender.bench).pushes, 0);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 12\n< +WDSI: 14\n"
                                      "< +WDSI: 16\n< +WDSI: 0\nquiet 1d\n");
        check_version(&sender, TO);
        CHECK_INT(sim_bench_facts(&sender.bench).pushes, 1);
        CHECK_INT(sim_bench_facts(&sender.bench).pushed_bytes, 5000);
        CHECK_INT(sim_bench_facts(&sender.bench).installs, 1);
        CHECK_INT(sim_bench_facts(&sender.bench).grants, 1);
        sender_done(&sender);
}

TEST(bytes_on_the_line_are_those_of_the_traces) {
        static const char expected[] = "AT+WDSD=300\r\x15\x06\x06\r\nOK\r\n\r\n+WDSI: 3\r\n";
        Sender sender;

        sender_init(&sender, 300);
        sender.bench.scenario.echo = true;
        sender_start(&sender);
        sender.bench.n_output = sender.bench.n_read = 0;
        feed(&sender, "AT+WDSD=300\r\n", 13);
        sim_bench_wait(&sender.bench, USEC_PER_SEC);
        CHECK(sim_bench_facts(&sender.bench).receiving);
        (void) block_send(&sender, 1);
        feed_byte(&sender, 4);
        sim_bench_wait(&sender.bench, USEC_PER_SEC);
        CHECK(!sim_bench_facts(&sender.bench).receiving);
        CHECK_INT(sender.bench.n_output, sizeof(expected) - 1);
        CHECK_INT(memcmp(sender.bench.output, expected, sizeof(expected) - 1), 0);
        sender_done(&sender);
}

TEST(small_blocks_with_crc_wrap_their_numbers) {
        Sender sender;

        sender_init(&sender, 300 * 128); /* and no block more */
        sender.block = 128;
        sender.crc = true;
        sender.bench.scenario.xmodem.start = SIM_XMODEM_START_CRC;
        sender_start(&sender);
        file_send(&sender);
        sim_bench_play(&sender.bench,
                       "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 12\n< +WDSI: 14\n< +WDSI: 16\n");
        check_version(&sender, TO);
        sender_done(&sender);
}

TEST(blocks_may_come_in_any_pieces) {
        uint8_t frame[1029];
        Sender sender;
        size_t n;

        sender_init(&sender, 200);
        sender.block = 128;
        sender_start(&sender);
        command(&sender);
        n = frame_make(&sender, 1, frame);
        for (size_t i = 0; i < n; i++) {
                CHECK_INT(byte_now(&sender), NOTHING);
                feed_byte(&sender, frame[i]);
                sim_bench_wait(&sender.bench, USEC_PER_SEC);
        }
        CHECK_INT(byte_now(&sender), ACK);
        CHECK_INT(block_send(&sender, 2), ACK);
        CHECK_INT(eot_send(&sender), ACK);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\n");
        sender_done(&sender);
}

TEST(command_checks_its_size) {
        Sender sender;

        sender_init(&sender, 200);
        sender.bench.scenario.wdsd_max = 2000000;
        sender_start(&sender);
        sim_bench_play(&sender.bench,
                       "> AT+WDSD=?\n< +WDSD: (1-2000000)\n< OK\n> AT+WDSD=0\n" REFUSED
                       "> AT+WDSD=2000001\n" REFUSED "> AT+WDSD=4294967297\n" REFUSED
                       "> AT+WDSD=\n" REFUSED "> AT+WDSD?\n" REFUSED "> AT+WDSD=1,1\n" REFUSED
                       "> AT+WDSD=2000000\nwait 1s\n");
        CHECK_INT(byte_now(&sender), NAK);
        sender_done(&sender);
}

TEST(early_builds_have_no_local_update) {
        Sender sender;

        sender_init(&sender, 200);
        sender.bench.scenario.wdsd = SIM_ABSENT;
        sender_start(&sender);
        sim_bench_play(&sender.bench, "> AT+WDSD=?\n< ERROR\n> AT+WDSD=200\n< ERROR\nquiet 1h\n");
        sender_done(&sender);
}

TEST(invitation_is_repeated_for_five_minutes) {
        unsigned n = 1;
        Sender sender;

        sender_init(&sender, 200);
        sender_start(&sender);
        command(&sender);
        CHECK_INT(byte_within(&sender.bench, 2999 * USEC_PER_MSEC), NOTHING);
        while (byte_within(&sender.bench, 3 * USEC_PER_SEC) == NAK)
                n++;
        CHECK_INT(n, 100);
        sim_bench_play(&sender.bench, REFUSED "> AT\n< OK\nquiet 1h\n");
        file_send(&sender);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\n");
        sender_done(&sender);
}

TEST(another_version_is_a_mismatch) {
        Sender sender;

        sender_init(&sender, 3000);
        CHECK_INT(sim_package_init(&sender.file, "HL7800.4.4.14.0", "HL7800.4.5.4.0", 3000), 0);
        sender_start(&sender);
        file_send(&sender);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 12\n< +WDSI: 14\n"
                                      "< +WDSI: 15\n< +WDSI: 0\nquiet 1d\n");
        check_version(&sender, FROM);
        sender_done(&sender);
}

static void file_is_not_certified(Sender *sender) {
        file_send(sender);
        sim_bench_play(&sender->bench,
                       "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 13\nquiet 1d\n> AT\n< OK\n");
        check_version(sender, FROM);
        CHECK_INT(sim_bench_facts(&sender->bench).installs, 0);
        CHECK_INT(sim_bench_facts(&sender->bench).pushes, 1);
        sender_done(sender);
}

TEST(file_of_another_kind_is_not_certified) {
        Sender sender;

        sender_init(&sender, 3000);
        sender.file.line[0] = 'F';
        sender_start(&sender);
        file_is_not_certified(&sender);
}

/* Each byte in its place, but one of them not in the file that the sum was made of. */
TEST(changed_file_is_not_certified) {
        Sender sender;

        sender_init(&sender, 3000);
        sender.file.n_line--;
        sender.file.line[sender.file.n_line - 1] = '\n';
        sender_start(&sender);
        file_is_not_certified(&sender);

        sender_init(&sender, 3000);
        sender.file.bytes--;
        sender_start(&sender);
        file_is_not_certified(&sender);
}

TEST(bad_check_is_refused_and_the_block_taken_later) {
        static const size_t damaged[] = { 1, 2, 3, 500, 1026, 1027 };
        uint8_t frame[1029];
        Sender sender;

        sender_init(&sender, 3000);
        sender_start(&sender);
        command(&sender);
        blocks_send(&sender, 1, 1);
        for (size_t i = 0; i < ELEMENTSOF(damaged); i++) {
                size_t n = frame_make(&sender, 2, frame);

                frame[damaged[i]] ^= 0x40;
                feed(&sender, frame, n);
                CHECK_INT(byte_now(&sender), NAK);
        }
        blocks_send(&sender, 2, 3);
        CHECK_INT(eot_send(&sender), ACK);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 12\n");
        sender_done(&sender);
}

TEST(bad_crc_is_refused) {
        uint8_t frame[1029];
        Sender sender;

        sender_init(&sender, 1000);
        sender.crc = true;
        sender.bench.scenario.xmodem.start = SIM_XMODEM_START_CRC;
        sender_start(&sender);
        command(&sender);
        for (size_t i = 1027; i < 1029; i++) {
                size_t n = frame_make(&sender, 1, frame);

                frame[i] ^= 1;
                feed(&sender, frame, n);
                CHECK_INT(byte_now(&sender), NAK);
        }
        blocks_send(&sender, 1, 1);
        sender_done(&sender);
}

TEST(repeated_block_is_taken_once) {
        Sender sender;

        sender_init(&sender, 3000);
        sender_start(&sender);
        command(&sender);
        blocks_send(&sender, 1, 1);
        blocks_send(&sender, 1, 1);
        blocks_send(&sender, 2, 3);
        blocks_send(&sender, 3, 3);
        CHECK_INT(eot_send(&sender), ACK);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 12\n");
        sender_done(&sender);
}

/* What can't be mended ends the transfer, and the line is as before. */
static void transfer_is_over(Sender *sender) {
        sim_bench_play(&sender->bench, "< ERROR\nquiet 1h\n> AT\n< OK\n");
        CHECK_INT(sim_bench_facts(&sender->bench).pushes, 0);
        file_send(sender);
        sim_bench_play(&sender->bench, "< OK\n< +WDSI: 3\n");
        sender_done(sender);
}

static void sender_with_block_taken(Sender *sender) {
        sender_init(sender, 3000);
        sender_start(sender);
        command(sender);
        blocks_send(sender, 1, 1);
}

TEST(block_out_of_sequence_cancels) {
        Sender sender;

        sender_with_block_taken(&sender);
        CHECK_INT(block_send(&sender, 3), CAN);
        CHECK_INT(byte_now(&sender), CAN);
        transfer_is_over(&sender);

        sender_with_block_taken(&sender);
        blocks_send(&sender, 2, 3);
        CHECK_INT(block_send(&sender, 4), CAN); /* beyond the end */
        CHECK_INT(byte_now(&sender), CAN);
        transfer_is_over(&sender);
}

TEST(host_may_cancel) {
        Sender sender;

        sender_with_block_taken(&sender);
        feed_byte(&sender, CAN); /* one alone is noise */
        blocks_send(&sender, 2, 2);
        feed(&sender, "\x18\x18\x18\x18\x18", 5);
        transfer_is_over(&sender);

        sender_init(&sender, 3000);
        sender_start(&sender);
        command(&sender);
        feed(&sender, "\x18\x18", 2); /* before the first block */
        transfer_is_over(&sender);
}

TEST(file_that_ends_early_is_an_error) {
        Sender sender;

        sender_with_block_taken(&sender);
        CHECK_INT(eot_send(&sender), ACK);
        transfer_is_over(&sender);
}

TEST(silence_is_refused_and_given_up) {
        Sender sender;

        sender_with_block_taken(&sender);
        CHECK_INT(byte_within(&sender.bench, 9999 * USEC_PER_MSEC), NOTHING);
        CHECK_INT(byte_within(&sender.bench, USEC_PER_MSEC), NAK);
        feed(&sender, "\x02\x02\xfd half a block", 16);
        CHECK_INT(byte_within(&sender.bench, 11 * USEC_PER_SEC), NAK);
        blocks_send(&sender, 2, 2);
        for (unsigned i = 0; i < 9; i++)
                CHECK_INT(byte_within(&sender.bench, 11 * USEC_PER_SEC), NAK);
        CHECK_INT(byte_within(&sender.bench, 11 * USEC_PER_SEC), CAN);
        CHECK_INT(byte_now(&sender), CAN);
        transfer_is_over(&sender);
}

TEST(nothing_else_is_said_or_heard_while_it_receives) {
        SimPackage offer = { .bytes = 1464, .to = "HL7800.9.9" };
        Sender sender;

        sender_init(&sender, 3000);
        sender.bench.scenario.lines[0] = (SimPlannedLine) { 2 * USEC_PER_MINUTE, "+WDSI: 77,3" };
        sender.bench.scenario.n_lines = 1;
        sender_start(&sender);
        sim_bench_play(&sender.bench,
                       "> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n");
        command(&sender);
        blocks_send(&sender, 1, 1);
        sim_offer(sender.bench.module, sender.bench.now, &offer);
        feed(&sender, "AT\r\nAT+CFUN=1,1\r\n", 17);
        for (unsigned i = 0; i < 15; i++) {
                CHECK_INT(byte_within(&sender.bench, 9 * USEC_PER_SEC), NOTHING);
                CHECK_INT(block_send(&sender, 1), ACK);
        }
        blocks_send(&sender, 2, 3);
        CHECK_INT(eot_send(&sender), ACK);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\n< +WDSI: 77,3\nquiet 10min\n");
        sender_done(&sender);
}

TEST(refused_while_something_is_pending) {
        Sender sender;

        sender_init(&sender, 3000);
        sender.bench.scenario.wdsd_error = 650;
        sender_start(&sender);
        file_send(&sender);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\n> AT+WDSD=3000\n< +CME ERROR: 650\n"
                                      "> AT+WDSS=1,1\n< +CME ERROR: 650\n");
        sender_done(&sender);

        sender_init(&sender, 3000);
        sender.bench.scenario.packages[0] = (SimPlannedPackage) { .bytes = 100000, .to = TO };
        sender.bench.scenario.n_packages = 1;
        sender_start(&sender);
        sim_bench_play(&sender.bench,
                       "> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\n"
                       "< +WDSI: 9,100000\n< +WDSI: 18\n> AT+WDSD=3000\n" REFUSED "< +WDSI: "
                       "18,2\n");
        sender_done(&sender);
}

/* A package of the server that came first is told after a transfer that failed. */
TEST(server_is_heard_after_a_failed_transfer) {
        SimPackage offer = { .bytes = 1464, .to = "HL7800.9.9" };
        Sender sender;

        sender_init(&sender, 3000);
        sender_start(&sender);
        sim_bench_play(&sender.bench,
                       "> AT+WDSS=1,1\n< OK\n< +WDSI: 4\n< +WDSI: 6\n< +WDSI: 23,1\nwait 1min\n");
        command(&sender);
        sim_offer(sender.bench.module, sender.bench.now, &offer);
        feed(&sender, "\x18\x18", 2);
        sim_bench_play(&sender.bench, "< ERROR\n< +WDSI: 9,1464\n");
        sender_done(&sender);
}

TEST(power_cut_forgets_half_a_file) {
        Sender sender;

        sender_with_block_taken(&sender);
        sim_bench_play(&sender.bench, "cut\n" READY "quiet 1d\n");
        CHECK_INT(sim_bench_facts(&sender.bench).pushes, 0);
        file_send(&sender);
        sim_bench_play(&sender.bench,
                       "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 12\n< +WDSI: 14\n< +WDSI: 16\n");
        check_version(&sender, TO);
        sender_done(&sender);
}

TEST(power_cut_keeps_a_whole_file_and_its_question) {
        Sender sender;

        sender_init(&sender, 3000);
        sender_start(&sender);
        file_send(&sender);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\ncut\n< +WDSI: 3\n< +WDSI: 0\n" INSTALL
                                      "cut\n< +WDSI: 0\n< +WDSI: 12\n< +WDSI: 14\nwait 2s\ncut\n"
                                      "< +WDSI: 16\n< +WDSI: 0\nquiet 1d\n");
        check_version(&sender, TO);
        CHECK_INT(sim_bench_facts(&sender.bench).grants, 1);
        sender_done(&sender);
}

TEST(question_repeats_and_can_be_deferred) {
        Sender sender;

        sender_init(&sender, 3000);
        sender_start(&sender);
        file_send(&sender);
        sim_bench_play(&sender.bench, "< OK\n< +WDSI: 3\nempty\nquiet 29min\nwait 1min\n< +WDSI: "
                                      "3\n> AT+WDSR=5,60\n< OK\nquiet 59min\n< +WDSI: 3\n" INSTALL
                                      "< +WDSI: 12\n");
        sender_done(&sender);
}

TEST(good_file_may_end_otherwise) {
        Sender sender;

        sender_init(&sender, 3000);
        sender.bench.scenario.xmodem.result = SIM_RESULT_WRONG_VERSION;
        sender_start(&sender);
        file_send(&sender);
        sim_bench_play(&sender.bench,
                       "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 12\n< +WDSI: 14\n< +WDSI: 16\n");
        check_version(&sender, FROM);
        sender_done(&sender);

        sender_init(&sender, 3000);
        sender.bench.scenario.xmodem.result = SIM_RESULT_STUCK;
        sender_start(&sender);
        file_send(&sender);
        sim_bench_play(&sender.bench,
                       "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 12\n< +WDSI: 14\nquiet 1d\n");
        CHECK(sim_bench_facts(&sender.bench).flashing);
        sender_done(&sender);
}

/* faults */

static void sender_with_faults(Sender *sender, SimXmodem faults) {
        sender_init(sender, 3000);
        sender->bench.scenario.xmodem = faults;
        sender_start(sender);
        command(sender);
        blocks_send(sender, 1, 1);
}

/* The rest goes well, and the file is whole. */
static void file_is_taken(Sender *sender, unsigned next) {
        blocks_send(sender, next, block_last(sender));
        CHECK_INT(eot_send(sender), ACK);
        sim_bench_play(&sender->bench, "< OK\n< +WDSI: 3\n" INSTALL "< +WDSI: 12\n");
        sender_done(sender);
}

TEST(fault_block_refused_once) {
        Sender sender;

        sender_with_faults(&sender, (SimXmodem) { .nak_block = 2 });
        CHECK_INT(block_send(&sender, 2), NAK);
        file_is_taken(&sender, 2);
}

TEST(fault_ack_lost_or_doubled) {
        Sender sender;

        sender_with_faults(&sender, (SimXmodem) { .lose_ack = 2 });
        CHECK_INT(block_send(&sender, 2), NOTHING);
        file_is_taken(&sender, 2);

        sender_with_faults(&sender, (SimXmodem) { .double_ack = 2 });
        CHECK_INT(block_send(&sender, 2), ACK);
        CHECK_INT(byte_now(&sender), ACK);
        CHECK_INT(byte_now(&sender), NOTHING);
        file_is_taken(&sender, 3);
}

TEST(fault_module_cancels) {
        Sender sender;

        sender_with_faults(&sender, (SimXmodem) { .cancel_at_block = 2, .times = 1 });
        CHECK_INT(block_send(&sender, 2), CAN);
        CHECK_INT(byte_now(&sender), CAN);
        transfer_is_over(&sender); /* and the next transfer goes well: times */
}

TEST(fault_module_falls_silent) {
        Sender sender;

        sender_with_faults(&sender, (SimXmodem) { .silent_at_block = 2, .times = 1 });
        CHECK_INT(block_send(&sender, 2), NOTHING);
        feed(&sender, "\x18\x18", 2);
        CHECK_INT(byte_within(&sender.bench, 99 * USEC_PER_SEC), NOTHING);
        transfer_is_over(&sender);
}

TEST(fault_module_resets) {
        Sender sender;

        sender_with_faults(&sender, (SimXmodem) { .reset_at_block = 2 });
        CHECK_INT(block_send(&sender, 2), NOTHING);
        sim_bench_play(&sender.bench, READY "quiet 1d\n> AT\n< OK\n");
        CHECK_INT(sim_bench_facts(&sender.bench).reboots, 1);
        sender_done(&sender);
}

TEST(fault_large_blocks_fail_at_the_end) {
        Sender sender;

        sender_with_faults(&sender, (SimXmodem) { .block_1k_fails = true });
        blocks_send(&sender, 2, 3);
        CHECK_INT(eot_send(&sender), ACK);
        sim_bench_play(&sender.bench, "< ERROR\nquiet 1h\n");
        CHECK_INT(sim_bench_facts(&sender.bench).pushes, 0);
        sender.block = 128;
        command(&sender);
        file_is_taken(&sender, 1);

        sender_with_faults(&sender,
                           (SimXmodem) { .block_1k_fails = true, .ending = SIM_XMODEM_ENDING_CME });
        blocks_send(&sender, 2, 3);
        CHECK_INT(eot_send(&sender), ACK);
        sim_bench_play(&sender.bench, REFUSED "quiet 1h\n");
        sender_done(&sender);
}

TEST(fault_first_eot_refused) {
        Sender sender;

        sender_with_faults(&sender, (SimXmodem) { .nak_eot = true });
        blocks_send(&sender, 2, 3);
        CHECK_INT(eot_send(&sender), NAK);
        file_is_taken(&sender, block_last(&sender) + 1);
}

TEST(fault_end_without_ok_or_in_another_order) {
        Sender sender;

        sender_with_faults(&sender, (SimXmodem) { .lose_final_ok = true });
        blocks_send(&sender, 2, 3);
        CHECK_INT(eot_send(&sender), ACK);
        sim_bench_play(&sender.bench, "< +WDSI: 3\nempty\n" INSTALL "< +WDSI: 12\n");
        sender_done(&sender);

        sender_with_faults(&sender, (SimXmodem) { .wdsi3_before_ok = true });
        blocks_send(&sender, 2, 3);
        CHECK_INT(eot_send(&sender), ACK);
        sim_bench_play(&sender.bench, "< +WDSI: 3\n< OK\nempty\n" INSTALL "< +WDSI: 12\n");
        sender_done(&sender);
}

TEST(fault_of_the_command_itself) {
        Sender sender;

        sender_init(&sender, 3000);
        sender.bench.scenario.faults[0] = (SimFault) { "AT+WDSD=", 1, 1, SIM_FAULT_CME, 3, 0 };
        sender.bench.scenario.faults[1] =
                (SimFault) { "AT+WDSD=", 2, 1, SIM_FAULT_DELAY, 0, USEC_PER_MINUTE };
        sender.bench.scenario.n_faults = 2;
        sender_start(&sender);
        sim_bench_play(&sender.bench, "> AT+WDSD=3000\n" REFUSED "> AT+WDSD=3000\n");
        CHECK_INT(byte_within(&sender.bench, 59 * USEC_PER_SEC), NOTHING);
        CHECK_INT(byte_within(&sender.bench, 2 * USEC_PER_SEC), NAK);
        file_is_taken(&sender, 1);
}

/* package files */

static bool read_in_pieces(const SimPackageFile *file, size_t piece) {
        char from[SIM_TEXT_MAX], to[SIM_TEXT_MAX];
        SimPackageReader reader;
        uint8_t bytes[512];

        sim_package_reader_init(&reader);
        for (uint64_t done = 0; done < file->bytes; done += piece) {
                size_t n = (size_t) MIN_OF(file->bytes - done, (uint64_t) piece);

                sim_package_fill(file, done, bytes, n);
                sim_package_read(&reader, bytes, n);
        }
        return sim_package_good(&reader, from, to) && streq(from, FROM) && streq(to, TO);
}

TEST(package_files_are_made_and_read_in_any_pieces) {
        SimPackageFile file;

        CHECK_INT(sim_package_init(&file, FROM, TO, 500), 0);
        for (size_t piece = 1; piece <= 512; piece++)
                CHECK(read_in_pieces(&file, piece));
        CHECK_INT(sim_package_init(&file, FROM, TO, file.n_line), 0); /* the line alone */
        CHECK(read_in_pieces(&file, 512));
}

TEST(package_files_need_good_versions_and_room) {
        SimPackageFile file = { .bytes = 7 };
        char longest[SIM_TEXT_MAX + 1];

        memset(longest, 'V', sizeof(longest));
        longest[SIM_TEXT_MAX] = '\0';
        CHECK_INT(sim_package_init(&file, "", TO, 500), -EINVAL);
        CHECK_INT(sim_package_init(&file, FROM, "a b", 500), -EINVAL);
        CHECK_INT(sim_package_init(&file, FROM, longest, 500), -EINVAL);
        CHECK_INT(sim_package_init(&file, FROM, TO, 20), -ERANGE);
        CHECK_INT(file.bytes, 7);
        longest[SIM_TEXT_MAX - 1] = '\0';
        CHECK_INT(sim_package_init(&file, longest, longest, 500), 0);
}

TEST_MAIN()
