/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The AT dialogue with one module, sans-I/O.
 *
 * Owns the running command, its reply and the knowledge whether the line can be trusted. What
 * surprises: a result code carries no hint which command it belongs to, so an OK counts only when
 * it can't be older than the command: not after a command timed out, until "AT" was answered and
 * 100 ms went by without another result; not when its first byte was here before the command was
 * written; and not at once when the answer that the command asks for is missing. For the same
 * reason a command that is started while bytes are being fed is written after the last of them.
 */

#include "at/chat.h"

#include <assert.h>
#include <stdio.h>

#include "at/xmodem.h"
#include "base/text.h"

#define CHAT_RESYNC_TIMEOUT USEC_PER_SEC /* a module that listens answers "AT" in 300 ms */
#define CHAT_QUIET (100 * USEC_PER_MSEC)
/* Quiet for so long when answers are missing: on a slow line they come as far apart as the "AT"
 * went out, and one too many would shift every reply to the next command. */
#define CHAT_QUIET_OWED (CHAT_RESYNC_TIMEOUT + CHAT_RESYNC_TIMEOUT / 2)
#define CHAT_LATE_FINALS_MAX 16 /* a line that never gets quiet is no dialogue */
#define CHAT_SECRET_MIN 4       /* bytes; what is shorter is found in any line */
#define CHAT_ESCAPE "\x1b"      /* leaves a prompt without sending anything */

typedef enum ChatState {
        CHAT_IDLE,
        CHAT_QUEUED,   /* a command waits for the end of the bytes being fed */
        CHAT_SYNCING,  /* "AT" was sent, the command waits */
        CHAT_SETTLING, /* "AT" was answered, the command waits for quiet */
        CHAT_RUNNING,
        CHAT_LENT,
} ChatState;

struct Chat {
        const ChatHost *host;
        void *userdata;
        Transcript *transcript;

        ChatState state;
        bool distrusted; /* the next command is preceded by a re-sync */
        bool feeding;    /* inside chat_feed(): no command is written before it ends */
        bool stale;      /* the line being read was begun before the command was written */
        bool doubtful;   /* OK came for the command, but not what it asks for */
        unsigned epoch;  /* grows when the bytes being fed lose their meaning */
        usec_t deadline;
        usec_t realtime; /* of the last call that had a clock, stamps the transcript */
        unsigned tries, late_finals;
        unsigned owed; /* results that may still come: of each "AT", of commands that ended without,
                          and of one that another process sent */

        ChatCommand command; /* while a command is queued or runs; text is ours */
        char text[CHAT_COMMAND_MAX + 1];
        size_t echoed; /* bytes of the command that its echo has shown */
        ChatHandler handler;
        void *handler_userdata;

        const ChatLoan *loan; /* with CHAT_LENT */
        unsigned invitations; /* NAKs heard while "AT" waited for its OK */
        void *lent_userdata;

        Reader reader;
        const char *lines[CHAT_REPLY_LINES_MAX];
        size_t n_lines;
        char reply[CHAT_REPLY_BYTES_MAX];
        size_t n_reply;
        bool more;
};

Chat *chat_new(const ChatHost *host, void *userdata, Transcript *transcript) {
        Chat *chat;

        assert(host->write && host->on_urc && host->is_urc && host->on_dropped);
        chat = calloc(1, sizeof(Chat));
        if (!chat)
                return NULL;
        chat->host = host;
        chat->userdata = userdata;
        chat->transcript = transcript;
        chat->distrusted = true;
        chat->owed = 1; /* who had the port before may have asked something, as fotad that was
                           killed */
        chat->deadline = USEC_INFINITY;
        reader_init(&chat->reader);
        return chat;
}

Chat *chat_free(Chat *chat) {
        free(chat);
        return NULL;
}

/* transcript */

static void chat_record(Chat *chat, Direction direction, const char *line) {
        if (chat->transcript)
                transcript_add(chat->transcript, chat->realtime, direction, line);
}

/* "AT+FOO=****": what a secret command looks like in the transcript. */
static void chat_record_secret(Chat *chat, Direction direction) {
        char shown[CHAT_COMMAND_MAX + 8];
        size_t name = strcspn(chat->text, "=");

        if (chat->text[name] == '\0')
                name = MIN_OF(name, (size_t) 2);
        (void) snprintf(shown, sizeof shown, "%.*s%s****", (int) name, chat->text,
                        chat->text[name] == '=' ? "=" : "");
        chat_record(chat, direction, shown);
}

