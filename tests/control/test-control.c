/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the bus shows, tells and lets be done, on real sockets: orders, who may give them,
 * properties, events, history and commands. The world is bus.h. */

#include <grp.h>
#include <sys/mman.h>

#include "bus.h"
#include "control/properties.h"

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

/* A file in memory, with its position at the end. */
static int file_new(const char *contents) {
        int fd = memfd_create("package", MFD_CLOEXEC);

        if (write(fd, contents, strlen(contents)) != (ssize_t) strlen(contents))
                return fd_close(fd);
        return fd;
}

static sd_bus *connect_for_files(World *world) {
        sd_bus *bus;

        world_start(world);
        bus = world_connect(world);
        world_settle(world, 20); /* descriptors are agreed upon with the authentication */
        return bus;
}

TEST(a_passed_file_is_taken_before_the_order) {
        _cleanup_close_ int fd = file_new("a package");
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        uint64_t job = 0;

        bus = connect_for_files(&world);
        world.gateway.next_job = 7;
        call_module(&world, bus, "UpdateFile", &reply, "h", fd);
        CHECK_STR(reply.error, "");
        CHECK(sd_bus_message_read(reply.reply, "t", &job) > 0);
        CHECK_INT(job, 7);
        CHECK_STR(world.taken, "modem0: a package");
        CHECK_INT(world.gateway.order.kind, ORDER_UPDATE);
        CHECK_INT(world.gateway.order.from, UPDATE_FROM_FILE);
        CHECK_INT(world.n_dropped, 0);
}

TEST(a_file_that_can_not_be_taken_gives_no_order) {
        _cleanup_close_ int fd = file_new("");
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        bus = connect_for_files(&world);
        (void) TEXT_COPY(world.take_fails, "the file is empty");
        call_module(&world, bus, "UpdateFile", &reply, "h", fd);
        CHECK_STR(reply.error, FOTAD_ERROR_FAILED);
        CHECK_STR(reply.text, "the file is empty");
        CHECK_INT(world.gateway.n_orders, 0);
        CHECK_INT(world.n_dropped, 0);
}

TEST(a_file_is_dropped_when_its_order_is_refused) {
        _cleanup_close_ int fd = file_new("a package");
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        bus = connect_for_files(&world);
        (void) TEXT_COPY(world.gateway.refuses, "an install runs");
        call_module(&world, bus, "UpdateFile", &reply, "h", fd);
        CHECK_STR(reply.error, FOTAD_ERROR_REFUSED);
        CHECK_STR(reply.text, "an install runs");
        CHECK_INT(world.n_taken, 1);
        CHECK_INT(world.n_dropped, 1);
}

TEST(an_order_that_is_not_written_down_is_told_and_followed) {
        _cleanup_close_ int fd = file_new("another");
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        bus = connect_for_files(&world);
        world.gateway.commit_fails = true;
        call_module(&world, bus, "UpdateFile", &reply, "h", fd);
        CHECK_STR(reply.error, FOTAD_ERROR_FAILED);
        CHECK_STR(reply.text,
                  "modem0 follows it, but fotad can not write its database, and forgets it when it "
                  "stops; see 'fotactl status'");
        CHECK_INT(world.gateway.n_orders, 1);
        CHECK_INT(world.n_taken, 1);
        CHECK_INT(world.n_dropped, 0);
}

TEST(the_file_of_a_running_job_is_neither_replaced_nor_dropped) {
        _cleanup_close_ int fd = file_new("another");
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        bus = connect_for_files(&world);
        world.gateway.modules[0].view.job = (JobRow) { .id = 9, .source = JOB_SOURCE_FILE };
        call_module(&world, bus, "UpdateFile", &reply, "h", fd);
        CHECK_STR(reply.error, FOTAD_ERROR_REFUSED);
        CHECK_STR(reply.text,
                  "modem0 has an update already, job 9: wait for its end or give it up with "
                  "'fotactl cancel modem0'");
        CHECK_INT(world.n_taken, 0);
        CHECK_INT(world.n_dropped, 0);
        CHECK_INT(world.gateway.n_orders, 0);
}

