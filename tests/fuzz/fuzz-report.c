/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever an uplink sends to fotasim's application server.
 *
 * The input is the query of a request, a line feed, and the body. It is checked as it is, then with
 * the right Token, and then with a Token or a key that is wrong. The Token is computed once more
 * here: a report may be verified only when it is that one. */

#include <assert.h>
#include <ctype.h>
#include <stdio.h>

#include "base/sha256.h"
#include "base/text.h"
#include "fotasim/as-report.h"
#include "fotasim/as-xml.h"

#define KEY "000102030405060708090a0b0c0d0e0f"
#define OTHER_KEY "000102030405060708090a0b0c0d0e10"
#define SIGNED_MAX 65536
#define QUERY_MAX 4096
#define TOKEN_LENGTH 64

/* The Token by the specification */

typedef struct Signed {
        size_t n;
        bool missing; /* something that is signed is not there */
        char bytes[SIGNED_MAX];
} Signed;

static void sign(Signed *to, const char *bytes, size_t n) {
        if (n >= sizeof(to->bytes) - to->n) {
                to->missing = true;
                return;
        }
        memcpy(to->bytes + to->n, bytes, n);
        to->n += n;
        to->bytes[to->n] = '\0';
}

static void sign_element(Signed *to, const cJSON *element, const char *name) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(element, name);
        char number[512];

        if (cJSON_IsString(item))
                sign(to, item->valuestring, strlen(item->valuestring));
        else if (cJSON_IsNumber(item)) {
                (void) snprintf(number, sizeof(number), "%.0f", item->valuedouble);
                sign(to, number, strlen(number));
        } else if (!item && streq(name, "FPort"))
                sign(to, "0", 1);
        else
                to->missing = true;
}

static void sign_elements(Signed *to, const cJSON *document) {
        static const char *const types[][6] = {
                { "DevEUI_uplink", "CustomerID", "DevEUI", "FPort", "FCntUp", "payload_hex" },
                { "DevEUI_downlink_Sent", "CustomerID", "DevEUI", "FPort", "FCntDn" },
                { "DevEUI_location", "CustomerID", "DevEUI" },
                { "DevEUI_notification", "CustomerID", "DevEUI" },
        };

        for (size_t i = 0; i < ELEMENTSOF(types); i++) {
                const cJSON *element = cJSON_GetObjectItemCaseSensitive(document, types[i][0]);

                if (!cJSON_IsObject(element))
                        continue;
                for (size_t j = 1; j < 6 && types[i][j]; j++) {
                        size_t from = to->n;

                        sign_element(to, element, types[i][j]);
                        for (; i == 2 && j == 2 && from < to->n; from++)
                                to->bytes[from] = (char) tolower((unsigned char) to->bytes[from]);
                }
                return;
        }
        to->missing = true;
}

static size_t decode(const char *from, size_t n, char *to) {
        size_t length = 0;

        for (size_t i = 0; i < n; i++) {
                char hex[3] = "", *end = hex;
                unsigned long value = 0;

                if (from[i] == '%' && i + 2 < n && isxdigit((unsigned char) from[i + 1])) {
                        memcpy(hex, from + i + 1, 2);
                        value = strtoul(hex, &end, 16);
                }
                to[length++] = end == hex + 2 ? (char) value : from[i];
                i += end == hex + 2 ? 2 : 0;
        }
        return length;
}

/* Signs the query without Token; returns new, "": no Token, NULL: more than one */
static char *sign_query(Signed *to, const char *query) {
        _cleanup_free_ char *copy = strdup(query), *token = strdup("");
        unsigned n_tokens = 0, n_others = 0;
        char *rest = copy, *decoded = malloc(strlen(query) + 1);

        assert(copy && token && decoded);
        for (const char *part; rest && *rest && (part = strsep(&rest, "&"));) {
                size_t n;

                if (strncmp(part, "Token=", 6) == 0) {
                        n_tokens++;
                        free(token);
                        token = strdup(part + 6);
                        assert(token);
                        token[decode(part + 6, strlen(part + 6), token)] = '\0';
                        continue;
                }
                n = decode(part, strlen(part), decoded);
                decoded[n] = '\0';
                if (n_others++ > 0)
                        sign(to, "&", 1);
                sign(to, decoded, n);
        }
        free(decoded);
        return n_tokens < 2 ? TAKE_PTR(token) : NULL;
}

