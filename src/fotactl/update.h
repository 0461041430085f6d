/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One run of `fotactl update`: where the package comes from, and what is planned. */

#include "fotactl/client.h"

#define HOPS_SHOWN_MAX 16

typedef struct Update {
        Client *client;
        const char *module;
        int fd;               /* owned: the file, -EBADF none */
        sd_bus_message *plan; /* owned: holds the versions */
        size_t n_hops;        /* 0: not from the catalogue, or nothing to do */
        const char *from[HOPS_SHOWN_MAX], *to[HOPS_SHOWN_MAX];
} Update;

/* Asks for it; its (first) job. */
Status update_start(Update *update, uint64_t *ret_job);
/* The same, and follows all its jobs to the end (wait.c). */
Status update_wait(Update *update);
