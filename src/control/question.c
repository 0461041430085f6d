/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What one can ask a module: why it may or may not do something now, and what was said on its line.
 *
 * Owns nothing and changes nothing, so nobody is turned away. The verdict is the one that decides,
 * from the same function; it is asked for as of now, not as of the last turn, which may be hours
 * ago. */

#include "control/connection.h"

int read_action(sd_bus_message *message, Action *ret, sd_bus_error *error) {
        const char *name;
        int r, action;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        action = action_from_string(name);
        if (action < 0)
                return sd_bus_error_setf(
                        error, FOTAD_ERROR_INVALID,
                        "action '%s' is none of connect, download, install, reboot, uninstall",
                        name);
        *ret = (Action) action;
        return 0;
}

/* explain */

static int append_findings(sd_bus_message *reply, const Verdict *verdict) {
        int r;

        r = sd_bus_message_open_container(reply, 'a', "(sbbts)");
        if (r < 0)
                return r;
        for (size_t i = 0; i < _RULE_MAX; i++) {
                const Finding *finding = &verdict->findings[i];

                r = sd_bus_message_open_container(reply, 'r', "sbbts");
                if (r < 0)
                        return r;
                r = sd_bus_message_append(reply, "sbbt", rule_to_string(finding->rule),
                                          (int) finding->applies, (int) finding->passes,
                                          finding->next_change);
                if (r < 0)
                        return r;
                r = append_text(reply, finding->text);
                if (r < 0)
                        return r;
                r = sd_bus_message_close_container(reply);
                if (r < 0)
                        return r;
        }
        return sd_bus_message_close_container(reply);
}

int append_verdict(sd_bus_message *reply, Action action, const Verdict *verdict) {
        int r;

        r = sd_bus_message_append(reply, "sssut", action_to_string(action),
                                  verdict_kind_to_string(verdict->kind),
                                  rule_to_string(verdict->because), (uint32_t) verdict->minutes,
                                  verdict->next_change);
        if (r < 0)
                return r;
        return append_findings(reply, verdict);
}

int read_explained_action(sd_bus_message *message, const ModuleObject *object, Action *ret,
                          sd_bus_error *error) {
        ModuleView view;
        const char *name;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        if (!name[0]) {
                gateway_view(object->connection->control->gateway, object->module, &view);
                *ret = record_asked_action(view.record);
                return 0;
        }
        r = sd_bus_message_rewind(message, true);
        if (r < 0)
                return r;
        return read_action(message, ret, error);
}

int method_explain(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        ModuleObject *object = userdata;
        Control *control = object->connection->control;
        Verdict verdict = {};
        Action action = ACTION_INSTALL;
        int r;

        r = read_explained_action(message, object, &action, error);
        if (r < 0)
                return r;
        (void) control_turn(control);
        gateway_judge(control->gateway, object->module, action, &verdict);
        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;
        r = append_verdict(reply, action, &verdict);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

/* transcript */

static const char *direction_name(Direction direction) {
        switch (direction) {
        case DIRECTION_TO_MODULE:
                return "to";
        case DIRECTION_FROM_MODULE:
                return "from";
        case DIRECTION_NOTE:
                return "note";
        }
        return "note";
}

static int append_transcript_line(sd_bus_message *reply, const TranscriptLine *line) {
        int r;

        r = sd_bus_message_open_container(reply, 'r', "ttss");
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "tts", line->sequence, line->realtime,
                                  direction_name(line->direction));
        if (r < 0)
                return r;
        r = append_text(reply, line->text);
        if (r < 0)
                return r;
        return sd_bus_message_close_container(reply);
}

static int append_transcript(sd_bus_message *reply, const Transcript *transcript, uint64_t after) {
        TranscriptLine line = { .sequence = after };
        int r;

        r = sd_bus_message_open_container(reply, 'a', "(ttss)");
        if (r < 0)
                return r;
        while (transcript && transcript_next(transcript, line.sequence, &line)) {
                r = append_transcript_line(reply, &line);
                if (r < 0)
                        return r;
        }
        return sd_bus_message_close_container(reply);
}

int method_get_transcript(sd_bus_message *message, void *userdata, sd_bus_error *error _unused_) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        ModuleObject *object = userdata;
        ModuleView view;
        uint64_t after;
        int r;

        r = sd_bus_message_read(message, "t", &after);
        if (r < 0)
                return r;
        gateway_view(object->connection->control->gateway, object->module, &view);
        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;
        r = append_transcript(reply, view.transcript, after);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}
