/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* SHA-256 of several buffers in one go, as the tokens and the package checks need it.
 *
 * Owns nothing. The comparison takes the same time wherever the first difference is: the other side
 * is a server on the network that may try tokens. */

#include "base/sha256.h"

#include <openssl/evp.h>

#include "base/text.h"

static void evp_md_ctx_freep(EVP_MD_CTX **context) {
        EVP_MD_CTX_free(*context);
}

int sha256_hex(const struct iovec *parts, size_t n_parts, char ret[static SHA256_HEX_MAX]) {
        _cleanup_(evp_md_ctx_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
        uint8_t digest[EVP_MAX_MD_SIZE];
        unsigned length = 0;
        Text text;

        if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
                return -EIO;
        for (size_t i = 0; i < n_parts; i++)
                if (EVP_DigestUpdate(context, parts[i].iov_base, parts[i].iov_len) != 1)
                        return -EIO;
        if (EVP_DigestFinal_ex(context, digest, &length) != 1 || length != SHA256_BYTES)
                return -EIO;
        text_init(&text, ret, SHA256_HEX_MAX);
        text_add_hex(&text, digest, length);
        return 0;
}

bool sha256_hex_equal(const char *a, const char *b) {
        volatile unsigned different = 0;

        if (strlen(a) != SHA256_HEX_MAX - 1 || strlen(b) != SHA256_HEX_MAX - 1)
                return false;
        /* bit 5 is all that tells 'A' from 'a', and it is set in every decimal digit */
        for (size_t i = 0; i < SHA256_HEX_MAX - 1; i++)
                different |=
                        ((unsigned) (uint8_t) a[i] | 0x20) ^ ((unsigned) (uint8_t) b[i] | 0x20);
        return different == 0;
}
