/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl explain: the verdict as of now, and every rule behind it.
 *
 * Owns nothing. Written for somebody who was woken up: first line what and why, then when it
 * changes by itself, then what to type, then the rules in the order in which they decide. */

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

#define RULES_MAX 32
#define RULE_INDENT 17

typedef struct FindingInfo {
        const char *rule, *text;
        int applies, passes;
        uint64_t next_change;
} FindingInfo;

typedef struct VerdictInfo {
        const char *action, *verdict, *because;
        uint32_t minutes;
        uint64_t next_change;
        size_t n_findings;
        FindingInfo findings[RULES_MAX];
} VerdictInfo;

static int verdict_read(sd_bus_message *message, VerdictInfo *ret) {
        int r;

        r = sd_bus_message_read(message, "sssut", &ret->action, &ret->verdict, &ret->because,
                                &ret->minutes, &ret->next_change);
        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(message, 'a', "(sbbts)");
        if (r < 0)
                return r;
        while (ret->n_findings < RULES_MAX) {
                FindingInfo *finding = &ret->findings[ret->n_findings];

                r = sd_bus_message_read(message, "(sbbts)", &finding->rule, &finding->applies,
                                        &finding->passes, &finding->next_change, &finding->text);
                if (r <= 0)
                        return r;
                ret->n_findings++;
        }
        return 0;
}

static const FindingInfo *decisive(const VerdictInfo *verdict) {
        for (size_t i = 0; i < verdict->n_findings; i++)
                if (streq(verdict->findings[i].rule, verdict->because))
                        return &verdict->findings[i];
        return NULL;
}

static bool is_pending(const ModuleInfo *module, const char *action) {
        for (size_t i = 0; i < module->n_pending; i++)
                if (streq(module->pending[i].action, action))
                        return true;
        return false;
}

/* "held", or what is sent to the module. */
static const char *verdict_text(const VerdictInfo *verdict, char to[static 64]) {
        if (streq(verdict->verdict, "defer"))
                (void) snprintf(to, 64, "deferred for %u min", verdict->minutes);
        else
                (void) snprintf(to, 64, "%s",
                                streq(verdict->verdict, "hold") ? "held" : verdict->verdict);
        return to;
}

static void show_answer(const ModuleInfo *module, const VerdictInfo *verdict) {
        const FindingInfo *finding = decisive(verdict);
        bool accepted = streq(verdict->verdict, "accept");
        char text[64], line[1024];

        (void) snprintf(line, sizeof(line), "%s %s, now: %s%s %s %s", module->name, verdict->action,
                        accepted ? "yes" : "no, ", accepted ? "" : verdict_text(verdict, text),
                        glyph(GLYPH_DASH), finding ? finding->text : "");
        (void) fputs(style_begin(accepted ? STYLE_GREEN : STYLE_YELLOW), stdout);
        print_wrapped(0, line);
        (void) fputs(style_end(STYLE_GREEN), stdout);
}

static void show_next_change(const VerdictInfo *verdict) {
        bool accepted = streq(verdict->verdict, "accept");
        char when[WHEN_TEXT_MAX], ago[AGO_TEXT_MAX];

        if (verdict->next_change == USEC_INFINITY || verdict->next_change == 0)
                (void) puts(accepted ?
                                    "This stays so until something happens." :
                                    "Time alone does not change this: somebody or something must.");
        else
                (void) printf("%s: %s, %s\n", accepted ? "This may end" : "This may change",
                              when_text(when, verdict->next_change),
                              ago_text(ago, verdict->next_change));
}

