/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bus on real sockets: who may do what, what is shown and told, and what a bad peer can not do.
 *
 * Server and client live in one process and one loop, as ordinary sd-bus connections; what needs another uid, or a
 * client that blocks, is a child. The gateway is fake-gateway.h. */

#include <grp.h>
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
#include "control/properties.h"
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
} World;

static int on_reload(void *userdata, char *why, size_t size) {
        World *world = userdata;

        (void) snprintf(why, size, "fotad.yaml:3:5: modules.m.familly: unknown key");
        return world->reload_result;
}

static int on_each_job(void *userdata, const char *module, size_t limit, JobHandler handler, void *handler_userdata) {
        (void) userdata;
        if (module[0] && !streq(module, "modem0"))
                return 0;
        for (uint64_t i = 1; i <= MIN_OF(limit, (size_t) 3); i++) {
                JobRow row = { .id = i, .module = "modem0", .since = i, .finished = i + 1, .outcome = OUTCOME_FAILED,
                               .reason = REASON_NO_RESPONSE };

                if (handler(handler_userdata, &row) != 0)
                        break;
        }
        return 0;
}

static int on_each_event(void *userdata, const char *module, size_t limit, EventHandler handler,
                         void *handler_userdata) {
        (void) userdata;
        (void) module;
        for (uint64_t i = 1; i <= limit; i++) {
                StoredEvent row = { .sequence = i, .realtime = i, .module = "modem0", .event = "download-progress",
                                    .state = "downloading", .job = 1, .details_json = "{\"percent\":1}" };

                if (handler(handler_userdata, &row) != 0)
                        break;
        }
        return 0;
}

static bool on_uplink_status(void *userdata, UplinkStatus *ret) {
        (void) userdata;
        *ret = (UplinkStatus) { .last_status = 200, .next_boottime = USEC_INFINITY, .spool.waiting = 7 };
        return true;
}

static void on_uplink_flush(void *userdata) {
        World *world = userdata;

        world->n_flushes++;
}

static Clock on_now(void *userdata) {
        (void) userdata;
        return clock_now();
}

static const ControlHost host = { on_reload, on_each_job, on_each_event, on_uplink_status, on_uplink_flush, on_now };

static void world_start(World *world) {
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

static void world_stop(World *world) {
        if (world->stopped)
                return;
        world->stopped = true;
        world->control = control_free(world->control);
        world->event = sd_event_unref(world->event);
        (void) rmdir(world->directory);
}

/* Runs the loop until it is quiet for `msec`. */
static void world_settle(World *world, unsigned msec) {
        while (sd_event_run(world->event, msec * 1000) > 0)
                ;
}

static int socket_connect(const char *path) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        (void) TEXT_COPY(address.sun_path, path);
        if (fd >= 0 && connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
                return fd_close(fd);
        return fd;
}

static sd_bus *client_open(const char *path) {
        int fd = socket_connect(path);
        sd_bus *bus = NULL;

        if (fd < 0 || sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, fd, fd) < 0 || sd_bus_start(bus) < 0)
                return sd_bus_unref(bus);
        return bus;
}

static sd_bus *world_connect(World *world) {
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

static int on_reply(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Reply *reply = userdata;
        const sd_bus_error *e = sd_bus_message_get_error(message);

        (void) error;
        reply->come = true;
        (void) TEXT_COPY(reply->error, e ? e->name : "");
        (void) TEXT_COPY(reply->text, e && e->message ? e->message : "");
        reply->reply = sd_bus_message_ref(message);
        return 0;
}

static void reply_done(Reply *reply) {
        reply->reply = sd_bus_message_unref(reply->reply);
}

static void world_wait(World *world, const Reply *reply) {
        for (int i = 0; i < 2000 && !reply->come; i++)
                (void) sd_event_run(world->event, 10 * 1000);
}

static void call(World *world, sd_bus *bus, const char *path, const char *interface, const char *member, Reply *reply,
                 const char *types, ...) {
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

TEST(an_order_reaches_the_gateway_with_who_asked) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        uint64_t job = 0;

        world_start(&world);
        bus = world_connect(&world);
        call_module(&world, bus, "Defer", &reply, "st", "install", (uint64_t) 90 * USEC_PER_MINUTE);
        CHECK_STR(reply.error, "");
        CHECK_INT(world.gateway.order.kind, ORDER_DEFER);
        CHECK_INT(world.gateway.order.action, ACTION_INSTALL);
        CHECK_INT(world.gateway.order.span, 90 * USEC_PER_MINUTE);
        if (geteuid() == 0)
                CHECK_STR(world.gateway.order_who, "root (uid 0)");
        reply_done(&reply);
        world.gateway.next_job = 42;
        call_module(&world, bus, "Update", &reply, NULL);
        CHECK_STR(reply.error, "");
        CHECK(sd_bus_message_read(reply.reply, "t", &job) > 0);
        CHECK_INT(job, 42);
}

TEST(what_is_refused_says_why) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        bus = world_connect(&world);
        (void) TEXT_COPY(world.gateway.refuses, "an install runs");
        call_module(&world, bus, "Connect", &reply, NULL);
        CHECK_STR(reply.error, FOTAD_ERROR_REFUSED);
        CHECK_STR(reply.text, "an install runs");
        reply_done(&reply);
        call_module(&world, bus, "Accept", &reply, "sb", "instal", 0);
        CHECK_STR(reply.error, FOTAD_ERROR_INVALID);
}

