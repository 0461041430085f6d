/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See watch.h: that is the list of laws. Here is what happens, and what it means for them. */

#include <stdarg.h>
#include <stdio.h>

#include "weather/run.h"

#define ANSWER_MAX (2 * USEC_PER_SEC) /* to a command */
/* After its database could not be written fotad looks at all modules anew. */
#define UNWRITABLE_MAX (2 * USEC_PER_MINUTE)
/* A module that was allowed to go down is up again, or never went, at the latest then. */
#define DOWN_MAX USEC_PER_MINUTE
/* So long nothing is said to a module that installs (fotad's watchdog). */
#define SILENCE_MAX (15 * USEC_PER_MINUTE)
#define GUESS_MIN (10 * USEC_PER_MINUTE - USEC_PER_SEC) /* the yes took a moment to get there */
/* "A job that nothing moves any more ends some day" (core/module.h: JOB_MAX). */
#define JOB_DAYS (7 * USEC_PER_DAY)
#define JUMP_MAX (4 * USEC_PER_DAY)
#define JOB_RESTART (6 * USEC_PER_HOUR)
#define JOB_SLACK USEC_PER_HOUR

static const char *const laws[] = {
        [LAW_POLICY] = "policy",     [LAW_GRANT] = "grant",     [LAW_SLOTS] = "slots",
        [LAW_ONLINE] = "online",     [LAW_BARRIER] = "barrier", [LAW_FLASHING] = "flashing",
        [LAW_PROMPT] = "prompt",     [LAW_JOB] = "job",         [LAW_ONCE] = "once",
        [LAW_DISK] = "disk",         [LAW_INTENT] = "intent",   [LAW_NUMBER] = "number",
        [LAW_EVIDENCE] = "evidence", [LAW_CAP] = "cap",         [LAW_LEASE] = "lease",
        [LAW_SOAK] = "soak",         [LAW_PROMISE] = "promise", [LAW_SETTLED] = "settled",
};
DEFINE_STRING_TABLE(law, Law, laws)

void watch_init(Watch *watch, Run *run) {
        *watch = (Watch) { .run = run, .world = run->world };
        for (size_t i = 0; i < PLAN_MODULES_MAX; i++)
                watch->modules[i].question = watch->modules[i].given = -1;
}

bool watch_check(Watch *watch, Law law, bool holds, const char *format, ...) {
        va_list args;

        watch->checks[law]++;
        if (holds || watch->broken)
                return holds;
        watch->broken = true;
        watch->law = law;
        watch->broken_at = run_now(watch->run);
        va_start(args, format);
        (void) vsnprintf(watch->what, sizeof(watch->what), format, args);
        va_end(args);
        run_say(watch->run, "BROKEN %s: %s", law_to_string(law), watch->what);
        return false;
}

static usec_t now_of(const Watch *watch) {
        return run_now(watch->run);
}

