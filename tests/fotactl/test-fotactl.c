/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl itself, as people and scripts run it: its text at 80 columns, its documents and its exit
 * statuses.
 *
 * The program is started against the world of world.h, which a child of each test serves. Texts are
 * compared to the letter, because they are what people learn to read; a change here is a change of
 * the manual. */

#include <fcntl.h>
#include <sys/prctl.h>

#include "test.h"
#include "world.h"

typedef struct Stage {
        char directory[64];
        char socket[108];
        pid_t daemon;
} Stage;

static char output[64 * 1024], errors[16 * 1024];

/* Beside the tests: build/tests/fotactl/test-fotactl runs build/fotactl. */
static const char *program(void) {
        static char path[4096];
        ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 32);
        const char *given = getenv("FOTACTL");
        char *end;

        if (given)
                return given;
        if (n < 0)
                return NULL;
        path[n] = '\0';
        for (int i = 0; i < 3; i++) {
                end = strrchr(path, '/');
                if (!end)
                        return NULL;
                *end = '\0';
        }
        (void) strcat(path, "/fotactl");
        return access(path, X_OK) == 0 ? path : NULL;
}

static void stage_daemon_start(Stage *stage) {
        stage->daemon = fork();
        if (stage->daemon == 0) {
                (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
                _exit(world_main(stage->socket));
        }
        for (int i = 0; i < 500 && access(stage->socket, F_OK) < 0; i++)
                (void) usleep(10 * 1000);
        (void) usleep(20 * 1000); /* bound is not listening yet */
}

static void stage_daemon_kill(Stage *stage) {
        (void) kill(stage->daemon, SIGKILL);
        (void) waitpid(stage->daemon, NULL, 0);
        (void) unlink(stage->socket);
        stage->daemon = 0;
}

static void stage_start(Stage *stage) {
        (void) snprintf(stage->directory, sizeof(stage->directory), "%s/fotactl.XXXXXX",
                        getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
        CHECK(mkdtemp(stage->directory));
        (void) chmod(stage->directory, 0755);
        (void) snprintf(stage->socket, sizeof(stage->socket), "%s/sock", stage->directory);
        (void) setenv("FOTAD_SOCKET", stage->socket, 1);
        (void) setenv("LC_ALL", "C.UTF-8", 1);
        (void) setenv("TZ", "UTC", 1);
        (void) setenv("COLUMNS", "80", 1);
        (void) unsetenv("WORLD_OUTCOME");
        (void) unsetenv("WORLD_REFUSED");
        (void) unsetenv("WORLD_SOAK");
        (void) unsetenv("WORLD_FORCE");
        (void) unsetenv("WORLD_IDLE");
        (void) unsetenv("WORLD_DOWN");
        (void) unsetenv("WORLD_FAILS_AT");
        (void) unsetenv("WORLD_CHAIN_IS_OVER");
        (void) unsetenv("WORLD_REGISTRATION");
        (void) unsetenv("WORLD_SNAPSHOT");
        (void) unsetenv("WORLD_STORAGE");
        stage_daemon_start(stage);
}

static void stage_restart_with(Stage *stage, const char *variable, const char *value) {
        stage_daemon_kill(stage);
        (void) setenv(variable, value, 1);
        stage_daemon_start(stage);
}

static void stage_stop(Stage *stage) {
        if (stage->daemon > 0)
                stage_daemon_kill(stage);
        if (stage->directory[0])
                (void) rmdir(stage->directory);
}
#define _cleanup_stage_ _cleanup_(stage_stop)
#define STAGE(stage)                          \
        _cleanup_stage_ Stage stage = {};     \
        if (!program())                       \
                SKIP("fotactl is not built"); \
        stage_start(&stage)

static void file_read(const char *path, char *to, size_t size) {
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        size_t length = 0;
        ssize_t n;

        while (fd >= 0 && length + 1 < size && (n = read(fd, to + length, size - 1 - length)) > 0)
                length += (size_t) n;
        to[length] = '\0';
}

/* Runs `fotactl ARGUMENTS >OUT` in a shell; the exit status. Fills errors. */
static int fotactl_to(const char *out, const Stage *stage, const char *arguments) {
        char command[8192], err[96];
        int status;

        (void) snprintf(err, sizeof(err), "%s/err", stage->directory);
        (void) snprintf(command, sizeof(command), "%s %s >%s 2>%s </dev/null", program(), arguments,
                        out, err);
        status = system(command);
        file_read(err, errors, sizeof(errors));
        (void) unlink(err);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* Fills output too. */
static int fotactl(const Stage *stage, const char *arguments) {
        char out[96];
        int status;

        (void) snprintf(out, sizeof(out), "%s/out", stage->directory);
        status = fotactl_to(out, stage, arguments);
        file_read(out, output, sizeof(output));
        (void) unlink(out);
        return status;
}

static bool starts_with(const char *text, const char *prefix) {
        return strncmp(text, prefix, strlen(prefix)) == 0;
}

static size_t longest_line(const char *text) {
        size_t longest = 0, n = 0;

        for (; *text; text++) {
                n = *text == '\n' ? 0 : n + (((unsigned char) *text & 0xc0) != 0x80);
                longest = n > longest ? n : longest;
        }
        return longest;
}

TEST(list_fits_80_columns) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, ""), 0);
        CHECK_STR(
                output,
                "NAME       FIRMWARE         STATE           PROGRESS NEXT\n"
                "a-long-mo… -                blocked                - wrong-module\n"
                "ghost      -                absent                 - waits for /dev/ttyUSB2 to …\n"
                "modem0     HL7800.4.4.14.0  install-pending     100% install window opens Sat 2…\n"
                "modem1     …-with-long-name downloading          43% -\n"
                "modem2     10.00.004        idle                   - -\n"
                "\n5 modules configured.\n");
        CHECK_STR(errors, "");
}

TEST(into_a_pipe_nothing_is_cut_or_coloured) {
        STAGE(stage);
        (void) unsetenv("COLUMNS");
        CHECK_INT(fotactl(&stage, "list --no-legend"), 0);
        CHECK(strstr(output, "BHL7812.5.5.14.0.20220216-special-build-with-long-name"));
        CHECK(starts_with(output, "a-long-module-name-of-32-chars "));
        CHECK(!strchr(output, '\033'));
}

TEST(everything_fits_80_columns) {
        static const char *const calls[] = { "list",
                                             "status",
                                             "status modem0",
                                             "status a-long-module-name-of-32-chars",
                                             "explain modem0",
                                             "explain ghost",
                                             "explain modem0 --at '2026-11-28 05:00'",
                                             "plan",
                                             "plan --at '2026-11-28 05:00'",
                                             "history",
                                             "history --events",
                                             "uplink",
                                             "help",
                                             "status modem1",
                                             "suspend modem1",
                                             "status modem1",
                                             "resume modem1",
                                             "update modem1 --package",
                                             "status modem2",
                                             "explain modem2",
                                             "history modem2",
                                             "settings modem2",
                                             "settings modem2 save",
                                             "register modem2",
                                             "status modem2",
                                             "inhibitors" };
        STAGE(stage);
        for (size_t i = 0; i < ELEMENTSOF(calls); i++) {
                CHECK_INT(fotactl(&stage, calls[i]), 0);
                CHECK_STR(errors, "");
                CHECK(output[0]);
                if (longest_line(output) > 80)
                        (void) fprintf(stderr, "%s:\n%s", calls[i], output);
                CHECK(longest_line(output) <= 80);
        }
}

/* Undoes the wrapping, so that a text can be looked for whatever the width of what is before it. */
static void unfold(char *text) {
        char *to = text;

        for (const char *from = text; *from; from++) {
                if (*from == '\n' && from[1] != '\n' && from[1] != '\0') {
                        const bool list = strncmp(from + 1, "  ", 2) == 0 && from[3] != ' ';

                        *to++ = ' ';
                        while (!list && from[1] == ' ')
                                from++;
                        continue;
                }
                *to++ = *from;
        }
        *to = '\0';
}

