/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One module, private to core/: its record on disk, what is known only in memory, and the
 * parts that act on it. The guards and actions that the lifecycle table names are in rows.h. */

#include "core/gateway.h"
#include "core/rows.h"

#define VERB_QUEUE_MAX 4
#define COMMAND_LINES_MAX 64
#define KEPT_MAX 8
/* A request and its answer may be on the line at the same time for so long. */
#define CROSSING_MAX (2 * USEC_PER_SEC)
/* A job that nothing moves any more ends some day. */
#define JOB_MAX (7 * USEC_PER_DAY)
#define JOB_RESTARTED (6 * USEC_PER_HOUR) /* so long at least after a restart of fotad */

typedef struct Command {
        CommandHandler handler; /* NULL: none waits */
        void *userdata;
        char text[CHAT_COMMAND_MAX + 1];
        bool sent;
        size_t n_lines;
        char *lines[COMMAND_LINES_MAX];
} Command;

#define BUDGET_MAX 240 /* events that a module may cause at once, see journal.c */

typedef struct QueuedVerb {
        Verb verb;
        VerbArgs args;
} QueuedVerb;

/* Boot times at which ends what a person has said since fotad started; 0: it was said before. */
typedef struct WordEnds {
        usec_t deferrals[_ACTION_MAX], put_off[_ACTION_MAX], consent;
        bool by_window; /* the consent ends with a window ... */
        bool undated;   /* ... and the clock was not trusted yet */
} WordEnds;

struct Module {
        Gateway *gateway;
        size_t index;
        const ModuleSettings *settings;
        ModuleRecord record;
        ModuleRecord undo; /* before this turn's decision, if there can be one */
        bool can_undo;
        bool dirty, decided, changed;

        FamilyModule *family;
        Chat *chat;
        Transcript *transcript;
        char dev_eui[DEV_EUI_MAX];
        char policy_version[POLICY_VERSION_MAX]; /* of settings->policy */
        JobRow job, last_job;

        /* what is heard and said */
        bool port_open;
        char port_holder[96];  /* "" : nobody, or not known */
        char port_problem[96]; /* why the port can't be opened when nobody holds it */
        bool verb_runs;
        bool disconnect_wanted;
        bool disconnect_said;       /* and no sign of its end yet */
        char cancelled_by[WHO_MAX]; /* for whom: he gave the update up; "" that is not why */
        bool question;              /* the running DEFER is the harmless question */
        Action question_action;
        bool question_moot; /* the module has asked for a package by itself meanwhile */
        Verb verb;
        size_t n_queued;
        QueuedVerb queue[VERB_QUEUE_MAX];
        Command command;
        size_t n_kept;
        size_t n_early;      /* these were heard before the first block */
        Fact kept[KEPT_MAX]; /* heard during a push */
        Fact fact;           /* the one being handled, for guards and actions */
        State target;        /* the state after the row that runs, for the journal */

