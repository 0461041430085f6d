/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* VERB_ARM of HL78xx, and a part of its VERB_START: keeps the agreements, the indications, the
 * polling and the retry timers of the module what they must be, and says what somebody else had
 * made of them. Only what differs is written, because some firmware writes its flash for each.
 *
 * What surprises: the answer of AT+WDSI? looks like an indication, see hear_level(). */

#include <stdio.h>

#include "families/hl78xx.h"

/* Bits of AT+WDSI that every HL78xx has: events 0 to 16, 18 and 23 (note, 7.2: 0-4479). */
#define WDSI_MASK_DEFAULT 4479U
#define WDSI_EVENT_LAST 25

static Reason begin(FamilyModule *module, const ChatReply *reply _unused_) {
        module->findings.drift[0] = '\0';
        return REASON_NONE;
}

/* which indications there are */

/* "+WDSI: (0-4479)" means any mix of these bits, and so does "(0-127,256-383,4096-4223,4352-4479)":
 * every bit of every upper bound. */
static Reason hear_mask(FamilyModule *module, const ChatReply *reply) {
        Hl78xx *hl = hl78xx_of(module);
        const char *p = reply_line(reply, "+WDSI:");
        unsigned mask = 0;

        for (; *p; p++)
                if (*p == '-') {
                        const char *upper = p + 1;
                        const int64_t bound = field_number(&upper);
                        if (bound > 0 && bound < (1 << 16))
                                mask |= (unsigned) bound;
                }
        if (reply->outcome != CHAT_OK || mask == 0 || mask == hl->mask_refused)
                mask = WDSI_MASK_DEFAULT;
        hl->mask = mask;
        return REASON_NONE;
}

static bool phrase_mask_range(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_add(to, "AT+WDSI=?");
        return hl78xx_of(module)->mask == 0;
}

/* the level that is set */

static bool line_is_bare(const char *data) {
        data += strspn(data, "0123456789");
        return data[strspn(data, " \t")] == '\0';
}

static void deliver(FamilyModule *module, int64_t event) {
        char line[32];

        (void) snprintf(line, sizeof(line), "+WDSI: %lld", (long long) event);
        module->family->on_line(module, line);
}

static void deliver_all(FamilyModule *module, const int64_t *events, size_t n) {
        for (size_t i = 0; i < n; i++)
                deliver(module, events[i]);
}

/* The level to hl->level, what may be an event to ret[WDSI_HELD_MAX]; returns how many these are.
 * A level that is greater than any event is no riddle. */
static size_t take_numbers(FamilyModule *module, const ChatReply *reply, int64_t *ret) {
        size_t n = 0;

        for (size_t i = 0; i < reply->n_lines; i++) {
                const char *data = line_after(reply->lines[i], "+WDSI:");
                const int64_t number = data ? field_number(&data) : -1;

                if (number > WDSI_EVENT_LAST)
                        hl78xx_of(module)->level = number;
                else if (number >= 0 && n < WDSI_HELD_MAX)
                        ret[n++] = number;
                else if (number >= 0)
                        deliver(module, number);
        }
        return n;
}

/* "+WDSI: 2" may be the level that somebody's script left, or the module that asks for a download.
 * So bare numbers are held back while the question runs, and it is asked a second time when they
 * don't tell: the level is in both answers, an event in one. The event goes on its way then, late
 * but not lost. An event that really came twice in this second is taken for the level: 2 and 3, the
 * ones that wait for an answer, are repeated by the module after 30 minutes. Some firmware prints
 * no level at all: it is not known then. */
static Reason hear_level(FamilyModule *module, const ChatReply *reply) {
        Hl78xx *hl = hl78xx_of(module);

        hl->level = -1;
        hl->n_held = take_numbers(module, reply, hl->held);
        if (hl->level >= 0 || reply->outcome != CHAT_OK) {
                deliver_all(module, hl->held, hl->n_held);
                hl->n_held = 0;
        }
        return reply->outcome == CHAT_TIMEOUT ? REASON_NO_RESPONSE : REASON_NONE;
}

static void take_out(int64_t *numbers, size_t *n, size_t i) {
        (*n)--;
        memmove(numbers + i, numbers + i + 1, (*n - i) * sizeof(*numbers));
}

