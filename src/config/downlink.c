/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The downlink endpoint: where it listens, and what that asks for. A listener that others can reach
 * has TLS; whoever may send commands is known by the key of the uplink. */

#include "base/address.h"
#include "config/loader.h"

void read_listen(const ValueContext *context, void *to) {
        const char *text = context->node->text;
        Address address;
        int r = address_from_string(text, &address);

        if (r == -ENAMETOOLONG)
                VALUE_ERROR(context, "the path is too long for a socket");
        else if (r < 0)
                VALUE_ERROR(context,
                            "'%s' is not an address such as [::]:8443, 127.0.0.1:8080 or "
                            "unix:/run/fotad/downlink.sock",
                            text);
        else
                read_text(context, to);
}

static void check_pair_of_files(Loader *loader, const Node *downlink) {
        const Node *certificate = node_get(downlink, "certificate_file"),
                   *private_key = node_get(downlink, "private_key_file");

        if (certificate && !private_key)
                report_error(loader->reporter, certificate, "downlink.certificate_file",
                             "wants 'private_key_file' too");
        if (private_key && !certificate)
                report_error(loader->reporter, private_key, "downlink.private_key_file",
                             "wants 'certificate_file' too");
}

/* A socket that systemd passes in is looked at when it is there. */
static void check_listen(Loader *loader, const Node *downlink) {
        const Node *listen = node_get(downlink, "listen");
        const char *text = loader->settings->downlink.listen;
        Address address;

        if (!listen || text[0] == '\0' || node_get(downlink, "certificate_file") ||
            address_from_string(text, &address) < 0 || address_is_local(&address))
                return;
        report_error(loader->reporter, listen, "downlink.listen",
                     "'%s' can be reached by others and wants 'certificate_file' and "
                     "'private_key_file'; without them only loopback addresses and unix sockets",
                     text);
}

void loader_check_downlink(Loader *loader) {
        const Node *downlink = node_get(loader->root, "downlink");

        loader->settings->downlink.enabled = downlink != NULL;
        if (!downlink)
                return;
        if (!loader->settings->uplink.enabled)
                report_error(loader->reporter, node_get_key(loader->root, "downlink"), "downlink",
                             "wants 'uplink' too: its as_id and key_file say who may send "
                             "commands, and what became of them is a report");
        check_pair_of_files(loader, downlink);
        check_listen(loader, downlink);
}
