/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs a family's script over the chat. It holds one step at a time and says the next from the
 * handler of the last, so a verb is over exactly when its fact is raised. A step that is left out
 * costs nothing; a script whose steps are all left out ends within dialogue_start() and raises its
 * fact there, which is why the lifecycle counts a verb as running before it starts one. */

#include "families/dialogue.h"

static void dialogue_next(FamilyContext *context);

static void dialogue_end(FamilyContext *context, Reason reason) {
        const Fact fact = {
                .kind = reason == REASON_NONE ? FACT_VERB_DONE : FACT_VERB_FAILED,
                .number = context->dialogue.verb,
                .reason = reason,
        };
        context->dialogue.step = NULL;
        explicit_bzero(context->dialogue.text, sizeof(context->dialogue.text));
        context->module.host->raise(context->module.userdata, &fact);
}

static Reason step_hear(FamilyModule *module, const Step *step, const ChatReply *reply) {
        if (reply && reply->outcome == CHAT_TIMEOUT && !step->hears_silence)
                return REASON_NO_RESPONSE;
        if (step->hear)
                return step->hear(module, reply);
        if (!reply || reply->outcome == CHAT_OK || reply->outcome == CHAT_ACCEPTED ||
            step->optional)
                return REASON_NONE;
        return REASON_INTERNAL;
}

void dialogue_resume(FamilyModule *module, Reason reason) {
        FamilyContext *context = (FamilyContext *) module;

        if (!context->dialogue.step)
                return; /* abandoned */
        if (reason != REASON_NONE)
                return dialogue_end(context, reason);
        context->dialogue.step++;
        dialogue_next(context);
}

static void on_reply(void *userdata, const ChatReply *reply) {
        FamilyContext *context = userdata;

        if (!context->dialogue.step)
                return; /* abandoned */
        if (reply->outcome == CHAT_CANCELLED) {
                context->dialogue.step = NULL;
                return;
        }
        dialogue_resume(&context->module,
                        step_hear(&context->module, context->dialogue.step, reply));
}

/* Says the step's command; false when there is nothing to say. */
static bool step_say(FamilyContext *context, const Step *step, int *ret_error) {
        char command[CHAT_COMMAND_MAX + 1];
        Text text;
        ChatCommand chat_command = {
                .text = step->say,
                .timeout = step->timeout,
                .prefix = step->prefix,
                .informs = step->informs,
                .secret = step->secret,
                .accepts = step->accepts,
        };

        if (step->phrase) {
                text_init(&text, command, sizeof(command));
                if (!step->phrase(&context->module, &context->dialogue.args, &text) ||
                    text.truncated)
                        return false;
                chat_command.text = command;
        }
        if (!chat_command.text)
                return false;
        *ret_error = chat_start(context->module.chat, &context->module.now, &chat_command, on_reply,
                                context);
        explicit_bzero(command, sizeof(command));
        return true;
}

/* true: it goes on later. false: the step is over, `ret` says how. */
static bool step_take(FamilyContext *context, const Step *step, Reason *ret) {
        int r = 0;

        if (step->run) {
                r = step->run(&context->module, &context->dialogue.args);
                *ret = r < 0 ? REASON_INTERNAL : REASON_NONE;
                return r > 0;
        }
        if (step_say(context, step, &r)) {
                *ret = r < 0 ? REASON_INTERNAL : REASON_NONE;
                return r >= 0;
        }
        *ret = step->say || step->phrase || !step->hear ? REASON_NONE :
                                                          step->hear(&context->module, NULL);
        return false;
}

static void dialogue_next(FamilyContext *context) {
        Dialogue *dialogue = &context->dialogue;

        for (;;) {
                const Step *step = dialogue->step;
                Reason reason;

                if (step->end && !dialogue->behind)
                        return dialogue_end(context, REASON_NONE);
                if (step->end) {
                        dialogue->step = TAKE_PTR(dialogue->behind);
                        continue;
                }
                if (step->script) {
                        dialogue->behind = step + 1;
                        dialogue->step = step->script;
                        continue;
                }
                if (step_take(context, step, &reason))
                        return;
                if (reason != REASON_NONE)
                        return dialogue_end(context, reason);
                dialogue->step++;
        }
}

static const char *keep_text(Dialogue *dialogue, const char *text) {
        if (!text)
                return NULL;
        (void) TEXT_COPY(dialogue->text, text);
        return dialogue->text;
}

int dialogue_start(Dialogue *dialogue, FamilyModule *module, const Step *script, Verb verb,
                   const VerbArgs *args) {
        if (dialogue->step || !chat_is_idle(module->chat))
                return -EBUSY;
        dialogue->verb = verb;
        dialogue->args = *args;
        dialogue->args.pin = args->pin ? keep_text(dialogue, args->pin) : NULL;
        dialogue->args.command = args->command ? keep_text(dialogue, args->command) : NULL;
        dialogue->step = script;
        dialogue->behind = NULL;
        dialogue_next((FamilyContext *) module);
        return 0;
}

void dialogue_repeat(FamilyModule *module, const Step *from) {
        ((FamilyContext *) module)->dialogue.step = from - 1; /* one on, when the step is over */
}

void dialogue_abandon(Dialogue *dialogue) {
        dialogue->step = NULL;
        explicit_bzero(dialogue->text, sizeof(dialogue->text));
}
