/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A policy as text, and its version.
 *
 * Pure. The audit trail names the version, so the text must have every rule in it, and must not
 * change for a policy that did not: a key that is new here is only written when it is set. */

#include <stdio.h>

#include "base/sha256.h"
#include "policy/policy.h"

static void write_list(Text *to, const char *key, const VersionList *list) {
        for (size_t i = 0; i < list->n; i++)
                text_printf(to, "%s %s\n", key, list->patterns[i]);
}

static void write_number(Text *to, const char *action, const char *key, uint64_t value) {
        if (value == 0)
                return;
        text_printf(to, "%s %s ", action, key);
        text_add_number(to, value, 1);
        text_add_char(to, '\n');
}

static void write_action(Text *to, Action action, const ActionPolicy *rules) {
        const char *name = action_to_string(action);
        char window[WINDOW_TEXT_MAX];

        text_printf(to, "%s decision %s\n", name, decision_to_string(rules->decision));
        for (size_t i = 0; i < rules->n_windows; i++)
                text_printf(to, "%s window %s\n", name, window_format(window, &rules->windows[i]));
        write_number(to, name, "max_size", rules->max_size_bytes);
        write_number(to, name, "defer", rules->defer);
        write_number(to, name, "fits", rules->fits);
        write_number(to, name, "jitter", rules->jitter);
        write_number(to, name, "deadline", rules->deadline);
        if (rules->deadline > 0)
                text_printf(to, "%s on_deadline %s\n", name,
                            on_deadline_to_string(rules->on_deadline));
        if (rules->min_rssi_dbm != 0)
                text_printf(to, "%s min_rssi_dbm %d\n", name, rules->min_rssi_dbm);
        if (rules->no_roaming)
                text_printf(to, "%s roaming no\n", name);
}

void policy_write(const Policy *policy, Text *to) {
        write_list(to, "from allow", &policy->from.allow);
        write_list(to, "from deny", &policy->from.deny);
        write_list(to, "to allow", &policy->to.allow);
        write_list(to, "to deny", &policy->to.deny);
        for (int action = 0; action < _ACTION_MAX; action++)
                write_action(to, (Action) action, &policy->actions[action]);
}

char *policy_version(const Policy *policy, char to[static POLICY_VERSION_MAX]) {
        char buffer[POLICY_TEXT_MAX], hash[SHA256_HEX_MAX];
        struct iovec part = { .iov_base = buffer };
        Text text;

        text_init(&text, buffer, sizeof buffer);
        policy_write(policy, &text);
        part.iov_len = text.length;
        to[0] = '\0';
        if (sha256_hex(&part, 1, hash) == 0)
                (void) snprintf(to, POLICY_VERSION_MAX, "%.12s", hash);
        return to;
}
