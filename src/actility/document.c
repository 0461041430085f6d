/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What stands in each report, and in which order: that of the specification's samples and of the
 * network servers that were looked at.
 *
 * Owns nothing: tables, and one walk over them. CustomerID and ModelCfg are strings in every
 * encoding. */

#include "actility/element.h"

/* clang-format off */
#define DOC(text, member) ELEMENT_OF(Document, text, member)
#define DOC_AS(function, text, member) ELEMENT_AS(Document, text, function, member)

static const Element uplink_elements[] = {
        { DOC("Time",              time), .always = true },
        { DOC("DevEUI",            dev_eui) },
        { DOC("FPort",             uplink.fport) },
        { DOC("FCntUp",            uplink.fcnt_up) },
        { DOC("ADRbit",            uplink.adr) },
        { DOC("ACKbit",            uplink.ack) },
        { DOC("AckRequested",      uplink.ack_requested) },
        { DOC("ADRAckReq",         uplink.adr_ack_request) },
        { DOC("MType",             uplink.mtype) },
        { DOC("FCntDn",            uplink.fcnt_dn) },
        { DOC("AFCntDn",           uplink.afcnt_dn) },
        { DOC("ConfAFCntDn",       uplink.conf_afcnt_dn) },
        { DOC("payload_hex",       uplink.payload), .always = true },
        { DOC("rawMacCommands",    uplink.mac_commands) },
        { DOC("mic_hex",           uplink.mic) },
        { DOC("Lrcid",             lrc_id) },
        { DOC("LrrRSSI",           uplink.rssi) },
        { DOC("LrrSNR",            uplink.snr) },
        { DOC("SpFact",            uplink.spreading_factor) },
        { DOC("SubBand",           uplink.sub_band) },
        { DOC("Channel",           uplink.channel) },
        { DOC("DevLrrCnt",         uplink.lrr_count) },
        { DOC("Lrrid",             uplink.lrr_id) },
        { DOC("Late",              uplink.late), .always = true },
        { DOC("LrrLAT",            uplink.lrr_latitude) },
        { DOC("LrrLON",            uplink.lrr_longitude) },
        { DOC_AS(element_lrrs, "Lrrs", uplink) },
        { DOC("CustomerID",        customer_id) },
        { DOC("CustomerData",      customer_data) },
        { DOC("ModelCfg",          model) },
        { DOC("InstantPER",        uplink.instant_per) },
        { DOC("MeanPER",           uplink.mean_per) },
        { DOC("DevAddr",           dev_addr) },
        { DOC("TxPower",           uplink.tx_power_dbm) },
        { DOC("NbTrans",           uplink.transmissions) },
        { DOC("UplinkDC",          uplink.duty_cycle) },
        { DOC("UplinkDCSubBand",   uplink.sub_band_duty_cycle) },
        { DOC("BatteryLevel",      uplink.battery) },
        { DOC("BatteryTime",       uplink.battery_time) },
        { DOC("Margin",            uplink.margin) },
        { DOC("DevLocTime",        uplink.geolocation.time) },
        { DOC("DevLAT",            uplink.geolocation.latitude) },
        { DOC("DevLON",            uplink.geolocation.longitude) },
        { DOC("DevAlt",            uplink.geolocation.altitude) },
        { DOC("DevLocRadius",      uplink.geolocation.radius) },
        { DOC("DevAltRadius",      uplink.geolocation.altitude_radius) },
        { DOC("DevNorthVel",       uplink.geolocation.north_velocity) },
        { DOC("DevEastVel",        uplink.geolocation.east_velocity) },
        { DOC("DevLocDilution",    uplink.geolocation.dilution) },
        { DOC("DevAltDilution",    uplink.geolocation.altitude_dilution) },
        { DOC("NwGeolocAlgo",      uplink.geolocation.algorithm) },
        { DOC("NwGeolocAlgoUsed",  uplink.geolocation.algorithm_used) },
        { DOC("Frequency",         uplink.frequency) },
        { DOC("DynamicClass",      uplink.device_class) },
        { DOC("ClassBPeriodicity", uplink.class_b_period_sec) },
        { DOC("DriverCfg",         uplink.driver) },
};

