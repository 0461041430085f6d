/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The serial line of a simulated module: echo, command lines in, replies and URCs out. One
 * command at a time: what the host types ahead waits. A reply comes `timings.answer` after its
 * command and the command is carried out at that moment, so a URC may fall between the two. Line
 * faults strike here. */

#include "fotasim/module.h"

#include <ctype.h>
#include <stdio.h>

#define SPLIT_PAUSE_USEC (10 * USEC_PER_MSEC)
#define SPLIT_PIECES_MAX 16

/* out */

static bool silent(const SimModule *module) {
        return module->timers[TIMER_SILENCE] != USEC_INFINITY;
}

static void line_write(SimModule *module, const char *bytes, size_t n) {
        if (silent(module) || n == 0)
                return;
        module_remember(module);
        module->host->write(module->userdata, bytes, n);
}

void module_write_raw(SimModule *module, const char *bytes, size_t n) {
        line_write(module, bytes, n);
}

/* While a file is received nothing else is printed: it waits in the queue. */
static void output_arm(SimModule *module) {
        bool waits = module->n_output == 0 || module->raw;

        module->timers[TIMER_OUTPUT] = waits ? USEC_INFINITY : module->output[0].due;
}

void module_flush(SimModule *module) {
        while (!module->raw && module->n_output > 0 && module->output[0].due <= module->now) {
                Piece piece = module->output[0];

                module->n_output--;
                memmove(module->output, module->output + 1, module->n_output * sizeof(Piece));
                line_write(module, piece.bytes, piece.n);
        }
        output_arm(module);
}

/* Sorted by time, what came first stays first. */
static void piece_queue(SimModule *module, usec_t due, const char *bytes, size_t n) {
        size_t at = module->n_output;

        if (module->n_output == MODULE_OUTPUT_MAX || n > MODULE_PIECE_MAX)
                return module_note(module, "output queue is full");
        while (at > 0 && module->output[at - 1].due > due)
                at--;
        memmove(module->output + at + 1, module->output + at,
                (module->n_output - at) * sizeof(Piece));
        module->output[at].due = due;
        module->output[at].n = n;
        memcpy(module->output[at].bytes, bytes, n);
        module->n_output++;
        output_arm(module);
}

static void print_at(SimModule *module, usec_t due, const char *bytes, size_t n) {
        if (due <= module->now && !module->raw)
                return line_write(module, bytes, n);
        for (size_t done = 0; done < n; done += MODULE_PIECE_MAX)
                piece_queue(module, due, bytes + done, MIN_OF(n - done, (size_t) MODULE_PIECE_MAX));
}

static void print(SimModule *module, const char *bytes, size_t n) {
        print_at(module, MAX_OF(module->now, module->line_free), bytes, n);
}

static void print_split(SimModule *module, const char *bytes, size_t n) {
        usec_t due = MAX_OF(module->now, module->line_free);

        for (size_t done = 0, size; done < n; done += size) {
                size = n / SPLIT_PIECES_MAX + 1 + module_random(module, 4);
                size = MIN_OF(n - done, size);
                print_at(module, due, bytes + done, size);
                due += SPLIT_PAUSE_USEC;
        }
        module->line_free = due;
}

void module_print_junk(SimModule *module) {
        static const char nul_run[48];
        static const char debug[] = "\r\nswu_DwlInstallInnerPackage Invalid u32_UpckType :0x5\r\n";

        print(module, nul_run, sizeof(nul_run));
        print(module, debug, strlen(debug));
}

