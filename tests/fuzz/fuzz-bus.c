/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bus on the control socket, with a peer on which nothing can be relied.
 *
 * The input is a script: which call the peer makes on which object with what arguments, when it
 * sends bytes that are no message at all, when it stops reading or comes back; and beside it what
 * the module says and how time passes. Server and gateway are the real ones, on a real socket.
 * Whatever comes, this holds:
 *   - the loop comes to rest;
 *   - no descriptor that came stays open;
 *   - all that the peer gets is framed as messages;
 *   - somebody else is answered all the same. */

#include <assert.h>
#include <fcntl.h>
#include <fotad/dbus.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "control/control.h"
#include "fuzz/input.h"

#define LOOP_MAX 4000 /* sources that may be due one after the other */
#define STEPS_MAX 128
#define HISTORY_ROWS 20
#define MESSAGE_BYTES_MAX 16384
#define LONG_TEXT 4096
#define FILES_MAX 3
#define DRIVER "org.freedesktop.DBus"
#define PROPERTIES DRIVER ".Properties"
#define PEER DRIVER ".Peer"
#define MODEM0 FOTAD_PATH_MODULES "/modem0"

typedef struct Peer {
        int fd;
        uint32_t serial;
        bool greeted; /* what comes now are messages */
        bool deaf;    /* leaves everything unread */
        int file;     /* what is passed as a descriptor */
        bool torn;    /* bytes went that are no message, or a part of one */
        unsigned n_returns;
        size_t n_in;
        char in[1024 * 1024];
} Peer;

typedef struct Bench {
        Settings settings;
        Clock now;
        Gateway *gateway;
        sd_event *event;
        Control *control;
        struct sockaddr_un address;
        socklen_t address_size;
        bool disk_fails;
} Bench;

/* As many bytes as there are, `n` at most. */
static const char *take_bytes(Input *input, size_t n, size_t *ret) {
        const char *bytes = (const char *) input->data;

        *ret = MIN_OF(n, input->size);
        input->data += *ret;
        input->size -= *ret;
        return bytes;
}

/* the gateway's side */

static int on_commit(void *userdata, const Batch *batch _unused_) {
        return ((Bench *) userdata)->disk_fails ? -EIO : 0;
}

static int on_recover(void *userdata) {
        return ((Bench *) userdata)->disk_fails ? -EIO : 0;
}

static bool on_load(void *userdata _unused_, const char *name _unused_, ModuleRecord *ret _unused_,
                    JobRow *ret_job _unused_, JobRow *ret_last_job _unused_) {
        return false;
}

static void on_write(void *userdata _unused_, size_t module _unused_, const char *bytes _unused_,
                     size_t n _unused_) {
}

static void on_publish(void *userdata, const EventRow *row) {
        Bench *bench = userdata;

        if (bench->control)
                control_publish(bench->control, row);
}

static void on_changed(void *userdata, const Module *module) {
        Bench *bench = userdata;

        if (bench->control)
                control_changed(bench->control, module);
}

/* A package of 2,048 bytes for everybody, unless the disk fails. */
static int on_package_open(void *userdata, const char *module _unused_,
                           const PackageSettings *package _unused_, uint64_t *ret_bytes, char *why,
                           size_t why_size) {
        if (((Bench *) userdata)->disk_fails) {
                (void) snprintf(why, why_size, "the package can not be read");
                return -EIO;
        }
        *ret_bytes = 2048;
        return 0;
}

static int on_package_read(void *userdata, const char *module _unused_, uint64_t offset _unused_,
                           void *to, size_t n) {
        memset(to, 'x', n);
        return ((Bench *) userdata)->disk_fails ? -EIO : 0;
}

static void on_package_close(void *userdata _unused_, const char *module _unused_) {
}

static const GatewayHost gateway_host = {
        .commit = on_commit,
        .recover = on_recover,
        .write = on_write,
        .publish = on_publish,
        .changed = on_changed,
        .package_open = on_package_open,
        .package_read = on_package_read,
        .package_close = on_package_close,
};

