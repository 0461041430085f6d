/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The commands of the update service of the simulated Telit module, AT#OTA... The spellings are
 * those of the Premium FOTA note and, where it is silent, of the AT guides of the UC864 and LE910.
 * Whatever a command sets off is printed after its final result code. */

#include "fotasim/telit.h"

#include <stdio.h>
#include <stdlib.h>

#define PORT_MAX 65535

/* AT#OTASUAN */

#define FIELDS 3

/* "=[<response>][,[<mode>][,[<bfr>]]]"; an empty one is -1 */
static int fields_parse(const char *arguments, int ret[static FIELDS]) {
        for (size_t i = 0; i < FIELDS; i++)
                ret[i] = -1;
        if (*arguments != '=')
                return -EINVAL;
        for (size_t i = 0; i < FIELDS; i++) {
                arguments++;
                if (*arguments >= '0' && *arguments <= '2')
                        ret[i] = *arguments++ - '0';
                if (*arguments == '\0')
                        return 0;
                if (*arguments != ',')
                        return -EINVAL;
        }
        return -EINVAL;
}

static void mode_set(SimModule *module, int mode, int flush) {
        const char *old = telit_setting(module, "AT#OTASUAN");
        char value[8];

        (void) snprintf(value, sizeof(value), "%c,%c", mode < 0 ? old[0] : '0' + mode,
                        flush < 0 ? old[2] : '0' + flush);
        telit_setting_store(module, "AT#OTASUAN", value);
        if (mode > 0 && value[2] == '1')
                module_set_timer(module, TIMER_BUFFER, 0);
        else if (mode > 0)
                module->telit.n_buffer = 0;
}

static int run_otasuan(SimModule *module, const char *arguments, Text *reply) {
        int fields[FIELDS], r;

        if (streq(arguments, "?")) {
                text_printf(reply, "#OTASUAN: ,%s\r\n", telit_setting(module, "AT#OTASUAN"));
                return 0;
        }
        if (streq(arguments, "=?")) {
                text_printf(reply, "#OTASUAN: %s,(0-2),(0,1)\r\n",
                            module->scenario->telit.delay ? "(0-2)" : "(0,1)");
                return 0;
        }
        if (fields_parse(arguments, fields) < 0 || fields[2] > 1)
                return CME_NOT_ALLOWED;
        r = fields[0] < 0 ? 0 : telit_answer(module, (unsigned) fields[0]);
        if (r == 0)
                mode_set(module, fields[1], fields[2]);
        return r;
}

/* registration */

static int run_otasnap(SimModule *module, const char *arguments, Text *reply _unused_) {
        char number[SIM_TEXT_MAX];

        if (streq(arguments, "=?"))
                return 0;
        if (*arguments != '=' || module_sim_error(module) != 0)
                return CME_NOT_ALLOWED;
        (void) module_string(arguments + 1, number, sizeof(number));
        if (strlen(number) < 3 || number[strspn(number, "+0123456789")])
                return CME_NOT_ALLOWED;
        (void) TEXT_COPY(module->memory.telit.server_number, number);
        telit_register(module, false);
        return 0;
}

static bool bearer_known(const SimModule *module, const char *bearer) {
        if (module->scenario->telit.bearer == SIM_BEARER_WORDS)
                return streq(bearer, "GPRS") || streq(bearer, "CSD");
        return streq(bearer, "0") || streq(bearer, "1");
}

/* =<bearer>,<APN>[,<user name>,<password>] */
static int ip_config(SimModule *module, const char *name, const char *arguments, Text *reply) {
        bool words = module->scenario->telit.bearer == SIM_BEARER_WORDS;
        char bearer[8], apn[SIM_TEXT_MAX] = "";
        const char *rest;

        if (streq(arguments, "=?")) {
                text_printf(reply, "%s: %s\r\n", name, words ? "(\"GPRS\",\"CSD\")" : "(0,1)");
                return 0;
        }
        if (*arguments != '=')
                return CME_NOT_ALLOWED;
        rest = module_string(arguments + 1, bearer, sizeof(bearer));
        (void) module_string(rest, apn, sizeof(apn));
        if (!bearer_known(module, bearer) || *apn == '\0')
                return CME_NOT_ALLOWED;
        (void) TEXT_COPY(module->memory.telit.bearer, bearer);
        return 0;
}

