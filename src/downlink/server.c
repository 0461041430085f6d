/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* libmicrohttpd, with an epoll descriptor of its own that lies in the daemon's loop.
 *
 * Owns the library's daemon, a duplicate of the listening socket, and the peers. What surprises:
 *
 * - The library's epoll is edge-triggered, and there may be work that no descriptor tells of:
 *   MHD_get_timeout() has to be asked after each run. It answers with a span.
 * - Its own timeout is one of silence, which a byte a second defeats. So it has none, and each peer
 *   has a deadline here; a peer whose time is over is shut down, and the library then finds that
 *   out and closes. Closing is the library's alone.
 * - Who waits at the door is not known before the library has let him in. So it has room for one
 *   more than there shall be, and that one's coming shuts another down.
 * - The request target is caught in the URI callback: later it is decoded, with blanks for plus
 *   signs, and the Token is of what was sent.
 * - A certificate is read at start. A new one is a new server on the same socket; this one is
 *   retired then. */

#include "downlink/server.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <microhttpd.h>
#include <stdio.h>
#include <sys/epoll.h>

#include "base/log.h"

/* Like the ports, so that no module keeps an application server waiting. A flood of requests shall
 * not keep others waiting either: after a run that was longer than this, as long a pause. */
#define SERVER_RUN_SHORT USEC_PER_MSEC
#define SERVER_PAUSE_MAX (20 * USEC_PER_MSEC)
#define SERVER_MEMORY 32768                       /* bytes a connection: request line and header */
#define SERVER_SWALLOW_MAX (16 * SERVER_BODY_MAX) /* of a body that is too long, to answer 413 */
#define SERVER_TLS "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct DownlinkServer {
        const DownlinkHandlers *handlers;
        void *userdata;
        struct MHD_Daemon *mhd; /* NULL: retired, and the last peer is gone */
        sd_event_source *io, *timer;
        Credentials credentials; /* the library may look at them as long as it lives */
        bool retired;
        usec_t pause_end; /* 0: none */
        Peers peers;
        char *why; /* while it starts: what the library says */
        size_t why_size;
};

/* peers */

static Peer *peer_of(struct MHD_Connection *connection) {
        const union MHD_ConnectionInfo *info =
                MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

        return info ? info->socket_context : NULL;
}

static enum MHD_Result on_connecting(void *userdata, const struct sockaddr *address,
                                     socklen_t size _unused_) {
        DownlinkServer *server = userdata;

        if (peers_admit(&server->peers, address))
                return MHD_YES;
        log_debug("A downlink connection is turned away: its address has too many");
        return MHD_NO;
}

static Peer *peer_new(DownlinkServer *server, struct MHD_Connection *connection) {
        const union MHD_ConnectionInfo *fd =
                MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        const union MHD_ConnectionInfo *address =
                MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

        return peers_add(&server->peers, fd->connect_fd,
                         address && address->client_addr ? address->client_addr : &nowhere,
                         clock_now().boottime);
}

