/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An answer to a command as the bytes of a report. Shares header and fields with events, but the
 * opcode stands where theirs have the event (fotad-payload(7)). */

#include "uplink/payload-writer.h"

/* How the update stands. */
static void add_progress(PayloadWriter *writer, const ModuleRecord *record) {
        if (record->request.open)
                writer_add_number(writer, TAG_ACTION, record->request.action);
        if (record->state == STATE_DOWNLOADING || record->state == STATE_SUSPENDED)
                writer_add_number(writer, TAG_PERCENT, record->progress_percent);
        if (record->job != 0 && record->package_bytes != 0)
                writer_add_number(writer, TAG_BYTES, record->package_bytes);
}

static void add_numbers(PayloadWriter *writer, const AnswerSubject *answer,
                        const ReportSubject *subject) {
        const uint64_t job =
                answer->job == 0 && answer->inventory ? subject->record->job : answer->job;

        writer_add_number(writer, TAG_RESULT, answer->result);
        if (job != 0)
                writer_add_number(writer, TAG_JOB, job);
        if (answer->inventory) {
                add_progress(writer, subject->record);
                if (subject->has_signal)
                        writer_add_signal(writer, subject->signal_dbm);
        }
}

static size_t answer_write(const AnswerSubject *answer, const ReportSubject *subject,
                           usec_t realtime, uint8_t bytes[static REPORT_PAYLOAD_MAX]) {
        const ModuleRecord *record = subject->record;
        PayloadWriter writer;

        writer_init(&writer, bytes);
        add_numbers(&writer, answer, subject);
        writer_add_text(&writer, TAG_MODULE, record->name);
        if (answer->why)
                writer_add_text(&writer, TAG_WHY, answer->why);
        if (answer->inventory) {
                writer_add_text(&writer, TAG_FIRMWARE, record->firmware);
                writer_add_inventory(&writer, record);
                if (answer->next)
                        writer_add_text(&writer, TAG_NEXT, answer->next);
        }
        return writer_finish(&writer, (uint8_t) answer->opcode, record->state, record, realtime);
}

bool report_from_answer(const UplinkSettings *settings, const AnswerSubject *answer,
                        const ReportSubject *subject, usec_t realtime, ReportRow *ret) {
        if (!settings->enabled || !subject->dev_eui || subject->dev_eui[0] == '\0')
                return false;
        *ret = (ReportRow) {
                .fport = FPORT_ANSWER,
                .created = realtime,
                .has_signal = subject->has_signal,
                .signal_dbm = subject->signal_dbm,
        };
        (void) TEXT_COPY(ret->module, subject->record->name);
        (void) TEXT_COPY(ret->dev_eui, subject->dev_eui);
        ret->n_payload = answer_write(answer, subject, realtime, ret->payload);
        return true;
}
