/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The string tables of <fotad/vocabulary.h>. A string here is a promise to users: it is stored in
 * databases and matched in scripts, so it never changes; a new word is appended with its number. */

#include <fotad/vocabulary.h>

static const char *const states[] = {
        [STATE_ABSENT] = "absent",
        [STATE_STARTING] = "starting",
        [STATE_BLOCKED] = "blocked",
        [STATE_IDLE] = "idle",
        [STATE_CONNECTING] = "connecting",
        [STATE_CONNECTED] = "connected",
        [STATE_DOWNLOAD_PENDING] = "download-pending",
        [STATE_DOWNLOADING] = "downloading",
        [STATE_SUSPENDED] = "suspended",
        [STATE_VERIFYING] = "verifying",
        [STATE_INSTALL_PENDING] = "install-pending",
        [STATE_INSTALLING] = "installing",
        [STATE_RESTARTING] = "restarting",
        [STATE_CONFIRMING] = "confirming",
};
DEFINE_STRING_TABLE(state, State, states)

static const char *const actions[] = {
        [ACTION_CONNECT] = "connect",     [ACTION_DOWNLOAD] = "download",
        [ACTION_INSTALL] = "install",     [ACTION_REBOOT] = "reboot",
        [ACTION_UNINSTALL] = "uninstall",
};
DEFINE_STRING_TABLE(action, Action, actions)

static const char *const reasons[] = {
        [REASON_NONE] = "",
        [REASON_NO_APN] = "no-apn",
        [REASON_INVALID_APN] = "invalid-apn",
        [REASON_ACTIVATION_FAILED] = "activation-failed",
        [REASON_SERVER_REFUSED] = "server-refused",
        [REASON_AUTHENTICATION_FAILED] = "authentication-failed",
        [REASON_OUT_OF_MEMORY] = "out-of-memory",
        [REASON_TRANSFER_ERROR] = "transfer-error",
        [REASON_PACKAGE_CORRUPT] = "package-corrupt",
        [REASON_PACKAGE_NOT_CERTIFIED] = "package-not-certified",
        [REASON_UPDATE_FAILED] = "update-failed",
        [REASON_VERSION_UNCHANGED] = "version-unchanged",
        [REASON_INSTALL_TIMEOUT] = "install-timeout",
        [REASON_NO_RESPONSE] = "no-response",
        [REASON_PORT_LOST] = "port-lost",
        [REASON_WRONG_MODULE] = "wrong-module",
        [REASON_SIM_CHANGED] = "sim-changed",
        [REASON_VERSION_DENIED] = "version-denied",
        [REASON_PACKAGE_TOO_BIG] = "package-too-big",
        [REASON_XMODEM_FAILED] = "xmodem-failed",
        [REASON_CANCELLED] = "cancelled",
        [REASON_REGISTRATION_FAILED] = "registration-failed",
        [REASON_PREREQUISITE_MISSING] = "prerequisite-missing",
        [REASON_INTERNAL] = "internal",
        [REASON_AGREEMENT_PENDING] = "agreement-pending",
        [REASON_TEST_RUN] = "test-run",
        [REASON_STORAGE_FAILED] = "storage-failed",
        [REASON_NO_PACKAGE] = "no-package",
        [REASON_PORT_BUSY] = "port-busy",
        [REASON_WRONG_VERSION] = "wrong-version",
        [REASON_SESSION_TIMEOUT] = "session-timeout",
};
DEFINE_STRING_TABLE(reason, Reason, reasons)

