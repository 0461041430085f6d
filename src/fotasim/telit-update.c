/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An update of a Telit module (Premium FOTA note, 2.2.3, 3.2.2, 4.2.2): asked for by the server or
 * begun by AT#OTAIPUPD, downloaded, validated, flashed, reported. In the combined and the TCP/IP
 * protocol the AT interface is frozen from the yes on, in the SMS protocol from the end of the
 * download. A power cut loses the update until flashing began, and never afterwards. */

#include "fotasim/telit.h"

static TelitPhase phase(const SimModule *module) {
        return module->memory.telit.phase;
}

bool telit_update_runs(const SimModule *module) {
        return phase(module) >= TELIT_CONNECTING && phase(module) <= TELIT_FLASHING;
}

static void freeze(SimModule *module, ModuleState state) {
        module->state = state;
        module_input_reset(module);
}

static void server_soon(SimModule *module) {
        module_set_timer(module, TIMER_SERVER, module->scenario->timings.session_step);
}

/* the question */

static void ask(SimModule *module) {
        module->memory.telit.phase = TELIT_ASKED;
        module->telit.delayed = false;
        module_set_timer(module, TIMER_ANSWER, module->scenario->timings.answer_window);
        telit_event(module, "Do you want to upgrade the firmware?");
}

static void refuse(SimModule *module) {
        module->memory.telit.phase = TELIT_REFUSED;
        module_clear_timer(module, TIMER_ANSWER);
        module_set_timer(module, TIMER_REISSUE, module->scenario->timings.reissue);
        server_soon(module);
}

void telit_answer_due(SimModule *module) {
        if (!module->telit.delayed) {
                refuse(module);
                telit_event(module, "User Answer Timeout");
                return;
        }
        module_set_timer(module, TIMER_ANSWER, module->scenario->timings.repeat);
        telit_event(module, "Do you want to upgrade the firmware?");
}

void telit_reissue_due(SimModule *module) {
        if (phase(module) == TELIT_REFUSED && telit_reachable(module))
                ask(module);
}

static void connect_begin(SimModule *module) {
        TelitMemory *memory = &module->memory.telit;

        memory->phase = TELIT_CONNECTING;
        module->telit.contexts_up = 0;
        module_clear_timer(module, TIMER_ANSWER);
        module_clear_timer(module, TIMER_REISSUE);
        module_set_timer(module, TIMER_DOWNLOAD, 2 * module->scenario->timings.session_step);
        if (module->scenario->telit.protocol != SIM_PROTOCOL_SMS || memory->by_module)
                freeze(module, MODULE_FROZEN);
}

int telit_answer(SimModule *module, unsigned answer) {
        if (phase(module) != TELIT_ASKED || (answer == 2 && !module->scenario->telit.delay))
                return CME_NOT_ALLOWED;
        module_note(module, "answer %u", answer);
        switch (answer) {
        case 0:
                module->memory.telit.refusals++;
                refuse(module);
                break;

        case 1:
                module->memory.grants++;
                connect_begin(module);
                break;

        default:
                module->telit.delayed = true;
                module_set_timer(module, TIMER_ANSWER, module->scenario->timings.repeat);
                break;
        }
        return 0;
}

/* What the server has, or what was refused before. With nothing to fetch the connection is in vain.
 */
int telit_update_start(SimModule *module) {
        TelitMemory *memory = &module->memory.telit;
        bool idle = memory->phase == TELIT_IDLE || memory->phase == TELIT_REFUSED;

        if (!idle || memory->server_port == 0 || !module_attached(module) ||
            !streq(memory->registered_imsi, module->memory.imsi))
                return CME_NOT_ALLOWED;
        if (memory->phase == TELIT_IDLE && !package_queue_pop(&memory->queue, &memory->package))
                memory->package = (QueuedPackage) { .result = SIM_RESULT_NO_CONNECTION };
        memory->by_module = true;
        module->memory.grants++;
        connect_begin(module);
        return 0;
}

/* the server */

void telit_package_queue(SimModule *module, const QueuedPackage *package) {
        if (!package_queue_push(&module->memory.telit.queue, package))
                return module_note(module, "the server's queue is full");
        telit_server_acts(module);
}

