/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One module: its life in memory, its timers, and module_raise(), the only function that moves it.
 * What a state may hold is released in module_enter(). After a restart of fotad the record says
 * where it stood, and the time that has passed meanwhile counts. */

#include <stdio.h>

#include "base/log.h"
#include "core/turn.h"

/* Timer of a state whose time ran out while fotad was away. */
#define OVERDUE_GRACE (2 * USEC_PER_SEC)
#define NESTING_MAX 4
/* 35 min, 70 min, then each 2 h 20 min */
#define LOOKS_DOUBLED_MAX 2
/* 20 min, 40 min, ... then each 21 h 20 min: a session may stand for months */
#define SESSION_LOOKS_DOUBLED_MAX 7
/* Overlong lines are counted and told at most so often. */
#define DROPPED_INTERVAL USEC_PER_MINUTE

const Clock *module_now(const Module *module) {
        return &module->gateway->now;
}

const char *module_name(const Module *module) {
        return module->settings->name;
}

size_t module_index(const Module *module) {
        return module->index;
}

bool module_act_is_old(const Module *module) {
        return module->record.act.boottime == 0;
}

usec_t module_act_age(const Module *module) {
        return module_act_is_old(module) ?
                       USEC_INFINITY :
                       usec_sub(module_now(module)->boottime, module->record.act.boottime);
}

void module_mark(Module *module) {
        module->dirty = module->changed = true;
}

/* what the chat and the family call */

static void on_write(void *userdata, const char *bytes, size_t n) {
        Module *module = userdata;

        module->gateway->host->write(module->gateway->userdata, module->index, bytes, n);
}

static void on_urc(void *userdata, const char *line) {
        Module *module = userdata;

        module->family->now = *module_now(module);
        module->settings->family->on_line(module->family, line);
}

static bool is_urc(void *userdata, const char *line) {
        const Module *module = userdata;

        return module->settings->family->is_urc(module->family, line);
}

static void on_dropped(void *userdata, size_t length) {
        Module *module = userdata;

        module->lines_dropped++;
        module->longest_dropped = MAX_OF(module->longest_dropped, length);
        if (module_now(module)->boottime < module->dropped_at + DROPPED_INTERVAL &&
            module->dropped_at)
                return;
        module->dropped_at = module_now(module)->boottime;
        RECORD(module, EVENT_LINE_DROPPED, D_NUMBER("lines", module->lines_dropped),
               D_NUMBER("bytes", module->longest_dropped));
        module->lines_dropped = 0;
        module->longest_dropped = 0;
}

static const ChatHost chat_host = {
        .write = on_write,
        .on_urc = on_urc,
        .is_urc = is_urc,
        .on_dropped = on_dropped,
};

static void on_fact(void *userdata, const Fact *fact) {
        module_hear(userdata, fact);
}

static void on_command_line(void *userdata, const char *line) {
        Command *command = &((Module *) userdata)->command;

        if (command->n_lines >= COMMAND_LINES_MAX)
                return;
        command->lines[command->n_lines] = strdup(line);
        if (command->lines[command->n_lines])
                command->n_lines++;
}

static void on_setting(void *userdata, const char *name, const char *value, SettingFate fate) {
        module_setting(userdata, name, value, fate);
}

static const FamilyHost family_host = {
        .raise = on_fact,
        .on_command_line = on_command_line,
        .on_setting = on_setting,
};

/* life */

Module *module_free(Module *module) {
        if (!module)
                return NULL;
        if (module->chat && module->family)
                module_forget_verbs(module);
        if (module->push_ready)
                module->gateway->host->package_close(module->gateway->userdata,
                                                     module->record.name);
        free(module->family);
        chat_free(module->chat);
        transcript_free(module->transcript);
        free(module);
        return NULL;
}

void module_use(Module *module, size_t index, const ModuleSettings *settings) {
        module->index = index;
        module->settings = settings;
        module->family->settings = &settings->family_settings;
        (void) policy_version(&settings->policy, module->policy_version);
        module->context_tried = module->judged = module->location_checked = false;
        module->changed = true;
}

