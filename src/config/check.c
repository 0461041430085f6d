/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What one key alone can not show.
 *
 * Owns nothing; looks the keys up again in the tree, so that a contradiction points at the line
 * that should change. Runs also when the walk has complained: all errors of a configuration are
 * told at once. */

#include <stdio.h>

#include "base/version.h"
#include "config/loader.h"
#include "policy/window.h"

#define PATH_TEXT_MAX 256

static void check_required(Loader *loader, const char *pattern, const char *path, const Node *where,
                           const Node *mapping) {
        size_t n = strlen(pattern);

        for (size_t i = 0; i < schema_n_rows; i++) {
                const ValueRow *row = &schema_rows[i];

                if (row->required && strncmp(row->path, pattern, n) == 0 &&
                    !node_get(mapping, row->path + n + 1))
                        report_error(loader->reporter, where, path, "'%s' is missing",
                                     row->path + n + 1);
        }
}

/* The value of a key of a module. */
static const Node *module_node(const Loader *loader, const ModuleSettings *module,
                               const char *key) {
        return node_find(loader->root, "modules", module->name, key, NULL);
}

void loader_module_error(Loader *loader, const ModuleSettings *module, const char *key,
                         const Node *where, const char *text, const char *other) {
        char path[PATH_TEXT_MAX];

        (void) snprintf(path, sizeof path, "modules.%s.%s", module->name, key);
        report_error(loader->reporter, where, path, "%s%s", text, other);
}

static const Policy *policy_find(const Loader *loader, const char *name) {
        for (size_t i = 0; i < loader->n_policies; i++)
                if (streq(loader->policies[i].name, name))
                        return &loader->policies[i];
        return NULL;
}

static void module_take_policy(Loader *loader, ModuleSettings *module) {
        const Node *node = module_node(loader, module, "policy");
        const Policy *policy = policy_find(loader, module->policy.name);
        const char *names[POLICIES_MAX + 1] = {};
        char hint[HINT_MAX], text[128];

        if (module->policy.name[0] == '\0' || !node)
                return;
        if (policy) {
                module->policy = *policy;
                return;
        }
        for (size_t i = 0; i < loader->n_policies; i++)
                names[i] = loader->policies[i].name;
        (void) snprintf(text, sizeof text, "no policy '%s'", module->policy.name);
        loader_module_error(loader, module, "policy", node, text,
                            hint_for(hint, module->policy.name, names));
}

static const struct {
        const char *key;
        SessionMode mode;
} session_keys[] = {
        { "idle", SESSION_ON_DEMAND },
        { "renew", SESSION_ALWAYS },
        { "interval", SESSION_POLL },
};

static void check_session(Loader *loader, const ModuleSettings *module) {
        const Node *session = module_node(loader, module, "session");
        const Node *mode = node_get(session, "mode");
        const char *word = session_mode_to_string(module->session_mode);

        if (mode && (mode->kind != NODE_SCALAR || !streq(mode->text, word)))
                return; /* a wrong word: what belongs to it can't be known */
        for (size_t i = 0; i < ELEMENTSOF(session_keys); i++) {
                const Node *node = node_get(session, session_keys[i].key);
                char path[32], text[64];

                if (!node || session_keys[i].mode == module->session_mode)
                        continue;
                (void) snprintf(path, sizeof path, "session.%s", session_keys[i].key);
                (void) snprintf(text, sizeof text, "belongs to mode %s, not to ",
                                session_mode_to_string(session_keys[i].mode));
                loader_module_error(loader, module, path, node, text, word);
        }
        if (module->session_mode == SESSION_POLL && !node_get(session, "interval"))
                loader_module_error(loader, module, "session", mode,
                                    "'interval' is missing: mode poll wants it", "");
}

static void check_pair(Loader *loader, const ModuleSettings *module, const ModuleSettings *other) {
        char a[DEV_EUI_MAX], b[DEV_EUI_MAX];
        const Node *node = module_node(loader, module, "device");

        if (node && module->device[0] != '\0' && streq(module->device, other->device))
                loader_module_error(loader, module, "device", node, "is also the device of ",
                                    other->name);
        node = module_node(loader, module, "imei");
        if (node && module->imei[0] != '\0' && streq(module->imei, other->imei)) {
                loader_module_error(loader, module, "imei", node, "is also the IMEI of ",
                                    other->name);
                return;
        }
        settings_dev_eui(module, module->imei, a);
        settings_dev_eui(other, other->imei, b);
        node = module_node(loader, module, module->dev_eui[0] != '\0' ? "dev_eui" : "imei");
        if (node && a[0] != '\0' && streq(a, b))
                loader_module_error(loader, module, "dev_eui", node, "is also the DevEUI of ",
                                    other->name);
}

