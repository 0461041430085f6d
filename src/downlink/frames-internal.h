/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of a Frames share. */

#include "actility/document.h"
#include "downlink/carry.h"
#include "downlink/frames.h"
#include "downlink/replay.h"

/* What is known of a module besides its frames. */
typedef struct Lane {
        char module[MODULE_NAME_MAX];
        usec_t credit, credit_at; /* token bucket, in time; boottime of the last look */
        uint32_t fcnt_up;         /* of the last look: an uplink opens the windows of class A */
        bool window;              /* an uplink left in this turn */
        usec_t second_window;     /* boottime, 0: none is to come */
} Lane;

typedef struct WaitingFrame {
        FrameRow row;
        DeliveryCause cause; /* why it was not carried out in the first window */
} WaitingFrame;

struct Frames {
        Gateway *gateway;
        const FramesHost *host;
        void *userdata;
        Replay *replay;
        uint64_t last_id;
        usec_t refusal_credit, refusal_credit_at; /* of rows of refusals; boottime */
        size_t n_lanes;
        Lane lanes[MODULES_MAX];
        size_t n_waiting, size;
        WaitingFrame *waiting; /* in the order of their arrival */
};

/* frames.c */
Lane *frames_lane(Frames *frames, const char *module); /* NULL: no such module */

/* check.c: *ret is fine or the first fault, in the order that fotad(8) tells */
void frames_check_sender(const Frames *frames, const DownlinkQuery *query, DownlinkFault *ret);
DownlinkFault frames_check_token(const Frames *frames, const DownlinkQuery *query);
/* Fills *ret_module when it is known. */
void frames_check_frame(Frames *frames, const DownlinkQuery *query, Module **ret_module,
                        DownlinkFault *ret);
usec_t lane_cost(const DownlinkSettings *settings); /* of a frame, in a lane's credit */

/* delivery.c */
void frames_flush(Frames *frames, Module *module); /* drops all that wait for it */
