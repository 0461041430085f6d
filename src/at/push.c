/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pushing a file over an AT line.
 *
 * Owns the loan of the line from the command to its final result code. What surprises: a module
 * that takes a file says neither OK nor CONNECT first, it just starts to ask for blocks, often
 * glued to the echo; the result code after the last block counts more than the reply to EOT, which
 * gets lost; and a module that was told to stop may ask on, so the line is given back only when it
 * was quiet: until then AT would be noise to it. */

#include "at/push.h"

#include <assert.h>
#include <stdio.h>

#include "base/text.h"

#define PUSH_ASKED (100 * USEC_PER_MSEC) /* a 'C' with no text behind it for so long invites */
#define PUSH_QUIET (3 * USEC_PER_SEC)
#define PUSH_LEAVE_LIMIT (15 * USEC_PER_SEC)
#define PUSH_CANCELS_MAX 5

bool push_runs(const Push *push) {
        return push->chat;
}

/* ending */

static void push_finish(Push *push, PushOutcome outcome, int code) {
        Chat *chat = TAKE_PTR(push->chat);

        chat_give_back(chat);
        push->host->on_done(push->userdata, outcome, code);
}

static void push_note(Push *push, const char *why) {
        const Xmodem *xmodem = &push->xmodem;
        char note[128];

        (void) snprintf(note, sizeof note, "sent %llu of %llu bytes in %u blocks, %u again%s%s",
                        (unsigned long long) xmodem->acknowledged,
                        (unsigned long long) xmodem->file.size, xmodem->blocks, xmodem->resends,
                        why ? ": " : "", why ? why : "");
        chat_lent_note(push->chat, DIRECTION_NOTE, note);
}

static void push_leave(Push *push, const Clock *now, PushOutcome outcome) {
        static const char *const reasons[] = {
                [XMODEM_CANCELLED_BY_RECEIVER] = "the module cancelled",
                [XMODEM_TOO_MANY_ERRORS] = "too many errors",
                [XMODEM_SILENT] = "the module is silent",
                [XMODEM_NO_START] = "the module never asked",
                [XMODEM_UNREADABLE] = "the file can't be read",
                [XMODEM_CANCELLED] = "cancelled",
        };
        const char *reason = reasons[push->xmodem.outcome];

        push_note(push, reason ? reason : "cancelled");
        push->leaving = true;
        push->outcome = outcome;
        push->heard = now->boottime;
        push->deadline = usec_add(now->boottime, PUSH_LEAVE_LIMIT);
}

/* the module asks for blocks */

static bool push_is_asked(const Push *push) {
        return (push->leaving || push->xmodem.state == XMODEM_WAITING) &&
               reader_is_invited(&push->reader);
}

/* Leaving: it has missed the CANs. */
static void push_cancel_again(Push *push) {
        reader_reset(&push->reader);
        if (push->cancels == PUSH_CANCELS_MAX)
                return;
        push->cancels++;
        chat_lent_write(push->chat, xmodem_cans, sizeof xmodem_cans);
}

/* A line begun that blocks follow, or the echo. */
static void push_end_line(Push *push) {
        Reader *reader = &push->reader;

        reader->line[reader->length] = '\0';
        if (reader->length > 0)
                chat_lent_note(push->chat, DIRECTION_FROM_MODULE, reader->line);
        reader_reset(reader);
}

static void push_tell_progress(Push *push) {
        const Xmodem *xmodem = &push->xmodem;
        const unsigned percent = (unsigned) (xmodem->acknowledged * 100 / xmodem->file.size);

        if (percent <= push->percent)
                return;
        push->percent = percent;
        push->host->on_progress(push->userdata, xmodem->acknowledged);
}

/* After anything that may have moved the transfer on. */
static void push_follow(Push *push, const Clock *now, XmodemState before) {
        const Xmodem *xmodem = &push->xmodem;

        switch (xmodem->state) {
        case XMODEM_WAITING:
                break;
        case XMODEM_SENDING:
                push->deadline = USEC_INFINITY;
                break;
        case XMODEM_ENDING:
                if (before == XMODEM_ENDING)
                        break;
                push_note(push, NULL);
                push->deadline = usec_add(now->boottime, push->final_limit);
                break;
        case XMODEM_OVER:
                if (before != XMODEM_OVER && xmodem->outcome != XMODEM_DONE &&
                    xmodem->outcome != XMODEM_UNCONFIRMED)
                        push_leave(push, now, PUSH_FAILED);
                break;
        }
        push_tell_progress(push);
}

static bool push_feed_xmodem(Push *push, const Clock *now, char byte) {
        const XmodemState before = push->xmodem.state;
        const bool taken = xmodem_feed(&push->xmodem, now, (uint8_t) byte);

        if (before == XMODEM_WAITING && push->xmodem.state == XMODEM_SENDING)
                push_end_line(push);
        push_follow(push, now, before);
        return taken || before == XMODEM_SENDING; /* between blocks there is no text */
}