/* the daemon's side */

static int on_reload(void *userdata, char *why, size_t size) {
        Bench *bench = userdata;

        if (bench->disk_fails) {
                (void) snprintf(why, size, "fotad.yaml:3:5: unknown key");
                return -EINVAL;
        }
        control_modules_reloaded(bench->control);
        return 0;
}

static int on_each_job(void *userdata, const HistoryQuery *query, JobHandler handler,
                       void *handler_userdata) {
        if (((Bench *) userdata)->disk_fails)
                return -EIO;
        for (uint64_t i = 1; i <= MIN_OF(query->limit, (size_t) HISTORY_ROWS); i++) {
                JobRow row = { .id = i, .module = "modem0", .since = i, .finished = i + 1 };

                if (handler(handler_userdata, &row) != 0)
                        break;
        }
        return 0;
}

static int on_each_event(void *userdata, const HistoryQuery *query, EventHandler handler,
                         void *handler_userdata) {
        if (((Bench *) userdata)->disk_fails)
                return -EIO;
        for (uint64_t i = 1; i <= MIN_OF(query->limit, (size_t) HISTORY_ROWS); i++) {
                StoredEvent row = { .sequence = i,
                                    .realtime = i,
                                    .module = "modem0",
                                    .event = "download-progress",
                                    .state = "bad \xff byte",
                                    .job = 1,
                                    .details_json = "{\"percent\":1}" };

                if (handler(handler_userdata, &row) != 0)
                        break;
        }
        return 0;
}

static bool on_uplink_status(void *userdata, UplinkStatus *ret) {
        *ret = (UplinkStatus) { .last_status = 200, .next_boottime = USEC_INFINITY };
        return !((Bench *) userdata)->disk_fails;
}

static void on_uplink_flush(void *userdata _unused_) {
}

static Clock on_now(void *userdata) {
        return ((Bench *) userdata)->now;
}

static int on_package_take(void *userdata, const char *module _unused_, int fd, char *why,
                           size_t size) {
        assert(fcntl(fd, F_GETFD) >= 0);
        if (!((Bench *) userdata)->disk_fails)
                return 0;
        (void) snprintf(why, size, "the file is empty");
        return -EINVAL;
}

static void on_package_drop(void *userdata _unused_, const char *module _unused_) {
}

/* Its owner is gone at once, or with the next input. */
static int on_inhibitor_hold(void *userdata, uint64_t id, int fd) {
        Bench *bench = userdata;

        assert(fcntl(fd, F_GETFD) >= 0);
        (void) close(fd);
        if (id % 2 == 0)
                gateway_uninhibit(bench->gateway, id, "its owner let go");
        return bench->disk_fails ? -EMFILE : 0;
}

static const ControlHost control_host = {
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

static void module_add(Bench *bench, const char *name, Decision decision) {
        ModuleSettings *module = bench->settings.modules + bench->settings.n_modules++;

        (void) TEXT_COPY(module->name, name);
        (void) TEXT_COPY(module->device, "/dev/null");
        module->family = family_find("hl78xx");
        module->session_idle = 10 * USEC_PER_MINUTE;
        module->family_settings.pdp_context = 1;
        policy_init_default(&module->policy);
        for (Action i = 0; i < _ACTION_MAX; i++)
                module->policy.actions[i].decision = decision;
}

static void package_add(Bench *bench, const char *from, const char *to) {
        PackageSettings *package = bench->settings.packages + bench->settings.n_packages++;

        (void) TEXT_COPY(package->family, "hl78xx");
        (void) TEXT_COPY(package->from, from);
        (void) TEXT_COPY(package->to, to);
}

/* In the abstract namespace: nothing to remove. */
static int listen_somewhere(Bench *bench) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        bench->address = (struct sockaddr_un) { .sun_family = AF_UNIX };
        bench->address_size = sizeof(bench->address);
        assert(fd >= 0);
        assert(bind(fd, (struct sockaddr *) &bench->address, sizeof(sa_family_t)) == 0);
        assert(getsockname(fd, (struct sockaddr *) &bench->address, &bench->address_size) == 0);
        assert(listen(fd, 8) == 0);
        return fd;
}