static void reported(SimModule *module) {
        module->memory.telit.phase = TELIT_IDLE;
        if (module->state == MODULE_FROZEN)
                module->state = MODULE_UP;
        server_soon(module);
        telit_event(module, "Server notified about successfull FW Upgrade");
}

void telit_server_acts(SimModule *module) {
        TelitMemory *memory = &module->memory.telit;

        if (!telit_reachable(module)) {
                if (memory->phase == TELIT_REPORTING && telit_is_up(module))
                        server_soon(module); /* who is frozen does nothing else that would try again
                                              */
                return;
        }
        if (memory->phase == TELIT_REPORTING)
                return reported(module);
        if (memory->phase > TELIT_REFUSED || memory->phase == TELIT_ASKED)
                return;
        if (module->scenario->telit.protocol == SIM_PROTOCOL_TCP ||
            !package_queue_pop(&memory->queue, &memory->package))
                return;
        memory->by_module = false;
        if (!memory->package.automatic)
                return ask(module);
        connect_begin(module);
        telit_event(module, "Automatic Fw Upgrade Requested");
}

/* download */

static void fail(SimModule *module) {
        module->memory.telit.phase = TELIT_IDLE;
        if (module->state == MODULE_FROZEN || module->state == MODULE_VALIDATING)
                module->state = MODULE_UP;
        module_clear_timer(module, TIMER_DOWNLOAD);
        module_clear_timer(module, TIMER_VERIFY);
        server_soon(module);
        telit_event(module, "OTA FW Upgrade Failed");
}

/* Automatic attach, and a class that is not for calls only (2.1.1). */
static bool prepared(const SimModule *module) {
        return streq(telit_setting(module, "AT#GAUTOATT"), "1") &&
               !streq(telit_setting(module, "AT+CGCLASS"), "\"CC\"");
}

static void download_begin(SimModule *module) {
        TelitMemory *memory = &module->memory.telit;
        uint64_t bytes = memory->package.bytes;
        SimResult result = memory->package.result;

        if (!module_attached(module) || !prepared(module) || result == SIM_RESULT_NO_CONNECTION ||
            result == SIM_RESULT_NO_MEMORY)
                return fail(module);
        memory->phase = TELIT_DOWNLOADING;
        if (result == SIM_RESULT_HTTP)
                bytes /= 2;
        module_set_timer(module, TIMER_DOWNLOAD,
                         module_download_span(module, bytes, memory->package.bytes));
        telit_event(module, "Start Fw Download");
}

static void download_end(SimModule *module) {
        TelitMemory *memory = &module->memory.telit;

        if (memory->package.result == SIM_RESULT_HTTP)
                return fail(module);
        if (memory->package.result == SIM_RESULT_TEST) {
                memory->phase = TELIT_REPORTING;
                server_soon(module);
        } else {
                memory->phase = TELIT_VALIDATING;
                freeze(module, MODULE_VALIDATING);
                module_set_timer(module, TIMER_VERIFY, module->scenario->timings.verify);
        }
        telit_event(module, "Fw Download Complete");
}

void telit_download_step(SimModule *module) {
        if (phase(module) == TELIT_CONNECTING)
                download_begin(module);
        else
                download_end(module);
}

void telit_connection_lose(SimModule *module) {
        module->telit.contexts_up = 0;
        if (phase(module) == TELIT_CONNECTING || phase(module) == TELIT_DOWNLOADING)
                fail(module);
}

/* flash */

void telit_validated(SimModule *module) {
        SimResult result = module->memory.telit.package.result;

        if (result == SIM_RESULT_CORRUPT || result == SIM_RESULT_MISMATCH ||
            result == SIM_RESULT_NOT_CERTIFIED)
                return fail(module);
        module->memory.telit.phase = TELIT_FLASHING;
        module_flash(module);
}

void telit_installed(SimModule *module) {
        TelitMemory *memory = &module->memory.telit;

        memory->phase = TELIT_REPORTING;
        memory->upgraded = true;
        module->memory.installs++;
        if (memory->package.result == SIM_RESULT_OK)
                (void) TEXT_COPY(module->memory.firmware, memory->package.to);
        telit_settings_reset(module);
        module_reboot(module);
}

void telit_update_recall(SimModule *module) {
        if (phase(module) == TELIT_ASKED)
                module->memory.telit.phase = TELIT_REFUSED;
        else if (telit_update_runs(module))
                fail(module);
}
