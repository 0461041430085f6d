/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* catalogue_plan(): the shortest way through small catalogues, written as "from to, from to". */

#include <assert.h>

#include "core/catalogue.h"
#include "test.h"

static Settings settings;

static PackageSettings *add(const char *family, const char *from, const char *to) {
        PackageSettings *package = &settings.packages[settings.n_packages++];

        assert(settings.n_packages <= PACKAGES_MAX);
        TEXT_COPY(package->family, family);
        TEXT_COPY(package->from, from);
        TEXT_COPY(package->to, to);
        (void) snprintf(package->file, sizeof package->file, "/p%zu", settings.n_packages - 1);
        return package;
}

/* Packages of one family, p0, p1, ... */
static void catalogue(const char *pairs) {
        char from[FIRMWARE_MAX], to[FIRMWARE_MAX];
        int n;

        settings = (Settings) {};
        while (sscanf(pairs, " %63s %63[^, ]%n", from, to, &n) == 2) {
                add("hl78xx", from, to);
                pairs += n + (pairs[n] == ',');
        }
}

/* The packages of the plan, "" for none. */
static void check_plan(const char *from, const char *to, int expected, const char *files) {
        const PackageSettings *plan[HOPS_MAX] = {};
        char text[256] = "";
        int n = catalogue_plan(&settings, "hl78xx", from, to, NULL, plan);

        CHECK_INT(n, expected);
        for (int i = 0; i < n; i++)
                (void) snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s",
                                i > 0 ? " " : "", plan[i]->file + 1);
        CHECK_STR(text, files);
        for (int i = MAX_OF(n, 0); i < HOPS_MAX; i++)
                CHECK(!plan[i]);
}

TEST(catalogue_takes_the_fewest_packages) {
        catalogue("1 2, 2 3, 3 4, 2 4, 4 5");
        check_plan("1", "4", 2, "p0 p3");
        check_plan("1", "5", 3, "p0 p3 p4");
        check_plan("3", "4", 1, "p2");
}

TEST(catalogue_has_nothing_to_do_at_the_target) {
        catalogue("1 2, 2 1");
        check_plan("1", "1", 0, "");
        check_plan("HL7800.9", "HL7800.9", 0, "");
}

TEST(catalogue_says_when_there_is_no_way) {
        catalogue("1 2, 3 4");
        check_plan("1", "4", -ENOENT, "");
        check_plan("2", "1", -ENOENT, "");
        check_plan("", "2", -ENOENT, "");
        catalogue("");
        check_plan("1", "2", -ENOENT, "");
        check_plan("1", "", 0, "");
}

TEST(catalogue_survives_circles) {
        catalogue("1 2, 2 1, 2 2, 2 3, 3 1");
        check_plan("1", "3", 2, "p0 p3");
        check_plan("3", "2", 2, "p4 p0");
        check_plan("1", "9", -ENOENT, "");
        check_plan("1", "", 2, "p0 p3");
}

TEST(catalogue_newest_is_what_can_be_reached_and_is_newer) {
        catalogue("1 3, 1 10, 3 9, 20 30, 5 4, 4 2");
        check_plan("1", "", 1, "p1");
        check_plan("3", "", 1, "p2");
        check_plan("5", "", 0, "");
        check_plan("10", "", 0, "");
        check_plan("30", "", 0, "");
}

TEST(catalogue_newest_may_lie_behind_an_older_one) {
        catalogue("5 4, 4 6");
        check_plan("5", "", 2, "p0 p1");
}

TEST(catalogue_takes_earlier_entries_of_ways_of_one_length) {
        catalogue("1 3, 1 2, 2 9, 3 9");
        check_plan("1", "9", 2, "p0 p3");
        catalogue("1 2, 1 3, 2 9, 3 9");
        check_plan("1", "9", 2, "p0 p2");
        catalogue("1 9, 1 9");
        check_plan("1", "9", 1, "p0");
        check_plan("1", "", 1, "p0");
}

TEST(catalogue_knows_versions_by_their_order_not_their_text) {
        catalogue("HL7800.4.4 BHL7800.4.5, hl7800.04.5 HL7800.4.6");
        check_plan("THL7800.4.4", "HL7800.4.06", 2, "p0 p1");
        check_plan("BHL7800.4.6", "HL7800.4.6", 0, "");
        check_plan("BHL7800.4.4", "", 2, "p0 p1");
}

TEST(catalogue_mixes_no_families) {
        catalogue("1 2");
        add("telit", "2", "3");
        add("telit", "1", "9");
        check_plan("1", "2", 1, "p0");
        check_plan("1", "3", -ENOENT, "");
        check_plan("1", "9", -ENOENT, "");
        check_plan("1", "", 1, "p0");
}

/* 0 -> 1 -> ... -> n */
static void chain(unsigned n) {
        char from[16], to[16];

        settings = (Settings) {};
        for (unsigned i = 0; i < n; i++) {
                (void) snprintf(from, sizeof from, "%u", i);
                (void) snprintf(to, sizeof to, "%u", i + 1);
                add("hl78xx", from, to);
        }
}

TEST(catalogue_ways_have_an_end) {
        chain(HOPS_MAX);
        check_plan("0", "16", HOPS_MAX, "p0 p1 p2 p3 p4 p5 p6 p7 p8 p9 p10 p11 p12 p13 p14 p15");
        check_plan("0", "", HOPS_MAX, "p0 p1 p2 p3 p4 p5 p6 p7 p8 p9 p10 p11 p12 p13 p14 p15");
        chain(HOPS_MAX + 1);
        check_plan("0", "17", -E2BIG, "");
        check_plan("0", "", -E2BIG, "");
        check_plan("1", "", HOPS_MAX, "p1 p2 p3 p4 p5 p6 p7 p8 p9 p10 p11 p12 p13 p14 p15 p16");
}

/* The longest chain, and as many versions as there can be: nothing is written past its end. */
TEST(catalogue_may_be_full) {
        chain(PACKAGES_MAX);
        check_plan("50", "64", 14, "p50 p51 p52 p53 p54 p55 p56 p57 p58 p59 p60 p61 p62 p63");
        check_plan("0", "64", -E2BIG, "");
        for (size_t i = 0; i < PACKAGES_MAX; i++)
                TEXT_COPY(settings.packages[i].from, "0");
        check_plan("0", "64", 1, "p63");
        check_plan("0", "", 1, "p63");
}

TEST_MAIN()
