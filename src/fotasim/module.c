/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A simulated module as a thing with power: boot, flashing, timers, memory. Everything happens at
 * `module->now`, which sim_tick() moves from one due timer to the next, so that a host may let
 * hours pass in one call and still get every event at its own time. What must survive a power cut
 * lives in `module->memory` and is handed to the host before a byte that depends on it leaves: an
 * OK that was read is never forgotten by a power cut. */

#include "fotasim/module.h"

#include <stdio.h>

#define MEMORY_MAGIC 0x4d495346U /* "FSIM" */
#define PUK_TRIES 10

/* memory */

static void memory_init(SimModule *module) {
        const SimScenario *scenario = module->scenario;
        Memory *memory = &module->memory;

        memset(memory, 0, sizeof(*memory));
        memory->magic = MEMORY_MAGIC;
        memory->size = sizeof(*memory);
        memory->family = scenario->family;
        (void) TEXT_COPY(memory->firmware, scenario->firmware);
        memcpy(memory->contexts, scenario->contexts, sizeof(memory->contexts));
        memory->n_contexts = (uint32_t) scenario->n_contexts;
        (void) TEXT_COPY(memory->iccid, scenario->iccid);
        (void) TEXT_COPY(memory->imsi, scenario->imsi);
        (void) TEXT_COPY(memory->sim_pin, scenario->sim_pin);
        memory->pin_tries = PIN_TRIES;
        memory->puk_tries = PUK_TRIES;
        module->family->memory_init(module);
}

static bool memory_take(SimModule *module, const SimMemory *from) {
        Memory *memory = &module->memory;

        if (!from || from->size != sizeof(*memory))
                return false;
        memcpy(memory, from->bytes, sizeof(*memory));
        return memory->magic == MEMORY_MAGIC && memory->size == sizeof(*memory) &&
               memory->family == module->scenario->family;
}

void module_remember(SimModule *module) {
        const uint8_t *bytes = (const uint8_t *) &module->memory;

        if (memcmp(module->remembered.bytes, bytes, sizeof(Memory)) == 0)
                return;
        module->remembered.size = sizeof(Memory);
        memcpy(module->remembered.bytes, bytes, sizeof(Memory));
        if (module->host->remember)
                module->host->remember(module->userdata, &module->remembered);
}

/* small services */

void module_note(SimModule *module, const char *format, ...) {
        char text[160];
        va_list arguments;

        if (!module->host->note)
                return;
        va_start(arguments, format);
        (void) vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        module->host->note(module->userdata, text);
}

void module_set_timer(SimModule *module, Timer timer, usec_t span) {
        module->timers[timer] = usec_add(module->now, span);
}

void module_clear_timer(SimModule *module, Timer timer) {
        module->timers[timer] = USEC_INFINITY;
}

bool module_timer_runs(const SimModule *module, Timer timer) {
        return module->timers[timer] != USEC_INFINITY;
}

/* splitmix64: any seed will do */
unsigned module_random(SimModule *module, unsigned limit) {
        uint64_t z = module->random += 0x9e3779b97f4a7c15U;

        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return (unsigned) ((z ^ (z >> 31)) % limit);
}

/* power */

/* What a restart forgets. Timers that are the server's or the host's business die too. */
static void ram_clear(SimModule *module) {
        for (size_t i = 0; i < _TIMER_MAX; i++)
                module->timers[i] = USEC_INFINITY;
        module->sim_ready = false;
        module->online = true;
        module->echo = module->scenario->echo;
        module->cmee = module->scenario->cmee;
        module->terse = module->network_lost = module->raw = false;
        module->family->forget(module);
        module_line_reset(module);
}

static void port_set(SimModule *module, bool present) {
        if (module->scenario->port == SIM_PORT_USB && module->host->port)
                module->host->port(module->userdata, present);
}

static void boot_start(SimModule *module) {
        ram_clear(module);
        module->state = MODULE_BOOTING;
        module_set_timer(module, TIMER_PORT, module->scenario->timings.boot / 2);
        module_set_timer(module, TIMER_BOOT, module->scenario->timings.boot);
}

static void port_returns(SimModule *module) {
        port_set(module, true);
        if (module->scenario->boot_junk)
                module_print_junk(module);
}

void module_reboot(SimModule *module) {
        module_note(module, "reboots");
        module->memory.reboots++;
        port_set(module, false);
        boot_start(module);
}

void module_reset_soon(SimModule *module) {
        module_set_timer(module, TIMER_RESTART, 0);
}

/* Deaf from here on. Also where a power cut during flashing leads to: the module goes on by itself.
 */
