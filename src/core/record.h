/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is kept on disk, as plain rows. Everything that one turn of the loop changes goes into one
 * Batch and so into one transaction: the journal row of a fact, the state that it moved, the report
 * about it. Strings are NUL-terminated. */

#include "base/sha256.h"
#include "core/inhibitor.h"

#define BOOT_ID_MAX 37
#define WHO_MAX 64

/* events: the journal */

#define DETAILS_MAX 8
#define DETAIL_TEXT_MAX 160
typedef struct Detail {
        const char *key; /* static string: percent, bytes, action, by, because, minutes, from, to,
                            reason, kind, holder, ... */
        bool is_number;
        int64_t number;
        char text[DETAIL_TEXT_MAX];
} Detail;

typedef struct EventRow {
        uint64_t sequence; /* 1.., never repeats */
        usec_t realtime;
        char module[MODULE_NAME_MAX]; /* "" : the gateway's */
        EventKind event;
        State state;  /* the module's after the event */
        uint64_t job; /* 0: none */
        size_t n_details;
        Detail details[DETAILS_MAX];
        bool told; /* published already, though not on disk yet; not stored */
} EventRow;

/* jobs: one update, from the moment that somebody or something asked for it */

typedef enum JobSource {
        JOB_SOURCE_SERVER,
        JOB_SOURCE_PERSON,
        JOB_SOURCE_MODULE,
        JOB_SOURCE_FILE,      /* a person pushes a file */
        JOB_SOURCE_CATALOGUE, /* a person wants a version of the catalogue */
        JOB_SOURCE_AUTOMATIC, /* the server started it and asked nobody */
        _JOB_SOURCE_MAX
} JobSource;
DECLARE_STRING_TABLE(job_source, JobSource);
/* fotad itself has the package, and it goes over the line. */
static inline bool job_source_is_pushed(JobSource source) {
        return source == JOB_SOURCE_FILE || source == JOB_SOURCE_CATALOGUE;
}

typedef struct JobRow {
        uint64_t id; /* 1.., never repeats; 0: no job */
        char module[MODULE_NAME_MAX];
        JobSource source;
        char by[WHO_MAX]; /* who asked, "" the server */
        char from[FIRMWARE_MAX];
        char to[FIRMWARE_MAX]; /* known when it ended */
        usec_t since;          /* realtime */
        usec_t finished;       /* realtime, 0: running */
        Outcome outcome;
        Reason reason;
        uint64_t package_bytes; /* 0: unknown */
} JobRow;

/* modules: "On disk for every module" */

typedef enum AnswerKind {
        ANSWER_NONE,
        ANSWER_ACCEPTED,
        ANSWER_DEFERRED,
        ANSWER_REFUSED, /* the module takes none now: only its next ask is answered */
        _ANSWER_MAX,
} AnswerKind;
typedef enum ActState {
        ACT_NONE,
        ACT_INTENDED,
        ACT_SENT,
        ACT_SEEN, /* its effect: the install was launched */
        _ACT_STATE_MAX,
} ActState;

typedef struct Request {
        bool open;
        Action action;
        usec_t asked_realtime, asked_boottime; /* of the last time it was asked */
        usec_t first_realtime;                 /* of the first time */
        usec_t first_boottime;                 /* the same; 0: before the gateway's last boot */
        bool first_dated;       /* first_realtime was read from a clock that could be trusted */
        uint64_t bytes;         /* package size, 0 unknown */
        uint64_t restart_count; /* ModuleRecord.restart_count then */
        bool own; /* fotad asks itself: the module does not wait for an answer. A person wants the
                     update, or the module's own request was over before policy said yes. */
} Request;

typedef struct Answer {
        AnswerKind kind;
        unsigned minutes;
        usec_t until_realtime, until_boottime; /* deferred: when the module asks again */
} Answer;

