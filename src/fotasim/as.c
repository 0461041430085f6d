/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `fotasim as`: takes reports over HTTP or HTTPS, verifies them and prints each as a JSON line. The
 * library does the serving in a thread of its own, one request after the other; the main thread
 * only waits for a signal. The request target is caught in the library's URI callback, the one
 * place where it is still as it was sent. A report that was refused on purpose (--fail) is not
 * printed or counted: to its sender it never arrived. */

#include "fotasim/as.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>

#include "base/time.h"
#include "fotasim/as-report.h"
#include "fotasim/file.h"

#define BODY_MAX_BYTES ((size_t) 64 * 1024)
#define SECRET_MAX_BYTES ((size_t) 64 * 1024)
#define IDLE_MAX_SEC 1900U /* clients keep connections for half an hour */
#define EXIT_USAGE 2

typedef struct As {
        AsServer reports;
        unsigned fail_count, fail_status;
        usec_t delay;
        struct sockaddr_storage address;
        const char *listen, *key_file, *certificate_file, *private_key_file;
        char *certificate, *private_key;
        struct MHD_Daemon *daemon;
} As;

typedef struct Request {
        char *target;
        char *body;
        size_t n;
        bool started, too_long;
} Request;

/* requests */

static void *on_uri(void *userdata _unused_, const char *uri,
                    struct MHD_Connection *connection _unused_) {
        Request *request = calloc(1, sizeof(*request));

        if (request)
                request->target = strdup(uri);
        return request;
}

static void on_completed(void *userdata _unused_, struct MHD_Connection *connection _unused_,
                         void **context, enum MHD_RequestTerminationCode why _unused_) {
        Request *request = *context;

        if (!request)
                return;
        free(request->target);
        free(request->body);
        free(request);
        *context = NULL;
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
                              const char *text) {
        struct MHD_Response *response;
        enum MHD_Result result;

        response = MHD_create_response_from_buffer(strlen(text), (void *) (uintptr_t) text,
                                                   MHD_RESPMEM_MUST_COPY);
        if (!response)
                return MHD_NO;
        result = MHD_queue_response(connection, status, response);
        MHD_destroy_response(response);
        return result;
}

static enum MHD_Result answer_report(As *as, struct MHD_Connection *connection,
                                     const Request *request) {
        const char *query = strchr(request->target, '?');
        enum MHD_Result result;
        AsReport report;
        char *line;

        if (as->delay > 0)
                (void) usleep((useconds_t) as->delay);
        if (as->fail_count > 0) {
                as->fail_count--;
                return answer(connection, as->fail_status, "refused for a test\n");
        }
        as_report_check(&as->reports,
                        &(AsRequest) {
                                .query = query ? query + 1 : "",
                                .content_type = MHD_lookup_connection_value(
                                        connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE),
                                .body = request->body ? request->body : "",
                                .n = request->n,
                        },
                        &report);
        line = as_report_format(&report);
        if (line)
                puts(line);
        (void) fflush(stdout);
        cJSON_free(line);
        result = answer(connection, report.verified ? MHD_HTTP_OK : MHD_HTTP_UNAUTHORIZED,
                        report.error);
        as_report_done(&report);
        return result;
}

static void body_take(Request *request, const char *bytes, size_t n) {
        char *body;

        if (request->n + n > BODY_MAX_BYTES)
                request->too_long = true;
        body = request->too_long ? NULL : realloc(request->body, request->n + n);
        if (!body) {
                request->too_long = true;
                return;
        }
        request->body = body;
        memcpy(request->body + request->n, bytes, n);
        request->n += n;
}

/* Called once for the head, then for each piece of the body, at last without one: only then
 * answered. */
static enum MHD_Result on_request(void *userdata, struct MHD_Connection *connection,
                                  const char *url _unused_, const char *method,
                                  const char *version _unused_, const char *upload,
                                  size_t *upload_size, void **context) {
        Request *request = *context;

        if (!request || !request->target)
                return MHD_NO;
        if (!request->started) {
                request->started = true;
                return MHD_YES;
        }
        if (*upload_size > 0) {
                body_take(request, upload, *upload_size);
                *upload_size = 0;
                return MHD_YES;
        }
        if (!streq(method, MHD_HTTP_METHOD_POST))
                return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "reports are POSTed\n");
        if (request->too_long)
                return answer(connection, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too long\n");
        return answer_report(userdata, connection, request);
}