TEST(status_shows_what_is_waited_for_first) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "status modem0"), 0);
        CHECK(starts_with(output,
                          "● modem0 — HL7800 (hl78xx)\n"
                          "         State: install-pending since Thu 2026-11-26 23:17:00 UTC; "));
        CHECK(strstr(output, "\n          Next: install window opens Sat 2026-11-28 02:00\n"));
        CHECK(strstr(output, "\n                held: window Sat,Sun 02:00-04:00: closed, opens "
                             "Sat 2026-11-28\n"));
        CHECK(strstr(output, "\n       Package: 2.0 MiB, 100% downloaded, 0 B left\n"));
        CHECK(strstr(output, "\n      Last job: 11 failed: package-not-certified on "));
        CHECK(strstr(output, "\n        Signal: -87 dBm\n"));
        CHECK(strstr(output, "\n2026-11-26 23:10:00 download-progress percent=50\n"));
}

TEST(status_of_a_blocked_module_says_what_to_do) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "status a-long-module-name-of-32-chars"), 0);
        CHECK(strstr(output, "       Blocked: wrong-module. "));
        CHECK(strstr(output, "held by ModemManager (pid 312)"));
        CHECK(!strchr(output, '\033')); /* though its model has one */
}

TEST(explain_answers_in_one_sentence) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "explain modem0"), 0);
        CHECK(starts_with(output,
                          "modem0: nothing is installed before Sat 2026-11-28 02:00:00 UTC, in "));
        unfold(output);
        CHECK(strstr(output, ", and then by itself — window Sat,Sun 02:00-04:00: closed, opens Sat "
                             "2026-11-28 02:00"));
        CHECK(strstr(output,
                     "To install now, windows or not: fotactl accept modem0 install --now"));
        CHECK(!strstr(output, "To say yes"));
        CHECK(strstr(output, "Rules of policy nightly, version "));
        CHECK(strstr(output, "  ✗ window       window Sat,Sun 02:00-04:00: closed, opens Sat "
                             "2026-11-28 02:00 (decides)"));
        CHECK(strstr(output, "  ✓ storage      "));
        CHECK_INT(fotactl(&stage, "explain ghost download"), 0);
        unfold(output);
        CHECK(starts_with(output, "ghost: nothing is downloaded yet, it waits for its port to be "
                                  "there; a person's yes — its port is not there: /dev/ttyUSB2 "
                                  "The module does not ask at the moment"));
        CHECK(strstr(output, "  ✗ module       its port is not there: /dev/ttyUSB2 (decides)"));
        CHECK_INT(fotactl(&stage, "explain ghost download --json"), 0);
        CHECK(strstr(output, "\"because\":\"module\""));
        CHECK(strstr(output, "\"needs\":[{\"rule\":\"module\",\"event\":\"its port to be "
                             "there\",\"latest\":null},{\"rule\":\"decision\",\"event\":\"a "
                             "person's yes\",\"latest\":null}]"));
        CHECK(strstr(output, "\"findings\":[{\"rule\":\"module\",\"applies\":true,\"passes\":"
                             "false,\"next_change\":null,\"text\":\"its port is not there: "
                             "/dev/ttyUSB2\"}"));
}

/* Its owner may let go at any time: no later moment is promised. */
TEST(explain_promises_no_end_of_an_inhibitor) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "explain modem1 install"), 0);
        CHECK(longest_line(output) <= 80);
        unfold(output);
        CHECK(starts_with(
                output, "modem1: nothing is installed yet, it waits for rsync to let go (copying "
                        "the logs of the last week to the other site), by Fri 2026-11-27 00:20:00 "
                        "UTC at the latest; a person's yes — inhibited until Fri 2026-11-27 00:20 "
                        "by rsync: copying the logs of the last week to the other site "));
        CHECK(!strstr(output, "before"));
        CHECK(!strstr(output, "by itself"));
        CHECK_INT(fotactl(&stage, "explain modem1 install --json"), 0);
        CHECK(strstr(output, "\"earliest\":\"2026-11-26T23:20:00.000+00:00\""));
        CHECK(strstr(output, "\"needs\":[{\"rule\":\"inhibitor\",\"event\":\"rsync to let go "
                             "(copying the logs of the last week to the other site)\",\"latest\":"
                             "\"2026-11-27T00:20:00.000+00:00\"},"));
}

/* Policy accepts, but the family stopped: that is a person's to say. */
TEST(explain_tells_that_a_person_lets_a_family_go) {
        STAGE(stage);
        stage_restart_with(&stage, "WORLD_SOAK", "1");
        CHECK_INT(fotactl(&stage, "explain modem0"), 0);
        unfold(output);
        CHECK(strstr(output, " It also needs: a person's yes. "));
        CHECK(strstr(output, "To say yes: fotactl accept modem0 install "));
        CHECK(strstr(output,
                     "To install now, windows or not: fotactl accept modem0 install --now"));
        CHECK_INT(fotactl(&stage, "explain modem0 --json"), 0);
        CHECK(strstr(output, "\"needs\":[{\"rule\":\"soak\",\"event\":\"a person's yes\","));
        (void) unsetenv("WORLD_SOAK");
}

/* The window opens days before, but nobody has said yes: the moment and the reason are of one rule.
 */
TEST(explain_gives_the_reason_of_the_moment_that_it_names) {
        STAGE(stage);
        stage_restart_with(&stage, "WORLD_FORCE", "1");
        CHECK_INT(fotactl(&stage, "explain modem0"), 0);
        unfold(output);
        CHECK(starts_with(output,
                          "modem0: nothing is installed before Thu 2026-12-03 23:17:00 UTC, in "));
        CHECK(strstr(output, ", and then by itself — ask: waiting for a person; the deadline is "
                             "over Thu 2026-12-03 23:17 "));
        (void) unsetenv("WORLD_FORCE");
}

/* Policy accepts, but its deadline comes before the window, and asks: a plain yes is for the
 * window.
 */
TEST(explain_says_how_to_say_yes_before_a_deadline_that_asks) {
        STAGE(stage);
        stage_restart_with(&stage, "WORLD_ASKS_LATER", "1");
        CHECK_INT(fotactl(&stage, "explain modem0"), 0);
        unfold(output);
        CHECK(strstr(output, " a person's yes"));
        CHECK(strstr(output, "To say yes: fotactl accept modem0 install "));
        CHECK(strstr(output,
                     "To install now, windows or not: fotactl accept modem0 install --now"));
        (void) unsetenv("WORLD_ASKS_LATER");
}

TEST(explain_promises_nothing_that_nobody_asks_for) {
        STAGE(stage);
        stage_restart_with(&stage, "WORLD_IDLE", "1");
        CHECK_INT(fotactl(&stage, "explain modem0 install"), 0);
        unfold(output);
        CHECK(starts_with(output,
                          "modem0: nothing is installed before Sat 2026-11-28 02:00:00 UTC, in "));
        CHECK(!strstr(output, "by itself"));
        CHECK(strstr(output, "The module does not ask at the moment"));
        (void) setenv("COLUMNS", "200", 1);
        CHECK_INT(fotactl(&stage, "inhibitors"), 0);
        CHECK(strstr(output, " SINCE            UNTIL "));
        CHECK(strstr(output, " 2026-11-26 23:20 until released "));
        CHECK_INT(fotactl(&stage, "status modem2"), 0);
        CHECK(strstr(output,
                     "\n                since Thu 2026-11-26 23:20:00 UTC, until released\n"));
        (void) setenv("COLUMNS", "80", 1);
        (void) unsetenv("WORLD_IDLE");
}

