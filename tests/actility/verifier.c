/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Verifies tokens as application servers do.
 *
 * Owns nothing and shares nothing with what it checks but SHA-256: it parses the query and the
 * document with its own means, rebuilds the query from the parsed values in the order of the
 * specification, as all servers do that were looked at, and compares. */

#include "actility/verifier.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "base/sha256.h"

static void percent_decode(char *text) {
        char *to = text;
        unsigned value;

        for (const char *p = text; *p != '\0'; p++)
                if (*p == '%' && sscanf(p + 1, "%2x", &value) == 1) {
                        *to++ = (char) value;
                        p += 2;
                } else
                        *to++ = *p; /* '+' too: it is no space here */
        *to = '\0';
}

bool verifier_parameter(const char *query, const char *name, char ret[static VERIFIER_VALUE_MAX]) {
        size_t length = strlen(name);

        for (const char *p = query; p; p = strchr(p, '&')) {
                p += *p == '&' ? 1 : 0;
                if (strncmp(p, name, length) != 0 || p[length] != '=')
                        continue;
                p += length + 1;
                (void) snprintf(ret, VERIFIER_VALUE_MAX, "%.*s", (int) strcspn(p, "&"), p);
                percent_decode(ret);
                return true;
        }
        return false;
}

static size_t rebuild_query(const char *query, char *to, size_t size) {
        static const char *const names[] = { "LrnDevEui", "LrnFPort", "LrnInfos", "AS_ID", "Time" };
        char value[VERIFIER_VALUE_MAX];
        size_t n = 0;

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (verifier_parameter(query, names[i], value))
                        n += (size_t) snprintf(to + n, size - n, "%s%s=%s", n > 0 ? "&" : "",
                                               names[i], value);
        return n;
}

/* A string as it is, a number in decimals, "0" for an FPort that is not there. */
static size_t add_element(const cJSON *body, const char *name, char *to, size_t size) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(body, name);

        if (cJSON_IsString(item))
                return (size_t) snprintf(to, size, "%s", item->valuestring);
        return (size_t) snprintf(to, size, "%.0f", cJSON_IsNumber(item) ? item->valuedouble : 0.0);
}

bool verifier_accepts_uplink(const char *query, const char *document, const char *key) {
        static const char *const names[] = { "CustomerID", "DevEUI", "FPort", "FCntUp",
                                             "payload_hex" };
        char text[4096], sum[SHA256_HEX_MAX], token[VERIFIER_VALUE_MAX];
        cJSON *root = cJSON_Parse(document);
        const cJSON *body = cJSON_GetObjectItemCaseSensitive(root, "DevEUI_uplink");
        bool complete = cJSON_IsString(cJSON_GetObjectItemCaseSensitive(body, "payload_hex"));
        size_t n = 0;

        for (size_t i = 0; complete && i < ELEMENTSOF(names); i++)
                n += add_element(body, names[i], text + n, sizeof text - n);
        cJSON_Delete(root);
        n += rebuild_query(query, text + n, sizeof text - n);
        n += (size_t) snprintf(text + n, sizeof text - n, "%s", key);
        return complete && verifier_parameter(query, "Token", token) &&
               sha256_hex(&(struct iovec) { text, n }, 1, sum) == 0 && streq(sum, token);
}