/* setup */

static int address_parse(const char *text, struct sockaddr_storage *ret) {
        const char *colon = strrchr(text, ':');
        struct sockaddr_in *v4 = (struct sockaddr_in *) ret;
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) ret;
        char host[INET6_ADDRSTRLEN + 2], *end;
        unsigned long port;
        size_t n;

        if (!colon || (n = (size_t) (colon - text)) >= sizeof(host) || colon[1] < '0' ||
            colon[1] > '9')
                return -EINVAL;
        port = strtoul(colon + 1, &end, 10);
        if (*end || port > UINT16_MAX)
                return -EINVAL;
        *ret = (struct sockaddr_storage) {};
        memcpy(host, text, n);
        host[n] = '\0';
        if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
                v4->sin_family = AF_INET;
                v4->sin_port = htons((uint16_t) port);
                return 0;
        }
        if (n < 2 || host[0] != '[' || host[n - 1] != ']')
                return -EINVAL;
        host[n - 1] = '\0';
        if (inet_pton(AF_INET6, host + 1, &v6->sin6_addr) != 1)
                return -EINVAL;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t) port);
        return 0;
}

static int usage_error(const char *what) {
        fprintf(stderr, "fotasim as: %s; see fotasim as --help\n", what);
        return -EINVAL;
}

/* "3:503" */
static int fail_parse(As *as, const char *text) {
        char end;

        if (sscanf(text, "%u:%u%c", &as->fail_count, &as->fail_status, &end) != 2 ||
            as->fail_status < 200 || as->fail_status > 599)
                return usage_error("--fail is N:STATUS");
        return 1;
}

static int delay_parse(As *as, const char *text) {
        unsigned milliseconds;
        char end;

        if (sscanf(text, "%u%c", &milliseconds, &end) != 1 || milliseconds > 600000)
                return usage_error("--delay is a number of milliseconds");
        as->delay = milliseconds * USEC_PER_MSEC;
        return 1;
}

static int help(void) {
        puts("Usage: fotasim as --listen ADDRESS:PORT --key-file FILE [OPTION...]\n"
             "Takes reports in JSON or XML, verifies their tokens, prints each as a JSON\n"
             "line. Prints\n"
             "`listening URL` first; port 0 is any.\n\n"
             "  --as-id ID                the AS_ID that reports must carry\n"
             "  --certificate-file FILE   serve HTTPS\n"
             "  --private-key-file FILE\n"
             "  --fail N:STATUS           answer STATUS to the first N reports\n"
             "  --delay MS                answer so late");
        return 0;
}

enum {
        OPTION_LISTEN = 'a',
        OPTION_KEY_FILE,
        OPTION_AS_ID,
        OPTION_CERTIFICATE,
        OPTION_PRIVATE_KEY,
        OPTION_FAIL,
        OPTION_DELAY,
        OPTION_HELP
};

/* clang-format off */
static const struct option options[] = {
        { "listen",           required_argument, NULL, OPTION_LISTEN },
        { "key-file",         required_argument, NULL, OPTION_KEY_FILE },
        { "as-id",            required_argument, NULL, OPTION_AS_ID },
        { "certificate-file", required_argument, NULL, OPTION_CERTIFICATE },
        { "private-key-file", required_argument, NULL, OPTION_PRIVATE_KEY },
        { "fail",             required_argument, NULL, OPTION_FAIL },
        { "delay",            required_argument, NULL, OPTION_DELAY },
        { "help",             no_argument,       NULL, OPTION_HELP },
        {},
};
/* clang-format on */