TEST(explain_says_how_to_go_now_only_where_that_helps) {
        STAGE(stage);
        stage_restart_with(&stage, "WORLD_DOWN", "1");
        CHECK_INT(fotactl(&stage, "explain modem0"), 0);
        unfold(output);
        CHECK(strstr(output, "  ✗ concurrent "));
        CHECK(strstr(output, "  ✗ window "));
        CHECK(!strstr(output, "--now"));
        (void) unsetenv("WORLD_DOWN");
}

TEST(explain_tells_when_a_module_asks_again) {
        STAGE(stage);
        stage_restart_with(&stage, "WORLD_REFUSED", "1");
        CHECK_INT(fotactl(&stage, "explain modem0"), 0);
        CHECK(longest_line(output) <= 80);
        unfold(output);
        CHECK(starts_with(
                output, "modem0: nothing is downloaded yet, it waits for the module to ask again, "
                        "by Thu 2026-11-26 23:50:00 UTC at the latest — it takes no answer until "
                        "it asks again, Thu 2026-11-26 23:50 at the latest "));
        CHECK(strstr(output, "To see how it is: fotactl status modem0"));
        CHECK(strstr(output, "  ✓ decision     accept"));
        CHECK_INT(fotactl(&stage, "explain modem0 --json"), 0);
        CHECK(strstr(output, "\"verdict\":\"hold\",\"because\":\"module\""));
        CHECK(strstr(output, "\"event\":\"the module to ask again\",\"latest\":"
                             "\"2026-11-26T23:50:00.000+00:00\""));
        (void) unsetenv("WORLD_REFUSED");
}

TEST(explain_looks_ahead) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "explain modem0 install --at '2026-11-28 02:30'"), 0);
        CHECK(starts_with(output, "modem0: at Sat 2026-11-28 02:30:00 UTC, in "));
        unfold(output);
        CHECK(strstr(output, " install would be accepted"));
        CHECK(!strstr(output, "fotactl accept"));
        CHECK_INT(fotactl(&stage, "explain modem0 --at '2026-11-28 05:00'"), 0);
        unfold(output);
        CHECK(strstr(output, " install would not be accepted — window Sat,Sun"));
        CHECK(strstr(output, "The earliest moment of all rules together: Sat 2026-11-28 02:00:00"));
        CHECK_INT(fotactl(&stage, "explain modem0 --at soon"), 2);
        CHECK(strstr(errors, "fotactl: --at: 'soon' is no moment, such as '+3h', "));
        CHECK_INT(fotactl(&stage, "explain modem0 --at 2026-02-30"), 2);
        CHECK_STR(errors, "fotactl: --at: there is no moment '2026-02-30'\n");
        CHECK_INT(fotactl(&stage, "explain modem0 --at 2026-11-01"), 2);
        CHECK(strstr(errors, "that moment is past"));
        CHECK_INT(fotactl(&stage, "explain modem0 --at 2030-01-01"), 2);
        CHECK(strstr(errors, "more than 400 days ahead"));
}

/* fotad's texts have the gateway's local times: all others are shown in the same zone. */
TEST(times_are_those_of_the_gateway) {
        static const char *const calls[] = { "explain modem0", "plan", "list" };

        STAGE(stage);
        (void) setenv("TZ", "JST-9", 1);
        for (size_t i = 0; i < ELEMENTSOF(calls); i++) {
                CHECK_INT(fotactl(&stage, calls[i]), 0);
                CHECK(strstr(output, "\nTimes are of UTC.\n"));
        }
        CHECK_INT(fotactl(&stage, "explain modem0"), 0);
        CHECK(starts_with(output,
                          "modem0: nothing is installed before Sat 2026-11-28 02:00:00 UTC, in "));
        CHECK_INT(fotactl(&stage, "plan"), 0);
        CHECK(strstr(output, "\n✓ Sat 11-28 02:00  modem0: "));
        CHECK_INT(fotactl(&stage, "status modem0"), 0);
        CHECK(strstr(output, " install-pending since Thu 2026-11-26 23:17:00 UTC; "));
        CHECK(strstr(output, "\n      Times of: UTC\n"));
        CHECK_INT(fotactl(&stage, "status"), 0);
        CHECK(strstr(output, "\n      Times of: UTC\n"));
        /* what was read in a plan can be asked for */
        CHECK_INT(fotactl(&stage, "explain modem0 install --at '2026-11-28 02:30'"), 0);
        CHECK(starts_with(output, "modem0: at Sat 2026-11-28 02:30:00 UTC, in "));
        CHECK_INT(fotactl(&stage, "explain modem0 install --json --at '2026-11-28 02:30'"), 0);
        CHECK(strstr(output, "\"at\":\"2026-11-28T11:30:00.000+09:00\""));
        CHECK_INT(fotactl(&stage, "explain modem0 --at soon"), 2);
        (void) setenv("TZ", "UTC", 1);
        CHECK_INT(fotactl(&stage, "list"), 0);
        CHECK(!strstr(output, "Times are"));
}

TEST(plan_marks_what_is_sure_and_says_what_the_rest_takes) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "plan"), 0);
        CHECK(strstr(output,
                     "✓ Sat 11-28 02:00  modem0: install would be accepted from here on\n"));
        CHECK(strstr(output, "? some time        modem1: install would be accepted from here on\n"
                             "                   needs: the server offering one\n"));
        CHECK_INT(fotactl(&stage, "plan --json --at '2026-11-28 05:00'"), 0);
        CHECK(starts_with(output,
                          "[{\"at\":\"2026-11-28T05:00:00.000+00:00\",\"module\":\"modem0\","
                          "\"what\":\"verdict\",\"action\":\"install\",\"sure\":false,"));
        CHECK_INT(fotactl(&stage, "plan --at 'Sat 2:30pm'"), 2);
        CHECK_INT(fotactl(&stage, "list --at tomorrow"), 2);
        CHECK_STR(errors, "fotactl: list does not take --at\n");
}

TEST(accept_says_what_was_agreed_to) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "accept modem0 install"), 0);
        unfold(output);
        CHECK(strstr(output,
                     "modem0: consent is recorded: root (uid 0) to the install of 2.0 MiB "
                     "(2202009 B) over HL7800.4.4.14.0, until Sun 2026-11-29 04:00:00 UTC"));
        CHECK_INT(fotactl(&stage, "status modem0"), 0);
        unfold(output);
        CHECK(strstr(output, "Consent: root (uid 0) to the install of 2.0 MiB (2202009 B) over"));
        CHECK_INT(fotactl(&stage, "explain modem0"), 0);
        unfold(output);
        CHECK(strstr(output, "Agreed: root (uid 0) to the install of 2.0 MiB (2202009 B) over"));
        CHECK_INT(fotactl(&stage, "--json status modem0"), 0);
        CHECK(strstr(output, "\"bytes\":2202009,\"firmware\":\"HL7800.4.4.14.0\",\"counts\":true"));
        CHECK(strstr(output, "\"policy_version\":\""));
}

TEST(history_of_a_time) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "history --events --since '2026-11-26 23:05' --until "
                                  "'2026-11-26 23:12'"),
                  0);
        CHECK(strstr(output, "download-progress"));
        CHECK(!strstr(output, "download-started"));
        CHECK(!strstr(output, "agreement-deferred"));
        CHECK_INT(fotactl(&stage, "history --since 2026-11-26"), 0);
        CHECK(strstr(output, "12 modem0"));
        CHECK(!strstr(output, "3 modem1"));
        CHECK_INT(fotactl(&stage, "history --since 2026-11-26 --until 2026-11-25"), 2);
        CHECK_STR(errors, "fotactl: --until lies before --since\n");
        CHECK_INT(fotactl(&stage, "history --events --since 2027-11-26"), 0);
        CHECK_STR(output, "No events in that time.\n");
}

