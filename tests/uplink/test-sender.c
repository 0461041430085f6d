/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The sender against real servers: plain and TLS, good and bad ones, and a name server that is
 * silent. */

#include <arpa/inet.h>
#include <curl/curl.h>
#include <limits.h>
#include <malloc.h>
#include <openssl/ssl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "actility/verifier.h"
#include "fotasim/as-report.h"
#include "test.h"
#include "uplink/certificate.h"
#include "uplink/server.h"
#include "uplink/uplink.h"

#define KEY "46ab678cd45df4a4e4b375eacd096acc"
#define ANSWERS_MAX 64
#define FOLDER_MAX 512

/* A queue that is as simple as can be: `left` reports, one after the other. */
typedef struct Bed {
        sd_event *event;
        Sender *sender;
        Server server;
        UplinkSettings settings;
        uint64_t next_id;
        unsigned left; /* reports to be taken */
        unsigned in_flight, in_flight_max;
        unsigned n_answers;
        int status[ANSWERS_MAX];
        uint64_t ids[ANSWERS_MAX];
        usec_t took; /* by the last answer */
        unsigned unsendable;
        ReportRow row; /* what is sent instead of an uplink, when its module is set */
        char error[256];
        const char *interface; /* that all go through */
        bool unsettled;        /* an answer came in this turn */
        bool early;            /* a report was taken before that turn was over */
} Bed;

static bool on_take(void *userdata, ReportRow *ret, bool *ret_late) {
        Bed *bed = userdata;

        if (bed->left == 0)
                return false;
        bed->early |= bed->unsettled;
        bed->left--;
        *ret = (ReportRow) {
                .id = ++bed->next_id,
                .module = "modem0",
                .dev_eui = "0354123456789012",
                .fport = 1,
                .fcnt_up = (uint32_t) bed->next_id,
                .created = clock_now().realtime,
                .has_signal = true,
                .signal_dbm = -97,
                .n_payload = 3,
                .payload = { 1, 20, 3 },
        };
        *ret_late = bed->next_id % 2 == 0;
        if (bed->row.module[0] != '\0') {
                *ret = bed->row;
                ret->id = bed->next_id;
        }
        bed->in_flight++;
        bed->in_flight_max = MAX_OF(bed->in_flight_max, bed->in_flight);
        return true;
}

static void on_answered(void *userdata, const ReportRow *report, const ReportAnswer *answer) {
        Bed *bed = userdata;

        bed->in_flight--;
        bed->ids[bed->n_answers % ANSWERS_MAX] = report->id;
        bed->status[bed->n_answers % ANSWERS_MAX] = answer->status;
        bed->took = answer->took;
        bed->unsendable += answer->unsendable;
        bed->n_answers++;
        bed->unsettled = !answer->unsendable; /* that never left */
        if (answer->status == 0)
                (void) TEXT_COPY(bed->error, answer->error);
}

static const char *on_route(void *userdata, const ReportRow *report) {
        (void) report;
        const char *interface = ((const Bed *) userdata)->interface;

        return interface ? interface : "";
}

static const SenderHandlers handlers = { .take = on_take,
                                         .answered = on_answered,
                                         .route = on_route };

static void bed_done(Bed *bed) {
        (void) sender_free(bed->sender);
        (void) sd_event_unref(bed->event);
        if (bed->server.pid > 0)
                server_stop(&bed->server);
}

