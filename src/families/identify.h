/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Who a module is, its SIM, its network and its signal: shared by the families. */

#include "families/dialogue.h"
#include "families/field.h"

/* +CME ERROR numbers of the SIM (3GPP TS 27.007, 9.2) */
enum {
        CME_SIM_NOT_INSERTED = 10,
        CME_SIM_PIN = 11,
        CME_SIM_PUK = 12,
        CME_SIM_FAILURE = 13,
};

void identify_begin(FamilyModule *module); /* nothing is known of it yet */
extern const Step identify_script[];       /* manufacturer, model, firmware, IMEI */
Reason identify_hear_pin(FamilyModule *module, const ChatReply *reply); /* AT+CPIN? */
bool identify_phrase_imsi(FamilyModule *module, const VerbArgs *args, Text *to);
Reason identify_hear_imsi(FamilyModule *module, const ChatReply *reply);
void identify_hear_registration(FamilyModule *module, const ChatReply *reply, const char *prefix);
Reason identify_hear_signal(FamilyModule *module, const ChatReply *reply); /* AT+CSQ */
extern const Step identify_script_unlock[];                                /* VERB_UNLOCK */
