/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opens the listening socket.
 *
 * Owns the descriptor, and the path of a unix socket that it made. An address of a network that is
 * not there yet is no error (IP_FREEBIND): at boot, fotad may be earlier than the network. [::]
 * takes IPv4 too. */

#include "downlink/endpoint.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include "base/log.h"

#define ENDPOINT_BACKLOG 64

static void option_set(int fd, int level, int name, int value) {
        if (setsockopt(fd, level, name, &value, sizeof value) < 0)
                log_debug("Downlink endpoint: a socket option can not be set: %s", strerror(errno));
}

/* The mode is right from the first moment on. */
static int bind_path(int fd, const Address *address) {
        const mode_t mask = umask(0117);
        int r = bind(fd, (const struct sockaddr *) &address->storage, address->size);

        r = r < 0 ? -errno : 0;
        (void) umask(mask);
        return r;
}

static int bind_network(int fd, const Address *address) {
        option_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        option_set(fd, IPPROTO_IP, IP_FREEBIND, 1);
        if (address->storage.ss_family == AF_INET6)
                option_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
        return bind(fd, (const struct sockaddr *) &address->storage, address->size) < 0 ? -errno :
                                                                                          0;
}

int endpoint_open(const Address *address, Endpoint *ret) {
        const bool is_path = address->storage.ss_family == AF_UNIX;
        _cleanup_close_ int fd = -EBADF;
        int r = is_path ? address_remove_leftover((const struct sockaddr_un *) &address->storage) :
                          0;

        if (r < 0)
                return r;
        fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        r = is_path ? bind_path(fd, address) : bind_network(fd, address);
        if (r < 0)
                return r;
        Endpoint endpoint = { .fd = TAKE_FD(fd), .is_path = is_path, .address = *address };
        if (listen(endpoint.fd, ENDPOINT_BACKLOG) < 0) {
                r = -errno;
                endpoint_close(&endpoint);
                return r;
        }
        *ret = endpoint;
        return 0;
}

int endpoint_take(int fd, Endpoint *ret) {
        _cleanup_close_ int taken = fd;
        Address address = { .size = sizeof address.storage };
        int type = 0, listening = 0;
        socklen_t size = sizeof type;

        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 ||
            getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0 ||
            getsockname(fd, (struct sockaddr *) &address.storage, &address.size) < 0)
                return -errno;
        if (type != SOCK_STREAM || !listening)
                return -ENOTSOCK;
        /* systemd passes it blocking: a peer that gives up before accept() would stop the loop. */
        if (fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
                return -errno;
        *ret = (Endpoint) { .fd = TAKE_FD(taken), .address = address };
        return 0;
}

void endpoint_close(Endpoint *endpoint) {
        endpoint->fd = fd_close(endpoint->fd);
        if (endpoint->is_path)
                (void) unlink(((const struct sockaddr_un *) &endpoint->address.storage)->sun_path);
        endpoint->is_path = false;
}
