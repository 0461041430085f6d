/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Verifies reports: Token = SHA-256 over elements of the body, the decoded query without its Token,
 * and the key (tunnel specification, 6.5.2). The query must come raw: `+` stays a plus, and what an
 * HTTP library already decoded could not be verified any more. Tolerant where the specification is
 * silent, strict where it speaks. */

#include "fotasim/as-report.h"

#include <ctype.h>

#include "base/sha256.h"
#include "base/text.h"
#include "base/time.h"
#include "fotasim/as-xml.h"

#define QUERY_MAX 2048
#define VALUE_MAX 256
#define BODY_ELEMENTS_MAX 6
#define SIGNED_MAX 16384

/* What of a body is signed, by type. */
static const struct {
        const char *type;
        const char *elements[BODY_ELEMENTS_MAX];
        bool lower_case_eui;
} report_types[] = {
        { "DevEUI_uplink", { "CustomerID", "DevEUI", "FPort", "FCntUp", "payload_hex" }, false },
        { "DevEUI_downlink_Sent", { "CustomerID", "DevEUI", "FPort", "FCntDn" }, false },
        { "DevEUI_location", { "CustomerID", "DevEUI" }, true },
        { "DevEUI_notification", { "CustomerID", "DevEUI" }, false },
};

int as_key_parse(const char *text, char ret[static AS_KEY_MAX]) {
        char key[AS_KEY_MAX];
        size_t n = 0;

        for (; *text; text++) {
                if (*text == '-' || isspace((unsigned char) *text))
                        continue;
                if (!isxdigit((unsigned char) *text) || n == 32)
                        return -EINVAL;
                key[n++] = (char) tolower((unsigned char) *text);
        }
        if (n != 32)
                return -EINVAL;
        memcpy(ret, key, n);
        ret[n] = '\0';
        return 0;
}

/* query */

