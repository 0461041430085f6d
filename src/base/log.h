/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Logging to the journal when it is there ($JOURNAL_STREAM), to stderr else. Levels are syslog's
 * (LOG_DEBUG, ...). Structured fields go to the journal as FOTAD_...; on stderr the module's name
 * stands in front. */

#include <syslog.h>

#include "base/macro.h"

/* 128-bit message ids of milestones, as hex strings; each has an entry in systemd/fotad.catalog. */
#define MESSAGE_ID_STORAGE_FAILED "0d7fd1ab2a3b4ffbb94d37aa9a7a4b21"
#define MESSAGE_ID_INSTALL_STARTED "1b0f3c5d7e9a4f41a2c36f5be0d91c02"
#define MESSAGE_ID_INSTALL_SUCCEEDED "2c62a1d9f4b84f0fb1be3c1d54c7c803"
#define MESSAGE_ID_INSTALL_FAILED "3f3e6d0a9c1b4c5e8d57b0c84f6a9904"
#define MESSAGE_ID_PORT_BUSY "4a8d2c1e6b7f4d5fa0c94be1d5f3a705"

typedef struct LogFields {
        const char *module;     /* FOTAD_MODULE= */
        const char *state;      /* FOTAD_STATE= */
        const char *event;      /* FOTAD_EVENT= */
        uint64_t job;           /* FOTAD_JOB=, 0: none */
        const char *message_id; /* MESSAGE_ID= */
} LogFields;

void log_open(void);
void log_set_level(int level); /* LOG_ERR .. LOG_DEBUG */
int log_level(void);
/* "error", "warning", "notice", "info", "debug"; -EINVAL otherwise */
_must_use_ int log_level_from_string(const char *string);

void log_full(int level, const LogFields *fields, const char *format, ...) _printf_(3, 4);

#define log_debug(...) log_full(LOG_DEBUG, NULL, __VA_ARGS__)
#define log_info(...) log_full(LOG_INFO, NULL, __VA_ARGS__)
#define log_notice(...) log_full(LOG_NOTICE, NULL, __VA_ARGS__)
#define log_warning(...) log_full(LOG_WARNING, NULL, __VA_ARGS__)
#define log_error(...) log_full(LOG_ERR, NULL, __VA_ARGS__)
/* Logs with errno set for %m and returns the negative error. */
#define log_error_errno(error, ...)                    \
        ({                                             \
                int _error = (error);                  \
                errno = _error < 0 ? -_error : _error; \
                log_full(LOG_ERR, NULL, __VA_ARGS__);  \
                _error < 0 ? _error : -_error;         \
        })
