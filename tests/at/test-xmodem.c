/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The XMODEM sender.
 *
 * Protects that a file arrives whole or is known not to: whatever one or two bytes of the line are
 * lost, doubled, late or broken. The receiver here is written apart from the sender, takes every
 * frame to pieces and behaves as receivers do; between the two is a line with a speed, on a clock
 * that the test moves. */

#include "at/xmodem.h"

#include "base/text.h"
#include "test.h"

#define NEVER USEC_INFINITY
#define FILE_MAX (300 * 1024)
#define FATES_MAX 4
#define REPLIES_MAX 64
#define QUIET (10 * USEC_PER_SEC) /* the receiver asks again after so long */

typedef enum Fate { FINE, LOST, DOUBLED, BROKEN, LATE } Fate;

/* What happens to the n-th of something, counted from 1. */
typedef struct Fates {
        unsigned at[FATES_MAX];
        Fate fate[FATES_MAX];
} Fates;

typedef struct Reply {
        usec_t at;
        uint8_t byte;
} Reply;

typedef struct World {
        /* given */
        uint64_t size;
        size_t block;
        bool crc;
        unsigned baud_rate;     /* that the sender believes in */
        unsigned real_rate;     /* of the line; 0: a frame needs 2 ms */
        usec_t think;           /* from a frame to the reply */
        usec_t purge;           /* from a broken frame to the NAK */
        unsigned naks_eot;      /* so many EOT are answered by NAK */
        unsigned cancels_at;    /* after so many frames it says CAN CAN */
        bool mute;              /* never answers after the invitation */
        unsigned unreadable_at; /* this read of the file fails */
        Fates frames, replies;  /* invitations are no replies */

        Xmodem xmodem;
        Clock now;
        unsigned reads;

        /* the line */
        usec_t down_free;
        struct Frame {
                usec_t at;
                size_t n;
                uint8_t bytes[XMODEM_FRAME_MAX];
                Fate fate;
        } frames_down[16];
        size_t n_down;
        Reply replies_up[REPLIES_MAX];
        size_t n_up;
        unsigned n_frames, n_replies, n_invitations;

        /* the receiver */
        uint64_t taken; /* blocks */
        usec_t asks;    /* boot time of its next NAK */
        usec_t deaf;    /* it purges what comes until then */
        bool finished, gave_up, cancelled;
        unsigned eots, cans, doubles;
        const char *broken; /* what was wrong with a frame */
        char got[FILE_MAX + XMODEM_BLOCK_MAX];
} World;

static World world; /* too large for the stack */

static char content(uint64_t offset) {
        return (char) (offset * 31 + offset / 251 + offset / 65521);
}

static int world_read(void *userdata, uint64_t offset, void *to, size_t n) {
        World *w = userdata;

        if (offset + n > w->size || n == 0)
                w->broken = "read outside of the file";
        if (++w->reads == w->unreadable_at)
                return -EIO;
        for (size_t i = 0; i < n; i++)
                ((char *) to)[i] = content(offset + i);
        return 0;
}

static Fate fate_of(const Fates *fates, unsigned n) {
        for (size_t i = 0; i < FATES_MAX; i++)
                if (fates->at[i] == n)
                        return fates->fate[i];
        return FINE;
}

static usec_t character_time(const World *w) {
        return w->real_rate > 0 ? 10 * USEC_PER_SEC / w->real_rate : 2;
}

static void world_write(void *userdata, const char *bytes, size_t n) {
        World *w = userdata;
        struct Frame *frame = &w->frames_down[w->n_down];

        if (w->n_down == ELEMENTSOF(w->frames_down) || n > sizeof frame->bytes) {
                w->broken = "too much is on the line";
                return;
        }
        memcpy(frame->bytes, bytes, n);
        frame->n = n;
        w->down_free = MAX_OF(w->down_free, w->now.boottime) + n * character_time(w);
        frame->at = w->down_free;
        frame->fate = bytes[0] == XMODEM_CAN ? FINE : fate_of(&w->frames, ++w->n_frames);
        w->n_down++;
}

/* the receiver */

