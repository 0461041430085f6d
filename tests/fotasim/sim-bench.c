/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Plays dialogues with the simulated module. It reads what the module wrote as a terminal would
 * show it, line by line; how the bytes were cut into writes does not matter, but is counted. */

#include "fotasim/sim-bench.h"

#include "test.h"

#define LINE_MAX_BYTES 512

static void on_write(void *userdata, const char *bytes, size_t n) {
        SimBench *bench = userdata;

        CHECK(bench->n_output + n < sizeof(bench->output));
        memcpy(bench->output + bench->n_output, bytes, n);
        bench->n_output += n;
        bench->writes++;
}

static void on_remember(void *userdata, const SimMemory *memory) {
        SimBench *bench = userdata;

        bench->memory = *memory;
}

static void on_port(void *userdata, bool present) {
        SimBench *bench = userdata;

        bench->port_present = present;
        bench->port_changes++;
}

void sim_bench_init(SimBench *bench) {
        memset(bench, 0, sizeof(*bench));
        sim_scenario_init(&bench->scenario);
        bench->scenario.echo = false;
        bench->scenario.cmee = 1;
        bench->scenario.indications = 4479;
        bench->scenario.device_context = 1;
        bench->host = (SimHost) { .write = on_write, .remember = on_remember, .port = on_port };
        bench->now = USEC_PER_HOUR;
}

void sim_bench_start(SimBench *bench) {
        bench->module = sim_module_new(&bench->scenario, &bench->host, bench, &bench->memory, 1);
        CHECK(bench->module);
        sim_power(bench->module, bench->now, true);
}

void sim_bench_done(SimBench *bench) {
        bench->module = sim_module_free(bench->module);
}

/* The old module is thrown away: nothing but its memory may matter. */
static void power_cut(SimBench *bench) {
        sim_bench_done(bench);
        bench->n_read = bench->n_output;
        sim_bench_start(bench);
}

void sim_bench_wait(SimBench *bench, usec_t span) {
        bench->now += span;
        sim_tick(bench->module, bench->now);
}

static bool line_take(SimBench *bench, char line[static LINE_MAX_BYTES]) {
        while (bench->n_read < bench->n_output) {
                char *start = bench->output + bench->n_read;
                char *end = memchr(start, '\n', bench->n_output - bench->n_read);
                size_t n;

                if (!end)
                        return false;
                bench->n_read = (size_t) (end - bench->output) + 1;
                n = (size_t) (end - start);
                while (n > 0 && start[n - 1] == '\r')
                        n--;
                while (n > 0 && *start == '\0') {
                        start++;
                        n--;
                }
                if (n == 0)
                        continue;
                memcpy(line, start, MIN_OF(n, LINE_MAX_BYTES - 1));
                line[MIN_OF(n, LINE_MAX_BYTES - 1)] = '\0';
                return true;
        }
        return false;
}

static void line_expect(SimBench *bench, const char *expected) {
        usec_t limit = bench->now + USEC_PER_DAY;
        char line[LINE_MAX_BYTES] = "(nothing)";

        while (!line_take(bench, line)) {
                usec_t next = sim_deadline(bench->module);

                if (next > limit)
                        break;
                bench->now = MAX_OF(bench->now, next);
                sim_tick(bench->module, bench->now);
        }
        CHECK_STR(line, expected);
}

static void quiet_expect(SimBench *bench, const char *span) {
        char line[LINE_MAX_BYTES];
        usec_t value;

        CHECK_INT(span_parse(span, &value), 0);
        sim_bench_wait(bench, value);
        if (line_take(bench, line))
                CHECK_STR(line, "(nothing)");
}

static void line_play(SimBench *bench, const char *line) {
        usec_t span;

        if (*line == '>') {
                char bytes[LINE_MAX_BYTES];

                (void) snprintf(bytes, sizeof(bytes), "%s\r", line + 2);
                sim_feed(bench->module, bench->now, bytes, strlen(bytes));
        } else if (*line == '<')
                line_expect(bench, line + 2);
        else if (strncmp(line, "quiet ", 6) == 0)
                quiet_expect(bench, line + 6);
        else if (streq(line, "empty"))
                quiet_expect(bench, "0");
        else if (streq(line, "cut"))
                power_cut(bench);
        else {
                CHECK(strncmp(line, "wait ", 5) == 0);
                CHECK_INT(span_parse(line + 5, &span), 0);
                sim_bench_wait(bench, span);
        }
}

void sim_bench_play(SimBench *bench, const char *script) {
        while (*script && !test_state.failed) {
                char line[LINE_MAX_BYTES];
                size_t n = strcspn(script, "\n");

                CHECK(n < sizeof(line));
                memcpy(line, script, n);
                line[n] = '\0';
                script += n + (script[n] == '\n');
                line_play(bench, line);
                if (test_state.failed)
                        fprintf(stderr, "    at: %s\n", line);
        }
}

SimFacts sim_bench_facts(const SimBench *bench) {
        SimFacts facts;

        sim_facts(bench->module, &facts);
        return facts;
}