TEST(history_shows_the_ends_of_versions) {
        STAGE(stage);
        (void) setenv("COLUMNS", "76", 1);
        CHECK_INT(fotactl(&stage, "history modem0"), 0);
        CHECK(strstr(output, "…"));
        CHECK(strstr(output, "4.14.0"));
        CHECK(longest_line(output) <= 76);
        (void) unsetenv("COLUMNS");
        CHECK_INT(fotactl(&stage, "history modem0 --no-legend"), 0);
        CHECK_STR(output, "11 modem0 2026-11-25 23:20 HL7800.4.4.14.0 HL7800.4.4.14.0 failed  "
                          "package-not-certified 1min 32s\n"
                          "12 modem0 2026-11-26 22:20 HL7800.4.4.14.0 -               running -    "
                          "                        -\n");
}

TEST(events_carry_their_details_as_members) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "history modem0 --events --json"), 0);
        CHECK(strstr(
                output,
                "{\"time\":\"2026-11-26T23:10:00.000+00:00\",\"sequence\":41,\"module\":\"modem0\","
                "\"event\":\"download-progress\",\"job\":12,\"state\":\"downloading\",\"percent\":"
                "50}"));
        CHECK(strstr(output, "\"because\":\"window \\\"x\\\", \\u001b[31m\"}"));
        CHECK_INT(fotactl(&stage, "history modem0 --events"), 0);
        CHECK(!strchr(output, '\033'));
}

/* The names of interfaces: scripts hold on to them. */
TEST(json_status_has_the_promised_members) {
        static const char *const members[] = {
                "name",         "family",         "device",          "state",
                "model",        "imei",           "iccid",           "imsi",
                "firmware",     "session",        "serial_number",   "signal_dbm",
                "progress",     "package_bytes",  "remaining_bytes", "pending",
                "job",          "last_job",       "registered",      "consent",
                "inhibitors",   "dev_eui",        "target",          "chain_to",
                "poll_minutes", "retry_timers",   "registration",    "registration_since",
                "missing",      "settings_saved",
        };
        char member[64];

        STAGE(stage);
        CHECK_INT(fotactl(&stage, "status modem0 --json"), 0);
        for (size_t i = 0; i < ELEMENTSOF(members); i++) {
                (void) snprintf(member, sizeof(member), "\"%s\":", members[i]);
                CHECK(strstr(output, member));
        }
        CHECK(strstr(output, "\"imsi\":null"));
        CHECK(strstr(output, "\"signal_dbm\":-87"));
        CHECK(strstr(output, "\"pending\":[{\"action\":\"install\",\"since\":\"2026-11-26T23:17:00."
                             "000+00:00\""));
        CHECK(strstr(output, "\"last_job\":{\"id\":11,"));
        CHECK_INT(fotactl(&stage, "list --json"), 0);
        CHECK(output[0] == '[');
        CHECK(strstr(output, "\"name\":\"ghost\""));
}

/* An independent parser agrees that it is JSON. */
TEST(json_documents_are_valid) {
        static const char *const calls[] = { "list",
                                             "plan",
                                             "plan --at 2026-12-01",
                                             "explain modem2 --at 2026-12-01",
                                             "status",
                                             "status modem1",
                                             "explain modem0",
                                             "history",
                                             "history --events",
                                             "uplink",
                                             "transcript modem0",
                                             "version",
                                             "log-level",
                                             "connect modem0",
                                             "update modem0",
                                             "update modem1 --package",
                                             "accept modem0 install",
                                             "status modem2",
                                             "settings modem2",
                                             "settings modem2 save",
                                             "register modem2",
                                             "inhibitors",
                                             "uplink flush" };
        char command[8192];

        STAGE(stage);
        if (system("command -v python3 >/dev/null") != 0)
                SKIP("no python3");
        for (size_t i = 0; i < ELEMENTSOF(calls); i++) {
                (void) snprintf(command, sizeof(command),
                                "%s --json %s | python3 -m json.tool >/dev/null", program(),
                                calls[i]);
                (void) fprintf(stderr, "%s\n", calls[i]);
                CHECK_INT(system(command), 0);
        }
}

TEST(exit_statuses_are_as_promised) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "connect modem0"), 0);
        CHECK_STR(output, "modem0: a session is open.\n");
        CHECK_INT(fotactl(&stage, "connect modem0 --quiet"), 0);
        CHECK_STR(output, "");
        CHECK_INT(fotactl(&stage, "reload"), 1);
        CHECK_STR(errors, "fotactl: /etc/fotad/fotad.yaml:7:5: modules.modem0.familly: unknown "
                          "key, did you mean "
                          "'family'?\n");
        CHECK_INT(fotactl(&stage, "connect"), 2);
        CHECK_INT(fotactl(&stage, "sttus"), 2);
        CHECK_STR(errors, "fotactl: unknown verb 'sttus', did you mean 'status'?\n");
        CHECK_INT(fotactl(&stage, "accept modem0 instal"), 2);
        CHECK_INT(fotactl(&stage, "defer modem0 install soon"), 2);
        CHECK_INT(fotactl(&stage, "connect modem0 --follow"), 2);
        CHECK_INT(fotactl(&stage, "discover"), 2);
        CHECK_STR(errors, "fotactl: discover is not available in this version\n");
        CHECK_INT(fotactl(&stage, "plan modem0"), 2);
        CHECK_STR(errors, "fotactl: usage: fotactl plan [--at TIME]\n");
        CHECK_INT(fotactl(&stage, "register modem0"), 6);
        CHECK_STR(errors,
                  "fotactl: refused: modules of family hl78xx have no registration of their own\n");
        CHECK_INT(fotactl(&stage, "settings modem0"), 6);
        CHECK_INT(fotactl(&stage, "settings modem2 forget"), 2);
        CHECK_STR(errors, "fotactl: operation 'forget' is none of show, save, diff, restore\n");
        CHECK_INT(fotactl(&stage, "settings modem2 save now"), 2);
        CHECK_INT(fotactl(&stage, "--system list"), 2);
        CHECK_INT(fotactl(&stage, "connect modem0 --file x"), 2);
        CHECK_INT(fotactl(&stage, "update modem0 --file x --package"), 2);
        CHECK_STR(errors, "fotactl: --file and --package exclude each other\n");
        CHECK_INT(fotactl(&stage, "update modem0 --to 1.2"), 2);
        CHECK_STR(errors, "fotactl: --to is for a version of the catalogue: it needs --package\n");
        CHECK_INT(fotactl(&stage, "status modem9"), 4);
        CHECK_STR(errors, "fotactl: there is no module 'modem9', did you mean 'modem0'?\n");
        CHECK_INT(fotactl(&stage, "history modem9"), 4);
        CHECK_STR(errors, "fotactl: there is no module 'modem9', did you mean 'modem0'?\n");
        CHECK_INT(fotactl(&stage, "disconnect modem0"), 6);
        CHECK_STR(errors, "fotactl: refused: an install runs\n");
        CHECK_INT(fotactl(&stage, "command modem0 AT+CFUN=1"), 6);
}

TEST(an_unreachable_daemon_is_exit_3_with_a_hint) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "list --socket /nonexistent/sock"), 3);
        CHECK(starts_with(errors,
                          "fotactl: fotad can not be reached at /nonexistent/sock: No such file"));
        CHECK(strstr(errors, "systemctl status fotad"));
        CHECK_INT(fotactl(&stage, "version --socket /nonexistent/sock"), 0);
        CHECK(strstr(output, "fotad   not reachable"));
}

