/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The last dialogue of a module: a ring of lines over a ring of bytes.
 *
 * Owns both rings, allocated whole by transcript_new() so that storing a line never allocates;
 * pages that were never touched cost nothing. The oldest lines give way when either ring is full.
 * Every text goes through transcript_redact() on its way in: a secret that is not stored can't be
 * shown. */

#include "at/transcript.h"

#include <ctype.h>

#include "base/text.h"

/* half of the cap each: a line costs 16 bytes of index, and AT lines are about that long */
#define TRANSCRIPT_LINES_MAX (TRANSCRIPT_BYTES_MAX / 2 / sizeof(Entry))
#define TRANSCRIPT_TEXT_MAX (TRANSCRIPT_BYTES_MAX / 2)

typedef struct Entry {
        usec_t realtime;
        uint32_t offset;
        uint16_t length;
        uint8_t direction;
} Entry;

struct Transcript {
        uint64_t first; /* sequence of the oldest line held */
        uint64_t next;  /* sequence of the line that comes next; the same when nothing is held */
        size_t begin;   /* offset of the oldest byte */
        size_t n_bytes; /* bytes held */
        Entry entries[TRANSCRIPT_LINES_MAX];
        char text[TRANSCRIPT_TEXT_MAX];
};

Transcript *transcript_new(void) {
        Transcript *transcript = malloc(sizeof(Transcript));

        if (!transcript)
                return NULL;
        transcript->first = transcript->next = 1;
        transcript->begin = transcript->n_bytes = 0;
        return transcript;
}

Transcript *transcript_free(Transcript *transcript) {
        free(transcript);
        return NULL;
}

static void transcript_drop_oldest(Transcript *transcript) {
        size_t length = transcript->entries[transcript->first % TRANSCRIPT_LINES_MAX].length;

        transcript->first++;
        transcript->begin = (transcript->begin + length) % TRANSCRIPT_TEXT_MAX;
        transcript->n_bytes -= length;
}

void transcript_add(Transcript *transcript, usec_t realtime, Direction direction,
                    const char *line) {
        char redacted[TRANSCRIPT_LINE_MAX];
        size_t length, offset, head;

        transcript_redact(redacted, sizeof redacted, line);
        length = strlen(redacted);
        while (transcript->next - transcript->first >= TRANSCRIPT_LINES_MAX ||
               transcript->n_bytes + length > TRANSCRIPT_TEXT_MAX)
                transcript_drop_oldest(transcript);
        offset = (transcript->begin + transcript->n_bytes) % TRANSCRIPT_TEXT_MAX;
        head = MIN_OF(length, TRANSCRIPT_TEXT_MAX - offset);
        memcpy(transcript->text + offset, redacted, head);
        memcpy(transcript->text, redacted + head, length - head);
        transcript->entries[transcript->next % TRANSCRIPT_LINES_MAX] = (Entry) {
                .realtime = realtime,
                .offset = (uint32_t) offset,
                .length = (uint16_t) length,
                .direction = (uint8_t) direction,
        };
        transcript->n_bytes += length;
        transcript->next++;
}

bool transcript_next(const Transcript *transcript, uint64_t after, TranscriptLine *ret) {
        uint64_t sequence =
                usec_add(after, 1) < transcript->first ? transcript->first : usec_add(after, 1);
        const Entry *entry = &transcript->entries[sequence % TRANSCRIPT_LINES_MAX];
        size_t head;

        if (sequence >= transcript->next)
                return false;
        head = MIN_OF((size_t) entry->length, TRANSCRIPT_TEXT_MAX - entry->offset);
        memcpy(ret->text, transcript->text + entry->offset, head);
        memcpy(ret->text + head, transcript->text, entry->length - head);
        ret->text[entry->length] = '\0';
        ret->sequence = sequence;
        ret->realtime = entry->realtime;
        ret->direction = (Direction) entry->direction;
        return true;
}

/* Commands that carry a PIN, a PUK or a password. `answers`: the module's own listing shows it as
 * well; for the others what follows the colon is a state that one wants to see ("+CPIN: SIM PIN").
 */
typedef struct Secret {
        const char *name;
        const char *mode; /* only this first parameter */
        bool answers;
} Secret;

