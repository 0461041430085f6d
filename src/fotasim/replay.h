/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The module's side of a recorded dialogue, sans-I/O: commands and time come in, lines go out.
 *
 * The module's lines come in their distances, a reply behind its command. A plain AT is always
 * answered with OK. A question that is the next command, or has only questions before it, is where
 * the play goes on; any other question that the recording knows gets the reply that it had last,
 * else its first later one, and the play goes on where it was. An act must come in its turn:
 * questions before it may be left out, lines before it come at once. What is left is answered with
 * ERROR and told. A question that nobody asks is left out ten seconds after its time. */

#include "fotasim/transcript-text.h"

#define REPLAY_PATIENCE (10 * USEC_PER_SEC) /* real seconds, whatever the speed */
#define REPLAY_HURRY USEC_PER_SEC /* lines due so soon don't keep a question from its turn */
#define REPLAY_COMMAND_MAX (RECORDED_TEXT_MAX + 1)

typedef struct ReplayHost {
        void (*write)(void *userdata, const char *bytes, size_t n);
        /* For a person: a command that was not taken, a transfer that can't be replayed. */
        void (*note)(void *userdata, const char *text);
        void (*on_end)(void *userdata, unsigned n_lines); /* once: all was said, so many lines */
} ReplayHost;

typedef struct Replay {
        const Recording *recording;
        const ReplayHost *host;
        void *userdata;
        double speed;
        bool started;
        bool ended;         /* nothing is left to say */
        bool cut;           /* the rest was no dialogue */
        size_t next;        /* line of the recording */
        usec_t base;        /* when the line before it was said or heard */
        usec_t base_time;   /* when that was in the recording */
        size_t left_out;    /* a question nobody asked: its reply isn't said either */
        unsigned n_lines;   /* of the module, said in their turn */
        unsigned n_refused; /* commands that were answered with ERROR */
        size_t n_command;
        char command[REPLAY_COMMAND_MAX];
} Replay;

/* recording, host: borrowed for good. speed > 0: seconds of the recording in a real one. */
void replay_init(Replay *replay, const Recording *recording, double speed, const ReplayHost *host,
                 void *userdata);
/* Somebody listens; time begins. Nothing happens before, and nothing when it is repeated. */
void replay_start(Replay *replay, usec_t now);
void replay_feed(Replay *replay, usec_t now, const char *bytes, size_t n);
usec_t replay_deadline(const Replay *replay); /* USEC_INFINITY: waits for a command */
void replay_tick(Replay *replay, usec_t now);
/* The line that it waits at; NULL when it ended. */
const RecordedLine *replay_waits_at(const Replay *replay);
