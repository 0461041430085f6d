/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The simulated Telit module: what it says, and when the network has it; the family's place in the
 * table of functions. Written from the Premium FOTA note, 80000NT10013a Rev.10. */

#include "fotasim/telit.h"

#include <stdio.h>

#define PREFIX "#OTAEV: "

static void memory_init(SimModule *module) {
        telit_settings_init(module);
}

static void forget(SimModule *module) {
        module->telit = (Telit) {};
}

/* events */

static void replace(char *text, const char *from, const char *to) {
        char rest[SIM_TEXT_MAX], *at;

        while ((at = strstr(text, from))) {
                (void) TEXT_COPY(rest, at + strlen(from));
                *at = '\0';
                (void) snprintf(at, SIM_TEXT_MAX - (size_t) (at - text), "%s%s", to, rest);
        }
}

static void style(const SimModule *module, char text[static SIM_TEXT_MAX]) {
        if (module->scenario->telit.otaev_style == SIM_OTAEV_UPPER)
                replace(text, "Fw", "FW");
        else if (module->scenario->telit.otaev_style == SIM_OTAEV_SUCCESSFUL)
                replace(text, "successfull", "successful");
}

/* AT#OTASUAN=,0: held back, as many as there is room for. */
static void buffer_add(SimModule *module, const char *text) {
        Telit *telit = &module->telit;

        module_note(module, "%s is held back", text);
        if (telit->n_buffer == TELIT_BUFFER_MAX)
                return;
        (void) TEXT_COPY(telit->buffer[telit->n_buffer], text);
        telit->n_buffer++;
}

static void buffer_flush(SimModule *module) {
        for (size_t i = 0; i < module->telit.n_buffer; i++)
                module_urc(module, module->telit.buffer[i]);
        module->telit.n_buffer = 0;
}

void telit_event(SimModule *module, const char *text) {
        const SimFault *fault = module_fault_on_event(module, text);
        char line[SIM_TEXT_MAX], bytes[MODULE_URC_MAX];

        (void) snprintf(line, sizeof(line), PREFIX "%s", text);
        style(module, line);
        (void) snprintf(bytes, sizeof(bytes), "\r\n%s\r\n", line);
        if (*telit_setting(module, "AT#OTASUAN") == '0')
                buffer_add(module, line);
        else
                module_print(module, fault, bytes);
        if (fault)
                module_fault_aftermath(module, fault);
}

static bool event_equal(const char *on, const char *text) {
        size_t n = strlen(PREFIX);

        return strcasecmp(strncasecmp(on, PREFIX, n) == 0 ? on + n : on, text) == 0;
}

/* network */

/* 07.03.xx0 and 08.01.xx6 know SMS only; 10.00.xx2 to xx4 tell by their last digit (the note's
 * 2.1.1, 3.1.1, 4.1.1). What came later can all. */
unsigned telit_generation(const SimModule *module) {
        const char *firmware = module->memory.firmware;

        if (strncmp(firmware, "07.", 3) == 0 || strncmp(firmware, "08.", 3) == 0)
                return 2;
        if (strncmp(firmware, "10.00.", 6) == 0 && strlen(firmware) >= 9)
                return (unsigned) (firmware[8] - '0');
        return 4;
}

bool telit_is_up(const SimModule *module) {
        return module->state == MODULE_UP || module->state == MODULE_FROZEN;
}

bool telit_reachable(const SimModule *module) {
        return telit_is_up(module) && module_attached(module) && !module->memory.telit.sim_strayed;
}

void telit_attached(SimModule *module) {
        if (!module_attached(module))
                return;
        telit_register_due(module);
        module_set_timer(module, TIMER_SERVER, module->scenario->timings.session_step);
        if (module->memory.telit.phase == TELIT_REFUSED)
                module_set_timer(module, TIMER_REISSUE, module->scenario->timings.reissue);
}

static void network_lose(SimModule *module, usec_t span) {
        module_note(module, "network lost");
        module->network_lost = true;
        module_set_timer(module, TIMER_NETWORK, span);
        telit_connection_lose(module);
}

static void network_returns(SimModule *module) {
        module_note(module, "network is back");
        module->network_lost = false;
        telit_attached(module);
}

/* There is no session that could be forgotten by a NAT. */
static void nat_lose(SimModule *module) {
        module_note(module, "nat-loss: nothing depends on it");
}

/* boot */

static void upgraded_print(SimModule *module) {
        bool lost = module->scenario->telit.autobaud_loss &&
                    streq(telit_setting(module, "AT+IPR"), "0");

        if (!module->memory.telit.upgraded)
                return;
        module->memory.telit.upgraded = false;
        if (lost)
                module_note(module, "Module Upgraded is lost: AT+IPR=0");
        else
                telit_event(module, "Module Upgraded To New FW");
}

static void boot(SimModule *module) {
        if (module->memory.telit.sim_out)
                module->sim_ready = false;
        telit_settings_apply(module);
        upgraded_print(module);
        telit_update_recall(module);
        telit_attached(module);
}

static void nothing(SimModule *module _unused_) {
}

static bool resumes(const SimModule *module) {
        return module->memory.telit.phase == TELIT_FLASHING;
}

static bool stuck(const SimModule *module) {
        return module->memory.telit.package.result == SIM_RESULT_STUCK;
}

static void online_changed(SimModule *module) {
        if (module->online)
                telit_attached(module);
        else
                telit_connection_lose(module);
}

static void line_seen(SimModule *module) {
        if (streq(module->line, "AT#OTAIPUPD"))
                module->memory.grants_seen++;
}

static void facts(const SimModule *module, SimFacts *facts) {
        const TelitMemory *memory = &module->memory.telit;

        facts->install_asked = memory->phase == TELIT_ASKED;
        facts->frozen = module->state == MODULE_FROZEN || module->state == MODULE_VALIDATING;
        facts->registered = *memory->registered_imsi && !memory->sim_out &&
                            streq(memory->registered_imsi, module->memory.imsi);
        facts->registrations = memory->registrations;
        facts->refusals = memory->refusals;
        facts->inhibited = memory->inhibited;
        facts->contexts_up = module->telit.contexts_up;
}

/* clang-format off */
static void (*const timers[_TIMER_MAX])(SimModule *module) = {
        [TIMER_NETWORK]   = network_returns,
        [TIMER_SERVER]    = telit_server_acts,
        [TIMER_DOWNLOAD]  = telit_download_step,
        [TIMER_VERIFY]    = telit_validated,
        [TIMER_INSTALL]   = telit_installed,
        [TIMER_REGISTER]  = telit_register_acknowledged,
        [TIMER_PROVISION] = telit_provisioned,
        [TIMER_ANSWER]    = telit_answer_due,
        [TIMER_REISSUE]   = telit_reissue_due,
        [TIMER_BUFFER]    = buffer_flush,
};
/* clang-format on */

const Family telit_family = {
        .context_tail = ",\"\",0,0",
        .grant = "AT#OTASUAN=1",
        .timers = timers,
        .memory_init = memory_init,
        .forget = forget,
        .resumes = resumes,
        .stuck = stuck,
        .boot = boot,
        .sim_unlocked = telit_attached,
        .contexts_changed = nothing,
        .online_changed = online_changed,
        .command = telit_command,
        .line_seen = line_seen,
        .event_equal = event_equal,
        .session_lose = telit_connection_lose,
        .nat_lose = nat_lose,
        .network_lose = network_lose,
        .plan = telit_plan,
        .queue = telit_package_queue,
        .facts = facts,
};
