/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The words that users hold on to: states, actions, events and reasons. One enum and one string
 * table each (src/base/vocabulary.c); bus, journal, history, payloads and the CLI all take the
 * strings from there. The numbers are stored and sent (fotad-payload(7)): append, never renumber.
 */

#include "base/text.h"

typedef enum State {
        STATE_ABSENT,
        STATE_STARTING,
        STATE_BLOCKED,
        STATE_IDLE,
        STATE_CONNECTING,
        STATE_CONNECTED,
        STATE_DOWNLOAD_PENDING,
        STATE_DOWNLOADING,
        STATE_SUSPENDED,
        STATE_VERIFYING,
        STATE_INSTALL_PENDING,
        STATE_INSTALLING,
        STATE_RESTARTING,
        STATE_CONFIRMING,
        _STATE_MAX,
} State;
DECLARE_STRING_TABLE(state, State);

/* What a module asks permission for (HL78xx FOTA note, 7.3, table 2; 24 and 25 are of its AT
 * guide). */
typedef enum Action {
        ACTION_CONNECT,
        ACTION_DOWNLOAD,
        ACTION_INSTALL,
        ACTION_REBOOT,
        ACTION_UNINSTALL,
        _ACTION_MAX,
} Action;
DECLARE_STRING_TABLE(action, Action);

typedef enum Reason {
        REASON_NONE, /* "" */
        REASON_NO_APN,
        REASON_INVALID_APN,
        REASON_ACTIVATION_FAILED,
        REASON_SERVER_REFUSED,
        REASON_AUTHENTICATION_FAILED,
        REASON_OUT_OF_MEMORY,
        REASON_TRANSFER_ERROR,
        REASON_PACKAGE_CORRUPT,
        REASON_PACKAGE_NOT_CERTIFIED,
        REASON_UPDATE_FAILED,
        REASON_VERSION_UNCHANGED,
        REASON_INSTALL_TIMEOUT,
        REASON_NO_RESPONSE,
        REASON_PORT_LOST,
        REASON_WRONG_MODULE,
        REASON_SIM_CHANGED,
        REASON_VERSION_DENIED,
        REASON_PACKAGE_TOO_BIG,
        REASON_XMODEM_FAILED,
        REASON_CANCELLED,
        REASON_REGISTRATION_FAILED,
        REASON_PREREQUISITE_MISSING,
        REASON_INTERNAL,
        REASON_AGREEMENT_PENDING,
        REASON_TEST_RUN,
        REASON_STORAGE_FAILED,
        REASON_NO_PACKAGE,
        REASON_PORT_BUSY,
        REASON_WRONG_VERSION,
        REASON_SESSION_TIMEOUT,
        _REASON_MAX,
} Reason;
DECLARE_STRING_TABLE(reason, Reason);
/* One sentence for people: what it means and what to do. Never NULL. */
const char *reason_advice(Reason reason);

typedef enum EventKind {
        EVENT_NONE,
        EVENT_MODULE_APPEARED,
        EVENT_MODULE_GONE,
        EVENT_MODULE_IDENTIFIED,
        EVENT_MODULE_RESTARTED,
        EVENT_SESSION_OPENED,
        EVENT_SESSION_CLOSED,
        EVENT_SESSION_REFUSED,
        EVENT_AGREEMENT_REQUESTED,
        EVENT_AGREEMENT_ACCEPTED,
        EVENT_AGREEMENT_DEFERRED,
        EVENT_PACKAGE_OFFERED,
        EVENT_DOWNLOAD_STARTED,
        EVENT_DOWNLOAD_PROGRESS,
        EVENT_DOWNLOAD_SUSPENDED,
        EVENT_DOWNLOAD_COMPLETED,
        EVENT_DOWNLOAD_FAILED,
        EVENT_PACKAGE_VERIFIED,
        EVENT_PACKAGE_REJECTED,
        EVENT_INSTALL_STARTED,
        EVENT_INSTALL_SUCCEEDED,
        EVENT_INSTALL_FAILED,
        EVENT_SETTINGS_RESTORED,
        EVENT_REGISTERED,
        EVENT_NOTIFIED,
        EVENT_CONSENT_DRIFT,
        EVENT_UNSANCTIONED_CHANGE,
        EVENT_SIM_CHANGED,
        EVENT_SIM_SWAPPED,
        EVENT_PORT_BUSY,
        EVENT_COMMAND_BLOCKED,
        EVENT_POLICY_WAITING,
        EVENT_UPLINK_LOST,
        EVENT_UPLINK_RESTORED,
        EVENT_SPOOL_OVERFLOW,
        EVENT_JOB_SUPERSEDED,
        EVENT_JOB_CANCELLED,
        EVENT_PROVISIONED,
        EVENT_REISSUE_WANTED,
        EVENT_LINE_DROPPED,
        EVENT_STORAGE_FAILED,
        EVENT_STORAGE_RESTORED,
        EVENT_CLIENT_TOO_SLOW,
        EVENT_FIRMWARE_DENIED,
        EVENT_JOB_CREATED,
        EVENT_MODULE_BLOCKED,
        EVENT_PATH_ASKED,
        EVENT_INHIBITOR_TAKEN,
        EVENT_INHIBITOR_RELEASED,
        EVENT_ORDERED,
        EVENT_MODULE_STATUS,
        EVENT_REPORT_REFUSED,
        EVENT_REPORTS_SET_ASIDE,
        EVENT_SESSION_GRANTED,
        EVENT_REGISTRATION_GRANTED,
        _EVENT_MAX,
} EventKind;
DECLARE_STRING_TABLE(event_kind, EventKind);

typedef enum Outcome {
        OUTCOME_NONE, /* still running; "" */
        OUTCOME_SUCCEEDED,
        OUTCOME_FAILED,
        OUTCOME_SUPERSEDED,
        OUTCOME_TEST_RUN, /* the server tried its protocol out; nothing was installed */
        _OUTCOME_MAX,
} Outcome;
DECLARE_STRING_TABLE(outcome, Outcome);
