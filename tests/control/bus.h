/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The bus server over fake-gateway.h, with clients in the same process and loop: what the tests of
 * control/ share. What needs another uid, or a client that blocks, is a child, and world_serve()
 * serves it. */

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <fotad/dbus.h>
#include <systemd/sd-bus.h>

#include "base/log.h"
#include "control/control.h"
#include "fake-gateway.h"
#include "test.h"

static const Family family = { .name = "hl78xx" };

typedef struct World {
        char directory[64];
        char socket[108];
        Settings settings;
        Gateway gateway;
        sd_event *event;
        Control *control;
        bool stopped;
        int reload_result;
        unsigned n_flushes;
        unsigned n_taken, n_dropped;
        char taken[64]; /* "module: what was in the file" */
        char take_fails[64];
        int lease; /* the last inhibitor's end of the pipe, once there is one */
        bool hold_fails;
} World;

static inline int on_reload(void *userdata, char *why, size_t size) {
        World *world = userdata;

        (void) snprintf(why, size, "fotad.yaml:3:5: modules.m.familly: unknown key");
        return world->reload_result;
}

static inline int on_each_job(void *userdata, const HistoryQuery *query, JobHandler handler,
                              void *handler_userdata) {
        (void) userdata;
        if (query->module[0] && !streq(query->module, "modem0"))
                return 0;
        for (uint64_t i = 1; i <= MIN_OF(query->limit, (size_t) 3); i++) {
                JobRow row = { .id = i,
                               .module = "modem0",
                               .since = i,
                               .finished = i + 1,
                               .outcome = OUTCOME_FAILED,
                               .reason = REASON_NO_RESPONSE };

                if (handler(handler_userdata, &row) != 0)
                        break;
        }
        return 0;
}

static inline int on_each_event(void *userdata, const HistoryQuery *query, EventHandler handler,
                                void *handler_userdata) {
        (void) userdata;
        for (uint64_t i = 1; i <= query->limit; i++) {
                StoredEvent row = { .sequence = i,
                                    .realtime = i,
                                    .module = "modem0",
                                    .event = "download-progress",
                                    .state = "downloading",
                                    .job = 1,
                                    .details_json = "{\"percent\":1}" };

                if (handler(handler_userdata, &row) != 0)
                        break;
        }
        return 0;
}

static inline bool on_uplink_status(void *userdata, UplinkStatus *ret) {
        (void) userdata;
        *ret = (UplinkStatus) { .last_status = 200,
                                .next_boottime = USEC_INFINITY,
                                .spool.waiting = 7 };
        return true;
}

static inline void on_uplink_flush(void *userdata) {
        World *world = userdata;

        world->n_flushes++;
}

static inline Clock on_now(void *userdata) {
        (void) userdata;
        return clock_now();
}

static inline int on_package_take(void *userdata, const char *module, int fd, char *why,
                                  size_t size) {
        World *world = userdata;
        char bytes[32] = "";

        if (world->take_fails[0]) {
                (void) snprintf(why, size, "%s", world->take_fails);
                return -EINVAL;
        }
        (void) !pread(fd, bytes, sizeof(bytes) - 1, 0);
        (void) snprintf(world->taken, sizeof(world->taken), "%s: %s", module, bytes);
        world->n_taken++;
        return 0;
}

static inline void on_package_drop(void *userdata, const char *module) {
        World *world = userdata;

        (void) module;
        world->n_dropped++;
}

static inline int on_inhibitor_hold(void *userdata, uint64_t id, int fd) {
        World *world = userdata;

        (void) id;
        if (world->hold_fails) {
                (void) fd_close(fd);
                return -EMFILE;
        }
        world->lease = fd;
        return 0;
}

static const ControlHost host = {
        .reload = on_reload,
        .each_job = on_each_job,
        .each_event = on_each_event,
        .uplink_status = on_uplink_status,
        .uplink_flush = on_uplink_flush,
        .now = on_now,
        .package_take = on_package_take,
        .package_drop = on_package_drop,
        .inhibitor_hold = on_inhibitor_hold,
};

