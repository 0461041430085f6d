/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a simulated module is made of while it has power. */

#include "fotasim/hl78xx-state.h"
#include "fotasim/module-memory.h"
#include "fotasim/telit-state.h"

#define MODULE_LINE_MAX 512
#define MODULE_INPUT_MAX 4096
#define MODULE_OUTPUT_MAX 64 /* pieces that wait to be printed */
#define MODULE_PIECE_MAX 256
#define MODULE_REPLY_MAX 1024
#define MODULE_URC_MAX 96
#define PIN_TRIES 3

/* +CME ERROR codes that the documents name; the first six are 3GPP TS 27.007's */
#define CME_NOT_ALLOWED 3
#define CME_NOT_SUPPORTED 4
#define CME_SIM_OUT 10
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
        MODULE_FROZEN,     /* deaf, and yet it may speak */
        MODULE_VALIDATING, /* likewise */
        MODULE_FLASHING,   /* deaf */
} ModuleState;

typedef enum Timer {
        TIMER_OUTPUT, /* the next waiting piece of output */
        TIMER_SILENCE,
        TIMER_PORT, /* USB: the tty returns */
        TIMER_BOOT,
        TIMER_RESTART,
        TIMER_REPLY,
        TIMER_PLAN,    /* the scenario's next package or request */
        TIMER_NETWORK, /* it returns */
        TIMER_SERVER,  /* its next word */
        TIMER_DOWNLOAD,
        TIMER_VERIFY,
        TIMER_INSTALL,

        /* HL78xx */
        TIMER_READY, /* event 0 */
        TIMER_SESSION,
        TIMER_IDLE,
        TIMER_POLL,
        TIMER_RETRY,
        TIMER_PUSH,
        TIMER_NETWORK_TIMEOUT, /* the session does not survive its absence */
        TIMER_CONNECT_REQUEST,
        TIMER_DOWNLOAD_REQUEST,
        TIMER_INSTALL_REQUEST,
        TIMER_REBOOT_REQUEST,
        TIMER_UNINSTALL_REQUEST,

        /* Telit */
        TIMER_REGISTER,  /* the server's acknowledgement */
        TIMER_PROVISION, /* its settings */
        TIMER_ANSWER,    /* the time to answer is over, or the question comes again */
        TIMER_REISSUE,   /* the server asks again */
        TIMER_BUFFER,    /* what was held back is printed */
        _TIMER_MAX,
} Timer;

typedef struct Piece {
        usec_t due;
        size_t n;
        char bytes[MODULE_PIECE_MAX];
} Piece;

typedef struct Family Family;

struct SimModule {
        const Family *family;
        const SimScenario *scenario;
        const SimHost *host;
        void *userdata;
        usec_t now, powered_at;
        usec_t plan_ahead; /* the plan is so much earlier than it was written */
        uint64_t random;
        usec_t timers[_TIMER_MAX];
        Memory memory;
        SimMemory remembered; /* what the host was given last */

        ModuleState state;
        bool sim_ready, online; /* PIN entered; AT+CFUN=1 */
        bool network_lost;
        bool echo, terse; /* terse: ATV0 */
        unsigned cmee;

        char input[MODULE_INPUT_MAX]; /* typed ahead */
        size_t n_input;
        char line[MODULE_LINE_MAX]; /* being typed; then being carried out */
        size_t n_line;
        bool line_overlong, busy;
        bool raw;           /* input is no lines: it belongs to the family */
        unsigned line_tail; /* of what the host sends while the module is deaf: how much of a
                               grant was seen */

        Piece output[MODULE_OUTPUT_MAX];
        size_t n_output;
        usec_t line_free;          /* when the last queued piece is out */
        char held[MODULE_URC_MAX]; /* a URC for the middle of the next reply */

        union {
                Hl78xx hl78xx;
                Telit telit;
        };
};
