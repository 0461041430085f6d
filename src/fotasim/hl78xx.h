/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The inside of the simulated HL78xx, shared by hl78xx*.c only. */

#include "fotasim/hl78xx-memory.h"

#define HL78XX_LINE_MAX 512
#define HL78XX_INPUT_MAX 4096
#define HL78XX_OUTPUT_MAX 64 /* pieces that wait to be printed */
#define HL78XX_PIECE_MAX 256
#define HL78XX_REPLY_MAX 1024
#define HL78XX_URC_MAX 96
#define HL78XX_PLAN_MAX 20
#define HL78XX_INDICATIONS 4479U /* bits 0-6, 8 and 12 */

/* +CME ERROR codes that the documents name; the first five are 3GPP TS 27.007's */
#define CME_NOT_ALLOWED 3
#define CME_NOT_SUPPORTED 4
#define CME_SIM_PIN 11
#define CME_SIM_PUK 12
#define CME_WRONG_PASSWORD 16
#define CME_INVALID_APN 133
#define CME_ACTIVATION 148
#define CME_NO_CONTEXT 650 /* or an agreement is pending */

typedef enum ModuleState {
        MODULE_OFF,
        MODULE_BOOTING, /* deaf */
        MODULE_UP,
        MODULE_FLASHING, /* deaf */
} ModuleState;

typedef enum SessionState {
        SESSION_CLOSED,
        SESSION_CONNECTING,
        SESSION_OPEN,
        SESSION_CLOSING,
} SessionState;

/* Who wanted the session; it decides when the session ends. */
typedef enum SessionOrigin {
        SESSION_BY_HOST,
        SESSION_BY_MODULE, /* to go on with a download */
        SESSION_BY_POLLING,
        SESSION_BY_RESULT, /* to report an install */
} SessionOrigin;

typedef enum Timer {
        TIMER_OUTPUT, /* the next waiting piece of output */
        TIMER_SILENCE,
        TIMER_PORT, /* USB: the tty returns */
        TIMER_BOOT,
        TIMER_RESTART,
        TIMER_READY, /* event 0 */
        TIMER_REPLY,
        TIMER_SESSION,
        TIMER_SERVER, /* the server's next word in an open session */
        TIMER_IDLE,
        TIMER_POLL,
        TIMER_RETRY,
        TIMER_DOWNLOAD,
        TIMER_VERIFY,
        TIMER_INSTALL,
        TIMER_PLAN, /* the scenario's next package or request */
        TIMER_CONNECT_REQUEST,
        TIMER_DOWNLOAD_REQUEST,
        TIMER_INSTALL_REQUEST,
        TIMER_REBOOT_REQUEST,
        TIMER_UNINSTALL_REQUEST,
        _TIMER_MAX,
} Timer;

typedef struct Session {
        SessionState state;
        SessionOrigin origin;
        const char *plan[HL78XX_PLAN_MAX]; /* events that are still to come */
        size_t n_plan, step;
        SessionOrigin wanted; /* what event 1 asks for */
        bool reopen;          /* asked for while it closed */
        usec_t active;        /* the last word to or from the server */
        unsigned retry;
} Session;

typedef struct Download {
        bool granted; /* by AT+WDSR=3 */
        usec_t since; /* this stretch, which began at `from` bytes */
        uint64_t from;
        unsigned shown; /* percent */
} Download;

typedef struct Piece {
        usec_t due;
        size_t n;
        char bytes[HL78XX_PIECE_MAX];
} Piece;

struct SimModule {
        const SimScenario *scenario;
        const SimHost *host;
        void *userdata;
        usec_t now, powered_at;
        uint64_t random;
        usec_t timers[_TIMER_MAX];
        Memory memory;
        SimMemory remembered; /* what the host was given last */

        ModuleState state;
        bool sim_ready, online, ready; /* PIN entered; AT+CFUN=1; event 0 was due */
        bool echo, deferred[_AGREEMENT_MAX];
        unsigned cmee;
        Session session;
        Download download;
        bool announced; /* event 14 is out, flashing comes next */

        char input[HL78XX_INPUT_MAX]; /* typed ahead */
        size_t n_input;
        char line[HL78XX_LINE_MAX]; /* being typed; then being carried out */
        size_t n_line;
        bool line_overlong, busy;
        unsigned line_tail; /* of what the host sends while the module flashes: how much of the
                               grant was seen */

        Piece output[HL78XX_OUTPUT_MAX];
        size_t n_output;
        usec_t line_free;          /* when the last queued piece is out */
        char held[HL78XX_URC_MAX]; /* a URC for the middle of the next reply */
};

/* hl78xx.c */

