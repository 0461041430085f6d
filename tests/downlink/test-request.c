/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the endpoint makes of a request's head, what it answers, and how long peers may take. All
 * without a socket. */

#include <arpa/inet.h>
#include <stdio.h>

#include "downlink/peer.h"
#include "test.h"

#define V1 "/thingpark/lrc/rest/downlink"
#define V2 "/thingpark/lrc/rest/v2/downlink"

/* targets */

static void check_target(const char *text, RequestApi api, const char *expected) {
        char target[256];
        const char *query;

        CHECK(TEXT_COPY(target, text));
        CHECK_INT(request_target(target, &query), api);
        CHECK_STR(query, expected);
}

TEST(paths_are_told_apart) {
        check_target(V1 "?a=1", REQUEST_V1, "a=1");
        check_target(V2 "?a=1", REQUEST_V2, "a=1");
        check_target(V1, REQUEST_V1, "");
        check_target(V1 "?", REQUEST_V1, "");
        check_target(V1 "/?a", REQUEST_OTHER, "a");
        check_target("/" V1 "?a", REQUEST_OTHER, "a");
        check_target("/thingpark/lrc/rest/%64ownlink?a", REQUEST_OTHER, "a");
        check_target("/thingpark/lrc/rest/v3/downlink?a", REQUEST_OTHER, "a");
        check_target("/THINGPARK/lrc/rest/downlink", REQUEST_OTHER, "");
        check_target("/", REQUEST_OTHER, "");
        check_target("", REQUEST_OTHER, "");
        check_target("*", REQUEST_OTHER, "");
}

TEST(query_stays_as_it_came) {
        check_target(V1 "?Time=2016%3A00+02%2B&a=b c%20%zz?x=?", REQUEST_V1,
                     "Time=2016%3A00+02%2B&a=b c%20%zz?x=?");
        check_target(V1 "?a#b?c", REQUEST_V1, "a");
        check_target(V1 "#?a", REQUEST_V1, "");
}

TEST(target_may_name_its_host) {
        check_target("http://gw.example.com" V1 "?a", REQUEST_V1, "a");
        check_target("HTTPS://gw.example.com:8443" V2 "?a", REQUEST_V2, "a");
        check_target("http://gw.example.com?" V1, REQUEST_OTHER, V1);
        check_target("ftp://gw.example.com" V1, REQUEST_OTHER, "");
}

TEST(control_characters_are_no_target) {
        CHECK(request_target_is_clean(V1 "?a=b c%0D\xff"));
        CHECK(!request_target_is_clean(V1 "?a=\r\xa3"));
        CHECK(!request_target_is_clean(V1 "?\t"));
        CHECK(!request_target_is_clean("\x7f"));
}

/* framing */

typedef struct Field {
        const char *name, *value;
} Field;

static bool framed(const char *version, const Field *fields, size_t n) {
        RequestFraming framing = {};

        for (size_t i = 0; i < n; i++)
                request_field(&framing, fields[i].name, fields[i].value);
        return request_is_framed(&framing, version);
}
#define FRAMED(version, ...)                               \
        framed((version), (const Field[]) { __VA_ARGS__ }, \
               ELEMENTSOF(((const Field[]) { __VA_ARGS__ })))

TEST(usual_heads_are_framed) {
        CHECK(FRAMED("HTTP/1.1", { "Host", "a" }));
        CHECK(FRAMED("HTTP/1.1", { "Host", "a" }, { "Content-Length", "0" }, { "Accept", "*/*" }));
        CHECK(FRAMED("HTTP/1.1", { "host", "a" }, { "transfer-encoding", "Chunked" }));
        CHECK(FRAMED("HTTP/1.0", { "Content-Length", "3" }));
        CHECK(FRAMED("HTTP/1.1", { "X_y.z!", "" }, { "Host", "a" }));
}

