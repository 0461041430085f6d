/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The store: what is committed is there again, all of it or nothing, also after kill -9; what is
 * wrong on disk is told, counted and left alone. Each test has a database of its own below $TMPDIR.
 */

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/schema.h"
#include "store/store.h"
#include "test.h"

#define NOW ((usec_t) 1795860000 * USEC_PER_SEC)

static char directory[256], path[300];
static Store *store;
static Batch batch;
static ModuleRecord record;

static const char *temporary(void) {
        const char *t = getenv("TMPDIR");

        return t ? t : "/tmp";
}

static void fresh_path(void) {
        (void) snprintf(directory, sizeof directory, "%s/fotad-store.XXXXXX", temporary());
        CHECK(mkdtemp(directory));
        (void) snprintf(path, sizeof path, "%s/fotad.db", directory);
        store = store_free(store);
        memset(&batch, 0, sizeof batch);
        record = (ModuleRecord) { .name = "modem0" };
}

static void open_store(void) {
        char why[256] = "";

        CHECK_INT(store_open(path, &store, why, sizeof why), 0);
        CHECK_STR(why, "");
}

static void setup(void) {
        fresh_path();
        open_store();
}

static void reopen(void) {
        store = store_free(store);
        open_store();
}

static void teardown(void) {
        char command[300];

        store = store_free(store);
        (void) snprintf(command, sizeof command, "rm -rf '%s'", directory);
        CHECK_INT(system(command), 0);
}

