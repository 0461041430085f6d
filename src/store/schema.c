/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tables.
 *
 * Numbers of enums are stored, not their words: the vocabulary never renumbers. Every column has a
 * default, so that a version that adds one needs no conversion: give the field the next version in
 * `since` and raise SCHEMA_VERSION. All steps of a migration and the new version number are one
 * transaction: an interrupted migration has not happened. */

#include "store/schema.h"

#include <assert.h>

#define PHRASE_MAX 8192

/* Shortcuts of this file: the struct is named once, above each table. */
#define TEXT(name, member) TEXT_FIELD(ROW, name, member)
#define TIME(name, member) TIME_FIELD(ROW, name, member)
#define BOOL(name, member) NUMBER_FIELD(ROW, name, member, 1)
#define ENUM(name, member, end) NUMBER_FIELD(ROW, name, member, (end) -1)
#define ID(name, member) NUMBER_FIELD(ROW, name, member, ID_MAX)
#define COUNT(name, member) NUMBER_FIELD(ROW, name, member, NUMBER_MAX)
#define NUMBER(name, member, max) NUMBER_FIELD(ROW, name, member, max)
#define DEFERRAL(word, action)                                                     \
        TIME_FIELD_SINCE(6, ROW, word "_deferred_until", deferrals[action].until), \
                TEXT_FIELD_SINCE(6, ROW, word "_deferred_by", deferrals[action].by)
#define PUT_OFF(word, action)                                                   \
        TIME_FIELD_SINCE(6, ROW, word "_put_off_until", put_off[action].until), \
                TEXT_FIELD_SINCE(6, ROW, word "_put_off_by", put_off[action].by)

