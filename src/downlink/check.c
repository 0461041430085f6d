/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What may be wrong with a request, in the order in which it is told (fotad(8), DOWNLINK FRAMES).
 * Whoever has no good Token learns of AS_ID, Time and Token alone. Each check is one function; the
 * first that finds something ends them. */

#include "downlink/frames-internal.h"

#define FCNT_GAP_MAX 16384 /* LoRaWAN 1.0, 4.3.1.5: MAX_FCNT_GAP */

static DownlinkFault fault(DownlinkCode code, const char *parameter, const char *why) {
        return (DownlinkFault) { .code = code, .parameter = parameter, .why = why };
}

/* the sender */

static DownlinkFault check_time(const Frames *frames, const DownlinkQuery *query) {
        const usec_t deviation = gateway_settings(frames->gateway)->downlink.max_deviation;
        const usec_t now = gateway_now(frames->gateway)->realtime;

        if (!gateway_reports_allowed(frames->gateway))
                return fault(DOWNLINK_BAD_TIME, "Time", "can not be judged: the clock is not set");
        if (query->time > usec_add(now, deviation))
                return fault(DOWNLINK_BAD_TIME, "Time", "is too far in the future");
        if (usec_add(query->time, deviation) < now)
                return fault(DOWNLINK_BAD_TIME, "Time", "is too long ago");
        return (DownlinkFault) {};
}

DownlinkFault frames_check_token(const Frames *frames, const DownlinkQuery *query) {
        const UplinkSettings *settings = &gateway_settings(frames->gateway)->uplink;
        DownlinkFault found = {};

        /* without a key everybody could sign */
        if (settings->key[0] == '\0' || downlink_verify(query, settings->key, &found) < 0)
                return fault(DOWNLINK_BAD_TOKEN, "Token", "can not be checked");
        return found;
}

void frames_check_sender(const Frames *frames, const DownlinkQuery *query, DownlinkFault *ret) {
        *ret = query->sender;
        if (ret->code == DOWNLINK_FINE)
                *ret = check_time(frames, query);
        if (ret->code == DOWNLINK_FINE)
                *ret = frames_check_token(frames, query);
}

/* the frame */

typedef struct Check {
        Frames *frames;
        const DownlinkQuery *query;
        const DownlinkSettings *settings;
        Module *module; /* NULL: there is none */
        ModuleView view;
} Check;

static DownlinkFault check_as_id(const Check *check) {
        const Settings *settings = gateway_settings(check->frames->gateway);

        return streq(check->query->as_id, settings->uplink.as_id) ?
                       (DownlinkFault) {} :
                       fault(DOWNLINK_BAD_AS_ID, "AS_ID", "is another server's");
}

static DownlinkFault check_dev_eui(const Check *check) {
        if (check->query->frame.code == DOWNLINK_BAD_DEV_EUI)
                return check->query->frame;
        return check->module ? (DownlinkFault) {} :
                               fault(DOWNLINK_BAD_DEV_EUI, "DevEUI", "no module has it");
}

static DownlinkFault check_format(const Check *check) {
        return check->query->frame;
}

static DownlinkFault check_fcnt_dn(const Check *check) {
        const uint32_t given = check->query->fcnt_dn;
        DownlinkFault found = {};
        uint32_t expected;

        if (!check->settings->strict_fcnt || !check->query->has_fcnt_dn || !check->view.record)
                return found;
        expected = check->view.record->fcnt_dn;
        if (given < expected)
                found = fault(DOWNLINK_FCNT_USED, "FCntDn", "was given to another frame");
        else if (given - expected > FCNT_GAP_MAX)
                found = fault(DOWNLINK_FCNT_TOO_FAR, "FCntDn", "is more than 16384 ahead");
        found.expected = expected;
        return found;
}