static void check_modules(Loader *loader) {
        const Node *modules = node_get(loader->root, "modules");
        Settings *settings = loader->settings;

        for (size_t i = 0; i < settings->n_modules; i++) {
                ModuleSettings *module = &settings->modules[i];
                char path[PATH_TEXT_MAX];

                (void) snprintf(path, sizeof path, "modules.%s", module->name);
                check_required(loader, "modules.*", path, node_get_key(modules, module->name),
                               node_get(modules, module->name));
                module_take_policy(loader, module);
                if (!module_is_telit(module))
                        check_session(loader, module); /* else it has none, and that is told */
                loader_check_family(loader, module);
                for (size_t k = 0; k < i; k++)
                        check_pair(loader, module, &settings->modules[k]);
        }
        if (settings->n_modules == 0)
                report_warning(loader->reporter, modules ? modules : loader->root, "",
                               "no modules are configured");
}

static bool packages_are_alike(const PackageSettings *a, const PackageSettings *b) {
        return streq(a->family, b->family) && version_equal(a->from, b->from) &&
               version_equal(a->to, b->to);
}

static void check_package(Loader *loader, const Node *entry, size_t i) {
        const PackageSettings *packages = loader->settings->packages, *package = &packages[i];
        char path[PATH_TEXT_MAX];

        (void) snprintf(path, sizeof path, "packages[%zu]", i);
        check_required(loader, "packages.*", path, entry, entry);
        if (package->family[0] == '\0' || package->from[0] == '\0' || package->to[0] == '\0')
                return; /* told */
        if (version_equal(package->from, package->to))
                report_error(loader->reporter, entry, path, "leads from '%s' to the same version",
                             package->from);
        for (size_t k = 0; k < i; k++)
                if (packages_are_alike(package, &packages[k])) {
                        report_error(loader->reporter, entry, path,
                                     "leads between the same versions as packages[%zu]", k);
                        return;
                }
}

static void check_packages(Loader *loader) {
        const Node *packages = node_get(loader->root, "packages");

        for (size_t i = 0; i < loader->settings->n_packages; i++)
                if (packages->values[i]->kind == NODE_MAPPING)
                        check_package(loader, packages->values[i], i);
}

static void check_location(Loader *loader) {
        const Node *gateway = node_get(loader->root, "gateway"),
                   *node = node_get(gateway, "location");
        Location *location = &loader->settings->gateway.location;

        if (!node)
                return;
        check_required(loader, "gateway.location", "gateway.location",
                       node_get_key(gateway, "location"), node);
        location->set = true;
        location->has_altitude = node_get(node, "altitude") != NULL;
        loader->settings->uplink.location = *location;
}

static void check_keep_online(Loader *loader) {
        const Node *node = node_find(loader->root, "gateway", "keep_online", NULL);
        const Settings *settings = loader->settings;

        if (node && settings->gateway.keep_online > 0 &&
            settings->gateway.keep_online >= settings->n_modules)
                report_error(loader->reporter, node, "gateway.keep_online",
                             "%u of %zu modules can not stay online while one installs",
                             settings->gateway.keep_online, settings->n_modules);
}

static void check_uplink_module(Loader *loader) {
        const Node *node = node_find(loader->root, "gateway", "uplink_module", NULL);
        const Settings *settings = loader->settings;
        const char *names[MODULES_MAX + 1] = {}, *name = settings->gateway.uplink_module;
        char hint[HINT_MAX];

        if (!node || name[0] == '\0')
                return;
        for (size_t i = 0; i < settings->n_modules; i++) {
                names[i] = settings->modules[i].name;
                if (streq(names[i], name))
                        return;
        }
        report_error(loader->reporter, node, "gateway.uplink_module", "no module '%s'%s", name,
                     hint_for(hint, name, names));
}