// clang-format off
#define ROW ModuleRecord
static const Field module_fields[] = {
        TEXT("name", name),
        ENUM("state", state, _STATE_MAX),
        TIME("state_since", state_since),
        TIME("state_boottime", state_boottime),
        TEXT("boot_id", boot_id),
        TEXT("model", model),
        TEXT("firmware", firmware),
        TEXT("imei", imei),
        TEXT("iccid", iccid),
        TEXT("imsi", imsi),
        TEXT("serial_number", serial_number),
        TEXT("version_before", version_before),
        ID("job", job),
        BOOL("request_open", request.open),
        ENUM("request_action", request.action, _ACTION_MAX),
        TIME("request_asked_realtime", request.asked_realtime),
        TIME("request_asked_boottime", request.asked_boottime),
        TIME("request_first_realtime", request.first_realtime),
        COUNT("request_bytes", request.bytes),
        COUNT("request_restart_count", request.restart_count),
        ENUM("answer_kind", answer.kind, _ANSWER_MAX),
        NUMBER("answer_minutes", answer.minutes, DEFER_MAX_MINUTES),
        TIME("answer_until_realtime", answer.until_realtime),
        TIME("answer_until_boottime", answer.until_boottime),
        ID("act_sequence", act.sequence),
        ENUM("act_verb", act.verb, _VERB_MAX),
        ENUM("act_action", act.action, _ACTION_MAX),
        ENUM("act_state", act.state, _ACT_STATE_MAX),
        TIME("act_realtime", act.realtime),
        TIME("act_boottime", act.boottime),
        ENUM("consent_action", consent_action, _ACTION_MAX),
        BOOL("consent_given", consent.given),
        BOOL("consent_now", consent.now),
        TIME("consent_until", consent.until),
        TEXT("consent_by", consent.by),
        COUNT("consent_bytes", consent.bytes),
        TEXT("consent_firmware", consent.firmware),
        BOOL("wanted_session", wanted_session),
        BOOL("suspended", suspended),
        COUNT("package_bytes", package_bytes),
        COUNT("remaining_bytes", remaining_bytes),
        NUMBER("progress_percent", progress_percent, 100),
        COUNT("restart_count", restart_count),
        TEXT("bad_pin_hash", bad_pin_hash),
        TEXT("bad_pin_iccid", bad_pin_iccid),
        NUMBER("fcnt_up", fcnt_up, UINT32_MAX),
        BOOL("result_due", result_due),
        NUMBER_FIELD_SINCE(2, ROW, "push_wanted", push_wanted, 1),
        TEXT_FIELD_SINCE(2, ROW, "hop_to", hop_to),
        TEXT_FIELD_SINCE(2, ROW, "chain_to", chain_to),
        NUMBER_FIELD_SINCE(3, ROW, "request_own", request.own, 1),
        NUMBER_FIELD_SINCE(3, ROW, "unattended", unattended, 1),
        NUMBER_FIELD_SINCE(3, ROW, "told", told, 1),
        NUMBER_FIELD_SINCE(3, ROW, "registration", registration.state, _REGISTRATION_MAX - 1),
        NUMBER_FIELD_SINCE(3, ROW, "registration_wanted", registration.wanted, 1),
        NUMBER_FIELD_SINCE(3, ROW, "registration_forced", registration.forced, 1),
        NUMBER_FIELD_SINCE(3, ROW, "registration_doubtful", registration.doubtful, 1),
        TEXT_FIELD_SINCE(3, ROW, "registration_imei", registration.imei),
        TEXT_FIELD_SINCE(3, ROW, "registration_imsi", registration.imsi),
        NUMBER_FIELD_SINCE(3, ROW, "registration_since", registration.since, NUMBER_MAX),
        TEXT_FIELD_SINCE(3, ROW, "sim_seen_in", sim_seen_in),
        TEXT_FIELD_SINCE(3, ROW, "snapshot", snapshot.settings),
        NUMBER_FIELD_SINCE(3, ROW, "snapshot_taken", snapshot.taken, NUMBER_MAX),
        NUMBER_FIELD_SINCE(3, ROW, "restore_due", snapshot.restore_due, 1),
        NUMBER_FIELD_SINCE(3, ROW, "snapshot_incomplete", snapshot.incomplete, 1),
        NUMBER_FIELD_SINCE(4, ROW, "request_first_boottime", request.first_boottime, NUMBER_MAX),
        NUMBER_FIELD_SINCE(4, ROW, "request_first_dated", request.first_dated, 1),
        TEXT_FIELD_SINCE(4, ROW, "denied_told", denied_told),
        NUMBER_FIELD_SINCE(5, ROW, "fcnt_dn", fcnt_dn, UINT32_MAX),
        NUMBER_FIELD_SINCE(5, ROW, "consent_row", consent.row, ID_MAX),
        NUMBER_FIELD_SINCE(5, ROW, "install_row", install.row, ID_MAX),
        TEXT_FIELD_SINCE(5, ROW, "install_family", install.family),
        NUMBER_FIELD_SINCE(5, ROW, "install_reason", install.reason, _REASON_MAX - 1),
        NUMBER_FIELD_SINCE(5, ROW, "install_finished", install.finished, NUMBER_MAX),
        NUMBER_FIELD_SINCE(5, ROW, "install_finished_boottime", install.finished_boottime, NUMBER_MAX),
        NUMBER_FIELD_SINCE(5, ROW, "status_told", status_told, NUMBER_MAX),
        TEXT_FIELD_SINCE(5, ROW, "location_told", location_told),
        DEFERRAL("connect", ACTION_CONNECT),
        DEFERRAL("download", ACTION_DOWNLOAD),
        DEFERRAL("install", ACTION_INSTALL),
        DEFERRAL("reboot", ACTION_REBOOT),
        DEFERRAL("uninstall", ACTION_UNINSTALL),
        PUT_OFF("connect", ACTION_CONNECT),
        PUT_OFF("download", ACTION_DOWNLOAD),
        PUT_OFF("install", ACTION_INSTALL),
        PUT_OFF("reboot", ACTION_REBOOT),
        PUT_OFF("uninstall", ACTION_UNINSTALL),
        TEXT_FIELD_SINCE(8, ROW, "imei_seen_in", imei_seen_in),
};
#undef ROW