/* The folder of this test program's certificates; made once, in the order CA, leaves. */
static const char *certificates(void) {
        static char folder[FOLDER_MAX];
        static const struct {
                const char *path, *issuer, *name;
                long from_sec, to_sec;
        } wanted[] = {
                { "ca", NULL, "CA of the test", -60, 3600 },
                { "other-ca", NULL, "another CA", -60, 3600 },
                { "good", "ca", "IP:127.0.0.1", -60, 3600 },
                { "wrong-host", "ca", "DNS:elsewhere.test", -60, 3600 },
                { "expired", "ca", "IP:127.0.0.1", -7200, -3600 },
                { "early", "ca", "IP:127.0.0.1", 3600, 7200 },
                { "client", "ca", "DNS:gateway.test", -60, 3600 },
        };

        if (folder[0] != '\0')
                return folder;
        (void) snprintf(folder, sizeof folder, "%s/fotad-sender.XXXXXX",
                        getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
        if (!mkdtemp(folder))
                abort();
        for (size_t i = 0; i < ELEMENTSOF(wanted); i++) {
                char path[FOLDER_MAX + 32], issuer[FOLDER_MAX + 32];
                const CertificateRequest request = {
                        .issuer = wanted[i].issuer ? issuer : NULL,
                        .name = wanted[i].name,
                        .from_sec = wanted[i].from_sec,
                        .to_sec = wanted[i].to_sec,
                };

                (void) snprintf(path, sizeof path, "%s/%s", folder, wanted[i].path);
                (void) snprintf(issuer, sizeof issuer, "%s/%s", folder, wanted[i].issuer);
                if (certificate_make(path, &request) < 0)
                        abort();
        }
        return folder;
}

static char *certificate_path(const char *name) {
        static char paths[4][FOLDER_MAX + 32];
        static unsigned turn;
        char *path = paths[turn++ % ELEMENTSOF(paths)];

        (void) snprintf(path, sizeof paths[0], "%s/%s", certificates(), name);
        return path;
}

static void bed_settings(Bed *bed) {
        bed->settings = (UplinkSettings) { .enabled = true };
        (void) TEXT_COPY(bed->settings.as_id, "app1.sample.com");
        (void) TEXT_COPY(bed->settings.key, KEY);
        (void) TEXT_COPY(bed->settings.customer_id, "100000507");
        (void) TEXT_COPY(bed->settings.profile, "UPHTTP_LAB_LORA");
        (void) TEXT_COPY(bed->settings.lrr_id, "08040059");
}

/* certificate NULL: plain HTTP. bed_start() makes the sender, so that settings can be changed
 * before. */
static bool bed_init(Bed *bed, const char *certificate, const char *client_ca) {
        ServerTls tls = {
                .certificate = certificate ? certificate_path(certificate) : NULL,
                .client_ca = client_ca ? certificate_path(client_ca) : NULL,
        };

        *bed = (Bed) { 0 };
        bed_settings(bed);
        if (sd_event_new(&bed->event) < 0 ||
            server_start(&bed->server, certificate ? &tls : NULL) < 0)
                return false;
        (void) snprintf(bed->settings.url, sizeof bed->settings.url, "http%s://127.0.0.1:%u/tunnel",
                        certificate ? "s" : "", bed->server.port);
        if (certificate)
                (void) TEXT_COPY(bed->settings.ca_file, certificate_path("ca.pem"));
        return true;
}

/* The end of a turn, as in the daemon. */
static int on_post(sd_event_source *source, void *userdata) {
        Bed *bed = userdata;

        (void) source;
        bed->unsettled = false;
        sender_kick(bed->sender);
        return 0;
}

static bool bed_start(Bed *bed) {
        return sender_new(bed->event, &bed->settings, &handlers, bed, &bed->sender) == 0 &&
               sd_event_add_post(bed->event, NULL, on_post, bed) >= 0;
}

/* Sends n more reports and turns the loop until all are answered, a minute at most. */
static bool bed_send(Bed *bed, unsigned n) {
        unsigned wanted = bed->n_answers + n;
        usec_t end = clock_now().boottime + USEC_PER_MINUTE;

        bed->left = n;
        sender_kick(bed->sender);
        while (bed->n_answers < wanted && clock_now().boottime < end)
                if (sd_event_run(bed->event, 100 * USEC_PER_MSEC) < 0)
                        return false;
        return bed->n_answers == wanted;
}

static bool all_answered_with(const Bed *bed, int status) {
        for (unsigned i = 0; i < MIN_OF(bed->n_answers, (unsigned) ANSWERS_MAX); i++)
                if (bed->status[i] != status)
                        return false;
        return true;
}

static bool request_is_verified(const ServerRequest *request) {
        const char *query = strchr(request->target, '?');

        return query && verifier_accepts_uplink(query + 1, request->body, KEY);
}

TEST(reports_arrive_in_order_and_verified_on_one_connection) {
        _cleanup_(bed_done) Bed bed;
        const ServerState *state;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        for (unsigned i = 0; i < 20; i++)
                CHECK(bed_send(&bed, 1));
        state = bed.server.state;
        CHECK(all_answered_with(&bed, 200));
        CHECK_INT(state->n_requests, 20);
        CHECK_INT(state->connections, 1);
        for (unsigned i = 0; i < 20; i++) {
                char counter[32];

                CHECK_INT(bed.ids[i], i + 1);
                CHECK(request_is_verified(&state->requests[i]));
                (void) snprintf(counter, sizeof counter, "\"FCntUp\":%u,", i + 1);
                CHECK(strstr(state->requests[i].body, counter));
                CHECK(strstr(state->requests[i].body, i % 2 ? "\"Late\":1" : "\"Late\":0"));
        }
}

TEST(next_report_goes_when_the_turn_of_an_answer_is_over) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        CHECK(bed_send(&bed, 20));
        CHECK(all_answered_with(&bed, 200));
        CHECK(!bed.early);
}

