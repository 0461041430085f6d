/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The inside of a simulated module that all families share: power, timers, memory, the line, the
 * ordinary commands. Each family is a table of functions. */

#include "fotasim/module-state.h"

struct Family {
        const char *context_tail; /* of a line of AT+CGDCONT? behind the APN */
        const char *grant;        /* the command that is counted even when nobody listens */
        void (*const *timers)(SimModule *module); /* by Timer: those that are not common */

        void (*memory_init)(SimModule *module);
        void (*forget)(SimModule *module);        /* RAM: a restart, or the power is gone */
        bool (*resumes)(const SimModule *module); /* at power on: goes on flashing */
        bool (*stuck)(const SimModule *module);   /* flashes for ever */
        void (*boot)(SimModule *module);          /* is up, the SIM locked or not */
        void (*sim_unlocked)(SimModule *module);
        void (*contexts_changed)(SimModule *module);
        void (*online_changed)(SimModule *module); /* AT+CFUN */

        int (*command)(SimModule *module, const char *command, Text *reply);
        void (*line_seen)(SimModule *module); /* before it is carried out */
        void (*receive_raw)(SimModule *module, const char *bytes, size_t n);
        bool (*event_equal)(const char *on, const char *text); /* SimFault.on and an event */

        void (*session_lose)(SimModule *module);
        void (*nat_lose)(SimModule *module);
        void (*network_lose)(SimModule *module, usec_t span);
        void (*plan)(SimModule *module);
        void (*queue)(SimModule *module, const QueuedPackage *package);
        void (*facts)(const SimModule *module, SimFacts *facts);
};

extern const Family hl78xx_family, telit_family;

/* module.c */

void module_remember(SimModule *module);
void module_note(SimModule *module, const char *format, ...) _printf_(2, 3);
void module_set_timer(SimModule *module, Timer timer, usec_t span);
void module_clear_timer(SimModule *module, Timer timer);
bool module_timer_runs(const SimModule *module, Timer timer);
unsigned module_random(SimModule *module, unsigned limit); /* 0 .. limit - 1 */
void module_reboot(SimModule *module);
void module_reset_soon(SimModule *module); /* at the next tick: not in the middle of an action */
void module_flash(SimModule *module);
bool module_attached(const SimModule *module); /* to the network */
usec_t module_download_span(const SimModule *module, uint64_t bytes, uint64_t of);

/* What of the scenario is due: true once, when the time has come. Arms TIMER_PLAN for the rest,
 * which the caller cleared before. */
bool module_plan_due(SimModule *module, usec_t at, uint32_t *done, size_t i);
void module_plan(SimModule *module); /* packages and lines; then the family's */
void module_plan_hurry(SimModule *module);

/* module-line.c: bytes in and out */

typedef struct Reply {
        Text text;
        char bytes[MODULE_REPLY_MAX];
} Reply;

void module_print(SimModule *module, const SimFault *fault, const char *bytes); /* fault: or NULL */
void module_urc(SimModule *module, const char *line);                           /* any other line */
void module_result(SimModule *module, int result);                     /* as of a command */
void module_write_raw(SimModule *module, const char *bytes, size_t n); /* at once */
void module_print_junk(SimModule *module);
void module_receive(SimModule *module, const char *bytes, size_t n);
void module_reply_due(SimModule *module);
void module_flush(SimModule *module);
void module_line_reset(SimModule *module);
void module_input_reset(SimModule *module); /* what was typed ahead is lost */

/* module-fault.c */

const SimFault *module_fault_on_event(SimModule *module, const char *text);
const SimFault *module_fault_on_command(SimModule *module, const char *command);
void module_fault_aftermath(SimModule *module, const SimFault *fault);

/* module-arguments.c, module-commands.c, module-sim.c: `reply` takes information lines; 0 for OK,
 * a CME code else, or... */

#define REPLY_NONE (-1)  /* ... no final result code */
#define REPLY_ERROR (-2) /* ... a bare ERROR */

/* Commands by name: `arguments` is what follows, "", "?", "=?" or "=...". */
typedef struct Command {
        const char *name;
        int (*run)(SimModule *module, const char *arguments, Text *reply);
} Command;
int module_dispatch(SimModule *module, const Command *commands, size_t n, const char *command,
                    Text *reply);
/* "=1,2": how many, all of them at most `max`; -EINVAL when it is no list of numbers */
int module_numbers(const char *arguments, unsigned *ret, size_t max);
/* One argument, quoted or not; returns what follows it and its comma. */
const char *module_string(const char *arguments, char *to, size_t size);

int module_attention(SimModule *module, const char *arguments, Text *reply);
int module_manufacturer(SimModule *module, const char *arguments, Text *reply);
int module_model(SimModule *module, const char *arguments, Text *reply);
int module_version(SimModule *module, const char *arguments, Text *reply);
int module_imei(SimModule *module, const char *arguments, Text *reply);
int module_imsi(SimModule *module, const char *arguments, Text *reply);
int module_pin(SimModule *module, const char *arguments, Text *reply);
int module_context(SimModule *module, const char *arguments, Text *reply);
int module_signal(SimModule *module, const char *arguments, Text *reply);
int module_function(SimModule *module, const char *arguments, Text *reply); /* AT+CFUN */
unsigned module_registration(const SimModule *module);                      /* <stat> of +CREG */
int module_sim_error(const SimModule *module); /* 0, or why the SIM can not be used */
