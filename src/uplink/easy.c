/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How every request to the application server is made: the options of an easy handle.
 *
 * Owns nothing. Peer and host name are always verified, redirects are never followed.
 * CURLOPT_CAPATH is cleared: Debian's default would be trusted beside ca_file, and it keeps libcurl
 * from caching the CAs, which costs 20 ms of a stopped loop with each new connection. */

#include "uplink/easy.h"

#include <arpa/inet.h>

#include "base/text.h"
#include "config.h"

#define CONNECT_TIMEOUT_MSEC 10000L
#define TOTAL_TIMEOUT_MSEC 30000L
/* The tunnel specification asks servers to keep a connection for 30 min at least: never close it
 * first. */
#define CONNECTION_IDLE_SEC 7200L
#define KEEPALIVE_IDLE_SEC 120L
#define KEEPALIVE_INTERVAL_SEC 30L
#define CONTENT_TYPE_LINE_MAX 64

/* clang-format off */
static const struct {
        CURLoption option;
        long value;
} numbers[] = {
        { CURLOPT_POST,              1 },
        { CURLOPT_HTTP_VERSION,      CURL_HTTP_VERSION_1_1 },
        { CURLOPT_FOLLOWLOCATION,    0 },
        { CURLOPT_NOSIGNAL,          1 },
        { CURLOPT_QUICK_EXIT,        1 }, /* a silent name server would stop the loop */
        { CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MSEC },
        { CURLOPT_TIMEOUT_MS,        TOTAL_TIMEOUT_MSEC },
        { CURLOPT_MAXAGE_CONN,       CONNECTION_IDLE_SEC }, /* libcurl's default is 118 s */
        { CURLOPT_MAXLIFETIME_CONN,  0 },
        { CURLOPT_TCP_KEEPALIVE,     1 },
        { CURLOPT_TCP_KEEPIDLE,      KEEPALIVE_IDLE_SEC },
        { CURLOPT_TCP_KEEPINTVL,     KEEPALIVE_INTERVAL_SEC },
        { CURLOPT_SSLVERSION,        CURL_SSLVERSION_TLSv1_2 },
        { CURLOPT_SSL_VERIFYPEER,    1 },
        { CURLOPT_SSL_VERIFYHOST,    2 },
};
/* clang-format on */

static int easy_set_numbers(CURL *easy) {
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                if (curl_easy_setopt(easy, numbers[i].option, numbers[i].value) != CURLE_OK)
                        return -EOPNOTSUPP;
        return 0;
}

/* "" leaves libcurl's default. */
static int easy_set_string(CURL *easy, CURLoption option, const char *value) {
        if (value[0] != '\0' && curl_easy_setopt(easy, option, value) != CURLE_OK)
                return -ENOMEM;
        return 0;
}

static int easy_set_strings(CURL *easy, const UplinkSettings *settings) {
        if (easy_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https") < 0 ||
            easy_set_string(easy, CURLOPT_USERAGENT, "fotad/" FOTAD_VERSION) < 0 ||
            easy_set_string(easy, CURLOPT_CAINFO, settings->ca_file) < 0 ||
            easy_set_string(easy, CURLOPT_SSLCERT, settings->certificate_file) < 0 ||
            easy_set_string(easy, CURLOPT_SSLKEY, settings->private_key_file) < 0 ||
            curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) != CURLE_OK)
                return -ENOMEM;
        return 0;
}

static bool host_is_loopback(const char *host) {
        struct in_addr address;

        if (inet_pton(AF_INET, host, &address) == 1)
                return ntohl(address.s_addr) >> 24 == 127;
        return streq(host, "[::1]") || strcasecmp(host, "localhost") == 0;
}

static void curl_url_cleanupp(CURLU **url) {
        curl_url_cleanup(*url);
}

static void curl_freep(char **string) {
        curl_free(*string);
}

/* libcurl would take a proxy from the environment by itself. Never one for this machine. */
static int easy_set_proxy(CURL *easy, const UplinkSettings *settings) {
        _cleanup_(curl_url_cleanupp) CURLU *url = curl_url();
        _cleanup_(curl_freep) char *host = NULL;

        if (!url)
                return -ENOMEM;
        if (curl_url_set(url, CURLUPART_URL, settings->url, 0) != CURLUE_OK ||
            curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
                return -EINVAL;
        if (streq(settings->proxy, PROXY_ENVIRONMENT) && !host_is_loopback(host))
                return 0;
        if (curl_easy_setopt(easy, CURLOPT_PROXY, host_is_loopback(host) ? "" : settings->proxy) !=
                    CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_NOPROXY, "") != CURLE_OK)
                return -ENOMEM;
        return 0;
}

int easy_prepare(CURL *easy, const UplinkSettings *settings, struct curl_slist *headers) {
        int r;

        r = easy_set_numbers(easy);
        if (r < 0)
                return r;
        r = easy_set_strings(easy, settings);
        if (r < 0)
                return r;
        if (curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) != CURLE_OK)
                return -ENOMEM;
        return easy_set_proxy(easy, settings);
}

static int header_append(struct curl_slist **headers, const char *line) {
        struct curl_slist *longer = curl_slist_append(*headers, line);

        if (!longer)
                return -ENOMEM;
        *headers = longer;
        return 0;
}

/* "Expect:" keeps libcurl from asking before it sends; such questions cost a round trip. */
int easy_headers(struct curl_slist **headers, const char *content_type) {
        char data[CONTENT_TYPE_LINE_MAX];
        Text line;
        int r;

        text_init(&line, data, sizeof data);
        text_printf(&line, "Content-Type: %s", content_type);
        r = header_append(headers, data);
        return r < 0 ? r : header_append(headers, "Expect:");
}
