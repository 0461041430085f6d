/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Readers of plain values: words, numbers, spans.
 *
 * Each gets one node, writes one member, or says what is wrong and what would be right. The member
 * keeps its default then, so that reading goes on and finds the next error too. */

#include "config/value.h"

#include <stdio.h>

const char *hint_print(char to[static HINT_MAX], const char *word) {
        to[0] = '\0';
        if (word)
                (void) snprintf(to, HINT_MAX, ", did you mean '%s'?", word);
        return to;
}

const char *hint_for(char to[static HINT_MAX], const char *word, const char *const *candidates) {
        return hint_print(to, text_nearest(word, candidates));
}

void read_text(const ValueContext *context, void *to) {
        const char *text = context->node->text;

        if (text[0] == '\0' || text_has_control(text, strlen(text)))
                VALUE_ERROR(context, "must be printable text");
        else if (strlen(text) >= context->row->size)
                VALUE_ERROR(context, "too long, at most %zu characters", context->row->size - 1);
        else
                (void) text_copy(to, context->row->size, text);
}

void read_word(const ValueContext *context, void *to) {
        for (const char *p = context->node->text; *p != '\0'; p++)
                if (strchr("&%+ ", *p) || (unsigned char) *p >= 0x7f) {
                        VALUE_ERROR(context, "'%s' may hold only ASCII without &, %%, + and spaces",
                                    context->node->text);
                        return;
                }
        read_text(context, to);
}

void read_path(const ValueContext *context, void *to) {
        size_t max = context->row->max > 0 ? context->row->max : context->row->size - 1;

        if (context->node->text[0] != '/')
                VALUE_ERROR(context, "'%s' is not an absolute path", context->node->text);
        else if (strlen(context->node->text) > max)
                VALUE_ERROR(context, "too long, at most %zu characters", max);
        else
                read_text(context, to);
}

/* Digits only: no sign, no unit. */
static int number_parse(const char *text, uint64_t *ret) {
        uint64_t value;

        if (!has_only(text, DIGITS))
                return -EINVAL;
        if (size_parse(text, &value) < 0)
                return -EINVAL;
        *ret = value;
        return 0;
}

void read_number(const ValueContext *context, void *to) {
        const ValueRow *row = context->row;
        uint64_t value;

        if (number_parse(context->node->text, &value) < 0 || value < row->min || value > row->max)
                VALUE_ERROR(context, "'%s' is not a number from %llu to %llu", context->node->text,
                            (unsigned long long) row->min, (unsigned long long) row->max);
        else if (row->size == sizeof(unsigned))
                *(unsigned *) to = (unsigned) value;
        else
                *(uint64_t *) to = value;
}

/* The node is the value or an entry of it. -EINVAL: told. */
static int span_read(const ValueContext *context, const Node *node, usec_t min, usec_t max,
                     usec_t *ret) {
        char least[SPAN_TEXT_MAX], most[SPAN_TEXT_MAX];
        usec_t span = 0;

        if (node->kind != NODE_SCALAR || span_parse(node->text, &span) < 0)
                report_error(context->reporter, node, context->path,
                             "'%s' is not a span of time such as 30min, 1h 30min or 14d",
                             node->kind == NODE_SCALAR ? node->text : "...");
        else if (span < min || span > max)
                report_error(context->reporter, node, context->path,
                             "'%s' is out of range, %s to %s", node->text, span_format(least, min),
                             span_format(most, max));
        else {
                *ret = span;
                return 0;
        }
        return -EINVAL;
}

void read_span(const ValueContext *context, void *to) {
        (void) !span_read(context, context->node, context->row->min, context->row->max, to);
}

static int minutes_read(const ValueContext *context, const Node *node, usec_t min, usec_t max,
                        unsigned *ret) {
        usec_t span;
        int r = span_read(context, node, min, max, &span);

        if (r < 0)
                return r;
        if (span % USEC_PER_MINUTE != 0) {
                report_error(context->reporter, node, context->path,
                             "'%s' is not a whole number of minutes such as 15min", node->text);
                return -EINVAL;
        }
        *ret = (unsigned) (span / USEC_PER_MINUTE);
        return 0;
}

void read_minutes(const ValueContext *context, void *to) {
        (void) minutes_read(context, context->node, context->row->min, context->row->max, to);
}

void read_retry_timers(const ValueContext *context, void *to) {
        FamilySettings *settings = to;
        const Node *list = context->node;
        unsigned timers[RETRY_TIMERS_MAX] = {};
        bool good = true;

        if (list->n == 0 || list->n > RETRY_TIMERS_MAX) {
                VALUE_ERROR(context, "must be 1 to %d spans of time", RETRY_TIMERS_MAX);
                return;
        }
        /* only the first may be 0: no second try at all */
        for (size_t i = 0; i < list->n; i++)
                good &= minutes_read(context, list->values[i], i == 0 ? 0 : USEC_PER_MINUTE,
                                     RETRY_MINUTES_MAX * USEC_PER_MINUTE, &timers[i]) >= 0;
        if (!good)
                return;
        settings->n_retry_timers = list->n;
        memcpy(settings->retry_timers, timers, sizeof timers);
}

