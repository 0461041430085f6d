/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The simulated HL78xx: what it says and when it is ready; the family's place in the table of
 * functions. */

#include "fotasim/hl78xx.h"

#include <stdio.h>

#define READY_USEC (500 * USEC_PER_MSEC)

static void memory_init(SimModule *module) {
        const SimScenario *scenario = module->scenario;
        const SimAgreements *a = &scenario->agreements;
        const uint32_t consent[] = { a->connect, a->download, a->install, a->reboot, a->uninstall };
        Hl78xxMemory *memory = &module->memory.hl78xx;

        memory->device_context = scenario->device_context;
        memory->indications = scenario->indications;
        memcpy(memory->consent, consent, sizeof(consent));
        memory->polling_min = scenario->polling_min;
        memcpy(memory->retry_min, scenario->retry_min, sizeof(memory->retry_min));
        memory->ksrep = scenario->ksrep;
        memory->credentials = scenario->credentials;
}

static void forget(SimModule *module) {
        module->hl78xx.ready = module->hl78xx.announced = false;
        memset(module->hl78xx.deferred, 0, sizeof(module->hl78xx.deferred));
        module->hl78xx.session = (Session) {};
        module->hl78xx.download = (Download) {};
}

/* events */

/* AT+WDSI=<level>: which bit lets an event through */
static bool indicated(const SimModule *module, unsigned number) {
        static const uint8_t bits[] = {
                [0] = 0,  [1] = 1,  [2] = 1,  [3] = 1,   [4] = 2,   [5] = 2,  [6] = 3,  [7] = 3,
                [8] = 3,  [9] = 4,  [10] = 4, [11] = 4,  [12] = 5,  [13] = 5, [14] = 6, [15] = 6,
                [16] = 6, [17] = 7, [18] = 8, [21] = 11, [23] = 12, [24] = 1, [25] = 1,
        };

        return number < ELEMENTSOF(bits) && module->memory.hl78xx.indications & 1U << bits[number];
}

void hl78xx_event(SimModule *module, unsigned number, const char *data) {
        char text[48], bytes[MODULE_URC_MAX];
        const SimFault *fault;

        (void) snprintf(text, sizeof(text), "%u%s%s", number, data ? "," : "", data ? data : "");
        fault = module_fault_on_event(module, text);
        (void) snprintf(bytes, sizeof(bytes), "\r\n+WDSI: %s\r\n", text);
        if (indicated(module, number))
                module_print(module, fault, bytes);
        else
                module_note(module, "event %s is masked", text);
        if (fault)
                module_fault_aftermath(module, fault);
}

/* Equal but for how the event's data is dressed up: `18, 5` and `18,"5%"` are 18,5. */
static bool undressed_equal(const char *a, const char *b) {
        static const char dress[] = " \"%";

        for (;; a++, b++) {
                a += strspn(a, dress);
                b += strspn(b, dress);
                if (*a != *b)
                        return false;
                if (*a == '\0')
                        return true;
        }
}

static bool event_equal(const char *on, const char *text) {
        char number[16];

        (void) TEXT_COPY(number, text);
        number[strcspn(number, ",")] = '\0';
        return undressed_equal(on, text) || undressed_equal(on, number);
}

/* boot */

static void outcome_print(SimModule *module) {
        uint32_t outcome = module->memory.hl78xx.outcome;

        module->memory.hl78xx.outcome = 0;
        if (outcome > 0)
                hl78xx_event(module, outcome, NULL);
}

static bool ready_soon(const SimModule *module) {
        return module_timer_runs(module, TIMER_READY);
}

static void boot(SimModule *module) {
        if (module->memory.hl78xx.ksrep)
                module_urc(module, module->sim_ready ? "+KSUP: 0" : "+KSUP: 1");
        hl78xx_check_ready(module);
        if (module->scenario->boot_order == SIM_ORDER_RESULT_FIRST || !ready_soon(module))
                outcome_print(module);
        hl78xx_polling_changed(module);
        hl78xx_package_recall(module);
}

