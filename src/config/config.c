/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files -> Settings.
 *
 * Owns the trees and the names of files for the length of one load. The main file and those of
 * conf.d are merged as trees, each node with the place that it came from; then one walk fills the
 * settings and the checks look at the whole. Nothing is handed out after an error, and Settings
 * hold secrets, so they are wiped wherever they end. */

#include "config/config.h"

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/stat.h>

#include "config/loader.h"

#define FILES_MAX 128 /* of conf.d */

Settings *settings_free(Settings *settings) {
        if (settings)
                explicit_bzero(settings, sizeof *settings);
        free(settings);
        return NULL;
}

static Loader *loader_free(Loader *loader) {
        if (loader)
                settings_free(loader->settings);
        free(loader);
        return NULL;
}
DEFINE_CLEANUP(Loader *, loader_free)

static void settings_init(Settings *settings) {
        const char *state = getenv("STATE_DIRECTORY"); /* may be a list; the first is ours */

        *settings = (Settings) {
                .control = { .socket = "/run/fotad/control.sock", .group = "fotad" },
                .state_directory = "/var/lib/fotad",
                .gateway = { .concurrent_installs = 1 },
                .history_keep = 400 * USEC_PER_DAY,
                .uplink = {
                        .events = EVENT_CLASS_FOTA | EVENT_CLASS_ALERTS | EVENT_CLASS_STATUS,
                        .reports = REPORT_KINDS_ALL,
                        .status_interval = USEC_PER_DAY,
                        .spool_max_reports = 100000,
                        .spool_max_age = 30 * USEC_PER_DAY,
                },
                .downlink = {
                        .max_deviation = 5 * USEC_PER_MINUTE,
                        .queue_length = 5, /* tunnel specification, 7.1.7 */
                        .rate_per_minute = 10,
                        .rate_burst = 5,
                        .confirmed = true,
                },
        };
        if (state && state[0] == '/' && strcspn(state, ":") < sizeof settings->state_directory)
                (void) snprintf(settings->state_directory, sizeof settings->state_directory, "%.*s",
                                (int) strcspn(state, ":"), state);
}

/* The directory of a file, as an absolute path when it can be had. */
static void directory_of(const char *path, char ret[static PATH_MAX]) {
        char copy[PATH_MAX], resolved[PATH_MAX];
        const char *directory;

        TEXT_COPY(copy, path);
        directory = dirname(copy);
        (void) text_copy(ret, PATH_MAX, realpath(directory, resolved) ? resolved : directory);
}

static int settings_make(Reporter *reporter, const char *name, const Node *root, Settings **ret) {
        _cleanup_(loader_freep) Loader *loader = calloc(1, sizeof *loader);
        char directory[PATH_MAX];

        if (!loader)
                return -ENOMEM;
        loader->settings = malloc(sizeof *loader->settings);
        if (!loader->settings)
                return -ENOMEM;
        settings_init(loader->settings);
        directory_of(name, directory);
        loader->reporter = reporter;
        loader->root = root;
        loader->files = (FileContext) { .directory = directory,
                                        .credentials = getenv("CREDENTIALS_DIRECTORY") };
        loader_walk(loader);
        loader_check(loader);
        report_rest(reporter);
        if (reporter->n_errors > 0)
                return -EINVAL;
        *ret = TAKE_PTR(loader->settings);
        return 0;
}

int config_parse(const char *name, const char *yaml, size_t n, ConfigMessageHandler on_message,
                 void *userdata, Settings **ret) {
        Reporter reporter = { .on_message = on_message, .userdata = userdata };
        _cleanup_(node_freep) Node *root = NULL;
        int r = tree_parse(&reporter, name, yaml, n, &root);

        return r < 0 ? r : settings_make(&reporter, name, root, ret);
}

static int complain_about_file(Reporter *reporter, const char *path, int error, const char *text) {
        char message[PATH_MAX + 128];

        (void) snprintf(message, sizeof message, "%s: %s", path, text ? text : strerror(-error));
        reporter->n_errors++;
        if (reporter->on_message)
                reporter->on_message(reporter->userdata, true, message);
        return error;
}

