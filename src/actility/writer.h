/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Writes the fields of a report in any of the tunnel's encodings (tunnel specification, 6.6): the
 * same calls give typed JSON, untyped JSON (every number is a string) or XML. */

#include "actility/report.h"
#include "base/json.h"

typedef struct Writer {
        Encoding encoding;
        Json json; /* its `text` takes the XML too */
} Writer;

/* root: "DevEUI_uplink" */
void writer_begin(Writer *writer, Encoding encoding, const char *root, Text *text);
void writer_end(Writer *writer, const char *root);

void writer_object_begin(Writer *writer, const char *name);
void writer_object_end(Writer *writer, const char *name);
/* Items of one name, each with fields of its own: an array in JSON, also when it is one item. */
void writer_list_begin(Writer *writer, const char *name);
void writer_item_begin(Writer *writer, const char *name);
void writer_item_end(Writer *writer, const char *name);
void writer_list_end(Writer *writer);

void writer_string(Writer *writer, const char *name, const char *value);
void writer_hex(Writer *writer, const char *name, const uint8_t *bytes, size_t n);
/* Digits, sign and point as they shall stand there. */
void writer_number(Writer *writer, const char *name, const char *number);
/* An object of JSON: itself in JSON, its text in XML. */
void writer_json(Writer *writer, const char *name, const char *object);
