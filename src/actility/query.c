/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Query strings, their encoding and their tokens.
 *
 * Owns nothing. The token covers the query as it is after percent-decoding, the URL carries it
 * encoded: both are written side by side from the same values. Reading goes the same way: a query
 * is decoded as a whole and divided then, so that nothing but what is signed decides what the
 * parameters are. Divided first, "A%3D1" and "A=1" would be different and sign the same. */

#include "actility/query.h"

#include "base/sha256.h"

_Static_assert(QUERY_TOKEN_MAX == SHA256_HEX_MAX, "a token is a SHA-256 in hex");

int query_token(const char *body_elements, const char *query, const char *key,
                char ret[static QUERY_TOKEN_MAX]) {
        const char *const strings[] = { body_elements, query, key };
        struct iovec parts[ELEMENTSOF(strings)];

        for (size_t i = 0; i < ELEMENTSOF(strings); i++)
                parts[i] = (struct iovec) { (void *) strings[i], strlen(strings[i]) };
        return sha256_hex(parts, ELEMENTSOF(parts), ret);
}

/* writing */

static bool is_unreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_' || c == '~';
}

static void text_add_encoded(Text *text, const char *value) {
        for (; *value != '\0'; value++)
                if (is_unreserved(*value))
                        text_add_char(text, *value);
                else
                        text_printf(text, "%%%02X", (unsigned) (uint8_t) *value);
}

void query_begin(QueryBuilder *builder) {
        text_init(&builder->decoded, builder->decoded_data, sizeof builder->decoded_data);
        text_init(&builder->encoded, builder->encoded_data, sizeof builder->encoded_data);
}

void query_add(QueryBuilder *builder, const char *name, const char *value) {
        const char *separator = builder->decoded.length > 0 ? "&" : "";

        text_printf(&builder->decoded, "%s%s=%s", separator, name, value);
        text_printf(&builder->encoded, "%s%s=", separator, name);
        text_add_encoded(&builder->encoded, value);
}

int query_sign(const QueryBuilder *builder, const char *body_elements, const char *key, Text *ret) {
        char token[QUERY_TOKEN_MAX];
        int r;

        if (builder->decoded.truncated || builder->encoded.truncated)
                return -EMSGSIZE;
        r = query_token(body_elements, builder->decoded_data, key, token);
        if (r < 0)
                return r;
        text_printf(ret, "%s&Token=%s", builder->encoded_data, token);
        return ret->truncated ? -EMSGSIZE : 0;
}

/* reading */

/* The character at *p, which moves on; -EBADMSG. */
static int character_decode(const char **p) {
        int high, low;

        if (**p != '%')
                return (uint8_t) * (*p)++;
        high = hex_digit((*p)[1]);
        low = high < 0 ? -1 : hex_digit((*p)[2]);
        if (low < 0)
                return -EBADMSG;
        *p += 3;
        return high * 16 + low;
}

int query_decode(const char *encoded, Text *ret) {
        while (*encoded != '\0') {
                int c = character_decode(&encoded);

                if (c < 0x20 || c == 0x7f)
                        return -EBADMSG;
                text_add_char(ret, (char) c);
        }
        return ret->truncated ? -EMSGSIZE : 0;
}

bool query_next(const char **at, QueryParameter *ret) {
        size_t length;

        *at += strspn(*at, "&");
        length = strcspn(*at, "&");
        if (length == 0)
                return false;
        ret->name = *at;
        ret->name_length = strcspn(*at, "=&");
        ret->value = *at + MIN_OF(ret->name_length + 1, length);
        ret->value_length = (size_t) (*at + length - ret->value);
        *at += length;
        return true;
}

bool query_is(const QueryParameter *parameter, const char *name) {
        return strlen(name) == parameter->name_length &&
               memcmp(parameter->name, name, parameter->name_length) == 0;
}
