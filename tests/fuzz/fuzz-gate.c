/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a stranger says on the control socket, as far as the gate looks into it. However a stream is
 * cut into pieces, it is refused at the same byte; before that no message is larger than it may be,
 * and a greeting has an end. */

#include <assert.h>

#include "control/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says how it is cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Measure whole = {}, cut = {};
        size_t piece;
        bool good = true;

        if (size < 2)
                return 0;
        piece = 1 + data[0] % 40;
        data++;
        size--;
        for (size_t i = 0; i < size && good; i++) {
                good = measure_take(&whole, data + i, 1);
                assert(whole.n_left <= GATE_MESSAGE_MAX - GATE_HEADER_BYTES || !good);
                assert(whole.talking || i < GATE_GREETING_MAX || !good);
        }
        for (size_t i = 0; i < size; i += piece)
                if (!measure_take(&cut, data + i, MIN_OF(piece, size - i))) {
                        assert(!good);
                        return 0;
                }
        assert(good && whole.talking == cut.talking && whole.n_left == cut.n_left &&
               whole.n_header == cut.n_header);
        return 0;
}
