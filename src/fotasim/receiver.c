/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* XMODEM, received. A block is taken when its number, that number's complement and its check are
 * right and it is the next one; the one before it again is acknowledged and forgotten, as its ACK
 * was lost; any other number can't be mended. What is no beginning of a block is noise. */

#include "fotasim/receiver.h"

#define SOH 0x01 /* a block of 128 bytes */
#define STX 0x02 /* of 1024 */
#define EOT 0x04
#define ACK 0x06
#define NAK 0x15
#define CAN 0x18

#define INVITATION_USEC (3 * USEC_PER_SEC)
#define START_LIMIT_USEC (5 * USEC_PER_MINUTE) /* HL78xx FOTA note, 10 */
#define QUIET_USEC (10 * USEC_PER_SEC)
#define ERRORS_MAX 10
#define SILENT_USEC (ERRORS_MAX * QUIET_USEC)
#define HEADER_BYTES 3

static void say(Receiver *receiver, char c, size_t n) {
        const char bytes[] = { c, c };

        receiver->host->write(receiver->userdata, bytes, n);
}

static void over(Receiver *receiver, ReceiverOutcome outcome) {
        receiver->state = RECEIVER_OVER;
        receiver->outcome = outcome;
        receiver->deadline = USEC_INFINITY;
}

static void give_up(Receiver *receiver) {
        say(receiver, CAN, 2);
        over(receiver, RECEIVER_FAILED);
}

static void refuse(Receiver *receiver) {
        if (++receiver->errors == ERRORS_MAX)
                give_up(receiver);
        else
                say(receiver, NAK, 1);
}

void receiver_start(Receiver *receiver, usec_t now, uint64_t size, const SimXmodem *faults,
                    const ReceiverHost *host, void *userdata) {
        *receiver = (Receiver) {
                .host = host,
                .userdata = userdata,
                .faults = *faults,
                .size = size,
                .state = RECEIVER_INVITING,
                .deadline = now,
                .start_limit = usec_add(now, START_LIMIT_USEC),
        };
}

/* checks */

static uint8_t sum_of(const uint8_t *bytes, size_t n) {
        unsigned sum = 0;

        for (size_t i = 0; i < n; i++)
                sum += bytes[i];
        return (uint8_t) sum;
}

