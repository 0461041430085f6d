/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two lists, searched from end to end: a search of all costs less than the SHA-256 of the Token
 * that came before it. Nothing is forgotten for its age alone: a clock may be set back, and
 * max_deviation may be raised; age only decides who gives way. */

#include "downlink/replay.h"

#define GROW 64

typedef struct List {
        size_t n, size;
        Answered *entries;
} List;

struct Replay {
        List accepted;
        List refused;
        size_t oldest_refused; /* once the list is full it is a ring */
};

int replay_new(Replay **ret) {
        Replay *replay = calloc(1, sizeof *replay);

        if (!replay)
                return -ENOMEM;
        *ret = replay;
        return 0;
}

Replay *replay_free(Replay *replay) {
        if (!replay)
                return NULL;
        free(replay->accepted.entries);
        free(replay->refused.entries);
        free(replay);
        return NULL;
}

static Answered *list_find(const List *list, const char *token) {
        for (size_t i = 0; i < list->n; i++)
                if (streq(list->entries[i].token, token))
                        return &list->entries[i];
        return NULL;
}

const Answered *replay_find(const Replay *replay, const char *token) {
        const Answered *found = list_find(&replay->accepted, token);

        return found ? found : list_find(&replay->refused, token);
}

static int list_make_room(List *list) {
        Answered *more;

        if (list->n < list->size)
                return 0;
        more = reallocarray(list->entries, list->size + GROW, sizeof *list->entries);
        if (!more)
                return -ENOMEM;
        list->entries = more;
        list->size += GROW;
        return 0;
}

static int list_add(List *list, const Answered *answered) {
        const int r = list_make_room(list);

        if (r < 0)
                return r;
        list->entries[list->n++] = *answered;
        return 0;
}

bool replay_make_room(Replay *replay, usec_t dead, uint64_t *ret_gone) {
        List *list = &replay->accepted;

        *ret_gone = 0;
        if (list->n < REPLAY_ACCEPTED_MAX)
                return list_make_room(list) >= 0;
        for (size_t i = 0; i < list->n; i++)
                if (!list->entries[i].waits && list->entries[i].time < dead) {
                        *ret_gone = list->entries[i].id;
                        memmove(list->entries + i, list->entries + i + 1,
                                (list->n - i - 1) * sizeof *list->entries);
                        list->n--;
                        return true;
                }
        return false;
}

int replay_add(Replay *replay, const Answered *answered, uint64_t *ret_gone) {
        *ret_gone = 0;
        if (answered->code == 0)
                return list_add(&replay->accepted, answered);
        if (replay->refused.n < REPLAY_REFUSED_MAX)
                return list_add(&replay->refused, answered);
        *ret_gone = replay->refused.entries[replay->oldest_refused].id;
        replay->refused.entries[replay->oldest_refused] = *answered;
        replay->oldest_refused = (replay->oldest_refused + 1) % REPLAY_REFUSED_MAX;
        return 0;
}

void replay_release(Replay *replay, uint64_t id) {
        for (size_t i = 0; i < replay->accepted.n; i++)
                if (replay->accepted.entries[i].id == id)
                        replay->accepted.entries[i].waits = false;
}
