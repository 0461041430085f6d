/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* When windows are open.
 *
 * Pure. A set of windows is a pattern of one local week, so "open" is asked of the minute of the
 * week that the wall shows; time zones enter only as a table of offsets. Between two offsets local
 * time runs evenly and the next edge of the pattern is a subtraction; at a change of offset the
 * wall jumps, and the question is simply asked again. Thereby skipped and repeated hours need no
 * case of their own. A jitter cuts off the beginning of each opening, whatever windows and jumps
 * made it. */

#include "policy/window.h"

#define USEC_PER_WEEK (7 * USEC_PER_DAY)
/* A pattern repeats after a week; one day more covers what hangs over its edge. */
#define SEARCH_SPAN (8 * USEC_PER_DAY)
/* 1970-01-01 was a Thursday: the local week starts on Monday. */
#define EPOCH_WEEKDAY 3

int zone_offset_at(const ZoneOffsets *zone, usec_t realtime) {
        int offset_sec = zone->n > 0 ? zone->entries[0].offset_sec : 0;

        for (size_t i = 1; i < zone->n && zone->entries[i].from <= realtime; i++)
                offset_sec = zone->entries[i].offset_sec;
        return offset_sec;
}

/* The next moment after `realtime` at which the wall jumps. */
static usec_t zone_next_jump(const ZoneOffsets *zone, usec_t realtime) {
        for (size_t i = 1; i < zone->n; i++)
                if (zone->entries[i].from > realtime)
                        return zone->entries[i].from;
        return USEC_INFINITY;
}

/* A moment of this week or the next, as one of the week. */
static usec_t week_wrap(usec_t position) {
        return position < USEC_PER_WEEK ? position : position - USEC_PER_WEEK;
}

/* Where the wall clock stands in its week, from Monday 00:00. */
static usec_t week_position(const ZoneOffsets *zone, usec_t realtime) {
        int64_t offset = (int64_t) zone_offset_at(zone, realtime) * (int64_t) USEC_PER_SEC;
        int64_t week = (int64_t) USEC_PER_WEEK;
        int64_t shift = (offset + EPOCH_WEEKDAY * (int64_t) USEC_PER_DAY) % week;

        return (realtime % USEC_PER_WEEK + (usec_t) (shift + week)) % USEC_PER_WEEK;
}

static usec_t window_length(const Window *window) {
        unsigned minutes = window->end_min > window->start_min ?
                                   (unsigned) (window->end_min - window->start_min) :
                                   1440u + window->end_min - window->start_min;

        return minutes * USEC_PER_MINUTE;
}

static usec_t window_start(const Window *window, unsigned weekday) {
        return weekday * USEC_PER_DAY + window->start_min * USEC_PER_MINUTE;
}

/* A window is at most a day long: it began today or yesterday. */
static bool window_is_open(const Window *window, usec_t position) {
        const unsigned today = (unsigned) (position / USEC_PER_DAY), yesterday = (today + 6) % 7;
        const usec_t start = window_start(window, today), length = window_length(window);

        return (window->weekdays & (1u << today) && start <= position &&
                position < start + length) ||
               (window->weekdays & (1u << yesterday) && position + USEC_PER_DAY < start + length);
}

static bool week_is_open(const WindowSet *set, usec_t position) {
        for (size_t i = 0; i < set->n; i++)
                if (window_is_open(&set->windows[i], position))
                        return true;
        return set->n == 0;
}

/* How far it is from `position` to `edge` when that edge really opens or closes the set and is
 * nearer than `nearest`. */
static usec_t edge_distance(const WindowSet *set, usec_t position, usec_t edge, bool open,
                            usec_t nearest) {
        const usec_t at = week_wrap(edge);
        const usec_t distance = week_wrap(at + USEC_PER_WEEK - position);

        if (distance >= nearest)
                return nearest;
        return week_is_open(set, at) != open ? distance : nearest;
}

/* How long the pattern of the week stays as it is from `position` on. */
static usec_t week_next_change(const WindowSet *set, usec_t position, bool open) {
        usec_t nearest = USEC_INFINITY;

        for (size_t i = 0; i < set->n; i++)
                for (unsigned weekday = 0; weekday < 7; weekday++) {
                        const Window *window = &set->windows[i];
                        usec_t start = window_start(window, weekday);

                        if (!(window->weekdays & (1u << weekday)))
                                continue;
                        nearest = edge_distance(set, position, start, open, nearest);
                        nearest = edge_distance(set, position, start + window_length(window), open,
                                                nearest);
                }
        return nearest;
}

