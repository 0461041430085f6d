/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The other side of the sender's tests: blocking sockets, one process a connection.
 *
 * Owns a process group and a page of shared memory. Real sockets and real TLS, so that what is
 * tested is what libcurl does, not what we think that it does. The processes die with the test. */

#include "uplink/server.h"

#include <arpa/inet.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

typedef struct Peer {
        ServerState *state;
        int fd;
        SSL *ssl; /* NULL: plain */
        unsigned connection;
        char buffer[16384];
        size_t n;
} Peer;

static ssize_t peer_read(Peer *peer) {
        size_t room = sizeof peer->buffer - 1 - peer->n;
        ssize_t n = peer->ssl ? SSL_read(peer->ssl, peer->buffer + peer->n, (int) room) :
                                read(peer->fd, peer->buffer + peer->n, room);

        if (n > 0)
                peer->n += (size_t) n;
        peer->buffer[peer->n] = '\0';
        return n;
}

static void peer_write(Peer *peer, const char *bytes, size_t n) {
        while (n > 0) {
                ssize_t k = peer->ssl ? SSL_write(peer->ssl, bytes, (int) n) :
                                        write(peer->fd, bytes, n);

                if (k <= 0)
                        return;
                bytes += k;
                n -= (size_t) k;
        }
}

/* Waits for one whole request in the buffer; its length, 0 when the peer is gone. */
static size_t peer_wait(Peer *peer, size_t *ret_header) {
        for (;;) {
                char *end = strstr(peer->buffer, "\r\n\r\n");

                if (end) {
                        const char *field = strcasestr(peer->buffer, "\r\nContent-Length:");
                        size_t length = field ? strtoul(field + 17, NULL, 10) : 0;

                        *ret_header = (size_t) (end - peer->buffer) + 4;
                        if (peer->n >= *ret_header + length)
                                return *ret_header + length;
                }
                if (peer_read(peer) <= 0)
                        return 0;
        }
}

static void peer_record(Peer *peer, size_t header, size_t length) {
        unsigned index = __atomic_fetch_add(&peer->state->n_requests, 1, __ATOMIC_SEQ_CST);
        ServerRequest *to = &peer->state->requests[index % SERVER_REQUESTS_MAX];

        to->connection = peer->connection;
        (void) sscanf(peer->buffer, "POST %2047s", to->target);
        (void) snprintf(to->headers, sizeof to->headers, "%.*s", (int) header, peer->buffer);
        (void) snprintf(to->body, sizeof to->body, "%.*s", (int) (length - header),
                        peer->buffer + header);
}

static void peer_answer(Peer *peer) {
        static const char line[] =
                "all of this is thrown away by whoever gets it, all of this is.\n";
        size_t left = peer->state->answer_bytes;
        char header[256];
        int n;

        (void) nanosleep(&(struct timespec) { peer->state->delay_msec / 1000,
                                              peer->state->delay_msec % 1000 * 1000000L },
                         NULL);
        n = snprintf(header, sizeof header,
                     "HTTP/1.1 %d Answer\r\nContent-Length: %zu\r\nLocation: /elsewhere\r\n\r\n",
                     peer->state->status, left);
        peer_write(peer, header, (size_t) n);
        for (; left > 0; left -= MIN_OF(left, sizeof line - 1))
                peer_write(peer, line, MIN_OF(left, sizeof line - 1));
}

static void peer_serve(Peer *peer) {
        for (unsigned served = 1;; served++) {
                size_t header, length = peer_wait(peer, &header);

                if (length == 0 || peer->state->drops ||
                    (peer->state->break_after && served > peer->state->break_after))
                        return;
                peer_record(peer, header, length);
                memmove(peer->buffer, peer->buffer + length, peer->n - length + 1);
                peer->n -= length;
                peer_answer(peer);
                if (peer->state->close_after && served >= peer->state->close_after)
                        return;
        }
}

