/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl explain: the verdict as of now or of a moment to come, when it turns, and every rule
 * behind it.
 *
 * Owns nothing. Written for somebody who was woken up: one sentence that says what, from when on
 * and why, then what to type, then the rules in the order in which they decide. The verdicts and
 * the moments are fotad's; nothing is concluded here. */

#include "fotactl/consent.h"
#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

#define RULES_MAX 32
#define RULE_INDENT 17
#define NEEDS_TEXT_MAX 512

typedef struct FindingInfo {
        const char *rule, *text;
        int applies, passes;
        uint64_t next_change;
} FindingInfo;

/* What an event brings, or time at the latest. */
typedef struct NeedInfo {
        const char *rule, *event;
        uint64_t latest; /* USEC_INFINITY: nobody knows */
} NeedInfo;
typedef struct NeedList {
        size_t n;
        NeedInfo needs[RULES_MAX];
} NeedList;

typedef struct VerdictInfo {
        const char *action, *verdict, *because;
        uint32_t minutes;
        uint64_t next_change;
        size_t n_findings;
        FindingInfo findings[RULES_MAX];
        NeedList needs, consented_needs;
        struct {
                uint64_t at, earliest, consented;
                const char *policy, *policy_version;
        } outlook;
        bool later; /* as of a moment to come */
} VerdictInfo;

