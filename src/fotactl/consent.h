/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A person's yes: what it was given for, and until when. */

#include "fotactl/module.h"

#define CONSENT_TEXT_MAX 320
/* "root (uid 0) to the install of 2.1 MiB over HL7800.4.4.14.0, until Sat ..."; returns `to` */
const char *consent_text(const ConsentInfo *consent, char to[static CONSENT_TEXT_MAX]);