static void send_up(World *w, uint8_t byte, usec_t after) {
        if (w->n_up == REPLIES_MAX)
                w->broken = "too many replies";
        else
                w->replies_up[w->n_up++] =
                        (Reply) { w->now.boottime + after + character_time(w), byte };
}

static void reply(World *w, uint8_t byte, usec_t after) {
        const Fate fate = fate_of(&w->replies, ++w->n_replies);

        w->asks = w->now.boottime + after + QUIET;
        if (fate == LOST)
                return;
        if (fate == BROKEN)
                byte = 0x86;
        send_up(w, byte, after + (fate == LATE ? 2 * USEC_PER_SEC : 0));
        if (fate == DOUBLED)
                send_up(w, byte, after + character_time(w));
}

/* Bit by bit, as the definition says it. */
static unsigned crc_of(const uint8_t *bytes, size_t n) {
        unsigned crc = 0;

        for (size_t i = 0; i < n * 8; i++) {
                const unsigned bit = (bytes[i / 8] >> (7 - i % 8)) & 1u;

                crc = ((crc >> 15) & 1u) != bit ? (crc << 1) ^ 0x1021u : crc << 1;
                crc &= 0xffff;
        }
        return crc;
}

static const char *frame_wrong(const World *w, const struct Frame *frame) {
        const uint8_t *p = frame->bytes;
        const size_t block = p[0] == XMODEM_STX ? 1024 : 128;
        unsigned sum = 0;

        if (p[0] != (w->block == 1024 ? XMODEM_STX : XMODEM_SOH))
                return "neither SOH nor STX";
        if (frame->n != 3 + block + (w->crc ? 2 : 1))
                return "length";
        if (p[1] + p[2] != 255)
                return "complement";
        if (w->crc)
                return crc_of(p + 3, block) != p[3 + block] * 256u + p[4 + block] ? "CRC" : NULL;
        for (size_t i = 0; i < block; i++)
                sum += p[3 + i];
        return sum % 256 != p[3 + block] ? "sum" : NULL;
}

static void receive_block(World *w, const struct Frame *frame) {
        const uint8_t expected = (uint8_t) (w->taken + 1);

        w->broken = w->broken ? w->broken : frame_wrong(w, frame);
        if (frame->fate == BROKEN) {
                w->deaf = w->now.boottime + w->purge;
                reply(w, XMODEM_NAK, w->think + w->purge);
        } else if (frame->bytes[1] == expected && (w->taken + 1) * w->block <= sizeof w->got) {
                memcpy(w->got + w->taken * w->block, frame->bytes + 3, w->block);
                w->taken++;
                reply(w, XMODEM_ACK, w->think);
        } else if (frame->bytes[1] == (uint8_t) (expected - 1) && w->taken > 0) {
                w->doubles++;
                reply(w, XMODEM_ACK, w->think);
        } else {
                w->gave_up = true; /* as receivers do: out of step for good */
                send_up(w, XMODEM_CAN, w->think);
                send_up(w, XMODEM_CAN, w->think);
        }
}

static void receive_eot(World *w) {
        w->eots++;
        if (w->eots <= w->naks_eot) {
                reply(w, XMODEM_NAK, w->think);
                return;
        }
        w->finished = true;
        reply(w, XMODEM_ACK, w->think);
        w->asks = NEVER;
}

static void receive(World *w, const struct Frame *frame) {
        if (frame->bytes[0] == XMODEM_CAN) {
                w->cans += (unsigned) frame->n;
                w->asks = NEVER;
                return;
        }
        if (frame->fate == LOST || w->mute || w->gave_up || w->now.boottime < w->deaf)
                return;
        if (w->n_frames == w->cancels_at) {
                w->cancelled = true;
                w->asks = NEVER;
                send_up(w, XMODEM_CAN, w->think);
                send_up(w, XMODEM_CAN, w->think);
        } else if (frame->bytes[0] == XMODEM_EOT)
                receive_eot(w);
        else
                receive_block(w, frame);
}

/* time */

static size_t first_reply(const World *w) {
        size_t first = 0;

        for (size_t i = 1; i < w->n_up; i++)
                if (w->replies_up[i].at < w->replies_up[first].at)
                        first = i;
        return first;
}

