/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The simulated HL78xx as a thing with power: boot, flashing, timers, memory. Everything happens at
 * `module->now`, which sim_tick() moves from one due timer to the next, so that a host may let
 * hours pass in one call and still get every event at its own time. What must survive a power cut
 * lives in `module->memory` and is handed to the host before a byte that depends on it leaves: an
 * OK that was read is never forgotten by a power cut. */

#include "fotasim/hl78xx.h"

#include <stdio.h>

#define MEMORY_MAGIC 0x38374c48U /* "HL78" */
#define READY_USEC (500 * USEC_PER_MSEC)
#define PIN_TRIES 3
#define PUK_TRIES 10

/* memory */

static void memory_init(Memory *memory, const SimScenario *scenario) {
        const SimAgreements *a = &scenario->agreements;
        const uint32_t consent[] = { a->connect, a->download, a->install, a->reboot, a->uninstall };

        memset(memory, 0, sizeof(*memory));
        memory->magic = MEMORY_MAGIC;
        memory->size = sizeof(*memory);
        (void) TEXT_COPY(memory->firmware, scenario->firmware);
        memcpy(memory->contexts, scenario->contexts, sizeof(memory->contexts));
        memory->n_contexts = (uint32_t) scenario->n_contexts;
        memory->device_context = scenario->device_context;
        memory->indications = scenario->indications;
        memcpy(memory->consent, consent, sizeof(consent));
        memory->polling_min = scenario->polling_min;
        memcpy(memory->retry_min, scenario->retry_min, sizeof(memory->retry_min));
        memory->ksrep = scenario->ksrep;
        memory->credentials = scenario->credentials;
        (void) TEXT_COPY(memory->sim_pin, scenario->sim_pin);
        memory->pin_tries = PIN_TRIES;
        memory->puk_tries = PUK_TRIES;
}

static bool memory_take(Memory *memory, const SimMemory *from) {
        if (!from || from->size != sizeof(*memory))
                return false;
        memcpy(memory, from->bytes, sizeof(*memory));
        return memory->magic == MEMORY_MAGIC && memory->size == sizeof(*memory);
}

void hl78xx_remember(SimModule *module) {
        uint8_t bytes[sizeof(Memory)];

        memcpy(bytes, &module->memory, sizeof(bytes));
        if (memcmp(module->remembered.bytes, bytes, sizeof(bytes)) == 0)
                return;
        module->remembered.size = sizeof(bytes);
        memcpy(module->remembered.bytes, bytes, sizeof(bytes));
        if (module->host->remember)
                module->host->remember(module->userdata, &module->remembered);
}

/* small services */

void hl78xx_note(SimModule *module, const char *format, ...) {
        char text[160];
        va_list arguments;

        if (!module->host->note)
                return;
        va_start(arguments, format);
        (void) vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        module->host->note(module->userdata, text);
}

void hl78xx_set_timer(SimModule *module, Timer timer, usec_t span) {
        module->timers[timer] = usec_add(module->now, span);
}

void hl78xx_clear_timer(SimModule *module, Timer timer) {
        module->timers[timer] = USEC_INFINITY;
}

/* splitmix64: any seed will do */
unsigned hl78xx_random(SimModule *module, unsigned limit) {
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
        module->sim_ready = module->ready = false;
        module->online = true;
        module->echo = module->scenario->echo;
        module->cmee = module->scenario->cmee;
        memset(module->deferred, 0, sizeof(module->deferred));
        module->session = (Session) {};
        module->download = (Download) {};
        module->announced = module->network_lost = false;
        module->push.active = false;
        hl78xx_line_reset(module);
}

static void port_set(SimModule *module, bool present) {
        if (module->scenario->port == SIM_PORT_USB && module->host->port)
                module->host->port(module->userdata, present);
}

static void boot_start(SimModule *module) {
        ram_clear(module);
        module->state = MODULE_BOOTING;
        hl78xx_set_timer(module, TIMER_PORT, module->scenario->timings.boot / 2);
        hl78xx_set_timer(module, TIMER_BOOT, module->scenario->timings.boot);
}