static void find_common(Hl78xx *hl, int64_t *others, size_t *n_others) {
        for (size_t i = 0; i < hl->n_held; i++)
                for (size_t j = 0; j < *n_others; j++)
                        if (hl->held[i] == others[j]) {
                                hl->level = hl->held[i];
                                take_out(hl->held, &hl->n_held, i);
                                take_out(others, n_others, j);
                                return;
                        }
}

static Reason hear_level_again(FamilyModule *module, const ChatReply *reply) {
        Hl78xx *hl = hl78xx_of(module);
        int64_t others[WDSI_HELD_MAX];
        size_t n_others = take_numbers(module, reply, others);

        if (hl->level < 0 && reply->outcome == CHAT_OK)
                find_common(hl, others, &n_others);
        deliver_all(module, hl->held, hl->n_held);
        deliver_all(module, others, n_others);
        hl->n_held = 0;
        return reply->outcome == CHAT_TIMEOUT ? REASON_NO_RESPONSE : REASON_NONE;
}

static bool phrase_level_again(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        text_add(to, "AT+WDSI?");
        return hl78xx_of(module)->n_held > 0;
}

bool hl78xx_holds_back(const FamilyModule *module, const char *data) {
        const Step *step = ((const Hl78xx *) module)->context.dialogue.step;

        return step && (step->hear == hear_level || step->hear == hear_level_again) &&
               line_is_bare(data);
}

/* The least mask is never somebody else's: fotad itself sets it where the module refuses more, and
 * did so before an update taught the module further bits. */
static Reason conclude_level(FamilyModule *module, const ChatReply *reply _unused_) {
        Hl78xx *hl = hl78xx_of(module);

        hl->mask_is_set = hl->level == hl->mask;
        hl->level_is_foreign = hl->level >= 0 && !hl->mask_is_set &&
                               hl->level != WDSI_MASK_DEFAULT &&
                               (hl->level == 0 || hl->level != hl->mask_accepted);
        return REASON_NONE;
}

static bool phrase_mask(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        const Hl78xx *hl = hl78xx_of(module);

        text_printf(to, "AT+WDSI=%u", hl->mask);
        return !hl->mask_is_set;
}

/* Without indications fotad is blind: a mask that is refused is tried once more with the bits that
 * all have. */
static Reason hear_mask_set(FamilyModule *module, const ChatReply *reply) {
        Hl78xx *hl = hl78xx_of(module);

        if (reply->outcome == CHAT_OK) {
                hl->mask_is_set = true;
                hl->mask_accepted = hl->mask;
                return REASON_NONE;
        }
        if (hl->mask == WDSI_MASK_DEFAULT)
                return REASON_PREREQUISITE_MISSING;
        hl->mask_refused = hl->mask;
        hl->mask = WDSI_MASK_DEFAULT;
        return REASON_NONE;
}

/* agreements, polling, retry timers */

/* The 0 of an unused slot is left out: the module skips it wherever it stands. So is what no module
 * takes: waiting for years because of a broken line is no retry. */
static void hear_timers(Hl78xx *hl, const char *data) {
        hl->has_timers = true;
        hl->timers.n = 0;
        for (size_t i = 0; i < RETRY_TIMERS_MAX; i++) {
                const int64_t minutes = field_number(&data);
                if (minutes > 0 && minutes <= RETRY_MINUTES_MAX)
                        hl->timers.minutes[hl->timers.n++] = (unsigned) minutes;
        }
}

static bool timers_are(const RetryTimers *timers, const unsigned *minutes, size_t n) {
        return timers->n == n && memcmp(timers->minutes, minutes, n * sizeof(*minutes)) == 0;
}

static void find_timers(FamilyModule *module, const unsigned *minutes, size_t n) {
        module->findings.n_retry_timers = n;
        memcpy(module->findings.retry_timers, minutes, n * sizeof(*minutes));
}

static Reason hear_agreements(FamilyModule *module, const ChatReply *reply) {
        Hl78xx *hl = hl78xx_of(module);

        for (size_t i = 0; i < WDSC_NUMBERS; i++)
                hl->wdsc[i] = -1;
        hl->has_timers = false;
        hl->timers.n = 0;
        for (size_t i = 0; i < reply->n_lines; i++) {
                const char *data = line_after(reply->lines[i], "+WDSC:");
                const int64_t mode = data ? field_number(&data) : -1;
                if (mode >= 0 && mode < WDSC_NUMBERS)
                        hl->wdsc[mode] = field_number(&data);
                else if (mode == WDSC_RETRY_TIMERS)
                        hear_timers(hl, data);
        }
        const int64_t poll = MIN_OF(hl->wdsc[WDSC_POLLING], (int64_t) INT32_MAX);
        module->findings.poll_minutes = (unsigned) MAX_OF(poll, (int64_t) 0);
        find_timers(module, hl->timers.minutes, hl->timers.n);
        return REASON_NONE;
}

