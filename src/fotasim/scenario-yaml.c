/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Walks a YAML document (libyaml's document API) along a table of keys. It collects every mistake
 * instead of stopping at the first, each with file, line, column and the path of the key. Scalars
 * are taken as they are written: whether "1234" is a number is decided by the key, never by YAML.
 */

#include "fotasim/scenario-yaml.h"

#include <stdio.h>
#include <yaml.h>

#include "base/time.h"

#define PATH_MAX_BYTES 256
#define KEYS_MAX 64

typedef struct Reader {
        yaml_document_t *document;
        const char *name;
        Text *errors;
        char path_bytes[PATH_MAX_BYTES];
        Text path; /* "packages[0].bytes" */
        bool failed;
} Reader;

static void read_fields(Reader *reader, const ScenarioField *fields, yaml_node_t *node, void *to);

static void complain(Reader *reader, const yaml_node_t *node, const char *what) {
        text_printf(reader->errors, "%s:%zu:%zu: %s%s%s\n", reader->name, node->start_mark.line + 1,
                    node->start_mark.column + 1, reader->path.data,
                    reader->path.length > 0 ? ": " : "", what);
        reader->failed = true;
}

static void path_cut(Reader *reader, size_t length) {
        reader->path.length = length;
        reader->path.data[length] = '\0';
        reader->path.truncated = false;
}

static const char *scalar(const yaml_node_t *node) {
        return node->type == YAML_SCALAR_NODE ? (const char *) node->data.scalar.value : NULL;
}

static int number_parse(const char *text, uint64_t min, uint64_t max, unsigned *ret) {
        unsigned long value;
        char *end;

        if (*text < '0' || *text > '9')
                return -EINVAL;
        errno = 0;
        value = strtoul(text, &end, 10);
        if (*end || errno != 0 || value < min || value > max)
                return -EINVAL;
        *ret = (unsigned) value;
        return 0;
}

static int signed_parse(const char *text, int *ret) {
        long value;
        char *end;

        value = strtol(text, &end, 10);
        if (end == text || *end || value < -1000 || value > 1000)
                return -EINVAL;
        *ret = (int) value;
        return 0;
}

static int bool_parse(const char *text, bool *ret) {
        static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };

        for (size_t i = 0; i < ELEMENTSOF(words); i++)
                if (streq(words[i], text)) {
                        *ret = i % 2;
                        return 0;
                }
        return -EINVAL;
}

static void read_number(Reader *reader, const ScenarioField *field, yaml_node_t *node, void *to) {
        char what[96];

        if (number_parse(scalar(node), field->min, field->max, to) >= 0)
                return;
        (void) snprintf(what, sizeof(what), "expected a number from %llu to %llu",
                        (unsigned long long) field->min, (unsigned long long) field->max);
        complain(reader, node, what);
}

static void read_size(Reader *reader, const ScenarioField *field, yaml_node_t *node, uint64_t *to) {
        uint64_t value;

        if (size_parse(scalar(node), &value) < 0 || value < field->min || value > field->max)
                complain(reader, node, "expected a size such as 1464 or 512K");
        else
                *to = value;
}

static void read_span(Reader *reader, const ScenarioField *field, yaml_node_t *node, usec_t *to) {
        char least[SPAN_TEXT_MAX], most[SPAN_TEXT_MAX], what[192];
        usec_t max = field->max > 0 ? field->max : USEC_INFINITY, value;

        if (span_parse(scalar(node), &value) < 0)
                return complain(reader, node, "expected a span such as 30s or 1h 30min");
        if (value >= field->min && value <= max) {
                *to = value;
                return;
        }
        (void) snprintf(what, sizeof(what), "expected a span from %s to %s",
                        span_format(least, field->min), span_format(most, max));
        complain(reader, node, what);
}

static int choice_find(const ScenarioField *field, const char *text) {
        for (int i = 0; field->choices[i]; i++)
                if (streq(field->choices[i], text))
                        return i;
        return -EINVAL;
}

