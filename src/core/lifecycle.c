/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The lifecycle table of all families. Rows are read from the top, the first whose state, trigger
 * and guard fit is taken, so a special case stands above its rule. The groups follow an update:
 * port, start, session, package, download, install, proof. Two things surprise: after fotad's own
 * restart an update that runs is reconciled in place (ON_PORT_OPENED keeps the state and ON_STARTED
 * corrects it by evidence), and in INSTALLING nothing is ever said to the module: only indications
 * and the watchdog end it (HL78xx FOTA note, 9.4). */

#include "core/module.h"

#define WHEN(guard) .when = (guard), .when_name = #guard
#define RUN(...) .run = { __VA_ARGS__ }

#define PENDING (IN(DOWNLOAD_PENDING) | IN(INSTALL_PENDING))
#define TRANSFER (IN(DOWNLOADING) | IN(SUSPENDED) | IN(VERIFYING))
#define CALM (IN(STARTING) | IN(IDLE) | IN(CONNECTING) | IN(CONNECTED))
#define LIVE (CALM | PENDING | TRANSFER)
#define ON_ITS_WAY (IN(CONNECTING) | TRANSFER) /* of an update that goes on by itself */
#define PROOF (IN(RESTARTING) | IN(CONFIRMING))
#define INSTALL (IN(INSTALLING) | PROOF)
#define ANY (LIVE | INSTALL | IN(ABSENT) | IN(BLOCKED))

const StateInfo state_infos[_STATE_MAX] = {
        /* clang-format off */
        [STATE_ABSENT]           = { .timeout = USEC_PER_HOUR,        .waits_for = "its port to appear", .down = true },
        [STATE_STARTING]         = { .timeout = USEC_PER_MINUTE,      .waits_for = "the module to answer", .down = true },
        [STATE_BLOCKED]          = { .timeout = 10 * USEC_PER_MINUTE, .waits_for = "a person", .down = true },
        [STATE_IDLE]             = { .timeout = 0,                    .waits_for = "" },
        [STATE_CONNECTING]       = { .timeout = 5 * USEC_PER_MINUTE,  .waits_for = "the update server", .in_flight = true },
        [STATE_CONNECTED]        = { .timeout = 10 * USEC_PER_MINUTE, .waits_for = "" },
        [STATE_DOWNLOAD_PENDING] = { .timeout = 35 * USEC_PER_MINUTE, .waits_for = "a decision", .in_flight = true },
        [STATE_DOWNLOADING]      = { .timeout = 10 * USEC_PER_MINUTE, .waits_for = "the download", .in_flight = true },
        [STATE_SUSPENDED]        = { .timeout = 15 * USEC_PER_MINUTE, .waits_for = "a session to go on", .in_flight = true },
        [STATE_VERIFYING]        = { .timeout = 10 * USEC_PER_MINUTE, .waits_for = "the module to check the package", .in_flight = true },
        [STATE_INSTALL_PENDING]  = { .timeout = 35 * USEC_PER_MINUTE, .waits_for = "a decision", .in_flight = true },
        [STATE_INSTALLING]       = { .timeout = 15 * USEC_PER_MINUTE, .waits_for = "the module to install; do not cut its power", .down = true, .installs = true, .in_flight = true },
        [STATE_RESTARTING]       = { .timeout = 3 * USEC_PER_MINUTE,  .waits_for = "the module to restart", .down = true, .installs = true, .in_flight = true },
        [STATE_CONFIRMING]       = { .timeout = USEC_PER_MINUTE,      .waits_for = "the proof of the new firmware", .down = true, .installs = true, .in_flight = true },
        /* clang-format on */
};

