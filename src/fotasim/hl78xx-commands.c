/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ordinary AT commands of the simulated HL78xx: who it is, its SIM, its contexts, its radio. A
 * command arrives in upper case and without blanks (outside of quotes), beginning with AT. What
 * needs the SIM answers +CME ERROR: 11 until the PIN was entered. */

#include "fotasim/hl78xx.h"

#include <limits.h>
#include <stdio.h>

#define PIN_TRIES 3
#define CSQ_UNKNOWN 99

/* arguments */

int hl78xx_dispatch(SimModule *module, const Command *commands, size_t n, const char *command,
                    Text *reply) {
        for (size_t i = 0; i < n; i++) {
                size_t length = strlen(commands[i].name);
                const char *rest = command + length;

                if (strncmp(command, commands[i].name, length) == 0 && strchr("?=", *rest))
                        return commands[i].run(module, rest, reply);
        }
        return CME_NOT_SUPPORTED;
}

int hl78xx_numbers(const char *arguments, unsigned *ret, size_t max) {
        size_t n = 0;
        char *end;

        if (*arguments != '=')
                return -EINVAL;
        do {
                arguments++;
                if (n == max || *arguments < '0' || *arguments > '9')
                        return -EINVAL;
                ret[n++] =
                        (unsigned) MIN_OF(strtoul(arguments, &end, 10), (unsigned long) UINT_MAX);
                arguments = end;
        } while (*arguments == ',');
        return *arguments ? -EINVAL : (int) n;
}

/* One argument, quoted or not; returns what follows it and its comma. */
static const char *string_take(const char *arguments, char *to, size_t size) {
        bool quoted = *arguments == '"';
        size_t n;

        arguments += quoted;
        n = strcspn(arguments, quoted ? "\"" : ",");
        (void) text_copy(to, MIN_OF(size, n + 1), arguments);
        arguments += n;
        arguments += quoted && *arguments == '"';
        return arguments + (*arguments == ',');
}

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

static int run_version(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "%s\r\n", module->memory.firmware);
        return 0;
}

static int run_model(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "%s\r\n", module->scenario->model);
        return 0;
}

static int run_manufacturer(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "%s\r\n", module->scenario->manufacturer);
        return 0;
}

static int run_imei(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "%s\r\n", module->scenario->imei);
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

static int run_attention(SimModule *module _unused_, const char *arguments _unused_,
                         Text *reply _unused_) {
        return 0;
}

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
        else if (hl78xx_numbers(arguments, &value, 1) == 1 && value <= 2)
                module->cmee = value;
        else
                return CME_NOT_ALLOWED;
        return 0;
}

static int run_ksrep(SimModule *module, const char *arguments, Text *reply) {
        unsigned value;

        if (streq(arguments, "?"))
                text_printf(reply, "+KSREP: %u,%u\r\n", module->memory.ksrep,
                            module->sim_ready ? 0U : 1U);
        else if (hl78xx_numbers(arguments, &value, 1) == 1 && value <= 1)
                module->memory.ksrep = value;
        else
                return CME_NOT_ALLOWED;
        return 0;
}

/* SIM */

static int sim_error(const SimModule *module) {
        if (module->sim_ready)
                return 0;
        return module->memory.pin_tries > 0 ? CME_SIM_PIN : CME_SIM_PUK;
}

static int run_imsi(SimModule *module, const char *arguments _unused_, Text *reply) {
        int error = sim_error(module);

        if (error == 0)
                text_printf(reply, "%s\r\n", module->scenario->imsi);
        return error;
}

static int run_iccid(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "+CCID: %s\r\n", module->scenario->iccid);
        return 0;
}

