/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a simulated Telit module is made of while it has power, beyond what every module has; for
 * telit*.c only. */

#include "fotasim/telit-memory.h"

#define TELIT_BUFFER_MAX 4 /* URCs that AT#OTASUAN=,0 holds back */

typedef struct Telit {
        bool delayed;         /* AT#OTASUAN=2: asked again and again, without end */
        bool started;         /* this boot: registrations that were due were looked at */
        bool by_tcp;          /* how the registration under way goes */
        uint32_t contexts_up; /* bits, by cid: closed by the update service */
        char buffer[TELIT_BUFFER_MAX][SIM_TEXT_MAX];
        size_t n_buffer;
} Telit;