static void step_reply(World *w) {
        const size_t i = first_reply(w);
        const Reply up = w->replies_up[i];

        w->replies_up[i] = w->replies_up[--w->n_up];
        w->now.boottime = MAX_OF(w->now.boottime, up.at);
        (void) xmodem_feed(&w->xmodem, &w->now, up.byte);
}

static void step_frame(World *w) {
        const struct Frame frame = w->frames_down[0];

        w->now.boottime = MAX_OF(w->now.boottime, frame.at);
        memmove(w->frames_down, w->frames_down + 1, --w->n_down * sizeof frame);
        receive(w, &frame);
}

/* Whatever comes next; false: nothing does. */
static bool world_step(World *w) {
        const usec_t down = w->n_down > 0 ? w->frames_down[0].at : NEVER;
        const usec_t up = w->n_up > 0 ? w->replies_up[first_reply(w)].at : NEVER;
        const usec_t timer = xmodem_deadline(&w->xmodem);
        const usec_t next = MIN_OF(MIN_OF(down, up), MIN_OF(timer, w->asks));

        if (next == NEVER)
                return false;
        if (next == down)
                step_frame(w);
        else if (next == up)
                step_reply(w);
        else if (next == w->asks) {
                w->now.boottime = MAX_OF(w->now.boottime, w->asks);
                w->asks += QUIET;
                if (w->taken == 0 && w->n_replies == 0) {
                        w->n_invitations++;
                        send_up(w, w->crc ? 'C' : XMODEM_NAK, 0);
                } else if (!w->mute)
                        reply(w, XMODEM_NAK, 0);
        } else {
                w->now.boottime = MAX_OF(w->now.boottime, timer);
                xmodem_tick(&w->xmodem, &w->now);
        }
        return true;
}

static void world_start(World *w) {
        const XmodemSettings settings = {
                .block = w->block,
                .pad = 0x1A,
                .baud_rate = w->baud_rate,
                .start_limit = 330 * USEC_PER_SEC,
        };
        const XmodemFile file = { .size = w->size, .read = world_read, .userdata = w };

        w->now = (Clock) { 1, USEC_PER_DAY };
        w->asks = w->now.boottime + 5 * USEC_PER_MSEC;
        xmodem_start(&w->xmodem, &w->now, &settings, &file, world_write, w);
}

static void world_run(World *w) {
        world_start(w);
        for (unsigned i = 0; i < 100000 && w->xmodem.state != XMODEM_OVER && !w->broken; i++)
                if (!world_step(w))
                        return;
}

/* What is still on the line arrives. */
static void world_settle(World *w) {
        w->asks = NEVER;
        while (w->n_down > 0)
                step_frame(w);
}

/* The file, whole, and nothing but padding behind it. */
static void check_arrived(const World *w) {
        const uint64_t blocks = (w->size + w->block - 1) / w->block;

        CHECK_STR(w->broken, NULL);
        CHECK(!w->gave_up);
        CHECK_INT(w->xmodem.state, XMODEM_OVER);
        CHECK_INT(w->xmodem.outcome, XMODEM_DONE);
        CHECK(w->finished);
        CHECK_INT(w->taken, blocks);
        CHECK_INT(w->xmodem.acknowledged, w->size);
        CHECK_INT(w->xmodem.blocks - w->xmodem.resends, blocks);
        for (uint64_t i = 0; i < w->taken * w->block; i++)
                CHECK_INT(w->got[i], i < w->size ? content(i) : 0x1A);
        CHECK_INT(xmodem_deadline(&w->xmodem), USEC_INFINITY);
}

static World usual(uint64_t size, size_t block, bool crc) {
        return (World) {
                .size = size,
                .block = block,
                .crc = crc,
                .baud_rate = 115200,
                .real_rate = 115200,
                .think = USEC_PER_MSEC,
        };
}

#define RUN(...)                       \
        do {                           \
                world = (__VA_ARGS__); \
                world_run(&world);     \
        } while (0)
/* A failed check of a helper ends the test too. */
#define ARRIVED()                      \
        do {                           \
                check_arrived(&world); \
                if (test_state.failed) \
                        return;        \
        } while (0)

/* files */

