/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The module that carries the uplink (gateway.uplink_module). It goes after the others, and not
 * before a report was delivered another way (gateway.other_path): the proof that the gateway can
 * still be reached when the install fails. From its grant until it is back all reports go that way.
 *
 * A module goes first while it installs, or when it asks for its install, or loads the package of
 * one, and all that it waits for is known to come in time: before the last moment at which the
 * uplink module may begin in the window that is open or opens next, or within an hour where it has
 * none. One that waits for a person, or for nobody knows what, or whose last update failed, is not
 * waited for. */

#include "core/turn.h"

/* A delivered report proves the path for so long. */
#define PROOF_MAX (5 * USEC_PER_MINUTE)
/* So long the host has to answer. */
#define ANSWER_MAX (2 * USEC_PER_MINUTE)
#define RETRY_MIN USEC_PER_MINUTE
#define RETRY_MAX (15 * USEC_PER_MINUTE)
/* How far is looked ahead where windows do not matter. */
#define AHEAD_MAX USEC_PER_HOUR
/* After a restart of fotad: an install that ended so lately may have left the module away. */
#define BACK_MAX (15 * USEC_PER_MINUTE)

static const char *other_interface(const Gateway *gateway) {
        return gateway->settings->gateway.other_interface;
}

static bool is_uplink(const Module *module) {
        const char *name = module->gateway->settings->gateway.uplink_module;

        return name[0] != '\0' && streq(module->settings->name, name);
}

static Module *uplink_module(const Gateway *gateway) {
        return gateway_find(gateway, gateway->settings->gateway.uplink_module);
}

/* who goes first */

/* Its radio is about to be read: it may be good. */
static bool is_radio_awaited(const Module *module) {
        const usec_t now = module_now(module)->boottime;
        const usec_t read =
                module->n_readings > 0 ? module->readings[module->n_readings - 1].boottime : 0;

        return now >= usec_add(module->radio_asked, RADIO_LOOK) ||
               (read < module->radio_asked && now < usec_add(module->radio_asked, RADIO_INTERVAL));
}

/* Its package is on its way, and it will ask for the install by itself. */
static bool is_loading(const Module *module) {
        return module->port_open && (module->record.state == STATE_DOWNLOADING ||
                                     module->record.state == STATE_VERIFYING);
}

/* The module's own time: it takes no earlier answer. USEC_INFINITY: it does not ask, or nobody
 * knows when again. */
static usec_t asked_at(const Module *module) {
        const ModuleRecord *record = &module->record;
        const usec_t now = module_now(module)->realtime;

        if (is_loading(module))
                return now;
        if (!record->request.open || record->state != STATE_INSTALL_PENDING || !module->port_open ||
            !module->reconciled || !chat_is_synced(module->chat) || module->start_failures > 0)
                return USEC_INFINITY;
        switch (record->answer.kind) {
        case ANSWER_NONE:
        case ANSWER_DEFERRED:
                return now;
        case ANSWER_REFUSED:
                return record->answer.until_realtime > now ? record->answer.until_realtime :
                                                             USEC_INFINITY;
        case ANSWER_ACCEPTED:
        case _ANSWER_MAX:
                break;
        }
        return USEC_INFINITY;
}

/* What fails again and again must not hold the uplink module for ever. */
static bool has_failed(const Module *module) {
        return module->last_job.outcome == OUTCOME_FAILED;
}

/* From here on only a person can say yes; of a package that still loads, at the earliest. */
static usec_t person_from(const Question *question) {
        const ActionPolicy *policy = &question->policy->actions[question->action];

        if (policy->deadline == 0 || policy->on_deadline != DEADLINE_ASK ||
            consent_is_valid(&question->consent, question))
                return USEC_INFINITY;
        return question->asked ? policy_deadline(question) :
                                 usec_add(question->now.realtime, policy->deadline);
}

