/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Carries bytes and time between a simulated module and its pseudo-terminal. Module time runs
 * `speed` times as fast as real time. The memory file is replaced as a whole at each change and
 * before the bytes that depend on it leave, so that killing fotasim is a power cut of the module
 * and never half of one. The log has what the module said, also what was lost because nobody had
 * the port open. */

#include "fotasim/front.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>

#include "fotasim/model.h"
#include "fotasim/pty.h"

#define LOG_LINE_MAX 256

/* Bytes of one direction, until they are a line. */
typedef struct LogLine {
        char direction; /* '>' to the module, '<' from it */
        char bytes[LOG_LINE_MAX];
        size_t n;
} LogLine;

struct Front {
        SimScenario scenario;
        SimModule *module;
        Pty pty;
        char *link, *name, *state;
        FILE *log;
        bool verbose, announced;
        bool present, unplugged; /* the module has a port; nobody can see it */
        double speed;
        usec_t epoch;
        LogLine to_module, from_module;
        size_t file_bytes; /* of a file that is being sent: not worth their lines */
};

static usec_t module_time(const Front *front, usec_t now) {
        return (usec_t) ((double) usec_sub(now, front->epoch) * front->speed);
}

/* dialogue */

static void line_log(Front *front, LogLine *line) {
        if (line->n == 0)
                return;
        if (front->log) {
                fprintf(front->log, "%c %.*s\n", line->direction, (int) line->n, line->bytes);
                (void) fflush(front->log);
        }
        if (front->verbose)
                fprintf(stderr, "%s %c %.*s\n", front->name, line->direction, (int) line->n,
                        line->bytes);
        line->n = 0;
}

static void bytes_log(Front *front, LogLine *line, const char *bytes, size_t n) {
        for (size_t i = 0; i < n; i++) {
                if (bytes[i] == '\r' || bytes[i] == '\n' || line->n + 4 > LOG_LINE_MAX)
                        line_log(front, line);
                if (isprint((unsigned char) bytes[i]))
                        line->bytes[line->n++] = bytes[i];
                else if (bytes[i] != '\r' && bytes[i] != '\n') {
                        char hex[5];

                        (void) snprintf(hex, sizeof(hex), "\\x%02x", (unsigned char) bytes[i]);
                        memcpy(line->bytes + line->n, hex, 4);
                        line->n += 4;
                }
        }
}

static bool receiving(const Front *front) {
        SimFacts facts;

        sim_facts(front->module, &facts);
        return facts.receiving;
}

static void file_log(Front *front) {
        char text[64];

        if (front->file_bytes == 0 || receiving(front))
                return;
        (void) snprintf(text, sizeof(text), "(%zu bytes)\n", front->file_bytes);
        front->file_bytes = 0;
        bytes_log(front, &front->to_module, text, strlen(text));
}

static void input_log(Front *front, const char *bytes, size_t n) {
        file_log(front);
        if (receiving(front))
                front->file_bytes += n;
        else
                bytes_log(front, &front->to_module, bytes, n);
}

/* memory */

static int memory_load(const char *path, SimMemory *ret) {
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n;

        *ret = (SimMemory) {};
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        n = read(fd, ret->bytes, sizeof(ret->bytes));
        if (n < 0)
                return -errno;
        ret->size = (size_t) n;
        return 0;
}

static int memory_save(const char *path, const SimMemory *memory) {
        _cleanup_free_ char *temporary = NULL;
        _cleanup_close_ int fd = -EBADF;

        if (asprintf(&temporary, "%s~", path) < 0) {
                temporary = NULL;
                return -ENOMEM;
        }
        fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (fd < 0)
                return -errno;
        if (write(fd, memory->bytes, memory->size) != (ssize_t) memory->size)
                return -EIO;
        return rename(temporary, path) < 0 ? -errno : 0;
}

/* what the module asks of its host */

static void on_write(void *userdata, const char *bytes, size_t n) {
        Front *front = userdata;

        file_log(front);
        bytes_log(front, &front->from_module, bytes, n);
        pty_write(&front->pty, bytes, n);
}

static void on_remember(void *userdata, const SimMemory *memory) {
        Front *front = userdata;
        int r = front->state ? memory_save(front->state, memory) : 0;

        if (r < 0)
                fprintf(stderr, "%s: can not save %s: %s\n", front->name, front->state,
                        strerror(-r));
}

