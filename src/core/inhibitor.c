/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Leases that hold actions back.
 *
 * Owns the rows. Boot time counts a lease, so that a clock that is set neither shortens nor
 * lengthens it; the wall clock only tells how much of it a reboot of the gateway has taken. A
 * descriptor does not outlive a reboot, so neither does its lease. A lease that ends is gone before
 * this turn decides: what waited for it is granted at once. */

#include <stdio.h>

#include "core/turn.h"

_Static_assert(INHIBITOR_BOOT_ID_MAX == BOOT_ID_MAX && INHIBITOR_BY_MAX == WHO_MAX,
               "the same as in other rows");

/* An end that the wall clock tells this much off is written anew. */
#define REDATE_MIN USEC_PER_SEC

/* What is told: journal, views */

static void leases_touch(Gateway *gateway, const InhibitorRow *row) {
        gateway->leases.changed = true;
        for (size_t i = 0; i < gateway->n_modules; i++)
                if (inhibitor_concerns(row, gateway->modules[i]->settings->name))
                        gateway->modules[i]->changed = true;
}

static uint64_t lease_note(Gateway *gateway, const InhibitorRow *row, EventKind event,
                           const DetailArg *details, size_t n_details) {
        Module *module = row->module[0] ? gateway_find(gateway, row->module) : NULL;
        EventRow *event_row;

        if (module) {
                module->target = module->record.state;
                module_record(module, event, details, n_details);
                return gateway->last_event;
        }
        event_row = gateway_row(gateway, row->module, event);
        for (size_t i = 0; i < n_details; i++)
                gateway_row_detail(event_row, details + i);
        return event_row->sequence;
}

/* Its sequence. */
static uint64_t note_taken(Gateway *gateway, const InhibitorRow *row, const char *because) {
        char what[ACTIONS_TEXT_MAX], until[ISO_TEXT_MAX] = "";

        if (row->until != USEC_INFINITY)
                (void) iso_format(until, row->until, utc_offset_at(row->until));
        const DetailArg details[] = {
                D_TEXT("what", actions_format(what, row->actions)),
                D_TEXT("who", row->who),
                D_TEXT("why", row->why),
                D_TEXT("by", row->by),
                D_TEXT("until", until),
                D_TEXT("because", because),
        };
        return lease_note(gateway, row, EVENT_INHIBITOR_TAKEN, details, ELEMENTSOF(details));
}

static void note_released(Gateway *gateway, const InhibitorRow *row, const char *because) {
        char what[ACTIONS_TEXT_MAX];
        const DetailArg details[] = {
                D_TEXT("what", actions_format(what, row->actions)),
                D_TEXT("who", row->who),
                D_TEXT("why", row->why),
                D_TEXT("by", row->by),
                D_TEXT("because", because),
                D_NUMBER("id", row->id),
        };

        (void) lease_note(gateway, row, EVENT_INHIBITOR_RELEASED, details, ELEMENTSOF(details));
}

/* the end of a lease */

static void lease_end(Gateway *gateway, size_t i, const char *because) {
        Leases *leases = &gateway->leases;
        const InhibitorRow row = leases->leases[i].row;

        leases->n--;
        memmove(leases->leases + i, leases->leases + i + 1,
                (leases->n - i) * sizeof(leases->leases[0]));
        leases_touch(gateway, &row);
        note_released(gateway, &row, because);
        if (row.source == INHIBITOR_DESCRIPTOR && gateway->host->inhibitor_ended)
                gateway->host->inhibitor_ended(gateway->userdata, row.id);
}

static Lease *lease_find(Gateway *gateway, uint64_t id) {
        for (size_t i = 0; i < gateway->leases.n; i++)
                if (gateway->leases.leases[i].row.id == id)
                        return gateway->leases.leases + i;
        return NULL;
}

void gateway_uninhibit(Gateway *gateway, uint64_t id, const char *because) {
        const Lease *lease = lease_find(gateway, id);

        if (lease)
                lease_end(gateway, (size_t) (lease - gateway->leases.leases), because);
}

