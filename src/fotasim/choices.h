/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The words that a scenario chooses from. */

#include "base/macro.h"

typedef enum SimFamily {
        SIM_FAMILY_HL78XX,
        SIM_FAMILY_TELIT,
} SimFamily;

/* Which of Telit's three ways an update goes. */
typedef enum SimProtocol {
        SIM_PROTOCOL_SMS,
        SIM_PROTOCOL_COMBINED,
        SIM_PROTOCOL_TCP, /* the server never asks: AT#OTAIPUPD begins */
} SimProtocol;

typedef enum SimSpelling {
        SIM_SPELLING_OTASNAIPCFG,
        SIM_SPELLING_OTASNAPIPCFG,
} SimSpelling;

typedef enum SimBearer {
        SIM_BEARER_NUMBERS, /* 0: GPRS, 1: CSD */
        SIM_BEARER_WORDS,   /* "GPRS", "CSD" */
} SimBearer;

typedef enum SimOtaevStyle {
        SIM_OTAEV_NOTE,       /* as Telit's note has them */
        SIM_OTAEV_UPPER,      /* FW everywhere */
        SIM_OTAEV_SUCCESSFUL, /* with one l */
} SimOtaevStyle;

typedef enum SimCredentials {
        SIM_CREDENTIALS_PRESENT,
        SIM_CREDENTIALS_MISSING, /* never connected: bootstraps first */
        SIM_CREDENTIALS_EXPIRED, /* fails to authenticate `failed_authentications` times, then
                                    bootstraps */
} SimCredentials;

typedef enum SimRange {
        SIM_RANGE_SINGLE, /* +WDSI: (0-4479) */
        SIM_RANGE_MULTI,  /* +WDSI: (0-127,256-383,4096-4223,4352-4479) */
} SimRange;

typedef enum SimRead {
        SIM_READ_LINE,
        SIM_READ_EMPTY, /* AT+WDSI? prints nothing but OK until the mask was set once */
} SimRead;

typedef enum SimPresence {
        SIM_PRESENT,
        SIM_ABSENT,
} SimPresence;

typedef enum SimAnswer {
        SIM_ANSWER_ACCEPT,
        SIM_ANSWER_ERROR,
} SimAnswer;

typedef enum SimLateGrant {
        SIM_LATE_GRANT_CONNECT, /* WDSR=3 with the session closed: the module connects by itself */
        SIM_LATE_GRANT_WAIT,    /* ... waits for AT+WDSS=1,1 */
} SimLateGrant;

typedef enum SimSizeOrder {
        SIM_ORDER_SIZE_FIRST, /* 9, 2 */
        SIM_ORDER_REQUEST_FIRST,
} SimSizeOrder;

typedef enum SimStoreOrder {
        SIM_ORDER_CERTIFIED_FIRST, /* 12, 10 */
        SIM_ORDER_STORED_FIRST,
} SimStoreOrder;

typedef enum SimBootOrder {
        SIM_ORDER_RESULT_FIRST, /* 16, 0 */
        SIM_ORDER_READY_FIRST,
} SimBootOrder;

typedef enum SimProgressStyle {
        SIM_PROGRESS_PLAIN,  /* +WDSI: 18,5 */
        SIM_PROGRESS_BLANK,  /* +WDSI: 18, 5 and +WDSI: 11, 2 */
        SIM_PROGRESS_QUOTED, /* +WDSI: 18,"5%" */
} SimProgressStyle;

typedef enum SimXmodemStart {
        SIM_XMODEM_START_NAK, /* asks for the 8-bit sum */
        SIM_XMODEM_START_CRC, /* 'C': for the CRC-16 */
} SimXmodemStart;

/* How a transfer that failed ends. */
typedef enum SimXmodemEnding {
        SIM_XMODEM_ENDING_ERROR,
        SIM_XMODEM_ENDING_CME,
} SimXmodemEnding;

typedef enum SimPort {
        SIM_PORT_UART,
        SIM_PORT_USB, /* the tty vanishes when the module reboots and returns with it */
} SimPort;

/* What becomes of a package. */
typedef enum SimResult {
        SIM_RESULT_OK,
        SIM_RESULT_MISMATCH,      /* 15 */
        SIM_RESULT_WRONG_VERSION, /* 16, and yet the version is the old one */
        SIM_RESULT_CORRUPT,       /* 11,2 */
        SIM_RESULT_NO_MEMORY,     /* 11,0 */
        SIM_RESULT_HTTP,          /* 11,1 */
        SIM_RESULT_NOT_CERTIFIED, /* 13 */
        SIM_RESULT_STUCK,         /* flashes for ever */
        SIM_RESULT_NO_CONNECTION, /* Telit: fails before the download */
        SIM_RESULT_TEST,          /* Telit: the messages of an update, and none */
} SimResult;

typedef enum SimAction {
        SIM_ACTION_REBOOT,
        SIM_ACTION_UNINSTALL,
        SIM_ACTION_QUERY,    /* Telit: the module tells who it is */
        SIM_ACTION_REGISTER, /* Telit: forced by the service's administrator */
} SimAction;

typedef enum SimFaultKind {
        SIM_FAULT_NONE,
        SIM_FAULT_LOSE,         /* the event is not printed; the command never arrives */
        SIM_FAULT_LOSE_REPLY,   /* the command is carried out, its reply is lost */
        SIM_FAULT_DOUBLE,       /* printed twice */
        SIM_FAULT_DELAY,        /* printed later, by `span` */
        SIM_FAULT_SPLIT,        /* printed in small pieces */
        SIM_FAULT_INSIDE_REPLY, /* the event is held and printed between the lines of the next reply
                                 */
        SIM_FAULT_JUNK,         /* NUL bytes and debug text before it */
        SIM_FAULT_CME,          /* the command gets +CME ERROR: `code` */
        SIM_FAULT_ERROR,        /* the command gets ERROR, whatever +CMEE */
        SIM_FAULT_SILENCE,      /* afterwards deaf and mute for `span` */
        SIM_FAULT_RESET,        /* the module reboots: instead of the command, or after the event */
        SIM_FAULT_SESSION_LOSS, /* afterwards the session is lost */
        SIM_FAULT_NETWORK_LOSS, /* afterwards there is no network for `span` */
        SIM_FAULT_NAT_LOSS,     /* afterwards the server does not reach the session any more */
} SimFaultKind;
