/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The settings of a module that an update loses. They are read while it is idle and are on disk
 * before anything is granted; after an update they are written back, each is read again, and what
 * became of it is told. Reading never replaces a snapshot that is still to be written back. A
 * person's order takes the same two verbs. */

#include <stdio.h>

#include "base/log.h"
#include "core/turn.h"

#define RETRY_INTERVAL USEC_PER_MINUTE
#define ROWS_MAX 64

static const char *const settings_orders[] = {
        [SETTINGS_SHOW] = "show",
        [SETTINGS_SAVE] = "save",
        [SETTINGS_DIFF] = "diff",
        [SETTINGS_RESTORE] = "restore",
};
DEFINE_STRING_TABLE(settings_order, SettingsOrder, settings_orders)

struct SettingsWork {
        struct SettingsWork *next; /* a person's, behind one of fotad's own */
        SettingsHandler handler;   /* NULL: fotad's own */
        void *userdata;
        SettingsOrder order;
        bool sent;
        size_t n_rows;
        SettingRow rows[ROWS_MAX];
        char draft[SNAPSHOT_MAX]; /* what was read */
        bool full;
};

/* pairs */

typedef struct Pair {
        const char *name, *value; /* neither ends with a NUL */
        size_t name_length, value_length;
} Pair;

/* The next pair; false at the end. */
static bool next_pair(const char **cursor, Pair *ret) {
        while (**cursor) {
                const char *pair = *cursor, *end = strchrnul(pair, SETTINGS_END);
                const char *blank = memchr(pair, ' ', (size_t) (end - pair));

                *cursor = *end ? end + 1 : end;
                if (!blank)
                        continue; /* the store was changed by others */
                *ret = (Pair) {
                        .name = pair,
                        .name_length = (size_t) (blank - pair),
                        .value = blank + 1,
                        .value_length = (size_t) (end - blank) - 1,
                };
                return true;
        }
        return false;
}

static bool find_saved(const Module *m, const char *name, char ret[static SETTING_VALUE_MAX]) {
        const char *cursor = m->record.snapshot.settings;
        const size_t length = strlen(name);
        Pair pair;

        while (next_pair(&cursor, &pair))
                if (pair.name_length == length && strncmp(pair.name, name, length) == 0) {
                        (void) snprintf(ret, SETTING_VALUE_MAX, "%.*s", (int) pair.value_length,
                                        pair.value);
                        return true;
                }
        return false;
}

static void hide(const char *name, char value[static SETTING_VALUE_MAX]) {
        char command[SETTING_NAME_MAX + SETTING_VALUE_MAX + 4], redacted[sizeof(command)];

        if (!value[0])
                return;
        (void) snprintf(command, sizeof(command), "AT%s=%s", name, value);
        transcript_redact(redacted, sizeof(redacted), command);
        if (!streq(command, redacted))
                (void) text_copy(value, SETTING_VALUE_MAX, "(hidden)");
}

/* the work that runs */

static struct SettingsWork *work_new(SettingsOrder order) {
        struct SettingsWork *work = calloc(1, sizeof(*work));

        if (work)
                work->order = order;
        return work;
}

static void work_end(Module *m, bool ok, const char *why) {
        struct SettingsWork *work = m->settings_work;

        if (!work)
                return;
        m->settings_work = work->next;
        for (size_t i = 0; i < work->n_rows; i++) {
                hide(work->rows[i].name, work->rows[i].saved);
                hide(work->rows[i].name, work->rows[i].now);
        }
        if (work->handler)
                work->handler(work->userdata, ok, why, work->rows, ok ? work->n_rows : 0);
        free(work);
}

void module_settings_forget(Module *module) {
        while (module->settings_work)
                work_end(module, false, "the module did not answer");
}

bool module_settings_awaited(const Module *module) {
        return module->settings_work && module->settings_work->handler;
}

void module_settings_unsaid(Module *module) {
        if (module->settings_work)
                module->settings_work->sent = false;
}