unsigned gateway_uninhibit_server(Gateway *gateway, const char *module, const char *by,
                                  const char *because) {
        unsigned n = 0;

        for (size_t i = gateway->leases.n; i-- > 0;) {
                const InhibitorRow *row = &gateway->leases.leases[i].row;

                if (row->source != INHIBITOR_SERVER || !streq(row->module, module) ||
                    !streq(row->by, by))
                        continue;
                lease_end(gateway, i, because);
                n++;
        }
        return n;
}

/* a new lease */

static bool is_plain(const char *text) {
        for (size_t n; *text; text += n) {
                n = utf8_length(text);
                if (n == 0 || char_is_control(*text))
                        return false;
        }
        return true;
}

_printf_(3, 4) static int refuse(char why[static WHY_MAX], int error, const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void) vsnprintf(why, WHY_MAX, format, args);
        va_end(args);
        return error;
}

static int row_check(const Gateway *gateway, const InhibitorRow *row, char why[static WHY_MAX]) {
        const bool forever = row->span == 0 || row->span == USEC_INFINITY;

        if (row->actions == 0 || row->actions >= 1U << _ACTION_MAX)
                return refuse(why, -EINVAL, "an inhibitor needs an action to hold back");
        if (!row->who[0] || !row->why[0])
                return refuse(why, -EINVAL,
                              "an inhibitor needs to say who holds the actions back, and why");
        if (!is_plain(row->who) || !is_plain(row->why))
                return refuse(why, -EINVAL,
                              "who and why are one line of UTF-8 without control characters");
        if (forever && row->source == INHIBITOR_SERVER)
                return refuse(why, -EINVAL, "an application server's inhibitor needs an expiry");
        if (!forever && row->span > INHIBITOR_SPAN_MAX)
                return refuse(why, -EINVAL, "an inhibitor lasts for 366 days at most");
        if (row->module[0] && !gateway_find(gateway, row->module))
                return refuse(why, -ENOENT, "there is no module '%s'", row->module);
        if (!gateway->storage_ok)
                return refuse(why, -EROFS,
                              "fotad can not write its database, so no inhibitor would last; "
                              "nothing is granted meanwhile");
        return 0;
}

static bool is_same_owner(const InhibitorRow *a, const InhibitorRow *b) {
        if (a->source != b->source || !streq(a->module, b->module))
                return false;
        if (a->source == INHIBITOR_SERVER)
                return a->actions == b->actions && streq(a->by, b->by);
        return a->uid == b->uid && streq(a->who, b->who) && streq(a->why, b->why);
}

int gateway_break_inhibitor(Gateway *gateway, uint64_t id, const char *by,
                            char why[static WHY_MAX]) {
        const Lease *lease = lease_find(gateway, id);
        char because[WHO_MAX + sizeof("broken by ")];

        if (!lease)
                return refuse(why, -ENOENT, "there is no inhibitor %llu", (unsigned long long) id);
        if (lease->row.source == INHIBITOR_DESCRIPTOR && lease->row.owner_until == 0)
                return refuse(why, -EBUSY,
                              "process %u holds inhibitor %llu: it goes when that process lets go "
                              "or ends",
                              lease->row.pid, (unsigned long long) id);
        if (!gateway->storage_ok)
                return refuse(why, -EROFS,
                              "fotad can not write its database, so the inhibitor would be back "
                              "after a restart");
        (void) snprintf(because, sizeof(because), "broken by %s", by);
        lease_end(gateway, (size_t) (lease - gateway->leases.leases), because);
        return 0;
}

/* The lease that this one goes on with: its owner comes again after a restart, or an application
 * server prolongs it. */
static Lease *lease_before(Gateway *gateway, const InhibitorRow *row) {
        for (size_t i = 0; i < gateway->leases.n; i++) {
                Lease *lease = gateway->leases.leases + i;

                if (is_same_owner(&lease->row, row) &&
                    (row->source == INHIBITOR_SERVER || lease->row.owner_until > 0))
                        return lease;
        }
        return NULL;
}

static bool owner_has_room(const Gateway *gateway, const InhibitorRow *row) {
        unsigned n = 0;

        for (size_t i = 0; i < gateway->leases.n; i++) {
                const InhibitorRow *other = &gateway->leases.leases[i].row;

                n += other->source == row->source &&
                     (row->source == INHIBITOR_SERVER ? streq(other->by, row->by) :
                                                        other->uid == row->uid);
        }
        return n < INHIBITORS_OWNER_MAX;
}

