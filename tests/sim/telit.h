/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A world with simulated Telit modules: what they are at first, and what somebody else would find
 * out of them over their line while fotad is down. */

#include "sim/world.h"

#define TELIT_FROM "10.00.144"
#define TELIT_TO "10.00.154"
#define TELIT_READ_MAX 2048

/* A GE865-QUAD whose server has one package two minutes after its power on, or as soon as the
 * module asks for one (tcp). What was refused is asked again after five minutes. */
void telit_scenario_init(SimScenario *scenario, TelitProtocol protocol);

/* Attaches and boots it, and sets what a gateway may have set, all of which an update loses; before
 * world_start(). */
void telit_attach(World *world, size_t module, const SimScenario *scenario);

/* All these settings as the module reads them out; fotad is down. */
void telit_read(World *world, size_t module, char ret[static TELIT_READ_MAX]);
