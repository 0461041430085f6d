/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Gateways whose clocks are right would all open their windows in the same second, and their update
 * server would meet them all at once. */

#include "base/sha256.h"
#include "policy/policy.h"

uint32_t jitter_share_of(const char *dev_eui) {
        const struct iovec part = { .iov_base = (char *) dev_eui, .iov_len = strlen(dev_eui) };
        char hash[SHA256_HEX_MAX];

        if (sha256_hex(&part, 1, hash) < 0)
                return 0; /* the beginning of the window is as good as any other time of it */
        hash[8] = '\0';
        return (uint32_t) strtoul(hash, NULL, 16);
}
