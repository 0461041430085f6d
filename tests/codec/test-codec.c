/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The shipped codec, conf/codec/, in two engines of JavaScript: node, with all taken away that came
 * after ECMAScript 5.1, and duktape, which has nothing else. What fotad writes the codec reads,
 * what the codec writes fotad reads, and both refuse the same. The checks themselves are
 * check-*.js. */

#include <stdarg.h>
#include <stdio.h>

#include "codec/rows.h"
#include "downlink/command.h"
#include "test.h"

#define N_REPORTS 2000
#define N_ANSWERS 1000
#define LINE_MAX_BYTES 8192
#define CODEC "conf/codec/"

typedef struct Engine {
        const char *name, *command;
} Engine;
static const Engine node = { "node", "node '" TEST_FILE("tests/codec/vm.js") "'" };
static const Engine duktape = { "duk", "duk" };

static char *path_in_tmp(const char *name) {
        const char *folder = getenv("TMPDIR");
        char *path = NULL;

        return asprintf(&path, "%s/%s", folder ? folder : "/tmp", name) < 0 ? NULL : path;
}

static bool is_there(const Engine *engine) {
        char command[64];

        (void) snprintf(command, sizeof command, "command -v %s >/dev/null", engine->name);
        return system(command) == 0;
}

/* data.js: what a check needs to know */

static FILE *data_open(char **ret_path) {
        *ret_path = path_in_tmp("data.js");
        return *ret_path ? fopen(*ret_path, "w") : NULL;
}

static bool copy_file(FILE *to, const char *path) {
        FILE *from = fopen(path, "r");
        int c;

        if (!from)
                return false;
        while ((c = getc(from)) != EOF)
                (void) putc(c, to);
        return fclose(from) == 0;
}

static bool data_add_files(FILE *f) {
        bool good;

        (void) fputs("var examples = ", f);
        good = copy_file(f, TEST_FILE(CODEC "examples.json"));
        (void) fputs(";\nvar uplinkSchema = ", f);
        good = good && copy_file(f, TEST_FILE(CODEC "uplink.schema.json"));
        (void) fputs(";\nvar downlinkSchema = ", f);
        good = good && copy_file(f, TEST_FILE(CODEC "downlink.schema.json"));
        (void) fputs(";\n", f);
        return good;
}

/* The output of a check: codec, data, what checks share, the check. NULL: it could not be run. */
static FILE *check_open(const Engine *engine, const char *data, const char *check) {
        char *command = NULL;
        FILE *f;

        if (asprintf(&command, "%s '%s' '%s' '%s' '%s' 2>&1", engine->command,
                     TEST_FILE(CODEC "index.js"), data, TEST_FILE("tests/codec/check.js"),
                     check) < 0)
                return NULL;
        f = popen(command, "r");
        free(command);
        return f;
}

/* Reads one line; false: the end. */
static bool check_next(FILE *f, char line[static LINE_MAX_BYTES]) {
        if (!fgets(line, LINE_MAX_BYTES, f))
                return false;
        line[strcspn(line, "\n")] = '\0';
        return true;
}

/* For a check that prints nothing but how much it looked at, and what is bad. */
static void check_plainly(const Engine *engine, const char *data, const char *check,
                          unsigned least) {
        FILE *f = check_open(engine, data, check);
        char line[LINE_MAX_BYTES];
        unsigned looked = 0, n_bad = 0;

        CHECK(f);
        while (check_next(f, line))
                if (sscanf(line, "looked at %u", &looked) != 1) {
                        fprintf(stderr, "%s\n", line);
                        n_bad++;
                }
        CHECK_INT(pclose(f), 0);
        CHECK_INT(n_bad, 0);
        CHECK(looked >= least);
}

/* the tables of names */

static void add_names(FILE *f, const char *name, const char *(*to_string)(int), int end) {
        fprintf(f, "%s: [", name);
        for (int i = 0; i < end; i++)
                fprintf(f, "'%s', ", to_string(i));
        (void) fputs("],\n", f);
}

static const char *state_name(int i) {
        return state_to_string((State) i);
}

static const char *action_name(int i) {
        return action_to_string((Action) i);
}

static const char *event_name(int i) {
        return event_kind_to_string((EventKind) i);
}

static const char *reason_name(int i) {
        return reason_to_string((Reason) i);
}