/* A line that quotes a secret command's arguments, be its front garbled, is not stored either. */
static void chat_record_line(Chat *chat, const char *line, bool echo) {
        const char *arguments = chat->command.secret ? strchr(chat->text, '=') : NULL;
        bool quoted = arguments && strlen(arguments + 1) >= CHAT_SECRET_MIN &&
                      strstr(line, arguments + 1);

        if (quoted || (echo && chat->command.secret))
                chat_record_secret(chat, DIRECTION_FROM_MODULE);
        else
                chat_record(chat, DIRECTION_FROM_MODULE, line);
}

/* writing */

static void chat_write_line(Chat *chat, const char *text) {
        char bytes[CHAT_COMMAND_MAX + 2];
        Text line;

        text_init(&line, bytes, sizeof bytes);
        text_add(&line, text);
        text_add_char(&line, '\r');
        chat->host->write(chat->userdata, line.data, line.length);
}

/* A module that waits for a file (fotad went down while it pushed one) asks for it with NAK or 'C'
 * and takes every "AT" for noise: CAN ends that, and is noise itself to all others. */
static void chat_end_receiver(Chat *chat) {
        if (chat->invitations == 0 && !reader_is_invited(&chat->reader))
                return;
        chat_record(chat, DIRECTION_NOTE, "the module waits for a file: cancelled");
        chat->host->write(chat->userdata, xmodem_cans, sizeof(xmodem_cans));
        chat->invitations = 0;
        reader_reset(&chat->reader);
}

static void chat_send_sync(Chat *chat, const Clock *now) {
        if (chat->state == CHAT_SYNCING)
                chat_end_receiver(chat);
        chat->state = CHAT_SYNCING;
        chat->tries++;
        chat->deadline = usec_add(now->boottime, CHAT_RESYNC_TIMEOUT);
        chat->owed++;
        chat_record(chat, DIRECTION_TO_MODULE, "AT");
        chat_write_line(chat, "AT");
}

static void chat_send_command(Chat *chat, const Clock *now) {
        chat->state = CHAT_RUNNING;
        chat->owed = 1;
        chat->stale = chat->reader.length > 0 || chat->reader.dropped > 0;
        chat->doubtful = false;
        chat->echoed = 0;
        chat->n_lines = chat->n_reply = 0;
        chat->more = false;
        chat->deadline = usec_add(now->boottime, chat->command.timeout);
        if (chat->command.secret)
                chat_record_secret(chat, DIRECTION_TO_MODULE);
        else
                chat_record(chat, DIRECTION_TO_MODULE, chat->text);
        chat_write_line(chat, chat->text);
}

static void chat_begin(Chat *chat, const Clock *now) {
        chat->tries = chat->late_finals = 0;
        if (chat->distrusted)
                chat_send_sync(chat, now);
        else
                chat_send_command(chat, now);
}

/* commands */

bool chat_is_idle(const Chat *chat) {
        return chat->state == CHAT_IDLE;
}

bool chat_is_waiting(const Chat *chat) {
        return chat->state == CHAT_QUEUED || chat->state == CHAT_SYNCING ||
               chat->state == CHAT_SETTLING;
}

usec_t chat_deadline(const Chat *chat) {
        return chat->loan ? chat->loan->deadline(chat->lent_userdata) : chat->deadline;
}

static int command_check(const char *text) {
        size_t n = strlen(text);

        if (n > CHAT_COMMAND_MAX)
                return -EMSGSIZE;
        for (size_t i = 0; i < n; i++)
                if ((unsigned char) text[i] < 0x20 || text[i] == 0x7f)
                        return -EINVAL;
        return n > 0 ? 0 : -EINVAL;
}

int chat_start(Chat *chat, const Clock *now, const ChatCommand *command, ChatHandler handler,
               void *userdata) {
        int r = command_check(command->text);

        if (r < 0)
                return r;
        if (chat->state != CHAT_IDLE)
                return -EBUSY;
        chat->realtime = now->realtime;
        chat->command = *command;
        if (command->timeout == 0)
                chat->command.timeout = CHAT_TIMEOUT_DEFAULT;
        (void) TEXT_COPY(chat->text, command->text);
        chat->command.text = chat->text;
        chat->handler = handler;
        chat->handler_userdata = userdata;
        if (chat->feeding)
                chat->state = CHAT_QUEUED;
        else
                chat_begin(chat, now);
        return 0;
}

