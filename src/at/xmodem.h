/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The sending side of XMODEM and XMODEM-1K, sans-I/O: bytes and time come in, blocks go out. The
 * receiver's first byte chooses the check: NAK the 8-bit sum (what HL78xx asks for), 'C' the
 * CRC-16. Every block has the same size, the last one is padded; a file whose size divides gets no
 * extra block. */

#include "base/macro.h"
#include "base/time.h"

#define XMODEM_SOH 0x01 /* a block of 128 bytes follows */
#define XMODEM_STX 0x02 /* 1024 bytes */
#define XMODEM_EOT 0x04
#define XMODEM_ACK 0x06
#define XMODEM_NAK 0x15
#define XMODEM_CAN 0x18
#define XMODEM_BLOCK_MAX 1024
#define XMODEM_FRAME_MAX (3 + XMODEM_BLOCK_MAX + 2)
#define XMODEM_TRIES_MAX 10     /* a block, and an EOT that the receiver says no to, in all */
#define XMODEM_EOT_TRIES_MAX 4  /* an EOT that nobody answers */
#define XMODEM_EARLY_GOOD_MAX 3 /* see early_but_good */
#define XMODEM_CANS 8           /* CAN bytes that end it from this side */
extern const char xmodem_cans[XMODEM_CANS];

typedef enum XmodemState {
        XMODEM_WAITING, /* for the receiver's first NAK or 'C' */
        XMODEM_SENDING,
        XMODEM_ENDING, /* EOT was sent */
        XMODEM_OVER,   /* see `outcome` */
} XmodemState;

typedef enum XmodemOutcome {
        XMODEM_DONE,
        XMODEM_UNCONFIRMED, /* all blocks were taken, the reply to EOT never came: the receiver may
                               well have the file */
        XMODEM_CANCELLED_BY_RECEIVER, /* two CAN in a row */
        XMODEM_TOO_MANY_ERRORS,       /* one block was sent too often */
        XMODEM_SILENT,                /* the receiver says nothing any more */
        XMODEM_NO_START,              /* it never invited */
        XMODEM_UNREADABLE,            /* the file could not be read */
        XMODEM_CANCELLED,             /* xmodem_cancel() */
} XmodemOutcome;

/* A file of known size, read in any order: n bytes at `offset` (both within the size) to `to`; 0 or
 * a negative errno. */
typedef struct XmodemFile {
        uint64_t size; /* bytes, > 0 */
        int (*read)(void *userdata, uint64_t offset, void *to, size_t n);
        void *userdata;
} XmodemFile;

typedef struct XmodemSettings {
        size_t block;       /* 1024 or 128 bytes */
        uint8_t pad;        /* 0x1A */
        unsigned baud_rate; /* of the line, 0 unknown: a reply that comes before a block can have
                               left belongs to an earlier one */
        usec_t start_limit; /* for the invitation */
} XmodemSettings;

typedef struct Xmodem {
        XmodemSettings settings;
        XmodemFile file; /* its userdata is borrowed until XMODEM_OVER */
        void (*write)(void *userdata, const char *bytes, size_t n);
        void *userdata; /* for write */
        XmodemState state;
        XmodemOutcome outcome;    /* with XMODEM_OVER */
        bool crc;                 /* the receiver asked with 'C' */
        uint64_t acknowledged;    /* bytes that the receiver has */
        uint64_t reached;         /* offset up to which blocks were begun */
        unsigned blocks, resends; /* sent in all; of these again */
        unsigned tries;           /* of what is being sent now */
        bool heard;               /* any byte since that was sent first */
        usec_t sent;              /* boot time from which its last write can be on the line */
        usec_t line_free;         /* boot time at which all that was written has left the line */
        usec_t deadline;          /* boot time, USEC_INFINITY none */
        unsigned cans;            /* CAN in a row */
        uint8_t held;             /* an ACK or NAK that came too early: whose is it? 0 none */
        bool believed;            /* the last ACK was a held one: only nothing spoke against it */
        unsigned early_but_good;  /* so often in a row a held ACK was believed: at
                                     XMODEM_EARLY_GOOD_MAX the line is known to be faster than its
                                     baud rate says, and early replies are taken at once */
        size_t n_frame;
        char frame[XMODEM_FRAME_MAX];
} Xmodem;

/* Waits for the invitation from now on. `write` must not answer before it returns. */
void xmodem_start(Xmodem *xmodem, const Clock *now, const XmodemSettings *settings,
                  const XmodemFile *file,
                  void (*write)(void *userdata, const char *bytes, size_t n), void *userdata);
/* false: the byte is none of the protocol's in this state (text, noise). */
bool xmodem_feed(Xmodem *xmodem, const Clock *now, uint8_t byte);
usec_t xmodem_deadline(const Xmodem *xmodem);
void xmodem_tick(Xmodem *xmodem, const Clock *now);
/* Tells the receiver with CAN; XMODEM_OVER at once. */
void xmodem_cancel(Xmodem *xmodem);
