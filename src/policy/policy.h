/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* "May this module do this now?" One pure function: all facts come in as one struct, the verdict
 * and the finding of every rule go out. `fotactl explain` prints the very same findings that
 * decided. Order of rules is precedence: the first that does not pass decides. */

#include <fotad/vocabulary.h>

#include "policy/radio.h"
#include "policy/several.h"
#include "policy/versions.h"

#define POLICY_WINDOWS_MAX 8
#define POLICY_OFFSETS_MAX 16

/* Delays that a module takes, in minutes (HL78xx: AT+WDSR=?, 0-1440; 0 would be a refusal). */
#define DEFER_MIN_MINUTES 1
#define DEFER_MAX_MINUTES 1440
/* A verdict that is expected to change within this is waited for; the request stays unanswered
 * (held). */
#define HOLD_LIMIT (30 * USEC_PER_MINUTE)

typedef enum Decision { DECISION_ACCEPT, DECISION_ASK, DECISION_DEFER, _DECISION_MAX } Decision;
DECLARE_STRING_TABLE(decision, Decision);

/* Half-open, wall time, belongs to the day it starts; end <= start runs over midnight; start == end
 * is the whole day. */
typedef struct Window {
        uint8_t weekdays;            /* bit 0 Monday .. bit 6 Sunday */
        uint16_t start_min, end_min; /* minutes since local midnight, 0..1440 */
} Window;

/* What happens once a request has waited for as long as `deadline`. */
typedef enum OnDeadline {
        DEADLINE_ACCEPT, /* accepted, inside a window */
        DEADLINE_FORCE,  /* accepted, at any time */
        DEADLINE_ASK,    /* only a person can accept it from then on */
        _ON_DEADLINE_MAX
} OnDeadline;
DECLARE_STRING_TABLE(on_deadline, OnDeadline);

typedef struct ActionPolicy {
        Decision decision;
        size_t n_windows; /* 0: always open */
        Window windows[POLICY_WINDOWS_MAX];
        usec_t jitter; /* a window opens later by a part of this, which is the module's; 0: none */
        uint64_t max_size_bytes; /* 0: no limit */
        usec_t defer;            /* longest delay that is sent; 0: DEFER_DEFAULT */
        usec_t fits;             /* an install needs at least so much of its window left */
        usec_t deadline;         /* counts from the first request; 0: none */
        OnDeadline on_deadline;
        int min_rssi_dbm; /* require: at least so strong a signal; 0: any */
        bool no_roaming;  /* require: in the home network */
} ActionPolicy;
#define DEFER_DEFAULT (30 * USEC_PER_MINUTE)
#define FITS_DEFAULT (15 * USEC_PER_MINUTE)

typedef struct Policy {
        char name[POLICY_NAME_MAX];
        VersionRules from; /* what a module may run when it is updated */
        VersionRules to;   /* what it may be updated to, where that is known */
        ActionPolicy actions[_ACTION_MAX];
} Policy;

/* connect accept, download ask, install ask, reboot follows install, uninstall ask; always open */
void policy_init_default(Policy *policy);
/* "Mon..Fri 01:00-05:00", "Sat,Sun 22:00-04:00", "03:00-04:00" (every day). -EINVAL */
_must_use_ int window_parse(const char *text, Window *ret);
#define WINDOW_TEXT_MAX 64
char *window_format(char to[static WINDOW_TEXT_MAX], const Window *window);

/* Local time = UTC + offset from `from` on; sorted; the first entry also holds before it. */
typedef struct ZoneOffsets {
        size_t n;
        struct {
                usec_t from;
                int offset_sec;
        } entries[POLICY_OFFSETS_MAX];
} ZoneOffsets;
int zone_offset_at(const ZoneOffsets *zone, usec_t realtime);