void read_bool(const ValueContext *context, void *to) {
        static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };

        for (size_t i = 0; i < ELEMENTSOF(words); i++)
                if (strcasecmp(words[i], context->node->text) == 0) {
                        *(bool *) to = i % 2 == 1;
                        return;
                }
        VALUE_ERROR(context, "'%s' is neither true nor false", context->node->text);
}

void read_byte(const ValueContext *context, void *to) {
        const char *text = context->node->text;
        bool hex = strncmp(text, "0x", 2) == 0 && text[2] != '\0' && has_only(text + 2, HEX_DIGITS);
        uint64_t value = UINT64_MAX;

        if (hex)
                value = strtoull(text + 2, NULL, 16);
        else
                (void) !number_parse(text, &value);
        if (value > UINT8_MAX)
                VALUE_ERROR(context, "'%s' is not a byte: 0 to 255, or 0x00 to 0xFF", text);
        else
                *(uint8_t *) to = (uint8_t) value;
}

void read_size(const ValueContext *context, void *to) {
        uint64_t bytes;

        if (size_parse(context->node->text, &bytes) < 0 || bytes == 0)
                VALUE_ERROR(context, "'%s' is not a size such as 512K or 2M", context->node->text);
        else
                *(uint64_t *) to = bytes;
}

/* NULL: told. */
static const Family *family_read(const ValueContext *context) {
        const Family *family = family_find(context->node->text);
        char hint[HINT_MAX];

        if (family)
                return family;
        VALUE_ERROR(context, "no family '%s'%s", context->node->text,
                    hint_for(hint, context->node->text, family_names()));
        return NULL;
}

void read_family(const ValueContext *context, void *to) {
        const Family *family = family_read(context);

        if (family)
                *(const Family **) to = family;
}

void read_family_name(const ValueContext *context, void *to) {
        const Family *family = family_read(context);

        if (family && !family_can(family, VERB_PUSH))
                VALUE_ERROR(context, "a module of family %s takes no package over its port",
                            family->name);
        else if (family)
                (void) text_copy(to, context->row->size, family->name);
}

void read_baud_rate(const ValueContext *context, void *to) {
        static const unsigned rates[] = { 1200,   2400,    4800,    9600,    19200,
                                          38400,  57600,   115200,  230400,  460800,
                                          921600, 1000000, 2000000, 3000000, 4000000 };
        uint64_t value = 0;

        (void) !number_parse(context->node->text, &value);
        for (size_t i = 0; i < ELEMENTSOF(rates); i++)
                if (rates[i] == value) {
                        *(unsigned *) to = rates[i];
                        return;
                }
        VALUE_ERROR(context, "'%s' is not a usual baud rate such as 115200", context->node->text);
}

int word_index(const ValueContext *context, const Node *node, const char *const *words) {
        char hint[HINT_MAX];

        for (int i = 0; words[i]; i++)
                if (streq(words[i], node->text))
                        return i;
        report_error(context->reporter, node, context->path, "'%s' is not known%s", node->text,
                     hint_for(hint, node->text, words));
        return -EINVAL;
}

void read_flow_control(const ValueContext *context, void *to) {
        static const char *const words[] = { "none", "rts-cts", NULL };
        int i = word_index(context, context->node, words);

        if (i >= 0)
                *(bool *) to = i == 1;
}

void read_session_mode(const ValueContext *context, void *to) {
        const char *words[_SESSION_MODE_MAX + 1] = {};
        int i;

        for (i = 0; i < _SESSION_MODE_MAX; i++)
                words[i] = session_mode_to_string((SessionMode) i);
        i = word_index(context, context->node, words);
        if (i >= 0)
                *(SessionMode *) to = (SessionMode) i;
}

void read_class(const ValueContext *context, void *to) {
        const char *text = context->node->text;

        if (streq(text, "A") || streq(text, "C"))
                *(bool *) to = text[0] == 'A';
        else
                VALUE_ERROR(context, "'%s' is not a class that there is here: A or C", text);
}

void read_unless(const ValueContext *context, void *to) {
        bool value = true;

        read_bool(context, &value);
        *(bool *) to = !value;
}

void read_decimal(const ValueContext *context, void *to) {
        const int64_t most = (int64_t) context->row->max * LOCATION_UNIT;
        int64_t value;

        if (decimal_parse(context->node->text, &value) < 0 || value < -most || value > most)
                VALUE_ERROR(context, "'%s' is not a number from -%llu to %llu such as 48.874931",
                            context->node->text, (unsigned long long) context->row->max,
                            (unsigned long long) context->row->max);
        else
                *(int64_t *) to = value;
}