static void read_choice(Reader *reader, const ScenarioField *field, yaml_node_t *node, void *to) {
        char bytes[192];
        int index = choice_find(field, scalar(node));
        Text what;

        if (index >= 0) {
                if (field->kind == FIELD_CHOICE)
                        memcpy(to, &(unsigned) { (unsigned) index }, sizeof(unsigned));
                return;
        }
        text_init(&what, bytes, sizeof(bytes));
        text_add(&what, "expected ");
        for (size_t i = 0; field->choices[i]; i++)
                text_printf(&what, "%s%s", i > 0 ? " | " : "", field->choices[i]);
        complain(reader, node, bytes);
}

static void read_scalar(Reader *reader, const ScenarioField *field, yaml_node_t *node, void *item) {
        char *to = (char *) item + field->offset;

        if (!scalar(node))
                return complain(reader, node, "expected a single value");

        switch (field->kind) {
        case FIELD_TEXT:
                if (strlen(scalar(node)) >= field->size)
                        return complain(reader, node, "is too long");
                (void) text_copy(to, field->size, scalar(node));
                break;

        case FIELD_BOOL:
                if (bool_parse(scalar(node), (bool *) to) < 0)
                        complain(reader, node, "expected true or false");
                break;

        case FIELD_UNSIGNED:
                read_number(reader, field, node, to);
                break;

        case FIELD_SIGNED:
                if (signed_parse(scalar(node), (int *) to) < 0)
                        complain(reader, node, "expected a number from -1000 to 1000");
                break;

        case FIELD_SPAN:
                read_span(reader, field, node, (usec_t *) to);
                break;

        case FIELD_SIZE:
                read_size(reader, field, node, (uint64_t *) to);
                break;

        case FIELD_CHOICE:
        case FIELD_WORD:
                read_choice(reader, field, node, to);
                break;

        case FIELD_CUSTOM:
                if (field->parse(scalar(node), item) < 0)
                        complain(reader, node, "is not understood");
                break;

        case FIELD_NUMBERS:
        case FIELD_SECTION:
        case FIELD_LIST:
                break;
        }
}

static size_t sequence_length(const yaml_node_t *node) {
        return (size_t) (node->data.sequence.items.top - node->data.sequence.items.start);
}

static yaml_node_t *sequence_item(Reader *reader, const yaml_node_t *node, size_t i) {
        return yaml_document_get_node(reader->document, node->data.sequence.items.start[i]);
}

/* False, with a complaint, when it is no list or too long a one. */
static bool sequence_check(Reader *reader, yaml_node_t *node, size_t max) {
        char what[64];

        if (node->type != YAML_SEQUENCE_NODE) {
                complain(reader, node, "expected a list");
                return false;
        }
        if (sequence_length(node) <= max)
                return true;
        (void) snprintf(what, sizeof(what), "has more than %zu items", max);
        complain(reader, node, what);
        return false;
}

static void read_numbers(Reader *reader, const ScenarioField *field, yaml_node_t *node,
                         void *item) {
        unsigned *numbers = (unsigned *) ((char *) item + field->offset);

        if (!sequence_check(reader, node, field->size / sizeof(unsigned)))
                return;
        memset(numbers, 0, field->size);
        for (size_t i = 0; i < sequence_length(node); i++) {
                yaml_node_t *number = sequence_item(reader, node, i);

                if (scalar(number))
                        read_number(reader, field, number, numbers + i);
                else
                        complain(reader, number, "expected a number");
        }
        if (field->count != FIELD_NO_COUNT)
                *(size_t *) ((char *) item + field->count) = sequence_length(node);
}

static void read_list(Reader *reader, const ScenarioField *field, yaml_node_t *node, void *item) {
        size_t length = reader->path.length;

        if (!sequence_check(reader, node, field->size / field->item_size))
                return;
        for (size_t i = 0; i < sequence_length(node); i++) {
                char *to = (char *) item + field->offset + i * field->item_size;

                text_printf(&reader->path, "[%zu]", i);
                field->init(to);
                read_fields(reader, field->fields, sequence_item(reader, node, i), to);
                path_cut(reader, length);
        }
        *(size_t *) ((char *) item + field->count) = sequence_length(node);
}

