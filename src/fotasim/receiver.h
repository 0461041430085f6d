/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The receiving side of XMODEM and XMODEM-1K as a module has it (HL78xx FOTA note, 10), sans-I/O,
 * with all that a scenario lets go wrong. Time is module time. */

#include "base/time.h"
#include "fotasim/scenario.h"

#define RECEIVER_FRAME_MAX (3 + 1024 + 2)

typedef enum ReceiverState {
        RECEIVER_OVER, /* see `outcome` */
        RECEIVER_INVITING,
        RECEIVER_RECEIVING,
        RECEIVER_SILENT, /* says nothing more, and is over at the deadline */
} ReceiverState;

typedef enum ReceiverOutcome {
        RECEIVER_DONE,
        RECEIVER_FAILED,   /* cancelled by either side, given up, or a byte too few */
        RECEIVER_NO_START, /* nobody sent a block */
        RECEIVER_RESET,    /* the scenario wants a restart */
} ReceiverOutcome;

typedef struct ReceiverHost {
        void (*write)(void *userdata, const char *bytes, size_t n);
        /* the file's next bytes */
        void (*take)(void *userdata, const uint8_t *bytes, size_t n);
} ReceiverHost;

typedef struct Receiver {
        const ReceiverHost *host;
        void *userdata;
        SimXmodem faults;
        uint64_t size, received;
        ReceiverState state;
        ReceiverOutcome outcome;
        usec_t deadline, start_limit;
        unsigned blocks; /* taken so far */
        unsigned errors; /* in a row */
        unsigned cans;   /* in a row */
        bool block_1k, eot_refused, block_refused;
        size_t n_frame, frame_size;
        uint8_t frame[RECEIVER_FRAME_MAX];
} Receiver;

/* The first invitation leaves with receiver_tick(); blocks are taken from now on. `faults` is
 * copied, host and userdata are borrowed until RECEIVER_OVER. */
void receiver_start(Receiver *receiver, usec_t now, uint64_t size, const SimXmodem *faults,
                    const ReceiverHost *host, void *userdata);
void receiver_feed(Receiver *receiver, usec_t now, uint8_t byte);
void receiver_tick(Receiver *receiver, usec_t now); /* at or after the deadline */
