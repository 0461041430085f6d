/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See story.h.
 *
 * In a story questions are answered from a table, so what a question was answered becomes an
 * `answer` line wherever it changes. What surprises: such a line has to stand before the line or
 * the span after which fotad asks, because fotad asks at once. That is why the last of those, with
 * all that follows it, is held back until the next one comes. */

#include "fotasim/story.h"

#include <getopt.h>

#define EXIT_USAGE 2
#define ERRORS_MAX_BYTES 1024
#define LINE_MAX_BYTES 598 /* of a story, as the next two */
#define COMMAND_MAX_BYTES 95
#define ANSWER_MAX_BYTES 511
#define ANSWERS_MAX 40               /* lines, beside the preset ones */
#define INSTANT (50 * USEC_PER_MSEC) /* what comes so soon comes at once */
#define TOLD USEC_PER_SEC            /* a wait that long is told with its place */

typedef struct Answer {
        char command[COMMAND_MAX_BYTES + 1], text[ANSWER_MAX_BYTES + 1];
        unsigned turn; /* in which it was written last */
} Answer;

typedef struct Writer {
        const Recording *recording;
        FILE *to;
        FILE *held; /* the last line that fotad may ask after, and what follows it */
        char *held_bytes;
        size_t n_held;
        unsigned turn; /* grows with each such line */
        usec_t time;   /* of the recording, so far */
        Answer answers[ANSWERS_MAX];
        size_t n_answers, n_answer_lines;
} Writer;

/* lines */

static int held_begin(Writer *writer) {
        writer->held = open_memstream(&writer->held_bytes, &writer->n_held);
        return writer->held ? 0 : -ENOMEM;
}

static void held_end(Writer *writer) {
        if (!writer->held)
                return;
        (void) fclose(writer->held);
        writer->held = NULL;
        (void) fwrite(writer->held_bytes, 1, writer->n_held, writer->to);
        free(writer->held_bytes);
        writer->held_bytes = NULL;
}

/* fotad may ask from here on. */
static int turn_begin(Writer *writer) {
        held_end(writer);
        writer->turn++;
        return held_begin(writer);
}

static void comment(Writer *writer, const char *what, const char *text) {
        fprintf(writer->held, "# %s%.*s\n", what, LINE_MAX_BYTES / 2, text);
}

/* It came into a chain of questions, which goes on behind it: it is not why fotad asks. */
static bool goes_with_questions(const Writer *writer, const RecordedLine *line) {
        const RecordedLine *before = line - 1;

        if (line == writer->recording->lines || line->time - before->time >= INSTANT)
                return false;
        if (before->kind == RECORDED_REPLY)
                before = writer->recording->lines + before->command;
        return before->kind == RECORDED_QUESTION;
}

static int module_says(Writer *writer, const RecordedLine *line) {
        int r;

        if (recorded_is_prompt(line->text)) {
                comment(writer, "a prompt, which a story can't show: ", line->text);
                return 0;
        }
        if (strlen(line->text) + 2 > LINE_MAX_BYTES) {
                comment(writer, "too long for a story: ", line->text);
                return 0;
        }
        r = goes_with_questions(writer, line) ? 0 : turn_begin(writer);
        if (r >= 0)
                fprintf(writer->held, "< %s\n", line->text);
        return r;
}

/* fotad answers at once: what it says goes with the line before it, however long a chain of
 * questions took. */
static usec_t gap_before(const Writer *writer, size_t i) {
        const RecordedLine *line = writer->recording->lines + i;
        bool chained = i > 0 && recorded_is_command(line) && line->time - line[-1].time < INSTANT;

        return chained ? 0 : usec_sub(line->time, writer->time);
}

static int wait_for(Writer *writer, size_t i) {
        const RecordedLine *line = writer->recording->lines + i;
        usec_t gap = gap_before(writer, i), told;
        char span[SPAN_TEXT_MAX];
        int r;

        if (gap < INSTANT)
                return 0;
        if (span_parse(span_format(span, gap), &told) < 0)
                told = gap; /* what was formatted can be parsed */
        writer->time += told;
        r = turn_begin(writer);
        if (r < 0)
                return r;
        if (gap >= TOLD)
                fprintf(writer->held, "# %s:%u, %llu.%03us\n", writer->recording->name,
                        line->number, (unsigned long long) (line->time / USEC_PER_SEC),
                        (unsigned) (line->time % USEC_PER_SEC / USEC_PER_MSEC));
        fprintf(writer->held, "wait %s\n", span);
        return 0;
}

