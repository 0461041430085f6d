/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who gets in: the listening socket, and the caps on connections.
 *
 * Owns the socket; removes its path only when it made it. A path that is left over from a crash is
 * taken over, one that somebody listens on is not. When descriptors run out, accept() would fail
 * again at once and for ever, so listening pauses for a second. Who was turned away is debug only:
 * any local user can cause it. */

#include "control/connection.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>

#include "base/address.h"
#include "base/log.h"

#define LISTENER_BACKLOG 32
#define LISTENER_PAUSE USEC_PER_SEC

void listener_find_group(Control *control) {
        const char *name = gateway_settings(control->gateway)->control.group;
        struct group entry, *found = NULL;
        char buffer[16 * 1024];

        control->has_group = false;
        if (!name[0])
                return;
        if (getgrnam_r(name, &entry, buffer, sizeof(buffer), &found) != 0 || !found) {
                log_warning("Group '%s' (control.group) does not exist: only root and fotad's own "
                            "user may change things",
                            name);
                return;
        }
        control->group = found->gr_gid;
        control->has_group = true;
}

/* Those of one user must not keep out all others, and those who may only look, of whom a user
 * namespace makes as many as one likes, not those who may change things. */
static bool has_room(const Control *control, int fd, const struct ucred *peer) {
        size_t n = 0, max = CONTROL_CONNECTIONS_MAX;

        for (size_t i = 0; i < control->n_connections; i++)
                n += control->connections[i]->peer.uid == peer->uid;
        if (!control_peer_has_rights(control, fd, peer))
                max -= CONTROL_CONNECTIONS_RESERVED;
        return control->n_connections < max && n < CONTROL_CONNECTIONS_UID_MAX;
}

static int on_pause_over(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata) {
        Control *control = userdata;

        return sd_event_source_set_enabled(control->listener, SD_EVENT_ON);
}

static void listener_pause(Control *control, int error) {
        int r;

        log_warning("No connection can be accepted on the control socket for a moment: %s",
                    strerror(error));
        control->listener_pause = sd_event_source_disable_unref(control->listener_pause);
        r = sd_event_add_time_relative(control->event, &control->listener_pause, CLOCK_BOOTTIME,
                                       LISTENER_PAUSE, 0, on_pause_over, control);
        if (r < 0)
                return;
        (void) sd_event_source_set_description(control->listener_pause, "control-pause");
        (void) sd_event_source_set_enabled(control->listener, SD_EVENT_OFF);
}

/* One a call: the loop comes back while more wait, and ports come in between. */
static int on_connecting(sd_event_source *source _unused_, int fd, uint32_t events _unused_,
                         void *userdata) {
        Control *control = userdata;
        _cleanup_close_ int peer_fd = -EBADF;
        struct ucred peer = { .uid = (uid_t) -1 };
        socklen_t size = sizeof(peer);
        Connection *connection;
        int r;

        peer_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (peer_fd < 0) {
                if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
                        listener_pause(control, errno);
                return 0;
        }
        if (getsockopt(peer_fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
            !has_room(control, peer_fd, &peer)) {
                log_debug("A connection of uid %u is turned away: too many", (unsigned) peer.uid);
                return 0;
        }
        r = connection_new(control, TAKE_FD(peer_fd), &peer, &connection);
        if (r < 0) {
                log_debug("A connection of uid %u failed: %s", (unsigned) peer.uid, strerror(-r));
                return 0;
        }
        control->connections[control->n_connections++] = connection;
        return 0;
}

static int listener_open(Control *control, const char *path, int *ret) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        _cleanup_close_ int fd = -EBADF;
        int r;

        if (!TEXT_COPY(address.sun_path, path))
                return -ENAMETOOLONG;
        r = address_remove_leftover(&address);
        if (r < 0)
                return r;
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        if (bind(fd, (const struct sockaddr *) &address, sizeof(address)) < 0)
                return -errno;
        (void) TEXT_COPY(control->path, path);
        /* Everyone may look; who may change things is decided call by call. */
        if (chmod(path, 0666) < 0 || listen(fd, LISTENER_BACKLOG) < 0)
                return -errno;
        *ret = TAKE_FD(fd);
        return 0;
}

int listener_start(Control *control, int fd) {
        const char *path = gateway_settings(control->gateway)->control.socket;
        int r;

        control->fd = fd;
        /* systemd passes it blocking; a peer that gives up before accept() would stop the loop. */
        if (fd >= 0 && fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
                return -errno;
        if (fd < 0) {
                r = listener_open(control, path, &control->fd);
                if (r < 0)
                        return log_error_errno(r, "The control socket %s can not be opened: %m",
                                               path);
        }
        r = sd_event_add_io(control->event, &control->listener, control->fd, EPOLLIN, on_connecting,
                            control);
        if (r < 0)
                return r;
        (void) sd_event_source_set_description(control->listener, "control-listener");
        r = sd_event_source_set_ratelimit(control->listener, CONTROL_ACCEPT_INTERVAL,
                                          CONTROL_ACCEPT_MAX);
        if (r < 0)
                return r;
        return sd_event_source_set_priority(control->listener, CONTROL_PRIORITY);
}

void listener_stop(Control *control) {
        control->listener = sd_event_source_disable_unref(control->listener);
        control->listener_pause = sd_event_source_disable_unref(control->listener_pause);
        control->fd = fd_close(control->fd);
        if (control->path[0])
                (void) unlink(control->path);
        control->path[0] = '\0';
}
