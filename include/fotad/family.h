/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The contract of a module family. A family is one file (or one name and its parts): it turns the
 * lines of a module into facts, and says verbs in the module's dialect. It decides nothing, owns no
 * timer, no descriptor and no clock, and keeps no state that a crash may not take: what must
 * survive is in the lifecycle, which tells it everything that a verb needs. Nothing outside the
 * file knows a vendor's command. */

#include <fotad/vocabulary.h>

#include "at/chat.h"
#include "at/xmodem.h"

#define FIRMWARE_MAX 64
#define IMEI_MAX 24
#define ICCID_MAX 24
#define IMSI_MAX 24
#define MODEL_MAX 32
#define SERIAL_MAX 32
#define APN_MAX 101
#define DRIFT_MAX 160
#define RETRY_TIMERS_MAX 8
#define RETRY_MINUTES_MAX 20160
#define SETTING_NAME_MAX 24
#define SETTING_VALUE_MAX 128
#define SETTINGS_END '|'
#define KEEP_SETTINGS_MAX 24
#define MISSING_MAX 160
#define PHONE_NUMBER_MAX 32

/* What a module can tell, whatever its dialect. The comment names what `number` means; else it is
 * 0. */
typedef enum FactKind {
        FACT_NONE,
        FACT_READY, /* SIM unlocked, APN set: a session may be started */
        FACT_ASKED, /* permission asked: number = Action */
        FACT_AUTHENTICATING,
        FACT_AUTH_FAILED,
        FACT_AUTHENTICATED,
        FACT_SESSION_OPENED, /* number: 0 bootstrap, 1 device management */
        FACT_SESSION_REFUSED,
        FACT_SESSION_CLOSED,
        FACT_PACKAGE_OFFERED, /* number = bytes (remaining ones on resume), -1 unknown */
        FACT_DOWNLOAD_STARTED,
        FACT_PROGRESS,        /* number = percent 0..100 */
        FACT_STORED,          /* the package is in the module's flash */
        FACT_DOWNLOAD_FAILED, /* number = Reason */
        FACT_CERTIFIED,
        FACT_NOT_CERTIFIED,
        FACT_INSTALLING, /* do not cut power now */
        FACT_INSTALL_FAILED,
        FACT_INSTALLED,
        FACT_BOOTED,        /* a sign of a restart that says nothing else */
        FACT_ASK_OVER,      /* nobody answered in time: the request is gone */
        FACT_AUTOMATIC,     /* the server starts an update that can't be refused */
        FACT_UPDATE_FAILED, /* at whatever step it was; reason: NONE when the module did not say */
        FACT_REGISTERED,    /* the update server knows this module and its SIM */
        FACT_PROVISIONED,   /* the update server has sent its settings */
        FACT_NOTIFIED,      /* the module has answered a query of the update server */
        FACT_RESULT_TOLD,   /* the update server has the result of the update */
        FACT_SIM_EVENT,     /* a SIM came or went */
        FACT_VERB_DONE,     /* number = Verb */
        FACT_VERB_FAILED,   /* number = Verb; reason says why */
        FACT_UNKNOWN, /* an indication that the family does not know: logged, ignored; text = the
                         line */
        _FACT_MAX,
} FactKind;
DECLARE_STRING_TABLE(fact_kind, FactKind);

typedef struct Fact {
        FactKind kind;
        int64_t number;
        Reason reason;
        const char *text; /* borrowed during the call, may be NULL */
} Fact;

/* What fotad can order. */
typedef enum Verb {
        VERB_START,  /* identify, arm the agreements, read what is true: fills Findings. Idempotent,
                        taken back by itself */
        VERB_UNLOCK, /* enter the SIM PIN */
        VERB_CONTEXT, /* write APN and PDP context */
        VERB_CONNECT,
        VERB_DISCONNECT,
        VERB_ACCEPT, /* args.action */
        VERB_DEFER, /* args.action, args.minutes; also the harmless question "is a request pending?"
                     */
        VERB_SIGNAL, /* read signal and registration */
        VERB_ARM,    /* the part of START that guards the agreements: read them, set them again when
                        somebody changed them (Findings.drift); idempotent */
        VERB_PUSH,   /* send the package args.file over the line; FACT_DOWNLOAD_STARTED with the
                        first block, FACT_PROGRESS on the way */
        VERB_COMMAND,  /* args.command: a person's AT command, its lines go to
                          FamilyHost.on_command_line */
        VERB_REFUSE,   /* args.action: no; the request is over */
        VERB_UPDATE,   /* start an update from here: an ACCEPT that nobody has asked for */
        VERB_REGISTER, /* tell the update server of this module and SIM; FACT_REGISTERED follows
                          when it has answered */
        VERB_SAVE,     /* read the settings that an update loses: FamilyHost.on_setting */
        VERB_RESTORE,  /* write back args.settings where they differ: FamilyHost.on_setting tells of
                          each; idempotent */
        _VERB_MAX,
} Verb;
DECLARE_STRING_TABLE(verb, Verb);

