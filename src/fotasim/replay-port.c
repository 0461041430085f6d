/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Carries bytes and time between a replay and its pseudo-terminal. The replay begins when somebody
 * opens the port, and does not end when its recording does: who listens is answered until it is
 * stopped. The log is redacted as a transcript is, because here a real configuration speaks. */

#include "fotasim/replay-port.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>

#include "at/reader.h"
#include "at/transcript.h"
#include "fotasim/pty.h"
#include "fotasim/replay.h"

#define ERRORS_MAX_BYTES 1024

typedef struct Player {
        const ReplayOptions *options;
        Recording *recording;
        Replay replay;
        Pty pty;
        char *link;
        FILE *log;
        Reader heard, said; /* bytes, until they are a line for the log */
} Player;

/* dialogue */

static void line_log(const Player *player, char direction, const char *line) {
        char redacted[TRANSCRIPT_LINE_MAX];

        transcript_redact(redacted, sizeof(redacted), line);
        if (player->log) {
                fprintf(player->log, "%c %s\n", direction, redacted);
                (void) fflush(player->log);
        }
        if (player->options->verbose)
                fprintf(stderr, "%s %c %s\n", player->options->name, direction, redacted);
}

static void bytes_log(const Player *player, Reader *reader, char direction, const char *bytes,
                      size_t n) {
        for (size_t i = 0; i < n;) {
                Token token;

                i += reader_feed(reader, bytes + i, n - i, &token);
                if (token.kind == TOKEN_LINE)
                        line_log(player, direction, token.line);
                else if (token.kind == TOKEN_PROMPT)
                        line_log(player, direction, ">");
        }
}

static void on_write(void *userdata, const char *bytes, size_t n) {
        Player *player = userdata;

        bytes_log(player, &player->said, '<', bytes, n);
        pty_write(&player->pty, bytes, n);
}

static void on_note(void *userdata, const char *text) {
        const Player *player = userdata;

        fprintf(stderr, "%s: %s\n", player->options->name, text);
}

static void on_end(void *userdata _unused_, unsigned n_lines) {
        printf("replayed %u lines\n", n_lines);
        (void) fflush(stdout);
}

static const ReplayHost replay_host = { .write = on_write, .note = on_note, .on_end = on_end };

/* life */

static void player_done(Player *player) {
        if (player->link)
                pty_done(&player->pty);
        if (player->log)
                (void) fclose(player->log);
        free(player->link);
        player->recording = recording_free(player->recording);
}

static int player_init(Player *player, const ReplayOptions *options) {
        char bytes[ERRORS_MAX_BYTES];
        Text errors;

        *player = (Player) { .options = options };
        text_init(&errors, bytes, sizeof(bytes));
        if (recording_load(&player->recording, options->transcript, &errors) < 0) {
                fputs(bytes, stderr);
                return -EINVAL;
        }
        replay_init(&player->replay, player->recording, options->speed, &replay_host, player);
        reader_init(&player->heard);
        reader_init(&player->said);
        player->link = strdup(options->link);
        pty_init(&player->pty, player->link);
        return player->link ? 0 : -ENOMEM;
}

static int player_open(Player *player) {
        const char *log = player->options->log;
        int r;

        if (log) {
                player->log = fopen(log, "ae");
                r = player->log ? 0 : -errno;
                if (r < 0) {
                        fprintf(stderr, "fotasim: %s: %s\n", log, strerror(-r));
                        return r;
                }
        }
        r = pty_create(&player->pty);
        if (r < 0) {
                fprintf(stderr, "fotasim: %s: %s\n", player->link, strerror(-r));
                return r;
        }
        printf("ready %s\n", player->link);
        (void) fflush(stdout);
        return 0;
}

/* False: it is time to go. */
static bool turn(Player *player, int signals) {
        usec_t now = clock_now().boottime;
        usec_t wait = usec_sub(replay_deadline(&player->replay), now);
        struct pollfd fds[] = {
                { .fd = player->pty.open ? player->pty.master : -EBADF, .events = POLLIN },
                { .fd = signals, .events = POLLIN },
        };
        struct signalfd_siginfo info;
        struct timespec timeout;
        char bytes[1024];
        size_t n;

        if (!player->pty.open)
                wait = MIN_OF(wait, (usec_t) PTY_LOOK_USEC);
        timeout.tv_sec = (time_t) (wait / USEC_PER_SEC);
        timeout.tv_nsec = (long) (wait % USEC_PER_SEC * 1000);
        if (ppoll(fds, 2, wait == USEC_INFINITY ? NULL : &timeout, NULL) < 0 && errno != EINTR)
                return false;
        if (fds[1].revents && read(signals, &info, sizeof(info)) == sizeof(info) &&
            (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)) /* no power, no plan */
                return false;
        now = clock_now().boottime;
        n = pty_read(&player->pty, bytes, sizeof(bytes));
        pty_look(&player->pty);
        if (player->pty.open)
                replay_start(&player->replay, now);
        replay_tick(&player->replay, now);
        bytes_log(player, &player->heard, '>', bytes, n);
        if (n > 0)
                replay_feed(&player->replay, now, bytes, n);
        return true;
}

/* Whether the host said what it had said, all of it. */
static bool verdict(const Player *player) {
        const Replay *replay = &player->replay;
        const RecordedLine *line = replay_waits_at(replay);

        if (replay->n_refused > 0)
                fprintf(stderr, "%s: commands answered with ERROR: %u\n", player->options->name,
                        replay->n_refused);
        if (!replay->ended && line)
                fprintf(stderr, "%s: the end was not reached: %s:%u: %s%s\n", player->options->name,
                        player->recording->name, line->number, line->text,
                        line->kind == RECORDED_ACT ? " was not said" : "");
        return replay->ended && !replay->cut && replay->n_refused == 0;
}

int replay_run(const ReplayOptions *options, int signals) {
        Player player;
        bool good = false;

        if (player_init(&player, options) >= 0 && player_open(&player) >= 0) {
                while (turn(&player, signals))
                        ;
                good = verdict(&player);
        }
        player_done(&player);
        return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
