/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The three encodings of a report.
 *
 * Owns nothing, allocates nothing, has no look at the locale. XML 1.0 has no way to hold most
 * control characters, not even escaped: they become U+FFFD, as bytes do that are not UTF-8. A
 * carriage return must be a reference, or the reader makes it a line feed. */

#include "actility/writer.h"

#define XML_DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define XML_NAMESPACE "http://uri.actility.com/lora"

static bool is_xml(const Writer *writer) {
        return writer->encoding == ENCODING_XML;
}

/* XML */

static void xml_tag(Writer *writer, const char *start, const char *name) {
        text_add(writer->json.text, start);
        text_add(writer->json.text, name);
        text_add_char(writer->json.text, '>');
}

/* How many bytes from `p` on stand for themselves. */
static size_t xml_plain_length(const char *p) {
        size_t n = 0;

        while (p[n] >= 0x20 && p[n] < 0x7f && p[n] != '&' && p[n] != '<' && p[n] != '>')
                n++;
        return n;
}

static const char *xml_reference(char c) {
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>': /* "]]>" may not stand in a text */
                return "&gt;";
        case '\r':
                return "&#13;";
        case '\t':
                return "\t";
        case '\n':
                return "\n";
        case 0x7f:
                return "\x7f";
        default:
                return UTF8_REPLACEMENT;
        }
}

/* U+FFFE and U+FFFF: UTF-8, but no characters of XML 1.0, 2.2. */
static bool is_xml_character(const char *p, size_t n) {
        return n > 0 && !(n == 3 && memcmp(p, "\xef\xbf", 2) == 0 && (uint8_t) p[2] >= 0xbe);
}

/* One character that needs care; returns how many bytes it was. */
static size_t xml_add_special(Text *text, const char *value) {
        size_t n = utf8_length(value);

        if (n == 1)
                text_add(text, xml_reference(*value));
        else if (is_xml_character(value, n))
                text_add_bytes(text, value, n);
        else
                text_add(text, UTF8_REPLACEMENT);
        return MAX_OF(n, (size_t) 1);
}

static void xml_add_text(Text *text, const char *value) {
        while (*value != '\0') {
                size_t n = xml_plain_length(value);

                if (n > 0)
                        text_add_bytes(text, value, n);
                else
                        n = xml_add_special(text, value);
                value += n;
        }
}

/* structure */

void writer_begin(Writer *writer, Encoding encoding, const char *root, Text *text) {
        writer->encoding = encoding;
        json_init(&writer->json, text);
        if (is_xml(writer)) {
                text_add(text, XML_DECLARATION "<");
                text_add(text, root);
                text_add(text, " xmlns=\"" XML_NAMESPACE "\">");
        } else {
                json_object_begin(&writer->json);
                writer_object_begin(writer, root);
        }
}

void writer_end(Writer *writer, const char *root) {
        writer_object_end(writer, root);
        if (!is_xml(writer))
                json_object_end(&writer->json);
}

void writer_object_begin(Writer *writer, const char *name) {
        if (is_xml(writer)) {
                xml_tag(writer, "<", name);
        } else {
                json_key(&writer->json, name);
                json_object_begin(&writer->json);
        }
}

void writer_object_end(Writer *writer, const char *name) {
        if (is_xml(writer))
                xml_tag(writer, "</", name);
        else
                json_object_end(&writer->json);
}

void writer_list_begin(Writer *writer, const char *name) {
        if (is_xml(writer))
                return;
        json_key(&writer->json, name);
        json_array_begin(&writer->json);
}

void writer_list_end(Writer *writer) {
        if (!is_xml(writer))
                json_array_end(&writer->json);
}

void writer_item_begin(Writer *writer, const char *name) {
        if (is_xml(writer))
                xml_tag(writer, "<", name);
        else
                json_object_begin(&writer->json);
}

void writer_item_end(Writer *writer, const char *name) {
        writer_object_end(writer, name);
}

/* fields */

/* Between these two the value's own characters are added, which need no escaping. */
static void value_begin(Writer *writer, const char *name, const char *quote) {
        if (is_xml(writer)) {
                xml_tag(writer, "<", name);
        } else {
                json_key(&writer->json, name);
                json_raw(&writer->json, quote);
        }
}

static void value_end(Writer *writer, const char *name, const char *quote) {
        if (is_xml(writer))
                xml_tag(writer, "</", name);
        else
                text_add(writer->json.text, quote);
}

void writer_string(Writer *writer, const char *name, const char *value) {
        if (is_xml(writer)) {
                value_begin(writer, name, "");
                xml_add_text(writer->json.text, value);
                value_end(writer, name, "");
        } else {
                json_key(&writer->json, name);
                json_string(&writer->json, value);
        }
}

void writer_hex(Writer *writer, const char *name, const uint8_t *bytes, size_t n) {
        value_begin(writer, name, "\"");
        text_add_hex(writer->json.text, bytes, n);
        value_end(writer, name, "\"");
}

void writer_number(Writer *writer, const char *name, const char *number) {
        const char *quote = writer->encoding == ENCODING_JSON_UNTYPED ? "\"" : "";

        value_begin(writer, name, quote);
        text_add(writer->json.text, number);
        value_end(writer, name, quote);
}

void writer_json(Writer *writer, const char *name, const char *object) {
        if (is_xml(writer)) {
                writer_string(writer, name, object);
        } else {
                json_key(&writer->json, name);
                json_raw(&writer->json, object);
        }
}
