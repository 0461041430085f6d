/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* `fotasim as`: a small application server for demos and tests. Returns the exit status. */
int as_main(int argc, char *argv[]);