static void bench_start(Bench *bench) {
        const GatewayStart start = {
                .settings = &bench->settings,
                .now = bench->now,
                .boot_id = "00000000-0000-0000-0000-000000000001",
                .load = on_load,
                .storage_ok = true,
        };

        bench->settings.gateway.concurrent_installs = 1;
        module_add(bench, "modem0", DECISION_ASK);
        module_add(bench, "mo-dem_1", DECISION_DEFER);
        package_add(bench, "", "HL7800.4.5.4.0"); /* no module tells its version here */
        package_add(bench, "HL7800.4.5.4.0", "HL7800.4.7.1.0");
        assert(gateway_new(&start, &gateway_host, bench, &bench->gateway) == 0);
        assert(sd_event_new(&bench->event) >= 0);
        assert(control_new(bench->event, bench->gateway, listen_somewhere(bench), &control_host,
                           bench, &bench->control) == 0);
        gateway_turn(bench->gateway, &bench->now);
        gateway_port_opened(bench->gateway, 0);
        gateway_settle(bench->gateway);
}

static void bench_stop(Bench *bench) {
        bench->control = control_free(bench->control);
        bench->gateway = gateway_free(bench->gateway);
        bench->event = sd_event_unref(bench->event);
}

/* peers */

static void peer_gone(Peer *peer) {
        if (peer->fd >= 0)
                (void) close(peer->fd);
        peer->fd = -1;
}

/* What does not fit in the socket is lost, and what follows is then no message. With `n_files`
 * descriptors. */
static void peer_send_files(Peer *peer, const char *bytes, size_t n, unsigned n_files) {
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(FILES_MAX * sizeof(int))];
        } control = { .bytes = { 0 } };
        struct iovec part = { (void *) bytes, n };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        ssize_t sent;

        assert(n_files <= FILES_MAX);
        if (n_files > 0) {
                message.msg_control = &control;
                message.msg_controllen = CMSG_SPACE(n_files * sizeof(int));
                control.header.cmsg_level = SOL_SOCKET;
                control.header.cmsg_type = SCM_RIGHTS;
                control.header.cmsg_len = CMSG_LEN(n_files * sizeof(int));
        }
        for (unsigned i = 0; i < n_files; i++)
                memcpy(CMSG_DATA(&control.header) + i * sizeof(int), &peer->file, sizeof(int));
        if (peer->fd < 0)
                return;
        sent = sendmsg(peer->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        peer->torn |= sent > 0 && (size_t) sent < n;
}

static void peer_send(Peer *peer, const char *bytes, size_t n) {
        peer_send_files(peer, bytes, n, 0);
}

static void bench_rest(Bench *bench) {
        int r = 1;

        for (unsigned i = 0; i < LOOP_MAX && r > 0; i++)
                r = sd_event_run(bench->event, 0);
        assert(r == 0);
        gateway_turn(bench->gateway, &bench->now);
        gateway_settle(bench->gateway);
}

/* Comes in before it sends a message: sd-bus lets one that arrives together with BEGIN lie until
 * more arrives. */
static void peer_come(Bench *bench, Peer *peer) {
        static const char hello[] = "\0AUTH EXTERNAL ";
        char uid[24], text[sizeof(hello) + 2 * sizeof(uid) + 40];
        size_t n = sizeof(hello) - 1;

        peer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        peer->serial = peer->n_returns = 0;
        peer->greeted = peer->deaf = peer->torn = false;
        peer->n_in = 0;
        assert(peer->fd >= 0);
        if (connect(peer->fd, (struct sockaddr *) &bench->address, bench->address_size) < 0) {
                peer_gone(peer);
                return;
        }
        memcpy(text, hello, n);
        (void) snprintf(uid, sizeof(uid), "%u", (unsigned) getuid());
        for (const char *c = uid; *c; c++)
                n += (size_t) snprintf(text + n, sizeof(text) - n, "%02x", (unsigned char) *c);
        n += (size_t) snprintf(text + n, sizeof(text) - n, "\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n");
        peer_send(peer, text, n);
        bench_rest(bench);
}

