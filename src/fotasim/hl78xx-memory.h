/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a simulated HL78xx keeps without power, and its values; for hl78xx*.c only. */

#include "fotasim/module-package.h"

/* In the order of AT+WDSC's modes 0, 1, 2, 5, 6. */
typedef enum Agreement {
        AGREEMENT_CONNECT,
        AGREEMENT_DOWNLOAD,
        AGREEMENT_INSTALL,
        AGREEMENT_REBOOT,
        AGREEMENT_UNINSTALL,
        _AGREEMENT_MAX,
} Agreement;

typedef enum PackagePhase {
        PACKAGE_NONE,
        PACKAGE_OFFERED, /* announced by event 9 */
        PACKAGE_DOWNLOADING,
        PACKAGE_VERIFYING,
        PACKAGE_RECEIVING,  /* from the host: a power cut forgets it */
        PACKAGE_STORED,     /* waits to be installed */
        PACKAGE_INSTALLING, /* granted: a power cut does not stop it */
} PackagePhase;

typedef struct Hl78xxMemory {
        uint32_t device_context;
        uint32_t indications, indications_set; /* AT+WDSI was used */
        uint32_t consent[_AGREEMENT_MAX];      /* AT+WDSC: ask first? */
        uint32_t polling_min, retry_min[SIM_RETRY_MAX];
        uint32_t ksrep;
        SimCredentials credentials;
        uint32_t refused_sessions; /* so far */

        uint32_t pending[_AGREEMENT_MAX]; /* asked and not answered with yes */
        PackagePhase phase;
        QueuedPackage package; /* unless PACKAGE_NONE */
        uint64_t received;
        uint32_t outcome;       /* event of the last install, to be printed at boot; 0: none */
        uint32_t report_result; /* the server does not know it yet */
        uint32_t http_status;   /* of the last download, 0: none */
        PackageQueue queue;     /* the server's */

        uint32_t connects;
        uint32_t transfers, pushes; /* AT+WDSD: begun, and completed */
        uint64_t pushed_bytes;      /* of the completed ones */
} Hl78xxMemory;
