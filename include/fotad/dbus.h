/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Names of the bus interface, the same on the private socket and on the system bus. Documented in
 * fotad(8), "BUS". */

#define FOTAD_BUS_NAME "org.fotad1"
#define FOTAD_PATH_MANAGER "/org/fotad1"
#define FOTAD_PATH_MODULES \
        "/org/fotad1/module" /* children: sd_bus_path_encode() of the module's name */
#define FOTAD_INTERFACE_MANAGER "org.fotad1.Manager"
#define FOTAD_INTERFACE_MODULE "org.fotad1.Module"
#define FOTAD_SOCKET_DEFAULT "/run/fotad/control.sock"

#define FOTAD_ERROR_NO_SUCH_MODULE "org.fotad1.Error.NoSuchModule"
#define FOTAD_ERROR_NO_SUCH_JOB "org.fotad1.Error.NoSuchJob"
#define FOTAD_ERROR_NOT_PERMITTED "org.freedesktop.DBus.Error.AccessDenied"
#define FOTAD_ERROR_REFUSED \
        "org.fotad1.Error.Refused" /* by policy or state; the message says why */
#define FOTAD_ERROR_INVALID "org.freedesktop.DBus.Error.InvalidArgs"
#define FOTAD_ERROR_FAILED "org.freedesktop.DBus.Error.Failed"