        /* known in memory only: rebuilt from the module after a start */
        bool reconciled;
        bool session_open;
        bool context_tried;
        struct {
                char hash[SHA256_HEX_MAX];
                char iccid[ICCID_MAX];
        } pin_before;           /* record.bad_pin_*, before the PIN that is queued */
        bool other_since_grant; /* another package was offered than the one of the request */
        bool offered_since_session;
        bool heard_installed, heard_failed, heard_installing, waited_for_verdict, watchdog_over;
        struct {
                usec_t offered, asked; /* boottime; 0 it was not */
                int64_t bytes;
        } early;              /* the next package, before the last install was proved */
        usec_t launched_at;   /* boottime, when it was heard first that it installs */
        bool grant_uncertain; /* fotad went down between the intent of a grant and the proof that it
                                 was sent */
        bool grant_taken;     /* the module answered the last AT+WDSR, or acted on it */
        usec_t job_until;     /* boottime (the wall clock may jump): it ends then */
        bool asked_since_grant, booted_since_grant; /* heard after it, but no sign of it */
        bool ready;        /* +WDSI: 0 was heard since the last boot: the next one is a restart */
        usec_t port_since; /* boottime */
        usec_t connect_asked; /* boottime, of its last question for a session; 0 none */
        usec_t watchdog_at;   /* boottime: until then a module that installs may be silent */
        Reason told_blocked;  /* journalled last */
        char told_drift[DRIFT_MAX];
        usec_t signal_at; /* boottime of the next look at registration, see look.c */
        usec_t resync_at; /* boottime before which a silent module is not asked again */
        Reason blocked;
        unsigned auth_failures, connect_failures, start_failures, stalls;
        unsigned empty_sessions; /* of this job, in which it was offered nothing */
        usec_t state_deadline;   /* boottime */
        usec_t start_at; /* boottime of the next try of VERB_START after a failed one; USEC_INFINITY
                            none */
        usec_t connect_at; /* boottime before which no session is started */
        usec_t decide_at;  /* boottime at which the verdict may differ; USEC_INFINITY: an event only
                            */
        usec_t size_wait_until; /* boottime */
        usec_t session_since;   /* boottime of its opening */
        usec_t reboot_granted;  /* boottime of the last yes to one, 0 never */
        usec_t up_since;        /* boottime since which it could be used, 0: it can't be */
        usec_t online_asked;    /* boottime of the first question for its network that it has not
                                   answered, 0 none */
        bool renewing;          /* the session is closed to be opened again */
        bool push_ready;        /* the host has the package of record.push_wanted */
        unsigned push_losses;   /* times that the port went away under a push */
        XmodemFile push_file;
        usec_t session_needed;  /* boottime of the last need of a session */
        Verdict verdict;        /* of the open request, as last judged */
        Reason overdue;         /* why, when a step of an unattended update took too long */
        unsigned runs_on;       /* times that it said so after its time */
        usec_t success_until;   /* boottime: so long a success that is told is the last one's; 0 not
                                 */
        usec_t told_until;      /* boottime: so long the word to the server is waited for */
        usec_t register_until;  /* boottime: so long the server's answer is */
        bool register_waits;    /* its registration, until the other modules are online */
        bool registers_again;   /* the last try may never have left */
        bool proof_due;         /* the next update was asked for before the proof of this job's */
        bool missed;            /* of an unattended update: how far it is, since it was not listened
                                   to for a while */
        usec_t look_at;         /* boottime of the next START that nothing has caused */
        usec_t unknown_at;      /* boottime before which no further unknown line is logged */
        usec_t doubt_at;        /* boottime before which module_doubt() does not ask it again */
        bool location_checked;  /* record.location_told is the place of the settings */
        bool restart_due;       /* it installs, and was not seen to restart yet */
        usec_t joined_at;       /* boottime of the last join that was reported */
        usec_t install_over_at; /* boottime at which an accepted install was over, 0 never */
        usec_t reset_told_at;   /* boottime of the reset that was told with it, 0 none */
        usec_t line_toggled;    /* realtime, 0 never */
        bool restore_was_due;   /* when the unattended update began */
        bool save_wanted;       /* the settings are to be read */
        usec_t settings_at;     /* boottime before which they are not touched again */
        bool told_full;         /* that not all of them fit */
        struct SettingsWork *settings_work;
        bool judged;
        unsigned budget;        /* events that the module may still cause now, see journal.c */
        usec_t budget_at;       /* boottime of the last renewal */
        unsigned lines_dropped; /* and not told yet */
        size_t longest_dropped;
        usec_t dropped_at;     /* boottime at which it was told last */
        unsigned told_percent; /* last journalled */
        size_t n_readings;
        RadioReading readings[RADIO_READINGS_MAX]; /* the newest last */
        usec_t radio_asked; /* boottime at which the module was last asked for one, 0 never */
        WordEnds word;
};

/* module.c */
_must_use_ int module_new(Gateway *gateway, size_t index, const ModuleSettings *settings,
                          Module **ret);
Module *module_free(Module *module);
DEFINE_CLEANUP(Module *, module_free)
void module_adopt(Module *module, const ModuleRecord *record, const JobRow *job,
                  const JobRow *last_job);
void module_use(Module *module, size_t index, const ModuleSettings *settings); /* new settings */
const Clock *module_now(const Module *module);
bool module_act_is_old(const Module *module); /* record.act is of before the gateway restarted */
usec_t module_act_age(const Module *module);  /* of record.act; USEC_INFINITY: of before the gateway
                                                 restarted */
/* The only function that moves a module. */
void module_raise(Module *module, Trigger trigger);
void module_enter(Module *module, State state);
void module_mark(Module *module); /* its record or view changed */
usec_t module_deadline(const Module *module);
void module_tick(Module *module);
bool module_may_renew(const Module *module);
bool module_renewal_is_due(const Module *module); /* it may wait for policy */
/* Boot times of its timers, USEC_INFINITY: not set. */
usec_t module_idle_deadline(const Module *module);  /* the session is closed */
usec_t module_renew_deadline(const Module *module); /* ... and opened again */
usec_t module_job_deadline(const Module *module);   /* the job is given up */

