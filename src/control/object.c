/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A module's object, /org/fotad1/module/NAME.
 *
 * Owns nothing: one fallback vtable a connection serves all modules, and module_find() fills the
 * connection's `found` for the message at hand, so a getter's userdata points to a plain value of
 * that moment. Every method that changes something is authorised first and carries who asked.
 * Signatures are at the vtable, at the bottom. */

#include "control/connection.h"

#include "base/log.h"

/* orders */

static const char *order_origin(const Order *order) {
        switch (order->from) {
        case UPDATE_FROM_FILE:
                return " from a file";
        case UPDATE_FROM_CATALOGUE:
                return " from the catalogue";
        case UPDATE_FROM_SERVER:
                return "";
        }
        return "";
}

int module_order(ModuleObject *object, Order *order, uint64_t *ret_job, sd_bus_error *error) {
        Connection *connection = object->connection;
        Control *control = connection->control;
        char why[WHY_MAX] = "";
        uint64_t job = 0;
        int r;

        r = control_authorise(connection, error);
        if (r < 0)
                return r;
        (void) control_turn(control);
        order->who = connection_who(connection);
        if (gateway_order(control->gateway, object->module, order, &job, why) != ORDER_DONE)
                return sd_bus_error_set(error, FOTAD_ERROR_REFUSED, why);
        log_full(LOG_INFO, &(LogFields) { .module = module_name(object->module), .job = job },
                 "%s%s: asked for by %s", order_kind_to_string(order->kind), order_origin(order),
                 order->who);
        /* nobody is told of an order that is not written down */
        if (!gateway_commit(control->gateway))
                return sd_bus_error_setf(error, FOTAD_ERROR_FAILED,
                                         "%s follows it, but fotad can not write its database, and "
                                         "forgets it when it stops; see 'fotactl status'",
                                         module_name(object->module));
        if (ret_job)
                *ret_job = job;
        return 0;
}

static int order_simple(sd_bus_message *message, ModuleObject *object, OrderKind kind,
                        sd_bus_error *error) {
        int r;

        r = module_order(object, &(Order) { .kind = kind }, NULL, error);
        if (r < 0)
                return r;
        return sd_bus_reply_method_return(message, NULL);
}

static int method_connect(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return order_simple(message, userdata, ORDER_CONNECT, error);
}

static int method_disconnect(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return order_simple(message, userdata, ORDER_DISCONNECT, error);
}

static int method_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return order_simple(message, userdata, ORDER_CANCEL, error);
}

static int method_suspend(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return order_simple(message, userdata, ORDER_SUSPEND, error);
}

static int method_resume(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return order_simple(message, userdata, ORDER_RESUME, error);
}

static int method_register(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return order_simple(message, userdata, ORDER_REGISTER, error);
}

static int method_accept(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Order order = { .kind = ORDER_ACCEPT };
        int r, now;

        r = read_action(message, &order.action, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "b", &now);
        if (r < 0)
                return r;
        order.now = now;
        r = module_order(userdata, &order, NULL, error);
        if (r < 0)
                return r;
        return sd_bus_reply_method_return(message, NULL);
}

/* What a person who names no span means: what the policy would have sent. */
static usec_t defer_default(const ModuleObject *object, Action action) {
        ModuleView view;
        usec_t span;

        gateway_view(object->connection->control->gateway, object->module, &view);
        span = view.settings->policy.actions[action].defer;
        return span > 0 ? span : DEFER_DEFAULT;
}

static int method_defer(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Order order = { .kind = ORDER_DEFER };
        int r;

        r = read_action(message, &order.action, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "t", &order.span);
        if (r < 0)
                return r;
        if (order.span == 0)
                order.span = defer_default(userdata, order.action);
        r = module_order(userdata, &order, NULL, error);
        if (r < 0)
                return r;
        return sd_bus_reply_method_return(message, NULL);
}

static int method_update(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        uint64_t job = 0;
        int r;

        r = module_order(userdata, &(Order) { .kind = ORDER_UPDATE }, &job, error);
        if (r < 0)
                return r;
        return sd_bus_reply_method_return(message, "t", job);
}

/* settings that only a reload changes; userdata is the object */

static int property_get_settings(sd_bus *bus _unused_, const char *path _unused_,
                                 const char *interface _unused_, const char *property,
                                 sd_bus_message *reply, void *userdata,
                                 sd_bus_error *error _unused_) {
        ModuleObject *object = userdata;
        ModuleView view;

        gateway_view(object->connection->control->gateway, object->module, &view);
        if (streq(property, "Device"))
                return append_text(reply, view.settings->device);
        if (streq(property, "Family"))
                return append_text(reply, view.settings->family->name);
        return append_text(reply, view.settings->policy.name);
}

/* objects */

int module_path(const char *name, char **ret) {
        return sd_bus_path_encode(FOTAD_PATH_MODULES, name, ret);
}