/* Ends the command: everything is put away before the handler, which may start the next one. */
static void chat_finish(Chat *chat, ChatOutcome outcome, int code) {
        ChatReply reply = {
                .outcome = outcome,
                .code = code,
                .n_lines = chat->n_lines,
                .lines = chat->lines,
                .more = chat->more,
        };
        ChatHandler handler = chat->handler;
        void *userdata = chat->handler_userdata;

        /* After these an OK may still come, or a prompt waits for text. */
        if (outcome != CHAT_OK && outcome != CHAT_ERROR)
                chat->distrusted = true;
        if (outcome == CHAT_PROMPT)
                chat->owed = 0; /* it waits for text, and answers only that */
        chat->state = CHAT_IDLE;
        chat->deadline = USEC_INFINITY;
        chat->n_lines = chat->n_reply = 0;
        chat->more = false;
        chat->command = (ChatCommand) {};
        chat->handler = NULL;
        if (handler)
                handler(userdata, &reply);
}

void chat_tick(Chat *chat, const Clock *now) {
        chat->realtime = now->realtime;
        if (chat->loan) {
                chat->loan->tick(chat->lent_userdata, now);
                return;
        }
        if (now->boottime < chat->deadline)
                return;
        switch (chat->state) {
        case CHAT_SYNCING:
                if (chat->tries < CHAT_RESYNC_TRIES_MAX) {
                        chat_send_sync(chat, now);
                        break;
                }
                chat_record(chat, DIRECTION_NOTE, "no answer to AT");
                chat_finish(chat, CHAT_TIMEOUT, -1);
                break;
        case CHAT_SETTLING:
                chat_begin(chat, now); /* from "AT" again when distrusted meanwhile */
                break;
        case CHAT_RUNNING:
                if (!chat->doubtful)
                        chat_record(chat, DIRECTION_NOTE, "no reply in time");
                chat->distrusted = true;
                chat_finish(chat, chat->doubtful ? CHAT_OK : CHAT_TIMEOUT, -1);
                break;
        case CHAT_IDLE:
        case CHAT_QUEUED:
        case CHAT_LENT:
                break;
        }
}

bool chat_is_synced(const Chat *chat) {
        return !chat->distrusted;
}

void chat_distrust(Chat *chat) {
        chat->distrusted = true;
}

void chat_cancel(Chat *chat) {
        bool busy = chat->state != CHAT_IDLE && chat->state != CHAT_LENT;
        const ChatLoan *loan = TAKE_PTR(chat->loan);

        reader_reset(&chat->reader);
        chat->epoch++;
        chat->distrusted = true;
        chat->stale = false; /* what is owed stays so: the line may still be there */
        if (busy) {
                chat_finish(chat, CHAT_CANCELLED, -1);
                return;
        }
        chat->state = CHAT_IDLE;
        if (loan)
                loan->on_cancelled(chat->lent_userdata);
}

/* lines */

/* "+CME ERROR: 650" -> 650; -1 for a text. */
static int error_code(const char *p) {
        int code = 0;

        p += strspn(p, ": ");
        if (*p == '\0' || strspn(p, "0123456789") != strlen(p) || strlen(p) > 6)
                return -1;
        for (; *p != '\0'; p++)
                code = code * 10 + (*p - '0');
        return code;
}

/* BUSY, NO ANSWER and CONNECT answer a dialling, which is not done here, and are lines like any
 * other. */
bool chat_line_is_final(const char *line, ChatOutcome *ret_outcome, int *ret_code) {
        static const char cme[] = "+CME ERROR", cms[] = "+CMS ERROR";

        if (streq(line, "OK")) {
                *ret_outcome = CHAT_OK;
                *ret_code = -1;
                return true;
        }
        if (text_starts_with(line, cme) || text_starts_with(line, cms))
                *ret_code = error_code(line + strlen(cme));
        else if (streq(line, "ERROR") || streq(line, "NO CARRIER"))
                *ret_code = -1;
        else
                return false;
        *ret_outcome = CHAT_ERROR;
        return true;
}

