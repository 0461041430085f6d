/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Packages as a server has them. */

#include "fotasim/model.h"

#define PACKAGE_QUEUE_MAX 8

typedef struct QueuedPackage {
        uint64_t bytes;
        char to[SIM_TEXT_MAX];
        SimResult result;
        uint32_t local;     /* AT+WDSD: nothing of the server's */
        uint32_t automatic; /* nobody is asked */
} QueuedPackage;

typedef struct PackageQueue {
        QueuedPackage items[PACKAGE_QUEUE_MAX];
        uint32_t n;
} PackageQueue;

_must_use_ bool package_queue_push(PackageQueue *queue, const QueuedPackage *package); /* false:
                                                                                          full */
_must_use_ bool package_queue_pop(PackageQueue *queue, QueuedPackage *ret);
