/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Readers of what a Telit module is told.
 *
 * All of it ends in AT commands, where a quote would end a text and a semicolon begin another
 * command: what could do that is refused here, with the place. Nothing behind this file looks
 * again. */

#include <arpa/inet.h>

#include "config/value.h"

#define PHONE_DIGITS_MIN 3
#define PHONE_DIGITS_MAX 15 /* ITU-T E.164 */

bool text_is_quotable(const char *text) {
        for (; *text != '\0'; text++)
                if (*text < 0x20 || *text > 0x7e || *text == '"')
                        return false;
        return true;
}

void read_quotable(const ValueContext *context, void *to) {
        if (!text_is_quotable(context->node->text))
                VALUE_ERROR(context, "may hold only printable ASCII without quotes: it becomes "
                                     "part of an AT command");
        else
                read_text(context, to);
}

static bool digits_are_phone_number(const char *digits) {
        size_t n = strlen(digits);

        return n >= PHONE_DIGITS_MIN && n <= PHONE_DIGITS_MAX && has_only(digits, DIGITS);
}

void read_international_number(const ValueContext *context, void *to) {
        const char *text = context->node->text;

        /* no country code begins with 0: that is a prefix for dialling */
        if (text[0] != '+' || text[1] == '0' || !digits_are_phone_number(text + 1))
                VALUE_ERROR(context,
                            "'%s' is not an international number such as +441632960123: '+', the "
                            "country code and all other digits",
                            text);
        else
                read_text(context, to);
}

void read_phone_number(const ValueContext *context, void *to) {
        const char *text = context->node->text;

        if (!digits_are_phone_number(text + (text[0] == '+')))
                VALUE_ERROR(context,
                            "'%s' is not a phone number: %d to %d digits, with or without '+'",
                            text, PHONE_DIGITS_MIN, PHONE_DIGITS_MAX);
        else
                read_text(context, to);
}

void read_ip_address(const ValueContext *context, void *to) {
        const char *text = context->node->text;
        bool is_name = !has_only(text, strchr(text, ':') ? HEX_DIGITS ".:[]" : DIGITS ".");
        struct in6_addr six;
        struct in_addr four;

        if (inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1)
                read_text(context, to);
        else if (is_name)
                VALUE_ERROR(context,
                            "'%s' is not an IP address: the module takes an address, no name; "
                            "`getent ahosts NAME` tells it",
                            text);
        else
                VALUE_ERROR(context,
                            "'%s' is not an IP address such as 192.0.2.10 or 2001:db8::10; the "
                            "port is a key of its own",
                            text);
}

void read_telit_protocol(const ValueContext *context, void *to) {
        const char *words[_TELIT_PROTOCOL_MAX + 1] = {};
        int i;

        for (i = 0; i < _TELIT_PROTOCOL_MAX; i++)
                words[i] = telit_protocol_to_string((TelitProtocol) i);
        i = word_index(context, context->node, words);
        if (i >= 0)
                *(TelitProtocol *) to = (TelitProtocol) i;
}

void read_telit_bearer(const ValueContext *context, void *to) {
        const char *words[_TELIT_BEARER_MAX + 1] = {};
        int i;

        for (i = 0; i < _TELIT_BEARER_MAX; i++)
                words[i] = telit_bearer_to_string((TelitBearer) i);
        i = word_index(context, context->node, words);
        if (i >= 0)
                *(TelitBearer *) to = (TelitBearer) i;
}

/* Commands that do something when they are written, and settings that belong to somebody else. The
 * first match counts; the last row stands for all that begin with it. */
