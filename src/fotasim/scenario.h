/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A scenario: what a simulated HL78xx is, how it behaves where the documents leave a choice, what
 * its server offers and what goes wrong. Every key is optional; sim_scenario_init() has the
 * defaults. */

#include "base/text.h"
#include "base/time.h"

#define SIM_TEXT_MAX 64
#define SIM_CONTEXT_MAX 4
#define SIM_PACKAGE_MAX 8
#define SIM_REQUEST_MAX 8
#define SIM_FAULT_MAX 16
#define SIM_PROGRESS_MAX 32
#define SIM_RETRY_MAX 8

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
        SIM_PROGRESS_BLANK,  /* +WDSI: 18, 5 */
        SIM_PROGRESS_QUOTED, /* +WDSI: 18,"5%" */
} SimProgressStyle;

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
} SimResult;

typedef enum SimAction {
        SIM_ACTION_REBOOT,
        SIM_ACTION_UNINSTALL,
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
} SimFaultKind;

typedef struct SimContext {
        unsigned cid; /* 1..SIM_CONTEXT_MAX */
        char type[16];
        char apn[SIM_TEXT_MAX]; /* empty: the network chooses */
} SimContext;

typedef struct SimFault {
        char on[SIM_TEXT_MAX]; /* "18" or "18,100": an event; "AT+WDSR=4": commands that begin so */
        unsigned nth;          /* the first time that it strikes, 1.. */
        unsigned times;        /* and how often; 0: from then on always */
        SimFaultKind kind;
        unsigned code;
        usec_t span;
} SimFault;

typedef struct SimPlannedPackage {
        usec_t at; /* after power on; 0: from the start */
        uint64_t bytes;
        char to[SIM_TEXT_MAX];
        SimResult result;
} SimPlannedPackage;

/* The server orders something that has an agreement of its own (events 24, 25). */
typedef struct SimPlannedRequest {
        usec_t at;
        SimAction action;
} SimPlannedRequest;

typedef struct SimAgreements {
        bool connect, download, install, reboot, uninstall; /* AT+WDSC=0, 1, 2, 5, 6 */
} SimAgreements;

/* All in module time. */
typedef struct SimTimings {
        usec_t boot;
        usec_t answer;       /* from a command to its reply */
        usec_t session_step; /* between the events of a session */
        usec_t session_close;
        usec_t download;        /* of a whole package... */
        uint64_t download_rate; /* ... unless this is set: bytes per second */
        usec_t verify;
        usec_t install_start; /* from the grant to 14, and from there to flashing */
        usec_t install;
        usec_t repeat;       /* of a request that nobody answers */
        usec_t polling_idle; /* a polled session closes after so long */
        usec_t nat; /* an idle session is not reached by the server any more; USEC_INFINITY: never
                     */
} SimTimings;

typedef struct SimRadio {
        int rssi_dbm;
        bool registered, roaming;
        char operator_name[SIM_TEXT_MAX];
        char apn[SIM_TEXT_MAX]; /* the only one that the network takes (else CME 133); empty: any */
} SimRadio;

typedef struct SimScenario {
        char manufacturer[SIM_TEXT_MAX], model[SIM_TEXT_MAX], firmware[SIM_TEXT_MAX];
        char imei[SIM_TEXT_MAX], serial_number[SIM_TEXT_MAX], iccid[SIM_TEXT_MAX],
                imsi[SIM_TEXT_MAX];
        char sim_pin[16]; /* empty: none is asked for */
        char sim_puk[16];
        SimContext contexts[SIM_CONTEXT_MAX];
        size_t n_contexts;
        unsigned device_context; /* AT+WDSS=2, 0: not set */

        bool echo;
        unsigned cmee;
        bool ksrep;
        unsigned indications; /* AT+WDSI mask of a factory-new module */
        SimAgreements agreements;
        unsigned polling_min;
        unsigned retry_min[SIM_RETRY_MAX];
        SimRange wdsi_range;
        bool wdsg;
        SimPort port;
        bool boot_junk;

        SimCredentials credentials;
        unsigned failed_authentications;
        unsigned refused_sessions; /* so many sessions end with event 7 first */
        SimAnswer early_answer;    /* an answer before a deferral is over */
        unsigned wdsr_error;       /* CME code when nothing is pending */
        SimLateGrant late_grant;
        bool ok_after_install_grant;
        bool certified_after_grant; /* event 12 again after AT+WDSR=4 */
        bool install_event;         /* event 14 */
        bool reports_result;        /* session after an install: 4, 6, 23,1, 8 */
        SimSizeOrder offer_order;
        SimStoreOrder store_order;
        SimBootOrder boot_order;
        SimProgressStyle progress_style;
        unsigned progress[SIM_PROGRESS_MAX]; /* percentages that are shown, rising */
        size_t n_progress;

        SimTimings timings;
        SimRadio radio;
        SimPlannedPackage packages[SIM_PACKAGE_MAX];
        size_t n_packages;
        SimPlannedRequest requests[SIM_REQUEST_MAX];
        size_t n_requests;
        SimFault faults[SIM_FAULT_MAX];
        size_t n_faults;
} SimScenario;

void sim_scenario_init(SimScenario *scenario);

/* Reads YAML over the defaults. -EINVAL: `errors` has one line for each mistake, FILE:LINE:COLUMN:
 * ...; other errors are the file's, with a line too. `*ret` is untouched on failure. */
_must_use_ int sim_scenario_load(SimScenario *ret, const char *path, Text *errors);
_must_use_ int sim_scenario_parse(SimScenario *ret, const char *name, const char *yaml, size_t n,
                                  Text *errors);
