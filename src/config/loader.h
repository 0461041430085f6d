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
static inline bool module_is_telit(const ModuleSettings *module) {
        return module->family && streq(module->family->name, "telit");
}
/* The part of it that depends on a module's family (family.c). */
void loader_check_family(Loader *loader, ModuleSettings *module);
/* What the keys of `downlink` ask of each other and of `uplink` (downlink.c). */
void loader_check_downlink(Loader *loader);
/* "modules.NAME.KEY: TEXTOTHER" */
void loader_module_error(Loader *loader, const ModuleSettings *module, const char *key,
                         const Node *where, const char *text, const char *other);