/* Does the update server know this module with this SIM? */
typedef enum RegistrationState {
        REGISTRATION_UNKNOWN,  /* fotad has not asked it */
        REGISTRATION_DOUBTFUL, /* a SIM was moved: updates wait until it has answered */
        REGISTRATION_ASKED,
        REGISTRATION_DONE,
        REGISTRATION_FAILED, /* asked, and no answer */
        _REGISTRATION_MAX,
} RegistrationState;
DECLARE_STRING_TABLE(registration_state, RegistrationState);

typedef struct Registration {
        RegistrationState state;
        bool wanted;         /* VERB_REGISTER is to be said */
        bool forced;         /* by a person: that is the consent, and windows are open */
        bool doubtful;       /* state was DOUBTFUL before it was asked: updates still wait */
        char imei[IMEI_MAX]; /* for which it is or was wanted */
        char imsi[IMSI_MAX];
        usec_t since; /* realtime, of the state */
} Registration;

/* The settings of a module that an update loses: "NAME VALUE" pairs, each ended by SETTINGS_END. */
#define SNAPSHOT_MAX 2048
typedef struct Snapshot {
        char settings[SNAPSHOT_MAX]; /* "" none yet */
        usec_t taken;                /* realtime, 0: never */
        bool restore_due;            /* an update may have lost them */
        bool incomplete; /* not all came back the last time: kept until a person saves anew */
} Snapshot;

/* How the last install of a module ended: the others of its family look at it (gateway.soak). */
typedef struct LastInstall {
        uint64_t row;             /* of the journal, which said so; 0: none yet */
        char family[16];          /* the module's, then */
        Reason reason;            /* why it failed, REASON_NONE: it succeeded */
        usec_t finished;          /* realtime */
        usec_t finished_boottime; /* 0: before the gateway's last boot */
} LastInstall;

/* The last order that can't be taken back. */
typedef struct Act {
        uint64_t sequence;
        Verb verb;
        Action action;
        ActState state;
        usec_t realtime, boottime;
} Act;

/* "Not before then": stands beside the policy until its time is over or somebody accepts. */
typedef struct Deferral {
        usec_t until; /* realtime; 0 none, USEC_INFINITY until somebody accepts */
        char by[WHO_MAX];
} Deferral;

typedef struct ModuleRecord {
        char name[MODULE_NAME_MAX];
        State state;
        usec_t state_since;    /* realtime */
        usec_t state_boottime; /* valid with boot_id only */
        char boot_id[BOOT_ID_MAX];
        char model[MODEL_MAX];
        char firmware[FIRMWARE_MAX];
        char imei[IMEI_MAX];
        char iccid[ICCID_MAX];
        char imsi[IMSI_MAX];
        char serial_number[SERIAL_MAX];
        char version_before[FIRMWARE_MAX]; /* before the install that runs */
        uint64_t job;                      /* running job, 0 none */
        Request request;
        Answer answer;
        Act act;
        Action consent_action;
        Consent consent;
        Deferral deferrals[_ACTION_MAX]; /* by people and servers */
        Deferral put_off[_ACTION_MAX];   /* by who cancelled, until the next order to update */
        bool wanted_session;
        bool suspended; /* by a person */
        uint64_t package_bytes, remaining_bytes;
        unsigned progress_percent;
        uint64_t restart_count;
        char bad_pin_hash[SHA256_HEX_MAX]; /* salted hash of the PIN that was refused, with
                                              bad_pin_iccid */
        char bad_pin_iccid[ICCID_MAX];     /* "" not known for certain */
        uint32_t fcnt_up;                  /* of the next report */
        uint32_t fcnt_dn;                  /* of the next downlink frame */
        bool push_wanted; /* the package of the job is still to be pushed, or being pushed */
        char hop_to[FIRMWARE_MAX];   /* version that the running job must lead to, "" any */
        char chain_to[FIRMWARE_MAX]; /* version that further jobs of the catalogue lead to, "" none
                                      */
        bool result_due;             /* an install ended: the next connect request reports it */
        bool unattended; /* the module goes through download, check and install by itself: it counts
                            as installing */
        bool told;       /* of such an update: the update server has the result */
        Registration registration;
        char sim_seen_in[MODULE_NAME_MAX];  /* another module that had this one's SIM since, "" none
                                             */
        char imei_seen_in[MODULE_NAME_MAX]; /* another module that has this one's IMEI since, ""
                                               none */
        Snapshot snapshot;
        LastInstall install;
        char denied_told[FIRMWARE_MAX]; /* the version for which `firmware-denied` was told, "" none
                                         */
        usec_t status_told;             /* realtime of the last report on its status */
        char location_told[LOCATION_TEXT_MAX]; /* where the application server thinks it is */
} ModuleRecord;

