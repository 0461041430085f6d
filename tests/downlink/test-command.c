/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Commands as fotad-payload(7) lays them out: each one, and each way in which it can be wrong. */

#include "core/payload.h"
#include "downlink/command.h"
#include "test.h"
#include "uplink/page.h"

#define BYTES_MAX 512

typedef struct Bytes {
        size_t n;
        uint8_t bytes[BYTES_MAX];
} Bytes;

static Bytes bytes_of(const char *hex) {
        Bytes ret = { 0 };

        for (; hex[0] != '\0'; hex += 2) {
                while (hex[0] == ' ')
                        hex++;
                ret.bytes[ret.n++] = (uint8_t) (hex_digit(hex[0]) * 16 + hex_digit(hex[1]));
        }
        return ret;
}

/* A field of n bytes of the value `c`. */
static void add_field(Bytes *to, Tag tag, size_t n, int c) {
        to->bytes[to->n++] = (uint8_t) tag;
        to->bytes[to->n++] = (uint8_t) n;
        memset(to->bytes + to->n, c, n);
        to->n += n;
}

/* Decodes from memory that ends with the payload, so that a sanitizer sees a byte too many. */
static CommandResult decode(const Bytes *bytes, ServerCommand *ret, const char **ret_why) {
        _cleanup_free_ uint8_t *payload = malloc(MAX_OF(bytes->n, (size_t) 1));

        if (!payload)
                return _COMMAND_RESULT_MAX;
        memcpy(payload, bytes->bytes, bytes->n);
        return command_decode(payload, bytes->n, ret, ret_why);
}

static ServerCommand command;

/* Reads into `command`. */
static void check_done(const char *hex, CommandKind kind) {
        const Bytes bytes = bytes_of(hex);
        const char *why = "nothing";

        command = (ServerCommand) { 0 };
        CHECK_INT(decode(&bytes, &command, &why), COMMAND_DONE);
        CHECK_INT(command.kind, kind);
        CHECK_STR(why, "nothing");
}

/* What is wrong leaves the output alone. */
static void check_bytes_wrong(const Bytes *bytes, CommandResult result, const char *wanted) {
        ServerCommand before, after;
        const char *why = NULL;

        memset(&before, 0x5a, sizeof before);
        memset(&after, 0x5a, sizeof after);
        CHECK_INT(decode(bytes, &after, &why), result);
        CHECK_STR(why, wanted);
        CHECK(memcmp(&before, &after, sizeof after) == 0);
}

static void check_wrong(const char *hex, CommandResult result, const char *wanted) {
        const Bytes bytes = bytes_of(hex);

        check_bytes_wrong(&bytes, result, wanted);
}

TEST(commands_without_fields) {
        static const CommandKind kinds[] = {
                COMMAND_CONNECT,  COMMAND_DISCONNECT, COMMAND_UPDATE,
                COMMAND_SUSPEND,  COMMAND_RESUME,     COMMAND_CANCEL,
                COMMAND_REGISTER, COMMAND_STATUS,     COMMAND_UNINHIBIT,
        };
        const char *why;

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                const Bytes bytes = { .n = 2, .bytes = { 1, (uint8_t) kinds[i] } };

                CHECK_INT(decode(&bytes, &command, &why), COMMAND_DONE);
                CHECK_INT(command.kind, kinds[i]);
                CHECK(!command.now && !command.catalogue && command.minutes == 0);
                CHECK_STR(command.to, "");
                CHECK_STR(command.why, "");
        }
}

TEST(accept_has_an_action_and_perhaps_now) {
        check_done("01 03  03 01 02", COMMAND_ACCEPT);
        CHECK_INT(command.action, ACTION_INSTALL);
        CHECK(!command.now);
        check_done("01 03  03 01 00  0a 01 01", COMMAND_ACCEPT);
        CHECK_INT(command.action, ACTION_CONNECT);
        CHECK(command.now);
}