/* CRC-16/XMODEM, bit by bit */
static uint16_t crc_of(const uint8_t *bytes, size_t n) {
        uint16_t crc = 0;

        for (size_t i = 0; i < n; i++) {
                crc ^= (uint16_t) (bytes[i] << 8);
                for (unsigned bit = 0; bit < 8; bit++)
                        crc = (uint16_t) (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
        }
        return crc;
}

static size_t check_size(const Receiver *receiver) {
        return receiver->faults.start == SIM_XMODEM_START_CRC ? 2 : 1;
}

static bool frame_good(const Receiver *receiver) {
        const uint8_t *frame = receiver->frame, *data = frame + HEADER_BYTES;
        size_t n = receiver->frame_size - HEADER_BYTES - check_size(receiver);
        uint16_t crc;

        if ((frame[1] ^ frame[2]) != 0xff)
                return false;
        if (check_size(receiver) == 1)
                return data[n] == sum_of(data, n);
        crc = crc_of(data, n);
        return data[n] == crc >> 8 && data[n + 1] == (crc & 0xff);
}

/* blocks */

/* True: the scenario has this block end otherwise. */
static bool fault_strikes(Receiver *receiver, usec_t now, unsigned block) {
        const SimXmodem *faults = &receiver->faults;

        if (block == faults->cancel_at_block)
                give_up(receiver);
        else if (block == faults->reset_at_block)
                over(receiver, RECEIVER_RESET);
        else if (block == faults->silent_at_block) {
                receiver->state = RECEIVER_SILENT;
                receiver->deadline = usec_add(now, SILENT_USEC);
        } else if (block == faults->nak_block && !receiver->block_refused) {
                receiver->block_refused = true;
                refuse(receiver);
        } else
                return false;
        return true;
}

static void block_take(Receiver *receiver, usec_t now) {
        size_t n = receiver->frame_size - HEADER_BYTES - check_size(receiver);
        unsigned block = receiver->blocks + 1;

        if (fault_strikes(receiver, now, block))
                return;
        if (n > 128)
                receiver->block_1k = true;
        n = (size_t) MIN_OF((uint64_t) n, receiver->size - receiver->received);
        receiver->state = RECEIVER_RECEIVING;
        receiver->blocks = block;
        receiver->errors = 0;
        receiver->received += n;
        receiver->host->take(receiver->userdata, receiver->frame + HEADER_BYTES, n);
        if (block != receiver->faults.lose_ack)
                say(receiver, ACK, block == receiver->faults.double_ack ? 2 : 1);
}

static void frame_end(Receiver *receiver, usec_t now) {
        uint8_t number = receiver->frame[1];

        receiver->n_frame = 0;
        if (!frame_good(receiver))
                refuse(receiver);
        else if (receiver->blocks > 0 && number == (uint8_t) receiver->blocks)
                say(receiver, ACK, 1);
        else if (number != (uint8_t) (receiver->blocks + 1) || receiver->received == receiver->size)
                give_up(receiver);
        else
                block_take(receiver, now);
}

static void file_end(Receiver *receiver) {
        bool failed = receiver->received < receiver->size ||
                      (receiver->block_1k && receiver->faults.block_1k_fails);

        if (receiver->faults.nak_eot && !receiver->eot_refused) {
                receiver->eot_refused = true;
                return say(receiver, NAK, 1);
        }
        say(receiver, ACK, 1);
        over(receiver, failed ? RECEIVER_FAILED : RECEIVER_DONE);
}

/* bytes and time */

static void frame_begin(Receiver *receiver, uint8_t byte) {
        receiver->cans = byte == CAN ? receiver->cans + 1 : 0;
        if (receiver->cans == 2)
                over(receiver, RECEIVER_FAILED);
        else if (byte == EOT && receiver->state == RECEIVER_RECEIVING)
                file_end(receiver);
        else if (byte == SOH || byte == STX) {
                receiver->frame_size =
                        HEADER_BYTES + (byte == SOH ? 128U : 1024U) + check_size(receiver);
                receiver->frame[0] = byte;
                receiver->n_frame = 1;
        }
}

void receiver_feed(Receiver *receiver, usec_t now, uint8_t byte) {
        if (receiver->state == RECEIVER_OVER || receiver->state == RECEIVER_SILENT)
                return;
        if (receiver->n_frame == 0)
                frame_begin(receiver, byte);
        else {
                receiver->frame[receiver->n_frame++] = byte;
                if (receiver->n_frame == receiver->frame_size)
                        frame_end(receiver, now);
        }
        if (receiver->state == RECEIVER_RECEIVING || receiver->n_frame > 0)
                receiver->deadline = usec_add(now, QUIET_USEC);
}

static void invite(Receiver *receiver, usec_t now) {
        bool crc = receiver->faults.start == SIM_XMODEM_START_CRC;

        if (now >= receiver->start_limit)
                return over(receiver, RECEIVER_NO_START);
        say(receiver, crc ? 'C' : NAK, 1);
        receiver->deadline = MIN_OF(usec_add(now, INVITATION_USEC), receiver->start_limit);
}

void receiver_tick(Receiver *receiver, usec_t now) {
        receiver->n_frame = 0;

        switch (receiver->state) {
        case RECEIVER_OVER:
                break;

        case RECEIVER_INVITING:
                invite(receiver, now);
                break;

        case RECEIVER_RECEIVING:
                receiver->deadline = usec_add(now, QUIET_USEC);
                refuse(receiver);
                break;

        case RECEIVER_SILENT:
                over(receiver, RECEIVER_FAILED);
                break;
        }
}
