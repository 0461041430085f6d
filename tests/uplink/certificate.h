/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Certificates for tests, made when they are needed: EC P-256, PEM files. */

#include "base/macro.h"

typedef struct CertificateRequest {
        const char *issuer;    /* path without suffix of the CA that signs; NULL: a CA of its own */
        const char *name;      /* "DNS:as.test" or "IP:127.0.0.1"; for a CA its common name */
        long from_sec, to_sec; /* validity, from now */
} CertificateRequest;

/* Writes PATH.pem and PATH.key. -EIO */
_must_use_ int certificate_make(const char *path, const CertificateRequest *request);
