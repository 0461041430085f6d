/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* `fotasim package`: writes a package file to standard output. Returns the exit status. */
int package_main(int argc, char *argv[]);
