/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sends one frame and prints the answer. Nothing is checked that the peer has to check: wrong
 * values must reach it. What is signed is the query before it was encoded, without its Token. */

#include "fotasim/as-downlink.h"

#include <ctype.h>
#include <curl/curl.h>
#include <getopt.h>
#include <stdio.h>

#include "base/sha256.h"
#include "base/time.h"
#include "fotasim/as-report.h"
#include "fotasim/file.h"

#define QUERY_MAX_BYTES ((size_t) 32 * 1024)
#define SECRET_MAX_BYTES ((size_t) 64 * 1024)
#define ANSWER_MAX_BYTES 4096
#define CONNECT_TIMEOUT_SEC 10L
#define TOTAL_TIMEOUT_SEC 30L
#define PATH_V1 "/thingpark/lrc/rest/downlink"
#define PATH_V2 "/thingpark/lrc/rest/v2/downlink"
#define EXIT_USAGE 2

typedef struct Sending {
        AsDownlink frame;
        const char *url, *key_file, *ca_file;
        bool v2;
        char answer[ANSWER_MAX_BYTES];
        Text text; /* on `answer` */
} Sending;

/* query */

static void add_encoded(Text *to, const char *value) {
        for (; *value; value++)
                if (isalnum((unsigned char) *value) || strchr("-._~", *value))
                        text_add_char(to, *value);
                else
                        text_printf(to, "%%%02X", (unsigned) (unsigned char) *value);
}

static void add_parameter(Text *query, Text *plain, const char *name, const char *value) {
        if (!value)
                return;
        text_printf(query, "%s%s=", query->length > 0 ? "&" : "", name);
        add_encoded(query, value);
        text_printf(plain, "%s%s=%s", plain->length > 0 ? "&" : "", name, value);
}

static void add_parameters(Text *query, Text *plain, const AsDownlink *frame) {
        add_parameter(query, plain, "DevEUI", frame->dev_eui);
        add_parameter(query, plain, "FPort", frame->fport);
        add_parameter(query, plain, "Payload", frame->payload);
        add_parameter(query, plain, "Confirmed", frame->confirmed ? "1" : NULL);
        add_parameter(query, plain, "FlushDownlinkQueue", frame->flush ? "1" : NULL);
        add_parameter(query, plain, "ValidityTime", frame->validity_time);
        add_parameter(query, plain, "CorrelationID", frame->correlation_id);
        add_parameter(query, plain, "AS_ID", frame->as_id);
        add_parameter(query, plain, "Time", frame->time);
}

int as_downlink_sign(const AsDownlink *frame, const char *key, Text *ret) {
        _cleanup_free_ char *data = malloc(QUERY_MAX_BYTES);
        char token[SHA256_HEX_MAX];
        Text plain;
        int r;

        if (!data)
                return -ENOMEM;
        text_init(&plain, data, QUERY_MAX_BYTES);
        add_parameters(ret, &plain, frame);
        text_add(&plain, key);
        if (plain.truncated)
                return -ENOSPC;
        r = sha256_hex(&(struct iovec) { plain.data, plain.length }, 1, token);
        if (r < 0)
                return r;
        text_printf(ret, "&Token=%s", token);
        return ret->truncated ? -ENOSPC : 0;
}

/* sending */

/* CURLOPT_WRITEFUNCTION: a line of printable text, whatever the peer sends. */
static size_t on_answer_body(char *bytes, size_t size, size_t n, void *userdata) {
        Sending *sending = userdata;

        for (size_t i = 0; i < size * n; i++)
                text_add_char(&sending->text, isprint((unsigned char) bytes[i]) ? bytes[i] : ' ');
        return size * n;
}

static int set_peer(const Sending *sending, CURL *easy, const char *query) {
        static const char unix_scheme[] = "unix:";
        const bool is_unix = text_starts_with(sending->url, unix_scheme);
        const char *base = is_unix ? "http://localhost" : sending->url;
        size_t n = strlen(base);
        char *url = NULL;
        CURLcode code;

        while (n > 0 && base[n - 1] == '/')
                n--;
        if (asprintf(&url, "%.*s%s?%s", (int) n, base, sending->v2 ? PATH_V2 : PATH_V1, query) < 0)
                return -ENOMEM;
        code = curl_easy_setopt(easy, CURLOPT_URL, url);
        free(url);
        if (code == CURLE_OK && is_unix)
                code = curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH,
                                        sending->url + strlen(unix_scheme));
        if (code == CURLE_OK && sending->ca_file)
                code = curl_easy_setopt(easy, CURLOPT_CAINFO, sending->ca_file);
        return code == CURLE_OK ? 0 : -EINVAL;
}