/* SQL behind the store's back. */
static void raw_sql(const char *sql) {
        sqlite3 *db = NULL;

        CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
        CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void add_event(uint64_t sequence, const char *module) {
        EventRow *e = &batch.events[batch.n_events++];

        *e = (EventRow) { .sequence = sequence,
                          .realtime = NOW + sequence,
                          .event = EVENT_AGREEMENT_DEFERRED,
                          .state = STATE_INSTALL_PENDING,
                          .job = 7,
                          .n_details = 2 };
        TEXT_COPY(e->module, module);
        e->details[0] = (Detail) { .key = "action", .text = "install" };
        e->details[1] = (Detail) { .key = "minutes", .is_number = true, .number = 30 };
}

static void add_report(uint64_t id, const char *module) {
        ReportRow *r = &batch.reports[batch.n_reports++];

        *r = (ReportRow) { .id = id,
                           .dev_eui = "000000000F1D8693",
                           .fport = 1,
                           .fcnt_up = (uint32_t) id + 100,
                           .created = NOW + id,
                           .has_signal = true,
                           .signal_dbm = -97,
                           .n_payload = 3,
                           .payload = { 1, 0, 255 } };
        TEXT_COPY(r->module, module);
}

static void add_job(uint64_t id, const char *module, usec_t since, usec_t finished) {
        JobRow *j = &batch.jobs[batch.n_jobs++];

        *j = (JobRow) { .id = id,
                        .source = JOB_SOURCE_PERSON,
                        .by = "root (uid 0)",
                        .from = "HL7800.4.4.14.0",
                        .since = since,
                        .finished = finished,
                        .package_bytes = 1464,
                        .outcome = finished ? OUTCOME_FAILED : OUTCOME_NONE,
                        .reason = finished ? REASON_UPDATE_FAILED : REASON_NONE };
        TEXT_COPY(j->module, module);
}

static void commit(void) {
        CHECK_INT(store_commit(store, &batch), 0);
        batch.n_events = batch.n_reports = batch.n_jobs = batch.n_modules = batch.n_settled = 0;
}

typedef struct Seen {
        size_t n;
        uint64_t ids[2000];
        char details[512], event[32], state[32];
} Seen;
static Seen seen;

static int on_event(void *userdata, const StoredEvent *row) {
        Seen *s = userdata;

        s->ids[s->n++] = row->sequence;
        (void) snprintf(s->details, sizeof s->details, "%s", row->details_json);
        (void) snprintf(s->event, sizeof s->event, "%s", row->event);
        (void) snprintf(s->state, sizeof s->state, "%s", row->state ? row->state : "");
        return 0;
}

static int on_job(void *userdata, const JobRow *row) {
        Seen *s = userdata;

        s->ids[s->n++] = row->id;
        return 0;
}

static int stop_at_once(void *userdata, const JobRow *row) {
        (void) on_job(userdata, row);
        return 1;
}

static size_t count_events(void) {
        seen.n = 0;
        return store_each_event(store, &(HistoryQuery) { .module = NULL, .limit = 0 }, on_event,
                                &seen) == 0 ?
                       seen.n :
                       SIZE_MAX;
}

/* Fills every field of a struct with something that fits it, different for each. */
static void fill(const Table *table, void *row, unsigned salt) {
        for (size_t i = 0; i < table->n_fields; i++) {
                const Field *f = &table->fields[i];
                char *at = (char *) row + f->offset;
                uint64_t value =
                        f->max < UINT32_MAX ? (i + salt) % (f->max + 1) : f->max - i - salt;

                switch (f->type) {
                case FIELD_TEXT:
                        (void) snprintf(at, f->size, "%zu-%u-\xc3\xa9", i, salt);
                        break;
                case FIELD_NUMBER:
                        memcpy(at, &value, f->size); /* little endian */
                        break;
                case FIELD_TIME:
                        *(usec_t *) (void *) at = salt % 2 ? USEC_INFINITY : NOW + i;
                        break;
                case FIELD_SIGNED:
                        *(int *) (void *) at = -(int) value;
                        break;
                case FIELD_BYTES:
                        memset(at, (int) salt, f->size);
                        *(size_t *) (void *) ((char *) row + f->length_offset) = f->size;
                        break;
                case FIELD_DETAILS:
                        break;
                }
        }
}

/* Bytes of a struct that no field covers, other than padding: somebody added a member and forgot
 * its row. */
static size_t uncovered(const Table *table, size_t size, size_t extra_offset, size_t extra_size) {
        bool covered[4096] = {};
        size_t n = 0, run = 0;

        memset(covered + extra_offset, true, extra_size);
        for (size_t i = 0; i < table->n_fields; i++) {
                const Field *f = &table->fields[i];

                memset(covered + f->offset, true, f->size);
                if (f->type == FIELD_BYTES)
                        memset(covered + f->length_offset, true, sizeof(size_t));
        }
        for (size_t i = 0; i < size; i++) {
                run = covered[i] ? 0 : run + 1;
                n += run >= 8;
        }
        return n;
}

TEST(store_has_a_column_for_every_member) {
        CHECK_INT(uncovered(&schema_tables[TABLE_MODULES], sizeof(ModuleRecord), 0, 0), 0);
        CHECK_INT(uncovered(&schema_tables[TABLE_JOBS], sizeof(JobRow), 0, 0), 0);
        CHECK_INT(uncovered(&schema_tables[TABLE_REPORTS], sizeof(ReportRow), 0, 0), 0);
        CHECK_INT(uncovered(&schema_tables[TABLE_TOTALS], sizeof(Totals), 0, 0), 0);
        CHECK_INT(uncovered(&schema_tables[TABLE_EVENTS], sizeof(EventRow),
                            offsetof(EventRow, n_details),
                            sizeof(EventRow) - offsetof(EventRow, n_details)),
                  0);
}

TEST(store_gives_back_every_field_of_a_module) {
        setup();
        for (unsigned salt = 0; salt < 40; salt++) {
                ModuleRecord loaded;

                memset(&record, 0, sizeof record);
                fill(&schema_tables[TABLE_MODULES], &record, salt);
                TEXT_COPY(record.name, "modem0");
                batch.modules[batch.n_modules++] = &record;
                commit();
                if (salt % 10 == 0)
                        reopen();
                memset(&loaded, 0, sizeof loaded);
                CHECK_INT(store_load_module(store, "modem0", &loaded), 0);
                CHECK(memcmp(&loaded, &record, sizeof record) == 0);
        }
        CHECK_INT(store_load_module(store, "modem1", &record), -ENOENT);
        teardown();
}

/* What came with a version or later: the version before it had none. */

static void table_drop_since(const Table *table, int version) {
        char sql[160];

        if (table->fields[0].since >= version) {
                snprintf(sql, sizeof sql, "DROP TABLE %s", table->name);
                raw_sql(sql);
                return;
        }
        for (size_t i = 0; i < table->n_fields; i++) {
                if (table->fields[i].since < version)
                        continue;
                snprintf(sql, sizeof sql, "ALTER TABLE %s DROP COLUMN %s", table->name,
                         table->fields[i].column);
                raw_sql(sql);
        }
}

static void drop_columns_since(int version) {
        for (size_t i = 0; i < _TABLE_MAX; i++)
                table_drop_since(&schema_tables[i], version);
}

static void clear_fields_since(int version, void *row) {
        const Table *table = &schema_tables[TABLE_MODULES];

        for (size_t i = 0; i < table->n_fields; i++)
                if (table->fields[i].since >= version)
                        memset((char *) row + table->fields[i].offset, 0, table->fields[i].size);
}

/* Up to version 5 a module had one deferral. */
#define DEFERRAL_OF_VERSION_5                                                        \
        "ALTER TABLE modules ADD COLUMN deferred_until INTEGER NOT NULL DEFAULT 0;"  \
        "ALTER TABLE modules ADD COLUMN deferred_action INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE modules ADD COLUMN deferred_by TEXT NOT NULL DEFAULT ''"

/* What version 1 did not have is empty, the rest is as it was. */
TEST(store_of_version_1_is_migrated_and_keeps_its_rows) {
        ModuleRecord loaded;
        ReportRow report;

        setup();
        memset(&record, 0, sizeof record);
        fill(&schema_tables[TABLE_MODULES], &record, 3);
        TEXT_COPY(record.name, "modem0");
        batch.modules[batch.n_modules++] = &record;
        add_report(1, "modem0");
        commit();
        store = store_free(store);
        raw_sql("DROP INDEX reports_by_line; DROP INDEX reports_by_worth;"
                "DROP INDEX events_of_uplink; CREATE INDEX reports_by_module ON reports (module, "
                "id)");
        raw_sql(DEFERRAL_OF_VERSION_5);
        drop_columns_since(2);
        raw_sql("PRAGMA user_version = 1");
        open_store();
        memset(&loaded, 0, sizeof loaded);
        CHECK_INT(store_load_module(store, "modem0", &loaded), 0);
        clear_fields_since(2, &record);
        CHECK(memcmp(&loaded, &record, sizeof record) == 0);
        CHECK_INT(store_next_report(store, "modem0", REPORT_UPLINK, 0, &report), 0);
        CHECK_INT(report.n_payload, 3);
        CHECK_STR(report.extra, "");
        teardown();
}

TEST(store_of_version_5_is_migrated_and_keeps_what_was_put_off) {
        static const struct {
                const char *until;
                Action action;
        } rows[] = {
                { "1795392000000000", ACTION_CONNECT },   { "1795392000000001", ACTION_DOWNLOAD },
                { "1795392000000002", ACTION_INSTALL },   { "1795392000000003", ACTION_REBOOT },
                { "1795392000000004", ACTION_UNINSTALL },
        };
        ModuleRecord loaded;
        char sql[256];

        setup();
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                memset(&record, 0, sizeof record);
                TEXT_COPY(record.name, "modem0");
                batch.modules[batch.n_modules++] = &record;
                commit();
                store = store_free(store);
                raw_sql(DEFERRAL_OF_VERSION_5);
                snprintf(sql, sizeof sql,
                         "UPDATE modules SET deferred_until = %s, deferred_action = %u, "
                         "deferred_by = 'anna (uid 1000)'",
                         rows[i].until, (unsigned) rows[i].action);
                raw_sql(sql);
                drop_columns_since(6);
                raw_sql("PRAGMA user_version = 5");
                open_store();
                memset(&loaded, 0, sizeof loaded);
                CHECK_INT(store_load_module(store, "modem0", &loaded), 0);
                for (Action action = 0; action < _ACTION_MAX; action++) {
                        const Deferral *deferral = &loaded.deferrals[action];

                        CHECK_INT(deferral->until,
                                  action == rows[i].action ? strtoull(rows[i].until, NULL, 10) : 0);
                        CHECK_STR(deferral->by, action == rows[i].action ? "anna (uid 1000)" : "");
                }
        }
        teardown();
}