/* A connection that was made another way would prove nothing, and one that is bound would be used
 * when the interface is not there any more. */
TEST(report_through_an_interface_has_a_connection_of_its_own) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        CHECK(bed_send(&bed, 1) && bed_send(&bed, 1));
        CHECK_INT(bed.server.state->connections, 1);
        bed.interface = "lo";
        CHECK(bed_send(&bed, 1) && bed_send(&bed, 1));
        CHECK_INT(bed.server.state->connections, 3);
        bed.interface = NULL;
        CHECK(bed_send(&bed, 1) && bed_send(&bed, 1));
        CHECK_INT(bed.server.state->connections, 3);
        CHECK(all_answered_with(&bed, 200));
}

TEST(report_through_an_interface_that_is_not_there_does_not_go) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        CHECK(bed_send(&bed, 1));
        bed.interface = "fotad-none0";
        CHECK(bed_send(&bed, 1));
        CHECK_INT(bed.status[1], 0);
        CHECK_STR(bed.error, "fotad-none0: No such device");
        CHECK_INT(bed.server.state->n_requests, 1);
}

TEST(request_is_a_plain_http_1_1_post_of_json) {
        _cleanup_(bed_done) Bed bed;
        const char *headers;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed) && bed_send(&bed, 1));
        headers = bed.server.state->requests[0].headers;
        CHECK(strncmp(headers, "POST /tunnel?LrnDevEui=0354123456789012&LrnFPort=1&", 51) == 0);
        CHECK(strstr(headers, " HTTP/1.1\r\n"));
        CHECK(strstr(headers, "\r\nContent-Type: application/json\r\n"));
        CHECK(strstr(headers, "\r\nUser-Agent: fotad/"));
        CHECK(!strcasestr(headers, "\r\nExpect:") && !strcasestr(headers, "\r\nAccept-Encoding:"));
}

/* In its encoding and with its Content-Type, and good for a server that reads it with its own
 * means.
 */
static void check_format(UplinkFormat format, const char *content_type, const char *rssi) {
        static AsServer server = { .key = KEY };
        _cleanup_(bed_done) Bed bed;
        const ServerRequest *request;
        AsReport report;
        char line[64];

        CHECK(bed_init(&bed, NULL, NULL));
        bed.settings.format = format;
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        request = &bed.server.state->requests[0];
        (void) snprintf(line, sizeof line, "\r\nContent-Type: %s\r\n", content_type);
        CHECK(strstr(request->headers, line));
        CHECK(strstr(request->body, rssi));
        as_report_check(&server,
                        &(AsRequest) { strchr(request->target, '?') + 1, content_type,
                                       request->body, strlen(request->body) },
                        &report);
        CHECK_STR(report.error, "");
        as_report_done(&report);
}

TEST(format_decides_encoding_and_content_type) {
        check_format(UPLINK_FORMAT_JSON, "application/json", "\"LrrRSSI\":-97.000000,");
        check_format(UPLINK_FORMAT_JSON_UNTYPED, "application/json", "\"LrrRSSI\":\"-97.000000\",");
        check_format(UPLINK_FORMAT_XML, "application/xml", "<LrrRSSI>-97.000000</LrrRSSI>");
}

TEST(a_resend_has_a_new_time_and_token) {
        _cleanup_(bed_done) Bed bed;
        char first[VERIFIER_VALUE_MAX], second[VERIFIER_VALUE_MAX];
        const ServerState *state;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        state = bed.server.state;
        bed.server.state->status = 503;
        CHECK(bed_send(&bed, 1));
        CHECK_INT(bed.status[0], 503);
        bed.server.state->status = 200;
        bed.next_id = 0;
        (void) usleep(5000);
        CHECK(bed_send(&bed, 1));
        CHECK(request_is_verified(&state->requests[0]) && request_is_verified(&state->requests[1]));
        CHECK(verifier_parameter(strchr(state->requests[0].target, '?') + 1, "Time", first));
        CHECK(verifier_parameter(strchr(state->requests[1].target, '?') + 1, "Time", second));
        CHECK(!streq(first, second));
}

