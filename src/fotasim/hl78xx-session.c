/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sessions with the DM server (HL78xx FOTA note, 7.1 and 7.4). A session is a plan of events that
 * are printed one `session_step` apart: authentication, maybe bootstrap, then the DM session, which
 * stays until the host closes it; only polled sessions and those that report an install end by
 * themselves. After a failure the module connects again by itself, along AT+WDSC=4. */

#include "fotasim/hl78xx.h"

static const char event_bootstrapped[] = "23,0";
static const char event_registered[] = "23,1";
static const char event_refused[] = "7";
static const char event_closed[] = "8";

static void plan_add(Session *session, const char *event) {
        if (session->n_plan < HL78XX_PLAN_MAX)
                session->plan[session->n_plan++] = event;
}

static void plan_connection(SimModule *module) {
        Session *session = &module->hl78xx.session;
        SimCredentials credentials = module->memory.hl78xx.credentials;

        session->n_plan = session->step = 0;
        if (credentials == SIM_CREDENTIALS_EXPIRED)
                for (unsigned i = 0; i < module->scenario->failed_authentications; i++) {
                        plan_add(session, "4");
                        plan_add(session, "5");
                }
        plan_add(session, "4");
        if (module->memory.hl78xx.refused_sessions < module->scenario->refused_sessions)
                return plan_add(session, event_refused);
        plan_add(session, "6");
        if (credentials != SIM_CREDENTIALS_PRESENT) {
                plan_add(session, event_bootstrapped);
                plan_add(session, "4");
                plan_add(session, "6");
        }
        plan_add(session, event_registered);
}

void hl78xx_session_start(SimModule *module, SessionOrigin origin) {
        Session *session = &module->hl78xx.session;

        if (!hl78xx_may_connect(module) || session->state != SESSION_CLOSED)
                return;
        module_note(module, "connects");
        session->state = SESSION_CONNECTING;
        session->origin = origin;
        session->reopen = session->unreachable = false;
        plan_connection(module);
        module_clear_timer(module, TIMER_RETRY);
        module_set_timer(module, TIMER_SESSION, module->scenario->timings.session_step);
}

void hl78xx_session_wanted(SimModule *module, SessionOrigin origin) {
        if (module->hl78xx.session.state != SESSION_CLOSED || !hl78xx_may_connect(module))
                return;
        module->hl78xx.session.wanted = origin;
        if (module->memory.hl78xx.consent[AGREEMENT_CONNECT])
                hl78xx_ask(module, AGREEMENT_CONNECT);
        else
                hl78xx_session_start(module, origin);
}

static int connection_error(const SimModule *module) {
        const SimContext *context = hl78xx_context(module);
        const SimScenario *scenario = module->scenario;

        if (!module->sim_ready)
                return module->memory.pin_tries > 0 ? CME_SIM_PIN : CME_SIM_PUK;
        if (!context)
                return CME_NO_CONTEXT;
        if (!hl78xx_may_connect(module))
                return CME_ACTIVATION;
        if (*scenario->radio.apn && *context->apn && !streq(scenario->radio.apn, context->apn))
                return CME_INVALID_APN;
        return 0;
}

/* Repeating the command opens nothing new (7.1.2); it also answers a request to connect (7.3). */
int hl78xx_session_request(SimModule *module) {
        Session *session = &module->hl78xx.session;
        const uint32_t *pending = module->memory.hl78xx.pending;
        int error;

        if (session->state == SESSION_CONNECTING || session->state == SESSION_OPEN) {
                session->origin = SESSION_BY_HOST;
                module_clear_timer(module, TIMER_IDLE);
                return 0;
        }
        if (pending[AGREEMENT_DOWNLOAD] || pending[AGREEMENT_INSTALL])
                return CME_NO_CONTEXT;
        error = connection_error(module);
        if (error != 0)
                return error;
        hl78xx_agreed(module, AGREEMENT_CONNECT);
        session->retry = 0;
        if (session->state == SESSION_CLOSING)
                session->reopen = true;
        else
                hl78xx_session_start(module, SESSION_BY_HOST);
        return 0;
}

static void session_end(SimModule *module) {
        hl78xx_download_suspend(module);
        module_clear_timer(module, TIMER_SERVER);
        module_clear_timer(module, TIMER_IDLE);
        module_clear_timer(module, TIMER_RETRY);
}

