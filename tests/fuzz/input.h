/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The bytes of a fuzzer, taken from the front; behind their end there are zeros. */

#include <stddef.h>
#include <stdint.h>

typedef struct Input {
        const uint8_t *data;
        size_t size;
} Input;

static inline uint8_t take(Input *input) {
        if (input->size == 0)
                return 0;
        input->size--;
        return *input->data++;
}
