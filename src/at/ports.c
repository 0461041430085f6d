/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* All ports of the daemon and the waiting for their devices.
 *
 * Owns the ports, the epoll instance that sd-event sees as one source, the inotify instance in it,
 * and one timer for whatever is due: a first attempt, another one, a loss to tell. Handlers run
 * from the loop only and may add, remove, write and reopen; after a handler nothing of an entry is
 * touched again without looking it up. What surprises: a node that exists is opened only when it
 * changed or a retry is due, as opening moves the modem lines of a port that somebody else may be
 * using; and a lost pseudo-terminal behind an unchanged symlink is left alone, since its number may
 * be somebody's shell by now. A port that says more than any module has to say is left alone for a
 * moment: ports come first, and it would be all that runs. */

#include "at/ports.h"

#include <limits.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/inotify.h>

#include "at/device-watch.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"

#define PORTS_TURN_MAX 64                   /* ports served in one turn; the kernel goes round */
#define PORTS_RETRY_MAX (30 * USEC_PER_SEC) /* 1, 2, 4, 8, 16, 30, 30 s while a port is held */
#define PORTS_SHORT_LIFE (5 * USEC_PER_SEC) /* lost sooner: the next try waits a second */
#define PORTS_HOLDER_MAX 64
#define PORTS_INOTIFY UINT64_MAX /* epoll's word for the inotify descriptor */

typedef struct Entry {
        size_t index;
        char *path;
        PortSettings settings;

        Port *port;        /* NULL: not open */
        uint32_t serial;   /* of this opening: tells its events from the last one's */
        bool close_wanted; /* ports_reopen() */
        bool gone;         /* a write found out; to be told from the loop */
        usec_t opened_at;

        usec_t due_at;  /* boot time: the next attempt, or the closing; USEC_INFINITY: wait for
                           inotify */
        usec_t backoff; /* before the attempt after that */
        Watch watch;
        usec_t window_at; /* since when n_window bytes were read */
        size_t n_window;
        bool resting;   /* until the window is over */
        Identity tried; /* what the path led to at the last attempt */
        bool link_dead; /* and may not be followed again until the symlink changes */

        int refused; /* what on_refused was told, 0 for nothing */
        char holder[PORTS_HOLDER_MAX];

        size_t n_out;
        char out[PORTS_OUT_MAX]; /* waits for EPOLLOUT */
} Entry;

struct Ports {
        sd_event *event;
        sd_event_source *io_source;
        sd_event_source *due_source;
        const PortsHandlers *handlers;
        void *userdata;
        int epoll_fd;
        int inotify_fd;
        uint32_t serial;
        size_t n_entries;
        Entry **entries; /* by index, NULL where there is none */
        char buffer[PORTS_READ_MAX];
};

static usec_t ports_now(Ports *ports) {
        uint64_t now;

        return sd_event_now(ports->event, CLOCK_BOOTTIME, &now) < 0 ? clock_now().boottime : now;
}

/* the timer */

static void ports_arm(Ports *ports) {
        usec_t first = USEC_INFINITY;
        int r;

        for (size_t i = 0; i < ports->n_entries; i++) {
                const Entry *entry = ports->entries[i];

                if (entry)
                        first = MIN_OF(first, entry->due_at);
                if (entry && entry->resting)
                        first = MIN_OF(first, usec_add(entry->window_at, PORTS_WINDOW));
        }
        r = first == USEC_INFINITY ? 0 : sd_event_source_set_time(ports->due_source, first);
        if (r >= 0)
                r = sd_event_source_set_enabled(ports->due_source, first == USEC_INFINITY ?
                                                                           SD_EVENT_OFF :
                                                                           SD_EVENT_ONESHOT);
        if (r < 0)
                log_debug("ports: can't arm the timer: %s", strerror(-r));
}

static void entry_wait(Ports *ports, Entry *entry, usec_t delay) {
        entry->due_at = usec_add(ports_now(ports), delay);
        ports_arm(ports);
}

/* 1, 2, 4 ... s from now */
static void entry_wait_longer(Ports *ports, Entry *entry) {
        entry->backoff =
                entry->backoff == 0 ? USEC_PER_SEC : MIN_OF(2 * entry->backoff, PORTS_RETRY_MAX);
        entry_wait(ports, entry, entry->backoff);
}

/* entries */

static Entry *ports_entry(const Ports *ports, size_t index) {
        return index < ports->n_entries ? ports->entries[index] : NULL;
}

static uint64_t entry_word(const Entry *entry) {
        return (uint64_t) entry->serial << 32 | (uint32_t) entry->index;
}

