/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Carries reports to the application server: one libcurl multi handle for life, in the daemon's
 * loop.
 *
 * Owns two easy handles with their buffers. Body, Time and Token are made when a report leaves, so
 * that a report which is sent again has new ones. At most one transfer is between its name look-up
 * and the end of its TLS handshake; the other one waits for that. libcurl must not be called from
 * its own callbacks: they only note. A resolver thread that was given up after the connect timeout
 * ends by itself; the queue's backoff keeps such threads few. */

#include "uplink/uplink.h"

#include <stdio.h>
#include <sys/socket.h>

#include "actility/query.h"
#include "actility/report.h"
#include "base/log.h"
#include "uplink/easy.h"
#include "uplink/multi.h"

#define TRANSFERS_MAX 2
#define ANSWER_BYTES_MAX (64 * 1024) /* header and body; nobody reads them */
#define DNS_SEC 60L                  /* libcurl's default */
#define DNS_BOUND_SEC 3600L          /* a name server may be out of reach with the first way out */
#define URL_MAX (sizeof(((UplinkSettings *) NULL)->url) + QUERY_TEXT_MAX)

typedef struct Transfer {
        CURL *easy;
        bool ready; /* its options are set */
        bool busy;
        bool connected; /* names are resolved, TLS is done, the request may go */
        ReportRow report;
        size_t answer_bytes;
        char interface[INTERFACE_NAME_MAX]; /* that it must go through, "" any */
        int bind_errno;                     /* why it can't */
        char error[CURL_ERROR_SIZE];
        char body[REPORT_TEXT_MAX];
} Transfer;

struct Sender {
        UplinkSettings settings;
        const SenderHandlers *handlers;
        void *userdata;
        bool global; /* curl_global_init() was called */
        Multi multi;
        struct curl_slist *headers;
        bool kicking;
        Transfer transfers[TRANSFERS_MAX];
};

/* one transfer */

/* CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION */
static size_t on_answer(char *bytes, size_t size, size_t n, void *userdata) {
        Transfer *transfer = userdata;

        (void) bytes;
        transfer->answer_bytes += size * n;
        return transfer->answer_bytes <= ANSWER_BYTES_MAX ? size * n : 0;
}

/* CURLOPT_PREREQFUNCTION: connected, on a new connection or on one that was kept */
static int on_connected(void *userdata, char *peer, char *local, int peer_port, int local_port) {
        Transfer *transfer = userdata;

        (void) peer;
        (void) local;
        (void) peer_port;
        (void) local_port;
        transfer->connected = true;
        return CURL_PREREQFUNC_OK;
}

/* CURLOPT_SOCKOPTFUNCTION. Not CURLOPT_INTERFACE: where the kernel refuses SO_BINDTODEVICE that
 * falls back to the address of the interface, and the packets go where they always go. */
static int on_socket(void *userdata, curl_socket_t fd, curlsocktype purpose) {
        Transfer *transfer = userdata;

        (void) purpose;
        if (transfer->interface[0] == '\0' ||
            setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, transfer->interface,
                       (socklen_t) strlen(transfer->interface)) >= 0)
                return CURL_SOCKOPT_OK;
        transfer->bind_errno = errno;
        return CURL_SOCKOPT_ERROR;
}

static int transfer_set_callbacks(CURL *easy, Transfer *transfer) {
        if (curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_answer) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket) != CURLE_OK ||
            curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, transfer) != CURLE_OK)
                return -EOPNOTSUPP;
        return 0;
}

/* Options and callbacks; again after curl_easy_reset(). Connections and TLS sessions outlive that.
 */
static int transfer_set_up(Transfer *transfer, Sender *sender) {
        int r;

        r = easy_prepare(transfer->easy, &sender->settings, sender->headers);
        if (r < 0)
                return r;
        r = transfer_set_callbacks(transfer->easy, transfer);
        if (r < 0)
                return r;
        r = multi_adopt(&sender->multi, transfer->easy);
        if (r < 0)
                return r;
        transfer->ready = true;
        return 0;
}

/* one request */

static Encoding encoding_of(const UplinkSettings *settings) {
        switch (settings->format) {
        case UPLINK_FORMAT_JSON:
        case _UPLINK_FORMAT_MAX:
                break;
        case UPLINK_FORMAT_JSON_UNTYPED:
                return ENCODING_JSON_UNTYPED;
        case UPLINK_FORMAT_XML:
                return ENCODING_XML;
        }
        return ENCODING_JSON;
}

