/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A dialogue as `fotactl transcript` prints it, read back: what fotad said, what the module
 * answered to it, and what the module said by itself. Both forms are taken, plain and --json. */

#include "base/text.h"
#include "base/time.h"

#define RECORDING_BYTES_MAX (1024 * 1024)
#define RECORDED_TEXT_MAX 4096               /* bytes of one line's text */
#define RECORDED_GAP_MAX (30 * USEC_PER_DAY) /* a longer one is a clock that was set */

typedef enum RecordedKind {
        RECORDED_NOTE,       /* of fotad: only its time counts */
        RECORDED_BINARY,     /* the same; from here on the line carried no dialogue */
        RECORDED_SYNC,       /* a plain AT, by which fotad tries the line */
        RECORDED_QUESTION,   /* a command that moves nothing, and may be said again at any time */
        RECORDED_ACT,        /* any other command */
        RECORDED_ECHO,       /* of `command` */
        RECORDED_REPLY,      /* to `command` */
        RECORDED_UNPROMPTED, /* by the module itself */
        RECORDED_STRAY,      /* a result code of no command: it came late, or twice */
} RecordedKind;

typedef struct RecordedLine {
        usec_t time; /* since the first line; never goes back */
        RecordedKind kind;
        unsigned number; /* in the file */
        size_t command;  /* index of the command that it belongs to */
        const char *text;
} RecordedLine;

typedef struct Recording {
        char *name;  /* the file, for messages */
        char *bytes; /* where the texts are */
        RecordedLine *lines;
        size_t n_lines; /* at least one */
} Recording;

/* Returns new. -EINVAL: what is wrong is in `errors` as FILE:LINE: TEXT, a line of it; else only
 * -ENOMEM. */
_must_use_ int recording_parse(Recording **ret, const char *name, const char *bytes, size_t n,
                               Text *errors);
/* The same from a file, "-" is stdin. What is wrong is in `errors` whatever it is. */
_must_use_ int recording_load(Recording **ret, const char *path, Text *errors);
Recording *recording_free(Recording *recording);
DEFINE_CLEANUP(Recording *, recording_free)

bool recorded_is_command(const RecordedLine *line); /* sync, question or act */
bool recorded_is_prompt(const char *text);          /* "> ", for a text that follows */
bool command_is_question(const char *command);
/* The command as it is said, against a recorded one, whose secrets are ****. */
bool recorded_matches(const RecordedLine *line, const char *command);
/* A result code came. */
bool recording_is_answered(const Recording *recording, size_t command);
/* Moves *index to the next line of the reply behind it; begin with the command itself. */
bool recording_next_reply(const Recording *recording, size_t command, size_t *index);
