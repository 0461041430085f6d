/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Owns one timer, which is off while there is no line to look at. What surprises: a driver that is
 * asked for its lines may sleep, as that of a USB adapter has to ask the adapter. One that took its
 * time is not asked again until its port is opened anew: a sign of life is not worth a daemon that
 * hangs. */

#include "daemon/lines.h"

#include "core/settings.h"

#define LINES_SLOW (500 * USEC_PER_MSEC) /* adapters answer within a few */
#define LINES_ACCURACY (10 * USEC_PER_MSEC)

typedef enum Level {
        LEVEL_UNKNOWN, /* not read since the port was opened or the watching began */
        LEVEL_LOW,
        LEVEL_HIGH,
        LEVEL_NONE, /* nothing to read until the port is opened */
} Level;

struct Lines {
        sd_event_source *timer;
        const LinesHost *host;
        void *userdata;
        Level levels[MODULES_MAX];
};

static bool line_wanted(const Lines *lines, size_t index) {
        return lines->levels[index] != LEVEL_NONE && lines->host->watched(lines->userdata, index);
}

static Level line_read(const Lines *lines, size_t index) {
        const usec_t began = clock_now().boottime;
        const int r = lines->host->read(lines->userdata, index);

        if (r == -EOPNOTSUPP || r == -ENODEV || clock_now().boottime - began > LINES_SLOW)
                return LEVEL_NONE;
        if (r < 0)
                return lines->levels[index];
        return r > 0 ? LEVEL_HIGH : LEVEL_LOW;
}

static void line_look(Lines *lines, size_t index) {
        const Level before = lines->levels[index];
        const Level now = line_read(lines, index);

        lines->levels[index] = now;
        if ((before == LEVEL_LOW && now == LEVEL_HIGH) ||
            (before == LEVEL_HIGH && now == LEVEL_LOW))
                lines->host->toggled(lines->userdata, index);
}

static int on_due(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata) {
        Lines *lines = userdata;

        for (size_t i = 0; i < ELEMENTSOF(lines->levels); i++)
                if (line_wanted(lines, i))
                        line_look(lines, i);
        return lines_arm(lines);
}

int lines_arm(Lines *lines) {
        bool any = false;
        int enabled, r;

        for (size_t i = 0; i < ELEMENTSOF(lines->levels); i++)
                if (line_wanted(lines, i))
                        any = true;
                else if (lines->levels[i] != LEVEL_NONE)
                        lines->levels[i] = LEVEL_UNKNOWN; /* of another flashing */
        r = sd_event_source_get_enabled(lines->timer, &enabled);
        if (r < 0 || any == (enabled != SD_EVENT_OFF))
                return r < 0 ? r : 0;
        if (!any)
                return sd_event_source_set_enabled(lines->timer, SD_EVENT_OFF);
        r = sd_event_source_set_time_relative(lines->timer, lines->host->interval);
        return r < 0 ? r : sd_event_source_set_enabled(lines->timer, SD_EVENT_ONESHOT);
}

void lines_port_opened(Lines *lines, size_t index) {
        lines->levels[index] = LEVEL_UNKNOWN;
}

int lines_new(sd_event *event, const LinesHost *host, void *userdata, Lines **ret) {
        _cleanup_(lines_freep) Lines *lines = calloc(1, sizeof(Lines));
        int r;

        if (!lines)
                return -ENOMEM;
        lines->host = host;
        lines->userdata = userdata;
        r = sd_event_add_time(event, &lines->timer, CLOCK_BOOTTIME, USEC_INFINITY, LINES_ACCURACY,
                              on_due, lines);
        if (r >= 0)
                r = sd_event_source_set_description(lines->timer, "lines");
        if (r >= 0)
                r = sd_event_source_set_enabled(lines->timer, SD_EVENT_OFF);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(lines);
        return 0;
}

Lines *lines_free(Lines *lines) {
        if (!lines)
                return NULL;
        (void) sd_event_source_disable_unref(lines->timer);
        free(lines);
        return NULL;
}
