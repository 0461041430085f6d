/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl watch: what happens, as it happens; update --wait looks through it too.
 *
 * Owns the screen lines that it redraws. On a terminal there is one line a module, drawn anew after
 * each burst of signals; in a pipe, or as JSON, one line an event. When fotad goes away it is
 * waited for, and the events that were missed meanwhile are fetched by their sequence, so a restart
 * of fotad leaves no hole. */

#include "fotactl/watch.h"

#include <signal.h>

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

#include "base/text.h"

#define MISSED_MAX 1000
#define BAR_WIDTH 20

/* events */

/* storage-failed is told at once, and so before events with lower numbers that wait for the disk.
 */
static bool is_new(Watch *watch, const EventInfo *event) {
        uint64_t *last = streq(event->event, "storage-failed") ? &watch->failed : &watch->sequence;

        if (event->sequence <= *last)
                return false;
        *last = event->sequence;
        return true;
}

static void watch_event(Watch *watch, const EventInfo *event) {
        Document document;

        watch->dirty = true;
        if (!is_new(watch, event))
                return;
        if (watch->bars || watch->silent || (watch->module && !streq(watch->module, event->module)))
                return;
        if (watch->client->json) {
                json_event(document_begin(&document), event);
                document_end(&document, "\n");
        } else
                print_event_line(event);
        (void) output_flush();
}

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *error _unused_) {
        Watch *watch = userdata;
        EventInfo event;

        if (sd_bus_message_is_signal(message, FOTAD_INTERFACE_MANAGER, "Event") &&
            event_signal_read(message, &event) >= 0)
                watch_event(watch, &event);
        if (sd_bus_message_is_signal(message, NULL, NULL))
                watch->dirty = true;
        return 0;
}

/* The stored events behind the last one seen; the first time only the number of the newest. When
 * they can not be read, which is told, what comes is shown all the same. */
static Status watch_catch_up(Watch *watch) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        bool first = watch->sequence == 0;
        EventInfo event;
        Status status;
        int r;

        status = call_manager(watch->client, "GetEvents", &reply, "su", "", first ? 1 : MISSED_MAX);
        if (status != STATUS_DONE)
                return status == STATUS_FAILED ? STATUS_DONE : status;
        r = sd_bus_message_enter_container(reply, 'a', "(ttsssts)");
        if (r < 0)
                return answer_is_odd(r);
        while ((r = stored_event_read(reply, &event)) > 0) {
                if (first)
                        watch->sequence = watch->failed = event.sequence;
                else
                        watch_event(watch, &event);
        }
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}

Status watch_subscribe(Watch *watch) {
        Status status;
        int r;

        status = client_open(watch->client);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_add_filter(watch->client->bus, NULL, on_signal, watch);
        if (r < 0)
                return call_explain(watch->client, NULL, r);
        status = call_manager(watch->client, "Subscribe", NULL, NULL);
        if (status != STATUS_DONE)
                return status;
        watch->dirty = true;
        return watch_catch_up(watch);
}

/* the screen */

static void draw_bar(const ModuleInfo *module, Text *line) {
        unsigned filled = MIN_OF(module->progress, 100U) * BAR_WIDTH / 100;
        char left[SIZE_TEXT_MAX];

        text_add_char(line, '[');
        for (unsigned i = 0; i < BAR_WIDTH; i++)
                text_add_char(line, i < filled ? '#' : '.');
        text_printf(line, "] %3u%%", module->progress);
        if (module->remaining_bytes > 0)
                text_printf(line, " %s left", size_format(left, module->remaining_bytes));
}

static void draw_module(const Watch *watch, const ModuleInfo *module, size_t name_width,
                        unsigned width) {
        char buffer[512];
        Text line;

        text_init(&line, buffer, sizeof(buffer));
        if (watch->mark[0])
                text_printf(&line, "%s: ", watch->mark);
        if (module_has_progress(module) && module->progress < 100)
                draw_bar(module, &line);
        else
                text_add(&line, module->blocked[0] ? module->blocked : module->next);
        (void) fputs("\r", stdout);
        print_cell(module->name, MIN_OF(name_width, (size_t) 20), false, STYLE_BOLD);
        (void) putchar(' ');
        print_cell(module->state, 16, false, style_of_state(module->state));
        (void) putchar(' ');
        width -= (unsigned) MIN_OF((size_t) width - 1, MIN_OF(name_width, (size_t) 20) + 18);
        print_cell(buffer, MIN_OF(text_width(buffer), (size_t) width), false, STYLE_PLAIN);
        (void) fputs("\033[K\n", stdout);
}