TEST(another_user_is_told_who_may) {
        char command[8192];

        STAGE(stage);
        if (geteuid() != 0 || system("command -v setpriv >/dev/null") != 0)
                SKIP("needs root and setpriv");
        (void) chmod(stage.directory, 0777);
        (void) snprintf(command, sizeof(command),
                        "setpriv --reuid 65534 --regid 65534 --clear-groups %s connect modem0 2>&1 "
                        "| grep -q 'not "
                        "permitted: only root'",
                        program());
        if (system("setpriv --reuid 65534 --regid 65534 --clear-groups test -x \"$(readlink -f "
                   "/proc/self/cwd)\"") != 0)
                SKIP("the build folder is not open to others");
        CHECK_INT(system(command), 0);
        (void) snprintf(
                command, sizeof(command),
                "setpriv --reuid 65534 --regid 65534 --clear-groups %s connect modem0 2>/dev/null",
                program());
        CHECK_INT(WEXITSTATUS(system(command)), 5);
        (void) snprintf(command, sizeof(command),
                        "setpriv --reuid 65534 --regid 65534 --clear-groups %s list >/dev/null",
                        program());
        CHECK_INT(system(command), 0);
        (void) snprintf(command, sizeof(command),
                        "setpriv --reuid 65534 --regid 65534 --clear-groups %s update modem1 "
                        "--file /etc/passwd 2>/dev/null",
                        program());
        CHECK_INT(WEXITSTATUS(system(command)), 5);
}

TEST(update_wait_follows_its_job_to_success) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "update modem1 --wait"), 0);
        CHECK_STR(output, "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=63\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=83\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=100\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 install-succeeded\n"
                          "modem1: updated from A.1 to A.2 in 1min 1s.\n");
}

TEST(update_wait_of_a_failing_job_is_exit_7_with_advice) {
        STAGE(stage);
        stage_daemon_kill(&stage);
        (void) setenv("WORLD_OUTCOME", "update-failed", 1);
        stage_daemon_start(&stage);
        CHECK_INT(fotactl(&stage, "update modem1 --wait --quiet"), 7);
        CHECK_STR(output, "");
        CHECK(starts_with(errors,
                          "fotactl: modem1: the update failed: update-failed\nThe module refused"));
}

TEST(update_wait_as_json_prints_the_job) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "update modem1 --wait --json"), 0);
        CHECK(starts_with(output, "{\"id\":13,\"module\":\"modem1\","));
        CHECK(strstr(output, "\"outcome\":\"succeeded\",\"reason\":null"));
}

/* A file beside the socket; its path in quotes. */
static const char *stage_file(const Stage *stage, const char *contents) {
        static char path[128];
        FILE *file;

        (void) snprintf(path, sizeof(path), "%s/file", stage->directory);
        file = fopen(path, "we");
        if (!file)
                return "";
        (void) fputs(contents, file);
        (void) fclose(file);
        return path;
}

static void fotactl_with_file(const Stage *stage, const char *contents, const char *arguments,
                              int *ret_status) {
        char line[512];
        const char *path = stage_file(stage, contents);

        (void) snprintf(line, sizeof(line), "update modem1 --file %s %s", path, arguments);
        *ret_status = fotactl(stage, line);
        (void) unlink(path);
}

TEST(what_is_wrong_with_a_file_is_said_before_anything_is_sent) {
        char line[512], expected[512];
        int status;

        STAGE(stage);
        CHECK_INT(fotactl(&stage, "update modem1 --file /nonexistent/x --socket /none"), 1);
        CHECK_STR(errors, "fotactl: '/nonexistent/x' can not be read: No such file or directory\n");
        (void) snprintf(line, sizeof(line), "update modem1 --file %s --socket /none",
                        stage.directory);
        CHECK_INT(fotactl(&stage, line), 1);
        (void) snprintf(expected, sizeof(expected), "fotactl: '%s' is a directory\n",
                        stage.directory);
        CHECK_STR(errors, expected);
        CHECK_INT(fotactl(&stage, "update modem1 --file /dev/null --socket /none"), 1);
        CHECK_STR(errors, "fotactl: '/dev/null' is no regular file\n");
        fotactl_with_file(&stage, "", "--socket /none", &status);
        CHECK_INT(status, 1);
        CHECK(strstr(errors, "/file' is empty\n"));
}

TEST(a_pushed_file_is_passed_and_followed_to_its_end) {
        int status;

        STAGE(stage);
        fotactl_with_file(&stage, "too large\n", "", &status);
        CHECK_INT(status, 1);
        CHECK_STR(errors, "fotactl: the file is larger than 64.0 MiB\n");
        fotactl_with_file(&stage, "a package\n", "--wait", &status);
        CHECK_STR(errors, "");
        CHECK_INT(status, 0);
        CHECK_STR(output, "2026-11-26T23:20:00.000+00:00 modem1 job-created\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=63\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=83\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=100\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 install-succeeded\n"
                          "modem1: updated from A.1 to HL7812.5.7.2.0 in 1min 1s.\n");
}

TEST(a_file_without_wait_says_how_to_follow_it) {
        int status;

        STAGE(stage);
        fotactl_with_file(&stage, "a package\n", "", &status);
        CHECK_INT(status, 0);
        CHECK_STR(output, "modem1: fotad has the file and pushes it, job 13. Follow it with\n"
                          "'fotactl watch modem1'.\n");
}

TEST(a_way_through_the_catalogue_is_shown_before_it_is_taken) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "update modem1 --package"), 0);
        CHECK_STR(output, "modem1: BHL7812.5.5.14.0.20220216-special-build-with-long-name →\n"
                          "  HL7812.5.6.1.0 → HL7812.5.7.2.0, 2 updates\n"
                          "modem1: an update is asked for, job 13. Follow it with 'fotactl watch "
                          "modem1'.\n");
        CHECK_INT(fotactl(&stage, "update modem1 --package --to 9.9"), 6);
        CHECK(starts_with(errors, "fotactl: refused: no packages lead from "));
        CHECK_STR(output, "");
}

TEST(a_way_as_json_has_its_hops) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "update modem1 --package --to HL7812.5.6.1.0 --json"), 0);
        CHECK_STR(output,
                  "{\"module\":\"modem1\",\"job\":13,\"hops\":[{\"from\":\"BHL7812.5.5.14.0."
                  "20220216-special-build-with-long-name\",\"to\":\"HL7812.5.6.1.0\"}]}\n");
}

TEST(update_wait_follows_all_updates_of_a_way) {
        STAGE(stage);
        (void) unsetenv("COLUMNS");
        CHECK_INT(fotactl(&stage, "update modem1 --package --wait"), 0);
        CHECK_STR(errors, "");
        CHECK_STR(output, "modem1: BHL7812.5.5.14.0.20220216-special-build-with-long-name → "
                          "HL7812.5.6.1.0 → HL7812.5.7.2.0, 2 updates\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 job-created\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=63\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=83\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=100\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 install-succeeded\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 job-created\n"
                          "modem1: updated from A.1 to HL7812.5.6.1.0 in 1min 1s (1 of 2).\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=63\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=83\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 download-progress percent=100\n"
                          "2026-11-26T23:20:00.000+00:00 modem1 install-succeeded\n"
                          "modem1: updated from A.1 to HL7812.5.7.2.0 in 1min 1s (2 of 2).\n");
}

TEST(the_first_update_of_a_way_that_fails_ends_the_wait) {
        STAGE(stage);
        stage_daemon_kill(&stage);
        (void) setenv("WORLD_OUTCOME", "xmodem-failed", 1);
        (void) setenv("WORLD_FAILS_AT", "14", 1);
        stage_daemon_start(&stage);
        CHECK_INT(fotactl(&stage, "update modem1 --package --wait --json"), 7);
        CHECK(starts_with(output, "{\"id\":13,"));
        CHECK(strstr(output, "\"outcome\":\"succeeded\",\"reason\":null,\"package_bytes\":null}\n"
                             "{\"id\":14,"));
        CHECK(strstr(output, "\"outcome\":\"failed\",\"reason\":\"xmodem-failed\""));
        CHECK(starts_with(errors, "fotactl: modem1: the update 2 of 2 failed: xmodem-failed\n"));
        CHECK(strchr(errors, '\n')[1]); /* advice */
}

