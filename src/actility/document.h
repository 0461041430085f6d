/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The four reports of the LRC-AS tunnel (ThingPark tunnel interface, revision 30, chapter 6) as
 * plain structs; actility/report.h writes them. Every field of 6.1.3, 6.2.3, 6.3.3
 * and 6.4.3 has its place; all strings and bytes are borrowed. What is not set, a string that is
 * NULL or "" and a number that is none are left out, except where it says "always". */

#include "base/time.h"

#define DOCUMENT_LRRS_MAX 10 /* "a maximum of 10 best receiving base stations", 6.1.1 */

typedef struct OptionalCount {
        bool set;
        uint32_t value;
} OptionalCount;

typedef struct OptionalReal { /* six decimals */
        bool set;
        double value;
} OptionalReal;

typedef struct OptionalFrequency { /* as many decimals as it needs */
        bool set;
        double mhz;
} OptionalFrequency;

typedef struct OptionalMargin { /* written as the six bits of MAC: 6.1.3, Margin */
        bool set;
        int db; /* -32..31 */
} OptionalMargin;

typedef struct OptionalTime {
        bool set;
        usec_t realtime;
        int utc_offset_sec;
} OptionalTime;

typedef struct Bytes { /* written in lower-case hex */
        const uint8_t *data;
        size_t n;
} Bytes;

/* A JSON object in JSON, its text in XML. */
typedef struct CustomerData {
        const char *latitude, *longitude; /* loc */
        const char *product, *version;    /* alr */
} CustomerData;

typedef struct DriverPart {
        const char *producer, *module, *version;
} DriverPart;

typedef struct DriverConfiguration {
        DriverPart device, application; /* mod, app */
} DriverConfiguration;

typedef struct Geolocation {
        OptionalTime time; /* DevLocTime */
        OptionalReal latitude, longitude, altitude;
        OptionalReal radius, altitude_radius;
        OptionalReal north_velocity, east_velocity;
        OptionalReal dilution, altitude_dilution;
        OptionalCount algorithm;      /* 0 TDOA, 1 RSSI, 2 both */
        OptionalCount algorithm_used; /* 0 TDOA, 1 RSSI */
} Geolocation;

/* A base station that received the frame. */
typedef struct Lrr {
        const char *id;
        uint32_t chain; /* always */
        OptionalReal rssi, snr, esp;
} Lrr;

/* 6.1.3 */
typedef struct UplinkDocument {
        OptionalCount fport;
        uint32_t fcnt_up; /* always */
        Bytes payload;    /* always: some servers stop without payload_hex */
        bool ack, adr;    /* written when they are set */
        OptionalCount ack_requested, adr_ack_request;
        OptionalCount mtype, fcnt_dn, afcnt_dn, conf_afcnt_dn;
        Bytes mac_commands, mic;
        OptionalReal rssi, snr; /* of the best LRR */
        OptionalReal lrr_latitude, lrr_longitude;
        const char *lrr_id;
        OptionalCount spreading_factor, lrr_count, transmissions;
        const char *sub_band, *channel;
        bool late; /* always */
        const Lrr *lrrs;
        size_t n_lrrs; /* DOCUMENT_LRRS_MAX at most */
        OptionalReal instant_per, mean_per;
        OptionalReal duty_cycle, sub_band_duty_cycle;
        OptionalReal tx_power_dbm;
        OptionalFrequency frequency;
        OptionalCount battery; /* 0 external power, 255 unknown */
        OptionalTime battery_time;
        OptionalMargin margin;
        Geolocation geolocation;
        const char *device_class; /* "A", "B", "C" */
        OptionalCount class_b_period_sec;
        const DriverConfiguration *driver;
} UplinkDocument;

/* DeliveryFailedCause1..3; which cause a slot may have: 6.2.3 */
typedef enum DeliveryCause {
        DELIVERY_DONE = 0x00,
        DELIVERY_RADIO_STOPPED = 0xa0,
        DELIVERY_DOWNLINK_RADIO_STOPPED = 0xa1,
        DELIVERY_NO_PING_SLOT = 0xa2,
        DELIVERY_RADIO_BUSY = 0xa3,
        DELIVERY_LISTEN_BEFORE_TALK = 0xa4,
        DELIVERY_RADIO_BOARD = 0xa5,
        DELIVERY_TOO_LATE = 0xb0,
        DELIVERY_RX2_CHOSEN = 0xc0,
        DELIVERY_DUTY_CYCLE_LRR = 0xd0,
        DELIVERY_DUTY_CYCLE_LRC = 0xda,
        DELIVERY_DWELL_TIME = 0xdb,
        DELIVERY_NO_GPS = 0xdc,
        DELIVERY_NO_LRR = 0xdd,
        DELIVERY_PEER_DUTY_CYCLE = 0xde,
        DELIVERY_WRONG_NETID = 0xdf,
        DELIVERY_EXPIRED = 0xe0,
} DeliveryCause;

typedef enum TransmissionSlot {
        SLOT_UNKNOWN,
        SLOT_RX1,
        SLOT_RX2,
        SLOT_PING,
} TransmissionSlot;

/* 6.2.3 */
typedef struct DownlinkSentDocument {
        OptionalCount fport, fcnt_dn; /* signed: both are needed */
        OptionalCount afcnt_dn, fcnt_up;
        OptionalCount ack_requested, adr_ack_request, fpending;
        Bytes mac_commands;
        OptionalCount spreading_factor;
        const char *sub_band, *channel, *lrr_id;
        bool delivered;          /* always */
        DeliveryCause causes[3]; /* RX1, RX2, ping slot; always */
        OptionalCount slot;      /* TransmissionSlot */
        OptionalFrequency frequency;
        const char *correlation_id; /* as the downlink spelt it */
} DownlinkSentDocument;

/* 6.3.3 */
typedef struct LocationDocument {
        Geolocation geolocation;
        OptionalCount fcnt_up_used;
} LocationDocument;

typedef enum NotificationType {
        NOTIFICATION_RESET,
        NOTIFICATION_JOIN,
        NOTIFICATION_DEVICE_STATUS,
} NotificationType;

/* 6.4.3 */
typedef struct NotificationDocument {
        NotificationType type;
        bool by_admin;       /* reset: admin_reset, not automatic_reset */
        const char *app_key; /* join: the AppSKey, encrypted; NULL: Var1 is empty */
        unsigned battery;    /* device status: 0..255 */
        int margin_db;       /* device status: -32..31 */
        OptionalCount fcnt_dn, afcnt_dn;
} NotificationDocument;

typedef enum DocumentKind {
        DOCUMENT_UPLINK,
        DOCUMENT_DOWNLINK_SENT,
        DOCUMENT_LOCATION,
        DOCUMENT_NOTIFICATION,
        _DOCUMENT_KIND_MAX
} DocumentKind;

typedef struct Document {
        DocumentKind kind;
        OptionalTime time;   /* of the fact; always */
        const char *dev_eui; /* 16 upper-case hex digits; a location report makes them lower-case */
        const char *dev_addr, *lrc_id, *customer_id, *model;
        const CustomerData *customer_data;
        union {
                UplinkDocument uplink;
                DownlinkSentDocument downlink_sent;
                LocationDocument location;
                NotificationDocument notification;
        };
} Document;