static int findings_read(sd_bus_message *message, VerdictInfo *ret) {
        int r;

        r = sd_bus_message_enter_container(message, 'a', "(sbbts)");
        while (r >= 0) {
                FindingInfo finding = {};

                r = sd_bus_message_read(message, "(sbbts)", &finding.rule, &finding.applies,
                                        &finding.passes, &finding.next_change, &finding.text);
                if (r <= 0)
                        break;
                if (ret->n_findings < RULES_MAX)
                        ret->findings[ret->n_findings++] = finding;
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int needs_read(sd_bus_message *message, NeedList *ret) {
        NeedInfo need;
        int r;

        r = sd_bus_message_enter_container(message, 'a', "(sst)");
        while (r >= 0) {
                r = sd_bus_message_read(message, "(sst)", &need.rule, &need.event, &need.latest);
                if (r <= 0)
                        break;
                if (ret->n < RULES_MAX)
                        ret->needs[ret->n++] = need;
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int verdict_read(sd_bus_message *message, VerdictInfo *ret) {
        static const Member members[] = {
                { "at", 't', offsetof(VerdictInfo, outlook.at), NULL },
                { "earliest", 't', offsetof(VerdictInfo, outlook.earliest), NULL },
                { "consented", 't', offsetof(VerdictInfo, outlook.consented), NULL },
                { "policy", 's', offsetof(VerdictInfo, outlook.policy), NULL },
                { "policy_version", 's', offsetof(VerdictInfo, outlook.policy_version), NULL },
        };
        int r;

        r = sd_bus_message_read(message, "sssut", &ret->action, &ret->verdict, &ret->because,
                                &ret->minutes, &ret->next_change);
        if (r < 0)
                return r;
        r = findings_read(message, ret);
        if (r < 0)
                return r;
        r = needs_read(message, &ret->needs);
        if (r < 0)
                return r;
        r = needs_read(message, &ret->consented_needs);
        if (r < 0)
                return r;
        return dictionary_read(message, members, ELEMENTSOF(members), ret);
}

static const FindingInfo *finding_of(const VerdictInfo *verdict, const char *rule) {
        for (size_t i = 0; i < verdict->n_findings; i++)
                if (streq(verdict->findings[i].rule, rule))
                        return &verdict->findings[i];
        return NULL;
}

static bool is_failing(const VerdictInfo *verdict, const char *rule) {
        const FindingInfo *finding = finding_of(verdict, rule);

        return finding && finding->applies && !finding->passes;
}

static bool is_needed(const NeedList *list, const char *rule) {
        for (size_t i = 0; i < list->n; i++)
                if (streq(list->needs[i].rule, rule))
                        return true;
        return false;
}

/* Does a person's yes make this rule pass? */
static bool wants_yes(const VerdictInfo *verdict, const char *rule) {
        return is_needed(&verdict->needs, rule) && !is_needed(&verdict->consented_needs, rule) &&
               verdict->outlook.consented <= verdict->outlook.earliest;
}

/* "Sat 2026-11-28 02:00:00 CET, in 14h" */
#define MOMENT_SHOWN_MAX (WHEN_TEXT_MAX + AGO_TEXT_MAX)
static const char *moment_text(char to[static MOMENT_SHOWN_MAX], usec_t realtime) {
        char when[WHEN_TEXT_MAX], ago[AGO_TEXT_MAX];

        (void) snprintf(to, MOMENT_SHOWN_MAX, "%s, %s", when_text(when, realtime),
                        ago_text(ago, realtime));
        return to;
}

/* "a person's yes; backup to let go (the nightly copy), by 02:00 at the latest": each event once */
static const char *needs_text(const NeedList *list, char to[static NEEDS_TEXT_MAX]) {
        char when[WHEN_TEXT_MAX];
        Text text;

        text_init(&text, to, NEEDS_TEXT_MAX);
        for (size_t i = 0; i < list->n; i++) {
                bool told = false;

                for (size_t k = 0; k < i; k++)
                        told |= streq(list->needs[k].event, list->needs[i].event);
                if (told)
                        continue;
                text_printf(&text, "%s%s", text.length > 0 ? "; " : "", list->needs[i].event);
                if (list->needs[i].latest != USEC_INFINITY)
                        text_printf(&text, ", by %s at the latest",
                                    when_text(when, list->needs[i].latest));
        }
        return to;
}

/* What does not happen, as a sentence begins. */
static const char *nothing_of(const char *action) {
        static const char *const rows[][2] = {
                { "connect", "no session is opened" },     { "download", "nothing is downloaded" },
                { "install", "nothing is installed" },     { "reboot", "it is not restarted" },
                { "uninstall", "nothing is uninstalled" },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if (streq(rows[i][0], action))
                        return rows[i][1];
        return "nothing happens";
}

/* What decides; of a moment that is named rather what lasts until then. */
static const FindingInfo *reason_of(const VerdictInfo *verdict) {
        const FindingInfo *decisive = finding_of(verdict, verdict->because);
        const usec_t earliest = verdict->outlook.earliest;

        if (verdict->later || earliest == USEC_INFINITY || !decisive ||
            decisive->next_change == earliest)
                return decisive;
        for (size_t i = 0; i < verdict->n_findings; i++)
                if (is_failing(verdict, verdict->findings[i].rule) &&
                    verdict->findings[i].next_change == earliest)
                        return &verdict->findings[i];
        return decisive;
}

/* The sentence. */
static void answer_text(const ModuleInfo *module, const VerdictInfo *verdict, Text *to) {
        const FindingInfo *finding = reason_of(verdict);
        const bool pending = module_asks(module, verdict->action);
        const usec_t earliest = verdict->outlook.earliest;
        char when[MOMENT_SHOWN_MAX], needs[NEEDS_TEXT_MAX];
        const bool accepted = streq(verdict->verdict, "accept");

        text_printf(to, "%s: ", module->name);
        if (verdict->later)
                text_printf(to, "at %s %s would%s be accepted",
                            moment_text(when, verdict->outlook.at), verdict->action,
                            accepted ? "" : " not");
        else if (accepted)
                text_printf(to, "%s %s accepted now", verdict->action, pending ? "is" : "would be");
        else if (earliest == USEC_INFINITY)
                text_printf(to, "%s within 400 days as things stand", nothing_of(verdict->action));
        else if (earliest > verdict->outlook.at)
                text_printf(to, "%s before %s%s", nothing_of(verdict->action),
                            moment_text(when, earliest),
                            verdict->needs.n > 0 || !pending ? "" : ", and then by itself");
        else
                text_printf(to, "%s yet, it waits for %s", nothing_of(verdict->action),
                            needs_text(&verdict->needs, needs));
        if (!accepted && finding)
                text_printf(to, " %s %s", glyph(GLYPH_DASH), finding->text);
}

static void show_answer(const ModuleInfo *module, const VerdictInfo *verdict) {
        const bool accepted = streq(verdict->verdict, "accept");
        char line[1024];
        Text text;

        text_init(&text, line, sizeof(line));
        answer_text(module, verdict, &text);
        (void) fputs(style_begin(accepted ? STYLE_GREEN : STYLE_YELLOW), stdout);
        print_wrapped(0, line);
        (void) fputs(style_end(STYLE_GREEN), stdout);
}

/* What else, and the other way there. */
static void show_outlook(const VerdictInfo *verdict) {
        const usec_t earliest = verdict->outlook.earliest, consented = verdict->outlook.consented;
        char when[MOMENT_SHOWN_MAX], needs[NEEDS_TEXT_MAX], line[1024];
        Text text;

        text_init(&text, line, sizeof(line));
        if (streq(verdict->verdict, "accept") && !verdict->later) {
                if (verdict->next_change != USEC_INFINITY)
                        text_printf(&text, "That ends %s.",
                                    moment_text(when, verdict->next_change));
        } else if (verdict->later && earliest != USEC_INFINITY)
                text_printf(&text, "The earliest moment of all rules together: %s%s%s.",
                            moment_text(when, earliest), verdict->needs.n > 0 ? "; it needs " : "",
                            needs_text(&verdict->needs, needs));
        else if (earliest != USEC_INFINITY && earliest > verdict->outlook.at &&
                 verdict->needs.n > 0)
                text_printf(&text, "It also needs: %s.", needs_text(&verdict->needs, needs));
        print_wrapped(0, line);
        if (consented >= earliest)
                return;
        text_init(&text, line, sizeof(line));
        text_printf(&text, "With a person's yes: %s%s%s.", moment_text(when, consented),
                    verdict->consented_needs.n > 0 ? "; it also needs " : "",
                    needs_text(&verdict->consented_needs, needs));
        print_wrapped(0, line);
}

/* A yes with --now: for windows, and for whatever a yes ends. */
static bool now_helps(const ModuleInfo *module, const VerdictInfo *verdict) {
        static const char *const ended[] = { "window", "clock", "decision", "deadline",
                                             "deferral" };

        if (module->suspended && streq(verdict->action, "download"))
                return false;
        for (size_t i = 0; i < verdict->n_findings; i++) {
                const char *rule = verdict->findings[i].rule;
                bool helps = !is_failing(verdict, rule) || wants_yes(verdict, rule);

                for (size_t k = 0; k < ELEMENTSOF(ended); k++)
                        helps |= streq(ended[k], rule);
                if (!helps)
                        return false;
        }
        return is_failing(verdict, "window") || is_failing(verdict, "clock");
}

static void show_now(const ModuleInfo *module, const VerdictInfo *verdict) {
        const NeedList *list = &verdict->consented_needs;
        char line[512];
        Text text;

        if (!now_helps(module, verdict))
                return;
        text_init(&text, line, sizeof(line));
        text_printf(&text, "To %s now, windows or not: fotactl accept %s %s --now", verdict->action,
                    module->name, verdict->action);
        for (size_t i = 0; i < list->n; i++)
                if (streq(list->needs[i].rule, "module"))
                        text_printf(&text, "; it also needs %s", list->needs[i].event);
        print_wrapped(0, line);
}

/* What to type. */
static void show_remedy(const ModuleInfo *module, const VerdictInfo *verdict) {
        const char *name = module->name, *action = verdict->action;

        if (streq(verdict->verdict, "accept") || verdict->later)
                return;
        if (!module_asks(module, action)) {
                (void) puts(
                        "The module does not ask at the moment: this is how it would be answered.");
                return;
        }
        if (module->suspended && streq(action, "download"))
                (void) printf("To go on with it: fotactl resume %s\n", name);
        else if (is_failing(verdict, "deferral"))
                (void) printf("To end the deferral: fotactl accept %s %s\n", name, action);
        else if (is_failing(verdict, "decision") || is_failing(verdict, "deadline") ||
                 wants_yes(verdict, "decision") || wants_yes(verdict, "deadline") ||
                 wants_yes(verdict, "soak") || wants_yes(verdict, "uplink-path"))
                (void) printf("To say yes: fotactl accept %s %s\n", name, action);
        show_now(module, verdict);
        if (streq(verdict->because, "prerequisite"))
                (void) printf("What the module has and lacks: fotactl status %s\n", name);
        if (streq(verdict->because, "inhibitor"))
                (void) puts("To see who may let go: fotactl inhibitors");
        if (streq(verdict->because, "module"))
                (void) printf("To see how it is: fotactl status %s\n", name);
}

/* It may pass before that. */
static bool is_latest(const VerdictInfo *verdict, const FindingInfo *finding) {
        return is_needed(&verdict->needs, finding->rule);
}

static void show_finding(const VerdictInfo *verdict, const FindingInfo *finding) {
        bool decides = streq(finding->rule, verdict->because) && !streq(verdict->verdict, "accept");
        const char *mark = !finding->applies ? " " :
                           finding->passes   ? glyph(GLYPH_YES) :
                                               glyph(GLYPH_NO);
        Style style = !finding->applies ? STYLE_FAINT : finding->passes ? STYLE_GREEN : STYLE_RED;
        char when[MOMENT_SHOWN_MAX], line[1024];

        (void) printf("  %s%s%s %-12s ", style_begin(style), mark, style_end(style), finding->rule);
        (void) snprintf(line, sizeof(line), "%s%s", finding->text, decides ? " (decides)" : "");
        print_wrapped(RULE_INDENT, line);
        if (!decides && !finding->passes && finding->next_change > 0 &&
            finding->next_change != USEC_INFINITY)
                (void) printf("%*s%s %s\n", RULE_INDENT, "",
                              is_latest(verdict, finding) ? "at the latest" : "next",
                              moment_text(when, finding->next_change));
}

static void show_verdict(const ModuleInfo *module, const VerdictInfo *verdict) {
        char consent[CONSENT_TEXT_MAX], line[CONSENT_TEXT_MAX + 64];

        show_answer(module, verdict);
        show_outlook(verdict);
        show_remedy(module, verdict);
        if (streq(module->consent.action, verdict->action)) {
                (void) snprintf(line, sizeof(line), "Agreed: %s",
                                consent_text(&module->consent, consent));
                print_wrapped(0, line);
        }
        print_zone();
        (void) snprintf(line, sizeof(line),
                        "Rules of policy %s, version %s, in the order in which "
                        "they decide:",
                        verdict->outlook.policy[0] ? verdict->outlook.policy : "(built-in)",
                        verdict->outlook.policy_version);
        (void) putchar('\n');
        print_wrapped(0, line);
        for (size_t i = 0; i < verdict->n_findings; i++)
                show_finding(verdict, &verdict->findings[i]);
}

static void json_needs(Json *json, const char *key, const NeedList *list) {
        json_key(json, key);
        json_array_begin(json);
        for (size_t i = 0; i < list->n; i++) {
                json_object_begin(json);
                json_field_string(json, "rule", list->needs[i].rule);
                json_field_string(json, "event", list->needs[i].event);
                json_field_time(json, "latest", list->needs[i].latest);
                json_object_end(json);
        }
        json_array_end(json);
}

static void json_outlook(Json *json, const VerdictInfo *verdict) {
        json_field_time(json, "at", verdict->outlook.at);
        json_field_time(json, "earliest", verdict->outlook.earliest);
        json_needs(json, "needs", &verdict->needs);
        json_field_time(json, "consented", verdict->outlook.consented);
        json_needs(json, "consented_needs", &verdict->consented_needs);
        json_field_string(json, "policy", verdict->outlook.policy);
        json_field_string(json, "policy_version", verdict->outlook.policy_version);
}

static void json_verdict(const ModuleInfo *module, const VerdictInfo *verdict) {
        Document document;
        Json *json = document_begin(&document);

        json_object_begin(json);
        json_field_string(json, "module", module->name);
        json_field_string(json, "action", verdict->action);
        json_field_bool(json, "pending", module_asks(module, verdict->action));
        json_field_string(json, "verdict", verdict->verdict);
        json_field_string(json, "because", verdict->because);
        json_field_known(json, "minutes", verdict->minutes);
        json_field_time(json, "next_change", verdict->next_change);
        json_outlook(json, verdict);
        json_consent(json, &module->consent);
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
        VerdictInfo verdict = { .later = client->at != NULL };
        usec_t at = 0;
        Status status;
        int r;

        status = zone_use(client, &at);
        if (status != STATUS_DONE)
                return status;
        status =
                call_module(client, words[0], "ExplainAt", &reply, "st", n > 1 ? words[1] : "", at);
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