void hl78xx_remember(SimModule *module);
void hl78xx_note(SimModule *module, const char *format, ...) _printf_(2, 3);
void hl78xx_set_timer(SimModule *module, Timer timer, usec_t span);
void hl78xx_clear_timer(SimModule *module, Timer timer);
unsigned hl78xx_random(SimModule *module, unsigned limit); /* 0 .. limit - 1 */
void hl78xx_reboot(SimModule *module);
void hl78xx_reset_soon(SimModule *module); /* at the next tick: not in the middle of an action */
void hl78xx_flash(SimModule *module);
void hl78xx_sim_unlocked(SimModule *module);
const SimContext *hl78xx_context(const SimModule *module); /* AT+WDSS=2's, NULL: none */
bool hl78xx_may_connect(const SimModule *module);
void hl78xx_check_ready(SimModule *module); /* event 0 follows when SIM and context are there */
void hl78xx_set_online(SimModule *module, bool online); /* AT+CFUN */

/* hl78xx-line.c: bytes in and out */

typedef struct Reply {
        Text text;
        char bytes[HL78XX_REPLY_MAX];
} Reply;

void hl78xx_event(SimModule *module, unsigned number, const char *data); /* data: NULL: none */
void hl78xx_urc(SimModule *module, const char *line);                    /* any other line */
void hl78xx_print_junk(SimModule *module);
void hl78xx_receive(SimModule *module, const char *bytes, size_t n);
void hl78xx_reply_due(SimModule *module);
void hl78xx_flush(SimModule *module);
void hl78xx_line_reset(SimModule *module);

/* hl78xx-fault.c */

const SimFault *hl78xx_fault_on_event(SimModule *module, const char *text);
const SimFault *hl78xx_fault_on_command(SimModule *module, const char *command);
void hl78xx_fault_aftermath(SimModule *module, const SimFault *fault);

/* hl78xx-commands.c, hl78xx-services.c: `reply` takes information lines; 0 for OK, a CME code else,
 * or... */

#define REPLY_NONE (-1)  /* ... no final result code */
#define REPLY_ERROR (-2) /* ... a bare ERROR */

int hl78xx_command(SimModule *module, const char *command, Text *reply);
int hl78xx_service_command(SimModule *module, const char *command, Text *reply); /* AT+WDS... */

/* Commands by name: `arguments` is what follows, "", "?", "=?" or "=...". */
typedef struct Command {
        const char *name;
        int (*run)(SimModule *module, const char *arguments, Text *reply);
} Command;
int hl78xx_dispatch(SimModule *module, const Command *commands, size_t n, const char *command,
                    Text *reply);
/* "=1,2": how many, all of them at most `max`; -EINVAL when it is no list of numbers */
int hl78xx_numbers(const char *arguments, unsigned *ret, size_t max);

/* hl78xx-session.c */

int hl78xx_session_request(SimModule *module); /* AT+WDSS=1,1: 0 or a CME code */
void hl78xx_session_start(SimModule *module, SessionOrigin origin);
void hl78xx_session_wanted(SimModule *module, SessionOrigin origin); /* by the module: may have to
                                                                        ask */
void hl78xx_session_stop(SimModule *module);
void hl78xx_session_lose(SimModule *module);
void hl78xx_session_drop(SimModule *module); /* silently */
void hl78xx_session_active(SimModule *module);
void hl78xx_session_step(SimModule *module);
void hl78xx_session_idle(SimModule *module);
void hl78xx_session_poll(SimModule *module);
void hl78xx_session_retry(SimModule *module);
void hl78xx_polling_changed(SimModule *module);

/* hl78xx-server.c */

void hl78xx_server_plan(SimModule *module); /* what of the scenario is due; arms the timer for the
                                               rest */
void hl78xx_order_granted(SimModule *module, Agreement agreement);

/* hl78xx-agreement.c */

void hl78xx_ask(SimModule *module, Agreement agreement);
void hl78xx_ask_again(SimModule *module, Agreement agreement);
void hl78xx_agreed(SimModule *module, Agreement agreement); /* takes a pending request away */
int hl78xx_answer(SimModule *module, unsigned answer, bool has_timer, unsigned timer_min);

/* hl78xx-package.c */

void hl78xx_package_queue(SimModule *module, const QueuedPackage *package);
void hl78xx_server_acts(SimModule *module);
void hl78xx_server_wakes(SimModule *module); /* an open session hears of a new package */
void hl78xx_download_granted(SimModule *module);
void hl78xx_download_progress(SimModule *module);
void hl78xx_download_suspend(SimModule *module);
void hl78xx_download_recall(SimModule *module); /* at ready: what was interrupted */
void hl78xx_package_verified(SimModule *module);
void hl78xx_package_recall(SimModule *module); /* at boot */
void hl78xx_install_granted(SimModule *module);
void hl78xx_install_step(SimModule *module);
