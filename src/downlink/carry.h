/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A server's command as the order that a person would give: the same judgement, the same words. */

#include "core/gateway.h"
#include "downlink/command.h"

/* "connect", "defer", ...; NULL: there is none of this number */
const char *command_name(unsigned kind);
/* Does it say something to the module? */
bool command_needs_port(CommandKind kind);
/* Fills `ret` but for the opcode; what it says is in `why`. */
void command_carry_out(Gateway *gateway, Module *module, const ServerCommand *command,
                       const char *who, CommandAnswer *ret, char why[static WHY_MAX]);
