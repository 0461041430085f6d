/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A wall clock that jumps, to be preloaded into fotad: what the file $CLOCK_FAULT says, in seconds,
 * is added to it, and $CLOCK_FAULT.struck made; 0 when there is no such file. The kernel tells
 * nobody of such a jump. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

#include "fault.h"

static time_t jump(void) {
        char text[24];

        if (!fault_read("CLOCK_FAULT", text))
                return 0;
        fault_felt("CLOCK_FAULT");
        return strtol(text, NULL, 10);
}

int clock_gettime(clockid_t id, struct timespec *now) {
        int (*real)(clockid_t, struct timespec *) =
                (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
        int r = real(id, now);

        if (r == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
                now->tv_sec += jump();
        return r;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
        int (*real)(struct timeval *, void *) =
                (int (*)(struct timeval *, void *)) dlsym(RTLD_NEXT, "gettimeofday");
        int r = real(now, zone);

        if (r == 0)
                now->tv_sec += jump();
        return r;
}

time_t time(time_t *ret) {
        struct timespec now;

        if (clock_gettime(CLOCK_REALTIME, &now) < 0)
                return (time_t) -1;
        if (ret)
                *ret = now.tv_sec;
        return now.tv_sec;
}
