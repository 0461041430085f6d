/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl list: one row a module.
 *
 * Owns nothing. At 80 columns NEXT is what one looks for; `status` repeats it in full. Firmware
 * names differ at their end. */

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

// clang-format off
static const Column columns[] = {
        { .title = "NAME",     .min = 10, .rank = 2 },
        { .title = "FAMILY",   .spare = true }, /* the model tells */
        { .title = "MODEL",    .spare = true },
        { .title = "FIRMWARE", .min = 16, .rank = 1, .tail = true },
        { .title = "STATE" },
        { .title = "PROGRESS", .right = true },
        { .title = "NEXT",     .min = 20, .rank = 3 },
};
// clang-format on

static const char *text_or_dash(const char *text) {
        return text[0] ? text : "-";
}

static void add_row(Table *table, const ModuleInfo *module) {
        char progress[16] = "-";

        if (module_has_progress(module))
                (void) snprintf(progress, sizeof(progress), "%u%%", module->progress);
        table_add(table, module->name, STYLE_BOLD);
        table_add(table, text_or_dash(module->family), STYLE_PLAIN);
        table_add(table, text_or_dash(module->model), STYLE_PLAIN);
        table_add(table, text_or_dash(module->firmware), STYLE_PLAIN);
        table_add(table, module->state, style_of_state(module->state));
        table_add(table, progress, STYLE_PLAIN);
        table_add(table, text_or_dash(module->blocked[0] ? module->blocked : module->next),
                  STYLE_PLAIN);
}

static void print_json(const ModuleList *list) {
        Document document;

        (void) putchar('[');
        for (size_t i = 0; i < list->n; i++) {
                json_module(document_begin(&document), &list->modules[i]);
                document_end(&document, i + 1 < list->n ? ",\n" : "");
        }
        (void) puts("]");
}

Status verb_list(Client *client, int n _unused_, char *words[] _unused_) {
        _cleanup_modules_ ModuleList list = {};
        _cleanup_(table_done)
                Table table = { .columns = columns, .n_columns = ELEMENTSOF(columns) };
        Status status;

        status = zone_use(client, NULL);
        if (status != STATUS_DONE)
                return status;
        status = module_list_get(client, NULL, &list);
        if (status != STATUS_DONE)
                return status;
        pager_open(client);
        if (client->json) {
                print_json(&list);
                return STATUS_DONE;
        }
        for (size_t i = 0; i < list.n; i++)
                add_row(&table, &list.modules[i]);
        table_print(&table, client->legend);
        if (client->legend) {
                (void) printf("\n%zu module%s configured.\n", list.n, list.n == 1 ? "" : "s");
                print_zone();
        }
        return STATUS_DONE;
}
