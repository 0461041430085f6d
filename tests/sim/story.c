/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Plays one story against the whole daemon in one process. The story is the module: commands that
 * its `answer` table knows are answered by themselves (that is how identification stays out of the
 * way), every other command of fotad must be the next `>` line. */

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "at/xmodem.h"
#include "sim/story.h"
#include "sim/world.h"

#define ANSWERS_MAX 160
#define FILE_BYTES 3000
#define HEARD_MAX 64
#define LINE_MAX_BYTES 600
#define PATIENCE                                                                                \
        (5 * USEC_PER_MINUTE) /* fotad's time to say an expected command, unless the story lets \
                                 more pass itself */

typedef struct StoryAnswer {
        size_t module;
        bool once;
        char command[96], reply[512]; /* lines of the reply separated by | */
} StoryAnswer;

typedef struct Story {
        World *world;
        size_t module; /* that the lines are about now */
        const char *path;
        unsigned line;
        StoryAnswer answers[ANSWERS_MAX];
        size_t n_answers;
        char heard[HEARD_MAX][LINE_MAX_BYTES]; /* commands that fotad said and no `>` has taken yet
                                                */
        size_t n_heard;
        size_t next_event;  /* of world->events */
        size_t next_report; /* of world->reports */
        char expected[LINE_MAX_BYTES];
        char settings[4096]; /* what became of the last `settings` */
        char *why;
        bool failed;
} Story;

_printf_(2, 3) static bool fail(Story *story, const char *format, ...) {
        va_list args;
        char text[STORY_WHY_MAX / 2];

        va_start(args, format);
        (void) vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        if (!story->failed)
                (void) snprintf(story->why, STORY_WHY_MAX, "%s:%u: %s", story->path, story->line,
                                text);
        story->failed = true;
        return false;
}

/* the module's side */

static void send_reply(Story *story, size_t module, const char *reply) {
        char copy[LINE_MAX_BYTES];
        char *save = NULL;

        (void) TEXT_COPY(copy, reply);
        for (char *line = strtok_r(copy, "|", &save); line; line = strtok_r(NULL, "|", &save))
                world_send(story->world, module, line);
}

static bool answer(Story *story, size_t module, const char *command) {
        for (size_t i = story->n_answers; i > 0; i--) {
                StoryAnswer *known = &story->answers[i - 1];

                if (known->module != module || !streq(known->command, command))
                        continue;
                if (known->once)
                        known->command[0] = '\0';
                send_reply(story, module, known->reply);
                return true;
        }
        return false;
}

static void on_line(void *userdata, size_t module, const char *line) {
        Story *story = userdata;

        if (!streq(line, story->expected) && answer(story, module, line))
                return;
        if (story->n_heard >= HEARD_MAX)
                return;
        if (module == story->module)
                (void) TEXT_COPY(story->heard[story->n_heard++], line);
        else
                (void) snprintf(story->heard[story->n_heard++], LINE_MAX_BYTES, "module %zu: %.*s",
                                module, LINE_MAX_BYTES - 40, line);
}

static Story *waiting_story;
static bool was_heard(World *world) {
        (void) world;
        return waiting_story->n_heard > 0;
}

static bool expect_command(Story *story, const char *command) {
        (void) TEXT_COPY(story->expected, command);
        waiting_story = story;
        (void) world_run(story->world, PATIENCE, was_heard);
        story->expected[0] = '\0';
        if (story->n_heard == 0)
                return fail(story, "fotad did not send %s", command);
        if (!streq(story->heard[0], command))
                return fail(story, "fotad sent %s instead of %s", story->heard[0], command);
        story->n_heard--;
        memmove(story->heard, story->heard + 1, story->n_heard * sizeof(story->heard[0]));
        return true;
}

/* What an HL7800.1.6.3 answers (note, 7.5.2 and 9.5). */
/* clang-format off */
static const char *const default_answers[] = {
        "AT = OK",
        "ATE0 = OK",
        "AT+CMEE=1 = OK",
        "AT+CGMI = Sierra Wireless|OK",
        "AT+CGMM = HL7800|OK",
        "AT+CGMR = BHL7800.1.6.3.0.20180803|OK",
        "AT+CGSN = 354123456789017|OK",
        "AT+KGSN=3 = +KGSN: VU810225160107|OK",
        "AT+CPIN? = +CPIN: READY|OK",
        "AT+CCID = +CCID: 89330123456789012342|OK",
        "AT+CIMI = 208011234567890|OK",
        "AT+WDSI=? = +WDSI: (0-4479)|OK",
        "AT+WDSI? = +WDSI: 4479|OK",
        "AT+WDSI=4479 = OK",
        "AT+WDSC? = +WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|+WDSC: 4,15,60,240,480,1440,2880,0,0|+WDSC: 5,1|+WDSC: 6,1|OK",
        "AT+CGDCONT? = +CGDCONT: 1,\"IP\",,,0,0,0,0,0,,0,,,,|OK",
        "AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK",
        "AT+WDSG = +WDSG: 0,3|+WDSG: 1,0|OK",
        "AT+CEREG? = +CEREG: 0,1|OK",
        "AT+CSQ = +CSQ: 20,99|OK",
};
/* clang-format on */

