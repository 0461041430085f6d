/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The life of a package: offered by the server, downloaded, verified, stored, installed (HL78xx
 * FOTA note, 9 and 11). The phase and the bytes that reached the flash are stored: a restart goes
 * on from there, except that a small package starts again, as it never filled a flash block. An
 * install that was granted goes on over any number of power cuts. */

#include "fotasim/hl78xx.h"

#include <inttypes.h>
#include <stdio.h>

#define RESTART_BYTES 1500 /* packages below restart from zero (table 3) */
#define EVENT_PROGRESS 18

/* offer */

void hl78xx_package_queue(SimModule *module, const QueuedPackage *package) {
        if (package_queue_push(&module->memory.hl78xx.queue, package))
                hl78xx_server_wakes(module);
        else
                module_note(module, "the server's queue is full");
}

void hl78xx_server_wakes(SimModule *module) {
        const SimTimings *timings = &module->scenario->timings;
        usec_t silence = usec_sub(module->now, module->hl78xx.session.active);

        if (module->hl78xx.session.state != SESSION_OPEN ||
            module->memory.hl78xx.phase != PACKAGE_NONE)
                return;
        if (silence > timings->nat || module->hl78xx.session.unreachable)
                return module_note(module, "NAT binding is gone, the server's word is lost");
        module_set_timer(module, TIMER_SERVER, timings->session_step);
}

static void size_print(SimModule *module) {
        char data[24];

        (void) snprintf(data, sizeof(data), "%" PRIu64,
                        module->memory.hl78xx.package.bytes - module->memory.hl78xx.received);
        hl78xx_event(module, 9, data);
}

static void download_start(SimModule *module);

/* Announces what is to be downloaded, and asks or begins. */
static void package_announce(SimModule *module) {
        if (!module->memory.hl78xx.consent[AGREEMENT_DOWNLOAD]) {
                size_print(module);
                if (module->hl78xx.session.state == SESSION_OPEN) /* no fault at that event */
                        download_start(module);
                return;
        }
        if (module->scenario->offer_order == SIM_ORDER_SIZE_FIRST) {
                size_print(module);
                hl78xx_ask(module, AGREEMENT_DOWNLOAD);
        } else {
                hl78xx_ask(module, AGREEMENT_DOWNLOAD);
                size_print(module);
        }
}

static void package_take(SimModule *module) {
        Hl78xxMemory *memory = &module->memory.hl78xx;

        if (!package_queue_pop(&memory->queue, &memory->package))
                return;
        memory->phase = PACKAGE_OFFERED;
        memory->received = 0;
        package_announce(module);
}

static bool interrupted(const SimModule *module) {
        return module->memory.hl78xx.phase == PACKAGE_OFFERED ||
               module->memory.hl78xx.phase == PACKAGE_DOWNLOADING;
}

/* What the server, or a download that was interrupted, does once the session is open (table 3). */
void hl78xx_server_acts(SimModule *module) {
        if (module->hl78xx.session.state != SESSION_OPEN || module->network_lost)
                return;
        hl78xx_session_active(module);
        if (interrupted(module)) {
                if (module->hl78xx.download.granted ||
                    !module->memory.hl78xx.consent[AGREEMENT_DOWNLOAD])
                        download_start(module);
                else if (!module->memory.hl78xx.pending[AGREEMENT_DOWNLOAD])
                        package_announce(module);
        } else if (module->memory.hl78xx.phase == PACKAGE_NONE &&
                   !module->hl78xx.session.unreachable)
                package_take(module);
}

/* After a restart: the question again, with what is missing, or without agreement the module goes
 * on. */
void hl78xx_download_recall(SimModule *module) {
        if (!interrupted(module))
                return;
        if (module->memory.hl78xx.consent[AGREEMENT_DOWNLOAD])
                package_announce(module);
        else
                hl78xx_session_wanted(module, SESSION_BY_MODULE);
}

void hl78xx_download_granted(SimModule *module) {
        module->hl78xx.download.granted = true;
        if (module->hl78xx.session.state == SESSION_OPEN)
                module_set_timer(module, TIMER_SERVER, module->scenario->timings.session_step / 2);
        else if (module->scenario->late_grant == SIM_LATE_GRANT_CONNECT)
                hl78xx_session_start(module, SESSION_BY_MODULE);
}

/* download */

static usec_t download_span(const SimModule *module, uint64_t bytes) {
        return module_download_span(module, bytes, module->memory.hl78xx.package.bytes);
}