/* A shell command in the background, until file_wait() saw something or it ended. */
static pid_t background(const char *command) {
        pid_t child = fork();

        if (child == 0) {
                (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
                (void) execl("/bin/sh", "sh", "-c", command, NULL);
                _exit(127);
        }
        return child;
}

static bool file_wait(const char *path, const char *text) {
        for (int i = 0; i < 1000; i++) {
                file_read(path, output, sizeof(output));
                if (strstr(output, text))
                        return true;
                (void) usleep(10 * 1000);
        }
        return false;
}

TEST(jobs_that_ended_while_fotad_was_away_are_found_in_the_history) {
        char command[8192], path[96];
        int status;
        pid_t child;

        STAGE(stage);
        (void) snprintf(path, sizeof(path), "%s/out", stage.directory);
        (void) snprintf(command, sizeof(command), "exec %s update modem1 --package --wait >%s 2>&1",
                        program(), path);
        child = background(command);
        CHECK(file_wait(path, "percent=63"));
        stage_daemon_kill(&stage);
        CHECK(file_wait(path, "fotad went away, waiting for it.\n"));
        (void) setenv("WORLD_CHAIN_IS_OVER", "1", 1);
        stage_daemon_start(&stage);
        CHECK_INT(waitpid(child, &status, 0), child);
        file_read(path, output, sizeof(output));
        (void) unlink(path);
        CHECK_INT(WEXITSTATUS(status), 0);
        CHECK(strstr(output, "to HL7812.5.6.1.0 in 1min 1s (1 of 2).\n"));
        CHECK(strstr(output, "to HL7812.5.7.2.0 in 1min 1s (2 of 2).\n"));
}

TEST(a_suspended_download_says_how_much_is_left_and_how_it_goes_on) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "suspend modem1"), 0);
        CHECK_STR(output, "modem1: the download is suspended at 43%; go on with 'fotactl resume "
                          "modem1'.\n");
        CHECK_INT(fotactl(&stage, "status modem1"), 0);
        CHECK(strstr(output, "\n     Suspended: by a person\n"
                             "                834.9 KiB of 1.4 MiB left\n"
                             "                go on with 'fotactl resume modem1'\n"));
        CHECK_INT(fotactl(&stage, "resume modem1"), 0);
        CHECK_STR(output, "modem1: the download goes on at 43%.\n");
        CHECK_INT(fotactl(&stage, "status modem1"), 0);
        CHECK(!strstr(output, "Suspended:"));
}

TEST(a_session_that_has_to_wait_is_not_told_as_opened) {
        STAGE(stage);
        stage_restart_with(&stage, "WORLD_NO_SESSION", "1");
        CHECK_INT(fotactl(&stage, "connect modem0"), 0);
        unfold(output);
        CHECK(starts_with(output, "modem0: a session is asked for; next: window "
                                  "01:00-05:00: closed, opens Fri 2026-11-27 01:00."));
        CHECK_INT(fotactl(&stage, "resume modem1"), 0);
        unfold(output);
        CHECK(starts_with(output, "modem1: the download may go on"));
        CHECK(strstr(output, "; next: a session: window 01:00-05:00: closed, opens"));
        (void) unsetenv("WORLD_NO_SESSION");
}

TEST(accept_of_what_nobody_asks_for_tells_that_a_deferral_ended) {
        STAGE(stage);
        stage_restart_with(&stage, "WORLD_IDLE", "1");
        CHECK_INT(fotactl(&stage, "accept modem0 install"), 0);
        unfold(output);
        CHECK(starts_with(output, "modem0: the deferral of the install is ended. It asks for none "
                                  "now, so this is no yes to one."));
        (void) unsetenv("WORLD_IDLE");
}

TEST(status_shows_where_an_update_leads_and_what_the_module_does_by_itself) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "status modem1"), 0);
        CHECK(strstr(output, "\n       Polling: the module asks its server every 1d\n"));
        CHECK(strstr(output,
                     "\n       Retries: the module's own, after 15min, 1h, 4h, 8h, 1d, 2d\n"));
        CHECK_INT(fotactl(&stage, "update modem1 --package --quiet"), 0);
        CHECK_STR(output, "");
        CHECK_INT(fotactl(&stage, "status modem1"), 0);
        CHECK(strstr(output, " HL7812.5.6.1.0, then on to HL7812.5.7.2.0\n"));
        CHECK_INT(fotactl(&stage, "status modem1 --json"), 0);
        CHECK(strstr(output, "\"target\":\"HL7812.5.6.1.0\",\"chain_to\":\"HL7812.5.7.2.0\","
                             "\"poll_minutes\":1440,\"retry_timers\":[15,60,240,480,1440,2880]"));
        CHECK_INT(fotactl(&stage, "status modem0 --json"), 0);
        CHECK(strstr(output, "\"target\":null,\"chain_to\":null,\"poll_minutes\":null,"
                             "\"retry_timers\":null"));
}

static pid_t watch_start(const Stage *stage) {
        char command[8192];
        pid_t watch;

        (void) snprintf(command, sizeof(command), "exec %s watch --json >%s/seen 2>%s/told",
                        program(), stage->directory, stage->directory);
        watch = fork();
        if (watch == 0) {
                (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
                (void) execl("/bin/sh", "sh", "-c", command, NULL);
                _exit(127);
        }
        (void) usleep(500 * 1000);
        return watch;
}

/* Fills output and errors; whether it still watched. */
static bool watch_stop(const Stage *stage, pid_t watch) {
        char path[96];
        int status = 0;

        (void) usleep(200 * 1000);
        (void) kill(watch, SIGKILL);
        (void) waitpid(watch, &status, 0);
        (void) snprintf(path, sizeof(path), "%s/seen", stage->directory);
        file_read(path, output, sizeof(output));
        (void) unlink(path);
        (void) snprintf(path, sizeof(path), "%s/told", stage->directory);
        file_read(path, errors, sizeof(errors));
        (void) unlink(path);
        return WIFSIGNALED(status);
}

TEST(watch_survives_a_restart_of_the_daemon) {
        pid_t watch;

        STAGE(stage);
        watch = watch_start(&stage);
        stage_daemon_kill(&stage);
        (void) usleep(300 * 1000);
        stage_daemon_start(&stage);
        (void) usleep(700 * 1000);
        CHECK_INT(fotactl(&stage, "update modem1 --wait --quiet"), 0);
        CHECK(watch_stop(&stage, watch));
        CHECK(starts_with(
                output,
                "{\"time\":\"2026-11-26T23:20:00.000+00:00\",\"sequence\":43,\"module\":\"modem1\","
                "\"event\":\"download-progress\",\"job\":13,\"state\":\"downloading\",\"percent\":"
                "63}\n"));
        CHECK(strstr(output, "\"event\":\"install-succeeded\""));
}

static unsigned count(const char *text, const char *what) {
        unsigned n = 0;

        while ((text = strstr(text, what))) {
                text += strlen(what);
                n++;
        }
        return n;
}

/* storage-failed overtakes what waits for the disk; that is told when it is written. */
TEST(watch_shows_what_waited_while_the_disk_failed) {
        pid_t watch;

        STAGE(stage);
        stage_restart_with(&stage, "WORLD_STORAGE", "fails");
        watch = watch_start(&stage);
        CHECK_INT(fotactl(&stage, "update modem1 --wait --quiet"), 0);
        stage_restart_with(&stage, "WORLD_STORAGE", "failed");
        (void) usleep(500 * 1000);
        CHECK(watch_stop(&stage, watch));
        CHECK(strstr(output, "\"sequence\":60,\"module\":null,\"event\":\"storage-failed\""));
        CHECK(strstr(output, "\"sequence\":43,\"module\":\"modem1\""));
        CHECK(strstr(output, "\"event\":\"install-succeeded\""));
        CHECK(strstr(output, "\"event\":\"storage-restored\""));
        CHECK_INT(count(output, "storage-failed"), 1);
        CHECK_INT(count(output, "\"sequence\":4"), 4);
}

TEST(watch_begins_also_while_the_history_can_not_be_read) {
        pid_t watch;

        STAGE(stage);
        stage_restart_with(&stage, "WORLD_STORAGE", "unreadable");
        watch = watch_start(&stage);
        CHECK_INT(fotactl(&stage, "update modem1 --quiet"), 0);
        (void) usleep(1200 * 1000);
        CHECK(watch_stop(&stage, watch));
        CHECK_STR(errors, "fotactl: the history can not be read: Input/output error\n");
        CHECK(strstr(output, "\"event\":\"install-succeeded\""));
}

TEST(a_daemon_that_stays_away_ends_the_wait_with_exit_3) {
        Clock begin;

        STAGE(stage);
        SLOW_ONLY("ten seconds");
        begin = clock_now();
        if (fork() == 0) {
                (void) usleep(500 * 1000);
                (void) kill(stage.daemon, SIGKILL);
                _exit(0);
        }
        CHECK_INT(fotactl(&stage, "watch"), 3);
        CHECK(clock_now().boottime - begin.boottime > 9 * USEC_PER_SEC);
}

TEST(a_transcript_shows_directions) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "transcript modem0"), 0);
        CHECK_STR(output, "2026-11-26T23:20:00.000+00:00 > AT+CGMR\n"
                          "2026-11-26T23:20:00.000+00:00 < HL7800.4.4.14.0\n"
                          "2026-11-26T23:20:00.000+00:00 < OK\n"
                          "2026-11-26T23:20:00.000+00:00 < +WDSI: 3\n");
}

