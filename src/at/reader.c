/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bytes of an AT line -> lines.
 *
 * Owns the line begun and nothing else. What surprises: a rebooting module sends runs of NUL bytes,
 * and the ACK or NAK that ended an XMODEM transfer stands in front of the next line, so control
 * bytes are dropped wherever they are. An overlong line is counted, never delivered in parts: its
 * tail could look like a line of its own. */

#include "at/reader.h"

void reader_init(Reader *reader) {
        reader_reset(reader);
}

void reader_reset(Reader *reader) {
        reader->length = 0;
        reader->dropped = 0;
}

bool reader_is_invited(const Reader *reader) {
        return reader->length > 0 && reader->dropped == 0 &&
               strspn(reader->line, "C") >= reader->length;
}

static void reader_end_line(Reader *reader, Token *ret) {
        if (reader->dropped > 0)
                *ret = (Token) { .kind = TOKEN_DROPPED, .length = reader->dropped };
        else if (reader->length > 0) {
                reader->line[reader->length] = '\0';
                *ret = (Token) { TOKEN_LINE, reader->line, reader->length };
        }
        reader_reset(reader); /* the bytes stay where `ret` points until the next call */
}

static void reader_take(Reader *reader, char c, Token *ret) {
        if (reader->dropped > 0)
                reader->dropped++;
        else if (reader->length == READER_LINE_MAX)
                reader->dropped = READER_LINE_MAX + 1;
        else if (c == ' ' && reader->length == 1 && reader->line[0] == '>') {
                reader_reset(reader);
                ret->kind = TOKEN_PROMPT;
        } else
                reader->line[reader->length++] = c;
}

size_t reader_feed(Reader *reader, const char *bytes, size_t n, Token *ret) {
        size_t i = 0;

        *ret = (Token) { .kind = TOKEN_NONE };
        while (i < n && ret->kind == TOKEN_NONE) {
                unsigned char c = (unsigned char) bytes[i++];

                if (c == '\r' || c == '\n')
                        reader_end_line(reader, ret);
                else if ((c >= 0x20 && c != 0x7f) || c == '\t')
                        reader_take(reader, (char) c, ret);
        }
        return i;
}
