/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Journal events, live from the bus or as rows of the history.
 *
 * Owns nothing. Details are kept as key and JSON value: live ones are turned into JSON, stored ones
 * are a flat JSON object already, which is taken apart just far enough to print its members. A
 * stored object that is not flat, or not an object, shows no details: it is a row in a database,
 * not something to trust. */

#include "fotactl/documents.h"

#include "base/text.h"
#include "fotactl/output.h"

/* The end of the JSON string at p, behind its quote; NULL when it is none. */
static const char *string_end(const char *p) {
        for (p++; *p && *p != '"'; p++) {
                if ((unsigned char) *p < 0x20)
                        return NULL;
                if (*p == '\\' && p[1])
                        p++;
        }
        return *p ? p + 1 : NULL;
}

/* Of a string, a number or a word of JSON; NULL for anything else. */
static const char *value_end(const char *p) {
        static const char *const words[] = { "null", "true", "false" };
        size_t n = strspn(p, "-+.eE0123456789");

        if (*p == '"')
                return string_end(p);
        for (size_t i = 0; i < ELEMENTSOF(words); i++)
                if (text_starts_with(p, words[i]))
                        n = strlen(words[i]);
        return n > 0 && (p[n] == ',' || p[n] == '}') ? p + n : NULL;
}

static bool detail_add(EventInfo *event, const char *key, size_t n_key, const char *value,
                       size_t n_value) {
        DetailInfo *detail = &event->details[event->n_details];

        if (event->n_details == DETAILS_SHOWN_MAX || n_key >= sizeof(detail->key) ||
            n_value >= sizeof(detail->value))
                return false;
        memcpy(detail->key, key, n_key);
        detail->key[n_key] = '\0';
        memcpy(detail->value, value, n_value);
        detail->value[n_value] = '\0';
        event->n_details++;
        return true;
}

static void details_from_json(EventInfo *event, const char *p) {
        if (*p++ != '{')
                return;
        while (*p == '"') {
                const char *key = p, *key_end = string_end(p), *value, *end;

                if (!key_end || *key_end != ':')
                        return;
                value = key_end + 1;
                end = value_end(value);
                if (!end)
                        return;
                if (!detail_add(event, key + 1, (size_t) (key_end - key) - 2, value,
                                (size_t) (end - value)))
                        return;
                p = *end == ',' ? end + 1 : end;
        }
}

int stored_event_read(sd_bus_message *message, EventInfo *ret) {
        const char *details;
        int r;

        *ret = (EventInfo) {};
        r = sd_bus_message_read(message, "(ttsssts)", &ret->sequence, &ret->realtime, &ret->module,
                                &ret->event, &ret->state, &ret->job, &details);
        if (r > 0)
                details_from_json(ret, details);
        return r;
}

/* The contents of one variant as a JSON value; those that do not matter become null. */
static int variant_read(sd_bus_message *message, Json *json, EventInfo *event, const char *key) {
        const char *contents, *string = "";
        int64_t number = 0;
        char type;
        int r;

        r = sd_bus_message_peek_type(message, &type, &contents);
        if (r < 0)
                return r;
        if (!streq(contents, "s") && !streq(contents, "x") && !streq(contents, "t")) {
                json_null(json);
                return sd_bus_message_skip(message, "v");
        }
        r = sd_bus_message_read(message, "v", contents,
                                contents[0] == 's' ? (void *) &string : (void *) &number);
        if (r < 0)
                return r;
        if (contents[0] == 's')
                json_string(json, string[0] ? string : NULL); /* as in the history */
        else
                json_number(json, number);
        if (streq(key, "job") && contents[0] == 't')
                event->job = (uint64_t) number;
        else if (streq(key, "state") && contents[0] == 's')
                event->state = string;
        return r;
}

static int detail_read(sd_bus_message *message, EventInfo *event) {
        char value[sizeof(event->details[0].value)];
        const char *key;
        Json json;
        Text text;
        int r;

        r = sd_bus_message_read_basic(message, 's', &key);
        if (r < 0)
                return r;
        text_init(&text, value, sizeof(value));
        json_init(&json, &text);
        r = variant_read(message, &json, event, key);
        if (r < 0)
                return r;
        if (!text.truncated && !streq(key, "job") && !streq(key, "state"))
                (void) detail_add(event, key, strlen(key), value, text.length);
        return 0;
}

int event_signal_read(sd_bus_message *message, EventInfo *ret) {
        int r;

        *ret = (EventInfo) { .state = "" };
        r = sd_bus_message_read(message, "ttss", &ret->sequence, &ret->realtime, &ret->module,
                                &ret->event);
        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(message, 'a', "{sv}");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                r = detail_read(message, ret);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return r;
        }
        return r;
}

void json_event(Json *json, const EventInfo *event) {
        static const char *const own[] = { "time", "sequence", "module", "event", "job", "state" };

        json_object_begin(json);
        json_field_time(json, "time", event->realtime);
        json_field_number(json, "sequence", (int64_t) event->sequence);
        json_field_string(json, "module", event->module);
        json_field_string(json, "event", event->event);
        json_field_known(json, "job", event->job);
        json_field_string(json, "state", event->state);
        for (size_t i = 0; i < event->n_details; i++) {
                bool taken = false;

                for (size_t j = 0; j < ELEMENTSOF(own); j++)
                        taken |= streq(event->details[i].key, own[j]);
                if (taken)
                        continue;
                json_key(json, event->details[i].key);
                json_raw(json, event->details[i].value);
        }
        json_object_end(json);
}

/* A JSON string without quotes and escapes; \uXXXX is only written for control characters, which
 * become '?'. */
static void text_add_unquoted(Text *text, const char *p) {
        for (p++; *p && !(*p == '"' && !p[1]); p++) {
                if (*p != '\\')
                        text_add_char(text, *p);
                else if (*++p == 'u' && strlen(p) > 4) {
                        text_add_char(text, '?');
                        p += 4;
                } else if (*p)
                        text_add_char(text, strchr("nrtbf", *p) ? ' ' : *p);
        }
}

const char *event_details_text(const EventInfo *event, char *to, size_t size) {
        Text text;

        text_init(&text, to, size);
        for (size_t i = 0; i < event->n_details; i++) {
                const DetailInfo *detail = &event->details[i];

                if (streq(detail->value, "null"))
                        continue;
                text_printf(&text, "%s%s=", text.length > 0 ? " " : "", detail->key);
                if (detail->value[0] == '"')
                        text_add_unquoted(&text, detail->value);
                else
                        text_add(&text, detail->value);
        }
        return to;
}

void print_event_line(const EventInfo *event) {
        char iso[ISO_TEXT_MAX], details[2048];
        const char *time = iso_text(iso, event->realtime);

        (void) printf("%s ", time ? time : "unknown");
        print_safe(stdout, event->module[0] ? event->module : "-");
        (void) putchar(' ');
        print_safe(stdout, event->event);
        (void) event_details_text(event, details, sizeof(details));
        if (details[0])
                (void) putchar(' ');
        print_safe(stdout, details);
        (void) putchar('\n');
}