TEST(an_unknown_module_has_its_own_error) {
        static const char *const members[] = { "Connect", "Update" };
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        bus = world_connect(&world);
        for (size_t i = 0; i < ELEMENTSOF(members); i++) {
                call(&world, bus, FOTAD_PATH_MODULES "/nobody", FOTAD_INTERFACE_MODULE, members[i], &reply, NULL);
                CHECK_STR(reply.error, FOTAD_ERROR_NO_SUCH_MODULE);
                CHECK_STR(reply.text, "there is no module 'nobody'");
                reply_done(&reply);
        }
        call(&world, bus, FOTAD_PATH_MODULES "/nobody", PROPERTIES, "GetAll", &reply, "s", FOTAD_INTERFACE_MODULE);
        CHECK_STR(reply.error, FOTAD_ERROR_NO_SUCH_MODULE);
        reply_done(&reply);
        call_manager(&world, bus, "GetJobs", &reply, "su", "nobody", 0);
        CHECK_STR(reply.error, FOTAD_ERROR_NO_SUCH_MODULE);
}

/* Runs in a child as another user: 0 when every changing call is denied and looking works. */
static int child_of_other_user(const char *path) {
        static const char *const calls[] = { "Connect", "Update", "Cancel" };
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_bus_ sd_bus *bus = NULL;

        if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
                return 10;
        bus = client_open(path);
        if (!bus)
                return 11;
        for (size_t i = 0; i < ELEMENTSOF(calls); i++) {
                sd_bus_error_free(&error);
                if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, calls[i], &error, NULL, NULL) >= 0 ||
                    !sd_bus_error_has_name(&error, FOTAD_ERROR_NOT_PERMITTED))
                        return 12;
        }
        sd_bus_error_free(&error);
        if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Command", &error, NULL, "s", "AT") >= 0 ||
            !strstr(error.message, "only root"))
                return 13;
        sd_bus_error_free(&error);
        if (sd_bus_call_method(bus, NULL, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER, "Reload", &error, NULL, NULL) >= 0)
                return 14;
        sd_bus_error_free(&error);
        if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Explain", &error, NULL, "s", "") < 0)
                return 15;
        return 0;
}

