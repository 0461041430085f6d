/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* VERB_PUSH of HL78xx: the package over the AT line with AT+WDSD and XMODEM (note, chapter 10).
 * Some firmware before 4.6.9.4 fails with blocks of 1024 bytes for certain sizes of a package
 * (EURY-4127) and takes blocks of 128: a transfer that broke is tried once more with these. */

#include <inttypes.h>
#include <stdio.h>

#include "families/hl78xx.h"

#define BLOCK_LARGE 1024
#define BLOCK_SMALL 128
/* The module gives up after 5 min by itself; its word is better than our silence. */
#define START_LIMIT (5 * USEC_PER_MINUTE + 30 * USEC_PER_SEC)
#define FINAL_LIMIT (3 * USEC_PER_MINUTE)

static Reason begin(FamilyModule *module, const ChatReply *reply _unused_) {
        Hl78xxTransfer *transfer = &hl78xx_of(module)->transfer;

        transfer->block = BLOCK_LARGE;
        transfer->again = transfer->started = transfer->cancelled = false;
        return REASON_NONE;
}

/* before the transfer */

/* "+WDSD: (<min>-<max>)"; without such a line the module itself will say whether the size suits. */
static bool size_is_outside(const char *range, uint64_t size) {
        const char *lower = range + strcspn(range, "0123456789");
        const char *upper = strchr(lower, '-');

        if (!upper)
                return false;
        upper++;
        const int64_t min = field_number(&lower), max = field_number(&upper);
        return (min >= 0 && size < (uint64_t) min) || (max >= 0 && size > (uint64_t) max);
}

static Reason hear_range(FamilyModule *module, const ChatReply *reply) {
        const Hl78xx *hl = hl78xx_of(module);

        if (hl->transfer.cancelled)
                return REASON_CANCELLED;
        if (reply->outcome != CHAT_OK)
                return hl->transfer.again ? REASON_XMODEM_FAILED : REASON_PREREQUISITE_MISSING;
        return size_is_outside(reply_line(reply, "+WDSD:"), hl->context.dialogue.args.file->size) ?
                       REASON_PACKAGE_TOO_BIG :
                       REASON_NONE;
}

/* Who sends a package wants to be asked before it is installed. */
static Reason hear_install_armed(FamilyModule *module, const ChatReply *reply) {
        if (hl78xx_of(module)->transfer.cancelled)
                return REASON_CANCELLED;
        return reply->outcome == CHAT_OK ? REASON_NONE : REASON_PREREQUISITE_MISSING;
}

static bool phrase_range_again(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_add(to, "AT+WDSD=?");
        return hl78xx_of(module)->transfer.again;
}

/* the transfer */

static void raise_number(FamilyModule *module, FactKind kind, int64_t number) {
        module->host->raise(module->userdata, &(Fact) { .kind = kind, .number = number });
}

static void on_progress(void *userdata, uint64_t bytes) {
        FamilyModule *module = userdata;
        Hl78xx *hl = hl78xx_of(module);
        const uint64_t size = hl->context.dialogue.args.file->size;

        if (!hl->context.dialogue.step)
                return; /* abandoned */
        if (!hl->transfer.started)
                raise_number(module, FACT_DOWNLOAD_STARTED, 0);
        hl->transfer.started = true;
        raise_number(module, FACT_PROGRESS, (int64_t) (MIN_OF(bytes, size) * 100 / size));
}

/* Before the first block, event 3 may still speak of an older package. */
static bool is_about_this_package(const Xmodem *xmodem, const char *line) {
        const char *data = line_after(line, "+WDSI:");

        return data && field_number(&data) == 3 &&
               (xmodem->state == XMODEM_ENDING || xmodem->state == XMODEM_OVER);
}

static void on_line(void *userdata, const char *line) {
        FamilyModule *module = userdata;
        Hl78xxTransfer *transfer = &hl78xx_of(module)->transfer;

        if (is_about_this_package(&transfer->push.xmodem, line))
                transfer->asked = true;
        module->family->on_line(module, line);
}