static bool pattern_is_open(const WindowSet *set, usec_t realtime) {
        return week_is_open(set, week_position(set->zone, realtime));
}

/* For everybody, as window_set_next_change() is for one. */
static usec_t pattern_next_change(const WindowSet *set, usec_t realtime) {
        bool open = pattern_is_open(set, realtime);

        for (;;) {
                usec_t edge = week_next_change(set, week_position(set->zone, realtime), open);
                usec_t jump = zone_next_jump(set->zone, realtime);

                if (usec_add(realtime, edge) < jump || jump == USEC_INFINITY)
                        return usec_add(realtime, edge);
                if (pattern_is_open(set, jump) != open)
                        return jump;
                realtime = jump;
        }
}

/* By how much an opening is late for one: a part of its jitter, but not of the room that it must
 * have; whole seconds, so that people can read them. */
static usec_t opening_delay(const WindowSet *set, usec_t begin, usec_t end) {
        const usec_t room = usec_sub(end - begin, set->fits);
        const uint64_t seconds = MIN_OF(set->jitter, room) / USEC_PER_SEC;

        return (seconds * set->share >> 32) * USEC_PER_SEC;
}

/* The first opening for one that ends after `realtime`; of one that began more than a jitter ago
 * the true beginning is not looked for. */
static bool next_opening(const WindowSet *set, usec_t realtime, usec_t *ret_begin,
                         usec_t *ret_end) {
        const usec_t last = usec_add(realtime, SEARCH_SPAN);
        usec_t at = usec_sub(realtime, set->jitter);
        bool begun = pattern_is_open(set, at);

        if (!begun)
                at = pattern_next_change(set, at);
        while (at <= last) {
                const usec_t end = pattern_next_change(set, at);

                *ret_begin = begun ? at : at + opening_delay(set, at, end);
                *ret_end = end;
                if (end > realtime && *ret_begin < end)
                        return true;
                at = pattern_next_change(set, end);
                begun = false;
        }
        return false;
}

bool window_set_is_open(const WindowSet *set, usec_t realtime) {
        usec_t begin, end;

        if (set->jitter == 0)
                return pattern_is_open(set, realtime);
        return next_opening(set, realtime, &begin, &end) && begin <= realtime;
}

usec_t window_set_next_change(const WindowSet *set, usec_t realtime) {
        usec_t begin, end;

        if (set->jitter == 0)
                return pattern_next_change(set, realtime);
        if (!next_opening(set, realtime, &begin, &end))
                return USEC_INFINITY;
        return begin <= realtime ? end : begin;
}

usec_t window_set_start(const WindowSet *set, usec_t realtime) {
        usec_t start = realtime;

        for (usec_t at = usec_sub(realtime, set->jitter); at <= realtime;
             at = pattern_next_change(set, at))
                if (pattern_is_open(set, at))
                        start = at;
        return start;
}

/* As window_set_next_fit(), for moments before `end`. */
static usec_t search_fit(const WindowSet *set, usec_t realtime, usec_t end, usec_t fits,
                         usec_t *ret_last) {
        while (realtime < end) {
                usec_t change = window_set_next_change(set, realtime);

                if (window_set_is_open(set, realtime) && usec_sub(change, realtime) >= fits) {
                        if (ret_last)
                                *ret_last = usec_sub(change, fits);
                        return realtime;
                }
                realtime = change;
        }
        return USEC_INFINITY;
}

usec_t window_set_next_fit(const WindowSet *set, usec_t realtime, usec_t fits, usec_t *ret_last) {
        usec_t found, jump = realtime;

        fits = MAX_OF(fits, (usec_t) 1); /* half-open: the last moment of an opening is the one
                                            before its end */
        found = search_fit(set, realtime, usec_add(realtime, SEARCH_SPAN), fits, ret_last);
        /* Every later week looks like this one, but for those in which the wall jumps. */
        while (found == USEC_INFINITY &&
               (jump = zone_next_jump(set->zone, jump)) != USEC_INFINITY) {
                usec_t begin = MAX_OF(realtime, usec_sub(jump, SEARCH_SPAN));

                found = search_fit(set, begin, usec_add(jump, SEARCH_SPAN), fits, ret_last);
        }
        return found;
}