static int option_take(As *as, int option) {
        switch (option) {
        case OPTION_LISTEN:
                as->listen = optarg;
                return 1;
        case OPTION_KEY_FILE:
                as->key_file = optarg;
                return 1;
        case OPTION_AS_ID:
                as->reports.as_id = optarg;
                return 1;
        case OPTION_CERTIFICATE:
                as->certificate_file = optarg;
                return 1;
        case OPTION_PRIVATE_KEY:
                as->private_key_file = optarg;
                return 1;
        case OPTION_FAIL:
                return fail_parse(as, optarg);
        case OPTION_DELAY:
                return delay_parse(as, optarg);
        case OPTION_HELP:
                return help();
        default:
                return usage_error("bad usage");
        }
}

/* 1, 0: nothing to do but exit well, or -EINVAL with a message */
static int arguments_parse(As *as, int argc, char *argv[]) {
        int option, r;

        while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
                r = option_take(as, option);
                if (r <= 0)
                        return r;
        }
        if (optind < argc)
                return usage_error("an argument too many");
        if (!as->listen || address_parse(as->listen, &as->address) < 0)
                return usage_error("--listen needs an address such as 127.0.0.1:0 or [::1]:8080");
        if (!as->key_file)
                return usage_error("--key-file is needed");
        if (!as->certificate_file != !as->private_key_file)
                return usage_error("--certificate-file and --private-key-file go together");
        return 1;
}

static int secret_read(const char *path, char **ret) {
        int r;

        if (!path)
                return 0;
        r = file_read(path, SECRET_MAX_BYTES, ret, NULL);
        if (r < 0)
                fprintf(stderr, "fotasim as: %s: %s\n", path, strerror(-r));
        return r;
}

static int secrets_read(As *as) {
        _cleanup_free_ char *key = NULL;
        int r;

        r = secret_read(as->key_file, &key);
        if (r < 0)
                return r;
        r = as_key_parse(key, as->reports.key);
        if (r < 0) {
                fprintf(stderr, "fotasim as: %s: a key is 32 hex digits\n", as->key_file);
                return r;
        }
        r = secret_read(as->certificate_file, &as->certificate);
        return r < 0 ? r : secret_read(as->private_key_file, &as->private_key);
}

static int daemon_start(As *as) {
        unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG;
        struct MHD_OptionItem tls[] = {
                { MHD_OPTION_HTTPS_MEM_CERT, 0, as->certificate },
                { MHD_OPTION_HTTPS_MEM_KEY, 0, as->private_key },
                { MHD_OPTION_END, 0, NULL },
        };
        struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

        flags |= as->certificate ? MHD_USE_TLS : 0;
        flags |= as->address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0;
        as->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, as, MHD_OPTION_SOCK_ADDR,
                                      (struct sockaddr *) &as->address, MHD_OPTION_URI_LOG_CALLBACK,
                                      on_uri, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
                                      MHD_OPTION_CONNECTION_TIMEOUT, IDLE_MAX_SEC, MHD_OPTION_ARRAY,
                                      as->certificate ? tls : none, MHD_OPTION_END);
        if (as->daemon)
                return 0;
        fprintf(stderr, "fotasim as: can not listen on %s\n", as->listen);
        return -EADDRINUSE;
}

static void url_print(const As *as) {
        const union MHD_DaemonInfo *port =
                MHD_get_daemon_info(as->daemon, MHD_DAEMON_INFO_BIND_PORT);
        int host = (int) (strrchr(as->listen, ':') - as->listen);

        printf("listening %s://%.*s:%u\n", as->certificate ? "https" : "http", host, as->listen,
               port ? port->port : 0U);
        (void) fflush(stdout);
}

static int as_run(As *as) {
        sigset_t signals;
        int r, signal;

        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
                return -errno;
        r = secrets_read(as);
        if (r < 0)
                return r;
        r = daemon_start(as);
        if (r < 0)
                return r;
        url_print(as);
        (void) sigwait(&signals, &signal);
        MHD_stop_daemon(as->daemon);
        return 0;
}

int as_main(int argc, char *argv[]) {
        As *as = calloc(1, sizeof(*as));
        int r;

        if (!as)
                return EXIT_FAILURE;
        r = arguments_parse(as, argc, argv);
        if (r > 0)
                r = as_run(as) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
        else
                r = r < 0 ? EXIT_USAGE : EXIT_SUCCESS;
        free(as->certificate);
        free(as->private_key);
        free(as);
        return r;
}