static SettingRow *work_row(struct SettingsWork *work, const char *name) {
        if (work->n_rows >= ROWS_MAX)
                return NULL;
        SettingRow *row = work->rows + work->n_rows++;

        *row = (SettingRow) { .fate = "" };
        (void) TEXT_COPY(row->name, name);
        return row;
}

static const char *compare(const SettingRow *row, bool saved) {
        if (!saved)
                return "new";
        return streq(row->saved, row->now) ? "same" : "different";
}

static void keep_pair(struct SettingsWork *work, const char *name, const char *value) {
        const size_t n = strlen(work->draft), room = sizeof(work->draft) - n;

        if (snprintf(work->draft + n, room, "%s %s%c", name, value, SETTINGS_END) >= (int) room) {
                work->draft[n] = '\0'; /* whole pairs only */
                work->full = true;
        }
}

void module_setting(Module *module, const char *name, const char *value, SettingFate fate) {
        struct SettingsWork *work = module->settings_work;
        SettingRow *row = work ? work_row(work, name) : NULL;

        if (!row)
                return;
        const bool saved = find_saved(module, name, row->saved);
        (void) TEXT_COPY(row->now, value);
        if (fate != SETTING_READ) {
                row->fate = setting_fate_to_string(fate);
                return;
        }
        keep_pair(work, name, value);
        if (work->order == SETTINGS_DIFF)
                row->fate = compare(row, saved);
        else {
                (void) TEXT_COPY(row->saved, value);
                row->fate = "saved";
        }
}

/* ends */

static void take_snapshot(Module *m, const struct SettingsWork *work) {
        Snapshot *snapshot = &m->record.snapshot;

        m->save_wanted = false;
        if (!work->draft[0]) { /* it tells none of them */
                m->settings_at = usec_add(module_now(m)->boottime, RETRY_INTERVAL);
                return;
        }
        if (work->full && !m->told_full)
                log_warning("%s: more settings than can be saved: shorten keep_settings",
                            m->settings->name);
        m->told_full = work->full; /* not at every look */
        if (snapshot->incomplete) {
                snapshot->incomplete = false; /* a person takes it as it is */
                module_mark(m);
        }
        if (snapshot->taken && !work->handler && streq(snapshot->settings, work->draft))
                return; /* as it is; a person's own look counts */
        (void) TEXT_COPY(snapshot->settings, work->draft);
        snapshot->taken = module_now(m)->realtime;
        m->judged = false;
        module_mark(m);
}

static void add_name(Text *names, const SettingRow *row) {
        text_printf(names, "%s%s %s", names->length > 0 ? ", " : "", row->name, row->fate);
}

static void tell_restored(Module *m, const struct SettingsWork *work) {
        unsigned restored = 0, refused = 0, different = 0;
        char buffer[DETAIL_TEXT_MAX];
        Text names;

        text_init(&names, buffer, sizeof(buffer));
        for (size_t i = 0; i < work->n_rows; i++) {
                const SettingRow *row = work->rows + i;
                restored += streq(row->fate, "restored");
                refused += streq(row->fate, "refused");
                different += streq(row->fate, "different");
                if (!streq(row->fate, "same"))
                        add_name(&names, row);
        }
        m->record.snapshot.restore_due = false;
        m->record.snapshot.incomplete = refused + different > 0;
        m->judged = false;
        module_mark(m);
        RECORD(m, EVENT_SETTINGS_RESTORED, D_NUMBER("count", restored),
               D_NUMBER("refused", refused), D_NUMBER("different", different),
               D_TEXT("settings", buffer));
}

void module_settings_end(Module *module, Verb verb, bool ok) {
        const struct SettingsWork *work = module->settings_work;

        if (!work)
                return;
        if (ok && verb == VERB_RESTORE)
                tell_restored(module, work);
        else if (ok && work->order == SETTINGS_SAVE)
                take_snapshot(module, work);
        if (!ok)
                module->settings_at = usec_add(module_now(module)->boottime, RETRY_INTERVAL);
        work_end(module, ok, ok ? "" : "the module did not answer");
}

/* deciding */

