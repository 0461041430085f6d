/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads certificate and key, and looks whether they belong together: the server's library only says
 * that it failed. */

#include "downlink/credentials.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/stat.h>

#define PEM_MAX (64 * 1024)

static void wipe(char *text) {
        if (text)
                explicit_bzero(text, strlen(text));
        free(text);
}

static ssize_t read_whole(int fd, char *to, size_t size) {
        size_t n = 0;

        while (n < size) {
                const ssize_t got = read(fd, to + n, size - n);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        break;
                n += (size_t) got;
        }
        return (ssize_t) n;
}

static int pem_read(const char *path, char **ret) {
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        _cleanup_free_ char *text = NULL;
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        text = calloc(1, PEM_MAX + 1);
        if (!text)
                return -ENOMEM;
        const ssize_t n = read_whole(fd, text, PEM_MAX + 1);
        if (n < 0 || n > PEM_MAX || strlen(text) != (size_t) n) {
                explicit_bzero(text, PEM_MAX + 1);
                return n < 0 ? (int) n : n > PEM_MAX ? -EFBIG : -EBADMSG;
        }
        *ret = TAKE_PTR(text);
        return 0;
}

static int file_load(const char *path, char **ret, char *why, size_t size) {
        const int r = path[0] ? pem_read(path, ret) : 0;

        if (r < 0)
                (void) snprintf(why, size, "%s can not be read: %s", path,
                                r == -EFBIG   ? "it has more than 64 KiB" :
                                r == -EBADMSG ? "it is not a PEM file" :
                                                strerror(-r));
        return r;
}

/* Nobody is there to be asked for a passphrase. */
static int on_passphrase(char *to _unused_, int size _unused_, int writing _unused_,
                         void *userdata _unused_) {
        return -1;
}

static const char *complaint_about(X509 *certificate, EVP_PKEY *key) {
        if (!certificate)
                return "holds no certificate (PEM)";
        if (!key)
                return "holds no private key (PEM) without a passphrase";
        return X509_check_private_key(certificate, key) == 1 ? NULL :
                                                               "is not the key of the certificate";
}

/* NULL, or what is wrong; *ret_in_key: with the key. */
static const char *pair_complaint(const Credentials *credentials, bool *ret_in_key) {
        BIO *certificate_bio = BIO_new_mem_buf(credentials->certificate, -1);
        BIO *key_bio = BIO_new_mem_buf(credentials->private_key, -1);
        X509 *certificate = PEM_read_bio_X509(certificate_bio, NULL, on_passphrase, NULL);
        EVP_PKEY *key = PEM_read_bio_PrivateKey(key_bio, NULL, on_passphrase, NULL);
        const char *complaint = complaint_about(certificate, key);

        *ret_in_key = certificate != NULL;
        EVP_PKEY_free(key);
        X509_free(certificate);
        (void) BIO_free(key_bio);
        (void) BIO_free(certificate_bio);
        ERR_clear_error();
        return complaint;
}

int credentials_load(const char *certificate_file, const char *private_key_file, Credentials *ret,
                     char *why, size_t size) {
        Credentials credentials = {};
        int r = file_load(certificate_file, &credentials.certificate, why, size);

        if (r >= 0)
                r = file_load(private_key_file, &credentials.private_key, why, size);
        if (r >= 0 && credentials.certificate && credentials.private_key) {
                bool in_key;
                const char *complaint = pair_complaint(&credentials, &in_key);

                if (complaint) {
                        (void) snprintf(why, size, "%s %s",
                                        in_key ? private_key_file : certificate_file, complaint);
                        r = -EKEYREJECTED;
                }
        }
        if (r < 0) {
                credentials_done(&credentials);
                return r;
        }
        *ret = credentials;
        return 0;
}

static bool same(const char *a, const char *b) {
        return a && b ? streq(a, b) : a == b;
}

bool credentials_same(const Credentials *a, const Credentials *b) {
        return same(a->certificate, b->certificate) && same(a->private_key, b->private_key);
}

void credentials_done(Credentials *credentials) {
        wipe(credentials->certificate);
        wipe(credentials->private_key);
        *credentials = (Credentials) {};
}
