/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads a transcript, and finds out what belongs together in it.
 *
 * A recording owns one copy of the file; the texts are NUL-terminated in there, JSON strings
 * decoded in place (they never grow). A transcript says who said a line, not why: a line of the
 * module belongs to the last command until a result code came, unless it names something else, as
 * "+WDSI: 4" does within the reply to AT+CIMI. */

#include "fotasim/transcript-text.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "at/chat.h"
#include "fotasim/file.h"

#define NO_COMMAND SIZE_MAX
#define SHOWN_MAX 40 /* bytes of a bad line in a message */

typedef struct Parser {
        Recording *recording;
        Text *errors;
        unsigned number; /* of the line */
        usec_t stamp;    /* of the last line that had one, 0 none */
        size_t command;  /* the last one */
        bool open;       /* its result code has not come */
} Parser;

/* What stands in a line, however it was written. */
typedef struct Fields {
        usec_t stamp; /* 0: unknown */
        Direction direction;
        char *text;
} Fields;

/* commands */

/* Set forms that only choose what is shown. */
static const char *const harmless[] = { "AT+CMEE=", "AT+KGSN=", "AT+WDSI=", "AT+CEREG=",
                                        "AT+KSREP=" };

bool command_is_question(const char *command) {
        const char *equals = strchr(command, '=');

        if (!equals || streq(equals, "=?"))
                return true;
        for (size_t i = 0; i < ELEMENTSOF(harmless); i++)
                if (text_starts_with(command, harmless[i]))
                        return true;
        return false;
}

bool recorded_is_command(const RecordedLine *line) {
        return line->kind == RECORDED_SYNC || line->kind == RECORDED_QUESTION ||
               line->kind == RECORDED_ACT;
}

bool recorded_matches(const RecordedLine *line, const char *command) {
        static const char hidden[] = "****";
        size_t n = strlen(line->text);

        if (!recorded_is_command(line))
                return false;
        if (n < strlen(hidden) || !streq(line->text + n - strlen(hidden), hidden))
                return streq(line->text, command);
        return strncmp(line->text, command, n - strlen(hidden)) == 0;
}

bool recording_next_reply(const Recording *recording, size_t command, size_t *index) {
        for (size_t i = *index + 1; i < recording->n_lines; i++) {
                if (recorded_is_command(recording->lines + i))
                        return false;
                if (recording->lines[i].kind == RECORDED_REPLY &&
                    recording->lines[i].command == command) {
                        *index = i;
                        return true;
                }
        }
        return false;
}

static bool is_result(const char *text) {
        ChatOutcome outcome;
        int code;

        return chat_line_is_final(text, &outcome, &code);
}

bool recorded_is_prompt(const char *text) {
        return *text == '>' && text[1 + strspn(text + 1, " ")] == '\0';
}

bool recording_is_answered(const Recording *recording, size_t command) {
        size_t i = command;

        while (recording_next_reply(recording, command, &i))
                if (is_result(recording->lines[i].text))
                        return true;
        return false;
}

/* what belongs together */

/* "+WDSI: 4" names +WDSI; a reply to a command that does not is an indication. */
static bool names_another(const char *text, const char *command) {
        char name[32];
        size_t n = strcspn(text, ":");

        if (!strchr("+#$%^*", text[0]) || text[n] != ':' || n >= sizeof(name))
                return false;
        (void) text_copy(name, n + 1, text);
        return !strcasestr(command, name);
}

static RecordedKind kind_of_command(const char *text) {
        if (streq(text, "AT"))
                return RECORDED_SYNC;
        return command_is_question(text) ? RECORDED_QUESTION : RECORDED_ACT;
}

static RecordedKind kind_of_answer(Parser *parser, const char *text) {
        const RecordedLine *command =
                parser->command == NO_COMMAND ? NULL : parser->recording->lines + parser->command;
        bool result = is_result(text);

        if (command && streq(text, command->text))
                return RECORDED_ECHO;
        if (!command || !parser->open)
                return result ? RECORDED_STRAY : RECORDED_UNPROMPTED;
        if (result || recorded_is_prompt(text)) {
                parser->open = false;
                return RECORDED_REPLY;
        }
        if (command->kind == RECORDED_SYNC || names_another(text, command->text))
                return RECORDED_UNPROMPTED;
        return RECORDED_REPLY;
}

