/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Carries a server's command out, in its name. Whatever it may do is decided where an order of the
 * bus is: by the module's state at once, by policy in the decide phase of the same turn. */

#include "downlink/carry.h"

#include <stdio.h>

/* clang-format off */
static const struct {
        const char *name;
        OrderKind order;
        bool is_order, needs_port;
} commands[_COMMAND_MAX] = {
        [COMMAND_CONNECT]    = { "connect",    ORDER_CONNECT,    true, true },
        [COMMAND_DISCONNECT] = { "disconnect", ORDER_DISCONNECT, true, true },
        [COMMAND_ACCEPT]     = { "accept",     ORDER_ACCEPT,     true, false },
        [COMMAND_DEFER]      = { "defer",      ORDER_DEFER,      true, false },
        [COMMAND_UPDATE]     = { "update",     ORDER_UPDATE,     true, true },
        [COMMAND_SUSPEND]    = { "suspend",    ORDER_SUSPEND,    true, true },
        [COMMAND_RESUME]     = { "resume",     ORDER_RESUME,     true, true },
        [COMMAND_CANCEL]     = { "cancel",     ORDER_CANCEL,     true, false },
        [COMMAND_REGISTER]   = { "register",   ORDER_REGISTER,   true, true },
        [COMMAND_STATUS]     = { "status",     0, false, false },
        [COMMAND_INHIBIT]    = { "inhibit",    0, false, false },
        [COMMAND_UNINHIBIT]  = { "uninhibit",  0, false, false },
};
/* clang-format on */

const char *command_name(unsigned kind) {
        return kind < _COMMAND_MAX ? commands[kind].name : NULL;
}

bool command_needs_port(CommandKind kind) {
        return commands[kind].needs_port;
}

/* Inhibitors of a server are leases with an end, on one module. */
static OrderResult carry_out_inhibit(Gateway *gateway, Module *module, const ServerCommand *command,
                                     const char *who, char why[static WHY_MAX]) {
        InhibitorRow row = { .actions = command->actions,
                             .source = INHIBITOR_SERVER,
                             .span = command->minutes * USEC_PER_MINUTE };
        uint64_t id;

        (void) TEXT_COPY(row.module, module_name(module));
        (void) TEXT_COPY(row.who, who);
        (void) TEXT_COPY(row.by, who);
        (void) TEXT_COPY(row.why, command->why[0] ? command->why : "by downlink");
        return gateway_inhibit(gateway, &row, &id, why) < 0 ? ORDER_REFUSED : ORDER_DONE;
}

static OrderResult carry_out_order(Gateway *gateway, Module *module, const ServerCommand *command,
                                   const char *who, uint64_t *ret_job, char why[static WHY_MAX]) {
        const Order order = {
                .kind = commands[command->kind].order,
                .action = command->action,
                .span = command->minutes * USEC_PER_MINUTE,
                .now = command->now,
                .who = who,
                .shown = command->shown,
                .from = command->catalogue ? UPDATE_FROM_CATALOGUE : UPDATE_FROM_SERVER,
                .to = command->to[0] ? command->to : NULL,
        };

        return gateway_order(gateway, module, &order, ret_job, why);
}

void command_carry_out(Gateway *gateway, Module *module, const ServerCommand *command,
                       const char *who, CommandAnswer *ret, char why[static WHY_MAX]) {
        OrderResult result = ORDER_DONE;
        ModuleView view;

        why[0] = '\0';
        gateway_view(gateway, module, &view);
        ret->job = view.job.id;
        ret->why = why;
        if (commands[command->kind].is_order)
                result = carry_out_order(gateway, module, command, who, &ret->job, why);
        else if (command->kind == COMMAND_INHIBIT)
                result = carry_out_inhibit(gateway, module, command, who, why);
        else if (command->kind == COMMAND_UNINHIBIT)
                (void) gateway_uninhibit_server(gateway, module_name(module), who,
                                                "the application server let go");
        ret->result = result == ORDER_DONE ? COMMAND_DONE : COMMAND_REFUSED;
}