static bool text_ends_with(const char *text, const char *end) {
        size_t n = strlen(text), n_end = strlen(end);

        return n >= n_end && streq(text + n - n_end, end);
}

/* The command itself, or junk and the command, or - when a URC came in between - the next piece of
 * it. */
static bool chat_take_echo(Chat *chat, const char *line) {
        const char *rest = chat->text + chat->echoed;
        size_t n = strlen(line);

        if (streq(line, chat->text) || (chat->echoed == 0 && text_ends_with(line, chat->text))) {
                chat->echoed = strlen(chat->text);
                return true;
        }
        if (chat->n_lines > 0 || strncmp(rest, line, n) != 0)
                return false;
        chat->echoed += n;
        return true;
}

static void chat_add_reply_line(Chat *chat, const char *line) {
        size_t n = strlen(line) + 1;

        if (chat->n_lines == CHAT_REPLY_LINES_MAX || chat->n_reply + n > CHAT_REPLY_BYTES_MAX) {
                chat->more = true;
                return;
        }
        memcpy(chat->reply + chat->n_reply, line, n);
        chat->lines[chat->n_lines++] = chat->reply + chat->n_reply;
        chat->n_reply += n;
}

/* A URC for the host; it may as well be what the command waited for. */
static void chat_take_urc(Chat *chat, const char *line, bool stale) {
        unsigned epoch = chat->epoch;
        bool ends = chat->state == CHAT_RUNNING && !stale && chat->command.accepts &&
                    chat->command.accepts(line);

        chat->host->on_urc(chat->userdata, line);
        if (ends && epoch == chat->epoch)
                chat_finish(chat, CHAT_ACCEPTED, -1);
}

static bool chat_is_information(const Chat *chat, const char *line) {
        const char *prefix = chat->command.prefix;

        if (chat->command.accepts && chat->command.accepts(line))
                return false;
        return !prefix || text_starts_with(line, prefix);
}

/* The OK of the command before may come twice. It would shift every reply to the next command, and
 * so the next result counts; or this one, when none comes. */
static bool chat_doubts(Chat *chat, const Clock *now, ChatOutcome outcome) {
        if (chat->doubtful || outcome != CHAT_OK || !chat->command.informs || chat->n_lines > 0 ||
            chat->more)
                return false;
        chat_record(chat, DIRECTION_NOTE,
                    "OK without an answer: is it that of the command before?");
        chat->doubtful = true;
        chat->deadline = MIN_OF(chat->deadline, usec_add(now->boottime, CHAT_QUIET_OWED));
        return true;
}

static void chat_take_running(Chat *chat, const Clock *now, const char *line, bool stale) {
        ChatOutcome outcome;
        int code;

        if (!stale && chat_line_is_final(line, &outcome, &code)) {
                if (chat_doubts(chat, now, outcome))
                        return;
                /* the end of a call says nothing about the command that it came into */
                if (streq(line, "NO CARRIER"))
                        chat->distrusted = true;
                chat->owed = 0;
                chat_finish(chat, outcome, code);
        } else if (!stale && chat_is_information(chat, line))
                chat_add_reply_line(chat, line);
        else
                chat_take_urc(chat, line, stale);
}

/* While the re-sync runs: results belong to "AT" or to the past and end here. */
static void chat_take_sync(Chat *chat, const Clock *now, const char *line) {
        ChatOutcome outcome;
        int code;

        if (text_ends_with(line, "AT"))
                return;
        if (!chat_line_is_final(line, &outcome, &code)) {
                chat->host->on_urc(chat->userdata, line);
                return;
        }
        chat->owed -= chat->owed > 0;
        if (chat->state == CHAT_SYNCING && outcome != CHAT_OK)
                return;
        if (++chat->late_finals > CHAT_LATE_FINALS_MAX) {
                chat_finish(chat, CHAT_TIMEOUT, -1);
                return;
        }
        if (chat->state == CHAT_SYNCING)
                chat->distrusted = false;
        chat->state = CHAT_SETTLING;
        chat->deadline = usec_add(now->boottime, chat->owed > 0 ? CHAT_QUIET_OWED : CHAT_QUIET);
}

