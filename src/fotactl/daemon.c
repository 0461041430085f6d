/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The verbs that concern fotad itself: reload, log-level, version.
 *
 * Owns nothing. */

#include "config.h"
#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

Status verb_reload(Client *client, int n _unused_, char *words[] _unused_) {
        Status status = call_manager(client, "Reload", NULL, NULL);

        if (status == STATUS_DONE)
                print_done(client, "The configuration is reloaded.");
        return status;
}

static void print_text(const Client *client, const char *key, const char *value) {
        Document document;
        Json *json = document_begin(&document);

        if (!client->json) {
                (void) puts(value);
                return;
        }
        json_object_begin(json);
        json_field_string(json, key, value);
        json_object_end(json);
        document_end(&document, "\n");
}

Status verb_log_level(Client *client, int n, char *words[]) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *level;
        Status status;

        if (n > 0) {
                status = call_manager(client, "SetLogLevel", NULL, "s", words[0]);
                if (status == STATUS_DONE)
                        print_done(client, "The log level is %s.", words[0]);
                return status;
        }
        status = manager_get_text(client, "LogLevel", &reply, &level);
        if (status == STATUS_DONE)
                print_text(client, "log_level", level);
        return status;
}

/* Also works where fotad does not run: then only our own version is known. */
Status verb_version(Client *client, int n _unused_, char *words[] _unused_) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *version = NULL;
        Document document;
        Json *json = document_begin(&document);

        if (client_connect(client) >= 0)
                (void) manager_get_text(client, "Version", &reply, &version);
        if (!client->json) {
                (void) printf("fotactl %s\nfotad   %s\n", FOTAD_VERSION,
                              version ? version : "not reachable");
                return STATUS_DONE;
        }
        json_object_begin(json);
        json_field_string(json, "fotactl", FOTAD_VERSION);
        json_field_string(json, "fotad", version);
        json_object_end(json);
        document_end(&document, "\n");
        return STATUS_DONE;
}