int module_new(Gateway *gateway, size_t index, const ModuleSettings *settings, Module **ret) {
        _cleanup_(module_freep) Module *module = calloc(1, sizeof(*module));

        if (!module)
                return -ENOMEM;
        module->gateway = gateway;
        module->settings = settings;
        module->transcript = transcript_new();
        module->chat = chat_new(&chat_host, module, module->transcript);
        module->family = calloc(1, settings->family->size);
        if (!module->transcript || !module->chat || !module->family)
                return -ENOMEM;
        module->family->family = settings->family;
        module->family->host = &family_host;
        module->family->userdata = module;
        module->family->chat = module->chat;
        module_use(module, index, settings);
        (void) TEXT_COPY(module->record.name, settings->name);
        (void) TEXT_COPY(module->record.boot_id, gateway->boot_id);
        module->state_deadline = module->start_at = module->decide_at = USEC_INFINITY;
        module->look_at = module->told_until = module->register_until = USEC_INFINITY;
        module->budget = BUDGET_MAX;
        module->budget_at = gateway->now.boottime;
        *ret = TAKE_PTR(module);
        return 0;
}

/* How long the module has been in its state: boot time when the gateway did not restart, else the
 * wall clock as far as it can be believed. */
static usec_t time_in_state(const Module *module) {
        const Clock *now = module_now(module);

        if (streq(module->record.boot_id, module->gateway->boot_id))
                return usec_sub(now->boottime, module->record.state_boottime);
        return usec_sub(now->realtime, module->record.state_since);
}

static void arm_after_restart(Module *module) {
        const StateInfo *info = state_infos + module->record.state;
        const usec_t left = module_recall_unattended(module, time_in_state(module));

        if (!info->timeout)
                return;
        module->state_deadline = module_now(module)->boottime + MAX_OF(left, OVERDUE_GRACE);
}

/* fotad went down between the intent of a grant and the first sign that it was heard: perhaps it
 * never left. The module is asked whether it still waits, but nothing is said to one that may be
 * flashing until the watchdog ends it. */
static bool is_grant_unproven(const ModuleRecord *record) {
        return (record->state == STATE_INSTALLING || record->state == STATE_DOWNLOADING ||
                record->unattended) &&
               record->act.state == ACT_INTENDED && verb_is_grant(record->act.verb);
}

/* A gateway that restarted can't count in its old boot time. */
static void adopt_times(Module *module) {
        const Clock *now = module_now(module);
        Answer *answer = &module->record.answer;
        /* the wall clock may be wrong still, so a job is not over at once; but it does end on a
         * gateway that reboots every night */
        const usec_t age =
                MIN_OF(usec_sub(now->realtime, module->job.since), JOB_MAX - JOB_RESTARTED);

        module->job_until = now->boottime + (JOB_MAX - age);
        module_recall_request(module, !streq(module->record.boot_id, module->gateway->boot_id));
        if (streq(module->record.boot_id, module->gateway->boot_id))
                return;
        module->record.act.boottime = 0;
        module->record.install.finished_boottime = 0;
        module->record.state_boottime =
                usec_sub(now->boottime, usec_sub(now->realtime, module->record.state_since));
        module->record.request.asked_boottime = now->boottime;
        answer->until_boottime = now->boottime + usec_sub(answer->until_realtime, now->realtime);
}

