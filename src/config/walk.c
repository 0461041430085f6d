/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Walks the tree along the schema.
 *
 * Owns nothing. A place is a mapping with the pattern that its keys continue ("modules.*"), its
 * path for people ("modules.modem0") and the struct that its values go to. Names of modules and
 * policies, of actions, and the entries of packages make a new struct; all other words only make
 * the path longer. */

#include <stdio.h>

#include "config/loader.h"

#define PATH_TEXT_MAX 256

typedef struct Place {
        char pattern[PATTERN_MAX];
        char path[PATH_TEXT_MAX];
        void *base;
} Place;

static void walk_mapping(Loader *loader, const Node *mapping, const Place *place);

static void place_extend(Place *place, const char *pattern, const char *word) {
        const char *dot = place->pattern[0] != '\0' ? "." : "";
        size_t n = strlen(place->pattern), m = strlen(place->path);

        (void) snprintf(place->pattern + n, sizeof place->pattern - n, "%s%s", dot, pattern);
        (void) snprintf(place->path + m, sizeof place->path - m, "%s%s", dot, word);
}

/* Could this word follow as it is? The wildcards of patterns can not. */
static bool place_has_word(const Place *place, const char *word) {
        Place longer = *place;

        if (word[0] == '\0' || strpbrk(word, ".*+") ||
            strlen(place->pattern) + strlen(word) + 2 > PATTERN_MAX)
                return false;
        place_extend(&longer, word, word);
        return schema_has(longer.pattern);
}

/* The wildcards of a pattern, for people. */
static void print_pattern(char *to, size_t size, const char *pattern) {
        size_t n = 0;

        to[0] = '\0';
        for (const char *c = pattern; *c && n < size; c++)
                n += (size_t) (*c == '*' ? snprintf(to + n, size - n, "NAME") :
                               *c == '+' ? snprintf(to + n, size - n, "ACTION") :
                                           snprintf(to + n, size - n, "%c", *c));
}

static void report_unknown(Loader *loader, const Node *key, const Place *place) {
        char hint[HINT_MAX], storage[SCHEMA_WORDS_MAX][32], home[PATTERN_MAX + 16];
        const char *words[SCHEMA_WORDS_MAX], *pattern = schema_home(place->pattern, key->text);
        Place here = *place;

        (void) schema_words(place->pattern, words, storage);
        place_extend(&here, "", key->text);
        (void) hint_for(hint, key->text, words);
        if (hint[0] == '\0' && pattern) {
                print_pattern(home, sizeof home, pattern);
                (void) hint_print(hint, home);
        }
        report_error(loader->reporter, key, here.path, "unknown key%s", hint);
}

static bool name_is_valid(Loader *loader, const Node *key, const char *path) {
        size_t n = strlen(key->text);

        if (n > 0 && n < MODULE_NAME_MAX && has_only(key->text, LETTERS DIGITS "_-"))
                return true;
        report_error(loader->reporter, key, path, "not a name: 1 to %d letters, digits, '_' or '-'",
                     MODULE_NAME_MAX - 1);
        return false;
}

static void *module_new(Loader *loader, const Node *key, const char *path) {
        Settings *settings = loader->settings;
        ModuleSettings *module;

        if (settings->n_modules >= MODULES_MAX) {
                report_error(loader->reporter, key, path, "too many modules, at most %d",
                             MODULES_MAX);
                return NULL;
        }
        module = &settings->modules[settings->n_modules++];
        *module = (ModuleSettings) {
                .baud_rate = 115200,
                .family_settings = {
                        .pdp_context = 1,
                        .xmodem_pad = 0x1A /* SUB */,
                        .answer_window = USEC_PER_MINUTE, /* Premium FOTA note, 3.2.2 */
                        .telit = { .fix_prerequisites = true },
                },
                .session_mode = SESSION_ON_DEMAND,
                .session_idle = 10 * USEC_PER_MINUTE,
        };
        TEXT_COPY(module->name, key->text);
        policy_init_default(&module->policy);
        return module;
}

static void *policy_new(Loader *loader, const Node *key, const char *path) {
        Policy *policy;

        if (loader->n_policies >= POLICIES_MAX) {
                report_error(loader->reporter, key, path, "too many policies, at most %d",
                             POLICIES_MAX);
                return NULL;
        }
        policy = &loader->policies[loader->n_policies++];
        policy_init_default(policy);
        TEXT_COPY(policy->name, key->text);
        return policy;
}

/* Below modules and policies: any name. */
static bool enter_name(Loader *loader, const Node *key, Place *place) {
        bool modules = streq(place->pattern, "modules");

        place_extend(place, "*", key->text);
        if (!name_is_valid(loader, key, place->path))
                return false;
        place->base = modules ? module_new(loader, key, place->path) :
                                policy_new(loader, key, place->path);
        return place->base != NULL;
}

static bool enter_action(const Node *key, Place *place) {
        int action = action_from_string(key->text);
        Policy *policy = place->base;

        if (action < 0)
                return false;
        place_extend(place, "+", key->text);
        place->base = &policy->actions[action];
        return true;
}

