/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A run that broke a law, told as short as it can be: as few happenings and modules as still break
 * the same one. */

#include "weather/run.h"

/* Leaves out what does not matter. */
void shrink(Plan *plan, Law law);
/* Prints what is left, the last part of what happened, and how to see it again; false: something
 * is broken. */
bool shrink_tell(Plan *plan);