#define ROW JobRow
static const Field job_fields[] = {
        ID("id", id),
        TEXT("module", module),
        ENUM("source", source, _JOB_SOURCE_MAX),
        TEXT("asked_by", by),
        TEXT("version_from", from),
        TEXT("version_to", to),
        TIME("since", since),
        TIME("finished", finished),
        ENUM("outcome", outcome, _OUTCOME_MAX),
        ENUM("reason", reason, _REASON_MAX),
        COUNT("package_bytes", package_bytes),
};
#undef ROW

#define ROW EventRow
static const Field event_fields[] = {
        ID("sequence", sequence),
        TIME("realtime", realtime),
        TEXT("module", module),
        ENUM("event", event, _EVENT_MAX),
        ENUM("state", state, _STATE_MAX),
        ID("job", job),
        { .column = "details", .type = FIELD_DETAILS, .since = 1 },
};
#undef ROW

#define ROW ReportRow
static const Field report_fields[] = {
        ID("id", id),
        TEXT("module", module),
        TEXT("dev_eui", dev_eui),
        NUMBER("fport", fport, 255),
        NUMBER("fcnt_up", fcnt_up, UINT32_MAX),
        TIME("created", created),
        BOOL("has_signal", has_signal),
        { .column = "signal_dbm", .type = FIELD_SIGNED, .since = 1, FIELD_AT(ROW, signal_dbm), .max = 1000 },
        { .column = "payload", .type = FIELD_BYTES, .since = 1, FIELD_AT(ROW, payload),
          .length_offset = offsetof(ROW, n_payload) },
        NUMBER_FIELD_SINCE(5, ROW, "kind", kind, _REPORT_KIND_MAX - 1),
        NUMBER_FIELD_SINCE(5, ROW, "worth", worth, _REPORT_WORTH_MAX - 1),
        TEXT_FIELD_SINCE(5, ROW, "extra", extra),
        NUMBER_FIELD_SINCE(5, ROW, "ack", ack, 1),
        NUMBER_FIELD_SINCE(5, ROW, "fcnt_dn", fcnt_dn, UINT32_MAX),
};
#undef ROW

#define ROW FrameRow
static const Field frame_fields[] = {
        NUMBER_FIELD_SINCE(5, ROW, "id", id, ID_MAX),
        TEXT_FIELD_SINCE(5, ROW, "module", module),
        TEXT_FIELD_SINCE(5, ROW, "token", token),
        NUMBER_FIELD_SINCE(5, ROW, "time", time, NUMBER_MAX),
        NUMBER_FIELD_SINCE(5, ROW, "code", code, 999),
        NUMBER_FIELD_SINCE(5, ROW, "state", state, _FRAME_STATE_MAX - 1),
        NUMBER_FIELD_SINCE(5, ROW, "accepted", accepted, NUMBER_MAX),
        NUMBER_FIELD_SINCE(5, ROW, "accepted_boottime", accepted_boottime, NUMBER_MAX),
        TEXT_FIELD_SINCE(5, ROW, "boot_id", boot_id),
        NUMBER_FIELD_SINCE(5, ROW, "valid_until", valid_until, NUMBER_MAX),
        NUMBER_FIELD_SINCE(5, ROW, "class_a", class_a, 1),
        NUMBER_FIELD_SINCE(5, ROW, "confirmed", confirmed, 1),
        NUMBER_FIELD_SINCE(5, ROW, "fport", fport, 255),
        NUMBER_FIELD_SINCE(5, ROW, "fcnt_dn", fcnt_dn, UINT32_MAX),
        TEXT_FIELD_SINCE(5, ROW, "correlation_id", correlation_id),
        TEXT_FIELD_SINCE(5, ROW, "as_id", as_id),
        NUMBER_FIELD_SINCE(7, ROW, "shown_known", shown.known, 1),
        NUMBER_FIELD_SINCE(7, ROW, "shown_asked", shown.asked, 1),
        NUMBER_FIELD_SINCE(7, ROW, "shown_action", shown.action, _ACTION_MAX - 1),
        NUMBER_FIELD_SINCE(7, ROW, "shown_job", shown.job, ID_MAX),
        NUMBER_FIELD_SINCE(7, ROW, "shown_bytes", shown.bytes, NUMBER_MAX),
        TEXT_FIELD_SINCE(7, ROW, "shown_firmware", shown.firmware),
        { .column = "payload", .type = FIELD_BYTES, .since = 5, FIELD_AT(ROW, payload),
          .length_offset = offsetof(ROW, n_payload) },
};
#undef ROW

