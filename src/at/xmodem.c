/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The sending side of XMODEM, sans-I/O.
 *
 * Owns the frame being sent and its timers. What surprises: a reply carries no block number, so one
 * reply too many (a doubled ACK, an invitation that crossed the first block) would be taken for the
 * answer to the block after it, and from there on the sender would be a block ahead. What tells
 * them apart is time: a reply that comes before the block can have left the line is older than it.
 * Such a reply is held, and the block's own one, which is still to come, replaces it. When none
 * comes, the held one was its own: a USB line is faster than the baud rate that it is given. */

#include "at/xmodem.h"

#include <assert.h>

#define XMODEM_REPLY_TIMEOUT (10 * USEC_PER_SEC) /* after the block has left the line */
#define XMODEM_EOT_TIMEOUT (3 * USEC_PER_SEC)
#define XMODEM_GRACE                                                                \
        (250 * USEC_PER_MSEC) /* for the block's own reply, after the earliest time \
                               */
/* EOT is a single byte, the earliest time of its reply says nothing. */
#define XMODEM_EOT_GRACE (300 * USEC_PER_MSEC)
#define CHARACTER_BITS 10 /* 8N1 */

const char xmodem_cans[XMODEM_CANS] = { XMODEM_CAN, XMODEM_CAN, XMODEM_CAN, XMODEM_CAN,
                                        XMODEM_CAN, XMODEM_CAN, XMODEM_CAN, XMODEM_CAN };

static void xmodem_end(Xmodem *xmodem, XmodemOutcome outcome) {
        xmodem->state = XMODEM_OVER;
        xmodem->outcome = outcome;
        xmodem->deadline = USEC_INFINITY;
}

/* Ends it from this side. */
static void xmodem_fail(Xmodem *xmodem, XmodemOutcome outcome) {
        xmodem_end(xmodem, outcome);
        xmodem->write(xmodem->userdata, xmodem_cans, sizeof xmodem_cans);
}

/* frames */

/* CRC-16/XMODEM, 0x1021 from 0. Its polynomial is sparse enough to do a byte in a few shifts, and
 * that is no slower than a table. */
static uint16_t crc16(const uint8_t *bytes, size_t n) {
        uint16_t crc = 0;

        for (size_t i = 0; i < n; i++) {
                uint8_t x = (uint8_t) ((crc >> 8) ^ bytes[i]);

                x ^= x >> 4;
                crc = (uint16_t) ((crc << 8) ^ (x << 12) ^ (x << 5) ^ x);
        }
        return crc;
}

static uint8_t sum8(const uint8_t *bytes, size_t n) {
        uint8_t sum = 0;

        for (size_t i = 0; i < n; i++)
                sum = (uint8_t) (sum + bytes[i]);
        return sum;
}

/* The block after what was acknowledged -> frame; a negative errno of the file's. */
static int xmodem_load_block(Xmodem *xmodem) {
        const size_t block = xmodem->settings.block;
        const size_t n = MIN_OF((uint64_t) block, xmodem->file.size - xmodem->acknowledged);
        uint8_t *frame = (uint8_t *) xmodem->frame, *data = frame + 3, *check = data + block;
        int r = xmodem->file.read(xmodem->file.userdata, xmodem->acknowledged, data, n);

        if (r < 0)
                return r;
        memset(data + n, xmodem->settings.pad, block - n);
        frame[0] = block == XMODEM_BLOCK_MAX ? XMODEM_STX : XMODEM_SOH;
        frame[1] = (uint8_t) (xmodem->acknowledged / block + 1); /* from 1, and 0 after 255 */
        frame[2] = (uint8_t) ~frame[1];
        if (xmodem->crc) {
                uint16_t crc = crc16(data, block);

                *check++ = (uint8_t) (crc >> 8);
                *check++ = (uint8_t) crc;
        } else
                *check++ = sum8(data, block);
        xmodem->n_frame = (size_t) (check - frame);
        return 0;
}

/* time */

static usec_t xmodem_frame_time(const Xmodem *xmodem) {
        const unsigned baud_rate = xmodem->settings.baud_rate;

        return baud_rate > 0 ? xmodem->n_frame * CHARACTER_BITS * USEC_PER_SEC / baud_rate : 0;
}

