/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Transcripts: the parser, a replay against a host that says what the transcript says and other
 * things, and the story that is made of it. Looks for crashes, for a replay that never comes to
 * rest, and for what must hold: a mistake is always explained, a replay that hears everything in
 * its turn comes to its end, and each line of a story is one that a story may have.
 */

#include <assert.h>
#include <stdio.h>

#include "fotasim/replay.h"
#include "fotasim/story.h"

typedef struct Host {
        size_t n_bytes;
        unsigned n_ends, n_notes;
} Host;

static void on_write(void *userdata, const char *bytes, size_t n) {
        assert(n >= 4 && bytes[0] == '\r');
        ((Host *) userdata)->n_bytes += n;
}
static void on_note(void *userdata, const char *text) {
        assert(*text);
        ((Host *) userdata)->n_notes++;
}
static void on_end(void *userdata, unsigned n_lines _unused_) {
        ((Host *) userdata)->n_ends++;
}

static const ReplayHost replay_host = { .write = on_write, .note = on_note, .on_end = on_end };

static void command_say(Replay *replay, usec_t now, const char *text) {
        replay_feed(replay, now, text, strlen(text));
        replay_feed(replay, now, "\r", 1);
}

/* Says every command of the recording as soon as the replay waits for it. */
static void play_in_turn(const Recording *recording) {
        Host host = {};
        Replay replay;
        usec_t now = USEC_PER_SEC;

        replay_init(&replay, recording, 1, &replay_host, &host);
        replay_start(&replay, now);
        for (size_t i = 0; i <= recording->n_lines && !replay.ended; i++) {
                const RecordedLine *line = replay_waits_at(&replay);

                if (line->kind == RECORDED_QUESTION || line->kind == RECORDED_ACT)
                        command_say(&replay, now, line->text);
                else {
                        now = MAX_OF(now, replay_deadline(&replay));
                        replay_tick(&replay, now);
                }
        }
        assert(replay.ended && host.n_ends == 1);
        assert(replay.n_refused == 0 && host.n_notes == (replay.cut ? 1 : 0));
}

/* Says them in the order of the file, as fast as it can or with time between, and the raw bytes. */
static void play_anyhow(const Recording *recording, double speed, usec_t step, const char *bytes,
                        size_t n) {
        Host host = {};
        Replay replay;
        usec_t now = 0;

        replay_init(&replay, recording, speed, &replay_host, &host);
        for (size_t i = recording->n_lines; i > 0; i--, now += step)
                if (recorded_is_command(recording->lines + i - 1))
                        command_say(&replay, now, recording->lines[i - 1].text);
        replay_feed(&replay, now, bytes, n);
        for (size_t i = 0; replay_deadline(&replay) != USEC_INFINITY; i++) {
                assert(i <= recording->n_lines);
                replay_tick(&replay, replay_deadline(&replay));
        }
        assert(host.n_ends == replay.ended);
}

static void story_check(const Recording *recording) {
        static const char *const begins[] = { "# ",   "> ",    "< ",      "answer ",      "wait ",
                                              "set ", "start", "policy ", "order connect" };
        char *bytes = NULL, *save = NULL;
        size_t n = 0, n_answers = 0;
        FILE *to = open_memstream(&bytes, &n);

        assert(to && story_write(recording, to) >= 0);
        (void) fclose(to);
        for (char *line = strtok_r(bytes, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
                size_t i = 0;

                while (i < ELEMENTSOF(begins) && strncmp(line, begins[i], strlen(begins[i])) != 0)
                        i++;
                assert(i < ELEMENTSOF(begins) && strlen(line) < 600);
                n_answers += i == 3;
        }
        assert(n_answers <= 40);
        free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_(recording_freep) Recording *recording = NULL;
        char bytes[1024];
        Text errors;

        text_init(&errors, bytes, sizeof(bytes));
        if (recording_parse(&recording, "fuzz", (const char *) data, size, &errors) < 0) {
                assert(errors.length > 0 && !recording);
                return 0;
        }
        play_in_turn(recording);
        play_anyhow(recording, 1, 0, (const char *) data, size);
        play_anyhow(recording, 0.001, USEC_PER_HOUR, "", 0);
        story_check(recording);
        return 0;
}
