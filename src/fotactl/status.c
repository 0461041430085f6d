/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl status: all that is known of one module, or the daemon and its modules at a glance.
 *
 * Owns nothing. Fields that are unknown are left out rather than shown empty; what is waited for
 * stands right below the state, since that is what people look for. */

#include "fotactl/consent.h"
#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/uplink.h"
#include "fotactl/verbs.h"

#include "base/text.h"

#define STATUS_EVENTS 10

static void fclosep(FILE **file) {
        if (*file)
                (void) fclose(*file);
}

static void show_state(const ModuleInfo *module) {
        char when[WHEN_TEXT_MAX], ago[AGO_TEXT_MAX];
        int reason = reason_from_string(module->blocked);

        (void) printf("%*s: %s%s%s", FIELD_LABEL_WIDTH, "State",
                      style_begin(style_of_state(module->state)), module->state,
                      style_end(style_of_state(module->state)));
        if (module->state_since > 0)
                (void) printf(" since %s; %s", when_text(when, module->state_since),
                              ago_text(ago, module->state_since));
        (void) putchar('\n');
        if (module->blocked[0])
                print_field("Blocked", "%s. %s", module->blocked,
                            reason < 0 ? "" : reason_advice((Reason) reason));
        print_field("Next", "%s", module->next);
        if (!module->reconciled)
                print_field("Note", "not checked with the module since fotad started");
}

static void show_pending(const PendingInfo *pending) {
        char when[WHEN_TEXT_MAX], until[WHEN_TEXT_MAX];

        print_field("Pending", "%s, asked for since %s", pending->action,
                    when_text(when, pending->since));
        if (pending->deferred_until == USEC_INFINITY)
                print_field("", "deferred until somebody accepts");
        else if (pending->deferred_until > 0)
                print_field("", "deferred until %s", when_text(until, pending->deferred_until));
        print_field("", "%s%s", pending->held ? "held: " : "", pending->text);
}

static void show_consent(const ConsentInfo *consent) {
        char text[CONSENT_TEXT_MAX];

        if (consent->action[0])
                print_field("Consent", "%s", consent_text(consent, text));
}

/* A download that rests: because somebody wants it, or until there is a session again. */
static void show_suspended(const ModuleInfo *module) {
        bool rests = module_has_progress(module) &&
                     (module->suspended || streq(module->state, "suspended"));
        char left[SIZE_TEXT_MAX], all[SIZE_TEXT_MAX];

        if (!rests && !module->suspended)
                return;
        print_field("Suspended", "%s", module->suspended ? "by a person" : "the session closed");
        if (rests && module->package_bytes > 0)
                print_field("", "%s of %s left", size_format(left, module->remaining_bytes),
                            size_format(all, module->package_bytes));
        if (module->suspended)
                print_field("", "go on with 'fotactl resume %s'", module->name);
        else
                print_field("", "it goes on with the next session");
}

static void show_package(const ModuleInfo *module) {
        char size[SIZE_TEXT_MAX], left[SIZE_TEXT_MAX];

        if (!module_has_progress(module))
                return;
        print_field("Package", "%s, %u%% downloaded, %s left",
                    module->package_bytes > 0 ? size_format(size, module->package_bytes) :
                                                "size unknown",
                    module->progress, size_format(left, module->remaining_bytes));
}

/* "A → B, then on to C" as far as it is known. */
static void show_way(const ModuleInfo *module) {
        const char *from = module->job.from[0] ? module->job.from : "unknown";
        const char *to = module->hop_to[0] ? module->hop_to : module->chain_to;
        const bool goes_on = module->chain_to[0] && !streq(module->chain_to, to);

        if (!to[0])
                print_field("", "from %s", from);
        else
                print_field("", "%s %s %s%s%s", from, glyph(GLYPH_ARROW), to,
                            goes_on ? ", then on to " : "", goes_on ? module->chain_to : "");
}