/* What a GE865-QUAD answers that is as fotad wants it. */
/* clang-format off */
static const char *const telit_answers[] = {
        "ATQ0V1 = OK",
        "AT+CGMI = Telit|OK",
        "AT+CGMM = GE865-QUAD|OK",
        "AT+CGMR = 10.00.144|OK",
        "AT+CGSN = 351234567890127|OK",
        "AT#CCID = #CCID: 89390123456789012345|OK",
        "AT+CIMI = 222011234567890|OK",
        "AT#OTASUAN=? = #OTASUAN: (0,1),(0-2),(0,1)|OK",
        "AT#OTASUAN? = #OTASUAN: ,2,1|OK",
        "AT#GAUTOATT? = #GAUTOATT: 1|OK",
        "AT+CGCLASS? = +CGCLASS: \"B\"|OK",
        "AT+IPR? = +IPR: 115200|OK",
        "AT#OTAIPUPD? = #OTAIPUPD: 0|OK",
        "AT+CREG? = +CREG: 0,1|OK",
        "AT&V = E1 L1 M1 Q0 V1 X1 &C1 &D0 &K3|OK",
        "AT+CMEE? = +CMEE: 2|OK",
        "AT+CGREG? = +CGREG: 0,1|OK",
        "AT+CMGF? = +CMGF: 0|OK",
        "AT+CNMI? = +CNMI: 2,1,0,0,0|OK",
        "AT+CSMP? = +CSMP: 17,167,0,0|OK",
        "AT+CSCS? = +CSCS: \"IRA\"|OK",
        "AT#OTASETRI? = #OTASETRI: 0|OK",
        "AT#SIMDET? = ERROR",
        "AT#SLED? = #SLED: 2|OK",
        "AT+CLIP? = +CLIP: 0,1|OK",
        "ATS0? = 000|OK",
};
/* clang-format on */

/* verbs */

static const char *word(char **rest) {
        char *start = *rest + strspn(*rest, " \t");
        char *end = start + strcspn(start, " \t");

        if (*end)
                *end++ = '\0';
        *rest = end + strspn(end, " \t");
        return start;
}

static bool add_answer(Story *story, char *rest, bool once) {
        char *reply = strstr(rest, " = ");

        size_t i = 0;

        if (!reply)
                return fail(story, "answer|once COMMAND = LINE|LINE|OK");
        *reply = '\0';
        while (i < story->n_answers && (once || story->answers[i].module != story->module ||
                                        !streq(story->answers[i].command, rest)))
                i++;
        if (i >= ANSWERS_MAX)
                return fail(story, "more than %d answers", ANSWERS_MAX);
        story->answers[i].module = story->module;
        story->answers[i].once = once;
        (void) TEXT_COPY(story->answers[i].command, rest);
        (void) TEXT_COPY(story->answers[i].reply, reply + 3);
        story->n_answers = MAX_OF(story->n_answers, i + 1);
        return true;
}

static bool do_answer(Story *story, char *rest) {
        return add_answer(story, rest, false);
}

/* What is added last is found first. */
static bool do_once(Story *story, char *rest) {
        return add_answer(story, rest, true);
}

static bool set_rule(ActionPolicy *policy, const char *key, const char *value) {
        if (streq(key, "max_size"))
                return size_parse(value, &policy->max_size_bytes) == 0;
        if (streq(key, "deadline"))
                return span_parse(value, &policy->deadline) == 0;
        if (streq(key, "roaming"))
                policy->no_roaming = streq(value, "false");
        else if (streq(key, "on_deadline") && on_deadline_from_string(value) >= 0)
                policy->on_deadline = (OnDeadline) on_deadline_from_string(value);
        else if (streq(key, "min_rssi_dbm"))
                policy->min_rssi_dbm = (int) strtol(value, NULL, 10);
        else
                return false;
        return true;
}