static int ca_watch(const char *path) {
        int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

        return fd >= 0 && inotify_add_watch(fd, path, IN_OPEN) >= 0 ? fd : -1;
}

/* Events of a kind are merged while they wait: to be asked after each step. */
static unsigned ca_opens(int fd) {
        char buffer[4096];
        ssize_t n = read(fd, buffer, sizeof buffer);

        return n > 0 ? (unsigned) ((size_t) n / sizeof(struct inotify_event)) : 0;
}

TEST(tls_keeps_its_connection_and_reads_the_ca_once) {
        _cleanup_(bed_done) Bed bed;
        _cleanup_close_ int watch = -EBADF;
        unsigned opens = 0;

        CHECK(bed_init(&bed, "good", NULL) && bed_start(&bed));
        watch = ca_watch(bed.settings.ca_file);
        CHECK(watch >= 0);
        for (unsigned i = 0; i < 20; i++) {
                CHECK(bed_send(&bed, 1));
                opens += ca_opens(watch);
        }
        CHECK(all_answered_with(&bed, 200));
        CHECK_INT(bed.server.state->connections, 1);
        CHECK(request_is_verified(&bed.server.state->requests[19]));
        bed.server.state->close_after = 1;
        for (unsigned i = 0; i < 10; i++) {
                CHECK(bed_send(&bed, 1));
                opens += ca_opens(watch);
        }
        CHECK(all_answered_with(&bed, 200));
        CHECK_INT(bed.server.state->n_requests, 30);
        /* one a request; a request that met a connection which was just being closed took another
         */
        CHECK(bed.server.state->connections >= 10 && bed.server.state->connections <= 15);
        CHECK(bed.server.state->resumed >= 8);
        CHECK_INT(opens, 1);
}

static bool is_refused(const char *certificate, const char *ca, Bed *bed) {
        if (!bed_init(bed, certificate, NULL))
                return false;
        (void) TEXT_COPY(bed->settings.ca_file, ca[0] != '\0' ? certificate_path(ca) : "");
        return bed_start(bed) && bed_send(bed, 1) && bed->status[0] == 0 && bed->error[0] != '\0' &&
               bed->server.state->n_requests == 0;
}

TEST(certificate_of_another_ca_is_refused) {
        _cleanup_(bed_done) Bed bed;

        CHECK(is_refused("good", "other-ca.pem", &bed));
        CHECK(strcasestr(bed.error, "certificate"));
}

TEST(without_ca_file_the_system_decides) {
        _cleanup_(bed_done) Bed bed;

        CHECK(is_refused("good", "", &bed));
}

TEST(certificate_of_another_host_is_refused) {
        _cleanup_(bed_done) Bed bed;

        CHECK(is_refused("wrong-host", "ca.pem", &bed));
}

TEST(expired_certificate_is_refused) {
        _cleanup_(bed_done) Bed bed;

        CHECK(is_refused("expired", "ca.pem", &bed));
        CHECK(strcasestr(bed.error, "expired"));
}

TEST(certificate_of_the_future_is_refused) {
        _cleanup_(bed_done) Bed bed;

        CHECK(is_refused("early", "ca.pem", &bed));
        CHECK(strcasestr(bed.error, "not yet valid"));
}

/* Whoever is on the way takes the encryption off: nothing of the report is said to him. */
TEST(plain_http_behind_an_https_url_is_refused) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL));
        (void) snprintf(bed.settings.url, sizeof bed.settings.url, "https://127.0.0.1:%u/tunnel",
                        bed.server.port);
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        CHECK_INT(bed.status[0], 0);
        CHECK_INT(bed.server.state->n_requests, 0);
}

TEST(client_certificate_is_shown_when_there_is_one) {
        _cleanup_(bed_done) Bed bed;
        _cleanup_(bed_done) Bed nobody;

        CHECK(bed_init(&bed, "good", "ca"));
        (void) TEXT_COPY(bed.settings.certificate_file, certificate_path("client.pem"));
        (void) TEXT_COPY(bed.settings.private_key_file, certificate_path("client.key"));
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        CHECK_INT(bed.status[0], 200);
        CHECK(bed_init(&nobody, "good", "ca") && bed_start(&nobody) && bed_send(&nobody, 1));
        CHECK_INT(nobody.status[0], 0);
}

