/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See fault.h. A module writes an indication in one piece, and so are fotad's commands, so nothing
 * has to be put together here. */

#include <ctype.h>
#include <stdio.h>

#include "sim/fault.h"

/* An indication waits so long for a reply to fall into. */
#define HELD_MAX (10 * USEC_PER_SEC)

static const char *const fault_kinds[] = {
        [FAULT_KILL] = "kill",         [FAULT_POWER] = "power",  [FAULT_PORT] = "port",
        [FAULT_LOSE] = "lose",         [FAULT_DOUBLE] = "twice", [FAULT_INSIDE] = "inner",
        [FAULT_SILENCE] = "mute",      [FAULT_ERROR] = "error",  [FAULT_CLOCK_AHEAD] = "ahead",
        [FAULT_CLOCK_BEHIND] = "back", [FAULT_DISK] = "disk",    [FAULT_REBOOT] = "boot",
        [FAULT_JUNK] = "junk",
};
DEFINE_STRING_TABLE(fault_kind, FaultKind, fault_kinds)

/* from the module */

static bool starts(const char *bytes, size_t n, const char *with) {
        return n >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

static bool is_urc(const char *bytes, size_t n) {
        static const char wdsi[] = "\r\n+WDSI: ";

        return (starts(bytes, n, wdsi) && n > strlen(wdsi) && isdigit(bytes[strlen(wdsi)])) ||
               starts(bytes, n, "\r\n+KSUP: ") || starts(bytes, n, "\r\n#OTAEV: ");
}

static void watch_urc(Fault *fault, const char *bytes, size_t n) {
        if (starts(bytes, n, "\r\n+WDSI: 2\r"))
                fault->asked[ACTION_DOWNLOAD] = true;
        if (starts(bytes, n, "\r\n+WDSI: 3\r") || starts(bytes, n, "\r\n#OTAEV: Do you want"))
                fault->asked[ACTION_INSTALL] = true;
}

static void say_held(Fault *fault) {
        world_say(fault->world, 0, fault->held, fault->n_held);
        fault->n_held = 0;
}

/* After the first line of the reply, or before it when that is its only one. */
static void say_inside(Fault *fault, const char *bytes, size_t n) {
        const char *end = n > 2 ? memmem(bytes + 2, n - 2, "\r\n", 2) : NULL;
        const size_t first = end && end + 2 < bytes + n ? (size_t) (end + 2 - bytes) : 0;

        world_say(fault->world, 0, bytes, first);
        say_held(fault);
        world_say(fault->world, 0, bytes + first, n - first);
}

static void ignore_reply(void *userdata _unused_, bool ok _unused_,
                         const char *const *lines _unused_, size_t n_lines _unused_) {
}

/* A person asks for the signal, so that there is a reply to fall into; refused while the module
 * installs. */
static void provoke_reply(World *world) {
        char why[WHY_MAX];

        gateway_turn(world->gateway, &world->now);
        (void) gateway_command(world->gateway, gateway_module(world->gateway, 0), "AT+CSQ",
                               ignore_reply, NULL, why);
        gateway_settle(world->gateway);
}

/* true: it is not heard now */
static bool strike_urc(Fault *fault, const char *bytes, size_t n) {
        fault->armed = false;
        fault->struck = true;
        if (fault->kind == FAULT_LOSE)
                return true;
        memcpy(fault->held, bytes, n);
        fault->n_held = n;
        fault->held_at = fault->world->now.boottime;
        if (fault->kind == FAULT_DOUBLE)
                return false;
        provoke_reply(fault->world);
        return true;
}

static bool strikes_urcs(FaultKind kind) {
        return kind == FAULT_LOSE || kind == FAULT_DOUBLE || kind == FAULT_INSIDE;
}

/* true: the bytes went to fotad here, and what was held with them */
static bool release(Fault *fault, const char *bytes, size_t n) {
        const bool reply = !is_urc(bytes, n) && starts(bytes, n, "\r\n");

        if (fault->n_held == 0 || (fault->kind == FAULT_INSIDE && !reply))
                return false;
        if (fault->kind == FAULT_INSIDE) {
                say_inside(fault, bytes, n);
                return true;
        }
        world_say(fault->world, 0, bytes, n);
        say_held(fault);
        return true;
}

static bool from_module(void *userdata, size_t module _unused_, const char *bytes, size_t n) {
        Fault *fault = userdata;
        const World *world = fault->world;
        const bool heard = world->gateway && world->modules[0].port_open;
        const bool urc = is_urc(bytes, n);

        if (urc)
                watch_urc(fault, bytes, n);
        if (heard && urc && fault->armed && strikes_urcs(fault->kind) && n <= FAULT_URC_MAX)
                return strike_urc(fault, bytes, n);
        return (heard && release(fault, bytes, n)) || fault->mute;
}

void fault_tick(Fault *fault) {
        if (fault->n_held > 0 && fault->world->now.boottime >= fault->held_at + HELD_MAX)
                say_held(fault);
}

/* from fotad */

static bool is_digit_after(const char *bytes, size_t n, const char *with) {
        return starts(bytes, n, with) && n > strlen(with) && isdigit(bytes[strlen(with)]);
}

/* What fotad may not send without its intent on disk (family.h, verb_needs_intent()). */
static bool needs_intent(const char *bytes, size_t n) {
        static const char *const orders[] = {
                "AT+WDSR=1\r",  "AT+WDSR=3\r",  "AT+WDSR=4\r", "AT+WDSR=6\r", "AT+WDSR=8\r",
                "AT+WDSS=1",    "AT+WDSS=2,",   "AT+CGDCONT=", "AT+CPIN=",    "AT+CFUN=",
                "AT#OTASUAN=0", "AT#OTASUAN=1", "AT#OTASNAP=", "AT#OTASNAIP", "AT#OTAIPUPD\r",
        };

        for (size_t i = 0; i < ELEMENTSOF(orders); i++)
                if (starts(bytes, n, orders[i]))
                        return true;
        return is_digit_after(bytes, n, "AT+WDSD=");
}

static void watch_yes(Fault *fault, Action action, unsigned *count) {
        ++*count;
        fault->grants_unasked += !fault->asked[action];
        fault->asked[action] = false;
}

static void watch_command(Fault *fault, const char *bytes, size_t n) {
        if (starts(bytes, n, "AT+WDSR=3\r"))
                watch_yes(fault, ACTION_DOWNLOAD, &fault->downloads_granted);
        if (starts(bytes, n, "AT+WDSR=4\r") || starts(bytes, n, "AT#OTASUAN=1\r"))
                watch_yes(fault, ACTION_INSTALL, &fault->installs_granted);
        fault->starts += starts(bytes, n, "AT#OTAIPUPD\r");
        fault->registrations += starts(bytes, n, "AT#OTASNAP=") || starts(bytes, n, "AT#OTASNAIP=");
        fault->pushes += is_digit_after(bytes, n, "AT+WDSD=");
        fault->orders_while_full += fault->world->disk_full && needs_intent(bytes, n);
}

/* A bare AT, ATE0 and AT+CMEE only set the line up: an error there means nothing. */
static bool is_command(const char *bytes, size_t n) {
        return (starts(bytes, n, "AT+") && !starts(bytes, n, "AT+CMEE")) || starts(bytes, n, "AT#");
}

static bool to_module(void *userdata, size_t module _unused_, const char *bytes, size_t n) {
        static const char error[] = "\r\n+CME ERROR: 3\r\n";
        Fault *fault = userdata;

        watch_command(fault, bytes, n);
        if (!fault->armed || fault->kind != FAULT_ERROR || !is_command(bytes, n))
                return false;
        fault->armed = false;
        fault->struck = true;
        world_say(fault->world, 0, error, strlen(error));
        return true;
}

/* the disk */

static void watch_job(Fault *fault, const JobRow *job) {
        for (size_t i = 0; i < fault->n_jobs; i++)
                if (fault->jobs[i].id == job->id) {
                        fault->jobs[i] = *job;
                        return;
                }
        if (fault->n_jobs < FAULT_JOBS_MAX)
                fault->jobs[fault->n_jobs++] = *job;
}

static void committed(void *userdata, const Batch *batch) {
        Fault *fault = userdata;

        for (size_t i = 0; i < batch->n_events; i++) {
                fault->event_holes +=
                        (unsigned) (batch->events[i].sequence - fault->last_event - 1);
                fault->last_event = batch->events[i].sequence;
        }
        for (size_t i = 0; i < batch->n_jobs; i++) {
                watch_job(fault, batch->jobs + i);
                fault->job_ended = fault->world->now.boottime;
        }
        for (size_t i = 0; i < batch->n_reports; i++) {
                const uint32_t fcnt_up = batch->reports[i].fcnt_up;
                fault->fcnt_up_repeats += fault->any_report && fcnt_up <= fault->last_fcnt_up;
                fault->any_report = true;
                fault->last_fcnt_up = fcnt_up;
        }
}

/* striking */

void fault_init(Fault *fault, World *world) {
        *fault = (Fault) { .world = world, .kind = _FAULT_MAX };
        world->tap = (WorldTap) {
                .from_module = from_module,
                .to_module = to_module,
                .committed = committed,
                .userdata = fault,
        };
}

usec_t fault_span(FaultKind kind) {
        static const usec_t spans[_FAULT_MAX] = {
                [FAULT_KILL] = USEC_PER_SEC,         [FAULT_POWER] = 5 * USEC_PER_SEC,
                [FAULT_PORT] = 30 * USEC_PER_SEC,    [FAULT_SILENCE] = 3 * USEC_PER_MINUTE,
                [FAULT_DISK] = 10 * USEC_PER_MINUTE,
        };

        return spans[kind];
}

static void say_junk(World *world) {
        static const char text[] = "\0\0\xff\xfe\r\nRAM 0x2001:\tdeadbeef\r\n+OTA\r\n#OTAEV\r\n";
        char endless[3000];

        memset(endless, 'U', sizeof(endless));
        world_say(world, 0, text, sizeof(text) - 1);
        world_say(world, 0, endless, sizeof(endless));
        world_say(world, 0, "\r\n", 2);
}

void fault_begin(Fault *fault, FaultKind kind) {
        World *world = fault->world;

        fault->kind = kind;
        fault->armed = strikes_urcs(kind) || kind == FAULT_ERROR;
        fault->struck = !fault->armed;
        fault->mute = kind == FAULT_SILENCE;
        world->disk_full = kind == FAULT_DISK;
        if (kind == FAULT_KILL)
                world_kill(world);
        if (kind == FAULT_POWER)
                sim_power(world->modules[0].sim, world_module_time(world), false);
        if (kind == FAULT_PORT)
                world->modules[0].port_absent = true;
        if (kind == FAULT_REBOOT)
                world_reboot(world);
        if (kind == FAULT_JUNK)
                say_junk(world);
        if (kind == FAULT_CLOCK_AHEAD)
                world->now.realtime += 400 * USEC_PER_DAY;
        if (kind == FAULT_CLOCK_BEHIND)
                world->now.realtime -= USEC_PER_DAY;
}

void fault_end(Fault *fault) {
        World *world = fault->world;

        fault->mute = world->disk_full = false;
        if (fault->kind == FAULT_KILL || fault->kind == FAULT_REBOOT)
                world_start(world);
        if (fault->kind == FAULT_POWER)
                sim_power(world->modules[0].sim, world_module_time(world), true);
        if (fault->kind == FAULT_PORT)
                world->modules[0].port_absent = false;
}
