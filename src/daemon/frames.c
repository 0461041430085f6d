/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Downlink frames in the daemon: what the store holds of them, and the reports of their answers. */

#include "base/log.h"
#include "daemon/daemon.h"
#include "uplink/uplink.h"

static bool on_answer(void *userdata, const Module *module, const CommandAnswer *answer,
                      ReportRow *ret) {
        const Daemon *daemon = userdata;
        char next[NEXT_MAX];
        ModuleView view;

        gateway_view(daemon->gateway, module, &view);
        const ReportSubject subject = { .record = view.record,
                                        .dev_eui = view.dev_eui,
                                        .has_signal = view.has_signal,
                                        .signal_dbm = view.signal_dbm };
        const AnswerSubject told = { .opcode = answer->opcode,
                                     .result = answer->result,
                                     .job = answer->job,
                                     .why = answer->why,
                                     .inventory = answer->opcode == COMMAND_STATUS &&
                                                  answer->result == COMMAND_DONE,
                                     .next = gateway_next(daemon->gateway, module, next) };

        return report_from_answer(&daemon->settings->uplink, &told, &subject, clock_now().realtime,
                                  ret);
}

static const FramesHost frames_host = { .answer = on_answer };

static int adopt_frame(void *userdata, const FrameRow *row) {
        return frames_adopt(userdata, row);
}

int daemon_frames_start(Daemon *daemon) {
        int r;

        if (!daemon->settings->downlink.enabled)
                return 0;
        r = frames_new(daemon->gateway, &frames_host, daemon, &daemon->frames);
        if (r >= 0 && daemon->store)
                r = store_each_frame(daemon->store, adopt_frame, daemon->frames);
        return r < 0 ? log_error_errno(r, "The downlink frames can't be read: %m") : 0;
}

void daemon_frames_stop(Daemon *daemon) {
        daemon->frames = frames_free(daemon->frames);
}

/* They stay while there is no downlink: what was done with one may not be on disk yet. */
int daemon_frames_reload(Daemon *daemon) {
        if (!daemon->frames)
                return daemon_frames_start(daemon);
        frames_reload(daemon->frames);
        return 0;
}

usec_t daemon_frames_deadline(const Daemon *daemon) {
        return daemon->frames ? frames_deadline(daemon->frames) : USEC_INFINITY;
}