static const Element downlink_sent_elements[] = {
        { DOC("Time",             time), .always = true },
        { DOC("DevEUI",           dev_eui) },
        { DOC("FPort",            downlink_sent.fport) },
        { DOC("FCntDn",           downlink_sent.fcnt_dn) },
        { DOC("AFCntDn",          downlink_sent.afcnt_dn) },
        { DOC("FCntUp",           downlink_sent.fcnt_up) },
        { DOC("AckRequested",     downlink_sent.ack_requested) },
        { DOC("ADRAckReq",        downlink_sent.adr_ack_request) },
        { DOC("FPending",         downlink_sent.fpending) },
        { DOC("rawMacCommands",   downlink_sent.mac_commands) },
        { DOC("Lrcid",            lrc_id) },
        { DOC("SpFact",           downlink_sent.spreading_factor) },
        { DOC("SubBand",          downlink_sent.sub_band) },
        { DOC("Channel",          downlink_sent.channel) },
        { DOC("Lrrid",            downlink_sent.lrr_id) },
        { DOC("DeliveryStatus",   downlink_sent.delivered), .always = true },
        { DOC_AS(element_cause, "DeliveryFailedCause1", downlink_sent.causes[0]) },
        { DOC_AS(element_cause, "DeliveryFailedCause2", downlink_sent.causes[1]) },
        { DOC_AS(element_cause, "DeliveryFailedCause3", downlink_sent.causes[2]) },
        { DOC("CustomerID",       customer_id) },
        { DOC("CustomerData",     customer_data) },
        { DOC("ModelCfg",         model) },
        { DOC("DevAddr",          dev_addr) },
        { DOC("TransmissionSlot", downlink_sent.slot) },
        { DOC("Frequency",        downlink_sent.frequency) },
        { DOC("CorrelationID",    downlink_sent.correlation_id) },
};

static const Element location_elements[] = {
        { DOC_AS(element_lower_case, "DevEUI", dev_eui) },
        { DOC("DevAddr",          dev_addr) },
        { DOC("Lrcid",            lrc_id) },
        { DOC("Time",             time), .always = true },
        { DOC("DevLocTime",       location.geolocation.time) },
        { DOC("DevLAT",           location.geolocation.latitude) },
        { DOC("DevLON",           location.geolocation.longitude) },
        { DOC("DevAlt",           location.geolocation.altitude) },
        { DOC("DevLocRadius",     location.geolocation.radius) },
        { DOC("DevAltRadius",     location.geolocation.altitude_radius) },
        { DOC("DevNorthVel",      location.geolocation.north_velocity) },
        { DOC("DevEastVel",       location.geolocation.east_velocity) },
        { DOC("DevLocDilution",   location.geolocation.dilution) },
        { DOC("DevAltDilution",   location.geolocation.altitude_dilution) },
        { DOC("DevUlFCntUpUsed",  location.fcnt_up_used) },
        { DOC("CustomerID",       customer_id) },
        { DOC("CustomerData",     customer_data) },
        { DOC("ModelCfg",         model) },
        { DOC("NwGeolocAlgo",     location.geolocation.algorithm) },
        { DOC("NwGeolocAlgoUsed", location.geolocation.algorithm_used) },
};

static const Element notification_elements[] = {
        { DOC("Time",         time), .always = true },
        { DOC("DevEUI",       dev_eui) },
        { DOC_AS(element_notification, "Type", notification) }, /* with Var1 and Var2 */
        { DOC("FCntDn",       notification.fcnt_dn) },
        { DOC("AFCntDn",      notification.afcnt_dn) },
        { DOC("DevAddr",      dev_addr) },
        { DOC("Lrcid",        lrc_id) },
        { DOC("CustomerID",   customer_id) },
        { DOC("CustomerData", customer_data) },
        { DOC("ModelCfg",     model) },
};

static const struct {
        const char *root;
        const Element *elements;
        size_t n;
} documents[] = {
        [DOCUMENT_UPLINK]        = { "DevEUI_uplink", uplink_elements, ELEMENTSOF(uplink_elements) },
        [DOCUMENT_DOWNLINK_SENT] = { "DevEUI_downlink_Sent", downlink_sent_elements, ELEMENTSOF(downlink_sent_elements) },
        [DOCUMENT_LOCATION]      = { "DevEUI_location", location_elements, ELEMENTSOF(location_elements) },
        [DOCUMENT_NOTIFICATION]  = { "DevEUI_notification", notification_elements, ELEMENTSOF(notification_elements) },
};
/* clang-format on */

const char *encoding_content_type(Encoding encoding) {
        return encoding == ENCODING_XML ? "application/xml" : "application/json";
}

int document_write(const Document *document, Encoding encoding, Text *ret) {
        const char *root = documents[document->kind].root;
        Writer writer;

        writer_begin(&writer, encoding, root, ret);
        elements_write(&writer, documents[document->kind].elements, documents[document->kind].n,
                       document);
        writer_end(&writer, root);
        return ret->truncated ? -EMSGSIZE : 0;
}