/* When all rules of one question pass, none before `at`. */
static usec_t passes_at(const Module *module, const Question *question, usec_t at) {
        Verdict verdict;

        policy_judge(question, &verdict);
        for (size_t i = 0; i < _RULE_MAX; i++) {
                const Finding *finding = &verdict.findings[i];

                if (i == RULE_MODULE)
                        continue; /* asked_at() */
                if (i == RULE_REQUIRE && !finding->passes &&
                    finding->next_change == USEC_INFINITY && is_radio_awaited(module))
                        at = MAX_OF(at, module_now(module)->realtime + RADIO_HOLD);
                else if (!finding->passes)
                        at = MAX_OF(at, finding->next_change);
        }
        return at < person_from(question) ? at : USEC_INFINITY;
}

/* When it may install, as far as anybody knows now; USEC_INFINITY: not without a person, or nobody
 * knows. */
static usec_t may_install_at(const Module *module) {
        Question questions[FORECAST_QUESTIONS_MAX];
        usec_t at = asked_at(module);

        if (at == USEC_INFINITY || has_failed(module))
                return USEC_INFINITY;
        const size_t n = module_questions(module, ACTION_INSTALL, questions);
        for (size_t i = 0; i < n; i++)
                at = MAX_OF(at, passes_at(module, &questions[i], at));
        return at;
}

static void find_first(const Module *module, const Question *question, UplinkPath *ret) {
        const Gateway *gateway = module->gateway;
        const usec_t now = gateway->now.realtime, last = policy_last_moment(question);

        ret->first_until = last == USEC_INFINITY ? usec_add(now, AHEAD_MAX) : last;
        for (size_t i = 0; i < gateway->n_modules && !ret->first_installs; i++) {
                const Module *other = gateway->modules[i];
                const bool installs = other != module && module_installs(other);
                const usec_t at = other == module ? USEC_INFINITY :
                                  installs        ? now :
                                                    may_install_at(other);

                if (at > ret->first_until || (at == ret->first_until && ret->first[0] && !installs))
                        continue;
                (void) TEXT_COPY(ret->first, other->settings->name);
                ret->first_installs = installs;
                ret->first_loads = is_loading(other);
                ret->first_until = at;
        }
        if (ret->first_until <= now || ret->first_loads)
                ret->first_until = USEC_INFINITY; /* something happens first */
}

void module_uplink(const Module *module, Question *question) {
        const Gateway *gateway = module->gateway;
        const OtherPath *path = &gateway->path;
        UplinkPath *uplink = &question->uplink;

        uplink->mine = is_uplink(module);
        if (!uplink->mine || question->action != ACTION_INSTALL)
                return;
        find_first(module, question, uplink);
        (void) TEXT_COPY(uplink->interface, other_interface(gateway));
        (void) TEXT_COPY(uplink->problem, path->problem);
        if (path->proven_at > 0)
                uplink->proven_until =
                        gateway_realtime_of(gateway, usec_add(path->proven_at, PROOF_MAX));
        if (path->retry_at > 0)
                uplink->retry = gateway_realtime_of(gateway, path->retry_at);
}

/* its proof */

/* All else is as it should be; the radio is read only when nothing else is missing. */
static bool is_only_missing(const Verdict *verdict) {
        for (size_t i = 0; i < _RULE_MAX; i++)
                if (i != RULE_UPLINK_PATH && i != RULE_REQUIRE && !verdict->findings[i].passes)
                        return false;
        return !verdict->findings[RULE_UPLINK_PATH].passes;
}

static bool install_wants_proof(const Module *module) {
        const ModuleRecord *record = &module->record;
        Question question;

        if (!module->judged || !record->request.open || record->request.action != ACTION_INSTALL ||
            record->answer.kind == ANSWER_ACCEPTED || !is_only_missing(&module->verdict))
                return false;
        module_question(module, ACTION_INSTALL, &question);
        return question.uplink.first[0] == '\0';
}

static bool registration_wants_proof(const Module *module) {
        Verdict verdict;

        if (!module->record.registration.wanted)
                return false;
        module_judge_registration(module, &verdict);
        return is_only_missing(&verdict);
}