static int hex_value(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        c = (char) tolower((unsigned char) c);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void percent_decode(Text *to, const char *from, size_t n) {
        for (size_t i = 0; i < n; i++) {
                int high = from[i] == '%' && i + 2 < n ? hex_value(from[i + 1]) : -1;
                int low = high >= 0 ? hex_value(from[i + 2]) : -1;

                if (low >= 0) {
                        text_add_char(to, (char) (high * 16 + low));
                        i += 2;
                } else
                        text_add_char(to, from[i]);
        }
}

/* The decoded value of a parameter; false when it is missing, comes twice or is too long. */
static bool parameter(const char *query, const char *name, char ret[static VALUE_MAX]) {
        size_t length = strlen(name), found = 0;
        Text value;

        text_init(&value, ret, VALUE_MAX);
        for (const char *at = query; *at; at += at[0] == '&') {
                size_t n = strcspn(at, "&");

                if (n > length && strncmp(at, name, length) == 0 && at[length] == '=') {
                        percent_decode(&value, at + length + 1, n - length - 1);
                        found++;
                }
                at += n;
        }
        return found == 1 && !value.truncated;
}

/* The query as it is signed: decoded, without its Token. */
static void query_add(Text *to, const char *query) {
        bool first = true;

        for (const char *at = query; *at; at += at[0] == '&') {
                size_t n = strcspn(at, "&");

                if (strncmp(at, "Token=", 6) != 0) {
                        text_add(to, first ? "" : "&");
                        percent_decode(to, at, n);
                        first = false;
                }
                at += n;
        }
}

/* body */

static const cJSON *member(const AsReport *report, const char *name) {
        return cJSON_GetObjectItemCaseSensitive(report->element, name);
}

/* Numbers may come as numbers or, untyped and in XML, as strings. */
static bool value_text(const cJSON *item, Text *to) {
        if (cJSON_IsString(item))
                text_add(to, item->valuestring);
        else if (cJSON_IsNumber(item))
                text_printf(to, "%.0f", item->valuedouble);
        else
                return false;
        return true;
}

static bool value_get(const AsReport *report, const char *name, char ret[static VALUE_MAX]) {
        Text value;

        text_init(&value, ret, VALUE_MAX);
        return value_text(member(report, name), &value) && !value.truncated;
}

static int fail(AsReport *report, const char *error, const char *what) {
        Text text;

        text_init(&text, report->error, sizeof(report->error));
        text_add(&text, error);
        text_add(&text, what);
        return -EBADMSG;
}

static int elements_add(AsReport *report, size_t type, Text *to) {
        for (size_t i = 0; i < BODY_ELEMENTS_MAX && report_types[type].elements[i]; i++) {
                const char *name = report_types[type].elements[i];
                size_t start = to->length;

                if (streq(name, "FPort") && !member(report, name))
                        text_add(to, "0");
                else if (!value_text(member(report, name), to))
                        return fail(report, "the body lacks ", name);
                if (report_types[type].lower_case_eui && streq(name, "DevEUI"))
                        for (char *c = to->data + start; *c; c++)
                                *c = (char) tolower((unsigned char) *c);
        }
        return 0;
}

/* checks */

static int check_document(AsReport *report, const AsRequest *request, size_t *ret_type) {
        bool xml = request->n > 0 && request->body[0] == '<';
        const char *type = request->content_type;

        if (type && xml != (strncasecmp(type, "application/xml", 15) == 0))
                return fail(report, "the body is not what Content-Type says: ", type);
        report->document = xml ? as_xml_parse(request->body, request->n) :
                                 cJSON_ParseWithLength(request->body, request->n);
        if (!report->document)
                return fail(report, xml ? "the body is no XML of a report" : "the body is no JSON",
                            "");
        for (size_t i = 0; i < ELEMENTSOF(report_types); i++) {
                report->element =
                        cJSON_GetObjectItemCaseSensitive(report->document, report_types[i].type);
                if (!cJSON_IsObject(report->element))
                        continue;
                report->type = report_types[i].type;
                *ret_type = i;
                return 0;
        }
        report->element = NULL;
        return fail(report, "unknown kind of report", "");
}

static int check_query(const AsServer *server, AsReport *report, const char *query) {
        static const char *const needed[] = { "LrnDevEui", "LrnInfos", "AS_ID", "Time", "Token" };
        char value[VALUE_MAX], eui[VALUE_MAX], port[VALUE_MAX];
        usec_t time;

        for (size_t i = 0; i < ELEMENTSOF(needed); i++)
                if (!parameter(query, needed[i], value))
                        return fail(report, "the query lacks ", needed[i]);
        if (!value_get(report, "DevEUI", eui) || strlen(eui) != 16 ||
            !parameter(query, "LrnDevEui", value) || strcasecmp(eui, value) != 0)
                return fail(report, "LrnDevEui is not the body's DevEUI", "");
        if (value_get(report, "FPort", port) != parameter(query, "LrnFPort", value) ||
            (member(report, "FPort") && !streq(port, value)))
                return fail(report, "LrnFPort is not the body's FPort", "");
        if (parameter(query, "AS_ID", value) && server->as_id && !streq(server->as_id, value))
                return fail(report, "AS_ID is not mine: ", value);
        if (!parameter(query, "Time", value) || iso_parse(value, &time) < 0)
                return fail(report, "Time is no time: ", value);
        return 0;
}

static int check_token(const AsServer *server, AsReport *report, size_t type, const char *query) {
        char bytes[SIGNED_MAX], hash[SHA256_HEX_MAX], token[VALUE_MAX];
        Text text;
        int r;

        text_init(&text, bytes, sizeof(bytes));
        r = elements_add(report, type, &text);
        if (r < 0)
                return r;
        query_add(&text, query);
        text_add(&text, server->key);
        if (text.truncated)
                return fail(report, "too long", "");
        r = sha256_hex(&(struct iovec) { .iov_base = text.data, .iov_len = text.length }, 1, hash);
        if (r < 0)
                return fail(report, "no SHA-256", "");
        if (!parameter(query, "Token", token) || !sha256_hex_equal(hash, token))
                return fail(report, "Token does not verify", "");
        return 0;
}

static AsDevice *device_find(AsServer *server, const char *dev_eui) {
        for (size_t i = 0; i < server->n_devices; i++)
                if (strcasecmp(server->devices[i].dev_eui, dev_eui) == 0)
                        return server->devices + i;
        if (server->n_devices == AS_DEVICES_MAX)
                return NULL;
        (void) TEXT_COPY(server->devices[server->n_devices].dev_eui, dev_eui);
        server->devices[server->n_devices].fcnt_up = -1;
        return server->devices + server->n_devices++;
}

/* A counter that does not rise is a report that came before; it is welcome all the same. */
static void count(AsServer *server, AsReport *report) {
        char eui[VALUE_MAX], value[VALUE_MAX];
        AsDevice *device;
        double fcnt_up;

        if (!streq(report->type, "DevEUI_uplink") || !value_get(report, "DevEUI", eui) ||
            !value_get(report, "FCntUp", value))
                return;
        fcnt_up = strtod(value, NULL);
        device = device_find(server, eui);
        if (!device)
                return;
        report->duplicate = fcnt_up <= device->fcnt_up;
        device->fcnt_up = MAX_OF(device->fcnt_up, fcnt_up);
}

void as_report_check(AsServer *server, const AsRequest *request, AsReport *ret) {
        const char *query = request->query;
        size_t type = 0;

        *ret = (AsReport) {};
        if (strlen(query) > QUERY_MAX) {
                (void) fail(ret, "the query is too long", "");
                return;
        }
        if (check_document(ret, request, &type) < 0 || check_query(server, ret, query) < 0 ||
            check_token(server, ret, type, query) < 0)
                return;
        ret->verified = true;
        count(server, ret);
}

void as_report_done(AsReport *report) {
        cJSON_Delete(report->document);
        *report = (AsReport) {};
}

/* output */

static void field_copy(cJSON *to, const char *key, const AsReport *report, const char *name) {
        const cJSON *item = report->element ? member(report, name) : NULL;

        cJSON_AddItemToObject(to, key, item ? cJSON_Duplicate(item, true) : cJSON_CreateNull());
}

static void field_string(cJSON *to, const char *key, const char *value) {
        cJSON_AddItemToObject(to, key,
                              value && *value ? cJSON_CreateString(value) : cJSON_CreateNull());
}

char *as_report_format(const AsReport *report) {
        cJSON *line = cJSON_CreateObject();
        char *text;

        cJSON_AddBoolToObject(line, "verified", report->verified);
        field_string(line, "type", report->type);
        field_copy(line, "dev_eui", report, "DevEUI");
        field_copy(line, "fport", report, "FPort");
        field_copy(line, "fcnt_up", report, "FCntUp");
        field_copy(line, "payload_hex", report, "payload_hex");
        cJSON_AddBoolToObject(line, "duplicate", report->duplicate);
        field_string(line, "error", report->error);
        cJSON_AddItemToObject(line, "document",
                              report->document ? cJSON_Duplicate(report->document, true) :
                                                 cJSON_CreateNull());
        text = cJSON_PrintUnformatted(line);
        cJSON_Delete(line);
        return text;
}
