/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The AT dialogue with one module: one command at a time with its own timeout, URCs at any moment,
 * re-sync after silence or garbage, and the hand-over of the line to a binary protocol. Sans-I/O:
 * bytes and time come in as arguments, bytes go out through the host. Never retries a command: that
 * is for who knows whether it can be taken back. */

#include "at/reader.h"
#include "at/transcript.h"
#include "base/time.h"

#define CHAT_COMMAND_MAX 512    /* bytes of a command without its CR */
#define CHAT_REPLY_LINES_MAX 32 /* further lines of one reply are dropped; `more` says so */
#define CHAT_REPLY_BYTES_MAX 4096
#define CHAT_RESYNC_TRIES_MAX 5 /* "AT" is sent so often before the waiting command fails */

typedef enum ChatOutcome {
        CHAT_OK,
        CHAT_ERROR,     /* ERROR, NO CARRIER, +CME ERROR, +CMS ERROR: see `code` */
        CHAT_TIMEOUT,   /* no final line in time; the next command is preceded by a re-sync */
        CHAT_PROMPT,    /* the module prompts "> " */
        CHAT_ACCEPTED,  /* a line that `accepts` named ended it (AT+WDSR=4 without its OK) */
        CHAT_CANCELLED, /* the port was lost or chat_cancel() was called */
} ChatOutcome;

typedef struct ChatReply {
        ChatOutcome outcome;
        int code; /* CME or CMS number with CHAT_ERROR, -1 when there is none (plain ERROR, or text
                     after +CME ERROR:) */
        size_t n_lines;
        const char *const *lines; /* borrowed during the handler: information lines, neither echo,
                                     URCs nor the final line */
        bool more;
} ChatReply;

typedef void (*ChatHandler)(void *userdata, const ChatReply *reply);

typedef struct ChatCommand {
        const char *text;   /* borrowed during chat_start(): without CR */
        usec_t timeout;     /* 0: CHAT_TIMEOUT_DEFAULT */
        const char *prefix; /* borrowed for good, may be NULL: information lines of this command
                               start so, others are URCs; NULL: any line that is_urc() does not
                               claim is an information line */
        bool informs; /* its OK follows at least one information line. One that does not may belong
                         to the command before, whose result came twice: what comes within 1.5 s
                         counts then, and the next command is preceded by a re-sync if nothing does
                       */
        bool secret;  /* the whole command is replaced in the transcript by its name and **** */
        bool (*accepts)(const char *line); /* may be NULL: this line, though a URC, also ends the
                                              command */
} ChatCommand;
#define CHAT_TIMEOUT_DEFAULT (10 * USEC_PER_SEC)

/* None may be NULL. */
typedef struct ChatHost {
        /* Must not answer through chat_feed() before it returns. */
        void (*write)(void *userdata, const char *bytes, size_t n);
        /* A line that is no part of a reply. Called before the handler of a command that the same
         * line ended. */
        void (*on_urc)(void *userdata, const char *line);
        /* Must be true for a line that can only be an indication, even while a command runs. */
        bool (*is_urc)(void *userdata, const char *line);
        void (*on_dropped)(void *userdata, size_t length); /* an overlong line */
} ChatHost;

typedef struct Chat Chat;

/* `host` is borrowed for good; `transcript` is borrowed, may be NULL. Returns new, NULL when out of
 * memory. */
Chat *chat_new(const ChatHost *host, void *userdata, Transcript *transcript);
/* Calls no handler; not from within a callback of this chat. */
Chat *chat_free(Chat *chat);
DEFINE_CLEANUP(Chat *, chat_free)

/* Starts a command; the handler is called exactly once, never from within chat_start(). A handler
 * may start the next. -EBUSY while one runs or the line is lent, -EMSGSIZE, -EINVAL for control
 * characters. `bytes written` may come later, when a re-sync ("AT" until OK, then 100 ms of quiet)
 * has to come first. */
_must_use_ int chat_start(Chat *chat, const Clock *now, const ChatCommand *command,
                          ChatHandler handler, void *userdata);
bool chat_is_idle(const Chat *chat);
/* A command was started and has not left yet. */
bool chat_is_waiting(const Chat *chat);
/* false: the next command is preceded by a re-sync, and leaves only when the module has answered
 * that. */
bool chat_is_synced(const Chat *chat);
void chat_feed(Chat *chat, const Clock *now, const char *bytes, size_t n);
/* Boot time at which chat_tick() wants to be called, USEC_INFINITY when it does not. */
usec_t chat_deadline(const Chat *chat);
void chat_tick(Chat *chat, const Clock *now);
/* The port was opened or lost: forget half lines, end the running command with CHAT_CANCELLED. */
void chat_cancel(Chat *chat);
/* Garbage is expected (a reboot): the next command is preceded by a re-sync. */
void chat_distrust(Chat *chat);

/* OK, ERROR, NO CARRIER, +CME ERROR and +CMS ERROR end a reply; `ret_code` as in ChatReply. */
bool chat_line_is_final(const char *line, ChatOutcome *ret_outcome, int *ret_code);

#define CHAT_NOTE_LENT "line lent to a binary protocol" /* in the transcript */

/* Who the line is lent to. All of them are called until chat_give_back(), which they may call
 * themselves. */
typedef struct ChatLoan {
        /* The bytes come one a call, so that a chat_give_back() from within leaves the next one to
         * the dialogue. */
        void (*on_byte)(void *userdata, const Clock *now, char byte);
        usec_t (*deadline)(const void *userdata); /* boot time, USEC_INFINITY: none */
        void (*tick)(void *userdata, const Clock *now);
        void (*on_cancelled)(void *userdata); /* chat_cancel(): the line is taken away already */
} ChatLoan;

/* Lends the line to a binary protocol: every byte goes to `loan` (borrowed) until chat_give_back();
 * -EBUSY while a command runs (but may be called from a command's handler). The command after it is
 * preceded by a re-sync. */
_must_use_ int chat_lend(Chat *chat, const ChatLoan *loan, void *userdata);
void chat_lent_write(Chat *chat, const char *bytes, size_t n);
/* A text line that came while the line was lent, for the transcript; nothing else happens to it. */
void chat_lent_note(Chat *chat, Direction direction, const char *line);
void chat_give_back(Chat *chat);
bool chat_is_lent(const Chat *chat);
