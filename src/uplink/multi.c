/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* libcurl's sockets and its one timer as sources of an sd-event loop.
 *
 * Owns the multi handle and the sources. libcurl opens and closes sockets at any moment, and a
 * number that was closed comes back with the next open(): a source is dropped when libcurl says so,
 * and at the latest in the callback that closes the descriptor, never after. The owner hears of
 * every turn, not of what happened; it looks at the messages. */

#include "uplink/multi.h"

#include <sys/epoll.h>

#include "base/time.h"

static MultiSocket *multi_socket_find(Multi *multi, int fd) {
        for (size_t i = 0; i < MULTI_SOCKETS_MAX; i++)
                if (multi->sockets[i].source && multi->sockets[i].fd == fd)
                        return &multi->sockets[i];
        return NULL;
}

static void multi_socket_drop(Multi *multi, int fd) {
        MultiSocket *s = multi_socket_find(multi, fd);

        if (s)
                s->source = sd_event_source_disable_unref(s->source);
}

static void multi_turn(Multi *multi, curl_socket_t fd, int what) {
        int running;

        (void) curl_multi_socket_action(multi->handle, fd, what, &running);
        multi->on_turn(multi->userdata);
}

static int on_socket_ready(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        int what = 0;

        (void) source;
        if (events & (EPOLLIN | EPOLLHUP))
                what |= CURL_CSELECT_IN;
        if (events & EPOLLOUT)
                what |= CURL_CSELECT_OUT;
        if (events & EPOLLERR)
                what |= CURL_CSELECT_ERR;
        multi_turn(userdata, fd, what);
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        (void) source;
        (void) usec;
        multi_turn(userdata, CURL_SOCKET_TIMEOUT, 0);
        return 0;
}

static uint32_t epoll_events_of(int what) {
        return (what & CURL_POLL_IN ? (uint32_t) EPOLLIN : 0) |
               (what & CURL_POLL_OUT ? (uint32_t) EPOLLOUT : 0);
}

static int multi_socket_add(Multi *multi, int fd, uint32_t events) {
        size_t i = 0;
        int r;

        while (i < MULTI_SOCKETS_MAX && multi->sockets[i].source)
                i++;
        if (i == MULTI_SOCKETS_MAX)
                return -ENOBUFS;
        r = sd_event_add_io(multi->event, &multi->sockets[i].source, fd, events, on_socket_ready,
                            multi);
        if (r < 0)
                return r;
        multi->sockets[i].fd = fd;
        return sd_event_source_set_description(multi->sockets[i].source, "uplink socket");
}

/* CURLMOPT_SOCKETFUNCTION: what libcurl waits for on `fd`. -1 fails its transfers. */
static int on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *userdata, void *socket) {
        Multi *multi = userdata;
        MultiSocket *s;
        int r;

        (void) easy;
        (void) socket;
        if (what == CURL_POLL_REMOVE) {
                multi_socket_drop(multi, fd);
                return 0;
        }
        s = multi_socket_find(multi, fd);
        if (s)
                r = sd_event_source_set_io_events(s->source, epoll_events_of(what));
        else
                r = multi_socket_add(multi, fd, epoll_events_of(what));
        return r < 0 ? -1 : 0;
}

/* CURLMOPT_TIMERFUNCTION: -1 means none, 0 as soon as the loop gets to it. */
static int on_timer_wanted(CURLM *handle, long timeout_msec, void *userdata) {
        Multi *multi = userdata;
        int r;

        (void) handle;
        if (timeout_msec < 0)
                return sd_event_source_set_enabled(multi->timer, SD_EVENT_OFF) < 0 ? -1 : 0;
        r = sd_event_source_set_time_relative(multi->timer, (usec_t) timeout_msec * USEC_PER_MSEC);
        if (r >= 0)
                r = sd_event_source_set_enabled(multi->timer, SD_EVENT_ONESHOT);
        return r < 0 ? -1 : 0;
}

/* CURLOPT_CLOSESOCKETFUNCTION */
static int on_socket_closed(void *userdata, curl_socket_t fd) {
        multi_socket_drop(userdata, fd);
        return close(fd);
}

int multi_adopt(Multi *multi, CURL *easy) {
        if (curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_socket_closed) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, multi) != CURLE_OK)
                return -ENOMEM;
        return 0;
}

static int multi_init_timer(Multi *multi) {
        int r;

        r = sd_event_add_time(multi->event, &multi->timer, CLOCK_MONOTONIC, 0, USEC_PER_MSEC,
                              on_timer, multi);
        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(multi->timer, SD_EVENT_OFF);
        if (r < 0)
                return r;
        return sd_event_source_set_description(multi->timer, "uplink timer");
}

int multi_init(Multi *multi, sd_event *event, void (*on_turn)(void *userdata), void *userdata) {
        *multi = (Multi) {
                .handle = curl_multi_init(),
                .event = sd_event_ref(event),
                .on_turn = on_turn,
                .userdata = userdata,
        };
        if (!multi->handle ||
            curl_multi_setopt(multi->handle, CURLMOPT_SOCKETFUNCTION, on_socket_wanted) !=
                    CURLM_OK ||
            curl_multi_setopt(multi->handle, CURLMOPT_SOCKETDATA, multi) != CURLM_OK ||
            curl_multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, on_timer_wanted) != CURLM_OK ||
            curl_multi_setopt(multi->handle, CURLMOPT_TIMERDATA, multi) != CURLM_OK)
                return -ENOMEM;
        return multi_init_timer(multi);
}

void multi_done(Multi *multi) {
        if (multi->handle)
                (void) curl_multi_cleanup(multi->handle);
        multi->handle = NULL;
        for (size_t i = 0; i < MULTI_SOCKETS_MAX; i++)
                multi->sockets[i].source = sd_event_source_disable_unref(multi->sockets[i].source);
        multi->timer = sd_event_source_disable_unref(multi->timer);
        multi->event = sd_event_unref(multi->event);
}