static bool do_policy(Story *story, char *rest) {
        const int action = action_from_string(word(&rest));
        const int decision = decision_from_string(word(&rest));

        if (action < 0 || decision < 0)
                return fail(story, "policy ACTION accept|ask|defer [KEY=VALUE ...] [WINDOW]");
        ActionPolicy *policy =
                story->world->settings.modules[story->module].policy.actions + action;
        policy->decision = (Decision) decision;
        while (strchr(rest, '=')) {
                const char *pair = word(&rest), *value = strchr(pair, '=');
                char key[32];

                if (!value)
                        return fail(story, "'%s' is no KEY=VALUE", pair);
                (void) snprintf(key, sizeof(key), "%.*s", (int) (value - pair), pair);
                if (!set_rule(policy, key, value + 1))
                        return fail(story, "%s?", pair);
        }
        if (*rest && window_parse(rest, policy->windows + policy->n_windows++) < 0)
                return fail(story, "'%s' is no window", rest);
        return true;
}

/* versions from|to allow|deny PATTERN */
static bool do_versions(Story *story, char *rest) {
        Policy *policy = &story->world->settings.modules[story->module].policy;
        VersionRules *rules = streq(word(&rest), "from") ? &policy->from : &policy->to;
        VersionList *list = streq(word(&rest), "allow") ? &rules->allow : &rules->deny;

        if (!version_pattern_is_valid(rest) || list->n >= POLICY_VERSIONS_MAX)
                return fail(story, "versions from|to allow|deny PATTERN");
        return TEXT_COPY(list->patterns[list->n++], rest);
}

static bool set_telit(ModuleSettings *module, const char *key, const char *value) {
        FamilySettings *settings = &module->family_settings;
        TelitSettings *telit = &settings->telit;

        if (streq(key, "protocol") && telit_protocol_from_string(value) >= 0)
                telit->protocol = (TelitProtocol) telit_protocol_from_string(value);
        else if (streq(key, "server_number"))
                (void) TEXT_COPY(telit->server_number, value);
        else if (streq(key, "server_address")) {
                (void) TEXT_COPY(telit->server_address, value);
                telit->server_port = 9090;
        } else if (streq(key, "own_number"))
                (void) TEXT_COPY(telit->own_number, value);
        else if (streq(key, "fix_prerequisites"))
                telit->fix_prerequisites = streq(value, "true");
        else if (streq(key, "keep"))
                (void) TEXT_COPY(settings->keep_settings[settings->n_keep_settings++], value);
        else
                return streq(key, "answer_window") &&
                       span_parse(value, &settings->answer_window) == 0;
        return true;
}

static bool do_set(Story *story, char *rest) {
        ModuleSettings *settings = story->world->settings.modules + story->module;
        const char *key = word(&rest);

        if (streq(key, "apn"))
                (void) TEXT_COPY(settings->family_settings.apn, rest);
        else if (streq(key, "pin"))
                (void) TEXT_COPY(settings->sim_pin, rest);
        else if (streq(key, "imei"))
                (void) TEXT_COPY(settings->imei, rest);
        else if (streq(key, "class")) {
                world_use_downlink(story->world);
                settings->class_a = streq(rest, "A");
        } else if (streq(key, "session") && session_mode_from_string(rest) >= 0)
                settings->session_mode = (SessionMode) session_mode_from_string(rest);
        else if (streq(key, "poll"))
                settings->family_settings.poll_minutes = (unsigned) strtoul(rest, NULL, 10);
        else if (streq(key, "retry")) {
                settings->family_settings.n_retry_timers = 1;
                settings->family_settings.retry_timers[0] = (unsigned) strtoul(rest, NULL, 10);
        } else if (streq(key, "renew") && span_parse(rest, &settings->session_renew) == 0)
                return true;
        else
                return set_telit(settings, key, rest) ||
                       fail(story,
                            "set apn|pin|imei|session|poll|retry|renew|class VALUE, or of a Telit "
                            "module protocol|server_number|server_address|own_number|"
                            "answer_window|fix_prerequisites|keep VALUE");
        return true;
}

/* which modules */

static void answer_as(Story *story, const char *const *answers, size_t n) {
        char text[LINE_MAX_BYTES];

        for (size_t i = 0; i < n; i++) {
                (void) TEXT_COPY(text, answers[i]);
                (void) do_answer(story, text);
        }
}

/* `first` is the last digit of module 0's. */
static void answer_own_imei(Story *story, const char *digits, unsigned first) {
        char text[LINE_MAX_BYTES];

        (void) snprintf(text, sizeof(text), "AT+CGSN = %s%zu|OK", digits,
                        (first + story->module) % 10);
        (void) do_answer(story, text);
}

static bool do_family(Story *story, char *rest) {
        ModuleSettings *settings = story->world->settings.modules + story->module;

        if (!streq(rest, "telit"))
                return fail(story, "family telit");
        settings->family = family_find(rest);
        settings->family_settings.answer_window = USEC_PER_MINUTE;
        settings->family_settings.baud_rate = 115200;
        settings->family_settings.telit.fix_prerequisites = true;
        answer_as(story, telit_answers, ELEMENTSOF(telit_answers));
        answer_own_imei(story, "35123456789012", 7);
        return true;
}