TEST(store_gives_back_every_field_of_jobs_and_reports) {
        setup();
        for (unsigned salt = 1; salt < 20; salt++) {
                JobRow job = {};
                ReportRow report = {};

                fill(&schema_tables[TABLE_JOBS], &batch.jobs[0], salt);
                fill(&schema_tables[TABLE_REPORTS], &batch.reports[0], salt);
                batch.jobs[0].id = batch.reports[0].id = salt;
                batch.n_jobs = batch.n_reports = 1;
                commit();
                CHECK_INT(store_load_job(store, salt, &job), 0);
                CHECK(memcmp(&job, &batch.jobs[0], sizeof job) == 0);
                CHECK_INT(store_next_report(store, batch.reports[0].module, batch.reports[0].kind,
                                            salt - 1, &report),
                          0);
                CHECK(memcmp(&report, &batch.reports[0], sizeof report) == 0);
        }
        CHECK_INT(store_load_job(store, 99, &batch.jobs[0]), -ENOENT);
        teardown();
}

/* Frames */

static FrameRow frames_read[BATCH_FRAMES_MAX];
static size_t n_frames_read;

static int on_frame(void *userdata, const FrameRow *row) {
        (void) userdata;
        frames_read[n_frames_read++] = *row;
        return 0;
}

static size_t read_frames(void) {
        n_frames_read = 0;
        return store_each_frame(store, on_frame, NULL) == 0 ? n_frames_read : SIZE_MAX;
}

TEST(store_gives_back_every_field_of_frames_in_order) {
        CHECK_INT(uncovered(&schema_tables[TABLE_FRAMES], sizeof(FrameRow), 0, 0), 0);
        setup();
        for (unsigned salt = 20; salt > 0; salt--) {
                memset(&batch.frames[batch.n_frames], 0, sizeof batch.frames[0]);
                fill(&schema_tables[TABLE_FRAMES], &batch.frames[batch.n_frames], salt);
                batch.frames[batch.n_frames++].id = salt;
        }
        commit();
        reopen();
        CHECK_INT(read_frames(), 20);
        for (unsigned i = 0; i < 20; i++)
                CHECK(memcmp(&frames_read[i], &batch.frames[19 - i], sizeof(FrameRow)) == 0);
        teardown();
}

/* Nobody noted then what was asked for when a frame arrived. */
TEST(store_of_version_6_is_migrated_and_keeps_its_frames) {
        FrameRow row;

        setup();
        memset(&row, 0, sizeof row);
        fill(&schema_tables[TABLE_FRAMES], &row, 3);
        batch.frames[batch.n_frames++] = row;
        commit();
        store = store_free(store);
        drop_columns_since(7);
        raw_sql("PRAGMA user_version = 6");
        open_store();
        memset(&row.shown, 0, sizeof row.shown);
        CHECK_INT(read_frames(), 1);
        CHECK(memcmp(&frames_read[0], &row, sizeof row) == 0);
        teardown();
}

TEST(store_frames_are_replaced_and_deleted) {
        setup();
        for (uint64_t i = 1; i <= 3; i++)
                batch.frames[batch.n_frames++] =
                        (FrameRow) { .id = i, .module = "modem0", .state = FRAME_WAITING };
        commit();
        batch.n_frames = batch.n_frames_gone = 1;
        batch.frames[0] = (FrameRow) { .id = 2, .module = "modem0", .state = FRAME_CARRIED_OUT };
        batch.frames_gone[0] = 1;
        commit();
        batch.n_frames = batch.n_frames_gone = 0;
        CHECK_INT(read_frames(), 2);
        CHECK_INT(frames_read[0].id, 2);
        CHECK_INT(frames_read[0].state, FRAME_CARRIED_OUT);
        CHECK_INT(frames_read[1].state, FRAME_WAITING);
        raw_sql("UPDATE frames SET state = 99 WHERE id = 2");
        CHECK_INT(read_frames(), 1);
        CHECK_INT(frames_read[0].id, 3);
        teardown();
}

/* They are always all: what a later batch does not have is gone. */
TEST(store_gives_back_the_inhibitors_of_the_last_batch_that_had_them) {
        InhibitorRow rows[3] = {}, loaded[4] = {};

        setup();
        for (unsigned i = 0; i < ELEMENTSOF(rows); i++) {
                memset(&rows[i], 0, sizeof rows[i]);
                fill(&schema_tables[TABLE_INHIBITORS], &rows[i], 7 * i + 1);
                rows[i].id = i + 1;
                batch.inhibitors[i] = &rows[i];
        }
        batch.n_inhibitors = 3;
        commit();
        CHECK_INT(store_load_inhibitors(store, loaded, ELEMENTSOF(loaded)), 0);
        batch.inhibitors_changed = true;
        batch.n_inhibitors = 3;
        commit();
        reopen();
        CHECK_INT(store_load_inhibitors(store, loaded, 2), 2);
        CHECK_INT(store_load_inhibitors(store, loaded, ELEMENTSOF(loaded)), 3);
        CHECK(memcmp(loaded, rows, sizeof rows) == 0);
        batch.inhibitors_changed = true;
        batch.inhibitors[0] = &rows[2];
        batch.n_inhibitors = 1;
        commit();
        CHECK_INT(store_load_inhibitors(store, loaded, ELEMENTSOF(loaded)), 1);
        CHECK(memcmp(loaded, &rows[2], sizeof rows[2]) == 0);
        raw_sql("UPDATE inhibitors SET source = 9");
        CHECK_INT(store_load_inhibitors(store, loaded, ELEMENTSOF(loaded)), 0);
        teardown();
}

