/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The check digit at the end of an IMEI and of most ICCIDs (ISO/IEC 7812-1, annex B; ITU-T E.118).
 * It shows every single digit that is wrong. */

#include "base/macro.h"

/* Digits only, at least two of them, and the last one checks the others. */
bool luhn_holds(const char *digits);