static void connection_run(ServerState *state, int fd, SSL_CTX *context) {
        Peer peer = { .state = state, .fd = fd };
        unsigned now_open;

        if (context) {
                peer.ssl = SSL_new(context);
                if (state->tls_max && (SSL_set_max_proto_version(peer.ssl, state->tls_max) != 1 ||
                                       SSL_set_min_proto_version(peer.ssl, TLS1_VERSION) != 1 ||
                                       SSL_set_cipher_list(peer.ssl, "ALL:@SECLEVEL=0") != 1))
                        _exit(EXIT_FAILURE);
                SSL_set_fd(peer.ssl, fd);
                if (SSL_accept(peer.ssl) != 1)
                        return;
                __atomic_fetch_add(&state->resumed, (unsigned) SSL_session_reused(peer.ssl),
                                   __ATOMIC_SEQ_CST);
        }
        peer.connection = __atomic_add_fetch(&state->connections, 1, __ATOMIC_SEQ_CST);
        now_open = __atomic_add_fetch(&state->open, 1, __ATOMIC_SEQ_CST);
        if (now_open > state->open_max)
                state->open_max = now_open;
        peer_serve(&peer);
        __atomic_sub_fetch(&state->open, 1, __ATOMIC_SEQ_CST);
        if (state->resets) {
                const struct linger at_once = { .l_onoff = 1 };

                (void) setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
                return;
        }
        if (peer.ssl)
                (void) SSL_shutdown(peer.ssl);
}

static SSL_CTX *tls_new(const ServerTls *tls) {
        SSL_CTX *context = SSL_CTX_new(TLS_server_method());
        char name[PATH_MAX];

        (void) snprintf(name, sizeof name, "%s.pem", tls->certificate);
        if (SSL_CTX_use_certificate_chain_file(context, name) != 1)
                _exit(EXIT_FAILURE);
        (void) snprintf(name, sizeof name, "%s.key", tls->certificate);
        if (SSL_CTX_use_PrivateKey_file(context, name, SSL_FILETYPE_PEM) != 1)
                _exit(EXIT_FAILURE);
        (void) SSL_CTX_set_session_id_context(context, (const unsigned char *) "test", 4);
        if (tls->client_ca) {
                (void) snprintf(name, sizeof name, "%s.pem", tls->client_ca);
                if (SSL_CTX_load_verify_file(context, name) != 1)
                        _exit(EXIT_FAILURE);
                SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                                   NULL);
        }
        return context;
}

static void server_run(ServerState *state, int listener, const ServerTls *tls) {
        SSL_CTX *context = tls ? tls_new(tls) : NULL;

        (void) signal(SIGCHLD, SIG_IGN);
        (void) signal(SIGPIPE, SIG_IGN);
        for (;;) {
                int fd = accept(listener, NULL, NULL);

                if (fd < 0)
                        _exit(EXIT_FAILURE);
                if (fork() == 0) {
                        (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
                        connection_run(state, fd, context);
                        _exit(EXIT_SUCCESS);
                }
                (void) close(fd);
        }
}

static int listener_open(unsigned *ret_port) {
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof address;
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || bind(fd, (struct sockaddr *) &address, size) < 0 || listen(fd, 16) < 0 ||
            getsockname(fd, (struct sockaddr *) &address, &size) < 0)
                return -errno;
        *ret_port = ntohs(address.sin_port);
        return fd;
}

int server_start(Server *server, const ServerTls *tls) {
        int listener = listener_open(&server->port);

        if (listener < 0)
                return listener;
        server->state = mmap(NULL, sizeof *server->state, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (server->state == MAP_FAILED)
                return -errno;
        server->state->status = 200;
        server->pid = fork();
        if (server->pid < 0)
                return -errno;
        if (server->pid == 0) {
                (void) setpgid(0, 0);
                (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
                server_run(server->state, listener, tls);
        }
        (void) setpgid(server->pid, server->pid);
        (void) close(listener);
        return 0;
}

void server_stop(Server *server) {
        (void) kill(-server->pid, SIGKILL);
        (void) waitpid(server->pid, NULL, 0);
        (void) munmap(server->state, sizeof *server->state);
}
