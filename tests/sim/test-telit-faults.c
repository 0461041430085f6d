/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every step of a Telit update, and in it everything that goes wrong in the field, as
 * test-faults.c does it for the other family: what became of the job days later must be what the
 * table says, what holds in every cell is in check_always(). */

#include "sim/fault.h"
#include "sim/telit.h"
#include "test.h"

typedef struct Place {
        const char *name;
        unsigned protocols; /* bit per TelitProtocol */
        bool asks;          /* policy asks a person */
        SimResult result;
        bool (*there)(World *world);
} Place;

typedef struct Cell {
        const Place *place;
        TelitProtocol protocol;
        World *world;
        SimScenario scenario;
        Fault fault;
        char before[TELIT_READ_MAX];
        bool ordered, answered, registered; /* by a person, once each */
        bool answers;                       /* he does now */
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

static bool order(World *world, OrderKind kind) {
        const Order what = { .kind = kind, .action = ACTION_INSTALL, .who = "test (uid 0)" };
        char why[WHY_MAX];

        gateway_turn(world->gateway, &world->now);
        const OrderResult result =
                gateway_order(world->gateway, gateway_module(world->gateway, 0), &what, NULL, why);
        gateway_settle(world->gateway);
        return result == ORDER_DONE;
}

static bool is_idle(const ModuleView *view) {
        return view->record->state == STATE_IDLE && view->reconciled;
}

/* Registers where that failed, orders the update where no server asks, says yes to what is asked.
 */
static void person(Cell *cell) {
        World *world = cell->world;

        if (!world->gateway)
                return;
        const ModuleView view = world_view(world, 0);
        const RegistrationState registration = view.record->registration.state;
        if (is_idle(&view) && registration == REGISTRATION_FAILED && !cell->registered)
                cell->registered = order(world, ORDER_REGISTER);
        if (is_idle(&view) && registration == REGISTRATION_DONE && cell->protocol == TELIT_TCP &&
            !cell->ordered)
                cell->ordered = order(world, ORDER_UPDATE);
        if (cell->answers && view.record->request.open && !cell->answered &&
            view.record->state == STATE_INSTALL_PENDING)
                cell->answered = order(world, ORDER_ACCEPT);
}

static void pass(Cell *cell, usec_t span, usec_t step) {
        for (usec_t done = 0; done < span; done += step) {
                (void) world_run(cell->world, MIN_OF(step, span - done), NULL);
                fault_tick(&cell->fault);
                person(cell);
        }
}

/* the ways into the states */

static SimFacts facts_of(const World *world) {
        SimFacts facts;

        sim_facts(world->modules[0].sim, &facts);
        return facts;
}
static bool is_in(const World *world, State state) {
        return world_state(world, 0) == state;
}
static bool is_starting(World *world) {
        return is_in(world, STATE_STARTING) && world_count_wire(world, 0, "AT+CGMR") > 0;
}
static bool is_registering(World *world) {
        const char *wire = world->modules[0].wire;

        return (strstr(wire, "AT#OTASNAP=") || strstr(wire, "AT#OTASNAIP=")) &&
               world_view(world, 0).record->registration.state == REGISTRATION_ASKED &&
               is_in(world, STATE_IDLE);
}
static bool is_asked(World *world) {
        return is_in(world, STATE_INSTALL_PENDING) && world_view(world, 0).held;
}
static bool is_refused(World *world) {
        return is_asked(world) && world_view(world, 0).record->request.own &&
               facts_of(world).refusals > 0;
}
static bool is_connecting(World *world) {
        return is_in(world, STATE_CONNECTING) && facts_of(world).grants > 0;
}
static bool is_downloading(World *world) {
        return is_in(world, STATE_DOWNLOADING);
}
static bool is_validating(World *world) {
        return is_in(world, STATE_INSTALLING) && facts_of(world).frozen;
}
static bool is_flashing(World *world) {
        return is_in(world, STATE_INSTALLING) && facts_of(world).flashing;
}
static bool is_confirming(World *world) {
        return is_in(world, STATE_CONFIRMING);
}
static bool is_restoring(World *world) {
        return is_in(world, STATE_IDLE) && world_view(world, 0).record->snapshot.restore_due;
}

#define SERVER_ASKS (1U << TELIT_SMS | 1U << TELIT_COMBINED)
#define BY_SMS (1U << TELIT_SMS)
#define BY_TCP (1U << TELIT_TCP)
#define FROZEN (1U << TELIT_COMBINED | 1U << TELIT_TCP)
#define ALL (SERVER_ASKS | 1U << TELIT_TCP)

// clang-format off
static const Place places[] = {
        { "starting",        ALL,         false, SIM_RESULT_OK,            is_starting },
        { "registering",     ALL,         false, SIM_RESULT_OK,            is_registering },
        { "asked",           ALL,         true,  SIM_RESULT_OK,            is_asked },
        { "refused",         SERVER_ASKS, true,  SIM_RESULT_OK,            is_refused },
        { "connecting",      ALL,         false, SIM_RESULT_OK,            is_connecting },
        { "downloading",     ALL,         false, SIM_RESULT_OK,            is_downloading },
        { "download-fails",  ALL,         false, SIM_RESULT_HTTP,          is_downloading },
        { "test-run",        ALL,         false, SIM_RESULT_TEST,          is_downloading },
        { "validating",      ALL,         false, SIM_RESULT_OK,            is_validating },
        { "corrupt",         ALL,         false, SIM_RESULT_CORRUPT,       is_validating },
        { "flashing",        ALL,         false, SIM_RESULT_OK,            is_flashing },
        { "changes-nothing", ALL,         false, SIM_RESULT_WRONG_VERSION, is_flashing },
        { "confirming",      ALL,         false, SIM_RESULT_OK,            is_confirming },
        { "restoring",       ALL,         false, SIM_RESULT_OK,            is_restoring },
};

/* A cell is what became of the job, and how often AT#OTASUAN=1 or AT#OTAIPUPD went over the line,
 * and AT#OTASNAP or AT#OTASNAIP. There is one job, and the module rests in idle.
 *
 *   OK  succeeded: the version has changed
 *   TR  test-run: the server has the result, and nothing was heard of a restart
 *   AF  failed, activation-failed: a power cut loses what is not in flash yet, and the module says so
 *   TE  failed, transfer-error: the same, or nothing was heard of what followed the download
 *   PC  failed, package-corrupt: it failed behind the download
 *   VU  failed, version-unchanged: the version says so
 *   IT  failed, install-timeout: not a word was heard, and the version is the old one
 *   !   said to a module that flashes: two indications in a row were lost, and it was looked at ten
 *       minutes after the yes; or a person's command crossed its word on the line
 *   s   the module refused to read a setting out when they were saved: it is not brought back
 *
 * More than one yes: the module had asked again, because its question of before was over unheard, or
 * had refused the first one. More than one registration: a person's, when the first one failed, or
 * fotad's own, when nobody knew whether it had left. */
static const struct {
        const char *place;
        unsigned protocols;
        const char *cells; /* by FaultKind */
} expectations[] = {
        /*                                  kill  power port  lose  twice inner mute  error ahead back  disk  boot  junk */
        { "starting",        ALL,         "OK11  OK11  OK11  OK12  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11" },
        { "registering",     ALL,         "OK11  OK12  OK12  OK12  OK11  OK11  OK12  OK11s OK11  OK11  OK11  OK12  OK11" },
        { "asked",           SERVER_ASKS, "OK11  OK21  OK11  OK11  OK11  OK11  OK11  OK21  OK11  OK11  OK11  OK21  OK11" },
        { "asked",           BY_TCP,      "OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11" },
        { "refused",         SERVER_ASKS, "OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11" },
        { "connecting",      ALL,         "OK11  AF11  OK11  OK11  OK11  OK11  OK11! OK11  OK11  OK11  OK11  OK11  OK11" },
        { "downloading",     BY_SMS,      "OK11  TE11  OK11  OK11  OK11  OK11! OK11  OK11  OK11  OK11  OK11  OK11  OK11" },
        { "downloading",     FROZEN,      "OK11  TE11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11" },
        { "download-fails",  ALL,         "TE11  TE11  TE11  TE11  TE11  TE11  TE11  TE11  TE11  TE11  TE11  TE11  TE11" },
        { "test-run",        ALL,         "TR11  TE11  TR11  TR11  TR11  TR11  TE11  TR11  TR11  TR11  TR11  TR11  TR11" },
        { "validating",      ALL,         "OK11  PC11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11" },
        { "corrupt",         ALL,         "PC11  PC11  PC11  IT11  PC11  PC11  IT11  PC11  PC11  PC11  PC11  PC11  PC11" },
        { "flashing",        ALL,         "OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11" },
        { "changes-nothing", ALL,         "VU11  VU11  VU11  TR11  VU11  VU11  VU11  VU11  VU11  VU11  VU11  VU11  VU11" },
        { "confirming",      ALL,         "OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11" },
        { "restoring",       ALL,         "OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11  OK11" },
};
// clang-format on

static void job_print(Text *to, const JobRow *job, const World *world) {
        static const char *const failures[_REASON_MAX] = {
                [REASON_ACTIVATION_FAILED] = "AF", [REASON_TRANSFER_ERROR] = "TE",
                [REASON_PACKAGE_CORRUPT] = "PC",   [REASON_VERSION_UNCHANGED] = "VU",
                [REASON_INSTALL_TIMEOUT] = "IT",
        };

        if (job->outcome == OUTCOME_SUCCEEDED)
                text_add(to, "OK");
        else if (job->outcome == OUTCOME_TEST_RUN)
                text_add(to, "TR");
        else if (job->outcome == OUTCOME_FAILED && failures[job->reason])
                text_add(to, failures[job->reason]);
        else
                text_printf(to, "%s-%s-%s-%s+", state_to_string(world_state(world, 0)),
                            outcome_to_string(job->outcome), reason_to_string(job->reason),
                            world_next(world, 0));
}

static void cell_print(const Cell *cell, Text *to) {
        const ModuleView view = world_view(cell->world, 0);
        const Fault *fault = &cell->fault;

        for (size_t i = 0; i < fault->n_jobs; i++)
                job_print(to, fault->jobs + i, cell->world);
        if (!view.job.id && view.record->state != STATE_IDLE)
                text_printf(to, "-%s-", state_to_string(view.record->state));
        text_printf(to, "%u%u", fault->installs_granted + fault->starts, fault->registrations);
        if (facts_of(cell->world).bytes_while_flashing > 0)
                text_add(to, "!");
}

static bool expect(const char *what, bool holds) {
        if (!holds)
                printf("    %s\n", what);
        return holds;
}

/* Ends fotad. What the update lost is back, or fotad knows what is not. */
static bool are_settings_lost(Cell *cell) {
        const Snapshot *snapshot = &world_view(cell->world, 0).record->snapshot;
        const bool told = snapshot->restore_due || snapshot->incomplete;
        char after[TELIT_READ_MAX];

        world_kill(cell->world);
        telit_read(cell->world, 0, after);
        return !told && !streq(cell->before, after);
}

/* Whatever goes wrong, wherever. */
static bool check_always(const Cell *cell) {
        const World *world = cell->world;
        const Fault *fault = &cell->fault;
        const ModuleView view = world_view(world, 0);
        const SimFacts facts = facts_of(world);
        const bool updated = streq(facts.firmware, TELIT_TO);
        bool good = true;

        good &= expect("the fault did not strike", fault->struck);
        good &= expect("an inhibited command was sent", facts.inhibited == 0);
        good &= expect("a request got more than one yes", fault->grants_unasked == 0);
        good &= expect("one update was taken twice", facts.grants <= 1);
        good &= expect("success is a changed version, and no other",
                       (view.last_job.outcome == OUTCOME_SUCCEEDED) == updated);
        good &= expect("success is told once",
                       world_count_events(world, EVENT_INSTALL_SUCCEEDED) == (updated ? 1 : 0));
        good &= expect("an update looked like somebody else's",
                       world_count_events(world, EVENT_UNSANCTIONED_CHANGE) == 0);
        good &= expect("the version shown is not the module's",
                       streq(view.record->firmware, facts.firmware));
        good &= expect("a job waits, and nobody knows for what",
                       !view.job.id || world_next(world, 0)[0]);
        good &= expect("it is not registered", facts.registered);
        good &= expect("FCntUp came twice", fault->fcnt_up_repeats == 0);
        good &= expect("an order left without its intent on disk", fault->orders_while_full == 0);
        return good;
}

/* the cells */

static Cell *cell_new(const Place *place, TelitProtocol protocol) {
        Cell *cell = calloc(1, sizeof(*cell));
        World *world = world_new(1);

        *cell = (Cell) { .place = place, .protocol = protocol, .world = world };
        telit_scenario_init(&cell->scenario, protocol);
        cell->scenario.packages[0].result = place->result;
        world_use_telit(world, 0, protocol);
        if (place->asks)
                world->settings.modules[0].policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        telit_attach(world, 0, &cell->scenario);
        telit_read(world, 0, cell->before);
        fault_init(&cell->fault, world);
        world_start(world);
        return cell;
}

static bool reach(Cell *cell) {
        for (unsigned i = 0; i < 1500; i++) {
                if (world_run(cell->world, USEC_PER_SEC, cell->place->there))
                        return true;
                /* registering by TCP ends calls: it takes a yes like an update does */
                cell->answers = world_view(cell->world, 0).record->registration.wanted;
                if (cell->answers && cell->place->asks && !cell->registered)
                        cell->registered = order(cell->world, ORDER_REGISTER);
                cell->answers = false;
                person(cell);
        }
        return false;
}

/* Until everything rests: a job that nothing moves ends after days, if it should not wait. */
static void live(Cell *cell, FaultKind kind) {
        fault_begin(&cell->fault, kind);
        pass(cell, fault_span(kind), 5 * USEC_PER_SEC);
        fault_end(&cell->fault);
        cell->answers = true;
        pass(cell, 3 * USEC_PER_HOUR, 10 * USEC_PER_SEC);
        if (world_view(cell->world, 0).job.id)
                pass(cell, 10 * USEC_PER_DAY, 10 * USEC_PER_MINUTE);
}

/* VERBOSE=mute (or any other fault) prints what was said. Ends fotad. */
static bool is_as_expected(Cell *cell, FaultKind kind, const char *expected, size_t n) {
        const char *verbose = getenv("VERBOSE");
        char seen[256];
        Text text;

        text_init(&text, seen, sizeof(seen));
        cell_print(cell, &text);
        if (verbose && streq(verbose, fault_kind_to_string(kind)))
                world_print(cell->world, 0);
        if (are_settings_lost(cell))
                text_add(&text, "s");
        if (strlen(seen) == n && strncmp(seen, expected, n) == 0)
                return true;
        printf("    %.*s expected, but %s\n", (int) n, expected, seen);
        return false;
}

static bool try_cell(const Place *place, TelitProtocol protocol, FaultKind kind,
                     const char *expected, size_t n) {
        _cleanup_(cell_freep) Cell *cell = cell_new(place, protocol);
        bool good = expect("the state is not reached", reach(cell));

        if (good) {
                live(cell, kind);
                good = check_always(cell);
                good &= is_as_expected(cell, kind, expected, n);
        }
        if (!good)
                printf("  in %s, %s, by %s\n", place->name, fault_kind_to_string(kind),
                       telit_protocol_to_string(protocol));
        return good;
}

static const char *find_cells(const char *name, TelitProtocol protocol) {
        for (size_t i = 0; i < ELEMENTSOF(expectations); i++)
                if (streq(expectations[i].place, name) &&
                    expectations[i].protocols & 1U << protocol)
                        return expectations[i].cells;
        return "";
}

static unsigned try_row(const Place *place, TelitProtocol protocol) {
        const char *expected = find_cells(place->name, protocol);
        unsigned bad = 0;

        for (FaultKind kind = 0; kind < _FAULT_MAX; kind++) {
                const size_t n = strcspn(expected, " ");
                if (*expected != '-')
                        bad += !try_cell(place, protocol, kind, expected, n);
                expected += n + strspn(expected + n, " ");
        }
        return bad + !expect("the row has another number of cells", *expected == '\0');
}

static void try_protocol(TelitProtocol protocol) {
        unsigned bad = 0;
        const char *only = getenv("PLACE");

        for (size_t i = 0; i < ELEMENTSOF(places); i++)
                if (places[i].protocols & 1U << protocol && (!only || streq(only, places[i].name)))
                        bad += try_row(places + i, protocol);
        CHECK_INT(bad, 0);
}

TEST(faults_of_updates_by_sms) {
        try_protocol(TELIT_SMS);
}

TEST(faults_of_combined_updates) {
        try_protocol(TELIT_COMBINED);
}

TEST(faults_of_updates_by_tcp) {
        try_protocol(TELIT_TCP);
}

TEST_MAIN()
