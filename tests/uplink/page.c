/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "test.h"
#include "uplink/page.h"

char *page_read(void) {
        char *page = calloc(1, 65536);
        FILE *f = fopen(TEST_FILE("man/fotad-payload.7"), "r");

        if (f && page) {
                (void) !fread(page, 1, 65535, f);
                (void) fclose(f);
        }
        return page;
}

bool page_has_row(const char *page, unsigned number, const char *name) {
        char row[80];
        const char *at;

        (void) snprintf(row, sizeof row, "\n.It %u Ta %s", number, name);
        at = strstr(page, row);
        return at && (at[strlen(row)] == '\n' || at[strlen(row)] == ' ');
}

bool page_has_bytes(const char *page, const uint8_t *bytes, size_t n) {
        static const char digits[] = "0123456789abcdef";
        size_t i;

        for (const char *start = page; (start = strstr(start, "\n01")); start++) {
                const char *p = start;

                for (i = 0; i <= n; i++) {
                        while (*p == ' ' || *p == '\n')
                                p++;
                        if (i == n || p[0] != digits[bytes[i] >> 4] ||
                            p[1] != digits[bytes[i] & 15])
                                break;
                        p += 2;
                }
                if (i == n && text_starts_with(p, ".Ed"))
                        return true;
        }
        return false;
}
