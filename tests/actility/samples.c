/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The reports that golden files hold. Values are those of the specification's samples (6.1.4,
 * 6.2.4, 6.3.4, 6.4.4) where it has them. */

#include "actility/samples.h"

static const uint8_t payload[] = { 0x00, 0x27, 0xbd, 0x00 };
static const uint8_t mic[] = { 0x38, 0xe7, 0xa3, 0xb9 };
static const uint8_t mac_commands[] = { 0x03, 0x07 };

static const CustomerData customer_data = { "43.58081", "1.4421667", "STL", "1" };

static const DriverConfiguration driver = {
        .device = { "abeeway", "micro-tracker", "3" },
        .application = { "abeeway", "asset-tracker", "1" },
};

static const Lrr lrrs[] = {
        { "08040059", 0, { true, -60 }, { true, 9.75 }, { true, -59 } },
        { "33d13a41", 1, { true, -73 }, { true, 9.75 }, { true, -72 } },
};

static const Lrr gateway = { .id = "08040059", .rssi = { true, -60 } };

/* clang-format off */
#define TIME { true, SAMPLE_TIME, SAMPLE_OFFSET_SEC }
#define GEOLOCATION {                                                          \
        .time = { true, UINT64_C(1422349243336) * USEC_PER_MSEC, 3600 },       \
        .latitude = { true, 10.11212 },         .longitude = { true, -7.44464 },  \
        .altitude = { true, 50 },               .radius = { true, 100 },       \
        .altitude_radius = { true, 50 },        .north_velocity = { true, 1 }, \
        .east_velocity = { true, -1.5 },        .dilution = { true, 0.000001 },\
        .altitude_dilution = { true, 2.5 },     .algorithm = { true, 2 },      \
        .algorithm_used = { true, 1 },                                         \
}

const Sample samples[] = {
        { "uplink", {
                .kind = DOCUMENT_UPLINK, .time = TIME, .dev_eui = "000000000F1D8693",
                .dev_addr = "0405F519", .lrc_id = "00000065", .customer_id = "100000507",
                .model = "0", .customer_data = &customer_data,
                .uplink = {
                        .fport = { true, 2 }, .fcnt_up = 7011, .payload = { payload, 4 },
                        .ack = true, .adr = true, .ack_requested = { true, 0 },
                        .adr_ack_request = { true, 1 }, .mtype = { true, 4 },
                        .fcnt_dn = { true, 11 }, .afcnt_dn = { true, 12 },
                        .conf_afcnt_dn = { true, UINT32_MAX },
                        .mac_commands = { mac_commands, 2 }, .mic = { mic, 4 },
                        .rssi = { true, -60 }, .snr = { true, 9.75 },
                        .lrr_latitude = { true, 48.874931 }, .lrr_longitude = { true, 2.333673 },
                        .lrr_id = "08040059", .spreading_factor = { true, 7 },
                        .lrr_count = { true, 2 }, .transmissions = { true, 1 },
                        .sub_band = "G1", .channel = "LC2", .late = true, .lrrs = lrrs,
                        .n_lrrs = 2, .instant_per = { true, 0.02 }, .mean_per = { true, 0.02 },
                        .duty_cycle = { true, 0.001 }, .sub_band_duty_cycle = { true, 0.009 },
                        .tx_power_dbm = { true, 14 }, .frequency = { true, 868.3 },
                        .battery = { true, 254 }, .battery_time = TIME, .margin = { true, -5 },
                        .geolocation = GEOLOCATION, .device_class = "B",
                        .class_b_period_sec = { true, 128 }, .driver = &driver,
                } } },
        { "uplink-of-a-gateway", {
                .kind = DOCUMENT_UPLINK, .time = TIME, .dev_eui = "000000000F1D8693",
                .lrc_id = "00000065", .customer_id = "100000507", .model = "0",
                .uplink = {
                        .fport = { true, 2 }, .fcnt_up = 7011, .payload = { payload, 4 },
                        .rssi = { true, -60 }, .lrr_count = { true, 1 }, .lrr_id = "08040059",
                        .lrrs = &gateway, .n_lrrs = 1,
                } } },
        { "downlink-sent", {
                .kind = DOCUMENT_DOWNLINK_SENT, .time = TIME, .dev_eui = "000000000F1D8693",
                .dev_addr = "0405F519", .lrc_id = "00000065", .customer_id = "100000507",
                .model = "0", .customer_data = &customer_data,
                .downlink_sent = {
                        .fport = { true, 2 }, .fcnt_dn = { true, 22 }, .afcnt_dn = { true, 23 },
                        .fcnt_up = { true, 7011 }, .ack_requested = { true, 1 },
                        .adr_ack_request = { true, 0 }, .fpending = { true, 0 },
                        .mac_commands = { mac_commands, 2 }, .spreading_factor = { true, 7 },
                        .sub_band = "G1", .channel = "LC3", .lrr_id = "0000000a",
                        .delivered = true, .causes = { DELIVERY_RADIO_BUSY },
                        .slot = { true, SLOT_RX2 }, .frequency = { true, 869.525 },
                        .correlation_id = "4434704901C7450B",
                } } },
        { "location", {
                .kind = DOCUMENT_LOCATION, .time = TIME, .dev_eui = "000000000F1D8693",
                .dev_addr = "0405F519", .lrc_id = "00000065", .customer_id = "100000507",
                .model = "0", .customer_data = &customer_data,
                .location = { .geolocation = GEOLOCATION, .fcnt_up_used = { true, 7011 } } } },
        { "reset", {
                .kind = DOCUMENT_NOTIFICATION, .time = TIME, .dev_eui = "000000000F1D8693",
                .dev_addr = "0405F519", .lrc_id = "00000065", .customer_id = "100000507",
                .model = "0",
                .notification = { .type = NOTIFICATION_RESET, .fcnt_dn = { true, 0 } } } },
        { "join", {
                .kind = DOCUMENT_NOTIFICATION, .time = TIME, .dev_eui = "000000000F1D8693",
                .dev_addr = "0405F519", .lrc_id = "00000065", .customer_id = "100000507",
                .notification = { .type = NOTIFICATION_JOIN, .fcnt_dn = { true, 0 } } } },
        { "device-status", {
                .kind = DOCUMENT_NOTIFICATION, .time = TIME, .dev_eui = "000000000F1D8693",
                .dev_addr = "0405F519", .lrc_id = "00000065", .customer_id = "100000507",
                .model = "0", .customer_data = &customer_data,
                .notification = { .type = NOTIFICATION_DEVICE_STATUS, .battery = 255,
                                  .margin_db = -32, .fcnt_dn = { true, 1 },
                                  .afcnt_dn = { true, 2 } } } },
};
/* clang-format on */
const size_t n_samples = ELEMENTSOF(samples);

Document sample_uplink(void) {
        return samples[1].document;
}