static void on_note(void *userdata, const char *text) {
        Front *front = userdata;

        if (front->verbose)
                fprintf(stderr, "%s * %s\n", front->name, text);
}

static int port_create(Front *front) {
        int r = pty_create(&front->pty);

        if (r < 0) {
                fprintf(stderr, "%s: can not create %s: %s\n", front->name, front->link,
                        strerror(-r));
                return r;
        }
        if (!front->announced) {
                printf("ready %s\n", front->link);
                (void) fflush(stdout);
        }
        front->announced = true;
        return 0;
}

/* It is there while the module has one and nobody pulled its plug. */
static int port_follow(Front *front) {
        const bool present = front->present && !front->unplugged;

        if (!present)
                pty_remove(&front->pty);
        else if (front->pty.master < 0)
                return port_create(front);
        return 0;
}

static void on_port(void *userdata, bool present) {
        Front *front = userdata;

        front->present = present;
        (void) !port_follow(front);
}

static const SimHost front_host = {
        .write = on_write,
        .remember = on_remember,
        .note = on_note,
        .port = on_port,
};

/* life */

static int front_strings(Front *front, const FrontOptions *options) {
        front->link = strdup(options->link);
        front->name = strdup(options->name);
        if (options->state)
                front->state = strdup(options->state);
        if (!front->link || !front->name || (options->state && !front->state))
                return -ENOMEM;
        if (options->log) {
                front->log = fopen(options->log, "ae");
                if (!front->log)
                        return -errno;
        }
        return 0;
}

int front_new(Front **ret, const FrontOptions *options, usec_t now) {
        _cleanup_(front_freep) Front *front = calloc(1, sizeof(*front));
        SimMemory memory = {};
        int r;

        if (!front)
                return -ENOMEM;
        front->scenario = *options->scenario;
        front->to_module.direction = '>';
        front->from_module.direction = '<';
        front->verbose = options->verbose;
        front->speed = options->speed;
        front->epoch = now;
        pty_init(&front->pty, NULL);
        r = front_strings(front, options);
        if (r < 0)
                return r;
        front->pty.link = front->link;
        if (front->state)
                r = memory_load(front->state, &memory);
        if (r < 0)
                return r;
        front->module =
                sim_module_new(&front->scenario, &front_host, front, &memory, options->seed);
        if (!front->module)
                return -ENOMEM;
        front->present = front->scenario.port == SIM_PORT_UART;
        r = port_follow(front);
        if (r < 0)
                return r;
        sim_power(front->module, 0, true);
        *ret = TAKE_PTR(front);
        return 0;
}

Front *front_free(Front *front) {
        if (!front)
                return NULL;
        sim_module_free(front->module);
        if (front->link)
                pty_done(&front->pty);
        if (front->log)
                (void) fclose(front->log);
        free(front->link);
        free(front->name);
        free(front->state);
        free(front);
        return NULL;
}

int front_fd(const Front *front) {
        return front->pty.open ? front->pty.master : -EBADF;
}

usec_t front_wait(const Front *front, usec_t now) {
        usec_t deadline = sim_deadline(front->module), wait;

        wait = deadline == USEC_INFINITY ?
                       USEC_INFINITY :
                       (usec_t) ((double) usec_sub(deadline, module_time(front, now)) /
                                 front->speed) +
                               1;
        if (front->pty.master >= 0 && !front->pty.open)
                wait = MIN_OF(wait, (usec_t) PTY_LOOK_USEC);
        return wait;
}

void front_run(Front *front, usec_t now) {
        char bytes[1024];
        size_t n;

        sim_tick(front->module, module_time(front, now));
        n = pty_read(&front->pty, bytes, sizeof(bytes)); /* also what somebody left who went away */
        pty_look(&front->pty);
        if (n == 0)
                return;
        input_log(front, bytes, n);
        sim_feed(front->module, module_time(front, now), bytes, n);
}

void front_power_cycle(Front *front, usec_t now) {
        sim_power(front->module, module_time(front, now), false);
        sim_power(front->module, module_time(front, now), true);
}

void front_plug(Front *front, usec_t now _unused_) {
        front->unplugged = !front->unplugged;
        (void) !port_follow(front);
}

void front_plan_hurry(Front *front, usec_t now) {
        sim_plan_hurry(front->module, module_time(front, now));
}
