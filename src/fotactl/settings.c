/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl settings: what an update makes a module lose, and fotad gives back.
 *
 * Owns the answer while it is shown. Which word is an operation, and which setting is a secret,
 * fotad knows. `diff` ends like diff(1), so that a script needs no table. */

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

#include "base/text.h"

#define SETTINGS_SHOWN_MAX 128

typedef struct SettingInfo {
        const char *name, *saved, *now, *fate;
} SettingInfo;

typedef struct SettingList {
        const char *module, *operation;
        sd_bus_message *reply; /* that the texts are borrowed from */
        size_t n;
        SettingInfo settings[SETTINGS_SHOWN_MAX];
} SettingList;

static void setting_list_done(SettingList *list) {
        list->reply = sd_bus_message_unref(list->reply);
}

static Status setting_list_get(Client *client, SettingList *list) {
        Status status;
        int r;

        status = call_module(client, list->module, "Settings", &list->reply, "s", list->operation);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_message_enter_container(list->reply, 'a', "(ssss)");
        while (r >= 0 && list->n < SETTINGS_SHOWN_MAX) {
                SettingInfo *setting = &list->settings[list->n];

                r = sd_bus_message_read(list->reply, "(ssss)", &setting->name, &setting->saved,
                                        &setting->now, &setting->fate);
                if (r <= 0)
                        break;
                list->n++;
        }
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}

static bool setting_differs(const SettingInfo *setting) {
        return streq(setting->fate, "different") || streq(setting->fate, "new") ||
               streq(setting->fate, "refused");
}

static size_t count_differing(const SettingList *list) {
        size_t n = 0;

        for (size_t i = 0; i < list->n; i++)
                n += setting_differs(&list->settings[i]);
        return n;
}

/* as a table */

static Style style_of_fate(const char *fate) {
        if (streq(fate, "refused"))
                return STYLE_RED;
        if (streq(fate, "different") || streq(fate, "new"))
                return STYLE_YELLOW;
        return streq(fate, "restored") ? STYLE_GREEN : STYLE_PLAIN;
}

/* "modem2: saved 2026-11-21 17:03, restored after each update" */
static void show_heading(const SettingList *list, const ModuleInfo *module) {
        char date[DATE_MINUTES_MAX];

        (void) printf("%s%s%s: saved %s, %s\n", style_begin(STYLE_BOLD), list->module,
                      style_end(STYLE_BOLD), date_text(date, sizeof(date), module->snapshot_taken),
                      module->restore_due ? "to be restored: an update may have lost them" :
                                            "restored after each update");
}

static const char *text_or_dash(const char *text) {
        return text[0] ? text : "-";
}

/* What is the same leaves the last column of a comparison empty, so that the rest stands out. */
static void show_table(const Client *client, const SettingList *list) {
        const Column columns[] = {
                { .title = "NAME", .min = 8, .rank = 2 },
                { .title = "SAVED", .min = 12, .rank = 1 },
                { .title = "NOW", .min = 12, .rank = 1 },
                { .title = "FATE" },
        };
        const bool compares = streq(list->operation, "diff");
        _cleanup_(table_done) Table table = {
                .columns = columns,
                .n_columns = streq(list->operation, "show") ? 2 : ELEMENTSOF(columns),
        };

        for (size_t i = 0; i < list->n; i++) {
                const SettingInfo *setting = &list->settings[i];
                const Style style = style_of_fate(setting->fate);

                table_add(&table, setting->name, STYLE_BOLD);
                table_add(&table, text_or_dash(setting->saved), STYLE_PLAIN);
                if (table.n_columns == 2)
                        continue;
                table_add(&table, text_or_dash(setting->now), style);
                table_add(&table, compares && !setting_differs(setting) ? "" : setting->fate,
                          style);
        }
        table_print(&table, client->legend);
}

static void show_settings(const Client *client, const SettingList *list, const ModuleInfo *module) {
        const bool legend = client->legend && !client->quiet;

        if (legend && module->snapshot_taken > 0)
                show_heading(list, module);
        if (list->n > 0)
                show_table(client, list);
        else if (legend)
                (void) printf("%s: no settings are saved; 'fotactl settings %s save' saves them\n",
                              list->module, list->module);
}

/* as a document */

static void json_settings(const SettingList *list, const ModuleInfo *module) {
        Document document;
        Json *json = document_begin(&document);

        json_object_begin(json);
        json_field_string(json, "module", list->module);
        json_field_time(json, "taken", module->snapshot_taken);
        json_key(json, "settings");
        json_array_begin(json);
        for (size_t i = 0; i < list->n; i++) {
                json_object_begin(json);
                json_field_string(json, "name", list->settings[i].name);
                json_field_string(json, "saved", list->settings[i].saved);
                json_field_string(json, "now", list->settings[i].now);
                json_field_string(json, "fate", list->settings[i].fate);
                json_object_end(json);
        }
        json_array_end(json);
        json_object_end(json);
        document_end(&document, "\n");
}

/* A comparison that found something is exit 1, and so is a restore that did not take. */
static Status settings_result(const SettingList *list) {
        const size_t n = count_differing(list);

        if (n == 0 || (!streq(list->operation, "diff") && !streq(list->operation, "restore")))
                return STATUS_DONE;
        if (streq(list->operation, "restore"))
                complain("%s: %zu setting%s not restored", list->module, n,
                         n == 1 ? " was" : "s were");
        return STATUS_FAILED;
}

Status verb_settings(Client *client, int n, char *words[]) {
        _cleanup_(setting_list_done)
                SettingList list = { .module = words[0], .operation = n > 1 ? words[1] : "show" };
        _cleanup_modules_ ModuleList modules = {};
        Status status;

        status = setting_list_get(client, &list);
        if (status != STATUS_DONE)
                return status;
        status = module_list_get(client, words[0], &modules);
        if (status != STATUS_DONE)
                return status;
        pager_open(client);
        if (client->json)
                json_settings(&list, &modules.modules[0]);
        else
                show_settings(client, &list, &modules.modules[0]);
        return settings_result(&list);
}