static void make_world(Story *story, size_t n_modules) {
        world_free(story->world);
        story->world = world_new(n_modules);
        story->world->on_line = on_line;
        story->world->userdata = story;
        story->n_answers = 0;
        for (story->module = n_modules; story->module-- > 0;) {
                answer_as(story, default_answers, ELEMENTSOF(default_answers));
                answer_own_imei(story, "35412345678901", 7);
        }
        story->module = 0;
}

static bool do_modules(Story *story, char *rest) {
        make_world(story, (size_t) strtoul(rest, NULL, 10));
        return true;
}

static bool do_module(Story *story, char *rest) {
        story->module = (size_t) strtoul(rest, NULL, 10);
        return story->module < story->world->settings.n_modules || fail(story, "no such module");
}

static bool do_start(Story *story, char *rest) {
        (void) rest;
        world_start(story->world);
        return true;
}

static bool do_crash(Story *story, char *rest) {
        usec_t span = USEC_PER_SEC;

        if (*rest && span_parse(rest, &span) < 0)
                return fail(story, "crash [SPAN]");
        world_kill(story->world);
        story->n_heard = 0;
        story->world->now.boottime += span;
        story->world->now.realtime += span;
        world_start(story->world);
        return true;
}

/* reboot: the gateway loses power for a minute, the module does not */
static bool do_reboot(Story *story, char *rest) {
        (void) rest;
        world_reboot(story->world);
        story->n_heard = 0;
        world_start(story->world);
        return true;
}

/* `set` again before it */
static bool do_reload(Story *story, char *rest) {
        (void) rest;
        gateway_turn(story->world->gateway, &story->world->now);
        const int r = gateway_reload(story->world->gateway, &story->world->settings);

        if (story->world->frames)
                frames_reload(story->world->frames);
        gateway_settle(story->world->gateway);
        return r == 0 || fail(story, "reload");
}

static bool do_next(Story *story, char *rest) {
        world_settle(story->world);
        const char *next = world_next(story->world, story->module);

        return strstr(next, rest) || fail(story, "waits for '%s'", next);
}

static void say_needs(const Story *story, Action action, Text *text) {
        const World *world = story->world;
        const Module *module = gateway_module(world->gateway, story->module);
        const char *before = "; needs ";
        char to[NEED_FORMAT_MAX];
        const ZoneOffsets utc = { .n = 1 };
        Forecast forecast;
        Need need;

        gateway_forecast(world->gateway, module, action, &forecast);
        for (Rule rule = 0; rule < _RULE_MAX; rule++) {
                if (!rule_set_has(forecast.needs, rule))
                        continue;
                gateway_need(world->gateway, module, action, rule, &need);
                text_printf(text, "%s%s", before, need_format(to, &need, &utc));
                before = "; ";
        }
}

/* explain [of=ACTION] TEXT: of what the module waits for, else of an install */
static bool do_explain(Story *story, char *rest) {
        const World *world = story->world;
        Action action = record_asked_action(world_view(world, story->module).record);
        char told[LINE_MAX_BYTES];
        Verdict verdict;
        Text text;

        if (strncmp(rest, "of=", 3) == 0) {
                const int named = action_from_string(word(&rest) + 3);

                if (named < 0)
                        return fail(story, "explain [of=ACTION] TEXT");
                action = (Action) named;
        }
        world_settle(story->world);
        gateway_judge(world->gateway, gateway_module(world->gateway, story->module), action,
                      &verdict);
        text_init(&text, told, sizeof(told));
        text_printf(&text, "%s %s %s: %s", action_to_string(action),
                    verdict_kind_to_string(verdict.kind), rule_to_string(verdict.because),
                    verdict.findings[verdict.because].text);
        say_needs(story, action, &text);
        for (Rule rule = 0; rule < _RULE_MAX; rule++)
                if (rule != verdict.because && verdict.findings[rule].applies)
                        text_printf(&text, " | %s: %s", rule_to_string(rule),
                                    verdict.findings[rule].text);
        return strstr(told, rest) || fail(story, "'%s'", told);
}

/* downlink PAYLOAD [NAME=VALUE ...] [refused CODE]: a frame of the application server */
static bool do_downlink(Story *story, char *rest) {
        World *world = story->world;
        char query[LINE_MAX_BYTES];
        unsigned expected = 0;
        Text text;

        text_init(&text, query, sizeof(query));
        if (!world->frames)
                return fail(story, "set class A|C, and start, first");
        text_printf(&text, "DevEUI=%s&FPort=20&Payload=%s",
                    gateway_dev_eui(gateway_module(world->gateway, story->module)), word(&rest));
        while (*rest) {
                const char *argument = word(&rest);

                if (streq(argument, "refused"))
                        expected = (unsigned) strtoul(word(&rest), NULL, 10);
                else
                        text_printf(&text, "&%s", argument);
        }
        const unsigned code = world_downlink(world, query);
        world_settle(world);
        return code == expected || fail(story, "downlink: the code is %u", code);
}

