/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl plan: what fotad is going to do in the coming days, or what would be the verdicts at a
 * moment.
 *
 * Owns nothing. A row says what happens; the line below it, where there is one, what that depends
 * on. A mark tells the two kinds apart without colours. */

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

#define PLAN_INDENT 19

typedef struct PlanInfo {
        uint64_t at;
        const char *module, *what, *action, *text, *depends;
        int sure;
} PlanInfo;

static int plan_read(sd_bus_message *message, PlanInfo *ret) {
        return sd_bus_message_read(message, "(tsssbss)", &ret->at, &ret->module, &ret->what,
                                   &ret->action, &ret->sure, &ret->text, &ret->depends);
}

static void json_row(Json *json, const PlanInfo *row) {
        json_object_begin(json);
        json_field_time(json, "at", row->at);
        json_field_string(json, "module", row->module);
        json_field_string(json, "what", row->what);
        json_field_string(json, "action", row->action);
        json_field_bool(json, "sure", row->sure);
        json_field_string(json, "text", row->text);
        json_field_string(json, "depends", row->depends);
        json_object_end(json);
}

/* "Sat 11-28 02:00" */
static const char *short_when(char to[static WHEN_TEXT_MAX], usec_t realtime) {
        char when[WHEN_TEXT_MAX];

        (void) when_text(when, realtime);
        if (realtime == 0 || strlen(when) < 20)
                (void) text_copy(to, WHEN_TEXT_MAX, "some time");
        else
                (void) snprintf(to, WHEN_TEXT_MAX, "%.4s%.11s", when, when + 9);
        return to;
}

static void show_row(const PlanInfo *row, bool later) {
        char when[WHEN_TEXT_MAX], line[1024];

        (void) printf("%s%s%s %-16s ", style_begin(row->sure ? STYLE_GREEN : STYLE_PLAIN),
                      row->sure ? glyph(GLYPH_YES) :
                      later     ? glyph(GLYPH_NO) :
                                  "?",
                      style_end(STYLE_GREEN), short_when(when, row->at));
        (void) snprintf(line, sizeof(line), "%s: %s", row->module, row->text);
        print_wrapped(PLAN_INDENT, line);
        if (!row->depends[0])
                return;
        (void) snprintf(line, sizeof(line), "%s%s", later ? "" : "needs: ", row->depends);
        (void) printf("%*s", PLAN_INDENT, "");
        print_wrapped(PLAN_INDENT, line);
}

static void show_heading(const Client *client, usec_t at) {
        char when[WHEN_TEXT_MAX];

        if (!client->legend)
                return;
        if (at > 0)
                (void) printf("What would be answered %s:\n", when_text(when, at));
        else
                (void) printf("The next 14 days as things stand. %s sure, ? needs something "
                              "else:\n",
                              glyph(GLYPH_YES));
        print_zone();
        (void) putchar('\n');
}

static Status plan_print(const Client *client, sd_bus_message *reply, usec_t at) {
        Document document;
        PlanInfo row = {};
        size_t n = 0;
        int r;

        if (client->json)
                (void) putchar('[');
        else
                show_heading(client, at);
        for (; (r = plan_read(reply, &row)) > 0; n++) {
                if (!client->json) {
                        show_row(&row, at > 0);
                        continue;
                }
                (void) fputs(n > 0 ? ",\n" : "", stdout);
                json_row(document_begin(&document), &row);
                document_end(&document, "");
        }
        if (r < 0)
                return answer_is_odd(r);
        if (client->json)
                (void) puts("]");
        else if (n == 0)
                (void) puts("Nothing is going to happen by itself.");
        return STATUS_DONE;
}

Status verb_plan(Client *client, int n _unused_, char *words[] _unused_) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        usec_t at = 0;
        Status status;
        int r;

        status = zone_use(client, &at);
        if (status != STATUS_DONE)
                return status;
        status = call_manager(client, "Plan", &reply, "t", at);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_message_enter_container(reply, 'a', "(tsssbss)");
        if (r < 0)
                return answer_is_odd(r);
        pager_open(client);
        return plan_print(client, reply, at);
}