TEST(every_size_arrives_with_either_check_and_block) {
        static const uint64_t sizes[] = { 1,    2,    127,  128,  129,  255,       256,
                                          1023, 1024, 1025, 2048, 4097, 65536 + 77 };

        for (size_t i = 0; i < ELEMENTSOF(sizes); i++)
                for (unsigned how = 0; how < 4; how++) {
                        RUN(usual(sizes[i], how & 1 ? 1024 : 128, how & 2));
                        ARRIVED();
                        CHECK_INT(world.xmodem.resends, 0);
                        CHECK_INT(world.eots, 1);
                }
}

TEST(block_numbers_wrap) {
        RUN(usual(FILE_MAX, 1024, false)); /* 300 blocks */
        ARRIVED();
        RUN(usual(600 * 128, 128, true)); /* twice */
        ARRIVED();
}

TEST(a_frame_is_one_write_with_every_byte_in_its_place) {
        world = usual(3, 128, false);
        world_start(&world);
        CHECK(xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK));
        CHECK_INT(world.n_down, 1);
        CHECK_INT(world.frames_down[0].n, 132);
        CHECK(memcmp(world.frames_down[0].bytes, "\x01\x01\xfe\x00\x1f\x3e\x1a", 7) == 0);
        CHECK_INT(world.frames_down[0].bytes[130], 0x1a);
        /* 0x00 + 0x1f + 0x3e + 125 of 0x1a */
        CHECK_INT(world.frames_down[0].bytes[131], (0x1f + 0x3e + 125 * 0x1a) % 256);
}

TEST(the_crc_is_that_of_the_standard) {
        /* "123456789" has 0x31C3; here behind zeros, which do not change a CRC from 0 */
        world = usual(128, 128, true);
        CHECK_INT(crc_of((const uint8_t *) "123456789", 9), 0x31C3);
        world_start(&world);
        CHECK(xmodem_feed(&world.xmodem, &world.now, 'C'));
        CHECK_STR(frame_wrong(&world, &world.frames_down[0]), NULL);
}

TEST(the_pad_is_a_setting) {
        const XmodemSettings settings = { .block = 128, .pad = 0, .start_limit = USEC_PER_SEC };
        const XmodemFile file = { .size = 1, .read = world_read, .userdata = &world };

        world = usual(1, 128, false);
        world.xmodem.frame[4] = 7;
        xmodem_start(&world.xmodem, &world.now, &settings, &file, world_write, &world);
        (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK);
        for (size_t i = 3; i < 132; i++)
                CHECK_INT(world.frames_down[0].bytes[i], 0);
}

/* the invitation */

TEST(noise_and_a_single_can_before_the_invitation_do_no_harm) {
        static const uint8_t noise[] = { 0,          XMODEM_CAN, 'a',       XMODEM_CAN,
                                         XMODEM_ACK, XMODEM_EOT, XMODEM_CAN };

        world = usual(1464, 1024, false);
        world_start(&world);
        for (size_t i = 0; i < sizeof noise; i++)
                CHECK_INT(xmodem_feed(&world.xmodem, &world.now, noise[i]), noise[i] == XMODEM_CAN);
        CHECK_INT(world.xmodem.state, XMODEM_WAITING);
        CHECK_INT(world.n_frames, 0);
        CHECK(xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK));
        CHECK_INT(world.xmodem.state, XMODEM_SENDING);
        CHECK_INT(world.n_frames, 1);
}

TEST(without_an_invitation_it_ends) {
        world = usual(1464, 1024, false);
        world_start(&world);
        world.asks = NEVER;
        CHECK_INT(xmodem_deadline(&world.xmodem), USEC_PER_DAY + 330 * USEC_PER_SEC);
        world.now.boottime = xmodem_deadline(&world.xmodem) - 1;
        xmodem_tick(&world.xmodem, &world.now);
        CHECK_INT(world.xmodem.state, XMODEM_WAITING);
        world.now.boottime++;
        xmodem_tick(&world.xmodem, &world.now);
        CHECK_INT(world.xmodem.state, XMODEM_OVER);
        CHECK_INT(world.xmodem.outcome, XMODEM_NO_START);
        world_settle(&world);
        CHECK_INT(world.cans, XMODEM_CANS);
}