static void read_field(Reader *reader, const ScenarioField *field, yaml_node_t *node, void *item) {
        if (field->kind == FIELD_SECTION)
                read_fields(reader, field->fields, node, (char *) item + field->offset);
        else if (field->kind == FIELD_LIST)
                read_list(reader, field, node, item);
        else if (field->kind == FIELD_NUMBERS)
                read_numbers(reader, field, node, item);
        else
                read_scalar(reader, field, node, item);
}

static void complain_unknown(Reader *reader, const ScenarioField *fields, const yaml_node_t *key) {
        const char *keys[KEYS_MAX + 1] = {}, *nearest;
        char what[128] = "unknown key";

        for (size_t i = 0; fields[i].key && i < KEYS_MAX; i++)
                keys[i] = fields[i].key;
        nearest = text_nearest(scalar(key), keys);
        if (nearest)
                (void) snprintf(what, sizeof(what), "unknown key, did you mean '%s'?", nearest);
        complain(reader, key, what);
}

static const ScenarioField *field_find(const ScenarioField *fields, const char *key) {
        for (const ScenarioField *field = fields; field->key; field++)
                if (streq(field->key, key))
                        return field;
        return NULL;
}

static void read_pair(Reader *reader, const ScenarioField *fields, const yaml_node_pair_t *pair,
                      void *to, uint64_t *seen) {
        yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);
        const ScenarioField *field;

        if (!scalar(key))
                return complain(reader, key, "expected a key");
        text_printf(&reader->path, "%s%s", reader->path.length > 0 ? "." : "", scalar(key));
        field = field_find(fields, scalar(key));
        if (!field)
                return complain_unknown(reader, fields, key);
        if (*seen & 1ULL << (field - fields))
                return complain(reader, key, "appears twice");
        *seen |= 1ULL << (field - fields);
        read_field(reader, field, yaml_document_get_node(reader->document, pair->value), to);
}

static void read_fields(Reader *reader, const ScenarioField *fields, yaml_node_t *node, void *to) {
        size_t length = reader->path.length;
        uint64_t seen = 0;

        if (node->type != YAML_MAPPING_NODE)
                return complain(reader, node, "expected keys and values");
        for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             pair < node->data.mapping.pairs.top; pair++) {
                read_pair(reader, fields, pair, to, &seen);
                path_cut(reader, length);
        }
        for (const ScenarioField *field = fields; field->key; field++)
                if (field->required && !(seen & 1ULL << (field - fields))) {
                        text_printf(&reader->path, "%s%s", length > 0 ? "." : "", field->key);
                        complain(reader, node, "is missing");
                        path_cut(reader, length);
                }
}

static int complain_syntax(const yaml_parser_t *parser, const char *name, Text *errors) {
        if (parser->error == YAML_MEMORY_ERROR)
                return -ENOMEM;
        text_printf(errors, "%s:%zu:%zu: %s\n", name, parser->problem_mark.line + 1,
                    parser->problem_mark.column + 1,
                    parser->problem ? parser->problem : "is no YAML");
        return -EINVAL;
}

int scenario_yaml_read(const ScenarioField *fields, void *to, const char *name, const char *yaml,
                       size_t n, Text *errors) {
        Reader reader = { .name = name, .errors = errors };
        _cleanup_(yaml_parser_delete) yaml_parser_t parser = {};
        _cleanup_(yaml_document_delete) yaml_document_t document = {};
        yaml_node_t *root;

        if (!yaml_parser_initialize(&parser))
                return -ENOMEM;
        yaml_parser_set_input_string(&parser, (const unsigned char *) yaml, n);
        if (!yaml_parser_load(&parser, &document))
                return complain_syntax(&parser, name, errors);
        reader.document = &document;
        text_init(&reader.path, reader.path_bytes, sizeof(reader.path_bytes));
        root = yaml_document_get_root_node(&document);
        if (root)
                read_fields(&reader, fields, root, to);
        return reader.failed ? -EINVAL : 0;
}
