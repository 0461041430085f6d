/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the bus shows of a module, as plain values: filled from gateway_view(), sent by property
 * getters, and compared with what was shown before to find out which properties changed. */

#include <systemd/sd-bus.h>

#include "core/gateway.h"

#define PORT_HOLDER_MAX 96

/* Zeroed before it is filled, so that equal values are equal bytes. */
typedef struct ModuleProperties {
        char name[MODULE_NAME_MAX];
        const char *state; /* these two: static strings */
        const char *blocked;
        uint64_t state_since;
        char policy_version[POLICY_VERSION_MAX];
        char model[MODEL_MAX];
        char imei[IMEI_MAX];
        char iccid[ICCID_MAX];
        char imsi[IMSI_MAX];
        char firmware[FIRMWARE_MAX];
        char serial_number[SERIAL_MAX];
        char dev_eui[DEV_EUI_MAX];
        char port_holder[PORT_HOLDER_MAX];
        char next[NEXT_MAX];
        int has_signal; /* booleans are int, as sd-bus has them */
        int signal_dbm;
        int session_open;
        int port_open;
        int reconciled;
        int suspended;
        uint32_t progress;
        uint64_t package_bytes;
        uint64_t remaining_bytes;
        char hop_to[FIRMWARE_MAX];
        char chain_to[FIRMWARE_MAX];
        uint32_t poll_minutes;
        struct {
                uint32_t n, minutes[RETRY_TIMERS_MAX];
        } retry_timers;
        char missing[MISSING_MAX];
        const char *registration; /* static */
        uint64_t registration_since;
        uint64_t snapshot_taken;
        uint32_t snapshot_count;
        int restore_due, snapshot_incomplete, has_sessions;
        uint64_t line_toggled;
        struct {
                bool open, held;
                const char *action, *because; /* static */
                uint64_t since, asked, deferred_until, bytes;
                char text[FINDING_TEXT_MAX];
        } pending;
        struct {
                const char *action; /* static, NULL: none */
                bool now, counts;
                uint64_t until, bytes;
                char by[WHO_MAX];
                char firmware[FIRMWARE_MAX];
        } consent;
        uint64_t inhibitors; /* a digest of them */
        JobRow job;
        JobRow last_job;
} ModuleProperties;

void module_properties_fill(const Gateway *gateway, const Module *module, ModuleProperties *ret);
/* The names of the properties that differ, NULL-terminated. */
#define MODULE_PROPERTIES_MAX 48
size_t module_properties_compare(const ModuleProperties *a, const ModuleProperties *b,
                                 const char *ret[static MODULE_PROPERTIES_MAX]);

/* getters; userdata is the member */

int property_get_text(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error);
int property_get_static(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error);
int property_get_pending(sd_bus *bus, const char *path, const char *interface, const char *property,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error);
int property_get_consent(sd_bus *bus, const char *path, const char *interface, const char *property,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error);
int property_get_retry_timers(sd_bus *bus, const char *path, const char *interface,
                              const char *property, sd_bus_message *reply, void *userdata,
                              sd_bus_error *error);
int property_get_job(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error);
