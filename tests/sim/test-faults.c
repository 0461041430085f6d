/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every state of the lifecycle, and in it everything that goes wrong in the field: a fault strikes
 * in exactly that state, people do what they would do, and simulated days later the module, its job
 * and what was said on the line must be what the table below says. Nothing in it is computed: each
 * cell is what somebody who runs gateways has a right to. What holds in every cell is in
 * check_always(). */

#include "sim/fault.h"
#include "test.h"

#define FROM "BHL7800.1.6.3.0.20180803"
#define TO "HL7800.4.4.14.0"
#define PACKAGE_BYTES 20000

typedef enum Way {
        WAY_AIR,  /* a person orders an update that the server offers */
        WAY_FILE, /* ... hands over a file */
        WAY_HELD, /* ... orders an update, and nobody answers what is asked then */
        WAY_LATE, /* ... orders it after the fault, as soon as that is taken */
} Way;

typedef struct Place {
        const char *name;
        Way way;
        void (*prepare)(World *world, SimScenario *scenario); /* NULL: as it is */
        bool (*there)(World *world);
        void (*leave)(World *world); /* what people do about it after the fault; NULL: nothing */
} Place;

typedef struct Cell {
        const Place *place;
        World *world;
        SimScenario scenario;
        Fault fault;
        bool ordered;               /* the update */
        bool answered[_ACTION_MAX]; /* a person says yes once: nobody likes to be asked again */
} Cell;

static Cell *cell_free(Cell *cell) {
        if (!cell)
                return NULL;
        world_free(cell->world);
        free(cell);
        return NULL;
}
DEFINE_CLEANUP(Cell *, cell_free)

/* people */

static bool order(World *world, const Order *what) {
        char why[WHY_MAX];

        gateway_turn(world->gateway, &world->now);
        const OrderResult result =
                gateway_order(world->gateway, gateway_module(world->gateway, 0), what, NULL, why);
        gateway_settle(world->gateway);
        return result == ORDER_DONE;
}

static bool order_update(Cell *cell) {
        const Order what = {
                .kind = ORDER_UPDATE,
                .from = cell->place->way == WAY_FILE ? UPDATE_FROM_FILE : UPDATE_FROM_SERVER,
                .who = "test (uid 0)",
        };

        if (cell->place->way == WAY_FILE)
                world_give_package(cell->world, 0, FROM, TO, PACKAGE_BYTES);
        return order(cell->world, &what);
}

static void answer(Cell *cell, Action action) {
        const Order what = { .kind = ORDER_ACCEPT, .action = action, .who = "test (uid 0)" };

        if (!cell->answered[action])
                cell->answered[action] = order(cell->world, &what);
}

/* Orders the update if that was not done yet, and says yes to what is asked. */
static void person(Cell *cell) {
        if (!cell->world->gateway)
                return;
        const ModuleView view = world_view(cell->world, 0);
        if (!cell->ordered && view.reconciled)
                cell->ordered = order_update(cell);
        if (view.held && cell->place->way != WAY_HELD)
                answer(cell, view.record->request.action);
}

static void pass(Cell *cell, usec_t span, usec_t step) {
        for (usec_t done = 0; done < span; done += step) {
                (void) world_run(cell->world, MIN_OF(step, span - done), NULL);
                fault_tick(&cell->fault);
                person(cell);
        }
}

/* the ways into the states */

