/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The downlink endpoint of the daemon: which socket, which certificate, and what a query meets.
 *
 * Owns the door that is open, the next one while a reload is under way, and the server that it took
 * the place of, until the connections of that have ended. An endpoint that can not be opened stops
 * nothing else: updates matter more than commands from afar. It is said once, and tried again. A
 * reload that would break one that works is refused. */

#include "downlink/server.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/log.h"
#include "daemon/daemon.h"
#include "downlink/endpoint.h"

#define RETRY_AFTER USEC_PER_MINUTE
#define COMPLAINT_MAX 512

typedef struct Door {
        char listen[sizeof(((DownlinkSettings *) NULL)->listen)]; /* "": passed in */
        Endpoint endpoint;
        Credentials credentials;
        DownlinkServer *server; /* NULL: closed */
} Door;

struct Downlink {
        Door door, next;
        bool has_next;
        DownlinkServer *retired;
        sd_event_source *retry;
        char why[COMPLAINT_MAX]; /* what was said last */
};

/* queries */

static void on_query(void *userdata, const char *raw, DownlinkFault *ret) {
        Daemon *daemon = userdata;

        daemon_begin_turn(daemon);
        if (daemon->frames)
                frames_query(daemon->frames, raw, ret);
        else /* it was switched off, and this connection is an old one */
                *ret = (DownlinkFault) { .code = DOWNLINK_DISABLED, .parameter = "DevEUI" };
}

static const DownlinkHandlers downlink_handlers = { .query = on_query };

/* doors */

static void door_close(Door *door) {
        door->server = downlink_server_free(door->server);
        credentials_done(&door->credentials);
        endpoint_close(&door->endpoint);
        *door = (Door) { .endpoint = ENDPOINT_NONE };
}

static int endpoint_find(const Daemon *daemon, const DownlinkSettings *settings, Endpoint *ret,
                         char why[static COMPLAINT_MAX]) {
        Address address;
        int r;

        if (daemon->downlink_fd >= 0) {
                r = fcntl(daemon->downlink_fd, F_DUPFD_CLOEXEC, 3);
                r = r < 0 ? -errno : endpoint_take(r, ret);
                if (r < 0)
                        (void) snprintf(why, COMPLAINT_MAX, "the socket that was passed in: %s",
                                        strerror(-r));
                return r;
        }
        if (!settings->listen[0]) {
                (void) text_copy(why, COMPLAINT_MAX,
                                 "there is nothing to listen on: set downlink.listen, or enable "
                                 "fotad-downlink.socket and start it before fotad");
                return -EDESTADDRREQ;
        }
        r = address_from_string(settings->listen, &address);
        if (r >= 0)
                r = endpoint_open(&address, ret);
        if (r < 0)
                (void) snprintf(why, COMPLAINT_MAX, "can't listen on %s: %s%s", settings->listen,
                                strerror(-r),
                                r == -EACCES || r == -EROFS ?
                                        "; in a service, fotad-downlink.socket can" :
                                        "");
        return r;
}

/* The same socket goes on when it is the same address: connections that wait there are not lost. */
static int endpoint_share(const Door *door, Endpoint *ret) {
        const int fd = fcntl(door->endpoint.fd, F_DUPFD_CLOEXEC, 3);

        if (fd < 0)
                return -errno;
        *ret = (Endpoint) { .fd = fd, .address = door->endpoint.address };
        return 0;
}

static bool is_same_place(const Daemon *daemon, const Door *door,
                          const DownlinkSettings *settings) {
        return door->server && (daemon->downlink_fd >= 0 || streq(door->listen, settings->listen));
}

static int door_serve(Daemon *daemon, Door *door, char why[static COMPLAINT_MAX]) {
        const DownlinkServerSettings settings = { .fd = door->endpoint.fd,
                                                  .credentials = &door->credentials,
                                                  .times = PEER_TIMES };
        char said[256];
        int r;

        if (!door->credentials.certificate && !address_is_local(&door->endpoint.address)) {
                (void) text_copy(why, COMPLAINT_MAX,
                                 "the socket that was passed in can be reached by others: set "
                                 "downlink.certificate_file and private_key_file");
                return -EPERM;
        }
        r = downlink_server_new(daemon->event, &settings, &downlink_handlers, daemon, &door->server,
                                said, sizeof said);
        if (r == -EKEYREJECTED)
                (void) snprintf(why, COMPLAINT_MAX,
                                "downlink.certificate_file and private_key_file can't be used: %s",
                                said);
        else if (r < 0)
                (void) snprintf(why, COMPLAINT_MAX, "the server can't be started: %s", said);
        return r;
}