static size_t align(size_t n, size_t to) {
        return (n + to - 1) / to * to;
}

/* The length of the message that starts here; 0: it is not complete. */
static size_t message_length(const char *bytes, size_t n) {
        uint32_t body, fields;

        if (n < 16)
                return 0;
        assert(bytes[0] == 'l' || bytes[0] == 'B'); /* sd-bus writes the machine's own order */
        assert(bytes[1] >= 1 && bytes[1] <= 4 && bytes[3] == 1);
        memcpy(&body, bytes + 4, 4);
        memcpy(&fields, bytes + 12, 4);
        assert(fields < 65536 && body < 1024 * 1024);
        const size_t length = align(16 + fields, 8) + body;
        return length <= n ? length : 0;
}

static void peer_parse(Peer *peer) {
        size_t used = 0;

        if (!peer->greeted) {
                static const char agreed[] = "\r\nAGREE_UNIX_FD\r\n";
                const char *end = memmem(peer->in, peer->n_in, agreed, sizeof(agreed) - 1);

                if (!end)
                        return;
                assert(memcmp(peer->in, "OK ", 3) == 0);
                peer->greeted = true;
                used = (size_t) (end - peer->in) + sizeof(agreed) - 1;
        }
        for (size_t n; (n = message_length(peer->in + used, peer->n_in - used)) > 0; used += n)
                peer->n_returns += peer->in[used + 1] == 2;
        peer->n_in -= used;
        memmove(peer->in, peer->in + used, peer->n_in);
}

static void peer_read(Peer *peer) {
        ssize_t n = 1;

        while (peer->fd >= 0 && !peer->deaf && n > 0) {
                n = recv(peer->fd, peer->in + peer->n_in, sizeof(peer->in) - peer->n_in,
                         MSG_DONTWAIT);
                if (n > 0) {
                        peer->n_in += (size_t) n;
                        peer_parse(peer);
                        assert(peer->n_in < sizeof(peer->in));
                }
        }
        if (n == 0) /* the server had enough of it */
                peer_gone(peer);
}

/* messages */

typedef struct Bytes {
        size_t n;
        char bytes[MESSAGE_BYTES_MAX];
} Bytes;

static void put(Bytes *to, const void *bytes, size_t n) {
        n = MIN_OF(n, sizeof(to->bytes) - to->n);
        if (n > 0)
                memcpy(to->bytes + to->n, bytes, n);
        to->n += n;
}

static void put_zeros(Bytes *to, size_t until) {
        while (to->n < until && to->n < sizeof(to->bytes))
                to->bytes[to->n++] = '\0';
}

static void put_u32(Bytes *to, uint32_t value) {
        put_zeros(to, align(to->n, 4));
        put(to, &value, sizeof(value));
}

static void put_text(Bytes *to, char type, const char *text, size_t n) {
        const uint8_t n_short = (uint8_t) n;

        if (type == 'g')
                put(to, &n_short, 1);
        else
                put_u32(to, (uint32_t) n);
        put(to, text, type == 'g' ? n_short : n);
        put(to, "", 1);
}

static void put_field(Bytes *to, uint8_t code, char type, const char *text) {
        const char head[] = { (char) code, 1, type, 0 };

        if (!text || !*text)
                return;
        put_zeros(to, align(to->n, 8));
        put(to, head, sizeof(head));
        put_text(to, type, text, strlen(text));
}

