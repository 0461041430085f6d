/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The JSON writer.
 *
 * Protects that a document is valid whatever a module said, and the same in every locale. */

#include "base/json.h"

#include <locale.h>

#include "test.h"

static char buffer[1024];
static Text text;
static Json json;

static void begin(void) {
        text_init(&text, buffer, sizeof buffer);
        json_init(&json, &text);
}

static const char *quoted(const char *value) {
        begin();
        json_string(&json, value);
        return buffer;
}

static const char *fixed(double value, unsigned digits) {
        begin();
        json_fixed(&json, value, digits);
        return buffer;
}

TEST(commas_stand_where_they_belong) {
        begin();
        json_object_begin(&json);
        json_field_string(&json, "a", "x");
        json_field_number(&json, "b", -5);
        json_key(&json, "c");
        json_array_begin(&json);
        json_number(&json, 1);
        json_object_begin(&json);
        json_object_end(&json);
        json_bool(&json, false);
        json_array_end(&json);
        json_field_string(&json, "d", "");
        json_field_string(&json, "e", NULL);
        json_field_null(&json, "f");
        json_field_bool(&json, "g", true);
        json_key(&json, "h");
        json_raw(&json, "{\"i\":1}");
        json_object_end(&json);
        CHECK_STR(buffer,
                  "{\"a\":\"x\",\"b\":-5,\"c\":[1,{},false],\"d\":null,\"e\":null,\"f\":null,"
                  "\"g\":true,\"h\":{\"i\":1}}");
        CHECK(!text.truncated);
}

TEST(strings_are_escaped) {
        CHECK_STR(quoted("a\"b\\c\r\n\t\x01\x7f"), "\"a\\\"b\\\\c\\r\\n\\t\\u0001\\u007f\"");
        CHECK_STR(quoted("Grüße €😀"), "\"Grüße €😀\"");
        CHECK_STR(quoted(NULL), "null");
        CHECK_STR(quoted(""), "\"\"");
}

#define LOST "\xef\xbf\xbd"

TEST(bytes_that_are_not_utf8_are_replaced) {
        CHECK_STR(quoted("a\x80z"), "\"a" LOST "z\"");
        CHECK_STR(quoted("\xc3"), "\"" LOST "\"");
        CHECK_STR(quoted("\xe2\x82"), "\"" LOST LOST "\"");
        CHECK_STR(quoted("\xc0\xaf"), "\"" LOST LOST "\"");
        CHECK_STR(quoted("\xed\xa0\x80"), "\"" LOST LOST LOST "\"");
        CHECK_STR(quoted("\xf4\x90\x80\x80"), "\"" LOST LOST LOST LOST "\"");
        CHECK_STR(quoted("\xff\xfe"), "\"" LOST LOST "\"");
}

TEST(fixed_numbers_have_their_digits) {
        CHECK_STR(fixed(3.14159, 2), "3.14");
        CHECK_STR(fixed(-0.005, 1), "0.0");
        CHECK_STR(fixed(-7.5, 1), "-7.5");
        CHECK_STR(fixed(2.5, 0), "3");
        CHECK_STR(fixed(0.05, 3), "0.050");
        CHECK_STR(fixed(1e300, 2), "null");
        CHECK_STR(fixed(__builtin_nan(""), 2), "null");
        CHECK_STR(fixed(-__builtin_inf(), 2), "null");
}

TEST(a_cut_document_says_so) {
        char small[8];

        text_init(&text, small, sizeof small);
        json_init(&json, &text);
        json_string(&json, "too long for it");
        CHECK(text.truncated);
}

TEST_MAIN()