/* The later of both. */
static inline const Deferral *record_deferral(const ModuleRecord *record, Action action) {
        const Deferral *deferral = &record->deferrals[action], *put_off = &record->put_off[action];

        return deferral->until >= put_off->until ? deferral : put_off;
}

static inline bool action_needs_package(Action action) {
        return action == ACTION_DOWNLOAD || action == ACTION_INSTALL;
}

/* The server was told to have it asked for again. */
static inline bool record_is_reissued(const ModuleRecord *record, Action action) {
        return !record->request.open && record->request.first_realtime > 0 && record->job &&
               record->request.action == action;
}

/* It asked, and was not told yes. */
static inline bool record_waits(const ModuleRecord *record) {
        return record->request.open && record->answer.kind != ANSWER_ACCEPTED;
}

/* What a person who names no action means: what it waits for, else the install. */
static inline Action record_asked_action(const ModuleRecord *record) {
        return record_waits(record) ? record->request.action : ACTION_INSTALL;
}

/* reports: the outbox */

/* What gives way first when the outbox is full: the highest number. Stored. */
typedef enum ReportWorth {
        WORTH_OUTCOME, /* how an update ended, an alert, an answer */
        WORTH_EVENT,
        WORTH_STATUS,
        WORTH_PROGRESS,
        _REPORT_WORTH_MAX
} ReportWorth;

#define REPORT_PAYLOAD_MAX 222
#define REPORT_EXTRA_MAX 160
typedef struct ReportRow {
        uint64_t id; /* 1.., order of sending */
        ReportKind kind;
        ReportWorth worth;
        char module[MODULE_NAME_MAX];
        char dev_eui[DEV_EUI_MAX];
        unsigned fport;
        uint32_t fcnt_up;
        usec_t created; /* realtime of the fact */
        bool has_signal;
        int signal_dbm;
        size_t n_payload;
        uint8_t payload[REPORT_PAYLOAD_MAX];
        char extra[REPORT_EXTRA_MAX]; /* what the kind needs besides */
        bool ack;                     /* UPLINK: a confirmed downlink frame was carried out */
        uint32_t fcnt_dn;             /* of the next downlink frame, when the report was made */
} ReportRow;

typedef enum Settlement { SETTLEMENT_ACCEPTED, SETTLEMENT_REFUSED, SETTLEMENT_DROPPED } Settlement;
typedef struct SettledRow {
        uint64_t id;
        Settlement settlement;
} SettledRow;

typedef struct Spool {
        uint64_t waiting, accepted, refused, dropped;
        usec_t oldest; /* realtime, 0: none */
        uint64_t by_kind[_REPORT_KIND_MAX];
        bool unknown; /* the database can not be read */
} Spool;

typedef struct UplinkStatus {
        int last_status;      /* HTTP, 0: none yet or no answer */
        char last_error[128]; /* "" fine */
        usec_t last_realtime; /* of the last answer, 0 none */
        usec_t next_boottime; /* of the next try, USEC_INFINITY none */
        bool lost;
        usec_t lost_since;  /* realtime, with `lost` */
        uint64_t slow;      /* answers that took longer than 100 ms */
        unsigned set_aside; /* 1 << ReportKind: nothing of it ever passed, the rest goes on */
        Spool spool;
} UplinkStatus;