static int file_read(Reporter *reporter, const char *path, char **ret, size_t *ret_n) {
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        _cleanup_free_ char *content = NULL;
        struct stat st;
        size_t n = 0;
        ssize_t got;

        if (fd < 0 || fstat(fd, &st) < 0)
                return complain_about_file(reporter, path, -errno, NULL);
        if (!S_ISREG(st.st_mode))
                return complain_about_file(reporter, path, -EINVAL, "not a regular file");
        content = malloc(CONFIG_FILE_MAX + 1);
        if (!content)
                return -ENOMEM;
        while ((got = read(fd, content + n, CONFIG_FILE_MAX + 1 - n)) > 0)
                n += (size_t) got;
        if (got < 0)
                return complain_about_file(reporter, path, -errno, NULL);
        if (n > CONFIG_FILE_MAX)
                return complain_about_file(reporter, path, -EINVAL, "larger than 1 MiB");
        *ret = TAKE_PTR(content);
        *ret_n = n;
        return 0;
}

/* Reads one file into *root. Errors in it were told; 0 then too, unless nothing can be done with
 * it. */
static int file_merge(Reporter *reporter, const char *path, Node **root) {
        _cleanup_(node_freep) Node *tree = NULL;
        _cleanup_free_ char *content = NULL;
        size_t n = 0;
        int r = file_read(reporter, path, &content, &n);

        if (r >= 0)
                r = tree_parse(reporter, path, content, n, &tree);
        if (r < 0)
                return r;
        return node_merge(root, TAKE_PTR(tree));
}

typedef char PathText[PATH_MAX];

static int is_yaml_name(const struct dirent *entry) {
        size_t n = strlen(entry->d_name);

        return entry->d_name[0] != '.' && n > 5 && streq(entry->d_name + n - 5, ".yaml");
}

static int compare_names(const struct dirent **a, const struct dirent **b) {
        return strcmp((*a)->d_name, (*b)->d_name); /* not alphasort(), which follows the locale */
}

/* The paths of conf.d's files in order; their number or a negative errno. */
static int conf_d_list(const char *path, PathText **ret) {
        char directory[PATH_MAX], copy[PATH_MAX];
        struct dirent **entries = NULL;
        int n;

        TEXT_COPY(copy, path);
        if (snprintf(directory, sizeof directory, "%s/conf.d", dirname(copy)) >=
            (int) sizeof directory - 256)
                return -ENAMETOOLONG;
        n = scandir(directory, &entries, is_yaml_name, compare_names);
        if (n < 0)
                return errno == ENOENT ? 0 : -errno;
        *ret = n > 0 && n <= FILES_MAX ? calloc((size_t) n, sizeof **ret) : NULL;
        for (int i = 0; i < n; i++) {
                if (*ret)
                        (void) snprintf((*ret)[i], PATH_MAX, "%.3800s/%.255s", directory,
                                        entries[i]->d_name);
                free(entries[i]);
        }
        free(entries);
        if (n > FILES_MAX)
                return -E2BIG;
        return n > 0 && !*ret ? -ENOMEM : n;
}

int config_load(const char *path, ConfigMessageHandler on_message, void *userdata, Settings **ret) {
        Reporter reporter = { .on_message = on_message, .userdata = userdata };
        _cleanup_free_ PathText *more = NULL; /* nodes borrow these names: freed after the tree */
        _cleanup_(node_freep) Node *root = NULL;
        bool complete;
        int r, n;

        r = file_merge(&reporter, path, &root);
        if (r == -ENOENT)
                return r;
        complete = r >= 0;
        n = conf_d_list(path, &more);
        if (n < 0)
                return complain_about_file(&reporter, path, n, "its conf.d can not be read");
        for (int i = 0; more && i < n; i++) {
                r = file_merge(&reporter, more[i], &root);
                complete = complete && r >= 0;
        }
        /* With a part missing, every further complaint would be about that. */
        return complete ? settings_make(&reporter, path, root, ret) : -EINVAL;
}
