/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A person's AT command, shared by the families. */

#include "families/dialogue.h"

extern const Step command_script[]; /* VERB_COMMAND */

/* Upper case without blanks, so that "at + wdsr = 4" is seen for what it is. */
void command_squeeze(char *to, size_t size, const char *from);
/* Does a squeezed command hold one of these words, and more than reads or tests it? */
bool command_has(const char *command, const char *const *words);
/* ... or only reads or tests it? */
bool command_mentions(const char *command, const char *const *words);
