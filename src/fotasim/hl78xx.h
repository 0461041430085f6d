/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The inside of the simulated HL78xx, shared by hl78xx*.c only. */

#include "fotasim/module.h"

/* hl78xx.c */

void hl78xx_event(SimModule *module, unsigned number, const char *data); /* data: NULL: none */
const SimContext *hl78xx_context(const SimModule *module); /* AT+WDSS=2's, NULL: none */
bool hl78xx_may_connect(const SimModule *module);
void hl78xx_check_ready(SimModule *module); /* event 0 follows when SIM and context are there */

/* hl78xx-commands.c, hl78xx-services.c */

int hl78xx_command(SimModule *module, const char *command, Text *reply);
int hl78xx_service_command(SimModule *module, const char *command, Text *reply); /* AT+WDS... */

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

/* hl78xx-network.c */

void hl78xx_network_lose(SimModule *module, usec_t span);
void hl78xx_network_returns(SimModule *module);
void hl78xx_network_timeout(SimModule *module);

/* hl78xx-server.c */

void hl78xx_server_plan(SimModule *module);
void hl78xx_order_granted(SimModule *module, Agreement agreement);

/* hl78xx-agreement.c */

void hl78xx_ask(SimModule *module, Agreement agreement);
void hl78xx_ask_again(SimModule *module, Agreement agreement);
void hl78xx_agreements_reset(SimModule *module);            /* AT&F */
void hl78xx_agreed(SimModule *module, Agreement agreement); /* takes a pending request away */
int hl78xx_answer(SimModule *module, unsigned answer, bool has_timer, unsigned timer_min);

/* hl78xx-package.c */

void hl78xx_package_queue(SimModule *module, const QueuedPackage *package);
void hl78xx_server_acts(SimModule *module);
void hl78xx_server_wakes(SimModule *module); /* an open session hears of a new package */
void hl78xx_download_granted(SimModule *module);
void hl78xx_download_progress(SimModule *module);
void hl78xx_download_suspend(SimModule *module);
void hl78xx_download_resume(SimModule *module); /* silently */
void hl78xx_download_recall(SimModule *module); /* at ready: what was interrupted */
void hl78xx_package_verified(SimModule *module);
void hl78xx_package_recall(SimModule *module); /* at boot */
void hl78xx_install_granted(SimModule *module);
void hl78xx_install_step(SimModule *module);
void hl78xx_package_pushed(SimModule *module, const QueuedPackage *package);

/* hl78xx-push.c */

int hl78xx_push_start(SimModule *module, uint64_t bytes); /* REPLY_NONE, or a CME code */
void hl78xx_push_receive(SimModule *module, const char *bytes, size_t n);
void hl78xx_push_step(SimModule *module);
