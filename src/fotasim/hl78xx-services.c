/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The device services commands of the simulated HL78xx, AT+WDS... The lines of the test and read
 * forms are those of the vendor's note and of its own published tests, to the byte. Whatever a
 * command sets off is printed after its final result code, never before: effects go through timers.
 */

#include "fotasim/hl78xx.h"

#include <inttypes.h>

/* AT+WDSS: sessions */

static int session_set(SimModule *module, unsigned action) {
        if (action == 1)
                return hl78xx_session_request(module);
        hl78xx_session_stop(module);
        return 0;
}

static int context_choose(SimModule *module, unsigned cid) {
        if (cid < 1 || cid > 2)
                return CME_NOT_ALLOWED;
        if (module->memory.hl78xx.device_context != cid)
                module->hl78xx.ready = false;
        module->memory.hl78xx.device_context = cid;
        hl78xx_check_ready(module);
        return 0;
}

static int run_wdss(SimModule *module, const char *arguments, Text *reply) {
        unsigned numbers[2];
        SessionState state = module->hl78xx.session.state;

        if (streq(arguments, "=?")) {
                text_add(reply, "+WDSS: 1,(0-1)\r\n+WDSS: 2,(1-2)\r\n");
                return 0;
        }
        if (streq(arguments, "?")) {
                text_printf(reply, "+WDSS: 1,%d\r\n",
                            state == SESSION_OPEN || state == SESSION_CONNECTING);
                if (module->memory.hl78xx.device_context > 0)
                        text_printf(reply, "+WDSS: 2,%u\r\n", module->memory.hl78xx.device_context);
                return 0;
        }
        if (module_numbers(arguments, numbers, 2) != 2)
                return CME_NOT_ALLOWED;
        if (numbers[0] == 1 && numbers[1] <= 1)
                return session_set(module, numbers[1]);
        return numbers[0] == 2 ? context_choose(module, numbers[1]) : CME_NOT_ALLOWED;
}

/* AT+WDSC: user agreements, polling, retries */

static int agreement_of_mode(unsigned mode) {
        static const int8_t agreements[] = {
                AGREEMENT_CONNECT, AGREEMENT_DOWNLOAD,  AGREEMENT_INSTALL, -1, -1,
                AGREEMENT_REBOOT,  AGREEMENT_UNINSTALL,
        };

        return mode < ELEMENTSOF(agreements) ? agreements[mode] : -1;
}

static void wdsc_read(const SimModule *module, Text *reply) {
        const Hl78xxMemory *memory = &module->memory.hl78xx;

        for (unsigned mode = 0; mode <= 6; mode++) {
                int agreement = agreement_of_mode(mode);

                text_printf(reply, "+WDSC: %u", mode);
                if (agreement >= 0)
                        text_printf(reply, ",%u", memory->consent[agreement]);
                else if (mode == 3)
                        text_printf(reply, ",%u", memory->polling_min);
                else
                        for (size_t i = 0; i < SIM_RETRY_MAX; i++)
                                text_printf(reply, ",%u", memory->retry_min[i]);
                text_add(reply, "\r\n");
        }
}

/* A list that is cut short leaves the rest unused. */
static int retries_set(SimModule *module, const unsigned *minutes, size_t n) {
        uint32_t retries[SIM_RETRY_MAX] = {};

        for (size_t i = 0; i < n; i++) {
                if (minutes[i] > SIM_RETRY_MAX_MIN)
                        return CME_NOT_ALLOWED;
                retries[i] = minutes[i];
        }
        memcpy(module->memory.hl78xx.retry_min, retries, sizeof(retries));
        return 0;
}

static int wdsc_set(SimModule *module, const unsigned *numbers, size_t n) {
        int agreement = agreement_of_mode(numbers[0]);

        if (n < 2)
                return CME_NOT_ALLOWED;
        if (numbers[0] == 4)
                return retries_set(module, numbers + 1, n - 1);
        if (n > 2)
                return CME_NOT_ALLOWED;
        if (numbers[0] == 3 && numbers[1] <= SIM_POLLING_MAX_MIN) {
                module->memory.hl78xx.polling_min = numbers[1];
                hl78xx_polling_changed(module);
                return 0;
        }
        if (agreement < 0 || numbers[1] > 1)
                return CME_NOT_ALLOWED;
        module->memory.hl78xx.consent[agreement] = numbers[1];
        return 0;
}

