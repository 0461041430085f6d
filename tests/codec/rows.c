/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Written from fotad-payload(7), not from the code that is checked with it. */

#include <stdio.h>

#include "codec/rows.h"

#define SAFE_MAX UINT64_C(9007199254740991)
#define TEXT_MAX 64

static const UplinkSettings settings = {
        .enabled = true,
        .events = EVENT_CLASS_FOTA | EVENT_CLASS_ALERTS | EVENT_CLASS_STATUS,
        .reports = REPORT_KINDS_ALL,
};

unsigned random_below(Random *random, unsigned end) {
        random->seed = random->seed * 1664525 + 1013904223;
        return (random->seed >> 16) % end;
}

static bool one_in(Random *random, unsigned n) {
        return random_below(random, n) == 0;
}

static uint64_t random_number(Random *random) {
        uint64_t number = 0;

        for (unsigned i = 0; i < 4; i++)
                number = number << 16 | random_below(random, 65536);
        return number >> random_below(random, 64);
}

/* Mostly short and printable. */
static void random_text(Random *random, char *to, size_t size) {
        static const char odd[] = "\x01\n\x1f\x7f\x80\xff";
        size_t n = one_in(random, 12) ? size - 1 : 1 + random_below(random, 20);

        n = MIN_OF(n, size - 1);
        for (size_t i = 0; i < n; i++)
                to[i] = one_in(random, 200) ? odd[random_below(random, sizeof odd - 1)] :
                                              (char) (0x20 + random_below(random, 0x5f));
        to[n] = '\0';
}
#define RANDOM_TEXT(random, array) random_text((random), (array), sizeof(array))

/* expected data */

static void expect_text(Json *json, const char *key, const char *text) {
        char shown[TEXT_MAX + 1];
        size_t n = 0;

        if (text[0] == '\0')
                return;
        for (; n < TEXT_MAX && text[n] != '\0'; n++)
                shown[n] = text[n] >= 0x20 && text[n] <= 0x7e ? text[n] : '?';
        shown[n] = '\0';
        json_field_string(json, key, shown);
}

static void expect_number(Json *json, const char *key, uint64_t number) {
        char digits[24];

        (void) snprintf(digits, sizeof digits, "%llu", (unsigned long long) number);
        if (number <= SAFE_MAX)
                json_field_number(json, key, (int64_t) number);
        else
                json_field_string(json, key, digits);
}

static bool is_deferred(const ModuleRecord *record) {
        for (Action action = 0; action < _ACTION_MAX; action++)
                if (record_deferral(record, action)->until != 0)
                        return true;
        return false;
}

static void expect_flags(Json *json, const ModuleRecord *record, bool cut) {
        json_key(json, "flags");
        json_object_begin(json);
        json_field_bool(json, "agreement_open", record->request.open);
        json_field_bool(json, "suspended", record->suspended);
        json_field_bool(json, "deferred", is_deferred(record));
        json_field_bool(json, "consent", record->consent.given);
        json_field_bool(json, "cut", cut);
        json_object_end(json);
}

static void expect_inventory(Json *json, const ModuleRecord *record) {
        expect_text(json, "model", record->model);
        expect_text(json, "imei", record->imei);
        expect_text(json, "iccid", record->iccid);
        expect_text(json, "serial_number", record->serial_number);
}

/* rows */

static void random_record(Random *random, ModuleRecord *ret) {
        *ret = (ModuleRecord) { 0 };
        RANDOM_TEXT(random, ret->name);
        RANDOM_TEXT(random, ret->model);
        RANDOM_TEXT(random, ret->firmware);
        RANDOM_TEXT(random, ret->imei);
        RANDOM_TEXT(random, ret->iccid);
        RANDOM_TEXT(random, ret->serial_number);
        ret->state = (State) random_below(random, _STATE_MAX);
        ret->job = one_in(random, 3) ? 0 : random_number(random);
        ret->request.open = one_in(random, 2);
        ret->request.action = (Action) random_below(random, _ACTION_MAX);
        ret->suspended = one_in(random, 2);
        ret->deferrals[random_below(random, _ACTION_MAX)].until =
                one_in(random, 2) ? 0 : USEC_INFINITY;
        ret->consent.given = one_in(random, 2);
        ret->progress_percent = random_below(random, 101);
        ret->package_bytes = one_in(random, 3) ? 0 : random_number(random);
}

static ReportSubject random_subject(Random *random, const ModuleRecord *record) {
        return (ReportSubject) {
                .record = record,
                .dev_eui = "0354123456789012",
                .has_signal = !one_in(random, 4),
                .signal_dbm = -(int) random_below(random, 129),
        };
}

