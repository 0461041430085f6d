/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can't be taken back, as it leaves on the line, against what must hold at that instant. */

#include "weather/run.h"

#define BARRIER_MAX (15 * USEC_PER_MINUTE)
/* An update that fotad starts itself: its server's address is written first, then the order. */
#define UPDATE_SPAN (11 * USEC_PER_SEC)
#define ABSENT_MAX USEC_PER_MINUTE
#define UNREGISTERED_MAX (10 * USEC_PER_MINUTE) /* it is asked now and then */
#define SOAK_SLACK (2 * USEC_PER_SEC)

typedef struct Yes {
        const char *bytes;
        Verb verb;
        Action action;
} Yes;

static const Yes yeses[] = {
        { "AT+WDSR=1\r", VERB_ACCEPT, ACTION_CONNECT },
        { "AT+WDSR=3\r", VERB_ACCEPT, ACTION_DOWNLOAD },
        { "AT+WDSR=4\r", VERB_ACCEPT, ACTION_INSTALL },
        { "AT+WDSR=6\r", VERB_ACCEPT, ACTION_REBOOT },
        { "AT+WDSR=8\r", VERB_ACCEPT, ACTION_UNINSTALL },
        { "AT+WDSS=1,1\r", VERB_CONNECT, ACTION_CONNECT },
        { "AT#OTASUAN=1\r", VERB_ACCEPT, ACTION_INSTALL },
        { "AT#OTAIPUPD\r", VERB_UPDATE, ACTION_INSTALL },
};