TEST(store_finds_reports_by_kind_and_by_worth) {
        static const ReportWorth worths[] = { WORTH_PROGRESS, WORTH_OUTCOME, WORTH_PROGRESS,
                                              WORTH_STATUS };
        ReportRow row;
        Spool spool;

        setup();
        for (unsigned i = 0; i < 4; i++) {
                add_report(i + 1, i < 3 ? "modem0" : "modem1");
                batch.reports[i].worth = worths[i];
                batch.reports[i].kind = i % 2 ? REPORT_NOTIFICATION : REPORT_UPLINK;
        }
        commit();
        CHECK_INT(store_next_report(store, "modem0", REPORT_UPLINK, 1, &row), 0);
        CHECK_INT(row.id, 3);
        CHECK_INT(store_next_report(store, "modem0", REPORT_NOTIFICATION, 0, &row), 0);
        CHECK_INT(row.id, 2);
        CHECK_INT(store_next_report(store, "modem0", REPORT_LOCATION, 0, &row), -ENOENT);
        row.module[0] = '\0';
        CHECK_INT(store_next_reporter(store, row.module, &row), 0);
        CHECK_STR(row.module, "modem0");
        CHECK_INT(store_next_reporter(store, row.module, &row), 0);
        CHECK_STR(row.module, "modem1");
        CHECK_INT(store_next_reporter(store, row.module, &row), -ENOENT);
        CHECK_INT(store_spare_report(store, WORTH_PROGRESS, 0, &row), 0);
        CHECK_INT(row.id, 1);
        CHECK_INT(store_spare_report(store, WORTH_PROGRESS, 1, &row), 0);
        CHECK_INT(row.id, 3);
        CHECK_INT(store_spare_report(store, WORTH_PROGRESS, 3, &row), -ENOENT);
        CHECK_INT(store_spare_report(store, WORTH_STATUS, 0, &row), 0);
        CHECK_INT(row.id, 4);
        CHECK_INT(store_spool(store, &spool), 0);
        CHECK_INT(store_spool_kinds(store, &spool), 0);
        CHECK_INT(spool.by_kind[REPORT_UPLINK], 2);
        CHECK_INT(spool.by_kind[REPORT_NOTIFICATION], 2);
        CHECK_INT(spool.by_kind[REPORT_LOCATION], 0);
        teardown();
}

TEST(store_knows_whether_the_uplink_is_lost) {
        usec_t since = 1;

        CHECK_INT(EVENT_UPLINK_LOST, 32); /* both are in its index */
        CHECK_INT(EVENT_UPLINK_RESTORED, 33);
        setup();
        CHECK_INT(store_uplink_lost(store, &since), 0);
        CHECK_INT(since, 0);
        for (uint64_t i = 1; i <= 4; i++)
                add_event(i, "modem0");
        batch.events[1].event = EVENT_UPLINK_LOST;
        commit();
        reopen();
        CHECK_INT(store_uplink_lost(store, &since), 0);
        CHECK(since > 0);
        add_event(5, "modem0");
        batch.events[0].event = EVENT_UPLINK_RESTORED;
        commit();
        CHECK_INT(store_uplink_lost(store, &since), 0);
        CHECK_INT(since, 0);
        teardown();
}

TEST(store_events_come_back_with_words_and_json) {
        setup();
        for (uint64_t i = 1; i <= 10; i++)
                add_event(i, i % 2 ? "modem0" : "modem1");
        TEXT_COPY(batch.events[9].details[0].text, "a\"b\\\n\x01\xff");
        commit();
        CHECK_INT(count_events(), 10);
        CHECK_STR(seen.event, "agreement-deferred");
        CHECK_STR(seen.state, "install-pending");
        CHECK_STR(seen.details, "{\"action\":\"a\\\"b\\\\\\n\\u0001\xef\xbf\xbd\",\"minutes\":30}");
        seen.n = 0;
        CHECK_INT(store_each_event(store, &(HistoryQuery) { .module = "modem0", .limit = 3 },
                                   on_event, &seen),
                  0);
        CHECK_INT(seen.n, 3);
        CHECK_INT(seen.ids[0], 5);
        CHECK_INT(seen.ids[2], 9);
        seen.n = 0;
        CHECK_INT(store_each_event(store, &(HistoryQuery) { .module = "", .limit = 4 }, on_event,
                                   &seen),
                  0);
        CHECK_INT(seen.ids[0], 7);
        teardown();
}

TEST(store_events_about_no_module_have_no_state) {
        setup();
        add_event(1, "");
        commit();
        CHECK_INT(count_events(), 1);
        CHECK_STR(seen.state, "");
        teardown();
}

static int on_install(void *userdata, const ModuleRecord *row) {
        Text *text = userdata;

        text_printf(text, "%s %s %llu %s\n", row->name, row->install.family,
                    (unsigned long long) row->install.row, reason_to_string(row->install.reason));
        return 0;
}

/* Also of modules that are not configured any more: the store does not know which are. */
TEST(store_lists_the_installs_of_all_modules_the_last_first) {
        static ModuleRecord other, never;
        char data[256];
        Text text;

        setup();
        record.install = (LastInstall) { .row = 7, .family = "hl78xx", .finished = NOW };
        other = (ModuleRecord) { .name = "modem1" };
        other.install =
                (LastInstall) { .row = 9, .family = "telit", .reason = REASON_INSTALL_TIMEOUT };
        never = (ModuleRecord) { .name = "modem2" };
        batch.modules[batch.n_modules++] = &record;
        batch.modules[batch.n_modules++] = &other;
        batch.modules[batch.n_modules++] = &never;
        CHECK_INT(store_commit(store, &batch), 0);
        reopen();
        text_init(&text, data, sizeof data);
        CHECK_INT(store_each_install(store, on_install, &text), 0);
        CHECK_STR(data, "modem1 telit 9 install-timeout\nmodem0 hl78xx 7 \n");
        teardown();
}

TEST(store_jobs_are_updated_and_listed_oldest_first) {
        setup();
        for (uint64_t i = 1; i <= 5; i++)
                add_job(i, i % 2 ? "modem0" : "modem1", NOW, 0);
        commit();
        add_job(3, "modem0", NOW, NOW + 1);
        commit();
        seen.n = 0;
        CHECK_INT(store_each_job(store, &(HistoryQuery) { .module = "modem0", .limit = 2 }, on_job,
                                 &seen),
                  0);
        CHECK_INT(seen.n, 2);
        CHECK_INT(seen.ids[0], 3);
        CHECK_INT(seen.ids[1], 5);
        CHECK_INT(store_load_job(store, 3, &batch.jobs[0]), 0);
        CHECK_INT(batch.jobs[0].outcome, OUTCOME_FAILED);
        seen.n = 0;
        CHECK_INT(store_each_job(store, &(HistoryQuery) { .module = NULL, .limit = 0 },
                                 stop_at_once, &seen),
                  0);
        CHECK_INT(seen.n, 1);
        teardown();
}