typedef enum DetailKind { KIND_NUMBER, KIND_TEXT, KIND_ACTION, KIND_REASON, KIND_OTHER } DetailKind;

static const struct {
        const char *key, *name; /* of the detail, and of what is decoded; the same when NULL */
        DetailKind kind;
} details[] = {
        { "percent", NULL, KIND_NUMBER },
        { "bytes", NULL, KIND_NUMBER },
        { "minutes", NULL, KIND_NUMBER },
        { "dropped", "count", KIND_NUMBER },
        { "action", NULL, KIND_ACTION },
        { "reason", NULL, KIND_REASON },
        { "from", NULL, KIND_TEXT },
        { "to", NULL, KIND_TEXT },
        { "by", NULL, KIND_TEXT },
        { "because", NULL, KIND_TEXT },
        { "kind", NULL, KIND_TEXT },
        { "holder", NULL, KIND_TEXT },
        { "firmware", NULL, KIND_TEXT },
        { "model", NULL, KIND_TEXT },
        { "imei", NULL, KIND_TEXT },
        { "iccid", NULL, KIND_TEXT },
        { "serial_number", NULL, KIND_TEXT },
        { "colour", NULL, KIND_OTHER },
        { "__proto__", NULL, KIND_OTHER },
        { "hasOwnProperty", NULL, KIND_OTHER },
};

static Detail random_detail(Random *random, size_t which) {
        Detail detail = { .key = details[which].key };

        switch (details[which].kind) {
        case KIND_NUMBER:
                detail.is_number = true;
                detail.number = (int64_t) random_number(random); /* negative: not known */
                break;
        case KIND_ACTION:
                (void) TEXT_COPY(detail.text, action_to_string(random_below(random, _ACTION_MAX)));
                break;
        case KIND_REASON:
                (void) TEXT_COPY(detail.text, reason_to_string(random_below(random, _REASON_MAX)));
                break;
        case KIND_TEXT:
        case KIND_OTHER:
                RANDOM_TEXT(random, detail.text);
                break;
        }
        return detail;
}

static bool event_has(const EventRow *event, const char *key) {
        for (size_t i = 0; i < event->n_details; i++)
                if (streq(event->details[i].key, key))
                        return true;
        return false;
}

static void random_event(Random *random, const ModuleRecord *record, EventRow *ret) {
        *ret = (EventRow) {
                .event = (EventKind) (1 + random_below(random, _EVENT_MAX - 1)),
                .state = record->state,
                .job = record->job,
        };
        (void) TEXT_COPY(ret->module, record->name);
        for (unsigned n = random_below(random, DETAILS_MAX + 1); n > 0; n--) {
                const size_t which = random_below(random, ELEMENTSOF(details));

                if (!event_has(ret, details[which].key))
                        ret->details[ret->n_details++] = random_detail(random, which);
        }
}

static void expect_details(Json *json, const EventRow *event) {
        for (size_t i = 0; i < event->n_details; i++) {
                const Detail *detail = &event->details[i];
                size_t which = 0;

                while (!streq(details[which].key, detail->key))
                        which++;
                const char *name = details[which].name ? details[which].name : detail->key;
                if (detail->is_number && detail->number >= 0)
                        expect_number(json, name, (uint64_t) detail->number);
                else if (details[which].kind == KIND_REASON || details[which].kind == KIND_ACTION) {
                        json_key(json, name);
                        json_string(json, detail->text); /* "" is a reason, too */
                } else if (details[which].kind == KIND_TEXT)
                        expect_text(json, name, detail->text);
        }
}

/* "key=value" in one text: the value has what the key leaves of it. */
static void expect_others(Json *json, const EventRow *event) {
        char value[DETAIL_TEXT_MAX];
        bool any = false;

        for (size_t i = 0; i < event->n_details; i++) {
                const Detail *detail = &event->details[i];

                if (!streq(detail->key, "colour") && !streq(detail->key, "__proto__") &&
                    !streq(detail->key, "hasOwnProperty"))
                        continue;
                if (!any) {
                        json_key(json, "other");
                        json_object_begin(json);
                }
                any = true;
                (void) snprintf(value, sizeof value, "%.*s",
                                (int) (TEXT_MAX - strlen(detail->key) - 1), detail->text);
                expect_text(json, detail->key, value);
        }
        if (any)
                json_object_end(json);
}

