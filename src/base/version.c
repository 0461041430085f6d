/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Versions put in order.
 *
 * Pure, for any bytes. Each component is empty, a number or text, and these three stand in that
 * order, so that the whole is a total one whatever is mixed. Numbers are compared as digits: none
 * is too long. Letters are folded by hand, as tolower() follows the locale. */

#include "base/version.h"

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static unsigned char fold(char c) {
        return (unsigned char) (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool is_letter(char c) {
        return fold(c) >= 'a' && fold(c) <= 'z';
}

const char *version_skip_build(const char *version) {
        bool build = fold(version[0]) == 'b' || fold(version[0]) == 't';

        return build && is_letter(version[1]) ? version + 1 : version;
}

typedef struct Component {
        const char *text; /* not terminated */
        size_t length;
        enum { COMPONENT_EMPTY, COMPONENT_NUMBER, COMPONENT_TEXT } kind;
} Component;

/* Takes the next component off; a number comes without its leading zeros. */
static Component component_take(const char **version) {
        Component component = { .text = *version, .length = strcspn(*version, ".") };
        size_t digits = 0;

        *version += component.length;
        while (digits < component.length && is_digit(component.text[digits]))
                digits++;
        if (component.length == 0)
                return component;
        component.kind = digits == component.length ? COMPONENT_NUMBER : COMPONENT_TEXT;
        if (component.kind == COMPONENT_NUMBER)
                for (; component.length > 0 && *component.text == '0'; component.length--)
                        component.text++;
        return component;
}

static int component_compare(const Component *a, const Component *b) {
        size_t common = MIN_OF(a->length, b->length);

        if (a->kind != b->kind)
                return a->kind < b->kind ? -1 : 1;
        if (a->kind == COMPONENT_NUMBER && a->length != b->length)
                return a->length < b->length ? -1 : 1;
        for (size_t i = 0; i < common; i++) {
                int difference = fold(a->text[i]) - fold(b->text[i]);

                if (difference != 0)
                        return difference;
        }
        return (a->length > b->length) - (a->length < b->length);
}

int version_compare(const char *a, const char *b) {
        a = version_skip_build(a);
        b = version_skip_build(b);
        for (;; a++, b++) { /* past the dot */
                Component left = component_take(&a), right = component_take(&b);
                int difference = component_compare(&left, &right);

                if (difference != 0)
                        return difference;
                if (*a == '\0' || *b == '\0')
                        return (*a != '\0') - (*b != '\0');
        }
}