/* drift */

static bool agreement_is_off(const Hl78xx *hl, int mode) {
        return hl->wdsc[mode] >= 0 && hl->wdsc[mode] != 1;
}

/* What fotad left there, or has already told of, is no news: the settings may have changed since,
 * or the module refused them. */
static bool polling_is_foreign(const Hl78xx *hl, const FamilySettings *settings) {
        const int64_t found = hl->wdsc[WDSC_POLLING];

        return found >= 0 && found != settings->poll_minutes &&
               !(hl->guarded && found == hl->poll_known);
}

/* Without timers in the settings the module's list is its own affair, but for one: a manual of a
 * popular middleware takes mode 3 and 4 for the agreements, and who follows it with AT+WDSC=3,1 and
 * AT+WDSC=4,1 has a module that connects every minute and tries a failed session only once again.
 * The polling is set back, for its right value is known. The list is told, and left: the one that
 * the module was made with differs between products, a guess would be just another list that nobody
 * chose, and retrying too rarely harms no update. Once it is named in the settings, it is set. */
static bool timers_are_foreign(const Hl78xx *hl, const FamilySettings *settings) {
        static const unsigned trap[] = { 1 };

        if (!hl->has_timers ||
            (hl->guarded && timers_are(&hl->timers, hl->timers_known.minutes, hl->timers_known.n)))
                return false;
        if (settings->n_retry_timers > 0)
                return !timers_are(&hl->timers, settings->retry_timers, settings->n_retry_timers);
        return timers_are(&hl->timers, trap, ELEMENTSOF(trap));
}

static Text *next_part(Text *to) {
        if (to->length > 0)
                text_add(to, ", ");
        return to;
}

static void describe_timers(const RetryTimers *timers, Text *to) {
        if (timers->n == 0)
                return text_add(next_part(to), "no retry timers");
        text_add(next_part(to), "retry timers");
        for (size_t i = 0; i < timers->n; i++)
                text_printf(to, " %u", timers->minutes[i]);
        text_add(to, " min");
}

static void describe_drift(const Hl78xx *hl, const FamilySettings *settings, Text *to) {
        const bool download_off = agreement_is_off(hl, WDSC_DOWNLOAD);
        const bool install_off = agreement_is_off(hl, WDSC_INSTALL);

        if (download_off || install_off)
                text_printf(to, "download %s, install %s", download_off ? "not asked" : "asked",
                            install_off ? "not asked" : "asked");
        if (hl->level_is_foreign && hl->level == 0)
                text_add(next_part(to), "indications off");
        else if (hl->level_is_foreign)
                text_printf(next_part(to), "indications %lld", (long long) hl->level);
        if (polling_is_foreign(hl, settings) && hl->wdsc[WDSC_POLLING] == 0)
                text_add(next_part(to), "polling off");
        else if (polling_is_foreign(hl, settings))
                text_printf(next_part(to), "polling every %lld min",
                            (long long) hl->wdsc[WDSC_POLLING]);
        if (timers_are_foreign(hl, settings))
                describe_timers(&hl->timers, to);
}

static Reason conclude_drift(FamilyModule *module, const ChatReply *reply _unused_) {
        Hl78xx *hl = hl78xx_of(module);
        const FamilySettings *settings = module->settings;
        Text drift;

        text_init(&drift, module->findings.drift, sizeof(module->findings.drift));
        describe_drift(hl, settings, &drift);
        hl->guarded = true;
        hl->poll_known = hl->wdsc[WDSC_POLLING];
        hl->timers_known = hl->timers;
        hl->timers_wanted = settings->n_retry_timers > 0 &&
                            !(hl->has_timers && timers_are(&hl->timers, settings->retry_timers,
                                                           settings->n_retry_timers));
        return REASON_NONE;
}

/* arm */