void module_flash(SimModule *module) {
        bool stuck = module->family->stuck(module);

        module_note(module, stuck ? "flashes for ever" : "flashes");
        ram_clear(module);
        module->state = MODULE_FLASHING;
        module->line_tail = 0;
        if (!stuck)
                module_set_timer(module, TIMER_INSTALL, module->scenario->timings.install);
}

static void power_on(SimModule *module) {
        module->powered_at = module->now;
        module->plan_ahead = 0;
        module_note(module, "power on");
        if (module->family->resumes(module))
                module_flash(module);
        else
                boot_start(module);
}

static void power_off(SimModule *module) {
        module_note(module, "power off");
        ram_clear(module);
        module->state = MODULE_OFF;
        port_set(module, false);
}

/* boot */

static void boot_done(SimModule *module) {
        module->state = MODULE_UP;
        module->sim_ready = *module->memory.sim_pin == '\0';
        module_note(module, "booted, firmware %s", module->memory.firmware);
        module->family->boot(module);
        module_plan(module);
}

/* time */

static void silence_over(SimModule *module) {
        module_note(module, "silence is over");
}

/* clang-format off */
static void (*const timer_handlers[_TIMER_MAX])(SimModule *module) = {
        [TIMER_OUTPUT]  = module_flush,
        [TIMER_SILENCE] = silence_over,
        [TIMER_PORT]    = port_returns,
        [TIMER_BOOT]    = boot_done,
        [TIMER_RESTART] = module_reboot,
        [TIMER_REPLY]   = module_reply_due,
        [TIMER_PLAN]    = module_plan,
};

static const Family *const families[] = {
        [SIM_FAMILY_HL78XX] = &hl78xx_family,
        [SIM_FAMILY_TELIT] = &telit_family,
};
/* clang-format on */

static void timer_run(SimModule *module, Timer timer) {
        if (timer_handlers[timer])
                timer_handlers[timer](module);
        else
                module->family->timers[timer](module);
}

static Timer timer_first(const SimModule *module) {
        Timer first = 0;

        for (Timer i = 1; i < _TIMER_MAX; i++)
                if (module->timers[i] < module->timers[first])
                        first = i;
        return first;
}

usec_t sim_deadline(const SimModule *module) {
        return module->timers[timer_first(module)];
}

void sim_tick(SimModule *module, usec_t now) {
        for (;;) {
                Timer first = timer_first(module);

                if (module->timers[first] > now || module->timers[first] == USEC_INFINITY)
                        break;
                module->now = MAX_OF(module->now, module->timers[first]);
                module->timers[first] = USEC_INFINITY;
                timer_run(module, first);
                module_remember(module);
        }
        module->now = MAX_OF(module->now, now);
}

/* the public rest */

SimModule *sim_module_new(const SimScenario *scenario, const SimHost *host, void *userdata,
                          const SimMemory *memory, uint64_t seed) {
        SimModule *module = calloc(1, sizeof(*module));

        if (!module)
                return NULL;
        module->scenario = scenario;
        module->host = host;
        module->userdata = userdata;
        module->random = seed;
        module->family = families[scenario->family];
        if (!memory_take(module, memory))
                memory_init(module);
        ram_clear(module);
        return module;
}

SimModule *sim_module_free(SimModule *module) {
        free(module);
        return NULL;
}

void sim_power(SimModule *module, usec_t now, bool on) {
        sim_tick(module, now);
        if (on && module->state == MODULE_OFF)
                power_on(module);
        else if (!on && module->state != MODULE_OFF)
                power_off(module);
        module_remember(module);
}

void sim_plan_hurry(SimModule *module, usec_t now) {
        sim_tick(module, now);
        module_plan_hurry(module);
        module_remember(module);
}

void sim_feed(SimModule *module, usec_t now, const char *bytes, size_t n) {
        sim_tick(module, now);
        module_receive(module, bytes, n);
        module_remember(module);
}

void sim_offer(SimModule *module, usec_t now, const SimPackage *package) {
        QueuedPackage queued = { .bytes = package->bytes,
                                 .result = package->result,
                                 .automatic = package->automatic };

        sim_tick(module, now);
        (void) TEXT_COPY(queued.to, package->to);
        module->family->queue(module, &queued);
        module_remember(module);
}

void sim_facts(const SimModule *module, SimFacts *ret) {
        const Memory *memory = &module->memory;

        *ret = (SimFacts) {
                .powered = module->state != MODULE_OFF,
                .flashing = module->state == MODULE_FLASHING,
                .grants = memory->grants,
                .grants_seen = memory->grants_seen,
                .bytes_while_flashing = memory->bytes_while_flashing,
                .installs = memory->installs,
                .reboots = memory->reboots,
        };
        (void) TEXT_COPY(ret->firmware, memory->firmware);
        module->family->facts(module, ret);
}
