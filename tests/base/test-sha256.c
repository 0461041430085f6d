/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* SHA-256 against the examples of FIPS 180-2, and the comparison of tokens. */

#include "base/sha256.h"

#include "test.h"

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct iovec part(const char *string) {
        return (struct iovec) { (void *) (uintptr_t) string, strlen(string) };
}

TEST(known_digests) {
        const struct iovec parts[] = { part("a"), part(""), part("bc") };
        char hex[SHA256_HEX_MAX];

        CHECK_INT(sha256_hex(parts, 3, hex), 0);
        CHECK_STR(hex, ABC);
        CHECK_INT(sha256_hex(NULL, 0, hex), 0);
        CHECK_STR(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(tokens_are_compared_without_case) {
        char other[SHA256_HEX_MAX] = ABC;

        CHECK(sha256_hex_equal(ABC, ABC));
        other[1] = 'A';
        CHECK(sha256_hex_equal(ABC, other));
        other[63] = 'c';
        CHECK(!sha256_hex_equal(ABC, other));
        CHECK(!sha256_hex_equal(ABC, ""));
        CHECK(!sha256_hex_equal("", ""));
        CHECK(!sha256_hex_equal(ABC, ABC "0"));
}

TEST_MAIN()
