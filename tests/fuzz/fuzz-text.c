/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The texts of the configuration and of the network: spans, sizes, stamps, versions, secrets, the
 * nearest word.
 *
 * Looks for crashes, and for what must hold: what was read and written again is read as the same,
 * and versions have one order.
 */

#include <assert.h>
#include <stdio.h>

#include "at/transcript.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/text.h"
#include "base/time.h"
#include "base/version.h"
#include "core/location.h"
#include "core/notice.h"
#include "core/sent.h"

#define INPUT_MAX 2000

static void check_span(const char *text) {
        char shown[SPAN_TEXT_MAX];
        usec_t span, again;

        if (span_parse(text, &span) < 0)
                return;
        int r = span_parse(span_format(shown, span), &again);
        assert(r == 0 && again <= span);
}

static void check_size(const char *text) {
        char shown[SIZE_TEXT_MAX];
        uint64_t bytes;

        if (size_parse(text, &bytes) == 0)
                assert(size_format(shown, bytes)[0] != '\0');
}

static void check_iso(const char *text) {
        char shown[ISO_TEXT_MAX];
        usec_t usec, again;

        if (iso_parse(text, &usec) < 0)
                return;
        int r = iso_parse(iso_format(shown, usec, 5400), &again);
        /* an hour and a half east may be the year 10000, which has no four digits */
        assert(r < 0 || again == usec - usec % USEC_PER_MSEC);
}

static void check_moment(const char *text) {
        const usec_t now = 1795780800 * USEC_PER_SEC;
        usec_t ahead = USEC_INFINITY, back = USEC_INFINITY;

        if (moment_parse(text, now, MOMENT_AHEAD, &ahead) == 0)
                assert(moment_parse(text, now, MOMENT_BACK, &back) < 0 || back <= ahead);
        assert(ahead < USEC_INFINITY || back == USEC_INFINITY);
}

/* What stands in the outbox. */
static void check_extras(const char *text) {
        char shown[REPORT_EXTRA_MAX];
        Location location, location_again;
        Notice notice, notice_again;
        SentReport sent, sent_again;

        if (location_parse(text, &location) == 0) {
                int r = location_parse(location_format(shown, &location), &location_again);
                assert(r == 0 && location_again.latitude == location.latitude &&
                       location_again.longitude == location.longitude &&
                       location_again.altitude == location.altitude);
        }
        if (notice_parse(text, &notice) == 0) {
                int r = notice_parse(notice_format(shown, &notice), &notice_again);
                assert(r == 0 && notice_again.type == notice.type &&
                       notice_again.margin_db == notice.margin_db);
        }
        if (sent_from_text(text, &sent)) {
                sent_to_text(&sent, shown);
                assert(sent_from_text(shown, &sent_again) && streq(shown, text));
        }
}

static bool compares(const char *version, const char *how, const char *other) {
        char pattern[VERSION_PATTERN_MAX];

        (void) snprintf(pattern, sizeof pattern, "%s%s", how, other);
        assert(version_pattern_is_valid(pattern));
        return version_matches(version, pattern);
}

/* Two versions, a line each; the second may be a pattern. One of another model is neither below,
 * equal nor above. */
static void check_version(const char *text) {
        const char *other = text + strcspn(text, "\n");
        char version[INPUT_MAX + 1];
        Text to;

        text_init(&to, version, sizeof version);
        text_printf(&to, "%.*s", (int) (other - text), text);
        other += *other == '\n';
        const int order = version_compare(version, other), back = version_compare(other, version);
        assert(version_equal(version, version) && (order > 0) == (back < 0) &&
               (order == 0) == (back == 0));
        (void) version_matches(version, other);
        if (!version_pattern_is_valid(other) || strpbrk(other, " *?<>=!") ||
            strlen(other) > VERSION_PATTERN_MAX - 3)
                return;
        const bool below = compares(version, "<", other), equal = compares(version, "=", other),
                   above = compares(version, ">", other);
        assert(below + equal + above <= 1 && equal == version_matches(version, other) &&
               compares(version, "<=", other) == (below || equal) &&
               compares(version, ">=", other) == (above || equal));
}

static void check_redact(const char *text) {
        char whole[INPUT_MAX + 8], small[24];

        transcript_redact(whole, sizeof whole, text);
        transcript_redact(small, sizeof small, text);
        assert(strncmp(whole, small, strlen(small)) == 0);
}

static void check_json(const char *text) {
        char document[64];
        Text to;
        Json json;

        text_init(&to, document, sizeof document);
        json_init(&json, &to);
        json_string(&json, text);
        assert(to.length < sizeof document && document[to.length] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const char *const keys[] = { "modules", "policy", "uplink", "idle", NULL };
        char text[INPUT_MAX + 1];

        size = MIN_OF(size, (size_t) INPUT_MAX);
        if (size > 0)
                memcpy(text, data, size);
        text[size] = '\0';
        check_span(text);
        check_size(text);
        check_iso(text);
        check_moment(text);
        check_extras(text);
        check_version(text);
        check_redact(text);
        check_json(text);
        (void) text_nearest(text, keys);
        return 0;
}