const Row lifecycle_rows[] = {
        /* clang-format off */

        /* the port */
        { .in = IN(ABSENT) | IN(BLOCKED),  .on = ON_PORT_OPENED,     RUN(note_appeared, say_start),              .to = STATE_STARTING },
        { .in = IN(INSTALLING),            .on = ON_PORT_OPENED,     WHEN(is_flashing), RUN(note_appeared),    .to = STATE_INSTALLING }, /* it goes on where its power went */
        { .in = IN(INSTALLING),            .on = ON_PORT_OPENED,     RUN(note_appeared),                         .to = STATE_SAME },
        { .in = ON_ITS_WAY,                .on = ON_PORT_OPENED,     WHEN(is_deaf), RUN(note_appeared),          .to = STATE_SAME },
        { .in = ON_ITS_WAY,                .on = ON_PORT_LOST,       WHEN(is_unattended), RUN(note_gone),        .to = STATE_SAME },
        { .in = ON_ITS_WAY,                .on = ON_PORT_REFUSED,    WHEN(is_unattended), RUN(note_refused),     .to = STATE_SAME },
        { .in = ANY,                       .on = ON_PORT_OPENED,     RUN(note_appeared, say_start),              .to = STATE_SAME },
        { .in = IN(INSTALLING),            .on = ON_PORT_LOST,       RUN(note_gone),                             .to = STATE_SAME },
        { .in = PROOF,                     .on = ON_PORT_LOST,       RUN(note_gone),                             .to = STATE_RESTARTING },
        { .in = ANY,                       .on = ON_PORT_LOST,       RUN(note_gone),                             .to = STATE_ABSENT },
        { .in = INSTALL,                   .on = ON_PORT_REFUSED,    RUN(note_refused),                          .to = STATE_SAME },
        { .in = ANY,                       .on = ON_PORT_REFUSED,    RUN(note_refused),                          .to = STATE_BLOCKED },
        { .in = IN(ABSENT),                .on = ON_TIMEOUT,         WHEN(is_job_running), RUN(fail_port_lost),  .to = STATE_SAME },
        { .in = ON_ITS_WAY,                .on = ON_TIMEOUT,         WHEN(is_in_time), RUN(note_stalled),        .to = STATE_SAME },
        { .in = ON_ITS_WAY,                .on = ON_TIMEOUT,         WHEN(is_unattended), RUN(note_overdue, say_start), .to = STATE_CONFIRMING },
        { .in = LIVE,                      .on = ON_TIMEOUT,         WHEN(is_port_closed),                       .to = STATE_ABSENT },
        { .in = IN(BLOCKED),               .on = ON_TIMEOUT,         WHEN(is_port_open), RUN(say_start),         .to = STATE_STARTING },

        /* start, and the module's own restarts */
        { .in = IN(BLOCKED),               .on = ON_STARTED,                                                     .to = STATE_STARTING, .again = true },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_wrong_module), RUN(block_wrong_module), .to = STATE_BLOCKED },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_other_module), RUN(forget_module),     .to = STATE_STARTING, .again = true },
        { .in = ON_ITS_WAY,                .on = ON_STARTED,         WHEN(is_unattended_over),                   .to = STATE_CONFIRMING, .again = true },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_found_updating), RUN(note_identified, note_found_updating), .to = STATE_DOWNLOADING },
        { .in = ON_ITS_WAY,                .on = ON_STARTED,         WHEN(is_unattended), RUN(note_identified),  .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_pin_usable), RUN(note_identified, say_unlock), .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_unlocking), RUN(note_identified),   .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_sim_locked), RUN(note_identified, block_sim), .to = STATE_BLOCKED },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_push_lost), RUN(note_identified, fail_push), .to = STATE_STARTING, .again = true },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_context_wanted), RUN(note_identified, say_context), .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_request_answered), RUN(note_answered), .to = STATE_STARTING, .again = true },
        { .in = CALM | PENDING,            .on = ON_STARTED,         WHEN(is_install_stale), RUN(note_identified, ask_install_pending), .to = STATE_INSTALL_PENDING },
        { .in = CALM | PENDING,            .on = ON_STARTED,         WHEN(is_download_stale), RUN(note_identified, ask_download_pending), .to = STATE_DOWNLOAD_PENDING },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_request_install), RUN(note_identified), .to = STATE_INSTALL_PENDING },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_request_download), RUN(note_identified), .to = STATE_DOWNLOAD_PENDING },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_package_stored), RUN(note_identified, ask_install_pending), .to = STATE_INSTALL_PENDING },
        { .in = IN(DOWNLOADING) | IN(SUSPENDED), .on = ON_STARTED,   WHEN(is_download_doubtful), RUN(note_identified, ask_download_pending), .to = STATE_SAME },
        { .in = IN(DOWNLOADING),           .on = ON_STARTED,         WHEN(is_session_found_closed), RUN(note_identified, note_suspended), .to = STATE_SUSPENDED },
        { .in = TRANSFER,                  .on = ON_STARTED,         RUN(note_identified),                       .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_package_waiting), RUN(note_identified, ask_download_pending), .to = STATE_DOWNLOAD_PENDING },
        { .in = PENDING,                   .on = ON_STARTED,         WHEN(is_given_up), RUN(note_identified, fail_withdrawn), .to = STATE_STARTING, .again = true },
        { .in = CALM,                      .on = ON_STARTED,         WHEN(is_withdrawn), RUN(note_identified, fail_withdrawn), .to = STATE_STARTING, .again = true },
        { .in = PENDING,                   .on = ON_STARTED,         RUN(note_identified),                       .to = STATE_SAME },
        { .in = IN(CONNECTED),             .on = ON_STARTED,         WHEN(is_offer_doubtful), RUN(note_identified, ask_download_pending), .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_STARTED,         WHEN(is_session_found_open), RUN(note_identified), .to = STATE_CONNECTED },
        { .in = IN(CONNECTING),            .on = ON_STARTED,         WHEN(is_connect_over), RUN(note_identified, note_connect_timeout), .to = STATE_IDLE },
        { .in = IN(CONNECTING),            .on = ON_STARTED,         RUN(note_identified),                       .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_STARTED,         RUN(note_identified),                       .to = STATE_IDLE },
        { .in = LIVE | PROOF | IN(BLOCKED), .on = ON_START_FAILED,   RUN(note_start_failed),                     .to = STATE_SAME },
        { .in = IN(STARTING),              .on = ON_TIMEOUT,         WHEN(is_start_idle), RUN(say_start),        .to = STATE_SAME },
        { .in = IN(STARTING),              .on = ON_TIMEOUT,                                                     .to = STATE_SAME },
        { .in = PENDING,                   .on = ON_JOB_EXPIRED,     RUN(fail_expired),                          .to = STATE_STARTING },
        { .in = IN(SUSPENDED),             .on = ON_JOB_EXPIRED,     RUN(fail_expired, say_start),               .to = STATE_STARTING },
        { .in = LIVE | IN(ABSENT) | IN(BLOCKED), .on = ON_JOB_EXPIRED, RUN(fail_expired),                        .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_UNLOCKED,        RUN(say_start),                             .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_UNLOCK_FAILED,   RUN(note_unlock_failed),                    .to = STATE_BLOCKED },
        { .in = LIVE,                      .on = ON_CONTEXT_SET,     RUN(say_start),                             .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_CONTEXT_FAILED,  RUN(note_context_failed, say_start),        .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_READY,           WHEN(is_not_ready), RUN(note_ready, say_start), .to = STATE_SAME },
        { .in = IN(DOWNLOADING),           .on = ON_READY,           RUN(note_restarted, note_suspended, say_start), .to = STATE_SUSPENDED },
        { .in = LIVE,                      .on = ON_READY,           RUN(note_restarted, say_start),             .to = STATE_SAME },
        { .in = IN(DOWNLOADING),           .on = ON_BOOTED,          RUN(note_restarted, note_suspended, say_start), .to = STATE_SUSPENDED },
        { .in = LIVE,                      .on = ON_BOOTED,          RUN(note_restarted, say_start),             .to = STATE_SAME },
        { .in = IN(BLOCKED),               .on = ON_BOOTED,          RUN(note_restarted, say_start),             .to = STATE_STARTING },
        { .in = IN(BLOCKED),               .on = ON_READY,           RUN(note_ready, say_start),                 .to = STATE_STARTING },
        { .in = IN(STARTING) | IN(IDLE) | PENDING, .on = ON_SIM_EVENT, RUN(say_start),                           .to = STATE_SAME },
        { .in = IN(BLOCKED),               .on = ON_SIM_EVENT,       RUN(say_start),                             .to = STATE_STARTING },

        /* the update server's word about a module */
        { .in = LIVE,                      .on = ON_REGISTER_SAID,   RUN(note_register_said),                    .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_REGISTER_FAILED, RUN(note_register_failed),                  .to = STATE_SAME },
        { .in = ANY,                       .on = ON_REGISTERED,      RUN(note_registered),                       .to = STATE_SAME },
        { .in = ANY,                       .on = ON_PROVISIONED,     RUN(note_provisioned),                      .to = STATE_SAME },
        { .in = ANY,                       .on = ON_NOTIFIED,        RUN(note_notified),                         .to = STATE_SAME },

        /* an update that goes on by itself from the one question, or from the server's start, to the proof */
        { .in = IN(IDLE),                  .on = ON_UPDATE_ORDERED,  RUN(ask_self),                              .to = STATE_INSTALL_PENDING },
        { .in = IN(INSTALL_PENDING),       .on = ON_REISSUED,        RUN(note_reissued),                         .to = STATE_IDLE },
        { .in = IN(CONNECTING),            .on = ON_ASK_OVER,        WHEN(is_yes_lost), RUN(note_ask_over, say_start), .to = STATE_INSTALL_PENDING },
        { .in = ON_ITS_WAY,                .on = ON_ASK_OVER,        WHEN(is_unattended),                        .to = STATE_SAME },
        { .in = LIVE | IN(ABSENT) | IN(BLOCKED), .on = ON_ASK_OVER,  WHEN(is_job_running), RUN(note_ask_over),   .to = STATE_SAME },
        { .in = IN(INSTALL_PENDING),       .on = ON_ASK_OVER,        RUN(close_request),                         .to = STATE_IDLE },
        { .in = LIVE | IN(ABSENT) | IN(BLOCKED), .on = ON_ASK_OVER,  RUN(close_request),                         .to = STATE_SAME },
        { .in = ON_ITS_WAY,                .on = ON_AUTOMATIC,       WHEN(is_unattended),                        .to = STATE_SAME },
        { .in = LIVE | IN(BLOCKED),        .on = ON_AUTOMATIC,       RUN(note_automatic),                        .to = STATE_CONNECTING },
        { .in = IN(CONNECTING),            .on = ON_ASKED_INSTALL,   WHEN(is_asked_meanwhile),                   .to = STATE_SAME },
        { .in = TRANSFER,                  .on = ON_ASKED_INSTALL,   WHEN(is_asked_before),                      .to = STATE_SAME },
        { .in = TRANSFER,                  .on = ON_ASKED_INSTALL,   WHEN(is_unattended), RUN(note_end_missed, note_request, say_start), .to = STATE_INSTALL_PENDING },
        { .in = LIVE,                      .on = ON_ASKED_INSTALL,   WHEN(is_not_seen_yet), RUN(note_request, say_start), .to = STATE_INSTALL_PENDING },
        { .in = LIVE,                      .on = ON_ASKED_INSTALL,   WHEN(is_one_question), RUN(note_request, say_arm), .to = STATE_INSTALL_PENDING },
        { .in = IN(INSTALL_PENDING),       .on = ON_GRANTED_INSTALL, WHEN(is_one_question), RUN(note_unattended), .to = STATE_CONNECTING },
        { .in = IN(CONNECTING),            .on = ON_ACCEPT_FAILED,   WHEN(is_yes_lost), RUN(note_ask_over),      .to = STATE_INSTALL_PENDING },
        { .in = IN(INSTALL_PENDING),       .on = ON_ACCEPT_FAILED,   WHEN(is_own_request),                       .to = STATE_SAME },
        { .in = ON_ITS_WAY,                .on = ON_ACCEPT_FAILED,   WHEN(is_unattended),                        .to = STATE_SAME },
        { .in = ON_ITS_WAY,                .on = ON_UPDATE_REFUSED,  RUN(fail_update),                           .to = STATE_IDLE },
        { .in = IN(INSTALL_PENDING),       .on = ON_DOWNLOADING,     WHEN(is_one_question), RUN(note_download_started), .to = STATE_DOWNLOADING },
        { .in = IN(CONFIRMING),            .on = ON_DOWNLOADING,     WHEN(is_unattended), RUN(note_goes_on, note_download_started), .to = STATE_DOWNLOADING },
        { .in = IN(INSTALL_PENDING),       .on = ON_STORED,          WHEN(is_one_question), RUN(note_stored),    .to = STATE_VERIFYING },
        { .in = ON_ITS_WAY,                .on = ON_UPDATE_FAILED,   WHEN(is_unattended), RUN(fail_update, say_start), .to = STATE_IDLE },
        { .in = IN(INSTALL_PENDING),       .on = ON_UPDATE_FAILED,   WHEN(is_asked_by_module), RUN(fail_update), .to = STATE_IDLE },
        { .in = IN(INSTALLING),            .on = ON_UPDATE_FAILED,   RUN(note_install_failed, say_start),        .to = STATE_CONFIRMING },
        { .in = PROOF,                     .on = ON_UPDATE_FAILED,   RUN(note_install_failed),                   .to = STATE_SAME },
        { .in = ANY,                       .on = ON_RESULT_TOLD,     WHEN(is_told_of_last), RUN(note_told),      .to = STATE_SAME },
        { .in = ON_ITS_WAY | IN(INSTALLING), .on = ON_RESULT_TOLD,   WHEN(is_unattended), RUN(note_told_early, say_start), .to = STATE_CONFIRMING },
        { .in = ANY,                       .on = ON_RESULT_TOLD,     RUN(note_told),                             .to = STATE_SAME },

        /* the session */
        { .in = IN(STARTING) | IN(IDLE),   .on = ON_AUTHENTICATING,                                              .to = STATE_CONNECTING },
        { .in = IN(CONNECTING),            .on = ON_AUTH_FAILED,     RUN(note_auth_failed),                      .to = STATE_SAME },
        { .in = LIVE | PROOF,              .on = ON_BOOTSTRAP,       RUN(note_bootstrap),                        .to = STATE_SAME },
        { .in = CALM,                      .on = ON_SESSION_OPENED,  RUN(note_session_opened, say_arm),          .to = STATE_CONNECTED },
        { .in = LIVE,                      .on = ON_SESSION_OPENED,  RUN(note_session_opened, say_arm),          .to = STATE_SAME },
        { .in = PROOF,                     .on = ON_SESSION_OPENED,  RUN(note_session_opened),                   .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_ARMED,           RUN(note_armed),                            .to = STATE_SAME },
        { .in = CALM,                      .on = ON_SESSION_REFUSED, RUN(note_session_refused),                  .to = STATE_IDLE },
        { .in = IN(DOWNLOADING),           .on = ON_SESSION_REFUSED, RUN(note_session_refused, note_suspended),  .to = STATE_SUSPENDED },
        { .in = LIVE | PROOF,              .on = ON_SESSION_REFUSED, RUN(note_session_refused),                  .to = STATE_SAME },
        { .in = IN(STARTING),              .on = ON_SESSION_CLOSED,  RUN(note_session_closed),                   .to = STATE_SAME },
        { .in = CALM,                      .on = ON_SESSION_CLOSED,  RUN(note_session_closed),                   .to = STATE_IDLE },
        { .in = IN(DOWNLOADING),           .on = ON_SESSION_CLOSED,  RUN(note_session_closed, note_suspended),   .to = STATE_SUSPENDED },
        { .in = LIVE | PROOF,              .on = ON_SESSION_CLOSED,  RUN(note_session_closed),                   .to = STATE_SAME },
        { .in = IN(IDLE),                  .on = ON_CONNECT_ORDERED,                                             .to = STATE_CONNECTING },
        { .in = IN(CONNECTING),            .on = ON_CONNECT_FAILED,  WHEN(is_agreement_pending), RUN(note_connect_failed, say_start), .to = STATE_IDLE },
        { .in = IN(CONNECTING),            .on = ON_CONNECT_FAILED,  RUN(note_connect_failed),                   .to = STATE_IDLE },
        { .in = LIVE,                      .on = ON_CONNECT_FAILED,  RUN(note_connect_failed),                   .to = STATE_SAME },
        { .in = IN(CONNECTING),            .on = ON_TIMEOUT,         WHEN(is_not_looked_at), RUN(note_stalled, say_start), .to = STATE_SAME },
        { .in = IN(CONNECTING),            .on = ON_TIMEOUT,         RUN(note_connect_timeout),                  .to = STATE_IDLE },
        { .in = IN(CONNECTED),             .on = ON_TIMEOUT,         WHEN(is_offer_late), RUN(note_stalled, say_start), .to = STATE_SAME },
        { .in = IN(CONNECTED),             .on = ON_TIMEOUT,         WHEN(is_job_waiting_for_offer), RUN(fail_no_package), .to = STATE_SAME },
        { .in = IN(CONNECTED),             .on = ON_TIMEOUT,         WHEN(is_offer_gone), RUN(fail_withdrawn),   .to = STATE_SAME },
        { .in = IN(CONNECTED),             .on = ON_TIMEOUT,         RUN(note_stalled, say_start),               .to = STATE_SAME },
        { .in = LIVE | PROOF,              .on = ON_ASKED_CONNECT,   WHEN(is_new_request), RUN(note_request),                          .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_ASKED_OTHER,     WHEN(is_new_request), RUN(note_request),                          .to = STATE_SAME },

        /* the package and its download; 9 and 2 come in either order */
        { .in = IN(DOWNLOADING),           .on = ON_OFFERED,         WHEN(is_asked_for_other), RUN(note_offered, note_doubtful), .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_OFFERED,         RUN(note_offered),                          .to = STATE_SAME },
        { .in = IN(DOWNLOADING) | IN(SUSPENDED), .on = ON_ASKED_DOWNLOAD, WHEN(is_new_request), RUN(note_request), .to = STATE_DOWNLOAD_PENDING },
        { .in = IN(DOWNLOADING) | IN(SUSPENDED), .on = ON_ASKED_DOWNLOAD, RUN(note_asked_again),                 .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_ASKED_DOWNLOAD,  RUN(note_request),                          .to = STATE_DOWNLOAD_PENDING },
        { .in = IN(DOWNLOAD_PENDING),      .on = ON_GRANTED_DOWNLOAD,                                            .to = STATE_DOWNLOADING },
        { .in = IN(DOWNLOADING),           .on = ON_ACCEPT_FAILED,   RUN(note_answer_refused),                   .to = STATE_DOWNLOAD_PENDING },
        { .in = LIVE,                      .on = ON_ACCEPT_FAILED,   RUN(note_answer_refused),                   .to = STATE_SAME },
        { .in = IN(DOWNLOADING),           .on = ON_DOWNLOADING,     WHEN(is_pushing), RUN(note_push_started),   .to = STATE_SAME },
        { .in = CALM | TRANSFER | IN(DOWNLOAD_PENDING), .on = ON_DOWNLOADING, RUN(note_download_started),        .to = STATE_DOWNLOADING },
        { .in = CALM | TRANSFER | IN(DOWNLOAD_PENDING), .on = ON_PROGRESS, RUN(note_progress),                   .to = STATE_DOWNLOADING },
        { .in = LIVE,                      .on = ON_DOWNLOAD_FAILED, WHEN(is_session_open), RUN(fail_download),  .to = STATE_CONNECTED },
        { .in = LIVE,                      .on = ON_DOWNLOAD_FAILED, RUN(fail_download),                         .to = STATE_IDLE },
        { .in = IN(DOWNLOADING),           .on = ON_TIMEOUT,         WHEN(is_pushing),                           .to = STATE_SAME },
        { .in = IN(DOWNLOADING),           .on = ON_TIMEOUT,         WHEN(is_stalled), RUN(fail_transfer),       .to = STATE_IDLE },
        { .in = IN(SUSPENDED),             .on = ON_TIMEOUT,         WHEN(is_stalled), RUN(fail_transfer),       .to = STATE_IDLE },
        { .in = IN(DOWNLOADING) | IN(SUSPENDED), .on = ON_TIMEOUT,   RUN(note_stalled, say_start),               .to = STATE_SAME },
        { .in = PENDING,                   .on = ON_TIMEOUT,         RUN(note_stalled, say_start),               .to = STATE_SAME },
        { .in = PENDING,                   .on = ON_QUESTION_NO,     WHEN(is_asked_for_package), RUN(fail_withdrawn), .to = STATE_STARTING, .again = true },
        { .in = PENDING | IN(STARTING),    .on = ON_QUESTION_NO,     WHEN(is_session_open), RUN(note_nothing_pending), .to = STATE_CONNECTED },
        { .in = PENDING | IN(STARTING),    .on = ON_QUESTION_NO,     RUN(note_nothing_pending),                  .to = STATE_IDLE },
        { .in = IN(DOWNLOADING) | IN(SUSPENDED), .on = ON_QUESTION_YES, RUN(note_question_yes),                  .to = STATE_DOWNLOAD_PENDING },
        { .in = IN(DOWNLOADING) | IN(SUSPENDED), .on = ON_QUESTION_NO, WHEN(is_download_doubtful), RUN(note_grant_taken, say_start), .to = STATE_SAME },
        { .in = LIVE,                      .on = ON_QUESTION_YES,    RUN(note_question_yes),                     .to = STATE_SAME },

        /* a package that is pushed over the line (note, chapter 10) */
        { .in = IN(IDLE),                  .on = ON_PUSH_ORDERED,                                                .to = STATE_DOWNLOADING },
        { .in = IN(DOWNLOADING),           .on = ON_PUSHED,          RUN(note_pushed),                           .to = STATE_VERIFYING },
        { .in = LIVE,                      .on = ON_PUSH_FAILED,     WHEN(is_push_wanted), RUN(fail_push),       .to = STATE_IDLE },
        { .in = IN(DOWNLOADING),           .on = ON_PUSH_FAILED,                                                 .to = STATE_IDLE },

        /* verification; 10 and 12 come in either order */
        { .in = CALM | TRANSFER | IN(DOWNLOAD_PENDING), .on = ON_STORED, RUN(note_stored),                       .to = STATE_VERIFYING },
        { .in = CALM | TRANSFER | IN(DOWNLOAD_PENDING), .on = ON_CERTIFIED, RUN(note_certified),                 .to = STATE_VERIFYING },
        { .in = IN(INSTALL_PENDING) | IN(INSTALLING), .on = ON_CERTIFIED, RUN(note_certified),                   .to = STATE_SAME },
        { .in = LIVE | IN(INSTALLING),     .on = ON_NOT_CERTIFIED,   WHEN(is_session_open), RUN(fail_not_certified), .to = STATE_CONNECTED },
        { .in = LIVE | IN(INSTALLING),     .on = ON_NOT_CERTIFIED,   RUN(fail_not_certified),                    .to = STATE_IDLE },
        { .in = IN(VERIFYING),             .on = ON_TIMEOUT,         WHEN(is_stalled), RUN(fail_no_response),    .to = STATE_IDLE },
        { .in = IN(VERIFYING),             .on = ON_TIMEOUT,         RUN(note_stalled, say_start),               .to = STATE_SAME },

        /* the install: nothing is said to the module until it is over */
        { .in = LIVE,                      .on = ON_ASKED_INSTALL,   RUN(note_request),                          .to = STATE_INSTALL_PENDING },
        { .in = IN(INSTALLING),            .on = ON_ASKED_INSTALL,   WHEN(is_new_request), RUN(note_request, look_if_unseen), .to = STATE_INSTALL_PENDING },
        { .in = IN(INSTALLING),            .on = ON_ASKED_INSTALL,   RUN(note_asked_again),                      .to = STATE_SAME },
        { .in = PROOF,                     .on = ON_ASKED_INSTALL,   RUN(note_proof_due, note_request, say_start), .to = STATE_INSTALL_PENDING },
        { .in = PROOF,                     .on = ON_OFFERED,         RUN(note_early),                            .to = STATE_SAME },
        { .in = PROOF,                     .on = ON_ASKED_DOWNLOAD,  RUN(note_early),                            .to = STATE_SAME },
        { .in = IN(INSTALL_PENDING),       .on = ON_GRANTED_INSTALL,                                             .to = STATE_INSTALLING },
        { .in = IN(INSTALLING),            .on = ON_ACCEPT_FAILED,   RUN(note_answer_refused),                   .to = STATE_INSTALL_PENDING },
        { .in = LIVE | INSTALL | IN(BLOCKED), .on = ON_INSTALLING,      RUN(note_installing),                       .to = STATE_INSTALLING },
        { .in = IN(INSTALLING),            .on = ON_READY,           WHEN(is_grant_lost), RUN(note_restarted, note_grant_lost, say_start), .to = STATE_INSTALL_PENDING },
        { .in = IN(INSTALLING),            .on = ON_READY,           WHEN(is_boot_of_before), RUN(note_boot_of_before), .to = STATE_SAME },
        { .in = IN(INSTALLING),            .on = ON_BOOTED,          WHEN(is_boot_of_before), RUN(note_boot_of_before), .to = STATE_SAME },
        { .in = IN(INSTALLING),            .on = ON_READY,           WHEN(is_not_ready), RUN(note_ready),        .to = STATE_SAME },
        { .in = IN(INSTALLING),            .on = ON_READY,           RUN(note_restarted, say_start),             .to = STATE_RESTARTING },
        { .in = IN(INSTALLING),            .on = ON_BOOTED,          RUN(note_restarted, say_start),             .to = STATE_RESTARTING },
        { .in = IN(INSTALLING),            .on = ON_ASKED_CONNECT,   WHEN(is_connect_repeated),                  .to = STATE_SAME },
        { .in = IN(INSTALLING),            .on = ON_ASKED_CONNECT,   RUN(note_restarted, note_request, say_start), .to = STATE_RESTARTING },
        { .in = IN(INSTALLING),            .on = ON_AUTHENTICATING,  WHEN(is_launched), RUN(note_restarted, say_start), .to = STATE_RESTARTING },
        { .in = IN(INSTALLING),            .on = ON_SESSION_OPENED,  WHEN(is_launched), RUN(note_restarted, say_start), .to = STATE_RESTARTING },
        { .in = IN(CONNECTING),            .on = ON_INSTALLED,       WHEN(is_deaf), RUN(note_installed, say_start), .to = STATE_CONFIRMING },
        { .in = IN(STARTING),              .on = ON_INSTALLED,       WHEN(is_asked_with_grant), RUN(note_installed, say_start), .to = STATE_CONFIRMING },
        { .in = IN(STARTING),              .on = ON_INSTALL_FAILED,  WHEN(is_asked_with_grant), RUN(note_install_failed, say_start), .to = STATE_CONFIRMING },
        { .in = CALM,                      .on = ON_INSTALLED,       RUN(say_start),                             .to = STATE_SAME },
        { .in = CALM,                      .on = ON_INSTALL_FAILED,  RUN(say_start),                             .to = STATE_SAME },
        { .in = IN(INSTALL_PENDING) | IN(INSTALLING), .on = ON_INSTALLED, WHEN(is_success_of_before),            .to = STATE_SAME },
        { .in = PENDING | TRANSFER,        .on = ON_INSTALLED,       WHEN(is_success_told_late), RUN(say_start),  .to = STATE_SAME },
        { .in = LIVE | INSTALL | IN(BLOCKED), .on = ON_INSTALLED,       RUN(note_installed, say_start),             .to = STATE_CONFIRMING },
        { .in = LIVE | INSTALL | IN(BLOCKED), .on = ON_INSTALL_FAILED,  RUN(note_install_failed, say_start),        .to = STATE_CONFIRMING },
        { .in = IN(INSTALLING),            .on = ON_TIMEOUT,         RUN(note_watchdog, say_start),              .to = STATE_CONFIRMING },

        /* the proof: only the version that the module runs ends a job */
        { .in = IN(RESTARTING),            .on = ON_STARTED,                                                     .to = STATE_CONFIRMING, .again = true },
        { .in = IN(RESTARTING),            .on = ON_TIMEOUT,         RUN(say_start),                             .to = STATE_CONFIRMING },
        { .in = IN(CONFIRMING),            .on = ON_STARTED,         WHEN(is_wrong_module), RUN(block_wrong_module), .to = STATE_BLOCKED },
        { .in = IN(CONFIRMING),            .on = ON_STARTED,         WHEN(is_update_running), RUN(note_runs_on), .to = STATE_DOWNLOADING },
        { .in = IN(CONFIRMING),            .on = ON_STARTED,         WHEN(is_start_doubtful), RUN(note_identified, ask_self_again, say_arm), .to = STATE_INSTALL_PENDING },
        { .in = IN(CONFIRMING),            .on = ON_STARTED,         WHEN(is_grant_doubtful), RUN(ask_install_pending),  .to = STATE_SAME },
        { .in = IN(CONFIRMING),            .on = ON_QUESTION_YES,    RUN(note_question_yes, say_start),          .to = STATE_INSTALL_PENDING },
        { .in = IN(CONFIRMING),            .on = ON_QUESTION_NO,     RUN(note_grant_taken, say_start),           .to = STATE_SAME },
        { .in = IN(CONFIRMING),            .on = ON_STARTED,         WHEN(is_verdict_known), RUN(conclude_install), .to = STATE_STARTING, .again = true },
        { .in = IN(CONFIRMING),            .on = ON_STARTED,                                                     .to = STATE_SAME },
        { .in = IN(CONFIRMING),            .on = ON_TIMEOUT,         WHEN(is_lost),  RUN(fail_port_lost),        .to = STATE_ABSENT },
        { .in = IN(CONFIRMING),            .on = ON_TIMEOUT,         WHEN(is_given_up), RUN(fail_no_response, say_start), .to = STATE_STARTING },
        { .in = IN(CONFIRMING),            .on = ON_TIMEOUT,         RUN(note_waited, say_start),                .to = STATE_SAME },

        /* a person gives the job up */
        { .in = LIVE,                      .on = ON_CANCELLED,       WHEN(is_pushing), RUN(cancel_push),         .to = STATE_SAME },
        { .in = IN(INSTALL_PENDING),       .on = ON_CANCELLED,       WHEN(is_own_request), RUN(cancel_job),             .to = STATE_IDLE },
        { .in = IN(DOWNLOADING) | IN(SUSPENDED), .on = ON_CANCELLED, WHEN(is_session_closed), RUN(cancel_job),   .to = STATE_IDLE },
        { .in = IN(DOWNLOADING) | IN(SUSPENDED), .on = ON_CANCELLED, RUN(cancel_job),                            .to = STATE_CONNECTED },
        { .in = LIVE | IN(ABSENT) | IN(BLOCKED), .on = ON_CANCELLED, RUN(cancel_job),                            .to = STATE_SAME },

        /* clang-format on */
};
const size_t lifecycle_n_rows = ELEMENTSOF(lifecycle_rows);