static int entry_poll(Ports *ports, Entry *entry, int operation) {
        struct epoll_event event = {
                .events = (entry->resting ? 0 : EPOLLIN) | (entry->n_out > 0 ? EPOLLOUT : 0),
                .data.u64 = entry_word(entry),
        };

        return epoll_ctl(ports->epoll_fd, operation, port_fd(entry->port), &event) < 0 ? -errno : 0;
}

static void entry_close(Ports *ports, Entry *entry) {
        if (!entry->port)
                return;
        (void) epoll_ctl(ports->epoll_fd, EPOLL_CTL_DEL, port_fd(entry->port), NULL);
        entry->port = port_free(entry->port);
        entry->n_out = 0;
        entry->close_wanted = entry->gone = entry->resting = false;
}

static void entry_unwatch(Ports *ports, const Watch *watch) {
        for (size_t i = 0; i < watch->n_folders; i++) {
                bool used = false;

                for (size_t j = 0; j < ports->n_entries && !used; j++)
                        used = ports->entries[j] &&
                               watch_has(&ports->entries[j]->watch, watch->folders[i]);
                if (!used)
                        (void) inotify_rm_watch(ports->inotify_fd, watch->folders[i]);
        }
}

static Entry *entry_free(Ports *ports, Entry *entry) {
        if (!entry)
                return NULL;
        entry_close(ports, entry);
        ports->entries[entry->index] = NULL;
        entry_unwatch(ports, &entry->watch);
        free(entry->path);
        free(entry);
        return NULL;
}

/* Looks where the path leads, with the watches set first: no change goes unseen in between. */
static Identity entry_look(Ports *ports, Entry *entry) {
        Watch before = entry->watch;
        Identity now;

        watch_update(&entry->watch, ports->inotify_fd, entry->path);
        entry_unwatch(ports, &before);
        now = identity_of(entry->path);
        if (entry->link_dead && identity_same_link(&now, &entry->tried))
                now.there = false;
        return now;
}

/* opening and losing; each ends with at most one call of a handler */

static void entry_refuse(Ports *ports, Entry *entry, int error) {
        char holder[PORTS_HOLDER_MAX] = "";
        bool told;

        if (error == -EBUSY)
                (void) port_holder(entry->path, holder, sizeof holder);
        told = entry->refused == error && streq(entry->holder, holder);
        entry->refused = error;
        (void) TEXT_COPY(entry->holder, holder);
        if (!told)
                ports->handlers->on_refused(ports->userdata, entry->index, error,
                                            holder[0] != '\0' ? holder : NULL);
}

static void entry_open_failed(Ports *ports, Entry *entry, int error) {
        switch (error) {
        case -ENOENT: /* gone since we looked: inotify tells of its return */
                return;
        case -ENODEV: /* the node of a device that does not answer: on its way in or out */
                entry_wait_longer(ports, entry);
                return;
        case -EACCES:
        case -ENOTTY:
        case -EINVAL: /* as long as nothing about the node changes */
                break;
        default:
                entry_wait_longer(ports, entry);
        }
        entry_refuse(ports, entry, error);
}

static void entry_try(Ports *ports, Entry *entry) {
        int r;

        entry->tried = entry_look(ports, entry);
        if (!entry->tried.there) {
                entry->refused = 0;
                if (entry->watch.blind)
                        entry_wait_longer(ports, entry);
                else
                        entry->backoff = 0;
                return;
        }
        entry->link_dead = false;
        r = port_open(entry->path, &entry->settings, &entry->port);
        if (r < 0) {
                entry_open_failed(ports, entry, r);
                return;
        }
        entry->serial = ++ports->serial;
        r = entry_poll(ports, entry, EPOLL_CTL_ADD);
        if (r < 0) {
                entry->port = port_free(entry->port);
                entry_open_failed(ports, entry, r);
                return;
        }
        entry->opened_at = ports_now(ports);
        entry->refused = 0;
        entry->backoff = 0;
        ports->handlers->on_open(ports->userdata, entry->index);
}

static void entry_lose(Ports *ports, Entry *entry, bool hung_up) {
        bool short_life = usec_sub(ports_now(ports), entry->opened_at) < PORTS_SHORT_LIFE;
        Identity now;

        entry_close(ports, entry);
        entry->link_dead =
                hung_up && entry->tried.link_inode != 0 && identity_is_pty(&entry->tried);
        now = entry_look(ports, entry);
        entry_wait(ports, entry,
                   hung_up && short_life && identity_equal(&now, &entry->tried) ? USEC_PER_SEC : 0);
        ports->handlers->on_lost(ports->userdata, entry->index);
}

