/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The test harness. TEST(name) { ... } registers itself, TEST_MAIN() runs what the arguments select
 * (substrings of names; none selects all) and prints `ok NAME`, `not ok NAME` or `skip NAME: why` a
 * test. A failed CHECK says where and why, and returns from the function that it stands in: from
 * the test, or from a void helper, which marks the test as failed all the same.
 */

typedef struct Test Test;

struct Test {
        const char *name;
        void (*run)(void);
        Test *next;
};

typedef struct TestState {
        Test *first, *last;
        bool failed;
        const char *skipped;
} TestState;

/* Weak, not static: helpers in other files share it. */
__attribute__((weak)) TestState test_state;

/* A path below the source tree, wherever the test was built and is run. */
#define TEST_FILE(path) TEST_SOURCE_DIR "/" path

#define TEST(id)                                                            \
        static void test_##id(void);                                        \
        __attribute__((constructor)) static void test_register_##id(void) { \
                static Test test = { .name = #id, .run = test_##id };       \
                test_add(&test);                                            \
        }                                                                   \
        static void test_##id(void)

#define TEST_MAIN()                           \
        int main(int argc, char *argv[]) {    \
                return test_main(argc, argv); \
        }

#define CHECK(expression)                                                 \
        do {                                                              \
                if (!(expression)) {                                      \
                        test_fail(__FILE__, __LINE__, "%s", #expression); \
                        return;                                           \
                }                                                         \
        } while (0)

/* Any integers, enums and booleans; compared as long long. */
#define CHECK_INT(a, b)                                                                          \
        do {                                                                                     \
                long long a_ = (long long) (a), b_ = (long long) (b);                            \
                if (a_ != b_) {                                                                  \
                        test_fail(__FILE__, __LINE__, "%s == %s: %lld != %lld", #a, #b, a_, b_); \
                        return;                                                                  \
                }                                                                                \
        } while (0)

/* Strings; NULL equals only NULL. */
#define CHECK_STR(a, b)                                                                            \
        do {                                                                                       \
                const char *a_ = (a), *b_ = (b);                                                   \
                if (!test_same(a_, b_)) {                                                          \
                        test_fail(__FILE__, __LINE__, "%s == %s:\n    \"%s\"\n    \"%s\"", #a, #b, \
                                  a_ ? a_ : "(NULL)", b_ ? b_ : "(NULL)");                         \
                        return;                                                                    \
                }                                                                                  \
        } while (0)

#define SKIP(why)                           \
        do {                                \
                test_state.skipped = (why); \
                return;                     \
        } while (0)

#define SLOW_ONLY(how_long)                                                \
        do {                                                               \
                if (!getenv("FOTAD_TEST_SLOW"))                            \
                        SKIP("takes " how_long ": set FOTAD_TEST_SLOW=1"); \
        } while (0)

/* For what valgrind itself gets in the way of. */
#define NOT_IN_VALGRIND(why)                       \
        do {                                       \
                if (getenv("FOTAD_TEST_VALGRIND")) \
                        SKIP("in valgrind, " why); \
        } while (0)

static inline void test_add(Test *test) {
        if (test_state.last)
                test_state.last->next = test;
        else
                test_state.first = test;
        test_state.last = test;
}

static inline bool test_same(const char *a, const char *b) {
        return a && b ? strcmp(a, b) == 0 : a == b;
}

__attribute__((format(printf, 3, 4))) static inline void test_fail(const char *file, int line,
                                                                   const char *format, ...) {
        __builtin_va_list arguments;

        test_state.failed = true;
        fprintf(stderr, "%s:%d: failed: ", file, line);
        __builtin_va_start(arguments, format);
        vfprintf(stderr, format, arguments);
        __builtin_va_end(arguments);
        fputc('\n', stderr);
}

static inline bool test_selected(const Test *test, int argc, char *argv[]) {
        for (int i = 1; i < argc; i++)
                if (strstr(test->name, argv[i]))
                        return true;
        return argc < 2;
}

static inline bool test_run(const Test *test) {
        test_state.failed = false;
        test_state.skipped = NULL;
        test->run();
        if (test_state.failed)
                printf("not ok %s\n", test->name);
        else if (test_state.skipped)
                printf("skip %s: %s\n", test->name, test_state.skipped);
        else
                printf("ok %s\n", test->name);
        return !test_state.failed;
}

static inline int test_main(int argc, char *argv[]) {
        bool any = false, good = true;

        /* Lines survive a crash of the test after them. */
        setvbuf(stdout, NULL, _IOLBF, 0);
        for (const Test *test = test_state.first; test; test = test->next)
                if (test_selected(test, argc, argv)) {
                        any = true;
                        good &= test_run(test);
                }
        if (!any)
                fprintf(stderr, "no test is called so\n");
        return any && good ? EXIT_SUCCESS : EXIT_FAILURE;
}
