/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tokens and query strings of the LRC-AS tunnel interface.
 *
 * Owns nothing. The token covers the query as it is after percent-decoding, the URL carries it
 * encoded: both are written side by side from the same values. Verifiers rebuild the query from
 * parsed values, in the order LrnDevEui, LrnFPort, LrnInfos, AS_ID, Time, so the order is part of
 * the format. The key is hashed as it is given; whoever reads it from a person makes it lower-case.
 */

#include "actility/tunnel.h"

#include "base/sha256.h"

/* CustomerID, DevEUI, FPort, FCntUp and payload_hex of one report, and the longest query */
#define ELEMENTS_MAX 1024

_Static_assert(TUNNEL_TOKEN_MAX == SHA256_HEX_MAX, "a token is a SHA-256 in hex");

int tunnel_token(const char *body_elements, const char *query, const char *key,
                 char ret[static TUNNEL_TOKEN_MAX]) {
        const char *const strings[] = { body_elements, query, key };
        struct iovec parts[ELEMENTSOF(strings)];

        for (size_t i = 0; i < ELEMENTSOF(strings); i++)
                parts[i] = (struct iovec) { (void *) strings[i], strlen(strings[i]) };
        return sha256_hex(parts, ELEMENTSOF(parts), ret);
}

/* "CustomerID, DevEUI, FPort, FCntUp, payload_hex", 6.5.2, without separator. A report without an
 * FPort has "0" there, as the verifiers in use expect it. */
static void elements_of_uplink(const UplinkDocument *document, Text *ret) {
        text_add(ret, document->customer_id ? document->customer_id : "");
        text_printf(ret, "%s%u%u", document->dev_eui, document->has_fport ? document->fport : 0,
                    document->fcnt_up);
        text_add_hex(ret, document->payload, document->n_payload);
}

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

/* One query, in the two spellings that it needs. */
typedef struct Spellings {
        Text encoded, decoded;
} Spellings;

static void spellings_add(Spellings *spellings, const char *name, const char *value) {
        const char *separator = spellings->decoded.length > 0 ? "&" : "";

        text_printf(&spellings->decoded, "%s%s=%s", separator, name, value);
        text_printf(&spellings->encoded, "%s%s=", separator, name);
        text_add_encoded(&spellings->encoded, value);
}

static void spellings_add_uplink(Spellings *spellings, const UplinkDocument *document,
                                 const UplinkQuery *query) {
        char time[ISO_TEXT_MAX], fport[16];
        Text text;

        spellings_add(spellings, "LrnDevEui", document->dev_eui);
        if (document->has_fport) {
                text_init(&text, fport, sizeof fport);
                text_printf(&text, "%u", document->fport);
                spellings_add(spellings, "LrnFPort", fport);
        }
        spellings_add(spellings, "LrnInfos", query->profile);
        spellings_add(spellings, "AS_ID", query->as_id);
        spellings_add(spellings, "Time", iso_format(time, query->now, query->utc_offset_sec));
}

int uplink_query(const UplinkDocument *document, const UplinkQuery *query, Text *ret) {
        char elements_data[ELEMENTS_MAX], decoded[TUNNEL_QUERY_MAX], encoded[TUNNEL_QUERY_MAX];
        char token[TUNNEL_TOKEN_MAX];
        Spellings spellings;
        Text elements;
        int r;

        text_init(&elements, elements_data, sizeof elements_data);
        text_init(&spellings.decoded, decoded, sizeof decoded);
        text_init(&spellings.encoded, encoded, sizeof encoded);
        elements_of_uplink(document, &elements);
        spellings_add_uplink(&spellings, document, query);
        if (elements.truncated || spellings.decoded.truncated || spellings.encoded.truncated)
                return -EMSGSIZE;
        r = tunnel_token(elements_data, decoded, query->key, token);
        if (r < 0)
                return r;
        text_printf(ret, "%s&Token=%s", encoded, token);
        return ret->truncated ? -EMSGSIZE : 0;
}
