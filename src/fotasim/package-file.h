/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Package files of simulated modules: what AT+WDSD takes. A file is one line,
 *
 *   fotasim-package from=BHL7800.1.6.3.0.20180803 to=HL7800.4.4.14.0 sum=0badc0de
 *
 * and bytes that depend on nothing but their offset; `sum` is the FNV-1a (32 bit) of these. So
 * anyone can make any part of such a file without keeping it, and a module that was given a byte
 * too few, twice or changed finds out. */

#include "fotasim/scenario.h"

#define SIM_PACKAGE_LINE_MAX (2 * SIM_TEXT_MAX + 48)

typedef struct SimPackageFile {
        char from[SIM_TEXT_MAX], to[SIM_TEXT_MAX]; /* versions as AT+CGMR prints them */
        uint64_t bytes;                            /* in all */
        char line[SIM_PACKAGE_LINE_MAX];
        size_t n_line;
} SimPackageFile;

/* Copies the versions. -EINVAL: one of them is empty, too long or has a blank; -ERANGE: so few
 * bytes do not hold the line. */
_must_use_ int sim_package_init(SimPackageFile *file, const char *from, const char *to,
                                uint64_t bytes);
/* n bytes at `offset`, both within the file */
void sim_package_fill(const SimPackageFile *file, uint64_t offset, void *to, size_t n);

/* The other side: is it such a file, and whole? */
typedef struct SimPackageReader {
        char line[SIM_PACKAGE_LINE_MAX];
        size_t n_line;
        bool behind_line;
        uint32_t sum;
} SimPackageReader;

void sim_package_reader_init(SimPackageReader *reader);
void sim_package_read(SimPackageReader *reader, const uint8_t *bytes, size_t n);
/* After the last byte; false: no package file, or not as it was made. */
_must_use_ bool sim_package_good(const SimPackageReader *reader, char from[static SIM_TEXT_MAX],
                                 char to[static SIM_TEXT_MAX]);