// clang-format off
static const char *const words[] = {
        "", "install", "download", "connect", "instal", "modem0", "nobody", "debug", "error",
        "AT", "AT+WDSC?", "AT+CPIN=1234", "AT+CFUN=1,1\rATZ", "\xff\xfe", FOTAD_INTERFACE_MANAGER,
        FOTAD_INTERFACE_MODULE, "State", "LogLevel", "Transcript", "Policy", DRIVER, FOTAD_BUS_NAME,
        ":1.1", "type='signal'", "/", MODEM0, "a{sv}", "((((", "no\nline", "mo-dem_1", "StorageOk",
        "show", "save", "diff", "restore", "download:install", "install,,", "reboot,uninstall:connect",
};

static const struct {
        const char *interface, *member, *signature;
} calls[] = {
        { FOTAD_INTERFACE_MANAGER, "Subscribe",            ""    },
        { FOTAD_INTERFACE_MANAGER, "Unsubscribe",          ""    },
        { FOTAD_INTERFACE_MANAGER, "ListModules",          ""    },
        { FOTAD_INTERFACE_MANAGER, "Reload",               ""    },
        { FOTAD_INTERFACE_MANAGER, "SetLogLevel",          "s"   },
        { FOTAD_INTERFACE_MANAGER, "GetJobs",              "su"  },
        { FOTAD_INTERFACE_MANAGER, "GetEvents",            "su"  },
        { FOTAD_INTERFACE_MANAGER, "GetJobsBetween",       "sttu" },
        { FOTAD_INTERFACE_MANAGER, "GetEventsBetween",     "sttu" },
        { FOTAD_INTERFACE_MANAGER, "Plan",                 "t"   },
        { FOTAD_INTERFACE_MANAGER, "GetUplink",            ""    },
        { FOTAD_INTERFACE_MANAGER, "FlushUplink",          ""    },
        { FOTAD_INTERFACE_MODULE,  "Connect",              ""    },
        { FOTAD_INTERFACE_MODULE,  "Disconnect",           ""    },
        { FOTAD_INTERFACE_MODULE,  "Cancel",               ""    },
        { FOTAD_INTERFACE_MODULE,  "Accept",               "sb"  },
        { FOTAD_INTERFACE_MODULE,  "Defer",                "st"  },
        { FOTAD_INTERFACE_MODULE,  "Update",               ""    },
        { FOTAD_INTERFACE_MODULE,  "ExplainAt",            "st"  },
        { FOTAD_INTERFACE_MODULE,  "Explain",              "s"   },
        { FOTAD_INTERFACE_MODULE,  "Command",              "s"   },
        { FOTAD_INTERFACE_MODULE,  "GetTranscript",        "t"   },
        { PROPERTIES,              "Get",                  "ss"  },
        { PROPERTIES,              "GetAll",               "s"   },
        { PROPERTIES,              "Set",                  "ssv" },
        { DRIVER ".ObjectManager", "GetManagedObjects",    ""    },
        { DRIVER ".Introspectable", "Introspect",          ""    },
        { PEER,                    "Ping",                 ""    },
        { PEER,                    "GetMachineId",         ""    },
        { DRIVER,                  "Hello",                ""    },
        { DRIVER,                  "AddMatch",             "s"   },
        { DRIVER,                  "RemoveMatch",          "s"   },
        { DRIVER,                  "GetNameOwner",         "s"   },
        { DRIVER,                  "NameHasOwner",         "s"   },
        { DRIVER,                  "ListNames",            ""    },
        { DRIVER,                  "ListActivatableNames", ""    },
        { DRIVER,                  "GetId",                ""    },
        { DRIVER,                  "RequestName",          "su"  },
        { DRIVER ".Monitoring",    "BecomeMonitor",        "asu" },
        { DRIVER ".Local",         "Disconnected",         ""    },
        { "org.example.Nobody",    "Nothing",              ""    },
        { "",                      "Connect",              ""    },
        { "odd..name",             "9",                    "s"   },
        { FOTAD_INTERFACE_MODULE,  "UpdateFile",           "h"   },
        { FOTAD_INTERFACE_MODULE,  "UpdatePackage",        "s"   },
        { FOTAD_INTERFACE_MODULE,  "PlanPackage",          "s"   },
        { FOTAD_INTERFACE_MODULE,  "Suspend",              ""    },
        { FOTAD_INTERFACE_MODULE,  "Resume",               ""    },
        { FOTAD_INTERFACE_MODULE,  "Register",             ""    },
        { FOTAD_INTERFACE_MODULE,  "Settings",             "s"   },
        { FOTAD_INTERFACE_MANAGER, "Inhibit",              "sssst" },
        { FOTAD_INTERFACE_MANAGER, "ListInhibitors",       ""    },
        { FOTAD_INTERFACE_MANAGER, "BreakInhibitor",       "t"   },
};