static const char *const advice[] = {
        [REASON_NONE] = "",
        [REASON_NO_APN] = "The module has no APN: set modules.NAME.apn in the configuration.",
        [REASON_INVALID_APN] = "The network does not know the APN: check modules.NAME.apn with the "
                               "SIM's operator.",
        [REASON_ACTIVATION_FAILED] = "The network did not activate the data connection: check "
                                     "coverage, the SIM's data plan and roaming.",
        [REASON_SERVER_REFUSED] = "The update server refused the module: check that it is "
                                  "registered there with this IMEI and serial number.",
        [REASON_AUTHENTICATION_FAILED] =
                "The module could not authenticate with the update server, not even after "
                "bootstrap: check its registration there.",
        [REASON_OUT_OF_MEMORY] =
                "The module has no room for the package: ask the vendor for a smaller one.",
        [REASON_TRANSFER_ERROR] = "The download broke off: it is asked for again with the next "
                                  "update; check coverage.",
        [REASON_PACKAGE_CORRUPT] =
                "The package is damaged or not for this module: have the server offer it again.",
        [REASON_PACKAGE_NOT_CERTIFIED] = "The package's signature is not valid for this module: "
                                         "check where the package comes from.",
        [REASON_UPDATE_FAILED] = "The module refused the package, most likely a delta for another "
                                 "firmware version: compare FROM with the package.",
        [REASON_VERSION_UNCHANGED] =
                "The module reported success but runs the same firmware: the package did not take.",
        [REASON_INSTALL_TIMEOUT] = "Nothing was heard for 15 minutes and the firmware is "
                                   "unchanged: the install did not happen.",
        [REASON_NO_RESPONSE] =
                "The module does not answer: check power and cabling; fotad goes on trying.",
        [REASON_PORT_LOST] =
                "The module's port vanished and did not return: check power and cabling.",
        [REASON_WRONG_MODULE] = "Another module than the configured IMEI answers on this port, or "
                                "one with the IMEI of another module of this gateway: check the "
                                "cabling or modules.NAME.imei.",
        [REASON_SIM_CHANGED] = "The SIM changed while the update ran.",
        [REASON_VERSION_DENIED] = "The policy does not allow this firmware version.",
        [REASON_PACKAGE_TOO_BIG] = "The package is larger than the policy's max_size.",
        [REASON_XMODEM_FAILED] = "The file transfer to the module failed.",
        [REASON_CANCELLED] = "Cancelled by a person, or taken back by the update server.",
        [REASON_REGISTRATION_FAILED] =
                "The update server did not answer the registration: check coverage and the "
                "server's number or address, and ask who runs it whether it knows this IMEI and "
                "SIM.",
        [REASON_PREREQUISITE_MISSING] =
                "Something that an update needs is missing, such as the SIM, its PIN or a setting: "
                "'fotactl status' and its last events name it.",
        [REASON_INTERNAL] = "A fault in fotad: please report it with the journal.",
        [REASON_AGREEMENT_PENDING] = "The module waits for an answer first: see 'fotactl explain', "
                                     "then accept or defer.",
        [REASON_TEST_RUN] = "The update server tried its protocol out: nothing was installed, and "
                            "nothing is to be done.",
        [REASON_STORAGE_FAILED] =
                "fotad can not write its database: check the disk of the state directory.",
        [REASON_NO_PACKAGE] = "The server had no package for this module.",
        [REASON_SESSION_TIMEOUT] =
                "The session did not open in time: check coverage; does the update "
                "server answer? fotad goes on trying.",
        [REASON_WRONG_VERSION] =
                "The module runs another version than the package was for: check the catalogue.",
        [REASON_PORT_BUSY] =
                "The module's port can not be had: stop who holds it, or give fotad the "
                "right to open it; fotad goes on trying.",
};

const char *reason_advice(Reason reason) {
        return (size_t) reason < ELEMENTSOF(advice) && advice[reason] ? advice[reason] : "";
}

