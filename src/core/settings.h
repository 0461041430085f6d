/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The configuration as the daemon uses it: filled by config/, read by everyone. Plain data without
 * pointers into YAML. */

#include <limits.h>

#include <fotad/family.h>

#include "base/sha256.h"
#include "core/location.h"
#include "policy/policy.h"

#define MODULE_NAME_MAX 32
#define MODULES_MAX 64
#define POLICIES_MAX 32
#define PACKAGES_MAX 64
#define DEV_EUI_MAX 17

typedef enum SessionMode {
        SESSION_ON_DEMAND,
        SESSION_ALWAYS,
        SESSION_POLL, /* the module opens and closes it by itself */
        _SESSION_MODE_MAX
} SessionMode;
DECLARE_STRING_TABLE(session_mode, SessionMode);

typedef struct ModuleSettings {
        char name[MODULE_NAME_MAX]; /* [A-Za-z0-9_-]+ */
        const Family *family;
        char device[PATH_MAX];
        unsigned baud_rate;  /* 115200 */
        bool rts_cts;        /* flow_control: rts-cts */
        char imei[IMEI_MAX]; /* pin; "" any */
        char sim_pin[16];    /* from sim_pin_file; "" none */
        FamilySettings family_settings;
        SessionMode session_mode; /* on-demand */
        usec_t session_idle;      /* on-demand: closed after so long without need, 10min */
        usec_t session_renew; /* always: closed and opened again so often, 0 never (note, 7.4.3) */
        Policy policy;        /* a copy; the defaults when the module names none */
        char dev_eui[DEV_EUI_MAX]; /* 16 upper-case hex digits; "" : "0" + IMEI once known */
        bool class_a; /* frames wait for the module's next report (class: A); else they are carried
                         out at once (class: C, the default) */
        bool no_downlink; /* the module takes no frames: code 114 (downlink: false) */
} ModuleSettings;
/* The DevEUI of a module with this IMEI: what is configured, else of the IMEI; "" when that is not
 * known. */
void settings_dev_eui(const ModuleSettings *settings, const char *imei,
                      char ret[static DEV_EUI_MAX]);

/* When is the clock right? */
typedef enum TrustedTime {
        TRUSTED_TIME_PLAUSIBLE,    /* later than the build and the newest row */
        TRUSTED_TIME_SYNCHRONIZED, /* systemd-timedated says that NTP set it */
        TRUSTED_TIME_NONE,         /* always: nothing is looked at */
        _TRUSTED_TIME_MAX
} TrustedTime;
DECLARE_STRING_TABLE(trusted_time, TrustedTime);

typedef struct GatewaySettings {
        unsigned concurrent_installs; /* 1 */
        unsigned keep_online;         /* 0 */
        char timezone[64];            /* "" the system's */
        usec_t soak;                  /* 0: modules of one family don't wait for each other */
        char uplink_module[MODULE_NAME_MAX];      /* "" none carries the uplink */
        char other_interface[INTERFACE_NAME_MAX]; /* gateway.other_path, "" none */
        TrustedTime trusted_time;
        Location location; /* not set: nobody is told */
} GatewaySettings;

/* An update that is pushed from a file: one hop from a version to another. */
typedef struct PackageSettings {
        char family[16];
        char from[FIRMWARE_MAX], to[FIRMWARE_MAX];
        char file[PATH_MAX];         /* absolute */
        char sha256[SHA256_HEX_MAX]; /* 64 lower-case hex digits */
} PackageSettings;

typedef struct ControlSettings {
        char socket[PATH_MAX]; /* /run/fotad/control.sock */
        char group[64];        /* "fotad"; may not exist */
} ControlSettings;

typedef enum EventClass { /* uplink.events */
                          EVENT_CLASS_FOTA = 1 << 0,
                          EVENT_CLASS_ALERTS = 1 << 1,
                          EVENT_CLASS_STATUS = 1 << 2,
} EventClass;

typedef enum UplinkFormat { /* of a report's body */
                            UPLINK_FORMAT_JSON,
                            UPLINK_FORMAT_JSON_UNTYPED,
                            UPLINK_FORMAT_XML,
                            _UPLINK_FORMAT_MAX
} UplinkFormat;
DECLARE_STRING_TABLE(uplink_format, UplinkFormat);

typedef enum ReportKind { /* the four reports of the tunnel; stored, never renumbered */
                          REPORT_UPLINK,
                          REPORT_DOWNLINK_SENT,
                          REPORT_LOCATION,
                          REPORT_NOTIFICATION,
                          _REPORT_KIND_MAX
} ReportKind;
DECLARE_STRING_TABLE(report_kind, ReportKind);
#define REPORT_KINDS_ALL ((1U << _REPORT_KIND_MAX) - 1)

#define PROXY_ENVIRONMENT "environment"

typedef struct UplinkSettings {
        bool enabled; /* an `uplink:` section is there */
        char url[1024];
        char as_id[64];
        char key[33]; /* 32 lower-case hex digits */
        char customer_id[32];
        char profile[64];
        char lrc_id[16];
        char lrr_id[16];
        char ca_file[PATH_MAX]; /* absolute or "" */
        char certificate_file[PATH_MAX];
        char private_key_file[PATH_MAX];
        UplinkFormat format;        /* json */
        unsigned events;            /* EventClass bits, all */
        unsigned reports;           /* 1 << ReportKind, all */
        usec_t status_interval;     /* 24h */
        char proxy[256];            /* "" none, PROXY_ENVIRONMENT, or a URL */
        Location location;          /* the gateway's */
        uint64_t spool_max_reports; /* 100000 */
        usec_t spool_max_age;       /* 30d */
} UplinkSettings;

/* downlink: commands of the application server, signed with uplink.key_file for uplink.as_id */
typedef struct DownlinkSettings {
        bool enabled;
        char listen[128]; /* "[::]:8443", "127.0.0.1:8080", "unix:/run/fotad/downlink.sock", "" only
                             what systemd passes in */
        char certificate_file[PATH_MAX]; /* "" plain: loopback and unix sockets only */
        char private_key_file[PATH_MAX];
        usec_t max_deviation; /* of Time from the clock */
        unsigned queue_length;
        unsigned rate_per_minute, rate_burst; /* token bucket of accepted frames, per module */
        bool confirmed;                       /* Confirmed=1 is accepted */
        bool strict_fcnt;                     /* codes 101 and 102 */
} DownlinkSettings;

typedef struct Settings {
        ControlSettings control;
        char state_directory[PATH_MAX];
        GatewaySettings gateway;
        UplinkSettings uplink;
        DownlinkSettings downlink;
        size_t n_modules;
        ModuleSettings modules[MODULES_MAX];
        usec_t history_keep; /* 400d */
        size_t n_packages;
        PackageSettings packages[PACKAGES_MAX];
} Settings;
