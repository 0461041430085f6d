/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pager: long output on a terminal is shown a screen at a time.
 *
 * Owns the child process. less quits by itself when everything fits on one screen (-F), so every
 * verb that prints a document may use it. It runs in its secure mode, since fotactl is often run as
 * root. */

#include "fotactl/output.h"

#include <sys/wait.h>

static pid_t pager_pid;

static void pager_run(void) {
        const char *pager = getenv("PAGER");

        (void) setenv("LESS", "FRSXMK", 0);
        (void) setenv("LESSSECURE", "1", 1);
        if (pager && pager[0])
                (void) execl("/bin/sh", "sh", "-c", pager, NULL);
        (void) execlp("less", "less", NULL);
        (void) execlp("cat", "cat", NULL);
        _exit(127);
}

void pager_open(const Client *client) {
        const char *pager = getenv("PAGER");
        int pipes[2];

        if (!client->pager || !output_is_terminal() ||
            (pager && (!pager[0] || streq(pager, "cat"))))
                return;
        if (pipe(pipes) < 0)
                return;
        (void) fflush(stdout);
        pager_pid = fork();
        if (pager_pid == 0) {
                (void) dup2(pipes[0], STDIN_FILENO);
                (void) close(pipes[0]);
                (void) close(pipes[1]);
                pager_run();
        }
        if (pager_pid > 0)
                (void) dup2(pipes[1], STDOUT_FILENO);
        (void) close(pipes[0]);
        (void) close(pipes[1]);
}

void pager_close(void) {
        if (pager_pid <= 0)
                return;
        (void) fflush(stdout);
        (void) fclose(stdout);
        (void) waitpid(pager_pid, NULL, 0);
        pager_pid = 0;
}
