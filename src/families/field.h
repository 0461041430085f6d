/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Fields of AT lines and replies. Shared by the families. */

#include "at/chat.h"

/* The text behind `prefix` and blanks, NULL when the line does not start so (case does not matter).
 */
const char *line_after(const char *line, const char *prefix);
/* A number, perhaps after blanks or a quote; -1 when there is none. Moves behind it and one comma.
 */
int64_t field_number(const char **text);
/* The next quoted or bare field; moves behind it and one comma. */
void field_text(const char **text, char *ret, size_t size);

/* The last information line with this prefix, which is left out, or, with NULL, the last one that
 * is no indication, because debug text of a reboot may stand in front; "" when there is none. */
const char *reply_line(const ChatReply *reply, const char *prefix);
/* Its first field, when the reply is OK and there is one; else `ret` stays. */
void reply_field(char *ret, size_t size, const ChatReply *reply, const char *prefix);
