/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Text for people: what the terminal can show, and times and fields in it.
 *
 * Owns nothing but what it found out about the terminal, asked once and before a pager takes
 * stdout's place, and what went wrong with stdout. A module's texts come from a serial line:
 * control characters, also the C1 ones hidden in UTF-8, are shown as '?', so that no module paints
 * on somebody's terminal. */

#include "fotactl/output.h"

#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <time.h>

#include <fotad/vocabulary.h>

#include "base/json.h"

#define WIDTH_MIN 20
#define WIDTH_DEFAULT 80

void print_safe(FILE *file, const char *text) {
        for (const unsigned char *p = (const unsigned char *) text; *p; p++) {
                if ((*p < 0x20 && *p != '\n') || *p == 0x7f)
                        (void) fputc('?', file);
                else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
                        (void) fputc('?', file);
                        p++;
                } else
                        (void) fputc(*p, file);
        }
}

int output_flush(void) {
        static int error;

        errno = EIO; /* lost before, by a print whose errno is gone */
        if ((fflush(stdout) != 0 || ferror(stdout)) && error == 0)
                error = -errno;
        return error;
}

bool output_is_terminal(void) {
        static int is_terminal = -1;

        if (is_terminal < 0)
                is_terminal = isatty(STDOUT_FILENO);
        return is_terminal > 0;
}

static unsigned width_find(void) {
        const char *columns = getenv("COLUMNS");
        struct winsize size = {};
        int n = columns ? atoi(columns) : 0;

        if (n > 0)
                return MAX_OF((unsigned) n, WIDTH_MIN);
        if (!output_is_terminal())
                return 0;
        /* Asked on stdin too: stdout may be the pager by now. */
        if ((ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 &&
             ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0) ||
            size.ws_col == 0)
                return WIDTH_DEFAULT;
        return MAX_OF((unsigned) size.ws_col, WIDTH_MIN);
}

unsigned output_width(void) {
        return width_find();
}

static bool output_has_colours(void) {
        const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

        if (no_color && no_color[0])
                return false;
        return output_is_terminal() && term && !streq(term, "dumb");
}

const char *style_begin(Style style) {
        static const char *const sequences[] = {
                [STYLE_PLAIN] = "",         [STYLE_BOLD] = "\033[1m",    [STYLE_FAINT] = "\033[2m",
                [STYLE_GREEN] = "\033[32m", [STYLE_YELLOW] = "\033[33m", [STYLE_RED] = "\033[1;31m",
                [STYLE_CYAN] = "\033[36m",
        };

        return output_has_colours() ? sequences[style] : "";
}

const char *style_end(Style style) {
        return style != STYLE_PLAIN && output_has_colours() ? "\033[0m" : "";
}

Style style_of_state(const char *state) {
        int value = state_from_string(state);

        if (value < 0)
                return STYLE_PLAIN;
        switch ((State) value) {
        case STATE_ABSENT:
        case STATE_BLOCKED:
                return STYLE_RED;
        case STATE_DOWNLOAD_PENDING:
        case STATE_INSTALL_PENDING:
        case STATE_SUSPENDED:
                return STYLE_YELLOW;
        case STATE_DOWNLOADING:
        case STATE_VERIFYING:
        case STATE_INSTALLING:
        case STATE_RESTARTING:
        case STATE_CONFIRMING:
                return STYLE_CYAN;
        case STATE_IDLE:
        case STATE_CONNECTED:
                return STYLE_GREEN;
        case STATE_STARTING:
        case STATE_CONNECTING:
        case _STATE_MAX:
                return STYLE_PLAIN;
        }
        return STYLE_PLAIN;
}

Style style_of_outcome(const char *outcome) {
        if (streq(outcome, "succeeded"))
                return STYLE_GREEN;
        return streq(outcome, "failed") ? STYLE_RED : STYLE_PLAIN;
}

const char *glyph(Glyph glyph) {
        static const char *const utf8[] = {
                [GLYPH_ELLIPSIS] = "…", [GLYPH_DOT] = "●", [GLYPH_DASH] = "—",
                [GLYPH_ARROW] = "→",    [GLYPH_YES] = "✓", [GLYPH_NO] = "✗",
        };
        static const char *const ascii[] = {
                [GLYPH_ELLIPSIS] = "~", [GLYPH_DOT] = "*", [GLYPH_DASH] = "-",
                [GLYPH_ARROW] = "->",   [GLYPH_YES] = "+", [GLYPH_NO] = "x",
        };
        static int is_utf8 = -1;

        if (is_utf8 < 0) {
                (void) setlocale(LC_CTYPE, "");
                is_utf8 = streq(nl_langinfo(CODESET), "UTF-8");
        }
        return is_utf8 > 0 ? utf8[glyph] : ascii[glyph];
}

static bool is_character_start(char c) {
        return ((unsigned char) c & 0xc0) != 0x80;
}

size_t text_width(const char *text) {
        size_t n = 0;

        for (; *text; text++)
                n += is_character_start(*text);
        return n;
}

/* The first byte of character number `n`. */
static const char *text_at(const char *text, size_t n) {
        for (; *text; text++)
                if (is_character_start(*text) && n-- == 0)
                        break;
        return text;
}

void print_cell(const char *text, size_t width, bool tail, Style style) {
        size_t length = text_width(text), kept = length;
        char buffer[1024];

        (void) TEXT_COPY(buffer, text);
        (void) fputs(style_begin(style), stdout);
        if (length > width) {
                kept = width;
                if (tail) {
                        (void) fputs(glyph(GLYPH_ELLIPSIS), stdout);
                        print_safe(stdout, text_at(text, length - width + 1));
                } else {
                        buffer[text_at(buffer, width - 1) - buffer] = '\0';
                        print_safe(stdout, buffer);
                        (void) fputs(glyph(GLYPH_ELLIPSIS), stdout);
                }
        } else
                print_safe(stdout, text);
        (void) fputs(style_end(style), stdout);
        (void) printf("%*s", (int) (width - kept), "");
}