#define ROW Totals
static const Field total_fields[] = {
        ID("id", id),
        ID("last_event", last_event),
        ID("last_job", last_job),
        ID("last_report", last_report),
        ID("last_act", last_act),
        COUNT("accepted", accepted),
        COUNT("refused", refused),
        COUNT("dropped", dropped),
        TIME("newest", newest),
        COUNT("probe", probe),
};
#undef ROW

#define ROW InhibitorRow
static const Field inhibitor_fields[] = {
        NUMBER_FIELD_SINCE(5, ROW, "id", id, ID_MAX),
        NUMBER_FIELD_SINCE(5, ROW, "actions", actions, (1U << _ACTION_MAX) - 1),
        TEXT_FIELD_SINCE(5, ROW, "module", module),
        TEXT_FIELD_SINCE(5, ROW, "who", who),
        TEXT_FIELD_SINCE(5, ROW, "why", why),
        NUMBER_FIELD_SINCE(5, ROW, "source", source, _INHIBITOR_SOURCE_MAX - 1),
        TEXT_FIELD_SINCE(5, ROW, "taken_by", by),
        NUMBER_FIELD_SINCE(5, ROW, "uid", uid, UINT32_MAX),
        NUMBER_FIELD_SINCE(5, ROW, "pid", pid, UINT32_MAX),
        TEXT_FIELD_SINCE(5, ROW, "unit", unit),
        TIME_FIELD_SINCE(5, ROW, "since", since),
        NUMBER_FIELD_SINCE(5, ROW, "span", span, INHIBITOR_SPAN_MAX),
        TIME_FIELD_SINCE(5, ROW, "until", until),
        TIME_FIELD_SINCE(5, ROW, "until_boottime", until_boottime),
        TIME_FIELD_SINCE(5, ROW, "until_dated", until_dated),
        TIME_FIELD_SINCE(5, ROW, "owner_until", owner_until),
        TEXT_FIELD_SINCE(5, ROW, "boot_id", boot_id),
};
#undef ROW

#define TABLE(table_name, list) .name = table_name, .fields = list, .n_fields = ELEMENTSOF(list)
/* Events and reports never change. After a commit of which nobody knows whether it reached the disk they are stored again: the row that is
 * there stays. */
const Table schema_tables[_TABLE_MAX] = {
        [TABLE_MODULES] = { TABLE("modules", module_fields) },
        [TABLE_JOBS]    = { TABLE("jobs", job_fields) },
        [TABLE_EVENTS]  = { TABLE("events", event_fields), .keeps = true },
        [TABLE_REPORTS] = { TABLE("reports", report_fields), .keeps = true },
        [TABLE_TOTALS]  = { TABLE("totals", total_fields) },
        [TABLE_FRAMES]  = { TABLE("frames", frame_fields) },
        [TABLE_INHIBITORS] = { TABLE("inhibitors", inhibitor_fields) },
};

#define DEFERRAL_MOVE(word, action) \
        "UPDATE modules SET " word "_deferred_until = deferred_until, " word "_deferred_by = " \
        "deferred_by WHERE deferred_action = " action ";"
