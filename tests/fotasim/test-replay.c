/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Transcripts read back: mistakes are named with their place, a replay answers as the module did,
 * and a story made from a transcript plays. */

#include "fotasim/replay.h"

#include <unistd.h>

#include "at/chat.h"
#include "fotasim/story.h"
#include "sim/story.h"
#include "test.h"

/* parsing */

static int parse(Recording **ret, const char *text, char errors[static 512]) {
        Text to;

        text_init(&to, errors, 512);
        return recording_parse(ret, "t", text, strlen(text), &to);
}

static void check_error(const char *text, const char *expected) {
        _cleanup_(recording_freep) Recording *recording = NULL;
        char errors[512];

        CHECK_INT(parse(&recording, text, errors), -EINVAL);
        CHECK_STR(errors, expected);
        CHECK(!recording);
}

#define T "2026-11-21T11:29:08.000+00:00 "
#define T1 "2026-11-21T11:29:09.000+00:00 "
#define T2 "2026-11-21T11:29:09.500+00:00 "
#define T5 "2026-11-21T11:29:13.000+00:00 "

TEST(mistakes_have_a_place_and_a_remedy) {
        check_error("", "t: holds no dialogue; save one with fotactl transcript\n");
        check_error("[]\n", "t: holds no dialogue; save one with fotactl transcript\n");
        check_error(T "> AT\n\n" T "< OK\n", "t:2: the line is empty; take it out\n");
        check_error("$ fotactl transcript m0\n",
                    "t:1: '$' is no time; a line is TIME > COMMAND, TIME < LINE or TIME # NOTE, as "
                    "fotactl transcript prints it\n");
        check_error(T "> AT\r\n" T "= OK\n",
                    "t:2: '>', '<' or '#' and a blank are expected behind the time\n");
        check_error(T ">\n", "t:1: there is no command behind '>'\n");
        check_error(T "< a\tb\n", "t:1: a control character in column 34\n");
        check_error("{\"time\":null,\"direction\":\"up\",\"text\":\"\"}\n",
                    "t:1: no object with time, direction (to, from, note) and text, as fotactl "
                    "--json transcript prints it\n");
}

TEST(overlong_line_is_refused) {
        char text[RECORDED_TEXT_MAX + 64];

        memset(text, 'x', sizeof(text));
        memcpy(text, T "< ", strlen(T "< "));
        text[sizeof(text) - 1] = '\0';
        check_error(text, "t:1: too long, more than 4096 bytes\n");
}

static void check_lines(const char *text, const RecordedLine *expected, size_t n) {
        _cleanup_(recording_freep) Recording *recording = NULL;
        char errors[512];

        CHECK_INT(parse(&recording, text, errors), 0);
        CHECK_INT(recording->n_lines, n);
        for (size_t i = 0; i < n; i++) {
                CHECK_STR(recording->lines[i].text, expected[i].text);
                CHECK_INT(recording->lines[i].kind, expected[i].kind);
                CHECK_INT(recording->lines[i].time, expected[i].time);
        }
}

TEST(what_belongs_together_is_found) {
        static const RecordedLine expected[] = {
                { .text = "AT", .kind = RECORDED_SYNC },
                { .text = "AT", .kind = RECORDED_ECHO },
                { .text = "OK", .kind = RECORDED_REPLY },
                { .text = "OK", .kind = RECORDED_STRAY },
                { .text = "AT+CIMI", .kind = RECORDED_QUESTION, .time = USEC_PER_SEC },
                { .text = "+WDSI: 4", .kind = RECORDED_UNPROMPTED, .time = USEC_PER_SEC },
                { .text = "2080112", .kind = RECORDED_REPLY, .time = USEC_PER_SEC },
                { .text = "OK", .kind = RECORDED_REPLY, .time = USEC_PER_SEC },
                { .text = "+WDSI: 2", .kind = RECORDED_UNPROMPTED, .time = 5 * USEC_PER_SEC },
                { .text = "AT+WDSR=3", .kind = RECORDED_ACT, .time = 5 * USEC_PER_SEC },
                { .text = "no reply in time", .kind = RECORDED_NOTE, .time = 5 * USEC_PER_SEC },
                { .text = "x", .kind = RECORDED_NOTE, .time = 5 * USEC_PER_SEC },
        };

        check_lines(T "> AT\r\n" T "< AT\n" T "< OK\n" T "< OK\n" T1 ">  AT+CIMI \n" T1
                      "< +WDSI: 4\nunknown < 2080112\n" T1 "< OK\n" T5 "< +WDSI: 2\n" T1
                      "> AT+WDSR=3\n" T1 "# no reply in time\n"
                      "2031-11-21T11:29:08.000+00:00 # x",
                    expected, ELEMENTSOF(expected));
}

