/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What people see: a terminal's width and colours, tables, times, the pager. Nothing that a module
 * sent reaches the terminal with control characters in it. */

#include <stdio.h>

#include "base/moment.h"
#include "fotactl/client.h"

/* The same bytes without control characters. */
void print_safe(FILE *file, const char *text);

/* Hands on what was printed; the negative errno of the first time that something was lost. */
int output_flush(void);

bool output_is_terminal(void);
/* Columns to keep to: $COLUMNS, else the terminal's; 0: no limit (a pipe). */
unsigned output_width(void);

typedef enum Style {
        STYLE_PLAIN,
        STYLE_BOLD,
        STYLE_FAINT,
        STYLE_GREEN,
        STYLE_YELLOW,
        STYLE_RED,
        STYLE_CYAN
} Style;
/* The escape sequence, "" when stdout takes no colours ($NO_COLOR). */
const char *style_begin(Style style);
const char *style_end(Style style);
Style style_of_state(const char *state);
Style style_of_outcome(const char *outcome);

typedef enum Glyph {
        GLYPH_ELLIPSIS,
        GLYPH_DOT,
        GLYPH_DASH,
        GLYPH_ARROW,
        GLYPH_YES,
        GLYPH_NO
} Glyph;
/* In UTF-8, or what is nearest in ASCII. */
const char *glyph(Glyph glyph);

/* Columns that a UTF-8 text takes. */
size_t text_width(const char *text);
/* Prints `text` in exactly `width` columns, cut with an ellipsis: at its front when `tail` is what
 * matters. */
void print_cell(const char *text, size_t width, bool tail, Style style);

/* "Sat 2026-11-28 02:00:05 CET", local time */
#define WHEN_TEXT_MAX 40
const char *when_text(char to[static WHEN_TEXT_MAX], usec_t realtime);
/* "2026-11-28 02:00:05", or without seconds when `size` says so */
#define DATE_SECONDS_MAX 20
#define DATE_MINUTES_MAX 17
const char *date_text(char *to, size_t size, usec_t realtime);
/* "3min 20s ago", "in 2h", "now" */
#define AGO_TEXT_MAX (SPAN_TEXT_MAX + 8)
const char *ago_text(char to[static AGO_TEXT_MAX], usec_t realtime);
/* One or two units from seconds up. */
const char *span_text(char to[static SPAN_TEXT_MAX], usec_t span);
/* ISO 8601 with local offset, NULL for 0 and infinity: for json_field_string() */
const char *iso_text(char to[static ISO_TEXT_MAX], usec_t realtime);

/* Reads the value of a time option; says what is wrong with it. */
Status moment_option(const char *option, const char *text, MomentSide side, usec_t *ret);

/* From here on times are shown in the gateway's zone, and --at is read in it, into `ret_at` when it
 * is given; documents keep their zone. Connects. */
Status zone_use(Client *client, usec_t *ret_at);
/* The gateway's zone where it is not the one here, for people; "" it is. */
const char *zone_told(void);
/* "Times are of Europe/Paris.", or nothing. */
void print_zone(void);

/* The text behind what stands in the first `indent` columns, wrapped under itself. */
void print_wrapped(unsigned indent, const char *text);
/* "Label: value", the label flush right, the value wrapped. Nothing when the value is "". */
#define FIELD_LABEL_WIDTH 14
void print_field(const char *label, const char *format, ...) _printf_(2, 3);

/* What was done, for those who want to hear it: not with --quiet, a document with --json. */
void print_done(const Client *client, const char *format, ...) _printf_(2, 3);

/* tables */

typedef struct Column {
        const char *title;
        size_t min;    /* columns that it keeps */
        unsigned rank; /* who is shrunk first: 1, then 2, ...; 0: never */
        bool tail;     /* the end of the text matters more */
        bool right;    /* numbers */
        bool spare;    /* left out when all are too wide; not the first or last */
} Column;

#define TABLE_COLUMNS_MAX 10
typedef struct Table {
        const Column *columns;
        size_t n_columns, n_rows;
        char **cells; /* owned: n_rows * n_columns */
        Style *styles;
        size_t n_cells, room;
        bool failed; /* out of memory */
} Table;
void table_add(Table *table, const char *text, Style style);
void table_print(Table *table, bool legend);
void table_done(Table *table);

/* Sends stdout through $PAGER or less when it is a terminal. */
void pager_open(const Client *client);
void pager_close(void);
