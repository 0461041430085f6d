/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A scenario: what a simulated module is, how it behaves where the documents leave a choice, what
 * its server offers and what goes wrong. Every key is optional; sim_scenario_init() has the
 * defaults. */

#include "base/text.h"
#include "base/time.h"
#include "fotasim/choices.h"

#define SIM_TEXT_MAX 64
#define SIM_CONTEXT_MAX 4
#define SIM_PACKAGE_MAX 8
#define SIM_REQUEST_MAX 8
#define SIM_LINE_MAX 8
#define SIM_CARD_MAX 8
#define SIM_FAULT_MAX 16
#define SIM_PROGRESS_MAX 32
#define SIM_RETRY_MAX 8
#define SIM_RETRY_MAX_MIN 20160
#define SIM_POLLING_MAX_MIN 525600

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
        bool automatic; /* Telit: nobody is asked */
} SimPlannedPackage;

/* The server orders something that is no package. */
typedef struct SimPlannedRequest {
        usec_t at;
        SimAction action;
} SimPlannedRequest;

/* Printed as it is: an event that nobody knows, say. */
typedef struct SimPlannedLine {
        usec_t at; /* after power on */
        char text[SIM_TEXT_MAX];
} SimPlannedLine;

/* Telit: a SIM is put in, or the one that is there taken out. */
typedef struct SimPlannedCard {
        usec_t at;
        bool out;
        bool elsewhere;                               /* it was in another module meanwhile */
        char iccid[SIM_TEXT_MAX], imsi[SIM_TEXT_MAX]; /* empty: the scenario's first one */
} SimPlannedCard;

typedef struct SimTelit {
        SimProtocol protocol;
        unsigned lost_registrations; /* so many are not acknowledged first */
        bool provisions;             /* sms: settings follow the first registration */
        bool registers_again;        /* AT#OTASNAP of a module that is registered */
        bool delay;                  /* AT#OTASUAN=2 */
        unsigned otasuan_mode;       /* factory setting */
        SimSpelling ip_config;       /* of the command that has the bearer and the APN */
        SimBearer bearer;
        SimPresence otaipupd;
        SimOtaevStyle otaev_style;
        bool autobaud_loss; /* the first URC after an update is lost with AT+IPR=0 */
        bool qss;           /* #QSS: lines tell of the SIM */
} SimTelit;

/* The receiver of AT+WDSD and what goes wrong with it. Blocks count from 1; 0: never. */
typedef struct SimXmodem {
        SimXmodemStart start;
        bool nak_eot;             /* the first EOT gets NAK */
        unsigned nak_block;       /* once */
        unsigned lose_ack;        /* the block is taken */
        unsigned double_ack;      /* two for one block */
        unsigned cancel_at_block; /* CAN CAN in place of an ACK */
        unsigned silent_at_block; /* says nothing more, and gives up later */
        unsigned reset_at_block;  /* the module restarts */
        bool block_1k_fails;      /* a transfer in blocks of 1024 bytes fails at its end */
        SimXmodemEnding ending;   /* of what failed */
        bool lose_final_ok;       /* event 3 comes all the same */
        bool wdsi3_before_ok;     /* ... and first */
        SimResult result;         /* of installing a good file */
        unsigned times;           /* so many transfers have the faults above; 0: all */
} SimXmodem;

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
        usec_t certify;       /* from the first of events 10 and 12 to the second */
        usec_t install_start; /* from the grant to 14, and from there to flashing */
        usec_t install;
        usec_t repeat;          /* of a request that nobody answers, or that was delayed */
        usec_t answer_window;   /* Telit: to answer in */
        usec_t reissue;         /* Telit: from a no until the server asks again */
        usec_t registration;    /* Telit: until it is acknowledged */
        usec_t polling_idle;    /* a polled session closes after so long */
        usec_t network_timeout; /* after which a session without network is over */
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
        SimFamily family;
        char manufacturer[SIM_TEXT_MAX], model[SIM_TEXT_MAX], firmware[SIM_TEXT_MAX];
        char imei[SIM_TEXT_MAX], serial_number[SIM_TEXT_MAX], iccid[SIM_TEXT_MAX],
                imsi[SIM_TEXT_MAX];
        char sim_pin[16], sim_puk[16]; /* no PIN: none is asked for */
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
        SimRead wdsi_read;
        bool wdsg;
        SimPresence wdsd;    /* absent: AT+WDSD is an ERROR */
        uint64_t wdsd_max;   /* bytes */
        unsigned wdsd_error; /* CME code while an agreement is pending or the flash is busy */
        SimXmodem xmodem;
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
        SimPlannedLine lines[SIM_LINE_MAX];
        size_t n_lines;
        SimTelit telit;
        SimPlannedCard cards[SIM_CARD_MAX];
        size_t n_cards;
        SimFault faults[SIM_FAULT_MAX];
        size_t n_faults;
} SimScenario;

void sim_scenario_init(SimScenario *scenario); /* an HL78xx */
void sim_scenario_init_family(SimScenario *scenario, SimFamily family);
_must_use_ int sim_family_parse(const char *name, SimFamily *ret); /* -EINVAL */

/* Reads YAML over the defaults of the family that it names, else of `family`. -EINVAL: `errors` has
 * one line for each mistake, FILE:LINE:COLUMN: ...; other errors are the file's, with a line too.
 * `*ret` is untouched on failure. */
_must_use_ int sim_scenario_load(SimScenario *ret, SimFamily family, const char *path,
                                 Text *errors);
_must_use_ int sim_scenario_parse(SimScenario *ret, SimFamily family, const char *name,
                                  const char *yaml, size_t n, Text *errors);
