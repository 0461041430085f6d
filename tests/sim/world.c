/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See world.h. A crash is thrown away memory: the gateway is freed without settling and the store
 * is closed between two statements, so what is on disk is what was committed. */

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/world.h"

#define START_REALTIME (1795392000ULL * USEC_PER_SEC) /* Mon 2026-11-23 00:00 UTC */
#define RESTART_DELAY USEC_PER_SEC
#define REBOOT_DELAY USEC_PER_MINUTE
#define BOOTED (15 * USEC_PER_SEC) /* fotad starts so long after the kernel */

/* the gateway's host */

static bool dies_now(World *world) {
        world->step++;
        if (world->crash_at && world->step == world->crash_at)
                world->crashed = true;
        return world->crashed;
}

static int commit(World *world, const Batch *batch) {
        if (world->disk)
                return world->disk->commit(world->disk->userdata, batch);
        const int r = store_commit(world->store, batch);

        if (!world->platter)
                return r;
        world->crashed |= platter_ended(world->platter, NULL);
        if (r < 0 && world->tap.doubted)
                world->tap.doubted(world->tap.userdata, batch);
        return r;
}

bool world_unwritable(const World *world) {
        return world->disk_full && !world->platter;
}

static int on_commit(void *userdata, const Batch *batch) {
        World *world = userdata;

        if (dies_now(world))
                return -EIO; /* dead before the commit: nothing of it reaches the disk or the line
                              */
        if (world_unwritable(world) && !(world->disk_doubtful && world->step % 2 == 0))
                return -ENOSPC;
        const int r = commit(world, batch);
        if (r >= 0 && world->tap.committed)
                world->tap.committed(world->tap.userdata, batch);
        for (size_t i = 0; r >= 0 && i < batch->n_reports; i++)
                if (world->n_reports < WORLD_EVENTS_MAX)
                        world->reports[world->n_reports++] = batch->reports[i];
        (void) dies_now(world); /* dead after the commit: nothing reaches the line */
        return world_unwritable(world) ? -EIO : r;
}

static int on_recover(void *userdata) {
        World *world = userdata;

        if (world_unwritable(world))
                return -ENOSPC;
        if (world->disk)
                return 0;
        const int r = store_recover(world->store, NULL, 0);

        world->crashed |= world->platter && platter_ended(world->platter, NULL);
        if (r >= 0 && world->tap.recovered)
                world->tap.recovered(world->tap.userdata);
        return r;
}

static void note_wire(WorldModule *module, const char *bytes, size_t n) {
        if (n > 0 && (unsigned char) bytes[0] < ' ')
                return; /* a block of a file */
        for (size_t i = 0; i < n && module->n_wire + 2 < sizeof(module->wire); i++)
                module->wire[module->n_wire++] = bytes[i] == '\r' ? '\n' : bytes[i];
        module->wire[module->n_wire] = '\0';
}

static void on_write(void *userdata, size_t index, const char *bytes, size_t n) {
        World *world = userdata;
        WorldModule *module = world->modules + index;

        if (dies_now(world))
                return;
        note_wire(module, bytes, n);
        assert(module->n_to_module + n <= sizeof(module->to_module));
        memcpy(module->to_module + module->n_to_module, bytes, n);
        module->n_to_module += n;
}

static void on_publish(void *userdata, const EventRow *row) {
        World *world = userdata;
        Text text;

        if (world->crashed)
                return;
        if (world->tap.published)
                world->tap.published(world->tap.userdata, row);
        if (world->n_events >= WORLD_EVENTS_MAX)
                return;
        WorldEvent *event = world->events + world->n_events++;
        event->kind = row->event;
        event->state = row->state;
        event->realtime = row->realtime;
        (void) TEXT_COPY(event->module, row->module);
        text_init(&text, event->details, sizeof(event->details));
        for (size_t i = 0; i < row->n_details; i++) {
                if (row->details[i].is_number)
                        text_printf(&text, " %s=%lld", row->details[i].key,
                                    (long long) row->details[i].number);
                else
                        text_printf(&text, " %s=%s", row->details[i].key, row->details[i].text);
        }
}