/* The handshake of such a server works, but not with this client: the counter-test is a client that
 * takes anything. */
static bool old_tls_works(const Bed *bed) {
        CURL *easy = curl_easy_init();
        CURLcode result;

        (void) curl_easy_setopt(easy, CURLOPT_URL, bed->settings.url);
        (void) curl_easy_setopt(easy, CURLOPT_PROXY, "");
        (void) curl_easy_setopt(easy, CURLOPT_CAINFO, bed->settings.ca_file);
        (void) curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_0);
        (void) curl_easy_setopt(easy, CURLOPT_SSL_CIPHER_LIST, "ALL:@SECLEVEL=0");
        (void) curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
        result = curl_easy_perform(easy);
        curl_easy_cleanup(easy);
        return result == CURLE_OK;
}

TEST(tls_older_than_1_2_is_refused) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, "good", NULL));
        bed.server.state->tls_max = TLS1_1_VERSION;
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        CHECK_INT(bed.status[0], 0);
        CHECK_INT(bed.server.state->n_requests, 0);
        CHECK_INT(bed.server.state->connections, 0);
        CHECK(old_tls_works(&bed));
        bed.server.state->tls_max = TLS1_2_VERSION;
        CHECK(bed_send(&bed, 1));
        CHECK_INT(bed.status[1], 200);
}

TEST(server_that_closes_between_requests_loses_nothing) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        bed.server.state->close_after = 1;
        for (unsigned i = 0; i < 10; i++)
                CHECK(bed_send(&bed, 1));
        CHECK(all_answered_with(&bed, 200));
        CHECK_INT(bed.server.state->n_requests, 10);
        CHECK_INT(bed.server.state->connections, 10);
}

/* The race of every kept connection: the server closes it at the moment in which the request is
 * sent. */
TEST(request_on_a_dying_connection_goes_again_on_a_fresh_one) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        bed.server.state->break_after = 1;
        for (unsigned i = 0; i < 20; i++) /* more than libcurl would do with one handle */
                CHECK(bed_send(&bed, 1));
        CHECK(all_answered_with(&bed, 200));
        CHECK_INT(bed.server.state->n_requests, 20);
        CHECK_INT(bed.server.state->connections, 20);
}

/* The same over TLS, and with a reset in the place of an end. */
static void check_dying_connections(const char *certificate, bool resets) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, certificate, NULL) && bed_start(&bed));
        bed.server.state->break_after = 1;
        bed.server.state->resets = resets;
        for (unsigned i = 0; i < 12; i++)
                CHECK(bed_send(&bed, 1));
        CHECK(all_answered_with(&bed, 200));
        CHECK_INT(bed.server.state->n_requests, 12);
        CHECK_INT(bed.server.state->connections, 12);
}

TEST(request_on_a_dying_tls_connection_goes_again) {
        check_dying_connections("good", false);
}

TEST(request_on_a_connection_that_is_reset_goes_again) {
        check_dying_connections(NULL, true);
        check_dying_connections("good", true);
}

/* A fresh connection that breaks off is a failure like others: no storm of retries. */
TEST(request_on_a_fresh_connection_is_not_repeated) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        bed.server.state->drops = true;
        CHECK(bed_send(&bed, 1));
        CHECK_INT(bed.status[0], 0);
        CHECK_INT(bed.server.state->connections, 1);
}

TEST(memory_does_not_grow_with_reports) {
        _cleanup_(bed_done) Bed bed;
        size_t before;

        CHECK(bed_init(&bed, "good", NULL) && bed_start(&bed) && bed_send(&bed, 20));
        before = mallinfo2().uordblks;
        CHECK(bed_send(&bed, 500));
        CHECK(all_answered_with(&bed, 200));
        CHECK(mallinfo2().uordblks <= before + 4096);
}

TEST(two_connections_at_most) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        bed.server.state->delay_msec = 20;
        CHECK(bed_send(&bed, 40));
        CHECK(all_answered_with(&bed, 200));
        CHECK_INT(bed.in_flight_max, 2);
        CHECK_INT(bed.server.state->open_max, 2);
        CHECK_INT(bed.server.state->connections, 2);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata) {
        unsigned *ticks = userdata;

        (void) usec;
        (*ticks)++;
        return sd_event_source_set_time_relative(source, 10 * USEC_PER_MSEC);
}

