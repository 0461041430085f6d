/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writes answers. Clients of v1 compare the whole body, clients of v2 read its code. */

#include "downlink/reply.h"

#include <stdio.h>

#include "base/json.h"

#define V1_QUEUED "Request queued by LRC"
#define PAYLOAD_DIGITS_MAX (2 * DOWNLINK_PAYLOAD_MAX)
/* 116 names a data rate and what fits into it. There is no radio here: 222 bytes is what DR 5 of
 * EU868 carries, and what a report of fotad keeps to as well. */
#define FRAME_BYTES_MAX 222
#define FRAME_DATA_RATE 5

static void v1(unsigned status, const char *text, Reply *ret) {
        *ret = (Reply) { .status = status, .type = "text/html" };
        (void) snprintf(ret->body, sizeof ret->body, "<html><body>%s</body></html>", text);
}

/* "additional info" of 7.1.6 */
static void info_add(Json *json, const DownlinkFault *fault) {
        if (fault->code == DOWNLINK_FCNT_USED || fault->code == DOWNLINK_FCNT_TOO_FAR)
                json_field_number(json, "expected", fault->expected);
        if (fault->code == DOWNLINK_BAD_PAYLOAD && fault->too_long)
                json_field_number(json, "maxSize", PAYLOAD_DIGITS_MAX);
        if (fault->code == DOWNLINK_PAYLOAD_TOO_LONG) {
                json_field_number(json, "rx2DR", FRAME_DATA_RATE);
                json_field_number(json, "maxSize", FRAME_BYTES_MAX);
        }
}

static void v2(const DownlinkFault *fault, const DownlinkAnswer *answer, Reply *ret) {
        Json json;
        Text text;

        *ret = (Reply) { .status = 409, .type = "application/json" };
        text_init(&text, ret->body, sizeof ret->body);
        json_init(&json, &text);
        json_object_begin(&json);
        json_field_number(&json, "code", answer->code);
        json_field_string(&json, "message", answer->v2_message);
        info_add(&json, fault);
        json_object_end(&json);
}

void reply_to_frame(RequestApi api, const DownlinkFault *fault, Reply *ret) {
        const DownlinkAnswer *answer = downlink_answer(fault->code);

        if (fault->code == DOWNLINK_FINE && api == REQUEST_V1)
                v1(200, V1_QUEUED, ret);
        else if (fault->code == DOWNLINK_FINE)
                *ret = (Reply) { .status = 202 };
        else if (!answer) /* a fault without a row of the table is ours */
                *ret = (Reply) { .status = 500 };
        else if (api == REQUEST_V1)
                v1(answer->v1_status, answer->v1_text, ret);
        else
                v2(fault, answer, ret);
}

static const char *text_of(unsigned status) {
        switch (status) {
        case 404:
                return "There is nothing here.\n";
        case 405:
                return "Downlink frames are POSTed.\n";
        case 413:
                return "A downlink frame has no body: its parameters stand in the query.\n";
        case 414:
                return "The request target is too long.\n";
        default:
                return "It is not clear where this request ends.\n";
        }
}

void reply_to_other(unsigned status, Reply *ret) {
        *ret = (Reply) {
                .status = status,
                .type = "text/plain",
                .close = status == 400 || status == 413 || status == 414,
        };
        (void) TEXT_COPY(ret->body, text_of(status));
}