static inline void world_start(World *world) {
        Module *module;

        *world = (World) {};
        (void) snprintf(world->directory, sizeof(world->directory), "%s/fotad-control.XXXXXX",
                        getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
        CHECK(mkdtemp(world->directory));
        (void) chmod(world->directory, 0755);
        (void) snprintf(world->socket, sizeof(world->socket), "%s/sock", world->directory);
        (void) TEXT_COPY(world->settings.control.socket, world->socket);
        module = fake_gateway_add(&world->gateway, &world->settings, "modem0", &family);
        module->record.state = STATE_IDLE;
        (void) TEXT_COPY(module->record.firmware, "HL7800.4.4.14.0");
        (void) fake_gateway_add(&world->gateway, &world->settings, "mo-dem_1", &family);
        CHECK_INT(sd_event_new(&world->event), 0);
        CHECK_INT(control_new(world->event, &world->gateway, -1, &host, world, &world->control), 0);
}

static inline void world_stop(World *world) {
        if (world->stopped)
                return;
        world->stopped = true;
        world->control = control_free(world->control);
        world->event = sd_event_unref(world->event);
        (void) rmdir(world->directory);
}

/* Runs the loop until it is quiet for `msec`. */
static inline void world_settle(World *world, unsigned msec) {
        while (sd_event_run(world->event, msec * 1000) > 0)
                ;
}

static inline int socket_connect(const char *path) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        (void) TEXT_COPY(address.sun_path, path);
        if (fd >= 0 && connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
                return fd_close(fd);
        return fd;
}

static inline sd_bus *client_open(const char *path) {
        int fd = socket_connect(path);
        sd_bus *bus = NULL;

        if (fd < 0 || sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, fd, fd) < 0 ||
            sd_bus_start(bus) < 0)
                return sd_bus_unref(bus);
        return bus;
}

static inline sd_bus *world_connect(World *world) {
        sd_bus *bus = client_open(world->socket);

        if (bus)
                (void) sd_bus_attach_event(bus, world->event, SD_EVENT_PRIORITY_NORMAL);
        return bus;
}

typedef struct Reply {
        bool come;
        char error[128], text[512];
        sd_bus_message *reply;
} Reply;

static inline int on_reply(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Reply *reply = userdata;
        const sd_bus_error *e = sd_bus_message_get_error(message);

        (void) error;
        reply->come = true;
        (void) TEXT_COPY(reply->error, e ? e->name : "");
        (void) TEXT_COPY(reply->text, e && e->message ? e->message : "");
        reply->reply = sd_bus_message_ref(message);
        return 0;
}

static inline void reply_done(Reply *reply) {
        reply->reply = sd_bus_message_unref(reply->reply);
}

static inline void world_wait(World *world, const Reply *reply) {
        for (int i = 0; i < 2000 && !reply->come; i++)
                (void) sd_event_run(world->event, 10 * 1000);
}

static inline void call(World *world, sd_bus *bus, const char *path, const char *interface,
                        const char *member, Reply *reply, const char *types, ...) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;
        va_list arguments;

        *reply = (Reply) {};
        if (sd_bus_message_new_method_call(bus, &message, NULL, path, interface, member) < 0)
                return;
        va_start(arguments, types);
        if (types)
                (void) sd_bus_message_appendv(message, types, arguments);
        va_end(arguments);
        (void) sd_bus_call_async(bus, NULL, message, on_reply, reply, 5 * USEC_PER_SEC);
        world_wait(world, reply);
}

#define MODEM0 FOTAD_PATH_MODULES "/modem0"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define call_manager(world, bus, member, reply, ...) \
        call(world, bus, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER, member, reply, __VA_ARGS__)
#define call_module(world, bus, member, reply, ...) \
        call(world, bus, MODEM0, FOTAD_INTERFACE_MODULE, member, reply, __VA_ARGS__)
#define _cleanup_world_ _cleanup_(world_stop)
#define _cleanup_bus_ _cleanup_(sd_bus_close_unrefp)
#define _cleanup_reply_ _cleanup_(reply_done)

/* Serves until the child ends; its exit status. */
static inline int world_serve(World *world, pid_t child) {
        Clock begin = clock_now();
        int status;

        while (clock_now().boottime < begin.boottime + 30 * USEC_PER_SEC) {
                (void) sd_event_run(world->event, 10 * 1000);
                if (waitpid(child, &status, WNOHANG) == child)
                        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
        }
        (void) kill(child, SIGKILL);
        (void) waitpid(child, &status, 0);
        return 254;
}

static inline bool fd_is_closed_by_peer(int fd) {
        char byte;

        return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static const EventRow some_event = {
        .sequence = 77,
        .realtime = 1700000000 * USEC_PER_SEC,
        .module = "modem0",
        .event = EVENT_DOWNLOAD_PROGRESS,
        .state = STATE_DOWNLOADING,
        .job = 3,
        .n_details = 2,
        .details = { { .key = "percent", .is_number = true, .number = 43 },
                     { .key = "by", .text = "bad \xff byte" } },
};