typedef enum Rule {
        RULE_MODULE,       /* the module itself is there and takes an answer */
        RULE_STORAGE,      /* the intent can be written down */
        RULE_BARRIER,      /* every module has been reconciled after start */
        RULE_PREREQUISITE, /* what the module needs for an update is there */
        RULE_CONCURRENT,   /* gateway.concurrent_installs */
        RULE_SOAK,         /* gateway.soak: another of the family proves itself first */
        RULE_KEEP_ONLINE,  /* gateway.keep_online */
        RULE_UPLINK_PATH,  /* gateway.uplink_module: last, and not without gateway.other_path */
        RULE_INHIBITOR,    /* somebody holds it back for a while */
        RULE_DEFERRAL,     /* a person deferred it, or suspended the download */
        RULE_VERSION,      /* from, to */
        RULE_SIZE,         /* max_size, and the size must be known */
        RULE_DEADLINE,     /* on_deadline: ask, and nobody has answered yet */
        RULE_CLOCK,        /* windows need a trusted clock */
        RULE_WINDOW,
        RULE_DECISION, /* accept, ask (with or without consent), defer */
        RULE_REQUIRE,  /* the radio is good enough; last, as the module has to be asked */
        _RULE_MAX,
} Rule;
DECLARE_STRING_TABLE(rule, Rule);

typedef struct Consent {
        bool given;
        bool now;          /* overrides windows (accept --now) */
        usec_t until;      /* realtime; USEC_INFINITY: until the request ends */
        char by[64];       /* who, e.g. "root (uid 0)" */
        uint64_t bytes;    /* what was shown: package size, 0 unknown; ... */
        char firmware[64]; /* ... and the version it is for */
        uint64_t row;      /* of the journal, the newest when it was given */
} Consent;

/* Who holds the action back: of several inhibitors, the one that lasts longest. */
#define INHIBITOR_WHO_MAX 48
#define INHIBITOR_WHY_MAX 80
typedef struct Inhibited {
        unsigned n;   /* 0: nobody */
        usec_t until; /* realtime of its end; USEC_INFINITY: when its owner lets go */
        char who[INHIBITOR_WHO_MAX];
        char why[INHIBITOR_WHY_MAX];
} Inhibited;

/* Why the module takes no answer, or no order: nothing that a policy says. */
#define HINDRANCE_TEXT_MAX 160
typedef struct Hindrance {
        char text[HINDRANCE_TEXT_MAX]; /* for people; "" nothing is in the way */
        const char *event;             /* static: what ends it, "the module to ask again" */
        usec_t until; /* realtime at which it ends by itself at the latest, USEC_INFINITY nobody
                         knows */
} Hindrance;

/* All that the verdict depends on. */
typedef struct Question {
        Action action;
        bool brief;           /* nobody reads the findings: only the one that decides gets a text */
        const Policy *policy; /* borrowed */
        Clock now;
        const ZoneOffsets *zone; /* borrowed */
        bool clock_trusted;
        char clock_problem[96]; /* why not, and what helps; "" nothing to say */
        uint32_t jitter_share;  /* of ActionPolicy.jitter, in units of 2^-32: jitter_share_of() */
        usec_t clock_trusted_from; /* realtime from which it is trusted by itself, USEC_INFINITY
                                      unknown; not looked at while it is */

        Hindrance hindrance;
        bool storage_ok;
        bool barrier_open;    /* true: grants may go */
        usec_t barrier_until; /* realtime at which it opens by itself at the latest, USEC_INFINITY
                                 unknown */
        char missing[160];    /* prerequisites that are not met, for people; "" none */
        unsigned installs_running, concurrent_installs; /* limit 0: none */
        char down[POLICY_NAME_MAX];                     /* the first that runs, "" none */
        Soak soak;
        unsigned modules_usable, keep_online; /* usable without this module */
        usec_t usable_from; /* realtime at which enough of them will be; 0: nobody knows */
        UplinkPath uplink;
        Inhibited inhibited;

        bool size_known;
        uint64_t package_bytes;
        usec_t size_wait_until; /* realtime until which an unknown size is waited for; 0: not any
                                   more */
        char firmware[64];
        char target[64]; /* the version that it leads to, "" unknown */
        bool no_package; /* it is about something else: size, versions and the radio do not matter
                          */
        bool asked;      /* the module, or fotad for it, asks for this now ... */
        usec_t waited;   /* ... and has for so long */
        usec_t reissued_from; /* realtime after which a yes begins nothing by itself: only the
                                 update server can, by asking again; 0: never */
        usec_t waited_since;  /* realtime, from which that counts once the clock is trusted; 0: boot
                                 time counts it */
        size_t n_readings;
        RadioReading readings[RADIO_READINGS_MAX]; /* the newest last */
        Consent consent;
        usec_t consent_undated; /* realtime; a clock that is trusted before that dates the yes anew;
                                   0: it is dated */
        usec_t deferred_until;  /* realtime; 0: nobody deferred */
        char deferred_by[64];
        bool suspended;      /* a person stopped the download until he resumes it */
        bool reports_result; /* connect only: the connection that reports an install; accepted
                                regardless of windows */
        bool may_report;     /* connect only: it may become one at any time */
} Question;