/* Bytes of a handshake count too, and only the kernel knows of them. */
static bool peer_spoke(const Peer *peer) {
        struct tcp_info info = {};
        socklen_t size = sizeof info;

        return getsockopt(peer->fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0 ||
               info.tcpi_bytes_received > 0;
}

/* Deadlines alone would let whoever comes again and again keep the house full. */
static void make_room(Peers *peers, const Peer *newcomer) {
        const Peer *weakest;

        for (size_t i = 0; i < PEERS_ROOM; i++)
                if (peers->peers[i].stage != PEER_NONE && !peers->peers[i].spoke)
                        peers->peers[i].spoke = peer_spoke(peers->peers + i);
        weakest = peers_weakest(peers, newcomer);
        if (!weakest)
                return;
        log_debug("A downlink connection is shut down: the house is full");
        (void) shutdown(weakest->fd, SHUT_RDWR);
}

static void on_connection(void *userdata, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what) {
        DownlinkServer *server = userdata;

        if (what == MHD_CONNECTION_NOTIFY_STARTED) {
                *context = peer_new(server, connection);
                if (server->peers.n > PEERS_MAX)
                        make_room(&server->peers, *context);
        } else if (*context) {
                peers_remove(&server->peers, *context);
                *context = NULL;
        }
}

/* requests */

/* Of the request line, as it came. */
static void *on_target(void *userdata, const char *target, struct MHD_Connection *connection) {
        DownlinkServer *server = userdata;
        Peer *peer = peer_of(connection);

        if (!peer)
                return NULL;
        peer_line_came(&server->peers, peer, clock_now().boottime);
        free(peer->target);
        peer->target = strdup(target ? target : "");
        return peer;
}

static void on_request_ended(void *userdata, struct MHD_Connection *connection _unused_,
                             void **context, enum MHD_RequestTerminationCode why _unused_) {
        DownlinkServer *server = userdata;

        if (*context)
                peer_request_ended(&server->peers, *context, clock_now().boottime);
        *context = NULL;
}

static enum MHD_Result on_field(void *userdata, enum MHD_ValueKind kind _unused_, const char *name,
                                const char *value) {
        request_field(userdata, name, value ? value : "");
        return MHD_YES;
}

static bool header_add(struct MHD_Response *response, const char *name, const char *value) {
        return MHD_add_response_header(response, name, value) == MHD_YES;
}

static enum MHD_Result answer(const DownlinkServer *server, struct MHD_Connection *connection,
                              const Reply *reply) {
        struct MHD_Response *response = MHD_create_response_from_buffer(
                strlen(reply->body), (void *) (uintptr_t) reply->body, MHD_RESPMEM_MUST_COPY);
        enum MHD_Result result = MHD_NO;

        if (!response)
                return MHD_NO;
        if ((!reply->type || header_add(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type)) &&
            (reply->status != 405 ||
             header_add(response, MHD_HTTP_HEADER_ALLOW, MHD_HTTP_METHOD_POST)) &&
            (!(reply->close || server->retired) ||
             header_add(response, MHD_HTTP_HEADER_CONNECTION, "close")))
                result = MHD_queue_response(connection, reply->status, response);
        MHD_destroy_response(response);
        return result;
}

static enum MHD_Result answer_other(const DownlinkServer *server, struct MHD_Connection *connection,
                                    unsigned status) {
        Reply reply;

        reply_to_other(status, &reply);
        return answer(server, connection, &reply);
}

static bool token_was_good(const DownlinkFault *fault) {
        return fault->code < DOWNLINK_NO_AS_ID || fault->code > DOWNLINK_BAD_TOKEN;
}

static enum MHD_Result answer_query(DownlinkServer *server, struct MHD_Connection *connection,
                                    Peer *peer, RequestApi api, const char *query) {
        DownlinkFault fault = {};
        Reply reply;

        server->handlers->query(server->userdata, query, &fault);
        peer->trusted = token_was_good(&fault);
        reply_to_frame(api, &fault, &reply);
        return answer(server, connection, &reply);
}

static enum MHD_Result on_whole_request(DownlinkServer *server, struct MHD_Connection *connection,
                                        Peer *peer, const char *method) {
        const size_t length = strlen(peer->target);
        const char *query;
        const RequestApi api = request_target(peer->target, &query);

        peer->trusted = false;
        if (peer->body_bytes > SERVER_BODY_MAX)
                return answer_other(server, connection, 413);
        if (length > REQUEST_TARGET_MAX)
                return answer_other(server, connection, 414);
        if (api == REQUEST_OTHER)
                return answer_other(server, connection, 404);
        if (!streq(method, MHD_HTTP_METHOD_POST))
                return answer_other(server, connection, 405);
        return answer_query(server, connection, peer, api, query);
}

/* Answered before the body: the library then takes nothing more from this connection. */
static enum MHD_Result on_head(DownlinkServer *server, struct MHD_Connection *connection,
                               Peer *peer, const char *version) {
        peer_head_came(&server->peers, peer);
        (void) MHD_get_connection_values(connection, MHD_HEADER_KIND, on_field, &peer->framing);
        if (!request_target_is_clean(peer->target) || !request_is_framed(&peer->framing, version))
                return answer_other(server, connection, 400);
        if (peer->framing.bytes > SERVER_SWALLOW_MAX)
                return answer_other(server, connection, 413);
        return MHD_YES;
}

/* Called once for the head, then for each piece of the body, at last without one. MHD_NO closes the
 * connection. */
static enum MHD_Result on_request(void *userdata, struct MHD_Connection *connection,
                                  const char *url _unused_, const char *method, const char *version,
                                  const char *upload _unused_, size_t *upload_size,
                                  void **context) {
        Peer *peer = *context;

        if (!peer || !peer->target)
                return MHD_NO;
        if (peer->stage == PEER_HEAD)
                return on_head(userdata, connection, peer, version);
        if (*upload_size == 0)
                return on_whole_request(userdata, connection, peer, method);
        peer->body_bytes += *upload_size;
        *upload_size = 0;
        return peer->body_bytes > SERVER_SWALLOW_MAX ? MHD_NO : MHD_YES;
}

/* the loop */

static void mhd_stop(DownlinkServer *server) {
        if (!server->mhd)
                return;
        server->io = sd_event_source_disable_unref(server->io);
        server->timer = sd_event_source_disable_unref(server->timer);
        /* Else the library would shut down the socket, which others go on to use. */
        if (!server->retired)
                (void) fd_close(MHD_quiesce_daemon(server->mhd));
        MHD_stop_daemon(server->mhd);
        server->mhd = NULL;
}

static int arm(DownlinkServer *server, usec_t now) {
        usec_t deadline = peers_deadline(&server->peers);
        MHD_UNSIGNED_LONG_LONG span_msec;
        int r;

        if (server->pause_end > 0)
                deadline = server->pause_end;
        else if (MHD_get_timeout(server->mhd, &span_msec) == MHD_YES)
                deadline = MIN_OF(deadline, usec_add(now, span_msec * USEC_PER_MSEC));
        if (deadline == USEC_INFINITY)
                return sd_event_source_set_enabled(server->timer, SD_EVENT_OFF);
        r = sd_event_source_set_time(server->timer, deadline);
        return r < 0 ? r : sd_event_source_set_enabled(server->timer, SD_EVENT_ONESHOT);
}

static int pause_after(DownlinkServer *server, usec_t took, usec_t now) {
        const bool was_paused = server->pause_end > 0;

        server->pause_end =
                took > SERVER_RUN_SHORT ? usec_add(now, MIN_OF(took, SERVER_PAUSE_MAX)) : 0;
        if (was_paused == (server->pause_end > 0))
                return 0;
        return sd_event_source_set_enabled(server->io, was_paused ? SD_EVENT_ON : SD_EVENT_OFF);
}

static void shut_down_late(DownlinkServer *server, usec_t now) {
        const Peer *peer;

        while ((peer = peers_expire(&server->peers, now))) {
                log_debug("A downlink connection is shut down: its time is over");
                (void) shutdown(peer->fd, SHUT_RDWR);
        }
}

static int run(DownlinkServer *server) {
        const usec_t begin = clock_now().boottime;
        usec_t end;
        bool full;
        int r;

        shut_down_late(server, begin);
        /* With a full house the library does not listen, and begins to again with a run, not at the
         * end of the one that made room. */
        do {
                full = server->peers.n == PEERS_ROOM;
                if (MHD_run(server->mhd) != MHD_YES)
                        log_debug("Downlink endpoint: the library could not run");
        } while (full && server->peers.n < PEERS_ROOM);
        if (server->retired && server->peers.n == 0) {
                mhd_stop(server);
                return 0;
        }
        end = clock_now().boottime;
        r = pause_after(server, end - begin, end);
        return r < 0 ? r : arm(server, end);
}

static int on_io(sd_event_source *source _unused_, int fd _unused_, uint32_t events _unused_,
                 void *userdata) {
        return run(userdata);
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata) {
        return run(userdata);
}

/* start */

/* What the library says is about peers, who may say what they like; but while it starts, it is the
 * reason why it does not. */
static void __attribute__((format(printf, 2, 0)))
on_message(void *userdata, const char *format, va_list arguments) {
        DownlinkServer *server = userdata;
        char message[256];

        (void) vsnprintf(message, sizeof message, format, arguments);
        message[strcspn(message, "\n")] = '\0';
        if (server->why && server->why[0] == '\0')
                (void) text_copy(server->why, server->why_size, message); /* the first one */
        else
                log_debug("libmicrohttpd: %s", message);
}

static int mhd_start(DownlinkServer *server, int fd) {
        const bool tls = server->credentials.certificate != NULL;
        const struct MHD_OptionItem plain_options[] = { { MHD_OPTION_END, 0, NULL } };
        const struct MHD_OptionItem tls_options[] = {
                { MHD_OPTION_HTTPS_MEM_CERT, 0, server->credentials.certificate },
                { MHD_OPTION_HTTPS_MEM_KEY, 0, server->credentials.private_key },
                { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *) (uintptr_t) SERVER_TLS },
                { MHD_OPTION_END, 0, NULL },
        };

        server->mhd = MHD_start_daemon(
                MHD_USE_EPOLL | MHD_USE_ERROR_LOG | (tls ? MHD_USE_TLS : 0U), 0, on_connecting,
                server, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_message, server,
                MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned) PEERS_ROOM,
                MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) SERVER_MEMORY,
                MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
                server, MHD_OPTION_NOTIFY_COMPLETED, on_request_ended, server,
                MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_ARRAY,
                tls ? tls_options : plain_options, MHD_OPTION_END);
        return server->mhd ? 0 : tls ? -EKEYREJECTED : -ENOMEM;
}