/* speak.c: verbs */
void module_hear(Module *module, const Fact *fact);
void module_say(Module *module, Verb verb, const VerbArgs *args); /* at once when idle, else queued
                                                                   */
void module_speak(Module *module);                                /* says what is queued */
bool module_says(const Module *module, Verb verb);                /* it is queued */
bool module_is_quiet(const Module *module);                       /* nothing said, nothing queued */
void module_forget_verbs(Module *module);
void module_clear_queue(Module *module);
void module_hush(Module *module); /* it flashes: whatever else is being said ends here */
void module_command_end(Module *module, bool ok);
VerbArgs module_start_args(const Module *module);

/* unattended.c */
bool module_installs(const Module *module); /* it takes an install slot */
bool module_can(const Module *module, Verb verb);
bool module_is_calm(const Module *module);
void module_expect_unattended(Module *module);
void module_asks_again(Module *module);
usec_t module_answer_due(const Module *module); /* boottime; USEC_INFINITY: no hurry */
usec_t module_ask_end(const Module *module);
bool module_reissues(const Module *module);
/* Realtime after which a yes to `action` only does that, as long as the module repeats nothing; 0:
 * never. */
usec_t module_reissued_from(const Module *module, Action action);
void module_reissue(Module *module, const char *by, const Verdict *verdict);
void module_tick_unattended(Module *module);
usec_t module_recall_unattended(Module *module, usec_t passed); /* left of its state's time */

/* identity.c */
/* Another module of the gateway that has the IMEI which this one shows; NULL: none. */
Module *module_namesake(const Module *module);
void module_doubt(Module *module);     /* another one shows its IMEI */
void module_take_imei(Module *module); /* record.imei is its own now */
void module_set_dev_eui(Module *module);

/* registration.c */
void module_note_sim(Module *module, bool changed);
void module_check_registration(Module *module);
void module_registration_missing(const Module *module, char ret[static MISSING_MAX]);
/* May it be asked for now? Without findings when it is not wanted, or the module is not ready. */
void module_judge_registration(const Module *module, Verdict *ret);
void module_ask_registration(Module *module);
void module_force_registration(Module *module);  /* a person wants it */
void module_recall_registration(Module *module); /* what was asked has its time anew */
void module_tick_registration(Module *module);
bool module_registers(const Module *module); /* over TCP, which ends its calls and contexts */

/* snapshot.c */
void module_setting(Module *module, const char *name, const char *value, SettingFate fate);
void module_settings_end(Module *module, Verb verb, bool ok);
void module_settings_forget(Module *module);
bool module_settings_awaited(const Module *module); /* by a person */
void module_settings_unsaid(Module *module);        /* what was queued did not leave */
void module_settings_leave(Module *module, const void *userdata);
void module_decide_settings(Module *module);
void module_settings_missing(const Module *module, char ret[static MISSING_MAX]);

/* slots.c */
bool module_is_up(const Module *module);     /* it can be used at this moment ... */
bool module_is_usable(const Module *module); /* ... and could for a while, so it will stay so */
bool module_is_heard(const Module *module);  /* it is up by what was read a moment ago */
void module_tick_up(Module *module);
void module_recall_reboot(Module *module);
usec_t module_reboot_deadline(const Module *module); /* of one that was granted; boottime */

/* soak.c */
void module_note_install(Module *module, const EventRow *row); /* how it ended */
usec_t gateway_install_age(const Gateway *gateway, const LastInstall *install);
void module_soak(const Module *module, Soak *ret);

/* path.c */
void module_uplink(const Module *module, Question *question);
void module_decide_path(Module *module);

/* waiting.c */
/* It waits from now on, or, asked `again`, since it was asked first. */
void module_open_request(Module *module, Action action, uint64_t bytes, bool again);
void module_date_request(Module *module); /* it waits from now on: it is another one */
void module_recall_request(Module *module, bool booted); /* booted: the gateway, since */
void module_tick_request(Module *module);
usec_t module_request_end(const Module *module); /* of one that took no early answer; boottime */
usec_t module_request_waited(const Module *module);
void module_note_radio(Module *module);             /* as just read */
usec_t module_radio_interval(const Module *module); /* of readings for a request that waits */

/* word.c */
void module_defer(Module *module, Action action, usec_t span, const char *by);
void module_put_off(Module *module, Action action, usec_t span, const char *by); /* by a cancel */
void module_date_consent(Module *module); /* given just now: until when it is good */
void module_tick_word(Module *module);