const SimContext *hl78xx_context(const SimModule *module) {
        for (size_t i = 0; i < module->memory.n_contexts; i++)
                if (module->memory.contexts[i].cid == module->memory.hl78xx.device_context)
                        return module->memory.contexts + i;
        return NULL;
}

bool hl78xx_may_connect(const SimModule *module) {
        return module->state == MODULE_UP && hl78xx_context(module) && module_attached(module);
}

void hl78xx_check_ready(SimModule *module) {
        if (module->hl78xx.ready || !module->sim_ready || !module->online ||
            !hl78xx_context(module))
                return;
        module->hl78xx.ready = true;
        module_set_timer(module, TIMER_READY, READY_USEC);
}

static void ready_due(SimModule *module) {
        hl78xx_event(module, 0, NULL);
        outcome_print(module);
        if (module->memory.hl78xx.report_result && module->scenario->reports_result)
                hl78xx_session_wanted(module, SESSION_BY_RESULT);
        else
                hl78xx_download_recall(module);
        if (module->timers[TIMER_CONNECT_REQUEST] == USEC_INFINITY)
                hl78xx_ask_again(module, AGREEMENT_CONNECT);
}

static void contexts_changed(SimModule *module) {
        if (!hl78xx_context(module))
                module->hl78xx.ready = false;
        hl78xx_check_ready(module);
}

static void online_changed(SimModule *module) {
        if (!module->online) {
                module->hl78xx.ready = false;
                module_clear_timer(module, TIMER_READY);
                hl78xx_session_stop(module);
        }
        hl78xx_check_ready(module);
}

static bool resumes(const SimModule *module) {
        return module->memory.hl78xx.phase == PACKAGE_INSTALLING;
}

static bool stuck(const SimModule *module) {
        return module->memory.hl78xx.package.result == SIM_RESULT_STUCK;
}

static void line_seen(SimModule *module) {
        if (streq(module->line, "AT+WDSS=1,1"))
                module->memory.hl78xx.connects++;
}

static void nat_lose(SimModule *module) {
        module->hl78xx.session.unreachable = true;
}

static void facts(const SimModule *module, SimFacts *facts) {
        const Hl78xxMemory *memory = &module->memory.hl78xx;

        facts->session_open = module->hl78xx.session.state == SESSION_OPEN;
        facts->download_asked = memory->pending[AGREEMENT_DOWNLOAD];
        facts->install_asked = memory->pending[AGREEMENT_INSTALL];
        facts->package_bytes = memory->phase == PACKAGE_NONE ? 0 : memory->package.bytes;
        facts->connects = memory->connects;
        facts->receiving = module->raw;
        facts->pushes = memory->pushes;
        facts->pushed_bytes = memory->pushed_bytes;
}

/* timers */

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
static void (*const timers[_TIMER_MAX])(SimModule *module) = {
        [TIMER_READY]             = ready_due,
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
        [TIMER_CONNECT_REQUEST]   = connect_request_due,
        [TIMER_DOWNLOAD_REQUEST]  = download_request_due,
        [TIMER_INSTALL_REQUEST]   = install_request_due,
        [TIMER_REBOOT_REQUEST]    = reboot_request_due,
        [TIMER_UNINSTALL_REQUEST] = uninstall_request_due,
};
/* clang-format on */

const Family hl78xx_family = {
        .context_tail = ",,0,0,0,0,0,,0,,,,",
        .grant = "AT+WDSR=4",
        .timers = timers,
        .memory_init = memory_init,
        .forget = forget,
        .resumes = resumes,
        .stuck = stuck,
        .boot = boot,
        .sim_unlocked = hl78xx_check_ready,
        .contexts_changed = contexts_changed,
        .online_changed = online_changed,
        .command = hl78xx_command,
        .line_seen = line_seen,
        .receive_raw = hl78xx_push_receive,
        .event_equal = event_equal,
        .session_lose = hl78xx_session_lose,
        .nat_lose = nat_lose,
        .network_lose = hl78xx_network_lose,
        .plan = hl78xx_server_plan,
        .queue = hl78xx_package_queue,
        .facts = facts,
};