static void show_running_job(const ModuleInfo *module) {
        const JobInfo *job = &module->job;
        char when[WHEN_TEXT_MAX];

        if (job->id == 0)
                return;
        if (streq(job->source, "automatic"))
                print_field("Job",
                            "%" PRIu64 " since %s, started by the server, which asked nobody",
                            job->id, when_text(when, job->since));
        else
                print_field("Job", "%" PRIu64 " since %s, asked for by %s", job->id,
                            when_text(when, job->since),
                            job->by[0]                   ? job->by :
                            streq(job->source, "server") ? "the server" :
                                                           job->source);
        show_way(module);
}

static void show_jobs(const ModuleInfo *module) {
        char when[WHEN_TEXT_MAX], took[SPAN_TEXT_MAX];
        const JobInfo *last = &module->last_job;
        const bool same = streq(last->reason, last->outcome); /* a test run */

        show_running_job(module);
        if (last->id == 0)
                return;
        print_field("Last job", "%" PRIu64 " %s%s%s on %s after %s", last->id, last->outcome,
                    last->reason[0] && !same ? ": " : "", same ? "" : last->reason,
                    when_text(when, last->finished), span_text(took, last->finished - last->since));
        print_field("", "%s %s %s", last->from[0] ? last->from : "unknown", glyph(GLYPH_ARROW),
                    last->to[0] ? last->to : "unknown");
        print_field("", "%s", reason_advice(job_reason(last)));
}

/* The unit hides other users' processes from the daemon, which then knows but a number; who asks,
 * as root at least, may know the name. */
static void show_holder(const ModuleInfo *module) {
        _cleanup_(fclosep) FILE *file = NULL;
        char path[64], name[32] = "";
        unsigned pid;

        if (sscanf(module->port_holder, "pid %u", &pid) == 1) {
                (void) snprintf(path, sizeof(path), "/proc/%u/comm", pid);
                file = fopen(path, "re");
                if (file && fgets(name, sizeof(name), file))
                        name[strcspn(name, "\n")] = '\0';
        }
        print_field("Device", "%s, held by %s%s%s%s", module->device, module->port_holder,
                    name[0] ? " (" : "", name, name[0] ? ")" : "");
}

static void show_line(const ModuleInfo *module) {
        char ago[AGO_TEXT_MAX];
        const char *session = !module->reconciled  ? "unknown" :
                              module->session_open ? "open" :
                                                     "closed";

        if (module->port_holder[0])
                show_holder(module);
        else
                print_field("Device", "%s (%s)", module->device,
                            module->port_open ? "open" : "not open");
        if (module->has_signal)
                print_field("Signal", "%d dBm", module->signal_dbm);
        if (module->has_sessions)
                print_field("Session", "%s", session);
        if (module->line_toggled > 0 && streq(module->state, "installing"))
                print_field("Alive", "its DCD toggled %s", ago_text(ago, module->line_toggled));
}

/* What the module does by itself. */
static void show_timers(const ModuleInfo *module) {
        char buffer[RETRY_TIMERS_SHOWN_MAX * (SPAN_TEXT_MAX + 2)], span[SPAN_TEXT_MAX];
        Text text;

        text_init(&text, buffer, sizeof(buffer));
        if (module->poll_minutes > 0)
                print_field("Polling", "the module asks its server every %s",
                            span_text(span, module->poll_minutes * USEC_PER_MINUTE));
        for (size_t i = 0; i < module->n_retry_timers; i++)
                text_printf(&text, "%s%s", i > 0 ? ", " : "",
                            span_text(span, module->retry_timers[i] * USEC_PER_MINUTE));
        if (module->n_retry_timers > 0)
                print_field("Retries", "the module's own, after %s", buffer);
}