/* sent TEXT: of the next Downlink Frame Sent report that no `sent` has named */
static bool do_sent(Story *story, char *rest) {
        const World *world = story->world;

        while (story->next_report < world->n_reports) {
                const ReportRow *report = &world->reports[story->next_report++];

                if (report->kind == REPORT_DOWNLINK_SENT)
                        return strstr(report->extra, rest) || fail(story, "sent %s", report->extra);
        }
        return fail(story, "there is no further report of a downlink frame");
}

/* clock ahead|back SPAN: the gateway's wall clock is set, which makes a turn */
static bool do_clock(Story *story, char *rest) {
        World *world = story->world;
        const bool ahead = streq(word(&rest), "ahead");
        usec_t span;

        if (span_parse(rest, &span) < 0)
                return fail(story, "clock ahead|back SPAN");
        world->now.realtime = ahead ? world->now.realtime + span : world->now.realtime - span;
        gateway_turn(world->gateway, &world->now);
        gateway_settle(world->gateway);
        return true;
}

static bool do_wait(Story *story, char *rest) {
        usec_t span;

        if (span_parse(rest, &span) < 0)
                return fail(story, "wait SPAN");
        (void) world_run(story->world, span, NULL);
        return true;
}

static bool do_quiet(Story *story, char *rest) {
        if (*rest && !do_wait(story, rest))
                return false;
        world_settle(story->world);
        return story->n_heard == 0 ||
               fail(story, "fotad sent %s, but should be quiet", story->heard[0]);
}

static bool do_state(Story *story, char *rest) {
        world_settle(story->world);
        const char *state = state_to_string(world_state(story->world, story->module));
        return streq(state, rest) || fail(story, "the state is %s, not %s", state, rest);
}

static const char *module_name_of(const Story *story) {
        return story->world->settings.modules[story->module].name;
}

/* event NAME [key=value ...]: somewhere behind the last one found */
static bool do_event(Story *story, char *rest) {
        World *world = story->world;
        const int kind = event_kind_from_string(word(&rest));

        if (kind < 0)
                return fail(story, "no such event");
        world_settle(world);
        for (size_t i = story->next_event; i < world->n_events; i++)
                if (world->events[i].kind == (EventKind) kind &&
                    (story->world->settings.n_modules == 1 || !world->events[i].module[0] ||
                     streq(world->events[i].module, module_name_of(story))) &&
                    (!*rest || strstr(world->events[i].details, rest))) {
                        story->next_event = i + 1;
                        return true;
                }
        return fail(story, "no event %s %s since the last one named",
                    event_kind_to_string((EventKind) kind), rest);
}

static bool do_no_event(Story *story, char *rest) {
        const int kind = event_kind_from_string(word(&rest));

        world_settle(story->world);
        if (kind < 0)
                return fail(story, "no such event");
        return world_count_events(story->world, (EventKind) kind) == 0 ||
               fail(story, "there was an event %s", event_kind_to_string((EventKind) kind));
}

/* no-more NAME: none behind the last one named */
static bool do_no_more(Story *story, char *rest) {
        const int kind = event_kind_from_string(word(&rest));

        world_settle(story->world);
        for (size_t i = story->next_event; i < story->world->n_events; i++)
                if (kind < 0 || story->world->events[i].kind == (EventKind) kind)
                        return fail(story, "one more, or no such event");
        return true;
}

static bool do_outcome(Story *story, char *rest) {
        world_settle(story->world);
        const ModuleView view = world_view(story->world, story->module);
        char outcome[128];

        (void) snprintf(outcome, sizeof(outcome), "%s%s%s",
                        view.last_job.id ? outcome_to_string(view.last_job.outcome) : "none",
                        view.last_job.reason ? " " : "", reason_to_string(view.last_job.reason));
        return streq(outcome, rest) ||
               fail(story, "the last job's outcome is '%s', not '%s'", outcome, rest);
}

/* count N COMMAND: so often on the wire by now */
static bool do_count(Story *story, char *rest) {
        const unsigned n = (unsigned) strtoul(word(&rest), NULL, 10);
        const unsigned seen = world_count_wire(story->world, story->module, rest);

        return seen == n || fail(story, "%s was sent %u times, not %u", rest, seen, n);
}

