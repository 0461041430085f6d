/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The zone that times are shown in. Policies are written in the gateway's, and what fotad tells in
 * words has its times: who looks from elsewhere sees all of them in that one, and is told so.
 *
 * Owns the TZ of this process. Documents keep the zone that fotactl was started in, as each of
 * their times has its offset. */

#include <stdlib.h>
#include <time.h>

#include "fotactl/output.h"

/* So many months ahead two zones are compared. */
#define ZONE_MONTHS 12

static char zone_name[64]; /* "" nothing to say */

static void zone_set(const char *zone) {
        if (zone && zone[0])
                (void) setenv("TZ", zone, 1);
        else
                (void) unsetenv("TZ");
        tzset();
}

static void zone_offsets(int to[static ZONE_MONTHS]) {
        const usec_t now = clock_now().realtime;

        for (size_t i = 0; i < ZONE_MONTHS; i++)
                to[i] = utc_offset_at(usec_add(now, i * 30 * USEC_PER_DAY));
}

static void zone_follow(const char *zone) {
        int here[ZONE_MONTHS], there[ZONE_MONTHS];

        zone_offsets(here);
        zone_set(zone);
        zone_offsets(there);
        if (memcmp(here, there, sizeof(here)) != 0)
                (void) TEXT_COPY(zone_name, zone[0] ? zone + (zone[0] == ':') : "the gateway");
}

Status zone_use(Client *client, usec_t *ret_at) {
        _cleanup_free_ char *here = NULL, *zone = NULL;
        const char *set = getenv("TZ");
        Status status = STATUS_DONE;

        if (client->at) /* what is no moment at all needs no fotad */
                status = moment_option("--at", client->at, MOMENT_AHEAD, ret_at);
        if (status == STATUS_DONE)
                status = client_open(client);
        if (status != STATUS_DONE)
                return status;
        if (set && !(here = strdup(set)))
                return answer_is_odd(-ENOMEM);
        if (sd_bus_get_property_string(client->bus, NULL, FOTAD_PATH_MANAGER,
                                       FOTAD_INTERFACE_MANAGER, "Timezone", NULL, &zone) < 0)
                return STATUS_DONE; /* a fotad of before */
        zone_follow(zone);
        if (client->at)
                status = moment_option("--at", client->at, MOMENT_AHEAD, ret_at);
        if (client->json)
                zone_set(here);
        return status;
}

const char *zone_told(void) {
        return zone_name;
}

void print_zone(void) {
        if (zone_name[0])
                (void) printf("Times are of %s.\n", zone_name);
}