/* times */

const char *when_text(char to[static WHEN_TEXT_MAX], usec_t realtime) {
        static const char weekdays[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
        time_t seconds = (time_t) (realtime / USEC_PER_SEC);
        struct tm tm = {};

        if (realtime == 0 || realtime == USEC_INFINITY || !localtime_r(&seconds, &tm)) {
                (void) text_copy(to, WHEN_TEXT_MAX,
                                 realtime == USEC_INFINITY ? "never" : "unknown");
                return to;
        }
        (void) snprintf(to, WHEN_TEXT_MAX, "%s %04d-%02d-%02d %02d:%02d:%02d %s",
                        weekdays[tm.tm_wday], tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                        tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_zone);
        return to;
}

const char *date_text(char *to, size_t size, usec_t realtime) {
        char when[WHEN_TEXT_MAX];
        const char *text = when_text(when, realtime), *space = strchr(text, ' ');

        (void) text_copy(to, size, space ? space + 1 : text);
        return to;
}

const char *span_text(char to[static SPAN_TEXT_MAX], usec_t span) {
        usec_t unit = USEC_PER_SEC;

        if (span < USEC_PER_SEC)
                return text_copy(to, SPAN_TEXT_MAX, "0s") ? to : "";
        if (span >= USEC_PER_DAY)
                unit = USEC_PER_HOUR;
        else if (span >= USEC_PER_HOUR)
                unit = USEC_PER_MINUTE;
        return span_format(to, span / unit * unit);
}

const char *ago_text(char to[static AGO_TEXT_MAX], usec_t realtime) {
        usec_t now = clock_now().realtime;
        char span[SPAN_TEXT_MAX];

        if (realtime > now + USEC_PER_SEC)
                (void) snprintf(to, AGO_TEXT_MAX, "in %s", span_text(span, realtime - now));
        else if (now >= realtime + USEC_PER_SEC)
                (void) snprintf(to, AGO_TEXT_MAX, "%s ago", span_text(span, now - realtime));
        else
                (void) text_copy(to, AGO_TEXT_MAX, "now");
        return to;
}

const char *iso_text(char to[static ISO_TEXT_MAX], usec_t realtime) {
        if (realtime == 0 || realtime == USEC_INFINITY)
                return NULL;
        return iso_format(to, realtime, utc_offset_at(realtime));
}

Status moment_option(const char *option, const char *text, MomentSide side, usec_t *ret) {
        const int r = moment_parse(text, clock_now().realtime, side, ret);

        if (r >= 0)
                return STATUS_DONE;
        if (r == -ERANGE)
                complain("%s: there is no moment '%s'", option, text);
        else
                complain("%s: '%s' is no moment, such as " MOMENT_EXAMPLES, option, text);
        return STATUS_USAGE;
}

/* fields */

void print_done(const Client *client, const char *format, ...) {
        char buffer[1024], json_buffer[2048];
        va_list arguments;
        Json json;
        Text text;

        if (client->quiet)
                return;
        va_start(arguments, format);
        (void) vsnprintf(buffer, sizeof(buffer), format, arguments);
        va_end(arguments);
        if (!client->json) {
                print_wrapped(0, buffer);
                return;
        }
        text_init(&text, json_buffer, sizeof(json_buffer));
        json_init(&json, &text);
        json_object_begin(&json);
        json_field_bool(&json, "done", true);
        json_field_string(&json, "message", buffer);
        json_object_end(&json);
        (void) puts(json_buffer);
}

/* Where the command begins that a break at `at` would tear, 'fotactl ...'; NULL: none. */
static const char *torn_command(const char *text, const char *at) {
        for (const char *c = text; (c = strstr(c, "'fotactl ")) && c < at; c++) {
                const char *end = strchr(c + 1, '\'');

                if (c > text && (!end || end > at))
                        return c;
        }
        return NULL;
}

/* The number of bytes of `text` that fit into `width` columns, broken after a space when there is
 * one. */
static size_t line_length(const char *text, size_t width) {
        const char *end = text_at(text, width), *space = end, *command;

        if (!*end)
                return strlen(text);
        while (space > text && *space != ' ')
                space--;
        command = torn_command(text, space);
        if (command)
                space = command - 1;
        return (size_t) ((space > text ? space : end) - text);
}

void print_wrapped(unsigned indent, const char *text) {
        unsigned width = output_width();
        char line[2048];

        for (bool first = true; *text; first = false) {
                size_t n = width > indent + 10 ? line_length(text, width - indent) : strlen(text);

                (void) snprintf(line, sizeof(line), "%.*s", (int) n, text);
                (void) printf("%*s", first ? 0 : (int) indent, "");
                print_safe(stdout, line);
                (void) putchar('\n');
                text += n;
                while (*text == ' ')
                        text++;
        }
}

void print_field(const char *label, const char *format, ...) {
        char buffer[2048];
        va_list arguments;

        va_start(arguments, format);
        (void) vsnprintf(buffer, sizeof(buffer), format, arguments);
        va_end(arguments);
        if (!buffer[0])
                return;
        (void) printf("%*s%s ", FIELD_LABEL_WIDTH, label, label[0] ? ":" : " ");
        print_wrapped(FIELD_LABEL_WIDTH + 2, buffer);
}