static bool phrase_agreement(FamilyModule *module, int mode, int state, Text *to) {
        text_printf(to, "AT+WDSC=%d,%d", mode, state);
        return hl78xx_of(module)->wdsc[mode] != state;
}
static bool phrase_arm_download(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        return phrase_agreement(module, WDSC_DOWNLOAD, 1, to);
}
static bool phrase_arm_install(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        return phrase_agreement(module, WDSC_INSTALL, 1, to);
}
static bool phrase_arm_connect(FamilyModule *module, const VerbArgs *args, Text *to) {
        return phrase_agreement(module, WDSC_CONNECT, args->ask_connect ? 1 : 0, to);
}
static Reason hear_armed(FamilyModule *module, const ChatReply *reply) {
        if (reply->outcome != CHAT_OK) {
                module->findings.armed = false;
                return REASON_PREREQUISITE_MISSING;
        }
        return REASON_NONE;
}

/* A module that does not speak of polling is asked for it only when it shall poll. */
static bool phrase_polling(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        const int64_t found = hl78xx_of(module)->wdsc[WDSC_POLLING];
        const unsigned wanted = module->settings->poll_minutes;

        text_printf(to, "AT+WDSC=%d,%u", WDSC_POLLING, wanted);
        return found < 0 ? wanted > 0 : found != wanted;
}
static Reason hear_polling(FamilyModule *module, const ChatReply *reply) {
        if (reply->outcome == CHAT_OK) {
                hl78xx_of(module)->poll_known = module->settings->poll_minutes;
                module->findings.poll_minutes = module->settings->poll_minutes;
        }
        return REASON_NONE;
}

static bool phrase_timers_in(FamilyModule *module, size_t slots, Text *to) {
        const FamilySettings *settings = module->settings;

        text_printf(to, "AT+WDSC=%d", WDSC_RETRY_TIMERS);
        for (size_t i = 0; i < slots; i++)
                text_printf(to, ",%u",
                            i < settings->n_retry_timers ? settings->retry_timers[i] : 0);
        return hl78xx_of(module)->timers_wanted;
}
/* Some products want all 8, with 0 for an unused one; others take no 0, and fewer. */
static bool phrase_timers(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        return phrase_timers_in(module, RETRY_TIMERS_MAX, to);
}
static bool phrase_fewer_timers(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        const size_t n = module->settings->n_retry_timers;

        return phrase_timers_in(module, n, to) && n < RETRY_TIMERS_MAX;
}
static Reason hear_timers_set(FamilyModule *module, const ChatReply *reply) {
        Hl78xx *hl = hl78xx_of(module);
        const FamilySettings *settings = module->settings;

        if (reply->outcome == CHAT_OK) {
                hl->timers_wanted = false;
                find_timers(module, settings->retry_timers, settings->n_retry_timers);
                hl->timers_known.n = settings->n_retry_timers;
                memcpy(hl->timers_known.minutes, settings->retry_timers,
                       sizeof(hl->timers_known.minutes));
        }
        return REASON_NONE;
}

static Reason conclude_armed(FamilyModule *module, const ChatReply *reply _unused_) {
        module->findings.armed = true;
        if (hl78xx_of(module)->level >= 0)
                module->findings.indications = true;
        return REASON_NONE;
}

const Step hl78xx_script_guard[] = {
        /* clang-format off */
        { .hear = begin },
        { .phrase = phrase_mask_range,   .hear = hear_mask,        .prefix = "+WDSI:" },
        { .say = "AT+WDSI?",             .hear = hear_level,       .prefix = "+WDSI:", .hears_silence = true },
        { .phrase = phrase_level_again,  .hear = hear_level_again, .prefix = "+WDSI:", .hears_silence = true },
        { .hear = conclude_level },
        { .phrase = phrase_mask,         .hear = hear_mask_set },
        { .phrase = phrase_mask,         .hear = hear_mask_set },
        { .say = "AT+WDSC?",             .hear = hear_agreements,  .prefix = "+WDSC:" },
        { .hear = conclude_drift },
        { .phrase = phrase_arm_download, .hear = hear_armed },
        { .phrase = phrase_arm_install,  .hear = hear_armed },
        { .phrase = phrase_arm_connect,  .optional = true },
        { .phrase = phrase_polling,      .hear = hear_polling },
        { .phrase = phrase_timers,       .hear = hear_timers_set },
        { .phrase = phrase_fewer_timers, .hear = hear_timers_set },
        { .hear = conclude_armed },
        STEP_END,
        /* clang-format on */
};
