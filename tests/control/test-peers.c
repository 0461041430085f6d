/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a bad peer can not do, and what a socket and busctl expect: limits, garbage, peers that do
 * not read or never authenticate, sockets left over or passed in. The world is bus.h. */

#include "bus.h"

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
                        (void) send(fd, garbage[i], strlen(garbage[i]),
                                    MSG_NOSIGNAL | MSG_DONTWAIT);
                world_settle(&world, 10);
        }
        call_manager(&world, bus, "ListModules", &reply, NULL);
        CHECK_STR(reply.error, "");
}

/* After authentication: a header that announces a message of 100 MB, with a body of nonsense. */
TEST(garbage_after_authentication_closes_its_own_connection_only) {
        static const char authentication[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
        static const uint8_t header[16] = { 'l', 1, 0, 9, 0xff, 0xff, 0xff, 0xff,
                                            1,   0, 0, 0, 8,    0,    0,    0 };
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
        CHECK(sd_bus_call_method_async(slow, NULL, NULL, FOTAD_PATH_MANAGER,
                                       FOTAD_INTERFACE_MANAGER, "Subscribe", NULL, NULL,
                                       NULL) >= 0);
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

                if (sd_bus_call_method_async(bus, NULL, NULL, MODEM0, PROPERTIES, "GetAll",
                                             on_reply, &reply, "s", FOTAD_INTERFACE_MODULE) < 0 ||
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
                (void) sd_bus_call_method_async(slow, NULL, NULL, FOTAD_PATH_MANAGER,
                                                FOTAD_INTERFACE_MANAGER, "GetEvents", on_reply,
                                                &replies[i], "su", "", 0);
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

        SLOW_ONLY("ten seconds");
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
        CHECK_INT(control_new(world.event, &world.gateway, -1, &host, &world, &second),
                  -EADDRINUSE);
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

        (void) snprintf(command, sizeof(command),
                        "busctl --no-pager --address=unix:path=%s %s 2>&1", world->socket,
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
        CHECK_INT(busctl(&world, "get-property org.fotad1 " MODEM0 " org.fotad1.Module State",
                         output, sizeof(output)),
                  0);
        CHECK_STR(output, "s \"idle\"\n");
        CHECK_INT(busctl(&world,
                         "call org.fotad1 " MODEM0 " org.fotad1.Module Accept sb install true",
                         output, sizeof(output)),
                  0);
        CHECK_INT(world.gateway.order.kind, ORDER_ACCEPT);
        CHECK(world.gateway.order.now);
        CHECK_INT(busctl(&world,
                         "call org.fotad1 " FOTAD_PATH_MODULES "/x org.fotad1.Module Connect",
                         output, sizeof(output)),
                  1);
        CHECK(strstr(output, "there is no module 'x'"));
}

/* It prints signals once it has lost its unique name, as a monitor of a message bus does. */
TEST(busctl_monitor_shows_events) {
        _cleanup_world_ World world = { .stopped = true };
        char command[512], output[4096] = "";
        FILE *pipe;

        if (system("command -v busctl >/dev/null") != 0)
                SKIP("no busctl");
        world_start(&world);
        (void) snprintf(
                command, sizeof(command),
                "timeout 20 busctl --address=unix:path=%s monitor 2>&1 | grep -m1 Member=Event",
                world.socket);
        pipe = popen(command, "re");
        CHECK(pipe);
        for (int i = 0; i < 40; i++) {
                world_settle(&world, 50);
                control_publish(world.control, &some_event);
        }
        world.control = control_free(world.control); /* ends busctl */
        CHECK(fgets(output, sizeof(output), pipe));
        CHECK(strstr(output, "Interface=org.fotad1.Manager"));
        (void) pclose(pipe);
}

TEST_MAIN()
