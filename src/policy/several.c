/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rules of modules that share a gateway: how many may be down, who goes first, and who only
 * after the others.
 *
 * Pure. What the other modules do is in the question. None of these rules has anything to do with
 * windows, so that `now` and a forced deadline change nothing here. */

#include "base/text.h"
#include "policy/finding.h"

void judge_concurrent(const Question *question, Finding *finding) {
        char more[MORE_TEXT_MAX];

        finding->applies =
                question_takes_module_down(question) && question->concurrent_installs > 0;
        finding->passes = question->concurrent_installs == 0 ||
                          question->installs_running < question->concurrent_installs;
        finding->next_change = USEC_INFINITY;
        if (question->concurrent_installs == 0)
                finding_say(finding, "%u module%s down, no limit", question->installs_running,
                            question->installs_running == 1 ? " is" : "s are");
        else
                finding_say(finding, "%u of %u modules that may be down at a time%s%s%s",
                            question->installs_running, question->concurrent_installs,
                            question->down[0] != '\0' ? ": " : "", question->down,
                            more_format(more, question->installs_running));
}

void judge_keep_online(const Question *question, Finding *finding) {
        const char *plural = question->modules_usable == 1 ? "" : "s";
        char when[WHEN_TEXT_MAX];

        finding->applies = question_takes_module_down(question) && question->keep_online > 0;
        finding->passes = question->modules_usable >= question->keep_online;
        finding->next_change = question->usable_from > question->now.realtime ?
                                       question->usable_from :
                                       USEC_INFINITY;
        if (finding->passes || finding->next_change == USEC_INFINITY)
                finding_say(finding, "%u other module%s online, %u must be",
                            question->modules_usable, plural, question->keep_online);
        else
                finding_say(finding,
                            "%u other module%s online for a minute, %u must be; from %s on",
                            question->modules_usable, plural, question->keep_online,
                            when_format(when, question->zone, finding->next_change));
}

/* The failure of another one. */

static bool is_stopped(const Question *question) {
        return question->soak.failed[0] != '\0';
}

/* A yes of before says nothing of it. */
static bool is_let_go(const Question *question) {
        return question_is_consented(question) &&
               question->consent.row >= question->soak.failed_row;
}

static void judge_failed(const Question *question, Finding *finding) {
        const Soak *soak = &question->soak;
        char when[WHEN_TEXT_MAX];

        finding->passes = is_let_go(question);
        if (finding->passes)
                finding_say(finding, "the install of %s failed %s; %s accepted this one after that",
                            soak->failed, when_format(when, question->zone, soak->failed_at),
                            question->consent.by);
        else
                finding_say(finding,
                            "the install of %s failed %s (%s): its family waits, 'fotactl accept' "
                            "lets this one go",
                            soak->failed, when_format(when, question->zone, soak->failed_at),
                            reason_to_string(soak->reason));
}

void judge_soak(const Question *question, Finding *finding) {
        const Soak *soak = &question->soak;
        char when[WHEN_TEXT_MAX], span[SPAN_TEXT_MAX];

        finding->applies = soak->span > 0 && question->action == ACTION_INSTALL;
        finding->next_change = USEC_INFINITY;
        if (soak->span == 0) {
                finding_say(finding, "no soak");
                return;
        }
        if (is_stopped(question)) {
                judge_failed(question, finding);
                if (!finding->passes)
                        return;
        }
        finding->passes = soak->installs[0] == '\0' && soak->succeeded[0] == '\0';
        if (soak->installs[0] != '\0')
                finding_say(finding,
                            "%s of the same family installs; the next goes %s after its "
                            "success",
                            soak->installs, span_format(span, soak->span));
        else if (soak->succeeded[0] != '\0') {
                finding->next_change = soak->until;
                finding_say(finding, "%s of the same family succeeded less than %s ago: from %s on",
                            soak->succeeded, span_format(span, soak->span),
                            when_format(when, question->zone, soak->until));
        } else if (!is_stopped(question))
                finding_say(finding, "no other of the same family installed within %s",
                            span_format(span, soak->span));
}