TEST(a_version_of_the_catalogue_is_ordered_by_name_or_as_the_newest) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        bus = world_connect(&world);
        call_module(&world, bus, "UpdatePackage", &reply, "s", "HL7800.4.7.1.0");
        CHECK_STR(reply.error, "");
        CHECK_INT(world.gateway.order.from, UPDATE_FROM_CATALOGUE);
        CHECK_STR(world.gateway.order_to, "HL7800.4.7.1.0");
        reply_done(&reply);
        call_module(&world, bus, "UpdatePackage", &reply, "s", "");
        CHECK_STR(reply.error, "");
        CHECK_STR(world.gateway.order_to, "-");
}

TEST(a_plan_names_its_hops_and_orders_nothing) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        const char *from, *to;

        world_start(&world);
        bus = world_connect(&world);
        fake_gateway_add_package(&world.settings, "HL7800.4.4.14.0", "HL7800.4.5.4.0");
        fake_gateway_add_package(&world.settings, "HL7800.4.5.4.0", "HL7800.4.7.1.0");
        call_module(&world, bus, "PlanPackage", &reply, "s", "");
        CHECK_STR(reply.error, "");
        CHECK(sd_bus_message_enter_container(reply.reply, 'a', "(ss)") > 0);
        CHECK(sd_bus_message_read(reply.reply, "(ss)", &from, &to) > 0);
        CHECK_STR(from, "HL7800.4.4.14.0");
        CHECK_STR(to, "HL7800.4.5.4.0");
        CHECK(sd_bus_message_read(reply.reply, "(ss)", &from, &to) > 0);
        CHECK_STR(to, "HL7800.4.7.1.0");
        CHECK_INT(sd_bus_message_at_end(reply.reply, false), 1);
        reply_done(&reply);
        call_module(&world, bus, "PlanPackage", &reply, "s", "HL7800.9");
        CHECK_STR(reply.error, FOTAD_ERROR_REFUSED);
        CHECK_STR(reply.text, "no packages lead from HL7800.4.4.14.0 to HL7800.9");
        CHECK_INT(world.gateway.n_orders, 0);
}

TEST(a_download_is_suspended_and_resumed_by_order) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        bus = world_connect(&world);
        call_module(&world, bus, "Suspend", &reply, NULL);
        CHECK_STR(reply.error, "");
        CHECK_INT(world.gateway.order.kind, ORDER_SUSPEND);
        reply_done(&reply);
        call_module(&world, bus, "Resume", &reply, NULL);
        CHECK_STR(reply.error, "");
        CHECK_INT(world.gateway.order.kind, ORDER_RESUME);
}

TEST(where_an_update_leads_and_the_modules_own_timers_are_shown) {
        static const unsigned timers[] = { 15, 60, 240 };
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        const char *to;
        _cleanup_reply_ Reply reply = {};
        Module *module = &world.gateway.modules[0];
        const uint32_t *minutes;
        size_t size;

        world_start(&world);
        bus = world_connect(&world);
        (void) TEXT_COPY(module->record.hop_to, "HL7800.4.5.4.0");
        (void) TEXT_COPY(module->record.chain_to, "HL7800.4.7.1.0");
        module->view.n_retry_timers = ELEMENTSOF(timers);
        module->view.retry_timers = timers;
        call(&world, bus, MODEM0, PROPERTIES, "Get", &reply, "ss", FOTAD_INTERFACE_MODULE, "HopTo");
        CHECK(sd_bus_message_read(reply.reply, "v", "s", &to) > 0);
        CHECK_STR(to, "HL7800.4.5.4.0");
        reply_done(&reply);
        call(&world, bus, MODEM0, PROPERTIES, "Get", &reply, "ss", FOTAD_INTERFACE_MODULE,
             "ChainTo");
        CHECK(sd_bus_message_read(reply.reply, "v", "s", &to) > 0);
        CHECK_STR(to, "HL7800.4.7.1.0");
        reply_done(&reply);
        call(&world, bus, MODEM0, PROPERTIES, "Get", &reply, "ss", FOTAD_INTERFACE_MODULE,
             "RetryTimers");
        CHECK(sd_bus_message_enter_container(reply.reply, 'v', "au") > 0);
        CHECK(sd_bus_message_read_array(reply.reply, 'u', (const void **) &minutes, &size) > 0);
        CHECK_INT(size, 3 * sizeof(uint32_t));
        CHECK_INT(minutes[2], 240);
}

