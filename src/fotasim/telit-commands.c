/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ordinary AT commands of the simulated Telit module that are its own, and the order in which
 * commands are looked for: those that a download inhibits (the note's 2.1.2) get ERROR. */

#include "fotasim/telit.h"

static int run_nothing(SimModule *module _unused_, const char *arguments _unused_,
                       Text *reply _unused_) {
        return 0;
}

static int run_factory(SimModule *module, const char *arguments _unused_, Text *reply _unused_) {
        telit_settings_reset(module);
        telit_settings_apply(module);
        return 0;
}

/* SIM */

static int run_pin(SimModule *module, const char *arguments, Text *reply) {
        return module->memory.telit.sim_out ? CME_SIM_OUT : module_pin(module, arguments, reply);
}

static int run_imsi(SimModule *module, const char *arguments, Text *reply) {
        return module->memory.telit.sim_out ? CME_SIM_OUT : module_imsi(module, arguments, reply);
}

static int iccid_print(const SimModule *module, const char *name, Text *reply) {
        if (module->memory.telit.sim_out)
                return CME_SIM_OUT;
        text_printf(reply, "%s: %s\r\n", name, module->memory.iccid);
        return 0;
}

static int run_iccid(SimModule *module, const char *arguments _unused_, Text *reply) {
        return iccid_print(module, "+CCID", reply);
}

static int run_telit_iccid(SimModule *module, const char *arguments _unused_, Text *reply) {
        return iccid_print(module, "#CCID", reply);
}

/* radio and contexts */

static int run_function(SimModule *module, const char *arguments, Text *reply) {
        if (!streq(arguments, "?"))
                return module_function(module, streq(arguments, "=4") ? "=0" : arguments, reply);
        text_printf(reply, "+CFUN: %u\r\n", module->online ? 1U : 4U);
        return 0;
}

static int run_operator(SimModule *module, const char *arguments, Text *reply) {
        if (!streq(arguments, "?"))
                return -ENOENT; /* a setting */
        if (module_attached(module))
                text_printf(reply, "+COPS: %c,0,\"%s\"\r\n", *telit_setting(module, "AT+COPS"),
                            module->scenario->radio.operator_name);
        else
                text_printf(reply, "+COPS: %c\r\n", *telit_setting(module, "AT+COPS"));
        return 0;
}

static int run_attach(SimModule *module, const char *arguments, Text *reply) {
        unsigned value;

        if (streq(arguments, "?"))
                text_printf(reply, "+CGATT: %u\r\n", module_attached(module) ? 1U : 0U);
        else if (module_numbers(arguments, &value, 1) != 1 || value > 1)
                return CME_NOT_ALLOWED;
        return 0;
}

static int contexts_print(const SimModule *module, const char *name, Text *reply) {
        for (size_t i = 0; i < module->memory.n_contexts; i++) {
                unsigned cid = module->memory.contexts[i].cid;

                text_printf(reply, "%s: %u,%u\r\n", name, cid,
                            module->telit.contexts_up >> cid & 1U);
        }
        return 0;
}

static int context_activate(SimModule *module, unsigned cid, unsigned up) {
        if (cid < 1 || cid > SIM_CONTEXT_MAX || up > 1 || !module_attached(module))
                return CME_NOT_ALLOWED;
        module->telit.contexts_up &= ~(1U << cid);
        module->telit.contexts_up |= up << cid;
        return 0;
}

static int run_context_standard(SimModule *module, const char *arguments, Text *reply) {
        unsigned numbers[2];

        if (streq(arguments, "?"))
                return contexts_print(module, "+CGACT", reply);
        if (module_numbers(arguments, numbers, 2) != 2)
                return CME_NOT_ALLOWED;
        return context_activate(module, numbers[1], numbers[0]);
}

static int run_context_telit(SimModule *module, const char *arguments, Text *reply) {
        unsigned numbers[2];

        if (streq(arguments, "?"))
                return contexts_print(module, "#SGACT", reply);
        if (module_numbers(arguments, numbers, 2) != 2)
                return CME_NOT_ALLOWED;
        return context_activate(module, numbers[0], numbers[1]);
}

/* clang-format off */
static const Command commands[] = {
        { "AT",         module_attention },
        { "AT&F",       run_factory },
        { "AT&V",       telit_profile },
        { "AT&W",       run_nothing },
        { "AT+CGMI",    module_manufacturer },
        { "AT+CGMM",    module_model },
        { "AT+CGMR",    module_version },
        { "AT+CGSN",    module_imei },
        { "AT+CIMI",    run_imsi },
        { "AT+CCID",    run_iccid },
        { "AT#CCID",    run_telit_iccid },
        { "AT+CPIN",    run_pin },
        { "AT+CGDCONT", module_context },
        { "AT+CSQ",     module_signal },
        { "AT+CFUN",    run_function },
        { "AT+COPS",    run_operator },
        { "AT+CGATT",   run_attach },
        { "AT+CGACT",   run_context_standard },
        { "AT#SGACT",   run_context_telit },
};
/* clang-format on */

static bool inhibited(const char *command) {
        static const char *const names[] = { "AT#GPRS", "AT#SGACT",  "AT+CGATT",  "AT+CGACT",
                                             "ATD",     "AT+COPS=2", "AT+CFUN=4", "AT+CGCLASS" };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (strncmp(command, names[i], strlen(names[i])) == 0)
                        return true;
        return false;
}

/* Answers ERROR to what it does not know, whatever AT+CMEE says. */
int telit_command(SimModule *module, const char *command, Text *reply) {
        int r;

        if (module->memory.telit.phase == TELIT_DOWNLOADING && inhibited(command)) {
                module->memory.telit.inhibited++;
                return REPLY_ERROR;
        }
        if (strncmp(command, "AT#OTA", 6) == 0)
                r = telit_service_command(module, command, reply);
        else
                r = module_dispatch(module, commands, ELEMENTSOF(commands), command, reply);
        if (r == CME_NOT_SUPPORTED || r == -ENOENT)
                r = telit_setting_command(module, command, reply);
        return r == -ENOENT ? REPLY_ERROR : r;
}