/* questions */

static Answer *answer_find(Writer *writer, const char *command) {
        for (size_t i = 0; i < writer->n_answers; i++)
                if (streq(writer->answers[i].command, command))
                        return writer->answers + i;
        if (writer->n_answers == ANSWERS_MAX)
                return NULL;
        (void) TEXT_COPY(writer->answers[writer->n_answers].command, command);
        return writer->answers + writer->n_answers++;
}

/* "LINE|LINE|OK", "|" for silence; false when a story can't say so. */
static bool answer_text(const Recording *recording, size_t command,
                        char to[static ANSWER_MAX_BYTES + 1]) {
        Text text;

        text_init(&text, to, ANSWER_MAX_BYTES + 1);
        for (size_t i = command; recording_next_reply(recording, command, &i);) {
                const char *line = recording->lines[i].text;

                if (strchr(line, '|') || recorded_is_prompt(line))
                        return false;
                if (text.length > 0)
                        text_add_char(&text, '|');
                text_add(&text, line);
        }
        if (text.length == 0)
                text_add_char(&text, '|');
        return !text.truncated && strlen(recording->lines[command].text) <= COMMAND_MAX_BYTES;
}

static void answer_write(Writer *writer, const char *command, const char *text) {
        Answer *answer = answer_find(writer, command);
        FILE *to = writer->to;

        if (answer && streq(answer->text, text))
                return;
        if (answer && answer->turn == writer->turn)
                to = writer->held; /* asked twice in this turn */
        if (!answer || writer->n_answer_lines == ANSWERS_MAX) {
                comment(writer, "no room for one more answer: ", command);
                return;
        }
        writer->n_answer_lines++;
        (void) TEXT_COPY(answer->text, text);
        answer->turn = writer->turn;
        if (strlen(command) + strlen(text) + 10 > LINE_MAX_BYTES)
                comment(writer, "too long for a story: ", command);
        else
                fprintf(to, "answer %s = %s\n", command, text);
}

/* acts */

typedef struct Advice {
        const char *begins, *comment;
} Advice;

/* clang-format off */
static const Advice advices[] = {
        { "AT+WDSR=0",   "a deferral: the policy of connect needs its windows" },
        { "AT+WDSR=2",   "a deferral: the policy of download needs its windows" },
        { "AT+WDSR=5",   "a deferral: the policy of install needs its windows" },
};
static const Advice grants[] = {
        { "AT+WDSR=1", "connect" },
        { "AT+WDSR=3", "download" },
        { "AT+WDSR=4", "install" },
};
/* clang-format on */

#define OPENING "AT+WDSS=1,1"
#define PIN_HIDDEN "AT+CPIN=****"
#define PIN_TOLD "0000"

static bool says(const Recording *recording, const char *begin) {
        for (size_t i = 0; i < recording->n_lines; i++)
                if (recording->lines[i].kind == RECORDED_ACT &&
                    text_starts_with(recording->lines[i].text, begin))
                        return true;
        return false;
}

static void act_write(Writer *writer, const RecordedLine *line) {
        for (size_t i = 0; i < ELEMENTSOF(advices); i++)
                if (text_starts_with(line->text, advices[i].begins))
                        comment(writer, advices[i].comment, "");
        if (streq(line->text, OPENING)) /* a guess that plays: why fotad opened it isn't told */
                fprintf(writer->held, "order connect\n");
        if (streq(line->text, PIN_HIDDEN))
                fprintf(writer->held, "> AT+CPIN=\"" PIN_TOLD "\"\n");
        else if (strlen(line->text) + 2 > LINE_MAX_BYTES)
                comment(writer, "too long for a story: ", line->text);
        else
                fprintf(writer->held, "> %s\n", line->text);
}

/* AT+CGDCONT=1,"IP","apn": what follows the third comma's quote */
static void apn_write(Writer *writer) {
        for (size_t i = 0; i < writer->recording->n_lines; i++) {
                const RecordedLine *line = writer->recording->lines + i;
                char apn[101];

                if (line->kind == RECORDED_ACT &&
                    sscanf(line->text, "AT+CGDCONT=%*d,\"%*[^\"]\",\"%100[^\"]\"", apn) == 1) {
                        fprintf(writer->to, "set apn %s\n", apn);
                        return;
                }
        }
}

/* the whole */