static const char *const paths[] = {
        FOTAD_PATH_MANAGER, MODEM0, FOTAD_PATH_MODULES "/mo_2ddem_5f1", FOTAD_PATH_MODULES,
        FOTAD_PATH_MODULES "/nobody", FOTAD_PATH_MODULES "/_", FOTAD_PATH_MODULES "/modem0/more",
        FOTAD_PATH_MODULES "/_6dodem0", "/", "/org/freedesktop/DBus", "no path", "//", "",
        FOTAD_PATH_MODULES "/_00", "/org",
};

static const char *const signatures[] = {
        "", "s", "ss", "su", "sb", "st", "t", "u", "ssv", "asu", "a{sv}", "v", "h", "g", "o", "(sb)",
        "aaaaaaaas", "((((((((s))))))))", "ay", "y", "nqixd", "ssssssss", "s(", "a", "{sv}", "\xff",
};
// clang-format on

static void put_word(Bytes *to, Input *input, char type) {
        static char long_text[LONG_TEXT];
        const uint8_t what = take(input);
        const char *bytes;
        size_t n;

        if (what == 255) {
                memset(long_text, 'x', sizeof(long_text));
                put_text(to, type, long_text, sizeof(long_text));
        } else if (what >= 192) {
                bytes = take_bytes(input, what - 192, &n);
                put_text(to, type, bytes, n);
        } else {
                bytes = words[what % ELEMENTSOF(words)];
                put_text(to, type, bytes, strlen(bytes));
        }
}

static void put_number(Bytes *to, Input *input, size_t n) {
        static const uint64_t odd[] = {
                0, 1, 2, UINT32_MAX, UINT64_MAX, INT64_MAX, 1ULL << 63, 90 * USEC_PER_MINUTE,
        };
        const uint8_t what = take(input);
        const uint64_t value = what < 128 ? what : odd[what % ELEMENTSOF(odd)];

        put_zeros(to, align(to->n, n));
        put(to, &value, n); /* the low bytes, where the machine is little-endian */
}

/* Fills in what a signature wants; containers stay empty. */
static void put_arguments(Bytes *to, Input *input, const char *signature) {
        static const char variants[][2] = { "s", "b", "t", "u", "o", "g", "v", "(" };

        for (const char *c = signature; *c; c++)
                switch (*c) {
                case 's':
                case 'o':
                case 'g':
                        put_word(to, input, *c);
                        break;
                case 'y':
                        put_number(to, input, 1);
                        break;
                case 'n':
                case 'q':
                        put_number(to, input, 2);
                        break;
                case 'b':
                case 'u':
                case 'i':
                case 'h':
                        put_number(to, input, 4);
                        break;
                case 't':
                case 'x':
                case 'd':
                        put_number(to, input, 8);
                        break;
                case 'a':
                        put_u32(to, 0);
                        if (c[1] == '{' || c[1] == '(' || c[1] == 't')
                                put_zeros(to, align(to->n, 8));
                        c += strlen(c) > 1;
                        if (*c == '{' || *c == '(')
                                c += strcspn(c, "})") - (strpbrk(c, "})") ? 0 : 1);
                        break;
                case 'v': {
                        const char *variant = variants[take(input) % ELEMENTSOF(variants)];

                        put_text(to, 'g', variant, 1);
                        if (*variant != 'v') /* one in another is left without its value */
                                put_arguments(to, input, variant);
                        break;
                }
                case '(':
                case '{':
                        put_zeros(to, align(to->n, 8));
                        break;
                default:
                        break;
                }
}

