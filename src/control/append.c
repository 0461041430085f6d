/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Puts values into bus messages.
 *
 * Owns nothing. sd-bus sends any bytes as a string, but every receiver refuses a message whose
 * strings are not UTF-8, so one broken line of a module would cut off all who look at it.
 * Dictionaries (a{sv}) are used for everything that may grow members later: an unknown key is
 * skipped by old clients. */

#include "control/connection.h"

#include <assert.h>

#include "base/text.h"

static bool utf8_is_valid(const char *text) {
        while (*text) {
                size_t n = utf8_length(text);

                if (n == 0)
                        return false;
                text += n;
        }
        return true;
}

/* `to` holds three bytes for each one of `from`, and the NUL. */
static void utf8_repair(char *to, const char *from) {
        while (*from) {
                size_t n = utf8_length(from);

                if (n == 0) {
                        memcpy(to, UTF8_REPLACEMENT, strlen(UTF8_REPLACEMENT));
                        to += strlen(UTF8_REPLACEMENT);
                        from++;
                        continue;
                }
                memcpy(to, from, n);
                to += n;
                from += n;
        }
        *to = '\0';
}

int append_text(sd_bus_message *message, const char *text) {
        _cleanup_free_ char *repaired = NULL;

        if (utf8_is_valid(text))
                return sd_bus_message_append_basic(message, 's', text);
        repaired = malloc(3 * strlen(text) + 1);
        if (!repaired)
                return -ENOMEM;
        utf8_repair(repaired, text);
        return sd_bus_message_append_basic(message, 's', repaired);
}

int append_texts(sd_bus_message *message, const char *const *texts, size_t n_texts) {
        static const char type[] = "ssssssss";
        int r;

        assert(n_texts < sizeof type);
        r = sd_bus_message_open_container(message, 'r', type + sizeof type - 1 - n_texts);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n_texts; i++) {
                r = append_text(message, texts[i]);
                if (r < 0)
                        return r;
        }
        return sd_bus_message_close_container(message);
}

int reply_array(sd_bus_message *call, const char *type,
                int (*append)(sd_bus_message *reply, const void *userdata, size_t i),
                const void *userdata, size_t n) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int r;

        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', type);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++) {
                r = append(reply, userdata, i);
                if (r < 0)
                        return r;
        }
        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

static int append_value(sd_bus_message *message, const Field *field) {
        union {
                int64_t wide;
                int32_t narrow;
        } value;

        if (field->type == 's')
                return append_text(message, field->text ? field->text : "");
        if (field->type == 't' || field->type == 'x')
                value.wide = field->number;
        else
                value.narrow = (int32_t) field->number;
        return sd_bus_message_append_basic(message, field->type, &value);
}

static int append_field(sd_bus_message *message, const Field *field) {
        const char signature[] = { field->type, '\0' };
        int r;

        r = sd_bus_message_open_container(message, 'e', "sv");
        if (r < 0)
                return r;
        r = sd_bus_message_append_basic(message, 's', field->key);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(message, 'v', signature);
        if (r < 0)
                return r;
        r = append_value(message, field);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(message);
        if (r < 0)
                return r;
        return sd_bus_message_close_container(message);
}

int append_dictionary(sd_bus_message *message, const Field *fields, size_t n_fields) {
        int r;

        r = sd_bus_message_open_container(message, 'a', "{sv}");
        if (r < 0)
                return r;
        for (size_t i = 0; i < n_fields; i++) {
                r = append_field(message, &fields[i]);
                if (r < 0)
                        return r;
        }
        return sd_bus_message_close_container(message);
}

/* Empty when there is no job. Times are realtime in microseconds, 0: not yet; outcome "": it runs.
 */
int append_job(sd_bus_message *message, const JobRow *job) {
        const Field fields[] = {
                { "id", 't', .number = (int64_t) job->id },
                { "module", 's', .text = job->module },
                { "source", 's', .text = job_source_to_string(job->source) },
                { "by", 's', .text = job->by },
                { "from", 's', .text = job->from },
                { "to", 's', .text = job->to },
                { "since", 't', .number = (int64_t) job->since },
                { "finished", 't', .number = (int64_t) job->finished },
                { "outcome", 's', .text = outcome_to_string(job->outcome) },
                { "reason", 's', .text = reason_to_string(job->reason) },
                { "package_bytes", 't', .number = (int64_t) job->package_bytes },
        };

        return append_dictionary(message, fields, job->id > 0 ? ELEMENTSOF(fields) : 0);
}