static int set_request(Sending *sending, CURL *easy, char error[static CURL_ERROR_SIZE]) {
        if (curl_easy_setopt(easy, CURLOPT_POST, 1L) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "") != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_PROXY, "") != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_SEC) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_TIMEOUT, TOTAL_TIMEOUT_SEC) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer_body) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_WRITEDATA, sending) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error) != CURLE_OK)
                return -EINVAL;
        return 0;
}

/* The HTTP status, or negative with a message. */
static int transfer(Sending *sending, const char *query) {
        char error[CURL_ERROR_SIZE] = "";
        CURL *easy = curl_easy_init();
        CURLcode code = CURLE_FAILED_INIT;
        long status = 0;

        if (easy && set_request(sending, easy, error) == 0 && set_peer(sending, easy, query) == 0)
                code = curl_easy_perform(easy);
        if (code == CURLE_OK)
                code = curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (code != CURLE_OK)
                fprintf(stderr, "fotasim downlink: %s: %s\n", sending->url,
                        error[0] ? error : curl_easy_strerror(code));
        curl_easy_cleanup(easy);
        return code == CURLE_OK ? (int) status : -EIO;
}

static int key_read(const char *path, char ret[static AS_KEY_MAX]) {
        _cleanup_free_ char *text = NULL;
        int r = file_read(path, SECRET_MAX_BYTES, &text, NULL);

        if (r < 0) {
                fprintf(stderr, "fotasim downlink: %s: %s\n", path, strerror(-r));
                return r;
        }
        r = as_key_parse(text, ret);
        if (r < 0)
                fprintf(stderr, "fotasim downlink: %s: a key is 32 hex digits\n", path);
        return r;
}

