/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a key means depends on the family of its module.
 *
 * Owns nothing. A key that its family does not know is an error with the reason, never ignored:
 * whoever wrote it expects something of it. Runs when the policies of the modules are known. */

#include <stdio.h>

#include "config/loader.h"

#define KEY_TEXT_MAX 64

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

static void check_policy(Loader *loader, const ModuleSettings *module) {
        const Node *node = node_find(loader->root, "modules", module->name, "policy", NULL);
        const ActionPolicy *actions = module->policy.actions;
        char path[KEY_TEXT_MAX];

        if (!node || (actions[ACTION_DOWNLOAD].max_size_bytes == 0 &&
                      actions[ACTION_INSTALL].max_size_bytes == 0))
                return;
        (void) snprintf(path, sizeof path, "modules.%s.policy", module->name);
        report_warning(loader->reporter, node, path,
                       "'%s' has a max_size, and a Telit module never tells the size of a package: "
                       "its updates will be held; give it a policy without max_size",
                       module->policy.name);
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
