/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever comes as the payload of a downlink.
 *
 * Looks for crashes, and for what must hold: a command that is taken is whole and in range, and
 * written again it is read as the same; one that is not says why and leaves the output alone. */

#include <assert.h>

#include "core/payload.h"
#include "downlink/command.h"

typedef struct Payload {
        size_t n;
        uint8_t bytes[256];
} Payload;

static void add_number(Payload *to, Tag tag, unsigned number) {
        if (number == 0)
                return;
        to->bytes[to->n++] = (uint8_t) tag;
        to->bytes[to->n++] = 4;
        for (int shift = 24; shift >= 0; shift -= 8)
                to->bytes[to->n++] = (uint8_t) (number >> shift);
}

static void add_text(Payload *to, Tag tag, const char *text) {
        if (text[0] == '\0')
                return;
        to->bytes[to->n++] = (uint8_t) tag;
        to->bytes[to->n++] = (uint8_t) strlen(text);
        memcpy(to->bytes + to->n, text, strlen(text));
        to->n += strlen(text);
}

static bool is_about_one_action(const ServerCommand *command) {
        return command->kind == COMMAND_ACCEPT || command->kind == COMMAND_DEFER;
}

static void check_again(const ServerCommand *command) {
        Payload payload = { .n = 2, .bytes = { PAYLOAD_VERSION, (uint8_t) command->kind } };
        ServerCommand again;
        const char *why;

        if (is_about_one_action(command)) {
                memcpy(payload.bytes + 2, (uint8_t[]) { TAG_ACTION, 1, (uint8_t) command->action },
                       3);
                payload.n = 5;
        }
        add_text(&payload, TAG_WHY, command->why);
        add_text(&payload, TAG_TO, command->to);
        add_number(&payload, TAG_ACTIONS, command->actions);
        add_number(&payload, TAG_MINUTES, command->minutes);
        add_number(&payload, TAG_CATALOGUE, command->catalogue);
        add_number(&payload, TAG_NOW, command->now);
        assert(command_decode(payload.bytes, payload.n, &again, &why) == COMMAND_DONE);
        assert(again.kind == command->kind && again.action == command->action &&
               again.actions == command->actions && again.minutes == command->minutes &&
               again.now == command->now && again.catalogue == command->catalogue &&
               streq(again.to, command->to) && streq(again.why, command->why));
}

static void check_text(const char *text, size_t size) {
        assert(memchr(text, '\0', size));
        for (; *text != '\0'; text++)
                assert(*text >= 0x20 && *text <= 0x7e);
}

static void check_taken(const ServerCommand *command) {
        assert(command->kind >= COMMAND_CONNECT && command->kind < _COMMAND_MAX);
        assert(command->action < _ACTION_MAX);
        assert(command->actions < 1U << _ACTION_MAX);
        assert((command->actions != 0) == (command->kind == COMMAND_INHIBIT));
        assert(command->minutes <= FIELD_MINUTES_MAX);
        assert((command->minutes != 0) ==
               (command->kind == COMMAND_INHIBIT || command->kind == COMMAND_DEFER));
        assert(!command->now || command->kind == COMMAND_ACCEPT);
        assert(!command->catalogue || command->kind == COMMAND_UPDATE);
        assert(command->to[0] == '\0' || command->catalogue);
        assert(command->why[0] == '\0' || command->kind == COMMAND_INHIBIT);
        check_text(command->to, sizeof command->to);
        check_text(command->why, sizeof command->why);
        check_again(command);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ServerCommand command, before;
        const char *why = NULL;
        CommandResult result;

        memset(&command, 0x5a, sizeof command);
        memset(&before, 0x5a, sizeof before);
        result = command_decode(data, size, &command, &why);
        if (result == COMMAND_DONE) {
                assert(!why);
                check_taken(&command);
        } else {
                assert(result == COMMAND_UNKNOWN || result == COMMAND_MALFORMED);
                assert(why && why[0] != '\0' && strlen(why) <= FIELD_TEXT_MAX);
                assert(memcmp(&command, &before, sizeof command) == 0);
        }
        return 0;
}