static void chat_take_line(Chat *chat, const Clock *now, const char *line, bool stale) {
        bool urc = chat->host->is_urc(chat->userdata, line);
        bool echo = !urc && chat->state == CHAT_RUNNING && chat_take_echo(chat, line);
        ChatOutcome outcome;
        int code;

        chat_record_line(chat, line, echo);
        if (echo)
                return;
        if (urc) {
                chat_take_urc(chat, line, stale);
                return;
        }
        switch (chat->state) {
        case CHAT_RUNNING:
                chat_take_running(chat, now, line, stale);
                break;
        case CHAT_SYNCING:
        case CHAT_SETTLING:
                chat_take_sync(chat, now, line);
                break;
        case CHAT_IDLE:
        case CHAT_QUEUED:
                chat->owed -= chat->owed > 0 && chat_line_is_final(line, &outcome, &code);
                chat->host->on_urc(chat->userdata, line);
                break;
        case CHAT_LENT:
                chat->host->on_urc(chat->userdata, line);
                break;
        }
}

static void chat_take_prompt(Chat *chat, bool stale) {
        chat_record(chat, DIRECTION_FROM_MODULE, "> ");
        if (chat->state == CHAT_RUNNING && !stale)
                chat_finish(chat, CHAT_PROMPT, -1);
        else if (chat->state == CHAT_SYNCING) /* somebody began a text and left */
                chat->host->write(chat->userdata, CHAT_ESCAPE, 1);
}

static void chat_take_dropped(Chat *chat, size_t length) {
        char note[64];

        (void) snprintf(note, sizeof note, "a line of %zu bytes dropped", length);
        chat_record(chat, DIRECTION_NOTE, note);
        if (chat->state == CHAT_RUNNING)
                chat->more = true;
        chat->host->on_dropped(chat->userdata, length);
}

static void chat_take(Chat *chat, const Clock *now, const Token *token) {
        bool stale = chat->stale;

        if (token->kind != TOKEN_NONE)
                chat->stale = false;
        switch (token->kind) {
        case TOKEN_LINE:
                chat_take_line(chat, now, token->line, stale);
                break;
        case TOKEN_PROMPT:
                chat_take_prompt(chat, stale);
                break;
        case TOKEN_DROPPED:
                chat_take_dropped(chat, token->length);
                break;
        case TOKEN_NONE:
                break;
        }
}

void chat_feed(Chat *chat, const Clock *now, const char *bytes, size_t n) {
        unsigned epoch = chat->epoch;

        assert(!chat->feeding); /* the host must not answer from within write() */
        chat->realtime = now->realtime;
        chat->feeding = true;
        for (size_t i = 0; i < n && epoch == chat->epoch;) {
                Token token;

                if (chat->state == CHAT_LENT) {
                        chat->loan->on_byte(chat->lent_userdata, now, bytes[i++]);
                        continue;
                }
                chat->invitations += chat->state == CHAT_SYNCING && bytes[i] == XMODEM_NAK;
                i += reader_feed(&chat->reader, bytes + i, n - i, &token);
                chat_take(chat, now, &token);
        }
        chat->feeding = false;
        if (chat->state == CHAT_QUEUED)
                chat_begin(chat, now);
}

/* lending */

int chat_lend(Chat *chat, const ChatLoan *loan, void *userdata) {
        if (chat->state != CHAT_IDLE)
                return -EBUSY;
        chat_record(chat, DIRECTION_NOTE, CHAT_NOTE_LENT);
        reader_reset(&chat->reader);
        chat->state = CHAT_LENT;
        chat->loan = loan;
        chat->lent_userdata = userdata;
        return 0;
}

bool chat_is_lent(const Chat *chat) {
        return chat->state == CHAT_LENT;
}

void chat_lent_write(Chat *chat, const char *bytes, size_t n) {
        if (chat->state == CHAT_LENT)
                chat->host->write(chat->userdata, bytes, n);
}

void chat_lent_note(Chat *chat, Direction direction, const char *line) {
        chat_record(chat, direction, line);
}

void chat_give_back(Chat *chat) {
        if (chat->state != CHAT_LENT)
                return;
        chat_record(chat, DIRECTION_NOTE, "line given back");
        reader_reset(&chat->reader);
        chat->state = CHAT_IDLE;
        chat->distrusted = true;
        chat->loan = NULL;
}
