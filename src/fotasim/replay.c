/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See replay.h.
 *
 * Owns a place in the recording and the time that belongs to it; distances are measured from there,
 * so a host that takes its time moves what follows. What surprises: a daemon is never quite as fast
 * as it was, so what it asks may come before or behind lines that came by themselves. Only
 * questions are free to do that: an act that is answered at another place would be another story.
 */

#include "fotasim/replay.h"

#include <stdio.h>

#include "at/transcript.h"

#define NONE SIZE_MAX
#define DISTANCE_MAX (1000 * (double) RECORDED_GAP_MAX) /* more than that is not waited for */

void replay_init(Replay *replay, const Recording *recording, double speed, const ReplayHost *host,
                 void *userdata) {
        *replay = (Replay) {
                .recording = recording,
                .host = host,
                .userdata = userdata,
                .speed = speed,
                .left_out = NONE,
        };
}

static const RecordedLine *line_at(const Replay *replay, size_t i) {
        return replay->recording->lines + i;
}

const RecordedLine *replay_waits_at(const Replay *replay) {
        return replay->next < replay->recording->n_lines ? line_at(replay, replay->next) : NULL;
}

/* speaking */

static void say(Replay *replay, const char *text) {
        char bytes[RECORDED_TEXT_MAX + 8];
        Text line;

        text_init(&line, bytes, sizeof(bytes));
        text_add(&line, "\r\n");
        if (recorded_is_prompt(text)) {
                text_add(&line, "> "); /* no line; an editor may have taken its blank */
        } else {
                text_add(&line, text);
                text_add(&line, "\r\n");
        }
        replay->host->write(replay->userdata, line.data, line.length);
}

_printf_(2, 3) static void tell(Replay *replay, const char *format, ...) {
        char text[512];
        va_list arguments;

        va_start(arguments, format);
        (void) vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        replay->host->note(replay->userdata, text);
}

/* A line of the module, in its turn. */
static void line_say(Replay *replay, const RecordedLine *line) {
        const RecordedLine *command;

        switch (line->kind) {
        case RECORDED_REPLY:
                command = line_at(replay, line->command);
                if (line->command == replay->left_out || command->kind == RECORDED_SYNC)
                        return;
                break;
        case RECORDED_UNPROMPTED:
                break;
        case RECORDED_NOTE:
        case RECORDED_BINARY:
        case RECORDED_SYNC:
        case RECORDED_QUESTION:
        case RECORDED_ACT:
        case RECORDED_ECHO:
        case RECORDED_STRAY:
                return;
        }
        replay->n_lines++;
        say(replay, line->text);
}

/* time */

static usec_t due(const Replay *replay, size_t i) {
        double distance = (double) usec_sub(line_at(replay, i)->time, replay->base_time);

        return usec_add(replay->base, (usec_t) MIN_OF(distance / replay->speed, DISTANCE_MAX));
}

usec_t replay_deadline(const Replay *replay) {
        const RecordedLine *line = replay_waits_at(replay);

        if (!replay->started || replay->ended || !line || line->kind == RECORDED_ACT)
                return USEC_INFINITY;
        return usec_add(due(replay, replay->next),
                        line->kind == RECORDED_QUESTION ? REPLAY_PATIENCE : 0);
}

static void move_behind(Replay *replay, size_t i, usec_t when) {
        replay->base_time = line_at(replay, i)->time;
        replay->base = when;
        replay->next = i + 1;
}

static void end(Replay *replay) {
        replay->ended = true;
        replay->host->on_end(replay->userdata, replay->n_lines);
}

/* The next line's time has come. */
static void step(Replay *replay) {
        const RecordedLine *line = line_at(replay, replay->next);

        if (line->kind == RECORDED_BINARY) {
                tell(replay,
                     "%s:%u: from here on the line carried a binary transfer, which can't be "
                     "replayed; the replay ends here",
                     replay->recording->name, line->number);
                replay->cut = true;
                end(replay);
                return;
        }
        line_say(replay, line);
        if (line->kind == RECORDED_QUESTION)
                replay->left_out = replay->next;
        move_behind(replay, replay->next, replay_deadline(replay));
        if (replay->next == replay->recording->n_lines)
                end(replay);
}