/* What the event says itself is not said again. */
static void expect_record(Json *json, const EventRow *event, const ModuleRecord *record,
                          unsigned fport) {
        const struct {
                const char *key, *text;
                bool wanted;
        } known[] = {
                { "firmware", record->firmware, fport != 2 },
                { "model", record->model, fport == 3 },
                { "imei", record->imei, fport == 3 },
                { "iccid", record->iccid, fport == 3 },
                { "serial_number", record->serial_number, fport == 3 },
        };

        for (size_t i = 0; i < ELEMENTSOF(known); i++)
                if (known[i].wanted && !event_has(event, known[i].key))
                        expect_text(json, known[i].key, known[i].text);
}

static void expect_report(Json *json, const EventRow *event, const ReportSubject *subject,
                          const ReportRow *report) {
        static const char *const types[] = { "", "event", "progress", "status", "alert" };

        json_object_begin(json);
        json_field_string(json, "type", types[report->fport]);
        json_field_string(json, "event", event_kind_to_string(event->event));
        json_field_string(json, "state", state_to_string(event->state));
        expect_flags(json, subject->record, (report->payload[3] & 0x80) != 0);
        if (event->job != 0)
                expect_number(json, "job", event->job);
        if (subject->has_signal && report->fport == 3)
                json_field_number(json, "signal", subject->signal_dbm);
        expect_text(json, "module", event->module);
        expect_details(json, event);
        expect_others(json, event);
        expect_record(json, event, subject->record, report->fport);
        json_object_end(json);
}

void rows_make_report(Random *random, ReportRow *ret, Json *json) {
        ModuleRecord record;
        EventRow event;

        random_record(random, &record);
        const ReportSubject subject = random_subject(random, &record);
        do
                random_event(random, &record, &event);
        while (!report_from_event(&settings, &event, &subject, ret));
        expect_report(json, &event, &subject, ret);
}

static void expect_status(Json *json, const AnswerSubject *answer, const ReportSubject *subject) {
        const ModuleRecord *record = subject->record;

        if (record->request.open)
                json_field_string(json, "action", action_to_string(record->request.action));
        if (record->state == STATE_DOWNLOADING || record->state == STATE_SUSPENDED)
                json_field_number(json, "percent", record->progress_percent);
        if (record->job != 0 && record->package_bytes != 0)
                expect_number(json, "bytes", record->package_bytes);
        if (subject->has_signal)
                json_field_number(json, "signal", subject->signal_dbm);
        expect_text(json, "firmware", record->firmware);
        expect_inventory(json, record);
        expect_text(json, "next", answer->next);
}

static void expect_answer(Json *json, const AnswerSubject *answer, const ReportSubject *subject,
                          bool cut) {
        static const char *const commands[] = {
                "",       "connect", "disconnect", "accept", "defer",   "update",    "suspend",
                "resume", "cancel",  "register",   "status", "inhibit", "uninhibit",
        };
        static const char *const results[] = { "done", "refused", "unknown", "malformed" };
        const uint64_t job =
                answer->job == 0 && answer->inventory ? subject->record->job : answer->job;
        char unknown[16];

        (void) snprintf(unknown, sizeof unknown, "command-%u", answer->opcode);
        json_object_begin(json);
        json_field_string(json, "type", "answer");
        json_key(json, "command");
        json_string(json,
                    answer->opcode < ELEMENTSOF(commands) ? commands[answer->opcode] : unknown);
        json_field_string(json, "result", results[answer->result]);
        json_field_string(json, "state", state_to_string(subject->record->state));
        expect_flags(json, subject->record, cut);
        if (job != 0)
                expect_number(json, "job", job);
        expect_text(json, "module", subject->record->name);
        expect_text(json, "why", answer->why);
        if (answer->inventory)
                expect_status(json, answer, subject);
        json_object_end(json);
}

void rows_make_answer(Random *random, ReportRow *ret, Json *json) {
        char why[100] = "", next[100] = "";
        ModuleRecord record;

        random_record(random, &record);
        const ReportSubject subject = random_subject(random, &record);
        const AnswerSubject answer = {
                .opcode = one_in(random, 4) ? random_below(random, 256) : random_below(random, 13),
                .result = random_below(random, 4),
                .job = one_in(random, 2) ? 0 : random_number(random),
                .why = why,
                .inventory = one_in(random, 2),
                .next = next,
        };
        if (one_in(random, 2))
                RANDOM_TEXT(random, why);
        if (one_in(random, 2))
                RANDOM_TEXT(random, next);
        if (report_from_answer(&settings, &answer, &subject, 1, ret))
                expect_answer(json, &answer, &subject, (ret->payload[3] & 0x80) != 0);
}