static Reason reason_of(const Hl78xxTransfer *transfer, PushOutcome outcome) {
        if (transfer->asked && outcome != PUSH_LOST && outcome != PUSH_CANCELLED)
                return REASON_NONE; /* it asks to install what it has: better than any final word */
        switch (outcome) {
        case PUSH_DONE:
                return REASON_NONE;
        case PUSH_UNANSWERED:
                return REASON_NO_RESPONSE;
        case PUSH_FAILED:
                /* The package was whole when it was taken into the catalogue: this is the gateway's
                 * disk, and nothing that another package or another try of the line would cure. */
                return transfer->push.xmodem.outcome == XMODEM_UNREADABLE ? REASON_INTERNAL :
                                                                            REASON_XMODEM_FAILED;
        case PUSH_REFUSED:
                return REASON_XMODEM_FAILED;
        case PUSH_CANCELLED:
        case PUSH_LOST:
                return REASON_CANCELLED;
        }
        return REASON_INTERNAL;
}

/* A transfer that began and broke. A refused size or a module that never invites is none. */
static bool small_blocks_may_help(const Hl78xxTransfer *transfer, PushOutcome outcome) {
        const Xmodem *xmodem = &transfer->push.xmodem;

        if (transfer->block != BLOCK_LARGE || transfer->asked)
                return false;
        if (outcome == PUSH_REFUSED)
                return xmodem->blocks > 0;
        return outcome == PUSH_FAILED && (xmodem->outcome == XMODEM_TOO_MANY_ERRORS ||
                                          xmodem->outcome == XMODEM_CANCELLED_BY_RECEIVER ||
                                          xmodem->outcome == XMODEM_SILENT);
}

static void on_done(void *userdata, PushOutcome outcome, int code _unused_) {
        FamilyModule *module = userdata;
        Hl78xx *hl = hl78xx_of(module);
        Hl78xxTransfer *transfer = &hl->transfer;
        Reason reason = reason_of(transfer, outcome);

        if (outcome == PUSH_LOST) {
                dialogue_abandon(&hl->context.dialogue);
                return;
        }
        if (transfer->cancelled && reason != REASON_NONE)
                reason = REASON_CANCELLED; /* it came while a broken transfer ended */
        else
                transfer->again = small_blocks_may_help(transfer, outcome);
        transfer->block = BLOCK_SMALL;
        dialogue_resume(module, transfer->again ? REASON_NONE : reason);
}

static int run_push(FamilyModule *module, const VerbArgs *args) {
        static const PushHost host = {
                .on_progress = on_progress,
                .on_line = on_line,
                .on_done = on_done,
        };
        Hl78xxTransfer *transfer = &hl78xx_of(module)->transfer;
        char command[64];
        const PushSettings settings = {
                .command = command,
                .xmodem = {
                        .block = transfer->block,
                        .pad = module->settings->xmodem_pad,
                        .baud_rate = args->baud_rate,
                        .start_limit = START_LIMIT,
                },
                .final_limit = FINAL_LIMIT,
        };

        (void) snprintf(command, sizeof(command), "AT+WDSD=%" PRIu64, args->file->size);
        transfer->asked = false;
        const int r = push_start(&transfer->push, module->chat, &module->now, &settings, args->file,
                                 &host, module);
        return r < 0 ? r : 1;
}

static int run_push_again(FamilyModule *module, const VerbArgs *args) {
        return hl78xx_of(module)->transfer.again ? run_push(module, args) : 0;
}

const Step hl78xx_script_push[] = {
        { .hear = begin },
        { .say = "AT+WDSD=?", .hear = hear_range, .prefix = "+WDSD:" },
        { .say = "AT+WDSC=2,1", .hear = hear_install_armed },
        { .run = run_push },
        { .phrase = phrase_range_again, .hear = hear_range, .prefix = "+WDSD:" },
        { .run = run_push_again },
        STEP_END,
};

void hl78xx_cancel_push(FamilyModule *module) {
        Hl78xx *hl = hl78xx_of(module);

        if (!hl->context.dialogue.step || hl->context.dialogue.verb != VERB_PUSH)
                return;
        hl->transfer.cancelled = true; /* seen at the next reply when no transfer runs now */
        if (push_runs(&hl->transfer.push))
                push_cancel(&hl->transfer.push, &module->now);
}
