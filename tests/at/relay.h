/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A serial line between an XMODEM sender in this process and a receiver program on a pty: it has a
 * speed, in both directions, and faults. */

#include <sys/types.h>

#include "at/xmodem.h"

typedef enum RelayFate {
        RELAY_PASS,
        RELAY_CORRUPT,
        RELAY_DROP,
        RELAY_DOUBLE,
        RELAY_DELAY, /* by RELAY_DELAY_USEC */
} RelayFate;
#define RELAY_DELAY_USEC (200 * USEC_PER_MSEC)
#define RELAY_FAULTS_MAX 8

typedef struct RelayFault {
        unsigned at;   /* the n-th frame, or the n-th ACK, from 1; 0: none */
        bool ack;      /* it happens to an ACK, else to a frame's byte */
        unsigned byte; /* of the frame, from 0 */
        RelayFate fate;
} RelayFault;

typedef struct RelaySettings {
        const char *const *program; /* argv, its stdin and stdout are the line */
        const char *folder;         /* that it runs in */
        unsigned baud_rate;
        RelayFault faults[RELAY_FAULTS_MAX];
        unsigned one_in; /* of so many frames one gets a byte behind its header corrupted; 0: none
                          */
        unsigned seed;   /* which one, which byte */
} RelaySettings;

#define RELAY_QUEUE_MAX 4096 /* bytes on the way to the receiver; two frames at most */
#define RELAY_UP_MAX 256

typedef struct Relay {
        RelaySettings settings;
        Xmodem *xmodem;
        int fd; /* master of the pty */
        pid_t pid;
        int status;  /* of the receiver, when it has ended: pid 0 */
        usec_t skew; /* the clock is ahead by so much: nobody is left to wait for */

        char down[RELAY_QUEUE_MAX];
        size_t n_down;
        usec_t next;    /* boot time at which the next byte down leaves, scaled by 1000 */
        bool flushed;   /* the receiver has flushed its input since the last byte down */
        usec_t replied; /* boot time of its last byte */
        struct {
                usec_t at;
                char byte;
        } up[RELAY_UP_MAX];
        size_t n_up;
        unsigned frames, acks, broken; /* the last: blocks */
        unsigned to_break;             /* the next frame that one_in meets */
} Relay;

/* Starts the receiver; the caller then starts the sender with relay_write(). 0 or a negative
 * errno. */
_must_use_ int relay_start(Relay *relay, const RelaySettings *settings, Xmodem *xmodem);
void relay_write(void *userdata, const char *bytes, size_t n);
Clock relay_now(const Relay *relay);
/* Runs lines until all senders are over and all receivers have left, for at most `limit`; false:
 * not all came to an end. */
bool relay_run(Relay *relays, size_t n, usec_t limit);
/* Ends the receiver; may be called twice. */
void relay_done(Relay *relay);
