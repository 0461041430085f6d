/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The query of each report, and what of its body is signed.
 *
 * Owns nothing. Verifiers rebuild the query from parsed values, in the order LrnDevEui, LrnFPort,
 * LrnInfos, AS_ID, Time, so the order is part of the format. A location report has its EUI in lower
 * case everywhere, the others have it in upper case. */

#include "actility/report.h"

#include "actility/element.h"
#include "actility/query.h"

/* CustomerID, DevEUI, FPort, FCntUp and payload_hex of one report */
#define SIGNED_MAX 1024

static void add_number(Text *text, const OptionalCount *count) {
        text_printf(text, "%u", count->set ? count->value : 0);
}

/* 6.5.2, without separator. An uplink without an FPort has "0" there, as the verifiers in use
 * expect it. */
static void add_signed(const Document *document, const char *dev_eui, Text *text) {
        text_add(text, document->customer_id ? document->customer_id : "");
        text_add(text, dev_eui);
        switch (document->kind) {
        case DOCUMENT_UPLINK:
                add_number(text, &document->uplink.fport);
                text_printf(text, "%u", document->uplink.fcnt_up);
                text_add_hex(text, document->uplink.payload.data, document->uplink.payload.n);
                break;
        case DOCUMENT_DOWNLINK_SENT:
                add_number(text, &document->downlink_sent.fport);
                add_number(text, &document->downlink_sent.fcnt_dn);
                break;
        case DOCUMENT_LOCATION:
        case DOCUMENT_NOTIFICATION:
        case _DOCUMENT_KIND_MAX:
                break;
        }
}

static bool is_complete(const Document *document) {
        const DownlinkSentDocument *sent = &document->downlink_sent;

        return document->dev_eui &&
               (document->kind != DOCUMENT_DOWNLINK_SENT || (sent->fport.set && sent->fcnt_dn.set));
}

static void add_fport(QueryBuilder *builder, const Document *document) {
        OptionalCount fport = {};
        char digits[16];
        Text text;

        if (document->kind == DOCUMENT_UPLINK)
                fport = document->uplink.fport;
        if (document->kind == DOCUMENT_DOWNLINK_SENT)
                fport = document->downlink_sent.fport;
        if (!fport.set)
                return;
        text_init(&text, digits, sizeof digits);
        add_number(&text, &fport);
        query_add(builder, "LrnFPort", digits);
}

int document_query(const Document *document, const ReportSignature *signature, Text *ret) {
        char signed_text[SIGNED_MAX], time[ISO_TEXT_MAX], lower[EUI_MAX];
        const char *dev_eui = document->dev_eui;
        QueryBuilder builder;
        Text text;

        if (!is_complete(document))
                return -EINVAL;
        if (document->kind == DOCUMENT_LOCATION)
                dev_eui = eui_lower_case(lower, dev_eui);
        text_init(&text, signed_text, sizeof signed_text);
        add_signed(document, dev_eui, &text);
        if (text.truncated)
                return -EMSGSIZE;
        query_begin(&builder);
        query_add(&builder, "LrnDevEui", dev_eui);
        add_fport(&builder, document);
        query_add(&builder, "LrnInfos", signature->profile);
        query_add(&builder, "AS_ID", signature->as_id);
        query_add(&builder, "Time", iso_format(time, signature->now, signature->utc_offset_sec));
        return query_sign(&builder, signed_text, signature->key, ret);
}