/* order KIND [ACTION] [SPAN|now] [refused] */
static bool do_order(Story *story, char *rest) {
        World *world = story->world;
        const int kind = order_kind_from_string(word(&rest));
        Order order = { .who = "story (uid 0)" };
        bool refused = false;
        char why[WHY_MAX];

        if (kind < 0)
                return fail(story,
                            "order connect|disconnect|accept|defer|update|cancel|suspend|resume");
        order.kind = (OrderKind) kind;
        while (*rest) {
                const char *argument = word(&rest);
                if (action_from_string(argument) >= 0)
                        order.action = (Action) action_from_string(argument);
                else if (streq(argument, "now"))
                        order.now = true;
                else if (streq(argument, "refused"))
                        refused = true;
                else if (strncmp(argument, "file", 4) == 0) {
                        uint64_t bytes = FILE_BYTES;
                        if (argument[4] &&
                            (argument[4] != '=' || size_parse(argument + 5, &bytes) < 0))
                                return fail(story, "order update file[=SIZE]");
                        order.from = UPDATE_FROM_FILE;
                        world_give_package(world, story->module, "-", "-", bytes);
                } else if (streq(argument, "package"))
                        order.from = UPDATE_FROM_CATALOGUE;
                else if (strncmp(argument, "to=", 3) == 0)
                        order.to = argument + 3;
                else if (span_parse(argument, &order.span) < 0)
                        return fail(story, "order: '%s'?", argument);
        }
        gateway_turn(world->gateway, &world->now);
        const OrderResult result = gateway_order(
                world->gateway, gateway_module(world->gateway, story->module), &order, NULL, why);
        if ((result == ORDER_REFUSED) != refused)
                return fail(story, "the order was %s: %s", refused ? "not refused" : "refused",
                            why);
        world->step++; /* the loop settles after an order */
        gateway_settle(world->gateway);
        return true;
}

/* hop FROM TO: a package of the catalogue */
static bool do_hop(Story *story, char *rest) {
        const char *from = word(&rest);

        world_add_hop(story->world, from, word(&rest));
        return true;
}

static bool has_frame(World *world) {
        return world->modules[0].n_to_module > 0;
}

static void send_byte(Story *story, char byte) {
        WorldModule *module = story->world->modules + story->module;

        module->to_fotad[module->n_to_fotad++] = byte;
        world_settle(story->world);
}

/* Is it a whole block with the right 8-bit sum? */
static bool is_block(const WorldModule *module) {
        const size_t n = module->to_module[0] == XMODEM_STX ? 1024 : 128;
        uint8_t sum = 0;

        if (module->n_to_module != n + 4)
                return false;
        for (size_t i = 0; i < n; i++)
                sum = (uint8_t) (sum + (uint8_t) module->to_module[3 + i]);
        return sum == (uint8_t) module->to_module[n + 3];
}

/* receive [N [SPAN]]: the module asks for the file with NAK and takes it, or only its first N
 * blocks; each takes it so long */
static bool do_receive(Story *story, char *rest) {
        WorldModule *module = story->world->modules + story->module;
        const char *number = word(&rest);
        const unsigned long limit = *number ? strtoul(number, NULL, 10) : ULONG_MAX;
        bool more = true;
        usec_t span = 0;

        if (*rest && span_parse(rest, &span) < 0)
                return fail(story, "receive [N [SPAN]]");

        module->takes_blocks = true;
        send_byte(story, XMODEM_NAK);
        for (unsigned long i = 0; i < limit && more; i++) {
                if (!world_run(story->world, PATIENCE, has_frame))
                        return fail(story, "fotad sent no block");
                more = module->to_module[0] != XMODEM_EOT;
                if (more && !is_block(module))
                        return fail(story, "fotad sent %zu bytes that are no block",
                                    module->n_to_module);
                module->n_to_module = 0;
                module->takes_blocks = more;
                (void) world_run(story->world, span, NULL);
                send_byte(story, XMODEM_ACK);
        }
        module->takes_blocks = false;
        module->n_to_module = 0; /* a block on its way is lost */
        return true;
}

static bool do_port(Story *story, char *rest) {
        story->world->modules[story->module].port_absent = !streq(rest, "back");
        world_settle(story->world);
        if (streq(rest, "refused")) /* somebody else was faster to open it again */
                gateway_port_refused(story->world->gateway, story->module, -EBUSY, "ModemManager");
        world_settle(story->world);
        return streq(rest, "lost") || streq(rest, "back") || streq(rest, "refused") ||
               fail(story, "port lost|back|refused");
}

static bool do_disk(Story *story, char *rest) {
        story->world->disk_full = streq(rest, "full");
        return true;
}