TEST(defer_has_an_action_and_minutes) {
        check_done("01 04  03 01 02  06 01 5a", COMMAND_DEFER);
        CHECK_INT(command.action, ACTION_INSTALL);
        CHECK_INT(command.minutes, 90);
        check_done("01 04  06 03 08 05 20  03 01 04", COMMAND_DEFER);
        CHECK_INT(command.action, ACTION_UNINSTALL);
        CHECK_INT(command.minutes, 525600);
        check_done("01 04  06 08 00 00 00 00 00 00 00 01  03 01 04", COMMAND_DEFER);
        CHECK_INT(command.minutes, 1);
}

TEST(update_may_be_of_the_catalogue) {
        check_done("01 05  0b 01 01", COMMAND_UPDATE);
        CHECK(command.catalogue);
        CHECK_STR(command.to, "");
        check_done("01 05  13 07 31 2e 32 2e 33 2e 34  0b 01 01", COMMAND_UPDATE);
        CHECK(command.catalogue);
        CHECK_STR(command.to, "1.2.3.4");
}

TEST(inhibit_has_actions_and_minutes_and_perhaps_why) {
        check_done("01 0b  06 02 01 e0  0c 01 0c", COMMAND_INHIBIT);
        CHECK_INT(command.actions, 1 << ACTION_INSTALL | 1 << ACTION_REBOOT);
        CHECK_INT(command.minutes, 480);
        CHECK_STR(command.why, "");
        check_done("01 0b  1c 02 6f 6b  06 01 01  0c 01 1f", COMMAND_INHIBIT);
        CHECK_INT(command.actions, (1 << _ACTION_MAX) - 1);
        CHECK_STR(command.why, "ok");
}

TEST(longest_texts_fit) {
        Bytes update = bytes_of("01 05  0b 01 01"), inhibit = bytes_of("01 0b  06 01 01  0c 01 01");
        const char *why;

        add_field(&update, TAG_TO, FIRMWARE_MAX - 1, 'x');
        CHECK_INT(decode(&update, &command, &why), COMMAND_DONE);
        CHECK_INT(strlen(command.to), FIRMWARE_MAX - 1);
        add_field(&inhibit, TAG_WHY, COMMAND_WHY_MAX - 1, 'x');
        CHECK_INT(decode(&inhibit, &command, &why), COMMAND_DONE);
        CHECK_INT(strlen(command.why), COMMAND_WHY_MAX - 1);
}

TEST(texts_that_are_too_long) {
        Bytes update = bytes_of("01 05  0b 01 01"), inhibit = bytes_of("01 0b  06 01 01  0c 01 01");

        add_field(&update, TAG_TO, FIRMWARE_MAX, 'x');
        check_bytes_wrong(&update, COMMAND_MALFORMED, "to: bad length");
        add_field(&inhibit, TAG_WHY, COMMAND_WHY_MAX, 'x');
        check_bytes_wrong(&inhibit, COMMAND_MALFORMED, "why: bad length");
}

TEST(headers) {
        check_wrong("", COMMAND_MALFORMED, "no payload");
        check_wrong("01", COMMAND_MALFORMED, "no opcode");
        check_wrong("00 01", COMMAND_UNKNOWN, "a version of the layout that is not known");
        check_wrong("02", COMMAND_UNKNOWN, "a version of the layout that is not known");
        check_wrong("01 00", COMMAND_UNKNOWN, "an opcode that is not known");
        check_wrong("01 0d", COMMAND_UNKNOWN, "an opcode that is not known");
        check_wrong("01 ff", COMMAND_UNKNOWN, "an opcode that is not known");
}

TEST(fields_that_do_not_belong) {
        check_wrong("01 01  1e 00", COMMAND_MALFORMED, "a field that is not known");
        check_wrong("01 01  00 00", COMMAND_MALFORMED, "a field that is not known");
        check_wrong("01 08  03 01 02", COMMAND_MALFORMED, "action: this command has none");
        check_wrong("01 04  03 01 02  06 01 5a  0a 01 01", COMMAND_MALFORMED,
                    "now: this command has none");
        check_wrong("01 03  03 01 02  0b 01 01", COMMAND_MALFORMED,
                    "catalogue: this command has none");
        check_wrong("01 03  03 01 02  0c 01 01", COMMAND_MALFORMED,
                    "actions: this command has none");
        check_wrong("01 03  03 01 02  06 01 01", COMMAND_MALFORMED,
                    "minutes: this command has none");
        check_wrong("01 0a  13 01 31", COMMAND_MALFORMED, "to: this command has none");
        check_wrong("01 0c  1c 01 31", COMMAND_MALFORMED, "why: this command has none");
        check_wrong("01 05  13 01 31", COMMAND_MALFORMED, "to: only with catalogue");
}

