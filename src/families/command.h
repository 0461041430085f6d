/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A person's AT command, shared by the families. */

#include "families/dialogue.h"

extern const Step command_script[]; /* VERB_COMMAND */

/* Basic commands that reset a module, or take its line away or make it unreadable, for
 * command_has_basic(). */
extern const char *const command_line_breaks[];

/* Upper case without blanks, so that "at + wdsr = 4" is seen for what it is. */
void command_squeeze(char *to, size_t size, const char *from);
/* Does a squeezed command hold one of these words, and more than reads or tests it? */
bool command_has(const char *command, const char *const *words);
/* Basic commands may be joined ("ATE0Q1"): is one of these in there? "Z": with any number behind
 * it, "Q1": with this one, "S3": set. */
bool command_has_basic(const char *command, const char *const *words);
/* ... or only reads or tests it? */
bool command_mentions(const char *command, const char *const *words);