static void watch_draw(Watch *watch, const ModuleList *list) {
        unsigned width = output_width() > 0 ? output_width() : 80;
        size_t name_width = 0;

        for (size_t i = 0; i < list->n; i++)
                name_width = MAX_OF(name_width, text_width(list->modules[i].name));
        if (watch->n_drawn > 0)
                (void) printf("\033[%zuA", watch->n_drawn);
        for (size_t i = 0; i < list->n; i++)
                draw_module(watch, &list->modules[i], name_width, width);
        (void) fputs("\033[J", stdout);
        (void) output_flush();
        watch->n_drawn = list->n;
}

void watch_erase(Watch *watch) {
        if (watch->n_drawn > 0)
                (void) printf("\033[%zuA\033[J", watch->n_drawn);
        (void) output_flush();
        watch->n_drawn = 0;
}

/* the loop */

static Status watch_refresh(Watch *watch) {
        _cleanup_modules_ ModuleList list = {};
        Status status;

        watch->dirty = false;
        if (!watch->bars && !watch->check)
                return STATUS_DONE;
        status = module_list_get(watch->client, watch->module, &list);
        if (status != STATUS_DONE)
                return status;
        /* Events that came before this answer are told before the end is. */
        while (watch->check && sd_bus_process(watch->client->bus, NULL) > 0)
                ;
        if (watch->check)
                status = watch->check(watch, &list.modules[0]);
        if (watch->bars && status == STATUS_DONE && !watch->over)
                watch_draw(watch, &list);
        return status;
}

static int watch_listen(Watch *watch) {
        int r;

        for (;;) {
                r = sd_bus_process(watch->client->bus, NULL);
                if (r < 0)
                        return r;
                if (r == 0 && watch->dirty)
                        return 0;
                if (r > 0)
                        continue;
                r = sd_bus_wait(watch->client->bus, UINT64_MAX);
                if (r < 0 && r != -EINTR)
                        return r;
                watch->dirty |= r == -EINTR; /* the terminal was resized */
        }
}

static Status watch_reconnect(Watch *watch) {
        Status status;

        if (!watch->silent && !watch->client->quiet)
                (void) fprintf(stderr, "fotad went away, waiting for it.\n");
        watch->n_drawn = 0;
        status = client_reopen(watch->client);
        return status == STATUS_DONE ? watch_subscribe(watch) : status;
}

static void on_resize(int signal_number _unused_) {
}

/* Without SA_RESTART, so that waiting ends and the lines are drawn anew. */
static void watch_resize(void) {
        const struct sigaction action = { .sa_handler = on_resize };

        (void) sigaction(SIGWINCH, &action, NULL);
}

Status watch_run(Watch *watch) {
        Status status = STATUS_DONE;
        int r;

        if (watch->bars)
                watch_resize();
        while (status == STATUS_DONE) {
                status = watch_refresh(watch);
                if (watch->over)
                        return watch->result;
                if (!watch->check && output_flush() < 0)
                        break; /* it would only go on losing events */
                if (status == STATUS_UNREACHABLE) {
                        status = watch_reconnect(watch);
                        continue;
                }
                if (status != STATUS_DONE)
                        break;
                r = watch_listen(watch);
                if (r < 0)
                        status = error_is_disconnect(r) ? watch_reconnect(watch) :
                                                          call_explain(watch->client, NULL, r);
        }
        return status;
}

Status verb_watch(Client *client, int n, char *words[]) {
        _cleanup_modules_ ModuleList list = {};
        Watch watch = {
                .client = client,
                .module = n > 0 ? words[0] : NULL,
                .bars = output_is_terminal() && !client->json,
        };
        Status status;

        if (watch.module) { /* only to find out that there is none */
                status = module_list_get(client, watch.module, &list);
                if (status != STATUS_DONE)
                        return status;
        }
        status = watch_subscribe(&watch);
        return status == STATUS_DONE ? watch_run(&watch) : status;
}