/* Serves until the child ends; its exit status. */
static int world_serve(World *world, pid_t child) {
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

TEST(another_user_may_look_and_change_nothing) {
        _cleanup_world_ World world = { .stopped = true };
        pid_t child;

        if (geteuid() != 0)
                SKIP("needs root to become another user");
        world_start(&world);
        child = fork();
        if (child == 0)
                _exit(child_of_other_user(world.socket));
        CHECK_INT(world_serve(&world, child), 0);
        CHECK_INT(world.gateway.n_orders, 0);
}

/* Runs in a child: a user whose supplementary groups hold the control group. */
static int child_of_group(const char *path, gid_t group) {
        const gid_t groups[] = { 12345, group };
        _cleanup_bus_ sd_bus *bus = NULL;

        if (setgroups(2, groups) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
                return 10;
        bus = client_open(path);
        if (!bus)
                return 11;
        return sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Connect", NULL, NULL, NULL) < 0;
}

TEST(the_control_group_may_change_things_as_supplementary_group) {
        _cleanup_world_ World world = { .stopped = true };
        struct group *group = getgrnam("daemon");
        pid_t child;

        if (geteuid() != 0 || !group)
                SKIP("needs root, and a group 'daemon'");
        world_start(&world);
        (void) TEXT_COPY(world.settings.control.group, "daemon");
        control_modules_reloaded(world.control);
        child = fork();
        if (child == 0)
                _exit(child_of_group(world.socket, group->gr_gid));
        CHECK_INT(world_serve(&world, child), 0);
        CHECK_INT(world.gateway.n_orders, 1);
}

typedef struct Heard {
        unsigned n_events, n_changes, n_added, n_removed;
        uint64_t sequence;
        char module[32], event[64], names[256], path[64];
} Heard;

static void hear_changes(Heard *heard, sd_bus_message *message) {
        const char *name;
        Text text;

        text_init(&text, heard->names, sizeof(heard->names));
        (void) sd_bus_message_skip(message, "s");
        (void) sd_bus_message_enter_container(message, 'a', "{sv}");
        while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
                (void) sd_bus_message_read(message, "s", &name);
                (void) sd_bus_message_skip(message, "v");
                (void) sd_bus_message_exit_container(message);
                text_printf(&text, "%s ", name);
        }
}

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Heard *heard = userdata;
        const char *module, *event;

        (void) error;
        if (sd_bus_message_is_signal(message, FOTAD_INTERFACE_MANAGER, "Event")) {
                heard->n_events++;
                if (sd_bus_message_read(message, "ttss", &heard->sequence, NULL, &module, &event) > 0) {
                        (void) TEXT_COPY(heard->module, module);
                        (void) TEXT_COPY(heard->event, event);
                }
        } else if (sd_bus_message_is_signal(message, PROPERTIES, "PropertiesChanged")) {
                heard->n_changes++;
                (void) TEXT_COPY(heard->path, sd_bus_message_get_path(message));
                hear_changes(heard, message);
        } else if (sd_bus_message_is_signal(message, NULL, "InterfacesAdded"))
                heard->n_added++;
        else if (sd_bus_message_is_signal(message, NULL, "InterfacesRemoved"))
                heard->n_removed++;
        return 0;
}

static const EventRow some_event = {
        .sequence = 77,
        .realtime = 1700000000 * USEC_PER_SEC,
        .module = "modem0",
        .event = EVENT_DOWNLOAD_PROGRESS,
        .state = STATE_DOWNLOADING,
        .job = 3,
        .n_details = 2,
        .details = { { .key = "percent", .is_number = true, .number = 43 }, { .key = "by", .text = "bad \xff byte" } },
};

TEST(events_reach_subscribers_only) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *silent = NULL, *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        Heard heard_silent = {}, heard = {};

        world_start(&world);
        silent = world_connect(&world);
        bus = world_connect(&world);
        (void) sd_bus_add_filter(silent, NULL, on_signal, &heard_silent);
        (void) sd_bus_add_filter(bus, NULL, on_signal, &heard);
        call_manager(&world, bus, "Subscribe", &reply, NULL);
        CHECK_STR(reply.error, "");
        control_publish(world.control, &some_event);
        world_settle(&world, 20);
        CHECK_INT(heard_silent.n_events, 0);
        CHECK_INT(heard.n_events, 1);
        CHECK_INT(heard.sequence, 77);
        CHECK_STR(heard.module, "modem0");
        CHECK_STR(heard.event, "download-progress");
}

TEST(changes_of_a_turn_are_told_once_and_only_what_changed) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        Module *module = &world.gateway.modules[0];
        Heard heard = {};

        world_start(&world);
        bus = world_connect(&world);
        (void) sd_bus_add_filter(bus, NULL, on_signal, &heard);
        call_manager(&world, bus, "Subscribe", &reply, NULL);
        module->record.state = STATE_DOWNLOADING;
        control_changed(world.control, module);
        module->record.progress_percent = 5;
        control_changed(world.control, module);
        world_settle(&world, 20);
        CHECK_INT(heard.n_changes, 1);
        CHECK_STR(heard.path, MODEM0);
        CHECK_STR(heard.names, "State Progress ");
        control_changed(world.control, module);
        world_settle(&world, 20);
        CHECK_INT(heard.n_changes, 1);
}