static const char *const events[] = {
        [EVENT_NONE] = "",
        [EVENT_MODULE_APPEARED] = "module-appeared",
        [EVENT_MODULE_GONE] = "module-gone",
        [EVENT_MODULE_IDENTIFIED] = "module-identified",
        [EVENT_MODULE_RESTARTED] = "module-restarted",
        [EVENT_SESSION_OPENED] = "session-opened",
        [EVENT_SESSION_CLOSED] = "session-closed",
        [EVENT_SESSION_REFUSED] = "session-refused",
        [EVENT_AGREEMENT_REQUESTED] = "agreement-requested",
        [EVENT_AGREEMENT_ACCEPTED] = "agreement-accepted",
        [EVENT_AGREEMENT_DEFERRED] = "agreement-deferred",
        [EVENT_PACKAGE_OFFERED] = "package-offered",
        [EVENT_DOWNLOAD_STARTED] = "download-started",
        [EVENT_DOWNLOAD_PROGRESS] = "download-progress",
        [EVENT_DOWNLOAD_SUSPENDED] = "download-suspended",
        [EVENT_DOWNLOAD_COMPLETED] = "download-completed",
        [EVENT_DOWNLOAD_FAILED] = "download-failed",
        [EVENT_PACKAGE_VERIFIED] = "package-verified",
        [EVENT_PACKAGE_REJECTED] = "package-rejected",
        [EVENT_INSTALL_STARTED] = "install-started",
        [EVENT_INSTALL_SUCCEEDED] = "install-succeeded",
        [EVENT_INSTALL_FAILED] = "install-failed",
        [EVENT_SETTINGS_RESTORED] = "settings-restored",
        [EVENT_REGISTERED] = "registered",
        [EVENT_NOTIFIED] = "notified",
        [EVENT_CONSENT_DRIFT] = "consent-drift",
        [EVENT_UNSANCTIONED_CHANGE] = "unsanctioned-change",
        [EVENT_SIM_CHANGED] = "sim-changed",
        [EVENT_SIM_SWAPPED] = "sim-swapped",
        [EVENT_PORT_BUSY] = "port-busy",
        [EVENT_COMMAND_BLOCKED] = "command-blocked",
        [EVENT_POLICY_WAITING] = "policy-waiting",
        [EVENT_UPLINK_LOST] = "uplink-lost",
        [EVENT_UPLINK_RESTORED] = "uplink-restored",
        [EVENT_SPOOL_OVERFLOW] = "spool-overflow",
        [EVENT_JOB_SUPERSEDED] = "job-superseded",
        [EVENT_JOB_CANCELLED] = "job-cancelled",
        [EVENT_PROVISIONED] = "provisioned",
        [EVENT_REISSUE_WANTED] = "reissue-wanted",
        [EVENT_LINE_DROPPED] = "line-dropped",
        [EVENT_STORAGE_FAILED] = "storage-failed",
        [EVENT_STORAGE_RESTORED] = "storage-restored",
        [EVENT_CLIENT_TOO_SLOW] = "client-too-slow",
        [EVENT_FIRMWARE_DENIED] = "firmware-denied",
        [EVENT_JOB_CREATED] = "job-created",
        [EVENT_MODULE_BLOCKED] = "module-blocked",
        [EVENT_PATH_ASKED] = "path-asked",
        [EVENT_INHIBITOR_TAKEN] = "inhibitor-taken",
        [EVENT_INHIBITOR_RELEASED] = "inhibitor-released",
        [EVENT_ORDERED] = "ordered",
        [EVENT_MODULE_STATUS] = "module-status",
        [EVENT_REPORT_REFUSED] = "report-refused",
        [EVENT_REPORTS_SET_ASIDE] = "reports-set-aside",
        [EVENT_SESSION_GRANTED] = "session-granted",
        [EVENT_REGISTRATION_GRANTED] = "registration-granted",
};
DEFINE_STRING_TABLE(event_kind, EventKind, events)

static const char *const outcomes[] = {
        [OUTCOME_NONE] = "",
        [OUTCOME_SUCCEEDED] = "succeeded",
        [OUTCOME_FAILED] = "failed",
        [OUTCOME_SUPERSEDED] = "superseded",
        [OUTCOME_TEST_RUN] = "test-run",
};
DEFINE_STRING_TABLE(outcome, Outcome, outcomes)
