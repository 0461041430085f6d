/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The log of the process: to the journal with fields, or as plain lines on stderr.
 *
 * Owns the only process-wide state of base: the level and where to write. $JOURNAL_STREAM names the
 * device and inode of the stream that systemd connected; it is inherited by whatever a service
 * starts, so it counts only when our stderr is that very stream. Control characters in a message,
 * which may quote what a module sent, are shown as '?': nobody forges a second line. */

#include "base/log.h"

#include <assert.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* it would always be this file */
#include <systemd/sd-journal.h>

#include "base/text.h"

#define LOG_MESSAGE_MAX 2048
#define LOG_FIELD_MAX 256
#define LOG_FIELDS_MAX 7

static int level_max = LOG_INFO;
static bool to_journal;

void log_open(void) {
        const char *stream = getenv("JOURNAL_STREAM");
        unsigned long long device, inode;
        struct stat st;

        to_journal = stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
                     fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

void log_set_level(int level) {
        level_max = level;
}

int log_level(void) {
        return level_max;
}

int log_level_from_string(const char *string) {
        static const char *const names[] = {
                [LOG_ERR] = "error", [LOG_WARNING] = "warning", [LOG_NOTICE] = "notice",
                [LOG_INFO] = "info", [LOG_DEBUG] = "debug",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (names[i] && streq(names[i], string))
                        return (int) i;
        return -EINVAL;
}

/* The fields of one journal record; each text lives until it is sent. */
typedef struct Record {
        struct iovec parts[LOG_FIELDS_MAX];
        char texts[LOG_FIELDS_MAX - 1][LOG_FIELD_MAX];
        int n;
} Record;

static void record_add(Record *record, const char *name, const char *value) {
        Text text;

        if (!value)
                return;
        assert(record->n < LOG_FIELDS_MAX);
        text_init(&text, record->texts[record->n - 1], LOG_FIELD_MAX);
        text_printf(&text, "%s=%s", name, value);
        record->parts[record->n++] = (struct iovec) { text.data, text.length };
}

static int log_to_journal(int level, const LogFields *fields, Text *message) {
        Record record = { .parts[0] = { message->data, message->length }, .n = 1 };
        char number[24];

        (void) snprintf(number, sizeof number, "%d", level);
        record_add(&record, "PRIORITY", number);
        if (fields) {
                record_add(&record, "FOTAD_MODULE", fields->module);
                record_add(&record, "FOTAD_STATE", fields->state);
                record_add(&record, "FOTAD_EVENT", fields->event);
                record_add(&record, "MESSAGE_ID", fields->message_id);
                (void) snprintf(number, sizeof number, "%llu", (unsigned long long) fields->job);
                record_add(&record, "FOTAD_JOB", fields->job > 0 ? number : NULL);
        }
        return sd_journal_sendv(record.parts, record.n);
}

static void control_characters_hide(char *p) {
        for (; *p != '\0'; p++)
                if (((unsigned char) *p < 0x20 && *p != '\t') || *p == 0x7f)
                        *p = '?';
}

void log_full(int level, const LogFields *fields, const char *format, ...) {
        static const char key[] = "MESSAGE=";
        char buffer[sizeof key + LOG_MESSAGE_MAX];
        int saved_errno = errno;
        va_list arguments;
        Text text;

        if (level > level_max)
                return;
        text_init(&text, buffer, sizeof buffer);
        text_add(&text, key);
        if (fields && fields->module)
                text_printf(&text, "%s: ", fields->module);
        errno = saved_errno; /* for %m */
        va_start(arguments, format);
        (void) vsnprintf(text.data + text.length, text.size - text.length, format, arguments);
        va_end(arguments);
        text.length = strlen(text.data);
        control_characters_hide(text.data);
        if (!to_journal || log_to_journal(level, fields, &text) < 0)
                (void) fprintf(stderr, "%s\n", text.data + sizeof key - 1);
        errno = saved_errno;
}