/* question.c */
void module_question(const Module *module, Action action, Question *ret);
/* Of a session that fotad opens by itself. */
void module_connect_question(const Module *module, Question *ret);
void module_judge(const Module *module, Action action, Verdict *ret);
/* As of a later moment, if nothing happens meanwhile; 0: now. */
void module_judge_at(const Module *module, Action action, usec_t realtime, Verdict *ret);
/* The same, with the text of every rule. */
void module_explain_at(const Module *module, Action action, usec_t realtime, Verdict *ret);
void module_forecast(const Module *module, Action action, Forecast *ret);
/* Of one of the forecast's needs. */
void module_need(const Module *module, Action action, Rule rule, Need *ret);
/* All that must be answered with yes for `action`; how many. */
size_t module_questions(const Module *module, Action action,
                        Question ret[static FORECAST_QUESTIONS_MAX]);

/* look.c */
void module_note_awaited(Module *module);
bool module_waits_for_others(const Module *module); /* to be online */
void module_resync(Module *module);
void module_look_at_registration(Module *module);
void module_look_at_radio(Module *module);

/* decide.c */
bool module_request_is_due(const Module *module); /* for an answer, if policy says yes */
void module_prepare_install(Module *module);
void module_decide(Module *module);
void module_let_go(Module *module); /* after the commit: says the verb of the decision */
void module_undo(Module *module);   /* the commit failed */
bool module_wants_session(const Module *module);
/* realtime; 0: nothing puts it off, or nobody wants it */
usec_t module_session_put_off(const Module *module);
bool module_is_inhibited(const Module *module, Action action);

/* journal.c: rows */
typedef struct DetailArg {
        const char *key;        /* NULL: nothing */
        const char *text_value; /* NULL: the number */
        int64_t number;
} DetailArg;
void module_record(Module *module, EventKind event, const DetailArg *details, size_t n_details);
#define D_TEXT(name, value) \
        { .key = (name), .text_value = (value) }
#define D_NUMBER(name, value) \
        { .key = (name), .number = (int64_t) (value) }
#define D_BYTES(value) /* 0: not known, left out */ \
        { .key = (value) > 0 ? "bytes" : NULL, .number = (int64_t) (value) }
#define RECORD(module, event, ...)                                            \
        module_record((module), (event), (const DetailArg[]) { __VA_ARGS__ }, \
                      sizeof((const DetailArg[]) { __VA_ARGS__ }) / sizeof(DetailArg))
/* A decision: with the rule that decided, why, and which policy it is of; at most four details of
 * its own. */
void module_record_decision(Module *module, EventKind event, const Verdict *verdict,
                            const DetailArg *details, size_t n_details);
#define RECORD_DECISION(module, event, verdict, ...)                                              \
        module_record_decision((module), (event), (verdict), (const DetailArg[]) { __VA_ARGS__ }, \
                               sizeof((const DetailArg[]) { __VA_ARGS__ }) / sizeof(DetailArg))
#define RECORD_PLAIN(module, event) module_record((module), (event), NULL, 0)
/* Numbers the report and puts it into the turn's batch. */
void module_job_begin(Module *module, JobSource source, const char *by);
void module_job_save(Module *module);
void module_job_end(Module *module, Outcome outcome, Reason reason);
bool pin_is_tried(const Module *m); /* the configured one, on the SIM that is in there */
void pin_note_sim(Module *m);       /* what a look has shown of it */

/* consent.c */
#define CONSENT_TEXT_MAX DETAIL_TEXT_MAX
/* What it was given for, for the audit trail: "1464 B over HL7800.4.4.14.0, until ..."; "" none. */
char *consent_describe(const Consent *consent, char to[static CONSENT_TEXT_MAX]);
void module_bind_consent(Module *module); /* to what is known by now */
/* What is another one since: "package", "firmware", "update"; NULL: it is what was shown. */
const char *module_differs(const Module *module, const Shown *shown);
/* outbox.c: the reports that a fact leads to */
void module_report(Module *module, const EventRow *row);
const char *module_restart_cause(const Module *module); /* "": it did so by itself */
usec_t module_report_deadline(const Module *module);    /* boottime */
void module_tick_report(Module *module);

/* orders.c */
void module_put_off_no_more(Module *module); /* a new order ends what a cancel put off */

/* push.c: packages that fotad itself has */
_must_use_ int module_push_file(Module *module, const char *by); /* that the host has for it */
void module_push_recall(Module *module); /* after a restart of fotad: is the package still there? */
void module_push_forget(Module *module); /* its job is over */
_must_use_ int module_hop(Module *module, const PackageSettings *package, const char *chain_to,
                          const char *by, char why[static WHY_MAX]);
void module_chain_on(Module *module, const char *chain_to, const char *by);