static bool ticks_start(sd_event *event, sd_event_source **ret, unsigned *ticks) {
        return sd_event_add_time_relative(event, ret, CLOCK_MONOTONIC, 10 * USEC_PER_MSEC, 1000,
                                          on_tick, ticks) >= 0 &&
               sd_event_source_set_enabled(*ret, SD_EVENT_ON) >= 0;
}

TEST(slow_server_does_not_hold_the_loop) {
        _cleanup_(bed_done) Bed bed;
        sd_event_source *source;
        unsigned ticks = 0;

        CHECK(bed_init(&bed, "good", NULL) && bed_start(&bed));
        bed.server.state->delay_msec = 1000;
        CHECK(ticks_start(bed.event, &source, &ticks));
        CHECK(bed_send(&bed, 1));
        (void) sd_event_source_disable_unref(source);
        CHECK_INT(bed.status[0], 200);
        CHECK(ticks >= 50);
}

TEST(kept_connection_makes_no_wake_ups) {
        _cleanup_(bed_done) Bed bed;
        unsigned turns = 0;

        CHECK(bed_init(&bed, "good", NULL) && bed_start(&bed) && bed_send(&bed, 3));
        for (unsigned i = 0; i < 3; i++) /* what is left of the last transfer */
                (void) sd_event_run(bed.event, 10 * USEC_PER_MSEC);
        for (unsigned i = 0; i < 5; i++)
                turns += sd_event_run(bed.event, 200 * USEC_PER_MSEC) > 0;
        CHECK_INT(turns, 0);
}

/* libcurl's own limit is 118 s; the tunnel specification wants 30 min. */
TEST(idle_connection_outlives_what_libcurl_gives_it) {
        _cleanup_(bed_done) Bed bed = { 0 };

        SLOW_ONLY("two minutes");
        CHECK(bed_init(&bed, "good", NULL) && bed_start(&bed) && bed_send(&bed, 1));
        (void) sleep(125);
        CHECK(bed_send(&bed, 1));
        CHECK_INT(bed.server.state->connections, 1);
        CHECK_INT(bed.status[1], 200);
}

TEST(dead_server_is_told_at_once) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL));
        server_stop(&bed.server);
        bed.server.pid = 0;
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        CHECK_INT(bed.status[0], 0);
        CHECK(strcasestr(bed.error, "connect"));
}

TEST(redirects_are_not_followed) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        bed.server.state->status = 307;
        CHECK(bed_send(&bed, 1));
        CHECK_INT(bed.status[0], 307);
        CHECK_INT(bed.server.state->n_requests, 1);
}

TEST(status_counts_however_long_the_answer_is) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        bed.server.state->answer_bytes = 50 * 1024;
        CHECK(bed_send(&bed, 2));
        bed.server.state->answer_bytes = 10 * 1024 * 1024;
        CHECK(bed_send(&bed, 2));
        CHECK(all_answered_with(&bed, 200));
}

TEST(answers_are_timed) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, "good", NULL) && bed_start(&bed) && bed_send(&bed, 1));
        CHECK(bed.took > 0 && bed.took < 5 * USEC_PER_SEC);
        bed.server.state->delay_msec = 300;
        CHECK(bed_send(&bed, 1));
        CHECK(bed.took >= 150 * USEC_PER_MSEC); /* libcurl looks at its clock behind the sending */
}

