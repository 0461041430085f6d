/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows of downlink frames in the turn's batch. They are few: while storage fails no frame is
 * accepted or carried out, so what waits in the batch then is what one turn brought. */

#include "core/frame.h"

#include "core/turn.h"

#define RESERVE 32 /* events and reports that carrying one frame out may cause */

const Clock *gateway_now(const Gateway *gateway) {
        return &gateway->now;
}

const char *gateway_boot_id(const Gateway *gateway) {
        return gateway->boot_id;
}

const ModuleRecord *gateway_record(const Module *module) {
        return &module->record;
}

const char *gateway_dev_eui(const Module *module) {
        return module->dev_eui[0] ? module->dev_eui : module->settings->dev_eui;
}

Module *gateway_find_dev_eui(const Gateway *gateway, const char *dev_eui) {
        for (size_t i = 0; i < gateway->n_modules; i++)
                if (dev_eui[0] && streq(gateway_dev_eui(gateway->modules[i]), dev_eui))
                        return gateway->modules[i];
        return NULL;
}

bool gateway_save(Gateway *gateway) {
        return gateway->storage_ok && !gateway->settling && gateway_commit(gateway);
}

bool gateway_reserve(Gateway *gateway) {
        const Batch *batch = &gateway->batch;

        if (batch->n_events + RESERVE <= BATCH_EVENTS_MAX &&
            batch->n_reports + RESERVE <= BATCH_REPORTS_MAX &&
            batch->n_jobs + 2 <= ELEMENTSOF(batch->jobs) && batch->n_frames < BATCH_FRAMES_MAX)
                return gateway->storage_ok;
        return gateway_save(gateway);
}

bool gateway_put_frame(Gateway *gateway, const FrameRow *row) {
        Batch *batch = &gateway->batch;

        for (size_t i = 0; i < batch->n_frames; i++)
                if (batch->frames[i].id == row->id) {
                        batch->frames[i] = *row;
                        return true;
                }
        if (batch->n_frames >= BATCH_FRAMES_MAX && !gateway_save(gateway))
                return false;
        batch->frames[batch->n_frames++] = *row;
        return true;
}

void gateway_drop_frame(Gateway *gateway, uint64_t id) {
        Batch *batch = &gateway->batch;

        /* one that stays on the disk does no harm: the next start reads it and drops it */
        if (batch->n_frames_gone < BATCH_FRAMES_MAX)
                batch->frames_gone[batch->n_frames_gone++] = id;
}

void gateway_use_fcnt_dn(Gateway *gateway _unused_, Module *module, uint32_t fcnt_dn) {
        module->record.fcnt_dn = fcnt_dn + 1;
        module_mark(module);
}

void gateway_add_report(Gateway *gateway, Module *module, const ReportRow *report) {
        if (!report->dev_eui[0])
                return; /* what became of a frame, and its DevEUI went to another port meanwhile */
        ReportRow *row = gateway_report_row(gateway);

        *row = *report;
        row->id = ++gateway->last_report;
        row->fcnt_dn = module->record.fcnt_dn;
        if (report->kind == REPORT_UPLINK)
                row->fcnt_up = module->record.fcnt_up++;
        else
                row->fcnt_up = module->record.fcnt_up > 0 ? module->record.fcnt_up - 1 : 0;
        module_mark(module);
}
