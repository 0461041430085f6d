/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Tells when something changes along the path of a device node: inotify watches on the folder of
 * the path and of each symlink that it goes through, or on the nearest folder that exists. ports.c
 * alone uses this. */

#include <sys/stat.h>
#include <time.h>

#include "base/macro.h"

#define WATCH_FOLDERS_MAX 9 /* of one path: its own and those of eight symlinks */

/* The folders watched for one path. */
typedef struct Watch {
        int folders[WATCH_FOLDERS_MAX]; /* inotify watch descriptors; several paths share one */
        size_t n_folders;
        bool blind; /* some folder can't be watched: look again from time to time */
} Watch;

/* (Re)places the watches for what the path leads to now. Borrows nothing. Folders that the path
 * left are in no Watch then, ask watch_has() of all others before inotify_rm_watch(). */
void watch_update(Watch *watch, int inotify_fd, const char *path);
bool watch_has(const Watch *watch, int folder);

/* What a path leads to, enough to see that it is another device, or another symlink to a device of
 * the same name. */
typedef struct Identity {
        bool there;
        dev_t device, number; /* the file system and what the node stands for */
        ino_t inode;
        mode_t mode;
        uid_t uid;
        gid_t gid;
        ino_t link_inode; /* 0: the path is no symlink */
        struct timespec link_changed;
} Identity;

Identity identity_of(const char *path);
/* the same node, though perhaps with other rights or through another symlink */
bool identity_same_device(const Identity *a, const Identity *b);
bool identity_same_link(const Identity *a, const Identity *b);
/* nothing at all changed */
bool identity_equal(const Identity *a, const Identity *b);
/* A pseudo-terminal: its number is given to the next stranger as soon as it is closed. */
bool identity_is_pty(const Identity *identity);
