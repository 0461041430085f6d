/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Logging to stderr.
 *
 * Protects the shape of a line, the level and that a module can't forge lines. The journal is
 * proven where there is one, by the tests of the whole daemon. */

#include "base/log.h"

#include <fcntl.h>

#include "test.h"

static char logged[4096];

/* What log_full() wrote to stderr while it ran. */
static void capture(int level, const LogFields *fields, const char *argument) {
        char name[] = "/tmp/test-log-XXXXXX";
        int fd = mkstemp(name), saved = dup(STDERR_FILENO);
        ssize_t n;

        (void) unlink(name);
        (void) dup2(fd, STDERR_FILENO);
        errno = EBUSY;
        log_full(level, fields, "%s: %m", argument);
        (void) dup2(saved, STDERR_FILENO);
        (void) close(saved);
        n = pread(fd, logged, sizeof logged - 1, 0);
        logged[n > 0 ? n : 0] = '\0';
        (void) close(fd);
}

TEST(module_stands_in_front) {
        const LogFields fields = { .module = "gw-1" };

        unsetenv("JOURNAL_STREAM");
        log_open();
        capture(LOG_INFO, &fields, "port");
        CHECK_STR(logged, "gw-1: port: Device or resource busy\n");
        capture(LOG_WARNING, NULL, "port");
        CHECK_STR(logged, "port: Device or resource busy\n");
}

TEST(level_is_kept) {
        log_set_level(LOG_WARNING);
        capture(LOG_NOTICE, NULL, "quiet");
        CHECK_STR(logged, "");
        log_set_level(LOG_DEBUG);
        CHECK_INT(log_level(), LOG_DEBUG);
        capture(LOG_DEBUG, NULL, "loud");
        CHECK_STR(logged, "loud: Device or resource busy\n");
}

TEST(a_module_forges_no_line) {
        capture(LOG_ERR, NULL, "x\n<0>forged\x1b[0m");
        CHECK_STR(logged, "x?<0>forged?[0m: Device or resource busy\n");
}

TEST(a_long_message_is_cut) {
        char endless[6000];

        memset(endless, 'x', sizeof endless - 1);
        endless[sizeof endless - 1] = '\0';
        capture(LOG_ERR, NULL, endless);
        CHECK(strlen(logged) > 2000 && strlen(logged) < 2100);
        CHECK(logged[strlen(logged) - 1] == '\n');
}

TEST(levels_by_name) {
        CHECK_INT(log_level_from_string("error"), LOG_ERR);
        CHECK_INT(log_level_from_string("debug"), LOG_DEBUG);
        CHECK_INT(log_level_from_string("loud"), -EINVAL);
}

TEST(foreign_journal_stream_is_not_ours) {
        setenv("JOURNAL_STREAM", "1:2", 1);
        log_open();
        capture(LOG_ERR, NULL, "here");
        CHECK_STR(logged, "here: Device or resource busy\n");
        unsetenv("JOURNAL_STREAM");
}

TEST_MAIN()
