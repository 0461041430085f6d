/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The body of an uplink report: typed JSON, in the order in which network servers write it.
 *
 * Owns nothing. Numbers are JSON numbers, floats have six decimals, ids in hexadecimal are strings.
 * CustomerID and ModelCfg are strings in every dialect, and Lrrs.Lrr is an array even for one
 * gateway: application servers lose the field otherwise. What has no cellular meaning (spreading
 * factor, channel, MIC, DevAddr, ...) is left out. payload_hex is always there: some servers stop
 * without it. */

#include "actility/tunnel.h"

#define RSSI_FRACTION_DIGITS 6

static void field_hex(Json *json, const char *key, const uint8_t *bytes, size_t n) {
        json_key(json, key);
        json_raw(json, "\"");
        text_add_hex(json->text, bytes, n);
        text_add_char(json->text, '"');
}

static void field_if_set(Json *json, const char *key, const char *value) {
        if (value && value[0] != '\0')
                json_field_string(json, key, value);
}

static void field_rssi(Json *json, const UplinkDocument *document) {
        if (!document->has_rssi)
                return;
        json_key(json, "LrrRSSI");
        json_fixed(json, document->rssi_dbm, RSSI_FRACTION_DIGITS);
}

static void field_lrrs(Json *json, const UplinkDocument *document) {
        json_key(json, "Lrrs");
        json_object_begin(json);
        json_key(json, "Lrr");
        json_array_begin(json);
        json_object_begin(json);
        field_if_set(json, "Lrrid", document->lrr_id);
        json_field_number(json, "Chain", 0);
        field_rssi(json, document);
        json_object_end(json);
        json_array_end(json);
        json_object_end(json);
}

static void uplink_fields(Json *json, const UplinkDocument *document) {
        char time[ISO_TEXT_MAX];

        json_field_string(json, "Time", iso_format(time, document->time, document->utc_offset_sec));
        json_field_string(json, "DevEUI", document->dev_eui);
        if (document->has_fport)
                json_field_number(json, "FPort", document->fport);
        json_field_number(json, "FCntUp", document->fcnt_up);
        field_hex(json, "payload_hex", document->payload, document->n_payload);
        field_if_set(json, "Lrcid", document->lrc_id);
        field_rssi(json, document);
        json_field_number(json, "DevLrrCnt", 1);
        field_if_set(json, "Lrrid", document->lrr_id);
        json_field_number(json, "Late", document->late ? 1 : 0);
        field_lrrs(json, document);
        field_if_set(json, "CustomerID", document->customer_id);
        json_field_string(json, "ModelCfg", "0");
}

int uplink_document_json(const UplinkDocument *document, Text *ret) {
        Json json;

        json_init(&json, ret);
        json_object_begin(&json);
        json_key(&json, "DevEUI_uplink");
        json_object_begin(&json);
        uplink_fields(&json, document);
        json_object_end(&json);
        json_object_end(&json);
        return ret->truncated ? -EMSGSIZE : 0;
}
