/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The checker of the lifecycle table: shadowed rows, states that nothing reaches or leaves, waiting
 * states with no timeout, pairs of state and trigger that nobody thought of, and the diagram in the
 * manual. */

#include <stdio.h>

#include "core/lifecycle.h"
#include "test.h"

/* A row is dead in a state when one above it takes the same trigger there without a guard, or with
 * the same one. */
static bool is_shadowed(size_t n, State state) {
        const Row *row = lifecycle_rows + n;

        for (const Row *above = lifecycle_rows; above < row; above++)
                if (above->on == row->on && (above->in & (1U << state)) &&
                    (!above->when || above->when == row->when))
                        return true;
        return false;
}

TEST(no_row_is_dead) {
        for (size_t i = 0; i < lifecycle_n_rows; i++) {
                bool alive = false;
                for (State state = 0; state < _STATE_MAX; state++)
                        alive |= (lifecycle_rows[i].in & (1U << state)) && !is_shadowed(i, state);
                if (!alive)
                        printf("  row %zu (%s) is shadowed everywhere\n", i,
                               trigger_to_string(lifecycle_rows[i].on));
                CHECK(alive);
        }
}

TEST(every_state_is_reached_and_left) {
        for (State state = 0; state < _STATE_MAX; state++) {
                bool reached = state == STATE_ABSENT, left = false;
                for (size_t i = 0; i < lifecycle_n_rows; i++) {
                        const Row *row = lifecycle_rows + i;
                        reached |= row->to == state && (row->in & ~(1U << state));
                        left |= (row->in & (1U << state)) && row->to != state &&
                                row->to != STATE_SAME;
                }
                if (!reached || !left)
                        printf("  %s\n", state_to_string(state));
                CHECK(reached);
                CHECK(left);
        }
}

/* Only these rest; every other state has a timeout and a row for it. */
TEST(every_waiting_state_has_a_timeout) {
        for (State state = 0; state < _STATE_MAX; state++) {
                bool handled = false;
                if (state == STATE_IDLE)
                        continue;
                CHECK(state_infos[state].timeout > 0);
                for (size_t i = 0; i < lifecycle_n_rows; i++)
                        handled |= lifecycle_rows[i].on == ON_TIMEOUT &&
                                   (lifecycle_rows[i].in & (1U << state));
                if (!handled)
                        printf("  %s\n", state_to_string(state));
                CHECK(handled);
        }
}

TEST(every_trigger_is_used_and_named) {
        for (Trigger trigger = 0; trigger < _TRIGGER_MAX; trigger++) {
                bool used = trigger == ON_AUTHENTICATED; /* says nothing that 23 does not say */
                CHECK(trigger_to_string(trigger) != NULL);
                for (size_t i = 0; i < lifecycle_n_rows; i++)
                        used |= lifecycle_rows[i].on == trigger;
                if (!used)
                        printf("  %s\n", trigger_to_string(trigger));
                CHECK(used);
        }
}

/* In INSTALLING only the end of the install may make fotad speak: no other row runs a verb there.
 */
TEST(a_module_that_installs_is_left_alone) {
        static const Trigger ends[] = { ON_READY,          ON_BOOTED,         ON_ASKED_CONNECT,
                                        ON_AUTHENTICATING, ON_SESSION_OPENED, ON_INSTALLED,
                                        ON_INSTALL_FAILED, ON_TIMEOUT,        ON_UPDATE_FAILED,
                                        ON_RESULT_TOLD };

        for (size_t i = 0; i < lifecycle_n_rows; i++) {
                const Row *row = lifecycle_rows + i;
                bool is_end = false;
                if (!(row->in & IN(INSTALLING)) || is_shadowed(i, STATE_INSTALLING))
                        continue;
                for (size_t k = 0; k < ELEMENTSOF(ends); k++)
                        is_end |= row->on == ends[k];
                for (size_t k = 0; k < ROW_RUN_MAX && row->run[k]; k++)
                        CHECK(is_end || !lifecycle_action_speaks(row->run[k]));
        }
}

/* What is ignored is ignored on purpose: the list is kept, so that a change of the table shows. */
TEST(ignored_pairs_are_known) {
        char expected[16384] = "", seen[16384] = "";
        Text text;

        text_init(&text, seen, sizeof(seen));
        for (State state = 0; state < _STATE_MAX; state++) {
                text_printf(&text, "%s:", state_to_string(state));
                for (Trigger trigger = 0; trigger < _TRIGGER_MAX; trigger++) {
                        bool taken = false;
                        for (size_t i = 0; i < lifecycle_n_rows; i++)
                                taken |= lifecycle_rows[i].on == trigger &&
                                         (lifecycle_rows[i].in & (1U << state));
                        if (!taken)
                                text_printf(&text, " %s", trigger_to_string(trigger));
                }
                text_add(&text, "\n");
        }
        FILE *file = fopen(TEST_FILE("tests/core/ignored-pairs.txt"), "re");
        CHECK(file != NULL);
        expected[fread(expected, 1, sizeof(expected) - 1, file)] = '\0';
        (void) fclose(file);
        if (getenv("UPDATE")) {
                file = fopen(TEST_FILE("tests/core/ignored-pairs.txt"), "we");
                CHECK(file != NULL);
                (void) fputs(seen, file);
                (void) fclose(file);
                return;
        }
        CHECK_STR(seen, expected);
}

/* man/lifecycle.dot is what the table prints (fotad --print-lifecycle); the picture in README is
 * made from it. */
TEST(diagram_is_current) {
        static char expected[65536], seen[65536];
        Text text;
        FILE *file = fopen(TEST_FILE("man/lifecycle.dot"), "re");

        CHECK(file != NULL);
        expected[fread(expected, 1, sizeof(expected) - 1, file)] = '\0';
        (void) fclose(file);
        text_init(&text, seen, sizeof(seen));
        CHECK(lifecycle_print_dot(&text));
        CHECK(streq(seen, expected));
}

TEST_MAIN()