static void put_body(Bytes *to, Input *input, const char *signature, uint8_t how) {
        const char *bytes;
        size_t n;

        if (how & 8) { /* anything at all */
                bytes = take_bytes(input, take(input), &n);
                put(to, bytes, n);
        } else
                put_arguments(to, input, signature);
}

static void peer_call(Peer *peer, const char *path, const char *interface, const char *member,
                      const char *signature, const Bytes *body, uint8_t type, uint8_t flags,
                      unsigned n_files) {
        static Bytes message;
        const char head[] = {
                __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 'l' : 'B',
                (char) type,
                (char) flags,
                1,
        };
        uint32_t length;

        message.n = 0;
        put(&message, head, sizeof(head));
        put_u32(&message, (uint32_t) body->n);
        put_u32(&message, ++peer->serial);
        put_u32(&message, 0);
        put_field(&message, 1, 'o', path);
        put_field(&message, 2, 's', interface);
        put_field(&message, 3, 's', member);
        put_field(&message, 8, 'g', signature);
        if (type == 3)
                put_field(&message, 4, 's', FOTAD_ERROR_FAILED);
        if (type == 2 || type == 3) {
                put_zeros(&message, align(message.n, 8));
                put(&message, "\5\1u\0", 4);
                put_u32(&message, peer->serial);
        }
        if (flags & 4)
                put_field(&message, 7, 's', ":1.99"); /* any sender may be claimed */
        if (n_files > 0) {
                put_zeros(&message, align(message.n, 8));
                put(&message, "\11\1u\0", 4);
                put_u32(&message, n_files);
        }
        length = (uint32_t) message.n - 16;
        memcpy(message.bytes + 12, &length, sizeof(length));
        put_zeros(&message, align(message.n, 8));
        put(&message, body->bytes, body->n);
        if (message.n == sizeof(message.bytes)) { /* its end is cut off */
                peer->torn = true;
                n_files = 0;
        }
        peer_send_files(peer, message.bytes, message.n, n_files);
}

/* sd-bus never closes the descriptors of a message that it drops because its header is wrong, so
 * only what is sure to be right has some. */
static unsigned files_take(const Peer *peer, Input *input, const char *interface, uint8_t how) {
        const unsigned n = how & 128 ? take(input) % (FILES_MAX + 1) : 1;
        const bool right = strncmp(interface, FOTAD_BUS_NAME, strlen(FOTAD_BUS_NAME)) == 0;

        return right && !peer->torn && (how & (1 | 2 | 4 | 8 | 64)) == 0 ? n : 0;
}

/* `how`: 1: the path that it belongs to, 2: another signature, 4: another kind of message, 8: any
 * body, 16: no reply, 32: a sender, 64: another interface,
 * 128: another number of descriptors than the signature wants */
static void peer_say(Peer *peer, Input *input) {
        static Bytes body;
        const size_t which = take(input) % ELEMENTSOF(calls);
        const uint8_t how = take(input);
        const char *signature = calls[which].signature, *interface = calls[which].interface;
        const char *path = FOTAD_PATH_MANAGER;
        uint8_t type = 1;
        unsigned n_files = 0;

        if (streq(interface, FOTAD_INTERFACE_MODULE))
                path = MODEM0;
        if (how & 1)
                path = paths[take(input) % ELEMENTSOF(paths)];
        if (how & 2)
                signature = signatures[take(input) % ELEMENTSOF(signatures)];
        if (how & 4)
                type = take(input) % 6;
        if (how & 64)
                interface = calls[take(input) % ELEMENTSOF(calls)].interface;
        if ((how & 128) || strchr(signature, 'h'))
                n_files = files_take(peer, input, interface, how);
        body.n = 0;
        put_body(&body, input, signature, how);
        peer_call(peer, path, interface, calls[which].member, signature, &body, type,
                  (how & 16 ? 1 : 0) | (how & 32 ? 4 : 0), n_files);
}

/* the script */

