/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The words of the settings.
 *
 * Owns nothing. The settings themselves are plain data that config/ fills in; only their string
 * tables live here, and the default that an IMEI makes. */

#include "core/settings.h"

#include <stdio.h>

#include "base/text.h"

static const char *const session_modes[] = {
        [SESSION_ON_DEMAND] = "on-demand",
        [SESSION_ALWAYS] = "always",
        [SESSION_POLL] = "poll",
};
DEFINE_STRING_TABLE(session_mode, SessionMode, session_modes)

static const char *const trusted_times[] = {
        [TRUSTED_TIME_PLAUSIBLE] = "plausible",
        [TRUSTED_TIME_SYNCHRONIZED] = "synchronized",
        [TRUSTED_TIME_NONE] = "none",
};
DEFINE_STRING_TABLE(trusted_time, TrustedTime, trusted_times)

static const char *const uplink_formats[] = {
        [UPLINK_FORMAT_JSON] = "json",
        [UPLINK_FORMAT_JSON_UNTYPED] = "json-untyped",
        [UPLINK_FORMAT_XML] = "xml",
};
DEFINE_STRING_TABLE(uplink_format, UplinkFormat, uplink_formats)

static const char *const report_kinds[] = {
        [REPORT_UPLINK] = "uplink",
        [REPORT_DOWNLINK_SENT] = "downlink-sent",
        [REPORT_LOCATION] = "location",
        [REPORT_NOTIFICATION] = "notification",
};
DEFINE_STRING_TABLE(report_kind, ReportKind, report_kinds)

void settings_dev_eui(const ModuleSettings *settings, const char *imei,
                      char ret[static DEV_EUI_MAX]) {
        (void) text_copy(ret, DEV_EUI_MAX, settings->dev_eui);
        if (ret[0] == '\0' && strlen(imei) == 15)
                (void) snprintf(ret, DEV_EUI_MAX, "0%.15s", imei);
}