/* What the module was from the start. */
static void first_answers_write(Writer *writer) {
        const Recording *recording = writer->recording;
        char text[ANSWER_MAX_BYTES + 1];

        for (size_t i = 0; i < recording->n_lines; i++) {
                const RecordedLine *line = recording->lines + i;

                if (!recorded_is_command(line) || line->kind == RECORDED_ACT ||
                    !answer_text(recording, i, text))
                        continue;
                Answer *answer = answer_find(writer, line->text);
                if (answer && !answer->text[0])
                        answer_write(writer, line->text, text);
        }
}

static void head_write(Writer *writer) {
        const Recording *recording = writer->recording;

        fprintf(writer->to,
                "# Made from %s. What does it protect? Add `state` and `event` lines.\n",
                recording->name);
        for (size_t i = 0; i < ELEMENTSOF(grants); i++)
                if (says(recording, grants[i].begins))
                        fprintf(writer->to, "policy %s accept\n", grants[i].comment);
        apn_write(writer);
        if (says(recording, PIN_HIDDEN))
                fprintf(writer->to, "set pin " PIN_TOLD "\n");
}

/* Returns whether the table answers it; else its reply is to be written as well. */
static bool command_write(Writer *writer, size_t i) {
        const RecordedLine *line = writer->recording->lines + i;
        char answer[ANSWER_MAX_BYTES + 1];

        if (line->kind != RECORDED_ACT && answer_text(writer->recording, i, answer)) {
                answer_write(writer, line->text, answer);
                return true;
        }
        act_write(writer, line);
        return false;
}

static int line_write(Writer *writer, size_t i, bool *in_table) {
        const RecordedLine *line = writer->recording->lines + i;
        int r;

        switch (line->kind) {
        case RECORDED_NOTE:
                comment(writer, "fotad: ", line->text);
                return 0;
        case RECORDED_SYNC:
        case RECORDED_QUESTION:
        case RECORDED_ACT:
                r = wait_for(writer, i);
                if (r >= 0)
                        *in_table = command_write(writer, i);
                return r;
        case RECORDED_REPLY:
                if (*in_table)
                        return 0;
                break;
        case RECORDED_UNPROMPTED:
                break;
        case RECORDED_STRAY:
                comment(writer, "of no command: ", line->text);
                return 0;
        case RECORDED_ECHO:
        case RECORDED_BINARY:
                return 0;
        }
        r = wait_for(writer, i);
        return r < 0 ? r : module_says(writer, line);
}

static int lines_write(Writer *writer) {
        bool in_table = false;
        int r = held_begin(writer);

        if (r < 0)
                return r;
        first_answers_write(writer);
        writer->turn++;
        fputs("start\n", writer->held);
        for (size_t i = 0; r >= 0 && i < writer->recording->n_lines; i++) {
                r = line_write(writer, i, &in_table);
                if (writer->recording->lines[i].kind == RECORDED_BINARY) {
                        comment(writer,
                                "from here on the line carried a binary transfer, which a "
                                "story can't play",
                                "");
                        break;
                }
        }
        held_end(writer);
        return r;
}

int story_write(const Recording *recording, FILE *to) {
        Writer *writer = calloc(1, sizeof(*writer));
        int r;

        if (!writer)
                return -ENOMEM;
        writer->recording = recording;
        writer->to = to;
        writer->turn = 1;
        (void) TEXT_COPY(answer_find(writer, "AT")->text, "OK"); /* as all stories have it */
        head_write(writer);
        r = lines_write(writer);
        free(writer);
        if (r >= 0 && (fflush(to) != 0 || ferror(to)))
                r = -EIO;
        return r;
}

int story_main(int argc, char *argv[]) {
        static const struct option options[] = { { "help", no_argument, NULL, 'h' }, {} };
        static const char usage[] = "Usage: fotasim story [TRANSCRIPT|-]\n"
                                    "Prints a story made from what fotactl transcript printed.\n";
        _cleanup_(recording_freep) Recording *recording = NULL;
        char bytes[ERRORS_MAX_BYTES];
        Text errors;
        int option = getopt_long(argc, argv, "", options, NULL), r;

        if (option == 'h') {
                fputs(usage, stdout);
                return EXIT_SUCCESS;
        }
        if (option >= 0 || argc - optind > 1) {
                fputs(usage, stderr);
                return EXIT_USAGE;
        }
        text_init(&errors, bytes, sizeof(bytes));
        if (recording_load(&recording, optind < argc ? argv[optind] : "-", &errors) < 0) {
                fputs(bytes, stderr);
                return EXIT_FAILURE;
        }
        r = story_write(recording, stdout);
        if (r < 0)
                fprintf(stderr, "fotasim: story: %s\n", strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