static void port_returns(SimModule *module) {
        port_set(module, true);
        if (module->scenario->boot_junk)
                hl78xx_print_junk(module);
}

void hl78xx_reboot(SimModule *module) {
        hl78xx_note(module, "reboots");
        module->memory.reboots++;
        port_set(module, false);
        boot_start(module);
}

void hl78xx_reset_soon(SimModule *module) {
        hl78xx_set_timer(module, TIMER_RESTART, 0);
}

/* Deaf from here on. Also where a power cut during flashing leads to: the module goes on by itself.
 */
void hl78xx_flash(SimModule *module) {
        bool stuck = module->memory.package.result == SIM_RESULT_STUCK;

        hl78xx_note(module, stuck ? "flashes for ever" : "flashes");
        ram_clear(module);
        module->state = MODULE_FLASHING;
        module->line_tail = 0;
        if (!stuck)
                hl78xx_set_timer(module, TIMER_INSTALL, module->scenario->timings.install);
}

static void power_on(SimModule *module) {
        module->powered_at = module->now;
        hl78xx_note(module, "power on");
        if (module->memory.phase == PACKAGE_INSTALLING)
                hl78xx_flash(module);
        else
                boot_start(module);
}

static void power_off(SimModule *module) {
        hl78xx_note(module, "power off");
        ram_clear(module);
        module->state = MODULE_OFF;
        port_set(module, false);
}

/* boot */

static void outcome_print(SimModule *module) {
        uint32_t outcome = module->memory.outcome;

        module->memory.outcome = 0;
        if (outcome > 0)
                hl78xx_event(module, outcome, NULL);
}

static bool ready_soon(const SimModule *module) {
        return module->timers[TIMER_READY] != USEC_INFINITY;
}

static void boot_done(SimModule *module) {
        module->state = MODULE_UP;
        module->sim_ready = *module->memory.sim_pin == '\0';
        hl78xx_note(module, "booted, firmware %s", module->memory.firmware);
        if (module->memory.ksrep)
                hl78xx_urc(module, module->sim_ready ? "+KSUP: 0" : "+KSUP: 1");
        hl78xx_check_ready(module);
        if (module->scenario->boot_order == SIM_ORDER_RESULT_FIRST || !ready_soon(module))
                outcome_print(module);
        hl78xx_polling_changed(module);
        hl78xx_package_recall(module);
        hl78xx_server_plan(module);
}

const SimContext *hl78xx_context(const SimModule *module) {
        for (size_t i = 0; i < module->memory.n_contexts; i++)
                if (module->memory.contexts[i].cid == module->memory.device_context)
                        return module->memory.contexts + i;
        return NULL;
}

bool hl78xx_may_connect(const SimModule *module) {
        return module->state == MODULE_UP && module->sim_ready && module->online &&
               hl78xx_context(module) && module->scenario->radio.registered &&
               !module->network_lost;
}

void hl78xx_check_ready(SimModule *module) {
        if (module->ready || !module->sim_ready || !module->online || !hl78xx_context(module))
                return;
        module->ready = true;
        hl78xx_set_timer(module, TIMER_READY, READY_USEC);
}

static void ready_due(SimModule *module) {
        hl78xx_event(module, 0, NULL);
        outcome_print(module);
        if (module->memory.report_result && module->scenario->reports_result)
                hl78xx_session_wanted(module, SESSION_BY_RESULT);
        else
                hl78xx_download_recall(module);
        if (module->timers[TIMER_CONNECT_REQUEST] == USEC_INFINITY)
                hl78xx_ask_again(module, AGREEMENT_CONNECT);
}

void hl78xx_sim_unlocked(SimModule *module) {
        module->sim_ready = true;
        hl78xx_check_ready(module);
}

void hl78xx_set_online(SimModule *module, bool online) {
        if (module->online == online)
                return;
        module->online = online;
        if (!online) {
                module->ready = false;
                hl78xx_clear_timer(module, TIMER_READY);
                hl78xx_session_stop(module);
        }
        hl78xx_check_ready(module);
}

/* time */

static void silence_over(SimModule *module) {
        hl78xx_note(module, "silence is over");
}

