/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The network goes and comes back (HL78xx FOTA note, 11.3). A session that it leaves for less than
 * `timings.network_timeout` does not notice, and a download goes on; otherwise it is closed, and
 * the download is asked for again, or resumed, once the network is back. */

#include "fotasim/hl78xx.h"

void hl78xx_network_lose(SimModule *module, usec_t span) {
        usec_t timeout = module->scenario->timings.network_timeout;
        bool granted = module->hl78xx.download.granted;

        module_note(module, "network lost");
        module->network_lost = true;
        hl78xx_download_suspend(module);
        module->hl78xx.download.granted = granted; /* that is the session's */
        if (module->hl78xx.session.state == SESSION_CONNECTING)
                module_clear_timer(module, TIMER_SESSION);
        module_set_timer(module, TIMER_NETWORK, span);
        if (span > timeout)
                module_set_timer(module, TIMER_NETWORK_TIMEOUT, timeout);
        else
                module_clear_timer(module, TIMER_NETWORK_TIMEOUT);
}

void hl78xx_network_timeout(SimModule *module) {
        hl78xx_session_lose(module);
}

void hl78xx_network_returns(SimModule *module) {
        usec_t step = module->scenario->timings.session_step;

        module_note(module, "network is back");
        module->network_lost = false;
        switch (module->hl78xx.session.state) {
        case SESSION_OPEN:
                if (module->memory.hl78xx.phase == PACKAGE_DOWNLOADING)
                        hl78xx_download_resume(module);
                else
                        module_set_timer(module, TIMER_SERVER, step);
                break;

        case SESSION_CONNECTING:
                module_set_timer(module, TIMER_SESSION, step);
                break;

        case SESSION_CLOSED:
                hl78xx_download_recall(module);
                break;

        case SESSION_CLOSING:
                break;
        }
}
