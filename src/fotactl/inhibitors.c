/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl inhibitors: who holds what back, and until when.
 *
 * Owns nothing. */

#include "fotactl/inhibitors.h"

#include <errno.h>
#include <stdlib.h>
#include <systemd/sd-login.h>

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

// clang-format off
static const Member members[] = {
        { "id",     't', offsetof(InhibitorInfo, id), NULL },
        { "what",   's', offsetof(InhibitorInfo, what), NULL },
        { "module", 's', offsetof(InhibitorInfo, module), NULL },
        { "who",    's', offsetof(InhibitorInfo, who), NULL },
        { "why",    's', offsetof(InhibitorInfo, why), NULL },
        { "by",     's', offsetof(InhibitorInfo, by), NULL },
        { "source", 's', offsetof(InhibitorInfo, source), NULL },
        { "uid",    'u', offsetof(InhibitorInfo, uid), NULL },
        { "pid",    'u', offsetof(InhibitorInfo, pid), NULL },
        { "unit",   's', offsetof(InhibitorInfo, unit), NULL },
        { "since",  't', offsetof(InhibitorInfo, since), NULL },
        { "until",  't', offsetof(InhibitorInfo, until), NULL },
        { "held",   'b', offsetof(InhibitorInfo, held), NULL },
};

static const Column columns[] = {
        { .title = "ID" },
        { .title = "WHO",    .min = 8,  .rank = 3 },
        { .title = "WHAT",   .min = 8,  .rank = 4 },
        { .title = "MODULE", .min = 6,  .rank = 5 },
        { .title = "SINCE",  .spare = true },
        { .title = "UNTIL" },
        { .title = "BY",     .min = 8,  .rank = 2 },
        { .title = "WHY",    .min = 12, .rank = 1 },
};
// clang-format on