TEST(store_reports_wait_in_order_until_settled) {
        ReportRow row;
        Spool spool;

        setup();
        for (uint64_t i = 1; i <= 4; i++)
                add_report(i, i % 2 ? "modem0" : "modem1");
        commit();
        CHECK_INT(store_next_report(store, "modem0", REPORT_UPLINK, 0, &row), 0);
        CHECK_INT(row.id, 1);
        CHECK_INT(store_next_report(store, "modem0", REPORT_UPLINK, 1, &row), 0);
        CHECK_INT(row.id, 3);
        CHECK_INT(store_next_report(store, "modem0", REPORT_UPLINK, 3, &row), -ENOENT);
        batch.settled[0] = (SettledRow) { 1, SETTLEMENT_ACCEPTED };
        batch.settled[1] = (SettledRow) { 2, SETTLEMENT_REFUSED };
        batch.settled[2] = (SettledRow) { 3, SETTLEMENT_DROPPED };
        batch.settled[3] = (SettledRow) { 1, SETTLEMENT_ACCEPTED }; /* again: counts once */
        batch.n_settled = 4;
        commit();
        for (int round = 0; round < 2; round++) {
                CHECK_INT(store_spool(store, &spool), 0);
                CHECK_INT(spool.waiting, 1);
                CHECK_INT(spool.accepted, 1);
                CHECK_INT(spool.refused, 1);
                CHECK_INT(spool.dropped, 1);
                CHECK_INT(spool.oldest, NOW + 4);
                reopen();
        }
        teardown();
}

static int prune(usec_t before) {
        return store_prune(store, &(Prune) { .before = before,
                                             .now = NOW + USEC_PER_HOUR,
                                             .rows = 1000,
                                             .events_max = STORE_EVENTS_MAX });
}

TEST(store_numbers_never_repeat_even_when_their_rows_are_gone) {
        StoreCounters counters;

        setup();
        add_event(41, "modem0");
        add_job(5, "modem0", 1, 2);
        add_report(9, "modem0");
        record.act.sequence = 77;
        batch.modules[batch.n_modules++] = &record;
        batch.settled[batch.n_settled++] = (SettledRow) { 9, SETTLEMENT_ACCEPTED };
        commit();
        CHECK_INT(prune(USEC_INFINITY), 1); /* the event; the module's last job stays */
        raw_sql("DELETE FROM jobs");
        reopen();
        CHECK_INT(count_events(), 0);
        CHECK_INT(store_counters(store, &counters), 0);
        CHECK_INT(counters.last_event, 41);
        CHECK_INT(counters.last_job, 5);
        CHECK_INT(counters.last_report, 9);
        CHECK_INT(counters.last_act, 77);
        CHECK_INT(counters.newest, NOW + 41);
        raw_sql("DELETE FROM totals; INSERT INTO events (sequence) VALUES (50)");
        reopen();
        CHECK_INT(store_counters(store, &counters), 0);
        CHECK_INT(counters.last_event, 50);
        CHECK_INT(counters.last_act, 77);
        teardown();
}

TEST(store_prunes_old_history_but_not_running_jobs) {
        setup();
        for (uint64_t i = 1; i <= 200; i++)
                add_event(i, "modem0");
        for (size_t i = 0; i < 100; i++)
                batch.events[i].job = i < 50 ? 1 : 0;
        add_job(1, "modem0", NOW, 0);
        add_job(2, "modem0", NOW, NOW + 1);
        add_job(3, "modem0", NOW, NOW + 300);
        commit();
        CHECK_INT(prune(NOW + 101), 51); /* events 51..100 and job 2 */
        CHECK_INT(count_events(), 150);
        CHECK_INT(store_load_job(store, 1, &batch.jobs[0]), 0);
        CHECK_INT(store_load_job(store, 2, &batch.jobs[0]), -ENOENT);
        CHECK_INT(store_load_job(store, 3, &batch.jobs[0]), 0);
        for (uint64_t n = 0; n < 6; n++) {
                for (uint64_t i = 0; i < 200; i++)
                        add_event(1000 + n * 200 + i, "modem0");
                commit();
        }
        CHECK_INT(prune(USEC_INFINITY), 1000);
        teardown();
}

TEST(store_prunes_neither_the_last_job_of_a_module_nor_what_was_said_of_it) {
        setup();
        for (uint64_t i = 1; i <= 6; i++) {
                add_event(i, i <= 4 ? "modem0" : "modem1");
                batch.events[i - 1].job = (i + 1) / 2; /* 1 1 2 2 3 3 */
        }
        add_job(1, "modem0", NOW, NOW + 1);
        add_job(2, "modem0", NOW, NOW + 2);
        add_job(3, "modem1", NOW, NOW + 3);
        commit();
        CHECK_INT(prune(USEC_INFINITY), 3); /* job 1 and its events */
        CHECK_INT(count_events(), 4);
        CHECK_INT(store_load_job(store, 2, &batch.jobs[0]), 0);
        CHECK_INT(store_load_job(store, 3, &batch.jobs[0]), 0);
        CHECK_INT(prune(USEC_INFINITY), 0);
        teardown();
}

/* A gateway without a clock of its own writes rows of 1970 until somebody tells it the time, and
 * one whose clock went wrong may have written some of 2099. */
TEST(store_prunes_by_the_order_of_rows_whatever_their_clock_was) {
        setup();
        for (uint64_t i = 1; i <= 10; i++)
                add_event(i, "modem0");
        batch.events[1].realtime = NOW * 2; /* 2 */
        batch.events[6].realtime = 1000;    /* 7 */
        commit();
        CHECK_INT(prune(NOW + 5), 4); /* 1..4, the one of 2099 among them; not 7 */
        CHECK_INT(count_events(), 6);
        CHECK_INT(seen.ids[0], 5);
        CHECK_INT(prune(NOW + 8), 3); /* 5, 6 and 7 */
        teardown();
}

TEST(store_keeps_so_many_events_at_most) {
        setup();
        for (uint64_t i = 1; i <= 200; i++)
                add_event(i, "modem0");
        commit();
        CHECK_INT(
                store_prune(
                        store,
                        &(Prune) { .before = 0, .now = NOW + 1000, .rows = 30, .events_max = 50 }),
                30);
        CHECK_INT(store_prune(store, &(Prune) { .before = 0,
                                                .now = NOW + 1000,
                                                .rows = 1000,
                                                .events_max = 50 }),
                  120);
        CHECK_INT(count_events(), 50);
        CHECK_INT(seen.ids[0], 151);
        teardown();
}

static int64_t file_pages(void) {
        sqlite3_stmt *statement = NULL;
        sqlite3 *db = NULL;
        int64_t n = 0;

        if (sqlite3_open(path, &db) != SQLITE_OK)
                return -1;
        if (sqlite3_prepare_v2(db, "PRAGMA page_count", -1, &statement, NULL) == SQLITE_OK &&
            sqlite3_step(statement) == SQLITE_ROW)
                n = sqlite3_column_int64(statement, 0);
        (void) sqlite3_finalize(statement);
        (void) sqlite3_close(db);
        return n;
}