// clang-format off
static const Secret secrets[] = {
        { .name = "+CPIN"                          }, /* and +CPIN2: a digit may follow each name */
        { .name = "+CLCK"                          },
        { .name = "+CPWD"                          },
        { .name = "+CPUK"                          },
        { .name = "+CSIM"                          }, /* a VERIFY of the SIM holds the PIN */
        { .name = "+EPIN"                          },
        { .name = "^SPIC"                          },
        { .name = "#PCT"                           },
        { .name = "#ENCSIM"                        },
        { .name = "#SGACT"                         },
        { .name = "#FTPOPEN"                       },
        { .name = "#SSLSECDATA"                    },
        { .name = "+KPRIVKSTORE"                   },
        { .name = "+UAUTHREQ"                      },
        { .name = "#PASSW",         .answers = true },
        { .name = "#EPASSW",        .answers = true },
        { .name = "#EUSER",         .answers = true },
        { .name = "+WPPP",          .answers = true },
        { .name = "+KFTPCFG",       .answers = true },
        { .name = "+KHTTPCFG",      .answers = true },
        { .name = "+KHTTPSCFG",     .answers = true },
        { .name = "+UPSD",          .answers = true },
        { .name = "#USERID",        .answers = true },
        { .name = "#OTASNAIPCFG",   .answers = true },
        { .name = "#OTASNAPIPCFG",  .answers = true },
        { .name = "#PDPAUTH",       .answers = true },
        { .name = "+CGAUTH",        .answers = true },
        { .name = "+QICSGP",        .answers = true },
        { .name = "$QCPDPP",        .answers = true },
        { .name = "+KCNXCFG",       .answers = true },
        { .name = "^SICI",          .answers = true },
        { .name = "^SICS",          .answers = true },
        { .name = "+WDSS", .mode = "0", .answers = true }, /* =0,"<apn>"[,"<user>"[,"<password>"]] */
};
// clang-format on

static const char *skip_spaces(const char *p) {
        return p + strspn(p, " \t");
}

/* Where the arguments begin when `p`, just behind the name, goes on as this secret does; else NULL.
 */
static const char *secret_arguments(const Secret *secret, const char *p) {
        p += strspn(p, "0123456789");
        p = skip_spaces(p);
        if (*p != '=' && !(*p == ':' && secret->answers))
                return NULL;
        p = skip_spaces(p + 1);
        if (*p == '\0' || *p == '?')
                return NULL;
        if (secret->mode && !text_starts_with(p, secret->mode))
                return NULL;
        return p;
}

/* Every name begins with one of these. */
#define SECRET_MARKS "+^#$"

static const char *secret_behind(const Secret *secret, const char *name) {
        const size_t n = strlen(secret->name);

        return strncasecmp(name, secret->name, n) == 0 ? secret_arguments(secret, name + n) : NULL;
}

/* Each line of a module comes here, and few names begin alike. */
static const char *secret_find_at(const char *name) {
        const int second = toupper((unsigned char) name[1]);

        for (const Secret *secret = secrets; secret < secrets + ELEMENTSOF(secrets); secret++) {
                const char *arguments = *name == *secret->name && second == secret->name[1] ?
                                                secret_behind(secret, name) :
                                                NULL;

                if (arguments)
                        return arguments;
        }
        return NULL;
}

static const char *secret_find(const char *line) {
        const char *arguments = NULL;

        for (const char *p = line; !arguments && *(p += strcspn(p, SECRET_MARKS)) != '\0'; p++)
                arguments = secret_find_at(p);
        return arguments;
}

/* Of a command that is not known here, what follows a text and is one, too: a password comes behind
 * its user. */
static const char *second_text(const char *line) {
        static const char *const harmless[] = { "+CGDCONT", "+COPS", "+CPMS", "+CSCA" };
        const char *name = line + strcspn(line, SECRET_MARKS), *p = name + strcspn(name, "=");

        if (strncasecmp(line, "AT", 2) != 0 || *p == '\0')
                return NULL;
        for (size_t i = 0; i < ELEMENTSOF(harmless); i++)
                if (strncasecmp(name, harmless[i], strlen(harmless[i])) == 0)
                        return NULL;
        for (unsigned quotes = 0; *p != '\0'; p++)
                if (*p == '"' && ++quotes == 3)
                        return p;
        return NULL;
}

void transcript_redact(char *to, size_t size, const char *from) {
        const char *known = secret_find(from), *secret = known ? known : second_text(from);
        size_t visible = secret ? (size_t) (secret - from) : strlen(from);
        Text text;

        visible = MIN_OF(visible, size - 1);
        (void) text_copy(to, visible + 1, from);
        text_init(&text, to + visible, size - visible);
        if (secret)
                text_add(&text, "****");
}