static const Family telit = { .name = "telit", .verbs = 1U << VERB_REGISTER | 1U << VERB_SAVE };

static void check_property(World *world, sd_bus *bus, const char *name, const char *expected) {
        _cleanup_reply_ Reply reply = {};
        const char *text = "";

        call(world, bus, MODEM0, PROPERTIES, "Get", &reply, "ss", FOTAD_INTERFACE_MODULE, name);
        CHECK(sd_bus_message_read(reply.reply, "v", "s", &text) > 0);
        CHECK_STR(text, expected);
}

TEST(a_registration_is_ordered_and_shown) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        Module *module = &world.gateway.modules[0];

        world_start(&world);
        bus = world_connect(&world);
        call_module(&world, bus, "Register", &reply, NULL);
        CHECK_STR(reply.error, "");
        CHECK_INT(world.gateway.order.kind, ORDER_REGISTER);
        module->record.registration.state = REGISTRATION_DONE;
        check_property(&world, bus, "Registration", "");
        world.settings.modules[0].family = &telit;
        check_property(&world, bus, "Registration", "done");
        module->record.registration.state = REGISTRATION_UNKNOWN;
        check_property(&world, bus, "Registration", "");
        module->view.can_register = true;
        module->view.missing = "AT#GAUTOATT is 0";
        check_property(&world, bus, "Registration", "unknown");
        check_property(&world, bus, "Missing", "AT#GAUTOATT is 0");
}

TEST(a_saved_snapshot_is_counted) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        Module *module = &world.gateway.modules[0];
        uint32_t count = 0;

        world_start(&world);
        bus = world_connect(&world);
        module->view.keeps_settings = true;
        (void) TEXT_COPY(module->record.snapshot.settings, "+CMEE 2|+CSCS \"GSM\"|E 0|");
        call(&world, bus, MODEM0, PROPERTIES, "Get", &reply, "ss", FOTAD_INTERFACE_MODULE,
             "SnapshotCount");
        CHECK(sd_bus_message_read(reply.reply, "v", "u", &count) > 0);
        CHECK_INT(count, 3);
}

TEST(an_unknown_module_has_its_own_error) {
        static const char *const members[] = { "Connect", "Update" };
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        bus = world_connect(&world);
        for (size_t i = 0; i < ELEMENTSOF(members); i++) {
                call(&world, bus, FOTAD_PATH_MODULES "/nobody", FOTAD_INTERFACE_MODULE, members[i],
                     &reply, NULL);
                CHECK_STR(reply.error, FOTAD_ERROR_NO_SUCH_MODULE);
                CHECK_STR(reply.text, "there is no module 'nobody'");
                reply_done(&reply);
        }
        call(&world, bus, FOTAD_PATH_MODULES "/nobody", PROPERTIES, "GetAll", &reply, "s",
             FOTAD_INTERFACE_MODULE);
        CHECK_STR(reply.error, FOTAD_ERROR_NO_SUCH_MODULE);
        reply_done(&reply);
        call_manager(&world, bus, "GetJobs", &reply, "su", "nobody", 0);
        CHECK_STR(reply.error, FOTAD_ERROR_NO_SUCH_MODULE);
}

