/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Commands by name, and their arguments. A command arrives in upper case and without blanks
 * (outside of quotes), beginning with AT. */

#include "fotasim/module.h"

#include <limits.h>

int module_dispatch(SimModule *module, const Command *commands, size_t n, const char *command,
                    Text *reply) {
        for (size_t i = 0; i < n; i++) {
                size_t length = strlen(commands[i].name);
                const char *rest = command + length;

                if (strncmp(command, commands[i].name, length) == 0 && strchr("?=", *rest))
                        return commands[i].run(module, rest, reply);
        }
        return CME_NOT_SUPPORTED;
}

int module_numbers(const char *arguments, unsigned *ret, size_t max) {
        size_t n = 0;
        char *end;

        if (*arguments != '=')
                return -EINVAL;
        do {
                arguments++;
                if (n == max || *arguments < '0' || *arguments > '9')
                        return -EINVAL;
                ret[n++] =
                        (unsigned) MIN_OF(strtoul(arguments, &end, 10), (unsigned long) UINT_MAX);
                arguments = end;
        } while (*arguments == ',');
        return *arguments ? -EINVAL : (int) n;
}

/* One argument, quoted or not; returns what follows it and its comma. */
const char *module_string(const char *arguments, char *to, size_t size) {
        bool quoted = *arguments == '"';
        size_t n;

        arguments += quoted;
        n = strcspn(arguments, quoted ? "\"" : ",");
        (void) text_copy(to, MIN_OF(size, n + 1), arguments);
        arguments += n;
        arguments += quoted && *arguments == '"';
        return arguments + (*arguments == ',');
}