static bool is_in(World *world, State state) {
        return world_state(world, 0) == state;
}
static bool is_absent(World *world) {
        return is_in(world, STATE_ABSENT);
}
static bool is_starting(World *world) {
        return is_in(world, STATE_STARTING) && world_count_wire(world, 0, "AT+CGMR") > 0;
}
static bool is_blocked(World *world) {
        return is_in(world, STATE_BLOCKED);
}
static bool is_idle(World *world) {
        return is_in(world, STATE_IDLE) && world_view(world, 0).reconciled;
}
static bool is_connecting(World *world) {
        return is_in(world, STATE_CONNECTING);
}
static bool is_connected(World *world) {
        return is_in(world, STATE_CONNECTED);
}
static bool is_asked_to_download(World *world) {
        return is_in(world, STATE_DOWNLOAD_PENDING) && world_view(world, 0).held;
}
static bool is_downloading(World *world) {
        return is_in(world, STATE_DOWNLOADING) &&
               world_view(world, 0).record->progress_percent >= 10;
}
static bool is_receiving(World *world) {
        SimFacts facts;

        sim_facts(world->modules[0].sim, &facts);
        return is_in(world, STATE_DOWNLOADING) && facts.receiving;
}
static bool is_suspended(World *world) {
        return is_in(world, STATE_SUSPENDED);
}
static bool is_verifying(World *world) {
        return is_in(world, STATE_VERIFYING);
}
static bool is_asked_to_install(World *world) {
        return is_in(world, STATE_INSTALL_PENDING) && world_view(world, 0).held;
}
static bool is_granted(World *world) {
        return is_in(world, STATE_INSTALLING);
}
static bool is_flashing(World *world) {
        SimFacts facts;

        sim_facts(world->modules[0].sim, &facts);
        return is_in(world, STATE_INSTALLING) && facts.flashing;
}
static bool is_restarting(World *world) {
        return is_in(world, STATE_RESTARTING);
}
static bool is_confirming(World *world) {
        return is_in(world, STATE_CONFIRMING);
}

static void prepare_absent(World *world, SimScenario *scenario _unused_) {
        world->modules[0].port_absent = true;
}
static void leave_absent(World *world) {
        sim_power(world->modules[0].sim, world_module_time(world), true);
        world->modules[0].port_absent = false;
}

static void prepare_blocked(World *world _unused_, SimScenario *scenario) {
        (void) TEXT_COPY(scenario->sim_pin, "1234");
}
static void leave_blocked(World *world) {
        (void) TEXT_COPY(world->settings.modules[0].sim_pin, "1234");
}

static void ask_download(World *world, SimScenario *scenario _unused_) {
        world->settings.modules[0].policy.actions[ACTION_DOWNLOAD].decision = DECISION_ASK;
}
static void ask_install(World *world, SimScenario *scenario _unused_) {
        world->settings.modules[0].policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
}

static void fault_at(SimScenario *scenario, const char *on, SimFaultKind kind, usec_t span) {
        SimFault *fault = scenario->faults + scenario->n_faults++;

        *fault = (SimFault) { .nth = 1, .times = 1, .kind = kind, .span = span };
        (void) TEXT_COPY(fault->on, on);
}
static void lose_session(World *world _unused_, SimScenario *scenario) {
        fault_at(scenario, "18,21", SIM_FAULT_SESSION_LOSS, 0);
}
static void ask_late(World *world _unused_, SimScenario *scenario) {
        fault_at(scenario, "3", SIM_FAULT_DELAY, 5 * USEC_PER_SEC);
}
static void update_in_vain(World *world _unused_, SimScenario *scenario) {
        scenario->packages[0].result = SIM_RESULT_MISMATCH;
}
static void succeed_in_vain(World *world _unused_, SimScenario *scenario) {
        scenario->packages[0].result = SIM_RESULT_WRONG_VERSION;
}
static void boot_loudly(World *world _unused_, SimScenario *scenario) {
        scenario->ksrep = true;
        scenario->boot_order = SIM_ORDER_READY_FIRST;
}

/* the table */