TEST(store_file_does_not_grow_when_history_is_pruned) {
        int64_t after_three = 0;

        setup();
        for (uint64_t n = 0; n < 12; n++) {
                for (uint64_t i = 1; i <= 200; i++)
                        add_event(n * 200 + i, "modem0");
                commit();
                CHECK_INT(prune(NOW + n * 200), n == 0 ? 0 : n == 1 ? 199 : 200);
                if (n == 2)
                        after_three = file_pages();
        }
        CHECK(file_pages() <= after_three + 1);
        teardown();
}

TEST(store_tells_of_a_time) {
        setup();
        for (uint64_t i = 1; i <= 10; i++)
                add_event(i, i % 2 ? "modem0" : "modem1");
        add_job(1, "modem0", NOW + 1, NOW + 3);
        add_job(2, "modem0", NOW + 4, NOW + 6);
        add_job(3, "modem0", NOW + 7, 0);
        commit();
        seen.n = 0;
        CHECK_INT(store_each_event(store,
                                   &(HistoryQuery) {
                                           .module = "modem0", .since = NOW + 3, .until = NOW + 7 },
                                   on_event, &seen),
                  0);
        CHECK_INT(seen.n, 3);
        CHECK_INT(seen.ids[0], 3);
        CHECK_INT(seen.ids[2], 7);
        seen.n = 0;
        CHECK_INT(store_each_job(store, &(HistoryQuery) { .since = NOW + 5, .until = NOW + 6 },
                                 on_job, &seen),
                  0);
        CHECK_INT(seen.n, 1);
        CHECK_INT(seen.ids[0], 2);
        seen.n = 0;
        CHECK_INT(store_each_job(store, &(HistoryQuery) { .since = NOW + 9 }, on_job, &seen), 0);
        CHECK_INT(seen.n, 1); /* the one that runs */
        CHECK_INT(seen.ids[0], 3);
        teardown();
}

TEST(store_commit_is_all_or_nothing) {
        setup();
        add_event(1, "modem0");
        commit();
        raw_sql("CREATE UNIQUE INDEX breaker ON reports (dev_eui)"); /* the second report of the
                                                                        batch will fail */
        add_event(2, "modem0");
        add_job(1, "modem0", NOW, 0);
        add_report(1, "modem0");
        add_report(2, "modem0");
        record.state = STATE_INSTALLING;
        batch.modules[batch.n_modules++] = &record;
        CHECK(store_commit(store, &batch) < 0);
        CHECK_INT(count_events(), 1);
        CHECK_INT(store_load_module(store, "modem0", &record), -ENOENT);
        CHECK_INT(store_load_job(store, 1, &batch.jobs[1]), -ENOENT);
        raw_sql("DROP INDEX breaker");
        CHECK_INT(store_recover(store, NULL, 0), 0);
        commit();
        CHECK_INT(count_events(), 2);
        CHECK_INT(store_load_module(store, "modem0", &record), 0);
        CHECK_INT(record.state, STATE_INSTALLING);
        teardown();
}

/* A COMMIT may fail after its rows reached the disk. */
TEST(store_takes_the_same_batch_twice) {
        Spool spool;

        setup();
        for (int i = 0; i < 2; i++) {
                add_event(1, "modem0");
                add_report(1, "modem0");
                add_report(2, "modem0");
                add_job(1, "modem0", NOW, 0);
                batch.settled[batch.n_settled++] = (SettledRow) { 7, SETTLEMENT_ACCEPTED };
                commit();
        }
        CHECK_INT(count_events(), 1);
        CHECK_INT(store_spool(store, &spool), 0);
        CHECK_INT(spool.waiting, 2);
        CHECK_INT(spool.accepted, 0);
        teardown();
}

TEST(store_control_characters_do_not_make_a_record_unreadable) {
        setup();
        TEXT_COPY(record.firmware, "HL78\x06\x15\n00");
        record.progress_percent = 4711;
        record.package_bytes = UINT64_MAX;
        record.state_since = USEC_INFINITY - 1;
        batch.modules[batch.n_modules++] = &record;
        commit();
        CHECK_INT(store_load_module(store, "modem0", &record), 0);
        CHECK_STR(record.firmware, "HL78???00");
        CHECK_INT(record.progress_percent, 100);
        CHECK(record.package_bytes == INT64_MAX);
        CHECK(record.state_since == USEC_INFINITY);
        teardown();
}

TEST(store_gives_no_module_whose_row_makes_no_sense) {
        static const char *const bad[] = {
                "UPDATE modules SET state = 14",
                "UPDATE modules SET state = -1",
                "UPDATE modules SET state = 'idle'",
                "UPDATE modules SET state = 1.5",
                "UPDATE modules SET imei = 123456789012345.5, imei = x'30'",
                "UPDATE modules SET firmware = 'a' || char(10)",
                "UPDATE modules SET firmware = 'a' || char(0) || 'b'",
                "UPDATE modules SET firmware = printf('%.64c', 'x')",
                "UPDATE modules SET wanted_session = 2",
                "UPDATE modules SET fcnt_up = 4294967296",
                "UPDATE modules SET state_since = -2",
                "UPDATE modules SET progress_percent = 101",
                "UPDATE modules SET act_verb = 1000",
        };
        StoreCounters counters;

        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                ModuleRecord untouched = { .name = "untouched" };
                char why[256] = "";

                setup();
                batch.modules[batch.n_modules++] = &record;
                commit();
                raw_sql(bad[i]);
                CHECK_INT(store_load_module(store, "modem0", &untouched), -EBADMSG);
                CHECK_STR(untouched.name, "untouched");
                CHECK_INT(store_counters(store, &counters), 0);
                CHECK_INT(counters.bad_rows, 1);
                store = store_free(store);
                CHECK_INT(store_open(path, &store, why, sizeof why), -EBADMSG);
                CHECK(strstr(why, "what it holds of a module or an inhibitor makes no sense"));
                teardown();
        }
}