/* downlink frames: those that wait, and the answers that signed requests got */

#define FRAME_TOKEN_MAX 65
#define FRAME_CORRELATION_MAX 17
#define FRAME_PAYLOAD_MAX 222
typedef enum FrameState {
        FRAME_REFUSED,
        FRAME_WAITING,
        FRAME_CARRIED_OUT,
        FRAME_DROPPED, /* flushed, expired, or it could not be carried out in its time */
        FRAME_FLUSH,   /* a request that only emptied the queue */
        _FRAME_STATE_MAX
} FrameState;

/* What a module asked for when somebody looked: a yes is for that. */
typedef struct Shown {
        bool known; /* false: nobody looked (rows of before version 7) */
        bool asked;
        Action action;
        uint64_t job, bytes; /* 0 unknown */
        char firmware[FIRMWARE_MAX];
} Shown;

typedef struct FrameRow {
        uint64_t id; /* 1.., order of arrival */
        char module[MODULE_NAME_MAX];
        char token[FRAME_TOKEN_MAX]; /* lower case: the same signed request has the same */
        usec_t time;                 /* of the request, as its sender saw it */
        unsigned code;               /* the answer that it got, 0: accepted */
        FrameState state;
        /* of accepted ones */
        usec_t accepted, accepted_boottime; /* realtime; boottime with boot_id only */
        char boot_id[BOOT_ID_MAX];
        usec_t valid_until; /* realtime, 0 no end */
        bool class_a, confirmed;
        unsigned fport;
        uint32_t fcnt_dn;
        char correlation_id[FRAME_CORRELATION_MAX]; /* as it came, "" none */
        char as_id[64];
        Shown shown; /* when it arrived */
        size_t n_payload;
        uint8_t payload[FRAME_PAYLOAD_MAX];
} FrameRow;

/* rows read back for history; handlers return 0 to go on, 1 to stop */

typedef int (*ModuleHandler)(void *userdata, const ModuleRecord *record);
typedef struct HistoryQuery {
        const char *module;  /* "" or NULL: all */
        usec_t since, until; /* realtime, 0: open; of jobs, any part of them */
        size_t limit;        /* the newest so many, oldest first; 0: all */
} HistoryQuery;

typedef int (*JobHandler)(void *userdata, const JobRow *row);
typedef int (*FrameHandler)(void *userdata, const FrameRow *row);
typedef struct StoredEvent {
        uint64_t sequence;
        usec_t realtime;
        const char *module, *event;
        const char *state; /* of the module; NULL: it is about none */
        uint64_t job;
        const char *details_json; /* the details as one JSON object */
} StoredEvent;
typedef int (*EventHandler)(void *userdata, const StoredEvent *row);

#define BATCH_EVENTS_MAX 256
#define BATCH_REPORTS_MAX 256
#define BATCH_SETTLED_MAX 256
#define BATCH_FRAMES_MAX 64
/* Unsaved rows wait here while storage fails; then the oldest events give way and are counted. */
typedef struct Batch {
        size_t n_events, n_reports, n_settled, n_jobs, n_modules;
        uint64_t lost_events;
        EventRow events[BATCH_EVENTS_MAX];
        ReportRow reports[BATCH_REPORTS_MAX];
        SettledRow settled[BATCH_SETTLED_MAX];
        JobRow jobs[MODULES_MAX * 2];             /* the newest version of each; upserted */
        const ModuleRecord *modules[MODULES_MAX]; /* borrowed; upserted */
        size_t n_frames, n_frames_gone;
        FrameRow frames[BATCH_FRAMES_MAX];      /* the newest version of each; upserted */
        uint64_t frames_gone[BATCH_FRAMES_MAX]; /* deleted */
        bool inhibitors_changed;                /* these are all that there are; borrowed */
        size_t n_inhibitors;
        const InhibitorRow *inhibitors[INHIBITORS_MAX];
} Batch;