static RecordedKind kind_of(Parser *parser, const Fields *fields) {
        switch (fields->direction) {
        case DIRECTION_NOTE:
                return streq(fields->text, CHAT_NOTE_LENT) ? RECORDED_BINARY : RECORDED_NOTE;
        case DIRECTION_TO_MODULE:
                parser->command = parser->recording->n_lines;
                parser->open = true;
                return kind_of_command(fields->text);
        case DIRECTION_FROM_MODULE:
                return kind_of_answer(parser, fields->text);
        }
        return RECORDED_NOTE;
}

/* Since the line before. The clock of a gateway may be set at any moment. */
static usec_t gap_of(const Parser *parser, const Fields *fields) {
        usec_t gap = parser->stamp == 0 ? 0 : usec_sub(fields->stamp, parser->stamp);

        return gap > RECORDED_GAP_MAX ? 0 : gap;
}

static void line_add(Parser *parser, const Fields *fields) {
        Recording *recording = parser->recording;
        size_t n = recording->n_lines;

        recording->lines[n] = (RecordedLine) {
                .time = (n > 0 ? recording->lines[n - 1].time : 0) + gap_of(parser, fields),
                .kind = kind_of(parser, fields),
                .number = parser->number,
                .command = parser->command,
                .text = fields->text,
        };
        if (fields->stamp != 0)
                parser->stamp = fields->stamp;
        recording->n_lines++;
}

/* lines */

_printf_(2, 3) static int complain(Parser *parser, const char *format, ...) {
        char what[256];
        va_list arguments;

        va_start(arguments, format);
        (void) vsnprintf(what, sizeof(what), format, arguments);
        va_end(arguments);
        text_printf(parser->errors, "%s:%u: %s\n", parser->recording->name, parser->number, what);
        return -EINVAL;
}

static int time_take(Parser *parser, const char *text, usec_t *ret) {
        *ret = 0;
        if (streq(text, "unknown") || iso_parse(text, ret) >= 0)
                return 0;
        return complain(parser,
                        "'%.*s' is no time; a line is TIME > COMMAND, TIME < LINE or TIME # NOTE, "
                        "as fotactl transcript prints it",
                        SHOWN_MAX, text);
}

static int text_take(Parser *parser, Fields *fields) {
        char *end = fields->text + strlen(fields->text);

        if (end - fields->text > RECORDED_TEXT_MAX)
                return complain(parser, "too long, more than %d bytes", RECORDED_TEXT_MAX);
        if (fields->direction != DIRECTION_TO_MODULE)
                return 0;
        while (end > fields->text && end[-1] == ' ')
                *--end = '\0';
        fields->text += strspn(fields->text, " ");
        return *fields->text ? 0 : complain(parser, "there is no command behind '>'");
}

static int plain_take(Parser *parser, char *line, Fields *ret) {
        static const char marks[] = {
                [DIRECTION_TO_MODULE] = '>', [DIRECTION_FROM_MODULE] = '<', [DIRECTION_NOTE] = '#'
        };
        char *mark = line + strcspn(line, " ");
        const char *direction;
        int r;

        if (*mark)
                *mark++ = '\0';
        r = time_take(parser, line, &ret->stamp);
        if (r < 0)
                return r;
        direction = *mark ? memchr(marks, *mark, sizeof(marks)) : NULL;
        if (!direction || (mark[1] != ' ' && mark[1] != '\0'))
                return complain(parser, "'>', '<' or '#' and a blank are expected behind the time");
        ret->direction = (Direction) (direction - marks);
        ret->text = mark + (mark[1] ? 2 : 1);
        return 0;
}

/* What has no place in a line is shown as fotactl shows it. */
static void controls_replace(char *text) {
        for (; *text; text++)
                if ((unsigned char) *text < 0x20 || *text == 0x7f)
                        *text = '?';
}

