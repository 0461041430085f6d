/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The verbs. Each gets what stands behind it on the command line, counted by the table in
 * fotactl.c. */

#include "fotactl/client.h"

Status verb_list(Client *client, int n, char *words[]);
Status verb_status(Client *client, int n, char *words[]);
Status verb_explain(Client *client, int n, char *words[]);
Status verb_plan(Client *client, int n, char *words[]);
Status verb_watch(Client *client, int n, char *words[]);
Status verb_history(Client *client, int n, char *words[]);
Status verb_connect(Client *client, int n, char *words[]);
Status verb_disconnect(Client *client, int n, char *words[]);
Status verb_accept(Client *client, int n, char *words[]);
Status verb_defer(Client *client, int n, char *words[]);
Status verb_update(Client *client, int n, char *words[]);
Status verb_cancel(Client *client, int n, char *words[]);
Status verb_suspend(Client *client, int n, char *words[]);
Status verb_resume(Client *client, int n, char *words[]);
Status verb_inhibit(Client *client, int n, char *words[]);
Status verb_uninhibit(Client *client, int n, char *words[]);
Status verb_inhibitors(Client *client, int n, char *words[]);
Status verb_register(Client *client, int n, char *words[]);
Status verb_settings(Client *client, int n, char *words[]);
Status verb_command(Client *client, int n, char *words[]);
Status verb_transcript(Client *client, int n, char *words[]);
Status verb_uplink(Client *client, int n, char *words[]);
Status verb_reload(Client *client, int n, char *words[]);
Status verb_log_level(Client *client, int n, char *words[]);
Status verb_version(Client *client, int n, char *words[]);