/* Two copies of block 1 would bring two ACKs. */
TEST(invitations_that_pile_up_start_it_once) {
        for (unsigned baud_rate = 0; baud_rate <= 115200; baud_rate += 115200)
                for (unsigned crc = 0; crc < 2; crc++) {
                        world = usual(5000, 1024, crc);
                        world.baud_rate = baud_rate;
                        world_start(&world);
                        for (unsigned i = 0; i < 3; i++)
                                (void) xmodem_feed(&world.xmodem, &world.now,
                                                   crc ? 'C' : XMODEM_NAK);
                        CHECK_INT(world.n_frames, 1);
                        world.asks = NEVER;
                        while (world.xmodem.state != XMODEM_OVER && world_step(&world))
                                ;
                        ARRIVED();
                        CHECK_INT(world.xmodem.resends, 0);
                }
}

TEST(a_late_c_means_the_first_block_again) {
        world = usual(5000, 1024, true);
        world.mute = true;
        world_start(&world);
        CHECK(xmodem_feed(&world.xmodem, &world.now, 'C'));
        world.now.boottime += 3 * USEC_PER_SEC;
        CHECK(xmodem_feed(&world.xmodem, &world.now, 'C'));
        CHECK_INT(world.xmodem.resends, 1);
        CHECK_INT(world.frames_down[1].bytes[1], 1);
        world.now.boottime += 3 * USEC_PER_SEC;
        CHECK(xmodem_feed(&world.xmodem, &world.now, XMODEM_ACK));
        world.now.boottime += 3 * USEC_PER_SEC;
        CHECK(!xmodem_feed(&world.xmodem, &world.now, 'C')); /* not after the first ACK */
        CHECK_INT(world.xmodem.resends, 1);
}

/* one fault, everywhere */

TEST(any_frame_may_be_broken_or_lost) {
        for (unsigned at = 1; at <= 6; at++) /* 5 blocks and EOT */
                for (unsigned how = 0; how < 12; how++) {
                        World w = usual(5000, 1024, how & 1);

                        w.frames = (Fates) { { at }, { how & 2 ? LOST : BROKEN } };
                        w.purge = how >= 4 ? USEC_PER_SEC : 0;
                        w.real_rate = how >= 8 ? 0 : w.real_rate;
                        if (at == 6 && !(how & 2))
                                continue; /* a broken EOT is a lost one */
                        RUN(w);
                        ARRIVED();
                        CHECK(world.xmodem.resends > 0 || at == 6);
                        CHECK(world.xmodem.resends <= 2);
                }
}

TEST(any_reply_may_be_lost_broken_doubled_or_late) {
        for (unsigned at = 1; at <= 6; at++)
                for (unsigned fate = LOST; fate <= LATE; fate++)
                        for (unsigned how = 0; how < 8; how++) {
                                World w = usual(5000, how & 4 ? 128 : 1024, how & 1);

                                w.size = how & 4 ? 5 * 128 : w.size;
                                w.replies = (Fates) { { at }, { (Fate) fate } };
                                w.real_rate = how & 2 ? 0 : w.real_rate;
                                if (at == 6 && (fate == LOST || fate == BROKEN))
                                        continue; /* below */
                                RUN(w);
                                ARRIVED();
                        }
}

TEST(the_final_ack_may_be_lost) {
        World w = usual(5000, 1024, false);

        w.replies = (Fates) { { 6 }, { LOST } };
        RUN(w);
        ARRIVED();
        CHECK_INT(world.eots, 2);
}

TEST(a_lost_final_ack_is_no_failure) {
        World w = usual(3000, 1024, false);

        w.replies = (Fates) { { 4, 5, 6, 7 }, { LOST, LOST, LOST, LOST } };
        RUN(w);
        CHECK_STR(world.broken, NULL);
        CHECK(world.finished);
        CHECK_INT(world.xmodem.outcome, XMODEM_UNCONFIRMED);
        CHECK_INT(world.xmodem.acknowledged, 3000);
        world_settle(&world);
        CHECK_INT(world.eots, XMODEM_EOT_TRIES_MAX);
        CHECK_INT(world.cans, 0); /* who has the file is not told to drop it */
}

