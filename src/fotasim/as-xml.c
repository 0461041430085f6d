/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A strict reader of the little XML that a report needs.
 *
 * Owns nothing. Elements hold either a text or other elements; the root alone has an attribute, and
 * that is the namespace. What reports have no use for is refused: comments, CDATA, processing
 * instructions, document types, prefixes, other attributes, an element that comes twice (but Lrr,
 * which is a list). References are decoded, and all text must be UTF-8. */

#include "fotasim/as-xml.h"

#include "base/text.h"

#define NAMESPACE "http://uri.actility.com/lora"
#define NAME_MAX_BYTES 32
#define DEPTH_MAX 4

typedef struct Reader {
        const char *at, *end; /* *end is NUL */
        char *text;           /* room for any text of the document */
        bool failed;
} Reader;

static void fail(Reader *reader) {
        reader->failed = true;
        reader->at = reader->end;
}

static bool is_space(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_spaces(Reader *reader) {
        while (is_space(*reader->at))
                reader->at++;
}

static bool take(Reader *reader, const char *word) {
        if (!text_starts_with(reader->at, word))
                return false;
        reader->at += strlen(word);
        return true;
}

static void expect(Reader *reader, const char *word) {
        if (!take(reader, word))
                fail(reader);
}

static void name_take(Reader *reader, char ret[static NAME_MAX_BYTES]) {
        size_t n = 0;

        for (; n < NAME_MAX_BYTES - 1; n++) {
                char c = reader->at[n];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                      (n > 0 && c >= '0' && c <= '9')))
                        break;
                ret[n] = c;
        }
        ret[n] = '\0';
        reader->at += n;
        if (n == 0)
                fail(reader);
}

/* text */

static bool is_character(unsigned long c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) ||
               (c >= 0xe000 && c < 0xfffe) || (c >= 0x10000 && c <= 0x10ffff);
}

static void utf8_add(Text *text, unsigned long c) {
        if (c < 0x80) {
                text_add_char(text, (char) c);
        } else if (c < 0x800) {
                text_add_char(text, (char) (0xc0 | c >> 6));
                text_add_char(text, (char) (0x80 | (c & 0x3f)));
        } else if (c < 0x10000) {
                text_add_char(text, (char) (0xe0 | c >> 12));
                text_add_char(text, (char) (0x80 | (c >> 6 & 0x3f)));
                text_add_char(text, (char) (0x80 | (c & 0x3f)));
        } else {
                text_add_char(text, (char) (0xf0 | c >> 18));
                text_add_char(text, (char) (0x80 | (c >> 12 & 0x3f)));
                text_add_char(text, (char) (0x80 | (c >> 6 & 0x3f)));
                text_add_char(text, (char) (0x80 | (c & 0x3f)));
        }
}

/* "&#13;", "&#xd;"; digits and a semicolon only, which strtoul() alone would not see to */
static void number_reference_take(Reader *reader, Text *text) {
        int base = take(reader, "x") ? 16 : 10;
        unsigned long c;
        char *end;

        if (hex_digit(*reader->at) < 0)
                return fail(reader);
        c = strtoul(reader->at, &end, base);
        if (*end != ';' || !is_character(c))
                return fail(reader);
        reader->at = end + 1;
        utf8_add(text, c);
}

static void reference_take(Reader *reader, Text *text) {
        static const struct {
                const char *name;
                char c;
        } references[] = {
                { "amp;", '&' },  { "lt;", '<' },    { "gt;", '>' },
                { "quot;", '"' }, { "apos;", '\'' },
        };

        if (take(reader, "#"))
                return number_reference_take(reader, text);
        for (size_t i = 0; i < ELEMENTSOF(references); i++)
                if (take(reader, references[i].name))
                        return text_add_char(text, references[i].c);
        fail(reader);
}

static bool is_plain(const char *p, size_t n) {
        if (n == 1)
                return is_character((uint8_t) *p);
        return n > 0 && !text_starts_with(p, "\xef\xbf\xbe") &&
               !text_starts_with(p, "\xef\xbf\xbf");
}

/* Up to the next '<'. Line ends become line feeds. */
static void text_take(Reader *reader, Text *text) {
        while (*reader->at != '<' && reader->at < reader->end) {
                size_t n = utf8_length(reader->at);

                if (take(reader, "&")) {
                        reference_take(reader, text);
                } else if (take(reader, "\r\n") || take(reader, "\r")) {
                        text_add_char(text, '\n');
                } else if (is_plain(reader->at, n) && !text_starts_with(reader->at, "]]>")) {
                        text_add_bytes(text, reader->at, n);
                        reader->at += n;
                } else
                        fail(reader);
        }
}

/* elements */

static cJSON *element_take(Reader *reader, char name[static NAME_MAX_BYTES], unsigned depth);

/* `item` becomes part of the object: an item of a list when it is an Lrr, else under its name. */
static void member_add(Reader *reader, cJSON *object, const char *name, cJSON *item) {
        cJSON *there = cJSON_GetObjectItemCaseSensitive(object, name);

        if (item && streq(name, "Lrr")) {
                if (!there)
                        there = cJSON_AddArrayToObject(object, name);
                if (cJSON_AddItemToArray(there, item))
                        return;
        } else if (item && !there && cJSON_AddItemToObject(object, name, item))
                return;
        cJSON_Delete(item);
        fail(reader);
}

static cJSON *members_take(Reader *reader, unsigned depth) {
        cJSON *object = cJSON_CreateObject();
        char name[NAME_MAX_BYTES];

        while (!reader->failed && *reader->at == '<' && reader->at[1] != '/') {
                cJSON *item = element_take(reader, name, depth + 1);

                member_add(reader, object, name, item);
                skip_spaces(reader);
        }
        return object;
}

static cJSON *content_take(Reader *reader, unsigned depth) {
        const char *start = reader->at;
        Text text;

        skip_spaces(reader);
        if (*reader->at == '<' && reader->at[1] != '/')
                return members_take(reader, depth);
        reader->at = start;
        text_init(&text, reader->text, (size_t) (reader->end - reader->at) + 1);
        text_take(reader, &text);
        return cJSON_CreateString(reader->text);
}

/* NULL after a failure, when there may be an item all the same. */
static cJSON *element_take(Reader *reader, char name[static NAME_MAX_BYTES], unsigned depth) {
        char end[NAME_MAX_BYTES];
        cJSON *item;

        expect(reader, "<");
        name_take(reader, name);
        if (depth == 0)
                expect(reader, " xmlns=\"" NAMESPACE "\"");
        expect(reader, ">");
        if (depth == DEPTH_MAX)
                fail(reader);
        item = content_take(reader, depth);
        expect(reader, "</");
        name_take(reader, end);
        expect(reader, ">");
        if (!reader->failed && streq(name, end))
                return item;
        cJSON_Delete(item);
        fail(reader);
        return NULL;
}

cJSON *as_xml_parse(const char *body, size_t n) {
        _cleanup_free_ char *copy = strndup(body, n), *text = malloc(n + 1);
        Reader reader = { .at = copy, .text = text };
        char name[NAME_MAX_BYTES];
        cJSON *root, *document;

        if (!copy || !text || strlen(copy) != n)
                return NULL;
        reader.end = copy + n;
        (void) take(&reader, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        skip_spaces(&reader);
        root = element_take(&reader, name, 0);
        skip_spaces(&reader);
        document = cJSON_CreateObject();
        if (root && reader.at == reader.end && cJSON_AddItemToObject(document, name, root))
                return document;
        cJSON_Delete(root);
        cJSON_Delete(document);
        return NULL;
}
