/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The SIM of a simulated module and its PIN. What needs the SIM answers +CME ERROR: 11 until the
 * PIN was entered. */

#include "fotasim/module.h"

int module_sim_error(const SimModule *module) {
        if (module->sim_ready)
                return 0;
        return module->memory.pin_tries > 0 ? CME_SIM_PIN : CME_SIM_PUK;
}

int module_imsi(SimModule *module, const char *arguments _unused_, Text *reply) {
        int error = module_sim_error(module);

        if (error == 0)
                text_printf(reply, "%s\r\n", module->memory.imsi);
        return error;
}

static int pin_enter(SimModule *module, const char *pin) {
        Memory *memory = &module->memory;

        if (!streq(pin, memory->sim_pin)) {
                memory->pin_tries--;
                return CME_WRONG_PASSWORD;
        }
        memory->pin_tries = PIN_TRIES;
        module->sim_ready = true;
        module->family->sim_unlocked(module);
        return 0;
}

static int puk_enter(SimModule *module, const char *puk, const char *pin) {
        Memory *memory = &module->memory;

        if (memory->puk_tries == 0 || strlen(pin) < 4 || strlen(pin) > 8)
                return CME_NOT_ALLOWED;
        if (!streq(puk, module->scenario->sim_puk)) {
                memory->puk_tries--;
                return CME_WRONG_PASSWORD;
        }
        (void) TEXT_COPY(memory->sim_pin, pin);
        return pin_enter(module, pin);
}

int module_pin(SimModule *module, const char *arguments, Text *reply) {
        char first[24], second[24];
        const char *rest;

        if (streq(arguments, "?")) {
                const char *locked = module->memory.pin_tries > 0 ? "SIM PIN" : "SIM PUK";

                text_printf(reply, "+CPIN: %s\r\n", module->sim_ready ? "READY" : locked);
                return 0;
        }
        if (streq(arguments, "=?"))
                return 0;
        if (*arguments != '=' || module->sim_ready)
                return CME_NOT_ALLOWED;
        rest = module_string(arguments + 1, first, sizeof(first));
        if (module->memory.pin_tries > 0)
                return *rest ? CME_NOT_ALLOWED : pin_enter(module, first);
        if (*rest == '\0')
                return CME_SIM_PUK;
        (void) module_string(rest, second, sizeof(second));
        return puk_enter(module, first, second);
}
