/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ordinary AT commands of the simulated HL78xx that are its own. */

#include "fotasim/hl78xx.h"

/* identity */

/* BHL7800.1.6.3.0.20180803 is HL7800.1.6.3 to ATI8. */
static int run_short_version(SimModule *module, const char *arguments _unused_, Text *reply) {
        const char *firmware = module->memory.firmware, *end;

        if (*firmware == 'B' || *firmware == 'T')
                firmware++;
        end = firmware;
        for (unsigned dots = 0; *end; end++)
                if (*end == '.' && ++dots == 4)
                        break;
        text_add_bytes(reply, firmware, (size_t) (end - firmware));
        text_add(reply, "\r\n");
        return 0;
}

static int run_serial(SimModule *module, const char *arguments, Text *reply) {
        if (streq(arguments, "=?"))
                text_add(reply, "+KGSN: (0-3)\r\n");
        else if (streq(arguments, "=3"))
                text_printf(reply, "+KGSN: %s\r\n", module->scenario->serial_number);
        else if (streq(arguments, "=0"))
                text_printf(reply, "+KGSN: %s\r\n", module->scenario->imei);
        else
                return CME_NOT_ALLOWED;
        return 0;
}

/* settings of the line */

static int run_echo_off(SimModule *module, const char *arguments _unused_, Text *reply _unused_) {
        module->echo = false;
        return 0;
}

static int run_echo_on(SimModule *module, const char *arguments _unused_, Text *reply _unused_) {
        module->echo = true;
        return 0;
}

static int run_factory(SimModule *module, const char *arguments _unused_, Text *reply _unused_) {
        module->echo = module->scenario->echo;
        module->cmee = module->scenario->cmee;
        hl78xx_agreements_reset(module);
        return 0;
}

static int run_cmee(SimModule *module, const char *arguments, Text *reply) {
        unsigned value;

        if (streq(arguments, "?"))
                text_printf(reply, "+CMEE: %u\r\n", module->cmee);
        else if (streq(arguments, "=?"))
                text_add(reply, "+CMEE: (0-2)\r\n");
        else if (module_numbers(arguments, &value, 1) == 1 && value <= 2)
                module->cmee = value;
        else
                return CME_NOT_ALLOWED;
        return 0;
}

static int run_ksrep(SimModule *module, const char *arguments, Text *reply) {
        unsigned value;

        if (streq(arguments, "?"))
                text_printf(reply, "+KSREP: %u,%u\r\n", module->memory.hl78xx.ksrep,
                            module->sim_ready ? 0U : 1U);
        else if (module_numbers(arguments, &value, 1) == 1 && value <= 1)
                module->memory.hl78xx.ksrep = value;
        else
                return CME_NOT_ALLOWED;
        return 0;
}

/* SIM and radio */

static int run_iccid(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "+CCID: %s\r\n", module->memory.iccid);
        return 0;
}

/* RSRP is some 20 dB below RSSI. */
static int run_cesq(SimModule *module, const char *arguments _unused_, Text *reply) {
        int rsrp = module->scenario->radio.rssi_dbm - 20 + 141;

        rsrp = MAX_OF(MIN_OF(rsrp, 97), 0);
        if (module_attached(module))
                text_printf(reply, "+CESQ: 99,99,255,255,20,%d\r\n", rsrp);
        else
                text_add(reply, "+CESQ: 99,99,255,255,255,255\r\n");
        return 0;
}

static int registration(SimModule *module, const char *name, const char *arguments, Text *reply) {
        unsigned mode;

        if (streq(arguments, "?"))
                text_printf(reply, "%s: 0,%u\r\n", name, module_registration(module));
        else if (module_numbers(arguments, &mode, 1) != 1 || mode > 0)
                return CME_NOT_ALLOWED;
        return 0;
}

static int run_creg(SimModule *module, const char *arguments, Text *reply) {
        return registration(module, "+CREG", arguments, reply);
}

static int run_cereg(SimModule *module, const char *arguments, Text *reply) {
        return registration(module, "+CEREG", arguments, reply);
}

static int run_cops(SimModule *module, const char *arguments, Text *reply) {
        if (!streq(arguments, "?"))
                return CME_NOT_ALLOWED;
        if (module_attached(module))
                text_printf(reply, "+COPS: 0,0,\"%s\",7\r\n",
                            module->scenario->radio.operator_name);
        else
                text_add(reply, "+COPS: 0\r\n");
        return 0;
}

/* clang-format off */
static const Command commands[] = {
        { "AT",         module_attention },
        { "ATE0",       run_echo_off },
        { "ATE1",       run_echo_on },
        { "ATI",        module_model },
        { "ATI0",       module_model },
        { "ATI3",       module_version },
        { "ATI8",       run_short_version },
        { "AT&F",       run_factory },
        { "AT+CGMI",    module_manufacturer },
        { "AT+CGMM",    module_model },
        { "AT+CGMR",    module_version },
        { "AT+CGSN",    module_imei },
        { "AT+KGSN",    run_serial },
        { "AT+CMEE",    run_cmee },
        { "AT+KSREP",   run_ksrep },
        { "AT+CIMI",    module_imsi },
        { "AT+CCID",    run_iccid },
        { "AT+CPIN",    module_pin },
        { "AT+CGDCONT", module_context },
        { "AT+CSQ",     module_signal },
        { "AT+CESQ",    run_cesq },
        { "AT+CREG",    run_creg },
        { "AT+CEREG",   run_cereg },
        { "AT+COPS",    run_cops },
        { "AT+CFUN",    module_function },
};
/* clang-format on */

int hl78xx_command(SimModule *module, const char *command, Text *reply) {
        if (strncmp(command, "AT+WDS", 6) == 0)
                return hl78xx_service_command(module, command, reply);
        return module_dispatch(module, commands, ELEMENTSOF(commands), command, reply);
}