TEST(a_command_prints_the_modules_lines) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "command modem0 AT+CSQ"), 0);
        CHECK_STR(output, "+CSQ: 20,99\n");
        CHECK_INT(fotactl(&stage, "command modem0 AT+BAD"), 1);
        CHECK_STR(errors, "fotactl: +CME ERROR: 3\n");
}

/* The daemon again, with a variable that world.h looks at. */
TEST(a_registration_is_asked_for_and_shown) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "status modem2"), 0);
        CHECK(strstr(output, "\n    Registered: yes, since Thu 2026-11-26 20:20:00 UTC\n"));
        CHECK_INT(fotactl(&stage, "register modem2"), 0);
        CHECK_STR(output, "modem2: registration asked for; 'registered' follows when the server "
                          "answers.\n");
        CHECK_INT(fotactl(&stage, "status modem2"), 0);
        CHECK(strstr(output, "\n    Registered: no: asked for Thu 2026-11-26 23:20:00 UTC; the "
                             "server has not\n                answered yet\n"));
}

TEST(a_registration_that_is_in_doubt_says_what_to_do) {
        static const struct {
                const char *state, *text, *json;
        } rows[] = {
                { "done", "yes, since Thu", "\"registered\":true,\"registration\":\"done\"" },
                { "asked", "no: asked for Thu", "\"registered\":false,\"registration\":\"asked\"" },
                { "failed", "no: the server has not answered, given up Thu",
                  "\"registered\":false,\"registration\":\"failed\"" },
                { "doubtful", "no: a SIM was moved; updates wait for the server, since Thu",
                  "\"registered\":false,\"registration\":\"doubtful\"" },
                { "unknown", "unknown: fotad has not asked the server\n",
                  "\"registered\":null,\"registration\":\"unknown\"" },
        };
        char line[128];

        STAGE(stage);
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                stage_restart_with(&stage, "WORLD_REGISTRATION", rows[i].state);
                (void) snprintf(line, sizeof(line), "\n    Registered: %s", rows[i].text);
                CHECK_INT(fotactl(&stage, "status modem2"), 0);
                CHECK(strstr(output, line));
                CHECK(!strstr(output, "ask it with 'fotactl register modem2'\n") == (i < 2));
                CHECK(!strstr(output, "whether it knows") == !streq(rows[i].state, "failed"));
                CHECK(longest_line(output) <= 80);
                CHECK_INT(fotactl(&stage, "status modem2 --json"), 0);
                CHECK(strstr(output, rows[i].json));
        }
        CHECK_INT(fotactl(&stage, "status modem0"), 0);
        CHECK(!strstr(output, "Registered:"));
        CHECK_INT(fotactl(&stage, "status modem0 --json"), 0);
        CHECK(strstr(output, "\"registered\":null,\"registration\":null,\"registration_since\":"
                             "null,\"missing\":null,\"settings_saved\":null"));
}

TEST(saved_settings_are_shown) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "settings modem2"), 0);
        CHECK_STR(output, "modem2: saved 2026-11-26 21:20, restored after each update\n"
                          "NAME     SAVED\n"
                          "+CMEE    2\n"
                          "+CSCS    \"GSM\"\n"
                          "#OTASUAN ,2,1\n");
        CHECK_INT(fotactl(&stage, "settings modem2 show --no-legend"), 0);
        CHECK(starts_with(output, "+CMEE    2\n"));
        CHECK_INT(fotactl(&stage, "status modem2"), 0);
        CHECK(strstr(output, "\n      Settings: 3, saved 2026-11-26 21:20\n"));
        stage_restart_with(&stage, "WORLD_SNAPSHOT", "due");
        CHECK_INT(fotactl(&stage, "settings modem2"), 0);
        CHECK(starts_with(output, "modem2: saved 2026-11-26 21:20, to be restored: an update may "
                                  "have lost them\n"));
        stage_restart_with(&stage, "WORLD_SNAPSHOT", "none");
        CHECK_INT(fotactl(&stage, "settings modem2"), 0);
        CHECK_STR(output,
                  "modem2: no settings are saved; 'fotactl settings modem2 save' saves them\n");
        CHECK_INT(fotactl(&stage, "settings modem2 --json"), 0);
        CHECK_STR(output, "{\"module\":\"modem2\",\"taken\":null,\"settings\":[]}\n");
}

TEST(settings_that_differ_are_marked_and_exit_1) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "settings modem2 diff"), 1);
        CHECK_STR(errors, "");
        CHECK_STR(output, "modem2: saved 2026-11-26 21:20, restored after each update\n"
                          "NAME     SAVED NOW   FATE\n"
                          "+CMEE    2     0     different\n"
                          "+CSCS    \"GSM\" \"GSM\"\n"
                          "#OTASUAN -     ,2,1  new\n");
        CHECK_INT(fotactl(&stage, "settings modem2 diff --json"), 1);
        CHECK_STR(
                output,
                "{\"module\":\"modem2\",\"taken\":\"2026-11-26T21:20:00.000+00:00\",\"settings\":["
                "{\"name\":\"+CMEE\",\"saved\":\"2\",\"now\":\"0\",\"fate\":\"different\"},"
                "{\"name\":\"+CSCS\",\"saved\":\"\\\"GSM\\\"\",\"now\":\"\\\"GSM\\\"\","
                "\"fate\":\"same\"},{\"name\":\"#OTASUAN\",\"saved\":null,\"now\":\",2,1\","
                "\"fate\":\"new\"}]}\n");
        stage_restart_with(&stage, "WORLD_SNAPSHOT", "same");
        CHECK_INT(fotactl(&stage, "settings modem2 diff"), 0);
        CHECK(strstr(output, "\n+CMEE 2     2\n"));
}

TEST(settings_are_saved_and_restored_and_a_refused_one_is_told) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "settings modem2 save"), 0);
        CHECK(strstr(output, "\n+CMEE    2     2     saved\n"));
        CHECK_INT(fotactl(&stage, "settings modem2 restore"), 1);
        CHECK_STR(errors, "fotactl: modem2: 1 setting was not restored\n");
        CHECK(strstr(output, "… refused\n"));
        CHECK(strstr(output, "\n#OTASUAN (hidden) "));
        CHECK(longest_line(output) <= 80);
}

