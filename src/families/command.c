/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A person's AT command: how it is sent, and how it is looked at before. Shared by the families. */

#include <ctype.h>
#include <stdio.h>

#include "families/command.h"

static bool phrase_command(FamilyModule *module _unused_, const VerbArgs *args, Text *to) {
        text_add(to, args->command ? args->command : "");
        return args->command != NULL;
}
static void tell_final(FamilyModule *module, const ChatReply *reply) {
        char line[64];

        if (reply->outcome == CHAT_OK)
                (void) TEXT_COPY(line, "OK");
        else if (reply->outcome == CHAT_ERROR && reply->code >= 0)
                (void) snprintf(line, sizeof(line), "+CME ERROR: %d", reply->code);
        else
                (void) TEXT_COPY(line, reply->outcome == CHAT_PROMPT ? ">" : "ERROR");
        module->host->on_command_line(module->userdata, line);
}
static Reason hear_command(FamilyModule *module, const ChatReply *reply) {
        for (size_t i = 0; i < reply->n_lines; i++)
                module->host->on_command_line(module->userdata, reply->lines[i]);
        tell_final(module, reply);
        return REASON_NONE;
}
const Step command_script[] = {
        { .phrase = phrase_command, .hear = hear_command, .timeout = 60 * USEC_PER_SEC },
        STEP_END,
};

const char *const command_line_breaks[] = { "D", "Z", "O", "Q1", "V0", "S3", "S4", "S5", NULL };

/* Upper case without blanks, so that "at + wdsr = 4" is seen for what it is. */
void command_squeeze(char *to, size_t size, const char *from) {
        size_t n = 0;

        for (; *from && n + 1 < size; from++)
                if (!isspace((unsigned char) *from))
                        to[n++] = (char) toupper((unsigned char) *from);
        to[n] = '\0';
}

/* Reading and testing ("+WDSC?", "+WDSC=?") is harmless. */
static bool is_read(const char *behind) {
        return behind[0] == '?' || (behind[0] == '=' && behind[1] == '?') ||
               (behind[-1] == '=' && behind[0] == '?');
}

bool command_has(const char *command, const char *const *words) {
        for (; *words; words++)
                for (const char *found = strstr(command, *words); found;
                     found = strstr(found + 1, *words))
                        if (!is_read(found + strlen(*words)))
                                return true;
        return false;
}

bool command_mentions(const char *command, const char *const *words) {
        for (; *words; words++)
                if (strstr(command, *words))
                        return true;
        return false;
}

/* Behind an extended command and its values, which may be quoted. */
static const char *skip_extended(const char *p) {
        bool quoted = false;

        for (; *p && (quoted || *p != ';'); p++)
                quoted ^= *p == '"';
        return *p ? p + 1 : p;
}

/* "Z0" is a Z; of a register only setting it counts. */
static bool is_basic(const char *p, const char *behind, const char *word) {
        const size_t n = strlen(word), length = (size_t) (behind - p);
        const bool exact = word[n - 1] >= '0' && word[n - 1] <= '9';

        if (strncmp(p, word, n) != 0 || (exact && length != n))
                return false;
        return *p != 'S' || *behind == '=';
}

bool command_has_basic(const char *command, const char *const *words) {
        for (const char *p = command + (strncmp(command, "AT", 2) == 0 ? 2 : 0); *p;) {
                const char *behind = p + 1 + (*p == '&');

                if (*p == ';' || isdigit((unsigned char) *p) || *p == '=' || *p == '?') {
                        p++;
                        continue;
                }
                if (!isalpha((unsigned char) *p) && *p != '&') {
                        p = skip_extended(p);
                        continue;
                }
                behind += strspn(behind, "0123456789");
                for (const char *const *word = words; *word; word++)
                        if (is_basic(p, behind, *word))
                                return true;
                p = behind;
        }
        return false;
}
