/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bytes -> lines.
 *
 * Protects that the same bytes give the same tokens however they were chopped: each text here is
 * fed in two pieces cut at every place, and byte by byte. */

#include "at/reader.h"

#include "base/text.h"
#include "test.h"

static char seen_data[16384];
static Text seen;

static void feed(Reader *reader, const char *bytes, size_t n) {
        for (size_t i = 0; i < n;) {
                Token token;
                size_t taken = reader_feed(reader, bytes + i, n - i, &token);

                CHECK(taken > 0 && taken <= n - i);
                i += taken;
                if (token.kind == TOKEN_LINE) {
                        CHECK_INT(strlen(token.line), token.length);
                        text_printf(&seen, "[%s]", token.length < 100 ? token.line : "long");
                } else if (token.kind == TOKEN_PROMPT)
                        text_add(&seen, "<prompt>");
                else if (token.kind == TOKEN_DROPPED)
                        text_printf(&seen, "<dropped %zu>", token.length);
                else
                        CHECK_INT(i, n);
        }
}

/* In pieces of `step` bytes after a first one of `first`. */
static const char *read_chopped(const char *bytes, size_t n, size_t first, size_t step) {
        Reader reader;

        text_init(&seen, seen_data, sizeof seen_data);
        reader_init(&reader);
        feed(&reader, bytes, first);
        for (size_t i = first; i < n; i += step)
                feed(&reader, bytes + i, MIN_OF(step, n - i));
        return seen_data;
}

static void check_tokens(const char *bytes, size_t n, const char *expected) {
        CHECK_STR(read_chopped(bytes, n, 0, 1), expected);
        for (size_t split = 0; split <= n; split++)
                CHECK_STR(read_chopped(bytes, n, split, n), expected);
}

#define TOKENS(bytes, expected) check_tokens((bytes), sizeof(bytes) - 1, (expected))

TEST(recorded_dialogue_at_every_split) {
        TOKENS("AT+WDSS=1,1\r\r\nOK\r\n\r\n+WDSI: 4\r\n\r\n+WDSI: 6\r\n\r\n+WDSI: "
               "23,1\r\n\r\n+WDSI: 9,1464\r\n",
               "[AT+WDSS=1,1][OK][+WDSI: 4][+WDSI: 6][+WDSI: 23,1][+WDSI: 9,1464]");
}

TEST(reboot_junk_is_skipped) {
        TOKENS("\0\0\0\0\0\0\r\n\0+KSUP: 0\r\n\0\0", "[+KSUP: 0]");
        TOKENS("+WD\0\0SI: \x7f"
               "16\r\n",
               "[+WDSI: 16]");
}

TEST(ack_and_nak_in_front_of_a_line_are_skipped) {
        TOKENS("\x06\r\nOK\r\n\x15\x06+WDSI: 3\r\n", "[OK][+WDSI: 3]");
}

TEST(all_line_ends_and_empty_lines) {
        TOKENS("a\rb\nc\n\rd\r\r\r\n\n\n", "[a][b][c][d]");
        TOKENS(" \r\n", "[ ]");
        TOKENS("\tx\x80\xff\r", "[\tx\x80\xff]");
}

TEST(prompt_only_at_the_start_of_a_line) {
        TOKENS("\r\n> ", "<prompt>");
        TOKENS("AT+CMGS=1\r\n> \r\n> ", "[AT+CMGS=1]<prompt><prompt>");
        TOKENS("a> b\r\n>x\r\n>\r\n", "[a> b][>x][>]");
}

static void check_long(size_t length, const char *expected) {
        char bytes[2 * READER_LINE_MAX];

        memset(bytes, 'x', length);
        memcpy(bytes + length, "\r\nOK\r\n", 6);
        check_tokens(bytes, length + 6, expected);
}

TEST(overlong_lines_are_dropped_whole) {
        check_long(READER_LINE_MAX - 1, "[long][OK]");
        check_long(READER_LINE_MAX, "[long][OK]");
        check_long(READER_LINE_MAX + 1, "<dropped 1025>[OK]");
        check_long(2 * READER_LINE_MAX - 6, "<dropped 2042>[OK]");
}

TEST(reset_forgets_a_line_begun) {
        Reader reader;

        text_init(&seen, seen_data, sizeof seen_data);
        reader_init(&reader);
        feed(&reader, "half", 4);
        reader_reset(&reader);
        feed(&reader, "OK\r", 3);
        CHECK_STR(seen_data, "[OK]");
}

TEST_MAIN()
