/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The endpoint with TLS, and a client that is OpenSSL: what the library has inside is GnuTLS. */

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

#include "downlink/server-bench.h"
#include "test.h"
#include "uplink/certificate.h"

#define ASK "POST " V2 "?a=%2B+ HTTP/1.1\r\nHost: gw\r\n\r\n"
#define DAY (24L * 3600)

static const char *folder(void) {
        static char path[256];

        if (path[0] == '\0') {
                (void) snprintf(path, sizeof path, "%s/fotad-tls.XXXXXX",
                                getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
                if (!mkdtemp(path))
                        path[0] = '\0';
        }
        return path;
}

__attribute__((destructor)) static void folder_remove(void) {
        static const char *const names[] = { "a.pem", "a.key", "b.pem", "b.key",
                                             "c.pem", "c.key", "junk" };
        char path[512];

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                (void) snprintf(path, sizeof path, "%s/%s", folder(), names[i]);
                (void) unlink(path);
        }
        (void) rmdir(folder());
}

static void file_name(char to[static 512], const char *name, const char *suffix) {
        (void) snprintf(to, 512, "%s/%s%s", folder(), name, suffix);
}

/* The certificate of one pair with the key of another; each is made when it is first asked for. */
static int load(const char *certificate, const char *key, Credentials *ret, char why[static 1024]) {
        const CertificateRequest request = { .name = "gw.test", .from_sec = -DAY, .to_sec = DAY };
        static const char *const pairs[] = { "a", "b" };
        char file[512], key_file[512];

        for (size_t i = 0; i < ELEMENTSOF(pairs); i++) {
                file_name(file, pairs[i], ".pem");
                const bool there = access(file, F_OK) == 0;

                file_name(file, pairs[i], "");
                if (!there && certificate_make(file, &request) < 0)
                        return -EIO;
        }
        file_name(file, certificate, ".pem");
        file_name(key_file, key, ".key");
        return credentials_load(file, key_file, ret, why, 1024);
}

static void credentials_of(const char *pair, Credentials *ret) {
        char why[1024];

        CHECK_INT(load(pair, pair, ret, why), 0);
}

/* a client */

typedef struct TlsClient {
        SSL_CTX *context;
        SSL *ssl;
        int fd;
} TlsClient;

/* Repeats an operation until it is done; its result. */
static int tls_wait(Bench *bench, SSL *ssl, int (*operate)(SSL *ssl, void *buffer, int n),
                    void *buffer, int n) {
        const usec_t end = clock_now().boottime + BENCH_PATIENCE;
        int r = -1;

        while (clock_now().boottime < end) {
                ERR_clear_error();
                r = operate(ssl, buffer, n);
                const int error = SSL_get_error(ssl, r);
                if (r > 0 || (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE))
                        return r;
                (void) bench_turn(bench, USEC_PER_MSEC);
        }
        return r;
}

static int operate_connect(SSL *ssl, void *buffer _unused_, int n _unused_) {
        return SSL_connect(ssl);
}
static int operate_write(SSL *ssl, void *buffer, int n) {
        return SSL_write(ssl, buffer, n);
}
static int operate_read(SSL *ssl, void *buffer, int n) {
        return SSL_read(ssl, buffer, n);
}

static bool tls_begin(const Bench *bench, TlsClient *client, int version) {
        client->fd = client_connect(bench);
        client->context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_security_level(client->context, 0);
        if (fcntl(client->fd, F_SETFL, O_RDWR | O_NONBLOCK) < 0 ||
            SSL_CTX_set_min_proto_version(client->context, version) != 1 ||
            SSL_CTX_set_max_proto_version(client->context, version) != 1)
                return false;
        client->ssl = SSL_new(client->context);
        return SSL_set_fd(client->ssl, client->fd) == 1;
}

static bool tls_connect(Bench *bench, TlsClient *client, int version) {
        return tls_begin(bench, client, version) &&
               tls_wait(bench, client->ssl, operate_connect, NULL, 0) == 1;
}

static void tls_close(TlsClient *client) {
        SSL_free(client->ssl);
        SSL_CTX_free(client->context);
        (void) fd_close(client->fd);
}

static const char *tls_ask(Bench *bench, const TlsClient *client) {
        int n = tls_wait(bench, client->ssl, operate_write, (void *) (uintptr_t) ASK,
                         sizeof ASK - 1);

        bench->said[0] = '\0';
        if (n > 0)
                n = tls_wait(bench, client->ssl, operate_read, bench->said,
                             (int) sizeof bench->said - 1);
        if (n > 0)
                bench->said[n] = '\0';
        return bench->said;
}