/* Moves the place down to a key; false: can't, told. */
static bool place_enter(Loader *loader, const Node *key, Place *place) {
        Place below = *place;

        if (streq(place->pattern, "modules") || streq(place->pattern, "policies"))
                return enter_name(loader, key, place);
        if (place_has_word(place, key->text)) {
                place_extend(place, key->text, key->text);
                return true;
        }
        if (streq(place->pattern, "policies.*") && enter_action(key, &below)) {
                *place = below;
                return true;
        }
        report_unknown(loader, key, place);
        return false;
}

static void walk_value(Loader *loader, const Node *key, const Node *value, const Place *place,
                       const ValueRow *row) {
        ValueContext context = {
                .reporter = loader->reporter,
                .path = place->path,
                .node = value,
                .row = row,
                .files = &loader->files,
        };

        if (!row->read)
                report_error(loader->reporter, key, place->path, "%s",
                             row->why ? row->why : "not available in this version");
        else if (value->kind != row->kind)
                report_error(loader->reporter, value, place->path,
                             row->kind == NODE_SCALAR ? "wants one value" :
                                                        "wants a list, as in [a, b]");
        else if (value->kind == NODE_SCALAR && value->is_null)
                report_error(loader->reporter, value, place->path,
                             "has no value; leave the key out for the default");
        else
                row->read(&context, (char *) place->base + row->offset);
}

/* The keys that may stand here, for somebody who wrote a value instead. */
static void report_no_mapping(Loader *loader, const Node *value, const Place *place) {
        char storage[SCHEMA_WORDS_MAX][32], list[256];
        const char *words[SCHEMA_WORDS_MAX];
        Text text;

        (void) schema_words(place->pattern, words, storage);
        text_init(&text, list, sizeof list);
        for (size_t i = 0; words[i]; i++)
                text_printf(&text, "%s%s", i > 0 ? ", " : ": ", words[i]);
        report_error(loader->reporter, value, place->path, "wants keys%s", list);
}

/* Every entry takes its place in the settings, so that both have the same index. */
static void walk_package(Loader *loader, const Node *entry) {
        size_t i = loader->settings->n_packages++;
        Place place = { .pattern = "packages.*", .base = &loader->settings->packages[i] };

        (void) snprintf(place.path, sizeof place.path, "packages[%zu]", i);
        if (entry->kind == NODE_MAPPING)
                walk_mapping(loader, entry, &place);
        else
                report_no_mapping(loader, entry, &place);
}

static void walk_packages(Loader *loader, const Node *list, const Place *place) {
        if (list->kind != NODE_SEQUENCE) {
                report_error(loader->reporter, list, place->path, "wants a list of packages");
                return;
        }
        for (size_t i = 0; i < list->n && i < PACKAGES_MAX; i++)
                walk_package(loader, list->values[i]);
        if (list->n > PACKAGES_MAX)
                report_error(loader->reporter, list->values[PACKAGES_MAX], place->path,
                             "too many packages, at most %d", PACKAGES_MAX);
}

static void walk_entry(Loader *loader, const Node *key, const Node *value, Place place) {
        const ValueRow *row;

        if (!place_enter(loader, key, &place))
                return;
        row = schema_row(place.pattern);
        if (row)
                walk_value(loader, key, value, &place, row);
        else if (streq(place.pattern, "packages") && !value->is_null)
                walk_packages(loader, value, &place);
        else if (value->kind == NODE_MAPPING)
                walk_mapping(loader, value, &place);
        else if (!value->is_null) /* "p:" alone is an empty mapping */
                report_no_mapping(loader, value, &place);
}

/* A reboot follows the install in everything that it does not set itself, so it comes last. */
static void walk_policy(Loader *loader, const Node *mapping, const Place *place) {
        Policy *policy = place->base;

        for (size_t i = 0; i < mapping->n; i++)
                if (!streq(mapping->keys[i]->text, "reboot"))
                        walk_entry(loader, mapping->keys[i], mapping->values[i], *place);
        policy->actions[ACTION_REBOOT] = policy->actions[ACTION_INSTALL];
        policy->actions[ACTION_REBOOT].fits = 0;
        policy->actions[ACTION_REBOOT].max_size_bytes = 0;
        policy->actions[ACTION_REBOOT].min_rssi_dbm = 0;
        policy->actions[ACTION_REBOOT].no_roaming = false;
        for (size_t i = 0; i < mapping->n; i++)
                if (streq(mapping->keys[i]->text, "reboot"))
                        walk_entry(loader, mapping->keys[i], mapping->values[i], *place);
}

static void walk_mapping(Loader *loader, const Node *mapping, const Place *place) {
        if (streq(place->pattern, "policies.*")) {
                walk_policy(loader, mapping, place);
                return;
        }
        for (size_t i = 0; i < mapping->n; i++)
                walk_entry(loader, mapping->keys[i], mapping->values[i], *place);
}

void loader_walk(Loader *loader) {
        Place place = { .base = loader->settings };

        if (loader->root->kind == NODE_MAPPING)
                walk_mapping(loader, loader->root, &place);
        else
                report_no_mapping(loader, loader->root, &place);
}
