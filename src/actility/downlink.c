/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads the query of a downlink frame.
 *
 * Owns nothing. A table names the parameters; each is read on its own, then what they ask of each
 * other is checked. Whoever has no good Token learns of AS_ID, Time and Token alone, so faults of
 * the frame are kept apart. Values that 7.1.6 has no code for get the nearest one. A parameter that
 * comes twice is a fault: two readers would take two different ones. Unknown parameters are signed
 * and otherwise ignored. */

#include "actility/downlink.h"

#include "base/sha256.h"

#define TIME_MAX 64
#define FPORT_MAX 224
#define CORRELATION_ID_DIGITS 16
#define DEV_EUI_DIGITS 16
#define TOKEN_DIGITS (QUERY_TOKEN_MAX - 1)

static const char payload_too_long[] = "has more than 5000 digits";

typedef struct Parameter {
        const char *name;
        DownlinkCode code; /* when its value is bad */
        /* Returns what is wrong, NULL: nothing. */
        const char *(*read)(DownlinkQuery *query, const char *value, size_t n);
} Parameter;

static void fault_note(DownlinkFault *fault, DownlinkCode code, const char *parameter,
                       const char *why) {
        if (fault->code == DOWNLINK_FINE)
                *fault = (DownlinkFault) { .code = code, .parameter = parameter, .why = why };
}

/* values */

static bool is_hex(const char *value, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (hex_digit(value[i]) < 0)
                        return false;
        return true;
}

/* `to` holds n + 1. */
static void copy(char *to, const char *value, size_t n) {
        memcpy(to, value, n);
        to[n] = '\0';
}

/* Decimal digits and nothing else, up to UINT32_MAX. */
static bool number_read(const char *value, size_t n, uint32_t *ret) {
        uint64_t number = 0;

        if (n == 0 || n > 10)
                return false;
        for (size_t i = 0; i < n; i++) {
                if (value[i] < '0' || value[i] > '9')
                        return false;
                number = number * 10 + (uint64_t) (value[i] - '0');
        }
        if (number > UINT32_MAX)
                return false;
        *ret = (uint32_t) number;
        return true;
}

static bool time_read(const char *value, size_t n, usec_t *ret) {
        char text[TIME_MAX];

        if (n >= sizeof text)
                return false;
        copy(text, value, n);
        return iso_parse(text, ret) == 0;
}

static const char *flag_read(const char *value, size_t n, bool *ret) {
        if (n != 1 || (value[0] != '0' && value[0] != '1'))
                return "is neither 0 nor 1";
        *ret = value[0] == '1';
        return NULL;
}

/* parameters */

static const char *read_as_id(DownlinkQuery *query, const char *value, size_t n) {
        if (n >= sizeof query->as_id)
                return "is longer than 63 bytes";
        copy(query->as_id, value, n);
        return NULL;
}

static const char *read_time(DownlinkQuery *query, const char *value, size_t n) {
        return time_read(value, n, &query->time) ? NULL : "is not YYYY-MM-DDThh:mm:ss.s+hh:mm";
}

static const char *read_dev_eui(DownlinkQuery *query, const char *value, size_t n) {
        if (n != DEV_EUI_DIGITS || !is_hex(value, n))
                return "is not 16 hexadecimal digits";
        copy(query->dev_eui, value, n);
        for (char *c = query->dev_eui; *c != '\0'; c++)
                if (*c >= 'a')
                        *c = (char) (*c - 'a' + 'A');
        return NULL;
}

static const char *read_fport(DownlinkQuery *query, const char *value, size_t n) {
        uint32_t fport;

        if (!number_read(value, n, &fport) || fport < 1 || fport > FPORT_MAX)
                return "is not a number from 1 to 224";
        query->has_fport = true;
        query->fport = fport;
        return NULL;
}