static const char *const triggers[] = {
        [ON_READY] = "ready",
        [ON_BOOTED] = "booted",
        [ON_ASKED_CONNECT] = "asked-connect",
        [ON_ASKED_DOWNLOAD] = "asked-download",
        [ON_ASKED_INSTALL] = "asked-install",
        [ON_ASKED_OTHER] = "asked-other",
        [ON_AUTHENTICATING] = "authenticating",
        [ON_AUTH_FAILED] = "auth-failed",
        [ON_AUTHENTICATED] = "authenticated",
        [ON_BOOTSTRAP] = "bootstrap",
        [ON_SESSION_OPENED] = "session-opened",
        [ON_SESSION_REFUSED] = "session-refused",
        [ON_SESSION_CLOSED] = "session-closed",
        [ON_OFFERED] = "offered",
        [ON_DOWNLOADING] = "download-started",
        [ON_PROGRESS] = "progress",
        [ON_STORED] = "stored",
        [ON_DOWNLOAD_FAILED] = "download-failed",
        [ON_CERTIFIED] = "certified",
        [ON_NOT_CERTIFIED] = "not-certified",
        [ON_INSTALLING] = "install-started",
        [ON_INSTALL_FAILED] = "install-failed",
        [ON_INSTALLED] = "installed",
        [ON_ASK_OVER] = "ask-over",
        [ON_AUTOMATIC] = "automatic",
        [ON_UPDATE_FAILED] = "update-failed",
        [ON_REGISTERED] = "registered",
        [ON_PROVISIONED] = "provisioned",
        [ON_NOTIFIED] = "notified",
        [ON_RESULT_TOLD] = "result-told",
        [ON_SIM_EVENT] = "sim-event",
        [ON_STARTED] = "started",
        [ON_START_FAILED] = "start-failed",
        [ON_UNLOCKED] = "unlocked",
        [ON_UNLOCK_FAILED] = "unlock-failed",
        [ON_CONTEXT_SET] = "context-set",
        [ON_CONTEXT_FAILED] = "context-failed",
        [ON_CONNECT_FAILED] = "connect-failed",
        [ON_ACCEPT_FAILED] = "accept-failed",
        [ON_ARMED] = "armed",
        [ON_REGISTER_SAID] = "register-said",
        [ON_REGISTER_FAILED] = "register-failed",
        [ON_UPDATE_REFUSED] = "update-refused",
        [ON_PUSHED] = "pushed",
        [ON_PUSH_FAILED] = "push-failed",
        [ON_QUESTION_YES] = "request-pending",
        [ON_QUESTION_NO] = "no-request-pending",
        [ON_PORT_OPENED] = "port-opened",
        [ON_PORT_LOST] = "port-lost",
        [ON_PORT_REFUSED] = "port-refused",
        [ON_CONNECT_ORDERED] = "connect",
        [ON_PUSH_ORDERED] = "push",
        [ON_UPDATE_ORDERED] = "update",
        [ON_REISSUED] = "reissued",
        [ON_GRANTED_DOWNLOAD] = "download-granted",
        [ON_GRANTED_INSTALL] = "install-granted",
        [ON_CANCELLED] = "cancelled",
        [ON_JOB_EXPIRED] = "job-expired",
        [ON_TIMEOUT] = "timeout",
};
DEFINE_STRING_TABLE(trigger, Trigger, triggers)

