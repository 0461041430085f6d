/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Readers of the rules of policies.
 *
 * Like those of plain values: one node each, and a complaint that says what would be right. */

#include "config/value.h"
#include "policy/policy.h"

/* Of AT+CSQ (3GPP TS 27.007, 8.5); the ends also mean "or less" and "or more". */
#define RSSI_MIN (-113)
#define RSSI_MAX (-51)

void read_decision(const ValueContext *context, void *to) {
        const char *words[_DECISION_MAX + 1] = {};
        int i;

        for (i = 0; i < _DECISION_MAX; i++)
                words[i] = decision_to_string((Decision) i);
        i = word_index(context, context->node, words);
        if (i >= 0)
                *(Decision *) to = (Decision) i;
}

void read_on_deadline(const ValueContext *context, void *to) {
        const char *words[_ON_DEADLINE_MAX + 1] = {};
        int i;

        for (i = 0; i < _ON_DEADLINE_MAX; i++)
                words[i] = on_deadline_to_string((OnDeadline) i);
        i = word_index(context, context->node, words);
        if (i >= 0)
                *(OnDeadline *) to = (OnDeadline) i;
}

static void window_read(const ValueContext *context, const Node *item, ActionPolicy *policy) {
        if (policy->n_windows >= POLICY_WINDOWS_MAX)
                report_error(context->reporter, item, context->path, "too many windows, at most %d",
                             POLICY_WINDOWS_MAX);
        else if (item->kind != NODE_SCALAR ||
                 window_parse(item->text, &policy->windows[policy->n_windows]) < 0)
                report_error(context->reporter, item, context->path,
                             "'%s' is not a window such as \"Mon..Fri 01:00-05:00\"",
                             item->kind == NODE_SCALAR ? item->text : "...");
        else
                policy->n_windows++;
}

void read_windows(const ValueContext *context, void *to) {
        ActionPolicy *policy = to;

        policy->n_windows = 0; /* what reboot has from install gives way, also to none */
        if (context->node->n == 0 && !strstr(context->path, ".reboot."))
                report_error(
                        context->reporter, context->node, context->path,
                        "names no window; leave it out for always, 'decision: defer' is never");
        for (size_t i = 0; i < context->node->n; i++)
                window_read(context, context->node->values[i], policy);
}

static void version_read(const ValueContext *context, const Node *item, VersionList *list) {
        if (list->n >= POLICY_VERSIONS_MAX)
                report_error(context->reporter, item, context->path,
                             "too many versions, at most %d", POLICY_VERSIONS_MAX);
        else if (item->kind != NODE_SCALAR || !version_pattern_is_valid(item->text))
                report_error(context->reporter, item, context->path,
                             "'%s' names no versions as \"HL7800.4.5.*\" or \">=4.4 <4.6\" do",
                             item->kind == NODE_SCALAR ? item->text : "...");
        else
                (void) text_copy(list->patterns[list->n++], VERSION_PATTERN_MAX, item->text);
}

void read_versions(const ValueContext *context, void *to) {
        VersionList *list = to;

        list->n = 0;
        if (context->node->n == 0 && strstr(context->path, ".allow"))
                report_error(context->reporter, context->node, context->path,
                             "names no version; leave it out if every version will do");
        for (size_t i = 0; i < context->node->n; i++)
                version_read(context, context->node->values[i], list);
}

void read_rssi(const ValueContext *context, void *to) {
        const char *text = context->node->text;
        char *end;
        long value = strtol(text, &end, 10);

        if (text[0] != '-' || !has_only(text + 1, DIGITS) || text[1] == '\0' || value < RSSI_MIN ||
            value > RSSI_MAX)
                VALUE_ERROR(context, "'%s' is not a signal in dBm from %d to %d", text, RSSI_MIN,
                            RSSI_MAX);
        else
                *(int *) to = (int) value;
}

void read_roaming(const ValueContext *context, void *to) {
        bool roaming = true;

        read_bool(context, &roaming);
        *(bool *) to = !roaming;
}
