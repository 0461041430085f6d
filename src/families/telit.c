/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Telit Premium FOTA. */

#include "families/dialogue.h"

extern const Family family_telit;

static void telit_on_line(FamilyModule *module _unused_, const char *line _unused_) {
}
static bool telit_is_urc(const FamilyModule *module _unused_, const char *line _unused_) {
        return false;
}
static int telit_start(FamilyModule *module _unused_, Verb verb _unused_,
                       const VerbArgs *args _unused_) {
        return -EOPNOTSUPP;
}
static void telit_abandon(FamilyModule *module _unused_) {
}
static const char *telit_refuses_command(const FamilyModule *module _unused_,
                                         const char *command _unused_, State state _unused_,
                                         bool update_runs _unused_) {
        return NULL;
}

const Family family_telit = {
        .name = "telit",
        .size = sizeof(FamilyContext),
        .one_question = true,
        .on_line = telit_on_line,
        .is_urc = telit_is_urc,
        .start = telit_start,
        .abandon = telit_abandon,
        .refuses_command = telit_refuses_command,
};
