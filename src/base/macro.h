/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Attributes, cleanup and tiny helpers that every file uses. */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))
#define _printf_(text, first) __attribute__((format(printf, text, first)))
#define _must_use_ __attribute__((warn_unused_result))
#define _unused_ __attribute__((unused))

#define ELEMENTSOF(array) (sizeof(array) / sizeof((array)[0]))
/* Arguments are evaluated twice: no calls that change anything. */
#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

/* Hands over what a _cleanup_ variable holds. */
#define TAKE_PTR(pointer)                             \
        ({                                            \
                __typeof__(pointer) *_p = &(pointer); \
                __typeof__(pointer) _taken = *_p;     \
                *_p = NULL;                           \
                _taken;                               \
        })
#define TAKE_FD(fd)               \
        ({                        \
                int *_p = &(fd);  \
                int _taken = *_p; \
                *_p = -EBADF;     \
                _taken;           \
        })

/* Declares `functionp` for _cleanup_() beside the destructor `function`, which takes NULL. */
#define DEFINE_CLEANUP(Type, function)                  \
        static inline void function##p(Type *pointer) { \
                (void) function(*pointer);              \
        }

static inline void freep(void *pointer) {
        free(*(void **) pointer);
}
#define _cleanup_free_ _cleanup_(freep)

/* Closes a descriptor when it is one; returns -EBADF, so that it can be assigned back. */
static inline int fd_close(int fd) {
        if (fd >= 0)
                (void) close(fd);
        return -EBADF;
}
static inline void fd_closep(int *fd) {
        *fd = fd_close(*fd);
}
#define _cleanup_close_ _cleanup_(fd_closep)

static inline bool streq(const char *a, const char *b) {
        return strcmp(a, b) == 0;
}

/* Copies with truncation; false when it did not fit. `size` is the size of `to`, at least 1. */
bool text_copy(char *to, size_t size, const char *from);
#define TEXT_COPY(array, from) text_copy((array), sizeof(array), (from))
