/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every answer to a downlink that is refused: 7.1.5 and 7.1.6, word for word.
 *
 * v1 knows no codes: clients compare its texts. For three of v2's codes it has no text of its own;
 * v2's stands in. */

#include "actility/downlink.h"

#define V1_STATUS 350
#define V1_STATUS_NOT_FOUND 404

/* clang-format off */
const DownlinkAnswer downlink_answers[] = {
        { DOWNLINK_BAD_DEV_EUI, V1_STATUS, "Invalid DevEUI",
          "Invalid DevEUI",
          "no module has this DevEUI" },
        { DOWNLINK_FCNT_USED, V1_STATUS, "Downlink counter value already used",
          "Downlink counter value already used",
          "FCntDn is not above the last one" },
        { DOWNLINK_FCNT_TOO_FAR, V1_STATUS, "Downlink counter value increment too large",
          "Downlink counter value increment too large",
          "FCntDn is too far above the last one" },
        { DOWNLINK_NOT_CONFIRMABLE, V1_STATUS, "Confirmed downlink is not authorized for this device",
          "Confirmed downlink is not authorized for this device",
          "confirmed downlinks are not allowed here" },
        { DOWNLINK_BAD_FPORT, V1_STATUS, "Invalid LoRa port",
          "Invalid LoRa port",
          "FPort is not one that takes commands" },
        { DOWNLINK_NO_AS_ID, V1_STATUS, "Security Check. AS_ID is mandatory",
          "Security Check: AS_ID is mandatory",
          "AS_ID is missing" },
        { DOWNLINK_NO_TIME, V1_STATUS, "Security Check. missing timestamp/token",
          "Security Check: Missing timestamp",
          "Time or Token is missing" },
        { DOWNLINK_BAD_AS_ID, V1_STATUS, "Security Check. bad AS_ID",
          "Security Check: Bad AS_ID",
          "AS_ID is not one that may send here" },
        { DOWNLINK_UNREADABLE_TOKEN, V1_STATUS, "Security Check. Server Decrypt Error",
          "Security Check: Server Decrypt Error",
          "Token is not 64 hexadecimal digits, or the query can not be decoded" },
        { DOWNLINK_MALFORMED_TIME, V1_STATUS, "Security Check. malformed ISO8601 time",
          "Security Check: Malformed ISO 8601 time",
          "Time is not a date and time of ISO 8601" },
        { DOWNLINK_BAD_TIME, V1_STATUS, "Security Check. Invalid downlink frame timestamp",
          "Security Check: Invalid downlink frame timestamp",
          "Time is too far from this gateway's clock" },
        { DOWNLINK_BAD_TOKEN, V1_STATUS, "Security Check. bad token",
          "Security Check: Bad token",
          "Token does not fit query and key" },
        { DOWNLINK_BAD_VALIDITY, V1_STATUS, "ValidityTime expired or invalid",
          "Validity time expired or invalid",
          "ValidityTime is over, or neither a time nor a number of seconds" },
        { DOWNLINK_BAD_PAYLOAD, V1_STATUS, "Payload too big or invalid size",
          "Payload too big or invalid size",
          "Payload is not an even number of at most 5000 hexadecimal digits" },
        { DOWNLINK_DISABLED, V1_STATUS, "Downlink transmission disabled",
          "Downlink transmission disabled",
          "downlinks are disabled for this module" },
        { DOWNLINK_NO_BASE_STATION, V1_STATUS_NOT_FOUND, "No Base Station Available",
          "No Base Station Available",
          "the module is absent" },
        { DOWNLINK_PAYLOAD_TOO_LONG, V1_STATUS, "Invalid payload size according to currents DR",
          "Invalid payload size according to currents DR",
          "Payload is longer than a frame can be" },
        { DOWNLINK_BAD_CORRELATION_ID, V1_STATUS,
          "Invalid CorrelationID. Must be a 64 bits hexadecimal value encoded as string",
          "Invalid Correlation ID. Must be a 64 bits hexadecimal value encoded as string",
          "CorrelationID is not 16 hexadecimal digits" },
        { DOWNLINK_NO_PAYLOAD, V1_STATUS, "Invalid payload. Must not be empty",
          "Invalid payload. Must not be empty",
          "there is no Payload, and FlushDownlinkQueue is not 1" },
        { DOWNLINK_NOT_ENCRYPTED, V1_STATUS, "Payload must be provided encrypted with the downlink counter value",
          "Payload must be provided encrypted with the downlink counter value",
          "Payload is not encrypted, and can not be here" },
        { DOWNLINK_TOO_MANY, V1_STATUS, "Token bucket limit reached",
          "Token bucket limit reached",
          "too many downlinks, or too many that wait" },
};
/* clang-format on */
const size_t downlink_n_answers = ELEMENTSOF(downlink_answers);

const DownlinkAnswer *downlink_answer(DownlinkCode code) {
        for (size_t i = 0; i < downlink_n_answers; i++)
                if (downlink_answers[i].code == code)
                        return &downlink_answers[i];
        return NULL;
}