static void on_changed(void *userdata, const Module *module) {
        World *world = userdata;
        ModuleView view;

        gateway_view(world->gateway, module, &view);
        world->n_changes++;
}

static void on_reports_ready(void *userdata, const char *module) {
        World *world = userdata;

        world->n_ready[module[strlen("modem")] - '0']++;
}

static bool on_report(void *userdata, const EventRow *row, const Module *module, ReportRow *ret) {
        ModuleView view;

        (void) userdata;
        (void) row;
        gateway_view(((World *) userdata)->gateway, module, &view);
        if (!view.dev_eui[0] || ((World *) userdata)->silent)
                return false;
        (void) TEXT_COPY(ret->module, row->module);
        (void) TEXT_COPY(ret->dev_eui, view.dev_eui);
        ret->fport = 1;
        ret->created = row->realtime;
        ret->n_payload = 1;
        ret->payload[0] = (uint8_t) row->event;
        return true;
}

static WorldModule *module_of_name(World *world, const char *name) {
        for (size_t i = 0; i < world->settings.n_modules; i++)
                if (streq(world->settings.modules[i].name, name))
                        return world->modules + i;
        abort();
}

static int on_package_open(void *userdata, const char *name, const PackageSettings *package,
                           uint64_t *ret_bytes, char *why, size_t size) {
        World *world = userdata;
        WorldModule *module = module_of_name(world, name);

        if (package && world->packages_damaged) {
                (void) snprintf(why, size, "another SHA-256");
                return -EBADMSG;
        }
        if (package) {
                module->has_package = true;
                assert(sim_package_init(&module->package, package->from, package->to,
                                        world->package_bytes) == 0);
        }
        if (!module->has_package)
                return -ENOENT;
        *ret_bytes = module->package.bytes;
        return 0;
}

static int on_package_read(void *userdata, const char *name, uint64_t offset, void *to, size_t n) {
        WorldModule *module = module_of_name(userdata, name);

        if (!module->has_package) {
                module->world->n_stray_reads++;
                return -ENOENT;
        }
        sim_package_fill(&module->package, offset, to, n);
        return 0;
}

static void on_package_close(void *userdata, const char *name) {
        module_of_name(userdata, name)->has_package = false;
}

static void on_prove_path(void *userdata, const Module *module _unused_, const char *interface) {
        World *world = userdata;

        world->n_proofs++;
        (void) TEXT_COPY(world->proof, interface);
}

static int on_each_install(void *userdata, ModuleHandler handler, void *handler_userdata) {
        const World *world = userdata;

        return world->store ? store_each_install(world->store, handler, handler_userdata) : 0;
}

/* The uplink answers. */
static bool answer_proof(World *world) {
        char interface[16];

        if (world->proof[0] == '\0' || world->proof_silent)
                return false;
        (void) TEXT_COPY(interface, world->proof);
        world->proof[0] = '\0';
        gateway_path_answered(world->gateway, interface, !world->proof_problem,
                              world->proof_problem ? world->proof_problem : "");
        return true;
}

/* inhibitors */

static void lease_remove(World *world, size_t i) {
        world->leases[i] = world->leases[--world->n_leases];
}

static void on_inhibitor_ended(void *userdata, uint64_t id) {
        World *world = userdata;

        for (size_t i = world->n_leases; i-- > 0;)
                if (world->leases[i].id == id)
                        lease_remove(world, i);
}

int world_inhibit(World *world, const InhibitorRow *row, char why[static WHY_MAX]) {
        uint64_t id;
        int r;

        gateway_turn(world->gateway, &world->now);
        r = gateway_inhibit(world->gateway, row, &id, why);
        if (r >= 0 && row->source == INHIBITOR_DESCRIPTOR) {
                WorldLease *lease = world->leases + world->n_leases++;

                assert(world->n_leases <= INHIBITORS_MAX);
                lease->id = id;
                (void) TEXT_COPY(lease->who, row->who);
        }
        gateway_settle(world->gateway);
        return r;
}