static int watch(DownlinkServer *server, sd_event *event) {
        const union MHD_DaemonInfo *info =
                MHD_get_daemon_info(server->mhd, MHD_DAEMON_INFO_EPOLL_FD);
        int r;

        if (!info || info->epoll_fd < 0)
                return -EOPNOTSUPP;
        r = sd_event_add_io(event, &server->io, info->epoll_fd, EPOLLIN, on_io, server);
        if (r >= 0)
                r = sd_event_source_set_description(server->io, "downlink");
        if (r >= 0)
                r = sd_event_add_time(event, &server->timer, CLOCK_BOOTTIME, 0, USEC_PER_MSEC,
                                      on_timer, server);
        if (r >= 0)
                r = sd_event_source_set_description(server->timer, "downlink-deadline");
        return r < 0 ? r : arm(server, clock_now().boottime);
}

static int credentials_copy(const Credentials *from, Credentials *ret) {
        if (!from->certificate || !from->private_key)
                return 0;
        ret->certificate = strdup(from->certificate);
        ret->private_key = strdup(from->private_key);
        return ret->certificate && ret->private_key ? 0 : -ENOMEM;
}

/* The library closes its socket when it can not start, too. */
static int start(DownlinkServer *server, sd_event *event, int fd) {
        const int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        const int r = own < 0 ? -errno : mhd_start(server, own);

        return r < 0 ? r : watch(server, event);
}

