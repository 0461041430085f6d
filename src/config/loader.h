/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the steps of loading share: the tree, what was made of it, where to complain. */

#include "config/schema.h"

typedef struct Loader {
        Reporter *reporter;
        const Node *root;
        FileContext files;
        Settings *settings;
        size_t n_policies;
        Policy policies[POLICIES_MAX];
} Loader;

/* Tree -> settings and policies, along the schema (walk.c). */
void loader_walk(Loader *loader);
/* What one key alone can not show: missing ones, contradictions, names that lead nowhere (check.c).
 * Fills in the modules' policies. */
void loader_check(Loader *loader);
