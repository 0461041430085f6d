/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotactl update: over the air, from a file, or from fotad's catalogue.
 *
 * Owns the file while it is passed. It is opened here and not by fotad, so that nobody has a file
 * read that he may not read himself. What is wrong with it to the naked eye is said before anything
 * is sent. A way through the catalogue is shown before it is taken, and then ordered by the version
 * that was shown. */

#include "fotactl/update.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "fotactl/documents.h"
#include "fotactl/output.h"
#include "fotactl/verbs.h"

#include "base/text.h"

static void update_done(Update *update) {
        update->fd = fd_close(update->fd);
        update->plan = sd_bus_message_unref(update->plan);
}

/* Not blocking: a FIFO would wait for somebody who writes. */
static Status file_open(Update *update) {
        const char *path = update->client->file;
        struct stat st;

        update->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (update->fd < 0 || fstat(update->fd, &st) < 0) {
                complain("'%s' can not be read: %s", path, strerror(errno));
                return STATUS_FAILED;
        }
        if (S_ISREG(st.st_mode) && st.st_size > 0)
                return client_passes_files(update->client);
        complain("'%s' is %s", path,
                 S_ISDIR(st.st_mode)  ? "a directory" :
                 !S_ISREG(st.st_mode) ? "no regular file" :
                                        "empty");
        return STATUS_FAILED;
}

/* the catalogue */

static int plan_read(Update *update) {
        int r;

        r = sd_bus_message_enter_container(update->plan, 'a', "(ss)");
        while (r >= 0 && update->n_hops < HOPS_SHOWN_MAX) {
                const size_t n = update->n_hops;

                r = sd_bus_message_read(update->plan, "(ss)", &update->from[n], &update->to[n]);
                if (r <= 0)
                        break;
                update->n_hops++;
        }
        return r;
}

/* "m0: A -> B -> C, 2 updates" */
static void plan_show(const Update *update) {
        char buffer[2048];
        Text line;

        if (update->n_hops == 0 || update->client->json || update->client->quiet)
                return;
        text_init(&line, buffer, sizeof(buffer));
        text_printf(&line, "%s: %s", update->module, update->from[0]);
        for (size_t i = 0; i < update->n_hops; i++)
                text_printf(&line, " %s %s", glyph(GLYPH_ARROW), update->to[i]);
        text_printf(&line, ", %zu update%s", update->n_hops, update->n_hops == 1 ? "" : "s");
        print_wrapped(2, buffer);
        (void) output_flush();
}

static Status plan_get(Update *update) {
        Client *client = update->client;
        Status status;
        int r;

        status = call_module(client, update->module, "PlanPackage", &update->plan, "s",
                             client->to ? client->to : "");
        if (status != STATUS_DONE)
                return status;
        r = plan_read(update);
        if (r < 0)
                return answer_is_odd(r);
        plan_show(update);
        return STATUS_DONE;
}

/* start */

static Status call_update(Update *update, sd_bus_message **ret_reply) {
        Client *client = update->client;

        if (client->file)
                return call_module(client, update->module, "UpdateFile", ret_reply, "h",
                                   update->fd);
        if (client->package)
                return call_module(client, update->module, "UpdatePackage", ret_reply, "s",
                                   update->n_hops > 0 ? update->to[update->n_hops - 1] :
                                   client->to         ? client->to :
                                                        "");
        return call_module(client, update->module, "Update", ret_reply, NULL);
}

Status update_start(Update *update, uint64_t *ret_job) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Status status;
        int r;

        status = call_update(update, &reply);
        if (status != STATUS_DONE)
                return status;
        r = sd_bus_message_read(reply, "t", ret_job);
        return r < 0 ? answer_is_odd(r) : STATUS_DONE;
}

static void json_started(const Update *update, uint64_t job) {
        Document document;
        Json *json = document_begin(&document);

        json_object_begin(json);
        json_field_string(json, "module", update->module);
        json_field_number(json, "job", (int64_t) job);
        if (update->client->package) {
                json_key(json, "hops");
                json_array_begin(json);
                for (size_t i = 0; i < update->n_hops; i++) {
                        json_object_begin(json);
                        json_field_string(json, "from", update->from[i]);
                        json_field_string(json, "to", update->to[i]);
                        json_object_end(json);
                }
                json_array_end(json);
        }
        json_object_end(json);
        document_end(&document, "\n");
}

Status verb_update(Client *client, int n _unused_, char *words[]) {
        _cleanup_(update_done)
                Update update = { .client = client, .module = words[0], .fd = -EBADF };
        Status status = STATUS_DONE;
        uint64_t job;

        if (client->file)
                status = file_open(&update);
        else if (client->package)
                status = plan_get(&update);
        if (status != STATUS_DONE)
                return status;
        if (client->wait)
                return update_wait(&update);
        status = update_start(&update, &job);
        if (status != STATUS_DONE)
                return status;
        if (client->json)
                json_started(&update, job);
        else
                print_done(client, "%s: %s, job %" PRIu64 ". Follow it with 'fotactl watch %s'.",
                           words[0],
                           client->file ? "fotad has the file and pushes it" :
                                          "an update is asked for",
                           job, words[0]);
        return STATUS_DONE;
}