TEST(both_json_forms_are_read) {
        static const RecordedLine expected[] = {
                { .text = "AT+CSQ", .kind = RECORDED_QUESTION },
                { .text = "+CSQ: \"?\"", .kind = RECORDED_REPLY, .time = USEC_PER_SEC },
        };

        check_lines("[{\"sequence\":1,\"time\":\"2026-11-21T11:29:08.000+00:00\",\"direction\":"
                    "\"to\",\"text\":\"AT+CSQ\"},\n"
                    "{\"sequence\":2,\"time\":\"2026-11-21T12:29:09.000+01:00\",\"direction\":"
                    "\"from\",\"text\":\"+CSQ: \\\"\\u0001\\\"\"}]\n",
                    expected, ELEMENTSOF(expected));
        check_lines("{\"time\":\"2026-11-21T11:29:08.000+00:00\",\"direction\":\"to\",\"text\":"
                    "\"AT+CSQ\"}\n"
                    "{\"time\":\"2026-11-21T11:29:09.000+00:00\",\"direction\":\"from\",\"text\":"
                    "\"+CSQ: \\\"?\\\"\"}\n",
                    expected, ELEMENTSOF(expected));
}

/* replaying */

typedef struct Bench {
        Recording *recording;
        Replay replay;
        Text said, notes;
        unsigned n_ends;
        char said_bytes[4096], notes_bytes[1024];
} Bench;

static void on_write(void *userdata, const char *bytes, size_t n) {
        text_add_bytes(&((Bench *) userdata)->said, bytes, n);
}
static void on_note(void *userdata, const char *text) {
        text_printf(&((Bench *) userdata)->notes, "%s\n", text);
}
static void on_end(void *userdata, unsigned n_lines _unused_) {
        ((Bench *) userdata)->n_ends++;
}
static const ReplayHost host = { .write = on_write, .note = on_note, .on_end = on_end };

static Bench *bench_new(const char *text, double speed) {
        Bench *bench = calloc(1, sizeof(*bench));
        char errors[512];

        text_init(&bench->said, bench->said_bytes, sizeof(bench->said_bytes));
        text_init(&bench->notes, bench->notes_bytes, sizeof(bench->notes_bytes));
        if (parse(&bench->recording, text, errors) < 0) {
                fputs(errors, stderr);
                abort();
        }
        replay_init(&bench->replay, bench->recording, speed, &host, bench);
        return bench;
}

static Bench *bench_free(Bench *bench) {
        recording_free(bench->recording);
        free(bench);
        return NULL;
}
DEFINE_CLEANUP(Bench *, bench_free)

/* What it says to a command at that second; "" lets time pass only. Line ends are shown as "/". */
static const char *hear(Bench *bench, double second, const char *command) {
        usec_t now = (usec_t) (second * (double) USEC_PER_SEC);
        static char shown[4096];
        size_t n = 0;

        text_init(&bench->said, bench->said_bytes, sizeof(bench->said_bytes));
        replay_tick(&bench->replay, now);
        if (*command) {
                replay_feed(&bench->replay, now, command, strlen(command));
                replay_feed(&bench->replay, now, "\r", 1);
                replay_tick(&bench->replay, now);
        }
        for (const char *p = bench->said_bytes; *p; p++)
                if (*p != '\r' && (*p != '\n' || (n > 0 && shown[n - 1] != '/')))
                        shown[n++] = *p == '\n' ? '/' : *p;
        shown[n] = '\0';
        return shown;
}

TEST(lines_keep_their_distances) {
        _cleanup_(bench_freep) Bench *bench =
                bench_new(T "> AT+WDSR=4\n" T1 "< OK\n" T2 "< +WDSI: 14\n" T5 "< +WDSI: 16\n", 2);

        CHECK_INT(replay_deadline(&bench->replay), USEC_INFINITY);
        CHECK_STR(hear(bench, 100, "AT+WDSR=4"), "");
        CHECK_STR(hear(bench, 100.49, ""), "");
        CHECK_STR(hear(bench, 100.5, ""), "OK/");
        CHECK_STR(hear(bench, 100.74, ""), "");
        CHECK_STR(hear(bench, 100.75, ""), "+WDSI: 14/");
        CHECK_INT(bench->n_ends, 0);
        CHECK_STR(hear(bench, 102.5, ""), "+WDSI: 16/");
        CHECK_INT(bench->n_ends, 1);
        CHECK_INT(bench->replay.n_lines, 3);
        CHECK_STR(bench->notes_bytes, "");
}

