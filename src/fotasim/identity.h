/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Gives each simulated module an identity of its own. */

#include "fotasim/scenario.h"

/* The i-th module of a process. What the scenario names is kept for the first module and counted up
 * for the others; what it leaves to the default differs by seed, too. Check digits stay right. */
void identity_vary(SimScenario *scenario, uint64_t seed, unsigned i);
