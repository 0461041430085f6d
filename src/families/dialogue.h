/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A verb as a script: AT commands one after the other, each with what to make of its reply. Shared
 * by the families. */

#include <fotad/family.h>

typedef struct Step {
        const char *say; /* the command, or NULL when `phrase` makes it or there is none */
        /* Writes the command; false: leave this step out. */
        bool (*phrase)(FamilyModule *module, const VerbArgs *args, Text *to);
        const char *prefix; /* of its information lines, see ChatCommand */
        bool informs;       /* it has at least one, whatever the firmware: see ChatCommand */
        /* What a reply (NULL for a step that says nothing) means: REASON_NONE goes on with the next
         * step, any other fails the verb. Left out: OK goes on; ERROR goes on when `optional`, and
         * silence never does. */
        Reason (*hear)(FamilyModule *module, const ChatReply *reply);
        bool (*accepts)(const char *line);
        /* Instead of a command: what ends later, with dialogue_resume(). 1: it runs; 0: nothing to
         * do, the next step follows; a negative errno fails the verb. */
        int (*run)(FamilyModule *module, const VerbArgs *args);
        const struct Step *script; /* instead of a command: these steps, which hold no such step */
        usec_t timeout;
        bool optional;
        bool secret;
        bool hears_silence; /* `hear` gets CHAT_TIMEOUT too and says REASON_NO_RESPONSE itself */
        bool end;           /* marks the end of the script */
} Step;

#define STEP_END \
        { .end = true }

typedef struct Dialogue {
        const Step *step;   /* NULL: no verb runs */
        const Step *behind; /* goes on here at the end of a step's own script */
        Verb verb;
        VerbArgs args;
        char text[CHAT_COMMAND_MAX + 1]; /* what args.pin or args.command points to */
} Dialogue;

/* -EBUSY: one runs already. FACT_VERB_DONE or FACT_VERB_FAILED is raised once, from the chat's
 * handler or, when nothing has to be said, never: a script says at least one command. */
_must_use_ int dialogue_start(Dialogue *dialogue, FamilyModule *module, const Step *script,
                              Verb verb, const VerbArgs *args);
/* What a step's run() began is over: REASON_NONE goes on with the next step. Never from within
 * run(); does nothing when the verb was abandoned meanwhile. */
void dialogue_resume(FamilyModule *module, Reason reason);
/* From a step's `hear`: `from` follows instead of the next step. */
void dialogue_repeat(FamilyModule *module, const Step *from);
void dialogue_abandon(Dialogue *dialogue);

/* A family's context starts so. */
typedef struct FamilyContext {
        FamilyModule module;
        Dialogue dialogue;
} FamilyContext;
