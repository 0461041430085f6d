/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Patterns of versions.
 *
 * Pure. "HL7800" is what version_compare() takes for the first component of a version, and people
 * write ">=4.4": a term without a model is held against the part of the version behind it. A name
 * with wildcards is a pattern of characters, not of components: "4.4*" is 4.4 and 4.44. */

#include "base/version.h"

#define WILDCARDS "*?"

typedef struct Term {
        const char *operator;           /* "" : a name or a version */
        char text[VERSION_PATTERN_MAX]; /* behind it */
} Term;

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static char fold(char c) {
        return (char) (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Takes the next term off; false: there is none. */
static bool term_take(const char **pattern, Term *ret) {
        static const char *const operators[] = { ">=", "<=", "!=", ">", "<", "=" };
        const char *p = *pattern + strspn(*pattern, " ");
        size_t n;

        *ret = (Term) { .operator= "" };
        if (*p == '\0')
                return false;
        for (size_t i = 0; i < ELEMENTSOF(operators) && ret->operator[0] == '\0'; i++)
                if (strncmp(p, operators[i], strlen(operators[i])) == 0)
                        ret->operator= operators[i];
        p += strlen(ret->operator);
        p += ret->operator[0] != '\0' ? strspn(p, " ") : 0; /* ">= 4.4" */
        n = MIN_OF(strcspn(p, " "), sizeof ret->text - 1);
        memcpy(ret->text, p, n);
        *pattern = p + n;
        return true;
}

/* Behind the components that are no numbers: "4.5.4.0" of "BHL7800.4.5.4.0". */
static const char *skip_model(const char *version) {
        const char *p = version;

        while (*p != '\0' && !is_digit(*p)) {
                p += strcspn(p, ".");
                p += *p == '.';
        }
        return *p != '\0' ? p : version;
}

static bool name_matches(const char *name, const char *pattern) {
        const char *star = NULL, *resume = NULL; /* after the last *, and what it has taken so far
                                                  */

        while (*name != '\0') {
                if (*pattern == '*') {
                        star = ++pattern;
                        resume = name;
                } else if (*pattern != '\0' && (*pattern == '?' || fold(*pattern) == fold(*name))) {
                        pattern++;
                        name++;
                } else if (star) {
                        pattern = star;
                        name = ++resume;
                } else
                        return false;
        }
        return pattern[strspn(pattern, "*")] == '\0';
}

static bool is_same_model(const char *version, const char *other) {
        char a[VERSION_PATTERN_MAX], b[VERSION_PATTERN_MAX];
        size_t n = (size_t) (skip_model(version) - version),
               m = (size_t) (skip_model(other) - other);

        if (n >= sizeof a || m >= sizeof b)
                return false;
        memcpy(a, version, n);
        memcpy(b, other, m);
        a[n] = b[m] = '\0';
        return version_equal(a, b);
}

static bool comparison_holds(const char *operator, int difference) {
        switch (operator[0]) {
        case '>':
                return difference > 0 || (operator[1] == '=' && difference == 0);
        case '<':
                return difference < 0 || (operator[1] == '=' && difference == 0);
        case '!':
                return difference != 0;
        default:
                return difference == 0;
        }
}

static bool term_matches(const char *version, const Term *term) {
        if (is_digit(term->text[0]))
                version = skip_model(version);
        if (strpbrk(term->text, WILDCARDS))
                return name_matches(version, term->text) ||
                       name_matches(version_skip_build(version), version_skip_build(term->text));
        if (!is_digit(term->text[0]) && !is_same_model(version, term->text))
                return false;
        return comparison_holds(term->operator, version_compare(version, term->text));
}

bool version_pattern_is_valid(const char *pattern) {
        Term term;

        if (strlen(pattern) >= VERSION_PATTERN_MAX || pattern[strspn(pattern, " ")] == '\0')
                return false;
        while (term_take(&pattern, &term))
                if (term.text[0] == '\0' || strpbrk(term.text, "<>=!") ||
                    (term.operator[0] != '\0' && strpbrk(term.text, WILDCARDS)))
                        return false;
        return true;
}

bool version_matches(const char *version, const char *pattern) {
        Term term;

        while (term_take(&pattern, &term))
                if (!term_matches(version, &term))
                        return false;
        return true;
}
