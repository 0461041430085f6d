/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the HL78xx family: what its files share. */

#include "families/dialogue.h"
#include "families/field.h"

/* AT+WDSC modes (note, 7.3) */
enum { WDSC_CONNECT = 0, WDSC_DOWNLOAD = 1, WDSC_INSTALL = 2, WDSC_AGREEMENTS = 3 };

/* +CME ERROR numbers (note, chapter 12; 3GPP TS 27.007, 9.2) */
enum {
        CME_SIM_NOT_INSERTED = 10,
        CME_SIM_PIN = 11,
        CME_SIM_PUK = 12,
        CME_SIM_FAILURE = 13,
        CME_INVALID_APN = 133,
        CME_ACTIVATION = 148,
        CME_NO_APN_OR_PENDING = 650,
};

typedef struct Hl78xx {
        FamilyContext context;
        unsigned mask;
        int wdsc[WDSC_AGREEMENTS]; /* as read, -1 unknown */
        int cid;                   /* of AT+WDSS?, -1 unknown, 0 none */
        bool has_context;          /* AT+CGDCONT? lists the configured one ... */
        bool apn_matches;          /* ... with the configured APN */
        char pdp_type[16];
        bool diagnose; /* AT+WDSS=1,1 ended with 650: find out why */
} Hl78xx;

static inline Hl78xx *hl78xx_of(FamilyModule *module) {
        return (Hl78xx *) module;
}

/* hl78xx-start.c */
extern const Step hl78xx_script_start[];
void hl78xx_forget(FamilyModule *module); /* nothing is known of the module yet */
Reason hl78xx_hear_contexts(FamilyModule *module, const ChatReply *reply);
Reason hl78xx_hear_session(FamilyModule *module, const ChatReply *reply);
Reason hl78xx_hear_general(FamilyModule *module, const ChatReply *reply);
Reason hl78xx_hear_registration(FamilyModule *module, const ChatReply *reply);
Reason hl78xx_hear_signal(FamilyModule *module, const ChatReply *reply);