TEST(store_leaves_out_bad_events_and_reports_and_goes_on) {
        StoreCounters counters;
        ReportRow row;

        setup();
        for (uint64_t i = 1; i <= 6; i++) {
                add_event(i, "modem0");
                add_report(i, "modem0");
        }
        commit();
        raw_sql("UPDATE events SET details = '{\"a\":1},{' WHERE sequence = 1;"
                "UPDATE events SET details = '[1]' WHERE sequence = 2;"
                "UPDATE events SET event = 999 WHERE sequence = 3;"
                "UPDATE events SET details = '{' || char(10) || '}' WHERE sequence = 4;"
                "UPDATE events SET details = x'7b7d' WHERE sequence = 5;"
                "UPDATE reports SET payload = zeroblob(223) WHERE id = 1;"
                "UPDATE reports SET payload = 'text' WHERE id = 2;"
                "UPDATE reports SET signal_dbm = 1001 WHERE id = 3");
        CHECK_INT(count_events(), 1);
        CHECK_INT(seen.ids[0], 6);
        CHECK_INT(store_next_report(store, "modem0", REPORT_UPLINK, 0, &row), 0);
        CHECK_INT(row.id, 4);
        CHECK_INT(store_counters(store, &counters), 0);
        CHECK_INT(counters.bad_rows, 8);
        teardown();
}

TEST(store_files_are_private) {
        static const char *const suffixes[] = { "", "-wal", "-shm" };
        mode_t before = umask(0);
        struct stat st;

        setup();
        add_event(1, "modem0");
        commit();
        (void) umask(before);
        for (size_t i = 0; i < ELEMENTSOF(suffixes); i++) {
                char file[320];

                (void) snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
                CHECK_INT(stat(file, &st), 0);
                CHECK_INT(st.st_mode & 07777, 0600);
        }
        store = store_free(store);
        CHECK_INT(chmod(path, 0644), 0);
        open_store();
        CHECK_INT(stat(path, &st), 0);
        CHECK_INT(st.st_mode & 07777, 0600);
        teardown();
}

static void check_refused(int error, const char *text) {
        Store *untouched = NULL;
        char why[256];

        CHECK_INT(store_open(path, &untouched, why, sizeof why), error);
        CHECK(!untouched);
        if (!strstr(why, text))
                CHECK_STR(why, text);
}

TEST(store_of_a_newer_version_or_of_another_program_is_refused_and_left_alone) {
        fresh_path();
        raw_sql("PRAGMA user_version = 9; PRAGMA application_id = 0x666f7461; CREATE TABLE t (a)");
        check_refused(-EBADMSG, "newer fotad (schema 9");
        raw_sql("PRAGMA application_id = 1");
        check_refused(-EBADMSG, "another program");
        raw_sql("PRAGMA application_id = 0x666f7461; PRAGMA user_version = 1");
        check_refused(-EBADMSG, "no such table");
        raw_sql("PRAGMA user_version = 0");
        check_refused(-EBADMSG, "no version");
        raw_sql("INSERT INTO t VALUES (1)"); /* still there */
        teardown();
}

static void write_file(const char *to, size_t at, const void *bytes, size_t n) {
        int fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        CHECK(fd >= 0);
        CHECK_INT(pwrite(fd, bytes, n, (off_t) at), n);
        (void) close(fd);
}

TEST(store_that_is_corrupt_is_refused_and_left_alone) {
        char junk[4096], after[sizeof junk] = "";
        struct stat before, now;
        int fd;

        setup();
        for (uint64_t i = 1; i <= 200; i++)
                add_event(i, "modem0");
        commit();
        store = store_free(store);
        memset(junk, 0x5a, sizeof junk);
        CHECK_INT(stat(path, &before), 0);
        write_file(path, (size_t) before.st_size - 4096, junk, sizeof junk);
        check_refused(-EBADMSG, "btreeInitPage() returns error code 11; stop fotad and move it");
        write_file(path, (size_t) before.st_size / 4096 / 2 * 4096, junk, sizeof junk);
        check_refused(-EBADMSG, "corrupt");
        CHECK_INT(stat(path, &now), 0);
        CHECK_INT(now.st_size, before.st_size);
        write_file(path, 0, junk, sizeof junk);
        check_refused(-EBADMSG, "not a database");
        fd = open(path, O_RDONLY | O_CLOEXEC);
        CHECK_INT(read(fd, after, sizeof after), sizeof after);
        (void) close(fd);
        CHECK(memcmp(junk, after, sizeof junk) == 0);
        teardown();
}

TEST(store_whose_directory_is_missing_says_so) {
        fresh_path();
        (void) snprintf(path, sizeof path, "%s/not-there/fotad.db", directory);
        check_refused(-ENOENT, "No such file or directory");
        teardown();
}

/* Runs a function in a child that may mount things for itself, and gives its exit status: 0 fine,
 * 77 not allowed here. */
static int in_sandbox(int (*run)(void)) {
        pid_t pid = fork();
        int status = 0;

        if (pid == 0) {
                if (unshare(CLONE_NEWNS) < 0 ||
                    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0)
                        _exit(77);
                _exit(run());
        }
        return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
                       WEXITSTATUS(status) :
                       99;
}

static int mount_tiny(const char *options) {
        return mount("tmpfs", directory, "tmpfs", 0, options) < 0 ? 77 : 0;
}

/* Fills the disk; then makes room again. 0 or the line that went wrong. */
static int run_full_disk(void) {
        char why[256] = "", ballast[320];
        static const char page[4096];
        int fd, r = 0;

        if (mount_tiny("size=512k") != 0)
                return 77;
        if (store_open(path, &store, why, sizeof why) < 0)
                return 1;
        (void) snprintf(ballast, sizeof ballast, "%s/ballast", directory);
        fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        while (write(fd, page, sizeof page) > 0)
                ;
        for (uint64_t i = 1; i <= 200; i++)
                add_event(i, "modem0");
        for (int i = 0; i < 3; i++)
                if ((r = store_commit(store, &batch)) != -ENOSPC)
                        return 2;
        if (count_events() != 0)
                return 3;
        if (store_recover(store, why, sizeof why) >= 0)
                return 4;
        if (store_commit(store, &batch) >= 0)
                return 5;
        if (unlink(ballast) < 0 || close(fd) < 0)
                return 6;
        if (store_recover(store, why, sizeof why) < 0)
                return 7;
        if (store_commit(store, &batch) < 0 || count_events() != 200)
                return 8;
        store = store_free(store);
        return 0;
}