/* junk: NUL bytes and debug text, as a reboot leaves them on the line */
static bool do_junk(Story *story, char *rest) {
        WorldModule *module = story->world->modules + story->module;

        (void) rest;
        memset(module->to_fotad + module->n_to_fotad, 0, 200);
        module->n_to_fotad += 200;
        world_send(story->world, story->module,
                   "swu_DwlInstallInnerPackage Invalid u32_UpckType :0x5");
        return true;
}

static void on_command_end(void *userdata, bool ok, const char *const *lines, size_t n_lines) {
        (void) userdata, (void) ok, (void) lines, (void) n_lines;
}

/* command [refused] COMMAND: of a person */
static bool do_command(Story *story, char *rest) {
        World *world = story->world;
        const bool refused = strncmp(rest, "refused ", 8) == 0;
        char why[WHY_MAX] = "";

        gateway_turn(world->gateway, &world->now);
        const OrderResult result =
                gateway_command(world->gateway, gateway_module(world->gateway, story->module),
                                refused ? rest + 8 : rest, on_command_end, story, why);
        gateway_settle(world->gateway);
        return (result == ORDER_REFUSED) == refused ||
               fail(story, "the command was %s: %s", refused ? "not refused" : "refused", why);
}

static void on_settings_end(void *userdata, bool ok, const char *why, const SettingRow *rows,
                            size_t n_rows) {
        Story *story = userdata;
        Text text;

        text_init(&text, story->settings, sizeof(story->settings));
        text_add(&text, ok ? "" : why);
        for (size_t i = 0; i < n_rows; i++)
                text_printf(&text, "%s%s=%s/%s %s", i > 0 ? "; " : "", rows[i].name, rows[i].saved,
                            rows[i].now, rows[i].fate);
}

/* settings show|save|diff|restore [refused]; settings has TEXT: of the last answer */
static bool do_settings(Story *story, char *rest) {
        World *world = story->world;
        const char *name = word(&rest);
        char why[WHY_MAX] = "";

        if (streq(name, "has")) {
                world_settle(world);
                return strstr(story->settings, rest) ||
                       fail(story, "no '%s' in '%s'", rest, story->settings);
        }
        if (settings_order_from_string(name) < 0)
                return fail(story, "settings show|save|diff|restore [refused]");
        story->settings[0] = '\0';
        gateway_turn(world->gateway, &world->now);
        const OrderResult result = gateway_settings_order(
                world->gateway, gateway_module(world->gateway, story->module),
                (SettingsOrder) settings_order_from_string(name), "story (uid 0)", on_settings_end,
                story, why);
        gateway_settle(world->gateway);
        return (result == ORDER_REFUSED) == streq(rest, "refused") ||
               fail(story, "settings %s: %s", name, why);
}

static bool inhibit_word(const char *argument, InhibitorRow *row) {
        if (streq(argument, "all"))
                row->module[0] = '\0';
        else if (streq(argument, "server"))
                row->source = INHIBITOR_SERVER;
        else if (strncmp(argument, "uid=", 4) == 0)
                row->uid = (uint32_t) strtoul(argument + 4, NULL, 10);
        else
                return strncmp(argument, "for=", 4) == 0 &&
                       span_parse(argument + 4, &row->span) == 0;
        return true;
}

/* inhibit WHO ACTIONS [all] [server] [for=SPAN] [uid=N] [refused] */
static bool do_inhibit(Story *story, char *rest) {
        InhibitorRow row = { .why = "a story", .pid = 1 };
        bool refused = false;
        char why[WHY_MAX] = "";
        const char *bad;

        (void) TEXT_COPY(row.module, module_name_of(story));
        (void) TEXT_COPY(row.who, word(&rest));
        if (actions_parse(word(&rest), &row.actions, &bad) < 0)
                return fail(story, "inhibit: '%s'?", bad);
        while (*rest) {
                const char *argument = word(&rest);

                refused |= streq(argument, "refused");
                if (!streq(argument, "refused") && !inhibit_word(argument, &row))
                        return fail(story, "inhibit: '%s'?", argument);
        }
        (void) snprintf(row.by, sizeof(row.by), row.source == INHIBITOR_SERVER ? "AS %s" : "uid %s",
                        row.who);
        return (world_inhibit(story->world, &row, why) < 0) == refused ||
               fail(story, "the inhibitor was %s: %s", refused ? "not refused" : "refused", why);
}

/* release WHO [server] */
static bool do_release(Story *story, char *rest) {
        World *world = story->world;
        const char *who = word(&rest);
        char by[INHIBITOR_BY_MAX];
        unsigned n;

        if (!streq(rest, "server"))
                return world_release(world, who) || fail(story, "%s holds no descriptor", who);
        (void) snprintf(by, sizeof(by), "AS %s", who);
        gateway_turn(world->gateway, &world->now);
        n = gateway_uninhibit_server(world->gateway, module_name_of(story), by,
                                     "it asked for that");
        gateway_settle(world->gateway);
        return n > 0 || fail(story, "%s holds nothing", by);
}