static const char *member_text(const cJSON *object, const char *name) {
        return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static int object_take(Parser *parser, const cJSON *object, char *to, Fields *ret) {
        static const char *const directions[] = { [DIRECTION_TO_MODULE] = "to",
                                                  [DIRECTION_FROM_MODULE] = "from",
                                                  [DIRECTION_NOTE] = "note" };
        const cJSON *time = cJSON_GetObjectItemCaseSensitive(object, "time");
        const char *direction = member_text(object, "direction");
        const char *text = member_text(object, "text");
        size_t i = 0;

        while (direction && i < ELEMENTSOF(directions) && !streq(direction, directions[i]))
                i++;
        if (!direction || i == ELEMENTSOF(directions) || !text ||
            !(cJSON_IsNull(time) || cJSON_IsString(time)))
                return complain(parser, "no object with time, direction (to, from, note) and text, "
                                        "as fotactl --json transcript prints it");
        ret->direction = (Direction) i;
        memmove(to, text, strlen(text) + 1); /* not longer than it was in quotes */
        controls_replace(to);
        ret->text = to;
        return time_take(parser, cJSON_IsNull(time) ? "unknown" : time->valuestring, &ret->stamp);
}

/* A line of the array that --json prints, or of the lone objects of --follow: 0 when it holds no
 * object. */
static int json_take(Parser *parser, char *line, Fields *ret) {
        char *begin = line + (*line == '['), *end = begin + strlen(begin);
        cJSON *object;
        int r;

        if (end > begin && (end[-1] == ']' || end[-1] == ','))
                *--end = '\0';
        if (end == begin)
                return 0;
        object = cJSON_ParseWithOpts(begin, NULL, true);
        r = object_take(parser, object, line, ret);
        cJSON_Delete(object);
        return r < 0 ? r : 1;
}

static int line_take(Parser *parser, char *line, size_t n) {
        Fields fields = { .text = line };
        int r;

        if (n > 0 && line[n - 1] == '\r')
                line[--n] = '\0';
        for (size_t i = 0; i < n; i++)
                if ((unsigned char) line[i] < 0x20 || line[i] == 0x7f)
                        return complain(parser, "a control character in column %zu", i + 1);
        if (n == 0)
                return complain(parser, "the line is empty; take it out");
        if (strchr("{[]", *line)) {
                r = json_take(parser, line, &fields);
                if (r == 0)
                        return 0;
        } else
                r = plain_take(parser, line, &fields);
        if (r < 0)
                return r;
        r = text_take(parser, &fields);
        if (r < 0)
                return r;
        line_add(parser, &fields);
        return 0;
}

/* files */

static Recording *recording_new(const char *name, const char *bytes, size_t n) {
        _cleanup_(recording_freep) Recording *recording = calloc(1, sizeof(*recording));
        size_t n_lines = 1;

        if (!recording)
                return NULL;
        for (size_t i = 0; i < n; i++)
                n_lines += bytes[i] == '\n';
        recording->name = strdup(name);
        recording->bytes = malloc(n + 1);
        recording->lines = calloc(n_lines, sizeof(*recording->lines));
        if (!recording->name || !recording->bytes || !recording->lines)
                return NULL;
        memcpy(recording->bytes, bytes, n);
        recording->bytes[n] = '\0';
        return TAKE_PTR(recording);
}

int recording_parse(Recording **ret, const char *name, const char *bytes, size_t n, Text *errors) {
        _cleanup_(recording_freep) Recording *recording = recording_new(name, bytes, n);
        Parser parser = { .recording = recording, .errors = errors, .command = NO_COMMAND };
        char *line, *end;
        int r = 0;

        if (!recording)
                return -ENOMEM;
        line = recording->bytes;
        end = line + n;
        while (line < end) {
                char *newline = memchr(line, '\n', (size_t) (end - line));
                size_t length = (size_t) ((newline ? newline : end) - line);

                parser.number++;
                line[length] = '\0';
                r = line_take(&parser, line, length);
                if (r < 0)
                        return r;
                line += length + 1;
        }
        if (recording->n_lines == 0) {
                text_printf(errors, "%s: holds no dialogue; save one with fotactl transcript\n",
                            name);
                return -EINVAL;
        }
        *ret = TAKE_PTR(recording);
        return 0;
}

int recording_load(Recording **ret, const char *path, Text *errors) {
        bool is_stdin = streq(path, "-");
        _cleanup_free_ char *bytes = NULL;
        const char *name = is_stdin ? "stdin" : path;
        size_t n;
        int r = file_read(is_stdin ? "/dev/stdin" : path, RECORDING_BYTES_MAX, &bytes, &n);

        if (r == -EFBIG)
                text_printf(errors, "%s: larger than 1 MiB; keep the part that matters\n", name);
        else if (r < 0)
                text_printf(errors, "%s: %s\n", name, strerror(-r));
        if (r < 0)
                return r;
        r = recording_parse(ret, name, bytes, n, errors);
        if (r == -ENOMEM)
                text_printf(errors, "%s: %s\n", name, strerror(-r));
        return r;
}

Recording *recording_free(Recording *recording) {
        if (!recording)
                return NULL;
        free(recording->name);
        free(recording->bytes);
        free(recording->lines);
        free(recording);
        return NULL;
}