/* It is for reports, while one module can't carry them, and only a report can prove it. */
static void check_other_path(Loader *loader) {
        const Node *key = node_get_key(node_get(loader->root, "gateway"), "other_path"),
                   *node = node_find(loader->root, "gateway", "other_path", NULL),
                   *uplink = node_get(loader->root, "uplink");

        if (!node)
                return;
        check_required(loader, "gateway.other_path", "gateway.other_path", key, node);
        if (!node_find(loader->root, "gateway", "uplink_module", NULL))
                report_error(
                        loader->reporter, key, "gateway.other_path",
                        "wants 'uplink_module' too: the module whose install it stands in for");
        if (!uplink)
                report_error(loader->reporter, key, "gateway.other_path",
                             "wants an 'uplink': only a report that gets through proves it");
        else if (node_get(uplink, "events") && loader->settings->uplink.events == 0)
                report_error(loader->reporter, key, "gateway.other_path",
                             "wants 'uplink.events': only a report that gets through proves it");
}

static void check_gateway(Loader *loader) {
        check_keep_online(loader);
        check_uplink_module(loader);
        check_other_path(loader);
}

/* Does what opens on this weekday, with the windows that touch it, not last for so long? In UTC,
 * where every day has 24 hours. */
static bool weekday_is_short(const WindowSet *set, const Window *window, unsigned weekday,
                             usec_t span) {
        const usec_t monday = 4 * USEC_PER_DAY; /* 1970-01-05 */
        const usec_t start = monday + weekday * USEC_PER_DAY + window->start_min * USEC_PER_MINUTE;

        if (window_set_is_open(set, start - 1))
                return false; /* part of a longer one; that is looked at where it begins */
        return usec_sub(window_set_next_change(set, start), start) < span;
}

static bool window_is_short(const ActionPolicy *policy, size_t i, usec_t span) {
        static const ZoneOffsets utc = { .n = 0 };
        const Window *window = &policy->windows[i];
        const WindowSet set = { .windows = policy->windows, .n = policy->n_windows, .zone = &utc };

        for (unsigned weekday = 0; weekday < 7; weekday++)
                if ((window->weekdays & 1u << weekday) != 0 &&
                    weekday_is_short(&set, window, weekday, span))
                        return true;
        return false;
}

typedef struct PolicyPlace {
        const Node *node; /* of the action */
        const ActionPolicy *policy;
        Action action;
        char path[PATH_TEXT_MAX];
} PolicyPlace;

static void policy_error(Loader *loader, const PolicyPlace *place, const char *key,
                         const Node *where, const char *text) {
        char path[PATH_TEXT_MAX + 16];

        (void) snprintf(path, sizeof path, "%s.%s", place->path, key);
        report_error(loader->reporter, where, path, "%s", text);
}

/* What is left of a window by a jitter: as much as an install needs, and a minute for the rest. */
static usec_t room_wanted(const PolicyPlace *place) {
        const usec_t fits = place->action == ACTION_INSTALL ? place->policy->fits : 0;

        return place->policy->jitter > 0 ?
                       usec_add(place->policy->jitter, MAX_OF(fits, USEC_PER_MINUTE)) :
                       fits;
}

static void check_window(Loader *loader, const PolicyPlace *place, size_t i, const char *key,
                         const Node *where) {
        char text[192], window[WINDOW_TEXT_MAX], fits[SPAN_TEXT_MAX], jitter[SPAN_TEXT_MAX];
        const ActionPolicy *policy = place->policy;
        const bool installs = place->action == ACTION_INSTALL;

        if (!window_is_short(policy, i, room_wanted(place)))
                return;
        window_format(window, &policy->windows[i]);
        span_format(fits, policy->fits);
        if (installs && window_is_short(policy, i, policy->fits))
                (void) snprintf(text, sizeof text, "%s is shorter than an install needs (fits: %s)",
                                window, fits);
        else
                (void) snprintf(text, sizeof text, "%s has no room for jitter: %s%s%s", window,
                                span_format(jitter, policy->jitter), installs ? " and fits: " : "",
                                installs ? fits : "");
        policy_error(loader, place, key, where, text);
}