/* break [refused]: the newest inhibitor, by a person */
static bool do_break(Story *story, char *rest) {
        World *world = story->world;
        const size_t n = gateway_n_inhibitors(world->gateway);
        char why[WHY_MAX] = "";

        if (n == 0)
                return fail(story, "there is no inhibitor");
        gateway_turn(world->gateway, &world->now);
        const int r = gateway_break_inhibitor(
                world->gateway, gateway_inhibitor(world->gateway, n - 1)->id, "root (uid 0)", why);
        gateway_settle(world->gateway);
        return (r < 0) == streq(rest, "refused") || fail(story, "breaking it: %d %s", r, why);
}

/* inhibitors N: so many there are */
static bool do_inhibitors(Story *story, char *rest) {
        const size_t n = (size_t) strtoul(rest, NULL, 10);

        world_settle(story->world);
        return gateway_n_inhibitors(story->world->gateway) == n ||
               fail(story, "there are %zu inhibitors", gateway_n_inhibitors(story->world->gateway));
}

/* descriptors kept|lost: over a crash */
static bool do_descriptors(Story *story, char *rest) {
        story->world->keeps_descriptors = streq(rest, "kept");
        return true;
}

static const struct {
        const char *name;
        bool (*run)(Story *story, char *rest);
} verbs[] = {
        { "answer", do_answer },
        { "once", do_once },
        { "policy", do_policy },
        { "set", do_set },
        { "start", do_start },
        { "crash", do_crash },
        { "wait", do_wait },
        { "quiet", do_quiet },
        { "state", do_state },
        { "event", do_event },
        { "no-event", do_no_event },
        { "order", do_order },
        { "count", do_count },
        { "outcome", do_outcome },
        { "port", do_port },
        { "disk", do_disk },
        { "family", do_family },
        { "modules", do_modules },
        { "module", do_module },
        { "command", do_command },
        { "settings", do_settings },
        { "junk", do_junk },
        { "hop", do_hop },
        { "receive", do_receive },
        { "reboot", do_reboot },
        { "reload", do_reload },
        { "next", do_next },
        { "explain", do_explain },
        { "no-more", do_no_more },
        { "versions", do_versions },
        { "clock", do_clock },
        { "inhibit", do_inhibit },
        { "release", do_release },
        { "break", do_break },
        { "inhibitors", do_inhibitors },
        { "descriptors", do_descriptors },
        { "downlink", do_downlink },
        { "sent", do_sent },
};

static bool play_line(Story *story, char *text) {
        if (text[0] == '\0' || text[0] == '#')
                return true;
        if (strncmp(text, "> ", 2) == 0)
                return expect_command(story, text + 2);
        if (strncmp(text, "< ", 2) == 0) {
                world_send(story->world, story->module, text + 2);
                world_settle(story->world);
                return true;
        }
        char *rest = text;
        const char *name = word(&rest);
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                if (streq(verbs[i].name, name))
                        return verbs[i].run(story, rest);
        return fail(story, "'%s' is no verb of a story", name);
}

/* A law of every story. */
static void check_fcnt_up(Story *story) {
        const World *world = story->world;

        for (size_t i = 0; i < world->n_reports && !story->failed; i++)
                for (size_t k = 0; k < i && !story->failed; k++) {
                        const ReportRow *a = &world->reports[k], *b = &world->reports[i];

                        if (a->kind == REPORT_UPLINK && b->kind == REPORT_UPLINK &&
                            a->fcnt_up == b->fcnt_up && streq(a->dev_eui, b->dev_eui))
                                (void) fail(story, "FCntUp %u of %s came twice", b->fcnt_up,
                                            b->dev_eui);
                }
}

bool story_play(const char *path, char why[static STORY_WHY_MAX]) {
        Story *story = calloc(1, sizeof(*story));
        FILE *file = fopen(path, "re");
        char text[LINE_MAX_BYTES];

        assert(story);
        story->path = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
        story->why = why;
        make_world(story, 1);
        if (!file)
                (void) fail(story, "can't be read");
        while (file && fgets(text, sizeof(text), file)) {
                story->line++;
                size_t n = strlen(text);
                while (n > 0 && isspace((unsigned char) text[n - 1]))
                        text[--n] = '\0';
                if (!play_line(story, text))
                        break;
        }
        if (file)
                (void) fclose(file);
        check_fcnt_up(story);
        const bool failed = story->failed;
        if (failed && getenv("VERBOSE") && story->world->gateway)
                world_print(story->world, story->module);
        world_free(story->world);
        free(story);
        return !failed;
}