/* the uplink */

static bool is_last(const Question *question) {
        return question->uplink.mine && question->action == ACTION_INSTALL;
}

bool question_wants_person(const Question *question) {
        if (question->action != ACTION_INSTALL)
                return false;
        return (question->soak.span > 0 && is_stopped(question)) ||
               (is_last(question) && question->uplink.interface[0] == '\0');
}

bool question_wants_yes(const Question *question, Rule rule) {
        if (rule == RULE_SOAK)
                return question_wants_person(question) && is_stopped(question) &&
                       !is_let_go(question);
        if (rule == RULE_UPLINK_PATH)
                return question_wants_person(question) && is_last(question) &&
                       question->uplink.interface[0] == '\0' && question->uplink.first[0] == '\0';
        return rule == RULE_DECISION || rule == RULE_DEADLINE;
}

bool question_wants_path(const Question *question) {
        return is_last(question) && question->uplink.interface[0] != '\0';
}

/* There is none: the gateway can't be reached meanwhile, and stays so if the install fails. */
static void judge_no_path(const Question *question, Finding *finding) {
        finding->passes = question_is_consented(question);
        if (finding->passes)
                finding_say(finding, "it carries the uplink; accepted by %s", question->consent.by);
        else
                finding_say(finding, "it carries the uplink, and there is no other path "
                                     "(gateway.other_path): waiting for a person");
}

static void judge_path(const Question *question, Finding *finding) {
        const UplinkPath *uplink = &question->uplink;
        char when[WHEN_TEXT_MAX];

        finding->passes = question->now.realtime < uplink->proven_until;
        if (finding->passes) {
                finding_say(finding, "last of all; a report got out through %s", uplink->interface);
                return;
        }
        if (!question->clock_trusted) {
                finding->next_change = question_trusted_from(question);
                finding_say(finding,
                            "it carries the uplink: no report leaves while the clock is not "
                            "trusted%s%s",
                            question->clock_problem[0] != '\0' ? "; " : "",
                            question->clock_problem);
                return;
        }
        if (uplink->retry > question->now.realtime)
                finding->next_change = uplink->retry;
        if (uplink->problem[0] == '\0')
                finding_say(finding,
                            "it carries the uplink: a report must get out through %s first",
                            uplink->interface);
        else
                finding_say(finding,
                            "it carries the uplink, and no report gets out through %s: "
                            "%.60s%s%s",
                            uplink->interface, uplink->problem,
                            finding->next_change != USEC_INFINITY ? "; next try " : "",
                            finding->next_change != USEC_INFINITY ?
                                    when_format(when, question->zone, finding->next_change) :
                                    "");
}

static void judge_first(const Question *question, Finding *finding) {
        const UplinkPath *uplink = &question->uplink;
        char when[WHEN_TEXT_MAX];

        if (uplink->first_until > question->now.realtime)
                finding->next_change = uplink->first_until;
        if (uplink->first_installs)
                finding_say(finding, "it carries the uplink and goes last: %s installs",
                            uplink->first);
        else if (uplink->first_loads)
                finding_say(finding, "it carries the uplink and goes last: %s loads its package",
                            uplink->first);
        else if (finding->next_change == USEC_INFINITY)
                finding_say(finding, "it carries the uplink and goes last: %s may install now",
                            uplink->first);
        else
                finding_say(finding, "it carries the uplink and goes last: %s may install %s",
                            uplink->first, when_format(when, question->zone, finding->next_change));
}

void judge_uplink_path(const Question *question, Finding *finding) {
        const UplinkPath *uplink = &question->uplink;

        finding->applies = is_last(question);
        finding->next_change = USEC_INFINITY;
        if (!uplink->mine)
                finding_say(finding, "it does not carry the uplink");
        else if (uplink->first[0] != '\0')
                judge_first(question, finding);
        else if (uplink->interface[0] == '\0')
                judge_no_path(question, finding);
        else
                judge_path(question, finding);
}