static const char *const steps[SCHEMA_VERSION] = {
        [0] = "ALTER TABLE modules ADD COLUMN deferred_until INTEGER NOT NULL DEFAULT 0;"
              "ALTER TABLE modules ADD COLUMN deferred_action INTEGER NOT NULL DEFAULT 0;"
              "ALTER TABLE modules ADD COLUMN deferred_by TEXT NOT NULL DEFAULT '';"
              "CREATE INDEX jobs_by_module ON jobs (module, id);"
              "CREATE INDEX events_by_module ON events (module, sequence);"
              "CREATE INDEX events_by_realtime ON events (realtime);"
              "CREATE INDEX reports_by_module ON reports (module, id);",
        [4] = "DROP INDEX reports_by_module;"
              "CREATE INDEX reports_by_line ON reports (module, kind, id);"
              "CREATE INDEX reports_by_worth ON reports (worth, id);"
              /* 32, 33: uplink-lost, uplink-restored */
              "CREATE INDEX events_of_uplink ON events (sequence) WHERE event IN (32, 33);",
        /* one deferral a module became one for each action */
        [5] = DEFERRAL_MOVE("connect", "0") DEFERRAL_MOVE("download", "1")
              DEFERRAL_MOVE("install", "2") DEFERRAL_MOVE("reboot", "3")
              DEFERRAL_MOVE("uninstall", "4")
              "ALTER TABLE modules DROP COLUMN deferred_until;"
              "ALTER TABLE modules DROP COLUMN deferred_action;"
              "ALTER TABLE modules DROP COLUMN deferred_by;",
};
// clang-format on

const Schema schema = {
        .tables = schema_tables,
        .n_tables = ELEMENTSOF(schema_tables),
        .steps = steps,
        .version = SCHEMA_VERSION,
};

static int execute_phrase(sqlite3 *db, const Text *phrase) {
        assert(!phrase->truncated);
        return sqlite3_exec(db, phrase->data, NULL, NULL, NULL);
}

/* A table came with the version of its first field; a later column is added to it. */
static int table_migrate(const Table *table, sqlite3 *db, int version) {
        char buffer[PHRASE_MAX];
        Text phrase;
        int rc = SQLITE_OK;

        text_init(&phrase, buffer, sizeof buffer);
        if (table->fields[0].since == version) {
                table_phrase_create(table, version, &phrase);
                return execute_phrase(db, &phrase);
        }
        for (size_t i = 1; i < table->n_fields && rc == SQLITE_OK; i++) {
                if (table->fields[i].since != version || table->fields[0].since > version)
                        continue;
                text_init(&phrase, buffer, sizeof buffer);
                text_printf(&phrase, "ALTER TABLE %s ADD COLUMN ", table->name);
                field_phrase_column(&table->fields[i], &phrase);
                rc = execute_phrase(db, &phrase);
        }
        return rc;
}

static int version_migrate(const Schema *to, sqlite3 *db, int version) {
        int rc = SQLITE_OK;

        for (size_t i = 0; i < to->n_tables && rc == SQLITE_OK; i++)
                rc = table_migrate(&to->tables[i], db, version);
        if (rc == SQLITE_OK && to->steps[version - 1])
                rc = sqlite3_exec(db, to->steps[version - 1], NULL, NULL, NULL);
        return rc;
}

static int version_write(const Schema *to, sqlite3 *db) {
        char buffer[128];
        Text phrase;

        text_init(&phrase, buffer, sizeof buffer);
        text_printf(&phrase, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
                    SCHEMA_APPLICATION_ID, to->version);
        return execute_phrase(db, &phrase);
}

int schema_migrate(const Schema *to, sqlite3 *db, int from) {
        int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

        for (int version = from + 1; version <= to->version && rc == SQLITE_OK; version++)
                rc = version_migrate(to, db, version);
        if (rc == SQLITE_OK)
                rc = version_write(to, db);
        return rc;
}