const Row *lifecycle_find(State state, Trigger trigger, const Module *module) {
        for (size_t i = 0; i < lifecycle_n_rows; i++) {
                const Row *row = lifecycle_rows + i;
                if (row->on == trigger && (row->in & (1U << state)) &&
                    (!row->when || row->when(module)))
                        return row;
        }
        return NULL;
}

bool lifecycle_action_speaks(RowAction action) {
        return action == say_start || action == say_arm || action == say_unlock ||
               action == say_context || action == ask_install_pending ||
               action == ask_download_pending;
}

/* The diagram: one arrow for each pair of states, labelled with what moves it. Rows of many states
 * are drawn from one node that stands for them all, or nobody could read it. */

#define MANY_STATES 6U
#define SOURCE_MANY _STATE_MAX

/* Is this the first row of (state, trigger, guard)? A later one is shadowed there and not drawn. */
static bool row_is_first(const Row *row, State state) {
        for (const Row *other = lifecycle_rows; other < row; other++)
                if (other->on == row->on && (other->in & (1U << state)) &&
                    (!other->when || other->when == row->when))
                        return false;
        return true;
}

static bool row_draws(const Row *row, State source, State to) {
        const bool many = (unsigned) __builtin_popcount(row->in) >= MANY_STATES;

        if (row->to != to || (source == SOURCE_MANY) != many)
                return false;
        return many || (source != to && (row->in & (1U << source)) && row_is_first(row, source));
}