static bool spelt(const SimModule *module, SimSpelling spelling) {
        return module->scenario->telit.ip_config == spelling && telit_generation(module) >= 3;
}

static int run_otasnaipcfg(SimModule *module, const char *arguments, Text *reply) {
        if (!spelt(module, SIM_SPELLING_OTASNAIPCFG))
                return REPLY_ERROR;
        return ip_config(module, "#OTASNAIPCFG", arguments, reply);
}

static int run_otasnapipcfg(SimModule *module, const char *arguments, Text *reply) {
        if (!spelt(module, SIM_SPELLING_OTASNAPIPCFG))
                return REPLY_ERROR;
        return ip_config(module, "#OTASNAPIPCFG", arguments, reply);
}

/* =<port>,<address>... */
static int server_set(SimModule *module, const char *arguments) {
        char number[8], address[SIM_TEXT_MAX] = "";
        const char *rest;
        unsigned long port;

        if (*arguments != '=')
                return CME_NOT_ALLOWED;
        rest = module_string(arguments + 1, number, sizeof(number));
        (void) module_string(rest, address, sizeof(address));
        port = strtoul(number, NULL, 10);
        if (port < 1 || port > PORT_MAX || *address == '\0')
                return CME_NOT_ALLOWED;
        module->memory.telit.server_port = (uint32_t) port;
        (void) TEXT_COPY(module->memory.telit.server_address, address);
        return 0;
}

static int run_otasnaip(SimModule *module, const char *arguments, Text *reply _unused_) {
        int r;

        if (telit_generation(module) < 3)
                return REPLY_ERROR;
        if (streq(arguments, "=?"))
                return 0;
        if (*module->memory.telit.bearer == '\0' || module_sim_error(module) != 0)
                return CME_NOT_ALLOWED;
        r = server_set(module, arguments);
        if (r == 0)
                telit_register(module, true);
        return r;
}

static int run_otaipcfg(SimModule *module, const char *arguments, Text *reply) {
        const TelitMemory *memory = &module->memory.telit;

        if (telit_generation(module) < 4)
                return REPLY_ERROR;
        if (streq(arguments, "=?"))
                return 0;
        if (!streq(arguments, "?"))
                return server_set(module, arguments);
        if (memory->server_port > 0)
                text_printf(reply, "#OTAIPCFG: %u,\"%s\"\r\n", memory->server_port,
                            memory->server_address);
        return 0;
}

static int run_otaipupd(SimModule *module, const char *arguments, Text *reply) {
        if (telit_generation(module) < 4 || module->scenario->telit.otaipupd == SIM_ABSENT)
                return REPLY_ERROR;
        if (streq(arguments, "=?"))
                return 0;
        if (*arguments == '\0')
                return telit_update_start(module);
        if (!streq(arguments, "?"))
                return CME_NOT_ALLOWED;
        text_printf(reply, "#OTAIPUPD: %u\r\n", telit_update_runs(module) ? 1U : 0U);
        return 0;
}

/* clang-format off */
static const Command commands[] = {
        { "AT#OTASUAN",      run_otasuan },
        { "AT#OTASNAP",      run_otasnap },
        { "AT#OTASNAIPCFG",  run_otasnaipcfg },
        { "AT#OTASNAPIPCFG", run_otasnapipcfg },
        { "AT#OTASNAIP",     run_otasnaip },
        { "AT#OTAIPCFG",     run_otaipcfg },
        { "AT#OTAIPUPD",     run_otaipupd },
};
/* clang-format on */

int telit_service_command(SimModule *module, const char *command, Text *reply) {
        return module_dispatch(module, commands, ELEMENTSOF(commands), command, reply);
}