TEST(fields_that_are_missing) {
        check_wrong("01 03", COMMAND_MALFORMED, "action: missing");
        check_wrong("01 03  0a 01 01", COMMAND_MALFORMED, "action: missing");
        check_wrong("01 04  03 01 02", COMMAND_MALFORMED, "minutes: missing");
        check_wrong("01 04  06 01 02", COMMAND_MALFORMED, "action: missing");
        check_wrong("01 0b  06 01 02", COMMAND_MALFORMED, "actions: missing");
        check_wrong("01 0b  0c 01 02", COMMAND_MALFORMED, "minutes: missing");
}

TEST(fields_that_come_twice) {
        check_wrong("01 03  03 01 02  03 01 02", COMMAND_MALFORMED, "action: comes twice");
        check_wrong("01 03  03 01 02  0a 01 01  0a 01 01", COMMAND_MALFORMED, "now: comes twice");
        check_wrong("01 05  0b 01 01  0b 01 01", COMMAND_MALFORMED, "catalogue: comes twice");
        check_wrong("01 05  0b 01 01  13 01 31  13 01 31", COMMAND_MALFORMED, "to: comes twice");
        check_wrong("01 0b  06 01 01  06 01 01", COMMAND_MALFORMED, "minutes: comes twice");
        check_wrong("01 0b  0c 01 01  0c 01 01", COMMAND_MALFORMED, "actions: comes twice");
        check_wrong("01 0b  1c 01 31  1c 01 31", COMMAND_MALFORMED, "why: comes twice");
}

TEST(values_out_of_range) {
        check_wrong("01 03  03 01 05", COMMAND_MALFORMED, "action: bad value");
        check_wrong("01 03  03 08 ff ff ff ff ff ff ff ff", COMMAND_MALFORMED, "action: bad value");
        check_wrong("01 03  03 01 02  0a 01 00", COMMAND_MALFORMED, "now: bad value");
        check_wrong("01 03  03 01 02  0a 01 02", COMMAND_MALFORMED, "now: bad value");
        check_wrong("01 05  0b 01 00", COMMAND_MALFORMED, "catalogue: bad value");
        check_wrong("01 04  03 01 02  06 01 00", COMMAND_MALFORMED, "minutes: bad value");
        check_wrong("01 04  03 01 02  06 03 08 05 21", COMMAND_MALFORMED, "minutes: bad value");
        /* would be 90 if it were cut to 32 bits */
        check_wrong("01 04  03 01 02  06 05 01 00 00 00 5a", COMMAND_MALFORMED,
                    "minutes: bad value");
        check_wrong("01 0b  06 01 01  0c 01 00", COMMAND_MALFORMED, "actions: bad value");
        check_wrong("01 0b  06 01 01  0c 01 20", COMMAND_MALFORMED, "actions: bad value");
        check_wrong("01 05  0b 01 01  13 02 31 0a", COMMAND_MALFORMED, "to: bad value");
        check_wrong("01 05  0b 01 01  13 02 00 31", COMMAND_MALFORMED, "to: bad value");
        check_wrong("01 05  0b 01 01  13 01 7f", COMMAND_MALFORMED, "to: bad value");
        check_wrong("01 0b  1c 02 c3 a9", COMMAND_MALFORMED, "why: bad value");
}