TEST(what_an_update_needs_is_wrapped_and_decides) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "status modem2"), 0);
        CHECK(strstr(output, "\n         Needs: AT#GAUTOATT is 0 and "));
        CHECK_INT(fotactl(&stage, "explain modem2"), 0);
        CHECK(strstr(output, "\n  ✗ prerequisite AT#GAUTOATT is 0 and AT+CGCLASS is \"CC\": the "
                             "module attaches to\n                 no data service by itself; "));
        CHECK(strstr(output, " AT#GAUTOATT=1 and AT+CGCLASS=\"B\" (decides)\n"));
}

TEST(a_test_run_is_no_failure_and_no_update) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "history modem2"), 0);
        CHECK(strstr(output, " 10.00.004 10.00.004 test-run -      1min\n"));
        CHECK_INT(fotactl(&stage, "status modem2"), 0);
        CHECK(strstr(output, "\n      Last job: 9 test-run on "));
        CHECK(strstr(output, "\n           Job: 10 since Thu 2026-11-26 22:20:00 UTC, started by "
                             "the server,\n                which asked nobody\n"));
        stage_restart_with(&stage, "WORLD_OUTCOME", "test-run");
        CHECK_INT(fotactl(&stage, "update modem1 --wait --quiet"), 7);
        CHECK_STR(errors, "fotactl: modem1: test-run: the server tried its protocol, nothing was "
                          "installed\n");
        CHECK_INT(fotactl(&stage, "status modem1 --json"), 0);
        CHECK(strstr(output, "\"outcome\":\"test-run\""));
}

TEST(inhibitors_are_listed_and_shown_with_their_module) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "inhibitors"), 0);
        CHECK_STR(output,
                  "ID WHO   WHAT             MODULE UNTIL            BY                WHY\n"
                  "30 rsync download:install modem1 2026-11-27 00:20 root (uid 0), ba… copying "
                  "the…\n"
                  "31 app1  connect          modem2 2026-11-27 23:20 AS app1.sample.c… tests in "
                  "th…\n"
                  "\n2 inhibitors.\n");
        CHECK_INT(fotactl(&stage, "status modem1"), 0);
        CHECK(strstr(
                output,
                "\n     Inhibited: download:install by rsync: copying the logs of the last week "
                "to\n                the other site\n"
                "                since Thu 2026-11-26 22:20:00 UTC\n"
                "                until Fri 2026-11-27 00:20:00 UTC at the latest\n"));
        CHECK_INT(fotactl(&stage, "--json status modem2"), 0);
        CHECK(strstr(output,
                     "\"inhibitors\":[{\"id\":31,\"what\":[\"connect\"],\"module\":\"modem2\","
                     "\"who\":\"app1\",\"why\":\"tests in the field\","
                     "\"by\":\"AS app1.sample.com\",\"source\":\"server\",\"uid\":null,"
                     "\"pid\":null,\"unit\":null,"));
}

#define LOST "fotactl: the output could not be written: No space left on device\n"

static int fotactl_on_full_disk(const Stage *stage, const char *arguments) {
        return fotactl_to("/dev/full", stage, arguments);
}

TEST(output_that_is_lost_is_no_success) {
        static const char *const calls[] = {
                "--json list",    "history", "status modem0",     "explain ghost",
                "suspend modem1", "--help",  "transcript modem0", "transcript modem0 --follow",
        };
        STAGE(stage);
        for (size_t i = 0; i < ELEMENTSOF(calls); i++) {
                CHECK_INT(fotactl_on_full_disk(&stage, calls[i]), 1);
                CHECK_STR(errors, LOST);
        }
        CHECK_INT(fotactl_on_full_disk(&stage, "--quiet resume modem1"), 0);
        CHECK_INT(fotactl_on_full_disk(&stage, "status nobody"), 4);
        CHECK_INT(fotactl_on_full_disk(&stage, "inhibit --why test -- true"), 0);
        CHECK_INT(fotactl_on_full_disk(&stage, "update modem1 --wait"), 0);
        CHECK_STR(errors, LOST);
}

TEST(a_watch_whose_output_is_lost_ends) {
        STAGE(stage);
        if (fork() == 0) {
                char command[8192];

                (void) usleep(500 * 1000);
                (void) snprintf(command, sizeof(command), "%s update modem1 --quiet", program());
                _exit(system(command) != 0);
        }
        CHECK_INT(fotactl_on_full_disk(&stage, "watch"), 1);
        CHECK_STR(errors, LOST);
        (void) wait(NULL);
}

TEST(who_reads_no_more_has_lost_nothing) {
        char command[8192];

        STAGE(stage);
        (void) snprintf(command, sizeof(command),
                        "trap '' PIPE; { sleep 0.2; %s list 2>&1; echo \"$?\" >%s/out; } | true",
                        program(), stage.directory);
        CHECK_INT(system(command), 0);
        (void) snprintf(command, sizeof(command), "%s/out", stage.directory);
        file_read(command, output, sizeof(output));
        (void) unlink(command);
        CHECK_STR(output, "0\n");
}

/* 0 would be taken for what it is not. */
TEST(what_the_database_holds_is_not_known_while_it_can_not_be_read) {
        STAGE(stage);
        stage_restart_with(&stage, "WORLD_STORAGE", "unreadable");
        CHECK_INT(fotactl(&stage, "status"), 0);
        CHECK(strstr(output, "\n        Uplink: not known: the database can not be read\n"));
        CHECK_INT(fotactl(&stage, "uplink"), 0);
        CHECK_STR(output, "● uplink not known\n"
                          "           URL: https://as.example.com/tunnel\n"
                          "       Waiting: not known: the database can not be read\n"
                          "  Slow answers: 0\n");
        CHECK_INT(fotactl(&stage, "uplink --json"), 0);
        CHECK_STR(output,
                  "{\"url\":\"https://as.example.com/tunnel\",\"lost\":null,\"lost_since\":null,"
                  "\"last_status\":null,\"last_error\":null,\"last_answer\":null,"
                  "\"next_try\":null,\"waiting\":null,\"oldest\":null,\"accepted\":null,"
                  "\"refused\":null,\"dropped\":null,\"slow\":0,\"waiting_by_kind\":{"
                  "\"uplink\":null,\"downlink-sent\":null,\"location\":null,"
                  "\"notification\":null},\"set_aside\":[]}\n");
        CHECK_INT(fotactl(&stage, "inhibitors"), 1);
        CHECK_STR(output, "");
        CHECK_STR(errors, "fotactl: the inhibitors are not known: the database can not be read\n");
}

/* The lease itself is looked at in tests/system/inhibit.sh. */
TEST(inhibit_ends_as_its_command_does) {
        STAGE(stage);
        CHECK_INT(fotactl(&stage, "inhibit --why test -- sh -c 'echo done; exit 42'"), 42);
        CHECK_STR(output, "done\n");
        CHECK_STR(errors, "fotactl: modem1 is downloading already; that goes on\n");
        CHECK_INT(fotactl(&stage, "inhibit --why test --module modem0 -- sh -c 'kill -9 $$'"), 137);
        CHECK_STR(errors, "");
        CHECK_INT(fotactl(&stage, "inhibit --why test -- /nonexistent"), 127);
        CHECK_INT(fotactl(&stage, "inhibit --why test -- /"), 126);
        CHECK_INT(fotactl(&stage, "inhibit --why test true"), 2);
        CHECK_INT(fotactl(&stage, "inhibit -- true"), 2);
        CHECK_INT(fotactl(&stage, "inhibit --why test --"), 2);
}

TEST(completions_are_sound) {
        char command[4096];

        (void) snprintf(command, sizeof(command), "bash -n %s",
                        TEST_FILE("scripts/completion/fotactl.bash"));
        CHECK_INT(system(command), 0);
        if (system("command -v zsh >/dev/null") != 0)
                SKIP("no zsh");
        (void) snprintf(command, sizeof(command), "zsh -n %s",
                        TEST_FILE("scripts/completion/_fotactl"));
        CHECK_INT(system(command), 0);
}

TEST_MAIN()
