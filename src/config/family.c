/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a key means depends on the family of its module.
 *
 * Owns nothing. A key that its family does not know is an error with the reason, never ignored:
 * whoever wrote it expects something of it. Runs when the policies of the modules are known. */

#include <stdarg.h>
#include <stdio.h>

#include "config/loader.h"
#include "policy/radio.h"
#include "policy/window.h"

#define KEY_TEXT_MAX 64
#define WARNING_TEXT_MAX 320

static const struct {
        const char *key, *why;
} not_of_telit[] = {
        { "session", "a Telit module has no session with its server outside of an update" },
        { "xmodem", "a Telit module takes no package over its port" },
};

static void check_foreign_keys(Loader *loader, const ModuleSettings *module) {
        const Node *keys = node_find(loader->root, "modules", module->name, NULL);

        for (size_t i = 0; i < ELEMENTSOF(not_of_telit); i++) {
                const Node *key = node_get_key(keys, not_of_telit[i].key);

                if (key)
                        loader_module_error(loader, module, not_of_telit[i].key, key,
                                            "means nothing here: ", not_of_telit[i].why);
        }
}

static void telit_error(Loader *loader, const ModuleSettings *module, const char *key,
                        const Node *where, const char *text, const char *other) {
        char path[KEY_TEXT_MAX];

        (void) snprintf(path, sizeof path, "telit.%s", key);
        loader_module_error(loader, module, path, where, text, other);
}

static const struct {
        const char *key;
        unsigned protocols; /* bits */
        const char *text;
} protocol_keys[] = {
        { "server_number", 1u << TELIT_SMS, "belongs to protocol sms, not to " },
        { "server_address", 1u << TELIT_COMBINED | 1u << TELIT_TCP,
          "belongs to protocols combined and tcp, not to " },
        { "server_port", 1u << TELIT_COMBINED | 1u << TELIT_TCP,
          "belongs to protocols combined and tcp, not to " },
        { "apn_user", 1u << TELIT_COMBINED | 1u << TELIT_TCP,
          "belongs to protocols combined and tcp, not to " },
        { "apn_password_file", 1u << TELIT_COMBINED | 1u << TELIT_TCP,
          "belongs to protocols combined and tcp, not to " },
};

static void check_protocol(Loader *loader, const ModuleSettings *module, const Node *telit) {
        TelitProtocol protocol = module->family_settings.telit.protocol;

        for (size_t i = 0; i < ELEMENTSOF(protocol_keys); i++) {
                const Node *node = node_get(telit, protocol_keys[i].key);

                if (node && (protocol_keys[i].protocols & 1u << protocol) == 0)
                        telit_error(loader, module, protocol_keys[i].key, node,
                                    protocol_keys[i].text, telit_protocol_to_string(protocol));
        }
}

/* `key` without `other` would do nothing. */
static void check_together(Loader *loader, const ModuleSettings *module, const Node *keys,
                           const char *key, const Node *others, const char *other) {
        const Node *node = node_get(keys, key);
        char text[KEY_TEXT_MAX];

        if (!node || node_get(others, other))
                return;
        (void) snprintf(text, sizeof text, "wants '%s' too", other);
        telit_error(loader, module, key, node, text, "");
}

static void check_keys(Loader *loader, const ModuleSettings *module) {
        const Node *of_module = node_find(loader->root, "modules", module->name, NULL);
        const Node *telit = node_get(of_module, "telit"), *protocol = node_get(telit, "protocol");
        const char *word = telit_protocol_to_string(module->family_settings.telit.protocol);

        if (protocol && (protocol->kind != NODE_SCALAR || !streq(protocol->text, word)))
                return; /* a wrong word: what belongs to it can't be known */
        check_protocol(loader, module, telit);
        if (module->family_settings.telit.protocol == TELIT_SMS)
                return;
        check_together(loader, module, telit, "server_address", telit, "server_port");
        check_together(loader, module, telit, "server_port", telit, "server_address");
        check_together(loader, module, telit, "apn_user", of_module, "apn");
        check_together(loader, module, telit, "apn_password_file", telit, "apn_user");
}

_printf_(3, 4) static void policy_warning(Loader *loader, const ModuleSettings *module,
                                          const char *format, ...) {
        const Node *node = node_find(loader->root, "modules", module->name, "policy", NULL);
        char path[KEY_TEXT_MAX], text[WARNING_TEXT_MAX];
        va_list args;

        if (!node)
                return; /* the policy is the default one, in which nothing is wrong */
        va_start(args, format);
        (void) vsnprintf(text, sizeof text, format, args);
        va_end(args);
        (void) snprintf(path, sizeof path, "modules.%s.policy", module->name);
        report_warning(loader->reporter, node, path, "'%s' %s", module->policy.name, text);
}