typedef enum VerdictKind {
        VERDICT_ACCEPT,
        VERDICT_HOLD,  /* leave the request unanswered: a person is asked, or the verdict changes
                          soon */
        VERDICT_DEFER, /* tell the module to ask again in `minutes` */
} VerdictKind;
DECLARE_STRING_TABLE(verdict_kind, VerdictKind);

#define FINDING_TEXT_MAX 192
typedef struct Finding {
        Rule rule;
        bool wordless; /* the text is not wanted */
        bool applies;  /* false: the rule has nothing to say on this question */
        bool passes;
        usec_t next_change; /* realtime at which it may next be true, 0: is true, USEC_INFINITY:
                               only an event can change it */
        char text[FINDING_TEXT_MAX]; /* its inputs for people: "open Sat,Sun 02:00-04:00; opens Sat
                                        02:00" */
} Finding;

typedef struct Verdict {
        VerdictKind kind;
        Action action; /* of the question */
        Rule because; /* the rule that decided: the first that does not pass, RULE_DECISION when all
                         pass */
        unsigned minutes;   /* VERDICT_DEFER: 1..1440 */
        usec_t next_change; /* realtime at which to ask again, earliest moment at which the verdict
                               may differ; USEC_INFINITY: an event only */
        Finding findings[_RULE_MAX];
} Verdict;

/* Never fails; the same question gives the same verdict. */
void policy_judge(const Question *question, Verdict *ret);
/* The last moment at which it can begin in the window that is open or opens next; USEC_INFINITY:
 * windows do not matter. */
usec_t policy_last_moment(const Question *question);
/* Realtime at which the deadline of what is asked for is over; USEC_INFINITY: there is none ahead.
 */
usec_t policy_deadline(const Question *question);
/* Is the consent still for what is asked now? */
bool consent_is_valid(const Consent *consent, const Question *question);
/* The part of a jitter that is this module's: the first 32 bits of the SHA-256 of what it is known
 * by, so that it is the same every night and in every version. */
uint32_t jitter_share_of(const char *dev_eui);
/* When a yes given at `realtime` to what `n` questions ask together ends: CONSENT_GRACE after the
 * end of the first opening in which it could have been used; with no windows, that long after it
 * was given. */
usec_t consent_end(const Question *questions, size_t n, usec_t realtime);
#define CONSENT_GRACE USEC_PER_DAY

/* Which policy decided: the first digits of the SHA-256 of its canonical text. */
#define POLICY_VERSION_MAX 13
#define POLICY_TEXT_MAX 8192
/* Every rule of it, one a line and in a fixed order; its name is no rule. */
void policy_write(const Policy *policy, Text *to);
/* Twelve hexadecimal digits; "" when the hash fails. Returns `to`. */
char *policy_version(const Policy *policy, char to[static POLICY_VERSION_MAX]);
