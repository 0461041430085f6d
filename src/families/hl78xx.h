/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the HL78xx family: what its files share. */

#include "at/push.h"
#include "families/identify.h"

/* AT+WDSC modes (note, 7.3) */
enum {
        WDSC_CONNECT = 0,
        WDSC_DOWNLOAD = 1,
        WDSC_INSTALL = 2,
        WDSC_POLLING = 3, /* minutes */
        WDSC_NUMBERS = 4, /* so many have one number each */
        WDSC_RETRY_TIMERS = 4,
};

/* Bare numbers of one answer that are held back; further ones are taken for events. */
#define WDSI_HELD_MAX 8

/* +CME ERROR numbers (note, chapter 12; those of the SIM: identify.h) */
enum {
        CME_INVALID_APN = 133,
        CME_ACTIVATION = 148,
        CME_NO_APN_OR_PENDING = 650,
};

typedef struct RetryTimers {
        size_t n;
        unsigned minutes[RETRY_TIMERS_MAX]; /* none is 0 */
} RetryTimers;

typedef struct Hl78xxTransfer {
        Push push;
        size_t block;   /* of the try that runs */
        bool again;     /* the first try broke: the second one is wanted */
        bool started;   /* FACT_DOWNLOAD_STARTED was raised */
        bool asked;     /* event 3 came after the last block */
        bool cancelled; /* by fotad */
} Hl78xxTransfer;

typedef struct Hl78xx {
        FamilyContext context;

        unsigned mask;          /* of AT+WDSI, the wanted one; 0: not asked for yet */
        unsigned mask_accepted; /* the last one that the module took, 0 none */
        unsigned mask_refused;
        bool mask_is_set;
        int64_t level; /* as read, -1 unknown */
        bool level_is_foreign;
        size_t n_held; /* may be the level, may be events */
        int64_t held[WDSI_HELD_MAX];

        int64_t wdsc[WDSC_NUMBERS]; /* as read, -1 unknown */
        bool has_timers;
        RetryTimers timers; /* as read */
        bool timers_wanted; /* are to be written */
        bool guarded;       /* what follows is known: set by fotad, or told of */
        int64_t poll_known;
        RetryTimers timers_known;

        int cid;          /* of AT+WDSS?, -1 unknown, 0 none */
        bool has_context; /* AT+CGDCONT? lists the configured one ... */
        bool apn_matches; /* ... with the configured APN */
        char pdp_type[16];
        bool diagnose; /* AT+WDSS=1,1 was refused: find out why */
        bool asked;    /* ... while it waited for an answer */

        Hl78xxTransfer transfer;
} Hl78xx;

static inline Hl78xx *hl78xx_of(FamilyModule *module) {
        return (Hl78xx *) module;
}

/* hl78xx-start.c */
extern const Step hl78xx_script_start[];
Reason hl78xx_hear_contexts(FamilyModule *module, const ChatReply *reply);
Reason hl78xx_hear_session(FamilyModule *module, const ChatReply *reply);
Reason hl78xx_hear_general(FamilyModule *module, const ChatReply *reply);
Reason hl78xx_hear_registration(FamilyModule *module, const ChatReply *reply);

/* hl78xx-guard.c */
extern const Step hl78xx_script_guard[];
/* Is "+WDSI: <data>" perhaps the answer that is waited for? */
bool hl78xx_holds_back(const FamilyModule *module, const char *data);

/* hl78xx-push.c */
extern const Step hl78xx_script_push[];
void hl78xx_cancel_push(FamilyModule *module);