static void check_size(Loader *loader, const ModuleSettings *module) {
        const ActionPolicy *actions = module->policy.actions;

        if (actions[ACTION_DOWNLOAD].max_size_bytes == 0 &&
            actions[ACTION_INSTALL].max_size_bytes == 0)
                return;
        policy_warning(loader, module,
                       "has a max_size, and a Telit module never tells the size of a package: its "
                       "updates will be held; give it a policy without max_size");
}

static bool has_requirement(const ActionPolicy *rules) {
        return rules->min_rssi_dbm != 0 || rules->no_roaming;
}

/* In protocol tcp fotad starts the update itself once the radio was good for long enough. */
static void check_requirement(Loader *loader, const ModuleSettings *module) {
        const usec_t window = module->family_settings.answer_window;
        const ActionPolicy *actions = module->policy.actions;
        char span[SPAN_TEXT_MAX], hold[SPAN_TEXT_MAX];

        if (module->family_settings.telit.protocol == TELIT_TCP || window / 4 * 3 > RADIO_HOLD ||
            (!has_requirement(&actions[ACTION_DOWNLOAD]) &&
             !has_requirement(&actions[ACTION_INSTALL])))
                return;
        policy_warning(loader, module,
                       "has a require, which must have been so for %s, and after three quarters of "
                       "an answer_window of %s the answer is no: every update will be refused; "
                       "give it a policy without require, or more time if its server does",
                       span_format(hold, RADIO_HOLD), span_format(span, window));
}

static bool ends_by_itself(const ActionPolicy *rules) {
        return rules->deadline > 0 && rules->on_deadline != DEADLINE_ASK;
}

/* The stricter of the two counts: who asks a person without an end does so for both. */
static void check_deadlines(Loader *loader, const ModuleSettings *module) {
        static const Action actions[][2] = { { ACTION_INSTALL, ACTION_DOWNLOAD },
                                             { ACTION_DOWNLOAD, ACTION_INSTALL } };

        for (size_t i = 0; i < ELEMENTSOF(actions); i++) {
                const ActionPolicy *rules = &module->policy.actions[actions[i][0]],
                                   *other = &module->policy.actions[actions[i][1]];
                const char *word = action_to_string(actions[i][1]);

                if (rules->decision == DECISION_ASK && ends_by_itself(rules) &&
                    other->decision == DECISION_ASK && !ends_by_itself(other))
                        policy_warning(loader, module,
                                       "has a deadline for %s that does nothing: a Telit module "
                                       "asks once for both, and %s waits for a person without "
                                       "end; set its decision to accept, or give it the deadline "
                                       "too",
                                       action_to_string(actions[i][0]), word);
        }
}

/* Is there a minute of the week in which both are open, with room for the install? In UTC, where
 * every day has 24 hours, and without jitter. */
static bool windows_meet(const ActionPolicy *download, const ActionPolicy *install) {
        static const ZoneOffsets utc = { .n = 0 };
        const WindowSet first = { .windows = download->windows,
                                  .n = download->n_windows,
                                  .zone = &utc };
        const WindowSet second = { .windows = install->windows,
                                   .n = install->n_windows,
                                   .zone = &utc };

        for (usec_t at = 0; at < 7 * USEC_PER_DAY; at += USEC_PER_MINUTE)
                if (window_set_is_open(&first, at) && window_set_is_open(&second, at) &&
                    window_set_next_fit(&second, at, install->fits, NULL) == at)
                        return true;
        return false;
}

static void check_both_windows(Loader *loader, const ModuleSettings *module) {
        const ActionPolicy *download = &module->policy.actions[ACTION_DOWNLOAD],
                           *install = &module->policy.actions[ACTION_INSTALL];
        const bool forced = (download->deadline > 0 && download->on_deadline == DEADLINE_FORCE) ||
                            (install->deadline > 0 && install->on_deadline == DEADLINE_FORCE);

        if (forced || download->n_windows == 0 || install->n_windows == 0 ||
            windows_meet(download, install))
                return;
        policy_warning(loader, module,
                       "has windows of download and install that are never open at once with room "
                       "for an install, and a Telit module asks once for both: its updates will be "
                       "held; let them overlap");
}

static void check_policy(Loader *loader, const ModuleSettings *module) {
        check_size(loader, module);
        check_requirement(loader, module);
        check_deadlines(loader, module);
        check_both_windows(loader, module);
}

void loader_check_family(Loader *loader, ModuleSettings *module) {
        const Node *keys = node_find(loader->root, "modules", module->name, NULL);
        const Node *telit = node_get_key(keys, "telit");

        module->family_settings.baud_rate = module->baud_rate;
        if (module_is_telit(module)) {
                check_foreign_keys(loader, module);
                check_keys(loader, module);
                check_policy(loader, module);
                return;
        }
        module->family_settings.answer_window = 0;
        if (telit && module->family) /* one that is not known is told, and could be any */
                loader_module_error(loader, module, "telit", telit, "means nothing for family ",
                                    module->family->name);
}
