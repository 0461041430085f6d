/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A stored report as a document of the tunnel. fotad-tunnel(7) has the table of all fields: where
 * each one comes from, and why some are left out.
 *
 * Owns nothing. The gateway is the one base station; what has no cellular meaning (spreading
 * factor, channel, MIC, DevAddr, ...) is left out. */

#include "core/notice.h"
#include "uplink/uplink.h"

static OptionalTime time_of(usec_t realtime) {
        return (OptionalTime) { true, realtime, utc_offset_at(realtime) };
}

static OptionalReal real_of(bool set, int64_t millionths) {
        return (OptionalReal) { set, (double) millionths / LOCATION_UNIT };
}

static UplinkDocument uplink_of(const UplinkSettings *settings, const ReportRow *report, bool late,
                                const Lrr *lrr) {
        const Location *location = &settings->location;
        const bool is_status = report->fport == FPORT_STATUS;

        return (UplinkDocument) {
                /* an acknowledgement with nothing to say has no port */
                .fport = { report->fport != 0, report->fport },
                .fcnt_up = report->fcnt_up,
                .fcnt_dn = { true, report->fcnt_dn },
                .ack = report->ack,
                .payload = { report->payload, report->n_payload },
                .rssi = lrr->rssi,
                .lrr_latitude = real_of(location->set, location->latitude),
                .lrr_longitude = real_of(location->set, location->longitude),
                .lrr_count = { true, 1 },
                .lrr_id = lrr->id,
                .late = late,
                .lrrs = lrr,
                .n_lrrs = 1,
                .battery = { is_status, BATTERY_EXTERNAL },
                .battery_time = is_status ? time_of(report->created) : (OptionalTime) { 0 },
                .margin = { is_status && report->has_signal, signal_margin(report->signal_dbm) },
        };
}

static int take_sent(const UplinkSettings *settings, const ReportRow *report, ReportDocument *ret) {
        const SentReport *sent = &ret->sent;

        if (!sent_from_text(report->extra, &ret->sent))
                return -EBADMSG;
        ret->document.downlink_sent = (DownlinkSentDocument) {
                .fport = { true, sent->fport },
                .fcnt_dn = { true, sent->fcnt_dn },
                .lrr_id = settings->lrr_id,
                .delivered = sent->delivered,
                .causes = { (DeliveryCause) sent->cause1, (DeliveryCause) sent->cause2,
                            DELIVERY_DONE },
                .slot = { true, sent->transmission_slot },
                .correlation_id = sent->correlation_id,
        };
        return 0;
}

static int take_location(const ReportRow *report, ReportDocument *ret) {
        Location location;

        if (location_parse(report->extra, &location) < 0)
                return -EBADMSG;
        ret->document.location.geolocation = (Geolocation) {
                .time = time_of(report->created),
                .latitude = real_of(true, location.latitude),
                .longitude = real_of(true, location.longitude),
                .altitude = real_of(location.has_altitude, location.altitude),
        };
        return 0;
}

static NotificationType notification_type(NoticeType type) {
        switch (type) {
        case NOTICE_RESET:
                return NOTIFICATION_RESET;
        case NOTICE_DEVICE_STATUS:
                return NOTIFICATION_DEVICE_STATUS;
        case NOTICE_JOIN:
        case _NOTICE_TYPE_MAX:
                break;
        }
        return NOTIFICATION_JOIN;
}

static int take_notification(const ReportRow *report, ReportDocument *ret) {
        Notice notice;

        if (notice_parse(report->extra, &notice) < 0)
                return -EBADMSG;
        ret->document.notification = (NotificationDocument) {
                .type = notification_type(notice.type),
                .by_admin = notice.by_admin,
                .battery = BATTERY_EXTERNAL,
                .margin_db = notice.margin_db,
                /* both begin the downlink counter anew: the row has 0 then */
                .fcnt_dn = { true, report->fcnt_dn },
        };
        return 0;
}

int report_document(const UplinkSettings *settings, const ReportRow *report, bool late,
                    ReportDocument *ret) {
        *ret = (ReportDocument) {
                .document = {
                        .kind = DOCUMENT_UPLINK,
                        .time = time_of(report->created),
                        .dev_eui = report->dev_eui,
                        .lrc_id = settings->lrc_id,
                        .customer_id = settings->customer_id,
                        .model = "0",
                },
                .lrr = {
                        .id = settings->lrr_id,
                        .rssi = { report->has_signal, report->signal_dbm },
                },
        };
        switch (report->kind) {
        case REPORT_DOWNLINK_SENT:
                ret->document.kind = DOCUMENT_DOWNLINK_SENT;
                return take_sent(settings, report, ret);
        case REPORT_LOCATION:
                ret->document.kind = DOCUMENT_LOCATION;
                return take_location(report, ret);
        case REPORT_NOTIFICATION:
                ret->document.kind = DOCUMENT_NOTIFICATION;
                return take_notification(report, ret);
        case REPORT_UPLINK:
        case _REPORT_KIND_MAX:
                break;
        }
        ret->document.uplink = uplink_of(settings, report, late, &ret->lrr);
        return 0;
}
