/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The local update (HL78xx FOTA note, 10): AT+WDSD=<bytes> gives the line to an XMODEM receiver; it
 * comes back with a final result code, and then the module asks whether to install. The file's
 * bytes are looked at as they come and kept nowhere. */

#include "fotasim/hl78xx.h"

static void on_write(void *userdata, const char *bytes, size_t n) {
        hl78xx_raw(userdata, bytes, n);
}

static void on_take(void *userdata, const uint8_t *bytes, size_t n) {
        SimModule *module = userdata;

        sim_package_read(&module->push.file, bytes, n);
}

static const ReceiverHost receiver_host = { .write = on_write, .take = on_take };

static bool busy(const SimModule *module) {
        const Memory *memory = &module->memory;

        for (Agreement i = 0; i < _AGREEMENT_MAX; i++)
                if (memory->pending[i])
                        return true;
        return memory->phase != PACKAGE_NONE;
}

/* Those of the scenario, as long as they are to strike. */
static SimXmodem faults_now(const SimModule *module) {
        SimXmodem faults = module->scenario->xmodem;

        if (faults.times > 0 && module->memory.transfers > faults.times)
                faults = (SimXmodem) { .start = faults.start, .result = faults.result };
        return faults;
}

int hl78xx_push_start(SimModule *module, uint64_t bytes) {
        SimXmodem faults;

        if (busy(module))
                return (int) module->scenario->wdsd_error;
        hl78xx_note(module, "expects a file");
        module->memory.phase = PACKAGE_RECEIVING;
        module->memory.transfers++;
        faults = faults_now(module);
        module->push.active = true;
        module->push.ending = false;
        sim_package_reader_init(&module->push.file);
        receiver_start(&module->push.receiver, module->now, bytes, &faults, &receiver_host, module);
        module->timers[TIMER_PUSH] = module->now;
        return REPLY_NONE;
}

/* the end */

/* What will come of installing it. */
static void file_check(SimModule *module, QueuedPackage *package) {
        char from[SIM_TEXT_MAX];

        if (!sim_package_good(&module->push.file, from, package->to))
                package->result = SIM_RESULT_NOT_CERTIFIED;
        else if (!streq(from, module->memory.firmware))
                package->result = SIM_RESULT_MISMATCH;
        else
                package->result = module->push.receiver.faults.result;
}

static void push_done(SimModule *module) {
        const Receiver *receiver = &module->push.receiver;
        QueuedPackage package = { .bytes = receiver->size, .local = true };

        module->memory.pushes++;
        module->memory.pushed_bytes += receiver->size;
        file_check(module, &package);
        if (receiver->faults.wdsi3_before_ok)
                hl78xx_package_pushed(module, &package);
        if (!receiver->faults.lose_final_ok)
                hl78xx_result(module, 0);
        if (!receiver->faults.wdsi3_before_ok)
                hl78xx_package_pushed(module, &package);
}

static void push_failed(SimModule *module) {
        const Receiver *receiver = &module->push.receiver;
        bool cme = receiver->outcome == RECEIVER_NO_START ||
                   receiver->faults.ending == SIM_XMODEM_ENDING_CME;

        hl78xx_note(module, "the transfer failed");
        module->memory.phase = PACKAGE_NONE;
        hl78xx_result(module, cme ? CME_NOT_ALLOWED : REPLY_ERROR);
        hl78xx_server_wakes(module);
}

static void push_end(SimModule *module) {
        module->push.active = false;
        if (module->push.receiver.outcome == RECEIVER_DONE)
                push_done(module);
        else
                push_failed(module);
        hl78xx_flush(module); /* what waited for the line */
}

/* bytes and time */

static void push_arm(SimModule *module) {
        const Receiver *receiver = &module->push.receiver;

        module->timers[TIMER_PUSH] = receiver->deadline;
        if (receiver->state != RECEIVER_OVER)
                return;
        if (receiver->outcome == RECEIVER_RESET)
                return hl78xx_reset_soon(module);
        module->push.ending = true;
        hl78xx_set_timer(module, TIMER_PUSH, module->scenario->timings.answer);
}

void hl78xx_push_receive(SimModule *module, const char *bytes, size_t n) {
        Receiver *receiver = &module->push.receiver;

        if (n == 0 || receiver->state == RECEIVER_OVER)
                return;
        for (size_t i = 0; i < n; i++)
                receiver_feed(receiver, module->now, (uint8_t) bytes[i]);
        push_arm(module);
}

/* An AT+WDSD that a fault delays invites later. */
void hl78xx_push_step(SimModule *module) {
        if (module->push.ending)
                return push_end(module);
        if (module->line_free > module->now) {
                module->timers[TIMER_PUSH] = module->line_free;
                return;
        }
        receiver_tick(&module->push.receiver, module->now);
        push_arm(module);
}
