/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A place as text and back. Owns nothing. */

#include "core/location.h"

#define DIGITS "0123456789"
#define WHOLE_DIGITS_MAX 9
#define FRACTION_DIGITS 6
#define NUMBER_TEXT_MAX 32

int decimal_parse(const char *text, int64_t *ret_millionths) {
        const char *whole = text + (*text == '-');
        const size_t n_whole = strspn(whole, DIGITS);
        const char *fraction = whole + n_whole + (whole[n_whole] == '.');
        const size_t n_fraction = strspn(fraction, DIGITS);
        int64_t value = 0;

        if (n_whole == 0 || n_whole > WHOLE_DIGITS_MAX || fraction[n_fraction] != '\0' ||
            (fraction > whole + n_whole && n_fraction == 0))
                return -EINVAL;
        for (size_t i = 0; i < n_whole; i++)
                value = value * 10 + (whole[i] - '0');
        for (size_t i = 0; i < FRACTION_DIGITS; i++)
                value = value * 10 + (i < n_fraction ? fraction[i] - '0' : 0);
        *ret_millionths = *text == '-' ? -value : value;
        return 0;
}

static void add_decimal(Text *text, int64_t millionths) {
        const uint64_t value = (uint64_t) (millionths < 0 ? -millionths : millionths);

        if (text->length > 0)
                text_add_char(text, ' ');
        if (millionths < 0)
                text_add_char(text, '-');
        text_add_number(text, value / LOCATION_UNIT, 1);
        text_add_char(text, '.');
        text_add_number(text, value % LOCATION_UNIT, FRACTION_DIGITS);
}

char *location_format(char to[static LOCATION_TEXT_MAX], const Location *location) {
        Text text;

        text_init(&text, to, LOCATION_TEXT_MAX);
        if (!location->set)
                return to;
        add_decimal(&text, location->latitude);
        add_decimal(&text, location->longitude);
        if (location->has_altitude)
                add_decimal(&text, location->altitude);
        return to;
}

/* The next word of *text, which moves behind it. */
static int take_decimal(const char **text, int64_t *ret) {
        const size_t n = strcspn(*text, " ");
        char word[NUMBER_TEXT_MAX];

        if (n >= sizeof(word))
                return -EINVAL;
        memcpy(word, *text, n);
        word[n] = '\0';
        *text += n + ((*text)[n] == ' ');
        return decimal_parse(word, ret);
}

int location_parse(const char *text, Location *ret) {
        Location location = { .set = true };

        if (take_decimal(&text, &location.latitude) < 0 ||
            take_decimal(&text, &location.longitude) < 0)
                return -EINVAL;
        location.has_altitude = *text != '\0';
        if (location.has_altitude && (take_decimal(&text, &location.altitude) < 0 || *text != '\0'))
                return -EINVAL;
        *ret = location;
        return 0;
}