/* Called for every path below FOTAD_PATH_MODULES, and for that path itself. */
static int module_find(sd_bus *bus _unused_, const char *path, const char *interface _unused_,
                       void *userdata, void **ret_found, sd_bus_error *error) {
        Connection *connection = userdata;
        ModuleObject *found = &connection->found;
        _cleanup_free_ char *name = NULL;
        Module *module;
        int r;

        r = sd_bus_path_decode(path, FOTAD_PATH_MODULES, &name);
        if (r <= 0 || !name[0])
                return r < 0 ? r : 0;
        module = gateway_find(connection->control->gateway, name);
        if (!module)
                return sd_bus_error_setf(error, FOTAD_ERROR_NO_SUCH_MODULE,
                                         "there is no module '%s'", name);
        found->connection = connection;
        found->module = module;
        module_properties_fill(connection->control->gateway, module, &found->properties);
        *ret_found = found;
        return 1;
}

static void paths_free(char **paths) {
        for (char **path = paths; path && *path; path++)
                free(*path);
        free(paths);
}

static int module_enumerate(sd_bus *bus _unused_, const char *prefix _unused_, void *userdata,
                            char ***ret_nodes, sd_bus_error *error _unused_) {
        Connection *connection = userdata;
        const Gateway *gateway = connection->control->gateway;
        size_t n = gateway_n_modules(gateway);
        char **paths = calloc(n + 1, sizeof(*paths));

        if (!paths)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                int r = module_path(module_name(gateway_module(gateway, i)), &paths[i]);

                if (r < 0) {
                        paths_free(paths);
                        return r;
                }
        }
        *ret_nodes = paths;
        return 0;
}

void module_emit_changes(Control *control, size_t index) {
        const char *names[MODULE_PROPERTIES_MAX];
        _cleanup_free_ char *path = NULL;
        ModuleProperties now;

        module_properties_fill(control->gateway, gateway_module(control->gateway, index), &now);
        if (module_properties_compare(&control->shown[index], &now, names) == 0 ||
            module_path(now.name, &path) < 0)
                return;
        memcpy(&control->shown[index], &now, sizeof(now));
        for (size_t i = 0; i < control->n_connections; i++) {
                Connection *connection = control->connections[i];

                if ((!connection->subscribed && !connection->matching) ||
                    connection->end != CONNECTION_STAYS)
                        continue;
                (void) sd_bus_emit_properties_changed_strv(connection->bus, path,
                                                           FOTAD_INTERFACE_MODULE, (char **) names);
                connection_check_queue(connection);
        }
}

