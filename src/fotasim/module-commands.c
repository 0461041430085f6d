/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ordinary AT commands that all simulated modules have: who they are, their contexts, their
 * radio. */

#include "fotasim/module.h"

#define CSQ_UNKNOWN 99

/* identity */

int module_attention(SimModule *module _unused_, const char *arguments _unused_,
                     Text *reply _unused_) {
        return 0;
}

int module_version(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "%s\r\n", module->memory.firmware);
        return 0;
}

int module_model(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "%s\r\n", module->scenario->model);
        return 0;
}

int module_manufacturer(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "%s\r\n", module->scenario->manufacturer);
        return 0;
}

int module_imei(SimModule *module, const char *arguments _unused_, Text *reply) {
        text_printf(reply, "%s\r\n", module->scenario->imei);
        return 0;
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
        module->family->contexts_changed(module);
}

/* AT+CGDCONT=<cid>[,<type>[,<apn>...]]: the cid alone deletes the context. */
static int context_set(SimModule *module, const char *arguments) {
        char number[8], type[16] = "IP", apn[SIM_TEXT_MAX] = "";
        const char *rest = module_string(arguments + 1, number, sizeof(number));
        unsigned cid = (unsigned) strtoul(number, NULL, 10);
        SimContext *context;

        if (cid < 1 || cid > SIM_CONTEXT_MAX)
                return CME_NOT_ALLOWED;
        if (*rest == '\0') {
                context_delete(module, cid);
                return 0;
        }
        rest = module_string(rest, type, sizeof(type));
        if (*rest)
                (void) module_string(rest, apn, sizeof(apn));
        context = context_find(module, cid);
        if (!context)
                context = module->memory.contexts + module->memory.n_contexts++;
        context->cid = cid;
        (void) TEXT_COPY(context->type, type);
        (void) TEXT_COPY(context->apn, apn);
        module->family->contexts_changed(module);
        return 0;
}

int module_context(SimModule *module, const char *arguments, Text *reply) {
        if (streq(arguments, "=?")) {
                text_printf(reply, "+CGDCONT: (1-%u),\"IP\",,,(0-2),(0-4)\r\n", SIM_CONTEXT_MAX);
                return 0;
        }
        if (!streq(arguments, "?"))
                return *arguments == '=' ? context_set(module, arguments) : CME_NOT_ALLOWED;
        for (size_t i = 0; i < module->memory.n_contexts; i++) {
                const SimContext *context = module->memory.contexts + i;
                const char *quote = *context->apn ? "\"" : "";

                text_printf(reply, "+CGDCONT: %u,\"%s\",%s%s%s%s\r\n", context->cid, context->type,
                            quote, context->apn, quote, module->family->context_tail);
        }
        return 0;
}

bool module_attached(const SimModule *module) {
        return module->sim_ready && module->online && module->scenario->radio.registered &&
               !module->network_lost;
}

int module_signal(SimModule *module, const char *arguments _unused_, Text *reply) {
        int rssi = (module->scenario->radio.rssi_dbm + 113) / 2;

        rssi = MAX_OF(MIN_OF(rssi, 31), 0);
        text_printf(reply, "+CSQ: %d,99\r\n", module_attached(module) ? rssi : CSQ_UNKNOWN);
        return 0;
}

unsigned module_registration(const SimModule *module) {
        if (module_attached(module))
                return module->scenario->radio.roaming ? 5 : 1;
        return module->online ? 2 : 0;
}

static void online_set(SimModule *module, bool online) {
        if (module->online == online)
                return;
        module->online = online;
        module->family->online_changed(module);
}

int module_function(SimModule *module, const char *arguments, Text *reply) {
        unsigned numbers[2] = {};
        int n;

        if (streq(arguments, "?")) {
                text_printf(reply, "+CFUN: %u\r\n", module->online ? 1U : 0U);
                return 0;
        }
        n = module_numbers(arguments, numbers, 2);
        if (n < 1 || numbers[0] > 1 || numbers[1] > 1)
                return CME_NOT_ALLOWED;
        if (numbers[1] == 1)
                module_set_timer(module, TIMER_RESTART, module->scenario->timings.answer);
        else
                online_set(module, numbers[0] == 1);
        return 0;
}