/* Returns what stands in the query, see above; `ret`: what should. */
static char *token_of(const char *query, const char *body, size_t n, const char *key,
                      char ret[static SHA256_HEX_MAX]) {
        static Signed all;
        cJSON *document =
                n > 0 && body[0] == '<' ? as_xml_parse(body, n) : cJSON_ParseWithLength(body, n);
        char *token;

        all.n = 0;
        all.missing = false;
        sign_elements(&all, document);
        token = sign_query(&all, query);
        sign(&all, key, strlen(key));
        ret[0] = '\0';
        if (!all.missing)
                assert(sha256_hex(&(struct iovec) { all.bytes, all.n }, 1, ret) == 0);
        cJSON_Delete(document);
        return token;
}

/* the server */

static void check_format(const AsReport *report) {
        char *line = as_report_format(report);
        cJSON *document = line ? cJSON_Parse(line) : NULL;

        assert(document && !strchr(line, '\n'));
        assert(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(document, "verified")) ==
               report->verified);
        cJSON_Delete(document);
        free(line);
}

/* Returns whether it is verified. */
static bool check(AsServer *server, const char *query, const char *body, size_t n) {
        char right[SHA256_HEX_MAX];
        const AsRequest request = { .query = query, .body = body, .n = n };
        AsReport report;
        bool verified;

        as_report_check(server, &request, &report);
        assert(report.verified == (report.error[0] == '\0'));
        assert(memchr(report.error, '\0', sizeof(report.error)));
        assert(!report.duplicate || report.verified);
        assert(server->n_devices <= AS_DEVICES_MAX);
        if (report.verified) {
                char *token = token_of(query, body, n, server->key, right);

                assert(report.document && report.element && report.type);
                assert(token && right[0] && strcasecmp(token, right) == 0);
                free(token);
        }
        check_format(&report);
        verified = report.verified;
        as_report_done(&report);
        return verified;
}

static void check_again(AsServer *server, const char *query, const char *body, size_t n) {
        const size_t n_devices = server->n_devices;

        assert(check(server, query, body, n)); /* a duplicate is welcome all the same */
        assert(server->n_devices == n_devices && n_devices <= 1);
}

static void check_with_token(const char *query, const char *body, size_t n) {
        static AsServer server;
        char signed_query[QUERY_MAX], token[SHA256_HEX_MAX];
        char *own = token_of(query, body, n, KEY, token), *at;

        if (own && own[0] == '\0' && token[0] &&
            snprintf(signed_query, sizeof(signed_query), "%s&Token=%s", query, token) <
                    (int) sizeof(signed_query)) {
                server = (AsServer) { .key = KEY };
                at = signed_query + strlen(signed_query) - TOKEN_LENGTH;
                if (check(&server, signed_query, body, n)) {
                        check_again(&server, signed_query, body, n);
                        at[n % TOKEN_LENGTH] = at[n % TOKEN_LENGTH] == '0' ? '1' : '0';
                        assert(!check(&server, signed_query, body, n));
                        at[n % TOKEN_LENGTH] = token[n % TOKEN_LENGTH];
                        at[TOKEN_LENGTH - 1] = '\0';
                        assert(!check(&server, signed_query, body, n));
                        at[TOKEN_LENGTH - 1] = token[TOKEN_LENGTH - 1];
                        (void) TEXT_COPY(server.key, OTHER_KEY);
                        assert(!check(&server, signed_query, body, n));
                }
        }
        free(own);
}

static void check_key(const char *text) {
        char key[AS_KEY_MAX];

        if (as_key_parse(text, key) == 0)
                assert(strlen(key) == 32 && strspn(key, "0123456789abcdef") == 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static AsServer server;
        const uint8_t *feed = size > 0 ? memchr(data, '\n', size) : NULL;
        const size_t n_query = feed ? (size_t) (feed - data) : size;
        const size_t n = feed ? size - n_query - 1 : 0;
        _cleanup_free_ char *query = strndup((const char *) data, n_query);
        char *body = malloc(MAX_OF(n, (size_t) 1)); /* not one byte more: it has no NUL */

        assert(query && body);
        if (n > 0)
                memcpy(body, feed + 1, n);
        (void) setenv("TZ", "UTC", 1);
        server = (AsServer) { .key = KEY, .as_id = n & 1 ? "TEST" : NULL };
        (void) check(&server, query, body, n);
        check_with_token(query, body, n);
        check_key(query);
        free(body);
        return 0;
}
