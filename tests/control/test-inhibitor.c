/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Inhibitors on the bus, over a gateway that does as it is told. */

#include <grp.h>
#include <poll.h>

#include "bus.h"
#include "control/properties.h"

static sd_bus *connect_for_leases(World *world) {
        sd_bus *bus = world_connect(world);
        Reply reply = {};

        call_manager(world, bus, "ListModules", &reply, NULL); /* descriptors are agreed on then */
        reply_done(&reply);
        return bus;
}

static void inhibit(World *world, sd_bus *bus, Reply *reply, const char *what, const char *module,
                    uint64_t usec) {
        call_manager(world, bus, "Inhibit", reply, "sssst", what, "backup", "copying logs", module,
                     usec);
}

/* Does nobody hold the other end any more? */
static bool hung_up(int fd) {
        struct pollfd poll_fd = { .fd = fd };

        return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLHUP);
}

TEST(a_lease_is_a_descriptor_and_not_a_connection) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_reply_ Reply reply = {};
        const InhibitorRow *row;
        sd_bus *bus;
        int fd = -EBADF, kept;

        world_start(&world);
        bus = connect_for_leases(&world);
        inhibit(&world, bus, &reply, "install,download", "modem0", USEC_PER_HOUR);
        CHECK_STR(reply.error, "");
        CHECK_INT(gateway_n_inhibitors(&world.gateway), 1);
        row = gateway_inhibitor(&world.gateway, 0);
        CHECK_INT(row->actions, 1U << ACTION_INSTALL | 1U << ACTION_DOWNLOAD);
        CHECK_STR(row->module, "modem0");
        CHECK_STR(row->who, "backup");
        CHECK_STR(row->why, "copying logs");
        CHECK_INT(row->source, INHIBITOR_DESCRIPTOR);
        CHECK_INT(row->span, USEC_PER_HOUR);
        CHECK_INT(row->uid, getuid());
        CHECK_INT(row->pid, getpid());
        CHECK(sd_bus_message_read(reply.reply, "h", &fd) > 0);
        kept = dup(fd);
        reply_done(&reply);
        (void) sd_bus_close_unref(bus);
        world_settle(&world, 20);
        CHECK(!hung_up(world.lease));
        kept = fd_close(kept);
        CHECK(hung_up(world.lease));
        world.lease = fd_close(world.lease);
}

static void check_refused(World *world, sd_bus *bus, const char *error, const char *text,
                          const char *what, const char *who, const char *why, const char *module) {
        Reply reply = {};

        call_manager(world, bus, "Inhibit", &reply, "sssst", what, who, why, module, (uint64_t) 0);
        CHECK_STR(reply.error, error);
        if (!strstr(reply.text, text))
                CHECK_STR(reply.text, text);
        reply_done(&reply);
        CHECK_INT(gateway_n_inhibitors(&world->gateway), 0);
}

TEST(a_lease_that_makes_no_sense_is_refused_with_the_reason) {
        static const char long_text[] = "01234567890123456789012345678901234567890123456789"
                                        "012345678901234567890123456789";
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;

        world_start(&world);
        bus = connect_for_leases(&world);
        check_refused(&world, bus, FOTAD_ERROR_INVALID, "'instal' is none of", "download:instal",
                      "w", "y", "");
        check_refused(&world, bus, FOTAD_ERROR_INVALID, "'' is none of", "", "w", "y", "");
        check_refused(&world, bus, FOTAD_ERROR_INVALID, "'' is none of", "install:", "w", "y", "");
        check_refused(&world, bus, FOTAD_ERROR_INVALID, "47 bytes", "install", long_text, "y", "");
        check_refused(&world, bus, FOTAD_ERROR_INVALID, "79 at most", "install", "w", long_text,
                      "");
        check_refused(&world, bus, FOTAD_ERROR_NO_SUCH_MODULE, "there is no module", "install", "w",
                      "y", long_text);
        (void) TEXT_COPY(world.gateway.refuses, "no more");
        world.gateway.inhibit_error = -EDQUOT;
        check_refused(&world, bus, FOTAD_ERROR_REFUSED, "no more", "install", "w", "y", "");
        world.gateway.inhibit_error = -ENOENT;
        check_refused(&world, bus, FOTAD_ERROR_NO_SUCH_MODULE, "no more", "install", "w", "y", "");
}

