/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The families that this fotad knows: a new one is its file, one row here, and its simulator. */

#include <fotad/family.h>

extern const Family family_hl78xx;
extern const Family family_telit;

static const Family *const families[] = {
        &family_hl78xx,
        &family_telit,
};

static const char *const names[] = {
        "hl78xx",
        "telit",
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
        [VERB_START] = "start",           [VERB_ARM] = "arm",           [VERB_PUSH] = "push",
        [VERB_UNLOCK] = "unlock",         [VERB_CONTEXT] = "context",   [VERB_CONNECT] = "connect",
        [VERB_DISCONNECT] = "disconnect", [VERB_ACCEPT] = "accept",     [VERB_DEFER] = "defer",
        [VERB_SIGNAL] = "signal",         [VERB_COMMAND] = "command",   [VERB_REFUSE] = "refuse",
        [VERB_UPDATE] = "update",         [VERB_REGISTER] = "register", [VERB_SAVE] = "save",
        [VERB_RESTORE] = "restore",
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
        [FACT_ASK_OVER] = "ask-over",
        [FACT_AUTOMATIC] = "automatic",
        [FACT_UPDATE_FAILED] = "update-failed",
        [FACT_REGISTERED] = "registered",
        [FACT_PROVISIONED] = "provisioned",
        [FACT_NOTIFIED] = "notified",
        [FACT_RESULT_TOLD] = "result-told",
        [FACT_SIM_EVENT] = "sim-event",
        [FACT_VERB_DONE] = "verb-done",
        [FACT_VERB_FAILED] = "verb-failed",
        [FACT_UNKNOWN] = "unknown",
};
DEFINE_STRING_TABLE(fact_kind, FactKind, facts)

static const char *const setting_fates[] = {
        [SETTING_READ] = "read",           [SETTING_SAME] = "same",
        [SETTING_RESTORED] = "restored",   [SETTING_REFUSED] = "refused",
        [SETTING_DIFFERENT] = "different",
};
DEFINE_STRING_TABLE(setting_fate, SettingFate, setting_fates)

static const char *const telit_protocols[] = {
        [TELIT_SMS] = "sms",
        [TELIT_COMBINED] = "combined",
        [TELIT_TCP] = "tcp",
};
DEFINE_STRING_TABLE(telit_protocol, TelitProtocol, telit_protocols)

static const char *const telit_bearers[] = {
        [TELIT_GPRS] = "gprs",
        [TELIT_CSD] = "csd",
};
DEFINE_STRING_TABLE(telit_bearer, TelitBearer, telit_bearers)