bool world_release(World *world, const char *who) {
        for (size_t i = 0; i < world->n_leases; i++) {
                const uint64_t id = world->leases[i].id;

                if (!streq(world->leases[i].who, who))
                        continue;
                lease_remove(world, i);
                if (world->gateway) {
                        gateway_turn(world->gateway, &world->now);
                        gateway_uninhibit(world->gateway, id, "its owner let go");
                        gateway_settle(world->gateway);
                }
                return true;
        }
        return false;
}

/* What the service manager kept comes back; what it did not, its owner has lost. */
static void leases_resume(World *world) {
        for (size_t i = world->n_leases; i-- > 0;)
                if (!gateway_inhibitor_held(world->gateway, world->leases[i].id))
                        lease_remove(world, i);
}

static const GatewayHost gateway_host = {
        .commit = on_commit,
        .recover = on_recover,
        .write = on_write,
        .publish = on_publish,
        .changed = on_changed,
        .report = on_report,
        .reports_ready = on_reports_ready,
        .prove_path = on_prove_path,
        .package_open = on_package_open,
        .package_read = on_package_read,
        .package_close = on_package_close,
        .inhibitor_ended = on_inhibitor_ended,
};

static bool on_load(void *userdata, const char *name, ModuleRecord *ret, JobRow *ret_job,
                    JobRow *ret_last_job) {
        const World *world = userdata;

        if (world->disk)
                return world->disk->load(world->disk->userdata, name, ret, ret_job, ret_last_job);
        return store_load_history(world->store, name, ret, ret_job, ret_last_job) >= 0;
}

/* the simulated modules' host */

void world_say(World *world, size_t index, const char *bytes, size_t n) {
        WorldModule *module = world->modules + index;

        if (!world->gateway || !module->port_open)
                return; /* nobody has the port open */
        assert(module->n_to_fotad + n <= sizeof(module->to_fotad));
        memcpy(module->to_fotad + module->n_to_fotad, bytes, n);
        module->n_to_fotad += n;
}

static void sim_write(void *userdata, const char *bytes, size_t n) {
        const WorldModule *module = userdata;
        const WorldTap *tap = &module->world->tap;

        if (!tap->from_module || !tap->from_module(tap->userdata, module->index, bytes, n))
                world_say(module->world, module->index, bytes, n);
}

static void sim_remember(void *userdata, const SimMemory *memory) {
        ((WorldModule *) userdata)->memory = *memory;
}

static void sim_note(void *userdata _unused_, const char *text _unused_) {
}

static void sim_port(void *userdata, bool present) {
        ((WorldModule *) userdata)->port_absent = !present;
}

static const SimHost sim_host = {
        .write = sim_write,
        .remember = sim_remember,
        .note = sim_note,
        .port = sim_port,
};

/* life */

static void settings_init(Settings *settings, size_t n_modules) {
        settings->gateway.concurrent_installs = 1;
        settings->n_modules = n_modules;
        for (size_t i = 0; i < n_modules; i++) {
                ModuleSettings *module = settings->modules + i;

                (void) snprintf(module->name, sizeof(module->name), "modem%zu", i);
                (void) snprintf(module->device, sizeof(module->device), "/dev/sim%zu", i);
                module->family = family_find("hl78xx");
                module->baud_rate = 115200;
                module->session_idle = 10 * USEC_PER_MINUTE;
                module->family_settings.pdp_context = 1;
                module->family_settings.xmodem_pad = 0x1a;
                policy_init_default(&module->policy);
        }
}

