/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The commands that these tests send, as fotad-payload(7) lays them out: a version, an opcode, and
 * for `defer` the fields action and minutes. */

#include "downlink/command.h"

extern int downlink_test_decoder;
int downlink_test_decoder = 1;

CommandResult command_decode(const uint8_t *payload, size_t n, ServerCommand *ret,
                             const char **ret_why) {
        *ret_why = "the opcode";
        if (n < 2 || payload[0] != 1 || payload[1] == 0 || payload[1] >= _COMMAND_MAX)
                return COMMAND_UNKNOWN;
        *ret = (ServerCommand) { .kind = (CommandKind) payload[1] };
        *ret_why = "the length";
        for (size_t i = 2; i < n; i += 3) {
                if (i + 3 > n || payload[i + 1] != 1)
                        return COMMAND_MALFORMED;
                if (payload[i] == 3 && payload[i + 2] < _ACTION_MAX)
                        ret->action = (Action) payload[i + 2];
                else if (payload[i] == 6)
                        ret->minutes = payload[i + 2];
                else
                        return COMMAND_MALFORMED;
        }
        return COMMAND_DONE;
}
