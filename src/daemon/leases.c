/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The descriptors of inhibitors.
 *
 * Owns the read end of each lease's pipe: it hangs up when nobody holds the other one any more.
 * systemd keeps a copy (FileDescriptorStoreMax=), named after the lease, so that an owner does not
 * notice a restart of fotad; where it does not, the read end goes with the process, the owner sees
 * its descriptor fail, and takes the lease again. Descriptors outlive the gateway of a start-over
 * (daemon.c): only a database that can be read tells which of them are still leases. */

#include <stdio.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "daemon/daemon.h"

#define LEASE_FD_NAME "inhibit-"

static LeaseFd *slot_find(Daemon *daemon, uint64_t id) {
        for (size_t i = 0; i < daemon->n_leases; i++)
                if (daemon->leases[i].id == id)
                        return daemon->leases + i;
        return NULL;
}

static void slot_drop(Daemon *daemon, LeaseFd *slot) {
        (void) sd_event_source_disable_unref(slot->source);
        slot->fd = fd_close(slot->fd);
        (void) sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=" LEASE_FD_NAME "%" PRIu64, slot->id);
        *slot = daemon->leases[--daemon->n_leases];
}

void daemon_lease_drop(void *userdata, uint64_t id) {
        LeaseFd *slot = slot_find(userdata, id);

        if (slot)
                slot_drop(userdata, slot);
}

static int on_hang_up(sd_event_source *source, int fd _unused_, uint32_t events _unused_,
                      void *userdata) {
        Daemon *daemon = userdata;

        for (size_t i = 0; i < daemon->n_leases; i++) {
                const uint64_t id = daemon->leases[i].id;

                if (daemon->leases[i].source != source)
                        continue;
                daemon_begin_turn(daemon);
                gateway_uninhibit(daemon->gateway, id, "its owner let go");
                daemon_lease_drop(daemon, id);
                return 0;
        }
        return 0;
}

/* Takes `fd`. */
static LeaseFd *slot_new(Daemon *daemon, uint64_t id, int fd) {
        if (daemon->n_leases >= ELEMENTSOF(daemon->leases)) {
                (void) fd_close(fd);
                return NULL;
        }
        LeaseFd *slot = daemon->leases + daemon->n_leases++;

        *slot = (LeaseFd) { .id = id, .fd = fd };
        return slot;
}

static int slot_watch(Daemon *daemon, LeaseFd *slot) {
        /* no events: that nobody holds the other end comes unasked */
        const int r =
                sd_event_add_io(daemon->event, &slot->source, slot->fd, 0, on_hang_up, daemon);

        if (r >= 0)
                (void) sd_event_source_set_description(slot->source, "inhibitor");
        return r;
}

/* FDPOLL=0: a descriptor whose owner goes while fotad is down must come back all the same, else the
 * lease would wait for an owner who may come again. */
static void slot_store(const LeaseFd *slot) {
        char state[64];

        (void) snprintf(state, sizeof(state),
                        "FDSTORE=1\nFDPOLL=0\nFDNAME=" LEASE_FD_NAME "%" PRIu64, slot->id);
        if (sd_pid_notify_with_fds(0, 0, state, &slot->fd, 1) < 0)
                log_debug("The descriptor of inhibitor %" PRIu64 " is not kept by systemd",
                          slot->id);
}

int daemon_lease_hold(void *userdata, uint64_t id, int fd) {
        Daemon *daemon = userdata;
        LeaseFd *slot = slot_new(daemon, id, fd);
        int r;

        if (!slot)
                return -ENOSPC;
        r = slot_watch(daemon, slot);
        if (r < 0) {
                slot_drop(daemon, slot);
                return r;
        }
        slot_store(slot);
        return 0;
}

/* 0: it is none of ours */
static uint64_t id_of_name(const char *name) {
        char *end;
        uint64_t id;

        errno = 0;
        id = strtoull(name + strlen(LEASE_FD_NAME), &end, 10);
        return errno != 0 || *end ? 0 : id;
}

bool daemon_lease_passed(Daemon *daemon, const char *name, int fd) {
        uint64_t id;

        if (!text_starts_with(name, LEASE_FD_NAME))
                return false;
        id = id_of_name(name);
        if (id == 0 || slot_find(daemon, id)) {
                log_warning("A descriptor is passed as '%s', which fotad never stored", name);
                (void) fd_close(fd);
        } else
                (void) slot_new(daemon, id, fd);
        return true;
}

/* false: nobody needs it any more */
static bool slot_resume(Daemon *daemon, LeaseFd *slot) {
        if (!gateway_inhibitor_held(daemon->gateway, slot->id))
                return !daemon->store; /* nobody knows yet */
        if (slot_watch(daemon, slot) >= 0)
                return true;
        gateway_uninhibit(daemon->gateway, slot->id, "its descriptor could not be watched");
        return false;
}

void daemon_leases_start(Daemon *daemon) {
        for (size_t i = daemon->n_leases; i-- > 0;) {
                const uint64_t id = daemon->leases[i].id;

                if (!slot_resume(daemon, daemon->leases + i))
                        daemon_lease_drop(daemon, id);
        }
}

void daemon_leases_stop(Daemon *daemon) {
        for (size_t i = 0; i < daemon->n_leases; i++)
                daemon->leases[i].source = sd_event_source_disable_unref(daemon->leases[i].source);
}

void daemon_leases_clear(Daemon *daemon) {
        while (daemon->n_leases > 0)
                (void) fd_close(daemon->leases[--daemon->n_leases].fd);
}
