/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can be said of an inhibitor without the gateway that holds it. */

#include "base/text.h"
#include "core/inhibitor.h"

static const char *const sources[] = {
        [INHIBITOR_DESCRIPTOR] = "descriptor",
        [INHIBITOR_SERVER] = "server",
};
DEFINE_STRING_TABLE(inhibitor_source, InhibitorSource, sources)

static int action_parse(const char *word, size_t n) {
        char name[16];

        if (n >= sizeof(name))
                return -EINVAL;
        memcpy(name, word, n);
        name[n] = '\0';
        return action_from_string(name);
}

int actions_parse(const char *text, unsigned *ret, const char **ret_bad) {
        unsigned actions = 0;

        for (const char *word = text;; word++) {
                const size_t n = strcspn(word, ":,");
                const int action = action_parse(word, n);

                *ret_bad = word;
                if (action < 0)
                        return -EINVAL;
                actions |= 1U << (unsigned) action;
                word += n;
                if (!*word)
                        break;
        }
        *ret = actions;
        return 0;
}

char *actions_format(char to[static ACTIONS_TEXT_MAX], unsigned actions) {
        Text text;

        text_init(&text, to, ACTIONS_TEXT_MAX);
        for (Action action = 0; action < _ACTION_MAX; action++)
                if (actions & 1U << action)
                        text_printf(&text, "%s%s", text.length > 0 ? ":" : "",
                                    action_to_string(action));
        return to;
}

bool inhibitor_concerns(const InhibitorRow *row, const char *module) {
        return !row->module[0] || streq(row->module, module);
}
