/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the Telit family: what its files share. "Note" is Telit's Premium FOTA Management
 * Application Note, 80000NT10013a rev. 10. */

#include "families/identify.h"

#define TELIT_VIEW_MAX 512

/* What an update needs of the module (note, 2.1 and 2.1.2). */
typedef enum TelitNeed {
        NEED_INDICATIONS, /* #OTASUAN=,2,1: mode 0 hides them all (note, chapter 5) */
        NEED_ATTACH,      /* #GAUTOATT=1 */
        NEED_CLASS,       /* +CGCLASS fits the bearer */
        NEED_RATE,        /* +IPR fixed: with autobauding what it says after its restart is lost */
        _NEED_MAX,
} TelitNeed;

typedef struct TelitSetting {
        char name[SETTING_NAME_MAX];
        char value[SETTING_VALUE_MAX]; /* as read; "" unknown */
        char saved[SETTING_VALUE_MAX]; /* RESTORE */
        bool written, refused;
} TelitSetting;

typedef struct Telit {
        FamilyContext context;

        bool met[_NEED_MAX];
        char was[_NEED_MAX][16];            /* as read */
        char armed_firmware[FIRMWARE_MAX];  /* that was seen with all needs met, "" none yet */
        char warned_firmware[FIRMWARE_MAX]; /* of which was said that nobody knows it */
        bool has_fota;                      /* #OTASUAN is known to it */
        bool context_matches;               /* +CGDCONT has the configured APN */
        char pdp_type[16];
        bool other_spelling; /* #OTASNAPIPCFG instead of #OTASNAIPCFG */
        bool bearer_words;   /* its bearer is a word, not a number */

        /* SAVE, RESTORE */
        size_t index;              /* SAVE: of the setting that is read */
        const char *cursor;        /* RESTORE: behind the one that is written */
        char view[TELIT_VIEW_MAX]; /* of AT&V */
        TelitSetting setting;
} Telit;

static inline Telit *telit_of(FamilyModule *module) {
        return (Telit *) module;
}
static inline const TelitSettings *telit_settings(const FamilyModule *module) {
        return &module->settings->telit;
}

/* telit-guard.c */
extern const Step telit_script_guard[];
void telit_conclude(FamilyModule *module); /* Findings.missing */
/* Says once of a firmware that nobody knows that it may not do the protocol. */
void telit_warn_of_protocol(FamilyModule *module);
/* Why this firmware can't do the protocol, "" it can or nobody knows. */
const char *telit_protocol_problem(const char *model, const char *firmware, TelitProtocol protocol);

/* telit-register.c */
extern const Step telit_script_register[];
extern const Step telit_script_update[];

/* telit-settings.c */
extern const Step telit_script_save[];
extern const Step telit_script_restore[];