static bool wants_proof(const Module *module) {
        return is_uplink(module) && other_interface(module->gateway)[0] != '\0' &&
               (install_wants_proof(module) || registration_wants_proof(module));
}

void module_decide_path(Module *module) {
        OtherPath *path = &module->gateway->path;
        const usec_t now = module_now(module)->boottime;

        if (path->asked || !gateway_clock_trusted(module->gateway) || !wants_proof(module))
                return; /* no report leaves before the clock is trusted */
        if (path->retry_at > 0 &&
            gateway_realtime_of(module->gateway, path->retry_at) > module_now(module)->realtime) {
                module->decide_at = MIN_OF(module->decide_at, path->retry_at + USEC_PER_SEC);
                return;
        }
        path->asked = path->due = true;
        path->asked_at = now;
        RECORD(module, EVENT_PATH_ASKED, D_TEXT("interface", other_interface(module->gateway)));
}

void gateway_tell_path(Gateway *gateway) {
        OtherPath *path = &gateway->path;
        const Module *module = uplink_module(gateway);

        if (!path->due)
                return;
        path->due = false;
        if (!gateway->storage_ok || !module)
                path->asked = false; /* the report was not written */
        else if (gateway->host->prove_path)
                gateway->host->prove_path(gateway->userdata, module, other_interface(gateway));
        else
                gateway_path_answered(gateway, other_interface(gateway), false,
                                      "reports are not sent");
}

void gateway_path_answered(Gateway *gateway, const char *interface, bool delivered,
                           const char *why) {
        OtherPath *path = &gateway->path;
        Module *module = uplink_module(gateway);
        usec_t delay = RETRY_MAX;

        if (!path->asked || !module || !streq(interface, other_interface(gateway)))
                return;
        path->asked = false;
        module->changed = true;
        (void) TEXT_COPY(path->problem, delivered ? "" : why);
        if (delivered) {
                path->proven_at = MAX_OF(gateway->now.boottime, (usec_t) 1);
                path->retry_at = path->failures = 0;
                return;
        }
        if (path->failures < 4)
                delay = MIN_OF(RETRY_MIN << path->failures, RETRY_MAX);
        path->failures++;
        path->proven_at = 0;
        path->retry_at = usec_add(gateway->now.boottime, delay);
}

/* its use */

void gateway_recall_path(Gateway *gateway) {
        const Module *module = uplink_module(gateway);
        const LastInstall *install = module ? &module->record.install : NULL;

        gateway->path = (OtherPath) {
                .in_use = install && install->row > 0 &&
                          gateway_install_age(gateway, install) < BACK_MAX,
        };
}

/* The host has forgotten what it was asked. */
void gateway_reload_path(Gateway *gateway, const GatewaySettings *before) {
        const GatewaySettings *now = &gateway->settings->gateway;

        if (!streq(before->uplink_module, now->uplink_module) ||
            !streq(before->other_interface, now->other_interface))
                gateway_recall_path(gateway);
        gateway->path.due = gateway->path.asked = false;
}

usec_t gateway_path_deadline(const Gateway *gateway) {
        return gateway->path.asked ? usec_add(gateway->path.asked_at, ANSWER_MAX) : USEC_INFINITY;
}

void gateway_tick_path(Gateway *gateway) {
        const Module *module = uplink_module(gateway);

        if (gateway_path_deadline(gateway) <= gateway->now.boottime)
                gateway_path_answered(gateway, other_interface(gateway), false, "no answer");
        if (!module)
                gateway->path.in_use = false;
        else if (module_installs(module))
                gateway->path.in_use = true;
        else if (module_is_up(module))
                gateway->path.in_use = false;
}

const char *gateway_other_path(const Gateway *gateway) {
        const Module *module = uplink_module(gateway);

        return gateway->path.in_use || (module && module_installs(module)) ?
                       other_interface(gateway) :
                       "";
}
