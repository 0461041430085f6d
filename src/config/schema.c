/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The one list of keys: reading, "did you mean", required keys and the tests all follow it.
 *
 * A row's offset counts from what its path begins with: modules.*: a ModuleSettings; policies.*: a
 * Policy, and policies.*.+: an ActionPolicy; packages.*: a PackageSettings; else the Settings. Keys
 * that the manual of a later version knows, or that people may expect, have no reader: they get an
 * error of their own. */

#include "config/schema.h"

#include <stdio.h>
#include <sys/un.h>

#define MEMBER(Struct, member) \
        .offset = offsetof(Struct, member), .size = sizeof(((Struct *) NULL)->member)
#define SETTING(member) MEMBER(Settings, member)
#define MODULE(member) MEMBER(ModuleSettings, member)
#define POLICY(member) MEMBER(Policy, member)
#define ACTION(member) MEMBER(ActionPolicy, member)
#define PACKAGE(member) MEMBER(PackageSettings, member)
#define LATER .read = NULL

#define POLL_MINUTES_MAX 525600 /* HL78xx: AT+WDSC=3 */
#define SPAN_MAX (3650 * USEC_PER_DAY)

// clang-format off
const ValueRow schema_rows[] = {
        { "control.socket",        read_path,         SETTING(control.socket), .max = sizeof(((struct sockaddr_un *) NULL)->sun_path) - 1 },
        { "control.group",         read_text,         SETTING(control.group) },
        { "control.system_bus",    LATER },
        { "state_directory",       read_path,         SETTING(state_directory), .max = PATH_MAX - 64 },

        { "gateway.concurrent_installs", read_number, SETTING(gateway.concurrent_installs), .min = 1, .max = MODULES_MAX },
        { "gateway.keep_online",   read_number,       SETTING(gateway.keep_online), .max = MODULES_MAX },
        { "gateway.timezone",      read_timezone,     SETTING(gateway.timezone) },
        { "gateway.soak",          read_span,         SETTING(gateway.soak), .max = SPAN_MAX },
        { "gateway.uplink_module", read_text,         SETTING(gateway.uplink_module) },
        { "gateway.trusted_time",  read_trusted_time, SETTING(gateway.trusted_time) },
        { "gateway.other_path.interface", read_interface, SETTING(gateway.other_interface), .required = true },
        { "gateway.location.latitude",  read_decimal, SETTING(gateway.location.latitude), .max = 90, .required = true },
        { "gateway.location.longitude", read_decimal, SETTING(gateway.location.longitude), .max = 180, .required = true },
        { "gateway.location.altitude",  read_decimal, SETTING(gateway.location.altitude), .max = 100000 },

        { "modules.*.family",       read_family,       MODULE(family), .required = true },
        { "modules.*.device",       read_path,         MODULE(device), .required = true },
        { "modules.*.baud_rate",    read_baud_rate,    MODULE(baud_rate) },
        { "modules.*.flow_control", read_flow_control, MODULE(rts_cts) },
        { "modules.*.imei",         read_imei,         MODULE(imei) },
        { "modules.*.apn",          read_apn,          MODULE(family_settings.apn) },
        { "modules.*.pdp_context",  read_number,       MODULE(family_settings.pdp_context), .min = 1, .max = 16 },
        { "modules.*.sim_pin_file", read_pin_file,     MODULE(sim_pin) },
        { "modules.*.session.mode", read_session_mode, MODULE(session_mode) },
        { "modules.*.session.idle", read_span,         MODULE(session_idle), .min = 10 * USEC_PER_SEC, .max = SPAN_MAX },
        { "modules.*.session.renew", read_span,        MODULE(session_renew), .min = USEC_PER_MINUTE, .max = 7 * USEC_PER_DAY },
        { "modules.*.session.interval", read_minutes,  MODULE(family_settings.poll_minutes), .min = USEC_PER_MINUTE, .max = POLL_MINUTES_MAX * USEC_PER_MINUTE },
        { "modules.*.session.retry_timers", read_retry_timers, MODULE(family_settings), .kind = NODE_SEQUENCE },
        { "modules.*.xmodem.pad_byte", read_byte,      MODULE(family_settings.xmodem_pad) },
        { "modules.*.policy",       read_text,         MODULE(policy.name) },
        { "modules.*.dev_eui",      read_dev_eui,      MODULE(dev_eui) },
        { "modules.*.class",        read_class,        MODULE(class_a) },
        { "modules.*.downlink",     read_unless,       MODULE(no_downlink) },
        { "modules.*.telit.protocol",       read_telit_protocol, MODULE(family_settings.telit.protocol) },
        { "modules.*.telit.server_number",  read_international_number, MODULE(family_settings.telit.server_number) },
        { "modules.*.telit.server_address", read_ip_address, MODULE(family_settings.telit.server_address) },
        { "modules.*.telit.server_port",    read_number, MODULE(family_settings.telit.server_port), .min = 1, .max = UINT16_MAX },
        { "modules.*.telit.bearer",         read_telit_bearer, MODULE(family_settings.telit.bearer) },
        { "modules.*.telit.own_number",     read_phone_number, MODULE(family_settings.telit.own_number) },
        { "modules.*.telit.apn_user",       read_quotable, MODULE(family_settings.telit.apn_user) },
        { "modules.*.telit.apn_password_file", read_apn_password_file, MODULE(family_settings.telit.apn_password) },
        { "modules.*.telit.answer_window",  read_span, MODULE(family_settings.answer_window), .min = 10 * USEC_PER_SEC, .max = USEC_PER_HOUR },
        { "modules.*.telit.fix_prerequisites", read_bool, MODULE(family_settings.telit.fix_prerequisites) },
        { "modules.*.telit.keep_settings",  read_keep_settings, MODULE(family_settings), .kind = NODE_SEQUENCE },

        { "policies.*.+.decision",  read_decision,     ACTION(decision) },
        { "policies.*.+.windows",   read_windows,      .kind = NODE_SEQUENCE },
        { "policies.*.+.jitter",    read_span,         ACTION(jitter), .max = USEC_PER_DAY },
        { "policies.*.+.max_size",  read_size,         ACTION(max_size_bytes) },
        { "policies.*.+.defer",     read_span,         ACTION(defer), .min = USEC_PER_MINUTE, .max = DEFER_MAX_MINUTES * USEC_PER_MINUTE },
        { "policies.*.+.fits",      read_span,         ACTION(fits), .max = USEC_PER_DAY },
        { "policies.*.+.require.min_rssi_dbm", read_rssi, ACTION(min_rssi_dbm) },
        { "policies.*.+.require.min_rsrp_dbm", .why = "no module is asked for its RSRP: use min_rssi_dbm" },
        { "policies.*.+.require.roaming", read_roaming, ACTION(no_roaming) },
        { "policies.*.+.deadline",    read_span,      ACTION(deadline), .min = USEC_PER_MINUTE, .max = SPAN_MAX },
        { "policies.*.+.on_deadline", read_on_deadline, ACTION(on_deadline) },
        { "policies.*.from.allow",  read_versions,    POLICY(from.allow), .kind = NODE_SEQUENCE },
        { "policies.*.from.deny",   read_versions,    POLICY(from.deny), .kind = NODE_SEQUENCE },
        { "policies.*.to.allow",    read_versions,    POLICY(to.allow), .kind = NODE_SEQUENCE },
        { "policies.*.to.deny",     read_versions,    POLICY(to.deny), .kind = NODE_SEQUENCE },

        { "packages.*.family",      read_family_name,  PACKAGE(family), .required = true },
        { "packages.*.from",        read_text,         PACKAGE(from), .required = true },
        { "packages.*.to",          read_text,         PACKAGE(to), .required = true },
        { "packages.*.file",        read_package_file, PACKAGE(file), .required = true },
        { "packages.*.sha256",      read_sha256,       PACKAGE(sha256), .required = true },

        { "history.keep",           read_span,         SETTING(history_keep), .min = USEC_PER_DAY, .max = SPAN_MAX },

        { "uplink.url",             read_url,          SETTING(uplink.url), .required = true },
        { "uplink.as_id",           read_word,         SETTING(uplink.as_id), .required = true },
        { "uplink.key_file",        read_key_file,     SETTING(uplink.key), .required = true },
        { "uplink.customer_id",     read_word,         SETTING(uplink.customer_id), .required = true },
        { "uplink.profile",         read_word,         SETTING(uplink.profile) },
        { "uplink.lrc_id",          read_word,         SETTING(uplink.lrc_id) },
        { "uplink.lrr_id",          read_word,         SETTING(uplink.lrr_id) },
        { "uplink.ca_file",         read_file_name,    SETTING(uplink.ca_file) },
        { "uplink.certificate_file", read_file_name,   SETTING(uplink.certificate_file) },
        { "uplink.private_key_file", read_private_file_name, SETTING(uplink.private_key_file) },
        { "uplink.format",          read_format,       SETTING(uplink.format) },
        { "uplink.events",          read_event_classes, SETTING(uplink.events), .kind = NODE_SEQUENCE },
        { "uplink.status_interval", read_span,         SETTING(uplink.status_interval), .min = USEC_PER_MINUTE, .max = SPAN_MAX },
        { "uplink.spool.max_reports", read_number,     SETTING(uplink.spool_max_reports), .min = 1, .max = 10000000 },
        { "uplink.spool.max_age",   read_span,         SETTING(uplink.spool_max_age), .min = USEC_PER_MINUTE, .max = SPAN_MAX },
        { "uplink.reports",         read_report_kinds, SETTING(uplink.reports), .kind = NODE_SEQUENCE },
        { "uplink.proxy",           read_proxy,        SETTING(uplink.proxy) },

        { "downlink.listen",        read_listen,       SETTING(downlink.listen) },
        { "downlink.certificate_file", read_file_name, SETTING(downlink.certificate_file) },
        { "downlink.private_key_file", read_private_file_name, SETTING(downlink.private_key_file) },
        { "downlink.max_deviation", read_span,         SETTING(downlink.max_deviation), .min = USEC_PER_SEC, .max = USEC_PER_DAY },
        { "downlink.queue_length",  read_number,       SETTING(downlink.queue_length), .min = 1, .max = 100 },
        { "downlink.rate.per_minute", read_number,     SETTING(downlink.rate_per_minute), .min = 1, .max = 6000 },
        { "downlink.rate.burst",    read_number,       SETTING(downlink.rate_burst), .min = 1, .max = 1000 },
        { "downlink.confirmed",     read_bool,         SETTING(downlink.confirmed) },
        { "downlink.strict_fcnt",   read_bool,         SETTING(downlink.strict_fcnt) },

        { "metrics",                LATER },
};
// clang-format on
const size_t schema_n_rows = ELEMENTSOF(schema_rows);