/* Which verbs can't be taken back: they leave only after the commit that holds their intent. */
static inline bool verb_needs_intent(Verb verb) {
        return verb == VERB_UNLOCK || verb == VERB_CONTEXT || verb == VERB_CONNECT ||
               verb == VERB_DISCONNECT || verb == VERB_ACCEPT || verb == VERB_PUSH ||
               verb == VERB_REFUSE || verb == VERB_UPDATE || verb == VERB_REGISTER;
}

/* After it an install may run. */
static inline bool verb_is_grant(Verb verb) {
        return verb == VERB_ACCEPT || verb == VERB_UPDATE;
}

typedef struct VerbArgs {
        Action action;
        unsigned minutes;       /* DEFER: 1..1440 */
        const char *pin;        /* UNLOCK; borrowed during start() */
        const char *command;    /* COMMAND; borrowed during start() */
        const XmodemFile *file; /* PUSH; borrowed until the verb ends */
        unsigned baud_rate;     /* PUSH: of the line */
        bool ask_connect;       /* START, ARM: arm the connect agreement too (policy does not always
                                   accept a connection) */
        bool asked;             /* CONNECT: it waits for an answer to something else */
        bool only_look;         /* START, ARM: an update runs: read, and write nothing */
        const char *known_firmware; /* START: another one than this is asked for twice; NULL: none
                                       is; borrowed until the verb ends */
        const char *known_imei;     /* likewise */
        const char *settings;       /* RESTORE: "NAME VALUE" pairs, each ended by SETTINGS_END;
                                       borrowed until the verb ends */
} VerbArgs;

typedef enum SimState {
        SIM_UNKNOWN,
        SIM_READY,
        SIM_PIN_WANTED,
        SIM_BLOCKED /* PUK, or out of order */,
        SIM_MISSING
} SimState;

/* A three-valued fact read from a module that may not know it. */
typedef enum Tristate { TRISTATE_UNKNOWN = -1, TRISTATE_NO = 0, TRISTATE_YES = 1 } Tristate;

/* What VERB_START and VERB_SIGNAL found. "" and UNKNOWN: the module did not say. */
typedef struct Findings {
        char manufacturer[MODEL_MAX];
        char model[MODEL_MAX];
        char firmware[FIRMWARE_MAX];
        char imei[IMEI_MAX];
        char iccid[ICCID_MAX];
        char imsi[IMSI_MAX];
        char serial_number[SERIAL_MAX];
        SimState sim;
        Tristate session_open;
        Tristate context_differs; /* the configured APN or PDP context is not what the module has:
                                     VERB_CONTEXT wanted */
        Tristate package_waiting; /* the server has a package, or one is half downloaded */
        Tristate package_stored;  /* a package waits for its install */
        Tristate registered;      /* on the network */
        Tristate roaming;
        bool armed;            /* agreements for download and install are on */
        char drift[DRIFT_MAX]; /* what agreements, indications, polling and retry timers had been
                                  set to when it was not ours; "" none */
        size_t n_retry_timers; /* the module's own: minutes after which it tries a failed session
                                  again, 0 ones left out (HL78xx: AT+WDSC=4) */
        unsigned retry_timers[RETRY_TIMERS_MAX];
        unsigned poll_minutes; /* the module opens a session by itself so often, 0: never, or it did
                                  not say (HL78xx: AT+WDSC=3) */
        bool indications;      /* the level was read at least once, and is ours now */
        bool has_signal;
        int signal_dbm;
        bool register_cuts;            /* VERB_REGISTER ends all calls and contexts */
        bool can_update;               /* VERB_UPDATE starts one; else only the update server can */
        char number[PHONE_NUMBER_MAX]; /* of the SIM, as far as it is known */
        bool can_defer;                /* a request can be put off; else only refused */
        bool can_register;             /* VERB_REGISTER has all that it needs */
        Tristate update_running;       /* NO proves nothing */
        char missing[MISSING_MAX]; /* prerequisites of an update that are not met, for people; ""
                                      none */
} Findings;

typedef enum SettingFate {
        SETTING_READ,      /* SAVE: this is its value */
        SETTING_SAME,      /* RESTORE: it was as saved */
        SETTING_RESTORED,  /* RESTORE: written, and read back */
        SETTING_REFUSED,   /* RESTORE: the module took it not */
        SETTING_DIFFERENT, /* RESTORE: taken, and yet another value is read */
        _SETTING_FATE_MAX,
} SettingFate;
DECLARE_STRING_TABLE(setting_fate, SettingFate);

typedef enum TelitProtocol {
        TELIT_SMS,      /* registration and update by SMS (Premium FOTA note, chapter 2) */
        TELIT_COMBINED, /* an SMS triggers, TCP carries (chapter 3) */
        TELIT_TCP,      /* the module begins, over TCP (chapter 4) */
        _TELIT_PROTOCOL_MAX,
} TelitProtocol;
DECLARE_STRING_TABLE(telit_protocol, TelitProtocol);

