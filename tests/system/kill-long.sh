#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# kill.sh at many random moments. The seed is printed; --seed S repeats them, as far as time can be.

exec "$(dirname "$0")/kill.sh" --random "${FOTAD_KILLS:-60}" "$@"
