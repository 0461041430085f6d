/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Readers of values that lead out of the file: secrets, other files, time zones, URLs.
 *
 * A secret is read into a buffer on the stack that is wiped again; no message ever shows a byte of
 * it. Files are opened without blocking and must be regular ones, so that a configuration can not
 * make the daemon hang on a FIFO or a terminal. */

#include "config/value.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#define SECRET_MAX 4096
#define ZONEINFO "/usr/share/zoneinfo"

void file_resolve(const FileContext *files, const char *name, char ret[static PATH_MAX],
                  bool *ret_checked) {
        bool credential = false;

        if (name[0] == '/')
                (void) text_copy(ret, PATH_MAX, name);
        if (name[0] != '/' && files->credentials) {
                (void) snprintf(ret, PATH_MAX, "%s/%s", files->credentials, name);
                credential = access(ret, F_OK) == 0;
        }
        if (name[0] != '/' && !credential)
                (void) snprintf(ret, PATH_MAX, "%s/%s", files->directory, name);
        if (ret_checked)
                *ret_checked = !credential;
}

/* Where the value leads. -EINVAL: nowhere, told. */
static int file_locate(const ValueContext *context, char path[static PATH_MAX], bool *ret_checked) {
        if (context->node->text[0] == '\0' || strlen(context->node->text) >= PATH_MAX / 2) {
                VALUE_ERROR(context, "is not the name of a file");
                return -EINVAL;
        }
        file_resolve(context->files, context->node->text, path, ret_checked);
        return 0;
}

#define COMPLAINT_MAX 128

/* Opens a regular file. A descriptor, or -EINVAL and what is wrong with it. */
static int regular_open(const char *path, struct stat *ret_stat, char complaint[COMPLAINT_MAX]) {
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

        if (fd < 0 || fstat(fd, ret_stat) < 0) {
                (void) snprintf(complaint, COMPLAINT_MAX, "can not be read: %s", strerror(errno));
                return -EINVAL;
        }
        if (!S_ISREG(ret_stat->st_mode)) {
                (void) text_copy(complaint, COMPLAINT_MAX, "is not a regular file");
                return -EINVAL;
        }
        return TAKE_FD(fd);
}

/* 32 digits without dashes, in lower case. */
static bool key_parse(const char *text, char to[static 33]) {
        size_t n = 0;

        for (; *text != '\0'; text++) {
                int value = hex_digit(*text);

                if (*text == '-')
                        continue;
                if (value < 0 || n == 32)
                        return false;
                to[n++] = (char) (value < 10 ? '0' + value : 'a' + value - 10);
        }
        to[n] = '\0';
        return n == 32;
}

static bool pin_is_valid(const char *text) {
        const size_t n = strlen(text);

        return n >= 4 && n <= 8 && has_only(text, DIGITS);
}

/* Somebody wrote the secret where its file is to be named: a PIN or a key, in a file that people
 * may well read. It is not repeated in a message, which more of them read. */
static bool is_secret_itself(const char *text) {
        char key[33] = "";
        const bool is_key = key_parse(text, key);

        explicit_bzero(key, sizeof key);
        return is_key || pin_is_valid(text);
}

/* Opens what the value names: a regular file that others may not read when it is `private`. A
 * descriptor, or -EINVAL: told. */
static int file_open(const ValueContext *context, bool private, char path[static PATH_MAX]) {
        _cleanup_close_ int fd = -EBADF;
        char complaint[COMPLAINT_MAX];
        struct stat st;
        bool checked;

        if (file_locate(context, path, &checked) < 0)
                return -EINVAL;
        fd = regular_open(path, &st, complaint);
        if (fd < 0 && private && is_secret_itself(context->node->text)) {
                VALUE_ERROR(context, "names the file that holds the secret, and not the secret");
                return fd;
        }
        if (fd < 0) {
                VALUE_ERROR(context, "%s %s", path, complaint);
                return fd;
        }
        if (private && checked && (st.st_mode & 0007) != 0) {
                VALUE_ERROR(context, "%s can be used by everybody: chmod o= %s", path, path);
                return -EINVAL;
        }
        return TAKE_FD(fd);
}

static void file_name_read(const ValueContext *context, bool private, char *to) {
        char path[PATH_MAX];
        _cleanup_close_ int fd = file_open(context, private, path);

        if (fd >= 0)
                (void) text_copy(to, context->row->size, path);
}

void read_file_name(const ValueContext *context, void *to) {
        file_name_read(context, /* private= */ false, to);
}

void read_private_file_name(const ValueContext *context, void *to) {
        file_name_read(context, /* private= */ true, to);
}