TEST(an_ack_doubled_every_time) {
        World w = usual(4096, 1024, true);

        for (unsigned i = 0; i < 4; i++) {
                w.replies.at[i] = i + 1;
                w.replies.fate[i] = DOUBLED;
        }
        RUN(w);
        ARRIVED();
        CHECK_INT(world.xmodem.resends, 0);
        CHECK_INT(world.doubles, 0);
}

/* The receiver's NAK comes at once, in the place of the block's ACK. */
TEST(a_doubled_ack_before_a_broken_block) {
        for (unsigned at = 1; at <= 4; at++) {
                World w = usual(5000, 1024, false);

                w.replies = (Fates) { { at }, { DOUBLED } };
                w.frames = (Fates) { { at + 1 }, { BROKEN } };
                RUN(w);
                ARRIVED();
        }
}

/* The receiver is silent while it purges, so that the doubled ACK is believed, and EOT sent. The
 * NAK for the last block must bring that, not EOT alone. */
TEST(a_doubled_ack_before_a_broken_last_block) {
        World w = usual(5000, 1024, false);

        w.replies = (Fates) { { 4 }, { DOUBLED } };
        w.frames = (Fates) { { 5 }, { BROKEN } };
        w.purge = USEC_PER_SEC;
        RUN(w);
        ARRIVED();
        CHECK_INT(world.xmodem.resends, 1);
}

/* But for the one pair that nothing in the protocol tells apart from a fast line: a doubled ACK,
 * and the block after it lost without a word. */
TEST(any_two_faults) {
        static const Fate frames[] = { FINE, LOST, BROKEN };
        static const Fate replies[] = { FINE, LOST, DOUBLED, BROKEN, LATE };

        for (unsigned a = 1; a <= 5; a++)
                for (unsigned b = 1; b <= 5; b++)
                        for (unsigned how = 0; how < ELEMENTSOF(frames) * ELEMENTSOF(replies);
                             how++) {
                                World w = usual(5000, 1024, a & 1);

                                w.frames = (Fates) { { a }, { frames[how % 3] } };
                                w.replies = (Fates) { { b }, { replies[how / 3] } };
                                if (w.frames.fate[0] == LOST && w.replies.fate[0] == DOUBLED &&
                                    a == b + 1)
                                        continue;
                                RUN(w);
                                ARRIVED();
                        }
}

/* a line that is faster than its baud rate */

TEST(a_fast_line_costs_little) {
        World w = usual(200 * 1024, 1024, false);
        usec_t took;

        w.real_rate = 0;
        w.think = 100;
        RUN(w);
        ARRIVED();
        CHECK_INT(world.xmodem.early_but_good, XMODEM_EARLY_GOOD_MAX);
        CHECK_INT(world.xmodem.resends, 0);
        took = world.now.boottime - USEC_PER_DAY;
        /* 3 times of doubt, then 200 blocks of about 2.2 ms */
        CHECK(took < 3 * 350 * USEC_PER_MSEC + 200 * 3 * USEC_PER_MSEC);
}

TEST(a_fast_line_without_a_baud_rate_costs_nothing) {
        World w = usual(200 * 1024, 1024, false);

        w.real_rate = w.baud_rate = 0;
        RUN(w);
        ARRIVED();
        CHECK_INT(world.xmodem.early_but_good, 0);
        CHECK(world.now.boottime - USEC_PER_DAY < 200 * 4 * USEC_PER_MSEC + 400 * USEC_PER_MSEC);
}

TEST(an_honest_line_is_never_held_up) {
        World w = usual(100 * 1024, 1024, true);
        usec_t least;

        RUN(w);
        ARRIVED();
        CHECK_INT(world.xmodem.early_but_good, 0);
        least = 100 * (1029 * 10 * USEC_PER_SEC / 115200 + USEC_PER_MSEC);
        CHECK(world.now.boottime - USEC_PER_DAY < least + least / 100 + 350 * USEC_PER_MSEC);
}