/* Runs in a child as another user: 0 when every changing call is denied and looking works. */
static int child_of_other_user(const char *path) {
        static const char *const calls[] = { "Connect", "Update", "Cancel",
                                             "Suspend", "Resume", "Register" };
        static const char *const operations[] = { "save", "diff", "restore" };
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_bus_ sd_bus *bus = NULL;

        if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
                return 10;
        bus = client_open(path);
        if (!bus)
                return 11;
        for (size_t i = 0; i < ELEMENTSOF(calls); i++) {
                sd_bus_error_free(&error);
                if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, calls[i], &error,
                                       NULL, NULL) >= 0 ||
                    !sd_bus_error_has_name(&error, FOTAD_ERROR_NOT_PERMITTED))
                        return 12;
        }
        sd_bus_error_free(&error);
        if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Command", &error, NULL,
                               "s", "AT") >= 0 ||
            !strstr(error.message, "only root"))
                return 13;
        sd_bus_error_free(&error);
        if (sd_bus_call_method(bus, NULL, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER, "Reload",
                               &error, NULL, NULL) >= 0)
                return 14;
        sd_bus_error_free(&error);
        if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Explain", &error, NULL,
                               "s", "") < 0 ||
            sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "ExplainAt", &error, NULL,
                               "st", "", (uint64_t) 0) < 0 ||
            sd_bus_call_method(bus, NULL, FOTAD_PATH_MANAGER, FOTAD_INTERFACE_MANAGER, "Plan",
                               &error, NULL, "t", (uint64_t) 0) < 0)
                return 15;
        sd_bus_error_free(&error);
        if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "UpdatePackage", &error,
                               NULL, "s", "") >= 0 ||
            !sd_bus_error_has_name(&error, FOTAD_ERROR_NOT_PERMITTED))
                return 16;
        sd_bus_error_free(&error);
        if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "PlanPackage", &error,
                               NULL, "s", "") < 0)
                return 17;
        for (size_t i = 0; i < ELEMENTSOF(operations); i++) {
                sd_bus_error_free(&error);
                if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Settings",
                                       &error, NULL, "s", operations[i]) >= 0 ||
                    !sd_bus_error_has_name(&error, FOTAD_ERROR_NOT_PERMITTED))
                        return 19;
        }
        sd_bus_error_free(&error);
        if (sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Settings", &error, NULL,
                               "s", "show") < 0)
                return 20;
        /* One's descriptors are not even taken. */
        return sd_bus_can_send(bus, 'h') == 0 ? 0 : 18;
}

static const SettingRow some_settings[] = {
        { "+CMEE", "2", "0", "different" },
        { "+CSCS", "\xff", "(hidden)", "same" },
};

static bool on_settings_at_once(Gateway *gateway, Module *module, SettingsOrder order,
                                char why[static WHY_MAX]) {
        (void) module;
        (void) order;
        (void) why;
        fake_settings_answer(gateway, "", some_settings, ELEMENTSOF(some_settings));
        return true;
}