static const char *command_name(int i) {
        static const char *const names[_COMMAND_MAX] = {
                [0] = "",
                [COMMAND_CONNECT] = "connect",
                [COMMAND_DISCONNECT] = "disconnect",
                [COMMAND_ACCEPT] = "accept",
                [COMMAND_DEFER] = "defer",
                [COMMAND_UPDATE] = "update",
                [COMMAND_SUSPEND] = "suspend",
                [COMMAND_RESUME] = "resume",
                [COMMAND_CANCEL] = "cancel",
                [COMMAND_REGISTER] = "register",
                [COMMAND_STATUS] = "status",
                [COMMAND_INHIBIT] = "inhibit",
                [COMMAND_UNINHIBIT] = "uninhibit",
        };

        return names[i];
}

static const char *result_name(int i) {
        static const char *const names[_COMMAND_RESULT_MAX] = {
                [COMMAND_DONE] = "done",
                [COMMAND_REFUSED] = "refused",
                [COMMAND_UNKNOWN] = "unknown",
                [COMMAND_MALFORMED] = "malformed",
        };

        return names[i];
}

/* The text of the codec as a string of its own language. */
static bool data_add_source(FILE *f) {
        FILE *from = fopen(TEST_FILE(CODEC "index.js"), "r");
        int c;

        if (!from)
                return false;
        (void) fputs("var source = '", f);
        while ((c = getc(from)) != EOF)
                if (c == '\n')
                        (void) fputs("\\n", f);
                else
                        fprintf(f, c == '\'' || c == '\\' ? "\\%c" : "%c", c);
        (void) fputs("';\n", f);
        return fclose(from) == 0;
}

static void check_names(const Engine *engine) {
        _cleanup_free_ char *data = NULL;
        FILE *f = data_open(&data);

        CHECK(f && data_add_files(f) && data_add_source(f));
        (void) fputs("var vocabulary = {\n", f);
        add_names(f, "states", state_name, _STATE_MAX);
        add_names(f, "actions", action_name, _ACTION_MAX);
        add_names(f, "events", event_name, _EVENT_MAX);
        add_names(f, "reasons", reason_name, _REASON_MAX);
        add_names(f, "commands", command_name, _COMMAND_MAX);
        add_names(f, "results", result_name, _COMMAND_RESULT_MAX);
        (void) fputs("};\n", f);
        CHECK_INT(fclose(f), 0);
        check_plainly(engine, data, TEST_FILE("tests/codec/check-names.js"), 100);
}

static void check_examples(const Engine *engine) {
        _cleanup_free_ char *data = NULL;
        FILE *f = data_open(&data);

        CHECK(f && data_add_files(f));
        CHECK_INT(fclose(f), 0);
        check_plainly(engine, data, TEST_FILE("tests/codec/check-examples.js"), 50);
}

/* reports and answers: fotad writes, the codec reads */

static void data_add_report(FILE *f, Random *random,
                            void (*make)(Random *random, ReportRow *ret, Json *json)) {
        char expected[4096], hex[REPORT_PAYLOAD_MAX * 2 + 1];
        ReportRow report = { 0 };
        Text text;
        Json json;

        text_init(&text, expected, sizeof expected);
        json_init(&json, &text);
        make(random, &report, &json);
        CHECK(!text.truncated && text.length > 0);
        text_init(&text, hex, sizeof hex);
        text_add_hex(&text, report.payload, report.n_payload);
        fprintf(f, "reports.push({fPort: %u, hex: '%s', expected: JSON.parse(", report.fport, hex);
        /* parsed, not read as a literal, where a member __proto__ would be no member */
        (void) putc('\'', f);
        for (const char *p = expected; *p != '\0'; p++)
                fprintf(f, *p == '\'' || *p == '\\' ? "\\%c" : "%c", *p);
        (void) fputs("')});\n", f);
}

static void check_reports(const Engine *engine) {
        _cleanup_free_ char *data = NULL;
        FILE *f = data_open(&data);
        Random random = { .seed = 1 };

        CHECK(f && data_add_files(f));
        (void) fputs("var reports = [];\n", f);
        for (unsigned i = 0; i < N_REPORTS; i++)
                data_add_report(f, &random, rows_make_report);
        for (unsigned i = 0; i < N_ANSWERS; i++)
                data_add_report(f, &random, rows_make_answer);
        CHECK_INT(fclose(f), 0);
        check_plainly(engine, data, TEST_FILE("tests/codec/check-reports.js"),
                      N_REPORTS + N_ANSWERS);
}

/* commands: the codec writes, fotad reads */

static size_t bytes_of_hex(const char *hex, uint8_t *bytes, size_t size) {
        size_t n = 0;

        for (; n < size && hex_digit(hex[0]) >= 0 && hex_digit(hex[1]) >= 0; hex += 2)
                bytes[n++] = (uint8_t) (hex_digit(hex[0]) * 16 + hex_digit(hex[1]));
        return n;
}

