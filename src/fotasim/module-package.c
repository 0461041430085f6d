/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The packages that a server has for one module, in the order in which they were offered. */

#include "fotasim/module.h"

bool package_queue_push(PackageQueue *queue, const QueuedPackage *package) {
        if (queue->n == PACKAGE_QUEUE_MAX)
                return false;
        queue->items[queue->n++] = *package;
        return true;
}

bool package_queue_pop(PackageQueue *queue, QueuedPackage *ret) {
        if (queue->n == 0)
                return false;
        *ret = queue->items[0];
        queue->n--;
        memmove(queue->items, queue->items + 1, queue->n * sizeof(*queue->items));
        return true;
}

usec_t module_download_span(const SimModule *module, uint64_t bytes, uint64_t of) {
        const SimTimings *timings = &module->scenario->timings;
        double whole = (double) timings->download;

        if (timings->download_rate > 0)
                whole = (double) of / (double) timings->download_rate * (double) USEC_PER_SEC;
        return (usec_t) (whole * (double) bytes / (double) of);
}
