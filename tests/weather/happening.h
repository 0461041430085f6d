/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Everything that may befall a gateway: people, servers, the radio, and what breaks. One table; a
 * new kind of happening is a row there and a function or two. */

#include "weather/plan.h"

typedef struct Run Run;

typedef struct HappeningKind {
        const char *name;
        unsigned weight;           /* how often, beside the others */
        usec_t span_min, span_max; /* how long it lasts; 0: it does not last */
        void (*begin)(Run *run, const Happening *happening);
        void (*end)(Run *run, const Happening *happening); /* NULL: nothing ends */
} HappeningKind;

extern const HappeningKind happening_kinds[];
extern const unsigned happening_n_kinds;

void happening_print(const Happening *happening, size_t index);

/* people.c: those of people */
void person_accepts(Run *run, const Happening *happening);
void person_defers(Run *run, const Happening *happening);
void person_attends(Run *run, const Happening *happening); /* says yes to all that is asked */
void person_leaves(Run *run, const Happening *happening);
void person_updates(Run *run, const Happening *happening);
void person_pushes(Run *run, const Happening *happening);
void person_orders(Run *run, const Happening *happening); /* connect, suspend, cancel, ... */
void person_commands(Run *run, const Happening *happening);
void person_uses_settings(Run *run, const Happening *happening);
void person_reloads(Run *run, const Happening *happening);

/* lease.c: an inhibitor, taken and let go */
void owner_inhibits(Run *run, const Happening *happening);
void owner_lets_go(Run *run, const Happening *happening);