static void show_remedy(const ModuleInfo *module, const VerdictInfo *verdict) {
        if (streq(verdict->verdict, "accept"))
                return;
        if (streq(verdict->because, "decision") || streq(verdict->because, "deadline"))
                (void) printf("To consent: fotactl accept %s %s\n", module->name, verdict->action);
        else if (streq(verdict->because, "window") || streq(verdict->because, "clock"))
                (void) printf("To consent regardless of windows: fotactl accept %s %s --now\n",
                              module->name, verdict->action);
        else if (streq(verdict->because, "inhibitor"))
                (void) puts("To see who may let go: fotactl inhibitors");
        else if (streq(verdict->because, "deferral"))
                (void) printf("To end the deferral: fotactl accept %s %s\n", module->name,
                              verdict->action);
}

static void show_finding(const VerdictInfo *verdict, const FindingInfo *finding) {
        bool decides = streq(finding->rule, verdict->because) && !streq(verdict->verdict, "accept");
        const char *mark = !finding->applies ? " " :
                           finding->passes   ? glyph(GLYPH_YES) :
                                               glyph(GLYPH_NO);
        Style style = !finding->applies ? STYLE_FAINT : finding->passes ? STYLE_GREEN : STYLE_RED;
        char when[WHEN_TEXT_MAX], ago[AGO_TEXT_MAX], line[1024];

        (void) printf("  %s%s%s %-12s ", style_begin(style), mark, style_end(style), finding->rule);
        (void) snprintf(line, sizeof(line), "%s%s", finding->text, decides ? " (decides)" : "");
        print_wrapped(RULE_INDENT, line);
        if (!decides && !finding->passes && finding->next_change > 0 &&
            finding->next_change != USEC_INFINITY)
                (void) printf("%*snext %s, %s\n", RULE_INDENT, "",
                              when_text(when, finding->next_change),
                              ago_text(ago, finding->next_change));
}

static void show_verdict(const ModuleInfo *module, const VerdictInfo *verdict) {
        show_answer(module, verdict);
        show_next_change(verdict);
        if (is_pending(module, verdict->action))
                show_remedy(module, verdict);
        else
                (void) puts(
                        "The module does not ask at the moment: this is how it would be answered.");
        (void) puts("\nRules, in the order in which they decide:");
        for (size_t i = 0; i < verdict->n_findings; i++)
                show_finding(verdict, &verdict->findings[i]);
}

static void json_verdict(const ModuleInfo *module, const VerdictInfo *verdict) {
        Document document;
        Json *json = document_begin(&document);

        json_object_begin(json);
        json_field_string(json, "module", module->name);
        json_field_string(json, "action", verdict->action);
        json_field_bool(json, "pending", is_pending(module, verdict->action));
        json_field_string(json, "verdict", verdict->verdict);
        json_field_string(json, "because", verdict->because);
        json_field_known(json, "minutes", verdict->minutes);
        json_field_time(json, "next_change", verdict->next_change);
        json_key(json, "findings");
        json_array_begin(json);
        for (size_t i = 0; i < verdict->n_findings; i++) {
                const FindingInfo *finding = &verdict->findings[i];

                json_object_begin(json);
                json_field_string(json, "rule", finding->rule);
                json_field_bool(json, "applies", finding->applies);
                json_field_bool(json, "passes", finding->passes);
                json_field_time(json, "next_change", finding->next_change);
                json_field_string(json, "text", finding->text);
                json_object_end(json);
        }
        json_array_end(json);
        json_object_end(json);
        document_end(&document, "\n");
}

Status verb_explain(Client *client, int n, char *words[]) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        _cleanup_modules_ ModuleList list = {};
        VerdictInfo verdict = {};
        Status status;
        int r;

        status = call_module(client, words[0], "Explain", &reply, "s", n > 1 ? words[1] : "");
        if (status != STATUS_DONE)
                return status;
        r = verdict_read(reply, &verdict);
        if (r < 0)
                return answer_is_odd(r);
        status = module_list_get(client, words[0], &list);
        if (status != STATUS_DONE)
                return status;
        pager_open(client);
        if (client->json)
                json_verdict(&list.modules[0], &verdict);
        else
                show_verdict(&list.modules[0], &verdict);
        return STATUS_DONE;
}