TEST(nothing_is_said_before_somebody_listens) {
        _cleanup_(bench_freep) Bench *bench = bench_new(T "< +WDSI: 0\n", 1);

        CHECK_STR(hear(bench, 50, ""), "");
        replay_start(&bench->replay, 60 * USEC_PER_SEC);
        CHECK_STR(bench->said_bytes, "\r\n+WDSI: 0\r\n");
}

TEST(plain_at_is_always_answered_and_holds_nothing_up) {
        _cleanup_(bench_freep) Bench *bench =
                bench_new(T "> AT\n" T1 "> AT\n" T1 "< AT\n" T1 "< OK\n" T1 "> ATE0\n" T1
                            "< ATE0\n" T1 "< OK\n" T5 "> AT+WDSS=1,1\n" T5 "< OK\n",
                          1);

        CHECK_STR(hear(bench, 1, "AT"), "OK/");
        CHECK_STR(hear(bench, 1, "AT"), "OK/");
        CHECK_STR(hear(bench, 1.1, "ATE0"), "OK/");
        CHECK_STR(hear(bench, 1.1, "AT"), "OK/");
        CHECK_STR(hear(bench, 1.1, "AT+WDSS=1,1"), "OK/");
        CHECK_INT(bench->n_ends, 1);
}

static const char polls[] =
        T "> AT+CSQ\n" T "< +CSQ: 1,99\n" T "< OK\n" T1 "> AT+CSQ\n" T1 "< +CSQ: 2,99\n" T1
          "< OK\n" T5 "< +WDSI: 2\n" T5 "> AT+WDSR=3\n" T5 "< OK\n" T5 "> AT+CSQ\n" T5
          "< +CSQ: 3,99\n" T5 "< OK\n" T5 "> AT+CGMR\n" T5 "< NEW\n" T5 "< OK\n";

TEST(question_out_of_turn_gets_its_last_answer_or_else_its_first_later_one) {
        _cleanup_(bench_freep) Bench *bench = bench_new(polls, 1);

        CHECK_STR(hear(bench, 1, "AT+CSQ"), "+CSQ: 1,99/OK/");
        CHECK_STR(hear(bench, 1.1, "AT+CSQ"), "+CSQ: 2,99/OK/"); /* before its time, but next */
        CHECK_STR(hear(bench, 1.2, "AT+CSQ"), "+CSQ: 2,99/OK/");
        CHECK_STR(hear(bench, 1.3, "AT+CGMR"), "NEW/OK/");
        CHECK_STR(hear(bench, 5.1, ""), "+WDSI: 2/");
        CHECK_STR(hear(bench, 6, "AT+WDSR=3"), "OK/");
        CHECK_STR(hear(bench, 6, "AT+CGMR"), "NEW/OK/"); /* its turn: the question before is left
                                                            out */
        CHECK_INT(bench->n_ends, 1);
        CHECK_STR(hear(bench, 7, "AT+CSQ"), "+CSQ: 3,99/OK/");
        CHECK_INT(bench->replay.n_refused, 0);
}

TEST(question_nobody_asks_does_not_hold_up_what_follows) {
        _cleanup_(bench_freep) Bench *bench = bench_new(polls, 1);

        replay_start(&bench->replay, 0);
        CHECK_STR(hear(bench, 9.9, ""), "");
        CHECK_STR(hear(bench, 26, ""), "+WDSI: 2/"); /* 10 s for the first, 1 + 10 s for the second
                                                      */
        CHECK_INT(bench->replay.n_lines, 1);
        CHECK_INT(replay_deadline(&bench->replay), USEC_INFINITY); /* an act is waited for */
}

TEST(act_hurries_the_lines_before_it) {
        _cleanup_(bench_freep) Bench *bench = bench_new(polls, 1);

        CHECK_STR(hear(bench, 1, "AT+WDSR=3"), "+WDSI: 2/OK/");
        CHECK_INT(bench->replay.n_refused, 0);
}