/* URL with query and Token as of now. */
static int request_url(const UplinkSettings *settings, const Document *document, Text *ret) {
        Clock now = clock_now();
        const ReportSignature signature = {
                .profile = settings->profile,
                .as_id = settings->as_id,
                .key = settings->key,
                .now = now.realtime,
                .utc_offset_sec = utc_offset_at(now.realtime),
        };
        char data[QUERY_TEXT_MAX];
        Text text;
        int r;

        text_init(&text, data, sizeof data);
        r = document_query(document, &signature, &text);
        if (r < 0)
                return r;
        text_printf(ret, "%s%c%s", settings->url, strchr(settings->url, '?') ? '&' : '?', data);
        return ret->truncated ? -EMSGSIZE : 0;
}

static int transfer_prepare(Transfer *transfer, const UplinkSettings *settings, bool late) {
        ReportDocument report;
        char data[URL_MAX];
        Text body, url;
        int r;

        text_init(&body, transfer->body, sizeof transfer->body);
        text_init(&url, data, sizeof data);
        r = report_document(settings, &transfer->report, late, &report);
        if (r < 0)
                return r;
        r = document_write(&report.document, encoding_of(settings), &body);
        if (r < 0)
                return r;
        r = request_url(settings, &report.document, &url);
        if (r < 0)
                return r;
        if (curl_easy_setopt(transfer->easy, CURLOPT_URL, url.data) != CURLE_OK ||
            curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE, (long) body.length) !=
                    CURLE_OK ||
            curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, transfer->body) != CURLE_OK)
                return -ENOMEM;
        return 0;
}

/* Through an interface it goes on a connection of its own, which nobody uses after it; the address
 * that was found while there were two ways out serves as long as there is only one. */
static int transfer_set_route(Transfer *transfer, Sender *sender) {
        const char *interface =
                sender->handlers->route ?
                        sender->handlers->route(sender->userdata, &transfer->report) :
                        "";
        const bool bound = interface[0] != '\0';

        (void) TEXT_COPY(transfer->interface, interface);
        transfer->bind_errno = 0;
        if (curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, (long) bound) != CURLE_OK ||
            curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, (long) bound) != CURLE_OK ||
            curl_easy_setopt(transfer->easy, CURLOPT_DNS_CACHE_TIMEOUT,
                             bound ? DNS_BOUND_SEC : DNS_SEC) != CURLE_OK)
                return -EOPNOTSUPP;
        return 0;
}

static int transfer_start(Transfer *transfer, Sender *sender, bool late) {
        int r;

        r = transfer->ready ? 0 : transfer_set_up(transfer, sender);
        if (r < 0)
                return r;
        r = transfer_prepare(transfer, &sender->settings, late);
        if (r < 0)
                return r;
        r = transfer_set_route(transfer, sender);
        if (r < 0)
                return r;
        transfer->connected = false;
        transfer->answer_bytes = 0;
        transfer->error[0] = '\0';
        if (curl_multi_add_handle(sender->multi.handle, transfer->easy) != CURLM_OK)
                return -EIO;
        transfer->busy = true;
        return 0;
}

/* the turn of the transfers */

static Transfer *sender_idle_transfer(Sender *sender) {
        Transfer *idle = NULL;

        for (size_t i = 0; i < TRANSFERS_MAX; i++) {
                if (!sender->transfers[i].busy)
                        idle = &sender->transfers[i];
                else if (!sender->transfers[i].connected)
                        return NULL; /* one look-up, one handshake at a time */
        }
        return idle;
}

/* A report that makes no document would stay for ever. */
static bool is_unsendable(int error) {
        return error == -EBADMSG || error == -EINVAL || error == -EMSGSIZE;
}

static bool sender_start_next(Sender *sender) {
        Transfer *transfer = sender_idle_transfer(sender);
        bool late;
        int r;

        if (!transfer || !sender->handlers->take(sender->userdata, &transfer->report, &late))
                return false;
        r = transfer_start(transfer, sender, late);
        if (r < 0) {
                const ReportAnswer answer = { .error = strerror(-r),
                                              .unsendable = is_unsendable(r) };

                sender->handlers->answered(sender->userdata, &transfer->report, &answer);
        }
        return true;
}

void sender_kick(Sender *sender) {
        if (sender->kicking)
                return; /* a handler calls us: the loop below goes on anyhow */
        sender->kicking = true;
        while (sender_start_next(sender))
                ;
        sender->kicking = false;
}

