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
