/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl uplink: is the application server reached, and what waits for it.
 *
 * Owns the reply that an UplinkInfo borrows its strings from. */

#include "fotactl/uplink.h"

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

#include "base/text.h"

// clang-format off
static const Member members[] = {
        { "configured",  'b', offsetof(UplinkInfo, configured), NULL },
        { "lost",        'b', offsetof(UplinkInfo, lost), NULL },
        { "unknown",     'b', offsetof(UplinkInfo, unknown), NULL },
        { "url",         's', offsetof(UplinkInfo, url), NULL },
        { "last_error",  's', offsetof(UplinkInfo, last_error), NULL },
        { "last_status", 'i', offsetof(UplinkInfo, last_status), NULL },
        { "last_answer", 't', offsetof(UplinkInfo, last_answer), NULL },
        { "next_try",    't', offsetof(UplinkInfo, next_try), NULL },
        { "waiting",     't', offsetof(UplinkInfo, waiting), NULL },
        { "oldest",      't', offsetof(UplinkInfo, oldest), NULL },
        { "accepted",    't', offsetof(UplinkInfo, accepted), NULL },
        { "refused",     't', offsetof(UplinkInfo, refused), NULL },
        { "dropped",     't', offsetof(UplinkInfo, dropped), NULL },
        { "lost_since",  't', offsetof(UplinkInfo, lost_since), NULL },
        { "slow",        't', offsetof(UplinkInfo, slow), NULL },
        { "set_aside",   's', offsetof(UplinkInfo, set_aside), NULL },
        { "waiting_uplink",        't', offsetof(UplinkInfo, waiting_uplink), NULL },
        { "waiting_downlink_sent", 't', offsetof(UplinkInfo, waiting_downlink_sent), NULL },
        { "waiting_location",      't', offsetof(UplinkInfo, waiting_location), NULL },
        { "waiting_notification",  't', offsetof(UplinkInfo, waiting_notification), NULL },
};
// clang-format on

Status uplink_info_get(Client *client, UplinkInfo *ret) {
        Status status;
        int r;

        status = call_manager(client, "GetUplink", &ret->reply, NULL);
        if (status != STATUS_DONE)
                return status;
        r = dictionary_read(ret->reply, members, ELEMENTSOF(members), ret);
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}

void uplink_info_done(UplinkInfo *info) {
        info->reply = sd_bus_message_unref(info->reply);
}

static void json_count(Json *json, const UplinkInfo *info, const char *key, uint64_t n) {
        if (info->unknown)
                json_field_null(json, key);
        else
                json_field_number(json, key, (int64_t) n);
}

/* waiting_by_kind and set_aside; the kinds have the names that uplink.reports gives them */
static void json_kinds(Json *json, const UplinkInfo *info) {
        char words[64];
        char *rest = words;
        const char *word;

        json_key(json, "waiting_by_kind");
        json_object_begin(json);
        json_count(json, info, "uplink", info->waiting_uplink);
        json_count(json, info, "downlink-sent", info->waiting_downlink_sent);
        json_count(json, info, "location", info->waiting_location);
        json_count(json, info, "notification", info->waiting_notification);
        json_object_end(json);
        json_key(json, "set_aside");
        json_array_begin(json);
        (void) TEXT_COPY(words, info->set_aside ? info->set_aside : "");
        while ((word = strsep(&rest, " ")))
                if (word[0] != '\0')
                        json_string(json, word);
        json_array_end(json);
}

void json_uplink(Json *json, const UplinkInfo *info) {
        if (!info->configured) {
                json_null(json);
                return;
        }
        json_object_begin(json);
        json_field_string(json, "url", info->url);
        if (info->unknown && !info->lost)
                json_field_null(json, "lost");
        else
                json_field_bool(json, "lost", info->lost);
        json_field_time(json, "lost_since", info->lost_since);
        json_field_known(json, "last_status", (uint64_t) MAX_OF(info->last_status, 0));
        json_field_string(json, "last_error", info->last_error);
        json_field_time(json, "last_answer", info->last_answer);
        json_field_time(json, "next_try", info->next_try);
        json_count(json, info, "waiting", info->waiting);
        json_field_time(json, "oldest", info->oldest);
        json_count(json, info, "accepted", info->accepted);
        json_count(json, info, "refused", info->refused);
        json_count(json, info, "dropped", info->dropped);
        json_field_number(json, "slow", (int64_t) info->slow);
        json_kinds(json, info);
        json_object_end(json);
}