/* libcurl counts its retries on dead connections over the life of a handle and fails the sixth
 * (seen with 7.88). A retry means a new connection; after one the count is set back, which is rare
 * and cheap. */
static void transfer_clear_retries(Transfer *transfer) {
        long connects = 0;

        (void) curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &connects);
        if (connects == 0)
                return;
        curl_easy_reset(transfer->easy);
        transfer->ready = false;
}

/* From the moment in which the request could leave to the first byte of the answer. */
static usec_t transfer_took(const Transfer *transfer) {
        curl_off_t ready = 0, first = 0;

        (void) curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
        (void) curl_easy_getinfo(transfer->easy, CURLINFO_STARTTRANSFER_TIME_T, &first);
        return first > ready ? (usec_t) (first - ready) : 0;
}

/* A status that came counts, even when the rest of the answer was too long or broke off: nobody
 * reads it. */
static void transfer_finish(Transfer *transfer, Sender *sender, CURLcode result) {
        ReportRow report = transfer->report; /* the handler may start this transfer again */
        char error[CURL_ERROR_SIZE] = "";
        ReportAnswer answer = { .error = error, .took = transfer_took(transfer) };
        long status = 0;

        (void) curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        (void) curl_multi_remove_handle(sender->multi.handle, transfer->easy);
        transfer->busy = false;
        if (result != CURLE_OK) {
                (void) TEXT_COPY(error, transfer->error[0] != '\0' ? transfer->error :
                                                                     curl_easy_strerror(result));
                if (transfer->bind_errno != 0)
                        (void) snprintf(error, sizeof error, "%s: %s", transfer->interface,
                                        strerror(transfer->bind_errno));
                log_debug("uplink: report %llu of %s: %s", (unsigned long long) report.id,
                          report.module, error);
                status = status >= 200 ? status : 0;
        }
        transfer_clear_retries(transfer);
        answer.status = (int) status;
        sender->handlers->answered(sender->userdata, &report, &answer);
}

static void on_turn(void *userdata) {
        Sender *sender = userdata;
        CURLMsg *message;
        int left;

        while ((message = curl_multi_info_read(sender->multi.handle, &left))) {
                CURLcode result = message->data.result;
                Transfer *transfer = NULL;

                (void) curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
                                         (char **) &transfer);
                if (message->msg == CURLMSG_DONE && transfer)
                        transfer_finish(transfer, sender, result); /* `message` is gone now */
        }
}

/* setting up */

static int sender_init_multi(Sender *sender, sd_event *event) {
        int r;

        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                return -EIO;
        sender->global = true;
        r = multi_init(&sender->multi, event, on_turn, sender);
        if (r < 0)
                return r;
        (void) curl_multi_setopt(sender->multi.handle, CURLMOPT_MAXCONNECTS, (long) TRANSFERS_MAX);
        (void) curl_multi_setopt(sender->multi.handle, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                                 (long) TRANSFERS_MAX);
        return 0;
}

int sender_new(sd_event *event, const UplinkSettings *settings, const SenderHandlers *handlers,
               void *userdata, Sender **ret) {
        _cleanup_(sender_freep) Sender *sender = calloc(1, sizeof *sender);
        int r;

        if (!sender)
                return -ENOMEM;
        sender->settings = *settings;
        sender->handlers = handlers;
        sender->userdata = userdata;
        r = sender_init_multi(sender, event);
        if (r < 0)
                return r;
        r = easy_headers(&sender->headers, encoding_content_type(encoding_of(settings)));
        if (r < 0)
                return r;
        for (size_t i = 0; i < TRANSFERS_MAX; i++) {
                sender->transfers[i].easy = curl_easy_init();
                if (!sender->transfers[i].easy)
                        return -ENOMEM;
                r = transfer_set_up(&sender->transfers[i], sender);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(sender);
        return 0;
}

Sender *sender_free(Sender *sender) {
        if (!sender)
                return NULL;
        for (size_t i = 0; i < TRANSFERS_MAX; i++) {
                if (sender->transfers[i].busy)
                        (void) curl_multi_remove_handle(sender->multi.handle,
                                                        sender->transfers[i].easy);
                curl_easy_cleanup(sender->transfers[i].easy);
        }
        multi_done(&sender->multi);
        curl_slist_free_all(sender->headers);
        if (sender->global)
                curl_global_cleanup();
        explicit_bzero(sender->settings.key, sizeof sender->settings.key);
        free(sender);
        return NULL;
}
