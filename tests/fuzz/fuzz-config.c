/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* config_parse() on anything.
 *
 * Looks for crashes and hangs, and for what must hold: settings only without an error, an error for
 * every refusal, no control character in a message, and settings that are within their bounds.
 */

#include <assert.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned n_errors;

static void on_message(void *userdata, bool is_error, const char *message) {
        (void) userdata;
        n_errors += is_error;
        assert(strncmp(message, "fuzz.yaml:", 10) == 0 || strncmp(message, "... and ", 8) == 0);
        for (; *message != '\0'; message++)
                assert((unsigned char) *message >= 0x20 && *message != 0x7f);
}

/* What goes into AT commands holds nothing that ends a text or a command. */
static void check_telit(const FamilySettings *settings, bool is_telit) {
        const TelitSettings *telit = &settings->telit;
        const char *texts[] = { settings->apn, telit->server_number, telit->server_address,
                                telit->own_number, telit->apn_user };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                for (const char *p = texts[i]; *p != '\0'; p++)
                        assert(*p >= 0x20 && *p != 0x7f && *p != '"');
        assert(telit->protocol < _TELIT_PROTOCOL_MAX && telit->bearer < _TELIT_BEARER_MAX);
        assert(telit->protocol == TELIT_SMS || telit->server_number[0] == '\0');
        assert((telit->server_address[0] == '\0') == (telit->server_port == 0));
        assert(is_telit ? settings->answer_window >= 10 * USEC_PER_SEC :
                          settings->answer_window == 0 && settings->n_keep_settings == 0);
        assert(settings->n_keep_settings <= KEEP_SETTINGS_MAX);
        for (size_t i = 0; i < settings->n_keep_settings; i++)
                assert(settings->keep_settings[i][0] != '\0' &&
                       !strpbrk(settings->keep_settings[i], ";=?\"|, \r\n"));
}

static void check_module(const ModuleSettings *module) {
        assert(module->name[0] != '\0' && module->family && module->device[0] == '/');
        assert(module->baud_rate >= 1200 && module->family_settings.pdp_context >= 1);
        assert((module->session_mode == SESSION_POLL) ==
               (module->family_settings.poll_minutes > 0));
        assert(module->session_mode == SESSION_ALWAYS || module->session_renew == 0);
        assert(module->family_settings.n_retry_timers <= RETRY_TIMERS_MAX);
        assert(module->family_settings.baud_rate == module->baud_rate);
        check_telit(&module->family_settings, streq(module->family->name, "telit"));
        assert(module->imei[0] == '\0' || strlen(module->imei) == 15);
        assert(module->dev_eui[0] == '\0' || strlen(module->dev_eui) == 16);
        for (int i = 0; i < _ACTION_MAX; i++)
                assert(module->policy.actions[i].n_windows <= POLICY_WINDOWS_MAX &&
                       module->policy.actions[i].decision < _DECISION_MAX);
        assert(module->policy.actions[ACTION_UNINSTALL].decision != DECISION_ACCEPT);
}

static void check_package(const PackageSettings *package) {
        assert(family_find(package->family));
        assert(package->from[0] != '\0' && package->to[0] != '\0');
        assert(package->file[0] == '/' && strlen(package->sha256) == SHA256_HEX_MAX - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Settings *settings = NULL;
        int r;

        n_errors = 0;
        r = config_parse("fuzz.yaml", (const char *) data, size, on_message, NULL, &settings);
        assert(r == -ENOMEM || (r == 0) == (n_errors == 0));
        assert((r == 0) == (settings != NULL));
        for (size_t i = 0; settings && i < settings->n_modules; i++)
                check_module(&settings->modules[i]);
        for (size_t i = 0; settings && i < settings->n_packages; i++)
                check_package(&settings->packages[i]);
        settings_free(settings);
        return 0;
}