/* Each kind as a server reads it: its document, query and token. */
TEST(every_kind_of_report_is_sent_and_verified) {
        static const ReportRow rows[] = {
                { .kind = REPORT_NOTIFICATION, .extra = "reset admin" },
                { .kind = REPORT_NOTIFICATION, .extra = "join" },
                { .kind = REPORT_NOTIFICATION, .extra = "status -7" },
                { .kind = REPORT_LOCATION, .extra = "48.874931 2.333673 50.000000" },
                { .kind = REPORT_DOWNLINK_SENT,
                  .extra = "fport=20 fcnt_dn=7 delivered=0 cause1=a3 cause2=c0 slot=2 "
                           "correlation=6CF1BF9A3DBD4821" },
        };
        static const char *const parts[][3] = {
                { "{\"DevEUI_notification\":{", "\"Type\":\"reset\",\"Var1\":\"admin_reset\",",
                  "\"FCntDn\":0," },
                { "{\"DevEUI_notification\":{", "\"Type\":\"join\",\"Var1\":\"\",",
                  "\"FCntDn\":0," },
                { "\"Type\":\"devstatusans\"", "\"Var1\":\"0\"", "\"Var2\":\"-7\"" },
                { "{\"DevEUI_location\":{", "\"DevLAT\":48.874931,\"DevLON\":2.333673,",
                  "\"DevAlt\":50.000000" },
                { "{\"DevEUI_downlink_Sent\":{",
                  "\"DeliveryStatus\":0,\"DeliveryFailedCause1\":\"A3\"",
                  "\"CorrelationID\":\"6CF1BF9A3DBD4821\"" },
        };
        static AsServer server = { .key = KEY };
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const ServerRequest *request = &bed.server.state->requests[i];
                AsReport report;

                bed.row = rows[i];
                bed.row.created = clock_now().realtime;
                (void) TEXT_COPY(bed.row.module, "modem0");
                (void) TEXT_COPY(bed.row.dev_eui, "0354123456789012");
                CHECK(bed_send(&bed, 1));
                for (size_t k = 0; k < 3; k++)
                        if (!strstr(request->body, parts[i][k]))
                                test_fail(__FILE__, __LINE__, "no %s in %s", parts[i][k],
                                          request->body);
                as_report_check(&server,
                                &(AsRequest) { strchr(request->target, '?') + 1, "application/json",
                                               request->body, strlen(request->body) },
                                &report);
                CHECK_STR(report.error, "");
                as_report_done(&report);
        }
        CHECK(all_answered_with(&bed, 200));
}

TEST(a_row_that_says_nothing_is_not_sent) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL) && bed_start(&bed));
        bed.row = (ReportRow) { .kind = REPORT_LOCATION, .module = "m", .extra = "nowhere" };
        CHECK(bed_send(&bed, 1));
        CHECK_INT(bed.unsendable, 1);
        CHECK_INT(bed.server.state->n_requests, 0);
}

TEST(proxies_of_the_environment_are_refused_unless_they_are_wanted) {
        _cleanup_(bed_done) Bed bed;
        char proxy[64];

        CHECK(bed_init(&bed, NULL, NULL));
        (void) snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", bed.server.port);
        (void) setenv("http_proxy", proxy, 1);
        (void) setenv("all_proxy", proxy, 1);
        (void) setenv("no_proxy", "as.test", 1);
        (void) TEXT_COPY(bed.settings.url, "http://as.test/tunnel");
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        CHECK_INT(bed.status[0], 0);
        CHECK_INT(bed.server.state->n_requests, 0);
        bed.sender = sender_free(bed.sender);
        (void) setenv("http_proxy", "http://127.0.0.1:1", 1);
        (void) TEXT_COPY(bed.settings.proxy, proxy);
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        (void) unsetenv("http_proxy");
        (void) unsetenv("all_proxy");
        (void) unsetenv("no_proxy");
        CHECK_INT(bed.status[1], 200);
        CHECK(strncmp(bed.server.state->requests[0].target, "http://as.test/tunnel?", 22) == 0);
}

TEST(proxy_is_taken_from_the_environment_but_not_for_loopback) {
        _cleanup_(bed_done) Bed bed;
        char proxy[64];

        CHECK(bed_init(&bed, NULL, NULL));
        (void) TEXT_COPY(bed.settings.proxy, PROXY_ENVIRONMENT);
        (void) setenv("http_proxy", "http://127.0.0.1:1", 1);
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        CHECK_INT(bed.status[0], 200);
        bed.sender = sender_free(bed.sender);
        (void) snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", bed.server.port);
        (void) setenv("http_proxy", proxy, 1);
        (void) TEXT_COPY(bed.settings.url, "http://as.test/tunnel");
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        (void) unsetenv("http_proxy");
        CHECK_INT(bed.status[1], 200);
        CHECK(strncmp(bed.server.state->requests[1].target, "http://as.test/tunnel?", 22) == 0);
}

TEST(url_with_a_query_of_its_own_is_continued) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL));
        strcat(bed.settings.url, "?tenant=7");
        CHECK(bed_start(&bed) && bed_send(&bed, 1));
        CHECK(strncmp(bed.server.state->requests[0].target, "/tunnel?tenant=7&LrnDevEui=", 27) ==
              0);
        CHECK(request_is_verified(&bed.server.state->requests[0]));
}

