/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The verbs that ask a module for something.
 *
 * Owns nothing. Nothing is decided here: a word that fotad does not take comes back as its error,
 * so that there is one list of actions and one place that knows what may be refused. */

#include "fotactl/output.h"
#include "fotactl/verbs.h"

Status verb_connect(Client *client, int n _unused_, char *words[]) {
        Status status = call_module(client, words[0], "Connect", NULL, NULL);

        if (status == STATUS_DONE)
                print_done(client, "%s: a session is opened.", words[0]);
        return status;
}

Status verb_disconnect(Client *client, int n _unused_, char *words[]) {
        Status status = call_module(client, words[0], "Disconnect", NULL, NULL);

        if (status == STATUS_DONE)
                print_done(client, "%s: the session is closed.", words[0]);
        return status;
}

Status verb_accept(Client *client, int n, char *words[]) {
        Status status;

        if (n > 2) {
                complain("accept takes no span; --now overrides windows");
                return STATUS_USAGE;
        }
        status = call_module(client, words[0], "Accept", NULL, "sb", words[1], (int) client->now);
        if (status == STATUS_DONE)
                print_done(client,
                           "%s: consent to %s is recorded. 'fotactl explain %s %s' says when it "
                           "happens.",
                           words[0], words[1], words[0], words[1]);
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

Status verb_cancel(Client *client, int n _unused_, char *words[]) {
        Status status = call_module(client, words[0], "Cancel", NULL, NULL);

        if (status == STATUS_DONE)
                print_done(client, "%s: the update is cancelled.", words[0]);
        return status;
}

Status update_start(Client *client, const char *module, uint64_t *ret_job) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Status status;
        int r;

        status = call_module(client, module, "Update", &reply, NULL);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_message_read(reply, "t", ret_job);
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}

Status verb_update(Client *client, int n _unused_, char *words[]) {
        uint64_t job;
        Status status;

        if (client->wait)
                return update_and_wait(client, words[0]);
        status = update_start(client, words[0], &job);
        if (status != STATUS_DONE)
                return status;
        if (client->json)
                (void) printf("{\"module\":\"%s\",\"job\":%" PRIu64 "}\n", words[0], job);
        else
                print_done(client,
                           "%s: an update is asked for, job %" PRIu64
                           ". Follow it with 'fotactl watch %s'.",
                           words[0], job, words[0]);
        return STATUS_DONE;
}
