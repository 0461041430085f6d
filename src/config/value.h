/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a value may look like: one reader a type. The schema names them. */

#include "config/tree.h"

/* Where relative names of files lead, and whether the mode of a file matters there. */
typedef struct FileContext {
        const char *directory;   /* of the configuration file */
        const char *credentials; /* $CREDENTIALS_DIRECTORY, NULL: not set */
} FileContext;

typedef struct ValueRow ValueRow;
/* All that a reader sees. */
typedef struct ValueContext {
        Reporter *reporter;
        const char *path; /* for messages */
        const Node *node; /* the value */
        const ValueRow *row;
        const FileContext *files;
} ValueContext;

/* Fills the member at `to`; complains itself when it can not, and leaves `to` alone then. */
typedef void (*ValueReader)(const ValueContext *context, void *to);

struct ValueRow {
        const char *path;    /* "modules.*.device": * any name or entry, + any action */
        ValueReader read;    /* NULL: not in this version ... */
        const char *why;     /* ... or for this reason */
        size_t offset, size; /* of the member, in what the path begins with */
        uint64_t min, max;
        NodeKind kind; /* scalar unless said */
        bool required;
};

/* char[size], printable; a word also has no & % + or space */
void read_text(const ValueContext *context, void *to);
void read_word(const ValueContext *context, void *to);
void read_path(const ValueContext *context, void *to); /* absolute, at most `max` long */
/* A file that is there; relative names are resolved. A private one nobody else may read. */
void read_file_name(const ValueContext *context, void *to);
void read_private_file_name(const ValueContext *context, void *to);
/* The same, but one that is not there yet is only warned of. */
void read_package_file(const ValueContext *context, void *to);
void read_sha256(const ValueContext *context, void *to);  /* lower-case hex */
void read_number(const ValueContext *context, void *to);  /* unsigned or uint64_t, min..max */
void read_span(const ValueContext *context, void *to);    /* usec_t, min..max */
void read_minutes(const ValueContext *context, void *to); /* unsigned; a span, min..max */
void read_bool(const ValueContext *context, void *to);    /* true, false and what YAML has for it */
void read_unless(const ValueContext *context, void *to);  /* bool: is it false? */
void read_byte(const ValueContext *context, void *to);    /* uint8_t, "26" or "0x1A" */
void read_size(const ValueContext *context, void *to);    /* uint64_t bytes */
void read_family(const ValueContext *context, void *to);
void read_family_name(const ValueContext *context, void *to); /* char[size] */
void read_baud_rate(const ValueContext *context, void *to);
void read_flow_control(const ValueContext *context, void *to);
void read_imei(const ValueContext *context, void *to);
void read_apn(const ValueContext *context, void *to);
void read_pin_file(const ValueContext *context, void *to);
void read_apn_password_file(const ValueContext *context, void *to);
void read_session_mode(const ValueContext *context, void *to);
void read_retry_timers(const ValueContext *context, void *to); /* into FamilySettings */
void read_class(const ValueContext *context, void *to);        /* bool: is it class A? */
void read_dev_eui(const ValueContext *context, void *to);
void read_trusted_time(const ValueContext *context, void *to);
void read_timezone(const ValueContext *context, void *to);
void read_interface(const ValueContext *context, void *to); /* char[size], of the network */
void read_url(const ValueContext *context, void *to);
void read_key_file(const ValueContext *context, void *to);
void read_event_classes(const ValueContext *context, void *to);
void read_report_kinds(const ValueContext *context, void *to);
void read_proxy(const ValueContext *context, void *to);
void read_decimal(const ValueContext *context, void *to); /* int64_t millionths, -max..max */
void read_format(const ValueContext *context, void *to);
void read_listen(const ValueContext *context, void *to); /* an address, as base/address.h has it */

/* Rules of policies (rules.c) */
void read_decision(const ValueContext *context, void *to);
void read_windows(const ValueContext *context, void *to);  /* into an ActionPolicy */
void read_versions(const ValueContext *context, void *to); /* a VersionList */
void read_on_deadline(const ValueContext *context, void *to);
void read_rssi(const ValueContext *context, void *to);    /* int, as AT+CSQ tells it */
void read_roaming(const ValueContext *context, void *to); /* bool: must it not? */

/* What becomes part of an AT command (telit.c) */
void read_quotable(const ValueContext *context, void *to); /* char[size] */
void read_international_number(const ValueContext *context, void *to);
void read_phone_number(const ValueContext *context, void *to); /* with or without + */
void read_ip_address(const ValueContext *context, void *to);
void read_telit_protocol(const ValueContext *context, void *to);
void read_telit_bearer(const ValueContext *context, void *to);
void read_keep_settings(const ValueContext *context, void *to); /* into FamilySettings */
/* Can it stand between the quotes of an AT command? */
bool text_is_quotable(const char *text);

/* sets of characters for strspn() */
#define DIGITS "0123456789"
#define HEX_DIGITS DIGITS "abcdefABCDEF"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
static inline bool has_only(const char *text, const char *characters) {
        return text[strspn(text, characters)] == '\0';
}

/* "..., did you mean 'x'?", or nothing; `candidates` ends with NULL */
#define HINT_MAX 128
/* NULL: none */
const char *hint_print(char to[static HINT_MAX], const char *word);
const char *hint_for(char to[static HINT_MAX], const char *word, const char *const *candidates);

/* Of the word that `node`, the value or an entry of it, is; -EINVAL: none, told. `words` ends with
 * NULL. */
int word_index(const ValueContext *context, const Node *node, const char *const *words);

/* Where the name leads: absolute. `ret_checked` (may be NULL): its mode matters. */
void file_resolve(const FileContext *files, const char *name, char ret[static PATH_MAX],
                  bool *ret_checked);

#define VALUE_ERROR(context, ...) \
        report_error((context)->reporter, (context)->node, (context)->path, __VA_ARGS__)
#define VALUE_WARNING(context, ...) \
        report_warning((context)->reporter, (context)->node, (context)->path, __VA_ARGS__)