static void check_windows(Loader *loader, const PolicyPlace *place) {
        const Node *windows = node_get(place->node, "windows"),
                   *jitter = node_get(place->node, "jitter");

        if (jitter && !windows && place->policy->n_windows == 0)
                policy_error(loader, place, "jitter", jitter,
                             "wants 'windows' too: it spreads their beginning");
        /* A reboot may have windows of the install. If some window was wrong they can not be told
         * apart by their index. */
        for (size_t i = 0; !windows && jitter && i < place->policy->n_windows; i++)
                check_window(loader, place, i, "jitter", jitter);
        for (size_t i = 0; windows && windows->n == place->policy->n_windows && i < windows->n; i++)
                check_window(loader, place, i, "windows", windows->values[i]);
}

/* Keys that mean nothing for this action. */
static void check_meaning(Loader *loader, const PolicyPlace *place) {
        const Node *max_size = node_get(place->node, "max_size"),
                   *fits = node_get(place->node, "fits"),
                   *require = node_get(place->node, "require");
        const Node *decision = node_get(place->node, "decision");

        if (max_size && place->action != ACTION_DOWNLOAD && place->action != ACTION_INSTALL)
                policy_error(loader, place, "max_size", max_size,
                             "means something for download and install only");
        if (fits && place->action != ACTION_INSTALL)
                policy_error(loader, place, "fits", fits, "means something for install only");
        if (require && place->action != ACTION_DOWNLOAD && place->action != ACTION_INSTALL)
                policy_error(loader, place, "require", require,
                             "means something for download and install only");
        if (decision && place->action == ACTION_UNINSTALL &&
            place->policy->decision == DECISION_ACCEPT)
                policy_error(loader, place, "decision", decision,
                             "an uninstall is never accepted without a person: ask or defer");
}

static void check_deadline(Loader *loader, const PolicyPlace *place) {
        const Node *deadline = node_get(place->node, "deadline"),
                   *on_deadline = node_get(place->node, "on_deadline");

        if (deadline && place->action == ACTION_UNINSTALL)
                policy_error(loader, place, "deadline", deadline,
                             "an uninstall is never accepted without a person");
        /* a reboot may have it from the install */
        else if (on_deadline && !deadline && place->policy->deadline == 0)
                policy_error(loader, place, "on_deadline", on_deadline, "wants 'deadline' too");
}

static void check_targets(Loader *loader, const Policy *policy) {
        const Node *to = node_find(loader->root, "policies", policy->name, "to", NULL);
        char path[PATH_TEXT_MAX];

        if (!to || policy->to.allow.n + policy->to.deny.n == 0 || loader->settings->n_packages > 0)
                return;
        (void) snprintf(path, sizeof path, "policies.%s.to", policy->name);
        report_warning(loader->reporter, to, path,
                       "no module tells to which version an update over the air leads, and there "
                       "are no 'packages': holds nothing back");
}

static void check_policies(Loader *loader) {
        for (size_t i = 0; i < loader->n_policies; i++)
                check_targets(loader, &loader->policies[i]);
        for (size_t i = 0; i < loader->n_policies; i++)
                for (int action = 0; action < _ACTION_MAX; action++) {
                        const Policy *policy = &loader->policies[i];
                        const char *word = action_to_string((Action) action);
                        PolicyPlace place = {
                                .node = node_find(loader->root, "policies", policy->name, word,
                                                  NULL),
                                .policy = &policy->actions[action],
                                .action = (Action) action,
                        };

                        (void) snprintf(place.path, sizeof place.path, "policies.%s.%s",
                                        policy->name, word);
                        check_meaning(loader, &place);
                        check_windows(loader, &place);
                        check_deadline(loader, &place);
                }
}

static void check_uplink(Loader *loader) {
        const Node *key = node_get_key(loader->root, "uplink"),
                   *uplink = node_get(loader->root, "uplink");
        const Node *certificate = node_get(uplink, "certificate_file"),
                   *private_key = node_get(uplink, "private_key_file");

        loader->settings->uplink.enabled = uplink != NULL;
        if (!uplink)
                return;
        check_required(loader, "uplink", "uplink", key, uplink);
        if (certificate && !private_key)
                report_error(loader->reporter, certificate, "uplink.certificate_file",
                             "wants 'private_key_file' too");
        if (private_key && !certificate)
                report_error(loader->reporter, private_key, "uplink.private_key_file",
                             "wants 'certificate_file' too");
}

void loader_check(Loader *loader) {
        check_policies(loader);
        check_modules(loader);
        check_packages(loader);
        check_gateway(loader);
        check_location(loader);
        check_uplink(loader);
        loader_check_downlink(loader);
}
