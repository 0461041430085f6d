/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Paths, and the framing of a request.
 *
 * libmicrohttpd 0.9.75 takes two Content-Lengths, Content-Length with Transfer-Encoding, and blanks
 * before a colon (so that the field has another name), and leaves a CR without LF in the target.
 * All of these are refused here. */

#include "downlink/request.h"

#include "base/text.h"

#define PATH_V1 "/thingpark/lrc/rest/downlink"
#define PATH_V2 "/thingpark/lrc/rest/v2/downlink"
/* RFC 9110, 5.6.2 */
#define TOKEN "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static char *path_of(char *target) {
        static const char *const schemes[] = { "http://", "https://" };

        for (size_t i = 0; i < ELEMENTSOF(schemes); i++) {
                const size_t n = strlen(schemes[i]);

                if (strncasecmp(target, schemes[i], n) == 0)
                        return target + n + strcspn(target + n, "/?#");
        }
        return target;
}

RequestApi request_target(char *target, const char **ret_query) {
        char *path = path_of(target), *query;

        path[strcspn(path, "#")] = '\0';
        query = path + strcspn(path, "?");
        if (*query != '\0')
                *query++ = '\0';
        *ret_query = query;
        if (streq(path, PATH_V1))
                return REQUEST_V1;
        return streq(path, PATH_V2) ? REQUEST_V2 : REQUEST_OTHER;
}

/* RFC 9112, 2.2 and 3.2 */
bool request_target_is_clean(const char *target) {
        return !text_has_control(target, strlen(target));
}

static uint64_t length_of(const char *value) {
        uint64_t bytes = 0;

        for (; *value >= '0' && *value <= '9'; value++) {
                if (bytes > UINT64_MAX / 10 - 1)
                        return UINT64_MAX;
                bytes = bytes * 10 + (uint64_t) (*value - '0');
        }
        return *value == '\0' ? bytes : UINT64_MAX;
}

void request_field(RequestFraming *framing, const char *name, const char *value) {
        if (name[0] == '\0' || name[strspn(name, TOKEN)] != '\0')
                framing->odd = true;
        else if (strcasecmp(name, "Host") == 0)
                framing->n_hosts++;
        else if (strcasecmp(name, "Content-Length") == 0) {
                framing->n_lengths++;
                framing->bytes = length_of(value);
        } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
                framing->n_encodings++;
                framing->odd |= strcasecmp(value, "chunked") != 0;
        }
}

bool request_is_framed(const RequestFraming *framing, const char *version) {
        if (framing->odd || framing->n_hosts > 1 || framing->n_lengths + framing->n_encodings > 1)
                return false;
        return framing->n_encodings == 0 || streq(version, "HTTP/1.1");
}
