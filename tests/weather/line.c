/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <ctype.h>

#include "weather/chance.h"
#include "weather/run.h"

/* What is mixed into a reply comes by itself after so long without one. */
#define MIX_MAX (10 * USEC_PER_SEC)
#define DELAY_MAX (30 * USEC_PER_SEC)
#define PIECE_GAP (50 * USEC_PER_MSEC)
/* fotad needs so long to understand a line again. */
#define DISTURBED_MAX (2 * USEC_PER_MINUTE)

static bool starts(const char *bytes, size_t n, const char *with) {
        return n >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

/* A reply may begin like one (AT+WDSI?), but has its OK with it. */
static bool is_urc(const char *bytes, size_t n) {
        static const char wdsi[] = "\r\n+WDSI: ", ok[] = "\r\nOK\r\n";

        if (memmem(bytes, n, ok, strlen(ok)))
                return false;
        return (starts(bytes, n, wdsi) && n > strlen(wdsi) &&
                isdigit((unsigned char) bytes[strlen(wdsi)])) ||
               starts(bytes, n, "\r\n+KSUP: ") || starts(bytes, n, "\r\n#OTAEV: ");
}

static bool is_reply(const char *bytes, size_t n) {
        return starts(bytes, n, "\r\n") && !is_urc(bytes, n);
}

void line_init(Line *line, Run *run, size_t module, uint64_t seed) {
        *line = (Line) { .run = run, .module = module, .chance = seed };
}

/* to fotad */

/* All but the first `said` bytes, which it has heard. */
static void hear_rest(Line *line, const char *bytes, size_t n, size_t said, bool urc) {
        const World *world = line->run->world;

        if (!world->gateway || !world->modules[line->module].port_open)
                return;
        world_say(line->run->world, line->module, bytes + said, n - said);
        if (urc)
                watch_heard(&line->run->watch, line->module, bytes, n);
}

static void hear(Line *line, const char *bytes, size_t n, bool urc) {
        hear_rest(line, bytes, n, 0, urc);
}

static bool put_off(Line *line, const char *bytes, size_t n, bool urc, usec_t due, usec_t late) {
        if (line->n_waiting >= LINE_WAITING_MAX || n > LINE_PIECE_MAX)
                return false;
        LinePiece *piece = line->waiting + line->n_waiting++;
        *piece = (LinePiece) { .due = due, .late = late, .n = n, .is_urc = urc };
        memcpy(piece->bytes, bytes, n);
        line->run->woken = true;
        return true;
}

static void release(Line *line, size_t i) {
        const LinePiece piece = line->waiting[i];

        memmove(line->waiting + i, line->waiting + i + 1,
                (--line->n_waiting - i) * sizeof(line->waiting[0]));
        if (piece.said == 0) {
                line->late_at = run_now(line->run);
                watch_late(&line->run->watch, line->module, piece.bytes, piece.n, piece.is_again);
        }
        hear_rest(line, piece.bytes, piece.n, piece.said, piece.is_urc);
}

/* What was begun is ended before anything else is said. */
static void release_rest(Line *line) {
        for (size_t i = 0; i < line->n_waiting;)
                if (line->waiting[i].said > 0)
                        release(line, i);
                else
                        i++;
}

static void say_junk(Line *line) {
        static const char junk[] = "\0\0\xff\xfe\r\nRAM 0x2001:\tdeadbeef\r\n+OTA\r\n#OTAEV\r\n+WD";

        hear(line, junk, sizeof(junk) - 1, false);
}

static void split(Line *line, const char *bytes, size_t n) {
        const size_t at = 1 + chance_below(&line->chance, (unsigned) n - 1);

        hear(line, bytes, at, false);
        if (put_off(line, bytes, n, true, run_now(line->run) + PIECE_GAP, 0))
                line->waiting[line->n_waiting - 1].said = at;
        else
                hear_rest(line, bytes, n, at, true);
}

/* After the first line of a reply, or before it when that is its only one. */
static void mix(Line *line, const char *bytes, size_t n) {
        const char *end = n > 2 ? memmem(bytes + 2, n - 2, "\r\n", 2) : NULL;
        const size_t first = end && end + 2 < bytes + n ? (size_t) (end + 2 - bytes) : 0;

        hear(line, bytes, first, false);
        for (size_t i = 0; i < line->n_waiting;)
                if (line->waiting[i].due == USEC_INFINITY)
                        release(line, i);
                else
                        i++;
        hear(line, bytes + first, n - first, false);
}

static bool strikes(Line *line, LineWeather weather) {
        if (!line->weather[weather] || !chance_percent(&line->chance, 25))
                return false;
        line->disturbed = run_now(line->run);
        return true;
}

static void double_later(Line *line, const char *bytes, size_t n, usec_t due) {
        if (put_off(line, bytes, n, true, due, 0))
                line->waiting[line->n_waiting - 1].is_again = true;
}

static void hear_urc(Line *line, const char *bytes, size_t n) {
        const usec_t now = run_now(line->run);
        const usec_t delay = chance_span(&line->chance, USEC_PER_SEC, DELAY_MAX);

        if (strikes(line, LINE_LOSES)) {
                line->lost_at = now;
                return;
        }
        if (strikes(line, LINE_JUNK))
                say_junk(line);
        if (strikes(line, LINE_DELAYS) && put_off(line, bytes, n, true, now + delay, 0))
                return;
        if (strikes(line, LINE_MIXES) &&
            put_off(line, bytes, n, true, USEC_INFINITY, now + MIX_MAX))
                return;
        if (strikes(line, LINE_DOUBLES) && chance_percent(&line->chance, 50))
                hear(line, bytes, n, true);
        else if (line->disturbed == now && line->weather[LINE_DOUBLES])
                double_later(line, bytes, n, now + delay / 10);
        if (strikes(line, LINE_SPLITS))
                split(line, bytes, n);
        else
                hear(line, bytes, n, true);
}

void line_from_module(Line *line, const char *bytes, size_t n) {
        release_rest(line);
        if (line->weather[LINE_MUTE])
                line->lost_at = line->disturbed = run_now(line->run);
        else if (is_urc(bytes, n) && n > 2)
                hear_urc(line, bytes, n);
        else if (is_reply(bytes, n))
                mix(line, bytes, n);
        else
                hear(line, bytes, n, false);
}

/* to the module */

/* A bare AT, ATE0 and AT+CMEE only set the line up: an error there means nothing. */
static bool is_command(const char *bytes, size_t n) {
        return (starts(bytes, n, "AT+") && !starts(bytes, n, "AT+CMEE")) || starts(bytes, n, "AT#");
}

bool line_to_module(Line *line, const char *bytes, size_t n) {
        static const char error[] = "\r\n+CME ERROR: 3\r\n";

        if (line->weather[LINE_DEAF]) {
                line->disturbed = run_now(line->run);
                return true;
        }
        if (!line->weather[LINE_ERRORS] || !is_command(bytes, n) ||
            !chance_percent(&line->chance, 10))
                return false;
        line->disturbed = run_now(line->run);
        hear(line, error, strlen(error), false);
        return true;
}

/* time */

usec_t line_due(const Line *line) {
        usec_t due = USEC_INFINITY;

        for (size_t i = 0; i < line->n_waiting; i++)
                due = MIN_OF(due, line->waiting[i].due == USEC_INFINITY ? line->waiting[i].late :
                                                                          line->waiting[i].due);
        return due;
}

void line_tick(Line *line) {
        const usec_t now = run_now(line->run);

        for (size_t i = 0; i < line->n_waiting;) {
                const LinePiece *piece = line->waiting + i;
                if ((piece->due == USEC_INFINITY ? piece->late : piece->due) <= now)
                        release(line, i);
                else
                        i++;
        }
}

bool line_is_rough(const Line *line) {
        for (LineWeather weather = 0; weather < _LINE_WEATHER_MAX; weather++)
                if (line->weather[weather])
                        return true;
        return line->disturbed && run_now(line->run) < line->disturbed + DISTURBED_MAX;
}
