/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* libyaml's document -> our tree.
 *
 * Owns the parser and the document for the length of one call. libyaml gives an alias as the very
 * node that was anchored, so a document may be a graph, even with circles; copying it into a tree
 * unrolls that, and the caps on depth and nodes end what would not end by itself. "<<" merges,
 * which libyaml leaves to us: the keys that stand there win over merged ones. */

#include <yaml.h>

#include "config/tree.h"

typedef struct Builder {
        Reporter *reporter;
        const char *file;
        yaml_document_t *document;
        size_t n_nodes;
} Builder;

static Node place(const char *file, const yaml_mark_t *mark) {
        return (Node) { .file = file,
                        .line = (unsigned) mark->line + 1,
                        .column = (unsigned) mark->column + 1 };
}

static yaml_node_t *node_at(Builder *b, int id) {
        return yaml_document_get_node(b->document, id);
}

static int build(Builder *b, yaml_node_t *from, unsigned depth, Node **ret);

static bool is_null_word(const yaml_node_t *from) {
        static const char *const words[] = { "", "~", "null", "Null", "NULL" };

        if (from->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
                return false;
        for (size_t i = 0; i < ELEMENTSOF(words); i++)
                if (streq((const char *) from->data.scalar.value, words[i]))
                        return true;
        return false;
}

static int build_scalar(Builder *b, const yaml_node_t *from, Node *node) {
        const char *text = (const char *) from->data.scalar.value;

        if (memchr(text, '\0', from->data.scalar.length))
                report_error(b->reporter, node, "", "a NUL character can not stand here");
        node->is_null = is_null_word(from);
        node->text = strdup(text);
        return node->text ? 0 : -ENOMEM;
}

static int node_reserve(Node *node, size_t n) {
        node->values = calloc(MAX_OF(n, (size_t) 1), sizeof *node->values);
        if (node->kind == NODE_MAPPING)
                node->keys = calloc(MAX_OF(n, (size_t) 1), sizeof *node->keys);
        return node->values && (node->keys || node->kind != NODE_MAPPING) ? 0 : -ENOMEM;
}

static int build_sequence(Builder *b, const yaml_node_t *from, unsigned depth, Node *node) {
        const yaml_node_item_t *items = from->data.sequence.items.start;
        size_t n = (size_t) (from->data.sequence.items.top - items);
        int r = node_reserve(node, n);

        for (size_t i = 0; i < n && r >= 0; i++) {
                r = build(b, node_at(b, items[i]), depth + 1, &node->values[i]);
                if (r >= 0)
                        node->n++;
        }
        return r;
}

static bool is_merge_key(const yaml_node_t *key) {
        return key->type == YAML_SCALAR_NODE && key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
               streq((const char *) key->data.scalar.value, "<<");
}

/* Adds one entry; the node has room. A key that is there already is an error, or in a merge simply
 * wins. */
static int build_entry(Builder *b, const yaml_node_pair_t *pair, unsigned depth, bool merging,
                       Node *node) {
        _cleanup_(node_freep) Node *key = NULL, *value = NULL;
        const Node *first;
        int r = build(b, node_at(b, pair->key), depth + 1, &key);

        if (r < 0)
                return r;
        if (key->kind != NODE_SCALAR) {
                report_error(b->reporter, key, "", "a key must be a word");
                return 0;
        }
        first = node_get_key(node, key->text);
        if (first && merging)
                return 0;
        if (first) {
                report_error(b->reporter, key, "", "'%s' is already set in line %u", key->text,
                             first->line);
                return 0;
        }
        r = build(b, node_at(b, pair->value), depth + 1, &value);
        if (r < 0)
                return r;
        node->keys[node->n] = TAKE_PTR(key);
        node->values[node->n++] = TAKE_PTR(value);
        return 0;
}

/* Room for n more entries. */
static int mapping_grow(Node *node, size_t n) {
        Node **keys = realloc(node->keys, (node->n + n + 1) * sizeof *keys), **values;

        if (!keys)
                return -ENOMEM;
        node->keys = keys;
        values = realloc(node->values, (node->n + n + 1) * sizeof *values);
        if (!values)
                return -ENOMEM;
        node->values = values;
        return 0;
}

static int merge_mapping(Builder *b, const yaml_node_t *from, unsigned depth, Node *node) {
        const yaml_node_pair_t *pairs = from->data.mapping.pairs.start;
        size_t n = (size_t) (from->data.mapping.pairs.top - pairs);
        int r = mapping_grow(node, n);

        for (size_t i = 0; i < n && r >= 0; i++)
                r = build_entry(b, &pairs[i], depth, /* merging= */ true, node);
        return r;
}

static int merge_one(Builder *b, const yaml_node_t *from, unsigned depth, Node *node) {
        Node where = place(b->file, &from->start_mark);

        if (from->type == YAML_MAPPING_NODE)
                return merge_mapping(b, from, depth, node);
        report_error(b->reporter, &where, "", "'<<' merges mappings only");
        return 0;
}

/* "<<: *base" or "<<: [*one, *two]" */
static int merge_value(Builder *b, const yaml_node_t *from, unsigned depth, Node *node) {
        int r = 0;

        if (from->type != YAML_SEQUENCE_NODE)
                return merge_one(b, from, depth, node);
        for (const yaml_node_item_t *i = from->data.sequence.items.start;
             i < from->data.sequence.items.top && r >= 0; i++)
                r = merge_one(b, node_at(b, *i), depth, node);
        return r;
}

/* Merges come second: what stands there itself wins. */
static int build_pair(Builder *b, const yaml_node_pair_t *pair, unsigned depth, bool merging,
                      Node *node) {
        if (is_merge_key(node_at(b, pair->key)) != merging)
                return 0;
        if (merging)
                return merge_value(b, node_at(b, pair->value), depth, node);
        return build_entry(b, pair, depth, /* merging= */ false, node);
}

static int build_mapping(Builder *b, const yaml_node_t *from, unsigned depth, Node *node) {
        const yaml_node_pair_t *pairs = from->data.mapping.pairs.start;
        size_t n = (size_t) (from->data.mapping.pairs.top - pairs);
        int r = node_reserve(node, n);

        for (size_t i = 0; i < n && r >= 0; i++)
                r = build_pair(b, &pairs[i], depth, /* merging= */ false, node);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = build_pair(b, &pairs[i], depth, /* merging= */ true, node);
        return r;
}

static int build_content(Builder *b, const yaml_node_t *from, unsigned depth, Node *node) {
        switch (from->type) {
        case YAML_SCALAR_NODE:
                return build_scalar(b, from, node);
        case YAML_SEQUENCE_NODE:
                node->kind = NODE_SEQUENCE;
                return build_sequence(b, from, depth, node);
        case YAML_MAPPING_NODE:
                node->kind = NODE_MAPPING;
                return build_mapping(b, from, depth, node);
        case YAML_NO_NODE:
                break;
        }
        return -EINVAL;
}

static int build(Builder *b, yaml_node_t *from, unsigned depth, Node **ret) {
        _cleanup_(node_freep) Node *node = calloc(1, sizeof *node);
        int r;

        if (!node)
                return -ENOMEM;
        *node = place(b->file, &from->start_mark);
        if (depth > TREE_DEPTH_MAX || ++b->n_nodes > TREE_NODES_MAX) {
                report_error(b->reporter, node, "",
                             depth > TREE_DEPTH_MAX ? "nested too deeply" : "too many values");
                return -EINVAL;
        }
        r = build_content(b, from, depth, node);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(node);
        return 0;
}

/* libyaml tells bytes that are no text by their offset only. */
static yaml_mark_t offset_mark(const char *yaml, size_t n, size_t offset) {
        yaml_mark_t mark = {};

        for (size_t i = 0; i < MIN_OF(n, offset); i++) {
                mark.column++;
                if (yaml[i] == '\n')
                        mark = (yaml_mark_t) { .line = mark.line + 1 };
        }
        return mark;
}

static int report_problem(Reporter *reporter, const char *file, const yaml_parser_t *parser,
                          const char *yaml, size_t n) {
        yaml_mark_t mark = parser->problem_mark;
        Node where;

        if (parser->error == YAML_MEMORY_ERROR)
                return -ENOMEM;
        if (parser->error == YAML_READER_ERROR)
                mark = offset_mark(yaml, n, parser->problem_offset);
        where = place(file, &mark);
        report_error(reporter, &where, "", "%s%s%s", parser->problem ? parser->problem : "not YAML",
                     parser->context ? ", " : "", parser->context ? parser->context : "");
        return -EINVAL;
}

/* The next document of the stream; its root is NULL at the end. */
static int load_document(Reporter *reporter, const char *file, yaml_parser_t *parser,
                         const char *yaml, size_t n, yaml_document_t *ret) {
        return yaml_parser_load(parser, ret) ? 0 : report_problem(reporter, file, parser, yaml, n);
}

static int check_last(Reporter *reporter, const char *file, yaml_parser_t *parser, const char *yaml,
                      size_t n) {
        yaml_document_t document;
        const yaml_node_t *root;
        int r = load_document(reporter, file, parser, yaml, n, &document);

        if (r < 0)
                return r;
        root = yaml_document_get_root_node(&document);
        if (root) {
                Node where = place(file, &root->start_mark);

                report_error(reporter, &where, "", "a second document in one file");
                r = -EINVAL;
        }
        yaml_document_delete(&document);
        return r;
}

static int build_root(Reporter *reporter, const char *file, yaml_document_t *document, Node **ret) {
        Builder builder = { .reporter = reporter, .file = file, .document = document };
        yaml_node_t *root = yaml_document_get_root_node(document);
        Node *empty;

        if (root)
                return build(&builder, root, 0, ret);
        empty = calloc(1, sizeof *empty);
        if (!empty)
                return -ENOMEM;
        *empty = (Node) { .kind = NODE_MAPPING, .file = file, .line = 1, .column = 1 };
        *ret = empty;
        return 0;
}

int tree_parse(Reporter *reporter, const char *file, const char *yaml, size_t n, Node **ret) {
        _cleanup_(node_freep) Node *root = NULL;
        yaml_document_t document;
        yaml_parser_t parser;
        int r;

        if (!yaml_parser_initialize(&parser))
                return -ENOMEM;
        yaml_parser_set_input_string(&parser, (const unsigned char *) yaml, n);
        r = load_document(reporter, file, &parser, yaml, n, &document);
        if (r >= 0) {
                bool empty = !yaml_document_get_root_node(&document);

                r = build_root(reporter, file, &document, &root);
                yaml_document_delete(&document);
                if (r >= 0 && !empty)
                        r = check_last(reporter, file, &parser, yaml, n);
        }
        yaml_parser_delete(&parser);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(root);
        return 0;
}