World *world_new(size_t n_modules) {
        World *world = calloc(1, sizeof(*world));

        assert(world && n_modules <= WORLD_MODULES_MAX);
        (void) setenv("TZ", "UTC", 1);
        world->now = (Clock) { .realtime = START_REALTIME, .boottime = 1000 * USEC_PER_SEC };
        (void) TEXT_COPY(world->boot_id, "00000000-0000-0000-0000-000000000001");
        (void) snprintf(world->directory, sizeof(world->directory), "%s/fotad-world-XXXXXX",
                        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        assert(mkdtemp(world->directory));
        (void) snprintf(world->path, sizeof(world->path), "%s/fotad.db", world->directory);
        settings_init(&world->settings, n_modules);
        world->package_bytes = 5000;
        for (size_t i = 0; i < WORLD_MODULES_MAX; i++) {
                world->modules[i].world = world;
                world->modules[i].index = i;
        }
        return world;
}

static void remove_directory(const char *path) {
        DIR *directory = opendir(path);
        char file[512];

        for (struct dirent *entry; directory && (entry = readdir(directory));) {
                (void) snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
                (void) unlink(file);
        }
        if (directory)
                (void) closedir(directory);
        (void) rmdir(path);
}

World *world_free(World *world) {
        if (!world)
                return NULL;
        world_kill(world);
        for (size_t i = 0; i < WORLD_MODULES_MAX; i++)
                sim_module_free(world->modules[i].sim);
        remove_directory(world->directory);
        free(world);
        return NULL;
}

void world_use_telit(World *world, size_t index, TelitProtocol protocol) {
        ModuleSettings *module = world->settings.modules + index;
        FamilySettings *settings = &module->family_settings;

        module->family = family_find("telit");
        (void) TEXT_COPY(settings->apn, "iot.example.com");
        settings->answer_window = USEC_PER_MINUTE;
        settings->baud_rate = module->baud_rate;
        settings->telit.protocol = protocol;
        settings->telit.fix_prerequisites = true;
        if (protocol == TELIT_SMS)
                (void) TEXT_COPY(settings->telit.server_number, "+393491234567");
        else
                (void) TEXT_COPY(settings->telit.server_address, "203.0.113.5");
        if (protocol != TELIT_SMS)
                settings->telit.server_port = 9090;
        for (Action action = 0; action < _ACTION_MAX; action++)
                module->policy.actions[action].decision = DECISION_ACCEPT;
}

void world_attach(World *world, size_t module, const SimScenario *scenario, uint64_t seed) {
        WorldModule *m = world->modules + module;

        sim_module_free(m->sim); /* another one in its place */
        m->sim = sim_module_new(scenario, &sim_host, m, &m->memory, seed);
        assert(m->sim);
        sim_power(m->sim, world_module_time(world), true);
}

void world_kill(World *world) {
        world->frames = frames_free(world->frames);
        world->gateway = gateway_free(world->gateway);
        if (world->platter)
                platter_kill(world->platter);
        world->store = store_free(world->store);
        world->crashed = false;
        world->proof[0] = '\0';
        if (!world->keeps_descriptors)
                world->n_leases = 0;
        for (size_t i = 0; i < WORLD_MODULES_MAX; i++) {
                world->modules[i].n_to_fotad = 0;
                world->modules[i].port_open = world->modules[i].has_package = false;
        }
}

void world_give_package(World *world, size_t module, const char *from, const char *to,
                        uint64_t bytes) {
        world->modules[module].has_package = true;
        assert(sim_package_init(&world->modules[module].package, from, to, bytes) == 0);
}

void world_add_hop(World *world, const char *from, const char *to) {
        PackageSettings *package = world->settings.packages + world->settings.n_packages++;

        assert(world->settings.n_packages <= PACKAGES_MAX);
        (void) TEXT_COPY(package->family, "hl78xx");
        (void) TEXT_COPY(package->from, from);
        (void) TEXT_COPY(package->to, to);
}

/* the application server */

static bool on_answer(void *userdata, const Module *module, const CommandAnswer *answer,
                      ReportRow *ret) {
        (void) userdata;
        (void) module;
        if (answer->opcode == COMMAND_UNINHIBIT)
                return false; /* for the tests: nothing to say */
        ret->fport = ANSWER_FPORT;
        ret->n_payload = 2;
        ret->payload[0] = (uint8_t) answer->opcode;
        ret->payload[1] = (uint8_t) answer->result;
        (void) TEXT_COPY(ret->extra, answer->why); /* for the tests */
        return true;
}

static const FramesHost frames_host = { .answer = on_answer };

static int adopt_frame(void *userdata, const FrameRow *row) {
        assert(frames_adopt(userdata, row) == 0);
        return 0;
}

static void start_frames(World *world) {
        if (!world->settings.downlink.enabled)
                return;
        assert(frames_new(world->gateway, &frames_host, world, &world->frames) == 0);
        assert(store_each_frame(world->store, adopt_frame, world->frames) == 0);
}

void world_use_downlink(World *world) {
        world->settings.uplink.enabled = true;
        (void) TEXT_COPY(world->settings.uplink.as_id, WORLD_AS_ID);
        (void) TEXT_COPY(world->settings.uplink.key, WORLD_AS_KEY);
        world->settings.downlink = (DownlinkSettings) {
                .enabled = true,
                .max_deviation = 5 * USEC_PER_MINUTE,
                .queue_length = 5,
                .rate_per_minute = 10,
                .rate_burst = 5,
                .confirmed = true,
        };
}

DownlinkFault world_request(World *world, const char *signed_text) {
        char raw[3 * DOWNLINK_QUERY_MAX], token[QUERY_TOKEN_MAX];
        DownlinkFault fault;

        assert(query_token("", signed_text, WORLD_AS_KEY, token) == 0);
        (void) snprintf(raw, sizeof(raw), "%s&Token=%s", signed_text, token);
        gateway_turn(world->gateway, &world->now);
        frames_query(world->frames, raw, &fault);
        return fault;
}

DownlinkCode world_downlink(World *world, const char *query) {
        char signed_text[DOWNLINK_QUERY_MAX], time[ISO_TEXT_MAX];

        (void) iso_format(time, world->now.realtime + ++world->n_requests * USEC_PER_MSEC, 0);
        (void) snprintf(signed_text, sizeof(signed_text), "%s&AS_ID=%s&Time=%s", query, WORLD_AS_ID,
                        time);
        return world_request(world, signed_text).code;
}

static void open_store(World *world, StoreCounters *ret) {
        char why[160] = "";

        if (world->disk) {
                world->disk->counters(world->disk->userdata, ret);
                return;
        }
        if (store_open(world->path, &world->store, why, sizeof(why)) < 0) {
                fprintf(stderr, "%s: %s\n", world->path, why);
                abort();
        }
        assert(store_counters(world->store, ret) == 0);
}

void world_start(World *world) {
        InhibitorRow inhibitors[INHIBITORS_MAX];
        StoreCounters counters = { 0 };
        GatewayStart start = {
                .settings = &world->settings,
                .now = world->now,
                .build_time = world->build_time,
                .load = on_load,
                .each_install = on_each_install,
                .storage_ok = true,
        };

        assert(!world->gateway);
        open_store(world, &counters);
        (void) TEXT_COPY(start.boot_id, world->boot_id);
        start.last_event = counters.last_event;
        start.last_job = counters.last_job;
        start.last_report = counters.last_report;
        start.last_act = counters.last_act;
        start.newest_row = counters.newest;
        start.inhibitors = inhibitors;
        start.n_inhibitors =
                world->disk ?
                        world->disk->inhibitors(world->disk->userdata, inhibitors) :
                        (size_t) store_load_inhibitors(world->store, inhibitors, INHIBITORS_MAX);
        assert(start.n_inhibitors <= INHIBITORS_MAX);
        assert(gateway_new(&start, &gateway_host, world, &world->gateway) == 0);
        start_frames(world);
        leases_resume(world);
}

/* simulated modules have a time of their own: it does not begin anew with the gateway's */

usec_t world_module_time(const World *world) {
        return world->now.boottime + world->booted_before;
}

static usec_t sim_due(const World *world, const SimModule *sim) {
        const usec_t deadline = sim ? sim_deadline(sim) : USEC_INFINITY;

        return deadline == USEC_INFINITY ? deadline : usec_sub(deadline, world->booted_before);
}

static bool tick_sims(World *world) {
        bool ticked = false;

        for (size_t i = 0; i < world->settings.n_modules; i++) {
                if (sim_due(world, world->modules[i].sim) > world->now.boottime)
                        continue;
                sim_tick(world->modules[i].sim, world_module_time(world));
                ticked = true;
        }
        return ticked;
}

/* the loop */

static bool is_present(const WorldModule *m) {
        return !m->port_absent && !m->unplugged;
}

static bool move_ports(World *world) {
        bool moved = false;

        for (size_t i = 0; i < world->settings.n_modules; i++) {
                WorldModule *m = world->modules + i;

                if (m->port_open == is_present(m))
                        continue;
                m->port_open = is_present(m);
                m->n_to_fotad = 0;
                if (m->port_open)
                        gateway_port_opened(world->gateway, i);
                else
                        gateway_port_lost(world->gateway, i);
                moved = true;
        }
        return moved;
}

static bool move_to_fotad(World *world) {
        bool moved = false;

        for (size_t i = 0; i < world->settings.n_modules; i++) {
                WorldModule *m = world->modules + i;
                char bytes[WORLD_BYTES_MAX];
                const size_t n = m->n_to_fotad;

                if (n == 0)
                        continue;
                memcpy(bytes, m->to_fotad, n);
                m->n_to_fotad = 0;
                gateway_feed(world->gateway, i, bytes, n);
                moved = true;
        }
        return moved;
}

/* A story gets whole commands. */
static bool tell_story(World *world, WorldModule *m) {
        const size_t had = m->n_to_module;
        char *end;

        while (!m->takes_blocks && (end = memchr(m->to_module, '\r', m->n_to_module))) {
                char line[1024];
                const size_t n = (size_t) (end - m->to_module);

                (void) snprintf(line, sizeof(line), "%.*s", (int) n, m->to_module);
                m->n_to_module -= n + 1;
                memmove(m->to_module, end + 1, m->n_to_module);
                if (world->on_line)
                        world->on_line(world->userdata, m->index, line);
        }
        return m->n_to_module != had;
}

/* fotad may write more before the module has taken these. */
static void tell_sim(World *world, WorldModule *m) {
        const WorldTap *tap = &world->tap;
        char bytes[WORLD_BYTES_MAX];
        const size_t n = m->n_to_module;

        memcpy(bytes, m->to_module, n);
        m->n_to_module = 0;
        if (!tap->to_module || !tap->to_module(tap->userdata, m->index, bytes, n))
                sim_feed(m->sim, world_module_time(world), bytes, n);
}

static bool move_to_modules(World *world) {
        bool moved = false;

        for (size_t i = 0; i < world->settings.n_modules; i++) {
                WorldModule *m = world->modules + i;

                if (m->n_to_module == 0 || (!m->sim && m->takes_blocks))
                        continue;
                if (m->sim) {
                        tell_sim(world, m);
                        moved = true;
                } else {
                        moved |= tell_story(world, m);
                }
        }
        return moved;
}

/* One turn of the real loop, as fotad's sd-event does it. */
static void turn(World *world) {
        gateway_turn(world->gateway, &world->now);
        (void) move_ports(world);
        (void) move_to_fotad(world);
        if (!world->crashed && world->frames)
                frames_turn(world->frames);
        (void) answer_proof(world);
        if (!world->crashed)
                gateway_settle(world->gateway);
        if (!world->crashed && world->tap.turned)
                world->tap.turned(world->tap.userdata);
}

static usec_t fotad_deadline(const World *world) {
        const usec_t deadline = gateway_deadline(world->gateway);

        return world->frames ? MIN_OF(deadline, frames_deadline(world->frames)) : deadline;
}

static bool fotad_has_work(const World *world, usec_t due) {
        for (size_t i = 0; i < world->settings.n_modules; i++)
                if (world->modules[i].n_to_fotad > 0 ||
                    world->modules[i].port_open != is_present(world->modules + i))
                        return true;
        if (world->proof[0] != '\0' && !world->proof_silent)
                return true;
        return due <= world->now.boottime;
}

/* Until nothing moves; when fotad wants to be woken next. */
static usec_t settle(World *world) {
        for (unsigned i = 0; i < 10000; i++) {
                bool moved = tick_sims(world);
                const usec_t due = world->gateway ? fotad_deadline(world) : USEC_INFINITY;

                if (world->gateway && fotad_has_work(world, due)) {
                        turn(world);
                        moved = true;
                }
                if (world->crashed)
                        return due;
                moved |= move_to_modules(world);
                if (!moved)
                        return due;
        }
        fprintf(stderr, "the world does not come to rest\n");
        abort();
}

void world_settle(World *world) {
        (void) settle(world);
}

static usec_t next_deadline(const World *world, usec_t due) {
        usec_t next = due;

        for (size_t i = 0; i < world->settings.n_modules; i++)
                next = MIN_OF(next, sim_due(world, world->modules[i].sim));
        return next;
}

static void pass(World *world, usec_t boottime) {
        const usec_t span = usec_sub(boottime, world->now.boottime);

        world->now.boottime += span;
        world->now.realtime += span;
}

static void rise_again(World *world) {
        world_kill(world);
        pass(world, world->now.boottime + RESTART_DELAY);
        (void) tick_sims(world);
        world_start(world);
}

void world_reboot(World *world) {
        const unsigned boot = (unsigned) strtoul(world->boot_id + BOOT_ID_MAX - 4, NULL, 10) + 1;

        world_kill(world);
        if (world->platter)
                platter_cut(world->platter);
        world->n_leases = 0;
        pass(world, world->now.boottime + REBOOT_DELAY);
        (void) tick_sims(world);
        world->booted_before += world->now.boottime - BOOTED;
        world->now.boottime = BOOTED;
        (void) snprintf(world->boot_id + BOOT_ID_MAX - 4, 4, "%03u", boot % 1000);
}

bool world_run(World *world, usec_t span, bool (*until)(World *world)) {
        const usec_t end = usec_add(world->now.boottime, span);

        for (;;) {
                const usec_t due = settle(world);

                if (world->crashed && world->stays_down)
                        return true;
                if (world->crashed) {
                        rise_again(world);
                        continue;
                }
                if (until && until(world))
                        return true;
                const usec_t next = next_deadline(world, due);
                if (next > end)
                        break;
                pass(world, MAX_OF(next, world->now.boottime));
        }
        pass(world, end);
        world_settle(world);
        return until && until(world);
}

void world_send(World *world, size_t module, const char *line) {
        char framed[1200];

        (void) snprintf(framed, sizeof(framed), "\r\n%s\r\n", line);
        world_say(world, module, framed, strlen(framed));
}

/* looking */

ModuleView world_view(const World *world, size_t module) {
        ModuleView view;

        gateway_view(world->gateway, gateway_module(world->gateway, module), &view);
        return view;
}

const char *world_next(const World *world, size_t module) {
        static char next[NEXT_MAX];

        return gateway_next(world->gateway, gateway_module(world->gateway, module), next);
}

State world_state(const World *world, size_t module) {
        return world_view(world, module).record->state;
}

unsigned world_count_wire(const World *world, size_t module, const char *line) {
        char pattern[600];
        unsigned n = 0;

        (void) snprintf(pattern, sizeof(pattern), "%s\n", line);
        for (const char *p = world->modules[module].wire; (p = strstr(p, pattern)); p++)
                n += p == world->modules[module].wire || p[-1] == '\n';
        return n;
}

unsigned world_count_events(const World *world, EventKind kind) {
        unsigned n = 0;

        for (size_t i = 0; i < world->n_events; i++)
                n += world->events[i].kind == kind;
        return n;
}

void world_print(const World *world, size_t module) {
        for (size_t i = 0; i < world->n_events; i++) {
                const WorldEvent *event = world->events + i;
                printf("  %8.1f s  %-8s %-18s %s%s\n",
                       (double) (event->realtime - START_REALTIME) / USEC_PER_SEC, event->module,
                       state_to_string(event->state), event_kind_to_string(event->kind),
                       event->details);
        }
        TranscriptLine line = { 0 };
        for (bool more = world->gateway != NULL; more;) {
                more = transcript_next(world_view(world, module).transcript, line.sequence, &line);
                if (more)
                        printf("  %8.1f s  %c %s\n",
                               (double) (line.realtime - START_REALTIME) / USEC_PER_SEC,
                               line.direction == DIRECTION_TO_MODULE ? '>' : '<', line.text);
        }
}