TEST(heads_that_two_readers_understand_differently_are_not) {
        CHECK(!FRAMED("HTTP/1.1", { "Content-Length", "0" }, { "content-length", "0" }));
        CHECK(!FRAMED("HTTP/1.1", { "Content-Length", "5" }, { "Transfer-Encoding", "chunked" }));
        CHECK(!FRAMED("HTTP/1.1", { "Transfer-Encoding", "chunked" },
                      { "Transfer-Encoding", "chunked" }));
        CHECK(!FRAMED("HTTP/1.1", { "Transfer-Encoding", "gzip, chunked" }));
        CHECK(!FRAMED("HTTP/1.1", { "Transfer-Encoding", "identity" }));
        CHECK(!FRAMED("HTTP/1.1", { "Transfer-Encoding", "" }));
        CHECK(!FRAMED("HTTP/1.1", { "Transfer-Encoding", "\vchunked" }));
        CHECK(!FRAMED("HTTP/1.0", { "Transfer-Encoding", "chunked" }));
        CHECK(!FRAMED("HTTP/1.1", { "Host", "a" }, { "Host", "b" }));
        CHECK(!FRAMED("HTTP/1.1", { "Content-Length ", "0" }));
        CHECK(!FRAMED("HTTP/1.1", { "Transfer-Encoding\t", "chunked" }));
        CHECK(!FRAMED("HTTP/1.1", { "", "x" }));
}

TEST(length_is_read) {
        static const struct {
                const char *text;
                uint64_t bytes;
        } rows[] = { { "0", 0 },           { "4096", 4096 },
                     { "007", 7 },         { "18446744073709551616", UINT64_MAX },
                     { "1x", UINT64_MAX }, { "-1", UINT64_MAX } };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                RequestFraming framing = {};

                request_field(&framing, "Content-Length", rows[i].text);
                CHECK_INT(framing.bytes, rows[i].bytes);
        }
}

/* answers */

static void check_frame(RequestApi api, DownlinkFault fault, unsigned status, const char *body) {
        Reply reply;

        reply_to_frame(api, &fault, &reply);
        CHECK_INT(reply.status, status);
        CHECK_STR(reply.body, body);
        CHECK(!reply.close);
}

TEST(accepted_frames_are_answered_word_for_word) {
        check_frame(REQUEST_V1, (DownlinkFault) {}, 200,
                    "<html><body>Request queued by LRC</body></html>");
        check_frame(REQUEST_V2, (DownlinkFault) {}, 202, "");
}

/* Table 7.1.6, typed from the specification once more. */
static const struct {
        unsigned code, v1_status;
        const char *v1, *v2;
} answers[] = {
        { 100, 350, "Invalid DevEUI", "Invalid DevEUI" },
        { 101, 350, "Downlink counter value already used",
          "Downlink counter value already used\",\"expected\":77" },
        { 102, 350, "Downlink counter value increment too large",
          "Downlink counter value increment too large\",\"expected\":77" },
        { 103, 350, "Confirmed downlink is not authorized for this device",
          "Confirmed downlink is not authorized for this device" },
        { 104, 350, "Invalid LoRa port", "Invalid LoRa port" },
        { 105, 350, "Security Check. AS_ID is mandatory", "Security Check: AS_ID is mandatory" },
        { 106, 350, "Security Check. missing timestamp/token",
          "Security Check: Missing timestamp" },
        { 107, 350, "Security Check. bad AS_ID", "Security Check: Bad AS_ID" },
        { 108, 350, "Security Check. Server Decrypt Error",
          "Security Check: Server Decrypt Error" },
        { 109, 350, "Security Check. malformed ISO8601 time",
          "Security Check: Malformed ISO 8601 time" },
        { 110, 350, "Security Check. Invalid downlink frame timestamp",
          "Security Check: Invalid downlink frame timestamp" },
        { 111, 350, "Security Check. bad token", "Security Check: Bad token" },
        { 112, 350, "ValidityTime expired or invalid", "Validity time expired or invalid" },
        { 113, 350, "Payload too big or invalid size", "Payload too big or invalid size" },
        { 114, 350, "Downlink transmission disabled", "Downlink transmission disabled" },
        { 115, 404, "No Base Station Available", "No Base Station Available" },
        { 116, 350, "Invalid payload size according to currents DR",
          "Invalid payload size according to currents DR\",\"rx2DR\":5,\"maxSize\":222" },
        { 117, 350, "Invalid CorrelationID. Must be a 64 bits hexadecimal value encoded as string",
          "Invalid Correlation ID. Must be a 64 bits hexadecimal value encoded as string" },
        { 118, 350, "Invalid payload. Must not be empty", "Invalid payload. Must not be empty" },
        { 119, 350, "Payload must be provided encrypted with the downlink counter value",
          "Payload must be provided encrypted with the downlink counter value" },
        { 121, 350, "Token bucket limit reached", "Token bucket limit reached" },
};