/* One bit for each word of the list. */
static void words_read(const ValueContext *context, const char *const *words, unsigned *ret) {
        unsigned bits = 0;

        for (size_t k = 0; k < context->node->n; k++) {
                const Node *item = context->node->values[k];
                int i = item->kind == NODE_SCALAR ? word_index(context, item, words) : -EINVAL;

                if (item->kind != NODE_SCALAR)
                        report_error(context->reporter, item, context->path,
                                     "must be a list of words");
                if (i >= 0)
                        bits |= 1u << i;
        }
        *ret = bits;
}

void read_event_classes(const ValueContext *context, void *to) {
        static const char *const words[] = { "fota", "alerts", "status", NULL };

        words_read(context, words, to);
}

void read_report_kinds(const ValueContext *context, void *to) {
        const char *words[_REPORT_KIND_MAX + 1] = {};

        for (int i = 0; i < _REPORT_KIND_MAX; i++)
                words[i] = report_kind_to_string((ReportKind) i);
        words_read(context, words, to);
}

void read_format(const ValueContext *context, void *to) {
        const char *words[_UPLINK_FORMAT_MAX + 1] = {};
        int i;

        for (i = 0; i < _UPLINK_FORMAT_MAX; i++)
                words[i] = uplink_format_to_string((UplinkFormat) i);
        i = word_index(context, context->node, words);
        if (i >= 0)
                *(UplinkFormat *) to = (UplinkFormat) i;
}

/* The last digit of an IMEI (3GPP TS 23.003, annex B): doubled odd digits, digit sums, a multiple
 * of ten. */
static bool luhn_is_valid(const char *digits) {
        unsigned sum = 0;

        for (size_t i = 0; digits[i] != '\0'; i++) {
                unsigned digit = (unsigned) (digits[i] - '0') * (i % 2 == 1 ? 2 : 1);

                sum += digit / 10 + digit % 10;
        }
        return sum % 10 == 0;
}

void read_imei(const ValueContext *context, void *to) {
        const char *text = context->node->text;

        if (strlen(text) != 15 || !has_only(text, DIGITS)) {
                VALUE_ERROR(context, "'%s' is not an IMEI: 15 digits", text);
                return;
        }
        if (!luhn_is_valid(text))
                VALUE_WARNING(context, "'%s' has a wrong check digit: is there a typing error?",
                              text);
        (void) text_copy(to, context->row->size, text);
}

void read_apn(const ValueContext *context, void *to) {
        if (!has_only(context->node->text, LETTERS DIGITS ".-_"))
                VALUE_ERROR(context, "'%s' is not an APN: letters, digits, '.', '-', '_'",
                            context->node->text);
        else
                read_text(context, to);
}

void read_sha256(const ValueContext *context, void *to) {
        const char *text = context->node->text;
        char *out = to;

        if (strlen(text) != SHA256_HEX_MAX - 1 || !has_only(text, HEX_DIGITS)) {
                VALUE_ERROR(context, "'%s' is not a SHA-256: 64 hexadecimal digits", text);
                return;
        }
        for (; *text != '\0'; text++)
                *out++ = *text >= 'A' && *text <= 'F' ? (char) (*text - 'A' + 'a') : *text;
        *out = '\0';
}

void read_dev_eui(const ValueContext *context, void *to) {
        const char *text = context->node->text;
        char *out = to;

        if (strlen(text) != DEV_EUI_MAX - 1 || !has_only(text, HEX_DIGITS)) {
                VALUE_ERROR(context, "'%s' is not a DevEUI: 16 hexadecimal digits", text);
                return;
        }
        for (; *text != '\0'; text++)
                *out++ = *text >= 'a' && *text <= 'f' ? (char) (*text - 'a' + 'A') : *text;
        *out = '\0';
}

/* As the kernel takes them (dev_valid_name()); ':' is for aliases, which are addresses. */
void read_interface(const ValueContext *context, void *to) {
        const char *text = context->node->text;

        if (text[0] == '\0' || strlen(text) >= context->row->size || streq(text, ".") ||
            streq(text, "..") || strpbrk(text, "/: \t"))
                VALUE_ERROR(context, "'%s' is not the name of a network interface such as eth0",
                            text);
        else if (streq(text, "lo"))
                VALUE_ERROR(context, "'lo' leads nowhere: it is this gateway itself");
        else
                read_text(context, to);
}

void read_trusted_time(const ValueContext *context, void *to) {
        const char *words[_TRUSTED_TIME_MAX + 1] = {};
        int i;

        for (i = 0; i < _TRUSTED_TIME_MAX; i++)
                words[i] = trusted_time_to_string((TrustedTime) i);
        i = word_index(context, context->node, words);
        if (i >= 0)
                *(TrustedTime *) to = (TrustedTime) i;
}