void module_adopt(Module *module, const ModuleRecord *record, const JobRow *job,
                  const JobRow *last_job) {
        module->record = *record;
        (void) TEXT_COPY(module->record.name, module->settings->name);
        module->job = *job;
        module->last_job = *last_job;
        if (module->record.job != job->id)
                module->record.job = job->id;
        if (!job->id && module->settings->session_mode != SESSION_ALWAYS)
                module->record.suspended = false; /* a cancel left it there, before 0.4 */
        module->told_percent = record->progress_percent;
        module_set_dev_eui(module);
        /* a state that holds nothing starts over with the port */
        if (!state_infos[module->record.state].in_flight ||
            (module->record.push_wanted && module->record.state == STATE_DOWNLOADING))
                module->record.state = STATE_ABSENT;
        module->restart_due = module->record.state == STATE_INSTALLING;
        module->heard_installing =
                state_infos[module->record.state].installs && module->record.act.state == ACT_SEEN;
        module->grant_taken = module->record.act.state > ACT_INTENDED;
        adopt_times(module);
        arm_after_restart(module);
        module->grant_uncertain = is_grant_unproven(&module->record);
        module->ready = state_infos[module->record.state].installs; /* it was when it was granted */
        module->watchdog_at = module->state_deadline;
        (void) TEXT_COPY(module->record.boot_id, module->gateway->boot_id);
        module_recall_registration(module);
        module_recall_reboot(module);
        module_push_recall(module);
}

/* moving */

/* A module that waits for an answer and asks no more is looked at twice as late each time: a person
 * may take weeks. Not one that does not tell of its restarts, nor of the network that it needs. */
static usec_t patience(const Module *module) {
        const State state = module->record.state;
        const usec_t timeout = state_infos[state].timeout;

        /* nor is a session disturbed, whose end may only have been missed */
        if (state == STATE_CONNECTED && !is_job_waiting_for_offer(module))
                return timeout << MIN_OF(module->stalls + 1, SESSION_LOOKS_DOUBLED_MAX);
        return state_is_pending(state) && module->settings->family->look_interval == 0 ?
                       timeout << MIN_OF(module->stalls, LOOKS_DOUBLED_MAX) :
                       timeout;
}

static void arm(Module *module) {
        const usec_t timeout = patience(module);

        module->state_deadline =
                timeout ? usec_add(module_now(module)->boottime, timeout) : USEC_INFINITY;
}

void module_enter(Module *module, State state) {
        const Clock *now = module_now(module);
        const State before = module->record.state;

        if (state != before) {
                log_full(LOG_DEBUG,
                         &(LogFields) { .module = module->settings->name,
                                        .state = state_to_string(state) },
                         "%s -> %s", state_to_string(before), state_to_string(state));
                module->record.state = state;
                module->record.state_since = now->realtime;
                module->record.state_boottime = now->boottime;
                (void) TEXT_COPY(module->record.boot_id, module->gateway->boot_id);
                module->stalls = 0;
                if (state == STATE_INSTALLING || is_deaf(module))
                        module->start_at = USEC_INFINITY; /* nothing is said to it now */
                module_mark(module);
        }
        arm(module);
}

static void raise_at(Module *module, Trigger trigger, unsigned depth) {
        const Row *row = lifecycle_find(module->record.state, trigger, module);

        if (!row) {
                log_debug("%s: %s in %s: nothing to do", module->settings->name,
                          trigger_to_string(trigger), state_to_string(module->record.state));
                return;
        }
        module->target = row->to == STATE_SAME ? module->record.state : row->to;
        for (size_t i = 0; i < ROW_RUN_MAX && row->run[i]; i++)
                row->run[i](module);
        if (row->to != STATE_SAME)
                module_enter(module, row->to);
        else if (trigger == ON_TIMEOUT)
                arm(module);
        if (row->again && depth < NESTING_MAX)
                raise_at(module, trigger, depth + 1);
}

void module_raise(Module *module, Trigger trigger) {
        module->target = module->record.state;
        raise_at(module, trigger, 0);
        module->target = module->record.state;
}

/* time */

/* A session on demand that nobody needs any more is closed. */
usec_t module_idle_deadline(const Module *module) {
        if (module->settings->session_mode == SESSION_ALWAYS ||
            module->record.state != STATE_CONNECTED || !module->session_open || module->record.job)
                return USEC_INFINITY;
        return usec_add(module->session_needed, module->settings->session_idle);
}