static bool starts(const char *bytes, size_t n, const char *with) {
        return n >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

static const Yes *find_yes(const char *bytes, size_t n) {
        for (size_t i = 0; i < ELEMENTSOF(yeses); i++)
                if (starts(bytes, n, yeses[i].bytes))
                        return yeses + i;
        return NULL;
}

static bool is_any(const char *bytes, size_t n, const char *const *orders) {
        for (; *orders; orders++)
                if (starts(bytes, n, *orders))
                        return true;
        return false;
}

/* Orders that are no yes to anything, but can't be taken back either. */
static const char *const orders[] = {
        "AT+WDSS=1,0\r", "AT+WDSS=2,", "AT+CGDCONT=", "AT+CPIN=", "AT#OTASUAN=0\r", NULL,
};
/* ... that are not the first step of theirs: the disk may have filled since the intent. */
static const char *const late_orders[] = { "AT#OTASNAP=", "AT#OTASNAIP=", NULL };

static bool is_intended(Watch *watch, size_t module, Verb verb, Action action) {
        DiskModule row;
        const Act *act = &row.record.act;

        return disk_module(watch->world, &watch->run->disk, module, &row) && act->verb == verb &&
               act->action == action && (act->state == ACT_INTENDED || act->state == ACT_SENT);
}

static void check_intent(Watch *watch, size_t module, const Yes *yes) {
        (void) watch_check(watch, LAW_INTENT, is_intended(watch, module, yes->verb, yes->action),
                           "modem%zu: %.*s left without its intent on disk", module,
                           (int) strlen(yes->bytes) - 1, yes->bytes);
}

static void check_order(Watch *watch, size_t module, const char *bytes, size_t n, bool yes) {
        const bool late = is_any(bytes, n, late_orders);

        if (late || yes || is_any(bytes, n, orders))
                (void) watch_check(watch, LAW_INTENT,
                                   !world_unwritable(watch->world) ||
                                           (late && is_intended(watch, module, VERB_REGISTER, 0)),
                                   "modem%zu: %.*s while nothing can be written", module,
                                   (int) MIN_OF(n, (size_t) 40), bytes);
}

/* Whose boot fotad may have seen, or taken something else for. */
static bool is_reboot_clear(const Watch *watch, size_t module) {
        const WatchModule *m = watch->modules + module;
        const Line *line = watch->run->lines + module;

        return MAX_OF(MAX_OF(line->lost_at, line->late_at),
                      MAX_OF(line->disturbed, m->absent_since)) < m->rebooting;
}

/* By fotad's yes: "So many modules may install, or reboot, at the same time". */
static bool is_down(const Watch *watch, size_t module) {
        const WatchModule *m = watch->modules + module;

        return m->down || (m->rebooting && is_reboot_clear(watch, module));
}

/* "It counts as usable when it was on the network for a minute, and is neither installing,
 * restarting, absent nor blocked". */
static bool is_usable(const Watch *watch, size_t module) {
        const WatchModule *m = watch->modules + module;
        const usec_t now = run_now(watch->run);
        const bool registered = watch->run->plan->modules[module].scenario.radio.registered;

        return !is_down(watch, module) && !(m->absent && now > m->absent_since + ABSENT_MAX) &&
               (registered || !m->unregistered || now <= m->unregistered + UNREGISTERED_MAX);
}

/* gateway.concurrent_installs, gateway.keep_online */
static void check_others(Watch *watch, size_t module) {
        const GatewaySettings *settings = &watch->world->settings.gateway;
        unsigned down = 0, usable = 0;

        for (size_t i = 0; i < watch->run->plan->n_modules; i++) {
                if (i == module)
                        continue;
                down += is_down(watch, i);
                usable += is_usable(watch, i);
        }
        (void) watch_check(watch, LAW_SLOTS, down < settings->concurrent_installs,
                           "modem%zu goes down while %u others are, of %u", module, down,
                           settings->concurrent_installs);
        (void) watch_check(watch, LAW_ONLINE, usable >= settings->keep_online,
                           "modem%zu goes down, and of the others only %u are usable, of %u",
                           module, usable, settings->keep_online);
}

/* gateway.soak: "After a module's install succeeded, no other one of its family begins one for so
 * long. After one that failed, the rest of its family waits for a person". */
static void check_soak(Watch *watch, size_t module) {
        const usec_t now = run_now(watch->run), soak = watch->world->settings.gateway.soak;
        const PlanModule *plans = watch->run->plan->modules;
        const WatchModule *self = watch->modules + module;
        const uint64_t own = self->install.succeeded ? self->install.row : 0;
        const Word *word = self->words + ACTION_INSTALL;

        for (size_t i = 0; soak && i < watch->run->plan->n_modules; i++) {
                const WatchModule *m = watch->modules + i;
                const Install *install = &m->install;
                const bool timed = install->boots == watch->boots ||
                                   install->jumps == watch->jumps; /* how long ago it was */

                if (i == module || plans[i].telit != plans[module].telit)
                        continue;
                (void) watch_check(watch, LAW_SOAK, !m->down,
                                   "modem%zu goes down while modem%zu of its family is", module, i);
                (void) watch_check(watch, LAW_SOAK,
                                   !install->row || !install->succeeded || !timed ||
                                           now + SOAK_SLACK >= install->at + soak,
                                   "modem%zu goes down too soon after modem%zu", module, i);
                (void) watch_check(watch, LAW_SOAK,
                                   install->row <= own || install->succeeded ||
                                           (word->yes && word->row >= install->row),
                                   "modem%zu goes down, and modem%zu failed before", module, i);
        }
}

/* gateway.uplink_module: "Its install goes last" */
static void check_last(Watch *watch, size_t module) {
        if (!rules_carries_uplink(watch, module))
                return;
        for (size_t i = 0; i < watch->run->plan->n_modules; i++)
                (void) watch_check(watch, LAW_SLOTS, i == module || !watch->modules[i].down,
                                   "modem%zu carries the uplink, and goes while modem%zu is down",
                                   module, i);
}

/* After a start of fotad nobody goes before it is known what those do whose install was not over,
 * or one was given up. */
static void check_barrier(Watch *watch, size_t module) {
        const usec_t now = run_now(watch->run);

        for (size_t i = 0; i < watch->run->plan->n_modules; i++) {
                const WatchModule *m = watch->modules + i;
                (void) watch_check(watch, LAW_BARRIER,
                                   i == module || !m->granted || m->read_since_start ||
                                           m->install.at >= m->granted ||
                                           m->granted > watch->started ||
                                           now + SOAK_SLACK >= m->granted + BARRIER_MAX,
                                   "modem%zu goes down, and modem%zu was not looked at since "
                                   "fotad started",
                                   module, i);
        }
}

static void check_policy(Watch *watch, size_t module, const Yes *yes) {
        const usec_t now = watch->world->now.realtime;
        DiskModule row;
        const bool just = yes->verb == VERB_UPDATE &&
                          disk_module(watch->world, &watch->run->disk, module, &row) &&
                          row.record.act.realtime + UPDATE_SPAN >= now;
        const Case c = { watch, module, yes->action, just ? row.record.act.realtime : now };
        const char *why = rules_refuse(&c);

        (void) watch_check(watch, LAW_POLICY, !why, "modem%zu: %.*s, and yet: %s", module,
                           (int) strlen(yes->bytes) - 1, yes->bytes, why ? why : "");
}

void watch_grant(Watch *watch, size_t module, const char *bytes, size_t n) {
        const Yes *yes = find_yes(bytes, n);

        check_order(watch, module, bytes, n, yes);
        if (!yes || world_unwritable(watch->world) || (!watch->world->disk && !watch->world->store))
                return; /* sent by a fotad that is dead by now: its database is closed */
        check_intent(watch, module, yes);
        check_policy(watch, module, yes);
        if (yes->verb != VERB_CONNECT)
                promise_check(watch, module, yes->action);
        if (yes->action == ACTION_INSTALL || yes->action == ACTION_REBOOT) {
                check_others(watch, module);
                check_barrier(watch, module);
        }
        if (yes->action == ACTION_INSTALL) {
                check_soak(watch, module);
                check_last(watch, module);
        }
        if (yes->action == ACTION_REBOOT)
                watch->modules[module].rebooting = run_now(watch->run);
}

static bool is_taken(const Watch *watch, size_t module, Action action, const SimFacts *facts) {
        if (watch->run->plan->modules[module].telit)
                return facts->grants > watch->modules[module].grants;
        return action == ACTION_DOWNLOAD ? !facts->download_asked :
               action == ACTION_INSTALL  ? !facts->install_asked :
                                           true;
}

/* The module has carried out the yes that reached it last: what it was for is answered. */
static void end_asking(WatchModule *m, Action action, usec_t now) {
        m->taken_first[action] = m->first[action];
        m->taken_at[action] = now;
        m->first[action] = 0;
}

void watch_taken(Watch *watch, size_t module, const SimFacts *facts) {
        WatchModule *m = watch->modules + module;
        const Action action = (Action) m->given;

        if (m->given < 0 || !is_taken(watch, module, action, facts))
                return;
        m->given = -1;
        m->asked[action] = false;
        m->again[action] = 0;
        /* that another was taken shows when the session is open, or the module restarts */
        if (action == ACTION_DOWNLOAD || action == ACTION_INSTALL)
                end_asking(m, action, run_now(watch->run));
        if (action == ACTION_INSTALL) {
                m->first[ACTION_DOWNLOAD] = m->again[ACTION_DOWNLOAD] = 0;
                m->granted = run_now(watch->run);
        }
        m->session_wanted |= action == ACTION_DOWNLOAD;
}

/* It reached the module, which takes it a while later, or not at all. */
void watch_grant_arrived(Watch *watch, size_t module, const char *bytes, size_t n) {
        WatchModule *m = watch->modules + module;
        const Yes *yes = find_yes(bytes, n);

        if (!yes)
                return;
        if (yes->verb == VERB_ACCEPT)
                (void) watch_check(watch, LAW_GRANT, m->asked[yes->action],
                                   "modem%zu: %.*s once more, and nothing was asked since", module,
                                   (int) strlen(yes->bytes) - 1, yes->bytes);
        m->given = yes->verb == VERB_CONNECT ? -1 : (int) yes->action;
        m->given_job = m->job;
}
