/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reads a YAML document into a struct along a table of its keys; of use to scenario.c only. */

#include "base/text.h"

#define FIELD_NO_COUNT SIZE_MAX

typedef enum FieldKind {
        FIELD_TEXT,     /* char[size] */
        FIELD_BOOL,     /* bool */
        FIELD_UNSIGNED, /* unsigned, min..max */
        FIELD_SIGNED,   /* int */
        FIELD_SPAN,     /* usec_t, min..max; max 0: no end */
        FIELD_SIZE,     /* uint64_t, min..max */
        FIELD_CHOICE,   /* an enum: the index in `choices` */
        FIELD_WORD,     /* one of `choices`, stored nowhere */
        FIELD_CUSTOM,   /* `parse` with the whole struct */
        FIELD_NUMBERS,  /* unsigned[], each min..max */
        FIELD_SECTION,  /* a struct with `fields` */
        FIELD_LIST,     /* an array of structs with `fields`, `item_size` each */
} FieldKind;

typedef struct ScenarioField {
        const char *key; /* NULL ends a table */
        FieldKind kind;
        bool required;
        size_t offset, size;
        uint64_t min, max;
        const char *const *choices;                 /* ends with NULL */
        int (*parse)(const char *text, void *item); /* -EINVAL */
        const struct ScenarioField *fields;
        size_t item_size;
        size_t count; /* offset of the size_t that counts, or FIELD_NO_COUNT */
        void (*init)(void *item);
} ScenarioField;

/* Every mistake becomes a line of `errors`, and -EINVAL. An empty document is well. */
_must_use_ int scenario_yaml_read(const ScenarioField *fields, void *to, const char *name,
                                  const char *yaml, size_t n, Text *errors);