TEST(another_user_may_look_and_change_nothing) {
        _cleanup_world_ World world = { .stopped = true };
        pid_t child;

        if (geteuid() != 0)
                SKIP("needs root to become another user");
        world_start(&world);
        world.gateway.on_settings = on_settings_at_once;
        child = fork();
        if (child == 0)
                _exit(child_of_other_user(world.socket));
        CHECK_INT(world_serve(&world, child), 0);
        CHECK_INT(world.gateway.n_orders, 0);
        CHECK_INT(world.gateway.settings_order, SETTINGS_SHOW);
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
        return sd_bus_call_method(bus, NULL, MODEM0, FOTAD_INTERFACE_MODULE, "Connect", NULL, NULL,
                                  NULL) < 0;
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
                if (sd_bus_message_read(message, "ttss", &heard->sequence, NULL, &module, &event) >
                    0) {
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
        call(&world, bus, FOTAD_PATH_MANAGER, "org.freedesktop.DBus.ObjectManager",
             "GetManagedObjects", &reply, NULL);
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

/* Every property of the vtable must be found by module_properties_compare(), else its change is
 * never told. */
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

TEST(a_moment_to_come_is_judged_and_foretold) {
        const char *action, *verdict, *because, *what, *text, *version;
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        const usec_t now = clock_now().realtime;
        uint64_t at;
        int sure;

        world_start(&world);
        bus = world_connect(&world);
        call(&world, bus, MODEM0, FOTAD_INTERFACE_MODULE, "ExplainAt", &reply, "st", "install",
             now + USEC_PER_HOUR);
        CHECK_STR(reply.error, "");
        CHECK_STR(sd_bus_message_get_signature(reply.reply, true),
                  "sssuta(sbbts)a(sst)a(sst)a{sv}");
        CHECK(sd_bus_message_read(reply.reply, "sss", &action, &verdict, &because) > 0);
        CHECK_STR(action, "install");
        reply_done(&reply);
        call(&world, bus, MODEM0, FOTAD_INTERFACE_MODULE, "ExplainAt", &reply, "st", "instal",
             (uint64_t) 0);
        CHECK_STR(reply.error, FOTAD_ERROR_INVALID);
        reply_done(&reply);
        call(&world, bus, MODEM0, FOTAD_INTERFACE_MODULE, "ExplainAt", &reply, "st", "",
             now - USEC_PER_HOUR);
        CHECK_STR(reply.error, FOTAD_ERROR_INVALID);
        reply_done(&reply);
        call_manager(&world, bus, "Plan", &reply, "t", now + 401 * USEC_PER_DAY);
        CHECK_STR(reply.error, FOTAD_ERROR_INVALID);
        reply_done(&reply);
        call_manager(&world, bus, "Plan", &reply, "t", USEC_INFINITY);
        CHECK_STR(reply.error, FOTAD_ERROR_INVALID);
        reply_done(&reply);
        call_manager(&world, bus, "Plan", &reply, "t", (uint64_t) 0);
        CHECK_STR(reply.error, "");
        CHECK(sd_bus_message_enter_container(reply.reply, 'a', "(tsssbss)") > 0);
        CHECK(sd_bus_message_read(reply.reply, "(tsssbss)", &at, &text, &what, &action, &sure, NULL,
                                  NULL) > 0);
        CHECK_STR(what, "would");
        reply_done(&reply);
        call(&world, bus, FOTAD_PATH_MANAGER, PROPERTIES, "Get", &reply, "ss",
             FOTAD_INTERFACE_MANAGER, "Policies");
        CHECK(sd_bus_message_enter_container(reply.reply, 'v', "a(sss)") > 0);
        CHECK(sd_bus_message_enter_container(reply.reply, 'a', "(sss)") > 0);
        CHECK(sd_bus_message_read(reply.reply, "(sss)", &version, NULL, &text) > 0);
        CHECK_INT(strlen(version), 12);
        CHECK(strstr(text, "install decision ask\n"));
        reply_done(&reply);
        (void) setenv("TZ", "Europe/Paris", 1);
        call(&world, bus, FOTAD_PATH_MANAGER, PROPERTIES, "Get", &reply, "ss",
             FOTAD_INTERFACE_MANAGER, "Timezone");
        CHECK(sd_bus_message_read(reply.reply, "v", "s", &text) > 0);
        CHECK_STR(text, "Europe/Paris");
        (void) unsetenv("TZ");
        reply_done(&reply);
        call_manager(&world, bus, "GetEventsBetween", &reply, "sttu", "", now, now - 1, 0);
        CHECK_STR(reply.error, FOTAD_ERROR_INVALID);
        reply_done(&reply);
        call_manager(&world, bus, "GetJobsBetween", &reply, "sttu", "nobody", (uint64_t) 0,
                     (uint64_t) 0, 0);
        CHECK_STR(reply.error, FOTAD_ERROR_NO_SUCH_MODULE);
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
        (void) sd_bus_message_new_method_call(bus, &message, NULL, MODEM0, FOTAD_INTERFACE_MODULE,
                                              "Command");
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
        sd_bus *bus;

        world_start(&world);
        bus = world_connect(&world);
        (void) sd_bus_message_new_method_call(bus, &message, NULL, MODEM0, FOTAD_INTERFACE_MODULE,
                                              "Command");
        (void) sd_bus_message_append(message, "s", "AT+CSQ");
        (void) sd_bus_send(bus, message, NULL);
        world_settle(&world, 20);
        CHECK(world.gateway.command_handler);
        (void) sd_bus_close_unref(bus);
        world_settle(&world, 20);
        CHECK_INT(world.gateway.n_forgotten, 1);
        CHECK(!world.gateway.command_handler);
}

/* Sends Settings(operation); what comes fills `reply`. */
static void settings_send(sd_bus *bus, const char *operation, Reply *reply) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;

        (void) sd_bus_message_new_method_call(bus, &message, NULL, MODEM0, FOTAD_INTERFACE_MODULE,
                                              "Settings");
        (void) sd_bus_message_append(message, "s", operation);
        (void) sd_bus_call_async(bus, NULL, message, on_reply, reply, 0);
}

static void check_some_settings(Reply *reply) {
        const char *name, *saved, *now, *fate;

        CHECK_STR(reply->error, "");
        CHECK(sd_bus_message_enter_container(reply->reply, 'a', "(ssss)") > 0);
        CHECK(sd_bus_message_read(reply->reply, "(ssss)", &name, &saved, &now, &fate) > 0);
        CHECK_STR(name, "+CMEE");
        CHECK_STR(saved, "2");
        CHECK_STR(now, "0");
        CHECK_STR(fate, "different");
        CHECK(sd_bus_message_read(reply->reply, "(ssss)", &name, &saved, &now, &fate) > 0);
        CHECK_STR(saved, "\xef\xbf\xbd");
        CHECK_STR(fate, "same");
        CHECK_INT(sd_bus_message_at_end(reply->reply, false), 1);
}

TEST(settings_are_answered_when_the_module_did) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {}, failed = {};

        world_start(&world);
        bus = world_connect(&world);
        settings_send(bus, "diff", &reply);
        world_settle(&world, 20);
        CHECK(!reply.come);
        CHECK_INT(world.gateway.settings_order, SETTINGS_DIFF);
        if (geteuid() == 0)
                CHECK_STR(world.gateway.order_who, "root (uid 0)");
        fake_settings_answer(&world.gateway, "", some_settings, 2);
        world_wait(&world, &reply);
        check_some_settings(&reply);
        settings_send(bus, "restore", &failed);
        world_settle(&world, 20);
        fake_settings_answer(&world.gateway, "the module does not answer", NULL, 0);
        world_wait(&world, &failed);
        CHECK_STR(failed.error, FOTAD_ERROR_FAILED);
        CHECK_STR(failed.text, "the module does not answer");
}