/* Whether the update server knows module and SIM, and what to do when it does not. */
static void show_registration(const ModuleInfo *module) {
        const char *state = module->registration, *label = "Registered";
        char when[WHEN_TEXT_MAX];

        (void) when_text(when, module->registration_since);
        if (streq(state, "done"))
                print_field(label, "yes, since %s", when);
        else if (streq(state, "asked"))
                print_field(label, "no: asked for %s; the server has not answered yet", when);
        else if (streq(state, "failed"))
                print_field(label, "no: the server has not answered, given up %s", when);
        else if (streq(state, "doubtful"))
                print_field(label, "no: a SIM was moved; updates wait for the server, since %s",
                            when);
        else if (streq(state, "unknown"))
                print_field(label, "unknown: fotad has not asked the server");
        if (streq(state, "failed"))
                print_field("", "%s", reason_advice(REASON_REGISTRATION_FAILED));
        if (streq(state, "failed") || streq(state, "doubtful") || streq(state, "unknown"))
                print_field("", "ask it with 'fotactl register %s'", module->name);
}

static void show_snapshot(const ModuleInfo *module) {
        char date[DATE_MINUTES_MAX];

        if (module->snapshot_taken > 0)
                print_field("Settings", "%u, saved %s%s", module->snapshot_count,
                            date_text(date, sizeof(date), module->snapshot_taken),
                            module->restore_due ? ", to be restored: an update may have lost them" :
                            module->snapshot_incomplete ?
                                                  ", not all came back after the last update" :
                                                  "");
        if (module->snapshot_incomplete)
                print_field("", "see 'fotactl settings %s diff'; take it as it is with 'save'",
                            module->name);
}

static void show_module(const ModuleInfo *module) {
        Style style = style_of_state(module->state);

        (void) printf("%s%s%s ", style_begin(style), glyph(GLYPH_DOT), style_end(style));
        (void) fputs(style_begin(STYLE_BOLD), stdout);
        print_safe(stdout, module->name);
        (void) printf("%s %s ", style_end(STYLE_BOLD), glyph(GLYPH_DASH));
        print_safe(stdout, module->model[0] ? module->model : "unknown model");
        (void) printf(" (%s)\n", module->family);
        show_state(module);
        print_field("Needs", "%s", module->missing);
        for (size_t i = 0; i < module->n_pending; i++)
                show_pending(&module->pending[i]);
        show_inhibitors(&module->inhibitors);
        show_consent(&module->consent);
        show_package(module);
        show_suspended(module);
        show_jobs(module);
        print_field("Firmware", "%s", module->firmware);
        show_line(module);
        print_field("IMEI", "%s", module->imei);
        print_field("ICCID", "%s", module->iccid);
        print_field("IMSI", "%s", module->imsi);
        print_field("Serial number", "%s", module->serial_number);
        print_field("DevEUI", "%s", module->dev_eui);
        show_registration(module);
        show_snapshot(module);
        print_field("Policy", "%s, version %s", module->policy[0] ? module->policy : "(built-in)",
                    module->policy_version[0] ? module->policy_version : "unknown");
        show_timers(module);
        print_field("Times of", "%s", zone_told());
}

/* The last lines of fotad's journal, one a row, cut at the edge of the terminal. */
static Status show_events(Client *client, const char *module) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        char date[DATE_SECONDS_MAX], details[2048], line[2304];
        EventInfo event;
        Status status;
        int r;

        status = call_manager(client, "GetEvents", &reply, "su", module, STATUS_EVENTS);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_message_enter_container(reply, 'a', "(ttsssts)");
        if (r < 0)
                return answer_is_odd(r);
        for (bool first = true; (r = stored_event_read(reply, &event)) > 0; first = false) {
                (void) event_details_text(&event, details, sizeof(details));
                (void) snprintf(line, sizeof(line), "%s%s%s %s%s%s",
                                date_text(date, sizeof(date), event.realtime), module[0] ? "" : " ",
                                module[0] ? "" : event.module, event.event, details[0] ? " " : "",
                                details);
                if (first)
                        (void) putchar('\n');
                print_cell(line,
                           output_width() > 0 ? MIN_OF(output_width(), text_width(line)) :
                                                text_width(line),
                           false, STYLE_PLAIN);
                (void) putchar('\n');
        }
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}

/* the daemon */

static Status storage_get(Client *client, int *ret) {
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        int r = sd_bus_get_property_trivial(client->bus, NULL, FOTAD_PATH_MANAGER,
                                            FOTAD_INTERFACE_MANAGER, "StorageOk", &error, 'b', ret);

        return r < 0 ? call_explain(client, &error, r) : STATUS_DONE;
}

