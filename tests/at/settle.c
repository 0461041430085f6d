/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "at/settle.h"

#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#define TURNS_MAX 100000

int settle_watch(void) {
        const int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

        if (fd < 0 || inotify_add_watch(fd, "/dev/pts", IN_CREATE | IN_DELETE | IN_ATTRIB) < 0)
                abort();
        return fd;
}

/* How often others have stirred since the last call. */
static unsigned stirred(int others) {
        char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
        unsigned n_events = 0;
        ssize_t n;

        while ((n = read(others, buffer, sizeof buffer)) > 0)
                for (char *p = buffer; p < buffer + n; n_events++)
                        p += sizeof(struct inotify_event) + ((struct inotify_event *) p)->len;
        return n_events;
}

unsigned settle(sd_event *event, int others, usec_t quiet) {
        usec_t now = clock_now().boottime, until = now + quiet;
        unsigned turns = 0, n_others = 0;

        (void) stirred(others);
        for (; now < until && turns < TURNS_MAX; now = clock_now().boottime) {
                unsigned n;

                if (sd_event_run(event, until - now) <= 0)
                        continue;
                turns++;
                n = stirred(others);
                n_others += n;
                if (n == 0)
                        until = clock_now().boottime + quiet;
        }
        n_others += stirred(others);
        return turns - MIN_OF(turns, n_others);
}