TEST(lengths_that_are_none) {
        check_wrong("01 03  03 00", COMMAND_MALFORMED, "action: bad length");
        check_wrong("01 03  03 09 00 00 00 00 00 00 00 00 01", COMMAND_MALFORMED,
                    "action: bad length");
        check_wrong("01 03  03 01 02  0a 00", COMMAND_MALFORMED, "now: bad length");
        check_wrong("01 04  06 00", COMMAND_MALFORMED, "minutes: bad length");
        check_wrong("01 05  0b 00", COMMAND_MALFORMED, "catalogue: bad length");
        check_wrong("01 05  13 00", COMMAND_MALFORMED, "to: bad length");
        check_wrong("01 0b  0c 00", COMMAND_MALFORMED, "actions: bad length");
        check_wrong("01 0b  1c 00", COMMAND_MALFORMED, "why: bad length");
}

/* However a command is cut, it is none, or a shorter one that was meant to end there. */
TEST(commands_that_are_cut_off) {
        Bytes bytes = bytes_of("01 0b  06 02 01 e0  0c 01 0c  1c 02 6f 6b");
        const size_t whole = bytes.n, without_why = bytes.n - 4;
        const char *why;

        for (size_t n = 0; n <= whole; n++) {
                bytes.n = n;
                CHECK_INT(decode(&bytes, &command, &why) == COMMAND_DONE,
                          n == whole || n == without_why);
                if (n > without_why && n < whole)
                        CHECK_STR(why, "the last field is cut off");
        }
}

/* the manual page */

TEST(manual_lists_commands_results_and_fields) {
        _cleanup_free_ char *page = page_read();
        static const char *const commands[] = {
                "",
                "connect Ta none",
                "disconnect Ta none",
                "accept Ta action, Op now",
                "defer Ta action, minutes",
                "update Ta Op catalogue Op to ;",
                "suspend Ta none",
                "resume Ta none",
                "cancel Ta none",
                "register Ta none",
                "status Ta none",
                "inhibit Ta actions, minutes, Op why",
                "uninhibit Ta none; ends",
        };
        static const char *const results[] = { "done", "refused", "unknown", "malformed" };
        const struct {
                Tag tag;
                const char *name;
        } fields[] = {
                { TAG_ACTION, "action" },   { TAG_MINUTES, "minutes" },
                { TAG_NOW, "now" },         { TAG_CATALOGUE, "catalogue" },
                { TAG_ACTIONS, "actions" }, { TAG_TO, "to" },
                { TAG_WHY, "why" },         { TAG_RESULT, "result" },
                { TAG_NEXT, "next" },
        };

        CHECK(page && page[0] != '\0');
        CHECK_INT(ELEMENTSOF(commands), _COMMAND_MAX);
        CHECK_INT(ELEMENTSOF(results), _COMMAND_RESULT_MAX);
        for (unsigned i = 1; i < ELEMENTSOF(commands); i++)
                CHECK(page_has_row(page, i, commands[i]));
        for (unsigned i = 0; i < ELEMENTSOF(results); i++)
                CHECK(page_has_row(page, i, results[i]));
        for (size_t i = 0; i < ELEMENTSOF(fields); i++)
                CHECK(page_has_row(page, fields[i].tag, fields[i].name));
}

static void check_example(const char *page, const char *hex, CommandKind kind) {
        const Bytes bytes = bytes_of(hex);

        check_done(hex, kind);
        CHECK(page_has_bytes(page, bytes.bytes, bytes.n));
}

TEST(examples_of_the_manual) {
        _cleanup_free_ char *page = page_read();

        CHECK(page && page[0] != '\0');
        check_example(page, "01 04 03 01 02 06 01 5a", COMMAND_DEFER);
        CHECK_INT(command.action, ACTION_INSTALL);
        CHECK_INT(command.minutes, 90);
        check_example(page, "01 05 0b 01 01 13 0e 48 4c 37 38 30 30 2e 34 2e 35 2e 34 2e 30",
                      COMMAND_UPDATE);
        CHECK_STR(command.to, "HL7800.4.5.4.0");
        check_example(page, "01 0b 06 02 01 e0 0c 01 0c 1c 0b 73 74 6f 63 6b 74 61 6b 69 6e 67",
                      COMMAND_INHIBIT);
        CHECK_INT(command.minutes, 480);
        CHECK_STR(command.why, "stocktaking");
}

TEST_MAIN()
