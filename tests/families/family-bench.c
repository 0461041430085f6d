/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "families/family-bench.h"

#include <stdio.h>
#include <stdlib.h>

static void on_fact(void *userdata, const Fact *fact) {
        Bench *bench = userdata;

        if (bench->n_facts < FACTS_MAX)
                bench->facts[bench->n_facts++] =
                        (HeardFact) { fact->kind, fact->number, fact->reason };
}

static void on_command_line(void *userdata, const char *line) {
        Bench *bench = userdata;
        size_t n = strlen(bench->lines);

        (void) snprintf(bench->lines + n, sizeof(bench->lines) - n, "%s\n", line);
}

static void on_setting(void *userdata, const char *name, const char *value, SettingFate fate) {
        Bench *bench = userdata;
        const size_t n = strlen(bench->told);

        (void) snprintf(bench->told + n, sizeof(bench->told) - n, "%s %s %s\n", name, value,
                        setting_fate_to_string(fate));
}

static void on_write(void *userdata, const char *bytes, size_t n) {
        Bench *bench = userdata;

        if (bench->n_out + n > sizeof(bench->out))
                abort();
        memcpy(bench->out + bench->n_out, bytes, n);
        bench->n_out += n;
}

static void on_urc(void *userdata, const char *line) {
        Bench *bench = userdata;

        bench->family->on_line(bench->module, line);
}

static bool is_urc(void *userdata, const char *line) {
        return ((Bench *) userdata)->family->is_urc(((Bench *) userdata)->module, line);
}

static void on_dropped(void *userdata _unused_, size_t length _unused_) {
}

static const FamilyHost family_host = {
        .raise = on_fact,
        .on_command_line = on_command_line,
        .on_setting = on_setting,
};
static const ChatHost chat_host = {
        .write = on_write,
        .on_urc = on_urc,
        .is_urc = is_urc,
        .on_dropped = on_dropped,
};

void bench_done(Bench *bench) {
        chat_free(bench->chat);
        free(bench->module);
}

Bench *bench_init(Bench *bench, const Answer *answers) {
        return bench_init_family(bench, "hl78xx", answers);
}

Bench *bench_init_family(Bench *bench, const char *family, const Answer *answers) {
        *bench = (Bench) {
                .family = family_find(family),
                .settings = { .pdp_context = 1 },
                .now = { .realtime = 1, .boottime = 1 },
                .answers = answers,
        };
        bench->module = calloc(1, bench->family->size);
        bench->chat = chat_new(&chat_host, bench, NULL);
        if (!bench->module || !bench->chat)
                abort();
        bench->module->family = bench->family;
        bench->module->host = &family_host;
        bench->module->userdata = bench;
        bench->module->chat = bench->chat;
        bench->module->settings = &bench->settings;
        bench->module->now = bench->now;
        return bench;
}

/* the module */

void bench_send(Bench *bench, const char *line) {
        char framed[512];

        (void) snprintf(framed, sizeof(framed), "\r\n%s\r\n", line);
        chat_feed(bench->chat, &bench->now, framed, strlen(framed));
}

static const char *bench_reply(const Bench *bench, const char *command) {
        for (const Answer *answer = bench->answers; answer && answer->command; answer++)
                if (streq(answer->command, command))
                        return answer->reply;
        return "OK";
}

void bench_send_all(Bench *bench, const char *lines) {
        char copy[512];
        char *saved = NULL;

        (void) snprintf(copy, sizeof(copy), "%s", lines);
        for (char *line = strtok_r(copy, "|", &saved); line; line = strtok_r(NULL, "|", &saved))
                bench_send(bench, line);
}

void bench_note(Bench *bench, const char *command) {
        const size_t n = strlen(bench->wire);

        (void) snprintf(bench->wire + n, sizeof(bench->wire) - n, "%s\n", command);
}

static void bench_answer(Bench *bench, const char *command) {
        if (!streq(command, "AT")) {
                bench_note(bench, command);
                if (bench->interjection)
                        bench_send(bench, bench->interjection);
        }
        bench_send_all(bench, bench_reply(bench, command));
}

void bench_drop(Bench *bench, size_t n) {
        bench->n_out -= n;
        memmove(bench->out, bench->out + n, bench->n_out);
}

static bool bench_take_command(Bench *bench, char *ret, size_t size) {
        const char *end = memchr(bench->out, '\r', bench->n_out);

        if (!end)
                return false;
        const size_t n = (size_t) (end - bench->out);
        (void) snprintf(ret, size, "%.*s", (int) n, bench->out);
        bench_drop(bench, n + 1);
        return true;
}

void bench_run(Bench *bench) {
        char command[600];

        for (;;) {
                bench->module->now = bench->now;
                if (bench->take && bench->take(bench))
                        continue;
                if (bench_take_command(bench, command, sizeof(command))) {
                        bench_answer(bench, command);
                        continue;
                }
                if (chat_deadline(bench->chat) == USEC_INFINITY)
                        return;
                bench->now.boottime = chat_deadline(bench->chat);
                chat_tick(bench->chat, &bench->now);
        }
}

int bench_say(Bench *bench, Verb verb, VerbArgs args) {
        bench->n_facts = 0;
        bench->wire[0] = bench->lines[0] = bench->told[0] = '\0';
        const int r = bench->family->start(bench->module, verb, &args);
        if (r == 0)
                bench_run(bench);
        return r;
}

HeardFact bench_last(const Bench *bench) {
        return bench->n_facts ? bench->facts[bench->n_facts - 1] : (HeardFact) { 0 };
}

bool bench_ended(const Bench *bench, Verb verb, Reason reason) {
        const HeardFact last = bench_last(bench);
        const FactKind kind = reason == REASON_NONE ? FACT_VERB_DONE : FACT_VERB_FAILED;

        return last.kind == kind && last.number == (int64_t) verb && last.reason == reason;
}

size_t bench_count(const Bench *bench, FactKind kind) {
        size_t n = 0;

        for (size_t i = 0; i < bench->n_facts; i++)
                n += bench->facts[i].kind == kind;
        return n;
}