/* One call so often that a deaf peer's queue gets long. */
static void flood(Bench *bench, Peer *peer, Input *input, unsigned n) {
        for (unsigned i = 0; i < n; i++) {
                Input again = *input;

                peer_say(peer, &again);
                if (i == n - 1)
                        *input = again;
                if (i % 16 == 0)
                        bench_rest(bench);
        }
}

static void pass(Bench *bench, usec_t span) {
        bench->now.boottime += span;
        bench->now.realtime += span;
}

static void module_says(Bench *bench, uint8_t what) {
        static const char *const lines[] = {
                "OK",       "ERROR",    "+WDSI: 1",  "+WDSI: 2,1464", "+WDSI: 3",  "+WDSI: 4",
                "+CSQ: 20", "\xff\xfe", "+WDSI: 10", "+WDSI: 18,50",  "+WDSI: 16", "+CME ERROR: 3",
        };
        char framed[64];

        (void) snprintf(framed, sizeof(framed), "\r\n%s\r\n", lines[what % ELEMENTSOF(lines)]);
        gateway_turn(bench->gateway, &bench->now);
        gateway_feed(bench->gateway, 0, framed, strlen(framed));
        gateway_settle(bench->gateway);
}

static void act(Bench *bench, Peer *peer, Input *input) {
        const uint8_t op = take(input);
        const char *bytes;
        size_t n;

        switch (op & 15) {
        case 7:
                flood(bench, peer, input, 16 * (1U + (op >> 4)));
                break;
        case 8:
                bytes = take_bytes(input, take(input), &n);
                peer_send(peer, bytes, n);
                peer->torn = true;
                break;
        case 9:
                peer_gone(peer);
                bench_rest(bench);
                peer_come(bench, peer);
                break;
        case 10:
                peer->deaf = !peer->deaf;
                break;
        case 11:
        case 12:
                module_says(bench, op >> 4);
                break;
        case 13:
                pass(bench, op & 128 ? 61 * USEC_PER_SEC : 200 * USEC_PER_MSEC);
                break;
        case 14:
                bench->disk_fails = op & 128;
                break;
        case 15:
                control_modules_reloaded(bench->control);
                break;
        default: /* many at once now and then */
                for (unsigned i = 0; i <= op >> 6; i++)
                        peer_say(peer, input);
                break;
        }
        bench_rest(bench);
        peer_read(peer);
}

/* What is passed is one end of a pipe; the other one tells when nobody has it any more. */
static void check_files_closed(int other) {
        struct pollfd end = { .fd = other };

        assert(poll(&end, 1, 0) == 1 && (end.revents & POLLHUP));
}

static void check_others(Bench *bench) {
        static const Bytes empty;
        static Peer peer;

        peer_come(bench, &peer);
        peer_call(&peer, "/org/freedesktop/DBus", DRIVER, "GetId", "", &empty, 1, 0, 0);
        peer_call(&peer, MODEM0, PEER, "Ping", "", &empty, 1, 0, 0);
        bench_rest(bench);
        peer_read(&peer);
        assert(peer.fd >= 0 && peer.n_returns == 2);
        peer_gone(&peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static Bench bench;
        static Peer peer;
        Input input = { data, size };
        int ends[2];

        (void) setenv("TZ", "UTC", 1);
        log_set_level(LOG_ERR);
        bench = (Bench) {
                .now = { .realtime = 1795392000ULL * USEC_PER_SEC, .boottime = USEC_PER_HOUR },
        };
        assert(pipe2(ends, O_CLOEXEC) == 0);
        peer.file = ends[1];
        bench_start(&bench);
        peer_come(&bench, &peer);
        for (unsigned i = 0; i < STEPS_MAX && input.size > 0; i++)
                act(&bench, &peer, &input);
        check_others(&bench);
        peer_gone(&peer);
        bench_rest(&bench);
        bench_stop(&bench);
        (void) close(ends[1]);
        check_files_closed(ends[0]);
        (void) close(ends[0]);
        return 0;
}