void hl78xx_session_stop(SimModule *module) {
        Session *session = &module->hl78xx.session;

        module_clear_timer(module, TIMER_RETRY);
        session->reopen = false;
        if (session->state != SESSION_CONNECTING && session->state != SESSION_OPEN)
                return;
        session_end(module);
        session->state = SESSION_CLOSING;
        session->n_plan = session->step = 0;
        plan_add(session, event_closed);
        module_set_timer(module, TIMER_SESSION, module->scenario->timings.session_close);
}

void hl78xx_session_drop(SimModule *module) {
        session_end(module);
        module_clear_timer(module, TIMER_SESSION);
        module->hl78xx.session.state = SESSION_CLOSED;
}

/* A list that was changed meanwhile is for the next failure. */
static void retry_arm(SimModule *module) {
        Session *session = &module->hl78xx.session;

        if (session->retry == 0)
                memcpy(session->retry_min, module->memory.hl78xx.retry_min,
                       sizeof(session->retry_min));
        while (session->retry < SIM_RETRY_MAX) {
                uint32_t wait = session->retry_min[session->retry++];

                if (wait > 0)
                        return module_set_timer(module, TIMER_RETRY, wait * USEC_PER_MINUTE);
        }
}

void hl78xx_session_lose(SimModule *module) {
        if (module->hl78xx.session.state != SESSION_CONNECTING &&
            module->hl78xx.session.state != SESSION_OPEN)
                return;
        module_note(module, "session lost");
        hl78xx_session_drop(module);
        retry_arm(module);
        hl78xx_event(module, 8, NULL);
}

void hl78xx_session_retry(SimModule *module) {
        if (module->network_lost)
                retry_arm(module);
        else
                hl78xx_session_start(module, SESSION_BY_MODULE);
}

static void idle_arm(SimModule *module) {
        const SimTimings *timings = &module->scenario->timings;

        if (module->hl78xx.session.origin == SESSION_BY_POLLING)
                module_set_timer(module, TIMER_IDLE, timings->polling_idle);
        else if (module->hl78xx.session.origin == SESSION_BY_RESULT)
                module_set_timer(module, TIMER_IDLE, timings->session_step);
}

void hl78xx_session_active(SimModule *module) {
        module->hl78xx.session.active = module->now;
        if (module->hl78xx.session.state == SESSION_OPEN)
                idle_arm(module);
}

static void session_opened(SimModule *module) {
        module->hl78xx.session.state = SESSION_OPEN;
        module->hl78xx.session.retry = 0;
        module->memory.hl78xx.report_result = false;
        hl78xx_session_active(module);
        module_set_timer(module, TIMER_SERVER, module->scenario->timings.session_step);
}

static void session_closed(SimModule *module) {
        module->hl78xx.session.state = SESSION_CLOSED;
        if (module->hl78xx.session.reopen)
                hl78xx_session_start(module, SESSION_BY_HOST);
}

static void session_refused(SimModule *module) {
        module->memory.hl78xx.refused_sessions++;
        hl78xx_session_drop(module);
        retry_arm(module);
}

static void event_print(SimModule *module, const char *event) {
        const char *data = strchr(event, ',');

        hl78xx_event(module, (unsigned) strtoul(event, NULL, 10), data ? data + 1 : NULL);
}

/* A fault at the printed event may end the session: so the state moves first. */
void hl78xx_session_step(SimModule *module) {
        Session *session = &module->hl78xx.session;
        const char *event = session->plan[session->step++];

        if (session->step < session->n_plan)
                module_set_timer(module, TIMER_SESSION, module->scenario->timings.session_step);
        if (event == event_bootstrapped)
                module->memory.hl78xx.credentials = SIM_CREDENTIALS_PRESENT;
        else if (event == event_registered)
                session_opened(module);
        else if (event == event_refused)
                session_refused(module);
        event_print(module, event);
        if (event == event_closed)
                session_closed(module);
}

/* A session of the module's own is over when nothing was said for a while. A download is talk. */
void hl78xx_session_idle(SimModule *module) {
        if (module->hl78xx.session.state != SESSION_OPEN)
                return;
        if (module->memory.hl78xx.phase == PACKAGE_DOWNLOADING ||
            module->memory.hl78xx.phase == PACKAGE_VERIFYING)
                idle_arm(module);
        else
                hl78xx_session_stop(module);
}

void hl78xx_polling_changed(SimModule *module) {
        module_clear_timer(module, TIMER_POLL);
        if (module->memory.hl78xx.polling_min > 0)
                module_set_timer(module, TIMER_POLL,
                                 module->memory.hl78xx.polling_min * USEC_PER_MINUTE);
}

void hl78xx_session_poll(SimModule *module) {
        hl78xx_polling_changed(module);
        hl78xx_session_wanted(module, SESSION_BY_POLLING);
}