/* which of our certificates the server showed */
static bool shows(const TlsClient *client, const Credentials *credentials) {
        BIO *memory = BIO_new_mem_buf(credentials->certificate, -1);
        X509 *expected = PEM_read_bio_X509(memory, NULL, NULL, NULL);
        X509 *got = SSL_get1_peer_certificate(client->ssl);
        const bool same = expected && got && X509_cmp(expected, got) == 0;

        X509_free(got);
        X509_free(expected);
        (void) BIO_free(memory);
        return same;
}

static void check_version(Bench *bench, int version, bool good) {
        TlsClient client = {};

        CHECK_INT(tls_connect(bench, &client, version), good);
        if (good)
                CHECK(text_starts_with(tls_ask(bench, &client), "HTTP/1.1 202 "));
        tls_close(&client);
}

TEST(tls_is_1_2_at_least) {
        Credentials a = {};
        Bench bench;

        credentials_of("a", &a);
        bench_start(&bench, &a, NULL);
        check_version(&bench, TLS1_3_VERSION, true);
        check_version(&bench, TLS1_2_VERSION, true);
        CHECK_STR(bench.query, "a=%2B+");
        check_version(&bench, TLS1_1_VERSION, false);
        check_version(&bench, TLS1_VERSION, false);
        CHECK_INT(bench.n_queries, 2);
        credentials_done(&a);
        bench_stop(&bench);
}

TEST(tls_connection_is_kept) {
        TlsClient client = {};
        Credentials a = {};
        Bench bench;

        credentials_of("a", &a);
        bench_start(&bench, &a, NULL);
        CHECK(tls_connect(&bench, &client, TLS1_3_VERSION));
        for (unsigned i = 0; i < 50; i++)
                CHECK(text_starts_with(tls_ask(&bench, &client), "HTTP/1.1 202 "));
        CHECK_INT(downlink_server_n_peers(bench.server), 1);
        tls_close(&client);
        credentials_done(&a);
        bench_stop(&bench);
}

/* Plain HTTP where TLS is expected, a hello that does not end, and no hello at all. */
TEST(tls_handshakes_have_a_deadline) {
        static const char *const texts[] = { "", "\x16\x03\x01\x02\x00\x01", ASK };
        const PeerTimes times = { .head = 300 * USEC_PER_MSEC,
                                  .request = 500 * USEC_PER_MSEC,
                                  .idle = 300 * USEC_PER_MSEC,
                                  .trusted_idle = 600 * USEC_PER_SEC };
        Credentials a = {};
        Bench bench;

        credentials_of("a", &a);
        bench_start(&bench, &a, &times);
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                _cleanup_close_ int fd = client_connect(&bench);

                client_send(fd, texts[i]);
                CHECK(client_wait_for_close(&bench, fd) < BENCH_PATIENCE / 2);
        }
        CHECK_INT(bench.n_queries, 0);
        CHECK_INT(downlink_server_n_peers(bench.server), 0);
        credentials_done(&a);
        bench_stop(&bench);
}

/* The hello is there, and then the client takes its time, while others come and say nothing, and
 * none of them is from elsewhere. */
TEST(tls_handshake_is_not_pushed_out_by_who_says_nothing) {
        int silent[2 * PEERS_MAX]; /* no more than wait to be accepted */
        TlsClient client = {};
        Credentials a = {};
        Bench bench;

        credentials_of("a", &a);
        bench_start(&bench, &a, NULL);
        CHECK(tls_begin(&bench, &client, TLS1_3_VERSION));
        CHECK_INT(SSL_connect(client.ssl), -1); /* waits for the answer */
        for (size_t i = 0; i < ELEMENTSOF(silent); i++)
                silent[i] = client_connect(&bench);
        CHECK(client_wait_for_close(&bench, silent[PEERS_MAX]) < bench.times.head / 2);
        CHECK_INT(tls_wait(&bench, client.ssl, operate_connect, NULL, 0), 1);
        CHECK(text_starts_with(tls_ask(&bench, &client), "HTTP/1.1 202 "));
        tls_close(&client);
        for (size_t i = 0; i < ELEMENTSOF(silent); i++)
                (void) fd_close(silent[i]);
        credentials_done(&a);
        bench_stop(&bench);
}

