/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The text of a Downlink Frame Sent report: what was written is read, and nothing else. */

#include "core/sent.h"
#include "test.h"

TEST(sent_text_is_read_back) {
        static const SentReport rows[] = {
                { .fport = 20, .delivered = true, .transmission_slot = 2 },
                { .fport = 255,
                  .fcnt_dn = UINT32_MAX,
                  .cause1 = 0xb0,
                  .cause2 = 0xe0,
                  .correlation_id = "4434704901C7450b" },
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                char text[REPORT_EXTRA_MAX];
                SentReport sent = {};

                sent_to_text(&rows[i], text);
                CHECK(sent_from_text(text, &sent));
                CHECK(memcmp(&sent, &rows[i], sizeof sent) == 0);
        }
}

TEST(sent_text_that_was_not_written_here_is_refused) {
        static const char *const texts[] = {
                "",
                "fport=20",
                "fport=20 fcnt_dn=1 delivered=2 cause1=00 cause2=00 slot=1 correlation=",
                "fport=256 fcnt_dn=1 delivered=1 cause1=00 cause2=00 slot=1 correlation=",
                "fport=-1 fcnt_dn=1 delivered=1 cause1=00 cause2=00 slot=1 correlation=",
                "fport=20 fcnt_dn=1 delivered=1 cause1=100 cause2=00 slot=1 correlation=",
                "fport=20 fcnt_dn=1 delivered=1 cause1=00 cause2=00 slot=4 correlation=",
                "fport=20 fcnt_dn=1 delivered=1 cause1=00 cause2=00 slot=1 correlation= ",
                ("fport=20 fcnt_dn=1 delivered=1 cause1=00 cause2=00 slot=1 "
                 "correlation=4434704901C7450BB"),
        };
        SentReport sent;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                CHECK(!sent_from_text(texts[i], &sent));
}

TEST_MAIN()