/* Something changed along the path. */
static void entry_path_changed(Ports *ports, Entry *entry) {
        Identity now = entry_look(ports, entry);

        if (!entry->port) {
                if (!identity_equal(&now, &entry->tried))
                        entry_wait(ports, entry, 0);
        } else if (now.there && !identity_same_device(&now, &entry->tried))
                entry_lose(ports, entry, false);
}

/* Counts what was read; a full window is waited out. */
static void entry_count(Ports *ports, Entry *entry, size_t n) {
        const usec_t now = ports_now(ports);

        if (now >= usec_add(entry->window_at, PORTS_WINDOW)) {
                entry->window_at = now;
                entry->n_window = 0;
        }
        entry->n_window += n;
        if (entry->resting || entry->n_window < PORTS_WINDOW_BYTES)
                return;
        entry->resting = true;
        if (entry_poll(ports, entry, EPOLL_CTL_MOD) < 0)
                entry->resting = false;
        ports_arm(ports);
}

static void entry_rested(Ports *ports, Entry *entry, usec_t now) {
        if (!entry->resting || now < usec_add(entry->window_at, PORTS_WINDOW))
                return;
        entry->resting = false;
        if (entry_poll(ports, entry, EPOLL_CTL_MOD) < 0) {
                entry->gone = true;
                entry->due_at = now;
        }
}

static int on_due(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata) {
        Ports *ports = userdata;
        usec_t now = ports_now(ports);

        for (size_t i = 0; i < ports->n_entries; i++) {
                Entry *entry = ports->entries[i];

                if (entry)
                        entry_rested(ports, entry, now);
                if (!entry || entry->due_at > now)
                        continue;
                entry->due_at = USEC_INFINITY;
                if (!entry->port)
                        entry_try(ports, entry);
                else if (entry->close_wanted || entry->gone)
                        entry_lose(ports, entry, entry->gone);
        }
        ports_arm(ports);
        return 0;
}

/* events */

static void ports_take_event(Ports *ports, const struct inotify_event *event) {
        bool overflow = event->mask & IN_Q_OVERFLOW;

        for (size_t i = 0; i < ports->n_entries; i++)
                if (ports->entries[i] &&
                    (overflow || watch_has(&ports->entries[i]->watch, event->wd)))
                        entry_path_changed(ports, ports->entries[i]);
}

static void ports_take_events(Ports *ports) {
        char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
        ssize_t n = read(ports->inotify_fd, buffer, sizeof buffer);

        for (char *p = buffer; n > 0 && p < buffer + n;) {
                const struct inotify_event *event = (const struct inotify_event *) p;

                p += sizeof *event + event->len;
                ports_take_event(ports, event);
        }
}

/* Writes what waits; false when the port is gone. */
static bool entry_flush(Ports *ports, Entry *entry) {
        ssize_t n = port_write(entry->port, entry->out, entry->n_out);

        if (n < 0)
                return false;
        entry->n_out -= (size_t) n;
        memmove(entry->out, entry->out + n, entry->n_out);
        return entry->n_out > 0 || entry_poll(ports, entry, EPOLL_CTL_MOD) >= 0;
}

static void entry_serve(Ports *ports, Entry *entry, uint32_t events) {
        ssize_t n;

        if ((events & EPOLLOUT) && entry->n_out > 0 && !entry_flush(ports, entry)) {
                entry_lose(ports, entry, true);
                return;
        }
        if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
                return;
        n = port_read(entry->port, ports->buffer, sizeof ports->buffer);
        if (n > 0) {
                entry_count(ports, entry, (size_t) n);
                ports->handlers->on_bytes(ports->userdata, entry->index, ports->buffer, (size_t) n);
        } else if (n < 0 || (events & (EPOLLHUP | EPOLLERR)))
                entry_lose(ports, entry, true);
}

static int on_io(sd_event_source *source _unused_, int fd, uint32_t revents _unused_,
                 void *userdata) {
        struct epoll_event events[PORTS_TURN_MAX];
        Ports *ports = userdata;
        int n = epoll_wait(fd, events, PORTS_TURN_MAX, 0);

        for (int i = 0; i < n; i++) {
                Entry *entry;

                if (events[i].data.u64 == PORTS_INOTIFY) {
                        ports_take_events(ports);
                        continue;
                }
                entry = ports_entry(ports, (uint32_t) events[i].data.u64);
                if (entry && entry->port && entry_word(entry) == events[i].data.u64)
                        entry_serve(ports, entry, events[i].events);
        }
        return 0;
}

/* life */