/* As the check prints it: names sorted. */
static void command_show(Json *json, const ServerCommand *command) {
        const bool has_action = command->kind == COMMAND_ACCEPT || command->kind == COMMAND_DEFER;

        json_object_begin(json);
        if (has_action)
                json_field_string(json, "action", action_to_string(command->action));
        if (command->actions != 0) {
                json_key(json, "actions");
                json_array_begin(json);
                for (Action action = ACTION_CONNECT; action < _ACTION_MAX; action++)
                        if (command->actions & (1U << action))
                                json_string(json, action_to_string(action));
                json_array_end(json);
        }
        if (command->catalogue)
                json_field_bool(json, "catalogue", true);
        json_field_string(json, "command", command_name((int) command->kind));
        if (command->minutes != 0)
                json_field_number(json, "minutes", command->minutes);
        if (command->now)
                json_field_bool(json, "now", true);
        if (command->to[0] != '\0')
                json_field_string(json, "to", command->to);
        if (command->why[0] != '\0')
                json_field_string(json, "why", command->why);
        json_object_end(json);
}

/* A line of check-commands.js: HEX JSON, or HEX refused. */
static void compare_command(const char *line) {
        uint8_t bytes[1024];
        const size_t n = bytes_of_hex(line, bytes, sizeof bytes);
        const char *why = NULL, *wanted = strchr(line, ' ');
        char shown[1024] = "refused";
        ServerCommand command;
        Text text;
        Json json;

        CHECK(n > 0 || line[0] == ' ');
        CHECK(wanted);
        if (command_decode(bytes, n, &command, &why) == COMMAND_DONE) {
                text_init(&text, shown, sizeof shown);
                json_init(&json, &text);
                command_show(&json, &command);
        } else
                CHECK(why);
        if (!streq(shown, wanted + 1))
                fprintf(stderr, "%s\n    fotad: %s %s\n", line, shown, why ? why : "");
        CHECK_STR(shown, wanted + 1);
}

static void check_commands(const Engine *engine) {
        _cleanup_free_ char *data = NULL;
        FILE *f = data_open(&data);
        char line[LINE_MAX_BYTES];
        unsigned looked = 0, n_refused = 0, n_lines = 0;

        CHECK(f && data_add_files(f));
        CHECK_INT(fclose(f), 0);
        f = check_open(engine, data, TEST_FILE("tests/codec/check-commands.js"));
        CHECK(f);
        while (check_next(f, line) && sscanf(line, "looked at %u", &looked) != 1) {
                n_lines++;
                n_refused += strstr(line, " refused") != NULL;
                compare_command(line);
        }
        CHECK_INT(pclose(f), 0);
        CHECK_INT(n_lines, looked);
        CHECK(looked >= 8000 && n_refused > looked / 10 && n_refused < looked / 2);
}

/* ttn.yaml */

static bool same_output(FILE *f, FILE *wanted) {
        int a, b;

        do {
                a = getc(f);
                b = getc(wanted);
        } while (a == b && a != EOF);
        return a == b;
}

TEST(ttn_description_is_made_from_the_examples) {
        _cleanup_free_ char *data = NULL, *command = NULL;
        FILE *f = data_open(&data), *page = fopen(TEST_FILE(CODEC "ttn.yaml"), "r"), *made;
        bool same;

        CHECK(f && page && data_add_files(f));
        CHECK_INT(fclose(f), 0);
        if (!is_there(&duktape))
                SKIP("duktape is not installed");
        CHECK(asprintf(&command, "duk '%s' '%s'", data, TEST_FILE("tests/codec/ttn.js")) > 0);
        made = popen(command, "r");
        CHECK(made);
        same = same_output(made, page);
        CHECK_INT(pclose(made), 0);
        (void) fclose(page);
        if (!same)
                fprintf(stderr, "make it anew: (printf 'var examples = '; cat examples.json) "
                                ">/tmp/data.js && duk /tmp/data.js ../../tests/codec/ttn.js "
                                ">ttn.yaml\n");
        CHECK(same);
}

#define IN_BOTH(check)                                    \
        TEST(check##_in_node) {                           \
                if (!is_there(&node))                     \
                        SKIP("node is not installed");    \
                check(&node);                             \
        }                                                 \
        TEST(check##_in_duktape) {                        \
                if (!is_there(&duktape))                  \
                        SKIP("duktape is not installed"); \
                check(&duktape);                          \
        }

IN_BOTH(check_names)
IN_BOTH(check_examples)
IN_BOTH(check_reports)
IN_BOTH(check_commands)

TEST_MAIN()
