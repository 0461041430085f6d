/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Bytes of an AT line -> lines. Sans-I/O: the same bytes give the same tokens, however they were
 * chopped. */

#include "base/macro.h"

/* Longest line in bytes; a longer one is dropped whole and told once. */
#define READER_LINE_MAX 1024

typedef enum TokenKind {
        TOKEN_NONE,    /* all bytes taken, nothing complete yet */
        TOKEN_LINE,    /* a line without its end, never empty */
        TOKEN_PROMPT,  /* "> " at the start of a line */
        TOKEN_DROPPED, /* an overlong line ended; `length` is how long it was */
} TokenKind;

typedef struct Token {
        TokenKind kind;
        const char *line; /* borrowed from the reader until the next call; NUL-terminated, printable
                             bytes, tabs and bytes >= 0x80 only */
        size_t length;
} Token;

typedef struct Reader {
        char line[READER_LINE_MAX + 1];
        size_t length;
        size_t dropped;
} Reader;

void reader_init(Reader *reader);
/* Forgets a line begun. */
void reader_reset(Reader *reader);
/* Is there a line begun of nothing but 'C'? So does a module ask for a file (XMODEM with CRC). */
bool reader_is_invited(const Reader *reader);
/* Takes bytes until one token is complete or all are taken; returns how many were taken. NUL runs,
 * and ACK (0x06), NAK (0x15) and other control bytes are skipped wherever they stand; CR and LF end
 * a line; empty lines are skipped. */
size_t reader_feed(Reader *reader, const char *bytes, size_t n, Token *ret);