TEST(a_reload_adds_and_removes_objects) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        Heard heard = {};

        world_start(&world);
        bus = world_connect(&world);
        (void) sd_bus_add_filter(bus, NULL, on_signal, &heard);
        call_manager(&world, bus, "Subscribe", &reply, NULL);
        world.gateway.n_modules = 1;
        (void) fake_gateway_add(&world.gateway, &world.settings, "modem7", &family);
        (void) fake_gateway_add(&world.gateway, &world.settings, "modem8", &family);
        control_modules_reloaded(world.control);
        world_settle(&world, 20);
        CHECK_INT(heard.n_removed, 1);
        CHECK_INT(heard.n_added, 2);
        control_changed(world.control, &world.gateway.modules[2]);
        world_settle(&world, 20);
}

TEST(the_object_manager_shows_all_modules) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        unsigned n = 0;

        world_start(&world);
        bus = world_connect(&world);
        call(&world, bus, FOTAD_PATH_MANAGER, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", &reply, NULL);
        CHECK_STR(reply.error, "");
        CHECK(sd_bus_message_enter_container(reply.reply, 'a', "{oa{sa{sv}}}") > 0);
        while (sd_bus_message_enter_container(reply.reply, 'e', "oa{sa{sv}}") > 0) {
                const char *path;

                CHECK(sd_bus_message_read(reply.reply, "o", &path) > 0);
                CHECK(sd_bus_message_skip(reply.reply, "a{sa{sv}}") > 0);
                CHECK(sd_bus_message_exit_container(reply.reply) >= 0);
                n += streq(path, MODEM0) || streq(path, FOTAD_PATH_MODULES "/mo_2ddem_5f1");
        }
        CHECK_INT(n, 2);
}

/* Every property of the vtable must be found by module_properties_compare(), else its change is never told. */
TEST(every_property_is_compared) {
        static const char *const from_settings[] = { "Family", "Device", "Policy", "Name" };
        const char *names[MODULE_PROPERTIES_MAX];
        ModuleProperties a, b;
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        size_t n = 0;

        memset(&a, 0, sizeof(a));
        memset(&b, 0xff, sizeof(b));
        world_start(&world);
        bus = world_connect(&world);
        call(&world, bus, MODEM0, PROPERTIES, "GetAll", &reply, "s", FOTAD_INTERFACE_MODULE);
        CHECK_STR(reply.error, "");
        CHECK(sd_bus_message_enter_container(reply.reply, 'a', "{sv}") > 0);
        while (sd_bus_message_enter_container(reply.reply, 'e', "sv") > 0) {
                CHECK(sd_bus_message_skip(reply.reply, "sv") > 0);
                CHECK(sd_bus_message_exit_container(reply.reply) >= 0);
                n++;
        }
        CHECK_INT(module_properties_compare(&a, &b, names) + ELEMENTSOF(from_settings), n);
}

TEST(history_is_capped_and_a_dead_modules_history_stays) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        unsigned n = 0;

        world_start(&world);
        bus = world_connect(&world);
        call_manager(&world, bus, "GetEvents", &reply, "su", "", UINT32_MAX);
        CHECK_STR(reply.error, "");
        CHECK(sd_bus_message_enter_container(reply.reply, 'a', "(ttsssts)") > 0);
        while (sd_bus_message_skip(reply.reply, "(ttsssts)") > 0)
                n++;
        CHECK_INT(n, CONTROL_HISTORY_MAX);
        reply_done(&reply);
        (void) TEXT_COPY(world.gateway.modules[0].record.name, "other");
        call_manager(&world, bus, "GetJobs", &reply, "su", "modem0", 0);
        CHECK_STR(reply.error, "");
}

TEST(a_bad_configuration_is_told_to_who_asked_for_the_reload) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        bus = world_connect(&world);
        world.reload_result = -EINVAL;
        call_manager(&world, bus, "Reload", &reply, NULL);
        CHECK_STR(reply.error, FOTAD_ERROR_FAILED);
        CHECK_STR(reply.text, "fotad.yaml:3:5: modules.m.familly: unknown key");
        reply_done(&reply);
        call_manager(&world, bus, "FlushUplink", &reply, NULL);
        CHECK_STR(reply.error, "");
        CHECK_INT(world.n_flushes, 1);
        reply_done(&reply);
        call_manager(&world, bus, "SetLogLevel", &reply, "s", "loud");
        CHECK_STR(reply.error, FOTAD_ERROR_INVALID);
}

