/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Configurations from memory and from a directory below $TMPDIR, and what was said about them. The
 * helpers check by themselves. */

#include <sys/types.h>

#include "config/config.h"

extern char messages[65536]; /* of the last one, one a line */
extern unsigned n_errors, n_warnings;
extern char directory[256];

void on_message(void *userdata, bool is_error, const char *message);
/* As f.yaml; returns new, NULL: there were errors. */
Settings *parse(const char *yaml);
void check_messages(const char *yaml, const char *expected);

void fresh_directory(void);
void remove_directory(void);
void write_file(const char *name, const char *content, mode_t mode);
/* Returns new or NULL. */
Settings *load(const char *name, int *ret);
/* Loads fotad.yaml; messages are compared without the directory. */
void check_load(int error, const char *expected);
