/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bytes of a command, read strictly: a version, an opcode, then fields. What is not understood
 * is not carried out, so a field that this version does not know spoils the command, where a
 * decoder of reports would skip it. */

#include "downlink/command.h"

#include "core/payload.h"

#define HEADER_BYTES 2

typedef enum Field {
        FIELD_ACTION,
        FIELD_NOW,
        FIELD_CATALOGUE,
        FIELD_ACTIONS,
        FIELD_MINUTES,
        FIELD_TO,
        FIELD_WHY,
        _FIELD_MAX
} Field;

#define ALL_ACTIONS ((1U << _ACTION_MAX) - 1)
#define TEXTS(name)                                                               \
        .foreign = name ": this command has none", .twice = name ": comes twice", \
        .missing = name ": missing", .length = name ": bad length", .value = name ": bad value"

/* least, most: of the value of a number, of the length of a text */
/* clang-format off */
static const struct {
        Tag tag;
        unsigned least, most;
        const char *foreign, *twice, *missing, *length, *value;
} fields[_FIELD_MAX] = {
        [FIELD_ACTION]    = { TAG_ACTION,    0, _ACTION_MAX - 1,     TEXTS("action") },
        [FIELD_NOW]       = { TAG_NOW,       1, 1,                   TEXTS("now") },
        [FIELD_CATALOGUE] = { TAG_CATALOGUE, 1, 1,                   TEXTS("catalogue") },
        [FIELD_ACTIONS]   = { TAG_ACTIONS,   1, ALL_ACTIONS,         TEXTS("actions") },
        [FIELD_MINUTES]   = { TAG_MINUTES,   1, FIELD_MINUTES_MAX,   TEXTS("minutes") },
        [FIELD_TO]        = { TAG_TO,        1, FIRMWARE_MAX - 1,    TEXTS("to") },
        [FIELD_WHY]       = { TAG_WHY,       1, COMMAND_WHY_MAX - 1, TEXTS("why") },
};

#define BIT(field) (1U << (field))
static const struct {
        bool known;
        unsigned needs, takes; /* bits of Field */
} commands[_COMMAND_MAX] = {
        [COMMAND_CONNECT]    = { true, 0, 0 },
        [COMMAND_DISCONNECT] = { true, 0, 0 },
        [COMMAND_ACCEPT]     = { true, BIT(FIELD_ACTION), BIT(FIELD_NOW) },
        [COMMAND_DEFER]      = { true, BIT(FIELD_ACTION) | BIT(FIELD_MINUTES), 0 },
        [COMMAND_UPDATE]     = { true, 0, BIT(FIELD_CATALOGUE) | BIT(FIELD_TO) },
        [COMMAND_SUSPEND]    = { true, 0, 0 },
        [COMMAND_RESUME]     = { true, 0, 0 },
        [COMMAND_CANCEL]     = { true, 0, 0 },
        [COMMAND_REGISTER]   = { true, 0, 0 },
        [COMMAND_STATUS]     = { true, 0, 0 },
        [COMMAND_INHIBIT]    = { true, BIT(FIELD_ACTIONS) | BIT(FIELD_MINUTES), BIT(FIELD_WHY) },
        [COMMAND_UNINHIBIT]  = { true, 0, 0 },
};
/* clang-format on */

typedef struct Value {
        const uint8_t *bytes;
        size_t length;
        uint64_t number;
} Value;

/* All of these return what is wrong, NULL: nothing. */

static const char *read_number(Field field, Value *value) {
        if (value->length < 1 || value->length > sizeof(value->number))
                return fields[field].length;
        for (size_t i = 0; i < value->length; i++)
                value->number = value->number << 8 | value->bytes[i];
        if (value->number < fields[field].least || value->number > fields[field].most)
                return fields[field].value;
        return NULL;
}

static const char *check_text(Field field, const Value *value) {
        if (value->length < fields[field].least || value->length > fields[field].most)
                return fields[field].length;
        for (size_t i = 0; i < value->length; i++)
                if (value->bytes[i] < 0x20 || value->bytes[i] > 0x7e)
                        return fields[field].value;
        return NULL;
}

static void store_value(ServerCommand *command, Field field, const Value *value) {
        switch (field) {
        case FIELD_ACTION:
                command->action = (Action) value->number;
                break;
        case FIELD_NOW:
                command->now = true;
                break;
        case FIELD_CATALOGUE:
                command->catalogue = true;
                break;
        case FIELD_ACTIONS:
                command->actions = (unsigned) value->number;
                break;
        case FIELD_MINUTES:
                command->minutes = (unsigned) value->number;
                break;
        case FIELD_TO:
                memcpy(command->to, value->bytes, value->length);
                break;
        case FIELD_WHY:
                memcpy(command->why, value->bytes, value->length);
                break;
        case _FIELD_MAX:
                break;
        }
}

static const char *read_field(ServerCommand *command, unsigned tag, Value *value, unsigned *seen) {
        const char *why;
        Field field = 0;

        while (field < _FIELD_MAX && fields[field].tag != tag)
                field++;
        if (field == _FIELD_MAX)
                return "a field that is not known";
        if (((commands[command->kind].needs | commands[command->kind].takes) & BIT(field)) == 0)
                return fields[field].foreign;
        if (*seen & BIT(field))
                return fields[field].twice;
        *seen |= BIT(field);
        why = FIELD_IS_TEXT(tag) ? check_text(field, value) : read_number(field, value);
        if (!why)
                store_value(command, field, value);
        return why;
}

static const char *read_fields(ServerCommand *command, const uint8_t *payload, size_t n) {
        const char *why = NULL;
        unsigned seen = 0;

        for (size_t i = HEADER_BYTES, length = 0; i < n && !why; i += 2 + length) {
                length = n - i >= 2 ? payload[i + 1] : 0;
                if (n - i < 2 + length)
                        return "the last field is cut off";
                why = read_field(command, payload[i],
                                 &(Value) { .bytes = payload + i + 2, .length = length }, &seen);
        }
        for (Field field = 0; field < _FIELD_MAX && !why; field++)
                if (commands[command->kind].needs & ~seen & BIT(field))
                        why = fields[field].missing;
        if (!why && (seen & BIT(FIELD_TO)) && !(seen & BIT(FIELD_CATALOGUE)))
                why = "to: only with catalogue";
        return why;
}

static CommandResult wrong(CommandResult result, const char *why, const char **ret_why) {
        *ret_why = why;
        return result;
}

CommandResult command_decode(const uint8_t *payload, size_t n, ServerCommand *ret,
                             const char **ret_why) {
        ServerCommand command = { 0 };
        const char *why;

        if (n == 0)
                return wrong(COMMAND_MALFORMED, "no payload", ret_why);
        if (payload[0] != PAYLOAD_VERSION)
                return wrong(COMMAND_UNKNOWN, "a version of the layout that is not known", ret_why);
        if (n < HEADER_BYTES)
                return wrong(COMMAND_MALFORMED, "no opcode", ret_why);
        if (payload[1] >= _COMMAND_MAX || !commands[payload[1]].known)
                return wrong(COMMAND_UNKNOWN, "an opcode that is not known", ret_why);
        command.kind = (CommandKind) payload[1];
        why = read_fields(&command, payload, n);
        if (why)
                return wrong(COMMAND_MALFORMED, why, ret_why);
        *ret = command;
        return COMMAND_DONE;
}
