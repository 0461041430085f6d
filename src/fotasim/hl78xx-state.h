/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a simulated HL78xx is made of while it has power, beyond what every module has; for
 * hl78xx*.c only. */

#include "fotasim/hl78xx-memory.h"
#include "fotasim/package-file.h"
#include "fotasim/receiver.h"

#define HL78XX_PLAN_MAX 20
#define HL78XX_INDICATIONS 4479U /* bits 0-6, 8 and 12 */

typedef enum SessionState {
        SESSION_CLOSED,
        SESSION_CONNECTING,
        SESSION_OPEN,
        SESSION_CLOSING,
} SessionState;

/* Who wanted the session; it decides when the session ends. */
typedef enum SessionOrigin {
        SESSION_BY_HOST,
        SESSION_BY_MODULE, /* to go on with a download */
        SESSION_BY_POLLING,
        SESSION_BY_RESULT, /* to report an install */
} SessionOrigin;

typedef struct Session {
        SessionState state;
        SessionOrigin origin;
        const char *plan[HL78XX_PLAN_MAX]; /* events that are still to come */
        size_t n_plan, step;
        SessionOrigin wanted; /* what event 1 asks for */
        bool reopen;          /* asked for while it closed */
        bool unreachable;     /* by the server: the NAT binding is gone */
        usec_t active;        /* the last word to or from the server */
        unsigned retry;       /* of the list below, which was read when the first one was needed */
        uint32_t retry_min[SIM_RETRY_MAX];
} Session;

typedef struct Download {
        bool granted; /* by AT+WDSR=3 */
        usec_t since; /* this stretch, which began at `from` bytes */
        uint64_t from;
        unsigned shown; /* percent */
} Download;

/* AT+WDSD: while it runs the line belongs to the receiver. */
typedef struct Push {
        bool ending; /* the receiver is over, the final result code is to come */
        Receiver receiver;
        SimPackageReader file;
} Push;

typedef struct Hl78xx {
        bool ready; /* event 0 was due */
        bool deferred[_AGREEMENT_MAX];
        Session session;
        Download download;
        Push push;
        bool checked;   /* the first of events 10 and 12 is out */
        bool announced; /* event 14 is out, flashing comes next */
} Hl78xx;
