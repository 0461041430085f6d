/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The catalogue of packages as a graph: versions are its nodes, packages its edges. Pure. */

#include "core/settings.h"

#define HOPS_MAX 16

/* The fewest packages of `family` that lead from version `from` to version `to` ("" : to the newest
 * one that can be reached and is newer than `from`), in order. Returns how many (0: `from` is `to`
 * already, or nothing newer can be reached), -ENOENT: no way, -E2BIG: more than HOPS_MAX. No
 * package is taken of which `policy` (NULL: none) does not allow both versions. Of two ways of one
 * length the one of earlier entries is taken. The pointers are into `settings`. */
_must_use_ int catalogue_plan(const Settings *settings, const char *family, const char *from,
                              const char *to, const Policy *policy,
                              const PackageSettings *ret[static HOPS_MAX]);

/* The package of `family` that leads from `from` straight to `to`; NULL: there is none. */
const PackageSettings *catalogue_find(const Settings *settings, const char *family,
                                      const char *from, const char *to);
