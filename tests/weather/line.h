/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What happens to bytes between a module and fotad. A module writes an indication in one piece, and
 * so are fotad's commands. Several kinds of weather may stand over one line. */

#include "sim/world.h"
#include "weather/plan.h"

typedef enum LineWeather {
        LINE_LOSES,   /* one indication in four is not heard */
        LINE_DOUBLES, /* ... comes twice, at once or behind the next thing */
        LINE_SPLITS,  /* ... comes in pieces, with time between */
        LINE_DELAYS,  /* ... comes up to half a minute later, behind others */
        LINE_MIXES,   /* ... comes between the lines of the next reply */
        LINE_JUNK,    /* there is junk before it */
        LINE_ERRORS,  /* a command in ten gets +CME ERROR: 3 and is not carried out */
        LINE_MUTE,    /* fotad hears nothing */
        LINE_DEAF,    /* the module hears nothing */
        _LINE_WEATHER_MAX,
} LineWeather;

#define LINE_WAITING_MAX 8
#define LINE_PIECE_MAX 256

typedef struct LinePiece {
        usec_t due;  /* module time; USEC_INFINITY: with the next reply, see `late` */
        usec_t late; /* module time at which it comes when there is none */
        size_t n;
        bool is_urc;   /* with its last byte it is heard */
        bool is_again; /* it was heard at once too */
        size_t said;   /* so much of it was heard already */
        char bytes[LINE_PIECE_MAX];
} LinePiece;

typedef struct Line {
        struct Run *run;
        size_t module;
        unsigned weather[_LINE_WEATHER_MAX]; /* how many of a kind stand over it */
        uint64_t chance;
        usec_t lost_at;   /* module time of the last indication that was not heard */
        usec_t late_at;   /* ... that was heard late */
        usec_t disturbed; /* module time, of the last time that something was done to it */
        size_t n_waiting;
        LinePiece waiting[LINE_WAITING_MAX];
} Line;

void line_init(Line *line, struct Run *run, size_t module, uint64_t seed);
void line_from_module(Line *line, const char *bytes, size_t n);
/* true: the module does not get it */
bool line_to_module(Line *line, const char *bytes, size_t n);
usec_t line_due(const Line *line); /* module time, USEC_INFINITY: nothing waits */
void line_tick(Line *line);
bool line_is_rough(const Line *line);
