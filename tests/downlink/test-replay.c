/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The memory of signed requests: bounded, and what it forgets first. */

#include "downlink/replay.h"
#include "test.h"

#define NOW ((usec_t) 1795860000 * USEC_PER_SEC)

static Answered answered(uint64_t id, unsigned code, usec_t time) {
        Answered row = { .id = id, .code = code, .time = time };

        (void) snprintf(row.token, sizeof row.token, "%064llx", (unsigned long long) id);
        return row;
}

static bool knows(const Replay *replay, uint64_t id) {
        const Answered row = answered(id, 0, 0), *found = replay_find(replay, row.token);

        return found && found->id == id;
}

TEST(replay_forgets_the_oldest_refusals_first) {
        _cleanup_(replay_freep) Replay *replay = NULL;
        uint64_t gone;

        CHECK_INT(replay_new(&replay), 0);
        for (uint64_t i = 1; i <= REPLAY_REFUSED_MAX + 10; i++) {
                const Answered row = answered(i, 100, NOW);

                CHECK_INT(replay_add(replay, &row, &gone), 0);
                CHECK_INT(gone, i > REPLAY_REFUSED_MAX ? i - REPLAY_REFUSED_MAX : 0);
        }
        CHECK(!knows(replay, 10));
        CHECK(knows(replay, 11));
        CHECK(knows(replay, REPLAY_REFUSED_MAX + 10));
        CHECK_INT(replay_find(replay, answered(11, 0, 0).token)->code, 100);
}

TEST(replay_keeps_what_can_be_sent_again_and_what_waits) {
        _cleanup_(replay_freep) Replay *replay = NULL;
        uint64_t gone;

        CHECK_INT(replay_new(&replay), 0);
        for (uint64_t i = 1; i <= REPLAY_ACCEPTED_MAX; i++) {
                Answered row = answered(i, 0, NOW + i);

                row.waits = i == 1;
                CHECK(replay_make_room(replay, NOW + REPLAY_ACCEPTED_MAX, &gone));
                CHECK_INT(gone, 0);
                CHECK_INT(replay_add(replay, &row, &gone), 0);
        }
        CHECK(!replay_make_room(replay, NOW + 2, &gone));
        CHECK(replay_make_room(replay, NOW + 3, &gone)); /* 1 waits, 2 is dead */
        CHECK_INT(gone, 2);
        CHECK(!knows(replay, 2));
        CHECK(knows(replay, 1) && knows(replay, 3) && knows(replay, REPLAY_ACCEPTED_MAX));
        const Answered one = answered(REPLAY_ACCEPTED_MAX + 1, 0, NOW + REPLAY_ACCEPTED_MAX);
        CHECK_INT(replay_add(replay, &one, &gone), 0);
        replay_release(replay, 1);
        CHECK(replay_make_room(replay, NOW + 3, &gone));
        CHECK_INT(gone, 1);
}

TEST_MAIN()