TEST(a_command_is_answered_when_the_module_did) {
        const char *const lines[] = { "+CSQ: 20,99", "\xff\xfe" };
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;
        _cleanup_reply_ Reply reply = {};
        const char *first, *second;

        world_start(&world);
        bus = world_connect(&world);
        (void) sd_bus_message_new_method_call(bus, &message, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Command");
        (void) sd_bus_message_append(message, "s", "AT+CSQ");
        (void) sd_bus_call_async(bus, NULL, message, on_reply, &reply, 0);
        world_settle(&world, 20);
        CHECK(!reply.come);
        CHECK_STR(world.gateway.command, "AT+CSQ");
        world.gateway.command_handler(world.gateway.command_userdata, true, lines, 2);
        world_wait(&world, &reply);
        CHECK_STR(reply.error, "");
        CHECK(sd_bus_message_read(reply.reply, "as", 2, &first, &second) > 0);
        CHECK_STR(first, "+CSQ: 20,99");
        CHECK_STR(second, "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(a_peer_that_vanishes_during_a_command_is_forgotten) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;
        _cleanup_reply_ Reply reply = {};
        sd_bus *bus;

        world_start(&world);
        bus = world_connect(&world);
        (void) sd_bus_message_new_method_call(bus, &message, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Command");
        (void) sd_bus_message_append(message, "s", "AT+CSQ");
        (void) sd_bus_send(bus, message, NULL);
        world_settle(&world, 20);
        CHECK(world.gateway.command_handler);
        (void) sd_bus_close_unref(bus);
        world_settle(&world, 20);
        CHECK_INT(world.gateway.n_forgotten, 1);
        CHECK(!world.gateway.command_handler);
}

static bool fd_is_closed_by_peer(int fd) {
        char byte;

        return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

TEST(one_user_gets_sixteen_connections) {
        _cleanup_world_ World world = { .stopped = true };
        int fds[CONTROL_CONNECTIONS_UID_MAX + 2];
        unsigned n_closed = 0;

        world_start(&world);
        for (size_t i = 0; i < ELEMENTSOF(fds); i++) {
                fds[i] = socket_connect(world.socket);
                CHECK(fds[i] >= 0);
                world_settle(&world, 0);
        }
        world_settle(&world, 20);
        for (size_t i = 0; i < ELEMENTSOF(fds); i++)
                n_closed += fd_is_closed_by_peer(fds[i]);
        CHECK_INT(n_closed, 2);
        for (size_t i = 0; i < ELEMENTSOF(fds); i++)
                fds[i] = fd_close(fds[i]);
        world_settle(&world, 20);
        fds[0] = socket_connect(world.socket);
        world_settle(&world, 20);
        CHECK(!fd_is_closed_by_peer(fds[0]));
        fds[0] = fd_close(fds[0]);
}

TEST(garbage_closes_its_own_connection_only) {
        static const char *const garbage[] = {
                "GET / HTTP/1.1\r\n\r\n",
                "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                "AUTH EXTERNAL zz\r\n",
        };
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        bus = world_connect(&world);
        for (size_t i = 0; i < ELEMENTSOF(garbage); i++) {
                _cleanup_close_ int fd = socket_connect(world.socket);

                CHECK(write(fd, "\0", 1) == 1);
                for (int n = 0; n < 64; n++)
                        (void) send(fd, garbage[i], strlen(garbage[i]), MSG_NOSIGNAL | MSG_DONTWAIT);
                world_settle(&world, 10);
        }
        call_manager(&world, bus, "ListModules", &reply, NULL);
        CHECK_STR(reply.error, "");
}

/* After authentication: a header that announces a message of 100 MB, with a body of nonsense. */
TEST(garbage_after_authentication_closes_its_own_connection_only) {
        static const char authentication[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
        static const uint8_t header[16] = { 'l', 1, 0, 9, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 8, 0, 0, 0 };
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_close_ int fd = -EBADF;
        _cleanup_reply_ Reply reply = {};
        char buffer[512];

        world_start(&world);
        bus = world_connect(&world);
        fd = socket_connect(world.socket);
        CHECK(write(fd, authentication, sizeof(authentication) - 1) > 0);
        world_settle(&world, 20);
        CHECK(write(fd, header, sizeof(header)) > 0);
        world_settle(&world, 20);
        CHECK(recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) > 0); /* the handshake */
        CHECK(fd_is_closed_by_peer(fd));
        call_manager(&world, bus, "ListModules", &reply, NULL);
        CHECK_STR(reply.error, "");
}

TEST(a_peer_that_does_not_read_is_closed_and_noted_once) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL, *slow = NULL;
        _cleanup_reply_ Reply reply = {};
        unsigned n = 0;

        world_start(&world);
        bus = world_connect(&world);
        slow = client_open(world.socket);
        CHECK(sd_bus_call_method_async(slow, NULL, NULL, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER, "Subscribe",
                                       NULL, NULL, NULL) >= 0);
        for (int i = 0; i < 20; i++) {
                (void) sd_bus_process(slow, NULL);
                world_settle(&world, 1);
        }
        for (; n < 100000 && world.gateway.n_notes == 0; n++) {
                control_publish(world.control, &some_event);
                world_settle(&world, 0);
        }
        CHECK(n > CONTROL_QUEUE_MAX && n < 100000);
        CHECK_INT(world.gateway.n_notes, 1);
        CHECK_INT(world.gateway.note_number, 1);
        call_manager(&world, bus, "ListModules", &reply, NULL);
        CHECK_STR(reply.error, "");
}

/* Runs in a child: asks and never reads; 0 when it is cut off. */
static int child_that_asks(const char *path) {
        _cleanup_bus_ sd_bus *bus = client_open(path);

        (void) signal(SIGPIPE, SIG_IGN);
        for (unsigned i = 0; bus && i < 60000; i++) {
                static Reply reply;

                if (sd_bus_call_method_async(bus, NULL, NULL, MODEM0, PROPERTIES, "GetAll", on_reply, &reply, "s",
                                             FOTAD_INTERFACE_MODULE) < 0 ||
                    sd_bus_flush(bus) < 0)
                        return 0;
        }
        return 1;
}

TEST(a_peer_that_asks_and_does_not_read_is_closed) {
        _cleanup_world_ World world = { .stopped = true };
        pid_t child;

        world_start(&world);
        child = fork();
        if (child == 0)
                _exit(child_that_asks(world.socket));
        CHECK_INT(world_serve(&world, child), 0);
        CHECK_INT(world.gateway.n_notes, 1);
}

#define N_LARGE 50

TEST(large_answers_wait_for_the_reader) {
        _cleanup_world_ World world = { .stopped = true };
        Reply replies[N_LARGE] = {};
        _cleanup_bus_ sd_bus *slow = NULL;
        unsigned n_refused = 0, n_answered = 0;

        world_start(&world);
        slow = client_open(world.socket);
        for (int i = 0; i < 20; i++) {
                (void) sd_bus_process(slow, NULL);
                world_settle(&world, 1);
        }
        for (unsigned i = 0; i < N_LARGE; i++)
                (void) sd_bus_call_method_async(slow, NULL, NULL, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER,
                                                "GetEvents", on_reply, &replies[i], "su", "", 0);
        world_settle(&world, 20);
        for (unsigned i = 0; i < 20000 && !replies[N_LARGE - 1].come; i++) {
                (void) sd_bus_process(slow, NULL);
                world_settle(&world, 0);
        }
        for (unsigned i = 0; i < N_LARGE; i++) {
                n_refused += streq(replies[i].error, SD_BUS_ERROR_LIMITS_EXCEEDED);
                n_answered += replies[i].come && !replies[i].error[0];
                reply_done(&replies[i]);
        }
        CHECK_INT(n_refused + n_answered, N_LARGE);
        CHECK_INT(n_answered, 3);
        CHECK_INT(world.gateway.n_notes, 0);
}

TEST(a_peer_that_authenticates_never_is_closed) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_close_ int fd = -EBADF;
        Clock begin = clock_now();

        if (!getenv("FOTAD_TEST_SLOW"))
                SKIP("takes ten seconds: set FOTAD_TEST_SLOW");
        world_start(&world);
        fd = socket_connect(world.socket);
        while (clock_now().boottime < begin.boottime + CONTROL_AUTHENTICATE_MAX - USEC_PER_SEC)
                (void) sd_event_run(world.event, USEC_PER_SEC);
        CHECK(!fd_is_closed_by_peer(fd));
        while (clock_now().boottime < begin.boottime + CONTROL_AUTHENTICATE_MAX + 2 * USEC_PER_SEC)
                (void) sd_event_run(world.event, USEC_PER_SEC);
        CHECK(fd_is_closed_by_peer(fd));
}

TEST(a_socket_in_use_is_not_taken_over_and_a_leftover_is) {
        _cleanup_world_ World world = { .stopped = true };
        Control *second = NULL;

        world_start(&world);
        CHECK_INT(control_new(world.event, &world.gateway, -1, &host, &world, &second), -EADDRINUSE);
        CHECK_INT(access(world.socket, F_OK), 0);
        world.control = control_free(world.control);
        CHECK(access(world.socket, F_OK) < 0);
        {
                struct sockaddr_un address = { .sun_family = AF_UNIX };
                _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM, 0);

                (void) TEXT_COPY(address.sun_path, world.socket);
                CHECK_INT(bind(fd, (struct sockaddr *) &address, sizeof(address)), 0);
        }
        CHECK_INT(control_new(world.event, &world.gateway, -1, &host, &world, &world.control), 0);
}

TEST(a_passed_socket_is_served_and_left_in_place) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd;

        world_start(&world);
        world.control = control_free(world.control);
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        (void) TEXT_COPY(address.sun_path, world.socket);
        CHECK_INT(bind(fd, (struct sockaddr *) &address, sizeof(address)), 0);
        CHECK_INT(listen(fd, 5), 0);
        CHECK_INT(control_new(world.event, &world.gateway, fd, &host, &world, &world.control), 0);
        bus = world_connect(&world);
        call_manager(&world, bus, "ListModules", &reply, NULL);
        CHECK_STR(reply.error, "");
        world.control = control_free(world.control);
        CHECK_INT(access(world.socket, F_OK), 0);
        (void) unlink(world.socket);
}

