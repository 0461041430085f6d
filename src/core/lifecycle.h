/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The one update lifecycle of all families, as a table: first match wins. A trigger that no row of
 * a state takes is ignored there on purpose, and the checker (tests/core/test-lifecycle.c) lists
 * every such pair, so that an omission shows. */

#include <fotad/vocabulary.h>

#include "base/time.h"

typedef struct Module Module;

/* What moves a module. The first group are a module's own indications, the second the ends of
 * verbs, the third the rest. */
typedef enum Trigger {
        ON_READY,
        ON_BOOTED,
        ON_ASKED_CONNECT,
        ON_ASKED_DOWNLOAD,
        ON_ASKED_INSTALL,
        ON_ASKED_OTHER,
        ON_AUTHENTICATING,
        ON_AUTH_FAILED,
        ON_AUTHENTICATED,
        ON_BOOTSTRAP,
        ON_SESSION_OPENED,
        ON_SESSION_REFUSED,
        ON_SESSION_CLOSED,
        ON_OFFERED,
        ON_DOWNLOADING,
        ON_PROGRESS,
        ON_STORED,
        ON_DOWNLOAD_FAILED,
        ON_CERTIFIED,
        ON_NOT_CERTIFIED,
        ON_INSTALLING,
        ON_INSTALL_FAILED,
        ON_INSTALLED,
        ON_ASK_OVER, /* the module's request was not answered in time, or refused */
        ON_AUTOMATIC,
        ON_UPDATE_FAILED,
        ON_REGISTERED,
        ON_PROVISIONED,
        ON_NOTIFIED,
        ON_RESULT_TOLD,
        ON_SIM_EVENT,

        ON_STARTED,
        ON_START_FAILED,
        ON_UNLOCKED,
        ON_UNLOCK_FAILED,
        ON_CONTEXT_SET,
        ON_CONTEXT_FAILED,
        ON_CONNECT_FAILED,
        ON_ACCEPT_FAILED,
        ON_ARMED,
        ON_REGISTER_SAID,
        ON_REGISTER_FAILED,
        ON_UPDATE_REFUSED, /* the module would not start one */
        ON_PUSHED,         /* the module has the whole package */
        ON_PUSH_FAILED,
        ON_QUESTION_YES, /* the harmless question was taken: the request is pending */
        ON_QUESTION_NO,

        ON_PORT_OPENED,
        ON_PORT_LOST,
        ON_PORT_REFUSED,
        ON_CONNECT_ORDERED, /* decided, its intent goes into this turn's commit */
        ON_PUSH_ORDERED,
        ON_UPDATE_ORDERED,
        ON_REISSUED, /* policy says yes, and only the server can ask again */
        ON_GRANTED_DOWNLOAD,
        ON_GRANTED_INSTALL,
        ON_CANCELLED,
        ON_JOB_EXPIRED,
        ON_TIMEOUT,
        _TRIGGER_MAX,
} Trigger;
DECLARE_STRING_TABLE(trigger, Trigger);

typedef struct StateInfo {
        usec_t timeout; /* 0: rests here, no timeout; where a module waits for an answer, the first
                         * of ever longer ones */
        const char *waits_for;
        bool down;      /* counts as a module that is not usable */
        bool installs;  /* takes an install slot */
        bool in_flight; /* an update runs: fotad's own restart reconciles in place instead of
                           starting over */
} StateInfo;

typedef bool (*Guard)(const Module *module);
typedef void (*RowAction)(Module *module);

#define ROW_RUN_MAX 3
typedef struct Row {
        uint32_t in; /* bit per State */
        Trigger on;
        Guard when;                 /* NULL: always */
        const char *when_name;      /* for the diagram and the checker */
        RowAction run[ROW_RUN_MAX]; /* in order; NULL ends */
        State to;                   /* STATE_SAME: stays, its timeout goes on */
        bool again;                 /* the same trigger is looked up once more in the new state */
} Row;
#define STATE_SAME _STATE_MAX
#define IN(state) (1U << (STATE_##state))

/* A module in it waits for an answer to its download or its install. */
static inline bool state_is_pending(State state) {
        return state == STATE_DOWNLOAD_PENDING || state == STATE_INSTALL_PENDING;
}
extern const StateInfo state_infos[_STATE_MAX];
extern const Row lifecycle_rows[];
extern const size_t lifecycle_n_rows;

/* The first row of (state, trigger) whose guard holds, NULL: ignored. */
const Row *lifecycle_find(State state, Trigger trigger, const Module *module);
/* Does this action say something to the module? For the checker. */
bool lifecycle_action_speaks(RowAction action);
/* The table as a graph for dot(1); false when it does not fit. */
bool lifecycle_print_dot(Text *to);
