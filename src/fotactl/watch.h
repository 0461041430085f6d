/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Following what happens, for `watch` and for whoever waits for something. */

#include "fotactl/module.h"

typedef struct Watch Watch;
struct Watch {
        Client *client;
        const char *module; /* NULL: all */
        bool bars;          /* else event lines */
        bool silent;        /* neither */
        char mark[32];      /* stands before what is drawn of a module, "" nothing */
        /* Looks at `module` after each burst of signals, and sets `over` and `result` in the end.
         * NULL: it goes on for ever. */
        Status (*check)(Watch *watch, const ModuleInfo *module);
        void *userdata;
        bool over;
        Status result;

        bool dirty;
        uint64_t sequence; /* of the last event seen ... */
        uint64_t failed;   /* and of the last storage-failed */
        size_t n_drawn;    /* lines that are drawn anew; 0 after something else was printed */
};

/* Says nothing of events before it. */
Status watch_subscribe(Watch *watch);
/* Takes the drawn lines away, before something else is printed. */
void watch_erase(Watch *watch);
/* Until it is over, or fails. */
Status watch_run(Watch *watch);