void read_package_file(const ValueContext *context, void *to) {
        char path[PATH_MAX], complaint[COMPLAINT_MAX];
        struct stat st;
        int fd;

        if (file_locate(context, path, NULL) < 0)
                return;
        fd = regular_open(path, &st, complaint);
        if (fd < 0)
                VALUE_WARNING(context, "%s %s", path, complaint);
        (void) fd_close(fd);
        (void) text_copy(to, context->row->size, path);
}

static void wipe(char (*buffer)[SECRET_MAX + 1]) {
        explicit_bzero(*buffer, sizeof *buffer);
}

/* The content without the line end behind it. -EINVAL: told. */
static int secret_read(const ValueContext *context, char ret[static SECRET_MAX + 1]) {
        char path[PATH_MAX];
        _cleanup_close_ int fd = file_open(context, /* private= */ true, path);
        ssize_t n;

        if (fd < 0)
                return fd;
        n = read(fd, ret, SECRET_MAX + 1);
        if (n < 0 || n > SECRET_MAX) {
                VALUE_ERROR(context, "%s %s", path,
                            n < 0 ? "can not be read" : "is larger than 4 KiB");
                return -EINVAL;
        }
        if (n > 0 && ret[n - 1] == '\n')
                n--;
        if (n > 0 && ret[n - 1] == '\r')
                n--;
        ret[n] = '\0';
        if (strlen(ret) != (size_t) n) {
                VALUE_ERROR(context, "%s is not a text file", path);
                return -EINVAL;
        }
        return 0;
}

void read_pin_file(const ValueContext *context, void *to) {
        _cleanup_(wipe) char secret[SECRET_MAX + 1] = "";

        if (secret_read(context, secret) < 0)
                return;
        if (!pin_is_valid(secret))
                VALUE_ERROR(context, "the file does not hold a PIN: 4 to 8 digits");
        else
                (void) text_copy(to, context->row->size, secret);
}

void read_apn_password_file(const ValueContext *context, void *to) {
        _cleanup_(wipe) char secret[SECRET_MAX + 1] = "";

        if (secret_read(context, secret) < 0)
                return;
        if (secret[0] == '\0' || strlen(secret) >= context->row->size || !text_is_quotable(secret))
                VALUE_ERROR(context,
                            "the file does not hold a password: 1 to %zu printable ASCII "
                            "characters without quotes",
                            context->row->size - 1);
        else
                (void) text_copy(to, context->row->size, secret);
}

/* Keys that people make up: few different digits, one half twice, or bytes that count up. */
static bool key_looks_made_up(const char key[static 33]) {
        unsigned seen = 0, bytes[16], steps = 0;

        for (size_t i = 0; i < ELEMENTSOF(bytes); i++) {
                unsigned high = (unsigned) hex_digit(key[2 * i]) & 15;
                unsigned low = (unsigned) hex_digit(key[2 * i + 1]) & 15;

                seen |= 1u << high | 1u << low;
                bytes[i] = high << 4 | low;
        }
        for (size_t i = 2; i < ELEMENTSOF(bytes); i++)
                steps += ((bytes[i] - bytes[i - 1]) & 0xff) == ((bytes[1] - bytes[0]) & 0xff);
        return steps == ELEMENTSOF(bytes) - 2 || strncmp(key, key + 16, 16) == 0 ||
               __builtin_popcount(seen) < 8;
}

void read_key_file(const ValueContext *context, void *to) {
        _cleanup_(wipe) char secret[SECRET_MAX + 1] = "";
        char key[33];

        if (secret_read(context, secret) < 0)
                return;
        if (!key_parse(secret, key))
                VALUE_ERROR(context, "the file does not hold a key: 32 hexadecimal digits");
        else {
                if (key_looks_made_up(key))
                        VALUE_WARNING(context,
                                      "the key looks made up: better `openssl rand -hex 16`");
                (void) text_copy(to, context->row->size, key);
        }
        explicit_bzero(key, sizeof key);
}

static bool zone_name_is_safe(const char *name) {
        return name[0] != '/' && name[0] != '\0' && !strstr(name, "..") && strlen(name) < 64 &&
               has_only(name, LETTERS DIGITS "/_+-");
}

