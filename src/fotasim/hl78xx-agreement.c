/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* User agreements (HL78xx FOTA note, 7.3 and 9.2): a request is asked again every 30 minutes until
 * it is answered, a deferral asks again when it is over, neither can be refused. That something was
 * asked is stored; that it was deferred is not: after a restart the module asks anew (chapter 13).
 * What an answer before the end of a deferral gets is not documented, so the scenario chooses. */

#include "fotasim/hl78xx.h"

#define DEFER_DEFAULT_MIN 30
#define DEFER_MAX_MIN 1440

/* AT+WDSR=<answer> */
static const struct {
        Agreement agreement;
        bool accept;
} answers[] = {
        { AGREEMENT_CONNECT, false },   { AGREEMENT_CONNECT, true }, { AGREEMENT_DOWNLOAD, false },
        { AGREEMENT_DOWNLOAD, true },   { AGREEMENT_INSTALL, true }, { AGREEMENT_INSTALL, false },
        { AGREEMENT_REBOOT, true },     { AGREEMENT_REBOOT, false }, { AGREEMENT_UNINSTALL, true },
        { AGREEMENT_UNINSTALL, false },
};

static const unsigned request_events[_AGREEMENT_MAX] = {
        [AGREEMENT_CONNECT] = 1, [AGREEMENT_DOWNLOAD] = 2,   [AGREEMENT_INSTALL] = 3,
        [AGREEMENT_REBOOT] = 24, [AGREEMENT_UNINSTALL] = 25,
};

static Timer request_timer(Agreement agreement) {
        return (Timer) (TIMER_CONNECT_REQUEST + agreement);
}

void hl78xx_ask(SimModule *module, Agreement agreement) {
        module->memory.hl78xx.pending[agreement] = true;
        module->hl78xx.deferred[agreement] = false;
        module_set_timer(module, request_timer(agreement), module->scenario->timings.repeat);
        hl78xx_event(module, request_events[agreement], NULL);
}

void hl78xx_ask_again(SimModule *module, Agreement agreement) {
        if (module->memory.hl78xx.pending[agreement])
                hl78xx_ask(module, agreement);
}

void hl78xx_agreed(SimModule *module, Agreement agreement) {
        module->memory.hl78xx.pending[agreement] = false;
        module->hl78xx.deferred[agreement] = false;
        module_clear_timer(module, request_timer(agreement));
}

static void defer(SimModule *module, Agreement agreement, unsigned minutes) {
        module_note(module, "event %u deferred by %u min", request_events[agreement], minutes);
        module->hl78xx.deferred[agreement] = true;
        module_set_timer(module, request_timer(agreement), minutes * USEC_PER_MINUTE);
}

/* A vendor's test shows that a deferral does not survive AT&F. The request does: it is repeated
 * like one that nobody answered. */
void hl78xx_agreements_reset(SimModule *module) {
        for (Agreement i = AGREEMENT_CONNECT; i <= AGREEMENT_INSTALL; i++)
                module->memory.hl78xx.consent[i] = false;
        for (Agreement i = 0; i < _AGREEMENT_MAX; i++) {
                if (!module->hl78xx.deferred[i])
                        continue;
                module->hl78xx.deferred[i] = false;
                module_set_timer(module, request_timer(i), module->scenario->timings.repeat);
        }
}

static void accept(SimModule *module, Agreement agreement) {
        module_note(module, "event %u accepted", request_events[agreement]);
        hl78xx_agreed(module, agreement);

        switch (agreement) {
        case AGREEMENT_CONNECT:
                hl78xx_session_start(module, module->hl78xx.session.wanted);
                break;

        case AGREEMENT_DOWNLOAD:
                hl78xx_download_granted(module);
                break;

        case AGREEMENT_INSTALL:
                module->memory.grants++;
                hl78xx_install_granted(module);
                break;

        case AGREEMENT_REBOOT:
        case AGREEMENT_UNINSTALL:
                hl78xx_order_granted(module, agreement);
                break;

        case _AGREEMENT_MAX:
                break;
        }
}

int hl78xx_answer(SimModule *module, unsigned answer, bool has_timer, unsigned timer_min) {
        unsigned minutes = has_timer ? timer_min : DEFER_DEFAULT_MIN;
        Agreement agreement;
        bool early;

        if (answer >= ELEMENTSOF(answers) || minutes < 1 || minutes > DEFER_MAX_MIN)
                return CME_NOT_ALLOWED;
        if (answers[answer].accept && has_timer)
                return CME_NOT_ALLOWED;
        agreement = answers[answer].agreement;
        early = module->hl78xx.deferred[agreement] &&
                module->scenario->early_answer == SIM_ANSWER_ERROR;
        if (!module->memory.hl78xx.pending[agreement] || early)
                return (int) module->scenario->wdsr_error;
        if (answers[answer].accept)
                accept(module, agreement);
        else
                defer(module, agreement, minutes);
        return 0;
}
