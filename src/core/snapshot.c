/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The settings of a module that an update loses: saved while it is idle, written back after it. */

#include <stdio.h>

#include "core/turn.h"

static const char *const settings_orders[] = {
        [SETTINGS_SHOW] = "show",
        [SETTINGS_SAVE] = "save",
        [SETTINGS_DIFF] = "diff",
        [SETTINGS_RESTORE] = "restore",
};
DEFINE_STRING_TABLE(settings_order, SettingsOrder, settings_orders)

OrderResult gateway_settings_order(Gateway *gateway _unused_, Module *module,
                                   SettingsOrder order _unused_, const char *who _unused_,
                                   SettingsHandler handler _unused_, void *userdata _unused_,
                                   char why[static WHY_MAX]) {
        (void) snprintf(why, WHY_MAX, "a %s module keeps its settings through an update",
                        module->settings->family->name);
        return ORDER_REFUSED;
}

bool gateway_watches_lines(const Gateway *gateway _unused_, size_t index _unused_) {
        return false;
}

void gateway_line_toggled(Gateway *gateway _unused_, size_t index _unused_) {
}
