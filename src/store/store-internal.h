/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the store share. */

#include "store/database.h"
#include "store/store.h"

struct Store {
        Database database; /* closed after a recovery that failed */
        char *path;
        Totals totals;    /* as they are on disk */
        uint64_t waiting; /* reports on disk */
        uint64_t bad_rows;
};

/* -EBADMSG: a row of a module or of an inhibitor makes no sense */
_must_use_ int store_verify(Store *store);
