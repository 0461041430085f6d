/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A notice as text and back. Owns nothing. */

#include "core/notice.h"

#define SENSITIVITY_DBM (-102)
#define MARGIN_MIN (-32)
#define MARGIN_MAX 31

#define RESET_BY_ADMIN "reset admin"
#define RESET_AUTOMATIC "reset automatic"
#define JOIN "join"
#define STATUS "status "

int signal_margin(int signal_dbm) {
        return MAX_OF(MIN_OF(signal_dbm - SENSITIVITY_DBM, MARGIN_MAX), MARGIN_MIN);
}

char *notice_format(char to[static NOTICE_TEXT_MAX], const Notice *notice) {
        Text text;

        text_init(&text, to, NOTICE_TEXT_MAX);
        switch (notice->type) {
        case NOTICE_RESET:
                text_add(&text, notice->by_admin ? RESET_BY_ADMIN : RESET_AUTOMATIC);
                break;
        case NOTICE_JOIN:
        case _NOTICE_TYPE_MAX:
                text_add(&text, JOIN);
                break;
        case NOTICE_DEVICE_STATUS:
                text_printf(&text, STATUS "%d", notice->margin_db);
                break;
        }
        return to;
}

static int margin_parse(const char *text, int *ret) {
        char *end;
        const long value = strtol(text, &end, 10);

        if (end == text || *end != '\0' || value < MARGIN_MIN || value > MARGIN_MAX)
                return -EINVAL;
        *ret = (int) value;
        return 0;
}

int notice_parse(const char *text, Notice *ret) {
        Notice notice = { .type = NOTICE_RESET, .by_admin = streq(text, RESET_BY_ADMIN) };

        if (streq(text, JOIN))
                notice.type = NOTICE_JOIN;
        else if (text_starts_with(text, STATUS)) {
                notice.type = NOTICE_DEVICE_STATUS;
                if (margin_parse(text + strlen(STATUS), &notice.margin_db) < 0)
                        return -EINVAL;
        } else if (!notice.by_admin && !streq(text, RESET_AUTOMATIC))
                return -EINVAL;
        *ret = notice;
        return 0;
}