void replay_tick(Replay *replay, usec_t now) {
        while (replay_deadline(replay) <= now)
                step(replay);
}

void replay_start(Replay *replay, usec_t now) {
        if (replay->started)
                return;
        replay->started = true;
        replay->base = now;
        replay_tick(replay, now);
}

/* hearing */

/* Where the play may go on with this command, else NONE. */
static size_t turn_of(const Replay *replay, usec_t now, const char *command) {
        bool question = command_is_question(command);

        for (size_t i = replay->next; !replay->ended && i < replay->recording->n_lines; i++) {
                const RecordedLine *line = line_at(replay, i);

                if (recorded_matches(line, command))
                        return i;
                if (line->kind == RECORDED_ACT || line->kind == RECORDED_BINARY)
                        return NONE;
                if (question && line->kind == RECORDED_UNPROMPTED &&
                    due(replay, i) > usec_add(now, REPLAY_HURRY))
                        return NONE;
        }
        return NONE;
}

static void go_on_at(Replay *replay, usec_t now, size_t turn) {
        for (; replay->next < turn; replay->next++) {
                const RecordedLine *line = line_at(replay, replay->next);

                line_say(replay, line);
                if (line->kind == RECORDED_QUESTION)
                        replay->left_out = replay->next;
        }
        replay->left_out = NONE;
        move_behind(replay, turn, now);
        if (replay->next == replay->recording->n_lines)
                end(replay);
        else
                replay_tick(replay, now);
}

static bool answered_here(const Replay *replay, size_t i, const char *command) {
        return recorded_matches(line_at(replay, i), command) &&
               recording_is_answered(replay->recording, i);
}

/* The command's last answer so far, else its first later one, else NONE. */
static size_t answer_of(const Replay *replay, const char *command) {
        for (size_t i = replay->next; i > 0; i--)
                if (answered_here(replay, i - 1, command))
                        return i - 1;
        for (size_t i = replay->next; i < replay->recording->n_lines; i++)
                if (answered_here(replay, i, command))
                        return i;
        return NONE;
}

static void refuse(Replay *replay, const char *command) {
        const RecordedLine *line = replay->ended ? NULL : replay_waits_at(replay);
        char redacted[REPLAY_COMMAND_MAX + 8];

        transcript_redact(redacted, sizeof(redacted), command);
        replay->n_refused++;
        if (line)
                tell(replay, "%s: answered with ERROR, %s:%u does not go on so", redacted,
                     replay->recording->name, line->number);
        else
                tell(replay, "%s: answered with ERROR, %s has ended", redacted,
                     replay->recording->name);
        say(replay, "ERROR");
}

static void hear(Replay *replay, usec_t now, const char *command) {
        size_t turn, i;

        if (streq(command, "AT")) {
                say(replay, "OK");
                return;
        }
        turn = turn_of(replay, now, command);
        if (turn != NONE) {
                go_on_at(replay, now, turn);
                return;
        }
        i = command_is_question(command) ? answer_of(replay, command) : NONE;
        if (i == NONE) {
                refuse(replay, command);
                return;
        }
        for (size_t reply = i; recording_next_reply(replay->recording, i, &reply);)
                say(replay, line_at(replay, reply)->text);
}

static void command_end(Replay *replay, usec_t now) {
        char *begin = replay->command, *behind = begin + replay->n_command;

        while (behind > begin && behind[-1] == ' ')
                behind--;
        *behind = '\0';
        begin += strspn(begin, " ");
        replay->n_command = 0;
        if (*begin)
                hear(replay, now, begin);
}

void replay_feed(Replay *replay, usec_t now, const char *bytes, size_t n) {
        replay_start(replay, now);
        replay_tick(replay, now);
        for (size_t i = 0; i < n; i++) {
                if (bytes[i] == '\r' || bytes[i] == '\n')
                        command_end(replay, now);
                else if ((unsigned char) bytes[i] >= 0x20 && bytes[i] != 0x7f &&
                         replay->n_command < sizeof(replay->command) - 1)
                        replay->command[replay->n_command++] = bytes[i];
        }
}
