/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Makes a story (tests/stories/README.md) from a transcript. */

#include <stdio.h>

#include "fotasim/transcript-text.h"

/* -ENOMEM, or what writing failed with. */
_must_use_ int story_write(const Recording *recording, FILE *to);

/* fotasim story [TRANSCRIPT|-]; returns the exit status. */
int story_main(int argc, char *argv[]);