static int ports_start(Ports *ports) {
        struct epoll_event event = { .events = EPOLLIN, .data.u64 = PORTS_INOTIFY };
        int r;

        ports->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        ports->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (ports->epoll_fd < 0 || ports->inotify_fd < 0 ||
            epoll_ctl(ports->epoll_fd, EPOLL_CTL_ADD, ports->inotify_fd, &event) < 0)
                return -errno;
        r = sd_event_add_io(ports->event, &ports->io_source, ports->epoll_fd, EPOLLIN, on_io,
                            ports);
        if (r < 0)
                return r;
        (void) sd_event_source_set_description(ports->io_source, "ports");
        r = sd_event_add_time(ports->event, &ports->due_source, CLOCK_BOOTTIME, USEC_INFINITY,
                              USEC_PER_MSEC, on_due, ports);
        if (r < 0)
                return r;
        (void) sd_event_source_set_description(ports->due_source, "ports-due");
        return sd_event_source_set_enabled(ports->due_source, SD_EVENT_OFF);
}

int ports_new(sd_event *event, const PortsHandlers *handlers, void *userdata, Ports **ret) {
        _cleanup_(ports_freep) Ports *ports = calloc(1, sizeof(Ports));
        int r;

        if (!ports)
                return -ENOMEM;
        ports->epoll_fd = ports->inotify_fd = -EBADF;
        ports->event = sd_event_ref(event);
        ports->handlers = handlers;
        ports->userdata = userdata;
        r = ports_start(ports);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(ports);
        return 0;
}

Ports *ports_free(Ports *ports) {
        if (!ports)
                return NULL;
        for (size_t i = 0; i < ports->n_entries; i++)
                (void) entry_free(ports, ports->entries[i]);
        free(ports->entries);
        (void) sd_event_source_disable_unref(ports->io_source);
        (void) sd_event_source_disable_unref(ports->due_source);
        (void) fd_close(ports->inotify_fd);
        (void) fd_close(ports->epoll_fd);
        (void) sd_event_unref(ports->event);
        free(ports);
        return NULL;
}

static int ports_grow(Ports *ports, size_t n) {
        Entry **entries;

        if (n <= ports->n_entries)
                return 0;
        entries = reallocarray(ports->entries, n, sizeof(Entry *));
        if (!entries)
                return -ENOMEM;
        memset(entries + ports->n_entries, 0, (n - ports->n_entries) * sizeof(Entry *));
        ports->entries = entries;
        ports->n_entries = n;
        return 0;
}

int ports_add(Ports *ports, size_t index, const char *path, const PortSettings *settings) {
        _cleanup_free_ char *copy = strdup(path);
        Entry *entry;
        int r;

        if (index >= PORTS_MAX || strlen(path) >= PATH_MAX)
                return -EINVAL;
        if (ports_entry(ports, index))
                return -EEXIST;
        r = copy ? ports_grow(ports, index + 1) : -ENOMEM;
        if (r < 0)
                return r;
        entry = calloc(1, sizeof(Entry));
        if (!entry)
                return -ENOMEM;
        entry->index = index;
        entry->path = TAKE_PTR(copy);
        entry->settings = *settings;
        ports->entries[index] = entry;
        entry_wait(ports, entry, 0);
        return 0;
}

void ports_remove(Ports *ports, size_t index) {
        (void) entry_free(ports, ports_entry(ports, index));
        ports_arm(ports);
}

void ports_reopen(Ports *ports, size_t index) {
        Entry *entry = ports_entry(ports, index);

        if (!entry)
                return;
        entry->close_wanted = entry->port != NULL;
        entry->link_dead = false;
        entry->refused = 0;
        entry_wait(ports, entry, 0);
}

int ports_write(Ports *ports, size_t index, const char *bytes, size_t n) {
        Entry *entry = ports_entry(ports, index);
        ssize_t written = 0;

        if (!entry || !entry->port || entry->close_wanted || entry->gone)
                return -ENODEV;
        if (n > PORTS_OUT_MAX - entry->n_out)
                return -ENOBUFS;
        if (entry->n_out == 0)
                written = port_write(entry->port, bytes, n);
        if (written >= 0 && (size_t) written < n) {
                memcpy(entry->out + entry->n_out, bytes + written, n - (size_t) written);
                entry->n_out += n - (size_t) written;
                if (entry_poll(ports, entry, EPOLL_CTL_MOD) < 0)
                        written = -ENODEV;
        }
        if (written >= 0)
                return 0;
        entry->gone = true;
        entry_wait(ports, entry, 0);
        return -ENODEV;
}

int ports_dcd(Ports *ports, size_t index) {
        const Entry *entry = ports_entry(ports, index);

        return entry && entry->port ? port_dcd(entry->port) : -ENODEV;
}