/* New connections see the new certificate, a kept one has its next answer over the old one. */
TEST(tls_certificate_changes_without_a_gap) {
        TlsClient before = {}, after = {};
        Credentials a = {}, b = {};
        DownlinkServer *old;
        Bench bench;
        char why[256];

        credentials_of("a", &a);
        credentials_of("b", &b);
        CHECK(credentials_same(&a, &a) && !credentials_same(&a, &b));
        bench_start(&bench, &a, NULL);
        CHECK(tls_connect(&bench, &before, TLS1_3_VERSION));
        CHECK(shows(&before, &a));
        CHECK(text_starts_with(tls_ask(&bench, &before), "HTTP/1.1 202 "));
        old = bench.server;
        CHECK_INT(bench_serve(&bench, &b, &bench.server, why, sizeof why), 0);
        downlink_server_retire(old);
        CHECK(tls_connect(&bench, &after, TLS1_3_VERSION));
        CHECK(shows(&after, &b));
        CHECK(text_starts_with(tls_ask(&bench, &before), "HTTP/1.1 202 "));
        CHECK(strstr(bench.said, "Connection: close\r\n"));
        CHECK(text_starts_with(tls_ask(&bench, &after), "HTTP/1.1 202 "));
        tls_close(&before);
        tls_close(&after);
        old = downlink_server_free(old);
        credentials_done(&a);
        credentials_done(&b);
        bench_stop(&bench);
}

static void check_refused(const char *certificate, const char *key, const char *complaint) {
        Credentials none = {};
        char why[1024];

        CHECK_INT(load(certificate, key, &none, why), -EKEYREJECTED);
        if (!strstr(why, complaint))
                CHECK_STR(why, complaint);
        CHECK(!none.certificate && !none.private_key);
}

/* A file of this name, with what is in another but for its last `cut` bytes. */
static void file_write(const char *name, const char *suffix, const char *from, size_t cut) {
        char path[512];
        FILE *f;

        file_name(path, name, suffix);
        f = fopen(path, "w");
        CHECK(f && fwrite(from, 1, strlen(from) - cut, f) > 0 && fclose(f) == 0);
}

TEST(tls_bad_certificates_are_refused_with_a_reason) {
        static const char encrypted[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                                        "-----END ENCRYPTED PRIVATE KEY-----\n";
        Credentials a = {};

        credentials_of("a", &a);
        check_refused("a", "b", "/b.key is not the key of the certificate");
        file_write("c", ".pem", a.certificate, 40);
        file_write("c", ".key", a.private_key, 40);
        check_refused("c", "a", "/c.pem holds no certificate (PEM)");
        check_refused("a", "c", "/c.key holds no private key (PEM) without a passphrase");
        file_write("c", ".key", encrypted, 0);
        check_refused("a", "c", "/c.key holds no private key (PEM) without a passphrase");
        file_write("c", ".pem", a.private_key, 0);
        check_refused("c", "a", "/c.pem holds no certificate (PEM)");
        credentials_done(&a);
}

/* What gets past that is for the library to refuse. */
TEST(tls_bad_certificates_start_no_server) {
        Credentials a = {}, other = {};
        DownlinkServer *server = NULL;
        char why[256] = "";
        Bench bench;

        credentials_of("a", &a);
        credentials_of("b", &other);
        bench_start(&bench, &a, NULL);
        const Credentials mixed = { .certificate = a.certificate,
                                    .private_key = other.private_key };
        CHECK_INT(bench_serve(&bench, &mixed, &server, why, sizeof why), -EKEYREJECTED);
        CHECK(why[0] != '\0');
        CHECK(!server);
        check_version(&bench, TLS1_3_VERSION, true); /* the other one goes on */
        credentials_done(&a);
        credentials_done(&other);
        bench_stop(&bench);
}

TEST(tls_credentials_that_can_not_be_read_are_told) {
        Credentials none = {};
        char path[512], why[1024];
        FILE *f;

        CHECK_INT(credentials_load("", "", &none, why, sizeof why), 0);
        CHECK(!none.certificate && !none.private_key);
        CHECK_INT(credentials_load("/nonexistent/a.pem", "", &none, why, sizeof why), -ENOENT);
        CHECK_STR(why, "/nonexistent/a.pem can not be read: No such file or directory");
        CHECK_INT(credentials_load("/dev/null", "", &none, why, sizeof why), -EINVAL);
        (void) snprintf(path, sizeof path, "%s/junk", folder());
        f = fopen(path, "w");
        CHECK(f && fwrite("a\0b", 1, 3, f) == 3 && fclose(f) == 0);
        CHECK_INT(credentials_load(path, "", &none, why, sizeof why), -EBADMSG);
        CHECK_INT(truncate(path, 70000), 0);
        CHECK_INT(credentials_load(path, "", &none, why, sizeof why), -EFBIG);
        CHECK(strstr(why, "64 KiB"));
        CHECK(!none.certificate && !none.private_key);
        credentials_done(&none);
}

TEST_MAIN()
