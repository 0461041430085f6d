/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The families that this fotad knows: a new one is its file, one row here, and its simulator. */

#include <fotad/family.h>

extern const Family family_hl78xx;

static const Family *const families[] = {
        &family_hl78xx,
};

static const char *const names[] = {
        "hl78xx",
        NULL,
};

const Family *family_find(const char *name) {
        for (size_t i = 0; i < ELEMENTSOF(families); i++)
                if (streq(families[i]->name, name))
                        return families[i];
        return NULL;
}

const char *const *family_names(void) {
        return names;
}

static const char *const verbs[] = {
        [VERB_START] = "start",           [VERB_ARM] = "arm",         [VERB_PUSH] = "push",
        [VERB_UNLOCK] = "unlock",         [VERB_CONTEXT] = "context", [VERB_CONNECT] = "connect",
        [VERB_DISCONNECT] = "disconnect", [VERB_ACCEPT] = "accept",   [VERB_DEFER] = "defer",
        [VERB_SIGNAL] = "signal",         [VERB_COMMAND] = "command",
};
DEFINE_STRING_TABLE(verb, Verb, verbs)

static const char *const facts[] = {
        [FACT_NONE] = "none",
        [FACT_READY] = "ready",
        [FACT_ASKED] = "asked",
        [FACT_AUTHENTICATING] = "authenticating",
        [FACT_AUTH_FAILED] = "auth-failed",
        [FACT_AUTHENTICATED] = "authenticated",
        [FACT_SESSION_OPENED] = "session-opened",
        [FACT_SESSION_REFUSED] = "session-refused",
        [FACT_SESSION_CLOSED] = "session-closed",
        [FACT_PACKAGE_OFFERED] = "package-offered",
        [FACT_DOWNLOAD_STARTED] = "download-started",
        [FACT_PROGRESS] = "progress",
        [FACT_STORED] = "stored",
        [FACT_DOWNLOAD_FAILED] = "download-failed",
        [FACT_CERTIFIED] = "certified",
        [FACT_NOT_CERTIFIED] = "not-certified",
        [FACT_INSTALLING] = "installing",
        [FACT_INSTALL_FAILED] = "install-failed",
        [FACT_INSTALLED] = "installed",
        [FACT_BOOTED] = "booted",
        [FACT_VERB_DONE] = "verb-done",
        [FACT_VERB_FAILED] = "verb-failed",
        [FACT_UNKNOWN] = "unknown",
};
DEFINE_STRING_TABLE(fact_kind, FactKind, facts)