TEST(settings_that_are_saved_may_be_answered_within_the_order) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};

        world_start(&world);
        bus = world_connect(&world);
        world.gateway.on_settings = on_settings_at_once;
        for (int i = 0; i < 10; i++) { /* no slot is lost */
                reply_done(&reply);
                call_module(&world, bus, "Settings", &reply, "s", "show");
                CHECK_STR(reply.error, "");
        }
        check_some_settings(&reply);
}

TEST(settings_orders_are_refused_with_their_reason) {
        _cleanup_world_ World world = { .stopped = true };
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_reply_ Reply reply = {};
        Reply waiting[4] = {}; /* for ever */

        world_start(&world);
        bus = world_connect(&world);
        call_module(&world, bus, "Settings", &reply, "s", "forget");
        CHECK_STR(reply.error, FOTAD_ERROR_INVALID);
        CHECK_STR(reply.text, "operation 'forget' is none of show, save, diff, restore");
        reply_done(&reply);
        (void) TEXT_COPY(world.gateway.refuses, "an install runs");
        call_module(&world, bus, "Settings", &reply, "s", "save");
        CHECK_STR(reply.error, FOTAD_ERROR_REFUSED);
        CHECK_STR(reply.text, "an install runs");
        reply_done(&reply);
        world.gateway.refuses[0] = '\0';
        for (size_t i = 0; i < ELEMENTSOF(waiting); i++)
                settings_send(bus, "save", &waiting[i]);
        call_module(&world, bus, "Settings", &reply, "s", "save");
        CHECK_STR(reply.error, SD_BUS_ERROR_LIMITS_EXCEEDED);
        CHECK_STR(reply.text, "too many calls wait for an answer");
}

TEST(a_peer_that_vanishes_while_settings_are_read_is_forgotten) {
        _cleanup_world_ World world = { .stopped = true };
        Reply reply = {};
        sd_bus *bus;

        world_start(&world);
        bus = world_connect(&world);
        settings_send(bus, "save", &reply);
        world_settle(&world, 20);
        CHECK(world.gateway.settings_handler);
        (void) sd_bus_close_unref(bus);
        world_settle(&world, 20);
        CHECK_INT(world.gateway.n_forgotten, 1);
        CHECK(!world.gateway.settings_handler);
        reply_done(&reply);
}

TEST_MAIN()
