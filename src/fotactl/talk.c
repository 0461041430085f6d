/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl command and transcript: what is said to a module.
 *
 * Owns nothing. A transcript is followed by asking again, twice a second: its lines are no events,
 * and a module that talks a lot should not wake every client. After a restart of fotad its
 * numbering starts anew. */

#include <inttypes.h>

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

#define FOLLOW_INTERVAL (500 * USEC_PER_MSEC)

Status verb_command(Client *client, int n _unused_, char *words[]) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Document document;
        Json *json = document_begin(&document);
        const char *line;
        Status status;
        int r;

        status = call_module(client, words[0], "Command", &reply, "s", words[1]);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_message_enter_container(reply, 'a', "s");
        if (r < 0)
                return answer_is_odd(r);
        json_object_begin(json);
        json_field_string(json, "module", words[0]);
        json_field_string(json, "command", words[1]);
        json_key(json, "lines");
        json_array_begin(json);
        while ((r = sd_bus_message_read_basic(reply, 's', &line)) > 0) {
                json_string(json, line);
                if (client->json)
                        continue;
                print_safe(stdout, line);
                (void) putchar('\n');
        }
        json_array_end(json);
        json_object_end(json);
        if (client->json)
                document_end(&document, "\n");
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}

typedef struct LineInfo {
        uint64_t sequence, realtime;
        const char *direction, *text;
} LineInfo;

static void print_line(const LineInfo *line) {
        const char *mark = streq(line->direction, "to")   ? ">" :
                           streq(line->direction, "from") ? "<" :
                                                            "#";
        char iso[ISO_TEXT_MAX];
        const char *time = iso_text(iso, line->realtime);

        (void) printf("%s %s ", time ? time : "unknown", mark);
        print_safe(stdout, line->text);
        (void) putchar('\n');
}

static void json_line(const LineInfo *line, const char *after) {
        Document document;
        Json *json = document_begin(&document);

        json_object_begin(json);
        json_field_number(json, "sequence", (int64_t) line->sequence);
        json_field_time(json, "time", line->realtime);
        json_field_string(json, "direction", line->direction);
        json_key(json, "text");
        json_string(json, line->text);
        json_object_end(json);
        document_end(&document, after);
}

/* Prints what is new and moves *after behind it. */
static Status transcript_print(Client *client, const char *module, uint64_t *after) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        LineInfo line;
        Status status;
        int r;

        status = call_module(client, module, "GetTranscript", &reply, "t", *after);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_message_enter_container(reply, 'a', "(ttss)");
        if (r < 0)
                return answer_is_odd(r);
        for (bool first = true;
             (r = sd_bus_message_read(reply, "(ttss)", &line.sequence, &line.realtime,
                                      &line.direction, &line.text)) > 0;
             first = false) {
                *after = line.sequence;
                if (!client->json) {
                        print_line(&line);
                        continue;
                }
                if (!client->follow && !first)
                        (void) puts(",");
                json_line(&line, client->follow ? "\n" : "");
        }
        (void) output_flush();
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}

static Status transcript_follow(Client *client, const char *module) {
        uint64_t after = 0;
        Status status;

        for (;;) {
                status = transcript_print(client, module, &after);
                if (status == STATUS_UNREACHABLE && client->bus) {
                        after = 0;
                        status = client_reopen(client);
                }
                if (status != STATUS_DONE || output_flush() < 0)
                        return status;
                (void) usleep(FOLLOW_INTERVAL);
        }
}

Status verb_transcript(Client *client, int n _unused_, char *words[]) {
        uint64_t after = 0;
        Status status;

        if (client->follow)
                return transcript_follow(client, words[0]);
        status = client_open(client);
        if (status != STATUS_DONE)
                return status;
        pager_open(client);
        if (client->json)
                (void) putchar('[');
        status = transcript_print(client, words[0], &after);
        if (client->json)
                (void) puts("]");
        return status;
}
