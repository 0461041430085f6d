/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a simulated HL78xx is made of while it has power; for hl78xx*.c only. */

#include "fotasim/hl78xx-memory.h"
#include "fotasim/package-file.h"
#include "fotasim/receiver.h"

#define HL78XX_LINE_MAX 512
#define HL78XX_INPUT_MAX 4096
#define HL78XX_OUTPUT_MAX 64 /* pieces that wait to be printed */
#define HL78XX_PIECE_MAX 256
#define HL78XX_REPLY_MAX 1024
#define HL78XX_URC_MAX 96
#define HL78XX_PLAN_MAX 20
#define HL78XX_INDICATIONS 4479U /* bits 0-6, 8 and 12 */

/* +CME ERROR codes that the documents name; the first five are 3GPP TS 27.007's */
#define CME_NOT_ALLOWED 3
#define CME_NOT_SUPPORTED 4
#define CME_SIM_PIN 11
#define CME_SIM_PUK 12
#define CME_WRONG_PASSWORD 16
#define CME_INVALID_APN 133
#define CME_ACTIVATION 148
#define CME_NO_CONTEXT 650 /* or an agreement is pending */

typedef enum ModuleState {
        MODULE_OFF,
        MODULE_BOOTING, /* deaf */
        MODULE_UP,
        MODULE_FLASHING, /* deaf */
} ModuleState;

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

typedef enum Timer {
        TIMER_OUTPUT, /* the next waiting piece of output */
        TIMER_SILENCE,
        TIMER_PORT, /* USB: the tty returns */
        TIMER_BOOT,
        TIMER_RESTART,
        TIMER_READY, /* event 0 */
        TIMER_REPLY,
        TIMER_SESSION,
        TIMER_SERVER, /* the server's next word in an open session */
        TIMER_IDLE,
        TIMER_POLL,
        TIMER_RETRY,
        TIMER_DOWNLOAD,
        TIMER_VERIFY,
        TIMER_INSTALL,
        TIMER_PUSH,
        TIMER_NETWORK,         /* it returns */
        TIMER_NETWORK_TIMEOUT, /* the session does not survive its absence */
        TIMER_PLAN,            /* the scenario's next package or request */
        TIMER_CONNECT_REQUEST,
        TIMER_DOWNLOAD_REQUEST,
        TIMER_INSTALL_REQUEST,
        TIMER_REBOOT_REQUEST,
        TIMER_UNINSTALL_REQUEST,
        _TIMER_MAX,
} Timer;

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

/* AT+WDSD: the line belongs to the receiver. */
typedef struct Push {
        bool active;
        bool ending; /* the receiver is over, the final result code is to come */
        Receiver receiver;
        SimPackageReader file;
} Push;

typedef struct Piece {
        usec_t due;
        size_t n;
        char bytes[HL78XX_PIECE_MAX];
} Piece;

struct SimModule {
        const SimScenario *scenario;
        const SimHost *host;
        void *userdata;
        usec_t now, powered_at;
        uint64_t random;
        usec_t timers[_TIMER_MAX];
        Memory memory;
        SimMemory remembered; /* what the host was given last */

        ModuleState state;
        bool sim_ready, online, ready; /* PIN entered; AT+CFUN=1; event 0 was due */
        bool network_lost;
        bool echo, deferred[_AGREEMENT_MAX];
        unsigned cmee;
        Session session;
        Download download;
        Push push;
        bool announced; /* event 14 is out, flashing comes next */

        char input[HL78XX_INPUT_MAX]; /* typed ahead */
        size_t n_input;
        char line[HL78XX_LINE_MAX]; /* being typed; then being carried out */
        size_t n_line;
        bool line_overlong, busy;
        unsigned line_tail; /* of what the host sends while the module flashes: how much of the
                               grant was seen */

        Piece output[HL78XX_OUTPUT_MAX];
        size_t n_output;
        usec_t line_free;          /* when the last queued piece is out */
        char held[HL78XX_URC_MAX]; /* a URC for the middle of the next reply */
};