/* Before this a reply is older than what was sent; a clock that is 10% off is allowed for. Without
 * a baud rate that is the moment of the write: what was read together with the reply before. */
static usec_t xmodem_earliest(const Xmodem *xmodem) {
        const usec_t least = xmodem_frame_time(xmodem) * 9 / 10;

        if (xmodem->state == XMODEM_ENDING)
                return usec_add(xmodem->sent, XMODEM_EOT_GRACE);
        return usec_add(xmodem->sent, MAX_OF(least, (usec_t) 1));
}

static bool xmodem_is_fast(const Xmodem *xmodem) {
        return xmodem->early_but_good >= XMODEM_EARLY_GOOD_MAX;
}

/* sending */

static void xmodem_send(Xmodem *xmodem, const Clock *now) {
        const bool ending = xmodem->state == XMODEM_ENDING;

        xmodem->tries++;
        xmodem->blocks += !ending;
        xmodem->resends += !ending && xmodem->acknowledged < xmodem->reached;
        xmodem->reached = MAX_OF(xmodem->reached, xmodem->acknowledged + !ending);
        xmodem->held = 0;
        /* A block that is sent again may still stand behind its first copy. */
        xmodem->sent = MAX_OF(now->boottime, xmodem->line_free);
        xmodem->line_free = usec_add(xmodem->sent, xmodem_frame_time(xmodem));
        xmodem->deadline =
                usec_add(xmodem->line_free, ending ? XMODEM_EOT_TIMEOUT : XMODEM_REPLY_TIMEOUT);
        xmodem->write(xmodem->userdata, xmodem->frame, xmodem->n_frame);
}

static void xmodem_send_next(Xmodem *xmodem, const Clock *now) {
        xmodem->tries = 0;
        xmodem->heard = false;
        if (xmodem->acknowledged == xmodem->file.size) {
                xmodem->state = XMODEM_ENDING;
                xmodem->frame[0] = XMODEM_EOT;
                xmodem->n_frame = 1;
        } else {
                xmodem->state = XMODEM_SENDING;
                if (xmodem_load_block(xmodem) < 0) {
                        xmodem_fail(xmodem, XMODEM_UNREADABLE);
                        return;
                }
        }
        xmodem_send(xmodem, now);
}

static void xmodem_take_ack(Xmodem *xmodem, const Clock *now) {
        const size_t block = xmodem->settings.block;

        xmodem->line_free = MIN_OF(xmodem->line_free, now->boottime);
        if (xmodem->state == XMODEM_ENDING) {
                xmodem_end(xmodem, XMODEM_DONE);
                return;
        }
        xmodem->acknowledged += MIN_OF((uint64_t) block, xmodem->file.size - xmodem->acknowledged);
        xmodem_send_next(xmodem, now);
}

/* An EOT that is refused after an ACK that was only believed may mean the last block: that one was
 * lost, and the ACK was a doubled one after all. So the block is sent again; a receiver that has it
 * knows its number and just acknowledges it. Between blocks that would be wrong: the NAK may as
 * well mean that the ACK of the block after the believed one was lost, and going two back is fatal.
 */
static void xmodem_take_nak(Xmodem *xmodem, const Clock *now) {
        const size_t block = xmodem->settings.block;

        if (xmodem->state == XMODEM_ENDING && xmodem->believed) {
                xmodem->believed = false;
                xmodem->acknowledged = (xmodem->file.size - 1) / block * block;
                xmodem_send_next(xmodem, now);
        } else if (xmodem->tries >= XMODEM_TRIES_MAX)
                xmodem_fail(xmodem, XMODEM_TOO_MANY_ERRORS);
        else
                xmodem_send(xmodem, now);
}

/* No other reply came: the held one was the block's own. */
static void xmodem_take_held(Xmodem *xmodem, const Clock *now) {
        const uint8_t byte = xmodem->held;

        xmodem->held = 0;
        if (byte == XMODEM_NAK) {
                xmodem_take_nak(xmodem, now);
                return;
        }
        xmodem->believed = true;
        xmodem->early_but_good += xmodem->state == XMODEM_SENDING;
        xmodem_take_ack(xmodem, now);
}