TEST(a_held_ack_is_believed_only_after_the_blocks_own_time) {
        world = usual(5000, 1024, false);
        world_start(&world);
        (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK);
        world.now.boottime += 5 * USEC_PER_MSEC;
        CHECK(xmodem_feed(&world.xmodem, &world.now, XMODEM_ACK));
        CHECK_INT(world.n_frames, 1);
        world.now.boottime += 320 * USEC_PER_MSEC; /* 0.9 * 89 ms + 250 ms = 330 ms */
        xmodem_tick(&world.xmodem, &world.now);
        CHECK_INT(world.n_frames, 1);
        world.now.boottime += 10 * USEC_PER_MSEC;
        xmodem_tick(&world.xmodem, &world.now);
        CHECK_INT(world.n_frames, 2);
        CHECK_INT(world.xmodem.acknowledged, 1024);
        CHECK_INT(world.xmodem.early_but_good, 1);
}

TEST(a_nak_on_time_drops_a_held_ack) {
        world = usual(5000, 1024, false);
        world_start(&world);
        (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK);
        (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_ACK);
        world.now.boottime += 91 * USEC_PER_MSEC;
        (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK);
        CHECK_INT(world.n_frames, 2);
        CHECK_INT(world.frames_down[1].bytes[1], 1);
        CHECK_INT(world.xmodem.acknowledged, 0);
}

/* the end */

TEST(the_eot_may_be_refused_first) {
        for (unsigned times = 1; times <= 5; times++)
                for (unsigned real_rate = 0; real_rate <= 115200; real_rate += 115200) {
                        World w = usual(5000, 1024, false);

                        w.naks_eot = times;
                        w.real_rate = real_rate;
                        RUN(w);
                        ARRIVED();
                        CHECK_INT(world.eots, times + 1);
                }
}

TEST(a_receiver_that_never_takes_the_eot) {
        World w = usual(5000, 1024, false);

        w.naks_eot = 1000;
        RUN(w);
        CHECK_INT(world.xmodem.outcome, XMODEM_TOO_MANY_ERRORS);
        CHECK_INT(world.eots, XMODEM_TRIES_MAX);
        world_settle(&world);
        CHECK_INT(world.cans, XMODEM_CANS);
}

/* The doubled ACK of the last block looks like the answer to EOT; the NAK behind it is that. */
TEST(a_doubled_last_ack_and_a_refused_eot) {
        World w = usual(5000, 1024, false);

        w.replies = (Fates) { { 5 }, { DOUBLED } };
        w.naks_eot = 1;
        RUN(w);
        ARRIVED();
        CHECK_INT(world.eots, 2);
}

TEST(two_cans_end_it_in_every_state) {
        for (unsigned at = 1; at <= 6; at++) {
                World w = usual(5000, 1024, false);

                w.cancels_at = at;
                RUN(w);
                CHECK(world.cancelled);
                CHECK_INT(world.xmodem.state, XMODEM_OVER);
                CHECK_INT(world.xmodem.outcome, XMODEM_CANCELLED_BY_RECEIVER);
                CHECK_INT(world.n_frames, at);
                world_settle(&world);
                CHECK_INT(world.cans, 0); /* it knows */
        }
        world = usual(5000, 1024, false);
        world_start(&world);
        (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_CAN);
        (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_CAN);
        CHECK_INT(world.xmodem.outcome, XMODEM_CANCELLED_BY_RECEIVER);
        CHECK_INT(xmodem_deadline(&world.xmodem), USEC_INFINITY);
}

TEST(a_single_can_ends_nothing) {
        world = usual(5000, 1024, false);
        world_start(&world);
        (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK);
        for (unsigned i = 0; i < 5; i++) {
                world.now.boottime += 100 * USEC_PER_MSEC;
                CHECK(xmodem_feed(&world.xmodem, &world.now, XMODEM_CAN));
                CHECK(xmodem_feed(&world.xmodem, &world.now, XMODEM_ACK));
        }
        CHECK_INT(world.xmodem.state, XMODEM_ENDING);
}

