/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Nodes: found, merged, freed, and complained about.
 *
 * A tree owns its nodes; the names of files are borrowed, since they must outlive every message.
 * Depth and number of nodes were capped when the tree was made, so recursion is safe here. What
 * stands in a message may come from the file: control characters never leave. */

#include "config/tree.h"

#include <stdio.h>

Node *node_free(Node *node) {
        if (!node)
                return NULL;
        for (size_t i = 0; i < node->n; i++) {
                if (node->keys)
                        node_free(node->keys[i]);
                node_free(node->values[i]);
        }
        free(node->keys);
        free(node->values);
        free(node->text);
        free(node);
        return NULL;
}

static ssize_t node_index(const Node *mapping, const char *key) {
        if (mapping && mapping->kind == NODE_MAPPING)
                for (size_t i = 0; i < mapping->n; i++)
                        if (streq(mapping->keys[i]->text, key))
                                return (ssize_t) i;
        return -1;
}

const Node *node_get(const Node *mapping, const char *key) {
        ssize_t i = node_index(mapping, key);

        return i < 0 ? NULL : mapping->values[i];
}

const Node *node_get_key(const Node *mapping, const char *key) {
        ssize_t i = node_index(mapping, key);

        return i < 0 ? NULL : mapping->keys[i];
}

const Node *node_find(const Node *root, ...) {
        const char *key;
        va_list keys;

        va_start(keys, root);
        while (root && (key = va_arg(keys, const char *)))
                root = node_get(root, key);
        va_end(keys);
        return root;
}

/* Appends a key and its value; takes both on success. */
static int mapping_append(Node *mapping, Node *key, Node *value) {
        Node **keys = realloc(mapping->keys, (mapping->n + 1) * sizeof *keys), **values;

        if (!keys)
                return -ENOMEM;
        mapping->keys = keys;
        values = realloc(mapping->values, (mapping->n + 1) * sizeof *values);
        if (!values)
                return -ENOMEM;
        mapping->values = values;
        mapping->keys[mapping->n] = key;
        mapping->values[mapping->n] = value;
        mapping->n++;
        return 0;
}

/* Moves the entry i of the overlay over. */
static int entry_merge(Node *base, Node *overlay, size_t i) {
        ssize_t at = node_index(base, overlay->keys[i]->text);
        Node *value = overlay->values[i];
        int r = 0;

        if (at >= 0) {
                overlay->values[i] = NULL;
                return node_merge(&base->values[at], value);
        }
        r = mapping_append(base, overlay->keys[i], value);
        if (r >= 0)
                overlay->keys[i] = overlay->values[i] = NULL;
        return r;
}

int node_merge(Node **base, Node *overlay) {
        _cleanup_(node_freep) Node *rest = overlay;

        if (*base && (*base)->kind == NODE_MAPPING && overlay->is_null)
                return 0; /* "modules:" with nothing below it adds nothing */
        if (!*base || (*base)->kind != NODE_MAPPING || overlay->kind != NODE_MAPPING) {
                node_free(*base);
                *base = TAKE_PTR(rest);
                return 0;
        }
        for (size_t i = 0; i < rest->n; i++) {
                int r = entry_merge(*base, rest, i);

                if (r < 0)
                        return r;
        }
        return 0;
}

static void report(Reporter *reporter, bool is_error, const Node *where, const char *path,
                   const char *format, va_list arguments) _printf_(5, 0);
static void report(Reporter *reporter, bool is_error, const Node *where, const char *path,
                   const char *format, va_list arguments) {
        char message[CONFIG_MESSAGE_MAX];
        int n;

        if (!reporter->on_message)
                return;
        n = snprintf(message, sizeof message, "%s:%u:%u: %s%s", where->file, where->line,
                     where->column, path, path[0] != '\0' ? ": " : "");
        if (n >= 0 && (size_t) n < sizeof message)
                (void) vsnprintf(message + n, sizeof message - (size_t) n, format, arguments);
        for (char *p = message; *p != '\0'; p++)
                if (char_is_control(*p))
                        *p = '?';
        reporter->on_message(reporter->userdata, is_error, message);
}

void report_error(Reporter *reporter, const Node *where, const char *path, const char *format,
                  ...) {
        va_list arguments;

        if (reporter->n_errors++ >= CONFIG_ERRORS_MAX)
                return;
        va_start(arguments, format);
        report(reporter, /* is_error= */ true, where, path, format, arguments);
        va_end(arguments);
}

void report_warning(Reporter *reporter, const Node *where, const char *path, const char *format,
                    ...) {
        va_list arguments;

        va_start(arguments, format);
        report(reporter, /* is_error= */ false, where, path, format, arguments);
        va_end(arguments);
}

void report_rest(Reporter *reporter) {
        char message[64];

        if (reporter->n_errors <= CONFIG_ERRORS_MAX || !reporter->on_message)
                return;
        (void) snprintf(message, sizeof message, "... and %u more errors",
                        reporter->n_errors - CONFIG_ERRORS_MAX);
        reporter->on_message(reporter->userdata, true, message);
}