/* lines */

static void push_take_final(Push *push, ChatOutcome outcome, int code) {
        if (push->leaving)
                push_finish(push, push->outcome, -1);
        else if (outcome == CHAT_OK && push->xmodem.state != XMODEM_WAITING)
                push_finish(push, PUSH_DONE, -1);
        else
                push_finish(push, PUSH_REFUSED, code);
}

static bool push_ends_echo(const Push *push) {
        const Reader *reader = &push->reader;
        const size_t n = strlen(push->command);

        return push->xmodem.state == XMODEM_WAITING && reader->length >= n &&
               memcmp(reader->line + reader->length - n, push->command, n) == 0;
}

static void push_take_text(Push *push, char byte) {
        ChatOutcome outcome;
        Token token;
        int code;

        (void) reader_feed(&push->reader, &byte, 1, &token);
        if (push_ends_echo(push))
                push_end_line(push);
        if (token.kind != TOKEN_LINE)
                return;
        chat_lent_note(push->chat, DIRECTION_FROM_MODULE, token.line);
        if (chat_line_is_final(token.line, &outcome, &code))
                push_take_final(push, outcome, code);
        else
                push->host->on_line(push->userdata, token.line);
}

/* the loan */

static void push_on_byte(void *userdata, const Clock *now, char byte) {
        Push *push = userdata;
        /* may as well begin a text */
        const bool letter = push->xmodem.state == XMODEM_WAITING && byte == 'C';

        push->heard = now->boottime;
        if (push->leaving && byte == XMODEM_NAK)
                push_cancel_again(push);
        else if (push->leaving || letter || !push_feed_xmodem(push, now, byte))
                push_take_text(push, byte);
}

static usec_t push_deadline(const void *userdata) {
        const Push *push = userdata;
        usec_t deadline = push->deadline;

        if (push->leaving)
                deadline = MIN_OF(deadline, usec_add(push->heard, PUSH_QUIET));
        else
                deadline = MIN_OF(deadline, xmodem_deadline(&push->xmodem));
        if (push_is_asked(push))
                deadline = MIN_OF(deadline, usec_add(push->heard, PUSH_ASKED));
        return deadline;
}

static void push_tick(void *userdata, const Clock *now) {
        Push *push = userdata;
        const XmodemState before = push->xmodem.state;

        if (now->boottime < push_deadline(push))
                return;
        if (push_is_asked(push) && now->boottime < push->deadline) {
                push->heard = now->boottime; /* the answer to that may take as long as any */
                if (push->leaving)
                        push_cancel_again(push);
                else
                        (void) push_feed_xmodem(push, now, 'C');
        } else if (push->leaving)
                push_finish(push, push->outcome, -1);
        else if (now->boottime >= push->deadline)
                push_finish(push, PUSH_UNANSWERED, -1);
        else {
                xmodem_tick(&push->xmodem, now);
                push_follow(push, now, before);
        }
}

static void push_on_cancelled(void *userdata) {
        Push *push = userdata;

        push->chat = NULL;
        push->host->on_done(push->userdata, PUSH_LOST, -1);
}

static const ChatLoan push_loan = {
        .on_byte = push_on_byte,
        .deadline = push_deadline,
        .tick = push_tick,
        .on_cancelled = push_on_cancelled,
};

/* from outside */

static void push_write(void *userdata, const char *bytes, size_t n) {
        Push *push = userdata;

        chat_lent_write(push->chat, bytes, n);
}

int push_start(Push *push, Chat *chat, const Clock *now, const PushSettings *settings,
               const XmodemFile *file, const PushHost *host, void *userdata) {
        char line[PUSH_COMMAND_MAX + 2];
        int r;

        assert(host->on_progress && host->on_line && host->on_done);
        if (strlen(settings->command) > PUSH_COMMAND_MAX)
                return -EMSGSIZE;
        r = chat_lend(chat, &push_loan, push);
        if (r < 0)
                return r;
        *push = (Push) {
                .chat = chat,
                .host = host,
                .userdata = userdata,
                .final_limit = settings->final_limit,
                .deadline = USEC_INFINITY,
        };
        (void) TEXT_COPY(push->command, settings->command);
        reader_init(&push->reader);
        xmodem_start(&push->xmodem, now, &settings->xmodem, file, push_write, push);
        chat_lent_note(chat, DIRECTION_TO_MODULE, push->command);
        (void) snprintf(line, sizeof line, "%s\r", push->command);
        chat_lent_write(chat, line, strlen(line));
        return 0;
}

void push_cancel(Push *push, const Clock *now) {
        if (!push_runs(push) || push->leaving)
                return;
        xmodem_cancel(&push->xmodem);
        push_leave(push, now, PUSH_CANCELLED);
}