typedef enum TelitBearer { TELIT_GPRS, TELIT_CSD, _TELIT_BEARER_MAX } TelitBearer;
DECLARE_STRING_TABLE(telit_bearer, TelitBearer);

typedef struct TelitSettings {
        TelitProtocol protocol;               /* sms */
        TelitBearer bearer;                   /* gprs */
        char server_number[PHONE_NUMBER_MAX]; /* sms: international; "" : no registration */
        char server_address[64];              /* combined, tcp: IP address; "" : none */
        unsigned server_port;                 /* combined, tcp: 1..65535 */
        char own_number[PHONE_NUMBER_MAX];    /* of the SIM; "" : the module need not tell it */
        char apn_user[64];
        char apn_password[64];
        bool fix_prerequisites; /* true: what an update needs is set by fotad */
} TelitSettings;

typedef struct FamilySettings {
        char apn[APN_MAX];     /* "" : leave alone */
        unsigned pdp_context;  /* 1..16 */
        unsigned poll_minutes; /* the module opens a session by itself so often, 0: never (HL78xx:
                                  AT+WDSC=3, 0..525600) */
        size_t n_retry_timers; /* 0: leave the module's alone */
        unsigned retry_timers[RETRY_TIMERS_MAX]; /* minutes, 1..RETRY_MINUTES_MAX */
        uint8_t xmodem_pad;                      /* fills the last block, 0x1A */
        unsigned baud_rate;                      /* of the line */
        usec_t answer_window; /* a request is over after so long, 0: never (Telit: 60 s) */
        size_t n_keep_settings;
        char keep_settings[KEEP_SETTINGS_MAX][SETTING_NAME_MAX]; /* saved and restored too */
        TelitSettings telit;
} FamilySettings;

/* What a family may call. All calls are synchronous and must not re-enter the family, except chat
 * handlers. */
typedef struct FamilyHost {
        void (*raise)(void *userdata, const Fact *fact);
        void (*on_command_line)(void *userdata, const char *line);
        /* "+CMEE", "2": the command AT+CMEE=2 would set it; E, V, &K and the like stand as in
         * AT&V. */
        void (*on_setting)(void *userdata, const char *name, const char *value, SettingFate fate);
} FamilyHost;

/* One module of a family: embeds what every family needs; a family's own context starts with it. */
typedef struct FamilyModule {
        const struct Family *family;
        const FamilyHost *host;         /* borrowed */
        void *userdata;                 /* for host */
        Chat *chat;                     /* borrowed */
        const FamilySettings *settings; /* borrowed; may change between verbs */
        Findings findings;              /* of the last START; fields are renewed as they are read */
        Clock now;                      /* set by the caller before every call */
} FamilyModule;

typedef struct Family {
        const char *name;
        size_t size;             /* of its context, which starts with a FamilyModule */
        unsigned verbs;          /* bit per Verb that it can do */
        unsigned actions;        /* bit per Action that its modules ask for */
        usec_t install_watchdog; /* nothing touches the module for so long after a grant */
        usec_t repeat_interval;  /* an unanswered request is asked again after so long, 0: never */
        bool one_question; /* a yes to ACTION_INSTALL is one to the download too: the module goes on
                              by itself from there to its restart */
        usec_t look_interval; /* nothing tells of a restart or a SIM: START looks so often, 0: not
                                 needed */
        /* A line that no command claimed: raise facts. */
        void (*on_line)(FamilyModule *module, const char *line);
        /* Can this line only be an indication, even in the middle of a reply? */
        bool (*is_urc)(const FamilyModule *module, const char *line);
        /* Starts a verb; FACT_VERB_DONE or FACT_VERB_FAILED follows exactly once, never from
         * within. -EBUSY: one runs; -EOPNOTSUPP; -EINVAL: PUSH without a file */
        int (*start)(FamilyModule *module, Verb verb, const VerbArgs *args);
        /* Ends a running VERB_PUSH early; VERB_FAILED with REASON_CANCELLED follows. */
        void (*cancel_push)(FamilyModule *module);
        /* The port was lost: a running verb is forgotten without a fact. */
        void (*abandon)(FamilyModule *module);
        /* An update goes on by itself: does the module's line take nothing until its restart? NULL:
         * it listens. */
        bool (*is_deaf)(const FamilyModule *module);
        /* May a person send this command now? NULL, or why not. `state` is the lifecycle's;
         * `update_runs`: nothing may disturb it. */
        const char *(*refuses_command)(const FamilyModule *module, const char *command, State state,
                                       bool update_runs);
} Family;

static inline bool family_can(const Family *family, Verb verb) {
        return family->verbs & (1U << verb);
}

/* By name from the configuration, NULL when there is none. */
const Family *family_find(const char *name);
/* The names, NULL-terminated. */
const char *const *family_names(void);