TEST(nonsense_url_is_an_error_of_sender_new) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, NULL, NULL));
        (void) TEXT_COPY(bed.settings.url, "http://");
        CHECK_INT(sender_new(bed.event, &bed.settings, &handlers, &bed, &bed.sender), -EINVAL);
        CHECK(!bed.sender);
}

TEST(freeing_a_busy_sender_is_fine) {
        _cleanup_(bed_done) Bed bed;

        CHECK(bed_init(&bed, "good", NULL) && bed_start(&bed));
        bed.server.state->delay_msec = 5000;
        bed.left = 2;
        sender_kick(bed.sender);
        for (unsigned i = 0; i < 20; i++)
                (void) sd_event_run(bed.event, 10 * USEC_PER_MSEC);
        CHECK_INT(bed.n_answers, 0);
}

/* a name server that takes questions and never answers, in a network of its own */

static bool loopback_up(void) {
        struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        bool ok = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;

        (void) fd_close(fd);
        return ok;
}

static bool silent_name_server(const char *folder) {
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(53) };
        char path[FOLDER_MAX + 32];
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); /* as long as the process lives */
        FILE *f;

        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        (void) snprintf(path, sizeof path, "%s/resolv.conf", folder);
        f = fopen(path, "w");
        if (!f || fputs("nameserver 127.0.0.1\n", f) < 0 || fclose(f) != 0)
                return false;
        return fd >= 0 && bind(fd, (struct sockaddr *) &address, sizeof address) == 0 &&
               mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
               mount(path, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;
}

/* Turns of the loop while a name is looked up, until the sender gives up; longest pause in
 * *ret_pause. */
static unsigned turns_while_resolving(Bed *bed, usec_t *ret_pause) {
        usec_t last = clock_now().boottime, end = last + 15 * USEC_PER_SEC;
        sd_event_source *source;
        unsigned turns = 0;

        bed->left = 1;
        *ret_pause = 0;
        if (!ticks_start(bed->event, &source, &turns))
                return 0;
        sender_kick(bed->sender);
        while (bed->n_answers == 0 && last < end && sd_event_run(bed->event, USEC_INFINITY) >= 0) {
                usec_t now = clock_now().boottime;

                *ret_pause = MAX_OF(*ret_pause, now - last);
                last = now;
        }
        (void) sd_event_source_disable_unref(source);
        return turns;
}

/* A look-up that holds the loop does so for seconds; a busy machine for a tenth of one. */
#define HELD_MIN USEC_PER_SEC

static int resolve_in_silence(void) {
        Bed bed = { 0 };
        usec_t pause, start;
        unsigned turns;

        bed_settings(&bed);
        (void) TEXT_COPY(bed.settings.url, "https://as.silent.test/tunnel");
        if (sd_event_new(&bed.event) < 0 || !bed_start(&bed))
                return 3;
        turns = turns_while_resolving(&bed, &pause);
        fprintf(stderr, "%u turns, longest pause %llu us, %s\n", turns, (unsigned long long) pause,
                bed.error);
        if (bed.n_answers != 1 || bed.status[0] != 0 || turns < 9 * 20 || pause > HELD_MIN)
                return 1;
        bed.left = 1; /* leaving in the middle of a look-up does not wait for it either */
        sender_kick(bed.sender);
        (void) sd_event_run(bed.event, 50 * USEC_PER_MSEC);
        start = clock_now().boottime;
        bed_done(&bed);
        return clock_now().boottime - start > HELD_MIN;
}

/* 77: this machine does not let us */
static int silence_in_a_network_of_its_own(void) {
        if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0 || !loopback_up() ||
            !silent_name_server(certificates()))
                return 77;
        return resolve_in_silence();
}

TEST(silent_name_server_does_not_hold_the_loop) {
        pid_t pid;
        int status;

        NOT_IN_VALGRIND("the child leaves everything to exit, and its thread");
        (void) certificates();
        pid = fork();
        if (pid == 0)
                _exit(silence_in_a_network_of_its_own());
        CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
        CHECK(WIFEXITED(status));
        if (WEXITSTATUS(status) == 77)
                SKIP("needs root and namespaces");
        CHECK_INT(WEXITSTATUS(status), 0);
}

TEST_MAIN()