void module_print(SimModule *module, const SimFault *fault, const char *bytes) {
        size_t n = strlen(bytes);

        switch (fault ? fault->kind : SIM_FAULT_NONE) {
        case SIM_FAULT_LOSE:
        case SIM_FAULT_LOSE_REPLY:
                break;

        case SIM_FAULT_DOUBLE:
                print(module, bytes, n);
                print(module, bytes, n);
                break;

        case SIM_FAULT_DELAY:
                print_at(module, usec_add(module->now, fault->span), bytes, n);
                break;

        case SIM_FAULT_SPLIT:
                print_split(module, bytes, n);
                break;

        case SIM_FAULT_INSIDE_REPLY:
                (void) TEXT_COPY(module->held, bytes);
                break;

        case SIM_FAULT_JUNK:
                module_print_junk(module);
                print(module, bytes, n);
                break;

        case SIM_FAULT_NONE:
        case SIM_FAULT_CME:
        case SIM_FAULT_ERROR:
        case SIM_FAULT_SILENCE:
        case SIM_FAULT_RESET:
        case SIM_FAULT_SESSION_LOSS:
        case SIM_FAULT_NETWORK_LOSS:
        case SIM_FAULT_NAT_LOSS:
                print(module, bytes, n);
                break;
        }
}

void module_urc(SimModule *module, const char *line) {
        char bytes[MODULE_URC_MAX];

        (void) snprintf(bytes, sizeof(bytes), "\r\n%s\r\n", line);
        print(module, bytes, strlen(bytes));
}

/* replies */

static const char *cme_text(int code) {
        switch (code) {
        case CME_NOT_SUPPORTED:
                return "operation not supported";
        case CME_SIM_OUT:
                return "SIM not inserted";
        case CME_SIM_PIN:
                return "SIM PIN required";
        case CME_SIM_PUK:
                return "SIM PUK required";
        case CME_WRONG_PASSWORD:
                return "incorrect password";
        default:
                return "operation not allowed";
        }
}

static void result_add(const SimModule *module, Text *text, int result) {
        if (result == REPLY_NONE)
                return;
        if (module->terse && (result == 0 || module->cmee == 0))
                text_add(text, result == 0 ? "0\r" : "4\r");
        else if (result == 0)
                text_add(text, "\r\nOK\r\n");
        else if (result == REPLY_ERROR || (result > 0 && module->cmee == 0))
                text_add(text, "\r\nERROR\r\n");
        else if (result > 0 && module->cmee == 1)
                text_printf(text, "\r\n+CME ERROR: %d\r\n", result);
        else if (result > 0)
                text_printf(text, "\r\n+CME ERROR: %s\r\n", cme_text(result));
}

void module_result(SimModule *module, int result) {
        char bytes[64];
        Text text;

        text_init(&text, bytes, sizeof(bytes));
        result_add(module, &text, result);
        print(module, bytes, text.length);
}

/* Information lines, in their midst a URC that was held for that, the final result code. */
static void reply_print(SimModule *module, const SimFault *fault, const Reply *reply, int result) {
        char bytes[MODULE_REPLY_MAX + MODULE_URC_MAX + 64];
        const char *rest = strstr(reply->bytes, "\r\n");
        Text text;

        text_init(&text, bytes, sizeof(bytes));
        rest = rest ? rest + 2 : reply->bytes;
        if (reply->text.length > 0)
                text_add(&text, "\r\n");
        text_add_bytes(&text, reply->bytes, (size_t) (rest - reply->bytes));
        text_add(&text, module->held);
        module->held[0] = '\0';
        text_add(&text, rest);
        result_add(module, &text, result);
        module_print(module, fault, bytes);
        if (fault && fault->kind == SIM_FAULT_DELAY) /* what is said later comes later, too */
                module->line_free = usec_add(module->now, fault->span);
}

static void command_run(SimModule *module, const SimFault *fault) {
        Reply reply = {};
        int result;

        text_init(&reply.text, reply.bytes, sizeof(reply.bytes));
        if (fault && fault->kind == SIM_FAULT_CME)
                result = (int) fault->code;
        else if (fault && fault->kind == SIM_FAULT_ERROR)
                result = REPLY_ERROR;
        else
                result = module->family->command(module, module->line, &reply.text);
        reply_print(module, fault, &reply, result);
}

static void input_pump(SimModule *module);

void module_reply_due(SimModule *module) {
        const SimFault *fault = module_fault_on_command(module, module->line);
        bool taken = !fault || (fault->kind != SIM_FAULT_LOSE && fault->kind != SIM_FAULT_RESET);

        if (taken)
                command_run(module, fault);
        module->busy = false;
        module->n_line = 0;
        if (fault)
                module_fault_aftermath(module, fault);
        input_pump(module);
}