static void connect_request_due(SimModule *module) {
        hl78xx_ask_again(module, AGREEMENT_CONNECT);
}

static void download_request_due(SimModule *module) {
        hl78xx_ask_again(module, AGREEMENT_DOWNLOAD);
}

static void install_request_due(SimModule *module) {
        hl78xx_ask_again(module, AGREEMENT_INSTALL);
}

static void reboot_request_due(SimModule *module) {
        hl78xx_ask_again(module, AGREEMENT_REBOOT);
}

static void uninstall_request_due(SimModule *module) {
        hl78xx_ask_again(module, AGREEMENT_UNINSTALL);
}

/* clang-format off */
static void (*const timer_handlers[_TIMER_MAX])(SimModule *module) = {
        [TIMER_OUTPUT]            = hl78xx_flush,
        [TIMER_SILENCE]           = silence_over,
        [TIMER_PORT]              = port_returns,
        [TIMER_BOOT]              = boot_done,
        [TIMER_RESTART]           = hl78xx_reboot,
        [TIMER_READY]             = ready_due,
        [TIMER_REPLY]             = hl78xx_reply_due,
        [TIMER_SESSION]           = hl78xx_session_step,
        [TIMER_SERVER]            = hl78xx_server_acts,
        [TIMER_IDLE]              = hl78xx_session_idle,
        [TIMER_POLL]              = hl78xx_session_poll,
        [TIMER_RETRY]             = hl78xx_session_retry,
        [TIMER_DOWNLOAD]          = hl78xx_download_progress,
        [TIMER_VERIFY]            = hl78xx_package_verified,
        [TIMER_INSTALL]           = hl78xx_install_step,
        [TIMER_PUSH]              = hl78xx_push_step,
        [TIMER_NETWORK]           = hl78xx_network_returns,
        [TIMER_NETWORK_TIMEOUT]   = hl78xx_network_timeout,
        [TIMER_PLAN]              = hl78xx_server_plan,
        [TIMER_CONNECT_REQUEST]   = connect_request_due,
        [TIMER_DOWNLOAD_REQUEST]  = download_request_due,
        [TIMER_INSTALL_REQUEST]   = install_request_due,
        [TIMER_REBOOT_REQUEST]    = reboot_request_due,
        [TIMER_UNINSTALL_REQUEST] = uninstall_request_due,
};
/* clang-format on */

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
                timer_handlers[first](module);
        }
        module->now = MAX_OF(module->now, now);
        hl78xx_remember(module);
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
        if (!memory_take(&module->memory, memory))
                memory_init(&module->memory, scenario);
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
        hl78xx_remember(module);
}

void sim_feed(SimModule *module, usec_t now, const char *bytes, size_t n) {
        sim_tick(module, now);
        hl78xx_receive(module, bytes, n);
        hl78xx_remember(module);
}

void sim_offer(SimModule *module, usec_t now, const SimPackage *package) {
        QueuedPackage queued = { .bytes = package->bytes, .result = package->result };

        sim_tick(module, now);
        (void) TEXT_COPY(queued.to, package->to);
        hl78xx_package_queue(module, &queued);
        hl78xx_remember(module);
}

void sim_facts(const SimModule *module, SimFacts *ret) {
        const Memory *memory = &module->memory;

        *ret = (SimFacts) {
                .powered = module->state != MODULE_OFF,
                .flashing = module->state == MODULE_FLASHING,
                .session_open = module->session.state == SESSION_OPEN,
                .download_asked = memory->pending[AGREEMENT_DOWNLOAD],
                .install_asked = memory->pending[AGREEMENT_INSTALL],
                .grants = memory->grants,
                .grants_seen = memory->grants_seen,
                .bytes_while_flashing = memory->bytes_while_flashing,
                .installs = memory->installs,
                .reboots = memory->reboots,
                .connects = memory->connects,
                .receiving = module->push.active,
                .pushes = memory->pushes,
                .pushed_bytes = memory->pushed_bytes,
        };
        (void) TEXT_COPY(ret->firmware, memory->firmware);
}