TEST(silence_and_noise_have_names) {
        for (unsigned noise = 0; noise < 2; noise++) {
                usec_t started;

                world = usual(5000, 1024, false);
                world.mute = true;
                world_start(&world);
                world.asks = NEVER;
                (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK);
                started = world.now.boottime;
                world.now.boottime += USEC_PER_SEC;
                if (noise)
                        CHECK(!xmodem_feed(&world.xmodem, &world.now, 'x'));
                while (world.xmodem.state != XMODEM_OVER && world_step(&world))
                        ;
                CHECK_INT(world.xmodem.outcome, noise ? XMODEM_TOO_MANY_ERRORS : XMODEM_SILENT);
                CHECK_INT(world.xmodem.blocks, XMODEM_TRIES_MAX);
                CHECK_INT(world.xmodem.resends, XMODEM_TRIES_MAX - 1);
                /* 10 s after each block has left, no sooner */
                CHECK(world.now.boottime - started >= 100 * USEC_PER_SEC);
                CHECK(world.now.boottime - started < 102 * USEC_PER_SEC);
                world_settle(&world);
                CHECK_INT(world.cans, XMODEM_CANS);
        }
}

TEST(a_block_refused_too_often) {
        world = usual(5000, 1024, false);
        world_start(&world);
        (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK);
        for (unsigned i = 0; i < XMODEM_TRIES_MAX; i++) {
                CHECK_INT(world.xmodem.state, XMODEM_SENDING);
                world.now.boottime += 100 * USEC_PER_MSEC;
                (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK);
        }
        CHECK_INT(world.xmodem.outcome, XMODEM_TOO_MANY_ERRORS);
        CHECK_INT(world.xmodem.blocks, XMODEM_TRIES_MAX);
}

/* Whoever believes early ACKs and hears NAKs after them must get to an end, or forward. */
TEST(no_order_of_replies_goes_on_for_ever) {
        for (unsigned order = 0; order < 4096; order++) {
                unsigned i = 0;

                world = usual(100 * 1024, 1024, false);
                world_start(&world);
                (void) xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK);
                for (; i < 3000 && world.xmodem.state != XMODEM_OVER; i++) {
                        const unsigned what = (order >> (i % 6 * 2)) & 3;

                        world.n_down = 0;
                        if (what & 2)
                                world.now.boottime += 100 * USEC_PER_MSEC;
                        else
                                world.now.boottime = xmodem_deadline(&world.xmodem);
                        xmodem_tick(&world.xmodem, &world.now);
                        (void) xmodem_feed(&world.xmodem, &world.now,
                                           what & 1 ? XMODEM_ACK : XMODEM_NAK);
                }
                CHECK_STR(world.broken, NULL);
                CHECK_INT(world.xmodem.state, XMODEM_OVER);
        }
}

TEST(a_file_that_can_not_be_read) {
        for (unsigned at = 1; at <= 5; at++) {
                World w = usual(5000, 1024, false);

                w.unreadable_at = at;
                RUN(w);
                CHECK_INT(world.xmodem.state, XMODEM_OVER);
                CHECK_INT(world.xmodem.outcome, XMODEM_UNREADABLE);
                CHECK_INT(world.n_frames, at - 1);
                world_settle(&world);
                CHECK_INT(world.cans, XMODEM_CANS);
        }
}

TEST(it_can_be_cancelled_at_any_moment) {
        for (unsigned steps = 0;; steps++) {
                unsigned i = 0;

                world = usual(3000, 1024, true);
                world.replies = (Fates) { { 2 }, { DOUBLED } };
                world_start(&world);
                while (i < steps && world.xmodem.state != XMODEM_OVER && world_step(&world))
                        i++;
                if (world.xmodem.state == XMODEM_OVER) {
                        CHECK(steps > 8);
                        break;
                }
                xmodem_cancel(&world.xmodem);
                CHECK_INT(world.xmodem.state, XMODEM_OVER);
                CHECK_INT(world.xmodem.outcome, XMODEM_CANCELLED);
                CHECK_INT(xmodem_deadline(&world.xmodem), USEC_INFINITY);
                xmodem_cancel(&world.xmodem); /* once */
                world_settle(&world);
                CHECK_INT(world.cans, XMODEM_CANS);
                CHECK(!xmodem_feed(&world.xmodem, &world.now, XMODEM_NAK));
                xmodem_tick(&world.xmodem, &world.now);
                CHECK_INT(world.n_down, 0);
        }
}

TEST_MAIN()