static int door_open(Daemon *daemon, const DownlinkSettings *settings, const Door *before,
                     Door *ret, char why[static COMPLAINT_MAX]) {
        Door door = { .endpoint = ENDPOINT_NONE };
        int r = credentials_load(settings->certificate_file, settings->private_key_file,
                                 &door.credentials, why, COMPLAINT_MAX);

        (void) TEXT_COPY(door.listen, settings->listen);
        if (r >= 0 && is_same_place(daemon, before, settings)) {
                r = endpoint_share(before, &door.endpoint);
                if (r < 0)
                        (void) text_copy(why, COMPLAINT_MAX, strerror(-r));
        } else if (r >= 0)
                r = endpoint_find(daemon, settings, &door.endpoint, why);
        if (r >= 0)
                r = door_serve(daemon, &door, why);
        if (r < 0)
                door_close(&door);
        else
                *ret = door;
        return r;
}

static void say_open(const Door *door) {
        char text[ADDRESS_TEXT_MAX];

        log_info("Downlinks are taken on %s, %s", address_to_string(text, &door->endpoint.address),
                 door->credentials.certificate ? "with TLS" : "plain HTTP");
}

/* start */

static void try_open(Daemon *daemon);

static int on_retry(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata) {
        try_open(userdata);
        return 0;
}

static void arm_retry(Daemon *daemon) {
        Downlink *downlink = daemon->downlink;
        int r;

        downlink->retry = sd_event_source_disable_unref(downlink->retry);
        r = sd_event_add_time_relative(daemon->event, &downlink->retry, CLOCK_BOOTTIME, RETRY_AFTER,
                                       0, on_retry, daemon);
        if (r >= 0)
                (void) sd_event_source_set_description(downlink->retry, "downlink-retry");
}

static void try_open(Daemon *daemon) {
        Downlink *downlink = daemon->downlink;
        char why[COMPLAINT_MAX] = "";

        downlink->retry = sd_event_source_disable_unref(downlink->retry);
        if (!daemon->settings->downlink.enabled || downlink->door.server)
                return;
        if (door_open(daemon, &daemon->settings->downlink, &downlink->door, &downlink->door, why) >=
            0) {
                downlink->why[0] = '\0';
                say_open(&downlink->door);
                return;
        }
        if (!streq(why, downlink->why))
                log_error("No downlinks are taken: %s; tried again every minute", why);
        (void) TEXT_COPY(downlink->why, why);
        arm_retry(daemon);
}

int daemon_downlink_start(Daemon *daemon) {
        Downlink *downlink = calloc(1, sizeof *downlink);

        if (!downlink)
                return log_error_errno(-ENOMEM, "Out of memory for the downlink endpoint");
        *downlink = (Downlink) { .door.endpoint = ENDPOINT_NONE, .next.endpoint = ENDPOINT_NONE };
        daemon->downlink = downlink;
        try_open(daemon);
        return 0;
}

void daemon_downlink_stop(Daemon *daemon) {
        Downlink *downlink = daemon->downlink;

        if (!downlink)
                return;
        downlink->retry = sd_event_source_disable_unref(downlink->retry);
        downlink->retired = downlink_server_free(downlink->retired);
        door_close(&downlink->door);
        door_close(&downlink->next);
        free(downlink);
        daemon->downlink = NULL;
}

/* reload */

int daemon_downlink_prepare(Daemon *daemon, const Settings *settings, Text *why) {
        Downlink *downlink = daemon->downlink;
        char said[COMPLAINT_MAX] = "";
        int r;

        daemon_downlink_forget(daemon);
        if (!settings->downlink.enabled || !downlink->door.server)
                return 0; /* one that is not open yet is tried with the new settings */
        r = door_open(daemon, &settings->downlink, &downlink->door, &downlink->next, said);
        if (r < 0) {
                text_printf(why, "%s", said);
                return r;
        }
        downlink->has_next = true;
        return 0;
}

void daemon_downlink_forget(Daemon *daemon) {
        door_close(&daemon->downlink->next);
        daemon->downlink->has_next = false;
}

static void retire(Downlink *downlink) {
        downlink->retired = downlink_server_free(downlink->retired);
        if (downlink->door.server)
                downlink_server_retire(downlink->door.server);
        downlink->retired = TAKE_PTR(downlink->door.server);
}

/* The path of a socket that goes on is the next one's to take away. */
static void take_next(Downlink *downlink, bool same_place) {
        if (same_place) {
                downlink->next.endpoint.is_path = downlink->door.endpoint.is_path;
                downlink->door.endpoint.is_path = false;
        }
        retire(downlink);
        door_close(&downlink->door);
        downlink->door = downlink->next;
        downlink->next = (Door) { .endpoint = ENDPOINT_NONE };
        downlink->has_next = false;
        say_open(&downlink->door);
}

void daemon_downlink_take(Daemon *daemon) {
        Downlink *downlink = daemon->downlink;
        const bool same_place = is_same_place(daemon, &downlink->door, &daemon->settings->downlink);

        if (!daemon->settings->downlink.enabled) {
                retire(downlink);
                door_close(&downlink->door);
        } else if (downlink->has_next && same_place &&
                   credentials_same(&downlink->door.credentials, &downlink->next.credentials))
                daemon_downlink_forget(daemon); /* nothing changed */
        else if (downlink->has_next)
                take_next(downlink, same_place);
        downlink->why[0] = '\0';
        try_open(daemon);
}