const ValueRow *schema_row(const char *pattern) {
        for (size_t i = 0; i < schema_n_rows; i++)
                if (streq(schema_rows[i].path, pattern))
                        return &schema_rows[i];
        return NULL;
}

/* What follows `pattern` in the path of a row; NULL when the row does not belong below it. */
static const char *path_below(const char *path, const char *pattern) {
        size_t n = strlen(pattern);

        if (n == 0)
                return path;
        if (strncmp(path, pattern, n) != 0)
                return NULL;
        return path[n] == '.' ? path + n + 1 : NULL;
}

bool schema_has(const char *pattern) {
        for (size_t i = 0; i < schema_n_rows; i++)
                if (streq(schema_rows[i].path, pattern) || path_below(schema_rows[i].path, pattern))
                        return true;
        return false;
}

static size_t words_add(const char **words, size_t n, char (*storage)[32], const char *word,
                        size_t length) {
        for (size_t i = 0; i < n; i++)
                if (strlen(words[i]) == length && strncmp(words[i], word, length) == 0)
                        return n;
        if (n + 1 >= SCHEMA_WORDS_MAX)
                return n;
        (void) snprintf(storage[n], sizeof *storage, "%.*s", (int) length, word);
        words[n] = storage[n];
        return n + 1;
}

size_t schema_words(const char *pattern, const char *ret[static SCHEMA_WORDS_MAX],
                    char (*storage)[32]) {
        size_t n = 0;

        for (size_t i = 0; i < schema_n_rows; i++) {
                const char *below = path_below(schema_rows[i].path, pattern);

                if (!below || !schema_rows[i].read || below[0] == '*')
                        continue;
                if (below[0] != '+') {
                        n = words_add(ret, n, storage, below, strcspn(below, "."));
                        continue;
                }
                for (int action = 0; action < _ACTION_MAX; action++) {
                        const char *word = action_to_string((Action) action);

                        n = words_add(ret, n, storage, word, strlen(word));
                }
        }
        ret[n] = NULL;
        return n;
}

static bool is_last(const char *path, const char *word) {
        const char *dot = strrchr(path, '.');

        return dot && streq(dot + 1, word);
}

const char *schema_home(const char *pattern, const char *word) {
        const char *below = NULL, *any = NULL;
        size_t n_below = 0, n = 0;

        for (size_t i = 0; i < schema_n_rows; i++) {
                const char *path = schema_rows[i].path, *rest = path_below(path, pattern);

                if (!schema_rows[i].read || !is_last(path, word))
                        continue;
                any = path;
                n++;
                if (!rest)
                        continue;
                below = rest;
                n_below++;
        }
        return n_below > 0 ? (n_below == 1 ? below : NULL) : n == 1 ? any : NULL;
}
