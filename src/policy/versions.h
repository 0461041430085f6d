/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Versions that a policy allows and denies, by patterns. */

#include "base/version.h"

#define POLICY_VERSIONS_MAX 8
typedef char VersionPattern[VERSION_PATTERN_MAX];
typedef struct VersionList {
        size_t n;
        VersionPattern patterns[POLICY_VERSIONS_MAX];
} VersionList;
typedef struct VersionRules {
        VersionList allow; /* none: all */
        VersionList deny;  /* wins */
} VersionRules;

/* The pattern of the list that it matches, NULL: none. */
const char *version_list_match(const VersionList *list, const char *version);
/* What does not let it pass: the pattern of `deny`, or "" when none of `allow` does; NULL: it may.
 */
const char *version_rules_refuse(const VersionRules *rules, const char *version);