static const char *read_payload(DownlinkQuery *query, const char *value, size_t n) {
        if (!is_hex(value, n))
                return "is not hexadecimal";
        if (n % 2 != 0)
                return "has an odd number of digits";
        if (n / 2 > sizeof query->payload)
                return payload_too_long;
        for (size_t i = 0; i < n / 2; i++)
                query->payload[i] =
                        (uint8_t) (hex_digit(value[2 * i]) * 16 + hex_digit(value[2 * i + 1]));
        query->n_payload = n / 2;
        return NULL;
}

static const char *read_confirmed(DownlinkQuery *query, const char *value, size_t n) {
        return flag_read(value, n, &query->confirmed);
}

static const char *read_flush(DownlinkQuery *query, const char *value, size_t n) {
        return flag_read(value, n, &query->flush);
}

static const char *read_validity(DownlinkQuery *query, const char *value, size_t n) {
        uint32_t seconds;

        if (number_read(value, n, &seconds)) {
                if (seconds == 0)
                        return "is over at once";
                query->validity = VALIDITY_FOR;
                query->validity_usec = seconds * USEC_PER_SEC;
                return NULL;
        }
        if (!time_read(value, n, &query->validity_usec))
                return "is neither a time nor a number of seconds";
        query->validity = VALIDITY_UNTIL;
        return NULL;
}

static const char *read_correlation_id(DownlinkQuery *query, const char *value, size_t n) {
        if (n != CORRELATION_ID_DIGITS || !is_hex(value, n))
                return "is not 16 hexadecimal digits";
        copy(query->correlation_id, value, n);
        return NULL;
}

static const char *read_fcnt_dn(DownlinkQuery *query, const char *value, size_t n) {
        if (!number_read(value, n, &query->fcnt_dn))
                return "is not a number from 0 to 4294967295";
        query->has_fcnt_dn = true;
        return NULL;
}

/* clang-format off */
enum { AS_ID, TIME, FRAME };
static const Parameter parameters[] = {
        [AS_ID] = { "AS_ID",      DOWNLINK_BAD_AS_ID,       read_as_id },
        [TIME]  = { "Time",       DOWNLINK_MALFORMED_TIME,  read_time },
        [FRAME] = { "DevEUI",     DOWNLINK_BAD_DEV_EUI,     read_dev_eui },
        { "FPort",                DOWNLINK_BAD_FPORT,       read_fport },
        { "Payload",              DOWNLINK_BAD_PAYLOAD,     read_payload },
        { "Confirmed",            DOWNLINK_NOT_CONFIRMABLE, read_confirmed },
        { "FlushDownlinkQueue",   DOWNLINK_NO_PAYLOAD,      read_flush },
        { "ValidityTime",         DOWNLINK_BAD_VALIDITY,    read_validity },
        { "CorrelationID",        DOWNLINK_BAD_CORRELATION_ID, read_correlation_id },
        { "FCntDn",               DOWNLINK_FCNT_TOO_FAR,    read_fcnt_dn },
};
/* clang-format on */

/* What the query has of each. */
typedef struct Found {
        unsigned n;
        QueryParameter parameter;
} Found;

static void parameters_find(const char *signed_text, Found found[static ELEMENTSOF(parameters)]) {
        QueryParameter parameter;

        while (query_next(&signed_text, &parameter))
                for (size_t i = 0; i < ELEMENTSOF(parameters); i++)
                        if (query_is(&parameter, parameters[i].name)) {
                                found[i].n++;
                                found[i].parameter = parameter;
                        }
}

static void parameter_take(DownlinkQuery *query, const Found *found, const Parameter *parameter,
                           DownlinkFault *fault) {
        const char *why = NULL;

        if (found->n == 1)
                why = parameter->read(query, found->parameter.value, found->parameter.value_length);
        else if (found->n > 1)
                why = "comes more than once";
        if (why)
                fault_note(fault, parameter->code, parameter->name, why);
        fault->too_long = fault->why == payload_too_long;
}

/* the whole */

/* Divides the decoded query into what is signed and the Token; returns how many Tokens there are.
 */
