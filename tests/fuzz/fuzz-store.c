/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The store on a database that somebody damaged.
 *
 * The first byte of the input chooses how: bytes of the file are changed at given places, or values
 * of rows are replaced through SQL, where quick_check sees nothing wrong. Then everything is read,
 * written and recovered. Looks for crashes, and for values out of bounds in what was read.
 */

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "store/schema.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char directory[64], path[80];
static char *image;
static size_t image_size;
static Batch batch;

static void write_image(void) {
        char other[96];
        int fd;

        (void) snprintf(other, sizeof other, "%s-wal", path);
        (void) unlink(other);
        (void) snprintf(other, sizeof other, "%s-shm", path);
        (void) unlink(other);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, image, image_size) != (ssize_t) image_size || close(fd) < 0)
                abort();
}

static const InhibitorRow inhibitor = { .id = 3,
                                        .actions = 1U << ACTION_INSTALL,
                                        .who = "backup",
                                        .why = "copying logs",
                                        .until = USEC_INFINITY,
                                        .until_boottime = USEC_INFINITY };

static void fill_batch(ModuleRecord *record) {
        *record = (ModuleRecord) { .name = "modem0",
                                   .state = STATE_INSTALLING,
                                   .firmware = "HL7800.4.4.14.0" };
        batch.modules[0] = record;
        batch.jobs[0] = (JobRow) { .id = 1, .module = "modem0" };
        batch.n_modules = batch.n_jobs = 1;
        batch.n_events = batch.n_reports = 4;
        batch.frames[0] =
                (FrameRow) { .id = 1, .module = "modem0", .state = FRAME_WAITING, .n_payload = 2 };
        batch.n_frames = 1;
        batch.inhibitors[0] = &inhibitor;
        batch.n_inhibitors = 1;
        batch.inhibitors_changed = true;
        for (uint64_t i = 0; i < 4; i++) {
                batch.events[i] = (EventRow) { .sequence = i + 1,
                                               .module = "modem0",
                                               .event = EVENT_DOWNLOAD_PROGRESS,
                                               .n_details = 1 };
                batch.events[i].details[0] =
                        (Detail) { .key = "percent", .is_number = true, .number = 50 };
                batch.reports[i] =
                        (ReportRow) { .id = i + 1, .module = "modem0", .fport = 1, .n_payload = 2 };
        }
}

static void remove_files(void) {
        char command[96];

        (void) snprintf(command, sizeof command, "rm -rf '%s'", directory);
        (void) !system(command);
}

/* The sound database that every input starts from. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
        bool memory = access("/dev/shm", W_OK) == 0;
        ModuleRecord record;
        Store *store;
        struct stat st;
        int fd;

        (void) argc, (void) argv;
        (void) snprintf(directory, sizeof directory, "%s/fuzz-store.XXXXXX",
                        memory ? "/dev/shm" : "/tmp");
        if (!mkdtemp(directory) || atexit(remove_files) != 0)
                abort();
        (void) snprintf(path, sizeof path, "%s/db", directory);
        fill_batch(&record);
        if (store_open(path, &store, NULL, 0) < 0 || store_commit(store, &batch) < 0)
                abort();
        store_free(store); /* folds the -wal back */
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) < 0)
                abort();
        image_size = (size_t) st.st_size;
        image = malloc(image_size);
        if (!image || read(fd, image, image_size) != (ssize_t) image_size)
                abort();
        (void) close(fd);
        return 0;
}

/* Four bytes a change: where (three), what. */
static void damage_bytes(const uint8_t *data, size_t size) {
        int fd = open(path, O_WRONLY | O_CLOEXEC);

        for (; size >= 4; data += 4, size -= 4) {
                size_t at = ((size_t) data[0] << 16 | (size_t) data[1] << 8 | data[2]) % image_size;

                if (pwrite(fd, &data[3], 1, (off_t) at) != 1)
                        abort();
        }
        (void) close(fd);
}

/* Table, column, type, then the length of the value and the value. */
static void damage_rows(const uint8_t *data, size_t size) {
        static const char *const types[] = { "CAST(?1 AS TEXT)", "CAST(?1 AS INTEGER)", "?1",
                                             "CAST(?1 AS REAL)" };
        sqlite3 *db;

        if (sqlite3_open(path, &db) != SQLITE_OK)
                abort();
        while (size >= 4) {
                const Table *table = &schema_tables[data[0] % _TABLE_MAX];
                const char *column = table->fields[data[1] % table->n_fields].column;
                size_t n = MIN_OF((size_t) data[3], size - 4);
                sqlite3_stmt *statement = NULL;
                char sql[256];

                (void) snprintf(sql, sizeof sql, "UPDATE OR IGNORE %s SET %s = %s", table->name,
                                column, types[data[2] % 4]);
                if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
                        abort();
                (void) sqlite3_bind_blob(statement, 1, data + 4, (int) n, SQLITE_STATIC);
                (void) sqlite3_step(statement);
                (void) sqlite3_finalize(statement);
                data += 4 + n;
                size -= 4 + n;
        }
        (void) sqlite3_close(db);
}

