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

/* Without the B or T before the model: BHL7800 and THL7800 are HL7800, builds of one version. */
const char *version_skip_build(const char *version);

/* A pattern names versions by what each of its terms says; terms are separated by spaces, and all
 * must hold. A term is a comparison with a version (">=4.4", "<4.6", "=4.5.4.0", "!=", "<=", ">"),
 * a name with * and ? ("HL7800.4.5.*"), or a version. A term that begins with a digit
 * is about what follows the model ("HL7800."); any other is about that model only. */

#define VERSION_PATTERN_MAX 64

bool version_pattern_is_valid(const char *pattern);
bool version_matches(const char *version, const char *pattern);
