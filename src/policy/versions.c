/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* From which versions a module may be updated, and to which.
 *
 * Pure. What the module runs is known on every update; what it will run is known only when fotad
 * has the package from its catalogue, as no module names the target of an update over the air. */

#include "policy/finding.h"

const char *version_list_match(const VersionList *list, const char *version) {
        for (size_t i = 0; i < list->n; i++)
                if (version_matches(version, list->patterns[i]))
                        return list->patterns[i];
        return NULL;
}

const char *version_rules_refuse(const VersionRules *rules, const char *version) {
        const char *denied = version_list_match(&rules->deny, version);

        if (denied)
                return denied;
        return rules->allow.n > 0 && !version_list_match(&rules->allow, version) ? "" : NULL;
}

static bool has_rules(const VersionRules *rules) {
        return rules->allow.n + rules->deny.n > 0;
}

static void say_denied(Finding *finding, const char *key, const char *version,
                       const char *pattern) {
        finding->passes = false;
        if (pattern[0] != '\0')
                finding_say(finding, "'%s' denies %s: '%s'", key, version, pattern);
        else
                finding_say(finding, "'%s' does not allow %s", key, version);
}

static void say_allowed(const Question *question, Finding *finding, bool from, bool to) {
        finding->passes = true;
        if (from && to)
                finding_say(finding, "from %s to %s is allowed", question->firmware,
                            question->target);
        else if (to)
                finding_say(finding, "to %s is allowed", question->target);
        else if (from)
                finding_say(finding, "from %s is allowed", question->firmware);
        else
                finding_say(finding, "nobody tells to which version it leads");
}

void judge_version(const Question *question, Finding *finding) {
        const Policy *policy = question->policy;
        bool package = !question->no_package &&
                       (question->action == ACTION_DOWNLOAD || question->action == ACTION_INSTALL);
        bool from = has_rules(&policy->from);
        bool to = has_rules(&policy->to) && question->target[0] != '\0';
        const char *denied_from =
                           from ? version_rules_refuse(&policy->from, question->firmware) : NULL,
                   *denied_to = to ? version_rules_refuse(&policy->to, question->target) : NULL;

        finding->next_change = USEC_INFINITY;
        finding->applies = package && (from || to);
        if (!package || (!from && !has_rules(&policy->to)))
                finding_say(finding, "no versions are named");
        else if (from && question->firmware[0] == '\0')
                finding_say(finding, "the module has not told which version it runs");
        else if (denied_from)
                say_denied(finding, "from", question->firmware, denied_from);
        else if (denied_to)
                say_denied(finding, "to", question->target, denied_to);
        else
                say_allowed(question, finding, from, to);
}
