/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Watching the way to a device node.
 *
 * Owns no descriptor: the inotify instance and the removal of watches that nobody needs are the
 * caller's, because inotify gives two paths in one folder the same watch. What surprises: a folder
 * that is missing (/dev/serial/by-id before the first device) is waited for in the nearest one
 * above it, and every event leads to looking at the whole way again, so a step can never be missed.
 */

#include "at/device-watch.h"

#include <limits.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/sysmacros.h>

#include "base/text.h"

#define WATCH_MASK                                                                          \
        (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | \
         IN_MOVE_SELF | IN_ONLYDIR)

/* Documentation/admin-guide/devices.txt: 136-143 char, Unix98 PTY slaves */
#define PTY_MAJOR_FIRST 136
#define PTY_MAJOR_LAST 143

/* Cuts the last component: "/dev/serial/x" -> "/dev/serial", "/dev" -> "/", "x" -> ".". false at
 * the end. */
static bool path_cut(char *path) {
        char *slash = strrchr(path, '/');

        if (streq(path, "/") || streq(path, "."))
                return false;
        if (!slash)
                (void) text_copy(path, 2, "."); /* not longer than what was there */
        else if (slash == path)
                path[1] = '\0';
        else
                *slash = '\0';
        return true;
}

static void watch_add(Watch *watch, int folder) {
        if (!watch_has(watch, folder) && watch->n_folders < WATCH_FOLDERS_MAX)
                watch->folders[watch->n_folders++] = folder;
}

static void watch_folder_of(Watch *watch, int inotify_fd, const char *path) {
        char folder[PATH_MAX];

        (void) TEXT_COPY(folder, path);
        while (path_cut(folder)) {
                int wd = inotify_add_watch(inotify_fd, folder, WATCH_MASK);

                if (wd >= 0) {
                        watch_add(watch, wd);
                        return;
                }
                if (errno != ENOENT && errno != ENOTDIR)
                        break;
        }
        watch->blind = true;
}

/* Replaces a symlink by its target; false when it is none. */
static bool path_follow(char path[static PATH_MAX]) {
        char target[PATH_MAX], whole[2 * PATH_MAX];
        ssize_t n = readlink(path, target, sizeof target - 1);

        if (n <= 0)
                return false;
        target[n] = '\0';
        if (target[0] == '/')
                return text_copy(path, PATH_MAX, target);
        (void) path_cut(path);
        (void) snprintf(whole, sizeof whole, "%s/%s", path, target);
        return text_copy(path, PATH_MAX, whole);
}

void watch_update(Watch *watch, int inotify_fd, const char *path) {
        char step[PATH_MAX];

        *watch = (Watch) {};
        (void) TEXT_COPY(step, path);
        for (size_t i = 0; i < WATCH_FOLDERS_MAX; i++) {
                watch_folder_of(watch, inotify_fd, step);
                if (!path_follow(step))
                        break;
        }
}

bool watch_has(const Watch *watch, int folder) {
        for (size_t i = 0; i < watch->n_folders; i++)
                if (watch->folders[i] == folder)
                        return true;
        return false;
}

Identity identity_of(const char *path) {
        Identity identity = {};
        struct stat st;

        if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
                identity.link_inode = st.st_ino;
                identity.link_changed = st.st_ctim;
        }
        if (stat(path, &st) < 0)
                return identity;
        identity.there = true;
        identity.device = st.st_dev;
        identity.number = st.st_rdev;
        identity.inode = st.st_ino;
        identity.mode = st.st_mode;
        identity.uid = st.st_uid;
        identity.gid = st.st_gid;
        return identity;
}

bool identity_same_device(const Identity *a, const Identity *b) {
        return a->there == b->there && a->device == b->device && a->number == b->number &&
               a->inode == b->inode;
}

bool identity_same_link(const Identity *a, const Identity *b) {
        return a->link_inode == b->link_inode && a->link_changed.tv_sec == b->link_changed.tv_sec &&
               a->link_changed.tv_nsec == b->link_changed.tv_nsec;
}

bool identity_equal(const Identity *a, const Identity *b) {
        return identity_same_device(a, b) && identity_same_link(a, b) && a->mode == b->mode &&
               a->uid == b->uid && a->gid == b->gid;
}

bool identity_is_pty(const Identity *identity) {
        return major(identity->number) >= PTY_MAJOR_FIRST &&
               major(identity->number) <= PTY_MAJOR_LAST;
}