/* receiving */

static bool xmodem_take_invitation(Xmodem *xmodem, const Clock *now, uint8_t byte) {
        if (byte != XMODEM_NAK && byte != 'C')
                return false;
        xmodem->crc = byte == 'C';
        xmodem_send_next(xmodem, now);
        return true;
}

static bool xmodem_take_reply(Xmodem *xmodem, const Clock *now, uint8_t byte) {
        const bool again = xmodem->crc && byte == 'C' && xmodem->state == XMODEM_SENDING &&
                           xmodem->acknowledged == 0;

        if (again)
                byte = XMODEM_NAK;
        if (byte != XMODEM_ACK && byte != XMODEM_NAK)
                return false;
        if (!xmodem_is_fast(xmodem) && now->boottime < xmodem_earliest(xmodem)) {
                /* An early NAK is held as well: to repeat a block that is on its way brings two
                 * ACKs. The last one held counts: those before it are older still. */
                xmodem->held = byte;
                xmodem->deadline = usec_add(xmodem_earliest(xmodem),
                                            xmodem->state == XMODEM_SENDING ? XMODEM_GRACE : 0);
                return true;
        }
        if (byte == XMODEM_NAK) {
                xmodem_take_nak(xmodem, now);
                return true;
        }
        if (!xmodem_is_fast(xmodem))
                xmodem->early_but_good = 0;
        xmodem->believed = false;
        xmodem_take_ack(xmodem, now);
        return true;
}

bool xmodem_feed(Xmodem *xmodem, const Clock *now, uint8_t byte) {
        xmodem->heard = true;
        xmodem->cans = byte == XMODEM_CAN ? xmodem->cans + 1 : 0;
        if (byte == XMODEM_CAN && xmodem->state != XMODEM_OVER) {
                if (xmodem->cans >= 2) /* one alone is noise */
                        xmodem_end(xmodem, XMODEM_CANCELLED_BY_RECEIVER);
                return true;
        }
        switch (xmodem->state) {
        case XMODEM_WAITING:
                return xmodem_take_invitation(xmodem, now, byte);
        case XMODEM_SENDING:
        case XMODEM_ENDING:
                return xmodem_take_reply(xmodem, now, byte);
        case XMODEM_OVER:
                break;
        }
        return false;
}

void xmodem_tick(Xmodem *xmodem, const Clock *now) {
        if (now->boottime < xmodem->deadline)
                return;
        if (xmodem->held != 0) {
                xmodem_take_held(xmodem, now);
                return;
        }
        switch (xmodem->state) {
        case XMODEM_WAITING:
                xmodem_fail(xmodem, XMODEM_NO_START);
                break;
        case XMODEM_SENDING:
                if (xmodem->tries < XMODEM_TRIES_MAX)
                        xmodem_send(xmodem, now);
                else
                        xmodem_fail(xmodem, xmodem->heard ? XMODEM_TOO_MANY_ERRORS : XMODEM_SILENT);
                break;
        case XMODEM_ENDING:
                if (xmodem->tries < XMODEM_EOT_TRIES_MAX)
                        xmodem_send(xmodem, now);
                else /* no CAN: the receiver may be done and talk AT again */
                        xmodem_end(xmodem, XMODEM_UNCONFIRMED);
                break;
        case XMODEM_OVER:
                break;
        }
}

/* from outside */

void xmodem_start(Xmodem *xmodem, const Clock *now, const XmodemSettings *settings,
                  const XmodemFile *file,
                  void (*write)(void *userdata, const char *bytes, size_t n), void *userdata) {
        assert(settings->block == 128 || settings->block == XMODEM_BLOCK_MAX);
        assert(file->size > 0);
        *xmodem = (Xmodem) {
                .settings = *settings,
                .file = *file,
                .write = write,
                .userdata = userdata,
                .state = XMODEM_WAITING,
                .deadline = usec_add(now->boottime, settings->start_limit),
        };
}

usec_t xmodem_deadline(const Xmodem *xmodem) {
        return xmodem->deadline;
}

void xmodem_cancel(Xmodem *xmodem) {
        if (xmodem->state != XMODEM_OVER)
                xmodem_fail(xmodem, XMODEM_CANCELLED);
}
