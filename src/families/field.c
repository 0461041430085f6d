/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Fields of AT lines, read leniently: blanks and quotes where no document shows them are common in
 * the field ("18,\"98%\"", "18, 5", "11, 2"). */

#include <ctype.h>
#include <stdio.h>

#include "families/field.h"

/* The text behind "PREFIX:" and blanks, NULL when the line does not start so. */
const char *line_after(const char *line, const char *prefix) {
        const size_t n = strlen(prefix);

        if (strncasecmp(line, prefix, n) != 0)
                return NULL;
        line += n;
        return line + strspn(line, " \t");
}

/* A number, perhaps after blanks or a quote ("98%", ` 5`); -1 when there is none. Moves behind it
 * and one comma. */
int64_t field_number(const char **text) {
        const char *p = *text + strspn(*text, " \t\"");
        int64_t value = -1;

        for (; isdigit((unsigned char) *p); p++) {
                value = value < 0 ? 0 : value;
                if (value < INT32_MAX)
                        value = value * 10 + (*p - '0');
        }
        p += strcspn(p, ",");
        *text = *p == ',' ? p + 1 : p;
        return value;
}

/* The first quoted or bare field; moves behind it and one comma. */
void field_text(const char **text, char *ret, size_t size) {
        const char *p = *text + strspn(*text, " \t");
        const bool quoted = *p == '"';
        const size_t n = strcspn(p + quoted, quoted ? "\"" : ",");
        char field[256];

        (void) snprintf(field, sizeof(field), "%.*s", (int) MIN_OF(n, sizeof(field) - 1),
                        p + quoted);
        (void) text_copy(ret, size, field);
        p += quoted + n;
        p += strcspn(p, ",");
        *text = *p == ',' ? p + 1 : p;
}

/* An indication that fell between a command and its OK. */
static bool is_indication(const char *line) {
        return *line == '+' || *line == '#' || *line == '^' || *line == '*' || *line == '%';
}

/* The line that is meant: the last one, because debug text of a reboot may stand in front; with no
 * prefix the last one that is bare. "" when there is none. */
const char *reply_line(const ChatReply *reply, const char *prefix) {
        for (size_t i = reply->n_lines; i > 0; i--) {
                const char *line = reply->lines[i - 1];
                if (prefix)
                        line = line_after(line, prefix);
                else if (is_indication(line))
                        line = NULL;
                if (line)
                        return line;
        }
        return "";
}

void reply_field(char *ret, size_t size, const ChatReply *reply, const char *prefix) {
        const char *text = reply_line(reply, prefix);

        if (reply->outcome == CHAT_OK && *text)
                field_text(&text, ret, size);
}