TEST(store_on_a_full_disk_fails_with_enospc_and_recovers) {
        int status;

        fresh_path();
        status = in_sandbox(run_full_disk);
        teardown();
        if (status == 77)
                SKIP("may not mount");
        CHECK_INT(status, 0);
}

static int run_read_only(void) {
        char why[256] = "";
        int r;

        if (mount_tiny("size=1m") != 0)
                return 77;
        if (store_open(path, &store, why, sizeof why) < 0)
                return 1;
        add_event(1, "modem0");
        if (store_commit(store, &batch) < 0)
                return 2;
        store = store_free(store);
        if (mount("none", directory, "none", MS_REMOUNT | MS_RDONLY, "size=1m") < 0)
                return 3;
        r = store_open(path, &store, why, sizeof why);
        if (r != -EROFS || !strstr(why, "Read-only file system"))
                return fprintf(stderr, "%d: %s\n", r, why), 4;
        (void) unlink(path);
        (void) snprintf(path, sizeof path, "%s/new.db", directory);
        if (store_open(path, &store, why, sizeof why) != -EROFS)
                return 5;
        return 0;
}

TEST(store_on_a_read_only_file_system_says_so) {
        int status;

        fresh_path();
        status = in_sandbox(run_read_only);
        teardown();
        if (status == 77)
                SKIP("may not mount");
        CHECK_INT(status, 0);
}

/* Commits for ever; after each commit its number goes down the pipe. */
static void write_for_ever(int fd) {
        char why[128];

        if (store_open(path, &store, why, sizeof why) < 0)
                _exit(1);
        for (uint64_t i = 1;; i++) {
                for (int k = 0; k < 5; k++)
                        add_event(i * 5 + (uint64_t) k, "modem0");
                add_report(i, "modem0");
                record.act.sequence = i;
                batch.modules[batch.n_modules++] = &record;
                if (store_commit(store, &batch) < 0 || write(fd, &i, sizeof i) != sizeof i)
                        _exit(1);
                batch.n_events = batch.n_reports = batch.n_modules = 0;
        }
}

static void kill_writer_once(useconds_t delay_usec) {
        uint64_t told = 0, got;
        StoreCounters counters;
        int pipe_fd[2];
        pid_t pid;

        fresh_path();
        CHECK_INT(pipe(pipe_fd), 0);
        pid = fork();
        if (pid == 0)
                write_for_ever(pipe_fd[1]);
        (void) close(pipe_fd[1]);
        CHECK_INT(read(pipe_fd[0], &told, sizeof told), sizeof told);
        (void) usleep(delay_usec);
        CHECK_INT(kill(pid, SIGKILL), 0);
        CHECK_INT(waitpid(pid, NULL, 0), pid);
        while (read(pipe_fd[0], &got, sizeof got) == sizeof got)
                told = got;
        (void) close(pipe_fd[0]);
        open_store();
        CHECK_INT(store_counters(store, &counters), 0);
        CHECK(counters.last_act == told || counters.last_act == told + 1);
        CHECK_INT(counters.last_report, counters.last_act);
        CHECK_INT(counters.last_event, counters.last_act * 5 + 4);
        CHECK_INT(store_load_module(store, "modem0", &record), 0);
        CHECK_INT(record.act.sequence, counters.last_act);
        CHECK_INT(counters.bad_rows, 0);
        teardown();
}

TEST(store_keeps_what_it_promised_after_kill_9) {
        for (useconds_t i = 0; i < 15 && !test_state.failed; i++)
                kill_writer_once(i * 1237);
}

TEST(store_migrates_step_by_step_in_one_transaction) {
        typedef struct Row {
                uint64_t id;
                char name[8];
                uint64_t size;
        } Row;
        static const Field fields[] = {
                NUMBER_FIELD(Row, "id", id, NUMBER_MAX),
                TEXT_FIELD(Row, "name", name),
                { .column = "size",
                  .type = FIELD_NUMBER,
                  .since = 2,
                  FIELD_AT(Row, size),
                  .max = 9 },
        };
        static const Field new_fields[] = {
                { .column = "id",
                  .type = FIELD_NUMBER,
                  .since = 3,
                  FIELD_AT(Row, id),
                  .max = NUMBER_MAX },
        };
        static const Table tables[] = { { "things", fields, ELEMENTSOF(fields), false },
                                        { "others", new_fields, ELEMENTSOF(new_fields), false } };
        const char *steps[] = { "INSERT INTO things (id, name) VALUES (1, 'a')",
                                "UPDATE things SET size = 5", "SELECT nonsense" };
        Schema toy = { tables, ELEMENTSOF(tables), steps, 1 };
        sqlite3 *db = NULL;

        CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
        CHECK_INT(schema_migrate(&toy, db, 0), SQLITE_OK);
        toy.version = 3;
        CHECK(schema_migrate(&toy, db, 1) != SQLITE_OK);
        CHECK_INT(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
        CHECK(sqlite3_exec(db, "SELECT size FROM things", NULL, NULL, NULL) != SQLITE_OK); /* rolled
                                                                                              back
                                                                                            */
        steps[2] = NULL;
        CHECK_INT(schema_migrate(&toy, db, 1), SQLITE_OK);
        CHECK_INT(sqlite3_exec(db, "SELECT id FROM others", NULL, NULL, NULL), SQLITE_OK);
        CHECK_INT(sqlite3_exec(db, "INSERT INTO others SELECT 1 / (size = 5) FROM things", NULL,
                               NULL, NULL),
                  SQLITE_OK);
        CHECK_INT(sqlite3_total_changes(db) > 0, 1);
        CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

/* The loop must not grow: what a thousand commits need was there after the first hundred. */
TEST(store_commits_do_not_grow_memory) {
        ReportRow row;
        int64_t before = 0;

        setup();
        for (uint64_t i = 1; i <= 1000; i++) {
                add_event(i, "modem0");
                add_report(i, "modem0");
                batch.modules[batch.n_modules++] = &record;
                batch.settled[batch.n_settled++] = (SettledRow) { i - 1, SETTLEMENT_ACCEPTED };
                commit();
                CHECK_INT(store_next_report(store, "modem0", REPORT_UPLINK, 0, &row), 0);
                CHECK_INT(row.id, i);
                if (i == 100)
                        before = sqlite3_memory_used();
        }
        CHECK(sqlite3_memory_used() < before + 512 * 1024); /* the page cache may still fill */
        teardown();
}

TEST_MAIN()
