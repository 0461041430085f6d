/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Commands of an application server as bytes: the payload of a downlink on COMMAND_FPORT, and the
 * answer on ANSWER_FPORT. Layout version 1, written down in fotad-payload(7). Pure. */

#include "core/record.h"

#define COMMAND_FPORT 20
#define ANSWER_FPORT 5
#define COMMAND_WHY_MAX 65

/* On the wire: append, never renumber. */
typedef enum CommandKind {
        COMMAND_CONNECT = 1,
        COMMAND_DISCONNECT = 2,
        COMMAND_ACCEPT = 3, /* action, now */
        COMMAND_DEFER = 4,  /* action, minutes */
        COMMAND_UPDATE = 5, /* over the air, or catalogue with `to` */
        COMMAND_SUSPEND = 6,
        COMMAND_RESUME = 7,
        COMMAND_CANCEL = 8,
        COMMAND_REGISTER = 9,
        COMMAND_STATUS = 10,
        COMMAND_INHIBIT = 11,   /* actions, minutes, why */
        COMMAND_UNINHIBIT = 12, /* all that this server has on the module */
        _COMMAND_MAX
} CommandKind;

typedef struct ServerCommand {
        CommandKind kind;
        Action action;    /* accept, defer */
        unsigned actions; /* inhibit: bit of each Action */
        unsigned minutes; /* defer, inhibit: 1.. */
        bool now;         /* accept: windows are overridden */
        bool catalogue;   /* update: from the catalogue, to `to` ("" the newest that can be
                             reached) */
        char to[FIRMWARE_MAX];
        char why[COMMAND_WHY_MAX]; /* inhibit, "" none given */
        const Shown *shown;        /* accept: what it is for; not of the wire, NULL not known */
} ServerCommand;

typedef enum CommandResult {
        COMMAND_DONE = 0,
        COMMAND_REFUSED = 1,   /* by policy or state, `why` says so */
        COMMAND_UNKNOWN = 2,   /* the opcode, or the version of the layout */
        COMMAND_MALFORMED = 3, /* a length or a value */
        _COMMAND_RESULT_MAX
} CommandResult;

/* COMMAND_DONE: `ret` is filled. Else what is wrong with it, a constant text, in `ret_why`. */
CommandResult command_decode(const uint8_t *payload, size_t n, ServerCommand *ret,
                             const char **ret_why);

typedef struct CommandAnswer {
        unsigned opcode; /* as it came, 0: there was none */
        CommandResult result;
        uint64_t job;    /* 0: none */
        const char *why; /* "" nothing to say */
} CommandAnswer;