/* in */

/* Upper case and no blanks outside of quotes, from the first AT on; false: no command. */
static bool line_normalise(char *line) {
        char *from = strcasestr(line, "AT"), *to = line;
        bool quoted = false;

        if (!from)
                return false;
        for (; *from; from++) {
                if (*from == '"')
                        quoted = !quoted;
                if (quoted || *from != ' ')
                        *to++ = quoted ? *from : (char) toupper((unsigned char) *from);
        }
        *to = '\0';
        return true;
}

/* Counted when they arrive: also those that a fault swallows. */
static void command_count(SimModule *module) {
        const char *grant = module->family->grant;

        if (strncmp(module->line, grant, strlen(grant)) == 0)
                module->memory.grants_seen++;
        if (module->family->line_seen)
                module->family->line_seen(module);
}

static void line_end(SimModule *module) {
        bool overlong = module->line_overlong;

        module->line[module->n_line] = '\0';
        module->n_line = 0;
        module->line_overlong = false;
        if (overlong)
                return print(module, "\r\nERROR\r\n", 9);
        if (!line_normalise(module->line))
                return;
        command_count(module);
        module->busy = true;
        module_set_timer(module, TIMER_REPLY, module->scenario->timings.answer);
}

static void input_take(SimModule *module, char c) {
        if (c == '\r')
                line_end(module);
        else if ((c == '\b' || c == '\x7f') && module->n_line > 0)
                module->n_line--;
        else if (module->n_line + 1 >= sizeof(module->line))
                module->line_overlong = true;
        else if (c != '\n' && c != '\0')
                module->line[module->n_line++] = c;
}

/* Takes bytes up to the end of a line; the rest waits until that command has its reply. */
static void input_pump(SimModule *module) {
        if (module->raw) {
                module->family->receive_raw(module, module->input, module->n_input);
                module->n_input = 0;
        }
        while (module->state == MODULE_UP && !module->busy && module->n_input > 0) {
                const char *end = memchr(module->input, '\r', module->n_input);
                size_t n = end ? (size_t) (end - module->input) + 1 : module->n_input;
                size_t skip = module->input[0] == '\n';

                if (module->echo && n > skip)
                        print(module, module->input + skip, n - skip);
                for (size_t i = 0; i < n; i++)
                        input_take(module, module->input[i]);
                module->n_input -= n;
                memmove(module->input, module->input + n, module->n_input);
        }
}

/* Nobody listens; but a test wants to know whether an install was granted into the void. */
static void receive_deaf(SimModule *module, const char *bytes, size_t n) {
        const char *grant = module->family->grant;

        if (module->state == MODULE_VALIDATING || module->state == MODULE_FLASHING)
                module->memory.bytes_while_flashing += (uint32_t) n;
        for (size_t i = 0; i < n; i++) {
                char c = (char) toupper((unsigned char) bytes[i]);

                module->line_tail =
                        c == grant[module->line_tail] ? module->line_tail + 1 : c == grant[0];
                if (grant[module->line_tail] == '\0') {
                        module->memory.grants_seen++;
                        module->line_tail = 0;
                }
        }
}

void module_receive(SimModule *module, const char *bytes, size_t n) {
        size_t room = sizeof(module->input) - module->n_input;

        if (module->state == MODULE_OFF)
                return;
        if (module->state != MODULE_UP || silent(module))
                return receive_deaf(module, bytes, n);
        if (module->raw)
                return module->family->receive_raw(module, bytes, n);
        if (n > room)
                module_note(module, "input overrun");
        n = MIN_OF(n, room);
        memcpy(module->input + module->n_input, bytes, n);
        module->n_input += n;
        input_pump(module);
}

void module_input_reset(SimModule *module) {
        module->n_input = module->n_line = 0;
        module->line_overlong = module->busy = false;
}

void module_line_reset(SimModule *module) {
        module_input_reset(module);
        module->n_output = 0;
        module->line_tail = 0;
        module->line_free = 0;
        module->held[0] = '\0';
}
