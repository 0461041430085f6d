/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The query of a downlink frame, the same in API v1 and v2 (tunnel specification, 7.1.3), and what
 * the two of them answer (7.1.5, 7.1.6). */

#include "actility/query.h"
#include "base/time.h"

#define DOWNLINK_QUERY_MAX 8192
#define DOWNLINK_PAYLOAD_MAX 2500 /* 5000 digits, 7.1.5 */
#define DOWNLINK_AS_ID_MAX 64

/* 7.1.6 */
typedef enum DownlinkCode {
        DOWNLINK_FINE = 0,
        DOWNLINK_BAD_DEV_EUI = 100,
        DOWNLINK_FCNT_USED = 101,
        DOWNLINK_FCNT_TOO_FAR = 102,
        DOWNLINK_NOT_CONFIRMABLE = 103,
        DOWNLINK_BAD_FPORT = 104,
        DOWNLINK_NO_AS_ID = 105,
        DOWNLINK_NO_TIME = 106,
        DOWNLINK_BAD_AS_ID = 107,
        DOWNLINK_UNREADABLE_TOKEN = 108,
        DOWNLINK_MALFORMED_TIME = 109,
        DOWNLINK_BAD_TIME = 110,
        DOWNLINK_BAD_TOKEN = 111,
        DOWNLINK_BAD_VALIDITY = 112,
        DOWNLINK_BAD_PAYLOAD = 113,
        DOWNLINK_DISABLED = 114,
        DOWNLINK_NO_BASE_STATION = 115,
        DOWNLINK_PAYLOAD_TOO_LONG = 116,
        DOWNLINK_BAD_CORRELATION_ID = 117,
        DOWNLINK_NO_PAYLOAD = 118,
        DOWNLINK_NOT_ENCRYPTED = 119,
        DOWNLINK_TOO_MANY = 121,
} DownlinkCode;

typedef struct DownlinkAnswer {
        DownlinkCode code;
        unsigned v1_status;
        const char *v1_text; /* v2's where 7.1.5 has none */
        const char *v2_message;
        const char *cause; /* for people */
} DownlinkAnswer;

extern const DownlinkAnswer downlink_answers[];
extern const size_t downlink_n_answers;
/* NULL: no such code. */
const DownlinkAnswer *downlink_answer(DownlinkCode code);

/* Why a query is not good: the code, the parameter ("" the query as a whole) and what is wrong with
 * it. All constant texts. */
typedef struct DownlinkFault {
        DownlinkCode code; /* DOWNLINK_FINE: there is none */
        const char *parameter, *why;
        uint32_t expected; /* FCNT_USED, FCNT_TOO_FAR: the counter that would be right */
        bool too_long;     /* BAD_PAYLOAD: it has more than 5000 digits */
} DownlinkFault;

typedef enum DownlinkValidity {
        VALIDITY_NONE,
        VALIDITY_UNTIL, /* validity_usec is a moment */
        VALIDITY_FOR,   /* ... a span */
} DownlinkValidity;

typedef struct DownlinkQuery {
        char signed_text[DOWNLINK_QUERY_MAX]; /* decoded, without the Token */
        char as_id[DOWNLINK_AS_ID_MAX];
        char token[QUERY_TOKEN_MAX]; /* as it came; "" when it can't be one */
        usec_t time;
        char dev_eui[17]; /* upper-case */
        bool has_fport;
        unsigned fport; /* 1..224 */
        uint8_t payload[DOWNLINK_PAYLOAD_MAX];
        size_t n_payload;
        bool confirmed, flush;
        DownlinkValidity validity;
        usec_t validity_usec;
        char correlation_id[17]; /* as it came, "" none */
        bool has_fcnt_dn;        /* beyond 7.1.3, and some application servers send it */
        uint32_t fcnt_dn;
        DownlinkFault sender; /* of AS_ID, Time and Token: no more can be told to this peer */
        DownlinkFault frame;  /* of the rest: to be told once the Token is good */
} DownlinkQuery;

/* `raw` as it stood in the request, still encoded. Fills `ret` whatever comes; the first fault of
 * each part is kept, in the order of the parameters in 7.1.3. Time against the clock, AS_ID and
 * DevEUI against the configuration are the caller's. */
void downlink_parse(const char *raw, DownlinkQuery *ret);
/* The Token, in constant time: *ret is fine, UNREADABLE_TOKEN or BAD_TOKEN. Negative: no SHA-256.
 */
_must_use_ int downlink_verify(const DownlinkQuery *query, const char *key, DownlinkFault *ret);