typedef struct Overview {
        sd_bus_message *version_reply, *level_reply;
        const char *version, *level;
        int storage_ok;
        UplinkInfo uplink;
        ModuleList list;
} Overview;

static void overview_done(Overview *overview) {
        overview->version_reply = sd_bus_message_unref(overview->version_reply);
        overview->level_reply = sd_bus_message_unref(overview->level_reply);
        uplink_info_done(&overview->uplink);
        module_list_done(&overview->list);
}

static Status overview_get(Client *client, Overview *ret) {
        Status status;

        status = manager_get_text(client, "Version", &ret->version_reply, &ret->version);
        if (status != STATUS_DONE)
                return status;
        status = manager_get_text(client, "LogLevel", &ret->level_reply, &ret->level);
        if (status != STATUS_DONE)
                return status;
        status = storage_get(client, &ret->storage_ok);
        if (status != STATUS_DONE)
                return status;
        status = uplink_info_get(client, &ret->uplink);
        if (status != STATUS_DONE)
                return status;
        return module_list_get(client, NULL, &ret->list);
}

static void json_overview(const Overview *overview) {
        Document document;
        Json *json = document_begin(&document);

        json_object_begin(json);
        json_field_string(json, "version", overview->version);
        json_field_string(json, "log_level", overview->level);
        json_field_bool(json, "storage_ok", overview->storage_ok);
        json_key(json, "uplink");
        json_uplink(json, &overview->uplink);
        json_object_end(json);
        /* The modules may be many: they are printed one by one into the open object. */
        document.text.data[--document.text.length] = '\0';
        document_end(&document, ",\"modules\":[");
        for (size_t i = 0; i < overview->list.n; i++) {
                json_module(document_begin(&document), &overview->list.modules[i]);
                document_end(&document, i + 1 < overview->list.n ? ",\n" : "");
        }
        (void) puts("]}");
}

static Status show_overview(Client *client, const Overview *overview) {
        Style style = overview->storage_ok ? STYLE_GREEN : STYLE_RED;

        (void) printf("%s%s%s fotad %s\n", style_begin(style), glyph(GLYPH_DOT), style_end(style),
                      overview->version);
        print_field("Socket", "%s", client->socket);
        print_field("Storage", "%s",
                    overview->storage_ok ? "ok" :
                                           "failed: nothing that can't be taken back is done; see "
                                           "the journal of fotad.service");
        print_field("Log level", "%s", overview->level);
        print_field("Times of", "%s", zone_told());
        show_uplink_summary(&overview->uplink);
        for (size_t i = 0; i < overview->list.n; i++) {
                const ModuleInfo *module = &overview->list.modules[i];

                print_field(i == 0 ? "Modules" : "", "%s %s%s%s", module->name, module->state,
                            module->next[0] ? ", next: " : "", module->next);
        }
        (void) show_events(client, ""); /* told when it can't be read; the rest stands above */
        return STATUS_DONE;
}

static Status status_of_daemon(Client *client) {
        _cleanup_(overview_done) Overview overview = {};
        Status status;

        status = overview_get(client, &overview);
        if (status != STATUS_DONE)
                return status;
        pager_open(client);
        if (!client->json)
                return show_overview(client, &overview);
        json_overview(&overview);
        return STATUS_DONE;
}

Status verb_status(Client *client, int n, char *words[]) {
        _cleanup_modules_ ModuleList list = {};
        Document document;
        Status status;

        status = zone_use(client, NULL);
        if (status != STATUS_DONE)
                return status;
        if (n == 0)
                return status_of_daemon(client);
        status = module_list_get(client, words[0], &list);
        if (status != STATUS_DONE)
                return status;
        pager_open(client);
        if (client->json) {
                json_module(document_begin(&document), &list.modules[0]);
                document_end(&document, "\n");
                return STATUS_DONE;
        }
        show_module(&list.modules[0]);
        (void) show_events(client, words[0]);
        return STATUS_DONE;
}
