/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The XML of a report, read into what its JSON would be. */

#include <cjson/cJSON.h>

/* returns new: {"DevEUI_uplink": {...}} with every value a string, or NULL when it is not the XML
 * of a report. Borrows `body`. */
cJSON *as_xml_parse(const char *body, size_t n);