static const struct {
        const char *name, *why;
} not_kept[] = {
        { "A", "it answers a call" },
        { "D", "it dials" },
        { "H", "it ends a call" },
        { "I", "it only tells something" },
        { "O", "it returns to a call" },
        { "Z", "it loads a profile over all settings" },
        { "&F", "it loads the factory's settings over all others" },
        { "&N", "it only tells something" },
        { "&V", "it only tells something" },
        { "&W", "it stores a profile" },
        { "&Z", "it stores a number" },
        { "+CFUN", "it turns the radio off, or restarts the module" },
        { "+CGACT", "it opens and closes contexts" },
        { "+CGATT", "it attaches and detaches the module" },
        { "+CLCK", "it locks the module or the SIM" },
        { "+CMGC", "it sends a message" },
        { "+CMGD", "it deletes messages" },
        { "+CMGS", "it sends a message" },
        { "+CMGW", "it writes a message" },
        { "+CMSS", "it sends a message" },
        { "+COPS", "it looks for a network; an update leaves it as it is" },
        { "+CPBW", "it writes to the phone book" },
        { "+CPIN", "it enters a PIN; sim_pin_file is there for that" },
        { "+CPWD", "it changes a PIN or password" },
        { "+CUSD", "it sends a request to the network" },
        { "+IPR", "it is the speed of the port, see baud_rate" },
        { "#ENHRST", "it restarts the module" },
        { "#GPRS", "it opens and closes a context" },
        { "#REBOOT", "it restarts the module" },
        { "#SGACT", "it opens and closes contexts" },
        { "#SHDN", "it turns the module off" },
        { "#OTA", "it is part of the update; of these only #OTASUAN and #OTASETRI are settings" },
};

/* NULL: it is a setting. */
static const char *why_not_kept(const char *name) {
        if (streq(name, "#OTASUAN") || streq(name, "#OTASETRI"))
                return NULL;
        for (size_t i = 0; i < ELEMENTSOF(not_kept); i++)
                if (streq(name, not_kept[i].name) ||
                    (i == ELEMENTSOF(not_kept) - 1 && text_starts_with(name, not_kept[i].name)))
                        return not_kept[i].why;
        return NULL;
}

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* "+NAME", "#NAME", "&X", a letter, S and a number; in capitals. */
static bool is_setting_name(const char *name) {
        size_t n = strlen(name);

        switch (name[0]) {
        case '+':
        case '#':
                return strspn(name + 1, CAPITALS) > 0 && has_only(name + 1, CAPITALS DIGITS);
        case '&':
                return n == 2 && has_only(name + 1, CAPITALS);
        case 'S':
                return n > 1 && n < 5 && has_only(name + 1, DIGITS) && (n == 2 || name[1] != '0') &&
                       atoi(name + 1) <= UINT8_MAX;
        default:
                return n == 1 && has_only(name, CAPITALS);
        }
}

static void to_capitals(char *text) {
        for (; *text != '\0'; text++)
                if (*text >= 'a' && *text <= 'z')
                        *text = (char) (*text - 'a' + 'A');
}

/* -EINVAL: told. */
static int setting_name_read(const ValueContext *context, const Node *item,
                             char to[static SETTING_NAME_MAX]) {
        const char *text = item->kind == NODE_SCALAR ? item->text : "...", *why;
        bool fits = strlen(text) < SETTING_NAME_MAX;

        if (fits)
                (void) text_copy(to, SETTING_NAME_MAX, text);
        to_capitals(to);
        if (item->kind == NODE_SCALAR && item->is_null)
                report_error(context->reporter, item, context->path,
                             "an entry is empty: names with # or & stand in quotes, as \"#SLED\"");
        else if (!fits)
                report_error(context->reporter, item, context->path,
                             "'%.32s...' is too long, at most %d characters", text,
                             SETTING_NAME_MAX - 1);
        else if (!is_setting_name(to))
                report_error(context->reporter, item, context->path,
                             "'%s' is not the name of a setting such as \"+CLIP\", \"#SLED\", "
                             "\"&K\", E or S0, alone and without a value",
                             text);
        else if ((why = why_not_kept(to)))
                report_error(context->reporter, item, context->path, "%s can not be kept: %s", to,
                             why);
        else
                return 0;
        return -EINVAL;
}

void read_keep_settings(const ValueContext *context, void *to) {
        FamilySettings *settings = to;
        const Node *list = context->node;

        for (size_t i = 0; i < list->n && i < KEEP_SETTINGS_MAX; i++) {
                char *name = settings->keep_settings[settings->n_keep_settings];
                size_t k = 0;

                if (setting_name_read(context, list->values[i], name) < 0)
                        continue;
                while (!streq(settings->keep_settings[k], name))
                        k++;
                if (k < settings->n_keep_settings)
                        report_error(context->reporter, list->values[i], context->path,
                                     "%s stands twice", name);
                else
                        settings->n_keep_settings++;
        }
        if (list->n > KEEP_SETTINGS_MAX)
                report_error(context->reporter, list->values[KEEP_SETTINGS_MAX], context->path,
                             "too many settings, at most %d", KEEP_SETTINGS_MAX);
}
