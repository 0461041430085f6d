/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Certificates for tests.
 *
 * Owns nothing but the files that it writes. They are made anew by each test, so that none of them
 * ever expires in the repository, and so that one can be expired on purpose. */

#include "uplink/certificate.h"

#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

static FILE *file_open(const char *path, const char *suffix, const char *mode) {
        char name[PATH_MAX];

        (void) snprintf(name, sizeof name, "%s%s", path, suffix);
        return fopen(name, mode);
}

static EVP_PKEY *key_read(const char *path) {
        FILE *f = file_open(path, ".key", "r");
        EVP_PKEY *key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;

        if (f)
                (void) fclose(f);
        return key;
}

static X509 *certificate_read(const char *path) {
        FILE *f = file_open(path, ".pem", "r");
        X509 *certificate = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;

        if (f)
                (void) fclose(f);
        return certificate;
}

static bool extension_add(X509 *certificate, X509 *issuer, int nid, const char *value) {
        X509_EXTENSION *extension;
        X509V3_CTX context;
        bool ok;

        X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
        extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
        ok = extension && X509_add_ext(certificate, extension, -1) == 1;
        X509_EXTENSION_free(extension);
        return ok;
}

static bool certificate_fill(X509 *certificate, X509 *issuer, EVP_PKEY *key,
                             const CertificateRequest *request) {
        static long serial = 1;
        X509_NAME *name = X509_get_subject_name(certificate);
        const unsigned char *text = (const unsigned char *) request->name;
        bool is_ca = !request->issuer;

        return X509_set_version(certificate, X509_VERSION_3) == 1 &&
               ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++ * 65536 + getpid()) ==
                       1 &&
               X509_gmtime_adj(X509_getm_notBefore(certificate), request->from_sec) &&
               X509_gmtime_adj(X509_getm_notAfter(certificate), request->to_sec) &&
               X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1 &&
               X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
               X509_set_pubkey(certificate, key) == 1 &&
               extension_add(certificate, issuer, NID_basic_constraints,
                             is_ca ? "critical,CA:TRUE" : "CA:FALSE") &&
               (is_ca || extension_add(certificate, issuer, NID_subject_alt_name, request->name));
}

static bool pair_write(const char *path, X509 *certificate, EVP_PKEY *key) {
        FILE *f = file_open(path, ".pem", "w"), *g = file_open(path, ".key", "w");
        bool ok = f && g && PEM_write_X509(f, certificate) == 1 &&
                  PEM_write_PrivateKey(g, key, NULL, NULL, 0, NULL, NULL) == 1;

        if (f)
                ok = fclose(f) == 0 && ok;
        if (g)
                ok = fclose(g) == 0 && ok;
        return ok;
}

int certificate_make(const char *path, const CertificateRequest *request) {
        EVP_PKEY *key = EVP_EC_gen("P-256");
        EVP_PKEY *issuer_key = request->issuer ? key_read(request->issuer) : key;
        X509 *certificate = X509_new();
        X509 *issuer = request->issuer ? certificate_read(request->issuer) : certificate;
        bool ok = key && issuer_key && certificate && issuer &&
                  certificate_fill(certificate, issuer, key, request) &&
                  X509_sign(certificate, issuer_key, EVP_sha256()) > 0 &&
                  pair_write(path, certificate, key);

        if (issuer != certificate)
                X509_free(issuer);
        X509_free(certificate);
        if (issuer_key != key)
                EVP_PKEY_free(issuer_key);
        EVP_PKEY_free(key);
        return ok ? 0 : -EIO;
}
