/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How a report is written, addressed and signed. */

#include "actility/document.h"
#include "base/text.h"

#define REPORT_TEXT_MAX 8192

/* 6.6.1 */
typedef enum Encoding {
        ENCODING_JSON, /* numbers are numbers */
        ENCODING_JSON_UNTYPED,
        ENCODING_XML,
} Encoding;

/* "application/json", "application/xml" */
const char *encoding_content_type(Encoding encoding);

/* -EMSGSIZE when it does not fit. */
_must_use_ int document_write(const Document *document, Encoding encoding, Text *ret);

/* Who reports, to whom, and when this request is made: a resend takes a new time. */
typedef struct ReportSignature {
        const char *profile, *as_id;
        const char *key; /* hashed as it is given */
        usec_t now;
        int utc_offset_sec;
} ReportSignature;

/* The query of a report (6.x.2) with its Token (6.5.2), ready to be appended after '?'. -EINVAL: a
 * field that is signed is missing; -EMSGSIZE: it does not fit. */
_must_use_ int document_query(const Document *document, const ReportSignature *signature,
                              Text *ret);
