/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The local update (HL78xx FOTA note, 10): AT+WDSD=<bytes> gives the line to an XMODEM receiver; it
 * comes back with a final result code, and then the module asks whether to install. The file's
 * bytes are looked at as they come and kept nowhere. */

#include "fotasim/hl78xx.h"

static void on_write(void *userdata, const char *bytes, size_t n) {
        module_write_raw(userdata, bytes, n);
}

static void on_take(void *userdata, const uint8_t *bytes, size_t n) {
        SimModule *module = userdata;

        sim_package_read(&module->hl78xx.push.file, bytes, n);
}

static const ReceiverHost receiver_host = { .write = on_write, .take = on_take };

static bool busy(const SimModule *module) {
        const Hl78xxMemory *memory = &module->memory.hl78xx;

        for (Agreement i = 0; i < _AGREEMENT_MAX; i++)
                if (memory->pending[i])
                        return true;
        return memory->phase != PACKAGE_NONE;
}

/* Those of the scenario, as long as they are to strike. */
static SimXmodem faults_now(const SimModule *module) {
        SimXmodem faults = module->scenario->xmodem;

        if (faults.times > 0 && module->memory.hl78xx.transfers > faults.times)
                faults = (SimXmodem) { .start = faults.start, .result = faults.result };
        return faults;
}

int hl78xx_push_start(SimModule *module, uint64_t bytes) {
        SimXmodem faults;

        if (busy(module))
                return (int) module->scenario->wdsd_error;
        module_note(module, "expects a file");
        module->memory.hl78xx.phase = PACKAGE_RECEIVING;
        module->memory.hl78xx.transfers++;
        faults = faults_now(module);
        module->raw = true;
        module->hl78xx.push.ending = false;
        sim_package_reader_init(&module->hl78xx.push.file);
        receiver_start(&module->hl78xx.push.receiver, module->now, bytes, &faults, &receiver_host,
                       module);
        module->timers[TIMER_PUSH] = module->now;
        return REPLY_NONE;
}

/* the end */

/* What will come of installing it. */
static void file_check(SimModule *module, QueuedPackage *package) {
        char from[SIM_TEXT_MAX];

        if (!sim_package_good(&module->hl78xx.push.file, from, package->to))
                package->result = SIM_RESULT_NOT_CERTIFIED;
        else if (!streq(from, module->memory.firmware))
                package->result = SIM_RESULT_MISMATCH;
        else
                package->result = module->hl78xx.push.receiver.faults.result;
}

static void push_done(SimModule *module) {
        const Receiver *receiver = &module->hl78xx.push.receiver;
        QueuedPackage package = { .bytes = receiver->size, .local = true };

        module->memory.hl78xx.pushes++;
        module->memory.hl78xx.pushed_bytes += receiver->size;
        file_check(module, &package);
        if (receiver->faults.wdsi3_before_ok)
                hl78xx_package_pushed(module, &package);
        if (!receiver->faults.lose_final_ok)
                module_result(module, 0);
        if (!receiver->faults.wdsi3_before_ok)
                hl78xx_package_pushed(module, &package);
}

static void push_failed(SimModule *module) {
        const Receiver *receiver = &module->hl78xx.push.receiver;
        bool cme = receiver->outcome == RECEIVER_NO_START ||
                   receiver->faults.ending == SIM_XMODEM_ENDING_CME;

        module_note(module, "the transfer failed");
        module->memory.hl78xx.phase = PACKAGE_NONE;
        module_result(module, cme ? CME_NOT_ALLOWED : REPLY_ERROR);
        hl78xx_server_wakes(module);
}

static void push_end(SimModule *module) {
        module->raw = false;
        if (module->hl78xx.push.receiver.outcome == RECEIVER_DONE)
                push_done(module);
        else
                push_failed(module);
        module_flush(module); /* what waited for the line */
}

/* bytes and time */

static void push_arm(SimModule *module) {
        const Receiver *receiver = &module->hl78xx.push.receiver;

        module->timers[TIMER_PUSH] = receiver->deadline;
        if (receiver->state != RECEIVER_OVER)
                return;
        if (receiver->outcome == RECEIVER_RESET)
                return module_reset_soon(module);
        module->hl78xx.push.ending = true;
        module_set_timer(module, TIMER_PUSH, module->scenario->timings.answer);
}

void hl78xx_push_receive(SimModule *module, const char *bytes, size_t n) {
        Receiver *receiver = &module->hl78xx.push.receiver;

        if (n == 0 || receiver->state == RECEIVER_OVER)
                return;
        for (size_t i = 0; i < n; i++)
                receiver_feed(receiver, module->now, (uint8_t) bytes[i]);
        push_arm(module);
}

/* An AT+WDSD that a fault delays invites later. */
void hl78xx_push_step(SimModule *module) {
        if (module->hl78xx.push.ending)
                return push_end(module);
        if (module->line_free > module->now) {
                module->timers[TIMER_PUSH] = module->line_free;
                return;
        }
        receiver_tick(&module->hl78xx.push.receiver, module->now);
        push_arm(module);
}