/* Closing and opening a session makes a new NAT binding (note, 7.4.3); not while a package or an
 * agreement is on its way. */
bool module_may_renew(const Module *module) {
        return module->settings->session_mode == SESSION_ALWAYS && module->session_open &&
               module->record.state == STATE_CONNECTED && !module->record.job &&
               !module->record.request.open && module->reconciled;
}

static usec_t renew_at(const Module *module) {
        if (!module->settings->session_renew || module->renewing || !module_may_renew(module))
                return USEC_INFINITY;
        return usec_add(module->session_since, module->settings->session_renew);
}

bool module_renewal_is_due(const Module *module) {
        return renew_at(module) <= module_now(module)->boottime;
}

usec_t module_renew_deadline(const Module *module) {
        return module_renewal_is_due(module) ? USEC_INFINITY : renew_at(module);
}

usec_t module_job_deadline(const Module *module) {
        if (!module->record.job || module_installs(module) || is_pushing(module))
                return USEC_INFINITY;
        if (state_is_pending(module->record.state) && module->start_failures == 0)
                return USEC_INFINITY; /* it waits for a person, who may take his time */
        return module->job_until;
}

/* Nothing tells of its restarts. */
static usec_t look_deadline(const Module *module) {
        const bool looks = module->port_open && module->record.state == STATE_IDLE &&
                           module->start_at == USEC_INFINITY && module_is_quiet(module);

        return looks ? module->look_at : USEC_INFINITY;
}

static usec_t connect_deadline(const Module *module) {
        if (module->session_open || !module_wants_session(module) || !module->port_open ||
            !module->reconciled)
                return USEC_INFINITY;
        if (module->record.state != STATE_IDLE && module->record.state != STATE_SUSPENDED &&
            module->record.state != STATE_DOWNLOADING)
                return USEC_INFINITY;
        return module->connect_at > module_now(module)->boottime ? module->connect_at :
                                                                   USEC_INFINITY;
}

usec_t module_deadline(const Module *module) {
        usec_t deadline = MIN_OF(module->state_deadline, chat_deadline(module->chat));

        deadline = MIN_OF(deadline, module->port_open ? module->start_at : USEC_INFINITY);
        deadline = MIN_OF(deadline, connect_deadline(module));
        deadline = MIN_OF(deadline, module_idle_deadline(module));
        deadline = MIN_OF(deadline, module_renew_deadline(module));
        deadline = MIN_OF(deadline, module_job_deadline(module));
        deadline = MIN_OF(deadline, MIN_OF(module_ask_end(module), module_request_end(module)));
        deadline = MIN_OF(deadline, MIN_OF(module->told_until, module->register_until));
        deadline = MIN_OF(deadline, look_deadline(module));
        deadline = MIN_OF(deadline, module_report_deadline(module));
        deadline = MIN_OF(deadline, module_reboot_deadline(module));
        return MIN_OF(deadline, module->decide_at);
}

void module_tick(Module *module) {
        const usec_t now = module_now(module)->boottime;

        if (chat_deadline(module->chat) <= now)
                chat_tick(module->chat, module_now(module));
        if (module->port_open && module->start_at <= now) {
                module->start_at = USEC_INFINITY;
                say_start(module);
        }
        if (module->state_deadline <= now) {
                module->state_deadline = USEC_INFINITY;
                module_raise(module, ON_TIMEOUT);
        }
        if (module_job_deadline(module) <= now)
                module_raise(module, ON_JOB_EXPIRED);
        module_tick_request(module);
        module_tick_word(module);
        module_tick_unattended(module);
        module_tick_registration(module);
        module_tick_up(module);
        module_tick_report(module);
        if (look_deadline(module) <= now)
                say_start(module);
        if (module_idle_deadline(module) <= now) {
                module->record.wanted_session = false;
                module->disconnect_wanted = true;
                module->session_needed = now;
                module_mark(module);
        }
}