void read_timezone(const ValueContext *context, void *to) {
        const char *name = context->node->text;
        char path[PATH_MAX];
        struct stat st;

        (void) snprintf(path, sizeof path, ZONEINFO "/%.64s", name);
        if (!zone_name_is_safe(name))
                VALUE_ERROR(context, "'%s' is not the name of a time zone such as Europe/Paris",
                            name);
        else if (!streq(name, "UTC") && (stat(path, &st) < 0 || !S_ISREG(st.st_mode)))
                VALUE_ERROR(context, "no time zone '%s' in " ZONEINFO "%s", name,
                            access(ZONEINFO, F_OK) < 0 ? ": is tzdata installed?" : "");
        else
                (void) text_copy(to, context->row->size, name);
}

static bool host_is_loopback(const char *host) {
        struct in6_addr six;
        struct in_addr four;

        if (streq(host, "localhost"))
                return true;
        if (inet_pton(AF_INET, host, &four) == 1)
                return ntohl(four.s_addr) >> 24 == 127;
        return inet_pton(AF_INET6, host, &six) == 1 &&
               memcmp(&six, &in6addr_loopback, sizeof six) == 0;
}

static bool port_is_valid(const char *text, size_t n) {
        unsigned port = 0;

        for (size_t i = 0; i < n && port <= UINT16_MAX; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return false;
                port = port * 10 + (unsigned) (text[i] - '0');
        }
        return n > 0 && port > 0 && port <= UINT16_MAX;
}

/* "host", "host:port", "[::1]:port" -> host; NULL, or what is wrong. */
static const char *authority_complaint(const char *text, size_t n, char host[static 256]) {
        const char *end = text + n, *stop;
        struct in6_addr six;

        if (memchr(text, '@', n))
                return "may not hold a user or password";
        if (n > 0 && text[0] == '[') {
                stop = memchr(text++, ']', n);
                if (!stop)
                        return "has no host";
        } else {
                stop = memchr(text, ':', n);
                stop = stop ? stop : end;
        }
        if (stop == text || stop - text > 255)
                return "has no host";
        memcpy(host, text, (size_t) (stop - text));
        host[stop - text] = '\0';
        if (*(text - 1) == '[' ? inet_pton(AF_INET6, host, &six) != 1 :
                                 !has_only(host, LETTERS DIGITS ".-_"))
                return "has a wrong host";
        stop += stop < end && *stop == ']';
        if (stop < end && (*stop != ':' || !port_is_valid(stop + 1, (size_t) (end - stop) - 1)))
                return "has a wrong port";
        return NULL;
}

static const char *url_complaint(const char *url) {
        bool secure = strncmp(url, "https://", 8) == 0;
        const char *rest = url + (secure ? 8 : 7), *complaint;
        char host[256];

        if (!secure && strncmp(url, "http://", 7) != 0)
                return "does not begin with https://";
        for (const char *p = url; *p != '\0'; p++)
                if ((unsigned char) *p <= 0x20 || (unsigned char) *p >= 0x7f ||
                    strchr("\"<>\\^`{|}", *p))
                        return "has characters that must be percent-encoded";
        if (strpbrk(url, "?#"))
                return "may not have a query or fragment: fotad adds its own query";
        complaint = authority_complaint(rest, strcspn(rest, "/"), host);
        if (complaint)
                return complaint;
        return secure || host_is_loopback(host) ?
                       NULL :
                       "must be https: http is for loopback addresses only";
}

/* What stands before an @ would be a password, and passwords have no place in this file. */
void read_proxy(const ValueContext *context, void *to) {
        static const char *const schemes[] = { "http://", "https://", "socks5h://" };
        const char *text = context->node->text, *host = NULL;

        if (streq(text, "none") || streq(text, PROXY_ENVIRONMENT)) {
                (void) text_copy(to, context->row->size, streq(text, "none") ? "" : text);
                return;
        }
        for (size_t i = 0; i < ELEMENTSOF(schemes) && !host; i++)
                if (text_starts_with(text, schemes[i]))
                        host = text + strlen(schemes[i]);
        if (strchr(text, '@'))
                VALUE_ERROR(context, "the URL must not hold a user or a password");
        else if (!host || !has_only(host, LETTERS DIGITS ".-:[]/") || host[0] == '\0')
                VALUE_ERROR(context,
                            "'%s' is neither none, environment, nor a URL such as "
                            "http://proxy.example.com:3128",
                            text);
        else
                read_text(context, to);
}

void read_url(const ValueContext *context, void *to) {
        const char *complaint = url_complaint(context->node->text);

        /* what stands before an @ is a password, as likely as not */
        if (complaint && strchr(context->node->text, '@'))
                VALUE_ERROR(context, "the URL %s", complaint);
        else if (complaint)
                VALUE_ERROR(context, "'%s' %s", context->node->text, complaint);
        else
                read_text(context, to);
}
