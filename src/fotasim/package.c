/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fotasim package: makes a file that a simulated module takes with AT+WDSD. The same versions and
 * size give the same bytes. */

#include "fotasim/package.h"

#include <getopt.h>
#include <stdio.h>

#include "fotasim/package-file.h"

#define EXIT_USAGE 2
#define CHUNK_BYTES 65536

typedef struct Arguments {
        const char *from, *to;
        uint64_t bytes;
} Arguments;

static int usage_error(const char *what) {
        fprintf(stderr, "fotasim package: %s; see fotasim --help\n", what);
        return -EINVAL;
}

static int arguments_parse(Arguments *arguments, int argc, char *argv[]) {
        static const struct option options[] = {
                { "from", required_argument, NULL, 'f' },
                { "to", required_argument, NULL, 't' },
                { "bytes", required_argument, NULL, 'b' },
                {},
        };
        int option;

        *arguments = (Arguments) {};
        while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
                if (option == 'f')
                        arguments->from = optarg;
                else if (option == 't')
                        arguments->to = optarg;
                else if (option != 'b')
                        return usage_error("bad usage");
                else if (size_parse(optarg, &arguments->bytes) < 0)
                        return usage_error("--bytes is a size such as 1464 or 512K");
        }
        if (optind < argc)
                return usage_error("an argument too many");
        if (!arguments->from || !arguments->to || arguments->bytes == 0)
                return usage_error("--from, --to and --bytes are needed");
        return 0;
}

static int file_make(const Arguments *arguments, SimPackageFile *file) {
        int r = sim_package_init(file, arguments->from, arguments->to, arguments->bytes);

        if (r == -EINVAL)
                return usage_error("a version is a word of at most 63 characters");
        if (r == -ERANGE)
                return usage_error("--bytes is too few to say the versions");
        return r;
}

static int file_write(const SimPackageFile *file, FILE *to) {
        uint8_t chunk[CHUNK_BYTES];

        for (uint64_t done = 0; done < file->bytes; done += sizeof(chunk)) {
                size_t n = (size_t) MIN_OF(file->bytes - done, (uint64_t) sizeof(chunk));

                sim_package_fill(file, done, chunk, n);
                if (fwrite(chunk, 1, n, to) != n)
                        return -EIO;
        }
        return fflush(to) == 0 ? 0 : -EIO;
}

int package_main(int argc, char *argv[]) {
        SimPackageFile file;
        Arguments arguments;

        if (arguments_parse(&arguments, argc, argv) < 0 || file_make(&arguments, &file) < 0)
                return EXIT_USAGE;
        if (file_write(&file, stdout) == 0)
                return EXIT_SUCCESS;
        fputs("fotasim package: can not write the file\n", stderr);
        return EXIT_FAILURE;
}