int inhibitors_read(sd_bus_message *message, void *to) {
        InhibitorList *list = to;
        int r;

        r = sd_bus_message_enter_container(message, 'a', "a{sv}");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_at_end(message, false)) == 0) {
                InhibitorInfo inhibitor = {};

                r = dictionary_read(message, members, ELEMENTSOF(members), &inhibitor);
                if (r < 0)
                        return r;
                if (list->n < INHIBITORS_SHOWN_MAX)
                        list->inhibitors[list->n++] = inhibitor;
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

static bool is_server(const InhibitorInfo *inhibitor) {
        return streq(inhibitor->source, "server");
}

/* "download:install" */
static void json_what(Json *json, const char *what) {
        char word[32];

        json_array_begin(json);
        for (const char *p = what; *p; p += strspn(p, ":")) {
                const size_t n = strcspn(p, ":");

                (void) snprintf(word, sizeof(word), "%.*s", (int) n, p);
                json_string(json, word);
                p += n;
        }
        json_array_end(json);
}

static void json_inhibitor(Json *json, const InhibitorInfo *inhibitor) {
        json_object_begin(json);
        json_field_number(json, "id", (int64_t) inhibitor->id);
        json_key(json, "what");
        json_what(json, inhibitor->what);
        json_field_string(json, "module", inhibitor->module);
        json_field_string(json, "who", inhibitor->who);
        json_field_string(json, "why", inhibitor->why);
        json_field_string(json, "by", inhibitor->by);
        json_field_string(json, "source", inhibitor->source);
        if (is_server(inhibitor))
                json_field_null(json, "uid");
        else
                json_field_number(json, "uid", inhibitor->uid);
        json_field_known(json, "pid", inhibitor->pid);
        json_field_string(json, "unit", inhibitor->unit);
        json_field_time(json, "since", inhibitor->since);
        json_field_time(json, "until", inhibitor->until);
        json_field_bool(json, "held", inhibitor->held);
        json_object_end(json);
}

void json_inhibitors(Json *json, const InhibitorList *list) {
        json_array_begin(json);
        for (size_t i = 0; i < list->n; i++)
                json_inhibitor(json, &list->inhibitors[i]);
        json_array_end(json);
}

void show_inhibitors(const InhibitorList *list) {
        for (size_t i = 0; i < list->n; i++) {
                const InhibitorInfo *inhibitor = &list->inhibitors[i];
                char since[WHEN_TEXT_MAX], until[WHEN_TEXT_MAX];

                (void) when_text(since, inhibitor->since);
                print_field(i == 0 ? "Inhibited" : "", "%s by %s: %s", inhibitor->what,
                            inhibitor->who, inhibitor->why);
                if (!inhibitor->held)
                        print_field("",
                                    "its owner went with a restart of fotad and may come again");
                else if (inhibitor->until == 0)
                        print_field("", "since %s, until released", since);
                else {
                        print_field("", "since %s", since);
                        print_field("", "until %s at the latest",
                                    when_text(until, inhibitor->until));
                }
        }
}

/* "root (uid 0), backup.service". fotad's unit hides other users' processes from it; who asks, as
 * root at least, may know where this one belongs. */
static const char *owner_text(const InhibitorInfo *inhibitor, char *to, size_t size) {
        _cleanup_free_ char *unit = NULL;

        if (inhibitor->unit[0])
                (void) snprintf(to, size, "%s, %s", inhibitor->by, inhibitor->unit);
        else if (inhibitor->pid > 0 && sd_pid_get_unit((pid_t) inhibitor->pid, &unit) >= 0)
                (void) snprintf(to, size, "%s, pid %u of %s", inhibitor->by, inhibitor->pid, unit);
        else if (inhibitor->pid > 0)
                (void) snprintf(to, size, "%s, pid %u", inhibitor->by, inhibitor->pid);
        else
                (void) snprintf(to, size, "%s", inhibitor->by);
        return to;
}

static void add_row(Table *table, const InhibitorInfo *inhibitor) {
        char date[DATE_MINUTES_MAX], since[DATE_MINUTES_MAX], owner[256], id[24];

        (void) snprintf(id, sizeof(id), "%llu", (unsigned long long) inhibitor->id);
        table_add(table, id, STYLE_PLAIN);
        table_add(table, inhibitor->who, STYLE_BOLD);
        table_add(table, inhibitor->what, STYLE_PLAIN);
        table_add(table, inhibitor->module[0] ? inhibitor->module : "all", STYLE_PLAIN);
        table_add(table, date_text(since, sizeof(since), inhibitor->since), STYLE_PLAIN);
        table_add(table,
                  !inhibitor->held     ? "owner is gone" :
                  inhibitor->until > 0 ? date_text(date, sizeof(date), inhibitor->until) :
                                         "until released",
                  inhibitor->held ? STYLE_PLAIN : STYLE_YELLOW);
        table_add(table, owner_text(inhibitor, owner, sizeof(owner)), STYLE_PLAIN);
        table_add(table, inhibitor->why, STYLE_PLAIN);
}

static void show_table(const Client *client, const InhibitorList *list) {
        _cleanup_(table_done)
                Table table = { .columns = columns, .n_columns = ELEMENTSOF(columns) };

        for (size_t i = 0; i < list->n; i++)
                add_row(&table, &list->inhibitors[i]);
        table_print(&table, client->legend);
        if (client->legend)
                (void) printf("\n%zu inhibitor%s.\n", list->n, list->n == 1 ? "" : "s");
}

Status verb_inhibitors(Client *client, int n _unused_, char *words[] _unused_) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        InhibitorList list = {};
        Document document;
        Status status;
        int r;

        status = call_manager(client, "ListInhibitors", &reply, NULL);
        if (status != STATUS_DONE)
                return status;
        r = inhibitors_read(reply, &list);
        if (r < 0)
                return answer_is_odd(r);
        pager_open(client);
        if (client->json) {
                json_inhibitors(document_begin(&document), &list);
                document_end(&document, "\n");
        } else
                show_table(client, &list);
        return STATUS_DONE;
}

static int id_parse(const char *text, uint64_t *ret) {
        char *end;

        errno = 0;
        *ret = strtoull(text, &end, 10);
        return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 ? 0 : -EINVAL;
}

Status verb_uninhibit(Client *client, int n _unused_, char *words[]) {
        uint64_t id;
        Status status;

        if (id_parse(words[0], &id) < 0) {
                complain("'%s' is no ID of an inhibitor; see fotactl inhibitors", words[0]);
                return STATUS_USAGE;
        }
        status = call_manager(client, "BreakInhibitor", NULL, "t", id);
        if (status == STATUS_DONE)
                print_done(client, "Inhibitor %llu is over.", (unsigned long long) id);
        return status;
}
