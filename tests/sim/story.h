/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Stories: dialogues of real modules, retyped, with what fotad must say and which states and events
 * follow. The format is in tests/stories/README.md. */

#include "base/macro.h"

#define STORY_WHY_MAX 1024

/* Plays the file; false with FILE:LINE and what went otherwise in `why`. */
bool story_play(const char *path, char why[static STORY_WHY_MAX]);