/* The exit status. */
static int frame_send(Sending *sending) {
        char query[QUERY_MAX_BYTES], key[AS_KEY_MAX], now[ISO_TEXT_MAX];
        const usec_t realtime = clock_now().realtime;
        int status;
        Text text;

        if (key_read(sending->key_file, key) < 0)
                return EXIT_FAILURE;
        if (!sending->frame.time)
                sending->frame.time = iso_format(now, realtime, utc_offset_at(realtime));
        text_init(&text, query, sizeof(query));
        if (as_downlink_sign(&sending->frame, key, &text) < 0) {
                fprintf(stderr, "fotasim downlink: the frame is too long to be signed\n");
                return EXIT_FAILURE;
        }
        text_init(&sending->text, sending->answer, sizeof(sending->answer));
        status = transfer(sending, query);
        if (status < 0)
                return EXIT_FAILURE;
        printf("%d%s%s\n", status, sending->answer[0] ? " " : "", sending->answer);
        return status == (sending->v2 ? 202 : 200) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* arguments */

static int downlink_usage_error(const char *what) {
        fprintf(stderr, "fotasim downlink: %s; see fotasim downlink --help\n", what);
        return -EINVAL;
}

static int downlink_help(void) {
        puts("Usage: fotasim downlink --url URL --key-file FILE --as-id ID --dev-eui EUI "
             "[OPTION...]\n"
             "Sends one signed downlink frame and prints the answer: its status and its body.\n"
             "Exits with 0 when the frame was taken, 1 when not. Values are sent as they are.\n\n"
             "  --url URL             of the endpoint, without its path: http://127.0.0.1:8080,\n"
             "                        https://gateway:8443, unix:/run/fotad/downlink.sock\n"
             "  --payload HEX         the command; none without\n"
             "  --fport N             default: 20\n"
             "  --confirmed\n"
             "  --flush               drop the frames that wait\n"
             "  --validity-time TIME  drop this one when it could not be carried out by then\n"
             "  --correlation-id HEX\n"
             "  --time TIME           of the request; default: now\n"
             "  --v2                  by the second version of the API\n"
             "  --ca-file FILE        who signs the endpoint's certificate");
        return 0;
}

enum {
        OPTION_URL = 'a',
        OPTION_KEY_FILE,
        OPTION_AS_ID,
        OPTION_DEV_EUI,
        OPTION_PAYLOAD,
        OPTION_FPORT,
        OPTION_CONFIRMED,
        OPTION_FLUSH,
        OPTION_VALIDITY_TIME,
        OPTION_CORRELATION_ID,
        OPTION_TIME,
        OPTION_V2,
        OPTION_CA_FILE,
        OPTION_HELP
};

/* clang-format off */
static const struct option downlink_options[] = {
        { "url",            required_argument, NULL, OPTION_URL },
        { "key-file",       required_argument, NULL, OPTION_KEY_FILE },
        { "as-id",          required_argument, NULL, OPTION_AS_ID },
        { "dev-eui",        required_argument, NULL, OPTION_DEV_EUI },
        { "payload",        required_argument, NULL, OPTION_PAYLOAD },
        { "fport",          required_argument, NULL, OPTION_FPORT },
        { "confirmed",      no_argument,       NULL, OPTION_CONFIRMED },
        { "flush",          no_argument,       NULL, OPTION_FLUSH },
        { "validity-time",  required_argument, NULL, OPTION_VALIDITY_TIME },
        { "correlation-id", required_argument, NULL, OPTION_CORRELATION_ID },
        { "time",           required_argument, NULL, OPTION_TIME },
        { "v2",             no_argument,       NULL, OPTION_V2 },
        { "ca-file",        required_argument, NULL, OPTION_CA_FILE },
        { "help",           no_argument,       NULL, OPTION_HELP },
        {},
};
/* clang-format on */

/* Where the text of an option goes; NULL: it has none. */
static const char **option_text(Sending *sending, int option) {
        switch (option) {
        case OPTION_URL:
                return &sending->url;
        case OPTION_KEY_FILE:
                return &sending->key_file;
        case OPTION_AS_ID:
                return &sending->frame.as_id;
        case OPTION_DEV_EUI:
                return &sending->frame.dev_eui;
        case OPTION_PAYLOAD:
                return &sending->frame.payload;
        case OPTION_FPORT:
                return &sending->frame.fport;
        case OPTION_VALIDITY_TIME:
                return &sending->frame.validity_time;
        case OPTION_CORRELATION_ID:
                return &sending->frame.correlation_id;
        case OPTION_TIME:
                return &sending->frame.time;
        case OPTION_CA_FILE:
                return &sending->ca_file;
        default:
                return NULL;
        }
}

static int downlink_option_take(Sending *sending, int option) {
        const char **text = option_text(sending, option);

        if (text) {
                *text = optarg;
                return 1;
        }
        switch (option) {
        case OPTION_CONFIRMED:
                sending->frame.confirmed = true;
                return 1;
        case OPTION_FLUSH:
                sending->frame.flush = true;
                return 1;
        case OPTION_V2:
                sending->v2 = true;
                return 1;
        case OPTION_HELP:
                return downlink_help();
        default:
                return downlink_usage_error("bad usage");
        }
}

/* 1, 0: nothing to do but exit well, or -EINVAL with a message */
static int downlink_arguments(Sending *sending, int argc, char *argv[]) {
        int option, r;

        while ((option = getopt_long(argc, argv, "", downlink_options, NULL)) >= 0) {
                r = downlink_option_take(sending, option);
                if (r <= 0)
                        return r;
        }
        if (optind < argc)
                return downlink_usage_error("an argument too many");
        if (!sending->url || !sending->key_file || !sending->frame.as_id || !sending->frame.dev_eui)
                return downlink_usage_error("--url, --key-file, --as-id and --dev-eui are needed");
        return 1;
}

int as_downlink_main(int argc, char *argv[]) {
        Sending sending = { .frame.fport = "20" };
        int r = downlink_arguments(&sending, argc, argv);

        if (r <= 0)
                return r < 0 ? EXIT_USAGE : EXIT_SUCCESS;
        return frame_send(&sending);
}