static SettingsOrder what_is_due(const Module *module) {
        const Snapshot *snapshot = &module->record.snapshot;

        if (!module_can(module, VERB_SAVE) || module->settings_at > module_now(module)->boottime)
                return SETTINGS_SHOW;
        if (snapshot->restore_due && snapshot->settings[0])
                return SETTINGS_RESTORE;
        if (snapshot->incomplete)
                return SETTINGS_SHOW;
        return module->save_wanted || !snapshot->taken ? SETTINGS_SAVE : SETTINGS_SHOW;
}

void module_decide_settings(Module *module) {
        if (!module_is_calm(module))
                return;
        struct SettingsWork *work = module->settings_work;
        if (!work) {
                const SettingsOrder due = what_is_due(module);
                if (due == SETTINGS_SHOW || !(work = work_new(due)))
                        return;
                module->settings_work = work;
        }
        if (work->sent)
                return;
        work->sent = true;
        module_say(module, work->order == SETTINGS_RESTORE ? VERB_RESTORE : VERB_SAVE,
                   &(VerbArgs) { .settings = module->record.snapshot.settings });
}

void module_settings_missing(const Module *module, char ret[static MISSING_MAX]) {
        if (!module_can(module, VERB_SAVE))
                return;
        if (module->record.snapshot.restore_due && !module->record.unattended)
                (void) text_copy(ret, MISSING_MAX,
                                 "its settings of before the last update are to be restored first");
        else if (!module->record.snapshot.taken)
                (void) text_copy(ret, MISSING_MAX, "its settings are not saved yet");
}

/* a person's order */

static void show(const Module *module, SettingsHandler handler, void *userdata) {
        SettingRow rows[ROWS_MAX];
        const char *cursor = module->record.snapshot.settings;
        size_t n = 0;

        for (Pair pair; n < ROWS_MAX && next_pair(&cursor, &pair); n++) {
                SettingRow *row = rows + n;

                *row = (SettingRow) { .fate = "saved" };
                (void) snprintf(row->name, sizeof(row->name), "%.*s", (int) pair.name_length,
                                pair.name);
                (void) snprintf(row->saved, sizeof(row->saved), "%.*s", (int) pair.value_length,
                                pair.value);
                hide(row->name, row->saved);
        }
        handler(userdata, true, "", rows, n);
}

static const char *refusal(const Module *module, SettingsOrder order) {
        if (!module_can(module, VERB_SAVE))
                return "a module of this family keeps its settings through an update";
        if (order == SETTINGS_SHOW)
                return NULL;
        if (module->settings_work &&
            (module->settings_work->handler || module->settings_work->next))
                return "its settings are read or written already; try again";
        if (!module_is_calm(module))
                return "it is busy: try again when it is idle";
        if (order == SETTINGS_SAVE && module->record.snapshot.restore_due)
                return "what was saved before the last update is to be restored first";
        if (order == SETTINGS_RESTORE && !module->record.snapshot.taken)
                return "nothing is saved yet: fotactl settings save";
        return NULL;
}

OrderResult gateway_settings_order(Gateway *gateway _unused_, Module *module, SettingsOrder order,
                                   const char *who _unused_, SettingsHandler handler,
                                   void *userdata, char why[static WHY_MAX]) {
        const char *because = refusal(module, order);

        if (because) {
                (void) snprintf(why, WHY_MAX, "%s: %s", module->settings->name, because);
                return ORDER_REFUSED;
        }
        if (order == SETTINGS_SHOW) {
                show(module, handler, userdata);
                return ORDER_DONE;
        }
        struct SettingsWork *work = work_new(order);
        if (!work) {
                (void) snprintf(why, WHY_MAX, "out of memory");
                return ORDER_REFUSED;
        }
        work->handler = handler;
        work->userdata = userdata;
        if (module->settings_work)
                module->settings_work->next = work;
        else
                module->settings_work = work;
        return ORDER_DONE;
}

void module_settings_leave(Module *module, const void *userdata) {
        for (struct SettingsWork *work = module->settings_work; work; work = work->next)
                if (work->userdata == userdata)
                        work->handler = NULL;
}
