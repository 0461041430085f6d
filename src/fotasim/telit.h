/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The inside of the simulated Telit module, shared by telit*.c only. */

#include "fotasim/module.h"

/* telit.c */

void telit_event(SimModule *module, const char *text); /* what follows "#OTAEV: " */
bool telit_is_up(const SimModule *module);             /* it runs, whether it answers or not */
bool telit_reachable(const SimModule *module);         /* by the server */
void telit_attached(SimModule *module);                /* to the network, now */
unsigned telit_generation(const SimModule *module);    /* 2: SMS, 3: combined, 4: TCP/IP, too */

/* telit-settings.c: values by name, as their commands print them */

void telit_settings_init(SimModule *module);
void telit_settings_reset(SimModule *module); /* all but those of the note's 8.1 */
void telit_settings_apply(SimModule *module); /* echo, result codes */
const char *telit_setting(const SimModule *module, const char *name);
void telit_setting_store(SimModule *module, const char *name, const char *value);
/* AT+NAME?, =..., =?; -ENOENT: not a setting */
int telit_setting_command(SimModule *module, const char *command, Text *reply);
int telit_profile(SimModule *module, const char *arguments, Text *reply); /* AT&V */

/* telit-commands.c, telit-services.c */

int telit_command(SimModule *module, const char *command, Text *reply);
int telit_service_command(SimModule *module, const char *command, Text *reply); /* AT#OTA... */

/* telit-register.c */

void telit_register(SimModule *module, bool by_tcp);
void telit_register_due(SimModule *module); /* what the module does by itself */
void telit_register_acknowledged(SimModule *module);
void telit_provisioned(SimModule *module);
void telit_plan(SimModule *module);

/* telit-update.c */

void telit_package_queue(SimModule *module, const QueuedPackage *package);
void telit_server_acts(SimModule *module);
int telit_answer(SimModule *module, unsigned answer); /* AT#OTASUAN=<answer> */
int telit_update_start(SimModule *module);            /* AT#OTAIPUPD */
bool telit_update_runs(const SimModule *module);
void telit_answer_due(SimModule *module);
void telit_reissue_due(SimModule *module);
void telit_download_step(SimModule *module);
void telit_validated(SimModule *module);
void telit_installed(SimModule *module);
void telit_connection_lose(SimModule *module);
void telit_update_recall(SimModule *module); /* at boot */