static uint64_t percent_bytes(const SimModule *module, unsigned percent) {
        return (module->memory.hl78xx.package.bytes * percent + 99) / 100;
}

/* The next percentage that the scenario shows, 100 at last. */
static unsigned percent_next(const SimModule *module) {
        const SimScenario *scenario = module->scenario;

        for (size_t i = 0; i < scenario->n_progress; i++)
                if (percent_bytes(module, scenario->progress[i]) > module->memory.hl78xx.received)
                        return scenario->progress[i];
        return 100;
}

static void download_arm(SimModule *module) {
        uint64_t next;

        module->hl78xx.download.shown = percent_next(module);
        next = percent_bytes(module, module->hl78xx.download.shown);
        module->timers[TIMER_DOWNLOAD] =
                usec_add(module->hl78xx.download.since,
                         download_span(module, next - module->hl78xx.download.from));
}

static const char *dressed(const SimModule *module, const char *data, char to[static 8]) {
        bool blank = module->scenario->progress_style == SIM_PROGRESS_BLANK;

        (void) snprintf(to, 8, "%s%s", blank ? " " : "", data ? data : "");
        return data ? to : NULL;
}

static void package_fail(SimModule *module, unsigned event, const char *data) {
        char bytes[8];

        module_clear_timer(module, TIMER_DOWNLOAD);
        module_clear_timer(module, TIMER_VERIFY);
        module->memory.hl78xx.phase = PACKAGE_NONE;
        module->memory.hl78xx.received = 0;
        module->hl78xx.download = (Download) {};
        hl78xx_event(module, event, dressed(module, data, bytes));
        hl78xx_server_wakes(module);
}

static void download_start(SimModule *module) {
        Hl78xxMemory *memory = &module->memory.hl78xx;

        hl78xx_agreed(module, AGREEMENT_DOWNLOAD);
        memory->phase = PACKAGE_DOWNLOADING;
        module->hl78xx.download = (Download) { .since = module->now, .from = memory->received };
        memory->http_status = 200;
        if (memory->package.result == SIM_RESULT_NO_MEMORY)
                return package_fail(module, 11, "0");
        download_arm(module);
        if (memory->received == 0)
                hl78xx_event(module, EVENT_PROGRESS, NULL);
}

static void progress_print(SimModule *module, unsigned percent) {
        static const char *const formats[] = {
                [SIM_PROGRESS_PLAIN] = "",
                [SIM_PROGRESS_BLANK] = " ",
                [SIM_PROGRESS_QUOTED] = "\"",
        };
        const char *before = formats[module->scenario->progress_style];
        char data[16];

        (void) snprintf(data, sizeof(data), "%s%u%s", before, percent, *before == '"' ? "%\"" : "");
        hl78xx_event(module, EVENT_PROGRESS, data);
}

static void verify_begin(SimModule *module) {
        module->memory.hl78xx.phase = PACKAGE_VERIFYING;
        module->hl78xx.checked = false;
        module_set_timer(module, TIMER_VERIFY, module->scenario->timings.verify);
}

void hl78xx_download_progress(SimModule *module) {
        Hl78xxMemory *memory = &module->memory.hl78xx;
        unsigned percent = module->hl78xx.download.shown;

        memory->received = percent_bytes(module, percent);
        hl78xx_session_active(module);
        if (memory->package.result == SIM_RESULT_HTTP && percent >= 50) {
                memory->http_status = 404;
                return package_fail(module, 11, "1");
        }
        if (percent < 100)
                download_arm(module);
        else {
                verify_begin(module);
        }
        progress_print(module, percent);
}

/* The bytes of this stretch are kept, unless they are too few to have reached the flash. */
void hl78xx_download_suspend(SimModule *module) {
        Hl78xxMemory *memory = &module->memory.hl78xx;
        usec_t whole, elapsed;

        module->hl78xx.download.granted = false;
        if (memory->phase != PACKAGE_DOWNLOADING || module->timers[TIMER_DOWNLOAD] == USEC_INFINITY)
                return;
        whole = download_span(module, memory->package.bytes);
        elapsed = usec_sub(module->now, module->hl78xx.download.since);
        memory->received = module->hl78xx.download.from;
        if (whole > 0)
                memory->received += (uint64_t) ((double) memory->package.bytes * (double) elapsed /
                                                (double) whole);
        if (memory->package.bytes < RESTART_BYTES)
                memory->received = 0;
        memory->received = MIN_OF(memory->received, memory->package.bytes - 1);
        module_clear_timer(module, TIMER_DOWNLOAD);
        module_note(module, "download suspended at %" PRIu64 " bytes", memory->received);
}