TEST(a_lease_that_can_not_be_watched_is_none) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        world.hold_fails = true;
        bus = connect_for_leases(&world);
        inhibit(&world, bus, &reply, "install", "", 0);
        CHECK_STR(reply.error, "System.Error.EMFILE");
        CHECK_INT(gateway_n_inhibitors(&world.gateway), 0);
}

/* Descriptors are for those who may change things, and this is a change. */
TEST(a_lease_is_not_for_everybody) {
        _cleanup_world_ World world = { .stopped = true };
        pid_t child;

        if (geteuid() != 0)
                SKIP("needs root to become another user");
        world_start(&world);
        child = fork();
        if (child == 0) {
                sd_bus_error error = SD_BUS_ERROR_NULL;
                sd_bus *bus;

                if (setgid(65534) < 0 || setgroups(0, NULL) < 0 || setuid(65534) < 0)
                        _exit(1);
                bus = client_open(world.socket);
                (void) sd_bus_call_method(bus, NULL, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER,
                                          "Inhibit", &error, NULL, "sssst", "install", "w", "y", "",
                                          (uint64_t) 0);
                _exit(sd_bus_error_has_name(&error, FOTAD_ERROR_NOT_PERMITTED) ? 0 : 2);
        }
        CHECK_INT(world_serve(&world, child), 0);
        CHECK_INT(gateway_n_inhibitors(&world.gateway), 0);
}

/* The value of one key of the first inhibitor at the read position. */
static const char *first_text(sd_bus_message *message, const char *key) {
        const char *name, *value = "";

        if (sd_bus_message_enter_container(message, 'a', "a{sv}") <= 0 ||
            sd_bus_message_enter_container(message, 'a', "{sv}") <= 0)
                return "(no inhibitors)";
        while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
                if (sd_bus_message_read(message, "s", &name) > 0 && streq(name, key) &&
                    sd_bus_message_read(message, "v", "s", &value) > 0)
                        return value;
                (void) sd_bus_message_skip(message, "v");
                (void) sd_bus_message_exit_container(message);
        }
        return "(no such key)";
}

TEST(a_lease_can_be_broken) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        bus = connect_for_leases(&world);
        inhibit(&world, bus, &reply, "install", "", 0);
        reply_done(&reply);
        call_manager(&world, bus, "BreakInhibitor", &reply, "t", (uint64_t) 7);
        CHECK_STR(reply.error, FOTAD_ERROR_REFUSED);
        CHECK(strstr(reply.text, "(uid ") && strstr(reply.text, "knows no inhibitor 7"));
        reply_done(&reply);
        call_manager(&world, bus, "BreakInhibitor", &reply, "t", (uint64_t) 1);
        CHECK_STR(reply.error, "");
        CHECK_INT(gateway_n_inhibitors(&world.gateway), 0);
        world.lease = fd_close(world.lease);
}

TEST(leases_are_listed_and_shown_with_the_modules_that_they_concern) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        ModuleProperties before, after;
        const char *names[MODULE_PROPERTIES_MAX];

        world_start(&world);
        bus = connect_for_leases(&world);
        module_properties_fill(&world.gateway, &world.gateway.modules[0], &before);
        inhibit(&world, bus, &reply, "install:connect", "modem0", 0);
        world.lease = fd_close(world.lease);
        reply_done(&reply);
        call_manager(&world, bus, "ListInhibitors", &reply, NULL);
        CHECK_STR(first_text(reply.reply, "what"), "connect:install");
        reply_done(&reply);
        call(&world, bus, MODEM0, PROPERTIES, "Get", &reply, "ss", FOTAD_INTERFACE_MODULE,
             "Inhibitors");
        CHECK(sd_bus_message_enter_container(reply.reply, 'v', "aa{sv}") > 0);
        CHECK_STR(first_text(reply.reply, "who"), "backup");
        reply_done(&reply);
        call(&world, bus, FOTAD_PATH_MODULES "/mo_2ddem_5f1", PROPERTIES, "Get", &reply, "ss",
             FOTAD_INTERFACE_MODULE, "Inhibitors");
        CHECK_STR(reply.error, "");
        CHECK(sd_bus_message_enter_container(reply.reply, 'v', "aa{sv}") > 0);
        CHECK_STR(first_text(reply.reply, "who"), "(no inhibitors)");
        module_properties_fill(&world.gateway, &world.gateway.modules[0], &after);
        CHECK_INT(module_properties_compare(&before, &after, names), 1);
        CHECK_STR(names[0], "Inhibitors");
}

TEST_MAIN()
