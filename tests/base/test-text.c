/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bounded strings, sizes, tables and the nearest word.
 *
 * Protects the promise that every file relies on: a Text is always terminated, never written beyond
 * its end, and says when it was cut. */

#include "base/text.h"

#include "test.h"

typedef enum Colour { COLOUR_RED, COLOUR_BLUE = 2 } Colour;

static const char *const colours[] = { [COLOUR_RED] = "red", [COLOUR_BLUE] = "blue" };

DECLARE_STRING_TABLE(colour, Colour);
DEFINE_STRING_TABLE(colour, Colour, colours)

TEST(copy_cuts_and_says_so) {
        char to[4];

        CHECK(TEXT_COPY(to, "abc"));
        CHECK_STR(to, "abc");
        CHECK(!TEXT_COPY(to, "abcd"));
        CHECK_STR(to, "abc");
        CHECK(text_copy(to, 1, ""));
        CHECK_STR(to, "");
}

TEST(every_way_of_adding_stops_at_the_end) {
        for (size_t size = 1; size < 12; size++) {
                char *data = malloc(size); /* the sanitizer sees its end */
                Text text;

                text_init(&text, data, size);
                text_add(&text, "ab");
                text_add_char(&text, 'c');
                text_printf(&text, "%d", 42);
                text_add_hex(&text, (const uint8_t *) "\xfe\x01", 2);
                text_add_bytes(&text, "x", 1);
                text_add_bytes(&text, NULL, 0);
                CHECK(strlen(data) == text.length && text.length < size);
                CHECK(strncmp(data, "abc42fe01x", text.length) == 0);
                CHECK_INT(text.truncated, size < 11);
                free(data);
        }
}

TEST(tables_go_both_ways) {
        CHECK_STR(colour_to_string(COLOUR_BLUE), "blue");
        CHECK_STR(colour_to_string((Colour) 1), NULL);
        CHECK_STR(colour_to_string((Colour) 99), NULL);
        CHECK_INT(colour_from_string("red"), COLOUR_RED);
        CHECK_INT(colour_from_string("green"), -EINVAL);
}

static long long size(const char *string) {
        uint64_t bytes = 4711;
        int r = size_parse(string, &bytes);

        return r < 0 ? r : (long long) bytes;
}

TEST(sizes_are_powers_of_1024) {
        CHECK_INT(size("1464"), 1464);
        CHECK_INT(size("512K"), 512 * 1024);
        CHECK_INT(size("2M"), 2 * 1024 * 1024);
        CHECK_INT(size("1G"), 1 << 30);
        CHECK_INT(size(""), -EINVAL);
        CHECK_INT(size("K"), -EINVAL);
        CHECK_INT(size("2m"), -EINVAL);
        CHECK_INT(size("2MB"), -EINVAL);
        CHECK_INT(size("-1"), -EINVAL);
        CHECK_INT(size("1.5M"), -EINVAL);
        CHECK_INT(size("99999999999999999999"), -ERANGE);
        CHECK_INT(size("18446744073709551615K"), -ERANGE);
}

TEST(sizes_are_shown_for_people) {
        char text[SIZE_TEXT_MAX];

        CHECK_STR(size_format(text, 0), "0 B");
        CHECK_STR(size_format(text, 1464), "1464 B");
        CHECK_STR(size_format(text, 512 * 1024), "512.0 KiB");
        CHECK_STR(size_format(text, 1024 * 1024 - 1), "1023.9 KiB");
        CHECK_STR(size_format(text, 2202010), "2.1 MiB");
        CHECK_STR(size_format(text, UINT64_MAX), "16777215.9 TiB");
}

TEST(nearest_word_is_near) {
        static const char *const keys[] = {
                "modules", "policy", "uplink", "idle", "pin_file", NULL
        };
        char endless[200];

        CHECK_STR(text_nearest("polcy", keys), "policy");
        CHECK_STR(text_nearest("idel", keys), "idle");
        CHECK_STR(text_nearest("uplnik", keys), "uplink");
        CHECK_STR(text_nearest("pin-file", keys), "pin_file");
        CHECK_STR(text_nearest("weather", keys), NULL);
        CHECK_STR(text_nearest("", keys), NULL);
        memset(endless, 'x', sizeof endless - 1);
        endless[sizeof endless - 1] = '\0';
        CHECK_STR(text_nearest(endless, keys), NULL);
}

TEST(numbers_have_their_digits) {
        char data[64];
        Text text;

        text_init(&text, data, sizeof data);
        text_add_number(&text, 0, 1);
        text_add_number(&text, 7, 3);
        text_add_char(&text, ' ');
        text_add_number(&text, 12345, 3);
        text_add_char(&text, ' ');
        text_add_number(&text, UINT64_MAX, 99);
        CHECK_STR(data, "0007 12345 18446744073709551615");
        text_init(&text, data, 3);
        text_add_char(&text, 'a');
        text_add_char(&text, 'b');
        CHECK(!text.truncated);
        text_add_char(&text, 'c');
        CHECK(text.truncated);
        CHECK_STR(data, "ab");
}

TEST(digits_and_characters_are_told_apart) {
        CHECK_INT(hex_digit('0'), 0);
        CHECK_INT(hex_digit('9'), 9);
        CHECK_INT(hex_digit('a'), 10);
        CHECK_INT(hex_digit('F'), 15);
        CHECK_INT(hex_digit('g'), -1);
        CHECK_INT(hex_digit('\0'), -1);
        CHECK_INT(utf8_length("\xc3\xa9"), 2);
        CHECK_INT(utf8_length("\xed\xa0\x80"), 0);
        CHECK_INT(utf8_length("\xe2\x82"), 0);
        CHECK_INT(utf8_length(""), 1);
}

TEST_MAIN()