#define PROPERTY(name, signature, getter, member)                                           \
        SD_BUS_PROPERTY(name, signature, getter, offsetof(ModuleObject, properties.member), \
                        SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
/* userdata is the whole of the properties */
#define PROPERTY_OF_ALL(name, signature, getter)                                     \
        SD_BUS_PROPERTY(name, signature, getter, offsetof(ModuleObject, properties), \
                        SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

/* Texts are "" and times 0 while unknown. Times: realtime in microseconds. Progress: percent of the
 * download. Blocked: the reason while State is "blocked". Pending, one entry a request: action s,
 * since t, asked t (the last time), deferred_until t, bytes t, held b (left unanswered on purpose),
 * because s (the rule), text s (its finding). Consent, empty when none is given: action s, by s,
 * until t (UINT64_MAX: while the request lasts), now b. Job and LastJob, empty when there is none:
 * as in Manager.GetJobs. Explain("" : what it waits for, else install) -> the action,
 * accept|hold|defer, the rule that decided, the minutes of a deferral, when the verdict may next
 * change (UINT64_MAX: only by an event), and of every rule: name, whether it applies, whether it
 * passes, when it may next pass (0: passes), its inputs for people. Defer: usec 0 is the policy's.
 * GetTranscript(sequence of the last line known, 0: all that is held) -> sequence, realtime,
 * to|from|note, line. Command and Settings answer when the module did. Settings(show|save|diff|
 * restore) -> of every setting: name, saved value, value now, fate. Registration: "" when the
 * family has none or nothing says where; else unknown|doubtful|asked|done|failed. Update,
 * UpdateFile (the package, to be read from its beginning) and UpdatePackage (the version at the
 * end, "" the newest) -> the job. PlanPackage -> of every update: from, to. HopTo: where the
 * running job leads. ExplainAt: as of the moment `at`, 0 now; needs -> rule and event that the
 * earliest moment takes, and by when it comes at the latest (2^64-1: nobody knows); outlook: at t,
 * earliest t, consented t (were a person to accept now; both 2^64-1: not within 400 days), policy
 * s, policy_version s. ChainTo: where the jobs after it do.
 * PollMinutes and RetryTimers: the module's own; 0 and empty while unknown. Inhibitors: those that
 * concern this module, as in Manager.ListInhibitors. */
// clang-format off
static const sd_bus_vtable module_vtable[] = {
        SD_BUS_VTABLE_START(0),
        PROPERTY("Name", "s", property_get_text, name),
        SD_BUS_PROPERTY("Family", "s", property_get_settings, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Device", "s", property_get_settings, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Policy", "s", property_get_settings, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        PROPERTY("PolicyVersion", "s", property_get_text, policy_version),
        PROPERTY("State", "s", property_get_static, state),
        PROPERTY("StateSince", "t", NULL, state_since),
        PROPERTY("Blocked", "s", property_get_static, blocked),
        PROPERTY("Next", "s", property_get_text, next),
        PROPERTY("Model", "s", property_get_text, model),
        PROPERTY("Imei", "s", property_get_text, imei),
        PROPERTY("Iccid", "s", property_get_text, iccid),
        PROPERTY("Imsi", "s", property_get_text, imsi),
        PROPERTY("Firmware", "s", property_get_text, firmware),
        PROPERTY("SerialNumber", "s", property_get_text, serial_number),
        PROPERTY("DevEui", "s", property_get_text, dev_eui),
        PROPERTY("HasSignal", "b", NULL, has_signal),
        PROPERTY("SignalDbm", "i", NULL, signal_dbm),
        PROPERTY("SessionOpen", "b", NULL, session_open),
        PROPERTY("PortOpen", "b", NULL, port_open),
        PROPERTY("PortHolder", "s", property_get_text, port_holder),
        PROPERTY("Reconciled", "b", NULL, reconciled),
        PROPERTY("Suspended", "b", NULL, suspended),
        PROPERTY("Progress", "u", NULL, progress),
        PROPERTY("PackageBytes", "t", NULL, package_bytes),
        PROPERTY("RemainingBytes", "t", NULL, remaining_bytes),
        PROPERTY("HopTo", "s", property_get_text, hop_to),
        PROPERTY("ChainTo", "s", property_get_text, chain_to),
        PROPERTY("PollMinutes", "u", NULL, poll_minutes),
        PROPERTY_OF_ALL("RetryTimers", "au", property_get_retry_timers),
        PROPERTY("Missing", "s", property_get_text, missing),
        PROPERTY("Registration", "s", property_get_static, registration),
        PROPERTY("RegistrationSince", "t", NULL, registration_since),
        PROPERTY("SnapshotTaken", "t", NULL, snapshot_taken),
        PROPERTY("SnapshotCount", "u", NULL, snapshot_count),
        PROPERTY("RestoreDue", "b", NULL, restore_due),
        PROPERTY("SnapshotIncomplete", "b", NULL, snapshot_incomplete),
        PROPERTY("HasSessions", "b", NULL, has_sessions),
        PROPERTY("LineToggled", "t", NULL, line_toggled),
        PROPERTY("Job", "a{sv}", property_get_job, job),
        PROPERTY("LastJob", "a{sv}", property_get_job, last_job),
        PROPERTY_OF_ALL("Pending", "aa{sv}", property_get_pending),
        PROPERTY_OF_ALL("Consent", "a{sv}", property_get_consent),
        SD_BUS_PROPERTY("Inhibitors", "aa{sv}", property_get_inhibitors, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_METHOD("Connect", NULL, NULL, method_connect, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Disconnect", NULL, NULL, method_disconnect, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Cancel", NULL, NULL, method_cancel, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Suspend", NULL, NULL, method_suspend, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Resume", NULL, NULL, method_resume, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Register", NULL, NULL, method_register, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Accept", SD_BUS_ARGS("s", action, "b", now), SD_BUS_NO_RESULT,
                                method_accept, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Defer", SD_BUS_ARGS("s", action, "t", usec), SD_BUS_NO_RESULT,
                                method_defer, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Update", SD_BUS_NO_ARGS, SD_BUS_RESULT("t", job),
                                method_update, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("UpdateFile", SD_BUS_ARGS("h", file), SD_BUS_RESULT("t", job),
                                method_update_file, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("UpdatePackage", SD_BUS_ARGS("s", to), SD_BUS_RESULT("t", job),
                                method_update_package, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("PlanPackage", SD_BUS_ARGS("s", to), SD_BUS_RESULT("a(ss)", hops),
                                method_plan_package, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Explain", SD_BUS_ARGS("s", action),
                                SD_BUS_RESULT("s", action, "s", verdict, "s", because, "u", minutes, "t", next_change,
                                              "a(sbbts)", findings),
                                method_explain, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ExplainAt", SD_BUS_ARGS("s", action, "t", at),
                                SD_BUS_RESULT("s", action, "s", verdict, "s", because, "u", minutes, "t", next_change,
                                              "a(sbbts)", findings, "a(sst)", needs, "a(sst)", consented_needs,
                                              "a{sv}", outlook),
                                method_explain_at, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Command", SD_BUS_ARGS("s", command), SD_BUS_RESULT("as", lines),
                                method_command, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Settings", SD_BUS_ARGS("s", operation), SD_BUS_RESULT("a(ssss)", settings),
                                method_settings, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetTranscript", SD_BUS_ARGS("t", after), SD_BUS_RESULT("a(ttss)", lines),
                                method_get_transcript, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};
// clang-format on

int module_register(Connection *connection) {
        int r;

        r = sd_bus_add_fallback_vtable(connection->bus, NULL, FOTAD_PATH_MODULES,
                                       FOTAD_INTERFACE_MODULE, module_vtable, module_find,
                                       connection);
        if (r < 0)
                return r;
        return sd_bus_add_node_enumerator(connection->bus, NULL, FOTAD_PATH_MODULES,
                                          module_enumerate, connection);
}