static int pin_enter(SimModule *module, const char *pin) {
        Memory *memory = &module->memory;

        if (!streq(pin, memory->sim_pin)) {
                memory->pin_tries--;
                return CME_WRONG_PASSWORD;
        }
        memory->pin_tries = PIN_TRIES;
        hl78xx_sim_unlocked(module);
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

static int run_pin(SimModule *module, const char *arguments, Text *reply) {
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
        rest = string_take(arguments + 1, first, sizeof(first));
        if (module->memory.pin_tries > 0)
                return *rest ? CME_NOT_ALLOWED : pin_enter(module, first);
        if (*rest == '\0')
                return CME_SIM_PUK;
        (void) string_take(rest, second, sizeof(second));
        return puk_enter(module, first, second);
}

/* contexts and radio */

static SimContext *context_find(SimModule *module, unsigned cid) {
        for (size_t i = 0; i < module->memory.n_contexts; i++)
                if (module->memory.contexts[i].cid == cid)
                        return module->memory.contexts + i;
        return NULL;
}

static void context_delete(SimModule *module, unsigned cid) {
        SimContext *context = context_find(module, cid);

        if (context)
                *context = module->memory.contexts[--module->memory.n_contexts];
        if (!hl78xx_context(module))
                module->ready = false;
}

/* AT+CGDCONT=<cid>[,<type>[,<apn>...]]: the cid alone deletes the context. */
static int context_set(SimModule *module, const char *arguments) {
        char number[8], type[16] = "IP", apn[SIM_TEXT_MAX] = "";
        const char *rest = string_take(arguments + 1, number, sizeof(number));
        unsigned cid = (unsigned) strtoul(number, NULL, 10);
        SimContext *context;

        if (cid < 1 || cid > SIM_CONTEXT_MAX)
                return CME_NOT_ALLOWED;
        if (*rest == '\0') {
                context_delete(module, cid);
                return 0;
        }
        rest = string_take(rest, type, sizeof(type));
        if (*rest)
                (void) string_take(rest, apn, sizeof(apn));
        context = context_find(module, cid);
        if (!context)
                context = module->memory.contexts + module->memory.n_contexts++;
        context->cid = cid;
        (void) TEXT_COPY(context->type, type);
        (void) TEXT_COPY(context->apn, apn);
        hl78xx_check_ready(module);
        return 0;
}

static int run_context(SimModule *module, const char *arguments, Text *reply) {
        if (streq(arguments, "=?")) {
                text_printf(reply, "+CGDCONT: (1-%u),\"IP\",,,(0-2),(0-4)\r\n", SIM_CONTEXT_MAX);
                return 0;
        }
        if (!streq(arguments, "?"))
                return *arguments == '=' ? context_set(module, arguments) : CME_NOT_ALLOWED;
        for (size_t i = 0; i < module->memory.n_contexts; i++) {
                const SimContext *context = module->memory.contexts + i;
                const char *quote = *context->apn ? "\"" : "";

                text_printf(reply, "+CGDCONT: %u,\"%s\",%s%s%s,,0,0,0,0,0,,0,,,,\r\n", context->cid,
                            context->type, quote, context->apn, quote);
        }
        return 0;
}

static bool attached(const SimModule *module) {
        return module->sim_ready && module->online && module->scenario->radio.registered &&
               !module->network_lost;
}

static int run_csq(SimModule *module, const char *arguments _unused_, Text *reply) {
        int rssi = (module->scenario->radio.rssi_dbm + 113) / 2;

        rssi = MAX_OF(MIN_OF(rssi, 31), 0);
        text_printf(reply, "+CSQ: %d,99\r\n", attached(module) ? rssi : CSQ_UNKNOWN);
        return 0;
}

/* RSRP is some 20 dB below RSSI. */
static int run_cesq(SimModule *module, const char *arguments _unused_, Text *reply) {
        int rsrp = module->scenario->radio.rssi_dbm - 20 + 141;

        rsrp = MAX_OF(MIN_OF(rsrp, 97), 0);
        if (attached(module))
                text_printf(reply, "+CESQ: 99,99,255,255,20,%d\r\n", rsrp);
        else
                text_add(reply, "+CESQ: 99,99,255,255,255,255\r\n");
        return 0;
}

static int registration(SimModule *module, const char *name, const char *arguments, Text *reply) {
        unsigned mode, home = module->scenario->radio.roaming ? 5 : 1;

        if (streq(arguments, "?"))
                text_printf(reply, "%s: 0,%u\r\n", name,
                            attached(module) ? home :
                            module->online   ? 2U :
                                               0U);
        else if (hl78xx_numbers(arguments, &mode, 1) != 1 || mode > 0)
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
        if (attached(module))
                text_printf(reply, "+COPS: 0,0,\"%s\",7\r\n",
                            module->scenario->radio.operator_name);
        else
                text_add(reply, "+COPS: 0\r\n");
        return 0;
}

static int run_cfun(SimModule *module, const char *arguments, Text *reply) {
        unsigned numbers[2] = {};
        int n;

        if (streq(arguments, "?")) {
                text_printf(reply, "+CFUN: %u\r\n", module->online ? 1U : 0U);
                return 0;
        }
        n = hl78xx_numbers(arguments, numbers, 2);
        if (n < 1 || numbers[0] > 1 || numbers[1] > 1)
                return CME_NOT_ALLOWED;
        if (numbers[1] == 1)
                hl78xx_set_timer(module, TIMER_RESTART, module->scenario->timings.answer);
        else
                hl78xx_set_online(module, numbers[0] == 1);
        return 0;
}

/* clang-format off */
static const Command commands[] = {
        { "AT",         run_attention },
        { "ATE0",       run_echo_off },
        { "ATE1",       run_echo_on },
        { "ATI",        run_model },
        { "ATI0",       run_model },
        { "ATI3",       run_version },
        { "ATI8",       run_short_version },
        { "AT&F",       run_factory },
        { "AT+CGMI",    run_manufacturer },
        { "AT+CGMM",    run_model },
        { "AT+CGMR",    run_version },
        { "AT+CGSN",    run_imei },
        { "AT+KGSN",    run_serial },
        { "AT+CMEE",    run_cmee },
        { "AT+KSREP",   run_ksrep },
        { "AT+CIMI",    run_imsi },
        { "AT+CCID",    run_iccid },
        { "AT+CPIN",    run_pin },
        { "AT+CGDCONT", run_context },
        { "AT+CSQ",     run_csq },
        { "AT+CESQ",    run_cesq },
        { "AT+CREG",    run_creg },
        { "AT+CEREG",   run_cereg },
        { "AT+COPS",    run_cops },
        { "AT+CFUN",    run_cfun },
};
/* clang-format on */

int hl78xx_command(SimModule *module, const char *command, Text *reply) {
        if (strncmp(command, "AT+WDS", 6) == 0)
                return hl78xx_service_command(module, command, reply);
        return hl78xx_dispatch(module, commands, ELEMENTSOF(commands), command, reply);
}