int downlink_server_new(sd_event *event, const DownlinkServerSettings *settings,
                        const DownlinkHandlers *handlers, void *userdata, DownlinkServer **ret,
                        char *why, size_t size) {
        _cleanup_(downlink_server_freep) DownlinkServer *server = calloc(1, sizeof *server);
        int r;

        if (!server)
                return -ENOMEM;
        why[0] = '\0';
        server->handlers = handlers;
        server->userdata = userdata;
        server->peers.times = settings->times;
        server->why = why;
        server->why_size = size;
        r = credentials_copy(settings->credentials, &server->credentials);
        if (r >= 0)
                r = start(server, event, settings->fd);
        server->why = NULL;
        if (r < 0 && why[0] == '\0')
                (void) text_copy(why, size, strerror(-r));
        if (r < 0)
                return r;
        why[0] = '\0';
        *ret = TAKE_PTR(server);
        return 0;
}

/* The idle ones stay for their next request, lest it meets a closing connection. */
void downlink_server_retire(DownlinkServer *server) {
        if (!server->mhd || server->retired)
                return;
        (void) fd_close(MHD_quiesce_daemon(server->mhd));
        server->retired = true;
        if (server->peers.n == 0)
                mhd_stop(server);
}

size_t downlink_server_n_peers(const DownlinkServer *server) {
        return server->peers.n;
}

DownlinkServer *downlink_server_free(DownlinkServer *server) {
        if (!server)
                return NULL;
        mhd_stop(server);
        credentials_done(&server->credentials);
        free(server);
        return NULL;
}