TEST(every_code_is_answered_word_for_word) {
        CHECK_INT(ELEMENTSOF(answers), downlink_n_answers);
        for (size_t i = 0; i < ELEMENTSOF(answers); i++) {
                const DownlinkFault fault = { .code = answers[i].code, .expected = 77 };
                const bool has_info = strchr(answers[i].v2, '"') != NULL;
                char body[256];

                (void) snprintf(body, sizeof body, "<html><body>%s</body></html>", answers[i].v1);
                check_frame(REQUEST_V1, fault, answers[i].v1_status, body);
                (void) snprintf(body, sizeof body, "{\"code\":%u,\"message\":\"%s%s}",
                                answers[i].code, answers[i].v2, has_info ? "" : "\"");
                check_frame(REQUEST_V2, fault, 409, body);
        }
}

TEST(payload_that_is_too_long_says_how_long_it_may_be) {
        char query[6000] = "Payload=";
        static DownlinkQuery parsed;

        memset(query + 8, '0', 5002);
        downlink_parse(query, &parsed);
        CHECK_INT(parsed.frame.code, DOWNLINK_BAD_DEV_EUI);
        memcpy(query, "DevEUI=000000000F1D8693&Payload=", 32);
        memset(query + 32, '0', 5002);
        downlink_parse(query, &parsed);
        check_frame(REQUEST_V2, parsed.frame, 409,
                    "{\"code\":113,\"message\":\"Payload too big or invalid size\","
                    "\"maxSize\":5000}");
        query[32 + 4999] = '\0';
        downlink_parse(query, &parsed);
        check_frame(REQUEST_V2, parsed.frame, 409,
                    "{\"code\":113,\"message\":\"Payload too big or invalid size\"}");
}

TEST(code_without_a_row_is_our_fault) {
        check_frame(REQUEST_V2, (DownlinkFault) { .code = 999 }, 500, "");
}

/* peers */

static const struct sockaddr *four(const char *text) {
        static struct sockaddr_in address;

        address = (struct sockaddr_in) { .sin_family = AF_INET };
        (void) inet_pton(AF_INET, text, &address.sin_addr);
        return (const struct sockaddr *) &address;
}

static const struct sockaddr *six(const char *text) {
        static struct sockaddr_in6 address;

        address = (struct sockaddr_in6) { .sin6_family = AF_INET6 };
        (void) inet_pton(AF_INET6, text, &address.sin6_addr);
        return (const struct sockaddr *) &address;
}

TEST(network_has_its_share_of_connections) {
        static Peers peers;

        peers = (Peers) { .times = PEER_TIMES };
        for (int i = 0; i < PEERS_OF_NETWORK_MAX; i++) {
                CHECK(peers_admit(&peers, four("192.0.2.1")));
                CHECK(peers_add(&peers, i, four("192.0.2.1"), 0));
        }
        CHECK(!peers_admit(&peers, four("192.0.2.1")));
        CHECK(!peers_admit(&peers, six("::ffff:192.0.2.1")));
        CHECK(peers_admit(&peers, four("192.0.2.2")));
        for (int i = 0; i < PEERS_OF_NETWORK_MAX; i++) {
                char text[64];

                (void) snprintf(text, sizeof text, "2001:db8:1:2::%x", i + 1);
                CHECK(peers_add(&peers, i, six(text), 0));
        }
        CHECK(!peers_admit(&peers, six("2001:db8:1:2:ffff::1")));
        CHECK(peers_admit(&peers, six("2001:db8:1:3::1")));
        peers_remove(&peers, peers.peers + 3);
        CHECK(peers_admit(&peers, four("192.0.2.1")));
}

