/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The verbs that ask a module for something.
 *
 * Owns nothing. Nothing is decided here: a word that fotad does not take comes back as its error,
 * so that there is one list of actions and one place that knows what may be refused. */

#include "fotactl/consent.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

/* Not worth an error: what was asked for is done. NULL: quiet, or it can't be told. */
static const ModuleInfo *module_after(Client *client, const char *name, ModuleList *list) {
        return !client->quiet && module_list_get(client, name, list) == STATUS_DONE ?
                       &list->modules[0] :
                       NULL;
}

static bool has_session(const ModuleInfo *module) {
        return module->session_open || streq(module->state, "connecting");
}

/* What was done, and what is waited for now, less what that begins with, `known`. */
static void print_next(const Client *client, const char *name, const char *what,
                       const ModuleInfo *module, const char *known) {
        const char *next = module ? module->next : "";

        if (text_starts_with(next, known))
                next += strlen(known);
        print_done(client, "%s: %s%s%s.", name, what, next[0] ? "; next: " : "", next);
}

/* Policy on 'connect' and the network have a word in it. */
Status verb_connect(Client *client, int n _unused_, char *words[]) {
        Status status = call_module(client, words[0], "Connect", NULL, NULL);
        _cleanup_modules_ ModuleList list = {};
        const ModuleInfo *module;

        if (status != STATUS_DONE)
                return status;
        module = module_after(client, words[0], &list);
        if (module && has_session(module))
                print_done(client, "%s: a session is %s.", words[0],
                           module->session_open ? "open" : "being opened");
        else
                print_next(client, words[0], "a session is asked for", module, "a session: ");
        return status;
}

Status verb_disconnect(Client *client, int n _unused_, char *words[]) {
        Status status = call_module(client, words[0], "Disconnect", NULL, NULL);

        if (status == STATUS_DONE)
                print_done(client, "%s: the session is closed.", words[0]);
        return status;
}

/* Exactly what was agreed to. Not worth an error: it is recorded. */
static void print_accept(const Client *client, const ModuleInfo *module, const char *action,
                         bool asked) {
        char text[CONSENT_TEXT_MAX];

        if (!asked && !streq(module->consent.action, action)) {
                print_done(client,
                           "%s: the deferral of the %s is ended. It asks for none now, so this is "
                           "no yes to one.",
                           module->name, action);
                return;
        }
        if (!streq(module->consent.action, action)) {
                print_done(client, "%s: %s is accepted.", module->name, action);
                return;
        }
        print_done(client,
                   "%s: consent is recorded: %s. It is good for no other package, as far as its "
                   "size tells. 'fotactl explain %s %s' says when it happens.",
                   module->name, consent_text(&module->consent, text), module->name, action);
}

Status verb_accept(Client *client, int n, char *words[]) {
        _cleanup_modules_ ModuleList before = {}, list = {};
        Status status;

        if (n > 2) {
                complain("accept takes no span; --now overrides windows");
                return STATUS_USAGE;
        }
        const ModuleInfo *module = module_after(client, words[0], &before);
        const bool asked = !module || module_asks(module, words[1]);
        status = call_module(client, words[0], "Accept", NULL, "sb", words[1], (int) client->now);
        if (status != STATUS_DONE || client->quiet)
                return status;
        status = module_list_get(client, words[0], &list);
        if (status == STATUS_DONE)
                print_accept(client, &list.modules[0], words[1], asked);
        return status;
}

Status verb_defer(Client *client, int n, char *words[]) {
        usec_t span = 0;
        Status status;

        if (n > 2 && span_parse(words[2], &span) < 0) {
                complain("'%s' is no time span, such as 90min or 2h", words[2]);
                return STATUS_USAGE;
        }
        if (n > 2 && span == 0) {
                complain("a deferral of no time is none: use accept");
                return STATUS_USAGE;
        }
        status = call_module(client, words[0], "Defer", NULL, "st", words[1], (uint64_t) span);
        if (status == STATUS_DONE)
                print_done(client, "%s: %s is deferred.", words[0], words[1]);
        return status;
}

Status verb_register(Client *client, int n _unused_, char *words[]) {
        Status status = call_module(client, words[0], "Register", NULL, NULL);

        if (status == STATUS_DONE)
                print_done(client,
                           "%s: registration asked for; 'registered' follows when the server "
                           "answers.",
                           words[0]);
        return status;
}

Status verb_cancel(Client *client, int n _unused_, char *words[]) {
        Status status = call_module(client, words[0], "Cancel", NULL, NULL);

        if (status == STATUS_DONE)
                print_done(client, "%s: the update is cancelled.", words[0]);
        return status;
}

/* " at 35%", "" unknown */
static const char *progress_text(const ModuleInfo *module, char to[static 16]) {
        to[0] = '\0';
        if (module && module_has_progress(module))
                (void) snprintf(to, 16, " at %u%%", module->progress);
        return to;
}

Status verb_suspend(Client *client, int n _unused_, char *words[]) {
        Status status = call_module(client, words[0], "Suspend", NULL, NULL);
        _cleanup_modules_ ModuleList list = {};
        char at[16];

        if (status == STATUS_DONE)
                print_done(client,
                           "%s: the download is suspended%s; go on with 'fotactl resume %s'.",
                           words[0], progress_text(module_after(client, words[0], &list), at),
                           words[0]);
        return status;
}

/* It goes on in a session, which may have to wait; with no update, sessions do. */
Status verb_resume(Client *client, int n _unused_, char *words[]) {
        Status status = call_module(client, words[0], "Resume", NULL, NULL);
        _cleanup_modules_ ModuleList list = {};
        const ModuleInfo *module;
        char at[16], what[64];

        if (status != STATUS_DONE)
                return status;
        module = module_after(client, words[0], &list);
        (void) progress_text(module, at);
        (void) snprintf(what, sizeof(what), "the download %s on%s",
                        module && has_session(module) ? "goes" : "may go", at);
        print_next(client, words[0], what, module && has_session(module) ? NULL : module, "");
        return status;
}
