/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a simulated Telit module keeps without power, and its values; for telit*.c only. */

#include "fotasim/module-package.h"

#define TELIT_SETTING_MAX 48
#define TELIT_VALUE_MAX 40

/* Of the package that the server sent last. */
typedef enum TelitPhase {
        TELIT_IDLE,
        TELIT_ASKED,      /* the host has to answer */
        TELIT_REFUSED,    /* by the host, or it did not answer */
        TELIT_CONNECTING, /* accepted: from here a power cut loses the update... */
        TELIT_DOWNLOADING,
        TELIT_VALIDATING,
        TELIT_FLASHING, /* ... and from here it does not */
        TELIT_REPORTING,
} TelitPhase;

typedef struct TelitMemory {
        char settings[TELIT_SETTING_MAX][TELIT_VALUE_MAX]; /* by their place in telit-settings.c */
        char server_number[SIM_TEXT_MAX];                  /* AT#OTASNAP */
        char server_address[SIM_TEXT_MAX];                 /* AT#OTASNAIP, AT#OTAIPCFG */
        uint32_t server_port;                              /* 0: not set */
        char bearer[SIM_TEXT_MAX];                         /* AT#OTASNAIPCFG, empty: not set */
        char registered_imsi[SIM_TEXT_MAX];                /* empty: never acknowledged */
        uint32_t serviced;       /* AT#OTASNAP or AT#OTASNAIP was given once */
        uint32_t unacknowledged; /* the registration SMS is sent again at power on */
        uint32_t registrations_sent, provisioned;
        uint32_t sim_out, sim_strayed; /* the server knows the SIM in another module (chapter 6) */
        uint32_t sims_planned;         /* bits, as in Memory */

        TelitPhase phase;
        QueuedPackage package;
        uint32_t by_module; /* AT#OTAIPUPD started it */
        PackageQueue queue; /* the server's */
        uint32_t upgraded;  /* to be printed at boot */
        uint32_t refusals, registrations, inhibited;
} TelitMemory;