void hl78xx_download_resume(SimModule *module) {
        module->hl78xx.download =
                (Download) { .since = module->now, .from = module->memory.hl78xx.received };
        download_arm(module);
}

/* verification */

static void package_stored(SimModule *module) {
        module->memory.hl78xx.phase = PACKAGE_STORED;
        if (module->memory.hl78xx.consent[AGREEMENT_INSTALL] || module->memory.hl78xx.package.local)
                hl78xx_ask(module, AGREEMENT_INSTALL);
        else
                hl78xx_install_granted(module);
}

static void install_begin(SimModule *module) {
        module->memory.hl78xx.phase = PACKAGE_INSTALLING;
        module_set_timer(module, TIMER_INSTALL, module->scenario->timings.install_start);
}

static void package_certified(SimModule *module) {
        install_begin(module);
        hl78xx_event(module, 12, NULL);
}

/* The host is asked whatever AT+WDSC=2 says (chapter 10). */
void hl78xx_package_pushed(SimModule *module, const QueuedPackage *package) {
        module->memory.hl78xx.package = *package;
        package_stored(module);
}

static void tell_check(SimModule *module, bool first) {
        const bool stored_first = module->scenario->store_order == SIM_ORDER_STORED_FIRST;

        hl78xx_event(module, stored_first == first ? 10 : 12, NULL);
}

void hl78xx_package_verified(SimModule *module) {
        if (module->memory.hl78xx.package.result == SIM_RESULT_CORRUPT)
                return package_fail(module, 11, "2");
        if (module->memory.hl78xx.package.result == SIM_RESULT_NOT_CERTIFIED)
                return package_fail(module, 13, NULL);
        if (module->memory.hl78xx.package.local)
                return package_certified(module);
        if (!module->hl78xx.checked) {
                module->hl78xx.checked = true;
                tell_check(module, true);
                if (module->scenario->timings.certify > 0)
                        return module_set_timer(module, TIMER_VERIFY,
                                                module->scenario->timings.certify);
        }
        tell_check(module, false);
        package_stored(module);
}

/* At boot. An install that was granted never comes here: it goes on flashing. */
void hl78xx_package_recall(SimModule *module) {
        if (module->memory.hl78xx.phase == PACKAGE_RECEIVING)
                module->memory.hl78xx.phase = PACKAGE_NONE;
        else if (module->memory.hl78xx.phase == PACKAGE_VERIFYING)
                verify_begin(module);
        else if (module->memory.hl78xx.phase == PACKAGE_STORED)
                package_stored(module);
        else if (module->memory.hl78xx.phase == PACKAGE_DOWNLOADING &&
                 module->memory.hl78xx.package.bytes < RESTART_BYTES)
                module->memory.hl78xx.received = 0;
        hl78xx_ask_again(module, AGREEMENT_REBOOT);
        hl78xx_ask_again(module, AGREEMENT_UNINSTALL);
}

/* install */

/* A local package is certified after the grant (chapter 10). */
void hl78xx_install_granted(SimModule *module) {
        if (module->memory.hl78xx.package.local)
                verify_begin(module);
        else
                install_begin(module);
}

static void install_announce(SimModule *module) {
        module->hl78xx.announced = true;
        module_set_timer(module, TIMER_INSTALL, module->scenario->timings.install_start);
        if (module->scenario->certified_after_grant && !module->memory.hl78xx.package.local)
                hl78xx_event(module, 12, NULL);
        if (module->scenario->install_event)
                hl78xx_event(module, 14, NULL);
}

static void install_done(SimModule *module) {
        Hl78xxMemory *memory = &module->memory.hl78xx;

        memory->phase = PACKAGE_NONE;
        memory->received = 0;
        module->memory.installs++;
        memory->report_result = !memory->package.local;
        memory->outcome = memory->package.result == SIM_RESULT_MISMATCH ? 15 : 16;
        if (memory->package.result == SIM_RESULT_OK)
                (void) TEXT_COPY(module->memory.firmware, memory->package.to);
        module_reboot(module);
}

void hl78xx_install_step(SimModule *module) {
        if (module->state == MODULE_FLASHING)
                install_done(module);
        else if (!module->hl78xx.announced)
                install_announce(module);
        else
                module_flash(module);
}