static unsigned token_cut(DownlinkQuery *query, const char *decoded) {
        unsigned n_tokens = 0;
        const char *part, *separator = "";
        Text text;

        text_init(&text, query->signed_text, sizeof query->signed_text);
        for (part = decoded;; part++) {
                size_t n = strcspn(part, "&");

                if (n >= 6 && strncmp(part, "Token=", 6) == 0) {
                        n_tokens++;
                        if (n - 6 == TOKEN_DIGITS && is_hex(part + 6, TOKEN_DIGITS))
                                copy(query->token, part + 6, TOKEN_DIGITS);
                } else {
                        text_add(&text, separator);
                        text_add_bytes(&text, part, n);
                        separator = "&";
                }
                part += n;
                if (*part == '\0')
                        return n_tokens;
        }
}

static void sender_check(DownlinkQuery *query, const Found *found, unsigned n_tokens) {
        DownlinkFault *fault = &query->sender;

        if (found[AS_ID].n == 0 || found[AS_ID].parameter.value_length == 0)
                fault_note(fault, DOWNLINK_NO_AS_ID, "AS_ID", "is missing");
        if (found[TIME].n == 0)
                fault_note(fault, DOWNLINK_NO_TIME, "Time", "is missing");
        if (n_tokens == 0)
                fault_note(fault, DOWNLINK_NO_TIME, "Token", "is missing");
        parameter_take(query, &found[TIME], &parameters[TIME], fault);
        if (n_tokens > 1)
                fault_note(fault, DOWNLINK_UNREADABLE_TOKEN, "Token", "comes more than once");
}

static void frame_check(DownlinkQuery *query, const Found *found) {
        DownlinkFault *fault = &query->frame;

        parameter_take(query, &found[AS_ID], &parameters[AS_ID], fault);
        if (found[FRAME].n == 0)
                fault_note(fault, DOWNLINK_BAD_DEV_EUI, "DevEUI", "is missing");
        for (size_t i = FRAME; i < ELEMENTSOF(parameters); i++)
                parameter_take(query, &found[i], &parameters[i], fault);
        if (query->n_payload == 0 && !query->flush)
                fault_note(fault, DOWNLINK_NO_PAYLOAD, "Payload",
                           "is missing, and FlushDownlinkQueue is not 1");
        if (query->n_payload > 0 && !query->has_fport)
                fault_note(fault, DOWNLINK_BAD_FPORT, "FPort", "is missing");
}

void downlink_parse(const char *raw, DownlinkQuery *ret) {
        Found found[ELEMENTSOF(parameters)] = {};
        char decoded[DOWNLINK_QUERY_MAX];
        unsigned n_tokens;
        Text text;
        int r;

        *ret = (DownlinkQuery) {};
        text_init(&text, decoded, sizeof decoded);
        r = query_decode(raw, &text);
        if (r < 0) {
                fault_note(&ret->sender, DOWNLINK_UNREADABLE_TOKEN, "",
                           r == -EMSGSIZE ? "longer than 8191 bytes" :
                                            "a % without two hexadecimal digits, or a control "
                                            "character");
                return;
        }
        n_tokens = token_cut(ret, decoded);
        parameters_find(ret->signed_text, found);
        sender_check(ret, found, n_tokens);
        frame_check(ret, found);
}

int downlink_verify(const DownlinkQuery *query, const char *key, DownlinkFault *ret) {
        char token[QUERY_TOKEN_MAX];
        int r;

        *ret = (DownlinkFault) {};
        if (query->token[0] == '\0') {
                fault_note(ret, DOWNLINK_UNREADABLE_TOKEN, "Token", "is not 64 hexadecimal digits");
                return 0;
        }
        r = query_token("", query->signed_text, key, token);
        if (r < 0)
                return r;
        if (!sha256_hex_equal(token, query->token))
                fault_note(ret, DOWNLINK_BAD_TOKEN, "Token", "does not fit query and key");
        return 0;
}