/* Runs busctl in a child; its output, and its exit status as result. */
static int busctl(World *world, const char *arguments, char *output, size_t size) {
        char command[512];
        int pipes[2], status;
        size_t length = 0;
        ssize_t n;
        pid_t child;

        (void) snprintf(command, sizeof(command), "busctl --no-pager --address=unix:path=%s %s 2>&1", world->socket,
                        arguments);
        if (pipe2(pipes, O_CLOEXEC) < 0)
                return -errno;
        child = fork();
        if (child == 0) {
                (void) dup2(pipes[1], STDOUT_FILENO);
                (void) execl("/bin/sh", "sh", "-c", command, NULL);
                _exit(127);
        }
        (void) close(pipes[1]);
        status = world_serve(world, child);
        while (length + 1 < size && (n = read(pipes[0], output + length, size - 1 - length)) > 0)
                length += (size_t) n;
        output[length] = '\0';
        (void) close(pipes[0]);
        return status;
}

TEST(busctl_works) {
        _cleanup_world_ World world = { .stopped = true };
        char output[16 * 1024];

        if (system("command -v busctl >/dev/null") != 0)
                SKIP("no busctl");
        world_start(&world);
        CHECK_INT(busctl(&world, "tree org.fotad1", output, sizeof(output)), 0);
        CHECK(strstr(output, "/org/fotad1/module/mo_2ddem_5f1"));
        CHECK(!strstr(output, "/org/freedesktop"));
        CHECK_INT(busctl(&world, "tree", output, sizeof(output)), 0);
        CHECK_INT(busctl(&world, "introspect org.fotad1 " MODEM0, output, sizeof(output)), 0);
        CHECK(strstr(output, "HL7800.4.4.14.0"));
        CHECK_INT(busctl(&world, "get-property org.fotad1 " MODEM0 " org.fotad1.Module State", output,
                         sizeof(output)), 0);
        CHECK_STR(output, "s \"idle\"\n");
        CHECK_INT(busctl(&world, "call org.fotad1 " MODEM0 " org.fotad1.Module Accept sb install true", output,
                         sizeof(output)), 0);
        CHECK_INT(world.gateway.order.kind, ORDER_ACCEPT);
        CHECK(world.gateway.order.now);
        CHECK_INT(busctl(&world, "call org.fotad1 " FOTAD_PATH_MODULES "/x org.fotad1.Module Connect", output,
                         sizeof(output)), 1);
        CHECK(strstr(output, "there is no module 'x'"));
}

TEST_MAIN()
