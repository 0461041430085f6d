/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The LRC-AS tunnel (ThingPark tunnel interface, revision 30) as a pure codec: documents, query
 * strings, tokens. */

#include "base/json.h"
#include "base/time.h"

#define TUNNEL_KEY_HEX 32
#define TUNNEL_TOKEN_MAX 65
#define TUNNEL_QUERY_MAX 1024
#define TUNNEL_DOCUMENT_MAX 4096

/* DevEUI_uplink, 6.1.3. Strings are borrowed; NULL or "" leaves a field out, has_* too. */
typedef struct UplinkDocument {
        usec_t time;         /* of the fact */
        int utc_offset_sec;  /* for Time */
        const char *dev_eui; /* 16 upper-case hex digits */
        bool has_fport;
        unsigned fport;
        uint32_t fcnt_up;
        const uint8_t *payload;
        size_t n_payload;
        const char *lrc_id, *lrr_id, *customer_id;
        bool has_rssi;
        double rssi_dbm; /* LrrRSSI */
        bool late;
} UplinkDocument;

/* Writes the typed JSON document. -EMSGSIZE when it does not fit. */
_must_use_ int uplink_document_json(const UplinkDocument *document, Text *ret);

/* lower_hex(SHA-256(body elements || query without Token || key)), 6.5.2. The key is hashed as
 * given. */
_must_use_ int tunnel_token(const char *body_elements, const char *query, const char *key,
                            char ret[static TUNNEL_TOKEN_MAX]);

/* The query of an uplink report with its token, percent-encoded, ready to be appended after '?':
 * LrnDevEui, LrnFPort, LrnInfos, AS_ID, Time, Token. `now` is the time of this request (a resend
 * takes a new one). */
typedef struct UplinkQuery {
        const char *profile, *as_id, *key;
        usec_t now;
        int utc_offset_sec;
} UplinkQuery;
_must_use_ int uplink_query(const UplinkDocument *document, const UplinkQuery *query, Text *ret);