// clang-format off
static const Place places[] = {
        { "absent",           WAY_LATE, prepare_absent,  is_absent,            leave_absent },
        { "starting",         WAY_LATE, NULL,            is_starting,          NULL },
        { "blocked",          WAY_LATE, prepare_blocked, is_blocked,           leave_blocked },
        { "idle",             WAY_LATE, NULL,            is_idle,              NULL },
        { "connecting",       WAY_AIR,  NULL,            is_connecting,        NULL },
        { "connected",        WAY_AIR,  NULL,            is_connected,         NULL },
        { "download-pending", WAY_AIR,  ask_download,    is_asked_to_download, NULL },
        { "download-held",    WAY_HELD, ask_download,    is_asked_to_download, NULL },
        { "downloading",      WAY_AIR,  NULL,            is_downloading,       NULL },
        { "downloading-file", WAY_FILE, NULL,            is_receiving,         NULL },
        { "suspended",        WAY_AIR,  lose_session,    is_suspended,         NULL },
        { "verifying",        WAY_AIR,  ask_late,        is_verifying,         NULL },
        { "verifying-file",   WAY_FILE, ask_late,        is_verifying,         NULL },
        { "install-pending",  WAY_AIR,  ask_install,     is_asked_to_install,  NULL },
        { "install-held",     WAY_HELD, ask_install,     is_asked_to_install,  NULL },
        { "granted",          WAY_AIR,  NULL,            is_granted,           NULL },
        { "installing",       WAY_AIR,  NULL,            is_flashing,          NULL },
        { "install-fails",    WAY_AIR,  update_in_vain,  is_flashing,          NULL },
        { "changes-nothing",  WAY_AIR,  succeed_in_vain, is_flashing,          NULL },
        { "restarting",       WAY_AIR,  boot_loudly,     is_restarting,        NULL },
        { "confirming",       WAY_AIR,  NULL,            is_confirming,        NULL },
};

/* A cell is what became of the job, and how often AT+WDSR=3, AT+WDSR=4 and AT+WDSD went over the
 * line. There is one job, and the module rests in idle unless it waits.
 *
 *   OK  succeeded: the version has changed
 *   WD  the module waits for a yes to its download, the job with it
 *   WI  ... to its install
 *   XF  failed, xmodem-failed: the file goes with fotad
 *   NR  failed, no-response: the module was silent for longer than it waits for a block itself
 *   UF  failed, update-failed: the module says so
 *   VU  failed, version-unchanged: the version says so
 *   IT  failed, install-timeout: not a word was heard, and the version is the old one
 *   -   nothing to strike: fotad says nothing
 *
 * More than one yes: the module asked again, because it restarted, was interrupted, or had refused
 * the first one. */
