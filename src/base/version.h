/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Firmware versions as modules print them: "HL7800.4.6.9.4", "BHL7800.1.6.3.0.20180803",
 * "10.00.xx4". */

#include "base/macro.h"

/* Below, equal or above 0 like strcmp(): by components, which end at dots; components of digits
 * compare as numbers, others as text without case, and a number is below text; a leading B or T
 * before the model ("BHL7800") is not looked at; a version that ends first is the lower one. */
int version_compare(const char *a, const char *b);
static inline bool version_equal(const char *a, const char *b) {
        return version_compare(a, b) == 0;
}
