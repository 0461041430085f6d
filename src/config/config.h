/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* YAML -> Settings, from one schema table. All errors of all files are told, each as
 * FILE:LINE:COLUMN with what to do; on any error the result stays untouched, so that a running
 * daemon keeps what it has. */

#include "core/settings.h"

#define CONFIG_PATH_DEFAULT "/etc/fotad/fotad.yaml"
#define CONFIG_FILE_MAX (1024 * 1024) /* bytes of one file */
#define CONFIG_ERRORS_MAX 100         /* further ones are only counted */

/* One line, e.g. "fotad.yaml:4:5: modules.modem0.familly: unknown key, did you mean 'family'?";
 * is_error false: a warning */
typedef void (*ConfigMessageHandler)(void *userdata, bool is_error, const char *message);

/* Reads `path`, then `<directory of path>/conf.d/ *.yaml` in order of names (later scalars win,
 * maps are merged). Returns new on success; -ENOENT: no such file, -EINVAL: errors were told.
 * Secrets are read too (*_file keys). */
_must_use_ int config_load(const char *path, ConfigMessageHandler on_message, void *userdata,
                           Settings **ret);
/* One document from memory, for tests and fuzzing; `name` stands for the file. */
_must_use_ int config_parse(const char *name, const char *yaml, size_t n,
                            ConfigMessageHandler on_message, void *userdata, Settings **ret);
Settings *settings_free(Settings *settings); /* wipes secrets */
DEFINE_CLEANUP(Settings *, settings_free)
