/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads and writes addresses of servers. */

#include "base/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define UNIX_PREFIX "unix:"

static int unix_parse(const char *path, Address *ret) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        if (path[0] != '/')
                return -EINVAL;
        if (!TEXT_COPY(address.sun_path, path))
                return -ENAMETOOLONG;
        *ret = (Address) { .size = sizeof address };
        memcpy(&ret->storage, &address, sizeof address);
        return 0;
}

/* 1 to 65535 and nothing else. */
static bool port_parse(const char *text, in_port_t *ret) {
        unsigned port = 0;

        for (const char *c = text; *c != '\0'; c++) {
                if (*c < '0' || *c > '9' || c - text >= 5)
                        return false;
                port = port * 10 + (unsigned) (*c - '0');
        }
        *ret = htons((in_port_t) port);
        return port > 0 && port <= UINT16_MAX;
}

int address_from_string(const char *text, Address *ret) {
        struct sockaddr_in four = { .sin_family = AF_INET };
        struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
        const char *colon = strrchr(text, ':');
        char host[INET6_ADDRSTRLEN + 2];
        in_port_t port;
        size_t n;

        if (text_starts_with(text, UNIX_PREFIX))
                return unix_parse(text + strlen(UNIX_PREFIX), ret);
        n = colon ? (size_t) (colon - text) : 0;
        if (n == 0 || n >= sizeof host || !port_parse(colon + 1, &port))
                return -EINVAL;
        memcpy(host, text, n);
        host[n] = '\0';
        if (inet_pton(AF_INET, host, &four.sin_addr) == 1) {
                four.sin_port = port;
                *ret = (Address) { .size = sizeof four };
                memcpy(&ret->storage, &four, sizeof four);
                return 0;
        }
        if (host[0] != '[' || host[n - 1] != ']')
                return -EINVAL;
        host[n - 1] = '\0';
        if (inet_pton(AF_INET6, host + 1, &six.sin6_addr) != 1)
                return -EINVAL;
        six.sin6_port = port;
        *ret = (Address) { .size = sizeof six };
        memcpy(&ret->storage, &six, sizeof six);
        return 0;
}

static bool six_is_local(const struct in6_addr *address) {
        return IN6_IS_ADDR_LOOPBACK(address) ||
               (IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == 127);
}

bool address_is_local(const Address *address) {
        const struct sockaddr_in *four = (const struct sockaddr_in *) &address->storage;
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *) &address->storage;

        switch (address->storage.ss_family) {
        case AF_UNIX:
                return true;
        case AF_INET:
                return ntohl(four->sin_addr.s_addr) >> 24 == 127;
        case AF_INET6:
                return six_is_local(&six->sin6_addr);
        default:
                return false;
        }
}

char *address_to_string(char to[static ADDRESS_TEXT_MAX], const Address *address) {
        const struct sockaddr_un *local = (const struct sockaddr_un *) &address->storage;
        const struct sockaddr_in *four = (const struct sockaddr_in *) &address->storage;
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *) &address->storage;
        const bool is_six = address->storage.ss_family == AF_INET6;
        char host[INET6_ADDRSTRLEN] = "";

        if (address->storage.ss_family == AF_UNIX) {
                (void) snprintf(to, ADDRESS_TEXT_MAX, UNIX_PREFIX "%s", local->sun_path);
                return to;
        }
        (void) inet_ntop(address->storage.ss_family,
                         is_six ? (const void *) &six->sin6_addr : &four->sin_addr, host,
                         sizeof host);
        (void) snprintf(to, ADDRESS_TEXT_MAX, is_six ? "[%s]:%u" : "%s:%u", host,
                        ntohs(is_six ? six->sin6_port : four->sin_port));
        return to;
}

int address_remove_leftover(const struct sockaddr_un *address) {
        _cleanup_close_ int fd = -EBADF;
        struct stat st;

        if (lstat(address->sun_path, &st) < 0)
                return errno == ENOENT ? 0 : -errno;
        if (!S_ISSOCK(st.st_mode))
                return -EEXIST;
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        if (connect(fd, (const struct sockaddr *) address, sizeof(*address)) >= 0 ||
            errno == EAGAIN)
                return -EADDRINUSE;
        if (errno != ECONNREFUSED)
                return -errno;
        return unlink(address->sun_path) < 0 ? -errno : 0;
}
