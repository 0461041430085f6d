/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever an application server sends as a downlink's query, and as a time; and any string in a
 * report.
 *
 * Looks for crashes, and for what must hold: a query that has no fault keeps its promises, each
 * fault has an answer, and spelling every byte as %XX changes nothing that was read. A token that
 * was computed here is the only one that is good. Reports are read with parsers that share nothing
 * with their writer. */

#include <assert.h>
#include <stdio.h>

#include "actility/downlink.h"
#include "actility/report.h"
#include "fotasim/as-xml.h"

#define KEY "000102030405060708090a0b0c0d0e0f"
#define INPUT_MAX 12000

static void check_fault(const DownlinkFault *fault) {
        if (fault->code == DOWNLINK_FINE)
                return;
        assert(downlink_answer(fault->code));
        assert(fault->parameter && fault->why && fault->why[0] != '\0');
}

static void check_promises(const DownlinkQuery *query) {
        usec_t again;
        char time[ISO_TEXT_MAX];

        check_fault(&query->sender);
        check_fault(&query->frame);
        assert(query->token[0] == '\0' || strlen(query->token) == QUERY_TOKEN_MAX - 1);
        if (query->sender.code != DOWNLINK_FINE)
                return;
        /* hours west of UTC the year still has four digits */
        assert(query->time < USEC_PER_DAY ||
               iso_parse(iso_format(time, query->time, -4 * 3600), &again) == 0);
        if (query->frame.code != DOWNLINK_FINE)
                return;
        assert(query->as_id[0] != '\0' && strlen(query->dev_eui) == 16);
        assert(query->n_payload > 0 || query->flush);
        assert(query->n_payload == 0 || (query->fport >= 1 && query->fport <= 224));
        assert(query->n_payload <= DOWNLINK_PAYLOAD_MAX);
        assert((query->validity == VALIDITY_NONE) == (query->validity_usec == 0) ||
               query->validity == VALIDITY_UNTIL);
}

/* The same query with every byte encoded. */
static void check_spelling(const char *raw, const DownlinkQuery *query) {
        static char decoded[DOWNLINK_QUERY_MAX], encoded[3 * DOWNLINK_QUERY_MAX];
        static DownlinkQuery again;
        Text text, to;

        text_init(&text, decoded, sizeof decoded);
        if (query_decode(raw, &text) < 0)
                return;
        text_init(&to, encoded, sizeof encoded);
        for (const char *p = decoded; *p != '\0'; p++)
                text_printf(&to, "%%%02x", (unsigned) (uint8_t) *p);
        downlink_parse(encoded, &again);
        assert(memcmp(query, &again, sizeof again) == 0);
}

static void check_token(const DownlinkQuery *query) {
        static DownlinkQuery again;
        char token[QUERY_TOKEN_MAX];
        DownlinkFault fault;
        int r;

        r = downlink_verify(query, KEY, &fault);
        assert(r == 0 && (fault.code == DOWNLINK_BAD_TOKEN || query->token[0] == '\0'));
        r = query_token("", query->signed_text, KEY, token);
        assert(r == 0);
        again = *query;
        (void) TEXT_COPY(again.token, token);
        r = downlink_verify(&again, KEY, &fault);
        assert(r == 0 && fault.code == DOWNLINK_FINE);
}

static void check_time(const char *input) {
        char time[ISO_TEXT_MAX];
        usec_t usec, again;
        int r;

        if (iso_parse(input, &usec) < 0)
                return;
        r = iso_parse(iso_format(time, usec, 0), &again);
        assert(r == 0 && again == usec - usec % USEC_PER_MSEC);
}

/* Returns the Lrrid of the report, to be freed; NULL: the report is not valid. */
static char *reread(const char *text, size_t n, Encoding encoding) {
        cJSON *document =
                encoding == ENCODING_XML ? as_xml_parse(text, n) : cJSON_ParseWithLength(text, n);
        const cJSON *root = cJSON_GetObjectItemCaseSensitive(document, "DevEUI_uplink");
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "Lrrid"));
        char *copy = id ? strdup(id) : NULL;

        cJSON_Delete(document);
        return copy;
}

static void check_report(const char *input) {
        static char data[REPORT_TEXT_MAX];
        const CustomerData customer = { .product = input };
        const Document document = {
                .kind = DOCUMENT_UPLINK,
                .dev_eui = "000000000F1D8693",
                .customer_data = &customer,
                .uplink = { .lrr_id = input, .late = true },
        };
        bool plain =
                input[strspn(input, " !#$%()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ")] ==
                '\0';
        Text text;

        if (input[0] == '\0')
                return;
        for (Encoding encoding = ENCODING_JSON; encoding <= ENCODING_XML; encoding++) {
                text_init(&text, data, sizeof data);
                if (document_write(&document, encoding, &text) < 0)
                        continue;
                _cleanup_free_ char *id = reread(data, text.length, encoding);
                assert(id && (!plain || streq(id, input)));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static DownlinkQuery query;
        static char input[INPUT_MAX + 1];

        size = MIN_OF(size, (size_t) INPUT_MAX);
        if (size > 0)
                memcpy(input, data, size);
        input[size] = '\0';
        downlink_parse(input, &query);
        check_promises(&query);
        check_spelling(input, &query);
        check_token(&query);
        check_time(input);
        check_report(input);
        return 0;
}
