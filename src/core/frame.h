/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a server's downlink frames need of the turn of the loop: their rows go into its commit, the
 * reports about them too, so a frame is carried out together with what it causes, or not at all. */

#include "core/gateway.h"

const Clock *gateway_now(const Gateway *gateway); /* of this turn */
const char *gateway_boot_id(const Gateway *gateway);
const ModuleRecord *gateway_record(const Module *module); /* as it is now */
/* As configured, when the module has not been identified yet; "" unknown. */
const char *gateway_dev_eui(const Module *module);
/* The module with this DevEUI, in upper case; NULL: none. */
Module *gateway_find_dev_eui(const Gateway *gateway, const char *dev_eui);

/* What it asks for now. */
void gateway_show(const Module *module, Shown *ret);
/* To what is known by now of what was shown; false: nothing is new. */
bool gateway_bind_shown(const Module *module, Shown *shown);

/* Commits now what waits, without deciding. false: storage failed; what waits is kept. */
_must_use_ bool gateway_save(Gateway *gateway);
/* Room for what one frame causes, so that nothing of it is committed without the rest. false:
 * storage failed. */
_must_use_ bool gateway_reserve(Gateway *gateway);

/* Into the next commit, in place of an older version of the row. false: there is no room, storage
 * failed. */
_must_use_ bool gateway_put_frame(Gateway *gateway, const FrameRow *row);
void gateway_drop_frame(Gateway *gateway, uint64_t id); /* from the disk */

/* FCntDn of the module's next frame is one above `fcnt_dn` from now on. */
void gateway_use_fcnt_dn(Gateway *gateway, Module *module, uint32_t fcnt_dn);
/* Into the outbox with the next commit. Gives it number and counters: FCntUp grows with an uplink;
 * any other kind has that of the last one. */
void gateway_add_report(Gateway *gateway, Module *module, const ReportRow *report);