static bool starts(const char *bytes, size_t n, const char *with) {
        return n >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

static SimFacts facts_of(const Watch *watch, size_t module) {
        SimFacts facts;

        sim_facts(watch->world->modules[module].sim, &facts);
        return facts;
}

/* Nobody is there: absent. */
static State state_of(const Watch *watch, size_t module) {
        return watch->world->gateway ? world_view(watch->world, module).record->state :
                                       STATE_ABSENT;
}

/* the module itself */

/* A Telit module that lost the network may be frozen for hours: it holds back nobody for longer
 * than its update. */
static bool is_given_up(const WatchModule *m, usec_t now) {
        return m->job != m->given_job && now > m->down_since + SILENCE_MAX;
}

static void look_at_module(Watch *watch, size_t module) {
        WatchModule *m = watch->modules + module;
        const WorldModule *world_module = watch->world->modules + module;
        const SimFacts facts = facts_of(watch, module);
        const usec_t now = now_of(watch);
        const bool absent = world_module->port_absent || world_module->unplugged;

        watch_taken(watch, module, &facts);
        if (facts.grants > m->grants) {
                m->down = true;
                m->down_since = now;
                m->reboots = m->all_reboots; /* of before: it may have gone down and come back */
                m->flashed = 0;
        }
        m->grants = facts.grants;
        if (facts.reboots != m->all_reboots)
                m->first[ACTION_REBOOT] = m->rebooting = 0;
        if (now > m->rebooting + DOWN_MAX)
                m->rebooting = 0;
        m->all_reboots = facts.reboots;
        if (!streq(m->firmware, facts.firmware)) {
                (void) TEXT_COPY(m->ran[m->n_ran % RAN_MAX].firmware, m->firmware);
                m->ran[m->n_ran++ % RAN_MAX].until = watch->world->now.realtime;
                (void) TEXT_COPY(m->firmware, facts.firmware);
                m->changed = now;
        }
        if (facts.flashing && m->flashed == 0)
                m->flashed = now;
        if (!facts.flashing && (!facts.frozen || is_given_up(m, now)) &&
            (facts.reboots > m->reboots || now > m->down_since + DOWN_MAX))
                m->down = false;
        if (!facts.flashing && !m->down)
                m->flashed = 0;
        if (absent && !m->absent)
                m->absent_since = now;
        m->absent = absent;
        if (watch->run->plan->modules[module].scenario.radio.registered)
                m->unregistered = 0;
        else if (!m->unregistered)
                m->unregistered = now;
}

/* the line */

static int asked_action(const char *bytes, size_t n) {
        static const struct {
                const char *bytes;
                Action action;
        } asks[] = {
                { "\r\n+WDSI: 1\r", ACTION_CONNECT },    { "\r\n+WDSI: 2\r", ACTION_DOWNLOAD },
                { "\r\n+WDSI: 3\r", ACTION_INSTALL },    { "\r\n+WDSI: 24\r", ACTION_REBOOT },
                { "\r\n+WDSI: 25\r", ACTION_UNINSTALL }, { "\r\n#OTAEV: Do you", ACTION_INSTALL },
        };

        for (size_t i = 0; i < ELEMENTSOF(asks); i++)
                if (starts(bytes, n, asks[i].bytes))
                        return (int) asks[i].action;
        return -1;
}

static void note_first(Watch *watch, size_t module, Action action) {
        WatchModule *m = watch->modules + module;

        if (!m->again[action])
                m->again[action] = now_of(watch);
        m->asks[action][m->n_asks[action]++ % ASKS_MAX] =
                (Asked) { now_of(watch), watch->world->now.realtime, watch->boots };
        if (m->first[action])
                return;
        m->first[action] = now_of(watch);
        m->first_realtime[action] = watch->world->now.realtime;
        m->first_boot[action] = watch->boots;
}

void watch_asked(Watch *watch, size_t module, Action action) {
        note_first(watch, module, action);
        if (watch->run->plan->modules[module].telit)
                note_first(watch, module, ACTION_DOWNLOAD);
}

static void note_asked(Watch *watch, size_t module, Action action) {
        watch->modules[module].asked[action] = true;
        watch_asked(watch, module, action);
}

static void note_size(Watch *watch, size_t module, const char *bytes, size_t n) {
        static const char offered[] = "\r\n+WDSI: 9,";
        WatchModule *m = watch->modules + module;

        if (!starts(bytes, n, offered))
                return;
        const SimFacts facts = facts_of(watch, module);
        const uint64_t told = strtoull(bytes + strlen(offered), NULL, 10);
        const Line *line = watch->run->lines + module;
        const bool same = m->told_of == facts.package_bytes && !m->told_ended;
        const uint64_t before = m->told_bytes;

        /* of a package that was begun only the rest is told, and what was told before is known as
         * long as its update lasts ... */
        m->told_bytes = same ? MAX_OF(m->told_bytes, told) : told;
        /* ... and who did not hear that it failed, or heard it late, takes one for the other */
        m->told_lost = line->n_waiting > 0 || MAX_OF(line->lost_at, line->late_at) >= m->told_at ||
                       (watch->crashed >= m->told_at && told <= before);
        m->told_of = facts.package_bytes;
        m->told_ended = false;
        m->told_realtime = watch->world->now.realtime;
        m->told_at = now_of(watch);
}

static bool tells_version(const char *bytes, size_t n) {
        for (size_t i = 0; i < PLAN_VERSIONS; i++)
                if (memmem(bytes, n, plan_versions[i], strlen(plan_versions[i])))
                        return true;
        return false;
}

void watch_said(Watch *watch, size_t module, const char *bytes, size_t n) {
        WatchModule *m = watch->modules + module;
        const int action = asked_action(bytes, n);

        look_at_module(watch, module);
        if (action >= 0 && m->given == action)
                m->given = -1; /* it asks once more: the yes was not for it */
        if (action >= 0)
                note_asked(watch, module, (Action) action);
        if (starts(bytes, n, "\r\n#OTAEV: OTA F")) {
                m->down = false; /* it failed before it flashed, and says so */
                m->read_since_start = true;
        }
        if (starts(bytes, n, "\r\n#OTAEV: Server n"))
                m->down = false; /* all is over, or was only a test */
        if (now_of(watch) < m->rebooting + ANSWER_MAX &&
            (starts(bytes, n, "\r\nERROR") || starts(bytes, n, "\r\n+CME ERROR")))
                m->rebooting = 0; /* it takes no yes now */
        if (m->question >= 0 && starts(bytes, n, "\r\nOK"))
                m->asked[m->question] = true; /* fotad's own question: it is asked still */
        if (starts(bytes, n, "\r\n"))
                m->question = -1;
        m->read_since_start |= m->reads && watch->world->gateway && tells_version(bytes, n);
}

void watch_heard(Watch *watch, size_t module, const char *bytes, size_t n) {
        WatchModule *m = watch->modules + module;
        const int action = asked_action(bytes, n);

        watch->inputs++;
        note_size(watch, module, bytes, n);
        if (action < 0 || m->awaited)
                return;
        m->awaited = true;
        m->heard = now_of(watch);
        m->heard_action = (Action) action;
        watch->run->woken = true;
}

void watch_late(Watch *watch, size_t module, const char *bytes, size_t n, bool again) {
        WatchModule *m = watch->modules + module;
        const int action = asked_action(bytes, n);

        look_at_module(watch, module);
        if (starts(bytes, n, "\r\n+WDSI: 0"))
                m->booted_late = now_of(watch);
        /* a doubled line counts for nothing in the job that was granted, unless a boot, as late,
         * was heard before it: whoever boots asks anew */
        if (action >= 0 && (!again || !m->job || m->job != m->given_job ||
                            (m->booted_late && m->booted_late >= m->granted &&
                             now_of(watch) < m->booted_late + USEC_PER_MINUTE)))
                note_asked(watch, module, (Action) action);
}

/* It goes on by itself, after a boot or without a yes; or the line lost some of what it told of
 * this install, or told late what was before it: fotad guesses then, of a Telit module after a
 * while, and never of an HL78xx in `installing`. */
static bool may_be_spoken_to(const Watch *watch, size_t module) {
        const WatchModule *m = watch->modules + module;
        const Line *line = watch->run->lines + module;

        if (!m->down || now_of(watch) >= m->down_since + SILENCE_MAX)
                return true;
        if (MAX_OF(line->lost_at, line->late_at) < m->down_since)
                return false;
        return watch->run->plan->modules[module].telit ?
                       now_of(watch) >= m->granted + GUESS_MIN :
                       state_of(watch, module) != STATE_INSTALLING;
}

void watch_sent(Watch *watch, size_t module, const char *bytes, size_t n) {
        WatchModule *m = watch->modules + module;

        look_at_module(watch, module);
        m->reads = starts(bytes, n, "AT+CGMR\r");
        const SimFacts facts = facts_of(watch, module);
        (void) watch_check(watch, LAW_FLASHING, !facts.flashing || may_be_spoken_to(watch, module),
                           "modem%zu flashes, and is sent %.*s in %s", module,
                           (int) MIN_OF(n, (size_t) 60), bytes,
                           state_to_string(state_of(watch, module)));
        if (starts(bytes, n, "AT+WDSD=")) {
                m->told_bytes = strtoull(bytes + strlen("AT+WDSD="), NULL, 10);
                m->told_of = 0;
                m->told_realtime = watch->world->now.realtime;
        }
        if (starts(bytes, n, "AT+WDSR=") || starts(bytes, n, "AT#OTASUAN=")) {
                m->awaited = false;
                for (size_t i = 0; i < watch->run->plan->n_modules; i++)
                        look_at_module(watch, i);
        }
        m->question = starts(bytes, n, "AT+WDSR=5,") ? ACTION_INSTALL :
                      starts(bytes, n, "AT+WDSR=2,") ? ACTION_DOWNLOAD :
                                                       -1;
        watch_grant(watch, module, bytes, n);
}

void watch_arrived(Watch *watch, size_t module, const char *bytes, size_t n) {
        const SimFacts facts = facts_of(watch, module);

        if (facts.powered)
                watch_grant_arrived(watch, module, bytes, n);
        look_at_module(watch, module);
}

/* people */

void watch_radio(Watch *watch, size_t module) {
        watch->modules[module].radio_before = watch->run->plan->modules[module].scenario.radio;
        watch->modules[module].radio_since = now_of(watch);
}

/* Of what nobody asks for a deferral is taken back: that is no yes. */
static void note_yes(Watch *watch, size_t module, const Order *order) {
        const ModuleRecord *record = world_view(watch->world, module).record;
        WatchModule *m = watch->modules + module;
        Word *word = m->words + order->action;
        const Case given = { watch, module, order->action, 0 };
        const usec_t a_day_later = watch->world->now.realtime + USEC_PER_DAY;
        const bool sized = world_view(watch->world, module).record->package_bytes > 0;

        if (!record_waits(record) || record->request.action != order->action) {
                *word = (Word) { .said = now_of(watch) };
                return;
        }
        *word = (Word) { .said = now_of(watch),
                         .yes = true,
                         .now = order->now,
                         .bytes = sized ? m->told_bytes : 0, /* none was shown */
                         .row = watch->last_event };
        word->until = order->now ? a_day_later : rules_yes_end(&given);
        word->until_most = word->until;
        word->by_span = word->until == a_day_later;
        word->undated = !word->by_span && !rules_clock_is_trusted(watch);
        if (watch->run->plan->modules[module].telit) /* one question, and one yes */
                m->words[ACTION_DOWNLOAD].no_until = 0;
        (void) TEXT_COPY(word->firmware, facts_of(watch, module).firmware);
}

static void note_wanted(Watch *watch, size_t module) {
        WatchModule *m = watch->modules + module;

        m->session_wanted = true;
        m->suspended = false;
        if (watch->run->plan->modules[module].telit)
                watch_asked(watch, module, ACTION_INSTALL);
}

void watch_ordered(Watch *watch, size_t module, const Order *order) {
        WatchModule *m = watch->modules + module;
        Word *word = m->words + order->action;

        memcpy(m->words_before, m->words, sizeof m->words);
        switch (order->kind) {
        case ORDER_ACCEPT:
                note_yes(watch, module, order);
                break;
        case ORDER_DEFER:
                *word = (Word) { .said = now_of(watch),
                                 .no_until = watch->world->now.realtime + order->span };
                word->no_least = word->no_until;
                break;
        case ORDER_CONNECT:
        case ORDER_UPDATE:
        case ORDER_RESUME:
                note_wanted(watch, module);
                break;
        case ORDER_SUSPEND:
                m->suspended = true;
                break;
        case ORDER_CANCEL:
                m->suspended = false;
                break;
        case ORDER_DISCONNECT:
        case ORDER_REGISTER:
        case _ORDER_MAX:
                break;
        }
}

static void move_ends(Word *word, int64_t step) {
        if (word->no_until)
                word->no_until = (usec_t) ((int64_t) word->no_until + step);
        if (word->by_span)
                word->until = (usec_t) ((int64_t) word->until + step);
        word->no_least = MIN_OF(word->no_least, word->no_until);
        word->until_most = MAX_OF(word->until_most, word->until);
}

/* "A clock that is set while fotad runs changes nothing" */
/* The wall clock that counts over the next boot is the one of the last moment before it at which
 * the gateway trusted it: any of those before. */
static void date_first(const Watch *watch, WatchModule *m, Action action) {
        const usec_t waited = usec_sub(now_of(watch), m->first[action]);

        if (m->first[action] && m->first_boot[action] == watch->boots)
                m->first_realtime[action] = MIN_OF(m->first_realtime[action],
                                                   usec_sub(watch->world->now.realtime, waited));
}

void watch_clock_set(Watch *watch, int64_t step) {
        for (size_t i = 0; i < watch->run->plan->n_modules; i++)
                for (Action action = 0; action < _ACTION_MAX; action++) {
                        Word *word = watch->modules[i].words + action;

                        if (watch->world->gateway && word->said >= watch->started)
                                move_ends(word, step);
                        date_first(watch, watch->modules + i, action);
                }
}

/* It may have gone down before it saw that the clock was set. */
static void forget_ends(WatchModule *m) {
        for (Action action = 0; action < _ACTION_MAX; action++) {
                Word *word = m->words + action;

                word->no_until = MIN_OF(word->no_until, word->no_least);
                word->until = MAX_OF(word->until, word->until_most);
        }
}

/* Either of two yeses may be the one that counts. */
static void allow_both(Word *word, const Word *before) {
        if (!before->yes)
                return;
        if (!word->yes)
                *word = *before;
        word->now |= before->now;
        word->until = MAX_OF(word->until, before->until);
        if (word->bytes != before->bytes)
                word->bytes = 0;
}

void watch_unsure(Watch *watch, size_t module) {
        WatchModule *m = watch->modules + module;

        m->suspended = false;
        for (Action action = 0; action < _ACTION_MAX; action++) {
                allow_both(m->words + action, m->words_before + action);
                m->words[action].no_until = 0;
        }
}

/* fotad's own time */

void watch_started(Watch *watch, bool booted) {
        watch->boots += booted;
        watch->started = now_of(watch);
        watch->inputs++;
        watch->newest = watch->newest_row;
        watch->path_proven = 0;
        watch->synchronized = false;
        watch->last_told = watch->last_event; /* what nobody heard of is told by the history */
        holds_started(watch, booted);
        if ((booted && watch->jumps > 0) || !watch->writable ||
            now_of(watch) < watch->unwritable + USEC_PER_HOUR)
                promise_forget_all(watch); /* what was said, or when, may be lost */
        for (size_t i = 0; i < watch->run->plan->n_modules; i++) {
                watch->modules[i].awaited = watch->modules[i].read_since_start = false;
                forget_ends(watch->modules + i);
                watch->promises[i].made = false;
                if (watch->modules[i].told_at >= watch->unwritable_since &&
                    watch->modules[i].told_at <= watch->unwritable)
                        watch->modules[i].told_lost = true; /* nobody could write it down */
        }
}

static bool is_disturbed(const Watch *watch, size_t module) {
        const WatchModule *m = watch->modules + module;
        const SimFacts facts = facts_of(watch, module);

        return line_is_rough(watch->run->lines + module) || m->absent || m->told_lost ||
               !facts.powered || now_of(watch) < watch->unwritable + UNWRITABLE_MAX ||
               !watch->world->gateway || watch->run->modules[module].power_off;
}

/* It still waits for the answer to what was heard. */
static bool is_asking(const Watch *watch, size_t module) {
        const SimFacts facts = facts_of(watch, module);
        const Action action = watch->modules[module].heard_action;

        return (action == ACTION_DOWNLOAD && facts.download_asked) ||
               (action == ACTION_INSTALL && facts.install_asked);
}

static void check_prompt(Watch *watch, size_t module) {
        WatchModule *m = watch->modules + module;

        if (!m->awaited || now_of(watch) < m->heard + PROMPT_MAX)
                return;
        m->awaited = false;
        if (is_disturbed(watch, module))
                return;
        const ModuleView view = world_view(watch->world, module);
        const ModuleRecord *record = view.record;
        /* what is asked before an install is proved waits for that */
        const bool proves = record->state == STATE_RESTARTING || record->state == STATE_CONFIRMING;
        (void) watch_check(watch, LAW_PROMPT,
                           record->request.open || proves || !is_asking(watch, module),
                           "modem%zu asked for %s 45 s ago, and that is forgotten in %s", module,
                           action_to_string(m->heard_action), state_to_string(record->state));
        (void) watch_check(watch, LAW_PROMPT,
                           !record->request.open || record->request.own ||
                                   record->request.action != m->heard_action || view.held ||
                                   record->answer.kind != ANSWER_NONE,
                           "modem%zu asked for %s 45 s ago, and nothing became of it in %s", module,
                           action_to_string(m->heard_action), state_to_string(record->state));
}

/* After a restart only the wall clock knows how old a job is, so it has some hours more. */
static usec_t job_end(const Watch *watch, size_t module) {
        const WatchModule *m = watch->modules + module;

        return MAX_OF(m->job_since + JOB_DAYS, watch->started + JOB_RESTART) + JOB_SLACK +
               (watch->jumps - m->job_jumps) * JUMP_MAX;
}

/* A job that waits for an answer may do so for ever: its time begins anew with that. */
static void check_job(Watch *watch, size_t module) {
        WatchModule *m = watch->modules + module;

        if (!m->job || !watch->world->gateway)
                return;
        const ModuleView view = world_view(watch->world, module);
        const State state = view.record->state;

        if ((state == STATE_DOWNLOAD_PENDING || state == STATE_INSTALL_PENDING) &&
            view.record->request.open)
                m->job_since = now_of(watch);
        (void) watch_check(watch, LAW_JOB,
                           now_of(watch) < job_end(watch, module) || m->down ||
                                   watch->world->disk_full,
                           "job %llu of modem%zu does not end, it is %s",
                           (unsigned long long) m->job, module, state_to_string(state));
}

static void date_yeses(Watch *watch, size_t module) {
        for (Action action = 0; action < _ACTION_MAX; action++)
                rules_date_yes(&(const Case) { watch, module, action, 0 });
}

void watch_turned(Watch *watch) {
        const bool writable = gateway_storage_ok(watch->world->gateway);

        if (!writable) {
                if (now_of(watch) > watch->unwritable + USEC_PER_HOUR)
                        watch->unwritable_since = now_of(watch);
                watch->unwritable = now_of(watch);
        }
        watch->inputs += writable != watch->writable;
        watch->writable = writable;
        for (size_t i = 0; i < watch->run->plan->n_modules; i++) {
                date_yeses(watch, i);
                promise_look(watch, i);
        }
}

void watch_tick(Watch *watch) {
        rows_compare(watch);
        holds_look(watch);
        for (size_t i = 0; i < watch->run->plan->n_modules; i++) {
                look_at_module(watch, i);
                check_prompt(watch, i);
                check_job(watch, i);
                if (watch->world->gateway && !watch->world->crashed) {
                        gateway_turn(watch->world->gateway, &watch->world->now);
                        promise_look(watch, i);
                }
        }
}

usec_t watch_due(const Watch *watch) {
        usec_t due = USEC_INFINITY;

        for (size_t i = 0; i < watch->run->plan->n_modules; i++) {
                const WatchModule *m = watch->modules + i;
                if (m->awaited)
                        due = MIN_OF(due, m->heard + PROMPT_MAX);
                if (watch->promises[i].made && watch->world->gateway)
                        due = MIN_OF(due, watch->promises[i].look_at);
        }
        return due;
}

/* Nothing is under way any more but what waits for an answer. */
static void check_rest(Watch *watch, size_t module) {
        const WatchModule *m = watch->modules + module;
        const ModuleView view = world_view(watch->world, module);
        const ModuleRecord *record = view.record;
        const State state = record->state;
        const SimFacts facts = facts_of(watch, module);
        const bool pending = state == STATE_DOWNLOAD_PENDING || state == STATE_INSTALL_PENDING;
        const usec_t granted = MAX_OF(m->granted, m->taken_at[ACTION_DOWNLOAD]);

        if (granted && now_of(watch) < granted + USEC_PER_HOUR)
                return; /* an answer came late */
        if (state == STATE_CONNECTING &&
            watch->world->now.realtime < record->state_since + USEC_PER_MINUTE)
                return; /* it looks for packages by itself, and does so just now */
        (void) watch_check(watch, LAW_SETTLED,
                           view.reconciled && (state == STATE_IDLE || state == STATE_CONNECTED ||
                                               (state == STATE_SUSPENDED &&
                                                (record->suspended || record->job)) ||
                                               (pending && record->request.open)),
                           "modem%zu is %s%s days after all went wrong", module,
                           state_to_string(state), view.reconciled ? "" : ", not looked at,");
        (void) watch_check(watch, LAW_SETTLED, streq(record->firmware, facts.firmware),
                           "modem%zu runs %s and is shown with %s", module, facts.firmware,
                           record->firmware);
}

static void check_outbox(Watch *watch, size_t module) {
        const World *world = watch->world;
        ReportRow row = { 0 };

        for (ReportKind kind = 0; kind < _REPORT_KIND_MAX; kind++) {
                const bool waits =
                        disk_next_report(world, &watch->run->disk,
                                         world->settings.modules[module].name, kind, 0, &row) == 0;
                (void) watch_check(watch, LAW_SETTLED,
                                   !waits || row.created + USEC_PER_HOUR > world->now.realtime,
                                   "report %llu of modem%zu waits days after all went wrong",
                                   (unsigned long long) row.id, module);
        }
}

void watch_end(Watch *watch) {
        for (size_t i = 0; watch->world->gateway && i < watch->run->plan->n_modules; i++) {
                check_rest(watch, i);
                check_outbox(watch, i);
        }
}