static int lease_new(Gateway *gateway, const InhibitorRow *row, Lease **ret,
                     char why[static WHY_MAX]) {
        Leases *leases = &gateway->leases;

        if (!owner_has_room(gateway, row))
                return refuse(why, -EDQUOT,
                              "%s holds %d inhibitors already, and may not have more: see "
                              "'fotactl inhibitors'",
                              row->by, INHIBITORS_OWNER_MAX);
        if (leases->n >= INHIBITORS_MAX)
                return refuse(why, -ENOSPC,
                              "there are %d inhibitors already, and there can't be more: see "
                              "'fotactl inhibitors'",
                              INHIBITORS_MAX);
        *ret = leases->leases + leases->n++;
        **ret = (Lease) { .row.since = gateway->now.realtime };
        return 0;
}

static void lease_fill(const Gateway *gateway, Lease *lease, const InhibitorRow *row) {
        const uint64_t id = lease->row.id;
        const usec_t since = lease->row.since;

        *lease = (Lease) { .row = *row };
        lease->row.id = id;
        lease->row.since = since;
        lease->row.owner_until = 0;
        lease->row.until = lease->row.until_dated = lease->row.until_boottime = USEC_INFINITY;
        (void) TEXT_COPY(lease->row.boot_id, gateway->boot_id);
        if (row->span == USEC_INFINITY)
                lease->row.span = 0;
        if (lease->row.span == 0)
                return;
        lease->row.until = lease->row.until_dated = usec_add(gateway->now.realtime, row->span);
        lease->row.until_boottime = usec_add(gateway->now.boottime, row->span);
}

int gateway_inhibit(Gateway *gateway, const InhibitorRow *row, uint64_t *ret_id,
                    char why[static WHY_MAX]) {
        Lease *lease = lease_before(gateway, row);
        const bool again = lease != NULL;
        uint64_t sequence;
        int r;

        r = row_check(gateway, row, why);
        if (r >= 0 && !again)
                r = lease_new(gateway, row, &lease, why);
        if (r < 0)
                return r;
        lease_fill(gateway, lease, row);
        sequence = note_taken(gateway, &lease->row, again ? "taken again" : "");
        if (!again)
                lease->row.id = sequence; /* which is never given twice */
        leases_touch(gateway, &lease->row);
        *ret_id = lease->row.id;
        return 0;
}

/* over restarts */

bool gateway_inhibitor_held(Gateway *gateway, uint64_t id) {
        Lease *lease = lease_find(gateway, id);

        if (!lease || lease->row.source != INHIBITOR_DESCRIPTOR ||
            !streq(lease->row.boot_id, gateway->boot_id))
                return false;
        lease->row.owner_until = 0;
        leases_touch(gateway, &lease->row);
        return true;
}

/* A clock that is not trusted yet is behind: so late it is at least. */
static usec_t earliest_now(const Gateway *gateway) {
        const usec_t known = MAX_OF(gateway->build_time, gateway->newest_row);

        if (gateway_clock_trusted(gateway))
                return gateway->now.realtime;
        return usec_add(known, usec_sub(gateway->now.boottime, gateway->start_boottime));
}

/* A reboot has passed; how long it took is known as well as the time is. Not too short, then, and
 * corrected once it is known. */
static void lease_recall_server(const Gateway *gateway, Lease *lease) {
        const usec_t now = MIN_OF(earliest_now(gateway), gateway->now.realtime);
        const usec_t left = MIN_OF(usec_sub(lease->row.until_dated, now), lease->row.span);

        lease->row.until_boottime = usec_add(gateway->now.boottime, left);
        lease->by_wall_clock = !gateway_clock_trusted(gateway);
        (void) TEXT_COPY(lease->row.boot_id, gateway->boot_id);
}

/* A descriptor does not outlive a boot. Over many restarts of fotad there is one time of grace. */
static void lease_expect_owner(Gateway *gateway, InhibitorRow *row, bool booted) {
        const usec_t grace = usec_add(gateway->now.boottime, INHIBITOR_GRACE);

        row->owner_until = booted               ? 1 :
                           row->owner_until > 0 ? MIN_OF(row->owner_until, grace) :
                                                  grace;
        gateway->leases.changed = true;
}