#define NOT_KNOWN "not known: the database can not be read"

static const char *state_text(const UplinkInfo *info) {
        return info->lost ? "lost" : info->unknown ? "not known" : "ok";
}

void show_uplink_summary(const UplinkInfo *info) {
        if (!info->configured)
                print_field("Uplink", "not configured");
        else if (info->unknown)
                print_field("Uplink", "%s" NOT_KNOWN, info->lost ? "lost, reports waiting " : "");
        else
                print_field("Uplink", "%s, %" PRIu64 " report%s waiting", state_text(info),
                            info->waiting, info->waiting == 1 ? "" : "s");
}

static void show_answer(const UplinkInfo *info) {
        char when[WHEN_TEXT_MAX], ago[AGO_TEXT_MAX];

        if (info->last_answer > 0 && info->last_status > 0)
                print_field("Last answer", "HTTP %d on %s; %s", info->last_status,
                            when_text(when, info->last_answer), ago_text(ago, info->last_answer));
        print_field("Error", "%s", info->last_error);
        if (info->next_try > 0)
                print_field("Next try", "%s; %s", when_text(when, info->next_try),
                            ago_text(ago, info->next_try));
}

static void show_waiting(const UplinkInfo *info) {
        char when[WHEN_TEXT_MAX], ago[AGO_TEXT_MAX], data[160];
        Text text;

        if (info->unknown) {
                print_field("Waiting", NOT_KNOWN);
                return;
        }
        text_init(&text, data, sizeof data);
        text_printf(&text, "%" PRIu64, info->waiting);
        if (info->waiting > info->waiting_uplink)
                text_printf(&text,
                            " (uplink %" PRIu64 ", downlink-sent %" PRIu64 ", location %" PRIu64
                            ", notification %" PRIu64 ")",
                            info->waiting_uplink, info->waiting_downlink_sent,
                            info->waiting_location, info->waiting_notification);
        if (info->oldest > 0)
                print_field("Waiting", "%s, the oldest since %s; %s", data,
                            when_text(when, info->oldest), ago_text(ago, info->oldest));
        else
                print_field("Waiting", "%s", data);
}

static void show_uplink(const UplinkInfo *info) {
        char when[WHEN_TEXT_MAX], ago[AGO_TEXT_MAX];
        const bool set_aside = info->set_aside && info->set_aside[0] != '\0';
        Style style = info->lost ? STYLE_RED : info->unknown ? STYLE_YELLOW : STYLE_GREEN;

        if (!info->configured) {
                (void) puts("No uplink is configured.");
                return;
        }
        (void) printf("%s%s%s uplink %s\n", style_begin(style), glyph(GLYPH_DOT), style_end(style),
                      state_text(info));
        print_field("URL", "%s", info->url);
        if (info->lost_since > 0)
                print_field("Lost", "since %s; %s", when_text(when, info->lost_since),
                            ago_text(ago, info->lost_since));
        show_answer(info);
        show_waiting(info);
        if (set_aside)
                print_field("Set aside", "%s: the server takes none", info->set_aside);
        if (!info->unknown) {
                print_field("Accepted", "%" PRIu64, info->accepted);
                print_field("Refused", "%" PRIu64, info->refused);
                print_field("Dropped", "%" PRIu64, info->dropped);
        }
        print_field("Slow answers", "%" PRIu64, info->slow);
}

static Status uplink_status(Client *client) {
        _cleanup_(uplink_info_done) UplinkInfo info = {};
        Document document;
        Status status;

        status = uplink_info_get(client, &info);
        if (status != STATUS_DONE)
                return status;
        if (client->json) {
                json_uplink(document_begin(&document), &info);
                document_end(&document, "\n");
        } else
                show_uplink(&info);
        return STATUS_DONE;
}

Status verb_uplink(Client *client, int n, char *words[]) {
        Status status;

        if (n == 0 || streq(words[0], "status"))
                return uplink_status(client);
        if (!streq(words[0], "flush")) {
                complain("uplink: '%s' is neither status nor flush", words[0]);
                return STATUS_USAGE;
        }
        status = call_manager(client, "FlushUplink", NULL, NULL);
        if (status == STATUS_DONE)
                print_done(client, "Waiting reports are sent now.");
        return status;
}