static void check_text(const char *text, size_t size) {
        assert(memchr(text, '\0', size));
        for (; *text != '\0'; text++)
                assert((unsigned char) *text >= 0x20 && *text != 0x7f);
}

static int on_job(void *userdata, const JobRow *row) {
        (void) userdata;
        check_text(row->by, sizeof row->by);
        assert(row->reason < _REASON_MAX && row->outcome < _OUTCOME_MAX &&
               row->source < _JOB_SOURCE_MAX);
        return 0;
}

static int on_event(void *userdata, const StoredEvent *row) {
        (void) userdata;
        assert(row->event && !row->state == !row->module[0]);
        check_text(row->module, MODULE_NAME_MAX);
        check_text(row->details_json, strlen(row->details_json) + 1);
        return 0;
}

static int on_frame(void *userdata, const FrameRow *row) {
        (void) userdata;
        check_text(row->module, sizeof row->module);
        check_text(row->shown.firmware, sizeof row->shown.firmware);
        assert(row->state < _FRAME_STATE_MAX && row->n_payload <= FRAME_PAYLOAD_MAX &&
               row->shown.action < _ACTION_MAX);
        return 0;
}

static int on_install(void *userdata, const ModuleRecord *record) {
        (void) userdata;
        assert(record->state < _STATE_MAX && record->install.reason < _REASON_MAX);
        return 0;
}

static void read_inhibitors(Store *store) {
        InhibitorRow rows[4];
        const int n = store_load_inhibitors(store, rows, ELEMENTSOF(rows));

        for (int i = 0; i < n; i++) {
                assert(rows[i].source < _INHIBITOR_SOURCE_MAX &&
                       rows[i].actions < 1U << _ACTION_MAX && rows[i].span <= INHIBITOR_SPAN_MAX);
                check_text(rows[i].who, sizeof rows[i].who);
                check_text(rows[i].unit, sizeof rows[i].unit);
        }
}

static void read_all(Store *store) {
        ModuleRecord record;
        ReportRow report;
        StoreCounters counters;
        Spool spool;

        if (store_load_module(store, "modem0", &record) == 0) {
                assert(record.state < _STATE_MAX && record.act.verb < _VERB_MAX &&
                       record.progress_percent <= 100);
                check_text(record.firmware, sizeof record.firmware);
        }
        for (uint64_t id = 0; store_next_report(store, "modem0", REPORT_UPLINK, id, &report) == 0;
             id = report.id)
                assert(report.id > id && report.n_payload <= REPORT_PAYLOAD_MAX);
        (void) !store_each_job(store, &(HistoryQuery) { .module = "modem0", .limit = 3 }, on_job,
                               NULL);
        (void) !store_each_job(store, &(HistoryQuery) { .module = NULL, .limit = 0 }, on_job, NULL);
        (void) !store_each_event(store, &(HistoryQuery) { .module = "modem0", .limit = 3 },
                                 on_event, NULL);
        (void) !store_each_event(store, &(HistoryQuery) { .module = NULL, .limit = 0 }, on_event,
                                 NULL);
        read_inhibitors(store);
        (void) !store_each_frame(store, on_frame, NULL);
        (void) !store_each_install(store, on_install, NULL);
        (void) !store_spool(store, &spool);
        (void) !store_spool_kinds(store, &spool);
        (void) !store_counters(store, &counters);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ModuleRecord record;
        Store *store = NULL;
        char why[256];
        int r;

        if (size < 1)
                return 0;
        write_image();
        if (data[0] % 2 == 0)
                damage_bytes(data + 1, size - 1);
        else
                damage_rows(data + 1, size - 1);
        r = store_open(path, &store, why, sizeof why);
        assert((r < 0) == (why[0] != '\0') && (r < 0) == !store);
        if (r < 0)
                return 0;
        read_all(store);
        fill_batch(&record);
        if (store_commit(store, &batch) == 0) {
                StoreCounters counters;

                assert(store_counters(store, &counters) == 0 && counters.last_event >= 4);
        }
        (void) !store_prune(store, &(Prune) { .before = USEC_INFINITY,
                                              .now = USEC_INFINITY,
                                              .rows = 1000,
                                              .events_max = 2 });
        (void) !store_recover(store, why, sizeof why);
        read_all(store);
        store_free(store);
        return 0;
}