static int run_wdsc(SimModule *module, const char *arguments, Text *reply) {
        unsigned numbers[1 + SIM_RETRY_MAX];
        int n;

        if (streq(arguments, "=?")) {
                text_add(reply,
                         "+WDSC: (0-2,5,6),(0-1)\r\n+WDSC: 3,(0-525600)\r\n+WDSC: 4,(0-20160)");
                for (size_t i = 1; i < SIM_RETRY_MAX; i++)
                        text_add(reply, ",(1-20160)");
                text_add(reply, "\r\n");
                return 0;
        }
        if (streq(arguments, "?")) {
                wdsc_read(module, reply);
                return 0;
        }
        n = module_numbers(arguments, numbers, ELEMENTSOF(numbers));
        return n < 0 ? CME_NOT_ALLOWED : wdsc_set(module, numbers, (size_t) n);
}

/* AT+WDSI: indications */

static int run_wdsi(SimModule *module, const char *arguments, Text *reply) {
        const SimScenario *scenario = module->scenario;
        bool multi = scenario->wdsi_range == SIM_RANGE_MULTI;
        unsigned level;

        if (streq(arguments, "=?"))
                text_printf(reply, "+WDSI: %s\r\n",
                            multi ? "(0-127,256-383,4096-4223,4352-4479)" : "(0-4479)");
        else if (streq(arguments, "?")) {
                if (module->memory.hl78xx.indications_set || scenario->wdsi_read == SIM_READ_LINE)
                        text_printf(reply, "+WDSI: %u\r\n", module->memory.hl78xx.indications);
        } else if (module_numbers(arguments, &level, 1) == 1 && !(level & ~HL78XX_INDICATIONS)) {
                module->memory.hl78xx.indications = level;
                module->memory.hl78xx.indications_set = true;
        } else
                return CME_NOT_ALLOWED;
        return 0;
}

/* AT+WDSR: answers */

static int run_wdsr(SimModule *module, const char *arguments, Text *reply) {
        unsigned numbers[2] = {};
        int n, result;

        if (streq(arguments, "=?")) {
                text_add(reply, "+WDSR: (0-9),(0-1440)\r\n");
                return 0;
        }
        n = module_numbers(arguments, numbers, 2);
        if (n < 1)
                return CME_NOT_ALLOWED;
        result = hl78xx_answer(module, numbers[0], n == 2, numbers[1]);
        if (result == 0 && numbers[0] == 4 && !module->scenario->ok_after_install_grant)
                return REPLY_NONE;
        return result;
}

/* AT+WDSG, AT+WDSE, AT+WDSD: status, last HTTP status, local update */

static unsigned status_of_session(const SimModule *module) {
        if (module->memory.hl78xx.phase == PACKAGE_STORED)
                return 3;
        if (module->memory.hl78xx.phase != PACKAGE_NONE)
                return 2;
        return module->hl78xx.session.state == SESSION_OPEN;
}

static int run_wdsg(SimModule *module, const char *arguments, Text *reply) {
        bool activated = module->memory.hl78xx.credentials != SIM_CREDENTIALS_MISSING;

        if (!module->scenario->wdsg)
                return CME_NOT_SUPPORTED;
        if (streq(arguments, "=?"))
                return 0;
        if (*arguments)
                return CME_NOT_ALLOWED;
        text_printf(reply, "+WDSG: 0,%u\r\n", hl78xx_context(module) ? (activated ? 3U : 1U) : 2U);
        text_printf(reply, "+WDSG: 1,%u\r\n", status_of_session(module));
        return 0;
}

static int run_wdse(SimModule *module, const char *arguments, Text *reply) {
        if (*arguments == '\0' && module->memory.hl78xx.http_status > 0)
                text_printf(reply, "+WDSE: %u\r\n", module->memory.hl78xx.http_status);
        return 0;
}

static int run_wdsd(SimModule *module, const char *arguments, Text *reply) {
        uint64_t max = module->scenario->wdsd_max;
        unsigned bytes;

        if (module->scenario->wdsd == SIM_ABSENT)
                return REPLY_ERROR;
        if (streq(arguments, "=?")) {
                text_printf(reply, "+WDSD: (1-%" PRIu64 ")\r\n", max);
                return 0;
        }
        if (module_numbers(arguments, &bytes, 1) != 1 || bytes < 1 || bytes > max)
                return CME_NOT_ALLOWED;
        return hl78xx_push_start(module, bytes);
}

/* clang-format off */
static const Command services[] = {
        { "AT+WDSS", run_wdss },
        { "AT+WDSC", run_wdsc },
        { "AT+WDSI", run_wdsi },
        { "AT+WDSR", run_wdsr },
        { "AT+WDSG", run_wdsg },
        { "AT+WDSE", run_wdse },
        { "AT+WDSD", run_wdsd },
};
/* clang-format on */

int hl78xx_service_command(SimModule *module, const char *command, Text *reply) {
        return module_dispatch(module, services, ELEMENTSOF(services), command, reply);
}
