/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Downlink frames of the application server, from the query of a request to the report of their
 * fate: checked, kept on disk, carried out as orders, once. Sans-I/O: time, settings, modules and
 * the commit are the gateway's. A turn of the loop is
 *
 *     gateway_turn(now) .. inputs, frames_query() .. frames_turn() .. gateway_settle() */

#include "actility/downlink.h"
#include "core/frame.h"
#include "downlink/command.h"

typedef struct Frames Frames;

typedef struct FramesHost {
        /* The report of an answer on ANSWER_FPORT; false: there is none. Number, counters and
         * ACKbit are given later. */
        bool (*answer)(void *userdata, const Module *module, const CommandAnswer *answer,
                       ReportRow *ret);
} FramesHost;

/* -ENOMEM; borrows gateway and host. */
_must_use_ int frames_new(Gateway *gateway, const FramesHost *host, void *userdata, Frames **ret);
Frames *frames_free(Frames *frames);
DEFINE_CLEANUP(Frames *, frames_free)

/* A row of the store (store_each_frame()), before anything else. -ENOMEM */
_must_use_ int frames_adopt(Frames *frames, const FrameRow *row);
/* After gateway_reload(). Without downlink in the settings all that wait do so. */
void frames_reload(Frames *frames);

/* One request; `raw` is its query as it came, still encoded. DOWNLINK_FINE: what it asks for is on
 * disk. Within a turn, not within gateway_settle(). */
void frames_query(Frames *frames, const char *raw, DownlinkFault *ret);

/* Carries out what is due. Once in every turn, before gateway_settle(). */
void frames_turn(Frames *frames);
/* Boot time of the next turn that must happen even if nothing comes in; USEC_INFINITY: none. Asked
 * after gateway_settle(). */
usec_t frames_deadline(const Frames *frames);

/* How many wait for this module. */
size_t frames_waiting(const Frames *frames, const char *module);
