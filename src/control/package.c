/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Updates that come from a file: one that a peer passes, or those of the catalogue.
 *
 * Owns nothing. A passed descriptor stays the message's: the host copies what it needs before the
 * order is given, because whoever passed it may go on writing to the file. */

#include "control/connection.h"

static int reply_job(sd_bus_message *message, uint64_t job) {
        return sd_bus_reply_method_return(message, "t", job);
}

/* The copy of a running job must not be replaced, nor dropped when the order is refused. */
static bool is_pushing(const ModuleObject *object, uint64_t *ret_job) {
        ModuleView view;

        gateway_view(object->connection->control->gateway, object->module, &view);
        *ret_job = view.job.id;
        return view.record->push_wanted ||
               (view.job.id > 0 && job_source_is_pushed(view.job.source));
}

static int package_take(ModuleObject *object, int fd, sd_bus_error *error) {
        Control *control = object->connection->control;
        const char *name = module_name(object->module);
        char why[WHY_MAX] = "";
        uint64_t job;
        int r;

        if (is_pushing(object, &job))
                return sd_bus_error_setf(
                        error, FOTAD_ERROR_REFUSED,
                        "%s has an update already, job %" PRIu64
                        ": wait for its end or give it up with 'fotactl cancel %s'",
                        name, job, name);
        r = control->host->package_take(control->userdata, name, fd, why, sizeof(why));
        if (r < 0)
                return sd_bus_error_set(error, FOTAD_ERROR_FAILED, why[0] ? why : strerror(-r));
        return 0;
}

int method_update_file(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Order order = { .kind = ORDER_UPDATE, .from = UPDATE_FROM_FILE };
        ModuleObject *object = userdata;
        Control *control = object->connection->control;
        uint64_t job = 0;
        int r, fd;

        r = control_authorise(object->connection, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "h", &fd);
        if (r < 0)
                return r;
        r = package_take(object, fd, error);
        if (r < 0)
                return r;
        r = module_order(object, &order, &job, error);
        if (r < 0) {
                /* an order that could not be written down is followed all the same */
                if (!sd_bus_error_has_name(error, FOTAD_ERROR_FAILED))
                        control->host->package_drop(control->userdata, module_name(object->module));
                return r;
        }
        return reply_job(message, job);
}

/* "": the newest that can be reached */
static int read_version(sd_bus_message *message, const char **ret) {
        const char *to;
        int r;

        r = sd_bus_message_read(message, "s", &to);
        if (r < 0)
                return r;
        *ret = to[0] ? to : NULL;
        return 0;
}

int method_update_package(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Order order = { .kind = ORDER_UPDATE, .from = UPDATE_FROM_CATALOGUE };
        uint64_t job = 0;
        int r;

        r = read_version(message, &order.to);
        if (r < 0)
                return r;
        r = module_order(userdata, &order, &job, error);
        if (r < 0)
                return r;
        return reply_job(message, job);
}

static int append_hop(sd_bus_message *reply, const void *hops, size_t i) {
        const PackageSettings *hop = ((const PackageSettings *const *) hops)[i];
        const char *const texts[] = { hop->from, hop->to };

        return append_texts(reply, texts, ELEMENTSOF(texts));
}

int method_plan_package(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const PackageSettings *hops[HOPS_MAX];
        ModuleObject *object = userdata;
        char why[WHY_MAX] = "";
        const char *to;
        int r, n;

        r = read_version(message, &to);
        if (r < 0)
                return r;
        n = gateway_plan(object->connection->control->gateway, object->module, to, hops, why);
        if (n < 0)
                return sd_bus_error_set(error, FOTAD_ERROR_REFUSED, why);
        return reply_array(message, "(ss)", append_hop, hops, (size_t) n);
}