static void lease_recall(Gateway *gateway, Lease *lease) {
        const bool booted = !streq(lease->row.boot_id, gateway->boot_id);
        InhibitorRow *row = &lease->row;

        if (row->source == INHIBITOR_SERVER && booted) {
                lease_recall_server(gateway, lease);
                gateway->leases.changed = true;
        } else if (row->span > 0)
                row->until_boottime =
                        MIN_OF(row->until_boottime, usec_add(gateway->now.boottime, row->span));
        if (row->source == INHIBITOR_DESCRIPTOR)
                lease_expect_owner(gateway, row, booted);
}

void leases_load(Gateway *gateway, const InhibitorRow *rows, size_t n) {
        Leases *leases = &gateway->leases;

        for (size_t i = 0; i < n && leases->n < INHIBITORS_MAX; i++) {
                Lease *lease = leases->leases + leases->n++;

                *lease = (Lease) { .row = rows[i] };
                lease_recall(gateway, lease);
        }
}

/* time */

/* What ended it, NULL: it goes on. */
static const char *lease_over(const Gateway *gateway, const Lease *lease) {
        const usec_t now = gateway->now.boottime;

        if (lease->row.owner_until > 0 && now >= lease->row.owner_until)
                return streq(lease->row.boot_id, gateway->boot_id) ?
                               "its owner did not come again after a restart of fotad" :
                               "the gateway was rebooted";
        return now >= lease->row.until_boottime ? "expired" : NULL;
}

static void lease_redate(Gateway *gateway, Lease *lease) {
        const Clock *now = &gateway->now;
        InhibitorRow *row = &lease->row;
        usec_t until;

        if (row->until_boottime == USEC_INFINITY)
                return;
        if (lease->by_wall_clock) {
                if (!gateway_clock_trusted(gateway))
                        return;
                lease->by_wall_clock = false;
                row->until_boottime =
                        MIN_OF(row->until_boottime,
                               usec_add(now->boottime, usec_sub(row->until_dated, now->realtime)));
        }
        until = usec_add(now->realtime, usec_sub(row->until_boottime, now->boottime));
        if (MAX_OF(until, row->until) - MIN_OF(until, row->until) < REDATE_MIN)
                return;
        row->until = until;
        row->until_dated = MAX_OF(row->until_dated, until);
        leases_touch(gateway, row);
}

void leases_tick(Gateway *gateway) {
        for (size_t i = gateway->leases.n; i-- > 0;) {
                Lease *lease = gateway->leases.leases + i;
                const char *because;

                lease_redate(gateway, lease);
                because = lease_over(gateway, lease);
                if (because)
                        lease_end(gateway, i, because);
        }
}

usec_t leases_deadline(const Gateway *gateway) {
        usec_t deadline = USEC_INFINITY;

        for (size_t i = 0; i < gateway->leases.n; i++) {
                const Lease *lease = gateway->leases.leases + i;

                deadline = MIN_OF(deadline, lease->row.until_boottime);
                if (lease->row.owner_until > 0)
                        deadline = MIN_OF(deadline, lease->row.owner_until);
        }
        return deadline;
}

/* looking */

void leases_fill(const Gateway *gateway, const char *module, Action action, Inhibited *ret) {
        *ret = (Inhibited) { .n = 0 };
        for (size_t i = 0; i < gateway->leases.n; i++) {
                const InhibitorRow *row = &gateway->leases.leases[i].row;

                if (!inhibitor_concerns(row, module) || !(row->actions & 1U << action))
                        continue;
                if (ret->n++ > 0 && row->until <= ret->until)
                        continue;
                ret->until = row->until;
                (void) TEXT_COPY(ret->who, row->who);
                (void) TEXT_COPY(ret->why, row->why);
        }
}

size_t gateway_n_inhibitors(const Gateway *gateway) {
        return gateway->leases.n;
}

const InhibitorRow *gateway_inhibitor(const Gateway *gateway, size_t i) {
        return &gateway->leases.leases[i].row;
}
