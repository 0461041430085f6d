/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Sends a file to a module over its AT line: the command that announces it, XMODEM, and the final
 * result code after it. The line is lent for all of that and given back at the end. Before the
 * invitation and after the last block the module talks in lines, and so it is heard in lines. */

#include "at/chat.h"
#include "at/xmodem.h"

#define PUSH_COMMAND_MAX 64 /* bytes of the command without its CR */

typedef enum PushOutcome {
        PUSH_DONE,       /* the module answered OK after the last block */
        PUSH_REFUSED,    /* ERROR or +CME ERROR, before or after the transfer */
        PUSH_FAILED,     /* the transfer broke: see xmodem.outcome */
        PUSH_UNANSWERED, /* all blocks were taken, the final result code never came */
        PUSH_CANCELLED,  /* push_cancel() */
        PUSH_LOST,       /* the line was taken away (chat_cancel()) */
} PushOutcome;

typedef struct PushSettings {
        const char *command; /* "AT+WDSD=1464"; borrowed during push_start() */
        XmodemSettings xmodem;
        usec_t final_limit; /* for the result code after the last block */
} PushSettings;

typedef struct PushHost {
        /* The receiver has so many bytes; at most once for each percent. */
        void (*on_progress)(void *userdata, uint64_t bytes);
        /* A line of the module that is neither echo nor result code. */
        void (*on_line)(void *userdata, const char *line);
        /* Called once, after the line was given back, never from within push_start(). `code`: CME
         * number with PUSH_REFUSED, else -1. */
        void (*on_done)(void *userdata, PushOutcome outcome, int code);
} PushHost;

typedef struct Push {
        Chat *chat; /* NULL: nothing is being pushed */
        const PushHost *host;
        void *userdata;
        Xmodem xmodem;
        usec_t final_limit;
        usec_t deadline;     /* of the final result code, or of leaving */
        usec_t heard;        /* boot time of the last byte */
        bool leaving;        /* it broke or was cancelled: until the receiver is quiet */
        PushOutcome outcome; /* with leaving */
        unsigned cancels;    /* invitations answered with CAN while leaving */
        unsigned percent;    /* told last */
        char command[PUSH_COMMAND_MAX + 1]; /* its echo is no line */
        Reader reader;
} Push;

/* -EBUSY: a command runs or the line is lent; -EMSGSIZE: the command is too long. The chat must be
 * in sync: the command leaves at once. Allowed from a command's handler. */
_must_use_ int push_start(Push *push, Chat *chat, const Clock *now, const PushSettings *settings,
                          const XmodemFile *file, const PushHost *host, void *userdata);
bool push_runs(const Push *push);
/* Ends it with PUSH_CANCELLED: the receiver is told with CAN until it is quiet or says its result
 * code, then the line is given back. A push that broke already ends with PUSH_FAILED all the same.
 */
void push_cancel(Push *push, const Clock *now);