static const struct {
        const char *place, *cells; /* by FaultKind */
} expectations[] = {
        /*                      kill  power port  lose  twice inner mute  error ahead back  disk  boot  junk */
        { "absent",            "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
        { "starting",          "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
        { "blocked",           "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
        { "idle",              "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
        { "connecting",        "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
        { "connected",         "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
        { "download-pending",  "OK110 OK210 OK110 OK110 OK110 OK110 OK110 OK210 OK110 OK110 OK110 OK110 OK110" },
        { "download-held",     "WD000 WD000 WD000 WD000 WD000 WD000 WD000 -     WD000 WD000 WD000 WD000 WD000" },
        { "downloading",       "OK110 OK210 OK110 OK110 OK110 OK110 OK110 OK120 OK110 OK110 OK110 OK110 OK110" },
        { "downloading-file",  "XF001 OK012 OK012 OK011 OK011 OK011 NR001 OK011 OK011 OK011 OK011 XF001 OK011" },
        { "suspended",         "OK210 OK210 OK210 OK210 OK210 OK210 OK210 OK210 OK210 OK210 OK210 OK210 OK210" },
        { "verifying",         "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK120 OK110 OK110 OK110 OK110 OK110" },
        { "verifying-file",    "OK011 OK011 OK011 OK011 OK011 OK011 OK011 OK011 OK011 OK011 OK011 OK011 OK011" },
        { "install-pending",   "OK110 OK120 OK110 OK110 OK110 OK110 OK110 OK120 OK110 OK110 OK110 OK110 OK110" },
        { "install-held",      "WI100 WI100 WI100 WI100 WI100 WI100 WI100 -     WI100 WI100 WI100 WI100 WI100" },
        { "granted",           "OK110 OK120 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
        { "installing",        "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
        { "install-fails",     "UF110 UF110 UF110 VU110 UF110 UF110 IT110 UF110 UF110 UF110 UF110 UF110 UF110" },
        { "changes-nothing",   "VU110 VU110 VU110 VU110 VU110 VU110 IT110 VU110 VU110 VU110 VU110 VU110 VU110" },
        { "restarting",        "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
        { "confirming",        "OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110 OK110" },
};
// clang-format on

static void job_print(Text *to, const JobRow *job, const ModuleView *view) {
        static const char *const failures[_REASON_MAX] = {
                [REASON_XMODEM_FAILED] = "XF",   [REASON_NO_RESPONSE] = "NR",
                [REASON_UPDATE_FAILED] = "UF",   [REASON_VERSION_UNCHANGED] = "VU",
                [REASON_INSTALL_TIMEOUT] = "IT",
        };
        static const char *const waits[_STATE_MAX] = {
                [STATE_DOWNLOAD_PENDING] = "WD",
                [STATE_INSTALL_PENDING] = "WI",
        };
        const State state = view->record->state;

        if (job->outcome == OUTCOME_SUCCEEDED)
                text_add(to, "OK");
        else if (job->outcome == OUTCOME_FAILED && failures[job->reason])
                text_add(to, failures[job->reason]);
        else if (job->outcome == OUTCOME_NONE && view->held && waits[state])
                text_add(to, waits[state]);
        else
                text_printf(to, "%s-%s-%s+", state_to_string(state),
                            outcome_to_string(job->outcome), reason_to_string(job->reason));
}

static void cell_print(const Cell *cell, Text *to) {
        const ModuleView view = world_view(cell->world, 0);
        const Fault *fault = &cell->fault;

        for (size_t i = 0; i < fault->n_jobs; i++)
                job_print(to, fault->jobs + i, &view);
        if (!view.job.id && view.record->state != STATE_IDLE)
                text_printf(to, "-%s-", state_to_string(view.record->state));
        text_printf(to, "%u%u%u", fault->downloads_granted, fault->installs_granted, fault->pushes);
}

static bool expect(const char *what, bool holds) {
        if (!holds)
                printf("    %s\n", what);
        return holds;
}

/* Why nothing is done is told with the state in which nothing is done. */
static bool are_states_right(const World *world) {
        bool right = true;

        for (size_t i = 0; i < world->n_events; i++)
                right &= world->events[i].kind != EVENT_POLICY_WAITING ||
                         world->events[i].state == STATE_DOWNLOAD_PENDING ||
                         world->events[i].state == STATE_INSTALL_PENDING;
        return right;
}

/* What storage-restored owned up to. */
static unsigned events_told_lost(const World *world) {
        unsigned lost = 0;

        for (size_t i = 0; i < world->n_events; i++) {
                const char *told = strstr(world->events[i].details, " lost=");
                if (world->events[i].kind == EVENT_STORAGE_RESTORED && told)
                        lost += (unsigned) strtoul(told + 6, NULL, 10);
        }
        return lost;
}

/* Whatever goes wrong, wherever. */
static bool check_always(const Cell *cell) {
        const World *world = cell->world;
        const Fault *fault = &cell->fault;
        const ModuleView view = world_view(world, 0);
        SimFacts facts;
        bool good = true;

        sim_facts(world->modules[0].sim, &facts);
        const bool updated = streq(facts.firmware, TO);
        const bool succeeded = view.last_job.outcome == OUTCOME_SUCCEEDED;
        good &= expect("the fault did not strike", fault->struck);
        good &= expect("something was sent while the module flashed",
                       facts.bytes_while_flashing == 0);
        good &= expect("a request got more than one yes", fault->grants_unasked == 0);
        good &= expect("success is a changed version, and no other", succeeded == updated);
        good &= expect("success is told once",
                       world_count_events(world, EVENT_INSTALL_SUCCEEDED) == (updated ? 1 : 0));
        good &= expect("failure is told of a job that failed",
                       !succeeded || world_count_events(world, EVENT_INSTALL_FAILED) == 0);
        good &= expect("an update looked like somebody else's",
                       world_count_events(world, EVENT_UNSANCTIONED_CHANGE) == 0);
        good &= expect("the version shown is not the module's",
                       streq(view.record->firmware, facts.firmware));
        good &= expect("events are missing, and nobody says so",
                       fault->event_holes == events_told_lost(world));
        good &= expect("an event was told with a state that was undone", are_states_right(world));
        good &= expect("FCntUp came twice", fault->fcnt_up_repeats == 0);
        good &= expect("an order left without its intent on disk", fault->orders_while_full == 0);
        good &= expect("a package was read after it was closed", world->n_stray_reads == 0);
        return good;
}

/* the cells */

/* How a module talks where the documents leave it open. */
typedef enum Dialect {
        DIALECT_FULL,
        DIALECT_QUIET, /* neither OK nor event 14 after AT+WDSR=4 (HL78xx FOTA note, figure 12) */
        _DIALECT_MAX,
} Dialect;

static Cell *cell_new(const Place *place, Dialect dialect) {
        Cell *cell = calloc(1, sizeof(*cell));
        World *world = world_new(1);
        SimScenario *scenario = &cell->scenario;
        ActionPolicy *actions = world->settings.modules[0].policy.actions;

        *cell = (Cell) { .place = place, .world = world };
        sim_scenario_init(scenario);
        (void) TEXT_COPY(scenario->firmware, FROM);
        scenario->install_event = scenario->ok_after_install_grant = dialect == DIALECT_FULL;
        if (place->way != WAY_FILE)
                scenario->packages[scenario->n_packages++] =
                        (SimPlannedPackage) { .bytes = PACKAGE_BYTES, .to = TO };
        actions[ACTION_DOWNLOAD].decision = actions[ACTION_INSTALL].decision = DECISION_ACCEPT;
        if (place->prepare)
                place->prepare(world, scenario);
        fault_init(&cell->fault, world);
        return cell;
}

static bool reach(Cell *cell) {
        const Place *place = cell->place;
        World *world = cell->world;

        world_attach(world, 0, &cell->scenario, 1);
        if (world->modules[0].port_absent)
                sim_power(world->modules[0].sim, world_module_time(world), false);
        world_start(world);
        if (place->way != WAY_LATE) {
                if (!world_run(world, USEC_PER_MINUTE, is_idle))
                        return false;
                cell->ordered = order_update(cell);
        }
        return world_run(world, USEC_PER_HOUR, place->there);
}

/* Until everything rests: a job that nothing moves ends after days, if it should not wait. */
static void live(Cell *cell, FaultKind kind) {
        fault_begin(&cell->fault, kind);
        pass(cell, fault_span(kind), 5 * USEC_PER_SEC);
        fault_end(&cell->fault);
        if (cell->place->leave)
                cell->place->leave(cell->world);
        pass(cell, 3 * USEC_PER_HOUR, 10 * USEC_PER_SEC);
        if (world_view(cell->world, 0).job.id)
                pass(cell, 10 * USEC_PER_DAY, 10 * USEC_PER_MINUTE);
}

static bool is_as_expected(const Cell *cell, const char *expected, size_t n) {
        char seen[160];
        Text text;

        text_init(&text, seen, sizeof(seen));
        cell_print(cell, &text);
        if (strlen(seen) == n && strncmp(seen, expected, n) == 0)
                return true;
        printf("    %.*s expected, but %s\n", (int) n, expected, seen);
        return false;
}

/* VERBOSE=mute (or any other fault) prints what was said. */
static bool try_cell(const Place *place, Dialect dialect, FaultKind kind, const char *expected,
                     size_t n) {
        _cleanup_(cell_freep) Cell *cell = cell_new(place, dialect);
        const char *verbose = getenv("VERBOSE");
        bool good = expect("the state is not reached", reach(cell));

        if (good) {
                live(cell, kind);
                good = is_as_expected(cell, expected, n);
                good &= check_always(cell);
        }
        if (!good)
                printf("  in %s, %s%s\n", place->name, fault_kind_to_string(kind),
                       dialect == DIALECT_QUIET ? ", with a quiet module" : "");
        if (verbose && streq(verbose, fault_kind_to_string(kind)))
                world_print(cell->world, 0);
        return good;
}

static const Place *find_place(const char *name) {
        for (size_t i = 0; i < ELEMENTSOF(places); i++)
                if (streq(places[i].name, name))
                        return places + i;
        return NULL;
}

static const char *find_cells(const char *name) {
        for (size_t i = 0; i < ELEMENTSOF(expectations); i++)
                if (streq(expectations[i].place, name))
                        return expectations[i].cells;
        return NULL;
}

static void try_place(const char *name) {
        const Place *place = find_place(name);
        const char *cells = find_cells(name);
        unsigned bad = 0;

        CHECK(place && cells);
        for (Dialect dialect = 0; dialect < _DIALECT_MAX; dialect++) {
                const char *expected = cells;
                for (FaultKind kind = 0; kind < _FAULT_MAX; kind++) {
                        const size_t n = strcspn(expected, " ");
                        if (*expected != '-')
                                bad += !try_cell(place, dialect, kind, expected, n);
                        expected += n + strspn(expected + n, " ");
                }
                CHECK_STR(expected, "");
        }
        CHECK_INT(bad, 0);
}

#define PLACE(id, name)          \
        TEST(faults_when_##id) { \
                try_place(name); \
        }
PLACE(absent, "absent")
PLACE(starting, "starting")
PLACE(blocked, "blocked")
PLACE(idle, "idle")
PLACE(connecting, "connecting")
PLACE(connected, "connected")
PLACE(download_pending, "download-pending")
PLACE(download_held, "download-held")
PLACE(downloading, "downloading")
PLACE(downloading_file, "downloading-file")
PLACE(suspended, "suspended")
PLACE(verifying, "verifying")
PLACE(verifying_file, "verifying-file")
PLACE(install_pending, "install-pending")
PLACE(install_held, "install-held")
PLACE(granted, "granted")
PLACE(installing, "installing")
PLACE(install_fails, "install-fails")
PLACE(changes_nothing, "changes-nothing")
PLACE(restarting, "restarting")
PLACE(confirming, "confirming")

/* A yes and the repetition of what it answers, both on the line at once: the module has printed its
 * request before it reads the answer. That is no new request. */
static void cross(const char *name, Dialect dialect, const char *expected) {
        _cleanup_(cell_freep) Cell *cell = cell_new(find_place(name), dialect);
        const SimTimings *timings = &cell->scenario.timings;

        CHECK(reach(cell));
        cell->fault.struck = true;
        (void) world_run(cell->world, timings->repeat - timings->answer / 2, NULL);
        person(cell);
        pass(cell, 3 * USEC_PER_HOUR, 10 * USEC_PER_SEC);
        if (getenv("VERBOSE"))
                world_print(cell->world, 0);
        const bool as_expected = is_as_expected(cell, expected, strlen(expected));
        CHECK(check_always(cell) && as_expected);
}

TEST(a_yes_crosses_the_repeated_download_request) {
        cross("download-pending", DIALECT_FULL, "OK110");
}

TEST(a_yes_crosses_the_repeated_install_request) {
        cross("install-pending", DIALECT_FULL, "OK110");
}

TEST(a_yes_crosses_the_repeated_install_request_of_a_quiet_module) {
        cross("install-pending", DIALECT_QUIET, "OK110");
}

TEST_MAIN()
