/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A YAML file as a tree that remembers where each word stood, and the messages that say so. Trees
 * of several files are merged into one. */

#include "config/config.h"

#define TREE_DEPTH_MAX 12
#define TREE_NODES_MAX 20000 /* of one file, aliases counted as often as they are used */
#define CONFIG_MESSAGE_MAX 1024

typedef enum NodeKind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING } NodeKind;

typedef struct Node Node;
struct Node {
        NodeKind kind;
        const char *file;      /* borrowed: outlives the tree */
        unsigned line, column; /* from 1 */
        char *text;            /* scalar */
        bool is_null;          /* a scalar that says nothing: "", ~, null without quotes */
        size_t n;
        Node **keys; /* mapping: scalars; NULL else */
        Node **values;
};

Node *node_free(Node *node);
DEFINE_CLEANUP(Node *, node_free)
/* NULL when there is no such key; a NULL or other kind of node has none. Borrows. */
const Node *node_get(const Node *mapping, const char *key);
const Node *node_get_key(const Node *mapping, const char *key);
/* As node_get() down a path: "gateway", "keep_online", NULL. */
const Node *node_find(const Node *root, ...) __attribute__((sentinel));
/* Puts what `overlay` has into *base: mappings are merged, all else replaced. Takes the overlay. */
_must_use_ int node_merge(Node **base, Node *overlay);

/* Counts and passes on. */
typedef struct Reporter {
        ConfigMessageHandler on_message; /* may be NULL */
        void *userdata;
        unsigned n_errors;
} Reporter;

/* "FILE:LINE:COLUMN: path: ...", without "path: " when the path is empty. */
void report_error(Reporter *reporter, const Node *where, const char *path, const char *format, ...)
        _printf_(4, 5);
void report_warning(Reporter *reporter, const Node *where, const char *path, const char *format,
                    ...) _printf_(4, 5);
/* One line for the errors that were only counted. */
void report_rest(Reporter *reporter);

/* Reads one document; an empty one is an empty mapping. Small errors are told and left out of the
 * tree, so that all others are found too: look at reporter->n_errors. -EINVAL: there is no tree,
 * told too. `file` is borrowed for as long as the tree lives. */
_must_use_ int tree_parse(Reporter *reporter, const char *file, const char *yaml, size_t n,
                          Node **ret);