static DownlinkFault check_confirmed(const Check *check) {
        return check->query->confirmed && !check->settings->confirmed ?
                       fault(DOWNLINK_NOT_CONFIRMABLE, "Confirmed", "is not allowed here") :
                       (DownlinkFault) {};
}

static DownlinkFault check_fport(const Check *check) {
        return check->query->n_payload > 0 && check->query->fport != COMMAND_FPORT ?
                       fault(DOWNLINK_BAD_FPORT, "FPort", "is not 20, which takes the commands") :
                       (DownlinkFault) {};
}

static DownlinkFault check_validity(const Check *check) {
        return check->query->validity == VALIDITY_UNTIL &&
                               check->query->validity_usec <=
                                       gateway_now(check->frames->gateway)->realtime ?
                       fault(DOWNLINK_BAD_VALIDITY, "ValidityTime", "is over") :
                       (DownlinkFault) {};
}

static DownlinkFault check_enabled(const Check *check) {
        return check->view.settings->no_downlink ?
                       fault(DOWNLINK_DISABLED, "DevEUI", "of a module that takes no downlinks") :
                       (DownlinkFault) {};
}

/* Emptying the queue needs no module. */
static DownlinkFault check_present(const Check *check) {
        if (!gateway_storage_ok(check->frames->gateway))
                return fault(DOWNLINK_NO_BASE_STATION, "", "fotad can not write its database");
        return check->query->n_payload > 0 && check->view.record->state == STATE_ABSENT ?
                       fault(DOWNLINK_NO_BASE_STATION, "DevEUI", "of a module that is absent") :
                       (DownlinkFault) {};
}

static DownlinkFault check_length(const Check *check) {
        return check->query->n_payload > FRAME_PAYLOAD_MAX ?
                       fault(DOWNLINK_PAYLOAD_TOO_LONG, "Payload", "is longer than 222 bytes") :
                       (DownlinkFault) {};
}

usec_t lane_cost(const DownlinkSettings *settings) {
        return USEC_PER_MINUTE / MAX_OF(settings->rate_per_minute, 1U);
}

static void lane_renew(Lane *lane, const DownlinkSettings *settings, usec_t now) {
        const usec_t most = lane_cost(settings) * MAX_OF(settings->rate_burst, 1U);

        lane->credit = MIN_OF(usec_add(lane->credit, usec_sub(now, lane->credit_at)), most);
        lane->credit_at = now;
}

static DownlinkFault check_rate(const Check *check) {
        Lane *lane = frames_lane(check->frames, module_name(check->module));
        const DownlinkQuery *query = check->query;

        lane_renew(lane, check->settings, gateway_now(check->frames->gateway)->boottime);
        if (query->n_payload > 0 && !query->flush &&
            frames_waiting(check->frames, lane->module) >= check->settings->queue_length)
                return fault(DOWNLINK_TOO_MANY, "", "the queue of the module is full");
        return lane->credit < lane_cost(check->settings) ?
                       fault(DOWNLINK_TOO_MANY, "", "too many frames in a short time") :
                       (DownlinkFault) {};
}

void frames_check_frame(Frames *frames, const DownlinkQuery *query, Module **ret_module,
                        DownlinkFault *ret) {
        static DownlinkFault (*const checks[])(const Check *) = {
                check_as_id,     check_dev_eui, check_format,   check_fcnt_dn,
                check_confirmed, check_fport,   check_validity, check_enabled,
                check_present,   check_length,  check_rate,
        };
        Check check = { .frames = frames,
                        .query = query,
                        .settings = &gateway_settings(frames->gateway)->downlink };

        check.module = gateway_find_dev_eui(frames->gateway, query->dev_eui);
        if (check.module)
                gateway_view(frames->gateway, check.module, &check.view);
        *ret_module = check.module;
        *ret = (DownlinkFault) {};
        for (size_t i = 0; i < ELEMENTSOF(checks) && ret->code == DOWNLINK_FINE; i++)
                *ret = checks[i](&check);
}