/* Was this trigger of the arrow named before? */
static bool is_named(const Row *row, State source, State to) {
        for (const Row *other = lifecycle_rows; other < row; other++)
                if (other->on == row->on && row_draws(other, source, to))
                        return true;
        return false;
}

static void print_arrow(Text *to, State source, State target) {
        const char *name = source == SOURCE_MANY ? "any other" : state_to_string(source);
        unsigned n = 0;

        for (size_t i = 0; i < lifecycle_n_rows; i++) {
                const Row *row = lifecycle_rows + i;
                if (!row_draws(row, source, target) || is_named(row, source, target))
                        continue;
                if (n++ == 0)
                        text_printf(to, "  \"%s\" -> \"%s\" [label=\"", name,
                                    state_to_string(target));
                else
                        text_add(to, "\\n");
                text_add(to, trigger_to_string(row->on));
        }
        if (n > 0)
                text_add(to, "\"];\n");
}

bool lifecycle_print_dot(Text *to) {
        text_add(to, "digraph lifecycle {\n"
                     "  graph [rankdir=TB, fontname=sans];\n"
                     "  node [shape=box, style=rounded, fontname=sans, fontsize=12];\n"
                     "  edge [fontname=sans, fontsize=9];\n"
                     "  \"any other\" [style=dashed];\n");
        for (unsigned source = 0; source <= SOURCE_MANY; source++)
                for (State target = 0; target < _STATE_MAX; target++)
                        print_arrow(to, (State) source, target);
        text_add(to, "}\n");
        return !to->truncated;
}