TEST(own_machine_is_not_counted) {
        static const struct sockaddr local = { .sa_family = AF_UNIX };
        static Peers peers;

        peers = (Peers) { .times = PEER_TIMES };
        for (int i = 0; i < PEERS_ROOM; i++)
                CHECK(peers_add(&peers, i,
                                i % 3 == 0 ? &local :
                                i % 3 == 1 ? four("127.0.0.1") :
                                             six("::1"),
                                0));
        CHECK(peers_admit(&peers, &local));
        CHECK(peers_admit(&peers, four("127.0.0.2")));
        CHECK(peers_admit(&peers, six("::ffff:127.0.0.1")));
        CHECK(!peers_add(&peers, 99, &local, 0));
}

TEST(weakest_gives_way) {
        static Peers peers;
        Peer *early, *late, *trusted, *far, *newcomer;

        peers = (Peers) { .times = PEER_TIMES };
        CHECK(!peers_weakest(&peers, NULL));
        far = peers_add(&peers, 1, four("192.0.2.1"), 1);
        trusted = peers_add(&peers, 2, four("127.0.0.1"), 2);
        trusted->trusted = true;
        newcomer = peers_add(&peers, 3, four("127.0.0.1"), 5);
        CHECK(peers_weakest(&peers, newcomer) == far);
        early = peers_add(&peers, 4, four("127.0.0.1"), 3);
        late = peers_add(&peers, 5, four("127.0.0.1"), 4);
        CHECK(peers_weakest(&peers, newcomer) == early); /* far is no crowd */
        early->spoke = true;
        CHECK(peers_weakest(&peers, newcomer) == late); /* says nothing */
        late->spoke = true;
        CHECK(peers_weakest(&peers, newcomer) == early);
        early->trusted = late->trusted = far->trusted = true;
        CHECK(!peers_weakest(&peers, newcomer));
}

TEST(peers_have_deadlines) {
        const PeerTimes times = { .head = 10, .request = 15, .idle = 7, .trusted_idle = 1900 };
        static Peers peers;
        Peer *peer, *other;

        peers = (Peers) { .times = times };
        CHECK_INT(peers_deadline(&peers), USEC_INFINITY);
        peer = peers_add(&peers, 3, four("192.0.2.1"), 100);
        CHECK_INT(peers_deadline(&peers), 110);
        peer_line_came(&peers, peer, 105); /* gives no more time */
        CHECK_INT(peer->deadline, 110);
        peer_head_came(&peers, peer);
        CHECK_INT(peer->deadline, 115);
        peer_request_ended(&peers, peer, 112);
        CHECK_INT(peer->deadline, 119);
        peer_line_came(&peers, peer, 118);
        CHECK_INT(peer->deadline, 128);
        peer_head_came(&peers, peer);
        CHECK_INT(peer->deadline, 133);
        peer->trusted = true;
        peer_request_ended(&peers, peer, 130);
        CHECK_INT(peer->deadline, 2030);
        other = peers_add(&peers, 4, four("192.0.2.1"), 2000);
        CHECK_INT(peers_deadline(&peers), 2010);
        CHECK(!peers_expire(&peers, 2009));
        CHECK(peers_expire(&peers, 2010) == other);
        CHECK(!peers_expire(&peers, 2011)); /* once */
        CHECK_INT(peers_deadline(&peers), 2030);
        peers_remove(&peers, other);
        peers_remove(&peers, peer);
        CHECK_INT(peers.n, 0);
}

TEST_MAIN()