TEST(act_out_of_turn_and_unknown_commands_are_errors) {
        _cleanup_(bench_freep) Bench *bench =
                bench_new(T "> AT+WDSR=3\n" T "< OK\n" T1 "> AT+WDSR=4\n" T1 "< OK\n", 1);

        CHECK_STR(hear(bench, 1, "AT+WDSR=4"), "ERROR/");
        CHECK_STR(hear(bench, 1, "AT+COPS?"), "ERROR/");
        CHECK_STR(hear(bench, 1, "AT+WDSR=3"), "OK/");
        CHECK_STR(hear(bench, 2, "AT+WDSR=4"), "OK/");
        CHECK_STR(hear(bench, 3, "AT+CPIN=\"1234\""), "ERROR/");
        CHECK_STR(bench->notes_bytes, "AT+WDSR=4: answered with ERROR, t:1 does not go on so\n"
                                      "AT+COPS?: answered with ERROR, t:1 does not go on so\n"
                                      "AT+CPIN=****: answered with ERROR, t has ended\n");
        CHECK_INT(bench->replay.n_refused, 3);
}

TEST(redacted_command_matches_any_secret) {
        _cleanup_(bench_freep) Bench *bench =
                bench_new(T "> AT+CPIN=****\n" T "< AT+CPIN=****\n" T "< OK\n", 1);

        CHECK_STR(hear(bench, 1, "AT+CPIN=\"1234\""), "OK/");
        CHECK_INT(bench->n_ends, 1);
}

TEST(prompt_has_its_blank_and_a_line_its_end) {
        _cleanup_(bench_freep) Bench *bench =
                bench_new(T "> AT+CMGS=3\n" T "< > \n" T "> AT+CMGS=4\n" T "< >\n" T
                            "> AT+CMGS=5\n" T "< >|no prompt\n" T "< OK\n",
                          1);

        CHECK_STR(hear(bench, 1, "AT+CMGS=3"), "> ");
        CHECK_STR(hear(bench, 1, "AT+CMGS=4"), "> ");
        CHECK_STR(hear(bench, 1, "AT+CMGS=5"), ">|no prompt/OK/");
}

static void never_called(void *userdata _unused_) {
}
static void no_byte(void *userdata _unused_, const Clock *now _unused_, char byte _unused_) {
}
static void no_line(void *userdata _unused_, const char *line _unused_) {
}
static bool no_urc(void *userdata _unused_, const char *line _unused_) {
        return false;
}
static void no_dropped(void *userdata _unused_, size_t length _unused_) {
}

/* The note is the chat's own, so that the two can't drift apart. */
TEST(binary_transfer_ends_the_replay) {
        static const ChatHost chat_host = {
                .write = on_write, .on_urc = no_line, .is_urc = no_urc, .on_dropped = no_dropped
        };
        static const ChatLoan loan = { .on_byte = no_byte, .on_cancelled = never_called };
        _cleanup_(bench_freep) Bench *bench = NULL;
        Transcript *transcript = transcript_new();
        Chat *chat = chat_new(&chat_host, NULL, transcript);
        TranscriptLine line;
        char text[2048];

        CHECK_INT(chat_lend(chat, &loan, NULL), 0);
        CHECK(transcript_next(transcript, 0, &line));
        (void) snprintf(text, sizeof(text), T "> ATI\n" T "< OK\n" T "# %s\n" T "> AT+WDSD=1\n",
                        line.text);
        bench = bench_new(text, 1);
        CHECK_STR(hear(bench, 1, "ATI"), "OK/");
        CHECK_STR(bench->notes_bytes,
                  "t:3: from here on the line carried a binary transfer, which can't be replayed; "
                  "the replay ends here\n");
        CHECK(bench->replay.cut && bench->n_ends == 1);
        CHECK_STR(hear(bench, 2, "AT+WDSD=1"), "ERROR/");
        chat_free(chat);
        transcript_free(transcript);
}

/* stories */

static char *story_of(const char *path) {
        _cleanup_(recording_freep) Recording *recording = NULL;
        char errors[512], *bytes = NULL;
        size_t n = 0;
        FILE *to;
        Text text;

        text_init(&text, errors, sizeof(errors));
        if (recording_load(&recording, path, &text) < 0)
                return strdup(errors);
        to = open_memstream(&bytes, &n);
        if (story_write(recording, to) < 0)
                abort();
        (void) fclose(to);
        return bytes;
}

TEST(story_made_from_a_transcript_plays) {
        _cleanup_free_ char *story = story_of(TEST_FILE("tests/data/transcripts/update.txt"));
        char path[] = "/tmp/fotad-story.XXXXXX", why[STORY_WHY_MAX] = "";
        int fd = mkstemp(path);

        CHECK(fd >= 0);
        CHECK(dprintf(fd, "%sevent install-succeeded\noutcome succeeded\n", story) > 0);
        (void) close(fd);
        if (!story_play(path, why)) {
                fputs(story, stderr);
                CHECK_STR(why, "");
        }
        (void) unlink(path);
}

TEST_MAIN()
